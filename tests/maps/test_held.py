"""Who held the ground, on a map: drawn for the day that is shown, named on a card."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.hostile import HOSTILE

WEST, EAST = shapely.box(43.5, 35, 43.77, 36), shapely.box(43.77, 35, 44, 36)
SALIENT = shapely.box(43.7, 35.2, 43.77, 35.4)
OUTLINES = gpd.GeoDataFrame(
    {
        "holder": ["A", "B", "A", "B"],
        "from": ["2015-06-01", "2015-06-01", "2015-06-05", "2015-06-05"],
        "to": [None, None, "2015-06-09", "2015-06-09"],
    },
    geometry=[WEST, EAST, WEST.difference(SALIENT), shapely.union(EAST, SALIENT)],
    crs=4326,
)
VIEW = "document.querySelector('.gc-shell').gcView"


def records(n=4):
    incidents = make_incidents(n, date_basis="event")
    for name in ("start", "end"):
        incidents[name] += pd.to_timedelta(range(n), unit="D")
    return incidents, make_strikes(1)


def town(control=OUTLINES, **options):
    return gcas.town_map("Hawijah", *records(), within_km=10, within_days=0, control=control, **options)


def test_a_page_carries_each_span_of_days_with_what_is_sure_and_what_may_be():
    control = town().payload["control"]
    assert [holder["name"] for holder in control["holders"]] == ["A", "B"]
    assert [(span["last"] - span["first"] + 1, span["stated"]) for span in control["spans"]] == [
        (1, True), (3, False), (5, True),
    ]  # fmt: skip
    stated, between, _ = (
        {number: (bool(sure), bool(may)) for number, sure, may in s["held"]} for s in control["spans"]
    )
    assert stated == {0: (True, False), 1: (True, False)}
    assert between == {0: (True, True), 1: (True, True)}


def test_what_lies_outside_the_window_does_not_travel():
    far = OUTLINES.set_geometry([shapely.box(10, 10, 11, 11)] * 4)
    assert all(not span["held"] for span in town(far).payload["control"]["spans"])


def test_a_map_without_outlines_has_no_such_layer():
    payload = town(None).payload
    assert payload["control"] is None
    assert "held" not in payload["incidents"]


def test_displaced_claims_are_told_by_where_they_are_drawn():
    plain, moved = town().payload, town(blur_km=5, blur_seed="a secret of twelve").payload
    assert "A or B" in " ".join(filter(None, moved["strings"]))
    assert moved["incidents"]["held"] != plain["incidents"]["held"]


@pytest.mark.browser
def test_the_ground_is_that_of_the_day_of_the_slider(visit):
    seen = visit(town())
    said, drawn = seen.page.locator(".gc-held-day"), seen.page.locator(".leaflet-gc-held-pane g > path")
    assert said.inner_text() == "On 6 Jun 2015, by an outline of that day"
    assert drawn.count() == 2
    seen.page.get_by_label("To", exact=True).fill("0")
    assert said.inner_text() == "On 3 Jun 2015, between the outlines of 1 Jun 2015 and 5 Jun 2015"
    assert drawn.count() == 4
    hatched = seen.page.locator(".leaflet-gc-held-pane path[fill^='url(']")
    assert hatched.count() == 2
    seen.quiet()


@pytest.mark.browser
def test_days_of_no_outline_show_nothing_and_say_so(visit):
    early = OUTLINES.assign(**{"from": "2015-01-01", "to": "2015-01-02"})
    seen = visit(town(early.head(2)))
    seen.page.get_by_label("To", exact=True).fill("1")
    assert (
        "no outline is of this day; they are of 1 Jan 2015 to 2 Jan 2015"
        in seen.page.locator(".gc-held-day").inner_text()
    )
    assert seen.page.locator(".leaflet-gc-held-pane g > path").count() == 0
    seen.quiet()


@pytest.mark.browser
def test_a_card_says_who_held_the_ground(visit):
    seen = visit(town())
    seen.page.evaluate(f"{VIEW}.open('incident', {VIEW}.incidents[2])")
    ground = seen.page.locator(".gc-terms div", has_text="Ground held by").locator("dd").last
    assert ground.inner_text() == "B"
    seen.page.evaluate(f"{VIEW}.open('incident', {VIEW}.incidents[0])")
    assert ground.inner_text().startswith("A or B; it may lie on the ground of more than one; it lies between")


@pytest.mark.browser
def test_holders_of_any_name_are_text(visit):
    names = [name.replace(";", ",") or "x" for name in HOSTILE if name.strip() and "\ud800" not in name][:30]
    names = [name.encode("utf-8", "ignore").decode().strip() or "x" for name in names]
    names = [name for name in dict.fromkeys(names) if "\x00" not in name and len(name) < 10_000]
    control = gpd.GeoDataFrame(
        {"holder": names, "from": "2015-06-01", "to": "2015-06-30"}, geometry=[WEST] * len(names), crs=4326
    )
    for map_ in (town(control), gcas.province_map(*records(), control=control)):
        seen = visit(map_)
        assert seen.page.locator(".gc-held-day").count() == 1
        seen.quiet()
