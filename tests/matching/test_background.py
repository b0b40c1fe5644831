"""The background rate against moving the incident day by day through the join itself."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.matching import chance_test
from geocasualty.matching._days import Shifts
from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._sides import side_of
from geocasualty.matching._trees import mark
from tests.matching.frames import records
from tests.matching.test_findings import covered


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-20, 20), st.sampled_from([1 / 1440, 1, 3])), max_size=8),
    st.sampled_from([0.5, 1, 4]),
    st.sampled_from([0, 1, 2]),
    st.booleans(),
)
def test_shifting_the_incident_through_the_join_gives_the_same_days(strikes, days, within_days, wholly):
    frame = records("strike", [{"xy": (43, 35), "day": day, "days": length} for day, length in strikes])
    passed = counted = 0
    for shift in range(-15, 16):
        if abs(shift) < np.ceil(days) + within_days:
            continue
        moved = records("incident", [{"xy": (43, 35), "day": shift, "days": days}])
        found = gcas.match(moved, frame, within_km=1, within_days=within_days)
        counted += 1
        passed += bool((found["relation"] == "within").any() if wholly else len(found))
    window = Window(1000, days=within_days)
    claim = side_of(records("incident", [{"xy": (43, 35), "days": days}]), "incident").by(window)
    got = background(Shifts.of(claim, window, 15), side_of(frame, "strike").by(window), wholly=wholly)
    assert got == (passed, counted)


def test_days_that_the_records_do_not_cover_do_not_count():
    claim, strike = records("incident", [{"xy": (43, 35)}]), records("strike", [{"xy": (43, 35), "day": 4}])
    coverage = covered(days_before=-3, days_after=6)
    found = gcas.screen(
        claim.assign(belligerents="Coalition"),
        strike,
        within_km=1,
        within_days=0,
        coverage=coverage,
        background_days=10,
    )
    assert found[["background_passed", "background_days"]].to_numpy().tolist() == [[1, 3]]


def test_without_any_day_the_rate_is_unknown_and_not_zero():
    found = gcas.screen(records("incident", [{"xy": (43, 35)}]), records("strike", []), within_km=1, within_days=0)
    assert found["background_days"].tolist() == [0]
    assert np.isnan(found["background_rate"]).all()


ZONES = ("Asia/Damascus", "Asia/Baghdad", "Asia/Beirut", "Europe/Istanbul", "UTC", "")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-40, 40), st.integers(0, 23), st.sampled_from([1, 23, 24, 25, 72])),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["2015-03-27", "2015-10-30", "2016-03-25", "2016-10-28", "2015-06-10"]),
    st.integers(-30, 30),
    st.sampled_from(ZONES),
    st.sampled_from([0, 1, 3]),
    st.booleans(),
)
def test_a_shift_is_of_local_days(strikes, change, day, zone, within_days, wholly):
    # the oracle asks the calendar for the dates of each, and compares them day by day
    known = ZoneInfo(zone or "UTC")
    first = date.fromisoformat(change) + timedelta(days=day)
    base = datetime.combine(date.fromisoformat(change), time(), known).timestamp()
    spans = [(base + days * DAY + hour * 3600, hours * 3600) for days, hour, hours in strikes]
    own = [[datetime.fromtimestamp(edge, known).date() for edge in (start, start + long - 1)] for start, long in spans]
    passed = counted = 0
    for shift in range(-20, 21):
        moved = first + timedelta(days=shift)
        if abs(shift) <= within_days:
            continue
        counted += 1
        apart = [[abs((each - moved).days) for each in edges] for edges in own]
        near = [min(two) <= within_days or edges[0] <= moved <= edges[1] for two, edges in zip(apart, own, strict=True)]
        passed += any(both and (not wholly or max(two) <= within_days) for both, two in zip(near, apart, strict=True))
    window = Window(0.0, days=within_days)
    begin = datetime.combine(first, time(), known).timestamp()
    claim = side_of(timed("incident", [(begin, DAY - 7_200)], zone), "incident").by(window)
    other = side_of(timed("strike", spans, zone), "strike").by(window)
    assert background(Shifts.of(claim, window, 20), other, wholly=wholly) == (passed, counted)


@pytest.mark.parametrize("day", ["2015-09-10", "2015-10-20", "2015-10-30", "2016-03-20", "2016-03-26", "2016-04-05"])
def test_what_happens_every_local_day_happens_on_every_other_day(day):
    zone = "Asia/Damascus"
    days = pd.date_range(pd.Timestamp(day) - pd.Timedelta(days=60), periods=121, freq="D")
    starts, ends = days.tz_localize(zone, nonexistent="shift_forward"), (days + pd.Timedelta(days=1))
    strikes = frame_of("strike", starts + pd.Timedelta(hours=2), starts + pd.Timedelta(hours=3), zone)
    claim = frame_of("incident", starts[60:61], ends[60:61].tz_localize(zone, nonexistent="shift_forward"), zone)
    coverage = pd.DataFrame(
        {"dataset": "a", "belligerent": "Russia", "country": "SY", "start": [starts[0]], "end": [starts[-1]]}
    ).assign(complete=True)
    found = gcas.screen(claim, strikes, within_km=1, within_days=0, coverage=coverage).iloc[0]
    assert (found["background_passed"], found["background_days"]) == (90, 90)
    table = gcas.sensitivity(claim, strikes, within_km=[1], within_days=[0], coverage=coverage).iloc[0]
    assert table["background_possible"] == 1.0
    knox = chance_test(claim, strikes, within_km=1, within_days=0, coverage=coverage).set_index(["relation", "counted"])
    assert knox.loc[("possible", "incidents"), ["expected", "expected_long"]].tolist() == pytest.approx([1.0, 1.0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-20, 20), max_size=12), st.sampled_from([0, 1, 4]), st.sampled_from([45, 16, 10, 2]))
def test_the_stratified_rate_is_that_of_three_to_fourteen_days_off(strikes, within_days, most):
    row = {"xy": (43, 35), "timezone": "UTC", "belligerents": "Coalition", "country": "IQ"}
    covered = {"dataset": "a", "belligerent": "Coalition", "country": "IQ", "complete": True}
    edges = {name: [pd.Timestamp(day, tz="UTC")] for name, day in (("start", "2015-05-01"), ("end", "2015-07-01"))}
    frame = records("strike", [row | {"day": day} for day in strikes])
    limits = {"within_km": 1, "within_days": within_days, "coverage": pd.DataFrame(covered | edges)}
    found = gcas.screen(records("incident", [row]), frame, **limits, background_days=most).iloc[0]
    passed = counted = 0
    for shift in range(-most, most + 1):
        if 3 <= abs(shift) <= 14 and abs(shift) >= 1 + within_days:
            moved = gcas.match(records("incident", [row | {"day": shift}]), frame, within_km=1, within_days=within_days)
            near = moved if found["finding"] != "strike-reported-nearby" else moved[moved["relation"] == "within"]
            passed, counted = passed + bool(len(near)), counted + 1
    assert (found["background_passed_stratified"], found["background_days_stratified"]) == (passed, counted)
    rate = passed / counted if counted else np.nan
    assert found["background_rate_stratified"] == pytest.approx(rate, nan_ok=True)
    assert found["background_passed_stratified"] <= found["background_passed"]


def timed(role, spans, zone):
    """Records at one spot, from some seconds on and for so many."""
    starts, longs = (np.array(each, dtype=np.int64) for each in zip(*spans, strict=True))
    times = {
        name: pd.to_datetime(edges, unit="s", utc=True).as_unit("s")
        for name, edges in (("start", starts), ("end", starts + longs))
    }
    return records(role, [{"xy": (43, 35)}] * len(spans)).assign(**times, timezone=zone)


def background(shifts, strikes, *, wholly):
    """Days passed, and days that count."""
    found = np.ones((1, 1, 2, 2 * shifts.days + 1), dtype=np.int32)
    none = np.zeros(len(strikes), dtype=np.int64)
    near = np.zeros(len(none)), np.zeros(len(none))
    mark(found, none, none, (strikes.start, strikes.end), near, np.array([1.0]), [shifts], counting=False)
    counting = shifts.apart()[0]
    passed = found[0, 0, int(wholly)] == 0
    return (passed & counting).sum(), counting.sum()


def frame_of(role, starts, ends, zone):
    frame = records(role, [{"xy": (36.3, 33.5), "day": 0, "days": 1}] * len(starts))
    times = {"start": starts.tz_convert("UTC").as_unit("s"), "end": ends.tz_convert("UTC").as_unit("s")}
    return frame.assign(**times, timezone=zone, country="SY", belligerents="Russia")


def test_a_claim_is_moved_by_days_of_its_place():
    days = pd.date_range("2015-09-01", "2015-12-31", freq="D").strftime("%Y-%m-%d")
    table = pd.DataFrame(
        {"strike_id": days, "date": days, "place": "Kobani", "country": "SY", "belligerents": "Russia"}
    )
    held = {"belligerents": "Russia", "countries": "SY", "start": "2015-09-01", "end": "2015-12-31", "complete": True}
    strikes = gcas.read_strikes(table, coverage=held)
    for day in ("2015-10-20", "2015-10-29", "2015-11-05"):
        claim = gcas.check("Kobani", day, strikes, within_km=10, within_days=0, belligerents="Russia")
        assert claim["background_days"] == 90
        assert claim["background_passed"] == 90
