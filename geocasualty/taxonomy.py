"""What kinds of places are there, how far does each reach, and which are of one sort?"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = [
    "INHABITED", "KINDS", "LEVELS", "PARENT_COLUMN", "SETTLEMENTS", "TAXONOMY", "Kind", "merge_class", "radius_of",
]  # fmt: skip


class Kind(NamedTuple):
    """What is known of a place of which only the kind is known.

    Attributes
    ----------
    search : {"settlement", "quarter", "camp", "site", "area"}
        The sort of place that a name is looked up as. A quarter is part of a settlement, a site is nobody's home.
    level : int or None
        The administrative level, 0 for a country; None for what is no level.
    precision : str
        Of a record that is located to such a place (:data:`geocasualty.gazetteer.precision.PRECISIONS`).
    radius_m : float
        The true position lies within so many metres of the place's point in nine of ten cases.
    merge_m : float
        How far apart two records of one name may be and still be one place.
    size : int
        How large its word says that it is, to rank the names of one phrase.
    people : int
        The population assumed where none is stated. A choice of this project.
    bounds_m : tuple of float or None
        Least and largest radius by population; None where population says nothing of the radius.
    """

    search: str
    level: int | None
    precision: str
    radius_m: float
    merge_m: float
    size: int
    people: int = 5_000
    bounds_m: tuple[float, float] | None = None


TAXONOMY = {
    "neighbourhood": Kind("quarter", None, "neighbourhood", 2_000.0, 2_000.0, 2),
    "camp": Kind("camp", None, "neighbourhood", 2_000.0, 5_000.0, 3),
    "facility": Kind("site", None, "neighbourhood", 3_000.0, 5_000.0, 2),
    "airbase": Kind("site", None, "neighbourhood", 4_000.0, 10_000.0, 3),
    "village": Kind("settlement", None, "village", 2_000.0, 3_000.0, 4, 5_000, (2_000, 3_000)),
    "town": Kind("settlement", None, "town", 4_000.0, 6_000.0, 4, 5_000, (4_000, 6_000)),
    "city": Kind("settlement", None, "city", 15_000.0, 15_000.0, 5, 100_000, (4_500, 15_000)),
    "area": Kind("area", None, "subdistrict", 15_000.0, 50_000.0, 5),
    "subdistrict": Kind("area", 3, "subdistrict", 15_000.0, 25_000.0, 7),
    "district": Kind("area", 2, "district", 45_000.0, 60_000.0, 8, 100_000),
    "governorate": Kind("area", 1, "governorate", 100_000.0, 200_000.0, 9, 1_000_000),
    "country": Kind("area", 0, "country", 500_000.0, math.inf, 10, 10_000_000),
}
"""Every kind of place that a gazetteer holds, from the finest precision to the coarsest; each word is stated here once.

**Radii.** Village, town and city are the search radii that Nominatim publishes for these ranks (2, 4 and 15 km). Of the
136 Dutch strikes of 2014-2015 whose place is a bare city's name 84 % lie within 15 km of it (88 % of the 129 within
25 km, where no namesake is meant), within 6 km 76 % (80 %). Of 156 of a bare town's name 81 % lie within 4 km. Quarter:
of Airwars' 25 points stated for the area of a named one 96 % lie within 2 km of its point, within 1 km 84 %. District:
45 km from the middle hold 92 % of the area of OCHA's 101 of Iraq (COD-AB 2019; each counts alike) and, from the seat,
86 % of 85, 25 km only 68 and 58 %. By the same measure 15 km hold 72 % of a sub-district (of 294) and 100 km 89 % of a
governorate (of 18). The others are estimates of this project.

**Distances of merging.** For settlements 1.5 times Nominatim's search radius of the rank (1 for cities), which covers
the kilometres by which GeoNames' points miss a village; for areas the distance between a seat and the middle of a large
one. Of two kinds the smaller distance counts.

**Bounds.** Nominatim's 15 km for a city is the upper bound of one, its 4 and 2 km for a town and a village the lower
ones of theirs. What is reported of a town lies beyond its built-up disc: of the 304 Dutch strikes whose place is a bare
town's name 59 % lay within discs of 2 km upwards.
"""

KINDS = tuple(TAXONOMY)

LEVELS = tuple(kind for kind in reversed(KINDS) if TAXONOMY[kind].level is not None)
"""Kind of each administrative level, from the coarsest (0) to the finest (3); a fourth level is a settlement."""

PARENT_COLUMN = {kind: f"admin{level}" if level else kind for level, kind in enumerate(LEVELS)}
"""Level to the column that says in which area of it a place lies."""

SETTLEMENTS = frozenset(kind for kind in KINDS if TAXONOMY[kind].search == "settlement")

INHABITED = frozenset(kind for kind in KINDS if TAXONOMY[kind].search not in ("site", "area"))
"""Settlements, their quarters, and camps: kinds of places whose point stands for all who live there."""

PERSONS_PER_KM2 = 6000
"""Gross density of a built-up area. An estimate: towns of Western Asia hold some 60 to 90 persons a hectare
of urban extent (Angel et al., Atlas of Urban Expansion, 2016); the lower end gives the larger radius."""


def merge_class(kind: str) -> str:
    """The sort within which two records may be one place: a town is not the district named after it.

    Examples
    --------
    >>> merge_class("town") == merge_class("neighbourhood"), merge_class("town") == merge_class("district")
    (True, False)
    """
    search = TAXONOMY[kind].search
    return kind if search == "area" else "settlement" if search == "quarter" else search


def radius_of(kind: str, population: int | None = None) -> tuple[float, str]:
    """Radius in metres of a place without an outline, and the rule that it comes from.

    With a population, for a settlement: of a disc that holds it at `PERSONS_PER_KM2`, within the bounds of the kind, to
    100 m. Else the radius of the kind.

    Examples
    --------
    >>> radius_of("town", 90_000), radius_of("city", 1_683_000), radius_of("city")
    ((4000.0, 'estimate:population'), (9400.0, 'estimate:population'), (15000.0, 'estimate:kind'))
    """
    bounds = TAXONOMY[kind].bounds_m
    if not population or bounds is None:
        return TAXONOMY[kind].radius_m, "estimate:kind"
    disc = 1000 * math.sqrt(population / PERSONS_PER_KM2 / math.pi)
    return float(round(min(max(disc, bounds[0]), bounds[1]), -2)), "estimate:population"
