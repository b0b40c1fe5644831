"""What reports, maps and statements say, in their language: one catalogue of sentences each."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, reduce
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from geocasualty.errors import InputError
from geocasualty.records._flags import spelt
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.theatre.theatre import theatre

__all__ = [
    "ENGLISH", "FOLDER", "TRIED", "Said", "Words", "capital", "coded", "cut", "flagged", "isolated", "languages",
    "listed", "plain", "several", "stated", "whole_or",
]  # fmt: skip

FOLDER = Path(__file__).parent
"""One file a language, named by its ISO 639 code; English has every key that there is."""

ON_PAGES = ("map.", "plural.", "code.", "finding.title.", "record.named-", "record.no", "record.undetermined")
"""How the keys begin that a map's page reads."""

ISOLATE, END = "\u2068", "\u2069"
"""Around what comes from data inside a sentence, so that its direction cannot reorder its neighbours."""

_ISOLATED = re.compile(f"{ISOLATE}[^{ISOLATE}{END}]*{END}")
_CONTROLS = {"LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_REORDER = {"ltr": {"R", "AL", "AN"} | _CONTROLS, "rtl": {"L"} | _CONTROLS}

LONGEST = 400
"""Letters of a cell that a report shows; more end in an ellipsis."""


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, English first.

    Examples
    --------
    >>> languages()
    ('en', 'ar')
    """
    return tuple(sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda code: (code != "en", code)))


@cache
def _catalogue(path: Path) -> dict[str, str]:
    texts: dict[str, str] = json.loads(path.read_text("utf-8"))
    return texts


class Said(NamedTuple):
    """A sentence, or a part of one, that is in no language yet.

    Attributes
    ----------
    key : str
        Of the text in every catalogue.
    values : dict
        What it tells of: a whole number, a text of the data, a number as it is written, or another part.
    """

    key: str
    values: dict[str, Any] = {}  # noqa: RUF012 - read only


class Words:
    """The sentences of one language.

    Parameters
    ----------
    language : {"en", "ar"}
        Or another that has a catalogue in :data:`FOLDER`. Numbers keep Western digits in all.

    Examples
    --------
    >>> Words("en")("summary.chosen", n=1), Words("en")("summary.chosen", n=1200)
    ('1 incident is in this report.', '1,200 incidents are in this report.')
    """

    def __init__(self, language: str) -> None:
        if language not in languages():
            raise InputError(f"language is {language!r}; expected one of {', '.join(map(repr, languages()))}")
        self.language = language
        self._texts = _catalogue(FOLDER / f"{language}.json")
        self.direction = self._texts["direction"]
        self.side: Any = "left" if self.direction == "ltr" else "right"
        self._forms = [(form, re.compile(digits)) for form, digits in self.said("plural.").items()]

    def __call__(self, key: str, **values: Any) -> str:
        """A sentence, in the form for its number ``n`` where it has several."""
        text = self._text(key, values.get("n"))
        return text.format(**{name: self._shown(value) for name, value in values.items()}) if values else text

    def tell(self, said: Said | str, *, bare: bool = False) -> str:
        """A sentence that is in no language yet; ``bare`` for a table, which has texts of data as they are.

        Examples
        --------
        >>> Words("en").tell(Said("gap.after", {"days": Said("unit.days", {"n": 2})}))
        '2 days after'
        """
        if isinstance(said, str):
            return said if bare else self._shown(said)
        key, values = said
        if key == TRIED.key:
            return theatre().measured["on"].get(self.language) or self(key)
        told = {}
        for name, value in values.items():  # without a call for each of the texts, which most values are
            kind = type(value)
            told[name] = value if bare and kind is str else f"{value:,}" if kind is int else self.tell(value, bare=bare)
        text = self._text(key, values.get("n"))
        return text.format_map(told) if told else text

    def _text(self, key: str, n: Any) -> str:
        text = (self._texts.get(f"{key}.{self._form(n)}") if isinstance(n, int) else None) or self._texts.get(key)
        if text is None:
            raise KeyError(f"{self.language}.json lacks {key!r}")
        return text

    def _form(self, n: int) -> str:
        """The plural form for a whole number, as CLDR names it: the first whose expression its digits match."""
        return next((form for form, pattern in self._forms if pattern.search(str(n))), "other")

    def knows(self, key: str) -> bool:
        """Whether there is a sentence of this key."""
        return key in self._texts

    def said(self, start: str) -> dict[str, str]:
        """Every text whose key begins so, by what follows."""
        return {key.removeprefix(start): text for key, text in self._texts.items() if key.startswith(start)}

    def page(self) -> dict[str, Any]:
        """What the script of a map reads."""
        texts = {key: text for key, text in self._texts.items() if key.startswith(ON_PAGES)}
        return {"language": self.language, "direction": self.direction, "texts": texts}

    def code(self, value: Any) -> str:
        """A code of a file as words, in this language where it is one that many files have."""
        return self._texts.get(f"code.{stated(value).lower().replace(' ', '_')}") or plain(value)

    def flags(self, joined: Any) -> str:
        """The flags of a record, by name."""
        each = filter(None, spelt(stated(joined)).split(";"))
        return self("list").join(self.tell(coded("flag", flag)) for flag in each)

    def levels(self, words: tuple[str, str]) -> tuple[str, str]:
        """The words for one area and for many, of which the English ones are given."""
        if self.language == "en":
            return words
        level = next((name for name, known in theatre().levels.items() if tuple(known) == tuple(words)), "area")
        return self(f"level.{level}"), self(f"levels.{level}")

    def _shown(self, value: Any) -> str:
        if isinstance(value, str):
            return isolated(value) if self._foreign(value) else value
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"

    def _foreign(self, text: str) -> bool:
        """Whether a text holds, outside what is isolated in it, what could reorder its neighbours in a sentence."""
        while (bare := _ISOLATED.sub("", text)) != text:
            text = bare
        return not {unicodedata.bidirectional(char) for char in text}.isdisjoint(_REORDER[self.direction])

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
            "said": self.code(row["assessment"]),
            "reason": plain(row["reason"]),
            "claimed": ", ".join(filter(None, (cut(row["place_text"], 80), self.code(row["precision"]), within))),
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


ENGLISH = Words("en")

TRIED = Said("measured.on")
"""On what the rules of the theatre were tried: in its own words, where it has some in the language."""


def several(how: str, parts: Sequence[Any]) -> Any:
    """Parts joined as ``how`` says: ``and``, ``list`` (with commas) or ``then`` (a further statement).

    Examples
    --------
    >>> Words("en").tell(several("and", ["the one", "the other"]))
    'the one and the other'
    """
    return reduce(lambda one, other: Said(f"join.{how}", {"one": one, "other": other}), parts)


def listed(names: Sequence[Any], *, more: bool = False) -> Any:
    """Names one after the other; whether there are more."""
    return several("list", [*map(str, names), *["…"] * more])


def coded(group: str, code: str) -> Any:
    """A code of the data, where the catalogues know it."""
    return Said(f"{group}.{code}") if ENGLISH.knows(f"{group}.{code}") else code


def whole_or(number: float) -> int | str:
    """A number as a sentence has it: whole where it is, so that the sentence takes its form."""
    return int(number) if number == int(number) else f"{number:g}"


def flagged(flags: Iterable[str]) -> Any:
    """Flags of a record one after the other."""
    return several("list", [Said(f"flag.{flag}") for flag in sorted(flags)])


def capital(text: str) -> str:
    """A sentence that begins with a word of its own."""
    return text[:1].upper() + text[1:]


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
