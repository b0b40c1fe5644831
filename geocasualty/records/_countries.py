"""In which country does a point or an area lie, by outlines that are generalised?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.gazetteer import Gazetteer
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.theatre import outlines as world

BORDER_TOLERANCE_M = 20_000.0
"""Outlines are generalised; a point this near to a country, and in no other, is taken as in it."""

_MARGIN = 0.5
"""Degrees around an outline beyond which nothing is within the tolerance, up to 68 degrees north or south."""

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


def apart_m(outline: shapely.Geometry, shapes: npt.NDArray[np.object_]) -> Floats:
    """Metres from an outline to each shape, zero where they meet.

    Examples
    --------
    >>> shapes = np.array([shapely.box(43, 35, 43.5, 35.5), shapely.Point(45, 35.5)], dtype=object)
    >>> apart_m(shapely.box(43, 35, 44, 36), shapes).round(-3).tolist()
    [0.0, 91000.0]
    """
    shapely.prepare(outline)
    away = np.zeros(len(shapes))
    outside = np.flatnonzero(~shapely.intersects(outline, shapes))
    if len(outside):
        ends = shapely.get_coordinates(shapely.shortest_line(outline, shapes[outside]))
        away[outside] = geodesic_distance_m(ends[::2, 0], ends[::2, 1], ends[1::2, 0], ends[1::2, 1])
    return away


def beyond_m(polygon: shapely.Geometry, lon: Floats, lat: Floats) -> Floats:
    """Metres from each point to a polygon, zero inside it.

    Examples
    --------
    >>> beyond_m(shapely.box(43, 35, 44, 36), np.array([43.5, 45.0]), np.array([35.5, 35.5])).round(-3).tolist()
    [0.0, 91000.0]
    """
    away = np.zeros(len(lon))
    outside = np.flatnonzero(~inside(polygon, lon, lat))
    if len(outside):
        away[outside] = apart_m(polygon, shapely.points(lon[outside], lat[outside]))
    return away


def inside(polygon: shapely.Geometry, lon: Floats, lat: Floats, margin: float = 0.0) -> npt.NDArray[np.bool_]:
    """Which points lie in a polygon; with a margin, in its bounds and that many degrees around."""
    west, south, east, north = polygon.bounds
    held = (lon >= west - margin) & (lon <= east + margin) & (lat >= south - margin) & (lat <= north + margin)
    if not margin:
        shapely.prepare(polygon)
        held[held] = shapely.intersects_xy(polygon, lon[held], lat[held])
    return np.asarray(held)


class Countries:
    """The outlines of the countries that a gazetteer knows, by ISO code, and beyond them those of the world."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        frame = gazetteer.countries
        codes = [gazetteer.place(place_id).country for place_id in frame["place_id"]]
        self.outlines: dict[str, shapely.Geometry] = {
            code: outline for code, outline in zip(codes, frame.geometry, strict=True) if outline is not None and code
        }

    def outline(self, code: str) -> shapely.Geometry | None:
        """The outline of a country: the gazetteer's, else the world's; None where neither has it."""
        return self.outlines[code] if code in self.outlines else world.outline(code)

    def of_points(self, lon: Floats, lat: Floats) -> tuple[Texts, Texts]:
        """The country of each point, and in words how it was taken; empty where none is near or nothing is to be said.

        An outline of the gazetteer that holds the point comes first. One whose border is no farther than borders are
        uncertain by is next, then the country of the world that holds it, then the nearest within
        :data:`BORDER_TOLERANCE_M`.
        """
        codes, words = np.full(len(lon), "", dtype=object), np.full(len(lon), "", dtype=object)
        for code, outline in self.outlines.items():
            codes[inside(outline, lon, lat) & (codes == "")] = code
        rows = np.flatnonzero(codes == "")
        if len(rows):
            codes[rows], words[rows] = self._beyond(lon[rows], lat[rows])
        return codes, words

    def _beyond(self, lon: Floats, lat: Floats) -> tuple[Texts, Texts]:
        """As :meth:`of_points`, for points in no outline of the gazetteer."""
        held = world.countries_at(lon, lat)
        known = np.isin(held, [code for code in held if code and code not in self.outlines])
        limit = np.where(known, world.TOLERANCE_M, BORDER_TOLERANCE_M)
        codes, away = np.full(len(lon), "", dtype=object), np.full(len(lon), np.inf)
        others = [code for code in world.countries_near(lon, lat, _MARGIN) if code not in self.outlines]
        parts = [*self.outlines.items(), *((code, part.polygon) for code in others for part in world.areas(code))]
        reach = limit / 110_000 / np.maximum(np.cos(np.radians(lat)), 0.01)  # degrees of longitude, at least
        tree = shapely.STRtree([polygon for _, polygon in parts])
        asked, met = tree.query(shapely.points(lon, lat), predicate="dwithin", distance=reach)
        for number in np.unique(met).tolist():
            code, polygon = parts[number]
            rows = asked[(met == number) & ~(known & (held == code))[asked]]
            metres = beyond_m(polygon, lon[rows], lat[rows])
            nearer = (metres <= limit[rows]) & (metres < away[rows])
            codes[rows[nearer]], away[rows[nearer]] = code, metres[nearer]
        words = np.array([taken_as(code, metres) for code, metres in zip(codes, away, strict=True)], dtype=object)
        own = np.isin(codes, list(self.outlines))
        for row in np.flatnonzero(known & ~own).tolist():
            other, codes[row] = codes[row], held[row]
            words[row] = f"country taken as {held[row]}, {away[row] / 1000:.1f} km from {other}" if other else ""
        return codes, words

    def of(self, shape: shapely.Geometry) -> tuple[str, str]:
        """The country of a point or an area, empty where it is not known; and how it was taken, in words.

        An area is in the country that holds all of it. As for points, the tolerance makes up for generalised borders:
        of the countries beyond which no corner is farther than that, the one that holds most of the area.
        """
        if shape.geom_type == "Point":
            codes, words = self.of_points(np.array([shape.x]), np.array([shape.y]))
            return codes[0], words[0]
        held = [code for code, outline in self.outlines.items() if shapely.covers(outline, shape)]
        if held:
            return held[0], ""
        corners = shapely.get_coordinates(shape)
        others = [
            code for code in world.countries_near(corners[:, 0], corners[:, 1], _MARGIN) if code not in self.outlines
        ]
        near = self.outlines | {code: outline for code in others if (outline := world.outline(code)) is not None}
        if held := [code for code in others if shapely.covers(near[code], shape)]:
            return held[0], ""
        within = {}
        for code, outline in near.items():
            if inside(outline, corners[:, 0], corners[:, 1], _MARGIN).all():
                metres = float(beyond_m(outline, corners[:, 0], corners[:, 1]).max())
                if metres <= BORDER_TOLERANCE_M:
                    within[code] = (-shapely.intersection(outline, shape).area, metres, code)
        if within:
            _, metres, code = min(within.values())
            return code, taken_as(code, metres, area=True)
        met = sorted(code for code, outline in near.items() if shapely.intersects(outline, shape))
        return "", f"not wholly in {' or '.join(met)}" if met else ""


def taken_as(code: str, away_m: float, *, area: bool = False) -> str:
    """That a country is taken whose outline ends short of a point; empty where there is nothing to say.

    Examples
    --------
    >>> taken_as("SY", 1_234.0), taken_as("SY", 0.0), taken_as("", float("inf"))
    ('country taken as SY, whose generalised border is 1.2 km away', '', '')
    """
    if not code or away_m <= 0:
        return ""
    if area:
        return f"country taken as {code}, beyond whose generalised border it reaches {away_m / 1000:.1f} km"
    return f"country taken as {code}, whose generalised border is {away_m / 1000:.1f} km away"
