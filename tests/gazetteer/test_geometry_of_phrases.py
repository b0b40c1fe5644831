"""What the words around a name do to its point and radius."""

import pytest
import shapely

from geocasualty.geodesy import WGS84, geodesic_distance_m


def away_km(found, lon, lat):
    return float(geodesic_distance_m(found.point.x, found.point.y, lon, lat)) / 1000


@pytest.mark.parametrize(
    ("text", "km", "bearing"),
    [
        ("5 nm north of Mosul", 9.26, 0),
        ("Approximately 5nm north of Mosul", 9.26, 0),
        ("3 KM South East of HAJIN", 3.0, 135),
        ("10 miles NNW of Kirkuk", 16.09, 337.5),
    ],
)
def test_an_offset_moves_the_point_along_the_geodesic_and_widens_the_radius(gaz, text, km, bearing):
    found = gaz.resolve(text)
    place = found.best.place
    azimuth, _, metres = WGS84.inv(place.lon, place.lat, found.point.x, found.point.y)
    assert found.status == "resolved"
    assert metres / 1000 == pytest.approx(km, abs=0.01)
    assert (azimuth - bearing + 180) % 360 - 180 == pytest.approx(0, abs=0.01)
    assert place.radius_m < found.radius_m < place.radius_m + metres
    assert found.polygon is None


def test_a_direction_without_a_distance_is_a_vicinity(gaz):
    found = gaz.resolve("north of Mosul")
    assert found.vicinity
    assert found.point.y > found.best.place.lat
    assert found.radius_m >= 50_000


def test_half_a_province_is_its_clipped_half(gaz):
    whole, north = gaz.resolve("Kirkuk province"), gaz.resolve("northern Kirkuk province")
    assert north.polygon.area == pytest.approx(whole.polygon.area / 2, rel=0.25)
    assert whole.polygon.buffer(1e-9).contains(north.polygon)
    assert north.point.y > whole.polygon.centroid.y
    for lon, lat in shapely.get_coordinates(north.polygon):
        assert away_km(north, lon, lat) * 1000 <= north.radius_m + 1


BOTH = [
    ("northern Hama", "Hama", "Kafr Zita"),
    ("Northern Hama, Syria", "Hama", "Kafr Zita"),
    ("northern part of Hama", "Hama", "Kafr Zita"),
    ("southern Idlib", "Idlib", "Khan Shaykhun"),
    ("eastern Deir Ezzor", "Deir ez-Zor", "Al-Bukamal"),
    ("northern Aleppo", "Aleppo", "Azaz"),
    ("east Aleppo", "Aleppo", "Manbij"),
]


@pytest.mark.parametrize(("text", "name", "within"), BOTH)
def test_the_north_of_a_name_is_that_of_the_governorate_and_of_its_city(gaz, text, name, within):
    found, city = gaz.resolve(text), gaz.resolve(f"{name} city")
    assert (found.status, found.best.place.kind, found.precision) == ("resolved", "governorate", "governorate")
    assert found.polygon.covers(gaz.resolve(within, country="SY").point)
    assert found.polygon.buffer(1e-9).covers(city.point)
    assert away_km(found, city.point.x, city.point.y) * 1000 <= found.radius_m
    assert {"governorate", "city"} <= {each.place.kind for each in found.candidates}
    assert "both are covered" in found.reason


COUNTRYSIDE = [
    "ريف حماة الشمالي",
    "northern Hama countryside",
    "N Hama countryside",
    "N. Hama countryside",
    "rural northern Hama",
    "northern countryside of Hama",
    "Hama northern countryside",
]


@pytest.mark.parametrize("text", COUNTRYSIDE)
def test_the_northern_countryside_is_half_the_governorate_in_either_language(gaz, text):
    found, half = gaz.resolve(text), gaz.resolve("northern Hama province")
    assert found.polygon.equals(half.polygon)
    assert found.radius_m == half.radius_m


def test_rural_is_the_countryside(gaz):
    assert gaz.resolve("rural Hama").geometry.equals(gaz.resolve("Hama countryside").geometry)
    assert gaz.resolve("rural Damascus").best.place.name == "Rif Dimashq"
    assert gaz.resolve("rural Manbij").radius_m == gaz.resolve("Manbij countryside").radius_m > 20_000


