"""What does a clause of a release say was hit, in the party's own words: how many things of each kind?"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from geocasualty.theatre.theatre import target_words

__all__ = ["NOT_IN_TABLE", "targets_in"]

NOT_IN_TABLE = "other"
"""The kind of things whose words are in no table."""

PLURAL = 2
"""Things that a plural without a number is at least."""

_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_NUMBERS = {word: n for n, word in enumerate(_SMALL.split(), 1)} | {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SIZES = {"large", "larger", "small", "smaller", "tactical", "separate"}
_OTHERS = {"other", "others", "another"}
_ONE = {"a", "an", "another", "the", "single"}
_VERB = (
    r"(?:struck|stuck|hit|hitting|destroy(?:ed|ing)|damag(?:ed|ing)|suppress(?:ed|ing)|engag(?:ed|ing)|target(?:ed|ing)|"
    r"neutrali[sz](?:ed|ing)|disabl(?:ed|ing)|degrad(?:ed|ing)|den(?:ied|ying)|crater(?:ed|ing)|kill(?:ed|ing)|wound(?:ed|ing)|"
    r"eliminat(?:ed|ing)|attack(?:ed|ing)|interdict(?:ed|ing)|collaps(?:ed|ing)|remov(?:ed|ing)|striking|killed|severed|breached|resulted in|produced|had)"
)
_ITEM = re.compile(
    rf"\s*(?:[,;]\s*|\band\b(?! control\b| gas\b| oil\b)\s*|\bas well as\b|\balong with\b|\bwhile\b|\bagainst\b|\b{_VERB}\b)\s*"
)
_END = re.compile(
    r"\s(?:in|near|at|on|with|by|to|from|for|that|which|used|was|were|is|are|of(?! approach| communication| maneuver)|"
    r"belonging|associated|located|north|south|east|west|northeast|northwest|southeast|southwest|around|outside|between|being|approximately|during|when|after|before|inside|along|under|occupied|using|firing(?! (?:position|point|site)))\b|\.(?:\s|$)|\s--"
)
_NOISE = re.compile(
    r"\([^)]*\)|\b(?:isi[ls]|da.?esh)(?:[-’'](?:used|held|occupied|controlled|s))?(?: \(?\w*\)?-controlled)?\b|[“”\"*:]"
)


@cache
def _kinds() -> tuple[dict[str, str], re.Pattern[str]]:
    """Kind by word, and a pattern of a word at the end of a text, the longest first."""
    kinds = {word: kind for kind, words in target_words().items() for word in words}
    words = "|".join(map(re.escape, sorted(kinds, key=len, reverse=True)))
    return kinds, re.compile(rf"(?:^|(?<=[\s/-]))(?:{words})$")


def targets_in(text: str) -> str:
    """Counts by kind, joined by ``;``; ``+`` behind a number says that it is the least.

    Parameters
    ----------
    text : str
        A clause, from the number of its strikes on.

    Examples
    --------
    >>> targets_in("strikes struck a large ISIL tactical unit and destroyed two ISIL mortar positions and ISIL vehicles.")
    'positions:2;units:1;vehicles:2+'
    >>> targets_in("airstrikes destroyed an ISIL command and control node, a teapot, and denied ISIL access to terrain.")
    'buildings:1;other:1;terrain:1'
    >>> targets_in("strike had inconclusive results.")
    ''
    """
    kinds, ending = _kinds()
    counts: Counter[str] = Counter()
    least: set[str] = set()
    last, more = NOT_IN_TABLE, 0
    line = _NOISE.sub(" ", text.lower().replace("’", "'"))
    for item in _ITEM.split(" ".join(line.split())):
        phrase = _END.split(f" {item} ".rstrip(), maxsplit=1)[0].strip(" .-")
        found = ending.search(phrase)
        words = re.findall(r"\d[\d,]*|[a-z'-]+", phrase)
        number = _number(words)
        if found is None and (number is None or len(words) < 2):
            continue
        if found is None and words[-1] in _SIZES:  # "one large and two small units"
            more += number or 0
            continue
        kind = last if words[-1] in _OTHERS else kinds[found[0]] if found else NOT_IN_TABLE
        if kind == "none":
            continue
        many = bool(re.search("(?<!s)s$(?<!headquarters)", phrase))
        counts[kind] += (number or (PLURAL if many else 1)) + more
        if number is None and many:
            least.add(kind)
        last, more = kind, 0
    return ";".join(f"{kind}:{count}{'+' * (kind in least)}" for kind, count in sorted(counts.items()))


def _number(words: list[str]) -> int | None:
    """How many a phrase says; None where it gives no number."""
    for at, word in enumerate(words):
        if word[0].isdigit():
            return int(word.replace(",", ""))
        tens, _, ones = word.partition("-")
        if tens in _NUMBERS and (not ones or ones in _NUMBERS):
            return _NUMBERS[tens] + _NUMBERS.get(ones, 0)
        if word in _ONE and at == 0 and words[-1:] != [word]:
            return 1 if not words[-1].endswith("s") or words[-1] == "headquarters" else None
    return None
