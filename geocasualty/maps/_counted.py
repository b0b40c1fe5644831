"""What was recorded where, area by area and town by town: the numbers behind the maps of governorates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._areas import LOCAL, Division, chosen_areas
from geocasualty.maps._basemap import Window
from geocasualty.maps._blur import Blur
from geocasualty.maps._classes import class_breaks
from geocasualty.maps._data import NUMBERS, require
from geocasualty.taxonomy import LEVELS, SETTLEMENTS

__all__ = ["MEASURES", "Counted", "counted"]

MEASURES: dict[str, tuple[str, str]] = {
    "incidents": ("Incidents", "incidents"),
    "killed_min": ("Killed, at least", "killed"),
    "killed_max": ("Killed, at most", "killed"),
    "strikes": ("Strikes reported", "strikes"),
    "strikes_per_incident": ("Strikes per incident", "strikes"),
    "share_nearby": ("Share of incidents with a strike reported nearby", "share"),
}
"""Each measure with its title and its unit."""

DEGREE_M = 110_000.0
"""Less than the shortest degree of latitude on WGS84, 110,574 m."""
MOSTLY = 0.8
"""A record located to an outline counts in the area that holds at least this share of the outline. Two sources of one
boundary do not agree to the metre: of Iraq's governorates, Natural Earth's share with OCHA's is tested to be more."""


@dataclass(frozen=True, eq=False)
class Counted:
    """Records with the area and the town that each belongs to.

    ``tables`` holds, per kind of record and in the order of its frame, ``gov`` (number of the area), ``town`` (number
    of the town) and ``coarse`` (why it is not drawn as a town, or "").
    """

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    areas: Division
    tables: dict[str, pd.DataFrame]
    towns: list[dict[str, Any]]
    near: list[bool] | None
    nearby: str | None
    measure: str
    classes: dict[str, Any]
    period: str
    blurred: bool
    notes: list[str]
    empty: str | None

    def values(self, measure: str, by: str = "gov") -> list[float | None]:
        """The measure of each area (``by="gov"``) or town (``by="town"``); None where nothing is recorded."""
        sizes = {"gov": len(self.areas.frame), "town": len(self.towns)}
        return _values(self.incidents, self.strikes, self.tables, self.near, measure, by, sizes[by])

    @property
    def window(self) -> Window:
        """West, south, east, north of the areas, in degrees."""
        if not len(self.areas.frame):
            return 35.0, 29.0, 49.0, 37.5
        west, south, east, north = (float(value) for value in self.areas.frame.total_bounds)
        return west, south, east, north

    def records(self, by: str = "gov") -> list[int]:
        """The number of records, of both kinds, in each area or town."""
        n = len(self.areas.frame) if by == "gov" else len(self.towns)
        found = pd.concat([pd.to_numeric(table[by], errors="coerce") for table in self.tables.values()]).dropna()
        return [int(value) for value in np.bincount(found.astype(int), minlength=n)]


def counted(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    gazetteer: Any,
    *,
    measure: str,
    classes: str | Sequence[float],
    areas: gpd.GeoDataFrame | None,
    level: str,
    within_km: float | None,
    within_days: float | None,
    blur: Blur | None,
) -> Counted:
    """Count both sets of records by area and by town; where positions are displaced, by displaced point."""
    incidents = require(incidents, "incident").sort_values("incident_id", kind="stable")
    strikes = require(strikes, "strike").sort_values("strike_id", kind="stable")
    if measure not in MEASURES:
        raise InputError(f"measure={measure!r} is unknown; choose one of {', '.join(MEASURES)}")
    if measure == "share_nearby" and (within_km is None or within_days is None):
        raise InputError("measure='share_nearby' needs within_km= and within_days=, the limits of \"nearby\"")
    if blur is not None and within_km is not None:
        raise InputError("within_km= and blur_km=: that incidents have a strike nearby tells of their true positions")
    divided = chosen_areas(gazetteer, areas, level)
    where = _Where(gazetteer, divided, blur)
    tables = {"incident": where.place(incidents), "strike": where.place(strikes)}
    near = _nearby(incidents, strikes, within_km, within_days)
    values = _values(incidents, strikes, tables, near, measure, "gov", len(divided.frame))
    return Counted(
        incidents=incidents,
        strikes=strikes,
        areas=divided,
        tables=tables,
        towns=where.towns,
        near=near,
        nearby=None if near is None else f"within {within_km:g} km and {within_days:g} days",
        measure=measure,
        classes=class_breaks(values, classes, measure),
        period=_period(incidents, strikes),
        blurred=blur is not None,
        notes=[*_blurred(blur, divided), *_notes(tables, divided), *_one_event(strikes), *divided.notes],
        empty=None if len(incidents) or len(strikes) else "No incidents and no strikes were given",
    )


