"""What would have to be known before the absence of a strike says something, and what an analyst decides against it."""

import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError
from tests.matching.frames import records
from tests.matching.test_findings import HERE, LIMITS, covered, finding

THEIRS = HERE | {"belligerents": "Coalition"}


def decided(*strikes, decision="accept"):
    return pd.DataFrame(
        {"incident_id": "i0", "strike_id": list(strikes), "decision": decision, "analyst": "A. Analyst"}
    )


def test_a_strike_without_a_place_may_be_near():
    lost = THEIRS | {"geometry": None}
    got = finding(HERE, [lost])
    assert (got["finding"], got["groups_possible"], got["best_relation"]) == ("cannot-exclude", 0, "none")
    assert "hold none placed near" in got["reason"]
    assert got["reason"].endswith("1 of that time without a place may be near: s0")
    many = finding(HERE, [lost] * 1 + [lost | {"id": f"t{n}"} for n in range(4)])
    assert many["reason"].endswith("5 of that time without a place may be near: s0, t0, t1, …")


@pytest.mark.parametrize("other", [{"day": 1}, {"belligerents": "Russia"}, {"country": "SY"}])
def test_one_of_another_day_belligerent_or_country_may_not(other):
    assert finding(HERE, [THEIRS | {"geometry": None} | other])["finding"] == "none-in-records"


def test_one_of_no_stated_country_may():
    assert finding(HERE, [THEIRS | {"geometry": None, "country": ""}])["finding"] == "cannot-exclude"


def test_one_that_an_analyst_rejected_may_not():
    got = finding(HERE, [THEIRS | {"geometry": None}], review=decided("s0", decision="reject"))
    assert got["finding"] == "none-in-records"
    assert "without a place" not in got["reason"]


def test_without_complete_records_it_changes_the_reason_alone():
    got = finding(HERE, [THEIRS | {"geometry": None}], coverage=covered(complete=False))
    assert got["finding"] == "no-coverage"
    assert "without a place may be near: s0" in got["reason"]


@pytest.mark.parametrize("flag", ["geometry-conflict", "looks-swapped", "outside-country"])
def test_nothing_is_absent_around_a_place_that_contradicts_itself(flag):
    claim = records("incident", [HERE | {"belligerents": "Coalition"}]).assign(flags=f"placeholder;{flag}")
    far = records("strike", [{"xy": (44, 35), "belligerents": "Coalition"}])
    got = gcas.screen(claim, far, coverage=covered(), **LIMITS).iloc[0]
    assert got["finding"] == "cannot-exclude"
    assert got["reason"].endswith(f"its own place is in doubt: {flag}")
    near = gcas.screen(claim, records("strike", [THEIRS]), coverage=covered(), **LIMITS).iloc[0]
    assert near["finding"] == "strike-reported-nearby"
    assert near["reason"].endswith(f"its own place is in doubt: {flag}")
    other = claim.assign(flags="placeholder")
    assert gcas.screen(other, far, coverage=covered(), **LIMITS)["finding"].tolist() == ["none-in-records"]


def test_all_that_is_tested_must_be_covered():
    day = covered(days_before=0, days_after=1)
    assert finding(HERE, [], coverage=day)["finding"] == "none-in-records"
    wider = finding(HERE, [], coverage=day, within_days=1)
    assert (wider["finding"], wider["coverage_share"]) == ("no-coverage", pytest.approx(1 / 3))
    window = covered(days_before=1, days_after=2)
    assert finding(HERE, [], coverage=window, within_days=1)["finding"] == "none-in-records"


def test_the_days_of_the_background_are_those_whose_whole_test_is_covered():
    week = covered(days_before=7, days_after=8)
    assert finding(HERE, [], coverage=week)["background_days"] == 14
    assert finding(HERE, [], coverage=week, within_days=1)["background_days"] == 10
    limits = {"within_km": [10], "within_days": [0, 1], "coverage": week}
    table = gcas.sensitivity(
        records("incident", [HERE | {"belligerents": "Coalition"}]), records("strike", []), **limits
    )
    assert table["assessable"].tolist() == [1, 1]


