"""Cells to typed columns: every cell that cannot be read is reported, none is guessed or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, precision_dtype
from geocasualty.records._numbers import UNKNOWN_COUNTS, numbers_of
from geocasualty.records._words import TEXT, Words, arrow_texts, coded
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.records.formats import Cells
from geocasualty.records.schema import UNKNOWN_GRADINGS, Role, id_column
from geocasualty.times import COUNTRY_ZONES, DayOrder, day_order, parse_interval, timezone_of

__all__ = ["Typed", "country_codes"]

TEXTS = ("place_text", "admin1", "mgrs", "sources", "event_group", "covers_countries")
COUNTS = {
    "incident": ("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max"),
    "strike": ("n_strikes", "n_rows"),
}
NUMBERS = ("latitude", "longitude", "radius_m")
MOST = 2.0**53
"""Counts beyond it are not exact as floating-point numbers, and no counts of people."""
ZERO_DATE = "1970-01-01"
_TRUE = {"true", "yes", "1", "y"}
_FALSE = {"", "false", "no", "0", "n"}

Texts = npt.NDArray[np.object_]
Codes = npt.NDArray[np.integer[Any]]


def country_codes(names: dict[str, str], text: str) -> str:
    """The ISO code of a country's name or code, or the text itself if it is neither."""
    value = text.strip()
    return names.get(value.lower(), value.upper() if len(value) == 2 else value)


