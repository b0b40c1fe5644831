"""How well a record is located: one ordered ladder, and what "near X" means in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PRECISIONS",
    "RADIUS_M",
    "VICINITY_RADIUS_M",
    "precision_dtype",
    "precision_of_kind",
    "precision_of_radius",
]

PRECISIONS = (
    "exact",
    "street",
    "neighbourhood",
    "village",
    "town",
    "city",
    "subdistrict",
    "district",
    "governorate",
    "country",
)
"""From the finest to the coarsest."""

_KIND_PRECISION = {
    "neighbourhood": "neighbourhood",
    "camp": "neighbourhood",
    "facility": "neighbourhood",
    "airbase": "neighbourhood",
    "village": "village",
    "town": "town",
    "city": "city",
    "area": "subdistrict",
    "subdistrict": "subdistrict",
    "district": "district",
    "governorate": "governorate",
    "country": "country",
}

RADIUS_M = {
    "exact": 100.0,
    "street": 300.0,
    "neighbourhood": 1_000.0,
    "village": 2_000.0,
    "town": 4_000.0,
    "city": 15_000.0,
    "subdistrict": 15_000.0,
    "district": 45_000.0,
    "governorate": 100_000.0,
    "country": 500_000.0,
}
"""Metres around a coordinate that is stated with no more than a rung of the ladder. Village, town and city are the
search radii that Nominatim publishes for these ranks (2, 4 and 15 km); the others are the half-widths, rounded up,
of what the rung names in Iraq and Syria: a 100 m grid cell, a block, a quarter of a town, the median sub-district,
district, governorate and country."""

VICINITY_RADIUS_M = 50_000.0
"""Nine of ten strikes that a release reports "near X" lie within about this many metres of X's point: 94 % of 556 Dutch
strikes of 2014-2015 by the nearest place of the release that covers their hour, 88 % of the 406 whose own text names a
place of it. The shape is in :mod:`geocasualty.gazetteer.vicinity`; ``python -m benchmarks.vicinity`` measures both."""


def precision_of_kind(kind: str) -> str:
    """The precision of a record that is located to a place of this kind.

    Examples
    --------
    >>> precision_of_kind("airbase"), precision_of_kind("governorate")
    ('neighbourhood', 'governorate')
    """
    return _KIND_PRECISION[kind]


def precision_of_radius(radius_m: float) -> str:
    """The finest rung of the ladder whose radius is at least this one.

    Examples
    --------
    >>> precision_of_radius(70.7), precision_of_radius(3_000)
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
