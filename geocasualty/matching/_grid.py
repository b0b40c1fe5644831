"""Which strikes lie within reach of each incident, in space and in time? The compiled half of the join.

Cells are rows of latitude cut into columns of longitude. Within a cell strikes stand in order of their start, so that
a window in time is one binary search, and nothing is looked at that either space or time alone would let through.

The innermost functions take numbers and arrays, never tuples of arrays: what is taken out of a tuple in a loop has its
references counted, which took a third of the time, more where threads wait on one another for it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.core.caching import IndexDataCacheFile

from geocasualty.errors import GeocasualtyWarning
from geocasualty.matching._limits import SURE
from geocasualty.matching._trees import BAND_M as BAND
from geocasualty.matching._trees import E2, A, B
from geocasualty.matching._trees import SERIES_M as SERIES

__all__ = [
    "NONE", "POSSIBLE", "UNDECIDED", "WITHIN", "Grids", "cells_of", "days", "fill", "gather", "join", "order_by",
    "scatter",
]  # fmt: skip

WITHIN, POSSIBLE, UNDECIDED, NONE = 0, 1, 2, -1

MERIDIAN = A * (1.0 - E2)
"""The least radius of curvature on WGS84, that of the meridian at the equator."""
DAY = 86_400.0

SEAL = sha256().digest_size

X, Y, Z, RADIUS, START, END, RANK, CODE, LON, LAT = range(10)

STEP = 360.0 / 1024
"""Degrees between the angles of which sines are kept: a binary fraction, so that what is left of an angle is exact."""
SINES, COSINES = (np.array([turn(math.radians(n * STEP)) for n in range(1024)]) for turn in (math.sin, math.cos))


class _Sealed(IndexDataCacheFile):
    """Files of compiled code that end in their own digest: what is damaged is compiled again, never run."""

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BytesIO]:
        with super()._open_for_write(filepath) as file:
            yield (held := BytesIO())
            file.write(held.getvalue() + sha256(held.getvalue()).digest())

    def save(self, key: Any, data: Any) -> None:
        with suppress(OSError):  # without room, or the right to write, it is compiled anew in each run
            super().save(key, data)  # type: ignore[no-untyped-call]

    def _load_index(self) -> dict[Any, Any]:
        return super()._load_index() if self._whole(self._index_path) else {}  # type: ignore[no-untyped-call]

    def _load_data(self, name: str) -> Any:
        if not self._whole(self._data_path(name)):  # type: ignore[no-untyped-call]
            raise FileNotFoundError(name)
        return super()._load_data(name)  # type: ignore[no-untyped-call]

    def _whole(self, path: str) -> bool:
        try:
            held = Path(path).read_bytes()
        except OSError:
            return False
        whole = sha256(held[:-SEAL]).digest() == held[-SEAL:]
        if not whole:
            with suppress(OSError):
                Path(path).unlink()
            folder = self._cache_path
            text = f"compiled code kept in {folder} is damaged, or of an earlier version: it is compiled again"
            warnings.warn(text, GeocasualtyWarning, stacklevel=2)
        return whole


def _compiled(function: Any, **options: Any) -> Any:
    """Compile, and keep the code on disk where there is a disk that can be written."""
    try:
        made = numba.njit(nogil=True, cache=True, error_model="numpy", **options)(function)
        if hasattr(made, "_cache"):  # it is not where NUMBA_DISABLE_JIT is set
            made._cache._cache_file.__class__ = _Sealed
        return made
    except RuntimeError:  # no locator available: package and home are read-only
        return numba.njit(nogil=True, error_model="numpy", **options)(function)


def _inlined(function: Any) -> Any:
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
        Of each grid: rows per degree, greatest radius in metres, longest duration in seconds.
    columns : numpy.ndarray of int64
        Of each row: columns around the whole Earth, first and last one in use, and where its cells begin in ``cells``.
    cells : numpy.ndarray of int64
        Where each cell begins in ``strikes``; it ends where the next begins.
    clock : tuple of int
        The earliest start, and by how many bits the seconds since then are shifted to give a moment.
    moments : numpy.ndarray of int64
        In which moment each strike starts; within a cell they ascend.
    strikes : numpy.ndarray of float64
        X, Y, Z, radius, start, end, rank of the id, and twice the code of its belligerents (odd for an area).
    """

    of_class: Any
    rows: Any
    sizes: Any
    columns: Any
    cells: Any
    clock: tuple[int, int]
    moments: Any
    strikes: Any