class Typed:
    """The typed columns of a table, and the failures met on the way.

    Parameters
    ----------
    cells : dict of str to list of str or pandas array
        Native columns of equal length. Without ``row`` each row is the one of its place in the table.
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
        count = len(next(iter(cells.values()), ()))
        self.rows = np.array(list(map(int, cells["row"])), np.int64) if "row" in cells else np.arange(1, count + 1)
        self.failures: list[tuple[int, str, str, str]] = []
        """Position, column, value, reason."""
        self._countries = countries
        self._order = date_order
        self._known: dict[str, tuple[Codes, Texts]] = {}
        self.frame = self._build()

    def _coded(self, column: str) -> tuple[Codes, Texts]:
        """A column as positions in its distinct stripped texts."""
        if column not in self._known:
            values = self.cells.pop(column, None)  # kept as codes from here on: the cells of a large table are heavy
            if values is None or not len(values):
                self._known[column] = np.zeros(len(self.rows), dtype=np.int8), np.array([""], dtype=object)
            else:
                self._known[column] = _changed(*coded(values), str.strip)
        return self._known[column]

    def words(self, column: str) -> Words:
        """The stripped cells of a column, empty where the table has none."""
        return Words(*self._coded(column))

    def stated_text(self, column: str) -> Any:
        """The cells of a column as the input has them, stripped if they were read as something."""
        if column in self.cells:
            return self.cells[column]
        return self.frame[column].array if column in TEXTS else self.words(column)

    def _series(self, column: str, change: Callable[[str], str] = str) -> pd.Series[Any]:
        codes, distinct = _changed(*self._coded(column), change)
        return pd.Series(pd.Categorical.from_codes(codes, categories=distinct, validate=False), copy=False)

    def _fail_where(self, column: str, bad: npt.NDArray[np.bool_], reason: str) -> None:
        """Report the rows whose distinct text is marked bad."""
        codes, distinct = self._coded(column)
        if bad.any():
            for position in np.flatnonzero(bad[codes]).tolist():
                self.failures.append((position, column, distinct[codes[position]], reason))

    def _numbers(self, column: str, *, whole: bool) -> pd.Series[Any]:
        codes, distinct = self._coded(column)
        if len(distinct) == 1 and not distinct[0]:  # pages that nobody writes to take no memory
            absent = np.ones(len(codes), dtype=bool)
            whole_numbers = pd.arrays.IntegerArray(np.zeros(len(codes), dtype=np.int64), absent)
            return pd.Series(whole_numbers if whole else np.full(len(codes), np.nan), copy=False)
        numbers, expected = numbers_of(distinct, column, whole=whole)
        readable = np.isfinite(numbers)
        if whole:
            readable &= np.mod(np.where(readable, numbers, 0.5), 1) == 0
            readable &= np.abs(np.where(readable, numbers, 0.0)) < MOST
        unsaid = np.array([not text or (whole and text.lower() in UNKNOWN_COUNTS) for text in distinct])
        self._fail_where(column, ~readable & ~unsaid, expected)
        numbers[~readable] = np.nan
        found = numbers[codes]
        if not whole:
            return pd.Series(found, copy=False)
        unknown = np.isnan(numbers)
        counts = np.where(unknown, 0, numbers).astype(np.int64)
        return pd.Series(pd.arrays.IntegerArray(counts[codes], unknown[codes]), copy=False)

    def _plain_degrees(self) -> dict[str, Any]:
        """Latitude and longitude where both are numbers throughout, without the detour over distinct texts."""
        found = {}
        for column in ("latitude", "longitude"):
            values = self.cells.get(column)
            if values is None or not len(values):
                return {}
            degrees = _degrees(values)
            if degrees is None or not np.isfinite(degrees).all():
                return {}
            found[column] = degrees
        del self.cells["latitude"], self.cells["longitude"]
        return {column: pd.Series(values, copy=False) for column, values in found.items()}

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
        columns: dict[str, Any] = {name: pd.Series(_stripped(self.cells.pop(name), len(self.rows)), copy=False)}
        for column in TEXTS:
            distinct = hasattr(self.cells.get(column), "__arrow_array__")  # a text of its own in nearly each row
            plain = pd.Series(_stripped(self.cells.pop(column), len(self.rows)), copy=False) if distinct else None
            columns[column] = self._series(column) if plain is None else plain
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
        return pd.DataFrame(columns, copy=False)

    def add_times(self, countries: Words) -> npt.NDArray[np.bool_]:
        """Add the columns of times: local to the stated zone, else to the country that each record was located in.

        Returns
        -------
        numpy.ndarray of bool
            The rows whose days are those of UTC for want of a zone. A time that says its own zone is not among them.
        """
        codes, stated = self._coded("timezone")
        located = countries.texts
        zones = [zone or timezone_of(code) for zone in stated for code in located]  # one for each pair; both are few
        zone_codes, names = pd.factorize(np.array(zones, dtype=object))
        chosen = zone_codes[codes.astype(np.int64) * len(located) + countries.codes]
        order, doubt = self._date_order()
        self.frame["timezone"] = pd.Categorical.from_codes(chosen, categories=names, validate=False)
        for first, last, required in (("start", "end", True), ("covers_start", "covers_end", False)):
            if required or self.role == "strike":
                self._spans(first, last, chosen, list(names), order, doubt, required=required)
        unknown = np.array([not zone and code not in COUNTRY_ZONES for zone in stated for code in located])
        return self._local(unknown[codes.astype(np.int64) * len(located) + countries.codes], order)

    def _local(self, where: npt.NDArray[np.bool_], order: DayOrder | None) -> npt.NDArray[np.bool_]:
        """Those of some rows whose start or end another zone would move."""
        begun, firsts = self._coded("start")
        ended, lasts = self._coded("end")
        keys, distinct = pd.factorize((begun.astype(np.int64) * len(lasts) + ended)[where])
        moved = np.zeros(len(distinct), dtype=bool)
        for slot, key in enumerate(distinct.tolist()):
            said = firsts[key // len(lasts)], lasts[key % len(lasts)]
            try:
                moved[slot] = parse_interval(*said, "UTC", order) != parse_interval(*said, "Asia/Baghdad", order)
            except InputError:
                continue  # reported where it was first read
        result = where.copy()
        result[where] = moved[keys]
        return result

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
        begun, firsts = self._coded(first)
        ended, lasts = self._coded(last)
        keys = (begun.astype(np.int64) * len(lasts) + ended) * max(len(names), 1) + zones
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
                _refuse_zero(one, other)
                found = parse_interval(one, other, names[zone], order)
                spans[slot] = int(found.start.timestamp()), int(found.end.timestamp())
            except InputError as error:
                at_end = bool(other) and repr(other[:60]) in str(error)
                words = doubt if doubt and "day or month may stand first" in str(error) else str(error)
                problems[slot] = (last if at_end else first, other if at_end else one, words)
        if problems:
            for position in np.flatnonzero(np.isin(which, list(problems))).tolist():
                self.failures.append((position, *problems[int(which[position])]))
        for column, side in ((first, 0), (last, 1)):
            seconds = np.ascontiguousarray(spans[:, side]).view("datetime64[s]")[which]
            self.frame[column] = pd.Series(seconds, copy=False).dt.tz_localize("UTC")

    def _paired(self) -> None:
        """Latitude and longitude come together or not at all; a row's own fault is reported, not its neighbour's."""
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            codes, distinct = self._coded(one)
            others, opposites = self._coded(other)
            lacking = (distinct == "")[codes] & (opposites != "")[others]
            for position in np.flatnonzero(lacking).tolist():
                reason = f"expected degrees, since {other} is {opposites[others[position]]!r}"
                self.failures.append((position, one, "", reason))


def _changed(codes: Codes, distinct: Texts, change: Callable[[str], str]) -> tuple[Codes, Texts]:
    """Coded texts after a change that may make some of them the same."""
    after = [change(text) for text in distinct]
    merged, texts = pd.factorize(np.array(after, dtype=object))
    same = len(texts) == len(distinct)
    return codes if same else merged.astype(codes.dtype)[codes], np.asarray(texts, dtype=object)


def _degrees(values: Any) -> npt.NDArray[np.float64] | None:
    """The numbers that the cells of a column are, if all of them are some; None if one is for the careful way."""
    if isinstance(values, pd.Categorical):
        distinct = _degrees(list(values.categories))
        return None if distinct is None else distinct[values.codes]
    try:
        if hasattr(values, "__arrow_array__"):
            return np.asarray(arrow_texts(values).cast("float64").to_numpy())
        # Python reads 1_0 as ten.
        return None if "_" in "".join(values) else np.array(values, dtype=object).astype(float)
    except (ValueError, OverflowError):  # Arrow's refusals are ValueErrors
        return None


def _stripped(values: Any, count: int) -> Any:
    """The cells of a column, stripped, as an array of :data:`TEXT`."""
    if hasattr(values, "__arrow_array__") and not _may_be_blank(values):
        return values
    return pd.array([text.strip() for text in (values if len(values) else [""] * count)], dtype=TEXT)


def _may_be_blank(values: Any) -> bool:
    """Whether a cell may begin or end with a blank: with anything but a visible character of ASCII."""
    for chunk in arrow_texts(values).chunks:
        _, offsets, data = chunk.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        filled = ends[1:] > ends[:-1]
        marks = np.frombuffer(data or b"", dtype=np.uint8)
        for edge in (marks[ends[:-1][filled]], marks[ends[1:][filled] - 1]):
            if ((edge <= ord(" ")) | (edge > ord("~"))).any():
                return True
    return False


def _refuse_zero(first: str, last: str) -> None:
    zero = "is zero of computers' clocks and no date; correct it"
    if first.startswith(ZERO_DATE):
        raise InputError(f"{ZERO_DATE} {zero}")
    if last.startswith(ZERO_DATE):
        raise InputError(f"{last[:60]!r} {zero}")


def _grading(text: str) -> str:
    lowered = text.lower()
    return "" if lowered in UNKNOWN_GRADINGS else lowered
