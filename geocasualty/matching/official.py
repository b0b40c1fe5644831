"""What do the releases of a claim's days name, word for word? Facts beside the finding, none of them a probability."""

from __future__ import annotations

import functools
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import RADIUS_M
from geocasualty.matching._limits import SURE, of_one_party
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

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


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
    bare : list of int
        Those of them that no release touches.
    releases : list of Release
        By time; lines from the nearest to the farthest, those without a distance last.
    nearest : Line or None
        Of all of them.
    named, of : int
        In how many other releases of comparable days the nearest line's place is named too, and how many there are.
    why : str
        What makes it undetermined: ``claim``, ``days``, ``lines``, ``wide``, ``cut``, ``party`` or "".
    """

    name: str
    near_m: float
    days: tuple[int, int]
    bare: list[int]
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
        self._certain = ~theirs.flagged(DOUBTFUL_TIME - {"unknown-end"})
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

    def _days(self, zone: str) -> tuple[Ints, Ints]:
        """The first and the last local day that each release touches."""
        if zone not in self._by_zone:
            edges = np.array([key[2:] for key in self._releases[0]], dtype=np.int64).reshape(-1, 2)
            local = [in_zone(edge, zone).to_numpy().astype("datetime64[D]").astype(np.int64)
                     for edge in (edges[:, 0], edges[:, 1] - 1)]  # fmt: skip
            self._by_zone[zone] = local[0], local[1]
        return self._by_zone[zone]

    def record(self, n: int) -> Record:
        """The official record of one claim, by its row; it is made once."""
        if n not in self._made:
            self._made[n] = self._record(n)
        return self._made[n]

    def _record(self, n: int) -> Record:
        ours, theirs = self._sides.ours, self._sides.theirs
        first, last = int(ours.day0[n]), int(ours.day1[n])
        first, last = first - self._more, last + self._more
        keys, rows = self._releases
        days = self._days(self._zone[n])
        allowed = self._sides.possible[ours.party[n]]
        some = np.flatnonzero((days[0] <= last) & (days[1] >= first)).tolist()
        held = [(at, counted) for at in some if len(counted := rows[at][allowed[theirs.party[rows[at]]]])]
        told = iter(self._lines(n, np.concatenate([counted for _, counted in held])) if held else ())
        releases = [
            self._release(keys[at], counted, (int(days[0][at]), int(days[1][at])), list(islice(told, len(counted))))
            for at, counted in held
        ]
        touched = {day for each in releases for day in range(each.days[0], each.days[1] + 1)}
        bare = [day for day in range(first, last + 1) if day not in touched]
        lines = sorted((line for each in releases for line in each.lines), key=self._order)
        name, why = self._judged(n, releases, lines, bare)
        nearest = lines[0] if lines and not np.isnan(lines[0].least) else None
        reach = (days[0] <= last + COMPARABLE_DAYS) & (days[1] >= first - COMPARABLE_DAYS)
        reach[some] = False
        named, of = self._comparable(nearest, np.flatnonzero(reach).tolist(), allowed)
        return Record(name, self.near_m, (first, last), bare, releases, nearest, named, of, why)

    def table(self, rows: Ints) -> pd.DataFrame:
        """``official_record``, ``record_place``, ``record_km`` and ``record_days`` of some claims."""
        every = [self.record(int(n)) for n in rows]
        return pd.DataFrame(
            {
                "official_record": pd.Categorical([each.name for each in every], categories=list(RECORDS)),
                "record_place": pd.Series([self._text[each.nearest.strike] if each.nearest else None for each in every],
                                          dtype=object),
                "record_km": [each.nearest.metres / 1000 if each.nearest else np.nan for each in every],
                "record_days": pd.Series(["/".join(dict.fromkeys(map(day_in_words, each.days))) for each in every],
                                         dtype=object),
            }
        )  # fmt: skip

    def _release(self, key: tuple[str, str, int, int], rows: Ints, days: tuple[int, int], lines: list[Line]) -> Release:
        dataset, whose, start, end = key
        title = "; ".join(dict.fromkeys(filter(None, self._title[rows].tolist())))
        return Release(
            dataset, title, whose, start, end, days, tuple(sorted(lines, key=self._order)), key not in self._cut
        )

    def _lines(self, n: int, rows: Ints) -> list[Line]:
        own = np.full(len(rows), n)
        between, least, greatest = self._sides.regions.of(own, rows)
        points = np.isfinite(between)
        reach = self._own[n] + self._named[rows[points]]
        least[points] = np.maximum(0.0, between[points] - reach)
        greatest[points] = between[points] + reach
        same = points & self._is_place[n] & (self._their_place[rows] == self._place[n])
        between[same] = least[same] = greatest[same] = 0.0
        party = self._party[self._sides.ours.party[n], self._sides.theirs.party[rows]] == SURE
        columns = (rows, between, least, greatest, self._sure[rows], self._certain[rows] & party)
        return [Line(*each) for each in zip(*(column.tolist() for column in columns), strict=True)]

    def _order(self, line: Line) -> tuple[float, float, int]:
        """From the nearest to the farthest, places before areas of the same distance, then by identifier."""
        far = line.metres if not np.isnan(line.metres) else line.greatest
        return (float("inf") if np.isnan(far) else far, line.least, int(self._sides.theirs.name_rank[line.strike]))

    def _judged(self, n: int, releases: list[Release], lines: list[Line], bare: list[int]) -> tuple[str, str]:
        """Which record it is, and what makes it undetermined."""
        ours = self._sides.ours
        if not ours.located[n] or self._doubtful[n]:
            return UNDETERMINED, "claim"
        if near := [each for each in releases if any(self._is_near(line) for line in each.lines)]:
            days = range(int(ours.day0[n]) - self._more, int(ours.day1[n]) - self._more + 1)
            spans = [(day, day + 2 * self._more) for day in days]  # whichever of its days the claim is of
            every = all(any(each.days[0] <= last and each.days[1] >= first for each in near) for first, last in spans)
            return (NAMED_NEAR, "") if every else (UNDETERMINED, "days")
        lines = [line for line in lines if not np.isnan(line.least) or self._text[line.strike]]  # others name no place
        if any(np.isnan(line.least) or not line.sure for line in lines):
            return UNDETERMINED, "lines"
        if any(line.least <= self.near_m for line in lines):
            return UNDETERMINED, "wide"
        if bare:
            return NO_RELEASE, ""
        if not all(each.whole for each in releases):
            return UNDETERMINED, "cut"
        if not (self._sides.named or ours.belligerents[n]):
            return UNDETERMINED, "party"
        return (NAMED_ELSEWHERE if lines else NONE_NAMED), ""

    def _is_near(self, line: Line) -> bool:
        """Whether its place certainly is, and the line certainly of those days and that party."""
        return line.greatest <= self.near_m and line.sure and line.certain

    def _comparable(self, nearest: Line | None, others: list[int], allowed: npt.NDArray[np.bool_]) -> tuple[int, int]:
        """In how many other releases a place is named, and how many there are."""
        if nearest is None or not (place := self._their_place[nearest.strike]):
            return 0, 0
        party, rows = self._sides.theirs.party, self._releases[1]
        counted = [some for at in others if len(some := rows[at][allowed[party[rows[at]]]])]
        return sum(bool((self._their_place[some] == place).any()) for some in counted), len(counted)


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
