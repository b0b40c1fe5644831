"""The bundled tables: they are what a rebuild gives, and they hold together."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import shapely
import shapely.ops
from pyproj import Geod

from geocasualty.taxonomy import KINDS

DATA = Path(__file__).resolve().parents[2] / "data" / "gazetteer"
WGS84 = Geod(ellps="WGS84")
COASTS_AND_BORDERS_M = 6_000
"""How far a point may lie outside its country's generalised polygon: Arwad is an island."""
SCRIPTS = {"Latn": "LATIN", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Hebr": "HEBREW", "Grek": "GREEK"}
SCRIPTS |= {"Armn": "ARMENIAN", "Syrc": "SYRIAC"}


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, str]]:
    return {row["place_id"]: row for row in read("places.csv")}


@pytest.fixture(scope="module")
def names() -> list[dict[str, str]]:
    return read("names.csv")


@pytest.fixture(scope="module")
def areas() -> dict[str, dict]:
    features = json.loads((DATA / "areas.geojson").read_text(encoding="utf-8"))["features"]
    return {
        each["properties"]["place_id"]: each["properties"] | {"shape": shapely.geometry.shape(each["geometry"])}
        for each in features
    }


def called(names: list[dict[str, str]], name: str) -> set[str]:
    return {row["place_id"] for row in names if row["name"] == name}


def run_check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "build.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def test_a_rebuild_gives_the_same_tables():
    result = run_check(DATA)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_check_fails_where_a_table_was_edited(tmp_path):
    folder = tmp_path / "gazetteer"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("__pycache__"))
    table = folder / "places.csv"
    edited = table.read_text(encoding="utf-8").replace("Hawijah", "Hawija")
    table.write_text(edited, encoding="utf-8", newline="\n")
    result = run_check(folder)
    assert result.returncode == 1
    assert "places.csv" in result.stdout


def test_text_tables_have_unix_line_ends_and_no_stray_blanks():
    for name in ("places.csv", "names.csv", "areas.geojson"):
        raw = (DATA / name).read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
    for row in read("names.csv"):
        assert row["name"] == row["name"].strip() != ""


def test_ids_are_unique_and_sorted():
    ids = [row["place_id"] for row in read("places.csv")]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


def test_parents_exist_and_are_of_their_level(places):
    for place in places.values():
        if place["admin1"]:
            assert places[place["admin1"]]["kind"] == "governorate", place
            assert places[place["admin1"]]["country"] == place["country"], place
        if place["admin2"]:
            assert places[place["admin2"]]["kind"] == "district", place
        settled = place["kind"] not in {"country", "governorate", "area"} and place["country"] in {"IQ", "SY"}
        assert bool(place["admin1"]) or not settled, place


def test_every_column_that_must_be_filled_is_filled(places):
    for place in places.values():
        for column in set(place) - {"admin1", "admin2", "population", "feature_code", "note", "name_ar"}:
            assert place[column], place
        assert place["kind"] in KINDS
        assert int(place["radius_m"]) > 0
        assert place["licence"] in {"CC BY 4.0", "public domain", "MIT", "CC0 1.0"}


def test_every_name_has_a_place_and_every_place_its_own_name(places, names):
    assert {row["place_id"] for row in names} <= set(places)
    pairs = [(row["place_id"], row["name"]) for row in names]
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) >= {(place["place_id"], place["name"]) for place in places.values()}


def test_each_name_is_in_the_script_it_claims(names):
    for row in names:
        for character in row["name"]:
            if character.isalpha() and unicodedata.category(character) not in {"Lm", "Mn"}:
                assert unicodedata.name(character).startswith(SCRIPTS[row["script"]]), row


def test_machine_romanisations_and_airport_codes_are_gone(names):
    for junk in ("alhwyjt", "bghdad", "bەghdad", "ba ge da", "mosuru", "BGW", "OSM", "TQD", "Ar Rut bah"):
        assert not called(names, junk), junk


def test_languages_follow_the_letters(names):
    for row in names:
        if set(row["name"]) & set("ەێۆڵڕڤ"):
            assert row["language"] == "ckb", row
    assert Counter(row["language"] for row in names)["ckb"] > 100


def test_points_lie_in_their_country(places, areas):
    outside = []
    for place in places.values():
        polygon = areas.get(f"iso:{place['country']}")
        if polygon is None:
            continue
        spot = shapely.Point(float(place["lon"]), float(place["lat"]))
        if polygon["shape"].covers(spot):
            continue
        near = shapely.ops.nearest_points(polygon["shape"], spot)[0]
        metres = WGS84.inv(spot.x, spot.y, near.x, near.y)[2]
        outside.append(place["place_id"])
        assert metres < COASTS_AND_BORDERS_M, (place, metres)
        assert "outside the country" in place["note"], place
    assert len(outside) <= 20


def test_governorates_tile_their_country(areas):
    for country, states in (("IQ", 18), ("SY", 14)):
        parts = [area["shape"] for key, area in areas.items() if key.startswith(f"ne:{country}-")]
        assert len(parts) == states
        assert all(part.is_valid and part.geom_type == "Polygon" for part in parts)
        assert shapely.coverage_is_valid(parts)
        assert shapely.union_all(parts).symmetric_difference(areas[f"iso:{country}"]["shape"]).area < 1e-9


