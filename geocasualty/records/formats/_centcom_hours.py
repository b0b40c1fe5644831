"""When did the strikes of a release happen: in the hours that it states, or in those of the schedule of its time?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from geocasualty.errors import InputError
from geocasualty.theatre.zones import timezone_of
from geocasualty.times import Interval, day_said, local_days, local_time, month_number

LOCAL = "Asia/Baghdad"
"""The releases say "local time" without a place; their headquarters kept Iraq's, UTC+3 all year."""

EIGHT_TO_EIGHT = (date(2015, 1, 1), date(2015, 12, 31))
"""In 2015 a release reports "between 8 a.m." of the day before "and 8 a.m." of its own."""

THRICE_A_WEEK = (date(2014, 11, 4), date(2014, 12, 19))
"""In these weeks releases came on :data:`WEEKDAYS`, and told of the time since the one before: "November 10th-12th",
"November 7th-10th", as Airwars quotes them. At which hour of its date each closed they do not say."""

WEEKDAYS = (0, 2, 4)
"""Monday, Wednesday, Friday."""

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
_NOW = re.compile(r"(?<!earlier\s)\b(?P<now>yesterday|today)\b(?!['’]s)", re.IGNORECASE)
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
        named = "text" in pattern.groupindex
        day = day_said(found["text"] if named else "-".join(map(found.__getitem__, ("year", "month", "day"))))
        if day is not None:
            return day
    return None


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


class Hours(NamedTuple):
    """When the strikes of a release may have been, in UTC: all of the time that it may tell of.

    From ``sure_start`` to ``sure_end`` it tells of whatever the hour at which it and the release before it closed.
    ``assumed`` are hours that neither it nor a schedule says.
    """

    start: datetime
    end: datetime
    sure_start: datetime
    sure_end: datetime
    assumed: bool = False

    @classmethod
    def stated(cls, span: Interval) -> Hours:
        """Those that a release states."""
        return cls(span.start, span.end, span.start, span.end)


def release_hours(day: date) -> Hours:
    """The hours of a release that states none: those of the schedule of its time, else its date and the day before.

    They depend on no other release: one that is missing is a hole, which the next does not fill.

    Examples
    --------
    >>> [moment.isoformat() for moment in release_hours(date(2015, 9, 24))[:2]]
    ['2015-09-23T05:00:00+00:00', '2015-09-24T05:00:00+00:00']
    >>> [moment.isoformat() for moment in release_hours(date(2014, 11, 10))[:2]]  # a Monday: since Friday's
    ['2014-11-06T21:00:00+00:00', '2014-11-10T21:00:00+00:00']
    >>> release_hours(date(2014, 10, 2)).assumed
    True
    """
    if day.year < EARLIEST_YEAR:
        raise InputError(f"a release of {day.isoformat()}; expected one of 2014 or later")
    if EIGHT_TO_EIGHT[0] <= day <= EIGHT_TO_EIGHT[1]:
        return Hours.stated(Interval(local_time(day - timedelta(days=1), 8, LOCAL), local_time(day, 8, LOCAL)))
    scheduled = THRICE_A_WEEK[0] <= day <= THRICE_A_WEEK[1] and day.weekday() in WEEKDAYS
    before = day - timedelta(days=1)
    while scheduled and before.weekday() not in WEEKDAYS:
        before -= timedelta(days=1)
    span = local_days(before, day, LOCAL)
    return Hours(*span, local_time(before, 24, LOCAL), local_time(day, 0, LOCAL), assumed=not scheduled)


def covered_hours(hours: Mapping[date, Hours], copies: Collection[date] = ()) -> dict[date, Interval]:
    """The hours for which each of the releases of a file holds the strikes.

    A day on which one release closed and the next began is covered where both are there. A copy of another release
    under its date is none.

    Examples
    --------
    >>> days = [date(2015, 5, 25), date(2015, 5, 28), date(2014, 11, 10), date(2014, 11, 12), date(2014, 11, 19)]
    >>> covered = covered_hours({day: release_hours(day) for day in days})
    >>> [f"{span.start:%d %H} to {span.end:%d %H}" for _, span in sorted(covered.items())]
    ['07 21 to 10 21', '09 21 to 11 21', '17 21 to 18 21', '24 05 to 25 05', '27 05 to 28 05']
    """
    covered: dict[date, Interval] = {}
    days = sorted(hours)
    there = {day: hours[day] for day in days if day not in copies}
    for place, day in enumerate(days):
        own, before, after = hours[day], *(there.get(each[0]) if each else None for each in _beside(days, place))
        start = own.start if before and before.end > own.start else own.sure_start
        end = own.end if after and after.start < own.end else own.sure_end
        if start < end:
            covered[day] = Interval(start, end)
    return covered


def _beside(days: list[date], place: int) -> tuple[list[date], list[date]]:
    return days[max(place - 1, 0) : place], days[place + 1 : place + 2]
