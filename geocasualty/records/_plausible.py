"""Do the coordinates of a table lie where its rows say: not at (0, 0), not swapped, in the stated country?

And does a point stand for itself, or for its place? Are its belligerents names that are known?
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty.errors import GeocasualtyWarning
from geocasualty.gazetteer import Gazetteer, Place
from geocasualty.gazetteer.precision import PRECISIONS, RADIUS_M, precision_of_radius
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.records._areas import COLUMN, SHOWN
from geocasualty.records._countries import BORDER_TOLERANCE_M, Countries, apart_m, beyond_m, inside
from geocasualty.records._flags import Flags
from geocasualty.records._locate import Located
from geocasualty.records._typed import Typed
from geocasualty.records._words import Words
from geocasualty.records.belligerents import in_doubt, names_in_no_table, nearest_name
from geocasualty.records.formats import readers
from geocasualty.taxonomy import INHABITED, SETTLEMENTS, TAXONOMY

SLIPS_SHOWN = 3
"""Names that a warning shows."""

PLACEHOLDER_EVENTS = 3
"""A point or cell that so many events of different days share stands for its place. MGRS 37SEV008785, the centre of
Raqqa, serves ten incidents of Airwars' files for 2014-2015."""

CENTRE_M = 500.0
"""A point so near to that of a place is taken for it: two sources' points for the centre of Raqqa are 217 m apart. A
choice of this project."""

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def check_countries(found: Located, texts: pd.Series[Any], gazetteer: Gazetteer, flags: Flags) -> None:
    """Reject (0, 0) and swapped coordinates, flag what lies outside the stated country, fill in an unstated one.

    Where a text names a place of another country than the stated one, the place's is taken; a text may be coordinates.
    """
    countries = Countries(gazetteer)
    _contradicted(found, countries, gazetteer, flags)
    points = _Points(found, texts)
    lon, lat = points.lon, points.lat
    asked = points.here & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    for position in np.flatnonzero(asked & (lon == 0) & (lat == 0)).tolist():
        reason = "(0, 0) is open sea and stands for a missing position; leave both cells empty or correct them"
        points.fail(position, reason)
    unstated = found.country.holds("")
    for code in sorted({*found.country.texts} - {""}):
        stated, areas = (np.flatnonzero(rows & found.country.holds(code)) for rows in (asked, found.in_area))
        if len(stated) + len(areas) and (outline := countries.outline(code)) is not None:
            stated = stated[~inside(outline, lon[stated], lat[stated])]
            _stated(found, np.append(stated, areas), outline, points.fail, flags)
    if unstated.any():
        _unstated(found, unstated & asked, lon, lat, countries, flags)
        _unstated_by_text(found, unstated & ~points.here, countries, flags)


class _Points:
    """Positions that rows state themselves, in cells of their own or as place text."""

    def __init__(self, found: Located, texts: pd.Series[Any]) -> None:
        self._found, self._texts = found, texts
        self.lon, self.lat, self.here = found.lon, found.lat, found.at_point
        written = ~found.at_point & found.place_id.holds("")
        written[written] = shapely.get_type_id(found.geometry[written]) == 0
        if written.any():
            self.lon, self.lat, self.here = self.lon.copy(), self.lat.copy(), self.here | written
            self.lon[written] = shapely.get_x(found.geometry[written])
            self.lat[written] = shapely.get_y(found.geometry[written])

    def fail(self, position: int, reason: str) -> None:
        if self._found.at_point[position]:
            case = (position, "latitude", f"{self.lat[position]}", reason)
        elif self._found.in_area[position]:
            case = (position, COLUMN, self._found.geometry[position].wkt[:SHOWN], reason)
        else:
            case = (position, "place_text", str(self._texts.iloc[position]), reason)
        self._found.failures.append(case)


def _contradicted(found: Located, countries: Countries, gazetteer: Gazetteer, flags: Flags) -> None:
    """Take the country of the place that a text names where it is not the stated one, or within 20 km of it."""
    rows = np.flatnonzero(~found.at_point & ~found.place_id.holds("") & ~found.country.holds(""))
    pairs, which = np.unique(
        np.column_stack([found.place_id.codes[rows], found.country.codes[rows]]), axis=0, return_inverse=True
    )
    for number, (place_code, country_code) in enumerate(pairs.tolist()):
        place, stated = gazetteer.place(found.place_id.texts[place_code]), found.country.texts[country_code]
        if place.country in ("", stated):
            continue
        outline = countries.outline(stated)
        if outline is not None:
            away = beyond_m(outline, np.array([place.lon]), np.array([place.lat]))
            if away[0] <= BORDER_TOLERANCE_M:
                continue
        those = rows[which.reshape(-1) == number]
        flags.add("outside-country", those)
        found.country[those] = place.country
        found.reason.append(those, f" the stated country is {stated}, that of the place, {place.country}, is taken")