class _Where:
    """Which area and which town each record belongs to."""

    def __init__(self, gazetteer: Any, areas: Division, blur: Blur | None) -> None:
        self.gazetteer, self.areas, self.blur = gazetteer, areas, blur
        self.shapes = areas.frame.geometry.to_numpy()
        self.number = {place_id: i for i, place_id in enumerate(areas.frame["place_id"])}
        self.tree = shapely.STRtree(self.shapes)
        self.places = gazetteer.places.drop_duplicates("place_id").set_index("place_id")
        self.listed: dict[str, dict[str, Any]] = self.places.to_dict("index")
        self.settlements = self.places[self.places["kind"].isin(SETTLEMENTS)]
        self.towns: list[dict[str, Any]] = []
        self._town: dict[str, int] = {}

    def place(self, frame: gpd.GeoDataFrame) -> pd.DataFrame:
        """Columns gov, town (numbers or None), coarse (area, coarser, country, unlocated, outside, several or "")."""
        geometry = frame.geometry.to_numpy()
        ids = frame["place_id"].astype(object) if "place_id" in frame else pd.Series(None, index=frame.index)
        precision = frame["precision"].astype(object) if "precision" in frame else pd.Series(None, index=frame.index)
        assigned = self._assigned(frame)
        out = []
        around = self.towns_around(geometry)
        for place_id, rung, area, shape, near in zip(ids, precision, assigned, geometry, around, strict=True):
            known = shape is not None and not shape.is_empty
            number, coarse = self._in_level(rung, area, shape) if area else self._in_area(place_id, rung, shape, known)
            drawn = number is not None and not coarse and known and shape.geom_type == "Point"
            out.append((number, self._town_of(place_id, shape, near) if drawn else None, coarse))
        names = ("gov", "town", "coarse")
        return pd.DataFrame({name: pd.Series([row[i] for row in out], dtype=object) for i, name in enumerate(names)})

    def _assigned(self, frame: gpd.GeoDataFrame) -> list[str]:
        """The area of the gazetteer that each record is in, as tallies count it; "" for the user's own areas."""
        if not self.areas.level:
            return [""] * len(frame)
        from geocasualty.tallies._areas import Areas

        return Areas(self.gazetteer).assign(frame if frame.crs else frame.set_crs("EPSG:4326"), self.areas.level)

    def _in_level(self, rung: Any, area: str, shape: Any) -> tuple[int | None, str]:
        from geocasualty.tallies._areas import UNLOCATED

        if rung == "country":
            return None, "country"
        if area == UNLOCATED:
            return None, "unlocated"
        number = self.number.get(area)
        if number is None:
            is_point = shape is not None and shape.geom_type == "Point" and not shape.is_empty
            return None, "outside" if is_point else "several"
        return number, "area" if rung == self.areas.level else ""

    def _in_area(self, place_id: Any, rung: Any, shape: Any, known: bool) -> tuple[int | None, str]:
        """Areas whose hierarchy is not known: what a record's own shape says."""
        if rung == "country":
            return None, "country"
        if place_id in self.number:
            return self.number[place_id], "area"
        if not known:
            return None, "unlocated"
        if shape.geom_type == "Point":
            inside = self.tree.query(shape, predicate="intersects")
            if not inside.size:
                return None, "outside"
            return (None, "coarser") if rung == "governorate" else (int(inside.min()), "")
        near = self.tree.query(shape)
        if not near.size or not shape.area:
            return None, "outside"
        held = shapely.area(shapely.intersection(self.shapes[near], shapely.make_valid(shape))) / shape.area
        if held.sum() == 0:
            return None, "outside"
        best = int(near[held.argmax()])
        return (best, "area") if held.max() >= MOSTLY else (None, "coarser")

    def towns_around(self, shapes: Any) -> list[Any]:
        """The nearest settlement that each point lies in, by the settlement's radius; None where there is none.

        A box around each settlement holds all that lies within its radius.
        """
        near = self.settlements
        lon, lat, radius = (
            near.geometry.x.to_numpy(),
            near.geometry.y.to_numpy(),
            near["radius_m"].to_numpy(dtype=float),
        )
        tall = np.nan_to_num(radius) / DEGREE_M
        level = np.cos(np.radians(np.minimum(np.abs(lat) + tall, 90.0)))
        wide = np.minimum(tall / np.maximum(level, 1e-9), 360.0)
        tree = shapely.STRtree(shapely.box(lon - wide, lat - tall, lon + wide, lat + tall))
        points = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
        x, y = (np.where(points, of(np.where(points, shapes, None)), np.nan) for of in (shapely.get_x, shapely.get_y))
        known = np.flatnonzero(np.isfinite(x))
        turns = np.concatenate([known, known, known])
        around = np.repeat([-360.0, 0.0, 360.0], len(known))
        at, which = tree.query(shapely.points(x[turns] + around, y[turns]))
        at = turns[at]
        metres = geodesic_distance_m(x[at], y[at], lon[which], lat[which])
        inside = metres <= radius[which]
        order = np.lexsort((which[inside], metres[inside], at[inside]))
        at, which = at[inside][order], which[inside][order]
        first = np.diff(at, prepend=-1) != 0
        found: list[Any] = [None] * len(shapes)
        for n, settlement in zip(at[first].tolist(), near.index[which[first]], strict=True):
            found[n] = settlement
        return found

    def _town_of(self, place_id: Any, point: Any, around: Any) -> int:
        if self.blur is not None:
            return self._displaced(point)
        listed = self.listed.get(place_id) if isinstance(place_id, str) else None
        if listed is None or listed["kind"] in LEVELS:  # never at the middle of an area
            place_id, listed = around, self.listed.get(around)
        key = place_id if listed is not None else f"{point.y:.2f},{point.x:.2f}"
        if key not in self._town:
            self._town[key] = len(self.towns)
            at = listed["geometry"] if listed is not None else point
            self.towns.append(
                {
                    "id": key,
                    "name": listed["name"] if listed is not None else f"{point.y:.2f} N, {point.x:.2f} E",
                    "name_local": (listed[LOCAL] or None) if listed is not None else None,
                    "lat": round(at.y, 4),
                    "lon": round(at.x, 4),
                }
            )
        return self._town[key]

    def _displaced(self, point: Any) -> int:
        lon, lat = self.blur.point(point.x, point.y) if self.blur is not None else (point.x, point.y)
        key = f"{lat:.4f},{lon:.4f}"
        if key not in self._town:
            self._town[key] = len(self.towns)
            name = "Displaced position"
            self.towns.append({"id": key, "name": name, "name_local": None, "lat": round(lat, 4), "lon": round(lon, 4)})
        return self._town[key]


