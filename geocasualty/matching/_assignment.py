"""Which pairs does the best one-to-one assignment hold, and how much worse is the best one that decides otherwise?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["LARGEST", "Contest", "contests", "parts"]

LARGEST = 1_500
"""More records than this that all contest each other (about ten seconds) are not told apart: whatever they do costs
nothing, so that they are all for review."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Contest(NamedTuple):
    """What the best assignment loses if it is forced: to hold each pair, or to leave each record alone."""

    pair: Floats
    alone: Floats


def parts(count: int, one: Ints, other: Ints) -> Ints:
    """The connected part that each of so many records is in, numbered; pairs are the edges."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not count:
        return np.empty(0, dtype=np.int64)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def contests(count: int, one: Ints, other: Ints, gain: Floats) -> Contest:
    """Compare the best assignment with the best ones that hold each pair, or leave each record alone.

    Each connected part is solved by itself (``scipy.optimize.linear_sum_assignment``). From its solution all forced
    ones follow at once: to force a pair is to give a record another partner, whose own takes another one, and so on
    round a cycle; the cheapest cycles are shortest paths. The answer does not depend on which of equally good
    assignments was found.

    Parameters
    ----------
    count : int
        How many records there are.
    one, other : numpy.ndarray of int
        The records of each pair, of two sides without a record in common; each pair once.
    gain : numpy.ndarray of float
        What a pair adds; multiples of a power of two, so that sums are exact.

    Returns
    -------
    Contest
        Zero for what some best assignment does.

    Examples
    --------
    >>> found = contests(4, np.array([0, 0, 1]), np.array([2, 3, 3]), np.array([4.0, 3.0, 2.0]))
    >>> found.pair.tolist(), found.alone.tolist()
    ([0.0, 3.0, 0.0], [4.0, 2.0, 3.0, 2.0])
    >>> contests(1, np.array([], dtype=int), np.array([], dtype=int), np.array([])).alone.tolist()
    [0.0]
    """
    pair, alone = np.zeros(len(one)), np.zeros(count)
    if not len(one):
        return Contest(pair, alone)
    part = parts(count, one, other)[one]
    order = np.argsort(part, kind="stable")
    for at in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        rows, row = np.unique(one[at], return_inverse=True)
        columns, column = np.unique(other[at], return_inverse=True)
        if len(rows) + len(columns) > LARGEST:
            continue
        lost = _lost(len(rows), len(columns), row, column, gain[at])
        pair[at] = lost[row, column]
        alone[rows] = lost[: len(rows), len(columns) :].min(axis=1)
        alone[columns] = lost[len(rows) :, : len(columns)].min(axis=0)
    return Contest(pair, alone)


def _lost(n_rows: int, n_columns: int, row: Ints, column: Ints, gain: Floats) -> Floats:
    """For each cell of the square table (records, then stand-ins for "alone") the loss of the best that holds it."""
    from scipy.optimize import linear_sum_assignment

    size = n_rows + n_columns
    table = np.zeros((size, size))
    table[:n_rows, :n_columns] = -4 * (np.abs(gain).sum() + 1)  # never worth it; finite, so that paths stay exact
    table[row, column] = gain
    _, taken = linear_sum_assignment(table, maximize=True)
    owned = table[:, taken]
    step = np.diag(owned)[:, None] - owned  # what it costs a row to take the column of another one
    path = step.copy()
    for middle in range(size):
        np.minimum(path, path[:, middle, None] + path[None, middle, :], out=path)
    lost = np.empty((size, size))
    lost[:, taken] = step + path.T
    return lost
