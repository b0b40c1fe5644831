"""The join, the days near and the nearest miss are the same in trees and compiled, whatever the data."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocasualty.matching import _fast, _trees
from geocasualty.matching._limits import DAY, SURE, Window, allowed_names, in_time, wholly_in_time
from geocasualty.matching._pairs import days_near, join, nearest
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import side_of
from tests.matching.test_grid import PLACES, areas, many

DAYS, ONE = Window(0.0, days=0), Window(0.0, days=1)
NONE = np.timedelta64(0, "D")
ZONES = ["Asia/Damascus", "Asia/Baghdad", "Europe/Istanbul", ""]


def two_sides(rng, where, radii, spans, away=NONE, window=DAYS):
    """Sides of many records, so long after June 2015, with the times that a window compares."""
    ours, theirs = (many(role, count, rng, where, radii, spans) for role, count in (("incident", 40), ("strike", 90)))
    moved = [frame.assign(start=frame["start"] + away, end=frame["end"] + away) for frame in (ours, theirs)]
    zoned = moved[0].assign(timezone=rng.choice(ZONES, len(ours)))
    return side_of(zoned, "incident").by(window), side_of(moved[1], "strike").by(window)


def days_of(ours, theirs, levels, windows, backend, days=8, counting=False):
    """Of each record: the lowest level by window, test and shift, or how many pass at the highest."""
    allowed = allowed_names(ours.parties, theirs.parties, "overlap")
    every = np.full((len(ours), len(windows), 2, 2 * days + 1), 0 if counting else len(levels))
    for rows, found in days_near(ours, theirs, levels, windows, allowed, days, backend=backend, counting=counting):
        every[rows] = found
    return every


def days_by_hand(ours, theirs, windows, days=8):
    """By window, test and shift, each moved by itself: the records and distances of all that passes in time."""
    allowed = allowed_names(ours.parties, theirs.parties, "overlap")[ours.party[:, None], theirs.party]
    i, j = np.nonzero(allowed)
    _, least, greatest = Regions(ours, theirs).of(i, j)
    for number, window in enumerate(windows):
        for shift in range(-days, days + 1):
            times = ours.start[i] + shift * DAY, ours.end[i] + shift * DAY, theirs.start[j], theirs.end[j]
            near = in_time(*times, window)
            yield (number, 0, shift + days), i[near], least[near]
            near &= wholly_in_time(*times, window) & (allowed[i, j] == SURE)
            yield (number, 1, shift + days), i[near], greatest[near]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10**6),
    st.sampled_from(PLACES),
    st.sampled_from(["none", "one", "own"]),
    st.sampled_from(["day", "mixed"]),
    st.sampled_from([DAYS, Window(0.0, days=2), Window(0.0, seconds=0), Window(0.0, seconds=7_000)]),
)
def test_both_backends_say_the_same(seed, where, radii, spans, window):
    rng = np.random.default_rng(seed)
    ours, theirs = two_sides(rng, where, radii, spans, np.timedelta64(int(rng.integers(0, 200)), "D"), window)
    levels = np.array([0.0, 3_000.0, 6_000.0, 450_000.0])
    windows = [window, Window(0.0, days=3) if window.seconds is None else Window(0.0, seconds=200_000)]
    trees, compiled = (days_of(ours, theirs, levels, windows, backend) for backend in ("numpy", "numba"))
    assert (trees == compiled).all()
    counted = [days_of(ours, theirs, levels[2:3], windows, backend, counting=True) for backend in ("numpy", "numba")]
    now = np.zeros((2, len(levels)), dtype=int)
    for at, i, distance in days_by_hand(ours, theirs, windows):
        lowest, many = np.full(len(ours), len(levels)), np.bincount(i[distance <= levels[2]], minlength=len(ours))
        np.minimum.at(lowest, i, np.searchsorted(levels, distance))
        assert (trees[:, *at] == lowest).all()
        assert all((each[:, *at] == many).all() for each in counted)
        if at[0] == 0 and at[2] == 8:
            now[at[1]] = (distance <= levels[:, None]).sum(axis=1)
    allowed = allowed_names(ours.parties, theirs.parties, "overlap")
    for metres, of_both in zip(levels, now.T, strict=True):
        found = [join(ours, theirs, window.of(metres), allowed, backend=backend) for backend in ("numpy", "numba")]
        one, other = (sorted(zip(each.i, each.j, each.within, each.gap_s, strict=True)) for each in found)
        assert one == other
        assert of_both.tolist() == [len(one), sum(each[2] for each in one)]
    lost = np.flatnonzero(ours.located)
    misses = [
        nearest(
            ours, theirs, window.of(10_000.0), allowed, rows=lost, banned=np.array([3, 5]),
            regions=Regions(ours, theirs), backend=backend,
        ) for backend in ("numpy", "numba")
    ]  # fmt: skip
    one, other = (dict(zip(pairs.i.tolist(), zip(pairs.j, kinds, strict=True), strict=True)) for pairs, kinds in misses)
    assert one == other


def test_small_buffers_and_parts_change_nothing(monkeypatch):
    rng = np.random.default_rng(2)
    ours, theirs = two_sides(rng, "towns", "own", "mixed")
    whole = days_of(ours, theirs, np.array([5_000.0]), [ONE], "numpy", counting=True)
    monkeypatch.setattr(_fast, "BUFFER", 4)
    monkeypatch.setattr(_trees, "ROWS", 7)
    monkeypatch.setattr(_trees, "AT_ONCE", 3)
    for backend in ("numba", "numpy"):
        assert (days_of(ours, theirs, np.array([5_000.0]), [ONE], backend, counting=True) == whole).all()
    assert whole.sum() > 1_000


@pytest.mark.parametrize("metres", [0.0, 60_000.0])
def test_areas_too(metres):
    rng = np.random.default_rng(7)
    ours = side_of(areas("incident", rng, 20), "incident").by(DAYS)
    theirs = side_of(areas("strike", rng, 30), "strike").by(DAYS)
    levels = np.array([metres])
    one, other = (days_of(ours, theirs, levels, [DAYS], backend, counting=True) for backend in ("numpy", "numba"))
    assert (one == other).all()
    assert one.sum() > 0


def test_either_side_may_be_the_first():
    rng = np.random.default_rng(4)
    ours, theirs = two_sides(rng, "towns", "own", "mixed")
    allowed = allowed_names(ours.parties, theirs.parties, "overlap")
    there = join(ours, theirs, ONE.of(3_000.0), allowed, backend="numpy")
    back = join(theirs, ours, ONE.of(3_000.0), allowed.T.copy(), backend="numba")
    one, other = (
        sorted(zip(there.i, there.j, there.within, there.gap_s, strict=True)),
        sorted(zip(back.j, back.i, back.within, -back.gap_s, strict=True)),
    )
    assert one == other
    assert len(one) > 100
