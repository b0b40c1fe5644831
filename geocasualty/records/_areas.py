"""Which shape does a row state, in the cell that shapes become, and is it one that a record can have?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty._geometry import ShapeError, shape_from_wkt
from geocasualty.gazetteer.precision import precision_of_radius
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.records._words import Words, coded

COLUMN = "geometry_wkt"

SHOWN = 80
"""Characters of a shape that a rejected row shows; it may have millions."""

_DEGREES = "expected degrees, longitudes from -180 to 180 and latitudes from -90 to 90; correct its reference system"


class Stated(NamedTuple):
    """The shapes of a table's rows: polygons, multipolygons and points, else None; rows of one text share one object.

    ``kinds`` is what else a row has in place of one, such as ``LineString``, else empty; ``cells`` are as they are
    written.
    """

    shapes: npt.NDArray[np.object_]
    kinds: Words
    failures: list[tuple[int, str, str, str]]
    cells: Words


def stated_shapes(cells: Words) -> Stated:
    """Read well-known text, each distinct one once.

    Examples
    --------
    >>> found = stated_shapes(Words.repeated("POLYGON ((43 35, 44 35, 44 36, 43 35))", 1))
    >>> found.shapes[0].geom_type, found.failures
    ('Polygon', [])
    >>> stated_shapes(Words.repeated("LINESTRING (43 35, 44 35)", 1)).kinds[0]
    'LineString'
    >>> stated_shapes(Words.repeated("Hawijah", 1)).failures[0][3]
    "expected well-known text such as 'POLYGON ((43 35, 44 35, 44 36, 43 35))'"
    """
    shapes = np.full(len(cells.texts), None, dtype=object)
    kinds = np.full(len(cells.texts), "", dtype=object)
    reasons: dict[int, str] = {}
    for code, text in enumerate(cells.texts):
        if not text:
            continue
        try:
            shape = shapely.force_2d(shape_from_wkt(text))
        except ShapeError as error:
            reasons[code] = str(error)
            continue
        except (shapely.errors.ShapelyError, ValueError):
            reasons[code] = "expected well-known text such as 'POLYGON ((43 35, 44 35, 44 36, 43 35))'"
            continue
        if shape.is_empty:
            continue
        if shape.geom_type not in ("Polygon", "MultiPolygon", "Point"):
            kinds[code] = shape.geom_type
        elif fault := _fault(shape):
            reasons[code] = fault
        else:
            shapes[code] = shape
    failures = [
        (position, COLUMN, cells[position][:SHOWN], reasons[int(cells.codes[position])])
        for position in np.flatnonzero(np.isin(cells.codes, list(reasons))).tolist()
    ]
    return Stated(shapes[cells.codes], Words(*coded(kinds[cells.codes])), failures, cells)


def _fault(shape: shapely.Geometry) -> str:
    corners = shapely.get_coordinates(shape)
    if not (np.isfinite(corners).all() and (np.abs(corners) <= [180.0, 90.0]).all()):
        return _DEGREES
    if shape.is_valid:
        return ""
    return f"no area ({shapely.is_valid_reason(shape)}); repair it, as shapely.make_valid does"


def precision_of_area(shape: Any) -> str:
    """The rung whose radius holds an area, from the middle of its bounds to their corners.

    Examples
    --------
    >>> precision_of_area(shapely.box(43.7, 35.2, 43.9, 35.4)), precision_of_area(shapely.box(43, 34, 45, 36))
    ('city', 'country')
    """
    west, south, east, north = shape.bounds
    lon, lat = np.array([west, west, east, east]), np.array([south, north, south, north])
    return precision_of_radius(float(np.max(geodesic_distance_m((west + east) / 2, (south + north) / 2, lon, lat))))
