"""Dates as people tell them: parts of days and months, "around", several days, what a date is of, in any order."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocasualty._dates import ABOUT_DAYS, read_said
from geocasualty.errors import InputError
from geocasualty.theatre.languages import PART_HOURS, STAGES, languages
from geocasualty.times import format_local, parse_when

BAGHDAD = "Asia/Baghdad"


def said(text, order=None):
    return format_local(*parse_when(text, BAGHDAD, order), BAGHDAD)


NIGHTS = "2015-06-02 18:00 to 2015-06-04 06:00"
"""Whoever says "the night of 3 June" may mean the one before that day or the one behind it."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("during the night of 3 June 2015", NIGHTS),
        ("3 June 2015, at night", NIGHTS),
        ("overnight 3 June 2015", NIGHTS),
        ("ليلة 3 حزيران 2015", NIGHTS),
        ("3 حزيران 2015 ليلاً", NIGHTS),
        ("the night between 2 and 3 June 2015", "2015-06-02 18:00 to 2015-06-03 06:00"),
        ("night of 2-3 June 2015", "2015-06-02 18:00 to 2015-06-03 06:00"),
        ("nights of 2 and 3 June 2015", "2015-06-01 18:00 to 2015-06-04 06:00"),
        ("nights of 2 to 5 June 2015", "2015-06-01 18:00 to 2015-06-06 06:00"),
        ("around midnight on 3 June 2015", "2015-06-02 22:00 to 2015-06-04 02:00"),
        ("after midnight, 3 June 2015", "2015-06-03 00:00 to 2015-06-04 06:00"),
        ("evening, 3 June 2015", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("3 June, in the evening, 2015", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("June 3 evening 2015", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("on Wednesday evening, 3 June 2015", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("مساء يوم الأربعاء 3 حزيران 2015", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("3 حزيران 2015 مساءً", "2015-06-03 17:00 to 2015-06-03 23:00"),
        ("morning or afternoon of 3 June 2015", "2015-06-03 05:00 to 2015-06-03 18:00"),
        ("3 June 2015, early in the morning", "2015-06-03 03:00 to 2015-06-03 09:00"),
        ("before dawn on 3 June 2015", "2015-06-03 00:00 to 2015-06-03 06:00"),
        ("around 2 June 2015", "2015-06-01 to 2015-06-03"),
        ("between June 2nd-4th 2015", "2015-06-02 to 2015-06-04"),
        ("between 30 May and June 2, 2015", "2015-05-30 to 2015-06-02"),
        ("between December 30 and January 2, 2015", "2014-12-30 to 2015-01-02"),
        ("2 June 2015 (approximately)", "2015-06-01 to 2015-06-03"),
        ("on or about June 2, 2015", "2015-06-01 to 2015-06-03"),
        ("~2 June 2015", "2015-06-01 to 2015-06-03"),
        ("2015-06-02~", "2015-06-01 to 2015-06-03"),
        ("2015-06-02?", "2015-06-01 to 2015-06-03"),
        ("حوالي 2 حزيران 2015", "2015-06-01 to 2015-06-03"),
        ("2 حزيران 2015 تقريباً", "2015-06-01 to 2015-06-03"),
        ("around the night of 3 June 2015", "2015-06-01 18:00 to 2015-06-05 06:00"),
        ("around 2 to 4 June 2015", "2015-06-01 to 2015-06-05"),
        ("2015-06~", "2015-05-17 to 2015-07-15"),
        ("2 and 4 June 2015", "2015-06-02 to 2015-06-04"),
        ("June 2, 4 and 6, 2015", "2015-06-02 to 2015-06-06"),
        ("2 June, 4 June and 6 June 2015", "2015-06-02 to 2015-06-06"),
        ("2, 4 & 6 June 2015", "2015-06-02 to 2015-06-06"),
        ("30 May and 2 June 2015", "2015-05-30 to 2015-06-02"),
        ("2 or 4 June 2015", "2015-06-02 to 2015-06-04"),
        ("2 و4 حزيران 2015", "2015-06-02 to 2015-06-04"),
        ("early June 2015", "2015-06-01 to 2015-06-10"),
        ("June 2015, early", "2015-06-01 to 2015-06-10"),
        ("mid-June 2015", "2015-06-10 to 2015-06-20"),
        ("late June 2015", "2015-06-20 to 2015-06-30"),
        ("end of February 2016", "2016-02-20 to 2016-02-29"),
        ("late May to early June 2015", "2015-05-20 to 2015-06-10"),
        ("second half of June 2015", "2015-06-15 to 2015-06-30"),
        ("أوائل حزيران 2015", "2015-06-01 to 2015-06-10"),
        ("منتصف حزيران 2015", "2015-06-10 to 2015-06-20"),
        ("أواخر شهر حزيران 2015", "2015-06-20 to 2015-06-30"),
        ("early 2015", "2015-01-01 to 2015-04-30"),
        ("May to June 2015", "2015-05-01 to 2015-06-30"),
        ("2015", "2015-01-01 to 2015-12-31"),
        ("2015-06", "2015-06-01 to 2015-06-30"),
        ("06/2015", "2015-06-01 to 2015-06-30"),
        ("2015-06-XX", "2015-06-01 to 2015-06-30"),
        ("2015-XX-XX", "2015-01-01 to 2015-12-31"),
        ("20150603", "2015-06-03"),
        ("2015 June 3", "2015-06-03"),
        ("2015, 3 June", "2015-06-03"),
        ("reported on 3 June 2015", "2015-06-03"),
        ("14:30 local time, 3 June 2015", "2015-06-03 14:30"),
        ("2015-06-03 14:30 local time", "2015-06-03 14:30"),
        ("2015-06-03T14:30 local", "2015-06-03 14:30"),
        ("3 حزيران 2015 الساعة 14:30 بالتوقيت المحلي", "2015-06-03 14:30"),
        ("around 14:30 local time on 3 June 2015", "2015-06-03 13:30 to 2015-06-03 15:31"),
        ("around 23:30 local time on 3 June 2015", "2015-06-03 22:30 to 2015-06-04 00:00"),
    ],
)
def test_what_a_person_would_say_it_means(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "approximate", "several", "basis"),
    [
        ("3 June 2015", False, False, ""),
        ("around 2 June 2015", True, False, ""),
        ("early June 2015", True, False, ""),
        ("2015-06~", True, False, ""),
        ("about 14:30 local, 3 June 2015", False, False, ""),
        ("around midday on 3 June 2015", False, False, ""),
        ("2 and 3 June 2015", False, False, ""),
        ("2 to 5 June 2015", False, False, ""),
        ("2 and 4 June 2015", False, True, ""),
        ("30 May to 1 June and 4 June 2015", False, True, ""),
        ("4 and 2 June 2015", False, True, ""),
        ("reported 3 June 2015", False, False, "reported"),
        ("died of wounds on around 3 June 2015", True, False, "death"),
        ("3 June 2015 (body found)", False, False, "recovery"),
        ("occurred on 3 June 2015", False, False, "event"),
        ("توفي في 3 حزيران 2015", False, False, "death"),
        ("تاريخ النشر 3 حزيران 2015", False, False, "reported"),
    ],
)
def test_what_is_said_of_the_date_itself(text, approximate, several, basis):
    found = read_said(text, None)
    assert (found.approximate, found.several, found.basis) == (approximate, several, basis)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reported 3 June, died 5 June 2015", "cannot read"),
        ("early mid June 2015", "cannot read"),
        ("evening of 3 June 2015 14:30 local", "cannot read"),
        ("20150631", "day is out of range|day must be in range"),
        ("2015-06-03T14:30", "has no zone"),
        ("42158", r"2015-06-03 \(date_order='excel-1900'\) or 2019-06-04 \(date_order='excel-1904'\)"),
        ("around", "cannot read"),
        ("April 29 - 20, 2017", "is before"),
        ("30/6-2015", "cannot read"),
        ("2015-01-99", "cannot read"),
        ("June 2015 to 5", "cannot read"),
        ("3", "cannot read"),
    ],
)
def test_what_is_refused_and_why(text, reason):
    with pytest.raises(InputError, match=reason):
        parse_when(text, BAGHDAD)