def _stated(
    found: Located, rows: Any, outline: shapely.Geometry, fail: Callable[[int, str], None], flags: Flags
) -> None:
    """Flag rows outside their country; refuse those whose coordinates lie in it the other way round."""
    away = apart_m(outline, found.geometry[rows])
    far, away = rows[away > BORDER_TOLERANCE_M], away[away > BORDER_TOLERANCE_M]
    turned = _turned(found.geometry[far])
    possible = np.abs(shapely.bounds(turned)[:, 1::2]).max(axis=1, initial=0) <= 90
    swapped = np.zeros(len(far), dtype=bool)
    swapped[possible] = apart_m(outline, turned[possible]) <= BORDER_TOLERANCE_M
    flags.add("outside-country", far)
    for position, metres, other_way in zip(far.tolist(), away.tolist(), swapped.tolist(), strict=True):
        code = found.country[position]
        if other_way:
            reason = (
                f"latitude and longitude look swapped: as they stand they lie {metres / 1000:,.0f} km outside {code}, "
                "the other way round inside it; swap them or correct the country"
            )
            fail(position, reason)
        else:
            found.say(position, f"{metres / 1000:,.0f} km outside {code}")


def _turned(shapes: Any) -> Any:
    return shapely.transform(shapes, lambda corners: corners[:, ::-1])


def _unstated(found: Located, where: Mask, lon: Floats, lat: Floats, countries: Countries, flags: Flags) -> None:
    """Fill in the country of points, with a word where it is taken over a border; flag those that look swapped.

    A point in a country that the gazetteer has not is believed where more of the rows lie in that country than would in
    the one that it lies in the other way round.
    """
    rows = np.flatnonzero(where)
    codes, words = countries.of_points(lon[rows], lat[rows])
    found.country.put(rows, codes)
    for slot in np.flatnonzero(words != "").tolist():
        found.say(int(rows[slot]), words[slot])
    others = np.flatnonzero(~np.isin(codes, list(countries.outlines)))
    lie = Counter(codes.tolist())
    mask = np.zeros(len(lon), dtype=bool)
    for code, outline in countries.outlines.items():
        turned = others[inside(outline, lat[rows[others]], lon[rows[others]]) & ~mask[rows[others]]]
        more = lie[code] + len(turned)
        turned = turned[[not codes[slot] or lie[codes[slot]] <= more for slot in turned.tolist()]]
        mask[rows[turned]] = True
        for position in rows[turned].tolist():
            found.say(position, f"with latitude and longitude swapped it would lie in {code}")
    flags.add("looks-swapped", mask)


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
    flags.add("looks-swapped", swapped)


def mark_placeholders(found: Located, frame: pd.DataFrame, gazetteer: Gazetteer, flags: Flags) -> None:
    """Flag points that events of three or more days share in place of their own, and widen them to what they stand for.

    A point stands for the settlement that a row names, if that one's radius holds it; else for the place whose own
    point it is. A row that names the settlement gets its radius: what is told of a city, at the city's middle, may have
    been anywhere in it. Radii of other rows that state a precision of village, town or city grow to that of their rung
    at most. A village that is struck often is no placeholder: a shared point is one only where a row states it finer
    than a village, or is widened.
    """
    table = _shared_points(found, frame["start"])
    if table is None:
        return
    settlements = [place for place in map(gazetteer.place, gazetteer.places["place_id"]) if place.kind in INHABITED]
    where = np.array([[place.lon, place.lat] for place in settlements]).reshape(-1, 2)
    towns = {place.place_id for place in settlements}
    named = np.where(flags.where("geometry-conflict"), "", found.place_id.taken(slice(None)))
    silent = (frame["place_text"] == "").to_numpy(bool)
    stated = frame["precision"].cat.codes.to_numpy()
    for _, group in table.groupby("spot"):
        members = group["row"].to_numpy()
        lon, lat = found.lon[members[0]], found.lat[members[0]]
        own = {text: _held(gazetteer.place(text), lon, lat) for text in set(named[members]) - {""}}
        central = _at_centre(lon, lat, settlements, where)
        among = _commonest([place for text in named[members] if (place := own.get(text))]) or central
        places = [own.get(named[row]) or (among if silent[row] else central) for row in members.tolist()]
        elsewhere = [named[row] in towns and not own[named[row]] for row in members.tolist()]
        places = [None if other else place for place, other in zip(places, elsewhere, strict=True)]
        reach = [
            _reach(place, "" if place is own.get(named[row]) else _rung(int(stated[row])))
            for place, row in zip(places, members.tolist(), strict=True)
        ]
        wider = np.array(reach) > found.radius_m[members]
        if not wider.any() and not (found.radius_m[members] < TAXONOMY["village"].radius_m).any():
            continue
        flags.add("placeholder", members)
        words = f"{group['day'].nunique()} events of different days share this very point"
        for position, place, metres, more in zip(members.tolist(), places, reach, wider.tolist(), strict=True):
            found.say(position, words + (_widened(found, position, place, metres) if place and more else ""))


