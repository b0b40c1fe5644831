"""How a map is drawn for print: land, waters, borders, labels, scale, north and what must be said, with matplotlib."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.figure import Figure

from geocasualty.geodesy import geodesic_offset
from geocasualty.maps._basemap import Ground, Window
from geocasualty.maps._blur import Blur
from geocasualty.theatre.theatre import theatre
from geocasualty.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.path import Path as Outline

__all__ = [
    "FONT",
    "INK",
    "QUIET",
    "Labels",
    "StillFigure",
    "add_shape",
    "banner",
    "drawing",
    "figure_of",
    "finish",
    "furniture",
    "halo",
    "isolate",
    "paint_ground",
    "plain",
    "two_names",
]

FONT = "DejaVu Sans"
"""Comes with matplotlib, has Latin, Arabic and Kurdish letters; matplotlib 3.11 joins and orders them."""

INK, QUIET, BORDER, COUNTRY = "#1d262d", "#46525c", "#8b96a0", "#4f5b66"
SEA, LAND, LAKE, RIVER = "#dfe5e9", "#faf8f3", "#cfe0ec", "#6f9dc0"
RESOLUTIONS = (60, 72, 80, 96)
"""Dots an inch at which letters are coarse."""

HEIGHT_IN, SMALLEST_IN, LARGEST_IN, EDGE_IN = 6.4, 4.6, 8.6, 0.08
"""The map's height, its least and greatest width, and what is left free around all."""

TITLE_IN, LETTER_IN, LINE_IN = 0.11, 0.056, 0.128
"""The width of a letter of the heading and of the notes, of wide ones too, and the height of a line of the notes."""

FURNITURE = "furniture"
MARKS, ISOLATE, END = {"ltr": "\u200e", "rtl": "\u200f"}, "\u2068", "\u2069"


class StillFigure(Figure):
    """A figure outside pyplot whose files repeat byte for byte: no date, no random ids."""

    def savefig(self, fname: Any, **kwargs: Any) -> None:
        """As `matplotlib.figure.Figure.savefig`."""
        import matplotlib as mpl

        ending = str(kwargs.get("format") or str(getattr(fname, "name", fname)).rpartition(".")[2]).lower()
        undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending, {})
        metadata = undated | (kwargs.pop("metadata", None) or {})
        with mpl.rc_context({"svg.hashsalt": "geocasualty"}):
            super().savefig(fname, metadata=metadata, **kwargs)


@cache
def _has_glyph(char: str) -> bool:
    from matplotlib.font_manager import findfont, get_font

    return bool(get_font(findfont(FONT)).get_char_index(ord(char)))


def plain(value: Any, most: int = 60) -> str:
    """Text that a figure can show: no controls, no letters that the font lacks, not too long."""
    text = str(value)[: 4 * most].replace(ISOLATE, "").replace(END, "")
    kept = [char if char == "\n" or unicodedata.category(char)[0] not in "C" else " " for char in text]
    shown = "".join(char if char == "\n" or _has_glyph(char) else "\ufffd" for char in kept).strip()
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def isolate(value: Any, most: int = 60) -> str:
    """The same inside a sentence, unable to reorder its neighbours."""
    return ISOLATE + plain(value, most) + END


def sentence(text: str, words: Words) -> str:
    """A line of our own, read in the direction of its language whatever stands in it."""
    return MARKS[words.direction] + text


