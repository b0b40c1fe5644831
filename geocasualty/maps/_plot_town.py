"""The map of one place as a figure, for print and for papers."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty._extras import need
from geocasualty.gazetteer import load_gazetteer
from geocasualty.geodesy import geodesic_buffer
from geocasualty.maps._areas import chosen_areas
from geocasualty.maps._around import Around, around, point_positions
from geocasualty.maps._basemap import Ground, ground
from geocasualty.maps._blur import chosen_blur
from geocasualty.matching.findings import FINDINGS
from geocasualty.matching.official import RECORDS
from geocasualty.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_town", "spread"]

RED, BLUE, APART, PLACE = "#b8420a", "#0b5fa5", "#7d93a5", "#46525c"
DOTTED, DASHED, POSSIBLE, FOOT, ACCEPTED = (0, (1, 3)), (0, (8, 5)), (0, (2, 2.4)), (0, (7, 4)), (0, (12, 5))
TOLERANCE = 0.002
MANY_LIMITS, MANY_FINDINGS, MANY_FILLS = 12, 6, 12

MANY = 120
"""Markers; where there are more they are dots."""

ROOM, ROUNDS, MOST = 4.0, 300, 120
"""Between two markers that move apart, how often they do, and how many at most."""


def plot_town(
    place: Any,
    incidents: gpd.GeoDataFrame | None = None,
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
    title: str | None = None,
    blur_km: float | None = None,
    blur_seed: str | None = None,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """One place, its incidents, the strikes near them and how they pair, for print: `town_map` without a browser.

    Incidents are circles with the number killed at most, strikes are diamonds; both carry their uncertainty. Records of
    a kind at one point are one marker, labelled as on the page: "8 incidents, killed 85–103". Pairs `within` the limits
    are joined by a whole line, `possible` ones by a broken one. The legend counts each; findings stand below with the
    official record and background rates, and what is not drawn is said in words. Arabic is joined and ordered.

    Parameters
    ----------
    place, incidents, strikes, gazetteer, within_km, within_days, within_hours, belligerents, review, coverage, areas,
    level, title
        As for `town_map`.
    blur_km, blur_seed, language : optional
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
    >>> ax = gcas.plot_town("Hawijah", book.incidents, book.strikes, within_km=10, within_days=1)
    >>> [text.get_text() for text in ax.get_legend().get_texts() if "possible" in text.get_text()]
    ['possible: may be inside 10 km and 1 day (2 pairs)']

    A place alone, without records:

    >>> "No incidents and no strikes" in gcas.plot_town("Hawijah").get_xlabel()
    True
    """
    gazetteer = gazetteer or load_gazetteer()
    need("matplotlib")
    from geocasualty.maps import _figure

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
        words=words,
    )
    divided = chosen_areas(gazetteer, areas, level)
    ax, window = _figure.drawing(ax, _padded(shown))
    base = ground(gazetteer, divided, window=window, tolerance=TOLERANCE, words=words)
    _figure.paint_ground(ax, base)
    marks = marks_of(shown, words)
    handles = [
        *legend_of_marks(marks, words),
        *_paint_links(ax, shown, words),
        *_paint_limits(ax, shown, words),
        *_paint_doubt(ax, shown, words),
    ]
    lines = [
        *([shown.empty] if shown.empty else []),
        *shown.subtitle,
        *_findings(shown, words),
        *shown.notes,
        *base.notes,
        *divided.said(words),
    ]
    credit = f"{'; '.join(base.attribution)}. {words('versions.gazetteer', version=base.version)}"
    heading = _figure.isolate(shown.title, 200)
    _figure.finish(ax, window, handles, words("map.legend"), heading, lines, credit, words)
    _figure.banner(ax, blur, words)
    labels = _figure.Labels(ax)  # only now is it settled where the map lies
    shifts = paint_marks(ax, marks, labels)
    _label(labels, base, shown, marks, shifts, words)
    return ax


def _padded(shown: Around) -> tuple[float, float, float, float]:
    west, south, east, north = shown.drawn
    if east - west < 0.02:
        west, south, east, north = west - 0.05, south - 0.04, east + 0.05, north + 0.04
    pad = 0.06 * (north - south)
    return max(west - pad, -180.0), max(south - pad, -89.0), min(east + pad, 180.0), min(north + pad, 89.0)


def _paint_limits(ax: Axes, shown: Around, words: Words) -> list[Any]:
    """The footprint or radius of the place, and the limit around each incident."""
    from matplotlib.lines import Line2D

    from geocasualty.maps._figure import INK, add_shape

    focus, handles = shown.focus, []
    shape = focus.polygon
    if shape is None and focus.radius_m:
        shape = geodesic_buffer(shapely.Point(focus.lon, focus.lat), focus.radius_m)
    if shape is not None:
        add_shape(ax, shape, facecolor="#5c6b771a", edgecolor=PLACE, linewidth=1.1, linestyle=FOOT, zorder=5)
        text = words("map.footprint" if focus.polygon is not None else "map.radius")
        handles.append(Line2D([], [], color=PLACE, linewidth=1.1, linestyle=FOOT, label=text))
    ax.plot([focus.lon], [focus.lat], "o", markersize=4.5, color="white", markeredgecolor=INK, zorder=5.5)
    points = dict.fromkeys(point_positions(shown.incidents)) or {(focus.lon, focus.lat): None}
    if not shown.km:
        return handles
    if len(points) > MANY_LIMITS:
        text = words("figure.limit.many", km=f"{shown.km:,g}", n=len(points))
        return [*handles, Line2D([], [], linestyle="none", label=text)]
    for lon, lat in points:
        ring = geodesic_buffer(shapely.Point(lon, lat), shown.km * 1000)
        add_shape(ax, ring, facecolor="none", edgecolor=RED, linewidth=1.3, linestyle=DOTTED, zorder=5)
    text = words("map.legend.limit" if len(shown.incidents) else "figure.limit.place", km=f"{shown.km:,g}")
    return [*handles, Line2D([], [], color=RED, linewidth=1.3, linestyle=DOTTED, label=text)]


def _paint_doubt(ax: Axes, shown: Around, words: Words) -> list[Any]:
    """A disc or an outline for each incident and each strike that pairs, each distinct one once."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from geocasualty.maps._figure import add_shape

    paired = shown.strikes[shown.strikes["strike_id"].isin(shown.pairs["strike_id"])]
    drawn: set[tuple[Any, ...]] = set()
    handles: dict[str, Any] = {}
    for kind, frame, color in (("incident", shown.incidents, RED), ("strike", paired, BLUE)):
        vicinity = frame["vicinity"].fillna(False) if "vicinity" in frame else pd.Series(False, index=frame.index)
        radius = frame["radius_m"] if "radius_m" in frame else pd.Series(np.nan, index=frame.index)
        for shape, metres, near in zip(frame.geometry, pd.to_numeric(radius, errors="coerce"), vicinity, strict=True):
            disc = isinstance(shape, shapely.Point)
            same = (None if shape is None else shape.wkb, float(metres), bool(near), color)
            if shape is None or shape.is_empty or (disc and not metres > 0) or same in drawn:
                continue
            drawn.add(same)
            outline = geodesic_buffer(shape, float(metres)) if disc else shape
            line: Any = DOTTED if near else "solid" if disc else DASHED
            fill = f"{color}12" if disc and not near and len(drawn) <= MANY_FILLS else "none"
            add_shape(ax, outline, facecolor=fill, edgecolor=color, linewidth=0.9, linestyle=line, zorder=4.5)
            text = words(f"map.legend.{'near' if near else 'doubt'}.{kind}")
            key = Line2D([], [], color=color, linewidth=0.9, linestyle=DOTTED, label=_folded(text))
            handles.setdefault(
                text, key if near else Patch(facecolor=f"{color}12", edgecolor=color, label=_folded(text))
            )
    return list(handles.values())


