"""What was reported around one place, and which strikes lie near which incident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from geocasualty.gazetteer import load_gazetteer
from geocasualty.maps._areas import chosen_areas
from geocasualty.maps._around import Around, around
from geocasualty.maps._basemap import encode_ground, ground
from geocasualty.maps._blur import chosen_blur
from geocasualty.maps._data import Strings, encode_shape, record_columns, round_or_none
from geocasualty.maps._focus import Focus
from geocasualty.maps._held import control_columns, control_layer
from geocasualty.maps._page import OfflineMap, html_tables, plain_rows
from geocasualty.maps._tiles import background
from geocasualty.scope import Choice
from geocasualty.words import Words

if TYPE_CHECKING:
    import folium

    from geocasualty.matching import Assessed

__all__ = ["town_map"]

TOLERANCE = 0.002
"""Degrees by which borders are simplified on a map of one place."""


def town_map(
    place: Any,
    incidents: gpd.GeoDataFrame | Assessed | None = None,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    gazetteer: Any = None,
    within_km: float | None = None,
    within_days: float | None = None,
    within_hours: float | None = None,
    belligerents: Any = "overlap",
    review: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    level: str = "governorate",
    control: Any = None,
    tiles: Any = None,
    title: str | None = None,
    language: str = "en",
    attributed_to: str | None = None,
    country: str | None = None,
    since: str | None = None,
    until: str | None = None,
    blur_km: float | None = None,
    blur_seed: str | None = None,
) -> folium.Map:
    """One place, its incidents, the strikes near them, and how they pair; one page that asks no network.

    Shown are the incidents whose point lies within the place's radius plus `within_km`, the strikes that pair
    with them, and other strikes as near. Positions carry their uncertainty; records located too coarsely to
    say whether they belong here are named in a note.

    Parameters
    ----------
    place : str, Place, Resolution, shapely.Point or (lon, lat)
        A name in any script that the gazetteer knows, its place_id, an incident_id, a place of the gazetteer, what
        `resolve` returned, or a point in degrees.
    incidents, strikes : GeoDataFrame, optional
        Records in the columns of the package; either may be empty or missing. In their place stands the ``data`` of an
        assessment that is made (:func:`geocasualty.assess`), which has its limits, review and coverage too.
    gazetteer : Gazetteer, optional
        The bundled one unless given.
    within_km, within_days, within_hours : float
        The limits of a pair, as for `match`: kilometres, and either days, which compare local dates, or hours. There is
        no default where there are records.
    belligerents : str or set of str, default "overlap"
        As for `match`.
    review, coverage : DataFrame, optional
        As for `screen`: an analyst's decisions on pairs, and what the strikes' sources cover. A pair that an analyst
        rejected is not drawn; the notes name it.
    areas, level : optional
        What is drawn underneath in place of governorates, as for `province_map`.
    control : path or GeoDataFrame, optional
        Outlines of who held the ground, as for :func:`geocasualty.control.read_control`, drawn for the last day that is
        shown, and named on the card of each incident.
    tiles : str or path, optional
        An online background by its xyzservices name, such as "Esri.WorldImagery"; or an MBTiles or PMTiles file or a
        folder of ``z/x/y.png``, whose tiles of the window then travel inside the page. The default is plain.
    title : str, optional
        The heading.
    language : str, default "en"
        Of what the page itself says: "en", "ar", or another of ``geocasualty.words.languages()``.
    attributed_to, country, since, until : str, optional
        Show incidents that name this belligerent, of this country, of these local days alone, and the strikes that may
        be of them. Findings are made of all the strikes given.
    blur_km : float, optional
        Draw incidents and strikes up to this many kilometres from where they are, and say so on the map. The page is
        made from the displaced points alone, with `blur_km` added to each one's uncertainty: distances, relations
        and findings follow from these, so that none tells of a true position. Place texts are left out, and
        numbers stand in place of ids that read like coordinates. Other ids, sources and dates stay: see that they do
        not give a place away.
    blur_seed : str, optional
        Needed with `blur_km`: a text of 12 characters or more that stays with you. The same seed gives the same map.

    Returns
    -------
    folium.Map
        Save it with `save_html`.

    Raises
    ------
    UnknownPlaceError
        Where the gazetteer does not know the place, or knows several of that name; it names them.
    InputError
        Where a limit is missing, a frame lacks a column, or another option cannot be met.

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
    gazetteer = gazetteer or load_gazetteer()
    words, blur = Words(language), chosen_blur(blur_km, blur_seed)
    shown = around(
        place,
        incidents,
        strikes,
        gazetteer,
        within_km=within_km,
        within_days=within_days,
        within_hours=within_hours,
        belligerents=belligerents,
        review=review,
        coverage=coverage,
        title=title,
        blur=blur,
        choice=Choice.of(attributed_to, country, since, until),
        words=words,
    )
    strings, shapes = Strings(), list[Any]()
    divided = chosen_areas(gazetteer, areas, level)
    base = ground(gazetteer, divided, window=shown.window, tolerance=TOLERANCE, words=words)
    behind = background(tiles, shown.drawn, words)
    payload = {
        "title": shown.title,
        "subtitle": shown.subtitle,
        "town": _town(shown.focus),
        "limits": {"km": shown.km, "words": shown.within},
        "base": encode_ground(base, strings, words),
        "incidents": record_columns(shown.incidents, "incident", strings, shapes)
        | {name: strings.column(values) for name, values in shown.findings.drop(columns="share").items() if len(values)}
        | control_columns(control, shown.incidents, strings),
        "strikes": record_columns(shown.strikes, "strike", strings, shapes),
        "control": control_layer(control, shown.window, TOLERANCE / 4),
        "pairs": _pairs(shown, strings),
        "notes": [*shown.notes, *base.notes, *divided.said(words), *behind.notes],
        "attribution": [*base.attribution, *behind.attribution, "Leaflet"],
        "tiles": [layer.tile_name for layer in behind.layers],
        "local": behind.local,
        "blurred": None if blur is None else blur.said(words),
        "empty": shown.empty,
        "areas": [encode_shape(shape) for shape in shapes],
        "strings": strings.values,
    }
    map_ = OfflineMap(
        app="town",
        payload=payload,
        fallback=_fallback(payload, shown, words),
        title=shown.title,
        language=language,
        location=(shown.focus.lat, shown.focus.lon),
        zoom_snap=behind.snap,
    )
    for layer in behind.layers:
        layer.add_to(map_)
    return map_


