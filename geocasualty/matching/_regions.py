"""The least and the greatest distance between two uncertain regions, geodesic on WGS84."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geocasualty.geodesy import densified_vertices, geodesic_distance_m
from geocasualty.matching._sides import Side

__all__ = ["Regions", "holding_circles"]

Floats = npt.NDArray[np.float64]
Bounds = tuple[float, float]

CHORD_SLACK = 1.002
"""Chord length orders points as the geodesic does to within 0.2 % (twice the effect of the flattening at 1,500 km):
vertices inside that margin of the best chord are measured on the ellipsoid."""


CHORD_ERROR_M = 1.0
"""More than rounding can put between a chord that is computed and the true one."""


class _Polygon:
    """A polygon with the vertices that all its distances are measured to."""

    def __init__(self, geometry: shapely.Geometry, to_ecef: Transformer) -> None:
        self.geometry = geometry
        shapely.prepare(geometry)
        self.lonlat = np.unique(densified_vertices(geometry), axis=0)
        self.ecef = _ecef(to_ecef, self.lonlat[:, 0], self.lonlat[:, 1])


def _ecef(transformer: Transformer, lon: Floats, lat: Floats) -> Floats:
    return np.column_stack(transformer.transform(lon, lat, np.zeros(len(lon))))


class Regions:
    """Distances between the records of two sides; those to polygons are computed once for each distinct pair.

    Parameters
    ----------
    ours, theirs : Side
        Incidents and strikes, in this order.
    """

    def __init__(self, ours: Side, theirs: Side) -> None:
        self._ours = ours
        self._theirs = theirs
        self._to_ecef = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
        self._polygons: dict[int, _Polygon] = {}
        self._known: dict[tuple[object, ...], Bounds] = {}
        self._circles: tuple[tuple[Floats, Floats], tuple[Floats, Floats]] | None = None
        # many strikes are reported at one point: a town's, a cell's
        self._spots, self._spot_of = np.unique(np.column_stack([theirs.lon, theirs.lat]), axis=0, return_inverse=True)

    def of(self, position: int, others: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """Distances from one of ours, which is located, to some of theirs.

        Returns
        -------
        between : numpy.ndarray
            Between the two points, in metres; NaN where either is an area.
        least, greatest : numpy.ndarray
            Bounds on the true distance, in metres; NaN to one that is not located.
        """
        ours, theirs = self._ours, self._theirs
        between = np.full(len(others), np.nan)
        least, greatest = between.copy(), between.copy()
        points = (theirs.area[others] < 0) & (ours.area[position] < 0)
        if points.any():
            chosen = others[points]
            away = np.full(len(self._spots), np.nan)
            away[self._spot_of[chosen]] = 0.0
            asked = np.flatnonzero(away == 0.0)
            away[asked] = geodesic_distance_m(ours.lon[position], ours.lat[position], *self._spots[asked].T)
            between[points] = away[self._spot_of[chosen]]
            reach = ours.radius_m[position] + theirs.radius_m[chosen]
            least[points] = np.maximum(0.0, between[points] - reach)
            greatest[points] = between[points] + reach
        for place in np.flatnonzero(~points & theirs.located[others]):
            least[place], greatest[place] = self._with_area(position, int(others[place]))
        return between, least, greatest

    def perhaps_within(self, position: int, others: npt.NDArray[np.int64], metres: float) -> npt.NDArray[np.bool_]:
        """Whether some of theirs may lie within a distance of one of ours; never false for one that does."""
        if self._circles is None:
            self._circles = self._held(self._ours), self._held(self._theirs)
        (here, reach), (there, reaches) = self._circles
        chord = np.linalg.norm(there[others] - here[position], axis=1)
        return np.asarray(chord <= metres + reach[position] + reaches[others] + CHORD_ERROR_M)

    def _held(self, side: Side) -> tuple[Floats, Floats]:
        """For each record the centre and the radius of a circle that holds it."""
        lon, lat, radius = side.lon.copy(), side.lat.copy(), side.radius_m.copy()
        areal = side.area >= 0
        if areal.any():
            lon[areal], lat[areal], radius[areal] = holding_circles(side.polygons)[side.area[areal]].T
        return _ecef(self._to_ecef, lon, lat), radius

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
        near = polygon.lonlat[chord <= chord.min() * CHORD_SLACK]
        return float(geodesic_distance_m(lon, lat, near[:, 0], near[:, 1]).min()), greatest

    def _areas(self, one: _Polygon, other: _Polygon) -> Bounds:
        bounds = [self._point(other, float(lon), float(lat)) for lon, lat in _rim(one.lonlat)]
        greatest = max(high for _, high in bounds)
        if one.geometry.intersects(other.geometry):
            return 0.0, greatest
        from scipy.spatial import cKDTree

        reached, nearest = cKDTree(other.ecef).query(one.ecef)
        close = reached <= reached.min() * CHORD_SLACK
        pairs = np.column_stack([one.lonlat[close], other.lonlat[nearest[close]]])
        return float(geodesic_distance_m(*pairs.T).min()), greatest


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
