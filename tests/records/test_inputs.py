"""Every kind of input becomes the same cells, exactly; hostile ones become one clear error."""

import contextlib
import datetime as dt
import gzip
import io
import json
import sqlite3
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocasualty.errors import InputError
from geocasualty.records._inputs import read_cells

CELLS = {
    "id": ["A1", "الحويجة", ""],
    "killed": ["3", "", "12"],
    "share": ["0.1", "2", ""],
    "near": ["true", "false", "true"],
    "day": ["2015-06-03", "2015-06-04", ""],
}


def frame():
    return gpd.GeoDataFrame(
        {
            "id": ["A1", "الحويجة", None],
            "killed": pd.array([3, None, 12], dtype="Int64"),
            "share": [0.1, 2.0, None],
            "near": [True, False, True],
            "day": [dt.date(2015, 6, 3), dt.date(2015, 6, 4), None],
        },
        geometry=[shapely.Point(43.7, 35.3), shapely.box(43, 35, 44, 36), None],
        crs=4326,
    )


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("kind", ["frame", "geojson", "gpkg", "parquet", "xlsx"])
def test_each_kind_of_input_gives_the_same_cells(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    table = frame()
    match kind:
        case "frame":
            path = table
        case "parquet":
            table.to_parquet(path)
        case "xlsx":
            pd.DataFrame(table.drop(columns="geometry")).to_excel(path, index=False)
        case _:
            table.to_file(path)
    cells = read_cells(path)
    if kind != "xlsx":
        assert cells.pop("latitude") == ["35.3", "", ""]
        assert cells.pop("longitude") == ["43.7", "", ""]
        assert cells.pop("geometry_wkt") == ["", "POLYGON ((44 35, 44 36, 43 36, 43 35, 44 35))", ""]
    if kind == "geojson":
        assert cells["share"] == ["0.1", "2.0", ""]  # as the file has it
        cells["share"][1] = "2"
    assert cells == CELLS


def test_a_shapefile_is_carried_over_to_degrees(tmp_path):
    table = frame().iloc[[0]][["id", "killed", "geometry"]].to_crs(32638)
    table.to_file(tmp_path / "a.shp")
    cells = read_cells(tmp_path / "a.shp")
    assert (cells["id"], cells["killed"]) == (["A1"], ["3"])
    assert float(cells["latitude"][0]) == pytest.approx(35.3, abs=1e-9)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj", "cpg"):
            archive.write(tmp_path / f"a.{suffix}", f"a.{suffix}")
    assert read_cells(tmp_path / "a.zip") == cells
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match="coordinate reference system"):
        read_cells(tmp_path / "a.shp")
    (tmp_path / "a.dbf").unlink()
    (tmp_path / "a.cpg").unlink()
    with pytest.raises(InputError, match=r"\.dbf"):
        read_cells(tmp_path / "a.shp")


def test_shapes_without_a_system_are_refused_unless_there_are_none():
    with pytest.raises(InputError, match="set_crs"):
        read_cells(gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(1, 2)]))
    assert read_cells(gpd.GeoDataFrame({"id": [1]}, geometry=[None]))["latitude"] == [""]


def test_columns_named_like_the_cells_of_shapes_are_kept():
    table = gpd.GeoDataFrame({"latitude": ["35°18′"]}, geometry=[shapely.Point(43.7, 35.3)], crs=4326)
    assert read_cells(table) == {"attribute_latitude": ["35°18′"], "latitude": ["35.3"], "longitude": ["43.7"]}


def test_text_is_one_cell_and_tables_may_be_gzipped(tmp_path):
    (tmp_path / "a.txt").write_text("Near Mosul,\nfour strikes")
    assert read_cells(tmp_path / "a.txt") == {"text": ["Near Mosul,\nfour strikes"]}
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert read_cells(tmp_path / "a.csv.gz") == {"a": ["1"], "b": ["2"]}
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n")[:-9])
    with pytest.raises(InputError, match=r"a\.csv\.gz"):
        read_cells(tmp_path / "a.csv.gz")


