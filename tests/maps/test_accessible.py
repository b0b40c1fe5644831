"""Pages for readers who do not see them, or use no pointer, by the rules of axe-core."""

from __future__ import annotations

from importlib import resources

import pytest

import geocasualty as gcas

pytestmark = pytest.mark.browser
SETTLED = "async () => { await Promise.all(document.getAnimations().map((each) => each.finished)); }"
LIMITS = {"within_km": 10, "within_days": 1}


@pytest.fixture
def axe() -> str:
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    return resources.files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


def grave(page, axe: str) -> list[str]:
    """What axe finds that is serious or critical."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_grave_finding(visit, book, gaz, axe, scheme, language) -> None:
    given = {"gazetteer": gaz, "language": language, **LIMITS}
    for map_ in (
        gcas.town_map("Hawijah", book.incidents, book.strikes, **given),
        gcas.province_map(book.incidents, book.strikes, **given),
        gcas.explore(book.incidents, "grading", gazetteer=gaz, language=language),
    ):
        page = visit(map_, color_scheme=scheme).page
        assert grave(page, axe) == []
        for entry in page.locator(".gc-entry, .gc-table button:visible").all()[:1]:
            entry.click()
            page.evaluate(SETTLED)
            assert grave(page, axe) == []


def test_a_card_opens_by_enter_closes_by_escape_and_gives_the_focus_back(visit, book, gaz) -> None:
    page = visit(gcas.town_map("Hawijah", book.incidents, book.strikes, gazetteer=gaz, **LIMITS)).page
    entry = page.locator(".gc-entry").first
    entry.focus()
    page.keyboard.press("Enter")
    card = page.locator(".gc-card")
    assert card.get_attribute("aria-label") == f"\u2068{card.locator('h3').text_content()}\u2069"
    assert page.evaluate("document.activeElement.className") == "leaflet-popup-close-button"
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert entry.evaluate("node => node === document.activeElement")
