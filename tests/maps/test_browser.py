"""The pages as a person meets them, in a real Chromium."""

from __future__ import annotations

import io
import re
import unicodedata
from types import SimpleNamespace

import folium
import folium.plugins
import geopandas as gpd
import numpy as np
import pandas as pd
import pypdf
import pytest
import shapely

import geocasualty as gcas
from geocasualty.maps import OfflineMap
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.hostile import HOSTILE
from tests.maps.pictures import RED, folder, mbtiles, pmtiles, tiles_around

pytestmark = pytest.mark.browser

HERE = (43.77, 35.32)
VIEW = "document.querySelector('.gc-shell').gcView"
TEXTS = ("place_text", "grading", "dataset", "belligerents", "sources")


def column(texts):
    """Of plain objects: a lone surrogate has no place in a column of Arrow strings."""
    return pd.Series(list(texts), dtype=object)


def ids():
    """A lone surrogate is no identifier: what writes or compares ids as UTF-8 could not hold it."""
    return [f"{k} {text}".encode("utf-8", "replace").decode() for k, text in enumerate(HOSTILE)]


def hostile_frames():
    n = len(HOSTILE)
    texts = {name: column(HOSTILE) for name in TEXTS}
    incidents = make_incidents(n, **texts)
    incidents["incident_id"] = ids()
    strikes = make_strikes(n, **{k: v for k, v in texts.items() if k != "grading"}, event_group=column(HOSTILE))
    strikes["strike_id"] = ids()
    rng = np.random.default_rng(3)
    for frame in (incidents, strikes):
        frame.geometry = shapely.points(43.77 + rng.normal(0, 0.02, n), 35.32 + rng.normal(0, 0.02, n))
    return incidents, strikes


def hostile_gazetteer(gaz):
    """The bundled gazetteer with every name replaced."""

    def renamed(frame):
        names = column(HOSTILE[k % len(HOSTILE)] for k in range(len(frame))).set_axis(frame.index)
        backwards = names[::-1].set_axis(frame.index)
        frame = frame.assign(name=names, name_ar=backwards, kind=frame["kind"], note=names)
        return frame.assign(approximate=True) if "approximate" in frame else frame

    return SimpleNamespace(
        places=renamed(gaz.places),
        governorates=renamed(gaz.governorates),
        countries=renamed(gaz.countries),
        attribution=HOSTILE[0],
        version=HOSTILE[11],
        resolve=gaz.resolve,
        place=gaz.place,
        area=gaz.area,
        areas_at=gaz.areas_at,
    )


@pytest.fixture
def town(book, gaz):
    return gcas.town_map("Hawijah", book.incidents, book.strikes, gazetteer=gaz, within_km=10, within_days=1)


@pytest.fixture
def province(book, gaz):
    return gcas.province_map(book.incidents, book.strikes, gazetteer=gaz)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("name", ["town", "province"])
def test_quiet_and_nothing_overlaps(visit, request, name, size, tmp_path) -> None:
    seen = visit(request.getfixturevalue(name), *size)
    seen.page.screenshot(path=str(tmp_path / f"{name}-{size[0]}.png"))
    boxes = seen.page.evaluate(
        "[...document.querySelectorAll('.gc-label:not([hidden])')].map(e => e.getBoundingClientRect())"
        ".map(b => [b.left, b.top, b.right, b.bottom])"
    )
    assert len(boxes) > 1
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.page.locator(".gc-names [lang=ar]").count() > 0
    seen.quiet()


def test_popups_open_by_click_and_by_keyboard(visit, town) -> None:
    seen = visit(town)
    page = seen.page
    marker = page.locator(".gc-icon[aria-label^='Incident']")
    marker.click()
    card = page.locator(".gc-card")
    text = card.inner_text()
    for part in (
        "Date, local",
        "Zulu",
        "Asia/Baghdad",
        "Background rate",
        "Strike reported nearby",
        "up to 70",
        "MGRS",
    ):
        assert part in text
    assert "responsible" not in text
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    marker.focus()
    page.keyboard.press("Enter")
    card.wait_for()
    page.locator(".gc-card .gc-jump").first.click()
    page.locator(".gc-card-strike").wait_for()
    assert "00:02" in page.locator(".gc-card-strike").inner_text()
    assert "21:02" in page.locator(".gc-card-strike").inner_text()
    seen.quiet()


