"""Records as polygons for a GIS: all within a distance of each, and where each may lie by its own word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.geodesy import WIDEST_M, geodesic_buffer, geodesic_discs
from geocasualty.records.schema import Role, check_columns

__all__ = ["buffers", "id_of", "regions_of", "uncertainty"]

CHUNK = 20_000
"""Discs that are made at once."""


def buffers(frame: gpd.GeoDataFrame, *, km: float) -> gpd.GeoDataFrame:
    """All that lies within a distance of each record's point or area, as polygons that a GIS can draw.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents or strikes.
    km : float
        Geodesic distance, above zero and at most 10,000. The record's own uncertainty is not added to it:
        :func:`geocasualty.match` takes both into account, a polygon does not.

    Returns
    -------
    geopandas.GeoDataFrame
        On the frame's index: the identifier, ``km`` and geometry in EPSG:4326, None for a record without a place. The
        corners around a point lie at the distance on WGS84; edges and the corners around an area are off by at most
        0.2 % of it. Polygons end at the antimeridian and go on behind it as another part.

    Raises
    ------
    geocasualty.errors.InputError
        If the frame is no table of records in EPSG:4326, or the distance no such number.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> incidents = gcas.load_casebook().incidents
    >>> around = gcas.buffers(incidents, km=10)
    >>> around.loc[0, "incident_id"], around.loc[0, "geometry"].geom_type
    ('hawijah-2015-06', 'Polygon')
    >>> incidents.merge(around[["incident_id", "km"]], on="incident_id")["km"].tolist()
    [10.0, 10.0, 10.0, 10.0]
    """
    metres = float(km) * 1000 if isinstance(km, int | float | np.number) else np.nan
    if not 0 < metres <= WIDEST_M:
        raise InputError(f"km is {km!r}; expected more than 0 and at most {WIDEST_M / 1000:,.0f}", value=km)
    identifier = id_of(frame)
    shapes = regions_of(_shapes(frame), np.full(len(frame), metres), lambda shape: geodesic_buffer(shape, metres))
    return _joined(frame, {identifier: frame[identifier], "km": metres / 1000}, shapes)


def uncertainty(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Where each record may lie by its own word: the disc of its radius, or its area.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents or strikes, with ``radius_m``.

    Returns
    -------
    geopandas.GeoDataFrame
        On the frame's index: the identifier, ``radius_m``, ``precision`` and ``vicinity`` where the frame has them, and
        geometry in EPSG:4326: as exact as that of :func:`geocasualty.buffers`; None for a record without a place, or
        with a point and no radius. In 9 of 10 cases the true position lies inside. Where ``vicinity`` is true the
        error has a heavy tail, and a disc says less than it seems to.

    Raises
    ------
    geocasualty.errors.InputError
        If the frame is no table of records in EPSG:4326, or a radius is wider than 10,000 km.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> where = gcas.uncertainty(gcas.load_casebook().incidents)
    >>> where.loc[0, "incident_id"], float(where.loc[0, "radius_m"])
    ('hawijah-2015-06', 4000.0)
    >>> float(round(where.to_crs("ESRI:54034").area[0] / 1e6, 1))  # square kilometres
    50.2
    """
    identifier = id_of(frame, "radius_m")
    radii = pd.to_numeric(frame["radius_m"], errors="coerce").to_numpy(float, na_value=np.nan)
    wide = np.flatnonzero(radii > WIDEST_M)
    if len(wide):
        raise InputError(
            f"row {wide[0] + 1}, column 'radius_m', value {float(radii[wide[0]])!r}: wider than "
            f"{WIDEST_M / 1000:,.0f} km, of which no polygon is drawn; correct it",
            row=int(wide[0]) + 1,
            column="radius_m",
            value=radii[wide[0]],
        )
    held = [name for name in (identifier, "radius_m", "precision", "vicinity") if name in frame.columns]
    return _joined(frame, {name: frame[name] for name in held}, regions_of(_shapes(frame), radii))


def id_of(frame: Any, *needed: str) -> str:
    """The column of identifiers of a table of records in EPSG:4326; anything else is refused."""
    role: Role = "strike" if "strike_id" in getattr(frame, "columns", ()) else "incident"
    check_columns(frame, role, ("geometry", *needed))
    if frame.crs is None or not frame.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise InputError(f"the shapes are in {frame.crs}, expected EPSG:4326; call frame.to_crs('EPSG:4326')")
    return f"{role}_id"


def _shapes(frame: gpd.GeoDataFrame) -> Any:
    return np.asarray(frame.geometry.array, dtype=object)


def regions_of(shapes: Any, metres: Any, area: Callable[[Any], Any] = lambda shape: shape) -> Any:
    """Of each point the disc, of each other shape what ``area`` makes of it; equal ones are one object."""
    made = np.full(len(shapes), None, dtype=object)
    kinds, empty = shapely.get_type_id(shapes), shapely.is_empty(shapes)
    points = np.flatnonzero((kinds == 0) & ~empty & (metres > 0))
    spots = np.column_stack([shapely.get_x(shapes[points]), shapely.get_y(shapes[points]), metres[points]])
    distinct, which = np.unique(spots, axis=0, return_inverse=True)
    discs = np.full(len(distinct), None, dtype=object)
    for start in range(0, len(distinct), CHUNK):
        discs[start : start + CHUNK] = geodesic_discs(*distinct[start : start + CHUNK].T)
    made[points] = discs[which.ravel()]
    known: dict[bytes, Any] = {}
    for at in np.flatnonzero((kinds > 0) & ~empty).tolist():
        blob = shapes[at].wkb
        if blob not in known:
            known[blob] = area(shapes[at])
        made[at] = known[blob]
    return made


def _joined(frame: gpd.GeoDataFrame, columns: dict[str, Any], shapes: Any) -> gpd.GeoDataFrame:
    geometry = gpd.GeoSeries(shapes, index=frame.index, crs="EPSG:4326")
    return gpd.GeoDataFrame(columns, index=frame.index, geometry=geometry)
