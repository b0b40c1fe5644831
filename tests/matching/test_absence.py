"""What would have to be known before the absence of a strike says something, and what an analyst decides against it."""

import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from benchmarks.absence import dutch_claims
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching.absence import widest_stretch
from geocasualty.theatre.theatre import theatre
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
    assert "1 of that time has no place that is sure and may be near: s0" in got["reason"]
    many = finding(HERE, [lost] * 1 + [lost | {"id": f"t{n}"} for n in range(4)])
    assert "5 of that time have no place that is sure and may be near: s0, t0, t1, …" in many["reason"]


@pytest.mark.parametrize("other", [{"day": 2}, {"belligerents": "Russia"}, {"country": "SY"}])
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
    assert got["reason"].endswith("1 of that time without a sure place may be near: s0")


FLAGGED = {
    "geometry-conflict": "its own place is in doubt: geometry-conflict",
    "looks-swapped": "its own place is in doubt: looks-swapped",
    "outside-country": "its own place is in doubt: outside-country",
    "unknown-end": "its own day is in doubt: unknown-end",
    "copied-release": "its own day is in doubt: copied-release",
    "unmapped-column": "its file has a column that nobody read",
}


@pytest.mark.parametrize("flag", FLAGGED)
def test_what_is_in_doubt_gives_no_sure_finding(flag):
    far = [{"xy": (44, 35)}]
    claim = HERE | {"flags": f"placeholder;{flag}"}
    got = finding(claim, far)
    assert got["finding"] == "cannot-exclude"
    assert FLAGGED[flag] in got["reason"]
    near = finding(claim, [THEIRS])
    assert (near["finding"], near["best_relation"]) == ("cannot-exclude", "possible")
    assert f"the incident is in doubt ({flag})" in near["reason"]
    other = finding(HERE, [THEIRS | {"flags": flag}])
    assert other["finding"] == "cannot-exclude"
    assert f"the strike is in doubt ({flag})" in other["reason"]
    assert finding(HERE | {"flags": "placeholder"}, far)["finding"] == "none-in-records"


@pytest.mark.parametrize("flag", ["geometry-conflict", "unmapped-column"])
def test_a_strike_whose_place_is_in_doubt_may_be_anywhere(flag):
    far = {"xy": (44, 35), "flags": flag, "country": "SY"}
    assert finding(HERE, [far])["finding"] == "cannot-exclude"
    assert finding(HERE, [far | {"belligerents": "Russia"}])["finding"] == "none-in-records"
    assert finding(HERE, [far | {"day": 3}])["finding"] == "none-in-records"


@pytest.mark.parametrize("flag", ["guessed-timezone", "unknown-timezone", "midnight-utc"])
def test_where_a_zone_was_guessed_a_day_more_must_be_empty(flag):
    claim = HERE | {"flags": flag}
    strike = HERE | {"day": 2}
    assert finding(HERE, [strike])["finding"] == "none-in-records"
    assert finding(claim, [strike])["finding"] == "cannot-exclude"
    assert finding(HERE, [strike | {"flags": flag}])["finding"] == "cannot-exclude"
    assert finding(claim, [strike | {"day": 3}])["finding"] == "none-in-records"
    three = covered(days_before=1, days_after=2)
    assert finding(HERE, [], coverage=three)["finding"] == "none-in-records"
    assert finding(claim, [], coverage=three)["finding"] == "no-coverage"


def test_where_zones_differ_and_clock_times_are_given_a_day_more_must_be_empty():
    def found(zone, **strike):
        claim = records("incident", [HERE | {"belligerents": "Coalition"}]).assign(timezone="UTC")
        other = records("strike", [THEIRS | strike]).assign(timezone=zone)
        return gcas.screen(claim, other, coverage=covered(), **LIMITS)["finding"].iloc[0]

    assert found("UTC", day=2.5, days=0.1) == "none-in-records"
    assert found("Asia/Tokyo", day=2.1, days=0.1) == "cannot-exclude"


def test_a_day_on_either_side_must_be_empty_and_covered_whatever_the_limit():
    for day, name in ((-2, "none-in-records"), (-1, "cannot-exclude"), (1, "cannot-exclude"), (2, "none-in-records")):
        assert finding(HERE, [HERE | {"day": day}])["finding"] == name
    assert finding(HERE, [HERE | {"day": 3}], within_days=2)["finding"] == "none-in-records"
    day = covered(days_before=0, days_after=1)
    narrow = finding(HERE, [], coverage=day)
    assert (narrow["finding"], narrow["coverage_share"]) == ("no-coverage", pytest.approx(1 / 3))
    window = covered(days_before=1, days_after=2)
    for limit, name in ((0, "none-in-records"), (1, "none-in-records"), (2, "no-coverage")):
        assert finding(HERE, [], coverage=window, within_days=limit)["finding"] == name


