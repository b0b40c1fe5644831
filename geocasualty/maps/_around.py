"""What was reported around one place, and how it pairs: what the maps of a town show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._basemap import Window as Bounds
from geocasualty.maps._blur import Blur
from geocasualty.maps._data import require
from geocasualty.maps._focus import Focus, focus_on
from geocasualty.matching import Assessed, assess, taken
from geocasualty.matching._limits import Window, limits_of
from geocasualty.matching.official import Official
from geocasualty.scope import EVERYTHING, Choice
from geocasualty.words import ENGLISH, Words, capital

__all__ = ["Around", "around", "point_positions"]

AROUND_DEGREES = 1.2
"""How far the map underneath reaches beyond what is drawn: about 130 km, enough to see where one is."""

MOST_NAMED = 3
"""Of records that may be here, how many a note names."""

FOUND = ("finding", "rate", "reason", "official_record", "share")
PAIR_COLUMNS = ["incident_id", "strike_id", "distance_km", "gap_days", "relation", "distance_min_km", "distance_max_km"]


@dataclass(frozen=True, eq=False)
class Around:
    """A place, the incidents and strikes shown around it (sorted by id), their pairs and findings."""

    focus: Focus
    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    pairs: pd.DataFrame
    findings: pd.DataFrame
    limits: Window | None
    within: str
    title: str
    subtitle: list[str]
    notes: list[str]
    empty: str | None
    drawn: Bounds

    @property
    def km(self) -> float:
        """The limit in space."""
        return self.limits.metres / 1000 if self.limits else 0.0

    @property
    def window(self) -> Bounds:
        """What the map underneath covers: more than is drawn."""
        west, south, east, north = self.drawn
        more = AROUND_DEGREES
        return (
            round(max(west - more * 1.3, -180), 2),
            round(max(south - more, -85), 2),
            round(min(east + more * 1.3, 180), 2),
            round(min(north + more, 85), 2),
        )


def around(
    place: Any,
    incidents: Any,
    strikes: Any,
    gazetteer: Any,
    *,
    title: str | None,
    blur: Blur | None,
    words: Words = ENGLISH,
    choice: Choice = EVERYTHING,
    **asked: Any,
) -> Around:
    """Select what lies around a place, what an assessment tells of it, and say what is left out.

    Frames, and the displaced records of an assessment, are assessed here: those shown.
    """
    incidents, strikes, asked, told = taken(incidents, strikes, **asked)
    incidents = require(_empty_frame("incident") if incidents is None else incidents, "incident")
    strikes = require(_empty_frame("strike") if strikes is None else strikes, "strike")
    records = len(incidents) + len(strikes) > 0
    limits = limits_of(*(asked[name] for name in ("within_km", "within_days", "within_hours"))) if records else None
    km = limits.metres / 1000 if limits else 0.0
    displaced = []
    if blur is not None:  # first of all, so that nothing below knows a true position
        told, displaced = None, [blur.note({"incident": incidents, "strike": strikes}, words)]
        if isinstance(place, str) and (incidents["incident_id"] == place).any():
            place = blur.id("incident", place)
        asked["review"] = blur.decisions(asked["review"])
        incidents, strikes = blur.records(incidents, "incident"), blur.records(strikes, "strike")
        if not isinstance(place, str) and not hasattr(place, "radius_m"):
            raise InputError("with blur_km= name the place or the incident: a point given would stay where it truly is")
    focus = focus_on(place, gazetteer, incidents, words)
    if focus.place_id is None and focus.incident_id is None:
        _longitude_first(focus, gazetteer, [_Positions(incidents), _Positions(strikes)], km)
    here = np.intersect1d(_here(focus, incidents, km), choice.incidents(incidents))
    here = here[incidents["incident_id"].iloc[here].argsort(kind="stable").to_numpy()]
    shown = incidents.iloc[here]
    if told is None and len(shown):
        told = assess(shown, strikes, **asked | {"review": _review_of(asked["review"], incidents, shown)})
        here = np.arange(len(shown))
    pairs, rejected, findings = _told(told, here, limits, words)
    near = _near(focus, shown, strikes, km) & choice.holds(strikes, unknown=True)
    near |= strikes["strike_id"].isin(pairs["strike_id"]).to_numpy()
    strikes_shown = strikes[near].sort_values("strike_id", kind="stable")
    return Around(
        focus=focus,
        incidents=shown,
        strikes=strikes_shown,
        pairs=pairs,
        findings=findings,
        limits=limits,
        within=words.tell(limits.within()) if limits else "",
        title=title
        or (
            words("map.title.town", place=focus.called(words), **_both(limits, words))
            if limits
            else focus.called(words)
        ),
        subtitle=[*_subtitle(focus, asked["belligerents"], records, words), *choice.said(words)],
        notes=[
            *displaced,
            *(
                words("map.note.rejected", incident=row.incident_id, strike=row.strike_id)
                for row in rejected.itertuples()
            ),
            *map(capital, _notes(focus, incidents, strikes, shown, strikes_shown, km, words)),
            words("map.note.generalised"),
        ],
        empty=_empty(words, incidents, strikes, shown, strikes_shown),
        drawn=_drawn(focus, [shown, strikes_shown[strikes_shown["strike_id"].isin(pairs["strike_id"])]], km),
    )


def _both(limits: Window, words: Words) -> dict[str, str]:
    """Both limits, for a sentence of its own."""
    return {"km": f"{limits.metres / 1000:,g}", "days": words.tell(limits.late())}


def _empty_frame(kind: str) -> gpd.GeoDataFrame:
    times = pd.Series([], dtype="datetime64[ns, UTC]")
    texts = {name: pd.Series([], dtype=object) for name in (f"{kind}_id", "country", "belligerents")}
    columns = texts | {"radius_m": pd.Series([], dtype=float), "start": times, "end": times}
    return gpd.GeoDataFrame(columns, geometry=[], crs="EPSG:4326")


class _Positions:
    """Where each record's own point is, for questions of distance."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        geometry = frame.geometry.to_numpy()
        point = shapely.get_type_id(geometry) == 0
        self.lon = np.where(point, shapely.get_x(geometry), np.nan)
        self.lat = np.where(point, shapely.get_y(geometry), np.nan)

    def within(self, lon: float, lat: float, metres: Any, among: Any = True) -> np.ndarray[Any, Any]:
        """Whether each point lies within `metres` (one number or one each); False where it is none, or not `among`."""
        far = float(np.max(metres, initial=0.0)) / 110_000 + 0.001  # a degree of latitude is longer than that
        close = (np.abs(self.lat - lat) <= far) & among
        close &= np.abs((self.lon - lon + 180) % 360 - 180) * np.cos(np.radians(min(abs(lat) + far, 89.9))) <= far
        limit = np.broadcast_to(metres, close.shape)
        close[close] = geodesic_distance_m(lon, lat, self.lon[close], self.lat[close]) <= limit[close]
        return np.asarray(close, dtype=bool)


