"""The rules on arrays, each edge of each: what is a day, whose strike it may be, what is covered, what is in doubt."""

import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.matching._covered import Covered, Sought
from geocasualty.matching._limits import (
    DAY,
    MAYBE,
    NEVER,
    SURE,
    Whose,
    Window,
    allowed_names,
    both_days,
    gap_of,
    in_time,
    limits_of,
    named_sides,
    possible_names,
    too_many,
    whole_days,
    wholly_in_time,
)
from geocasualty.matching._sides import flags_of, midnights, side_of
from geocasualty.matching.absence import CONDITIONS, LEAST_DAYS, NAMED, OPEN_DAYS, SURE_OF, absence_days, lasting
from geocasualty.matching.assessed import event_groups
from geocasualty.records import _flags
from geocasualty.records._coverage import rows_declared
from tests.matching.frames import EPOCH, records
from tests.matching.test_findings import HERE, LIMITS, covered, finding


def test_a_limit_is_metres_and_days_or_seconds():
    one, hours = Window(10_000.0, days=1), Window(2_500.0, seconds=5_400)
    assert (one.reach_s, one.unit_s, one.reach_days) == (86_400, 86_400, 1)
    assert (hours.reach_s, hours.unit_s, hours.reach_days) == (5_400, 0, 1)
    assert [Window(0.0, seconds=each).reach_days for each in (0, 1, DAY, DAY + 1)] == [0, 1, 1, 2]
    assert one.stated() == {"within_km": 10.0, "within_days": 1.0}
    assert hours.stated() == {"within_km": 2.5, "within_hours": 1.5}
    assert [str(one), str(one.later(1)), str(hours)] == ["10 km, 1 day", "10 km, 2 days", "2.5 km, 1.5 hours"]
    assert hours.later(2) == Window(2_500.0, seconds=5_400 + 2 * DAY)
    assert hours.of(7) == Window(7.0, seconds=5_400)
    assert Window(1.0).reach_s == 0


@pytest.mark.parametrize("bad", [-1, -1e-9, True, "4", None, np.nan, np.inf])
def test_a_limit_is_a_number_of_zero_or_more(bad):
    with pytest.raises(InputError, match="within_km is"):
        limits_of(bad, 0)
    assert limits_of(np.float32(2), np.int64(3)) == Window(2_000.0, days=3)
    assert limits_of(0, None, 0.5) == Window(0.0, seconds=1_800)
    with pytest.raises(InputError, match="expected a whole number of days"):
        whole_days("background_days", bad if isinstance(bad, (bool, str, float)) else 1.0)


def test_what_is_too_much_says_how_far_it_got():
    assert "pairs (7): narrow" in str(too_many(5, 7))
    assert "pairs (7 with 50% of the incidents compared)" in str(too_many(5, 7, 0.5))


DAYS = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 5)]
"""Spans of days, half-open; by hand what the first is to each: overlap, all of it within the limit, and the gap."""


