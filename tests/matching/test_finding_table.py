"""One table of findings, and that whoever speaks of them has it from there."""

from geocasualty.maps._page import _looks
from geocasualty.matching import FINDINGS
from geocasualty.matching.findings import NEARBY, NO_COVERAGE, TABLE, UNLOCATED
from geocasualty.words import Words, languages
from tests.conftest import ROOT


def test_the_order_is_from_the_strongest_to_the_one_that_says_least():
    assert FINDINGS == (NEARBY, "cannot-exclude", "none-in-records", NO_COVERAGE, UNLOCATED)


def test_each_finding_has_its_words_in_every_language():
    for language in languages():
        words = Words(language)
        for start in ("finding.", "meaning.", "finding.title."):
            assert {finding.id for finding in TABLE} <= set(words.said(start))
        assert list(words.page()["texts"]) == [key for key in words.said("") if key in words.page()["texts"]]


def test_maps_name_findings_in_the_order_of_the_table_and_take_their_marks_from_it():
    assert list(Words("en").said("finding.title.")) == [finding.id for finding in TABLE]
    for finding in TABLE:
        assert f".gc-f-{finding.id} {{ border-color: {finding.look.mark}; border-inline-start-style: " in _looks()


def test_no_style_or_page_states_a_finding_again():
    files = [
        path
        for folder in ("maps", "reporting")
        for path in (ROOT / "geocasualty" / folder).rglob("*")
        if path.suffix in (".py", ".json", ".css", ".js", ".html")
    ]
    for path in (*files, ROOT / "docs" / "reference" / "codebooks.md"):
        text = path.read_text("utf-8")
        for name in (NEARBY, "none-in-records", NO_COVERAGE):
            assert name not in text, (path, name)
