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
from pathlib import Path

import folium
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
    map_.get_root().script.add_child(folium.Element(f"{map_.get_name()}.setZoom(3);"))
    page = map_.get_root().render()
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
