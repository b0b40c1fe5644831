"""What reports and maps say, in their language: one catalogue of sentences each."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._limits import Window
from geocasualty.matching.findings import TABLE
from geocasualty.records.belligerents import canonical_belligerents

__all__ = ["LANGUAGES", "Words", "cut", "isolated", "plain", "stated"]

LANGUAGES = ("en", "ar")
RIGHT_TO_LEFT = ("ar",)

ISOLATE, END = "\u2068", "\u2069"
"""Around what comes from data inside a sentence, so that its direction cannot reorder its neighbours."""

LONGEST = 400
"""Letters of a cell that a report shows; more end in an ellipsis."""


@cache
def _catalogue(language: str) -> dict[str, str]:
    folder = resources.files("geocasualty.words")
    texts: dict[str, str] = json.loads(folder.joinpath(f"{language}.json").read_text("utf-8"))
    for finding in TABLE:
        texts |= {f"finding.{finding.id}": finding.name[language], f"meaning.{finding.id}": finding.sentence[language]}
    return texts


def _form(n: Any) -> str:
    """The plural form of Arabic for a whole number, as CLDR names it; English has the first alone."""
    if not isinstance(n, int):
        return "other"
    if n in (1, 2):
        return ("one", "two")[n - 1]
    return "few" if 3 <= n % 100 <= 10 else "many" if 11 <= n % 100 <= 99 else "other"


class Words:
    """The sentences of one language.

    Parameters
    ----------
    language : {"en", "ar"}
        Numbers keep Western digits in both.

    Examples
    --------
    >>> Words("en")("summary.chosen", n=1), Words("en")("summary.chosen", n=1200)
    ('1 incident is in this report.', '1,200 incidents are in this report.')
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InputError(f"language is {language!r}; expected one of {', '.join(map(repr, LANGUAGES))}")
        self.language = language
        self.direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        self._texts = _catalogue(language)

    def __call__(self, key: str, **values: Any) -> str:
        """A sentence, in the form for its number ``n`` where it has several."""
        form = f"{key}.{_form(values.get('n'))}"
        text = self._texts[form if form in self._texts else key]
        return text.format(**{name: self._shown(value) for name, value in values.items()}) if values else text

    def _shown(self, value: Any) -> str:
        if isinstance(value, str):
            return isolated(value)
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"

    def late(self, hours: float, days: float | None = None) -> str:
        """A number of days, or else of hours."""
        number = hours if days is None else days
        said = int(number) if number == int(number) else round(number, 2)
        return self("unit.hours", n=said) if days is None else self("unit.days", n=said)

    def limits(self, window: Window) -> str:
        """Both limits in words."""
        return self("unit.limits", km=f"{window.metres / 1000:g}", days=self.late(window.reach_s / 3600, window.days))

    def gap(self, days: float, window: Window) -> str:
        """When the one was, seen from the other; as :func:`geocasualty.matching._words.when` has it in English."""
        if pd.isna(days):
            return ""
        if abs(days) <= (1 if window.days is not None else 0):
            return self(f"gap.day.{round(days)}") if window.days is not None else self("gap.time.0")
        apart = self.late(round(abs(days) * 24, 1), round(abs(days)) if window.days is not None else None)
        return self("gap.before" if days < 0 else "gap.after", days=apart)

    def percent(self, share: float) -> str:
        """A share in whole per cent, that says neither none nor all of what is neither."""
        if math.isnan(share):
            return self("unknown")
        if 0 < share < 0.005:
            return "<1%"
        return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"

    def number(self, km: float) -> str:
        """Kilometres; "" where they are not known."""
        return "" if pd.isna(km) else f"{km:,.1f}".removesuffix(".0") if km < 10 else f"{km:,.0f}"

    def answer(self, row: dict[str, Any]) -> dict[str, str]:
        """One row of :func:`geocasualty.assessed_places` as a reader sees it."""
        radius = self.number(row["radius_m"] / 1000)
        km, least = (self.number(row[f"distance_{name}"]) for name in ("km", "min_km"))
        far = "answers.apart" if row["distance_min_km"] > 0 else "answers.far"
        within = f"± {radius} {self('unit.km')}" if radius else ""
        return {
            "party": canonical_belligerents(stated(row["belligerent"]), None),
            "said": plain(row["assessment"]),
            "reason": plain(row["reason"]),
            "claimed": ", ".join(filter(None, (cut(row["place_text"], 80), plain(row["precision"]), within))),
            "mgrs": cut(row["mgrs"], 40),
            "apart": self(far, km=km, least=least) if km else "",
            "status": str(row["status"]),
        }

    def background(self, passed: int, days: int, *, short: bool = False) -> str:
        """A background rate with the days behind it."""
        if not days:
            return self("unknown" if short else "background.unknown")
        told = self("unit.days", n=int(days))
        return self("background.rate", rate=self.percent(passed / days), passed=int(passed), days=told)

    def range(self, low: Any, high: Any) -> str:
        """A stated range; "" where nothing is stated."""
        low, high = (None if pd.isna(value) else int(value) for value in (low, high))
        if low is None and high is None:
            return ""
        if low is None or high is None:
            return self("range.atmost", n=high) if low is None else self("range.atleast", n=low)
        return f"{low:,}" if low == high else self("range.both", low=low, high=high)


def isolated(text: str) -> str:
    """A text of data that stands inside a sentence."""
    return f"{ISOLATE}{text}{END}"


def stated(value: Any) -> str:
    """A cell as text; "" where it is missing."""
    if value is None or (not isinstance(value, (list, tuple, dict, set)) and pd.isna(value)):
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def plain(value: Any) -> str:
    """A code of a file as words: ``not_yet_assessed`` as "not yet assessed"."""
    return re.sub(r"(?<=[^\W_])_(?=[^\W_])", " ", cut(value))


def cut(value: Any, most: int = LONGEST) -> str:
    """A cell as text that a page can hold."""
    text = stated(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