@_inlined
def _turn(degrees):  # type: ignore[no-untyped-def]
    """Sine and cosine: those of the nearest step, turned by the rest, of which the series ends below 1e-18."""
    step = math.floor(degrees / STEP + 0.5)
    rest = math.radians(degrees - step * STEP)
    square = rest * rest
    sine = rest * (1.0 - square * (1.0 / 6.0 - square * (1.0 / 120.0)))
    cosine = 1.0 - square * (0.5 - square * (1.0 / 24.0))
    s, c = SINES[int(step) & 1023], COSINES[int(step) & 1023]
    return s * cosine + c * sine, c * cosine - s * sine


@_compiled
def fill(lon, lat, radius, start, end, ranks, codes, who, to, out, first, last):  # type: ignore[no-untyped-def]
    """Write the records ``who[first:last]`` to ``out[to[first:last]]``, with longitude and latitude if it is wide.

    Empty ``ranks`` stand for those of the positions.
    """
    for each in range(first, last):
        n, at = who[each], to[each]
        up, level = _turn(lat[n])
        sine, cosine = _turn(lon[n])
        normal = A / math.sqrt(1.0 - E2 * up * up)
        out[at, X] = normal * level * cosine
        out[at, Y] = normal * level * sine
        out[at, Z] = normal * (1.0 - E2) * up
        out[at, RADIUS] = radius[n]
        out[at, START], out[at, END] = start[n], end[n]
        out[at, RANK] = ranks[n] if len(ranks) else n
        out[at, CODE] = codes[n]
        if out.shape[1] > LAT:
            out[at, LON], out[at, LAT] = lon[n], lat[n]


@_compiled
def order_by(keys, order):  # type: ignore[no-untyped-def]
    """Sort positions by their keys (of zero or more), stably, eleven bits at a time."""
    greatest = keys.max() if len(keys) else 0
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


@_inlined
def _row(lat, per_degree):  # type: ignore[no-untyped-def]
    return math.floor((lat + 90.0) * per_degree)


@_inlined
def _column(lon, columns):  # type: ignore[no-untyped-def]
    return math.floor((lon + 180.0) * (columns / 360.0))


@_compiled
def cells_of(lon, lat, who, per_degree, cell):  # type: ignore[no-untyped-def]
    """Lay a grid with so many rows per degree over some strikes, and number their cells.

    Returns
    -------
    tuple
        First row, table of the rows (as ``Grids.columns``), number of cells. ``cell`` receives the number of each.
    """
    south, north = 90.0, -90.0
    for n in who:
        south, north = min(south, lat[n]), max(north, lat[n])
    low = _row(south, per_degree)
    table = np.empty((_row(north, per_degree) - low + 1, 4), dtype=np.int64)
    for row in range(len(table)):
        middle = math.radians(min(90.0, max(-90.0, (low + row + 0.5) / per_degree - 90.0)))
        table[row, 0] = max(1, int(360.0 * math.cos(middle) * per_degree))
        table[row, 1] = table[row, 0]
        table[row, 2] = -1
    for n in range(len(who)):
        row = _row(lat[who[n]], per_degree) - low
        column = min(_column(lon[who[n]], table[row, 0]), table[row, 0] - 1)
        table[row, 1] = min(table[row, 1], column)
        table[row, 2] = max(table[row, 2], column)
        cell[n] = row << 32 | column
    total = 0
    for row in range(len(table)):
        table[row, 3] = total
        total += max(0, table[row, 2] - table[row, 1] + 1)
    for n in range(len(who)):
        row = cell[n] >> 32
        cell[n] = (cell[n] & 0xFFFFFFFF) + table[row, 3] - table[row, 1]
    return low, table, total


@_compiled
def scatter(cell, moment, order, offset, begins, to, moments):  # type: ignore[no-untyped-def]
    """Put strikes into their cells, which begin behind ``offset``; ``order`` is theirs by start."""
    begins[:] = 0
    for number in cell:
        begins[number + 1] += 1
    begins[0] = offset
    for number in range(len(begins) - 1):
        begins[number + 1] += begins[number]
    following = begins[:-1].copy()
    for n in order:
        at = following[cell[n]]
        following[cell[n]] += 1
        to[n], moments[at] = at, moment[n]


