"""Damaged and hostile files: one clear line, and nothing is written."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import fiona
import geopandas as gpd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.cli import main
from geocasualty.errors import InputError
from geocasualty.gazetteer.building import _archives, build_gazetteer
from geocasualty.gazetteer.building._layers import features
from geocasualty.gazetteer.building._record import Report
from tests.gazetteer.sources import cod, geojson, geonames_row, geonames_zip, report, square, write_zip

ROW = geonames_row(50_000_001, "Tall Zabarjad", 43.5, 35.4)
PLACE = ({"osm_id": "1", "name": "Tall Zabarjad", "place": "town"}, {"type": "Point", "coordinates": [43.5, 35.4]})


def refuse(folder: Path, match: str, **inputs) -> None:
    """Building stops with these words and leaves the folder as it was."""
    before = sorted(folder.iterdir())
    with pytest.raises(InputError, match=match) as caught:
        build_gazetteer(folder / "out.gpkg", with_bundled=False, **inputs)
    assert sorted(folder.iterdir()) == before
    assert str(folder) not in str(caught.value) or "no such file" in str(caught.value)


def test_a_dump_with_another_number_of_columns(tmp_path):
    dump = geonames_zip(tmp_path, [ROW, "1\tHit\t43"])
    refuse(tmp_path, r"IQ.zip: row 2: 3 columns where a GeoNames dump has 19; value '1\\tHit\\t43'", geonames=[dump])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (b"", "IQ.zip: the file is empty"),
        (ROW.encode() + b"\n" + ROW.encode("utf-16"), r"row 2, column 1, value .*byte 0xff is not UTF-8"),
        (ROW.replace("Tall", "Ta\x00ll").encode(), "IQ.zip: row 1: a NUL byte"),
        (b"x" * 1_000_002, "row 1: longer than 1,000,000 bytes"),
    ],
)
def test_text_that_is_none(tmp_path, text, match):
    refuse(tmp_path, match, geonames=[write_zip(tmp_path / "IQ.zip", "IQ.txt", text)])
    plain = tmp_path / "IQ.txt"
    plain.write_bytes(text)
    refuse(tmp_path, match.replace("IQ.zip", "IQ.txt"), geonames=[plain])


def test_bad_cells_are_rejected_row_by_row_and_named(tmp_path):
    dump = geonames_zip(
        tmp_path,
        [
            ROW,
            geonames_row(50_000_002, "Nowhere", "east", 35.4),
            geonames_row(50_000_003, "Beyond", 43.5, 95.0),
            geonames_row(50_000_004, "Null Island", 0.0, 0.0),
            geonames_row(50_000_005, "", 43.5, 35.4),
            geonames_row(50_000_006, "No country", 43.5, 35.4, country="Iraq"),
            geonames_row(50_000_007, "Nan", "nan", 35.4),
        ],
    )
    build_gazetteer(tmp_path / "out.gpkg", geonames=[dump], with_bundled=False)
    rejected = [row for row in report(tmp_path / "out.gpkg") if row["action"] == "rejected"]
    assert [(row["row"], row["column"], row["value"]) for row in rejected] == [
        ("2", "longitude", "east"), ("3", "latitude", "95.0"), ("4", "longitude", "0.0"), ("5", "name", ""),
        ("6", "country code", "Iraq"), ("7", "longitude", "nan"),
    ]  # fmt: skip


def test_a_file_of_which_nothing_is_usable_is_an_error(tmp_path):
    refuse(
        tmp_path,
        "IQ.zip: no usable place in it as geonames",
        geonames=[geonames_zip(tmp_path, [geonames_row(1, "Nowhere", 500, 35.4)])],
    )


@pytest.mark.parametrize("size", [0.1, 0.5, 0.95])
def test_a_truncated_archive(tmp_path, size):
    dump = geonames_zip(tmp_path, [geonames_row(50_000_000 + n, f"Tall {n}", 43.5, 35.4) for n in range(500)])
    dump.write_bytes(dump.read_bytes()[: int(dump.stat().st_size * size)])
    refuse(tmp_path, "IQ.zip: not a whole zip archive", geonames=[dump])


def test_an_archive_with_a_flipped_byte(tmp_path):
    dump = geonames_zip(tmp_path, [geonames_row(50_000_000 + n, f"Tall {n}", 43.5, 35.4) for n in range(500)])
    data = bytearray(dump.read_bytes())
    data[len(data) // 2] ^= 0xFF
    dump.write_bytes(bytes(data))
    refuse(tmp_path, "IQ.zip: not a whole zip archive", geonames=[dump])


def test_zip_bombs_stop_early(tmp_path, monkeypatch):
    monkeypatch.setattr(_archives, "FREE_BYTES", 1_000_000)
    bomb = write_zip(tmp_path / "IQ.zip", "IQ.txt", b"\n" * 30_000_000)
    refuse(tmp_path, "zip bomb", geonames=[bomb])


def test_a_bomb_that_lies_about_its_size_stops_too(tmp_path, monkeypatch):
    monkeypatch.setattr(_archives, "MAX_BYTES", 1000)
    bomb = write_zip(tmp_path / "IQ.zip", "IQ.txt", b"\n" * 100_000)
    refuse(tmp_path, "claims to unpack to more than 1,000 bytes", geonames=[bomb])
    data = bomb.read_bytes()
    bomb.write_bytes(data.replace(struct.pack("<L", 100_000), struct.pack("<L", 100)))
    refuse(tmp_path, "IQ.zip: ", geonames=[bomb])


@pytest.mark.parametrize("name", ["../IQ.txt", "/etc/IQ.txt", "C:\\IQ.txt", "C:IQ.txt", "a\\..\\..\\IQ.txt"])
def test_members_that_point_outside(tmp_path, name):
    folder = tmp_path / "inside"
    folder.mkdir()
    refuse(folder, "points outside the archive", geonames=[write_zip(folder / "IQ.zip", name, ROW)])
    refuse(folder, "points outside the archive", cod=[write_zip(folder / "adm1.zip", f"{name}.shp", ROW)])
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


def test_archives_with_two_tables_or_none(tmp_path):
    for names in ((), ("a.txt", "b.txt")):
        path = tmp_path / "IQ.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, ROW)
        refuse(tmp_path, f"{len(names)} text files inside where one was expected", geonames=[path])


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_truncated_geojson(tmp_path, share):
    path = geojson(tmp_path / "places.geojson", [PLACE] * 200)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    refuse(tmp_path, "places.geojson: ends with .* truncated", osm=[path])


def test_geojson_that_only_looks_whole(tmp_path):
    path = geojson(tmp_path / "places.geojson", [PLACE] * 200)
    path.write_bytes(path.read_bytes()[:5000] + b"}")
    refuse(tmp_path, "places.geojson", osm=[path])


def test_geojson_with_a_nul_or_in_another_encoding(tmp_path):
    path = geojson(tmp_path / "places.geojson", [PLACE])
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"Tall", b"T\x00ll"))
    refuse(tmp_path, "a NUL byte", osm=[path])
    path.write_bytes(whole.replace(b"Tall", b"T\xe9ll"))
    refuse(tmp_path, "byte 0xe9 near byte .* is not UTF-8", osm=[path])
    path.write_bytes(b"")
    refuse(tmp_path, "the file is empty", osm=[path])


def test_a_virtual_layer_is_not_followed(tmp_path):
    path = tmp_path / "places.geojson"
    path.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>')
    refuse(tmp_path, "neither GeoJSON, shapefile, GeoPackage", osm=[path])


def test_a_url_is_no_file(tmp_path):
    refuse(tmp_path, "no such file", osm=["https://example.org/places.geojson"])
    refuse(tmp_path, "no such file", osm=["/vsicurl/http://127.0.0.1/places.geojson"])


@pytest.mark.parametrize("replaced", ["places", "gpkg_contents"])
def test_a_view_without_an_end_is_refused(tmp_path, replaced):
    path = gpkg(tmp_path / "places.gpkg", "EPSG:4326", (43.5, 35.4))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT kept.* FROM n, kept"
    with contextlib.closing(sqlite3.connect(path)) as tables:
        tables.execute("PRAGMA legacy_alter_table = ON")
        tables.execute(f"ALTER TABLE {replaced} RENAME TO kept")
        tables.execute(f"CREATE VIEW {replaced} AS {endless}")
        tables.commit()
    refuse(
        tmp_path, r"the layer 'places' is no table|not a whole GeoPackage \((interrupted|not authorized)\)", osm=[path]
    )


def gpkg(path: Path, crs: str | None, coordinates: tuple[float, float], n: int = 3, driver: str = "GPKG") -> Path:
    schema = {"geometry": "Point", "properties": {"name": "str", "place": "str"}}
    with fiona.open(path, "w", driver=driver, schema=schema, crs=crs) as layer:
        for number in range(n):
            layer.write(
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": coordinates},
                    "properties": {"name": f"Tall Zabarjad {number}", "place": "village"},
                }
            )
    return path


def test_another_projection_is_converted_and_said(tmp_path):
    path = gpkg(tmp_path / "places.gpkg", "EPSG:32638", (363_700.0, 3_918_600.0))
    built = build_gazetteer(tmp_path / "out.gpkg", osm=[path], with_bundled=False)
    assert built.remarks == [
        "places.gpkg: reprojected from WGS 84 / UTM zone 38N to longitude and latitude (EPSG:4326)"
    ]
    place = gcas.load_gazetteer(built.path).resolve("Tall Zabarjad 1").best.place
    assert (round(place.lon, 2), round(place.lat, 2)) == (43.5, 35.4)


def test_no_projection_is_refused(tmp_path):
    path = gpkg(tmp_path / "places.shp", None, (363_700.0, 3_918_600.0), driver="ESRI Shapefile")
    refuse(tmp_path, "places.shp: no coordinate reference system; add the .prj", osm=[path])


def test_metres_in_a_file_that_claims_degrees_are_refused(tmp_path):
    path = geojson(tmp_path / "adm1.geojson", [({"ADM1_EN": "X", "ADM1_PCODE": "IQ1"}, square(400_000, 3_900_000, 9))])
    refuse(tmp_path, "adm1.geojson: no usable place in it as cod", cod=[path])


def test_a_shapefile_in_an_archive(tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    gpkg(folder / "places.shp", "EPSG:4326", (43.5, 35.4), driver="ESRI Shapefile")
    path = tmp_path / "places.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"some folder/{part.name}")
    built = build_gazetteer(tmp_path / "out.gpkg", osm=[path], with_bundled=False)
    assert gcas.load_gazetteer(built.path).resolve("Tall Zabarjad 2").status == "resolved"


def test_a_file_geodatabase_in_a_folder_and_in_an_archive(tmp_path):
    folder = gpkg(tmp_path / "places.gdb", "EPSG:4326", (43.5, 35.4), driver="OpenFileGDB")
    path = tmp_path / "zipped.gdb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"places.gdb/{part.name}")
    for file in (folder, path):
        built = build_gazetteer(tmp_path / "out.gpkg", osm=[file], with_bundled=False)
        assert built.n_places == 3


def test_a_failed_build_leaves_the_older_file_as_it_was(tmp_path):
    out = tmp_path / "out.gpkg"
    build_gazetteer(out, osm=[geojson(tmp_path / "places.geojson", [PLACE])], with_bundled=False)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError):
        build_gazetteer(out, osm=[tmp_path / "places.geojson"], cod=[tmp_path / "places.geojson"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_truncated_geopackages(tmp_path):
    path = gpkg(tmp_path / "places.gpkg", "EPSG:4326", (43.5, 35.4), n=2000)
    whole = path.read_bytes()
    for share in (0.001, 0.3, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        refuse(tmp_path, "places.gpkg", osm=[path])


def test_a_file_of_another_kind_under_the_wrong_option(tmp_path):
    places = geojson(tmp_path / "places.geojson", [PLACE])
    refuse(tmp_path, "no column ADM1_PCODE", cod=[places])
    refuse(tmp_path, "places.geojson: no layer with a column shapename", geoboundaries=[places])
    refuse(tmp_path, "not an OpenSyria release", opensyria=[places])
    refuse(tmp_path, r"row 1: 1 columns where a GeoNames dump has 19", geonames=[places])


@pytest.mark.parametrize("text", ["", "[", "[]", "[1]", '{"a": 1}', "[" * 100_000])
def test_opensyria_that_is_none(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    refuse(tmp_path, "x.json", opensyria=[path])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("name,lon\nHit,42\n", "no column for lat; map one, as in --csv-map lat=COLUMN"),
        ("name,lon,lat\nHit,42\n", "row 1: 2 cells where the header names 3 columns; value 'Hit | 42'"),
        ("name,lon,lat,lat\nHit,42,33,33\n", "columns named more than once: 'lat'"),
        ('name,lon,lat\n"Hit,42,33\n', "row 1"),
    ],
)
def test_tables_that_are_none(tmp_path, text, match):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    refuse(tmp_path, match, csv=[path])


def test_a_mapping_to_nothing(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("name,lon,lat\nHit,42,33\n")
    refuse(tmp_path, "no column 'town' .for name.; it has name, lon, lat", csv=[path], csv_map={"name": "town"})
    refuse(tmp_path, "no field 'nam' to map to", csv=[path], csv_map={"nam": "name"})


def test_broken_geometries_are_rejected_not_fatal(tmp_path):
    bow = {"type": "Polygon", "coordinates": [[[43, 35], [44, 36], [44, 35], [43, 36], [43, 35]]]}
    point, empty = {"type": "Point", "coordinates": [44, 35]}, {"type": "Polygon", "coordinates": []}
    shapes = enumerate((square(44, 35, 0.3), None, bow, point, empty))
    rows = [({"ADM1_EN": f"Name{n}", "ADM1_PCODE": f"IQX{n}", "ADM0_PCODE": "IQ"}, shape) for n, shape in shapes]
    built = build_gazetteer(tmp_path / "out.gpkg", cod=[geojson(tmp_path / "adm1.geojson", rows)], with_bundled=False)
    gaz = gcas.load_gazetteer(built.path)
    assert gaz.area(gaz.resolve("IQX2").best.place.place_id).is_valid
    assert [row["row"] for row in report(built.path) if row["action"] == "rejected"] == ["2", "5"]


def test_the_command_line_says_it_in_one_line_and_exits_with_2(tmp_path, capsys):
    dump = geonames_zip(tmp_path, ["1\tHit\t43"])
    with pytest.raises(SystemExit) as stopped:
        main(["gazetteer", "build", "--geonames", str(dump), "-o", str(tmp_path / "out.gpkg")])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: IQ.zip: row 1: 3 columns")
    assert said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["IQ.zip"]


def test_build_and_info_from_the_command_line(tmp_path, capsys):
    table = tmp_path / "mine.csv"
    table.write_text("town,X,lat\nQaryat Mithal,43.5,35.5\n")
    out = tmp_path / "out.gpkg"
    words = ["gazetteer", "build", "--csv", str(table), "--csv-map", "name=town, lon=X", "--no-bundled", "-o", str(out)]
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 0
    with pytest.raises(SystemExit) as stopped:
        main(["gazetteer", "info", str(out)])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert "1 places, 1 names, 0 outlines" in said
    assert "mine.csv (csv): 1 records; mine, as its owner says" in said


@pytest.fixture
def built(tmp_path: Path) -> Path:
    table = tmp_path / "mine.csv"
    table.write_text("name,lon,lat\n" + "".join(f"Place {n},43.5,35.{n}\n" for n in range(300)))
    files = cod(tmp_path)
    return build_gazetteer(tmp_path / "out.gpkg", csv=[table], cod=files, with_bundled=False).path


def load(path: Path) -> None:
    gaz = gcas.load_gazetteer(path)
    gaz.resolve("Place 7")
    assert len(gaz.places) == 0 or gaz.version


@pytest.mark.parametrize("share", [0.0, 0.00001, 0.01, 0.5])
def test_loading_a_truncated_gazetteer(built, share):
    built.write_bytes(built.read_bytes()[: int(built.stat().st_size * share)])
    with pytest.raises(InputError, match=r"out.gpkg"):
        load(built)


@pytest.mark.parametrize(
    "edit",
    [
        "DROP TABLE names",
        "UPDATE gazetteer SET value = 'another 9' WHERE key = 'format'",
        "UPDATE places SET kind = 'castle' WHERE fid = 3",
        "UPDATE places SET radius_m = 'wide' WHERE fid = 3",
        "UPDATE places SET radius_m = NULL WHERE fid = 3",
        "UPDATE places SET geom = NULL WHERE fid = 3",
        "UPDATE places SET geom = x'47500003' WHERE fid = 3",
        "UPDATE places SET name = NULL WHERE fid = 3",
        "UPDATE areas SET geom = x'4750' WHERE fid = 1",
    ],
)
def test_loading_an_edited_gazetteer_that_no_longer_holds_together(built, edit):
    with sqlite3.connect(built) as tables:
        triggers = tables.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            tables.execute(f'DROP TRIGGER "{name}"')
        tables.execute(edit)
    tables.close()
    with pytest.raises(InputError, match=r"out.gpkg"):
        load(built)


def test_loading_something_else(tmp_path):
    other = gpkg(tmp_path / "places.gpkg", "EPSG:4326", (43.5, 35.4))
    with pytest.raises(InputError, match=r"no table .*names.*; load a file that `geocasualty gazetteer build` wrote"):
        load(other)
    text = tmp_path / "x.json"
    text.write_text(json.dumps({}))
    with pytest.raises(InputError, match="not a GeoPackage"):
        load(text)
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none.gpkg")


@pytest.mark.parametrize("prj", ['GEOGCS["WGS 84"', "\udcff\udcfe", "PROJCS[", "x" * 100_000])
def test_a_damaged_reference_system_is_said_in_one_line(prj: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["A"]}, geometry=[shapely.Point(43, 35)], crs=4326)
    frame.to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").write_bytes(prj.encode("utf-8", "surrogateescape"))
    with Report(tmp_path / "report.csv") as report, pytest.raises(InputError, match=r"^a\.shp: [^\n]*$"):
        list(features(tmp_path / "a.shp", report))
