"""How records look in a figure: markers that stack and move apart, and what the legend says of them."""

from __future__ import annotations

import itertools
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geocasualty.maps._around import Around
from geocasualty.maps._figure import FONT, INK, figure_of
from geocasualty.maps._spread import spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["legend_of_marks", "marks_of", "paint_marks"]

RED, BLUE, APART = "#b8420a", "#0b5fa5", "#7d93a5"
MANY, STACK, FEW_STACK = 120, 9, 3
"""How many records at one point become one marker: 9, or 3 where there are more than 120 records."""


def marks_of(shown: Around) -> list[dict[str, Any]]:
    """What each record located to a point is drawn as, strikes before incidents."""
    paired = set(shown.pairs["strike_id"])
    marks = []
    for kind, frame in (("strike", shown.strikes), ("incident", shown.incidents)):
        for row in frame.to_dict("records"):
            shape = row["geometry"]
            if not isinstance(shape, shapely.Point) or shape.is_empty:
                continue
            names = ("killed_max", "killed_min") if kind == "incident" else ("n_strikes",)
            numbers = [row[name] for name in names if not pd.isna(row.get(name))]
            apart = kind == "strike" and row["strike_id"] not in paired
            shows = numbers and (kind == "incident" or numbers[0] > 1)
            marks.append(
                {
                    "records": 1,
                    "key": "apart" if apart else kind,
                    "lon": shape.x,
                    "lat": shape.y,
                    "text": f"{numbers[0]:.0f}" if shows else "",
                    "hollow": row.get("vicinity") is True or row.get("vicinity") == 1,
                    "color": {"incident": RED, "strike": APART if apart else BLUE}[kind],
                    "shape": "o" if kind == "incident" else "D",
                }
            )
    return _stacked(marks)


def _stacked(marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Many of one kind at one and the same point become one marker, "×" and their number."""
    at: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for mark in marks:
        at.setdefault((mark["key"], mark["hollow"], mark["lon"], mark["lat"]), []).append(mark)
    least = FEW_STACK if len(marks) > MANY else STACK
    return [
        mark
        for same in at.values()
        for mark in ([same[0] | {"text": f"×{len(same)}", "records": len(same)}] if len(same) >= least else same)
    ]


def paint_marks(ax: Axes, marks: list[dict[str, Any]], labels: Any) -> None:
    """Incidents and strikes, moved apart where they hide each other, with a line back to where they are."""
    few = len(marks) <= MANY
    sizes = np.array([(16.0 if mark["text"] else 9.0) if few else 4.0 for mark in marks])
    points = 72 / figure_of(ax).dpi
    at = ax.transData.transform([(mark["lon"], mark["lat"]) for mark in marks]) * points if marks else np.zeros((0, 2))
    for mark, size, (dx, dy) in zip(marks, sizes, spread(at, sizes), strict=True):
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


def legend_of_marks(marks: list[dict[str, Any]]) -> list[Any]:
    """What each kind of marker means, and how many there are."""
    from matplotlib.lines import Line2D

    said = {
        "incident": "incident; the number: killed, at most",
        "strike": "strike that pairs; the number: strikes, if more than 1",
        "apart": "other strike nearby, outside the dates or belligerents",
    }
    handles = []
    for (key, text), hollow, many in itertools.product(said.items(), (False, True), (False, True)):
        same = [m for m in marks if m["key"] == key and m["hollow"] is hollow and (m["records"] > 1) is many]
        if same:
            words = f"{text.split(';')[0].split(',')[0]}, ×: records at one point" if many else text
            words = f"{words}{', “near” a place' if hollow else ''} ({sum(m['records'] for m in same):,})"
            marker = _marker(same[0]["shape"], same[0]["color"], 12.0 if many else 8.0, hollow=hollow)
            handles.append(Line2D([], [], linestyle="none", **marker, label=textwrap.fill(words, 44)))
    return handles


def _moved(ax: Axes, dx: float, dy: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

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
