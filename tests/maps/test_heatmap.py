"""The heatmap of a sensitivity table: what its cells say, that they can be read, and that its bytes repeat."""

import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import geocasualty as gcas
from geocasualty.errors import InputError

MEASURES = ["share_possible", "share_within", "lift_possible", "lift_within", "possible", "within"]


def made(km=(1, 10), days=(0, 1), **columns):
    rows = [{"within_km": float(k), "within_days": float(d)} for k in km for d in days]
    base = {"incidents": 1200, "unlocated": 100, "uncovered": 100, "assessable": 1000}
    for test in ("within", "possible"):
        base |= {test: 730, f"share_{test}": 0.73, f"background_{test}": 0.7}
        base |= {f"expected_{test}": 700.0, f"lift_{test}": 730 / 700}
    return pd.DataFrame(rows).assign(**base).assign(**columns)


def texts(ax):
    """The words in each cell by limit in km and days."""
    km = [float(label.get_text()) for label in ax.get_xticklabels()]
    days = [float(label.get_text()) for label in ax.get_yticklabels()]
    return {(km[int(t.get_position()[0])], days[int(t.get_position()[1])]): t.get_text() for t in ax.texts}


def contrast(one, other):
    """By WCAG 2.2, written again from its text."""

    def luminance(colour):
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


def test_each_cell_says_its_own_number_beside_the_background():
    table = made(share_possible=[0.1, 0.2, 0.3, 0.73], background_possible=[0.0, 0.001, 0.999, 0.70])
    ax = gcas.maps.plot_sensitivity(table.sample(frac=1, random_state=4))
    assert texts(ax) == {
        (1, 0): "10 %\n(0 % by chance)",
        (1, 1): "20 %\n(<1 % by chance)",
        (10, 0): "30 %\n(>99 % by chance)",
        (10, 1): "73 %\n(70 % by chance)",
    }
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("limit in space (km)", "limit in time (days)")
    assert "incidents assessed: 1,000 of 1,200; 100 unlocated, 100 at times without records" in ax.get_title("left")
    faces = ax.images[0].get_array()
    assert faces.shape == (2, 2, 4)
    assert ax.images[0].origin == "lower"  # so the words stand on the colour of their own cell
    assert np.allclose(faces[1, 1], mpl.colormaps["cividis"](0.73))


def test_what_is_not_known_is_said_and_is_no_zero():
    unknown = made(share_possible=np.nan, background_possible=np.nan)
    assert set(texts(gcas.maps.plot_sensitivity(unknown)).values()) == {"none can be\nassessed"}
    rate = made(background_possible=np.nan)
    assert set(texts(gcas.maps.plot_sensitivity(rate)).values()) == {"73 %\n(chance unknown)"}
    assert (1.0, 1.0) not in texts(gcas.maps.plot_sensitivity(made().drop(index=1)))


def test_a_lift_over_a_handful_expected_has_no_colour():
    table = made(lift_within=[18.0, np.inf, np.nan, 0.0], expected_within=[0.1, 0.0, 0.0, 40.0])
    ax = gcas.maps.plot_sensitivity(table, measure="lift_within")
    assert list(texts(ax).values()) == [
        "18.00 ×\n(0.1 by chance)",
        "none passed,\nnone by chance",
        "∞ ×\n(0.0 by chance)",
        "0.00 ×\n(40.0 by chance)",
    ]
    faces = ax.images[0].get_array()
    assert np.allclose(faces[0, 0], faces[1, 0])
    assert np.ptp(faces[0, 0, :3]) == 0  # grey
    assert np.ptp(faces[1, 1, :3]) > 0.1


@pytest.mark.parametrize("measure", MEASURES)
def test_every_number_can_be_read_on_its_colour(measure):
    table = made(range(1, 11), range(10))
    table[measure] = np.linspace(0, 1, 100) * (1000 if "_" not in measure else 3 if "lift" in measure else 1)
    ax = gcas.maps.plot_sensitivity(table, measure=measure)
    faces = ax.images[0].get_array()
    assert len(ax.texts) == 100
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        assert contrast(text.get_color(), faces[row, column, :3]) >= 4.5


@pytest.mark.parametrize("measure", MEASURES)
def test_no_words_leave_their_cell(measure, book):
    tables = (
        gcas.sensitivity(book.incidents, book.strikes, within_km=[1, 2, 5, 10, 20, 50, 90], within_days=[0, 1, 2, 3]),
        made(),
    )
    for table in tables:
        ax = gcas.maps.plot_sensitivity(table, measure=measure)
        ax.figure.canvas.draw()
        for text in ax.texts:
            box = text.get_window_extent().transformed(ax.transData.inverted())
            column, row = text.get_position()
            assert abs(box.x0 - column) < 0.5, text.get_text()
            assert abs(box.y0 - row) < 0.5, text.get_text()
        title = ax.title if ax.title.get_text() else ax._left_title
        assert title.get_window_extent().x1 <= ax.figure.bbox.x1


def saved(table, kind):
    buffer = io.BytesIO()
    figure = gcas.maps.plot_sensitivity(table).figure
    with mpl.rc_context({"svg.hashsalt": "geocasualty"}):
        figure.savefig(buffer, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_bytes_repeat_whatever_the_order_of_rows(kind):
    table = made()
    assert saved(table, kind) == saved(table.iloc[::-1], kind)


def test_it_draws_where_it_is_told_and_leaves_the_users_plots_alone():
    ax = Figure().add_subplot()
    assert gcas.maps.plot_sensitivity(made(), ax) is ax
    assert isinstance(gcas.maps.plot_sensitivity(made()), Axes)
    lines = (
        "import sys, geocasualty as gcas\n"
        "gcas.maps.plot_sensitivity\n"
        "print('matplotlib' in sys.modules, end=' ')\n"
        "from tests.maps.test_heatmap import made\n"
        "gcas.maps.plot_sensitivity(made())\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert done.stdout == "False False\n", done.stderr


@pytest.mark.parametrize(
    ("table", "measure", "says"),
    [
        (made(), "share", "measure is 'share'; expected one of lift_possible"),
        (made(), None, "measure is None"),
        (None, "within", "the table is NoneType"),
        (made().drop(columns="within"), "within", "no column 'within'"),
        (made()[:0], "within", "no rows"),
        (pd.concat([made(), made()]), "within", "1 km and 0 days twice"),
    ],
)
def test_other_tables_are_refused(table, measure, says):
    with pytest.raises(InputError, match=says):
        gcas.maps.plot_sensitivity(table, measure=measure)
