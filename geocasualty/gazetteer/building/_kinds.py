"""Which kind of place does a source's class mean?"""

from __future__ import annotations

import math

__all__ = ["AREA_RADIUS_FACTOR", "GEONAMES_SKIPPED", "OSM_KIND", "area_radius", "geonames_kind", "settlement_kind"]

OSM_KIND = {
    "city": "city", "town": "town", "village": "village", "hamlet": "village", "isolated_dwelling": "village",
    "farm": "village", "suburb": "neighbourhood", "quarter": "neighbourhood", "neighbourhood": "neighbourhood",
    "borough": "neighbourhood", "city_block": "neighbourhood", "refugee_site": "camp",
}  # fmt: skip
"""``place=*`` to kind. Nobody lives in the others (``locality``, ``island``, ``sea``, ...)."""

GEONAMES_SKIPPED = {"PPLH": "no longer exists", "PPLQ": "abandoned", "PPLCH": "a capital of the past"}

_GEONAMES_KIND = {
    "PCLI": "country", "ADM1": "governorate", "ADM2": "district", "ADM3": "subdistrict", "AIRB": "airbase",
    "AIRF": "facility", "AIRP": "facility", "MILB": "facility", "INSM": "facility", "OILR": "facility",
    "DAM": "facility", "CMPRF": "camp", "DSRT": "area", "MTS": "area",
}  # fmt: skip

AREA_RADIUS_FACTOR = 1.25
"""Radius around the middle of an area, in radii of the disc of the same size: with it 90 % of the area lies within
(mean of 395 districts and sub-districts of OCHA's COD-AB Iraq, 2019: 0.900)."""


def settlement_kind(feature_code: str, population: int) -> str:
    """Kind of a populated place by GeoNames' feature code and its population.

    PPLX is a section of a populated place. A governorate's seat (PPLA, PPLC) or 100,000 people make a city;
    a district's or subdistrict's seat (PPLA2, PPLA3) or 5,000 people make a town; the rest are villages.
    100,000 is OpenStreetMap's convention for ``place=city``; its 10,000 for a town would make villages of
    towns whose only figure is that of an old census.

    Examples
    --------
    >>> settlement_kind("PPL", 120_000), settlement_kind("PPLA3", 0), settlement_kind("PPL", 0)
    ('city', 'town', 'village')
    """
    if feature_code == "PPLX":
        return "neighbourhood"
    if feature_code in ("PPLA", "PPLC") or population >= 100_000:
        return "city"
    if feature_code in ("PPLA2", "PPLA3") or population >= 5_000:
        return "town"
    return "village"


def geonames_kind(feature_class: str, feature_code: str, population: int) -> str:
    """Kind of a GeoNames row; empty for what is no place of this gazetteer (streams, hills, wells)."""
    if feature_code in GEONAMES_SKIPPED:
        return ""
    if feature_code in _GEONAMES_KIND:
        return _GEONAMES_KIND[feature_code]
    return settlement_kind(feature_code, population) if feature_class == "P" else ""


def area_radius(km2: float) -> float:
    """Radius in metres around the middle of an area of this size that holds 90 % of it, for want of its outline.

    Examples
    --------
    >>> area_radius(2508.9)
    36000.0
    """
    return float(math.ceil(AREA_RADIUS_FACTOR * math.sqrt(km2 / math.pi)) * 1000)
