"""Which incidents and strikes may be near each other in space and time?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._extras import available
from geocasualty.errors import InputError
from geocasualty.matching._dask import is_partitioned
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import Side, side_of
from geocasualty.records.belligerents import canonical_belligerents, overlap

__all__ = [
    "DAY", "Limits", "Near", "Neighbours", "allowed_names", "compiled_or_exact", "exact_pairs", "limits_of", "match",
    "named_sides", "too_many",
]  # fmt: skip

DAY = 86_400

MANY_INCIDENTS, MANY_COMBINATIONS = 2_000, 2_000_000
"""Up to both of these every combination is tried: 0.03 to 1.3 s, by how many are near in time. Beyond either the
compiled join takes over, whose first call takes 0.6 to 1.0 s in a new process; once, to compile, 6 to 13 s."""

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


def match(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: float,
    within_days: float,
    belligerents: str | Iterable[str] = "overlap",
    bounds: bool = False,
    explain: bool = False,
    max_pairs: int = 50_000_000,
) -> pd.DataFrame:
    """Pair incidents with strikes that are, or may be, within both limits.

    Both sides are uncertain. With ``d`` the geodesic distance between two points of radii ``r_i`` and ``r_j``, the
    true distance lies between ``max(0, d - r_i - r_j)`` and ``d + r_i + r_j``; an area uses its own shape. A pair is
    ``within`` if the greatest distance is at most ``within_km`` and
    ``max(strike.end - incident.start, incident.end - strike.start) <= within_days + 1`` day; it is ``possible`` if
    the least distance is at most ``within_km`` and the two intervals, one of them widened by ``within_days``, overlap.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        With ``incident_id`` or ``strike_id``, geometry, ``radius_m`` (metres), ``start`` and ``end`` (zoned,
        half-open), and ``belligerents`` where known. Unlocated rows pair with nothing. Either may be a frame of Dask;
        see the notes.
    within_km, within_days : float
        The limits. They have no default: they are the analyst's choice.
    belligerents : {"overlap", "any"} or iterable of str
        Pair only where a name is shared (an unknown one overlaps any), pair whatever the names, or only strikes of
        the named belligerents.
    bounds : bool
        Add ``distance_min_km``, ``distance_max_km``, ``gap_min_days`` and ``gap_max_days``.
    explain : bool
        Add ``probability``, that the true places are within ``within_km`` and the true times within ``within_days``
        and one day, and ``match_weight``, in bits: the likelihood of one event against that of unrelated strikes at
        the rate around the incident's place and time. The weight ranks the strikes near an incident; it proves
        nothing.
    max_pairs : int
        Refuse a longer answer before it is made: a pair takes about 50 bytes, 80 with bounds.

    Returns
    -------
    pandas.DataFrame
        ``incident_id``, ``strike_id``, ``distance_km`` (between the points; NaN where one is an area), ``gap_days``
        (strike minus incident, 0 where the intervals overlap), ``relation``; sorted by the two ids.

    Raises
    ------
    geocasualty.errors.InputError
        If a frame lacks a column, has naive times, no CRS, repeated ids or a point without radius; if there are
        more than ``max_pairs``.

    Notes
    -----
    Up to 2,000 incidents and 2,000,000 combinations every one is tried; beyond, the join is compiled (once; kept on
    disk where that can be written) and runs on all cores. Both give the same answer; the compiled one gives distances
    up to 400 km from the chord, to 0.1 mm per km.

    Which release dates a limit in days admits follows from the hours that a release covers, the time since the one
    before it closed, at most three days, and from the incident's local day; the second example below lists them. The
    date of a release is no day of its strikes: at 0 days an incident of the 10th admits the daily releases of the 10th
    and 11th, and neither is ``within``, since a release that closes at 8 a.m. also covers hours of another day. Nor is
    a whole day of 25 hours, when clocks go back, ``within`` 0 days of itself: a day is 24 hours in the rule above.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> pairs = gcas.match(book.incidents, book.strikes, within_km=10, within_days=0)
    >>> pairs.loc[pairs["relation"] == "within", "strike_id"].tolist()
    ['nl-2015-06-02-hawijah']
    >>> len(gcas.match(book.incidents[:0], book.strikes, within_km=10, within_days=0))
    0

    >>> import pandas as pd
    >>> def admitted(released, place, country, day, within_days):
    ...     line = f"Near {place}, one strike hit a car."
    ...     table = pd.DataFrame({"date": released}).assign(country=country, location=place, number="1", line=line)
    ...     claim = pd.DataFrame({"incident_id": ["A"], "date": [day], "place": [place]})
    ...     strikes = gcas.read_strikes(table, format="centcom")
    ...     pairs = gcas.match(gcas.read_incidents(claim), strikes, within_km=500, within_days=within_days)
    ...     return " ".join(f"{strike[16:18]}{'!' * (how == 'within')}" for strike, how in zip(pairs["strike_id"],
    ...         pairs["relation"], strict=True))
    >>> daily = [f"2015-06-{day:02}" for day in range(5, 16)]  # "!" marks those within
    >>> for limit in (0, 1, 2):
    ...     print(f"{limit} days:", admitted(daily, "Hit", "Iraq", "2015-06-10", limit))
    0 days: 10 11
    1 days: 09 10! 11! 12
    2 days: 08 09! 10! 11! 12! 13
    >>> thrice_a_week = ["2015-06-05", "2015-06-08", "2015-06-10", "2015-06-12", "2015-06-15"]
    >>> for limit in (0, 1, 2):
    ...     print(f"{limit} days:", admitted(thrice_a_week, "Hit", "Iraq", "2015-06-09", limit))
    0 days: 10
    1 days: 08 10! 12
    2 days: 08 10! 12
    >>> daily_2014 = [f"2014-12-{day:02}" for day in range(5, 16)]  # closing at midnight in Iraq, an hour before Syria
    >>> admitted(daily_2014, "Hit", "Iraq", "2014-12-10", 0), admitted(daily_2014, "Kobani", "Syria", "2014-12-10", 0)
    ('10!', '10 11')
    """
    limits = limits_of(within_km, within_days)
    if isinstance(max_pairs, bool) or not isinstance(max_pairs, (int, np.integer)) or max_pairs < 0:
        raise InputError(f"max_pairs is {max_pairs!r}; expected a whole number of zero or more")
    if is_partitioned(incidents, strikes):
        from geocasualty.matching._partitioned import match_partitions

        table: pd.DataFrame = match_partitions(
            incidents, strikes, limits, belligerents, bounds=bounds, explain=explain, max_pairs=int(max_pairs)
        )
        return table
    explanation = None
    if explain:
        from geocasualty.matching._explain import Explanation

        explanation = Explanation(incidents, strikes, limits)
    pairs_of = compiled_or_exact() if _many(incidents, strikes) else exact_pairs
    table = pairs_of(incidents, strikes, limits, belligerents, bounds=bounds, max_pairs=int(max_pairs))
    return explanation.of(table) if explanation else table


def _many(incidents: Any, strikes: Any) -> bool:
    """Whether the compiled join is worth its first call; frames that are none are refused on the other path."""
    if not (isinstance(incidents, gpd.GeoDataFrame) and isinstance(strikes, gpd.GeoDataFrame)):
        return False
    return len(incidents) > MANY_INCIDENTS or len(incidents) * len(strikes) > MANY_COMBINATIONS


def compiled_or_exact() -> Callable[..., pd.DataFrame]:
    """The compiled join, or where it cannot be compiled the one that tries every pair: the same answer."""
    if not available("numba", "until then every incident is compared with every strike: the same answer, later"):
        return exact_pairs
    from geocasualty.matching._fast import fast_pairs

    return fast_pairs


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
        As in :func:`match`.
    """

    def __init__(self, incidents: Side, strikes: Side, limits: Limits, belligerents: str | Iterable[str]) -> None:
        self.incidents = incidents
        self.strikes = strikes
        self.limits = limits
        self._regions = Regions(incidents, strikes)
        self._allowed = _allowed(incidents, strikes, belligerents)
        self._lost = np.flatnonzero(~strikes.located)

    def allowed(self, position: int) -> Ints:
        """Positions of the located strikes whose belligerents may count for an incident."""
        whose = self._allowed[self.incidents.belligerents[position]]
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
        chosen = self._lost[self._allowed[self.incidents.belligerents[position]][self._lost]]
        return chosen[self._in_time(position, chosen)]

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
        """All pairs as the table of :func:`match`; stops at more than ``max_pairs``."""
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
        return _table(parts, bounds)