def test_list_opens_the_record(visit, town) -> None:
    seen = visit(town, 390, 844)
    seen.page.locator(".gc-entry").first.click()
    seen.page.locator(".gc-card-incident").wait_for()
    seen.quiet()


def test_records_at_one_point_are_one_marker_with_all_of_them_in_its_list(visit) -> None:
    incidents, strikes = make_incidents(5, killed_min=2, killed_max=3), make_strikes(7)
    for frame in (incidents, strikes):
        frame.geometry = [shapely.Point(HERE)] * len(frame)
    seen = visit(gcas.town_map(HERE, incidents, strikes, within_km=10, within_days=0))
    icons = seen.page.locator(".gc-icon")
    assert sorted(icons.evaluate_all("(all) => all.map((icon) => icon.textContent)")) == ["5×", "7×"]
    for k, rows in enumerate((5, 7)):
        box = icons.nth(k).bounding_box()
        hit = "([x, y, k]) => document.querySelectorAll('.gc-icon')[k].contains(document.elementFromPoint(x, y))"
        assert seen.page.evaluate(hit, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, k])
        icons.nth(k).click()
        assert seen.page.locator(".gc-card .gc-entry").count() == rows
        seen.page.keyboard.press("Escape")
        seen.page.locator(".leaflet-popup").wait_for(state="detached")  # it fades, and covers the next marker
    assert seen.page.locator(".gc-stack-incident").inner_text() == "5 incidents, killed 10–15"
    assert "Several incidents at one point" in seen.page.locator(".gc-legend").inner_text()
    seen.quiet()


def test_the_legend_is_of_what_is_drawn(visit, town) -> None:
    page = visit(town).page
    assert "10 km around each incident" in page.locator(".gc-legend").inner_text()
    page.evaluate(f"() => {{ const v = {VIEW}; v.map.removeLayer(v.group.limits); v.map.fire('overlayremove'); }}")
    assert "10 km around each incident" not in page.locator(".gc-legend").inner_text()


def test_no_finding_stands_alone_in_the_popup_of_an_area(visit, book, gaz) -> None:
    map_ = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz, within_km=10, within_days=1)
    seen = visit(map_)
    seen.page.get_by_role("button", name="Kirkuk").first.click()
    text = seen.page.locator(".gc-card").inner_text()
    for told in ("strike reported nearby", "cannot be excluded", "no strike nearby in the records", "not located"):
        assert told in text
    assert "a near place named" in text
    assert "only farther places named" in text
    assert "Background rate" in text
    seen.quiet()


@pytest.mark.parametrize("landscape", [False, True])
def test_paper_shows_the_whole_map(visit, town, tmp_path, landscape) -> None:
    page = visit(town, 1700, 700).page
    inside = f"""() => {{ const v = {VIEW}, b = v.map.getBounds();
        return v.parts.every((p) => p.layers.every(([, l]) => !l.getLatLng || b.contains(l.getLatLng()))); }}"""
    shape = f"() => {{ const s = {VIEW}.map.getSize(); return [s.x, s.y]; }}"
    before = page.evaluate(shape)
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(shape) == [703, 484]  # 186 by 128 mm
    assert page.evaluate(inside)
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(shape) == before
    paper = page.pdf(format="A4", landscape=landscape, print_background=True)
    assert paper.startswith(b"%PDF")
    assert page.evaluate(shape) == before


