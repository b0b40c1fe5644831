"""Pages for readers who do not see them, or use no pointer, by the rules of axe-core."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise

import folium
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from tests.maps.conftest import make_incidents, make_strikes

pytestmark = pytest.mark.browser
RANKS = ("moderate", "serious", "critical")
FOLIUM = {"landmark-one-main", "page-has-heading-one", "region"}
"""What a page of folium's own lacks: a heading, and an element that says which part of it is the main one."""
SETTLED = """async () => { const fading = ".leaflet-popup[style*='opacity: 0']";
    while (document.getAnimations().length || document.querySelector(fading)) await new Promise(requestAnimationFrame);
    }"""
LIMITS = {"within_km": 10, "within_days": 1}


@pytest.fixture
def axe() -> str:
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    return resources.files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


def grave(page, axe: str) -> list[str]:
    """What axe finds that is more than minor, once nothing moves or fades."""
    page.evaluate(SETTLED)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in RANKS]


class Made:
    """What the fixture can save as it saves a map."""

    def __init__(self, save) -> None:
        self.save = save


@pytest.mark.parametrize(
    ("scheme", "language", "size"),
    [
        ("light", "en", (1280, 800)),
        ("light", "ar", (390, 844)),
        ("dark", "en", (390, 844)),
        ("dark", "ar", (1280, 800)),
    ],
)
def test_no_grave_finding(visit, book, gaz, axe, scheme, language, size) -> None:
    given = {"gazetteer": gaz, "language": language}
    assessed = gcas.assess(book.incidents, book.strikes, **LIMITS)
    town = gcas.town_map(
        "Hawijah", book.incidents, book.strikes, blur_km=5, blur_seed="kept by the analyst", **given, **LIMITS
    )
    for map_ in (
        town,
        assessed.map(**given),
        gcas.explore(book.incidents, "grading", **given),
        Made(lambda path: assessed.report(path, language=language)),
        Made(lambda path: gcas.offline(town, path)),
    ):
        page = visit(map_, *size, color_scheme=scheme).page
        page.evaluate("document.querySelectorAll('.gc-section').forEach((each) => { each.open = true; })")
        assert grave(page, axe) == []
        for entry in page.locator(".gc-entry, .gc-table button:visible").all()[:1]:
            entry.click()
            assert grave(page, axe) == []
            page.keyboard.press("Escape")
        for search in page.get_by_role("searchbox").all()[:1]:
            search.fill("a")
            assert grave(page, axe) == []


@pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_of_a_foreign_map_only_what_folium_writes_is_wrong(visit, axe, scheme) -> None:
    map_ = folium.Map((35.3, 43.8), zoom_start=9, tiles=None)
    folium.Marker((35.3, 43.8), popup="A town", tooltip="here").add_to(map_)
    page = visit(Made(lambda path: gcas.offline(map_, path)), color_scheme=scheme).page
    assert {found.partition(":")[0] for found in grave(page, axe)} <= FOLIUM


def test_a_card_opens_by_enter_closes_by_escape_and_gives_the_focus_back(visit, book, gaz) -> None:
    page = visit(gcas.town_map("Hawijah", book.incidents, book.strikes, gazetteer=gaz, **LIMITS)).page
    entry = page.locator(".gc-entry").first
    entry.focus()
    page.keyboard.press("Enter")
    card = page.locator(".gc-card")
    assert card.get_attribute("aria-label") == f"\u2068{card.locator('h2').text_content()}\u2069"
    assert page.evaluate("document.activeElement.className") == "leaflet-popup-close-button"
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert entry.evaluate("node => node === document.activeElement")


AT = """() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
    window.__met = window.__met || new Map();
    if (!window.__met.has(e)) window.__met.set(e, window.__met.size);
    const part = e.closest('.leaflet-control-container, .leaflet-marker-pane, .gc-head, .gc-stage, .gc-foot, .gc-side');
    const kind = e.classList.contains('gc-icon') ? e.getAttribute('aria-label').slice(0, 6) : '';
    return { key: window.__met.get(e), body: e === document.body, part: part ? part.className + kind : '', top: b.top,
        left: b.left, seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
        name: (e.getAttribute('aria-label') || e.textContent || e.title || e.labels && e.labels.length) }; }"""
