"""Which of the places named is meant, and how likely none of them; never a finding."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.matching._rank import NONE, RANKED_DAYS, RANKED_KM, practice_of
from geocasualty.matching.evidence import ASTRAY, OTHER_REASON
from geocasualty.theatre.theatre import theatre
from tests.matching.frames import EPOCH, records
from tests.matching.test_official import away, with_columns

CLAIM = {"xy": (43, 35), "belligerents": "Coalition", "radius_m": 500.0}
TEXTS = ("place_text", "place_id", "precision", "flags", "dataset")


def ranked(claim, lines, **options):
    frames = records("incident", [CLAIM | claim]), with_columns("strike", lines, TEXTS)
    return gcas.rank(*frames, **options)


def of_releases(lines):
    """The strikes of lines, each day's a release."""
    strikes = with_columns("strike", [{"dataset": "releases"} | line for line in lines], TEXTS)
    start = [EPOCH + pd.Timedelta(days=line.get("day", 0)) for line in lines]
    strikes["covers_start"] = pd.Series(start, dtype="datetime64[s, UTC]")
    strikes["covers_end"] = strikes["covers_start"] + pd.Timedelta(days=1)
    return strikes


def test_a_row_for_each_place_the_odds_of_its_records_summed_and_one_of_none():
    table = ranked({}, [away(20, id="a"), away(20, id="b"), away(60, id="c", n_strikes=4)])
    assert table["place"].tolist() == ["20 km", "60 km", NONE]
    assert table["n_records"].tolist() == [2, 1, 0]
    assert table["rank"].tolist()[:2] == [1, 2]
    assert table["rank"].isna().tolist() == [False, False, True]
    assert table["best_strike_id"].tolist()[:2] == ["a", "c"]
    assert table["distance_km"].tolist()[:2] == pytest.approx([20, 60])
    assert table["bits_behind"].tolist()[:2] == pytest.approx([0, np.subtract(*table["match_weight"][:2])])
    pairs = gcas.match(records("incident", [CLAIM]), with_columns("strike", [away(20), away(20), away(60)], TEXTS),
                       within_km=RANKED_KM, within_days=RANKED_DAYS, explain=True)  # fmt: skip
    assert table["match_weight"][0] == pytest.approx(pairs["match_weight"][0] + 1)


def test_numbers_of_strikes_are_those_that_records_say():
    strikes = with_columns("strike", [away(20), away(20), away(60)], TEXTS).assign(n_strikes=[3, None, None])
    table = gcas.rank(records("incident", [CLAIM]), strikes)
    assert table["n_strikes"].tolist()[0] == 3
    assert table["n_strikes"].isna().tolist() == [False, True, True]
    assert str(table["n_strikes"].dtype) == "Int64"
    halves = gcas.rank(records("incident", [CLAIM]), strikes.assign(n_strikes=["1.5", "1", None]))
    assert halves["n_strikes"].tolist()[0] == 2.5
    with pytest.raises(InputError, match="expected a whole number or nothing"):
        gcas.rank(records("incident", [CLAIM]), strikes.assign(n_strikes="several"))


def test_none_of_these_is_never_less_likely_than_its_floor_and_all_where_nothing_is_named():
    near = ranked({}, [away(1, vicinity=False, radius_m=100.0)])
    assert near["share"].tolist() == pytest.approx([1 - OTHER_REASON, OTHER_REASON], abs=2e-3)
    assert near["share"].iloc[-1] >= OTHER_REASON
    far = ranked({}, [away(250)])
    assert far["share"].iloc[-1] > 0.9
    assert ranked({}, [away(700)])["share"].tolist() == [1.0]
    assert ranked({}, [away(20, belligerents="Russia")])["share"].tolist() == [1.0]
    assert ranked({"geometry": None}, [away(20)])["share"].isna().all()


def test_what_is_farther_than_any_quoted_place_is_no_candidate():
    exact = {"vicinity": False, "radius_m": 100.0}
    assert ranked({}, [away(RANKED_KM - 1, **exact), away(302, **exact)])["place"].tolist() == ["299 km", NONE]
    days = [away(5, **exact, day=day, id=f"{day:+}") for day in (-2, -1, 1, 2)]
    assert ranked({}, days)["n_records"].tolist() == [2, 0]


