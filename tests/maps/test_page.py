"""The page: repeatable, self-contained, with a policy that fits it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import warnings
from html import unescape
from pathlib import Path

import folium
import folium.plugins
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError, OutputError
from geocasualty.maps import OfflineMap, save_html
from geocasualty.maps._page import to_json
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.hostile import HOSTILE

TWO_MAPS = """
import sys, geocasualty as gcas
book = gcas.load_casebook()
gcas.save_html(gcas.province_map(book.incidents, book.strikes), sys.argv[1] + "/p.html")
m = gcas.town_map("Hawijah", book.incidents, book.strikes, within_km=10, within_days=0)
gcas.save_html(m, sys.argv[1] + "/t.html")
"""


def town(**kwargs):
    return gcas.town_map((43.77, 35.32), make_incidents(2), make_strikes(2), within_km=10, within_days=0, **kwargs)


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    for seed in ("1", "77"):
        (tmp_path / seed).mkdir()
        env = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", TWO_MAPS, str(tmp_path / seed)], check=True, env=env)
    for name in ("p.html", "t.html"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "77" / name).read_bytes()


def test_order_of_rows_does_not_matter_to_a_town() -> None:
    incidents, strikes = make_incidents(4), make_strikes(4)
    one = gcas.town_map((43.77, 35.32), incidents, strikes, within_km=10, within_days=0)
    two = gcas.town_map((43.77, 35.32), incidents[::-1], strikes[::-1], within_km=10, within_days=0)
    assert one.get_root().render() == two.get_root().render()


def test_rendering_twice_and_showing_in_a_notebook_change_nothing() -> None:
    map_ = town()
    page = map_.get_root().render()
    assert map_._repr_html_().startswith("<iframe srcdoc=")
    assert map_.get_root().render() == page


def test_policy_holds_the_hash_of_each_script_and_style() -> None:
    page = town().get_root().render()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#x27;", "'")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert texts
        for text in texts:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_no_address_that_a_browser_would_load() -> None:
    page = town().get_root().render()
    assert not re.search(
        r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page.replace('href="https://leafletjs.com"', "")
    )
    assert "url(http" not in page
    assert "sourceMappingURL" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_json_holds_nothing_that_html_could_read(text: str) -> None:
    encoded = to_json({"a": [text]})
    assert not set("<>&\u2028\u2029") & set(encoded)
    assert json.loads(encoded)["a"] == [text]


def test_layers_of_the_user_repeat_and_warn(tmp_path: Path) -> None:
    def build():
        map_ = OfflineMap(location=(35, 43), zoom_start=6)
        folium.Marker((35, 43), popup="a <b>bold</b> word", icon=folium.Icon(color="red")).add_to(map_)
        folium.GeoJson({"type": "Point", "coordinates": [43, 35]}).add_to(map_)
        folium.LayerControl().add_to(map_)
        return map_

    assert build().get_root().render() == build().get_root().render()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_html(build(), tmp_path / "a.html")
    online = build()
    folium.TileLayer("OpenStreetMap").add_to(online)
    with pytest.warns(UserWarning, match=r"tile\.openstreetmap\.org"):
        save_html(online, tmp_path / "b.html")
    save_html(online, tmp_path / "b.html", offline=False)
    assert "img-src data: https://tile.openstreetmap.org;" in (tmp_path / "b.html").read_text() + ";"


def test_a_name_taken_before_rendering_still_holds() -> None:
    map_ = OfflineMap(location=(35, 43))
    code = folium.Element(f"{map_.get_name()}.setZoom(3);")
    map_.get_root().script.add_child(code)
    page = map_.accept(code).get_root().render()
    assert "map_2.setZoom(3)" in page or re.search(r"map_\d+\.setZoom\(3\)", page)
    assert map_._id not in page


def test_tiles_open_the_policy_for_their_host_only() -> None:
    page = town(tiles="OpenStreetMap").get_root().render()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.count("https://") == 1
    with pytest.raises(InputError, match="xyzservices"):
        town(tiles="No such tiles")


def test_saving_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        save_html(town(), tmp_path / "file" / "map.html")
    assert (tmp_path / "file").read_text() == "x"
    with pytest.raises(InputError, match=r"folium\.Map"):
        save_html(folium.Map(), tmp_path / "map.html")


def test_the_casebook_town_is_small(book, gaz, tmp_path: Path) -> None:
    map_ = gcas.town_map("Hawijah", book.incidents, book.strikes, gazetteer=gaz, within_km=10, within_days=0)
    assert save_html(map_, tmp_path / "t.html").stat().st_size <= 350_000


def scripts_allowed(page: str) -> tuple[list[str], list[str]]:
    """The scripts of a page that its policy lets run, and the others."""
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#x27;", "'")
    run, stopped = [], []
    for text in re.findall(r"(?is)<script>(.*?)</script", page):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        (run if f"'sha256-{digest}'" in policy else stopped).append(text)
    return run, stopped


@pytest.mark.parametrize("part", ["html", "header"])
def test_a_script_that_only_the_page_holds_does_not_run(part: str) -> None:
    map_ = OfflineMap(location=(35, 43))
    block = folium.Element("<script>window.__pwned=1</script>")
    getattr(map_.get_root(), part).add_child(block)
    run, stopped = scripts_allowed(map_.get_root().render())
    assert stopped == ["window.__pwned=1"]
    assert not any("__pwned" in text for text in run)
    assert scripts_allowed(map_.accept(block).get_root().render())[1] == []


class Stranger(folium.elements.MacroElement):
    _template = folium.template.Template("{% macro script(this, kwargs) %}window.__stranger = 1;{% endmacro %}")


def test_scripts_of_strangers_are_left_out_until_accepted() -> None:
    map_ = OfflineMap(location=(35, 43))
    Stranger().add_to(map_)
    written = folium.elements.MacroElement()
    written._template = folium.template.Template("{% macro script(this, kwargs) %}window.__written = 1;{% endmacro %}")
    map_.add_child(written)
    with pytest.warns(UserWarning, match=r"scripts of MacroElement, Stranger are left out"):
        page = map_.get_root().render()
    assert "__stranger" not in page
    assert "__written" not in page
    map_.accept(Stranger, written)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = map_.get_root().render()
    assert "__stranger" in page
    assert "__written" in page
    assert scripts_allowed(page)[1] == []


def test_a_layer_that_would_end_the_script_is_refused() -> None:
    for text in ("</script><script>window.__pwned=1</script>", "</SCRIPT >", "<!--<script>"):
        map_ = OfflineMap(location=(35, 43))
        folium.plugins.Search(folium.FeatureGroup().add_to(map_), placeholder=text).add_to(map_)
        with pytest.raises(InputError, match="would end the script"):
            map_.get_root().render()


def test_a_script_in_the_template_of_a_plugin_runs() -> None:
    map_ = OfflineMap(location=(35, 43))
    folium.plugins.HeatMapWithTime([[[35, 43]]]).add_to(map_)
    run, stopped = scripts_allowed(map_.get_root().render())
    assert any("var TDHeatmap" in text for text in run)
    assert stopped == []


@pytest.mark.parametrize(
    "url",
    [
        "https://a.invalid; script-src 'unsafe-inline'/{z}/{x}/{y}.png",
        "https://a.invalid;script-src%20*/{z}.png",
        "https://a.invalid,default-src */{z}.png",
        "https://{s}.invalid/{z}.png",
        "https:///{z}.png",
        "https://a.invalid:x/{z}.png",
        "https://*/{z}.png",
    ],
)
def test_an_address_of_tiles_adds_no_directive(url: str) -> None:
    map_ = OfflineMap(location=(35, 43))
    folium.TileLayer(url, attr="x", subdomains=["a; script-src *"]).add_to(map_)
    with pytest.raises(InputError, match="no host"):
        map_.get_root().render()


def test_what_a_plugin_loads_is_allowed_by_its_whole_address_and_what_a_text_names_is_not() -> None:
    map_ = OfflineMap(location=(35, 43))
    folium.plugins.MarkerCluster().add_to(map_)
    map_.get_root().html.add_child(folium.Element('<script src="https://evil.invalid/x.js"></script>'))
    folium.TileLayer("https://user:pw@TILES.invalid:8443/{z}.png", attr="x").add_to(map_)
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', map_.get_root().render())[1])
    sources = dict(part.split(" ", 1) for part in policy.split("; "))
    address = "https://cdnjs.cloudflare.com/ajax/libs/leaflet.markercluster/1.1.0/leaflet.markercluster.js"
    assert address in sources["script-src"].split()
    assert "https://cdnjs.cloudflare.com" not in sources["script-src"].split()
    assert "evil" not in policy
    assert sources["img-src"] == "data: https://tiles.invalid:8443"


def test_a_notebook_shows_the_page_in_a_frame_without_rights() -> None:
    sandbox = re.search(r'sandbox="([^"]*)"', town()._repr_html_())[1].split()
    assert "allow-scripts" in sandbox
    assert not {"allow-same-origin", "allow-top-navigation", "allow-forms", "allow-modals"} & set(sandbox)
