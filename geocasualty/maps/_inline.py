"""Maps as a few kilobytes of SVG: for a page that holds hundreds, needs no script and is printed.

`plot_town` draws the same in more detail, at 0.64 s of processor time and 528 KB a map (median of ten) where this takes
3.6 KB: see ``benchmarks/report.py`` and ``docs/benchmarks-report.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import shapely

from geocasualty.geodesy import geodesic_buffer
from geocasualty.maps._basemap import Window
from geocasualty.maps._counted import Counted
from geocasualty.maps._sheet import Frame, Sheet, Taken, marked

__all__ = ["Spot", "inline_months", "inline_province", "inline_town"]

WIDTH = 960
ASPECT = 4 / 3
LEAST_KM, FARTHEST_KM = 4.0, 150.0
"""A map shows at least 4 km to each side; strikes farther than 150 km away are told in words alone."""

TOWN_LABELS = 30
NO_FIGURE, ZERO = "#c3c9ce", "#ffffff"

LEFT, HIGH, GAP, FEW_BARS, MOST_TICKS = 20, 150, 46, 26, 14
"""Of the bars of months."""


class Spot(NamedTuple):
    """One point at which strikes are recorded, or one area.

    ``relation`` is that of the strongest pair there: ``within``, ``possible``, ``accepted`` or "" for none.
    """

    label: str
    shape: Any
    relation: str
    vicinity: bool


def inline_town(
    sheet: Sheet,
    shape: Any,
    radius_m: float,
    vicinity: bool,
    spots: Sequence[Spot],
    *,
    km: float,
    unit: str,
    title: str,
) -> str:
    """One incident, its limit and its uncertainty, and the strikes of its table by their number there.

    Parameters
    ----------
    sheet : Sheet
        What lies underneath.
    shape : shapely geometry
        Of the incident, located; a point has ``radius_m``.
    vicinity : bool
        Whether the record says "near" the point.
    spots : sequence of Spot
        Strikes, one spot for each shape.
    km : float
        The limit.
    unit, title : str
        "km" and what the map shows, in the page's language.
    """
    point = shapely.point_on_surface(shape)
    near = [spot for spot in spots if _reaches(point, spot.shape)]
    disc = geodesic_buffer(shape, radius_m) if shape.geom_type == "Point" and radius_m > 0 else None
    ring = geodesic_buffer(point, km * 1000) if km > 0 else None
    frame = Frame(_window(point, [disc or shape, ring, *(spot.shape for spot in near)]), WIDTH)
    taken = Taken(frame)
    parts = [sheet.under(frame)]
    look = "m-doubt m-vicinity" if vicinity else "m-doubt" if disc is not None else "m-doubt m-area"
    parts += [_outline(frame, disc if disc is not None else shape, look), _outline(frame, ring, "m-limit")]
    parts += [_outline(frame, spot.shape, "m-spotarea") for spot in near if spot.shape.geom_type != "Point"]
    x, y = frame.at(point.x, point.y)
    for spot in near:
        if spot.relation and spot.shape.geom_type == "Point":
            end = frame.at(spot.shape.x, spot.shape.y)
            line = f"M{x:.0f} {y:.0f}L{end[0]:.0f} {end[1]:.0f}"
            parts.append(marked("path", d=line, class_=f"m-pair m-{spot.relation}"))
    marks = [_spot(frame, taken, spot) for spot in reversed(near)]  # the first lies on top
    parts += [*marks, marked("circle", cx=round(x), cy=round(y), r=11, class_="m-incident")]
    taken.block(x, y, 12)
    taken.boxes.append((0, frame.height - 60, WIDTH / 4 + 50, frame.height))
    parts += [sheet.places(frame, taken), frame.scale_bar(unit)]
    return _drawing(frame, title, parts)


def _drawing(frame: Frame, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}" role="img">'
        f"{marked('title', title)}{''.join(parts)}</svg>"
    )


def _reaches(point: Any, shape: Any) -> bool:
    """Whether a strike lies near enough to stand on the map; the incident's own outline may be as far."""
    middle = shapely.point_on_surface(shape)
    across = (middle.x - point.x) * math.cos(math.radians(point.y))
    return math.hypot(across, middle.y - point.y) * 111.2 <= FARTHEST_KM


def _window(point: Any, shapes: Sequence[Any]) -> Window:
    """Everything drawn, with a margin, in the proportions of all maps of the page."""
    squeeze = math.cos(math.radians(point.y))
    bounds = [shape.bounds for shape in shapes if shape is not None]
    west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
    east, north = max(b[2] for b in bounds), max(b[3] for b in bounds)
    lon, lat = (west + east) / 2, (south + north) / 2
    up = max((north - south) / 2, (east - west) / 2 * squeeze / ASPECT, LEAST_KM / 111.2) * 1.12
    across = up * ASPECT / squeeze
    return lon - across, lat - up, lon + across, lat + up


def _outline(frame: Frame, shape: Any, look: str) -> str:
    d = frame.path([shape])
    return marked("path", d=d, class_=look) if d else ""


