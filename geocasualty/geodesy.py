"""Distances, offsets, rings and MGRS cells on the WGS84 ellipsoid."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from geocasualty.errors import InputError

__all__ = [
    "MgrsCell",
    "densified_vertices",
    "format_mgrs",
    "geodesic_distance_m",
    "geodesic_offset",
    "geodesic_ring",
    "is_radius",
    "on_earth",
    "parse_mgrs",
    "shapes_on_earth",
]

Floats = npt.NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")

EDGE_M = 1_000.0
"""Polygon edges are straight in longitude and latitude and densified to this length, in metres."""

_MGRS = re.compile(r"(?P<zone>[0-9]{1,2}[C-HJ-NP-X])(?P<square>[A-HJ-NP-Z][A-HJ-NP-V])(?P<digits>[0-9]{0,10})")
_METRES_PER_DEGREE = 111_320.0


MAX_RADIUS_M = 20_038_000.0
"""A circle of this radius around any point is the whole Earth: half of the equator, the longest way to anywhere."""


def on_earth(lon: Any, lat: Any) -> Any:
    """Whether degrees, one or an array, are of a point on Earth; what is not a number is not.

    Examples
    --------
    >>> on_earth(43.77, 35.33), on_earth(500, 35), on_earth(float("nan"), 35)
    (True, False, False)
    """
    return (abs(lon) <= 180.0) & (abs(lat) <= 90.0)


def shapes_on_earth(shapes: Any) -> npt.NDArray[np.bool_]:
    """Whether each shape lies within the degrees of the Earth; what is missing or empty does not.

    Examples
    --------
    >>> shapes_on_earth([shapely.box(43, 35, 44, 36), shapely.box(43, 35, 44, 95), None]).tolist()
    [True, False, False]
    """
    west, south, east, north = shapely.bounds(np.asarray(shapes, dtype=object)).reshape(-1, 4).T
    return np.asarray(on_earth(west, south) & on_earth(east, north))


def is_radius(metres: Any) -> Any:
    """Whether metres, one or an array, are those of a circle on Earth, if only a point.

    Examples
    --------
    >>> is_radius(500.0), is_radius(-1.0), is_radius(1e308), is_radius(float("nan"))
    (True, False, False, False)
    """
    return (metres >= 0.0) & (metres <= MAX_RADIUS_M)


class MgrsCell(NamedTuple):
    """An MGRS reference as the square that it denotes: centre in degrees, half the diagonal in metres."""

    lon: float
    lat: float
    radius_m: float
    reference: str


def geodesic_distance_m(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Floats:
    """Geodesic distance on WGS84 in metres; the arguments are degrees and broadcast.

    NaN in, NaN out.

    Examples
    --------
    >>> float(geodesic_distance_m(43.77, 35.33, 43.77, 35.33))
    0.0
    >>> round(float(geodesic_distance_m(179.9, 0, -179.9, 0)))
    22264
    >>> float(geodesic_distance_m(float("nan"), 0, 0, 0))
    nan
    """
    if type(lon1) is type(lat1) is type(lon2) is type(lat2) is float and math.isfinite(lon1 + lat1 + lon2 + lat2):
        return np.asarray(WGS84.inv(lon1, lat1, lon2, lat2)[2])  # two points, asked for one pair after another
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (lon1, lat1, lon2, lat2)))
    shape = arrays[0].shape
    flat = [np.ascontiguousarray(value).ravel() for value in arrays]
    known = np.isfinite(np.vstack(flat)).all(axis=0) if flat[0].size else np.zeros(0, dtype=bool)
    result = np.full(flat[0].size, np.nan)
    if known.any():
        result[known] = WGS84.inv(*(value[known] for value in flat))[2]
    return result.reshape(shape)


def geodesic_offset(lon: float, lat: float, bearing_deg: float, distance_m: float) -> tuple[float, float]:
    """The point at a bearing (degrees clockwise from north) and distance (metres) along the geodesic.

    Returns
    -------
    tuple of float
        Longitude and latitude in degrees.

    Examples
    --------
    >>> lon, lat = geodesic_offset(43.0, 36.0, 0.0, 1852.0)
    >>> round(lon, 4), round(lat, 4)
    (43.0, 36.0167)
    """
    lon2, lat2, _ = WGS84.fwd(lon, lat, bearing_deg, distance_m)
    return float(lon2), float(lat2)


@lru_cache(maxsize=1_024)
def geodesic_ring(lon: float, lat: float, radius_m: float, n: int = 72) -> shapely.Polygon:
    """A polygon of ``n`` vertices, each ``radius_m`` metres from the point along the geodesic.

    Examples
    --------
    >>> ring = geodesic_ring(43.77, 35.33, 10_000)
    >>> len(ring.exterior.coords)
    73
    """
    bearings = np.linspace(0.0, 360.0, n, endpoint=False)
    lons, lats, _ = WGS84.fwd(np.full(n, lon), np.full(n, lat), bearings, np.full(n, float(radius_m)))
    return shapely.Polygon(np.column_stack([lons, lats]))


def densified_vertices(geometry: shapely.Geometry, edge_m: float = EDGE_M) -> Floats:
    """The vertices of a polygon whose edges are cut to at most ``edge_m`` metres.

    Returns
    -------
    numpy.ndarray, shape (n, 2)
        Longitudes and latitudes; ``(0, 2)`` for an empty geometry.

    Examples
    --------
    >>> densified_vertices(shapely.box(43.0, 35.0, 43.02, 35.02)).shape
    (13, 2)
    >>> densified_vertices(shapely.Polygon()).shape
    (0, 2)
    """
    if geometry.is_empty:
        return np.empty((0, 2))
    return np.asarray(shapely.get_coordinates(shapely.segmentize(geometry, edge_m / _METRES_PER_DEGREE)), dtype=float)


@cache
def _converter() -> Any:
    import mgrs

    return mgrs.MGRS()


def parse_mgrs(text: str) -> MgrsCell:
    """Read an MGRS reference as the cell that it denotes.

    Parameters
    ----------
    text : str
        A reference in any spacing, with an even number (2 to 10) of digits behind the 100 km square.

    Returns
    -------
    MgrsCell
        Its centre, and half its diagonal as radius: 100 m cells have 70.7 m.

    Raises
    ------
    geocasualty.errors.InputError
        If the reference is malformed or denotes no cell.

    Examples
    --------
    >>> cell = parse_mgrs("38S LE 894 094")
    >>> round(cell.lon, 4), round(cell.lat, 4), round(cell.radius_m, 1)
    (43.7838, 35.3222, 70.7)
    >>> parse_mgrs("377SFU805225")
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: not an MGRS reference: '377SFU805225'; expected a zone, two letters ...
    """
    reference = re.sub(r"\s+", "", text).upper()
    found = _MGRS.fullmatch(reference)
    problem = f"not an MGRS reference: {text!r}; expected a zone, two letters and 2, 4, 6, 8 or 10 digits"
    if found is None:
        raise InputError(problem, value=text)
    digits = found["digits"]
    if len(digits) % 2 or not digits:
        raise InputError(f"{problem}, got {len(digits)} digits", value=text)
    try:
        lat, lon = _converter().toLatLon(reference)
    except Exception as error:  # the library's own exception type moved between its versions
        raise InputError(f"{problem}; this square does not exist in its zone", value=text) from error
    side = 10.0 ** (5 - len(digits) // 2)
    return MgrsCell(float(lon), float(lat), side / 2.0**0.5, reference)


def format_mgrs(lon: float, lat: float, digits: int = 4) -> str:
    """The MGRS reference of a point, with ``digits`` digits an axis (4: a 10 m cell).

    Examples
    --------
    >>> format_mgrs(43.7838, 35.3222, digits=3)
    '38S LE 894 094'
    """
    reference = str(_converter().toMGRS(lat, lon, MGRSPrecision=digits)).lstrip("0")
    head, tail = reference[: len(reference) - 2 * digits], reference[len(reference) - 2 * digits :]
    return " ".join(part for part in (head[:-2], head[-2:], tail[:digits], tail[digits:]) if part)
