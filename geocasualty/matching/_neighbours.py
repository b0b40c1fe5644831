"""Which strikes may be near an incident within the limits? The exact answer, by trying every one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import Side, Whose, both_days, side_of, whose_of
from geocasualty.records.belligerents import canonical_belligerents, one_strike, parties_of

__all__ = [
    "DAY",
    "Limits",
    "Near",
    "Neighbours",
    "allowed_names",
    "among",
    "exact_pairs",
    "limits_of",
    "named_sides",
    "nearest",
    "pair_table",
    "too_many",
]

DAY = 86_400

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a test, in metres and seconds."""

    metres: float
    seconds: int


def limits_of(within_km: float, within_days: float) -> Limits:
    """Check the two limits that an analyst chose.

    Raises
    ------
    geocasualty.errors.InputError
        If either is negative or no number.
    """
    for name, value in (("within_km", within_km), ("within_days", within_days)):
        numeric = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not numeric or not np.isfinite(value) or value < 0:
            raise InputError(f"{name} is {value!r}; expected a number of zero or more")
    return Limits(float(within_km) * 1000.0, round(float(within_days) * DAY))


def exact_pairs(
    incidents: Any,
    strikes: Any,
    limits: Limits,
    belligerents: str | Iterable[str],
    *,
    bounds: bool,
    max_pairs: int,
    threads: int | None = None,
) -> pd.DataFrame:
    """As :func:`geocasualty.matching._fast.fast_pairs`, by trying every pair on one core."""
    del threads
    near = Neighbours(side_of(incidents, "incident"), side_of(strikes, "strike"), limits, belligerents)
    return near.pairs(bounds=bounds, max_pairs=max_pairs)


def too_many(max_pairs: int, reached: int, share: float) -> InputError:
    """An answer over ``max_pairs``, and how far the join got."""
    return InputError(
        f"more than max_pairs={max_pairs:,} pairs ({reached:,} with {share:.0%} of the incidents compared): narrow "
        "within_km or within_days, select fewer records, leave out those of large radius_m or long duration (each is "
        "possibly near a great many others), or raise max_pairs if there is memory"
    )


@dataclass(frozen=True, slots=True)
class Near:
    """One incident against the strikes that may count for it, wherever and whenever these are.

    ``strikes`` holds positions; the other arrays are as long.
    """

    strikes: Ints
    between_m: Floats
    least_m: Floats
    greatest_m: Floats
    gap_s: Ints
    in_time: Bools
    wholly_in_time: Bools
    in_space: Bools
    wholly_in_space: Bools

    @property
    def possible(self) -> Bools:
        """Whether each is a pair."""
        return self.in_time & self.in_space

    @property
    def within(self) -> Bools:
        """Whether each is wholly within the limits, and a pair: short events pass the test in time from farther off."""
        return self.possible & self.wholly_in_time & self.wholly_in_space


