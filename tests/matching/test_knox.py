"""The test against chance: its counts by moving incidents through the join, its error and power, its edges."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

import geocasualty as gcas
from benchmarks import chance
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(sites(), max_size=5),
    st.lists(sites(), max_size=6),
    st.sampled_from([(0, 0), (2.5, 0), (2.5, 1), (5, 2)]),
    st.sampled_from([[-2, 2], [-40, -3, 1, 5], [35], list(range(-8, 0))]),
)
def test_the_counts_are_those_of_moved_incidents(ours, theirs, limits, shifts):
    km, days = limits
    incidents, strikes = records("incident", ours), records("strike", theirs)
    first, last = -30, 45
    covered = coverage((first, last))
    table = chance_test(incidents, strikes, within_km=km, within_days=days, shifts=shifts, coverage=covered)
    begin = np.floor(np.array([row.get("day", 0) for row in ours], dtype=float))
    end = np.array([round((row.get("day", 0) + row.get("days", 1)) * 86_400) for row in ours])
    length = np.ceil(end / 86_400) - begin  # of whole days that it touches
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
    used = counting[:, known]
    assert (table["shifts"] == used.any(axis=1).sum()).all()
    for row in table.to_dict("records"):
        now = by_moving(incidents, strikes, 0, km, days, row["relation"])
        then = np.array([by_moving(incidents, strikes, k, km, days, row["relation"]) for k in shifts], dtype=float)
        if row["counted"] == "incidents":
            now, then = np.minimum(now, 1), np.minimum(then, 1)
        now, then = now[known], then[:, known]
        assert row["observed"] == now.sum()
        if not known.any():
            assert math.isnan(row["p"])
            assert math.isnan(row["expected"])
            continue
        most = len(now) if row["counted"] == "incidents" else np.inf
        expected = np.clip(on_the_same_day(then.T, used.T, np.abs(shifts)), 0, most)
        assert row["expected"] == pytest.approx(expected, abs=1e-6)
        if row["counted"] == "incidents":
            n, o = len(now), now.sum()
            odds = (o + 0.5) * (n - expected + 0.5) / ((n - o + 0.5) * (expected + 0.5))
            assert row["odds_ratio"] == pytest.approx(odds, rel=1e-5)


def on_the_same_day(counts, counting, away):
    """Each incident's mean, moved along a slope by distance and a step of whole weeks that all share."""
    terms = np.column_stack([away, away % 7 == 0]).astype(float)
    rows, values = [], []
    for count, served in zip(counts, counting, strict=True):
        rows.append((terms - terms[served].mean(axis=0))[served])
        values.append((count - count[served].mean())[served])
    slopes = np.linalg.lstsq(np.vstack(rows), np.concatenate(values), rcond=1e-9)[0]
    return sum(
        count[served].mean() + (np.array([0, 1]) - terms[served].mean(axis=0)) @ slopes
        for count, served in zip(counts, counting, strict=True)
    )


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
    limits = {"within_km": 5, "within_days": 1, "coverage": covered}
    table = chance_test(incidents, strikes, **limits).set_index(["relation", "counted"])
    cell = gcas.sensitivity(incidents, strikes, within_km=[5], within_days=[1], coverage=covered).iloc[0]
    for test in ("within", "possible"):
        row = table.loc[test, "incidents"]
        assert 0 < row["expected_long"] < row["assessed"]
        assert row["expected_long"] == pytest.approx(cell[f"expected_{test}"], rel=1e-12)
        assert row["ratio_long"] == pytest.approx(cell[f"lift_{test}"], rel=1e-12)


def some_weeks(seed=11, n=60):
    """Claims and strikes of one place over half a year."""
    rng = np.random.default_rng(seed)
    incidents = records("incident", [HERE | {"day": int(day)} for day in rng.integers(-90, 90, n)])
    return incidents, records("strike", [HERE | {"day": int(day)} for day in rng.integers(-110, 110, 2 * n)])


LIMITS = {"within_km": 1, "within_days": 0, "coverage": coverage((-120, 120))}


def test_the_spread_is_that_of_leaving_out_one_week_at_a_time():
    incidents, strikes = some_weeks()
    week = incidents["start"].dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(int) // (7 * 86_400)
    table = chance_test(incidents, strikes, **LIMITS, interval=0.9).set_index(["relation", "counted"])
    log = np.log(
        [
            chance_test(incidents[week != one], strikes, **LIMITS).set_index(["relation", "counted"])["odds_ratio"]
            for one in np.unique(week)
        ]
    )
    many = len(log)
    assert many > 20
    error = np.sqrt((many - 1) / many * np.square(log - log.mean(axis=0)).sum(axis=0))
    for row, spread in zip(table.to_dict("records"), error, strict=True):
        if np.isnan(row["odds_ratio"]):  # of pairs
            continue
        own, t = np.log(row["odds_ratio"]), stats.t(many - 1)
        assert row["p"] == pytest.approx(t.sf(own / spread), rel=1e-6)
        assert row["odds_low"] == pytest.approx(np.exp(own - t.ppf(0.95) * spread), rel=1e-6)
        assert row["odds_high"] == pytest.approx(np.exp(own + t.ppf(0.95) * spread), rel=1e-6)


def test_days_of_comparison_are_three_to_fourteen_days_off_either_way():
    incidents, strikes = some_weeks()
    table = chance_test(incidents, strikes, **LIMITS)
    assert (table["shifts"] == 24).all()
    stated = chance_test(incidents, strikes, **LIMITS, shifts=[*range(-14, -2), *range(3, 15)])
    pd.testing.assert_frame_equal(table, stated)


