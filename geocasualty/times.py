"""Dates, parts of days and zoned times, in words or figures, as half-open UTC intervals."""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geocasualty._dates import ABOUT_HOURS, MONTHS, DayOrder, Said, check_year, day_order, read_said
from geocasualty.errors import InputError

__all__ = [
    "DayOrder",
    "Interval",
    "day_order",
    "day_said",
    "format_local",
    "is_local",
    "known_zone",
    "local_days",
    "local_time",
    "month_number",
    "parse_interval",
    "parse_when",
    "told_of",
    "with_time",
]

_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:?\d{2}[\d:.,]* *(?:[Zz]|[+-][\d:]+)?")


class Interval(NamedTuple):
    """A half-open span of time, both ends in UTC at whole seconds."""

    start: datetime
    end: datetime


def known_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Examples
    --------
    >>> known_zone("Asia/Aden").key
    'Asia/Aden'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"unknown timezone {name!r}; expected an IANA name such as 'Asia/Baghdad'") from error


def local_days(first: date, last: date, timezone: str) -> Interval:
    """All local days from the first to the last: 23 or 25 hours long where summer time starts or ends.

    Examples
    --------
    >>> local_days(date(2015, 6, 2), date(2015, 6, 3), "Asia/Baghdad").end.isoformat()
    '2015-06-03T21:00:00+00:00'
    """
    return Interval(local_time(first, 0, timezone), local_time(last, 24, timezone))


def local_time(day: date, hour: int, timezone: str, minute: int = 0) -> datetime:
    """An hour of a local day in UTC; 24 and more are hours of the next day.

    Examples
    --------
    >>> local_time(date(2015, 6, 3), 8, "Asia/Baghdad").isoformat()
    '2015-06-03T05:00:00+00:00'
    """
    try:
        day += timedelta(days=hour // 24)
        return datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=known_zone(timezone)).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InputError(f"no such time: {hour:02d}:{minute:02d} on {day.isoformat()} ({error})") from error


def month_number(name: str) -> int:
    """1 to 12 by the English name of a month or its short form.

    Examples
    --------
    >>> month_number("Sept."), month_number("june")
    (9, 6)
    """
    try:
        return MONTHS[name.strip(" .").lower()]
    except KeyError:
        raise InputError(
            f"no month is called {name[:30]!r}; expected an English name such as 'June' or 'Jun'"
        ) from None


def parse_when(text: str, timezone: str, order: DayOrder | None = None) -> Interval:
    """Read a date, a range of dates, a part of a day, a month or a zoned time as the interval that it names, in UTC.

    In English or Arabic, plain days and months in French, Russian or Ukrainian too, with Western or Arabic figures:

    - the local day: ``2015-06-03``, ``3 June 2015``, ``June 3, 2015``, ``3-Jun-15``, ``٣ حزيران ٢٠١٥``, and
      ``6/3/2015`` if ``order`` is given, one for a whole file (:func:`day_order`); a year of two digits is 2000 to 2069
      or 1970 to 1999;
    - the local month or year: ``2015-06``, ``June 2015``, ``2015-06-XX``, ``2015``; a part of one, such as ``early June
      2015`` (days 1 to 10; mid is 10 to 20, late from 20);
    - days: ``2-5 June 2015``, ``30 May to 2 June 2015``; several, as all that they span: ``2 and 4 June 2015``;
    - ``around 2 June 2015`` or ``2015-06-02~``: a day more on either side, half a month for ``2015-06~``;
    - part of a day, by the hours of :data:`geocasualty.theatre.languages.PART_HOURS`: ``night of 2-3 June 2015`` is
      18:00 on the 2nd to 06:00 on the 3rd; ``night of 3 June 2015`` may be that or the next, and is both; ``morning of
      3 June 2015`` is 05:00 to 12:00, ``evening of ...`` 17:00 to 23:00;
    - the minute or second of a zoned time: ISO 8601 with ``Z`` or an offset, ``2-Jun-15 2102Z``, ``2 June 2015 21:02
      Z``, ``022102ZJUN15``, ``8 a.m. 3 June 2015, local time``.

    Anything else is refused: a time without a zone, the day and the month in figures without ``order``, a year before
    1970 or after 2069 (one of 1350 to 1500 is told to be Hijri), or a day of the week that none of its days is.

    Examples
    --------
    >>> parse_when("2015-06-02T21:02Z", "Asia/Baghdad").end.isoformat()
    '2015-06-02T21:03:00+00:00'
    >>> parse_when("November 2014", "Asia/Damascus").start.isoformat()
    '2014-10-31T22:00:00+00:00'
    >>> [moment.isoformat() for moment in parse_when("night of 2-3 June 2015", "Asia/Baghdad")]
    ['2015-06-02T15:00:00+00:00', '2015-06-03T03:00:00+00:00']
    >>> parse_when("2-Jun-15 2102Z", "Asia/Baghdad").start.isoformat()
    '2015-06-02T21:02:00+00:00'
    >>> parse_when("6/3/2015", "UTC", order="mdy").start.isoformat()
    '2015-06-03T00:00:00+00:00'
    >>> parse_when("2015-06-02T21:02", "Asia/Baghdad")
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: time '2015-06-02T21:02' has no zone; add 'Z' or an offset such as '+03:00'
    """
    value = text.strip()
    expected = f"cannot read {text[:60]!r} as a time; expected '2015-06-03', '2015-06' or '2015-06-02T21:02Z'"
    try:
        if _ISO_TIME.fullmatch(value):
            return _iso_time(value, text)
        said = read_said(value, order)
        if said is None:
            raise InputError(expected)
        return _interval_of(said, timezone, text)
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        raise InputError(f"{expected} ({error})") from error


