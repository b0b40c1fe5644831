"""Tiles for tests: pictures whose colour says their zoom, as an MBTiles file and as a folder."""

from __future__ import annotations

import math
import sqlite3
import struct
import zlib
from pathlib import Path

RED = {6: 60, 7: 90, 8: 120, 9: 150, 10: 180}


def png(red: int, blue: int, side: int = 256) -> bytes:
    """A picture of one colour."""
    rows = b"".join(b"\x00" + bytes([red, 160, blue]) * side for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiles_around(lon: float, lat: float, zooms=(6, 7, 8, 9, 10), reach: int = 1):
    """(zoom, column, row from the north) of the tile at a point and its neighbours."""
    for zoom in zooms:
        n = 2**zoom
        x = int((lon + 180) / 360 * n)
        y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
        for dx in range(-reach, reach + 1):
            for dy in range(-reach, reach + 1):
                yield zoom, x + dx, y + dy


def mbtiles(path: Path, tiles, data=None, **metadata: str) -> Path:
    """An MBTiles file; its rows count from the south."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    connection.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
    connection.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
    for zoom, x, y in tiles:
        picture = data if data is not None else png(RED.get(zoom, 0), y % 256)
        connection.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (zoom, x, 2**zoom - 1 - y, picture))
    connection.commit()
    connection.close()
    return path


def folder(path: Path, tiles, ending: str = "png") -> Path:
    """A folder of ``z/x/y.png``."""
    for zoom, x, y in tiles:
        target = path / str(zoom) / str(x) / f"{y}.{ending}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png(RED.get(zoom, 0), y % 256))
    return path