@pytest.mark.parametrize("sheet", ["A4", "Letter"])
@pytest.mark.parametrize("name", ["town", "full"])
def test_the_first_sheet_has_the_map_its_days_credit_and_whole_legend(visit, request, gaz, name, sheet) -> None:
    if name == "town":
        map_ = request.getfixturevalue(name)
    else:  # places, circles and all the classes that there are
        points = gaz.governorates.geometry.representative_point().to_numpy()[:12]
        frames = (make(len(points)).set_geometry(points, crs="EPSG:4326") for make in (make_incidents, make_strikes))
        incidents, strikes = (frame.assign(country=None) for frame in frames)
        strikes["n_strikes"] = [4.0**n for n in range(len(points))]
        for end in ("start", "end"):
            strikes[end] += pd.to_timedelta(range(len(points)), unit="W")
        map_ = gcas.province_map(incidents, strikes, gazetteer=gaz)
    page = visit(map_, color_scheme="dark").page
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format=sheet, print_background=True)))
    first = " ".join(unicodedata.normalize("NFKC", paper.pages[0].extract_text()).split())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgba(0, 0, 0, 0)",
        "rgb(255, 255, 255)",
    )
    legend = "\n".join(page.locator(":is(.gc-legend, .gc-classes, .gc-sizes):visible").all_inner_texts()).split("\n")
    days, credit = page.locator(".gc-time output").inner_text(), page.locator(".gc-printed").inner_text()
    assert len(legend) > 5
    for text in [days, credit, *legend]:
        for part in text.split("\t"):
            assert " ".join(unicodedata.normalize("NFKC", part).split()) in first
    assert "Play" not in first


def test_slider_filters_and_updates_totals(visit, province) -> None:
    seen = visit(province)
    page = seen.page
    totals = page.locator(".gc-totals dd")
    output = page.locator(".gc-time output")
    start, end = (page.get_by_label(name, exact=True) for name in ("From", "To"))
    assert totals.first.inner_text() == "4"
    start.focus()
    page.keyboard.press("ArrowRight")
    assert output.inner_text().startswith("Nov 2014 to ")
    assert totals.first.inner_text() == "4"
    end.focus()
    page.keyboard.press("Home")  # the one handle pushes the other
    assert output.inner_text().startswith("Oct 2014 ·")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("document.querySelector('.gc-time output').textContent.startsWith('Nov 2014')")
    assert totals.first.inner_text() == "1"
    page.get_by_role("button", name="All dates").click()
    assert totals.first.inner_text() == "4"
    page.get_by_label("Steps of the time slider").select_option("day")
    end.focus()
    page.keyboard.press("Home")
    assert output.inner_text().split(" ·")[0].count(" ") == 2  # a day
    seen.quiet()


def test_a_view_can_be_linked(visit, province) -> None:
    seen = visit(province)
    page = seen.page
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Party").select_option(index=1)
    page.get_by_label("From", exact=True).press("ArrowRight")
    page.locator(".leaflet-control-zoom-out").click()
    page.wait_for_url(lambda url: "party=" in url and "at=" in url)
    link, shown, zoom = page.url, page.locator(".gc-totals").inner_text(), page.evaluate(f"{VIEW}.map.getZoom()")
    page.goto("about:blank")
    page.goto(link)
    assert page.locator(".gc-totals").inner_text() == shown
    assert page.evaluate(f"{VIEW}.map.getZoom()") == zoom
    assert page.locator(".gc-filters").get_attribute("open") is not None
    seen.quiet()


@pytest.mark.parametrize(
    "text", ["from=x&to=9999-99&party=<img src=x onerror=alert(1)>&at=1,2", "at=NaN,1e9,99&finding=a", "%", "=&=&"]
)
def test_an_address_shows_no_more_than_the_page_has(visit, town, text) -> None:
    seen = visit(town)
    shown = seen.page.locator(".gc-totals").inner_text()
    seen.page.evaluate("(text) => { location.hash = text; }", text)
    seen.page.wait_for_timeout(100)
    assert seen.page.locator(".gc-totals").inner_text() == shown
    seen.quiet()


