"""Where incidents and strikes were, governorate by governorate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._basemap import approximate, attribution, basemap
from geocasualty.maps._classes import class_breaks
from geocasualty.maps._data import NUMBERS, Strings, require, round_or_none, time_columns
from geocasualty.maps._page import OfflineMap
from geocasualty.maps._plain import html_tables
from geocasualty.maps._tiles import tile_layers
from geocasualty.tallies._areas import UNLOCATED, Areas

if TYPE_CHECKING:
    import folium

__all__ = ["MEASURES", "province_map"]

MEASURES: dict[str, tuple[str, str]] = {
    "incidents": ("Incidents", "incidents"),
    "killed_min": ("Killed, at least", "killed"),
    "killed_max": ("Killed, at most", "killed"),
    "strikes": ("Strikes reported", "strikes"),
    "strikes_per_incident": ("Strikes per incident", "strikes"),
    "share_nearby": ("Share of incidents with a strike reported nearby", "share"),
}
"""Each measure with its title and its unit."""

SETTLEMENTS = ("city", "town", "village")


def province_map(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    gazetteer: Any = None,
    measure: str = "strikes",
    classes: str | Sequence[float] = "quantiles",
    tiles: Any = None,
    title: str | None = None,
    within_km: float | None = None,
    within_days: float | None = None,
) -> folium.Map:
    """Governorates coloured by a measure, towns as circles, a time slider; one page that asks no network.

    A record located only to a governorate counts in that governorate and is not drawn as a town. One located
    only to a country, or not located at all, is counted in a note. No false centroid is ever drawn.

    Parameters
    ----------
    incidents, strikes : GeoDataFrame
        Records in the columns of the package; either may be empty.
    gazetteer : Gazetteer, optional
        The bundled one unless given.
    measure : str, default "strikes"
        "incidents", "killed_min", "killed_max", "strikes" (the number reported), "strikes_per_incident" or
        "share_nearby" (the share of incidents with a strike reported nearby; needs the two limits).
    classes : str or sequence of float, default "quantiles"
        "quantiles" makes up to five classes of about equal size; a sequence gives their upper ends.
    tiles : str, optional
        An online background by its xyzservices name, such as "OpenStreetMap". Without it the page is offline.
    title : str, optional
        The heading.
    within_km, within_days : float, optional
        Limits for "share_nearby", kilometres and days.

    Returns
    -------
    folium.Map
        Save it with `save_html`.

    Raises
    ------
    InputError
        Where the measure is unknown, its limits are missing, or a frame lacks a column.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> m = gcas.province_map(book.incidents, book.strikes, measure="killed_max")
    >>> m.payload["measure"]["name"]
    'Killed, at most'

    Empty frames give an empty map that says so.

    >>> gcas.province_map(book.incidents.head(0), book.strikes.head(0)).payload["empty"]
    'No incidents and no strikes were given'
    """
    incidents, strikes = require(incidents, "incident"), require(strikes, "strike")
    if measure not in MEASURES:
        raise InputError(f"measure={measure!r} is unknown; choose one of {', '.join(MEASURES)}")
    if measure == "share_nearby" and (within_km is None or within_days is None):
        raise InputError("measure='share_nearby' needs within_km= and within_days=, the limits of \"nearby\"")
    if gazetteer is None:
        from geocasualty.gazetteer import load_gazetteer

        gazetteer = load_gazetteer()
    strings = Strings()
    base = basemap(gazetteer, strings, window=None, tolerance=0.006)
    where = _Where(gazetteer, [entry["id"] for entry in base["governorates"]])
    tables = {"incident": where.place(incidents), "strike": where.place(strikes)}
    near = _nearby(incidents, strikes, within_km, within_days)
    values = _values(incidents, strikes, tables, near, measure, len(base["governorates"]))
    name, unit = MEASURES[measure]
    title = title or f"{name}, by governorate"
    layers, tile_notes = tile_layers(tiles)
    payload = {
        "title": title,
        "subtitle": [_period(incidents, strikes)],
        "measure": {"key": measure, "name": name, "unit": unit},
        "classes": class_breaks(values, classes, measure),
        "nearby": None if near is None else f"within {within_km:g} km and {within_days:g} days",
        "base": base,
        "towns": where.towns,
        "incidents": _columns(incidents, "incident", tables["incident"], strings, near),
        "strikes": _columns(strikes, "strike", tables["strike"], strings, None),
        "notes": [*_notes(tables), *_one_event(strikes), *approximate(base), *tile_notes],
        "attribution": attribution(gazetteer),
        "tiles": [layer.tile_name for layer in layers],
        "empty": _empty(incidents, strikes),
        "strings": strings.values,
    }
    fallback = _fallback(title, payload, base, tables, incidents, strikes)
    map_ = OfflineMap(
        app="province",
        payload=payload,
        fallback=fallback,
        title=title,
        location=(33.9, 41.5),
        zoom_start=6,
        zoom_snap=1 if layers else 0.5,
    )
    for layer in layers:
        layer.add_to(map_)
    return map_


class _Where:
    """Which governorate and which town each record belongs to."""

    def __init__(self, gazetteer: Any, governorates: list[str]) -> None:
        self.number = {place_id: i for i, place_id in enumerate(governorates)}
        self.areas = Areas(gazetteer)
        self.places = gazetteer.places.drop_duplicates("place_id").set_index("place_id")
        self.listed: dict[str, dict[str, Any]] = self.places.to_dict("index")
        self.settlements = self.places[self.places["kind"].isin(SETTLEMENTS)]
        self.towns: list[dict[str, Any]] = []
        self._town: dict[str, int] = {}

    def place(self, frame: gpd.GeoDataFrame) -> pd.DataFrame:
        """Columns gov, town (numbers or None), coarse (governorate, country, unlocated, outside, several or "")."""
        governorates = self.areas.assign(frame if frame.crs else frame.set_crs("EPSG:4326"), "governorate")
        ids = frame["place_id"].astype(object) if "place_id" in frame else pd.Series(None, index=frame.index)
        precision = frame["precision"].astype(object) if "precision" in frame else pd.Series(None, index=frame.index)
        out = [self._one(*row) for row in zip(ids, precision, governorates, frame.geometry.to_numpy(), strict=True)]
        names = ("gov", "town", "coarse")
        return pd.DataFrame({name: pd.Series([row[i] for row in out], dtype=object) for i, name in enumerate(names)})

    def _one(self, place_id: Any, rung: Any, governorate: str, shape: Any) -> tuple[int | None, int | None, str]:
        if rung == "country":
            return None, None, "country"
        if governorate == UNLOCATED:
            return None, None, "unlocated"
        is_point = shape is not None and shape.geom_type == "Point" and not shape.is_empty
        number = self.number.get(governorate)
        if number is None:
            return None, None, "outside" if is_point else "several"
        if rung == "governorate":
            return number, None, "governorate"
        listed = self.listed.get(place_id) if isinstance(place_id, str) else None
        return number, self._town_of(place_id, listed, shape) if is_point else None, ""

    def _town_around(self, point: Any) -> tuple[Any, Any]:
        """The nearest settlement that a point lies in, by the settlement's radius."""
        near = self.settlements
        metres = geodesic_distance_m(point.x, point.y, near.geometry.x.to_numpy(), near.geometry.y.to_numpy())
        inside = np.where(metres <= near["radius_m"].to_numpy(dtype=float), metres, np.inf)
        if not inside.size or not np.isfinite(inside.min()):
            return None, None
        first = int(inside.argmin())
        return near.index[first], self.listed[near.index[first]]

    def _town_of(self, place_id: Any, listed: Any, point: Any) -> int:
        if listed is None:
            place_id, listed = self._town_around(point)
        key = place_id if listed is not None else f"{point.y:.2f},{point.x:.2f}"
        if key not in self._town:
            self._town[key] = len(self.towns)
            at = listed["geometry"] if listed is not None else point
            self.towns.append(
                {
                    "id": key,
                    "name": listed["name"] if listed is not None else f"{point.y:.2f} N, {point.x:.2f} E",
                    "name_ar": (listed["name_ar"] or None) if listed is not None else None,
                    "lat": round(at.y, 4),
                    "lon": round(at.x, 4),
                }
            )
        return self._town[key]


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


