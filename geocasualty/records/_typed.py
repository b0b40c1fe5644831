"""Cells to typed columns: every cell that cannot be read is reported, none is guessed or dropped."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, precision_dtype
from geocasualty.geodesy import parse_degrees
from geocasualty.records._words import TEXT, Words, arrow_texts, coded, combined, parts_of
from geocasualty.records.belligerents import canonical_belligerents, in_doubt
from geocasualty.records.formats import Cells
from geocasualty.records.schema import ATTACK_KINDS, COUNTS, DATE_BASES, UNGRADED, Role, id_column
from geocasualty.theatre.countries import country_code, not_a_country
from geocasualty.theatre.languages import languages, unknown_words
from geocasualty.theatre.parties import parties_in_force
from geocasualty.theatre.zones import guessed_zone, timezone_of, zones_of
from geocasualty.times import DayOrder, day_order, is_local, known_zone, parse_interval, told_of, with_time

TEXTS = ("place_text", "admin1", "mgrs", "sources", "event_group")
BOUNDED = ("n_strikes", *COUNTS["incident"])
"""Counts that may be told as bounds."""

PARTIES = ("belligerents", "covers_belligerents")
TIMES = {"local_time": "local", "utc_time": "z"}
"""Columns of the time of day, and the zone of a clock time there that states none."""

NUMBERS = ("latitude", "longitude", "radius_m")
MOST = 2.0**53
"""Counts beyond it are not exact as floating-point numbers, and no counts of people."""
ZERO_DATE = "1970-01-01"
_TRUE = {"true", "yes", "1", "y"}
_FALSE = {"", "false", "no", "0", "n"}

Texts = npt.NDArray[np.object_]
Codes = npt.NDArray[np.integer[Any]]

DEGREES = {"latitude": 90.0, "longitude": 180.0}
"""Columns of degrees, and the most that they can be."""

HEMISPHERES = {"latitude": "NS", "longitude": "EW"}

UNKNOWN_COUNTS = unknown_words() - {"none", "nil"}
"""Ways to say in a cell that a count is not known; "none" may mean zero."""

_PLAIN = str.maketrans({"٫": ".", "،": ",", "−": "-"})

_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")

_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")

_GROUPED = re.compile(r"[0-9]{1,3}(?:([٬ \u00a0\u202f'’,])[0-9]{3})(?:\1[0-9]{3})*")
"""A number with marks of thousands."""

_SPOKEN = [language.counts for language in languages()]
_BESIDE = {
    "before": {word: kind for said in _SPOKEN for kind in ("at_least", "at_most", "about") for word in said[kind]},
    "behind": {
        word: kind
        for said in _SPOKEN
        for kind, key in (("at_least", "or_more"), ("about", "about"))
        for word in said[key]
    },
}
"""What a word means that stands before a number, or behind it."""

_NUMBERS = {
    word: number for language in languages() for number, words in language.places["numbers"].items() for word in words
    if number.isdecimal() and int(number) > 1
}  # fmt: skip
_SAID_OF = {
    kind: [word for language in languages() for key in keys for word in language.casualties[key]]
    for kind, keys in {
        "killed": ("killed", "civilians", "said"), "injured": ("injured", "civilians", "said"),
        "children": ("children", "killed", "said"), "inside": ("children", "civilians"),
    }.items()
}  # fmt: skip
"""Words that may stand behind a count without being another, by the column; and those of a part of it in brackets."""

_LEAST = {word: float(number) for said in _SPOKEN for number, words in said["least"].items() for word in words}
_RANGE = re.compile(
    r"(?:between )?(\d{1,9}) ?(?:-|/|"
    + "|".join(re.escape(word) for said in _SPOKEN for word in said["to"])
    + r") ?(\d{1,9})"
)
_COUNTED = re.compile(r"(?P<before>\D*?) ?(?P<number>\d{1,9}) ?(?P<behind>\D*)")

_FIGURES = re.compile(r"[\dTtZz:+/. -]+")
"""A date that has no words, and so says nothing of itself."""

Mask = npt.NDArray[np.bool_]


class Asked(NamedTuple):
    """What a caller states of all rows of a file that say nothing themselves."""

    date_order: DayOrder | None = None
    timezone: str | None = None
    radius_m: float | None = None
    vicinity: bool | None = None


class Typed:
    """The typed columns of a table, and the failures met on the way.

    Without ``row`` each row is the one of its place in the table; ``says_vicinity`` is whether the file has a column
    for whether a place is only near.
    """

    def __init__(self, cells: Cells, role: Role, asked: Asked, *, says_vicinity: bool = False) -> None:
        self.cells = cells
        self.role = role
        self.stated = tuple(cells)
        """Columns of the input, before they are typed."""
        count = len(next(iter(cells.values()), ()))
        self.rows = np.array(list(map(int, cells["row"])), np.int64) if "row" in cells else np.arange(1, count + 1)
        self.failures: list[tuple[int, str, str, str]] = []
        """Position, column, value, reason."""
        self._order = asked.date_order
        self.order: DayOrder | None = None
        """That of the dates in figures, once they are read."""
        self._timezone = known_zone(asked.timezone).key if asked.timezone is not None else ""
        self._vicinity, self._says_vicinity = asked.vicinity, says_vicinity
        self.blank_vicinity: Mask = np.zeros(count, dtype=bool)
        """Rows that say nothing of a vicinity, in a file that has a column for it."""
        self.told: dict[str, Mask] = {}
        """Rows by the flags that their dates call for."""
        self._written: dict[str, str] = {}
        """Dates that a time of day was written to, by what both became."""
        self._known: dict[str, tuple[Codes, Texts]] = {}
        self.frame = self._build()

    def _coded(self, column: str) -> tuple[Codes, Texts]:
        """A column as positions in its distinct stripped texts."""
        if column not in self._known:
            values = self.cells.pop(column, None)  # kept as codes from here on: the cells of a large table are heavy
            if values is None or not len(values):
                self._known[column] = np.zeros(len(self.rows), dtype=np.int8), np.array([""], dtype=object)
            else:
                self._known[column] = _changed(*coded(values), _SAID.get(column, str.strip))
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
        if column in BOUNDED:
            distinct = np.array([_bare(text, column) for text in distinct], dtype=object)
        numbers, expected = numbers_of(distinct, column, whole=whole)
        readable = np.isfinite(numbers)
        if whole:
            readable &= np.mod(np.where(readable, numbers, 0.5), 1) == 0
            readable &= np.abs(np.where(readable, numbers, 0.0)) < MOST
        bounded = _bounded(distinct, readable, column) if column in BOUNDED else {}
        for slot, value in bounded.items():
            numbers[slot] = value
        unsaid = np.array([not text or (whole and text.lower() in UNKNOWN_COUNTS) for text in distinct])
        told = np.isin(np.arange(len(distinct)), list(bounded))
        self._fail_where(column, ~readable & ~unsaid & ~told, expected)
        self._tell("inexact-count", told[codes])
        numbers[~readable & ~told] = np.nan
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

    def _checked(self, column: str, fault: Callable[[str], str], change: Callable[[str], str] = str) -> pd.Series[Any]:
        """A column after a change; the rows of a text with a fault are reported with it."""
        codes, distinct = self._coded(column)
        faults = [fault(text) for text in distinct]
        for position in np.flatnonzero(np.array([bool(each) for each in faults])[codes]).tolist():
            self.failures.append((position, column, distinct[codes[position]], faults[codes[position]]))
        return self._series(column, change)

    def _yes(self, column: str, also: str = "yes") -> npt.NDArray[np.bool_]:
        codes, distinct = self._coded(column)
        lowered = [text.lower() for text in distinct]
        yes = {*_TRUE, also}
        self._fail_where(column, np.array([text not in yes | _FALSE for text in lowered]), "expected yes or no")
        return np.asarray(np.array([text in yes for text in lowered])[codes])

    def _near(self) -> Mask:
        """Whether a row says "near"; where it says nothing, as the caller states, else yes if the file could say it."""
        codes, distinct = self._coded("vicinity")
        near, unsaid = self._yes("vicinity", also="near"), (distinct == "")[codes]
        if self._vicinity is not None:
            return near | unsaid if self._vicinity else near
        if near.any() or self._says_vicinity:
            self.blank_vicinity = unsaid
        return near | self.blank_vicinity

    def _precisions(self) -> pd.Categorical:
        codes, distinct = self._coded("precision")
        bad = np.array([bool(text) and text not in PRECISIONS for text in distinct])
        self._fail_where("precision", bad, f"expected one of {', '.join(PRECISIONS)}")
        rungs = np.array([PRECISIONS.index(text) if text in PRECISIONS else -1 for text in distinct])
        return pd.Categorical.from_codes(rungs[codes], dtype=precision_dtype())

    def _kinds(self, column: str) -> pd.Series[Any]:
        """Kinds of attack, sorted and joined by ``;``."""
        expected = f"expected some of {', '.join(ATTACK_KINDS)}, joined by ';', or nothing"
        return self._checked(
            column,
            lambda text: expected * (not {*_parts(text)} <= {*ATTACK_KINDS}),
            lambda text: ";".join(sorted({*_parts(text)})),
        )

    def _covered_countries(self) -> pd.Series[Any]:
        """Codes of the countries that a source covers, in its order."""

        def fault(text: str) -> str:
            strange = next((name for name in parts_of(text) if not country_code(name)), "")
            return strange and f"{strange[:60]!r}: {not_a_country(strange)}"

        return self._checked(
            "covers_countries", fault, lambda text: ";".join(country_code(name) or name for name in parts_of(text))
        )

    def _build(self) -> pd.DataFrame:
        name = id_column(self.role)
        columns: dict[str, Any] = {name: pd.Series(_stripped(self.cells.pop(name), len(self.rows)), copy=False)}
        for column in TEXTS:
            distinct = hasattr(self.cells.get(column), "__arrow_array__")  # a text of its own in nearly each row
            plain = pd.Series(_stripped(self.cells.pop(column), len(self.rows)), copy=False) if distinct else None
            if plain is not None and column in _SAID:
                plain = plain.mask(plain.str.lower().isin(unknown_words()), "")
            columns[column] = self._series(column) if plain is None else plain
        columns["country"] = self._checked(
            "country",
            lambda text: not_a_country(text) if text and not country_code(text) else "",
            lambda text: country_code(text) or text,
        )
        degrees = self._plain_degrees()
        for column in NUMBERS:
            columns[column] = degrees[column] if column in degrees else self._numbers(column, whole=False)
        for column in COUNTS[self.role]:
            columns[column] = self._numbers(column, whole=True)
        columns["precision"] = self._precisions()
        columns["vicinity"] = self._near()
        for column in PARTIES:
            columns[column] = self._series(column)
        columns["attack_kinds"] = self._kinds("attack_kinds")
        if self.role == "incident":
            columns["grading"] = self._series("grading", lambda text: text.lower() * (text.lower() not in UNGRADED))
            known, expected = ("", *DATE_BASES), f"expected one of {', '.join(DATE_BASES)}, or nothing"
            columns["date_basis"] = self._checked(
                "date_basis", lambda text: expected * (text.lower() not in known), str.lower
            )
        else:
            columns["covers_complete"] = self._yes("covers_complete")
            columns["covers_kinds"] = self._kinds("covers_kinds")
            columns["covers_countries"] = self._covered_countries()
        if not degrees:
            self._paired()
        return pd.DataFrame(columns, copy=False)

    def name_parties(self, countries: Words, reader: str) -> None:
        """Write belligerents in one spelling each, as their names mean in the theatre of each record.

        The theatre of a record without a country is that of its source.
        """
        parties = parties_in_force()
        theatres, distinct = coded([parties.theatre_of(country, reader) for country in countries.texts])
        for column in PARTIES:
            both, pairs = combined(self._coded(column), (theatres[countries.codes], distinct))
            names = [canonical_belligerents(text, theatre) for text, theatre in pairs]
            if column != "belligerents":  # who is covered perhaps is not covered
                names = ["" if in_doubt(text) else name for name, (text, _) in zip(names, pairs, strict=True)]
            merged, texts = coded(names)
            self.frame[column] = pd.Categorical.from_codes(merged[both], categories=texts, validate=False)

    def add_times(self, countries: Words) -> tuple[Mask, dict[str, list[int]]]:
        """Add the columns of times: local to the stated zone, else to the country that each record was located in.

        Returned are the rows whose days are those of UTC for want of a zone (a time that says its own is not among
        them), and those whose days would be others in another zone of their country, by what was taken in words.
        """
        codes, distinct = self._coded("timezone")
        stated = [zone or self._timezone for zone in distinct]
        located = countries.texts
        zones = [zone or timezone_of(code) for zone in stated for code in located]  # one for each pair; both are few
        zone_codes, names = coded(zones)
        pairs = codes.astype(np.int64) * len(located) + countries.codes
        order, doubt = self._date_order()
        self.order = order
        self._add_hours(order)
        self._add_told(order)
        self.frame["timezone"] = pd.Categorical.from_codes(zone_codes[pairs], categories=names, validate=False)
        self._spans("start", "end", zone_codes[pairs], names, order, doubt, required=True)
        if self.role == "strike":
            codes, names = self._covered_zones(zone_codes[pairs], names)
            self._spans("covers_start", "covers_end", codes, names, order, doubt, required=False)
        several = np.array([0 if zone else len(zones_of(code)) for zone in stated for code in located])
        unsaid = np.array([not zone for zone in stated for _ in located])
        unknown = self._local((unsaid & (several == 0))[pairs], order)
        return unknown, self._guessed(self._local((several > 1)[pairs], order), countries)

    def _add_hours(self, order: DayOrder | None) -> None:
        """Write the times of day that stand in a column of their own to the days beside them."""
        for column, zone in TIMES.items():
            if column not in self.stated:
                continue
            for side in ("start", "end"):
                keys, pairs = combined(self._coded(side), self._coded(column))
                found = [with_time(day, time, zone, order) if day else ("", True) for day, time in pairs]
                self._written |= {text: day for (text, _), (day, _) in zip(found, pairs, strict=True)}
                merged, texts = coded([text for text, _ in found])
                self._known[side] = merged[keys], texts
                self._tell("unread-time", np.array([not read for _, read in found], dtype=bool)[keys])

    def blank_hours(self, written: frozenset[str]) -> Mask:
        """Rows that tell no time of day, where some column of the file tells that of others."""
        columns = [self.words(column) for column in TIMES if column in written]
        if not any(text for column in columns for text in column.texts):
            return np.zeros(len(self.rows), dtype=bool)
        codes, days = self._coded("start")
        untold = np.array([":" not in day for day in days], dtype=bool)[codes]
        return np.asarray(untold & np.all([column.holds("") for column in columns], axis=0))

    def _tell(self, flag: str, where: Mask) -> None:
        if where.any():
            self.told[flag] = self.told.get(flag, False) | where

    def _add_told(self, order: DayOrder | None) -> None:
        """What the words of dates say of them: flags, and what a date is of; the stated basis stays if it is weaker."""
        for side in ("start", "end"):
            codes, distinct = self._coded(side)
            told = {
                slot: told_of(text, order)
                for slot, text in enumerate(distinct)
                if text and not _FIGURES.fullmatch(text)
            }

            for flag in sorted({flag for flags, _ in told.values() for flag in flags}):
                self._tell(flag, np.isin(codes, [slot for slot, (flags, _) in told.items() if flag in flags]))
            for basis in sorted({basis for _, basis in told.values()} - {""}):
                rows = np.isin(codes, [slot for slot, (_, each) in told.items() if each == basis])
                if self.role == "strike":
                    self._tell("approximate-date", rows & (basis != "event"))
                    continue
                stated = self.frame["date_basis"].astype(object)
                weaker = rows & (stated.isin(["", "event"]) if basis != "event" else stated.eq("")).to_numpy()
                self.frame["date_basis"] = pd.Categorical(stated.mask(weaker, basis))

    def _covered_zones(self, codes: Codes, names: Texts) -> tuple[Codes, Texts]:
        """Days that a source covers are those of the first country that it names, the same for all of its rows."""
        covered = self.frame["covers_countries"].cat
        firsts = [timezone_of(text.split(";")[0]) if text else "" for text in covered.categories]
        which, pairs = combined((covered.codes.to_numpy(), firsts), (codes, names))
        found, zones = coded([first or own for first, own in pairs])
        return found[which], zones

    def _guessed(self, where: Mask, countries: Words) -> dict[str, list[int]]:
        """Those of some rows that another zone of their country would move, by the words of it."""
        found: dict[str, list[int]] = {}
        known: dict[tuple[str, Any, Any], str] = {}
        rows = np.flatnonzero(where & self.frame["start"].notna().to_numpy() & self.frame["end"].notna().to_numpy())
        starts, ends = (self.frame[column].iloc[rows] for column in ("start", "end"))
        for position, start, end in zip(rows.tolist(), starts, ends, strict=True):
            key = countries[position], start, end
            if key not in known:
                known[key] = guessed_zone(*key)
            if known[key]:
                found.setdefault(known[key], []).append(position)
        return found

    def _local(self, where: Mask, order: DayOrder | None) -> Mask:
        """Those of some rows whose start or end another zone would move."""
        keys, pairs = combined(*((codes[where], texts) for codes, texts in map(self._coded, ("start", "end"))))
        moved = np.zeros(len(pairs), dtype=bool)
        for slot, (first, last) in enumerate(pairs):
            with contextlib.suppress(InputError):  # reported where it was first read
                moved[slot] = is_local(first, last, order)
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
        zones: Codes,
        names: Texts,
        order: DayOrder | None,
        doubt: str,
        *,
        required: bool,
    ) -> None:
        which, said = combined(self._coded(first), self._coded(last), (zones, names))
        unknown = np.iinfo(np.int64).min
        spans = np.full((len(said), 2), unknown, dtype=np.int64)
        problems: dict[int, tuple[str, str, str]] = {}
        for slot, (one, other, zone) in enumerate(said):
            if not one and not required:
                continue
            try:
                _refuse_zero(one, other)
                found = parse_interval(one, other, zone, order)
                spans[slot] = int(found.start.timestamp()), int(found.end.timestamp())
            except InputError as error:
                at_end = bool(other) and repr(other[:60]) in str(error)
                words = doubt if doubt and "day or month may stand first" in str(error) else str(error)
                value = other if at_end else one
                problems[slot] = (last if at_end else first, self._written.get(value, value), words)
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


def _bounded(texts: Texts, readable: Mask, column: str) -> dict[int, float]:
    """What the texts that are no number say of a column, by their place; NaN where they leave that bound open."""
    found = {}
    for slot in np.flatnonzero(~readable).tolist():
        text = texts[slot]
        if text and text.lower() not in UNKNOWN_COUNTS and (bounds := bounds_of(text)) is not None:
            found[slot] = bounds[1] if column.endswith("_max") else bounds[0]
    return found


@cache
def _behind(kind: str) -> re.Pattern[str]:
    words, inside = ("|".join(map(re.escape, sorted(_SAID_OF[key], key=len, reverse=True))) for key in (kind, "inside"))
    part = rf"(?:including |incl\.? |of whom )?\d{{1,4}} (?:{inside})"
    return re.compile(
        rf"(?P<count>.*[\w+])(?:(?:\s+(?:{words}))+|\s*\({part}(?:(?:, | and |, and ){part})*\))", re.IGNORECASE
    )


def _bare(text: str, column: str) -> str:
    """A count without what is said behind it of the same people.

    Examples
    --------
    >>> _bare("12 killed", "killed_min"), _bare("12 (5 children)", "killed_max"), _bare("12 injured", "killed_min")
    ('12', '12', '12 injured')
    """
    kind = column.split("_")[0]
    found = _behind(kind).fullmatch(text) if kind in _SAID_OF and not text.isdecimal() else None
    return found["count"] if found else text


def bounds_of(text: str) -> tuple[float, float] | None:
    """The least and the most that a count told in words may be, NaN where it does not say; None if it is no count.

    Examples
    --------
    >>> bounds_of("105-278"), bounds_of("at least 12"), bounds_of("up to 20"), bounds_of("dozens"), bounds_of("lots")
    ((105.0, 278.0), (12.0, nan), (nan, 20.0), (24.0, nan), None)
    """
    line = " ".join(_plain(text.lower()).replace("–", "-").replace("—", "-").split())
    if found := _RANGE.fullmatch(line):
        low, high = float(found[1]), float(found[2])
        return (low, high) if low <= high else None
    if found := _COUNTED.fullmatch(line):
        kinds = [_BESIDE[side].get(found[side]) for side in _BESIDE if found[side]]
        number = float(found["number"])
        if len(kinds) == 1 and kinds[0]:
            return {"at_least": (number, np.nan), "at_most": (np.nan, number), "about": (number, number)}[kinds[0]]
    least = _LEAST.get(line)
    return None if least is None else (least, np.nan)


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
    if ZERO_DATE in first:
        raise InputError(f"{ZERO_DATE} {zero}")
    if last.startswith(ZERO_DATE):
        raise InputError(f"{last[:60]!r} {zero}")


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[;,\s]+", text.lower()) if part]


def _unless_unknown(text: str) -> str:
    """A cell without blanks around it; empty where it says that nothing is known."""
    text = text.strip()
    return "" if text.casefold() in unknown_words() else text


def _country_unless_unknown(text: str) -> str:
    """The same of a country: "NA" is Namibia."""
    return text.strip() if country_code(text) else _unless_unknown(text)


_SAID = dict.fromkeys(
    (
        "latitude", "longitude", "radius_m", "precision", "vicinity", "mgrs", "admin1", "end", "timezone",
        "attack_kinds", "covers_kinds", "date_basis", "grading",
    ),
    _unless_unknown,
) | {"country": _country_unless_unknown}  # fmt: skip
"""Columns in which a cell that says "unknown" is blank; others have own words for it, or must say something."""


def numbers_of(texts: npt.NDArray[Any], column: str, *, whole: bool) -> tuple[npt.NDArray[np.float64], str]:
    """The numbers of a column's distinct texts, NaN for any that is none, and what is expected of those.

    A comma is a decimal one if no value of the column has a point, none has two commas, and with it all are possible:
    as degrees, if they are some; else none may look like thousands. In whole numbers it is one of thousands, if with
    it some value would be no whole number as a decimal one.

    Examples
    --------
    >>> numbers_of(np.array(["٣٥٫٣٢", "36.5", "1,000"], dtype=object), "radius_m", whole=False)[0].tolist()
    [35.32, 36.5, nan]
    >>> numbers_of(np.array(["36,335", "36,1"], dtype=object), "latitude", whole=False)[0].tolist()
    [36.335, 36.1]
    >>> numbers_of(np.array(["1,200", "twelve", "1 000"], dtype=object), "killed_min", whole=True)[0].tolist()
    [1200.0, 12.0, 1000.0]
    """
    plain = [_plain(text) for text in texts]
    expected = "expected a whole number, or nothing where it is unknown" if whole else "expected a number"
    if column in DEGREES:
        expected = "expected degrees such as 35.32 or 35°19'12\"N"
        plain = [_signed(text, HEMISPHERES[column]) for text in plain]
    if whole:
        plain = [_NUMBERS.get(text.lower(), text) for text in plain]
        commas = [text for text in plain if "," in text]
        fits = all(_GROUPED.fullmatch(text) for text in commas)
        if fits and any(text.count(",") > 1 or not text.endswith(",000") for text in commas):
            plain = [_ungrouped(text) for text in plain]
        else:
            plain = [text if "," in text else _ungrouped(text) for text in plain]
            expected += "; write 1000 for 1,000, which may be one" * bool(commas)
    elif any("," in text for text in plain):
        if _are_decimal(plain, column):
            plain = [text.replace(",", ".") for text in plain]
        else:
            expected += (
                " with a point; a decimal comma is read only where no value of the column has a point, and none could "
                "be thousands or lies out of range"
            )
    values = pd.to_numeric(pd.Series(plain, dtype=object).replace("", np.nan), errors="coerce").astype(float)
    return values.to_numpy(float, copy=True), expected


def _plain(text: str) -> str:
    if text.isascii():
        return text
    figures = "".join(str(unicodedata.digit(mark)) if unicodedata.category(mark) == "Nd" else mark for mark in text)
    return (_ungrouped(figures) if "٬" in figures else figures).translate(_PLAIN)


def _ungrouped(text: str) -> str:
    """A number without its marks of thousands."""
    return re.sub(r"[^0-9]", "", text) if _GROUPED.fullmatch(text) else text


def _signed(text: str, letters: str) -> str:
    """Degrees in words as a number with a sign."""
    if not text or text.lstrip("+-").replace(".", "", 1).isdecimal():
        return text
    degrees = parse_degrees(text, letters)
    return text if degrees is None else repr(degrees)


def _are_decimal(texts: list[str], column: str) -> bool:
    if any("." in text for text in texts):
        return False
    commas = [text for text in texts if "," in text]
    if not all(_COMMA.fullmatch(text) for text in commas):
        return False
    if column not in DEGREES:
        return not any(_THOUSANDS.fullmatch(text) for text in commas)
    return all(abs(float(text.replace(",", "."))) <= DEGREES[column] for text in commas)