def test_search_measure_coordinates_and_layers(visit, province) -> None:
    seen = visit(province)
    page = seen.page
    page.get_by_role("searchbox").fill("الموص")
    page.get_by_role("button", name="Mosul").first.click()
    centre = page.evaluate(f"(() => {{ const c = {VIEW}.map.getCenter(); return [c.lat, c.lng]; }})()")
    assert centre == pytest.approx([36.34, 43.12], abs=0.1)
    page.mouse.move(400, 400)
    assert "MGRS 38S" in page.locator(".gc-where").inner_text()
    page.get_by_role("button", name="Measure").click()
    page.mouse.click(300, 300)
    page.mouse.click(500, 300)
    assert "km" in page.locator(".gc-measured").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".gc-measured").inner_text() == ""
    page.locator(".leaflet-control-layers").hover()
    before = page.locator(".leaflet-gc-fill-pane path").count()
    page.get_by_label("Governorates").uncheck()
    assert page.locator(".leaflet-gc-fill-pane path").count() < before
    seen.quiet()


def test_geodesy_of_the_page_agrees_with_the_package(visit, town) -> None:
    from geocasualty.geodesy import geodesic_distance_m, geodesic_offset
    from tests.grids import format_mgrs

    page = visit(town).page
    rng = np.random.default_rng(5)
    for lon, lat in zip(rng.uniform(-180, 180, 40), rng.uniform(-79, 83, 40), strict=True):
        there = geodesic_offset(float(lon), float(lat), 77.0, 12_345.0)
        got = page.evaluate("([a, b]) => geocasualty.destination(a, b, 77, 12345)", [lat, lon])
        assert float(geodesic_distance_m(*there, got[1], got[0])) < 0.01
        metres = page.evaluate("([a, b, c, d]) => geocasualty.distance(a, b, c, d)", [lat, lon, there[1], there[0]])
        assert metres == pytest.approx(12_345, abs=0.01)
        if not (56 <= lat < 84 and 0 <= lon < 42):
            text = page.evaluate("([a, b]) => geocasualty.mgrs(a, b)", [lat, lon]).replace(" ", "")
            assert text == format_mgrs(float(lon), float(lat), digits=4).replace(" ", "").lstrip("0")


def test_hostile_strings_in_a_town(visit, gaz) -> None:
    incidents, strikes = hostile_frames()
    map_ = gcas.town_map(
        HERE,
        incidents,
        strikes,
        gazetteer=hostile_gazetteer(gaz),
        within_km=10,
        within_days=0,
        title=HOSTILE[1],
    )
    seen = visit(map_)
    page = seen.page
    assert page.locator("h1").first.text_content() == HOSTILE[1]
    shown = page.evaluate(
        f"""() => {{ const v = {VIEW}, out = {{}};
        for (const kind of ['incident', 'strike']) for (const r of v[kind + 's']) {{
            v.open(kind, r);
            out[kind + parseInt(r.id)] = [...document.querySelectorAll('.gc-card')].pop().textContent; }}
        return out; }}"""
    )
    for k, text in enumerate(HOSTILE):
        for kind in ("incident", "strike"):
            assert text in shown[f"{kind}{k}"]
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.protocol + a.rel)")
    assert all(link in ("http:noopener noreferrer", "https:noopener noreferrer", "file:") for link in links)
    page.get_by_role("searchbox").fill("<")
    assert page.locator(".gc-found button").count() > 0
    seen.quiet()


def test_hostile_strings_in_a_province(visit, gaz) -> None:
    incidents, strikes = hostile_frames()
    gazetteer = hostile_gazetteer(gaz)
    seen = visit(gcas.province_map(incidents, strikes, gazetteer=gazetteer, title=HOSTILE[3]))
    page = seen.page
    for button in page.locator(".gc-table button").all()[:5]:
        if button.is_visible():
            button.click()
    page.mouse.move(300, 300)
    page.mouse.click(300, 300)
    assert page.locator("h1").first.text_content() == HOSTILE[3]
    seen.quiet()


def test_a_name_of_one_megabyte(visit) -> None:
    name = "ا<b>`${1}" * 120_000
    incidents = make_incidents(1, place_text=name, incident_id=name, sources=name, grading=name)
    seen = visit(gcas.town_map(HERE, incidents, make_strikes(1), within_km=10, within_days=0, title=name))
    seen.page.locator(".gc-icon[aria-label^='Incident']").click()
    shown = seen.page.locator(".gc-card h2 bdi")
    assert shown.text_content() == name[:2000]
    seen.page.locator(".gc-card h2").get_by_role("button", name="show more").click()
    assert shown.text_content() == name[:4000]
    seen.quiet()


