"""What a notebook shows of the objects of the package: light, as text, without a script."""

import dataclasses
import re

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty._shown import MOST_CELL, MOST_ROWS, html_table
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.hostile import HOSTILE

MOST = 30_000
"""Characters of one display."""


@pytest.fixture
def displays(book, gaz):
    n = 300
    texts = [HOSTILE[k % len(HOSTILE)].encode("utf-8", "replace").decode() * 20 for k in range(n)]
    column = pd.Series(texts, dtype=object)
    incidents = make_incidents(n, place_text=column, grading=column)
    incidents["incident_id"] = [f"{k} {text}" for k, text in enumerate(texts)]
    strikes = make_strikes(n, place_text=column)
    strikes["strike_id"] = [f"{k} {text}" for k, text in enumerate(texts)]
    place = dataclasses.replace(
        gaz.resolve("Hawijah").best.place, name=texts[0], note=texts[1], names={"ar": texts[2]}, source=texts[3]
    )
    return {
        "assessment": gcas.assess(incidents, strikes, within_km=10, within_days=1),
        "casebook": gcas.datasets.Casebook(incidents, strikes),
        "place": place,
        "claim": gcas.check("Hawijah", "2015-06-03", strikes, within_km=10, within_days=0, gazetteer=gaz),
        "report": gcas.read_report(book.incidents),
        "resolution": gaz.resolve(HOSTILE[0]),
    }


@pytest.mark.parametrize("name", ["assessment", "casebook", "place", "claim", "report", "resolution"])
def test_a_display_is_light_and_holds_text_alone(displays, name):
    shown = displays[name]._repr_html_()
    assert 50 < len(shown) <= MOST
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z]+)", shown)}
    assert tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "div", "b"}
    assert not re.search(r"<[^>]*\son\w+\s*=", shown)


def test_a_claim_shows_its_finding_and_stays_a_row(book, gaz):
    claim = gcas.check("Hawijah", "2015-06-03", book.strikes, within_km=10, within_days=0, gazetteer=gaz)
    assert "strike-reported-nearby" in claim._repr_html_()
    assert isinstance(claim, pd.Series)
    assert type(claim.head(3)) is pd.Series


def test_displays_name_what_they_show(book, gaz):
    assert "hawijah-2015-06" in book._repr_html_()
    result = gcas.assess(book.incidents, book.strikes, within_km=10, within_days=1)
    assert "hawijah-2015-06" in result._repr_html_()
    assert "35.3" in gaz.resolve("Hawijah").best.place._repr_html_()
    assert "4 of 4 rows" in gcas.read_report(book.incidents)._repr_html_()


def test_long_tables_and_cells_are_cut_and_say_so():
    table = html_table("x", [("y" * (MOST_CELL + 1),)] * (MOST_ROWS + 3))
    assert table.count("<tr>") == MOST_ROWS + 1
    assert "and 3 more" in table
    assert "y" * (MOST_CELL - 1) + "…" in table
    assert "y" * MOST_CELL not in table
