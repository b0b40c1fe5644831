"""Any folium map as one file: what it asked for stands in it, or is named."""

from __future__ import annotations

import os
import re
import warnings

import folium
import pytest
from folium import plugins

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.maps._offline import MAX_ASSET
from geocasualty.maps._policy import external
from tests.maps.conftest import make_incidents, make_strikes

ASSETS = os.environ.get("GEOCASUALTY_PLUGINS")
"""A folder with the plugins' own files, as `npm install` lays them out; without it they are named as lacking."""

HERE = (35.3, 43.8)
PATH = [(35.3 + 0.01 * n, 43.8 + 0.01 * n) for n in range(20)]
POINT = {"type": "Point", "coordinates": [43.8, 35.3]}
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"time": f"2015-06-0{day}", "name": "x"}, "geometry": POINT} for day in (1, 2)
    ],
}


def plain(*layers, tiles=None):
    map_ = folium.Map(HERE, zoom_start=9, tiles=tiles)
    map_.options["maxZoom"] = 18
    for layer in layers:
        layer.add_to(map_)
    return map_


def written(map_, tmp_path, **options):
    """The page, and what was said of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        page = gcas.offline(map_, tmp_path / "m.html", **options).read_text(encoding="utf-8")
    return page, [str(each.message) for each in caught if each.category is GeocasualtyWarning]


def folder(tmp_path, **files):
    for name, content in files.items():
        path = tmp_path / "assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "assets"


class Asking(folium.MacroElement):
    """A plugin that asks for one script and one style."""

    def __init__(self, script, style):
        super().__init__()
        self.addresses = script, style

    def render(self, **kwargs):
        head = self.get_root().header
        head.add_child(folium.JavascriptLink(self.addresses[0]), name="asked")
        head.add_child(folium.CssLink(self.addresses[1]), name="asked_css")


NPM = ("https://cdn.jsdelivr.net/npm/thing@1.2.3/dist/thing.min.js", "https://unpkg.com/thing/dist/thing.css")


def test_a_plain_map_needs_no_more_than_is_installed(tmp_path):
    page, said = written(plain(folium.Marker(HERE, popup="A town", tooltip="here")), tmp_path)
    assert external(page) == []
    assert [line for line in said if "jquery" not in line] == []
    assert "small script of this package stands in for it" in said[0]


def test_the_same_map_gives_the_same_bytes(tmp_path):
    one, _ = written(plain(folium.Marker(HERE, popup="x")), tmp_path)
    other, _ = written(plain(folium.Marker(HERE, popup="x")), tmp_path)
    assert one == other
    assert not re.search(r"[0-9a-f]{32}", one.split("<body>")[1])


@pytest.mark.parametrize(
    "where", ["thing/dist/", "node_modules/thing/dist/", "cdn.jsdelivr.net/npm/thing@1.2.3/dist/", "anything/thing/"]
)
def test_files_are_found_as_npm_a_mirror_or_anybody_lays_them_out(tmp_path, where):
    assets = folder(tmp_path, **{f"{where}thing.min.js": "window.thing = 1;", f"{where}thing.css": ".thing {}"})
    page, said = written(plain(Asking(*NPM)), tmp_path, assets=assets)
    assert "window.thing = 1;" in page
    assert ".thing {}" in page
    assert not any("thing" in line for line in said if "lacks" in line)


def test_a_file_of_another_package_is_not_taken(tmp_path):
    assets = folder(tmp_path, **{"other/dist/index.js": "window.other = 1;"})
    page, said = written(
        plain(Asking("https://cdn.jsdelivr.net/npm/thing@1/index.js", NPM[1])), tmp_path, assets=assets
    )
    assert "window.other" not in page
    assert "thing@1/index.js" in said[0]


def test_pictures_and_fonts_of_a_style_go_into_it_and_what_is_lacking_is_named(tmp_path):
    style = (
        '@import "more.css"; .a { background: url(img/a.png) } .b { background: url("b.png?x") }'
        "@font-face { src: url(f.woff2), url(f.ttf) } .c { background: url(../../../secret.png) }"
    )
    (tmp_path / "secret.png").write_bytes(b"secret")
    assets = folder(
        tmp_path,
        **{"thing/dist/thing.min.js": "1;", "thing/dist/thing.css": style, "thing/dist/more.css": ".more {}",
           "thing/dist/img/a.png": b"\x89PNG", "thing/dist/f.woff2": b"font", "thing/dist/f.ttf": b"older"},
    )  # fmt: skip
    page, said = written(plain(Asking(*NPM)), tmp_path, assets=assets)
    assert "url(data:image/png;base64,iVBORw==)" in page
    assert ".more {}" in page
    assert "url(data:font/woff2;base64,Zm9udA==)" in page
    assert "b2xkZXI=" not in page
    assert "c2VjcmV0" not in page
    assert "b.png?x in thing.css" in said[0]
    assert "../../../secret.png in thing.css" in said[0]
    assert "font-src data:" in page


def test_a_script_cannot_end_itself(tmp_path):
    assets = folder(tmp_path, **{"thing/dist/thing.min.js": 'x = "</script><b>";', "thing/dist/thing.css": "a{}"})
    page, _ = written(plain(Asking(*NPM)), tmp_path, assets=assets)
    assert '"<\\/script><b>"' in page


def test_what_is_lacking_is_dropped_left_or_an_error(tmp_path):
    map_ = plain(Asking(*NPM), tiles="OpenStreetMap")
    page, said = written(map_, tmp_path)
    assert not any("thing" in url for _, url in external(page))
    assert "img-src data:;" in page or "img-src data:&quot;" in page or re.search(r"img-src data:(;|\")", page)
    for url in (*NPM, "tile.openstreetmap.org"):
        assert url in said[0]
    assert "it lacks, and shows nothing of" in said[0]
    page, said = written(map_, tmp_path, missing="leave")
    assert {url for _, url in external(page)} == set(NPM)
    assert "it still asks the network for" in said[0]
    assert "https://tile.openstreetmap.org" in page.split("</head>")[0]
    before = (tmp_path / "m.html").read_bytes()
    with pytest.raises(InputError, match=r"thing\.min\.js"):
        gcas.offline(map_, tmp_path / "m.html", missing="error")
    assert (tmp_path / "m.html").read_bytes() == before


def test_plugins_that_run_scripts_of_their_own_are_named(tmp_path):
    _, said = written(plain(plugins.HeatMap(PATH)), tmp_path)
    assert any(line.endswith("HeatMap run scripts of their own: text given to them may become markup") for line in said)
    _, said = written(plain(folium.Circle(HERE, 100)), tmp_path)
    assert not any("scripts of their own" in line for line in said)


def test_scripts_that_make_code_are_named_and_those_that_make_styles_are_let(tmp_path):
    assets = folder(tmp_path, **{"thing/dist/thing.min.js": "f = new Function('1')", "thing/dist/thing.css": "a{}"})
    page, said = written(plain(Asking(*NPM)), tmp_path, assets=assets)
    assert "thing.min.js may make code of text" in " ".join(said)
    assert "style-src &#x27;sha256" in page
    (assets / "thing/dist/thing.min.js").write_text("document.createElement('style')")
    page, _ = written(plain(Asking(*NPM)), tmp_path, assets=assets)
    assert "style-src &#x27;unsafe-inline&#x27;" in page
    assert "unsafe-eval" not in page


def test_options_that_cannot_be_met_are_refused(tmp_path):
    for options in ({"assets": tmp_path / "none"}, {"missing": "keep"}, {"language": 'ar" dir="rtl'}):
        with pytest.raises(InputError):
            gcas.offline(plain(), tmp_path / "m.html", **options)
    with pytest.raises(InputError, match=r"folium\.Map"):
        gcas.offline("map", tmp_path / "m.html")
    assert not (tmp_path / "m.html").exists()


def test_a_page_has_a_title_and_a_language_and_may_be_enlarged(tmp_path):
    page, _ = written(plain(), tmp_path)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en" dir="ltr">')
    assert "<title>m</title>" in page
    assert "user-scalable" not in page
    page, _ = written(plain(), tmp_path, title="Two <towns>", language="ar")
    assert '<html lang="ar" dir="ltr">' in page
    assert "<title>Two &lt;towns&gt;</title>" in page
    own = plain()
    own.get_root().title = "Of its figure"
    assert "<title>Of its figure</title>" in written(own, tmp_path)[0]


def test_a_map_of_this_package_keeps_its_title_and_language(tmp_path):
    map_ = gcas.town_map(HERE[::-1], make_incidents(1), within_km=1, within_days=0, title="Ours", language="ar")
    page, _ = written(map_, tmp_path, title="Another")
    assert page.startswith('<!DOCTYPE html>\n<html lang="ar" dir="rtl">')
    assert page.count("<title>") == page.count("<title>Ours</title>") == 1


def test_a_file_too_large_for_a_page_is_refused(tmp_path):
    assets = folder(tmp_path, **{"thing/dist/thing.min.js": b" " * (MAX_ASSET + 1), "thing/dist/thing.css": "a{}"})
    with pytest.raises(InputError):
        written(plain(Asking(*NPM)), tmp_path, assets=assets)


PLUGINS = {
    "markers": lambda: [folium.Marker(HERE, popup="x"), folium.Marker(PATH[2], icon=folium.Icon(color="red"))],
    "MarkerCluster": lambda: [plugins.MarkerCluster(PATH)],
    "FastMarkerCluster": lambda: [plugins.FastMarkerCluster(PATH)],
    "HeatMap": lambda: [plugins.HeatMap(PATH)],
    "MiniMap": lambda: [plugins.MiniMap(tile_layer=folium.TileLayer("OpenStreetMap"))],
    "Fullscreen": lambda: [plugins.Fullscreen()],
    "Draw": lambda: [plugins.Draw()],
    "AntPath": lambda: [plugins.AntPath(PATH)],
    "MeasureControl": lambda: [plugins.MeasureControl()],
    "MousePosition": lambda: [plugins.MousePosition()],
    "TimestampedGeoJson": lambda: [plugins.TimestampedGeoJson(FEATURES, period="P1D")],
    "SemiCircle": lambda: [plugins.SemiCircle(HERE, radius=5000, start_angle=0, stop_angle=90)],
    "PolyLineOffset": lambda: [plugins.PolyLineOffset(PATH, offset=5)],
    "LocateControl": lambda: [plugins.LocateControl()],
}


@pytest.mark.browser
@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_works_without_a_network_or_is_named(browser, tmp_path, name):
    _, said = written(plain(*PLUGINS[name]()), tmp_path, assets=ASSETS or ())
    context = browser.new_context(offline=True)
    page, failed, faults = context.new_page(), [], []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    page.on("requestfinished", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "m.html").as_uri())
    page.wait_for_timeout(300)
    named = [line for line in said if "lacks" in line or "make code" in line]
    assert page.locator(".leaflet-map-pane").count() >= 1
    assert not any(failure and "csp" not in failure.lower() for failure in failed)
    assert not faults or named
    context.close()


@pytest.mark.browser
def test_a_map_of_this_package_keeps_its_page_with_a_plugin_inside(browser, tmp_path):
    m = gcas.town_map("Hawijah", make_incidents(1), make_strikes(1), within_km=10, within_days=0)
    plugins.HeatMap(PATH).add_to(m)
    page, said = written(m, tmp_path)
    assert page.count("Content-Security-Policy") == 1
    assert not any("lacks" in line for line in said), said
    context = browser.new_context(offline=True)
    opened, faults = context.new_page(), []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.goto((tmp_path / "m.html").as_uri())
    assert opened.locator(".gc-entry").count() == 2
    assert opened.locator("canvas.leaflet-heatmap-layer").count() == 1
    assert faults == []
    context.close()


@pytest.mark.browser
def test_no_text_of_a_layer_runs(tmp_path, browser):
    bad = "x</script><script>window.__pwned = 1</script><img src=x onerror='window.__pwned = 2'>`${window.__pwned = 3}"
    features = {"type": "FeatureCollection", "features": [FEATURES["features"][0] | {"properties": {"name": bad}}]}
    layers = [
        folium.Marker(HERE, popup=bad, tooltip=bad),
        folium.GeoJson(features, tooltip=folium.GeoJsonTooltip(["name"])),
        folium.FeatureGroup(name=bad),
    ]
    written(plain(*layers), tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "m.html").as_uri())
    for marker in page.locator(".leaflet-marker-icon").all():
        marker.click(force=True)
    page.wait_for_timeout(200)
    assert page.evaluate("window.__pwned === undefined && document.querySelectorAll('.leaflet-map-pane').length") == 1
    page.close()
