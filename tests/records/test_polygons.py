"""Polygons around records join back to them, and say what the records say."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m

AREA = shapely.box(43.0, 35.0, 43.2, 35.2)


@pytest.fixture
def frame():
    table = {
        "strike_id": ["point", "area", "none", "empty", "no-radius", "same"],
        "radius_m": [500.0, np.nan, np.nan, 10.0, np.nan, 500.0],
        "vicinity": [True, False, False, False, False, False],
        "note": "x",
    }
    shapes = [shapely.Point(43, 35), AREA, None, shapely.Point(), shapely.Point(43, 35), shapely.Point(43, 35)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326, index=[9, 7, 5, 3, 1, 0])


def test_uncertainty_is_the_disc_of_a_point_and_the_area_itself(frame):
    found = gcas.uncertainty(frame)
    assert list(found.columns) == ["strike_id", "radius_m", "vicinity", "geometry"]
    assert found.index.tolist() == frame.index.tolist()
    assert found["geometry"].isna().tolist() == [False, False, True, True, True, False]
    corners = shapely.get_coordinates(found.loc[9, "geometry"])
    assert geodesic_distance_m(43, 35, *corners.T) == pytest.approx(np.full(len(corners), 500), abs=1e-3)
    assert found.loc[7, "geometry"].equals_exact(AREA, 0)
    assert found.loc[9, "geometry"] is found.loc[0, "geometry"]


def test_buffers_join_back_by_id_and_hold_exactly_what_is_within(frame):
    found = gcas.buffers(frame, km=10)
    joined = frame.merge(found, on="strike_id", suffixes=("", "_buffer"))
    assert joined["strike_id"].tolist() == frame["strike_id"].tolist()
    assert found["geometry"].isna().tolist() == [False, False, True, True, False, False]
    assert found.crs == frame.crs
    assert found.loc[7, "geometry"].contains(AREA)
    for km, inside in ((9.9, True), (10.1, False)):
        north = shapely.Point(43.1, 35.2 + km / 110.95)  # a degree of the meridian there is 110.95 km
        assert found.loc[7, "geometry"].contains(north) is inside


def test_no_order_of_rows_changes_a_polygon(frame):
    for made in (gcas.uncertainty, lambda table: gcas.buffers(table, km=3)):
        turned = made(frame.iloc[::-1]).iloc[::-1]
        pd.testing.assert_series_equal(made(frame).to_wkb()["geometry"], turned.to_wkb()["geometry"])


@pytest.mark.parametrize("km", [0, -1, float("nan"), float("inf"), "10", None, 10_001])
def test_a_distance_that_is_none_is_refused(frame, km):
    with pytest.raises(InputError, match="km is"):
        gcas.buffers(frame, km=km)


def test_frames_that_are_no_records_are_refused(frame):
    with pytest.raises(InputError, match="to_crs"):
        gcas.uncertainty(frame.to_crs(3857))
    with pytest.raises(InputError, match="no column 'incident_id'"):
        gcas.buffers(frame.drop(columns="strike_id"), km=1)
    with pytest.raises(InputError, match=r"row 2, column 'radius_m', value 100000000.0"):
        gcas.uncertainty(frame.assign(radius_m=[1, 1e8, 1, 1, 1, 1]))
    assert len(gcas.buffers(frame.head(0), km=1)) == len(gcas.uncertainty(frame.head(0))) == 0
