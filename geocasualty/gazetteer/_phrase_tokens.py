"""What are the words of a place text, and is it a grid reference or coordinates instead?"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from geocasualty.gazetteer._phrase_words import APPROXIMATELY, CLOSINGS, DIRECTIONS, NUMBERS, OPENINGS, UNITS, keyword

_METRES_PER_DEGREE = 111_320.0


class Token(NamedTuple):
    """A word or a mark of a text."""

    text: str
    key: str  # of a mark, the mark itself
    kind: str  # word, number, or a mark: comma, slash, dash, open, close
    spaced: bool  # a blank stands before it


Tokens = tuple[Token, ...]

_MARKS = {
    **dict.fromkeys(",،;؛|\n", "comma"),
    **dict.fromkeys(":", "colon"),
    **dict.fromkeys("/\\", "slash"),
    **dict.fromkeys("([{", "open"),
    **dict.fromkeys(")]}", "close"),
}
_ARROWS = "<>»«→←"
"""Marks between an area and what lies in it."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣-"), "-")
_RUN = re.compile(
    r"\s*(\d+(?:[.,٫]\d+)*[^\s,،;؛|:/\\()\[\]{}&+<>»«→←]*|[,،;؛|:/\\()\[\]{}&+]|[<>»«→←]+|[^\s,،;؛|:/\\()\[\]{}&+<>»«→←]+)"
)
_MEASURE = re.compile(r"(\d+(?:[.,٫]\d+)*)([^\W\d]*)")
_ABBREVIATIONS = frozenset(DIRECTIONS) | frozenset(UNITS) | APPROXIMATELY
_GLUED = re.compile(r"([^\W\d]+)(\d.*)")


def clean(text: str) -> str:
    """The text in one line, without invisible characters, with plain hyphens and single blanks."""
    visible = text
    if not text.isprintable():
        visible = "".join(
            " " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) != "Cf"
        )
    return " ".join(visible.translate(_DASHES).split())


def tokenise(text: str) -> Tokens:
    """Cut a cleaned text into words, numbers and marks; units and approximate words come off their numbers.

    Examples
    --------
    >>> [token.text for token in tokenise("Approximately15nm south-east of Deir ez-Zor, Syria")]
    ['Approximately', '15', 'nm', 'south', '-', 'east', 'of', 'Deir', 'ez-Zor', ',', 'Syria']
    """
    tokens: list[Token] = []
    for found in _RUN.finditer(text):
        run, spaced = found[1], found.start() != found.start(1)
        if run in _MARKS:
            tokens.append(Token(run, run, _MARKS[run], spaced))
        elif run[0] in _ARROWS:
            tokens.append(Token(run, ",", "comma", spaced))
        else:
            tokens.extend(_run(run, spaced))
    return tuple(tokens)


@lru_cache(maxsize=20_000)
def _run(run: str, spaced: bool) -> Tokens:
    """The tokens of what stands between blanks and marks."""
    return tuple(token for token in _pieces(run, spaced) if token.key)


def _pieces(run: str, spaced: bool) -> Iterator[Token]:
    if not run.strip("-"):
        yield Token("-", "-", "dash", spaced)
        return
    body = run.rstrip(".!?…*†‡")
    pieces = body.split("-")
    measures = all(_is_measure(piece) for piece in pieces) and keyword(pieces[0]) not in UNITS  # not "M-5"
    apart = len(pieces) > 1 and (measures or not all(pieces))
    for place, piece in enumerate(pieces if apart else [body]):
        if place:
            yield Token("-", "-", "dash", spaced if not pieces[0] and place == 1 else False)
        if piece:
            yield from _word(piece, spaced and not place)
    abbreviation = keyword(body.lstrip("0123456789.,")) in _ABBREVIATIONS
    if len(body) < len(run) and len(body) > 2 and not abbreviation:
        yield Token(".", ".", "comma", False)


