"""Which places have this name, or one that differs only by how it was written?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import chain, islice, product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geocasualty.gazetteer._choice import well_known
from geocasualty.gazetteer._phrase_words import ENDINGS, GENERIC_WORDS, KINDS
from geocasualty.gazetteer._tables import Tables, without_collecting
from geocasualty.gazetteer.names import (
    bare_key,
    bare_keys,
    bones,
    fold_key,
    is_latin,
    plain_key,
    romanised,
    skeletons,
    vowel_distance,
)
from geocasualty.gazetteer.phrases import without_kind
from geocasualty.taxonomy import SETTLEMENTS
from geocasualty.theatre.scripts import Rule, scripts

MIN_BONES = 3
"""Consonants that a name needs before they, with its vowels, may identify it."""

LONG_BONES = 5
"""Consonants from which on the vowels of two Latin spellings may differ by more than one short one."""

MIN_FUZZY = 5
"""Letters that a folded name needs before a misspelling of it may be guessed."""

VOWEL_LIMIT, VOWEL_MARGIN = 1.5, 0.5
"""How far the vowels of two names with the same consonants may be apart, and by how much the next must be farther."""

LONGER = 2
"""By how many letters a misspelling may be longer or shorter."""

MARGIN = 0.08
"""By how much a misspelling must be more like one place's name than any other's."""


G_FOR_J = [rule for script in scripts() for rule in script.other["likely"]]
"""The Egyptian j. Folding cannot make the two one, since a g is as often a q: "Gayyarah" is Qayyarah."""

OTHER_LETTERS = [*G_FOR_J, *(rule for script in scripts() for rule in script.other["possible"])]
"""Letters that stand for others in some spellings, for themselves in most: tried where a name is not known, and
good enough only where the source says more than the name."""

CLASSES = 32
"""Into so many classes the letters fall; of each a signature says whether a word has one of it, and two."""

Bucket = tuple[bool, str, str]
"""Script, generic word and first consonant: a misspelling keeps all three."""

SLIP = "a slip of the pen from a name"

SLIPS = ((3, 9, 3), (1, 9, 1))
"""Words and letters that a name must have for so many of its letters to be wrong, missing or exchanged."""


MOST_CASES = 500
"""Of how many combinations of its words' endings a name is looked up."""


class Hits(NamedTuple):
    """The places that a name may mean, how sure the name is (0 to 1) and how it was found.

    A ``weak`` one is good enough only where something else that the source says agrees with it. ``written`` are
    those of the places that have the name as it is written; the others differ in an article or an ending.
    """

    place_ids: tuple[str, ...]
    score: float
    how: str
    weak: bool = False
    written: tuple[str, ...] = ()


PART = "part of a name"

NOTHING = Hits((), 0.0, "")