def _spot(frame: Frame, taken: Taken, spot: Spot) -> str:
    middle = shapely.point_on_surface(spot.shape)
    x, y = (round(value) for value in frame.at(middle.x, middle.y))
    half = 15 + 3 * len(spot.label)
    taken.block(x, y, half)
    look = f"m-spot{' m-vicinity' if spot.vicinity else ''}{'' if spot.relation else ' m-apart'}"
    diamond = marked("path", d=f"M{x} {y - half}l{half} {half}l-{half} {half}l-{half} -{half}z", class_=look)
    return diamond + marked("text", spot.label, x=x, y=y + 7, class_=f"m-number{look.removeprefix('m-spot')}")


def inline_province(sheet: Sheet, shown: Counted, *, unit: str, title: str) -> str:
    """Governorates by the measure that ``shown`` counts, and the incidents of each town as circles."""
    drawn = [shape for shape, n in zip(shown.areas.frame.geometry, shown.records(), strict=True) if n]
    west, south, east, north = shapely.total_bounds(drawn).tolist() if drawn else shown.window
    pad = 0.02 * max(east - west, north - south)
    frame = Frame((west - pad, south - pad, east + pad, north + pad), WIDTH)
    fills = [
        marked("path", d=frame.path([shape]), fill=color) if color else _outline(frame, shape, "m-none")
        for shape, color in zip(sheet.base.areas.geometry, _colors(shown), strict=True)
    ]
    taken = Taken(frame)
    cases = shown.values("incidents", "town")
    most = max([1.0, *(value for value in cases if value)])
    order = sorted(
        (i for i, value in enumerate(cases) if value), key=lambda i: (-(cases[i] or 0), shown.towns[i]["id"])
    )
    circles, names = [], []
    for number in order:
        town = shown.towns[number]
        x, y = frame.at(town["lon"], town["lat"])
        radius = 4 + 16 * math.sqrt((cases[number] or 0) / most)
        circles.append(marked("circle", cx=round(x), cy=round(y), r=radius, class_="m-town"))
        taken.block(x, y, radius * 0.7)
    named = [number for number in order if "," not in shown.towns[number]["id"]]  # the others are positions alone
    for number in named[:TOWN_LABELS]:
        town = shown.towns[number]
        x, y = frame.at(town["lon"], town["lat"])
        gap = 5 + 16 * math.sqrt((cases[number] or 0) / most)
        names.append(_label(taken, x, y, sheet.name(town["name"], town["name_local"]), 17, gap, "m-name m-strong"))
    for row in sheet.base.areas.to_dict("records"):
        if row["width"]:
            x, y = frame.at(row["label_lon"], row["label_lat"])
            names.append(_label(taken, x, y, sheet.name(row["name"], row["name_local"]), 17, None, "m-name m-small"))
    return _drawing(frame, title, [sheet.under(frame, fills), *circles, *names, frame.scale_bar(unit)])


def _label(taken: Taken, x: float, y: float, text: str, size: int, gap: float | None, look: str) -> str:
    where = taken.place(x, y, text, size, gap) if text else None
    return marked("text", text, x=round(where[0]), y=round(where[1] + size * 0.35), class_=look) if where else ""


def _colors(shown: Counted) -> list[str]:
    """What each area is filled with; "" where nothing is recorded."""
    upper, colors = shown.classes["upper"], shown.classes["colors"]
    found = []
    for value, n in zip(shown.values(shown.measure), shown.records(), strict=True):
        if not n:
            found.append("")
        elif not value:
            found.append(NO_FIGURE if value is None else ZERO)
        else:
            number = next((i for i, most in enumerate(upper) if value <= most + 1e-9), len(upper) - 1)
            found.append(colors[number])
    return found


def inline_months(months: Sequence[str], rows: Sequence[tuple[str, str, Sequence[float]]], *, title: str) -> str:
    """Bars of equal months, one row of bars above the other, each with a scale of its own.

    Parameters
    ----------
    months : sequence of str
        Such as "2015-06", without a gap.
    rows : sequence of (look, name, values)
        A class for colour, what is counted, and its number each month.
    title : str
        What the drawing shows.
    """
    height = len(rows) * (HIGH + GAP) + 30
    step = (WIDTH - 2 * LEFT) / max(len(months), 1)
    every = -(-len(months) // MOST_TICKS) or 1
    parts = []
    for number, (look, name, values) in enumerate(rows):
        floor = (number + 1) * (HIGH + GAP)
        most = max([1.0, *values])
        parts.append(marked("text", name, x=WIDTH / 2, y=floor - HIGH - 26, class_="t-name"))
        for position, value in enumerate(values):
            x, tall = LEFT + position * step, value / most * HIGH
            if value:
                bar: dict[str, Any] = {
                    "x": x + step * 0.08,
                    "y": floor - tall,
                    "width": step * 0.84,
                    "height": max(tall, 1.0),
                }
                parts.append(marked("rect", class_=f"t-bar {look}", **bar))
            if value and (len(months) <= FEW_BARS or value == most):
                parts.append(marked("text", f"{value:,.0f}", x=x + step / 2, y=floor - tall - 5, class_="t-value"))
        parts.append(marked("path", d=f"M{LEFT} {floor}h{WIDTH - 2 * LEFT}", class_="t-floor"))
    for position in range(0, len(months), every):
        x = LEFT + (position + 0.5) * step
        parts.append(marked("text", months[position], x=x, y=height - 8, class_="t-tick"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return f"{head}{marked('title', title)}{''.join(parts)}</svg>"
