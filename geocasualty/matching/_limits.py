"""The limits of a test in space and in time, whose strikes may count for whose, and what passes in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.errors import InputError
from geocasualty.records.belligerents import (
    canonical_belligerents,
    kin,
    names_in_no_table,
    of_alliance,
    one_strike,
    parties_of,
)
from geocasualty.theatre.parties import Days
from geocasualty.words import ENGLISH, Said, whole_or

__all__ = [
    "DAY",
    "MAYBE",
    "NEVER",
    "SURE",
    "Whose",
    "Window",
    "allowed_names",
    "countries_apart",
    "gap_of",
    "in_time",
    "limits_of",
    "named_sides",
    "of_one_party",
    "possible_names",
    "too_many",
    "whole_days",
    "wholly_in_time",
]

DAY = 86_400

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """The limits of a test: metres, and either days, by which local dates are compared, or seconds between clock times.

    Times are compared as half-open spans of seconds. Those of dates begin with the first day and end behind the last,
    so that one rule serves both; :meth:`geocasualty.matching._sides.Side.by` gives the spans of a window.

    Attributes
    ----------
    metres : float
        In space.
    days : int or None
        Between two local dates, 0 for the same one.
    seconds : int or None
        Between two clock times; where there are no days.

    Examples
    --------
    >>> one = Window(10_000.0, days=1)
    >>> one.reach_s, one.unit_s, one.later(45).days
    (86400, 86400, 46)
    >>> Window(10_000.0, seconds=3_600).unit_s
    0
    """

    metres: float
    days: int | None = None
    seconds: int | None = None

    @property
    def reach_s(self) -> int:
        """By how many seconds one of two spans is widened."""
        return self.days * DAY if self.days is not None else int(self.seconds or 0)

    @property
    def unit_s(self) -> int:
        """The length of what is compared: a day, or a moment."""
        return 0 if self.days is None else DAY

    @property
    def reach_days(self) -> int:
        """By how many whole days that is at most."""
        return -(-self.reach_s // DAY)

    def stated(self) -> dict[str, float]:
        """The limits as every table repeats them."""
        if self.days is not None:
            return {"within_km": self.metres / 1000, "within_days": float(self.days)}
        return {"within_km": self.metres / 1000, "within_hours": self.reach_s / 3_600}

    def __str__(self) -> str:
        return ENGLISH.tell(self.said(), bare=True)

    def within(self) -> Said:
        """Both limits inside a sentence."""
        return Said("unit.limits", {"km": f"{self.metres / 1000:,g}", "days": self.late()})

    def said(self) -> Said:
        """Both limits."""
        return Said("reason.limits", {"km": f"{self.metres / 1000:,g}", "late": self.late()})

    def late(self) -> Said:
        """The limit in time."""
        if self.days is not None:
            return Said("unit.days", {"n": self.days})
        return Said("unit.hours", {"n": whole_or(self.reach_s / 3_600)})

    def gap(self, days: float) -> Said | str:
        """When the one was, seen from the other, of what :func:`geocasualty.match` has as ``gap_days``."""
        if np.isnan(days):
            return ""
        number = round(abs(days)) if self.days is not None else round(abs(days) * 24, 1)
        if number <= (1 if self.days is not None else 0):
            return Said(f"gap.day.{round(days)}" if self.days is not None else "gap.time.0")
        apart = Said("unit.hours" if self.days is None else "unit.days", {"n": whole_or(number)})
        return Said("gap.before" if days < 0 else "gap.after", {"days": apart})

    def later(self, days: int) -> Window:
        """As wide in space, and so many days wider in time."""
        if self.days is not None:
            return Window(self.metres, days=self.days + days)
        return Window(self.metres, seconds=self.reach_s + days * DAY)

    def of(self, metres: float) -> Window:
        """As wide in time, and so wide in space."""
        return Window(float(metres), self.days, self.seconds)


NEVER, MAYBE, SURE = 0, 1, 2
"""What two records may be for each other: no pair, a pair that is possible at most, or any."""


class Whose(NamedTuple):
    """Belligerents of a record, and whatever else of it keeps a pair from being sure.

    Attributes
    ----------
    names : str
        Belligerents joined by ``;``.
    days : tuple of int or None
        Days in all of which the same parties are members of their alliances; None where none of theirs has gained or
        lost a member, and for names of no record.
    country : str
        As the record states it.
    doubtful : bool
        Its place or its day is in doubt, or a part of it was never read: it gives no sure pair.
    misspelt : bool
        A party of it may be another than it says.
    guessed : bool
        It may be of none of the parties that it names.
    """

    names: str
    days: Days | None
    country: str = ""
    doubtful: bool = False
    misspelt: bool = False
    guessed: bool = False


def limits_of(within_km: Any, within_days: Any, within_hours: Any = None) -> Window:
    """Check the limits that an analyst chose: in space, and in time either days or hours.

    Raises
    ------
    geocasualty.errors.InputError
        If one is negative or no number, days are no whole number, or there are both days and hours or neither.
    """
    metres = _number("within_km", within_km) * 1000.0
    if (within_days is None) == (within_hours is None):
        said = "neither" if within_days is None else "both"
        raise InputError(
            f"within_days and within_hours: {said} given; expected within_days= to compare local dates (0 is the same "
            "day), or within_hours= to compare clock times"
        )
    if within_days is None:
        return Window(metres, seconds=round(_number("within_hours", within_hours) * 3_600))
    days = _number("within_days", within_days)
    if days != int(days):
        raise InputError(
            f"within_days is {within_days!r}; expected a whole number: local dates are compared, 0 is the same day; "
            f"for clock times use within_hours={days * 24:g}"
        )
    return Window(metres, days=int(days))


def _number(name: str, value: Any) -> float:
    numeric = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not numeric or not np.isfinite(value) or value < 0:
        raise InputError(f"{name} is {value!r}; expected a number of zero or more")
    return float(value)


def too_many(max_pairs: int, reached: int, share: float | None = None) -> InputError:
    """An answer over ``max_pairs``, and how far the join got."""
    how_far = "" if share is None else f" with {share:.0%} of the incidents compared"
    return InputError(
        f"more than max_pairs={max_pairs:,} pairs ({reached:,}{how_far}): narrow "
        "within_km or within_days, select fewer records, leave out those of large radius_m or long duration (each is "
        "possibly near a great many others), or raise max_pairs if there is memory"
    )


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


def in_time(start: Any, end: Any, s_start: Any, s_end: Any, window: Window) -> Bools:
    """Whether half-open spans overlap when one of them is widened by a limit; those that only touch do not."""
    return np.asarray((s_start < end + window.reach_s) & (start < s_end + window.reach_s))


def wholly_in_time(start: Any, end: Any, s_start: Any, s_end: Any, window: Window) -> Bools:
    """Whether every day (or moment) of the one is within the limit of every one of the other."""
    return np.asarray(np.maximum(s_end - start, end - s_start) <= window.reach_s + window.unit_s)


def gap_of(start: Any, end: Any, s_start: Any, s_end: Any, window: Window) -> Ints:
    """Seconds from the last day (or moment) of the first span to the first of the second, 0 where they share one."""
    unit = window.unit_s
    return np.asarray(np.maximum(0, s_start - end + unit) + np.minimum(0, s_end - start - unit))


def allowed_names(ours: list[Whose], theirs: list[Whose], belligerents: str | Iterable[str]) -> Codes:
    """What incidents (rows) and strikes (columns) may be for each other, by all but place and time.

    No pair is sure where either is in doubt, or they state different countries, or the party is: the incident names one
    and the strike none, or only the alliance that it belongs to, or the name that they share is told with a doubt or
    may be a slip.
    """
    found = of_one_party(ours, theirs, belligerents)
    doubtful = (np.array([each.doubtful for each in side], dtype=bool) for side in (ours, theirs))
    unsure = np.logical_or.outer(*doubtful)
    unsure |= countries_apart(ours, theirs)
    return np.where(unsure, np.minimum(found, MAYBE), found)


def countries_apart(ours: list[Whose], theirs: list[Whose]) -> Bools:
    """Which of them state different countries."""
    one, other = (np.array([each.country for each in side], dtype=object) for side in (ours, theirs))
    return np.asarray((one[:, None] != other) & (one[:, None] != "") & (other != ""))


def of_one_party(ours: list[Whose], theirs: list[Whose], belligerents: str | Iterable[str]) -> Codes:
    """The same by their parties alone."""
    if belligerents == "any":
        return np.full((len(ours), len(theirs)), SURE, dtype=np.int8)
    return _each_pair(_asked(ours, belligerents), theirs, _party).astype(np.int8)


def possible_names(ours: list[Whose], theirs: list[Whose], belligerents: str | Iterable[str]) -> Bools:
    """Which strikes (columns) may be of a party of an incident (rows) for all one knows: misspelt, unknown, allied."""
    if belligerents == "any":
        return np.ones((len(ours), len(theirs)), dtype=bool)
    return _each_pair(_asked(ours, belligerents), theirs, _perhaps).astype(bool)


def _asked(ours: list[Whose], belligerents: str | Iterable[str]) -> list[Whose]:
    """Incidents with the parties that alone are compared, where some are chosen."""
    chosen = named_sides(belligerents)
    return [each._replace(names=chosen, days=None, misspelt=False, guessed=False) for each in ours] if chosen else ours


def _each_pair(ours: list[Whose], theirs: list[Whose], rule: Callable[[Whose, Whose], int]) -> Ints:
    """What a rule of parties says of each two; once for those that differ in nothing that it reads."""
    sides = [[each._replace(country="", doubtful=False) for each in side] for side in (ours, theirs)]
    one, other = ({each: n for n, each in enumerate(dict.fromkeys(side))} for side in sides)
    found = np.array([[rule(a, b) for b in other] for a in one], dtype=np.int64).reshape(len(one), len(other))
    rows, columns = ([known[each] for each in side] for known, side in zip((one, other), sides, strict=True))
    return np.asarray(found[np.ix_(rows, columns)])


def _party(incident: Whose, strike: Whose) -> int:
    ours, theirs, on = parties_of(incident.names), parties_of(strike.names), both_days(incident.days, strike.days)
    if not one_strike(ours, theirs, on):
        return NEVER
    if not ours:
        return SURE
    if incident.guessed or strike.guessed:
        return MAYBE
    if incident.misspelt or strike.misspelt:
        ours, theirs = (frozenset(name for name in each if not names_in_no_table(name)) for each in (ours, theirs))
    return SURE if ours & theirs or any(of_alliance(name, theirs, on) for name in ours) else MAYBE


def _perhaps(incident: Whose, strike: Whose) -> bool:
    ours, theirs = parties_of(incident.names), parties_of(strike.names)
    return incident.misspelt or strike.misspelt or one_strike(ours, theirs, None) or kin(ours, theirs)


def named_sides(belligerents: str | Iterable[str]) -> str:
    """The belligerents that alone are compared, joined by ``;``; empty where it is for the records to say.

    Raises
    ------
    geocasualty.errors.InputError
        If it is neither one of the two words nor names.
    """
    if isinstance(belligerents, str):
        if belligerents not in ("overlap", "any"):
            raise InputError(f"belligerents is {belligerents!r}; expected 'overlap', 'any' or a set of names")
        return ""
    chosen = canonical_belligerents(";".join(belligerents), None)
    if not chosen:
        raise InputError("belligerents is an empty set; expected a set of names, or 'any'")
    return chosen


def both_days(some: Days | None, others: Days | None) -> Days | None:
    """From the first to the last day of two records: a membership between them may hold for the strike."""
    if some is None or others is None:
        return others if some is None else some
    return min(some[0], others[0]), max(some[1], others[1])
