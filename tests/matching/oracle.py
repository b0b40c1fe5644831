"""The join by its definition alone: two loops, pyproj, shapely; shares no code with the package."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

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


def to_edges(points: np.ndarray, area) -> float:
    """The least distance from points to the edges of an area, each edge searched by thirds."""
    if area.geom_type == "Point":
        return np.inf
    line = shapely.segmentize(area, EDGE).boundary
    best = np.inf
    for part in shapely.get_parts(line):
        ends = shapely.get_coordinates(part)
        a, b = (np.repeat(each[None], len(points), axis=0) for each in (ends[:-1], ends[1:]))
        low, high = np.zeros(a.shape[:2]), np.ones(a.shape[:2])
        for _ in range(60):
            one, other = low + (high - low) / 3, high - (high - low) / 3
            far, near = (measured(points, a + share[..., None] * (b - a)) for share in (one, other))
            low, high = np.where(far > near, one, low), np.where(far > near, high, other)
        best = min(best, measured(points, a + low[..., None] * (b - a)).min())
    return best


def measured(points: np.ndarray, spots: np.ndarray) -> np.ndarray:
    x, y = (np.broadcast_to(points[:, n, None], spots.shape[:2]) for n in (0, 1))
    return GEOD.inv(x, y, spots[..., 0], spots[..., 1])[2]


def bounds_km(a, radius_a: float, b, radius_b: float) -> tuple[float, float]:
    """Least and greatest distance between two regions: discs of radius around points, polygons as they are."""
    va, vb = vertices(a), vertices(b)
    pairs = np.array(list(itertools.product(range(len(va)), range(len(vb)))))
    away = GEOD.inv(va[pairs[:, 0], 0], va[pairs[:, 0], 1], vb[pairs[:, 1], 0], vb[pairs[:, 1], 1])[2]
    least = 0.0 if shapely.intersects(a, b) else min(away.min(), to_edges(va, b), to_edges(vb, a))
    reach = sum(radius for geometry, radius in ((a, radius_a), (b, radius_b)) if geometry.geom_type == "Point")
    return max(0.0, least - reach) / 1000, (away.max() + reach) / 1000


def dates(record) -> set[int]:
    """Every local date of a record, as a number of days; an end at midnight is no part of the next."""
    zone = ZoneInfo(getattr(record, "timezone", "") or "UTC")
    first = record.start.tz_convert(zone).date()
    last = (record.end - pd.Timedelta(seconds=1)).tz_convert(zone).date()
    return set(range(first.toordinal(), last.toordinal() + 1))


def days_apart(one: set[int], other: set[int]) -> tuple[int, int, int]:
    """The least and the greatest difference of two dates, and that from the first to the second, 0 on a shared day."""
    differences = [b - a for a in one for b in other] if len(one) * len(other) < 200 else [
        min(other) - max(one), max(other) - min(one), min(other) - min(one), *([0] if one & other else [])
    ]  # fmt: skip
    gap = 0 if one & other else min(differences, key=abs)
    return abs(gap), max(map(abs, differences)), gap


def pairs(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, within_km: float, within_days: int) -> dict:
    """``(incident_id, strike_id)`` to ``(relation, least km, greatest km)``."""
    found = {}
    for i, s in itertools.product(incidents.itertuples(), strikes.itertuples()):
        if i.geometry is None or s.geometry is None or i.geometry.is_empty or s.geometry.is_empty:
            continue
        names_i, names_s = (set(filter(None, side.belligerents.split(";"))) for side in (i, s))
        if names_i and names_s and not names_i & names_s:
            continue
        sure = not names_i or bool(names_s)
        sure &= i.country == s.country or "" in (i.country, s.country)
        nearest, farthest, _ = days_apart(dates(i), dates(s))
        if nearest > within_days:
            continue
        least, greatest = bounds_km(i.geometry, i.radius_m, s.geometry, s.radius_m)
        if least > within_km:
            continue
        wholly = sure and greatest <= within_km and farthest <= within_days
        found[i.incident_id, s.strike_id] = ("within" if wholly else "possible", least, greatest)
    return found


SURELY = (np.log(100) / np.log(10)) ** 0.5
"""Times the radius that holds nine tenths of a round Gaussian: that which holds 99 in 100."""


def clock(record) -> bool:
    """Whether a record has clock times and not whole days."""
    zone = ZoneInfo(record.timezone or "UTC")
    return any(edge.tz_convert(zone).time() != dt.time() for edge in (record.start, record.end))


def inland(record, within_km: float) -> bool:
    """Whether a record of these tests is in Iraq alone: near Hawijah, far from every border, and it says so."""
    if not located(record):
        return False
    lon, lat = record.geometry.centroid.x, record.geometry.centroid.y
    return record.country == "IQ" and GEOD.inv(lon, lat, 43.77, 35.33)[2] < 50_000 and within_km < 100


def located(record) -> bool:
    return record.geometry is not None and not record.geometry.is_empty


def day_begins(day: int, zone: str) -> float:
    """When a local date begins: where there is no midnight, with the hour after it."""
    return dt.datetime.combine(dt.date.fromordinal(day), dt.time(), ZoneInfo(zone or "UTC")).timestamp()


class Days:
    """Which local dates a coverage covers wholly: the edges of all spans cut one, and each piece is covered by any."""

    def __init__(self, coverage: pd.DataFrame):
        self._spans = [
            ((row.belligerent, row.country), row.complete, row.kinds, row.start.timestamp(), row.end.timestamp())
            for row in coverage.itertuples()
        ]
        self._known: dict = {}

    def of(self, name: str, country: str, what: str) -> list[tuple[float, float]]:
        """``what`` is "any" records, all that say they hold "all", or such as hold a kind of attack."""
        return [
            each[3:] for each in self._spans
            if each[0] == (name, country) and (what == "any" or (each[1] and what in ("all", *each[2].split(";"))))
        ]  # fmt: skip

    def covers(self, name: str, country: str, day: int, zone: str, what: str) -> bool:
        key = name, country, day, zone, what
        if key not in self._known:
            start, end = day_begins(day, zone), day_begins(day + 1, zone)
            spans = self.of(name, country, what)
            edges = sorted({start, end, *(min(max(edge, start), end) for span in spans for edge in span)})
            self._known[key] = all(
                any(low <= a and b <= high for low, high in spans) for a, b in itertools.pairwise(edges)
            )
        return self._known[key]

    def held(self, names: set[str], record, days: range, what: str) -> int:
        """How many of some dates are covered for all of some belligerents."""
        return sum(
            bool(names) and all(self.covers(name, record.country, day, record.timezone, what) for name in names)
            for day in days
        )

    def at_all(self, name: str, country: str) -> float:
        """Seconds that any rows cover."""
        total = until = 0.0
        for start, end in sorted(self.of(name, country, "any")):
            total, until = total + max(0.0, end - max(until, start)), max(until, end)
        return total


def assessed(incidents, strikes, within_km, within_days, coverage, review, span) -> dict:  # noqa: C901  (flat)
    """Of each incident: finding, groups within and possible, the best strike, days passed and counted, coverage."""
    said = {(row.incident_id, row.strike_id): row.decision for row in review.itertuples()}
    found, days = {}, Days(coverage)
    for i in incidents.itertuples():
        whose = set(filter(None, i.belligerents.split(";")))
        placed, own = located(i), dates(i)
        near, rows = {}, []
        for s in strikes.itertuples():
            names = set(filter(None, s.belligerents.split(";")))
            away = bounds_km(i.geometry, i.radius_m, s.geometry, s.radius_m) if placed and located(s) else (np.nan,) * 2
            near[s.strike_id] = away, not (names and whose and not names & whose), s

        def test(s, k, i=i, near=near, own=own):
            (least, greatest), may, _ = near[s.strike_id]
            nearest, farthest, _ = days_apart({day + k for day in own}, dates(s))
            possible = may and least <= within_km and nearest <= within_days
            sure = s.belligerents or not i.belligerents
            sure = sure and (i.country == s.country or "" in (i.country, s.country))
            return possible, bool(possible and sure and greatest <= within_km and farthest <= within_days)

        def gap(s, own=own):
            return days_apart(own, dates(s))[2]

        for s in strikes.itertuples():
            possible, within = test(s, 0)
            decision = said.get((i.incident_id, s.strike_id))
            if decision == "accept" or (possible and decision != "reject"):
                rows.append(
                    (
                        not (within or decision == "accept"),
                        gap(s) != 0,
                        near[s.strike_id][0][1],
                        abs(gap(s)),
                        s.strike_id,
                        s,
                    )
                )
        rows.sort(key=lambda row: (*row[:2], np.nan_to_num(row[2], nan=np.inf), *row[3:5]) if placed else row[4])
        sure = {row[5].event_group or row[4] for row in rows if not row[0]}
        quiet = max(within_days, 1)
        tested = range(min(own) - quiet, max(own) + quiet + 1)
        by = {
            name: [*(days.held({name}, i, tested, which) for which in ("all", "any")), days.at_all(name, i.country)]
            for name in sorted({*coverage.loc[coverage["country"] == i.country, "belligerent"]})
        }
        asked = whose or set(sorted(by, key=lambda name: ([-value for value in by[name]], name))[:1])
        complete, some = (days.held(asked, i, tested, which) / len(tested) for which in ("all", "any"))

        def left(s, i=i, own=own, whose=whose, near=near, quiet=quiet):
            """Whether a strike may be near for all one knows."""
            names = set(filter(None, s.belligerents.split(";")))
            zones = {each.timezone or "UTC" for each in (i, s)}
            late = len(zones) == 2 and (clock(i) or clock(s))
            if (names and whose and not names & whose) or said.get((i.incident_id, s.strike_id)) == "reject":
                return False
            if days_apart(own, dates(s))[0] > quiet + late:
                return False
            if not located(s):
                return s.country in ("", i.country)
            return bounds_km(i.geometry, i.radius_m * SURELY, s.geometry, s.radius_m * SURELY)[0] <= within_km

        quietly = (
            bool(whose) and complete == 1 and days.held(asked, i, tested, "air") == len(tested)
            and inland(i, within_km)
        )  # fmt: skip
        finding = (
            "strike-reported-nearby" if sure else "unlocated" if not placed else "cannot-exclude" if rows
            else "no-coverage" if not quietly
            else "cannot-exclude" if any(map(left, strikes.itertuples())) else "none-in-records"
        )  # fmt: skip
        passed = counted = 0
        for k in range(-span, span + 1) if placed else ():
            window = range(min(own) - within_days + k, max(own) + within_days + k + 1)
            apart = abs(k) > max(own) - min(own) + within_days
            if apart and days.held(asked, i, window, "any") == len(window):
                counted += 1
                passed += any(test(s, k)[finding == "strike-reported-nearby"] for s in strikes.itertuples())
        best = rows[0][4] if rows else None
        if placed and not rows:
            left = [
                (gap(s) != 0, greatest, abs(gap(s)), s.strike_id, least)
                for (least, greatest), may, s in near.values()
                if may and located(s) and said.get((i.incident_id, s.strike_id)) != "reject"
            ]  # fmt: skip
            far, late = max(100, within_km), max(45, within_days)
            soon = [each for each in left if each[2] <= late]
            steps = (
                sorted(each for each in left if each[2] <= within_days and each[4] <= far),
                sorted((each[2], each[1], 0, each[3]) for each in soon if each[4] <= within_km),
                sorted((each[2], each[1], 0, each[3]) for each in soon if each[4] <= far),
            )
            best = next((step[0][3] for step in steps if step), None)
        groups = {row[5].event_group or row[4] for row in rows}
        found[i.incident_id] = finding, len(sure), len(groups - sure), best, passed, counted, some, complete
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
