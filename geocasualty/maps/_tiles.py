"""Online backgrounds, by choice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import folium

from geocasualty.errors import InputError

__all__ = ["tile_layers"]


def tile_layers(tiles: Any) -> tuple[list[folium.TileLayer], list[str]]:
    """Layers for what the caller named, and what the page must say about them.

    Parameters
    ----------
    tiles : None, str, folium.TileLayer, xyzservices.TileProvider or a sequence of them
        Names as xyzservices has them, such as "OpenStreetMap" or "Esri.WorldImagery".

    Raises
    ------
    InputError
        For a name that xyzservices does not know.
    """
    if tiles is None:
        return [], []
    several = not isinstance(tiles, (str, dict, folium.TileLayer)) and isinstance(tiles, Iterable)
    layers = [_layer(item) for item in (tiles if several else [tiles])]
    names = ", ".join(layer.tile_name for layer in layers)
    return layers, [f"Online background ({names}): its host sees which area is looked at."]


def _layer(item: Any) -> folium.TileLayer:
    if isinstance(item, folium.TileLayer):
        return item
    try:
        return folium.TileLayer(item, overlay=True)
    except ValueError as error:
        raise InputError(
            f"tiles={str(item)[:80]!r} is not known; give a name of xyzservices, such as 'OpenStreetMap' or "
            "'Esri.WorldImagery', or a folium.TileLayer"
        ) from error
