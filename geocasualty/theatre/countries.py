"""Which country does a name, a code or a number mean? One, several, or none; never the most likely one."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from numbers import Real
from typing import NamedTuple

__all__ = ["Country", "countries", "country_choices", "country_code", "country_name", "not_a_country"]

_LETTERS = str.maketrans({
    "ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ـ": "", "ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe",
    "&": " and ",
})  # fmt: skip
"""Letters that countries' names are written with in two ways and that Unicode does not decompose."""

_APOSTROPHES = re.compile("['`´‘’ʻʼʿʾ]")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_NUMBER = re.compile(r"\d{1,3}(?:\.0+)?")
_TURNED = (re.compile(r"([^,]+),([^,]+)"), re.compile(r"([^()]+)\(([^()]+)\)"))
"""Forms in which the first words of a name stand last: "Korea, Republic of" and "Iran (Islamic Republic of)"."""


class Country(NamedTuple):
    """A row of the table of countries.

    The codes are of ISO 3166-1; of Kosovo, which it leaves out, those that users assigned (XK, XKX), and no number. Of
    all ``names`` the English one, ``name``, is first, of the IANA zones that of most people.
    """

    alpha2: str
    alpha3: str
    numeric: str
    name: str
    names: tuple[str, ...]
    zones: tuple[str, ...]


@cache
def countries() -> dict[str, Country]:
    """The 249 countries of ISO 3166-1 and Kosovo, by alpha-2 code; ``countries.csv`` beside this module.

    The table is made by ``data/theatre/build.py``, which says what comes from where.

    Examples
    --------
    >>> len(countries()), countries()["YE"].alpha3, countries()["YE"].numeric
    (250, 'YEM', '887')
    """
    found = {}
    for row in map(dict, _rows()):
        alpha2, alpha3, numeric, zones = (row.pop(column) for column in ("alpha2", "alpha3", "numeric", "zones"))
        names = tuple(dict.fromkeys(name for cell in row.values() for name in cell.split(";") if name))
        found[alpha2] = Country(alpha2, alpha3, numeric, names[0], names, tuple(filter(None, zones.split(";"))))
    return found


def country_name(code: str, language: str = "en") -> str:
    """A country's name in a language of the table's columns, else in English; a code that has none stays as it is.

    Examples
    --------
    >>> country_name("SY"), country_name("UA", "uk"), country_name("UA", "xx"), country_name("ZZ")
    ('Syria', 'Україна', 'Ukraine', 'ZZ')
    """
    names = next((row for row in _rows() if row["alpha2"] == code), {})
    return names.get(language) or names.get("en") or code


