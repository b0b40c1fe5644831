"""The map of one place as a figure, for print and for papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty._extras import need
from geocasualty.geodesy import geodesic_ring
from geocasualty.maps._areas import chosen_areas
from geocasualty.maps._around import Around, around, point_positions
from geocasualty.maps._basemap import Ground, ground
from geocasualty.maps._blur import chosen_blur

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_town"]

RED, BLUE, PLACE = "#b8420a", "#0b5fa5", "#46525c"
DOTTED, DASHED, POSSIBLE, FOOT = (0, (1, 3)), (0, (8, 5)), (0, (2, 2.4)), (0, (7, 4))
TOLERANCE = 0.002
MANY_LINKS, MANY_LIMITS, MANY_FINDINGS, MANY_FILLS = 12, 12, 6, 12


def plot_town(
    place: Any,
    incidents: gpd.GeoDataFrame | None = None,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    gazetteer: Any = None,
    within_km: float | None = None,
    within_days: float | None = None,
    belligerents: Any = "overlap",
    review: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    level: str = "governorate",
    title: str | None = None,
    blur_km: float | None = None,
    blur_seed: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """One place, its incidents, the strikes near them and how they pair, for print: `town_map` without a browser.

    Incidents are circles with the number killed at most, strikes are diamonds; both carry their uncertainty. Pairs
    `within` the limits are joined by a whole line, `possible` ones by a broken one. The legend counts each; findings
    stand below with their background rates, and what is not drawn is said in words. Arabic is joined and ordered.

    Parameters
    ----------
    place, incidents, strikes, gazetteer, within_km, within_days, belligerents, review, coverage, areas, level, title
        As for `town_map`.
    blur_km, blur_seed : optional
        As for `town_map`.
    ax : matplotlib.axes.Axes, optional
        Where to draw, in degrees (x longitude, y latitude). A new figure, outside pyplot, unless given.

    Returns
    -------
    matplotlib.axes.Axes
        ``ax.figure.savefig("map.png")``, or .svg or .pdf; the same input gives the same bytes where the figure is new.

    Raises
    ------
    UnknownPlaceError, InputError
        As `town_map`.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> ax = gcas.plot_town("Hawijah", book.incidents, book.strikes, within_km=10, within_days=0)
    >>> [text.get_text() for text in ax.get_legend().get_texts() if "within" in text.get_text()]
    ['within: wholly inside 10 km and 0 days (1 pair)']

    A place alone, without records:

    >>> "No incidents and no strikes" in gcas.plot_town("Hawijah").get_xlabel()
    True
    """
    if gazetteer is None:
        from geocasualty.gazetteer import load_gazetteer

        gazetteer = load_gazetteer()
    need("matplotlib")
    from geocasualty.maps import _figure, _marks

    blur = chosen_blur(blur_km, blur_seed)
    shown = around(
        place,
        incidents,
        strikes,
        gazetteer,
        within_km=within_km,
        within_days=within_days,
        belligerents=belligerents,
        review=review,
        coverage=coverage,
        title=title,
        blur=blur,
    )
    divided = chosen_areas(gazetteer, areas, level)
    ax, window = _figure.drawing(ax, _padded(shown))
    base = ground(gazetteer, divided, window=window, tolerance=TOLERANCE)
    _figure.paint_ground(ax, base)
    marks = _marks.marks_of(shown)
    handles = [
        *_marks.legend_of_marks(marks),
        *_paint_limits(ax, shown),
        *_paint_doubt(ax, shown),
        *_paint_links(ax, shown),
    ]
    lines = [
        *([shown.empty] if shown.empty else []),
        *shown.subtitle,
        *_findings(shown),
        *shown.notes,
        *base.notes,
        *divided.notes,
    ]
    credit = "; ".join(base.attribution) + f". Gazetteer version {base.version}."
    heading = _figure.isolate(shown.title, 200)
    _figure.finish(ax, window, handles, "Legend", heading, lines, credit)
    _figure.banner(ax, blur)
    labels = _figure.Labels(ax)  # only now is it settled where the map lies
    _marks.paint_marks(ax, marks, labels)
    _label(labels, base, shown)
    return ax


def _padded(shown: Around) -> tuple[float, float, float, float]:
    west, south, east, north = shown.drawn
    if east - west < 0.02:
        west, south, east, north = west - 0.05, south - 0.04, east + 0.05, north + 0.04
    pad = 0.06 * (north - south)
    return max(west - pad, -180.0), max(south - pad, -89.0), min(east + pad, 180.0), min(north + pad, 89.0)


def _pairs_in_words(n: int) -> str:
    return f"{n:,} pair{'' if n == 1 else 's'}"


def _paint_limits(ax: Axes, shown: Around) -> list[Any]:
    """The footprint or radius of the place, and the limit around each incident."""
    from matplotlib.lines import Line2D

    from geocasualty.maps._figure import INK, add_shape

    focus, handles = shown.focus, []
    shape = focus.polygon
    if shape is None and focus.radius_m:
        shape = geodesic_ring(focus.lon, focus.lat, focus.radius_m)
    if shape is not None:
        add_shape(ax, shape, facecolor="#5c6b771a", edgecolor=PLACE, linewidth=1.1, linestyle=FOOT, zorder=5)
        text = "footprint of the place" if focus.polygon is not None else "stated radius of the place"
        handles.append(Line2D([], [], color=PLACE, linewidth=1.1, linestyle=FOOT, label=text))
    ax.plot([focus.lon], [focus.lat], "o", markersize=4.5, color="white", markeredgecolor=INK, zorder=5.5)
    points = dict.fromkeys(point_positions(shown.incidents)) or {(focus.lon, focus.lat): None}
    if not shown.km:
        return handles
    if len(points) > MANY_LIMITS:
        return [*handles, Line2D([], [], linestyle="none", label=f"{shown.km:g} km limits: not drawn, {len(points):,}")]
    for lon, lat in points:
        ring = geodesic_ring(lon, lat, shown.km * 1000, 180)
        add_shape(ax, ring, facecolor="none", edgecolor=RED, linewidth=1.3, linestyle=DOTTED, zorder=5)
    text = f"{shown.km:g} km from the {'incident' if len(shown.incidents) else 'place'}"
    return [*handles, Line2D([], [], color=RED, linewidth=1.3, linestyle=DOTTED, label=text)]


def _paint_doubt(ax: Axes, shown: Around) -> list[Any]:
    """A disc or an outline for each incident and each strike that pairs."""
    from matplotlib.patches import Patch

    from geocasualty.maps._figure import add_shape

    paired = shown.strikes[shown.strikes["strike_id"].isin(shown.pairs["strike_id"])]
    drawn: set[tuple[Any, ...]] = set()
    for frame, color in ((paired, BLUE), (shown.incidents, RED)):
        vicinity = frame["vicinity"].fillna(False) if "vicinity" in frame else pd.Series(False, index=frame.index)
        radius = frame["radius_m"] if "radius_m" in frame else pd.Series(np.nan, index=frame.index)
        for shape, metres, near in zip(frame.geometry, pd.to_numeric(radius, errors="coerce"), vicinity, strict=True):
            line, fill, outline = (DOTTED, "none", shape) if near else ("solid", f"{color}12", shape)
            if shape is None or shape.is_empty:
                continue
            if isinstance(shape, shapely.Point):
                if not metres > 0:
                    continue
                outline = geodesic_ring(shape.x, shape.y, float(metres), 180)
            else:
                line, fill = DASHED, "none"
            if (same := (shape.wkb, float(metres), bool(near), color)) in drawn:
                continue
            drawn.add(same)
            fill = fill if len(drawn) <= MANY_FILLS else "none"
            add_shape(ax, outline, facecolor=fill, edgecolor=color, linewidth=0.9, linestyle=line, zorder=4.5)
    text = "uncertainty: 9 of 10 true positions inside\n(dotted: “near” a place; dashed: an area)"
    return [Patch(facecolor=f"{RED}12", edgecolor=RED, label=text)] if drawn else []


def _paint_links(ax: Axes, shown: Around) -> list[Any]:
    """Whole lines for `within`, broken ones for `possible`."""
    from matplotlib.lines import Line2D

    from geocasualty.maps._figure import INK

    ends = [frame.set_index(f"{kind}_id").geometry for kind, frame in _both(shown)]
    styles: dict[str, Any] = {
        "within": {"linestyle": "solid", "linewidth": 1.9},
        "possible": {"linestyle": POSSIBLE, "linewidth": 1.4},
    }
    for row in shown.pairs.itertuples():
        a, b = ends[0][row.incident_id], ends[1][row.strike_id]
        if isinstance(a, shapely.Point) and isinstance(b, shapely.Point):
            ax.plot([a.x, b.x], [a.y, b.y], color="white", linewidth=3.4, alpha=0.8, zorder=6)
            ax.plot([a.x, b.x], [a.y, b.y], color=INK, **styles[row.relation], zorder=6.2)
    limits = f"{shown.km:g} km and {shown.days:g} {'day' if shown.days == 1 else 'days'}"
    said = {"within": f"within: wholly inside {limits}", "possible": f"possible: may be inside {limits}"}
    return [
        Line2D([], [], color=INK, **styles[relation], label=f"{text} ({_pairs_in_words(n)})")
        for relation, text in said.items()
        if (n := int((shown.pairs["relation"] == relation).sum()))
    ]


def _both(shown: Around) -> tuple[tuple[str, gpd.GeoDataFrame], ...]:
    return ("incident", shown.incidents), ("strike", shown.strikes)


def _label(labels: Any, base: Ground, shown: Around) -> None:
    """Name the place, its pairs, its neighbours and the areas, as room allows."""
    from geocasualty.maps._figure import INK, QUIET, halo, plain, two_names

    focus = shown.focus
    edge: dict[str, Any] = {"path_effects": halo()}
    name = two_names(focus.name, focus.name_ar)
    labels.add(focus.lon, focus.lat, name, gap=8, far=True, fontsize=10, fontweight="bold", color=INK, **edge)
    if len(shown.pairs) <= MANY_LINKS:
        strikes = shown.strikes.set_index("strike_id").geometry
        box: dict[str, Any] = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": INK, "linewidth": 0.6}
        for row in shown.pairs.sort_values(["relation", "distance_km"], ascending=[False, True]).itertuples():
            if isinstance(strikes[row.strike_id], shapely.Point):
                at = strikes[row.strike_id]
                labels.add(at.x, at.y, _pair_text(row), gap=12, far=True, fontsize=6.5, color=INK, bbox=box)
    west, south, east, north = _padded(shown)
    for row in base.places.to_dict("records"):
        lon, lat = row["geometry"].x, row["geometry"].y
        if row["place_id"] == focus.place_id or not (west < lon < east and south < lat < north):
            continue
        text = two_names(row["name"], row["name_ar"])
        if labels.add(lon, lat, text, gap=4, fontsize=7, color=QUIET, **edge):
            labels.ax.plot([lon], [lat], "o", markersize=3, color="white", markeredgecolor=QUIET, zorder=5)
    for row in base.areas.to_dict("records"):
        if row["width"]:
            rough = " (approx.)" if row["approximate"] else ""
            text = two_names(plain(row["name"]) + rough, row["name_ar"])
            labels.add(row["label_lon"], row["label_lat"], text, gap=None, fontsize=7, color=QUIET, **edge)


def _pair_text(pair: Any) -> str:
    """Relation, distance and gap, as the page words them."""
    if pair.relation == "within":
        far = f"{pair.distance_km:.1f} km"
    else:
        far = f"{pair.distance_min_km:.1f}–{pair.distance_max_km:.1f} km".replace("0.0–", "0–")
    days = abs(pair.gap_days)
    when = "same time" if days < 0.05 else f"{days:.1f} d {'before' if pair.gap_days < 0 else 'after'}"
    return f"{pair.relation}, {far}, {when}"


def _findings(shown: Around) -> list[str]:
    """Each incident's finding, which never stands without its background rate."""
    from geocasualty.maps._figure import isolate

    rows = list(zip(shown.incidents["incident_id"], shown.findings["finding"], shown.findings["rate"], strict=True))
    said = [f"{isolate(one)}: {finding}; background rate {rate}." for one, finding, rate in rows[:MANY_FINDINGS]]
    more = len(rows) - len(said)
    return [*said, f"Findings of {more:,} more incidents: see screen()."] if more > 0 else said
