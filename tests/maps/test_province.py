"""What the map of governorates counts, and what it says of the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.maps._classes import class_breaks
from geocasualty.taxonomy import SETTLEMENTS
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
    assert any("a whole governorate, counted in it" in note for note in payload["notes"])


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
    assert class_breaks([4.0, 82.0, 83.0, 268.0], "quantiles", "killed_max")["upper"] == [4.0, 100.0, 300.0]
    assert class_breaks([0.031, 0.97], "quantiles", "share_nearby")["names"] == ["0 % to 4 %", "4 % to 100 %"]
    with pytest.raises(InputError, match="upper ends"):
        class_breaks([1.0], [], "strikes")


def test_an_event_that_two_sources_report_is_said(book, gaz) -> None:
    notes = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz).payload["notes"]
    assert "Strike records that repeat an event that another likely reports, so that sums count both: 1." in notes


def test_upper_ends_of_classes_may_stand_in_any_order(book, gaz) -> None:
    records = (book.incidents, book.strikes)
    maps = [gcas.province_map(*records, gazetteer=gaz, classes=ends) for ends in ([1, 5, 3], [1, 3, 5])]
    assert maps[0].payload["classes"] == maps[1].payload["classes"]
    assert maps[0].payload["classes"]["upper"] == [1, 3, 5]


def test_a_point_of_its_own_is_drawn_at_the_nearest_settlement_that_holds_it(gaz) -> None:
    rng = np.random.default_rng(5)
    places = gaz.places[gaz.places["kind"].isin(SETTLEMENTS)].drop_duplicates("place_id")
    at = rng.integers(0, len(places), 300)
    lon, lat = (
        places[name].to_numpy()[at] + rng.normal(0, 0.05, 300) * (rng.random(300) < 0.9) for name in ("lon", "lat")
    )
    strikes = make_strikes(300).drop(columns="place_id", errors="ignore")
    strikes = strikes.set_geometry(shapely.points(lon, lat), crs="EPSG:4326").sort_values("strike_id")
    payload = gcas.province_map(make_incidents(0), strikes, gazetteer=gaz).payload
    for point, number in zip(strikes.geometry, payload["strikes"]["town"]["v"], strict=True):
        if number is None:
            continue
        metres = geodesic_distance_m(point.x, point.y, places["lon"].to_numpy(), places["lat"].to_numpy())
        inside = np.where(metres <= places["radius_m"].to_numpy(), metres, np.inf)
        own = f"{point.y:.2f},{point.x:.2f}"
        expected = places["place_id"].iloc[inside.argmin()] if np.isfinite(inside.min()) else own
        assert payload["towns"][number]["id"] == expected


def test_maps_show_the_records_of_a_scope_and_findings_of_all(book, gaz) -> None:
    options = {"gazetteer": gaz, "within_km": 10, "within_days": 1}
    whole = gcas.province_map(book.incidents, book.strikes, **options).payload
    some = gcas.province_map(book.incidents, book.strikes, country="IQ", until="2015-12-31", **options).payload
    assert 0 < some["incidents"]["n"] < whole["incidents"]["n"]
    assert some["subtitle"][1:] == ["country: Iraq (IQ)", "until 2015-12-31"]
    told = gcas.assess(book.incidents, book.strikes, within_km=10, within_days=1)
    again = gcas.province_map(told.data, gazetteer=gaz, country="IQ", until="2015-12-31").payload
    assert again["incidents"] == some["incidents"]
    town = gcas.town_map("Hawijah", book.incidents, book.strikes, since="2016-01-01", **options).payload
    assert town["incidents"]["n"] == 0
    with pytest.raises(InputError, match="Atlantis"):
        gcas.province_map(book.incidents, book.strikes, country="Atlantis")
