"""What was reported around one place, and which strikes lie near which incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._basemap import Window, approximate, attribution, basemap
from geocasualty.maps._data import Strings, encode_shape, record_columns, require, round_or_none
from geocasualty.maps._focus import Focus, focus_on
from geocasualty.maps._page import OfflineMap
from geocasualty.maps._plain import html_tables, plain_rows
from geocasualty.maps._tiles import tile_layers

if TYPE_CHECKING:
    import folium

__all__ = ["town_map"]

GENERALISED = "Borders are generalised and may be off by a kilometre or more."

AROUND_DEGREES = 1.2
"""How far the map underneath reaches beyond what is drawn: about 130 km, enough to see where one is."""


def town_map(
    place: Any,
    incidents: gpd.GeoDataFrame | None = None,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    gazetteer: Any = None,
    within_km: float | None = None,
    within_days: float | None = None,
    belligerents: Any = "overlap",
    tiles: Any = None,
    title: str | None = None,
) -> folium.Map:
    """One place, its incidents, the strikes near them, and how they pair; one page that asks no network.

    Shown are the incidents whose point lies within the place's radius plus `within_km`, the strikes that pair
    with them, and other strikes as near. Positions carry their uncertainty; records located too coarsely to
    say whether they belong here are named in a note.

    Parameters
    ----------
    place : str, Place, Resolution, shapely.Point or (lon, lat)
        A name in any script that the gazetteer knows, an incident_id, a place of the gazetteer, what
        `resolve` returned, or a point in degrees.
    incidents, strikes : GeoDataFrame, optional
        Records in the columns of the package; either may be empty or missing.
    gazetteer : Gazetteer, optional
        The bundled one unless given.
    within_km, within_days : float
        The limits of a pair, in kilometres and days. There is no default where there are records.
    belligerents : str or set of str, default "overlap"
        As for `match`.
    tiles : str, optional
        An online background by its xyzservices name, such as "Esri.WorldImagery". The default is offline.
    title : str, optional
        The heading.

    Returns
    -------
    folium.Map
        Save it with `save_html`.

    Raises
    ------
    UnknownPlaceError
        Where the gazetteer does not know the place, or knows several of that name; it names them.
    InputError
        Where a limit is missing or a frame lacks a column.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> m = gcas.town_map("Hawijah", book.incidents, book.strikes, within_km=10, within_days=0)
    >>> m.payload["town"]["name"], m.payload["incidents"]["n"]
    ('Hawijah', 1)

    A place alone, without records:

    >>> gcas.town_map("Hawijah").payload["empty"]
    'No incidents and no strikes were given'
    """
    if gazetteer is None:
        from geocasualty.gazetteer import load_gazetteer

        gazetteer = load_gazetteer()
    incidents = require(_empty_frame("incident") if incidents is None else incidents, "incident")
    strikes = require(_empty_frame("strike") if strikes is None else strikes, "strike")
    records = len(incidents) + len(strikes) > 0
    km, days = _limit("within_km", within_km, records), _limit("within_days", within_days, records)
    focus = focus_on(place, gazetteer, incidents)
    shown, strikes_shown, pairs = _select(focus, incidents, strikes, km, days, belligerents)
    strings, areas = Strings(), list[Any]()
    window = _window(focus, [shown, strikes_shown[strikes_shown["strike_id"].isin(pairs["strike_id"])]], km)
    base = basemap(gazetteer, strings, window=window, tolerance=0.002)
    layers, tile_notes = tile_layers(tiles)
    within = f"{km:g} km and {days:g} {'day' if days == 1 else 'days'}"
    heading = title or (f"{focus.name}: incidents and strikes within {within}" if records else focus.name)
    payload = {
        "title": heading,
        "subtitle": _subtitle(focus, belligerents, records),
        "town": _town(focus),
        "limits": {"km": km, "days": days},
        "base": base,
        "incidents": record_columns(shown, "incident", strings, areas)
        | _findings(shown, strikes, km, days, belligerents, strings),
        "strikes": record_columns(strikes_shown, "strike", strings, areas),
        "pairs": _pairs(pairs, shown, strikes_shown, strings),
        "notes": [
            *_notes(focus, incidents, strikes, shown, strikes_shown, km),
            GENERALISED,
            *approximate(base),
            *tile_notes,
        ],
        "attribution": attribution(gazetteer),
        "tiles": [layer.tile_name for layer in layers],
        "empty": _empty(incidents, strikes, shown, strikes_shown),
        "areas": [encode_shape(shape) for shape in areas],
        "strings": strings.values,
    }
    fallback = _fallback(heading, payload, shown, strikes_shown, pairs)
    map_ = OfflineMap(
        app="town",
        payload=payload,
        fallback=fallback,
        title=heading,
        location=(focus.lat, focus.lon),
        zoom_snap=1 if layers else 0.5,
    )
    for layer in layers:
        layer.add_to(map_)
    return map_


def _limit(name: str, value: float | None, needed: bool) -> float:
    if value is None and not needed:
        return 0.0
    if value is None or not np.isfinite(value) or value < 0:
        raise InputError(f"{name}={value!r}: give a number of 0 or more; it has no default")
    return float(value)


def _empty_frame(kind: str) -> gpd.GeoDataFrame:
    times = pd.Series([], dtype="datetime64[ns, UTC]")
    columns = {f"{kind}_id": pd.Series([], dtype=str), "start": times, "end": times}
    return gpd.GeoDataFrame(columns, geometry=[], crs="EPSG:4326")


class _Positions:
    """Where each record's own point is, for questions of distance."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        geometry = frame.geometry.to_numpy()
        point = shapely.get_type_id(geometry) == 0
        self.lon = np.where(point, shapely.get_x(geometry), np.nan)
        self.lat = np.where(point, shapely.get_y(geometry), np.nan)

    def within(self, lon: float, lat: float, metres: Any) -> np.ndarray[Any, Any]:
        """Whether each point lies within `metres` (one number or one each); False where it is none."""
        far = float(np.max(metres, initial=0.0)) / 110_000 + 0.001  # a degree of latitude is longer than that
        close = np.abs(self.lat - lat) <= far
        close &= np.abs((self.lon - lon + 180) % 360 - 180) * np.cos(np.radians(min(abs(lat) + far, 89.9))) <= far
        limit = np.broadcast_to(metres, close.shape)
        close[close] = geodesic_distance_m(lon, lat, self.lon[close], self.lat[close]) <= limit[close]
        return np.asarray(close, dtype=bool)


