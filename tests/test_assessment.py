"""One pass holds what tables, maps and report say."""

import re

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from tests.matching.frames import records
from tests.matching.test_findings import HERE, covered

LIMITS = {"within_km": 10, "within_days": 0}
NIGHT = {"within_km": 10, "within_days": 1}


@pytest.fixture
def result(book):
    return gcas.assess(book.incidents, book.strikes, **NIGHT)


def test_its_findings_are_those_of_screen_with_place_and_local_day(book, result):
    plain = gcas.screen(book.incidents, book.strikes, **NIGHT)
    pd.testing.assert_frame_equal(result.findings, plain)
    assert result.findings.geometry.geom_equals(book.incidents.geometry).tolist() == [True, True, True, False]
    assert result.findings["place_text"].tolist() == book.incidents["place_text"].tolist()
    local = [time.tz_convert(zone).date().isoformat() for time, zone in
             zip(book.incidents["start"], book.incidents["timezone"], strict=True)]  # fmt: skip
    assert result.findings["date"].tolist() == local


def test_its_pairs_are_those_of_match(book, result):
    plain = gcas.match(book.incidents, book.strikes, **NIGHT, bounds=True)
    pd.testing.assert_frame_equal(result.pairs.astype({"relation": object}), plain.astype({"relation": object}))


def test_decisions_are_in_its_pairs_and_misses_are_no_pairs():
    away = [{"xy": geodesic_offset(43, 35, 90, metres)} for metres in (14_000, 20_000, 5_000)]
    incidents = records("incident", [HERE, HERE | {"xy": (44, 35)}])
    review = pd.DataFrame({"incident_id": "i0", "strike_id": ["s1", "s2"], "decision": ["accept", "reject"]})
    got = gcas.assess(incidents, records("strike", away), **LIMITS, review=review, coverage=covered())
    assert got.pairs[["incident_id", "strike_id", "relation"]].values.tolist() == [["i0", "s1", "accepted"]]
    assert got.misses[["incident_id", "strike_id"]].values.tolist() == [["i1", "s1"]]
    assert np.allclose(got.pairs["distance_km"], 20.0)
    assert got.data.days.shape == (2, 91, 2)
    assert got.data.days[0, 45].tolist() == [True, True]  # by the test, whatever an analyst says


def test_it_draws_and_writes(book, result, tmp_path):
    gcas.save_html(result.map(), tmp_path / "map.html")
    gcas.save_html(result.town_map("hawijah-2015-06"), tmp_path / "town.html")
    path = result.report(tmp_path / "report.html")
    assert "nl-2015-06-02-hawijah" in path.read_text(encoding="utf-8")
    assert re.search(r"strike-reported-nearby</td><td[^>]*>1</td>", result._repr_html_())
    assert "limits 10 km, 1 day" in result._repr_html_()


@pytest.mark.parametrize("role", ["incident", "strike"])
def test_a_role_without_rows(role):
    frames = {"incident": records("incident", [HERE]), "strike": records("strike", [HERE])}
    frames[role] = frames[role].iloc[:0]
    got = gcas.assess(*frames.values(), **LIMITS)
    assert len(got.findings) == len(frames["incident"])
    assert (len(got.pairs), len(got.misses)) == (0, 0)


def test_frames_of_dask_are_for_screen():
    dask_geopandas = pytest.importorskip("dask_geopandas")
    parts = dask_geopandas.from_geopandas(records("strike", [HERE]), npartitions=1)
    with pytest.raises(InputError, match=r"use gcas\.screen"):
        gcas.assess(records("incident", [HERE]), parts, **LIMITS)
    with pytest.raises(InputError, match="background_days is -1"):
        gcas.assess(records("incident", [HERE]), records("strike", [HERE]), **LIMITS, background_days=-1)


def test_what_it_renders_is_what_the_frames_give_and_nothing_is_compared_again(book, tmp_path, monkeypatch):
    review = pd.DataFrame({"incident_id": ["hawijah-2015-06"], "strike_id": ["nl-2015-06-02-hawijah"],
                           "decision": ["reject"], "analyst": ["A"]})  # fmt: skip
    chosen = {**LIMITS, "belligerents": {"Coalition"}, "review": review}
    map_ = gcas.province_map(book.incidents, book.strikes, measure="killed_max")
    town = gcas.town_map("Hawijah", book.incidents, book.strikes, **chosen)
    page = gcas.report(book.incidents, book.strikes, path=tmp_path / "a.html", country="IQ", **chosen)
    result = gcas.assess(book.incidents, book.strikes, **chosen)

    def again(*_, **__):
        pytest.fail("compared again")

    monkeypatch.setattr("geocasualty.matching._screen.assessed", again)
    assert result.map(measure="killed_max").payload["incidents"]["gov"] == map_.payload["incidents"]["gov"]
    assert result.town_map("Hawijah").payload == town.payload
    assert result.report(tmp_path / "b.html", country="IQ").read_bytes() == page.read_bytes()
    shown = result.map().payload
    findings = [shown["strings"][number] for number in shown["incidents"]["finding"]["s"]]
    assert findings == result.findings.sort_values("incident_id")["finding"].tolist()


@pytest.mark.parametrize(
    ("also", "name"),
    [
        ({"within_km": 5}, "within_km"),
        ({"belligerents": "any"}, "belligerents"),
        ({"review": pd.DataFrame()}, "review"),
    ],
)
def test_limits_beside_an_assessment_are_refused(result, also, name):
    with pytest.raises(InputError, match=f"{name}= beside it"):
        result.town_map("Hawijah", **also)
    with pytest.raises(InputError, match="strikes= beside it"):
        gcas.province_map(result.data, result.data.sides.theirs.frame)


def test_a_pair_that_an_analyst_accepted_is_drawn(tmp_path):
    incidents = records("incident", [HERE])
    strikes = records("strike", [HERE | {"xy": geodesic_offset(43, 35, 90, 20_000)}])
    review = pd.DataFrame({"incident_id": ["i0"], "strike_id": ["s0"], "decision": ["accept"]})
    result = gcas.assess(incidents, strikes, **LIMITS, review=review)
    shown = result.town_map("i0").payload
    assert (shown["strikes"]["n"], shown["pairs"]["relation"]) == (1, {"c": "accepted"})
    labels = [text.get_text() for text in gcas.plot_town("i0", result.data).get_legend().get_texts()]
    assert "accepted by an analyst (1 pair)" in labels


def test_a_displaced_map_tells_of_displaced_records(book, result):
    blur = {"blur_km": 20, "blur_seed": "a secret of mine"}
    shown, plain = result.town_map("Hawijah", **blur), result.town_map("Hawijah")
    assert shown.payload["incidents"]["finding"] != plain.payload["incidents"]["finding"]
    assert "near" not in str(result.map(measure="killed_max", **blur).payload["nearby"])
    with pytest.raises(InputError, match="tells of their true positions"):
        result.map(**blur)