@_inlined
def _along(dx, dy, dz, mx, my, mz, chord):  # type: ignore[no-untyped-def]
    """The geodesic from its chord: an arc of the curvature that the ellipsoid has halfway in that direction.

    From the difference and the sum of the two ends. With A = diag(1/a², 1/a², 1/b²), the normal curvature at m along
    the unit vector t is tᵀAt / |Am|.
    """
    flat, steep = 1.0 / (A * A), 1.0 / (B * B)
    bend = (dx * dx + dy * dy) * flat + dz * dz * steep
    lift = (mx * mx + my * my) * flat * flat + mz * mz * steep * steep
    level = 0.25 * ((mx * mx + my * my) * flat + mz * mz * steep)  # below 1 by the sag of the chord
    square = bend * bend * level / (chord * chord * lift)  # of half the chord over the radius
    return chord * (1.0 + square * (1.0 / 6.0 + square * (3.0 / 40.0 + square * (15.0 / 336.0))))


@_inlined
def _relation(metres, radius, other, away, timely):  # type: ignore[no-untyped-def]
    """What two points with radii are so far apart; next to a limit pyproj has to decide."""
    reach = metres + radius + other
    if away > reach + BAND:
        return NONE
    inner = metres - radius - other
    if away > reach - BAND or (timely and abs(away - inner) <= BAND):
        return UNDECIDED
    return WITHIN if timely and away < inner else POSSIBLE


@_inlined
def _span(lon, width, columns):  # type: ignore[no-untyped-def]
    """The columns from ``lon - width`` to ``lon + width`` degrees; below zero or beyond the last they go on around."""
    low, high = _column(lon - width, columns), _column(lon + width, columns)
    if width >= 180.0 or high - low + 1 >= columns:
        return 0, columns - 1
    return low, high


@_inlined
def _width(reach, cosine):  # type: ignore[no-untyped-def]
    """How many degrees of longitude a geodesic of this length spans at most; the cosine is of the reduced latitude.

    On the auxiliary sphere its arc is at most length / b, and the ellipsoid's longitudes change less than there.
    """
    arc = reach / B
    if arc < 0.1 * cosine:  # as sin x <= x, and asin x <= x + x³ / 5 up to a tenth
        ratio = arc / cosine
        return math.degrees(ratio + ratio * ratio * ratio / 5.0) + 1e-7
    if arc >= math.pi / 2 or math.sin(arc) >= cosine * (1.0 - 1e-9):
        return 180.0
    return math.degrees(math.asin(math.sin(arc) / cosine)) + 1e-7


@_inlined
def _sort(keys, count, spare):  # type: ignore[no-untyped-def]
    """Sort what differs: few by counting how many are below each, which needs no branch."""
    if count > len(spare):
        keys[:count].sort()
        return
    for n in range(count):
        spare[n] = keys[n]
    for n in range(count):
        below = 0
        for other in range(count):
            below += spare[other] < spare[n]
        keys[below] = spare[n]


@_inlined
def _scan(incident, cell, cells, moments, strikes, window, allowed, keys, count):  # type: ignore[no-untyped-def]
    """Note who of one cell is near enough in time, and by chord; ``count`` goes on where ``keys`` is full."""
    x, y, z, before, after, reach, whose = incident
    earliest, latest = window
    at, stop = cells[cell], cells[cell + 1]
    high = stop
    while at < high:
        middle = (at + high) >> 1
        if moments[middle] >= earliest:
            high = middle
        else:
            at = middle + 1
    while at < stop and moments[at] <= latest:
        dx, dy, dz = x - strikes[at, X], y - strikes[at, Y], z - strikes[at, Z]
        limit = reach + strikes[at, RADIUS]
        if (
            dx * dx + dy * dy + dz * dz <= limit * limit
            and strikes[at, START] < before
            and strikes[at, END] > after
            and allowed[whose, int(strikes[at, CODE]) >> 1]
        ):
            if count < len(keys):
                keys[count] = np.int64(strikes[at, RANK]) << 32 | at
            count += 1
        at += 1
    return count


