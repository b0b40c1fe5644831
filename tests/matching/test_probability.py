"""Probabilities against draws of both true places and times, measured on the ellipsoid."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.gazetteer.vicinity import VICINITY
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching.evidence import cells_of, in_time, within_distance
from tests.matching.frames import records

GEOD = Geod(ellps="WGS84")
DRAWS = 200_000
CLOSE = 0.005
HAWIJAH = (43.77, 35.33)
PROVINCE = shapely.box(43.0, 34.8, 44.6, 35.9)
HOOK = shapely.Polygon([(43.7, 35.2), (44.2, 35.2), (44.2, 35.25), (43.75, 35.25), (43.75, 35.6), (43.7, 35.6)])


def sigma(row, rng):
    """Of each draw: nine tenths of a round Gaussian lie within 2.146 of them."""
    if not row.get("vicinity"):
        return np.full(DRAWS, row["radius_m"] / 2.145966)
    return rng.choice(VICINITY.sigmas_m, DRAWS, p=VICINITY.shares) * row["radius_m"] / 50_000


def places(row, rng):
    """Draws of the true place."""
    if "geometry" in row:
        west, south, east, north = row["geometry"].bounds
        x, y = rng.uniform(west, east, 20 * DRAWS), rng.uniform(south, north, 20 * DRAWS)
        kept = shapely.contains_xy(row["geometry"], x, y)
        kept &= rng.random(len(x)) < np.cos(np.radians(y)) / np.cos(np.radians(south))
        return x[kept][:DRAWS], y[kept][:DRAWS]
    away = rng.rayleigh(size=DRAWS) * sigma(row, rng)
    x, y = (np.full(DRAWS, value) for value in row["xy"])
    return GEOD.fwd(x, y, rng.uniform(0, 360, DRAWS), away)[:2]


def dates(row, rng):
    """Draws of the true date, any of those that the time touches."""
    first, end = row.get("day", 0), row.get("day", 0) + row.get("days", 1)
    return rng.integers(np.floor(first), np.ceil(round(end * 86_400) / 86_400), DRAWS)


def drawn(incident, strike, km, days, seed=0):
    rng = np.random.default_rng(seed)
    away = GEOD.inv(*places(incident, rng), *places(strike, rng))[2]
    gap = np.abs(dates(incident, rng) - dates(strike, rng))
    return np.mean((away <= km * 1000) & (gap <= days))


def frames(incident, strike):
    ours, theirs = records("incident", [incident]), records("strike", [strike])
    return ours.assign(vicinity=bool(incident.get("vicinity"))), theirs.assign(vicinity=bool(strike.get("vicinity")))


def probability(incident, strike, km, days):
    pairs = gcas.match(*frames(incident, strike), within_km=km, within_days=days, explain=True)
    assert len(pairs) == 1
    return pairs["probability"].iloc[0]


def at(km, bearing=77.0):
    return geodesic_offset(*HAWIJAH, bearing, km * 1000)


TOWN = {"xy": HAWIJAH, "radius_m": 4_000.0}
CASES = {
    "two towns": (TOWN, {"xy": at(8), "radius_m": 4_000.0}, 10, 0),
    "a town and a cell": (TOWN, {"xy": at(9.5), "radius_m": 70.7, "days": 1 / 1440, "day": 0.9}, 10, 0),
    "two cells": ({"xy": HAWIJAH, "radius_m": 70.7}, {"xy": at(1), "radius_m": 70.7, "day": 1}, 1, 1),
    "near a place": (TOWN, {"xy": at(20), "radius_m": 50_000.0, "vicinity": True, "day": -2 / 3}, 10, 0),
    "near one and near another": (
        {"xy": HAWIJAH, "radius_m": 50_000.0, "vicinity": True},
        {"xy": at(30), "radius_m": 80_000.0, "vicinity": True},
        25,
        2,
    ),
    "a wide disc far north": (
        {"xy": (20.0, 75.0), "radius_m": 15_000.0},
        {"xy": (20.3, 75.1), "radius_m": 50_000.0, "vicinity": True},
        30,
        0,
    ),
    "across the antimeridian": ({"xy": (179.99, 10), "radius_m": 4e3}, {"xy": (-179.97, 10), "radius_m": 4e3}, 5, 0),
    "a province and a cell": ({"geometry": PROVINCE, "radius_m": np.nan}, {"xy": at(9), "radius_m": 70.7}, 10, 0),
    "a province and near a place": (
        {"geometry": PROVINCE, "radius_m": np.nan, "days": 30},
        {"xy": at(40), "radius_m": 50_000.0, "vicinity": True, "day": 28},
        50,
        3,
    ),
    "a hook and a town": ({"geometry": HOOK, "radius_m": np.nan}, TOWN, 20, 0),
    "two areas": ({"geometry": HOOK, "radius_m": np.nan}, {"geometry": PROVINCE, "radius_m": np.nan}, 40, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_the_probability_is_that_of_draws(name):
    assert probability(*CASES[name]) == pytest.approx(drawn(*CASES[name]), abs=CLOSE)


@pytest.mark.parametrize("seed", range(30))
def test_any_two_points_and_intervals_agree_with_draws(seed):
    rng = np.random.default_rng(seed)
    km, days = float(rng.choice([0.5, 5, 10, 50])), float(rng.choice([0, 1, 2]))
    incident, strike = (
        {
            "xy": at(rng.uniform(0, 1.5 * km), rng.uniform(0, 360)),
            "radius_m": float(rng.choice([0.0, 70.7, 2_000.0, 15_000.0, 60_000.0])),
            "vicinity": bool(rng.random() < 0.3),
            "day": float(rng.uniform(-1, 1)),
            "days": float(rng.choice([1 / 1440, 0.5, 1, 3])),
        }
        for _ in range(2)
    )
    pairs = gcas.match(*frames(incident, strike), within_km=km, within_days=days, explain=True)
    if len(pairs):
        assert pairs["probability"].iloc[0] == pytest.approx(drawn(incident, strike, km, days, seed), abs=CLOSE)


def test_the_quick_form_far_off_meets_the_exact_one():
    """On both sides of the distance from which the normal approximation is used."""
    sigma_m = 100.0
    for limit in (9_900.0, 10_000.0, 10_100.0):
        near, far = within_distance(np.array([9_999.9, 10_000.1]), np.full(2, sigma_m), limit)
        assert near == pytest.approx(far, abs=2e-3)
        assert 0.05 < near < 0.95


def test_exact_places_and_the_limit_itself():
    away = np.array([4_999.999, 5_000.0, 5_000.001])
    assert within_distance(away, np.zeros(3), 5_000.0).tolist() == [1, 1, 0]
    assert within_distance(np.array([0.0]), np.array([1.0]), 0.0).tolist() == [0]


def test_times_of_one_second_far_apart_keep_their_precision():
    second, other = (np.array([0]), np.array([1])), (np.array([10**7]), np.array([10**7 + 1]))
    assert in_time(second, other, 10**7).tolist() == [0.5]
    year = (np.array([0]), np.array([365 * 86_400]))
    assert in_time(year, (np.array([86_400]), np.array([86_460])), 86_400) == pytest.approx(2 / 365, rel=1e-3)


def test_a_pair_that_is_within_is_certain_in_time_and_nine_in_ten_in_space():
    strike = {"xy": HAWIJAH, "radius_m": 4_000.0, "day": 2}
    assert probability({"xy": HAWIJAH, "radius_m": 0.0}, strike, 4, 2) == pytest.approx(0.9)


def test_the_pieces_of_an_area_are_all_of_it():
    for area in (HOOK, PROVINCE, shapely.MultiPolygon([HOOK, shapely.box(60, 35, 60.001, 35.001)])):
        cells = cells_of(area)
        assert cells.share.sum() == pytest.approx(1)
        assert (cells.share > 0).all()
        middle = np.average(cells.lat, weights=cells.share)
        assert middle == pytest.approx(shapely.centroid(area).y, abs=0.01)
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert cells_of(bowtie).share.sum() == pytest.approx(1)
    line = shapely.Polygon([(0, 0), (1, 1), (0, 0)])
    assert cells_of(line).share.tolist() == [1]


def test_vicinity_is_true_or_false_and_may_be_absent():
    incidents, strikes = frames(TOWN, {"xy": at(20), "radius_m": 50_000.0, "vicinity": True})
    limits = {"within_km": 10, "within_days": 0, "explain": True}
    near = gcas.match(incidents, strikes, **limits)["probability"].iloc[0]
    plain = gcas.match(incidents, strikes.drop(columns="vicinity"), **limits)["probability"].iloc[0]
    unknown = gcas.match(incidents, strikes.assign(vicinity=[None]), **limits)["probability"].iloc[0]
    assert near != plain == unknown
    with pytest.raises(InputError, match="column 'vicinity' is no column of true and false"):
        gcas.match(incidents, strikes.assign(vicinity="yes"), **limits)
