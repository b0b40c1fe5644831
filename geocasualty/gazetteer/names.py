"""Which spellings are one name: pure folding of Latin, Arabic and Kurdish place names.

Three keys, each coarser than the one before: :func:`plain_key` (case, diacritics, quotes, hyphens, Arabic letter
forms), :func:`fold_key` (articles, transliteration habits) and :func:`skeleton_key` (consonants, across scripts).
Every rule is a row, with an example, of a script's table in ``theatre/scripts``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from geocasualty.theatre.scripts import Rule, Script, scripts

__all__ = [
    "LETTER_RULES",
    "WORD_RULES",
    "Rule",
    "bare_key",
    "bare_keys",
    "bones",
    "fold_key",
    "plain_key",
    "romanised",
    "script_of",
    "skeleton_key",
    "vowel_distance",
]


_SCRIPTS = scripts()
_OTHERS = tuple((re.compile(script.characters), script.code) for script in _SCRIPTS[1:])

WORD_RULES = _SCRIPTS[0].fold["words"]
"""Whole words that are one word, after quotes, hyphens and diacritics are gone."""

LETTER_RULES = _SCRIPTS[0].fold["sounds"]
"""Letters and their groups, applied in this order to a word."""


def _compiled(rules: Iterable[Rule], around: str = "{}") -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(around.format(rule.pattern)), rule.becomes) for rule in rules]


_MARKS = dict.fromkeys(map(ord, "'’‘`´ʿʾʻʼʹˈ‛′\"“”„«»"), None)

_LETTERS = str.maketrans({letter: plain for script in _SCRIPTS for letter, plain in script.letters.items()})
_PLAIN = _compiled(rule for script in _SCRIPTS for rule in script.plain)
_BARE = _compiled(rule for script in _SCRIPTS for rule in script.bare)
"""What may stand or not: the article of each word, and how the ending of a feminine word is written."""

_ROMAN = str.maketrans({letter: roman for script in _SCRIPTS for letter, roman in script.roman.items()})
_FINAL = {letter: roman for script in _SCRIPTS for letter, roman in script.final.items()}
_NOT_WORD = re.compile(r"[\W_]+")
_CONSONANT = re.compile(r"([^aiu])")


class _Folding:
    """The rules by which a name of one script is folded, compiled."""

    def __init__(self, script: Script) -> None:
        self._whole = [*_compiled(script.fold["words"], r"\b(?:{})\b(?=.)"), *_compiled(script.fold["rules"])]
        self._articles = script.articles
        self._sounds = _compiled(script.fold["sounds"])
        self._alike = str.maketrans(script.fold["alike"])

    def __call__(self, key: str) -> str:
        for pattern, becomes in self._whole:
            key = pattern.sub(becomes, key)
        words = key.split()
        folded = []
        for word, following in zip(words, [*words[1:], ""], strict=False):
            letters = self._articles.get(word)
            if letters is not None and following.startswith(letters) and following:
                continue
            for pattern, becomes in self._sounds:
                word = pattern.sub(becomes, word)
            folded.append(word)
        return "".join(folded).translate(self._alike)


_FOLDINGS = {script.code: _Folding(script) for script in _SCRIPTS}


def _script_in(key: str) -> str:
    """The first script, other than Latin, of which a character is in a name; Latin if there is none."""
    return next((code for characters, code in _OTHERS if characters.search(key)), "Latn")


def script_of(text: str) -> str:
    """The script of a name: ``Latn``, ``Arab``, ``mixed`` (several) or ``other``.

    Examples
    --------
    >>> script_of("Hawijah"), script_of("الحويجة"), script_of("bەghdad"), script_of("Мосул")
    ('Latn', 'Arab', 'mixed', 'other')
    """
    found = [code for characters, code in _OTHERS if characters.search(text)]
    if any("LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha() and letter not in "ʿʾʻʼ"):
        found.append("Latn")
    return "mixed" if len(found) > 1 else found[0] if found else "other"


@lru_cache(maxsize=200_000)
def plain_key(text: str) -> str:
    """Fold what is not spelling: case, accents, quotes, hyphens, blanks, Arabic letter forms and harakat.

    Parameters
    ----------
    text : str
        A name in any script.

    Returns
    -------
    str
        Words separated by one blank; empty if nothing of the text is a letter or a digit.

    Examples
    --------
    >>> plain_key(" Al-Ḩawījah ")
    'al hawijah'
    >>> plain_key("Ma‘arrat Miṣrīn")
    'maarrat misrin'
    >>> plain_key("أعزاز") == plain_key("اعزاز")
    True
    >>> plain_key("...")
    ''
    """
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_MARKS)
    letters = "".join(
        letter for letter in letters if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    letters = unicodedata.normalize("NFKC", letters).translate(_LETTERS)
    for pattern, becomes in _PLAIN:
        letters = pattern.sub(becomes, letters)
    return _NOT_WORD.sub(" ", letters).strip()


def bare_keys(keys: Iterable[str]) -> list[str]:
    """:func:`bare_key` of many names that :func:`plain_key` has folded, in one pass.

    Examples
    --------
    >>> bare_keys(["al karamah", "ar raqqah", "الهول"])
    ['karama', 'raqqa', 'هول']
    >>> bare_keys([])
    []
    """
    lines = "\n".join(keys)
    for pattern, becomes in _BARE:
        lines = pattern.sub(becomes, lines)
    return lines.split("\n") if lines else []


@lru_cache(maxsize=200_000)
def bare_key(text: str) -> str:
    """The :func:`plain_key` without articles, its final a, ah, aa, e or eh written one way.

    Examples
    --------
    >>> bare_key("Al-Qahtaniyyah"), bare_key("Qahtaniya"), bare_key("القحطانية")
    ('qahtania', 'qahtania', 'قحطانيه')
    >>> bare_key("Al Baghdadi") == bare_key("Baghdad")
    False
    """
    return "".join(bare_keys([plain_key(text)]))


@lru_cache(maxsize=200_000)
def fold_key(text: str) -> str:
    """Fold habits of transliteration as well: articles, tell/tal, ain/ayn, kh/h, q/k/g, ou/u/w, doubled letters.

    Examples
    --------
    >>> fold_key("Dayr az Zawr") == fold_key("Deir ez-Zor") == fold_key("Der Zour")
    True
    >>> fold_key("Ar Raqqah") == fold_key("Al-Raqqa") == fold_key("Raqqa")
    True
    >>> fold_key("الرقة") == fold_key("رقه")
    True
    >>> fold_key("Al Baghdadi") == fold_key("Baghdad")
    False
    """
    key = plain_key(text)
    return _FOLDINGS[_script_in(key)](key)


def romanised(folded: str) -> str:
    """A folded name in Latin letters: others by the table of their script, Arabic with long vowels only.

    Examples
    --------
    >>> romanised(fold_key("الرقة")), romanised(fold_key("Raqqa"))
    ('rka', 'raka')
    """
    if _script_in(folded) == "Latn":
        return folded
    return (folded[:-1] + _FINAL.get(folded[-1], folded[-1])).translate(_ROMAN)


def bones(roman: str) -> tuple[str, tuple[str, ...]]:
    """The consonants of a romanised name, and the vowels before, between and behind them.

    Examples
    --------
    >>> bones("rakaui")
    ('rk', ('', 'a', 'aui'))
    """
    parts = _CONSONANT.split(roman)
    return "".join(parts[1::2]), tuple(parts[0::2])


def vowel_distance(one: str, other: str) -> float:
    """How far the vowels of two romanised names with the same consonants are apart: one for each that contradicts.

    A missing vowel contradicts a written one by half, at the end fully: there it makes another word.

    Examples
    --------
    >>> vowel_distance("rka", "raka"), vowel_distance("hama", "humi")
    (0.5, 2.0)
    """
    (same, ours), (consonants, theirs) = bones(one), bones(other)
    if same != consonants:
        return float("inf")
    total = 0.0
    for a, b in zip(ours, theirs, strict=True):
        if a != b:
            total += 0.5 if not a or not b or set(a) & set(b) else 1.0
    return total + 0.5 * (bool(ours[-1]) != bool(theirs[-1]))


@lru_cache(maxsize=200_000)
def skeleton_key(text: str) -> str:
    """The consonants, comparable between Latin, Arabic and Kurdish script.

    Examples
    --------
    >>> skeleton_key("Ar Raqqah"), skeleton_key("الرقة")
    ('rk', 'rk')
    >>> skeleton_key("Sulaymaniyah") == skeleton_key("السليمانية")
    True
    """
    return bones(romanised(fold_key(text)))[0]
