"""Which strikes does one sentence of a release report: how many, where, in which words?"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

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

NUMBER = (
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
    rf"(?<![\w-])(?P<count>(?:a|an|the)\s{{1,5}}(?:second|third|fourth|fifth|single|final|additional\s{{1,5}}(?:{NUMBER})"
    rf"|additional|total\s{{1,5}}of\s{{1,5}}(?:{NUMBER}))|another\s{{1,5}}(?:{NUMBER})|{_VAGUE}|{NUMBER}|an?|another)"
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


_INVISIBLE = "\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f"


def tidy(text: str) -> str:
    """One space between words, plain dashes and apostrophes kept, no invisible marks or bullets at the ends."""
    return " ".join(re.sub(f"[{_INVISIBLE}]", "", text).split())


class Verbatim:
    r"""A text of which what was read of it is found again letter for letter, whatever gaps and marks it has.

    Examples
    --------
    >>> Verbatim("- Near Hit,  one\nstrike. More.").of("Near Hit, one strike.")
    'Near Hit,  one\nstrike.'
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._at = [found.start() for found in re.finditer(rf"[^\s{_INVISIBLE}]", text)]
        self._letters = "".join(text[at] for at in self._at)

    def of(self, read: str) -> str:
        """The part of the text that was read so."""
        letters = "".join(read.split())
        first = self._letters.find(letters)
        return self.text[self._at[first] : self._at[first + len(letters) - 1] + 1] if letters and first >= 0 else read


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


_LONGEST = 80

_SPACE = r"\s{1,5}"
_DIRECTION = r"(?:north-?east|north-?west|south-?east|south-?west|north|south|east|west)"
_BEARING = (
    rf"(?:(?:approximately|about|roughly|some|just|also){_SPACE})?"
    rf"(?:\d{{1,3}}(?:\.\d)?\s{{0,3}}(?:km|kilometers?|kilometres?|miles?|mi|nm|nautical miles){_SPACE})?"
    rf"(?:to the{_SPACE})?{_DIRECTION}(?:(?:{_SPACE}and{_SPACE}|,{_SPACE}|/){_DIRECTION})?{_SPACE}of"
)
_NEAR = (
    r"(?:in the (?:immediate )?vicinity of|in the area of|in and around|in or near|around|outside(?: of)?|near|"
    r"on the outskirts of)"
)
_AT = r"(?:in|at|inside|between|along)"
_PREPOSITION = rf"(?P<way>{_BEARING}|{_NEAR}|{_AT})"

_LOWER_NAME = (
    r"(?:al|ad|an|ar|as|ash|at|az|el|ez|abu|bin|ibn|umm|tal|tall|dayr|the|of|city|town|village|dam|oil|refinery|"
    r"airfield|airport|air|base|border|crossing|province|governorate|district|desert|mountains?|area|valley|river|"
    r"bridge|region|neighborhood|neighbourhood|field|and)"
)
_WORD = r"(?:[A-Z\u00c0-\u00de’'‘`ʿʾ][\w’'‘`ʿʾ-]{0,25}|(?:al|ad|an|ar|as|ash|at|az|el|abu)-[\w’'‘`-]{1,25})"
_NAME = (
    rf"(?:the{_SPACE})?(?:(?:al|ad|an|ar|as|ash|at|az|el|abu){_SPACE})?{_WORD}"
    rf"(?:{_SPACE}(?:{_WORD}|{_LOWER_NAME})(?![\w])){{0,6}}"
)
_NO_PLACE = re.compile(
    r"(?:the\s+)?(?:(?:ISI[LS]|Da[’'‘]?esh|U\.?S|Coalition|Iraqi|Syrian|Kurdish|Peshmerga|Turkish|Operation|Combined|"
    r"Central|January|February|March|April|May|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|ISF|IEDs?|VBIEDs?|AAA|HMMWVs?|Khorasan|"
    r"Ministry|Government|Kingdom)\b|[Aa]l[ -]Qa[’'‘]?[ei]da|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?\s\d)",
)
_PLACE = re.compile(rf"(?i:(?<![\w-]){_PREPOSITION}){_SPACE}(?P<name>{_NAME})")
_FOLLOWING = re.compile(rf"\s{{0,3}},?\s{{0,3}}(?:(?i:in|of){_SPACE})?(?P<country>(?i:{COUNTRY}))")
_FOLLOWING_PLACE = re.compile(rf"{_SPACE}(?i:{_BEARING}|in|at){_SPACE}(?P<name>{_NAME})")
_LEADING = re.compile(rf"(?<![\w-]){_PREPOSITION}{_SPACE}(?P<name>\S.{{0,{_LONGEST}}})", re.IGNORECASE)
_COUNTRY_ONLY = re.compile(rf"(?:the\s+)?{COUNTRY}", re.IGNORECASE)
_BARE = re.compile(
    rf"(?!(?:Near|In|At|On|Also|Finally|Additionally|Yesterday|Today|Separately)\b)(?P<name>{_NAME}),\s{{0,5}}$"
)
_ACTOR = re.compile(r"\s(?:coalition|u\.s\.|there|military|aircraft)\b", re.IGNORECASE)
"""Behind a place, who struck: "Abu Kamal coalition military forces conducted"."""

