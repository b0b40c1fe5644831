"""One name of a place text, with what stands before and behind it: kind, offset, part, extent."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geocasualty.gazetteer._phrase import Named, Phrase
from geocasualty.gazetteer._phrase_tokens import Tokens, ends, spelt, split, starts, tokenise
from geocasualty.gazetteer._phrase_words import (
    APPROXIMATELY,
    ARTICLE,
    BARE_EXTENTS,
    BARE_KINDS,
    BY,
    COUNTRIES,
    DEGREES,
    DIRECTIONS,
    EXTENTS,
    FOR_WHOM,
    IN,
    KIND_PREFIXES,
    KINDS,
    LEADS,
    NOTHING,
    NUMBERS,
    OF,
    ONWARD,
    PARTS,
    ROADS,
    THE,
    TO,
    UNITS,
    VICINITY,
)
from geocasualty.taxonomy import TAXONOMY

AREA_RANK = 7


def rank_of(named: Named) -> int:
    """How large a place its kind word says it is; 0 if it says nothing."""
    if starts(tokenise(named.forms[-1]), COUNTRIES) == len(tokenise(named.forms[-1])) > 0:
        return 10
    return TAXONOMY[named.kinds[0]].size if named.kinds else 0


def skipped(tokens: Tokens, table: frozenset[str]) -> Tokens:
    while len(tokens) > 1 and tokens[0].key in table:
        tokens = tokens[1:]
    return tokens


def unled(tokens: Tokens) -> Tokens:
    """Without words at the end that lead to what follows ("on the", "by")."""
    while len(tokens) > 1 and (tokens[-1].key in LEADS or tokens[-1].key in BY):
        tokens = tokens[:-1]
    return tokens


@dataclass(frozen=True, slots=True)
class _Offset:
    distance: float | None
    bearing: float | None
    used: int
    of: bool


def distance_of(tokens: Tokens) -> tuple[float | None, int]:
    """A number (or "two", "half a", "5-10") with its unit, in metres; a range is its middle."""
    values: list[float] = []
    at = 0
    while at < len(tokens) and at < 5:
        token = tokens[at]
        if token.kind == "number":
            if at and tokens[at - 1].key in NUMBERS:
                values.pop()  # "a 5 km march"
            values.append(_number(token.text))
        elif token.key in NUMBERS:
            product = NUMBERS[token.key] * (values.pop() if values else 1.0)
            values.append(product)
        elif not (values and (token.kind == "dash" or token.key in TO or token.key == "of")):
            break
        at += 1
    n = starts(tokens[at:], UNITS, 2)
    if not values or not n or len(values) > 2:
        return None, 0
    metres = sum(values) / len(values) * UNITS[" ".join(token.key for token in tokens[at : at + n])]
    return (round(metres, 3), at + n) if math.isfinite(metres) and metres <= 2e6 else (None, 0)


def _number(text: str) -> float:
    text = text.replace("٫", ".")
    whole, mark, rest = text.rpartition(",")
    text = whole.replace(",", "") + ("" if len(rest) == 3 and mark else "." if mark else "") + rest
    return float(text) if text.count(".") < 2 else math.inf


def compass_of(tokens: Tokens) -> tuple[float | None, int]:
    """A run of directions ("north-north west", "W/NW") as one of the sixteen bearings."""
    letters, at = "", 0
    while at < min(len(tokens), 8):
        if tokens[at].key in DIRECTIONS:
            letters += DIRECTIONS[tokens[at].key]
        elif not (
            letters
            and tokens[at].kind in ("dash", "slash")
            and at + 1 < len(tokens)
            and tokens[at + 1].key in DIRECTIONS
        ):
            break
        at += 1
    north = letters.count("N") - letters.count("S")
    east = letters.count("E") - letters.count("W")
    if not (north or east):
        return None, 0
    return round(math.degrees(math.atan2(east, north)) % 360.0 / 22.5) % 16 * 22.5, at


def _degrees(tokens: Tokens) -> tuple[float, int] | None:
    """A bearing in numbers: "270 degrees"."""
    if len(tokens) < 2 or tokens[0].kind != "number" or tokens[1].key not in DEGREES:
        return None
    value = _number(tokens[0].text)
    return (value % 360.0, 2) if value <= 360.0 else None


def _leads_on(tokens: Tokens, used: int, bearing_wanted: bool) -> bool:
    """Whether a word stands between the parts of an offset: "5 km to the north", "about 5 km away, due north"."""
    key, following = tokens[0].key, tokens[1:]
    if key in APPROXIMATELY:
        return True
    if not used:
        return False
    if key in OF:
        return bool(following) and (
            (key in TO and following[0].key in THE) or (bearing_wanted and compass_of(following)[1] > 0)
        )
    return key in LEADS or key in ONWARD


def offset_of(tokens: Tokens) -> _Offset:
    """Distance and direction in either order, with the "of" behind them."""
    distance = bearing = None
    used = at = 0
    while at < len(tokens):
        metres, n = distance_of(tokens[at:]) if distance is None else (None, 0)
        if n:
            distance = metres
        elif bearing is None:
            bearing, n = _degrees(tokens[at:]) or compass_of(tokens[at:])
        if n:
            at += n
            used = at
        elif _leads_on(tokens[at:], used, distance is not None and bearing is None):
            at += 1
        else:
            break
    of = bool(used) and used < len(tokens) and tokens[used].key in OF
    return _Offset(distance, bearing, used + of, of)


def item_of(tokens: Tokens) -> Phrase:
    text = spelt(tokens)
    phrase = Phrase(text, "at")
    lead: Tokens = ()  # a direction that may belong to the name
    inside = False
    while tokens:
        n, phrase = _before(tokens, phrase, inside)
        if n == 0:
            break
        inside = inside or tokens[0].key in IN
        lead = tokens[:n] if phrase.part is not None and tokens[n - 1].key in DIRECTIONS else ()
        tokens = tokens[n:]
    tokens, phrase, lead_after = _behind(tokens, phrase)
    if not tokens or spelt(tokens).strip() == "" or starts(tokens, NOTHING) == len(tokens):
        bearing = phrase.bearing_deg if phrase.part is None else phrase.part
        return phrase._replace(relation="nothing", bearing_deg=bearing, part=None)
    names = split(tokens, [place for place, token in enumerate(tokens) if token.kind == "slash"])
    named = [name_of(part, lead, lead_after) for part in names]
    if len(named) > 1 and not named[0].kinds:
        named[0] = named[0]._replace(kinds=named[-1].kinds)
    if not named:
        return phrase._replace(relation="nothing")
    return phrase._replace(anchors=(named[0],), alternatives=tuple(named[1:]))


def _before(tokens: Tokens, phrase: Phrase, inside: bool) -> tuple[int, Phrase]:
    """How many tokens in front of the name say something else, and the phrase with what they say."""
    found = _before_offset(tokens, phrase, inside) or _before_vicinity(tokens, phrase) or _before_extent(tokens, phrase)
    if found is not None:
        return found
    key = tokens[0].key
    if n := starts(tokens, APPROXIMATELY):
        return n, phrase
    if key == "at" and len(tokens) > 1 and tokens[1].key.startswith("t"):  # the article; foldings drop it anyway
        return 0, phrase
    return int(key in LEADS or (key in OF and len(tokens) == 1)), phrase


def _before_offset(tokens: Tokens, phrase: Phrase, inside: bool) -> tuple[int, Phrase] | None:
    """Distance and direction; a direction alone is a bearing with "of" behind it, else a part."""
    offset = offset_of(tokens)
    measured = phrase.bearing_deg is not None or phrase.distance_m is not None
    if offset.distance is not None:
        rest = tokens[offset.used :]
        if measured or not (offset.bearing is not None or offset.of or not rest or starts(rest, VICINITY)):
            return None
        return offset.used, phrase._replace(distance_m=offset.distance, bearing_deg=offset.bearing)
    if phrase.part is not None and tokens[0].key in OF:
        return 1, phrase
    if phrase.part is not None or offset.bearing is None:
        return None
    n = offset.used - offset.of
    rest = tokens[n:]
    if not rest:
        return n, phrase._replace(bearing_deg=offset.bearing)
    if len(rest) > 1 and rest[0].key in PARTS:
        return n + 1, phrase._replace(part=offset.bearing)
    if offset.of:
        return (offset.used, _directed(phrase, offset.bearing, inside)) if not measured else None
    if len(tokens[0].key) < 2 and n < 2 and not _countryside(rest):
        return None  # a single letter is no direction without "of", a distance or "X countryside"
    noun = _is_noun(tokens[n - 1].key) and not measured and not _is_area(rest)
    return n, _directed(phrase, offset.bearing, inside or not noun)


def _countryside(tokens: Tokens) -> bool:
    n = ends(tokens, EXTENTS)
    return 0 < n < len(tokens) and EXTENTS[" ".join(token.key for token in tokens[-n:])] == "countryside"


def _directed(phrase: Phrase, bearing: float, part: bool) -> Phrase:
    return phrase._replace(part=bearing) if part else phrase._replace(bearing_deg=bearing)


def _before_vicinity(tokens: Tokens, phrase: Phrase) -> tuple[int, Phrase] | None:
    n = starts(tokens, VICINITY)
    if not n or (n == len(tokens) and tokens[0].key in BY):
        return None
    if distance_of(tokens[n:])[1]:  # "around 5 km north of"
        return n, phrase
    return n, phrase._replace(vicinity=True, extent=phrase.extent or EXTENTS.get(tokens[0].key))


def _before_extent(tokens: Tokens, phrase: Phrase) -> tuple[int, Phrase] | None:
    n, key = starts(tokens, EXTENTS), tokens[0].key
    if not n or not (n == len(tokens) or tokens[n].key in OF or is_arabic(key) or key in BARE_EXTENTS):
        return None
    if is_arabic(key) and key in KINDS and n < len(tokens):  # بادية, نهر: part of the name
        return None
    extent = EXTENTS[" ".join(token.key for token in tokens[:n])]
    n += n < len(tokens) and tokens[n].key in OF
    return n, _extended(phrase, extent)


def _extended(phrase: Phrase, extent: str) -> Phrase:
    near = phrase.vicinity or extent in ("outskirts", "surroundings")
    return phrase._replace(extent=phrase.extent or extent, vicinity=near)


def is_arabic(key: str) -> bool:
    return "\u0600" <= key[:1] <= "\u06ff"


def _is_noun(key: str) -> bool:
    """Whether an Arabic direction is the noun (شمال, north of) or شمالي, and not the adjective with its article."""
    return is_arabic(key) and not key.startswith(ARTICLE)


def _is_area(tokens: Tokens) -> bool:
    """Whether a governorate, a country or the countryside follows, of which the north is a part."""
    first = name_of(tokens)
    return rank_of(first) >= 9 or (tokens[0].key in EXTENTS and is_arabic(tokens[0].key))


def _behind(tokens: Tokens, phrase: Phrase) -> tuple[Tokens, Phrase, Tokens]:
    """The name, the phrase with what stands behind the name, and those words, as they may belong to the name."""
    tokens, phrase = _offset_behind(tokens, phrase)
    whole = tokens
    while len(tokens) > 1:
        n, phrase = _last(tokens, phrase)
        if not n:
            break
        tokens = tokens[:-n]
    behind = whole[len(tokens) :]
    if behind and tokens[-1].text[-2:] in ("'s", "’s"):  # "Raqqa's countryside"
        tokens = (*tokens[:-1], tokens[-1]._replace(text=tokens[-1].text[:-2]))
    if len(tokens) > 1 and (ends(tokens, ROADS) or tokens[0].key in ROADS):
        phrase = phrase._replace(extent=phrase.extent or "road")
    for part in (tokens[: starts(tokens, EXTENTS)], tokens[len(tokens) - ends(tokens, EXTENTS) :]):
        words = " ".join(token.key for token in part)  # a lake, a mountain: the kind word stays with the name
        if 0 < len(part) < len(tokens) and words in KINDS and phrase.extent is None:
            phrase = phrase._replace(extent=EXTENTS[words])
    return tokens, phrase, behind


def _offset_behind(tokens: Tokens, phrase: Phrase) -> tuple[Tokens, Phrase]:
    """Such as "Hawijah 10 NM NE", "north of Hajin by 5 km"."""
    for place in range(1, len(tokens) if phrase.distance_m is None else 0):
        if tokens[place].kind == "number" or tokens[place - 1].key in BY:
            offset = offset_of(tokens[place:])
            if offset.distance is not None and offset.used == len(tokens) - place:
                bearing = phrase.bearing_deg if offset.bearing is None else offset.bearing
                return unled(tokens[:place]), phrase._replace(distance_m=offset.distance, bearing_deg=bearing)
    return tokens, phrase


def _last(tokens: Tokens, phrase: Phrase) -> tuple[int, Phrase]:
    """How many tokens behind the name say something else, and the phrase with what they say."""
    n = 0
    while n + 1 < len(tokens) and tokens[-n - 1].key in DIRECTIONS and len(tokens[-n - 1].key) > 2:
        n += 1
    if n and phrase.part is None and phrase.bearing_deg is None and not _is_noun(tokens[-1].key):
        bearing, used = compass_of(tokens[-n:])
        return used, phrase._replace(part=bearing)
    n = ends(tokens, EXTENTS)
    key = " ".join(token.key for token in tokens[len(tokens) - n :])
    if not 0 < n < len(tokens) or is_arabic(key) or key in KINDS or ends(tokens, KINDS) > n:
        return 0, phrase
    return n, _extended(phrase, EXTENTS[key])


def name_of(tokens: Tokens, lead: Tokens = (), lead_after: Tokens = ()) -> Named:
    """A name with and without the word for its kind, in front of it or behind it."""
    kinds, rest = _kind_before(tokens)
    behind, rest = _kind_behind(rest)
    if kinds:
        rest = rest[: _for_whom(rest)]
    forms = (spelt((*lead, *tokens, *lead_after)), spelt((*lead, *rest, *lead_after)), spelt(tokens), spelt(rest))
    return Named(forms[0], forms[-1], behind or kinds, tuple(dict.fromkeys(forms)))


def _kind_before(tokens: Tokens) -> tuple[tuple[str, ...], Tokens]:
    n = starts(tokens, KINDS, 3)
    if not n or n == len(tokens):
        return (KINDS[" ".join(token.key for token in tokens)] if n else ()), tokens
    rest = skipped(tokens[n:], OF | THE)
    bare = tokens[0].key in BARE_KINDS or (is_arabic(tokens[0].key) and tokens[0].key in KIND_PREFIXES)
    if not (bare or tokens[n].key in OF):
        return (), tokens
    return KINDS[" ".join(token.key for token in tokens[:n])], rest


def _for_whom(tokens: Tokens) -> int:
    return next((place for place, token in enumerate(tokens) if place and token.key in FOR_WHOM), len(tokens))


def _kind_behind(tokens: Tokens) -> tuple[tuple[str, ...], Tokens]:
    end = _for_whom(tokens)
    n = ends(tokens[:end], KINDS, 3)
    if 0 < n < end and not (tokens[end - 1].key == "ab" and tokens[end - 1].text != "AB"):
        return KINDS[" ".join(token.key for token in tokens[end - n : end])], tokens[: end - n]
    n = ends(tokens, ROADS)
    return (), tokens[:-n] if 0 < n < len(tokens) else tokens