def _folded(text: str) -> str:
    """An entry of the legend, in lines; what stands in brackets and a formula stay whole."""
    kept = re.sub(r"\([^)]*\)|n×? = \w+", lambda found: found[0].replace(" ", "\u00a0"), text)
    return textwrap.fill(kept, 52).replace("\u00a0", " ")


def _paint_links(ax: Axes, shown: Around, words: Words) -> list[Any]:
    """Whole lines for `within`, broken ones for `possible`; the pairs of two points are one line."""
    from matplotlib.lines import Line2D

    from geocasualty.maps._figure import INK

    styles: dict[str, Any] = {
        "within": {"linestyle": "solid", "linewidth": 1.9},
        "possible": {"linestyle": POSSIBLE, "linewidth": 1.4},
        "accepted": {"linestyle": ACCEPTED, "linewidth": 1.4},
    }
    for (a, b, relation), _ in _links(shown):
        ax.plot([a[0], b[0]], [a[1], b[1]], color="white", linewidth=3.4, alpha=0.8, zorder=6)
        ax.plot([a[0], b[0]], [a[1], b[1]], color=INK, **styles[relation], zorder=6.2)
    limits = shown.within
    said = {
        "within": words("map.legend.within", limits=limits),
        "possible": words("figure.possible", limits=limits),
        "accepted": words("map.legend.accepted"),
    }
    return [
        Line2D([], [], color=INK, **styles[relation], label=_folded(words("figure.pairs", what=text, n=n)))
        for relation, text in said.items()
        if (n := int((shown.pairs["relation"] == relation).sum()))
    ]


