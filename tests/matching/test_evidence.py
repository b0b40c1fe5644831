"""The one model: what its constants say, and that probability, weight and link read it."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.gazetteer.vicinity import VICINITY
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching import evidence
from geocasualty.matching._sides import side_of
from geocasualty.matching.evidence import (
    CLAIM_AND_STRIKE,
    OTHER_REASON,
    TWO_CLAIMS,
    Placed,
    in_space,
    log_space_density,
    log_time_density,
    measured,
    shares_of,
)
from tests.matching.frames import records

HERE = (43.77, 35.33)
DAY = 86_400
LIMITS = {"within_km": 30, "within_days": 1}


def at(km, **more):
    return {"xy": geodesic_offset(*HERE, 77.0, km * 1000), "radius_m": 4_000.0} | more


def placed(rows, vicinity=False):
    side = side_of(records("incident", rows), "incident")
    return Placed.of(side, np.full(len(rows), vicinity))


def test_of_two_dated_claims_85_in_100_state_the_same_day():
    days = DAY * np.arange(-40, 41)
    none = np.zeros(81)
    density = np.exp(log_time_density((none, none + DAY), (days, days + DAY), TWO_CLAIMS))
    assert density.sum() == pytest.approx(1, abs=1e-6)
    assert density[40] == pytest.approx(0.855, abs=0.002)
    assert density[39] == pytest.approx(density[41])


def test_the_constants_of_the_model():
    assert CLAIM_AND_STRIKE == (-21_600.0, 21_600.0, 0.03, 259_200.0)
    assert pytest.approx((0.0, 10_800.0, 0.0591, 259_200.0)) == TWO_CLAIMS
    assert (evidence.APART_M, evidence.ASTRAY, evidence.ASTRAY_M) == (500.0, 0.03, 10_000.0)


def test_nine_in_ten_of_a_record_lie_within_its_radius_and_of_near_x_what_was_fitted():
    exact = placed([at(0, radius_m=0.0)])
    for vicinity, share in ((False, 0.9), (True, float(VICINITY.within(50_000.0)))):
        wide = placed([at(0, radius_m=50_000.0)], vicinity)
        (found,) = measured(
            exact, wide, (np.zeros(1, int), np.zeros(1, int)), np.zeros(1), lambda apart: in_space(apart, 50_000.0)
        )
        assert found[0] == pytest.approx(share, abs=1e-3)


def test_an_area_lies_as_densely_as_it_is_small_and_in_whatever_order_it_comes():
    square = {"geometry": shapely.box(43.5, 35.1, 44.0, 35.5), "radius_m": np.nan}
    one, other = placed([square, at(0), square, at(2)]), placed([at(1), square])
    i, j = np.array([0, 1, 2, 3, 1, 0]), np.array([0, 1, 1, 1, 0, 0])
    away = np.where((one.side.area[i] >= 0) | (other.side.area[j] >= 0), np.nan, 1_000.0)
    (found,) = measured(one, other, (i, j), away, log_space_density)
    (turned,) = measured(one, other, (i[::-1], j[::-1]), away[::-1], log_space_density)
    assert found.tolist() == turned[::-1].tolist()
    assert found[0] == found[5]
    km2 = 0.5 * 0.4 * 111.2**2 * np.cos(np.radians(35.3))
    assert np.exp(found[0]) == pytest.approx(0.97 / km2, rel=0.08)
    assert one.variance_m2()[0] == pytest.approx(km2 * 1e6 / 12, rel=0.01)


def test_a_claim_of_another_town_is_unlikely_not_impossible():
    pairs = gcas.match(
        records("incident", [at(0, radius_m=71.0)]),
        records("strike", [at(0.5, radius_m=71.0), at(25, radius_m=71.0)]),
        **LIMITS,
        explain=True,
    )
    near, far = pairs.sort_values("match_weight", ascending=False)["match_weight"]
    assert 8 < near - far < 20


@pytest.mark.parametrize("constant", ["APART_M", "ASTRAY_M"])
def test_weight_and_link_move_with_the_model(monkeypatch, constant):
    ours, theirs = [at(0), at(40, day=9)], [at(3), at(41, day=9)]

    def said():
        pairs = gcas.match(records("incident", ours), records("strike", theirs), **LIMITS, explain=True)
        links = gcas.link(records("incident", ours), records("incident", theirs), **LIMITS)
        return pairs["match_weight"].to_numpy(), links["weight"].to_numpy(float)

    before = said()
    monkeypatch.setattr(evidence, constant, 4_000.0)
    for one, other in zip(before, said(), strict=True):
        assert (one != other).all()


@given(st.lists(st.tuples(st.floats(-900, 900), st.integers(0, 3)), max_size=12))
def test_shares_sum_to_one_rise_with_the_weight_and_are_never_next_to_nothing(candidates):
    weight = np.array([bits for bits, _ in candidates], dtype=float)
    owner = np.unique([whose for _, whose in candidates], return_inverse=True)[1]
    share = shares_of(weight, owner)
    for event in set(owner.tolist()):
        own = owner == event
        assert share[own].sum() == pytest.approx(1)
        assert (share[own] >= OTHER_REASON / own.sum()).all()
        order = np.argsort(weight[own])
        assert (np.diff(share[own][order]) >= 0).all()


def test_a_pair_that_cannot_be_within_is_as_improbable_as_it_is():
    """No floor: what is exact and next door is certain, and what is at the edge of "near X" is next to nothing."""
    near = {"xy": HERE, "radius_m": 0.0}
    for strike, low, high in ((near, 1.0, 1.0), (at(58, radius_m=50_000.0), 0.0001, 0.02)):
        frames = records("incident", [near]), records("strike", [strike]).assign(vicinity=strike is not near)
        pairs = gcas.match(*frames, within_km=10, within_days=0, explain=True)
        assert low <= pairs["probability"].iloc[0] <= high
        assert (pairs["relation"].iloc[0] == "within") == (low == 1.0)
