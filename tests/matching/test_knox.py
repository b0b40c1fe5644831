"""The Knox test: its counts by moving incidents through the join, its place beside pointpats, and its edges."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.matching import chance_test
from tests.matching.frames import records
from tests.matching.test_join import sites
from tests.matching.test_sensitivity import HERE, coverage


def by_moving(incidents, strikes, shift, km, days, relation):
    """Pairs of each incident once it is moved, through the join itself."""
    step = pd.Timedelta(days=shift)
    moved = incidents.assign(start=incidents["start"] + step, end=incidents["end"] + step)
    pairs = gcas.match(moved, strikes, within_km=km, within_days=days)
    pairs = pairs[(pairs["relation"] == "within") | (relation == "possible")]
    return pairs["incident_id"].value_counts().reindex(incidents["incident_id"], fill_value=0).to_numpy()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(sites(), max_size=5),
    st.lists(sites(), max_size=6),
    st.sampled_from([(0, 0), (2.5, 0), (2.5, 1), (5, 0.5)]),
    st.sampled_from([[-2, 2], [-40, -3, 1, 5], [35], list(range(-8, 0))]),
)
def test_the_counts_are_those_of_moved_incidents(ours, theirs, limits, shifts):
    km, days = limits
    incidents, strikes = records("incident", ours), records("strike", theirs)
    first, last = -30, 45
    covered = coverage((first, last))
    table = chance_test(incidents, strikes, within_km=km, within_days=days, shifts=shifts, coverage=covered)
    begin = np.array([row.get("day", 0) for row in ours], dtype=float)
    length = np.array([row.get("days", 1) for row in ours], dtype=float)
    located = np.array([not (g is None or g.is_empty) for g in incidents.geometry], dtype=bool)
    counting = np.array(
        [
            (begin - days + k >= first) & (begin + length + days + k <= last) & (abs(k) >= length + days - 1e-9)
            for k in shifts
        ]
    ).reshape(len(shifts), len(ours))
    asked = located & (begin - days >= first) & (begin + length + days <= last)
    known = asked & counting.any(axis=0)
    assert (table["assessed"] == known.sum()).all()
    assert (table["uncovered"] == (located & ~asked).sum()).all()
    assert (table["no_background"] == (asked & ~known).sum()).all()
    serves = counting[:, known].mean(axis=1) >= 0.5 if known.any() else np.zeros(len(shifts), dtype=bool)
    assert (table["shifts"] == serves.sum()).all()
    assert (table["shifts_left_out"] == (~serves).sum()).all()
    for row in table.to_dict("records"):
        now = by_moving(incidents, strikes, 0, km, days, row["relation"])
        then = np.array([by_moving(incidents, strikes, k, km, days, row["relation"]) for k in shifts], dtype=float)
        if row["counted"] == "incidents":
            now, then = np.minimum(now, 1), np.minimum(then, 1)
        then[~counting] = np.nan
        now, then = now[known], then[:, known]
        assert row["observed"] == now.sum()
        if not serves.any():
            assert math.isnan(row["p"])
            assert math.isnan(row["expected"])
            continue
        mean = np.nanmean(then, axis=0)
        counts = np.where(np.isnan(then), mean, then).sum(axis=1)[serves]
        assert row["expected"] == pytest.approx(mean.sum(), abs=1e-9)
        assert row["p"] == (1 + (counts > now.sum() - 1e-6).sum()) / (1 + serves.sum())
        assert counts.min() - 1e-9 <= row["expected_low"] <= row["expected_high"] <= counts.max() + 1e-9


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(sites(), max_size=5), st.lists(sites(), max_size=5), st.randoms())
def test_the_order_of_rows_never_matters(ours, theirs, random):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    a, b, shifts = list(range(len(ours))), list(range(len(theirs))), [-21, -14, 14, 35]
    for order in (a, b, shifts):
        random.shuffle(order)
    limits = {"within_km": 3, "within_days": 1, "coverage": coverage((-20, 40))}
    first = chance_test(incidents, strikes, **limits, shifts=sorted(shifts))
    second = chance_test(incidents.iloc[a], strikes.iloc[b], **limits, shifts=[*shifts, 14])
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_what_is_expected_of_incidents_is_the_sum_of_their_background_rates():
    rng = np.random.default_rng(3)

    def some(role, n):
        return records(role, [HERE | {"xy": (43 + x, 35), "day": day} for x, day in zip(
            rng.uniform(0, 0.3, n), rng.integers(-60, 60, n), strict=True)])  # fmt: skip

    incidents, strikes = some("incident", 30), some("strike", 60)
    covered = coverage((-60, 10), (14, 60))
    table = chance_test(incidents, strikes, within_km=5, within_days=1, coverage=covered).set_index(
        ["relation", "counted"]
    )
    cell = gcas.sensitivity(incidents, strikes, within_km=[5], within_days=[1], coverage=covered).iloc[0]
    for test in ("within", "possible"):
        row = table.loc[test, "incidents"]
        assert 0 < row["expected"] < row["assessed"]
        assert row["expected"] == pytest.approx(cell[f"expected_{test}"], rel=1e-12)
        assert row["ratio"] == pytest.approx(cell[f"lift_{test}"], rel=1e-12)


def every_day(n, days, seed, together):
    """Points in a square of 60 km, as many on each day; with ``together`` every other shares its day's place."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 60_000, (n, 2))
    day = np.arange(n) % days
    if together:
        places = rng.uniform(0, 60_000, (days, 2))
        xy[::2] = places[day[::2]] + rng.normal(0, 500, xy[::2].shape)
    return xy, day


