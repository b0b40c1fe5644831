"""What do the records say about each incident? One pass over incidents and strikes, kept as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching import _words
from geocasualty.matching._covered import Covered, Held
from geocasualty.matching._days import REFERENT_DAYS, Shifted, shifted
from geocasualty.matching._limits import DAY, Limits, allowed_names, named_sides, wholly_in_time
from geocasualty.matching._pairs import backend_of, best_of, days_near, join, nearest
from geocasualty.matching._regions import Regions
from geocasualty.matching._review import Decisions, decide
from geocasualty.matching._sides import Side, in_degrees, side_of
from geocasualty.matching._trees import Pairs
from geocasualty.matching.findings import FINDINGS
from geocasualty.records import coverage as declared_coverage
from geocasualty.records._flags import DOUBTFUL, spelt

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
        Incidents and strikes.
    allowed : numpy.ndarray of bool
        Whether parties of incidents (rows) and of strikes (columns) may count for each other.
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
    allowed: Bools
    covered: Covered
    named: str
    regions: Regions
    backend: str

    def held(self, moved: Shifted, seconds: int) -> Held:
        """What the records would show of each incident."""
        parties = [self.named or each.names for each in self.ours.parties]
        names = sorted(set(parties))
        codes = np.array([names.index(name) for name in parties], dtype=np.int64)[self.ours.party]
        return self.covered.of(codes, names, self.ours.text("country"), moved, seconds)


def compared_sides(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    belligerents: str | Iterable[str],
    coverage: pd.DataFrame | None,
) -> Compared:
    """Take the arrays of two frames, once.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`, or if the coverage cannot be used.
    """
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    named = named_sides(belligerents := belligerents if isinstance(belligerents, str) else list(belligerents))
    allowed = allowed_names(ours.parties, theirs.parties, belligerents)
    covered = Covered(declared_coverage(strikes) if coverage is None else coverage)
    return Compared(ours, theirs, allowed, covered, named, Regions(ours, theirs), backend_of(ours, theirs))


@dataclass(frozen=True, eq=False)
class Assessed:
    """Incidents and strikes, and what the one says about the other; data only.

    Attributes
    ----------
    sides : Compared
        The records.
    limits : Limits
        Of the test.
    findings : geopandas.GeoDataFrame
        One row an incident, in the order given, as :func:`geocasualty.screen` returns it.
    pairs, accepted : Pairs, numpy.ndarray of bool
        All pairs but those that an analyst rejected, and which of them one accepted.
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
    limits: Limits
    findings: gpd.GeoDataFrame
    pairs: Pairs
    accepted: Bools
    misses: Pairs
    days: Bools
    coverage: Held
    decisions: Decisions


def assessed(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    limits: Limits,
    *,
    within_km: float,
    within_days: float,
    belligerents: str | Iterable[str],
    review: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    background_days: int,
) -> Assessed:
    """Compare two frames in memory, as :func:`geocasualty.screen` describes it."""
    sides = compared_sides(incidents, strikes, belligerents, coverage)
    ours, theirs = sides.ours, sides.theirs
    decisions = Decisions(review, ours, theirs)
    moved = shifted(ours, int(background_days))
    held = sides.held(moved, limits.seconds)
    pairs = join(ours, theirs, limits, sides.allowed, backend=sides.backend)
    pairs, accepted = decide(pairs, decisions, ours, theirs, sides.regions, limits)
    days = np.zeros((len(ours), 2 * moved.days + 1, 2), dtype=bool)
    levels = np.array([limits.metres])
    for rows, counts in days_near(ours, theirs, levels, limits.seconds, sides.allowed, moved, backend=sides.backend):
        days[rows] = counts[:, 0] > 0
    some = np.zeros(len(ours), dtype=bool)
    some[pairs.i] = True
    misses, kinds = nearest(
        ours, theirs, limits, sides.allowed, rows=np.flatnonzero(ours.located & ~some), banned=decisions.rejected,
        regions=sides.regions, backend=sides.backend,
    )  # fmt: skip
    told = _Told(sides, limits, decisions, moved, held, pairs, accepted, misses, kinds, days)
    findings = told.table(float(within_km), float(within_days))
    return Assessed(sides, limits, findings, pairs, accepted, misses, days, held, decisions)


@dataclass(frozen=True, slots=True)
class _Told:
    """All that the findings are made of."""

    sides: Compared
    limits: Limits
    decisions: Decisions
    moved: Shifted
    held: Held
    pairs: Pairs
    accepted: Bools
    misses: Pairs
    kinds: Ints
    days: Bools

    def table(self, within_km: float, within_days: float) -> gpd.GeoDataFrame:
        """One row an incident."""
        ours, theirs = self.sides.ours, self.sides.theirs
        count = len(ours)
        sure = self.pairs.within | self.accepted
        groups_within = self._groups(sure)
        groups = self._groups(np.ones(len(sure), dtype=bool))
        unplaced, first = self._unplaced(np.flatnonzero(ours.located & (groups == 0)))
        doubts, doubt = self._doubts()
        finding = np.full(count, UNCOVERED)
        whole = self.held.complete >= 1.0
        finding[whole] = ABSENT
        doubtful = np.array([bool(each) for each in doubts])[doubt] | (unplaced > 0)
        finding[(groups > 0) | (whole & doubtful)] = PERHAPS
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

        ids = np.append(theirs.ids, [None])[np.append(every.j, len(theirs))[best]]
        columns = {
            "incident_id": ours.ids,
            "finding": pd.Categorical.from_codes(finding, categories=list(FINDINGS), ordered=True),
            "reason": np.array(self._reasons(finding, best, every, doubts, doubt, unplaced, first), dtype=object),
            "within_km": within_km,
            "within_days": within_days,
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
            "review": np.array([self.decisions.words.get(n, "") for n in range(count)], dtype=object),
            "place_text": ours.texts("place_text"),
            "date": ours.days[0].astype("datetime64[D]").astype(str),
        }
        plain = {"incident_id", "place_text", "date", "reason", "best_strike_id", "best_relation", "review"}
        table = {name: pd.Series(column, dtype=object) if name in plain else column for name, column in columns.items()}
        shapes = np.asarray(in_degrees(ours.frame), dtype=object)
        return gpd.GeoDataFrame(table, index=pd.RangeIndex(count), geometry=shapes, crs="EPSG:4326")

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

    def _unplaced(self, rows: Ints) -> tuple[Ints, dict[int, list[Any]]]:
        """Strikes of the time and the country that have no place, and so may be near unless an analyst says no.

        Returns
        -------
        tuple
            Of each incident how many there are, and the first few.
        """
        ours, theirs = self.sides.ours, self.sides.theirs
        countries, (code, names) = ours.texts("country"), theirs.text("country")
        lost = np.flatnonzero(~theirs.located)
        number = np.zeros(len(ours), dtype=np.int64)
        first: dict[int, list[Any]] = {}
        if not len(lost):
            return number, first
        lost = lost[np.argsort(theirs.start[lost], kind="stable")]
        anywhere = np.array([not name for name in names])[code[lost]]
        where = np.array(names, dtype=object)[code[lost]]
        reach = self.limits.seconds
        stop = np.searchsorted(theirs.start[lost], ours.end[rows] + reach)
        begin = np.searchsorted(np.maximum.accumulate(theirs.end[lost]), ours.start[rows] - reach, side="right")
        for n, low, high in zip(rows.tolist(), begin.tolist(), stop.tolist(), strict=True):
            part = lost[low:high]
            near = (theirs.end[part] > ours.start[n] - reach) & self.sides.allowed[ours.party[n], theirs.party[part]]
            if countries[n]:
                near &= anywhere[low:high] | (where[low:high] == countries[n])
            found = np.sort(part[near])
            if len(self.decisions.rejected):
                found = found[~np.isin(n * len(theirs) + found, self.decisions.rejected)]
            if len(found):
                number[n], first[n] = len(found), theirs.ids[found[: _words.NAMED]].tolist()
        return number, first

    def _doubts(self) -> tuple[list[str], Ints]:
        """What makes the places of incidents doubtful, and a code for each incident."""
        codes, flags = self.sides.ours.text("flags")
        return [", ".join(flag for flag in spelt(each).split(";") if flag in DOUBTFUL) for each in flags], codes

    def _background(self, finding: Ints) -> dict[str, npt.NDArray[Any]]:
        """On how many of the days that count the test of each finding would have passed, and of the referents."""
        counting = self.held.covered & self.moved.apart(self.limits.seconds)
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

    def _reasons(
        self,
        finding: Ints,
        best: Ints,
        every: Pairs,
        doubts: list[str],
        doubt: Ints,
        unplaced: Ints,
        first: dict[int, list[Any]],
    ) -> list[str]:
        """Why each has its finding."""
        ours, theirs, limits = self.sides.ours, self.sides.theirs, self.limits
        timely = wholly_in_time(
            ours.start[every.i], ours.end[every.i], theirs.start[every.j], theirs.end[every.j], limits.seconds
        ).tolist()
        pairs = len(every.i) - len(self.misses.i)
        strikes, within = theirs.ids[every.j], every.within.tolist()
        figures = [column.tolist() for column in every[2:6]]
        where, unlocated = (ours.texts(name).tolist() for name in ("country", "location_reason"))
        located, rejected = ours.located.tolist(), set((self.decisions.rejected // max(1, len(theirs))).tolist())
        whose, share, complete = (each.tolist() for each in (self.held.whose, self.held.share, self.held.complete))
        said = []
        for n, at in enumerate(best.tolist()):
            if not located[n]:
                said.append(_words.reviewed(_words.unlocated(unlocated[n]), self.decisions.words.get(n, "")))
                continue
            told = _words.Told(strikes[at], *(column[at] for column in figures)) if at >= 0 else None
            name = FINDINGS[finding[n]]
            if told is not None and at < pairs:
                reason = _words.nearby(name, told, limits, within=within[at], in_time=timely[at])
            else:
                kind = int(self.kinds[at - pairs]) if told is not None else 0
                miss = _words.missed(told, kind, limits, rejected=n in rejected)
                covered = _words.Coverage(self.held.names[whose[n]], where[n], share[n], complete[n])
                reason = _words.absent(name, miss, covered, first.get(n, []), int(unplaced[n]))
            reason = _words.doubted(reason, doubts[doubt[n]])
            said.append(_words.reviewed(reason, self.decisions.words.get(n, "")))
        return said


def event_groups(strikes: Side) -> Ints:
    """The event group of each strike as a number; one without a group is its own."""
    codes, names = strikes.text("event_group")
    stated = np.array([bool(name) for name in names])[codes]
    return np.where(stated, codes, len(names) + np.arange(len(strikes)))
