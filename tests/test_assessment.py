"""One pass holds what tables, maps and report say."""

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from tests.matching.frames import records
from tests.matching.test_findings import HERE, covered

LIMITS = {"within_km": 10, "within_days": 0}


@pytest.fixture
def result(book):
    return gcas.assess(book.incidents, book.strikes, **LIMITS)


def test_its_findings_are_those_of_screen_with_place_and_local_day(book, result):
    plain = gcas.screen(book.incidents, book.strikes, **LIMITS)
    pd.testing.assert_frame_equal(result.findings, plain)
    assert result.findings.geometry.geom_equals(book.incidents.geometry).tolist() == [True, True, True, False]
    assert result.findings["place_text"].tolist() == book.incidents["place_text"].tolist()
    local = [time.tz_convert(zone).date().isoformat() for time, zone in
             zip(book.incidents["start"], book.incidents["timezone"], strict=True)]  # fmt: skip
    assert result.findings["date"].tolist() == local


def test_its_pairs_are_those_of_match(book, result):
    plain = gcas.match(book.incidents, book.strikes, **LIMITS, bounds=True)
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
    assert "strike-reported-nearby</td><td>1</td>" in result._repr_html_()
    assert "limits 10 km, 0 days" in result._repr_html_()


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
