"""Cells to typed columns: every cell that cannot be read is reported, none is guessed or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, precision_dtype
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.records.formats import Cells
from geocasualty.records.schema import UNKNOWN_GRADINGS, Role, id_column
from geocasualty.times import DayOrder, day_order, parse_interval, timezone_of

__all__ = ["Typed", "country_codes"]

TEXTS = ("place_text", "admin1", "mgrs", "sources", "event_group", "covers_belligerents", "covers_countries")
COUNTS = {
    "incident": ("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max"),
    "strike": ("n_strikes", "n_rows"),
}
NUMBERS = ("latitude", "longitude", "radius_m")
MOST = 2.0**53
"""Counts beyond it are not exact as floating-point numbers, and no counts of people."""
_TRUE = {"true", "yes", "1", "y"}
_FALSE = {"", "false", "no", "0", "n"}

Texts = npt.NDArray[np.object_]


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
    date_order : {"mdy", "dmy", "ymd"}, optional
        Of dates in figures alone; if not given, the one order that fits all dates of the table, if there is one.
    """

    def __init__(self, cells: Cells, role: Role, countries: dict[str, str], date_order: DayOrder | None = None) -> None:
        self.cells = cells
        self.role = role
        self.stated = tuple(cells)
        """Columns of the input, before they are typed."""
        self.rows = np.array([int(row) for row in cells["row"]], dtype=np.int64)
        self.failures: list[tuple[int, str, str, str]] = []
        """Position, column, value, reason."""
        self._countries = countries
        self._order = date_order
        self._known: dict[str, tuple[npt.NDArray[np.int64], Texts]] = {}
        self.frame = self._build()

    def _coded(self, column: str) -> tuple[npt.NDArray[np.int64], Texts]:
        """A column as positions in its distinct stripped texts."""
        if column not in self._known:
            values = self.cells.pop(column, None)  # kept as codes from here on: the cells of a large table are heavy
            if values is None or not len(values):
                coded = np.zeros(len(self.rows), dtype=np.int64), np.array([""], dtype=object)
            else:
                codes, distinct = pd.factorize(np.asarray(values, dtype=object))
                stripped, texts = pd.factorize(np.array([text.strip() for text in distinct], dtype=object))
                coded = stripped[codes], np.asarray(texts, dtype=object)
            self._known[column] = coded
        return self._known[column]

    def text(self, column: str) -> Texts:
        """The stripped cells of a column, empty where the table has none."""
        codes, distinct = self._coded(column)
        return distinct[codes]

    def stated_text(self, column: str) -> Texts:
        """The cells of a column as the input has them, stripped if they were read as something."""
        values = self.cells.get(column)
        return self.text(column) if values is None else np.asarray(values, dtype=object)

    def _series(self, column: str, change: Callable[[str], str] = str) -> pd.Series[Any]:
        codes, distinct = self._coded(column)
        changed = pd.array([change(text) for text in distinct], dtype=str)
        return pd.Series(changed.take(codes))

    def _fail_where(self, column: str, bad: npt.NDArray[np.bool_], reason: str) -> None:
        """Report the rows whose distinct text is marked bad."""
        codes, distinct = self._coded(column)
        if bad.any():
            for position in np.flatnonzero(bad[codes]).tolist():
                self.failures.append((position, column, distinct[codes[position]], reason))

    def _numbers(self, column: str, *, whole: bool) -> pd.Series[Any]:
        codes, distinct = self._coded(column)
        values = pd.to_numeric(pd.Series(distinct, dtype=object).replace("", np.nan), errors="coerce").astype(float)
        numbers = values.to_numpy(float, copy=True)
        readable = np.isfinite(numbers)
        if whole:
            readable &= np.mod(np.where(readable, numbers, 0.5), 1) == 0
            readable &= np.abs(np.where(readable, numbers, 0.0)) < MOST
        self._fail_where(column, ~readable & (distinct != ""), f"expected {'a whole number' if whole else 'a number'}")
        numbers[~readable] = np.nan
        found = numbers[codes]
        if not whole:
            return pd.Series(found)
        unknown = np.isnan(found)
        return pd.Series(pd.arrays.IntegerArray(np.where(unknown, 0, found).astype(np.int64), unknown))

    def _plain_degrees(self) -> dict[str, Any]:
        """Latitude and longitude where both are numbers throughout, without the detour over distinct texts."""
        found = {}
        for column in ("latitude", "longitude"):
            values = self.cells.get(column)
            if values is None or not len(values):
                return {}
            try:
                found[column] = np.array(values, dtype=object).astype(float)
            except (ValueError, OverflowError):
                return {}
            # Python reads 1_0 as ten; such a cell, like inf and nan, is for the careful way.
            if not np.isfinite(found[column]).all() or "_" in "".join(values):
                return {}
        del self.cells["latitude"], self.cells["longitude"]
        return {column: pd.Series(values) for column, values in found.items()}

    def _yes(self, column: str, also: str = "yes") -> npt.NDArray[np.bool_]:
        codes, distinct = self._coded(column)
        lowered = [text.lower() for text in distinct]
        yes = {*_TRUE, also}
        self._fail_where(column, np.array([text not in yes | _FALSE for text in lowered]), "expected yes or no")
        return np.asarray(np.array([text in yes for text in lowered])[codes])

    def _precisions(self) -> pd.Categorical:
        codes, distinct = self._coded("precision")
        bad = np.array([bool(text) and text not in PRECISIONS for text in distinct])
        self._fail_where("precision", bad, f"expected one of {', '.join(PRECISIONS)}")
        rungs = np.array([PRECISIONS.index(text) if text in PRECISIONS else -1 for text in distinct])
        return pd.Categorical.from_codes(rungs[codes], dtype=precision_dtype())

    def _build(self) -> pd.DataFrame:
        name = id_column(self.role)
        identifiers = [text.strip() for text in self.cells.pop(name, [""] * len(self.rows))]
        columns: dict[str, Any] = {name: pd.Series(pd.array(identifiers, dtype=str))}
        for column in TEXTS:
            columns[column] = self._series(column)
        columns["country"] = self._series("country", lambda text: country_codes(self._countries, text))
        degrees = self._plain_degrees()
        for column in NUMBERS:
            columns[column] = degrees[column] if column in degrees else self._numbers(column, whole=False)
        for column in COUNTS[self.role]:
            columns[column] = self._numbers(column, whole=True)
        columns["precision"] = self._precisions()
        columns["vicinity"] = self._yes("vicinity", also="near")
        for column in ("belligerents", "covers_belligerents"):
            columns[column] = self._series(column, canonical_belligerents)
        if self.role == "incident":
            columns["grading"] = self._series("grading", _grading)
        else:
            columns["covers_complete"] = self._yes("covers_complete")
        if not degrees:
            self._paired()
        return pd.DataFrame(columns)

    def add_times(self, countries: Texts) -> None:
        """Add the columns of times: local to the stated zone, else to the country that each record was located in."""
        codes, stated = self._coded("timezone")
        where, located = pd.factorize(countries)
        zones = pd.array(
            [zone or timezone_of(code) for zone in stated for code in located], dtype=str
        )  # one for each pair; both are few
        pair = codes * max(len(located), 1) + where
        zone_codes, names = pd.factorize(zones)
        order, doubt = self._date_order()
        chosen = zone_codes[pair] if len(pair) else np.zeros(0, dtype=np.int64)
        self.frame["timezone"] = pd.Series(zones.take(pair))
        for first, last, required in (("start", "end", True), ("covers_start", "covers_end", False)):
            if required or self.role == "strike":
                self._spans(first, last, chosen, list(names), order, doubt, required=required)

    def _date_order(self) -> tuple[DayOrder | None, str]:
        """One order for all dates of the table, or why there is none."""
        if self._order is not None:
            return self._order, ""
        columns = ("start", "end", "covers_start", "covers_end")
        try:
            return day_order([text for column in columns for text in self._coded(column)[1]]), ""
        except InputError as error:
            return None, f"{error} in date_order="

    def _spans(
        self,
        first: str,
        last: str,
        zones: npt.NDArray[np.int64],
        names: list[str],
        order: DayOrder | None,
        doubt: str,
        *,
        required: bool,
    ) -> None:
        zoned = pd.DatetimeTZDtype("s", "UTC")
        begun, firsts = self._coded(first)
        ended, lasts = self._coded(last)
        keys = (begun * len(lasts) + ended) * max(len(names), 1) + zones
        which, distinct = pd.factorize(keys)
        unknown = np.iinfo(np.int64).min
        spans = np.full((len(distinct), 2), unknown, dtype=np.int64)
        problems: dict[int, tuple[str, str, str]] = {}
        for slot, key in enumerate(distinct.tolist()):
            rest, zone = divmod(key, max(len(names), 1))
            one, other = firsts[rest // len(lasts)], lasts[rest % len(lasts)]
            if not one and not required:
                continue
            try:
                found = parse_interval(one, other, names[zone], order)
                spans[slot] = int(found.start.timestamp()), int(found.end.timestamp())
            except InputError as error:
                at_end = bool(other) and repr(other[:60]) in str(error)
                words = f"{error}; {doubt}" if doubt else str(error)
                problems[slot] = (last if at_end else first, other if at_end else one, words)
        if problems:
            for position in np.flatnonzero(np.isin(which, list(problems))).tolist():
                self.failures.append((position, *problems[int(which[position])]))
        for column, side in ((first, 0), (last, 1)):
            seconds = pd.Series(spans[which, side].astype("datetime64[s]"))
            self.frame[column] = seconds.dt.tz_localize("UTC").astype(zoned)

    def _paired(self) -> None:
        """Latitude and longitude come together or not at all; a row's own fault is reported, not its neighbour's."""
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            codes, distinct = self._coded(one)
            others, opposites = self._coded(other)
            lacking = (distinct == "")[codes] & (opposites != "")[others]
            for position in np.flatnonzero(lacking).tolist():
                reason = f"expected degrees, since {other} is {opposites[others[position]]!r}"
                self.failures.append((position, one, "", reason))


def _grading(text: str) -> str:
    lowered = text.lower()
    return "" if lowered in UNKNOWN_GRADINGS else lowered
