"""Places that share a name, with or without the article, at home and abroad."""

import re

import pandas as pd
import pytest

from geocasualty.gazetteer import Place
from geocasualty.gazetteer._choice import Hints, choose


def offered(found):
    return {candidate.label for candidate in found.candidates}


KHALIDIYAH = {"Al-Khalidiyah (Homs, SY)", "Khalidiyah, Aleppo (Aleppo, SY)"}


@pytest.mark.parametrize(
    ("name", "country", "at_home", "abroad"),
    [
        ("Khalidiyah", "SY", KHALIDIYAH | {"Abu Hayj (Aleppo, SY)"}, "Khalidiyah (Anbar, IQ)"),
        ("near Khalidiyah", "SY", KHALIDIYAH | {"Abu Hayj (Aleppo, SY)"}, "Khalidiyah (Anbar, IQ)"),
        ("Al-Karama", "IQ", {"Al-Karama, Mosul (Nineveh, IQ)"}, "Al-Karamah (Raqqa, SY)"),
        ("Yarmouk", "IQ", {"Al-Yarmouk, Mosul (Nineveh, IQ)"}, "Yarmouk (Damascus, SY)"),
    ],
)
def test_a_name_known_in_the_stated_country_is_not_answered_from_abroad(gaz, name, country, at_home, abroad):
    found = gaz.resolve(name, country=country)
    assert found.geometry is None, found
    assert at_home <= offered(found)
    assert found.candidates[0].label in at_home
    assert abroad in offered(found)


def test_a_longer_name_inside_the_stated_governorate_wins(gaz):
    found = gaz.resolve("Yarmouk", country="IQ", governorate="Nineveh")
    assert (found.status, found.best.label) == ("resolved", "Al-Yarmouk, Mosul (Nineveh, IQ)")
    assert "Yarmouk (Damascus, SY) too, but that lies outside the stated country" in found.reason
    found = gaz.resolve("Salah al-Din, Aleppo")
    assert (found.status, found.best.label) == ("resolved", "Salaheddin quarter (Aleppo, SY)")


@pytest.mark.parametrize("name", ["Karrada", "Yarmouk camp"])
def test_a_quarter_or_camp_abroad_is_offered_and_not_taken(gaz, name):
    country = {"Karrada": "SY", "Yarmouk camp": "IQ"}[name]
    found = gaz.resolve(name, country=country)
    assert (found.status, found.geometry) == ("unresolved", None)
    assert found.reason.endswith("but that lies outside the stated country")
    assert found.candidates[0].place.country != country


@pytest.mark.parametrize(
    ("text", "hints", "status"),
    [
        ("Hawijah", {"country": "SY"}, "unresolved"),
        ("Hawijah", {"country": "SY", "governorate": "Salah ad Din"}, "unresolved"),
        ("Hawijah", {"country": "IQ", "governorate": "Salah ad Din"}, "area-only"),
        ("5 km north of Raqqa", {"country": "IQ"}, "unresolved"),
        ("between Mosul and Hawijah", {"country": "SY"}, "unresolved"),
        ("Al-Qaim", {"country": "SY"}, "unresolved"),  # 3 km from the border
        ("Hawijah", {"country": "IQ", "governorate": "Kirkuk"}, "resolved"),
        ("Hawijah", {}, "resolved"),
    ],
)
def test_what_is_stated_is_never_overruled(gaz, text, hints, status):
    found = gaz.resolve(text, **hints)
    assert found.status == status, found
    if status == "area-only":
        assert found.best.label == "Salah ad-Din (IQ)"
        assert "Hawijah (Kirkuk, IQ), but that lies outside the stated governorate" in found.reason


NAMESAKES = (
    "Qahtaniyah Khalidiyah Hamidiyah Taybah Aziziyah Husayniyah Zuhur Firdaws Rifai Zahraa Zahra Ashrafiyah "
    "Salihiyah Ziyarah Malikiyah Rawdah Safsafah Amiriyah"
)