def test_times_keep_their_hours_and_zones():
    times = pd.to_datetime(["2015-06-02T21:02:00Z", "2015-06-03T00:00:00Z"])
    assert read_cells(pd.DataFrame({"t": times}))["t"] == ["2015-06-02T21:02:00Z", "2015-06-03T00:00:00Z"]
    naive = pd.to_datetime(["2015-06-02T21:02:00", "2015-06-03T00:00:00"])
    assert read_cells(pd.DataFrame({"t": naive}))["t"] == ["2015-06-02T21:02:00", "2015-06-03T00:00:00"]


def test_layers_and_sheets_are_named_where_there_are_several(tmp_path):
    for layer in ("one", "two"):
        frame()[["id", "geometry"]].to_file(tmp_path / "a.gpkg", layer=layer)
    with pytest.raises(InputError, match=r"'one', 'two'; name one with layer="):
        read_cells(tmp_path / "a.gpkg")
    assert read_cells(tmp_path / "a.gpkg", layer="two")["id"] == CELLS["id"]
    path = workbook(tmp_path / "a.xlsx", one=[["a"], [1]], two=[["a"], [2]], blank=[])
    with pytest.raises(InputError, match="2 sheets hold data: 'one', 'two'"):
        read_cells(path)
    assert read_cells(path, layer="two") == {"a": ["2"]}
    with pytest.raises(InputError, match="no sheet 'three'"):
        read_cells(path, layer="three")
    with pytest.raises(InputError, match="has no layers"):
        read_cells(frame(), layer="two")


def test_cells_of_a_workbook_keep_their_text(tmp_path):
    moment = dt.datetime(2015, 6, 3, 0, 2)
    rows = [[], ["id", "when", "n", None], ["001", moment, 1.0, None], [None] * 4, ["x", dt.time(14, 30), True, None]]
    cells = read_cells(workbook(tmp_path / "a.xlsx", Sheet=rows))
    assert cells == {"id": ["001", "x"], "when": ["2015-06-03T00:02:00", "14:30:00"], "n": ["1", "true"]}


def test_nothing_in_a_workbook_is_lost_silently(tmp_path):
    with pytest.raises(InputError, match=r"row 2, column 1, value '=1\+1': a formula without a saved value"):
        read_cells(workbook(tmp_path / "a.xlsx", Sheet=[["a"], ["=1+1"]]))
    stray = read_cells(workbook(tmp_path / "a.xlsx", Sheet=[["a"], [1], [2, "stray"]]))
    assert stray == {"a": ["1", "2"], "column B": ["", "stray"]}
    twice = read_cells(workbook(tmp_path / "a.xlsx", Sheet=[["a", "a"], [1, 2]]))
    assert twice == {"a (column A)": ["1"], "a (column B)": ["2"]}
    filled = workbook(tmp_path / "a.xlsx", Sheet=[["a", "b"], [1, "x"], [None, "=1+1"]])
    assert read_cells(filled) == {"a": ["1"], "b": ["x"]}
    with pytest.raises(InputError, match="empty"):
        read_cells(workbook(tmp_path / "a.xlsx", Sheet=[]))


