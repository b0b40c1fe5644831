"""Which spellings are one name: pure folding of place names in Latin, Arabic, Cyrillic and Hebrew letters.

Three keys, each coarser than the one before: :func:`plain_key` (case, diacritics, quotes, hyphens, Arabic letter
forms), :func:`fold_key` (articles, transliteration habits) and :func:`skeletons` (consonants, across scripts).
Every rule is a row, with an example, of a script's table in ``theatre/scripts``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import compress

from geocasualty.theatre.scripts import Rule, Script, scripts

__all__ = [
    "Rule",
    "bare_key",
    "bare_keys",
    "bones",
    "fold_key",
    "fold_keys",
    "is_latin",
    "plain_key",
    "plain_keys",
    "romanised",
    "script_of",
    "skeletons",
    "vowel_distance",
]


_SCRIPTS = scripts()
_OTHERS = tuple((re.compile(script.characters), script.code) for script in _SCRIPTS[1:])


def _compiled(rules: Iterable[Rule], around: str = "{}") -> list[tuple[re.Pattern[str], str]]:
    """Rules for texts that stand in lines: what a rule says of any other letter is not said of the end of a line."""
    patterns = ((around.format(rule.pattern).replace("[^", r"[^\n"), rule.becomes) for rule in rules)
    return [(re.compile(pattern, re.MULTILINE), becomes) for pattern, becomes in patterns]


_MARKS = dict.fromkeys(map(ord, "'’‘`´ʿʾʻʼʹˈ‛′\"“”„«»"))

_LETTERS = str.maketrans({letter: plain for script in _SCRIPTS for letter, plain in script.letters.items()})
_PLAIN = _compiled(rule for script in _SCRIPTS for rule in script.plain)
_BARE = _compiled(rule for script in _SCRIPTS for rule in script.bare)
"""What may stand or not: the article of each word, and how the ending of a feminine word is written."""

_ROMAN = str.maketrans({letter: roman for script in _SCRIPTS for letter, roman in script.roman.items()})
_FINAL = {letter: roman for script in _SCRIPTS for letter, roman in script.final.items()}
_NOT_WORD = re.compile(r"[^\w\n]+")
_ANY = r"[^ \n]"
_CONSONANT = re.compile(r"([^aiu])")


class _Folding:
    """The rules by which names of one script are folded, compiled."""

    def __init__(self, script: Script) -> None:
        self._whole = [*_compiled(script.fold["words"], r"\b(?:{})\b(?=.)"), *_compiled(script.fold["rules"])]
        articles = "|".join(f"{article} +(?={letters or _ANY})" for article, letters in script.articles.items())
        self._article = re.compile(rf"\b(?:{articles})") if articles else None
        self._sounds = _compiled(script.fold["sounds"])
        self._alike = str.maketrans(script.fold["alike"])

    def __call__(self, keys: Iterable[str]) -> list[str]:
        lines = "\n".join(keys)
        for pattern, becomes in self._whole:
            lines = pattern.sub(becomes, lines)
        if self._article is not None:
            lines = self._article.sub("", lines)
        words = lines.replace("\n", "\n\0\n").replace(" ", "\n")  # a line each, since sounds are heard within words
        for pattern, becomes in self._sounds:
            words = pattern.sub(becomes, words)
        return words.replace("\n", "").translate(self._alike).split("\0")


_FOLDINGS = {script.code: _Folding(script) for script in _SCRIPTS}


def _script_in(key: str) -> str:
    """The first script, other than Latin, of which a character is in a name; Latin if there is none."""
    for characters, code in _OTHERS:
        if characters.search(key):
            return code
    return "Latn"


@cache
def _is_latin_letter(letter: str) -> bool:
    return letter.isalpha() and letter not in "ʿʾʻʼ" and "LATIN" in unicodedata.name(letter, "")


@lru_cache(maxsize=200_000)
def script_of(text: str) -> str:
    """The script of a name: the code of one that has a table, ``mixed`` (several) or ``other``.

    Examples
    --------
    >>> script_of("Hawijah"), script_of("الحويجة"), script_of("bەghdad"), script_of("Мосул"), script_of("平壤")
    ('Latn', 'Arab', 'mixed', 'Cyrl', 'other')
    """
    if text.isascii():
        return "Latn" if re.search("[A-Za-z]", text) else "other"
    found = [code for characters, code in _OTHERS if characters.search(text)]
    if any(map(_is_latin_letter, text)):
        found.append("Latn")
    return "mixed" if len(found) > 1 else found[0] if found else "other"


@lru_cache(maxsize=200_000)
def plain_key(text: str) -> str:
    """Fold what is not spelling: case, accents, quotes, hyphens, blanks, Arabic letter forms and harakat.

    Words are separated by one blank; nothing is left where nothing of the text is a letter or a digit.

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
    return plain_keys((text,))[0]


