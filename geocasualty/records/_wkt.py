"""Well-known text with every digit: GEOS writes at most 15 to 17 of them, which moves one corner in three."""

from __future__ import annotations

from typing import Any

import shapely

__all__ = ["exact_wkt"]


def exact_wkt(shape: shapely.Geometry) -> str:
    """The text that reads back as the very same shape.

    Examples
    --------
    >>> exact_wkt(shapely.box(43, 35.33624375465657, 44, 36))
    'POLYGON ((44 35.33624375465657, 44 36, 43 36, 43 35.33624375465657, 44 35.33624375465657))'
    >>> exact_wkt(shapely.Polygon())
    'POLYGON EMPTY'
    """
    if shape.is_empty:
        return str(shape.wkt)
    name = shape.geom_type.upper() + (" Z" if shape.has_z else "")
    if hasattr(shape, "geoms") and shape.geom_type == "GeometryCollection":
        return f"{name} ({', '.join(map(exact_wkt, shape.geoms))})"
    coordinates = shapely.geometry.mapping(shape)["coordinates"]
    text = _nested(coordinates)
    return f"{name} ({text})" if shape.geom_type == "Point" else f"{name} {text}"


def _nested(coordinates: Any) -> str:
    if not coordinates:
        return "EMPTY"
    if isinstance(coordinates[0], float):
        return " ".join(repr(value).removesuffix(".0") for value in coordinates)
    return f"({', '.join(map(_nested, coordinates))})"
