"""Rules of building that hold for any input: containment, repetition, tags."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geocasualty.gazetteer._containment import AreaTree
from geocasualty.gazetteer.building import build_gazetteer
from geocasualty.gazetteer.building._features import hstore
from geocasualty.gazetteer.building._footprint import clean_polygon, covering_radius, middle
from geocasualty.gazetteer.building._record import language_of, tidy_name

AREAS = [
    ("a", shapely.box(0, 0, 10, 10)),
    ("b", shapely.box(2, 2, 4, 4)),
    ("c", shapely.box(4, 2, 6, 4)),
    ("d", shapely.MultiPolygon([shapely.box(20, 0, 21, 1), shapely.box(30, 0, 31, 1)])),
]


def test_containment_is_that_of_trying_every_area():
    draw = np.random.default_rng(7)
    lon = np.concatenate([draw.uniform(-1, 32, 2000), [4.0, 2.0, 10.0, 21.0, 50.0]])
    lat = np.concatenate([draw.uniform(-1, 11, 2000), [3.0, 2.0, 10.0, 0.5, 50.0]])
    found = AreaTree(AREAS).find(lon, lat)
    for x, y, place_id in zip(lon, lat, found, strict=True):
        held = [(polygon.area, key) for key, polygon in AREAS if polygon.intersects(shapely.Point(x, y))]
        assert place_id == (min(held)[1] if held else "")
    assert found[-5:] == ["b", "b", "a", "d", ""]


def test_no_areas_and_no_points():
    assert AreaTree([]).find([1.0], [1.0]) == [""]
    assert AreaTree(AREAS).find([], []) == []


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1, max_size=12)
ROWS = st.lists(st.tuples(NAMES, st.floats(38, 48), st.floats(30, 37)), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_the_same_table_twice_gives_no_place_twice(rows):
    lines = ["name\tlon\tlat", "Tall Zabarjad\t43.5\t35.4"]
    lines += ['"' + name.replace('"', '""') + f'"\t{lon!r}\t{lat!r}' for name, lon, lat in rows]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = [folder / "one.csv", folder / "two.csv"]
        for file in files:
            file.write_text("\n".join(lines), encoding="utf-8")
        once = build_gazetteer(folder / "once.gpkg", csv=files[:1], with_bundled=False)
        twice = build_gazetteer(folder / "twice.gpkg", csv=files, with_bundled=False)
        assert once.n_places + once.actions.get("merged", 0) + once.actions.get("rejected", 0) == len(rows) + 1
        assert twice.n_places <= once.n_places + unkeyed(rows)


def unkeyed(rows):
    """Names that no key is made of, such as digits in a circle or rare scripts, are never joined."""
    from geocasualty.gazetteer.names import fold_key

    return sum(not fold_key(name) for name, _, _ in rows)


def test_outlines_are_cleaned_and_measured():
    bow = shapely.Polygon([(43, 35), (44, 36), (44, 35), (43, 36)])
    assert clean_polygon(bow).is_valid
    assert clean_polygon(shapely.Point(1, 1)) is None
    assert clean_polygon(shapely.Polygon()) is None
    assert clean_polygon(None) is None
    square = clean_polygon(shapely.box(43.0, 35.0, 43.2, 35.2))
    assert middle(square) == (43.1, 35.1)
    assert covering_radius(square, *middle(square)) == pytest.approx(11_500, abs=500)


@pytest.mark.parametrize(
    ("name", "given_language", "language"),
    [
        ("کەرکووک", "ku", "ckb"), ("کەرکووک", "", "ckb"), ("Kerkûk", "ku", "ku"), ("كركوك", "", "ar"),
        ("Kirkuk", "", ""), ("کرکوک", "", ""), ("Kirkuk", "EN", "en"),
    ],
)  # fmt: skip
def test_languages(name, given_language, language):
    assert language_of(name, given_language) == language


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Tall  Abyad ", "Tall Abyad"),
        ("...", ""),
        (None, ""),
        ("x" * 201, ""),
        ("a\x07b", ""),
        ("می\u200cرد", "می\u200cرد"),
    ],
)
def test_names_are_tidied(text, name):
    assert tidy_name(text) == name


def test_hostile_tags():
    assert hstore("") == {}
    assert hstore('"a"=>"b') == {}
    assert hstore('"a"=>NULL,"b"=>"c=>\\"d"') == {"b": 'c=>"d'}
    assert hstore('"' * 20_000) == {}
