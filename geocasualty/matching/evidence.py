"""How far and how late may a report lie from its event? One model, read by probability, match weight and link.

A record says where (a radius, "near X", an outline) and when (an interval); the probability of a pair takes both at
their word. Two reports of one event differ by a little more than they say, and a few of them by much: the densities
add that. They rank. They prove nothing: an unrelated strike on the right day next door has a high density too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.gazetteer.precision import VICINITY_RADIUS_M
from geocasualty.gazetteer.vicinity import VICINITY
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.matching._limits import DAY
from geocasualty.matching._sides import Side

__all__ = [
    "CLAIM_AND_STRIKE",
    "METRES_PER_DEGREE",
    "TWO_CLAIMS",
    "Lag",
    "Placed",
    "Separation",
    "cells_of",
    "in_space",
    "in_time",
    "log_space_density",
    "log_time_density",
    "measured",
    "none_of",
    "shares_of",
    "summed",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

RADIUS_PER_SIGMA = float(np.sqrt(2 * np.log(10)))
"""A round Gaussian has nine tenths of itself within 2.146 standard deviations (along each axis) of its centre."""
APART_M = 500.0
"""Standard deviation by which two exact records of one event may differ along each axis: what is hit and where people
die, a target and a street. A choice of this project; it keeps the density finite where both radii are zero."""
ASTRAY, ASTRAY_M = 0.03, 10_000.0
"""The share of reports that name another place or another day than they should, and by how much along each axis: the
town next to it. The share reproduces the dates below; for places the share and the distance are a choice."""
OTHER_REASON = 0.05
"""The share of candidates that are the one meant for another reason than their weight. What researchers quoted of 66
incidents is likeliest with 0.096 (each left out 0.073 to 0.098, resampled 0.02 to 0.20), hardly less with this."""
ACROSS, ACROSS_BOTH = 16, 8
"""Cells along each side of the box around an area; fewer where both are areas, since each smooths the other."""
CERTAIN, FAR = 10.0, 100.0
"""Standard deviations beyond which a Gaussian holds nothing; and those of distance from which the normal approximation
is right to 1e-5, and far quicker."""
UNDERFLOW = -35.0
"""Standard deviations from which a Gaussian tail is no longer a number; farther off its logarithm is taken directly."""
ENTRIES = 262_144
"""Components of separations at a time."""
METRES_PER_DEGREE = 111_195.0


class Lag(NamedTuple):
    """How much later the second of two records is dated than the first, if they are one event: two Gaussians.

    Attributes
    ----------
    mean_s, sigma_s : float
        Of the usual lag, in seconds.
    astray : float
        The share of pairs that are dated anyhow, around no lag at all.
    astray_s : float
        Standard deviation of these, in seconds.
    """

    mean_s: float
    sigma_s: float
    astray: float
    astray_s: float


CLAIM_AND_STRIKE = Lag(mean_s=-6 * 3600.0, sigma_s=6 * 3600.0, astray=ASTRAY, astray_s=3.0 * DAY)
"""A claim is dated some hours later than the strike that it tells of. Reproduces which releases researchers quoted for
an incident: that of its own date 57 %, of the next day 40 %, others 3 % (public allegations of 2014 on; a release
covers the 24 hours up to 8 a.m. of its date)."""
TWO_CLAIMS = Lag(0.0, CLAIM_AND_STRIKE.sigma_s / 2, 1 - (1 - ASTRAY) ** 2, CLAIM_AND_STRIKE.astray_s)
"""Two claims of one event mostly follow the same first reports: their lags behind it differ by half as much, and either
may be astray. Of two that state a day, 85 in 100 then state the same one, a choice of this project."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the event of each record may be: a mixture of round Gaussians around its point, or evenly in its area.

    Attributes
    ----------
    side : Side
        The records.
    share : numpy.ndarray
        Of each Gaussian (columns), 0 to 1; an ordinary record is all of the first.
    sigma_m : numpy.ndarray
        Standard deviations along each axis, in metres; NaN for areas and unlocated records.
    """

    side: Side
    share: Floats
    sigma_m: Floats

    @classmethod
    def of(cls, side: Side, vicinity: Bools) -> Placed:
        """The distributions that radii stand for.

        An ordinary record is a round Gaussian with nine tenths within ``radius_m``, which is what a radius says. A
        record of something "near X" is the mixture of :mod:`geocasualty.gazetteer.vicinity`, its scales in proportion
        to ``radius_m``: as fitted at the radius that the gazetteer gives to "near X", 50 km.
        """
        radius = side.radius_m[:, None]
        alone = np.eye(1, len(VICINITY.shares))
        share = np.where(vicinity[:, None], VICINITY.shares, alone)
        sigma = np.where(
            vicinity[:, None], radius / VICINITY_RADIUS_M * np.array(VICINITY.sigmas_m), radius / RADIUS_PER_SIGMA
        )
        return cls(side, share, sigma)

    def variance_m2(self) -> Floats:
        """Of each place along each axis, in square metres; an area's as that of a square of its size."""
        variance = (self.share * self.sigma_m**2).sum(axis=1)
        areal = np.flatnonzero(self.side.area >= 0)
        middles = shapely.get_y(shapely.centroid(self.side.polygons))
        size = shapely.area(self.side.polygons) * np.cos(np.radians(middles)) * METRES_PER_DEGREE**2
        variance[areal] = size[self.side.area[areal]] / 12
        return np.asarray(variance)