def _links(shown: Around) -> list[tuple[tuple[Any, ...], list[Any]]]:
    """The pairs that lie between the same two points, by these points and their relation; the strongest first."""
    ends = [frame.set_index(f"{kind}_id").geometry for kind, frame in _both(shown)]
    at: dict[tuple[Any, ...], list[Any]] = {}
    for row in shown.pairs.sort_values(
        ["relation", "distance_km"], ascending=[False, True], kind="stable"
    ).itertuples():
        a, b = ends[0][row.incident_id], ends[1][row.strike_id]
        if isinstance(a, shapely.Point) and isinstance(b, shapely.Point):
            at.setdefault(((a.x, a.y), (b.x, b.y), row.relation), []).append(row)
    return list(at.items())


def _both(shown: Around) -> tuple[tuple[str, gpd.GeoDataFrame], ...]:
    return ("incident", shown.incidents), ("strike", shown.strikes)


def _label(
    labels: Any, base: Ground, shown: Around, marks: list[dict[str, Any]], shifts: np.ndarray, words: Words
) -> None:
    """Name the place, its stacks and pairs, its neighbours and the areas, as room allows."""
    from geocasualty.maps._figure import INK, QUIET, halo, plain, two_names

    focus = shown.focus
    edge: dict[str, Any] = {"path_effects": halo()}
    name = two_names(focus.name, focus.name_local, words)
    labels.add(focus.lon, focus.lat, name, gap=8, far=True, fontsize=10, fontweight="bold", color=INK, **edge)
    box: dict[str, Any] = {"boxstyle": "round,pad=0.25", "facecolor": "white", "linewidth": 0.6}
    stacks = [(mark, shift) for mark, shift in zip(marks, shifts, strict=True) if mark["label"]]
    for mark, shift in sorted(stacks, key=lambda stack: (ORDER.index(stack[0]["key"]), -stack[0]["records"])):
        look = {"fontsize": 6.5, "fontweight": "bold", "color": INK, "bbox": box | {"edgecolor": mark["color"]}}
        labels.add(mark["lon"], mark["lat"], mark["label"], gap=12, far=True, shift=tuple(shift), **look)
    for (a, b, _), pairs in _links(shown):
        look = {"fontsize": 6.5, "color": INK, "bbox": box | {"edgecolor": INK}}
        at = b if a == b else ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        labels.add(*at, _pair_text(pairs, words), gap=12 if a == b else 4, far=True, **look)
    (west, east), (south, north) = labels.ax.get_xlim(), labels.ax.get_ylim()
    for row in base.places.to_dict("records"):
        lon, lat = row["geometry"].x, row["geometry"].y
        if row["place_id"] == focus.place_id or not (west < lon < east and south < lat < north):
            continue
        text = two_names(row["name"], row["name_local"], words)
        if labels.add(lon, lat, text, gap=4, fontsize=7, color=QUIET, **edge):
            labels.ax.plot([lon], [lat], "o", markersize=3, color="white", markeredgecolor=QUIET, zorder=5)
    for row in base.areas.to_dict("records"):
        if row["width"]:
            name = words("map.approx", name=plain(row["name"])) if row["approximate"] else plain(row["name"])
            text = two_names(name, row["name_local"], words)
            labels.add(row["label_lon"], row["label_lat"], text, gap=None, fontsize=7, color=QUIET, **edge)


def _pair_text(pairs: list[Any], words: Words) -> str:
    """Relation, distance and gap, as the page words them; of several pairs their number and distances."""
    first = pairs[0]
    relation = words(f"map.relation.{first.relation}")
    if len(pairs) == 1 and first.relation == "within":
        return words("map.comma").join([relation, words("map.km", n=f"{first.distance_km:.1f}"), first.when])
    least, most = min(pair.distance_min_km for pair in pairs), max(pair.distance_max_km for pair in pairs)
    ends = {"low": f"{least:.1f}" if least >= 0.05 else "0", "high": f"{most:.1f}"}
    far = words("map.km.range", **ends) if least == least else ""
    many = words(f"map.pairs.{first.relation}", n=len(pairs))
    return words("map.comma").join(filter(None, [relation, far, first.when] if len(pairs) == 1 else [many, far]))