def test_links_are_http_only(visit) -> None:
    sources = "https://example.org/a?b=1&c=2;javascript:alert(1);ftp://example.org/x;A report"
    seen = visit(gcas.town_map(HERE, make_incidents(1, sources=sources), make_strikes(0), within_km=1, within_days=0))
    seen.page.locator(".gc-icon").click()
    link = seen.page.locator(".gc-card a[href]")
    assert link.get_attribute("href") == "https://example.org/a?b=1&c=2"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert "javascript:alert(1)" in seen.page.locator(".gc-card").inner_text()


def test_links_that_hide_their_host_are_marked(visit) -> None:
    sources = "https://airwars.org:x@evil.invalid/a;https://аirwars.org/b;https://airwars.org/c@d"
    seen = visit(gcas.town_map(HERE, make_incidents(1, sources=sources), make_strikes(0), within_km=1, within_days=0))
    seen.page.locator(".gc-icon").click()
    text = seen.page.locator(".gc-card").inner_text()
    for address in sources.split(";"):
        assert address in text
    marks = [mark.inner_text().strip() for mark in seen.page.locator(".gc-card strong").all()]
    assert [mark for mark in marks if "→" in mark] == ["⚠ → evil.invalid", "⚠ → xn--irwars-2nf.org"]


def test_empty_maps_say_so(visit, gaz) -> None:
    for map_ in (
        gcas.town_map("Hawijah", gazetteer=gaz),
        gcas.province_map(make_incidents(0), make_strikes(0), gazetteer=gaz),
        gcas.town_map(HERE, make_incidents(0), make_strikes(0), gazetteer=gaz, within_km=5, within_days=0),
    ):
        seen = visit(map_)
        assert "No incidents and no strikes" in seen.page.locator(".gc-empty").inner_text()
        seen.quiet()


def test_layers_of_the_user_work_offline(visit) -> None:
    map_ = OfflineMap(location=(35, 43), zoom_start=7)
    folium.Marker((35, 43), popup="a <b>bold</b> word", tooltip="tip", icon=folium.Icon(color="red")).add_to(map_)
    folium.Marker((35.5, 43)).add_to(map_)
    folium.CircleMarker((35, 44), popup=folium.Popup("second")).add_to(map_)
    folium.LayerControl().add_to(map_)
    seen = visit(map_)
    seen.page.locator(".leaflet-marker-icon").first.click()
    assert seen.page.locator(".leaflet-popup-content b").inner_text() == "bold"
    seen.quiet()


HOSTILE_HTML = (
    *(text for text in HOSTILE if "<base" not in text),
    "</script><script>window.__pwned=1</script>",
    "x</script><script>window.__pwned=1</script>`;window.__pwned=1;`",
    "\\`;window.__pwned=1;`",
    "\\\\`;window.__pwned=1;//",
    "\\${window.__pwned=1}",
    "<meta http-equiv=refresh content='0;url=about:blank'>",
    "<base href=https://example.invalid/><a href=x>x</a>",
    "C:\\users\\x",
)


