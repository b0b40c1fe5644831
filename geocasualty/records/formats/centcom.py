"""Strike releases of the Coalition (CENTCOM, CJTF-OIR): the scraped table of them, and their raw text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from geocasualty.errors import InputError
from geocasualty.records.formats._centcom_clauses import country_of, tidy
from geocasualty.records.formats._centcom_hours import covered_hours, release_date_in, release_hours
from geocasualty.records.formats._centcom_release import LONGEST, Clause, Release, read_text
from geocasualty.records.formats.protocol import Cells, Format, Refusal, lowered
from geocasualty.theatre.zones import timezone_of
from geocasualty.times import DayOrder, Interval, day_order, parse_when

__all__ = ["FORMAT", "Clause", "parse_release", "release_cells"]

TABLE = ("date", "country", "location", "number", "description", "line")
"""Columns of the scraped table: ``date`` is that of the release, month first; ``line`` is what the release says."""

COLUMNS = (
    "strike_id", "row", "rows", "start", "end", "timezone", "place_text", "vicinity", "country", "belligerents",
    "attack_kinds", "n_strikes", "n_rows", "covers_belligerents", "covers_countries", "covers_start", "covers_end",
    "covers_complete", "covers_kinds", "flags", "sources", "record_text", "remark",
)  # fmt: skip

PARTIAL_FROM = date(2017, 1, 1)
"""Releases dated before hold every air strike, by their spokesman's word; those of 2017 and later also report strikes
of past days that "closed" since (such as that of 13 April 2017), so that a day's release is a part of it. See
:func:`geocasualty.coverage` for the sources. The turn of the year is a choice of this project on the careful side."""

COVERS_KINDS = "air;drone"
"""What releases hold all of: strikes by "fighter, attack, bomber, rotary-wing, or remotely piloted aircraft". They hold
rocket artillery and "some" other artillery too, not that "fired in counter-fire or in fire support to maneuver roles"
(CJTF-OIR, release of 13 March 2017)."""

STRIKE_KINDS = "air;artillery;drone"
"""What a "strike" of a release may be; an "airstrike" is no artillery."""

_AIRSTRIKE = re.compile(r"\bair\s?strikes?\b", re.IGNORECASE)
_BELLIGERENT = "Coalition"
_COUNTRIES = "IQ;SY"
_UNDATED = "no date of the release in the text; begin it with a line 'Release date: June 3, 2015'"


def recognises(columns: Iterable[str]) -> bool:
    """The scraped table by its columns, or a single column ``text``.

    Examples
    --------
    >>> recognises(TABLE), recognises(["text"]), recognises(["date", "place"])
    (True, True, False)
    """
    names = {name.strip().lower() for name in columns} - {"row"}
    return {"date", "location", "number", "line"} <= names or names == {"text"}


def parse_release(text: str, released: date | None = None) -> list[Clause]:
    """Read the strikes out of the text of a release, one record a place and clause.

    Parameters
    ----------
    text : str
        A release pasted whole, in the styles of 2014 to 2019, or any line of one.
    released : datetime.date, optional
        Its date, if the text does not state it. Without either no dates are read.

    Returns
    -------
    list of Clause
        In the order of the text. Totals that other sentences list are left out. Empty if no strikes are told of.

    Raises
    ------
    geocasualty.errors.InputError
        If the text is no string, or longer than half a million characters.

    Examples
    --------
    >>> text = '''June 3, 2015. Coalition forces attacked between 8 a.m. June 2 and 8 a.m. June 3, local time.
    ... Iraq
    ... - Near Al Huwayjah, one airstrike struck a facility; two airstrikes south of Kirkuk had inconclusive results.'''
    >>> [(found.n_strikes, found.country, found.place_text, found.vicinity) for found in parse_release(text)]
    [(1, 'IQ', 'Al Huwayjah', True), (2, 'IQ', 'south of Kirkuk', False)]
    >>> parse_release(text)[0].start.isoformat()
    '2015-06-02T05:00:00+00:00'
    >>> parse_release("There were no reported strikes in Syria.")
    []
    """
    if not isinstance(text, str):
        raise InputError(f"the text of a release must be a string, got {type(text).__name__}")
    return list(read_text(text, released or release_date_in(text)).clauses)


def to_native(cells: Cells) -> Cells:
    """The native columns of a scraped table, or of texts in a column ``text``.

    A record's hours are those that its text states, else those that its release covers: the time since the release
    before it in this file closed, one to three days (:func:`release_hours`). Coverage is declared for that time too,
    but after a blank of more than three days, and for the first release, for the last day alone. Rows alike in every
    cell are one record with their number in ``n_rows``. A row without a readable clause keeps the scraper's own place
    and number.

    Examples
    --------
    >>> line = "- Near Hit, two strikes struck a unit."
    >>> native = to_native(dict(zip(TABLE, [["6/3/2015"], ["Iraq"], ["Hit"], ["2"], [""], [line]], strict=True)))
    >>> native["strike_id"], native["n_strikes"], native["place_text"], native["start"]
    (['centcom-2015-06-03-IQ-hit-1'], ['2'], ['Hit'], ['2015-06-02T05:00:00Z'])
    >>> to_native({"text": []})["strike_id"]
    []
    """
    table = lowered(cells)
    if "line" in table:
        return _table(table)
    if "text" not in table:
        raise InputError(
            f"no column 'line' (of a scraped table) or 'text'; the file has {', '.join(map(repr, cells))}",
            column="line",
        )
    native = _Rows()
    for row, text in enumerate(table["text"], 1):
        if (released := release_date_in(text)) is not None:
            native.add_release(row, text, released)
    return native.cells()


def refuses(cells: Cells, _role: str) -> list[Refusal]:
    """Rows of a table without a date, and texts without a date or without strikes.

    Examples
    --------
    >>> refuses({"text": ["Near Hit, two strikes struck a unit."]}, "strike")[0].reason
    "no date of the release in the text; begin it with a line 'Release date: June 3, 2015'"
    """
    table = lowered(cells)
    if "line" in table:
        days = _release_days(table["date"])
        reason = "expected the date of the release, the month first, such as 6/3/2015"
        return [Refusal(n, "date", text, reason) for n, text in enumerate(table["date"], 1) if days[text] is None]
    refused = []
    for row, text in enumerate(table.get("text", []), 1):
        if (released := release_date_in(text)) is None:
            refused.append(Refusal(row, "text", text[:80], _UNDATED))
        elif not _clauses(text, released):
            refused.append(Refusal(row, "text", text[:80], "tells of no strikes that could be read"))
    return refused


def _clauses(text: str, released: date) -> tuple[Clause, ...]:
    return read_text(text, released).clauses if len(text) <= LONGEST else ()


def release_cells(text: str, released: date | None = None) -> Cells:
    """The native columns of one release.

    Raises
    ------
    geocasualty.errors.InputError
        If its date is neither given nor stated.
    """
    day = released or release_date_in(text)
    if day is None:
        raise InputError(_UNDATED)
    native = _Rows()
    native.add_release(1, text, day)
    return native.cells()


def _table(cells: Cells) -> Cells:
    names = [name for name in cells if name != "row"]
    rows = list(zip(*(cells[name] for name in names), strict=True))
    alike: dict[tuple[str, ...], list[str]] = {}
    for number, row in enumerate(rows, 1):
        alike.setdefault(row, []).append(str(number))
    days = _release_days(cells["date"])
    hours = release_hours(day for day in days.values() if day is not None)
    covered = covered_hours(hours)
    native = _Rows()
    for row, numbers in alike.items():
        cell = dict(zip(names, row, strict=True))
        if (day := days[cell["date"]]) is not None:
            native.add_line(numbers, cell, day, hours[day], covered[day])
    return native.cells()


def _release_days(texts: Iterable[str]) -> dict[str, date | None]:
    """The dates of a file in one order: the only one that fits all, else month first, as the releases have it."""
    distinct = list(dict.fromkeys(texts))
    try:
        order = day_order(distinct)
    except InputError:
        order = "mdy"
    return {text: _release_day(text, order) for text in distinct}


def _release_day(text: str, order: DayOrder) -> date | None:
    try:
        start, end = parse_when(text, "UTC", order=order)
    except InputError:
        return None
    return start.date() if end - start == timedelta(days=1) else None


class _Rows:
    """Native rows under construction; their identifiers are given at the end, since they depend on all of them."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []

    def add_line(self, numbers: list[str], cell: dict[str, str], day: date, hours: Interval, covered: Interval) -> None:
        stated = country_of(cell.get("country", "")) or country_of(cell["location"])
        clauses = read_text(cell["line"], day, stated).clauses
        remark = ""
        if not clauses:
            place = "" if re.fullmatch(r"\W*(?:iraq|syria)?\W*", cell["location"], re.IGNORECASE) else cell["location"]
            count = cell["number"].strip()
            text = tidy(cell["line"])
            clauses = (Clause(None, stated, tidy(place), False, None, None, text, False),)
            remark = "the line tells of no strikes that could be read; place and number are the table's"
        else:
            count = ""
            total = sum(clause.n_strikes or 0 for clause in clauses)
            if cell["number"].strip() != str(total):
                remark = f"the table says {cell['number'].strip()[:20] or 'nothing'}, the line {total}"
        for clause in clauses:
            self._add(numbers, clause, day, hours, covered, count, remark)

    def add_release(self, number: int, text: str, day: date) -> None:
        release: Release = read_text(text, day)
        covered = release.span.interval("") if release.span else None
        for clause in release.clauses:
            self._add([str(number)], clause, day, covered, covered, "", "" if covered else "hours not stated")

    def _add(
        self,
        numbers: list[str],
        clause: Clause,
        day: date,
        hours: Interval | None,
        covered: Interval | None,
        count: str,
        remark: str,
    ) -> None:
        known = hours or release_hours([day])[day]
        start, end = clause.start or known.start, clause.end or known.end
        remarks = [
            "number not stated" if clause.n_strikes is None and not count else "",
            "inconclusive results" if clause.inconclusive else "",
            remark,
        ]
        self._rows.append({
            "row": numbers[0],
            "rows": ";".join(numbers),
            "start": _iso(start),
            "end": _iso(end),
            "timezone": timezone_of(clause.country) if clause.country else "Asia/Baghdad",
            "place_text": clause.place_text,
            "vicinity": "yes" if clause.vicinity else "no",
            "country": clause.country,
            "belligerents": _BELLIGERENT,
            "n_strikes": count if clause.n_strikes is None else str(clause.n_strikes),
            "n_rows": str(len(numbers)),
            "attack_kinds": COVERS_KINDS if _AIRSTRIKE.search(clause.text) else STRIKE_KINDS,
            "covers_belligerents": _BELLIGERENT if covered else "",
            "covers_countries": _COUNTRIES if covered else "",
            "covers_start": _iso(covered.start) if covered else "",
            "covers_end": _iso(covered.end) if covered else "",
            "covers_complete": "yes" if covered and day < PARTIAL_FROM else "no",
            "covers_kinds": COVERS_KINDS if covered else "",
            "flags": "",
            "sources": f"Coalition strike release of {day.isoformat()}",
            "record_text": clause.text,
            "remark": "; ".join(filter(None, remarks)),
            "strike_id": "-".join(
                ["centcom", day.isoformat(), clause.country or "XX", _slug(clause.place_text)]
            ),
        })  # fmt: skip

    def cells(self) -> Cells:
        """Number the records of one release, country and place by what they say, whatever the order of the rows."""
        keys = ("strike_id", "record_text", "n_strikes", "start", "vicinity", "remark", "n_rows")
        numbers: Counter[str] = Counter()
        for row in sorted(self._rows, key=lambda row: [row[key] for key in keys]):
            numbers[row["strike_id"]] += 1
            row["strike_id"] += f"-{numbers[row['strike_id']]}"
        return {column: [row[column] for row in self._rows] for column in COLUMNS}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _slug(place: str) -> str:
    letters = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub("['`]", "", letters)).strip("-") or "unlocated"


FORMAT = Format("centcom", recognises, to_native, roles=("strike",), refuses=refuses)
