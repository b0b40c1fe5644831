"""The join against its definition, its edges, and bad input."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from tests.matching.frames import records
from tests.matching.oracle import GEOD, assert_same
from tests.matching.oracle import pairs as oracle

CENTRES = [(43.77, 35.33), (179.995, 0.0), (-179.995, 0.0), (10.0, 89.97), (-60.0, -45.0)]


@st.composite
def sites(draw):
    lon, lat = draw(st.sampled_from(CENTRES))
    x = lon + draw(st.integers(-8, 8)) * 0.013
    y = min(90.0, lat + draw(st.integers(-8, 8)) * 0.011)
    x = (x + 180) % 360 - 180
    row = {
        "day": draw(st.sampled_from([-2, -1, -0.5, 0, 0.25, 1, 2])),
        "days": draw(st.sampled_from([1 / 1440, 0.5, 1, 30])),
        "radius_m": draw(st.sampled_from([0.0, 70.7, 900.0, 2_500.0])),
        "belligerents": draw(st.sampled_from(["", "Coalition", "Russia", "Coalition;Russia"])),
    }
    shape = draw(st.sampled_from(["point", "point", "point", "box", "none", "empty"]))
    if shape == "box" and abs(x) < 179 and y < 89:
        return row | {"geometry": shapely.box(x, y, x + 0.02, y + 0.015), "radius_m": float("nan")}
    if shape == "none":
        return row | {"geometry": None}
    return row | {"geometry": shapely.Point() if shape == "empty" else shapely.Point(x, y)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(sites(), max_size=5),
    st.lists(sites(), max_size=6),
    st.sampled_from([0, 1.0, 2.5, 5]),
    st.sampled_from([0, 1, 3]),
)
def test_the_pairs_are_those_of_the_definition(ours, theirs, km, days):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    found = gcas.match(incidents, strikes, within_km=km, within_days=days, bounds=True)
    assert_same(found, oracle(incidents, strikes, km, days))


@settings(max_examples=40, deadline=None)
@given(st.lists(sites(), max_size=5), st.lists(sites(), max_size=5), st.randoms())
def test_the_order_of_rows_never_matters(ours, theirs, random):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    a, b = list(range(len(ours))), list(range(len(theirs)))
    random.shuffle(a)
    random.shuffle(b)
    first = gcas.match(incidents, strikes, within_km=3, within_days=1, bounds=True)
    second = gcas.match(incidents.iloc[a], strikes.iloc[b], within_km=3, within_days=1, bounds=True)
    pd.testing.assert_frame_equal(first, second)


def one(role, **row):
    return records(role, [row])


@pytest.mark.parametrize(
    ("strike_day", "within_days", "relation"),
    [
        (0, 0, "within"),
        (1, 0, None),
        (1, 1, "within"),
        (2, 1, None),
        (-1, 1, "within"),
        (-2, 1, None),
        (2, 2, "within"),
    ],
)
def test_two_whole_days_are_within_d_when_their_dates_differ_by_at_most_d(strike_day, within_days, relation):
    found = gcas.match(
        one("incident", xy=(43, 35)),
        one("strike", xy=(43, 35), day=strike_day),
        within_km=1,
        within_days=within_days,
    )
    assert found["relation"].tolist() == ([relation] if relation else [])


@pytest.mark.parametrize(("metres", "relation"), [(4_999, "within"), (5_001, "possible"), (15_001, None)])
def test_both_radii_count(metres, relation):
    from geocasualty.geodesy import geodesic_offset

    strike = one("strike", xy=geodesic_offset(43, 35, 77, metres), radius_m=3_000)
    found = gcas.match(one("incident", xy=(43, 35), radius_m=2_000), strike, within_km=10, within_days=0)
    assert found["relation"].tolist() == ([relation] if relation else [])


def test_a_point_in_a_province_may_be_near_and_has_no_false_distance():
    province = one("incident", geometry=shapely.box(43, 35, 44, 36), radius_m=float("nan"))
    found = gcas.match(province, one("strike", xy=(43.5, 35.5)), within_km=10, within_days=0, bounds=True)
    assert found["relation"].tolist() == ["possible"]
    assert np.isnan(found["distance_km"].iloc[0])
    assert found["distance_min_km"].iloc[0] == 0
    assert found["distance_max_km"].iloc[0] > 60


def test_columns_and_dtypes_of_an_empty_answer():
    found = gcas.match(records("incident", []), records("strike", []), within_km=1, within_days=0)
    assert list(found.columns) == ["incident_id", "strike_id", "distance_km", "gap_days", "relation"]
    assert found.dtypes[["distance_km", "gap_days"]].tolist() == [np.dtype(float)] * 2


def test_gap_days_is_signed():
    incidents = one("incident", xy=(43, 35))
    for day, gap in ((3, 3), (-3, -3), (1, 1), (0, 0)):
        found = gcas.match(incidents, one("strike", xy=(43, 35), day=day), within_km=1, within_days=5)
        assert found["gap_days"].tolist() == [gap]


def test_belligerents():
    incidents = one("incident", xy=(43, 35), belligerents="Russia")
    strikes = records(
        "strike",
        [{"xy": (43, 35), "belligerents": name} for name in ("Coalition", "", "Coalition;Russia", "Russia")],
    )

    def ids(belligerents):
        found = gcas.match(incidents, strikes, within_km=1, within_days=0, belligerents=belligerents)
        return found["strike_id"].tolist()

    assert ids("overlap") == ["s1", "s2", "s3"]
    assert ids("any") == ["s0", "s1", "s2", "s3"]
    assert ids({"U.S.-led Coalition"}) == ["s0", "s1", "s2"]
    with pytest.raises(InputError, match="expected 'overlap', 'any' or a set"):
        ids("Coalition")
    with pytest.raises(InputError, match="empty set"):
        ids(set())


def bad_frames():
    good = one("incident", xy=(43, 35))
    yield "no column 'start'", good.drop(columns="start")
    yield "no column 'radius_m', 'start'", good.drop(columns=["radius_m", "start"])
    yield "no column 'geometry', 'radius_m'", gpd.GeoDataFrame(good.drop(columns=["geometry", "radius_m"]))
    yield "no incident_id", good.assign(incident_id=None)
    yield "without a zone", good.assign(start=good["start"].dt.tz_localize(None))
    yield "the end is not after the start", good.assign(end=good["start"])
    yield "no start", good.assign(start=pd.Series([pd.NaT], dtype=good["start"].dtype))
    yield "no CRS", good.set_crs(None, allow_override=True)
    yield "radius_m is nan", good.assign(radius_m=np.nan)
    yield "radius_m is -1.0", good.assign(radius_m=-1.0)
    yield "no column 'radius_m'", good.drop(columns="radius_m")
    yield "are no degrees", good.set_geometry([shapely.Point(43, 4239)], crs=4326)
    yield "not finite", good.set_geometry([shapely.Point(np.nan, np.inf)], crs=4326)
    yield "expected a point or an area", good.set_geometry([shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    yield "more than one row", pd.concat([good, good])
    yield "must be a geopandas.GeoDataFrame", pd.DataFrame(good)
    yield "swap the arguments", good.rename(columns={"incident_id": "strike_id"})


@pytest.mark.parametrize(
    ("says", "frame"), list(bad_frames()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_bad_frames_are_refused_in_words(says, frame):
    with pytest.raises(InputError, match=says):
        gcas.match(frame, one("strike", xy=(43, 35)), within_km=1, within_days=0)


@pytest.mark.parametrize("limit", [-1, float("nan"), float("inf"), "10", None, True])
def test_limits_are_numbers_of_zero_or_more(limit):
    with pytest.raises(InputError, match="within_km"):
        gcas.match(one("incident", xy=(43, 35)), one("strike", xy=(43, 35)), within_km=limit, within_days=0)
    with pytest.raises(InputError, match="within_days"):
        gcas.match(one("incident", xy=(43, 35)), one("strike", xy=(43, 35)), within_km=1, within_days=limit)


def test_another_crs_is_reprojected_and_said():
    incidents = one("incident", xy=(43, 35)).to_crs("EPSG:32638")
    with pytest.warns(GeocasualtyWarning, match="EPSG:32638; reprojected"):
        found = gcas.match(incidents, one("strike", xy=(43, 35)), within_km=0.001, within_days=0)
    assert len(found) == 1


def test_the_least_distance_to_an_area_is_to_its_edge_and_not_to_a_vertex():
    province = one("incident", geometry=shapely.box(43, 35, 44, 36), radius_m=float("nan"))
    for lat in np.linspace(35.4, 35.42, 9):  # along one edge, between vertices
        strike = one("strike", xy=(44.02, lat))
        found = gcas.match(province, strike, within_km=5, within_days=0, bounds=True)["distance_min_km"].item()
        assert found == pytest.approx(GEOD.inv(44, lat, 44.02, lat)[2] / 1000, abs=1e-4)
