"""Distances, offsets, rings and MGRS cells on the WGS84 ellipsoid."""

from __future__ import annotations

import itertools
import math
import re
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Proj

from geocasualty.errors import InputError

__all__ = [
    "MgrsCell",
    "densified_vertices",
    "geodesic_buffer",
    "geodesic_discs",
    "geodesic_distance_m",
    "geodesic_offset",
    "is_radius",
    "on_earth",
    "parse_degrees",
    "parse_mgrs",
    "shapes_on_earth",
]

Floats = npt.NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")

EDGE_M = 1_000.0
"""Polygon edges are straight in longitude and latitude and densified to this length, in metres."""

BUFFER_ERROR = 0.002
"""Most by which the outline of a buffer may lie inside the true one, as a share of its distance, and outside by a
quarter of it: edges are straight on the map, and an arc bulges between two corners."""

WIDEST_M = 10_000_000.0
"""Widest buffer that is drawn, a quarter of the way around the Earth: a wider one may hold both poles."""

_ARC = 18
"""Corners of a quarter of a circle: between two the circle bulges by 0.1 % of its radius."""

_PLAIN_M, _PLAIN_LAT = 500_000.0, 70.0
"""Up to this radius, and if it stays below this latitude, the edges of such a circle bend by less than 0.02 % of it."""

_RUN_M = 50_000.0
"""Length of outline that is buffered in one plane: its ends lie 25 km from where the plane is true, which shifts
what is drawn by 0.0003 % of the distance."""

_REFINEMENTS = 24
"""Times that edges are halved at most: they then span a millimetre on the pole itself."""

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
    """Longitude and latitude at a bearing (degrees clockwise from north) and distance (metres) along the geodesic.

    Examples
    --------
    >>> lon, lat = geodesic_offset(43.0, 36.0, 0.0, 1852.0)
    >>> round(lon, 4), round(lat, 4)
    (43.0, 36.0167)
    """
    lon2, lat2, _ = WGS84.fwd(lon, lat, bearing_deg, distance_m)
    return float(lon2), float(lat2)


def geodesic_buffer(shape: shapely.Geometry, metres: float) -> shapely.Geometry:
    """All that lies within a geodesic distance (above zero) of a shape (not empty), as a polygon or several.

    The corners of the disc of a point lie at that distance; those around a line or an area, and all edges, are off by
    at most :data:`BUFFER_ERROR` of it. Longitudes are from -180 to 180: what lies across the antimeridian is a part of
    its own, and over a pole the polygon reaches to the edge of the map.

    Raises InputError if the distance is no such number, or above :data:`WIDEST_M`.

    Examples
    --------
    >>> disc = geodesic_buffer(shapely.Point(43.77, 35.33), 10_000)
    >>> [round(edge, 2) for edge in disc.bounds]
    [43.66, 35.24, 43.88, 35.42]
    >>> geodesic_buffer(shapely.Point(180, 0), 10_000).geom_type
    'MultiPolygon'
    """
    if not 0 < metres <= WIDEST_M:
        raise InputError(f"a buffer of {metres / 1000:g} km; expected more than 0 and at most {WIDEST_M / 1000:,.0f}")
    if shape.geom_type == "Point":
        return geodesic_discs([shape.x], [shape.y], [metres])[0]
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.union_all([*areas, *(_around(run, metres) for run in _runs(shape))])


def geodesic_discs(lons: Any, lats: Any, metres: Any) -> Any:
    """As :func:`geodesic_buffer`, around many points, each with a distance of its own that is known to be fit.

    Examples
    --------
    >>> [disc.geom_type for disc in geodesic_discs([43.77, 180], [35.33, 0], [4_000, 4_000])]
    ['Polygon', 'MultiPolygon']
    """
    lons, lats, metres = (np.asarray(values, dtype=float) for values in (lons, lats, metres))
    metres = np.maximum(metres, 1e-3)  # degrees hold no smaller disc
    bearings = np.linspace(0.0, 360.0, 4 * _ARC + 1)
    spread = [each.ravel() for each in np.broadcast_arrays(lons[:, None], lats[:, None], bearings, metres[:, None])]
    there = WGS84.fwd(spread[0], spread[1], spread[2], spread[3])
    rings = np.stack(there[:2], axis=-1).reshape(len(lons), len(bearings), 2)
    rings[:, -1] = rings[:, 0]
    discs = shapely.polygons(rings)
    reach = np.degrees(metres / 6.3e6) + np.abs(lats)
    plain = (np.ptp(rings[:, :, 0], axis=1) < 180.0) & (metres <= _PLAIN_M) & (reach < _PLAIN_LAT)
    for at in np.flatnonzero(~plain).tolist():
        discs[at] = _around(np.array([[lons[at], lats[at]]]), float(metres[at]))
    return discs


