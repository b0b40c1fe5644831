"""One table of findings, and that whoever speaks of them has it from there."""

import json

from geocasualty.maps._page import _asset, _looks
from geocasualty.matching import FINDINGS
from geocasualty.matching.findings import NEARBY, NO_COVERAGE, TABLE, UNLOCATED
from geocasualty.words import LANGUAGES, Words
from tests.conftest import ROOT


def test_the_order_is_from_the_strongest_to_the_one_that_says_least():
    assert FINDINGS == (NEARBY, "cannot-exclude", "none-in-records", NO_COVERAGE, UNLOCATED)


def test_each_finding_has_its_words_in_every_language():
    for language in LANGUAGES:
        words = Words(language)
        for finding in TABLE:
            assert words(f"finding.{finding.id}") == finding.name[language]
            assert words(f"meaning.{finding.id}") == finding.sentence[language]
            assert set(finding.name) == set(finding.sentence) == set(LANGUAGES)


def test_maps_take_titles_and_marks_from_the_table():
    script = _asset("records.js")
    for finding in TABLE:
        assert json.dumps(finding.title) in script
        assert (
            f".gc-f-{finding.id} {{ border-color: {finding.look.mark}; border-left-style: {finding.look.mark_line}"
            in _looks()
        )


def test_no_catalogue_style_or_page_states_a_finding_again():
    files = [
        path
        for folder in ("maps", "reporting", "words")
        for path in (ROOT / "geocasualty" / folder).rglob("*")
        if path.suffix in (".py", ".json", ".css", ".js", ".html")
    ]
    for path in (*files, ROOT / "docs" / "reference" / "codebooks.md"):
        text = path.read_text("utf-8")
        for name in (NEARBY, "none-in-records", NO_COVERAGE):
            assert name not in text, (path, name)
