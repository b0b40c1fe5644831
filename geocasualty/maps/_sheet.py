"""What lies under small maps, cut to a window in a millisecond, and how degrees become SVG."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geocasualty.geodesy import geodesic_offset
from geocasualty.maps._areas import LOCAL, chosen_areas
from geocasualty.maps._basemap import Ground, Window, ground
from geocasualty.taxonomy import LEVELS

__all__ = ["Frame", "Sheet", "Taken", "marked", "short"]

TOLERANCE = 0.003
LETTER, LINE = 0.56, 1.25
"""About the width and height of a letter, in its size; a label too wide for its estimate only touches a neighbour."""

MOST_LABELS = 16


def short(value: Any, most: int = 40) -> str:
    """Text for a label: one line, no controls, not too long."""
    if not isinstance(value, str):
        return ""
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in value[: 4 * most])
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def marked(tag: str, text: str = "", **attributes: Any) -> str:
    """One SVG element, every value escaped; underscores in names stand for hyphens."""
    said = "".join(f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>{escape(text)}</{tag}>" if text else f"<{tag}{said}/>"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value) if isinstance(value, int) else escape(str(value))


class Frame:
    """A window of the earth as a drawing ``width`` units wide, at true proportions in its middle."""

    def __init__(self, window: Window, width: int) -> None:
        west, south, east, north = self.window = window
        self._squeeze = math.cos(math.radians((south + north) / 2))
        self.scale = width / ((east - west) * self._squeeze)
        self.width, self.height = width, round((north - south) * self.scale)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point lies, in units from the upper left corner."""
        west, _, _, north = self.window
        return (lon - west) * self._squeeze * self.scale, (north - lat) * self.scale

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the window."""
        west, south, east, north = self.window
        return west <= lon <= east and south <= lat <= north

    def path(self, shapes: Iterable[Any]) -> str:
        """Polygons and lines, cut to a little more than the window, as the ``d`` of a path; "" for nothing."""
        west, south, east, north = self.window
        dx, dy = 0.02 * (east - west), 0.02 * (north - south)
        known = np.array([shape for shape in shapes if shape is not None and not shape.is_empty], dtype=object)
        cut = shapely.clip_by_rect(known, west - dx, south - dy, east + dx, north + dy)
        steps = []
        for part in shapely.get_parts(shapely.get_parts(cut)):
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            steps += [self._steps(shapely.get_coordinates(ring), part.geom_type == "Polygon") for ring in rings]
        return "".join(steps)

    def _steps(self, coordinates: Any, closed: bool) -> str:
        x, y = self.at(coordinates[:, 0], coordinates[:, 1])
        units = np.rint(np.column_stack([x, y])).astype(int)
        moves = np.diff(units, axis=0)
        moves = moves[(moves != 0).any(axis=1)]
        if not len(moves):
            return ""
        if closed:
            moves = moves[:-1]
        said = " ".join(f"{dx} {dy}" for dx, dy in moves.tolist())
        return f"M{units[0][0]} {units[0][1]}l{said}{'z' if closed else ''}"

    def scale_bar(self, unit: str) -> str:
        """A bar of a round number of kilometres at the lower left, with its label."""
        west, south, east, north = self.window
        middle = (south + north) / 2
        across = (east - west) * 111.32 * self._squeeze
        power = 10.0 ** math.floor(math.log10(across / 4))
        km = max(step * power for step in (1, 2, 5) if step * power <= across / 4)
        end = geodesic_offset(west, middle, 90.0, km * 1000)[0]
        length, y = self.at(end, middle)[0], self.height - 18
        box = marked("rect", x=8, y=y - 34, width=round(length + 24), height=44, class_="m-box")
        bar = marked("path", d=f"M20 {y - 6}v8h{length:.0f}v-8", class_="m-bar")
        return box + bar + marked("text", f"{km:,g} {unit}", x=round(20 + length / 2), y=y - 10, class_="m-scale")


class Taken:
    """Boxes that labels keep clear of."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.boxes: list[tuple[float, float, float, float]] = []

    def block(self, x: float, y: float, half: float) -> None:
        """Keep free a square around a marker."""
        self.boxes.append((x - half, y - half, x + half, y + half))

    def place(self, x: float, y: float, text: str, size: float, gap: float | None) -> tuple[float, float] | None:
        """The middle of a label beside its point, or upon it where ``gap`` is None; None where there is no room."""
        wide, high = len(text) * size * LETTER / 2, size * LINE / 2
        spots = [(0.0, 0.0)]
        if gap is not None:
            across, up = gap + wide, gap + high
            spots = [(across, 0.0), (-across, 0.0), (0.0, -up), (0.0, up)]
        for dx, dy in spots:
            box = (x + dx - wide, y + dy - high, x + dx + wide, y + dy + high)
            inside = box[0] > 4 and box[1] > 4 and box[2] < self.frame.width - 4 and box[3] < self.frame.height - 4
            if inside and all(
                box[2] < other[0] or box[0] > other[2] or box[3] < other[1] or box[1] > other[3] for other in self.boxes
            ):
                self.boxes.append(box)
                return x + dx, y + dy
        return None


