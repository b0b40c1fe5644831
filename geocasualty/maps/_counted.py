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
from geocasualty.maps._basemap import Window as Bounds
from geocasualty.maps._blur import Blur
from geocasualty.maps._classes import class_breaks
from geocasualty.maps._data import NUMBERS, require
from geocasualty.matching import Assessed, assess, taken
from geocasualty.matching._limits import Window, limits_of
from geocasualty.matching._sides import local_days
from geocasualty.matching.findings import NEARBY
from geocasualty.matching.official import Official
from geocasualty.scope import EVERYTHING, Choice
from geocasualty.taxonomy import LEVELS, SETTLEMENTS
from geocasualty.words import ENGLISH, Words, capital

__all__ = ["MEASURES", "Counted", "coarse", "counted"]

MEASURES = ("incidents", "killed_min", "killed_max", "strikes", "strikes_per_incident", "share_nearby")
"""What areas are coloured by; their titles and units are in the catalogues of words."""

COARSE = ("area", "coarser", "country", "unlocated", "several", "outside")
"""Why a record is not drawn as a place."""

DEGREE_M = 110_000.0
"""Less than the shortest degree of latitude on WGS84, 110,574 m."""
MOSTLY = 0.8
"""A record located to an outline counts in the area that holds at least this share of the outline. Two sources of one
boundary do not agree to the metre: of Iraq's governorates, Natural Earth's share with OCHA's is tested to be more."""


ROUNDING_M = 0.01
"""More than rounding can put between a straight line that is computed and the true one."""


@dataclass(frozen=True, eq=False)
class Counted:
    """Records with the area and the town that each belongs to.

    ``tables`` holds, per kind of record and in the order of its frame, ``gov`` (number of the area), ``town`` (number
    of the town) and ``coarse`` (why it is not drawn as a town, or ""). ``told``, where limits are given, holds what is
    told of each incident: ``finding``, ``official_record``, and ``rate``, the background rate.
    """

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    areas: Division
    tables: dict[str, pd.DataFrame]
    towns: list[dict[str, Any]]
    told: pd.DataFrame | None
    nearby: str | None
    measure: str
    classes: dict[str, Any]
    period: str
    chosen: list[str]
    blurred: bool
    notes: list[str]
    empty: str | None

    def values(self, measure: str, by: str = "gov") -> list[float | None]:
        """The measure of each area (``by="gov"``) or town (``by="town"``); None where nothing is recorded."""
        sizes = {"gov": len(self.areas.frame), "town": len(self.towns)}
        return _values(self.incidents, self.strikes, self.tables, self.told, measure, by, sizes[by])

    @property
    def window(self) -> Bounds:
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
    incidents: gpd.GeoDataFrame | Assessed,
    strikes: gpd.GeoDataFrame | None,
    gazetteer: Any,
    *,
    measure: str,
    classes: str | Sequence[float],
    areas: gpd.GeoDataFrame | None,
    level: str,
    blur: Blur | None,
    words: Words = ENGLISH,
    choice: Choice = EVERYTHING,
    **asked: float | None,
) -> Counted:
    """Count both sets of records by area and by town; where positions are displaced, by displaced point."""
    incidents, strikes, asked, told = taken(incidents, strikes, **asked)
    incidents = require(incidents, "incident").sort_values("incident_id", kind="stable")
    every = require(strikes, "strike").sort_values("strike_id", kind="stable")
    incidents, strikes = incidents.iloc[np.sort(choice.incidents(incidents))], every[choice.holds(every, unknown=True)]
    if measure not in MEASURES:
        raise InputError(f"measure={measure!r} is unknown; choose one of {', '.join(MEASURES)}")
    limits = _limits(asked)
    if measure == "share_nearby" and limits is None:
        raise InputError("measure='share_nearby' needs within_km= and within_days=, the limits of \"nearby\"")
    if blur is not None and told is not None and measure != "share_nearby":
        limits = None  # the map says nothing of what is near
    if blur is not None and limits is not None:
        raise InputError("within_km= and blur_km=: that incidents have a strike nearby tells of their true positions")
    divided = chosen_areas(gazetteer, areas, level)
    where = _Where(gazetteer, divided, blur, words)
    tables = {"incident": where.place(incidents), "strike": where.place(strikes)}
    found = None if limits is None else _told(incidents, every, asked, told)
    values, by_town = (
        _values(incidents, strikes, tables, found, measure, by, n)
        for by, n in (("gov", len(divided.frame)), ("town", len(where.towns)))
    )
    _weigh(where.towns, by_town)
    return Counted(
        incidents=incidents,
        strikes=strikes,
        areas=divided,
        tables=tables,
        towns=where.towns,
        told=found,
        nearby=None
        if limits is None
        else words("map.within", km=f"{limits.metres / 1000:,g}", days=words.tell(limits.late())),
        measure=measure,
        classes=class_breaks(values, classes, measure, words),
        period=_period(words, incidents, strikes),
        chosen=choice.said(words),
        blurred=blur is not None,
        notes=[
            *_blurred(blur, divided, words),
            *coarse(tables, divided, words),
            *_one_event(strikes, words),
            *divided.said(words),
        ],
        empty=None if len(incidents) or len(strikes) else words("map.empty.given"),
    )


