"""Published figures are reproduced, compared on their own ground, and never added across sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.tallies import compare_figures, sum_figures
from tests.tallies.frames import records

FIGURES = gcas.datasets.published_figures()
CANNOT = "cannot say"


def figure(**change):
    usual = {
        "as_of": "2015-08", "who_counts": "Somebody", "what": "civilians killed", "by_whom": "Coalition",
        "region": "Iraq", "period_start": "2015-06", "period_end": "2015-06-30", "min": 10, "max": 20,
    }  # fmt: skip
    return pd.DataFrame([usual | change])


def chosen(**where):
    rows = FIGURES
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows


def test_strikes_of_two_countries_by_one_source_add_up_to_23020():
    both = chosen(as_of="2017-06", what="strikes")
    assert sorted(both["min"]) == [9_971, 13_049]
    total = sum_figures(both)
    assert total[["region", "min", "max", "period_start", "period_end"]].to_numpy().tolist() == [
        ["Iraq and Syria", 23_020, 23_020, "2014-08-08", "2017-06"]
    ]
    pd.testing.assert_frame_equal(sum_figures(both.iloc[::-1]), total)


def test_118_flagged_of_which_52_of_concern():
    table = compare_figures(figures=chosen(as_of="2015-08", who_counts="Airwars", region="Iraq and Syria"))
    by_what = table.set_index("what")["min"]
    assert (by_what["incidents flagged"], by_what["incidents of significant concern"]) == (118, 52)
    assert (table["comparison"] == "not counted").all()


def test_one_war_at_four_dates():
    deaths = compare_figures(figures=chosen(what="civilians killed", by_whom="Coalition"))
    counts = {
        (row.as_of, row.who_counts): row.min
        for row in deaths.itertuples()
        if row.region == "Iraq and Syria" and row.min is not pd.NA and not pd.isna(row.min)
    }
    assert counts == {
        ("2015-08", "Airwars"): 459,
        ("2017-06", "Coalition"): 603,
        ("2017-08", "Airwars"): 7337,
        ("2017-08", "Coalition"): 624,
        ("2017-11", "Coalition"): 817,
    }
    assert deaths["as_of"].is_monotonic_increasing


def test_a_sum_across_sources_is_refused():
    with pytest.raises(InputError, match="figures of Airwars and Syrian Observatory for Human Rights are not added"):
        sum_figures(chosen(as_of="2015-08", what="civilians killed", region="Syria"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "two figures overlap: Coalition, Iraq, 2015-06 to 2015-06-30"),
        ({"region": "Iraq and Syria"}, "two figures overlap"),
        ({"by_whom": "Coalition and Russia"}, "two figures overlap"),
        ({"period_start": "2015-06-30", "period_end": "2016-01"}, "two figures overlap"),
        ({"what": "children killed"}, "count different things (children killed, civilians killed)"),
        ({"as_of": "2016-08"}, "are not as of one date (2015-08, 2016-08)"),
        ({"who_counts": "Other"}, "figures of Other and Somebody are not added"),
    ],
)
def test_sums_that_would_count_twice_are_refused(change, said):
    with pytest.raises(InputError) as error:
        sum_figures(pd.concat([figure(), figure(**change)]))
    assert said in str(error.value)


@pytest.mark.parametrize(
    "change", [{"region": "Syria"}, {"by_whom": "Russia"}, {"period_start": "2015-07", "period_end": "2015-07"}]
)
def test_sums_of_other_ground_are_made(change):
    total = sum_figures(pd.concat([figure(), figure(**change, max=None)]))
    assert total.loc[0, "min"] == 20
    assert pd.isna(total.loc[0, "max"])
    assert total.loc[0, "note"] == "Sum of 2 figures"


def test_records_count_on_the_ground_of_the_figure():
    incidents = records(
        "incident",
        [
            {"killed_min": 4, "killed_max": 6},
            {"killed_min": 4, "killed_max": 6, "belligerents": "Coalition;Russia"},
            {"killed_min": 100, "killed_max": 100, "country": "SY"},
            {"killed_min": 100, "killed_max": 100, "belligerents": "Russia"},
            {"killed_min": 100, "killed_max": 100, "belligerents": ""},
            {"killed_min": 100, "killed_max": 100, "start": "2015-06-30T21:00Z"},
            {"killed_min": 100, "killed_max": 100, "start": "2015-05-31T20:59Z"},
        ],
    )
    row = compare_figures(incidents, figures=figure()).iloc[0]
    assert (row["own_min"], row["own_max"], row["own_records"], row["own_unknown"]) == (8, 12, 2, 0)
    assert row["comparison"] == "ranges overlap"
    assert row["left_out"] == "2 outside the period; 1 outside the region; 2 of another belligerent or none named"
    wider = figure(
        region="Iraq and Syria", by_whom="Coalition and Russia", period_start="2015-05", period_end="2015-07"
    )
    assert compare_figures(incidents, figures=wider).loc[0, "own_records"] == 6


@pytest.mark.parametrize(
    ("own", "published", "said"),
    [
        ((3, 9), (10, 20), "own is lower"),
        ((3, 10), (10, 20), "ranges overlap"),
        ((21, 30), (10, 20), "own is higher"),
        ((20, 30), (10, 20), "ranges overlap"),
        ((3, 9), (None, 20), "ranges overlap"),
        ((99, 99), (10, None), "ranges overlap"),
        ((None, 9), (10, 20), "own is lower"),
        ((3, None), (10, 20), CANNOT),
        ((21, None), (10, 20), "own is higher"),
        ((None, 15), (10, 20), CANNOT),
        ((None, None), (10, 20), CANNOT),
    ],
)
def test_comparisons(own, published, said):
    unknown = {
        name: pd.NA if value is None else value for name, value in zip(("killed_min", "killed_max"), own, strict=True)
    }
    row = compare_figures(records("incident", [unknown]), figures=figure(min=published[0], max=published[1])).iloc[0]
    assert row["comparison"] == said
    assert row["own_unknown"] == int(None in own)


def test_strikes_and_incidents_have_their_own_figures():
    strikes = records("strike", [{"n_strikes": 12}, {}])
    table = compare_figures(records("incident", [{}]), strikes, figures=figure(what="strikes"))
    assert table[["own_min", "own_max", "own_unknown", "comparison"]].to_numpy().tolist() == [[12, 12, 1, CANNOT]]
    flagged = compare_figures(records("incident", [{}, {}]), figures=figure(what="incidents flagged", min=2, max=2))
    assert flagged.loc[0, ["own_min", "own_max", "comparison"]].tolist() == [2, 2, "ranges overlap"]
    alone = compare_figures(records("incident", [{}]), figures=figure(what="strikes"))
    assert alone.loc[0, ["comparison", "left_out"]].tolist() == ["not counted", "no strikes were given"]


def test_order_and_input_do_not_matter(book):
    table = compare_figures(book.incidents, book.strikes)
    assert len(table) == len(FIGURES)
    again = compare_figures(book.incidents.iloc[::-1], book.strikes.iloc[::-1], figures=FIGURES)
    pd.testing.assert_frame_equal(again, table)
    pd.testing.assert_frame_equal(FIGURES, gcas.datasets.published_figures())


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ([], "expected a table like"),
        (figure().drop(columns="region"), "figures: no column 'region'"),
        (figure(region="Atlantis"), "region 'Atlantis': Atlantis is no country of the gazetteer (Iraq, Syria)"),
        (figure(region=""), "is no country of the gazetteer"),
        (figure(min="=1"), "figures, row 1: min is '=1'; expected a whole number"),
        (figure(max=-1), "max is '-1"),
        (figure(max=np.inf), "max is 'inf'"),
        (figure(min=30), "figures, row 1: min 30 is above max 20"),
        (figure(period_end="2015-05"), "ends before it starts"),
        (figure(period_start="June"), "'June' is neither a month"),
        (figure(period_start="2015-31"), "the period 2015-31 to 2015-06-30 has no days"),
        (figure(period_start=None), "'' is neither a month"),
    ],
)
def test_bad_figures_are_named(figures, said):
    with pytest.raises(InputError) as error:
        compare_figures(figures=figures)
    assert said in str(error.value)


def test_bad_records_are_named():
    with pytest.raises(InputError, match="incidents were expected"):
        compare_figures(records("strike", [{}]))
    with pytest.raises(InputError, match="without a zone"):
        compare_figures(records("incident", [{}]).assign(start=pd.Timestamp("2015-06-03")))
    with pytest.raises(InputError, match="no figure was given"):
        sum_figures(FIGURES.head(0))


def test_no_record_on_the_ground_of_a_figure_is_no_count_of_zero():
    for incidents in (records("incident", [{"country": "SY"}]), records("incident", [{}]).head(0)):
        row = compare_figures(incidents, figures=figure()).iloc[0]
        assert (row["own_records"], row["comparison"]) == (0, "not counted")
        assert pd.isna(row["own_min"])


def test_records_of_one_event_are_said_to_count_each():
    rows = [{"n_strikes": 1, "event_group": group} for group in ("a", "a", "b", "")]
    table = compare_figures(strikes=records("strike", rows), figures=figure(what="strikes"))
    assert table.loc[0, "remarks"] == (
        "2 of the 4 records are likely 1 event (event_group), and each of them is in the sums"
    )
    assert table.loc[0, "own_min"] == 4
    alone = compare_figures(strikes=records("strike", rows[1:]), figures=figure(what="strikes"))
    assert alone.loc[0, "remarks"] == ""


def test_the_casebooks_strikes_of_june_2015_are_two_events():
    table = compare_figures(strikes=gcas.load_casebook().strikes, figures=figure(what="strikes"))
    assert "likely 1 event (event_group)" in table.loc[0, "remarks"]
