"""What holds of every answer, whatever the place: laws over all bundled places, with every way to write them."""

import random
import string

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.gazetteer.names import script_of
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.theatre.countries import countries

NOTATIONS = ("{x}, {y}", "{y}, {x}", "{x} ({y})", "{x} - {y}", "{y} - {x}", "{y} > {x}", "{x}، {y}", "{y}، {x}")
WITH_COUNTRY = ("{x}, {y}, {c}", "{c}, {y}, {x}", "{x} ({y}, {c})", "{x}، {y}، {c}", "{c} > {y} > {x}")
LANGUAGES = ("en", "ar")
AREAS = ("country", "governorate", "district", "subdistrict")
SETTLED = ("city", "town", "village")
PARTS = ("neighbourhood", "camp")
SHARE = 6
"""Laws that ask much are asked of one place in so many, the first of each; 1 asks them of all, in some 10 minutes."""
BESIDE_M = 25_000.0
"""Farther apart than this neither of two settlements lies in or beside the other."""


@pytest.fixture(scope="module")
def every(gaz):
    return [gaz.place(place_id) for place_id in gaz.places["place_id"]]


@pytest.fixture(scope="module")
def some(every):
    return every[::SHARE]


@pytest.fixture(scope="module")
def by_id(every):
    return {place.place_id: place for place in every}


@pytest.fixture(scope="module")
def governorates(every):
    return [place for place in every if place.kind == "governorate"]


@pytest.fixture(scope="module")
def alone(gaz, some):
    """Settlements whose bare name is answered with them."""
    return [place for place in some if place.kind in SETTLED and right(gaz.resolve(place.name), place)]


def named(place, language):
    """The preferred name in a language; empty where none is known."""
    return place.name if language == "en" else place.names.get(language, "")


def apart_m(one, other):
    return float(geodesic_distance_m(one.lon, one.lat, other.lon, other.lat))


def off_m(answer, place):
    return float(geodesic_distance_m(answer.point.x, answer.point.y, place.lon, place.lat))


def answered(answer):
    """What two texts of one meaning have in common."""
    best = answer.best.place.place_id if answer.best else None
    return answer.status, best, None if answer.point is None else round(answer.radius_m)


def right(answer, place):
    """Resolved to the place, or to its very spot under another entry."""
    if answer.status != "resolved" or answer.best is None:
        return False
    return answer.best.place.place_id == place.place_id or off_m(answer, place) <= min(answer.radius_m, place.radius_m)


def wrong(answer, place):
    """Any answer that leaves the place outside, the stated areas around it apart."""
    if answer.point is None or off_m(answer, place) <= answer.radius_m:
        return False
    held = answer.best is not None and answer.best.place.place_id in (
        place.place_id, place.admin1, place.admin2, f"iso:{place.country}"
    )  # fmt: skip
    return not held and not (answer.polygon is not None and shapely.covers(answer.polygon, place.point))


def lies_in(place, area):
    """Whether an area holds a place, by its identifiers or its outline; taken for granted of a place without any."""
    if area.kind == "country":
        return place.country == area.country
    if area.place_id in (place.place_id, place.admin1) or (place.country == area.country and not place.admin1):
        return True
    return area.polygon is not None and shapely.covers(area.polygon, place.point)


TWICE = {"gc:khan-al-shih", "ucdp:sy-rif-dimashq-qatana-khan-ash-shih"}
"""A camp and the town beside it under one name: each holds the other, and the spelling says which is meant."""


def holders(some, by_id, every):
    """Each place with what holds it: its governorate, its district, and the town that a quarter lies in.

    Left out is a name with a word in waw, which is "and" wherever the whole is not looked at first.
    """
    some = [place for place in some if " و" not in named(place, "ar") and place.place_id not in TWICE]
    towns = [place for place in every if place.kind in ("city", "town")]
    for place in some:
        if place.kind in ("country", "governorate"):
            continue
        for held in dict.fromkeys((place.admin1, place.admin2)):
            if held in by_id:
                yield place, by_id[held]
        if place.kind in PARTS:
            around = [town for town in towns if apart_m(town, place) <= town.radius_m and town.country == place.country]
            if around:
                yield place, min(around, key=lambda town: apart_m(town, place))


