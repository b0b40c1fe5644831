"""One side of a large join as arrays, taken from the frame without a Python object for each row.

What :func:`geocasualty.matching._sides.side_of` takes 54 ms for takes 8 ms here (200,000 points, two cores). Whatever
is out of the ordinary goes there, so that what is refused, and in which words, does not depend on the path.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty.matching._extent import BARE, is_bare, shaped
from geocasualty.matching._sides import NEEDED, Whose, _shared, degrees, side_of, whose_when
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.records.schema import Role, check_columns, id_column

__all__ = ["Columns", "columns_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SLICE = 16_384
"""Rows that one thread takes at a time: their shapes fit its cache, of which two things are read."""
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True, slots=True)
class Columns:
    """As :class:`geocasualty.matching._sides.Side`, but ids and belligerents as pandas holds them.

    Attributes
    ----------
    ids : pandas array or numpy.ndarray
        Identifiers; an array of strings, or of objects.
    order : numpy.ndarray of int or None
        Positions by id; None where they already are in that order.
    belligerents, names : numpy.ndarray of int, list of Whose
        A code for each record, and what the codes stand for.
    """

    ids: Any
    order: Ints | None
    lon: Floats
    lat: Floats
    radius_m: Floats
    area: Ints
    polygons: list[shapely.Geometry]
    located: Bools
    start: Ints
    end: Ints
    belligerents: Ints
    names: list[Whose]

    def __len__(self) -> int:
        return len(self.ids)


def columns_of(frame: gpd.GeoDataFrame, role: Role, pool: ThreadPoolExecutor) -> Columns:
    """Check a frame and take its arrays.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.matching._sides.side_of`.
    """
    bare = is_bare(frame)
    if not bare:  # else it was checked when it was laid out
        check_columns(frame, role, NEEDED)
    column = frame[id_column(role)]
    ids: Any = column.array if column.dtype == "str" else column.to_numpy(dtype=object)
    order, unique = _order(ids)
    start, end = _times(frame["start"]), _times(frame["end"])
    radius = frame["radius_m"].to_numpy(dtype=float)
    ordinary = unique and start is not None and end is not None and bool((end > start).all())
    if ordinary and (bare or (frame.crs is not None and frame.crs == degrees())):
        where = _bare_places(frame, radius) if bare else _places(frame.geometry.to_numpy(), radius, pool)
        if where is not None and start is not None and end is not None:
            codes, names = whose_when(*_belligerents(frame), start, end)
            return Columns(ids, order, *where, start, end, codes, names)
    side = side_of(shaped(frame), role)  # says what is wrong, or reprojects
    codes, names = whose_when(*_belligerents(frame), side.start, side.end)
    return Columns(
        ids, order, side.lon, side.lat, side.radius_m, side.area, side.polygons, side.located, side.start, side.end,
        codes, names,
    )  # fmt: skip


def _order(ids: Any) -> tuple[Ints | None, bool]:
    """Positions by id, and whether each id stands once; pandas sorts objects of several types in the same way."""
    if isinstance(ids, np.ndarray):
        codes = pd.Categorical(ids, ordered=True).codes.astype(np.int64)
        order = np.argsort(np.where(codes < 0, len(ids), codes), kind="stable")
        return order, len(np.unique(codes)) == len(ids) and not (codes < 0).any()
    if _ascending(ids):
        return None, True
    order = np.asarray(ids.argsort(), dtype=np.int64)
    return order, _ascending(ids.take(order))


def _ascending(ids: Any) -> bool:
    """Whether each id is above the one before it; false where one is missing."""
    return not len(ids) or bool(np.asarray(ids[:-1] < ids[1:]).all() and not ids[:1].isna().any())


def _times(times: pd.Series[Any]) -> Ints | None:
    """Seconds, or None where a time is missing."""
    whole: Ints = times.array.asi8
    if len(whole) and whole.min() == np.iinfo(np.int64).min:
        return None
    return whole // PER_SECOND[times.dt.unit]


def _belligerents(frame: gpd.GeoDataFrame) -> tuple[Ints, list[str]]:
    if "belligerents" not in frame:
        return np.zeros(len(frame), dtype=np.int64), [""]
    given = frame["belligerents"]
    codes, names = pd.factorize(given.array if given.dtype == "str" else given.to_numpy(dtype=object))
    unknown = len(names)  # what is missing has the code -1
    return np.where(codes < 0, unknown, codes).astype(np.int64), [
        *(canonical_belligerents(str(name)) for name in names),
        "",
    ]


Places = tuple[Floats, Floats, Floats, Ints, list[shapely.Geometry], Bools]


def _places(geometries: Any, radius: Floats, pool: ThreadPoolExecutor) -> Places | None:
    """Coordinates, radii, areas and what is located; None where something has to be refused."""
    count = len(geometries)
    lon, lat = np.empty(count), np.empty(count)

    def take(first: int) -> None:
        part = slice(first, first + SLICE)
        some = geometries[part]
        try:
            shapely.get_x(some, out=lon[part])
        except shapely.errors.GEOSException:  # an empty point has no x
            some = np.where(shapely.is_empty(some), None, some)
            shapely.get_x(some, out=lon[part])
        shapely.get_y(some, out=lat[part])

    list(pool.map(take, range(0, count, SLICE)))
    located = point = np.isfinite(lon)  # only a point has an x
    area: Ints = np.full(count, -1, dtype=np.int64)
    polygons: list[shapely.Geometry] = []
    if not point.all():
        kinds = shapely.get_type_id(geometries)
        located = (kinds >= 0) & ~shapely.is_empty(geometries)
        point = located & (kinds == 0)
        areal = located & ((kinds == 3) | (kinds == 6))
        if (located & ~point & ~areal).any():
            return None
        area, polygons = _areas(geometries, areal)
    # comparisons with NaN are false, so this also refuses what is not finite
    fine = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & (radius >= 0) & (radius < np.inf)
    if not fine.all() and not fine[point].all():
        return None
    return lon, lat, radius if point.all() else np.where(point, radius, np.nan), area, polygons, located


def _bare_places(frame: pd.DataFrame, radius: Floats) -> Places | None:
    lon, lat = (frame[name].to_numpy(dtype=float) for name in BARE)
    fine = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & (radius >= 0) & (radius < np.inf)
    area: Ints = np.full(len(lon), -1, dtype=np.int64)
    return (lon, lat, radius, area, [], np.ones(len(lon), dtype=bool)) if fine.all() else None


def _areas(geometries: Any, areal: Bools) -> tuple[Ints, list[shapely.Geometry]]:
    """As ``_shared``, which compares shapes; most rows of one area hold the same object."""
    own = {id(geometry): geometry for geometry in geometries[areal]}
    distinct = np.empty(len(own), dtype=object)
    distinct[:] = list(own.values())
    shared, polygons = _shared(distinct, np.ones(len(own), dtype=bool))
    number = dict(zip(own, shared, strict=True))
    area = np.full(len(geometries), -1, dtype=np.int64)
    area[areal] = [number[id(geometry)] for geometry in geometries[areal]]
    return area, polygons
