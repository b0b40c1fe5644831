"""The limits of a test in space and in time, whose strikes may count for whose, and what passes in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.errors import InputError
from geocasualty.records.belligerents import canonical_belligerents, one_strike, parties_of
from geocasualty.theatre.parties import Days

__all__ = [
    "DAY",
    "Limits",
    "Whose",
    "allowed_names",
    "gap_of",
    "in_time",
    "limits_of",
    "named_sides",
    "too_many",
    "whole_days",
    "wholly_in_time",
]

DAY = 86_400

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a test, in metres and seconds."""

    metres: float
    seconds: int


class Whose(NamedTuple):
    """Belligerents of a record, and days in all of which the same parties are members of their alliances.

    None where no alliance of theirs has gained or lost a member, and for names of no record.
    """

    names: str
    days: Days | None


def limits_of(within_km: float, within_days: float) -> Limits:
    """Check the two limits that an analyst chose.

    Raises
    ------
    geocasualty.errors.InputError
        If either is negative or no number.
    """
    for name, value in (("within_km", within_km), ("within_days", within_days)):
        numeric = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not numeric or not np.isfinite(value) or value < 0:
            raise InputError(f"{name} is {value!r}; expected a number of zero or more")
    return Limits(float(within_km) * 1000.0, round(float(within_days) * DAY))


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


def in_time(start: Any, end: Any, s_start: Any, s_end: Any, seconds: int) -> Bools:
    """Whether half-open intervals overlap when one of them is widened by a limit; those that only touch do not."""
    return np.asarray((s_start < end + seconds) & (start < s_end + seconds))


def wholly_in_time(start: Any, end: Any, s_start: Any, s_end: Any, seconds: int) -> Bools:
    """Whether any moment of the one is within the limit and a day of any moment of the other."""
    return np.asarray(np.maximum(s_end - start, end - s_start) <= seconds + DAY)


def gap_of(start: Any, end: Any, s_start: Any, s_end: Any) -> Ints:
    """Seconds from the first interval to the second, 0 where they overlap."""
    return np.asarray(np.maximum(0, s_start - end) + np.minimum(0, s_end - start))


def allowed_names(ours: list[Whose], theirs: list[Whose], belligerents: str | Iterable[str]) -> Bools:
    """Whether belligerents of incidents (rows) and of strikes (columns) may count for each other."""
    chosen = named_sides(belligerents)
    if belligerents == "any":
        return np.ones((len(ours), len(theirs)), dtype=bool)
    asked = [Whose(chosen, None)] if chosen else ours
    one, other = ([(parties_of(each.names), each.days) for each in side] for side in (asked, theirs))
    pairs = [one_strike(whose, name, both_days(days, when)) for whose, days in one for name, when in other]
    found = np.array(pairs, dtype=bool).reshape(len(asked), len(theirs))
    return np.tile(found, (len(ours), 1)) if chosen else found


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