@pytest.mark.parametrize(("limit", "near", "wholly", "gaps"), [
    (0, [1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 1, 2, 3]),
    (1, [1, 1, 1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 1, 2, 3]),
    (2, [1, 1, 1, 1, 0], [1, 1, 1, 1, 0], [0, 0, 1, 2, 3]),
    (3, [1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [0, 0, 1, 2, 3]),
])  # fmt: skip
def test_a_day_is_near_another_by_their_difference(limit, near, wholly, gaps):
    start, end = np.array(DAYS).T * DAY
    window = Window(0.0, days=limit)
    for one, other, sign in (((0, DAY), (start, end), 1), ((start, end), (0, DAY), -1)):
        assert in_time(*one, *other, window).tolist() == [bool(each) for each in near]
        assert wholly_in_time(*one, *other, window).tolist() == [bool(each) for each in wholly]
        assert (gap_of(*one, *other, window) / DAY * sign).tolist() == gaps


def test_moments_are_near_each_other_by_the_clock():
    start, end = np.array([(60, 61), (61, 62), (30, 90)]).T
    window = Window(0.0, seconds=60)
    assert in_time(0, 1, start, end, window).tolist() == [True, False, True]
    assert wholly_in_time(0, 1, *np.array([(59, 60), (59, 61), (30, 90)]).T, window).tolist() == [True, False, False]
    assert gap_of(0, 1, start, end, window).tolist() == [59, 60, 29]


PARTIES = {
    ("Coalition", "Coalition"): (SURE, True), ("Coalition", "Russia"): (NEVER, False), ("", "Russia"): (SURE, True),
    ("Coalition", ""): (MAYBE, True), ("Coalition;Russia", "Russia"): (SURE, True),
    ("Coalition", "Netherlands"): (SURE, True), ("Netherlands", "Coalition"): (MAYBE, True),
    ("Netherlands", "France"): (NEVER, True),
}  # fmt: skip
"""Whom incident and strike name: what they may be for each other, and whether both may be one for all one knows."""


@pytest.mark.parametrize(("ours", "theirs"), PARTIES)
def test_whose_strikes_count_for_whom(ours, theirs):
    day = (16_589, 16_589)
    one, other = Whose(ours, day), Whose(theirs, day)
    sure, possible = PARTIES[ours, theirs]

    def found(one=one, other=other, asked="overlap"):
        return int(allowed_names([one], [other], asked)[0, 0]), bool(possible_names([one], [other], asked)[0, 0])

    assert found() == (sure, possible)
    assert found(asked="any") == (SURE, True)
    least = min(sure, MAYBE)
    for doubt in ({"doubtful": True}, {"country": "SY"}):
        assert found(one._replace(country="IQ"), other._replace(**{"country": "IQ"} | doubt)) == (least, possible)
        assert found(one._replace(**{"country": "IQ"} | doubt), other._replace(country="IQ")) == (least, possible)
        assert found(one._replace(**doubt))[0] == (least if "doubtful" in doubt else sure)
    for doubt in ({"misspelt": True}, {"misspelt": True, "guessed": True}):
        assert found(one._replace(**doubt))[1]
        assert found(other=other._replace(**doubt))[1]
    if ours:
        assert found(one._replace(guessed=True))[0] == found(other=other._replace(guessed=True))[0] == least


def test_a_name_that_may_be_a_slip_makes_no_sure_pair():
    slip = Whose("Rusia", None, misspelt=True)
    assert allowed_names([slip], [slip], "overlap").tolist() == [[MAYBE]]
    known = Whose("Coalition;Rusia", None, misspelt=True)
    assert allowed_names([known], [known], "overlap").tolist() == [[SURE]]


def test_a_membership_may_hold_for_either_day():
    assert both_days(None, (3, 4)) == both_days((3, 4), None) == (3, 4)
    assert both_days((3, 9), (5, 7)) == both_days((5, 7), (3, 9)) == (3, 9)
    assert both_days(None, None) is None


def test_names_are_chosen_or_one_of_two_words():
    assert named_sides("overlap") == named_sides("any") == ""
    assert named_sides(["US-led Coalition", "Russia"]) == "Coalition;Russia"
    for bad in ("Russia", [], [" "]):
        with pytest.raises(InputError, match="belligerents is"):
            named_sides(bad)


def sides(role, rows, **columns):
    return side_of(records(role, rows).assign(**columns), role)


def test_days_over_which_nothing_may_be_left():
    claims = sides("incident", [HERE, HERE | {"flags": "midnight-utc"}, HERE | {"timezone": ""}, HERE | {"flags": "x"}])
    assert LEAST_DAYS == 1
    for limit, days in ((0, 1), (1, 1), (3, 3)):
        assert absence_days(claims, Window(0.0, days=limit)).tolist() == [days, days + 1, days + 1, days]


def test_a_strike_of_no_known_end_may_last():
    strikes = sides("strike", [HERE, HERE | {"flags": "unknown-end"}])
    assert OPEN_DAYS == 31
    assert (lasting(strikes).day1 - strikes.day1).tolist() == [0, 31]
    assert lasting(strikes).day0.tolist() == strikes.day0.tolist()


def test_what_is_in_doubt_is_listed():
    """The lists stand here a second time, so that none loses a member unseen."""
    place = {"blank-accuracy", "geometry-conflict", "looks-swapped", "outside-country", "unused-words"}
    zone = {"blank-hours", "guessed-timezone", "midnight-utc", "unknown-timezone"}
    day = {"approximate-date", "assumed-hours", "copied-release", "unknown-end", "unread-time"}
    assert (place, zone, day) == (_flags.DOUBTFUL, _flags.GUESSED_DAY, _flags.DOUBTFUL_TIME - _flags.GUESSED_DAY)
    assert {"doubtful-belligerent"} == _flags.GUESSED_PARTY
    assert {"doubtful-belligerent", "unknown-belligerent"} == _flags.DOUBTFUL_PARTY
    assert ({"assumed-accuracy", "blank-accuracy"}, {"unmapped-column"}) == (_flags.ASSUMED, _flags.UNMAPPED)
    moved = {"accuracy-without-coordinate", "placeholder", "shape-ignored"}
    assert place | _flags.ASSUMED | moved == _flags.OF_THE_PLACE
    assert (SURE_OF, NAMED) == (0.99, 3)
    assert [each.id for each in CONDITIONS if each.covers] == ["party", "records", "kinds", "border"]
    assert [each.id for each in CONDITIONS if not each.covers] == ["date", "place", "day", "columns", "lost", "near"]


def test_flags_of_a_record_and_its_blank_zone():
    frame = pd.DataFrame({"flags": ["a;geometry_conflict", "", None], "timezone": ["UTC", "", "UTC"]})
    codes, said = flags_of(frame)
    assert [sorted(said[code]) for code in codes] == [["a", "geometry-conflict"], ["unknown-timezone"], []]
    side = sides("strike", [HERE, HERE | {"timezone": ""}])
    assert side.flagged(_flags.GUESSED_DAY).tolist() == [False, True]


def test_days_begin_at_local_midnight_and_a_day_of_the_clock_is_told_from_a_whole_one():
    zone = "Asia/Baghdad"
    day = 16_589  # 3 June 2015
    assert ((midnights(np.array([day]), zone) - day * DAY) / 3_600).tolist() == [-3]
    rows = [
        {"day": -0.125, "days": 1},
        {"day": -0.125, "days": 0.5},
        {"day": 0, "days": 0.875},
        {"day": 0.875, "days": 0.1},
    ]
    side = sides("strike", [HERE | row for row in rows], timezone=zone)
    assert (side.day0 - day).tolist() == [0, 0, 0, 1]
    assert (side.day1 - day).tolist() == [0, 0, 0, 1]
    assert side.clock.tolist() == [False, True, True, True]
    by = side.by(Window(0.0, days=0))
    assert ((by.end - by.start) // DAY).tolist() == [1] * 4
    assert side.by(Window(0.0, seconds=1)) is side


def test_records_of_one_group_are_one_and_others_their_own():
    groups = event_groups(sides("strike", [HERE | {"event_group": name} for name in ("a", "", "a", "")]))
    assert groups[0] == groups[2]
    assert len(set(groups.tolist())) == 3


def held(*spans, names="Coalition", country="IQ", kinds="air", absence=1, reach=0, span=0, first=0, last=0):
    """Of one claim of some days, what records of some spans of days hold; ``(from, to, complete, kinds, whose)``."""
    rows = [
        covered(-low, high, belligerent=whose[0] if whose else "Coalition", complete=whole, kinds=said)
        for low, high, whole, said, *whose in spans
    ]
    table = pd.concat(rows) if rows else covered().iloc[:0]
    zero = np.zeros(1, dtype=np.int64)
    sought = Sought((zero, [names]), (zero, [country]), (zero, ["UTC"]), (zero, [kinds]))
    days = int(EPOCH.timestamp()) // DAY + np.array([first]), int(EPOCH.timestamp()) // DAY + np.array([last])
    got = Covered(table).of(sought, days, reach, np.array([absence]), span)
    return *(float(each[0]) for each in got[2:5]), got.covered[0].tolist()


def test_records_cover_whole_days():
    third = pytest.approx(1 / 3)
    assert held((-1, 2, True, "air")) == (1, 1, 1, [True])
    assert held((-1, 1, True, "air"), (1, 2, False, "air")) == (1, pytest.approx(2 / 3), pytest.approx(2 / 3), [True])
    assert held((0, 1, True, "air")) == (third, third, third, [True])
    assert held((0, 1, True, "drone")) == (third, third, 0, [True])
    assert held((0.1, 1, True, "air")) == (0, 0, 0, [False])
    assert held((0, 0.5, True, "air"), (0.5, 1, True, "air")) == (third, third, third, [True])
    assert held((-1, 0.5, True, "air"), (0.25, 2, True, "air")) == (1, 1, 1, [True])
    assert held((-1, 0, True, "air"), (1, 2, True, "air")) == (pytest.approx(2 / 3),) * 3 + ([False],)
    assert held() == held((-1, 2, True, "air"), country="SY") == (0, 0, 0, [False])
    assert held((-1, 2, True, "air"), kinds="") == (1, 1, 0, [True])
    assert held((-1, 2, True, "air;artillery;drone;raid"), kinds="") == (1, 1, 1, [True])
    assert held((-1, 2, True, "air"), kinds="air;drone") == (1, 1, 0, [True])


def test_days_are_widened_and_moved():
    week = (-3, 4, True, "air")
    assert held(week, span=2, absence=3) == (1, 1, 1, [True] * 5)
    assert held(week, span=3, reach=1)[3] == [False, *[True] * 5, False]
    assert held(week, span=4, first=-1, last=1)[3] == [*[False] * 2, *[True] * 5, *[False] * 2]
    assert held(week, first=-3, last=3, absence=0)[0] == 1
    assert held(week, first=-3, last=4, absence=0)[0] == pytest.approx(7 / 8)
    assert held(week, absence=4)[0] == pytest.approx(7 / 9)


def test_all_whom_a_claim_names_have_to_be_covered_and_of_nobody_the_best():
    both = [(-1, 2, True, "air"), (0, 1, True, "air", "Russia")]
    assert held(*both, names="Coalition;Russia")[0] == pytest.approx(1 / 3)
    assert held(*both, names="Netherlands")[0] == 1
    got = Covered(pd.concat([covered(1, 2), covered(0, 1, belligerent="Russia")]))
    assert got.names("IQ") == ["Coalition", "Russia"]
    assert got.names("SY") == []
    assert held(*both, names="")[0] == 1
    assert held(*both, names="Turkey") == (0, 0, 0, [False])


def test_a_table_of_coverage_says_yes_or_no():
    for bad, words in (
        (covered().drop(columns="start"), "no column 'start'"), (covered(complete=None), "complete must be True or"),
        (covered().assign(start=pd.Timestamp("2015-06-01")), "need a zone"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=words):
            Covered(bad)


def test_a_border_within_reach_of_the_widest_radius_counts():
    """Thirty-five kilometres from Iraq: within ten and the radius that holds nearly all, and not within ten alone."""
    claim = {"xy": (40.62, 34.75), "country": "SY"}
    syria = covered(country="SY")
    assert finding(claim, [], coverage=syria)["finding"] == "none-in-records"
    wide = finding(claim | {"radius_m": 40_000.0}, [], coverage=syria)
    assert (wide["finding"], "within reach lies IQ" in wide["reason"]) == ("no-coverage", True)


def test_of_what_may_be_near_the_first_few_are_named_and_all_counted():
    lost = HERE | {"geometry": None}
    for count, words in ((1, "1 of that time has no"), (3, "3 of that time have no"), (4, "s0, s1, s2, …")):
        assert words in finding(HERE, [lost] * count)["reason"]
    assert "…" not in finding(HERE, [lost] * 3)["reason"]
    near = [{"xy": (43.0, 35.0), "day": 1}] * 5
    assert "for all one knows these may be near: s0, s1, s2; nearest" in finding(HERE, near)["reason"]


def test_the_days_of_a_lost_strike_that_count():
    lost = HERE | {"geometry": None}
    for day, name in ((-2, "none-in-records"), (-1, "cannot-exclude"), (1, "cannot-exclude"), (2, "none-in-records")):
        assert finding(HERE, [lost | {"day": day}])["finding"] == name
    for day, name in ((-3, "none-in-records"), (-2, "cannot-exclude"), (2, "cannot-exclude"), (3, "none-in-records")):
        assert finding(HERE, [lost | {"day": day, "flags": "copied-release"}])["finding"] == name
    open_ = lost | {"flags": "unknown-end"}
    assert finding(HERE, [open_ | {"day": -33}])["finding"] == "cannot-exclude"
    assert finding(HERE, [open_ | {"day": -34}])["finding"] == "none-in-records"


def test_the_background_counts_days_that_are_apart_and_covered():
    daily = [HERE | {"day": day} for day in (-5, -3, -1, 0, 2, 4, 14, 15)]
    got = finding(HERE, daily, background_days=20)
    assert (got["background_passed"], got["background_days"]) == (7, 40)
    assert (got["background_passed_stratified"], got["background_days_stratified"]) == (4, 24)
    assert got["background_rate"] == pytest.approx(7 / 40)
    few = gcas.screen(
        records("incident", [HERE | {"belligerents": "Coalition"}]),
        records("strike", []),
        coverage=covered(0, 1),
        **LIMITS,
    )
    assert np.isnan(few["background_rate"].iloc[0])


def test_what_is_a_point_what_an_area_and_what_has_no_place():
    box = shapely.box(43, 35, 43.1, 35.1)
    shapes = [shapely.Point(43, 35), box, None, shapely.Point(), box, shapely.Point(-180, -90)]
    side = sides("strike", [{"geometry": shape, "radius_m": 7.0} for shape in shapes])
    assert side.located.tolist() == [True, True, False, False, True, True]
    assert side.area.tolist() == [-1, 0, -1, -1, 0, -1]
    assert len(side.polygons) == 1
    assert np.isnan(side.lon).tolist() == np.isnan(side.lat).tolist() == [False, True, True, True, True, False]
    assert (side.lon[0], side.lat[0], side.radius_m[0], side.radius_m[5]) == (43, 35, 7, 7)
    assert np.isnan(side.radius_m).tolist() == [False, True, True, True, True, False]


@pytest.mark.parametrize("bad", [
    {"xy": (43, 90.5)}, {"xy": (180.5, 35)}, {"radius_m": -1.0}, {"radius_m": np.inf}, {"radius_m": np.nan},
    {"geometry": shapely.LineString([(43, 35), (44, 35)])}, {"days": 0.0}, {"id": "s0"},
])  # fmt: skip
def test_one_bad_record_among_good_ones_is_refused(bad):
    with pytest.raises(InputError):
        sides("strike", [HERE, HERE | bad])


def test_a_decision_is_on_one_pair_alone():
    claims = records("incident", [HERE | {"belligerents": "Coalition"}] * 3)
    strikes = records(
        "strike", [HERE | {"belligerents": "Coalition"}] * 2 + [{"xy": (44, 35), "belligerents": "Russia"}]
    )
    said = [("i1", "s0", "reject"), ("i2", "s0", "reject"), ("i2", "s1", "reject"), ("i0", "s2", "accept")]
    review = pd.DataFrame(said, columns=["incident_id", "strike_id", "decision"])
    got = gcas.screen(claims, strikes, review=review, coverage=covered(), **LIMITS)
    assert got["groups_within"].tolist() == [3, 1, 0]
    assert got["best_strike_id"].tolist()[1:] == ["s1", None]
    assert got["finding"].tolist() == ["strike-reported-nearby"] * 2 + ["none-in-records"]


def test_a_decision_on_no_record_is_refused_with_its_row():
    review = pd.DataFrame(
        [("i0", "s0", "reject"), ("i0", "s9", "reject")], columns=["incident_id", "strike_id", "decision"]
    )
    with pytest.raises(InputError, match="review: row 2, column 'strike_id', value 's9': no such record"):
        finding(HERE, [HERE], review=review)


def test_what_is_declared_is_complete_only_where_it_says_so():
    rows = records("strike", [HERE, HERE]).assign(
        dataset="x", covers_belligerents="Coalition", covers_countries="IQ", covers_start=EPOCH,
        covers_end=EPOCH + pd.Timedelta(days=1), covers_rows=2,
    )  # fmt: skip
    for said, complete in (
        ([True, True], True),
        ([True, False], False),
        ([True, None], False),
        ([True, np.nan], False),
    ):
        assert gcas.coverage(rows.assign(covers_complete=pd.Series(said, dtype=object)))["complete"].tolist() == [
            complete
        ]
    with pytest.raises(InputError, match="expected True or False"):
        gcas.coverage(rows.assign(covers_complete=["yes", "yes"]))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_any_unit_are_seconds(unit):
    frame = records("strike", [HERE])
    finer = frame.assign(start=frame["start"].dt.as_unit(unit), end=frame["end"].dt.as_unit(unit))
    side = side_of(finer, "strike")
    assert (side.start.tolist(), side.end.tolist()) == ([int(EPOCH.timestamp())], [int(EPOCH.timestamp()) + DAY])


def test_a_frame_in_another_projection_is_reprojected_and_says_so():
    frame = records("strike", [HERE, {"geometry": shapely.box(43, 35, 44, 36)}, {"geometry": None}])
    with pytest.warns(GeocasualtyWarning, match="reprojected to EPSG:4326"):
        side = side_of(frame.to_crs("EPSG:3857"), "strike")
    assert (side.lon[0], side.lat[0]) == (pytest.approx(43), pytest.approx(35))
    assert (side.located.tolist(), side.area.tolist()) == ([True, True, False], [-1, 0, -1])
    with pytest.raises(InputError, match="has no CRS"):
        side_of(frame.set_crs(None, allow_override=True), "strike")


def test_a_row_that_states_one_edge_alone_declares_nothing():
    start = pd.Series([EPOCH, EPOCH], dtype="datetime64[s, UTC]")
    end = pd.Series([EPOCH + pd.Timedelta(days=1), pd.NaT], dtype="datetime64[s, UTC]")
    rows = records("strike", [HERE, HERE]).assign(
        covers_start=start, covers_end=end, dataset="x", covers_belligerents="y"
    )
    found = rows_declared(rows)
    assert [(key[:2], each.tolist()) for key, each in found.items()] == [(("x", "y"), [0])]
    zones = sides("strike", [HERE | {"day": 0.9, "days": 0.05}] * 3, timezone=["UTC", "Asia/Baghdad", "UTC"])
    assert (zones.day0 - zones.day0[0]).tolist() == [0, 1, 0]