@pytest.mark.parametrize(("vicinity", "reach"), [(False, 1.414), (True, None), (None, None)])
def test_a_radius_holds_nearly_all_places_before_nothing_may_be_in_it(vicinity, reach):
    assert widest_stretch() == pytest.approx(2.564)  # of "near X"
    reach = reach or widest_stretch()
    limit = 10_000
    for metres, name in (
        (limit + 20_000 * reach - 50, "cannot-exclude"),
        (limit + 20_000 * reach + 50, "none-in-records"),
    ):
        away = {"xy": geodesic_offset(43, 35, 90, metres)}
        claim = records("incident", [HERE | {"belligerents": "Coalition", "radius_m": 20_000.0}])
        claim["vicinity"] = pd.array([vicinity], dtype="boolean")
        strike = records("strike", [away | {"belligerents": "Coalition"}])
        assert gcas.screen(claim, strike, coverage=covered(), **LIMITS)["finding"].tolist() == [name]


@pytest.mark.parametrize(("basis", "says"), [("reported", "is that of the report"), ("", "may be that of a report")])
def test_only_a_date_of_the_event_shows_an_absence(basis, says):
    got = finding(HERE | {"date_basis": basis}, [])
    assert got["finding"] == "cannot-exclude"
    assert f"the date of the claim {says}" in got["reason"]
    assert finding(HERE | {"date_basis": basis}, [THEIRS])["finding"] == "strike-reported-nearby"


@pytest.mark.parametrize(
    ("claimed", "held", "name"),
    [
        ("air", "air", "none-in-records"), ("air", "", "no-coverage"), ("air", "artillery", "no-coverage"),
        ("air;artillery", "air;drone", "no-coverage"), ("air;artillery", "air;artillery", "none-in-records"),
        ("", "air;drone", "no-coverage"), ("", "air;artillery;drone;raid", "none-in-records"),
    ],
)  # fmt: skip
def test_the_records_must_hold_every_kind_of_attack_that_the_claim_may_be_of(claimed, held, name):
    got = finding(HERE | {"attack_kinds": claimed}, [], coverage=covered(kinds=held))
    assert (got["finding"], got["complete_share"]) == (name, 1.0)
    if name == "no-coverage":
        assert "kind" in got["reason"] or "attacks" in got["reason"]


def test_a_frame_that_does_not_say_what_an_absence_asks_for_supports_none():
    claim = records("incident", [HERE | {"belligerents": "Coalition"}])
    none, near = records("strike", []), records("strike", [THEIRS])
    for name in ("date_basis", "attack_kinds"):
        bare = claim.drop(columns=name)
        assert gcas.screen(bare, none, coverage=covered(), **LIMITS)["finding"].iloc[0] != "none-in-records"
        assert gcas.screen(bare, near, coverage=covered(), **LIMITS)["finding"].iloc[0] == "strike-reported-nearby"
    without = covered().drop(columns="kinds")
    assert gcas.screen(claim, none, coverage=without, **LIMITS)["finding"].tolist() == ["no-coverage"]


@pytest.mark.parametrize(("party", "name"), [
    ("Rusia", "none-in-records"), ("France", "cannot-exclude"), ("Russia", "none-in-records"),
])  # fmt: skip
def test_a_strike_of_an_allied_party_may_be_theirs(party, name):
    claim = HERE | {"belligerents": "Netherlands"}
    assert finding(claim, [HERE | {"belligerents": party}])["finding"] == name
    slip = finding(claim, [HERE | {"belligerents": party, "flags": "unknown-belligerent"}])
    assert slip["finding"] == "cannot-exclude"


