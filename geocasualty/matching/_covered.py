"""How much of a time do the records cover, for one belligerent and country, and how much of it completely?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._days import Shifted
from geocasualty.matching._limits import DAY
from geocasualty.records._coverage import COVERAGE_COLUMNS
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.theatre.parties import parties_in_force

__all__ = ["Covered", "Held"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Spans = npt.NDArray[np.int64]

ROWS = 4_096
"""Incidents whose days are looked at together: they fit a cache."""
NONE: Spans = np.empty((0, 2), dtype=np.int64)


class Held(NamedTuple):
    """What the records would show of each incident.

    Attributes
    ----------
    whose, names : numpy.ndarray of int, list of list of str
        A code for each incident, and whose records would have to show a strike: of all that a claim names, else of the
        best covered.
    share, complete : numpy.ndarray of float
        The share of the time tested that their records cover, and that such cover as say they hold all.
    covered : numpy.ndarray of bool
        Whether they cover all of what is tested under each shift (columns).
    """

    whose: Ints
    names: list[list[str]]
    share: Floats
    complete: Floats
    covered: npt.NDArray[np.bool_]


class Covered:
    """The spans of time that records cover, by belligerent and country, and those in which they say they hold all.

    Records of an alliance hold the strikes of its members too, while they are members
    (:func:`geocasualty.records.belligerents.overlap`).

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`geocasualty.coverage` returns it.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        missing = [column for column in COVERAGE_COLUMNS if column not in table.columns]
        if missing:
            raise InputError(
                f"coverage: no column {', '.join(map(repr, missing))}; see gcas.coverage", column=missing[0]
            )
        if table["complete"].isna().any() or not table["complete"].isin([True, False]).all():
            raise InputError("coverage: complete must be True or False in every row; False where only a part is held")
        spans: dict[bool, dict[tuple[str, str], list[tuple[int, int]]]] = {False: {}, True: {}}
        for row in table.itertuples():
            for edge in (row.start, row.end):
                if getattr(edge, "tzinfo", None) is None:
                    raise InputError("coverage: start and end need a zone; use .dt.tz_localize")
            span = (int(row.start.timestamp()), int(row.end.timestamp()))
            for complete in {False, bool(row.complete)}:
                spans[complete].setdefault((canonical_belligerents(row.belligerent), row.country), []).append(span)
        self._spans = {
            complete: {key: _union(values) for key, values in each.items()} for complete, each in spans.items()
        }
        self._alliances = parties_in_force().alliances
        self._with_whole: dict[tuple[bool, str, str], Spans] = {}

    def _held(self, name: str, country: str, *, complete: bool) -> Spans:
        """The spans that are covered for a belligerent in a country."""
        declared = self._spans[complete]
        own = declared.get((name, country), NONE)
        wholes = [each for each in self._alliances.get(name, ()) if (each.alliance, country) in declared]
        if not wholes:
            return own
        key = complete, name, country
        if key not in self._with_whole:
            spans = [(start, end) for start, end in own.tolist()]
            for each in wholes:
                held = np.clip(declared[each.alliance, country], each.first * DAY, (each.last + 1) * DAY)
                spans += [(start, end) for start, end in held.tolist() if start < end]
            self._with_whole[key] = _union(spans)
        return self._with_whole[key]

    def seconds(self, belligerent: str, country: str, start: Any, end: Any, *, complete: bool = False) -> Ints:
        """How many seconds of some times are covered; with ``complete``, by records that say they hold all."""
        spans = self._held(belligerent, country, complete=complete)
        if not len(spans):
            return np.zeros(np.shape(start), dtype=np.int64)
        length = spans[:, 1] - spans[:, 0]
        before = np.cumsum(length) - length

        def until(time: Any) -> Ints:
            at = np.maximum(np.searchsorted(spans[:, 0], time, side="right") - 1, 0)
            return np.asarray(before[at] + np.clip(time - spans[at, 0], 0, length[at]))

        return np.asarray(until(end) - until(start))

    def best_covered(self, country: str, start: Ints, end: Ints) -> tuple[list[str], Ints]:
        """The belligerents of whom there are records, and the one of them whose strikes are covered best at each time.

        For claims that name none. Of equals it is the one of whom most time is covered at all.
        """
        spans = {name: each for (name, where), each in self._spans[False].items() if where == country}
        held = {name: int(np.diff(each).sum()) for name, each in spans.items()}
        names = sorted(held, key=lambda name: (-held[name], name))
        if not names:
            return [""], np.zeros(len(start), dtype=np.int64)
        whole, some = (
            np.stack([self.seconds(name, country, start, end, complete=complete) for name in names])
            for complete in (True, False)
        )
        some[whole < whole.max(axis=0)] = -1
        return names, some.argmax(axis=0)

    def of(
        self, named: Ints, names: list[str], countries: tuple[Ints, list[str]], moved: Shifted, seconds: int
    ) -> Held:
        """What the records would show of each incident.

        Parameters
        ----------
        named, names : numpy.ndarray of int, list of str
            Whom each incident names, as a code and what the codes stand for.
        countries : numpy.ndarray of int, list of str
            Where each was, likewise.
        moved : Shifted
            When each was, and would have been.
        seconds : int
            The limit by which its time is widened.
        """
        count, days = len(named), moved.days
        starts, ends = moved.starts() - seconds, moved.ends() + seconds
        held = Held(
            np.zeros(count, dtype=np.int64), [], np.zeros(count), np.zeros(count), np.zeros(starts.shape, dtype=bool)
        )
        place, where = countries
        for key in np.unique(named * len(where) + place):
            name, country = names[key // len(where)], where[key % len(where)]
            rows = np.flatnonzero(named * len(where) + place == key)
            start, end = starts[rows, days], ends[rows, days]
            options, choice = [name], np.zeros(len(rows), dtype=np.int64)
            if not name:
                options, choice = self.best_covered(country, start, end)
            for number, whose in enumerate(options):
                chosen = rows[choice == number]
                if not len(chosen):
                    continue
                asked = whose.split(";") if whose else []
                held.whose[chosen] = len(held.names)
                held.names.append(asked)
                self._fill(held, chosen, asked, country, starts[chosen], ends[chosen], days)
        return held

    def _fill(
        self, held: Held, rows: Ints, names: list[str], country: str, starts: Ints, ends: Ints, days: int
    ) -> None:
        """The least share of each time that is covered, over the belligerents; 0 without any."""
        if not names:
            return
        covered = np.ones(starts.shape, dtype=bool)
        for name in names:
            for first in range(0, len(rows), ROWS):
                part = slice(first, first + ROWS)
                times = starts[part], ends[part]
                covered[part] &= self.seconds(name, country, *times) == times[1] - times[0]
        held.covered[rows] = covered
        start, end = starts[:, days], ends[:, days]
        for share, complete in ((held.share, False), (held.complete, True)):
            least = np.min([self.seconds(name, country, start, end, complete=complete) for name in names], axis=0)
            share[rows] = least / (end - start)


def _union(spans: list[tuple[int, int]]) -> Spans:
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return np.array(merged, dtype=np.int64).reshape(-1, 2)
