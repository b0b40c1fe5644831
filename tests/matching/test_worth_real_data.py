"""What weights and probabilities reach on real records; the benchmarks of ranking and reliability print it."""

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from benchmarks import practice, ranking, reliability
from geocasualty.matching.evidence import OTHER_REASON

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def quoted(gaz, real_data):
    pairs, lines = ranking.candidates(gaz, folder=real_data)
    return pairs, lines, ranking.places_of(pairs, lines, pairs["match_weight"].to_numpy())


def test_the_places_near_the_heaviest_hold_what_researchers_quoted(quoted):
    *_, places = quoted
    assert (len(places.lines), places.lines.sum()) == (66, 75)
    recall, returned = ranking.reached(places, places.table["behind"] >= -6).figures()
    assert recall >= 0.92
    assert returned <= 1.8


def test_a_weight_recalls_more_than_a_buffer_that_returns_as_many(quoted):
    *_, places = quoted
    for km, by in ((50, "weight"), (100, "behind"), (150, "behind")):
        buffer, many = ranking.reached(places, places.table["distance_km"] <= km).figures()
        order = places.table[by].sort_values(ascending=False)
        kept = places.table[by] >= order.iloc[round(many * len(places.lines)) - 1]
        recall, returned = ranking.reached(places, kept).figures()
        assert recall >= buffer
        assert returned <= many + 0.02


def test_the_heaviest_place_is_quoted_at_least_as_often_as_the_nearest(quoted):
    *_, places = quoted
    heaviest, nearest = ranking.top(places).mean(), ranking.top(places, "distance_km", ascending=True).mean()
    assert heaviest >= nearest
    assert heaviest >= 0.85


def test_the_floor_of_shares_is_one_under_which_what_is_quoted_is_likely(quoted):
    *_, places = quoted
    scores = ranking.floors(places)
    best, without, drawn = ranking.best_floors(scores)
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert low <= OTHER_REASON <= high
    at = {floor: scores[np.abs(ranking.FLOORS - floor).argmin()].mean() for floor in (0.001, 0.02, OTHER_REASON, best)}
    assert at[OTHER_REASON] >= at[0.001] + 0.1
    assert at[best] - at[OTHER_REASON] < 0.02 < at[best] - at[0.02]
    assert without.min() > OTHER_REASON
    share = ranking.shares(places)
    said, true = share[share < 0.03].mean(), (places.table["hits"] > 0)[share < 0.03].mean()
    assert said == pytest.approx(true, abs=0.01)


def test_what_researchers_quoted_is_among_the_first_two_of_its_country(quoted, gaz, real_data):
    *_, places = quoted
    of_country, of_all = (ranking.ranked_of(gaz, real_data, country) for country in ("SY", ""))
    assert ranking.among(of_country, places, 2).mean() >= 0.95
    for ranked, first_two in ((of_country, 0.95), (of_all, 0.93)):
        assert ranking.among(ranked, places, 2).mean() >= first_two
        nearest = ranking.among(ranked, places, 1, "distance_km").mean()
        assert ranking.among(ranked, places, 1).mean() >= nearest


def test_a_threshold_set_on_half_of_the_claims_recalls_as_much_of_the_other(quoted):
    own, other = ranking.transferred(quoted[-1])
    assert own.mean() - other.mean() == pytest.approx(0, abs=0.03)


def test_practice_is_what_the_verdicts_of_its_theatre_say(gaz, real_data):
    table = practice.judged(*practice.read(real_data))
    fitted = practice.fitted(table)
    assert practice.theatre().measured["practice"] == {name: pytest.approx(fitted[name], abs=0.005) for name in fitted}
    score = practice.scored(table, fitted)
    assert practice.area(score, table["said"].to_numpy()) > 0.8


def test_other_designs_differ_from_the_package_only_where_they_say(quoted):
    pairs, *_ = quoted
    same = ranking.weigh(pairs, ranking.Design())
    assert same == pytest.approx(pairs["match_weight"].to_numpy())
    rest = pairs["match_weight"] - ranking._likelihood(pairs, ranking.Design())
    spread = rest.groupby(pairs["incident_id"]).agg(np.ptp)
    assert spread.max() < 1e-6  # the rate alone, and that is the incident's


@pytest.fixture(scope="module")
def dutch(gaz, real_data):
    return reliability.dutch_strikes(gaz, real_data), reliability.located_releases(gaz, real_data)


@pytest.mark.parametrize("reading", ["named", "nearest"])
def test_radii_hold_what_they_promise_and_are_not_inflated(dutch, reading):
    strikes, releases = dutch
    known = strikes[strikes[reading] >= 0]
    inside = known[f"{reading}_m"] <= releases["radius_m"].to_numpy()[known[reading]]
    assert 0.85 <= inside.mean() <= 0.97


@pytest.mark.parametrize("reading", ["named", "nearest"])
def test_probabilities_hold_on_dutch_strikes_at_places_that_were_not_fitted(dutch, reading):
    found = reliability.of_dutch(*dutch, reading, claims=1)
    assert found.calibration_error() <= 0.04
    assert found.skill() > 0.3
    assert 0.75 < found.slope() < 1.2
    least = found.bins().iloc[0]
    assert least["said"] == pytest.approx(least["true"], abs=0.01)  # what is improbable is no likelier than it says


@pytest.mark.parametrize("towns", [False, True])
def test_probabilities_hold_on_simulated_truth(towns):
    found = reliability.of_simulation(towns, count=500)
    assert found.calibration_error() <= 0.03
    assert found.skill() > 0.2


def test_hawijah_the_dutch_record_above_the_release_above_the_decoy(gaz, real_data, book):
    releases = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    dutch = gcas.read_strikes(real_data / "dutch_mod_strikes_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    strikes = pd.concat([releases, dutch], ignore_index=True)
    claim = book.incidents[book.incidents["incident_id"] == "hawijah-2015-06"]
    pairs = gcas.match(claim, strikes, within_km=10, within_days=1, explain=True)
    ranked = pairs.sort_values("match_weight", ascending=False)["strike_id"].tolist()
    assert ranked[0].startswith("nl-2015-06-02T2102Z-38SLE894094")
    release, decoy = "centcom-2015-06-03-IQ-al-huwayjah-1", "centcom-2015-06-02-IQ-al-huwayjah-1"
    assert ranked.index(release) < ranked.index(decoy)