def none_of(failures, of):
    """Fail with the first inputs that break a law."""
    shown = "\n".join(map(str, failures[:25]))
    assert not failures, f"{len(failures)} of {of} break the law:\n{shown}"


@pytest.fixture(scope="module")
def country_names(by_id):
    return {
        "en": {place.country: place.name for place in by_id.values() if place.kind == "country"},
        "ar": {place.country: named(place, "ar") for place in by_id.values() if place.kind == "country"},
    }


# -- labels ---------------------------------------------------------------------------------------------------------


def test_every_label_given_back_is_its_place(gaz, every):
    asked = [(gaz.label(place.place_id), place) for place in every]
    none_of(
        [(label, found) for label, place in asked
         if (found := gaz.resolve(label)).best is None or found.status != "resolved"
         or found.best.place.place_id != place.place_id],
        len(asked),
    )  # fmt: skip
    assert len({label for label, _ in asked}) == len(asked)


def test_every_label_that_an_ambiguous_answer_offers_is_that_candidate(gaz, every):
    failures, asked = [], 0
    for text in sorted({name for place in every for name in gaz.names(place.place_id)}):
        found = gaz.resolve(text)
        if found.status != "ambiguous":
            continue
        for candidate in found.candidates[:4]:
            asked += 1
            again = gaz.resolve(candidate.label)
            same = again.best is not None and again.best.place.place_id == candidate.place.place_id
            if not same or candidate.label not in found.reason:
                failures.append((text, candidate.label, again))
    none_of(failures, asked)
    assert asked > 100


# -- one meaning, many notations ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_lies_in_what_decides_and_not_how_it_is_written(gaz, some, every, by_id, language):
    draw = random.Random(language)
    failures, asked = [], 0
    for place, held in holders(some, by_id, every):
        x, y = named(place, language), named(held, language)
        if not x or not y or x == y:
            continue
        first, *others = (note.format(x=x, y=y) for note in NOTATIONS)
        expected = answered(gaz.resolve(first))
        asked += 1
        rest = draw.sample(others, 3)
        failures += [(first, expected, text, found) for text in rest
                     if (found := answered(gaz.resolve(text))) != expected]  # fmt: skip
    none_of(failures, asked)
    assert asked > 125


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_country_at_either_end_says_no_more_than_the_country_hint(gaz, some, every, by_id, country_names, language):
    draw = random.Random(language)
    failures, asked = [], 0
    for place, held in holders(some, by_id, every):
        x, y, c = named(place, language), named(held, language), country_names[language].get(place.country)
        if not (x and y and c) or x == y:
            continue
        expected = answered(gaz.resolve(f"{x}, {y}", country=place.country))
        asked += 1
        failures += [(expected, text, found) for note in draw.sample(WITH_COUNTRY, 2)
                     if (found := answered(gaz.resolve(text := note.format(x=x, y=y, c=c)))) != expected]  # fmt: skip
    none_of(failures, asked)
    assert asked > 125


def test_all_other_names_of_a_town_behave_alike_in_every_order(gaz, some, by_id):
    failures, asked = [], 0
    for place in some:
        if place.kind not in ("city", "town") or place.admin1 not in by_id:
            continue
        for x in gaz.names(place.place_id)[1:]:
            y = named(by_id[place.admin1], "ar" if script_of(x) == "Arab" else "en")
            if not y or x == y:
                continue
            asked += 1
            texts = [note.format(x=x, y=y) for note in ("{x}, {y}", "{y}, {x}")]
            expected = answered(gaz.resolve(texts[0]))
            failures += [(texts[0], expected, text, found) for text in texts[1:]
                         if (found := answered(gaz.resolve(text))) != expected]  # fmt: skip
    none_of(failures, asked)
    assert asked > 125


