"""What do the releases of a claim's days name, word for word? Facts beside the finding, none of them a probability."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import RADIUS_M
from geocasualty.matching._limits import DAY, SURE, of_one_party
from geocasualty.matching._sides import Side, in_zone
from geocasualty.matching.assessed import Assessed
from geocasualty.records._coverage import cut_declarations, rows_declared
from geocasualty.records._flags import DOUBTFUL, DOUBTFUL_TIME, GUESSED_DAY, UNMAPPED
from geocasualty.taxonomy import LEVELS

__all__ = ["COMPARABLE_DAYS", "RECORDS", "Line", "Official", "Record", "Release"]

NAMED_NEAR, NAMED_ELSEWHERE, NONE_NAMED, NO_RELEASE, UNDETERMINED = RECORDS = (
    "named-near", "named-elsewhere", "none-named", "no-release", "undetermined",
)  # fmt: skip
"""From what says most to what says least; the first three are facts of releases that were found."""

COMPARABLE_DAYS = 45
"""Releases that end within so many days before or after the claim are those of comparable days: as the background
rate has it."""

PART = 1_000
"""Claims at a time."""

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Key = tuple[str, str, int, int]
NONE = np.zeros(0, dtype=np.int64)


class Line(NamedTuple):
    """One line of a release, and how far from the claimed place the place is that it names.

    Attributes
    ----------
    strike : int
        Its row among the strikes, from 0.
    metres : float
        From point to point, 0 for the very place that the claim names; NaN where either is an area or has no place.
    least, greatest : float
        Bounds by what both places are unsure of. The named place is taken as it stands in the gazetteer: how far "near"
        it a strike may be is another question. NaN where either has no place.
    sure : bool
        Whether the line's place is in no doubt: one in doubt may be anywhere.
    certain : bool
        Whether its day and its party are in no doubt either.
    """

    strike: int
    metres: float
    least: float
    greatest: float
    sure: bool
    certain: bool


class Release(NamedTuple):
    """A release that touches the days tested: whose, when (seconds since 1970 UTC, half-open), and its lines.

    ``days`` are the first and the last local day, in the zone of the claim, that it touches; ``whole`` is whether all
    of its lines that were read are here.
    """

    dataset: str
    title: str
    whose: str
    start: int
    end: int
    days: tuple[int, int]
    lines: tuple[Line, ...]
    whole: bool


class Record(NamedTuple):
    """The official record of one claim.

    Attributes
    ----------
    name : str
        One of :data:`RECORDS`.
    near_m : float
        Up to where a place is near.
    days : tuple of int
        First and last of the local days tested, counted from 1970-01-01.
    bare : list of tuple of int
        From when to when of these days no release covers them, by the clocks of the claim's zone, in seconds.
    releases : list of Release
        By time; lines from the nearest to the farthest, those without a distance last.
    nearest : Line or None
        Of all of them.
    named, of : int
        In how many other releases of comparable days the nearest line's place is named too, and how many there are.
    why : str
        What makes it undetermined: ``claim``, ``days``, ``lines``, ``doubt``, ``wide``, ``cut``, ``party`` or "".
    """

    name: str
    near_m: float
    days: tuple[int, int]
    bare: list[tuple[int, int]]
    releases: list[Release]
    nearest: Line | None
    named: int
    of: int
    why: str


class Official:
    """The official record of the claims of an assessment.

    A release is all that one source declares of one span of time: rows of one ``dataset`` with one ``covers_start`` and
    ``covers_end``. Strikes that declare no coverage are of no release.

    Parameters
    ----------
    assessed : Assessed
        What was compared.
    near_km : float, optional
        Up to where a named place is near; ``within_km`` unless given.

    Raises
    ------
    geocasualty.errors.InputError
        If ``near_km`` is no number of zero or more.
    """

    def __init__(self, assessed: Assessed, near_km: float | None = None) -> None:
        near = assessed.limits.metres / 1000 if near_km is None else near_km
        if isinstance(near, bool) or not isinstance(near, (int, float)) or not 0 <= near < np.inf:
            raise InputError(f"near_km is {near_km!r}; expected kilometres, a number of zero or more")
        self.near_m = float(near) * 1000
        self._sides, self._more = assessed.sides, assessed.limits.reach_days
        ours, theirs = self._sides.ours, self._sides.theirs
        self._text = theirs.texts("place_text")
        self._place, self._their_place = ours.texts("place_id"), theirs.texts("place_id")
        self._is_place = (self._place != "") & ~np.isin(ours.texts("precision"), LEVELS)
        self._party = of_one_party(ours.parties, theirs.parties, assessed.chosen["belligerents"])
        self._own = _radius_of_places(ours)
        self._named = _radius_of_places(theirs)
        self._doubtful = ours.flagged(DOUBTFUL | UNMAPPED | GUESSED_DAY)
        self._sure = ~theirs.flagged(DOUBTFUL | UNMAPPED)
        self._certain = ~theirs.flagged(DOUBTFUL_TIME)
        self._made: dict[int, Record] = {}
        self._by_zone: dict[str, tuple[Ints, Ints]] = {}
        self._zone, self._title = ours.texts("timezone"), theirs.texts("sources")

    @functools.cached_property
    def _releases(self) -> tuple[list[tuple[str, str, int, int]], list[Ints]]:
        """Releases by time (dataset, whose, start, end), and the rows of each."""
        found = rows_declared(self._sides.theirs.frame)
        rank = self._sides.theirs.name_rank
        return list(found), [rows[np.argsort(rank[rows], kind="stable")] for rows in found.values()]

    @functools.cached_property
    def _cut(self) -> set[tuple[str, str, int, int]]:
        """Releases of which lines that were read are missing, or may be."""
        return {
            (dataset, whose, int(start.timestamp()), int(end.timestamp()))
            for dataset, whose, start, end in cut_declarations(self._sides.theirs.frame)
        }

    @functools.cached_property
    def _layout(self) -> tuple[Ints, Ints, Bools]:
        """How many rows each release has, where its first stands among those of all, and whether lines are missing."""
        keys, rows = self._releases
        count = np.array([len(each) for each in rows], dtype=np.int64)
        return count, np.cumsum(count) - count, np.array([key in self._cut for key in keys], dtype=bool)

    def _spans(self, zone: str) -> tuple[Ints, Ints]:
        """When each release begins and ends by the clocks of a zone, in seconds."""
        if zone not in self._by_zone:
            edges = np.array([key[2:] for key in self._releases[0]], dtype=np.int64).reshape(-1, 2)
            local = [in_zone(edge, zone).to_numpy().astype("datetime64[s]").astype(np.int64) for edge in edges.T]
            self._by_zone[zone] = local[0], local[1]
        return self._by_zone[zone]

    def _days(self, zone: str) -> tuple[Ints, Ints]:
        """The first and the last local day that each release touches."""
        start, end = self._spans(zone)
        return start // DAY, (end - 1) // DAY

    def record(self, n: int) -> Record:
        """The official record of one claim, by its row; it is made once."""
        if n not in self._made:
            self._made[n] = self._record(n)
        return self._made[n]

    def _record(self, n: int) -> Record:
        held = self._held(np.array([n], dtype=np.int64))
        keys, days = self._releases[0], self._days(self._zone[n])
        lines = held.lines()
        releases = [
            self._release(keys[at], lines[held.release == at], (int(days[0][at]), int(days[1][at])))
            for at in np.unique(held.release).tolist()
        ]
        name, why = (each[0] for each in self._judged(held))
        first, last = int(held.first[0]), int(held.last[0])
        reach = (days[0] <= last + COMPARABLE_DAYS) & (days[1] >= first - COMPARABLE_DAYS)
        reach &= (days[0] > last) | (days[1] < first)
        allowed = self._sides.possible[self._sides.ours.party[n]]
        nearest = lines[0] if len(lines) and not np.isnan(lines[0].least) else None
        named, of = self._comparable(nearest, np.flatnonzero(reach).tolist(), allowed)
        bare = list(zip(held.bare[1].tolist(), held.bare[2].tolist(), strict=True))
        return Record(name, self.near_m, (first, last), bare, releases, nearest, named, of, why)

    def table(self, rows: Ints) -> pd.DataFrame:
        """``official_record``, ``record_place``, ``record_km`` and ``record_days`` of some claims."""
        parts = [self._rows(rows[at : at + PART]) for at in range(0, len(rows), PART)]
        return pd.concat(parts or [self._rows(rows)], ignore_index=True)

    def _rows(self, rows: Ints) -> pd.DataFrame:
        held = self._held(rows)
        place, away = np.full(len(rows), None, dtype=object), np.full(len(rows), np.nan)
        claim, at = np.unique(held.claim, return_index=True)
        known = ~np.isnan(held.least[at])
        claim, at = claim[known], at[known]
        place[claim], away[claim] = self._text[held.strike[at]], held.between[at] / 1000
        first, last = (each.astype("datetime64[D]").astype(str) for each in (held.first, held.last))
        days = [one if one == other else f"{one}/{other}" for one, other in zip(first, last, strict=True)]
        return pd.DataFrame({
            "official_record": pd.Categorical(self._judged(held)[0], categories=list(RECORDS)),
            "record_place": pd.Series(place, dtype=object),
            "record_km": away,
            "record_days": pd.Series(days, dtype=object),
        })  # fmt: skip

    def _release(self, key: Key, lines: npt.NDArray[np.object_], days: tuple[int, int]) -> Release:
        dataset, whose, start, end = key
        strikes = sorted((line.strike for line in lines), key=lambda at: int(self._sides.theirs.name_rank[at]))
        title = "; ".join(dict.fromkeys(filter(None, self._title[strikes].tolist())))
        return Release(dataset, title, whose, start, end, days, tuple(lines), key not in self._cut)

    def _held(self, rows: Ints) -> _Held:
        """The lines of the releases that touch the days tested of some claims."""
        ours, theirs = self._sides.ours, self._sides.theirs
        first, last = ours.day0[rows] - self._more, ours.day1[rows] + self._more
        count, begin, _ = self._layout
        found = []
        for zone in dict.fromkeys(self._zone[rows].tolist()):
            own = np.flatnonzero(self._zone[rows] == zone)
            days = self._days(zone)
            at, release = np.nonzero((days[0] <= last[own, None]) & (days[1] >= first[own, None]))
            found.append([own[at], release, *(each[release] for each in (*days, *self._spans(zone)))])
        every = zip(*found, strict=True) if found else [[NONE]] * 6
        claim, release, day0, day1, start, end = (np.concatenate(each) for each in every)
        pair = np.repeat(np.arange(len(claim)), count[release])
        line = np.arange(len(pair)) - np.repeat(np.cumsum(count[release]) - count[release], count[release])
        strike = np.concatenate([*self._releases[1], NONE])[begin[release[pair]] + line]
        possible = self._sides.possible[ours.party[rows[claim[pair]]], theirs.party[strike]]
        pair, strike = pair[possible], strike[possible]
        held = np.unique(pair)
        bare = _bare(first * DAY, (last + 1) * DAY, claim[held], start[held], end[held])
        own = rows[claim[pair]]
        between, least, greatest = self._measured(own, strike)
        far = np.where(np.isnan(between), greatest, between)
        order = np.lexsort((theirs.name_rank[strike], least, np.where(np.isnan(far), np.inf, far), claim[pair]))
        party = self._party[ours.party[own], theirs.party[strike]] == SURE
        columns: Any = (claim[pair], release[pair], strike, between, least, greatest, self._sure[strike],
                   self._certain[strike] & party, day0[pair], day1[pair])  # fmt: skip
        return _Held(rows, first, last, bare, *(each[order] for each in columns))

    def _measured(self, own: Ints, strike: Ints) -> tuple[Floats, Floats, Floats]:
        """Between claimed and named places: from point to point, and the bounds."""
        between, least, greatest = self._sides.regions.of(own, strike)
        points = np.isfinite(between)
        reach = self._own[own[points]] + self._named[strike[points]]
        least[points] = np.maximum(0.0, between[points] - reach)
        greatest[points] = between[points] + reach
        same = points & self._is_place[own] & (self._their_place[strike] == self._place[own])
        between[same] = least[same] = greatest[same] = 0.0
        return between, least, greatest

    def _judged(self, held: _Held) -> tuple[list[str], list[str]]:
        """Which record each claim has, and what makes it undetermined."""
        ours = self._sides.ours
        names = held.any(~np.isnan(held.least) | (self._text[held.strike] != ""))  # others name no place
        lost = np.isnan(held.least) & (self._text[held.strike] != "")
        near_place = (held.greatest <= self.near_m) & held.sure
        near = near_place & held.certain
        partly = held.any(near)
        for n in np.flatnonzero(partly & (ours.day1 > ours.day0)[held.rows]).tolist():
            at = near & (held.claim == n)
            days = np.arange(held.first[n], held.last[n] - 2 * self._more + 1)[:, None]  # whichever the claim is of
            partly[n] = ((held.day0[at] > days + 2 * self._more) | (held.day1[at] < days)).all(axis=1).any()
        partly &= (ours.day1 > ours.day0)[held.rows]
        unnamed = np.array([not (self._sides.named or ours.belligerents[n]) for n in held.rows.tolist()], dtype=bool)
        unlocated = (~ours.located | self._doubtful)[held.rows]
        rules = (
            (unlocated, UNDETERMINED, "claim"),
            (partly, UNDETERMINED, "days"),
            (held.any(near), NAMED_NEAR, ""),
            (held.any(lost | ~held.sure & ~np.isnan(held.least)), UNDETERMINED, "lines"),
            (held.any(near_place), UNDETERMINED, "doubt"),
            (held.any(held.least <= self.near_m), UNDETERMINED, "wide"),
            (np.isin(np.arange(len(held.rows)), held.bare[0]), NO_RELEASE, ""),
            (held.any(self._layout[2][held.release]), UNDETERMINED, "cut"),
            (unnamed, UNDETERMINED, "party"),
            (names, NAMED_ELSEWHERE, ""),
            (~names, NONE_NAMED, ""),
        )
        which = np.argmax([holds for holds, *_ in rules], axis=0).tolist()
        return [rules[at][1] for at in which], [rules[at][2] for at in which]

    def _comparable(self, nearest: Line | None, others: list[int], allowed: npt.NDArray[np.bool_]) -> tuple[int, int]:
        """In how many other releases a place is named, and how many there are."""
        if nearest is None or not (place := self._their_place[nearest.strike]):
            return 0, 0
        party, rows = self._sides.theirs.party, self._releases[1]
        counted = [some for at in others if len(some := rows[at][allowed[party[rows[at]]]])]
        return sum(bool((self._their_place[some] == place).any()) for some in counted), len(counted)


class _Held(NamedTuple):
    """Lines of releases that touch the days tested of some claims, those of each from the nearest to the farthest.

    ``rows``, ``first``, ``last``: the claims, and the first and last local day tested of each; ``bare``: the times of
    these days that no release covers, as :func:`_bare` has them. ``claim``: of which of them each line is; ``day0``,
    ``day1``: the days that its release touches; the rest as in :class:`Line`.
    """

    rows: Ints
    first: Ints
    last: Ints
    bare: tuple[Ints, Ints, Ints]
    claim: Ints
    release: Ints
    strike: Ints
    between: Floats
    least: Floats
    greatest: Floats
    sure: Bools
    certain: Bools
    day0: Ints
    day1: Ints

    def any(self, lines: Bools) -> Bools:
        """Which of the claims has any of some lines."""
        return np.bincount(self.claim[lines], minlength=len(self.rows)) > 0

    def lines(self) -> npt.NDArray[np.object_]:
        """One by one."""
        columns = (self.strike, self.between, self.least, self.greatest, self.sure, self.certain)
        found = np.empty(len(self.strike), dtype=object)
        found[:] = [Line(*each) for each in zip(*(column.tolist() for column in columns), strict=True)]
        return found


def _bare(first: Ints, last: Ints, claim: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Of some spans, a row a claim, what others do not cover of them: the claims, and when each gap begins and ends.

    Examples
    --------
    >>> day, some = np.array([0, 0]), np.array([0, 0, 1])
    >>> [each.tolist() for each in _bare(day, day + 24, some, np.array([-5, 9, 0]), np.array([7, 30, 24]))]
    [[0], [7], [9]]
    """
    every = np.arange(len(first))
    whose = np.concatenate([every, claim, every])
    begins, ends = np.concatenate([first, start, last]), np.concatenate([first, end, last])
    step = np.concatenate([np.zeros(len(first)), np.ones(len(claim)), np.full(len(first), 2)])  # before others, behind
    order = np.lexsort((begins, step, whose))
    begins, ends, whose = begins[order], np.clip(ends[order], first[whose[order]], last[whose[order]]), whose[order]
    far = int(last.max(initial=0) - first.min(initial=0)) + 1
    reached = np.maximum.accumulate(ends + whose * far) - whose * far
    gap = np.flatnonzero((whose[1:] == whose[:-1]) & (begins[1:] > reached[:-1]))
    return whose[gap], reached[gap], begins[gap + 1]


def day_in_words(day: int) -> str:
    """A day counted from 1970-01-01 as ``2015-06-03``."""
    return str(np.datetime64(day, "D"))


def _radius_of_places(side: Side) -> Floats:
    """How far each record's place itself may be off: of something "near X" that of X, not that of "near"."""
    vicinity = side.frame["vicinity"].fillna(False).to_numpy(dtype=bool) if "vicinity" in side.frame else None
    radius = side.radius_m.copy()
    if vicinity is not None and vicinity.any():
        rungs = side.texts("precision")[vicinity]
        radius[vicinity] = np.fmin(radius[vicinity], [RADIUS_M.get(rung, np.inf) for rung in rungs])
    return radius