def _blurred(blur: Blur | None, areas: Division) -> list[str]:
    if blur is None:
        return []
    frame = areas.frame.to_crs("ESRI:54034")  # equal areas
    small = areas.frame["name"][np.sqrt(frame.area / np.pi) < blur.km * 1000]
    one, many = areas.words
    notes = [f"{blur.words}: circles are no towns. The numbers by {one} are those of the true positions."]
    if len(small):
        named = ", ".join(str(name)[:40] for name in small[:6]) + (", …" if len(small) > 6 else "")
        notes.append(
            f"Smaller than the displacement, so that a number there tells more: {len(small)} {many} ({named})."
        )
    return notes


def _nearby(
    incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, within_km: float | None, within_days: float | None
) -> list[bool] | None:
    """Whether a strike was reported nearby, per incident; None where no limits were given."""
    if within_km is None or within_days is None:
        return None
    if not len(incidents) or not len(strikes):
        return [False] * len(incidents)
    from geocasualty.matching import match

    pairs = match(incidents, strikes, within_km=within_km, within_days=within_days)
    found = set(pairs.loc[pairs["relation"] == "within", "incident_id"])
    return [value in found for value in incidents["incident_id"]]


def _values(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    tables: dict[str, pd.DataFrame],
    near: list[bool] | None,
    measure: str,
    by: str,
    n: int,
) -> list[float | None]:
    def total(kind: str, column: Any) -> pd.Series:
        where = pd.to_numeric(tables[kind][by], errors="coerce").to_numpy()
        values = pd.Series(np.asarray(column, dtype=float)).groupby(where).sum(min_count=1)
        return values.reindex(range(n))

    def numbers(frame: gpd.GeoDataFrame, name: str, missing: float) -> Any:
        if name not in frame:
            return np.full(len(frame), missing)
        return pd.to_numeric(frame[name], errors="coerce").astype(float).fillna(missing)

    cases = total("incident", np.ones(len(incidents)))
    reported = total("strike", numbers(strikes, "n_strikes", 1.0))
    if measure in NUMBERS["incident"]:
        result = total("incident", numbers(incidents, measure, np.nan))
    elif measure == "incidents":
        result = cases
    elif measure == "strikes":
        result = reported
    elif measure == "strikes_per_incident":
        result = reported.fillna(0) / cases
    else:
        result = total("incident", np.asarray(near, dtype=float)) / cases
    return [None if pd.isna(value) else float(value) for value in result]