def test_a_kind_in_brackets_is_a_kind_beside_the_name(gaz, some):
    failures, asked = [], 0
    arabic = {"governorate": "محافظة", "district": "قضاء", "city": "مدينة", "town": "بلدة", "village": "قرية"}
    for place in some:
        if place.kind not in arabic:
            continue
        pairs = [(f"{place.name} {place.kind}", f"{place.name} ({place.kind})")]
        if named(place, "ar"):
            pairs.append((f"{arabic[place.kind]} {named(place, 'ar')}", f"{named(place, 'ar')} ({arabic[place.kind]})"))
        for plain, bracket in pairs:
            asked += 1
            one, other = answered(gaz.resolve(plain)), answered(gaz.resolve(bracket))
            if one != other:
                failures.append((plain, one, bracket, other))
    none_of(failures, asked)
    assert asked > 125


def test_governorate_and_town_in_any_order_are_the_town(gaz, every, by_id):
    towns = [place for place in every if place.kind in ("city", "town") and place.admin1 in by_id]
    for note in ("{x}, {y}", "{y}, {x}", "{x} ({y})", "{y} - {x}", "{y} > {x}"):
        found = [gaz.resolve(note.format(x=place.name, y=by_id[place.admin1].name)) for place in towns]
        share = sum(right(answer, place) for answer, place in zip(found, towns, strict=True)) / len(towns)
        assert share >= 0.97, (note, share)


# -- nothing outside what is stated -----------------------------------------------------------------------------------


def stated_in_text(x, area):
    return (f"{x}, {area}", f"{x} ({area})", f"{area}, {x}", f"{area} - {x}", f"{x} - {area}", f"{x}، {area}")


def test_no_answer_lies_outside_a_stated_governorate(gaz, some, governorates):
    draw = random.Random(20_261_126)
    failures, asked = [], 0
    for place in some:
        if place.kind in ("country", "governorate"):
            continue
        for area in draw.sample(governorates, 1):
            if place.admin1 == area.place_id:
                continue
            for language in LANGUAGES:
                x, g = named(place, language), named(area, language)
                if (
                    not x or not g or x == g or (place.admin1 and g in gaz.names(place.admin1))
                ):  # "Damascus" is its countryside too
                    continue
                only = all(lies_in(each.place, area) for each in gaz.resolve(g).candidates)
                texts = draw.sample(stated_in_text(x, g), 2) if only else []  # Qadisiyah is also a quarter elsewhere
                found = [(text, gaz.resolve(text)) for text in texts]
                found.append((f"{x}; governorate={g}", gaz.resolve(x, governorate=g)))
                asked += len(found)
                failures += [(text, answer) for text, answer in found
                             if answer.status == "resolved" and not lies_in(answer.best.place, area)]  # fmt: skip
    none_of(failures, asked)
    assert asked > 375


def test_no_answer_lies_outside_a_stated_country(gaz, some, every, by_id):
    draw = random.Random(2_026)
    here = [place for place in every if place.kind == "country"]
    failures, asked = [], 0
    for place in some:
        for country in here:
            if country.country == place.country:
                continue
            x, c = place.name, country.name
            found = [(text, gaz.resolve(text)) for text in draw.sample((*stated_in_text(x, c), f"{x} {c}"), 3)]
            found += [(f"{x}; country={said}", gaz.resolve(x, country=said)) for said in (country.country, c)]
            asked += len(found)
            failures += [(text, answer) for text, answer in found
                         if answer.best is not None and not lies_in(answer.best.place, country)]  # fmt: skip
    none_of(failures, asked)
    assert asked > 625


def test_no_country_of_the_world_gives_an_answer_from_here(gaz, every):
    held = {place.country for place in every}
    places = [place for place in every if place.kind in (*SETTLED, *PARTS) and "," not in place.name]
    draw = random.Random(249)
    failures, asked = [], 0
    for code, country in countries().items():
        if code in held:
            continue
        for place in draw.sample(places, 1):
            x = place.name
            found = [(text, gaz.resolve(text)) for text in (*stated_in_text(x, country.name), f"{x} {country.name}")]
            found += [(f"{x}; country={said}", gaz.resolve(x, country=said)) for said in (code, country.name)]
            asked += len(found)
            failures += [(text, answer) for text, answer in found if answer.point is not None]
    none_of(failures, asked)
    assert asked > 2_000


# -- what is not known ----------------------------------------------------------------------------------------------