def test_what_is_wrong_with_the_polygons_is_said(places, areas):
    assert [key for key, area in areas.items() if area["approximate"]] == ["ne:IQ-BG"]
    assert 4_600 < square_km(areas["ne:IQ-BG"]["shape"]) < 5_600
    assert "Approximate" in places["ne:IQ-BG"]["note"]
    assert "ne:IQ-TS" not in places
    assert "ne:IQ-KI" in areas
    assert "ne:IQ-HA" not in areas
    assert places["ne:IQ-HA"]["note"].startswith("No polygon")


def square_km(area: shapely.Polygon) -> float:
    return abs(WGS84.geometry_area_perimeter(area)[0]) / 1e6


def test_polygon_radii_hold_nine_tenths(places, areas):
    for key, area in areas.items():
        place = places[key]
        metres = int(place["radius_m"])
        lon, lat = [float(place["lon"])] * 90, [float(place["lat"])] * 90
        disc = WGS84.fwd(lon, lat, list(range(0, 360, 4)), [metres] * 90)
        inside = area["shape"].intersection(shapely.Polygon(zip(disc[0], disc[1], strict=True)))
        assert 0.88 < square_km(inside) / square_km(area["shape"]) <= 0.97, place


def test_counts_are_near_those_measured(places, names):
    towns = [place for key, place in places.items() if key.startswith("gn:") and place["kind"] != "district"]
    countries = Counter(place["country"] for place in towns)
    assert 160 <= countries["IQ"] <= 169
    assert 300 <= countries["SY"] <= 308
    assert countries["TR"] == 2
    arabic = {row["place_id"] for row in names if row["script"] == "Arab"}
    sorani = {row["place_id"] for row in names if row["language"] == "ckb"}
    ids = {place["place_id"] for place in towns}
    assert len(ids & arabic) > 455
    assert len(ids & sorani) > 75
    assert sum(key.startswith("ap:") for key in places) == 36
    assert sum(key.startswith("gc:") for key in places) >= 150


def test_radii_are_useful(places):
    for kind, most in (("city", 5_000), ("town", 4_000), ("village", 6_000)):
        radii = sorted(int(place["radius_m"]) for place in places.values() if place["kind"] == kind)
        assert radii[len(radii) // 2] <= most, kind


@pytest.mark.parametrize(
    ("place_id", "spellings"),
    [
        ("gn:390188", "Hawijah|Hawija|Al Huwayjah|الحويجة"),
        ("gn:172256", "Kobani|Kobane|Kobanê|Ayn al-Arab|Ain al-Arab|عين العرب"),
        ("gn:172955", "Raqqa|Ar Raqqah|Al-Raqqah|ar-Raqqah|الرقة"),
        ("gn:99072", "Mosul|Al Mawsil|الموصل|مووسڵ"),
        ("gn:170794", "Deir ez-Zor|Deir ez-Zour|Dayr az Zawr|Deir al-Zor|دير الزور"),
        ("gn:97783", "Baiji|Bayji|Beiji|بيجي"),
        ("gn:95446", "Erbil|Arbil|Hewlêr|هەولێر"),
        ("ne:IQ-KI", "Kirkuk|كركوك|کەرکووک"),
        ("ne:SY-ID", "Idlib|إدلب"),
        ("ne:IQ-NI", "Nineveh|Ninawa|Ninewa|نينوى"),
        ("ap:ORAA", "Al Asad|Ayn al-Asad"),
        ("gn:173797", "Al-Hawl|Al-Hol|الهول"),
    ],
)
def test_press_spellings(names, place_id, spellings):
    for spelling in spellings.split("|"):
        same = {spelling, spelling[0].upper() + spelling[1:]}
        assert any(place_id in called(names, each) for each in same), spelling


def test_a_misprint_of_the_releases_is_a_name_with_its_source(names):
    assert [row["source"] for row in names if row["name"] == "Dayr Ar Zawr"] == ["Coalition releases"]


def test_there_are_two_sinjars_and_one_mosul(places, names):
    towns = {key for key in called(names, "Sinjar") if places[key]["kind"] in {"city", "town", "village"}}
    assert {places[key]["country"] for key in towns} == {"IQ", "SY"}
    assert {key for key in called(names, "Mosul") if places[key]["kind"] != "district"} == {"gn:99072"}


def test_airfields_do_not_take_a_town_s_plain_name(places, names):
    airfields = {key for key, place in places.items() if place["kind"] == "airbase" or key.startswith("ap:")}
    settlements = {key for key, place in places.items() if place["kind"] in {"city", "town", "village"}}
    by_name: dict[str, set[str]] = {}
    for row in names:
        by_name.setdefault(row["name"].casefold(), set()).add(row["place_id"])
    for name, ids in by_name.items():
        assert not (ids & airfields and ids & settlements), name


def test_seats_of_districts_are_places(places):
    seats = {row["geonameid"]: row["seat"] for row in read("districts.csv")}
    for key, place in places.items():
        if place["kind"] == "district":
            seat = places[seats[key.removeprefix("gn:")]]
            assert (seat["lon"], seat["lat"]) == (place["lon"], place["lat"])
