"""Where incidents and strikes were, governorate by governorate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from geocasualty.gazetteer import load_gazetteer
from geocasualty.maps._basemap import encode_ground, ground
from geocasualty.maps._blur import chosen_blur
from geocasualty.maps._counted import Counted, counted
from geocasualty.maps._data import Strings, number_column, time_columns
from geocasualty.maps._held import control_layer
from geocasualty.maps._page import OfflineMap, html_tables
from geocasualty.maps._tiles import background
from geocasualty.scope import Choice
from geocasualty.theatre.theatre import theatre
from geocasualty.words import Words

if TYPE_CHECKING:
    import folium

    from geocasualty.matching import Assessed

__all__ = ["province_map"]

TOLERANCE = 0.006
"""Degrees by which borders are simplified on a map of both countries."""


def province_map(
    incidents: gpd.GeoDataFrame | Assessed,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    gazetteer: Any = None,
    measure: str = "strikes",
    classes: str | Sequence[float] = "quantiles",
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
    within_km: float | None = None,
    within_days: float | None = None,
    within_hours: float | None = None,
    blur_km: float | None = None,
    blur_seed: str | None = None,
) -> folium.Map:
    """Governorates coloured by a measure, towns as circles, a time slider; one page that asks no network.

    A record located only to a governorate counts in that governorate and is not drawn as a town. One located
    only to a country, or not located at all, is counted in a note. No false centroid is ever drawn.

    Parameters
    ----------
    incidents, strikes : GeoDataFrame
        Records in the columns of the package; either may be empty. In their place stands the ``data`` of an assessment
        that is made (:func:`geocasualty.assess`), which has its limits too.
    gazetteer : Gazetteer, optional
        The bundled one unless given.
    measure : str, default "strikes"
        "incidents", "killed_min", "killed_max", "strikes" (the number reported), "strikes_per_incident" or
        "share_nearby" (the share of incidents with a strike reported nearby; needs the two limits).
    classes : str or sequence of float, default "quantiles"
        "quantiles" makes up to five classes of about equal size; a sequence gives their upper ends.
    areas : geopandas.GeoDataFrame, optional
        Your own polygons in place of governorates, such as the districts of COD-AB (``ADM2_EN``, ``ADM2_AR``), of
        geoBoundaries, or any with a column ``name``. A true value in a column ``approximate`` is said on the map. A
        record located to an outline counts in the area that holds four fifths of it, or in none.
    level : str, default "governorate"
        "district" where the gazetteer has their polygons.
    control : path or GeoDataFrame, optional
        Outlines of who held the ground, as for :func:`geocasualty.control.read_control`, drawn for the last day that is
        shown.
    tiles : str or path, optional
        An online background by its xyzservices name, such as "OpenStreetMap"; or an MBTiles or PMTiles file or a
        folder of ``z/x/y.png``, whose tiles of the window then travel inside the page. The default is plain.
    title : str, optional
        The heading.
    language : str, default "en"
        Of what the page itself says: "en", "ar", or another of ``geocasualty.words.languages()``.
    within_km, within_days, within_hours : float, optional
        Limits for "share_nearby": kilometres, and days or hours.
    attributed_to, country, since, until : str, optional
        Show incidents that name this belligerent, of this country, of these local days alone, and the strikes that may
        be of them. Findings are made of all the strikes given.
    blur_km : float, optional
        Draw points up to this many kilometres from where they are, and say so on the map. Areas are counted from the
        true positions, so an area smaller than this tells more than the points do; the map names such areas.
    blur_seed : str, optional
        Needed with `blur_km`: a text of 12 characters or more that stays with you. The same seed gives the same map.

    Returns
    -------
    folium.Map
        Save it with `save_html`.

    Raises
    ------
    InputError
        Where the measure is unknown, its limits are missing, a frame lacks a column, or another option cannot be met.

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
    gazetteer = gazetteer or load_gazetteer()
    words, blur = Words(language), chosen_blur(blur_km, blur_seed)
    shown = counted(
        incidents,
        strikes,
        gazetteer,
        measure=measure,
        classes=classes,
        areas=areas,
        level=level,
        choice=Choice.of(attributed_to, country, since, until),
        within_km=within_km,
        within_days=within_days,
        within_hours=within_hours,
        blur=blur,
        words=words,
    )
    strings = Strings()
    base = ground(gazetteer, shown.areas, window=None, tolerance=TOLERANCE, words=words)
    name, unit = (words(f"map.{key}.{measure}") for key in ("measure", "measure_unit"))
    title = title or words("map.title.province", measure=name, one=words.levels(shown.areas.words)[0])
    behind = background(tiles, shown.window, words)
    payload = {
        "title": title,
        "subtitle": [shown.period, *shown.chosen],
        "measure": {"key": measure, "name": name, "unit": unit},
        "classes": shown.classes,
        "nearby": shown.nearby,
        "base": encode_ground(base, strings, words),
        "towns": shown.towns,
        "incidents": _columns(shown, "incident", strings),
        "strikes": _columns(shown, "strike", strings),
        "control": control_layer(control, shown.window, TOLERANCE / 2),
        "notes": [*shown.notes, *base.notes, *behind.notes],
        "attribution": [*base.attribution, *behind.attribution, "Leaflet"],
        "tiles": [layer.tile_name for layer in behind.layers],
        "local": behind.local,
        "blurred": None if blur is None else blur.said(words),
        "empty": shown.empty,
        "none": words("province.none"),
        "strings": strings.values,
    }
    map_ = OfflineMap(
        app="province",
        payload=payload,
        fallback=_fallback(title, payload, shown, words),
        title=title,
        language=language,
        location=tuple(theatre().map["centre"]),
        zoom_start=theatre().map["zoom"],
        zoom_snap=behind.snap,
    )
    for layer in behind.layers:
        layer.add_to(map_)
    return map_


