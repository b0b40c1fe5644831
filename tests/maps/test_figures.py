"""The maps as figures: the same content as the pages, Arabic joined, bytes that repeat."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError, UnknownPlaceError
from geocasualty.maps._figure import StillFigure, isolate, plain
from geocasualty.maps._plot_town import spread
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.hostile import HOSTILE

HERE = (43.77, 35.32)

BOTH = """
import sys, pathlib, geocasualty as gcas
book = gcas.load_casebook()
to = pathlib.Path(sys.argv[1])
axes = {
    "p": gcas.plot_province(book.incidents, book.strikes),
    "t": gcas.plot_town("Hawijah", book.incidents, book.strikes, within_km=10, within_days=0),
}
for name, ax in axes.items():
    for ending in ("png", "svg", "pdf"):
        ax.figure.savefig(to / f"{name}.{ending}")
assert "matplotlib.pyplot" not in sys.modules
"""


def town(incidents=None, strikes=None, place=HERE, **kwargs):
    incidents = make_incidents(1) if incidents is None else incidents
    strikes = make_strikes(1) if strikes is None else strikes
    return gcas.plot_town(place, incidents, strikes, **{"within_km": 10, "within_days": 0} | kwargs)


def legend(ax):
    return [text.get_text().replace("\n", " ").strip() for text in ax.get_legend().get_texts()]


def below(ax):
    return ax.get_xlabel().replace("\u200e", "").replace("\n", " ")


def on_map(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def assert_nothing_is_cut(ax):
    """All writing lies on the paper; on the map no label covers another, the scale or the arrow."""
    from geocasualty.maps._figure import furniture

    ax.figure.draw_without_rendering()
    paper, frame = ax.figure.bbox, ax.get_window_extent()
    for part in (ax.get_legend(), ax.xaxis.label, ax._left_title, frame):
        box = part if part is frame else part.get_window_extent()
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= paper.x1 + 1
        assert box.y1 <= paper.y1 + 1
    assert not ax.get_legend().get_window_extent().overlaps(frame)
    assert not ax.get_legend().get_window_extent().overlaps(ax.xaxis.label.get_window_extent())
    fixed = [part.get_window_extent() for part in furniture(ax)]
    assert len(fixed) >= 3
    names = [text for text in ax.texts if text.get_gid() is None and text.get_text()[-1:].isalpha()]
    labels = [text.get_window_extent() for text in names]
    for number, box in enumerate(labels):
        assert not any(box.overlaps(other) for other in [*fixed, *labels[:number]])


def saved(ax, ending="png"):
    out = io.BytesIO()
    ax.figure.savefig(out, format=ending)
    return out.getvalue()


def test_two_processes_write_the_same_bytes_without_pyplot(tmp_path: Path) -> None:
    for seed in ("1", "77"):
        (tmp_path / seed).mkdir()
        env = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", BOTH, str(tmp_path / seed)], check=True, env=env)
    names = [f"{map_}.{ending}" for map_ in "pt" for ending in ("png", "svg", "pdf")]
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "77" / name).read_bytes()
        assert (tmp_path / "1" / name).stat().st_size > 10_000


def test_order_of_rows_does_not_matter() -> None:
    incidents, strikes = make_incidents(4), make_strikes(4)
    assert saved(town(incidents, strikes)) == saved(town(incidents[::-1], strikes[::-1]))
    one = gcas.plot_province(incidents, strikes)
    assert saved(one) == saved(gcas.plot_province(incidents[::-1], strikes[::-1]))


def test_province_shows_what_the_page_shows(book, gaz) -> None:
    from matplotlib.colors import to_hex

    ax = gcas.plot_province(book.incidents, book.strikes, gazetteer=gaz, measure="killed_max")
    payload = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz, measure="killed_max").payload
    entries = legend(ax)
    for color, name in zip(payload["classes"]["colors"], payload["classes"]["names"], strict=True):
        assert any(entry.startswith(f"{name} (") for entry in entries)
        assert color in {to_hex(patch.get_facecolor()) for patch in ax.patches}
    assert "no record in these data (28)" in entries
    assert sum("/" in (patch.get_hatch() or "") for patch in ax.patches) == 28
    text = below(ax)
    for note in payload["notes"]:
        assert " ".join(note.split()) in text
    assert "Natural Earth" in text
    assert ax.get_xlim()[0] < 38 < 44.5 < ax.get_xlim()[1]  # from Raqqa to Hawijah, where records are


def test_town_shows_what_the_page_shows(book, gaz) -> None:
    options = {"gazetteer": gaz, "within_km": 10, "within_days": 1}
    ax = gcas.plot_town("Hawijah", book.incidents, book.strikes, **options)
    payload = gcas.town_map("Hawijah", book.incidents, book.strikes, **options).payload
    entries = legend(ax)
    assert "within: both wholly inside 10 km and 1 day (1 pair)" in entries
    assert "possible: may be inside 10 km and 1 day (2 pairs)" in entries
    assert payload["pairs"]["n"] == 3
    whole, broken = (
        next(h for h in ax.get_legend().legend_handles if h.get_label().startswith(name))
        for name in ("within", "possible")
    )
    assert whole.get_linestyle() != broken.get_linestyle()
    text = below(ax)
    for note in payload["notes"]:
        assert note in text
    assert (
        "hawijah-2015-06\u2069: strike reported nearby; in the releases: a near place named; "
        "background rate unknown: no other day to compare with." in text
    )
    assert "responsible for" not in text


def drawn_glyphs(text):
    """Names of the glyphs that matplotlib draws, from left to right."""
    from matplotlib.font_manager import findfont, get_font
    from matplotlib.text import Text

    figure = StillFigure()
    label = Text(0, 0, text, fontfamily="DejaVu Sans", parse_math=False)
    label.set_figure(figure)
    figure.add_artist(label)
    font = get_font(findfont("DejaVu Sans"))
    font.set_text(plain(text))
    from matplotlib._text_helpers import layout

    return [item.ft_object.get_glyph_name(item.glyph_index) for item in layout(plain(text), font)]


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    """Contextual forms, leftmost first: the last letter of the word stands left, the first one right."""
    names = drawn_glyphs("الحويجة")
    alone = [name for letter in "الحويجة" for name in drawn_glyphs(letter)]
    assert names[-1] == alone[0]  # alef joins to nothing before it and stands rightmost
    assert set(names) != set(alone)
    joined = [name for name in names if name not in alone]
    assert len(joined) >= 4
    assert len(names) == 7


def test_a_name_keeps_its_place_in_a_sentence() -> None:
    ax = town(make_incidents(1, place_text="الحويجة"), place="i0")
    assert ax.get_title(loc="left").startswith("\u200e\u2068الحويجة: incidents")
    assert isolate("الحويجة") == "\u2068الحويجة\u2069"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_drawn_as_text(text) -> None:
    shown = plain(text)
    assert len(shown) <= 60
    assert not set("\u202e\u2066\u2068\x00\u2028\ud800") & set(shown)


def test_hostile_text_everywhere(gaz) -> None:
    n = len(HOSTILE)
    texts = pd.Series(list(HOSTILE), dtype=object)
    incidents = make_incidents(n, place_text=texts, grading=texts, sources=texts)
    incidents["incident_id"] = [f"{k} {text}".encode("utf-8", "replace").decode() for k, text in enumerate(HOSTILE)]
    names = pd.Series([HOSTILE[k % n] for k in range(len(gaz.places))], index=gaz.places.index, dtype=object)
    places = gaz.places.assign(name=names, name_ar="$a_b$ \\frac{")
    hostile = SimpleNamespace(
        places=places,
        governorates=gaz.governorates.assign(name=HOSTILE[0], name_ar=HOSTILE[1]),
        countries=gaz.countries,
        attribution="$x^",
        version="{}",
        place=gaz.place,
        area=gaz.area,
        areas_at=gaz.areas_at,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        for ending in ("png", "svg", "pdf"):
            saved(town(incidents, gazetteer=hostile, title="$\\frac{1}"), ending)
        svg = saved(gcas.plot_province(incidents, make_strikes(2), gazetteer=hostile, title="</svg><script>"), "svg")
    assert b"<script" not in svg


def test_empty_unlocated_and_refused(gaz) -> None:
    empty = make_incidents(0), make_strikes(0)
    assert "No incidents and no strikes were given" in below(gcas.plot_province(*empty, gazetteer=gaz))
    assert "No incidents and no strikes were given" in below(gcas.plot_town("Hawijah", gazetteer=gaz))
    unlocated = make_incidents(2).set_geometry([None, None], crs="EPSG:4326")
    assert "Incidents without a place" in below(town(unlocated, gazetteer=gaz))
    assert "Incidents without a place" in below(gcas.plot_province(unlocated, empty[1], gazetteer=gaz))
    with pytest.raises(UnknownPlaceError):
        town(place="Atlantis", gazetteer=gaz)
    with pytest.raises(InputError, match="measure='deaths'"):
        gcas.plot_province(*empty, gazetteer=gaz, measure="deaths")


def test_outlines_and_vicinity_are_drawn_apart(gaz) -> None:
    strikes = make_strikes(3, vicinity=[False, True, False], radius_m=[500.0, 9000.0, np.nan])
    strikes.geometry = [shapely.Point(HERE), shapely.Point(HERE), shapely.box(43.6, 35.2, 43.9, 35.5)]
    ax = town(make_incidents(1), strikes, gazetteer=gaz)
    assert any("“near” a place (1)" in entry for entry in legend(ax))
    assert "A paired strike “near” a place is inside, 9 times of 10" in legend(ax)
    assert "Strike records located to an area, an outline and not a point: 1." in below(ax)
    saved(ax)


def test_axes_of_ones_own_are_used() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 6), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert gcas.plot_province(make_incidents(2), make_strikes(2), ax=left) is left
    assert town(ax=right) is right
    figure.savefig(io.BytesIO(), format="png")


def test_displaced_positions_are_said_on_the_figure(book) -> None:
    ax = gcas.plot_town(
        "Hawijah", book.incidents, book.strikes, within_km=10, within_days=0, blur_km=2, blur_seed="0123456789ab"
    )
    assert "Positions displaced by up to 2 km" in [text.get_text() for text in ax.texts]
    assert "Positions displaced by up to 2 km" in below(ax)


@pytest.mark.parametrize(("n", "finding"), [(1, "i0\u2069: "), (6, "i5\u2069: "), (7, "7 incidents. Findings: ")])
def test_a_finding_stands_with_the_official_record_and_the_background(gaz, n, finding) -> None:
    text = below(town(make_incidents(n), make_strikes(2), gazetteer=gaz))
    told = text[text.index(finding) :]
    parts = ("in the releases: ", "background rate unknown") if n < 7 else ("In the releases: ", "Background rate: ")
    assert told.index(parts[0]) < told.index(parts[1])
    if n == 7:
        assert "strike reported nearby 7. In the releases: a release missing 7." in told


def test_records_at_one_point_are_one_marker_with_their_sum(gaz) -> None:
    places = [shapely.Point(HERE)] * 150
    incidents = make_incidents(150, killed_max=[10] * 149 + [np.nan]).set_geometry(places)
    strikes = make_strikes(3, n_strikes=[1, np.nan, 7]).set_geometry([shapely.Point(HERE)] * 3)
    ax = town(incidents, strikes.set_crs("EPSG:4326"), gazetteer=gaz)
    assert {"150×", "150 incidents, killed 150–1,490", "3×", "3 strike records, 9 strikes"} <= set(on_map(ax))
    assert "Several incidents at one point; n× = records (150)" in legend(ax)
    assert sum("pairs within" in text or "pairs possible" in text for text in on_map(ax)) == 1


def test_a_number_of_two_records_is_of_two(gaz) -> None:
    ax = town(make_incidents(1, killed_max=[7]), make_strikes(1, n_strikes=[1]), gazetteer=gaz)
    assert "7" in on_map(ax)
    assert not any("records" in text for text in on_map(ax))


@pytest.mark.parametrize("xy", [(43.0, 35.3), (43.76, 36.9), (46.0, 35.32)])
def test_nothing_is_cut_on_tall_and_wide_maps(gaz, xy) -> None:
    strikes = make_strikes(1, radius_m=[300_000.0]).set_geometry([shapely.Point(xy)], crs="EPSG:4326")
    ax = town(make_incidents(1), strikes, gazetteer=gaz, title="Hawijah and what lies around it " * 5)
    assert "possible: may be inside 10 km and 0 days (1 pair)" in legend(ax)
    assert_nothing_is_cut(ax)


@pytest.mark.parametrize("dpi", [60, 72, 80, 96, 100, 150, 300])
def test_the_legend_is_whole_at_any_resolution(book, gaz, dpi) -> None:
    ax = gcas.plot_town("Hawijah", book.incidents, book.strikes, gazetteer=gaz, within_km=10, within_days=1)
    ax.figure.dpi = dpi
    assert ax.get_legend().get_window_extent().x1 <= ax.figure.bbox.x1


def test_the_province_figure_is_fitted_to_the_areas_with_records(gaz) -> None:
    ax = gcas.plot_province(make_incidents(2), make_strikes(2), gazetteer=gaz)
    assert 42 < ax.get_xlim()[0] < 43.8 < ax.get_xlim()[1] < 46
    assert_nothing_is_cut(ax)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40))
def test_markers_move_apart(points) -> None:
    at = np.array(points, dtype=float).reshape(-1, 2)
    sizes = np.full(len(at), 9.0)
    moved = at + spread(at, sizes)
    assert np.isfinite(moved).all()
    assert np.abs(moved - at).max(initial=0) < 40 * len(at) + 1
    np.testing.assert_array_equal(moved, at + spread(at, sizes))


@pytest.mark.real_data
def test_real_records_are_drawn(real_data, gaz) -> None:
    incidents = gcas.read_incidents(real_data / "airwars_syria_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    strikes = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    ax = gcas.plot_province(incidents, strikes, gazetteer=gaz, measure="killed_max")
    assert "located to a whole governorate, counted in it" in below(ax)
    ax = town(incidents, strikes, "Raqqa", gazetteer=gaz)
    assert "19 incidents, killed 36–39" in on_map(ax)
    assert sum(entry.startswith("Several") for entry in legend(ax)) == 3
    assert_nothing_is_cut(ax)
