"""How well a record is located: one ordered ladder, and what "near X" means in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geocasualty.errors import InputError
from geocasualty.taxonomy import TAXONOMY

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PRECISIONS",
    "RADIUS_M",
    "VICINITY_RADIUS_M",
    "Accuracy",
    "accuracy_of",
    "precision_dtype",
    "precision_of_radius",
]

RADIUS_M = (
    {"exact": 150.0, "street": 600.0}
    | {kind: each.radius_m for kind, each in TAXONOMY.items() if kind == each.precision}
    | {"neighbourhood": 1_000.0, "village": 3_000.0}
)
"""Metres around a coordinate that is stated with no more than a rung of the ladder: nine in ten of what is so located
are within. From a town up the radius of a place of that kind (:data:`geocasualty.taxonomy.TAXONOMY` says what each is
measured on); ``python -m benchmarks.rungs`` measures the others where a finer truth is known.

Exact: of 21 of Airwars' exact points the military named a 100 m cell or a finer one. A point "within 100 m" is the
south-west corner of its cell (16 of 16), from which 79 % of the cell lie within 100 m and all of it within 142; of all
21, with a strike anywhere in its cell, 73 % lie within 100 m and 94 % within 150. Village: of 40 claims at 21 places
that are located to 100 m, 69 % [59, 85] lie within 2 km of the point of another claim that is located to that village
and no better, 80 % [70, 95] within 3 km. Street: a street in a town is a few hundred metres long, to either side; an
estimate, for want of streets whose truth is known. Neighbourhood: a quarter of a town, an estimate. Of a quarter the
rung and the place are not one question: its own point in the gazetteer misses that of another source by up to 1.4 km in
nine of ten cases (24 of Airwars'), where a source that locates an event in a quarter gives the event's point."""

PRECISIONS = tuple(RADIUS_M)
"""From the finest to the coarsest."""

VICINITY_RADIUS_M = 50_000.0
"""Metres around X of what a release reports "near X": nine in ten. Of 390 Dutch strikes of 2014-2015 whose own text
names a place of the release that covers their hour, 90.0 % lie within it (resampled by month 86.5 to 93.6 %), and by
the distribution that is fitted to them (:mod:`geocasualty.gazetteer.vicinity`) 90.2 %; that has nine in ten within
49.6 km (40.6 to 62.9). ``python -m benchmarks.vicinity`` measures all of it. In countries where nobody measured it the
same is assumed: a narrower one would say more of what is known less."""


def precision_of_radius(radius_m: float) -> str:
    """The finest rung of the ladder whose radius is at least this one.

    Examples
    --------
    >>> precision_of_radius(70.7), precision_of_radius(3_500)
    ('exact', 'town')
    """
    return next((rung for rung in PRECISIONS if RADIUS_M[rung] >= radius_m), PRECISIONS[-1])


def precision_dtype() -> pd.CategoricalDtype:
    """The ordered categorical of the ``precision`` column, finest first.

    Examples
    --------
    >>> precision_dtype().ordered
    True
    """
    import pandas as pd

    return pd.CategoricalDtype(list(PRECISIONS), ordered=True)


class Accuracy(NamedTuple):
    """What another project's code for accuracy means: a rung of the ladder, and metres around the coordinate."""

    precision: str
    radius_m: float


SAID_NEAR_M = 25_000.0
"""The one distance that the codebook of UCDP states, of code 2: at most about 25 km from a known point."""

_CODES = {
    "airwars": {
        "province": "governorate", "district": "district", "subdistrict": "subdistrict", "city": "city", "town": "town",
        "village": "village", "neighbourhood_area": "neighbourhood", "street": "street", "nearby_landmark": "street",
        "within_100m": "exact", "within_1m": "exact", "exact_location": "exact",
    },
    "ucdp": {
        "1": "town", "2": "district", "3": "district", "4": "governorate", "5": "governorate", "6": "country",
        "7": "country",
    },
    "acled": {"1": "town", "2": "district", "3": "governorate"},
}  # fmt: skip
SCHEMES = {
    scheme: {code: Accuracy(rung, RADIUS_M[rung]) for code, rung in codes.items()} for scheme, codes in _CODES.items()
}
SCHEMES["airwars"]["within_1m"] = Accuracy("exact", 1.0)
SCHEMES["ucdp"]["2"] = Accuracy("district", SAID_NEAR_M)
"""Codes of other projects for how well an event is located.

Airwars, public incident pages: a named rung for each level, with its radius; a landmark is taken as a street (an
estimate of this project), and "within 1 m" alone is taken at its word.

UCDP GED Codebook, variable ``where_prec`` (wording as quoted from the codebook of version 26.1): 1, the exact location
is known and coded; 2, within at most about 25 km of a known point, which is coded; 3 and 4, only the second- or
first-order administrative division is known, shown by a point, typically its centroid; 5, a line or an area without
firm bounds, shown by a representation point; 6, only the country; 7, international waters or airspace. Only the 25 km
are the codebook's. Code 1 gets the radius of a town, since the point coded is that of the place named; 3, 4 and 6 that
of their rung; 5 that of a governorate and 7 that of a country, for want of any bound: choices of this project.

ACLED Codebook 2015 (Raleigh and Dowd), section 3.2, "Spatial precision codes", ``geo_precision``: 1, a particular town
with known coordinates; 2, a small part of a region or near a town, coded to a town that stands for that area; 3, a
larger region, coded to a place that stands for it, such as its capital. It states no distance: all three radii are
choices of this project, a town's, a district's (which is about what "near X" spans, `VICINITY_RADIUS_M`) and a
governorate's."""

_AIRWARS_WORDS = {
    "within_1m_coalition": "within_1m", "1_m": "within_1m", "100_m": "within_100m", "within_100_m": "within_100m",
    "within_1_m": "within_1m", "within_1_m_coalition": "within_1m", "neighbourhood": "neighbourhood_area",
    "area": "neighbourhood_area", "exact": "exact_location", "exact_location_other": "exact_location",
    "governorate": "province",    "landmark": "nearby_landmark", "sub_district": "subdistrict",
}  # fmt: skip


def accuracy_of(scheme: str, code: str) -> Accuracy:
    """What a code for accuracy of another project means. Raises InputError if the scheme has no such code.

    Schemes are Airwars' accuracy levels (in any spelling of blanks, slashes and case), UCDP's ``where_prec`` and
    ACLED's ``geo_precision``; :data:`SCHEMES` has the source of each.

    Examples
    --------
    >>> accuracy_of("airwars", "Neighbourhood/area")
    Accuracy(precision='neighbourhood', radius_m=1000.0)
    >>> accuracy_of("ucdp", "2")
    Accuracy(precision='district', radius_m=25000.0)
    """
    import re

    if scheme not in SCHEMES:
        raise InputError(f"unknown scheme {scheme!r}; expected one of {', '.join(SCHEMES)}")
    codes = SCHEMES[scheme]
    value = code.strip()
    if scheme == "airwars":
        value = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")
        value = _AIRWARS_WORDS.get(value, value)
    elif re.fullmatch(r"[0-9]\.0+", value):
        value = value[0]
    if value not in codes:
        raise InputError(f"unknown {scheme} accuracy {code[:60]!r}; expected one of {', '.join(codes)}")
    return codes[value]