REACHED = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter(
    (e) => !e.disabled && e.checkVisibility({ visibilityProperty: true })).length"""


def walked(page, key: str) -> list[dict]:
    """Where the focus goes by one key, from outside the page until it leaves it."""
    met = []
    while len(met) < 400:
        page.keyboard.press(key)
        at = page.evaluate(AT)
        if at["body"] or (met and at["key"] == met[0]["key"]):
            break
        met.append(at)
    return met


def several(n: int):
    """Records about a town at points of their own, so that each has a marker and lists are long."""
    frames = make_incidents(n), make_strikes(n)
    for frame, by in zip(frames, (0.013, 0.017), strict=True):
        frame.geometry = [shapely.Point(43.7 + by * (7 * k % n), 35.3 + by * (3 * k % n)) for k in range(n)]
        frame["start"] += pd.to_timedelta(range(n), unit="D")
        frame["end"] = frame["start"] + pd.Timedelta(days=1)
    return frames


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("name", ["town", "province"])
def test_tab_reaches_every_control_once_in_the_order_in_which_it_is_seen(visit, book, gaz, name, size) -> None:
    if name == "town":
        map_ = gcas.town_map("Hawijah", *several(12), gazetteer=gaz, within_km=60, within_days=1)
    else:
        map_ = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz, **LIMITS)
    page = visit(map_, *size).page
    reached = page.evaluate(REACHED)
    met = walked(page, "Tab")
    assert len({at["key"] for at in met}) == len(met) == reached
    assert [at for at in met if not (at["seen"] and at["name"])] == []
    parts = [at["part"] for at in met]
    assert len(list(dict.fromkeys(parts))) == sum(a != b for a, b in pairwise(["", *parts]))
    for part in {at["part"] for at in met if "control-container" not in at["part"]}:  # its corners are four columns
        rows = [at for at in met if at["part"] == part and "gc-side" not in part]
        assert all(b["top"] > a["top"] - 30 for a, b in pairwise(rows))
    page.evaluate("() => document.activeElement.blur()")
    assert [at["key"] for at in walked(page, "Shift+Tab")] == [at["key"] for at in reversed(met)]


def test_the_keyboard_skips_the_map_and_long_lists(visit, gaz) -> None:
    page = visit(gcas.town_map("Hawijah", *several(12), gazetteer=gaz, within_km=60, within_days=1)).page
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    assert page.locator(".gc-skip").first.is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.gc-foot') !== null")
    for skip in page.locator(".gc-side .gc-skip").all():
        section = skip.evaluate_handle("node => node.closest('.gc-section')")
        skip.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("(box) => box.nextElementSibling.contains(document.activeElement)", section)


def test_escape_closes_what_enter_opened_and_gives_the_focus_back(visit, book, gaz) -> None:
    page = visit(gcas.town_map("Hawijah", book.incidents, book.strikes, gazetteer=gaz, **LIMITS)).page
    layers = page.get_by_role("button", name="Layers")
    layers.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert page.locator(".leaflet-control-layers input").first.is_checked() is False
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-control-layers-expanded").count() == 0
    assert layers.evaluate("node => node === document.activeElement")
    search = page.get_by_role("searchbox")
    search.fill("mos")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.gc-found') !== null")
    page.keyboard.press("Escape")
    assert page.locator(".gc-found li").count() == 0
    assert search.evaluate("node => node === document.activeElement")


def test_filters_work_by_arrow_keys(visit, book, gaz) -> None:
    page = visit(gcas.province_map(book.incidents, book.strikes, gazetteer=gaz, **LIMITS)).page
    page.locator(".gc-filters summary").focus()
    page.keyboard.press("Enter")
    finding = page.get_by_label("Finding")
    finding.focus()
    page.keyboard.press("ArrowDown")
    assert finding.input_value() != ""
    assert int(page.locator(".gc-totals dd").first.inner_text()) < 4
