"""Which strikes does one sentence of a release report: how many, where, in which words?"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from geocasualty.records.formats._centcom_places import Spot, leading_spot, spot_after
from geocasualty.records.formats._centcom_words import EFFECT, MENTION, SUMMARY, country_of, number_of

__all__ = ["Reported", "clauses_of", "opening_country"]

_BOUNDARY = re.compile(r";|,?\s(?:while|whereas)\s|,?\s(?:and|but)\s|,\s")
_NOT_NEW = re.compile(r"\b(?:including|includes|of which|one of|part of|as|is|to)\s*$", re.IGNORECASE)
_INQUIRY = re.compile(
    r"\s+(?:is|was|are|were|remains?)\s+(?:\w+\s+)?(?:under|being)\b|\s+(?:is|are)\b(?!.{0,40}\b(?:near|of|in)\s[A-Z])"
    r"|\s+that\s+(?:was|were)\s+reported",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\bdefines?\b|\bdo(?:es)? not (?:include|report)\b|\bfor example\b|\bno (?:reported )?(?:air)?strikes\b",
    re.IGNORECASE,
)
_UNCOUNTED = re.compile(
    r"(?P<passive>\b(?:was|were)\s{1,5}(?:\w{1,20}\s{1,5})?(?:damaged|destroyed|struck|hit|targeted)\b)|"
    r"(?P<active>\baircraft\s{1,5}(?:also\s{1,5}|successfully\s{1,5})?(?:struck|destroyed|damaged|hit|engaged)\b)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\W{0,10}(?:(?:separately|additionally|yesterday|today|also|finally|meanwhile|in addition),?\s{1,5}"
    r"(?:and\s{1,5})?)?in\s{1,5}(?P<country>iraq|syria)\b",
    re.IGNORECASE,
)


class Reported(NamedTuple):
    """Strikes of one place and clause; ``n_strikes`` is None where the text gives no number.

    ``summary`` is true of a count without a place, which other sentences may list.
    """

    n_strikes: int | None
    spot: Spot | None
    country: str
    summary: bool


def opening_country(sentence: str) -> str:
    """The country in which a sentence sets the scene ("In Iraq, ..."), which holds until another one does."""
    found = _OPENING.match(sentence)
    return country_of(found["country"]) if found else ""


def clauses_of(sentence: str) -> list[Reported]:
    """Take a sentence apart.

    Examples
    --------
    >>> sentence = "In Iraq, an airstrike southwest of Hit hit a car; another airstrike southeast of Hit hit a unit."
    >>> [(found.n_strikes, found.spot.place_text) for found in clauses_of(sentence)]
    [(1, 'southwest of Hit'), (1, 'southeast of Hit')]
    >>> clauses_of("Airstrike assessments are based on initial reports.")
    []
    """
    if _DEFINITION.search(sentence):
        return []
    mentions = [found for found in MENTION.finditer(sentence) if not _NOT_NEW.search(sentence[: found.start()][-20:])]
    if not mentions:
        return _uncounted(sentence)
    starts = [
        0,
        *(_boundary(sentence, one.end(), two.start()) for one, two in pairwise(mentions)),
    ]
    ends = [*starts[1:], len(sentence)]
    found: list[Reported] = []
    shared: Spot | None = None
    for mention, start, end in zip(mentions, starts, ends, strict=True):
        before, after = sentence[start : mention.start()], sentence[mention.end() : end]
        if _INQUIRY.match(after):
            continue
        lead, country = leading_spot(before)
        spot, other = (lead, "") if lead is not None else spot_after(after)
        if start == 0:
            shared = lead
        country = (spot.country if spot else "") or country or other
        summary = sentence.endswith(":") or bool(SUMMARY.search(before[-60:]) or SUMMARY.match(after.lstrip()[:20]))
        if spot is None and not summary and EFFECT.search(after):
            spot = shared
        elif spot is None and not summary and not EFFECT.search(after):
            continue
        if spot is None:
            named = sentence[start:end] if country_of(sentence[start:end]) or country else sentence
            if summary and len(set(re.findall(r"\b(?:iraq|syria)\b", named.lower()))) > 1:
                continue
            country = country_of(named) or country
        found.append(Reported(number_of(mention["count"]), spot, country, summary and spot is None))
    return found


def _boundary(sentence: str, low: int, high: int) -> int:
    """Where the clause of the later mention begins: before a place that leads it, else at the last joint."""
    joints = list(_BOUNDARY.finditer(sentence, low, high))
    if not joints:
        return high
    for joint in reversed(joints[-3:]):
        spot, _ = leading_spot(sentence[joint.end() : high])
        if spot is not None and re.match(
            r"\s*(?:\w+,\s+)?(?:near|in|at|around|outside|\d|north|south|east|west|between)\b",
            sentence[joint.end() : high],
            re.IGNORECASE,
        ):
            return joint.end()
    return joints[-1].end()


def _uncounted(sentence: str) -> list[Reported]:
    """Strikes told without the word: "a building was damaged near X", "coalition aircraft also struck a unit"."""
    found: list[Reported] = []
    tellings = list(_UNCOUNTED.finditer(sentence))
    for telling, following in zip(tellings, [*tellings[1:], None], strict=False):
        if telling["active"]:
            spot, country = leading_spot(sentence[: telling.start()])
        else:
            spot, country = spot_after(sentence[telling.end() : following.start() if following else len(sentence)])
        if spot is not None:
            found.append(Reported(None, spot, spot.country or country, False))
    return found