class NameIndex:
    """Names by ever looser comparisons; a looser one is tried only where the stricter found nothing."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._compared: dict[Bucket, Spellings] = {}

    @cached_property
    def plain(self) -> dict[str, list[str]]:
        """By letters alone."""
        return self._tables.index("plain")

    @cached_property
    def fold(self) -> dict[str, list[str]]:
        """By habits of transliteration too."""
        return self._tables.index("fold")

    @cached_property
    @without_collecting()
    def _bare(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        """A key of :attr:`plain` by what is left of it without articles and endings; the others of which so much is."""
        keys = list(self.plain)
        bares = bare_keys(keys)
        one = dict(zip(bares, keys, strict=True))
        others: dict[str, list[str]] = {}
        for bare, key in zip(bares, keys, strict=True):
            if one[bare] is not key:
                others.setdefault(bare, []).append(key)
        return one, others

    @cached_property
    @without_collecting()
    def _in_full(self) -> dict[str, set[str]]:
        """Names that say a kind or a town too, by the rest: "Al-Yarmouk, Mosul", "Salaheddin quarter"."""
        ends = KINDS.keys()
        kinds = (ids for key, ids in self.plain.items() if {key.partition(" ")[0], key.rpartition(" ")[2]} & ends)
        likely = set(chain.from_iterable(kinds))
        found: dict[str, set[str]] = {}
        for place_id, name in self._tables.named():
            if place_id in likely or "," in name or name != name.strip():
                rest = without_kind(name)
                if rest and rest != name:
                    found.setdefault(bare_key(rest), set()).add(place_id)
        return found

    @cached_property
    @without_collecting()
    def _skeletons(self) -> dict[str, list[str]]:
        """Folded names by their consonants."""
        found: dict[str, list[str]] = {}
        for key, skeleton in zip(self.fold, skeletons(self.fold), strict=True):
            found.setdefault(skeleton, []).append(key)
        return found

    @cached_property
    @without_collecting()
    def _buckets(self) -> dict[Bucket, list[str]]:
        """Folded names by what a misspelling keeps of them, without their generic word."""
        buckets: dict[Bucket, list[str]] = {}
        for skeleton, keys in self._skeletons.items():
            for key in keys:
                if _STARTS_GENERIC(key):
                    bucket, rest = _bucket(key)
                else:
                    bucket, rest = (key in self._not_latin, "", skeleton[:1]), key
                if len(rest) >= MIN_FUZZY - 1:
                    buckets.setdefault(bucket, []).append(rest)
        return buckets

    def _spellings(self, bucket: Bucket) -> Spellings:
        """The names of a bucket, made ready for comparison when first asked for."""
        found = self._compared.get(bucket)
        if found is None:
            found = self._compared[bucket] = Spellings(self._buckets.get(bucket, ()))
        return found

    @cached_property
    @without_collecting()
    def _written_in_arabic(self) -> frozenset[str]:
        """Places of which an Arabic name is known: an Arabic text is compared with that, not with Latin spellings."""
        return frozenset(chain.from_iterable(self.fold[key] for key in self._not_latin))

    @cached_property
    def _not_latin(self) -> frozenset[str]:
        return frozenset(key for key in self.fold if not is_latin(key))

    def exact(self, name: str) -> Hits:
        """Places with this very name, but for case, accents and the like; and those that differ in an article."""
        written = self.plain.get(plain_key(name), ())
        if not written:
            return NOTHING
        return Hits(self._alike(name), 1.0, "name", written=tuple(written))

    def _alike(self, name: str) -> tuple[str, ...]:
        """Places whose name is the same but for articles and endings: Khalidiyah and Al-Khalidiyya."""
        bare = bare_key(name)
        one, others = self._bare
        if bare not in one:
            return ()
        keys = (one[bare], *others.get(bare, ()))
        if len(keys) == 1:
            return tuple(self.plain[keys[0]])
        return tuple(sorted(set(chain.from_iterable(self.plain[key] for key in keys))))

    def bearers(self, name: str) -> int:
        """How many places are known to have this name, from all sources at hand, in this gazetteer or not."""
        return self._tables.bearers.get(bare_key(name), 1)

    def alike(self, name: str) -> Hits:
        """Places whose name differs in no more than an article or an ending."""
        found = self._alike(name)
        return Hits(found, 0.97, "but for its article or ending a name") if found else NOTHING

    def _in_case(self, name: str) -> Hits:
        """Places whose name this is in another grammatical case, by the endings of the languages' tables."""
        if name.isascii():
            return NOTHING
        words = [_in_cases(word) for word in re.split(r"([\s-]+)", name.casefold())]
        forms = ("".join(form) for form in islice(product(*words), 1, MOST_CASES))
        found = {place_id for form in forms for place_id in self.plain.get(plain_key(form), ())}
        return Hits(tuple(sorted(found)), 1.0, "in another case the name") if found else NOTHING

    def spelt_otherwise(self, name: str) -> Hits:
        """Places whose name is a habit of transliteration away; a g may stand for q, as in folding, and for j."""
        same = self._same(name)
        with_j = other_letters(name, G_FOR_J)
        found = {*same, *(place_id for other in with_j for place_id in self._same(other))}
        weak = not same and len(fold_key(name)) < MIN_FUZZY
        return Hits(tuple(sorted(found)), 0.95, "spelling variant of a name", weak) if found else NOTHING

    def _same(self, name: str) -> list[str]:
        return self.fold.get(fold_key(name), [])

    def _otherwise_written(self, name: str) -> Hits:
        """One letter for another throughout, as German, French, Turkish or Persian ears have it."""
        found = {place_id for other in other_letters(name, OTHER_LETTERS) for place_id in self._same(other)}
        return Hits(tuple(sorted(found)), 0.93, "spelling variant of a name", weak=True) if found else NOTHING

    def find_among(self, name: str, wanted: Callable[[str], bool]) -> Hits:
        """Places by the strictest comparison that finds any; each counts only the places that are wanted."""
        folded = fold_key(name)
        known = (self.exact, self._in_case, self.alike, self.spelt_otherwise, self._otherwise_written)
        ways = (self._by_consonants, self._misspelt)
        for found in chain((way(name) for way in known), (way(folded) for way in ways)):
            if kept := tuple(filter(wanted, found.place_ids)):
                return found._replace(place_ids=kept)
        return NOTHING

    def slip(self, name: str, wanted: Callable[[str], bool]) -> Hits:
        """The one well-known settlement of a name that differs by a slip: a letter of a long name, three of many words.

        For places that everybody writes of: "Dayz Az Zawr", "Dayz Ar Awr". Blanks count for nothing ("Ar Rut bah").
        """
        letters, words = plain_key(name).replace(" ", ""), plain_key(name).split()
        slips = next((slips for many, length, slips in SLIPS if len(words) >= many and len(letters) >= length), 0)
        known, compared = self._well_known.get(letters[:1], ({}, None))
        away: dict[str, int] = {}
        for key, apart in compared.within(letters, slips) if compared else ():
            for place_id in filter(wanted, known[key]):
                away[place_id] = min(away.get(place_id, apart), apart)
        best = min(away.values(), default=0)
        near = tuple(sorted(place_id for place_id, apart in away.items() if apart == best))
        return Hits(near, 0.85, SLIP) if len(near) == 1 else NOTHING

    @cached_property
    def _well_known(self) -> dict[str, tuple[dict[str, list[str]], Spellings]]:
        """The names of well-known settlements without blanks, by their first letter."""
        places = self._tables.places.values()
        seats = {place.place_id for place in places if place.kind in SETTLEMENTS and well_known(place)}
        found: dict[str, dict[str, list[str]]] = {}
        for key, place_ids in self.plain.items():
            if not seats.isdisjoint(place_ids):
                letters = key.replace(" ", "")
                found.setdefault(letters[0], {}).setdefault(letters, []).extend(seats.intersection(place_ids))
        return {first: (known, Spellings(known)) for first, known in found.items()}

    def in_full(self, name: str, wanted: Callable[[str], bool]) -> Hits:
        """Wanted places whose name says more than this one: their kind, or the town that they are in."""
        kept = tuple(sorted(filter(wanted, self._in_full.get(bare_key(name), ()))))
        return Hits(kept, 0.9, PART) if kept else NOTHING

    def _by_consonants(self, folded: str) -> Hits:
        """The one place whose name has the same consonants and the nearest vowels."""
        roman = romanised(folded)
        arabic = roman is not folded
        skeleton = bones(roman)[0]
        if len(skeleton) < MIN_BONES:
            return NOTHING
        distances: dict[str, float] = {}
        for key in self._skeletons.get(skeleton, ()):
            other = romanised(key)
            if arabic and other is not key:
                continue  # both are in Arabic letters, which tell apart what consonants in Latin do not
            apart = vowel_distance(roman, other)
            if apart > 0.5 and not arabic and other is key and len(skeleton) < LONG_BONES:
                continue  # both are in Latin letters, which write the vowels
            for place_id in self.fold[key]:
                if not (arabic and apart > 0.5 and place_id in self._written_in_arabic):
                    distances[place_id] = min(distances.get(place_id, apart), apart)
        best = min(distances.values(), default=VOWEL_LIMIT + 1)
        if best > min(VOWEL_LIMIT, len(skeleton) / 2 - 0.5):
            return NOTHING
        near = sorted(place_id for place_id, apart in distances.items() if apart < best + VOWEL_MARGIN)
        how = "same consonants as a name"
        return Hits(tuple(near), 0.92 - 0.04 * best, how, weak=len(skeleton) == MIN_BONES)

    def _misspelt(self, folded: str) -> Hits:
        """The one name nearest to a misspelt one, if it is near enough for its length and no other is about as near."""
        bucket, rest = _bucket(folded)
        if len(rest) < MIN_FUZZY:
            return NOTHING
        least = cutoff(len(rest))
        best = max(self._alike_in(bucket, rest, least).values(), default=0.0)
        if best < least:
            return NOTHING
        scored = self._alike_in(bucket, rest, best - MARGIN)
        near = sorted(place_id for place_id, score in scored.items() if score > best - MARGIN)
        return Hits(tuple(near), 0.85 * best, "near misspelling of a name")

    def _alike_in(self, bucket: Bucket, rest: str, least: float) -> dict[str, float]:
        """Each place of a bucket with a name that is at least so like one, and how like; some that are less."""
        slips = int((1 - least) * (len(rest) + LONGER) + 1e-9)
        if slips:
            found = self._spellings(bucket).within(rest, slips, LONGER)
        else:
            found = [(rest, 0)] if bucket[1] + rest in self.fold else []
        scored: dict[str, float] = {}
        for other, apart in found:
            score = 1.0 - apart / max(len(rest), len(other))
            for place_id in self.fold[bucket[1] + other]:
                scored[place_id] = max(scored.get(place_id, 0.0), score)
        return scored


