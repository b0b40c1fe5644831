"""Governorate and country polygons from Natural Earth, and the radii that polygons and Voronoi cells give."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry import MultiPoint, Polygon, mapping, shape

GRID = 1e-5
"""Vertices lie on multiples of 0.00001 degree, about 1 m."""
RENAMED = {"IQ-TS": "IQ-KI", "SY-X01~": "SY-QU"}
"""At-Ta'mim has been Kirkuk (ISO 3166-2 IQ-KI) since 2006; the UNDOF strip is territory of Quneitra."""
PATCHED = "IQ-BG"
PATCH_REACH_KM = 16.0
"""How far from its towns the patch reaches: the value that gives the governorate's published 5,100 km2."""
WGS84 = Geod(ellps="WGS84")
SHARE = 0.9
"""A radius holds the true position in 9 of 10 cases (DESIGN.md): here, 90 % of the polygon's area."""

Seeds = dict[str, list[tuple[float, float]]]


def governorates(source: Path, towns: Seeds) -> dict[str, Polygon]:
    """Polygons by ISO 3166-2 code, with shared edges shared: no overlap, no gap.

    `towns` holds, for each code, the points of places known to lie in it; Baghdad's patch is made of them.
    """
    raw: dict[str, list[Polygon]] = {}
    for feature in json.loads(source.read_text(encoding="utf-8"))["features"]:
        code = feature["properties"]["iso_3166_2"]
        raw.setdefault(RENAMED.get(code, code), []).append(shape(feature["geometry"]))
    merged = {code: shapely.union_all(parts, grid_size=GRID) for code, parts in raw.items()}
    return _fit(merged, _patch(merged, towns))


def _patch(areas: dict[str, Polygon], towns: Seeds) -> Polygon:
    """Baghdad: Natural Earth's polygon, and what is nearest to one of its towns and within reach."""
    stretch = math.cos(math.radians(33.3))
    owners, points = [], []
    for code, spots in sorted(towns.items()):
        for lon, lat in sorted(set(spots)):
            owners.append(code)
            points.append((lon * stretch, lat))
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(points), ordered=True))
    own = [cell for cell, owner in zip(cells, owners, strict=True) if owner == PATCHED]
    near = MultiPoint([spot for spot, owner in zip(points, owners, strict=True) if owner == PATCHED])
    patch = shapely.union_all(own).intersection(near.buffer(PATCH_REACH_KM / 111.2))
    patch = shapely.transform(patch, lambda xy: xy / [stretch, 1])
    country = shapely.union_all([area for code, area in areas.items() if code[:2] == PATCHED[:2]])
    patch = shapely.intersection(shapely.union(patch, areas[PATCHED]), country, grid_size=GRID)
    return max(shapely.get_parts(patch), key=lambda part: part.area)


def _fit(areas: dict[str, Polygon], patch: Polygon) -> dict[str, Polygon]:
    """Put the patch on top: cut all lines at each other, then give each face to one owner."""
    lines = shapely.union_all([area.boundary for area in [*areas.values(), patch]], grid_size=GRID)
    owned: dict[str, list[Polygon]] = {}
    for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))):
        inside = face.representative_point()
        owner = next((code for code, area in sorted(areas.items()) if area.covers(inside)), None)
        if owner is not None:
            owned.setdefault(PATCHED if patch.covers(inside) else owner, []).append(face)
    fitted = {code: shapely.union_all(faces, grid_size=GRID) for code, faces in sorted(owned.items())}
    fitted = _without_islands(fitted)
    if not shapely.coverage_is_valid(list(fitted.values())):
        raise ValueError("governorate polygons overlap or leave gaps; look at the patch of Baghdad")
    return fitted


def _without_islands(areas: dict[str, Polygon]) -> dict[str, Polygon]:
    """Hand a piece that the patch has cut off its own governorate to the patch."""
    whole: dict[str, list[Polygon]] = {}
    for code, area in areas.items():
        parts = sorted(shapely.get_parts(area), key=lambda part: part.area, reverse=True)
        for index, part in enumerate(parts):
            cut_off = index > 0 and part.touches(areas[PATCHED])
            whole.setdefault(PATCHED if cut_off else code, []).append(part)
    return {code: shapely.union_all(parts, grid_size=GRID) for code, parts in whole.items()}


def countries(areas: dict[str, Polygon]) -> dict[str, Polygon]:
    """Union of the governorates by country."""
    codes = sorted({code[:2] for code in areas})
    return {
        code: shapely.union_all([area for key, area in areas.items() if key[:2] == code], grid_size=GRID)
        for code in codes
    }


def middle(area: Polygon) -> tuple[float, float]:
    """Centroid where it lies inside, else a point inside; 5 decimals."""
    spot = area.centroid if area.covers(area.centroid) else area.representative_point()
    return round(spot.x, 5), round(spot.y, 5)


def covering_radius(area: Polygon, lon: float, lat: float, step_m: int) -> int:
    """Metres around the point that hold `SHARE` of the area (on a grid of 200 by 200), up to `step_m`."""
    west, south, east, north = area.bounds
    xs = np.linspace(west, east, 201)[:-1] + (east - west) / 400
    ys = np.linspace(south, north, 201)[:-1] + (north - south) / 400
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(xs, ys))
    held = shapely.contains_xy(area, grid_x, grid_y)
    grid_x, grid_y = grid_x[held], grid_y[held]
    _, _, metres = WGS84.inv(np.full_like(grid_x, lon), np.full_like(grid_y, lat), grid_x, grid_y)
    order = np.argsort(metres, kind="stable")
    weight = np.cumsum(np.cos(np.radians(grid_y[order])))
    reach = metres[order][np.searchsorted(weight, SHARE * weight[-1])]
    return int(math.ceil(reach / step_m) * step_m)


def seat_cells(area: Polygon, seats: dict[str, tuple[float, float]]) -> dict[str, Polygon]:
    """Return the part of a governorate nearest to each district's seat: the district, roughly."""
    if len(seats) == 1:
        return dict.fromkeys(seats, area)
    stretch = math.cos(math.radians(area.centroid.y))
    flat = shapely.transform(area, lambda xy: xy * [stretch, 1])
    points = MultiPoint([(lon * stretch, lat) for lon, lat in seats.values()])
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=flat, ordered=True))
    shares = [shapely.transform(cell.intersection(flat), lambda xy: xy / [stretch, 1]) for cell in cells]
    return dict(zip(seats, shares, strict=True))


def feature(area: Polygon, properties: dict[str, object]) -> str:
    """One GeoJSON feature on one line: counter-clockwise, normalised, 5 decimals."""
    tidy = shapely.orient_polygons(shapely.normalize(area))
    geometry = mapping(tidy)
    rings = json.loads(json.dumps(geometry["coordinates"]), parse_float=lambda text: round(float(text), 5))
    record = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": geometry["type"], "coordinates": rings},
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
