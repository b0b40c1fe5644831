"""Static figures: what is drawn, in which words, without pyplot, and the same on every run."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.maps._plots import COLOURS, HATCHES
from tests.maps.hostile import HOSTILE
from tests.tallies.frames import records

FIGURES = gcas.datasets.published_figures()


def png(axes) -> bytes:
    stream = io.BytesIO()
    axes.figure.savefig(stream, format="png")
    return stream.getvalue()


def two_sided():
    incidents = [
        {"belligerents": "Coalition;Russia"},
        {"belligerents": "Coalition"},
        {"belligerents": "", "start": "2015-08-01T00:00Z"},
    ]
    return gcas.tally(
        records("incident", incidents),
        ["month", "belligerent"],
        strikes=records("strike", [{"n_strikes": 9, "belligerents": "Russia"}, {"belligerents": "Russia"}]),
    )


def test_bars_are_the_counts_and_keep_their_colours():
    table = two_sided()
    axes = gcas.maps.plot_tally(table, "incidents")
    assert sorted(bar.get_height() for bar in axes.patches) == [1, 1, 2]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["Coalition", "Russia", "unknown"]
    assert axes.get_xlabel() == "incidents in more than one bar: 1"
    strikes = gcas.maps.plot_tally(table, "strikes")
    assert [bar.get_height() for bar in strikes.patches] == [9]
    assert strikes.get_xlabel() == "without this figure, in no bar: 1"
    bar = axes.patches[1]
    assert strikes.patches[0].get_facecolor() == bar.get_facecolor()


def test_a_month_without_records_keeps_its_place():
    axes = gcas.maps.plot_tally(gcas.tally(records("incident", [{}, {"start": "2015-09-01T00:00Z"}]), "month"))
    left, right = (bar.get_x() + bar.get_width() / 2 for bar in axes.patches)
    assert right - left == 3
    assert [text.get_text() for text in axes.get_xticklabels()] == ["Jun\n2015", "Jul", "Aug", "Sep"]
    assert axes.get_legend() is None


def test_the_undated_are_said_below():
    frame = records("incident", [{}, {}])
    frame["start"] = frame["start"].where([True, False])
    axes = gcas.maps.plot_tally(gcas.tally(frame, "month"), "killed_max")
    assert axes.get_xlabel() == "undated, not drawn: 1; without this figure, in no bar: 2"


@pytest.mark.parametrize(("way", "label"), [("week", "1 Jun\n2015"), ("day", "3 Jun\n2015")])
def test_weeks_and_days(way, label):
    axes = gcas.maps.plot_tally(gcas.tally(records("incident", [{}]), way))
    assert [text.get_text() for text in axes.get_xticklabels()] == [label]


def test_same_input_same_bytes_and_no_pyplot():
    table = two_sided()
    assert png(gcas.maps.plot_tally(table)) == png(gcas.maps.plot_tally(table))
    figures = FIGURES[FIGURES["what"] == "civilians killed"]
    assert png(gcas.maps.plot_figures(figures)) == png(gcas.maps.plot_figures(figures.iloc[::-1]))
    code = (
        "import sys, geocasualty as g; b = g.load_casebook(); "
        "g.maps.plot_tally(g.tally(b.incidents)).figure.savefig('/dev/null', format='png'); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_given_axes_are_drawn_on():
    from matplotlib.figure import Figure

    upper, lower = Figure().subplots(2)
    assert gcas.maps.plot_tally(two_sided(), ax=upper) is upper
    assert gcas.maps.plot_figures(FIGURES[FIGURES["what"] == "strikes"], ax=lower) is lower


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_each_published_figure_is_marked_with_date_source_and_ground():
    axes = gcas.maps.plot_figures(FIGURES[(FIGURES["what"] == "civilians killed") & (FIGURES["as_of"] == "2015-08")])
    assert texts(axes) == ["at least 459", "up to 354", "173"]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "2015-08, Airwars\nCoalition in Iraq and Syria, 2014-08-08 to 2015-08",
        "2015-08, Airwars\nCoalition in Syria, 2014-09-23 to 2015-08",
        "2015-08, Syrian Observatory for Human Rights\nCoalition in Syria, 2014-09-23 to 2015-08",
    ]


@pytest.mark.parametrize("log", [False, True])
def test_a_range_is_a_bar_from_least_to_greatest(log):
    figures = FIGURES.head(1).assign(min=40, max=90)
    (bar,) = gcas.maps.plot_figures(figures, log=log).patches
    assert (bar.get_x(), bar.get_x() + bar.get_width()) == (40, 90)


def test_own_counts_stand_below_with_how_many_records(book):
    chosen = FIGURES[(FIGURES["what"] == "civilians killed") & (FIGURES["as_of"] == "2017-11")]
    for log in (False, True):
        assert texts(gcas.maps.plot_figures(gcas.tallies.compare_figures(book.incidents, figures=chosen), log=log)) == [
            "at least 817",
            "own records (4, 1 unknown): 33 to 103",
        ]
    nothing = gcas.tallies.compare_figures(records("incident", [{}]), figures=chosen)
    assert texts(gcas.maps.plot_figures(nothing))[1].strip() == "own records (1, 1 unknown): no figure"


@pytest.mark.parametrize(
    "text", [each for each in HOSTILE if all(ord(c) < 0x2000 for c in each)] + ["$\\frac{1}{0}$", "a$b$"]
)
def test_hostile_names_are_drawn_as_text(text):
    import warnings

    figures = FIGURES.head(1).assign(who_counts=text, by_whom=text, region=text, what=text)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        assert png(gcas.maps.plot_figures(figures))
        assert png(gcas.maps.plot_tally(gcas.tally(records("incident", [{"dataset": text}]), ["month", "dataset"])))


def test_empty_tables_give_empty_axes():
    table = gcas.tally(records("incident", [{}]).head(0), ["month", "belligerent"])
    assert png(gcas.maps.plot_tally(table))
    assert png(gcas.maps.plot_figures(FIGURES.head(0)))


def contrast(colour):
    """Lightness as the eye weighs it (WCAG relative luminance)."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_groups_differ_without_colour():
    assert len(set(HATCHES)) == len(set(COLOURS)) == len(COLOURS)
    assert max(map(contrast, COLOURS)) < 0.5  # none fades on white


def test_bad_tables_are_named():
    table = two_sided()
    many = gcas.tally(records("incident", [{"dataset": f"set {n}"} for n in range(7)]), ["month", "dataset"])
    for arguments, said in [
        ((FIGURES,), "its column 'is_total'"),
        ((None,), "expected a table of gcas.tally"),
        ((table, "deaths"), "measure='deaths' is no count of this table"),
        ((gcas.tally(records("incident", [{}]), "country"),), "the table is by country; a plot needs one of month"),
        ((gcas.tally(records("incident", [{}]), ()),), "the table is by nothing"),
        ((gcas.tally(records("incident", [{}]), ["month", "grading", "dataset"]),), "at most one more"),
        ((many,), "7 groups of 'dataset' are too many"),
        ((table.assign(month="June"),), "value 'June': expected as gcas.tally writes it"),
    ]:
        with pytest.raises(InputError) as error:
            gcas.maps.plot_tally(*arguments)
        assert said in str(error.value)
    with pytest.raises(InputError, match="are not of one kind"):
        gcas.maps.plot_figures(FIGURES)
    with pytest.raises(InputError, match="no column 'as_of'"):
        gcas.maps.plot_figures(pd.DataFrame())
