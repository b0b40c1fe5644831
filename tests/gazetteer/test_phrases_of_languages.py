"""Places as they stand in reports of other wars, each language by its table."""

import re

import pytest

import geocasualty as gcas
from geocasualty.theatre.languages import languages

TEXTS = [
    ("5 км північніше Бахмута", "Bakhmut", 5_000, False),
    ("3 км на північний схід від Ізюма", "Izyum", 3_000, False),
    ("поблизу Кременчука", "Kremenchuk", 0, True),
    ("в районі Маріуполя, Донецької області", "Mariupol", 0, True),
    ("під Бахмутом", "Bakhmut", 0, True),
    ("біля Нової Каховки", "Nova Kakhovka", 0, True),
    ("у Кривому Розі", "Kryvyy Rih", 0, False),
    ("м. Харків, Харківська область", "Kharkiv", 0, False),
    ("у Харкові", "Kharkiv", 0, False),
    ("на околицях Києва", "Kyiv", 0, True),
    ("5 км к северу от Бахмута", "Bakhmut", 5_000, False),
    ("севернее Бахмута", "Bakhmut", 10_000, True),
    ("в Мариуполе", "Mariupol", 0, False),
    ("у Бахмута", "Bakhmut", 0, True),
    ("возле Краматорска", "Kramatorsk", 0, True),
    ("در نزدیکی سنگین", "Sangin", 0, True),
    ("در ۵ کیلومتری شمال قندهار", "Kandahar", 5_000, False),
    ("ליד שדרות", "Sderot", 0, True),
    ("5 ק״מ צפונית לאשקלון", "Ashkelon", 5_000, False),
    ("10 km au sud de Tombouctou", "Timbuktu", 10_000, False),
    ("près de Ménaka", "Menaka", 0, True),
    ("Kilis'in 5 km kuzeyinde", "Kilis", 5_000, False),
    ("Kilis yakınlarında", "Kilis", 0, True),
    ("5 km north of Bakhmut", "Bakhmut", 5_000, False),
    ("٥ كم شمال المخا", "Mocha", 5_000, False),
]
AREAS = [
    ("Харківська область", "Kharkiv governorate (UA)"),
    ("Харківської області", "Kharkiv governorate (UA)"),
    ("Kharkiv oblast", "Kharkiv governorate (UA)"),
    ("North Darfur state", "North Darfur (SD)"),
    ("ولاية شمال دارفور", "North Darfur (SD)"),
    ("ولایت هلمند", "Helmand (AF)"),
    ("Kilis ili", "Kilis governorate (TR)"),
]


@pytest.fixture(scope="module")
def world():
    return gcas.load_gazetteer(countries=["UA", "YE", "SD", "IL", "AF", "TR", "ML"])


@pytest.mark.parametrize(("text", "name", "away", "near"), TEXTS)
def test_words_around_a_name(world, text, name, away, near):
    found = world.resolve(text)
    assert (found.status, found.best and found.best.place.name, found.vicinity) == ("resolved", name, near)
    place = found.best.place
    shifted = gcas.geodesy.geodesic_distance_m(place.lon, place.lat, found.point.x, found.point.y)
    assert shifted == pytest.approx(away, abs=1)


@pytest.mark.parametrize(("text", "label"), AREAS)
def test_kinds_of_areas(world, text, label):
    found = world.resolve(text)
    assert (found.status, found.best and found.best.label) == ("resolved", label)


@pytest.mark.parametrize(
    ("text", "kind"), [("ولسوالی سنگین", "district"), ("مديرية المخا", "district"), ("Izium raion", "district")]
)
def test_a_seat_stands_for_its_district(world, text, kind):
    assert world.resolve(text).precision == kind


@pytest.mark.parametrize(("text", "kind"), [("Nahiyat al `Awjah", "subdistrict"), ("Qaḑā’ al Kūfah", "district")])
def test_a_name_that_says_an_area_is_not_the_town_alone(gaz, text, kind):
    found = gaz.resolve(text)
    assert (found.best.place.kind in ("town", "city"), found.precision) == (True, kind)
    assert found.radius_m > found.best.place.radius_m


def test_an_area_stands_for_a_village_that_is_not_known(world):
    found = world.resolve("с. Гроза, Харківська область")
    assert (found.status, found.best.label) == ("area-only", "Kharkiv governorate (UA)")


def test_a_case_of_a_name_is_no_guess_where_two_places_have_it(world):
    assert world.resolve("Авдіївка").status == world.resolve("Авдіївки").status == "ambiguous"
    assert world.resolve("Бахмутяни").status == "unresolved"


def test_endings_leave_names_of_other_scripts_alone(gaz):
    for name in ("Raqqa", "Tabqa", "الرقة"):
        assert gaz.resolve(name).reason.startswith("name of")


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.code)
def test_every_rule_of_endings_changes_words_of_its_own_script_alone(language):
    for rule in language.names["endings"]:
        one, other = rule.example
        assert re.sub(rule.pattern, rule.becomes, one) == other != one
        assert not one.isascii()
