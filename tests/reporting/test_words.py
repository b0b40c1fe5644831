"""Both languages say the same things, and numbers keep their digits."""

from __future__ import annotations

import re
import string
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocasualty.matching._limits import Window
from geocasualty.words import LANGUAGES, Words, _catalogue, cut
from tests.reporting.pages import read, written

TEMPLATES = resources.files("geocasualty.reporting").joinpath("templates")


def test_both_catalogues_have_the_same_keys_in_the_same_order_with_the_same_values():
    english, arabic = (_catalogue(language) for language in LANGUAGES)
    assert list(english) == list(arabic)
    for key in english:
        fields = [{name for _, name, _, _ in string.Formatter().parse(text[key]) if name} for text in (english, arabic)]
        if key.split(".")[-1] in ("one", "two"):  # a form of its own may leave its number out
            assert all(each <= {"n"} for each in fields), key
        else:
            assert fields[0] == fields[1], key


def test_every_sentence_is_translated_and_used():
    english, arabic = (_catalogue(language) for language in LANGUAGES)
    for key, text in arabic.items():
        letters = re.sub(r"\{\w+\}|WGS84", "", text)
        assert not re.search("[A-Za-z]", letters), key
        assert re.search("[\u0600-\u06ff]", letters) or not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", english[key]))
        assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text), key
    sources = [TEMPLATES.joinpath(name).read_text("utf-8") for name in ("report.html", "card.html")]
    sources += [path.read_text("utf-8") for path in TEMPLATES.parent.iterdir() if path.name.endswith(".py")]
    sources += [
        resources.files("geocasualty").joinpath(name).read_text("utf-8")
        for name in ("words/__init__.py", "maps/_page.py")
    ]
    said = "\n".join(sources)
    for key in english:
        stem = ".".join(key.split(".")[:-1])
        used = any(text in said for text in (f'"{key}"', f'"{stem}"', f'"{stem}.'))
        assert used, key


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
    assert [arabic.late(0, n) for n in (0, 1, 2, 3, 10, 11, 100)] == [
        "0 يوم", "يوم واحد", "يومان", "3 أيام", "10 أيام", "11 يومًا", "100 يوم",
    ]  # fmt: skip
    assert [english.late(0, n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert [english.late(n) for n in (0, 1, 2, 0.5)] == ["0 hours", "1 hour", "2 hours", "0.5 hours"]
    day, hour = Window(1.0, days=3), Window(1.0, seconds=7_200)
    assert [english.gap(gap, day) for gap in (0.0, 1.0, -1.0, 2.0, -3.0)] == [
        "same day", "next day", "day before", "\u20682 days\u2069 after", "\u20683 days\u2069 before",
    ]  # fmt: skip
    assert [english.gap(gap, hour) for gap in (0.0, 0.25, -1.0)] == [
        "same time", "\u20686 hours\u2069 after", "\u206824 hours\u2069 before",
    ]  # fmt: skip
    assert [english.range(*pair) for pair in ((None, None), (3, None), (None, 4), (2, 2), (1, 1200))] == [
        "", "at least 3", "at most 4", "2", "1 to 1,200",
    ]  # fmt: skip
    assert [english.percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


@given(st.text(max_size=600))
def test_no_text_of_data_breaks_a_sentence(text):
    shown = Words("en")("dated", day=text)
    assert f"\u2068{text}\u2069" in shown
    assert len(cut(text)) <= 400


@pytest.mark.parametrize("value", ["{0}", "{n}", "{", "%s", "{{ 7*7 }}"])
def test_braces_of_data_are_text(tmp_path, value):
    assert value in read(tmp_path, title=value).text


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_a_number_of_one_has_its_word_in_the_singular(n):
    words = Words("en")
    said = [words.background(1, n), words.late(24, n), words.late(n), words("summary.chosen", n=n)]
    for text in said:
        plain = text.replace("\u2068", "").replace("\u2069", "")
        wrong = re.search(
            r"\b1 (days|hours|incidents|records)\b" if n == 1 else rf"\b{n:,} (day|hour|incident)\b", plain
        )
        assert wrong is None, plain
    assert n < 1000 or all("1,000" in text for text in (said[0], said[3]))