def _is_measure(piece: str) -> bool:
    return piece.isdecimal() or keyword(piece) in DIRECTIONS or keyword(piece) in UNITS or keyword(piece) in NUMBERS


def _word(piece: str, spaced: bool) -> Iterator[Token]:
    measure, glued = _MEASURE.fullmatch(piece), _GLUED.fullmatch(piece)
    if measure and (not measure[2] or keyword(measure[2]) in UNITS):
        yield Token(measure[1], measure[1], "number", spaced)
        if measure[2]:
            yield Token(measure[2], keyword(measure[2]), "word", False)
    elif glued and keyword(glued[1]) in APPROXIMATELY:
        yield Token(glued[1], keyword(glued[1]), "word", spaced)
        yield from _word(glued[2], True)
    else:
        yield Token(piece, keyword(piece), "word", spaced)


def spelt(tokens: Tokens) -> str:
    """The tokens as they stood in the text."""
    return "".join([" " + token.text if token.spaced else token.text for token in tokens]).strip()


def starts(tokens: Tokens, table: Container[str], longest: int = 4) -> int:
    """How many tokens at the start make an entry of a table, 0 if none."""
    if not tokens:
        return 0
    if tokens[0].key in OPENINGS:
        for n in range(min(longest, len(tokens)), 1, -1):
            if " ".join([token.key for token in tokens[:n]]) in table:
                return n
    return int(tokens[0].key in table)


def ends(tokens: Tokens, table: Container[str], longest: int = 4) -> int:
    """How many tokens at the end make an entry of a table, 0 if none."""
    if not tokens:
        return 0
    if tokens[-1].key in CLOSINGS:
        for n in range(min(longest, len(tokens)), 1, -1):
            if " ".join([token.key for token in tokens[-n:]]) in table:
                return n
    return int(tokens[-1].key in table)


def split(tokens: Tokens, places: list[int]) -> list[Tokens]:
    """The tokens between these places, empty ones left out."""
    edges = [-1, *places, len(tokens)]
    parts = [tokens[left + 1 : right] for left, right in pairwise(edges)]
    return [part for part in parts if part]


_FIGURE = re.compile("[0-9]")
_MGRS_LABEL = re.compile(r"(?:(?:mgrs|grid|utm|gr|ref|reference|coordinates?|at|position)[\s:.]+)*", re.IGNORECASE)
_MGRS_LIKE = re.compile(r"[0-9]{1,3}(?:[A-Z]{3,4}[0-9]{2,14}|[A-Z]{2,5}[0-9]{4,14})")
_MGRS_SQUARE = re.compile(r"[0-9]{1,2}[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V]")


def mgrs_of(text: str) -> str | None:
    """What a text says as an MGRS reference, or meant to, well formed or not; None if it is something else.

    Examples
    --------
    >>> [mgrs_of(text) for text in ("MGRS: 38SLE 894 094", "37SEV.35739", "5NM N of Hit", "Road 47")]
    ['38SLE 894 094', '37SEV.35739', None, None]
    """
    if not _FIGURE.search(text):
        return None
    bare = text[_MGRS_LABEL.match(text).end() :]  # type: ignore[union-attr]
    compact = re.sub(r"[\s.,:/-]+", "", bare).upper()
    like = _MGRS_LIKE.fullmatch(compact)
    unit = re.sub(r"[0-9]+", "", compact).lower() in UNITS
    square = _MGRS_SQUARE.fullmatch(compact) and bare == bare.upper()
    return bare if (like or square) and not unit else None


_PART = re.compile(
    r"\s*(?:(?P<word>lat(?:itude)?|lon(?:g(?:itude)?)?|coordinates?|[nsew](?![^\W\d_])|north|south|east|west)|"
    r"(?P<number>[+-]?[0-9]{1,9}(?:[.,][0-9]{1,15})?)|(?P<mark>°|º|deg|['’′´]{2}|[\"”″“]|['’′´]|[,;:=/()\[\]]))",
    re.IGNORECASE,
)