def test_numbered_days_of_spreadsheets_need_their_calendar():
    assert said("42158", "excel-1900") == said("42158.0", "excel-1900") == said("40696", "excel-1904") == "2015-06-03"
    with pytest.raises(InputError, match="has no zone"):
        parse_when("42158.875", BAGHDAD, "excel-1900")


def test_hours_and_days_of_words_are_those_of_the_rule():
    assert PART_HOURS["night"] == (-6, 30)
    assert PART_HOURS["midnight"] == (-2, 26)
    assert PART_HOURS["after midnight"] == (0, 30)
    assert (STAGES["early"], STAGES["mid"], STAGES["late"]) == ((1, 10), (10, 20), (20, -1))
    assert ABOUT_DAYS == {"day": 1, "month": 15, "year": 183}


def words_of(table):
    return [(key, word) for each in languages() for key, words in each.dates[table].items() for word in words]


DAYS = st.dates(date(1971, 2, 1), date(2068, 11, 1))


def day_texts(day):
    arabic = next(each for each in languages() if each.code == "ar").dates["months"][day.month - 1][0]
    return [
        f"{day:%-d %B %Y}", f"{day:%B %-d, %Y}", f"{day:%Y %B %-d}", f"{day:%A %-d %B %Y}", f"{day.isoformat()}",
        f"{day:%-d} {arabic} {day:%Y}", f"{day:%Y%m%d}",
    ]  # fmt: skip