@lru_cache(maxsize=10_000)
def _in_cases(word: str) -> list[str]:
    """A word, and what it may be a case of."""
    others = (pattern.sub(becomes, word) for pattern, becomes in ENDINGS if pattern.search(word))
    return list(dict.fromkeys([word, *others]))


def cutoff(length: int) -> float:
    """How like a misspelling must be: the tighter the shorter the name."""
    return 0.86 if length < 7 else 0.83 if length < 10 else 0.8


_GENERIC = tuple(sorted({fold_key(word + " x")[:-1] for word in GENERIC_WORDS}, key=lambda word: (-len(word), word)))
_STARTS_GENERIC = re.compile("|".join(map(re.escape, _GENERIC))).match


def _bucket(folded: str) -> tuple[Bucket, str]:
    """The bucket of a name, and what is left of the name behind its generic word.

    Hundreds of villages are a "Tal" or "Kafr" of something: how like two names are is for what follows to say.
    """
    generic = next((word for word in _GENERIC if folded.startswith(word) and len(folded) > len(word) + 2), "")
    rest = folded[len(generic) :]
    roman = romanised(rest)
    return (roman is not rest, generic, bones(roman)[0][:1]), rest


def other_letters(name: str, rules: Iterable[Rule]) -> list[str]:
    """A name as it would be written without one of these habits, for each that it may show.

    Examples
    --------
    >>> other_letters("Hawiga", G_FOR_J), other_letters("Baghdad", G_FOR_J)
    (['hawija'], [])
    """
    key = plain_key(name)
    written = (re.sub(rule.pattern, rule.becomes, key) for rule in rules)
    return [other for other in written if other != key]