def plain_keys(texts: Iterable[str]) -> list[str]:
    r""":func:`plain_key` of many names, in one pass.

    Examples
    --------
    >>> plain_keys([" Al-Ḩawījah ", "...", "Ma‘arrat\nMiṣrīn"]), plain_keys([])
    (['al hawijah', '', 'maarrat misrin'], [])
    """
    known = [text.replace("\n", " ") for text in texts]
    letters = unicodedata.normalize("NFKD", "\n".join(known)).casefold()
    written = set() if letters.isascii() else set(letters)
    unseen = {each for each in written if unicodedata.combining(each) or unicodedata.category(each) == "Cf"}
    letters = letters.translate(_MARKS | dict.fromkeys(map(ord, unseen)) if unseen else _MARKS)
    if not letters.isascii():
        letters = unicodedata.normalize("NFKC", letters).translate(_LETTERS)
    for pattern, becomes in _PLAIN:
        letters = pattern.sub(becomes, letters)
    return [line.strip() for line in _NOT_WORD.sub(" ", letters.replace("_", " ")).split("\n")] if known else []


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
    return _FOLDINGS[_script_in(key)]((key,))[0]


def fold_keys(texts: Iterable[str]) -> list[str]:
    """:func:`fold_key` of many names, in one pass for each script.

    Examples
    --------
    >>> fold_keys(["Dayr az Zawr", "الرقة", ""]), fold_keys([])
    (['dirzur', 'رقه', ''], [])
    """
    keys = plain_keys(texts)
    written = ["Latn" if key.isascii() else _script_in(key) for key in keys]
    folded = {script: iter(_FOLDINGS[script](compress(keys, map(script.__eq__, written)))) for script in set(written)}
    return [next(folded[script]) for script in written]


def is_latin(folded: str) -> bool:
    """Whether no character of a name is of another script.

    Examples
    --------
    >>> is_latin("raka"), is_latin("رقه")
    (True, False)
    """
    return folded.isascii() or _script_in(folded) == "Latn"


def romanised(folded: str) -> str:
    """A folded name in Latin letters: others by the table of their script, Arabic with long vowels only.

    Examples
    --------
    >>> romanised(fold_key("الرقة")), romanised(fold_key("Raqqa"))
    ('rka', 'raka')
    """
    if is_latin(folded):
        return folded
    return (folded[:-1] + _FINAL.get(folded[-1], folded[-1])).translate(_ROMAN)


def skeletons(folded: Iterable[str]) -> list[str]:
    """The consonants of many names that :func:`fold_key` has folded, in one pass.

    Examples
    --------
    >>> skeletons(["raka", "رقه", ""]), skeletons([])
    (['rk', 'rk', ''], [])
    """
    keys = list(folded)
    others = [place for place, key in enumerate(keys) if not is_latin(key)]
    lines = "\n".join(keys[place][:-1] + _FINAL.get(keys[place][-1], keys[place][-1]) for place in others)
    for place, roman in zip(others, lines.translate(_ROMAN).split("\n") if others else (), strict=True):
        keys[place] = roman
    lines = "\n".join(keys)
    for vowel in "aiu":
        lines = lines.replace(vowel, "")
    return lines.split("\n") if keys else []


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
