"""Which grids make a join quick? Classes of reach and of duration, and cells that fit each.

A strike of great radius or long duration stands in a grid of its own kind, so that it widens nobody else's search.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching import _grid
from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._regions import holding_circles
from geocasualty.matching._sides import Side
from geocasualty.matching._trees import classes_of

__all__ = ["Table", "grids_of", "processing_order", "reach_classes", "table_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FINEST_M = 250.0
CELL_OF_REACH = 2.0
"""Height of a cell for the reach that it is made for: from 1 to 3 the time differs by a quarter."""
DEGREE_M = 111_000.0
SLICE = 16_384
CELLS = 65_536
"""So many cells may a grid have, whatever the number of strikes."""
MOMENTS = 22
"""Bits of a moment: over four years it is half a minute, over ten thousand a day and a half."""


class Table(NamedTuple):
    """The located records of one side: positions in the side, and their values as columns.

    ``code`` is twice that of the belligerents, odd for an area; an area has the circle that holds it.
    """

    rows: Ints
    lon: Floats
    lat: Floats
    radius: Floats
    start: Ints
    end: Ints
    ranks: Ints
    code: Ints

    def write(self, who: Ints, to: Ints, values: Floats, pool: ThreadPoolExecutor) -> None:
        """Put what ``_grid`` wants to know of some records into rows of ``values``."""

        def fill(first: int) -> None:
            columns = (self.lon, self.lat, self.radius, self.start, self.end, self.ranks, self.code)
            _grid.fill(*columns, who, to, values, first, min(first + SLICE, len(who)))

        list(pool.map(fill, range(0, len(who), SLICE)))


def table_of(side: Side, rows: Ints | None = None) -> Table:
    """Select what is located, or some rows of it; give areas a circle."""
    every = rows is None and bool(side.located.all())
    if rows is None:
        rows = np.arange(len(side)) if every else np.flatnonzero(side.located)

    def of(array: npt.NDArray[np.generic], kind: type = np.int64) -> npt.NDArray[Any]:
        return np.ascontiguousarray(array if every else array[rows], dtype=kind)

    lon, lat, radius = (of(array, np.float64) for array in (side.lon, side.lat, side.radius_m))
    code = 2 * of(side.party)
    if side.polygons:
        area = of(side.area)
        areal = area >= 0
        circles = holding_circles(side.polygons)[area[areal]]
        lon, lat, radius = lon.copy(), lat.copy(), radius.copy()
        lon[areal], lat[areal], radius[areal] = circles.T
        code += areal
    known = np.empty(0, dtype=np.int64) if side.order is None and every else of(side.rank)
    return Table(rows, lon, lat, radius, of(side.start), of(side.end), known, code)


def reach_classes(radius: Floats, window: Window) -> Ints:
    """Radii up to half the limit are one class; beyond, each class doubles."""
    return classes_of(radius, max(window.metres / 2, FINEST_M), 1)


def processing_order(ours: Table, classes: Ints, window: Window) -> Ints:
    """Incidents by class, by place, by time: neighbours look at the same cells."""
    height = max(window.metres, FINEST_M) * 4 / DEGREE_M
    south = ((ours.lat + 90) / height).astype(np.int64)
    west = ((ours.lon + 180) / height).astype(np.int64)
    order = np.arange(len(ours.rows))
    for keys in (ours.start - ours.start.min(), west, south, classes):
        order = _grid.order_by(keys, order)
    return np.asarray(order)


class _Kind(NamedTuple):
    """Strikes of like reach and duration: ascending positions, their moments, and their order by these."""

    members: Ints
    moment: Ints
    order: Ints
    radius: float
    longest: float


class _Plan(NamedTuple):
    kind: _Kind
    height: float


def grids_of(ours: Table, classes: Ints, strikes: Table, window: Window, pool: ThreadPoolExecutor) -> _grid.Grids:
    """Lay the grids that the classes of incidents need, and put the strikes into them."""
    earliest, latest = int(strikes.start.min()), int(strikes.start.max())
    clock = earliest, max(0, (latest - earliest).bit_length() - MOMENTS)
    moment = (strikes.start - earliest) >> clock[1]
    plans, of_class = _plans(ours, classes, strikes, moment, window)

    def lay(plan: _Plan) -> tuple[float, int, Ints, int, Ints]:
        cell = np.empty(len(plan.kind.members), dtype=np.int64)
        height = plan.height
        while True:
            first, table, total = _grid.cells_of(strikes.lon, strikes.lat, plan.kind.members, 1 / height, cell)
            if total <= 4 * len(cell) + CELLS or height >= 180.0:
                return 1 / height, first, table, total, cell
            height = min(2 * height, 180.0)

    laid = list(pool.map(lay, plans))
    sizes = np.array([(layer[0], plan.kind.radius, plan.kind.longest) for layer, plan in zip(laid, plans, strict=True)])
    count = np.array([len(plan.kind.members) for plan in plans])
    offsets = np.cumsum(count) - count
    tall = np.array([len(layer[2]) for layer in laid])
    rows = np.column_stack([[layer[1] for layer in laid], tall, np.cumsum(tall) - tall])
    many = np.array([layer[3] + 1 for layer in laid])
    before = np.cumsum(many) - many
    columns = np.concatenate([layer[2] for layer in laid])
    columns[:, 3] += np.repeat(before, tall)
    cells = np.empty(many.sum(), dtype=np.int64)
    moments, values = np.empty(count.sum(), dtype=np.int64), np.empty((count.sum(), _grid.LON))
    to = [np.empty(size, dtype=np.int64) for size in count]

    def scatter(n: int) -> None:
        kind, begins = plans[n].kind, cells[before[n] : before[n] + many[n]]
        _grid.scatter(laid[n][4], kind.moment, kind.order, offsets[n], begins, to[n], moments)

    list(pool.map(scatter, range(len(plans))))
    for plan, places in zip(plans, to, strict=True):
        strikes.write(plan.kind.members, places, values, pool)
    return _grid.Grids(of_class, rows.astype(np.int64), sizes, columns, cells, clock, moments, values)


def _plans(ours: Table, classes: Ints, strikes: Table, moment: Ints, window: Window) -> tuple[list[_Plan], Ints]:
    """For each kind of strike and class of incident a grid, unless one that there is already will do."""
    reach = [
        (float(ours.radius[classes == number].max()), int((classes == number).sum()))
        if (classes == number).any()
        else None
        for number in range(int(classes.max()) + 1)
    ]
    kinds = _kinds(strikes, moment, window)
    least = min(metres for metres, _ in filter(None, reach)) + min(kind.radius for kind in kinds) + window.metres
    least = max(least, FINEST_M)
    plans: list[_Plan] = []
    wanted: list[list[int]] = [[] for _ in reach]
    for kind in kinds:
        made: dict[int, int] = {}
        for number, known in enumerate(reach):
            if known is None:
                continue
            level = round(np.log2(max(1.0, (window.metres + known[0] + kind.radius) / least)) / 2)
            # a few incidents may as well look into many small cells
            fit = [old for old in made if old == level or known[1] * 4.0 ** (level - old + 2) <= len(kind.members)]
            if not fit:
                fit = [level]
                made[level] = len(plans)
                height = min(180.0, least * CELL_OF_REACH * 4.0**level / DEGREE_M)
                plans.append(_Plan(kind, height))
            wanted[number].append(made[max(fit)])
    of_class = np.full((len(reach), max(map(len, wanted)) + 1), -1, dtype=np.int64)
    for number, grids in enumerate(wanted):
        of_class[number, : len(grids)] = grids
    return plans, of_class


def _kinds(strikes: Table, moment: Ints, window: Window) -> list[_Kind]:
    radius, duration = strikes.radius, (strikes.end - strikes.start).astype(float)
    # each kind is one more look into a grid for every incident: of radii and of durations they are four times as far
    reach = classes_of(radius, max(window.metres / 2, FINEST_M))
    kinds = (reach << 8) | classes_of(duration, float(max(window.reach_s, DAY)))
    every = np.arange(len(kinds))
    counts = np.bincount(kinds)
    parts = [every] if len(counts) == 1 else np.split(_grid.order_by(kinds, every), np.cumsum(counts)[:-1])
    found = []
    for members in parts:
        if len(members):
            own = moment if len(members) == len(moment) else moment[members]
            order = _grid.order_by(own, np.arange(len(members)))
            found.append(_Kind(members, own, order, float(radius[members].max()), float(duration[members].max())))
    return found
