"""What is reported "near X": the fit, and how near its shares come to those of real strikes."""

import numpy as np
import pytest

import geocasualty as gcas
from benchmarks import vicinity
from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import VICINITY_RADIUS_M
from geocasualty.gazetteer.vicinity import VICINITY, Vicinity

ASKED_KM = (10, 20, 30, 50, 80)


@pytest.fixture(scope="module")
def named(gaz, real_data):
    assert real_data.samefile(vicinity.REAL_DATA)
    strikes = vicinity.distances(gaz)
    return strikes[strikes["named_m"].notna()]


def test_the_shares_are_those_of_draws_of_the_mixture():
    rng = np.random.default_rng(4)
    away = rng.rayleigh(size=200_000) * rng.choice(VICINITY.sigmas_m, 200_000, p=VICINITY.shares)
    for km in ASKED_KM:
        assert VICINITY.within(km * 1000) == pytest.approx((away <= km * 1000).mean(), abs=0.005)
    assert sum(VICINITY.shares) == pytest.approx(1)
    assert list(VICINITY.sigmas_m) == sorted(VICINITY.sigmas_m)
    assert np.isnan(VICINITY.within([np.nan])).all()


def test_a_mixture_is_found_again_in_what_is_drawn_from_it():
    rng = np.random.default_rng(5)
    given = Vicinity((0.3, 0.7), (1_000.0, 20_000.0))
    found = vicinity.fit(rng.rayleigh(size=20_000) * rng.choice(given.sigmas_m, 20_000, p=given.shares), 2)
    assert found.shares == pytest.approx(given.shares, abs=0.02)
    assert found.sigmas_m == pytest.approx(given.sigmas_m, rel=0.03)


@pytest.mark.real_data
def test_the_shape_is_the_one_fitted_to_dutch_strikes(named):
    found = vicinity.fit(named["named_m"].to_numpy())
    assert len(named) == 390
    assert VICINITY.shares == pytest.approx(found.shares, abs=0.001)
    assert VICINITY.sigmas_m == pytest.approx(found.sigmas_m, rel=0.002)


@pytest.mark.real_data
def test_what_is_said_of_dutch_strikes_is_within_three_hundredths_of_what_is_true(named):
    away = named["named_m"].to_numpy()
    months = named["date"].dt.to_period("M").astype(str).to_numpy()
    _, held_out = vicinity.held_out(away, months, 3)
    for km in ASKED_KM:
        true = (away <= km * 1000).mean()
        assert VICINITY.within(km * 1000) == pytest.approx(true, abs=0.03)
        assert held_out[:, vicinity.LIMITS_KM.index(km)].mean() == pytest.approx(true, abs=0.03)


@pytest.mark.real_data
def test_three_gaussians_predict_months_left_out_better_than_two(named):
    away, months = named["named_m"].to_numpy(), named["date"].dt.to_period("M").astype(str).to_numpy()
    (two, _), (three, _) = (vicinity.held_out(away, months, count) for count in (2, 3))
    gain = three - two
    assert np.percentile([gain[draw].mean() for draw in vicinity.resampled(months)], 2.5) > 0.05


@pytest.mark.real_data
def test_nine_in_ten_lie_within_the_radius_of_near_x(named):
    assert VICINITY_RADIUS_M == 50_000
    assert (named["named_m"] <= VICINITY_RADIUS_M).mean() == pytest.approx(0.9, abs=0.01)
    assert VICINITY.radius_m == pytest.approx(VICINITY_RADIUS_M, rel=0.02)


def test_near_is_as_wide_as_was_measured_or_the_default_and_stays_in_the_country(gaz):
    assert (gaz.resolve("near Hit").radius_m, VICINITY_RADIUS_M) == (50_000.0, 50_000.0)
    world = gcas.load_gazetteer(countries=["UA", "PS"])
    assert world.resolve("near Bakhmut").radius_m == VICINITY_RADIUS_M  # where nobody measured it, never less
    wide = gcas.load_gazetteer(countries=["UA", "PS"], vicinity_km=80)
    assert wide.resolve("near Bakhmut").radius_m == 80_000.0
    assert wide.resolve("near Khan Yunis").radius_m < 45_000  # the Gaza Strip, not the West Bank


def test_what_was_fitted_elsewhere_sets_near():
    rng = np.random.default_rng(6)
    fitted = gcas.gazetteer.fit_vicinity(rng.rayleigh(8, 500), "made up", count=1)
    assert fitted.radius_m == pytest.approx(8_000 * np.sqrt(-2 * np.log(0.1)), rel=0.05)
    assert fitted.within(fitted.radius_m) == pytest.approx(0.9, abs=1e-3)
    near = gcas.load_gazetteer(vicinity_km=fitted.radius_m / 1000).resolve("near Hit")
    assert near.radius_m == pytest.approx(fitted.radius_m)
    with pytest.raises(InputError, match="30 are the fewest"):
        gcas.gazetteer.fit_vicinity([1.0] * 29 + [0.0, float("nan")])
    for wrong in (0, -5, 2_000):
        with pytest.raises(InputError, match="vicinity_km"):
            gcas.load_gazetteer(vicinity_km=wrong)


def test_the_shape_says_where_it_was_fitted():
    assert "2014-2015" in VICINITY.fitted_on
