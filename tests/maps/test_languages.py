"""Pages in other languages than English: Arabic, and one made up whose every word tells that it was translated."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import geocasualty as gcas
from tests.circled import add_circled
from tests.maps.conftest import make_incidents, make_strikes

pytestmark = pytest.mark.browser

ENGLISH = re.compile(r"[A-Za-z]{2,}")
SHOWN = """(names) => {
  const out = [], data = names + "[dir=ltr] .gc-names, span[dir=ltr], .gc-where, .gc-credit, .gc-printed, .gc-names";
  const walk = document.createTreeWalker(document.querySelector(".gc-shell"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(data)) out.push(walk.currentNode.data);
  const named = ["title", "aria-label", "placeholder", "aria-valuetext"];
  for (const node of document.querySelectorAll(".gc-shell *"))
    for (const name of named) out.push(node.getAttribute(name) || "");
  return out;
}"""


@pytest.fixture
def circled(tmp_path, monkeypatch):
    return add_circled(tmp_path, monkeypatch)


def records():
    """Records whose own texts hold no letter of English, with every kind of mark that a town map has."""
    quiet = {"place_text": "Б", "belligerents": "Б;В", "dataset": "Б", "sources": "Б", "timezone": "UTC"}
    incidents = make_incidents(5, **quiet, grading=["fair", "weak", None, "fair", "confirmed"])
    incidents["incident_id"] = [f"{k}" for k in range(5)]
    incidents["vicinity"] = [False, True, False, False, False]
    incidents["killed_max"] = [1.0, None, 3.0, 1200.0, 2.0]
    incidents.geometry = [incidents.geometry[k] for k in (0, 1, 2, 3, 3)]
    strikes = make_strikes(6, **quiet, event_group="1", n_rows=2.0)
    strikes["strike_id"] = [f"{k}" for k in range(6)]
    strikes["vicinity"] = [False, True, False, False, False, False]
    strikes.geometry = [strikes.geometry[k] for k in (0, 1, 2, 3, 3, 3)]
    strikes.loc[3:, ["start", "end"]] += pd.Timedelta(days=9)
    return incidents, strikes


def spoken(seen, names):
    """What the page has said by the time that all of it was opened."""
    page, texts = seen.page, []

    def hear():
        texts.extend(page.evaluate(SHOWN, names))

    hear()
    page.evaluate("document.querySelectorAll('details').forEach((box) => (box.open = true))")
    for place in [*page.locator(".gc-entry").all(), *page.locator(".gc-table button:visible").all()[:3]]:
        place.click()
        hear()
        page.keyboard.press("Escape")
    for marker in page.locator(".gc-icon").all():
        marker.dispatch_event("click")
        hear()
    page.keyboard.press("Escape")
    page.locator(".gc-search input").fill("Ж" * 3)
    page.locator(".gc-measure button").click()
    page.locator(".gc-time button").first.click()
    page.locator(".leaflet-control-layers-toggle").focus()
    hear()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    hear()
    return texts


@pytest.mark.parametrize("kind", ["town", "province", "explore"])
def test_a_page_says_nothing_that_its_catalogue_does_not(visit, gaz, circled, kind) -> None:
    incidents, strikes = records()
    limits = {"within_km": 5, "within_days": 1}
    if kind == "town":
        map_ = gcas.town_map((43.77, 35.32), incidents, strikes, gazetteer=gaz, language=circled, **limits)
    elif kind == "province":
        map_ = gcas.province_map(incidents, strikes, gazetteer=gaz, language=circled, **limits)
    else:
        map_ = gcas.province_map(incidents, strikes, gazetteer=gaz, language=circled)
        frame = incidents[["incident_id", "geometry", "radius_m"]].set_axis(["1", "geometry", "radius_m"], axis=1)
        gcas.explore(frame, "1", m=map_, name="Ж", gazetteer=gaz)
    seen = visit(map_)
    seen.quiet()
    names = "" if kind == "town" else "bdi, "  # of areas, which are those of the gazetteer
    bare = {
        re.sub("\u2068[^\u2069]*\u2069|\\(UTC\\)|MGRS.*|Leaflet|[0-9a-f]{12}", "", text) for text in spoken(seen, names)
    }
    assert {text for text in bare if ENGLISH.search(text)} == set()


def test_an_arabic_page_reads_from_right_to_left(visit, book, gaz) -> None:
    given = {"gazetteer": gaz, "within_km": 10, "within_days": 1, "language": "ar"}
    seen = visit(gcas.town_map("Hawijah", book.incidents, book.strikes, **given))
    page = seen.page
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    assert page.locator("h1").inner_text().startswith("الحويجة")
    assert "العراق" in page.locator("body").inner_text()
    both = [name.split("\n") for name in page.locator(".gc-names").all_inner_texts() if "\n" in name]
    assert both
    assert all(re.search("[\u0621-\u064a]", upper) for upper, _ in both)
    side, stage = (page.locator(name).bounding_box() for name in (".gc-side", ".gc-stage"))
    assert side["x"] + side["width"] <= stage["x"] + 1
    page.locator(".gc-entry").first.click()
    assert page.locator(".gc-card").get_attribute("dir") == "rtl"
    seen.quiet()
