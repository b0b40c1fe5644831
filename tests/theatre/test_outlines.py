"""Which country and area hold a point, anywhere."""

import csv

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.records._countries import BORDER_TOLERANCE_M, Countries, beyond_m
from geocasualty.theatre import outlines
from geocasualty.theatre.countries import countries


@pytest.fixture(scope="module")
def codes():
    return sorted(path.stem for path in outlines.FOLDER.glob("*.geojson"))


def test_every_area_is_a_valid_polygon_of_a_country_with_a_box(codes):
    with (outlines.FOLDER / "boxes.csv").open(encoding="utf-8") as stream:
        boxes = {(row[0], *map(float, row[1:])) for row in list(csv.reader(stream))[1:]}
    held, seen = [], set()
    for code in codes:
        for area in outlines.areas(code):
            held.append(area.place_id)
            seen.add((code, *np.round(area.polygon.bounds, 3).tolist()))
            assert area.polygon.is_valid
            assert area.name
            assert area.country == code
    assert len(set(held)) == len(held) > 4_500
    assert seen == boxes
    assert set(codes) <= set(countries())
    assert set(countries()) - set(codes) == {"BQ", "BV", "CC", "CX", "GF", "GP", "MQ", "RE", "SJ", "YT"}


def test_areas_of_a_country_leave_no_gap_and_do_not_overlap():
    for code in ("UA", "YE", "SD", "LY"):
        assert shapely.coverage_is_valid([area.polygon for area in outlines.areas(code)])


@pytest.mark.parametrize(
    ("lon", "lat", "country"),
    [
        (35.61, 33.33, "LB"),  # Khiam
        (34.30, 31.34, "PS"),  # Khan Yunis
        (44.02, 13.58, "YE"),  # Taiz
        (25.35, 13.63, "SD"),  # El Fasher
        (34.10, 44.95, "UA"),  # Simferopol
        (38.00, 48.59, "UA"),  # Bakhmut
        (36.60, 50.60, "RU"),  # Belgorod
        (179.0, -16.5, "FJ"),
        (-40.0, 10.0, ""),
    ],
)
def test_the_country_of_a_point(lon, lat, country):
    assert outlines.countries_at([lon], [lat]).tolist() == [country]


def test_only_the_countries_near_a_point_are_read():
    outlines.areas.cache_clear()
    outlines.countries_at([43.0], [36.0])
    assert outlines.areas.cache_info().currsize < 10


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20))
def test_a_point_has_the_same_country_alone_and_among_others(spots):
    lon, lat = np.array(spots).T
    together = outlines.countries_at(lon, lat).tolist()
    assert together == [outlines.countries_at([x], [y])[0] for x, y in spots]


def _points(*spots):
    days = {"incident_id": [f"P{n}" for n in range(len(spots))], "date": "2022-03-03"}
    return pd.DataFrame(days | {"longitude": [x for x, _ in spots], "latitude": [y for _, y in spots]})


def test_a_neighbour_is_known_before_a_tolerance_is_used():
    found = gcas.read_incidents(_points((35.61, 33.33), (38.3536, 36.8912), (35.70, 35.60), (36.30, 41.50)))
    assert found["country"].tolist() == ["LB", "SY", "SY", "TR"]
    assert found["location_reason"].str.contains("generalised border").tolist() == [False, True, True, True]


def test_a_point_of_a_neighbour_within_what_borders_are_uncertain_by_says_so():
    edge = outlines.outline("LB").intersection(shapely.box(36.0, 34.0, 36.6, 34.7))
    spots = shapely.get_coordinates(edge)
    spots = spots[outlines.countries_at(*spots.T) == "LB"]
    found = gcas.read_incidents(_points(*spots.tolist()))
    away = beyond_m(Countries(gcas.load_gazetteer()).outlines["SY"], *spots.T)
    near = away <= outlines.TOLERANCE_M
    assert near.any()
    assert not near.all()
    assert set(found["country"][near]) == {"SY"}
    assert set(found["country"][~near]) <= {"LB", "SY"}
    assert outlines.TOLERANCE_M < BORDER_TOLERANCE_M


def test_points_of_another_war_are_not_called_exchanged():
    donbas = [(38.0 + n / 100, 48.0) for n in range(5)] + [(39.5, 48.6), (30.5, 50.4)]
    assert not gcas.read_incidents(_points(*donbas))["flags"].str.contains("looks-swapped").any()


def test_exchanged_coordinates_of_a_syrian_file_are_said_wherever_they_lie():
    spots = [(39.0, 35.95), (38.9, 36.0), (35.95, 39.0)]  # the last lies in Turkey, the other way round at Raqqa
    flags = gcas.read_incidents(_points(*spots))["flags"].str.contains("looks-swapped").tolist()
    assert flags == [False, False, True]
    assert gcas.read_incidents(_points(spots[2]))["flags"].str.contains("looks-swapped").all()


def test_a_stated_country_without_a_gazetteer_is_held_against_its_outline():
    table = _points((44.02, 13.58), (13.58, 44.02), (50.0, 30.0)).assign(country="YE")
    accepted, rejected = gcas.validate_incidents(table)
    assert accepted["flags"].str.contains("outside-country").tolist() == [False, True]
    assert rejected["reason"].str.contains("look swapped").all()
    assert len(rejected) == 1


@pytest.mark.real_data
def test_no_point_of_a_file_of_ukraine_is_exchanged(real_data):
    found = gcas.read_incidents(real_data / "other_wars/ukraine_civilian_harm.json")
    assert len(found) == 500
    assert not found["flags"].str.contains("looks-swapped").any()
    assert set(found["country"]) == {"UA", "RU"}