def _longitude_first(focus: Focus, gazetteer: Any, positions: list[_Positions], km: float) -> None:
    """Refuse a point that lies nowhere known, where the one with its numbers exchanged does.

    Raises
    ------
    InputError
        With both points.
    """
    if abs(focus.lon) > 90:
        return

    def known(lon: float, lat: float) -> bool:
        land = gazetteer.countries.geometry.intersects(shapely.Point(lon, lat)).any()
        return bool(land) or any(at.within(lon, lat, km * 1000).any() for at in positions)

    if not known(focus.lon, focus.lat) and known(focus.lat, focus.lon):
        raise InputError(
            f"place=({focus.lon:g}, {focus.lat:g}) is {focus.name}, outside the gazetteer's countries and away from "
            f"all records, and ({focus.lat:g}, {focus.lon:g}) is not: give (lon, lat), longitude first"
        )


def point_positions(frame: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    """Longitude and latitude of each record that is located to a point."""
    return [(g.x, g.y) for g in frame.geometry if isinstance(g, shapely.Point) and not g.is_empty]


def _here(focus: Focus, incidents: gpd.GeoDataFrame, km: float) -> Any:
    """The rows of the incidents of a place."""
    if focus.incident_id is not None:
        here = (incidents["incident_id"] == focus.incident_id).to_numpy()
    else:
        here = _Positions(incidents).within(focus.lon, focus.lat, (focus.radius_m or 0.0) + km * 1000)
        if focus.polygon is not None:
            geometry = incidents.geometry.to_numpy()
            here |= shapely.intersects(geometry, focus.polygon) & (shapely.get_type_id(geometry) == 0)
    return np.flatnonzero(here)


def _near(focus: Focus, shown: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, km: float) -> Any:
    """Which strikes lie around the place or around an incident shown, whatever their time."""
    at = _Positions(strikes)
    near = at.within(focus.lon, focus.lat, (focus.radius_m or 0.0) + km * 1000)
    for point in dict.fromkeys(point_positions(shown)):
        near |= at.within(*point, km * 1000, among=~near)
    return near


def _review_of(
    review: pd.DataFrame | None, incidents: gpd.GeoDataFrame, shown: gpd.GeoDataFrame
) -> pd.DataFrame | None:
    """The decisions on the incidents shown; one on an unknown incident stays, for `screen` to refuse."""
    if review is None or "incident_id" not in review.columns:
        return review
    elsewhere = review["incident_id"].isin(incidents["incident_id"]) & ~review["incident_id"].isin(shown["incident_id"])
    return review[~elsewhere]


def _told(
    told: Assessed | None, rows: Any, limits: Window | None, words: Words
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Of some incidents, in their order: pairs, what an analyst rejected, and finding, rate in words and reason."""
    if told is None or limits is None:
        nothing = pd.DataFrame({name: [] for name in (*PAIR_COLUMNS, "when")})
        return nothing, nothing, pd.DataFrame({name: pd.Series([], dtype=object) for name in FOUND})
    table = told.findings.iloc[rows]
    of_these = [
        each.loc[each["incident_id"].isin(table["incident_id"]), PAIR_COLUMNS].sort_values(PAIR_COLUMNS[:2])
        for each in (told.pair_table, told.rejected_table)
    ]
    rates = [words.background(*row) for row in zip(table["background_passed"], table["background_days"], strict=True)]
    finding, reason = table["finding"].astype(object).to_numpy(), [words.tell(told.reasons[n]) for n in rows]
    official = Official(told).table(rows)["official_record"].astype(object)
    share = table["background_rate"].to_numpy(dtype=float, na_value=np.nan)
    columns = (finding, pd.Series(rates, dtype=object), reason, official, share)
    found = pd.DataFrame(dict(zip(FOUND, columns, strict=True)))
    gaps = of_these[0]["gap_days"]
    pairs = of_these[0].assign(when=[words.tell(limits.gap(gap)) for gap in gaps])
    return pairs, of_these[1], found


def _drawn(focus: Focus, frames: list[gpd.GeoDataFrame], km: float) -> Bounds:
    """The window of the place, of the records and of the limits around them."""
    places = [(focus.lon, focus.lat, max((focus.radius_m or 0.0) / 1000, km))]
    places += [(*point, km) for frame in frames for point in point_positions(frame)]
    lon, lat, reach = np.array(places).T
    up = reach / 110.5
    across = up / np.maximum(np.cos(np.radians(lat)), 0.01)
    return (lon - across).min(), (lat - up).min(), (lon + across).max(), (lat + up).max()


def _subtitle(focus: Focus, belligerents: Any, records: bool, words: Words) -> list[str]:
    lines = [focus.what] if focus.what else []
    if records:
        named = belligerents if isinstance(belligerents, str) else ", ".join(sorted(belligerents))
        rule = words(f"map.rule.{named}") if named in ("overlap", "any") else named
        lines.append(words("map.pairs_rule", rule=rule))
    return lines


def _notes(
    focus: Focus,
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    shown: gpd.GeoDataFrame,
    strikes_shown: gpd.GeoDataFrame,
    km: float,
    words: Words,
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
        what = words("kind.incidents" if kind == "incident" else "kind.strike")
        if maybe.any():
            ids = [str(value) for value in rest.loc[maybe, f"{kind}_id"]]
            named = ", ".join(value[:60] for value in ids[:MOST_NAMED]) + (", …" if len(ids) > MOST_NAMED else "")
            notes.append(words("map.note.maybe", what=what, n=len(ids), names=named))
        if unlocated.any():
            notes.append(words("map.note.unlocated", what=what, n=int(unlocated.sum())))
        away = int((~maybe & ~unlocated).sum())
        if away:
            notes.append(words("map.note.elsewhere", what=what, n=away))
    areas = int((shapely.get_type_id(strikes_shown.geometry.to_numpy()) != 0).sum())
    if areas:
        notes.append(words("map.note.outlines", what=words("kind.strike"), n=areas))
    return notes


def _empty(words: Words, *frames: gpd.GeoDataFrame) -> str | None:
    if not any(len(frame) for frame in frames[:2]):
        return words("map.empty.given")
    if not any(len(frame) for frame in frames[2:]):
        return words("map.empty.here")
    return None
