"""Both languages say the same things, and numbers keep their digits."""

from __future__ import annotations

import re
import string
import unicodedata
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.matching._limits import Window
from geocasualty.words import Words, cut, languages
from tests.reporting.pages import read, written

REORDER = {"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")


def is_form(key, texts, forms):
    """Whether a text is one for some numbers of another."""
    stem, _, form = key.rpartition(".")
    return form in forms and stem in texts


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_has_every_sentence_with_the_same_values(language):
    english, texts = Words("en").said(""), Words(language).said("")
    forms = {key.removeprefix("plural.") for key in texts if key.startswith("plural.")}
    base = [key for key in texts if not key.startswith("plural.") and not is_form(key, texts, forms)]
    assert base == [key for key in english if not key.startswith("plural.") and not is_form(key, english, {"one"})]
    for key, text in texts.items():
        stem = key.rpartition(".")[0]
        if stem == "plural":
            continue
        sentence = english.get(key, english.get(stem, ""))
        fields = [{name for _, name, _, _ in string.Formatter().parse(each) if name} for each in (sentence, text)]
        assert fields[0] ^ fields[1] <= ({"n"} if is_form(key, texts, forms) else set()), key


def test_every_sentence_is_translated_and_used():
    english, arabic = Words("en").said(""), Words("ar").said("")
    for key, text in arabic.items():
        if key == "direction" or key.startswith("plural."):
            continue
        letters = re.sub(r"\{\w+\}|WGS84|UTC|Natural Earth|(?<= )n(?= =)", "", text)
        assert not re.search("[A-Za-z]", letters), key
        assert re.search("[\u0600-\u06ff]", letters) or not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", english[key]))
        assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text), key
    package = resources.files("geocasualty")
    folders = ("matching", "maps", "maps/assets", "reporting", "reporting/templates", "words")
    paths = [path for name in folders for path in package.joinpath(*name.split("/")).iterdir()]
    said = "\n".join(path.read_text("utf-8") for path in paths if path.name.endswith((".py", ".js", ".html")))
    for key in english:
        key = key.removesuffix(".one")
        stem = ".".join(key.split(".")[:-1])
        names = [key, key.removeprefix("map."), key.removeprefix("map.term."), key.removeprefix("map.layer.")]
        names += [key.removeprefix("map.table."), key.removeprefix("map.legend."), key.removeprefix("statement.")]
        starts = [stem, stem.removeprefix("map."), key.split(".")[0]]
        used = any(f'"{name}' in said for name in names) or any(
            f'"{start}{end}' in said for start in starts if start and start != "map" for end in ('"', '."', ".{")
        )
        assert used, key


def test_the_script_of_a_map_asks_for_no_sentence_that_is_not_there():
    folder, texts = resources.files("geocasualty.maps").joinpath("assets"), Words("en").page()["texts"]
    for path in folder.iterdir():
        asked = re.findall(r'gc\.(?:t|say)\("([^"]+)"([^+)]?)', path.read_text("utf-8"))
        for key, _ in asked:
            assert f"map.{key}" in texts or (
                key.endswith((".", "_")) and any(k.startswith(f"map.{key}") for k in texts)
            ), key


def test_an_arabic_report_reads_from_right_to_left(tmp_path):
    page = written(tmp_path, language="ar")
    assert '<html lang="ar" dir="rtl">' in page
    seen = read(tmp_path, language="ar")
    assert "ما لا تقوله النتائج" in seen.text
    assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", page)
    ours = re.sub(r"<bdi[^>]*>.*?</bdi>|<[^>]*>|[\u2068].*?[\u2069]", " ", page.split("<body>")[1], flags=re.DOTALL)
    left = set(re.findall("[A-Za-z]{4,}", ours)) - {"SHA", "WGS", "geocasualty", "Places", "GeoNames", "UCDP"}
    credit = {"airportsdata", "boundaries", "Natural", "Earth", "rivers", "lakes"}  # of the gazetteer, as it asks
    assert left <= credit


def test_the_forms_of_numbers():
    arabic, english = Words("ar"), Words("en")
    assert [arabic("unit.days", n=n) for n in (0, 1, 2, 3, 10, 11, 100)] == [
        "0 يوم", "يوم واحد", "يومان", "3 أيام", "10 أيام", "11 يومًا", "100 يوم",
    ]  # fmt: skip
    assert [english("unit.days", n=n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    late = [Window(0.0, seconds=seconds).late() for seconds in (0, 3600, 7200, 1800)]
    assert [english.tell(said) for said in late] == ["0 hours", "1 hour", "2 hours", "0.5 hours"]
    day, hour = Window(1.0, days=3), Window(1.0, seconds=7_200)
    assert [english.tell(day.gap(gap)) for gap in (0.0, 1.0, -1.0, 2.0, -3.0)] == [
        "same day", "next day", "day before", "2 days after", "3 days before",
    ]  # fmt: skip
    assert [english.tell(hour.gap(gap)) for gap in (0.0, 0.25, -1.0)] == [
        "same time", "6 hours after", "24 hours before",
    ]  # fmt: skip
    assert [english.range(*pair) for pair in ((None, None), (3, None), (None, 4), (2, 2), (1, 1200))] == [
        "", "at least 3", "at most 4", "2", "1 to 1,200",
    ]  # fmt: skip
    assert [english.percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


@given(st.text(max_size=600))
def test_no_text_of_data_breaks_a_sentence(text):
    shown = Words("en")("dated", day=text)
    reorders = any(unicodedata.bidirectional(char) in REORDER for char in text)
    assert (f"\u2068{text}\u2069" if reorders and not ISOLATED.search(text) else text) in shown
    assert len(cut(text)) <= 400


@pytest.mark.parametrize("value", ["{0}", "{n}", "{", "%s", "{{ 7*7 }}"])
def test_braces_of_data_are_text(tmp_path, value):
    assert value in read(tmp_path, title=value).text


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_a_number_of_one_has_its_word_in_the_singular(n):
    words = Words("en")
    said = [words.background(1, n), words("unit.days", n=n), words("unit.hours", n=n), words("summary.chosen", n=n)]
    for text in said:
        plain = text.replace("\u2068", "").replace("\u2069", "")
        wrong = re.search(
            r"\b1 (days|hours|incidents|records)\b" if n == 1 else rf"\b{n:,} (day|hour|incident)\b", plain
        )
        assert wrong is None, plain
    assert n < 1000 or all("1,000" in text for text in said)
