"""Displaced positions: nothing in the page may tell the true ones."""

from __future__ import annotations

import math
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._blur import Blur
from tests.grids import format_mgrs
from tests.maps.conftest import make_incidents, make_strikes

SEED = "kept by the analyst"
RNG = np.random.default_rng(11)


def frames(n=12):
    incidents, strikes = make_incidents(n), make_strikes(n)
    for frame in (incidents, strikes):
        frame.geometry = shapely.points(43.78 + RNG.normal(0, 0.03, n).round(6), 35.3 + RNG.normal(0, 0.03, n).round(6))
        frame["place_text"] = [f"{p.y:.5f}, {p.x:.5f}" for p in frame.geometry]
        frame["sources"] = [
            f"https://example.org/{k};map of {p.y:.4f},{p.x:.4f};MGRS {format_mgrs(p.x, p.y)}"
            for k, p in enumerate(frame.geometry)
        ]
        frame["note"] = frame["place_text"]
        frame["event_group"] = frame["place_text"]
    return incidents, strikes


def town(incidents, strikes, seed=SEED, km=3.0, **kwargs):
    return gcas.town_map(
        "Hawijah", incidents, strikes, within_km=10, within_days=0, blur_km=km, blur_seed=seed, **kwargs
    )


def page_of(map_):
    return map_.get_root().render()


def tells(text, points):
    """The points of which a text holds either coordinate to a metre, both to ten, or the grid reference to 100 m."""
    found = []
    for point in points:
        held = [{d: any(t in text for t in cuts(value, d)) for d in (4, 5)} for value in (point.x, point.y)]
        mgrs = format_mgrs(point.x, point.y, digits=3).replace(" ", "") in text.replace(" ", "")
        if held[0][5] or held[1][5] or (held[0][4] and held[1][4]) or mgrs:
            found.append(point)
    return found


def cuts(value, digits):
    return f"{value:.{digits}f}", f"{math.floor(value * 10**digits) / 10**digits:.{digits}f}"


def test_no_true_coordinate_stands_in_the_page() -> None:
    incidents, strikes = frames()
    points = [*incidents.geometry, *strikes.geometry]
    for map_ in (
        town(incidents, strikes),
        gcas.town_map("i0", incidents, strikes, within_km=10, within_days=0, blur_km=3, blur_seed=SEED),
        gcas.province_map(incidents, strikes, blur_km=3, blur_seed=SEED),
    ):
        payload = map_.payload
        own = {
            key: payload[key] for key in ("incidents", "strikes", "town", "towns", "pairs", "strings") if key in payload
        }
        text = repr(own) + payload["title"] + repr(payload["subtitle"]) + repr(payload["notes"]) + map_.fallback
        assert tells(text, points) == []
        assert repr(map_.location) not in [repr([p.y, p.x]) for p in points]
        assert SEED not in page_of(map_)
    open_map = gcas.town_map("Hawijah", incidents, strikes, within_km=10, within_days=0)
    assert len(tells(repr(open_map.payload["incidents"]) + open_map.fallback, points)) > 12  # the test can fail


def test_a_page_is_made_from_displaced_records_alone() -> None:
    """Distances, relations, findings and background rates: all that a page says follows from what it shows."""
    incidents, strikes = frames()
    blur = Blur(3.0, SEED)
    shown = gcas.town_map(
        "Hawijah", blur.records(incidents, "incident"), blur.records(strikes, "strike"), within_km=10, within_days=0
    )
    displaced = town(incidents, strikes)
    for key in ("town", "incidents", "strikes", "pairs", "base", "strings"):
        assert displaced.payload[key] == shown.payload[key]


def test_said_on_the_map_and_without_script() -> None:
    map_ = town(*frames())
    assert map_.payload["blurred"] == "Positions displaced by up to 3 km"
    assert "Positions displaced by up to 3 km" in map_.fallback
    assert town(*frames(0)).payload["blurred"]
    province = gcas.province_map(*frames(), blur_km=25, blur_seed=SEED)
    assert "circles are no towns" in province.fallback
    assert "Smaller than the displacement" in province.fallback
    assert {entry["name"] for entry in province.payload["towns"]} == {"Displaced position"}


def test_governorates_count_the_true_positions() -> None:
    incidents, strikes = frames()
    columns = [
        gcas.province_map(incidents, strikes, **options).payload["incidents"]["gov"]
        for options in ({}, {"blur_km": 100, "blur_seed": SEED})
    ]
    assert columns[0] == columns[1]


def test_the_same_seed_gives_the_same_page_and_another_gives_another() -> None:
    incidents, strikes = frames()
    assert page_of(town(incidents, strikes)) == page_of(town(incidents[::-1], strikes[::-1]))
    assert page_of(town(incidents, strikes)) != page_of(town(incidents, strikes, seed="of another person"))


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-89, 89),
    km=st.floats(0.05, 200),
    seed=st.text(st.characters(codec="utf-8"), min_size=12),
)
def test_no_point_moves_further_than_stated(lon, lat, km, seed) -> None:
    x, y = Blur(km, seed).point(lon, lat)
    assert geodesic_distance_m(lon, lat, x, y) <= km * 1000 + 2  # rounded to five decimals


