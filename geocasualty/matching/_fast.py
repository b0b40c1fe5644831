"""The compiled join of many incidents with many strikes, on all cores: its threads, its buffers and its tables."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._progress import progress
from geocasualty.matching import _grid
from geocasualty.matching._days import Shifts
from geocasualty.matching._limits import SURE, Window, gap_of, too_many
from geocasualty.matching._reach import grids_of, processing_order, reach_classes, table_of
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import Side
from geocasualty.matching._trees import FOREVER_S, Keep, Pairs, compared, mark, unmarked

__all__ = ["COLUMNS", "Compiled"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Found = tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], Floats]

PATIENCE_S = 2.0
"""Seconds without a progress bar."""
PART = 65_536
BUFFER = 262_144
"""Pairs that one thread gathers before it hands them over."""
COLUMNS = ("distance_km", "gap_days", "distance_min_km", "distance_max_km", "gap_min_days", "gap_max_days")


def workers() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _numbers(window: Window) -> tuple[float, float, float]:
    """Metres, seconds, and the seconds of what is compared, for the compiled functions."""
    return window.metres, float(min(window.reach_s, FOREVER_S)), float(window.unit_s)


class _Piece(NamedTuple):
    """Pairs of some incidents, in the order in which these were looked at."""

    first: int
    last: int
    found: Any


class _Room:
    """Where one thread puts the pairs that it finds; what has been taken from it stays where it is."""

    def __init__(self, figures: int) -> None:
        self._figures, self._size = figures, BUFFER
        self._allocate()

    def _allocate(self) -> None:
        size, self._used = self._size, 0
        self._keys = np.empty(size, dtype=np.int64)
        self._found = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int8), np.empty((size, self._figures))

    def rest(self) -> tuple[Ints, Found]:
        """Room to work in, and what is free."""
        ranks, relations, measured = self._found
        return self._keys, (ranks[self._used :], relations[self._used :], measured[self._used :])

    def take(self, count: int) -> Found:
        """The pairs that have just been written."""
        part = slice(self._used, self._used + count)
        self._used += count
        ranks, relations, measured = self._found
        return ranks[part], relations[part], measured[part]

    def renew(self) -> None:
        """Begin anew where the rest is too small; where all of it was, with more."""
        if not self._used:
            self._size *= 4
        self._allocate()


class Compiled:
    """Two sides laid out to be joined at some limits, as :class:`geocasualty.matching._trees.Trees`.

    Runs on all cores and shows its progress; within the task of a scheduler, which does both, on so many ``threads``.

    Parameters
    ----------
    ours, theirs : Side
        The two sides, with something located in each.
    window : Window
        Of the join.
    allowed : numpy.ndarray of int
        As :func:`geocasualty.matching._limits.allowed_names`.
    rows : numpy.ndarray of int, optional
        The located incidents that are joined; all, if None.
    """

    def __init__(
        self,
        ours: Side,
        theirs: Side,
        window: Window,
        allowed: npt.NDArray[np.int8],
        *,
        rows: Ints | None = None,
        threads: int | None = None,
    ) -> None:
        self._watched = threads is None
        self._ours, self._theirs, self._window, self._allowed = ours, theirs, window, allowed
        self._pool = pool = ThreadPoolExecutor(threads or workers())
        self._taken: Callable[[int, int, Found], Any] = lambda _first, _last, found: found
        table = table_of(ours, rows)
        classes = reach_classes(table.radius, window)
        self._grids = grids_of(table, classes, table_of(theirs), window, pool)
        order = processing_order(table, classes, window)
        self._rows, self._classes = table.rows[order], classes[order]
        self._values = np.empty((len(order), _grid.LAT + 1))
        table.write(order, np.arange(len(order)), self._values, pool)
        self._counts = np.zeros(len(order), dtype=np.int64)
        self._regions = Regions(ours, theirs)
        self._lock, self._own = threading.Lock(), threading.local()
        self._reached = self._done = 0
        self._stop = False

    def __enter__(self) -> Compiled:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._pool.shutdown(cancel_futures=True)

    def pairs(self, keep: Keep | None, max_pairs: int) -> Pairs:
        """The pairs, or what is kept of those of each incident."""
        self._figures, self._max_pairs = len(COLUMNS), max_pairs
        self._taken = self._arrays if keep is None else lambda *piece: keep(self._arrays(*piece))
        return Pairs.together([piece.found for piece in self._pieces()])

    def _arrays(self, first: int, last: int, found: Found) -> Pairs:
        ranks, relations, measured = found
        real = relations != _grid.NONE
        i = np.repeat(self._rows[first:last], self._counts[first:last])
        j = self._positions(ranks[real])
        ours, theirs = self._ours, self._theirs
        between, _, least, greatest = (measured[real, n] * 1000 for n in range(4))
        gap = gap_of(ours.start[i], ours.end[i], theirs.start[j], theirs.end[j], self._window)
        return Pairs(i, j, between, least, greatest, gap, relations[real] == _grid.WITHIN)

    def _positions(self, ranks: npt.NDArray[Any]) -> Ints:
        return ranks.astype(np.int64) if self._theirs.order is None else self._theirs.order[ranks]

    def days(
        self, levels: Floats, windows: list[Window], days: int, counting: bool
    ) -> Iterator[tuple[Ints, npt.NDArray[np.int32]]]:
        """Some incidents at a time, and what :func:`geocasualty.matching._trees.mark` notes of them."""
        count = len(self._rows)
        size = int(np.clip(count // (4 * workers()), 256, 2_048))
        widest = _numbers(self._window)
        reaches = np.array([_numbers(window)[1] for window in windows])
        shifts = [Shifts.of(self._ours, window, days) for window in windows]

        def chunk(first: int) -> tuple[Ints, npt.NDArray[np.int32]]:
            base, last = first, min(first + size, count)
            found = unmarked(last - first, levels, windows, days, counting)
            keys, open_ = np.empty(BUFFER, dtype=np.int64), np.empty((BUFFER, 2), dtype=np.int64)
            while first < last and not self._stop:
                until, many, needed = _grid.days(
                    self._values, self._classes, (first, last, base), self._grids, widest, levels, reaches,
                    self._allowed, keys, found, counting, open_,
                )  # fmt: skip
                if many:
                    n, j = open_[:many, 0], self._positions(open_[:many, 1])
                    i = self._rows[n]
                    _, least, greatest = self._regions.of(i, j)
                    greatest[self._allowed[self._ours.party[i], self._theirs.party[j]] != SURE] = np.inf
                    strikes = self._theirs.start[j], self._theirs.end[j]
                    mark(found, n - base, i, strikes, (least, greatest), levels, shifts, counting)
                elif until == first and needed > len(keys):
                    keys, open_ = np.empty(2 * needed, dtype=np.int64), np.empty((2 * needed, 2), dtype=np.int64)
                first = until
            return self._rows[base:last], found

        yield from self._pool.map(chunk, range(0, count, size))

    def table(self, *, bounds: bool, max_pairs: int) -> pd.DataFrame:
        """Join, and put the pairs into the order of the ids."""
        self._figures, self._max_pairs = len(COLUMNS) if bounds else 2, max_pairs
        pieces = self._pieces()
        total = int(self._counts.sum())
        if not total:
            return pd.DataFrame()
        ranks = self._values[:, _grid.RANK].astype(np.int64)
        counts = np.zeros(len(self._ours), dtype=np.int64)
        counts[ranks] = self._counts
        to = (np.cumsum(counts) - counts)[ranks]
        owners, whose = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int32)
        relations, measured = np.empty(total, dtype=np.int8), np.empty((self._figures, total))
        into = (owners, whose, relations, measured)

        def put(n: int) -> None:
            first, last, found = pieces[n]
            pieces[n] = _Piece(0, 0, found[:0])
            _grid.gather(self._counts, first, last, to, found, ranks, into)

        list(self._pool.map(put, range(len(pieces))))
        del self._grids, self._values
        incident_ids, strike_ids = self._ids(self._ours, owners), self._ids(self._theirs, whose)
        data: dict[str, Any] = {
            "incident_id": incident_ids(),
            "strike_id": strike_ids(),
        }
        data |= dict(zip(COLUMNS[:2], measured, strict=False))
        data["relation"] = pd.Categorical.from_codes(relations, categories=["within", "possible"], validate=False)
        data |= dict(zip(COLUMNS[2 : self._figures], measured[2:], strict=True))
        return pd.DataFrame(data, copy=False)

    def _ids(self, side: Side, ranks: npt.NDArray[np.int32]) -> Callable[[], Any]:
        """Begin to take ids by rank, strings in parts on all cores; a call waits for them."""

        def take(first: int) -> Any:
            part = ranks[first : first + PART]
            return side.column.take(part if side.order is None else side.order[part])

        if isinstance(side.column, np.ndarray):
            return lambda: side.column.take(ranks if side.order is None else side.order[ranks])
        parts = self._pool.map(take, range(0, len(ranks), PART))
        return lambda: type(side.column)._concat_same_type(list(parts))

    def _pieces(self) -> list[_Piece]:
        """Chunks of incidents on all cores, with progress; anything raised here, Ctrl-C too, stops them."""
        count = len(self._rows)
        size = int(np.clip(count // (8 * workers()), 256, 4_096))
        tasks = [self._pool.submit(self._chunk, n, min(n + size, count)) for n in range(0, count, size)]
        try:
            self._watch(set(tasks))
            return [piece for task in tasks for piece in task.result()]
        finally:
            self._stop = True
            for task in tasks:
                task.cancel()

    def _watch(self, tasks: set[Future[list[_Piece]]]) -> None:
        began, bar = time.monotonic(), None
        while tasks:
            done, tasks = wait(tasks, timeout=0.25, return_when=FIRST_COMPLETED)
            for task in done:
                task.result()
            if self._watched and bar is None and tasks and time.monotonic() - began > PATIENCE_S:
                bar = progress("match", " incidents", total=len(self._rows), after_s=0.0)
            if bar is not None:
                bar.update(self._done - bar.n)
        if bar is not None:
            bar.close()

    def _chunk(self, first: int, last: int) -> list[_Piece]:
        pieces: list[_Piece] = []
        limits = _numbers(self._window)
        if not hasattr(self._own, "room"):
            self._own.room = _Room(self._figures)
        room: _Room = self._own.room
        while first < last and not self._stop:
            keys, found = room.rest()
            until, count = _grid.join(
                self._values, self._classes, first, last, self._grids, limits, self._allowed, keys, found, self._counts
            )
            if until == first:
                room.renew()
                continue
            found = room.take(count)
            self._settle(first, until, found)
            pieces.append(_Piece(first, until, self._taken(first, until, found)))
            with self._lock:
                self._reached += int(self._counts[first:until].sum())
                self._done += until - first
                reached, share = self._reached, self._done / len(self._rows)
            if reached > self._max_pairs:
                self._stop = True
                raise too_many(self._max_pairs, reached, share)
            first = until
        return pieces

    def _settle(self, first: int, last: int, found: Found) -> None:
        """Let pyproj decide what the chord cannot, and all that has to do with areas.

        What is no pair after all stays, with the relation ``NONE``, and is not counted.
        """
        ranks, relations, measured = found
        open_ = np.flatnonzero(relations == _grid.UNDECIDED)
        if not len(open_):
            return
        owner = first + np.searchsorted(np.cumsum(self._counts[first:last]), open_, side="right")
        i, j = self._rows[owner], self._positions(ranks[open_])
        exact = compared(self._ours, self._theirs, self._regions, i, j, self._window, self._allowed)
        relations[open_] = np.where(exact.within, _grid.WITHIN, _grid.POSSIBLE)
        measured[open_, 0] = exact.between_m / 1000
        if self._figures > 2:
            measured[open_, 2], measured[open_, 3] = exact.least_m / 1000, exact.greatest_m / 1000
        dropped = exact.least_m > self._window.metres
        relations[open_[dropped]] = _grid.NONE
        self._counts[first:last] -= np.bincount(owner[dropped] - first, minlength=last - first)