def _runs(shape: shapely.Geometry) -> list[Floats]:
    """The points of a shape, and its lines in runs no longer than :data:`_RUN_M`, densified."""
    runs: list[Floats] = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            runs.append(shapely.get_coordinates(part))
            continue
        for line in (part.exterior, *part.interiors) if part.geom_type == "Polygon" else (part,):
            every = densified_vertices(line)
            steps = geodesic_distance_m(every[:-1, 0], every[:-1, 1], every[1:, 0], every[1:, 1])
            ends = np.flatnonzero(np.diff(np.cumsum(steps) // _RUN_M)) + 1
            cuts = [0, *ends.tolist(), len(every) - 1]
            runs += [every[begin : end + 1] for begin, end in itertools.pairwise(cuts)]
    return runs


def _around(run: Floats, metres: float) -> shapely.Geometry:
    """The buffer of a run, drawn in the plane that is true to distances from its middle."""
    lon, lat = run[len(run) // 2]
    plane = Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
    flat = np.column_stack(plane(run[:, 0], run[:, 1]))
    core = shapely.Point(flat[0]) if len(flat) == 1 else shapely.LineString(flat)
    drawn = core.buffer(metres, quad_segs=_ARC)
    outer, *holes = (
        _on_the_map(
            _refined(plane, shapely.get_coordinates(ring), metres, round_=len(flat) == 1), math.copysign(90.0, lat)
        )
        for ring in (drawn.exterior, *drawn.interiors)
    )
    return outer.difference(shapely.union_all(holes)) if holes else outer


def _refined(plane: Proj, drawn: Floats, metres: float, *, round_: bool) -> Floats:
    """The corners in degrees, longitudes running on, with more of them where edges bend away on the map."""
    for _ in range(_REFINEMENTS):
        lons, lats = plane(drawn[:, 0], drawn[:, 1], inverse=True)
        ring = np.column_stack([np.unwrap(np.asarray(lons), period=360.0), lats])
        middles = (drawn[1:] + drawn[:-1]) / 2
        mapped = np.column_stack(plane(*((ring[1:] + ring[:-1]) / 2).T))
        bent = np.flatnonzero(np.linalg.norm(mapped - middles, axis=1) > metres * BUFFER_ERROR / 4)
        if not len(bent):
            break
        added = middles[bent]
        if round_:
            added *= metres / np.linalg.norm(added, axis=1, keepdims=True)
        drawn = np.insert(drawn, bent + 1, added, axis=0)
    return ring


def _on_the_map(ring: Floats, pole: float) -> shapely.Geometry:
    """A ring of longitudes that run on as a polygon between -180 and 180, closed along the edge over the pole."""
    if round(float(ring[-1, 0] - ring[0, 0]) / 360.0):
        ring = np.vstack([ring, [ring[-1, 0], pole], [ring[0, 0], pole]])
    west, east = ring[:, 0].min(), ring[:, 0].max()
    whole = shapely.Polygon(ring)
    if west >= -180.0 and east <= 180.0:
        return whole
    worlds = range(math.floor((west + 180.0) / 360.0), math.ceil((east + 180.0) / 360.0))
    cut = [
        shapely.transform(whole, lambda xy, n=n: xy - [360.0 * n, 0.0]).intersection(shapely.box(-180, -90, 180, 90))
        for n in worlds
    ]
    return shapely.union_all([part for part in cut if not part.is_empty])


def densified_vertices(geometry: shapely.Geometry, edge_m: float = EDGE_M) -> Floats:
    """The vertices (longitudes and latitudes) of a polygon whose edges are cut to at most ``edge_m`` metres.

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


_DEGREES = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<sign>[+-])?(?P<d>\d{1,3}(?:\.\d+)?)\s*(?:°|º|deg)?"
    r"(?:\s*(?P<m>\d{1,2}(?:\.\d+)?)\s*['′’])?(?:\s*(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|''))?\s*(?P<behind>[NSEW])?",
    re.IGNORECASE,
)


def parse_degrees(text: str, letters: str) -> float | None:
    r"""Degrees with a sign or a letter for the hemisphere, with minutes and seconds; None if a text is none.

    The text has figures of ASCII; the letters are of the two hemispheres, that of degrees above zero first.

    Examples
    --------
    >>> parse_degrees("35°19'12\"N", "NS"), parse_degrees("W 43.77°", "EW"), parse_degrees("35.3 E", "NS")
    (35.32, -43.77, None)
    """
    found = _DEGREES.fullmatch(text.strip())
    if found is None:
        return None
    letter = (found["before"] or found["behind"] or "").upper()
    minutes, seconds = (float(found[part] or 0) for part in ("m", "s"))
    whole = "." not in found["d"] or not (found["m"] or found["s"])
    both = bool(found["before"] and found["behind"]) or bool(letter and found["sign"])
    if (letter and letter not in letters) or both or not whole or max(minutes, seconds) >= 60:
        return None
    degrees = float(found["d"]) + minutes / 60 + seconds / 3600
    return -degrees if found["sign"] == "-" or (letter and letter == letters[1]) else degrees


def parse_mgrs(text: str) -> MgrsCell:
    """Read an MGRS reference as the cell that it denotes: its centre, with half its diagonal as radius.

    It has any spacing and an even number (2 to 10) of digits behind the 100 km square. Raises InputError if it is
    malformed or denotes no cell.

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
