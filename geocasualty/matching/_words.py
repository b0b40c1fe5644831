"""The reasons of findings in words."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from geocasualty.matching._neighbours import DAY, Limits, Near
from geocasualty.matching._review import Decided
from geocasualty.matching._sides import Side

__all__ = ["Coverage", "absent", "background_in_words", "doubted", "missed", "nearby", "reviewed", "unlocated"]

NAMED = 3
"""Strikes without a place that a reason names; it counts them all."""


class Coverage(NamedTuple):
    """Whose records would show a strike, where, and which shares of a time they hold, and hold all strikes of."""

    whose: list[str]
    country: str
    share: float
    complete: float


def _days(seconds: float) -> str:
    days = seconds / DAY
    return f"{days:.0f} day{'' if round(days) == 1 else 's'}" if days >= 1 else f"{seconds / 3600:.1f} hours"


def _km(metres: float) -> str:
    km = metres / 1000
    return f"{km:.1f} km" if km < 100 else f"{km:,.0f} km"


def _limit(limits: Limits) -> str:
    return f"limits {limits.metres / 1000:g} km, {limits.seconds / DAY:g} days"


def _away(near: Near, at: int) -> str:
    if np.isnan(near.least_m[at]):
        return "without a place"
    if np.isnan(near.between_m[at]):
        return f"between {_km(near.least_m[at])} and {_km(near.greatest_m[at])} away"
    spread = (near.greatest_m[at] - near.between_m[at]) / 1000
    return f"{_km(near.between_m[at])} away, give or take {spread:.1f} km"


def _when(gap: int) -> str:
    return "at the time" if gap == 0 else f"{_days(abs(gap))} {'after' if gap > 0 else 'before'}"


def background_in_words(passed: int, days: int) -> str:
    """The background rate with the days behind it.

    Examples
    --------
    >>> background_in_words(3, 20), background_in_words(0, 0)
    ('15% (3 of 20 days)', 'unknown: no other day to compare with')
    """
    if not days:
        return "unknown: no other day to compare with"
    return f"{passed / days:.0%} ({passed} of {days} day{'' if days == 1 else 's'})"


def unlocated(why: str) -> str:
    """Why an incident has no place."""
    return f"the incident is not located: {why or 'no geometry'}"


def reviewed(reason: str, decided: Decided) -> str:
    """A reason with the analysts' decisions behind it."""
    return f"{reason}; reviewed: {decided.words}" if decided.words else reason


def nearby(finding: str, near: Near, theirs: Side, pair: int, limits: Limits) -> str:
    """Why an incident with a pair has its finding."""
    strike = f"{theirs.ids[near.strikes[pair]]} {_away(near, pair)}, {_when(int(near.gap_s[pair]))}"
    if finding == "strike-reported-nearby":
        sure = "" if near.within[pair] else ", accepted by an analyst"
        return f"{strike} ({_limit(limits)}{sure})"
    unsure = []
    if not near.wholly_in_space[pair]:
        unsure.append("the places are too uncertain to tell")
    if not near.wholly_in_time[pair]:
        unsure.append("the times are too uncertain to tell")
    return f"{strike}: {' and '.join(unsure)} ({_limit(limits)})"


def absent(finding: str, miss: str, covered: Coverage, unplaced: list[Any]) -> str:
    """Why an incident without a pair has its finding; ``unplaced`` are strikes that may be near for all one knows."""
    if finding == "no-coverage":
        reason = f"{_uncovered(covered)}{miss}"
    else:
        names = " and ".join(covered.whose)
        all_ = f"records that say they hold all {names} strikes in {covered.country} at that time"
        reason = f"{all_} hold none {'placed near' if unplaced else 'that may be near'}{miss}"
    if not unplaced:
        return reason
    named = ", ".join(str(strike) for strike in unplaced[:NAMED]) + (", …" if len(unplaced) > NAMED else "")
    return f"{reason}; {len(unplaced)} of that time without a place may be near: {named}"


def doubted(reason: str, doubts: str) -> str:
    """A reason with what makes the incident's own place doubtful."""
    return f"{reason}; its own place is in doubt: {doubts}" if doubts else reason


def _uncovered(covered: Coverage) -> str:
    """Why the absence of a strike shows nothing."""
    names = " and ".join(covered.whose) or "no belligerent"
    records = f"records that cover {names} strikes in {covered.country or 'an unknown country'}"
    if covered.share == 0:
        return f"no {records} at that time"
    held = f"{records} hold {_percent(covered.share)} of that time"
    if covered.complete == covered.share:
        return held
    if covered.complete == 0:
        return f"{held}, but none says that it holds all of these strikes"
    return f"{held}, those that say they hold all of these strikes {_percent(covered.complete)}"


def _percent(share: float) -> str:
    """Rounded down, so that all but all is not all."""
    return f"{math.floor(share * 100)}%"


def missed(near: Near, best: int | None, limits: Limits, *, rejected: bool) -> str:
    """The nearest miss, or that there is none beside what an analyst rejected."""
    if best is None:
        other = "other " if rejected else ""
        return f"; no {other}located strike of theirs in the records at all"
    if near.in_time[best]:
        return f"; nearest at the time: {_away(near, best)}, limit {limits.metres / 1000:g} km"
    gap = int(near.gap_s[best])
    when = _when(gap) if gap else "directly before or after"  # the two only touch
    if near.in_space[best]:
        return f"; nearest in time: {_away(near, best)}, but {when}, limit {limits.seconds / DAY:g} days"
    return f"; nearest in time: {when} and {_away(near, best)}"
