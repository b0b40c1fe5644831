"""Which candidates are links, which are for review, and what does each record's row say?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching._agreement import BITS, Records, Weighed
from geocasualty.matching._assignment import contests, parts

__all__ = ["LINK_STATUSES", "Decided", "by_clusters", "by_pairs", "linked_table"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LINK_STATUSES = ("linked", "review", "unlinked")


class Decided(NamedTuple):
    """For each record its status, cluster (-1 without) and margin in bits; for each pair what it costs to hold it."""

    status: npt.NDArray[np.str_]
    cluster: Ints
    margin: Floats
    cost: Floats


def by_pairs(which: Ints, one: Ints, other: Ints, gain: Floats, margin_bits: float) -> Decided:
    """One to one: a record is linked or unlinked if every assignment within the margin of the best says so.

    Parameters
    ----------
    which : numpy.ndarray of int
        The set of each record.
    one, other : numpy.ndarray of int
        The records of each pair.
    gain : numpy.ndarray of float
        What each pair adds, in bits.
    margin_bits : float
        The margin.

    Examples
    --------
    >>> sets, one, other = np.array([0, 0, 1, 1]), np.array([0, 1]), np.array([2, 2])
    >>> by_pairs(sets, one, other, np.array([9.0, 1.0]), 3.0).status.tolist()
    ['linked', 'unlinked', 'linked', 'unlinked']
    >>> by_pairs(sets, one, other, np.array([9.0, 8.0]), 3.0).status.tolist()
    ['review', 'review', 'review', 'unlinked']
    """
    count = len(which)
    cost = np.maximum(-gain, 0.0)
    contested = np.flatnonzero(gain > -margin_bits)  # to hold any other costs more than the margin
    found = contests(count, one[contested], other[contested], gain[contested])
    cost[contested] = found.pair
    options = [found.alone, *_two_least(count, np.concatenate([one, other]), np.tile(cost, 2))]
    margin = np.sort(np.stack(options), axis=0)[1]
    status = np.where(margin < margin_bits, "review", np.where(found.alone > 0, "linked", "unlinked"))
    cluster = np.full(count, -1, dtype=np.int64)
    links = np.flatnonzero((cost == 0) & (status[one] == "linked") & (status[other] == "linked"))
    cluster[one[links]] = cluster[other[links]] = links
    return Decided(status, cluster, margin, cost)


def _two_least(count: int, at: Ints, values: Floats) -> tuple[Floats, Floats]:
    """The least and the second least value of each record, infinite where there is none."""
    order = np.lexsort((values, at))
    at, values = at[order], values[order]
    first = np.diff(at, prepend=-1) != 0
    second = np.append(False, first[:-1]) & ~first
    found = np.full((2, count), np.inf)
    found[0, at[first]], found[1, at[second]] = values[first], values[second]
    return found[0], found[1]


def by_clusters(which: Ints, one: Ints, other: Ints, gain: Floats, margin_bits: float) -> Decided:
    """Whatever is tied together by pairs above the margin; for review where two of a cluster speak against each other.

    Examples
    --------
    >>> one, other = np.array([0, 1, 0]), np.array([1, 2, 2])
    >>> by_clusters(np.zeros(4, int), one, other, np.array([9.0, 9.0, 1.0]), 3.0).status.tolist()
    ['linked', 'linked', 'linked', 'unlinked']
    >>> by_clusters(np.zeros(4, int), one, other, np.array([9.0, 9.0, -9.0]), 3.0).status.tolist()
    ['review', 'review', 'review', 'unlinked']
    """
    count = len(which)
    firm = gain >= margin_bits
    part = parts(count, one[firm], other[firm])
    sizes = np.bincount(part, minlength=1)
    first = np.bincount(part, weights=which == 0, minlength=1)
    expected = first * (sizes - first) if which.any() else sizes * (sizes - 1) / 2
    agreeing = np.bincount(part[one], weights=(part[one] == part[other]) & (gain > 0), minlength=len(sizes))
    least, _ = _two_least(count, np.concatenate([one, other]), np.tile(-gain, 2))
    margin = np.abs(least)
    status = np.where(margin < margin_bits, "review", "unlinked")
    together = sizes[part] > 1
    status[together] = np.where(agreeing == expected, "linked", "review")[part[together]]
    return Decided(status, np.where(status == "linked", part, -1), margin, np.zeros(len(gain)))


COLUMNS = (
    "set", "incident_id", "status", "link_id", "candidate_id", "weight", *(f"bits_{name}" for name in BITS),
    "distance_km", "gap_days", "margin_bits", "runner_up_id", "runner_up_weight", "n_candidates", "reason",
)  # fmt: skip


def linked_table(records: Records, pairs: Weighed, decided: Decided, prior: float) -> pd.DataFrame:
    """One row a record, as :func:`geocasualty.link` returns it."""
    count = len(records)
    both = np.arange(len(pairs.one))
    at, mate = np.concatenate([pairs.one, pairs.other]), np.concatenate([pairs.other, pairs.one])
    pair = np.concatenate([both, both])
    order = np.lexsort((records.rank[mate], -pairs.weight[pair], decided.cost[pair], at))
    at, mate, pair = at[order], mate[order], pair[order]
    starts = np.searchsorted(at, np.arange(count))
    number = np.bincount(at, minlength=count)
    members = _members(records, decided.cluster)
    rows: list[list[Any]] = []
    for record in range(count):
        some, more = number[record] > 0, number[record] > 1
        first = starts[record] if some else -1
        best = pair[first] if some else -1
        sign = 1 if some and pairs.one[best] == record else -1
        margin = float(decided.margin[record])
        row: list[Any] = [
            "ab"[records.which[record]], records.ids[record], str(decided.status[record]),
            members.get(int(decided.cluster[record]), ""), records.ids[mate[first]] if some else None,
            pairs.weight[best] if some else np.nan,
            *(pairs.bits[name][best] if some else np.nan for name in BITS),
            pairs.distance_km[best] if some else np.nan, sign * pairs.gap_days[best] + 0.0 if some else np.nan,
            margin if np.isfinite(margin) else np.nan,
            records.ids[mate[first + 1]] if more else None, pairs.weight[pair[first + 1]] if more else np.nan,
            int(number[record]),
        ]  # fmt: skip
        reason = _unplaced(records, record) or _reason(row, prior)
        rows.append([*row, reason])
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    numbers = [name for name in COLUMNS if name.startswith("bits_") or name in _NUMBERS]
    table = table.astype(dict.fromkeys(numbers, float) | {"n_candidates": int})
    table["status"] = pd.Categorical(table["status"], categories=list(LINK_STATUSES), ordered=True)
    return table


_NUMBERS = {"weight", "distance_km", "gap_days", "margin_bits", "runner_up_weight"}


def _members(records: Records, cluster: Ints) -> dict[int, str]:
    """What each cluster holds, as its name; the set stands before the identifier where there are two."""
    two = bool(records.which.any())
    names: dict[int, list[str]] = {}
    for record in np.argsort(records.rank):
        if cluster[record] >= 0:
            name = str(records.ids[record])
            names.setdefault(int(cluster[record]), []).append(f"{'ab'[records.which[record]]}:{name}" if two else name)
    return {which: " = ".join(every) for which, every in names.items()}


def _unplaced(records: Records, record: int) -> str:
    return "" if records.located[record] else "not located: nothing to compare"


def _reason(row: list[Any], prior: float) -> str:
    said = dict(zip(COLUMNS, row, strict=False))
    if not said["n_candidates"]:
        return "no other record within the limits"
    given = ", ".join(f"{name} {said[f'bits_{name}']:+.1f}" for name in BITS)
    before = f"; {-prior:+.1f} before" if prior else ""
    weight = f"{said['weight']:+.1f} bits ({given}{before})"
    name, margin = said["candidate_id"], f"{said['margin_bits']:.1f} bits"
    if said["status"] == "linked":
        return f"{name}: {weight}; to decide otherwise is {margin} worse"
    if said["status"] == "review":
        rivals = said["n_candidates"] > 1
        rival = f", then {said['runner_up_id']} with {said['runner_up_weight']:+.1f}" if rivals else ""
        return f"contested, {name}: {weight}{rival}; to decide otherwise is {margin} worse"
    return f"best candidate {name}: {weight}; to link it is {margin} worse"