def _pairs(shown: Around, strings: Strings) -> dict[str, Any]:
    pairs = shown.pairs
    first = {value: i for i, value in enumerate(shown.incidents["incident_id"])}
    second = {value: i for i, value in enumerate(shown.strikes["strike_id"])}
    return {
        "n": len(pairs),
        "inc": {"v": [first[value] for value in pairs["incident_id"]]},
        "str": {"v": [second[value] for value in pairs["strike_id"]]},
        "distance_km": {"v": [round_or_none(value, 3) for value in pairs["distance_km"]]},
        "min_km": {"v": [round_or_none(value, 3) for value in pairs["distance_min_km"]]},
        "max_km": {"v": [round_or_none(value, 3) for value in pairs["distance_max_km"]]},
        "when": strings.column(pairs["when"]),
        "relation": strings.column(pairs["relation"].astype(object)),
    }


def _town(focus: Focus) -> dict[str, Any]:
    return {
        "place_id": focus.place_id,
        "name": focus.name,
        "name_local": focus.name_local,
        "lat": round(focus.lat, 5),
        "lon": round(focus.lon, 5),
        "radius": round_or_none(focus.radius_m),
        "shape": None if focus.polygon is None else encode_shape(focus.polygon.simplify(0.001)),
    }


def _fallback(payload: dict[str, Any], shown: Around, words: Words) -> str:
    head = ["id", "place", "where", "start", "end"]
    more = ["killed_min", "killed_max", "grading", "belligerents", "sources"]
    found = shown.findings[["finding", "rate"]].to_numpy().tolist()
    rows = [
        [*row, words(f"finding.{finding}") if finding else "", rate or ""]
        for row, (finding, rate) in zip(plain_rows(shown.incidents, "incident", more, words), found, strict=False)
    ]
    pairs = shown.pairs
    texts = [[str(value) for value in row] for row in pairs.head(500).round(3).to_numpy().tolist()]
    strike_more = ["n_strikes", "belligerents", "sources"]

    def said(names: Iterable[str]) -> list[str]:
        return [words(f"map.table.{name}") for name in names]

    return html_tables(
        payload["title"],
        [*payload["subtitle"], *payload["notes"]],
        [
            (words("kind.incidents"), said([*head, *more, "finding", "rate"]), rows),
            (
                words("kind.strikes"),
                said([*head, *strike_more]),
                plain_rows(shown.strikes, "strike", strike_more, words),
            ),
            (words("map.table.pairs"), said(pairs.columns), texts),
        ],
    )
