"""Which words does a language use for dates and places? The tables in ``languages/``, one file a language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from geocasualty.errors import InputError
from geocasualty.theatre.scripts import Rule, in_order, read_rules, read_table

__all__ = ["FOLDER", "METRES", "PART_HOURS", "WORD_LISTS", "Language", "Words", "languages", "read_language"]

FOLDER = Path(__file__).parent / "languages"

PART_HOURS = {
    "early hours": (0, 6),
    "dawn": (3, 8),
    "early morning": (3, 9),
    "morning": (5, 12),
    "noon": (11, 14),
    "midday": (11, 14),
    "afternoon": (12, 18),
    "evening": (17, 23),
    "overnight": (18, 30),
    "night": (18, 30),
}
"""Local hours meant by the parts of a day, a convention of this package: wide, so that the true hour lies within. A
night is 18:00 to 06:00; 30 is 06:00 on the next day."""

METRES = {
    "nautical_mile": 1852.0, "kilometre": 1000.0, "mile": 1609.344, "metre": 1.0, "foot": 0.3048, "yard": 0.9144,
}  # fmt: skip
"""Metres in each unit that a language may name (the international ones of 1929 and 1959)."""

EXTENTS = (
    "outskirts", "surroundings", "countryside", "desert", "suburbs", "area", "border", "mountains", "plain", "centre",
    "river", "farms", "villages", "island",
)  # fmt: skip
"""What of a place may be meant, when it is not the place itself."""

WORD_LISTS = (
    "the", "of", "in", "to", "and", "or", "between", "from_to", "leads", "approximately", "vicinity", "onward", "by",
    "degrees", "roads", "road_adjectives", "meetings", "border_with", "parts", "inner", "old_city", "for_whom",
    "bare_kinds", "suffix_only", "bare_extents", "articles", "joiners", "generic_first", "names_with_and", "nothing",
)  # fmt: skip
"""Lists of words of place texts; ``docs/how-to/languages.md`` and the comments in ``en.toml`` say what each is for."""

_WRITTEN_ON = ("and", "prepositions", "article")
_DATE_WORDS = ("to", "from", "dropped")
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """What a file of ``languages/`` says; everything but name and script may be missing.

    Attributes
    ----------
    code, name, script : str
        ISO 639, in English, and ISO 15924.
    months, weekdays : tuple of tuple of str
        Words of each month, January first, and of each day of the week, Monday first; empty where not given.
    parts : mapping of str to tuple of str
        Words of each part of the day of :data:`PART_HOURS`.
    date_words : mapping of str to tuple of str
        Words for "to" and "from" between dates, and those that are ``dropped``.
    date_patterns, place_patterns : tuple of Rule
        Regular expressions by which a date or a place text is rewritten before its words are read, as for endings of
        cases or for postpositions.
    lists : mapping of str to tuple of str
        Each of :data:`WORD_LISTS`.
    written_on : mapping of str to tuple of str
        What is written onto a word: ``and``, ``prepositions``, ``article``.
    directions, units, numbers, extents, kinds : mapping of str to tuple of str
        Words by letters of the compass, by name of :data:`METRES`, by value, by extent, by kinds of place.
    misspelt : mapping of str to int
        Long words, with the edits that are forgiven.
    generic : tuple of str
        Words that begin the names of many places, in any script.
    """

    code: str
    name: str
    script: str
    months: tuple[Words, ...]
    weekdays: tuple[Words, ...]
    parts: Mapping[str, Words]
    date_words: Mapping[str, Words]
    date_patterns: tuple[Rule, ...]
    place_patterns: tuple[Rule, ...]
    lists: Mapping[str, Words]
    written_on: Mapping[str, Words]
    directions: Mapping[str, Words]
    units: Mapping[str, Words]
    numbers: Mapping[str, Words]
    extents: Mapping[str, Words]
    kinds: Mapping[str, Words]
    misspelt: Mapping[str, int]
    generic: Words


class _Table:
    """A table of a file while it is read: what is taken out is checked, what is left over is refused."""

    def __init__(self, table: Any, where: str) -> None:
        if not isinstance(table, dict):
            raise InputError(f"{where}: expected a table")
        self._table, self._where = table, where

    def table(self, key: str) -> _Table:
        return _Table(self._table.pop(key, {}), f"{self._where}, {key}")

    def text(self, key: str) -> str:
        value = self._table.pop(key, None)
        if not isinstance(value, str) or not value:
            raise InputError(f"{self._where}: no {key}")
        return value

    def words(self, key: str) -> Words:
        return self._words(self._table.pop(key, []), key)

    def rules(self, key: str) -> tuple[Rule, ...]:
        rules = read_rules(self._table.pop(key, ()), f"{self._where}, {key}")
        for rule in rules:
            one, other = rule.example
            if re.sub(rule.pattern, rule.becomes, one) != other:
                raise InputError(f"{self._where}, {key}: {rule.pattern!r} does not make {other!r} of {one!r}")
        return rules

    def rows(self, key: str, number: int) -> tuple[Words, ...]:
        rows = self._table.pop(key, [])
        if len(rows) not in (0, number):
            raise InputError(f"{self._where}: {key} has {len(rows)} rows; expected {number}")
        found = tuple(self._words(row, key) for row in rows)
        self._once(((word, str(place)) for place, row in enumerate(found) for word in row), key)
        return found

    def by(self, known: Collection[str] | re.Pattern[str]) -> dict[str, Words]:
        """The whole table: words by one of the keys that are known, no word under two of them."""
        found = {key: self.words(key) for key in list(self._table)}
        for key in found:
            if not (known.fullmatch(key) if isinstance(known, re.Pattern) else key in known):
                raise InputError(f"{self._where}: {key!r} is not known; expected {_expected(known)}")
        self._once(((word, key) for key, words in found.items() for word in words), "the table")
        return found

    def edits(self) -> dict[str, int]:
        found, self._table = self._table, {}
        if not all(isinstance(edits, int) and 0 < edits < 4 for edits in found.values()):
            raise InputError(f"{self._where}: expected 1 to 3 edits for each word")
        return found

    def end(self) -> None:
        if self._table:
            raise InputError(f"{self._where}: {', '.join(self._table)}: nothing reads this")

    def _words(self, words: Any, key: str) -> Words:
        if not isinstance(words, list) or not all(
            isinstance(word, str) and word.strip() == word != "" for word in words
        ):
            raise InputError(f"{self._where}: {key} is no list of words")
        self._once(((word, "") for word in words), key)
        return tuple(words)

    def _once(self, words: Iterator[tuple[str, str]], key: str) -> None:
        seen: set[str] = set()
        for word, _ in words:
            if word in seen:
                raise InputError(f"{self._where}: {word!r} stands twice in {key}")
            seen.add(word)


def _expected(known: Collection[str] | re.Pattern[str]) -> str:
    return f"what {known.pattern} matches" if isinstance(known, re.Pattern) else f"one of {', '.join(known)}"


_COMPASS = re.compile("[NSEW]{1,3}")
_NUMBER = re.compile(r"\d{1,4}(?:\.\d+)?")
_KINDS = re.compile("[a-z]+(?:, [a-z]+)*")


def read_language(path: Path) -> Language:
    """The language that a file describes.

    Raises
    ------
    geocasualty.errors.InputError
        If it lacks name or script, says something that is not read, or says it in another form; the message names the
        file, the table and the word.

    Examples
    --------
    >>> english = read_language(FOLDER / "en.toml")
    >>> english.months[8], english.directions["NE"][:2]
    (('september', 'sept', 'sep'), ('northeast', 'northeastern'))
    """
    whole = _Table(read_table(path), path.name)
    dates, places, names = whole.table("dates"), whole.table("places"), whole.table("names")
    written_on, misspelt = places.table("written_on"), places.table("misspelt")
    found = Language(
        code=path.stem,
        name=whole.text("name"),
        script=whole.text("script"),
        months=dates.rows("months", 12),
        weekdays=dates.rows("weekdays", 7),
        parts=dates.table("parts").by(PART_HOURS),
        date_words={key: dates.words(key) for key in _DATE_WORDS},
        date_patterns=dates.rules("patterns"),
        place_patterns=places.rules("patterns"),
        lists={key: places.words(key) for key in WORD_LISTS},
        written_on={key: written_on.words(key) for key in _WRITTEN_ON},
        directions=places.table("directions").by(_COMPASS),
        units=places.table("units").by(METRES),
        numbers=places.table("numbers").by(_NUMBER),
        extents=places.table("extents").by(EXTENTS),
        kinds=places.table("kinds").by(_KINDS),
        misspelt=misspelt.edits(),
        generic=names.words("generic"),
    )
    for table in (whole, dates, places, names, written_on):
        table.end()
    return found


@cache
def languages() -> tuple[Language, ...]:
    """All languages, English first.

    Examples
    --------
    >>> [language.code for language in languages()]
    ['en', 'ar', 'ku']
    """
    return tuple(read_language(path) for path in in_order(FOLDER, "en"))
