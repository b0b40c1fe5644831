"""When did the strikes of a release happen: the hours that it states, or those since the release before it?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from geocasualty.errors import InputError
from geocasualty.theatre.zones import timezone_of
from geocasualty.times import Interval, local_days, local_time, month_number, parse_when

__all__ = ["LOCAL", "Span", "covered_hours", "release_date_in", "release_hours", "span_in"]

LOCAL = "Asia/Baghdad"
"""The releases say "local time" without a place; their headquarters kept Iraq's, UTC+3 all year."""

CLOSES_AT_EIGHT_FROM = date(2015, 1, 1)
"""From 2015 a release reports "between 8 a.m." of one day "and 8 a.m." of the next. Those of 2014 report strikes of
their own date ("Sunday and today"), so that they close when that day does."""

MOST_DAYS = 3
EARLIEST_YEAR = 1900

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"


def _year(name: str) -> str:
    return rf"(?:,?\s{{0,3}}(?P<{name}year>20\d\d))?"


def _date(name: str) -> str:
    return rf"(?P<{name}month>{_MONTH})\.?\s{{1,3}}(?P<{name}day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])" + _year(name)


def _clock(name: str) -> str:
    return rf"(?P<{name}hour>\d{{1,2}})(?::\d\d)?\s?(?P<{name}half>[ap])\.?m\.?,?\s{{1,3}}(?:on\s)?"


