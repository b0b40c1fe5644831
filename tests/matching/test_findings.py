"""Findings: none dropped, each with its reason, and the casebook's own."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching import FINDINGS, assessed
from tests.matching.frames import EPOCH, records
from tests.matching.oracle import assessed as definition
from tests.matching.test_join import sites

LIMITS = {"within_km": 10, "within_days": 0}
NIGHT = {"within_km": 10, "within_days": 1}
"""For the claim of Hawijah, of a night that touches two dates."""


def covered(days_before=60, days_after=60, belligerent="Coalition", country="IQ", complete=True, kinds="air"):
    return pd.DataFrame(
        {
            "dataset": ["x"],
            "belligerent": [belligerent],
            "country": [country],
            "start": [EPOCH - pd.Timedelta(days=days_before)],
            "end": [EPOCH + pd.Timedelta(days=days_after)],
            "complete": [complete],
            "kinds": [kinds],
        }
    )


def finding(incident, strikes, coverage=None, **changes):
    got = gcas.screen(
        records("incident", [{"belligerents": "Coalition", **incident}]),
        records("strike", [{"belligerents": "Coalition", **strike} for strike in strikes]),
        coverage=covered() if coverage is None else coverage,
        **{**LIMITS, **changes},
    )
    assert len(got) == 1
    return got.iloc[0]


HERE = {"xy": (43, 35)}


def test_each_finding_and_its_reason():
    near = finding(HERE, [HERE])
    assert (near["finding"], near["groups_within"], near["best_relation"]) == (
        "strike-reported-nearby",
        1,
        "within",
    )
    unsure = finding(HERE | {"radius_m": 20_000.0}, [HERE])
    assert (unsure["finding"], unsure["groups_possible"]) == ("cannot-exclude", 1)
    assert "places are too uncertain" in unsure["reason"]
    nothing = finding(HERE, [{"xy": geodesic_offset(43, 35, 90, 14_200)}])
    assert nothing["finding"] == "none-in-records"
    assert "nearest within 0 days: 14.2 km away" in nothing["reason"]
    assert "limit 10 km" in nothing["reason"]
    late = finding(HERE, [HERE | {"day": -4, "xy": geodesic_offset(43, 35, 90, 3_000)}])
    assert "3.0 km away, give or take 0.0 km, but 4 days before, limit 0 days" in late["reason"]
    touching = finding(HERE, [HERE | {"day": 1}])
    assert "0.0 km away, give or take 0.0 km, but next day, limit 0 days" in touching["reason"]
    unknown = finding(HERE, [], coverage=covered(country="SY"))
    assert unknown["finding"] == "no-coverage"
    assert "no records that cover Coalition strikes in IQ at that time" in unknown["reason"]
    lost = finding({"geometry": None}, [HERE])
    assert (lost["finding"], lost["best_strike_id"]) == ("unlocated", None)


def test_a_partly_covered_time_is_no_coverage_and_says_how_much():
    got = finding(HERE | {"days": 2}, [], coverage=covered(days_before=0, days_after=1.9))
    assert got["finding"] == "no-coverage"
    assert got["coverage_share"] == 0.25  # a day is covered or it is not
    assert "25%" in got["reason"]


def test_records_that_hold_only_a_part_never_support_none_in_records_and_the_reason_says_so():
    part = covered(complete=False)
    got = finding(HERE, [], coverage=part)
    assert (got["finding"], got["coverage_share"], got["complete_share"]) == ("no-coverage", 1.0, 0.0)
    assert "hold 100% of that time, but none says that it holds all of these strikes" in got["reason"]
    got = finding(HERE | {"days": 2}, [], coverage=pd.concat([part, covered(days_before=0, days_after=1)]))
    assert (got["finding"], got["complete_share"]) == ("no-coverage", 0.25)
    assert "hold 100% of that time, those that say they hold all of these strikes 25%" in got["reason"]
    got = finding(HERE, [], coverage=pd.concat([part, covered()]))
    assert (got["finding"], got["complete_share"]) == ("none-in-records", 1.0)
    assert (
        "they hold all Coalition strikes in IQ at that time hold none within the stated uncertainties" in got["reason"]
    )


def test_records_that_hold_a_part_still_report_what_they_hold_with_their_background():
    got = finding(HERE, [HERE, HERE | {"day": 5}], coverage=covered(complete=False), background_days=10)
    assert (got["finding"], got["background_passed"], got["background_days"]) == ("strike-reported-nearby", 1, 20)


def test_all_but_all_of_a_time_is_not_said_to_be_all():
    got = finding(HERE | {"days": 200}, [], coverage=covered(days_after=199.999))
    assert (got["finding"], "hold 99% of that time" in got["reason"]) == ("no-coverage", True)


def test_a_claim_that_names_nobody_is_denied_by_nobody_unless_the_analyst_says_whose_strikes_are_tested():
    claim = HERE | {"belligerents": ""}
    got = finding(claim, [])
    assert got["finding"] == "no-coverage"
    assert "the claim names nobody for sure whose strikes could be missing" in got["reason"]
    assert finding(claim, [], belligerents={"Coalition"})["finding"] == "none-in-records"


@pytest.mark.parametrize("complete", ["yes", None, 2])
def test_completeness_is_said_or_refused(complete):
    with pytest.raises(InputError, match="complete must be True or False"):
        finding(HERE, [], coverage=covered(complete=complete))
    with pytest.raises(InputError, match="no column 'complete'"):
        finding(HERE, [], coverage=covered().drop(columns="complete"))


def test_records_of_another_belligerent_or_of_one_member_never_support_none_in_records():
    for belligerent in ("Netherlands", "Russia"):
        assert finding(HERE, [], coverage=covered(belligerent=belligerent))["finding"] == "no-coverage"


def test_a_claim_against_two_needs_the_records_of_both():
    both = HERE | {"belligerents": "Coalition;Russia"}
    assert finding(both, [])["finding"] == "no-coverage"
    coverage = pd.concat([covered(), covered(belligerent="Russia")])
    assert finding(both, [], coverage=coverage)["finding"] == "none-in-records"


def test_event_groups_are_counted_once():
    strikes = [HERE | {"event_group": "A"}, HERE | {"event_group": "A"}, HERE, HERE]
    got = finding(HERE, strikes)
    assert (got["groups_within"], got["groups_possible"]) == (3, 0)


def test_a_short_strike_of_another_day_is_no_pair_though_within_a_day_of_it():
    got = finding(HERE | {"days": 1}, [HERE | {"day": 2.1, "days": 0.01}])
    assert (got["finding"], got["groups_possible"], got["best_relation"]) == ("none-in-records", 0, "none")
    night = finding(HERE | {"days": 1}, [HERE | {"day": 1.1, "days": 0.01}])
    assert (night["finding"], night["groups_possible"], night["best_relation"]) == ("cannot-exclude", 0, "none")
    assert "for all one knows these may be near: s0" in night["reason"]


def test_a_group_that_is_within_is_not_also_possible():
    strikes = [HERE | {"event_group": "A"}, HERE | {"event_group": "A", "radius_m": 50_000.0}]
    got = finding(HERE, strikes)
    assert (got["groups_within"], got["groups_possible"]) == (1, 0)


def test_the_background_rate_is_that_of_the_finding():
    strikes = [HERE, *({**HERE, "day": day} for day in (-3, 5, 7)), {**HERE, "day": 9, "radius_m": 20_000.0}]
    got = finding(HERE, strikes, background_days=10)
    assert (got["background_passed"], got["background_days"]) == (3, 20)
    assert got["background_rate"] == pytest.approx(0.15)
    wide = finding(
        HERE | {"radius_m": 9_999.0},
        [{**HERE, "day": day, "radius_m": 100.0} for day in (0, 9)],
        background_days=10,
    )
    assert wide["finding"] == "cannot-exclude"
    assert wide["background_passed"] == 1


def test_no_incident_is_dropped_and_the_order_is_kept():
    incidents = records(
        "incident",
        [HERE, {"geometry": None}, HERE | {"belligerents": "Russia"}, {"geometry": shapely.Point()}],
    )
    got = gcas.screen(incidents, records("strike", [HERE | {"belligerents": "Coalition"}]), **LIMITS)
    assert got["incident_id"].tolist() == incidents["incident_id"].tolist()
    assert got["finding"].tolist() == ["strike-reported-nearby", "unlocated", "no-coverage", "unlocated"]
    assert got["finding"].cat.categories.tolist() == list(FINDINGS)
    assert got["reason"].str.len().min() > 0


def decisions(**columns):
    base = {
        "incident_id": ["i0"],
        "strike_id": ["s0"],
        "decision": ["reject"],
        "analyst": ["A. Analyst"],
        "date": ["2026-01-02"],
    }
    return pd.DataFrame(base | {"note": ["other bank of the river"]} | columns)


def test_a_rejected_pair_no_longer_counts_and_shows():
    got = finding(HERE, [HERE], review=decisions())
    assert got["finding"] == "none-in-records"
    assert "s0 rejected by A. Analyst on 2026-01-02: other bank of the river" in got["reason"]


def test_an_accepted_pair_counts_even_outside_the_limits():
    away = {"xy": geodesic_offset(43, 35, 90, 14_200)}
    got = finding(HERE, [away], review=decisions(decision=["accept"]))
    assert got["finding"] == "strike-reported-nearby"
    assert "accepted by an analyst" in got["reason"]
    lost = finding({"geometry": None}, [away], review=decisions(decision=["accept"]))
    assert (lost["finding"], lost["best_relation"]) == ("strike-reported-nearby", "accepted")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"decision": ["maybe"]}, "row 1, column 'decision', value 'maybe'"),
        ({"strike_id": ["zz"]}, "row 1, column 'strike_id', value 'zz': no such record"),
    ],
)
def test_bad_reviews_are_refused(columns, says):
    with pytest.raises(InputError, match=says):
        finding(HERE, [HERE], review=decisions(**columns))
    with pytest.raises(InputError, match="no column 'decision'"):
        finding(HERE, [HERE], review=decisions().drop(columns="decision"))
    twice = pd.concat([decisions(), decisions(decision=["accept"])])
    with pytest.raises(InputError, match="both accepted and rejected"):
        finding(HERE, [HERE], review=twice)


@pytest.fixture
def findings(book):
    return gcas.screen(book.incidents, book.strikes, **NIGHT).set_index("incident_id")


def test_the_casebook(findings):
    assert findings["finding"].astype(str).to_dict() == {
        "hawijah-2015-06": "strike-reported-nearby",
        "idlib-2014-11": "no-coverage",
        "raqqa-2017-05-12": "cannot-exclude",
        "syria-2017-08-04": "unlocated",
    }
    assert findings["reason"].str.len().min() > 20


def test_the_dutch_record_is_within_10_km_of_hawijah_and_the_release_of_3_june_before_the_decoy(book):
    pairs = gcas.match(book.incidents[:1], book.strikes, **NIGHT).set_index("strike_id")
    assert pairs.loc["nl-2015-06-02-hawijah", "relation"] == "within"
    assert pairs.loc["nl-2015-06-02-hawijah", "distance_km"] == pytest.approx(1.09, abs=0.05)
    assert pairs.loc["cjtf-2015-06-03-huwayjah", "relation"] == "possible"
    same = gcas.match(book.incidents[:1], book.strikes, **LIMITS)
    assert set(same["relation"]) == {"possible"}  # each night touches two dates


@pytest.mark.parametrize(("minute", "is_near"), [("21:02", True), ("21:00", True), ("20:58", False)])
def test_a_claim_for_3_june_needs_a_strike_on_3_june_in_iraq(book, minute, is_near):
    dutch = book.strikes[:1].copy()
    start = pd.Timestamp(f"2015-06-02T{minute}", tz="UTC")
    dutch["start"] = pd.Series([start], dtype=dutch["start"].dtype)
    dutch["end"] = pd.Series([start + pd.Timedelta(minutes=1)], dtype=dutch["end"].dtype)
    claim = gcas.check("Hawijah", "2015-06-03", dutch, **LIMITS)
    assert (claim["finding"] == "strike-reported-nearby") is is_near
    assert (claim["best_relation"] == "within") is is_near


def moved(book, **changes):
    incidents = book.incidents[:1].copy()
    for column, value in changes.items():
        incidents[column] = value
    return gcas.screen(incidents, book.strikes, **NIGHT).iloc[0]["finding"]


def test_perturbing_the_casebook_changes_the_finding(book):
    first = book.incidents.iloc[0]
    away = shapely.Point(geodesic_offset(first.geometry.x, first.geometry.y, 90, 40_000))
    shift = pd.Timedelta(days=5)
    assert moved(book) == "strike-reported-nearby"
    assert moved(book, geometry=[away]) == "cannot-exclude"
    assert moved(book, start=book.incidents["start"] + shift, end=book.incidents["end"] + shift) == "no-coverage"
    assert moved(book, belligerents="Russia") == "no-coverage"


def test_check_says_why_a_place_cannot_be_used(book):
    for place, why in (("Sinjar", "ambiguous"), ("Atlantis", "unresolved")):
        claim = gcas.check(place, "2015-06-03", book.strikes, **LIMITS)
        assert claim["finding"] == "unlocated"
        assert why in claim["reason"]
    assert gcas.check("Sinjar", "2015-06-03", book.strikes, country="IQ", **LIMITS)["finding"] != "unlocated"
    with pytest.raises(InputError, match="expected '2015-06-03'"):
        gcas.check("Hawijah", "3/6/2015", book.strikes, **LIMITS)
    with pytest.raises(InputError, match="date is"):
        gcas.check("Hawijah", pd.Timestamp("2015-06-03"), book.strikes, **LIMITS)


def test_check_agrees_with_screen(book):
    claim = gcas.check(
        "Hawijah",
        ("2015-06-02T18:00+03:00", "2015-06-03T06:00+03:00"),
        book.strikes,
        belligerents="Coalition",
        **LIMITS,
    )
    row = gcas.screen(book.incidents[:1], book.strikes, **LIMITS).iloc[0]
    for column in (
        "finding",
        "reason",
        "best_strike_id",
        "distance_km",
        "background_passed",
        "background_days",
    ):
        assert claim[column] == row[column] or (np.isnan(claim[column]) and np.isnan(row[column]))


ZONED = "datetime64[s, UTC]"
ZONES = ["Asia/Damascus", "Asia/Baghdad", "Europe/Istanbul", "UTC", ""]


@st.composite
def sides(draw, role, most):
    """Records of any kind: points and areas, known and unknown sides, zones whose clocks turn, days and hours."""
    rows = draw(st.lists(sites(), min_size=1, max_size=most))
    count = len(rows)

    def many(*values):
        return draw(st.lists(st.sampled_from(values), min_size=count, max_size=count))

    frame = records(role, rows).assign(
        country=many("IQ", "SY", "IQ", ""),
        timezone=many(*ZONES),
        event_group=many("", "", "A", "B"),
        belligerents=many("", "Russia", "Coalition", "Coalition;Russia"),
    )
    # clocks turned in Damascus on the last Friday of October, in Istanbul later
    away = pd.Timestamp(draw(st.sampled_from(["2015-06-03", "2015-10-28"])), tz="UTC") - EPOCH
    return frame.assign(start=frame["start"] + away, end=frame["end"] + away)


@st.composite
def held(draw):
    spans = draw(st.lists(st.tuples(st.integers(-200, 200), st.sampled_from([0.5, 3, 30, 400])), max_size=4))
    start = [EPOCH + pd.Timedelta(days=first) for first, _ in spans]
    many_days = [days for _, days in spans]

    def many(*values):
        return draw(st.lists(st.sampled_from(values), min_size=len(spans), max_size=len(spans)))

    return pd.DataFrame(
        {
            "dataset": "x",
            "belligerent": many("Russia", "Coalition"),
            "country": many("IQ", "SY"),
            "start": pd.Series(start, dtype=ZONED),
            "end": pd.Series([a + pd.Timedelta(days=d) for a, d in zip(start, many_days, strict=True)], dtype=ZONED),
            "complete": pd.Series(many(True, False), dtype=bool),
            "kinds": pd.Series(many("air", "air;drone", ""), dtype=str),
        }
    )


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sides("incident", 4),
    sides("strike", 7),
    st.sampled_from([0, 1.0, 5, 300]),
    st.sampled_from([0, 1, 3]),
    held(),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.sampled_from(["accept", "reject"])), max_size=4),
)
def test_the_findings_are_those_of_the_definition(backend, incidents, strikes, km, days, coverage, decided):
    incidents, strikes = (each.assign(timezone=each["timezone"].replace("", "UTC")) for each in (incidents, strikes))
    pairs = {(i % len(incidents), s % len(strikes)): decision for i, s, decision in decided}
    review = pd.DataFrame(
        [(f"i{i}", f"s{s}", decision) for (i, s), decision in pairs.items()],
        columns=["incident_id", "strike_id", "decision"],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assessed, "backend_of", lambda *_: backend)
        found = gcas.screen(
            incidents, strikes, within_km=km, within_days=days, coverage=coverage, review=review, background_days=6
        )
    columns = ["finding", "groups_within", "groups_possible", "best_strike_id", "background_passed"]
    columns += ["background_days", "coverage_share", "complete_share"]
    expected = definition(incidents, strikes, km, days, coverage, review, 6)
    assert dict(zip(found["incident_id"], found[columns].itertuples(index=False, name=None), strict=True)) == expected


def test_a_miss_is_looked_for_within_100_km_and_45_days_alone():
    far, late = {"xy": geodesic_offset(43, 35, 90, 101_000)}, HERE | {"day": 47}
    for strike in (far, late, far | {"day": 46}):
        got = finding(HERE, [strike])
        assert (got["finding"], got["best_strike_id"], np.isnan(got["distance_km"])) == ("none-in-records", None, True)
        assert "no strike of theirs is placed within 100 km and 45 days" in got["reason"]
    assert finding(HERE, [far | {"xy": geodesic_offset(43, 35, 90, 99_000)}])["best_strike_id"] == "s0"
    assert finding(HERE, [HERE | {"day": 45}])["best_strike_id"] == "s0"
    assert finding(HERE, [HERE | {"day": 46}])["best_strike_id"] is None
    wide = finding(HERE, [{"xy": geodesic_offset(43, 35, 90, 160_000)}], within_km=150)
    assert "is placed within 150 km and 45 days" in wide["reason"]


def test_a_miss_that_an_analyst_rejected_is_none():
    strikes = [{"xy": geodesic_offset(43, 35, 90, metres)} for metres in (14_000, 20_000)]
    got = finding(HERE, strikes, review=decisions())
    assert got["best_strike_id"] == "s1"
    got = finding(HERE, strikes[:1], review=decisions())
    assert "no other strike of theirs is placed within 100 km and 45 days" in got["reason"]
