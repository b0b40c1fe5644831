"""Where may the true place of a record be? Round Gaussians around a point, evenly over the shape of an area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.gazetteer.precision import VICINITY_RADIUS_M
from geocasualty.gazetteer.vicinity import VICINITY
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.matching._sides import Side

__all__ = ["Block", "Cells", "Spread", "blocks", "cells_of", "spread_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

RADIUS_PER_SIGMA = float(np.sqrt(2 * np.log(10)))
"""A round Gaussian has nine tenths of itself within 2.146 standard deviations (along each axis) of its centre."""
ACROSS, ACROSS_BOTH = 16, 8
"""Cells along each side of the box around an area; fewer where both are areas, since each smooths the other."""
BLOCK = 131_072
_METRES_PER_DEGREE = 111_320.0


class Spread(NamedTuple):
    """For each record a mixture of two round Gaussians around its point, alike but for "near X".

    Attributes
    ----------
    share : numpy.ndarray
        Of the narrow one, 0 to 1.
    narrow_m, wide_m : numpy.ndarray
        Standard deviations along each axis, in metres; NaN for areas and unlocated records.
    """

    share: Floats
    narrow_m: Floats
    wide_m: Floats


def spread_of(radius_m: Floats, vicinity: Bools) -> Spread:
    """The distribution that a radius stands for.

    An ordinary record is a round Gaussian with nine tenths within ``radius_m``, which is what a radius says. A record
    of something "near X" is the mixture of :mod:`geocasualty.gazetteer.vicinity`, its two scales in proportion to
    ``radius_m``: as fitted at the radius that the gazetteer gives to "near X", 50 km.

    Examples
    --------
    >>> near = spread_of(np.array([4_000.0, 50_000.0]), np.array([False, True]))
    >>> near.share.tolist(), near.narrow_m.round().tolist(), near.wide_m.round().tolist()
    ([1.0, 0.309], [1864.0, 2190.0], [1864.0, 30280.0])
    """
    plain, scale = radius_m / RADIUS_PER_SIGMA, radius_m / VICINITY_RADIUS_M
    return Spread(
        np.where(vicinity, VICINITY.share, 1.0),
        np.where(vicinity, scale * VICINITY.narrow_m, plain),
        np.where(vicinity, scale * VICINITY.wide_m, plain),
    )


class Cells(NamedTuple):
    """An area in pieces.

    Attributes
    ----------
    lon, lat : numpy.ndarray
        Their centres of mass, in degrees.
    share : numpy.ndarray
        Of the area; they sum to 1.
    sigma_m : numpy.ndarray
        Standard deviation of a place in the piece along each axis: that of a square of its size.
    """

    lon: Floats
    lat: Floats
    share: Floats
    sigma_m: Floats


def cells_of(area: shapely.Geometry, across: int = ACROSS) -> Cells:
    """Cut an area by the cells of a grid over its bounds.

    Each piece stands for itself by a round Gaussian of its own variance, so that a sum over a few hundred pieces is
    close to the integral over the area even where the other place is exact and the limit smaller than a piece.

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
    boxes = shapely.box(lon[x], lat[y], lon[x + 1], lat[y + 1]).ravel()
    parts = shapely.intersection(boxes, area)
    size = shapely.area(parts)
    parts, size = parts[size > 0], size[size > 0]
    if not len(parts):  # no more than a line
        middle = shapely.centroid(area)
        return Cells(np.array([middle.x]), np.array([middle.y]), np.ones(1), np.zeros(1))
    middles = shapely.centroid(parts)
    lons, lats = shapely.get_x(middles), shapely.get_y(middles)
    square_m = size * np.cos(np.radians(lats)) * _METRES_PER_DEGREE**2
    return Cells(lons, lats, square_m / square_m.sum(), np.sqrt(square_m / 12))