class Neighbours:
    """The exact answer by trying every pair: the path for small inputs, and the oracle for any other.

    Parameters
    ----------
    incidents, strikes : Side
        The two sides.
    limits : Limits
        Of the test.
    belligerents : {"overlap", "any"} or iterable of str
        As in :func:`geocasualty.match`.
    """

    def __init__(self, incidents: Side, strikes: Side, limits: Limits, belligerents: str | Iterable[str]) -> None:
        self.incidents = incidents
        self.strikes = strikes
        self.limits = limits
        self._regions = Regions(incidents, strikes)
        self._codes, self._allowed = _allowed(incidents, strikes, belligerents)
        self._lost = np.flatnonzero(~strikes.located)

    def allowed(self, position: int) -> Ints:
        """Positions of the located strikes whose belligerents may count for an incident."""
        whose = self._allowed[self._codes[position]]
        return np.flatnonzero(whose & self.strikes.located)

    def near(self, position: int, *, reach_s: int | None = None) -> Near:
        """Compare one located incident with the strikes that start or end within ``reach_s`` of it (all, if None)."""
        ours, theirs = self.incidents, self.strikes
        chosen = self.allowed(position)
        start, end = ours.start[position], ours.end[position]
        if reach_s is not None:
            close = (theirs.start[chosen] < end + reach_s) & (theirs.end[chosen] > start - reach_s)
            chosen = chosen[close]
        return self._compared(position, chosen)

    def unplaced(self, position: int) -> Ints:
        """Positions of the strikes without a place whose belligerents and time may count for an incident."""
        chosen = self._lost[self._allowed[self._codes[position]][self._lost]]
        return np.asarray(chosen[self._in_time(position, chosen)])

    def telling(self, position: int, named: Collection[Any] = (), rejected: Collection[Any] = ()) -> Near:
        """Compare one located incident with the strikes that a finding can depend on, and perhaps some others.

        These are the ones that may be near in space at any time, those near in time wherever, the nearest in time of
        those not ``rejected``, and those with the ids ``named``, which may be of any belligerent and have no place; by
        the test these are not near. Distances, which take most of the time of comparing all, are measured for them
        alone; a chord, which is never longer than the geodesic, rules out the others.
        """
        chosen = self.allowed(position)
        by_name = np.flatnonzero(among(self.strikes.ids, named))
        others = by_name[~np.isin(by_name, chosen)]
        wanted = self._may_tell(position, chosen, among(self.strikes.ids[chosen], rejected))
        near = self._compared(position, np.concatenate([chosen[wanted | np.isin(chosen, by_name)], others]))
        tested = ~np.isin(near.strikes, others)
        return replace(near, in_space=near.in_space & tested, wholly_in_space=near.wholly_in_space & tested)

    def _may_tell(self, position: int, chosen: Ints, rejected: Bools) -> Bools:
        if not len(chosen):
            return rejected
        gap = np.abs(self._gap(position, chosen))
        wanted = self._regions.perhaps_within(position, chosen, self.limits.metres)
        wanted |= self._in_time(position, chosen)
        return np.asarray(wanted | (gap == gap.min(where=~rejected, initial=np.iinfo(np.int64).max)))

    def _gap(self, position: int, chosen: Ints) -> Ints:
        start, end = self.incidents.start[position], self.incidents.end[position]
        s_start, s_end = self.strikes.start[chosen], self.strikes.end[chosen]
        return np.where(s_start >= end, s_start - end, np.where(s_end <= start, s_end - start, 0))

    def _in_time(self, position: int, chosen: Ints) -> Bools:
        start, end, reach = self.incidents.start[position], self.incidents.end[position], self.limits.seconds
        return np.asarray((self.strikes.start[chosen] < end + reach) & (start < self.strikes.end[chosen] + reach))

    def _compared(self, position: int, chosen: Ints) -> Near:
        limits = self.limits
        start, end = self.incidents.start[position], self.incidents.end[position]
        s_start, s_end = self.strikes.start[chosen], self.strikes.end[chosen]
        between, least, greatest = self._regions.of(position, chosen)
        return Near(
            strikes=chosen,
            between_m=between,
            least_m=least,
            greatest_m=greatest,
            gap_s=self._gap(position, chosen),
            in_time=self._in_time(position, chosen),
            wholly_in_time=np.maximum(s_end - start, end - s_start) <= limits.seconds + DAY,
            in_space=least <= limits.metres,
            wholly_in_space=greatest <= limits.metres,
        )

    def each(self, *, reach_s: int | None = None) -> Iterator[tuple[int, Near]]:
        """Every located incident with its comparison."""
        for position in np.flatnonzero(self.incidents.located):
            yield int(position), self.near(int(position), reach_s=reach_s)

    def pairs(self, *, bounds: bool, max_pairs: int) -> pd.DataFrame:
        """All pairs as the table of :func:`geocasualty.match`; stops at more than ``max_pairs``."""
        parts: list[dict[str, Any]] = []
        total = 0
        for position, near in self.each(reach_s=self.limits.seconds):
            kept = np.flatnonzero(near.possible)
            if not len(kept):
                continue
            total += len(kept)
            if total > max_pairs:
                raise too_many(max_pairs, total, (position + 1) / len(self.incidents.located))
            chosen = near.strikes[kept]
            part = {
                "incident_id": np.repeat(self.incidents.ids[position : position + 1], len(kept)),
                "strike_id": self.strikes.ids[chosen],
                "distance_km": near.between_m[kept] / 1000,
                "gap_days": near.gap_s[kept] / DAY,
                "relation": np.where(near.within[kept], "within", "possible"),
            }
            if bounds:
                s_start, s_end = self.strikes.start[chosen], self.strikes.end[chosen]
                part["distance_min_km"] = near.least_m[kept] / 1000
                part["distance_max_km"] = near.greatest_m[kept] / 1000
                part["gap_min_days"] = (s_start - self.incidents.end[position]) / DAY
                part["gap_max_days"] = (s_end - self.incidents.start[position]) / DAY
            parts.append(part)
        return pair_table(parts, bounds)