@_inlined
def _look(ours, n, grids, grid, limits, allowed, keys, count):  # type: ignore[no-untyped-def]
    """Scan the cells of one grid that an incident may reach."""
    _, rows, sizes, columns, cells, clock, moments, strikes = grids
    metres, seconds, _ = limits
    radius, lon, lat = ours[n, RADIUS], ours[n, LON], ours[n, LAT]
    before, after = ours[n, END] + seconds, ours[n, START] - seconds
    window = (np.int64(after - sizes[grid, 2]) - clock[0]) >> clock[1], (np.int64(before) - clock[0]) >> clock[1]
    whose = int(ours[n, CODE]) >> 1
    incident = ours[n, X], ours[n, Y], ours[n, Z], before, after, metres + radius + BAND, whose
    reach = metres + radius + sizes[grid, 1] + 2.0 * BAND
    tall = math.degrees(reach / MERIDIAN) + 1e-7
    wide = _width(reach, math.sqrt(ours[n, X] * ours[n, X] + ours[n, Y] * ours[n, Y]) / A)
    south = max(0, _row(lat - tall, sizes[grid, 0]) - rows[grid, 0])
    north = min(rows[grid, 1] - 1, _row(lat + tall, sizes[grid, 0]) - rows[grid, 0])
    for row in range(rows[grid, 2] + south, rows[grid, 2] + north + 1):
        around, left, right, begun = columns[row, 0], columns[row, 1], columns[row, 2], columns[row, 3]
        west, east = _span(lon, wide, around)
        for turn in (-around, 0, around):
            for column in range(max(west + turn, left), min(east + turn, right) + 1):
                cell = begun + column - left
                count = _scan(incident, cell, cells, moments, strikes, window, allowed, keys, count)
    return count


@_inlined
def _measure(ours, n, strikes, limits, allowed, keys, count, found, k):  # type: ignore[no-untyped-def]
    """Write the pairs of an incident behind the first ``k``; returns how many there are now."""
    ranks, relations, measured = found
    metres, seconds, unit = limits
    x, y, z, radius = ours[n, X], ours[n, Y], ours[n, Z], ours[n, RADIUS]
    start, end, areal, whose = ours[n, START], ours[n, END], int(ours[n, CODE]) & 1, int(ours[n, CODE]) >> 1
    for each in range(count):
        at = keys[each] & 0xFFFFFFFF
        s_start, s_end, other = strikes[at, START], strikes[at, END], strikes[at, RADIUS]
        dx, dy, dz = x - strikes[at, X], y - strikes[at, Y], z - strikes[at, Z]
        chord = math.sqrt(dx * dx + dy * dy + dz * dz)
        timely = max(s_end - start, end - s_start) <= seconds + unit
        timely = timely and allowed[whose, int(strikes[at, CODE]) >> 1] == SURE
        away, relation = math.nan, UNDECIDED
        if not (areal or int(strikes[at, CODE]) & 1 or chord > SERIES):
            away = 0.0
            if chord > 0.0:
                away = _along(dx, dy, dz, x + strikes[at, X], y + strikes[at, Y], z + strikes[at, Z], chord)
            relation = _relation(metres, radius, other, away, timely)
        if relation == NONE:
            continue
        ranks[k], relations[k] = keys[each] >> 32, relation
        measured[k, 0] = away / 1000.0
        measured[k, 1] = (max(0.0, s_start - end + unit) + min(0.0, s_end - start - unit)) / DAY
        if measured.shape[1] > 2:
            measured[k, 2] = max(0.0, away - radius - other) / 1000.0
            measured[k, 3] = (away + radius + other) / 1000.0
            measured[k, 4], measured[k, 5] = (s_start - end + unit) / DAY, (s_end - start - unit) / DAY
        k += 1
    return k


@_compiled
def join(ours, classes, first, last, grids, limits, allowed, keys, found, counts):  # type: ignore[no-untyped-def]
    """Join incidents ``[first, last)`` until the buffers are full.

    ``ours`` is as ``Grids.strikes`` with longitude and latitude, ``limits`` metres, seconds and the
    length of what is compared, ``allowed`` what
    incidents (rows) and strikes may be for each other; ``keys`` is room to work in. ``found`` receives ranks
    of strikes, relations and figures (a column each: distance, gap; then, where wanted, the bounds of both), ``counts``
    the number of pairs of each incident.

    Returns
    -------
    tuple of int
        The first incident that is not done, and the number of pairs of those that are.
    """
    k, spare = 0, np.empty(128, dtype=np.int64)
    for n in range(first, last):
        count = 0
        for grid in grids.of_class[classes[n]]:
            if grid < 0:
                break
            count = _look(ours, n, grids, grid, limits, allowed, keys, count)
        if k + count > len(found[0]):
            return n, k
        _sort(keys, count, spare)
        begun = k
        k = _measure(ours, n, grids.strikes, limits, allowed, keys, count, found, k)
        counts[n] = k - begun
    return last, k


@_inlined
def _level(distance, levels, sure):  # type: ignore[no-untyped-def]
    """The lowest limit that a distance is not above, their number if above all, -1 next to one unless it is sure."""
    level = len(levels)
    for n in range(len(levels) - 1, -1, -1):
        if not sure and abs(distance - levels[n]) <= BAND:
            return -1
        if distance <= levels[n]:
            level = n
    return level