class _Where:
    """Which area and which town each record belongs to."""

    def __init__(self, gazetteer: Any, areas: Division, blur: Blur | None, words: Words) -> None:
        self.gazetteer, self.areas, self.blur = gazetteer, areas, blur
        self.displaced = words("map.blurred.position")
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
        point = ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry) & (shapely.get_type_id(geometry) == 0)
        found = [
            self._in_level(rung, area, bool(is_point)) if area else self._in_area(place_id, rung, shape, bool(is_point))
            for place_id, rung, area, shape, is_point in zip(ids, precision, assigned, geometry, point, strict=True)
        ]
        drawn = point & np.array([number is not None and not coarse for number, coarse in found], dtype=bool)
        town = np.full(len(frame), None, dtype=object)
        town[drawn] = self._towns_of(ids.to_numpy(dtype=object)[drawn], shapely.get_coordinates(geometry[drawn]))
        columns = {"gov": [number for number, _ in found], "town": town, "coarse": [coarse for _, coarse in found]}
        return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})

    def _assigned(self, frame: gpd.GeoDataFrame) -> list[str]:
        """The area of the gazetteer that each record is in, as tallies count it; "" for the user's own areas."""
        if not self.areas.level:
            return [""] * len(frame)
        from geocasualty.tallies._areas import Areas

        return Areas(self.gazetteer).assign(frame if frame.crs else frame.set_crs("EPSG:4326"), self.areas.level)

    def _in_level(self, rung: Any, area: str, is_point: bool) -> tuple[int | None, str]:
        from geocasualty.tallies._areas import UNLOCATED

        if rung == "country":
            return None, "country"
        if area == UNLOCATED:
            return None, "unlocated"
        number = self.number.get(area)
        if number is None:
            return None, "outside" if is_point else "several"
        return number, "area" if rung == self.areas.level else ""

    def _in_area(self, place_id: Any, rung: Any, shape: Any, is_point: bool) -> tuple[int | None, str]:
        """Areas whose hierarchy is not known: what a record's own shape says."""
        if rung == "country":
            return None, "country"
        if place_id in self.number:
            return self.number[place_id], "area"
        if shape is None or shape.is_empty:
            return None, "unlocated"
        if is_point:
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

    def _around(self, points: Any) -> list[str | None]:
        """The nearest settlement that each point lies in, by the settlement's radius; of equally near ones the first.

        The straight line through the earth is never longer than the geodesic, so that it rules out all but a few.
        """
        from scipy.spatial import cKDTree

        near = self.settlements
        radius = near["radius_m"].to_numpy(dtype=float)
        if not len(near) or not len(points):
            return [None] * len(points)
        places = np.column_stack([near.geometry.x, near.geometry.y])
        own, theirs = (cKDTree(_straight(lonlat)) for lonlat in (points, places))
        found = own.sparse_distance_matrix(theirs, radius.max() + ROUNDING_M, output_type="ndarray")
        i, j = (found[name][found["v"] <= radius[found["j"]] + ROUNDING_M] for name in ("i", "j"))
        metres = geodesic_distance_m(points[i, 0], points[i, 1], places[j, 0], places[j, 1])
        inside = np.flatnonzero(metres <= radius[j])
        inside = inside[np.lexsort((j[inside], metres[inside], i[inside]))]
        first = inside[np.unique(i[inside], return_index=True)[1]]
        towns = np.full(len(points), None, dtype=object)
        towns[i[first]] = near.index.to_numpy(dtype=object)[j[first]]
        return list(towns)

    def _towns_of(self, ids: Any, points: Any) -> list[int]:
        """The number of the town of each point: that of its place, that around it, or the point itself."""
        if self.blur is not None:
            return [self._displaced(lon, lat) for lon, lat in points.tolist()]
        towns = [place_id if isinstance(place_id, str) and self._is_town(place_id) else None for place_id in ids]
        own = np.flatnonzero([town is None for town in towns])
        distinct, which = np.unique(points[own], axis=0, return_inverse=True)
        around = self._around(distinct)
        for row, at in zip(own.tolist(), which.ravel().tolist(), strict=True):
            towns[row] = around[at]
        return [self._numbered(town, lon, lat) for town, (lon, lat) in zip(towns, points.tolist(), strict=True)]

    def _is_town(self, place_id: str) -> bool:
        listed = self.listed.get(place_id)
        return listed is not None and listed["kind"] not in LEVELS  # never at the middle of an area

    def _numbered(self, town: str | None, lon: float, lat: float) -> int:
        listed = None if town is None else self.listed[town]
        key = town or f"{lat:.2f},{lon:.2f}"
        if key not in self._town:
            self._town[key] = len(self.towns)
            x, y = (lon, lat) if listed is None else (listed["geometry"].x, listed["geometry"].y)
            self.towns.append(
                {
                    "id": key,
                    "name": listed["name"] if listed is not None else f"{lat:.2f} N, {lon:.2f} E",
                    "name_local": (listed[LOCAL] or None) if listed is not None else None,
                    "lat": round(y, 4),
                    "lon": round(x, 4),
                    "people": float(listed["population"] or 0) if listed is not None else 0.0,
                }
            )
        return self._town[key]

    def _displaced(self, lon: float, lat: float) -> int:
        lon, lat = self.blur.point(lon, lat) if self.blur is not None else (lon, lat)
        key = f"{lat:.4f},{lon:.4f}"
        if key not in self._town:
            self._town[key] = len(self.towns)
            name = self.displaced
            at = {"lat": round(lat, 4), "lon": round(lon, 4)}
            self.towns.append({"id": key, "name": name, "name_local": None, **at, "people": 0.0})
        return self._town[key]