def repacked(path, member, change):
    """The workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 60_000_000), "zip bomb"),
        (lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999"').replace(b'r="A2"', b'r="A99999999"'), "larger"),
        (lambda xml: xml.replace(b'r="A2"', b'r="ZZZ2"'), "larger"),
        (lambda xml: xml.replace(b'r="A2"', b'r="ZZZZZZZ2"'), "damaged"),
        (lambda xml: xml[: len(xml) // 2], "damaged"),
        (lambda xml: b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        ) + b"]>" + xml.replace(b"<v>1</v>", b"<v>&j;</v>"), "damaged"),
    ],
)  # fmt: skip
def test_hostile_workbooks(tmp_path, change, says):
    path = workbook(tmp_path / "a.xlsx", Sheet=[["a"], [1]])
    with pytest.raises(InputError, match=says):
        read_cells(repacked(path, SHEET, change))


@pytest.mark.parametrize("name", ["a.xlsx", "a.gpkg", "a.shp", "a.parquet", "a.geojson", "a.zip", "a.csv", "a.txt"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\x00", b"{}", b"[" * 100_000, b"\x00" * 99])
def test_what_is_not_what_its_name_says_is_an_input_error(tmp_path, name, content):
    if (name, content) in {("a.csv", b"{}"), ("a.csv", b"PK\x03\x04"), ("a.txt", b"{}"), ("a.txt", b"")}:
        return
    if name in ("a.csv", "a.txt") and content in (b"PK\x03\x04", b"[" * 100_000):
        return
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        read_cells(tmp_path / name)


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "parquet", "xlsx"])
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 10**6), noise=st.binary(max_size=6))
def test_damage_is_an_input_error_or_nothing(tmp_path, kind, cut, noise):
    path = tmp_path / f"whole.{kind}"
    if not path.exists():
        if kind == "xlsx":
            workbook(path, Sheet=[["a"], [1]])
        else:
            write = frame()[["id", "geometry"]]
            write.to_parquet(path) if kind == "parquet" else write.to_file(path)
    whole = path.read_bytes()
    cut %= len(whole)
    other = tmp_path / f"a.{kind}"
    other.write_bytes(whole[:cut] + noise + (whole[cut + len(noise) :] if noise else b""))
    with contextlib.suppress(InputError):
        read_cells(other)


@pytest.mark.parametrize(
    ("properties", "geometry", "says"),
    [
        ({"a": "\ud800"}, None, r"row 1, column 'a'"),
        ({"a": "x\x00"}, None, r"row 1, column 'a'"),
        ({}, {"type": "Point", "coordinates": "x"}, "row 1, column 'geometry'"),
        ({}, {"type": "Nonsense"}, "row 1, column 'geometry'"),
        ([1], None, "row 1"),
    ],
)
def test_hostile_features_are_named(tmp_path, properties, geometry, says):
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(InputError, match=says):
        read_cells(tmp_path / "a.geojson")


def test_geojson_keeps_the_text_of_numbers(tmp_path):
    text = '{"features": [{"id": 7, "properties": {"a": 1.50, "b": {"c": [1]}, "d": 1}, "geometry": null}]}'
    (tmp_path / "a.geojson").write_text(text)
    cells = read_cells(tmp_path / "a.geojson")
    assert {name: cells[name] for name in ("a", "b.c", "d", "id")} == {
        "a": ["1.50"], "b.c": ["[1]"], "d": ["1"], "id": ["7"],
    }  # fmt: skip


def test_a_million_columns_and_odd_arguments_are_refused(tmp_path):
    (tmp_path / "wide.csv").write_text("a," * 1_000_000 + "\n")
    with pytest.raises(InputError, match="1,000,001 columns"):
        read_cells(tmp_path / "wide.csv")
    with pytest.raises(InputError, match="expected a path or a frame"):
        read_cells(io.StringIO())
    with pytest.raises(InputError, match="more than once"):
        read_cells(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(InputError, match="save it as"):
        read_cells(tmp_path / "a.xls")


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_read_back_exactly(values):
    assert [float(text) for text in read_cells(pd.DataFrame({"a": values}))["a"]] == values


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


@pytest.mark.parametrize("replaced", ["a", "gpkg_contents", "gpkg_geometry_columns"])
def test_a_geopackage_with_a_view_without_an_end_is_refused(tmp_path, replaced):
    path = tmp_path / "a.gpkg"
    frame()[["id", "geometry"]].to_file(path, layer="a")
    with contextlib.closing(sqlite3.connect(path)) as tables:
        tables.execute("PRAGMA legacy_alter_table = ON")
        tables.execute(f"ALTER TABLE {replaced} RENAME TO kept")
        tables.execute(f"CREATE VIEW {replaced} AS {ENDLESS} kept.* FROM n, kept")
        tables.commit()
    with pytest.raises(
        InputError, match=r"a\.gpkg: the layer 'a' is no table|a\.gpkg: its layers take too long to read"
    ):
        read_cells(path)
