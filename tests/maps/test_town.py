"""What the map of a place shows, and what it refuses."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError, UnknownPlaceError
from tests.maps.conftest import make_incidents, make_strikes

HERE = (43.77, 35.32)


def build(place=HERE, incidents=None, strikes=None, **kwargs):
    incidents = make_incidents(1) if incidents is None else incidents
    strikes = make_strikes(1) if strikes is None else strikes
    return gcas.town_map(place, incidents, strikes, **{"within_km": 10, "within_days": 0} | kwargs)


def test_accepts_whatever_names_a_place(book, gaz) -> None:
    resolution = gaz.resolve("Hawijah")
    places = [
        "Hawijah",
        "الحويجة",
        resolution,
        resolution.best.place,
        resolution.best.place.point,
        (43.77, 35.33),
    ]
    for place in [*places, "hawijah-2015-06"]:
        payload = build(place, book.incidents, book.strikes, gazetteer=gaz).payload
        assert payload["incidents"]["n"] == 1
        assert payload["pairs"]["n"] == 3


def test_finding_stands_with_its_background_rate(book, gaz) -> None:
    columns = build("Hawijah", book.incidents, book.strikes, gazetteer=gaz).payload["incidents"]
    assert {"finding", "rate", "reason"} <= set(columns)


def test_unknown_and_ambiguous_places_are_explained(gaz) -> None:
    with pytest.raises(UnknownPlaceError, match="unresolved"):
        build("Atlantis", gazetteer=gaz)
    with pytest.raises(UnknownPlaceError, match=r"Sinjar \(.*Sinjar \("):
        build("Sinjar", gazetteer=gaz)
    nowhere = make_incidents(1).set_geometry([None], crs="EPSG:4326")
    with pytest.raises(UnknownPlaceError, match="no location"):
        build("i0", nowhere, gazetteer=gaz)
    for bad in ((435, 35), 7, None):
        with pytest.raises(InputError, match="place="):
            build(bad, gazetteer=gaz)


def test_limits_have_no_default(gaz) -> None:
    with pytest.raises(InputError, match="within_km"):
        build(within_km=None)
    with pytest.raises(InputError, match="within_days"):
        build(within_days=-1)
    assert gcas.town_map("Hawijah", gazetteer=gaz).payload["limits"] == {"km": 0.0, "words": ""}


def test_empty_and_unlocated_frames_say_so() -> None:
    assert build(incidents=make_incidents(0), strikes=make_strikes(0)).payload["empty"].startswith("No incidents")
    payload = build(incidents=make_incidents(1).set_geometry([None], crs="EPSG:4326"), strikes=make_strikes(0)).payload
    assert payload["empty"] == "None of the records lies here"
    assert "Incidents without a place: 1." in payload["notes"]


def test_coarse_records_are_noted_not_placed() -> None:
    box = shapely.box(43, 35, 44, 36)
    frame = make_incidents(2).set_geometry([box, shapely.Point(40, 33)], crs="EPSG:4326")
    payload = build(incidents=frame).payload
    assert payload["incidents"]["n"] == 0
    assert "Incidents located too coarsely to say whether here: 1 (i0)." in payload["notes"]
    assert "Incidents elsewhere: 1." in payload["notes"]


def test_times_carry_the_local_clock() -> None:
    columns = build().payload["incidents"]
    assert columns["start"] == {"c": int(pd.Timestamp("2015-06-02 21:00", tz="UTC").timestamp())}
    assert columns["off"] == {"c": 180}
    with pytest.raises(InputError, match="Mars/Olympus"):
        build(incidents=make_incidents(1, timezone="Mars/Olympus"))


def test_columns_that_are_not_there_are_missing_values() -> None:
    keep = [
        "incident_id",
        "start",
        "end",
        "radius_m",
        "precision",
        "vicinity",
        "country",
        "belligerents",
        "geometry",
    ]
    keep += ["timezone"]
    columns = build(incidents=make_incidents(1)[keep]).payload["incidents"]
    assert columns["killed_max"] == {"c": None}
    assert columns["sources"] == {"m": [[]]}


def test_each_part_of_a_source_stands_by_itself() -> None:
    text = (
        r"Airwars\; CS123 | https://airwars.org/cs123 | https://archive.example/1 | 2021-04-09; https://example.org/a"
    )
    payload = build(incidents=make_incidents(2, sources=text)).payload
    shown = [payload["strings"][number] for number in payload["incidents"]["sources"]["m"][1]]
    assert shown == [
        "Airwars; CS123 (read 2021-04-09)",
        "https://airwars.org/cs123",
        "https://archive.example/1",
        "https://example.org/a",
    ]


def test_readable_without_script() -> None:
    page = build(incidents=make_incidents(1, place_text="<b>Hawijah")).get_root().render()
    plain = page.split("<noscript>")[1].split("</noscript>")[0]
    assert "&lt;b&gt;Hawijah" in plain
    assert "2015-06-03 00:00 Asia/Baghdad" in plain
    assert "<b>Hawijah" not in page


def test_latitude_before_longitude_is_refused(gaz) -> None:
    limits = {"gazetteer": gaz, "within_km": 10, "within_days": 0}
    for incidents in (None, make_incidents(1)):
        for build in (gcas.town_map, gcas.plot_town):
            with pytest.raises(InputError, match=r"\(35\.32, 43\.77\) is 43\.7700° N, .* longitude first"):
                build((35.32, 43.77), incidents, **limits)
    adana = make_incidents(1)
    adana.geometry = [shapely.Point(35.32, 37.0)]  # in Turkey; the numbers exchanged are in Syria
    assert gcas.town_map((35.32, 37.0), adana, **limits).payload["incidents"]["n"] == 1
    assert gcas.town_map((10.0, 50.0), make_incidents(1), **limits).payload["empty"]
    kyiv = make_incidents(1)
    kyiv.geometry = [shapely.Point(30.52, 50.45)]
    with pytest.raises(InputError, match=r"\(30\.52, 50\.45\) is not: give \(lon, lat\)"):
        gcas.town_map(shapely.Point(50.45, 30.52), kyiv, **limits)
