"""The discs of uncertainty on the map of a busy town, in a real Chromium."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from tests.maps.conftest import make_incidents, make_strikes

pytestmark = pytest.mark.browser

OUTLINED = """() => [...document.querySelectorAll(
    ".leaflet-gc-rings-pane path[stroke='#b8420a']:not([stroke-dasharray])"
)].reduce((sum, path) => sum + (path.getAttribute("d").match(/M[^M]*L/g) || []).length, 0)"""
PAINTED = """() => [...document.querySelectorAll(".leaflet-gc-rings-pane path[fill='#b8420a']")].map(
    p => [p.getAttribute("fill-opacity"), p.getAttribute("fill-rule"), p.getAttribute("d").split("M").length - 1])"""


def test_many_discs_of_one_place_are_no_darker_than_one(visit, gaz) -> None:
    """As the discs of a busy town: some share a point, others lie metres off."""
    n = 30
    days = pd.to_datetime("2015-06-02 21:00", utc=True) + pd.to_timedelta([k % 3 for k in range(n)], unit="D")
    incidents = make_incidents(n, radius_m=15_000.0, start=days, end=days + pd.Timedelta(days=1))
    incidents.geometry = [shapely.Point(43.77 + 0.0005 * (k % 10), 35.32) for k in range(n)]
    seen = visit(gcas.town_map("Hawijah", incidents, make_strikes(1), gazetteer=gaz, within_km=10, within_days=0))
    assert seen.page.evaluate(OUTLINED) == 10
    assert seen.page.evaluate(PAINTED) == [["0.1", "nonzero", 10]]
    seen.page.get_by_label("To", exact=True).press("Home")  # the first day: incidents 0, 3, 6, …, at all ten points
    assert seen.page.evaluate(PAINTED) == [["0.1", "nonzero", 10]]
    few = incidents[::10].assign(start=days[:3], end=days[:3] + pd.Timedelta(days=1))
    few.geometry = [shapely.Point(43.77, 35.32), shapely.Point(43.78, 35.32), shapely.Point(43.77, 35.32)]
    seen = visit(gcas.town_map("Hawijah", few, gazetteer=gaz, within_km=10, within_days=0))
    assert seen.page.evaluate(OUTLINED) == 2
    for day in (1, 2, 3):  # a disc shared by records of several days stays on each of these
        for end in ("To", "From"):
            seen.page.get_by_label(end, exact=True).press("Home" if day == 1 else "ArrowRight")
        assert (day, seen.page.evaluate(PAINTED), seen.page.evaluate(OUTLINED)) == (day, [["0.1", "nonzero", 1]], 1)
    seen.quiet()
