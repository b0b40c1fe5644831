"""Strike releases of the Coalition (CENTCOM, CJTF-OIR): the scraped table of them, and their raw text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from geocasualty.errors import InputError
from geocasualty.records.formats._centcom_clauses import Verbatim, country_of, tidy
from geocasualty.records.formats._centcom_hours import Hours, covered_hours, release_date_in, release_hours
from geocasualty.records.formats._centcom_release import LONGEST, Clause, Release, read_text, tells_of_none
from geocasualty.records.formats.protocol import Cells, Reader, Refusal, lowered, sample_of
from geocasualty.theatre.zones import timezone_of
from geocasualty.times import Interval, day_order, day_said

__all__ = ["READER", "Clause", "parse_release"]

TABLE = ("date", "country", "location", "number", "description", "line")
"""Columns of the scraped table: ``date`` is that of the release, month first; ``line`` is what the release says."""

COLUMNS = (
    "strike_id", "row", "rows", "start", "end", "timezone", "place_text", "vicinity", "country", "belligerents",
    "attack_kinds", "n_strikes", "n_rows", "covers_belligerents", "covers_countries", "covers_start", "covers_end",
    "covers_complete", "covers_kinds", "flags", "sources", "record_text", "remark",
    "targets",
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
_CORRECTS = re.compile(
    r"\b(?:correct(?:ed|ion|s)|amend(?:ed|ment|s)|updated?|revised|supersedes|replaces)\b", re.IGNORECASE
)
"""How a release says that it stands for an earlier version of itself."""

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
    """Read the strikes out of the text of a release, one record a place and clause, in its order.

    The text is a release pasted whole, in the styles of 2014 to 2019, or any line of one; ``released`` is its date, if
    it states none. Without either no dates are read. Totals that other sentences list are left out.

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

    A record's hours are those that its text states, else those of the schedule of its time, else its date and the day
    before, flagged ``assumed-hours`` (:func:`release_hours`). Coverage is declared for that time too: a release that is
    missing is a hole. Releases that are the same word for word under several dates are flagged ``copied-release`` and
    complete on none of them. Rows alike in every cell are one record with their number in ``n_rows``. A row without a
    readable clause keeps the scraper's own place and number; a release that tells of no strikes is one record of none.

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
    dated = [(row, text, release_date_in(text)) for row, text in enumerate(table["text"], 1)]
    return _texts([(row, text, day) for row, text, day in dated if day is not None])


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
        elif len(text) > LONGEST or not (read_text(text, released).clauses or tells_of_none(text)):
            refused.append(Refusal(row, "text", text[:80], "tells of no strikes that could be read"))
    return refused


def _texts(texts: list[tuple[int, str, date]]) -> Cells:
    releases = [(row, day, text, read_text(text, day)) for row, text, day in texts]
    hours = {day: release_hours(day) for _, day, _, _ in releases}
    hours |= {day: Hours.stated(told.span.interval("")) for _, day, _, told in releases if told.span}
    copies = _copied((day, (clause.country, clause.text)) for _, day, _, told in releases for clause in told.clauses)
    covered = covered_hours(hours, copies)
    native = _Rows()
    for (row, day, text, told), lines in zip(releases, _lines(releases), strict=True):
        whole = told.span is not None or not told.clauses  # without its hours it may be a part of a release
        release = _Dated(day, hours[day], covered.get(day) if whole else None, day in copies)
        native.add_release(row, text, told, release, lines)
    return native.cells()


class _Line(NamedTuple):
    """A clause of a release, the numbers of all texts that have it word for word, and what a version of it changed."""

    clause: Clause
    rows: list[str]
    amended: bool = False
    counted: bool = True


def _lines(releases: list[tuple[int, date, str, Release]]) -> list[list[_Line]]:
    """The clauses of each text; one that several versions of a release have is kept in one of them.

    Two texts of one date and the same hours are versions of one release where the shorter names hardly a place that
    the other does not; if either states no hours, one of them must say that it corrects another. Where they differ
    both are kept; the number is counted in the one that says it corrects the other, else in the longer.
    """
    lines: list[list[_Line]] = [[_Line(clause, [str(row)]) for clause in told.clauses] for row, _, _, told in releases]
    for group in _versions(releases):
        told = {at: releases[at][3].clauses for at in group}
        stands = max(group, key=lambda at: (bool(_CORRECTS.search(releases[at][2])), len(told[at]), releases[at][2]))
        named = {(clause.country, clause.place_text) for clause in told[stands]}
        for at in group:
            kept = []
            for clause in told[at]:
                having = [other for other in group if clause in told[other]]
                if at != (stands if stands in having else max(having, key=lambda other: releases[other][2])):
                    continue
                rows = sorted(releases[other][0] for other in having)
                counted = at == stands or (clause.country, clause.place_text) not in named
                kept.append(_Line(clause, list(map(str, rows)), len(having) < len(group), counted))
            lines[at] = kept
    return lines


def _versions(releases: list[tuple[int, date, str, Release]]) -> list[list[int]]:
    groups: list[list[int]] = []
    for at in sorted(range(len(releases)), key=lambda at: releases[at][1:3]):
        _, day, text, told = releases[at]
        mine = {(clause.country, clause.place_text) for clause in told.clauses}
        for group in groups:
            _, other, before, first = releases[group[0]]
            alike = (told.span == first.span and told.span) or any(map(_CORRECTS.search, (text, before)))
            hours = None in (told.span, first.span) or told.span == first.span
            theirs = {(clause.country, clause.place_text) for clause in first.clauses}
            if day == other and alike and hours and 2 * len(mine & theirs) > min(len(mine), len(theirs)):
                group.append(at)
                break
        else:
            groups.append([at])
    return [group for group in groups if len(group) > 1]


