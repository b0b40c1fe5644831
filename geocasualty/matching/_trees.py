"""Which strikes lie within reach of each incident, in space and in time? The half of the join without a compiler.

Strikes stand in trees of earth-centred points, one for each class of radius and duration and each bin of time, so that
no long record and no wide one widens the search for the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching._days import Shifts
from geocasualty.matching._limits import DAY, SURE, Window, gap_of, in_time, too_many, wholly_in_time
from geocasualty.matching._regions import Regions, holding_circles
from geocasualty.matching._sides import Side

__all__ = [
    "BAND_M", "E2", "FOREVER_S", "SERIES_M", "A", "B", "Keep", "Pairs", "Trees", "classes_of", "compared", "mark",
    "next_to", "unmarked",
]  # fmt: skip

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

A, B = 6_378_137.0, 6_356_752.314245179
E2 = 1.0 - (B / A) ** 2
SERIES_M = 400_000.0
"""Metres up to which the chord gives the geodesic to 0.1 mm per km; see :func:`_along`."""
BAND_M = 1.0
"""Next to a limit, and beyond the series, pyproj decides."""
ROWS, AT_ONCE = 4_096, 1_024
"""Incidents that are counted together, and that one query takes: it makes a list of neighbours for each."""
FOREVER_S = 10**15
"""Seconds between any two dates, and far from overflow."""


def ecef(lon: Floats, lat: Floats) -> Floats:
    """Earth-centred coordinates of points on the ellipsoid, in metres."""
    up, level = np.sin(np.radians(lat)), np.cos(np.radians(lat))
    normal = A / np.sqrt(1.0 - E2 * up * up)
    x, y = normal * level * np.cos(np.radians(lon)), normal * level * np.sin(np.radians(lon))
    return np.column_stack([x, y, normal * (1.0 - E2) * up])


def _along(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """The chord between points, and the geodesic from it.

    An arc of the curvature that the ellipsoid has halfway in that direction: with A = diag(1/a², 1/a², 1/b²), the
    normal curvature at m along the unit vector t is tᵀAt / |Am|.
    """
    flat, steep = 1.0 / (A * A), 1.0 / (B * B)
    difference, total = one - other, one + other
    square, double = difference * difference, total * total
    chord = np.sqrt(square.sum(axis=1))
    bend = (square[:, 0] + square[:, 1]) * flat + square[:, 2] * steep
    lift = (double[:, 0] + double[:, 1]) * flat * flat + double[:, 2] * steep * steep
    level = 0.25 * ((double[:, 0] + double[:, 1]) * flat + double[:, 2] * steep)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = bend * bend * level / (chord * chord * lift)
    arc = chord * (1.0 + half * (1.0 / 6.0 + half * (3.0 / 40.0 + half * (15.0 / 336.0))))
    return chord, np.where(chord > 0.0, arc, 0.0)


def _held(side: Side) -> tuple[Floats, Floats]:
    """For each record the middle and the radius of a circle that holds it; an area has one around it."""
    lon, lat, radius = side.lon, side.lat, side.radius_m
    if side.polygons:
        areal = side.area >= 0
        lon, lat, radius = lon.copy(), lat.copy(), radius.copy()
        lon[areal], lat[areal], radius[areal] = holding_circles(side.polygons)[side.area[areal]].T
    return ecef(lon, lat), radius


class Pairs(NamedTuple):
    """Pairs of two sides.

    Attributes
    ----------
    i, j : numpy.ndarray of int
        Positions in the one side and in the other.
    between_m, least_m, greatest_m : numpy.ndarray of float
        Metres between the points (NaN where one is an area), and the bounds on the true distance.
    gap_s : numpy.ndarray of int
        Seconds from the first to the second, 0 on the same day, or where clock times overlap.
    within : numpy.ndarray of bool
        Whether both are wholly inside the limits, in space and in time.
    """

    i: Ints
    j: Ints
    between_m: Floats
    least_m: Floats
    greatest_m: Floats
    gap_s: Ints
    within: Bools

    def take(self, chosen: Any) -> Pairs:
        """Some of them."""
        return Pairs(*(column[chosen] for column in self))

    @classmethod
    def together(cls, parts: list[Pairs]) -> Pairs:
        """One behind another."""
        kinds = (int, int, float, float, float, int, bool)
        columns = zip(*(tuple(part) for part in parts), strict=True) if parts else ()
        return cls(*map(np.concatenate, columns)) if parts else cls(*(np.empty(0, dtype=kind) for kind in kinds))


Keep = Callable[[Pairs], Pairs]
"""What is kept of some pairs; it may be asked about all that it kept before, together."""


def compared(ours: Side, theirs: Side, regions: Regions, i: Ints, j: Ints, window: Window, allowed: Codes) -> Pairs:
    """Records compared with each other, near or not."""
    between, least, greatest = regions.of(i, j)
    times = ours.start[i], ours.end[i], theirs.start[j], theirs.end[j]
    within = (greatest <= window.metres) & wholly_in_time(*times, window) & in_time(*times, window)
    within &= allowed[ours.party[i], theirs.party[j]] == SURE
    return Pairs(i, j, between, least, greatest, gap_of(*times, window), within)


def next_to(metres: Floats, levels: Floats) -> Bools:
    """Which distances are so near one of some limits that pyproj decides."""
    first = np.searchsorted(levels, metres - BAND_M, side="left")
    return np.asarray(first < np.searchsorted(levels, metres + BAND_M, side="right"))


def unmarked(count: int, levels: Floats, windows: list[Window], days: int, counting: bool) -> npt.NDArray[np.int32]:
    """Room for what :func:`mark` notes of so many incidents: nothing yet."""
    nothing = 0 if counting else len(levels)
    return np.full((count, len(windows), 2, 2 * days + 1), nothing, dtype=np.int32)


def mark(
    found: npt.NDArray[np.int32],
    row: Ints,
    owner: Ints,
    strikes: tuple[Ints, Ints],
    bounds: tuple[Floats, Floats],
    levels: Floats,
    shifts: list[Shifts],
    counting: bool,
) -> None:
    """Note pairs on the shifts under which each passes in time.

    Parameters
    ----------
    found : numpy.ndarray of int, four-dimensional
        By row, window, test (``possible``, ``within``) and shift: the lowest level at which any pair passes, their
        number where none does; or with ``counting`` how many pass at the highest.
    row, owner : numpy.ndarray of int
        Where to note each pair, and the incident that is moved.
    strikes, bounds : tuple of numpy.ndarray
        Start and end of each strike, and least and greatest distance.
    levels : numpy.ndarray of float
        Limits in metres, ascending.
    shifts : list of Shifts
        Of the incidents, for each window.
    """
    for test, distance in enumerate(bounds):
        level = np.searchsorted(levels, distance, side="left").astype(np.int32)
        near = np.flatnonzero(level < len(levels))
        for number, each in enumerate(shifts):
            first, last = each.passing(owner[near], strikes[0][near], strikes[1][near], wholly=test == 1)
            many = np.maximum(0, last - first + 1)
            pair = np.repeat(np.arange(len(near)), many)
            shift = np.arange(len(pair)) - (np.cumsum(many) - many)[pair] + first[pair] + each.days
            at = ((row[near][pair] * len(shifts) + number) * 2 + test) * found.shape[3] + shift
            if counting:
                np.add.at(found.reshape(-1), at, 1)
            else:
                np.minimum.at(found.reshape(-1), at, level[near][pair])


class Trees:
    """Two sides that can be joined at any limits.

    Parameters
    ----------
    ours, theirs : Side
        The two sides, with the times that the windows compare.
    allowed : numpy.ndarray of int
        As :func:`geocasualty.matching._limits.allowed_names`.
    """

    def __init__(self, ours: Side, theirs: Side, allowed: Codes) -> None:
        self._ours, self._theirs, self._allowed = ours, theirs, allowed
        self._regions = Regions(ours, theirs)
        (self._here, self._radius), (self._there, self._reach) = _held(ours), _held(theirs)

    def pairs(self, window: Window, rows: Ints, keep: Keep | None, max_pairs: int) -> Pairs:
        """The pairs of some located incidents, or what is kept of them."""
        parts, total = [], 0
        for i, j in self._candidates(window, rows):
            found = compared(self._ours, self._theirs, self._regions, i, j, window, self._allowed)
            found = found.take(found.least_m <= window.metres)
            found = keep(found) if keep else found
            total += len(found.i)
            if total > max_pairs:
                raise too_many(max_pairs, total)
            parts.append(found)
        return Pairs.together(parts)

    def days(
        self, levels: Floats, windows: list[Window], days: int, counting: bool
    ) -> Iterator[tuple[Ints, npt.NDArray[np.int32]]]:
        """Some located incidents at a time, and what :func:`mark` notes of them."""
        ours, theirs = self._ours, self._theirs
        located = np.flatnonzero(ours.located)
        widest = max(windows, key=lambda window: window.reach_s).of(levels[-1]).later(days)
        shifts = [Shifts.of(ours, window, days) for window in windows]

        def some(first: int) -> tuple[Ints, npt.NDArray[np.int32]]:
            rows = located[first : first + ROWS]
            found = unmarked(len(rows), levels, windows, days, counting)
            for i, j in self._candidates(widest, rows):
                chord, away = _along(self._here[i], self._there[j])
                reach = ours.radius_m[i] + theirs.radius_m[j]
                least, greatest = np.maximum(0.0, away - reach), away + reach
                close = next_to(least, levels) | next_to(greatest, levels)
                unsure = (chord > 0.0) & (close | (chord > SERIES_M))
                at = np.flatnonzero(unsure | np.isnan(reach))
                _, least[at], greatest[at] = self._regions.of(i[at], j[at])
                greatest = np.where(self._allowed[ours.party[i], theirs.party[j]] == SURE, greatest, np.inf)
                strikes = theirs.start[j], theirs.end[j]
                mark(found, np.searchsorted(rows, i), i, strikes, (least, greatest), levels, shifts, counting)
            return rows, found

        if len(located) <= ROWS:
            yield some(0)
            return
        with ThreadPoolExecutor() as pool:
            yield from pool.map(some, range(0, len(located), ROWS))

    def _candidates(self, window: Window, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Positions of incidents and of strikes that may be near: allowed, in time, and near by the chord.

        The chord is never longer than the geodesic. ``rows`` are located incidents; each pair comes once, those of one
        incident in several parts.
        """
        from scipy.spatial import cKDTree

        ours, theirs = self._ours, self._theirs
        here, radius, there, reach = self._here, self._radius, self._there, self._reach
        metres, reach_s = window.metres, min(window.reach_s, FOREVER_S)
        located = np.flatnonzero(theirs.located)
        if not (len(located) and len(rows)):
            return
        unit = max(reach_s, DAY)
        duration = theirs.end[located] - theirs.start[located]
        kinds = classes_of(reach[located], max(metres, 1_000.0)) << 16 | classes_of(duration, float(unit))
        rows = rows[np.argsort(ours.start[rows], kind="stable")]
        before, after = ours.start[rows] - reach_s, ours.end[rows] + reach_s
        for kind in np.unique(kinds):
            members = located[kinds == kind]
            members = members[np.argsort(theirs.start[members], kind="stable")]
            starts, longest = theirs.start[members], int((theirs.end[members] - theirs.start[members]).max())
            width = max((longest + 2 * reach_s) // 3, DAY)
            bins = (starts - starts[0]) // width
            for part in np.split(members, np.flatnonzero(np.diff(bins)) + 1):
                first, last = theirs.start[part[0]], theirs.start[part[-1]]
                asked = np.flatnonzero((before - longest <= last) & (after >= first))
                if not len(asked):
                    continue
                tree = cKDTree(there[part])
                widest = metres + float(reach[part].max()) + 2.0 * BAND_M
                for at in range(0, len(asked), AT_ONCE):
                    some = rows[asked[at : at + AT_ONCE]]
                    found = tree.query_ball_point(here[some], widest + radius[some], return_sorted=False)
                    many = np.fromiter(map(len, found), np.int64, len(some))
                    every = np.fromiter(itertools.chain.from_iterable(found), np.int64, int(many.sum()))
                    i, j = np.repeat(some, many), part[every]
                    near = in_time(ours.start[i], ours.end[i], theirs.start[j], theirs.end[j], window)
                    near &= self._allowed[ours.party[i], theirs.party[j]] > 0
                    i, j = i[near], j[near]
                    if len(i):
                        yield i, j


def classes_of(values: Floats | Ints, unit: float, doublings: int = 2) -> Ints:
    """Classes of which each is so many times doubled against the one before."""
    if not len(values) or values.max() <= unit:
        return np.zeros(len(values), dtype=np.int64)
    return np.where(values <= unit, 0, np.ceil(np.log2(np.maximum(values / unit, 1.0)) / doublings)).astype(np.int64)