UNKNOWN = {
    "en": st.text(alphabet="bcdfgjklmpqvwxz", min_size=8, max_size=12).map(str.title),
    "ar": st.text(alphabet="بثخدذزسشصضطظغفق", min_size=8, max_size=12),
}
"""Words without vowels: no name, kind or direction is near to one."""


@pytest.mark.parametrize(
    "language",
    ["en", "ar"],
)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_unknown_name_in_a_governorate_is_somewhere_in_that_governorate(gaz, governorates, language, data):
    area = data.draw(st.sampled_from(governorates))
    word, g = data.draw(UNKNOWN[language]), named(area, language)
    kafr = {"en": f"Kafr {word}", "ar": f"كفر {word}"}[language]
    for x in (word, kafr):
        for text in stated_in_text(x, g):
            found = gaz.resolve(text)
            assert found.status == "area-only", (text, found)
            assert found.best.place.place_id == area.place_id, (text, found)
            assert word in found.reason or any(word in each for each in found.unused), (text, found)
        found = gaz.resolve(x, governorate=g)
        assert (found.status, found.best.place.place_id) == ("area-only", area.place_id), (x, g, found)


def test_a_word_that_is_not_known_makes_no_answer_as_sure_as_without_it(gaz, some, by_id):
    draw = random.Random(2_611)
    failures, asked = [], 0
    for place in some:
        word = "".join(draw.choice("bcdfgjklmpqvwxz") for _ in range(draw.randint(8, 12))).title()
        area = by_id.get(place.admin1)
        base = f"{place.name}, {area.name}" if area and draw.random() < 0.5 else place.name
        before = gaz.resolve(base)
        if before.status != "resolved":
            continue
        texts = (f"{base}, {word}", f"{word}, {base}", f"{base} ({word})", f"{word} {base}", f"{base} {word}",
                 f"{word} - {base}", f"{base} / {word}", f"{base}; {word}", f"{base} and {word}")  # fmt: skip
        for text in draw.sample(texts, 3):
            found = gaz.resolve(text)
            asked += 1
            told = word in found.reason or any(word in each for each in found.unused) or found.point is None
            if (found.status == "resolved" and found.radius_m <= before.radius_m) or not told:
                failures.append((text, found))
    none_of(failures, asked)
    assert asked > 500


@pytest.mark.parametrize(
    "mark", ["; ", "/", " / ", " or ", " and ", " أو ", " & ", " + ", " و"],
    ids=["semicolon", "slash", "slash with blanks", "or", "and", "arabic or", "ampersand", "plus", "arabic and"],
)  # fmt: skip
def test_two_places_are_never_answered_with_one_of_them(gaz, alone, mark):
    draw = random.Random(mark)
    failures, asked = [], 0
    language = "ar" if any("\u0600" < letter < "\u0700" for letter in mark) else "en"
    for one in alone:
        other = draw.choice(alone)
        a, b = named(one, language), named(other, language)
        if not a or not b or "," in a + b or apart_m(one, other) < one.radius_m + other.radius_m + BESIDE_M:
            continue
        if not (right(gaz.resolve(a), one) and right(gaz.resolve(b), other)):
            continue
        asked += 1
        found = gaz.resolve(f"{a}{mark}{b}")
        if found.point is not None and (off_m(found, one) > found.radius_m or off_m(found, other) > found.radius_m):
            failures.append((found.query, found))
    none_of(failures, asked)
    assert asked > 30


# -- hints ----------------------------------------------------------------------------------------------------------


def true_hints(place, by_id):
    """Everything that is true of a place, as a source may say it."""
    inside, district = by_id.get(place.admin1), by_id.get(place.admin2)
    yield {"country": place.country}
    yield {"near": (place.lon + 0.008, place.lat - 0.005)}
    yield {"kinds": [place.kind]}
    if inside is not None:
        yield {"governorate": inside.name}
        yield {"country": place.country, "governorate": inside.name}
    if inside is not None and district is not None:
        yield {"district": district.name}
        yield {"country": place.country, "governorate": inside.name, "district": district.name}


