"""Which kind of place does a source's class mean, and how far from its point may the place be?

The rules for GeoNames and the radii are those of ``data/gazetteer/_rules.py``; a test holds the two together.
"""

from __future__ import annotations

import math

__all__ = [
    "AREA_KINDS", "AREA_RADIUS_FACTOR", "CLASS_OF_KIND", "GEONAMES_SKIPPED", "LEVEL_KIND", "MERGE_M", "OSM_KIND",
    "area_radius", "geonames_kind", "radius_of", "settlement_kind",
]  # fmt: skip

PERSONS_PER_KM2 = 6000
RADIUS_BOUNDS_M = {"city": (4_500, 15_000), "town": (4_000, 6_000), "village": (2_000, 3_000)}
RADIUS_DEFAULT_M = {
    "city": 6000, "town": 4000, "village": 2000, "neighbourhood": 2000, "camp": 2000, "airbase": 4000,
    "facility": 3000, "subdistrict": 15000, "district": 25000, "governorate": 100_000, "country": 500_000,
    "area": 15000,
}  # fmt: skip

LEVEL_KIND = {0: "country", 1: "governorate", 2: "district", 3: "subdistrict"}
"""Administrative level to kind; a fourth level is a settlement."""

AREA_KINDS = ("country", "governorate", "district", "subdistrict")

CLASS_OF_KIND = {kind: kind for kind in (*AREA_KINDS, "area", "camp")}
CLASS_OF_KIND |= dict.fromkeys(("city", "town", "village", "neighbourhood"), "settlement")
CLASS_OF_KIND |= dict.fromkeys(("airbase", "facility"), "site")
"""Two records may be one place only if their kinds are of one class: a town is not the district named after it."""

MERGE_M = {
    "city": 15_000.0, "town": 6_000.0, "village": 3_000.0, "neighbourhood": 2_000.0, "camp": 5_000.0,
    "airbase": 10_000.0, "facility": 5_000.0, "area": 50_000.0, "subdistrict": 25_000.0, "district": 60_000.0,
    "governorate": 200_000.0, "country": math.inf,
}  # fmt: skip
"""How far apart two records of one name may be and still be one place: for settlements 1.5 times Nominatim's search
radius of the rank (1 for cities), which covers the kilometres by which GeoNames' points miss a village; for areas the
distance between a seat and the middle of a large one. Of two kinds the smaller distance counts."""

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


def radius_of(kind: str, population: int | None) -> tuple[float, str]:
    """Radius in metres and the rule it comes from; see the bundled gazetteer's SOURCES.md."""
    if population and kind in RADIUS_BOUNDS_M:
        low, high = RADIUS_BOUNDS_M[kind]
        disc = 1000 * math.sqrt(population / PERSONS_PER_KM2 / math.pi)
        return float(round(min(max(disc, low), high), -2)), "estimate:population"
    return float(RADIUS_DEFAULT_M[kind]), "estimate:kind"


def area_radius(km2: float) -> float:
    """Radius in metres around the middle of an area of this size that holds 90 % of it, for want of its outline.

    Examples
    --------
    >>> area_radius(2508.9)
    36000.0
    """
    return float(math.ceil(AREA_RADIUS_FACTOR * math.sqrt(km2 / math.pi)) * 1000)