class Spellings:
    """Words that others are compared with by the letters missing, added, wrong or exchanged with the next.

    A slip takes one letter of a word, adds one, or does both: signatures of words so many slips apart differ in no
    more than twice as many bits. That rules out most of a hundred thousand words before any is compared.

    Examples
    --------
    >>> Spellings(["hauija", "hadita", "hit"]).within("huaija", 1)
    [('hauija', 1)]
    >>> Spellings([]).within("hauija", 1)
    []
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(sorted(set(words)), key=len)
        self._signatures = _signatures(self._words)
        self._lengths = np.array([len(word) for word in self._words], dtype=np.int64)

    def within(self, word: str, slips: int, longer: int | None = None) -> list[tuple[str, int]]:
        """The words at most so many slips from one, and how many each is.

        A word may be longer or shorter by so many letters, if not by as many as there are slips.
        """
        apart = slips if longer is None else min(longer, slips)
        first, last = np.searchsorted(self._lengths, (len(word) - apart, len(word) + apart + 1))
        if first == last:
            return []
        differing = np.bitwise_count(self._signatures[first:last] ^ _signatures([word])[0])
        alike = [self._words[place] for place in (np.flatnonzero(differing <= 2 * slips) + first).tolist()]
        if not alike:
            return []
        found = process.cdist([word], alike, scorer=OSA.distance, score_cutoff=slips, dtype=np.int32)[0].tolist()
        return [(other, away) for other, away in zip(alike, found, strict=True) if away <= slips]


def _signatures(words: list[str]) -> npt.NDArray[np.uint64]:
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    lengths = [len(word) for word in words]
    cells = np.repeat(np.arange(len(words)) * CLASSES, lengths) + letters % CLASSES
    counts = np.bincount(cells, minlength=len(words) * CLASSES).reshape(-1, CLASSES)
    bits = np.packbits(np.concatenate([counts >= 1, counts >= 2], axis=1), axis=1)
    return np.ascontiguousarray(bits).view(np.uint64).reshape(-1)
