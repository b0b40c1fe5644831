"""What does a theatre select and show: languages, words that hold there alone, a map's window, an area to compare?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geocasualty.errors import InputError
from geocasualty.theatre.languages import languages
from geocasualty.theatre.scripts import read_table

__all__ = ["FOLDER", "Theatre", "read_theatre", "theatre"]

FOLDER = Path(__file__).parent / "iraq-syria"


@dataclass(frozen=True, slots=True)
class Theatre:
    """What ``theatre.toml`` of a theatre's folder says.

    Attributes
    ----------
    name : str
        In English.
    countries : tuple of str
        ISO 3166-1 alpha-2.
    languages : tuple of str
        Codes of ``languages/``; maps write a place's name in the first, and in the second where that is known.
    country_words, demonyms : tuple of str
        Names of countries as place texts have them; words that say of whose country or people something is.
    levels : mapping of str to tuple of str
        The words for one and for many areas of each level.
    centre : tuple of float
        Latitude and longitude at which a map opens.
    zoom : int
        At which a map opens.
    waters : str
        The file of rivers and lakes among the tables of the bundled gazetteer.
    area_km2 : float
        An area as large as a country of the theatre: what is known of nothing else may lie anywhere in it.
    """

    name: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    country_words: tuple[str, ...]
    demonyms: tuple[str, ...]
    levels: Mapping[str, tuple[str, str]]
    centre: tuple[float, float]
    zoom: int
    waters: str
    area_km2: float

    @property
    def local(self) -> str:
        """The language of the names that stand under the English ones.

        Examples
        --------
        >>> theatre().local
        'ar'
        """
        return self.languages[1]

    @property
    def local_language(self) -> str:
        """What that language is called in English."""
        return next(language.name for language in languages() if language.code == self.local)


def read_theatre(path: Path) -> Theatre:
    """The theatre that a file describes.

    Raises
    ------
    geocasualty.errors.InputError
        If it lacks something, or names a language that has no table.

    Examples
    --------
    >>> read_theatre(FOLDER / "theatre.toml").countries
    ('IQ', 'SY')
    """
    table = read_table(path)
    try:
        words, shown, around = table["words"], table["map"], table["reference_area"]
        found = Theatre(
            name=table["name"],
            countries=tuple(table["countries"]),
            languages=tuple(table["languages"]),
            country_words=tuple(words["countries"]),
            demonyms=tuple(words["demonyms"]),
            levels={level: (one, many) for level, (one, many) in table["levels"].items()},
            centre=(shown["centre"][0], shown["centre"][1]),
            zoom=shown["zoom"],
            waters=shown["waters"],
            area_km2=float(around["km2"]),
        )
    except KeyError as error:
        raise InputError(f"{path.parent.name}/{path.name}: no {error.args[0]}") from error
    unknown = sorted(set(found.languages) - {language.code for language in languages()})
    if unknown or len(found.languages) < 2:
        raise InputError(
            f"{path.parent.name}/{path.name}: languages {list(found.languages)}; expected two or more that have a table"
        )
    return found


@cache
def theatre() -> Theatre:
    """The theatre, read when it is first needed.

    Examples
    --------
    >>> theatre().name, theatre().area_km2
    ('Iraq and Syria', 185000.0)
    """
    return read_theatre(FOLDER / "theatre.toml")
