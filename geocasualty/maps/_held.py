"""Who held the ground, as a layer of a page: for each span of days what is whose, and what may be."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from geocasualty.control import dated_ground, who_held
from geocasualty.maps._data import Strings, encode_shape

__all__ = ["COLORS", "control_columns", "control_layer"]

COLORS = ("#6a3d9a", "#1b7f5c", "#a6761d", "#c51b7d", "#4d4d4d", "#2b6f8a", "#7a8b00", "#8c510a")
"""Of holders in the order of their names: none is that of an incident or a strike."""


def control_layer(control: Any, window: Any, tolerance: float) -> dict[str, Any] | None:
    """What a page draws of outlines of control; None without any.

    Parameters
    ----------
    control : path or geopandas.GeoDataFrame or None
        As for :func:`geocasualty.control.read_control`.
    window : tuple of float
        West, south, east and north: what lies outside does not travel.
    tolerance : float
        Degrees by which outlines are simplified.
    """
    if control is None:
        return None
    frame = shapely.box(*window)
    names: dict[str, int] = {}
    spans = []
    for first, last, stated, held in dated_ground(control):
        drawn = []
        for holder, parts in held.items():
            number = names.setdefault(holder, len(names))
            sure, may = (encode_shape(_cut(shape, frame, tolerance)) for shape in parts)
            if sure or may:
                drawn.append([number, sure, may])
        spans.append({"first": first, "last": last, "stated": stated, "held": drawn})
    holders = [{"name": name, "color": COLORS[number % len(COLORS)]} for name, number in names.items()]
    return {"holders": holders, "spans": spans}


def control_columns(control: Any, incidents: gpd.GeoDataFrame, strings: Strings) -> dict[str, Any]:
    """The column of who held the ground of each incident, in words; none without outlines."""
    if control is None or not len(incidents):
        return {}
    return {"held": strings.column(who_held(incidents, control)["held"])}


def _cut(shape: Any, frame: Any, tolerance: float) -> Any:
    cut = shapely.intersection(shape, frame).simplify(tolerance)
    parts = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)
