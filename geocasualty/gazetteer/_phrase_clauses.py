"""What joins the names of a place text: between, and, roads, borders, "in", "near"."""

from __future__ import annotations

from itertools import pairwise

from geocasualty.gazetteer._phrase import Named, Phrase, Relation
from geocasualty.gazetteer._phrase_items import item_of, offset_of, skipped, unled
from geocasualty.gazetteer._phrase_tokens import Token, Tokens, ends, spelt, split, starts, tokenise
from geocasualty.gazetteer._phrase_words import (
    AND,
    ARTICLE,
    ARTICLES,
    BETWEEN,
    BORDER_WITH,
    DIRECTIONS,
    EXTENTS,
    FROM_TO,
    FUNCTION_WORDS,
    GENERIC_FIRST,
    IN,
    INNER,
    JOINERS,
    KINDS,
    LEADS,
    MEETINGS,
    NAMES_WITH_AND,
    OF,
    OLD_CITY,
    OR,
    ROAD_ADJECTIVES,
    ROADS,
    TO,
    VICINITY,
    WRITTEN_AND,
)


def join(found: Phrase, more: Phrase) -> Phrase:
    """What a further clause behind a comma adds to the phrase."""
    offset = more.bearing_deg is not None or more.distance_m is not None
    if more.relation == "nothing":  # "X, 5 km to the north"
        if offset and found.relation == "at" and found.bearing_deg is None:
            return found._replace(bearing_deg=more.bearing_deg, distance_m=more.distance_m)
        return found._replace(vicinity=found.vicinity or more.vicinity, extent=found.extent or more.extent)
    if found.relation == "nothing":
        return more._replace(vicinity=found.vicinity or more.vicinity)
    if more.relation == "and" and more.extent is None and found.relation == "at" and found.also is None:
        return listed([_plain(found), *(_plain_name(parent) for parent in found.parents), more])
    if offset or more.vicinity or more.relation != "at":
        return _beside(found, more, offset=offset)
    if more.alternatives and not found.alternatives and _bare(found):
        return more._replace(parents=(*more.parents, *found.anchors, *found.parents))
    if (more.part is not None or more.extent) and found.also is None and found.relation == "at":
        found = found._replace(also=more)
    elif found.also is not None and found.relation == "at":
        more_parents = (*more.anchors, *more.alternatives, *more.parents)
        also = found.also._replace(parents=(*found.also.parents, *more_parents))
        return found._replace(also=also, parents=(*found.parents, *more_parents))
    return found._replace(parents=(*found.parents, *_in_whole(more), *more.alternatives, *more.parents))


def _in_whole(more: Phrase) -> tuple[Named, ...]:
    """The anchor of a clause, which all words of it may be the name of: "Old City of Aleppo"."""
    if len(more.anchors) != 1 or more.clause in ("", *more.anchors[0].forms):
        return more.anchors
    return (more.anchors[0]._replace(forms=(more.clause, *more.anchors[0].forms)),)


def _beside(found: Phrase, more: Phrase, *, offset: bool) -> Phrase:
    """A further clause that says by itself where something lies."""
    if offset and more.bearing_deg is not None and (found.bearing_deg is not None or found.relation == "and"):
        return listed([found, more])
    if found.also is None:
        return found._replace(also=more, apart=True)
    return found._replace(also=join(found.also, more))


def _plain(found: Phrase) -> Phrase:
    return found._replace(parents=())


def _plain_name(named: Named) -> Phrase:
    return Phrase(named.whole, "at", (named,))


def _bare(found: Phrase) -> bool:
    """Whether a clause is a single name of which nothing more is said."""
    if len(found.anchors) != 1:
        return False
    return found._replace(text="", clause="", parents=()) == _plain_name(found.anchors[0])._replace(text="")


