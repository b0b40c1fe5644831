"""Which areas does the source state around a place, in hints or in the text itself?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import combinations

from geocasualty.errors import InputError
from geocasualty.gazetteer._choice import Hints
from geocasualty.gazetteer._index import NameIndex
from geocasualty.gazetteer.phrases import Named, parse_phrase
from geocasualty.gazetteer.place import Place
from geocasualty.geodesy import on_earth
from geocasualty.taxonomy import LEVELS, radius_of
from geocasualty.theatre.countries import country_choices, country_code

_MARKS = re.compile(r"[,،;؛()/|>]|\s[-–—&]\s|\s(?=and\s)")
"""Where a country's name may begin or end in a text."""


class Refused(Exception):  # noqa: N818 - no error: the answer to a text whose stated areas cannot be met
    """What is stated leaves no answer; the reason, in words, and the countries that were meant where none is held."""

    def __init__(self, reason: str, *countries: str) -> None:
        super().__init__(reason)
        self.countries = countries


def country_of(name: str) -> str:
    """The ISO code of a country that a text names; a code must stand in capitals, since "in" and "is" are words.

    Examples
    --------
    >>> country_of("Syria"), country_of("SY"), country_of("in"), country_of("Hit")
    ('SY', 'SY', '', '')
    """
    bare = name.strip()
    return "" if len(bare) < 4 and bare.isascii() and bare != bare.upper() else country_code(bare)


class Stated:
    """Finds the areas that a source states."""

    def __init__(self, places: Mapping[str, Place], index: NameIndex) -> None:
        self._places = places
        self._index = index
        self.areas = lru_cache(maxsize=4096)(self._find)
        self.either = lru_cache(maxsize=4096)(self._either)

    @cached_property
    def countries(self) -> frozenset[str]:
        """The ISO codes of the countries of which this gazetteer holds places."""
        return frozenset(place.country for place in self._places.values())

    @cached_property
    def _divided(self) -> frozenset[tuple[str, str]]:
        """The countries and levels of which this gazetteer holds areas; others cannot be told to be unknown."""
        return frozenset((place.country, place.kind) for place in self._places.values() if place.kind in LEVELS)

    def hints(
        self,
        country: str | float | None,
        admin1: str | None,
        admin2: str | None,
        near: tuple[float, float] | None,
        kinds: tuple[str, ...],
    ) -> tuple[Hints, list[str]]:
        """What the caller says besides the text, and in words which of it this gazetteer has no areas to check by.

        Raises Refused if a country is stated of which this gazetteer holds nothing, or an area that is none of those it
        holds.
        """
        if near is not None and not on_earth(*near):
            raise InputError(f"near={near!r} is no point on Earth; give (longitude, latitude) in degrees")
        said = []
        for stated, level in zip((country_code(country) or country, admin1, admin2), LEVELS, strict=False):
            if stated is not None and not isinstance(stated, str):
                raise InputError(f"the stated {level} must be a string, got {type(stated).__name__}")
            said.append((stated or "").strip())
        countries = self.within((), [said[0]]) if said[0] else ()
        found: list[tuple[Place, ...]] = []
        around: tuple[Place, ...] = ()
        unchecked = []
        for text, level in zip(said[1:], LEVELS[1:], strict=False):
            areas = self._at_level(text, level, countries) if text else ()
            found.append(areas)
            if text and not areas:
                what = f"the stated {level} {text[:80]!r} is not known"
                if level == LEVELS[1] and self._has(level, countries):
                    raise Refused(f"{what}; correct it, or leave it out")
                around = self._around_seats(text, countries) if level == LEVELS[2] else ()
                unchecked.append(f"{what}, but {around[0].name} is" if around else what)
        return Hints(countries, found[0], found[1], around, near, kinds), unchecked

    def _around_seats(self, text: str, countries: tuple[str, ...]) -> tuple[Place, ...]:
        """What a district may reach that is in no table, where the gazetteer has none: it is called after its seat."""
        if self._has(LEVELS[2], countries):
            return ()
        radius_m, rule = radius_of(LEVELS[2])
        return tuple(
            replace(town, kind=LEVELS[2], polygon=None, radius_m=radius_m, radius_source=rule)
            for town in self._find(text, ("city", "town"))
            if not countries or town.country in countries
        )

    def _either(self, governorate: str) -> dict[str, tuple[Place, ...]]:
        """The governorates that a statement leaves open, by the name of each: "Shabwa/Hadramout"; empty of one name."""
        phrase = parse_phrase(governorate)
        named = [one.whole for one in (*phrase.anchors, *phrase.alternatives)] if phrase.alternatives else []
        found = {name: areas for name in named if (areas := self.areas(name, (LEVELS[1],)))}
        return found if len(set(found.values())) > 1 else {}

    def _has(self, level: str, countries: tuple[str, ...]) -> bool:
        return any((code, level) in self._divided for code in countries or self.countries)

    def _at_level(self, text: str, level: str, countries: tuple[str, ...]) -> tuple[Place, ...]:
        """The areas of a level that a text names, in the stated countries; else those of a finer one."""
        for kinds in ((level,), LEVELS[LEVELS.index(level) + 1 :]):
            areas = self.areas(text, kinds) if kinds else ()
            here = tuple(area for area in areas if not countries or area.country in countries)
            if here or areas:
                return here
        return ()

    def within(self, stated: tuple[str, ...], named: Iterable[str]) -> tuple[str, ...]:
        """The countries that hold a place which is said to lie in those stated and in those named.

        Raises Refused if there is none, or this gazetteer holds no place of it.
        """
        for name in named:
            code = country_of(name) or country_code(name)
            if not code:
                raise Refused(f"the stated country {name[:80]!r} is not known; expected a name or code of ISO 3166-1")
            if stated and code not in stated:
                raise Refused(f"{code} and {' or '.join(stated)} are stated, which are not one country")
            stated = (code,)
        for code in stated:
            if not {code, ""} & self.countries:  # a place of no stated country may be of any
                raise Refused(f"no places of {code} in this gazetteer", code)
        return stated

    def not_abroad(self, text: str) -> None:
        """Refuse a text of which a part is a country that holds no place here: "X, Congo - Kinshasa".

        Names of countries have brackets, dashes and "and" in them, at which the grammar cuts.

        Raises Refused if it has such a part.
        """
        edges = [0, *(mark.end() for mark in _MARKS.finditer(text)), len(text)]
        if not 2 < len(edges) < 10:
            return
        for first, last in combinations(range(len(edges)), 2):
            part = text[edges[first] : edges[last]].strip(" ,،;؛-–—/()>|")
            for name in {part, f"{part})"} if "(" in part else {part}:
                codes = () if len(name) < 4 or self._index.exact(name).place_ids else country_choices(name)
                if codes and not any({code, ""} & self.countries for code in codes):
                    raise Refused(f"no places of {' or '.join(codes)} in this gazetteer", *codes)

    def _find(self, text: str, kinds: tuple[str, ...]) -> tuple[Place, ...]:
        """The areas of these kinds that a text names."""
        whole = self._index.exact(text).place_ids
        if held := tuple(self._places[place_id] for place_id in whole if self._places[place_id].kind in kinds):
            return held
        anchors = parse_phrase(text).anchors
        named = anchors[0] if anchors else Named(text, text, ())
        for name in dict.fromkeys((named.whole, named.name)):
            found = self._index.find_among(name, lambda place_id: self._places[place_id].kind in kinds)
            if found.place_ids:
                return tuple(self._places[place_id] for place_id in found.place_ids)
        return ()