class Cells(NamedTuple):
    """A place in pieces: their centres in degrees, shares that sum to 1, and standard deviations along each axis."""

    lon: Floats
    lat: Floats
    share: Floats
    sigma_m: Floats


def cells_of(area: shapely.Geometry, across: int = ACROSS) -> Cells:
    """Cut an area by the cells of a grid over its bounds.

    Each piece stands for itself by a round Gaussian of the variance of a square of its size, so that a sum over a few
    hundred pieces is close to the integral over the area even where the other place is exact and the limit smaller
    than a piece.

    Examples
    --------
    >>> cells = cells_of(shapely.box(43.0, 35.0, 44.0, 36.0), across=2)
    >>> cells.lon.tolist(), cells.share.round(3).tolist(), (cells.sigma_m / 1000).round(1).tolist()
    ([43.25, 43.75, 43.25, 43.75], [0.251, 0.251, 0.249, 0.249], [14.5, 14.5, 14.5, 14.5])
    """
    area = area if area.is_valid else shapely.make_valid(area)
    west, south, east, north = area.bounds
    lon, lat = np.linspace(west, east, across + 1), np.linspace(south, north, across + 1)
    x, y = np.meshgrid(np.arange(across), np.arange(across))
    parts = shapely.intersection(shapely.box(lon[x], lat[y], lon[x + 1], lat[y + 1]).ravel(), area)
    size = shapely.area(parts)
    parts, size = parts[size > 0], size[size > 0]
    if not len(parts):  # no more than a line
        middle = shapely.centroid(area)
        return Cells(np.array([middle.x]), np.array([middle.y]), np.ones(1), np.zeros(1))
    middles = shapely.centroid(parts)
    lons, lats = shapely.get_x(middles), shapely.get_y(middles)
    square_m = size * np.cos(np.radians(lats)) * METRES_PER_DEGREE**2
    return Cells(lons, lats, square_m / square_m.sum(), np.sqrt(square_m / 12))


class Separation(NamedTuple):
    """Of pairs of places, each a mixture of Gaussians: components in columns, a row for each pair (or one for all)."""

    share: Floats
    distance_m: Floats
    sigma_m: Floats


