"""Do the coordinates of a table lie where its rows say: not at (0, 0), not swapped, in the stated country?

And does a point stand for itself, or for its place?
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.gazetteer.precision import PRECISIONS, precision_of_kind, precision_of_radius
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.records._names import BORDER_TOLERANCE_M, beyond_m

if TYPE_CHECKING:
    import pandas as pd

    from geocasualty.gazetteer import Gazetteer, Place
    from geocasualty.records._flags import Flags
    from geocasualty.records._locate import Located

__all__ = ["PLACEHOLDER_EVENTS", "check_countries", "mark_placeholders"]

PLACEHOLDER_EVENTS = 3
"""A point or cell that so many events of different days share stands for its place. MGRS 37SEV008785, the centre of
Raqqa, serves ten incidents of Airwars' files for 2014-2015."""

SETTLEMENTS = frozenset({"city", "town", "village", "neighbourhood", "camp"})

Mask = npt.NDArray[np.bool_]


def check_countries(found: Located, gazetteer: Gazetteer, flags: Flags) -> None:
    """Reject (0, 0) and swapped coordinates, flag points outside the stated country, fill in an unstated one."""
    lon, lat = found.lon, found.lat
    asked = found.at_point & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    for position in np.flatnonzero(asked & (lon == 0) & (lat == 0)).tolist():
        reason = "(0, 0) is open sea and stands for a missing position; leave both cells empty or correct them"
        found.failures.append((position, "latitude", "0.0", reason))
    frame = gazetteer.countries
    codes = [gazetteer.place(place_id).country for place_id in frame["place_id"]]
    polygons = {
        code: polygon for code, polygon in zip(codes, frame.geometry, strict=True) if polygon is not None and code
    }
    unstated = asked & found.country.holds("")
    for code, polygon in polygons.items():
        stated = asked & found.country.holds(code)
        if stated.any():
            _stated(found, np.flatnonzero(stated), polygon, flags)
        if unstated.any():
            _unstated(found, np.flatnonzero(unstated), code, polygon, flags)


def _inside(polygon: shapely.Geometry, lon: Any, lat: Any) -> Mask:
    west, south, east, north = polygon.bounds
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    shapely.prepare(polygon)
    inside[inside] = shapely.intersects_xy(polygon, lon[inside], lat[inside])
    return np.asarray(inside)


def _stated(found: Located, rows: npt.NDArray[np.int64], polygon: shapely.Geometry, flags: Flags) -> None:
    rows = rows[~_inside(polygon, found.lon[rows], found.lat[rows])]
    away = beyond_m(polygon, found.lon[rows], found.lat[rows])
    far, away = rows[away > BORDER_TOLERANCE_M], away[away > BORDER_TOLERANCE_M]
    turned = np.zeros(len(far), dtype=bool)
    possible = np.abs(found.lon[far]) <= 90
    turned[possible] = beyond_m(polygon, found.lat[far[possible]], found.lon[far[possible]]) <= BORDER_TOLERANCE_M
    mask = np.zeros(len(found.lon), dtype=bool)
    mask[far] = True
    flags.add("outside_country", mask)
    for position, metres, swapped in zip(far.tolist(), away.tolist(), turned.tolist(), strict=True):
        code = found.country[position]
        if swapped:
            reason = (
                f"latitude and longitude look swapped: as they stand they lie {metres / 1000:,.0f} km outside {code}, "
                "the other way round inside it; swap them or correct the country"
            )
            found.failures.append((position, "latitude", f"{found.lat[position]}", reason))
        else:
            found.say(position, f"{metres / 1000:,.0f} km outside {code}")


def _unstated(found: Located, rows: npt.NDArray[np.int64], code: str, polygon: shapely.Geometry, flags: Flags) -> None:
    inside = _inside(polygon, found.lon[rows], found.lat[rows])
    found.country[rows[inside]] = code
    others = rows[~inside & found.country.holds("")[rows]]
    turned = others[_inside(polygon, found.lat[others], found.lon[others])]
    if len(turned):
        mask = np.zeros(len(found.lon), dtype=bool)
        mask[turned] = True
        flags.add("looks_swapped", mask)
        for position in turned.tolist():
            found.say(position, f"with latitude and longitude swapped it would lie in {code}")


