"""The join by its definition alone: two loops, pyproj, shapely; shares no code with the package."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
EDGE = 1_000 / 111_320


def vertices(geometry) -> np.ndarray:
    return shapely.get_coordinates(shapely.segmentize(geometry, EDGE))


def bounds_km(a, radius_a: float, b, radius_b: float) -> tuple[float, float]:
    """Least and greatest distance between two regions: discs of radius around points, polygons as they are."""
    va, vb = vertices(a), vertices(b)
    pairs = np.array(list(itertools.product(range(len(va)), range(len(vb)))))
    away = GEOD.inv(va[pairs[:, 0], 0], va[pairs[:, 0], 1], vb[pairs[:, 1], 0], vb[pairs[:, 1], 1])[2]
    least = 0.0 if shapely.intersects(a, b) else away.min()
    reach = sum(radius for geometry, radius in ((a, radius_a), (b, radius_b)) if geometry.geom_type == "Point")
    return max(0.0, least - reach) / 1000, (away.max() + reach) / 1000


def pairs(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, within_km: float, within_days: float) -> dict:
    """``(incident_id, strike_id)`` to ``(relation, least km, greatest km)``."""
    found = {}
    for i, s in itertools.product(incidents.itertuples(), strikes.itertuples()):
        if i.geometry is None or s.geometry is None or i.geometry.is_empty or s.geometry.is_empty:
            continue
        names_i, names_s = (set(filter(None, side.belligerents.split(";"))) for side in (i, s))
        if names_i and names_s and not names_i & names_s:
            continue
        limit = within_days * 86_400
        if not ((s.start - i.end).total_seconds() < limit and (i.start - s.end).total_seconds() < limit):
            continue
        least, greatest = bounds_km(i.geometry, i.radius_m, s.geometry, s.radius_m)
        if least > within_km:
            continue
        spread = max((s.end - i.start).total_seconds(), (i.end - s.start).total_seconds())
        wholly = greatest <= within_km and spread <= limit + 86_400
        found[i.incident_id, s.strike_id] = ("within" if wholly else "possible", least, greatest)
    return found


def assert_same(found, expected: dict) -> None:
    """The table of ``match`` with its bounds holds these pairs, and says the same of each to 1 mm per km."""
    got = {
        (row.incident_id, row.strike_id): (row.relation, row.distance_min_km, row.distance_max_km)
        for row in found.itertuples()
    }
    assert got.keys() == expected.keys()
    for key, (relation, least, greatest) in expected.items():
        assert got[key][0] == relation
        assert got[key][1:] == pytest.approx((least, greatest), rel=1e-6, abs=1e-6)
