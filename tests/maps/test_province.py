"""What the map of governorates counts, and what it says of the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._areas import chosen_areas
from geocasualty.maps._classes import class_breaks
from geocasualty.maps._counted import _Where
from tests.maps.conftest import make_incidents, make_strikes


def values_of(map_, name):
    column = map_.payload["incidents"][name]
    return column["v"] if "v" in column else [column["c"]] * map_.payload["incidents"]["n"]


def test_records_are_counted_where_they_lie(book, gaz) -> None:
    payload = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz).payload
    names = [entry["name"] for entry in payload["base"]["governorates"]]
    govs = dict(zip(book.incidents["incident_id"], payload["incidents"]["gov"]["v"], strict=True))
    assert names[govs["hawijah-2015-06"]] == "Kirkuk"
    assert names[govs["idlib-2014-11"]] == "Idlib"
    assert govs["syria-2017-08-04"] is None
    assert any("governorate: counted in it" in note for note in payload["notes"])


def test_an_area_is_never_drawn_at_a_centroid(book, gaz) -> None:
    payload = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz).payload
    towns = dict(zip(book.incidents["incident_id"], payload["incidents"]["town"]["v"], strict=True))
    assert towns["idlib-2014-11"] is None
    assert "Idlib" not in [town["name"] for town in payload["towns"]]


def test_a_country_is_not_a_place(gaz) -> None:
    incidents = make_incidents(1, precision="country", place_id="iso:SY").set_geometry([None], crs="EPSG:4326")
    payload = gcas.province_map(incidents, make_strikes(0), gazetteer=gaz).payload
    assert any("located only to a country" in note for note in payload["notes"])
    assert payload["towns"] == []


def test_outside_and_unlocated_are_said(gaz) -> None:
    incidents = make_incidents(2)
    incidents.geometry = [None, shapely.Point(2.35, 48.85)]
    payload = gcas.province_map(incidents, make_strikes(0), gazetteer=gaz).payload
    assert payload["incidents"]["gov"]["v"] == [None, None]
    assert any("without a place" in note for note in payload["notes"])
    assert any("outside the governorates" in note for note in payload["notes"])


@pytest.mark.parametrize(
    "measure", ["incidents", "killed_min", "killed_max", "strikes", "strikes_per_incident", "share_nearby"]
)
def test_every_measure(gaz, measure) -> None:
    map_ = gcas.province_map(
        make_incidents(3), make_strikes(2), gazetteer=gaz, measure=measure, within_km=10, within_days=0
    )
    assert map_.payload["classes"]["upper"]


def test_bad_measures_are_named(gaz) -> None:
    with pytest.raises(InputError, match="measure='deaths'"):
        gcas.province_map(make_incidents(1), make_strikes(1), gazetteer=gaz, measure="deaths")
    with pytest.raises(InputError, match="within_km"):
        gcas.province_map(make_incidents(1), make_strikes(1), gazetteer=gaz, measure="share_nearby")
    with pytest.raises(InputError, match="start"):
        gcas.province_map(make_incidents(1).drop(columns="start"), make_strikes(1), gazetteer=gaz)
    naive = make_incidents(1).assign(start=pd.Timestamp("2015-06-03"))
    with pytest.raises(InputError, match="time zone"):
        gcas.province_map(naive, make_strikes(1), gazetteer=gaz)
    with pytest.raises(InputError, match="EPSG:4326"):
        gcas.province_map(make_incidents(1).to_crs(32638), make_strikes(1), gazetteer=gaz)


def test_input_is_not_changed(gaz) -> None:
    incidents, strikes = make_incidents(2), make_strikes(2)
    before = incidents.copy(), strikes.copy()
    gcas.province_map(incidents, strikes, gazetteer=gaz)
    pd.testing.assert_frame_equal(incidents, before[0])
    pd.testing.assert_frame_equal(strikes, before[1])


def test_classes_cover_every_value() -> None:
    rng = np.random.default_rng(1)
    for n in (0, 1, 3, 5, 6, 40):
        values = [float(v) for v in rng.integers(0, 1000, n)]
        classes = class_breaks(values, "quantiles", "strikes")
        assert len(classes["upper"]) == len(classes["colors"]) == len(classes["names"]) <= 5
        assert not n or max(values) <= max(classes["upper"], default=0)
    assert class_breaks([1.0, 9.0], [5], "strikes")["upper"] == [5.0, 9.0]
    with pytest.raises(InputError, match="upper ends"):
        class_breaks([1.0], [], "strikes")


def test_an_event_that_two_sources_report_is_said(book, gaz) -> None:
    notes = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz).payload["notes"]
    assert "1 strike record repeats an event that another likely reports: sums count both." in notes


def test_upper_ends_of_classes_may_stand_in_any_order(book, gaz) -> None:
    records = (book.incidents, book.strikes)
    maps = [gcas.province_map(*records, gazetteer=gaz, classes=ends) for ends in ([1, 5, 3], [1, 3, 5])]
    assert maps[0].payload["classes"] == maps[1].payload["classes"]
    assert maps[0].payload["classes"]["upper"] == [1, 3, 5]


def test_a_point_is_in_the_nearest_settlement_whose_radius_it_lies_in(gaz) -> None:
    where = _Where(gaz, chosen_areas(gaz, None, "governorate"), None)
    near = where.settlements
    rng = np.random.default_rng(5)
    at = near.geometry.iloc[rng.integers(0, len(near), 300)]
    xy = np.column_stack([at.x, at.y]) + rng.normal(0, 0.05, (300, 2))
    found = where.towns_around(np.array([*shapely.points(xy), None, shapely.Point(), shapely.Point(-179.99, 0)]))
    assert found[-3:] == [None, None, None]
    for (x, y), place_id in zip(xy, found, strict=False):
        metres = geodesic_distance_m(x, y, near.geometry.x.to_numpy(), near.geometry.y.to_numpy())
        inside = np.where(metres <= near["radius_m"].to_numpy(dtype=float), metres, np.inf)
        assert place_id == (near.index[int(inside.argmin())] if np.isfinite(inside.min()) else None)
    assert 10 < sum(place_id is None for place_id in found) < 250
