"""How alike are the records of one event? Densities of distance and time, levels of what else they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer.names import fold_key, plain_key
from geocasualty.gazetteer.vicinity import VICINITY
from geocasualty.matching._limits import DAY
from geocasualty.records.belligerents import overlap
from geocasualty.records.schema import Role

__all__ = [
    "COMPARISONS",
    "MISSING",
    "SAID",
    "counts",
    "densest",
    "place_density",
    "separation",
    "time_density",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MISSING = -1
"""The level of a comparison for which either side says nothing."""

CASUALTIES = (0.75, 0.15, 0.10)
"""Of one event: the ranges of killed overlap, are close, or neither. A choice of this project, as the two below."""
NAMES = (0.55, 0.15, 0.30)
"""Of one event: one place or one name, a spelling of it, another name (of the quarter, the town next to it)."""
BELLIGERENTS = (0.85, 0.15)
"""Of one event: a name is shared, or none is."""

NINE_IN_TEN = float(np.sqrt(2 * np.log(10)))
"""Radius that holds 9 of 10 of a round Gaussian, in standard deviations along an axis."""
LEAST_RADIUS_M = 500.0
"""Two sources that both mean to be exact seldom give one point: a record is taken as no better located than this."""
TAIL, TAIL_WIDTH = 0.1, 3.0
"""``radius_m`` leaves 1 of 10 outside, and nothing says how far: a tenth is taken as three times as wide."""

SAME_TIME, LAG_DAYS = 0.85, 1.0
"""Share of events that both sources date right; the others lie off by an exponential lag."""

CLOSE_SHARE = 0.25
"""Ranges whose ends differ by one, or by a quarter of the larger, are close."""

_KINDS = re.compile(
    r"\b(?:city|town|village|neighbou?rhood|district|sub-?district|governorate|province|area|camp|refugee camp|"
    r"countryside|outskirts|of|the|near|in)\b"
)


def separation(pairs: pd.DataFrame, radius_i: Floats, radius_j: Floats) -> tuple[Floats, Floats]:
    """Distance in metres of the two records of each pair, and the radius that both uncertainties make together.

    An area counts as a disc around the nearest place of it: as wide as the least and the greatest distance differ.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`geocasualty.match` gives it with bounds.
    radius_i, radius_j : numpy.ndarray
        Of the two records of each pair, in metres; NaN for areas.
    """
    away = pairs["distance_km"].to_numpy(float) * 1000
    least, greatest = (pairs[f"distance_{end}_km"].to_numpy(float) * 1000 for end in ("min", "max"))
    areal = np.isnan(away)
    radius = np.hypot(np.maximum(radius_i, LEAST_RADIUS_M), np.maximum(radius_j, LEAST_RADIUS_M))
    return np.where(areal, least, away), np.where(areal, np.maximum((greatest - least) / 2, LEAST_RADIUS_M), radius)


def place_density(away_m: Floats, radius_m: Floats, vicinity: Bools) -> Floats:
    """How densely the place of one record lies about that of the other, per square kilometre, if they are one event.

    Parameters
    ----------
    away_m, radius_m : numpy.ndarray
        As :func:`separation` gives them.
    vicinity : numpy.ndarray of bool
        Either record says "near X": its error is the mixture of :data:`geocasualty.gazetteer.vicinity.VICINITY`,
        whatever its radius.

    Examples
    --------
    >>> place_density(np.array([0.0, 5_000.0]), np.full(2, 3_000.0), np.array([False, False])).round(4).tolist()
    [0.0742, 0.0006]
    """
    sigma = radius_m / NINE_IN_TEN
    mixture = (1 - TAIL) * _round(away_m, sigma) + TAIL * _round(away_m, TAIL_WIDTH * sigma)
    near_x = VICINITY.share * _round(away_m, np.full_like(sigma, VICINITY.narrow_m))
    near_x += (1 - VICINITY.share) * _round(away_m, np.full_like(sigma, VICINITY.wide_m))
    return np.where(vicinity, near_x, mixture) * 1e6


def densest(radius_m: Floats, vicinity: Bools) -> Floats:
    """The density at no distance."""
    return place_density(np.zeros_like(radius_m), radius_m, vicinity)


def _round(away: Floats, sigma: Floats) -> Floats:
    return np.asarray(np.exp(-np.square(away / sigma) / 2) / (2 * np.pi * np.square(sigma)))


def time_density(start_i: Ints, end_i: Ints, start_j: Ints, end_j: Ints) -> Floats:
    """How densely the time of one record lies about that of the other, per day, if they are one event.

    The event lies anywhere in each interval: the middles differ by a trapezoid. A share of records is misdated.

    Examples
    --------
    >>> day = [np.array([86_400 * n]) for n in range(4)]
    >>> float(time_density(day[0], day[1], day[0], day[1]).round(3)[0])
    0.888
    >>> float(time_density(day[0], day[1], day[2], day[3]).round(4)[0])
    0.0138
    """
    long_i, long_j = (end_i - start_i) / DAY, (end_j - start_j) / DAY
    between = np.abs((start_i + end_i) - (start_j + end_j)) / 2 / DAY
    longer, both = np.maximum(long_i, long_j), long_i + long_j
    height = np.clip((both / 2 - between) / np.maximum(np.minimum(long_i, long_j), 1e-9), 0.0, 1.0)
    gap = np.maximum(between - both / 2, 0.0)
    lagged = np.exp(-gap / LAG_DAYS) / (both + 2 * LAG_DAYS)
    return np.asarray(SAME_TIME * height / longer + (1 - SAME_TIME) * lagged)


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


def counts(column: pd.Series[Any], role: Role) -> Floats:
    """Numbers of a column; NaN where one is missing.

    Raises
    ------
    geocasualty.errors.InputError
        If a value is no number.

    Examples
    --------
    >>> counts(pd.Series([3, None, "4"], name="killed_min"), "incident").tolist()
    [3.0, nan, 4.0]
    """
    numbers = pd.to_numeric(column, errors="coerce").astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    bad = (np.isnan(numbers) & column.notna().to_numpy(dtype=bool)) | np.isinf(numbers)
    if bad.any():
        value = column.to_numpy(dtype=object)[bad][0]
        raise InputError(
            f"{role}s: column {column.name!r}, value {value!r}: expected a whole number or nothing",
            column=column.name,
            value=value,
        )
    return np.asarray(numbers, dtype=float)


def _range(said: pd.DataFrame, what: str) -> tuple[Floats, Floats]:
    """Least and greatest number; one that is missing is the other."""
    low, high = (counts(said[f"{what}_{end}"], "incident") for end in ("min", "max"))
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