def _function_words(tokens: Tokens) -> int:
    """How many tokens from the start cannot be a name."""
    at = 0
    while at < len(tokens):
        n = 1 if tokens[at].kind != "word" or tokens[at].key in ROAD_ADJECTIVES else starts(tokens[at:], FUNCTION_WORDS)
        if not n:
            break
        at += n
    return at


def clause(tokens: Tokens) -> Phrase:
    """What one clause says, with the words of all of it."""
    return _clause(_trimmed(tokens))._replace(clause=spelt(_trimmed(tokens)))


def _clause(tokens: Tokens) -> Phrase:
    alternatives = split(tokens, [place for place, token in enumerate(tokens) if token.key in OR])
    if len(alternatives) > 1:
        first, *others = map(clause, alternatives)
        names = sum((other.anchors for other in others), ())
        return first._replace(alternatives=first.alternatives + names, either=True)
    for rule in (_between, _meeting, _road, _border, _list, _inside):
        found = rule(tokens)
        if found is not None:
            return found
    return item_of(tokens)


def _trimmed(tokens: Tokens) -> Tokens:
    """Without marks and conjunctions at either end."""
    while tokens and (tokens[0].kind in ("dash", "slash") or tokens[0].key in AND or tokens[0].key in OR):
        tokens = tokens[1:]
    while tokens and (tokens[-1].kind in ("dash", "slash") or tokens[-1].key in AND or tokens[-1].key in OR):
        tokens = tokens[:-1]
    return tokens


def _anchored(left: Tokens, joined: Phrase) -> Phrase:
    """A relation behind a name of its own ("X between A and B") says where X lies."""
    if _function_words(left) == len(left):
        said = item_of(left) if left else joined
        if said.relation != "nothing":  # "area", "the towns"
            return joined._replace(extent=joined.extent or said.extent)
        return said._replace(relation=joined.relation, anchors=joined.anchors, parents=joined.parents,
            extent=joined.extent or said.extent,
        )  # fmt: skip
    first = clause(left)
    return first._replace(also=joined) if first.relation == "at" else joined


