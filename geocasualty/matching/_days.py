"""Under which shifts by whole days would the test in time have passed?"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._sides import Side

__all__ = ["BACKGROUND_DAYS", "REFERENT_DAYS", "Shifts", "ratio"]

BACKGROUND_DAYS = 45
"""Days before and after the incident that count: long enough for a rate, short enough that the front has not moved
far. A choice of this project."""

REFERENT_DAYS = 3, 14
"""The nearest and the farthest day, either way, that an incident's own is compared with where what moves over weeks is
to move neither (time-stratified referents): beyond what a wrong date or a late report bridges, and two weekends on each
side, so that days of the same name are among them. A choice of this project."""

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def ratio(count: float, of: float) -> float:
    """How many there are of those expected; infinite where none was, NaN where there is none either."""
    return count / of if of else math.inf if count else math.nan


class Shifts(NamedTuple):
    """Incidents that are moved by ``-days`` to ``days`` whole days, and the window of the test.

    Attributes
    ----------
    start, end : numpy.ndarray of int
        Of the unmoved incidents, as the window compares them.
    window : Window
        Of the test.
    days : int
        The greatest shift.
    """

    start: Ints
    end: Ints
    window: Window
    days: int

    @classmethod
    def of(cls, ours: Side, window: Window, days: int) -> Shifts:
        """Of a side."""
        return cls(ours.start, ours.end, window, days)

    def apart(self) -> Bools:
        """Under which shifts (columns) an incident no longer touches its own window, that is itself widened."""
        moved = np.arange(-self.days, self.days + 1) * DAY
        start, end, reach = self.start[:, None], self.end[:, None], self.window.reach_s
        return np.asarray((start + moved >= end + reach) | (end + moved <= start - reach))

    def passing(self, owner: Ints, s_start: Ints, s_end: Ints, *, wholly: bool) -> tuple[Ints, Ints]:
        """The first and the last shift under which a strike passes the test in time; first after last where none does.

        Parameters
        ----------
        owner : numpy.ndarray of int
            The row of the incident that each strike is compared with.
        s_start, s_end : numpy.ndarray of int
            The strikes, in seconds.
        wholly : bool
            Test for ``within``, else for ``possible``.
        """
        start, end, reach = self.start[owner], self.end[owner], self.window.reach_s
        # half-open spans: those that only touch do not overlap
        first, last = (s_start - reach - end) // DAY + 1, (s_end + reach - 1 - start) // DAY
        if wholly:
            most = reach + self.window.unit_s
            first = np.maximum(first, -((most + start - s_end) // DAY))
            last = np.minimum(last, (s_start + most - end) // DAY)
        return np.maximum(first, -self.days), np.minimum(last, self.days)