def test_points_of_one_cell_are_told_apart_by_nothing() -> None:
    """Else the mean of many records at one place, or one whose place is known, would give the place away."""
    blur = Blur(10.0, SEED)
    points = [blur.point(43.78 + dx, 35.3 + dy) for dx in np.linspace(0, 0.02, 20) for dy in np.linspace(0, 0.02, 20)]
    assert len(set(points)) <= 4
    far = [geodesic_distance_m(43.78, 35.3, *Blur(10.0, f"seed number {k:04}").point(43.78, 35.3)) for k in range(300)]
    assert min(far) < 2500
    assert max(far) > 5500


def test_small_outlines_move_and_large_ones_stay() -> None:
    blur = Blur(5.0, SEED)
    incidents = make_incidents(3)
    incidents.geometry = [shapely.box(43.77, 35.32, 43.78, 35.33), shapely.box(43, 35, 44, 36), None]
    incidents["radius_m"] = np.nan
    out = blur.records(incidents, "incident")
    assert [None if g is None else g.geom_type for g in out.geometry] == ["Point", "Polygon", None]
    assert out["radius_m"].iloc[0] > 5000
    assert out["radius_m"].iloc[1:].isna().all()
    inside = shapely.get_coordinates(incidents.geometry.iloc[0])
    far = geodesic_distance_m(out.geometry.iloc[0].x, out.geometry.iloc[0].y, inside[:, 0], inside[:, 1])
    assert far.max() <= out["radius_m"].iloc[0] + 2


def test_sources_and_points_that_tell_are_left_out_or_refused() -> None:
    incidents, strikes = frames(2)
    sources = town(incidents, strikes).payload["strings"]
    assert "a source that holds coordinates" in " ".join(sources)
    assert not any(re.search(r"map of 35|MGRS", text) for text in sources)
    with pytest.raises(InputError, match="name the place or the incident"):
        gcas.town_map((43.78, 35.3), incidents, strikes, within_km=1, within_days=0, blur_km=3, blur_seed=SEED)
    with pytest.raises(InputError, match="have a strike nearby"):
        gcas.province_map(incidents, strikes, within_km=1, within_days=0, blur_km=3, blur_seed=SEED)


@pytest.mark.parametrize(
    ("km", "seed", "match"),
    [
        (0, SEED, "blur_km=0"),
        (-3, SEED, "blur_km=-3"),
        (math.nan, SEED, "blur_km=nan"),
        ("3", SEED, "blur_km='3'"),
        (True, SEED, "blur_km=True"),
        (500, SEED, "up to 200"),
        (3, None, "token_hex"),
        (3, "short", "12 characters"),
        (3, 123456789012, "blur_seed"),
        (None, SEED, "without blur_km"),
    ],
)
def test_bad_displacements_are_named(km, seed, match) -> None:
    for build in (
        lambda: town(*frames(1), seed=seed, km=km),
        lambda: gcas.province_map(*frames(1), blur_km=km, blur_seed=seed),
        lambda: gcas.plot_province(*frames(1), blur_km=km, blur_seed=seed),
    ):
        with pytest.raises(InputError, match=match):
            build()


def test_input_is_not_changed() -> None:
    incidents, strikes = frames(3)
    before = incidents.copy()
    town(incidents, strikes)
    assert incidents.geometry.equals(before.geometry)
    assert isinstance(incidents, gpd.GeoDataFrame)
    assert list(incidents.columns) == list(before.columns)


def test_ids_that_tell_are_replaced_by_numbers_that_the_seed_makes() -> None:
    incidents, strikes = frames(2)
    incidents["incident_id"] = ["at 35.3212 N", "b"]
    strikes["strike_id"] = ["nl-2014-10-07T0620Z-38SKF703698", "nl-2015-06-02-hawijah"]
    review = pd.DataFrame(
        {
            "incident_id": ["b"],
            "strike_id": [strikes["strike_id"][0]],
            "decision": ["reject"],
            "note": ["not 38S KF 70 69"],
        }
    )
    maps = [town(incidents, strikes, review=review, seed=seed) for seed in (SEED, SEED, "of another person")]
    text = page_of(maps[0])
    assert "35.3212" not in text
    assert "38SKF" not in text.replace(" ", "")
    assert "in whose place numbers stand: 1 of incidents, 1 of strikes" in maps[0].payload["notes"][0]
    shown = [{t for t in m.payload["strings"] if re.fullmatch(r"(incident|strike)-\d{12}", t)} for m in maps]
    assert len(shown[0]) == 2
    assert shown[0] == shown[1]
    assert not shown[0] & shown[2]
    assert "nl-2015-06-02-hawijah" in maps[0].payload["strings"]
    assert re.search(r"b and strike-\d{12}: no pair, an analyst rejected it", str(maps[0].payload["notes"]))
    alone = gcas.town_map("at 35.3212 N", incidents, strikes, within_km=10, within_days=0, blur_km=3, blur_seed=SEED)
    assert alone.payload["incidents"]["n"] == 1
    assert "35.3212" not in page_of(alone)
