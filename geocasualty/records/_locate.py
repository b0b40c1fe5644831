"""Where a record is: from its MGRS cell, its coordinates or its place text, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import RADIUS_M, precision_of_kind
from geocasualty.geodesy import parse_mgrs

if TYPE_CHECKING:
    from geocasualty.gazetteer import Gazetteer, Resolution

__all__ = ["Located", "Stated", "locate"]

UNSTATED_PRECISION = "village"
"""A coordinate without any stated accuracy is taken as a village's: six decimals do not say that they are true."""


class Stated(NamedTuple):
    """What a row says about its place; empty strings and None where it says nothing."""

    longitude: float | None
    latitude: float | None
    mgrs: str
    radius_m: float | None
    precision: str
    vicinity: bool
    place_text: str
    country: str
    admin1: str


class Located(NamedTuple):
    """Geometry with its uncertainty, and the reason; ``geometry`` is None where unlocated."""

    geometry: shapely.Geometry | None
    radius_m: float
    precision: str | None
    vicinity: bool
    place_id: str
    country: str
    reason: str


def locate(stated: Stated, gazetteer: Gazetteer) -> Located:
    """Locate one row.

    Parameters
    ----------
    stated : Stated
        What the row says.
    gazetteer : Gazetteer
        Answers place texts where the row has no coordinates.

    Returns
    -------
    Located
        A polygon for an area, else a point; the radius is the larger of the cell's and the stated one.

    Raises
    ------
    geocasualty.errors.InputError
        If the MGRS reference is malformed.
    """
    named = _named(stated, gazetteer)
    place = named.best.place if named and named.best else None
    place_id = place.place_id if place else ""
    country = stated.country or (place.country if place else "")
    if stated.mgrs:
        cell = parse_mgrs(stated.mgrs)
        radius = max(cell.radius_m, stated.radius_m or 0.0, RADIUS_M[stated.precision] if stated.precision else 0.0)
        precision = stated.precision or ("exact" if cell.radius_m <= RADIUS_M["exact"] else "neighbourhood")
        reason = f"MGRS cell {cell.reference}"
        return Located(shapely.Point(cell.lon, cell.lat), radius, precision, stated.vicinity, place_id, country, reason)
    if stated.longitude is not None and stated.latitude is not None:
        precision = stated.precision or UNSTATED_PRECISION
        radius = stated.radius_m or RADIUS_M[precision]
        unsaid = not stated.precision and not stated.radius_m
        reason = f"coordinates; accuracy not stated, taken as {radius / 1000:g} km" if unsaid else "stated coordinates"
        point = shapely.Point(stated.longitude, stated.latitude)
        return Located(point, radius, precision, stated.vicinity, place_id, country, reason)
    if named is None:
        return Located(None, float("nan"), None, stated.vicinity, "", country, "no place and no coordinates given")
    if named.geometry is None or place is None:
        return Located(None, float("nan"), None, named.vicinity, "", country, f"{named.status}: {named.reason}")
    radius = float("nan") if named.polygon is not None else max(named.radius_m, stated.radius_m or 0.0)
    precision = named.precision or precision_of_kind(place.kind)
    return Located(named.geometry, radius, precision, named.vicinity, place_id, country, named.reason)


def _named(stated: Stated, gazetteer: Gazetteer) -> Resolution | None:
    if not stated.place_text:
        return None
    text = f"near {stated.place_text}" if stated.vicinity else stated.place_text
    try:
        return gazetteer.resolve(text, country=stated.country or None, admin1=stated.admin1 or None)
    except InputError:
        return None