def _columns(shown: Counted, kind: str, strings: Strings) -> dict[str, Any]:
    frame, table = (shown.incidents if kind == "incident" else shown.strikes), shown.tables[kind]
    told = shown.told if kind == "incident" else None
    names = ("killed_min", "killed_max") if kind == "incident" else ("n_strikes",)
    said = ("belligerents", "grading", "precision") if kind == "incident" else ("belligerents", "precision")
    columns: dict[str, Any] = {
        "n": len(frame),
        "gov": {"v": list(table["gov"])},
        "town": {"v": list(table["town"])},
        "coarse": {"v": [1 if value == "area" else 0 for value in table["coarse"]]},
        **time_columns(frame, strings),
        **{name: strings.column(frame[name].astype(object)) for name in said if name in frame},
    }
    if told is not None:
        columns |= {name: strings.column(told[name]) for name in ("finding", "official_record")}
        columns["rate"] = number_column(told["rate"], 3)
    for name in names:
        columns[name] = number_column(frame[name]) if name in frame else {"c": None}
    return columns


def _fallback(title: str, payload: dict[str, Any], shown: Counted, words: Words) -> str:
    """The table that is read where scripts do not run."""
    rows = []
    one, measures = words.levels(shown.areas.words)[0], ("incidents", "killed_min", "killed_max", "strikes")
    head = [one.capitalize(), *(words(f"map.measure.{name}") for name in measures)]
    columns = [shown.values(name) for name in measures]
    for i, entry in enumerate(shown.areas.frame.to_dict("records")):
        cells = [column[i] for column in columns]
        if any(cell is not None for cell in cells):
            texts = ["" if cell is None else f"{cell:g}" for cell in cells]
            name = f"{entry['name']} {entry['name_local'] or ''}"
            rows.append([words("map.table.approximate", name=name) if entry["approximate"] else name, *texts])
    return html_tables(title, [*payload["subtitle"], *payload["notes"]], [(words("map.by", one=one), head, rows)])
