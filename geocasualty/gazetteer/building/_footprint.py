"""The point and the radius of an area, from its outline."""

from __future__ import annotations

import math

import numpy as np
import shapely

from geocasualty.geodesy import geodesic_distance_m

SHARE = 0.9
GRID = 100


def clean_polygon(geometry: shapely.Geometry | None) -> shapely.Geometry | None:
    """The valid polygons of a geometry as one, without heights; None where it has no area."""
    if geometry is None or geometry.is_empty:
        return None
    flat = shapely.force_2d(geometry)
    if not shapely.is_valid(flat):
        flat = shapely.make_valid(flat)
    parts = [part for part in shapely.get_parts(flat) if part.geom_type in ("Polygon", "MultiPolygon")]
    polygons = [each for part in parts for each in shapely.get_parts(part) if each.area > 0]
    if not polygons:
        return None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def middle(area: shapely.Geometry) -> tuple[float, float]:
    """Centroid where it lies inside, else a point inside; 5 decimals."""
    spot = area.centroid if area.covers(area.centroid) else area.representative_point()
    return round(spot.x, 5), round(spot.y, 5)


def covering_radius(area: shapely.Geometry, lon: float, lat: float) -> float:
    """Metres around the point that hold 90 % of the area, rounded up to 100 m."""
    west, south, east, north = area.bounds
    xs = np.linspace(west, east, GRID + 1)[:-1] + (east - west) / (2 * GRID)
    ys = np.linspace(south, north, GRID + 1)[:-1] + (north - south) / (2 * GRID)
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(xs, ys))
    shapely.prepare(area)
    held = shapely.contains_xy(area, grid_x, grid_y)
    if not held.any():
        grid_x, grid_y = shapely.get_coordinates(area).T
        held = np.ones(len(grid_x), dtype=bool)
    metres = geodesic_distance_m(lon, lat, grid_x[held], grid_y[held])
    order = np.argsort(metres, kind="stable")
    weight = np.cumsum(np.cos(np.radians(grid_y[held][order])))
    reach = float(metres[order][np.searchsorted(weight, SHARE * weight[-1])])
    return float(max(math.ceil(reach / 100), 1) * 100)


def overlap(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Area in common, as a share of the area of both together."""
    if not shapely.box(*one.bounds).intersects(shapely.box(*other.bounds)):
        return 0.0
    common = float(one.intersection(other).area)
    return common / (float(one.area) + float(other.area) - common)