def test_hostile_texts_in_layers_of_the_user_run_nothing_and_ask_nothing(visit) -> None:
    map_ = OfflineMap(location=(35, 43), zoom_start=7)
    shapes = []
    for k, text in enumerate(HOSTILE_HTML):
        text = text.encode("utf-8", "replace").decode()
        group = folium.FeatureGroup(name=text.replace("__proto__", "a key that folium writes as it is")).add_to(map_)
        folium.Marker((35 + k / 100, 43), popup=text, tooltip=text, icon=folium.DivIcon(html=text)).add_to(group)
        folium.CircleMarker((35 + k / 100, 44), popup=folium.Popup(text, lazy=True)).add_to(group)
        folium.CircleMarker((35 + k / 100, 44), popup=folium.Popup(folium.Html(text, script=True))).add_to(group)
        point = {"type": "Point", "coordinates": [43.5, 35 + k / 100]}
        shapes.append({"type": "Feature", "geometry": point, "properties": {"text": text}})
    detail = {"fields": ["text"], "localize": False}
    folium.GeoJson(
        {"type": "FeatureCollection", "features": shapes},
        popup=folium.GeoJsonPopup(**detail),
        tooltip=folium.GeoJsonTooltip(**detail),
    ).add_to(map_)
    folium.LayerControl().add_to(map_)
    seen = visit(map_)
    page = seen.page
    opened = page.evaluate(
        """() => { let n = 0; const map = Object.values(window).find((v) => v instanceof L.Map);
        map.eachLayer((l) => {
          if (l.openTooltip) l.openTooltip();
          if (!l.getLatLng || l instanceof L.Tooltip || l instanceof L.Popup) return;
          l.fire("mouseover", { latlng: l.getLatLng() }, true);
          l.fire("click", { latlng: l.getLatLng() }, true);
          if (document.querySelector(".leaflet-popup")) n += 1; map.closePopup(); });
        return n; }"""
    )
    assert [text for text in seen.messages if "Content Security" not in text] == []
    assert opened == 4 * len(HOSTILE_HTML)
    page.wait_for_timeout(300)
    assert page.url.startswith("file:")
    assert page.evaluate("window.__pwned") is None
    assert seen.answered == []
    assert len(page.evaluate("window.__violations")) >= len(seen.requests)


def test_harmless_layers_and_plugins_of_the_user_report_nothing(visit) -> None:
    class Zoomed(folium.elements.MacroElement):
        _template = folium.template.Template(
            "{% macro script(this, kwargs) %}{{ this._parent.get_name() }}.setZoom(9);{% endmacro %}"
        )

    map_ = OfflineMap(location=(35, 43), zoom_start=7).accept(Zoomed)
    Zoomed().add_to(map_)
    folium.Marker((35, 43), popup="5 ` 6 ${x} <i>C:\\new</i> <!-- x -->", tooltip="a ` b").add_to(map_)
    folium.plugins.FloatImage("data:image/gif;base64,R0lGODlhAQABAAAAACw=").add_to(map_)
    folium.GeoJson({"type": "Point", "coordinates": [44, 36]}, tooltip="</script>").add_to(map_)
    seen = visit(map_)
    seen.page.locator(".leaflet-marker-icon").first.click()
    assert seen.page.locator(".leaflet-popup-content").inner_text().strip() == "5 ` 6 ${x} C:\\new"
    assert seen.page.evaluate("Object.values(window).find((v) => v instanceof L.Map).getZoom()") == 9
    seen.quiet()


def test_the_policy_lets_a_plugin_load_what_it_names(visit) -> None:
    map_ = OfflineMap(location=(35, 43), zoom_start=7)
    folium.plugins.MarkerCluster([(35, 43)]).add_to(map_)
    seen = visit(map_)
    assert any(url.endswith("leaflet.markercluster.js") for url in seen.requests)
    assert seen.page.evaluate("window.__violations") == []


def test_a_script_in_the_page_alone_is_stopped_by_the_policy(visit) -> None:
    map_ = OfflineMap(location=(35, 43), zoom_start=7)
    map_.get_root().html.add_child(folium.Element("<script>window.__pwned=1</script>"))
    seen = visit(map_)
    assert seen.page.evaluate("window.__pwned") is None
    assert len(seen.page.evaluate("window.__violations")) == 1


def test_readable_without_script(visit, town) -> None:
    seen = visit(town, java_script_enabled=False)
    assert seen.page.locator(".gc-noscript table").first.is_visible()
    assert not seen.page.locator(".gc-shell").is_visible()


def test_online_tiles_ask_their_host_and_no_other(visit, book, gaz) -> None:
    map_ = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz, tiles="OpenStreetMap")
    seen = visit(map_)
    seen.page.wait_for_function("document.querySelectorAll('.leaflet-tile').length > 0")
    assert seen.requests
    assert all(url.startswith("https://tile.openstreetmap.org/") for url in seen.requests)
    assert seen.page.evaluate("window.__violations") == []


