"""When would each incident have been, had it been whole days earlier or later, and what would have passed then?

A day is a local day: Syria's clocks changed twice a year until 2022, and the day is 23 or 25 hours long then.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching._limits import DAY
from geocasualty.matching._sides import Side, in_zone

__all__ = ["BACKGROUND_DAYS", "REFERENT_DAYS", "Shifted", "shifted"]

BACKGROUND_DAYS = 45
"""Days before and after the incident that count: long enough for a rate, short enough that the front has not moved
far. A choice of this project."""

REFERENT_DAYS = 3, 14
"""The nearest and the farthest day, either way, that an incident's own is compared with where what moves over weeks is
to move neither (time-stratified referents): beyond what a wrong date or a late report bridges, and two weekends on each
side, so that days of the same name are among them. A choice of this project."""

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Turns = npt.NDArray[np.int32]


class Shifted(NamedTuple):
    """Incidents (rows) under shifts of ``-days`` to ``days`` whole local days (columns).

    Attributes
    ----------
    start, end : numpy.ndarray of int
        Of the unmoved incidents, in seconds since 1970 UTC.
    start_turn, end_turn : numpy.ndarray of int
        How many seconds the clocks add to a shift by as many times 24 hours. Of one row and column where they never do.
    days : int
        The greatest shift.
    """

    start: Ints
    end: Ints
    start_turn: Turns
    end_turn: Turns
    days: int

    @property
    def shifts(self) -> Ints:
        """The shifts, in days."""
        return np.arange(-self.days, self.days + 1)

    def starts(self) -> Ints:
        """When each incident would have started, in seconds."""
        return self.start[:, None] + self.shifts * DAY + self.start_turn

    def ends(self) -> Ints:
        """When each incident would have ended, in seconds."""
        return self.end[:, None] + self.shifts * DAY + self.end_turn

    def apart(self, seconds: int) -> Bools:
        """Under which shifts an incident no longer touches its own window, that is itself widened by a limit."""
        after = self.starts() >= self.end[:, None] + seconds
        return np.asarray(after | (self.ends() <= self.start[:, None] - seconds))

    def passing(self, owner: Ints, s_start: Ints, s_end: Ints, seconds: int, *, wholly: bool) -> tuple[Ints, Ints]:
        """The first and the last shift under which a strike passes the test in time; first after last where none does.

        Parameters
        ----------
        owner : numpy.ndarray of int
            The row of the incident that each strike is compared with.
        s_start, s_end : numpy.ndarray of int
            The strikes, in seconds.
        seconds : int
            The limit.
        wholly : bool
            Test for ``within``, else for ``possible``.
        """
        # half-open intervals: those that only touch do not overlap
        first = self._first(owner, s_start - seconds, of_end=True)
        last = self._first(owner, s_end + seconds - 1, of_end=False) - 1
        if wholly:
            first = np.maximum(first, self._first(owner, s_end - seconds - DAY - 1, of_end=False))
            last = np.minimum(last, self._first(owner, s_start + seconds + DAY, of_end=True) - 1)
        return first, last

    def _first(self, owner: Ints, beyond: Ints, *, of_end: bool) -> Ints:
        """The first shift under which the start, or the end, lies after a time; ``days + 1`` if none is."""
        edge, turn = (self.end, self.end_turn) if of_end else (self.start, self.start_turn)
        shift = (beyond - edge[owner]) // DAY
        if turn.shape[1] == 1:
            return np.asarray(np.clip(shift + 1, -self.days, self.days + 1))
        # clocks turn by less than a day: with them the shift is at most one off what it were without
        shift = np.clip(shift, -self.days, self.days + 1)
        for _ in range(2):
            known = np.minimum(shift, self.days)
            turned = turn[owner, known + self.days]
            shift = shift + ((shift <= self.days) & (edge[owner] + known * DAY + turned <= beyond))
        return np.asarray(shift)


def shifted(side: Side, days: int) -> Shifted:
    """Incidents under shifts by whole days of their own zones; without one, a day is a day of UTC.

    Parameters
    ----------
    side : Side
        The incidents.
    days : int
        The greatest shift, either way.

    Raises
    ------
    geocasualty.errors.InputError
        If a zone is none.
    """
    codes, zones = side.text("timezone")
    shifts = np.arange(-days, days + 1)
    turns = [np.zeros((1, 1), dtype=np.int32), np.zeros((1, 1), dtype=np.int32)]
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        edges = side.start[rows], side.end[rows]
        if not _turn(zones[code], int(edges[0].min()), int(edges[1].max()), days):
            continue
        for number, edge in enumerate(edges):
            found = _turns(edge, zones[code], shifts)
            if found.any():
                if turns[number].shape[1] == 1:
                    turns[number] = np.zeros((len(codes), len(shifts)), dtype=np.int32)
                turns[number][rows] = found
    return Shifted(side.start, side.end, turns[0], turns[1], days)


def _turn(zone: str, first: int, last: int, days: int) -> bool:
    """Whether the clocks of a zone change at all around some times."""
    instants = np.arange(first - (days + 2) * DAY, last + (days + 3) * DAY, DAY)
    return len(np.unique(_numbers(in_zone(instants, zone)) - instants)) > 1


def _turns(edge: Ints, zone: str, shifts: Ints) -> Ints:
    """What the clocks add to whole days of 24 hours, for each distinct time once."""
    times, back = np.unique(edge, return_inverse=True)
    local = in_zone(times, zone)
    midnight = local.normalize()  # a day whose clocks go forward at midnight begins at one o'clock
    wall = np.where(_instants(midnight, zone) == times, _numbers(midnight), _numbers(local))
    moved = _instants(pd.DatetimeIndex((wall[:, None] + shifts * DAY).ravel().astype("datetime64[s]")), zone)
    turned = moved.reshape(len(times), len(shifts)) - times[:, None] - shifts * DAY
    turned[:, len(shifts) // 2] = 0  # unmoved, whichever of an hour's two it is
    return np.asarray(turned[back], dtype=np.int64)


def _instants(naive: pd.DatetimeIndex, zone: str) -> Ints:
    """Local times in seconds since 1970 UTC: the first of two that are named alike, the next where there is none."""
    local = naive.tz_localize(zone, ambiguous=np.ones(len(naive), dtype=bool), nonexistent="shift_forward")
    return _numbers(local.tz_convert("UTC").tz_localize(None))


def _numbers(naive: pd.DatetimeIndex) -> Ints:
    return np.asarray(naive.to_numpy().astype("datetime64[s]").astype(np.int64))
