"""Backgrounds of pictures, by choice: online ones by name, or local ones that travel inside the page."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import math
import os
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import folium

from geocasualty._extras import need
from geocasualty._shown import shown
from geocasualty._sqlite import limit_work, said_of_limit
from geocasualty.errors import InputError
from geocasualty.maps._basemap import Window
from geocasualty.words import Words

__all__ = ["Background", "background"]

MOST_BYTES = 12_000_000
"""Of pictures in one page, before they grow by a third as text: beyond that browsers get slow and mails refuse."""

KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
MERCATOR_LIMIT = 85.0511287798
MOST_ZOOM = 22

Tile = tuple[int, int, int]
"""Zoom, column and row, counted from the north-west."""

MLT = 6
"""MapLibre's vector tiles, which older versions of pmtiles have no name for."""
MOST_TILES = 50_000
"""Places for tiles in a window, at which a PMTiles file is asked for one each."""
MOST_DIRECTORIES = 8_000_000
"""Bytes of the directories of a PMTiles file, unpacked, that are read for a window: a few hundred at most."""
_ENDLESS = re.compile(rb"[\x80-\xff]{10}")
"""No number of 64 bits has as many bytes."""


@dataclass(frozen=True)
class Background:
    """Layers to add to the map, pictures to put into the page, and what must be said."""

    layers: list[folium.TileLayer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    local: dict[str, Any] | None = None

    @property
    def attribution(self) -> list[str]:
        """Whom the pictures inside the page are owed to, as their file says."""
        return [self.local["attribution"]] if self.local and self.local["attribution"] else []

    @property
    def snap(self) -> float:
        """The step of zoom: pictures have whole levels only; borders drawn as lines have any."""
        return 1 if self.layers or self.local else 0.5


def background(tiles: Any, window: Window, words: Words) -> Background:
    """What the caller asked for.

    Parameters
    ----------
    tiles : None, str, path-like, folium.TileLayer, xyzservices.TileProvider or a sequence of them
        Names as xyzservices has them, such as "OpenStreetMap" or "Esri.WorldImagery"; or, alone, an MBTiles or
        PMTiles file or a folder with pictures as ``z/x/y.png`` (or jpg, webp), whose tiles of the window are taken.
    window : tuple of float
        West, south, east, north in degrees.
    words : Words
        The language of what is said.

    Raises
    ------
    InputError
        For a name that xyzservices does not know, a file that holds no pictures of the window, or too many of them.
    """
    if tiles is None:
        return Background()
    path = _local_path(tiles)
    if path is not None:
        return Background(local=_local(path, window, words))
    several = not isinstance(tiles, (str, dict, folium.TileLayer)) and isinstance(tiles, Iterable)
    layers = [_layer(item) for item in (tiles if several else [tiles])]
    names = ", ".join(layer.tile_name for layer in layers)
    return Background(layers, [words("map.note.online", names=names)])


def _layer(item: Any) -> folium.TileLayer:
    if isinstance(item, folium.TileLayer):
        return item
    try:
        return folium.TileLayer(item, overlay=True)
    except ValueError as error:
        raise InputError(
            f"tiles={str(item)[:80]!r} is not known; give a name of xyzservices, such as 'OpenStreetMap' or "
            "'Esri.WorldImagery', a folium.TileLayer, or the path of an .mbtiles or .pmtiles file or a folder of tiles"
        ) from error


def _local_path(tiles: Any) -> Path | None:
    """The path meant, if it is one: a path object, or a text that ends in .mbtiles or .pmtiles or names a folder."""
    if isinstance(tiles, os.PathLike):
        return Path(tiles)
    endings = (".mbtiles", ".pmtiles")
    if isinstance(tiles, str) and (tiles.lower().endswith(endings) or os.sep in tiles or os.path.isdir(tiles)):
        return None if "://" in tiles else Path(tiles)
    return None


def _local(path: Path, window: Window, words: Words) -> dict[str, Any]:
    name = repr(path.name)
    found: Iterable[tuple[Tile, bytes]]
    about: dict[str, str] = {}
    if path.is_dir():
        found = _of_folder(path, window)
    elif path.is_file():
        found, about = (_of_pmtiles if _is_pmtiles(path) else _of_mbtiles)(path, window)
    else:
        raise InputError(f"tiles: {name} is no file and no folder")
    total, pictures = 0, {}
    for tile, data in found:
        total += len(data)
        if total > MOST_BYTES:
            raise InputError(
                f"tiles: {name} has more than {MOST_BYTES / 1e6:.0f} MB of pictures in the window of this map, more "
                f"than one page can hold (reached at zoom {tile[0]}). Give a file with fewer zoom levels, such as by "
                "gdal_translate or mb-util, or a map of a smaller area"
            )
        pictures["/".join(map(str, tile))] = f"data:image/{_kind(data, tile, name)};base64,{_text(data)}"
    if not pictures:
        west, south, east, north = window
        raise InputError(
            f"tiles: {name} has no tile in the window of this map, ({west:.2f}, {south:.2f}) to "
            f"({east:.2f}, {north:.2f})"
        )
    zooms = sorted({int(key.split("/")[0]) for key in pictures})
    return {
        "name": about.get("name") or words("map.tiles.local"),
        "attribution": about.get("attribution") or "",
        "zooms": [zooms[0], zooms[-1]],
        "tiles": pictures,
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _kind(data: bytes, tile: Tile, name: str) -> str:
    """The kind of picture by its first bytes, whatever its name says."""
    for start, kind in KINDS.items():
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    raise InputError(
        f"tiles: {name}, zoom {tile[0]}, column {tile[1]}, row {tile[2]}: neither PNG, JPEG nor WebP (vector tiles "
        "cannot be embedded)"
    )


def _covering(zoom: int, window: Window) -> tuple[range, range]:
    """Columns and rows of the tiles that the window touches."""
    n = 1 << zoom

    def column(lon: float) -> int:
        return min(max(math.floor((lon + 180) / 360 * n), 0), n - 1)

    def row(lat: float) -> int:
        limited = math.radians(min(max(lat, -MERCATOR_LIMIT), MERCATOR_LIMIT))
        return min(max(math.floor((1 - math.asinh(math.tan(limited)) / math.pi) / 2 * n), 0), n - 1)

    west, south, east, north = window
    return range(column(west), column(east) + 1), range(row(north), row(south) + 1)


def _of_folder(path: Path, window: Window) -> Iterator[tuple[Tile, bytes]]:
    """Pictures of a folder ``z/x/y.ending``; names that are no numbers are not looked at."""
    zooms = sorted(int(entry) for entry in os.listdir(path) if entry.isascii() and entry.isdigit())
    for zoom in (zoom for zoom in zooms if zoom <= MOST_ZOOM):
        columns, rows = _covering(zoom, window)
        for x in columns:
            folder = path / str(zoom) / str(x)
            if not folder.is_dir():
                continue
            for entry in sorted(os.listdir(folder)):
                stem, ending = os.path.splitext(entry)
                if stem.isascii() and stem.isdigit() and int(stem) in rows and ending.lower() in ENDINGS:
                    with (folder / entry).open("rb") as stream:
                        yield (zoom, x, int(stem)), stream.read(MOST_BYTES + 1)


def _of_mbtiles(path: Path, window: Window) -> tuple[list[tuple[Tile, bytes]], dict[str, str]]:
    """Pictures of an MBTiles file, whose rows count from the south, and its name and attribution."""
    name = repr(path.name)
    endless = f"tiles: {name} takes too long to read, as a view without an end does; give an MBTiles file of tables"
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
        with closing(connection), said_of_limit(endless):
            limit_work(connection, path.stat().st_size)
            return _asked(connection, window)
    except (sqlite3.Error, TypeError) as error:
        raise InputError(f"tiles: {name} is no MBTiles file: {error}") from error


def _asked(connection: sqlite3.Connection, window: Window) -> tuple[list[tuple[Tile, bytes]], dict[str, str]]:
    about = "SELECT name, value FROM metadata WHERE name IN ('name', 'attribution') LIMIT 10"
    rows = connection.execute(about).fetchall()
    zooms = connection.execute("SELECT DISTINCT zoom_level FROM tiles ORDER BY zoom_level").fetchall()
    found: list[tuple[Tile, bytes]] = []
    size = 0
    for (zoom,) in zooms:
        if not isinstance(zoom, int) or not 0 <= zoom <= MOST_ZOOM:
            continue
        columns, southward = _covering(zoom, window)
        top = 2**zoom - 1
        limits = (zoom, columns[0], columns[-1], top - southward[-1], top - southward[0])
        query = (
            "SELECT tile_column, tile_row, tile_data FROM tiles WHERE zoom_level = ? "
            "AND tile_column BETWEEN ? AND ? AND tile_row BETWEEN ? AND ? ORDER BY tile_column, tile_row DESC"
        )
        for x, y, data in connection.execute(query, limits):
            found.append(((zoom, x, top - y), bytes(data)))
            size += len(data)
            if size > MOST_BYTES:  # the caller says so; no need to read on
                return found, {}
    return found, {str(key): str(value)[:300] for key, value in rows if value}


def _is_pmtiles(path: Path) -> bool:
    with path.open("rb") as stream:
        return path.suffix.lower() == ".pmtiles" or stream.read(7) == b"PMTiles"


def _of_pmtiles(path: Path, window: Window) -> tuple[list[tuple[Tile, bytes]], dict[str, str]]:
    """Pictures of a PMTiles file, and its name and attribution."""
    need("pmtiles")
    from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported

    expected = "expected a whole PMTiles file of version 3 with PNG, JPEG or WebP pictures"
    try:
        with path.open("rb") as stream:
            return _Archive(stream, path.stat().st_size).within(window)
    except (MagicNumberNotFound, SpecVersionUnsupported):
        said = "it does not begin as one does"
    except (ValueError, LookupError, EOFError, TypeError, OverflowError, OSError, RecursionError, zlib.error) as error:
        said = str(error) or "it is damaged"
    raise InputError(f"tiles: {path.name!r}: {shown(said)[:200]}; {expected}")


class _Archive:
    """A PMTiles file, of which no more is read than a window needs, and nothing unpacked beyond its limit."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        from pmtiles.tile import Compression, TileType, deserialize_header

        self._stream, self._size, self._left = stream, size, MOST_DIRECTORIES
        self._head = deserialize_header(self._bytes(0, 127))
        if self._head["tile_type"].value in (TileType.MVT.value, MLT):
            raise ValueError("its tiles are vectors, which cannot be embedded")
        self._check(self._head["tile_data_offset"], self._head["tile_data_length"])
        if self._head["internal_compression"] != Compression.GZIP:
            raise ValueError("its directories are not packed by gzip")
        self._kept: dict[tuple[int, int], Any] = {}

    def _check(self, offset: int, length: int) -> None:
        if offset + length > self._size:
            raise ValueError(f"it ends at byte {self._size:,}, and names bytes {offset:,} to {offset + length:,}")

    def _bytes(self, offset: int, length: int) -> bytes:
        self._check(offset, length)
        self._stream.seek(offset)
        return self._stream.read(length)

    def _unpacked(self, offset: int, length: int) -> bytes:
        unpack = zlib.decompressobj(31)
        data = unpack.decompress(self._bytes(offset, min(length, MOST_DIRECTORIES)), self._left)  # one part, no more
        self._left -= len(data)
        if self._left <= 0 or not unpack.eof:
            raise ValueError(f"its directories are cut off, or longer than {MOST_DIRECTORIES:,} bytes")
        return data

    def _directory(self, offset: int, length: int) -> Any:
        from pmtiles.tile import deserialize_directory

        at = offset, length
        if at not in self._kept:
            if _ENDLESS.search(data := self._unpacked(*at)):
                raise ValueError("its directories hold numbers without an end")
            self._kept[at] = deserialize_directory(gzip.compress(data, 0))
        return self._kept[at]

    def within(self, window: Window) -> tuple[list[tuple[Tile, bytes]], dict[str, str]]:
        """The tiles that a window touches."""
        from pmtiles.tile import find_tile, zxy_to_tileid

        head, found, size, asked = self._head, list[tuple[Tile, bytes]](), 0, 0
        for zoom in range(head["min_zoom"], min(head["max_zoom"], MOST_ZOOM) + 1):
            columns, rows = _covering(zoom, window)
            asked += len(columns) * len(rows)
            if asked > MOST_TILES:
                raise ValueError(f"{asked:,} tiles of zoom {zoom} or less may lie in the window; give fewer levels")
            for x, y in itertools.product(columns, rows):
                number, at = zxy_to_tileid(zoom, x, y), (head["root_offset"], head["root_length"])
                for _ in range(4):
                    entry = find_tile(self._directory(*at), number)
                    if entry is None or entry.run_length:
                        break
                    at = head["leaf_directory_offset"] + entry.offset, entry.length
                if entry is not None and entry.run_length:
                    length = min(entry.length, MOST_BYTES + 1)
                    found.append(((zoom, x, y), self._bytes(head["tile_data_offset"] + entry.offset, length)))
                    size += entry.length
                    if size > MOST_BYTES:  # the caller says so; no need to read on
                        return found, {}
        about = json.loads(self._unpacked(head["metadata_offset"], head["metadata_length"]))
        return found, {name: str(value)[:300] for name, value in dict(about).items() if value}
