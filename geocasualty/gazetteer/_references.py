"""Coordinates and grid references as they stand in a text, and measures that say nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import shapely

from geocasualty.errors import InputError
from geocasualty.gazetteer import _shapes as shapes
from geocasualty.gazetteer._choice import BORDER_M, metres_beyond
from geocasualty.gazetteer._phrase_tokens import clean, mgrs_of
from geocasualty.gazetteer._phrase_words import UNITS, keyword
from geocasualty.gazetteer.phrases import LONGEST, Phrase
from geocasualty.gazetteer.place import Place, Resolution
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs

FARTHEST_M = 300_000.0
"""A stated offset of more is a mistake: the longest of the Dutch list and the Coalition's releases of 2014-2015 is 100
nautical miles (185 km)."""

_NEGATIVE = re.compile(r"(?<![^\s,(])-(\d[\d.,]*)\s*([^\W\d_]+)")
_SAYS_WHICH = re.compile(r"[NSEW]\b|lat|lon|north|east", re.IGNORECASE)


def refusal(text: str) -> str:
    """Why a text cannot be a place whatever its names; empty if it may be one.

    Examples
    --------
    >>> refusal("-5 km north of Raqqa"), refusal("5-10 km north of Raqqa"), refusal("- 5 km north of Raqqa")
    ("'-5 km': a distance cannot be negative", '', '')
    """
    if not any(map(str.isdigit, text)):
        return ""
    line = clean(text[: 2 * LONGEST])
    for found in _NEGATIVE.finditer(line):
        if keyword(found[2]) in UNITS and not line[: found.start()].rstrip()[-1:].isdigit():
            return f"{found[0]!r}: a distance cannot be negative"
    return ""


class References:
    """Places coordinates and grid references; the countries of a gazetteer tell whether these may be turned round."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._countries = [place for place in places.values() if place.kind == "country" and place.polygon is not None]

    def resolve(self, text: str, phrase: Phrase) -> Resolution:
        """Resolve a phrase that is a reference."""
        reference = phrase.reference or text
        if phrase.coordinates is not None:
            return self._at_coordinates(text, reference, phrase.coordinates)
        if mgrs_of(reference) is None:
            why = f"{reference!r}: no coordinates on Earth; latitude stands first, from -90 to 90, then longitude"
            return Resolution(text, "unresolved", reason=why)
        try:
            cell = parse_mgrs(reference)
        except InputError as error:
            return Resolution(text, "unresolved", reason=str(error))
        return shapes.stated(text, cell.lon, cell.lat, cell.radius_m, f"MGRS cell {cell.reference}")

    def _at_coordinates(self, text: str, reference: str, coordinates: tuple[float, float, float]) -> Resolution:
        found = shapes.stated(text, *coordinates, "coordinates")
        lon, lat, radius_m = coordinates
        if _SAYS_WHICH.search(reference) or abs(lon) > 90 or not self._countries or self._holder(found):
            return found
        turned = shapes.stated(text, lat, lon, radius_m, "coordinates")
        country = self._holder(turned)
        if not country:
            return found
        why = (
            f"{reference!r}: with latitude first this is far from all countries of this gazetteer, with longitude first"
        )
        return Resolution(text, "unresolved", reason=f"{why} in {country}; write N and E behind the numbers")

    def _holder(self, found: Resolution) -> str:
        """The country that holds a point or is near to it."""
        holders = (each.name for each in self._countries if metres_beyond(each.polygon, found.point) <= BORDER_M)
        return next(holders, "")


def beside(found: Resolution, named: Resolution) -> tuple[Resolution, bool]:
    """A reference, with how far it is from what is named with it, and whether the two may agree."""
    own = named.best.label if named.best else named.query
    bearers = [(own, named)] if named.point is not None else [(each.label, each.place) for each in named.candidates]
    if found.point is None:
        return found, True
    if not bearers:
        return replace(found, reason=f"{found.reason}; what is stated too is not resolved: {named.reason}"), True
    gaps = [(*away_m(bearer, found.point), label) for label, bearer in bearers]
    away, slack, label = min(gaps, key=lambda each: (each[0] - each[1], each[2]))
    agree = away <= found.radius_m + slack
    said = f"{away / 1000:.1f} km from {label}, which is stated too"
    return replace(found, reason=f"{found.reason}; {said}{'' if agree else ': the two disagree'}"), agree


def away_m(other: Place | Resolution, point: shapely.Point) -> tuple[float, float]:
    """Metres from a point to what another means, and how much less it may be."""
    if other.polygon is not None:
        return metres_beyond(other.polygon, point), BORDER_M
    there = shapely.get_coordinates(other.point)[0]
    return float(geodesic_distance_m(point.x, point.y, *there)), other.radius_m