def day_said(text: str, order: DayOrder | None = None) -> date | None:
    """The one day that a text is; None where it is anything else.

    Examples
    --------
    >>> day_said("4-jul-15"), day_said("June 2015")
    (datetime.date(2015, 7, 4), None)
    """
    try:
        start, end = parse_when(text, "UTC", order)
    except InputError:
        return None
    return start.date() if end - start == timedelta(days=1) else None


def _naive(text: str) -> InputError:
    return InputError(f"time {text[:60]!r} has no zone; add 'Z' or an offset such as '+03:00'", value=text)


def _iso_time(value: str, text: str) -> Interval:
    moment = datetime.fromisoformat(re.sub(r"\s+(?=[Zz]$)", "", value))
    check_year(moment.year, text)
    if moment.tzinfo is None:
        raise _naive(text)
    start = moment.astimezone(UTC).replace(microsecond=0)
    has_seconds = value.upper().split("T")[-1].split(" ")[-1].split("+")[0].count(":") >= 2
    return Interval(start, start + (timedelta(seconds=1) if has_seconds else timedelta(minutes=1)))


def _interval_of(said: Said, timezone: str, text: str) -> Interval:
    if said.clock is not None:
        hour, minute, zone, about = said.clock
        if not zone:
            raise _naive(text)
        if hour > 23:
            raise ValueError(f"no such hour: {hour}")
        zone = "UTC" if zone == "z" else timezone
        start, last = (local_time(day, hour, zone, minute) for day in (said.first, said.last))
        days, wider = local_days(said.first, said.last, zone), timedelta(hours=ABOUT_HOURS if about else 0)
        return Interval(max(days.start, start - wider), min(days.end, last + timedelta(minutes=1) + wider))
    if said.hours:
        begin, end = said.hours
        if said.between and (begin < 0 or end > 24):
            begin, end = begin + 24, end - 24
        return Interval(local_time(said.first, begin, timezone), local_time(said.last, end, timezone))
    return local_days(said.first, said.last, timezone)


def parse_interval(first: str, last: str, timezone: str, order: DayOrder | None = None) -> Interval:
    """Read a begin and an end; each is anything that :func:`parse_when` reads.

    The end of a date or month is its last instant; the end of a zoned time is that time itself. Without a
    ``last`` the interval is that of ``first``.

    Examples
    --------
    >>> span = parse_interval("2014-11-01", "2014-11-30", "Asia/Damascus")
    >>> (span.end - span.start).days
    30
    >>> parse_interval("2015-06-03", "2015-06-01", "Asia/Baghdad")
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: the end '2015-06-01' is not after the start '2015-06-03'; swap or correct them
    """
    begun = parse_when(first, timezone, order)
    if not last.strip():
        return begun
    ended = parse_when(last, timezone, order)
    clock = ended.end - ended.start <= timedelta(minutes=1)
    end = ended.start if clock and ended.start > begun.start else ended.end
    if ended.start < begun.start or end <= begun.start:
        raise InputError(f"the end {last[:60]!r} is not after the start {first[:60]!r}; swap or correct them")
    return Interval(begun.start, end)