@_inlined
def _levels(ours, n, strikes, at, levels):  # type: ignore[no-untyped-def]
    """The levels of the least and of the greatest distance, -1 where pyproj has to decide."""
    dx, dy, dz = ours[n, X] - strikes[at, X], ours[n, Y] - strikes[at, Y], ours[n, Z] - strikes[at, Z]
    chord = math.sqrt(dx * dx + dy * dy + dz * dz)
    if int(ours[n, CODE]) & 1 or int(strikes[at, CODE]) & 1 or chord > SERIES:
        return -1, -1
    away = 0.0
    if chord > 0.0:
        mx, my, mz = ours[n, X] + strikes[at, X], ours[n, Y] + strikes[at, Y], ours[n, Z] + strikes[at, Z]
        away = _along(dx, dy, dz, mx, my, mz, chord)
    reach = ours[n, RADIUS] + strikes[at, RADIUS]
    return _level(max(0.0, away - reach), levels, chord == 0.0), _level(away + reach, levels, chord == 0.0)


@_inlined
def _mark(days, near, whole, times, reaches, unit, counting):  # type: ignore[no-untyped-def]
    """Note a pair of two levels on the shifts under which it passes each limit in time, as ``Shifts.passing``."""
    start, end, s_start, s_end = times
    most = days.shape[2] // 2
    for n in range(len(reaches)):
        reach = reaches[n]
        low = max(math.floor((s_start - reach - end) / DAY) + 1, -most)
        high = min(math.floor((s_end + reach - 1.0 - start) / DAY), most)
        for shift in range(low + most, high + most + 1):
            days[n, 0, shift] = days[n, 0, shift] + 1 if counting else min(days[n, 0, shift], near)
        low = max(low, math.ceil((s_end - start - reach - unit) / DAY))
        high = min(high, math.floor((s_start + reach + unit - end) / DAY))
        for shift in range(low + most, high + most + 1 if whole >= 0 else low + most):
            days[n, 1, shift] = days[n, 1, shift] + 1 if counting else min(days[n, 1, shift], whole)


@_compiled
def days(ours, classes, span, grids, widest, levels, reaches, allowed, keys, found, counting, open_):  # type: ignore[no-untyped-def]
    """Note the pairs of incidents on the shifts by days under which each passes, until the buffers are full.

    ``span`` is the first incident, behind the last, and the one that the first of ``found`` is of. ``widest`` holds all
    that passes under any shift, as for :func:`join`; ``reaches`` are the limits in time, in seconds. ``found`` is as
    for :func:`geocasualty.matching._trees.mark`; ``open_`` receives incidents and strikes that are not decided.

    Returns
    -------
    tuple of int
        The first incident that is not done, the number of open pairs, and the room that it needs.
    """
    first, last, base = span
    k = 0
    for n in range(first, last):
        count = 0
        for grid in grids.of_class[classes[n]]:
            if grid < 0:
                break
            count = _look(ours, n, grids, grid, widest, allowed, keys, count)
        if count > len(keys) or k + count > len(open_):
            return n, k, count
        for each in range(count):
            at = keys[each] & 0xFFFFFFFF
            near, whole = _levels(ours, n, grids.strikes, at, levels)
            if near < 0 or whole < 0:
                open_[k, 0], open_[k, 1] = n, np.int64(grids.strikes[at, RANK])
                k += 1
            elif near < len(levels):
                if whole == len(levels) or allowed[int(ours[n, CODE]) >> 1, int(grids.strikes[at, CODE]) >> 1] != SURE:
                    whole = -1
                times = ours[n, START], ours[n, END], grids.strikes[at, START], grids.strikes[at, END]
                _mark(found[n - base], near, whole, times, reaches, widest[2], counting)
    return last, k, 0


@_compiled
def gather(counts, first, last, to, found, whose, into):  # type: ignore[no-untyped-def]
    """Copy the pairs of incidents ``[first, last)`` to where they belong in the answer."""
    ranks, relations, measured = found
    owners, all_ranks, all_relations, all_measured = into
    k = 0
    for n in range(first, last):
        for at in range(to[n], to[n] + counts[n]):
            while relations[k] == NONE:
                k += 1
            owners[at] = whose[n]
            all_ranks[at] = ranks[k]
            all_relations[at] = relations[k]
            for figure in range(measured.shape[1]):
                all_measured[figure, at] = measured[k, figure]
            k += 1
