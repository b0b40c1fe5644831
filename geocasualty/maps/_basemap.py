"""The map underneath: borders, areas, waters and places, cut to a window."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.maps._areas import Division
from geocasualty.maps._data import Strings, encode_line, encode_shape, round_or_none
from geocasualty.taxonomy import LEVELS
from geocasualty.theatre.languages import local_language
from geocasualty.theatre.theatre import theatre
from geocasualty.words import ENGLISH, Words

__all__ = ["Ground", "Window", "encode_ground", "ground"]

Window = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

MOST_PLACES = 900


@dataclass(frozen=True, eq=False)
class Ground:
    """What lies underneath, as shapes: frames in EPSG:4326, simplified and cut.

    ``areas`` holds, per area, whether any of it lies in the window (its geometry is empty otherwise), the point for
    its label and the width in degrees that a label has there.
    """

    areas: gpd.GeoDataFrame
    countries: gpd.GeoDataFrame
    waters: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    words: tuple[str, str]
    notes: list[str]
    attribution: list[str]
    version: str
    whole: bool


def ground(
    gazetteer: Any, areas: Division, *, window: Window | None, tolerance: float, words: Words = ENGLISH
) -> Ground:
    """What a map draws underneath.

    Parameters
    ----------
    gazetteer : Gazetteer
        Countries and places.
    areas : Division
        What divides them.
    window : tuple of float or None
        Cut everything to this window; None keeps all.
    tolerance : float
        Borders are simplified by this many degrees, neighbours alike.
    words : Words
        The language of what is said.
    """
    box = None if window is None else shapely.box(*window)
    divided = _simplified(areas.frame, tolerance, box)
    countries = _simplified(gazetteer.countries, tolerance, box)
    names = dict(zip(gazetteer.countries["country"], gazetteer.countries["name"], strict=True))
    divided["country_name"] = divided["country"].map(names).astype(object)
    labels = [_label(shape) for shape in divided.geometry]
    for number, name in enumerate(("label_lon", "label_lat", "width")):
        divided[name] = [label[number] for label in labels]
    waters = _waters(
        shapely.box(*countries.total_bounds) if box is None and len(countries) else box, cut=box is not None
    )
    inside = [not shape.is_empty for shape in divided.geometry]
    return Ground(
        areas=divided,
        countries=countries[~countries.geometry.is_empty],
        waters=waters,
        places=_places(gazetteer, window),
        words=areas.words,
        notes=[
            words("map.note.boundary", name=name, note=note or words("map.note.boundary.source"))
            for name, near, rough, note in zip(
                _spoken(divided, words), inside, divided["approximate"], divided["note"], strict=True
            )
            if near and rough
        ],
        attribution=[
            str(gazetteer.attribution),
            *([words("map.credit.waters")] if len(waters) else []),
            *([words("map.credit.areas")] if not areas.level else []),
        ],
        version=str(gazetteer.version),
        whole=window is None,
    )


def encode_ground(base: Ground, strings: Strings, words: Words) -> dict[str, Any]:
    """The same as the page draws it."""
    entries = [
        {
            "id": row["place_id"],
            "name": row["name"],
            "name_local": row["name_local"] or None,
            "country": row["country"],
            "country_name": row["country_name"] if isinstance(row["country_name"], str) else None,
            "approximate": bool(row["approximate"]),
            "note": row["note"] or "",
            "label": [round(row["label_lon"], 3), round(row["label_lat"], 3)],
            "width": round(row["width"], 3),
            "shape": encode_shape(row["geometry"]),
        }
        for row in base.areas.to_dict("records")
        if base.whole or not row["geometry"].is_empty
    ]
    land = [
        {"name": name, "shape": encode_shape(shape)}
        for name, shape in zip(base.countries["name"], base.countries.geometry, strict=True)
    ]
    waters = base.waters
    spoken = {language.code for code in base.areas["country"] if (language := local_language(code))}
    lakes = waters.geometry[waters["kind"] == "lake"]
    rivers = waters[waters["kind"] == "river"]
    return {
        "countries": [entry for entry in land if entry["shape"]],
        "governorates": entries,
        "words": list(words.levels(base.words)),
        "language": spoken.pop() if len(spoken) == 1 else "",
        "govPriority": 3e4,
        "tierShift": 1 if base.whole else -1,
        "lakes": [shape for lake in lakes if (shape := encode_shape(lake))],
        "rivers": [
            {"rank": int(rank), "lines": encode_line(line)}
            for rank, line in zip(rivers["rank"], rivers.geometry, strict=True)
        ],
        "places": _encode_places(base.places, strings),
        "version": words("versions.gazetteer", version=base.version),
    }


def _simplified(frame: gpd.GeoDataFrame, tolerance: float, box: Any) -> gpd.GeoDataFrame:
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty].sort_values("place_id", kind="stable")
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    if len(shapes):
        shapes = shapely.make_valid(shapely.coverage_simplify(shapes, tolerance))
        shapes = shapes if box is None else shapely.intersection(shapes, box)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs="EPSG:4326"))


def _spoken(areas: gpd.GeoDataFrame, words: Words) -> list[str]:
    """The names of areas in the language of the words where that is the local one, else as they are known."""
    return [
        (local and (language := local_language(country)) and language.code == words.language and local) or name
        for name, local, country in zip(areas["name"], areas["name_local"], areas["country"], strict=True)
    ]


def _label(shape: Any) -> tuple[float, float, float]:
    """The middle of the widest round room in the largest part, and the part's width."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area]
    if not polygons:
        return 0.0, 0.0, 0.0
    largest = max(polygons, key=lambda part: part.area)
    west, _, east, _ = largest.bounds
    lon, lat = shapely.maximum_inscribed_circle(largest, tolerance=0.02).coords[0]
    return lon, lat, east - west


