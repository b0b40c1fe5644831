"""Who can use a page: by keyboard, with weak sight, with things that move switched off, on a phone."""

from __future__ import annotations

import pytest

import geocasualty as gcas
from tests.maps.conftest import make_incidents, make_strikes

pytestmark = pytest.mark.browser

CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => (v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map(linear)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = [];
  for (const node of document.querySelectorAll('.gc-head *, .gc-side *, .gc-foot *, .gc-card *, .gc-credit')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || node.closest('svg, :disabled') || !node.getClientRects().length) continue;
    let behind = [255, 255, 255];
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3) { behind = colour; break; }
    }
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind)].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), node.textContent.slice(0, 40)]);
  }
  return found; }"""


@pytest.fixture
def maps(book, gaz):
    return [
        gcas.town_map("Hawijah", book.incidents, book.strikes, gazetteer=gaz, within_km=10, within_days=0),
        gcas.province_map(book.incidents, book.strikes, gazetteer=gaz),
    ]


def test_text_stands_out_from_what_is_behind_it(visit, maps) -> None:
    for map_ in maps:
        page = visit(map_).page
        page.locator(".gc-entry, .gc-table button").first.click()
        page.locator(".gc-card").wait_for()
        found = page.evaluate(CONTRAST)
        assert len(found) > 30
        assert [text for ratio, text in found if ratio < 4.5] == []


def test_everything_is_reached_by_keyboard_and_seen_to_be(visit, maps) -> None:
    for map_ in maps:
        page = visit(map_).page
        reached, seen = set(), 0
        for _ in range(120):
            page.keyboard.press("Tab")
            name, outline = page.evaluate(
                "() => { const a = document.activeElement, s = getComputedStyle(a);"
                " return [a.type === 'search' ? 'search' : a.type === 'range' ? 'slider' : a.className.toString()"
                " || a.textContent, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1]; }"
            )
            reached.add(name.split(" ")[0])
            seen += outline or page.evaluate("document.activeElement === document.body")
        assert {"search", "slider", "leaflet-control-zoom-in", "leaflet-control-layers-toggle"} <= reached
        assert seen == 120


def test_nothing_moves_by_itself_where_motion_is_not_wanted(visit, maps) -> None:
    page = visit(maps[1], reduced_motion="reduce").page
    out = page.locator(".gc-time output")
    page.get_by_role("button", name="Next").click()
    first = out.inner_text()
    page.wait_for_timeout(2_000)
    assert out.inner_text() == first
    page.get_by_role("button", name="Next").click()
    assert out.inner_text() != first


def test_a_popup_on_a_phone_is_not_covered(visit, maps) -> None:
    page = visit(maps[0], 390, 844).page
    page.locator(".gc-icon[aria-label^='Incident']").click()
    popup = page.locator(".leaflet-popup-content-wrapper")
    box = None
    while box != (box := popup.bounding_box()):  # until the map has moved so far that the popup is in sight
        page.wait_for_timeout(300)
    hit = "([x, y]) => !!document.elementFromPoint(x, y).closest('.leaflet-popup')"
    for x in (box["x"] + 12, box["x"] + box["width"] - 12):
        for y in (box["y"] + 12, box["y"] + 60, box["y"] + 110):
            assert page.evaluate(hit, [x, y])
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-control-zoom").is_visible()


def test_many_strikes_at_a_point_leave_its_incidents_in_sight(visit) -> None:
    strikes = make_strikes(200, belligerents="Iraq")
    strikes.geometry = [make_incidents(1).geometry[0]] * 200
    incidents = make_incidents(2, belligerents="Coalition")
    page = visit(gcas.town_map((43.77, 35.32), incidents, strikes, within_km=10, within_days=0)).page
    shifts = page.evaluate("document.querySelector('.gc-shell').gcView.stacks.map((s) => s.marker.gcShift)")
    assert len(shifts) == 1
    assert abs(shifts[0][0]) + abs(shifts[0][1]) > 10