class Block(NamedTuple):
    """Some pairs, each as a mixture of Gaussians of the separation of its two places.

    Attributes
    ----------
    pairs : numpy.ndarray of int
        Positions among the pairs.
    share, distance_m, sigma_m : numpy.ndarray
        Components in columns; one row for each pair, or one for all of them.
    """

    pairs: Ints
    share: Floats
    distance_m: Floats
    sigma_m: Floats


def blocks(
    ours: Side, theirs: Side, spreads: tuple[Spread, Spread], pairs: tuple[Ints, Ints], distance_m: Floats
) -> Iterator[Block]:
    """Every pair once: points in blocks by their distance, areas by distinct shape and place.

    Parameters
    ----------
    ours, theirs : Side
        Incidents and strikes.
    spreads : tuple of Spread
        Of both sides, as long.
    pairs : tuple of numpy.ndarray
        Positions in the two sides, all located.
    distance_m : numpy.ndarray
        Between the points of each pair, NaN where one is an area.
    """
    i, j = pairs
    areal = (ours.area[i] >= 0) | (theirs.area[j] >= 0)
    points = np.flatnonzero(~areal)
    for first in range(0, len(points), BLOCK):
        chosen = points[first : first + BLOCK]
        a, b = (_parts(spread, at[chosen]) for spread, at in zip(spreads, pairs, strict=True))
        share, sigma = _combined(a, b)
        yield Block(chosen, share, distance_m[chosen, None], sigma)
    if areal.any():
        yield from _with_areas(ours, theirs, spreads, pairs, np.flatnonzero(areal))


Parts = tuple[Floats, Floats]


def _parts(spread: Spread, at: Ints) -> Parts:
    """Shares and standard deviations, one column for each component that any of these records has."""
    share, narrow = spread.share[at, None], spread.narrow_m[at, None]
    if (share == 1.0).all():
        return share, narrow
    return np.hstack([share, 1 - share]), np.hstack([narrow, spread.wide_m[at, None]])


def _combined(a: Parts, b: Parts) -> Parts:
    """Every component of one record with every one of the other."""
    count = len(a[0])
    share = (a[0][:, :, None] * b[0][:, None, :]).reshape(count, -1)
    return share, np.hypot(a[1][:, :, None], b[1][:, None, :]).reshape(count, -1)


def _with_areas(
    ours: Side, theirs: Side, spreads: tuple[Spread, Spread], pairs: tuple[Ints, Ints], chosen: Ints
) -> Iterator[Block]:
    known: dict[tuple[int, int, int], Cells] = {}

    def place(number: int, side: Side, at: int, across: int) -> Cells:
        """A record as pieces: those of its area, or its point once for each Gaussian."""
        area = int(side.area[at])
        if area < 0:
            share, sigma = _parts(spreads[number], np.array([at]))
            here = np.ones(share.shape[1])
            return Cells(here * side.lon[at], here * side.lat[at], share[0], sigma[0])
        if (number, area, across) not in known:
            known[number, area, across] = cells_of(side.polygons[area], across)
        return known[number, area, across]

    keys = np.column_stack(
        [
            np.column_stack([side.area[at], *(np.nan_to_num(value[at], nan=-1.0) for value in values)])
            for side, at, values in (
                (ours, pairs[0][chosen], (ours.lon, ours.lat, *spreads[0])),
                (theirs, pairs[1][chosen], (theirs.lon, theirs.lat, *spreads[1])),
            )
        ]
    )
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(inverse.ravel()))[:-1])
    for representative, members in zip(first, groups, strict=True):
        i, j = int(pairs[0][chosen[representative]]), int(pairs[1][chosen[representative]])
        across = ACROSS_BOTH if ours.area[i] >= 0 and theirs.area[j] >= 0 else ACROSS
        a, b = place(0, ours, i, across), place(1, theirs, j, across)
        share = (a.share[:, None] * b.share).reshape(1, -1)
        sigma = np.hypot(a.sigma_m[:, None], b.sigma_m).reshape(1, -1)
        away = geodesic_distance_m(a.lon[:, None], a.lat[:, None], b.lon, b.lat).reshape(1, -1)
        yield Block(chosen[members], share, away, sigma)
