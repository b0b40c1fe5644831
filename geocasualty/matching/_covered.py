"""How much of a time do the records cover, for one belligerent and country, and how much of it completely?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.records._coverage import COVERAGE_COLUMNS
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.theatre.parties import parties_in_force

__all__ = ["Covered"]

Spans = npt.NDArray[np.int64]

NONE: Spans = np.empty((0, 2), dtype=np.int64)
DAY = 86_400


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

    def best_covered(self, country: str, start: int, end: int) -> list[str]:
        """The belligerent whose strikes are covered best at a time, for a claim that names none; empty without any."""

        def order(name: str) -> tuple[int, int, int, str]:
            spans = self._spans[False][name, country]
            whole, some = (self.seconds(name, country, start, end, complete=complete) for complete in (True, False))
            return -whole, -some, -int((spans[:, 1] - spans[:, 0]).sum()), name

        return sorted((name for name, where in self._spans[False] if where == country), key=order)[:1]

    def whose(self, named: str, country: str, start: int, end: int) -> list[str]:
        """Whose records would have to show a strike: of all that a claim names, else of the best covered."""
        return named.split(";") if named else self.best_covered(country, start, end)

    def wholly(self, belligerents: Iterable[str], country: str, start: Spans, end: Spans) -> npt.NDArray[np.bool_]:
        """For each of many times, whether the records of every belligerent cover all of it; never without any."""
        names = list(belligerents)
        every = np.full(len(start), bool(names))
        for name in names:
            spans = self._held(name, country, complete=False)
            at = np.searchsorted(spans[:, 0], start, side="right") - 1  # the spans neither overlap nor touch
            every &= at >= 0
            every[every] &= spans[at[every], 1] >= end[every]
        return every

    def seconds(self, belligerent: str, country: str, start: int, end: int, *, complete: bool = False) -> int:
        """How many seconds of a time are covered; with ``complete``, by records that say they hold all."""
        spans = self._held(belligerent, country, complete=complete)
        overlap = np.minimum(spans[:, 1], end) - np.maximum(spans[:, 0], start)
        return int(overlap[overlap > 0].sum())

    def share(
        self, belligerents: Iterable[str], country: str, start: int, end: int, *, complete: bool = False
    ) -> float:
        """The least share of a time that is covered, over the belligerents; 0 without any."""
        seconds = [self.seconds(name, country, start, end, complete=complete) for name in belligerents]
        return min(seconds, default=0) / (end - start)


def _union(spans: list[tuple[int, int]]) -> Spans:
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return np.array(merged, dtype=np.int64).reshape(-1, 2)
