"""Distances, rings and MGRS cells."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geocasualty.errors import InputError
from geocasualty.geodesy import (
    BUFFER_ERROR,
    WGS84,
    densified_vertices,
    geodesic_buffer,
    geodesic_distance_m,
    geodesic_offset,
    parse_degrees,
    parse_mgrs,
)
from tests.grids import format_mgrs

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


SPOTS = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def on_the_edge_of_the_map(lonlat):
    return (np.abs(lonlat[:, 0]) > 180 - 1e-9) | (np.abs(lonlat[:, 1]) > 90 - 1e-9)


@given(SPOTS, st.floats(10, 10_000_000))
@example((180.0, 0.0), 10_000.0)
@example((-180.0, 66.0), 400_000.0)
@example((0.0, 90.0), 100_000.0)
@example((10.0, -89.5), 100_000.0)
@example((10.0, 0.0), 10_000_000.0)
def test_a_disc_holds_what_is_near_and_its_corners_are_at_the_distance(spot, metres):
    disc = geodesic_buffer(shapely.Point(spot), metres)
    assert disc.is_valid
    corners = shapely.get_coordinates(disc)
    assert (np.abs(corners) <= [180, 90]).all()
    away = WGS84.inv(*np.broadcast_arrays(spot[0], spot[1], *corners[~on_the_edge_of_the_map(corners)].T))[2]
    assert away == pytest.approx(np.full(len(away), metres), abs=2e-3, rel=1e-9)
    bearings = np.linspace(0, 360, 37)
    for share, inside in ((1 - BUFFER_ERROR, True), (1 + BUFFER_ERROR / 4, False)):
        lons, lats, _ = WGS84.fwd(*np.broadcast_arrays(spot[0], spot[1], bearings, share * metres))
        held = shapely.intersects_xy(disc, lons, lats)
        assert held.all() if inside else not held.any()


@given(
    SPOTS.filter(lambda spot: abs(spot[1]) < 88 and spot[0] < 179.999),
    st.floats(0.001, 0.5), st.floats(0.01, 0.5), st.floats(100, 300_000),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
@example((179.8, 10.0), 0.2, 0.5, 30_000.0)
def test_a_buffer_of_an_area_ends_at_the_distance_from_its_outline(spot, wide, high, metres):
    area = shapely.box(spot[0], spot[1], min(spot[0] + wide, 180), spot[1] + high)
    around = geodesic_buffer(area, metres)
    assert around.is_valid
    assert around.buffer(1e-9).covers(area)
    outline = densified_vertices(area, min(1_000.0, metres / 50))
    corners = shapely.get_coordinates(around)
    for lon, lat in corners[~on_the_edge_of_the_map(corners)][::7]:
        away = geodesic_distance_m(lon, lat, outline[:, 0], outline[:, 1]).min()
        assert away == pytest.approx(metres, rel=BUFFER_ERROR)


@pytest.mark.parametrize("metres", [5e-324, 3.2e-225, 1e-9])
@pytest.mark.parametrize("lat", [0.0, 70.0, 90.0])
def test_the_least_of_distances_has_a_disc_too(metres, lat):
    assert geodesic_buffer(shapely.Point(0, lat), metres).is_valid


def test_a_hole_wider_than_the_buffer_stays_open():
    land = shapely.box(43, 35, 44, 36).difference(shapely.box(43.2, 35.2, 43.8, 35.8))
    around = geodesic_buffer(land, 5_000)
    assert not around.intersects(shapely.Point(43.5, 35.5))
    assert around.intersects(shapely.Point(43.22, 35.5))


@pytest.mark.parametrize("metres", [0, -1, math.nan, math.inf, 10_000_001])
def test_a_distance_that_no_buffer_has_is_refused(metres):
    with pytest.raises(InputError, match="buffer of"):
        geodesic_buffer(shapely.Point(43, 35), metres)


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
