"""What do the records say about each incident? One finding each, with its background rate and its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty._progress import progress
from geocasualty.matching import _words
from geocasualty.matching._background import Background, background
from geocasualty.matching._covered import Covered
from geocasualty.matching._neighbours import DAY, Limits, Near, Neighbours, among, named_sides, nearest
from geocasualty.matching._review import Decisions
from geocasualty.matching._shifted import Shifted, shifted
from geocasualty.matching._sides import Side, side_of
from geocasualty.matching.findings import FINDINGS
from geocasualty.records import coverage as declared_coverage
from geocasualty.records._flags import DOUBTFUL, spelt

__all__ = ["findings_of"]


def findings_of(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    limits: Limits,
    *,
    within_km: float,
    within_days: float,
    belligerents: str | list[str],
    review: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    background_days: int,
) -> pd.DataFrame:
    """The table of :func:`geocasualty.screen` of two frames in memory."""
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    test = _Test(
        near=Neighbours(ours, theirs, limits, belligerents),
        covered=Covered(declared_coverage(strikes) if coverage is None else coverage),
        decisions=Decisions(review, ours, theirs),
        named=named_sides(belligerents),
        moved=shifted(ours.start, ours.end, _column(incidents, "timezone"), int(background_days)),
        countries=_column(incidents, "country"),
        doubts=[_doubts(flags) for flags in _column(incidents, "flags")],
        unlocated=_column(incidents, "location_reason"),
        strike_countries=np.array(_column(strikes, "country"), dtype=object),
        groups=_groups(strikes, theirs),
        limits=limits,
    )
    rows = [test.finding(position) for position in progress("screen", " incidents", items=range(len(ours)))]
    columns = [*_Row.__dataclass_fields__]
    table = pd.DataFrame([[getattr(row, column) for column in columns] for row in rows], columns=columns, dtype=object)
    table.insert(3, "within_km", float(within_km))
    table.insert(4, "within_days", float(within_days))
    table["finding"] = pd.Categorical(table["finding"], categories=list(FINDINGS), ordered=True)
    numbers = [
        "distance_km",
        "distance_min_km",
        "distance_max_km",
        "gap_days",
        "background_rate",
        "coverage_share",
        "complete_share",
    ]
    counts = ["groups_within", "groups_possible", "background_passed", "background_days"]
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(counts, int))


@dataclass(frozen=True, slots=True)
class _Row:
    incident_id: Any
    finding: str
    reason: str
    groups_within: int = 0
    groups_possible: int = 0
    best_strike_id: Any = None
    best_relation: str = "none"
    distance_km: float = float("nan")
    distance_min_km: float = float("nan")
    distance_max_km: float = float("nan")
    gap_days: float = float("nan")
    background_rate: float = float("nan")
    background_passed: int = 0
    background_days: int = 0
    coverage_share: float = 0.0
    complete_share: float = 0.0
    review: str = ""


@dataclass(frozen=True, slots=True)
class _Test:
    """One test applied to every incident."""

    near: Neighbours
    covered: Covered
    decisions: Decisions
    named: str
    moved: Shifted
    countries: list[str]
    doubts: list[str]
    unlocated: list[str]
    strike_countries: Any
    groups: list[Any]
    limits: Limits

    def finding(self, position: int) -> _Row:
        ours, theirs = self.near.incidents, self.near.strikes
        incident_id = ours.ids[position]
        decided = self.decisions.of(incident_id)
        whose, share, complete = self._coverage(position)
        if not ours.located[position]:
            reason = _words.unlocated(self.unlocated[position])
            accepted = sorted(decided.accepted, key=str)
            chosen = np.flatnonzero(among(theirs.ids, decided.accepted))
            return _Row(
                incident_id=incident_id,
                finding="strike-reported-nearby" if accepted else "unlocated",
                reason=_words.reviewed(reason, decided),
                groups_within=len({self.groups[strike] for strike in chosen}),
                best_strike_id=accepted[0] if accepted else None,
                best_relation="accepted" if accepted else "none",
                coverage_share=share,
                complete_share=complete,
                review=decided.words,
            )
        near = self.near.telling(position, decided.accepted, decided.rejected)
        rejected, by_hand = (among(theirs.ids[near.strikes], names) for names in (decided.rejected, decided.accepted))
        within = (near.within & ~rejected) | by_hand
        possible = (near.possible & ~rejected) | by_hand
        unplaced = self._unplaced(position, decided.rejected)
        doubtful = bool(self.doubts[position]) or len(unplaced) > 0
        finding = (
            "strike-reported-nearby"
            if within.any()
            else "cannot-exclude"
            if possible.any() or (complete >= 1.0 and doubtful)
            else "none-in-records"
            if complete >= 1.0
            else "no-coverage"
        )
        best = _best(near, theirs, within, possible, ~rejected)
        rate = self._background(position, near, wholly=finding == "strike-reported-nearby", whose=whose)
        covered = _words.Coverage(whose, self.countries[position], share, complete)
        miss = _words.missed(near, best, self.limits, rejected=bool(decided.rejected))
        pair = best if best is not None and possible[best] else None
        reason = (
            _words.nearby(finding, near, theirs, pair, self.limits)
            if pair is not None
            else _words.absent(finding, miss, covered, list(theirs.ids[unplaced]))
        )
        reason = _words.doubted(reason, self.doubts[position])
        return _Row(
            incident_id=incident_id,
            finding=finding,
            reason=_words.reviewed(reason, decided),
            groups_within=len(self._groups(near, within)),
            groups_possible=len(self._groups(near, possible) - self._groups(near, within)),
            best_strike_id=None if best is None else theirs.ids[near.strikes[best]],
            best_relation=_relation(near, best, by_hand, possible),
            distance_km=float("nan") if best is None else float(near.between_m[best]) / 1000,
            distance_min_km=float("nan") if best is None else float(near.least_m[best]) / 1000,
            distance_max_km=float("nan") if best is None else float(near.greatest_m[best]) / 1000,
            gap_days=float("nan") if best is None else float(near.gap_s[best]) / DAY,
            background_rate=rate.rate,
            background_passed=rate.passed,
            background_days=rate.days,
            coverage_share=share,
            complete_share=complete,
            review=decided.words,
        )

    def _groups(self, near: Near, chosen: Any) -> set[Any]:
        return {self.groups[strike] for strike in near.strikes[chosen]}

    def _coverage(self, position: int) -> tuple[list[str], float, float]:
        """Whose records would have to show a strike, and the shares of the time that they cover, and cover wholly."""
        ours, country = self.near.incidents, self.countries[position]
        start, end = int(ours.start[position]) - self.limits.seconds, int(ours.end[position]) + self.limits.seconds
        whose = self.covered.whose(self.named or ours.belligerents[position], country, start, end)
        share, complete = (self.covered.share(whose, country, start, end, complete=all_) for all_ in (False, True))
        return whose, share, complete

    def _unplaced(self, position: int, rejected: frozenset[Any]) -> Any:
        """Strikes of the time and the country that have no place, and so may be near unless an analyst says no."""
        chosen, country = self.near.unplaced(position), self.countries[position]
        chosen = chosen[~among(self.near.strikes.ids[chosen], rejected)]
        where = self.strike_countries[chosen]
        return chosen[(where == country) | (where == "")] if country else chosen

    def _background(self, position: int, near: Near, *, wholly: bool, whose: list[str]) -> Background:
        theirs, reach = self.near.strikes, self.limits.seconds
        chosen = near.strikes[near.wholly_in_space if wholly else near.in_space]
        moved = self.moved.row(position)
        tested = moved.starts()[0] - reach, moved.ends()[0] + reach
        return background(
            moved,
            (theirs.start[chosen], theirs.end[chosen]),
            self.limits,
            wholly=wholly,
            covered=self.covered.wholly(whose, self.countries[position], *tested),
        )


def _doubts(flags: str) -> str:
    return ", ".join(flag for flag in spelt(flags).split(";") if flag in DOUBTFUL)


def _best(near: Near, theirs: Side, within: Any, possible: Any, left: Any) -> int | None:
    """The best pair, else the nearest miss of those left.

    A miss at the time and nearest in space, else one near in space and nearest in time, else the nearest in time.
    """
    for chosen, by_time in (
        (within, False),
        (possible, False),
        (near.in_time & left, False),
        (near.in_space & left, True),
        (left, True),
    ):
        best = nearest(near, theirs, chosen, by_time=by_time)
        if best is not None:
            return best
    return None


def _relation(near: Near, best: int | None, by_hand: Any, possible: Any) -> str:
    if best is None or not possible[best]:
        return "none"
    return "within" if near.within[best] else "accepted" if by_hand[best] else "possible"


def _column(frame: gpd.GeoDataFrame, name: str) -> list[str]:
    if name not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value) for value in frame[name].to_numpy(dtype=object)]


def _groups(strikes: gpd.GeoDataFrame, side: Side) -> list[Any]:
    """The event group of each strike; one without a group is its own."""
    stated = _column(strikes, "event_group")
    return [("group", group) if group else ("strike", strike) for group, strike in zip(stated, side.ids, strict=True)]