@pytest.mark.parametrize(("seed", "together"), [(1, False), (2, False), (3, True)])
def test_beside_the_knox_test_of_pointpats(seed, together):
    from pointpats import Knox

    n, delta, tau, days = 1_400, 4_000, 2, 70
    xy, day = every_day(n, days, seed, together)
    np.random.seed(seed)  # noqa: NPY002  what pointpats draws from
    theirs = Knox(xy, day[:, None], delta=delta, tau=tau, permutations=99)
    degrees = gpd.GeoSeries(shapely.points(450_000 + xy[:, 0], 3_900_000 + xy[:, 1]), crs="EPSG:32638").to_crs(4326)
    rows = [
        {"geometry": point, "day": int(at), "belligerents": "Coalition"} for point, at in zip(degrees, day, strict=True)
    ]
    # distances on the map of UTM zone 38 are shorter by the scale there, 0.9996 in the middle of the zone
    got = chance_test(
        records("incident", rows),
        records("strike", rows),
        within_km=delta / 0.9996 / 1000,
        within_days=tau,
        shifts=[k for k in range(-days, days + 1) if k],
        coverage=coverage((-tau, days + tau)),  # of what is tested, not of the events alone
    ).set_index(["relation", "counted"])
    pairs = got.loc["within", "pairs"]
    near_limit = 2  # pairs that the map's scale puts on the other side of the limit
    assert (pairs["observed"] - n) / 2 == pytest.approx(theirs.statistic_, abs=near_limit)
    # at its own time an event always meets itself, under a shift never: the n pairs are no part of the comparison
    above = (pairs["observed"] - n) / pairs["expected"]
    if together:
        assert theirs.p_sim == 0.01
        assert (pairs["observed"] - n) > 1.5 * pairs["expected_high"]
    else:
        assert theirs.p_sim > 0.02
        assert pairs["expected"] / 2 == pytest.approx(theirs.expected[0, 0], rel=0.03)
        assert above == pytest.approx(1, abs=0.1)


def test_two_sets_that_go_together_and_two_that_do_not():
    rng = np.random.default_rng(8)
    days = rng.choice(np.arange(-40, 40), 25, replace=False)
    incidents = records("incident", [HERE | {"day": int(day)} for day in days])
    limits = {"within_km": 1, "within_days": 0, "coverage": coverage((-100, 100)), "shifts": range(1, 60)}
    same = chance_test(incidents, records("strike", [HERE | {"day": int(day)} for day in days]), **limits)
    assert (same["observed"] == 25).all()
    assert (same["p"] == 1 / 60).all()
    assert (same["expected_high"] < 25).all()
    always = chance_test(incidents, records("strike", [HERE | {"day": day} for day in range(-100, 100)]), **limits)
    assert (always["observed"] == 25).all()
    assert (always["ratio"] == 1).all()
    assert (always["p"] == 1).all()  # near strikes every day, so that being near one says nothing
    never = chance_test(incidents, records("strike", []), **limits)
    assert (never["observed"] == 0).all()
    assert (never["p"] == 1).all()
    assert never["ratio"].isna().all()


def test_shifts_out_of_coverage_are_left_out_and_counted():
    incidents = records("incident", [HERE | {"day": day} for day in (0, 1, 2)])
    strikes = records("strike", [HERE])
    table = chance_test(
        incidents, strikes, within_km=1, within_days=0, shifts=[-7, -1, 7, 300], coverage=coverage((-2, 20))
    )
    # -7 is before the coverage for all; -1 covers all three
    assert table[["shifts", "shifts_left_out"]].drop_duplicates().to_numpy().tolist() == [[2, 2]]
    nothing = chance_test(incidents, strikes, within_km=1, within_days=0)
    assert (nothing["uncovered"] == 3).all()
    assert nothing[["expected", "ratio", "expected_low", "expected_high", "p"]].isna().all(axis=None)
    assert (nothing["shifts_left_out"] == 90).all()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shifts": []}, r"shifts is \[\]; expected whole numbers of days other than 0"),
        ({"shifts": [0, 7]}, "other than 0"),
        ({"shifts": [1.5]}, "a shift is 1.5; expected a whole number of days"),
        ({"shifts": 7}, "shifts is 7; expected whole numbers of days"),
        ({"shifts": "77"}, "shifts is '77'"),
        ({"interval": 95}, "interval is 95; expected a share between 0 and 1"),
        ({"interval": True}, "interval is True"),
        ({"within_km": -1}, "within_km is -1"),
        ({"within_days": None}, "within_days is None"),
        ({"belligerents": set()}, "empty set"),
    ],
)
def test_bad_arguments_are_refused(changes, says):
    for count in (1, 0):
        frames = records("incident", [HERE] * count), records("strike", [HERE] * count)
        with pytest.raises(InputError, match=says):
            chance_test(*frames, **{"within_km": 1, "within_days": 0, **changes})
