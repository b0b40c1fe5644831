"""Where a record is: in its area, else from its MGRS cell, its coordinates or its place text, in that order."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty._progress import progress
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.gazetteer import Gazetteer, Resolution
from geocasualty.gazetteer._references import away_m
from geocasualty.gazetteer.precision import PRECISIONS, RADIUS_M, precision_of_radius
from geocasualty.geodesy import geodesic_distance_m, on_earth, parse_mgrs
from geocasualty.records._areas import COLUMN, SHOWN, Stated, precision_of_area
from geocasualty.records._countries import BORDER_TOLERANCE_M, apart_m, beyond_m
from geocasualty.records._flags import Flags
from geocasualty.records._words import Words, coded, combined
from geocasualty.taxonomy import LEVELS, TAXONOMY
from geocasualty.theatre.countries import country_code

UNSTATED_PRECISION = "village"
"""A coordinate without any stated accuracy is taken as a village's: six decimals do not say that they are true."""

SAME_DEGREES = 1e-6
"""Two ways to write one coordinate differ by no more: a decimetre."""

Failure = tuple[int, str, str, str]
"""Position, column, value, reason."""

_LADDER_M = np.array([RADIUS_M[rung] for rung in PRECISIONS] + [np.nan])
"""Radius of each rung; the last one answers for the code -1, not stated."""

NO_NAME = -1

