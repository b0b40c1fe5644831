"""What a map of a place is centred on: a place, a point, or an incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geocasualty.errors import InputError, UnknownPlaceError
from geocasualty.geodesy import on_earth
from geocasualty.maps._areas import LOCAL
from geocasualty.theatre.countries import country_name
from geocasualty.theatre.theatre import theatre
from geocasualty.words import Words

__all__ = ["Focus", "focus_on"]


@dataclass(frozen=True, slots=True)
class Focus:
    """The middle of a map, with its extent and its words."""

    name: str
    lat: float
    lon: float
    name_local: str | None = None
    radius_m: float | None = None
    polygon: Any = None
    place_id: str | None = None
    incident_id: str | None = None
    what: str = ""

    def called(self, words: Words) -> str:
        """The name in the language of the page, where it is known."""
        return (self.name_local if words.language == theatre().local else None) or self.name


def focus_on(place: Any, gazetteer: Any, incidents: gpd.GeoDataFrame, words: Words) -> Focus:
    """The focus that `place` means.

    Raises
    ------
    UnknownPlaceError
        Where a name is unknown or means several places.
    InputError
        Where `place` is nothing that can be looked for.
    """
    if isinstance(place, str):
        same = incidents[incidents["incident_id"] == place]
        if len(same):
            return _of_incident(same, gazetteer, words)
        if (gazetteer.places["place_id"] == place).any():
            place = gazetteer.place(place)
            return _of_place(place, place.point, place.polygon, place.radius_m, words)
        return _of_resolution(gazetteer.resolve(place), words)
    if hasattr(place, "status") and hasattr(place, "candidates"):
        return _of_resolution(place, words)
    if hasattr(place, "place_id") and hasattr(place, "radius_m"):
        return _of_place(place, place.point, place.polygon, place.radius_m, words)
    if isinstance(place, shapely.Point) and not place.is_empty:
        return _of_point(place.x, place.y)
    if isinstance(place, Sequence) and len(place) == 2:
        try:
            return _of_point(float(place[0]), float(place[1]))
        except (TypeError, ValueError):
            pass
    raise InputError(
        f"place={str(place)[:80]!r} ({type(place).__name__}): give a name, an incident_id, a Place, a "
        "Resolution, a shapely Point or (lon, lat)"
    )


def _of_point(lon: float, lat: float) -> Focus:
    if not on_earth(lon, lat):
        raise InputError(f"place=({lon:g}, {lat:g}): give (lon, lat) in degrees, longitude first")
    return Focus(f"{abs(lat):.4f}° {'SN'[lat >= 0]}, {abs(lon):.4f}° {'WE'[lon >= 0]}", lat, lon)


def _of_incident(rows: gpd.GeoDataFrame, gazetteer: Any, words: Words) -> Focus:
    row = rows.iloc[0]
    shape, name = row.geometry, row.get("place_text")
    if shape is None or shape.is_empty:
        raise UnknownPlaceError(
            f"incident {str(row['incident_id'])[:80]!r} has no location to centre a map on; name a place instead"
        )
    point = shape if isinstance(shape, shapely.Point) else shape.representative_point()
    listed = gazetteer.places[gazetteer.places["place_id"] == row.get("place_id")]
    local = listed.iloc[0][LOCAL] if len(listed) else None
    return Focus(
        name_local=local or None,
        name=name if isinstance(name, str) and name else str(row["incident_id"]),
        lat=point.y,
        lon=point.x,
        polygon=None if shape is point else shape,
        incident_id=row["incident_id"],
        what=words("map.incident", id=str(row["incident_id"])),
    )


def _of_resolution(resolution: Any, words: Words) -> Focus:
    best = resolution.best
    if best is None:
        named = "; ".join(
            f"{candidate.label}, {candidate.place.kind}, {candidate.place.place_id}"
            for candidate in list(resolution.candidates)[:6]
        )
        asked = str(resolution.query)[:80]
        if named:
            first = resolution.candidates[0]
            example = f"{first.place.name}, {first.admin1_name}"
            raise UnknownPlaceError(
                f"{asked!r} is {resolution.status}: {named}. Name its governorate too, as in "
                f"{example!r}, or give its id, as {first.place.place_id!r}"
            )
        raise UnknownPlaceError(
            f"{asked!r} is {resolution.status}: {resolution.reason}. Check the spelling, or pass (lon, lat)"
        )
    point = resolution.point if resolution.point is not None else best.place.point
    return _of_place(best.place, point, resolution.polygon, resolution.radius_m, words)


def _of_place(place: Any, point: Any, polygon: Any, radius_m: float, words: Words) -> Focus:
    radius = float(radius_m) if np.isfinite(radius_m) else None
    known = "radius" if place.radius_source == "polygon" else "estimated"
    what = {"kind": words.code(place.kind).capitalize(), "country": country_name(place.country, words.language)}
    return Focus(
        name=place.name,
        lat=point.y,
        lon=point.x,
        name_local=place.local_name or None,
        radius_m=radius,
        polygon=polygon,
        place_id=place.place_id,
        what=words("map.place_is", **what)
        if radius is None
        else words(f"map.place_is.{known}", **what, km=f"{radius / 1000:.1f}"),
    )
