"""Who held the ground: what is refused, what is sure, and shares that hold the truth."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import geocasualty as gcas
from geocasualty.control import DOUBTS, SLIVER_KM2, control_faults, read_control
from geocasualty.errors import GeocasualtyWarning, InputError, UnknownPlaceError
from tests.conftest import ROOT
from tests.maps.conftest import make_incidents

WEST, EAST = shapely.box(43, 35, 43.77, 36), shapely.box(43.77, 35, 45, 36)
BOWTIE = shapely.Polygon([(43, 35), (44, 36), (44, 35), (43, 36)])
CITY = shapely.box(43.70, 35.30, 43.84, 35.40)  # half of it on either side


def drawn(*rows, **columns):
    """Outlines as (holder, from, to, shape)."""
    holder, first, last, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"holder": holder, "from": first, "to": last, **columns}, geometry=list(shapes), crs=4326)


TWO = drawn(("A", "2015-06-01", "2015-06-30", WEST), ("B", "2015-06-01", "2015-06-30", EAST))
FELL = drawn(
    ("A", "2015-05-20", None, WEST),
    ("B", "2015-05-20", None, EAST),
    ("B", "2015-06-20", None, shapely.union_all([WEST, EAST])),
)


def claim(lon=43.5, lat=35.5, first="2015-06-03", days=1, **columns):
    start = pd.Timestamp(first, tz="Asia/Baghdad").tz_convert("UTC")
    columns = {"date_basis": "event", "flags": "", "start": start, "end": start + pd.Timedelta(days=days)} | columns
    return make_incidents(1, **columns).set_geometry(gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326))


def told(frame, control=TWO):
    return gcas.who_held(frame, control).iloc[0]


def km2(shape):
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.segmentize(shape, 0.005))[0]) / 1e6


def test_a_claim_wholly_inside_one_outline_is_surely_on_that_ground():
    row = told(claim())
    assert row.tolist() == ["i0", "A", "A", "", "A 100 %", "A"]


def test_a_claim_that_may_lie_on_either_side_is_on_neither_for_sure():
    row = told(claim(43.76, radius_m=2_000.0))
    assert (row["holder"], row["holders"], row["doubt"]) == ("", "A;B", "several")
    held_by_a, held_by_b = (float(part.split()[1]) for part in row["shares"].split("; "))
    assert held_by_a > 70  # the border is 900 m away
    assert held_by_a + held_by_b == pytest.approx(100, abs=1)
    assert row["held"] == "A or B; it may lie on the ground of more than one"


def test_the_radius_is_that_which_holds_nearly_all_true_places():
    away = 0.0005 + 1_000 * 1.3 / 91_300  # beyond nine tenths of all places, nearer than 99 of 100
    assert told(claim(43.77 - away, radius_m=1_000.0))["doubt"] == "several"
    assert told(claim(43.77 - 1_000 * 1.5 / 91_300 - 0.0005, radius_m=1_000.0))["holder"] == "A"


def test_between_two_outlines_that_differ_both_may_hold_it():
    assert told(claim(), FELL)["doubt"] == "between-outlines"
    assert told(claim(), FELL)["holders"] == "A;B"
    assert told(claim(), FELL)["shares"] == "A 0 to 100 %; B 0 to 100 %"
    assert told(claim(44.5), FELL)["holder"] == "B"  # both outlines agree
    assert told(claim(first="2015-05-20"), FELL)["holder"] == "A"
    assert told(claim(first="2015-06-20"), FELL)["holder"] == "B"


@pytest.mark.parametrize(
    ("changed", "doubt"),
    [
        ({"first": "2015-07-01"}, "outside-days"),
        ({"first": "2015-06-29", "days": 3}, "outside-days"),
        ({"lon": 50.0}, "unstated"),
        ({"flags": "geometry-conflict"}, "own-record"),
        ({"flags": "approximate-date"}, "own-record"),
        ({"flags": "unmapped-column"}, "own-record"),
        ({"date_basis": "reported"}, "own-record"),
        ({"date_basis": ""}, "own-record"),
        ({"flags": "guessed-timezone", "first": "2015-06-30"}, "outside-days"),
        ({"vicinity": True, "lon": 43.76}, "several"),
        ({"vicinity": None, "lon": 43.76}, "several"),
    ],
)
def test_what_makes_a_holder_unsure(changed, doubt):
    row = told(claim(**changed))
    assert row["holder"] == ""
    assert doubt in row["doubt"].split(";")


def test_days_that_are_no_guess_stay_as_they_are():
    assert told(claim(first="2015-06-30"))["holder"] == "A"
    assert told(claim(lon=43.76))["holder"] == "A"


def test_a_claim_without_a_place_has_no_holder():
    frame = claim().set_geometry(gpd.GeoSeries([None], crs=4326))
    assert told(frame)["doubt"] == "no-location"


def test_a_claim_located_to_an_area_is_where_all_of_the_area_is():
    frame = claim(radius_m=float("nan")).set_geometry(gpd.GeoSeries([CITY], crs=4326))
    assert told(frame)["shares"] == "A 50 %; B 50 %"
    inside = shapely.box(43.1, 35.1, 43.2, 35.2)
    assert told(frame.set_geometry(gpd.GeoSeries([inside], crs=4326)))["holder"] == "A"


def test_ground_of_which_the_holder_changes_within_the_days_of_a_claim():
    control = drawn(("A", "2015-06-01", "2015-06-03", WEST), ("B", "2015-06-04", "2015-06-30", WEST))
    assert told(claim(days=2), control)["doubt"] == "changed"
    assert told(claim(), control)["holder"] == "A"
    assert told(claim(first="2015-06-04"), control)["holder"] == "B"


def test_ground_that_two_outlines_give_to_two_is_nobodys_for_sure():
    control = drawn(
        ("A", "2015-06-01", "2015-06-30", WEST), ("B", "2015-06-01", "2015-06-30", shapely.box(43.4, 35, 45, 36))
    )
    row = told(claim(), control)
    assert (row["holder"], row["doubt"]) == ("", "several;contested")
    share = gcas.share_held(WEST, "2015-06-03", control=control).set_index("holder")
    assert share.loc["A", "share_max"] == pytest.approx(1)
    assert share.loc["A", "share_min"] == pytest.approx(0.4 / 0.77)
    with pytest.warns(GeocasualtyWarning, match=r"A and B both hold .* km2 on 2015-06-01 \(rows 1;2\), one of 1 such"):
        read_control(control)
    fault = control_faults(control).iloc[0]
    assert fault[["fault", "first", "last", "holders", "rows"]].tolist() == [
        "overlap", "2015-06-01", "2015-06-30", "A;B", "1;2",
    ]  # fmt: skip
    assert fault["km2"] == pytest.approx(km2(shapely.box(43.4, 35, 43.77, 36)), rel=1e-6)


def test_overlaps_smaller_than_a_sliver_are_not_named():
    side = (SLIVER_KM2**0.5) / 91.0
    for factor, named in ((0.9, 0), (1.3, 1)):
        over = shapely.box(43.77 - side * factor, 35.5, 44, 35.5 + side * 0.85)
        control = drawn(("A", "2015-06-01", None, WEST), ("B", "2015-06-01", None, over))
        assert len(control_faults(control)) == named


def test_days_without_an_outline_are_named():
    assert control_faults(FELL)[["fault", "first", "last"]].values.tolist() == [["gap", "2015-05-21", "2015-06-19"]]
    assert len(control_faults(TWO)) == 0


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (TWO.drop(columns="holder"), "no column 'holder'"),
        (TWO.drop(columns="from"), "no column 'from'"),
        (pd.DataFrame(TWO.drop(columns="geometry")), "no polygons"),
        (TWO.head(0), "no polygons"),
        (TWO.assign(holder=["A", ""]), "row 2, column 'holder'"),
        (TWO.assign(holder=["A", "B;C"]), "row 2, column 'holder'.*without a semicolon"),
        (TWO.assign(to=["2015-05-01", "2015-06-30"]), "row 1, column 'to'.*before its beginning, 2015-06-01"),
        (TWO.assign(**{"from": ["June 2015", "2015-06-01"]}), "row 1, column 'from', value 'June 2015'"),
        (TWO.set_geometry([WEST, shapely.Point(43, 35)]), "row 2.*expected a polygon"),
        (TWO.set_geometry([WEST, None]), "row 2.*expected a polygon"),
        (TWO.set_geometry([WEST, BOWTIE]), "row 2.*Self-intersection"),
    ],
)  # fmt: skip
def test_outlines_that_cannot_be_used_are_refused_with_their_row(control, said):
    if isinstance(control, gpd.GeoDataFrame) and control.crs is None:
        control = control.set_crs(4326)
    with pytest.raises(InputError, match=said):
        gcas.who_held(claim(), control)


def test_outlines_come_from_files_of_any_kind_and_in_any_system(tmp_path):
    expected = gcas.who_held(claim(), FELL)
    for name in ("c.geojson", "c.gpkg"):
        FELL.to_file(tmp_path / name)
        pd.testing.assert_frame_equal(gcas.who_held(claim(), tmp_path / name), expected)
    frame = FELL.assign(**{"from": pd.to_datetime(FELL["from"]), "to": None}).to_crs(3857)
    pd.testing.assert_frame_equal(gcas.who_held(claim(), frame), expected)
    assert read_control(tmp_path / "c.gpkg")["to"].tolist() == ["2015-05-20", "2015-05-20", "2015-06-20"]


def test_shares_of_made_up_outlines_are_exact_areas():
    table = gcas.share_held(CITY, "2015-06-03", control=TWO).set_index("holder")
    for holder, part in (("A", WEST), ("B", EAST)):
        exact = km2(shapely.intersection(CITY, part))
        assert table.loc[holder, "km2_min"] == pytest.approx(exact, rel=1e-6)
        assert table.loc[holder, "km2_max"] == pytest.approx(exact, rel=1e-6)
        assert table.loc[holder, "share_min"] == pytest.approx(exact / km2(CITY), rel=1e-6)
    assert table.loc["", ["share_min", "share_max"]].tolist() == pytest.approx([0, 0], abs=1e-9)
    assert set(table["basis"]) == {"outline"}


def test_edges_are_straight_in_degrees_and_areas_those_of_the_ellipsoid():
    wide = shapely.Polygon([(30, 10), (60, 10), (60, 50), (30, 30)])
    control = drawn(("A", "2015-06-01", None, wide))
    exact = km2(wide)
    assert gcas.share_held(shapely.box(30, 10, 60, 50), "2015-06-01", control=control).loc[
        0, "km2_min"
    ] == pytest.approx(exact, rel=1e-6)


def test_shares_over_several_days_span_all_of_them():
    table = gcas.share_held(CITY, ("2015-05-20", "2015-06-20"), control=FELL).set_index("holder")
    assert table.loc["A", ["share_min", "share_max"]].tolist() == pytest.approx([0, 0.5])
    assert table.loc["B", ["share_min", "share_max"]].tolist() == pytest.approx([0.5, 1])
    month = gcas.share_held(CITY, "June 2015", control=TWO).set_index("holder")
    assert month.loc["A", "share_min"] == pytest.approx(0.5)


def test_a_place_is_a_name_or_a_polygon(gaz):
    table = gcas.share_held("Hawijah", "2015-06-03", control=TWO, gazetteer=gaz)
    assert set(table["basis"]) == {"radius"}
    pd.testing.assert_frame_equal(gcas.share_held(gaz.resolve("Hawijah"), "2015-06-03", control=TWO), table)
    pd.testing.assert_frame_equal(gcas.share_held(gaz.resolve("Hawijah").best.place, "2015-06-03", control=TWO), table)
    assert set(gcas.share_held("Kirkuk governorate", "2015-06-03", control=TWO, gazetteer=gaz)["basis"]) == {"outline"}
    with pytest.raises(UnknownPlaceError, match="ambiguous"):
        gcas.share_held("Sinjar", "2015-06-03", control=TWO, gazetteer=gaz)
    for place in (shapely.Point(43, 35), 7):
        with pytest.raises(InputError, match="polygon"):
            gcas.share_held(place, "2015-06-03", control=TWO)


@pytest.mark.parametrize("date", ["2015-07-01", "2015-05-31", ("2015-06-03", "2015-07-01"), "2015-06-03T10:00Z", "x"])
def test_days_of_which_nothing_is_known_have_no_share(date):
    with pytest.raises(InputError):
        gcas.share_held(CITY, date, control=TWO)


CELLS = [shapely.box(43.70 + 0.04 * k, 35.3, 43.74 + 0.04 * k, 35.4) for k in range(4)]
ONE_CELL = st.tuples(st.sampled_from("AB"), st.sampled_from("ABC"), st.integers(2, 10))


@given(cells=st.lists(ONE_CELL, min_size=4, max_size=4), day=st.integers(1, 10))
def test_an_interval_holds_the_truth_where_no_ground_changes_hands_and_back(cells, day):
    """Each cell is its first holder's until a day of its own and its last one's from then on."""
    rows = [(first, "2015-06-01", None, shape) for (first, _, _), shape in zip(cells, CELLS, strict=True)]
    rows += [(last, "2015-06-10", None, shape) for (_, last, _), shape in zip(cells, CELLS, strict=True)]
    whole = shapely.union_all(CELLS)
    table = gcas.share_held(whole, f"2015-06-{day:02d}", control=drawn(*rows)).set_index("holder")
    for holder in "ABC":
        truth = sum((last if day >= when else first) == holder for first, last, when in cells) / 4
        if holder in table.index:
            low, high = table.loc[holder, ["share_min", "share_max"]]
            assert low - 1e-6 <= truth <= high + 1e-6
            if day in (1, 10):
                assert low == pytest.approx(high)
        else:
            assert truth == 0


WORSE = st.fixed_dictionaries(
    {},
    optional={
        "radius_m": st.floats(1.0, 100.0),
        "days": st.integers(1, 20),
        "vicinity": st.sampled_from([True, None]),
        "flags": st.sampled_from(["guessed-timezone", "unused-words", "unread-time", "unmapped-column"]),
        "date_basis": st.sampled_from(["", "reported", "death"]),
    },
)


@given(
    lon=st.floats(43.05, 44.9), radius=st.floats(10.0, 30_000.0), day=st.integers(10, 40),
    worse=WORSE, control=st.sampled_from([TWO, FELL]),
)  # fmt: skip
def test_a_worse_record_never_has_a_surer_holder(lon, radius, day, worse, control):
    first = (pd.Timestamp("2015-05-10") + pd.Timedelta(days=day)).date().isoformat()
    better = told(claim(lon, first=first, radius_m=radius), control)
    columns = worse | {"radius_m": radius * worse.get("radius_m", 1.0)}
    after = told(claim(lon, first=first, **columns), control)
    assert after["holder"] in ("", better["holder"])
    assert set(filter(None, better["holders"].split(";"))) <= set(filter(None, after["holders"].split(";")))
    assert (after["holder"] == "") == (after["doubt"] != "")
    assert set(filter(None, after["doubt"].split(";"))) <= set(DOUBTS)


@given(order=st.permutations(range(3)))
def test_the_order_of_outlines_says_nothing(order):
    pd.testing.assert_frame_equal(gcas.who_held(claim(), FELL.iloc[list(order)]), gcas.who_held(claim(), FELL))


def test_the_guide_names_every_doubt():
    rows = (ROOT / "docs" / "how-to" / "control.md").read_text("utf-8").splitlines()
    assert [row for row in rows if row.startswith("| `")] == [f"| `{key}` | {said} |" for key, said in DOUBTS.items()]