SAYING = frozenset({"radius_m", "precision", "mgrs", COLUMN})
"""Columns that say how exact a place is."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Located:
    """Geometry with its uncertainty and the reason, as arrays over the rows; ``geometry`` is None where unlocated."""

    def __init__(self, frame: pd.DataFrame) -> None:
        count = len(frame)
        self.lon: npt.NDArray[np.float64] = frame["longitude"].to_numpy(float, copy=True)
        self.lat: npt.NDArray[np.float64] = frame["latitude"].to_numpy(float, copy=True)
        self.geometry: npt.NDArray[np.object_] = np.full(count, None, dtype=object)
        self.radius_m: npt.NDArray[np.float64] = np.full(count, np.nan)
        # np.array: of no rows, pandas 2.2 copies nothing and hands out codes that cannot be written
        self.precision: npt.NDArray[np.int8] = np.array(frame["precision"].cat.codes, dtype=np.int8)
        self.vicinity: npt.NDArray[np.bool_] = frame["vicinity"].to_numpy(bool, copy=True)
        self.place_id = Words.repeated("", count)
        self.country = Words(*coded(frame["country"].array))
        self.reason = Words.repeated("no place and no coordinates given", count)
        self.at_point: npt.NDArray[np.bool_] = np.zeros(count, dtype=bool)
        """Whether the row has a cell or coordinates of its own."""
        self.in_area: npt.NDArray[np.bool_] = np.zeros(count, dtype=bool)
        """Whether the row has an area of its own."""
        self.failures: list[Failure] = []

    def say(self, position: int, words: str) -> None:
        """Append to the reason of a row."""
        self.reason[position] = f"{self.reason[position]}; {words}"


class Unstated(NamedTuple):
    """What is taken where a row with a position says nothing of its accuracy.

    ``radius_m`` is of coordinates; ``flag`` is empty where the caller stated it for the whole file. A cell of an MGRS
    reference, which has a radius of its own, gets ``cell_m`` at least, and ``cell_flag``, which is empty too where
    positions were measured.
    """

    radius_m: float
    flag: str
    words: str
    cell_m: float
    cell_flag: str

    @classmethod
    def of(cls, accuracy_m: Floats, whole_m: float | None, columns: frozenset[str], *, measured: bool) -> Unstated:
        """What the caller states, else the widest accuracy that the file states, else the default."""
        if whole_m is not None:
            return cls(whole_m, "", f"accuracy of {whole_m / 1000:g} km, stated for the whole file", whole_m, "")
        default = TAXONOMY[UNSTATED_PRECISION].radius_m
        stated = not np.isnan(accuracy_m).all()
        if measured or not (stated or columns):
            words = f"accuracy not stated, taken as {default / 1000:g} km"
            return cls(default, "assumed-accuracy", words, 0.0, "" if measured else "assumed-accuracy")
        widest = float(np.fmax(default, np.nanmax(np.append(accuracy_m, 0.0))))
        words = f"accuracy blank, taken as {widest / 1000:g} km, the widest of this file"
        if not stated and columns <= {"mgrs"}:  # a cell says by its digits how exact it is
            return cls(widest, "blank-accuracy", words, 0.0, "assumed-accuracy")
        return cls(widest, "blank-accuracy", words, widest, "blank-accuracy")


def locate(
    frame: pd.DataFrame,
    gazetteer: Gazetteer,
    flags: Flags,
    stated: Stated,
    *,
    radius_m: float | None = None,
    measured: bool = False,
    columns: frozenset[str] = frozenset(),
) -> Located:
    """Locate all rows: a polygon for an area, else a point; the radius is the larger of the cell's and the stated one.

    Coordinates that state an accuracy hold inside a cell or an area that is wider: without either the other says no
    more. Of a position without an accuracy the radius is ``radius_m``, else the widest that the file states, and the
    default at least: to leave one out makes no record more accurate. Where positions were ``measured`` a cell is as
    accurate as it is small. ``columns`` are those of :data:`SAYING` that the file has, where its columns are native: a
    cell that is blank in one of them may have said anything. A malformed MGRS reference is among the ``failures``, as
    is a shape that is no point or area where nothing else says where the record is.
    """
    found = Located(frame)
    found.failures += stated.failures
    stated_m = frame["radius_m"].to_numpy(float)
    _at_stated_points(found, stated)
    accuracy_m = np.fmax(stated_m, np.where(np.isnan(stated_m), _LADDER_M[found.precision], np.nan))
    names = Names(frame, gazetteer)
    unstated = Unstated.of(accuracy_m, radius_m, columns, measured=measured)
    unsaid = np.isnan(accuracy_m)
    if radius_m is None and "radius_m" in columns:
        unsaid |= np.isnan(stated_m)
    cells = _at_cells(found, frame["mgrs"], accuracy_m, flags)
    plain = ~cells & np.isfinite(found.lon) & np.isfinite(found.lat)
    _at_coordinates(found, plain, accuracy_m)
    found.in_area = _areas_that_hold(found, stated, plain, accuracy_m)
    _widen(found, cells, plain, unsaid, unstated, flags)
    found.at_point = cells | plain
    _in_areas(found, frame["precision"], stated, flags)
    flags.add("accuracy-without-coordinate", found.in_area & ~np.isnan(stated_m))
    _compare(found, names, flags)
    _compare_areas(found, names, flags)
    rest = ~(found.at_point | found.in_area)
    written = rest & names.are_positions()
    flags.add("accuracy-without-coordinate", rest & ~written & ~np.isnan(accuracy_m))
    found.precision[rest] = -1
    _by_name(found, rest, names, flags)
    named = rest & (shapely.get_type_id(found.geometry) == 0)
    found.radius_m[named] = np.fmax(found.radius_m, accuracy_m)[named]
    cells = written & names.are_positions(cells=True)
    _widen(found, cells, written & ~cells, unsaid, unstated, flags)
    if radius_m is None:
        blank = named & ~written & _blank_of_names(names, unsaid, stated, frame["mgrs"], columns)
        flags.add("blank-accuracy", blank)
    _tell_elsewhere(found, rest, names, frame)
    _set_aside(found, names, stated, flags)
    return found


def _at_stated_points(found: Located, stated: Stated) -> None:
    """Take the coordinates of points that are written as shapes, where no others stand beside them."""
    for position in np.flatnonzero(shapely.get_type_id(stated.shapes) == 0).tolist():
        point = stated.shapes[position]
        lon, lat = found.lon[position], found.lat[position]
        if np.isfinite(lon) and np.isfinite(lat) and max(abs(lon - point.x), abs(lat - point.y)) > SAME_DEGREES:
            reason = f"another point than latitude {lat} and longitude {lon} beside it; keep the one that holds"
            found.failures.append((position, COLUMN, str(point.wkt), reason))
            continue
        found.lon[position], found.lat[position] = point.x, point.y


def _areas_that_hold(found: Located, stated: Stated, plain: Mask, accuracy_m: Floats) -> Mask:
    """The rows that lie in an area of their own: all that have one, but where finer coordinates lie in it."""
    areas = shapely.get_type_id(stated.shapes) > 0
    for position in np.flatnonzero(areas & plain & ~np.isnan(accuracy_m)).tolist():
        shape, point = stated.shapes[position], found.geometry[position]
        if accuracy_m[position] < RADIUS_M[precision_of_area(shape)] and shape.intersects(point):
            areas[position] = False
            found.say(position, "inside its stated area")
    return np.asarray(areas)


def _blank_of_names(names: Names, unsaid: Mask, stated: Stated, mgrs: pd.Series[Any], columns: frozenset[str]) -> Mask:
    """Rows of which the file could say more than a name: an accuracy, or a shape or a cell as beside other names."""
    blank = unsaid & bool(columns & {"radius_m", "precision"})
    named = names.which != NO_NAME
    for column, said in ((COLUMN, ~stated.cells.holds("")), ("mgrs", (mgrs != "").to_numpy(bool))):
        if column in columns and ((said & named).any() or not said.any()):
            blank |= ~said
    return np.asarray(blank)


def _in_areas(found: Located, precision: pd.Series[Any], stated: Stated, flags: Flags) -> None:
    """Rows with an area of their own lie in it, whatever else they say; a cell or point beside it is flagged."""
    areas = np.flatnonzero(found.in_area)
    rungs = {id(stated.shapes[position]): stated.shapes[position] for position in areas.tolist()}
    sizes = {key: PRECISIONS.index(precision_of_area(shape)) for key, shape in rungs.items()}
    said = precision.cat.codes.to_numpy()
    for position in areas.tolist():
        shape, other = stated.shapes[position], found.geometry[position]
        found.reason[position] = "stated area"
        if other is not None and on_earth(found.lon[position], found.lat[position]):
            away = float(apart_m(shape, np.array([other], dtype=object))[0])
            if away > found.radius_m[position]:
                flags.add("geometry-conflict", position)
                found.say(position, f"the stated position lies {away / 1000:.1f} km from it")
        found.geometry[position], found.radius_m[position] = shape, np.nan
        found.precision[position] = said[position] if said[position] >= 0 else sizes[id(shape)]
    found.at_point[areas] = False


def _set_aside(found: Located, names: Names, stated: Stated, flags: Flags) -> None:
    """Flag other shapes, such as lines, where something else places the record; refuse them where nothing does."""
    for position in np.flatnonzero(~stated.kinds.holds("")).tolist():
        kind = stated.kinds[position]
        if found.at_point[position] or names.which[position] != NO_NAME:
            flags.add("shape-ignored", position)
            found.say(position, f"a {kind} is stated too, which is no point or area and is ignored")
        else:
            reason = "expected a point, a polygon or a multipolygon; buffer it to an area, or name the place"
            found.failures.append((position, COLUMN, stated.cells[position][:SHOWN], reason))


def _at_cells(found: Located, mgrs: pd.Series[Any], accuracy_m: Floats, flags: Flags) -> Any:
    """Locate the rows that have a readable cell; which these are. Finer coordinates that lie in it hold."""
    here = np.zeros(len(found.lon), dtype=bool)
    positions = np.flatnonzero((mgrs != "").to_numpy(bool))
    known: dict[str, Any] = {}
    for position, text in zip(positions.tolist(), mgrs.to_numpy(object)[positions], strict=True):
        if text not in known:
            try:
                cell = parse_mgrs(text)
                known[text] = (cell, shapely.Point(cell.lon, cell.lat), f"MGRS cell {cell.reference}")
            except InputError as error:
                known[text] = str(error)
        if isinstance(known[text], str):
            found.failures.append((position, "mgrs", text, known[text]))
            continue
        cell, middle, reason = known[text]
        radius_m, away = float(np.fmax(cell.radius_m, accuracy_m[position])), np.nan
        if on_earth(found.lon[position], found.lat[position]):
            away = float(geodesic_distance_m(cell.lon, cell.lat, found.lon[position], found.lat[position]))
            if away <= cell.radius_m and accuracy_m[position] < cell.radius_m:
                continue
        found.geometry[position], found.reason[position], found.radius_m[position] = middle, reason, radius_m
        here[position] = True
        if found.precision[position] < 0:
            found.precision[position] = PRECISIONS.index(precision_of_radius(cell.radius_m))
        if away > cell.radius_m + radius_m:  # never where none are stated
            flags.add("geometry-conflict", position)
            found.say(position, f"the stated coordinates lie {away / 1000:.1f} km from it")
        found.lon[position], found.lat[position] = cell.lon, cell.lat
    return here


def _at_coordinates(found: Located, here: npt.NDArray[np.bool_], accuracy_m: npt.NDArray[np.float64]) -> None:
    if not here.any():
        return
    found.geometry[here] = shapely.points(found.lon[here], found.lat[here])
    found.radius_m[here] = accuracy_m[here]
    found.reason[here] = "stated coordinates"
    found.precision[here & ~np.isnan(accuracy_m) & (found.precision < 0)] = PRECISIONS.index(UNSTATED_PRECISION)


def _widen(found: Located, cells: Mask, plain: Mask, unsaid: Mask, unstated: Unstated, flags: Flags) -> None:
    """Give rows with a position the accuracy that they do not state; a position keeps the radius of its own digits."""
    both = (
        (plain, unstated.radius_m, unstated.flag, PRECISIONS.index(UNSTATED_PRECISION) if unstated.flag else 0),
        (cells, unstated.cell_m, unstated.cell_flag, 0),
    )
    for rows, metres, flag, least in both:
        here = rows & unsaid
        if metres:
            rung = max(PRECISIONS.index(precision_of_radius(metres)), least)
            found.radius_m[here] = np.fmax(found.radius_m, metres)[here]
            found.precision[here] = np.maximum(found.precision, rung)[here]
        if flag:
            flags.add(flag, here & ~found.in_area)
    found.reason[plain & unsaid] = f"coordinates; {unstated.words}"
    if unstated.cell_m:
        found.reason.append(cells & unsaid, f" {unstated.words}")


def _compare(found: Located, names: Names, flags: Flags) -> None:
    """Give rows with coordinates the place that their text names, or flag that the two disagree."""
    asked = np.flatnonzero(found.at_point & (names.which != NO_NAME) & on_earth(found.lon, found.lat))
    if not len(asked):
        return
    lon, lat, radius = found.lon[asked], found.lat[asked], found.radius_m[asked]
    apart = names.gap_m(names.which[asked], lon, lat)
    again = np.flatnonzero(~(apart <= radius))
    which = names.which[asked]
    for slot in again.tolist():
        which[slot] = names.nearer(int(which[slot]), float(lon[slot]), float(lat[slot]))
    apart[again] = names.gap_m(which[again], lon[again], lat[again])
    conflicts = np.zeros(len(found.lon), dtype=bool)
    for slot in again.tolist():
        spot = (float(lon[slot]), float(lat[slot]))
        gap = names.gap_of_candidates_m(int(which[slot]), *spot) if np.isnan(apart[slot]) else apart[slot]
        if gap > radius[slot]:
            position, told = int(asked[slot]), names.which[asked[slot : slot + 1]]
            away = float(names.away_m(told, lon[slot : slot + 1], lat[slot : slot + 1])[0])
            far = gap if np.isnan(away) else away
            conflicts[position] = True
            found.say(position, f"{far / 1000:.1f} km from what the record names, {names.label(told[0])}")
    flags.add("geometry-conflict", conflicts)
    agree = apart <= radius
    found.place_id.put(asked[agree], names.places("place_id")[which[agree]])
    kept = asked[conflicts[asked]]
    found.place_id.put(kept, names.places("place_id")[names.which[kept]])
    unknown = agree & found.country.holds("")[asked]
    found.country.put(asked[unknown], names.places("country")[which[unknown]])


def _compare_areas(found: Located, names: Names, flags: Flags) -> None:
    """As :func:`_compare` for rows with an area: what the text names must meet it, within its own accuracy."""
    for position in np.flatnonzero(found.in_area & (names.which != NO_NAME)).tolist():
        shape, which = found.geometry[position], int(names.which[position])
        gap_m = names.apart_from_m(which, shape)
        if not gap_m <= 0:
            near = names.nearer(which, shape.centroid.x, shape.centroid.y)
            if names.apart_from_m(near, shape) <= 0:
                which, gap_m = near, 0.0
        answer = names.answers[which]
        if np.isnan(gap_m):
            continue
        if gap_m > 0:
            flags.add("geometry-conflict", position)
            away = float(apart_m(shape, np.array([answer.geometry], dtype=object))[0])
            found.say(position, f"{away / 1000:.1f} km from what the record names, {names.label(which)}")
        elif answer.best:
            found.country[position] = found.country[position] or answer.best.place.country
        if answer.best:
            found.place_id[position] = answer.best.place.place_id


def _by_name(found: Located, rest: npt.NDArray[np.bool_], names: Names, flags: Flags) -> None:
    for position in np.flatnonzero(rest & (names.which != NO_NAME)).tolist():
        answer = names.answers[names.which[position]]
        if answer is None:
            continue
        found.vicinity[position] = answer.vicinity
        if answer.unused:
            flags.add("unused-words", position)
        place = answer.best.place if answer.best else None
        if answer.geometry is None:
            found.reason[position] = f"{answer.status}: {answer.reason}"
            if len(answer.elsewhere) == 1 and not found.country[position]:
                found.country[position] = answer.elsewhere[0]
            continue
        found.geometry[position] = answer.geometry
        found.radius_m[position] = np.nan if answer.polygon is not None else answer.radius_m
        rung = answer.precision or (place.precision if place else precision_of_radius(answer.radius_m))
        found.precision[position] = PRECISIONS.index(rung)
        found.reason[position] = answer.reason
        if place is not None:
            found.place_id[position] = place.place_id
            found.country[position] = found.country[position] or place.country


def _tell_elsewhere(found: Located, rest: npt.NDArray[np.bool_], names: Names, frame: pd.DataFrame) -> None:
    """Tell once of a table how many rows name a country of which the gazetteer has no place."""
    named = rest & (names.which != NO_NAME)
    lost: dict[str, int] = {}
    for position in np.flatnonzero(named).tolist():
        code = found.country[position]
        if code and not names.gazetteer.covers(code) and country_code(code) == code:
            lost[code] = lost.get(code, 0) + 1
    if lost:
        said = ", ".join(
            f"{code} {count:,}" for code, count in sorted(lost.items(), key=lambda each: (-each[1], each[0]))
        )
        warnings.warn(
            f"{sum(lost.values()):,} of {len(frame):,} rows name a country of which this gazetteer has no places "
            f"({said}): they stay unlocated; pass a gazetteer that has them (geocasualty gazetteer build)",
            GeocasualtyWarning,
            stacklevel=6,
        )


class Names:
    """The place texts of a table, each distinct one with its hints asked once.

    ``which`` is for each row the position in ``answers``, or ``NO_NAME``; an answer is None where the gazetteer refuses
    the text.
    """

    def __init__(self, frame: pd.DataFrame, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.which: Ints = np.full(len(frame), NO_NAME, dtype=np.int64)
        named = np.flatnonzero(((frame["place_text"] != "") | (frame["admin1"] != "")).to_numpy(bool))
        few = frame.iloc[named]
        hints = (coded(few[column].array) for column in ("place_text", "country", "admin1", "vicinity"))
        self.which[named], self._keys = combined(*hints)
        asked = progress("places", " places", items=self._keys)
        self.answers: list[Any] = [self._ask(key, None) for key in asked]
        self._near: dict[tuple[int, float, float], int] = {}

    def _ask(self, key: tuple[str, str, str, bool], near: tuple[float, float] | None) -> Resolution | None:
        text, country, admin1, vicinity = key
        if not text:
            return self.gazetteer.resolve(admin1, country=country or None, kinds=LEVELS[1])
        try:
            return self.gazetteer.resolve(
                f"near {text}" if vicinity else text, country=country or None, governorate=admin1 or None, near=near
            )
        except InputError:
            return None

    def are_positions(self, *, cells: bool = False) -> Mask:
        """The rows whose text is itself a position, coordinates or a reference; with ``cells`` a reference."""
        told = [
            answer is not None and answer.geometry is not None and answer.best is None
            and answer.reason.startswith("MGRS cell" if cells else ("MGRS cell", "coordinates"))
            for answer in self.answers
        ]  # fmt: skip
        return np.array([False, *told])[self.which + 1]

    def nearer(self, which: int, lon: float, lat: float) -> int:
        """The position of the answer for a text whose row lies near a point: of namesakes, the one there."""
        spot = (which, round(lon, 1), round(lat, 1))
        if spot not in self._near:
            self._near[spot] = len(self.answers)
            self.answers.append(self._ask(self._keys[which], spot[1:]))
        return self._near[spot]

    def away_m(self, which: Ints, lon: Floats, lat: Floats) -> Floats:
        """Metres from points to the point or area that each one's text names; NaN where it names none."""
        away = np.full(len(which), np.nan)
        if not len(which):
            return away
        order = np.argsort(which, kind="stable")
        distinct, starts = np.unique(which[order], return_index=True)
        for answer, rows in zip(distinct.tolist(), np.split(order, starts[1:]), strict=True):
            found = self.answers[answer]
            if found is None or found.geometry is None:
                continue
            if found.polygon is not None:
                away[rows] = beyond_m(found.polygon, lon[rows], lat[rows])
            else:
                away[rows] = geodesic_distance_m(found.point.x, found.point.y, lon[rows], lat[rows])
        return away

    def gap_m(self, which: Ints, lon: Floats, lat: Floats) -> Floats:
        """As :meth:`away_m`, less the radius of a named point or the tolerance of an outline."""
        slack = np.array([0.0, *(_slack(answer) for answer in self.answers)])
        return np.asarray(self.away_m(which, lon, lat) - slack[which + 1])

    def apart_from_m(self, which: int, shape: shapely.Geometry) -> float:
        """Metres from an area to what a text names, less the slack of that; NaN where it names nothing."""
        found = self.answers[which]
        if found is None or found.geometry is None:
            return float("nan")
        return float(apart_m(shape, np.array([found.geometry], dtype=object))[0]) - _slack(found)

    def places(self, field: str) -> npt.NDArray[np.object_]:
        """What each answer's place says, such as its ``country``; empty where there is none."""
        places = [answer.best.place if answer and answer.best else None for answer in self.answers]
        return np.array([getattr(place, field) if place else "" for place in places], dtype=object)

    def gap_of_candidates_m(self, which: int, lon: float, lat: float) -> float:
        """As :meth:`gap_m` for a point and the nearest of the places that a text leaves open; NaN without one."""
        found, point = self.answers[which], shapely.Point(lon, lat)
        bearers = () if found is None else (away_m(candidate.place, point) for candidate in found.candidates)
        return min((away - slack for away, slack in bearers), default=np.nan)

    def label(self, which: int) -> str:
        """A place with its governorate and country, or else the text, for a reason."""
        answer = self.answers[which]
        return str(answer.best.label if answer.best else answer.query)


def _slack(answer: Resolution | None) -> float:
    if answer is None or answer.geometry is None:
        return 0.0
    return BORDER_TOLERANCE_M if answer.polygon is not None else answer.radius_m
