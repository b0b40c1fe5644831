"""How often would the same test have passed at the same spot on other days?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching._join import DAY, Limits

__all__ = ["BACKGROUND_DAYS", "Background", "background", "shifts_that_pass"]

BACKGROUND_DAYS = 45
"""Days before and after the incident that count: long enough for a rate, short enough that the front has not moved
far. A choice of this project."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Background(NamedTuple):
    """Days on which the test would have passed, and days that count."""

    passed: int
    days: int

    @property
    def rate(self) -> float:
        """Their ratio; NaN where no day counts."""
        return self.passed / self.days if self.days else float("nan")


def background(
    start: int,
    end: int,
    strikes: tuple[Ints, Ints],
    limits: Limits,
    *,
    wholly: bool,
    covered: Callable[[Ints, Ints], Bools],
    days: int = BACKGROUND_DAYS,
) -> Background:
    """Shift an incident by whole days and count those on which some strike passes the same test in time.

    For each strike the shifts that pass form one interval; their union is counted exactly.

    Parameters
    ----------
    start, end : int
        The incident, in seconds.
    strikes : tuple of numpy.ndarray
        Start and end, in seconds, of the strikes that pass the test in space.
    limits : Limits
        Of the test.
    wholly : bool
        Test for ``within``, else for ``possible``.
    covered : callable
        Whether the records wholly cover each of many spans, given their starts and ends; a day that they do not cover
        does not count.
    days : int
        How far to shift, either way.

    Returns
    -------
    Background
        The shifts under which the incident still touches its own window do not count.

    Examples
    --------
    >>> starts = np.array([0, 10 * DAY])
    >>> always = lambda start, end: start < end
    >>> background(0, DAY, (starts, starts + DAY), Limits(0, 0), wholly=False, covered=always, days=10)
    Background(passed=1, days=20)
    """
    shifts = np.arange(-days, days + 1)
    counts = np.abs(shifts) * DAY >= (end - start) + limits.seconds
    counts &= covered(start + shifts * DAY, end + shifts * DAY)
    passed = _passing(start, end, strikes, limits, wholly, days)
    return Background(int((passed & counts).sum()), int(counts.sum()))


def shifts_that_pass(a: Ints, b: Ints, seconds: int, *, wholly: bool) -> tuple[Ints, Ints]:
    """The first and the last shift of an incident, in whole days, under which a strike passes the test in time.

    Parameters
    ----------
    a, b : numpy.ndarray
        ``strike.start - incident.end`` and ``strike.end - incident.start``, in seconds.
    seconds : int
        The limit.
    wholly : bool
        Test for ``within``, else for ``possible``.

    Returns
    -------
    tuple of numpy.ndarray
        The first is after the last where none passes.
    """
    # open at both ends: intervals that only touch do not overlap
    low, high = a - seconds + 1, b + seconds - 1
    if wholly:
        low = np.maximum(low, b - seconds - DAY)
        high = np.minimum(high, a + seconds + DAY)
    return -(-low // DAY), high // DAY


def _passing(start: int, end: int, strikes: tuple[Ints, Ints], limits: Limits, wholly: bool, days: int) -> Bools:
    s_start, s_end = strikes
    first, last = shifts_that_pass(s_start - end, s_end - start, limits.seconds, wholly=wholly)
    first, last = np.maximum(first, -days), np.minimum(last, days)
    some = first <= last
    steps = np.zeros(2 * days + 2, dtype=np.int64)
    np.add.at(steps, first[some] + days, 1)
    np.add.at(steps, last[some] + days + 1, -1)
    return np.cumsum(steps)[:-1] > 0