class Sheet:
    """Countries, governorates, waters and places, simplified once for every map of a page.

    Parameters
    ----------
    gazetteer : Gazetteer
        What lies underneath.
    local : bool
        Write names in the local language, where they are known.
    """

    def __init__(self, gazetteer: Any, *, local: bool = False) -> None:
        base = ground(gazetteer, chosen_areas(gazetteer), window=None, tolerance=TOLERANCE)
        self.base: Ground = base
        self.local = local
        self._land = list(base.countries.geometry)
        self._borders = list(shapely.get_parts(shapely.boundary(base.areas.geometry.to_numpy())))
        self._edges = list(shapely.get_parts(shapely.boundary(base.countries.geometry.to_numpy())))
        lakes = base.waters["kind"] == "lake"
        self._lakes, self._rivers = list(base.waters.geometry[lakes]), list(base.waters.geometry[~lakes])
        places = gazetteer.places
        places = places[~places["kind"].isin(LEVELS)]
        size = pd.to_numeric(places["population"], errors="coerce").fillna(0).astype(float)
        places = places.assign(size=size).sort_values(["size", "place_id"], ascending=[False, True], kind="stable")
        self._names = [self.name(*both) for both in zip(places["name"], places[LOCAL], strict=True)]
        self._ids = places["place_id"].tolist()
        self._drawn: dict[tuple[Any, ...], str] = {}
        self._lon, self._lat = places.geometry.x.to_numpy(), places.geometry.y.to_numpy()

    def name(self, english: Any, local: Any) -> str:
        """The name in the language of the page, else the other."""
        both = (short(local), short(english)) if self.local else (short(english), short(local))
        return both[0] or both[1]

    def under(self, frame: Frame, fills: Sequence[str] = ()) -> str:
        """Land, lakes, rivers and borders; ``fills`` are elements that lie on the land and under the rest."""
        key = frame.window, frame.width, *fills
        if key not in self._drawn:
            self._drawn[key] = self._under(frame, fills)
        return self._drawn[key]

    def _under(self, frame: Frame, fills: Sequence[str]) -> str:
        layers = [
            marked("rect", width=frame.width, height=frame.height, class_="m-sea"),
            self._layer(frame, self._land, "m-land"),
            *fills,
            self._layer(frame, self._lakes, "m-lake"),
            self._layer(frame, self._rivers, "m-river"),
            self._layer(frame, self._borders, "m-border"),
            self._layer(frame, self._edges, "m-edge"),
        ]
        return "".join(layers)

    def _layer(self, frame: Frame, shapes: list[Any], look: str) -> str:
        d = frame.path(shapes)
        return marked("path", d=d, class_=look) if d else ""

    def places(self, frame: Frame, taken: Taken, size: int = 22) -> str:
        """The largest places of the window, as far as there is room for their names."""
        west, south, east, north = frame.window
        inside = (self._lon > west) & (self._lon < east) & (self._lat > south) & (self._lat < north)
        drawn: list[str] = []
        for number in np.flatnonzero(inside):
            x, y = frame.at(float(self._lon[number]), float(self._lat[number]))
            name = self._names[number]
            where = taken.place(x, y, name, size, 8) if name else None
            if where is None:
                continue
            drawn.append(marked("circle", cx=round(x), cy=round(y), r=4, class_="m-place"))
            drawn.append(marked("text", name, x=round(where[0]), y=round(where[1] + size * 0.35), class_="m-name"))
            if len(drawn) >= 2 * MOST_LABELS:
                break
        return "".join(drawn)