def measured(
    ours: Placed, theirs: Placed, pairs: tuple[Ints, Ints], distance_m: Floats, *measures: Callable[[Separation], Any]
) -> list[Floats]:
    """Measures of the separation of each pair, such as a probability or a density; each distinct area and place once.

    Parameters
    ----------
    ours, theirs : Placed
        Both sides.
    pairs : tuple of numpy.ndarray
        Positions in the two sides, all located.
    distance_m : numpy.ndarray
        Between the points of each pair, NaN where one is an area.
    *measures : callable
        From a separation to a number for each of its rows.
    """
    found = np.empty((len(measures), len(distance_m)))
    sides = (ours, theirs)
    area = [placed.side.area[at] for placed, at in zip(sides, pairs, strict=True)]
    known: dict[tuple[int, int, int], Cells] = {}
    for areal in itertools.product((False, True), repeat=2):
        chosen = np.flatnonzero(((area[0] >= 0) == areal[0]) & ((area[1] >= 0) == areal[1]))
        across = ACROSS_BOTH if all(areal) else ACROSS
        rows, back = _distinct(sides, pairs, chosen) if any(areal) else (chosen, np.arange(len(chosen)))
        values = np.empty((len(measures), len(rows)))
        step = ENTRIES // int(np.prod([across**2 if some else len(VICINITY.shares) for some in areal]))
        for first in range(0, len(rows), step):
            part = slice(first, first + step)
            a, b = (_pieces(sides[n], pairs[n][rows[part]], across, known, n) for n in (0, 1))
            away = distance_m[rows[part], None]
            if any(areal):
                away = geodesic_distance_m(*(each[:, :, None] for each in a[:2]), *(each[:, None] for each in b[:2]))
            share, sigma = a.share[:, :, None] * b.share[:, None], np.hypot(a.sigma_m[:, :, None], b.sigma_m[:, None])
            separation = Separation(*(each.reshape(len(away), -1) for each in (share, away, sigma)))
            values[:, part] = [measure(separation) for measure in measures]
        found[:, chosen] = values[:, back]
    return list(found)


def _distinct(sides: tuple[Placed, Placed], pairs: tuple[Ints, Ints], chosen: Ints) -> tuple[Ints, Ints]:
    """One pair of each shape and place, and which of these every chosen one is."""
    keys = [
        np.nan_to_num(values[at[chosen]], nan=-1.0)
        for placed, at in zip(sides, pairs, strict=True)
        for values in (placed.side.area, placed.side.lon, placed.side.lat, placed.share[:, 0], placed.sigma_m[:, 0])
    ]
    _, first, back = np.unique(np.column_stack(keys), axis=0, return_index=True, return_inverse=True)
    return chosen[first], back.ravel()


def _pieces(placed: Placed, at: Ints, across: int, known: dict[tuple[int, int, int], Cells], number: int) -> Cells:
    """Records as pieces, a row for each: those of its area, or its point once for each Gaussian."""
    side, area = placed.side, placed.side.area[at]
    if not len(at) or area[0] < 0:
        share, sigma = placed.share[at], placed.sigma_m[at]
        if (share[:, 0] == 1.0).all():
            share, sigma = share[:, :1], sigma[:, :1]
        lon, lat = (np.repeat(each[at, None], share.shape[1], axis=1) for each in (side.lon, side.lat))
        return Cells(lon, lat, share, sigma)
    for polygon in set(area.tolist()) - {key[1] for key in known if key[::2] == (number, across)}:
        cells = cells_of(side.polygons[polygon], across)
        lacking = (0, across**2 - len(cells.lon))
        known[number, polygon, across] = Cells(*(np.pad(each, lacking, "edge") for each in cells))
        known[number, polygon, across].share[len(cells.lon) :] = 0.0
    every = [known[number, polygon, across] for polygon in area.tolist()]
    return Cells(*(np.stack(each) for each in zip(*every, strict=True)))