def _straight(lonlat: Any) -> Any:
    """Metres from the middle of the earth, along three axes."""
    from pyproj import Transformer

    to = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    return np.column_stack(to.transform(lonlat[:, 0], lonlat[:, 1], np.zeros(len(lonlat))))


def _blurred(blur: Blur | None, areas: Division, words: Words) -> list[str]:
    if blur is None:
        return []
    frame = areas.frame.to_crs("ESRI:54034")  # equal areas
    small = areas.frame["name"][np.sqrt(frame.area / np.pi) < blur.km * 1000]
    one, many = words.levels(areas.words)
    notes = [words("map.blurred.province", blurred=blur.said(words), one=one)]
    if len(small):
        named = ", ".join(str(name)[:40] for name in small[:6]) + (", …" if len(small) > 6 else "")
        notes.append(words("map.blurred.small", n=len(small), many=many, names=named))
    return notes


def _limits(asked: dict[str, float | None]) -> Window | None:
    """The limits of "nearby"; None where they are not given whole."""
    late = asked.get("within_days"), asked.get("within_hours")
    return None if asked["within_km"] is None or late == (None, None) else limits_of(asked["within_km"], *late)


def _told(
    incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, asked: dict[str, float | None], told: Assessed | None
) -> pd.DataFrame:
    """What an assessment says of each incident, in the order of the incidents: never a part of it alone."""
    told = told or assess(incidents, strikes, **asked)
    findings = told.findings
    table = pd.DataFrame({
        "finding": findings["finding"].astype(object),
        "official_record": Official(told).table(np.arange(len(findings)))["official_record"].astype(object),
        "rate": findings["background_rate"],
    })  # fmt: skip
    return table.set_index(findings["incident_id"]).reindex(incidents["incident_id"]).reset_index(drop=True)


def _weigh(towns: list[dict[str, Any]], values: list[float | None]) -> None:
    """How much each town is worth a name where there is room for few: half by its people, half by its figure."""
    for key, figures in (("people", [town.pop("people") for town in towns]), ("figure", values)):
        logs = np.log1p(np.array([figure or 0.0 for figure in figures], dtype=float))
        for town, log in zip(towns, (logs / max(logs.max(initial=0.0), 1e-9)).tolist(), strict=True):
            town["weight"] = round(town.get("weight", 0.0) + log, 3) if key == "figure" else log


def _values(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    tables: dict[str, pd.DataFrame],
    told: pd.DataFrame | None,
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
        near = [] if told is None else (told["finding"] == NEARBY).to_numpy(dtype=float)
        result = total("incident", near) / cases
    return [None if pd.isna(value) else float(value) for value in result]


def _period(words: Words, *frames: gpd.GeoDataFrame) -> str:
    """From the first to the last day of the records, each in the zone of its record."""
    days = []
    for frame in frames:
        dated = frame[frame["start"].notna()]
        edges = (dated["start"], dated["end"].fillna(dated["start"]))
        start, end = (edge.dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64) for edge in edges)
        days += [edge for edge in local_days(dated, start, end)[:2] if len(edge)]
    if not days:
        return words("map.period.none")
    ends = (min(edge.min() for edge in days), max(edge.max() for edge in days))
    first, last = (pd.Timestamp(int(end), unit="D") for end in ends)
    first_said, last_said = (
        words("map.day", day=f"{day.day}", month=words("map.months").split(";")[day.month - 1], year=f"{day.year}")
        for day in (first, last)
    )
    return words("map.period", first=first_said, last=last_said)


def coarse(tables: dict[str, pd.DataFrame], areas: Division, words: Words) -> list[str]:
    """How many records are not drawn as a place, and why."""
    one, many = words.levels(areas.words)
    notes = []
    for why in COARSE:
        for kind, table in tables.items():
            if n := int((table["coarse"] == why).sum()):
                what = words("kind.incidents" if kind == "incident" else "kind.strike")
                notes.append(words(f"coarse.{why}", what=what, n=n, one=one, many=many))
    return [capital(note) for note in notes]


def _one_event(strikes: gpd.GeoDataFrame, words: Words) -> list[str]:
    """Say where a sum counts one event more than once."""
    if "event_group" not in strikes:
        return []
    groups = strikes["event_group"].astype(object)
    more = int(groups[groups.notna() & (groups != "")].duplicated().sum())
    return [words("map.note.events", n=more)] if more else []
