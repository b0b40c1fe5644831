"""Do more incidents have strikes near them than if their times were others?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._days import BACKGROUND_DAYS, REFERENT_DAYS, Shifts, ratio
from geocasualty.matching._limits import DAY, limits_of, whole_days
from geocasualty.matching._pairs import days_near
from geocasualty.matching.assessed import compared_sides

__all__ = ["chance_test"]

BLOCK_S = 7 * DAY
"""Incidents of one week are left out together, since they share strikes, bursts and days of comparison."""
LEAST_BLOCKS = 3
"""Weeks below which nothing is said of the spread."""
HALF = 0.5
"""Added to each count under a logarithm, after Haldane, so that odds of none or all are finite."""
TIE = 1e-9
"""Logs of odds are equal up to this."""

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def chance_test(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: float,
    within_days: float,
    shifts: Iterable[int] | None = None,
    belligerents: str | Iterable[str] = "overlap",
    coverage: pd.DataFrame | None = None,
    interval: float = 0.95,
    by_shift: bool = False,
) -> pd.DataFrame:
    """Compare how many incidents have strikes near them with how many would, had each happened on a day nearby.

    A space-time interaction test after Knox [1]_, with time-stratified referents [2]_: each incident stays at its place
    and is compared with the same place 3 to 14 days earlier and later, on days that the records cover. Fighting that
    moves over weeks raises both sets of records on all of these days alike; what is left is that an incident and a
    strike are of the same day.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`.
    within_km, within_days : float
        The limits, repeated in the result.
    shifts : iterable of int, optional
        By how many days the incidents are moved, such as ``[-14, -7, 7, 14]``; by default every whole day from 3 to 14
        either way. There is no random choice and so no seed.
    belligerents : {"overlap", "any"} or iterable of str
        As for :func:`geocasualty.match`.
    coverage : pandas.DataFrame, optional
        As for :func:`geocasualty.screen`. An incident counts where the records cover all of its time, and under a
        shift where they cover all of the time that it is moved to and this does not touch its own window.
    interval : float
        The confidence of ``odds_low`` to ``odds_high``.
    by_shift : bool
        Give a row for each distance of shift instead, with the counts behind the curve that ``expected`` is read from.

    Returns
    -------
    pandas.DataFrame
        Four rows, by ``relation`` (``within``, ``possible``, which includes ``within``) and ``counted`` (``incidents``
        that pass, ``pairs`` of an incident and a strike):

        ``observed``, ``expected``, ``ratio``
            The count, the count expected on the incidents' own days, and the one over the other.
        ``odds_ratio``, ``odds_low``, ``odds_high``
            The odds that an incident passes over those expected, and their interval; NaN for ``pairs``.
        ``p``
            That so many or more pass if nothing but the common rhythm binds the two.
        ``expected_long``, ``ratio_long``
            The mean count under every shift of up to 45 days either way, and ``observed`` over it: what the background
            rates of ``screen`` add up to. Where fighting comes and goes in weeks the ratio is above one without any
            link.
        ``shifts``
            How many served.
        ``incidents``, ``unlocated``, ``uncovered``, ``no_background``, ``assessed``
            All incidents, and the four parts of them: without a place; at a time that the records do not wholly
            cover; without any shift under which they count; and those that the counts are of.
        ``within_km``, ``within_days``
            The limits.

        Without a shift that serves, all that depends on shifts is NaN; with incidents of fewer than three weeks, the
        interval and ``p`` are.

        With ``by_shift`` a row for each of these and for each ``shift`` in days, 0 first: ``count``, of all assessed
        incidents in proportion to those that count under it, and ``counting``, how many these are.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`; if a shift is no whole number of days or is 0, or ``interval`` is not between 0
        and 1.

    Notes
    -----
    No incident is compared with another's days. Its expected count is its own mean under its shifts, corrected by two
    terms that all incidents share (least squares within incidents): a slope by the distance of the shift, since a rate
    that moves is less alike the farther off one looks, and a step for shifts by whole weeks, since claims and strikes
    may both rest on the same day of the week. Spread is that of leaving out one calendar week of incidents at a time
    (a jackknife of the logarithm, t distributed). In simulations in which both sets share a rate that moves over weeks
    and a weekly rhythm, and nothing else, ``p`` is below 0.05 in at most 6 % (``python -m benchmarks.chance``); ranked
    among all shifts of 45 days it is in a third or more.

    It says whether the two sets go together in time at all, and nothing of any one incident.

    Knox's own test permutes the times within one set. Where both apply (one set as both sides, points of radius 0,
    whole days, as many on each day, every shift within the covered time) ``pairs`` is twice his count plus one pair of
    each incident with itself, and without clustering ``expected`` is about twice his expectation.

    References
    ----------
    .. [1] E. G. Knox, "The detection of space-time interactions", Journal of the Royal Statistical Society C 13
       (1964), 25-30.
    .. [2] H. Janes, L. Sheppard and T. Lumley, "Case-crossover analyses of air pollution exposure data: referent
       selection strategies and their implications for bias", Epidemiology 16 (2005), 717-726.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> table = gcas.matching.chance_test(book.incidents, book.strikes, within_km=10, within_days=0)
    >>> table[["relation", "counted", "observed", "incidents", "unlocated", "uncovered", "assessed"]]
       relation    counted  observed  incidents  unlocated  uncovered  assessed
    0    within  incidents         0          4          1          3         0
    1    within      pairs         0          4          1          3         0
    2  possible  incidents         0          4          1          3         0
    3  possible      pairs         0          4          1          3         0
    """
    limits = limits_of(within_km, within_days)
    moves = _moves(shifts)
    if isinstance(interval, bool) or not isinstance(interval, (int, float)) or not 0 < interval < 1:
        raise InputError(f"interval is {interval!r}; expected a share between 0 and 1, such as 0.95")
    sides = compared_sides(incidents, strikes, belligerents, coverage, limits)
    span = max(BACKGROUND_DAYS, int(np.abs(moves).max()))
    columns = moves + span
    covered = sides.held(limits, span).covered
    apart = covered & Shifts.of(sides.ours, limits, span).apart()
    located = sides.ours.located
    assessable = located & covered[:, span]
    known = assessable & apart[:, columns].any(axis=1)
    every = np.zeros((2, *apart.shape), dtype=np.int64)
    for rows, counts in days_near(
        sides.ours, sides.theirs, np.array([limits.metres]), [limits], sides.allowed, span,
        backend=sides.backend, counting=True,
    ):  # fmt: skip
        every[:, rows] = np.moveaxis(counts[:, 0], 1, 0)
    long = span + np.arange(-BACKGROUND_DAYS, BACKGROUND_DAYS + 1)
    block = sides.ours.start[known] // BLOCK_S
    table: list[dict[str, Any]] = []
    for test, relation in ((1, "within"), (0, "possible")):
        for counted, most in (("incidents", 1), ("pairs", None)):
            counts = np.clip(every[test][known], 0, most)
            own, kind = counts[:, span], {"relation": relation, "counted": counted}
            then = Then(counts[:, columns], apart[known][:, columns], moves)
            if by_shift:
                table += [kind | row for row in then.by_shift(own)]
                continue
            told = then.against(own, block, interval, pairs=counted == "pairs")
            mean = (
                float(np.nansum(Then(counts[:, long], apart[known][:, long], long).means())) if len(own) else math.nan
            )
            whole = {"expected_long": mean, "ratio_long": ratio(told["observed"], mean)}
            table.append(kind | told | whole)
    return pd.DataFrame(table).assign(
        incidents=len(located),
        unlocated=int((~located).sum()),
        uncovered=int((located & ~assessable).sum()),
        no_background=int((assessable & ~known).sum()),
        assessed=int(known.sum()),
        within_km=float(within_km),
        within_days=float(within_days),
    )


def _moves(shifts: Iterable[int] | None) -> Ints:
    if shifts is None:
        first, last = REFERENT_DAYS
        return np.array([day for day in range(-last, last + 1) if abs(day) >= first], dtype=np.int64)
    if isinstance(shifts, (str, bytes)) or not isinstance(shifts, Iterable):
        raise InputError(f"shifts is {shifts!r}; expected whole numbers of days, such as [-14, -7, 7, 14]")
    moves = sorted({whole_days("a shift", shift) for shift in shifts})
    if not moves or 0 in moves:
        raise InputError(f"shifts is {moves!r}; expected whole numbers of days other than 0, such as [-14, -7, 7, 14]")
    return np.array(moves, dtype=np.int64)


class Then(NamedTuple):
    """What would have passed under shifts.

    Attributes
    ----------
    counts : numpy.ndarray of int
        By incident and shift.
    counting : numpy.ndarray of bool
        Whether an incident counts under a shift.
    moves : numpy.ndarray of int
        The shifts, in days.
    """

    counts: Ints
    counting: Bools
    moves: Ints

    def means(self) -> Floats:
        """Of each incident under its own shifts; NaN where it counts under none."""
        many = self.counting.sum(axis=1)
        return np.asarray(np.where(self.counting, self.counts, 0).sum(axis=1) / np.where(many > 0, many, np.nan))

    def by_shift(self, own: Ints) -> list[dict[str, Any]]:
        """The count by distance of the shift, its own day first."""
        table = [{"shift": 0, "count": float(own.sum()), "counting": len(own)}]
        for days in np.unique(np.abs(self.moves)).tolist():
            at = np.abs(self.moves) == days
            means = Then(self.counts[:, at], self.counting[:, at], self.moves[at]).means()
            counting = int(np.isfinite(means).sum())
            count = float(np.nanmean(means)) * len(own) if counting else math.nan
            table.append({"shift": days, "count": count, "counting": counting})
        return table

    def against(self, own: Ints, block: Ints, interval: float, *, pairs: bool) -> dict[str, Any]:
        """The observed count against the one that the shifts lead to expect on the same day."""
        from scipy.special import stdtr, stdtrit

        names = ("expected", "ratio", "odds_ratio", "odds_low", "odds_high", "p")
        told: dict[str, Any] = {"observed": int(own.sum()), **dict.fromkeys(names, math.nan)}
        told |= {"shifts": int(self.counting.any(axis=0).sum())}
        if not len(own):
            return told
        blocks, codes = np.unique(block, return_inverse=True)
        sums = self._sums(own, codes, len(blocks))
        whole = [part.sum(axis=0) for part in sums]
        expected, excess = self._excess(*(part[None] for part in whole), pairs=pairs)
        told |= {"expected": float(expected[0]), "ratio": ratio(told["observed"], float(expected[0]))}
        log = float(excess[0])
        if not pairs:
            told["odds_ratio"] = math.exp(log)
        if (many := len(blocks)) < LEAST_BLOCKS:
            return told
        _, left_out = self._excess(*(of - part for of, part in zip(whole, sums, strict=True)), pairs=pairs)
        error = math.sqrt((many - 1) / many * float(np.square(left_out - left_out.mean()).sum()))
        if error <= TIE:  # no day differs from another
            return told | {"p": 1.0 if log <= TIE else math.nan}
        told["p"] = float(stdtr(many - 1, -log / error))
        if not pairs:
            reach = float(stdtrit(many - 1, (1 + interval) / 2)) * error
            told |= {"odds_low": math.exp(log - reach), "odds_high": math.exp(log + reach)}
        return told

    def _sums(self, own: Ints, codes: Ints, many: int) -> list[Floats]:
        """Of each block: incidents, observed, means, what corrects them at shift 0, and the parts of least squares."""
        weights = self.counting / self.counting.sum(axis=1, keepdims=True)
        days = np.abs(self.moves).astype(float)
        terms = np.stack([days, days % 7 == 0])
        middle = weights @ terms.T
        apart = np.where(self.counting, terms[:, None] - middle.T[:, :, None], 0.0)
        mean = self.means()
        moved = np.where(self.counting, self.counts - mean[:, None], 0.0)
        parts = [
            np.ones(len(own)), own, mean, np.array([0.0, 1.0]) - middle,
            np.einsum("qns,rns->nqr", apart, apart), np.einsum("qns,ns->nq", apart, moved),
        ]  # fmt: skip
        found = [np.zeros((many, *np.shape(part)[1:])) for part in parts]
        for total, part in zip(found, parts, strict=True):
            np.add.at(total, codes, part)
        return found

    def _excess(
        self,
        count: Floats,
        observed: Floats,
        mean: Floats,
        at_own: Floats,
        square: Floats,
        cross: Floats,
        *,
        pairs: bool,
    ) -> tuple[Floats, Floats]:
        """Expected, and the log of observed over it: of odds of incidents, of counts of pairs."""
        terms = np.einsum("bqr,br->bq", np.linalg.pinv(square, rcond=1e-9, hermitian=True), cross)
        expected = np.clip(mean + (terms * at_own).sum(axis=1), 0.0, None if pairs else count)
        over = np.log((observed + HALF) / (expected + HALF))
        if not pairs:
            over = over - np.log((count - observed + HALF) / (count - expected + HALF))
        return expected, over
