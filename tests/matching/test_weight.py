"""Weights: what ranks above what, the rate behind them, and that neither row order nor the path matters."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching import _pairs
from geocasualty.matching._worth import CELL_DEG, MONTH_S, PSEUDO, Rates
from geocasualty.matching.evidence import (
    CLAIM_AND_STRIKE,
    TWO_CLAIMS,
    Separation,
    log_space_density,
    log_time_density,
)
from tests.matching.frames import records

HAWIJAH = (43.77, 35.33)
HOUR = 3_600
SPOT = {"xy": HAWIJAH, "radius_m": 1_000.0}


def at(km, **more):
    return {"xy": geodesic_offset(*HAWIJAH, 77.0, km * 1000), "radius_m": 1_000.0} | more


def weights(strikes, incident=SPOT, **columns):
    theirs = records("strike", strikes).assign(**columns)
    limits = {"within_km": 500, "within_days": 3, "explain": True}
    return gcas.match(records("incident", [incident]), theirs, **limits)["match_weight"].to_numpy()


def test_nearer_in_space_weighs_more():
    assert (np.diff(weights([at(km) for km in (0, 2, 5, 20, 100)])) < 0).all()


def test_the_dates_of_releases_weigh_as_researchers_quote_them():
    starts = np.array([-40, -16, 8, 32]) * HOUR
    day = np.zeros(4), np.full(4, 24 * HOUR)
    before, same, after, later = np.exp(log_time_density(day, (starts, starts + 24 * HOUR)))
    assert same / (same + after) == pytest.approx(0.57 / 0.97, abs=0.02)
    assert (before + later) / (before + same + after + later) < 0.03


def test_more_strikes_weigh_more_by_the_log_of_their_number():
    one, four, unknown = weights([at(5)] * 3, n_strikes=pd.array([1, 4, None], dtype="Int64"))
    assert four - one == pytest.approx(2)
    assert unknown == one


def test_the_same_separation_weighs_less_where_strikes_are_common():
    quiet = weights([at(5)])
    busy = weights([at(5), *[at(30, id=f"z{n}") for n in range(60)]])
    assert busy[0] < quiet[0] - 3


def test_a_sharp_record_next_door_weighs_more_than_a_vague_one_and_less_far_off():
    for km, sharper in ((1, True), (25, False)):
        vague = at(km, radius_m=50_000.0)
        sharp = at(km)
        assert (weights([sharp])[0] > weights([vague])[0]) == sharper


def test_every_weight_is_a_number():
    province = {"geometry": shapely.box(43, 35, 44, 36), "radius_m": np.nan}
    strikes = [at(0, radius_m=0.0), at(400, radius_m=0.0, days=1 / 86_400), at(1, day=2.9, days=900), province]
    for incident in (SPOT, SPOT | {"radius_m": 0.0, "days": 1 / 86_400}, SPOT | {"days": 4_000}, province):
        found = weights(strikes, incident)
        assert len(found) == 4
        assert np.isfinite(found).all()


def test_densities_integrate_to_one():
    km = np.linspace(0, 400, 80_001)
    block = Separation(np.array([[0.3, 0.7]]), km[:, None] * 1000, np.array([[2_190.0, 30_280.0]]))
    density = np.exp(log_space_density(block))
    assert np.trapezoid(2 * np.pi * km * density, km) == pytest.approx(1, abs=1e-3)
    hours = np.arange(-1_000, 1_000)
    for length in (60, HOUR, 24 * HOUR, 30 * 24 * HOUR):
        day = np.zeros(len(hours)), np.full(len(hours), 24 * HOUR)
        for lag in (CLAIM_AND_STRIKE, TWO_CLAIMS):
            density = np.exp(log_time_density(day, (hours * HOUR, hours * HOUR + length), lag))
            assert density.sum() / 24 == pytest.approx(1, abs=1e-2 if length > 24 * HOUR else 1e-3)


def test_time_falls_off_without_a_break():
    gaps = np.arange(24, 400 * 24) * HOUR
    day = np.zeros(len(gaps)), np.full(len(gaps), 24 * HOUR)
    for length in (60, 24 * HOUR, 90 * 24 * HOUR):
        density = log_time_density(day, (gaps, gaps + length))
        assert np.isfinite(density).all()
        assert (np.diff(density) <= 1e-9).all()


def test_the_rate_counts_what_is_there():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(40, 46, 60_000), rng.uniform(32, 37, 60_000)
    when = rng.integers(0, 12 * MONTH_S, 60_000)
    rates = Rates(lon, lat, when, np.full(60_000, 2.0))
    square_km = (6 * 111.195 * np.cos(np.radians(34.5))) * (5 * 111.195)
    expected = 120_000 / square_km / 360
    found = rates.at(np.array([43.0, 42.0]), np.array([34.5, 34.0]), np.array([6, 5]) * MONTH_S)
    assert found == pytest.approx(expected, rel=0.1)
    nothing = PSEUDO / (CELL_DEG * 111.195) ** 2 / 30
    assert rates.at(np.array([-70.0]), np.array([5.0]), np.array([0])) == pytest.approx(nothing)
    empty = Rates(lon[:0], lat[:0], when[:0], lon[:0])
    assert empty.at(np.array([43.0]), np.array([35.0]), np.array([0])) == pytest.approx(nothing)


def test_the_rate_goes_round_the_antimeridian_and_over_the_poles():
    rates = Rates(np.array([179.9, 0.0]), np.array([0.1, 90.0]), np.array([0, 0]), np.array([8.0, 8.0]))
    east, west, pole = rates.at(
        np.array([179.9, -179.9, 77.0]), np.array([0.1, 0.1, 89.9]), np.zeros(3, dtype=np.int64)
    )
    assert west > PSEUDO / (CELL_DEG * 111.195) ** 2 / 30
    assert east > west
    assert pole > west / 2


site = st.builds(
    lambda x, y, radius, day, days, n: {"xy": (43 + x / 7, 35 + y / 7), "radius_m": radius, "day": day, "days": days},
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([0.0, 70.7, 4_000.0, 50_000.0]),
    st.sampled_from([-1, -0.5, 0, 1]),
    st.sampled_from([1 / 1440, 1, 30]),
    st.integers(1, 9),
)


@given(st.lists(site, min_size=1, max_size=5), st.lists(site, min_size=1, max_size=6), st.randoms())
def test_neither_the_order_of_rows_nor_the_path_matters(ours, theirs, random):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    strikes = strikes.assign(n_strikes=np.arange(len(strikes)) % 3 + 1.1, vicinity=np.arange(len(strikes)) % 2 == 0)
    limits = {"within_km": 30, "within_days": 1, "explain": True, "bounds": True}
    first = gcas.match(incidents, strikes, **limits)
    assert first["probability"].between(0, 1).all()
    order = list(range(len(theirs)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(first, gcas.match(incidents, strikes.iloc[order], **limits), check_exact=True)
    plain = gcas.match(incidents, strikes, **limits | {"explain": False})
    pd.testing.assert_frame_equal(first.drop(columns=["probability", "match_weight"]), plain)
    many, _pairs.MANY_COMBINATIONS = _pairs.MANY_COMBINATIONS, 0
    try:
        compiled = gcas.match(incidents, strikes, **limits)
    finally:
        _pairs.MANY_COMBINATIONS = many
    columns = ["incident_id", "strike_id", "probability", "match_weight"]
    pd.testing.assert_frame_equal(first[columns], compiled[columns], rtol=1e-6, check_dtype=False)


def test_no_pairs_have_the_columns_too():
    for ours, theirs in (([], []), ([SPOT], []), ([SPOT], [at(900)]), ([{"geometry": None}], [at(0)])):
        incidents, strikes = records("incident", ours), records("strike", theirs)
        found = gcas.match(incidents, strikes, within_km=1, within_days=0, explain=True)
        assert found.dtypes[["probability", "match_weight"]].tolist() == [np.dtype(float)] * 2
        assert len(found) == 0


def test_identifiers_of_any_kind_find_their_rows():
    for names in ([3, 1, 2], ["b", "a", "é"], [("a", 1), ("a", 0), ("b", 2)], [2.5, 0.1, 1e9]):
        strikes = records("strike", [at(5 + n, id=name) for n, name in enumerate(names)])
        found = gcas.match(records("incident", [SPOT]), strikes, within_km=9, within_days=0, explain=True)
        heaviest = found.sort_values("match_weight", ascending=False)["strike_id"].tolist()
        assert heaviest == names


def test_numbers_in_words_are_refused():
    strikes = records("strike", [at(5)]).assign(n_strikes="two")
    with pytest.raises(InputError, match=r"column 'n_strikes', value 'two': expected a whole number"):
        gcas.match(records("incident", [SPOT]), strikes, within_km=9, within_days=0, explain=True)


def test_the_dutch_record_of_hawijah_weighs_most(book):
    pairs = gcas.match(book.incidents, book.strikes, within_km=10, within_days=1, explain=True)
    here = pairs[pairs["incident_id"] == "hawijah-2015-06"].sort_values("match_weight", ascending=False)
    assert here["strike_id"].iloc[0] == "nl-2015-06-02-hawijah"
    assert here["probability"].iloc[0] > 0.95