def _period(*frames: gpd.GeoDataFrame) -> str:
    ends = [frame[name].dropna() for frame in frames for name in ("start", "end")]
    days = [day for column in ends if len(column) for day in (column.min(), column.max())]
    if not days:
        return "No dated record"
    first, last = min(days), max(days)
    return f"Records of {first.day} {first:%B %Y} to {last.day} {last:%B %Y} (UTC)"


def _notes(tables: dict[str, pd.DataFrame], areas: Division) -> list[str]:
    one, many = areas.words
    article = "an" if one[0] in "aeiou" else "a"
    whose = " of the gazetteer" if areas.level else ""
    said = {
        "area": f"located only to {article} {one}: counted in it, not drawn as a town",
        "coarser": f"located more coarsely than to {article} {one}: counted above, in no {one}",
        "country": f"located only to a country: counted above, in no {one}",
        "unlocated": "without a place: counted above, not on the map",
        "several": f"across several {many}, or outside them all: counted above, in none of them",
        "outside": f"outside the {many}{whose}: counted above, not on the map",
    }
    notes = []
    for key, text in said.items():
        for kind, table in tables.items():
            n = int((table["coarse"] == key).sum())
            if n:
                word = "incident" if kind == "incident" else "strike record"
                notes.append(f"{n:,} {word}{'' if n == 1 else 's'} {text}.")
    return notes


def _one_event(strikes: gpd.GeoDataFrame) -> list[str]:
    """Say where a sum counts one event more than once."""
    if "event_group" not in strikes:
        return []
    groups = strikes["event_group"].astype(object)
    more = int(groups[groups.notna() & (groups != "")].duplicated().sum())
    if not more:
        return []
    word = "record repeats" if more == 1 else "records repeat"
    return [f"{more:,} strike {word} an event that another likely reports: sums count both."]
