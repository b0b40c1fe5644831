"""Figures speak the language that is asked for, each by its catalogue alone, and read in its direction."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import geocasualty as gcas
from tests.circled import ENGLISH, add_circled
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.test_heatmap import made
from tests.maps.test_plots import two_sided

QUIET = {"place_text": "Б", "belligerents": "Б;В", "dataset": "Б", "sources": "Б"}
DATA = re.compile("Places: GeoNames.*?Natural Earth|Natural Earth's polygon.*Approximate[.]|Baghdad")
FIGURES = ["town", "many", "province", "killed", "share", "sensitivity", "lift", "tally", "published"]


def frames(n):
    incidents, strikes = make_incidents(n, **QUIET), make_strikes(n + 1, **QUIET)
    incidents["incident_id"], strikes["strike_id"] = ([f"{k}" for k in range(len(f))] for f in (incidents, strikes))
    incidents["vicinity"] = [k == 1 for k in range(n)]
    strikes.geometry = [strikes.geometry[min(k, 2)] for k in range(n + 1)]
    strikes.loc[3:, ["start", "end"]] += pd.Timedelta(days=9)
    return incidents, strikes


def drawn(kind, language):
    limits = {"within_km": 5, "within_days": 1}
    if kind in ("town", "many"):
        incidents, strikes = frames(4 if kind == "town" else 14)
        blur = {} if kind == "town" else {"blur_km": 5, "blur_seed": "a long enough seed of ours"}
        place = (43.77, 35.32) if kind == "town" else "0"
        return gcas.plot_town(place, incidents, strikes, language=language, **limits, **blur)
    if kind in ("province", "killed", "share"):
        measure = {"province": "strikes", "killed": "killed_max", "share": "share_nearby"}[kind]
        options = {"measure": measure, "language": language} | (limits if kind == "share" else {})
        return gcas.plot_province(*frames(4), **options)
    if kind in ("sensitivity", "lift"):
        measure = "share_possible" if kind == "sensitivity" else "lift_within"
        return gcas.maps.plot_sensitivity(made(), measure=measure, language=language)
    if kind == "tally":
        return gcas.maps.plot_tally(two_sided(), "incidents", language=language)
    row = {"as_of": "2020", "who_counts": "Б", "what": "Б", "by_whom": "Б", "region": "Б", "min": 3, "max": None}
    own = {"own_min": None, "own_max": 4, "own_records": 2, "own_unknown": 1}
    table = pd.DataFrame([row | own, row | own | {"min": None, "max": 9}, row | own | {"min": None}])
    return gcas.maps.plot_figures(table, language=language)


def said(ax):
    """All writing but the names of places, which stand on the map of a town or a province."""
    parts = [ax.get_title(loc=side) for side in ("left", "right")]
    parts += [ax.get_xlabel(), ax.get_ylabel()]
    parts += [label.get_text() for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
    if ax.get_legend():
        parts += [ax.get_legend().get_title().get_text(), *(text.get_text() for text in ax.get_legend().get_texts())]
    if not len(ax.get_xticks()):
        return [*parts, *(text.get_text() for text in ax.texts if text.get_bbox_patch() is not None)]
    return [*parts, *(text.get_text() for text in ax.texts)]


@pytest.mark.filterwarnings("ignore:Glyph")  # the font lacks letters in circles
@pytest.mark.parametrize("kind", FIGURES)
def test_no_english_is_left_on_a_figure(tmp_path, monkeypatch, kind) -> None:
    ax = drawn(kind, add_circled(tmp_path, monkeypatch))
    texts = " \u200e".join(text.replace("\n", " ").replace("\u200e", "") for text in said(ax))
    theirs = {"Coalition", "Russia"} if kind == "tally" else set()
    assert set(ENGLISH.findall(DATA.sub("", texts))) - theirs == set()
    assert set(ENGLISH.findall(" ".join(said(drawn(kind, "en"))))) - theirs  # which would be found


@pytest.mark.parametrize("kind", FIGURES)
def test_an_arabic_figure_reads_from_right_to_left_and_is_not_cut(kind) -> None:
    ax = drawn(kind, "ar")
    assert ax.get_title(loc="right")
    assert not ax.get_title(loc="left")
    if kind in ("town", "many", "province", "killed", "share"):
        ax.figure.draw_without_rendering()
        paper = ax.figure.bbox
        for part in (ax.get_legend(), ax.xaxis.label, ax._right_title):
            box = part.get_window_extent()
            assert box.x0 >= -1
            assert box.x1 <= paper.x1 + 1
        assert all(text.get_text().startswith("\u200f") for text in ax.get_legend().get_texts())
