"""Dates in words, ranges, parts of days and the order of day and month."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.errors import InputError
from geocasualty.times import day_order, format_local, local_time, parse_interval, parse_when

BAGHDAD = "Asia/Baghdad"


def said(text, zone=BAGHDAD, order=None):
    return format_local(*parse_when(text, zone, order), zone)


@pytest.mark.parametrize(
    "text",
    [
        "3 June 2015", "June 3, 2015", "June 3rd, 2015", "Wednesday, June 3, 2015", "3 Jun 2015", "3-jun-15",
        "3-Jun-2015", "2015/06/03", "٣ حزيران ٢٠١٥", "3 حزيران 2015", "3 يونيو 2015", "٣ يونيه ٢٠١٥",
        " 3  June  2015 ", "۳ June ۲۰۱۵",
    ],
)  # fmt: skip
def test_one_day_in_many_words(text):
    assert said(text) == "2015-06-03"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4-jul-15", "2015-07-04"),
        ("18-Mar-16", "2016-03-18"),
        ("1-Jan-69", "2069-01-01"),
        ("1-Jan-70", "1970-01-01"),
        ("November 2014", "2014-11-01 to 2014-11-30"),
        ("Feb 2016", "2016-02-01 to 2016-02-29"),
        ("2-5 June 2015", "2015-06-02 to 2015-06-05"),
        ("June 2-5, 2015", "2015-06-02 to 2015-06-05"),
        ("2 to 5 June 2015", "2015-06-02 to 2015-06-05"),
        ("2 and 3 June 2015", "2015-06-02 to 2015-06-03"),
        ("30 May to 2 June 2015", "2015-05-30 to 2015-06-02"),
        ("May 30 - June 2, 2015", "2015-05-30 to 2015-06-02"),
        ("Tuesday 2 to Friday 5 June 2015", "2015-06-02 to 2015-06-05"),
        ("night of Wednesday, 3 June 2015", "2015-06-02 18:00 to 2015-06-04 06:00"),
        ("يوم الأربعاء ٣ حزيران ٢٠١٥", "2015-06-03"),
        ("30 June-1 July 2015", "2015-06-30 to 2015-07-01"),
        ("30 December to 2 January 2015", "2014-12-30 to 2015-01-02"),
        ("30 December 2014 until 2 January 2015", "2014-12-30 to 2015-01-02"),
        ("2015-06-02 to 2015-06-05", "2015-06-02 to 2015-06-05"),
        ("2015-06-02/2015-06-05", "2015-06-02 to 2015-06-05"),
        ("من 2 إلى 5 حزيران 2015", "2015-06-02 to 2015-06-05"),
        ("night of 2-3 June 2015", "2015-06-02 18:00 to 2015-06-03 06:00"),
        ("the night of June 2-3, 2015", "2015-06-02 18:00 to 2015-06-03 06:00"),
        ("night of 2 June 2015", "2015-06-01 18:00 to 2015-06-03 06:00"),
        ("night of 30 June-1 July 2015", "2015-06-30 18:00 to 2015-07-01 06:00"),
        ("ليلة 2-3 حزيران 2015", "2015-06-02 18:00 to 2015-06-03 06:00"),
        ("morning of 3 June 2015", "2015-06-03 05:00 to 2015-06-03 12:00"),
        ("3 June 2015, morning", "2015-06-03 05:00 to 2015-06-03 12:00"),
        ("صباح 3 حزيران 2015", "2015-06-03 05:00 to 2015-06-03 12:00"),
        ("evening of 3 June 2015", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("2-Jun-15 2102Z", "2015-06-03 00:02"),
        ("2102Z 2 June 2015", "2015-06-03 00:02"),
        ("2 June 2015 21:02 Z", "2015-06-03 00:02"),
        ("022102ZJUN15", "2015-06-03 00:02"),
        ("8 a.m. June 3, 2015, local time", "2015-06-03 08:00"),
    ],
)
def test_what_is_said(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("names", "month"),
    [
        (("كانون الثاني", "يناير"), 1), (("شباط", "فبراير"), 2), (("آذار", "مارس"), 3), (("نيسان", "أبريل"), 4),
        (("أيار", "مايو"), 5), (("حزيران", "يونيو"), 6), (("تموز", "يوليو"), 7), (("آب", "أغسطس"), 8),
        (("أيلول", "سبتمبر"), 9), (("تشرين الأول", "أكتوبر"), 10), (("تشرين الثاني", "نوفمبر"), 11),
        (("كانون الأول", "ديسمبر"), 12),
    ],
)  # fmt: skip
def test_months_of_iraq_and_syria(names, month):
    for name in names:
        assert said(f"١٥ {name} ٢٠١٥") == f"2015-{month:02d}-15"
        assert said(f"{name} 2015").startswith(f"2015-{month:02d}-01 to 2015-{month:02d}-")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31 June 2015", "day is out of range"),
        ("5-2 June 2015", "is before"),
        ("3 June", "cannot read"),
        ("June 2015 2102Z", "cannot read"),
        ("2 June 2015 2502Z", "no such hour"),
        ("2 June 2015 13 p.m. local", "no such hour"),
        ("2 June 2015 21:02", "has no zone"),
        ("6/3/2015", "order='dmy' or order='mdy'"),
        ("x" * 200, "cannot read"),
        ("1436-08-16", "looks like the Hijri year that began in 2014; .* convert it"),
        ("١٦ حزيران ١٤٣٦", "Hijri"),
        ("1436-08-16T10:00Z", "Hijri"),
        ("1436-08", "Hijri"),
        ("2099-01-01", "has the year 2099; expected one from 1970 to 2069"),
        ("1915-06-03", "has the year 1915"),
        ("2099-01-01T00:00Z", "has the year 2099"),
        ("Thursday 3 June 2015", "names Thursday, but 2015-06-03 is Wednesday; correct"),
        ("الخميس ٣ حزيران ٢٠١٥", "names Thursday, but 2015-06-03 is Wednesday"),
        ("Monday 2 to Friday 5 June 2015", "2015-06-02 to 2015-06-05 is Tuesday to Friday"),
        ("Friday 2 to Tuesday 5 June 2015", "is Tuesday to Friday"),
        ("night of Friday 2-3 June 2015", "is Tuesday to Wednesday"),
    ],
)
def test_what_is_refused_and_why(text, reason):
    with pytest.raises(InputError, match=reason):
        parse_when(text, BAGHDAD)


def test_figures_in_the_order_of_the_file():
    assert said("6/3/2015", order="mdy") == said("3.6.15", order="dmy") == said("15-6-3", order="ymd") == "2015-06-03"
    with pytest.raises(InputError, match="cannot read"):
        parse_when("30/6/2015", BAGHDAD, "mdy")
    span = parse_interval("6/2/2015", "6/3/2015", BAGHDAD, "mdy")
    assert span.end - span.start == timedelta(days=2)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        ([], "ymd"),
        (["2015-06-03", "3 June 2015", "nonsense"], "ymd"),
        (["6/3/2015", "6/30/2015"], "mdy"),
        (["3/6/2015", "30/6/2015", "99/99/2015"], "dmy"),
        (["6/6/2015", "7/7/2015"], "mdy"),
        (["99-06-30", "15-06-03"], "ymd"),
    ],
)
def test_the_order_is_decided_for_the_whole_column(texts, order):
    assert day_order(texts) == order
    assert day_order(reversed(texts)) == order


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["6/3/2015"], "'6/3/2015' are dates as mdy and as dmy"),
        (["6/3/2015", "7/3/2015"], "'6/3/2015', '7/3/2015'"),
        (["30/6/2015", "6/30/2015"], "'30/6/2015' is a date only as dmy, '6/30/2015' only as mdy"),
        (["05-06-07"], "as mdy and as dmy and as ymd"),
    ],
)
def test_an_order_that_cannot_be_told_is_refused(texts, reason):
    with pytest.raises(InputError, match=reason):
        day_order(texts)


@given(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), max_size=8), st.sampled_from(["mdy", "dmy"]))
def test_the_order_found_reads_every_date_as_it_was_written(days, order):
    texts = [
        f"{day.month}/{day.day}/{day.year}" if order == "mdy" else f"{day.day}/{day.month}/{day.year}" for day in days
    ]
    try:
        found = day_order(texts)
    except InputError:
        assert all(day.day <= 12 for day in days)
        return
    for day, text in zip(days, texts, strict=True):
        assert parse_when(text, "UTC", found).start.date() == day


@given(st.dates(date(1971, 1, 1), date(2068, 1, 1)))
def test_days_in_words_are_the_days_in_figures(day):
    expected = parse_when(day.isoformat(), "Asia/Damascus")
    for text in (f"{day:%-d %B %Y}", f"{day:%B %-d, %Y}", f"{day:%-d-%b-%y}", f"{day:%d %b %Y}"):
        assert parse_when(text, "Asia/Damascus") == expected


WORDS = st.sampled_from(
    [
        "night", "of", "morning", "2", "3", "-", "June", "حزيران", "2015", "15", "/", "to", "21:02", "Z", "a.m.", "8",
        "local", ",", "from", "30", "May", "كانون",
    ]
)  # fmt: skip


@given(
    st.lists(WORDS, max_size=9).map(" ".join),
    st.sampled_from([None, "mdy", "dmy", "ymd"]),
)
def test_any_words_are_a_time_or_an_input_error(text, order):
    try:
        span = parse_when(text, "Asia/Damascus", order)
    except InputError:
        return
    assert span.start < span.end


def test_hours_beyond_midnight_are_of_the_next_day():
    assert local_time(date(2015, 6, 2), 30, BAGHDAD) == datetime(2015, 6, 3, 3, tzinfo=UTC)
    with pytest.raises(InputError, match="no such time"):
        local_time(date.max, 30, BAGHDAD)
