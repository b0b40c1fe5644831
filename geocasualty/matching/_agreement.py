"""How many bits speak for two records telling of one event, and which part of what they say gives them?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.gazetteer.names import fold_key, plain_key
from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._sides import Side
from geocasualty.matching._trees import Pairs
from geocasualty.matching._worth import numbers, vicinity_of
from geocasualty.matching.evidence import (
    APART_M,
    TWO_CLAIMS,
    Placed,
    log_space_density,
    log_time_density,
    measured,
)
from geocasualty.records.belligerents import overlap
from geocasualty.theatre.theatre import theatre

__all__ = ["BITS", "Records", "Weighed", "weigh"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BITS = ("distance", "time", "rate", "casualties", "names", "belligerents")
"""The parts of a weight."""

BORROWED = 5.0
"""How many records the average over all places weighs in what is usual at one place; a choice of this project."""

QUANTUM = 1024
"""Weights are rounded to this part of a bit, so that sums of them are exact and no tie hangs on rounding."""

MISSING = -1
"""The level of a comparison for which either side says nothing."""

CASUALTIES = (0.75, 0.15, 0.10)
"""Of one event: the ranges of killed overlap, are close, or neither. A choice of this project, as the two below."""
NAMES = (0.55, 0.15, 0.30)
"""Of one event: one place or one name, a spelling of it, another name (of the quarter, the town next to it)."""
BELLIGERENTS = (0.85, 0.15)
"""Of one event: a name is shared, or none is."""

CLOSE_SHARE = 0.25
"""Ranges whose ends differ by one, or by a quarter of the larger, are close."""

_KINDS = re.compile(
    r"\b(?:city|town|village|neighbou?rhood|district|sub-?district|governorate|province|area|camp|refugee camp|"
    r"countryside|outskirts|of|the|near|in)\b"
)


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one set, or of two behind each other.

    Attributes
    ----------
    places : tuple of Placed
        Where the records of the first set may be, and those of the second (or the same again).
    ids : numpy.ndarray of object
        Identifiers, unique within a set.
    which : numpy.ndarray of int
        0 for the first set, 1 for the second.
    rank : numpy.ndarray of int
        The position by set and identifier: whatever the order of the rows.
    said : pandas.DataFrame
        What the records say besides place and time.
    start, end, located : numpy.ndarray
        As :class:`geocasualty.matching._sides.Side`.
    """

    places: tuple[Placed, Placed]
    ids: npt.NDArray[np.object_]
    which: Ints
    rank: Ints
    said: pd.DataFrame
    start: Ints
    end: Ints
    located: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, frames: list[gpd.GeoDataFrame], sides: list[Side]) -> Records:
        """Put the sets behind each other."""
        places = [Placed.of(side, vicinity_of(frame, "incident")) for frame, side in zip(frames, sides, strict=True)]
        ids, start, end, located = (
            np.concatenate([getattr(side, name) for side in sides]) for name in ("ids", "start", "end", "located")
        )
        which = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
        order = sorted(range(len(ids)), key=lambda at: (which[at], str(type(ids[at])), ids[at]))
        rank = np.empty(len(ids), dtype=np.int64)
        rank[order] = np.arange(len(ids))
        said = [
            pd.DataFrame({name: frame[name].to_numpy(dtype=object) if name in frame else None for name in SAID},
                         index=range(len(frame)), dtype=object)
            for frame in frames
        ]  # fmt: skip
        return cls(
            (places[0], places[-1]), ids, which, rank, pd.concat(said, ignore_index=True), start, end, located
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The candidates: pairs of records within the limits, with their weights in bits and the parts of them."""

    one: Ints
    other: Ints
    weight: Floats
    bits: dict[str, Floats]
    distance_km: Floats
    gap_days: Floats


def weigh(records: Records, near: Pairs, window: Window, background_days: int) -> Weighed:
    """Weigh the pairs that are within the limits in time; the others say how usual such pairs are there.

    Parameters
    ----------
    records : Records
        Both sets.
    near : Pairs
        Of both sets, or within one, for ``background_days`` more than the limit; each once.
    window : Window
        Of a candidate.
    background_days : int
        Days.
    """
    ours, theirs = records.places
    one, other = near.i, near.j + (len(ours.side) if theirs is not ours else 0)
    (log_density,) = measured(ours, theirs, (near.i, near.j), near.between_m, log_space_density)
    density = np.exp(log_density)
    variance_km2 = (ours.variance_m2()[near.i] + theirs.variance_m2()[near.j] + APART_M**2) / 1e6
    weight = np.minimum(density * 2 * np.pi * variance_km2, 1.0)  # of a Gaussian, its height against that of the middle
    start, end = records.start, records.end
    chosen = np.flatnonzero(np.abs(near.gap_s) <= window.reach_s)
    ends = (one, other)
    rates = _rates(records, ends, density, chosen, window.reach_s, background_days)
    first, last = ((start[at[chosen]], end[at[chosen]]) for at in ends)
    bits = {
        "distance": (log_density[chosen] + np.log(theatre().area_km2)) / np.log(2),
        "time": (log_time_density(first, last, TWO_CLAIMS) + np.log(2 * background_days)) / np.log(2),
        "rate": -np.log2(rates).sum(axis=0) / 2,
    }
    for name, (levels_of, alike) in COMPARISONS.items():
        bits[name] = _usual(levels_of(records.said, one, other), alike, ends, weight, chosen, len(records))
    bits = {name: np.round(values * QUANTUM) / QUANTUM + 0.0 for name, values in bits.items()}
    return Weighed(
        one[chosen], other[chosen], np.sum([bits[name] for name in BITS], axis=0), bits,
        near.between_m[chosen] / 1000, near.gap_s[chosen] / DAY,
    )  # fmt: skip


def _sums(ends: tuple[Ints, Ints], values: Floats, count: int) -> Floats:
    return np.asarray(sum(np.bincount(at, weights=values, minlength=count) for at in ends), dtype=float)


def _rates(
    records: Records, ends: tuple[Ints, Ints], density: Floats, chosen: Ints, limit_s: int, background_days: int
) -> Floats:
    """How densely unrelated records lie around both ends of each candidate, over one in all the area and time.

    Those within the limits are rivals and no background, unless the other set holds little time besides: then they
    count as well, all but the pair itself.
    """
    everywhere = theatre().area_km2 * 2 * background_days
    outside = np.ones(len(density), dtype=bool)
    outside[chosen] = False
    every, besides = (_sums(ends, density * counts, len(records)) for counts in (1.0, outside))
    inside_days, days = (_days(records, reach) for reach in (limit_s, limit_s + background_days * DAY))
    enough = days - inside_days >= inside_days
    rates = [
        np.where(
            enough[at],
            besides[at] / np.maximum(days - inside_days, 1.0)[at],
            np.maximum(every[at] - density[chosen], 0.0) / np.maximum(days, 1.0)[at],
        )
        for at in (end[chosen] for end in ends)
    ]
    return np.asarray(1 + np.array(rates) * everywhere)


def _days(records: Records, reach_s: int) -> Floats:
    """Days around each record that the other set (its own, where there is one) spans."""
    days = np.zeros(len(records))
    for whose in np.unique(records.which):
        ours, theirs = records.which == whose, records.which == records.which.max() - whose
        if theirs.any():
            low = np.maximum(records.start[ours] - reach_s, records.start[theirs].min())
            high = np.minimum(records.end[ours] + reach_s, records.end[theirs].max())
            days[ours] = np.maximum((high - low) / DAY, 0.0)
    return days


def _usual(
    levels: Ints, alike: tuple[float, ...], ends: tuple[Ints, Ints], near: Floats, chosen: Ints, count: int
) -> Floats:
    """Bits of an agreement: how often events agree so, over how often the records around this place do.

    Records count by how near they are; the pair itself does not count; a few records of the average are borrowed.
    """
    said = levels != MISSING
    sums = [_sums(ends, near * (levels == level), count) for level in range(len(alike))]
    totals = _sums(ends, near * said, count)
    average = np.array([near[levels == level].sum() + 1 for level in range(len(alike))])
    average /= average.sum()
    bits = np.zeros(len(chosen))
    for level, share in enumerate(alike):
        at = np.flatnonzero(levels[chosen] == level)
        pair = chosen[at]
        for end in ends:
            here = np.maximum(sums[level][end[pair]] - near[pair], 0.0) + BORROWED * average[level]
            every = np.maximum(totals[end[pair]] - near[pair], 0.0) + BORROWED
            bits[at] += np.log2(share / (here / every)) / 2
    return bits


def _casualty_levels(said: pd.DataFrame, one: Ints, other: Ints) -> Ints:
    """Compare the ranges of killed, or of injured where one record counts no killed: 0 overlap, 1 close, 2 apart."""
    levels = np.full(len(one), MISSING, dtype=np.int64)
    for what in ("injured", "killed"):
        low, high = _range(said, what)
        low_i, high_i, low_j, high_j = low[one], high[one], low[other], high[other]
        gap = np.maximum(low_i, low_j) - np.minimum(high_i, high_j)
        close = np.maximum(1.0, CLOSE_SHARE * np.maximum(high_i, high_j))
        known = ~np.isnan(gap)
        levels[known] = np.where(gap <= 0, 0, np.where(gap <= close, 1, 2))[known]
    return levels


def _range(said: pd.DataFrame, what: str) -> tuple[Floats, Floats]:
    """Least and greatest number; one that is missing is the other."""
    low, high = (numbers(said[f"{what}_{end}"], "incident") for end in ("min", "max"))
    return np.where(np.isnan(low), high, low), np.where(np.isnan(high), low, high)


def _belligerent_levels(said: pd.DataFrame, one: Ints, other: Ints) -> Ints:
    """Compare belligerents: 0 a name is shared, 1 none."""

    def level(one: str, other: str) -> int:
        return MISSING if not one or not other else int(not overlap(one, other))

    return _levels(_texts(said, "belligerents"), one, other, level)


def _name_levels(said: pd.DataFrame, one: Ints, other: Ints) -> Ints:
    """Compare the names of places: 0 one place or one name, 1 a spelling of it, 2 another."""
    levels = _levels(_texts(said, "place_text"), one, other, _spelled)
    place = _texts(said, "place_id")
    levels[(place[one] == place[other]) & (place[one] != "")] = 0
    return levels


def _spelled(one: str, other: str) -> int:
    from rapidfuzz.distance import Levenshtein

    keys = [fold_key(_KINDS.sub(" ", plain_key(text))) for text in (one, other)]
    if not all(keys):
        return MISSING
    if keys[0] == keys[1]:
        return 0
    return 1 if Levenshtein.normalized_similarity(*keys) >= _cutoff(min(map(len, keys))) else 2


def _cutoff(length: int) -> float:
    """A short name with one other letter is another name."""
    return 0.86 if length < 7 else 0.8


def _texts(said: pd.DataFrame, column: str) -> npt.NDArray[np.object_]:
    return np.array(["" if pd.isna(value) else str(value) for value in said[column]], dtype=object)


def _levels(texts: npt.NDArray[np.object_], one: Ints, other: Ints, level: Callable[[str, str], int]) -> Ints:
    """One comparison for each distinct pair of texts."""
    codes, distinct = pd.factorize(texts)
    a, b = np.minimum(codes[one], codes[other]).astype(np.int64), np.maximum(codes[one], codes[other])
    keys, back = np.unique(a * max(len(distinct), 1) + b, return_inverse=True)
    found = [level(*sorted((distinct[key // len(distinct)], distinct[key % len(distinct)]))) for key in keys.tolist()]
    return np.array(found, dtype=np.int64)[back] if found else np.empty(0, dtype=np.int64)


COMPARISONS: dict[str, tuple[Callable[[pd.DataFrame, Ints, Ints], Ints], tuple[float, ...]]] = {
    "casualties": (_casualty_levels, CASUALTIES),
    "names": (_name_levels, NAMES),
    "belligerents": (_belligerent_levels, BELLIGERENTS),
}
"""What records say besides place and time: how pairs compare, and how often those of one event reach each level."""

SAID = (
    "killed_min", "killed_max", "injured_min", "injured_max", "place_text", "place_id", "belligerents", "vicinity",
)  # fmt: skip
"""The columns that count where they are given."""
