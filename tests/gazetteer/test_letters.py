"""Letters that stand for others: Egyptian g, German ch, Turkish s."""

import pytest

from geocasualty.gazetteer._letters import G_FOR_J, OTHER_LETTERS, other_letters
from geocasualty.gazetteer.names import fold_key

HAWIJAH = "gn:390188"


@pytest.mark.parametrize("rule", [*G_FOR_J, *OTHER_LETTERS], ids=lambda rule: rule.pattern)
def test_each_rule_makes_of_its_example_the_usual_spelling(rule):
    one, other = rule.example
    assert fold_key(other) in map(fold_key, other_letters(one, [rule]))


@pytest.mark.parametrize("name", ["Hawiga", "Al-Hawiga", "near Hawiga", "El Hawigah"])
def test_hawiga_is_never_a_quarter_of_deir_ez_zor_without_a_word(gaz, name):
    found = gaz.resolve(name)
    assert (found.status, found.geometry) == ("ambiguous", None)
    assert HAWIJAH in {each.place.place_id for each in found.candidates}
    assert gaz.resolve(name, country="IQ").best.place.place_id == HAWIJAH
    assert gaz.resolve(name, country="SY").best.label == "Al-Huwayqah (Deir ez-Zor, SY)"


@pytest.mark.parametrize(
    ("name", "country", "place"),
    [
        ("Manbig", None, "Manbij"),
        ("Hagin", None, "Hajin"),
        ("Baigi", "IQ", "Baiji"),
        ("Tagi", "IQ", "Taji"),
        ("Raqa", None, "Raqqa"),
        ("Gayyarah", None, "Qayyarah"),
        ("Ticrit", "IQ", "Tikrit"),
        ("Machmur", "IQ", "Makhmur"),
        ("Hadisa", "IQ", "Haditha"),
        ("Ramadee", None, "Ramadi"),
        ("Al-Baghdadee", None, "Al-Baghdadi"),
        ("Fallouja", None, "Fallujah"),
        ("El-Qaim", None, "Al-Qaim"),
    ],
)
def test_usual_other_spellings_of_towns(gaz, name, country, place):
    found = gaz.resolve(name, country=country)
    assert (found.status, found.best and found.best.place.name) == ("resolved", place), found


@pytest.mark.parametrize("name", ["Asaz", "Karabelah", "Kalidiyah", "Uga", "Goba"])
def test_a_far_fetched_spelling_alone_is_not_answered(gaz, name):
    assert gaz.resolve(name).geometry is None


def test_a_misspelling_does_not_mean_the_largest(gaz):
    found = gaz.resolve("Karabelah", country="IQ")
    assert found.status == "ambiguous"
    assert {"Karbala (Karbala, IQ)", "Karabilah (Anbar, IQ)"} <= {each.label for each in found.candidates}