def _shared_points(found: Located, days: pd.Series[Any]) -> pd.DataFrame | None:
    """The rows at points that events of several days share; None without any."""
    rows = np.flatnonzero(found.at_point & np.isfinite(found.lon) & np.isfinite(found.lat))
    inside = (np.abs(found.lon[rows]) <= 180) & (np.abs(found.lat[rows]) <= 90)
    rows = rows[inside]
    spots = np.round((found.lon[rows] + 180) * 1e5).astype(np.int64) * 20_000_000 + np.round(
        (found.lat[rows] + 90) * 1e5
    ).astype(np.int64)
    order, sizes = np.unique(spots, return_counts=True)
    often = np.isin(spots, order[sizes >= PLACEHOLDER_EVENTS])
    if not often.any():
        return None
    table = pd.DataFrame({"row": rows[often], "spot": spots[often], "day": days.iloc[rows[often]].to_numpy()})
    events = table.groupby("spot")["day"].nunique()
    return table[table["spot"].isin(events.index[events >= PLACEHOLDER_EVENTS])]


def _commonest(places: list[Place]) -> Place | None:
    """The place that most of the rows name, the first by identifier of several."""
    known = {place.place_id: place for place in places}
    count = Counter(place.place_id for place in places)
    return known[min(count, key=lambda place_id: (-count[place_id], place_id))] if known else None


def _held(place: Place, lon: float, lat: float) -> Place | None:
    """A named place if a point may stand for it: a settlement around the point, or any place at its own point."""
    away = float(geodesic_distance_m(place.lon, place.lat, lon, lat))
    return place if away <= max(place.radius_m * (place.kind in INHABITED), CENTRE_M) else None


def _at_centre(lon: float, lat: float, settlements: list[Place], where: npt.NDArray[np.float64]) -> Place | None:
    """The settlement whose own point this is, the nearest of several."""
    near = np.flatnonzero((np.abs(where[:, 0] - lon) < 0.02) & (np.abs(where[:, 1] - lat) < 0.02))
    away = geodesic_distance_m(where[near, 0], where[near, 1], lon, lat)
    order = sorted(
        zip(away.tolist(), (settlements[slot].place_id for slot in near.tolist()), near.tolist(), strict=True)
    )
    return settlements[order[0][2]] if order and order[0][0] <= CENTRE_M else None


def _rung(code: int) -> str:
    return PRECISIONS[code] if code >= 0 else ""


def _reach(place: Place | None, rung: str) -> float:
    """The metres that a row gets for its place, with the precision that it states; 0 without a place."""
    if place is None:
        return 0.0
    return min(place.radius_m, RADIUS_M[rung]) if rung in SETTLEMENTS else place.radius_m


def _widened(found: Located, position: int, place: Place, metres: float) -> str:
    found.radius_m[position] = metres
    rungs = PRECISIONS.index(place.precision), PRECISIONS.index(precision_of_radius(metres))
    found.precision[position] = max(int(found.precision[position]), min(rungs))
    gets = "whose radius it gets" if metres == place.radius_m else "and it gets the radius of its stated precision"
    return f": it stands for {place.name}, {gets}"


def mark_belligerents(typed: Typed, reason: Words, reader: str, flags: Flags) -> None:
    """Flag rows whose belligerents are in doubt or in no table, and warn of likely slips; nothing is corrected.

    What is said of a name is appended to ``reason``. A reader of a source with a list of parties of its own (UCDP,
    ACLED) is taken at its word.
    """
    known = readers().get(reader.split("/")[0])
    if known is not None and known.own_parties:
        return
    slips: dict[str, int] = {}
    for column in ("belligerents", "covers_belligerents"):
        written = typed.words(column)
        for text in filter(in_doubt, written.texts):
            flags.add("doubtful-belligerent", written.holds(text))
            reason.append(written.holds(text), f" {column}: {text[:60]!r} leaves open whether it is that party")
        values = typed.frame[column].cat
        codes = values.codes.to_numpy()
        order = np.argsort(codes, kind="stable")
        edges = np.searchsorted(codes[order], np.arange(len(values.categories) + 1))
        for code, text in enumerate(values.categories):
            rows = order[edges[code] : edges[code + 1]]
            for name in names_in_no_table(text):
                near = nearest_name(name)
                flags.add("unknown-belligerent", rows)
                hint = f", and may mean {near}" if near else ""
                reason.append(rows, f" {column}: {name[:60]!r} is in no table of names{hint}")
                if near:
                    said = f"{name[:60]!r} for {near}"
                    slips[said] = slips.get(said, 0) + len(rows)
    if slips:
        shown = ", ".join(f"{said} ({count} rows)" for said, count in sorted(slips.items())[:SLIPS_SHOWN])
        more = f" and {len(slips) - SLIPS_SHOWN} more" if len(slips) > SLIPS_SHOWN else ""
        warnings.warn(
            f"belligerents that are in no table and may be slips: {shown}{more}; they are kept as parties of their "
            "own, which no strike of the other matches: correct them, and separate names by ';'",
            GeocasualtyWarning,
            stacklevel=7,
        )