@pytest.mark.parametrize("name", NAMESAKES.split())
@pytest.mark.parametrize("hints", [{}, {"country": "SY"}, {"country": "IQ"}], ids=str)
def test_the_article_does_not_decide_what_a_name_may_mean(gaz, name, hints):
    plain, with_article = gaz.resolve(name, **hints), gaz.resolve(f"Al-{name}", **hints)
    assert offered(plain) == offered(with_article)
    assert (plain.status == "resolved") == (with_article.status == "resolved")
    if not hints:
        assert plain.status == with_article.status == "ambiguous"


@pytest.mark.parametrize(("text", "admin1"), [("An Nasiriyah village", "Rif Dimashq")])
def test_a_dam_or_an_airfield_is_not_the_village_that_has_its_name(gaz, text, admin1):
    assert gaz.resolve(text, country="SY", governorate=admin1).status == "area-only"


@pytest.mark.parametrize("name", ["Husaybah", "Husayba", "Husaiba", "حصيبة"])
def test_there_are_two_husaybahs(gaz, name):
    found = gaz.resolve(name, country="IQ")
    assert found.status == "ambiguous"
    assert {each.place.place_id for each in found.candidates} == {"gn:92138", "gc:husaybah-al-sharqiyah"}


def test_an_area_elsewhere_whose_name_has_the_article_is_not_the_town_without_it():
    def place(place_id, kind, lon):
        return Place(place_id, "Mara", kind, "SY", lon, 36.0, 4_000.0)

    town, district, quarter = place("town", "town", 37.0), place("far", "district", 40.0), place("q", "village", 39.0)
    assert choose([town, district], Hints(), ["town"])[0][0] is town
    assert choose([town, district], Hints(), ["town"])[1]
    assert not choose([town, district], Hints(), ["town", "far"])[1]
    assert not choose([town, quarter], Hints(), ["town"])[1]


def test_a_well_known_place_needs_no_article_to_outweigh_a_small_one(gaz):
    assert gaz.resolve("Hama").best.label == "Hama (Hama, SY)"
    assert gaz.resolve("Al-Hama").status == "ambiguous"  # the town near Damascus is written so
    for name in ("Raqqa", "Al-Raqqa", "الرقة", "رقة"):
        assert gaz.resolve(name).best.label == "Raqqa (Raqqa, SY)"


def test_admin1_is_the_governorate_and_says_so(gaz):
    texts = pd.Series(["Sinjar"])
    with pytest.warns(DeprecationWarning, match="= is (governorate|district)= now") as said:
        found = gaz.resolve("Sinjar", admin1="Idlib"), gaz.resolve_many(texts, admin1="Idlib", admin2="Maarrat Misrin")
    assert [each.filename for each in said if " now" in str(each.message)] == [__file__] * 3
    assert found[0].best.place == gaz.resolve("Sinjar", governorate="Idlib").best.place
    again = gaz.resolve_many(texts, governorate="Idlib", district="Maarrat Misrin")
    assert found[1]["reason"].tolist() == again["reason"].tolist()
    old = pd.DataFrame([{"query": "Sinjar", "admin1": "Idlib", "place_id": "gn:390188"}])
    with pytest.warns(FutureWarning, match="overrides: 'admin1' is 'governorate' now"):
        by_hand = gaz.resolve_many(texts, governorate="Idlib", overrides=old)
    assert by_hand["place_id"].tolist() == ["gn:390188"]


@pytest.mark.parametrize("name", ["Raqqa", "Manbij", "Hama"])
def test_a_choice_names_what_it_was_made_among(gaz, name):
    found = gaz.resolve(name, country="SY")
    assert re.search(r"chosen among|by far the largest of", found.reason)
    assert len(found.candidates) > 1
    for other in found.candidates[1:4]:
        assert f", not {other.label}" in found.reason