@pytest.mark.parametrize(
    "text", ["northern Raqqa city", "east Mosul", "West Mosul", "eastern Aleppo city", "north Manbij"]
)
def test_a_part_of_a_town_stays_in_the_town(gaz, text):
    found = gaz.resolve(text)
    assert found.polygon is None
    assert found.radius_m == found.best.place.radius_m < 11_000


def test_north_of_a_city_is_a_direction_from_it(gaz):
    found = gaz.resolve("north of Hama")
    assert (found.best.place.kind, found.vicinity) == ("city", True)
    assert gaz.resolve("شمال حماة").point.equals(found.point)


def test_the_northern_countryside_of_a_town_is_as_wide_as_its_countryside(gaz):
    assert gaz.resolve("northern Manbij countryside").radius_m == gaz.resolve("Manbij countryside").radius_m


def test_between_two_places_is_the_middle_and_reaches_both(gaz):
    found = gaz.resolve("between Hit and Haditha")
    for name in ("Hit", "Haditha"):
        end = gaz.resolve(name, country="IQ").point
        assert away_km(found, end.x, end.y) * 1000 <= found.radius_m + 1
    assert "between" in found.reason


def test_two_places_at_once_are_a_disc_around_both(gaz):
    found = gaz.resolve("Al Hasakah and Dayr Az Zawr")
    assert found.status == "resolved"
    assert found.radius_m > 60_000


@pytest.mark.parametrize("text", ["38SLE 894 094", "38S LE 894 094", "38SLE894094"])
def test_an_mgrs_reference_is_its_cell(gaz, text):
    found = gaz.resolve(text)
    assert (found.status, found.best) == ("resolved", None)
    assert found.radius_m == pytest.approx(70.7, abs=0.1)
    assert found.precision == "exact"


@pytest.mark.parametrize("text", ["377SFU805225", "37FSU774280", "37SEV.35739"])
def test_a_bad_mgrs_reference_is_unresolved_with_the_reason(gaz, text):
    found = gaz.resolve(text)
    assert found.status == "unresolved"
    assert "not an MGRS reference" in found.reason


def test_coordinates_in_a_text(gaz):
    found = gaz.resolve("35.3259, 43.7727")
    assert away_km(found, 43.7727, 35.3259) < 0.01
    assert found.radius_m < 100


def test_an_unknown_neighbourhood_is_its_town_only(gaz):
    found = gaz.resolve("Hay al-Gharib neighbourhood, Mosul")
    assert found.status == "area-only"
    assert found.best.place.name == "Mosul"


def test_the_countryside_of_a_capital_is_its_governorate(gaz):
    found = gaz.resolve("Idlib countryside")
    assert found.best.place.kind == "governorate"
    assert gaz.resolve("ريف إدلب").best.place.place_id == found.best.place.place_id


def test_an_extent_widens_the_radius(gaz):
    assert gaz.resolve("Palmyra desert").radius_m > gaz.resolve("Palmyra").radius_m + 10_000


@pytest.mark.parametrize(("one", "other"), [("قرب الموصل", "near Mosul"), ("مدينة الرقة", "Raqqa city")])
def test_arabic_forms_say_the_same(gaz, one, other):
    a, b = gaz.resolve(one), gaz.resolve(other)
    assert (a.best.place, a.radius_m, a.vicinity) == (b.best.place, b.radius_m, b.vicinity)


def test_a_misspelt_name_must_agree_with_what_else_is_said(gaz):
    assert gaz.resolve("Tikirt", governorate="Salah ad Din").best.place.name == "Tikrit"
    far = gaz.resolve("Tikirt", governorate="Basra")
    assert far.status == "area-only"
    assert far.best.place.kind == "governorate"


def test_a_village_far_outside_the_stated_governorate_is_a_namesake(gaz):
    found = gaz.resolve("Kisik", governorate="Basra")
    assert (found.status, found.best.place.name) == ("area-only", "Basra")
    assert "lies outside" in found.reason
    assert gaz.resolve("Raqqa", country="IQ").status == "unresolved"


def test_the_district_stated_is_better_than_the_governorate(gaz):
    found = gaz.resolve("Qaryat Nowhere", country="SY", governorate="Aleppo Governorate", district="Manbij district")
    assert (found.status, found.best.place.kind) == ("area-only", "district")
