"""Names of UCDP GED become places: what is cleaned, where a name lies, what is left out, how it merges."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.gazetteer.building import build_gazetteer
from geocasualty.gazetteer.building._ucdp import _COUNTRY, clean
from tests.gazetteer.test_bundled_tables import DATA

HEADER = "id,where_prec,where_coordinates,adm_1,adm_2,latitude,longitude,country,country_id"


def release(folder: Path, *rows: str, name: str = "ged.csv", header: str = HEADER) -> Path:
    text = "\n".join([header, *(f"{number},{row}" for number, row in enumerate(rows, start=1))]) + "\n"
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def row(place: str, lat: float, lon: float, *, prec: str = "1", adm1: str = "Aden", adm2: str = "X", number: int = 678):
    return f"{prec},{place},{adm1},{adm2},{lat},{lon},Yemen (North Yemen),{number}"


def built(folder: Path, path: Path, **options: bool):
    result = build_gazetteer(folder / "out.gpkg", ucdp=[path], **options)
    return gcas.load_gazetteer(result.path), result


@pytest.mark.parametrize(
    ("text", "names", "kind"),
    [
        ("Teir Maaleh village", ["Teir Maaleh"], "village"),
        ("Tallbisah  town", ["Tallbisah"], "town"),
        ("village of Kafr Naha", ["Kafr Naha"], "village"),
        ("Duma", ["Duma"], "village"),
        ("Marj Khawkha / Merc Xuxê village", ["Marj Khawkha", "Merc Xuxê"], "village"),
        ("Yarmouk refugee camp", ["Yarmouk"], "camp"),
        ("Qwaris Military Airbase", ["Qwaris Military Airbase"], "airbase"),
        ("Beit Sawa suburb", ["Beit Sawa"], "neighbourhood"),
        ("Red Rock village (Sakhra)", ["Red Rock", "Sakhra"], "village"),
    ],
)
def test_a_name_loses_its_kind_word_and_keeps_its_kind(text, names, kind):
    assert clean(text) == (names, kind)


@pytest.mark.parametrize(
    "text",
    ["Road between Ariha and Hama", "Aleppo countryside", "Mansoura Subdistrict", "Jabal al Arbain hill", "T3; T4", "",
     "Hama and Homs", "Position 1234", "northern Aleppo", "town"],
)  # fmt: skip
def test_what_is_no_name_of_one_place_is_left_out(text):
    assert clean(text)[0] in ([], ["town"])


def test_a_name_lies_at_the_median_of_its_best_rows(tmp_path):
    path = release(
        tmp_path,
        row("Example town", 13.0, 45.0),
        row("Example town", 13.002, 45.002),
        row("Example town", 13.1, 45.1),
        row("Example", 13.9, 45.9, prec="2"),
        row("Rough village", 14.0, 45.0, prec="2"),
        row("Coarse", 14.0, 45.0, prec="3"),
    )
    gaz, result = built(tmp_path, path, with_bundled=False)
    places = gaz.places.set_index("name")
    assert sorted(places.index) == ["Example", "Rough"]
    example = places.loc["Example"]
    assert (example["kind"], example["country"], example["note"]) == ("town", "YE", "UCDP GED: 4 rows")
    assert (example.geometry.x, example.geometry.y) == (45.002, 13.002)
    assert 15_000 < example["radius_m"] < 16_000
    assert places.loc["Rough", "radius_m"] == 25_000
    assert result.actions["skipped"] == 1
    assert gaz.attribution == "UCDP GED (CC BY 4.0)"


def test_one_name_in_two_districts_is_two_places_and_far_apart_in_one_none(tmp_path):
    path = release(
        tmp_path,
        row("Twin", 13.0, 45.0),
        row("Twin", 14.0, 45.0, adm2="Y"),
        row("Torn", 13.0, 45.0),
        row("Torn", 14.0, 45.0),
    )
    gaz, result = built(tmp_path, path, with_bundled=False)
    assert list(gaz.places["name"]) == ["Twin", "Twin"]
    assert result.actions["rejected"] == 2


def test_a_known_place_keeps_its_position_and_gains_names(tmp_path):
    path = release(tmp_path, row("Hawija/Hawijah al-Madina town", 35.33, 43.77, adm1="Kirkuk province", number=645))
    gaz, _ = built(tmp_path, path)
    bundled = gcas.load_gazetteer().place("gn:390188")
    known = gaz.place("gn:390188")
    assert (known.lon, known.lat, known.radius_m) == (bundled.lon, bundled.lat, bundled.radius_m)
    assert gaz.resolve("Hawijah al-Madina", country="IQ").best.place.place_id == "gn:390188"
    assert "UCDP GED: 1 row" in known.note


def test_packed_capital_and_tagged_releases_are_read(tmp_path):
    tags = "#event+id,,#loc+name,#adm1+name,#adm2+name,#geo+lat,#geo+lon,#country+name,"
    path = release(tmp_path, row("Example", 13.0, 45.0), name="ged.csv.gz", header=f"{HEADER.upper()}\n{tags}")
    gaz, _ = built(tmp_path, path, with_bundled=False)
    assert list(gaz.places["name"]) == ["Example"]


def test_another_table_is_refused_and_a_bad_cell_reported(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("name,lon,lat\nA,1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column where_prec"):
        build_gazetteer(tmp_path / "out.gpkg", ucdp=[other])
    path = release(tmp_path, row("Example", 13.0, 45.0), row("Lost", 130.0, 45.0))
    _, result = built(tmp_path, path, with_bundled=False)
    assert result.actions["rejected"] == 1


def test_numbers_of_states_are_countries_once_each():
    assert (_COUNTRY["652"], _COUNTRY["645"], _COUNTRY["678"], _COUNTRY["369"]) == ("SY", "IQ", "YE", "UA")
    assert "666" not in _COUNTRY
    assert all(number.isdigit() and code.isalpha() and len(code) == 2 for number, code in _COUNTRY.items())
    assert len(_COUNTRY) == 197


@pytest.mark.real_data
def test_the_bundled_names_are_those_of_the_release(real_data):
    command = [sys.executable, str(DATA / "ucdp.py"), str(real_data / "ucdp_ged_syria_2016.csv.gz"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_bundled_names_of_ucdp_have_their_source():
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as stream:
        rows = [each for each in csv.DictReader(stream) if each["source"] == "UCDP GED"]
    assert len(rows) > 200
    for each in rows:
        assert each["licence"] == "CC BY 4.0"
        assert each["note"].startswith("UCDP GED: ")
        assert each["place_id"].startswith("ucdp:sy-")
        assert each["kind"] in {"city", "town", "village", "neighbourhood", "camp"}