def with_time(day: str, time: str, zone: str, order: DayOrder | None = None) -> tuple[str, bool]:
    """A date with a time of day, a clock time or a word, from a column of its own: text for :func:`parse_when`.

    ``zone`` is that of a clock time that states none. The date is alone, if the time is blank or unknown, or the date
    has one of its own. With it goes whether the time could be read. If not, it is taken as the widest part of a day:
    the nights on either side.

    Examples
    --------
    >>> with_time("2015-06-03", "around_midday", "local"), with_time("2015-06-03", "1042", "z")
    (('around midday 2015-06-03', True), ('1042 z 2015-06-03', True))
    >>> with_time("2015-06-03", "", "local"), with_time("2015-06-03", "after the prayer", "local")
    (('2015-06-03', True), ('night 2015-06-03', False))
    """
    said = time.strip().replace("_", " ")
    dated = _said(day, order)
    if said.casefold() in _NO_TIME or dated is None or dated.hours or dated.clock:
        return day, True
    said = said.zfill(4) if said.isdigit() else said
    for text in (f"{said} {zone} {day}", f"{said} {day}"):
        if _is_time(text, order):
            return text, True
    return f"night {day}", False


_NO_TIME = ("", "unknown", "not known", "not stated", "unclear", "n/a", "none", "-", "?", "all day")
"""Ways to say in a cell that the time of day is not known."""


def _said(text: str, order: DayOrder | None) -> Said | None:
    try:
        return read_said(text.strip(), order)
    except (ValueError, OverflowError):
        return None


def _is_time(text: str, order: DayOrder | None) -> bool:
    try:
        return parse_when(text, "UTC", order) is not None
    except InputError:
        return False


def told_of(text: str, order: DayOrder | None = None) -> tuple[tuple[str, ...], str]:
    """What a date says of itself: the flags of a record that has it, and what it is of.

    Examples
    --------
    >>> told_of("reported around 2 June 2015"), told_of("2 and 4 June 2015"), told_of("2015-06-03")
    ((('approximate-date',), 'reported'), (('several-days',), ''), ((), ''))
    """
    said = None if _ISO_TIME.fullmatch(text.strip()) else _said(text, order)
    if said is None:
        return (), ""
    return ("approximate-date",) * said.approximate + ("several-days",) * said.several, said.basis


def is_local(first: str, last: str, order: DayOrder | None = None) -> bool:
    """Whether a begin and an end, as :func:`parse_interval` reads them, are other instants in another time zone.

    Examples
    --------
    >>> is_local("2015-06-03", ""), is_local("2015-06-03T08:00Z", "")
    (True, False)
    """
    return parse_interval(first, last, "Etc/GMT-3", order) != parse_interval(first, last, "UTC", order)


@functools.lru_cache(maxsize=4_096)
def format_local(start: datetime, end: datetime, timezone: str) -> str:
    """An interval in words, local dates only where it covers whole local days.

    Examples
    --------
    >>> format_local(*local_days(date(2015, 6, 3), date(2015, 6, 3), "Asia/Baghdad"), "Asia/Baghdad")
    '2015-06-03'
    >>> format_local(*parse_when("2015-06-02T21:02Z", "Asia/Baghdad"), "Asia/Baghdad")
    '2015-06-03 00:02'
    """
    zone = known_zone(timezone)
    first, after = start.astimezone(zone), end.astimezone(zone)
    whole_days = (first.hour, first.minute, first.second) == (0, 0, 0) == (after.hour, after.minute, after.second)
    if whole_days:
        last = (after - timedelta(days=1)).date()
        return f"{first:%Y-%m-%d}" if last <= first.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if end - start <= timedelta(minutes=1):
        return f"{first:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {after:%Y-%m-%d %H:%M}"
