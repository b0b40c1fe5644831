"""One side of a join as arrays: points with radii, shared polygons, seconds, belligerents."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.records.schema import Role, check_columns, id_column

__all__ = ["Side", "degrees", "side_of"]

NEEDED = ("geometry", "radius_m", "start", "end")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """Records as arrays of one length, in the order of the frame.

    Attributes
    ----------
    ids : numpy.ndarray of object
        Identifiers.
    lon, lat, radius_m : numpy.ndarray of float
        Degrees and metres; NaN for areas and unlocated records.
    area : numpy.ndarray of int
        Position in ``polygons``, -1 for points and unlocated records.
    polygons : list of shapely.Geometry
        Distinct ones.
    located : numpy.ndarray of bool
        Whether a record has a geometry.
    start, end : numpy.ndarray of int
        Seconds since 1970 UTC, half-open.
    belligerents : numpy.ndarray of object
        Sorted names joined by ``;``, empty where unknown.
    """

    ids: npt.NDArray[np.object_]
    lon: Floats
    lat: Floats
    radius_m: Floats
    area: Ints
    polygons: list[shapely.Geometry]
    located: npt.NDArray[np.bool_]
    start: Ints
    end: Ints
    belligerents: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.ids)


def _seconds(times: pd.Series[Any]) -> Ints:
    utc = times.dt.tz_convert("UTC").dt.as_unit("s").dt.tz_localize(None)
    return np.asarray(utc.to_numpy().astype("datetime64[s]").astype(np.int64))


def side_of(frame: gpd.GeoDataFrame, role: Role) -> Side:
    """Check a frame and take its arrays.

    Raises
    ------
    geocasualty.errors.InputError
        If a column is missing, times are naive, unknown or reversed, there is no CRS, ids repeat, a point has no
        radius, or a geometry is neither point nor area.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        If the frame is in another CRS; it is reprojected to EPSG:4326.
    """
    check_columns(frame, role, NEEDED)
    name = id_column(role)
    ids = frame[name].to_numpy(dtype=object)

    def refuse(bad: npt.NDArray[np.bool_], what: Callable[[int], str], column: str | None = None) -> None:
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            raise InputError(
                f"{role}s: {name} {ids[at]!r}{what(at)}",
                row=at + 1,
                column=column or name,
                value=frame[column or name].iloc[at],
            )

    missing = np.flatnonzero(frame[name].isna().to_numpy())
    if len(missing):
        raise InputError(
            f"{role}s: row {missing[0] + 1} of {len(ids)}: no {name}; give one or drop the row",
            row=missing[0] + 1,
            column=name,
        )
    refuse(frame[name].duplicated().to_numpy(), lambda _: " stands in more than one row; make it unique")
    refuse(frame["start"].isna().to_numpy(), lambda _: ": no start; give one or drop the row", "start")
    refuse(frame["end"].isna().to_numpy(), lambda _: ": no end; give one or drop the row", "end")
    start, end = _seconds(frame["start"]), _seconds(frame["end"])
    refuse(end <= start, lambda _: ": the end is not after the start; correct it")
    given = _in_degrees(frame, role).to_numpy()
    located = ~(shapely.is_missing(given) | shapely.is_empty(given))
    geometries: Any = np.where(located, given, None)  # an empty point has no x
    kinds = shapely.get_type_id(geometries)
    point = located & (kinds == 0)
    areal = located & ((kinds == 3) | (kinds == 6))
    refuse(located & ~point & ~areal, lambda at: f" is a {geometries[at].geom_type}; expected a point or an area")
    lon, lat = shapely.get_x(geometries), shapely.get_y(geometries)
    refuse(
        point & ~(np.isfinite(lon) & np.isfinite(lat)),
        lambda _: ": coordinates are not finite; correct them or use None",
    )
    refuse(
        point & ((np.abs(lat) > 90) | (np.abs(lon) > 180)),
        lambda at: f": longitude {lon[at]}, latitude {lat[at]} are no degrees; expected -180 to 180 and -90 to 90",
    )
    radius = frame["radius_m"].to_numpy(dtype=float)
    refuse(
        point & ~(np.isfinite(radius) & (radius >= 0)),
        lambda at: f": radius_m is {radius[at]} for a point; expected metres of zero or more",
    )
    area, polygons = _shared(geometries, areal)
    stated = frame["belligerents"].to_numpy(dtype=object) if "belligerents" in frame else [""] * len(frame)
    known: dict[Any, str] = {names: canonical_belligerents(str(names)) for names in set(stated) if not pd.isna(names)}
    whose = np.array([known.get(names, "") for names in stated], dtype=object)
    radius = np.where(point, radius, np.nan)
    return Side(ids, lon, lat, radius, area, polygons, located, start, end, whose)


@functools.cache
def degrees() -> pyproj.CRS:
    """EPSG:4326, made once: by name, every comparison looks it up again."""
    return pyproj.CRS("EPSG:4326")


def _in_degrees(frame: gpd.GeoDataFrame, role: Role) -> gpd.GeoSeries:
    if len(frame) and frame.crs is None:
        raise InputError(f"{role}s: the frame has no CRS; say which it is, as in frame.set_crs('EPSG:4326')")
    if frame.crs is None or frame.crs == degrees():
        return frame.geometry
    warnings.warn(f"{role}s are in {frame.crs.to_string()}; reprojected to EPSG:4326", GeocasualtyWarning, stacklevel=5)
    return frame.geometry.to_crs("EPSG:4326")


def _shared(geometries: Any, areal: npt.NDArray[np.bool_]) -> tuple[Ints, list[shapely.Geometry]]:
    """The position of each area among the distinct ones, -1 elsewhere."""
    area = np.full(len(geometries), -1, dtype=np.int64)
    polygons: list[shapely.Geometry] = []
    known: dict[bytes, int] = {}
    for position in np.flatnonzero(areal):
        key = geometries[position].wkb
        if key not in known:
            known[key] = len(polygons)
            polygons.append(geometries[position])
        area[position] = known[key]
    return area, polygons