def among(ids: Any, named: Collection[Any]) -> Bools:
    """Which of the ids an analyst named; most often none is."""
    return np.array([one in named for one in ids], dtype=bool) if named else np.zeros(len(ids), dtype=bool)


def pair_table(parts: list[dict[str, Any]], bounds: bool) -> pd.DataFrame:
    """The table of :func:`geocasualty.match`, of its columns in parts."""
    numbers = ["distance_km", "gap_days"]
    more = ["distance_min_km", "distance_max_km", "gap_min_days", "gap_max_days"] if bounds else []
    columns = ["incident_id", "strike_id", *numbers, "relation", *more]
    data = {
        column: np.concatenate([part[column] for part in parts]) if parts else np.empty(0, dtype=object)
        for column in columns
    }
    table = pd.DataFrame(data).astype(dict.fromkeys([*numbers, *more], float))
    table["relation"] = pd.Categorical(table["relation"], categories=["within", "possible"])
    return table.sort_values(["incident_id", "strike_id"], kind="stable", ignore_index=True)


def _allowed(incidents: Side, strikes: Side, belligerents: str | Iterable[str]) -> tuple[Ints, Bools]:
    """A code for each incident by its belligerents and days, and for each code which strikes may count."""
    codes, ours = whose_of(incidents)
    whose, theirs = whose_of(strikes)
    return codes, allowed_names(ours, theirs, belligerents)[:, whose]


def allowed_names(ours: list[Whose], theirs: list[Whose], belligerents: str | Iterable[str]) -> Bools:
    """Whether belligerents of incidents (rows) and of strikes (columns) may count for each other."""
    chosen = named_sides(belligerents)
    if belligerents == "any":
        return np.ones((len(ours), len(theirs)), dtype=bool)
    asked = [Whose(chosen, None)] if chosen else ours
    one, other = ([(parties_of(each.names), each.days) for each in side] for side in (asked, theirs))
    pairs = [one_strike(whose, name, both_days(days, when)) for whose, days in one for name, when in other]
    found = np.array(pairs, dtype=bool).reshape(len(asked), len(theirs))
    return np.tile(found, (len(ours), 1)) if chosen else found


def named_sides(belligerents: str | Iterable[str]) -> str:
    """The belligerents that alone are compared, joined by ``;``; empty where it is for the records to say.

    Raises
    ------
    geocasualty.errors.InputError
        If it is neither one of the two words nor names.
    """
    if isinstance(belligerents, str):
        if belligerents not in ("overlap", "any"):
            raise InputError(f"belligerents is {belligerents!r}; expected 'overlap', 'any' or a set of names")
        return ""
    chosen = canonical_belligerents(";".join(belligerents), None)
    if not chosen:
        raise InputError("belligerents is an empty set; expected a set of names, or 'any'")
    return chosen


def nearest(near: Near, theirs: Side, chosen: Any, *, by_time: bool) -> int | None:
    """The first of the chosen by distance and then time, or by time and then distance; equal ones by name."""
    positions = np.flatnonzero(chosen)
    if not len(positions):
        return None
    gap = np.abs(near.gap_s[positions])
    away = near.greatest_m[positions]
    name = np.array([str(strike) for strike in theirs.ids[near.strikes[positions]]])
    order = np.lexsort((name, away, gap) if by_time else (name, gap, away))
    return int(positions[order[0]])