def drawing(ax: Axes | None, window: Window) -> tuple[Axes, Window]:
    """The axes to draw on, in degrees, at the window's true proportions."""
    west, south, east, north = window
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    if ax is None:
        high = HEIGHT_IN
        width = (east - west) / ((north - south) * stretch) * high
        if width > LARGEST_IN:
            width, high = LARGEST_IN, high * LARGEST_IN / width
        ax = StillFigure(figsize=(max(width, SMALLEST_IN), high), dpi=120).subplots()
        if width < SMALLEST_IN:
            more = (east - west) * (SMALLEST_IN / width - 1) / 2
            west, east = max(west - more, -180.0), min(east + more, 180.0)
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(stretch)
    ax.set_autoscale_on(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_facecolor(SEA)
    for spine in ax.spines.values():
        spine.set_edgecolor(BORDER)
    return ax, (west, south, east, north)


def furniture(ax: Axes) -> list[Any]:
    """What stands on the map itself beside its records: scale bar, north arrow, banner."""
    return [artist for artist in ax.get_children() if artist.get_gid() == FURNITURE]


def figure_of(ax: Axes) -> Any:
    """The whole figure that axes are part of."""
    return ax.get_figure(root=True)


def outline(shape: Any) -> Outline:
    """A polygon with its holes, or several, as one matplotlib path."""
    from matplotlib.path import Path as Outline

    vertices, codes = [], []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            vertices.append(points)
            codes.append([Outline.MOVETO, *[Outline.LINETO] * (len(points) - 2), Outline.CLOSEPOLY])
    return Outline(np.vstack(vertices), np.concatenate(codes))


def add_shape(ax: Axes, shape: Any, **style: Any) -> None:
    """Draw a polygon or several; nothing where there is none."""
    from matplotlib.patches import PathPatch

    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    if polygons:
        ax.add_patch(PathPatch(outline(shapely.MultiPolygon(polygons)), **style))


def paint_ground(ax: Axes, base: Ground, *, areas: bool = True) -> None:
    """Land, waters, the areas' borders and the countries' borders."""
    for shape in base.countries.geometry:
        add_shape(ax, shape, facecolor=LAND, edgecolor="none", zorder=1)
        add_shape(ax, shape, facecolor="none", edgecolor=COUNTRY, linewidth=1.4, zorder=4)
    if areas:
        for shape, rough in zip(base.areas.geometry, base.areas["approximate"], strict=True):
            line = (0, (4, 3)) if rough else "solid"
            add_shape(ax, shape, facecolor="none", edgecolor=BORDER, linewidth=0.7, linestyle=line, zorder=3.5)
    for kind, rank, shape in zip(base.waters["kind"], base.waters["rank"], base.waters.geometry, strict=True):
        if kind == "lake":
            add_shape(ax, shape, facecolor=LAKE, edgecolor=RIVER, linewidth=0.4, zorder=3)
            continue
        for part in shapely.get_parts(shape):
            x, y = shapely.get_coordinates(part).T
            ax.plot(x, y, color=RIVER, linewidth=1.1 if rank < 5 else 0.6, zorder=3, solid_capstyle="round")


class Labels:
    """Labels that never cover each other, nor what was said to be taken."""

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        figure = figure_of(ax)
        figure.draw_without_rendering()  # settles where everything lies
        self.taken = [tuple(part.get_window_extent().extents) for part in furniture(ax)]

    def block(self, lon: float, lat: float, points: float, shift: tuple[float, float] = (0, 0)) -> None:
        """Keep free a square around a marker."""
        pixels = figure_of(self.ax).dpi / 72
        x, y = self.ax.transData.transform((lon, lat)) + np.array(shift) * pixels
        half = points / 2 * pixels
        self.taken.append((x - half, y - half, x + half, y + half))

    def add(
        self,
        lon: float,
        lat: float,
        text: str,
        *,
        gap: float | None = 5,
        far: bool = False,
        shift: tuple[float, float] = (0.0, 0.0),
        **style: Any,
    ) -> bool:
        """Place a label beside its point (`gap` in points) or upon it (None), if there is room; say whether.

        With `far` it may lie further off; `shift` is that of the marker it belongs to.
        """
        look: dict[str, Any] = {"fontfamily": FONT, "linespacing": 1.1, "parse_math": False, "zorder": 9}
        label = self.ax.annotate(
            text,
            (lon, lat),
            xytext=(0, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            annotation_clip=True,
            in_layout=False,
            **(look | style),
        )
        box, frame = label.get_window_extent(), self.ax.get_window_extent()
        points = 72 / figure_of(self.ax).dpi
        wide, high = box.width / 2 * points, box.height / 2 * points
        places = [(0.0, 0.0)] if gap is None else []
        for more in () if gap is None else (0, 12, 26, 42) if far else (0,):
            across, up = (gap or 0) + more + wide, (gap or 0) + more + high
            places += [(across, 0), (-across, 0), (0, up), (0, -up), (across, high), (across, -high), (-across, high)]
        for dx, dy in ((dx + shift[0], dy + shift[1]) for dx, dy in places):
            moved = (box.x0 + dx / points, box.y0 + dy / points, box.x1 + dx / points, box.y1 + dy / points)
            inside = moved[0] > frame.x0 + 2 and moved[2] < frame.x1 - 2 and moved[1] > frame.y0 + 2
            if inside and moved[3] < frame.y1 - 2 and not any(_overlap(moved, other) for other in self.taken):
                self.taken.append(moved)
                label.set_position((dx, dy))
                return True
        label.remove()
        return False


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] + 2 and a[2] > b[0] - 2 and a[1] < b[3] + 1 and a[3] > b[1] - 1


def halo() -> list[Any]:
    """A white edge around letters."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")]


def two_names(name: Any, local: Any, words: Words) -> str:
    """A name in English and in the local language, one under the other, that of the reader first."""
    both = (local, name) if words.language == theatre().local else (name, local)
    return "\n".join(plain(value, 40) for value in both if isinstance(value, str) and value)


def finish(
    ax: Axes, window: Window, handles: Sequence[Any], legend_title: str, title: str, lines: Sequence[str],
    credit: str, words: Words,
) -> None:  # fmt: skip
    """Scale bar, north, legend, title, and below the map what is not drawn and whom it is owed to."""
    from matplotlib.font_manager import FontProperties
    from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar

    west, south, east, north = window
    middle = (south + north) / 2
    across = (east - west) * 111.32 * math.cos(math.radians(middle))
    km = _round_number(across / 5)
    degrees = geodesic_offset((west + east) / 2, middle, 90.0, km * 1000)[0] - (west + east) / 2
    bar = AnchoredSizeBar(
        ax.transData,
        degrees,
        words("map.km", n=f"{km:,g}") if km >= 1 else words("map.m", n=f"{1000 * km:g}"),
        "lower left",
        pad=0.4,
        borderpad=0.4,
        sep=3,
        color=INK,
        fontproperties=FontProperties(family=FONT, size=7.5),
    )
    bar.patch.set(alpha=0.86, edgecolor="none")
    bar.set(zorder=10, gid=FURNITURE)
    ax.add_artist(bar)
    look: dict[str, Any] = {"zorder": 10, "gid": FURNITURE}
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.2}
    ax.annotate("", (0.965, 0.975), (0.965, 0.91), xycoords="axes fraction", arrowprops=arrow, **look)
    ax.text(
        0.965, 0.905, words("figure.north"), transform=ax.transAxes, ha="center", va="top", family=FONT, size=9, **look
    )
    legend = ax.legend(
        handles=list(handles),
        title=sentence(legend_title, words),
        loc="upper left",
        bbox_to_anchor=(1.015, 1.0),
        borderaxespad=0.0,
        frameon=False,
        alignment=words.side,
        markerfirst=words.side == "left",
        handlelength=2.2,
        labelspacing=0.55,
        prop=FontProperties(family=FONT, size=8),
        title_fontproperties=FontProperties(family=FONT, size=8.5, weight="bold"),
    )
    for text in legend.get_texts():
        text.set(parse_math=False, multialignment=words.side)
        if words.direction == "rtl":
            text.set_text("\n".join(sentence(line, words) for line in text.get_text().split("\n")))
    _settle(ax, legend, title, [*lines, credit], words)


def _settle(ax: Axes, legend: Any, title: str, lines: Sequence[str], words: Words) -> None:
    """Write heading and notes as wide as the figure; one of our own grows to hold them and the legend, at its edges."""
    figure = figure_of(ax)
    wide, high = figure.get_size_inches()
    across = _widest_in(legend, figure) + 2 * EDGE_IN
    whole = wide + across + 2 * EDGE_IN if isinstance(figure, StillFigure) else wide * ax.get_position().width

    free = wide if isinstance(figure, StillFigure) and words.direction == "rtl" else whole  # from the map's right edge

    def wrapped(text: str, letter: float) -> list[str]:
        parts = textwrap.wrap(text, max(int(free / letter), 30), break_on_hyphens=False)
        return [sentence(part, words) for part in parts]

    heading, below = wrapped(title, TITLE_IN), [part for line in lines for part in wrapped(line, LETTER_IN)]
    text: dict[str, Any] = {"loc": words.side, "fontfamily": FONT, "parse_math": False}
    ax.set_title("\n".join(heading), fontsize=11, fontweight="bold", **text)
    ax.set_xlabel("\n".join(below), fontsize=7, color=QUIET, **text)
    if not isinstance(figure, StillFigure):
        return
    longer = max(0.0, legend.get_window_extent().height / figure.dpi - high)
    head, foot = 0.1 + 0.22 * len(heading), longer + LINE_IN * (len(below) + 1) + EDGE_IN
    figure.set_size_inches(whole, head + high + foot)
    tall = figure.get_size_inches()[1]
    ax.set_position((EDGE_IN / whole, foot / tall, wide / whole, high / tall))
    legend.set_bbox_to_anchor((1 + EDGE_IN / wide, 1.0), transform=ax.transAxes)
    ax.xaxis.labelpad = 4 + 72 * longer


def _widest_in(legend: Any, figure: Any) -> float:
    """Inches across a legend, whatever the resolution that it is saved at: coarse letters are wider."""
    drawn, widths = figure.dpi, []
    for figure.dpi in (*RESOLUTIONS, drawn):
        widths.append(legend.get_window_extent().width / figure.dpi)
    return float(max(widths))


def banner(ax: Axes, blur: Blur | None, words: Words) -> None:
    """Say on the map itself that positions are displaced."""
    if blur is not None:
        box = {"boxstyle": "round,pad=0.4", "facecolor": INK, "edgecolor": "none"}
        look: dict[str, Any] = {"color": "white", "fontweight": "bold", "fontfamily": FONT, "fontsize": 8, "bbox": box}
        ax.text(
            0.5,
            0.965,
            blur.said(words),
            transform=ax.transAxes,
            ha="center",
            va="center",
            zorder=11,
            gid=FURNITURE,
            **look,
        )


def _round_number(value: float) -> float:
    """The largest of 1, 2, 5, 10, ... that is no greater."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value)
