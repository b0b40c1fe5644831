"""How many places bear a name?"""

from __future__ import annotations

import math
from collections.abc import Iterable

from geocasualty.gazetteer.names import bare_keys, plain_keys
from geocasualty.taxonomy import LEVELS

__all__ = ["APART_M", "NOT_BEARERS", "bearers_of"]

APART_M = 5_000.0
"""Two points of one name nearer than this are one place: a village and its second record."""

NOT_BEARERS = frozenset(LEVELS)
"""Kinds that do not count: an area named after its seat is no second place."""


def bearers_of(named: Iterable[tuple[str, float, float]]) -> dict[str, int]:
    """Number of places, farther apart than ``APART_M``, by the bare key of their names.

    Keys that one place alone has are left out.

    Parameters
    ----------
    named : iterable of tuple
        Name, longitude and latitude; a place once for each of its names.

    Returns
    -------
    dict of str to int
        By :func:`~geocasualty.gazetteer.names.bare_key`, sorted.

    Examples
    --------
    >>> bearers_of([("Sinjar", 41.88, 36.32), ("Sinjār", 41.87, 36.33), ("Sinjar", 37.0, 35.59), ("Hit", 42.83, 33.64)])
    {'sinjar': 2}
    >>> bearers_of([])
    {}
    """
    rows = list(named)
    spots: dict[str, list[tuple[float, float]]] = {}
    for key, (_, lon, lat) in zip(bare_keys(plain_keys(name for name, _, _ in rows)), rows, strict=True):
        if key:
            known = spots.setdefault(key, [])
            if all(_apart(lon, lat, *other) for other in known):
                known.append((lon, lat))
    return {key: len(known) for key, known in sorted(spots.items()) if len(known) > 1}


def _apart(lon: float, lat: float, other_lon: float, other_lat: float) -> bool:
    east = (lon - other_lon) * math.cos(math.radians(lat))
    return math.hypot(east, lat - other_lat) * 111_320.0 > APART_M
