"""The page in a real browser: nothing runs, nothing is asked for, nothing is cut, on a screen and on paper."""

from __future__ import annotations

import pandas as pd
import pytest

import geocasualty as gcas
from tests.maps.conftest import make_incidents, make_strikes, visit
from tests.maps.hostile import HOSTILE
from tests.reporting.pages import LIMITS, Reader

__all__ = ["visit"]

pytestmark = pytest.mark.browser
N = len(HOSTILE)


class Made:
    """A report that the fixture can save."""

    def __init__(self, *frames, **options):
        self.frames, self.options = frames, options

    def save(self, path):
        gcas.report(*self.frames, path=path, **(LIMITS | self.options))


def hostile() -> Made:
    said = pd.Series(HOSTILE, dtype=object)  # as text, pandas refuses a lone surrogate
    ids = pd.Series([text.replace("\ud800", "D800") for text in HOSTILE], dtype=object)  # which no identifier holds
    texts = ("place_text", "sources", "grading", "belligerents", "location_reason", "flags", "dataset", "precision")
    names = dict.fromkeys(texts, said) | {"assessment": said, "incident_id": ids}
    names |= dict.fromkeys(("belligerents", "dataset", "reader"), ids)
    incidents = make_incidents(N).assign(**names)
    incidents.loc[incidents.index[::7], "geometry"] = None
    names = dict.fromkeys(("place_text", "sources", "record_text"), said) | {"strike_id": ids}
    strikes = make_strikes(N).assign(**names)
    review = pd.DataFrame({"incident_id": ids, "strike_id": ids[::-1].to_numpy(), "decision": "accept"})
    review = review.assign(analyst=said, date=said, note=said)
    rejected = pd.DataFrame(dict.fromkeys(("file", "row", "column", "value", "reason"), said))
    options = {"title": HOSTILE[1], "dated": HOSTILE[2], "belligerents": "any"}
    return Made(incidents, strikes, review=review, rejected=rejected, **options)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_texts_in_every_field_stay_text(visit, tmp_path, language):
    made = hostile()
    made.options["language"] = language
    seen = visit(made)
    seen.page.wait_for_timeout(200)
    seen.quiet()
    seen.page.evaluate("document.querySelectorAll('.card').forEach(card => card.scrollIntoView())")
    seen.page.emulate_media(media="print")
    seen.page.wait_for_timeout(200)
    seen.quiet()
    assert seen.page.locator("article.card").count() == N
    assert seen.page.locator("script, iframe, object, embed, base, form, link, img, input, video").count() == 0
    page = Reader((tmp_path / "0.html").read_bytes().decode("utf-8"))
    assert all(link.startswith(("#", "https://", "http://")) for link in page.links)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(visit, book, width):
    seen = visit(Made(book.incidents, book.strikes), width=width)
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.quiet()


def test_every_card_has_its_map_without_a_script(visit, book):
    seen = visit(Made(book.incidents, book.strikes), java_script_enabled=True)
    located = int(book.incidents.geometry.notna().sum())
    assert seen.page.locator(".card figure svg").count() == located
    seen.page.locator("a[href='#i2']").click()
    assert seen.page.evaluate("location.hash") == "#i2"
    box = seen.page.locator("#i2 figure svg").bounding_box()
    assert box["width"] > 200
    assert box["height"] == pytest.approx(box["width"] * 3 / 4, rel=0.02)


def test_on_paper_no_row_is_cut_and_heads_repeat(visit, tmp_path):
    strikes = make_strikes(40, record_text="words of the release " * 10)
    strikes.geometry = [make_incidents(1).geometry.iloc[0]] * 40
    seen = visit(Made(make_incidents(2), strikes))
    seen.page.emulate_media(media="print")
    style = "e => { const s = getComputedStyle(e); return [s.breakInside, s.display]; }"
    assert seen.page.locator(".annex").evaluate("e => getComputedStyle(e).breakBefore") == "page"
    for selector in (".card", ".pairs tr", ".index tr", ".parties tr", ".grid", ".card figure"):
        assert seen.page.locator(selector).first.evaluate(style)[0] == "avoid"
    assert seen.page.locator(".pairs thead").first.evaluate(style)[1] == "table-header-group"
    paper = seen.page.pdf(prefer_css_page_size=True, print_background=True)
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") >= 4
    seen.quiet()
