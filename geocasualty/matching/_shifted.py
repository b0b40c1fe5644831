"""When would each incident have been, had it been whole days earlier or later?

A day is a local day: Syria's clocks changed twice a year until 2022, and the day is 23 or 25 hours long then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._neighbours import DAY

__all__ = ["Shifted", "shifted", "whole_days"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shifted:
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
    start_turn: Ints
    end_turn: Ints
    days: int

    @property
    def shifts(self) -> Ints:
        """The shifts, in days."""
        return np.arange(-self.days, self.days + 1)

    def row(self, position: int) -> Shifted:
        """One of the incidents alone."""
        one = slice(position, position + 1)
        first, last = (turn[one] if len(turn) > 1 else turn for turn in (self.start_turn, self.end_turn))
        return Shifted(self.start[one], self.end[one], first, last, self.days)

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
        # clocks turn by less than a day: with them the shift is at most one off what it were without
        shift = np.clip((beyond - edge[owner]) // DAY, -self.days, self.days + 1)
        for _ in range(2):
            known = np.minimum(shift, self.days)
            row = owner if turn.shape[0] > 1 else 0
            turned = turn[row, known + self.days if turn.shape[1] > 1 else 0]
            shift = shift + ((shift <= self.days) & (edge[owner] + known * DAY + turned <= beyond))
        return np.asarray(shift)


def whole_days(name: str, value: Any) -> int:
    """Check a number of days that must be whole.

    Raises
    ------
    geocasualty.errors.InputError
        If it is not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{name} is {value!r}; expected a whole number of days")
    return int(value)


def shifted(start: Ints, end: Ints, zones: Iterable[str], days: int) -> Shifted:
    """Incidents under shifts by whole days of their own zones.

    Parameters
    ----------
    start, end : numpy.ndarray of int
        In seconds since 1970 UTC.
    zones : iterable of str
        The zone of each, as ``Asia/Damascus``; without one, a day is a day of UTC.
    days : int
        The greatest shift, either way.

    Raises
    ------
    geocasualty.errors.InputError
        If a zone is none.

    Examples
    --------
    >>> day = pd.Timestamp("2015-10-29", tz="Asia/Damascus")
    >>> start, end = np.array([int(day.timestamp())]), np.array([int((day + pd.DateOffset(days=1)).timestamp())])
    >>> moved = shifted(start, end, ["Asia/Damascus"], 2)
    >>> (moved.ends() - moved.starts()) / 3600
    array([[24., 24., 25., 24., 24.]])
    """
    names = np.array([zone or "UTC" for zone in zones], dtype=object)
    shifts = np.arange(-days, days + 1)
    none = np.zeros((1, 1), dtype=np.int64)
    turns = {"start": none, "end": none}
    for zone in sorted(set(names)):
        rows = np.flatnonzero(names == zone)
        for side, edge in (("start", start), ("end", end)):
            found = _turns(edge[rows], zone, shifts)
            if found.any():
                if turns[side] is none:
                    turns[side] = np.zeros((len(names), len(shifts)), dtype=np.int64)
                turns[side][rows] = found
    return Shifted(start, end, turns["start"], turns["end"], days)


def _turns(edge: Ints, zone: str, shifts: Ints) -> Ints:
    """What the clocks add to whole days of 24 hours, for each distinct time once."""
    times, back = np.unique(edge, return_inverse=True)
    try:
        local = pd.to_datetime(times, unit="s", utc=True).tz_convert(zone).tz_localize(None)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"timezone {zone!r} is not known; expected a name such as 'Asia/Damascus'") from error
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
