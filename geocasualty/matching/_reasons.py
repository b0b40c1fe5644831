"""Why does each incident have its finding? As codes with their values, which a catalogue puts into words."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching._covered import Held
from geocasualty.matching._limits import DAY, MAYBE, Window, wholly_in_time
from geocasualty.matching._pairs import IN_SPACE, IN_TIME, capped
from geocasualty.matching._review import Decisions
from geocasualty.matching._sides import Side
from geocasualty.matching._trees import Pairs
from geocasualty.matching.absence import Absence
from geocasualty.matching.findings import ABSENT, FINDINGS, NEARBY, NO_COVERAGE
from geocasualty.records._flags import ASSUMED, DOUBTFUL, DOUBTFUL_TIME, UNMAPPED
from geocasualty.theatre.theatre import theatre
from geocasualty.words import TRIED, Said, flagged, listed, several

__all__ = ["Reasons", "when"]

Ints = npt.NDArray[np.int64]


class Told(NamedTuple):
    """What is said of a strike: its id, metres (NaN without a place, or between areas), and seconds to it."""

    strike: str
    between: float
    least: float
    greatest: float
    gap: int


@dataclass(frozen=True, eq=False)
class Reasons:
    """The reason of each finding, made when it is asked for; ``best`` is a place in ``every``: pairs, then misses."""

    ours: Side
    theirs: Side
    allowed: npt.NDArray[np.int8]
    named: str
    limits: Window
    finding: Ints
    best: Ints
    every: Pairs
    kinds: Ints
    gate: Absence
    held: Held
    decisions: Decisions

    def __getitem__(self, n: int) -> Said:
        decided = self.decisions.said.get(n)
        reviewed = [Said("reason.reviewed", {"decided": several("then", decided)})] if decided else []
        said: Said = several("then", [*self._found(n), *reviewed])
        return said

    def _found(self, n: int) -> list[Said]:
        located, found, best = self._rows
        if not located[n]:
            return [Said("reason.unlocated", {"why": self._texts[1][n] or Said("reason.no-geometry")})]
        at, name = best[n], FINDINGS[found[n]]
        pairs = len(self.every.i) - len(self.kinds)
        said = [self._nearby(name, n, at)] if 0 <= at < pairs else self._absent(name, n, at)
        radius_m = self._assumed.get(n) if name in (NEARBY, ABSENT) else None
        if radius_m:
            size = ("km", f"{radius_m / 1000:,g}") if radius_m >= 1_000 else ("m", f"{radius_m:.0f}")
            said.append(Said("reason.assumed", {"radius": Said(f"distance.{size[0]}", {"n": size[1]})}))
        return said

    @functools.cached_property
    def _texts(self) -> tuple[list[str], list[str]]:
        return self.ours.texts("country").tolist(), self.ours.texts("location_reason").tolist()

    @functools.cached_property
    def _rows(self) -> list[list[int]]:
        return [column.tolist() for column in (self.ours.located, self.finding, self.best)]

    @functools.cached_property
    def _pairs(self) -> list[list[bool]]:
        """Of each pair: whether it is within, may be of another party, and is surely near in time."""
        ours, theirs, (i, j) = self.ours, self.theirs, self.every[:2]
        maybe = self.allowed[ours.party[i], theirs.party[j]] == MAYBE
        timely = wholly_in_time(ours.start[i], ours.end[i], theirs.start[j], theirs.end[j], self.limits)
        return [column.tolist() for column in (self.every.within, maybe, timely)]

    @functools.cached_property
    def _limits(self) -> Said:
        return self.limits.said()

    @functools.cached_property
    def _figures(self) -> list[list[Any]]:
        return [[*map(str, self.theirs.ids[self.every.j])], *(column.tolist() for column in self.every[2:6])]

    def _told(self, at: int) -> Told:
        return Told(*[column[at] for column in self._figures])

    def _nearby(self, finding: str, n: int, at: int) -> Said:
        """Of an incident with a pair: whether it is within the limits, and what keeps the pair from being sure."""
        told, (within, maybe, timely) = self._told(at), self._pairs
        shared: dict[str, Any] = {"strike": told.strike, "away": _away(told), "limits": self._limits}
        shared["when"] = when(told.gap, self.limits)
        if finding == NEARBY:
            return Said("reason.nearby" if within[at] else "reason.accepted", shared)
        why = self._unsure(n, int(self.every.j[at])) if maybe[at] else []
        if not told.greatest <= self.limits.metres:
            why.append(Said("reason.unsure-place"))
        if not timely[at]:
            why.append(Said("reason.unsure-time"))
        return Said("reason.unsure", shared | {"why": several("and", why)})

    def _unsure(self, i: int, j: int) -> list[Said]:
        """What besides place and time keeps a pair from being sure."""
        ours, theirs = self.ours, self.theirs
        one, other = ours.parties[ours.party[i]], theirs.parties[theirs.party[j]]
        said = []
        if one.country and other.country and one.country != other.country:
            said.append(Said("reason.two-countries", {"one": one.country, "other": other.country}))
        for side, at, name in ((ours, i, "incident"), (theirs, j, "strike")):
            codes, flags = side.flags
            doubts = flags[codes[at]] & (DOUBTFUL | DOUBTFUL_TIME | UNMAPPED)
            said += [Said(f"reason.doubtful-{name}", {"flags": flagged(doubts)})] if doubts else []
        if not said:
            names = other.names or Said("reason.nobody-named")
            said.append(Said("reason.another-party", {"names": names, "whose": self.named or one.names}))
        return said

    def _absent(self, finding: str, n: int, at: int) -> list[Said]:
        """Of an incident without a pair: the first condition of absence that it fails, and the nearest miss."""
        why = self.gate.why(n)
        whose, country = self.held.names[self.held.whose[n]], self._texts[0][n]
        if finding == NO_COVERAGE and why is None:
            said = _uncovered(whose, country, float(self.held.share[n]), float(self.held.complete[n]))
        elif finding == ABSENT:
            tested = theatre().measured
            missed, of = tested["missed"]
            km, days = tested["at"]
            at_limits = Said("unit.limits", {"km": str(km), "days": Said("unit.days", {"n": days})})
            told = {"whose": several("and", whose), "country": country, "at": at_limits, "on": TRIED}
            said = Said("reason.none", told | {"missed": missed, "of": of})
        else:
            said = Said("reason.unpaired", {"why": why})
        number, first = self.gate.lost
        lost = int(number[n]) if finding == NO_COVERAGE else 0
        few = [Said("reason.lost", {"n": lost, "strikes": listed(first[n], more=lost > len(first[n]))})] if lost else []
        return [said, self._missed(n, at), *few]

    @functools.cached_property
    def _rejected(self) -> set[int]:
        return set((self.decisions.rejected // max(1, len(self.theirs))).tolist())

    def _missed(self, n: int, at: int) -> Said:
        """The nearest miss, or that there is none beside what an analyst rejected."""
        if at < 0:
            cap = capped(self.limits)
            key = "reason.no-other-miss" if n in self._rejected else "reason.no-miss"
            return Said(key, {"km": f"{cap.metres / 1000:,g}", "late": cap.late()})
        told, kind = self._told(at), int(self.kinds[at - len(self.every.i) + len(self.kinds)])
        key = {IN_TIME: "miss.in-time", IN_SPACE: "miss.in-space"}.get(kind, "miss.neither")
        shared = {"away": _away(told), "when": when(told.gap, self.limits)}
        return Said(key, shared | {"late": self.limits.late(), "km": f"{self.limits.metres / 1000:,g}"})

    @functools.cached_property
    def _assumed(self) -> dict[int, float]:
        """The greatest radius that was assumed, in metres, of an incident or of the strike that it is compared with."""
        found: dict[int, float] = {}
        for side, owner, at in (
            (self.ours, np.arange(len(self.ours)), slice(None)),
            (self.theirs, self.every.i, self.every.j),
        ):
            flagged = side.flagged(ASSUMED)[at] & ~np.isnan(side.radius_m[at])
            for n, radius in zip(owner[flagged].tolist(), side.radius_m[at][flagged].tolist(), strict=True):
                found[n] = max(radius, found.get(n, 0.0))
        return found


def _km(metres: float) -> Said:
    km = metres / 1000
    return Said("distance.km", {"n": f"{km:.1f}" if km < 100 else f"{km:,.0f}"})


def _away(told: Told) -> Said:
    if math.isnan(told.least):
        return Said("away.unplaced")
    if math.isnan(told.between):
        return Said("away.between", {"least": _km(told.least), "greatest": _km(told.greatest)})
    more = f"{(told.greatest - told.between) / 1000:.1f}"
    return Said("away.by", {"far": _km(told.between), "more": Said("distance.km", {"n": more})})


def when(gap_s: int, window: Window) -> Said:
    """When a strike was, seen from an incident: by dates, or by clock times.

    Examples
    --------
    >>> from geocasualty.words import ENGLISH
    >>> dates = Window(0.0, days=1)
    >>> [ENGLISH.tell(when(days * DAY, dates)) for days in (0, 1, -1, -2)]
    ['same day', 'next day', 'day before', '2 days before']
    >>> ENGLISH.tell(when(5_400, Window(0.0, seconds=7_200)))
    '1.5 hours after'
    """
    way = "gap.after" if gap_s > 0 else "gap.before"
    if window.days is None:
        hours = abs(gap_s) / 3600
        late = Said("unit.days", {"n": round(hours / 24)}) if hours >= 48 else Said("unit.hours", {"n": f"{hours:.1f}"})
        return Said(way, {"days": late}) if gap_s else Said("gap.at-once")
    days = gap_s // DAY
    return Said(f"gap.day.{days}") if abs(days) <= 1 else Said(way, {"days": Said("unit.days", {"n": abs(days)})})


def _uncovered(whose: list[str], country: str, share: float, complete: float) -> Said:
    """Why the absence of a strike shows nothing: shares of a time that records hold, and hold all of."""
    where = {"whose": several("and", whose), "country": country or Said("reason.nowhere")}
    if share == 0:
        return Said("reason.uncovered", where)
    key = "reason.held" if complete == share else "reason.held-incomplete" if complete == 0 else "reason.held-partly"
    return Said(key, where | {"share": _percent(share), "complete": _percent(complete)})


def _percent(share: float) -> str:
    """Rounded down, so that all but all is not all."""
    return f"{math.floor(share * 100)}%"
