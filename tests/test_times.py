"""Local days, zoned times and their bounds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.errors import InputError
from geocasualty.times import format_local, local_days, parse_interval, parse_when


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_a_baghdad_day_begins_at_21_zulu():
    assert local_days(date(2015, 6, 3), date(2015, 6, 3), "Asia/Baghdad") == (utc(2015, 6, 2, 21), utc(2015, 6, 3, 21))


@pytest.mark.parametrize(("day", "hours"), [(date(2015, 3, 27), 23), (date(2015, 10, 29), 25), (date(2015, 6, 3), 24)])
def test_days_of_the_clock_change_in_damascus(day, hours):
    span = local_days(day, day, "Asia/Damascus")
    assert span.end - span.start == timedelta(hours=hours)


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.sampled_from(["Asia/Baghdad", "Asia/Damascus", "UTC"]))
def test_consecutive_days_meet_and_never_overlap(day, zone):
    assert local_days(day, day, zone).end == local_days(day + timedelta(days=1), day + timedelta(days=1), zone).start


def test_a_month_is_all_its_days():
    span = parse_when("2014-11", "Asia/Damascus")
    assert span == local_days(date(2014, 11, 1), date(2014, 11, 30), "Asia/Damascus")
    assert parse_when("2014-12", "UTC").end == utc(2015, 1, 1)


@pytest.mark.parametrize(
    ("text", "start", "seconds"),
    [
        ("2015-06-02T21:02Z", utc(2015, 6, 2, 21, 2), 60),
        ("2015-06-03T00:02+03:00", utc(2015, 6, 2, 21, 2), 60),
        ("2015-06-03 00:02:07+03:00", utc(2015, 6, 2, 21, 2, 7), 1),
    ],
)
def test_a_zoned_time_is_the_minute_or_second_that_it_names(text, start, seconds):
    assert parse_when(text, "Asia/Baghdad") == (start, start + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2015-02-30",
        "2015-13",
        "15-06-03",
        "2015-06-03T25:00Z",
        "0001-01-01",
        "9999-12-31",
        "٢٠١",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(InputError):
        parse_when(text, "Asia/Baghdad")


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_an_input_error(text):
    try:
        span = parse_when(text, "Asia/Baghdad")
    except InputError:
        return
    assert span.start < span.end


def test_a_naive_time_is_refused_with_the_fix():
    with pytest.raises(InputError, match="add 'Z' or an offset"):
        parse_when("2015-06-02T21:02", "Asia/Baghdad")


def test_an_unknown_zone_is_named():
    with pytest.raises(InputError, match="Mars/Olympus"):
        parse_when("2015-06-02", "Mars/Olympus")


def test_an_interval_ends_where_its_last_part_ends():
    span = parse_interval("2015-06-02T18:00+03:00", "2015-06-03T06:00+03:00", "Asia/Baghdad")
    assert span == (utc(2015, 6, 2, 15), utc(2015, 6, 3, 3))
    assert parse_interval("2014-11-01", "2014-11-01", "UTC").end == utc(2014, 11, 2)


@pytest.mark.parametrize("last", ["2015-06-01", "2015-06-02T10:00Z"])
def test_an_end_before_the_start_is_refused(last):
    with pytest.raises(InputError, match="not after the start"):
        parse_interval("2015-06-02T18:00Z", last, "UTC")


def test_format_local_shows_dates_only_for_whole_days():
    assert format_local(*parse_interval("2014-11-01", "2014-11-30", "Asia/Damascus"), "Asia/Damascus") == (
        "2014-11-01 to 2014-11-30"
    )
    night = parse_interval("2015-06-02T18:00+03:00", "2015-06-03T06:00+03:00", "Asia/Baghdad")
    assert format_local(*night, "Asia/Baghdad") == "2015-06-02 18:00 to 2015-06-03 06:00"
