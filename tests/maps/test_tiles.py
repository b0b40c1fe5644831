"""Backgrounds that travel inside the page, and those that are refused."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import sqlite3
import sys
import warnings
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.maps import _tiles
from geocasualty.words import Words
from tests.maps.conftest import make_incidents, make_strikes
from tests.maps.pictures import folder, mbtiles, pmtiles, png, tiles_around, varint

HERE = (43.77, 35.32)


def town(tiles, **kwargs):
    return gcas.town_map(HERE, make_incidents(1), make_strikes(1), within_km=10, within_days=0, tiles=tiles, **kwargs)


@pytest.mark.parametrize("leaves", [False, True])
def test_pmtiles_give_the_same_pictures_as_mbtiles(tmp_path, leaves) -> None:
    tiles, said = list(tiles_around(*HERE)), {"name": "Ours", "attribution": "<b>Surveyors</b>"}
    one = town(mbtiles(tmp_path / "a.mbtiles", tiles, **said)).payload["local"]
    path = pmtiles(tmp_path / "a.pmtiles", tiles, leaves=leaves, **said)
    assert town(path).payload["local"] == one
    assert town(str(path)).payload["local"] == one
    assert town(path.rename(tmp_path / "plain")).payload["local"] == one  # known by its first bytes


def test_only_the_window_of_pmtiles_is_taken_and_the_file_is_only_read(tmp_path) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", [*tiles_around(*HERE, zooms=[9]), *tiles_around(10.0, 50.0, zooms=[9])])
    before = path.read_bytes()
    keys = town(path).payload["local"]["tiles"]
    here = next(iter(tiles_around(*HERE, zooms=[9], reach=0)))[1]
    assert {int(key.split("/")[1]) for key in keys} <= {here - 1, here, here + 1}
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.pmtiles"]


def changed(path, at, new) -> Path:
    data = bytearray(path.read_bytes())
    data[at : at + len(new)] = new
    path.write_bytes(data)
    return path


def big(number) -> bytes:
    return number.to_bytes(8, "little")


BOMB = zlib.compress(bytes(40_000_000), wbits=31)
FAR = 10**12
DAMAGE = {
    "text": (lambda path: path.write_text("no archive" * 50), "does not begin as one does"),
    "empty": (lambda path: path.write_bytes(b""), "ends at byte 0"),
    "version 2": (lambda path: changed(path, 7, b"\x02"), "does not begin as one does"),
    "vector": (lambda path: changed(path, 99, b"\x01"), "vectors, which cannot be embedded"),
    "vector of MapLibre": (lambda path: changed(path, 99, b"\x06"), "vectors|not a valid TileType"),
    "unknown kind": (lambda path: changed(path, 99, b"\x63"), "not a valid TileType"),
    "brotli": (lambda path: changed(path, 97, b"\x03"), "not packed by gzip"),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-200]), "it ends at byte"),
    "root elsewhere": (lambda path: changed(path, 8, big(FAR)), "it ends at byte"),
    "root too short": (lambda path: changed(path, 16, big(9)), "cut off"),
    "no gzip": (lambda path: changed(path, 127, b"nothing"), "expected a whole PMTiles file"),
    "bomb": (
        lambda path: path.write_bytes(path.read_bytes() + BOMB) and lead(path, len(BOMB)),
        "longer than 8,000,000",
    ),
    "endless number": (lambda path: rooted(path, b"\xff" * 5_000), "numbers without an end"),
    "many entries": (lambda path: rooted(path, varint(10**9)), "expected a whole PMTiles file"),
    "metadata without an end": (lambda path: described(path, b"[" * 100_000), "expected a whole PMTiles file"),
    "metadata of another kind": (lambda path: described(path, b"7"), "expected a whole PMTiles file"),
}


def lead(path, size) -> None:
    """Let the root be the last bytes of the file."""
    changed(path, 8, big(path.stat().st_size - size) + big(size))


def rooted(path, root: bytes) -> None:
    packed = zlib.compress(root, wbits=31)
    path.write_bytes(path.read_bytes() + packed)
    lead(path, len(packed))


def described(path, text: bytes) -> None:
    packed = zlib.compress(text, wbits=31)
    path.write_bytes(path.read_bytes() + packed)
    changed(path, 24, big(path.stat().st_size - len(packed)) + big(len(packed)))


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_and_foreign_pmtiles_are_refused_in_one_line(tmp_path, kind) -> None:
    damage, said = DAMAGE[kind]
    path = pmtiles(tmp_path / "a.pmtiles", list(tiles_around(*HERE)), leaves=True)
    damage(path)
    with pytest.raises(InputError, match=said) as caught:
        drawn(path)
    told = str(caught.value)
    assert told.startswith("tiles: 'a.pmtiles'")
    assert told.endswith("expected a whole PMTiles file of version 3 with PNG, JPEG or WebP pictures")
    assert "\n" not in told
    assert str(tmp_path) not in told


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 600), st.binary(min_size=1, max_size=24))
def test_no_damage_ends_otherwise_than_in_pictures_or_one_error(tmp_path, at, new) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", list(tiles_around(*HERE, zooms=[6, 8], reach=0)), leaves=True)
    changed(path, at, new)
    with contextlib.suppress(InputError):
        assert drawn(path)


def test_more_places_than_a_page_can_have_are_refused_before_they_are_looked_for(tmp_path) -> None:
    path = changed(pmtiles(tmp_path / "a.pmtiles", list(tiles_around(*HERE, zooms=[6]))), 101, b"\x16")
    with pytest.raises(InputError, match=r"tiles of zoom 1\d or less may lie in the window; give fewer levels"):
        drawn(path)


def test_without_the_package_one_line_names_the_extra(tmp_path, monkeypatch) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", list(tiles_around(*HERE, zooms=[6])))
    monkeypatch.setitem(sys.modules, "pmtiles", None)
    with pytest.raises(InputError, match=r"^PMTiles files need pmtiles; install geocasualty\[tiles\]$"):
        town(path)


def drawn(path):
    """The pictures of a window, without the map around it."""
    return _tiles.background(path, (43.6, 35.2, 43.9, 35.5), Words("en")).local["tiles"]


def test_mbtiles_and_a_folder_of_the_same_pictures_give_the_same_tiles(tmp_path) -> None:
    tiles = list(tiles_around(*HERE))
    one = town(mbtiles(tmp_path / "a.mbtiles", tiles, name="Ours", attribution="Surveyors")).payload["local"]
    two = town(folder(tmp_path / "xyz", tiles)).payload["local"]
    assert one["tiles"] == two["tiles"]
    assert one["zooms"] == [6, 10]
    assert (one["name"], one["attribution"]) == ("Ours", "Surveyors")
    zoom, x, y = next(iter(tiles_around(*HERE, zooms=[9], reach=0)))
    data = base64.b64decode(one["tiles"][f"{zoom}/{x}/{y}"].removeprefix("data:image/png;base64,"))
    assert data == png(150, y % 256)  # the right row: MBTiles count theirs from the south


def test_only_the_window_is_taken(tmp_path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", [*tiles_around(*HERE, zooms=[9]), *tiles_around(10.0, 50.0, zooms=[9])])
    keys = town(path).payload["local"]["tiles"]
    columns = {int(key.split("/")[1]) for key in keys}
    here = next(iter(tiles_around(*HERE, zooms=[9], reach=0)))[1]
    assert here in columns
    assert columns <= {here - 1, here, here + 1}


def test_path_and_text_mean_the_same_and_the_path_stays_out_of_the_page(tmp_path) -> None:
    path = mbtiles(tmp_path / "secret-folder-name.mbtiles", tiles_around(*HERE, zooms=[8]))
    page = town(path).get_root().render()
    assert town(str(path)).get_root().render() == page
    assert "secret-folder-name" not in page
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        gcas.save_html(town(path), tmp_path / "map.html")


def test_the_file_is_only_read(tmp_path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", tiles_around(*HERE))
    before = hashlib.sha256(path.read_bytes()).hexdigest(), os.stat(path).st_mtime_ns
    path.chmod(0o400)
    town(path)
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), os.stat(path).st_mtime_ns) == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.mbtiles"]


def test_names_of_files_are_no_addresses(tmp_path) -> None:
    path = mbtiles(tmp_path / "a?mode=rwc#%41.mbtiles", tiles_around(*HERE, zooms=[8]))
    assert town(path).payload["local"]["zooms"] == [8, 8]


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"\xff\xd8\xff\xe0JFIF", "jpeg"), (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"), (png(1, 2, 8), "png")],
)
def test_kinds_are_known_by_their_first_bytes(tmp_path, data, kind) -> None:
    local = town(mbtiles(tmp_path / "a.mbtiles", tiles_around(*HERE, zooms=[8], reach=0), data)).payload["local"]
    assert next(iter(local["tiles"].values())).startswith(f"data:image/{kind};base64,")


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08\x00", b"<svg onload=alert(1)>", b"GIF89a", b"RIFF\0\0\0\0WAVE"])
def test_other_kinds_are_refused(tmp_path, data) -> None:
    for make in (mbtiles, pmtiles):
        with pytest.raises(InputError, match="neither PNG, JPEG nor WebP"):
            town(make(tmp_path / "a.mbtiles", list(tiles_around(*HERE, zooms=[8], reach=0)), data))
        (tmp_path / "a.mbtiles").unlink()


def test_too_much_is_refused_with_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(_tiles, "MOST_BYTES", 2_000)
    tiles = list(tiles_around(*HERE))
    paths = (
        mbtiles(tmp_path / "a.mbtiles", tiles),
        pmtiles(tmp_path / "a.pmtiles", tiles),
        folder(tmp_path / "x", tiles),
    )
    for path in paths:
        with pytest.raises(InputError, match=r"more than one page can hold .*fewer zoom levels"):
            town(path)


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.mbtiles").write_text("no database")
    (tmp_path / "empty.mbtiles").write_bytes(b"")
    (tmp_path / "xyz" / "8").mkdir(parents=True)
    (tmp_path / "xyz" / "8" / "x").write_text("")
    far = mbtiles(tmp_path / "far.mbtiles", tiles_around(-60.0, -10.0))
    for path, match in (
        (tmp_path / "text.mbtiles", "'text.mbtiles' is no MBTiles file"),
        (tmp_path / "empty.mbtiles", "is no MBTiles file"),
        (tmp_path / "none.mbtiles", "is no file and no folder"),
        (tmp_path / "xyz", "'xyz' has no tile in the window"),
        (far, "has no tile in the window of this map, \\(43"),
    ):
        with pytest.raises(InputError, match=match) as caught:
            town(path)
        assert str(tmp_path) not in str(caught.value)


def test_rows_that_are_no_tiles_are_refused_or_passed_by(tmp_path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", tiles_around(*HERE, zooms=[8]))
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO tiles VALUES ('ten', 1, 1, NULL)")
    connection.execute("INSERT INTO tiles VALUES (99, 1, 1, NULL)")
    connection.commit()
    assert town(path).payload["local"]["zooms"] == [8, 8]
    connection.execute("UPDATE tiles SET tile_data = NULL")
    connection.commit()
    connection.close()
    with pytest.raises(InputError, match="no MBTiles file"):
        town(path)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


def test_views_without_an_end_are_refused_and_others_are_read(tmp_path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", tiles_around(*HERE, zooms=[8]))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE tiles RENAME TO pictures")
        connection.execute("CREATE VIEW tiles AS SELECT * FROM pictures")  # as several programs write them
    assert town(path).payload["local"]["zooms"] == [8, 8]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP VIEW tiles")
        connection.execute(f"CREATE VIEW tiles AS {ENDLESS} SELECT pictures.* FROM n, pictures")
    with pytest.raises(InputError, match=r"'a\.mbtiles' takes too long to read"):
        town(path)