def _points(frame: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    return [(g.x, g.y) for g in frame.geometry if isinstance(g, shapely.Point) and not g.is_empty]


def _select(
    focus: Focus,
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    km: float,
    days: float,
    belligerents: Any,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """The incidents shown, the strikes shown, and their pairs."""
    reach = (focus.radius_m or 0.0) + km * 1000
    here = _Positions(incidents).within(focus.lon, focus.lat, reach)
    if focus.incident_id is not None:
        here = (incidents["incident_id"] == focus.incident_id).to_numpy()
    elif focus.polygon is not None:
        here |= shapely.intersects(incidents.geometry.to_numpy(), focus.polygon) & (
            shapely.get_type_id(incidents.geometry.to_numpy()) == 0
        )
    shown = incidents[here].sort_values("incident_id", kind="stable")
    pairs = _matched(shown, strikes, km, days, belligerents)
    at = _Positions(strikes)
    near = at.within(focus.lon, focus.lat, reach)
    for point in dict.fromkeys(_points(shown)):
        near |= at.within(*point, km * 1000)
    near |= strikes["strike_id"].isin(pairs["strike_id"]).to_numpy()
    return shown, strikes[near].sort_values("strike_id", kind="stable"), pairs


def _matched(
    shown: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, km: float, days: float, belligerents: Any
) -> pd.DataFrame:
    columns = ["incident_id", "strike_id", "distance_km", "gap_days", "relation"]
    columns += ["distance_min_km", "distance_max_km"]
    if not len(shown) or not len(strikes):
        return pd.DataFrame({name: [] for name in columns})
    from geocasualty.matching import match

    pairs = match(shown, strikes, within_km=km, within_days=days, belligerents=belligerents, bounds=True)
    return pairs[columns].sort_values(["incident_id", "strike_id"], kind="stable")


def _findings(
    shown: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    km: float,
    days: float,
    belligerents: Any,
    strings: Strings,
) -> dict[str, Any]:
    """The finding of each incident, which never stands without its background rate."""
    if not len(shown):
        return {}
    from geocasualty.matching import background_in_words, screen

    table = screen(shown, strikes, within_km=km, within_days=days, belligerents=belligerents)
    table = table.drop_duplicates("incident_id").set_index("incident_id").reindex(shown["incident_id"])
    rates = [
        background_in_words(*row) for row in zip(table["background_passed"], table["background_days"], strict=True)
    ]
    return {
        "finding": strings.column(table["finding"].astype(object)),
        "rate": strings.column(pd.Series(rates, dtype=object)),
        "reason": strings.column(table["reason"].astype(object)),
    }


def _pairs(pairs: pd.DataFrame, shown: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, strings: Strings) -> dict[str, Any]:
    first = {value: i for i, value in enumerate(shown["incident_id"])}
    second = {value: i for i, value in enumerate(strikes["strike_id"])}
    return {
        "n": len(pairs),
        "inc": {"v": [first[value] for value in pairs["incident_id"]]},
        "str": {"v": [second[value] for value in pairs["strike_id"]]},
        "distance_km": {"v": [round_or_none(value, 3) for value in pairs["distance_km"]]},
        "min_km": {"v": [round_or_none(value, 3) for value in pairs["distance_min_km"]]},
        "max_km": {"v": [round_or_none(value, 3) for value in pairs["distance_max_km"]]},
        "gap_days": {"v": [round_or_none(value, 2) for value in pairs["gap_days"]]},
        "relation": strings.column(pairs["relation"].astype(object)),
    }


def _window(focus: Focus, frames: list[gpd.GeoDataFrame], km: float) -> Window:
    reach = max((focus.radius_m or 0.0) / 1000, km) / 111.0
    lon, lat = [focus.lon - reach, focus.lon + reach], [focus.lat - reach, focus.lat + reach]
    for frame in frames:
        for x, y in _points(frame):
            lon += [x - km / 111, x + km / 111]
            lat += [y - km / 111, y + km / 111]
    more = AROUND_DEGREES
    return (
        round(max(min(lon) - more * 1.3, -180), 2),
        round(max(min(lat) - more, -85), 2),
        round(min(max(lon) + more * 1.3, 180), 2),
        round(min(max(lat) + more, 85), 2),
    )


def _town(focus: Focus) -> dict[str, Any]:
    return {
        "place_id": focus.place_id,
        "name": focus.name,
        "name_ar": focus.name_ar,
        "lat": round(focus.lat, 5),
        "lon": round(focus.lon, 5),
        "radius": round_or_none(focus.radius_m),
        "shape": None if focus.polygon is None else encode_shape(focus.polygon.simplify(0.001)),
    }


def _subtitle(focus: Focus, belligerents: Any, records: bool) -> list[str]:
    lines = [focus.what] if focus.what else []
    if records:
        named = belligerents if isinstance(belligerents, str) else ", ".join(sorted(belligerents))
        rule = {"overlap": "belligerents overlap or unknown", "any": "any belligerents"}.get(named, named)
        lines.append(f"Pairs: {rule}. “Nearby” is not “responsible”.")
    return lines


def _notes(
    focus: Focus,
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    shown: gpd.GeoDataFrame,
    strikes_shown: gpd.GeoDataFrame,
    km: float,
) -> list[str]:
    notes = []
    at = shapely.Point(focus.lon, focus.lat)
    for kind, all_, some in (("incident", incidents, shown), ("strike", strikes, strikes_shown)):
        rest = all_[~all_[f"{kind}_id"].isin(some[f"{kind}_id"])]
        geometry = rest.geometry.to_numpy()
        unlocated = shapely.is_missing(geometry) | shapely.is_empty(geometry)
        radius = pd.to_numeric(rest["radius_m"], errors="coerce").fillna(0.0) if "radius_m" in rest else 0.0
        extent = (focus.radius_m or 0.0) + km * 1000 + np.asarray(radius, dtype=float)
        reach = _Positions(rest).within(focus.lon, focus.lat, extent)
        maybe = np.asarray(shapely.intersects(geometry, at) | reach)
        word = "incident" if kind == "incident" else "strike record"
        if maybe.any():
            ids = [str(value) for value in rest.loc[maybe, f"{kind}_id"]]
            named = ", ".join(value[:60] for value in ids[:8]) + (", …" if len(ids) > 8 else "")
            notes.append(f"{_count(len(ids), word)} located too coarsely to say whether here: {named}.")
        if unlocated.any():
            notes.append(f"{_count(int(unlocated.sum()), word)} without a place.")
        away = int((~maybe & ~unlocated).sum())
        if away:
            notes.append(f"{_count(away, word)} elsewhere.")
    areas = int((shapely.get_type_id(strikes_shown.geometry.to_numpy()) != 0).sum())
    if areas:
        notes.append(f"{_count(areas, 'strike record')} located to an area: an outline, not a point.")
    return notes


def _count(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def _empty(*frames: gpd.GeoDataFrame) -> str | None:
    if not any(len(frame) for frame in frames[:2]):
        return "No incidents and no strikes were given"
    if not any(len(frame) for frame in frames[2:]):
        return "None of the records lies here"
    return None


def _fallback(
    title: str,
    payload: dict[str, Any],
    shown: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
) -> str:
    head = ["id", "place", "lat, lon", "start, local", "end, local"]
    more = ["killed_min", "killed_max", "grading", "belligerents", "sources"]
    found = _column(payload, "finding"), _column(payload, "rate")
    rows = [
        [*row, finding or "", rate or ""]
        for row, finding, rate in zip(plain_rows(shown, "incident", more), *found, strict=False)
    ]
    texts = [[str(value) for value in row] for row in pairs.head(500).round(3).to_numpy().tolist()]
    strike_more = ["n_strikes", "belligerents", "sources"]
    return html_tables(
        title,
        [*payload["subtitle"], *payload["notes"]],
        [
            ("Incidents", [*head, *more, "finding", "background rate"], rows),
            ("Strikes", [*head, *strike_more], plain_rows(strikes, "strike", strike_more)),
            ("Pairs", list(pairs.columns), texts),
        ],
    )


def _column(payload: dict[str, Any], name: str) -> list[Any]:
    column = payload["incidents"].get(name, {"c": None})
    n = payload["incidents"]["n"]
    if "c" in column:
        return [column["c"]] * n
    if "v" in column:
        return list(column["v"])
    return [None if i is None else payload["strings"][i] for i in column["s"]]
