"""What do the records say about each incident? One pass over incidents and strikes, kept as data."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching._covered import Covered, Held, Sought
from geocasualty.matching._days import REFERENT_DAYS, Shifts
from geocasualty.matching._limits import (
    DAY,
    Window,
    allowed_names,
    named_sides,
    possible_names,
)
from geocasualty.matching._pairs import backend_of, best_of, days_near, join, nearest, pair_table
from geocasualty.matching._reasons import Reasons
from geocasualty.matching._regions import Regions
from geocasualty.matching._review import Decisions, decide
from geocasualty.matching._sides import Side, in_degrees, side_of
from geocasualty.matching._trees import Pairs
from geocasualty.matching.absence import CONDITIONS, Absence, absence_days, lasting
from geocasualty.matching.findings import FINDINGS
from geocasualty.records import coverage as declared_coverage
from geocasualty.words import ENGLISH

__all__ = ["Assessed", "Compared", "assessed", "compared_sides", "event_groups"]

NEARBY, PERHAPS, ABSENT, UNCOVERED, UNLOCATED = range(len(FINDINGS))

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Compared:
    """Two sides that are compared: their arrays, whose strikes count for whom, and what the records cover.

    Attributes
    ----------
    ours, theirs : Side
        Incidents and strikes, with the times that the window compares.
    allowed : numpy.ndarray of int
        What incidents (rows) and strikes (columns) may be for each other by all but place and time, as
        :func:`geocasualty.matching._limits.allowed_names`.
    possible : numpy.ndarray of bool
        Which may be of one party for all one knows.
    covered : Covered
        What the records cover.
    named : str
        The belligerents that alone are compared, joined by ``;``; empty where it is for the records to say.
    regions : Regions
        To measure with.
    backend : {"numba", "numpy"}
        How they are joined.
    """

    ours: Side
    theirs: Side
    allowed: npt.NDArray[np.int8]
    possible: Bools
    covered: Covered
    named: str
    regions: Regions
    backend: str

    @functools.cached_property
    def sought(self) -> Sought:
        """Whose strikes the records would have to show, where, in which zone, and of which kinds."""
        parties = [self.named or each.names * (not each.guessed) for each in self.ours.parties]
        names = sorted(set(parties))
        codes = np.array([names.index(name) for name in parties], dtype=np.int64)[self.ours.party]
        return Sought((codes, names), *(self.ours.text(name) for name in ("country", "timezone", "attack_kinds")))

    def held(self, window: Window, span: int) -> Held:
        """What the records would show of each incident, under so many shifts."""
        days = self.ours.day0, self.ours.day1
        return self.covered.of(self.sought, days, window.reach_days, absence_days(self.ours, window), span)


def compared_sides(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    belligerents: str | Iterable[str],
    coverage: pd.DataFrame | None,
    window: Window,
) -> Compared:
    """Take the arrays of two frames, once, with the times that a window compares.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`, or if the coverage cannot be used.
    """
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    named = named_sides(belligerents := belligerents if isinstance(belligerents, str) else list(belligerents))
    allowed = allowed_names(ours.parties, theirs.parties, belligerents)
    covered = Covered(declared_coverage(strikes) if coverage is None else coverage)
    possible = possible_names(ours.parties, theirs.parties, belligerents)
    ours, theirs = ours.by(window), theirs.by(window)
    return Compared(ours, theirs, allowed, possible, covered, named, Regions(ours, theirs), backend_of(ours, theirs))


@dataclass(frozen=True, eq=False)
class Assessed:
    """Incidents and strikes, and what the one says about the other; data only.

    Attributes
    ----------
    sides : Compared
        The records.
    chosen : dict
        What else was asked: ``belligerents``, ``review`` and ``coverage``.
    limits : Window
        Of the test.
    findings : geopandas.GeoDataFrame
        One row an incident, in the order given, as :func:`geocasualty.screen` returns it.
    reasons : Reasons
        Why each has its finding, before it is put into the words of a language.
    pairs, accepted : Pairs, numpy.ndarray of bool
        All pairs but those that an analyst rejected, and which of them one accepted.
    rejected : Pairs
        What would be pairs, had no analyst rejected them.
    misses : Pairs
        The nearest miss of each located incident without a pair.
    days : numpy.ndarray of bool
        By incident, shift by days and test (``possible``, ``within``): whether it would have passed.
    coverage : Held
        What the records would show of each.
    decisions : Decisions
        Of analysts.
    """

    sides: Compared
    chosen: dict[str, Any]
    limits: Window
    findings: gpd.GeoDataFrame
    reasons: Reasons
    pairs: Pairs
    accepted: Bools
    rejected: Pairs
    misses: Pairs
    days: Bools
    coverage: Held
    decisions: Decisions

    @functools.cached_property
    def pair_table(self) -> pd.DataFrame:
        """As :func:`geocasualty.match` with bounds, without what an analyst rejected and with what one accepted."""
        sides = self.sides
        return pair_table(self.pairs, sides.ours, sides.theirs, bounds=True, accepted=self.accepted)

    @functools.cached_property
    def rejected_table(self) -> pd.DataFrame:
        """What an analyst rejected, likewise."""
        return pair_table(self.rejected, self.sides.ours, self.sides.theirs, bounds=True)

    @functools.cached_property
    def miss_table(self) -> pd.DataFrame:
        """The nearest misses, likewise; no relation, since they are no pairs."""
        return pair_table(self.misses, self.sides.ours, self.sides.theirs, bounds=True).drop(columns="relation")

    def beyond_table(self, wider: Window, rows: Ints) -> pd.DataFrame:
        """What would pair with some of the incidents at wider limits, and does not at those chosen."""
        sides = self.sides
        found = join(sides.ours, sides.theirs, wider, sides.allowed, backend=sides.backend, rows=np.sort(rows))
        count = len(sides.theirs)
        known = np.concatenate([each.i * count + each.j for each in (self.pairs, self.rejected)])
        return pair_table(found.take(~np.isin(found.i * count + found.j, known)), sides.ours, sides.theirs, bounds=True)


def assessed(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    limits: Window,
    *,
    belligerents: str | Iterable[str],
    review: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    background_days: int,
) -> Assessed:
    """Compare two frames in memory, as :func:`geocasualty.screen` describes it."""
    sides = compared_sides(incidents, strikes, belligerents, coverage, limits)
    ours, theirs = sides.ours, sides.theirs
    decisions = Decisions(review, ours, theirs)
    span = int(background_days)
    held = sides.held(limits, span)
    pairs = join(ours, theirs, limits, sides.allowed, backend=sides.backend)
    pairs, accepted, rejected = decide(pairs, decisions, ours, theirs, sides.regions, limits, sides.allowed)
    days = np.zeros((len(ours), 2 * span + 1, 2), dtype=bool)
    levels = np.array([limits.metres])
    for rows, found in days_near(ours, theirs, levels, [limits], sides.allowed, span, backend=sides.backend):
        days[rows] = np.moveaxis(found[:, 0] == 0, 1, 2)
    some = np.zeros(len(ours), dtype=bool)
    some[pairs.i] = True
    misses, kinds = nearest(
        ours, theirs, limits, sides.allowed, rows=np.flatnonzero(ours.located & ~some), banned=decisions.rejected,
        regions=sides.regions, backend=sides.backend,
    )  # fmt: skip
    told = _Told(sides, limits, decisions, Shifts.of(ours, limits, span), held, pairs, accepted, misses, kinds, days)
    chosen = {"belligerents": belligerents, "review": review, "coverage": coverage}
    findings, reasons = told.table()
    return Assessed(sides, chosen, limits, findings, reasons, pairs, accepted, rejected, misses, days, held, decisions)


@dataclass(frozen=True, slots=True)
class _Told:
    """All that the findings are made of."""

    sides: Compared
    limits: Window
    decisions: Decisions
    shifts: Shifts
    held: Held
    pairs: Pairs
    accepted: Bools
    misses: Pairs
    kinds: Ints
    days: Bools

    def table(self) -> tuple[gpd.GeoDataFrame, Reasons]:
        """One row an incident, and why it has its finding."""
        ours, theirs = self.sides.ours, self.sides.theirs
        count = len(ours)
        sure = self.pairs.within | self.accepted
        groups_within = self._groups(sure)
        groups = self._groups(np.ones(len(sure), dtype=bool))
        gate = self._gate(np.flatnonzero(ours.located & (groups == 0)))
        found = np.array([UNCOVERED if each.covers else PERHAPS for each in CONDITIONS] + [ABSENT])
        finding = found[gate.unmet]
        finding[groups > 0] = PERHAPS
        finding[~ours.located] = UNLOCATED
        finding[groups_within > 0] = NEARBY
        best = np.full(count, -1)
        chosen = self._best(sure)
        every = Pairs.together([chosen, self.misses])
        best[every.i] = np.arange(len(every.i))
        known = best >= 0
        placed = known & ours.located
        relation = np.full(count, "none", dtype=object)
        by_hand = np.isin(chosen.i * len(theirs) + chosen.j, self.decisions.accepted)
        relation[chosen.i] = np.where(chosen.within, "within", np.where(by_hand, "accepted", "possible"))

        def of(values: npt.NDArray[Any], unit: float) -> npt.NDArray[np.float64]:
            return np.where(placed, np.append(values, np.nan)[best] / unit, np.nan)

        reasons = Reasons(
            ours, theirs, self.sides.allowed, self.sides.named, self.limits, finding, best, every, self.kinds, gate,
            self.held, self.decisions,
        )  # fmt: skip
        ids = np.append(theirs.ids, [None])[np.append(every.j, len(theirs))[best]]
        columns = {
            "incident_id": ours.ids,
            "finding": pd.Categorical.from_codes(finding, categories=list(FINDINGS), ordered=True),
            "reason": np.array([ENGLISH.tell(reasons[n], bare=True) for n in range(count)], dtype=object),
            **self.limits.stated(),
            "groups_within": groups_within,
            "groups_possible": groups - groups_within,
            "best_strike_id": ids,
            "best_relation": relation,
            "distance_km": of(every.between_m, 1000),
            "distance_min_km": of(every.least_m, 1000),
            "distance_max_km": of(every.greatest_m, 1000),
            "gap_days": of(every.gap_s, DAY),
            **self._background(finding),
            "coverage_share": self.held.share,
            "complete_share": self.held.complete,
            "review": np.array([self.decisions.text(n) for n in range(count)], dtype=object),
            "place_text": ours.texts("place_text"),
            "date": ours.day0.astype("datetime64[D]").astype(str),
        }
        plain = {"incident_id", "place_text", "date", "reason", "best_strike_id", "best_relation", "review"}
        table = {name: pd.Series(column, dtype=object) if name in plain else column for name, column in columns.items()}
        shapes = np.asarray(in_degrees(ours.frame), dtype=object)
        return gpd.GeoDataFrame(table, index=pd.RangeIndex(count), geometry=shapes, crs="EPSG:4326"), reasons

    def _groups(self, chosen: Bools) -> Ints:
        """How many event groups the chosen pairs of each incident are of."""
        groups = event_groups(self.sides.theirs)
        most = int(groups.max(initial=0)) + 1
        distinct = np.unique(self.pairs.i[chosen] * most + groups[self.pairs.j[chosen]])
        return np.bincount(distinct // most, minlength=len(self.sides.ours))

    def _best(self, sure: Bools) -> Pairs:
        """The best pair of each incident; of one without a place the first strike by name."""
        ours, theirs = self.sides.ours, self.sides.theirs
        located = ours.located[self.pairs.i]
        best = best_of(self.pairs.take(located), (~sure[located]).astype(int), theirs, self.sides.regions)
        lost = self.pairs.take(~located)
        order = np.lexsort((theirs.name_rank[lost.j], lost.i))
        return Pairs.together([best, lost.take(order[np.diff(lost.i[order], prepend=-1) != 0])])

    def _gate(self, rows: Ints) -> Absence:
        """Of the located incidents without a pair, whether that says something."""
        sides = self.sides
        return Absence(
            sides.ours, lasting(sides.theirs), self.limits, sides.possible, sides.covered, sides.sought, self.held,
            self.decisions.rejected, sides.backend, rows,
        )  # fmt: skip

    def _background(self, finding: Ints) -> dict[str, npt.NDArray[Any]]:
        """On how many of the days that count the test of each finding would have passed, and of the referents."""
        counting = self.held.covered & self.shifts.apart()
        counting[~self.sides.ours.located] = False
        passing = np.where((finding == NEARBY)[:, None], self.days[:, :, 1], self.days[:, :, 0])
        away = np.abs(np.arange(counting.shape[1]) - counting.shape[1] // 2)
        referents = (REFERENT_DAYS[0] <= away) & (away <= REFERENT_DAYS[1])
        columns = {}
        for name, chosen in (("", counting), ("_stratified", counting & referents)):
            passed, days = (passing & chosen).sum(axis=1), chosen.sum(axis=1)
            columns[f"background_rate{name}"] = passed / np.where(days > 0, days, np.nan)
            columns[f"background_passed{name}"], columns[f"background_days{name}"] = passed, days
        return columns


def event_groups(strikes: Side) -> Ints:
    """The event group of each strike as a number; one without a group is its own."""
    codes, names = strikes.text("event_group")
    stated = np.array([bool(name) for name in names])[codes]
    return np.where(stated, codes, len(names) + np.arange(len(strikes)))
