"""How many bits speak for two records telling of one event, and which part of what they say gives them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching import _likeness as like
from geocasualty.matching._limits import DAY, Limits
from geocasualty.matching._sides import Side
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


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one set, or of two behind each other.

    Attributes
    ----------
    ids : numpy.ndarray of object
        Identifiers, unique within a set.
    which : numpy.ndarray of int
        0 for the first set, 1 for the second.
    rank : numpy.ndarray of int
        The position by set and identifier: whatever the order of the rows.
    frame : pandas.DataFrame
        What the records say besides place and time.
    radius_m, start, end, located, vicinity : numpy.ndarray
        As :class:`geocasualty.matching._sides.Side`.
    """

    ids: npt.NDArray[np.object_]
    which: Ints
    rank: Ints
    frame: pd.DataFrame
    radius_m: Floats
    start: Ints
    end: Ints
    located: npt.NDArray[np.bool_]
    vicinity: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, frames: list[gpd.GeoDataFrame], sides: list[Side]) -> Records:
        """Put the sets behind each other."""
        ids: Any = np.concatenate([side.ids for side in sides])
        which = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
        order = sorted(range(len(ids)), key=lambda at: (which[at], str(type(ids[at])), ids[at]))
        rank = np.empty(len(ids), dtype=np.int64)
        rank[order] = np.arange(len(ids))
        said = [
            pd.DataFrame({name: frame[name].to_numpy(dtype=object) if name in frame else None for name in like.SAID},
                         index=range(len(frame)), dtype=object)
            for frame in frames
        ]  # fmt: skip
        together = {
            name: np.concatenate([getattr(side, name) for side in sides])
            for name in ("radius_m", "start", "end", "located")
        }
        frame = pd.concat(said, ignore_index=True)
        vicinity = np.array([not pd.isna(value) and bool(value) for value in frame["vicinity"]], dtype=bool)
        return cls(ids, which, rank, frame, vicinity=vicinity, **together)

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


def weigh(
    records: Records, one: Ints, other: Ints, wide: pd.DataFrame, limits: Limits, background_days: int
) -> Weighed:
    """Weigh the pairs that are within the limits in time; the others say how usual such pairs are there.

    Parameters
    ----------
    records : Records
        Both sets.
    one, other : numpy.ndarray of int
        The two records of each pair; each pair once.
    wide : pandas.DataFrame
        As :func:`geocasualty.match` gives them with bounds, for ``background_days`` more than the limit.
    limits : Limits
        Of a candidate.
    background_days : int
        Days.
    """
    away, reach = like.separation(wide, records.radius_m[one], records.radius_m[other])
    vicinity = records.vicinity[one] | records.vicinity[other]
    density = like.place_density(away, reach, vicinity)
    near = density / like.densest(reach, vicinity)
    start, end = records.start, records.end
    chosen = np.flatnonzero((start[other] < end[one] + limits.seconds) & (start[one] < end[other] + limits.seconds))
    ends = (one, other)
    rates = _rates(records, ends, density, chosen, limits.seconds, background_days)
    time = like.time_density(start[one[chosen]], end[one[chosen]], start[other[chosen]], end[other[chosen]])
    bits = {
        "distance": np.log2(density[chosen] * theatre().area_km2 + 1e-300),
        "time": np.log2(time * 2 * background_days),
        "rate": -np.log2(rates).sum(axis=0) / 2,
    }
    for name, (levels_of, alike) in like.COMPARISONS.items():
        bits[name] = _usual(levels_of(records.frame, one, other), alike, ends, near, chosen, len(records))
    bits = {name: np.round(values * QUANTUM) / QUANTUM + 0.0 for name, values in bits.items()}
    return Weighed(
        one[chosen], other[chosen], np.sum([bits[name] for name in BITS], axis=0), bits,
        wide["distance_km"].to_numpy(float)[chosen], wide["gap_days"].to_numpy(float)[chosen],
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
    said = levels != like.MISSING
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
