"""Pages for readers who do not see them, or use no pointer, by the rules of axe-core."""

from __future__ import annotations

from importlib import resources

import folium
import pytest

import geocasualty as gcas

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
        for part in page.locator(".gc-filters summary").all():
            part.click()
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
