"""Shapes that would end the process, in every kind of file that holds shapes: refused in one line."""

import contextlib
import json
import sqlite3
import struct
import subprocess
import sys

import geopandas as gpd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import geocasualty as gcas
from geocasualty._geometry import (
    MAX_ELEMENTS_DEEP,
    MAX_NESTING,
    ShapeError,
    check_nesting,
    check_wkb,
    check_wkt,
    check_xml,
    shape_from_wkt,
    shapes_from_wkb,
)
from geocasualty.records._cells import exact_wkt
from geocasualty.records._inputs import read_cells
from tests.conftest import ROOT

DEEP = 20_000
READ = """
import sys
import geocasualty as gcas
for path in sys.argv[1:]:
    try:
        found, rejected = gcas.validate_incidents(path)
        print(path, "rejected" if len(rejected) and not len(found) else "read")
    except gcas.errors.InputError as error:
        print(path, "refused", error)
"""


def wkt(depth):
    return "GEOMETRYCOLLECTION(" * depth + "POINT(43.8 35.3)" + ")" * depth


def wkb(depth):
    return b"\x01\x07\0\0\0\x01\0\0\0" * depth + shapely.to_wkb(shapely.Point(43.8, 35.3), byte_order=1)


def mapping(depth):
    inside = '{"type": "Point", "coordinates": [43.8, 35.3]}'
    return '{"type": "GeometryCollection", "geometries": [' * depth + inside + "]}" * depth


def csv_file(folder, depth):
    (folder / "a.csv").write_text(f'incident_id,date,geometry_wkt\nA,2015-06-03,"{wkt(depth)}"\n')
    return folder / "a.csv"


def geojson_file(folder, depth):
    feature = '{"type": "Feature", "properties": {"incident_id": "A", "date": "2015-06-03"}, "geometry": %s}'
    text = '{"type": "FeatureCollection", "features": [%s]}' % (feature % mapping(depth))
    (folder / "a.geojson").write_text(text)
    return folder / "a.geojson"