@given(DAYS, st.sampled_from([(each, part) for each in languages() for part in each.dates["parts"]]), st.data())
def test_every_word_for_a_part_of_the_day_means_its_hours_before_and_behind_any_date(day, of, data):
    language, part = of
    word = data.draw(st.sampled_from(language.dates["parts"][part]))
    text = data.draw(st.sampled_from(day_texts(day)))
    expected = parse_when(f"{languages()[0].dates['parts'][part][0]} of {day.isoformat()}", BAGHDAD)
    assert parse_when(f"{word} {text}", BAGHDAD) == expected == parse_when(f"{text} {word}", BAGHDAD)
    begin, end = PART_HOURS[part]
    assert (expected.end - expected.start) == timedelta(hours=end - begin)


@given(DAYS, st.sampled_from([word for each in languages() for word in each.dates["about"]]), st.data())
def test_every_word_for_about_adds_a_day_on_either_side_and_says_so(day, word, data):
    text = data.draw(st.sampled_from(day_texts(day)))
    for told in (f"{word} {text}", f"{text} {word}", f"{text} ({word})"):
        found = read_said(told, None)
        assert (found.first, found.last) == (day - timedelta(days=1), day + timedelta(days=1)), told
        assert found.approximate


@given(DAYS, st.sampled_from(words_of("basis")))
def test_every_word_for_what_a_date_is_of_is_kept(day, of):
    basis, word = of
    for text in day_texts(day):
        assert read_said(f"{word} {text}", None).basis == basis == read_said(f"{text} {word}", None).basis


@given(DAYS, st.sampled_from(words_of("stages")))
def test_every_word_for_a_part_of_a_month_lies_in_it(day, of):
    stage, word = of
    found = read_said(f"{word} {day:%B %Y}", None)
    first, last = STAGES[stage]
    assert found.first.day == first
    assert found.last.day == last if last > 0 else (found.last + timedelta(days=1)).day == 1
    assert found.approximate
    month = read_said(f"{day:%Y-%m}", None)
    assert month.first <= found.first <= found.last <= month.last


@given(st.lists(st.integers(1, 28), min_size=2, max_size=5, unique=True), st.sampled_from([" and ", " & ", ", ", " و"]))
def test_several_days_are_several_in_any_order(days, joint):
    found = read_said(f"{joint.join(map(str, days))} June 2015", None)
    assert (found.first.day, found.last.day) == (min(days), max(days))
    assert found.several == (max(days) - min(days) >= len(days))


VAGUER = (
    lambda day: f"{day:%-d %B %Y} 14:30 local",
    lambda day: f"around {day:%-d %B %Y} 14:30 local",
    lambda day: f"about {day:%-d %B %Y}",
    lambda day: f"around {day:%B %Y}",
    lambda day: f"around {day:%Y}",
)
"""The same day, told worse and worse."""


@given(DAYS)
def test_a_vaguer_telling_is_never_narrower(day):
    spans = [parse_when(tell(day), BAGHDAD) for tell in VAGUER]
    for one, other in pairwise(spans):
        assert other.start <= one.start < one.end <= other.end


@given(DAYS, st.sampled_from(sorted(PART_HOURS)))
def test_a_word_dropped_or_added_never_narrows_beyond_its_days(day, part):
    span = parse_when(f"{part} of {day.isoformat()}", BAGHDAD)
    about = parse_when(f"around the {part} of {day.isoformat()}", BAGHDAD)
    assert about.start <= span.start < span.end <= about.end


@given(DAYS, st.integers(1, 40))
def test_a_series_holds_its_range_and_the_range_its_days(day, length):
    last = day + timedelta(days=length)
    both = parse_when(f"{day:%-d %B %Y} and {last:%-d %B %Y}", BAGHDAD)
    assert both == parse_when(f"{day:%-d %B %Y} to {last:%-d %B %Y}", BAGHDAD)
    for each in (day, last):
        one = parse_when(each.isoformat(), BAGHDAD)
        assert both.start <= one.start < one.end <= both.end


@pytest.mark.parametrize("text", ["from 3 June 2015", "3 June 2015 from", "من 3 حزيران 2015", "с 3 июня 2015"])
def test_a_beginning_without_an_end_is_no_day(text):
    assert read_said(text, None) is None


@pytest.mark.parametrize("text", ["from 3 to 5 June 2015", "from 3 June 2015 until 5 June 2015", "du 3 au 5 juin 2015"])
def test_a_beginning_with_an_end_is_a_range(text):
    said = read_said(text, None)
    assert (said.first.day, said.last.day) == (3, 5)


@pytest.mark.parametrize("text", ["Wed 3 June 2015", "3 June 2015 (Wed)", "Wed., 3 June 2015", "Wednesday 3 June 2015"])
def test_a_day_of_the_week_may_be_short(text):
    assert read_said(text, None).first.day == 3


def test_a_short_day_of_the_week_is_checked():
    with pytest.raises(InputError, match="names Tuesday"):
        read_said("Tue 3 June 2015", None)
