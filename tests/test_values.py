"""Values that no place on Earth has are refused, wherever they come from, in one line."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty._geometry import ShapeError, shape_of
from geocasualty.errors import InputError
from geocasualty.gazetteer._tables import bundled_folder
from geocasualty.geodesy import MAX_RADIUS_M, geodesic_distance_m, is_radius, on_earth
from tests.matching.frames import records
from tests.matching.test_join import one

HUGE = [1e308, math.inf, math.nan, -1.0, MAX_RADIUS_M + 1]


@given(*[st.floats(-180, 180), st.floats(-90, 90)] * 2)
def test_no_two_points_are_farther_apart_than_the_largest_radius(lon, lat, other_lon, other_lat):
    assert is_radius(float(geodesic_distance_m(lon, lat, other_lon, other_lat)))
    assert on_earth(lon, lat)


def test_the_largest_radius_is_half_way_round_and_no_more():
    assert not is_radius(MAX_RADIUS_M + 1)
    assert 20_003_931 < MAX_RADIUS_M < 20_040_000


@pytest.mark.parametrize("radius", HUGE)
@pytest.mark.parametrize("role", ["incident", "strike"])
def test_a_table_with_an_impossible_radius_is_refused(radius, role):
    sides = {each: one(each, xy=(43, 35), radius_m=radius if each == role else 5.0) for each in ("incident", "strike")}
    with pytest.raises(InputError, match=rf"{role}_id .*: radius_m is {re.escape(str(radius))} for a point"):
        gcas.match(sides["incident"], sides["strike"], within_km=1, within_days=0)
    assert len(
        gcas.match(*(one(each, xy=(43, 35), radius_m=MAX_RADIUS_M) for each in sides), within_km=1, within_days=0)
    )


@pytest.mark.parametrize("box", [(43, 35, 44, 95), (43, 35, 181, 36), (-181, 35, 44, 36), (43, -91, 44, 36)])
def test_an_area_beyond_the_earth_is_refused(box):
    area = one("incident", geometry=shapely.box(*box), radius_m=np.nan)
    with pytest.raises(InputError, match="an area beyond the degrees of the Earth"):
        gcas.match(area, one("strike", xy=(43, 35)), within_km=1, within_days=0)
    many = records("incident", [{"geometry": shapely.box(*box), "radius_m": np.nan, "id": str(n)} for n in range(3)])
    with pytest.raises(InputError, match="an area beyond the degrees of the Earth"):
        gcas.match(many, one("strike", xy=(43, 35)), within_km=1, within_days=0)


@pytest.mark.parametrize("radius", ["1e308", "inf", "0"])
def test_a_file_with_an_impossible_radius_is_refused(radius, tmp_path: Path):
    (tmp_path / "a.csv").write_text(f"incident_id,start,lat,lon,radius_m\na,2015-06-03,35,43,{radius}\n")
    with pytest.raises(InputError, match="'radius_m'"):
        gcas.read_incidents(tmp_path / "a.csv")
    with pytest.raises(InputError, match="radius_m is"):
        gcas.read_incidents(tmp_path / "a.csv", radius_m=float(radius))


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [True, True]},
        {"type": "Polygon", "coordinates": [[[43, 35], [44, True], [44, 36], [43, 35]]]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [43, False]}]},
    ],
)
def test_true_is_no_coordinate(geometry, tmp_path: Path):
    with pytest.raises(ShapeError, match="where a coordinate should stand"):
        shape_of(geometry)
    feature = {"type": "Feature", "properties": {"incident_id": "a", "start": "2015-06-03"}, "geometry": geometry}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(InputError, match=r"row 1, column 'geometry'.*where a coordinate should stand"):
        gcas.read_incidents(tmp_path / "a.geojson")


WRONG = [
    ("radius_m", "1e308"), ("radius_m", "inf"), ("radius_m", "nan"), ("radius_m", "0"), ("radius_m", "wide"),
    ("lat", "95"), ("lon", "500"), ("lat", ""), ("kind", "no such kind"), ("name", ""),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("places.csv", "names.csv"):
        head, *rows = (bundled_folder() / name).read_text("utf-8").splitlines()
        (tmp_path / name).write_text("\n".join([head, *rows[: 20 if name == "places.csv" else 0]]), "utf-8")
    (tmp_path / "areas.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    return tmp_path


@pytest.mark.parametrize(("column", "value"), WRONG)
def test_a_gazetteer_of_tables_with_an_impossible_place_is_refused(column, value, folder: Path):
    assert len(gcas.load_gazetteer(folder).places) == 20
    with (folder / "places.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[7][column] = value
    with (folder / "places.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError, match=r"places\.csv: row 8: place_id .* each place needs these"):
        _ = gcas.load_gazetteer(folder).places


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    from geocasualty.gazetteer.building import build_gazetteer

    target = tmp_path_factory.mktemp("built") / "g.gpkg"
    source = target.with_suffix(".csv")
    source.write_text("name,kind,country,lat,lon\nSomewhere,town,IQ,35,43\n", "utf-8")
    build_gazetteer(target, csv=[source], with_bundled=False)
    return target


@pytest.mark.parametrize("radius", ["1e308", "9e999", "0", "-5", "'wide'", "NULL"])
def test_a_built_gazetteer_with_an_impossible_radius_is_refused(radius, built: Path, tmp_path: Path):
    path = Path(shutil.copy(built, tmp_path / "g.gpkg"))
    with sqlite3.connect(path) as tables:
        for (name,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            tables.execute(f'DROP TRIGGER "{name}"')
        tables.execute(f"UPDATE places SET radius_m = {radius} WHERE name = 'Somewhere'")
    with pytest.raises(InputError, match=r"place_id .* each place needs these"):
        _ = gcas.load_gazetteer(path).places


def test_an_outline_beyond_the_earth_is_refused(folder: Path):
    place_id = (folder / "places.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    about = {"place_id": place_id, "approximate": False, "note": ""}
    feature = {"type": "Feature", "properties": about, "geometry": shapely.box(43, 35, 44, 95).__geo_interface__}
    (folder / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(InputError, match="beyond the degrees of the Earth"):
        _ = gcas.load_gazetteer(folder).places


@pytest.mark.parametrize("near", [(500, 35), (43, 95), (math.nan, 35)])
def test_near_a_point_that_is_none_is_refused(near, gaz):
    with pytest.raises(InputError, match="near="):
        gaz.resolve("Hawija", near=near)
