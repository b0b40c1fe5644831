"""Where did belligerents look, and where was the claim? A line from the one to the other."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from geocasualty.errors import InputError
from geocasualty.maps._page import OfflineMap
from geocasualty.matching import answer_lines
from geocasualty.matching._answers import ELSEWHERE, STATUSES

if TYPE_CHECKING:
    import folium

__all__ = ["answers_map"]

TOLERANCE = 0.01
"""Degrees by which borders are simplified."""
CLAIM, CELL, OTHER = "#b8420a", "#0b5fa5", "#77838d"


def answers_map(
    answers: gpd.GeoDataFrame, *, gazetteer: Any = None, status: str = ELSEWHERE, title: str | None = None
) -> folium.Map:
    """Draw answers of one status: the claimed place, the assessed cell, and a line between them.

    It says how far apart they are, never that a claim was wrongly dismissed: the claim's own place may be at fault.

    Parameters
    ----------
    answers : geopandas.GeoDataFrame
        As :func:`geocasualty.assessed_places` returns it.
    gazetteer : Gazetteer, optional
        Whose governorates are the ground; the bundled one unless given.
    status : str
        Which answers, as in the column ``status``.
    title : str, optional
        Of the page.

    Returns
    -------
    folium.Map
        One page that asks no network, by :func:`geocasualty.save_html`. Pointing at a line or a place says the answer.

    Raises
    ------
    geocasualty.errors.InputError
        If there is no such status.

    Examples
    --------
    >>> import geocasualty as gcas, pandas as pd
    >>> book = gcas.load_casebook()
    >>> given = pd.DataFrame({"incident_id": ["hawijah-2015-06"], "mgrs": ["38S LE 294 094"]})
    >>> map_ = answers_map(gcas.assessed_places(book.incidents, given))
    >>> "59 km from the claimed one" in map_.get_root().render()
    True
    """
    import folium

    if status not in STATUSES:
        raise InputError(f"status is {status!r}; expected one of {', '.join(map(repr, STATUSES))}")
    if gazetteer is None:
        from geocasualty.gazetteer import load_gazetteer

        gazetteer = load_gazetteer()
    some = answers[(answers["status"] == status) & answers.geometry.notna()]
    map_ = OfflineMap(title=title or "Claimed and assessed places")
    for outline in gazetteer.governorates.geometry:
        for part in shapely.get_parts(shapely.simplify(outline, TOLERANCE)):
            ring = [(lat, lon) for lon, lat in part.exterior.coords]
            folium.PolyLine(ring, color=OTHER, weight=1, interactive=False).add_to(map_)  # type: ignore[no-untyped-call]
    lines = {name: iter(said) for name, said in answer_lines(some).items()}
    for name, line in zip(some["incident_id"], some.geometry, strict=True):
        claim, cell = ((lat, lon) for lon, lat in line.coords)
        told = html.escape(f"{name}: {next(lines[name])}")
        folium.PolyLine([claim, cell], color=CELL, weight=2, tooltip=told).add_to(map_)  # type: ignore[no-untyped-call]
        for at, colour in ((claim, CLAIM), (cell, CELL)):
            folium.CircleMarker(at, radius=5, color=colour, fill=True, tooltip=told).add_to(map_)
    west, south, east, north = (some if len(some) else gazetteer.governorates).total_bounds
    map_.fit_bounds([(south, west), (north, east)])
    return map_
