"""The words of strike releases: numbers, the mention of a strike, what a strike did, countries."""

from __future__ import annotations

import re

__all__ = ["COUNTRIES", "COUNTRY", "EFFECT", "MENTION", "SUMMARY", "country_of", "number_of", "tidy"]

COUNTRIES = {"iraq": "IQ", "syria": "SY"}

COUNTRY = r"(?:(?:(?:north|south)?-?(?:east|west)?(?:ern)?|central)\s+)?(?:iraq|syria)\b"
"""A country or a part of it, which is no place to put a record."""

_UNITS = {
    word: number
    for number, word in enumerate(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ),
        start=1,
    )
}  # fmt: skip
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_VAGUE = r"several|multiple|numerous|many|dozens of|a number of|a series of"

_NUMBER = (
    r"\d{1,3}(?:,\d{3})+|\d{1,5}"
    rf"|(?:{'|'.join(_TENS)})(?:[\s-]{{1,3}}(?:{'|'.join(list(_UNITS)[:9])}))?"
    rf"|{'|'.join(sorted(_UNITS, key=len, reverse=True))}"
)
_QUALIFIERS = (
    r"(?:(?:additional|other|more|further|separate|successful|partner[- ]nation|coalition|u\.s\.|us|american|british|"
    r"french|precision|joint|military|artillery|drone|air|ground|confirmed|self[- ]defense|laser[- ]guided|of|those|"
    r"the|its)\s{1,5}){0,4}"
)
MENTION = re.compile(
    rf"(?<![\w-])(?P<count>(?:a|an|the)\s{{1,5}}(?:second|third|fourth|fifth|single|final|additional\s{{1,5}}(?:{_NUMBER})"
    rf"|additional|total\s{{1,5}}of\s{{1,5}}(?:{_NUMBER}))|another\s{{1,5}}(?:{_NUMBER})|{_VAGUE}|{_NUMBER}|an?|another)"
    rf"\s{{1,5}}{_QUALIFIERS}(?:air[\s-]{{0,2}})?(?:stri|sti|stir)kes?(?![\w-])"
    r"(?!\s{1,5}(?:areas?|assessments?|aircraft|as|groups?|reports?|releases?|teams?|cells?|packages?)\b)",
    re.IGNORECASE,
)
"""A number of strikes, however spelt: "17 airstrikes", "another strike", "a U.S. airstrike", "an airstike"."""

EFFECT = re.compile(
    r"\b(?:struck|strike|striking|hit|hitting|destroy(?:ed|ing)|damag(?:ed|ing)|engag(?:ed|ing)|suppress(?:ed|ing)|"
    r"target(?:ed|ing)|neutrali[sz](?:ed|ing)|disabl(?:ed|ing)|degrad(?:ed|ing)|den(?:ied|ying)|crater(?:ed|ing)|"
    r"kill(?:ed|ing)|eliminat(?:ed|ing)|stuck|had|resulted|took\s{1,5}place|occurred|(?:was|were)\s{1,5}conducted|"
    r"inconclusive|successful|attacked|interdicted|collapsed|removed)\b",
    re.IGNORECASE,
)
"""What a strike does in these releases; ``stuck`` is their own slip."""

SUMMARY = re.compile(
    r"\b(?:conduct(?:ed|ing)?|carried out|carry out|launch(?:ed|ing)?|announced|closed within|unreported)\b",
    re.IGNORECASE,
)
"""A sentence that counts strikes which other sentences then list, unless it names a place itself."""


def tidy(text: str) -> str:
    """One space between words, plain dashes and apostrophes kept, no invisible marks or bullets at the ends."""
    visible = re.sub("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f]", "", text)
    return " ".join(visible.split())


def country_of(text: str) -> str:
    """The ISO code if one of the two countries is named alone; empty if none or both.

    Examples
    --------
    >>> country_of("Strikes in Syria"), country_of("in Syria and Iraq"), country_of("Tikrit, Iraq")
    ('SY', '', 'IQ')
    """
    found = {word.lower() for word in re.findall(r"\b(?:iraq|syria)\b", text, re.IGNORECASE)}
    return COUNTRIES[found.pop()] if len(found) == 1 else ""


def number_of(count: str) -> int | None:
    """How many; None where the text does not say ("several").

    Examples
    --------
    >>> [number_of(text) for text in ("17", "twenty-two", "another", "an additional three", "several", "1,147")]
    [17, 22, 1, 3, None, 1147]
    """
    if re.fullmatch(_VAGUE, count.strip(), re.IGNORECASE):
        return None
    words = re.findall(r"\d[\d,]*|[a-z]+", count.lower())
    figures = [int(word.replace(",", "")) for word in words if word[0].isdigit()]
    if figures:
        return figures[-1]
    spelt = [_TENS.get(word, 0) + _UNITS.get(word, 0) for word in words if word in _TENS or word in _UNITS]
    return sum(spelt) if spelt else 1
