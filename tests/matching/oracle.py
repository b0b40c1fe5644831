"""The join by its definition alone: two loops, pyproj, shapely; shares no code with the package."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
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


def located(record) -> bool:
    return record.geometry is not None and not record.geometry.is_empty


def moved(time: pd.Timestamp, zone: str, days: int) -> float:
    """When clocks show the same, days later: the first of two such times, the next where there is none."""
    local = time.tz_convert(zone).tz_localize(None)
    midnight = local.normalize().tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    local = local.normalize() if midnight == time else local
    there = (local + pd.Timedelta(days=days)).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return there.timestamp() if days else time.timestamp()


def held(coverage: pd.DataFrame, name: str, country: str, start: float, end: float, complete: bool) -> int:
    """Seconds of a time that are covered: the edges of all spans cut it, and a piece is covered by any."""
    rows = coverage[(coverage["belligerent"] == name) & (coverage["country"] == country)]
    rows = rows[rows["complete"] | (not complete)]
    spans = [(row.start.timestamp(), row.end.timestamp()) for row in rows.itertuples()]
    edges = sorted({start, end, *(min(max(edge, start), end) for span in spans for edge in span)})
    return sum(b - a for a, b in itertools.pairwise(edges) if any(low <= a and b <= high for low, high in spans))


def assessed(incidents, strikes, within_km, within_days, coverage, review, span) -> dict:
    """Of each incident: finding, groups within and possible, the best strike, days passed and counted, coverage."""
    limit, day = within_days * 86_400, 86_400
    said = {(row.incident_id, row.strike_id): row.decision for row in review.itertuples()}
    found = {}
    for i in incidents.itertuples():
        whose = set(filter(None, i.belligerents.split(";")))
        placed = located(i)
        near, rows = {}, []
        for s in strikes.itertuples():
            names = set(filter(None, s.belligerents.split(";")))
            away = bounds_km(i.geometry, i.radius_m, s.geometry, s.radius_m) if placed and located(s) else (np.nan,) * 2
            near[s.strike_id] = away, not (names and whose and not names & whose), s

        def test(s, k, i=i, near=near):
            (least, greatest), may, _ = near[s.strike_id]
            start, end = moved(i.start, i.timezone, k), moved(i.end, i.timezone, k)
            first, last = s.start.timestamp(), s.end.timestamp()
            possible = may and least <= within_km and first < end + limit and start < last + limit
            return possible, possible and greatest <= within_km and max(last - start, end - first) <= limit + day

        def gap(s, i=i):
            return max(0, (s.start - i.end).total_seconds()) + min(0, (s.end - i.start).total_seconds())

        for s in strikes.itertuples():
            possible, within = test(s, 0)
            decision = said.get((i.incident_id, s.strike_id))
            if decision == "accept" or (possible and decision != "reject"):
                rows.append(
                    (not (within or decision == "accept"), near[s.strike_id][0][1], abs(gap(s)), s.strike_id, s)
                )
        rows.sort(key=lambda row: (row[0], np.nan_to_num(row[1], nan=np.inf), *row[2:4]) if placed else row[3])
        sure = {row[4].event_group or row[3] for row in rows if not row[0]}
        start, end = i.start.timestamp() - limit, i.end.timestamp() + limit
        by = {
            name: [held(coverage, name, i.country, *edges, which) for edges, which in (
                ((start, end), True), ((start, end), False), ((0, 4e9), False))]
            for name in sorted({*coverage.loc[coverage["country"] == i.country, "belligerent"]})
        }  # fmt: skip
        asked = whose or set(sorted(by, key=lambda name: ([-value for value in by[name]], name))[:1])
        complete, some = (
            min([held(coverage, name, i.country, start, end, which) for name in asked], default=0) / (end - start)
            for which in (True, False)
        )
        lost = [
            s for _, may, s in near.values()
            if may and not located(s) and said.get((i.incident_id, s.strike_id)) != "reject"
            and s.start.timestamp() < end and start < s.end.timestamp() and s.country in ("", i.country)
        ]  # fmt: skip
        finding = (
            "strike-reported-nearby" if sure else "unlocated" if not placed else "cannot-exclude" if rows
            else "no-coverage" if complete < 1 else "cannot-exclude" if lost else "none-in-records"
        )  # fmt: skip
        passed = counted = 0
        for k in range(-span, span + 1) if placed else ():
            a, b = moved(i.start, i.timezone, k), moved(i.end, i.timezone, k)
            apart = a >= end or b <= start
            if apart and asked and all(
                held(coverage, name, i.country, a - limit, b + limit, False) == b - a + 2 * limit for name in asked
            ):  # fmt: skip
                counted += 1
                passed += any(test(s, k)[finding == "strike-reported-nearby"] for s in strikes.itertuples())
        best = rows[0][3] if rows else None
        if placed and not rows:
            left = [
                (greatest, abs(gap(s)), s.strike_id, least, s.start.timestamp() < end and start < s.end.timestamp())
                for (least, greatest), may, s in near.values()
                if may and located(s) and said.get((i.incident_id, s.strike_id)) != "reject"
            ]  # fmt: skip
            far, late = max(100, within_km), max(45 * day, limit)
            soon = [each for each in left if overlapping(i, strikes, each[2], late)]
            steps = (
                sorted(each for each in left if each[4] and each[3] <= far),
                sorted((each[1], each[0], each[2]) for each in soon if each[3] <= within_km),
                sorted((each[1], each[0], each[2]) for each in soon if each[3] <= far),
            )
            best = next((step[0][2] for step in steps if step), None)
        groups = {row[4].event_group or row[3] for row in rows}
        found[i.incident_id] = finding, len(sure), len(groups - sure), best, passed, counted, some, complete
    return found


def overlapping(i, strikes: gpd.GeoDataFrame, strike_id: str, seconds: float) -> bool:
    s = strikes[strikes["strike_id"] == strike_id].iloc[0]
    return (s.start - i.end).total_seconds() < seconds and (i.start - s.end).total_seconds() < seconds


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