def _findings(shown: Around, words: Words) -> list[str]:
    """Findings, which never stand without the official record and the background rates."""
    from geocasualty.maps._figure import isolate

    table = shown.findings
    if len(table) <= MANY_FINDINGS:
        columns = (table[name] for name in ("finding", "official_record", "rate"))
        return [
            words(
                "figure.finding", id=isolate(one), finding=words(f"finding.{finding}"),
                record=words(f"record.{record}"), rate=rate,
            )
            for one, finding, record, rate in zip(shown.incidents["incident_id"], *columns, strict=True)
        ]  # fmt: skip
    shares = table["share"].dropna()
    rate = words("background.unknown")
    if len(shares):
        rate = words("figure.median", rate=words.percent(shares.median()), n=len(shares))
    findings = _tallied(table["finding"], "finding", FINDINGS, words)
    records = _tallied(table["official_record"], "record", RECORDS, words)
    incidents = words("map.n.incidents", n=len(table))
    return [words("figure.findings", incidents=incidents, findings=findings, records=records, rate=rate)]


def _tallied(column: pd.Series, kind: str, order: tuple[str, ...], words: Words) -> str:
    counts = column.value_counts()
    said = (
        words("figure.tally", what=words(f"{kind}.{each}"), n=int(counts[each])) for each in order if each in counts
    )
    return words("map.comma").join(said)


ORDER = ("incident", "strike", "apart")
"""Kinds of markers, what matters most first."""


def marks_of(shown: Around, words: Words) -> list[dict[str, Any]]:
    """The markers: each record at a point, or all of a kind at one and the same point; strikes before incidents."""
    paired = set(shown.pairs["strike_id"])
    at: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for kind, frame in (("strike", shown.strikes), ("incident", shown.incidents)):
        for row in frame.to_dict("records"):
            shape = row["geometry"]
            if isinstance(shape, shapely.Point) and not shape.is_empty:
                key = "apart" if kind == "strike" and row["strike_id"] not in paired else kind
                hollow = row.get("vicinity") is True or row.get("vicinity") == 1
                at.setdefault((key, hollow, shape.x, shape.y), []).append(row)
    return [
        {
            "key": key,
            "hollow": hollow,
            "lon": lon,
            "lat": lat,
            "records": len(rows),
            "text": _number(key, rows[0]) if len(rows) == 1 else f"{len(rows)}×",
            "label": _stack_text(key, rows, words) if len(rows) > 1 else "",
            "color": {"incident": RED, "strike": BLUE, "apart": APART}[key],
            "shape": "o" if key == "incident" else "D",
        }
        for (key, hollow, lon, lat), rows in at.items()
    ]


def _number(key: str, row: dict[str, Any]) -> str:
    """In the marker of one record: killed, at most; or strikes, where there are more than one."""
    names = ("killed_max", "killed_min") if key == "incident" else ("n_strikes",)
    numbers = [row[name] for name in names if not pd.isna(row.get(name))]
    return f"{numbers[0]:,.0f}" if numbers and (key == "incident" or numbers[0] > 1) else ""


def _stack_text(key: str, rows: list[dict[str, Any]], words: Words) -> str:
    """How many records stand at one point, and their sums, as the page words them."""
    n = words(f"map.stack.{key}", n=len(rows))
    if key == "incident":
        low, high = (sum(known) if (known := _known(rows, name)) else None for name in ("killed_min", "killed_max"))
        ends = {"low": f"{low:,}", "high": f"{high:,}"} if low is not None and high is not None and low != high else {}
        killed = words("map.range", **ends) if ends else words.range(low, high)
        return words("map.killed.and", what=n, range=killed or words("map.not_given"))
    strikes = sum(_known(rows, "n_strikes")) + len(rows) - len(_known(rows, "n_strikes"))
    return n if strikes == len(rows) else words("map.stack.strikes", records=n, n=strikes)


def _known(rows: list[dict[str, Any]], name: str) -> list[int]:
    return [int(row[name]) for row in rows if not pd.isna(row.get(name))]


