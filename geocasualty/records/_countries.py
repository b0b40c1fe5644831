"""In which country does a point or an area lie, by outlines that are generalised?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.geodesy import geodesic_distance_m

if TYPE_CHECKING:
    from geocasualty.gazetteer import Gazetteer

__all__ = ["BORDER_TOLERANCE_M", "Countries", "apart_m", "beyond_m", "inside", "taken_as"]

BORDER_TOLERANCE_M = 20_000.0
"""Bundled outlines are generalised; a point this near to an area is taken as in it."""

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
        lines = shapely.shortest_line(polygon, shapely.points(lon[outside], lat[outside]))
        nearest = shapely.get_coordinates(lines)[::2]
        away[outside] = geodesic_distance_m(nearest[:, 0], nearest[:, 1], lon[outside], lat[outside])
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
    """The outlines of the countries that a gazetteer knows.

    Parameters
    ----------
    gazetteer : Gazetteer
        Countries without an outline are left out.

    Attributes
    ----------
    outlines : dict of str to shapely.Geometry
        By ISO code.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        frame = gazetteer.countries
        codes = [gazetteer.place(place_id).country for place_id in frame["place_id"]]
        self.outlines: dict[str, shapely.Geometry] = {
            code: outline for code, outline in zip(codes, frame.geometry, strict=True) if outline is not None and code
        }

    def of_points(self, lon: Floats, lat: Floats) -> tuple[Texts, Floats]:
        """The country of each point, and its metres beyond the outline: within the tolerance, the nearest one.

        Returns
        -------
        codes : numpy.ndarray of str
            Empty where no country is within :data:`BORDER_TOLERANCE_M`.
        away_m : numpy.ndarray of float
            Zero in the outline; NaN where there is no country.
        """
        codes = np.full(len(lon), "", dtype=object)
        away = np.full(len(lon), np.nan)
        for code, outline in self.outlines.items():
            held = inside(outline, lon, lat) & (codes == "")
            codes[held], away[held] = code, 0.0
        for code, outline in self.outlines.items():
            rows = np.flatnonzero(~(away == 0.0) & inside(outline, lon, lat, _MARGIN))
            if not len(rows):
                continue
            metres = beyond_m(outline, lon[rows], lat[rows])
            nearer = (metres <= BORDER_TOLERANCE_M) & ~(away[rows] <= metres)
            codes[rows[nearer]], away[rows[nearer]] = code, metres[nearer]
        return codes, away

    def of(self, shape: shapely.Geometry) -> tuple[str, str]:
        """The country of a point or an area, empty where it is not known; and how it was taken, in words.

        An area is in the country that holds all of it. As for points, the tolerance makes up for generalised borders:
        of the countries beyond which no corner is farther than that, the one that holds most of the area.
        """
        if shape.geom_type == "Point":
            codes, away = self.of_points(np.array([shape.x]), np.array([shape.y]))
            return codes[0], taken_as(codes[0], away[0])
        held = [code for code, outline in self.outlines.items() if shapely.covers(outline, shape)]
        if held:
            return held[0], ""
        corners = shapely.get_coordinates(shape)
        within = {}
        for code, outline in self.outlines.items():
            if inside(outline, corners[:, 0], corners[:, 1], _MARGIN).all():
                metres = float(beyond_m(outline, corners[:, 0], corners[:, 1]).max())
                if metres <= BORDER_TOLERANCE_M:
                    within[code] = (-shapely.intersection(outline, shape).area, metres, code)
        if within:
            _, metres, code = min(within.values())
            return code, f"country taken as {code}, beyond whose generalised border it reaches {metres / 1000:.1f} km"
        met = sorted(code for code, outline in self.outlines.items() if shapely.intersects(outline, shape))
        return "", f"not wholly in {' or '.join(met)}" if met else ""


def taken_as(code: str, away_m: float) -> str:
    """That a country is taken whose outline ends short of a point; empty where there is nothing to say.

    Examples
    --------
    >>> taken_as("SY", 1_234.0), taken_as("SY", 0.0), taken_as("", float("nan"))
    ('country taken as SY, whose generalised border is 1.2 km away', '', '')
    """
    if not code or away_m <= 0:
        return ""
    return f"country taken as {code}, whose generalised border is {away_m / 1000:.1f} km away"
