"""Which areas does the source state around a place: by hints, or in the text itself?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

from geocasualty.errors import InputError
from geocasualty.gazetteer._choice import Hints
from geocasualty.gazetteer._index import NameIndex
from geocasualty.gazetteer.phrases import Named, Phrase, parse_phrase
from geocasualty.gazetteer.place import Place
from geocasualty.taxonomy import LEVELS
from geocasualty.theatre.countries import country_code

__all__ = ["Stated"]


class Stated:
    """Finds the areas that a source states.

    Parameters
    ----------
    places : mapping of str to Place
        By ``place_id``.
    index : NameIndex
        Their names.
    """

    def __init__(self, places: Mapping[str, Place], index: NameIndex) -> None:
        self._places = places
        self._index = index
        self._areas = lru_cache(maxsize=4096)(self._find)

    def hints(
        self,
        country: str | float | None,
        admin1: str | None,
        admin2: str | None,
        near: tuple[float, float] | None,
        kinds: tuple[str, ...],
    ) -> tuple[Hints, list[str]]:
        """What the caller says besides the text, and in words which of it is not known and so without effect."""
        found: list[tuple[Place, ...]] = []
        unknown = []
        if country_code(country):
            country = country_code(country)
        for text, level in zip((country, admin1, admin2), LEVELS, strict=False):
            if text is not None and not isinstance(text, str):
                raise InputError(f"the stated {level} must be a string, got {type(text).__name__}")
            found.append(self._areas(text, (level,)) if text and text.strip() else ())
            if text and text.strip() and not found[-1]:
                unknown.append(f"the stated {level} {text.strip()[:80]!r} is not known")
        return Hints(found[0], found[1], found[2], near, kinds), unknown

    def elsewhere(self, country: str | float | None) -> str:
        """Why nothing is found in a country of which the gazetteer has no place; empty otherwise."""
        code = country_code(country)
        return f"no places of {code} in this gazetteer" if code and self._lacks(code) else ""

    @cached_property
    def _held(self) -> set[str]:
        return {place.country for place in self._places.values()}

    def _lacks(self, code: str) -> bool:
        """Whether no place is or may be of a country: one of no stated country may be of any."""
        return f"iso:{code}" not in self._places and not {code, ""} & self._held

    def within_parents(self, hints: Hints, phrase: Phrase) -> Hints:
        """The hints with the areas that the phrase itself names."""
        found = dict(zip(LEVELS, (hints.country, hints.admin1, hints.admin2), strict=False))
        for parent in phrase.parents:
            levels = tuple(kind for kind in parent.kinds if kind in found) or (LEVELS[1], LEVELS[0], LEVELS[2])
            for level in levels:
                areas = self._areas(parent.whole, (level,))
                if areas:
                    found[level] = tuple(dict.fromkeys((*found[level], *areas)))
                    break
        return replace(hints, country=found[LEVELS[0]], admin1=found[LEVELS[1]], admin2=found[LEVELS[2]])

    def _find(self, text: str, kinds: tuple[str, ...]) -> tuple[Place, ...]:
        """The areas that a text names, of the given kinds."""
        if "country" in kinds and f"iso:{country_code(text)}" in self._places:
            return (self._places[f"iso:{country_code(text)}"],)
        anchors = parse_phrase(text).anchors
        named = anchors[0] if anchors else Named(text, text, ())
        for name in dict.fromkeys((named.whole, named.name)):
            found = self._index.find_among(name, lambda place_id: self._places[place_id].kind in kinds)
            if found.place_ids:
                return tuple(self._places[place_id] for place_id in found.place_ids)
        return ()
