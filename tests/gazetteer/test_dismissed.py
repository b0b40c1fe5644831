"""Places that are dismissed for their names: each is found or honestly refused, in English and Arabic alike.

``dismissed.csv`` has one case a row: the two texts, the place that both must be (empty: none may be sure; a name that
stands alone may be refused too), and places that neither may be.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import geocasualty as gcas

with (Path(__file__).parent / "dismissed.csv").open(encoding="utf-8", newline="") as _stream:
    CASES = list(csv.DictReader(_stream))


def _cases() -> list[object]:
    return [
        pytest.param(case, case[column], id=f"{language}: {case['english']}")
        for case in CASES
        for language, column in (("en", "english"), ("ar", "arabic"))
    ]


@pytest.fixture(scope="module")
def gazetteer() -> gcas.Gazetteer:
    return gcas.load_gazetteer()


@pytest.mark.parametrize(("case", "text"), _cases())
def test_a_dismissed_name_is_its_place_or_none(gazetteer, case, text):
    found = gazetteer.resolve(text)
    sure = found.best.place.place_id if found.status == "resolved" and found.best else ""
    alone = not set(text) & set(",،")
    assert sure == case["place_id"] or (alone and not sure), found.reason
    assert found.best is None or found.best.place.place_id not in case["never"].split("|")


def test_every_place_of_the_cases_is_in_the_gazetteer(gazetteer):
    known = set(gazetteer.places["place_id"])
    for case in CASES:
        named = {case["place_id"], *case["never"].split("|")} - {""}
        assert named <= known, case
        assert case["source"], case


def test_there_are_twenty_cases_and_more_in_both_languages():
    assert len(CASES) >= 20
    assert all(case["english"].isascii() and not case["arabic"].isascii() for case in CASES)