def _columns(
    frame: gpd.GeoDataFrame, kind: str, table: pd.DataFrame, strings: Strings, near: list[bool] | None
) -> dict[str, Any]:
    names = ("killed_min", "killed_max") if kind == "incident" else ("n_strikes",)
    columns: dict[str, Any] = {
        "n": len(frame),
        "gov": {"v": list(table["gov"])},
        "town": {"v": list(table["town"])},
        "coarse": {"v": [1 if value == "governorate" else 0 for value in table["coarse"]]},
        "near": {"v": [int(value) for value in near]} if near is not None else {"c": 0},
        **time_columns(frame, strings),
    }
    for name in names:
        values = pd.to_numeric(frame[name], errors="coerce") if name in frame else [None] * len(frame)
        columns[name] = {"v": [round_or_none(value) for value in values]}
    return columns


def _values(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    tables: dict[str, pd.DataFrame],
    near: list[bool] | None,
    measure: str,
    n: int,
) -> list[float | None]:
    """The measure of each governorate; None where nothing is recorded."""

    def total(kind: str, column: Any) -> pd.Series:
        gov = pd.to_numeric(tables[kind]["gov"], errors="coerce").to_numpy()
        values = pd.Series(np.asarray(column, dtype=float)).groupby(gov).sum(min_count=1)
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


def _empty(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> str | None:
    if not len(incidents) and not len(strikes):
        return "No incidents and no strikes were given"
    return None


def _notes(tables: dict[str, pd.DataFrame]) -> list[str]:
    said = {
        "governorate": "located only to a governorate: counted in it, not drawn as a town",
        "country": "located only to a country: counted above, in no governorate",
        "unlocated": "without a place: counted above, not on the map",
        "several": "across several governorates, or outside them all: counted above, not on the map",
        "outside": "outside the governorates of the gazetteer: counted above, not on the map",
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


def _fallback(
    title: str,
    payload: dict[str, Any],
    base: dict[str, Any],
    tables: dict[str, pd.DataFrame],
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
) -> str:
    """The table that is read where scripts do not run."""
    rows = []
    head = ["Governorate", "Incidents", "Killed, at least", "Killed, at most", "Strikes"]
    columns = [
        _values(incidents, strikes, tables, None, name, len(base["governorates"]))
        for name in ("incidents", "killed_min", "killed_max", "strikes")
    ]
    for i, entry in enumerate(base["governorates"]):
        cells = [column[i] for column in columns]
        if any(cell is not None for cell in cells):
            texts = ["" if cell is None else f"{cell:g}" for cell in cells]
            rows.append([f"{entry['name']} {entry['name_ar'] or ''}", *texts])
    return html_tables(
        title,
        [*payload["subtitle"], *payload["notes"]],
        [("By governorate", head, rows)],
    )