_TRAILING = re.compile(r"[\s,;:*.]+$|\s+(?:and|of|the)$")


class Spot(NamedTuple):
    """A place in words; its country where the words name it."""

    place_text: str
    vicinity: bool
    country: str


def _spot(way: str, name: str, country: str) -> Spot | None:
    """Put together; the country in the name itself is taken off."""
    name = name.replace("*", " ").strip()
    parts = re.split(rf"\s*,\s*(?=(?:in\s+)?{COUNTRY})|\s+in\s+(?={COUNTRY})", name, maxsplit=1, flags=re.IGNORECASE)
    if len(parts) == 2:
        name, country = parts[0], country_of(parts[1]) or country
    while (shorter := _TRAILING.sub("", name)) != name:
        name = shorter
    name = " ".join(name.split())
    if not name or _COUNTRY_ONLY.fullmatch(name) or _NO_PLACE.match(name) or not re.search(r"\w", name):
        return None
    way = " ".join(way.split())
    if re.fullmatch(_NEAR, way, re.IGNORECASE):
        return Spot(re.sub(r"^the\s+", "", name, flags=re.IGNORECASE), True, country)
    if re.fullmatch(r"in|at|inside", way, re.IGNORECASE):
        return Spot(re.sub(r"^the\s+", "", name, flags=re.IGNORECASE), False, country)
    bearing = re.sub(r"^(?:also|just)\s+", "", way, flags=re.IGNORECASE)
    return Spot(f"{bearing[:1].lower()}{bearing[1:]} {name}", False, country)


def leading_spot(text: str) -> tuple[Spot | None, str]:
    """The place that stands before a mention of strikes, and the country named there.

    Examples
    --------
    >>> leading_spot("Near Hit in Al Anbar Province, ")[0].place_text
    'Hit in Al Anbar Province'
    >>> leading_spot("Finally, in northwest Syria west of Aleppo, ")
    (Spot(place_text='west of Aleppo', vicinity=False, country=''), 'SY')
    >>> leading_spot("In Iraq, ")
    (None, 'IQ')
    """
    country, start = "", 0
    while found := _LEADING.search(text, start):
        if said := _COUNTRY_ONLY.match(text, found.start("name")):
            country, start = country_of(said[0]), said.end()
            continue
        name = found["name"]
        cut = re.search(rf",(?!\s*(?:in\s+)?{COUNTRY})", name, re.IGNORECASE)
        name = name[: cut.start()] if cut else name
        spot = None if len(name) > _LONGEST else _spot(found["way"], _ACTOR.split(name, maxsplit=1)[0], "")
        if spot is not None and re.match(r"the$|(?:the\s)?[\W\d]*[a-z]{0,3}[\s-]?[A-Z\d’'‘`]", name.lstrip()):
            return spot, country
        start = found.end("way")
    if found := _BARE.fullmatch(text[-_LONGEST:].lstrip("-–—*•· ")):
        return _spot("in", found["name"], ""), country or country_of(text)
    return None, country


def spot_after(text: str) -> tuple[Spot | None, str]:
    """The first place that stands after a mention of strikes, and the country named before it.

    Examples
    --------
    >>> spot_after(" destroyed an ISIL tank near Taqba Airfield west of Ar Raqqah.")[0]
    Spot(place_text='Taqba Airfield west of Ar Raqqah', vicinity=True, country='')
    >>> spot_after(" in Syria, north of Sinjar Mountain, damaged an ISIL tank.")
    (Spot(place_text='north of Sinjar Mountain', vicinity=False, country=''), 'SY')
    >>> spot_after(" struck an ISIL tactical unit.")
    (None, '')
    """
    country, start = "", 0
    while found := _PLACE.search(text, start):
        start = found.end("way")
        if said := _COUNTRY_ONLY.match(text, found.start("name")):
            country = country or country_of(said[0])
            continue
        name, end = found["name"], found.end("name")
        if _NO_PLACE.match(name):
            continue
        name = re.split(r"(?<!^)\s+(?=the\s)|\s+and\s+(?=[a-z])|\s+and$", name, maxsplit=1)[0]
        if (more := _FOLLOWING_PLACE.match(text, end)) and not _COUNTRY_ONLY.match(more["name"]):
            name, end = name + more[0], more.end()
        after = _FOLLOWING.match(text, end)
        spot = _spot(found["way"], name, country_of(after["country"]) if after else "")
        if spot is not None:
            return spot, country
    return None, country


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

    ``summary`` is true of a count without a place, which other sentences may list; ``told`` is the clause behind the
    number.
    """

    n_strikes: int | None
    spot: Spot | None
    country: str
    summary: bool
    told: str = ""


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
        found.append(Reported(number_of(mention["count"]), spot, country, summary and spot is None, after))
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
    for before, telling, following in zip([None, *tellings], tellings, [*tellings[1:], None], strict=False):
        begin, end = before.end() if before else 0, following.start() if following else len(sentence)
        if telling["active"]:
            spot, country = leading_spot(sentence[: telling.start()])
        else:
            spot, country = spot_after(sentence[telling.end() : end])
        if spot is not None:
            told = sentence[telling.end() : end] if telling["active"] else sentence[begin : telling.start()]
            found.append(Reported(None, spot, spot.country or country, False, told))
    return found
