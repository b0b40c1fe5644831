"""The report as PDF: its contents say where its parts stand, cards are whole, and what cannot be printed is said."""

from __future__ import annotations

import os
import re
import stat
import sys
import unicodedata
from html import unescape

import pandas as pd
import pypdf
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError, OutputError
from geocasualty.reporting import _printed
from geocasualty.words import Words
from tests.find_browser import find
from tests.maps.conftest import make_incidents, make_strikes
from tests.reporting.pages import LIMITS, Reader

N = 14


def claims(count=N):
    """Claims of as many days, each with a strike of its own."""
    days = [pd.Timestamp("2015-06-02 21:00", tz="UTC") + pd.Timedelta(days=40 * n) for n in range(count)]
    when = {"start": days, "end": [day + pd.Timedelta(days=1) for day in days]}
    ours = make_incidents(count, **when, incident_id=[f"claim-{n:02}" for n in range(count)])
    return ours, make_strikes(count, **when, strike_id=[f"strike-{n:02}" for n in range(count)])


def told(text):
    """A text in plain letters: fonts draw "ffi" as one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def paper(browser, tmp_path_factory):
    """Both forms of one report, and the texts of the pages of the printed one."""
    folder = tmp_path_factory.mktemp("paper")
    page = gcas.report(*claims(), path=folder / "report.html", **LIMITS).read_text("utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_printed.NAMED_IN, str(find()))
        gcas.report(*claims(), path=folder / "report.pdf", **LIMITS)
        first = (folder / "report.pdf").read_bytes()
        gcas.report(*claims(), path=folder / "report.pdf", **LIMITS)
    assert [path.name for path in sorted(folder.iterdir())] == ["report.html", "report.pdf"]
    reader = pypdf.PdfReader(folder / "report.pdf")
    return page, reader, [told(each.extract_text()) for each in reader.pages], first


def marks(reader, outline=None):
    """The bookmarks with the pages that they lead to: titles in their order."""
    found = []
    for each in reader.outline if outline is None else outline:
        found += (
            marks(reader, each)
            if isinstance(each, list)
            else [(each.title, reader.get_destination_page_number(each) + 1)]
        )
    return found


@pytest.mark.browser
def test_each_number_in_the_contents_is_that_of_the_page_where_the_heading_stands(paper):
    page, reader, texts, _ = paper
    nav = page.partition('<nav id="contents">')[2].partition("</nav>")[0]
    entries = [" ".join(unescape(text).split()) for text in re.findall(r'<a href="#[\w-]+">(.*?)</a>', nav)]
    assert len(entries) == 15
    places, rest = marks(reader), texts[0]
    for entry in entries:
        rest = rest.partition(entry)[2]
        said = int(re.match(r"\s*(\d+)", rest)[1])
        # Chromium writes the bookmark of a heading at the top of a page twice over
        assert {said} == {number for title, number in places if title.lower().startswith(entry.lower())}, entry
        assert entry.lower() in texts[said - 1].lower()
    assert len({number for _, number in places}) > 5
    assert (
        "What was published, and for how many incidents Contents" not in texts[0]
    )  # the contents have a page to themselves
    assert "Annex" not in rest  # nothing but the contents is on their page


@pytest.mark.browser
def test_a_line_of_the_lists_says_the_page_of_its_card_and_no_card_is_cut(paper):
    _, reader, texts, _ = paper
    places, whole = dict(marks(reader)), " ".join(texts)
    for n in range(N):
        (card,) = [number for title, number in places.items() if f"claim-{n:02}" in title]
        assert re.search(rf"claim-{n:02} p\. {card}\b", whole)
        for last in (f"claim-{n:02} · ", f"strike-{n:02}"):  # its head and its table, the last thing on it
            assert last in texts[card - 1]
        rows = texts[card - 1].partition(f"strike-{n:02}")[2]
        assert re.search(r"\b(within|possible)\b", rows)  # the last column
    assert len({places[title] for title in places if "claim-" in title}) > 3


@pytest.mark.browser
def test_pages_are_numbered_tagged_and_the_same_each_time(paper):
    _, reader, texts, first = paper
    assert [f"{n} / {len(texts)}" in text for n, text in enumerate(texts, start=1)] == [True] * len(texts)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata.title == Reader(paper[0]).text.partition(" Limits")[0]
    assert reader.metadata.creation_date is None
    assert reader.pages[0].mediabox.width == pytest.approx(595, abs=1)
    reader.stream.seek(0)
    assert reader.stream.read() == first


def test_what_is_printed_without_numbers_has_no_mark_of_them(tmp_path):
    page = gcas.report(*claims(2), path=tmp_path / "report.html", **LIMITS).read_text("utf-8")
    assert "data-page=" not in page
    assert "target-counter" not in page


def test_links_in_tables_say_a_word_and_those_of_the_contents_none():
    link, back = '<a href="#a">A</a>', '<a class="back" href="#a">C</a>'
    contents, row = (link.replace(">A", f' data-page="{said}">A') for said in ("12", "p. 12"))
    page = _printed._numbered(f"<nav>{link}</nav>{link}{back}", {"a": 12}, Words("en"))
    assert page == f"<nav>{contents}</nav>{row}{back}"


def program(folder, text):
    """A browser that is none."""
    path = folder / "browser"
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_without_a_browser_one_line_says_what_to_do_before_any_work(tmp_path, monkeypatch):
    monkeypatch.delenv(_printed.NAMED_IN, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_printed, "ON_MAC", str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"none was found; install one, or name it in GEOCASUALTY_BROWSER, or write"):
        gcas.report(None, None, path=tmp_path / "report.pdf", **LIMITS)
    monkeypatch.setenv(_printed.NAMED_IN, "absent")
    with pytest.raises(InputError, match="GEOCASUALTY_BROWSER names 'absent', which is no program"):
        gcas.report(None, None, path=tmp_path / "report.pdf", **LIMITS)
    assert list(tmp_path.iterdir()) == []
    named = program(tmp_path, "")
    monkeypatch.setenv(_printed.NAMED_IN, str(named))
    assert _printed.browser() == str(named)


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("import sys; sys.exit('no display')", "printed no report: no display"),
        ("", "printed no report: 0"),
        ("import time; time.sleep(60)", "cannot print the report: .*timed out"),
    ],
)
def test_a_browser_that_prints_nothing_leaves_nothing(tmp_path, monkeypatch, does, says):
    monkeypatch.setattr(_printed, "SECONDS", 3)
    monkeypatch.setenv(_printed.NAMED_IN, str(program(tmp_path, does)))
    before = set(os.listdir(tmp_path))
    with pytest.raises(OutputError, match=says):
        gcas.report(*claims(1), path=tmp_path / "report.pdf", **LIMITS)
    assert set(os.listdir(tmp_path)) == before


def test_numbers_that_move_at_each_print_are_an_error_and_no_wrong_contents(tmp_path, monkeypatch):
    monkeypatch.setenv(_printed.NAMED_IN, sys.executable)
    monkeypatch.setattr(_printed, "_print", lambda *_: b"")
    found = iter(range(2, 100))
    monkeypatch.setattr(_printed, "_pages", lambda _, names: dict.fromkeys(names, next(found)))
    with pytest.raises(OutputError, match="do not come to rest"):
        _printed.printed(b'<a href="#a">A</a>', Words("en"))
    assert next(found) == 2 + _printed.ROUNDS
    monkeypatch.setattr(_printed, "_pages", lambda _, names: dict.fromkeys(names, 3))
    assert _printed.printed(b'<a href="#a">A</a>', Words("en")) == b""


def test_days_of_printing_are_taken_out_and_a_title_of_that_form_stays(monkeypatch):
    monkeypatch.setenv(_printed.NAMED_IN, sys.executable)
    title = rb"<</Title (/CreationDate \(D:1\))"
    monkeypatch.setattr(_printed, "_print", lambda *_: title + b"/CreationDate (D:20261127133758+00'00')>>")
    monkeypatch.setattr(_printed, "_pages", lambda _, names: names)
    made = _printed.printed(b"", Words("en"))
    assert made.startswith(title)
    assert b"2026" not in made
    assert len(made) == len(title) + 41