def test_records_of_the_chosen_side_must_cover():
    claim, strike = HERE | {"belligerents": "Russia"}, HERE | {"belligerents": "Russia"}
    russia = covered(belligerent="Russia")
    assert finding(claim, [strike], coverage=russia)["finding"] == "strike-reported-nearby"
    got = finding(claim, [strike], coverage=russia, belligerents={"Coalition"})
    assert got["finding"] == "no-coverage"
    assert "no records that cover Coalition strikes" in got["reason"]
    both = pd.concat([russia, covered()])
    got = finding(claim, [strike], coverage=both, belligerents=iter(["US-led Coalition"]))
    assert got["finding"] == "none-in-records"
    assert "hold all Coalition strikes" in got["reason"]


def test_spellings_of_a_belligerent_are_one():
    for name in ("US-led Coalition", "coalition", "Russia; Coalition"):
        assert finding(HERE | {"belligerents": name}, [THEIRS])["finding"] == "strike-reported-nearby"
    assert finding(HERE, [], coverage=covered(belligerent="cjtf-oir"))["finding"] == "none-in-records"


def test_records_of_the_coalition_cover_its_members():
    claim = HERE | {"belligerents": "United States"}
    assert finding(claim, [THEIRS])["finding"] == "strike-reported-nearby"
    assert finding(claim, [], coverage=covered())["finding"] == "none-in-records"
    assert finding(HERE | {"belligerents": "Turkey"}, [], coverage=covered())["finding"] == "no-coverage"
    theirs = covered(belligerent="Netherlands")
    assert finding(HERE | {"belligerents": "Coalition"}, [], coverage=theirs)["finding"] == "no-coverage"
    half = pd.concat([covered(days_after=0, belligerent="France"), covered(days_before=0)])
    both = HERE | {"belligerents": "France", "day": -1, "days": 2}
    assert finding(both, [], coverage=half)["finding"] == "none-in-records"


def test_an_accepted_strike_counts_whosever_it_is_and_wherever():
    foreign = finding(HERE, [HERE | {"belligerents": "Russia"}], review=decided("s0"))
    assert (foreign["finding"], foreign["best_relation"]) == ("strike-reported-nearby", "accepted")
    assert (foreign["groups_within"], foreign["groups_possible"]) == (1, 0)
    assert "accepted by an analyst" in foreign["reason"]
    lost = finding(HERE, [THEIRS | {"geometry": None}], review=decided("s0"))
    assert (lost["finding"], lost["best_strike_id"]) == ("strike-reported-nearby", "s0")
    assert "s0 without a place, at the time" in lost["reason"]
    area = finding({"geometry": shapely.box(43, 35, 43.1, 35.1)}, [THEIRS | {"geometry": None}], review=decided("s0"))
    assert area["best_relation"] == "accepted"


def test_what_is_accepted_by_hand_is_no_part_of_the_background():
    daily = [HERE | {"id": f"r{day}", "day": day, "belligerents": "Russia"} for day in range(-10, 11)]
    got = finding(HERE, daily, review=decided(*[row["id"] for row in daily]))
    assert got["groups_within"] == 21
    assert got["background_passed"] == 0


def test_groups_of_an_incident_without_a_place_are_counted_once():
    both = [THEIRS | {"id": name, "event_group": "one"} for name in ("a", "b")]
    got = finding({"geometry": None}, both, review=decided("a", "b"))
    assert (got["finding"], got["groups_within"]) == ("strike-reported-nearby", 1)


def test_a_rejected_strike_is_no_nearest_miss():
    got = finding(HERE, [THEIRS], review=decided("s0", decision="reject"))
    assert (got["finding"], got["best_strike_id"]) == ("none-in-records", None)
    assert "no other strike of theirs is placed" in got["reason"]
    later = [THEIRS | {"id": "t0", "day": 5}, THEIRS | {"id": "t1", "day": 9}]
    assert finding(HERE, [THEIRS, *later], review=decided("s0", decision="reject"))["best_strike_id"] == "t0"


@pytest.mark.parametrize("days", [-3, 2.5, True, "4"])
def test_days_of_the_background_are_whole(days):
    with pytest.raises(InputError, match="background_days is"):
        finding(HERE, [], background_days=days)
