"""The least and the greatest distance between two uncertain regions, geodesic on WGS84."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geocasualty.geodesy import densified_vertices, geodesic_distance_m
from geocasualty.matching._sides import Side

__all__ = ["Regions", "holding_circles"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bounds = tuple[float, float]

CHORD_SLACK = 1.002
"""Chord length orders points as the geodesic does to within 0.2 % (twice the effect of the flattening at 1,500 km):
vertices inside that margin of the best chord are measured on the ellipsoid."""


EDGE_SLACK_M = 1_200.0
"""More than the longest of the edges that :func:`geocasualty.geodesy.densified_vertices` makes: the point of an outline
that is nearest to a place lies less far beyond the nearest vertex than this."""


class _Polygon:
    """A polygon with the vertices that greatest distances are measured to, and the edges for the least.

    Attributes
    ----------
    lonlat, ecef : numpy.ndarray
        Distinct vertices, no farther apart along the outline than a kilometre, in degrees and earth-centred.
    edges : numpy.ndarray of int
        Positions of both ends of each edge.
    """

    def __init__(self, geometry: shapely.Geometry, to_ecef: Transformer) -> None:
        self.geometry = geometry
        shapely.prepare(geometry)
        every = densified_vertices(geometry)
        self.lonlat, at = np.unique(every, axis=0, return_inverse=True)
        at = at.ravel()
        self.ecef = _ecef(to_ecef, self.lonlat[:, 0], self.lonlat[:, 1])
        ring = np.concatenate([np.full(len(densified_vertices(each)), n) for n, each in enumerate(_rings(geometry))])
        self.edges = np.column_stack([at[:-1], at[1:]])[ring[:-1] == ring[1:]]

    def least(self, lonlat: Floats, ecef: Floats) -> float:
        """Metres from the outline to the nearest of some points outside; on an edge it is nearest by the chord."""
        reached, _ = self.tree.query(ecef)
        close = np.flatnonzero(reached <= reached.min() + EDGE_SLACK_M)
        begin, end = self.ecef[self.edges[:, 0]], self.ecef[self.edges[:, 1]]
        along = end - begin
        square = np.maximum((along * along).sum(axis=1), 1e-9)
        found = []
        for n in close.tolist():
            share = np.clip(((ecef[n] - begin) * along).sum(axis=1) / square, 0.0, 1.0)[:, None]
            away = np.linalg.norm(begin + share * along - ecef[n], axis=1)
            near = np.flatnonzero(away <= away.min() * CHORD_SLACK + 1.0)
            one, other = (self.lonlat[self.edges[near, side]] for side in (0, 1))
            spot = one + share[near] * (other - one)
            found.append(geodesic_distance_m(lonlat[n, 0], lonlat[n, 1], spot[:, 0], spot[:, 1]).min())
        return float(min(found))

    @functools.cached_property
    def tree(self) -> Any:
        """The vertices in a tree."""
        from scipy.spatial import cKDTree

        return cKDTree(self.ecef)


def _rings(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    """The rings of a polygon or of several, in the order of their coordinates."""
    return [ring for part in shapely.get_parts(geometry) for ring in (part.exterior, *part.interiors)]


def _ecef(transformer: Transformer, lon: Floats, lat: Floats) -> Floats:
    return np.column_stack(transformer.transform(lon, lat, np.zeros(len(lon))))


class Regions:
    """Distances between the records of two sides; those to polygons are computed once for each distinct pair.

    Parameters
    ----------
    ours, theirs : Side
        The two sides.
    """

    def __init__(self, ours: Side, theirs: Side) -> None:
        self._ours = ours
        self._theirs = theirs
        self._polygons: dict[int, _Polygon] = {}
        self._known: dict[tuple[object, ...], Bounds] = {}
        self._lock = threading.Lock()

    @functools.cached_property
    def _to_ecef(self) -> Transformer:
        return Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)

    def of(self, i: Ints, j: Ints) -> tuple[Floats, Floats, Floats]:
        """Distances from some of ours to as many of theirs.

        Returns
        -------
        between : numpy.ndarray
            Between the two points, in metres; NaN where either is an area.
        least, greatest : numpy.ndarray
            Bounds on the true distance, in metres; NaN where one is not located.
        """
        ours, theirs = self._ours, self._theirs
        between = geodesic_distance_m(ours.lon[i], ours.lat[i], theirs.lon[j], theirs.lat[j])
        reach = ours.radius_m[i] + theirs.radius_m[j]
        least, greatest = np.maximum(0.0, between - reach), between + reach
        areal = ((ours.area[i] >= 0) | (theirs.area[j] >= 0)) & ours.located[i] & theirs.located[j]
        with self._lock:
            for at in np.flatnonzero(areal):
                least[at], greatest[at] = self._with_area(int(i[at]), int(j[at]))
        return between, least, greatest

    def _with_area(self, position: int, other: int) -> Bounds:
        ours, theirs = self._ours, self._theirs
        a, b = int(ours.area[position]), int(theirs.area[other])
        if a >= 0 and b >= 0:
            return self._once(("areas", a, b), self._polygon(ours, a), self._polygon(theirs, b))
        if a >= 0:
            polygon, side, at = self._polygon(ours, a), theirs, other
        else:
            polygon, side, at = self._polygon(theirs, b), ours, position
        spot = (float(side.lon[at]), float(side.lat[at]))
        low, high = self._once((a, b, *spot), polygon, spot)
        radius = float(side.radius_m[at])
        return max(0.0, low - radius), high + radius

    def _polygon(self, side: Side, index: int) -> _Polygon:
        geometry = side.polygons[index]
        if id(geometry) not in self._polygons:
            self._polygons[id(geometry)] = _Polygon(geometry, self._to_ecef)
        return self._polygons[id(geometry)]

    def _once(self, key: tuple[object, ...], polygon: _Polygon, other: _Polygon | tuple[float, float]) -> Bounds:
        if key not in self._known:
            self._known[key] = (
                self._areas(polygon, other) if isinstance(other, _Polygon) else self._point(polygon, *other)
            )
        return self._known[key]

    def _point(self, polygon: _Polygon, lon: float, lat: float) -> Bounds:
        chord = np.linalg.norm(polygon.ecef - _ecef(self._to_ecef, np.array([lon]), np.array([lat])), axis=1)
        far = polygon.lonlat[chord * CHORD_SLACK >= chord.max()]
        greatest = float(geodesic_distance_m(lon, lat, far[:, 0], far[:, 1]).max())
        if shapely.intersects_xy(polygon.geometry, lon, lat):
            return 0.0, greatest
        here = np.array([[lon, lat]])
        return polygon.least(here, _ecef(self._to_ecef, here[:, 0], here[:, 1])), greatest

    def _areas(self, one: _Polygon, other: _Polygon) -> Bounds:
        bounds = [self._point(other, float(lon), float(lat)) for lon, lat in _rim(one.lonlat)]
        greatest = max(high for _, high in bounds)
        if one.geometry.intersects(other.geometry):
            return 0.0, greatest
        # of two outlines that do not cross one end of the shortest way is a vertex
        return min(other.least(one.lonlat, one.ecef), one.least(other.lonlat, other.ecef)), greatest


def holding_circles(polygons: list[shapely.Geometry]) -> Floats:
    """Centre and radius in metres of a circle that holds all that lies between the bounds of each polygon.

    Seen from the middle meridian of a box less than half the Earth wide, the farthest point is a corner; one part in
    fifty is added for the ellipsoid. A wider one may be anywhere.
    """
    west, south, east, north = shapely.bounds(polygons).T
    lon, lat = (west + east) / 2, (south + north) / 2
    turn = np.radians(east - west) / 2
    here = np.radians(lat)
    arcs = []
    for corner in (np.radians(south), np.radians(north)):
        square = np.sin((corner - here) / 2) ** 2 + np.cos(corner) * np.cos(here) * np.sin(turn / 2) ** 2
        arcs.append(2 * np.arcsin(np.sqrt(np.clip(square, 0, 1))))
    radius = np.maximum(*arcs) * 6_371_000.0 * 1.02 + 1.0
    return np.column_stack([lon, lat, np.where(east - west >= 179.0, 2.1e7, radius)])


def _rim(lonlat: Floats) -> Floats:
    """The vertices on the convex hull: the farthest pair of two areas has its ends there."""
    hull = shapely.convex_hull(shapely.MultiPoint(lonlat))
    return np.unique(shapely.get_coordinates(hull), axis=0)