def test_no_true_hint_makes_a_right_answer_wrong(gaz, some, by_id):
    failures, asked = [], 0
    for place in some:
        for x in dict.fromkeys((place.name, named(place, "ar"))):
            if not x or not right(gaz.resolve(x), place):
                continue
            for hint in true_hints(place, by_id):
                asked += 1
                found = gaz.resolve(x, **hint)
                if wrong(found, place):
                    failures.append((x, hint, found))
    none_of(failures, asked)
    assert asked > 1250


def test_a_true_governorate_keeps_a_right_answer_in_whatever_spelling(gaz, some, by_id, country_names):
    failures, asked = [], 0
    for place in some:
        inside = by_id.get(place.admin1)
        if inside is None:
            continue
        x = place.name
        if not right(gaz.resolve(x, country=place.country, governorate=inside.name), place):
            continue
        spelt = [(place.country.lower(), named(inside, "ar")), (country_names["ar"][place.country], inside.name),
                 (country_names["en"][place.country], f"{inside.name} governorate")]  # fmt: skip
        spelt += [(place.country, other) for other in gaz.names(inside.place_id)[1:3]]
        for country, governorate in spelt:
            if not governorate:
                continue
            asked += 1
            found = gaz.resolve(x, country=country, governorate=governorate)
            if not right(found, place):
                failures.append((x, country, governorate, found))
    none_of(failures, asked)
    assert asked > 625


def slips(name, draw):
    """A name with one letter swapped, dropped or doubled."""
    at = draw.randrange(1, len(name) - 1)
    return draw.choice(
        (name[:at] + name[at + 1] + name[at] + name[at + 2 :], name[:at] + name[at + 1 :],
         name[:at] + draw.choice(string.ascii_lowercase) + name[at + 1 :])
    )  # fmt: skip


def test_a_misspelt_governorate_never_moves_a_place_out_of_it(gaz, some, governorates):
    """A worse record never gives a stronger finding."""
    draw = random.Random(14)
    spelt = {name.lower() for area in governorates for name in gaz.names(area.place_id)}
    failures, asked = [], 0
    for place in some:
        if place.kind in ("country", "governorate"):
            continue
        for area in draw.sample(governorates, 1):
            g = slips(area.name, draw)
            if g.lower() in spelt or len(area.name) < 5:
                continue
            strict = gaz.resolve(place.name, governorate=area.name)
            if strict.status == "resolved":
                continue
            for text, hint in (
                (place.name, {"governorate": g}),
                (f"{place.name}, {g}", {}),
                (f"{g}, {place.name}", {}),
            ):
                asked += 1
                found = gaz.resolve(text, **hint)
                if found.status == "resolved" and not lies_in(found.best.place, area):
                    failures.append((text, hint, area.name, found))
    none_of(failures, asked)
    assert asked > 250


def test_a_misspelt_country_is_refused_or_the_country(gaz, every, by_id, country_names):
    draw = random.Random(3_166)
    failures, asked = [], 0
    for place in draw.sample(every, 400):
        for code, name in country_names["en"].items():
            if code == place.country or len(name) < 4:
                continue
            c = slips(name, draw)
            if c == name:
                continue
            asked += 1
            found = gaz.resolve(place.name, country=c)
            if found.status == "resolved" and found.best.place.country != code:
                failures.append((place.name, c, found))
    none_of(failures, asked)
    assert asked > 100


def test_a_word_taken_from_a_name_or_hint_never_says_more_of_a_place(gaz, some, by_id):
    """Without its district a record is of the governorate still."""
    failures, asked = [], 0
    for place in some:
        inside, district = by_id.get(place.admin1), by_id.get(place.admin2)
        if inside is None or district is None:
            continue
        for district_said in (district.name, f"{district.name[:-2]}x", None):
            asked += 1
            found = gaz.resolve(place.name, country=place.country, governorate=inside.name, district=district_said)
            if found.status == "resolved" and not lies_in(found.best.place, inside):
                failures.append((place.name, inside.name, district_said, found))
    none_of(failures, asked)


def test_the_bundled_gazetteer_is_what_the_laws_were_asked_of(every):
    assert len(every) > 1_900
    assert gcas.load_gazetteer().version
