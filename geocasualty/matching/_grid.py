"""Which strikes lie within reach of each incident, in space and in time? The compiled half of the join.

Cells are rows of latitude cut into columns of longitude. Within a cell strikes stand in order of their start, so that
a window in time is one binary search, and nothing is looked at that either space or time alone would let through.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np

__all__ = [
    "POSSIBLE",
    "UNDECIDED",
    "WITHIN",
    "Grids",
    "begin",
    "cells_of",
    "ecef",
    "gather",
    "join",
    "order_by",
    "place",
]

WITHIN, POSSIBLE, UNDECIDED = 0, 1, 2

A = 6_378_137.0
B = 6_356_752.314245179
E2 = 1.0 - (B / A) ** 2
MERIDIAN = A * (1.0 - E2)
"""The least radius of curvature on WGS84, that of the meridian at the equator."""
SERIES = 400_000.0
"""Metres up to which the chord gives the geodesic to 0.1 mm per km; see ``_along``."""
BAND = 1.0
DAY = 86_400.0

X, Y, Z, RADIUS, START, END, RANK, CODE, LON, LAT = range(10)


def _compiled(function: Any, **options: Any) -> Any:
    """Compile, and keep the code on disk where there is a disk that can be written."""
    try:
        return numba.njit(nogil=True, cache=True, error_model="numpy", **options)(function)
    except RuntimeError:  # no locator available: package and home are read-only
        return numba.njit(nogil=True, error_model="numpy", **options)(function)


def _inlined(function: Any) -> Any:
    """Compile into its callers: a call counts references to its arrays, for which threads wait on one another."""
    return _compiled(function, forceinline=True)


class Grids(NamedTuple):
    """Strikes in cells: several grids behind one another in the same arrays.

    Attributes
    ----------
    of_class : numpy.ndarray of int64
        The grids that a class of incidents looks into, -1 behind the last.
    rows : numpy.ndarray of int64
        Of each grid: its first row, how many there are, and where they stand in ``columns``.
    sizes : numpy.ndarray of float64
        Of each grid: height of a row in degrees, greatest radius in metres, longest duration in seconds.
    columns : numpy.ndarray of int64
        Of each row: columns around the whole Earth, first and last one in use, and where its cells begin in ``cells``.
    cells : numpy.ndarray of int64
        Where each cell begins in ``strikes``; it ends where the next begins.
    starts : numpy.ndarray of int64
        The start of each strike.
    strikes : numpy.ndarray of float64
        X, Y, Z, radius, start, end, rank of the id, and twice the code of its belligerents (odd for an area).
    """

    of_class: Any
    rows: Any
    sizes: Any
    columns: Any
    cells: Any
    starts: Any
    strikes: Any


@_compiled
def ecef(lon, lat, out, first, last):  # type: ignore[no-untyped-def]
    """Earth-centred coordinates of ``[first, last)``, in metres."""
    for at in range(first, last):
        phi, lam = math.radians(lat[at]), math.radians(lon[at])
        up = math.sin(phi)
        normal = A / math.sqrt(1.0 - E2 * up * up)
        flat = normal * math.cos(phi)
        out[at, X] = flat * math.cos(lam)
        out[at, Y] = flat * math.sin(lam)
        out[at, Z] = normal * (1.0 - E2) * up


@_compiled
def order_by(keys, order):  # type: ignore[no-untyped-def]
    """Sort positions by their keys (of zero or more), stably, eleven bits at a time."""
    greatest = 0
    for at in order:
        greatest = max(greatest, keys[at])
    other = np.empty_like(order)
    shift = 0
    while shift == 0 or (shift < 63 and greatest >> shift > 0):
        begins = np.zeros(2049, dtype=np.int64)
        for at in order:
            begins[((keys[at] >> shift) & 2047) + 1] += 1
        for digit in range(2048):
            begins[digit + 1] += begins[digit]
        for at in order:
            digit = (keys[at] >> shift) & 2047
            other[begins[digit]] = at
            begins[digit] += 1
        order, other = other, order
        shift += 11
    return order


@_compiled
def _columns_in(row, height):  # type: ignore[no-untyped-def]
    middle = math.radians(min(90.0, max(-90.0, (row + 0.5) * height - 90.0)))
    return max(1, int(360.0 * math.cos(middle) / height))


@_compiled
def cells_of(lon, lat, who, height, cell):  # type: ignore[no-untyped-def]
    """Lay a grid of this height over some strikes, and number their cells.

    Returns
    -------
    tuple
        First row, table of the rows (as ``Grids.columns``), number of cells. ``cell`` receives the number of each.
    """
    low, high = 1 << 60, -1
    for n in range(len(who)):
        row = int((lat[who[n]] + 90.0) / height)
        low, high = min(low, row), max(high, row)
    table = np.empty((high - low + 1, 4), dtype=np.int64)
    for row in range(len(table)):
        table[row, 0] = _columns_in(low + row, height)
        table[row, 1] = table[row, 0]
        table[row, 2] = -1
    for n in range(len(who)):
        row = int((lat[who[n]] + 90.0) / height) - low
        column = min(int((lon[who[n]] + 180.0) / 360.0 * table[row, 0]), table[row, 0] - 1)
        table[row, 1] = min(table[row, 1], column)
        table[row, 2] = max(table[row, 2], column)
        cell[n] = column
    total = 0
    for row in range(len(table)):
        table[row, 3] = total
        total += max(0, table[row, 2] - table[row, 1] + 1)
    for n in range(len(who)):
        row = int((lat[who[n]] + 90.0) / height) - low
        cell[n] += table[row, 3] - table[row, 1]
    return low, table, total


@_compiled
def begin(cell, begins, offset):  # type: ignore[no-untyped-def]
    """Where each cell begins, behind ``offset``."""
    begins[:] = 0
    for number in cell:
        begins[number + 1] += 1
    begins[0] = offset
    for number in range(len(begins) - 1):
        begins[number + 1] += begins[number]


@_compiled
def place(who, cell, values, begins, starts, strikes, low, high):  # type: ignore[no-untyped-def]
    """Put strikes, given by start, into those of their cells that begin at ``[low, high)``."""
    following = begins[:-1].copy()
    for n in range(len(who)):
        at = following[cell[n]]
        if begins[cell[n]] < low or begins[cell[n]] >= high:
            continue
        following[cell[n]] += 1
        for field in range(8):
            strikes[at, field] = values[who[n], field]
        starts[at] = np.int64(values[who[n], START])


@_inlined
def _along(one, n, other, m, chord):  # type: ignore[no-untyped-def]
    """The geodesic from its chord: an arc of the curvature that the ellipsoid has halfway in that direction.

    With A = diag(1/a², 1/a², 1/b²), the normal curvature at m along the unit vector t is tᵀAt / |Am|.
    """
    dx, dy, dz = one[n, X] - other[m, X], one[n, Y] - other[m, Y], one[n, Z] - other[m, Z]
    mx, my, mz = one[n, X] + other[m, X], one[n, Y] + other[m, Y], one[n, Z] + other[m, Z]
    flat, steep = 1.0 / (A * A), 1.0 / (B * B)
    bend = (dx * dx + dy * dy) * flat + dz * dz * steep
    lift = (mx * mx + my * my) * flat * flat + mz * mz * steep * steep
    level = 0.25 * ((mx * mx + my * my) * flat + mz * mz * steep)  # below 1 by the sag of the chord
    square = bend * bend * level / (chord * chord * lift)  # of half the chord over the radius
    return chord * (1.0 + square * (1.0 / 6.0 + square * (3.0 / 40.0 + square * (15.0 / 336.0))))


@_inlined
def _decide(ours, n, strikes, m, metres, timely):  # type: ignore[no-untyped-def]
    """The relation of a pair possible in time (-1: none), and its distance (NaN where pyproj has to measure)."""
    reach = metres + ours[n, RADIUS] + strikes[m, RADIUS]
    dx = ours[n, X] - strikes[m, X]
    dy = ours[n, Y] - strikes[m, Y]
    dz = ours[n, Z] - strikes[m, Z]
    square = dx * dx + dy * dy + dz * dz
    if square > (reach + BAND) * (reach + BAND):
        return -1, math.nan
    if int(strikes[m, CODE]) & 1 or int(ours[n, CODE]) & 1 or square > SERIES * SERIES:
        return UNDECIDED, math.nan
    away = 0.0
    if square > 0.0:
        away = _along(ours, n, strikes, m, math.sqrt(square))
    if away > reach + BAND:
        return -1, math.nan
    inner = metres - ours[n, RADIUS] - strikes[m, RADIUS]
    if away > reach - BAND or (timely and abs(away - inner) <= BAND):
        return UNDECIDED, math.nan
    return (WITHIN if timely and away < inner else POSSIBLE), away


@_inlined
def _tell(ours, n, strikes, m, away, measured, k):  # type: ignore[no-untyped-def]
    """Write the figures of a pair: distance and gap; then, where wanted, the bounds of both."""
    measured[0, k] = away / 1000.0
    gap = 0.0
    if strikes[m, START] >= ours[n, END]:
        gap = strikes[m, START] - ours[n, END]
    elif strikes[m, END] <= ours[n, START]:
        gap = strikes[m, END] - ours[n, START]
    measured[1, k] = gap / DAY
    if len(measured) > 2:
        both = ours[n, RADIUS] + strikes[m, RADIUS]
        measured[2, k] = max(0.0, away - both) / 1000.0
        measured[3, k] = (away + both) / 1000.0
        measured[4, k] = (strikes[m, START] - ours[n, END]) / DAY
        measured[5, k] = (strikes[m, END] - ours[n, START]) / DAY


@_inlined
def _first_after(starts, low, high, time):  # type: ignore[no-untyped-def]
    while low < high:
        middle = (low + high) >> 1
        if starts[middle] > time:
            high = middle
        else:
            low = middle + 1
    return low


@_inlined
def _scan(ours, n, grids, cell, longest, limits, allowed, found, k):  # type: ignore[no-untyped-def]
    """Compare an incident with one cell; ``k`` counts on where the buffers are full."""
    ranks, relations, measured = found
    low, high = grids.cells[cell], grids.cells[cell + 1]
    if low == high:
        return k
    metres, seconds = limits
    start, end = ours[n, START], ours[n, END]
    at = _first_after(grids.starts, low, high, np.int64(start - seconds - longest))
    strikes = grids.strikes
    whose = int(ours[n, CODE]) >> 1
    while at < high and strikes[at, START] < end + seconds:
        if strikes[at, END] > start - seconds and allowed[whose, int(strikes[at, CODE]) >> 1]:
            spread = max(strikes[at, END] - start, end - strikes[at, START])
            relation, away = _decide(ours, n, strikes, at, metres, spread <= seconds + DAY)
            if relation >= 0:
                if k < len(ranks):
                    ranks[k] = np.int64(strikes[at, RANK])
                    relations[k] = relation
                    _tell(ours, n, strikes, at, away, measured, k)
                k += 1
        at += 1
    return k


@_inlined
def _span(lon, width, columns):  # type: ignore[no-untyped-def]
    """The columns from ``lon - width`` to ``lon + width`` degrees; below zero or beyond the last they go on around."""
    low = math.floor((lon - width + 180.0) / 360.0 * columns)
    high = math.floor((lon + width + 180.0) / 360.0 * columns)
    if width >= 180.0 or high - low + 1 >= columns:
        return 0, columns - 1
    return low, high


@_inlined
def _width(reach, cosine):  # type: ignore[no-untyped-def]
    """How many degrees of longitude a geodesic of this length spans at most; the cosine is of the reduced latitude.

    On the auxiliary sphere its arc is at most length / b, and the ellipsoid's longitudes change less than there.
    """
    arc = reach / B
    if arc >= math.pi / 2 or math.sin(arc) >= cosine * (1.0 - 1e-9):
        return 180.0
    return math.degrees(math.asin(math.sin(arc) / cosine)) + 1e-7


@_inlined
def _look(ours, n, grids, grid, limits, allowed, found, k):  # type: ignore[no-untyped-def]
    """Compare an incident with the cells of one grid that it may reach."""
    height, radius, longest = grids.sizes[grid, 0], grids.sizes[grid, 1], grids.sizes[grid, 2]
    first, rows, offset = grids.rows[grid, 0], grids.rows[grid, 1], grids.rows[grid, 2]
    reach = limits[0] + ours[n, RADIUS] + radius + 2.0 * BAND
    tall = math.degrees(reach / MERIDIAN) + 1e-7
    wide = _width(reach, math.hypot(ours[n, X], ours[n, Y]) / A)
    low = max(0, math.floor((ours[n, LAT] - tall + 90.0) / height) - first)
    high = min(rows - 1, math.floor((ours[n, LAT] + tall + 90.0) / height) - first)
    for row in range(low, high + 1):
        at = offset + row
        columns, left, right = grids.columns[at, 0], grids.columns[at, 1], grids.columns[at, 2]
        west, east = _span(ours[n, LON], wide, columns)
        for turn in (-columns, 0, columns):
            for column in range(max(west + turn, left), min(east + turn, right) + 1):
                k = _scan(ours, n, grids, grids.columns[at, 3] + column - left, longest, limits, allowed, found, k)
    return k


@_inlined
def _sort(found, first, last, keys, kept):  # type: ignore[no-untyped-def]
    """Put the pairs of one incident in the order of the strikes' ids; ``keys`` and ``kept`` are room to work in."""
    ranks, relations, measured = found
    for n in range(first, last):
        keys[n - first] = np.int64(ranks[n]) << 32 | (n - first)
    if last - first > 40:
        keys[: last - first].sort()
    else:
        for n in range(1, last - first):
            key, at = keys[n], n
            while at > 0 and keys[at - 1] > key:
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
    for n in range(first, last):
        ranks[n] = keys[n - first] >> 32
        kept[n - first] = relations[n]
    for n in range(first, last):
        relations[n] = np.int8(kept[keys[n - first] & 0xFFFFFFFF])
    for row in range(len(measured)):
        for n in range(first, last):
            kept[n - first] = measured[row, n]
        for n in range(first, last):
            measured[row, n] = kept[keys[n - first] & 0xFFFFFFFF]


