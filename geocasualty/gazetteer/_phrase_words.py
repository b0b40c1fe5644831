"""Which words of a place text are not its names: directions, distances, kinds of place, relations.

The words are those of every language in ``theatre/languages``, where each list and table is explained, and those of
the theatre. They are keyed by :func:`~geocasualty.gazetteer.names.plain_key`, so that case, accents and Arabic letter
forms do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz.distance import OSA

from geocasualty.gazetteer.names import plain_key
from geocasualty.theatre.languages import METRES, languages, unknown_words
from geocasualty.theatre.theatre import theatre

__all__ = [
    "AND", "APPROXIMATELY", "ARTICLE", "ARTICLES", "AT_LEAST", "BARE_EXTENTS", "BARE_KINDS", "BETWEEN", "BORDER_WITH",
    "BY", "CLOSINGS", "COUNTRIES", "DEGREES", "DEMONYMS", "DIRECTIONS", "ENDINGS", "EXTENTS", "FOR_WHOM", "FROM_TO",
    "FUNCTION_WORDS", "GENERIC_FIRST", "GENERIC_WORDS", "IN", "INNER", "IN_TOWN", "JOINERS", "KINDS", "KIND_PREFIXES",
    "LEADS", "MEETINGS", "NAMES_WITH_AND", "NOTHING", "NUMBERS", "OF", "OLD_CITY", "ONWARD", "OPENINGS", "OR", "PARTS",
    "PATTERNS", "ROADS", "ROAD_ADJECTIVES", "SUFFIX_ONLY", "THE", "TO", "UNITS", "VICINITY", "WRITTEN_AND", "keyword",
    "rewritten", "says_nothing",
]  # fmt: skip

_LANGUAGES = languages()


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain_key, words))


def _listed(name: str) -> frozenset[str]:
    return _keys(word for language in _LANGUAGES for word in language.places[name])


def _tabled(name: str) -> dict[str, str]:
    """Each word with what it stands for, of all languages."""
    tables = (language.places[name].items() for language in _LANGUAGES)
    return {plain_key(word): key for rows in tables for key, words in rows for word in words}


def _written_on(name: str) -> tuple[str, ...]:
    return tuple(plain_key(word) for language in _LANGUAGES for word in language.places["written_on"][name])


def _one_word() -> Iterator[tuple[re.Pattern[str], str]]:
    """Directions of several words with the one for it in the first language, the longest first; tokens are words."""
    found = [(word, letters) for letters, words in _DIRECTED for word in words if " " in word]
    for word, letters in sorted(found, key=lambda each: (-len(each[0]), each)):
        yield re.compile(rf"(?i)(?<!\w){re.escape(word)}(?![\w-])"), _LANGUAGES[0].places["directions"][letters][0]


_DIRECTED = [each for language in _LANGUAGES for each in language.places["directions"].items()]

DIRECTIONS = _tabled("directions")
"""Words for a direction; only :mod:`phrases` decides whether one is a bearing, a part or belongs to a name."""

UNITS = {word: METRES[unit] for word, unit in _tabled("units").items()}
"""Metres in a unit."""

NUMBERS = {word: float(value) for word, value in _tabled("numbers").items()}
EXTENTS = _tabled("extents")
"""What of a place is meant, when it is not the place itself."""

KINDS = {word: tuple(kinds.split(", ")) for word, kinds in _tabled("kinds").items()}
"""Kinds that a word asks for, the most likely first."""

APPROXIMATELY = _listed("approximately")
AT_LEAST = _keys(word for language in _LANGUAGES for word in language.counts["at_least"]) - {""}
THE = _listed("the")
OF = _listed("of")
TO = _listed("to")
IN = _listed("in")
LEADS = IN | _listed("leads")
AND = _listed("and") | {"&"}
OR = _listed("or")
BETWEEN = _listed("between")
FROM_TO = _listed("from_to")
VICINITY = _listed("vicinity")
ONWARD = _listed("onward")
BY = _listed("by")
DEGREES = _listed("degrees")
ROADS = _listed("roads")
ROAD_ADJECTIVES = _listed("road_adjectives")
MEETINGS = _listed("meetings")
BORDER_WITH = _listed("border_with")
PARTS = _listed("parts")
INNER = _listed("inner")
OLD_CITY = _listed("old_city")
IN_TOWN = _listed("in_town")
FOR_WHOM = _listed("for_whom")
BARE_KINDS = _listed("bare_kinds")
SUFFIX_ONLY = _listed("suffix_only")
BARE_EXTENTS = _listed("bare_extents")
ARTICLES = _listed("articles")
JOINERS = _listed("joiners")
GENERIC_FIRST = _listed("generic_first")
NAMES_WITH_AND = _listed("names_with_and")
NOTHING = (_listed("nothing") | _keys(unknown_words())) - {""}
KIND_PREFIXES = frozenset(word for word in KINDS if word not in SUFFIX_ONLY)

WRITTEN_AND, _WRITTEN_PREPOSITIONS, ARTICLE = map(_written_on, ("and", "prepositions", "article"))
"""What is written onto a word: "and", prepositions, the article."""

PATTERNS = [(re.compile(rule.pattern), rule.becomes) for each in _LANGUAGES for rule in each.places["patterns"]]
PATTERNS += _one_word()
"""By these a text is rewritten before its words are read."""

_ANY_PATTERN = [
    re.compile(flag + "|".join(
        each.pattern.removeprefix(flag).removeprefix(r"(\w+)")
        for each, _ in PATTERNS
        if each.pattern.startswith("(?i)") == bool(flag)
    ))
    for flag in ("(?i)", "")
]  # fmt: skip
"""What a text has that any of them changes, as few do; a word in front of it is left out, as it takes long to find."""

GENERIC_WORDS = [word for language in _LANGUAGES for word in language.names["generic"]]
"""Words that begin the names of many places: hill, spring, monastery, well."""

ENDINGS = [(re.compile(rule.pattern), rule.becomes) for each in _LANGUAGES for rule in each.names["endings"]]
"""By these a word of a name in another case becomes that of the name: of "Бахмута" "Бахмут"."""

COUNTRIES = _keys(theatre().words["countries"])
DEMONYMS = _keys(theatre().words["demonyms"])
"""Of a country or a people: whose border, desert, army or forces, and no name that a misspelling may be of."""

FUNCTION_WORDS = frozenset().union(
    LEADS, OF, APPROXIMATELY, DIRECTIONS, UNITS, NUMBERS, VICINITY, EXTENTS, KINDS, PARTS, ROADS, BETWEEN
)
"""What cannot be a name by itself."""

_SEVERAL = [
    word.split() for table in (FUNCTION_WORDS, COUNTRIES, NOTHING, OLD_CITY, AT_LEAST) for word in table if " " in word
]
OPENINGS = frozenset(" ".join(words[:n]) for words in _SEVERAL for n in range(1, len(words)))
CLOSINGS = frozenset(" ".join(words[n:]) for words in _SEVERAL for n in range(1, len(words)))
"""How an entry of several words may begin and end, of every table by which the starts and ends of texts are read."""

_MISSPELT = {word: int(edits) for word, edits in _tabled("misspelt").items()}
"""Long words that data misspell, with the edits forgiven ("Approximatelty", "vincinity", "villge")."""

_VOCABULARY = frozenset(
    word
    for table in (
        DIRECTIONS, UNITS, NUMBERS, APPROXIMATELY, LEADS, AND, OR, BETWEEN, VICINITY, EXTENTS, ROADS, PARTS, KINDS,
    )
    for phrase in table
    for word in (phrase, *phrase.split())
)  # fmt: skip


def rewritten(line: str) -> str:
    """A text as the patterns of all languages leave it.

    Examples
    --------
    >>> rewritten("Bamako, au nord de Mopti"), rewritten("Hawijah")
    ('Bamako, north of Mopti', 'Hawijah')
    """
    if any(pattern.search(line) for pattern in _ANY_PATTERN):
        for pattern, becomes in PATTERNS:
            line = pattern.sub(becomes, line)
    return line


_SAYING = frozenset(
    word
    for table in (
        FUNCTION_WORDS, THE, TO, AND, OR, FROM_TO, ONWARD, BY, DEGREES, ROAD_ADJECTIVES, MEETINGS, BORDER_WITH, INNER,
        OLD_CITY, FOR_WHOM, NOTHING, COUNTRIES,
    )
    for phrase in table
    for word in phrase.split()
)  # fmt: skip


@lru_cache(maxsize=50_000)
def says_nothing(key: str) -> bool:
    """Whether the key of a word of a text is no word of any table, nor has one, so that it can only be of a name.

    Examples
    --------
    >>> [says_nothing(key) for key in ("hawijah", "ez zor", "near", "old al")]
    [True, True, False, False]
    """
    return _SAYING.isdisjoint(key.split()) and not key.startswith(WRITTEN_AND)


@lru_cache(maxsize=50_000)
def keyword(word: str) -> str:
    """The key of one word: misspelt long words are put right, Arabic prepositions written onto a word are taken off.

    Examples
    --------
    >>> keyword("Approximatelty"), keyword("vincinity"), keyword("Hawijah"), keyword("&")
    ('approximately', 'vicinity', 'hawijah', '&')
    >>> keyword("بريف") == keyword("ريف")
    True
    """
    if word in {"&", "+"}:
        return "&"
    if "." in word:
        undotted = plain_key(word.replace(".", ""))
        if undotted in DIRECTIONS or undotted in UNITS:
            return undotted
    key = plain_key(word)
    if key in _VOCABULARY or len(key) < 4:
        return key
    if key.startswith(_WRITTEN_PREPOSITIONS) and (key[1:] in KINDS or key[1:] in EXTENTS) and len(key) > 3:
        return key[1:]
    if 6 <= len(key) <= 16:
        for right, edits in _MISSPELT.items():
            if key[0] == right[0] and OSA.distance(key, right, score_cutoff=edits) <= edits:
                return right
    return key
