"""The map of governorates as a figure, for print and for papers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from geocasualty._extras import need
from geocasualty.gazetteer import load_gazetteer
from geocasualty.maps._basemap import ground
from geocasualty.maps._blur import chosen_blur
from geocasualty.maps._counted import Counted, counted
from geocasualty.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from geocasualty.maps._basemap import Ground

__all__ = ["plot_province"]

NONE, UNKNOWN, ZERO, TOWN = "#f4f5f6", "#c3c9ce", "#ffffff", "#12466e"
TOLERANCE = 0.006
MOST_TOWN_LABELS = 40


def plot_province(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    gazetteer: Any = None,
    measure: str = "strikes",
    classes: str | Sequence[float] = "quantiles",
    areas: gpd.GeoDataFrame | None = None,
    level: str = "governorate",
    title: str | None = None,
    within_km: float | None = None,
    within_days: float | None = None,
    within_hours: float | None = None,
    blur_km: float | None = None,
    blur_seed: str | None = None,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """Governorates coloured by a measure and towns as circles, for print: `province_map` without a browser.

    Colours, classes and counts are those of `province_map`. A legend counts the areas of each class, an area without
    a record is hatched, and what is not drawn is said in words below. Arabic is joined and ordered.

    Parameters
    ----------
    incidents, strikes, gazetteer, measure, classes, areas, level, title, within_km, within_days, within_hours, blur_km,
    blur_seed, language
        As for `province_map`.
    ax : matplotlib.axes.Axes, optional
        Where to draw, in degrees (x longitude, y latitude). A new figure, outside pyplot, unless given.

    Returns
    -------
    matplotlib.axes.Axes
        ``ax.figure.savefig("map.png")``, or .svg or .pdf; the same input gives the same bytes where the figure is new.

    Raises
    ------
    InputError
        As `province_map`.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> ax = gcas.plot_province(book.incidents, book.strikes)
    >>> [text.get_text() for text in ax.get_legend().get_texts()][0]
    '1 (2)'

    Empty frames give a map that says so.

    >>> "No incidents and no strikes" in gcas.plot_province(book.incidents[:0], book.strikes[:0]).get_xlabel()
    True
    """
    gazetteer = gazetteer or load_gazetteer()
    need("matplotlib")
    from geocasualty.maps import _figure

    words, blur = Words(language), chosen_blur(blur_km, blur_seed)
    shown = counted(
        incidents,
        strikes,
        gazetteer,
        measure=measure,
        classes=classes,
        areas=areas,
        level=level,
        within_km=within_km,
        within_days=within_days,
        within_hours=within_hours,
        blur=blur,
        words=words,
    )
    base = ground(gazetteer, shown.areas, window=None, tolerance=TOLERANCE, words=words)
    held = shown.areas.frame[np.array(shown.records(), dtype=bool)]  # where there is something to see
    west, south, east, north = (float(end) for end in held.total_bounds) if len(held) else shown.window
    pad = 0.02 * max(east - west, north - south)
    ax, window = _figure.drawing(ax, (west - pad, south - pad, east + pad, north + pad))
    _figure.paint_ground(ax, base)
    handles = [*_paint_areas(ax, base, shown, words), *_paint_towns(ax, shown, words)]
    name = words(f"map.measure.{measure}")
    lines = [
        *([shown.empty] if shown.empty else []),
        words(
            "figure.records", period=shown.period, incidents=words("map.n.incidents", n=len(shown.incidents)),
            strikes=words("map.stack.strike", n=len(shown.strikes)),
        ),
        *shown.notes,
        *base.notes,
    ]  # fmt: skip
    one, many = words.levels(shown.areas.words)
    heading = _figure.plain(title, 200) if title else words("map.title.province", measure=name, one=one)
    credit = f"{'; '.join(base.attribution)}. {words('versions.gazetteer', version=base.version)}"
    _figure.finish(ax, window, handles, words("figure.counted", what=name, n=many), heading, lines, credit, words)
    _figure.banner(ax, blur, words)
    _label(ax, base, shown, words)
    return ax


def _fills(shown: Counted) -> list[str]:
    """What each area is filled with: a colour, or "" where nothing is recorded."""
    upper, colors = np.array(shown.classes["upper"], dtype=float), shown.classes["colors"]
    fills = []
    for value, n in zip(shown.values(shown.measure), shown.records(), strict=True):
        if not n:
            fills.append("")
        elif value is None:
            fills.append(UNKNOWN)
        else:
            fills.append(colors[min(int(np.searchsorted(upper + 1e-9, value)), len(colors) - 1)] if value else ZERO)
    return fills


def _paint_areas(ax: Axes, base: Ground, shown: Counted, words: Words) -> list[Any]:
    """Fill the areas; the legend's entries, with the number of areas of each."""
    from matplotlib.patches import Patch

    from geocasualty.maps._figure import BORDER, add_shape

    hatched: dict[str, Any] = {"facecolor": NONE, "hatch": "/////", "hatchcolor": "#aab3bb"}
    fills = _fills(shown)
    for shape, fill in zip(base.areas.geometry, fills, strict=True):
        add_shape(ax, shape, **({"facecolor": fill} if fill else hatched), edgecolor=BORDER, linewidth=0.5, zorder=2)
    entries = [*zip(shown.classes["colors"], shown.classes["names"], strict=True)]
    entries += [(ZERO, words("map.class.zero")), (UNKNOWN, words("map.class.none"))]
    handles = [
        Patch(facecolor=color, edgecolor=BORDER, label=words("figure.counted", what=text, n=fills.count(color)))
        for color, text in entries
        if color not in (ZERO, UNKNOWN) or color in fills
    ]
    bare = words("figure.counted", what=words("province.none"), n=fills.count(""))
    return [*handles, Patch(**hatched, edgecolor=BORDER, label=bare)]