def _ends_of(tokens: Tokens, *, hyphens: bool = False) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The names that "and", "to" or a dash separate, and the areas named behind the last."""
    tokens = _waw(_unhyphenated(tokens) if hyphens else tokens, always=True)
    marks = [
        place
        for place, token in enumerate(tokens)
        if token.key in AND
        or (token.key in FROM_TO or token.key in TO)
        or (token.kind == "dash" and token.spaced)
        or (hyphens and token.kind == "slash")
    ]
    if not marks:
        marks = [place for place, token in enumerate(tokens) if token.kind == "slash"]
    found = [item_of(part) if _inside(part) is None else _inside(part) for part in split(tokens, marks)]
    named = [phrase for phrase in found if phrase is not None and phrase.anchors]
    parents = named[-1].parents if named else ()
    return tuple(phrase.anchors[0] for phrase in named), parents


def _unhyphenated(tokens: Tokens) -> Tokens:
    """Two names for "Aleppo-Damascus"; "ez-Zor" and "al-Bab" stay one."""
    apart: list[Token] = []
    for token in tokens:
        pieces = token.text.split("-")
        if token.kind != "word" or len(pieces) < 2 or min(map(len, pieces)) < 2:
            apart.append(token)
            continue
        word, spaced = pieces[0], token.spaced
        for before, piece in pairwise(pieces):
            if before.lower() in ARTICLES or before.lower() in JOINERS or piece.lower() in ARTICLES:
                word += "-" + piece
                continue
            apart += [Token(word, word.lower(), "word", spaced), Token("-", "-", "dash", True)]
            word, spaced = piece, True
        apart.append(Token(word, word.lower(), "word", spaced))
    return tuple(apart)


def _waw(tokens: Tokens, *, always: bool = False) -> Tokens:
    """The Arabic "and" that is written onto its word, taken off where the word is no name beginning with it."""
    apart: list[Token] = []
    for place, token in enumerate(tokens):
        bare = token.key[1:]
        joined = (
            place > 0
            and token.kind == "word"
            and token.key.startswith(WRITTEN_AND)
            and len(bare) > 2
            and token.key not in NAMES_WITH_AND
            and tokens[place - 1].key not in AND
            and (always or bare.startswith(ARTICLE) or tokens[place - 1].key not in GENERIC_FIRST)
        )
        if joined:
            apart += [Token(token.text[0], token.key[0], "word", True), *tokenise(" " + token.text[1:])]
        else:
            apart.append(token)
    return tuple(apart)


def _between(tokens: Tokens) -> Phrase | None:
    place = next((place for place, token in enumerate(tokens) if token.key in BETWEEN), None)
    if place is None:
        return None
    anchors, parents = _ends_of(tokens[place + 1 :], hyphens=True)
    if len(anchors) < 2:
        return None
    road = any(token.key in ROADS for token in tokens[:place])
    relation: Relation = "road" if road else "between"
    left = () if road else tokens[:place]
    joined = Phrase(spelt(tokens), relation, anchors, parents, extent="road" if road else None)
    return _anchored(left, joined)


def _meeting(tokens: Tokens) -> Phrase | None:
    """Such as "A-B-C junction"; with two names it is a junction that is called so."""
    if not tokens or tokens[-1].key not in MEETINGS:
        return None
    anchors, parents = _ends_of(tokens[:-1], hyphens=True)
    return Phrase(spelt(tokens), "between", anchors, parents) if len(anchors) > 2 else None


def _road(tokens: Tokens) -> Phrase | None:
    """Such as "A - B road", "road from A to B"; "road to A" is at A."""
    last = ends(tokens, ROADS)
    if last and last < len(tokens):
        anchors, parents = _ends_of(skipped(tokens[:-last], LEADS | FROM_TO), hyphens=True)
    else:
        first = next((place for place, token in enumerate(tokens) if token.key in ROADS), None)
        rest = () if first is None else tokens[first + 1 :]
        if not rest or not all(token.key in LEADS or token.key in ROAD_ADJECTIVES for token in tokens[:first]):
            return None
        number = next((place for place, token in enumerate(rest[:3]) if token.key in FROM_TO), 0)
        rest = rest[number:]  # "road M-5 from"
        anchors, parents = _ends_of(skipped(rest, LEADS | FROM_TO), hyphens=True)
        if len(anchors) == 1 and rest[0].key in (LEADS | FROM_TO) - IN:
            return item_of(skipped(rest, LEADS | FROM_TO))._replace(parents=parents, extent="road")
    return Phrase(spelt(tokens), "road", anchors, parents, extent="road") if len(anchors) > 1 else None


def _border(tokens: Tokens) -> Phrase | None:
    place = next((place for place, token in enumerate(tokens) if EXTENTS.get(token.key) == "border"), None)
    if place is None or starts(tokens[place:], KINDS):  # a border crossing
        return None
    rest, left = tokens[place + 1 :], tokens[:place]
    if rest:
        rest = skipped(rest, LEADS | OF | BORDER_WITH)
        while left and left[-1].key in LEADS:
            left = left[:-1]
    else:
        rest, left = left, ()
    anchors, parents = _ends_of(rest, hyphens=True)
    if len(anchors) < 2 and not (place < len(tokens) - 1 and anchors):
        return None
    relation: Relation = "between" if len(anchors) > 1 else "at"
    return _anchored(left, Phrase(spelt(tokens), relation, anchors, parents, extent="border"))


def _list(tokens: Tokens) -> Phrase | None:
    tokens = _waw(tokens)
    parts = split(tokens, [place for place, token in enumerate(tokens) if token.key in AND])
    if len(parts) < 2:
        return None
    found = list(map(clause, parts))
    for place, part in enumerate(parts):  # "near A and B" is near both; "near A and in B" is not
        one = found[place]
        if found[0].vicinity and one.relation == "at" and one.bearing_deg is None and part[0].key not in LEADS:
            found[place] = one._replace(vicinity=True)
    return listed(found)


def _moved(lends: Phrase, offset: Phrase) -> Phrase:
    """The place of one phrase with the offset, or the part, of another that names none."""
    if lends.part is not None and lends.bearing_deg is None and offset.distance_m is None:
        anchors = tuple(anchor._replace(whole=anchor.forms[-1], forms=anchor.forms[-1:]) for anchor in lends.anchors)
        return lends._replace(part=offset.bearing_deg, anchors=anchors, text=offset.text)
    return lends._replace(bearing_deg=offset.bearing_deg, distance_m=offset.distance_m, text=offset.text)


def listed(found: list[Phrase]) -> Phrase:
    """Several places: "10nm N and 5nm W of X" shares the anchor, "2nm W & SW of X" the distance too."""
    members: list[Phrase] = []
    for phrase in reversed(found):
        parts = phrase.members or (phrase,)
        for one in reversed(parts):
            lends = members[0] if members else None
            if one.relation != "nothing":
                members.insert(0, one)
            elif lends is None and one.bearing_deg is not None and found[0].relation == "at":
                members.insert(0, _moved(found[0], one))
            elif lends is not None and one.bearing_deg is not None:
                members.insert(0, _moved(lends, one))
                if one.distance_m is not None and lends.distance_m is None and lends.bearing_deg is not None:
                    members[1] = lends._replace(distance_m=one.distance_m)
    said = [phrase for phrase in found if phrase.relation == "nothing"]
    if len(members) < 2:  # "X and surrounding villages"
        first = members[0] if members else found[0]
        vicinity = any(phrase.vicinity or phrase.extent == "surroundings" for phrase in [first, *said])
        return first._replace(vicinity=vicinity, extent=first.extent or next((p.extent for p in said), None))
    anchors = tuple(dict.fromkeys(anchor for one in members for anchor in one.anchors))
    parents = tuple(dict.fromkeys(parent for one in members for parent in one.parents))
    near = any(one.vicinity for one in members)
    text = " and ".join(one.text for one in members)
    return Phrase(text, "and", anchors, parents, vicinity=near, members=tuple(members))


_HINGES = IN | INNER | OF | frozenset(DIRECTIONS) | frozenset(words.split()[0] for words in VICINITY)


def _inside(tokens: Tokens) -> Phrase | None:
    """Such as "X in Y", "X near Y", "silos east of Y", "X area of Y"."""
    nameless = _function_words(tokens)
    for place in range(1, len(tokens) - 1):
        if tokens[place].key not in _HINGES:
            continue
        left, rest = tokens[:place], tokens[place:]
        old = ends(left, OLD_CITY)
        generic = place <= nameless and not old  # "a village", "silos": no name of its own
        if generic and not (ends(left, KINDS) or ends(left, ROADS)):
            continue
        offset = offset_of(rest)
        countryside = rest[0].key in INNER and not generic
        if rest[0].key in IN or countryside or (rest[0].key in OF and (_ends_in_kind(left) or old) and not generic):
            inner = clause(rest if countryside else rest[1:])
            if inner.relation == "nothing":
                continue
            if generic:
                return inner._replace(extent="road") if ends(left, ROADS) else inner
            return join(_road(left) or item_of(left), inner)
        near = starts(rest, VICINITY) if rest[0].key not in EXTENTS else 0
        if (near and near < len(rest)) or (offset.bearing is not None and offset.of and offset.used < len(rest)):
            also = clause(rest)
            if also.anchors:
                return also if generic else item_of(unled(left))._replace(also=also)
            return None
    return None


def _ends_in_kind(tokens: Tokens) -> bool:
    n = ends(tokens, KINDS) or ends(tokens, EXTENTS)
    return 0 < n < len(tokens)
