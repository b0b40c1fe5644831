"""One side of a join as arrays: points with radii, shared polygons, seconds, local days, belligerents.

The arrays are taken without a Python object for each row. Whatever is out of the ordinary takes the slower way of
:func:`_checked`, so that what is refused, and in which words, is the same for all.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.geodesy import is_radius, on_earth, shapes_on_earth
from geocasualty.matching._limits import DAY, Whose, Window
from geocasualty.records._flags import DOUBTFUL, DOUBTFUL_PARTY, DOUBTFUL_TIME, GUESSED_PARTY, UNMAPPED, spelt
from geocasualty.records.belligerents import canonical_belligerents, in_doubt, parties_of
from geocasualty.records.schema import Role, check_columns, id_column
from geocasualty.theatre.parties import FIRST, LAST, parties_in_force

__all__ = [
    "BARE",
    "Side",
    "degrees",
    "in_degrees",
    "in_zone",
    "is_bare",
    "midnights",
    "shaped",
    "side_of",
    "whose_when",
]

NEEDED = ("geometry", "radius_m", "start", "end")

BARE = ("point_lon", "point_lat")
"""Columns that stand for the shapes of a frame whose records are points, NaN where one has no place."""

SLICE = 16_384
"""Rows that one thread takes at a time: their shapes fit its cache, of which two things are read."""
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Places = tuple[Floats, Floats, Floats, Ints, list[shapely.Geometry], Bools]


@dataclass(frozen=True)
class Side:
    """Records as arrays of one length, in the order of the frame.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        Where they are from.
    column : pandas array or numpy.ndarray of object
        Identifiers as the frame holds them.
    order : numpy.ndarray of int
        Positions by identifier; None where they already are in that order.
    lon, lat, radius_m : numpy.ndarray of float
        Degrees and metres; NaN for areas and unlocated records.
    area : numpy.ndarray of int
        Position in ``polygons``, -1 for points and unlocated records.
    polygons : list of shapely.Geometry
        Distinct ones.
    located : numpy.ndarray of bool
        Whether a record has a geometry.
    start, end : numpy.ndarray of int
        Seconds since 1970 UTC, half-open; of a side by days, from the first local day to behind the last.
    day0, day1 : numpy.ndarray of int
        First and last local day of each record in its own zone (UTC without one), counted from 1970-01-01. A time that
        ends at local midnight has no part in the next day.
    clock : numpy.ndarray of bool
        Whether it begins or ends at another time than local midnight.
    party, parties : numpy.ndarray of int, list of Whose
        A code for each record, and what the codes stand for: sorted names joined by ``;``, empty where unknown, the
        country stated, and what is in doubt.
    unit_s : int
        The length of what the times are of: a day, or a moment.
    """

    frame: Any
    column: Any
    order: Ints | None
    lon: Floats
    lat: Floats
    radius_m: Floats
    area: Ints
    polygons: list[shapely.Geometry]
    located: Bools
    start: Ints
    end: Ints
    day0: Ints
    day1: Ints
    clock: Bools
    party: Ints
    parties: list[Whose]
    unit_s: int = 0

    def __len__(self) -> int:
        return len(self.column)

    @functools.cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        """Identifiers as Python's objects."""
        return np.asarray(self.column, dtype=object)

    @functools.cached_property
    def rank(self) -> Ints:
        """The place of each record in the order of the identifiers."""
        rank = np.arange(len(self))
        if self.order is not None:
            rank[self.order] = np.arange(len(self))
        return rank

    @functools.cached_property
    def name_rank(self) -> Ints:
        """The place of each record in the order of the identifiers as text, by which what is equal is told apart."""
        if not isinstance(self.column, np.ndarray):
            return self.rank
        return np.unique([str(one) for one in self.column], return_inverse=True)[1] if len(self) else self.rank

    @functools.cached_property
    def belligerents(self) -> npt.NDArray[np.object_]:
        """Names of each record."""
        return np.array([each.names for each in self.parties], dtype=object)[self.party]

    def flagged(self, flags: frozenset[str]) -> Bools:
        """Which records have any of some flags."""
        codes, said = self.flags
        return np.array([bool(flags & each) for each in said], dtype=bool)[codes]

    @functools.cached_property
    def flags(self) -> tuple[Ints, list[frozenset[str]]]:
        """A code for each record, and the flags that the codes stand for; see :func:`flags_of`."""
        return flags_of(self.frame)

    def text(self, name: str) -> tuple[Ints, list[str]]:
        """A code for each record, and what the codes of a column of text stand for; empty where nothing is said."""
        return coded(self.frame, name)

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """A column of text; empty where nothing is said."""
        codes, names = self.text(name)
        return np.array(names, dtype=object)[codes]

    def by(self, window: Window) -> Side:
        """The records with the times that a window compares: whole local days, or those of the clock."""
        if window.days is None:
            return self
        return replace(self, start=self.day0 * DAY, end=(self.day1 + 1) * DAY, unit_s=DAY)


