"""Names that are found fast are the names that comparing with every one would find."""

import random

import pytest
from rapidfuzz.distance import OSA

import geocasualty as gcas
from geocasualty.gazetteer._choice import well_known
from geocasualty.gazetteer._index import LONGER, MARGIN, MIN_FUZZY, NOTHING, SLIP, NameIndex, Spellings, _bucket, cutoff
from geocasualty.gazetteer.names import (
    bare_key,
    bare_keys,
    bones,
    fold_key,
    fold_keys,
    plain_key,
    plain_keys,
    romanised,
    skeletons,
)
from geocasualty.taxonomy import SETTLEMENTS

LETTERS = "abdefghiklmnorstuwyz"
ARABIC = "ابتجحدرسشصعفقكلمنهوي"


def edited(draw: random.Random, name: str) -> str:
    """A name with one to three letters missing, added, wrong or exchanged."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        at, kind = draw.randrange(max(len(name) - 1, 1)), draw.randrange(4)
        letter = draw.choice(LETTERS if name.isascii() else ARABIC)
        added = ("", letter, letter + name[at : at + 1], name[at + 1 : at + 2] + name[at : at + 1])[kind]
        name = name[:at] + added + name[at + (2 if kind == 3 else 1) :]
    return name


@pytest.fixture(scope="module")
def index():
    return NameIndex(gcas.load_gazetteer()._tables)


@pytest.fixture(scope="module")
def asked(index):
    draw = random.Random(1)
    names = sorted({name for _, name in index._tables.named()})
    return [edited(draw, name) for name in draw.sample(names, 1500)]


@pytest.mark.parametrize("letters", ["abcde", LETTERS, ARABIC, "a\u0627\U0001f600"])
def test_no_word_within_the_slips_is_overlooked(letters):
    draw = random.Random(2)
    words = ["".join(draw.choices(letters, k=draw.randint(0, 9))) for _ in range(400)]
    compared = Spellings(words)
    for word in ["", *draw.sample(words, 20), *(edited(draw, word) for word in draw.sample(words, 20))]:
        for slips in range(4):
            away = {other: OSA.distance(word, other) for other in words}
            found = compared.within(word, slips)
            assert dict(found) == {other: apart for other, apart in away.items() if apart <= slips}
            near = {other for other, _ in found if abs(len(other) - len(word)) <= 1}
            assert {other for other, _ in compared.within(word, slips, 1)} == near


def test_a_misspelling_is_of_the_names_that_comparing_with_all_finds(index, asked):
    buckets = {}
    for key in index.fold:
        bucket, rest = _bucket(key)
        buckets.setdefault(bucket, []).append((rest, key))
    found = 0
    for folded in [*map(fold_key, asked), *list(index.fold)[::40]]:
        bucket, rest = _bucket(folded)
        scored = {}
        for other, key in buckets.get(bucket, ()) if len(rest) >= MIN_FUZZY else ():
            if abs(len(other) - len(rest)) <= LONGER:
                for place_id in index.fold[key]:
                    score = OSA.normalized_similarity(rest, other)
                    scored[place_id] = max(scored.get(place_id, 0.0), score)
        best = max(scored.values(), default=0.0)
        near = tuple(sorted(place_id for place_id, score in scored.items() if score > best - MARGIN))
        hits = index._misspelt(folded) or NOTHING
        assert hits.place_ids == (near if best >= cutoff(len(rest)) else ())
        assert not hits.place_ids or hits.score == 0.85 * best
        found += bool(hits.place_ids)
    assert found > 200


def test_a_slip_is_from_the_one_well_known_settlement_that_is_nearest(index):
    places = index._tables.places
    draw = random.Random(3)
    known = {
        place_id
        for place_id, place in places.items()
        if place.kind in SETTLEMENTS and well_known(place)
    }  # fmt: skip
    names = sorted(key for key, ids in index.plain.items() if not known.isdisjoint(ids))
    found = 0
    for name in [edited(draw, name) for name in draw.sample(names, 150)] + ["Dayz Az Zawr", "Ar Rut bah", "", "x"]:
        letters = plain_key(name).replace(" ", "")
        many = len(plain_key(name).split()) >= 3 and len(letters) >= 9
        slips = 3 if many else 1 if len(letters) >= 9 else 0
        away = {}
        for key in names:
            apart = OSA.distance(letters, key.replace(" ", ""))
            if key[0] == letters[:1] and apart <= slips:
                away |= {each: min(away.get(each, apart), apart) for each in known.intersection(index.plain[key])}
        near = [each for each, apart in away.items() if apart == min(away.values())]
        hits = index.slip(name, lambda _: True)
        assert hits.place_ids == (tuple(near) if len(near) == 1 else ())
        assert hits.how == (SLIP if len(near) == 1 else "")
        found += bool(hits.place_ids)
    assert found > 20


def test_names_of_one_bareness_are_all_alike(index):
    groups = {}
    for key, bare in zip(index.plain, bare_keys(index.plain), strict=True):
        groups.setdefault(bare, set()).update(index.plain[key])
    for key in list(index.plain)[::10]:
        assert index.exact(key).place_ids == tuple(sorted(groups[bare_key(key)]))


def test_names_folded_together_are_as_each_alone(index, asked):
    draw = random.Random(4)
    marks = "'_-. \n\t\u0301\u200cʿــًةە0"
    texts = ["", "\n", "al", "al ە", "ar al raqqa", "ad-dawr_", "Ma‘arrat\nMiṣrīn", *asked]
    texts += [name[:at] + draw.choice(marks) + name[at:] for name in asked for at in (0, len(name) // 2, len(name))]
    assert plain_keys(texts) == [plain_key(text) for text in texts]
    folded = fold_keys(texts)
    assert folded == [fold_key(text) for text in texts]
    assert skeletons(folded) == [bones(romanised(key))[0] for key in folded]
