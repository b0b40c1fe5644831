"""Local days and zoned times as half-open UTC intervals."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geocasualty.errors import InputError

__all__ = ["Interval", "format_local", "local_day", "parse_interval", "parse_when", "timezone_of"]

COUNTRY_ZONES = {
    "IQ": "Asia/Baghdad",
    "SY": "Asia/Damascus",
    "TR": "Europe/Istanbul",
    "JO": "Asia/Amman",
    "LB": "Asia/Beirut",
    "IR": "Asia/Tehran",
    "KW": "Asia/Kuwait",
    "SA": "Asia/Riyadh",
}
"""IANA zone of each country of the theatre (zone1970.tab of the tz database)."""

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


class Interval(NamedTuple):
    """A half-open span of time, both ends in UTC at whole seconds."""

    start: datetime
    end: datetime


def timezone_of(country: str | None) -> str:
    """The IANA zone of a country of the theatre; ``UTC`` for any other and for none.

    Examples
    --------
    >>> timezone_of("SY"), timezone_of(None)
    ('Asia/Damascus', 'UTC')
    """
    return COUNTRY_ZONES.get(country or "", "UTC")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"unknown timezone {name!r}; expected an IANA name such as 'Asia/Baghdad'") from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def local_day(day: date, timezone: str) -> Interval:
    """The local day as UTC: 23 or 25 hours long where summer time starts or ends.

    Examples
    --------
    >>> local_day(date(2015, 6, 3), "Asia/Baghdad").start.isoformat()
    '2015-06-02T21:00:00+00:00'
    """
    zone = _zone(timezone)
    try:
        following = day + timedelta(days=1)
        return Interval(_midnight(day, zone), _midnight(following, zone))
    except OverflowError as error:
        raise InputError(
            f"date {day.isoformat()} is out of range; expected a year of this century or the last"
        ) from error


def parse_when(text: str, timezone: str) -> Interval:
    """Read a date, a month or a zoned time as the interval that it names.

    Parameters
    ----------
    text : str
        ``2015-06-03`` (the local day), ``2015-06`` (the local month), or an ISO 8601 time with ``Z`` or an
        offset (the minute or second that it names).
    timezone : str
        IANA zone in which dates and months are local.

    Returns
    -------
    Interval
        In UTC.

    Raises
    ------
    geocasualty.errors.InputError
        If the text is none of these, names no real day, or is a time without a zone.

    Examples
    --------
    >>> parse_when("2015-06-02T21:02Z", "Asia/Baghdad").end.isoformat()
    '2015-06-02T21:03:00+00:00'
    >>> parse_when("2014-11", "Asia/Damascus").start.isoformat()
    '2014-10-31T22:00:00+00:00'
    >>> parse_when("2015-06-02T21:02", "Asia/Baghdad")
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: time '2015-06-02T21:02' has no zone; add 'Z' or an offset such as '+03:00'
    """
    value = text.strip()
    expected = f"cannot read {text[:60]!r} as a time; expected '2015-06-03', '2015-06' or '2015-06-02T21:02Z'"
    try:
        if found := _DATE.fullmatch(value):
            return local_day(date(*(int(part) for part in found.groups())), timezone)
        if found := _MONTH.fullmatch(value):
            year, month = int(found[1]), int(found[2])
            first, following = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
            zone = _zone(timezone)
            return Interval(_midnight(first, zone), _midnight(following, zone))
        if "T" not in value.upper() and " " not in value:
            raise InputError(expected)
        moment = datetime.fromisoformat(value)
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        raise InputError(f"{expected} ({error})") from error
    if moment.tzinfo is None:
        raise InputError(f"time {text[:60]!r} has no zone; add 'Z' or an offset such as '+03:00'")
    try:
        start = moment.astimezone(UTC).replace(microsecond=0)
        has_seconds = value.upper().split("T")[-1].split(" ")[-1].split("+")[0].count(":") >= 2
        return Interval(start, start + (timedelta(seconds=1) if has_seconds else timedelta(minutes=1)))
    except OverflowError as error:
        raise InputError(f"{expected} ({error})") from error


def parse_interval(first: str, last: str, timezone: str) -> Interval:
    """Read a begin and an end; each is a date, a month or a zoned time.

    The end of a date or month is its last instant; the end of a zoned time is that time itself. Without a
    ``last`` the interval is that of ``first``.

    Raises
    ------
    geocasualty.errors.InputError
        If either cannot be read or the end is not after the start.

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
    begun = parse_when(first, timezone)
    if not last.strip():
        return begun
    ended = parse_when(last, timezone)
    end = ended.start if ":" in last and ended.start > begun.start else ended.end
    if ended.start < begun.start or end <= begun.start:
        raise InputError(f"the end {last[:60]!r} is not after the start {first[:60]!r}; swap or correct them")
    return Interval(begun.start, end)


def format_local(start: datetime, end: datetime, timezone: str) -> str:
    """An interval in words, local dates only where it covers whole local days.

    Examples
    --------
    >>> format_local(*local_day(date(2015, 6, 3), "Asia/Baghdad"), "Asia/Baghdad")
    '2015-06-03'
    >>> format_local(*parse_when("2015-06-02T21:02Z", "Asia/Baghdad"), "Asia/Baghdad")
    '2015-06-03 00:02'
    """
    zone = _zone(timezone)
    first, after = start.astimezone(zone), end.astimezone(zone)
    whole_days = (first.hour, first.minute, first.second) == (0, 0, 0) == (after.hour, after.minute, after.second)
    if whole_days:
        last = (after - timedelta(days=1)).date()
        return f"{first:%Y-%m-%d}" if last <= first.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if end - start <= timedelta(minutes=1):
        return f"{first:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {after:%Y-%m-%d %H:%M}"
