"""Each word of a place text is of a name, has become something that the answer says, or makes the answer unsure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.gazetteer.phrases import parse_phrase
from geocasualty.theatre.languages import languages

NAME = "Hawijah"
LANGUAGES = {language.name: language for language in languages()}


def words(table):
    """Each language with each of its words in a table of places."""
    return [(name, word) for name, language in LANGUAGES.items() for word in language.places[table]]


def is_sure(gaz, text):
    """Whether a text is an answer as good as the name alone."""
    found, bare = gaz.resolve(text), gaz.resolve(NAME)
    return found.status == "resolved" and not found.unused and found.radius_m <= bare.radius_m


def test_the_name_alone_is_sure(gaz):
    for text in (NAME, f"at {NAME}", f"in the town of {NAME}"):
        assert is_sure(gaz, text), text


@pytest.mark.parametrize("shape", ["{word} {name}", "{name}, {word}", "{name} {word}", "({word}) {name}"])
def test_about_a_place_is_not_at_it(gaz, shape):
    for _, word in words("approximately"):
        assert not is_sure(gaz, shape.format(word=word, name=NAME)), word


@pytest.mark.parametrize(
    "shape", ["{word}, {name}", "{name}, {word}", "{name}; {word}", "{name} and {word}", "{word} in {name}"]
)
def test_an_unknown_place_beside_one_is_not_that_one(gaz, shape):
    for language, word in words("nothing"):
        text = shape.format(word=word, name=NAME) if language == "English" else f"{word}, {NAME}"
        assert not is_sure(gaz, text), text


def test_a_place_or_something_is_not_that_place(gaz):
    for language, word in words("or"):
        for text in (
            f"{NAME} {word}",
            f"{NAME} {word} xyzzy",
            f"{NAME} {word} {LANGUAGES[language].places['vicinity'][0]}",
        ):
            assert not is_sure(gaz, text), text


def test_a_village_in_a_place_is_not_that_place(gaz):
    for name, language in LANGUAGES.items():
        villages = [word for kinds, many in language.places["kinds"].items() if "village" in kinds for word in many]
        for word in villages if language.places["in"] else ():
            assert not is_sure(gaz, f"{word} {language.places['in'][0]} {NAME}"), (name, word)


def test_what_stands_in_towns_is_at_the_town(gaz):
    for name in ("English", "Arabic"):
        places = LANGUAGES[name].places
        assert all(is_sure(gaz, f"{word} {places['in'][0]} {NAME}") for word in places["in_town"])
    assert gaz.resolve(f"5 villages around {NAME}").unused == ()


def test_what_an_extent_says_holds_in_either_order(gaz):
    for extent in ("farms", "countryside", "river", "desert", "mountains", "outskirts", "surroundings"):
        for word in LANGUAGES["English"].places["extents"][extent]:
            assert not is_sure(gaz, f"{word}, {NAME}"), word


def test_the_way_to_a_place_is_not_at_it(gaz):
    for _, word in [*words("to"), *words("from_to")]:
        assert not is_sure(gaz, f"{word} {NAME}"), word


@pytest.mark.parametrize("mark", ["?", "؟", "~", "≈", "±", "≃"])
def test_a_mark_of_doubt_is_not_dropped(gaz, mark):
    for text in (f"{mark}{NAME}", f"{mark} {NAME}", f"{NAME} {mark}", f"{NAME}{mark}"):
        assert not is_sure(gaz, text), text


@pytest.mark.parametrize(
    "said", ["+- 50 km", "+/- 50km", "± 50 km", "±50km", "(+/- 50 km)", "+ 50 km", "~50 km", "50 km"]
)
def test_a_distance_behind_a_name_widens_it(gaz, said):
    found = gaz.resolve(f"{NAME} {said}")
    assert found.status != "resolved" or found.radius_m >= 50_000, found


@pytest.mark.parametrize("said", ["over 20 km", "more than 20 km", "at least 20 km", "> 20 km", "أكثر من 20 كم"])
def test_a_distance_without_an_end_is_no_radius(gaz, said):
    found = gaz.resolve(f"{said} from {NAME}")
    assert found.status != "resolved" or found.unused, found


TABLES = [
    "approximately",
    "vicinity",
    "leads",
    "in",
    "of",
    "to",
    "or",
    "and",
    "parts",
    "roads",
    "bare_kinds",
    "nothing",
]
ANY = st.sampled_from([word for language in LANGUAGES.values() for table in TABLES for word in language.places[table]])


@given(before=st.lists(ANY, max_size=3), behind=st.lists(ANY, max_size=3))
def test_words_around_a_name_never_sharpen_it(gaz, before, behind):
    found, bare = gaz.resolve(" ".join([*before, NAME, *behind])), gaz.resolve(NAME)
    if found.status == "resolved" and found.best and found.best.place.place_id == bare.best.place.place_id:
        assert found.radius_m >= bare.radius_m or found.polygon is not None


def test_what_is_used_is_not_named_as_unread():
    said = [
        "5 km north of Hit",
        "near Hit",
        "Hit and Haditha",
        "Hit or Haditha",
        "road from Hit to Haditha",
        "rural Hit",
    ]
    assert [parse_phrase(text).unread for text in said] == [()] * len(said)