def paint_marks(ax: Axes, marks: list[dict[str, Any]], labels: Any) -> np.ndarray:
    """Incidents and strikes, moved apart where they hide each other, with a line back; the shift of each, in points."""
    from geocasualty.maps._figure import FONT, INK, figure_of

    few = len(marks) <= MANY
    sizes = np.array([(16.0 if mark["text"] else 9.0) if few else 4.0 for mark in marks])
    points = 72 / figure_of(ax).dpi
    at = ax.transData.transform([(mark["lon"], mark["lat"]) for mark in marks]) * points if marks else np.zeros((0, 2))
    shifts = spread(at, sizes)
    for mark, size, (dx, dy) in zip(marks, sizes, shifts, strict=True):
        where: dict[str, Any] = {
            "xytext": (dx, dy),
            "textcoords": "offset points",
            "zorder": 7.5,
            "annotation_clip": True,
            "in_layout": False,
        }
        if np.hypot(dx, dy) > 2:
            line: dict[str, Any] = {"arrowstyle": "-", "color": INK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (mark["lon"], mark["lat"]), **(where | {"zorder": 7}), arrowprops=line)
        marker = _marker(mark["shape"], mark["color"], size, hollow=mark["hollow"])
        moved = ax.transData + _moved(ax, dx, dy)
        ax.plot([mark["lon"]], [mark["lat"]], transform=moved, linestyle="none", zorder=7.5, **marker)
        if mark["text"] and few:
            color = mark["color"] if mark["hollow"] else "white"
            style: dict[str, Any] = {
                "ha": "center",
                "va": "center_baseline",
                "fontsize": 6.5 if len(mark["text"]) < 3 else 5,
                "color": color,
                "fontweight": "bold",
            }
            ax.annotate(mark["text"], (mark["lon"], mark["lat"]), fontfamily=FONT, **(where | {"zorder": 8}), **style)
        labels.block(mark["lon"], mark["lat"], size, (dx, dy))
    return shifts


def legend_of_marks(marks: list[dict[str, Any]], words: Words) -> list[Any]:
    """What each kind of marker means, and how many records each kind holds."""
    from matplotlib.lines import Line2D

    handles = []
    for key in ORDER:
        for many in (False, True):
            for hollow in (False, True):
                same = [m for m in marks if (m["key"], m["records"] > 1, m["hollow"]) == (key, many, hollow)]
                if not same:
                    continue
                what = words(f"{'figure' if many else 'map'}.legend.{key}")
                what = words("figure.hollow", what=what) if hollow else what
                text = words("figure.counted", what=what, n=sum(m["records"] for m in same))
                marker = _marker(same[0]["shape"], same[0]["color"], 12.0 if many else 8.0, hollow=hollow)
                handles.append(Line2D([], [], linestyle="none", **marker, label=_folded(text)))
    return handles


def _moved(ax: Axes, dx: float, dy: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

    from geocasualty.maps._figure import figure_of

    return ScaledTranslation(dx / 72, dy / 72, figure_of(ax).dpi_scale_trans)


def _marker(shape: str, color: str, size: float, *, hollow: bool) -> dict[str, Any]:
    face, edge = ("white", color) if hollow else (color, "white")
    size = size * 0.8 if shape == "D" else size
    return {
        "marker": shape,
        "markersize": size,
        "markerfacecolor": face,
        "markeredgecolor": edge,
        "markeredgewidth": 1.4 if hollow else 0.8,
    }


def spread(positions: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The shift of each marker, in the units of `positions`, shape (n, 2); the same markers give the same shifts.

    More than 120 stay where they are: a closer map tells them apart.

    Examples
    --------
    >>> import numpy as np
    >>> shifts = spread(np.zeros((2, 2)), np.array([10.0, 10.0]))
    >>> float(np.hypot(*(shifts[0] - shifts[1])).round(3))
    14.0
    >>> spread(np.zeros((0, 2)), np.zeros(0)).shape
    (0, 2)
    """
    n = len(positions)
    if n < 2 or n > MOST:
        return np.zeros((n, 2))
    turn = 2 * np.pi * np.arange(n) / n - np.pi / 2
    least = (sizes[:, None] + sizes[None, :]) / 2 + ROOM
    apart = np.hypot(*(positions[:, None] - positions[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    crowded = (apart < least).any(axis=1)
    placed = positions + crowded[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(ROUNDS):
        step = placed[:, None] - placed[None, :]
        far = np.hypot(step[..., 0], step[..., 1])
        np.fill_diagonal(far, np.inf)
        lack = np.clip(least - far, 0, None)
        if not (lack > 0.01).any():
            break
        push = (step / np.maximum(far, 0.01)[..., None] * lack[..., None]).sum(axis=1)
        placed = (
            placed + 0.5 * push / np.maximum((lack > 0).sum(axis=1), 1.0)[:, None]
        )  # their mean: a sum would explode
    return np.asarray(placed - positions)
