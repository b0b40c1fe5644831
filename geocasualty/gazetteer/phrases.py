"""What does a place text say besides the name: relation, offset, part, extent, the areas that it lies in?

A tokeniser (:mod:`_phrase_tokens`) and a recursive-descent grammar over its tokens; the words are in
:mod:`_phrase_words`. From the outside in::

    sentence = clause (comma clause)*           "X, Y district, Z"; "A, B and C"; "X, 5 km north of Y"
    clause   = between | road | border | list | inside | item
    list     = clause (and clause)*             "10nm N and 5nm W of X" shares X
    inside   = item (in | near | offset) clause "X in Y", "X near Y", "silos east of Y"
    item     = (vicinity | extent | offset | part)* name (extent | part | offset)*
    name     = kind? words kind? (slash name)*  "village of X", "X town", "X/Y village"

The grammar knows no places. Where a word may belong to the name ("Western Ghouta", "North Manbij"), both readings are
kept: look the forms of a :class:`Named` up in order, and use ``part`` only if the form found lacks the direction.
"""

from __future__ import annotations

import re
from functools import reduce
from itertools import pairwise

from geocasualty.gazetteer._phrase import Named, Phrase
from geocasualty.gazetteer._phrase_clauses import clause, join, listed
from geocasualty.gazetteer._phrase_items import AREA_RANK, is_arabic, name_of, rank_of
from geocasualty.gazetteer._phrase_tokens import (
    Token,
    Tokens,
    clean,
    coordinates_of,
    mgrs_of,
    spelt,
    split,
    starts,
    tokenise,
)
from geocasualty.gazetteer._phrase_unread import unread
from geocasualty.gazetteer._phrase_words import (
    AND,
    BETWEEN,
    DIRECTIONS,
    EXTENTS,
    IN,
    KINDS,
    NOTHING,
    OR,
    ROADS,
    rewritten,
    says_nothing,
)
from geocasualty.gazetteer.names import plain_key
from geocasualty.taxonomy import LEVELS

__all__ = ["LONGEST", "Named", "Phrase", "parse_phrase", "without_kind"]

LONGEST = 500
"""A text of more characters is a paragraph and not a place; it says nothing here."""


_MOST_WORDS = 100


def parse_phrase(text: str) -> Phrase:
    """Take a place text apart, such as ``near Hawijah`` or ``ريف حلب الشمالي``. Any string has an answer.

    Examples
    --------
    >>> found = parse_phrase("near Hit in Al Anbar Province, Iraq")
    >>> found.name, found.vicinity, [parent.name for parent in found.parents]
    ('Hit', True, ['Al Anbar', 'Iraq'])
    >>> found = parse_phrase("Approximatelty 5nm south-east of Mosul")
    >>> found.name, found.bearing_deg, found.distance_m
    ('Mosul', 135.0, 9260.0)
    >>> parse_phrase("Idlib province").kinds, parse_phrase("between Hit and Haditha").relation
    (('governorate',), 'between')
    >>> parse_phrase("38SLE 894 094").reference, parse_phrase("").relation
    ('38SLE 894 094', 'nothing')
    """
    if len(text) > 2 * LONGEST or len(line := clean(text)) > LONGEST:
        return Phrase(text, "nothing")
    if plain_key(line) in NOTHING:
        return Phrase(text, "nothing")
    found = _reference(line) or _beside_a_name(line)
    if found is None:
        every = tokenise(rewritten(line))
        tokens, notes = _brackets(every)
        if len(tokens) > _MOST_WORDS:
            return Phrase(text, "nothing")
        if tokens and not notes and all(token.kind == "word" and says_nothing(token.key) for token in tokens):
            name = spelt(tokens)  # most texts are a name and no more, which needs no grammar
            return Phrase(text, "at", (Named(name, name, (), (name,)),), clause=name)
        found = _sentence(tokens)._replace(notes=notes)
        for note in notes:
            noted = _reference(note.whole)
            if noted is not None and (found.anchors or found.relation == "reference"):
                found = noted._replace(also=found)
            elif noted is not None:
                found = noted
        if found.relation not in ("reference", "nothing"):
            found = found._replace(unread=unread(every, found))
    return found._replace(text=text, clause=found.clause or found.text)


def without_kind(name: str) -> str:
    """A name without the word for its kind and without what stands behind a comma.

    Examples
    --------
    >>> [without_kind(name) for name in ("Al-Yarmouk, Mosul", "Salaheddin quarter", "حي الكرامة", "Hawijah")]
    ['Al-Yarmouk', 'Salaheddin', 'الكرامة', 'Hawijah']
    """
    short = name.partition(",")[0].strip()
    return name_of(tokenise(clean(short))).name if _says_kind(short) else short