def within_distance(distance_m: Floats, sigma_m: Floats, limit_m: float) -> Floats:
    """The probability that two places are within a limit of each other, if their separation is a round Gaussian.

    The squared distance over the variance is noncentral chi-square with two degrees of freedom. The Earth is taken as
    flat around the pair: with standard deviations up to 50 km, draws on the ellipsoid agree to half a per cent.

    Examples
    --------
    >>> within_distance(np.array([0.0, 10_000.0, 3.0]), np.array([4_660.0, 1_000.0, 0.0]), 10_000.0).round(3).tolist()
    [0.9, 0.48, 1.0]
    >>> within_distance(np.array([]), np.array([]), 1.0).shape
    (0,)
    """
    from scipy.special import chndtr, ndtr

    distance, sigma = np.broadcast_arrays(distance_m, sigma_m)
    result = (distance <= limit_m).astype(float)
    near = np.abs(distance - limit_m) < CERTAIN * sigma
    far = near & (distance > FAR * sigma)
    near &= ~far
    result[near] = chndtr((limit_m / sigma[near]) ** 2, 2.0, (distance[near] / sigma[near]) ** 2)
    away, spread = distance[far], sigma[far]
    result[far] = ndtr((limit_m - away - spread**2 / (2 * away)) / spread)
    return result


def in_space(separation: Separation, limit_m: float) -> Floats:
    """The probability that the true places of each pair are within ``limit_m`` metres.

    Examples
    --------
    >>> both = Separation(np.array([[0.25, 0.75]]), np.array([[3_000.0]]), np.array([[0.0, 1e5]]))
    >>> in_space(both, 5_000.0).round(3).tolist()
    [0.251]
    """
    inside = (separation.share * within_distance(separation.distance_m, separation.sigma_m, limit_m)).sum(axis=1)
    return np.asarray(np.clip(inside, 0.0, 1.0))


Spans = tuple[Ints, Ints]
"""Starts and ends in seconds."""


def in_time(incident: Spans, strike: Spans, limit_s: int) -> Floats:
    """The probability that two true times lie within a limit of each other, each anywhere in its interval.

    It is the share of the rectangle of both intervals that lies in the band: a piecewise polynomial.

    Examples
    --------
    >>> day, next_day = (np.array([0]), np.array([86_400])), (np.array([86_400]), np.array([172_800]))
    >>> in_time(day, next_day, 86_400).tolist(), in_time(day, day, 0).tolist()
    ([0.5], [0.0])
    """
    corners, scale = _corners(incident, strike)
    least, greatest = corners[3], corners[0]

    def earlier(lag: int) -> Floats:
        """The probability that strike minus incident is at most a lag; the squares stay small, as do their errors."""
        squares = np.square(np.maximum(np.clip(float(lag), least, greatest) - corners, 0.0))
        share = (squares[3] - squares[1] - squares[2] + squares[0]) / (2 * scale)
        return np.asarray(np.clip(share, 0.0, 1.0))

    return np.asarray(earlier(limit_s) - earlier(-limit_s))


def _corners(one: Spans, other: Spans) -> tuple[Floats, Floats]:
    """The greatest lag of the second behind the first, those of both starts and of both ends, the least; their area."""
    (start, end), (start_b, end_b) = ((np.asarray(a, float), np.asarray(b, float)) for a, b in (one, other))
    return np.stack([end_b - start, start_b - start, end_b - end, start_b - end]), (end - start) * (end_b - start_b)


def log_space_density(separation: Separation) -> Floats:
    """The log density, for each square kilometre, of the observed separation of each pair, if one event.

    Examples
    --------
    >>> both = Separation(np.ones((2, 1)), np.array([[0.0], [3_000.0]]), np.array([[1_000.0], [1_000.0]]))
    >>> log_space_density(both).round(2).tolist()
    [-2.09, -5.68]
    """
    from scipy.special import logsumexp

    def apart(metres: float) -> Floats:
        square_km2 = (np.square(separation.sigma_m) + metres**2) / 1e6
        log = -np.square(separation.distance_m / 1000) / (2 * square_km2) - np.log(2 * np.pi * square_km2)
        return np.asarray(log[:, 0] if log.shape[1] == 1 else logsumexp(log, b=separation.share, axis=1))

    return np.asarray(np.logaddexp(np.log1p(-ASTRAY) + apart(APART_M), np.log(ASTRAY) + apart(ASTRAY_M)))