def local_days(frame: Any, start: Ints, end: Ints) -> tuple[Ints, Ints, Bools]:
    """First and last local day of records, in the zone that each has, and whether they have times of the clock."""
    codes, zones = coded(frame, "timezone")
    day0, day1 = np.empty(len(start), dtype=np.int64), np.empty(len(start), dtype=np.int64)
    clock = np.zeros(len(start), dtype=bool)
    counts = np.bincount(codes, minlength=len(zones))
    for code in np.flatnonzero(counts).tolist():
        rows = slice(None) if counts[code] == len(codes) else np.flatnonzero(codes == code)
        for day, edge, before in ((day0, start[rows], 0), (day1, end[rows] - 1, 1)):
            local = edge
            if zones[code] not in ("", "UTC"):
                local = in_zone(edge, zones[code]).to_numpy().astype("datetime64[s]").astype(np.int64)
            whole = local // DAY
            day[rows] = whole
            clock[rows] |= (whole + before) * DAY != local + before
    return day0, day1, clock


def in_zone(seconds: Ints, zone: str) -> pd.DatetimeIndex:
    """Times of UTC as the clocks of a zone show them, UTC's own without one.

    Raises
    ------
    geocasualty.errors.InputError
        If the zone is none.
    """
    try:
        return pd.DatetimeIndex(seconds.astype("datetime64[s]"), tz="UTC").tz_convert(zone or "UTC").tz_localize(None)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"timezone {zone!r} is not known; expected a name such as 'Asia/Damascus'") from error


def midnights(days: Ints, zone: str) -> Ints:
    """When local days begin, in seconds since 1970 UTC: where clocks go forward at midnight, at one o'clock."""
    naive = pd.DatetimeIndex((days * DAY).astype("datetime64[s]"))
    local = naive.tz_localize(zone or "UTC", ambiguous=np.ones(len(naive), dtype=bool), nonexistent="shift_forward")
    return np.asarray(local.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64))


def coded(frame: Any, name: str) -> tuple[Ints, list[str]]:
    """A code for each row of a column of text, and what the codes stand for; empty where nothing is said."""
    if name not in frame:
        return np.zeros(len(frame), dtype=np.int64), [""]
    given = frame[name]
    codes, names = pd.factorize(given.array if given.dtype == "str" else given.to_numpy(dtype=object))
    unknown = len(names)  # what is missing has the code -1
    return np.where(codes < 0, unknown, codes).astype(np.int64), [*map(str, names), ""]


def flags_of(frame: Any) -> tuple[Ints, list[frozenset[str]]]:
    """A code for each record, and the flags that the codes stand for.

    A record that states no time zone has one of its days in doubt, whoever made the frame: they are those of UTC.

    Examples
    --------
    >>> codes, said = flags_of(pd.DataFrame({"flags": ["placeholder", ""], "timezone": ["UTC", None]}))
    >>> [sorted(said[code]) for code in codes]
    [['placeholder'], ['unknown-timezone']]
    """
    codes, texts = coded(frame, "flags")
    said = [frozenset(filter(None, spelt(text).split(";"))) for text in texts]
    zone, zones = coded(frame, "timezone")
    blank = np.array([not each for each in zones])[zone]
    return codes + len(said) * blank, said + [each | {"unknown-timezone"} for each in said]


