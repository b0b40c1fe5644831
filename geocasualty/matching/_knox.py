"""Do more incidents have strikes near them than if their times were others?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._days import BACKGROUND_DAYS, Shifts
from geocasualty.matching._limits import limits_of, whole_days
from geocasualty.matching._pairs import days_near
from geocasualty.matching.assessed import compared_sides

__all__ = ["chance_test"]

LEAST_COUNTING = 0.5
"""A shift is left out where fewer than this share of the incidents count. A choice of this project."""
TIE = 1e-9
"""Sums of rates are compared up to this."""

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
) -> pd.DataFrame:
    """Compare how many incidents have strikes near them with how many would, had all happened on other days.

    A space-time interaction test after Knox [1]_ for two sets of records: both keep their places, and the incidents are
    moved through time together, by whole days. That keeps what makes chance agreement likely (places that are struck
    all the time, incidents that come in bursts) and breaks only that an incident and a strike are on the same day.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`.
    within_km, within_days : float
        The limits, repeated in the result.
    shifts : iterable of int, optional
        By how many days the incidents are moved, such as ``[-14, -7, 7, 14]``; by default every whole day up to 45
        either way, as for the background rate. There is no random choice and so no seed.
    belligerents : {"overlap", "any"} or iterable of str
        As for :func:`geocasualty.match`.
    coverage : pandas.DataFrame, optional
        As for :func:`geocasualty.screen`. An incident counts where the records cover all of its time, and under a
        shift where they cover all of the time that it is moved to and this does not touch its own window.
    interval : float
        The share of the shifts between ``expected_low`` and ``expected_high``.

    Returns
    -------
    pandas.DataFrame
        Four rows, by ``relation`` (``within``, ``possible``, which includes ``within``) and ``counted`` (``incidents``
        that pass, ``pairs`` of an incident and a strike):

        ``observed``, ``expected``, ``ratio``
            The count, the mean count under the shifts, and the one over the other. Of ``incidents`` and with the
            default shifts ``expected`` is the sum of the background rates.
        ``expected_low``, ``expected_high``
            Between them lie the counts under the given share of the shifts.
        ``p``
            ``(1 + n) / (1 + shifts)``, with n the shifts under which at least as many were counted as observed.
        ``shifts``, ``shifts_left_out``
            How many served, and how many did not because fewer than half of the incidents count under them.
        ``incidents``, ``unlocated``, ``uncovered``, ``no_background``, ``assessed``
            All incidents, and the four parts of them: without a place; at a time that the records do not wholly
            cover; without any shift under which they count; and those that the counts are of.
        ``within_km``, ``within_days``
            The limits.

        Without a shift that serves, all that depends on shifts is NaN.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`; if a shift is no whole number of days or is 0, or ``interval`` is not between 0
        and 1.

    Notes
    -----
    Under a shift some incidents fall on days without coverage. Each of them counts there with its own mean over the
    shifts under which it counts: no incident is compared with another's days, but the counts spread a little less
    than they would with full coverage.

    Counts under neighbouring shifts are alike: 90 shifts tell less than 90 independent draws would, and a small p says
    less than it seems. It says whether the two sets go together in time at all, and nothing of any one incident.

    Knox's own test permutes the times within one set. Where both apply (one set as both sides, points of radius 0,
    whole days, as many on each day, every shift within the covered time) ``pairs`` is twice his count plus one pair of
    each incident with itself. Without clustering ``expected`` is twice his expectation and a little more: with m events
    on each day and a window of w days by about 1 in w m, since a permutation leaves an event one place less on its own
    day (pointpats agrees within 3 % with 20 a day). With clustering ``expected`` is lower than his: pairs that are
    together in space and time are in no other window.

    References
    ----------
    .. [1] E. G. Knox, "The detection of space-time interactions", Journal of the Royal Statistical Society C 13
       (1964), 25-30.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> table = gcas.matching.chance_test(book.incidents, book.strikes, within_km=10, within_days=0)
    >>> table[["relation", "counted", "observed", "incidents", "unlocated", "uncovered", "assessed"]]
       relation    counted  observed  incidents  unlocated  uncovered  assessed
    0    within  incidents         1          4          1          2         1
    1    within      pairs         1          4          1          2         1
    2  possible  incidents         1          4          1          2         1
    3  possible      pairs         2          4          1          2         1
    """
    limits = limits_of(within_km, within_days)
    moves = _moves(shifts)
    if isinstance(interval, bool) or not isinstance(interval, (int, float)) or not 0 < interval < 1:
        raise InputError(f"interval is {interval!r}; expected a share between 0 and 1, such as 0.95")
    sides = compared_sides(incidents, strikes, belligerents, coverage, limits)
    span = int(np.abs(moves).max())
    columns = moves + span
    covered = sides.held(limits, span).covered
    counting = (covered & Shifts.of(sides.ours, limits, span).apart())[:, columns]
    located = sides.ours.located
    assessable = located & covered[:, span]
    known = assessable & counting.any(axis=1)
    serves = counting[known].mean(axis=0) >= LEAST_COUNTING if known.any() else np.zeros(len(moves), dtype=bool)
    then = np.zeros((2, len(located), len(moves)), dtype=np.int64)
    now = np.zeros((2, len(located)), dtype=np.int64)
    for rows, counts in days_near(
        sides.ours, sides.theirs, np.array([limits.metres]), limits, sides.allowed, span,
        backend=sides.backend,
    ):  # fmt: skip
        for test in (0, 1):
            then[test, rows], now[test, rows] = counts[:, 0, columns, test], counts[:, 0, span, test]
    table = []
    for test, relation in ((1, "within"), (0, "possible")):
        for counted, most in (("incidents", 1), ("pairs", None)):
            own, moving = (np.clip(each[test][known], 0, most) for each in (now, then))
            against = _against(int(own.sum()), moving, counting[known], serves, interval)
            table.append({"relation": relation, "counted": counted, "observed": int(own.sum()), **against})
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
        return np.array([day for day in range(-BACKGROUND_DAYS, BACKGROUND_DAYS + 1) if day], dtype=np.int64)
    if isinstance(shifts, (str, bytes)) or not isinstance(shifts, Iterable):
        raise InputError(f"shifts is {shifts!r}; expected whole numbers of days, such as [-14, -7, 7, 14]")
    moves = sorted({whole_days("a shift", shift) for shift in shifts})
    if not moves or 0 in moves:
        raise InputError(f"shifts is {moves!r}; expected whole numbers of days other than 0, such as [-14, -7, 7, 14]")
    return np.array(moves, dtype=np.int64)


def _against(observed: int, then: Ints, counting: Bools, serves: Bools, interval: float) -> dict[str, Any]:
    """The observed count against those under the shifts; ``then`` and ``counting`` have a row for each incident."""
    shifts = int(serves.sum())
    left_out = {"shifts": shifts, "shifts_left_out": len(serves) - shifts}
    if not shifts:
        return dict.fromkeys(("expected", "ratio", "expected_low", "expected_high", "p"), math.nan) | left_out
    mean = np.where(counting, then, 0).sum(axis=1) / counting.sum(axis=1)
    moved = np.array([math.fsum(column) for column in np.where(counting, then, mean[:, None])[:, serves].T])
    expected = math.fsum(mean)
    low, high = np.quantile(moved, [(1 - interval) / 2, (1 + interval) / 2])
    ratio = observed / expected if expected else math.inf if observed else math.nan
    p = (1 + int((moved >= observed - TIE).sum())) / (1 + shifts)
    return {
        "expected": expected,
        "ratio": ratio,
        "expected_low": float(low),
        "expected_high": float(high),
        "p": p,
        **left_out,
    }
