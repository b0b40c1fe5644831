"""Where does a clause of a strike release put its strikes?"""

from __future__ import annotations

import re
from typing import NamedTuple

from geocasualty.records.formats._centcom_words import COUNTRY, country_of

__all__ = ["Spot", "leading_spot", "spot_after"]

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
        spot = None if len(name) > _LONGEST else _spot(found["way"], _actor_off(name), "")
        if spot is not None and re.match(r"the$|(?:the\s)?[\W\d]*[a-z]{0,3}[\s-]?[A-Z\d’'‘`]", name.lstrip()):
            return spot, country
        start = found.end("way")
    if found := _BARE.fullmatch(text[-_LONGEST:].lstrip("-–—*•· ")):
        return _spot("in", found["name"], ""), country or country_of(text)
    return None, country


def _actor_off(name: str) -> str:
    """Cut off who struck: "Abu Kamal coalition military forces conducted"."""
    return re.split(r"\s(?:coalition|u\.s\.|there|military|aircraft)\b", name, maxsplit=1, flags=re.IGNORECASE)[0]


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
