"""A limit in days compares local dates, each of the record's own zone; one in hours compares clock times."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from tests.matching.frames import records

ZONES = ["Asia/Damascus", "Asia/Baghdad", "Europe/Kyiv", "Pacific/Kiritimati", "America/New_York", ""]


def times(role, *spans, zone="Asia/Baghdad"):
    """Records at one spot, of local times such as ``("2015-06-03 03:00", "2015-06-03 04:00")``."""
    frame = records(role, [{"xy": (43.77, 35.33)}] * len(spans))
    for name, each in zip(("start", "end"), zip(*spans, strict=True), strict=True):
        local = pd.DatetimeIndex(each).tz_localize(zone or "UTC", ambiguous=np.ones(len(spans), dtype=bool))
        frame[name] = local.tz_convert("UTC").as_unit("s")
    return frame.assign(timezone=zone)


def relations(incidents, strikes, **limits):
    found = gcas.match(incidents, strikes, within_km=1, **limits)
    return dict(zip(found["strike_id"], zip(found["relation"], found["gap_days"], strict=True), strict=True))


NIGHT, DAY3, DAY2, DAY4 = (
    ("2015-06-03 03:00", "2015-06-03 03:01"), ("2015-06-03", "2015-06-04"), ("2015-06-02", "2015-06-03"),
    ("2015-06-04", "2015-06-05"),
)  # fmt: skip
LATER = ("2015-06-03 03:20", "2015-06-03 03:21")


@pytest.mark.parametrize("claim", [NIGHT, DAY3])
@pytest.mark.parametrize("strike", [LATER, DAY3])
def test_the_same_day_is_the_same_day_whether_days_or_clock_times_are_given(claim, strike):
    assert relations(times("incident", claim), times("strike", strike), within_days=0) == {"s0": ("within", 0)}


def test_the_days_before_and_after_are_not_the_same_day():
    strikes = times("strike", DAY2, DAY3, DAY4, ("2015-06-05", "2015-06-06"))
    claim = times("incident", DAY3)
    assert relations(claim, strikes, within_days=0) == {"s1": ("within", 0)}
    one = relations(claim, strikes, within_days=1)
    assert one == {"s0": ("within", -1), "s1": ("within", 0), "s2": ("within", 1)}
    assert relations(claim, strikes, within_days=2)["s3"] == ("within", 2)


def test_within_needs_every_day_of_each():
    release = times("strike", ("2015-06-02 08:00", "2015-06-03 08:00"))  # touches two dates
    for day in (DAY2, DAY3):
        claim = times("incident", day)
        assert relations(claim, release, within_days=0) == {"s0": ("possible", 0)}
        assert relations(claim, release, within_days=1) == {"s0": ("within", 0)}


def test_an_end_at_midnight_has_no_part_in_the_next_day():
    evening, morning = ("2015-06-02 20:00", "2015-06-03"), ("2015-06-02 20:00", "2015-06-03 00:01")
    claim = times("incident", DAY3)
    assert relations(claim, times("strike", evening, morning), within_days=0) == {"s1": ("possible", 0)}


def test_a_day_of_25_hours_is_within_0_days_of_itself():
    long = ("2015-10-29", "2015-10-30")
    claim, strike = (times(role, long, zone="Asia/Damascus") for role in ("incident", "strike"))
    assert (claim["end"] - claim["start"]).tolist() == [pd.Timedelta(hours=25)]
    assert relations(claim, strike, within_days=0) == {"s0": ("within", 0)}


def test_each_record_has_the_days_of_its_own_zone():
    claim = times("incident", ("2015-06-03 00:30", "2015-06-03 00:31"), zone="Asia/Baghdad")
    strike = times("strike", ("2015-06-03 00:10", "2015-06-03 00:11"), zone="Europe/Berlin")
    assert relations(claim, strike, within_days=0) == {"s0": ("within", 0)}  # two hours apart
    utc = times("strike", ("2015-06-02 21:40", "2015-06-02 21:41"), zone="UTC")
    assert relations(claim, utc, within_days=0) == {}  # ten minutes apart, named by another date
    assert relations(claim, utc, within_hours=1) == {"s0": ("within", pytest.approx(9 / 1440))}


@pytest.mark.parametrize("days", [0.5, 1e-9, 2.25])
def test_fractions_of_days_are_refused_in_favour_of_hours(days):
    both = times("incident", DAY3), times("strike", DAY3)
    with pytest.raises(InputError, match=f"within_hours={days * 24:g}"):
        gcas.match(*both, within_km=1, within_days=days)
    with pytest.raises(InputError, match="within_hours="):
        gcas.screen(*both, within_km=1, within_days=days)
    with pytest.raises(InputError, match="within_hours="):
        gcas.sensitivity(*both, within_km=[1], within_days=[0, days])


@pytest.mark.parametrize("limits", [{}, {"within_days": 0, "within_hours": 0}])
@pytest.mark.parametrize("function", [gcas.match, gcas.screen, gcas.assess])
def test_one_of_days_and_hours_is_asked_for(function, limits):
    with pytest.raises(InputError, match=r"within_days and within_hours: (neither|both) given"):
        function(times("incident", DAY3), times("strike", DAY3), within_km=1, **limits)


def test_hours_are_between_clock_times_and_within_needs_every_moment():
    strikes = times("strike", LATER, ("2015-06-03 03:30", "2015-06-03 05:00"), ("2015-06-03 09:00", "2015-06-03 09:01"))
    claim = times("incident", NIGHT)
    found = relations(claim, strikes, within_hours=1)
    assert {name: relation for name, (relation, _) in found.items()} == {"s0": "within", "s1": "possible"}
    whole = relations(times("incident", DAY3), times("strike", DAY3), within_hours=0)
    assert whole == {"s0": ("possible", 0)}  # up to a day apart


def test_hours_are_repeated_in_tables_and_reasons():
    result = gcas.assess(times("incident", NIGHT), times("strike", LATER), within_km=1, within_hours=2)
    row = result.findings.iloc[0]
    assert (row["finding"], row["within_hours"]) == ("strike-reported-nearby", 2)
    assert "0.3 hours after (limits 1 km, 2 hours)" in row["reason"]
    assert "within_days" not in result.findings
    assert "1 km, 2 hours" in repr(result)
    table = gcas.sensitivity(times("incident", NIGHT), times("strike", LATER), within_km=[1], within_hours=[0, 2])
    assert table[["within_hours", "pairs_within"]].to_numpy().tolist() == [[0, 0], [2, 1]]


def test_the_same_day_comes_first_and_reasons_name_the_day():
    strikes = times("strike", DAY2, DAY3, DAY4, ("2015-06-01", "2015-06-02"))
    strikes.geometry = gpd.points_from_xy([43.77] * 4, [35.33, 35.35, 35.33, 35.33], crs="EPSG:4326")  # 2.2 km away

    def best(*rows):
        got = gcas.screen(times("incident", DAY3), strikes.iloc[list(rows)], within_km=10, within_days=2).iloc[0]
        return got["best_strike_id"], got["reason"].split(", ")[2].split(" (")[0]

    assert best(0, 1, 2, 3) == ("s1", "same day")
    assert best(2) == ("s2", "next day")
    assert best(0, 3) == ("s0", "day before")
    assert best(3) == ("s3", "2 days before")


LIMITS = st.sampled_from([0, 1, 3])
HOURS = st.tuples(st.integers(-60, 60), st.integers(1, 60))
SIDES = st.lists(st.tuples(HOURS, st.sampled_from(ZONES)), min_size=1, max_size=4)


def clock(role, rows):
    """Records at one spot; hours and zone of each."""
    found = [{"xy": (43.77, 35.33), "day": hour / 24, "days": long / 24} for (hour, long), _ in rows]
    return records(role, found).assign(timezone=[zone for _, zone in rows])


def pairs(incidents, strikes, days):
    found = gcas.match(incidents, strikes, within_km=1, within_days=days, bounds=True)
    keys = zip(found["incident_id"], found["strike_id"], strict=True)
    return dict(zip(keys, found[["relation", "gap_days"]].itertuples(index=False, name=None), strict=True))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SIDES, SIDES, LIMITS, st.data())
def test_narrowing_an_interval_inside_its_days_changes_no_pair(ours, theirs, days, data):
    incidents, strikes = clock("incident", ours), clock("strike", theirs)
    found = pairs(incidents, strikes, days)
    edges = []
    for row in strikes.itertuples():
        zone = row.timezone or "UTC"
        second = pd.Timedelta(seconds=1)
        ends = [row.start.tz_convert(zone), (row.end - second).tz_convert(zone)]
        days_of = {end.date() for end in ends}
        first, last = (
            data.draw(st.integers(0, int((row.end - row.start).total_seconds()) - 1)) * second + row.start for _ in "ab"
        )
        first, last = min(first, last), max(first, last)
        inside = {edge.tz_convert(zone).date() for edge in (first, last)} == days_of
        edges.append((first, last + second) if inside else (row.start, row.end))
    narrow = strikes.assign(
        **{name: pd.DatetimeIndex(column).as_unit("s") for name, column in
           zip(("start", "end"), zip(*edges, strict=True), strict=True)}
    )  # fmt: skip
    assert pairs(incidents, narrow, days) == found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SIDES, SIDES, LIMITS)
def test_either_side_says_the_same(ours, theirs, days):
    there = pairs(clock("incident", ours), clock("strike", theirs), days)
    back = pairs(clock("incident", theirs), clock("strike", ours), days)
    turned = {(f"i{s[1:]}", f"s{i[1:]}"): (relation, -gap) for (i, s), (relation, gap) in there.items()}
    assert back == turned


@settings(max_examples=60, deadline=None)
@given(SIDES, SIDES, st.sampled_from([0, 1, 6.5, 30]))
def test_a_wider_limit_never_loses_a_pair_and_hours_follow_the_clock(ours, theirs, hours):
    incidents, strikes = clock("incident", ours), clock("strike", theirs)
    found = {}
    for row in gcas.match(incidents, strikes, within_km=1, within_hours=hours).itertuples():
        found[row.incident_id, row.strike_id] = row.relation
    expected = {}
    for i in incidents.itertuples():
        for s in strikes.itertuples():
            gap = max((s.start - i.end).total_seconds(), (i.start - s.end).total_seconds())
            spread = max((s.end - i.start).total_seconds(), (i.end - s.start).total_seconds())
            if gap < hours * 3600:
                sure = i.timezone and s.timezone and spread <= hours * 3600
                expected[i.incident_id, s.strike_id] = "within" if sure else "possible"
    assert found == expected
    wider = gcas.match(incidents, strikes, within_km=1, within_hours=hours + 1)
    assert set(found) <= set(zip(wider["incident_id"], wider["strike_id"], strict=True))


@pytest.mark.parametrize("blank", [{"timezone": None}, {"timezone": ""}, {}])
def test_without_a_zone_a_day_is_in_doubt(blank):
    """As of a frame made by hand, alone or joined to one that was read: a day of UTC may be another by local clocks."""
    claim, strike = times("incident", DAY2), times("strike", ("2015-06-03 01:00", "2015-06-03 02:00"))
    assert relations(claim, strike, within_days=0) == {}
    bare = strike.drop(columns="timezone").assign(**blank)  # now of the day before
    assert relations(claim, bare, within_days=0) == {"s0": ("possible", 0)}
    got = gcas.screen(claim, bare, within_km=1, within_days=0).iloc[0]
    assert got["finding"] == "cannot-exclude"
    assert "the strike is in doubt (unknown-timezone)" in got["reason"]


def test_an_unknown_zone_is_refused_by_name():
    with pytest.raises(InputError, match="timezone 'Asia/Atlantis' is not known"):
        gcas.match(
            times("incident", DAY3).assign(timezone="Asia/Atlantis"), times("strike", DAY3), within_km=1, within_days=0
        )