def area_kinds(name: str) -> tuple[str, ...]:
    """The kinds of area that a name says it is of; none where it says no kind, or that of a settlement.

    Examples
    --------
    >>> [area_kinds(name) for name in ("Idlib District", "ناحية العلم", "Hit city", "Hit")]
    [('district',), ('subdistrict',), (), ()]
    """
    kinds = name_of(tokenise(clean(name))).kinds if _says_kind(name) else ()
    return tuple(kind for kind in kinds if kind in LEVELS)


def _says_kind(name: str) -> bool:
    words = plain_key(name).split()
    return not {*words[:1], *words[-1:]}.isdisjoint(KINDS)


def _reference(text: str) -> Phrase | None:
    if (grid := mgrs_of(text)) is not None:
        return Phrase(text, "reference", reference=grid)
    paired, coordinates = coordinates_of(text)
    return Phrase(text, "reference", reference=text, coordinates=coordinates) if paired else None


_POSITION = re.compile(
    r"(?<![\w.,+-])(?:[+-]?\d{1,3}\.\d{2,}\s?°?\s?[NS]?[\s,;/]+[+-]?\d{1,3}\.\d{2,}(?:\s?°)?(?:\s?[EW](?!\w))?"
    r"|\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z][A-HJ-NP-V]\s?(?:\d{2,5}\s\d{2,5}|\d{4,10}))(?!\w|\.\d)",
    re.IGNORECASE,
)
_LABEL_LAST = re.compile(
    r"(?:[\s,;:(\[]+(?:at|coordinates?|coords?|position|gps|location|located|mgrs|grid))+$", re.IGNORECASE
)
_AROUND = " ,،;؛:@()[]{}|/.?؟？-"


def _beside_a_name(line: str) -> Phrase | None:
    """Such as "Mosul 36.335, 43.119" and "38SLF3224 (Mosul)"; what stands beside is kept in ``also``."""
    found = _POSITION.search(line)
    here = _reference(found[0]) if found else None
    if found is None or here is None:
        return None
    before = _LABEL_LAST.sub("", line[: found.start()].rstrip(_AROUND)).strip(_AROUND)
    rest = ", ".join(part for part in (before, line[found.end() :].strip(_AROUND)) if part)
    also = parse_phrase(rest)
    if mgrs_of(line) is not None:
        return None
    if also.relation == "nothing":
        return here._replace(unread=unread(tokenise(rest), Phrase(rest, "nothing")))
    numbers = [named.whole for named in (*also.anchors, *also.parents) if re.search(r"\d{2}", named.whole)]
    return here._replace(also=also, unread=(*also.unread, *numbers))


def _brackets(tokens: Tokens) -> tuple[Tokens, tuple[Named, ...]]:
    """The tokens outside brackets, and what the brackets say; a bracket left open runs to the end."""
    outside: list[Token] = []
    inside: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if token.kind == "open":
            depth += 1
            if depth == 1:
                inside.append([])
        elif token.kind == "close":
            depth = max(0, depth - 1)
            if not depth and inside and outside and starts(tuple(inside[-1]), KINDS) == len(inside[-1]) > 0:
                _kind_beside(outside, inside.pop())
        elif depth:
            inside[-1].append(token)
        else:
            outside.append(token)
    parts = [part for note in inside for part in split(tuple(note), _commas(tuple(note)))]
    notes = tuple(name_of(part) for part in parts)
    return (tuple(outside), notes) if outside else (tuple(token for note in inside for token in note), ())


def _kind_beside(outside: list[Token], kind: list[Token]) -> None:
    """Such as "Raqqa (governorate)", which is "Raqqa governorate"; in Arabic the kind stands first."""
    marks = [place for place, token in enumerate(outside) if token.kind == "comma"]
    at = marks[-1] + 1 if marks else 0
    if is_arabic(kind[0].key):
        outside[at:] = [*kind, *(token._replace(spaced=True) for token in outside[at:])]
    else:
        outside += (token._replace(spaced=True) for token in kind)


def _commas(tokens: Tokens) -> list[int]:
    return [place for place, token in enumerate(tokens) if token.kind == "comma"]


