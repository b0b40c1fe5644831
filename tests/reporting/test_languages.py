"""A report in a third language: one file, and no English is left."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.reporting._report import LIBRARIES
from geocasualty.words import Words
from tests.circled import ENGLISH, add_circled
from tests.matching.test_reasons import INCIDENTS, STRIKES, coverage
from tests.reporting.pages import written

DATA = r"<text.*?</text>|<[^>]*>"
NAMES = {"SHA", "WGS", "MGRS", "UTC", *LIBRARIES}


def records(make, rows, role):
    frame = make(role, rows).assign(place_text="Б", dataset="Б", row=1, sources="Б", n_strikes=2, precision="town")
    frame[f"{role}_id"] = [str(n) for n in range(len(frame))]
    every = {"grading": "not_yet_assessed", "killed_min": 1, "killed_max": 3, "flags": "placeholder;unused-words"}
    return frame.assign(**every) if role == "incident" else frame


@pytest.fixture
def made(tmp_path, monkeypatch):
    from tests.matching.frames import records as make

    incidents, strikes = records(make, INCIDENTS, "incident"), records(make, STRIKES, "strike")
    given = {"incident_id": ["0", "1"], "mgrs": ["38S LE 294 094", "38S"], "assessment": ["not_yet_assessed"] * 2}
    answers = gcas.assessed_places(incidents, pd.DataFrame(given))
    review = pd.DataFrame({"incident_id": ["8"], "strike_id": ["0"], "decision": ["accept"]})
    language = add_circled(tmp_path, monkeypatch)
    rejected = pd.DataFrame([{"row": 1, "column": "Б", "value": "Б", "reason": "Б"}])
    options = {"answers": answers, "review": review, "coverage": coverage(), "rejected": rejected}
    return language, incidents, strikes, options


def test_no_english_is_left_on_a_report(tmp_path, made):
    language, incidents, strikes, options = made
    page = written(tmp_path, incidents, strikes, language=language, **options)
    body = page.split("<body>")[1].replace("</p>\n</section>\n</body>", "")
    body = re.sub(r'<p class="quiet" dir="ltr" lang="en">.*', "", body)
    named = re.findall(r'(?:aria-label|data-label|title)="([^"]*)"', body)
    texts = re.sub(DATA, " ", body, flags=re.DOTALL)
    assert set(ENGLISH.findall(" ".join([texts, *named]))) - NAMES == set()


def test_codes_are_words_on_a_card(tmp_path, made):
    _, incidents, strikes, options = made
    for language in ("en", "ar"):
        words = Words(language)
        page = written(tmp_path, incidents, strikes, language=language, **options)
        for code in ("not_yet_assessed", "town"):
            assert words.code(code) in page
        assert "not_yet_assessed" not in page
        assert words("flag.unused-words") in page
        assert words("flag.meaning.unused-words") in page.replace("&#39;", "'")