_TO = r",?\s{0,3}(?:and|to|through|until|[-–—])\s{0,3}"
_WEEKDAY = r"(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_HOURS = re.compile(rf"{_clock('a')}{_date('a')}{_TO}{_clock('b')}{_date('b')}", re.IGNORECASE)
_DATES = re.compile(rf"\b{_date('a')}{_TO}(?:{_date('b')}|(?P<now>yesterday|today))")
_DAYS = re.compile(
    rf"\b(?P<amonth>{_MONTH})\.?\s{{1,3}}(?P<aday>\d{{1,2}})\s{{0,2}}[-–—]\s{{0,2}}(?P<bday>\d{{1,2}})(?!\d)"
    + _year("a")
)
_AND_TODAY = re.compile(rf"\b(?:{_WEEKDAY}|(?P<yesterday>yesterday))\s{{1,3}}and\s{{1,3}}today\b", re.IGNORECASE)
_NOW = re.compile(r"\b(?P<now>yesterday|today)\b(?!['’]s)", re.IGNORECASE)
_ON = re.compile(rf"\b{_date('a')}")
_DATELINES = (
    re.compile(r"Release date:?\s{1,5}(?P<text>[^\n]{6,30})", re.IGNORECASE),
    re.compile(r"Release\s?#\s{0,3}(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.IGNORECASE),
    re.compile(rf"(?P<text>{_MONTH}\.?\s{{1,3}}\d{{1,2}},\s{{1,3}}20\d\d)"),
    re.compile(rf"(?P<text>\d{{1,2}}\s{{1,3}}{_MONTH}\.?\s{{1,3}}20\d\d)"),
)
_DATELINE = re.compile(rf"{_MONTH}\.?\s{{1,3}}\d{{1,2}},?\s{{1,3}}20\d\d[.,]?\s{{0,3}}(?:[-–—]{{1,2}}|\(CENTCOM\))")
_WEEKDAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


class Span(NamedTuple):
    """Days, with hours of :data:`LOCAL` where they are stated."""

    first: date
    last: date
    first_hour: int | None = None
    last_hour: int | None = None

    def interval(self, country: str) -> Interval:
        """In UTC; whole days are those of the country."""
        if self.first_hour is not None and self.last_hour is not None:
            return Interval(
                local_time(self.first, self.first_hour, LOCAL), local_time(self.last, self.last_hour, LOCAL)
            )
        return local_days(self.first, self.last, timezone_of(country) if country else LOCAL)


def release_date_in(text: str) -> date | None:
    """The date of a release by its number, dateline or first full date; None without one."""
    head = text[:3000]
    for pattern in _DATELINES:
        found = pattern.search(head)
        if found is None:
            continue
        try:
            if "text" in pattern.groupindex:
                return _day_of(found["text"].strip())
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        except (InputError, ValueError):
            continue
    return None


def _day_of(text: str) -> date:
    start, end = parse_when(text, "UTC")
    if end - start != timedelta(days=1):
        raise InputError(f"{text!r} is no day")
    return start.date()


def span_in(sentence: str, released: date) -> Span | None:
    """The days or hours that a sentence states, seen from the day of the release; None without any.

    Examples
    --------
    >>> span_in("between 8 a.m. June 2 and 8 a.m. June 3, local time", date(2015, 6, 3))
    Span(first=datetime.date(2015, 6, 2), last=datetime.date(2015, 6, 3), first_hour=8, last_hour=8)
    >>> span_in("Between Aug. 27-Sept. 2, coalition forces", date(2018, 9, 5)).last
    datetime.date(2018, 9, 2)
    >>> span_in("Yesterday in Syria, coalition forces", date(2018, 1, 1)).first
    datetime.date(2017, 12, 31)
    """
    try:
        span = _span_in(_DATELINE.sub(" ", sentence), released)
    except (ValueError, OverflowError):
        return None
    late = span is not None and (
        span.last < span.first or span.last - span.first > timedelta(days=62)
        or (span.first == span.last and span.first_hour is not None and span.first_hour >= (span.last_hour or 0))
    )  # fmt: skip
    return None if late else span


def _span_in(sentence: str, released: date) -> Span | None:
    def day(found: re.Match[str], name: str, month: str = "") -> date:
        said = found.groupdict().get(f"{name}year")
        number = month_number(found[f"{month or name}month"])
        that = date(int(said or released.year), number, int(found[f"{name}day"]))
        return that if said or that <= released + timedelta(days=1) else that.replace(year=released.year - 1)

    def hour(found: re.Match[str], name: str) -> int:
        return int(found[f"{name}hour"]) % 12 + (12 if found[f"{name}half"].lower() == "p" else 0)

    if found := _HOURS.search(sentence):
        return Span(day(found, "a"), day(found, "b"), hour(found, "a"), hour(found, "b"))
    if found := _AND_TODAY.search(sentence):
        back = 1 if found["yesterday"] else (released.weekday() - _WEEKDAYS.index(found["weekday"].lower())) % 7
        return Span(released - timedelta(days=back), released)
    if found := _DATES.search(sentence):
        return Span(day(found, "a"), _now(found["now"], released) if found["now"] else day(found, "b"))
    if found := _DAYS.search(sentence):
        return Span(day(found, "a"), day(found, "b", month="a"))
    if found := _ON.search(sentence):
        return Span(day(found, "a"), day(found, "a"))
    if found := _NOW.search(sentence):
        return Span(_now(found["now"], released), _now(found["now"], released))
    return None


def _now(word: str, released: date) -> date:
    return released - timedelta(days=1) if word.lower() == "yesterday" else released


def _closes(released: date) -> tuple[date, int]:
    return (released, 8) if released >= CLOSES_AT_EIGHT_FROM else (released, 24)


def release_hours(released: Iterable[date]) -> dict[date, Interval]:
    """The hours that the strikes of each of a series of releases may be of.

    A release tells of the time since the one before it closed, one day at least and three at most. The first of a
    series tells of one day, and of three if it is of 2014, when they were not daily.

    Examples
    --------
    >>> hours = release_hours([date(2015, 9, 16), date(2015, 9, 24)])
    >>> [moment.isoformat() for moment in hours[date(2015, 9, 24)]]
    ['2015-09-21T05:00:00+00:00', '2015-09-24T05:00:00+00:00']
    >>> release_hours([])
    {}
    """
    hours: dict[date, Interval] = {}
    before = None
    for day in sorted(set(released)):
        if day.year < EARLIEST_YEAR:
            raise InputError(f"a release of {day.isoformat()}; expected one of 2014 or later")
        end = local_time(*_closes(day), LOCAL)
        earliest, latest = end - timedelta(days=MOST_DAYS), end - timedelta(days=1)
        since = before or (latest if day >= CLOSES_AT_EIGHT_FROM else earliest)
        hours[day] = Interval(max(earliest, min(since, latest)), end)
        before = end
    return hours


def covered_hours(hours: dict[date, Interval]) -> dict[date, Interval]:
    """The hours for which each release holds the strikes, as far as one can know.

    They are all its hours where these follow those of the release before it. After a longer blank, and at the beginning
    of a series, a release may be missing, or its line in the table: it holds its last day, and for what of the blank it
    tells besides is not known. The blank of 17 to 23 September 2015 is so without coverage until the 23rd, 8 a.m.

    Examples
    --------
    >>> hours = release_hours([date(2015, 9, 15), date(2015, 9, 16), date(2015, 9, 24)])
    >>> [f"{span.start:%d %H} to {span.end:%d %H}" for span in covered_hours(hours).values()]
    ['14 05 to 15 05', '15 05 to 16 05', '23 05 to 24 05']
    """
    covered: dict[date, Interval] = {}
    before = None
    for day, (start, end) in sorted(hours.items()):
        follows = before is not None and start <= before
        covered[day] = Interval(start if follows else end - timedelta(days=1), end)
        before = end
    return covered
