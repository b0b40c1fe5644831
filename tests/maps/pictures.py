"""Tiles for tests: pictures whose colour says their zoom, as an MBTiles or PMTiles file and as a folder."""

from __future__ import annotations

import gzip
import json
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


def pmtiles(path: Path, tiles, data=None, leaves: bool = False, **metadata: str) -> Path:
    """A PMTiles file by its description, not by the package that reads it; with ``leaves``, directories of one each."""
    rows = sorted(
        (hilbert(*tile), data if data is not None else png(RED.get(tile[0], 0), tile[2] % 256)) for tile in tiles
    )
    body, entries = b"", []
    for number, picture in rows:
        entries.append((number, 1, len(picture), len(body)))
        body += picture
    leaf = b""
    if leaves:
        inner = [directory([entry]) for entry in entries]
        entries = [
            (each[0], 0, len(one), sum(map(len, inner[:n])))
            for n, (each, one) in enumerate(zip(entries, inner, strict=True))
        ]
        leaf = b"".join(inner)
    root, about = directory(entries), gzip.compress(json.dumps(metadata).encode(), mtime=0)
    zooms = [tile[0] for tile in tiles]
    sizes, at = [len(root), len(about), len(leaf), len(body)], 127
    places = []
    for size in sizes:
        places += [at, size]
        at += size
    head = b"PMTiles\x03" + struct.pack("<8Q", *places) + struct.pack("<3Q", *[len(rows)] * 3)
    head += bytes([1, 2, 1, 2, min(zooms), max(zooms)]) + struct.pack("<4iB2i", -10, -10, 10, 10, min(zooms), 0, 0)
    path.write_bytes(head + root + about + leaf + body)
    return path


def hilbert(zoom: int, x: int, y: int) -> int:
    """The place of a tile on the curve, after those of all coarser zooms."""
    at, side = (4**zoom - 1) // 3, 2**zoom // 2
    while side:
        right, down = int(bool(x & side)), int(bool(y & side))
        at += side * side * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
        side //= 2
    return at


def directory(entries) -> bytes:
    """Entries as PMTiles packs them: ids as steps, then run lengths, lengths and offsets."""
    steps = [entry[0] - before for entry, before in zip(entries, [0, *(entry[0] for entry in entries)], strict=False)]
    numbers = [len(entries), *steps, *(e[1] for e in entries), *(e[2] for e in entries), *(e[3] + 1 for e in entries)]
    return gzip.compress(b"".join(map(varint, numbers)), mtime=0)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def folder(path: Path, tiles, ending: str = "png") -> Path:
    """A folder of ``z/x/y.png``."""
    for zoom, x, y in tiles:
        target = path / str(zoom) / str(x) / f"{y}.{ending}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png(RED.get(zoom, 0), y % 256))
    return path
