"""Which records of two sides are near each other, on which days would they have been, and what is near an incident?

One join serves every question; compiled where numba is there and there is much to compare, in trees elsewhere.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._extras import available
from geocasualty.matching._limits import DAY, Window, allowed_names
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import Side
from geocasualty.matching._trees import BAND_M, Keep, Pairs, Trees

__all__ = [
    "IN_SPACE", "IN_TIME", "NEITHER", "backend_of", "best_of", "capped", "days_near", "elsewhere", "is_partitioned",
    "join", "nearest", "pair_table", "table_of",
]  # fmt: skip

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MANY_INCIDENTS, MANY_COMBINATIONS = 2_000, 20_000_000
"""Up to both of these the trees take at most some tenths of a second. Beyond either the compiled join takes over, whose
first call takes 0.6 to 1.0 s in a new process; once, to compile, 6 to 13 s."""
MOST = sys.maxsize
RELATIONS = ("within", "possible", "accepted")


BACKENDS = {"dask": "geocasualty.partitioned"}
"""Packages that join frames in partitions, by the package whose frames these are."""


def is_partitioned(*frames: Any) -> bool:
    """Whether any of some frames is in partitions."""
    return _package(frames) is not None


def elsewhere(*frames: Any) -> Any:
    """The package that joins some frames if any is in partitions (``match``, ``screen``, ``summed``), else None."""
    package = _package(frames)
    return None if package is None else importlib.import_module(package)


def _package(frames: Iterable[Any]) -> str | None:
    for name, package in BACKENDS.items():
        dataframe = getattr(sys.modules.get(name), "dataframe", None)  # not imported to ask: without it none is there
        frame = getattr(dataframe, "DataFrame", None)
        if frame is not None and any(isinstance(each, frame) for each in frames):
            return package
    return None


def backend_of(ours: Side, theirs: Side) -> str:
    """``numba`` where there is much to compare and it is there, else ``numpy``: the same answer."""
    if len(ours) <= MANY_INCIDENTS and len(ours) * len(theirs) <= MANY_COMBINATIONS:
        return "numpy"
    return "numba" if available("numba", "until then joins take about ten times as long: the same answer") else "numpy"


@contextmanager
def _laid(
    ours: Side, theirs: Side, window: Window, allowed: Codes, rows: Ints | None, threads: int | None
) -> Iterator[Any]:
    from geocasualty.matching._fast import Compiled

    with Compiled(ours, theirs, window, allowed, rows=rows, threads=threads) as laid:
        yield laid


def join(
    ours: Side,
    theirs: Side,
    window: Window,
    allowed: Codes,
    *,
    backend: str,
    rows: Ints | None = None,
    keep: Keep | None = None,
    max_pairs: int = MOST,
) -> Pairs:
    """Pairs of two sides, whatever they are of, in no order.

    Parameters
    ----------
    ours, theirs : Side
        The two sides, with the times that the window compares.
    window : Window
        Of the test.
    allowed : numpy.ndarray of int
        As :func:`geocasualty.matching._limits.allowed_names`.
    backend : {"numba", "numpy"}
        How. Distances of ``numba`` come from the chord, up to 400 km, to 0.1 mm per km.
    rows : numpy.ndarray of int, optional
        Which of ours are joined; all, if None.
    keep : callable, optional
        What to keep of the pairs of each part of ours, and then of all together.
    max_pairs : int
        Refuse more than these, before anything is left out.

    Raises
    ------
    geocasualty.errors.InputError
        If there are more than ``max_pairs``.
    """
    every = np.flatnonzero(ours.located) if rows is None else rows[ours.located[rows]]
    if not (len(every) and theirs.located.any()):
        return Pairs.together([])
    if backend == "numpy":
        found = Trees(ours, theirs, allowed).pairs(window, every, keep, max_pairs)
    else:
        with _laid(ours, theirs, window, allowed, None if rows is None else every, None) as laid:
            found = laid.pairs(keep, max_pairs)
    return keep(found) if keep else found


def days_near(
    ours: Side,
    theirs: Side,
    levels: Floats,
    windows: list[Window],
    allowed: Codes,
    days: int,
    *,
    backend: str,
    counting: bool = False,
) -> Iterator[tuple[Ints, npt.NDArray[np.int32]]]:
    """On which days the test would pass, and how near: for each located record, were it moved by days.

    The pairs themselves, of which there may be a hundred times as many as at the limits, are never held.

    Parameters
    ----------
    ours, theirs, allowed, backend
        As for :func:`join`.
    levels : numpy.ndarray of float
        Limits in metres, ascending.
    windows : list of Window
        Limits in time; the levels are those in space.
    days : int
        By how many days each of ours is moved at most, either way.
    counting : bool
        Count instead how many of theirs pass at the highest level.

    Yields
    ------
    tuple of numpy.ndarray
        Positions of some of ours, and by record, window, test (``possible``, ``within``) and shift the lowest level at
        which any of theirs passes, or the number of levels where none does.
    """
    if not (ours.located.any() and theirs.located.any()):
        return
    if backend == "numpy":
        yield from Trees(ours, theirs, allowed).days(levels, windows, days, counting)
        return
    widest = max(windows, key=lambda window: window.reach_s).of(levels[-1]).later(days)
    with _laid(ours, theirs, widest, allowed, None, None) as laid:
        yield from laid.days(levels, windows, days, counting)


def near_enough(key: Ints, i: Ints, *figures: npt.NDArray[Any]) -> Ints:
    """Of pairs in groups ``key`` of one record ``i``, those that come first by some figures, up to a metre of the last.

    Which of them is the first is for exact distances to decide.
    """
    chosen = np.argsort(i, kind="stable")
    for number, figure in enumerate((key, *figures)):
        if not len(chosen):
            break
        value = np.nan_to_num(figure[chosen].astype(float), nan=np.inf)
        starts = np.flatnonzero(np.diff(i[chosen], prepend=-1))
        least = np.repeat(np.minimum.reduceat(value, starts), np.diff(np.append(starts, len(chosen))))
        chosen = chosen[(value <= least + BAND_M) if number == len(figures) else value == least]
    return chosen


def best_of(pairs: Pairs, key: Ints, theirs: Side, regions: Regions, *, by_time: bool = False) -> Pairs:
    """The first pair of each record, measured on the ellipsoid.

    By ``key``, then of the same day before any other, then distance and time; or time and distance. Equal ones by
    identifier.
    """
    gaps = np.abs(pairs.gap_s) if by_time else pairs.gap_s != 0
    chosen = near_enough(key, pairs.i, gaps, pairs.greatest_m)
    some, key = pairs.take(chosen), key[chosen]
    measured = np.isfinite(some.greatest_m)
    at = np.flatnonzero(measured)
    for column, exact in zip(some[2:5], regions.of(some.i[at], some.j[at]), strict=True):
        column[at] = exact
    gaps = np.abs(some.gap_s)
    figures = (gaps, some.greatest_m) if by_time else (gaps != 0, some.greatest_m, gaps)
    order = np.lexsort((theirs.name_rank[some.j], *figures[::-1], key, some.i))
    return some.take(order[np.diff(some.i[order], prepend=-1) != 0])


CAP_M, CAP_DAYS = 100_000.0, 45
"""How far and how long a near miss is looked for, unless the limits are wider. A choice of this project."""
IN_TIME, IN_SPACE, NEITHER = 0, 1, 2


def capped(window: Window) -> Window:
    """How far and how long a near miss of some limits is looked for."""
    metres = max(CAP_M, window.metres)
    if window.days is not None:
        return Window(metres, days=max(CAP_DAYS, window.days))
    return Window(metres, seconds=max(CAP_DAYS * DAY, window.reach_s))


def nearest(
    ours: Side,
    theirs: Side,
    window: Window,
    allowed: Codes,
    *,
    rows: Ints,
    banned: Ints,
    regions: Regions,
    backend: str,
) -> tuple[Pairs, Ints]:
    """The nearest miss of each of some records that have no pair, and by what it is one.

    One at the time and nearest in space, else one near in space and nearest in time, else the nearest in time.

    Parameters
    ----------
    ours, theirs, window, allowed, backend
        As for :func:`join`.
    rows : numpy.ndarray of int
        The records.
    banned : numpy.ndarray of int
        ``i * len(theirs) + j`` of what an analyst rejected.
    regions : Regions
        To measure with.
    """
    cap = capped(window)
    found, kinds = [], []
    for kind, wider in ((IN_TIME, window.of(cap.metres)), (IN_SPACE, cap.of(window.metres)), (NEITHER, cap)):
        by_time = kind != IN_TIME
        keep = _contenders(by_time, banned, len(theirs))
        some = join(ours, theirs, wider, allowed, backend=backend, rows=rows, keep=keep)
        best = best_of(some, np.zeros(len(some.i), dtype=np.int64), theirs, regions, by_time=by_time)
        found.append(best)
        kinds.append(np.full(len(best.i), kind))
        rows = np.setdiff1d(rows, best.i)
    return Pairs.together(found), np.concatenate(kinds)


def _contenders(by_time: bool, banned: Ints, count: int) -> Keep:
    """What may be the nearest of each record, up to a metre."""

    def keep(pairs: Pairs) -> Pairs:
        if len(banned):
            pairs = pairs.take(~np.isin(pairs.i * count + pairs.j, banned))
        gaps = np.abs(pairs.gap_s) if by_time else pairs.gap_s != 0
        return pairs.take(near_enough(np.zeros(len(pairs.i), dtype=np.int64), pairs.i, gaps, pairs.greatest_m))

    return keep


def pair_table(
    pairs: Pairs, ours: Side, theirs: Side, *, bounds: bool, accepted: npt.NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """The table of :func:`geocasualty.match`; with ``accepted``, which an analyst accepted, as a third relation."""
    order = np.lexsort((theirs.rank[pairs.j], ours.rank[pairs.i]))
    pairs = pairs.take(order)
    relation, relations = np.where(pairs.within, 0, 1), list(RELATIONS[:2] if accepted is None else RELATIONS)
    if accepted is not None:
        relation[accepted[order] & ~pairs.within] = 2
    data = {
        "incident_id": ours.column.take(pairs.i) if len(pairs.i) else np.empty(0, dtype=object),
        "strike_id": theirs.column.take(pairs.j) if len(pairs.i) else np.empty(0, dtype=object),
        "distance_km": pairs.between_m / 1000,
        "gap_days": pairs.gap_s / DAY,
        "relation": pd.Categorical.from_codes(relation, categories=relations),
    }
    if bounds:
        data["distance_min_km"], data["distance_max_km"] = pairs.least_m / 1000, pairs.greatest_m / 1000
        data["gap_min_days"] = (theirs.start[pairs.j] - ours.end[pairs.i] + ours.unit_s) / DAY
        data["gap_max_days"] = (theirs.end[pairs.j] - ours.start[pairs.i] - ours.unit_s) / DAY
    return pd.DataFrame(data)


def table_of(
    ours: Side,
    theirs: Side,
    window: Window,
    belligerents: str | Iterable[str],
    *,
    bounds: bool,
    max_pairs: int,
    backend: str,
    threads: int | None = None,
) -> pd.DataFrame:
    """All pairs of two sides, with clock times, as the table of :func:`geocasualty.match`.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`; for too many pairs before the table is made.
    """
    allowed = allowed_names(ours.parties, theirs.parties, belligerents)
    ours, theirs = ours.by(window), theirs.by(window)
    if backend == "numba" and ours.located.any() and theirs.located.any():
        with _laid(ours, theirs, window, allowed, None, threads) as laid:
            table: pd.DataFrame = laid.table(bounds=bounds, max_pairs=max_pairs)
        if len(table):
            return table
    some = backend == "numpy"
    found = join(ours, theirs, window, allowed, backend=backend, max_pairs=max_pairs) if some else Pairs.together([])
    return pair_table(found, ours, theirs, bounds=bounds)