def log_time_density(one: Spans, other: Spans, lag: Lag = CLAIM_AND_STRIKE) -> Floats:
    """The log density, for each day, that two intervals date one event, each true time anywhere in its own.

    Examples
    --------
    >>> day = np.array([0, 0, 0, 0]), np.array([24, 24, 24, 24]) * 3600
    >>> releases = np.array([-40, -16, 8, 32]) * 3600
    >>> density = np.exp(log_time_density(day, (releases, releases + 86_400)))
    >>> (density / density.sum()).round(2).tolist()
    [0.01, 0.57, 0.42, 0.0]
    """
    usual = np.log1p(-lag.astray) + _log_overlap(one, other, lag.mean_s, lag.sigma_s)
    astray = np.log(lag.astray) + _log_overlap(one, other, 0.0, lag.astray_s)
    return np.asarray(np.logaddexp(usual, astray) + np.log(DAY))


def _log_overlap(one: Spans, other: Spans, mean: float, sigma: float) -> Floats:
    """Log of a Gaussian of the lag, averaged over both intervals: a second difference."""
    from scipy.special import ndtr

    corners, area = _corners(one, other)
    corners = corners - mean
    # it is the same seen from the other side, and the tail is exact only on the left
    turned = np.where(corners.sum(axis=0) > 0, -corners[::-1], corners) / sigma
    slope = turned * ndtr(turned) + np.exp(-np.square(turned) / 2) / np.sqrt(2 * np.pi)
    scale = sigma / area
    total = (slope[0] - slope[1] - slope[2] + slope[3]) * scale
    nearest = turned.max(axis=0)
    tail = np.minimum(nearest, UNDERFLOW)
    # far out the nearest corner decides: phi(z) / z**2, less what lies behind the ends of the intervals
    beyond = np.log(scale) - np.square(tail) / 2 - np.log(np.sqrt(2 * np.pi) * np.square(tail))
    beyond += sum(np.log(-np.expm1(tail * (end - start) / sigma)) for start, end in (one, other))
    known = (total > 0) & (nearest > UNDERFLOW)
    return np.where(known, np.log(np.where(known, total, 1.0)), beyond)


def shares_of(weight: Floats, owner: Ints) -> Floats:
    """How likely each of several candidates is the one meant, by their weights in bits, if it is one of them.

    None is less likely than its part of :data:`OTHER_REASON`. The probability of a pair needs no such floor.

    Parameters
    ----------
    weight : numpy.ndarray
        log2 of the odds of each.
    owner : numpy.ndarray of int
        The event that each is a candidate for, from 0.

    Examples
    --------
    >>> shares_of(np.array([3.0, 2.0, -90.0, 0.0]), np.array([0, 0, 0, 1])).round(3).tolist()
    [0.65, 0.333, 0.017, 1.0]
    """
    count = np.bincount(owner)
    share = np.exp2(weight - summed(weight, owner, len(count))[owner])
    return np.asarray((1 - OTHER_REASON) * share + OTHER_REASON / count[owner])


def none_of(weight: Floats) -> Floats:
    """How likely the one meant is none of several candidates, by the bits of all of them together.

    None is a candidate too, with a weight of zero: an unrelated strike, at the rate of such strikes. It is never less
    likely than :data:`OTHER_REASON`.

    Examples
    --------
    >>> none_of(np.array([-np.inf, 0.0, 20.0])).round(3).tolist()
    [1.0, 0.525, 0.05]
    """
    return np.asarray(OTHER_REASON + (1 - OTHER_REASON) / (1 + np.exp2(weight)))


def summed(weight: Floats, owner: Ints, many: int) -> Floats:
    """The bits of the odds of several candidates together, for each owner; minus infinity where there are none.

    Examples
    --------
    >>> summed(np.array([1.0, 1.0, -900.0]), np.array([0, 0, 2]), 3).tolist()
    [2.0, -inf, -900.0]
    """
    most = np.full(many, -np.inf)
    np.maximum.at(most, owner, weight)
    odds = np.bincount(owner, np.exp2(weight - most[owner]), many)
    return np.asarray(most + np.log2(odds, out=np.zeros(many), where=odds > 0))
