"""How many places bear a name: from all sources for the bundled tables, from its own names for any other."""

from __future__ import annotations

import csv

from geocasualty.gazetteer._geopackage import GeoPackageTables
from geocasualty.gazetteer._tables import APART_M, Tables, bearers_of, bundled_folder
from geocasualty.gazetteer.building import build_gazetteer
from geocasualty.gazetteer.names import bare_key
from tests.gazetteer.test_bundled_tables import DATA


def test_points_nearer_than_five_kilometres_are_one_place():
    assert APART_M == 5_000
    assert bearers_of([("Hit", 42.8, 33.6), ("Hit", 42.8, 33.64)]) == {}
    assert bearers_of([("Hit", 42.8, 33.6), ("Hit", 42.8, 33.65)]) == {"hit": 2}


def test_the_bundled_count_knows_namesakes_and_common_words():
    bearers = Tables(bundled_folder()).bearers
    assert bearers[bare_key("Sinjar")] >= 2
    assert bare_key("Hawijah al-Madina") not in bearers
    for name in (
        "جديدة",
        "كرامة",
        "الوحدة",
        "السلام",
        "الزاوية",
        "الحمراء",
        "الزهراء",
        "Al-Nasr",
        "Tahrir",
        "Al-Thawra",
    ):
        assert bearers[bare_key(name)] >= 5, name
    assert min(bearers.values()) >= 2


def test_every_key_is_a_name_here_or_a_common_word():
    with (DATA / "names.csv").open(encoding="utf-8", newline="") as stream:
        known = {bare_key(row["name"]) for row in csv.DictReader(stream)}
    with (DATA / "common_names.csv").open(encoding="utf-8", newline="") as stream:
        known |= {bare_key(name) for row in csv.DictReader(stream) for name in row["names"].split("|")}
    assert set(Tables(bundled_folder()).bearers) <= known


def test_a_built_gazetteer_counts_its_own_names(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "name,lon,lat,kind,country\nTwin,45.0,13.0,village,YE\nTwin,45.0,14.0,village,YE\nAlone,45.0,15.0,village,YE\n"
        "Alone,45.0,16.0,district,YE\n",
        encoding="utf-8",
    )
    alone = build_gazetteer(tmp_path / "alone.gpkg", csv=[table], with_bundled=False)
    assert GeoPackageTables(alone.path).bearers == {"twin": 2}
    both = GeoPackageTables(build_gazetteer(tmp_path / "both.gpkg", csv=[table]).path).bearers
    assert both == Tables(bundled_folder()).bearers | {"twin": 2}