def _sentence(tokens: Tokens) -> Phrase:
    tokens = _hierarchy_as_commas(tokens)
    colons = [place for place, token in enumerate(tokens) if token.kind == "colon"]
    if colons:  # "Deir ez-Zor: Ziban street": the largest first
        parts = split(tokens, colons)
        comma = Token(",", ",", "comma", False)
        tokens = sum((part if not place else (comma, *part) for place, part in enumerate(reversed(parts))), ())
    marks = _commas(tokens)
    listing = bool(marks) and all(tokens[place].text in _LISTING for place in marks)
    segments = split(tokens, marks)
    segments = _between_commas(segments)
    for segment in segments:
        if (grid := mgrs_of(spelt(segment))) is not None:
            rest = [other for other in segments if other is not segment]
            also = _reference(", ".join(map(spelt, rest))) or (reduce(join, map(clause, rest)) if rest else None)
            return Phrase(spelt(tokens), "reference", reference=grid, also=also)
    if not segments:
        return Phrase("", "nothing")
    found = clause(segments[0])
    for before, segment in pairwise(segments):
        if segment[0].key in AND or before[-1].key in AND:
            found = listed([found, clause(segment)])
        elif segment[0].key in OR:
            found = found._replace(alternatives=found.alternatives + clause(segment[1:]).anchors, either=True)
        else:
            found = join(found, clause(segment))
    return _within(_turned(found))._replace(listing=listing)


_LISTING = frozenset(";؛|\n")
"""Marks that may stand between places of a list as well as between a place and its area."""


def _hierarchy_as_commas(tokens: Tokens) -> Tokens:
    """Slashes and dashes between an area and what lies in it are commas; between names for one place they are not."""
    if any(token.key in ROADS or token.key in BETWEEN or EXTENTS.get(token.key) == "border" for token in tokens):
        return tokens
    marks = [
        place
        for place, token in enumerate(tokens[1:-1], 1)
        if token.kind in ("slash", "dash")
        and not (tokens[place - 1].key in DIRECTIONS and tokens[place + 1].key in DIRECTIONS)
        and not (tokens[place - 1].kind == "number" and tokens[place + 1].kind == "number")
    ]
    spaced = [place for place in marks if tokens[place].spaced and tokens[place + 1].spaced]
    ranks = [rank_of(name_of(_until_in(part))) for part in split(tokens, marks)]
    areas = sum(rank >= AREA_RANK for rank in ranks)
    dashes = {place for place in spaced if tokens[place].kind == "dash"}
    slashes = {place for place in marks if tokens[place].kind == "slash"}
    if not (len(slashes & set(spaced)) > 1 or (areas and areas < len(ranks)) or 10 in ranks):
        slashes = set()
    return tuple(
        Token(",", ",", "comma", False) if place in dashes | slashes else token for place, token in enumerate(tokens)
    )


def _until_in(tokens: Tokens) -> Tokens:
    return tokens[: next((place for place, token in enumerate(tokens) if place and token.key in IN), None)]


def _between_commas(segments: list[Tokens]) -> list[Tokens]:
    """The commas of "between A, B and C" become "and"."""
    for first, segment in enumerate(segments):
        if any(token.key in BETWEEN for token in segment):
            for last in range(first + 1, len(segments)):
                if any(token.key in AND for token in segments[last]):
                    and_ = (Token("and", "and", "word", True),)
                    merged = reduce(lambda one, other: one + and_ + other, segments[first : last + 1])
                    return [*segments[:first], merged, *segments[last + 1 :]]
            break
    return segments


def _turned(found: Phrase) -> Phrase:
    """A hierarchy that was written largest first, turned round where its kinds or countries say so."""
    if found.relation != "at" or not found.parents or found.bearing_deg is not None or found.distance_m is not None:
        return found
    order = [*found.anchors, *found.parents]
    ranks = [rank_of(named) for named in order]
    known = [rank for rank in ranks if rank]
    large_first = ranks[0] >= 9 and ranks[0] == max(ranks) and ranks.count(ranks[0]) == 1
    descending = len(known) > 1 and bool(ranks[0]) and known == sorted(known, reverse=True) and known[0] > known[-1]
    small_last = 0 < ranks[1] <= 2 and not ranks[0] and len(order) == 2  # "Abu Kamal, Aisha Hospital"
    if not (large_first or (descending and (ranks[0] >= AREA_RANK or ranks[-1] <= 2)) or small_last):
        return found
    order.reverse()
    first, also = found, found.also
    if also is not None and also.anchors[:1] == (order[0],):  # what was said of the last is now said of the anchor
        found = found._replace(part=also.part, extent=also.extent, also=also.also)
    elif found.part is not None or found.extent is not None:
        found = found._replace(part=None, extent=None)
    if first.part is not None or first.extent is not None:
        found = found._replace(also=first._replace(parents=(), also=found.also))
    return found._replace(anchors=(order[0],), parents=tuple(order[1:]))


def _within(found: Phrase) -> Phrase:
    if found.relation != "at" or not found.parents or not 0 < rank_of(found.anchors[0]) <= 2:
        return found
    return found._replace(within=found.parents[0]) if rank_of(found.parents[0]) < AREA_RANK else found