def _copied(told: Iterable[tuple[date, tuple[str, str]]]) -> set[date]:
    """The dates of releases that say word for word what that of another date says."""
    words: dict[date, set[tuple[str, str]]] = {}
    for day, said in told:
        words.setdefault(day, set()).add(said)
    alike: dict[frozenset[tuple[str, str]], list[date]] = {}
    for day, each in words.items():
        alike.setdefault(frozenset(each), []).append(day)
    return {day for days in alike.values() if len(days) > 1 for day in days}


class _Dated(NamedTuple):
    """A release: its date, the hours of its strikes, those that it covers, and whether it is the copy of another."""

    day: date
    hours: Hours
    covered: Interval | None
    copied: bool


def _table(cells: Cells) -> Cells:
    names = [name for name in cells if name != "row"]
    rows = list(zip(*(cells[name] for name in names), strict=True))
    alike: dict[tuple[str, ...], list[str]] = {}
    for number, row in enumerate(rows, 1):
        alike.setdefault(row, []).append(str(number))
    days = _release_days(cells["date"])
    hours = {day: release_hours(day) for day in days.values() if day is not None}
    where = cells["country"] if "country" in cells else cells["location"]
    said = zip(cells["date"], where, cells["line"], strict=True)
    copies = _copied((day, (country, line)) for text, country, line in said if (day := days[text]) is not None)
    covered = covered_hours(hours, copies)
    native = _Rows()
    for row, numbers in alike.items():
        cell = dict(zip(names, row, strict=True))
        if (day := days[cell["date"]]) is not None:
            native.add_line(numbers, cell, _Dated(day, hours[day], covered.get(day), day in copies))
    return native.cells()


def _release_days(texts: Iterable[str]) -> dict[str, date | None]:
    """The dates of a file in one order: the only one that fits all, else month first, as the releases have it."""
    distinct = list(dict.fromkeys(texts))
    try:
        order = day_order(distinct)
    except InputError:
        order = "mdy"
    return {text: day_said(text, order) for text in distinct}


class _Rows:
    """Native rows under construction; their identifiers are given at the end, since they depend on all of them."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []
        self._raw = Verbatim("")

    def add_line(self, numbers: list[str], cell: dict[str, str], release: _Dated) -> None:
        stated = country_of(cell.get("country", "")) or country_of(cell["location"])
        clauses = read_text(cell["line"], release.day, stated).clauses
        remark = count = ""
        if not clauses and tells_of_none(cell["line"]):
            clauses, count, remark = (_none(tidy(cell["line"]), stated),), "0", "the line tells of no strikes"
        elif not clauses:
            place = "" if re.fullmatch(r"\W*(?:iraq|syria)?\W*", cell["location"], re.IGNORECASE) else cell["location"]
            count = cell["number"].strip()
            text = tidy(cell["line"])
            clauses = (Clause(None, stated, tidy(place), False, None, None, text, False),)
            remark = "the line tells of no strikes that could be read; place and number are the table's"
        else:
            total = sum(clause.n_strikes or 0 for clause in clauses)
            if cell["number"].strip() != str(total):
                remark = f"the table says {cell['number'].strip()[:20] or 'nothing'}, the line {total}"
        for clause in clauses:
            self._add(numbers, clause, release, count, remark, cell["line"])

    def add_release(self, number: int, text: str, told: Release, release: _Dated, lines: list[_Line]) -> None:
        remark = "" if told.span else "hours not stated"
        for line in lines:
            self._add(line.rows, line.clause, release, "", remark, text, line)
        if not told.clauses and tells_of_none(text):
            said = remark or "the release tells of no strikes"
            self._add([str(number)], _none(tidy(text), ""), release, "0", said, text)

    def _add(
        self,
        numbers: list[str],
        clause: Clause,
        release: _Dated,
        count: str,
        remark: str,
        raw: str,
        line: _Line | None = None,
    ) -> None:
        if self._raw.text != raw:
            self._raw = Verbatim(raw)
        elsewhere = line is not None and not line.counted
        if elsewhere:
            said = "nothing" if clause.n_strikes is None else clause.n_strikes
            remark = "; ".join(filter(None, [remark, f"another version of the release counts; this one says {said}"]))
            clause = clause._replace(n_strikes=None)
        day, hours, covered, copied = release
        start, end = clause.start or hours.start, clause.end or hours.end
        flags = ["assumed-hours"] * (hours.assumed and not clause.start) + ["copied-release"] * copied
        flags += ["amended-release"] * (line is not None and line.amended)
        complete = covered is not None and day < PARTIAL_FROM and not copied
        remarks = [
            "number not stated" if clause.n_strikes is None and not count and not elsewhere else "",
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
            "covers_complete": "yes" if complete else "no",
            "covers_kinds": COVERS_KINDS if covered else "",
            "flags": ";".join(flags),
            "sources": f"Coalition strike release of {day.isoformat()}",
            "record_text": self._raw.of(clause.text),
            "remark": "; ".join(filter(None, remarks)),
            "targets": clause.targets,
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


def _none(text: str, country: str) -> Clause:
    """A release that tells of no strikes, as one record of none: its coverage stands in it."""
    return Clause(None, country, "", False, None, None, text, False)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _slug(place: str) -> str:
    letters = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub("['`]", "", letters)).strip("-") or "unlocated"


READER = Reader(
    "centcom",
    recognises,
    to_native,
    roles=("strike",),
    refuses=refuses,
    known=lambda _: (*TABLE, "text"),
    times=("date",),
    help="US-led Coalition: releases on strikes in Iraq and Syria, scraped or pasted",
    licence="public domain (US government)",
    sample=sample_of("centcom"),
)
