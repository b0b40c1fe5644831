"""Distances, rings and MGRS cells."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.errors import InputError
from geocasualty.geodesy import (
    densified_vertices,
    format_mgrs,
    geodesic_distance_m,
    geodesic_offset,
    geodesic_ring,
    parse_degrees,
    parse_mgrs,
)

LON = st.floats(-179.9, 179.9)
LAT = st.floats(-79, 83).filter(lambda lat: not -1e-6 < lat < 0)  # a decimetre south of the equator MGRS rounds over it


def test_a_degree_of_the_equator():
    # 2 pi a / 360 with a = 6378137 m (WGS84)
    assert geodesic_distance_m(0, 0, 1, 0) == pytest.approx(math.pi * 6378137 / 180, abs=1e-3)


def test_a_quarter_of_a_meridian():
    assert geodesic_distance_m(0, 0, 0, 90) == pytest.approx(10_001_965.729, abs=1e-2)


def test_unknown_coordinates_give_unknown_distances():
    got = geodesic_distance_m([0.0, math.nan], [0.0, 0.0], [1.0, 1.0], [0.0, math.inf])
    assert np.isfinite(got[0])
    assert np.isnan(got[1])
    assert geodesic_distance_m([], [], [], []).shape == (0,)


@given(LON, LAT, st.floats(0, 360), st.floats(1, 400_000))
def test_an_offset_is_as_far_as_it_says(lon, lat, bearing, metres):
    there = geodesic_offset(lon, lat, bearing, metres)
    assert geodesic_distance_m(lon, lat, *there) == pytest.approx(metres, abs=1e-3)


def test_a_ring_is_everywhere_at_its_radius():
    vertices = shapely.get_coordinates(geodesic_ring(43.77, 35.33, 10_000))
    away = geodesic_distance_m(43.77, 35.33, vertices[:, 0], vertices[:, 1])
    assert away == pytest.approx(np.full(len(away), 10_000), abs=1e-3)


def test_edges_are_cut_to_a_kilometre():
    vertices = densified_vertices(shapely.box(43, 35, 44, 36))
    steps = geodesic_distance_m(vertices[:-1, 0], vertices[:-1, 1], vertices[1:, 0], vertices[1:, 1])
    assert steps.max() <= 1_000.5


@pytest.mark.parametrize("text", ["38S LE 894 094", "38SLE894094", " 38sle 894094 ", "38SLE\t894 094"])
def test_mgrs_spacing_and_case_do_not_matter(text):
    cell = parse_mgrs(text)
    assert (round(cell.lon, 5), round(cell.lat, 5)) == (43.78376, 35.32217)
    assert cell.radius_m == pytest.approx(70.71, abs=0.01)


@pytest.mark.parametrize(
    "text", ["", "377SFU805225", "37FSU774280", "37SEV.35739", "38SLE", "38SLE89409", "99SLE894094", "x"]
)
def test_malformed_mgrs_is_refused(text):
    with pytest.raises(InputError, match="not an MGRS reference"):
        parse_mgrs(text)


@given(LON, LAT, st.integers(1, 5))
def test_a_point_lies_in_its_own_cell(lon, lat, digits):
    cell = parse_mgrs(format_mgrs(lon, lat, digits))
    # cells on a zone's edge are cut, so that their square's centre may lie up to a diagonal away
    assert geodesic_distance_m(lon, lat, cell.lon, cell.lat) <= 2.2 * cell.radius_m + 1


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59), st.sampled_from("NSns"))
def test_degrees_with_minutes_are_those_degrees(degrees, minutes, seconds, letter):
    expected = (degrees + minutes / 60 + seconds / 3600) * (1 if letter in "Nn" else -1)
    for text in (f"{degrees}°{minutes}'{seconds}\"{letter}", f"{letter} {degrees}° {minutes}′ {seconds}″"):
        assert parse_degrees(text, "NS") == pytest.approx(expected, abs=1e-12)
        assert parse_degrees(text, "EW") is None


NO_DEGREES = ["", "N", "35°60'N", "35°10'60\"N", "N 35 N", "-35 S", "35.5°10'N", "35 10 N", "3535 N", "35,5"]


@pytest.mark.parametrize("text", NO_DEGREES)
def test_what_is_no_degrees_is_none(text):
    assert parse_degrees(text, "NS") is None
