"""Any frame in one call: which shapes, which colours, what is text."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.hostile import HOSTILE

VIEW = "document.querySelector('.gc-shell').gcView"


def layer(frame, *args, **options):
    return gcas.explore(frame, *args, **options).payload["frames"][-1]


def rows(drawn, column):
    found = drawn["columns"][column]
    return found["v"] if "v" in found else [found["c"]] * drawn["n"]


@pytest.fixture
def result(book):
    return gcas.assess(book.incidents, book.strikes, within_km=10, within_days=1)


def test_incidents_strikes_and_findings_are_drawn_where_they_are(book, result):
    for frame in (book.incidents, book.strikes, result.findings):
        located = frame[frame.geometry.notna()]
        drawn = layer(frame)
        assert drawn["n"] == len(located)
        points = located.geometry[located.geom_type == "Point"]
        assert [x for x in rows(drawn, "lon") if x is not None] == pytest.approx(points.x.round(5).tolist())
        assert sum(x is not None for x in rows(drawn, "area")) == (located.geom_type != "Point").sum()


def test_what_has_no_place_is_counted(book):
    payload = gcas.explore(book.incidents).payload
    assert "Rows of “Records” that have no place: 1 of 4." in payload["notes"]


def test_pairs_are_lines_between_the_records_that_they_name(result):
    drawn = result.explore(of="pairs").payload["frames"][0]
    assert drawn["n"] == len(result.pairs)
    for line, at in zip(rows(drawn, "line"), rows(drawn, "lat"), strict=True):
        assert (line is None) == (at is not None)  # a pair at one and the same point
    assert [entry["name"] for entry in drawn["legend"]] == ["within", "possible"]
    with pytest.raises(InputError, match="of is 'x'"):
        result.explore(of="x")


def test_tallies_are_the_areas_that_they_count(book, gaz):
    table = gcas.tally(book.incidents, ["governorate"], strikes=book.strikes)
    drawn = layer(table, "strikes")
    inside = table["governorate_id"].isin(gaz.governorates["place_id"])
    assert drawn["n"] == inside.sum() > 2
    by_country = layer(gcas.tally(book.incidents, ["country"]), "incidents")
    assert by_country["n"] == 2


def test_holders_are_drawn_where_their_incidents_are(book):
    control = gpd.GeoDataFrame(
        {"holder": ["A"], "from": ["2015-06-03"]}, geometry=[shapely.box(43, 35, 44, 36)], crs=4326
    )
    told = gcas.who_held(book.incidents, control)
    assert layer(told, "holder", records=book.incidents)["n"] == 3
    assert layer(control, "holder")["areas"]


def test_classes_of_numbers_hold_each_number_and_what_is_missing_is_grey():
    frame = make_incidents(6).assign(killed_max=pd.array([0, 1, 5, 9, 70, None], dtype="Int64"))
    drawn = layer(frame, "killed_max")
    codes = rows(drawn, "code")
    names = [drawn["legend"][code]["name"] for code in codes]
    assert names[0] == "0"
    assert names[-1] == "nothing"
    assert codes[:-1] == sorted(codes[:-1])
    for scheme in ("FisherJenks", "equalinterval", [1, 9, 70], [1, 5], None):
        drawn = layer(frame, "killed_max", scheme=scheme, k=3)
        for value, code in zip([0, 1, 5, 9, 70], rows(drawn, "code"), strict=False):
            low, _, high = drawn["legend"][code]["name"].partition(" to ")
            assert float(low) <= value <= float(high or low)


def test_numbers_below_zero_have_classes_too():
    drawn = layer(make_incidents(5).assign(gap=[-3.0, -1.5, 0.0, 2.0, np.nan]), "gap")
    assert [drawn["legend"][code]["name"] for code in rows(drawn, "code")][-1] == "nothing"
    assert drawn["legend"][0]["name"].startswith("-3")


def test_many_categories_share_the_last_colour():
    frame = make_incidents(30).assign(what=[f"w{n}" for n in range(29)] + ["w28"])
    drawn = layer(frame, "what")
    assert len(drawn["legend"]) == 10
    assert drawn["legend"][-1]["name"] == "all others"
    assert "w28" in [entry["name"] for entry in drawn["legend"]]  # the commonest


def test_findings_keep_their_colours(result):
    from geocasualty.matching.findings import TABLE

    looks = {finding.id: finding.look.mark for finding in TABLE}
    assert all(looks[entry["name"]] == entry["color"] for entry in result.explore().payload["frames"][0]["legend"])


def test_colours_are_those_of_a_map_of_colours_or_ones_own():
    frame = make_incidents(2).assign(what=["a", "b"])
    assert [entry["color"] for entry in layer(frame, "what", cmap=["#111111", "navy"])["legend"]] == ["#111111", "navy"]
    assert len({entry["color"] for entry in layer(frame, "what", cmap="viridis")["legend"]}) == 2
    assert layer(frame, color="navy")["legend"] == [{"name": "", "color": "navy"}]


def test_times_are_those_of_the_clocks_there_and_missing_cells_are_empty():
    drawn = layer(make_incidents(1), fields=["start", "injured_min"])
    texts = {name: column["c"] for name, column in drawn["fields"]}
    assert texts == {"start": "2015-06-03 00:00:00+03:00", "injured_min": None}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"column": "colour"}, "column is 'colour'"),
        ({"fields": ["colour"]}, "fields names 'colour'"),
        ({"color": "red;x"}, "no colour"),
        ({"column": "killed_max", "cmap": ["</script>"]}, "no colour"),
        ({"column": "killed_max", "cmap": "nocturne"}, "cmap is 'nocturne'"),
        ({"column": "killed_max", "scheme": "Best"}, "scheme is 'Best'"),
        ({"m": 3}, "m= is no map"),
    ],
)
def test_options_that_cannot_be_met_are_refused(options, said):
    with pytest.raises(InputError, match=said):
        gcas.explore(make_incidents(2), **options)


def test_frames_that_cannot_be_drawn_are_refused():
    with pytest.raises(InputError, match="no shapes"):
        gcas.explore(pd.DataFrame({"x": [1]}))
    with pytest.raises(InputError, match="expected a frame"):
        gcas.explore([1])
    with pytest.raises(InputError, match="no CRS"):
        gcas.explore(make_incidents(1).set_crs(None, allow_override=True))


def test_an_empty_frame_gives_an_empty_map():
    assert layer(make_incidents(0), "killed_max")["n"] == 0


def test_a_frame_in_another_system_is_drawn_in_the_same_place():
    assert rows(layer(make_incidents(1).to_crs(3857)), "lon") == rows(layer(make_incidents(1)), "lon")


@pytest.mark.parametrize("column", [None, "killed_max", "grading", "vicinity", "precision", "start"])
def test_the_explore_of_geopandas_takes_our_frames(book, column):
    pytest.importorskip("mapclassify")
    frame = book.incidents.assign(killed_max=pd.array([None, 3, 5, 70], dtype="Int64"))
    assert "geo_json" in frame.explore(column).get_root().render()
    assert "geo_json" in frame.explore("killed_max", scheme="quantiles", k=2).get_root().render()


@pytest.mark.browser
def test_cells_of_any_text_are_text(visit):
    n = len(HOSTILE)
    texts = pd.Series(HOSTILE, dtype=object)
    frame = make_incidents(n, place_text=texts, grading=texts, sources=texts)
    frame.columns = [HOSTILE[3] if name == "dataset" else name for name in frame.columns]
    seen = visit(
        gcas.explore(frame, "grading", name=HOSTILE[0], title=HOSTILE[0], fields=["grading", "sources", HOSTILE[3]])
    )
    assert seen.page.locator(".gc-legend li").count() >= 10
    seen.quiet()


@pytest.mark.browser
def test_rows_at_one_place_are_one_marker_that_lists_them_all(visit):
    frame = make_incidents(4).assign(what=["a", "b", "a", "a"])
    frame.geometry = [shapely.Point(43.77, 35.32)] * 3 + [shapely.Point(44.2, 35.5)]
    seen = visit(gcas.explore(frame, "what"))
    assert "several at one place that differ" in seen.page.locator(".gc-side").inner_text()
    x, y = seen.page.evaluate(f"(p => [p.x, p.y])({VIEW}.map.latLngToContainerPoint([35.32, 43.77]))")
    seen.page.mouse.click(x, y)
    assert "3 rows at this place" in seen.page.locator(".gc-card h2").inner_text()
    assert seen.page.locator(".gc-card details").count() == 3
    seen.page.locator(".gc-card summary").first.click()
    assert "Hawijah" in seen.page.locator(".gc-card details").first.inner_text()
    seen.quiet()


@pytest.mark.browser
def test_a_frame_goes_onto_a_map_that_is_there(visit):
    m = gcas.town_map("Hawijah", make_incidents(1), make_strikes(1), within_km=10, within_days=0)
    seen = visit(gcas.explore(make_strikes(3), "n_strikes", m=m, name="All strikes"))
    assert "All strikes" in seen.page.locator(".gc-side").inner_text()
    assert "Legend" in seen.page.locator(".gc-side").inner_text()
    seen.quiet()


@pytest.mark.browser
def test_the_keyboard_opens_each_place_from_a_list(visit):
    frame = gpd.GeoDataFrame(
        {"name": ["a", "b", "c", "d"], "n": [1, 2, 3, 4]},
        geometry=[shapely.Point(43, 35)] * 2 + [shapely.Point(44, 35), shapely.LineString([(43, 35), (44, 36)])],
        crs="EPSG:4326",
    )
    page = visit(gcas.explore(frame, "n")).page
    page.locator("summary", has_text="4 rows").focus()
    page.keyboard.press("Enter")
    entries = page.locator(".gc-entry")
    assert entries.count() == 3
    for k, said in enumerate(["2 rows at this place", "c", "d"]):
        entries.filter(has_text=said if k else "a").first.focus()
        page.keyboard.press("Enter")
        assert said in page.locator(".gc-card").inner_text()
        page.keyboard.press("Escape")
        page.locator(".gc-card").wait_for(state="detached")
