"""How much of a time do the records cover, for one belligerent and country, and how much of it completely?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._limits import DAY
from geocasualty.matching._sides import midnights
from geocasualty.records._coverage import COVERAGE_COLUMNS
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.records.schema import ATTACK_KINDS
from geocasualty.theatre.parties import parties_in_force

__all__ = ["Covered", "Held", "Sought"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Spans = npt.NDArray[np.int64]

ANY, WHOLE = "any", "whole"
"""Records that hold some strikes, and such as say they hold all of the kinds that they hold."""
KNOWN_KINDS = tuple(kind for kind in ATTACK_KINDS if kind != "other")
"""A claim that does not say of which kind the attack was may be of any of these."""

NONE: Spans = np.empty((0, 2), dtype=np.int64)


class Held(NamedTuple):
    """What the records would show of each incident.

    Attributes
    ----------
    whose, names : numpy.ndarray of int, list of list of str
        A code for each incident, and whose records would have to show a strike: of all that a claim names, else of the
        best covered.
    share, complete, kinds : numpy.ndarray of float
        The share of the days over which an absence is tested that their records cover, that such cover as say they hold
        all, and all of the kinds of attack that the claim may be of. A day is one of the claim's own zone, and is
        covered where all of it is.
    covered : numpy.ndarray of bool
        Whether they cover all the days that are tested under each shift (columns).
    """

    whose: Ints
    names: list[list[str]]
    share: Floats
    complete: Floats
    kinds: Floats
    covered: npt.NDArray[np.bool_]


class Sought(NamedTuple):
    """Whose strikes records would have to show, where, in which zone, and of which kinds.

    A code for each incident, and what the codes stand for.
    """

    whose: tuple[Ints, list[str]]
    country: tuple[Ints, list[str]]
    zone: tuple[Ints, list[str]]
    kinds: tuple[Ints, list[str]]

    def alike(self) -> Iterator[tuple[Ints, str, str, str, str]]:
        """The rows of incidents that ask the same, and what they ask."""
        keys = self.whose[0]
        for codes, names in self[1:]:
            keys = keys * len(names) + codes
        for key, rows in pd.Series(np.arange(len(keys))).groupby(keys).indices.items():
            at = np.unravel_index(int(key), [len(names) for _, names in self])
            yield rows, *(names[n] for (_, names), n in zip(self, at, strict=True))


class Covered:
    """The spans of time that records cover, by belligerent and country, and those in which they say they hold all.

    Records of an alliance hold the strikes of its members too, while they are members
    (:func:`geocasualty.records.belligerents.overlap`).

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`geocasualty.coverage` returns it; kept, with each belligerent in its one spelling.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        missing = [column for column in COVERAGE_COLUMNS if column not in table.columns]
        if missing:
            raise InputError(
                f"coverage: no column {', '.join(map(repr, missing))}; see gcas.coverage", column=missing[0]
            )
        if table["complete"].isna().any() or not table["complete"].isin([True, False]).all():
            raise InputError("coverage: complete must be True or False in every row; False where only a part is held")
        spelt = {name: canonical_belligerents(name) for name in table["belligerent"].unique()}
        self.table = table = table.assign(belligerent=table["belligerent"].map(spelt))
        spans: dict[str, dict[tuple[str, str], list[tuple[int, int]]]] = {ANY: {}, WHOLE: {}}
        for row in table.itertuples():
            for edge in (row.start, row.end):
                if getattr(edge, "tzinfo", None) is None:
                    raise InputError("coverage: start and end need a zone; use .dt.tz_localize")
            span = (int(row.start.timestamp()), int(row.end.timestamp()))
            kinds = getattr(row, "kinds", "")
            held = [WHOLE, *filter(None, kinds.split(";") if isinstance(kinds, str) else ())] if row.complete else []
            for what in (ANY, *held):
                spans.setdefault(what, {}).setdefault((row.belligerent, row.country), []).append(span)
        self._spans = {what: {key: _union(values) for key, values in each.items()} for what, each in spans.items()}
        self._alliances = parties_in_force().alliances
        self._with_whole: dict[tuple[str, str, str], Spans] = {}

    def _held(self, name: str, country: str, what: str) -> Spans:
        """The spans that are covered for a belligerent in a country."""
        declared = self._spans.get(what, {})
        own = declared.get((name, country), NONE)
        wholes = [each for each in self._alliances.get(name, ()) if (each.alliance, country) in declared]
        if not wholes:
            return own
        key = what, name, country
        if key not in self._with_whole:
            spans = [(start, end) for start, end in own.tolist()]
            for each in wholes:
                held = np.clip(declared[each.alliance, country], each.first * DAY, (each.last + 1) * DAY)
                spans += [(start, end) for start, end in held.tolist() if start < end]
            self._with_whole[key] = _union(spans)
        return self._with_whole[key]

    def seconds(self, belligerent: str, country: str, start: Any, end: Any, what: str) -> Ints:
        """How many seconds of some times are covered by any records, by such as hold all, or hold all of a kind."""
        spans = self._held(belligerent, country, what)
        if not len(spans):
            return np.zeros(np.shape(start), dtype=np.int64)
        length = spans[:, 1] - spans[:, 0]
        before = np.cumsum(length) - length

        def until(time: Any) -> Ints:
            at = np.maximum(np.searchsorted(spans[:, 0], time, side="right") - 1, 0)
            return np.asarray(before[at] + np.clip(time - spans[at, 0], 0, length[at]))

        return np.asarray(until(end) - until(start))

    def names(self, country: str) -> list[str]:
        """The belligerents of whose strikes in a country there are records, those of whom most is covered first."""
        held = {name: int(np.diff(each).sum()) for (name, where), each in self._spans[ANY].items() if where == country}
        return sorted(held, key=lambda name: (-held[name], name))

    def of(self, sought: Sought, days: tuple[Ints, Ints], reach: int, absence: Ints, span: int) -> Held:
        """What the records would show of each incident.

        Parameters
        ----------
        sought : Sought
            Whom each incident names, where it was, in which zone, and by which kinds of attack.
        days : tuple of numpy.ndarray of int
            First and last local day of each.
        reach : int
            By how many days these are widened in the test.
        absence : numpy.ndarray of int
            By how many they are widened, of each, before the absence of a strike says anything.
        span : int
            By how many days each is moved, either way.
        """
        day0, day1 = days
        count = len(day0)
        share, complete, kinds = np.zeros((3, count))
        held = Held(np.zeros(count, dtype=np.int64), [], share, complete, kinds, np.zeros((count, 2 * span + 1), bool))
        if not count:
            return held
        moved = np.arange(-span, span + 1)
        for rows, name, country, zone, attacks in sought.alike():
            wide = absence[rows]
            low = int((day0[rows] - np.maximum(wide, span + reach)).min())
            high = int((day1[rows] + np.maximum(wide, span + reach)).max())
            edges = midnights(np.arange(low, high + 2), zone)
            options = [name.split(";")] if name else [[each] for each in self.names(country)] or [[]]
            any_, whole, fit = (
                np.stack([self._whole(each, country, edges, what) for each in options])
                for what in ([ANY], [WHOLE], attacks.split(";") if attacks else [*KNOWN_KINDS])
            )
            first, last = day0[rows] - wide - low, day1[rows] + wide + 1 - low
            some, most, all_ = (each[:, last] - each[:, first] for each in (any_, whole, fit))
            # of equals it is the one of whom most is covered at all
            choice = np.lexsort((-np.arange(len(options))[:, None] + 0 * most, some, most), axis=0)[-1]
            held.whose[rows] = len(held.names) + choice
            held.names.extend(options)
            length, at = last - first, (choice, np.arange(len(rows)))
            share[rows], complete[rows], kinds[rows] = some[at] / length, most[at] / length, all_[at] / length
            begin, end = (each[:, None] - low + moved for each in (day0[rows] - reach, day1[rows] + reach + 1))
            held.covered[rows] = any_[choice[:, None], end] - any_[choice[:, None], begin] == end - begin
        return held

    def _whole(self, names: list[str], country: str, edges: Ints, what: list[str]) -> Ints:
        """How many of the days before each of some midnights are covered wholly for all of some belligerents."""
        held = np.full(len(edges) - 1, bool(names))
        for name, each in itertools.product(names, what):
            held &= self.seconds(name, country, edges[:-1], edges[1:], each) == np.diff(edges)
        return np.concatenate([[0], np.cumsum(held)])


def _union(spans: list[tuple[int, int]]) -> Spans:
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return np.array(merged, dtype=np.int64).reshape(-1, 2)
