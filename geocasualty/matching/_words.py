"""The reasons of findings in words."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._pairs import IN_SPACE, IN_TIME, capped
from geocasualty.theatre.theatre import theatre

__all__ = [
    "Coverage", "Told", "absent", "background_in_words", "missed", "nearby", "reviewed",
    "unlocated",
]  # fmt: skip


class Told(NamedTuple):
    """What is said of a strike: its id, metres (NaN without a place, or between areas), and seconds to it."""

    strike: Any
    between: float
    least: float
    greatest: float
    gap: int


class Coverage(NamedTuple):
    """Whose records would show a strike, where, and which shares of a time they hold, and hold all strikes of."""

    whose: list[str]
    country: str
    share: float
    complete: float


def _km(metres: float) -> str:
    km = metres / 1000
    return f"{km:.1f} km" if km < 100 else f"{km:,.0f} km"


def _away(told: Told) -> str:
    if math.isnan(told.least):
        return "without a place"
    if math.isnan(told.between):
        return f"between {_km(told.least)} and {_km(told.greatest)} away"
    return f"{_km(told.between)} away, give or take {(told.greatest - told.between) / 1000:.1f} km"


def when(gap_s: int, window: Window) -> str:
    """When a strike was, seen from an incident: by dates, or by clock times.

    Examples
    --------
    >>> dates = Window(0.0, days=1)
    >>> [when(days * DAY, dates) for days in (0, 1, -1, -2)]
    ['same day', 'next day', 'day before', '2 days before']
    >>> when(5_400, Window(0.0, seconds=7_200))
    '1.5 hours after'
    """
    if window.days is None:
        hours = abs(gap_s) / 3600
        late = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"
        return "at the same time" if gap_s == 0 else f"{late} {'after' if gap_s > 0 else 'before'}"
    days = gap_s // DAY
    named = {0: "same day", 1: "next day", -1: "day before"}
    return named.get(days) or f"{abs(days)} days {'after' if days > 0 else 'before'}"


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


def reviewed(reason: str, decided: str) -> str:
    """A reason with the analysts' decisions behind it."""
    return f"{reason}; reviewed: {decided}" if decided else reason


def nearby(finding: str, told: Told, window: Window, *, within: bool, in_time: bool, unsure: list[str]) -> str:
    """Why an incident with a pair has its finding; whether it is within the limits, and wholly in time.

    ``unsure`` is what besides place and time keeps the pair from being sure.
    """
    strike = f"{told.strike} {_away(told)}, {when(told.gap, window)}"
    if finding == "strike-reported-nearby":
        sure = "" if within else ", accepted by an analyst"
        return f"{strike} (limits {window}{sure})"
    why = list(unsure)
    if not told.greatest <= window.metres:
        why.append("the places are too uncertain to tell")
    if not in_time:
        why.append("the times are too uncertain to tell")
    return f"{strike}: {' and '.join(why)} (limits {window})"


def absent(finding: str, miss: str, covered: Coverage, why: str, lost: list[Any], count: int) -> str:
    """Why an incident without a pair has its finding.

    ``why`` is the condition of absence that it fails; ``lost`` are the first of the strikes that may be anywhere.
    """
    if finding == "no-coverage" and not why:
        reason = _uncovered(covered)
    elif finding == "none-in-records":
        names, tested = " and ".join(covered.whose), theatre().measured
        missed, of = tested["missed"]
        where = f"in {covered.country} at that time"
        reason = (
            f"records that say they hold all {names} strikes {where} hold none within the stated uncertainties (in a "
            f"test at {tested['at']} on {tested['on']['en']}, {missed} of {of} that took place were missed so)"
        )
    else:
        reason = f"no strike is paired, but {why}"
    told = "" if not count or finding != "no-coverage" else (
        f"; {count} of that time without a sure place may be near: {', '.join(map(str, lost))}"
        f"{', …' if count > len(lost) else ''}"
    )  # fmt: skip
    return f"{reason}{miss}{told}"


def assuming(reason: str, radius_m: float) -> str:
    """A reason with the radius that it hangs on, where that was assumed."""
    radius = f"{radius_m / 1000:g} km" if radius_m >= 1_000 else f"{radius_m:.0f} m"
    return f"{reason}; assuming that each point is right within {radius}" if radius_m else reason


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


def missed(told: Told | None, kind: int, window: Window, *, rejected: bool) -> str:
    """The nearest miss, or that there is none beside what an analyst rejected."""
    if told is None:
        cap = capped(window)
        return (
            f"; no {'other ' if rejected else ''}strike of theirs is placed within {cap.metres / 1000:g} km and "
            f"{cap.late()}"
        )
    late = when(told.gap, window)
    if kind == IN_TIME:
        return f"; nearest within {window.late()}: {_away(told)}, {late}, limit {window.metres / 1000:g} km"
    if kind == IN_SPACE:
        return f"; nearest in time: {_away(told)}, but {late}, limit {window.late()}"
    return f"; nearest in time: {late}, and {_away(told)}"
