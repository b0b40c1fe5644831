"""Which grids make a join quick? Classes of reach and of duration, and cells that fit each.

A strike of great radius or long duration stands in a grid of its own kind, so that it widens nobody else's search.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching import _grid
from geocasualty.matching._columns import Columns
from geocasualty.matching._join import DAY, Limits
from geocasualty.matching._regions import holding_circles

__all__ = ["Table", "grids_of", "processing_order", "reach_classes", "table_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FINEST_M = 250.0
CELL_OF_REACH = 1.5
"""Height of a cell for the reach that it is made for: from 1 to 3 the time differs by a quarter."""
DEGREE_M = 111_000.0
SLICE = 65_536


class Table(NamedTuple):
    """The located records of one side: positions in the side, the values that ``_grid`` documents, some as columns."""

    rows: Ints
    values: Floats
    lon: Floats
    lat: Floats
    radius: Floats
    start: Ints
    end: Ints


def table_of(side: Columns, ranks: Ints | None, pool: ThreadPoolExecutor) -> Table:
    """Earth-centred coordinates, radius (of areas: of a circle that holds them), time, rank and code."""
    rows = np.flatnonzero(side.located) if not side.located.all() else np.arange(len(side))
    every = len(rows) == len(side)

    def of(array: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        return array if every else array[rows]

    lon, lat, radius = (np.asarray(of(array), dtype=float) for array in (side.lon, side.lat, side.radius_m))
    area = np.asarray(of(side.area), dtype=np.int64)
    areal = area >= 0
    if side.polygons:
        circles = holding_circles(side.polygons)[area[areal]]
        lon, lat, radius = lon.copy(), lat.copy(), radius.copy()
        lon[areal], lat[areal], radius[areal] = circles.T
    start, end = (np.asarray(of(array), dtype=np.int64) for array in (side.start, side.end))
    values = np.empty((len(rows), 10))

    def fill(first: int) -> None:
        last = min(first + SLICE, len(rows))
        _grid.ecef(lon, lat, values, first, last)
        part = slice(first, last)
        whose = of(side.belligerents)[part]
        for field, column in enumerate((radius, start, end), start=_grid.RADIUS):
            values[part, field] = column[part]
        values[part, _grid.RANK] = rows[part] if ranks is None else ranks[rows[part]]
        values[part, _grid.CODE] = 2 * whose.astype(np.int64) + areal[part]
        values[part, _grid.LON], values[part, _grid.LAT] = lon[part], lat[part]

    list(pool.map(fill, range(0, len(rows), SLICE)))
    return Table(rows, values, lon, lat, radius, start, end)


def reach_classes(radius: Floats, limits: Limits) -> Ints:
    """Radii up to half the limit are one class; beyond, each class doubles."""
    return _doublings(radius, max(limits.metres / 2, FINEST_M), 1)


def _doublings(value: Floats, unit: float, step: int) -> Ints:
    if not len(value) or value.max() <= unit:
        return np.zeros(len(value), dtype=np.int64)
    return np.where(value <= unit, 0, 1 + np.log2(np.maximum(value / unit, 1.0)) // step).astype(np.int64)


def processing_order(ours: Table, classes: Ints, limits: Limits) -> Ints:
    """Incidents by class, by place, by time: neighbours look at the same cells."""
    height = max(limits.metres, FINEST_M) * 4 / DEGREE_M
    south = ((ours.lat + 90) / height).astype(np.int64)
    west = ((ours.lon + 180) / height).astype(np.int64)
    keys = (classes << 40) | (south << 20) | west
    order = _grid.order_by(ours.start - ours.start.min(), np.arange(len(ours.rows)))
    return np.asarray(_grid.order_by(keys, order))


class _Plan(NamedTuple):
    members: Ints
    height: float
    radius: float
    longest: float


def grids_of(ours: Table, classes: Ints, strikes: Table, limits: Limits, pool: ThreadPoolExecutor) -> _grid.Grids:
    """Lay the grids that the classes of incidents need, and put the strikes into them."""
    plans, of_class = _plans(ours, classes, strikes, limits)

    def lay(plan: _Plan) -> tuple[float, int, Ints, int, Ints]:
        cell = np.empty(len(plan.members), dtype=np.int64)
        height = plan.height
        while True:
            first, table, total = _grid.cells_of(strikes.lon, strikes.lat, plan.members, height, cell)
            if total <= 4 * len(cell) + SLICE or height >= 180.0:
                return height, first, table, total, cell
            height = min(2 * height, 180.0)

    laid = list(pool.map(lay, plans))
    sizes = np.array([(layer[0], plan.radius, plan.longest) for layer, plan in zip(laid, plans, strict=True)])
    count = np.array([len(plan.members) for plan in plans])
    offsets = np.cumsum(count) - count
    tall = np.array([len(layer[2]) for layer in laid])
    rows = np.column_stack([[layer[1] for layer in laid], tall, np.cumsum(tall) - tall])
    many = np.array([layer[3] + 1 for layer in laid])
    before = np.cumsum(many) - many
    columns = np.concatenate([layer[2] for layer in laid])
    columns[:, 3] += np.repeat(before, tall)
    cells = np.empty(many.sum(), dtype=np.int64)
    starts, values = np.empty(count.sum(), dtype=np.int64), np.empty((count.sum(), 8))

    def begin(n: int) -> None:
        _grid.begin(laid[n][4], cells[before[n] : before[n] + many[n]], offsets[n])

    def put(n: int, low: int, high: int) -> None:
        begins = cells[before[n] : before[n] + many[n]]
        _grid.place(plans[n].members, laid[n][4], strikes.values, begins, starts, values, low, high)

    list(pool.map(begin, range(len(plans))))
    half = offsets + count // 2
    shares = [(n, int(offsets[n]), int(half[n])) for n in range(len(plans))]
    shares += [(n, int(half[n]), int(offsets[n] + count[n])) for n in range(len(plans))]
    list(pool.map(put, *zip(*shares, strict=True)))
    return _grid.Grids(of_class, rows.astype(np.int64), sizes, columns, cells, starts, values)


def _plans(ours: Table, classes: Ints, strikes: Table, limits: Limits) -> tuple[list[_Plan], Ints]:
    """For each kind of strike and class of incident a grid, unless one that there is already will do."""
    reach = [
        (float(ours.radius[classes == number].max()), int((classes == number).sum()))
        if (classes == number).any()
        else None
        for number in range(int(classes.max()) + 1)
    ]
    kinds = _kinds(strikes, limits)
    least = min(metres for metres, _ in filter(None, reach)) + min(radius for _, radius, _ in kinds) + limits.metres
    least = max(least, FINEST_M)
    plans: list[_Plan] = []
    wanted: list[list[int]] = [[] for _ in reach]
    for members, radius, longest in kinds:
        made: dict[int, int] = {}
        for number, known in enumerate(reach):
            if known is None:
                continue
            level = round(np.log2(max(1.0, (limits.metres + known[0] + radius) / least)) / 2)
            # a few incidents may as well look into many small cells
            fit = [old for old in made if old == level or known[1] * 4.0 ** (level - old + 2) <= len(members)]
            if not fit:
                fit = [level]
                made[level] = len(plans)
                height = min(180.0, least * CELL_OF_REACH * 4.0**level / DEGREE_M)
                plans.append(_Plan(members, height, radius, longest))
            wanted[number].append(made[max(fit)])
    of_class = np.full((len(reach), max(map(len, wanted)) + 1), -1, dtype=np.int64)
    for number, grids in enumerate(wanted):
        of_class[number, : len(grids)] = grids
    return plans, of_class


def _kinds(strikes: Table, limits: Limits) -> list[tuple[Ints, float, float]]:
    """Positions of the strikes of each kind by start, their greatest radius and longest duration."""
    radius, duration = strikes.radius, (strikes.end - strikes.start).astype(float)
    order = _grid.order_by(strikes.start - strikes.start.min(), np.arange(len(strikes.rows)))
    kinds = (reach_classes(radius, limits) << 8) | _doublings(duration, float(max(limits.seconds, DAY)), 2)
    if not kinds.any():
        return [(order, float(radius.max()), float(duration.max()))]
    order = _grid.order_by(kinds, order)
    ends = np.cumsum(np.bincount(kinds))
    parts = [order[first:last] for first, last in zip([0, *ends[:-1]], ends, strict=True) if last > first]
    return [(part, float(radius[part].max()), float(duration[part].max())) for part in parts]
