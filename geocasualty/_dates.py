"""What does a date say, in words or in figures: which days, which part of the day, which clock time?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from geocasualty.errors import InputError
from geocasualty.theatre.languages import PART_HOURS, Language, Words, languages
from geocasualty.theatre.scripts import scripts

__all__ = [
    "MONTHS",
    "PARTS",
    "YEARS",
    "Clock",
    "DayOrder",
    "Said",
    "check_year",
    "day_order",
    "full_year",
    "plain",
    "read_said",
]

DayOrder = Literal["mdy", "dmy", "ymd"]

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

PARTS = {word: PART_HOURS[part] for part, words in _ENGLISH.dates["parts"].items() for word in words}
"""Local hours meant by the English words for parts of the day, as :data:`geocasualty.theatre.languages.PART_HOURS`."""

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_PART = "(" + "|".join(sorted(PARTS, key=len, reverse=True)) + ")"
_FULL = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})/(\d{1,2})/(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{1,2})")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})[ -]?(?:of )?{_MONTH}(?:[ -]?(\d{{4}})|[ -]'?(\d{{2}}))?")
_MONTH_DAY = re.compile(rf"{_MONTH} (\d{{1,2}})(?: (\d{{4}}))?")
_MONTH_ONLY = re.compile(rf"{_MONTH}(?: of)?[ -](\d{{4}})|(\d{{4}})-(\d{{2}})")
_DAYS_OF = re.compile(rf"(\d{{1,2}}) ?(?:-|/|&|and|to) ?(\d{{1,2}} {_MONTH}.*)")
_MONTH_DAYS = re.compile(rf"{_MONTH} (\d{{1,2}}) ?(?:-|/|&|and|to) ?(\d{{1,2}})( \d{{4}})?")
_GROUP = re.compile(rf"(\d{{2}})(\d{{4}}) ?z ?{_MONTH} ?(\d{{4}}|\d{{2}})")
_CLOCKS = (
    re.compile(r"(?<![\d:+-])(\d{1,2}):(\d{2})(?::\d{2})? ?(z|zulu|utc|gmt|local)?(?![\w:])"),
    re.compile(r"(?<!\d)(\d{2})(\d{2}) ?(z|zulu|utc|gmt|local)(?!\w)"),
)
_TWELVE = re.compile(r"(?<!\d)(\d{1,2})(?::(\d{2}))? ?([ap])\.? ?m\.?(?!\w)(?: (local|z|utc|gmt))?")
_BETWEEN_SIDES = re.compile(r" (?:to|until|till|through|thru|and) | ?/ ?(?=\d{4}-)| - | ?- ?(?=[a-z])")
_DASH = re.compile(r"(?<=[a-z]) ?- ?(?=\d)")


class Clock(NamedTuple):
    """A time of day; ``zone`` is ``z``, ``local`` or empty."""

    hour: int
    minute: int
    zone: str


class Said(NamedTuple):
    """First and last day, the part of the day if one is named, and the clock time if one is given."""

    first: date
    last: date
    part: str = ""
    clock: Clock | None = None


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
    """Lower case, ASCII figures and dashes, Arabic months and parts of the day in English, without days of the week.

    Examples
    --------
    >>> plain("Wednesday,  June 3rd, 2015")
    'june 3 2015'
    """
    return " ".join(_WEEKDAY.sub(" ", _in_english(text)).split())


def _in_english(text: str) -> str:
    line = _letters(text)
    for patterns, words, english in _TRANSLATED:
        for pattern, becomes in patterns:
            line = pattern.sub(becomes, line)
        line = words.sub(lambda found, english=english: english[found[0]], line)  # type: ignore[misc]
    line = line.replace(",", " ")
    for pattern, becomes in _PATTERNS:
        line = pattern.sub(becomes, line)
    return " ".join(line.split())


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
_PATTERNS = [(re.compile(rule.pattern), rule.becomes) for rule in _ENGLISH.dates["patterns"]]


_JOINS = {"to": "to", "from": "from", "dropped": " "}


def _translated(language: Language) -> tuple[list[tuple[re.Pattern[str], str]], re.Pattern[str], dict[str, str]]:
    """Patterns of a language, a pattern of all its words, and what each is in English."""
    dates = language.dates
    english = {
        **{word: f" {names[0]} " for names, words in _beside("months", dates) for word in words},
        **{word: names[0] for names, words in _beside("weekdays", dates) for word in words},
        **{word: _ENGLISH.dates["parts"][part][0] for part, words in dates["parts"].items() for word in words},
        **{word: becomes for said, becomes in _JOINS.items() for word in dates[said]},
    }
    folded = {_letters(word): said for word, said in english.items()}
    words = "|".join(map(re.escape, sorted(folded, key=len, reverse=True))) or "(?!)"
    patterns = [(re.compile(rule.pattern), rule.becomes) for rule in language.dates["patterns"]]
    return patterns, re.compile(rf"(?<!\w)(?:{words})(?!\w)"), folded


def _beside(key: str, dates: dict[str, Any]) -> Iterable[tuple[Words, Words]]:
    return zip(_ENGLISH.dates[key], dates[key], strict=False)  # a language may have none


_TRANSLATED = [_translated(language) for language in _OTHERS if any(language.dates.values())]


def read_said(text: str, order: DayOrder | None) -> Said | None:
    """Read a date in words or figures; None if it is none.

    Raises
    ------
    ValueError
        If it names no real day.
    geocasualty.errors.InputError
        If the order of day and month is needed and not given, the year is none of :data:`YEARS`, or a day of the week
        is named that none of the days is.
    """
    if len(text) > 100:
        return None
    said = _read(plain(text), order)
    if said is not None:
        check_year(said.first.year, text)
        check_year(said.last.year, text)
        _check_weekdays(_WEEKDAY.findall(_in_english(text)), said, text)
    return said


def check_year(year: int, text: str) -> None:
    """Refuse a year that no record here is of.

    Raises
    ------
    geocasualty.errors.InputError
        Saying so, if it looks like one of the Hijri calendar.
    """
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


def _read(line: str, order: DayOrder | None) -> Said | None:
    if group := _GROUP.fullmatch(line):
        day = date(full_year(group[4]), MONTHS[group[3]], int(group[1]))
        return Said(day, day, clock=Clock(int(group[2][:2]), int(group[2][2:]), "z"))
    line, clock = _take_clock(line)
    line, part = _take_part(line)
    days = _days(re.sub(r"^(?:from|between|on|of|the) |,$", "", line).strip(), order)
    if days is None or (clock and (part or days[0] != days[1])):
        return None
    if days[1] < days[0]:
        raise ValueError(f"{days[1].isoformat()} is before {days[0].isoformat()}")
    return Said(*days, part, clock)


def _take_clock(line: str) -> tuple[str, Clock | None]:
    if found := _TWELVE.search(line):
        hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
        if not 1 <= int(found[1]) <= 12:
            raise ValueError(f"no such hour: {found[0]}")
        zone = "local" if found[4] == "local" or line.endswith(" local") else "z" if found[4] else ""
        rest = f"{line[: found.start()]} {line[found.end() :]}".removesuffix(" local")
        return _joined(rest), Clock(hour, int(found[2] or 0), zone)
    for pattern in _CLOCKS:
        if found := pattern.search(line):
            zone = found[3] or ""
            rest = f"{line[: found.start()]} {line[found.end() :]}"
            return _joined(rest), Clock(int(found[1]), int(found[2]), "local" if zone == "local" else zone and "z")
    return line, None


def _joined(line: str) -> str:
    return " ".join(re.sub(r"^\W+|\bat\b|\W+$", " ", line).split())


def _take_part(line: str) -> tuple[str, str]:
    if found := re.match(rf"(?:(?:in|on|during) )?(?:the )?{_PART}(?: (?:of|between|from))?(?: the)? (.+)", line):
        return found[2], found[1]
    if found := re.fullmatch(rf"(.+?)(?: -)? (?:(?:in|at|during) )?(?:the )?{_PART}", line):
        return found[1], found[2]
    return line, ""


def _days(line: str, order: DayOrder | None) -> tuple[date, date] | None:
    if found := _MONTH_ONLY.fullmatch(line):
        year, month = (int(found[2]), MONTHS[found[1]]) if found[1] else (int(found[3]), int(found[4]))
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    if (whole := _day(line, order)) and (day := _complete(whole, whole)):
        return day, day
    first: _Parts | None
    last: _Parts | None
    if found := _DAYS_OF.fullmatch(line):
        first, last = (int(found[1]), None, None), _day(found[2], order)
    elif found := _MONTH_DAYS.fullmatch(line):
        year_said = int(found[4]) if found[4] else None
        first, last = (int(found[2]), MONTHS[found[1]], year_said), (int(found[3]), MONTHS[found[1]], year_said)
    else:
        sides = _BETWEEN_SIDES.split(line)
        sides = sides if len(sides) == 2 else _DASH.split(line)
        if len(sides) != 2:
            return None
        first, last = _day(sides[0], order), _day(sides[1], order)
    if first is None or last is None or (end := _complete(last, last)) is None:
        return None
    begin = _complete(first, last)
    if begin is not None and first[2] is None and begin > end and first[1] is not None:
        begin = begin.replace(year=begin.year - 1)
    return None if begin is None else (begin, end)


_Parts = tuple[int, int | None, int | None]
"""Day, month and year as far as said."""


def _complete(said: _Parts, other: _Parts) -> date | None:
    month, year = said[1] or other[1], said[2] or other[2]
    return None if month is None or year is None else date(year, month, said[0])


def _day(line: str, order: DayOrder | None) -> _Parts | None:
    line = line.strip()
    if found := _FULL.fullmatch(line):
        year, month, day = (int(part) for part in found.groups() if part)
        return day, month, year
    if found := _DAY_MONTH.fullmatch(line):
        year_said = found[3] or found[4]
        return int(found[1]), MONTHS[found[2]], full_year(year_said) if year_said else None
    if found := _MONTH_DAY.fullmatch(line):
        return int(found[2]), MONTHS[found[1]], int(found[3]) if found[3] else None
    if found := _FIGURES.fullmatch(line):
        if order is None:
            raise InputError(
                f"cannot read {line!r} as a time, as day or month may stand first; expected '2015-06-03', or "
                "order='dmy' or order='mdy', which geocasualty.times.day_order tells from a whole column"
            )
        ordered = _ordered((found[1], found[3], found[4]), order)
        return None if ordered is None else (ordered.day, ordered.month, ordered.year)
    return None


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
    """Decide for a whole column whether the day, the month or the year stands first in dates such as 6/3/2015.

    Parameters
    ----------
    texts : iterable of str
        All dates of one file. Those in words or with a year of four digits in front decide nothing, and neither do
        those that are no date in any order.

    Returns
    -------
    {"mdy", "dmy", "ymd"}
        The one order in which all of them are dates. ``"ymd"`` if there is nothing to decide.

    Raises
    ------
    geocasualty.errors.InputError
        If they contradict each other, or if two orders fit; the message names the values.

    Examples
    --------
    >>> day_order(["6/3/2015", "6/30/2015"]), day_order(["3.6.2015", "30.6.2015"]), day_order(["2015-06-03"])
    ('mdy', 'dmy', 'ymd')
    >>> day_order(["6/3/2015"])
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: cannot tell the day from the month: '6/3/2015' are dates as mdy and as dmy; say which
    """
    every: tuple[DayOrder, ...] = ("mdy", "dmy", "ymd")
    fits: dict[DayOrder, str] = {}
    open_orders = set(every)
    same, seen = True, {}
    for text in texts:
        line = plain(text) if len(text) <= 100 else ""
        found = _FIGURES.fullmatch(line)
        if found is None or line in seen:
            continue
        read = {order: day for order in every if (day := _ordered((found[1], found[3], found[4]), order)) is not None}
        if not read:
            continue
        seen[line] = text.strip()
        same &= len(set(read.values())) == 1
        if open_orders & read.keys():
            open_orders &= read.keys()
            fits |= {order: seen[line] for order in read if len(read) < len(every) and order in open_orders}
            continue
        against = next(iter(fits.values()), "others")
        raise InputError(
            f"dates contradict each other: {against!r} is a date only as {' or '.join(sorted(open_orders))}, "
            f"{seen[line]!r} only as {' or '.join(sorted(read))}; correct one, or split the file"
        )
    if open_orders == set(every) and not fits:
        if not same:
            raise _undecided(seen, every)
        return "ymd"
    if len(open_orders) == 1 or same:
        return next(order for order in every if order in open_orders)
    raise _undecided(seen, tuple(order for order in every if order in open_orders))


def _undecided(seen: dict[str, str], orders: tuple[DayOrder, ...]) -> InputError:
    shown = ", ".join(repr(text) for text in list(seen.values())[:3])
    return InputError(f"cannot tell the day from the month: {shown} are dates as {' and as '.join(orders)}; say which")