def _waters(box: Any, *, cut: bool) -> gpd.GeoDataFrame:
    """Those that meet a box, cut to it or whole."""
    frame = _bundled_waters()
    if not cut:
        return frame if box is None else frame[shapely.intersects(frame.geometry.to_numpy(), box)]
    parts = frame.set_geometry(gpd.GeoSeries(shapely.intersection(frame.geometry.to_numpy(), box), crs="EPSG:4326"))
    return parts[~parts.geometry.is_empty]


@cache
def _bundled_waters() -> gpd.GeoDataFrame:
    """Rivers and lakes of the theatre: columns kind, name, rank, geometry."""
    from geocasualty.gazetteer._tables import bundled_folder

    features = json.loads((bundled_folder() / theatre().map["waters"]).read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    columns = {key: [feature["properties"][key] for feature in features] for key in ("kind", "name", "rank")}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def _places(gazetteer: Any, window: Window | None) -> gpd.GeoDataFrame:
    """The largest places of the window, with the governorate that each lies in."""
    places = gazetteer.places
    frame = places[~places["kind"].isin(LEVELS)]
    lon, lat = frame.geometry.x, frame.geometry.y
    if window is not None:
        west, south, east, north = window
        frame = frame[(lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]
    size = pd.to_numeric(frame["population"], errors="coerce").fillna(0).astype(float)
    governorates = dict(zip(gazetteer.governorates["place_id"], gazetteer.governorates["name"], strict=True))
    inside = [governorates.get(value) for value in frame["admin1"]]
    frame = frame.assign(size=size, inside=pd.Series(inside, index=frame.index, dtype=object))
    return frame.sort_values(["size", "place_id"], ascending=[False, True]).head(MOST_PLACES)


def _encode_places(frame: gpd.GeoDataFrame, strings: Strings) -> dict[str, Any]:
    return {
        "n": len(frame),
        "id": strings.column(frame["place_id"]),
        "name": strings.column(frame["name"]),
        "name_local": strings.column(frame["name_local"]),
        "kind": strings.column(frame["kind"]),
        "inside": strings.column(frame["inside"]),
        "population": {"v": [int(value) for value in frame["size"]]},
        "lat": {"v": [round_or_none(value, 4) for value in frame.geometry.y]},
        "lon": {"v": [round_or_none(value, 4) for value in frame.geometry.x]},
    }
