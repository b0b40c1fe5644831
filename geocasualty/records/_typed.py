"""Cells to typed columns: every cell that cannot be read is reported, none is guessed or dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, precision_dtype
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.records.formats import Cells
from geocasualty.records.schema import Role, id_column
from geocasualty.times import parse_interval, timezone_of

__all__ = ["Typed", "country_codes"]

TEXTS = ("place_text", "admin1", "mgrs", "sources", "event_group", "covers_belligerents", "covers_countries")
COUNTS = {
    "incident": ("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max"),
    "strike": ("n_strikes", "n_rows"),
}
NUMBERS = ("latitude", "longitude", "radius_m")
_TRUE = {"true", "yes", "1", "near", "y"}
_FALSE = {"", "false", "no", "0", "n"}


def country_codes(names: dict[str, str], text: str) -> str:
    """The ISO code of a country's name or code, or the text itself if it is neither."""
    value = text.strip()
    return names.get(value.lower(), value.upper() if len(value) == 2 else value)


class Typed:
    """The typed columns of a table, and the failures met on the way.

    Parameters
    ----------
    cells : dict of str to list of str
        Native columns of equal length, ``row`` among them.
    role : {"incident", "strike"}
        Which table it is.
    countries : dict of str to str
        Lower-case country names to ISO codes.
    """

    def __init__(self, cells: Cells, role: Role, countries: dict[str, str]) -> None:
        self.cells = cells
        self.role = role
        self.rows = np.array([int(row) for row in cells["row"]], dtype=np.int64)
        self.failures: list[tuple[int, str, str, str]] = []
        self._countries = countries
        self.frame = self._build()

    def _text(self, column: str) -> list[str]:
        values = self.cells.get(column)
        return [""] * len(self.rows) if values is None else [value.strip() for value in values]

    def _fail(self, position: int, column: str, value: str, reason: str) -> None:
        self.failures.append((int(self.rows[position]), column, value, reason))

    def _numbers(self, column: str, *, whole: bool) -> pd.Series[Any]:
        texts = self._text(column)
        values = pd.to_numeric(pd.Series(texts, dtype=object).replace("", np.nan), errors="coerce").astype(float)
        readable = np.isfinite(values.to_numpy())
        if whole:
            readable &= np.mod(np.where(readable, values, 0.5), 1) == 0
        for position in np.flatnonzero(~readable):
            if texts[position]:
                self._fail(
                    int(position), column, texts[position], f"expected {'a whole number' if whole else 'a number'}"
                )
        values[~readable] = np.nan
        return values.astype("Int64") if whole else values

    def _flags(self, column: str) -> list[bool]:
        flags = []
        for position, text in enumerate(self._text(column)):
            if text.lower() not in _TRUE | _FALSE:
                self._fail(position, column, text, "expected yes or no")
            flags.append(text.lower() in _TRUE)
        return flags

    def _precisions(self) -> list[str | None]:
        found: list[str | None] = []
        for position, text in enumerate(self._text("precision")):
            if text and text not in PRECISIONS:
                self._fail(position, "precision", text, f"expected one of {', '.join(PRECISIONS)}")
            found.append(text if text in PRECISIONS else None)
        return found

    def _spans(self, first: str, last: str, zones: list[str], *, required: bool) -> tuple[list[Any], list[Any]]:
        starts: list[Any] = []
        ends: list[Any] = []
        known: dict[tuple[str, str, str], Any] = {}
        for position, key in enumerate(zip(self._text(first), self._text(last), zones, strict=True)):
            if key not in known:
                try:
                    known[key] = parse_interval(*key) if key[0] or required else (pd.NaT, pd.NaT)
                except InputError as error:
                    known[key] = str(error)
            span = known[key]
            if isinstance(span, str):
                at_end = bool(key[1]) and repr(key[1][:60]) in span
                self._fail(position, last if at_end else first, key[1] if at_end else key[0], span)
                span = (pd.NaT, pd.NaT)
            starts.append(span[0])
            ends.append(span[1])
        return starts, ends

    def _build(self) -> pd.DataFrame:
        country = [country_codes(self._countries, text) for text in self._text("country")]
        name = id_column(self.role)
        frame = pd.DataFrame({name: pd.Series(self._text(name), dtype=str)})
        for column in TEXTS:
            frame[column] = pd.Series(self._text(column), dtype=str)
        frame["country"] = pd.Series(country, dtype=str)
        for column in NUMBERS:
            frame[column] = self._numbers(column, whole=False)
        for column in COUNTS[self.role]:
            frame[column] = self._numbers(column, whole=True)
        frame["precision"] = pd.Categorical(self._precisions(), dtype=precision_dtype())
        frame["vicinity"] = self._flags("vicinity")
        for column in ("belligerents", "covers_belligerents"):
            frame[column] = pd.Series([canonical_belligerents(text) for text in self._text(column)], dtype=str)
        if self.role == "incident":
            frame["grading"] = pd.Series([text.lower() for text in self._text("grading")], dtype=str)
        self._paired()
        return frame

    def add_times(self, countries: list[str]) -> None:
        """Add the columns of times: local to the stated zone, else to the country that each record was located in."""
        zoned = pd.DatetimeTZDtype("s", "UTC")
        zones = [zone or timezone_of(code) for zone, code in zip(self._text("timezone"), countries, strict=True)]
        self.frame["timezone"] = pd.Series(zones, dtype=str)
        for first, last, required in (("start", "end", True), ("covers_start", "covers_end", False)):
            if required or self.role == "strike":
                starts, ends = self._spans(first, last, zones, required=required)
                self.frame[first] = pd.Series(starts, dtype=zoned)
                self.frame[last] = pd.Series(ends, dtype=zoned)

    def _paired(self) -> None:
        """Latitude and longitude come together or not at all; a row's own fault is reported, not its neighbour's."""
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            texts, others = self._text(one), self._text(other)
            for position, (text, opposite) in enumerate(zip(texts, others, strict=True)):
                if opposite and not text:
                    self._fail(position, one, "", f"expected degrees, since {other} is {opposite!r}")
