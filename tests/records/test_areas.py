"""Polygons of input files are the record's own place, and are never dropped in silence."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.records.writing import write_records

AREA = shapely.box(43.7, 35.2, 43.9, 35.4)
TWO = shapely.MultiPolygon([AREA, shapely.box(44, 35.2, 44.1, 35.4)])
LINE = shapely.LineString([(43.7, 35.2), (43.9, 35.4)])
BOW = shapely.Polygon([(43, 35), (44, 36), (44, 35), (43, 36)])


def frame(shape=AREA, crs=4326, **cells):
    table = {"id": ["A"], "date": ["2015-06-03"]} | {name: [value] for name, value in cells.items()}
    return gpd.GeoDataFrame(table, geometry=[shape], crs=crs)


def read(gaz, shape=AREA, **cells):
    return gcas.read_incidents(frame(shape, **cells), gazetteer=gaz).iloc[0]


@pytest.mark.parametrize("kind", ["frame", "geojson", "gpkg", "shp", "parquet", "csv"])
def test_a_polygon_stays_as_it_is(tmp_path, gaz, kind):
    table = frame()
    path = tmp_path / f"areas.{kind}"
    if kind == "frame":
        path = table
    elif kind == "parquet":
        table.to_parquet(path)
    elif kind == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_file(path)
    row = gcas.read_incidents(path, gazetteer=gaz).iloc[0]
    assert row.geometry.equals(AREA)
    assert (row["precision"], row["country"], row["timezone"], row["flags"]) == ("city", "IQ", "Asia/Baghdad", "")
    assert pd.isna(row["radius_m"])
    assert row["location_reason"] == "stated area"
    assert row["start"] == pd.Timestamp("2015-06-02T21:00Z")
    assert "geometry_wkt" not in row.index


@pytest.mark.parametrize("shape", [AREA, TWO, shapely.force_3d(AREA), shapely.MultiPolygon([AREA])])
def test_areas_in_metres_and_in_parts_are_carried_over(gaz, shape):
    table = frame(shape).to_crs(32638)
    row = gcas.read_strikes(table, gazetteer=gaz).iloc[0]
    assert row.geometry.symmetric_difference(shape).area < 1e-9
    assert not row.geometry.has_z


@pytest.mark.parametrize("kind", ["csv", "gpkg", "geojson", "parquet"])
def test_records_that_were_written_are_read_as_they_were(tmp_path, gaz, kind):
    places = ["Anbar", "Hawija", ""]
    table = pd.concat([frame(None, place=place) for place in places[:2]] + [frame(AREA, place="")])
    table["id"] = ["A", "B", "C"]
    records = gcas.read_incidents(gpd.GeoDataFrame(table, crs=4326), gazetteer=gaz)
    again = gcas.read_incidents(write_records(records, tmp_path / f"records.{kind}"), gazetteer=gaz)
    same = [
        "incident_id",
        "radius_m",
        "precision",
        "place_text",
        "place_id",
        "country",
        "start",
        "end",
        "timezone",
        "flags",
    ]
    pd.testing.assert_frame_equal(pd.DataFrame(again[same]), pd.DataFrame(records[same]))
    assert shapely.equals_exact(again.geometry.array, records.geometry.array).all()


@pytest.mark.parametrize(
    ("cells", "flags", "words", "place"),
    [
        ({"place": "Hawija"}, "", "stated area", "Hawijah"),
        ({"place": "Hawija", "country": "Iraq"}, "", "stated area", "Hawijah"),
        ({"place": "Mosul"}, "geometry-conflict", "km from what the record names, Mosul", "Mosul"),
        ({"place": "Iraq"}, "", "stated area", "Iraq"),
        ({"place": "Atlantis"}, "", "stated area", ""),
        ({"country": "SY"}, "outside-country", "219 km outside SY", ""),
        ({"mgrs": "38S LE 894 094"}, "", "stated area", ""),
        ({"mgrs": "38S LF 894 094"}, "geometry-conflict", "the stated position lies 91.4 km from it", ""),
        ({"radius_m": 300.0}, "accuracy-without-coordinate", "stated area", ""),
    ],
)
def test_what_else_a_row_says_is_compared_with_its_area(gaz, cells, flags, words, place):
    row = read(gaz, **cells)
    assert row.geometry.equals(AREA)
    assert row["flags"] == flags
    assert words in row["location_reason"]
    assert (gaz.place(row["place_id"]).name if row["place_id"] else "") == place


def test_a_stated_precision_of_an_area_is_kept(gaz):
    assert read(gaz, precision="district")["precision"] == "district"


@pytest.mark.parametrize(
    ("shape", "cells", "reason"),
    [
        (BOW, {}, "no area (Self-intersection[43.5 35.5]); repair it"),
        (BOW, {"place": "Hawija"}, "no area"),
        (shapely.box(400, 35, 401, 36), {}, "expected degrees"),
        (LINE, {}, "expected a point, a polygon or a multipolygon"),
        (shapely.MultiPoint([(43, 35), (44, 36)]), {}, "expected a point, a polygon or a multipolygon"),
        (shapely.box(35.2, 43.7, 35.4, 43.9), {"country": "IQ"}, "look swapped"),
    ],
)
def test_shapes_that_no_record_can_have_are_rejected(gaz, shape, cells, reason):
    accepted, rejected = gcas.validate_incidents(frame(shape, **cells), gazetteer=gaz)
    assert not len(accepted)
    assert rejected[["row", "column"]].to_numpy().tolist() == [[1, "geometry_wkt"]]
    assert rejected.loc[0, "reason"].startswith(reason) or reason in rejected.loc[0, "reason"]
    assert rejected.loc[0, "value"].startswith(shape.geom_type.upper())


def test_a_line_is_set_aside_where_the_place_is_said(gaz):
    row = read(gaz, LINE, place="Hawija")
    assert (row.geometry.geom_type, row["flags"]) == ("Point", "shape-ignored")
    assert "a LineString is stated too" in row["location_reason"]


@pytest.mark.parametrize(
    ("shape", "country", "flags", "words"),
    [
        (shapely.box(38.3, 36.8, 38.4, 36.9), "SY", "", "beyond whose generalised border it reaches 2.7 km"),
        (shapely.box(40.8, 34, 41.5, 34.6), "", "unknown-timezone", "not wholly in IQ or SY"),
        (shapely.box(35.2, 43.7, 35.4, 43.9), "", "looks-swapped;unknown-timezone", "swapped it would lie in IQ"),
        (shapely.box(10, 50, 11, 51), "DE", "", "stated area"),
        (shapely.box(-40, 10, -39, 11), "", "unknown-timezone", "stated area"),
    ],
)
def test_the_country_of_an_area_is_the_one_that_holds_it(gaz, shape, country, flags, words):
    row = read(gaz, shape)
    assert (row["country"], row["flags"]) == (country, flags)
    assert words in row["location_reason"]


def test_a_point_as_text_is_coordinates(gaz):
    table = pd.DataFrame({"id": ["A", "B", "C"], "date": ["2015-06-03"] * 3, "wkt": ["POINT (43.8 35.3)"] * 3})
    rows = gcas.read_incidents(table, gazetteer=gaz)
    assert rows.geometry.iloc[0].equals(shapely.Point(43.8, 35.3))
    assert rows["radius_m"].tolist() == [2000.0] * 3
    table = table.assign(lat=[35.3, None, 36.3], lon=[43.8, None, 43.8])
    accepted, rejected = gcas.validate_incidents(table, gazetteer=gaz)
    assert accepted["incident_id"].tolist() == ["A", "B"]
    assert rejected["reason"].tolist() == [
        "another point than latitude 36.3 and longitude 43.8 beside it; keep the one that holds"
    ]


def test_areas_of_a_known_format_are_kept(gaz):
    cells = {
        "id": "1", "type_of_violence": "3", "where_prec": "1", "where_coordinates": "Hawija", "adm_1": "",
        "country": "Iraq", "date_prec": "1", "date_start": "2016-01-01", "date_end": "2016-01-01", "side_a": "x",
        "side_b": "Civilians", "deaths_a": "0", "deaths_b": "0", "deaths_civilians": "3", "deaths_unknown": "0",
        "best": "3", "low": "3", "high": "3", "relid": "1", "year": "2016", "dyad_name": "x", "latitude": "",
        "longitude": "",
    }  # fmt: skip
    table = gpd.GeoDataFrame({name: [value] for name, value in cells.items()}, geometry=[AREA], crs=4326)
    row = gcas.read_incidents(table, format="ucdp-ged", gazetteer=gaz).iloc[0]
    assert row["reader"].startswith("ucdp-ged")
    assert row.geometry.equals(AREA)