@_compiled
def join(ours, classes, first, last, grids, limits, allowed, found, counts):  # type: ignore[no-untyped-def]
    """Join incidents ``[first, last)`` until the buffers are full.

    ``ours`` is as ``Grids.strikes`` with longitude and latitude, ``limits`` metres and seconds, ``allowed`` whether
    belligerents of an incident (rows) and of a strike may meet. ``found`` receives ranks of strikes, relations and
    figures (one row each), ``counts`` the number of pairs of each incident.

    Returns
    -------
    tuple of int
        The first incident that is not done, and the number of pairs of those that are.
    """
    k = 0
    keys, kept = np.empty(1024, dtype=np.int64), np.empty(1024)
    for n in range(first, last):
        begun = k
        for grid in grids.of_class[classes[n]]:
            if grid < 0:
                break
            k = _look(ours, n, grids, grid, limits, allowed, found, k)
        if k > len(found[0]):
            return n, begun
        if k - begun > len(keys):
            keys, kept = np.empty(2 * (k - begun), dtype=np.int64), np.empty(2 * (k - begun))
        if k - begun > 1:
            _sort(found, begun, k, keys, kept)
        counts[n] = k - begun
    return last, k


@_compiled
def gather(counts, first, last, to, found, whose, into):  # type: ignore[no-untyped-def]
    """Copy the pairs of incidents ``[first, last)`` to where they belong in the answer."""
    ranks, relations, measured = found
    owners, all_ranks, all_relations, all_measured = into
    k = 0
    for n in range(first, last):
        for at in range(to[n], to[n] + counts[n]):
            owners[at] = whose[n]
            all_ranks[at] = ranks[k]
            all_relations[at] = relations[k]
            for row in range(len(measured)):
                all_measured[row, at] = measured[row, k]
            k += 1
