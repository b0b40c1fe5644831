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
from geocasualty.records._areas import COLUMN, SHOWN
from geocasualty.records._countries import BORDER_TOLERANCE_M, Countries, apart_m, beyond_m, inside, taken_as

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
Floats = npt.NDArray[np.float64]


def check_countries(found: Located, gazetteer: Gazetteer, flags: Flags) -> None:
    """Reject (0, 0) and swapped coordinates, flag what lies outside the stated country, fill in an unstated one."""
    lon, lat = found.lon, found.lat
    asked = found.at_point & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    for position in np.flatnonzero(asked & (lon == 0) & (lat == 0)).tolist():
        reason = "(0, 0) is open sea and stands for a missing position; leave both cells empty or correct them"
        found.failures.append((position, "latitude", "0.0", reason))
    countries = Countries(gazetteer)
    unstated = found.country.holds("")
    for code, outline in countries.outlines.items():
        stated = asked & found.country.holds(code)
        if stated.any():
            _stated(found, np.flatnonzero(stated), outline, flags)
        areas = found.in_area & found.country.holds(code)
        if areas.any():
            _stated_areas(found, np.flatnonzero(areas), outline, flags)
    if unstated.any():
        _unstated(found, unstated & asked, lon, lat, countries, flags)
        _unstated_by_text(found, unstated & ~found.at_point, countries, flags)


def _stated(found: Located, rows: npt.NDArray[np.int64], outline: shapely.Geometry, flags: Flags) -> None:
    rows = rows[~inside(outline, found.lon[rows], found.lat[rows])]
    away = beyond_m(outline, found.lon[rows], found.lat[rows])
    far, away = rows[away > BORDER_TOLERANCE_M], away[away > BORDER_TOLERANCE_M]
    turned = np.zeros(len(far), dtype=bool)
    possible = np.abs(found.lon[far]) <= 90
    turned[possible] = beyond_m(outline, found.lat[far[possible]], found.lon[far[possible]]) <= BORDER_TOLERANCE_M
    _outside(found, far, away, turned, "latitude", flags)


def _stated_areas(found: Located, rows: npt.NDArray[np.int64], outline: shapely.Geometry, flags: Flags) -> None:
    shapes = found.geometry[rows]
    away = apart_m(outline, shapes)
    far = away > BORDER_TOLERANCE_M
    turned = np.zeros(int(far.sum()), dtype=bool)
    if far.any():
        turned = apart_m(outline, _turned(shapes[far])) <= BORDER_TOLERANCE_M
    _outside(found, rows[far], away[far], turned, COLUMN, flags)


def _turned(shapes: Any) -> Any:
    return shapely.transform(shapes, lambda corners: corners[:, ::-1])


def _outside(found: Located, far: Any, away: Any, turned: Any, column: str, flags: Flags) -> None:
    """Flag rows outside their country; refuse those whose coordinates lie in it the other way round."""
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
            value = f"{found.lat[position]}" if column == "latitude" else found.geometry[position].wkt[:SHOWN]
            found.failures.append((position, column, value, reason))
        else:
            found.say(position, f"{metres / 1000:,.0f} km outside {code}")


def _unstated(found: Located, where: Mask, lon: Floats, lat: Floats, countries: Countries, flags: Flags) -> None:
    """Fill in the country of points, with a word where it is taken over a border; flag those that look swapped."""
    rows = np.flatnonzero(where)
    codes, away = countries.of_points(lon[rows], lat[rows])
    found.country.put(rows, codes)
    for slot in np.flatnonzero(away > 0).tolist():
        found.say(int(rows[slot]), taken_as(codes[slot], float(away[slot])))
    others = rows[codes == ""]
    mask = np.zeros(len(lon), dtype=bool)
    for code, outline in countries.outlines.items():
        turned = others[inside(outline, lat[others], lon[others]) & ~mask[others]]
        mask[turned] = True
        for position in turned.tolist():
            found.say(position, f"with latitude and longitude swapped it would lie in {code}")
    flags.add("looks_swapped", mask)


def _unstated_by_text(found: Located, where: Mask, countries: Countries, flags: Flags) -> None:
    """As :func:`_unstated`, for areas, and for points of texts that are a reference or coordinates."""
    kinds = shapely.get_type_id(found.geometry)
    points = where & (kinds == 0)
    if points.any():
        lon, lat = found.lon.copy(), found.lat.copy()
        shown = found.geometry[points]
        lon[points], lat[points] = shapely.get_x(shown), shapely.get_y(shown)
        _unstated(found, points, lon, lat, countries, flags)
    known: dict[int, tuple[str, str, bool]] = {}
    swapped = np.zeros(len(where), dtype=bool)
    for position in np.flatnonzero(where & (kinds > 0)).tolist():
        shape = found.geometry[position]
        if id(shape) not in known:
            code, words = countries.of(shape)
            other = "" if code or words else countries.of(_turned(shape))[0]
            words = f"with latitude and longitude swapped it would lie in {other}" if other else words
            known[id(shape)] = code, words, bool(other)
        found.country[position], words, swapped[position] = known[id(shape)]
        if words:
            found.say(position, words)
    flags.add("looks_swapped", swapped)


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
