"""When does it say something that the records hold no strike? One gate, as a table of conditions.

Nothing may be left that may have been near for all one knows. Whatever is degraded in a record, blurred, removed,
misspelt or contradicted, makes a condition fail and never hold.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.gazetteer import load_gazetteer
from geocasualty.gazetteer.precision import VICINITY_RADIUS_M
from geocasualty.gazetteer.vicinity import VICINITY
from geocasualty.matching._covered import Covered, Held, Sought
from geocasualty.matching._limits import Window
from geocasualty.matching._pairs import join
from geocasualty.matching._sides import Side, in_degrees, shaped
from geocasualty.matching._trees import Keep, Pairs
from geocasualty.records._countries import Countries, apart_m
from geocasualty.records._flags import DOUBTFUL, DOUBTFUL_TIME, GUESSED_DAY, UNMAPPED
from geocasualty.words import Said, coded, flagged, listed, several

__all__ = [
    "CONDITIONS",
    "NAMED",
    "SURE_OF",
    "Absence",
    "Condition",
    "absence_days",
    "anywhere",
    "lasting",
    "stretch_of",
    "widest_stretch",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SURE_OF = 0.99
"""The share of true places that a radius holds before nothing may be in it; a stated radius holds nine tenths."""
LEAST_DAYS = 1
"""Days on either side over which no strike may be left, whatever the limit: half of all strikes fall at night."""
OPEN_DAYS = 31
"""For so many days after its first a strike may have gone on whose end is blank."""
NAMED = 3
"""Strikes that a reason names."""


def absence_days(ours: Side, window: Window) -> Ints:
    """Over how many days on either side nothing may be left, of each incident: one more where its zone was guessed."""
    return max(window.reach_days, LEAST_DAYS) + ours.flagged(GUESSED_DAY).astype(np.int64)


def lasting(strikes: Side) -> Side:
    """Strikes with the last day that each may have had."""
    return replace(strikes, day1=strikes.day1 + OPEN_DAYS * strikes.flagged(frozenset({"unknown-end"})))


def anywhere(strikes: Side) -> Bools:
    """Which located strikes may be anywhere, since their place is in doubt."""
    return strikes.located & strikes.flagged(DOUBTFUL | UNMAPPED)


@functools.cache
def _of_vicinity() -> float:
    """How many stated radii hold nearly all of what is reported "near X"."""
    metres = np.arange(0.0, 20 * VICINITY_RADIUS_M, 100.0)
    return float(metres[np.searchsorted(VICINITY.within(metres), SURE_OF)] / VICINITY_RADIUS_M)


def widest_stretch() -> float:
    """The greatest of all :func:`stretch_of`."""
    return max(_of_vicinity(), _of_gaussian())


def _of_gaussian() -> float:
    return float(np.sqrt(np.log(1 - SURE_OF) / np.log(0.1)))


def stretch_of(frame: Any) -> Floats:
    """By what the radius of each record is multiplied to hold nearly all: a record that may say "near X" reaches far.

    Examples
    --------
    >>> import pandas as pd
    >>> stretch_of(pd.DataFrame({"vicinity": [False]})).round(3).tolist()
    [1.414]
    """
    if "vicinity" not in frame:
        return np.full(len(frame), widest_stretch())
    plain = (frame["vicinity"].astype("object") == False).to_numpy(dtype=bool)  # noqa: E712  (nothing said is not false)
    return np.where(plain, _of_gaussian(), widest_stretch())


@functools.cache
def _land() -> tuple[dict[str, shapely.Geometry], shapely.Geometry, shapely.Geometry]:
    """The outlines of countries that are known, the land that they make together, and where it ends."""
    outlines = Countries(load_gazetteer()).outlines
    land = shapely.union_all(list(outlines.values()))
    return outlines, land, shapely.boundary(land)


@dataclass(frozen=True, eq=False)
class Absence:
    """Incidents without a pair, and all that decides whether that says something.

    Attributes
    ----------
    ours, theirs : Side
        The two sides.
    window : Window
        Of the test.
    possible : numpy.ndarray of bool
        As :func:`geocasualty.matching._limits.possible_names`.
    covered, sought, held : Covered, Sought, Held
        What the records cover, and what they would show of each incident.
    rejected : numpy.ndarray of int
        ``i * len(theirs) + j`` of what an analyst rejected.
    backend : {"numba", "numpy"}
        How to join.
    rows : numpy.ndarray of int
        The located incidents without a pair.
    """

    ours: Side
    theirs: Side
    window: Window
    possible: Bools
    covered: Covered
    sought: Sought
    held: Held
    rejected: Ints
    backend: str
    rows: Ints

    @functools.cached_property
    def unmet(self) -> Ints:
        """The number of the first condition that each incident fails, that of all conditions where it fails none."""
        first = np.full(len(self.ours), len(CONDITIONS))
        left = self.rows
        for number, condition in enumerate(CONDITIONS):
            failed = left[~condition.holds(self, left)]
            first[failed] = number
            left = np.setdiff1d(left, failed, assume_unique=True)
        return first

    def why(self, n: int) -> Said | None:
        """What the first condition that an incident fails says of it; None where it fails none, or says nothing."""
        return CONDITIONS[self.unmet[n]].says(self, n) if self.unmet[n] < len(CONDITIONS) else None

    @functools.cached_property
    def flags(self) -> list[frozenset[str]]:
        """The flags of each incident."""
        codes, said = self.ours.flags
        return [said[code] for code in codes]

    @functools.cached_property
    def days(self) -> Ints:
        """As :func:`absence_days`."""
        return absence_days(self.ours, self.window)

    @functools.cached_property
    def reach_m(self) -> Floats:
        """How far from its stated place a strike would count, of each incident; an area has no radius."""
        radius = np.where(self.ours.area >= 0, 0.0, self.ours.radius_m)
        return np.asarray(self.window.metres + np.nan_to_num(radius) * stretch_of(self.ours.frame))

    @functools.cached_property
    def across(self) -> dict[int, set[str]]:
        """Other countries within reach of each incident that was asked about; "" for land of none that is known."""
        return {}

    @functools.cached_property
    def borders(self) -> dict[int, list[str]]:
        """Those of which not all strikes are held."""
        return {}

    def inland(self, rows: Ints) -> Bools:
        """Whether all strikes are held of every country within reach of some incidents."""
        outlines, land, end = _land()
        shapes = np.asarray(in_degrees(shaped(self.ours.frame)), dtype=object)[rows]
        own, reach = self.ours.texts("country")[rows], self.reach_m[rows]
        beyond = ~shapely.intersects(land, shapes) | (apart_m(end, shapes) <= reach)
        unknown = ~np.isin(own, list(outlines)) | beyond
        for n in rows[unknown].tolist():
            self.across.setdefault(n, set()).add("")
            self.borders.setdefault(n, []).append("")
        for code, outline in outlines.items():
            some = rows[(own != code) & (apart_m(outline, shapes) <= reach)]
            if not len(some):
                continue
            part = Sought(*((codes[some], names) for codes, names in self.sought))._replace(
                country=(np.zeros(len(some), dtype=np.int64), [code])
            )
            days = self.ours.day0[some], self.ours.day1[some]
            held = self.covered.of(part, days, 0, self.days[some], 0)
            for n, kinds in zip(some.tolist(), held.kinds.tolist(), strict=True):
                self.across.setdefault(n, set()).add(code)
                if kinds < 1:
                    self.borders.setdefault(n, []).append(code)
        return np.array([n not in self.borders for n in rows.tolist()], dtype=bool)

    @functools.cached_property
    def lost(self) -> tuple[Ints, dict[int, list[Any]]]:
        """Strikes of the time that may be anywhere: without a place, or with one that is in doubt.

        Returns
        -------
        tuple
            Of each incident how many there are, and the first few.
        """
        ours, theirs = self.ours, self.theirs
        number = np.zeros(len(ours), dtype=np.int64)
        first: dict[int, list[Any]] = {}
        lost = np.flatnonzero(~theirs.located | anywhere(theirs))
        if not len(lost):
            return number, first
        lost = lost[np.argsort(theirs.day0[lost], kind="stable")]
        country = theirs.texts("country")[lost]
        everywhere = (country == "") | theirs.flagged(DOUBTFUL | UNMAPPED)[lost]
        wide = self.days[self.rows] + 1
        stop = np.searchsorted(theirs.day0[lost], ours.day1[self.rows] + wide, side="right")
        begin = np.searchsorted(np.maximum.accumulate(theirs.day1[lost]), ours.day0[self.rows] - wide)
        own = ours.texts("country")
        for n, low, high in zip(self.rows.tolist(), begin.tolist(), stop.tolist(), strict=True):
            part = lost[low:high]
            if not len(part):
                continue
            may = self._timely(np.full(len(part), n), part) & self.possible[ours.party[n], theirs.party[part]]
            if own[n]:
                may &= everywhere[low:high] | np.isin(country[low:high], [own[n], *self.across.get(n, ())])
            found = part[may][np.argsort(theirs.name_rank[part[may]], kind="stable")]
            if len(self.rejected):
                found = found[~np.isin(n * len(theirs) + found, self.rejected)]
            if len(found):
                number[n], first[n] = len(found), theirs.ids[found[:NAMED]].tolist()
        return number, first

    def _timely(self, i: Ints, j: Ints) -> Bools:
        """Whether strikes may be of the days that count, one wider where a day of theirs is in doubt or named twice."""
        ours, theirs = self.ours, self.theirs
        gap = np.maximum(0, np.maximum(theirs.day0[j] - ours.day1[i], ours.day0[i] - theirs.day1[j]))
        (zone, zones), (other, others) = self._zones
        differ = np.array(zones, dtype=object)[zone[i]] != np.array(others, dtype=object)[other[j]]
        wider = (differ & (ours.clock[i] | theirs.clock[j])) | self._unsure_day[j]
        return np.asarray(gap <= self.days[i] + wider)

    @functools.cached_property
    def _zones(self) -> tuple[tuple[Ints, list[str]], tuple[Ints, list[str]]]:
        return self.ours.text("timezone"), self.theirs.text("timezone")

    @functools.cached_property
    def _unsure_day(self) -> Bools:
        return self.theirs.flagged(DOUBTFUL_TIME)

    def near(self, rows: Ints) -> dict[int, list[Any]]:
        """Strikes that may be near some incidents for all one knows, the first few of each."""
        if not len(rows):
            return {}
        ours, theirs = (
            replace(side, radius_m=side.radius_m * stretch_of(side.frame)) for side in (self.ours, self.theirs)
        )
        window = Window(self.window.metres, days=int(self.days[rows].max()) + 1)
        found = join(
            ours.by(window), theirs.by(window), window, self.possible.astype(np.int8), backend=self.backend, rows=rows,
            keep=self._first_few(),
        )  # fmt: skip
        order = np.lexsort((theirs.name_rank[found.j], found.i))
        first: dict[int, list[Any]] = {}
        for n, name in zip(found.i[order].tolist(), theirs.ids[found.j[order]], strict=True):
            first.setdefault(n, []).append(name)
        return first

    def _first_few(self) -> Keep:
        def keep(pairs: Pairs) -> Pairs:
            some = self._timely(pairs.i, pairs.j)
            if len(self.rejected):
                some &= ~np.isin(pairs.i * len(self.theirs) + pairs.j, self.rejected)
            pairs = pairs.take(some)
            order = np.lexsort((self.theirs.name_rank[pairs.j], pairs.i))
            place = np.arange(len(order)) - np.searchsorted(pairs.i[order], pairs.i[order])
            return pairs.take(order[place < NAMED])

        return keep

    @functools.cached_property
    def left(self) -> dict[int, list[Any]]:
        """Of incidents that fail none of the conditions before, strikes that may be near."""
        return {}


class Condition(NamedTuple):
    """A condition of absence.

    Attributes
    ----------
    id : str
        Its name.
    covers : bool
        Whether it is one on the records' coverage, without which an absence shows nothing at all.
    holds : callable
        For which of some incidents it holds.
    says : callable
        What is said of an incident for which it does not.
    """

    id: str
    covers: bool
    holds: Callable[[Absence, Ints], Bools]
    says: Callable[[Absence, int], Said | None]


def _flagged(flags: frozenset[str]) -> Callable[[Absence, Ints], Bools]:
    def holds(gate: Absence, rows: Ints) -> Bools:
        return np.array([not gate.flags[n] & flags for n in rows.tolist()], dtype=bool)

    return holds


def _nothing_near(gate: Absence, rows: Ints) -> Bools:
    found = gate.near(rows)
    gate.left.update(found)
    return np.array([n not in found for n in rows.tolist()], dtype=bool)


def _named(gate: Absence, rows: Ints) -> Bools:
    codes, names = gate.sought.whose
    return np.array([bool(name) for name in names], dtype=bool)[codes[rows]]


def _kinds_said(gate: Absence, n: int) -> Said:
    codes, names = gate.sought.kinds
    claimed = [coded("kinds", kind) for kind in names[codes[n]].split(";") if kind]
    return Said("absence.kinds", {"kinds": several("and", claimed)}) if claimed else Said("absence.no-kind")


def _basis_said(gate: Absence, n: int) -> Said:
    basis = gate.ours.texts("date_basis")[n]
    return Said("absence.date", {"basis": coded("basis", basis)}) if basis else Said("absence.no-date")


def _borders_said(gate: Absence, n: int) -> Said:
    known: list[Any] = [code for code in gate.borders[n] if code]
    unknown = [Said("absence.land")] * ("" in gate.borders[n])
    return Said("absence.border", {"across": several("and", [*known, *unknown])})


def _doubts(gate: Absence, n: int, flags: frozenset[str], what: str) -> Said:
    return Said(f"absence.{what}", {"flags": flagged(gate.flags[n] & flags)})


def _lost_said(gate: Absence, n: int) -> Said:
    number, first = gate.lost
    return Said("absence.lost", {"n": int(number[n]), "strikes": listed(first[n], more=bool(number[n] > NAMED))})


CONDITIONS = (
    Condition(
        "party", True, _named,
        lambda _gate, _n: Said("absence.party"),
    ),
    Condition("records", True, lambda gate, rows: gate.held.complete[rows] >= 1, lambda _gate, _n: None),
    Condition("kinds", True, lambda gate, rows: gate.held.kinds[rows] >= 1, _kinds_said),
    Condition(
        "border", True, lambda gate, rows: gate.inland(rows), _borders_said,
    ),
    Condition(
        "date", False, lambda gate, rows: gate.ours.texts("date_basis")[rows] == "event", _basis_said,
    ),
    Condition("place", False, _flagged(DOUBTFUL), lambda gate, n: _doubts(gate, n, DOUBTFUL, "place")),
    Condition(
        "day", False, _flagged(DOUBTFUL_TIME - GUESSED_DAY),
        lambda gate, n: _doubts(gate, n, DOUBTFUL_TIME - GUESSED_DAY, "day"),
    ),
    Condition(
        "columns", False, _flagged(UNMAPPED),
        lambda _gate, _n: Said("absence.columns"),
    ),
    Condition("lost", False, lambda gate, rows: gate.lost[0][rows] == 0, _lost_said),
    Condition(
        "near", False, _nothing_near,
        lambda gate, n: Said("absence.near", {"strikes": listed(gate.left[n])}),
    ),
)  # fmt: skip
"""In the order in which a reason names the first that fails."""