def test_unknown_ends_and_areas_are_drawn(visit, gaz) -> None:
    incidents = make_incidents(2)
    incidents["end"] = [pd.NaT, incidents["end"].iloc[1]]
    strikes = make_strikes(2, vicinity=True, radius_m=30_000.0)
    strikes.geometry = [shapely.Point(HERE), shapely.box(43.6, 35.2, 43.9, 35.5)]
    seen = visit(gcas.town_map("i1", incidents, strikes, gazetteer=gaz, within_km=10, within_days=0))
    seen.quiet()


def test_many_strikes_at_one_point_become_one_marker(visit) -> None:
    strikes = make_strikes(200)
    strikes.geometry = [shapely.Point(HERE)] * 200
    strikes["start"] += pd.to_timedelta(range(10, 210), unit="D")
    strikes["end"] = strikes["start"] + pd.Timedelta(days=1)
    seen = visit(gcas.town_map(HERE, make_incidents(1), strikes, within_km=10, within_days=0))
    stack = seen.page.locator(".gc-icon[aria-label*='200 other strike records']")
    stack.click()
    seen.page.locator(".gc-card .gc-entry").first.click()
    assert "s0" in seen.page.locator(".gc-card-strike").inner_text()
    seen.quiet()


def test_print_hides_the_controls(visit, town) -> None:
    page = visit(town).page
    page.emulate_media(media="print")
    assert not page.locator(".leaflet-control-zoom").is_visible()
    assert page.locator(".gc-legend").is_visible()


COLOUR = """([x, y]) => { const tile = [...document.querySelectorAll('.leaflet-gc-pictures-pane img')].find(t => {
    const b = t.getBoundingClientRect();
    return !t.hidden && x >= b.left && x < b.right && y >= b.top && y < b.bottom; });
    if (!tile) return null;
    const c = document.createElement('canvas'); c.width = c.height = 1;
    c.getContext('2d').drawImage(tile, 128, 128, 1, 1, 0, 0, 1, 1);
    return [...c.getContext('2d').getImageData(0, 0, 1, 1).data]; }"""


@pytest.mark.parametrize("make", [mbtiles, pmtiles, folder])
def test_local_tiles_travel_inside_the_page(visit, gaz, tmp_path, make) -> None:
    path = make(tmp_path / "own.mbtiles", list(tiles_around(*HERE, reach=2)))
    options = {"gazetteer": gaz, "within_km": 10, "within_days": 0, "tiles": path}
    seen = visit(gcas.town_map(HERE, make_incidents(1), make_strikes(1), **options))
    page = seen.page
    for zoom in (9, 10, 12):  # the last beyond the file's, whose finest picture is then enlarged
        page.evaluate(f"{VIEW}.map.setView([{HERE[1]}, {HERE[0]}], {zoom}, {{animate: false}}) && 0")
        page.wait_for_function("[...document.querySelectorAll('.leaflet-gc-pictures-pane img')].some(t => t.complete)")
        page.wait_for_timeout(400)
        native = min(zoom, 10)
        row = next(iter(tiles_around(*HERE, zooms=[native], reach=0)))[2]
        centre = page.evaluate(
            f"(() => {{ const v = {VIEW}.map, b = v.getContainer().getBoundingClientRect();"
            f" const p = v.latLngToContainerPoint([{HERE[1]}, {HERE[0]}]); return [b.left + p.x, b.top + p.y]; }})()"
        )
        assert page.evaluate(COLOUR, centre) == [RED[native], 160, row % 256, 255]
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("Local background").uncheck()
    assert page.locator(".leaflet-gc-pictures-pane img").count() == 0
    seen.quiet()


