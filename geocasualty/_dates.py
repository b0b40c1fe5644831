"""What does a date say, in words or in figures: which days, which part of the day, which clock time?"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from geocasualty.errors import InputError
from geocasualty.theatre.languages import BASES, PART_HOURS, STAGE_MONTHS, STAGES, Language, Words, languages
from geocasualty.theatre.scripts import scripts

DayOrder = Literal["mdy", "dmy", "ymd", "excel-1900", "excel-1904"]

ORDERS: tuple[DayOrder, ...] = ("mdy", "dmy", "ymd")
"""Of day, month and year in figures."""

_ENGLISH, *_OTHERS = languages()

MONTHS = {name: number for number, names in enumerate(_ENGLISH.dates["months"], 1) for name in names}
"""English names of months and their usual short forms."""

_WEEKDAYS = [names[0] for names in _ENGLISH.dates["weekdays"]]
_WEEKDAY = re.compile(r"\b(" + "|".join(_WEEKDAYS) + r")\b")

YEARS = range(1970, 2070)
"""Years that a date may be of: those that two figures name. Whether a day is still to come needs a clock, and results
here depend on none."""

_HIJRI = range(1350, 1501)
"""Years that are of the Hijri calendar: 1931 to 2078."""

ABOUT_DAYS = {"day": 1, "month": 15, "year": 183}
"""Days on either side that "around" adds to a day, to a month or a part of one, and to a year."""

ABOUT_HOURS = 1
"""Hours on either side that "around" adds to a clock time."""

EXCEL_DAYS = {"excel-1900": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}
"""Day zero of the two calendars in which spreadsheets number days; from March 1900 on, for the first."""

_LAST = -1
"""A day that stands for the last of its month."""

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_KINDS = {"parts": tuple(PART_HOURS), "stages": tuple(STAGES), "basis": BASES}
_SIGNS = {
    (kind, key): chr(0xE000 + 256 * row + column)
    for row, (kind, keys) in enumerate(_KINDS.items())
    for column, key in enumerate(keys)
}
"""A private character for each thing that a word of a table may mean, which no other word or pattern is part of."""

_MEANT = {sign: key for (_, key), sign in _SIGNS.items()}
_POINTS = "".join(_SIGNS["parts", part] for part in ("noon", "midday", "midnight", "dusk", "dawn"))
_PART = re.compile("(?:(?:in|on|at|during|by) )?(?:the )?([\ue000-\ue0ff])(?: (?:of|on|in|from)(?: the)?)?")
_POINT = re.compile(f"about (?=(?:the )?[{_POINTS}])")
_BASIS = re.compile("([\ue200-\ue2ff])")
_FROM = re.compile(r"\bfrom\b")
"""Before a day behind which "to" and another stand; a beginning without an end is no date."""

_ABOUT = re.compile(r"(?<!\w)(about)(?!\w)")
_FULL = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_FIGURES = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{1,2})")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})[ -]?{_MONTH}(?:[ -]?(\d{{4}})|[ -]'?(\d{{2}}))?")
_MONTH_DAY = re.compile(rf"{_MONTH} (\d{{1,2}})(?: (\d{{4}}))?")
_YEAR_DAY = re.compile(rf"(\d{{4}})[ -](?:{_MONTH}[ -](\d{{1,2}})|(\d{{1,2}})[ -]{_MONTH})")
_DAY_ONLY = re.compile(r"(\d{1,2})(?: (\d{4}))?")
_MONTH_ONLY = re.compile(
    rf"{_MONTH}(?:[ -](\d{{4}}))?|(\d{{4}}) {_MONTH}|(\d{{4}})-(\d{{2}})(?:-xx)?|(\d{{1,2}})[/.-](\d{{4}})"
)
_YEAR_ONLY = re.compile(r"(\d{4})(?:-xx){0,2}")
_STAGE = re.compile("(?:in )?(?:the )?([\ue100-\ue1ff])(?: of)?[ -]*")
_SERIAL = re.compile(r"([2-6]\d{4})(\.\d+)?")
_UNSURE = re.compile(r"^~ ?|(?<=[\dx])[~?%]+(?=$| to |/)")
_GROUP = re.compile(rf"(\d{{2}})(\d{{4}}) ?z ?{_MONTH} ?(\d{{4}}|\d{{2}})")
_CLOCKS = (
    re.compile(r"(?<![\d:+-])(\d{1,2}):(\d{2})(?::\d{2})? ?(z|zulu|utc|gmt|local)?(?![\w:])"),
    re.compile(r"(?<!\d)(\d{2})(\d{2}) ?(z|zulu|utc|gmt|local)(?!\w)"),
)
_TWELVE = re.compile(r"(?<!\d)(\d{1,2})(?::(\d{2}))? ?([ap])\.? ?m\.?(?!\w)(?: (local|z|utc|gmt))?")
_SIDES = re.compile(r" to | ?/ ?| ?- ?")
_SERIES = re.compile(r" ?[,;&] ?(?:and )?| and ")
_EDGE = re.compile(r"^(?:(?:on|of|the|in|at|for)\b|[ ,;.-])+|(?: (?:on|in|at|the)|[ ,;.-])+$")


class Clock(NamedTuple):
    """A time of day; ``zone`` is ``z``, ``local`` or empty; ``about`` it is said to be only about then."""

    hour: int
    minute: int
    zone: str
    about: bool = False


class Said(NamedTuple):
    """What a text says of a time.

    The days ``first`` and ``last`` are one more on either side where they are only about right, which ``approximate``
    says. ``hours`` are of a part of the day, from the first day's midnight to begin with and from the last day's in the
    end. ``between`` are two days of which the text means the one night between them; ``several`` says that it names
    days between which lie others that it does not name. ``basis`` is whose day it is, one of
    :data:`geocasualty.records.schema.DATE_BASES`; empty where the text does not say.
    """

    first: date
    last: date
    hours: tuple[int, int] | None = None
    clock: Clock | None = None
    between: bool = False
    approximate: bool = False
    several: bool = False
    basis: str = ""


def full_year(text: str) -> int:
    """The year; of two digits, 00 to 69 are of this century and 70 to 99 of the last.

    Examples
    --------
    >>> full_year("15"), full_year("69"), full_year("70"), full_year("2015")
    (2015, 2069, 1970, 2015)
    """
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def plain(text: str) -> str:
    """Lower case, ASCII figures and dashes, the words of all languages in English, without days of the week.

    Examples
    --------
    >>> plain("Wednesday,  June 3rd, 2015")
    'june 3 2015'
    """
    return " ".join(_WEEKDAY.sub(" ", _in_english(text)).replace(",", " ").split())


def _in_english(text: str) -> str:
    line = _letters(text)
    for patterns, words, english in _TRANSLATED:
        for pattern, becomes in patterns:
            line = pattern.sub(becomes, line)
        line = words.sub(lambda found, english=english: english[found[0]], line)  # type: ignore[misc]
    return re.sub(" ?, ?", ", ", " ".join(line.split()))


def _letters(text: str) -> str:
    """Lower case, ASCII figures and dashes, no marks on letters, and the forms of a letter as one."""
    marks = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(_digit(mark) for mark in marks if not unicodedata.combining(mark) and mark not in "\u200e\u200f")
    line = re.sub("[‐‑‒–—−]", "-", letters).translate(str.maketrans("،’‘", ",''"))
    if not line.isascii():
        line = line.translate(_FORMS)
        for pattern, becomes in _FOLDED:
            line = pattern.sub(becomes, line)
    return line


def _digit(mark: str) -> str:
    return str(unicodedata.digit(mark)) if unicodedata.category(mark) == "Nd" else mark


_FORMS = str.maketrans({letter: plain for script in scripts() for letter, plain in script.letters.items()})
_FOLDED = [(re.compile(rule.pattern), rule.becomes) for script in scripts() for rule in script.plain]


_JOINS = {"to": " to ", "from": " from ", "dropped": " ", "and": " and ", "between": " between ", "about": " about "}


def _translated(language: Language) -> tuple[list[tuple[re.Pattern[str], str]], re.Pattern[str], dict[str, str]]:
    """Patterns of a language, a pattern of all its words, and what each is in English or as a sign."""
    dates = language.dates
    english = {
        **{word: becomes for said, becomes in _JOINS.items() for word in dates[said]},
        **{
            word: f" {names[0]} "
            for names, words in _beside("months", dates)
            for word in words
            if dates is not _ENGLISH.dates
        },
        **{word: names[0] for names, words in _beside("weekdays", dates) for word in words},
        **{word: f" {sign} " for (kind, key), sign in _SIGNS.items() for word in dates[kind].get(key, ())},
    }
    folded = {_letters(word): said for word, said in english.items()}
    words = "|".join(map(re.escape, sorted(folded, key=len, reverse=True))) or "(?!)"
    patterns = [(re.compile(rule.pattern), rule.becomes) for rule in language.dates["patterns"]]
    return patterns, re.compile(rf"(?<!\w)(?:{words})(?!\w)"), folded


def _beside(key: str, dates: dict[str, Any]) -> Iterable[tuple[Words, Words]]:
    return zip(_ENGLISH.dates[key], dates[key], strict=False)  # a language may have none


_TRANSLATED = [_translated(language) for language in languages() if any(language.dates.values())]


def read_said(text: str, order: DayOrder | None) -> Said | None:
    """Read a date in words or figures; None if it is none, ValueError if it names no real day.

    Refused are figures whose order of day and month is needed and not given, years that are none of :data:`YEARS`, and
    a day of the week that none of the days is.
    """
    if len(text) > 100:
        return None
    said = _read(text.replace("_", " "), order)
    if said is not None:
        check_year(said.first.year, text)
        check_year(said.last.year, text)
        _check_weekdays(_WEEKDAY.findall(_in_english(text)), said, text)
    return said


def check_year(year: int, text: str) -> None:
    """Refuse a year that no record here is of, and say so if it looks like one of the Hijri calendar."""
    if year in _HIJRI:
        begun = int(year * 0.970224 + 621.5774)
        raise InputError(
            f"{text[:60]!r} has the year {year}, which looks like the Hijri year that began in {begun}; expected a "
            "Gregorian date such as '2015-06-03': convert it"
        )
    if year not in YEARS:
        raise InputError(
            f"{text[:60]!r} has the year {year}; expected one from {YEARS[0]} to {YEARS[-1]}: correct the date"
        )


def _check_weekdays(named: list[str], said: Said, text: str) -> None:
    span = (said.last - said.first).days
    days = [said.first + timedelta(days=number) for number in range(min(span, 6) + 1)]
    held = {_WEEKDAYS[day.weekday()] for day in days}
    ends = [_WEEKDAYS[day.weekday()] for day in (said.first, said.last)]
    if not set(named) <= held or (len(named) == 2 and 0 < span < 28 and named != ends):
        was = ends[0] if not span else f"{ends[0]} to {ends[1]}"
        raise InputError(
            f"{text[:60]!r} names {' and '.join(day.capitalize() for day in named)}, but {said.first.isoformat()}"
            f"{f' to {said.last.isoformat()}' if span else ''} is {was.title().replace(' To ', ' to ')}; correct the "
            "day of the week or the date"
        )


def _read(text: str, order: DayOrder | None) -> Said | None:
    if _FULL.fullmatch(text) and (day := _day(text, order)):  # nearly all dates of large tables
        first = _complete(day, [])
        return None if first is None else Said(first, first)
    line = " ".join(_WEEKDAY.sub(" ", re.sub(r"(?<=\d)t(?=\d)", " ", _in_english(text))).split())
    if group := _GROUP.fullmatch(line):
        day_said = date(full_year(group[4]), MONTHS[group[3]], int(group[1]))
        return Said(day_said, day_said, clock=Clock(int(group[2][:2]), int(group[2][2:]), "z"))
    line, bases = _taken(_BASIS, line)
    line, clock = _take_clock(_UNSURE.sub(" about ", line))
    line, parts = _taken(_PART, _POINT.sub("", line))
    line, about = _taken(_ABOUT, line)
    line, begun = _taken(_FROM, line)
    if len(set(bases)) > 1 or (clock and parts) or (begun and " to " not in line):
        return None
    found = _days(
        re.sub(r"\bbetween (?:(.+?) and |)", lambda found: f"{found[1]} to " if found[1] else "", line), order
    )
    if found is None or (clock and found.first != found.last):
        return None
    if found.last < found.first:
        raise ValueError(f"{found.last.isoformat()} is before {found.first.isoformat()}")
    hours = [PART_HOURS[part] for part in parts]
    wider = timedelta(days=ABOUT_DAYS[found.unit] if about else 0)
    return Said(
        found.first - wider,
        found.last + wider,
        (min(begin for begin, _ in hours), max(end for _, end in hours)) if hours else None,
        clock,
        between=found.between and not wider,
        approximate=bool(about) or found.staged,
        several=found.several,
        basis="".join(set(bases)),
    )


def _taken(pattern: re.Pattern[str], line: str) -> tuple[str, list[str]]:
    """The line without what a pattern finds, and what that was; words that only joined several of it go too."""
    found = pattern.findall(line)
    rest = re.sub("\0 ?(?:and|to|,|/|-)? ?(?=\0)", "", pattern.sub("\0", line)).replace("\0", " ")
    return (_joined(rest) if found else line), [_MEANT.get(sign, sign) for sign in found]


def _take_clock(line: str) -> tuple[str, Clock | None]:
    if found := _TWELVE.search(line):
        hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
        if not 1 <= int(found[1]) <= 12:
            raise ValueError(f"no such hour: {found[0]}")
        zone = "local" if found[4] == "local" or line.endswith(" local") else "z" if found[4] else ""
        before, after = line[: found.start()], line[found.end() :].removesuffix(" local")
        about = before.endswith("about ")
        return _joined(f"{before.removesuffix('about ')} {after}"), Clock(hour, int(found[2] or 0), zone, about)
    for pattern in _CLOCKS:
        if found := pattern.search(line):
            zone = "local" if found[3] == "local" else (found[3] or "") and "z"
            before, after = line[: found.start()], line[found.end() :]
            about = before.endswith("about ")
            return _joined(f"{before.removesuffix('about ')} {after}"), Clock(int(found[1]), int(found[2]), zone, about)
    return line, None


def _joined(line: str) -> str:
    line = re.sub(r"(?: ?,)+", ",", line)
    return " ".join(re.sub(r"^[^\w\ue000-\ue2ff]+|\bat\b|[^\w\ue000-\ue2ff]+$", " ", line).split())


_Parts = tuple[int | None, int | None, int | None]
"""Day, month and year as far as said."""


class _Piece(NamedTuple):
    """What one piece of a text says of its first and its last day."""

    first: _Parts
    last: _Parts
    unit: str = "day"
    staged: bool = False


class _Days(NamedTuple):
    first: date
    last: date
    unit: str
    staged: bool
    between: bool
    several: bool


def _days(line: str, order: DayOrder | None) -> _Days | None:
    """The days of a text without hours: one piece, two with "to" between them, or a series of either."""
    line = re.sub(r", ?(?=\d{4}\b)", " ", line)
    pieces = _ranged(" ".join(line.replace(",", " ").split()), order)
    series = [pieces] if pieces else [_ranged(piece, order) for piece in _SERIES.split(line)]
    if not all(series):
        return None
    flat = [piece for pieces in series for piece in pieces or ()]
    said = [side for piece in flat for side in (piece.first, piece.last)]
    dates = [_complete(side, [*said[at + 1 :], *reversed(said[:at])]) for at, side in enumerate(said)]
    known = [day for day in dates if day is not None]
    if len(known) < len(dates):
        return None
    if said[0][2] is None and said[0][1] is not None and known[0].month > known[-1].month:
        known = [
            day.replace(year=day.year - 1) if part[2] is None else day for day, part in zip(known, said, strict=True)
        ]
    spans, at = [], 0
    for pieces in series:
        count = 2 * len(pieces or ())
        spans.append((known[at], known[at + count - 1]))
        at += count
    spans.sort()
    gaps = [later - timedelta(days=1) > earlier for (_, earlier), (later, _) in pairwise(spans)]
    unit = max((piece.unit for piece in flat), key=list(ABOUT_DAYS).index)
    between = len(spans) == 1 and unit == "day" and (spans[0][1] - spans[0][0]).days == 1
    first, last = spans[0][0], max(last for _, last in spans) if len(spans) > 1 else spans[0][1]
    return _Days(first, last, unit, any(piece.staged for piece in flat), between, any(gaps))


def _ranged(line: str, order: DayOrder | None) -> list[_Piece] | None:
    """One piece, or the two between which a word or sign says "to"."""
    if whole := _piece(line, order):
        return [whole]
    for found in _SIDES.finditer(line):
        if (begun := _piece(line[: found.start()], order)) and (ended := _piece(line[found.end() :], order)):
            bare = [piece.first[1] is None for piece in (begun, ended)]
            alike = (ended.unit == "day" or not bare[0]) and (begun.unit == "day" or not bare[1])  # as in 30/6/2015
            return [begun, ended] if alike or begun.unit == ended.unit else None
    return None


def _complete(said: _Parts, others: list[_Parts]) -> date | None:
    """The day, with month and year of the next of the others that says them."""
    day = said[0]
    month = said[1] or next((other[1] for other in others if other[1]), None)
    year = said[2] or next((other[2] for other in others if other[2]), None)
    if day is None or month is None or year is None:
        return None
    return date(year, month, monthrange(year, month)[1] if day == _LAST else day)


def _piece(line: str, order: DayOrder | None) -> _Piece | None:
    line = _EDGE.sub("", line)
    line, stages = _taken(_STAGE, line)
    line = _EDGE.sub("", line)
    if not stages:
        if (day := _day(line, order)) is not None:
            return _Piece(day, day)
        stages = ["all"]
    if len(stages) > 1:
        return None
    first, last = STAGES[stages[0]]
    staged = stages[0] != "all"
    if not line and staged:
        return _Piece((first, None, None), (last, None, None), "month", staged)
    if found := _MONTH_ONLY.fullmatch(line):
        name, figure = found[1] or found[4], found[6] or found[7]
        month = MONTHS[name] if name else int(figure)
        year = next((int(text) for text in (found[2], found[3], found[5], found[8]) if text), None)
        return _Piece((first, month, year), (last, month, year), "month", staged)
    if found := _YEAR_ONLY.fullmatch(line):
        begun, ended = STAGE_MONTHS[stages[0]]
        return _Piece((1, begun, int(found[1])), (_LAST, ended, int(found[1])), "year", staged)
    return None


def _day(line: str, order: DayOrder | None) -> _Parts | None:
    if found := _FULL.fullmatch(line):
        year, month, day = (int(part) for part in found.groups() if part)
        return day, month, year
    if found := _DAY_MONTH.fullmatch(line):
        year_said = found[3] or found[4]
        return int(found[1]), MONTHS[found[2]], full_year(year_said) if year_said else None
    if found := _MONTH_DAY.fullmatch(line):
        return int(found[2]), MONTHS[found[1]], int(found[3]) if found[3] else None
    if found := _YEAR_DAY.fullmatch(line):
        return int(found[3] or found[4]), MONTHS[found[2] or found[5]], int(found[1])
    if found := _DAY_ONLY.fullmatch(line):
        return int(found[1]), None, int(found[2]) if found[2] else None
    if found := _SERIAL.fullmatch(line):
        return _numbered(found, order)
    if found := _FIGURES.fullmatch(line):
        if order not in ORDERS:
            raise InputError(
                f"cannot read {line!r} as a time, as day or month may stand first; expected '2015-06-03', or "
                "order='dmy' or order='mdy', which geocasualty.times.day_order tells from a whole column"
            )
        ordered = _ordered((found[1], found[3], found[4]), order)
        return None if ordered is None else (ordered.day, ordered.month, ordered.year)
    return None


def _numbered(found: re.Match[str], order: DayOrder | None) -> _Parts:
    """The day that a spreadsheet shows as a number; which of its two calendars it has, no number tells."""
    days = {name: zero + timedelta(days=int(found[1])) for name, zero in EXCEL_DAYS.items()}
    if order not in days:
        shown = " or ".join(f"{day.isoformat()} (date_order={name!r})" for name, day in days.items())
        raise InputError(
            f"{found[0]!r} may be a day as a spreadsheet numbers them: {shown}; say which, or write it out"
        )
    if found[2] and float(found[2]):
        raise InputError(f"time {found[0]!r} has no zone; write it as a date and a time with 'Z' or an offset")
    day = days[order]
    return day.day, day.month, day.year


def _ordered(parts: tuple[str, str, str], order: DayOrder) -> date | None:
    """The date that three figures are in this order, if they are one; a year is never in the middle."""
    year, month, day = (parts[order.index(letter)] for letter in "ymd")
    if len(day) > 2 or len(year) < 2:
        return None
    try:
        return date(full_year(year), int(month), int(day))
    except ValueError:
        return None


def day_order(texts: Iterable[str]) -> DayOrder:
    """Decide for all dates of a file whether the day, the month or the year stands first in those such as 6/3/2015.

    Those in words or with a year of four digits in front decide nothing, and neither do those that are no date in any
    order; ``"ymd"`` if there is nothing to decide. Dates that contradict each other, or that two orders fit, are
    refused.

    Examples
    --------
    >>> day_order(["6/3/2015", "6/30/2015"]), day_order(["3.6.2015", "30.6.2015"]), day_order(["2015-06-03"])
    ('mdy', 'dmy', 'ymd')
    >>> day_order(["6/3/2015"])
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: cannot tell the day from the month: '6/3/2015' are dates as mdy and as dmy; say which
    """
    fits: dict[DayOrder, str] = {}
    open_orders = set(ORDERS)
    same, seen = True, {}
    for text in texts:
        line = plain(text) if len(text) <= 100 and ":" not in text else ""  # a date in figures has no clock
        found = _FIGURES.fullmatch(line)
        if found is None or line in seen:
            continue
        read = {order: day for order in ORDERS if (day := _ordered((found[1], found[3], found[4]), order)) is not None}
        if not read:
            continue
        seen[line] = text.strip()
        same &= len(set(read.values())) == 1
        if open_orders & read.keys():
            open_orders &= read.keys()
            fits |= {order: seen[line] for order in read if len(read) < len(ORDERS) and order in open_orders}
            continue
        against = next(iter(fits.values()), "others")
        raise InputError(
            f"dates contradict each other: {against!r} is a date only as {' or '.join(sorted(open_orders))}, "
            f"{seen[line]!r} only as {' or '.join(sorted(read))}; correct one, or split the file"
        )
    if open_orders == set(ORDERS) and not fits:
        if not same:
            raise _undecided(seen, ORDERS)
        return "ymd"
    if len(open_orders) == 1 or same:
        return next(order for order in ORDERS if order in open_orders)
    raise _undecided(seen, tuple(order for order in ORDERS if order in open_orders))


def _undecided(seen: dict[str, str], orders: tuple[DayOrder, ...]) -> InputError:
    shown = ", ".join(repr(text) for text in list(seen.values())[:3])
    return InputError(f"cannot tell the day from the month: {shown} are dates as {' and as '.join(orders)}; say which")