def test_what_is_expected_is_read_off_at_no_distance_and_on_the_same_weekday():
    incidents, strikes = some_weeks()
    shifts = np.array([*range(-14, -2), *range(3, 15)])
    then = np.array([np.minimum(by_moving(incidents, strikes, k, 1, 0, "possible"), 1) for k in shifts]).T
    expected = on_the_same_day(then, np.ones(then.shape, dtype=bool), np.abs(shifts))
    assert abs(expected - then.mean(axis=1).sum()) > 1
    row = chance_test(incidents, strikes, **LIMITS).iloc[2]
    assert row["expected"] == pytest.approx(expected, abs=1e-9)


def test_counts_by_distance_of_the_shift():
    incidents, strikes = some_weeks()
    table = chance_test(incidents, strikes, **LIMITS, by_shift=True)
    assert table.groupby(["relation", "counted"])["shift"].apply(list).tolist() == [[0, *range(3, 15)]] * 4
    chosen = table[(table["relation"] == "possible") & (table["counted"] == "pairs")].set_index("shift")
    for shift, row in chosen.iterrows():
        both = [by_moving(incidents, strikes, k, 1, 0, "possible").sum() for k in {shift, -shift}]
        assert row["count"] == pytest.approx(np.mean(both))
        assert row["counting"] == 60
    assert (table["assessed"] == 60).all()


def test_nothing_is_said_of_the_spread_of_fewer_than_three_weeks():
    for days, known in (((1, 2, 8), False), ((1, 8, 15), True)):
        incidents = records("incident", [HERE | {"day": day} for day in days])
        strikes = records("strike", [HERE | {"day": day} for day in (0, 3, 9, 20)])
        row = chance_test(incidents, strikes, **LIMITS).iloc[2]
        assert np.isfinite(row["odds_ratio"])
        assert np.isfinite(row["p"]) == known
        assert np.isfinite(row["odds_low"]) == known


@pytest.mark.parametrize("name", ["moving over weeks, weekly rhythm", "moving roughly, weekly rhythm"])
def test_two_series_that_share_a_rhythm_alone_are_rarely_called_linked(name):
    """Ranked among all shifts by up to 45 days they are in a third of the draws."""
    draws = list(chance.drawn(chance.UNLINKED[name], 60))
    rows = pd.DataFrame([chance.tested(*one) for one in draws])
    assert (rows["p"] < 0.05).mean() <= 0.07
    assert np.mean([chance.rank_among_all_shifts(*one) < 0.05 for one in draws]) > 0.3
    assert rows["ratio_long"].median() > 1.2
    assert 0.9 < rows["odds_ratio"].median() < 1.15
    assert ((rows["odds_low"] <= 1) & (rows["odds_high"] >= 1)).mean() >= 0.9


def test_a_planted_link_is_found():
    rows = pd.DataFrame([chance.tested(*one) for one in chance.drawn(chance.LINKED["one claim in three"], 25)])
    assert (rows["p"] < 0.05).mean() >= 0.8
    assert 1.7 < rows["odds_ratio"].median() < 3


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
        assert (pairs["observed"] - n) > 1.5 * pairs["expected"]
        assert pairs["p"] < 0.01
    else:
        assert theirs.p_sim > 0.02
        assert pairs["expected"] / 2 == pytest.approx(theirs.expected[0, 0], rel=0.05)
        assert above == pytest.approx(1, abs=0.1)


def test_two_sets_that_go_together_and_two_that_do_not():
    rng = np.random.default_rng(8)
    days = rng.choice(np.arange(-40, 40), 25, replace=False)
    incidents = records("incident", [HERE | {"day": int(day)} for day in days])
    same = chance_test(incidents, records("strike", [HERE | {"day": int(day)} for day in days]), **LIMITS)
    assert (same["observed"] == 25).all()
    assert (same["p"] < 0.001).all()
    assert (same["odds_low"].dropna() > 5).all()
    always = chance_test(incidents, records("strike", [HERE | {"day": day} for day in range(-100, 100)]), **LIMITS)
    assert (always["observed"] == 25).all()
    assert always["ratio"].tolist() == pytest.approx([1] * 4)
    assert (always["p"] == 1).all()  # near strikes every day, so that being near one says nothing
    never = chance_test(incidents, records("strike", []), **LIMITS)
    assert (never["observed"] == 0).all()
    assert (never["p"] == 1).all()
    assert never["ratio"].isna().all()


def test_shifts_out_of_coverage_are_not_counted():
    incidents = records("incident", [HERE | {"day": day} for day in (0, 1, 2)])
    strikes = records("strike", [HERE])
    limits = {"within_km": 1, "within_days": 0}
    table = chance_test(incidents, strikes, **limits, shifts=[-7, -1, 7, 300], coverage=coverage((-2, 20)))
    assert table["shifts"].tolist() == [2] * 4  # -7 is before the coverage for all, 300 after it
    nothing = chance_test(incidents, strikes, **limits)
    assert (nothing["uncovered"] == 3).all()
    unknown = ["expected", "ratio", "odds_ratio", "odds_low", "odds_high", "p", "expected_long", "ratio_long"]
    assert nothing[unknown].isna().all(axis=None)
    assert (nothing["shifts"] == 0).all()
    far = chance_test(incidents, strikes, **limits, shifts=[90], coverage=coverage((-1, 4), (90, 93)))
    assert (far["assessed"] == 3).all()
    assert (far["expected_long"] >= 0).all()


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
        ({"within_days": None}, "within_days and within_hours: neither given"),
        ({"belligerents": set()}, "empty set"),
    ],
)
def test_bad_arguments_are_refused(changes, says):
    for count in (1, 0):
        frames = records("incident", [HERE] * count), records("strike", [HERE] * count)
        with pytest.raises(InputError, match=says):
            chance_test(*frames, **{"within_km": 1, "within_days": 0, **changes})