def whose_when(codes: Ints, names: list[str], start: Ints, end: Ints) -> tuple[Ints, list[Whose]]:
    """Belligerents and days of records whose names are coded: a code for each record, and what the codes stand for.

    Examples
    --------
    >>> day = whose_when(np.array([0, 0]), ["Coalition"], np.array([0, 1_430_000_000]), np.array([9, 1_430_086_400]))
    >>> day[0].tolist(), [whose.names for whose in day[1]]
    ([1, 2], ['Coalition', 'Coalition', 'Coalition'])
    """
    parties = parties_in_force()
    edges = np.array(parties.edges, dtype=np.int64)
    dated = np.array([any(each in parties.allied for each in parties_of(text)) for text in names], dtype=bool)
    rows = np.flatnonzero(dated[codes]) if dated.any() else np.empty(0, dtype=np.int64)
    if not len(rows):
        return codes, [Whose(text, None) for text in names]
    low = np.searchsorted(edges, start[rows] // 86_400, side="right")
    high = np.searchsorted(edges, (end[rows] - 1) // 86_400, side="right")
    wide = len(edges) + 1
    keys, new = np.unique((codes[rows] * wide + low) * wide + high, return_inverse=True)
    codes = codes.copy()
    codes[rows] = len(names) + new
    bounds = [FIRST, *parties.edges, LAST + 1]
    split = [Whose(names[key // wide**2], (bounds[key // wide % wide], bounds[key % wide + 1] - 1)) for key in keys]
    return codes, [*(Whose(text, None) for text in names), *split]


def _with_doubts(frame: Any, guessed: Bools, codes: Ints, parties: list[Whose]) -> tuple[Ints, list[Whose]]:
    """A code for each record of its belligerents, its country and what its flags or its names put in doubt."""
    country, countries = coded(frame, "country")
    flags, said = flags_of(frame)
    kinds = (DOUBTFUL | DOUBTFUL_TIME | UNMAPPED, DOUBTFUL_PARTY, GUESSED_PARTY)
    kind = np.array([sum(bool(each & some) << bit for bit, some in enumerate(kinds)) for each in said])[flags]
    kind = np.where(guessed, kind | 6, kind)
    keys = (codes * len(countries) + country) * 8 + kind
    there = np.zeros(len(parties) * len(countries) * 8, dtype=bool)
    there[keys] = True
    at = np.unravel_index(np.flatnonzero(there), (len(parties), len(countries), 8))
    known = [
        parties[whose]._replace(
            country=countries[where], doubtful=what & 1 > 0, misspelt=what & 2 > 0, guessed=what & 4 > 0
        )
        for whose, where, what in zip(*(each.tolist() for each in at), strict=True)
    ]
    return (np.cumsum(there) - 1)[keys], known


def is_bare(frame: Any) -> bool:
    """Whether a partition came with the coordinates of points instead of shapes."""
    return isinstance(frame, pd.DataFrame) and not isinstance(frame, gpd.GeoDataFrame) and BARE[0] in frame


def shaped(frame: Any) -> Any:
    """A frame with shapes, whether it came with them or bare."""
    if not is_bare(frame):
        return frame
    lon, lat = (frame[name].to_numpy(dtype=float) for name in BARE)
    points = gpd.GeoSeries(np.where(np.isnan(lon), None, shapely.points(lon, lat)), frame.index, crs="EPSG:4326")
    return gpd.GeoDataFrame(frame.drop(columns=list(BARE)), geometry=points)


def side_of(frame: gpd.GeoDataFrame, role: Role) -> Side:
    """Check a frame and take its arrays.

    Raises
    ------
    geocasualty.errors.InputError
        If a column is missing, times are naive, unknown or reversed, there is no CRS, ids repeat, a point has no
        radius, or a geometry is neither point nor area.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        If the frame is in another CRS; it is reprojected to EPSG:4326.
    """
    bare = is_bare(frame)
    if not bare:  # else it was checked when it was laid out
        check_columns(frame, role, NEEDED)
    given = frame[id_column(role)]
    column: Any = given.array if given.dtype == "str" else given.to_numpy(dtype=object)
    order, unique = _order(column)
    start, end = _times(frame["start"]), _times(frame["end"])
    radius = frame["radius_m"].to_numpy(dtype=float)
    where = None
    if unique and start is not None and end is not None and bool((end > start).all()):
        if bare:
            where = _bare_places(frame, radius)
        elif frame.crs is not None and frame.crs == degrees():
            where = _places(frame.geometry.to_numpy(), radius)
    if start is None or end is None or where is None:
        start, end, where = _checked(shaped(frame), role)  # says what is wrong, or reprojects
    codes, names = coded(frame, "belligerents")
    known = [canonical_belligerents(name) if name else "" for name in names]
    days = local_days(frame, start, end)
    guessed = np.array([in_doubt(name) for name in names], dtype=bool)[codes]
    whose = _with_doubts(frame, guessed, *whose_when(codes, known, start, end))
    return Side(frame, column, order, *where, start, end, *days, *whose)


def _checked(frame: gpd.GeoDataFrame, role: Role) -> tuple[Ints, Ints, Places]:
    """Start, end and places of records, each refused in words that name it."""
    name = id_column(role)
    ids = frame[name].to_numpy(dtype=object)

    def refuse(bad: npt.NDArray[np.bool_], what: Callable[[int], str], column: str | None = None) -> None:
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            raise InputError(
                f"{role}s: {name} {ids[at]!r}{what(at)}",
                row=at + 1,
                column=column or name,
                value=frame[column or name].iloc[at],
            )

    missing = np.flatnonzero(frame[name].isna().to_numpy())
    if len(missing):
        raise InputError(
            f"{role}s: row {missing[0] + 1} of {len(ids)}: no {name}; give one or drop the row",
            row=missing[0] + 1,
            column=name,
        )
    refuse(frame[name].duplicated().to_numpy(), lambda _: " stands in more than one row; make it unique")
    refuse(frame["start"].isna().to_numpy(), lambda _: ": no start; give one or drop the row", "start")
    refuse(frame["end"].isna().to_numpy(), lambda _: ": no end; give one or drop the row", "end")
    start, end = (np.asarray(_times(frame[name])) for name in ("start", "end"))
    refuse(end <= start, lambda _: ": the end is not after the start; correct it")
    given = _in_degrees(frame, role).to_numpy()
    located = ~(shapely.is_missing(given) | shapely.is_empty(given))
    geometries: Any = np.where(located, given, None)  # an empty point has no x
    kinds = shapely.get_type_id(geometries)
    point = located & (kinds == 0)
    areal = located & ((kinds == 3) | (kinds == 6))
    refuse(located & ~point & ~areal, lambda at: f" is a {geometries[at].geom_type}; expected a point or an area")
    lon, lat = shapely.get_x(geometries), shapely.get_y(geometries)
    refuse(
        point & ~(np.isfinite(lon) & np.isfinite(lat)),
        lambda _: ": coordinates are not finite; correct them or use None",
    )
    refuse(
        point & ~on_earth(lon, lat),
        lambda at: f": longitude {lon[at]}, latitude {lat[at]} are no degrees; expected -180 to 180 and -90 to 90",
    )
    refuse(
        areal & ~shapes_on_earth(geometries),
        lambda _: ": an area beyond the degrees of the Earth; expected longitudes -180 to 180 and latitudes -90 to 90",
    )
    radius = frame["radius_m"].to_numpy(dtype=float)
    refuse(
        point & ~is_radius(radius),
        lambda at: f": radius_m is {radius[at]} for a point; expected metres of zero or more, on Earth",
    )
    area, polygons = _shared(geometries, areal)
    return start, end, (lon, lat, np.where(point, radius, np.nan), area, polygons, located)


def _order(ids: Any) -> tuple[Ints | None, bool]:
    """Positions by id, and whether each id stands once; pandas sorts objects of several types in the same way."""
    if isinstance(ids, np.ndarray):
        codes = pd.Categorical(ids, ordered=True).codes.astype(np.int64)
        order = np.argsort(np.where(codes < 0, len(ids), codes), kind="stable")
        return order, len(np.unique(codes)) == len(ids) and not (codes < 0).any()
    if _ascending(ids):
        return None, True
    order = np.asarray(ids.argsort(), dtype=np.int64)
    return order, _ascending(ids.take(order))


def _ascending(ids: Any) -> bool:
    """Whether each id is above the one before it; false where one is missing."""
    return not len(ids) or bool(np.asarray(ids[:-1] < ids[1:]).all() and not ids[:1].isna().any())


def _times(times: pd.Series[Any]) -> Ints | None:
    """Seconds, or None where a time is missing."""
    whole: Ints = times.array.asi8
    if len(whole) and whole.min() == np.iinfo(np.int64).min:
        return None
    return whole // PER_SECOND[times.dt.unit]


def _places(geometries: Any, radius: Floats) -> Places | None:
    """Coordinates, radii, areas and what is located; None where something has to be refused."""
    count = len(geometries)
    kinds, box = np.empty(count, dtype=np.int32), np.empty((count, 4))

    def take(first: int) -> None:
        part = slice(first, first + SLICE)
        shapely.get_type_id(geometries[part], out=kinds[part])
        shapely.bounds(geometries[part], out=box[part])  # half the time of x and y

    with ThreadPoolExecutor() as pool:
        list(pool.map(take, range(0, count, SLICE)))
    lon, lat = box[:, 0].copy(), box[:, 1].copy()
    located = point = (kinds == 0) & ~np.isnan(lon)
    area: Ints = np.full(count, -1, dtype=np.int64)
    polygons: list[shapely.Geometry] = []
    if not point.all():
        located = (kinds >= 0) & ~shapely.is_empty(geometries)
        point = located & (kinds == 0)
        areal = located & ((kinds == 3) | (kinds == 6))
        if (located & ~point & ~areal).any() or not shapes_on_earth(geometries[areal]).all():
            return None
        lon[~point] = lat[~point] = np.nan
        area, polygons = _areas(geometries, areal)
    # comparisons with NaN are false, so this also refuses what is not finite
    fine = on_earth(lon, lat) & is_radius(radius)
    if not fine.all() and not fine[point].all():
        return None
    return lon, lat, radius if point.all() else np.where(point, radius, np.nan), area, polygons, located


def _bare_places(frame: pd.DataFrame, radius: Floats) -> Places | None:
    lon, lat = (frame[name].to_numpy(dtype=float) for name in BARE)
    fine = on_earth(lon, lat) & is_radius(radius)
    located = ~np.isnan(lon)
    area: Ints = np.full(len(lon), -1, dtype=np.int64)
    return (lon, lat, np.where(located, radius, np.nan), area, [], located) if fine[located].all() else None


def _areas(geometries: Any, areal: Bools) -> tuple[Ints, list[shapely.Geometry]]:
    """As ``_shared``, which compares shapes; most rows of one area hold the same object."""
    own = {id(geometry): geometry for geometry in geometries[areal]}
    distinct = np.empty(len(own), dtype=object)
    distinct[:] = list(own.values())
    shared, polygons = _shared(distinct, np.ones(len(own), dtype=bool))
    number = dict(zip(own, shared, strict=True))
    area = np.full(len(geometries), -1, dtype=np.int64)
    area[areal] = [number[id(geometry)] for geometry in geometries[areal]]
    return area, polygons


@functools.cache
def degrees() -> pyproj.CRS:
    """EPSG:4326, made once: by name, every comparison looks it up again."""
    return pyproj.CRS("EPSG:4326")


def _in_degrees(frame: gpd.GeoDataFrame, role: Role) -> gpd.GeoSeries:
    if len(frame) and frame.crs is None:
        raise InputError(f"{role}s: the frame has no CRS; say which it is, as in frame.set_crs('EPSG:4326')")
    if frame.crs is not None and frame.crs != degrees():
        said = f"{role}s are in {frame.crs.to_string()}; reprojected to EPSG:4326"
        warnings.warn(said, GeocasualtyWarning, stacklevel=5)
    return in_degrees(frame)


def in_degrees(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The shapes of a frame in longitude and latitude."""
    known = frame.crs is None or frame.crs == degrees()
    return frame.geometry if known else frame.geometry.to_crs("EPSG:4326")


def _shared(geometries: Any, areal: npt.NDArray[np.bool_]) -> tuple[Ints, list[shapely.Geometry]]:
    """The position of each area among the distinct ones, -1 elsewhere."""
    area = np.full(len(geometries), -1, dtype=np.int64)
    polygons: list[shapely.Geometry] = []
    known: dict[bytes, int] = {}
    for position in np.flatnonzero(areal):
        key = geometries[position].wkb
        if key not in known:
            known[key] = len(polygons)
            polygons.append(geometries[position])
        area[position] = known[key]
    return area, polygons
