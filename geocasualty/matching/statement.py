"""The official record of a claim in sentences, with the lines of releases quoted word for word."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from geocasualty._shown import shown
from geocasualty.matching._limits import DAY
from geocasualty.matching._rank import RANKED_DAYS, RANKED_KM, rank
from geocasualty.matching._sides import in_zone
from geocasualty.matching.assessed import Assessed
from geocasualty.matching.official import (
    COMPARABLE_DAYS,
    NO_RELEASE,
    UNDETERMINED,
    Line,
    Official,
    Record,
    Release,
    day_in_words,
)  # fmt: skip
from geocasualty.records.evidence import Evidence, parse_sources
from geocasualty.theatre.theatre import theatre
from geocasualty.words import Words

__all__ = ["QUOTED_M", "Statements"]

QUOTED_M, MOST_QUOTED, MOST_NAMED, FEW = 100_000.0, 12, 12, 3
"""Lines on places up to 100 km away are quoted, no more than 12 of a release; of those farther away the place is named,
of 12; the rest are counted. A choice of this project: quotations beyond a day's drive explain nothing."""


class Statements:
    """The official record of claims in sentences.

    They say what releases name and what they do not. They never say that no strike took place, and name no party
    that the claim does not.

    Parameters
    ----------
    assessed : Assessed
        What was compared.
    near_km : float, optional
        Up to where a named place is near; ``within_km`` unless given.
    language : str
        One of ``geocasualty.words.languages()``.
    mark : callable, optional
        What is done to each text of the records, so that neither its direction nor a line feed in it can pass for a
        sentence of this package.

    Raises
    ------
    geocasualty.errors.InputError
        If the language is none of them, or as :class:`geocasualty.matching.official.Official`.
    """

    def __init__(
        self,
        assessed: Assessed,
        near_km: float | None = None,
        language: str = "en",
        mark: Callable[[str], str] = shown,
    ) -> None:
        self._mark = mark
        self._texts, self._measured = Words(language).said("statement."), theatre().measured
        self._on = self._measured["on"].get(language, self._measured["on"]["en"])
        self.official, self._assessed = Official(assessed, near_km), assessed
        theirs = assessed.sides.theirs
        names = ("place_text", "record_text", "dataset", "row")
        self._places, self._words, self._datasets, self._rows = (theirs.texts(name) for name in names)
        self._countries = assessed.sides.ours.texts("country"), theirs.texts("country")
        self._ids, self._near = theirs.ids, theirs.texts("vicinity") == "True"
        self._whose = assessed.sides.ours.belligerents
        self._clocks: dict[tuple[int, str], str] = {}
        self._zones = assessed.sides.ours.texts("timezone")

    def of(self, n: int) -> list[str]:
        """What is said of one claim, by its row: a sentence or a release at a time."""
        record = self.official.record(n)
        said = [self._head(record, n)]
        if record.bare and record.name != NO_RELEASE:
            said.append(self._say("bare", bare=self._listed(record.bare)))
        quoted = {each: self._quoted(each.lines) for each in record.releases if each.lines}
        said += [self._release(each, lines, n) for each, lines in quoted.items()]
        if any(self._near[line.strike] for lines in quoted.values() for line in lines):
            shares = [self._say("lay", percent=percent, km=km) for km, percent in self._measured["near"]]
            strikes = self._on
            said.append(self._say("wide", strikes=strikes, shares=self._texts["comma"].join(shares)))
        if record.nearest is not None and record.of:
            said.append(
                self._say(
                    "comparable.one" if record.of == 1 and "comparable.one" in self._texts else "comparable",
                    place=self._place(record.nearest, n),
                    named=record.named,
                    of=record.of,
                    days=COMPARABLE_DAYS,
                )
            )
        return said

    def ranked(self, n: int) -> str:
        """The likeliest of the places named, and none of them, in one sentence; nothing where there is none to rank."""
        table = self._ranks[n]
        percents = [f"{100 * share:.0f}" for share in table["share"]]
        named = list(zip(table["place"][:-1], percents, strict=False))[:FEW]
        places = [
            self._say("share", place=self._mark(place) if place else self._texts["unnamed"], percent=percent)
            for place, percent in named
            if percent != "0"
        ]
        joined = self._texts["comma"].join(places)
        return self._say("ranked", km=RANKED_KM, days=RANKED_DAYS, places=joined, none=percents[-1]) if places else ""

    @functools.cached_property
    def _ranks(self) -> list[pd.DataFrame]:
        """The ranked places of each claim."""
        table = rank(self._assessed)
        ends = np.flatnonzero(table["rank"].isna())
        return [table.iloc[first : end + 1] for first, end in zip([0, *(ends[:-1] + 1)], ends, strict=True)]

    def _head(self, record: Record, n: int) -> str:
        days = self._span(*record.days)
        shared = {"days": days, "near": f"{record.near_m / 1000:,g}"}
        if record.nearest is not None:
            low, high = (f"{metres / 1000:,.0f}" for metres in record.nearest[2:4])
            shared |= {
                "place": self._place(record.nearest, n),
                "far": self._far(record.nearest),
                "low": low,
                "high": high,
            }
        if record.name == UNDETERMINED:
            if record.why == "lines":
                lines = (line for each in record.releases for line in each.lines)
                lost = [self._place(line, n) for line in lines if not line.sure or math.isnan(line.least)]
                shared["lost"] = self._texts["comma"].join([*dict.fromkeys(lost)][:FEW])
            return self._say(f"{UNDETERMINED}.{record.why}", **shared)
        if record.name == NO_RELEASE:
            whose = self._texts["comma"].join(map(self._mark, filter(None, self._whose[n].split(";"))))
            said = self._say("no-release.of" if whose else NO_RELEASE, bare=self._listed(record.bare), whose=whose)
            return f"{said} {self._say('no-release.but', **shared)}" if record.nearest is not None else said
        return self._say(record.name, **shared)

    def _release(self, release: Release, quoted: list[Line], n: int) -> str:
        start, end = (self._mark(self._clock(edge, self._zones[n])) for edge in (release.start, release.end))
        title = "; ".join(self._mark(self._source(each)) for each in parse_sources(release.title))
        head = self._say("release", title=title or self._texts["untitled"], start=start, end=end)
        said = [self._line(line, n) for line in quoted]
        left = [line for line in release.lines if line not in quoted]
        names = list(dict.fromkeys(f"{self._place(line, n)} ({self._far(line)})" for line in left))
        if names:
            more = [self._say("more", n=len(names) - MOST_NAMED)] if len(names) > MOST_NAMED else []
            said.append(self._say("others", places=self._texts["comma"].join([*names[:MOST_NAMED], *more])))
        return f"{head} {self._texts['joined'].join(said)}{self._texts['end']}"

    def _source(self, source: Evidence) -> str:
        """What a release is called, and where and when it was read."""
        told = [self._say(name, said=said) for name, said in source._asdict().items() if name != "title" and said]
        return self._texts["comma"].join(filter(None, [source.title, *told]))

    def _clock(self, second: int, zone: str) -> str:
        """A time as the clocks of a zone show it."""
        if (second, zone) not in self._clocks:
            self._clocks[second, zone] = f"{in_zone(np.array([second]), zone)[0]:%Y-%m-%d %H:%M}"
        return self._clocks[second, zone]

    def _quoted(self, lines: tuple[Line, ...]) -> list[Line]:
        """The lines on places within 100 km or without a sure place; where there are none, the nearest."""
        near = [line for line in lines if not line.least > QUOTED_M or not line.sure] or lines[:1]
        by_text = {self._words[line.strike] or line.strike: line for line in reversed(near)}  # one says it once
        return [line for line in near if line in by_text.values()][:MOST_QUOTED]

    def _line(self, line: Line, n: int) -> str:
        at, text = line.strike, self._words[line.strike]
        file = self._say("file", dataset=self._mark(self._datasets[at]), row=self._rows[at])
        told = {"place": self._place(line, n), "far": self._far(line), "file": file}
        return self._say("line", text=self._mark(text), **told) if text else self._say("place", **told)

    def _place(self, line: Line, n: int) -> str:
        """What the record calls the place, with the country that it states where the claim states another."""
        name = self._mark(str(self._places[line.strike] or self._ids[line.strike]))
        here, there = self._countries[0][n], self._countries[1][line.strike]
        return f"{name} ({there})" if here and there and here != there else name

    def _far(self, line: Line) -> str:
        if math.isnan(line.least):
            return self._texts["lost"]
        if math.isnan(line.metres):
            low, high = (f"{metres / 1000:,.0f}" for metres in (line.least, line.greatest))
            return self._say("between", low=low, high=high)
        km = line.metres / 1000
        if line.greatest == 0:
            return self._texts["same"]
        return self._say("far", km=f"{km:.1f}" if km < 10 else f"{km:,.0f}")

    def _span(self, first: int, last: int) -> str:
        name = "day" if first == last else "days"
        return self._say(name, first=self._mark(day_in_words(first)), last=self._mark(day_in_words(last)))

    def _listed(self, gaps: list[tuple[int, int]]) -> str:
        """Whole days, or times by the clocks of the claim's zone."""
        said = []
        for start, end in gaps:
            if start % DAY == end % DAY == 0:
                said.append(self._span(start // DAY, end // DAY - 1))
            else:
                first, last = (str(np.datetime64(edge, "s"))[:16].replace("T", " ") for edge in (start, end))
                said.append(self._say("days", first=first, last=last))
        return self._texts["comma"].join(said)

    def _say(self, key: str, **values: Any) -> str:
        return self._texts[key].format(**values)
