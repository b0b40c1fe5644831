"""What lies underneath: rivers and lakes, cut to the window, in few bytes."""

from __future__ import annotations

import json

import shapely

import geocasualty as gcas
from geocasualty.gazetteer._tables import bundled_folder
from geocasualty.maps._areas import chosen_areas
from geocasualty.maps._basemap import ground
from tests.maps.conftest import make_incidents


def decoded(line):
    """The page's way of writing a line, read back: degrees."""
    out, x, y = [], 0, 0
    for dx, dy in zip(line[::2], line[1::2], strict=True):
        x, y = x + dx, y + dy
        out.append((x / 1e4, y / 1e4))
    return out


def test_the_bundled_waters_are_those_of_both_countries(gaz) -> None:
    features = json.loads((bundled_folder() / "waters.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    land = shapely.union_all(gaz.countries.geometry.to_numpy()).buffer(0.05)
    assert all(shape.is_valid and land.covers(shape) for shape in shapes)
    names = {feature["properties"]["name"] for feature in features if feature["properties"]["kind"] == "river"}
    assert {"Euphrates", "Tigris", "Shatt al Arab"} <= names
    named = {feature["properties"]["name"]: shape for feature, shape in zip(features, shapes, strict=True)}
    for name, town in (("Euphrates", "Raqqa"), ("Euphrates", "Ramadi"), ("Tigris", "Mosul"), ("Tigris", "Baghdad")):
        assert named[name].distance(gaz.resolve(town).best.place.point) < 0.06
    lakes = [s for f, s in zip(features, shapes, strict=True) if f["properties"]["kind"] == "lake"]
    assert any(lake.contains(shapely.Point(38.1, 36.05)) for lake in lakes)  # Lake Assad
    assert any(lake.contains(shapely.Point(43.3, 33.95)) for lake in lakes)  # Tharthar


def test_waters_are_cut_to_the_window(gaz) -> None:
    window = (42.8, 36.0, 43.4, 36.6)
    base = ground(gaz, chosen_areas(gaz), window=window, tolerance=0.002)
    assert set(base.waters["name"]) == {"Tigris"}
    assert shapely.box(*window).buffer(1e-9).covers(base.waters.geometry.iloc[0])
    payload = gcas.town_map("Mosul", gazetteer=gaz).payload["base"]
    assert payload["lakes"] == []
    points = [point for river in payload["rivers"] for line in river["lines"] for point in decoded(line)]
    assert min(shapely.Point(43.13, 36.34).distance(shapely.Point(point)) for point in points) < 0.05


def test_a_piece_of_a_river_is_drawn_whole(gaz) -> None:
    rivers = gcas.province_map(make_incidents(1), make_incidents(0).rename(columns={"incident_id": "strike_id"}))
    lines = [decoded(line) for river in rivers.payload["base"]["rivers"] for line in river["lines"]]
    assert all(len(line) >= 2 for line in lines)
    length = sum(shapely.LineString(line).length for line in lines)
    stored = ground(gaz, chosen_areas(gaz), window=None, tolerance=0.006).waters
    assert abs(length - shapely.length(stored.geometry[stored["kind"] == "river"].to_numpy()).sum()) < 0.01 * length
