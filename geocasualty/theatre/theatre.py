"""What does a theatre select and show: languages, words that hold there alone, a map's window, an area to compare?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.errors import InputError
from geocasualty.taxonomy import LEVELS
from geocasualty.theatre._tables import WORDS, Words, read_table
from geocasualty.theatre.languages import languages

__all__ = ["FOLDER", "Theatre", "read_theatre", "target_words", "theatre"]

FOLDER = Path(__file__).parent / "iraq-syria"

_SHAPE = {
    "name": str, "countries": WORDS, "languages": WORDS, "publishes": WORDS,
    "words": {"countries": WORDS, "demonyms": WORDS},
    "levels": dict.fromkeys(LEVELS[1:], WORDS),
    "map": {"centre": list, "zoom": int, "waters": str}, "reference_area": {"km2": float},
    "vicinity": {"fitted_on": str, "shares": list, "sigmas_m": list},
    "measured": {"on": {"en": str, "ar": str}, "missed": list, "at": list, "near": list,
                 "practice": dict.fromkeys(("intercept", "log_km", "plus_km", "same"), float)},
}  # fmt: skip


class Theatre(NamedTuple):
    """What the ``theatre.toml`` of a theatre's folder says; its comments explain each table.

    Maps write a place's name in the first of its ``languages``, and in the second where that is known.
    """

    name: str
    countries: Words
    languages: Words
    words: dict[str, Words]
    levels: dict[str, tuple[str, str]]
    map: dict[str, Any]
    reference_area: dict[str, float]
    vicinity: dict[str, Any]
    measured: dict[str, Any]
    publishes: Words

    @property
    def local(self) -> str:
        """The language of the names that stand under the English ones.

        Examples
        --------
        >>> theatre().local, theatre().local_language
        ('ar', 'Arabic')
        """
        return self.languages[1]

    @property
    def local_language(self) -> str:
        """What that language is called in English."""
        return next(language.name for language in languages() if language.code == self.local)

    @property
    def area_km2(self) -> float:
        """An area as large as a country of the theatre: what nothing is known of may lie anywhere in it."""
        return self.reference_area["km2"]


def read_theatre(path: Path) -> Theatre:
    """The theatre that a file describes.

    Raises InputError if it lacks something, or names a language that has no table.

    Examples
    --------
    >>> read_theatre(FOLDER / "theatre.toml").countries
    ('IQ', 'SY')
    """
    found = Theatre(**read_table(path, _SHAPE))
    if len(found.languages) < 2 or set(found.languages) - {language.code for language in languages()}:
        raise InputError(f"{path.name}: languages {list(found.languages)}; expected two or more that have a table")
    return found


@cache
def target_words() -> dict[str, Words]:
    """What the releases of a party to the war say was hit: the words of each kind of thing, from ``targets.toml``.

    Examples
    --------
    >>> [kind for kind, words in target_words().items() if "excavator" in words]
    ['vehicles']
    """
    words: dict[str, Words] = read_table(FOLDER / "targets.toml", {"targets": re.compile("[a-z]+")})["targets"]
    return words


@cache
def theatre() -> Theatre:
    """The theatre, read when it is first needed.

    Examples
    --------
    >>> theatre().name, theatre().area_km2
    ('Iraq and Syria', 185000.0)
    """
    return read_theatre(FOLDER / "theatre.toml")
