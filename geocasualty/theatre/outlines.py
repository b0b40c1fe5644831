"""Which country and which area of its first level hold a point, anywhere in the world? Natural Earth's outlines.

The tables beside this module are made by ``data/theatre/outlines.py``, which says what is changed. They are read a
country at a time, when something is asked of it.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["CREDIT", "TOLERANCE_M", "Area", "areas", "countries_at", "countries_near", "outline"]

FOLDER = Path(__file__).parent / "outlines"

CREDIT = "Natural Earth"
"""Public domain; credited where its lines are drawn."""

TOLERANCE_M = 2_000.0
"""How far a border of these tables lies from that of Natural Earth at most."""

Floats = npt.NDArray[np.float64]


class Area(NamedTuple):
    """An area of a country's first level: a governorate, an oblast, a state.

    Its ``place_id`` is ``ne:`` and its code of ISO 3166-2 where that is its own, else Natural Earth's; ``country`` the
    one that holds it, Ukraine for Crimea and Sevastopol; ``name`` in English, without the word for its kind; ``names``
    its others, each with its language where that is known; ``geonames`` GeoNames' code of it in its country, if any.
    """

    place_id: str
    country: str
    name: str
    names: tuple[tuple[str, str], ...]
    geonames: str
    polygon: shapely.Geometry


@cache
def areas(country: str) -> tuple[Area, ...]:
    """The areas of a country's first level, by identifier; none of a country without a table.

    Examples
    --------
    >>> [area.name for area in areas("PS")], areas("")
    (['Gaza', 'West Bank'], ())
    """
    if country not in _outlined():
        return ()
    features = json.loads((FOLDER / f"{country}.geojson").read_text("utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    shapely.prepare(shapes)
    found = []
    for feature, shape in zip(features, shapes, strict=True):
        given = feature["properties"]
        by_language = ((name, language) for language, name in given["names"].items())
        others = dict.fromkeys([*((name, "") for name in given["others"]), *by_language])
        found.append(Area(given["place_id"], country, given["name"], tuple(others), given["geonames"], shape))
    return tuple(found)


@cache
def _outlined() -> frozenset[str]:
    """The countries that have a table: no other text becomes a path."""
    return frozenset(path.stem for path in FOLDER.glob("*.geojson"))


@cache
def outline(country: str) -> shapely.Geometry | None:
    """The outline of a country; None of one without a table.

    Examples
    --------
    >>> [round(edge, 1) for edge in outline("PS").bounds], outline("AX") is None, outline("ZZ") is None
    ([34.2, 31.2, 35.6, 32.5], False, True)
    """
    parts = areas(country)
    if not parts:
        return None
    whole = shapely.union_all([part.polygon for part in parts])
    shapely.prepare(whole)
    return whole


@cache
def _boxes() -> tuple[Floats, npt.NDArray[np.str_]]:
    with (FOLDER / "boxes.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    return np.array([row[1:] for row in rows], dtype=float), np.array([row[0] for row in rows])


def countries_near(lon: npt.ArrayLike, lat: npt.ArrayLike, margin: float = 0.0) -> list[str]:
    """The countries of which an area's box, and so many degrees around it, holds any of the points.

    Examples
    --------
    >>> countries_near([35.6], [33.3]), countries_near([], [])
    (['IL', 'JO', 'LB', 'SY'], [])
    """
    boxes, countries = _boxes()
    x, y = np.asarray(lon, dtype=float).reshape(-1), np.asarray(lat, dtype=float).reshape(-1)
    spots = np.unique(np.column_stack([np.floor(x), np.floor(y)]), axis=0)  # cells of a degree: few, of many points
    west, south, east, north = boxes.T
    near = np.zeros(len(boxes), dtype=bool)
    for cell_x, cell_y in spots:
        near |= (
            (cell_x + 1 >= west - margin)
            & (cell_x <= east + margin)
            & (cell_y + 1 >= south - margin)
            & (cell_y <= north + margin)
        )
    return sorted(set(countries[near].tolist()))


def countries_at(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """The country whose outline holds each point, by its ISO code; empty at sea.

    Where two outlines hold it, on a border, the first by code.

    Examples
    --------
    >>> countries_at([35.60, 30.52, -30.0], [33.33, 50.45, 40.0]).tolist()  # Khiam, Kyiv, the Atlantic
    ['LB', 'UA', '']
    """
    x, y = np.asarray(lon, dtype=float).reshape(-1), np.asarray(lat, dtype=float).reshape(-1)
    parts = [part for country in countries_near(x, y) for part in areas(country)]
    first = np.full(len(x), len(parts))
    asked, held = shapely.STRtree([part.polygon for part in parts]).query(shapely.points(x, y), predicate="intersects")
    np.minimum.at(first, asked, held)
    known = np.array([*(part.country for part in parts), ""], dtype=object)
    return np.asarray(known[first])
