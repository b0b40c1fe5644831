"""What does a clause of a release say was hit, in the party's own words: how many things of each kind?"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from geocasualty.records.formats._centcom_clauses import EFFECT, NUMBER, number_of
from geocasualty.theatre.theatre import target_words

NOT_IN_TABLE = "other"
"""The kind of things whose words are in no table."""

PLURAL = 2
"""Things that a plural without a number is at least."""

_SIZES = {"large", "larger", "small", "smaller", "tactical", "separate"}
_OTHERS = {"other", "others", "another"}
_NUMBERED = re.compile(rf"(?:(?:an?|the|another|additional|other|at least|about|up to) )*({NUMBER})(?![\w-])")
_ITEM = re.compile(
    r"\s*(?:[,;]|\band\b(?! control\b| gas\b| oil\b)|\b(?:as well as|along with|while|against|striking|severed|"
    rf"breached|resulted in|produced)\b|{EFFECT.pattern})\s*"
)
"""Between the things of a list: signs, "and", and what was done to those behind it."""

_END = re.compile(
    r"\s(?:in|near|at|on|with|by|to|from|for|that|which|used|was|were|is|are|of(?! approach| communication| maneuver)|"
    r"belonging|associated|located|(?:north|south)?(?:east|west)?(?<=[th])|around|outside|between|being|approximately|"
    r"during|when|after|before|inside|along|under|occupied|using|firing(?! (?:position|point|site)))\b|\.(?:\s|$)|\s--"
)
"""Where the name of a thing ends, and a sentence begins to say where it stood or whose it was."""

_MANY = re.compile("(?<!s)s$(?<!headquarters)")
_NOISE = re.compile(
    r"\([^)]*\)|\b(?:isi[ls]|da.?esh)(?:[-'](?:used|held|occupied|controlled|s))?(?: \(?\w*\)?-controlled)?\b|"
    r"\bpieces? of\b|[“”\"*:]"
)


@cache
def _kinds() -> tuple[dict[str, str], re.Pattern[str]]:
    """Kind by word, and a pattern of a word at the end of a text, the longest first."""
    kinds = {word: kind for kind, words in target_words().items() for word in words}
    words = "|".join(map(re.escape, sorted(kinds, key=len, reverse=True)))
    return kinds, re.compile(rf"(?:^|(?<=[\s/-]))(?:{words})$")


def targets_in(text: str) -> str:
    """Counts by kind in a clause, from the number of its strikes on; ``+`` behind a number says that it is the least.

    Examples
    --------
    >>> targets_in("strikes struck a large ISIL unit and destroyed two ISIL mortar positions and ISIL vehicles.")
    'positions:2;units:1;vehicles:2+'
    >>> targets_in("airstrikes destroyed an ISIL command and control node, a teapot, and denied access to terrain.")
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
        number = _number(phrase)
        words = phrase.split()
        if found is None and (number is None or len(words) < 2):
            continue
        if found is None and words[-1] in _SIZES:  # "one large and two small units"
            more += number or 0
            continue
        kind = last if words[-1] in _OTHERS else kinds[found[0]] if found else NOT_IN_TABLE
        if kind == "none":
            continue
        many = bool(_MANY.search(phrase))
        counts[kind] += (number or (PLURAL if many else 1)) + more
        if number is None and many:
            least.add(kind)
        last, more = kind, 0
    return ";".join(f"{kind}:{count}{'+' * (kind in least)}" for kind, count in sorted(counts.items()))


def _number(phrase: str) -> int | None:
    """How many a phrase says; None where it gives no number.

    Examples
    --------
    >>> [_number(text) for text in ("an excavator", "twenty-two other trucks", "vehicles", "a zsu-23")]
    [1, 22, None, 1]
    """
    found = _NUMBERED.match(phrase)
    if found:
        return number_of(found[1])
    return 1 if re.match(r"(?:an?|another|the) ", phrase) and not _MANY.search(phrase) else None