def test_hostile_names_of_tiles_are_text(visit, tmp_path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", tiles_around(*HERE, zooms=[8]), name=HOSTILE[11], attribution=HOSTILE[12])
    map_ = gcas.town_map(HERE, make_incidents(1), make_strikes(1), within_km=10, within_days=0, tiles=path)
    seen = visit(map_)
    seen.page.locator(".leaflet-control-layers").hover()
    assert HOSTILE[11] in seen.page.locator(".leaflet-control-layers").inner_text()
    assert HOSTILE[12] in seen.page.locator(".gc-credit").inner_text()
    seen.quiet()


def test_rivers_and_lakes_lie_underneath_and_can_be_left_out(visit, province) -> None:
    seen = visit(province)
    waters = seen.page.locator(".leaflet-gc-water-pane path")
    assert waters.count() >= 10
    seen.page.locator(".leaflet-control-layers").hover()
    seen.page.get_by_label("Rivers and lakes").uncheck()
    assert waters.count() == 0
    seen.quiet()


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_displaced_positions_are_said_on_the_map(visit, book, gaz, size) -> None:
    options = {"gazetteer": gaz, "blur_km": 5, "blur_seed": "kept by the analyst"}
    for map_ in (
        gcas.town_map("Hawijah", book.incidents, book.strikes, within_km=10, within_days=0, **options),
        gcas.province_map(book.incidents, book.strikes, **options),
    ):
        seen = visit(map_, *size)
        banner = seen.page.locator(".gc-blurred")
        assert banner.is_visible()
        assert banner.inner_text() == "Positions displaced by up to 5 km"
        seen.quiet()


def test_own_areas_name_themselves(visit, gaz) -> None:
    areas = gpd.GeoDataFrame(
        {"name": HOSTILE[:2], "name_ar": HOSTILE[2:4], "approximate": True, "note": HOSTILE[11:13]},
        geometry=[shapely.box(43.0, 35.0, 43.77, 36.0), shapely.box(43.77, 35.0, 45.0, 36.0)],
        crs="EPSG:4326",
    )
    seen = visit(gcas.province_map(make_incidents(3), make_strikes(3), gazetteer=gaz, areas=areas))
    side = seen.page.locator(".gc-side").inner_text()
    assert "By area" in side
    assert "areas with a record" in side
    seen.page.locator(".gc-table button").filter(has_text=HOSTILE[1][:20]).first.click()
    card = seen.page.locator(".gc-card").inner_text()
    assert "Approximate boundary." in card
    assert HOSTILE[12] in card
    seen.quiet()


def test_decisions_of_an_analyst_show(visit, book, gaz) -> None:
    ids = gcas.match(book.incidents, book.strikes, within_km=10, within_days=1)
    ids = ids[(ids["incident_id"] == "hawijah-2015-06") & (ids["relation"] == "within")]
    review = pd.DataFrame(
        {
            "incident_id": "hawijah-2015-06",
            "strike_id": ids["strike_id"],
            "decision": "reject",
            "analyst": "A. Nalyst",
            "date": "2026-11-21",
            "note": "another town",
        }
    )
    options = {"gazetteer": gaz, "within_km": 10, "within_days": 1}
    seen = visit(gcas.town_map("Hawijah", book.incidents, book.strikes, review=review, **options))
    assert "no pair, an analyst rejected it" in seen.page.locator(".gc-notes").inner_text()
    totals = seen.page.locator(".gc-totals div").all_inner_texts()
    assert totals[-2:] == ["pairs within\n0", "possible pairs\n2"]
    seen.page.locator(".gc-icon[aria-label^='Incident']").click()
    assert "another town" in seen.page.locator(".gc-card").inner_text()
    seen.quiet()


def test_each_line_of_the_legend_stands_alone(visit) -> None:
    incidents, strikes = make_incidents(2), make_strikes(2, radius_m=30_000.0)
    for frame in (incidents, strikes):
        frame.geometry = [shapely.Point(HERE)] * 2
    lines = visit(gcas.town_map(HERE, incidents, strikes, within_km=10, within_days=0)).page.locator(".gc-legend li")
    said = [line for line in lines.all_inner_texts() if line]
    assert "Several strike records that pair, at one point; n = records" in "\n".join(said)
    assert re.search("possible: may be inside 10 km and .*day", "\n".join(said))
    assert [line for line in said if {"such", "them"} & set(line.split())] == []