def geopackage_file(folder, depth):
    path = folder / "a.gpkg"
    points = gpd.points_from_xy([43.8], [35.3])
    gpd.GeoDataFrame({"incident_id": ["A"], "date": ["2015-06-03"]}, geometry=points, crs=4326).to_file(path)
    tables = sqlite3.connect(path)
    for (name,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        tables.execute(f'DROP TRIGGER "{name}"')
    tables.execute("UPDATE a SET geom = ?", (b"GP\0\x01" + struct.pack("<i", 4326) + wkb(depth),))
    tables.commit()
    tables.close()
    return path


def parquet_file(folder, depth):
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    held = {"incident_id": ["A"], "date": ["2015-06-03"], "geometry": pa.array([wkb(depth)], pa.binary())}
    parquet.write_table(pa.table(held).replace_schema_metadata({"geo": json.dumps(geo)}), folder / "a.parquet")
    return folder / "a.parquet"


def kml_file(folder, depth):
    inside = (
        "<MultiGeometry>" * depth + "<Point><coordinates>43.8,35.3</coordinates></Point>" + "</MultiGeometry>" * depth
    )
    placemark = f"<Placemark><name>A</name><TimeStamp><when>2015-06-03</when></TimeStamp>{inside}</Placemark>"
    (folder / "a.kml").write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2">{placemark}</kml>')
    return folder / "a.kml"


FILES = [csv_file, geojson_file, geopackage_file, parquet_file, kml_file]


def test_a_tower_of_collections_is_refused_in_every_kind_of_file(tmp_path):
    """In a process of its own, since what is tested here ends the process."""
    paths = []
    for depth in (DEEP, 200, MAX_NESTING + 1):
        (tmp_path / str(depth)).mkdir()
        paths += [str(make(tmp_path / str(depth), depth)) for make in FILES]
    done = subprocess.run(
        [sys.executable, "-c", READ, *paths], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    said = done.stdout.splitlines()
    assert done.returncode == 0, (done.returncode, said[-1:], done.stderr[-500:])
    assert [line.split(" ")[0] for line in said] == paths
    assert all(line.split(" ")[1] in ("refused", "rejected") for line in said)


@pytest.mark.parametrize("make", FILES)
def test_collections_that_people_draw_are_no_tower(tmp_path, make):
    cells = read_cells(make(tmp_path, 2))
    assert cells["geometry_wkt"][0].startswith("GEOMETRYCOLLECTION")


def test_a_frame_with_a_tower_is_refused():
    shape = shapely.Point(43.8, 35.3)
    for _ in range(MAX_NESTING + 1):
        shape = shapely.GeometryCollection([shape])
    frame = gpd.GeoDataFrame({"incident_id": ["A"], "date": ["2015-06-03"]}, geometry=[shape], crs=4326)
    with pytest.raises(gcas.errors.InputError, match="row 1: collections in collections"):
        gcas.read_incidents(frame)


def test_the_deepest_that_is_read():
    for refused in (False, True):
        depth = MAX_NESTING + refused
        for check, made in ((check_wkb, wkb(depth)), (check_nesting, json.loads(mapping(depth)))):
            if refused:
                with pytest.raises(ShapeError, match="deep"):
                    check(made)
            else:
                check(made)
    with pytest.raises(ShapeError, match="deep"):
        check_wkt(wkt(MAX_NESTING + 2))
    check_wkt(wkt(MAX_NESTING + 1))
    check_wkt(f"MULTIPOINT ({', '.join(['(1 1)'] * 99)})")


def test_counts_beyond_the_bytes_are_refused():
    for kind in (2, 3, 4, 5, 6, 7):
        with pytest.raises(ShapeError, match="cut off"):
            check_wkb(struct.pack("<BII", 1, kind, 0xFFFFFFFF) + bytes(40))
    for blob in (b"", b"\x01", b"\x02\x01\0\0\0" + bytes(16), b"\x01\x02\0\0\0", wkb(1)[:-1]):
        with pytest.raises(ShapeError, match="cut off"):
            check_wkb(blob)
    with pytest.raises(ShapeError, match="unknown kind"):
        check_wkb(struct.pack("<BII", 1, 99, 0))
    with pytest.raises(ShapeError, match="no well-known binary, but str"):
        check_wkb("0101000000")


def shapes():
    number = st.floats(-180, 180)
    corner = st.tuples(number, number) | st.tuples(number, number, number)
    flat = st.tuples(number, number)
    box = st.builds(lambda at: shapely.box(at[0], at[1], at[0] + 1, at[1] + 1), flat)
    one = (
        st.builds(shapely.Point, corner) | st.just(shapely.Point()) | st.just(shapely.Polygon()) | box
        | st.builds(shapely.LineString, st.lists(flat, min_size=2, max_size=5))
        | st.builds(shapely.MultiPoint, st.lists(flat, max_size=4))
        | st.builds(shapely.MultiPolygon, st.lists(box, max_size=3))
    )  # fmt: skip
    return st.recursive(
        one, lambda inner: st.builds(shapely.GeometryCollection, st.lists(inner, max_size=3)), max_leaves=6
    )


@settings(deadline=None)
@given(shapes(), st.sampled_from(["iso", "extended"]), st.sampled_from([0, 1]), st.booleans())
def test_what_geos_writes_is_read(shape, flavor, order, numbered):
    if numbered:
        shape = shapely.set_srid(shape, 4326)
    blob = shapely.to_wkb(shape, flavor=flavor, byte_order=order, include_srid=numbered and flavor == "extended")
    (back,) = shapes_from_wkb([blob])
    assert shapely.to_wkb(back, flavor="iso") == shapely.to_wkb(shape, flavor="iso")
    if not shape.has_z:  # GEOS does not read back the text of a collection with and without heights
        assert shapely.equals_exact(shape_from_wkt(exact_wkt(shape)), shape)


@settings(deadline=None)
@given(shapes(), st.data())
def test_changed_bytes_are_refused_or_read(shape, data):
    blob = bytearray(shapely.to_wkb(shape))
    for _ in range(data.draw(st.integers(1, 4))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ShapeError, shapely.errors.ShapelyError):
        shapes_from_wkb([bytes(blob)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><kml><name>&b;</name></kml>', "entities"),
        ('<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><name>&a;</name></kml>', "entities"),
        ("<kml>" + "<Folder>" * MAX_ELEMENTS_DEEP + "</Folder>" * MAX_ELEMENTS_DEEP + "</kml>", "deep"),
        ("<kml><Folder></kml>", "no whole XML"),
        ("<kml>", "no whole XML"),
    ],
)
@pytest.mark.parametrize("name", ["a.kml", "a.kmz"])
def test_hostile_xml_is_refused_before_gdal_sees_it(tmp_path, monkeypatch, text, says, name):
    import zipfile

    monkeypatch.setattr("pyogrio.list_layers", lambda path: pytest.fail("GDAL saw it"))
    path = tmp_path / name
    if name.endswith("z"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", text)
    else:
        path.write_text(text)
    with pytest.raises(gcas.errors.InputError, match=says):
        gcas.read_incidents(path)


def test_folders_as_deep_as_people_have_them_are_read():
    import io

    inside = MAX_ELEMENTS_DEEP - 1
    check_xml(io.BytesIO(b"<kml>" + b"<Folder>" * inside + b"</Folder>" * inside + b"</kml>"))
