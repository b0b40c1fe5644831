"""Which words does a language use for dates and places? The tables in ``languages/``, one file a language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.theatre._tables import HELD, WORDS, Words, in_order, read_table

__all__ = [
    "BASES",
    "CASUALTY_WORDS",
    "COLUMN_MEANINGS",
    "FIELDS",
    "FOLDER",
    "METRES",
    "PART_HOURS",
    "STAGES",
    "STAGE_MONTHS",
    "Language",
    "Words",
    "languages",
    "local_language",
    "read_language",
]

FOLDER = Path(__file__).parent / "languages"

PART_HOURS = {
    "early hours": (0, 6), "dawn": (3, 8), "early morning": (3, 9), "morning": (5, 12), "noon": (11, 14),
    "midday": (11, 14), "afternoon": (12, 18), "dusk": (16, 21), "evening": (17, 23), "late evening": (20, 24),
    "night": (-6, 30), "midnight": (-2, 26), "after midnight": (0, 30),
}  # fmt: skip
"""Local hours meant by the parts of a day, a convention of this package: wide, so that the true hour lies within. The
night of a day may be the one before it or the one behind: 18:00 of the day before to 06:00 of the next."""

STAGES = {
    "all": (1, -1),
    "early": (1, 10),
    "mid": (10, 20),
    "late": (20, -1),
    "first half": (1, 16),
    "second half": (15, -1),
}
"""First and last day that "early June" and the like mean; -1 is the last of the month."""

STAGE_MONTHS = {
    "all": (1, 12),
    "early": (1, 4),
    "mid": (4, 9),
    "late": (9, 12),
    "first half": (1, 6),
    "second half": (7, 12),
}
"""First and last month that "early 2015" and the like mean."""

BASES = ("event", "reported", "death", "recovery")
"""What a date may be of, as :data:`geocasualty.records.schema.DATE_BASES` explains."""

METRES = {
    "nautical_mile": 1852.0, "kilometre": 1000.0, "mile": 1609.344, "metre": 1.0, "foot": 0.3048, "yard": 0.9144,
}  # fmt: skip
"""Metres in each unit that a language may name (the international ones of 1929 and 1959)."""

_EXTENTS = (
    "outskirts|surroundings|countryside|desert|suburbs|area|border|mountains|plain|centre|river|farms|villages|island"
)
_LISTS = (
    "the", "of", "in", "to", "and", "or", "between", "from_to", "leads", "approximately", "vicinity", "onward", "by",
    "degrees", "roads", "road_adjectives", "meetings", "border_with", "parts", "inner", "old_city", "in_town",
    "for_whom",
    "bare_kinds", "suffix_only", "bare_extents", "articles", "joiners", "generic_first", "names_with_and", "nothing",
)  # fmt: skip
COUNT_WORDS = ("at_least", "at_most", "about", "to", "or_more", "total")
"""What may stand beside a number of people, or name a sum; ``least`` are words for a number of at least so many."""

COLUMN_MEANINGS = (
    "party", "date", "place", "accuracy", "count", "kind", "identifier", "source", "remark", "record", "person",
)  # fmt: skip
"""What a column of a table may say, as its name tells."""

FIELDS = (
    "identifier", "start", "end", "place_text", "district", "admin1", "country", "latitude", "longitude", "mgrs",
    "coordinates", "n_strikes", "sources",
)  # fmt: skip
"""Fields of a record that a column may be the whole of, as its name says."""

CASUALTY_WORDS = ("killed", "injured", "children", "civilians", "least", "most", "said")
"""Words of which the name of a column of casualties is made; ``said`` ones add nothing."""

_SHAPE = {
    "name": str,
    "script": str,
    "countries": WORDS,
    "dates": {
        "months": 12, "weekdays": 7, "parts": re.compile("|".join(PART_HOURS)), "to": WORDS, "from": WORDS,
        "and": WORDS, "between": WORDS, "about": WORDS, "stages": re.compile("|".join(STAGES)),
        "basis": re.compile("|".join(BASES)), "dropped": WORDS, "patterns": HELD,
    },
    "places": {
        **dict.fromkeys(_LISTS, WORDS),
        "patterns": HELD,
        "written_on": {"and": WORDS, "prepositions": WORDS, "article": WORDS},
        "directions": re.compile("[NSEW]{1,3}"),
        "units": re.compile("|".join(METRES)),
        "numbers": re.compile(r"\d{1,4}(?:\.\d+)?"),
        "extents": re.compile(_EXTENTS),
        "kinds": re.compile("[a-z]+(?:, [a-z]+)*"),
        "misspelt": re.compile("[123]"),
    },
    "names": {"generic": WORDS, "endings": HELD},
    "counts": {**dict.fromkeys(COUNT_WORDS, WORDS), "least": re.compile(r"\d{1,4}")},
    "parties": {"doubt": WORDS, "or": WORDS},
    "cells": {"unknown": WORDS},
    "columns": dict.fromkeys(COLUMN_MEANINGS, WORDS),
    "fields": dict.fromkeys(FIELDS, WORDS),
    "casualties": dict.fromkeys(CASUALTY_WORDS, WORDS),
}  # fmt: skip


class Language(NamedTuple):
    """What a file of ``languages/`` says: ``en.toml`` explains each table that is read.

    ``script`` is its code in ISO 15924; maps of its ``countries`` write the second name of a place in it.
    """

    code: str
    name: str
    script: str
    countries: Words
    dates: dict[str, Any]
    places: dict[str, Any]
    names: dict[str, Any]
    counts: dict[str, Any]
    parties: dict[str, Words]
    cells: dict[str, Words]
    columns: dict[str, Words]
    fields: dict[str, Words]
    casualties: dict[str, Words]


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
    >>> english.dates["months"][8], english.places["directions"]["NE"][:2]
    (('september', 'sept', 'sep'), ('northeast', 'northeastern'))
    """
    return Language(code=path.stem, **read_table(path, _SHAPE))


@cache
def languages() -> tuple[Language, ...]:
    """All languages, English first.

    Examples
    --------
    >>> [language.code for language in languages()]
    ['en', 'ar', 'de', 'fa', 'fr', 'he', 'ku', 'ru', 'tr', 'uk']
    """
    return tuple(map(read_language, in_order(FOLDER, "en")))


@cache
def unknown_words() -> frozenset[str]:
    """What a cell may say, in any of the languages and in lower case, that means that nothing is known.

    Examples
    --------
    >>> [word in unknown_words() for word in ("unknown", "غير معروف", "н/д", "no")]
    [True, True, True, False]
    """
    return frozenset(word.casefold() for language in languages() for word in language.cells["unknown"])


@cache
def local_language(country: str) -> Language | None:
    """The language in which maps of a country write the second name of a place; None where no table has it.

    Examples
    --------
    >>> local_language("UA").code, local_language("SY").code, local_language("XX")
    ('uk', 'ar', None)
    """
    return next((language for language in languages() if country in language.countries), None)
