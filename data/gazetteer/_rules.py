"""Which of the names of a GeoNames row are names at all, in which script and language?"""

from __future__ import annotations

import re
import unicodedata

SORANI_LETTERS = set("ەێۆڵڕڤ")
PERSIAN_LETTERS = set("یکگپچژ")
SCRIPTS = {
    "LATIN": "Latn",
    "ARABIC": "Arab",
    "CYRILLIC": "Cyrl",
    "HEBREW": "Hebr",
    "GREEK": "Grek",
    "ARMENIAN": "Armn",
    "SYRIAC": "Syrc",
}
"""Unicode name prefix to ISO 15924: the scripts that are kept. Others (Han, Hangul, ...) are dropped."""

ARTICLE = re.compile(r"^(?:al|el|an|ar|as|ash|at|ath|az|ad|adh|ez|uz|ul|[iʿ‘`']l)[-=' ‑]", re.IGNORECASE)
NOT_A_NAME = re.compile(
    r"(?i)\bdistrict\b|\bkhot$|\bshaary$|^viloati\b|^vilojati\b|^lungsod\b|^kumelgeha\b| - |/"
    r"|^qa[dḑ]a+[’'` ]|^markaz\b|^قضاء|^مركز|^mrkz\b|^qryt\b|^viloyati\b|\(|،|\bcollective\b"
)
"""Aliases that name a district, a seat, or carry a word of another language's administration."""


def script_of(text: str) -> str | None:
    """ISO 15924 code of a name in one kept script; None where scripts are mixed, unknown or not kept."""
    found = set()
    for character in text:
        if not character.isalpha() or unicodedata.category(character) in {"Lm", "Mn"}:
            continue
        found.add(unicodedata.name(character, "?").split()[0])
    if len(found) != 1:
        return None
    return SCRIPTS.get(found.pop())


def language_of(text: str, script: str) -> str:
    """BCP 47 tag that the letters alone support, or an empty string.

    Arabic script with a letter that only Sorani uses is ckb; with Persian forms of yeh or kaf (which Sorani,
    Persian and Urdu share) it is unknown; with Urdu's heh it is ur; else ar.
    """
    if script != "Arab":
        return {"Cyrl": "", "Hebr": "he", "Grek": "el", "Armn": "hy", "Syrc": "syr"}.get(script, "")
    letters = set(text)
    if letters & SORANI_LETTERS or text.startswith("ئ"):
        return "ckb"
    if "ہ" in letters:
        return "ur"
    if letters & PERSIAN_LETTERS:
        return ""
    return "ar"


def why_junk(text: str) -> str | None:
    """Reason to drop a GeoNames alias, or None.

    GeoNames carries romanisations made by machine, letter by letter (`alhwyjt`, `bghdad`, `ba ge da`). Nobody
    writes them. They begin with a lower-case letter, which a name does only behind an article (`al-Hillah`).
    """
    if script_of(text) is None:
        return "mixed or foreign script"
    if re.fullmatch(r"[A-Z]{3}", text):
        return "IATA code"
    if NOT_A_NAME.search(text):
        return "not the place's name"
    if script_of(text) == "Latn":
        rest = ARTICLE.sub("", text)
        first = next((c for c in rest if c.isalpha() and unicodedata.category(c) != "Lm"), "")
        if first.islower():
            return "machine romanisation"
    return None


def plain(text: str) -> str:
    """Return the name in ASCII letters; ayn and hamza become apostrophes within a word, nothing elsewhere."""
    text = re.sub(r"^N[aā][ḩh][iī]yat ", "", text)
    text = re.sub(r"[‘’ʿʾʼ`´]", "'", text)
    text = text.translate(str.maketrans({"ı": "i", "ə": "e", "ł": "l", "ð": "d", "þ": "th"}))
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = text.encode("ascii", "ignore").decode()
    text = re.sub(r"(?<![A-Za-z])'|'(?![A-Za-z])", "", text).strip()
    return text[:1].upper() + text[1:]


def arabic_label(name: str, options: list[str]) -> str:
    """Choose the Arabic name that a map shows: its consonants are nearest to the preferred name's, it is well spelled.

    Well spelled means few words, a ta marbuta kept as one, hamzas kept, the article kept.
    """
    from anyascii import anyascii
    from rapidfuzz.distance import Levenshtein

    from geocasualty.gazetteer.names import fold_keys, skeletons

    bones, *others = skeletons(fold_keys([name, *options]))
    consonants = dict(zip(options, others, strict=True))

    def cost(option: str) -> tuple[int, int, int, int, int, int, str]:
        return (
            Levenshtein.distance(consonants[option], bones),
            len(option.split()),
            int(option.endswith(("ه", "ى"))),
            -sum(option.count(letter) for letter in "أإآئؤء"),
            int(not option.startswith("ال")),
            Levenshtein.distance(anyascii(option), name.lower().translate(str.maketrans("iou", "yww"))),
            option,
        )

    return min(options, key=cost, default="")
