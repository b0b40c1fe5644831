"""Who held the ground, from a shell."""

import io

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from tests.cli.running import INCIDENTS, STRIKES

OUTLINES = gpd.GeoDataFrame(
    {"holder": ["A"], "from": ["2015-06-01"], "to": ["2015-06-30"]}, geometry=[shapely.box(43, 35, 44, 36)], crs=4326
)


@pytest.fixture
def outlines(tmp_path):
    OUTLINES.to_file(tmp_path / "outlines.geojson")
    return tmp_path / "outlines.geojson"


def test_the_printed_holders_are_those_of_the_function(here, outlines, book):
    status, printed, complaint = here("held", INCIDENTS, "--control", outlines)
    assert (status, complaint) == (0, "")
    table = pd.read_csv(io.StringIO(printed), keep_default_na=False)
    expected = gcas.who_held(book.incidents, OUTLINES)
    assert table.to_dict("list") == expected.to_dict("list")
    assert "A" in table["holder"].tolist()


def test_the_printed_shares_are_those_of_the_function(here, outlines):
    status, printed, _ = here("held", "--control", outlines, "--place", "Hawijah", "--date", "2015-06-03", "--json")
    assert status == 0
    table = pd.read_json(io.StringIO(printed))
    expected = gcas.share_held("Hawijah", "2015-06-03", control=OUTLINES)
    assert table["share_min"].tolist() == pytest.approx(expected["share_min"].tolist())


@pytest.mark.parametrize(
    "words",
    [
        [],
        [INCIDENTS, "--place", "Hawijah", "--date", "2015-06-03"],
        ["--place", "Hawijah"],
        [INCIDENTS, "--date", "2015-06-03"],
    ],
)
def test_one_thing_is_asked_at_once(here, outlines, words):
    status, printed, complaint = here("held", *words, "--control", outlines)
    assert (status, printed) == (2, "")
    assert "give a file of incidents, or --place and --date" in complaint


def test_maps_draw_the_ground(here, outlines, tmp_path):
    limits = ["--within-km", "10", "--within-days", "0"]
    for words in (["province"], ["town", "Hawijah"]):
        page = tmp_path / f"{words[0]}.html"
        here("map", *words, INCIDENTS, STRIKES, *limits, "--control", outlines, "-o", page)
        assert '"control":{"holders":[{"name":"A"' in page.read_text("utf-8")