def among(ids: Any, named: Collection[Any]) -> Bools:
    """Which of the ids an analyst named; most often none is."""
    return np.array([one in named for one in ids], dtype=bool) if named else np.zeros(len(ids), dtype=bool)


def _table(parts: list[dict[str, Any]], bounds: bool) -> pd.DataFrame:
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


def _allowed(incidents: Side, strikes: Side, belligerents: str | Iterable[str]) -> dict[str, Bools]:
    """For each distinct set of belligerents of the incidents, which strikes may count."""
    theirs, codes = np.unique(strikes.belligerents.astype(str), return_inverse=True)
    ours = sorted(set(incidents.belligerents))
    return dict(zip(ours, allowed_names(ours, list(theirs), belligerents)[:, codes], strict=True))


def allowed_names(ours: list[str], theirs: list[str], belligerents: str | Iterable[str]) -> Bools:
    """Whether belligerents of incidents (rows) and of strikes (columns) may count for each other."""
    chosen = named_sides(belligerents)
    if belligerents == "any":
        return np.ones((len(ours), len(theirs)), dtype=bool)
    if not chosen:
        pairs = [overlap(whose, name) for whose in ours for name in theirs]
        return np.array(pairs, dtype=bool).reshape(len(ours), len(theirs))
    return np.tile(np.array([overlap(chosen, name) for name in theirs], dtype=bool), (len(ours), 1))


def named_sides(belligerents: str | Iterable[str]) -> str:
    """The belligerents that alone are compared, joined by ``;``; empty where it is for the records to say.

    Raises
    ------
    geocasualty.errors.InputError
        If it is neither one of the two words nor names.
    """
    if isinstance(belligerents, str):
        if belligerents not in ("overlap", "any"):
            raise InputError(
                f"belligerents is {belligerents!r}; expected 'overlap', 'any' or a set such as {{'Coalition'}}"
            )
        return ""
    chosen = canonical_belligerents(";".join(belligerents))
    if not chosen:
        raise InputError("belligerents is an empty set; expected names such as {'Coalition'}, or 'any'")
    return chosen
