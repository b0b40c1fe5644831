"""What stands in the files that go out, for those who open them with other programs."""

import csv
import json
import sqlite3
import zipfile
from contextlib import closing

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from pyarrow import parquet

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records.writing import FORMATS, format_of, read_records, write_records
from tests.conftest import ROOT

ANEW = ("geometry", "reader", "row", "location_reason", "gazetteer")
"""Columns that say how a table was read, and so another thing of the copy."""

every_format = pytest.mark.parametrize("suffix", FORMATS)


@every_format
def test_the_reading_functions_take_what_is_written(tmp_path, book, suffix):
    for role in ("incidents", "strikes"):
        frame = getattr(book, role)
        found = getattr(gcas, f"read_{role}")(write_records(frame, tmp_path / f"{role}{suffix}"))
        kept = [name for name in frame.columns if name not in ANEW]
        pd.testing.assert_frame_equal(pd.DataFrame(found[kept]), pd.DataFrame(frame[kept]), check_dtype=False)
        assert found.geometry.geom_equals_exact(frame.geometry, 1e-12)[frame.geometry.notna()].all()


def test_a_workbook_holds_identifiers_as_texts_and_no_formula(tmp_path, book):
    frame = book.incidents.head(2).assign(incident_id=["007", "1e5"], note=["=1+1", "@SUM(A1)"], n=[0.1 + 0.2, 1e-320])
    path = write_records(frame, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(path)["records"]
    held = {row[0].value: row for row in sheet.iter_cols()}
    assert [cell.value for cell in held["incident_id"][1:]] == ["007", "1e5"]
    assert {cell.data_type for cell in held["note"][1:]} == {"s"}
    assert all(cell.quotePrefix for cell in held["note"][1:])
    assert not held["incident_id"][1].quotePrefix
    assert b"<f>" not in b"".join(zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist())
    assert read_records(path)["n"].tolist() == [0.1 + 0.2, 1e-320]


def test_a_workbook_says_what_its_columns_mean(tmp_path, book):
    path = write_records(book.incidents.assign(colour="red"), tmp_path / "a.xlsx")
    lines = list(openpyxl.load_workbook(path)["codebook"].values)
    said = {line[0]: line[1:] for line in lines[1:]}
    assert lines[0] == ("column", "type", "a blank cell is", "meaning")
    assert list(said) == [cell.value for cell in openpyxl.load_workbook(path)["records"][1]]
    assert said["killed_min"] == ("Int64", "missing", said["killed_min"][2])
    assert "civilians" in said["killed_min"][2]
    assert said["flags"][1] == "an empty text"
    assert said["colour"] == ("str", "missing", "as the source has it")


def test_a_blank_cell_is_told_apart_where_a_column_has_both(tmp_path, book):
    frame = book.incidents.assign(note=["", None, "'NA", "'"])
    found = read_records(write_records(frame, tmp_path / "a.xlsx"))["note"]
    assert [None if value != value else value for value in found] == ["", None, "'NA", "'"]


def test_what_a_workbook_does_not_hold_is_said_with_its_row(tmp_path, book):
    with pytest.raises(InputError, match=r"a\.xlsx: row 2, column 'note', value 'xxx.*32,767 characters"):
        write_records(book.incidents.assign(note=["", "x" * 32_768, "", ""]), tmp_path / "a.xlsx")
    outline = shapely.Point(43, 35).buffer(1, quad_segs=500)
    with pytest.raises(InputError, match=r"row 1, column 'geometry_wkt'.*write \.gpkg"):
        write_records(book.incidents.set_geometry([outline, None, None, None], crs=4326), tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_row_of_tags_stands_under_the_names_and_is_read_as_none(tmp_path, book):
    path = write_records(book.incidents, tmp_path / "a.csv", hxl=True)
    with path.open(encoding="utf-8", newline="") as stream:
        names, tags = (row for row, _ in zip(csv.reader(stream), range(2), strict=False))
    told = dict(zip(names, tags, strict=True))
    assert told["incident_id"] == "#event+id"
    assert (told["latitude"], told["longitude"], told["start"]) == ("#geo+lat", "#geo+lon", "#date+start")
    assert told["killed_max"] == "#affected+killed+max"
    assert told["flags"] == ""
    assert read_records(path).equals(book.incidents)
    assert len(gcas.read_incidents(path)) == len(book.incidents)
    with pytest.raises(InputError, match="hxl=True is of CSV"):
        write_records(book.incidents, tmp_path / "a.gpkg", hxl=True)


def test_a_geopackage_has_styles_and_the_regions_of_its_records(tmp_path, book):
    area = shapely.box(43, 35, 44, 36)
    frame = book.incidents.set_geometry([area, *book.incidents.geometry[1:]], crs=4326)
    path = write_records(frame, tmp_path / "a.gpkg")
    drawn = gpd.read_file(path, layer="uncertainty")
    where = gcas.uncertainty(frame).dropna(subset="geometry")
    assert drawn["incident_id"].tolist() == where["incident_id"].tolist()
    assert drawn.geometry.geom_equals(where.geometry.reset_index(drop=True)).all()
    with closing(sqlite3.connect(path)) as tables:
        styles = tables.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        kinds = dict(tables.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns"))
    assert [style[:3] for style in styles] == [("records", "geometry", 1), ("uncertainty", "geometry", 1)]
    assert all('attr="precision"' in style[3] and 'value="village"' in style[3] for style in styles)
    assert kinds == {"records": "GEOMETRY", "uncertainty": "MULTIPOLYGON"}
    assert read_records(path).geometry[0].equals(area)


def test_a_radius_that_no_polygon_has_is_kept_and_not_drawn(tmp_path, book):
    frame = book.incidents.assign(radius_m=[5e7, float("inf"), -1.0, float("nan")])
    path = write_records(frame, tmp_path / "a.gpkg")
    assert gpd.read_file(path, layer="uncertainty")["incident_id"].tolist() == [frame["incident_id"][1]]  # an area
    assert read_records(path)["radius_m"].equals(frame["radius_m"])


def test_geoparquet_says_where_each_shape_lies(tmp_path, book):
    path = write_records(book.strikes, tmp_path / "a.parquet")
    about = json.loads(parquet.read_schema(path).metadata[b"geo"])["columns"]["geometry"]
    assert about["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert about["bbox"] == pytest.approx(book.strikes.total_bounds.tolist())
    boxes = parquet.read_table(path)["bbox"].to_pylist()
    bounds = book.strikes.bounds.to_numpy().tolist()
    assert [[box[edge] for edge in ("xmin", "ymin", "xmax", "ymax")] for box in boxes] == bounds
    west, south, east, north = book.strikes.geometry[0].buffer(0.01).bounds
    found = gpd.read_parquet(path, bbox=(west, south, east, north))
    assert book.strikes["strike_id"][0] in found["strike_id"].tolist()
    assert len(found) < len(book.strikes)
    assert "bbox" not in found.columns
    own = book.strikes.assign(bbox="mine")
    assert read_records(write_records(own, tmp_path / "b.parquet")).equals(own)


def test_a_data_package_describes_each_file_beside_it(tmp_path, book):
    path = write_records(book.incidents.assign(score=0.5), tmp_path / "datapackage.json")
    write_records(book.strikes, path)
    package = json.loads(path.read_text())
    assert [each["path"] for each in package["resources"]] == ["incidents.csv", "strikes.csv"]
    schema = package["resources"][0]["schema"]
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as stream:
        assert [field["name"] for field in schema["fields"]] == next(csv.reader(stream))
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == "incident_id"
    assert schema["missingValues"] == ["", "'NA"]
    types = {name: fields[name]["type"] for name in ("start", "killed_min", "radius_m", "vicinity", "score:float64")}
    assert types == dict(zip(types, ["datetime", "integer", "number", "boolean", "number"], strict=True))
    assert "exact" in fields["precision"]["constraints"]["enum"]
    assert fields["killed_min"]["description"] == fields["killed_min"]["description"].strip() != ""
    with pytest.raises(InputError, match=r"describes 'incidents\.csv', 'strikes\.csv'; name the file"):
        read_records(path)
    assert read_records(tmp_path / "strikes.csv").equals(book.strikes)
    alone = write_records(book.strikes, tmp_path / "alone" / "datapackage.json")
    assert read_records(alone).equals(book.strikes)


def test_a_foreign_description_is_not_overwritten(tmp_path, book):
    path = tmp_path / "datapackage.json"
    path.write_text("{broken")
    with pytest.raises(InputError, match="move it away"):
        write_records(book.incidents, path)
    assert path.read_text() == "{broken"
    assert [entry.name for entry in tmp_path.iterdir()] == ["datapackage.json"]


@every_format
def test_names_of_persons_stay_out_unless_asked_for(tmp_path, book, suffix):
    frame = book.incidents.assign(**{"Victim names": "x", "place names": "y", "اسماء الضحايا": "z"})
    path = tmp_path / f"a{suffix}"
    with pytest.warns(GeocasualtyWarning, match="'Victim names', 'اسماء الضحايا' may hold names of persons"):
        write_records(frame, path)
    found = read_records(path)
    assert "place names" in found.columns
    assert not {"Victim names", "اسماء الضحايا"} & {*found.columns}
    write_records(frame, path, names=tmp_path / "names.csv")
    assert not {"Victim names", "اسماء الضحايا"} & {*read_records(path).columns}
    apart = read_records(tmp_path / "names.csv")
    assert apart.columns.tolist() == ["incident_id", "Victim names", "اسماء الضحايا", "geometry"]
    assert apart["incident_id"].tolist() == frame["incident_id"].tolist()
    assert apart.geometry.isna().all()
    assert "Victim names" in read_records(write_records(frame, path, names=True)).columns
    with pytest.raises(InputError, match="give another name"):
        write_records(frame, path, names=path)


def test_the_report_of_a_file_names_columns_of_names_of_persons():
    table = {
        "incident_id": ["A1"],
        "date": "2015-06-03",
        "place": "Hit",
        "Victim names": "x",
        "Surname": "y",
        "red": "",
    }
    report = dict(gcas.read_report(gcas.read_incidents(pd.DataFrame(table))).lines)
    assert report["names"].startswith("victim names, surname: of persons, it seems")
    assert "'red'" in report["unused"]
    assert "names" not in report["unused"]


def test_the_page_on_files_says_what_each_format_lacks():
    page = (ROOT / "docs" / "how-to" / "sharing.md").read_text(encoding="utf-8")
    for suffix, kind in FORMATS.items():
        assert f"`{suffix}`" in page
        assert kind.lacks in page
    assert format_of(ROOT / "datapackage.json")
