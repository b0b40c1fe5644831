"""Letters that stand for others: Egyptian g, German ch, Turkish s."""

import pytest

from geocasualty.gazetteer._index import G_FOR_J, OTHER_LETTERS, other_letters
from geocasualty.gazetteer.names import fold_key

HAWIJAH = "gn:390188"


@pytest.mark.parametrize("rule", [*G_FOR_J, *OTHER_LETTERS], ids=lambda rule: rule.pattern)
def test_each_rule_makes_of_its_example_the_usual_spelling(rule):
    one, other = rule.example
    assert fold_key(other) in map(fold_key, other_letters(one, [rule]))


@pytest.mark.parametrize("name", ["Hawiga", "Al-Hawiga", "near Hawiga", "El Hawigah"])
def test_hawiga_is_never_a_quarter_of_deir_ez_zor_without_a_word(gaz, name):
    found = gaz.resolve(name)
    assert found.geometry is None
    assert HAWIJAH in {each.place.place_id for each in found.candidates}
    assert gaz.resolve(name, governorate="Kirkuk").best.place.place_id == HAWIJAH
    assert gaz.resolve(name, governorate="Deir ez-Zor").best.label == "Al-Huwayqah (Deir ez-Zor, SY)"


@pytest.mark.parametrize(
    ("name", "governorate", "place"),
    [
        ("Manbig", "Aleppo", "Manbij"),
        ("Hagin", "Deir ez-Zor", "Hajin"),
        ("Baigi", "Salah ad-Din", "Baiji"),
        ("Tagi", "Baghdad", "Taji"),
        ("Raqa", None, "Raqqa"),
        ("Gayyarah", None, "Qayyarah"),
        ("Ticrit", "Salah ad-Din", "Tikrit"),
        ("Machmur", "Erbil", "Makhmur"),
        ("Hadisa", "Anbar", "Haditha"),
        ("Ramadee", None, "Ramadi"),
        ("Al-Baghdadee", "Anbar", "Al-Baghdadi"),
        ("Fallouja", None, "Fallujah"),
        ("El-Qaim", None, "Al-Qaim"),
    ],
)
def test_usual_other_spellings_of_towns_need_a_second_sign_but_for_well_known_ones(gaz, name, governorate, place):
    found = gaz.resolve(name, governorate=governorate)
    assert (found.status, found.best and found.best.place.name) == ("resolved", place), found
    alone = gaz.resolve(name)
    assert alone.status == ("unresolved" if governorate else "resolved"), alone
    assert alone.candidates[0].place.name == place


@pytest.mark.parametrize("name", ["Asaz", "Karabelah", "Kalidiyah", "Uga", "Goba"])
def test_a_far_fetched_spelling_alone_is_not_answered(gaz, name):
    assert gaz.resolve(name).geometry is None


def test_a_misspelling_does_not_mean_the_largest(gaz):
    found = gaz.resolve("Karabelah", country="IQ")
    assert found.geometry is None
    assert {"Karbala (Karbala, IQ)", "Karabilah (Anbar, IQ)"} <= {each.label for each in found.candidates}


@pytest.mark.parametrize("text", ["Dayz Az Zawr", "Dayz Ar Awr", "Deyr Azz Zour", "Daryz Az Zawr"])
def test_slips_in_the_name_of_a_great_city_are_forgiven_in_its_country(gaz, text):
    assert gaz.resolve(text, country="SY").best.label == "Deir ez-Zor (Deir ez-Zor, SY)"
    assert gaz.resolve(text, country="IQ").geometry is None


@pytest.mark.parametrize("text", ["Bakufa", "Al-Najar", "Al-Bara", "Karabila"])
def test_a_short_name_is_no_slip_of_a_city(gaz, text):
    found = gaz.resolve(text, country="IQ")
    assert found.best is None or found.best.place.kind != "city"
