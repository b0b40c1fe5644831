"""Where did belligerents look, and where was the claim? A line from the one to the other."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from geocasualty.errors import InputError
from geocasualty.gazetteer import load_gazetteer
from geocasualty.maps._page import OfflineMap
from geocasualty.matching import answer_lines
from geocasualty.matching._answers import ELSEWHERE, STATUSES

if TYPE_CHECKING:
    import folium

__all__ = ["answers_map"]

TOLERANCE = 0.01
"""Degrees by which borders are simplified."""
LEGEND = (
    '<div style="position:fixed;top:10px;right:10px;z-index:1000;max-width:260px;padding:8px 12px;background:#fff;'
    'border:1px solid #999;font:13px/1.45 sans-serif"><b>Where the answer to a claim looked ({n})</b><br>'
    '<span style="color:{claim}">&#9679;</span> the claimed place<br><span style="color:{cell}">&#9679;</span> '
    "the cell that was assessed<br>Either may be at fault; point at one for the answer.<br>"
    "<small>{credit}</small></div>"
)
"""What the colours mean, beside the map."""

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
    gazetteer = gazetteer or load_gazetteer()
    some = answers[(answers["status"] == status) & answers.geometry.notna()]
    map_ = OfflineMap(title=title or "Claimed and assessed places")
    for outline in gazetteer.governorates.geometry:
        for part in shapely.get_parts(shapely.simplify(outline, TOLERANCE)):
            ring = [(lat, lon) for lon, lat in part.exterior.coords]
            folium.PolyLine(ring, color=OTHER, weight=1, interactive=False).add_to(map_)  # type: ignore[no-untyped-call]
    lines = {name: iter(said) for name, said in answer_lines(some).items()}
    for name, line, far in zip(some["incident_id"], some.geometry, some["distance_km"], strict=True):
        claim, cell = ((lat, lon) for lon, lat in line.coords)
        side = "left" if cell[1] < claim[1] else "right"  # away from the claim
        told = html.escape(f"{name}: {next(lines[name])}")
        label = folium.Tooltip(f"{html.escape(str(name))}, {_far(far)}", permanent=True, direction=side)
        folium.CircleMarker(cell, radius=1, color=CELL, interactive=False).add_child(label).add_to(map_)  # type: ignore[no-untyped-call]
        folium.PolyLine([claim, cell], color=CELL, weight=2, tooltip=told).add_to(map_)  # type: ignore[no-untyped-call]
        for at, colour in ((claim, CLAIM), (cell, CELL)):
            folium.CircleMarker(at, radius=5, color=colour, fill=True, tooltip=told).add_to(map_)
    west, south, east, north = (some if len(some) else gazetteer.governorates).total_bounds
    map_.fit_bounds([(south, west), (north, east)])
    credit = html.escape(gazetteer.attribution)
    map_.get_root().html.add_child(folium.Element(LEGEND.format(n=len(some), credit=credit, claim=CLAIM, cell=CELL)))  # type: ignore[attr-defined]
    return map_


def _far(km: float) -> str:
    """Metres next door, and nothing of a claim that is an area."""
    if math.isnan(km):
        return "an area was claimed"
    return f"{km:,.0f} km" if km >= 1 else f"{1000 * km:,.0f} m"