def mark_placeholders(found: Located, days: pd.Series[Any], gazetteer: Gazetteer, flags: Flags) -> None:
    """Flag points that events of three or more days share, and widen them to the place that they stand for.

    Parameters
    ----------
    found : Located
        Changed in place.
    days : pandas.Series
        When each event began.
    gazetteer : Gazetteer
        Knows the settlement around a point.
    flags : Flags
        ``placeholder`` is added.
    """
    import pandas as pd

    rows = np.flatnonzero(found.at_point & np.isfinite(found.lon) & np.isfinite(found.lat))
    inside = (np.abs(found.lon[rows]) <= 180) & (np.abs(found.lat[rows]) <= 90)
    rows = rows[inside]
    spots = np.round((found.lon[rows] + 180) * 1e5).astype(np.int64) * 20_000_000 + np.round(
        (found.lat[rows] + 90) * 1e5
    ).astype(np.int64)
    order, sizes = np.unique(spots, return_counts=True)
    often = np.isin(spots, order[sizes >= PLACEHOLDER_EVENTS])
    if not often.any():
        return
    table = pd.DataFrame({"row": rows[often], "spot": spots[often], "day": days.iloc[rows[often]].to_numpy()})
    events = table.groupby("spot")["day"].nunique()
    table = table[table["spot"].isin(events.index[events >= PLACEHOLDER_EVENTS])]
    mask = np.zeros(len(found.lon), dtype=bool)
    mask[table["row"].to_numpy()] = True
    flags.add("placeholder", mask)
    settlements = [place for place in map(gazetteer.place, gazetteer.places["place_id"]) if place.kind in SETTLEMENTS]
    where = np.array([[place.lon, place.lat, place.radius_m] for place in settlements]).reshape(-1, 3)
    known = {place.place_id for place in settlements}
    named = np.where(flags.where("geometry_conflict"), "", found.place_id.taken(slice(None)))
    for spot, group in table.groupby("spot"):
        members = group["row"].to_numpy()
        settled = [place_id for place_id in named[members].tolist() if place_id in known]
        shared = _commonest(settled) or _around(found, members, settlements, where)
        for position in members.tolist():
            place_id = named[position] or shared
            _widen(found, position, int(events[spot]), gazetteer.place(place_id) if place_id else None)


def _commonest(place_ids: list[str]) -> str:
    """The place that most of the rows name, the first by identifier of several."""
    named = Counter(place_ids)
    return min(named, key=lambda place_id: (-named[place_id], place_id), default="")


def _around(found: Located, members: Any, settlements: list[Place], where: npt.NDArray[np.float64]) -> str:
    """The settlement whose radius holds a point, the nearest of several."""
    lon, lat = found.lon[members[0]], found.lat[members[0]]
    near = np.flatnonzero((np.abs(where[:, 0] - lon) < 0.5) & (np.abs(where[:, 1] - lat) < 0.5))
    away = geodesic_distance_m(where[near, 0], where[near, 1], lon, lat)
    holds = away <= where[near, 2]
    names = [settlements[slot].place_id for slot in near[holds].tolist()]
    return min(zip(away[holds].tolist(), names, strict=True), default=(0.0, ""))[1]


def _widen(found: Located, position: int, events: int, place: Place | None) -> None:
    words = f"{events} events of different days share this very point"
    if place is not None and found.radius_m[position] < place.radius_m:
        found.radius_m[position] = place.radius_m
        rungs = PRECISIONS.index(precision_of_kind(place.kind)), PRECISIONS.index(precision_of_radius(place.radius_m))
        found.precision[position] = max(int(found.precision[position]), min(rungs))
        words += f": it stands for {place.name}, whose radius it gets"
    found.say(position, words)
