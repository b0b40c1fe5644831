"""Dates and times of day as files tell them: what becomes of them in the columns of a record."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.records._flags import DOUBTFUL_TIME
from geocasualty.records._typed import bounds_of, numbers_of
from geocasualty.theatre.languages import PART_HOURS
from geocasualty.times import format_local
from tests.records.samples import AIRWARS, write

SPOT = {"date": "2015-06-03", "lat": "35.3", "lon": "43.8", "radius_m": "100", "country": "IQ"}


def read(*rows, **options):
    table = pd.DataFrame([SPOT | row | {"incident_id": f"A{n}"} for n, row in enumerate(rows)]).fillna("")
    return gcas.read_incidents(table, format="csv", **options)


def spans(frame):
    return [format_local(*row) for row in frame[["start", "end", "timezone"]].itertuples(index=False)]


@pytest.mark.parametrize(
    ("row", "span", "flags"),
    [
        ({"local_time": "evening"}, "2015-06-03 17:00 to 2015-06-03 23:00", ""),
        ({"local_time": "during the night"}, "2015-06-02 18:00 to 2015-06-04 06:00", ""),
        ({"local_time": "around_midday"}, "2015-06-03 11:00 to 2015-06-03 14:00", ""),
        ({"local_time": "مساءً"}, "2015-06-03 17:00 to 2015-06-03 23:00", ""),
        ({"local_time": "14:30"}, "2015-06-03 14:30", ""),
        ({"local_time": "2:30 pm"}, "2015-06-03 14:30", ""),
        ({"local_time": ""}, "2015-06-03", ""),
        ({"local_time": "Unknown"}, "2015-06-03", ""),
        ({"local_time": "after the match"}, "2015-06-02 18:00 to 2015-06-04 06:00", "unread-time"),
        ({"utc_time": "1130"}, "2015-06-03 14:30", ""),
        ({"utc_time": "30"}, "2015-06-03 03:30", ""),
        ({"date": "2015-06-03T10:00Z", "local_time": "evening"}, "2015-06-03 13:00", ""),
        ({"date_end": "2015-06-05", "local_time": "evening"}, "2015-06-03 17:00 to 2015-06-05 23:00", ""),
        ({"date": "around 3 June 2015"}, "2015-06-02 to 2015-06-04", "approximate-date"),
        ({"date": "late June 2015"}, "2015-06-20 to 2015-06-30", "approximate-date"),
        ({"date": "2 and 4 June 2015"}, "2015-06-02 to 2015-06-04", "several-days"),
        (
            {"date": "around 3 June 2015", "local_time": "evening"},
            "2015-06-02 17:00 to 2015-06-04 23:00",
            "approximate-date",
        ),
    ],
)
def test_what_a_file_tells_stands_in_the_columns(row, span, flags):
    frame = read(row)
    assert spans(frame) == [span]
    assert frame["flags"].tolist() == [flags]
    assert all(str(frame[name].iloc[0]) == text for name, text in row.items() if name in ("local_time", "utc_time"))


def test_a_date_beside_a_time_is_named_as_the_file_has_it():
    table = pd.DataFrame([SPOT | {"incident_id": "A", "date": "2015-06-31", "local_time": "evening"}])
    rejected = gcas.validate_incidents(table, format="csv")[1]
    assert (rejected.loc[0, "column"], rejected.loc[0, "value"]) == ("start", "2015-06-31")
    table["date"] = "1970-01-01"
    assert "zero of computers' clocks" in gcas.validate_incidents(table, format="csv")[1].loc[0, "reason"]


def test_figures_beside_a_time_keep_the_order_of_the_file():
    frame = read({"date": "6/3/2015", "local_time": "evening"}, {"date": "6/30/2015", "local_time": ""})
    assert spans(frame) == ["2015-06-03 17:00 to 2015-06-03 23:00", "2015-06-30"]


@pytest.mark.parametrize(
    ("date", "stated", "basis"),
    [
        ("reported 3 June 2015", "", "reported"),
        ("reported 3 June 2015", "event", "reported"),
        ("died 3 June 2015", "recovery", "recovery"),
        ("occurred 3 June 2015", "reported", "reported"),
        ("occurred 3 June 2015", "", "event"),
        ("3 June 2015 (body found)", "", "recovery"),
        ("3 June 2015", "event", "event"),
    ],
)
def test_what_a_date_is_of_is_never_made_surer_by_its_words(date, stated, basis):
    assert read({"date": date, "date_basis": stated})["date_basis"].tolist() == [basis]


def test_a_strike_that_is_dated_by_its_report_is_flagged():
    table = pd.DataFrame([SPOT | {"strike_id": "S", "date": "reported on 3 June 2015"}])
    assert gcas.read_strikes(table, format="csv")["flags"].tolist() == ["approximate-date"]


def test_doubtful_dates_are_doubtful():
    assert {"approximate-date", "unread-time"} <= DOUBTFUL_TIME


COVERED = {"belligerents": "Coalition", "countries": "IQ", "start": "2015-01-01", "end": "2015-12-31", "complete": True,
           "kinds": "air;drone"}  # fmt: skip
TOLD = (
    "3 June 2015",
    "around 3 June 2015",
    "early June 2015",
    "2 and 4 June 2015",
    "reported 3 June 2015",
    "June 2015",
)


def finding(date, **claim):
    strikes = pd.DataFrame(
        [SPOT | {"strike_id": "S", "date": claim.pop("strike"), "attack_kinds": "air", "lat": claim.pop("at")}]
    )
    theirs = gcas.read_strikes(strikes.assign(belligerents="Coalition"), format="csv", coverage=COVERED)
    ours = read({"date": date, "belligerents": "Coalition", "attack_kinds": "air"} | claim)
    return gcas.screen(ours, theirs, within_km=10, within_days=1)["finding"].iloc[0]


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(TOLD[1:]), st.sampled_from(["event", ""]), st.sampled_from(["2015-06-03", "2015-07-20"]),
       st.sampled_from(["35.3", "33.3"]))  # fmt: skip
def test_a_worse_told_date_gives_no_surer_finding(told, basis, strike, at):
    sure = {"strike-reported-nearby", "none-in-records"}
    case = {"date_basis": basis, "strike": strike, "at": at}
    plain, worse = finding(TOLD[0], **case), finding(told, **case)
    assert worse not in sure or worse == plain


def test_the_findings_that_the_law_is_tried_on_are_the_sure_ones():
    assert finding(TOLD[0], date_basis="event", strike="2015-06-03", at="35.3") == "strike-reported-nearby"
    assert finding(TOLD[0], date_basis="event", strike="2015-07-20", at="35.3") == "none-in-records"
    for told in ("around 3 June 2015", "reported 3 June 2015"):
        assert finding(told, date_basis="event", strike="2015-07-20", at="35.3") == "cannot-exclude"


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(sorted(PART_HOURS)))
def test_a_part_of_the_day_in_the_date_or_beside_it_is_one(part):
    beside, inside = read({"local_time": part}), read({"date": f"{part} of 3 June 2015"})
    assert spans(beside) == spans(inside)


def test_times_of_witnesses_are_about_right_and_no_time_moves_the_day(tmp_path):
    times = {"13:00:00": "2015-06-03 12:00 to 2015-06-03 14:01", "23:30:00": "2015-06-03 22:30 to 2015-06-04 00:00",
             "morning": "2015-06-03 05:00 to 2015-06-03 12:00", "": "2015-06-03"}  # fmt: skip
    rows = [AIRWARS | {"code": f"CS{n}", "local_time": time} for n, time in enumerate(times)]
    frame = gcas.read_incidents(write(tmp_path / "a.csv", rows))
    assert spans(frame) == list(times.values())
    assert not frame["flags"].str.contains("time|date").any()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("40+", 40, None), ("at least 12", 12, None), ("12 or more", 12, None), (">5", 5, None), ("105-278", 105, 278),
        ("105 to 278", 105, 278), ("between 3 and 5", 3, 5), ("up to 20", None, 20), ("dozens", 24, None),
        ("Several", 2, None), ("about 12", 12, 12), ("~12", 12, 12), ("عشرات", 20, None), ("٤٠+", 40, None),
        ("ما لا يقل عن ١٢", 12, None),
    ],
)  # fmt: skip
def test_counts_told_as_bounds_are_bounds_and_say_so(text, least, most):
    for row in ({"killed_min": text, "killed_max": text}, {"killed": text}):
        frame = read(row, dict.fromkeys(row, "3"))
        found = frame[["killed_min", "killed_max"]].astype(object)
        found = found.where(found.notna(), None)
        assert found.iloc[0].tolist() == [least, most]
        assert frame["flags"].tolist() == ["inexact-count", ""]


@pytest.mark.parametrize("text", ["Unknown", "n/k", "", "?"])
def test_a_count_that_is_not_known_is_no_bound(text):
    frame = read({"killed_min": text, "killed_max": "4"})
    assert pd.isna(frame.loc[0, "killed_min"])
    assert frame["flags"].tolist() == [""]


@pytest.mark.parametrize("text", ["278-105", "lots", "12 tons", "at least", "1.5+", "-4", "at least 12+"])
def test_what_is_no_count_is_rejected(text):
    rejected = gcas.validate_incidents(pd.DataFrame([SPOT | {"incident_id": "A", "killed_min": text}]), format="csv")[1]
    assert rejected["column"].tolist() == ["killed_min"]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_bound_holds_what_it_bounds(one, other):
    low, high = sorted((one, other))
    assert bounds_of(f"{low}-{high}") == (low, high)
    assert bounds_of(f"{low}+")[0] == low == bounds_of(f"at least {low}")[0]
    assert bounds_of(f"up to {high}")[1] == high


def test_numbers_of_strikes_are_the_least():
    table = pd.DataFrame([SPOT | {"strike_id": "S", "n_strikes": "2-4"}])
    frame = gcas.read_strikes(table, format="csv")
    assert (frame["n_strikes"].tolist(), frame["flags"].tolist()) == ([2], ["inexact-count"])


@pytest.mark.parametrize(
    ("parts", "span"),
    [
        ({"year": "2015", "month": "6", "day": "3"}, "2015-06-03"),
        ({"year": "2015", "month": "June", "day": "3"}, "2015-06-03"),
        ({"year": "2015", "month": "حزيران"}, "2015-06-01 to 2015-06-30"),
        ({"year": "2015", "month": "06"}, "2015-06-01 to 2015-06-30"),
        ({"year": "2015", "month": ""}, "2015-01-01 to 2015-12-31"),
        ({"year": "2015"}, "2015-01-01 to 2015-12-31"),
    ],
)
def test_a_date_may_stand_in_columns_for_its_parts(parts, span):
    rest = {name: text for name, text in SPOT.items() if name != "date"}
    frame = gcas.read_incidents(pd.DataFrame([rest | parts | {"incident_id": "A"}]), format="csv")
    assert (spans(frame), frame["flags"].tolist()) == ([span], [""])
    assert spans(read(parts | {"date": "2015-07-01"}, ignore=list(parts))) == ["2015-07-01"]


def test_days_as_a_spreadsheet_numbers_them_are_those_of_its_calendar():
    table = pd.DataFrame([SPOT | {"incident_id": "A", "date": "42158"}])
    assert spans(gcas.read_incidents(table, format="csv", date_order="excel-1900")) == ["2015-06-03"]
    assert spans(gcas.read_incidents(table, format="csv", date_order="excel-1904")) == ["2019-06-04"]
    assert "say which" in gcas.validate_incidents(table, format="csv")[1].loc[0, "reason"]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=5), st.sampled_from([",", " ", "\u00a0", "\u202f", "’"]))
def test_a_number_with_marks_of_thousands_is_that_number_or_none(numbers, mark):
    texts = np.array([f"{number:,}".replace(",", mark) for number in numbers], dtype=object)
    found = numbers_of(texts, "killed_min", whole=True)[0]
    told = any("," in text and (text.count(",") > 1 or not text.endswith(",000")) for text in texts)
    for text, number, read in zip(texts, numbers, found, strict=True):
        assert read == number or (np.isnan(read) and "," in text and not told)