def _paint_towns(ax: Axes, shown: Counted, words: Words) -> list[Any]:
    """Circles by the measure; the legend's entry for the largest."""
    from matplotlib.lines import Line2D

    values = shown.values(shown.measure, "town")
    most = max([1.0, *(value for value in values if value)])
    sizes = _sizes(values, most, len(values))
    style: dict[str, Any] = {
        "marker": "o",
        "color": TOWN,
        "alpha": 0.78,
        "markeredgecolor": "white",
        "linestyle": "none",
    }
    for town, size in sorted(zip(shown.towns, sizes, strict=True), key=lambda pair: -pair[1]):
        if size:
            ax.plot([town["lon"]], [town["lat"]], markersize=size, markeredgewidth=0.8, zorder=6, **style)
    if not any(sizes):
        return []
    steps = sorted({most, max(1.0, float(round(most / 4))), 1.0}, reverse=True)
    where = "figure.town.blurred" if shown.blurred else "figure.town"
    said = [words(where, figure=_figure_text(step, shown.measure, words)) for step in steps]
    return [
        Line2D([], [], markersize=size, **style, label=_roomy(text, size))
        for step, text, size in zip(steps, said, _sizes(steps, most, len(values)), strict=True)
        if step <= most
    ]


def _roomy(text: str, size: float) -> str:
    """A legend's entry as high as its circle."""
    lines = "\n" * max(0, math.ceil((size - 12) / 20))
    return f"{lines}{text}{lines}"


def _figure_text(value: float, measure: str, words: Words) -> str:
    if measure == "share_nearby":
        return words(f"figure.unit.{measure}", n=f"{100 * value:.0f}")
    return words(f"figure.unit.{measure}", n=int(value) if value == int(value) else f"{value:.1f}")


def _sizes(values: Sequence[float | None], most: float, n: int) -> list[float]:
    """Diameters in points, by area, smaller where there are many (`n`); 0 where nothing is drawn."""
    scale = 13 * max(0.4, min(1.0, math.sqrt(80 / (n + 1))))
    return [1.3 * (3 + scale * math.sqrt(value / most)) if value else 0.0 for value in values]


def _label(ax: Axes, base: Ground, shown: Counted, words: Words) -> None:
    """Name the places with the largest figures, then the areas, as room allows."""
    from geocasualty.maps._figure import QUIET, Labels, halo, two_names

    labels = Labels(ax)
    values = shown.values(shown.measure, "town")
    most = max([1.0, *(value for value in values if value)])
    sizes = _sizes(values, most, len(values))
    ranked = sorted(
        (number for number, size in enumerate(sizes) if size),
        key=lambda number: (-shown.towns[number]["weight"], shown.towns[number]["id"]),
    )
    for number in ranked:
        labels.block(shown.towns[number]["lon"], shown.towns[number]["lat"], sizes[number] * 0.7)
    for number in ranked[:MOST_TOWN_LABELS] if not shown.blurred else []:
        town = shown.towns[number]
        text = two_names(town["name"], town["name_local"], words)
        gap = sizes[number] / 2 + 2
        labels.add(town["lon"], town["lat"], text, gap=gap, fontsize=6.5, fontweight="bold", path_effects=halo())
    for row in base.areas.to_dict("records"):
        if row["width"]:
            name = words("map.approx", name=row["name"]) if row["approximate"] else row["name"]
            text = two_names(name, row["name_local"], words)
            at = row["label_lon"], row["label_lat"]
            labels.add(*at, text, gap=None, fontsize=6.5, color=QUIET, path_effects=halo())
