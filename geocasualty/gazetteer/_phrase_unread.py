"""Which words of a place text does its phrase not use, though they may say that the place is another one?

The grammar looks for what it knows and passes over the rest; this counts behind it. Each word of a text is of a name,
or has become an offset, an extent, "near" or a relation, or is one that says nothing; what is left is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from geocasualty.gazetteer._phrase import Phrase
from geocasualty.gazetteer._phrase_tokens import Token, Tokens, ends, spelt, starts, tokenise
from geocasualty.gazetteer._phrase_words import (
    AND,
    APPROXIMATELY,
    AT_LEAST,
    BY,
    DEGREES,
    DIRECTIONS,
    EXTENTS,
    FOR_WHOM,
    FROM_TO,
    FUNCTION_WORDS,
    IN_TOWN,
    KINDS,
    NOTHING,
    OR,
    ROADS,
    TO,
    UNITS,
    VICINITY,
    says_nothing,
)

__all__ = ["unread"]


@dataclass
class _Said:
    """What a phrase makes of its text, the second statement and the members included."""

    words: set[str] = field(default_factory=set)
    distance: bool = False
    bearing: bool = False
    near: bool = False
    extent: bool = False
    joined: bool = False
    road: bool = False
    choices: int = 0

    def add(self, phrase: Phrase) -> None:
        """Take in one phrase and those in it."""
        names = (*phrase.anchors, *phrase.parents, *phrase.alternatives, *phrase.notes)
        for named in (*names, phrase.within) if phrase.within else names:
            for text in (named.whole, *named.forms):
                self.words.update(word for token in tokenise(text) for word in _words(token))
        self.distance = self.distance or phrase.distance_m is not None
        self.bearing = self.bearing or phrase.bearing_deg is not None or phrase.part is not None
        self.near = self.near or phrase.vicinity
        self.extent = self.extent or phrase.extent is not None
        self.joined = self.joined or phrase.relation in ("and", "between", "road")
        self.road = self.road or phrase.relation == "road" or phrase.extent == "road"
        self.choices += len(phrase.alternatives) if phrase.either else 0
        for inner in (*phrase.members, phrase.also):
            if inner is not None:
                self.add(inner)

    @property
    def moved(self) -> bool:
        """Whether the place is somewhere by the anchor and not at it."""
        return self.distance or self.bearing or self.near or self.joined


def _words(token: Token) -> list[str]:
    return token.key.replace("-", " ").split()


def unread(tokens: Tokens, phrase: Phrase) -> tuple[str, ...]:
    """The words of a text, as they stand in it, that its phrase does not use and that may change the place.

    Parameters
    ----------
    tokens : tuple of Token
        Of the whole text.
    phrase : Phrase
        What the grammar made of them.

    Examples
    --------
    >>> from geocasualty.gazetteer.phrases import parse_phrase
    >>> [parse_phrase(text).unread for text in ("5 km from Hit", "about Hit", "Hit or nearby", "a village in Hit")]
    [(), ('about',), ('or', 'nearby'), ('village',)]
    """
    said = _Said()
    said.add(phrase)
    return tuple(dict.fromkeys(_left(tokens, said)))


def _left(tokens: Tokens, said: _Said) -> Iterator[str]:
    at = choices = 0
    while at < len(tokens):
        token, rest = tokens[at], tokens[at:]
        n = 1
        if token.kind == "number":
            named = token.key in said.words
            endless = said.distance and (ends(tokens[:at], AT_LEAST) or (at and tokens[at - 1].text[0] in ">≥"))
            counted = said.moved and starts(rest[1:], KINDS) > 0  # "5 villages around X"
            if not named and (endless or not (said.distance or said.bearing or said.road or counted)):
                yield token.text
        elif token.kind == "word" and token.key in OR:
            choices += 1
            if choices > said.choices:
                yield token.text
        elif token.kind == "word" and not said.words.issuperset(_words(token)):
            n, used = _used(rest, said)
            if not used:
                yield spelt((rest[0]._replace(spaced=False), *rest[1:n]))
            if token.key in FOR_WHOM:
                n = next((place for place, other in enumerate(rest) if other.kind == "comma"), len(rest))
        at += n


def _used(rest: Tokens, said: _Said) -> tuple[int, bool]:
    """How many words make the next entry of a table, and whether the phrase has what it says."""
    key = rest[0].key
    for table, used in (
        (NOTHING, False),
        (VICINITY, said.near or said.distance),
        (APPROXIMATELY, said.distance or said.near or said.bearing),
        (EXTENTS, said.extent or said.near),
        (IN_TOWN, True),
        (KINDS, said.moved or said.extent),
        (ROADS, said.road or said.moved),
        (UNITS, said.distance),
        (DIRECTIONS, said.bearing),
        (AND, said.joined or said.near or said.extent),
        (TO | FROM_TO, said.moved or said.road),
    ):
        if n := starts(rest, table):
            return n, used
    return 1, key in FUNCTION_WORDS or key in BY or key in DEGREES or not says_nothing(key)
