"""The areas of a map: the gazetteer's, or the user's own."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.maps._areas import chosen_areas
from tests.maps.conftest import make_incidents, make_strikes

BOXES = [shapely.box(43.0, 35.0, 43.77, 36.0), shapely.box(43.77, 35.0, 45.0, 36.0)]


def own(**columns):
    data = {"name": ["West", "East"], "name_ar": ["غرب", "شرق"]} | columns
    return gpd.GeoDataFrame(data, geometry=BOXES, crs="EPSG:4326")


def province(incidents, **kwargs):
    return gcas.province_map(incidents, make_strikes(0), **kwargs)


def of(map_):
    """Area names and the number of the area of each incident."""
    payload = map_.payload
    return [entry["name"] for entry in payload["base"]["governorates"]], payload["incidents"]["gov"]["v"]


def test_points_count_in_the_area_that_holds_them(gaz) -> None:
    incidents = make_incidents(3)
    incidents.geometry = [shapely.Point(44, 35.5), shapely.Point(43.5, 35.5), shapely.Point(40, 35.5)]
    map_ = province(incidents, gazetteer=gaz, areas=own())
    names, numbers = of(map_)
    assert [None if n is None else names[n] for n in numbers] == ["East", "West", None]
    assert map_.payload["base"]["words"] == ["area", "areas"]
    assert any("outside the areas, not on the map" in note for note in map_.payload["notes"])
    assert "By area" in map_.fallback


def test_an_outline_counts_where_most_of_it_lies_and_else_nowhere(gaz) -> None:
    incidents = make_incidents(3, precision="district")
    incidents.geometry = [
        shapely.box(43.8, 35.1, 44.9, 35.9),
        shapely.box(43.1, 35.1, 44.5, 35.9),
        shapely.box(10, 10, 11, 11),
    ]
    map_ = province(incidents, gazetteer=gaz, areas=own())
    names, numbers = of(map_)
    assert names[numbers[0]] == "East"
    assert numbers[1:] == [None, None]
    notes = map_.payload["notes"]
    assert any("Incidents located more coarsely than to one area" in note for note in notes)
    assert map_.payload["towns"] == []


def test_a_point_that_stands_for_a_governorate_counts_in_no_smaller_area(gaz) -> None:
    _, numbers = of(province(make_incidents(1, precision="governorate"), gazetteer=gaz, areas=own()))
    assert numbers == [None]


def test_order_of_areas_and_of_records_does_not_matter(gaz) -> None:
    incidents = make_incidents(4)
    one = province(incidents, gazetteer=gaz, areas=own())
    two = province(incidents[::-1], gazetteer=gaz, areas=own().iloc[::-1])
    assert one.get_root().render() == two.get_root().render()


def test_an_approximate_outline_says_so(gaz) -> None:
    areas = own(approximate=[True, False], note=["drawn by hand", None])
    for map_ in (
        province(make_incidents(1), gazetteer=gaz, areas=areas),
        gcas.town_map("Hawijah", make_incidents(1), gazetteer=gaz, areas=areas, within_km=10, within_days=0),
    ):
        entries = {entry["name"]: entry for entry in map_.payload["base"]["governorates"]}
        assert entries["West"]["approximate"]
        assert not entries["East"]["approximate"]
        assert "The boundary of West is approximate: drawn by hand" in map_.payload["notes"]
        assert "The boundary of West is approximate: drawn by hand" in map_.fallback


def test_names_as_files_have_them(gaz) -> None:
    cod = own().rename(columns={"name": "ADM2_EN", "name_ar": "ADM2_AR"})
    cod["ADM1_EN"], cod["ADM2_PCODE"] = "Kirkuk", ["IQG01", "IQG02"]
    found = chosen_areas(gaz, cod)
    assert found.words == ("district", "districts")
    assert found.frame[["place_id", "name", "name_local"]].to_numpy().tolist() == [
        ["IQG01", "West", "غرب"],
        ["IQG02", "East", "شرق"],
    ]
    found = chosen_areas(gaz, own().rename(columns={"name": "shapeName"}))
    assert sorted(found.frame["name"]) == ["East", "West"]


def test_bad_areas_are_named(gaz) -> None:
    def refused(areas, match, **kwargs):
        with pytest.raises(InputError, match=match):
            province(make_incidents(1), gazetteer=gaz, areas=areas, **kwargs)

    refused(pd.DataFrame({"name": ["a"]}), "GeoDataFrame of polygons")
    refused(own().to_crs(32638), "EPSG:32638")
    refused(own().drop(columns="name").rename(columns={"name_ar": "other"}), "no column 'name'.*'other'")
    refused(own().set_geometry(gpd.points_from_xy([43, 44], [35, 35], crs=4326)), "Point; expected Polygon")
    refused(own().set_geometry([shapely.box(400_000, 1, 400_001, 2)] * 2, crs=4326), "give degrees")
    refused(own(), "level='district'", level="district")
    with pytest.raises(InputError, match="level='village'"):
        province(make_incidents(1), gazetteer=gaz, level="village")
    with pytest.raises(InputError, match=r"outline of none of its 169 districts; pass areas="):
        province(make_incidents(1), gazetteer=gaz, level="district")


def test_no_areas_at_all_is_an_empty_map(gaz) -> None:
    map_ = province(make_incidents(1), gazetteer=gaz, areas=own().head(0))
    assert map_.payload["base"]["governorates"] == []
    assert map_.payload["incidents"]["gov"]["v"] == [None]


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=6))
def test_any_outline_is_drawn_or_left_out(gaz, points) -> None:
    shape = shapely.Polygon(points)
    areas = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[shape, BOXES[0]], crs="EPSG:4326")
    found = chosen_areas(gaz, areas)
    assert set(found.frame.geom_type) <= {"Polygon", "MultiPolygon"}
    assert found.frame.geometry.is_valid.all()
    assert "b" in set(found.frame["name"])


@pytest.mark.real_data
def test_districts_of_cod_ab_and_its_governorates(real_data, book, gaz) -> None:
    files = {level: gpd.read_file(real_data / f"irq_admbnda_adm{level}_cso_20190603.geojson") for level in (1, 2)}
    map_ = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz, areas=files[2])
    names, numbers = of(map_)
    ids = sorted(book.incidents["incident_id"])
    assert names[dict(zip(ids, numbers, strict=True))["hawijah-2015-06"]] == "Al-Hawiga"
    assert len(names) == 101
    ours = gaz.governorates[gaz.governorates["country"].eq("IQ") & gaz.governorates.geometry.notna()]
    incidents = make_incidents(len(ours), precision="governorate", place_id=ours["place_id"].to_list())
    incidents.geometry = ours.geometry.to_numpy()
    _, numbers = of(province(incidents, gazetteer=gaz, areas=files[1]))
    assert None not in numbers  # the share that MOSTLY asks for is met by every governorate
    assert len(set(numbers)) == len(ours)


@pytest.mark.real_data
def test_level_of_a_gazetteer_with_districts(real_data, tmp_path) -> None:
    built = gcas.build_gazetteer(
        tmp_path / "own.gpkg", cod=[real_data / f"irq_admbnda_adm{level}_cso_20190603.geojson" for level in (1, 2)]
    )
    own_gaz = gcas.load_gazetteer(tmp_path / "own.gpkg")
    assert built
    names, numbers = of(province(make_incidents(1), gazetteer=own_gaz, level="district"))
    assert len(names) == 101
    assert names[numbers[0]] == "Hawijah"
    assert np.isfinite(own_gaz.places.geometry.x).all()