def test_beside_a_border_the_records_of_both_countries_must_cover():
    claim = {"xy": (41.0, 34.45), "country": "SY"}  # Albu Kamal, some kilometres from Iraq
    syria = covered(country="SY")
    got = finding(claim, [], coverage=syria)
    assert got["finding"] == "no-coverage"
    assert "within reach lies IQ, of which not all strikes are held" in got["reason"]
    both = pd.concat([syria, covered(country="IQ")])
    assert finding(claim, [], coverage=both)["finding"] == "none-in-records"
    lost = {"geometry": None, "country": "IQ"}
    assert finding(claim, [lost], coverage=both)["finding"] == "cannot-exclude"
    turkey = finding({"xy": (38.35, 36.85), "country": "SY"}, [], coverage=both)
    assert turkey["finding"] == "no-coverage"
    assert "land whose borders are not known here" in turkey["reason"]
    yemen = finding({"xy": (44.2, 15.35), "country": "YE"}, [], coverage=covered(country="YE"))
    assert yemen["finding"] == "no-coverage"


def test_a_claim_is_covered_by_its_own_days():
    zone = "Asia/Baghdad"
    claim = records("incident", [HERE | {"belligerents": "Coalition", "day": -0.125}]).assign(timezone=zone)  # midnight
    local = covered(days_before=1.125, days_after=1.875)
    assert gcas.screen(claim, records("strike", []), coverage=local, **LIMITS)["finding"].tolist() == [
        "none-in-records"
    ]
    utc = covered(days_before=1, days_after=2)
    assert gcas.screen(claim, records("strike", []), coverage=utc, **LIMITS)["coverage_share"].tolist() == [
        pytest.approx(2 / 3)
    ]


def test_a_sure_finding_says_what_radius_it_assumes():
    flagged = {"flags": "assumed-accuracy", "radius_m": 2_000.0}
    near = finding(HERE | flagged, [THEIRS])
    assert near["finding"] == "strike-reported-nearby"
    assert near["reason"].endswith("; assuming that each point is right within 2 km")
    none = finding(HERE | flagged, [])
    assert none["finding"] == "none-in-records"
    assert none["reason"].endswith("; assuming that each point is right within 2 km")
    assert "assuming" in finding(HERE, [THEIRS | flagged])["reason"]
    assert "assuming" not in finding(HERE | {"radius_m": 2_000.0}, [THEIRS])["reason"]


@pytest.mark.parametrize(("claim", "strike", "says"), [
    ({}, {"country": "SY"}, "the records state two countries, IQ and SY"),
    ({"country": "SY"}, {}, "the records state two countries, SY and IQ"),
    ({}, {"belligerents": ""}, "whose strike it is, is not sure: nobody is named, not Coalition"),
    ({"belligerents": "France"}, {}, "whose strike it is, is not sure: Coalition, not France"),
])  # fmt: skip
def test_what_is_not_agreed_on_is_possible_at_most(claim, strike, says):
    got = finding(HERE | claim, [HERE | strike])
    assert (got["finding"], got["best_relation"]) == ("cannot-exclude", "possible")
    assert says in got["reason"]


def test_a_claim_that_names_nobody_may_be_of_anyone_whose_strike_is_near():
    assert (
        finding(HERE | {"belligerents": ""}, [HERE | {"belligerents": "Russia"}])["finding"] == "strike-reported-nearby"
    )
    asked = finding(HERE | {"belligerents": ""}, [HERE | {"belligerents": ""}], belligerents={"Coalition"})
    assert asked["finding"] == "cannot-exclude"


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
    assert finding(claim, [THEIRS])["finding"] == "cannot-exclude"  # of which member is not said
    assert finding(HERE, [HERE | {"belligerents": "United States"}])["finding"] == "strike-reported-nearby"
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
    assert "s0 without a place, same day" in lost["reason"]
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


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
def test_false_absences_are_as_many_as_the_reason_says_and_no_quoted_line_is_denied(real_data, gaz):
    releases = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    dutch = dutch_claims(gcas.read_strikes(real_data / "dutch_mod_strikes_2014_2015.csv", on_bad_rows="skip"))
    found = gcas.screen(dutch, releases, within_km=10, within_days=0, background_days=0)["finding"]
    assert [(found == "none-in-records").sum(), len(found)] == theatre().measured["missed"]
    claims = gcas.read_incidents(real_data / "airwars_syria_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    said = pd.read_csv(real_data / "verdicts_2014_2015.csv").drop_duplicates("code").set_index("code")["verdict"]
    said = claims["incident_id"].map(said)
    found = gcas.screen(claims, releases, within_km=10, within_days=0, background_days=0)["finding"]
    none = found == "none-in-records"
    assert not (none & (said == "reported")).any()
    assert (none & (said == "none")).sum() == 3  # a rule that never answers is no answer
