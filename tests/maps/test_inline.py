"""Maps small enough for a page of hundreds: well formed, true to scale, without labels on each other."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.maps._inline import Spot, inline_months, inline_town
from geocasualty.maps._sheet import Frame, Sheet, Taken, marked, short
from tests.maps.hostile import HOSTILE

HERE = shapely.Point(43.77, 35.32)


@pytest.fixture(scope="module")
def sheet(gaz):
    return Sheet(gaz)


def town(sheet, *spots, shape=HERE, radius_m=2000.0, vicinity=False, km=10.0, title="Map"):
    return ET.fromstring(inline_town(sheet, shape, radius_m, vicinity, spots, km=km, unit="km", title=title))


def of_class(svg, name):
    return [element for element in svg.iter() if name in (element.get("class") or "").split()]


def test_the_limit_of_a_lone_incident_fills_the_map_but_for_its_margin(sheet):
    svg = town(sheet)
    (incident,), (limit,) = of_class(svg, "m-incident"), of_class(svg, "m-limit")
    east, north = map(int, limit.get("d")[1:].split("l")[0].split())  # the ring begins due north
    assert east == pytest.approx(int(incident.get("cx")), abs=2)
    height = float(svg.get("viewBox").split()[3])
    assert int(incident.get("cy")) - north == pytest.approx(height / 2 / 1.12, abs=2)
    bar = of_class(svg, "m-bar")[0].get("d").split("h")[1].split("v")[0]
    km = float(of_class(svg, "m-scale")[0].text.split()[0])
    assert float(bar) / km == pytest.approx((int(incident.get("cy")) - north) / 10, rel=0.02)


def test_far_strikes_are_left_to_the_table_and_near_ones_are_numbered(sheet):
    spots = [Spot(str(n), shapely.Point(HERE.x + east, HERE.y), "possible", True) for n, east in ((1, 0.1), (2, 4.0))]
    svg = town(sheet, *spots)
    assert [element.text for element in of_class(svg, "m-number")] == ["1"]
    assert len(of_class(svg, "m-pair")) == 1


def test_areas_radii_of_nothing_and_no_limit(sheet):
    area = shapely.box(43.6, 35.2, 43.9, 35.5)
    assert of_class(town(sheet, shape=area, radius_m=0.0), "m-area")
    bare = town(sheet, radius_m=0.0, km=0.0)
    assert not of_class(bare, "m-limit")
    assert of_class(town(sheet, Spot("1", area, "possible", False)), "m-spotarea")


@given(st.sampled_from(HOSTILE))
def test_hostile_texts_stay_text(text):
    clean = text.replace("\0", "").encode("utf-8", "replace").decode()
    clean = "".join(char for char in clean if char >= " ")
    element = ET.fromstring(marked("text", clean, x=1, class_=clean))
    assert element.text == (clean or None)
    assert element.get("class") == clean
    assert len(short(text)) <= 40


@given(st.lists(st.tuples(st.floats(0, 960), st.floats(0, 720), st.text(min_size=1, max_size=30)), max_size=40))
def test_no_label_lies_on_another_or_leaves_the_map(labels):
    frame = Frame((43.0, 35.0, 44.0, 35.6), 960)
    taken = Taken(frame)
    for x, y, text in labels:
        taken.place(x, y, text, 22, 8)
    for number, box in enumerate(taken.boxes):
        assert box[0] > 0
        assert box[1] > 0
        assert box[2] < frame.width
        assert box[3] < frame.height
        for other in taken.boxes[:number]:
            assert box[2] < other[0] or box[0] > other[2] or box[3] < other[1] or box[1] > other[3]


def test_months_without_records_have_no_bar():
    rows = [("t-incidents", "Incidents", [2, 0, 1]), ("t-strikes", "Strikes", [0, 0, 0])]
    svg = ET.fromstring(inline_months(["2015-01", "2015-02", "2015-03"], rows, title="Months"))
    heights = [float(bar.get("height")) for bar in of_class(svg, "t-bar")]
    assert heights == [150.0, 75.0]
    assert [text.text for text in of_class(svg, "t-tick")] == ["2015-01", "2015-02", "2015-03"]


def test_the_same_map_has_the_same_text(sheet, gaz):
    first = inline_town(sheet, HERE, 2000.0, False, [], km=10, unit="km", title="a")
    assert inline_town(Sheet(gaz), HERE, 2000.0, False, [], km=10, unit="km", title="a") == first
    assert inline_town(Sheet(gaz, local=True), HERE, 2000.0, False, [], km=10, unit="كم", title="a") != first