def test_a_record_that_states_another_country_weighs_less_and_is_still_there():
    here, there = (ranked({"country": "IQ"}, [away(20, country=country)]) for country in ("IQ", "SY"))
    assert there["match_weight"][0] == pytest.approx(here["match_weight"][0] + np.log2(ASTRAY))
    unsaid = ranked({"country": ""}, [away(20, country="SY")])
    assert unsaid["match_weight"][0] == pytest.approx(here["match_weight"][0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([1, 5, 12, 40, 90, 250]), max_size=5), st.integers(0, 4), st.randoms())
def test_shares_sum_to_one_and_no_order_matters(distances, days, random):
    lines = [away(km, id=f"s{n}", day=n % (days + 1) - 1) for n, km in enumerate(distances)]
    table = ranked({}, lines)
    assert table["share"].sum() == pytest.approx(1)
    assert (table["share"].iloc[:-1].diff().dropna() <= 1e-12).all()
    shuffled = random.sample(lines, len(lines))
    pd.testing.assert_frame_equal(table, ranked({}, shuffled))


@pytest.mark.parametrize("days", [2, 5, 20, 60])
def test_a_claim_of_many_days_gains_nothing_by_its_length(days):
    lines = [away(20, day=day) for day in range(-2, days + 2)]
    one, long = ranked({}, lines), ranked({"days": float(days)}, lines)
    assert long["match_weight"][0] <= one["match_weight"][0] + 0.1
    assert long["share"].iloc[-1] >= one["share"].iloc[-1] - 0.01


def test_a_pair_that_an_analyst_rejected_is_no_candidate():
    frames = records("incident", [CLAIM]), with_columns("strike", [away(1, id="a"), away(60, id="b")], TEXTS)
    review = pd.DataFrame({"incident_id": ["i0"], "strike_id": ["a"], "decision": ["reject"]})
    limits = {"within_km": 10, "within_days": 0}
    assert gcas.assess(*frames, **limits).ranked["place"].tolist() == ["1 km", "60 km", NONE]
    assert gcas.assess(*frames, **limits, review=review).ranked["place"].tolist() == ["60 km", NONE]
    with pytest.raises(InputError, match="an assessment was given"):
        gcas.rank(gcas.assess(*frames, **limits).data, frames[1])


def test_practice_is_of_one_release_and_of_such_as_say_near():
    lines = [away(20, id="a"), away(60, id="b"), away(60, id="c", day=1), away(60, id="d", day=-1, vicinity=False)]
    strikes = of_releases(lines)
    table = gcas.rank(records("incident", [CLAIM | {"days": 2.0}]), strikes, practice=True)
    score = table.set_index("best_strike_id")["practice_score"]
    assert score["a"] == pytest.approx(practice_of(20.0, True), abs=1e-4)
    alone = gcas.rank(records("incident", [CLAIM]), strikes.iloc[[2]], practice=True)
    assert alone["practice_score"][0] == pytest.approx(practice_of(60.0, True), abs=1e-4)
    assert np.isnan(alone["practice_score"][1])
    other = gcas.rank(records("incident", [CLAIM]), strikes.iloc[[3]], practice=True)
    assert other["practice_score"].isna().all()
    undeclared = strikes.drop(columns="covers_start")
    assert gcas.rank(records("incident", [CLAIM]), undeclared, practice=True)["practice_score"].isna().all()


def test_practice_falls_with_distance_and_rises_in_the_same_governorate():
    km = np.array([0.0, 5.0, 50.0, 500.0])
    for same in (False, True):
        assert (np.diff(practice_of(km, same)) < 0).all()
    assert (practice_of(km, True) > practice_of(km, False)).all()


def test_no_finding_is_made_of_practice(monkeypatch):
    frames = records("incident", [CLAIM]), of_releases([away(3), away(60)])
    said = gcas.assess(*frames, within_km=10, within_days=0)
    assert "practice_score" not in gcas.rank(*frames)
    assert not any("practice" in str(name) for name in (*said.findings, *said.official(), *said.pairs, *said.ranked))
    before = said.findings, said.official(), said.statement("i0"), said.ranked
    monkeypatch.setitem(
        theatre().measured, "practice", {"intercept": -9.0, "log_km": 9.0, "plus_km": 1.0, "same": -9.0}
    )
    after = gcas.assess(*frames, within_km=10, within_days=0)
    for one, other in zip(before, (after.findings, after.official(), after.statement("i0"), after.ranked), strict=True):
        assert one.equals(other) if isinstance(one, pd.DataFrame) else one == other