@cache
def _rows() -> list[dict[str, str]]:
    return list(csv.DictReader((files(__package__) / "countries.csv").read_text("utf-8").splitlines()))


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Codes and folded names to the countries that go by them; a code is no name of another country."""
    found: dict[str, set[str]] = {}
    for country in countries().values():
        for name in country.names:
            found.setdefault(_folded(name), set()).add(country.alpha2)
    for country in countries().values():
        for code in (country.alpha2, country.alpha3, country.numeric):
            found[code.lower()] = {country.alpha2}
    del found[""]  # of a country without a number
    return {key: tuple(sorted(codes)) for key, codes in found.items()}


def _folded(text: str) -> str:
    """A name without case, accents, points, hyphens and articles.

    Examples
    --------
    >>> _folded("The Côte d’Ivoire"), _folded("U.S.A."), _folded("St. Kitts & Nevis")
    ('cote divoire', 'usa', 'saint kitts and nevis')
    >>> _folded("اليَمَن") == _folded("يمن")
    True
    """
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    kept = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", text)).translate(_KEPT)
    return " ".join([_word(word) for word in kept.split() if word != "the"])


class _Each(dict[int, str]):
    """What becomes of each letter, found out when it is first met."""

    def __init__(self, becomes: Callable[[str], str]) -> None:
        self._becomes = becomes

    def __missing__(self, letter: int) -> str:
        self[letter] = self._becomes(chr(letter))
        return self[letter]


_PLAIN = _Each(lambda letter: "" if unicodedata.combining(letter) else letter.translate(_LETTERS))
_KEPT = _Each(lambda letter: letter if unicodedata.category(letter)[0] in "LMN" else _gap(letter))


def _gap(letter: str) -> str:
    return "" if unicodedata.category(letter) == "Cf" else " "


def _word(word: str) -> str:
    if word in ("st", "ste"):
        return "saint"
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=4096)
def _choices(text: str) -> tuple[str, ...]:
    index = _index()
    if _NUMBER.fullmatch(text):
        return index.get(f"{int(text.partition('.')[0]):03d}", ())
    for key in (text.lower(), _folded(text)):  # as it stands first: "ST" is a code and short for "saint"
        if key in index:
            return index[key]
    for form in _TURNED:
        if turned := form.fullmatch(text):
            return index.get(_folded(f"{turned[2]} {turned[1]}"), ())
    return ()


def country_choices(value: object) -> tuple[str, ...]:
    """The alpha-2 codes of all countries that a name, code or number may mean, sorted; empty if it means none.

    Examples
    --------
    >>> country_choices("Congo"), country_choices("Yemen"), country_choices("Red Sea")
    (('CD', 'CG'), ('YE',), ())
    """
    if isinstance(value, str):
        return _choices(value.strip())
    if isinstance(value, bool) or not isinstance(value, Real):
        return ()
    number = float(value)
    return _choices(str(int(number))) if 0 <= number < 1000 and number.is_integer() else ()


def country_code(value: object) -> str:
    """The ISO 3166-1 alpha-2 code of the country that a name, code or number means; empty if that is not one country.

    Parameters
    ----------
    value : str or int or float
        An ISO 3166-1 code of two letters, three letters or three figures; a name in English, Arabic, Farsi, French,
        German, Hebrew, Russian, Spanish, Turkish, Ukrainian or an official language of the country, as of CLDR; what
        the United Nations, UCDP, ACLED and others call it, and "UK", "DRC", "OPT". Case, accents, hyphens and
        articles mean nothing, and "Korea, Republic of" is "Republic of Korea". Nothing is taken for a name that is
        only like it.

    Returns
    -------
    str
        Empty for seas ("Red Sea"), for parts of a country ("Gaza", "Scotland"), for a name of several countries
        ("Congo", "Korea", "Yugoslavia"), and for a missing value. Kosovo, which ISO 3166-1 leaves out, is XK, the
        code that users of the standard assigned to it.

    Notes
    -----
    Numbers are those of ISO 3166-1, as in ACLED's column ``iso``. Those of Gleditsch and Ward, as in UCDP's column
    ``country_id``, are others: their 678 is Yemen, ISO's is Sao Tome and Principe.

    Examples
    --------
    >>> [country_code(value) for value in ("Yemen", "YEM", "ye", 887, "887", 887.0, "اليمن", "Yemen (North Yemen)")]
    ['YE', 'YE', 'YE', 'YE', 'YE', 'YE', 'YE', 'YE']
    >>> country_code("Korea, Republic of"), country_code("OPT"), country_code("Türkiye"), country_code("the Gambia")
    ('KR', 'PS', 'TR', 'GM')
    >>> country_code("Congo"), country_code("Persian Gulf"), country_code(""), country_code(float("nan"))
    ('', '', '', '')
    """
    found = country_choices(value)
    return found[0] if len(found) == 1 else ""


def not_a_country(value: object) -> str:
    """Why a value that means no one country is refused, in words that say what to write instead.

    Examples
    --------
    >>> not_a_country("Congo")
    'expected one country; this may be CD or CG'
    >>> not_a_country("Atlantis")
    "expected a country by its name or its ISO 3166-1 code, such as 'IQ', 'IRQ' or 'Iraq'"
    """
    found = country_choices(value)
    if found:
        return f"expected one country; this may be {', '.join(found[:-1])} or {found[-1]}"
    return "expected a country by its name or its ISO 3166-1 code, such as 'IQ', 'IRQ' or 'Iraq'"
