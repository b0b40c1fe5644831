"""Coordinates and numbers from cells, or the column, value and reason why not."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import shapely

__all__ = ["BadCellError", "Spot", "coordinates", "population", "spot_of"]


class BadCellError(Exception):
    """A cell that makes its row unusable; the row is rejected and reported."""

    def __init__(self, column: str, value: Any, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


class Spot(NamedTuple):
    """Longitude and latitude."""

    lon: float
    lat: float


def coordinates(lon: Any, lat: Any, columns: tuple[str, str] = ("longitude", "latitude")) -> Spot:
    """Degrees from two cells.

    Raises
    ------
    BadCellError
        If one is no number or outside the globe, or both are 0.
    """
    values = []
    for cell, column, limit in ((lon, columns[0], 180.0), (lat, columns[1], 90.0)):
        try:
            value = float(cell)
        except (TypeError, ValueError):
            raise BadCellError(column, cell, "not a number of degrees") from None
        if not math.isfinite(value) or abs(value) > limit:
            raise BadCellError(column, cell, f"not between -{limit:g} and {limit:g} degrees")
        values.append(value)
    if values == [0.0, 0.0]:
        raise BadCellError(columns[0], lon, "0, 0 is where missing coordinates go")
    return Spot(*values)


def spot_of(geometry: shapely.Geometry | None) -> Spot:
    """The point of a geometry of any type, in degrees.

    Raises
    ------
    BadCellError
        If there is none, or it is outside the globe.
    """
    if geometry is None or geometry.is_empty:
        raise BadCellError("geometry", "", "no geometry")
    west, south, east, north = geometry.bounds
    coordinates(west, south, ("geometry", "geometry"))
    coordinates(east, north, ("geometry", "geometry"))
    point = geometry if geometry.geom_type == "Point" else geometry.centroid
    return Spot(float(point.x), float(point.y))


def population(cell: Any) -> int | None:
    """Number of people; None where the cell holds none, zero or nonsense."""
    try:
        people = int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return None
    return people if 0 < people < 100_000_000 else None
