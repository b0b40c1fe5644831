"""One side of a join as arrays: points with radii, shared polygons, seconds, belligerents."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records.belligerents import canonical_belligerents, parties_of
from geocasualty.records.schema import Role, check_columns, id_column
from geocasualty.theatre.parties import FIRST, LAST, Days, parties_in_force

__all__ = ["Side", "Whose", "both_days", "degrees", "side_of", "whose_of", "whose_when"]

NEEDED = ("geometry", "radius_m", "start", "end")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """Records as arrays of one length, in the order of the frame.

    Attributes
    ----------
    ids : numpy.ndarray of object
        Identifiers.
    lon, lat, radius_m : numpy.ndarray of float
        Degrees and metres; NaN for areas and unlocated records.
    area : numpy.ndarray of int
        Position in ``polygons``, -1 for points and unlocated records.
    polygons : list of shapely.Geometry
        Distinct ones.
    located : numpy.ndarray of bool
        Whether a record has a geometry.
    start, end : numpy.ndarray of int
        Seconds since 1970 UTC, half-open.
    belligerents : numpy.ndarray of object
        Sorted names joined by ``;``, empty where unknown.
    """

    ids: npt.NDArray[np.object_]
    lon: Floats
    lat: Floats
    radius_m: Floats
    area: Ints
    polygons: list[shapely.Geometry]
    located: npt.NDArray[np.bool_]
    start: Ints
    end: Ints
    belligerents: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.ids)


class Whose(NamedTuple):
    """Belligerents of a record, and days in all of which the same parties are members of their alliances.

    None where no alliance of theirs has gained or lost a member, and for names of no record.
    """

    names: str
    days: Days | None


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


def whose_of(side: Side) -> tuple[Ints, list[Whose]]:
    """As :func:`whose_when`, for a side."""
    names, codes = np.unique(side.belligerents.astype(str), return_inverse=True)
    return whose_when(codes.astype(np.int64), [str(name) for name in names], side.start, side.end)


def both_days(some: Days | None, others: Days | None) -> Days | None:
    """From the first to the last day of two records: a membership between them may hold for the strike."""
    if some is None or others is None:
        return others if some is None else some
    return min(some[0], others[0]), max(some[1], others[1])


def _seconds(times: pd.Series[Any]) -> Ints:
    utc = times.dt.tz_convert("UTC").dt.as_unit("s").dt.tz_localize(None)
    return np.asarray(utc.to_numpy().astype("datetime64[s]").astype(np.int64))


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
    check_columns(frame, role, NEEDED)
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
    start, end = _seconds(frame["start"]), _seconds(frame["end"])
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
        point & ((np.abs(lat) > 90) | (np.abs(lon) > 180)),
        lambda at: f": longitude {lon[at]}, latitude {lat[at]} are no degrees; expected -180 to 180 and -90 to 90",
    )
    radius = frame["radius_m"].to_numpy(dtype=float)
    refuse(
        point & ~(np.isfinite(radius) & (radius >= 0)),
        lambda at: f": radius_m is {radius[at]} for a point; expected metres of zero or more",
    )
    area, polygons = _shared(geometries, areal)
    stated = frame["belligerents"].to_numpy(dtype=object) if "belligerents" in frame else [""] * len(frame)
    known: dict[Any, str] = {names: canonical_belligerents(str(names)) for names in set(stated) if not pd.isna(names)}
    whose = np.array([known.get(names, "") for names in stated], dtype=object)
    radius = np.where(point, radius, np.nan)
    return Side(ids, lon, lat, radius, area, polygons, located, start, end, whose)


@functools.cache
def degrees() -> pyproj.CRS:
    """EPSG:4326, made once: by name, every comparison looks it up again."""
    return pyproj.CRS("EPSG:4326")


def _in_degrees(frame: gpd.GeoDataFrame, role: Role) -> gpd.GeoSeries:
    if len(frame) and frame.crs is None:
        raise InputError(f"{role}s: the frame has no CRS; say which it is, as in frame.set_crs('EPSG:4326')")
    if frame.crs is None or frame.crs == degrees():
        return frame.geometry
    warnings.warn(f"{role}s are in {frame.crs.to_string()}; reprojected to EPSG:4326", GeocasualtyWarning, stacklevel=5)
    return frame.geometry.to_crs("EPSG:4326")


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