_LETTERED = re.compile(r"[0-9]\s*[NS]\b.*[0-9]\s*[EW]\b|[0-9]\s*[EW]\b.*[0-9]\s*[NS]\b", re.IGNORECASE)


class _Angle:
    """A latitude or longitude while it is read."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.axis = ""
        self.sign = 1.0
        self.marked = False

    def full(self, lettered: bool) -> bool:
        """Whether the next number begins the other angle; minutes follow degrees only with marks or letters."""
        more = (self.marked or lettered) and not self.axis and len(self.numbers) < 3
        return bool(self.numbers) and not more

    def named(self, letter: str) -> None:
        """Say which axis it is."""
        self.axis, self.sign = letter, -1.0 if letter in "SW" else 1.0

    def value(self) -> tuple[float, float] | None:
        """Degrees, and the size of the last digit given, or None if it is no angle."""
        total, digit, scale = 0.0, 1.0, 1.0
        for place, number in enumerate(self.numbers):
            size = float(number.replace(",", ".").lstrip("+-"))
            if place > 2 or (place and size >= 60):
                return None
            total += size * scale
            digit = scale * 10.0 ** -len(re.split("[.,]", number)[1] if re.search("[.,]", number) else "")
            scale /= 60.0
        return math.copysign(total, self.sign * (-1.0 if self.numbers[0].startswith("-") else 1.0)), digit


def _angles(text: str) -> list[_Angle] | None:
    """The angles of a text that holds nothing else, or None."""
    angles, current, at, label = [_Angle()], 0, 0, ""
    text = text.rstrip()
    lettered = _LETTERED.search(text) is not None
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or found.end() == at:
            return None
        at = found.end()
        angle = angles[current]
        if found["number"]:
            if angle.full(lettered):
                angles.append(_Angle())
                current += 1
                angle = angles[current]
            angle.numbers.append(found["number"])
            if label:
                angle.named(label)
                label = ""
        elif found["word"]:
            word = found["word"].lower()
            letter = {"la": "N", "lo": "E", "co": ""}.get(word[:2], word[0].upper())
            if angle.numbers and not angle.axis and letter and word[0] != "l":
                angle.named(letter)
            else:
                label = letter or label
        elif found["mark"] not in ":=()[]":
            angle.marked = found["mark"] not in ",;/"
    return angles if len(angles) == 2 and all(angle.numbers for angle in angles) else None


def coordinates_of(text: str) -> tuple[bool, tuple[float, float, float] | None]:
    """Whether a text is a pair of coordinates, and if they exist on Earth: longitude, latitude, radius in metres.

    The radius is half the diagonal of the cell of the last digit given. Latitude stands first unless a letter or a
    label says otherwise: a first value over 90 is a mistake that cannot be put right by guessing. Two whole numbers
    without marks are no coordinates.

    Examples
    --------
    >>> coordinates_of("35.32, 43.77")
    (True, (43.77, 35.32, 718.37))
    >>> coordinates_of("35°19'N 43°46'E")[1][:2]
    (43.766..., 35.316...)
    >>> coordinates_of("135.2, 243.1"), coordinates_of("Mosul")
    ((True, None), (False, None))
    """
    angles = _angles(text) if _FIGURE.search(text) else None
    if angles is None:
        return False, None
    if not (any(re.search("[.,]", a.numbers[-1]) for a in angles) or all(a.axis for a in angles)):
        return ("°" in text or "º" in text), None
    first, second = (angle.value() for angle in angles)
    if first is None or second is None:
        return True, None
    if angles[0].axis in ("E", "W") or angles[1].axis in ("N", "S"):
        first, second = second, first
    (lat, lat_digit), (lon, lon_digit) = first, second
    if abs(lat) > 90 or abs(lon) > 180:
        return True, None
    half = max(lat_digit, lon_digit) / 2
    radius = half * _METRES_PER_DEGREE * math.hypot(1.0, math.cos(math.radians(lat)))
    return True, (round(lon, 9), round(lat, 9), round(radius, 3))
