"""The map underneath: borders, governorates and places of the gazetteer, cut to a window."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.maps._data import Strings, encode_shape, round_or_none

__all__ = ["Window", "approximate", "attribution", "basemap"]

Window = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

AREA_KINDS = frozenset({"country", "governorate", "district", "subdistrict"})
MOST_PLACES = 900


def basemap(gazetteer: Any, strings: Strings, *, window: Window | None, tolerance: float) -> dict[str, Any]:
    """What the page draws underneath.

    Parameters
    ----------
    gazetteer : Gazetteer
        The gazetteer.
    strings : Strings
        The page's table of strings.
    window : tuple of float or None
        Cut everything to this window; None keeps all.
    tolerance : float
        Borders are simplified by this many degrees, neighbours alike.
    """
    box = None if window is None else shapely.box(*window)
    governorates, shapes = _shapes(gazetteer.governorates, tolerance)
    countries, outlines = _shapes(gazetteer.countries, tolerance)
    names = dict(zip(countries["country"], countries["name"], strict=True))
    entries = []
    for row, shape in zip(governorates.to_dict("records"), shapes, strict=True):
        cut = shape if box is None else shapely.intersection(shape, box)
        if cut.is_empty:
            continue
        largest = max(shapely.get_parts(cut), key=lambda part: part.area)
        label = shapely.maximum_inscribed_circle(largest, tolerance=0.02).coords[0] if largest.area else (0, 0)
        west, _, east, _ = largest.bounds
        entries.append(
            {
                "id": row["place_id"],
                "name": row["name"],
                "name_ar": row["name_ar"] or None,
                "country": row["country"],
                "country_name": names.get(row["country"]),
                "approximate": bool(row.get("approximate", False)),
                "note": row.get("note") or "",
                "label": [round(label[0], 3), round(label[1], 3)],
                "width": round(east - west, 3),
                "shape": encode_shape(cut),
            }
        )
    land = [
        {"name": name, "shape": encode_shape(shape if box is None else shapely.intersection(shape, box))}
        for name, shape in zip(countries["name"], outlines, strict=True)
    ]
    return {
        "countries": [entry for entry in land if entry["shape"]],
        "governorates": entries,
        "govPriority": 3e4,
        "tierShift": 1 if window is None else -1,
        "places": _places(gazetteer.places, strings, window, _names_of(gazetteer)),
        "version": str(gazetteer.version),
    }


def _shapes(frame: gpd.GeoDataFrame, tolerance: float) -> tuple[gpd.GeoDataFrame, Any]:
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty].sort_values("place_id", kind="stable")
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    return frame, shapely.make_valid(shapely.coverage_simplify(shapes, tolerance)) if len(shapes) else shapes


def _names_of(gazetteer: Any) -> dict[str, str]:
    frame = gazetteer.governorates
    return dict(zip(frame["place_id"], frame["name"], strict=True))


def _places(
    places: gpd.GeoDataFrame, strings: Strings, window: Window | None, governorates: dict[str, str]
) -> dict[str, Any]:
    frame = places[~places["kind"].isin(AREA_KINDS)]
    lon, lat = frame.geometry.x, frame.geometry.y
    if window is not None:
        west, south, east, north = window
        frame = frame[(lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]
    size = pd.to_numeric(frame["population"], errors="coerce").fillna(0).astype(float)
    frame = frame.assign(_size=size).sort_values(["_size", "place_id"], ascending=[False, True]).head(MOST_PLACES)
    return {
        "n": len(frame),
        "id": strings.column(frame["place_id"]),
        "name": strings.column(frame["name"]),
        "name_ar": strings.column(frame["name_ar"]),
        "kind": strings.column(frame["kind"]),
        "inside": strings.column([governorates.get(value) for value in frame["admin1"]]),
        "population": {"v": [int(value) for value in frame["_size"]]},
        "lat": {"v": [round_or_none(value, 4) for value in frame.geometry.y]},
        "lon": {"v": [round_or_none(value, 4) for value in frame.geometry.x]},
    }


def attribution(gazetteer: Any) -> list[str]:
    """Whom the map underneath is owed to."""
    return [str(gazetteer.attribution), "Leaflet"]


def approximate(base: dict[str, Any]) -> list[str]:
    """What must be said of boundaries that are not exact."""
    return [
        f"The boundary of {entry['name']} is approximate: {entry['note']}"
        for entry in base["governorates"]
        if entry["approximate"]
    ]
