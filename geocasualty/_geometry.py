"""Is a shape that somebody sent shallow and whole enough for GEOS and GDAL, which recurse until the process dies?"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping
from typing import IO, Any

import numpy as np
import shapely

MAX_NESTING = 16
"""Most collections inside one another; a shape of records has two."""

MAX_ELEMENTS_DEEP = 64
"""Most elements of XML inside one another: folders, a placemark, and the tags of its shape."""

_TOO_DEEP = f"collections in collections, more than {MAX_NESTING} deep; take them apart"
_POINT = (b"\x01\x01\x00\x00\x00", b"\x00\x00\x00\x00\x01")
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000
_HEAD, _COUNT = (struct.Struct(">I"), struct.Struct("<I")), 4
_COLLECTIONS = frozenset(range(4, 17)) - {8}
_LEAST = 9
"""Bytes that the smallest part of a collection takes: its kind and a count of nothing."""


class ShapeError(ValueError):
    """A shape, or a file of shapes, that is not given to GEOS or GDAL."""


def check_wkt(text: str) -> None:
    """Refuse well-known text whose brackets stand too deep inside one another. Raises ShapeError if they do.

    Examples
    --------
    >>> check_wkt("MULTIPOLYGON (((43 35, 44 35, 44 36, 43 35)))")
    """
    own = 2  # brackets of a polygon itself
    if text.count("(") <= MAX_NESTING + own:
        return
    depth = 0
    for found in re.finditer(r"[()]", text):
        depth += 1 if found[0] == "(" else -1
        if depth > MAX_NESTING + own:
            raise ShapeError(_TOO_DEEP)


def check_wkb(blob: Any) -> None:
    """Walk through well-known binary, following its counts, without making anything of it.

    Raises ShapeError if its collections stand too deep inside one another, or it is shorter than its counts say.

    Examples
    --------
    >>> check_wkb(shapely.to_wkb(shapely.box(43, 35, 44, 36)))
    """
    if not isinstance(blob, bytes):
        raise ShapeError(f"no well-known binary, but {type(blob).__name__}")
    if len(blob) == 21 and blob[:5] in _POINT:
        return
    try:
        _walk(blob)
    except (struct.error, IndexError) as error:
        raise ShapeError("well-known binary that is cut off") from error


def _walk(blob: bytes) -> None:
    at, open_parts = 0, [1]
    while open_parts:
        if not open_parts[-1]:
            open_parts.pop()
            continue
        open_parts[-1] -= 1
        number = _HEAD[blob[at]].unpack_from
        (code,) = number(blob, at + 1)
        at += 9 if code & _SRID else 5
        family, kind = divmod(code & 0x1FFFFFFF, 1000)
        point = 8 * (2 + (code & _Z > 0) + (code & _M > 0) + (0, 1, 1, 2)[family])
        if kind in _COLLECTIONS:
            parts, at = number(blob, at)[0], at + _COUNT
            if parts * _LEAST > len(blob) - at:
                raise IndexError
            open_parts.append(parts)
            if len(open_parts) > MAX_NESTING + 1:
                raise ShapeError(_TOO_DEEP)
        else:
            at = _past(blob, at, kind, point, number)


def _past(blob: bytes, at: int, kind: int, point: int, number: Any) -> int:
    """Where a shape that holds no other ends, of so many bytes a point."""
    if kind == 1:
        at += point
    elif kind in (2, 8):  # a line, straight or of arcs
        at += _COUNT + point * number(blob, at)[0]
    elif kind in (3, 17):  # a polygon or triangle: its rings
        rings, at = number(blob, at)[0], at + _COUNT
        for _ in range(rings):
            at += _COUNT + point * number(blob, at)[0]
    else:
        raise ShapeError(f"well-known binary of an unknown kind, {kind}")
    if at > len(blob):
        raise IndexError
    return at


def check_nesting(geometry: Any) -> None:
    """Refuse a shape, or the mapping of one as in GeoJSON, whose collections stand too deep inside one another.

    Raises ShapeError if they do.

    Examples
    --------
    >>> check_nesting(shapely.GeometryCollection([shapely.Point(43, 35)]))
    """
    level = [geometry]
    for _ in range(MAX_NESTING + 1):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise ShapeError(_TOO_DEEP)


def _parts(geometry: Any) -> Iterable[Any]:
    if isinstance(geometry, Mapping):
        parts = geometry.get("geometries")
        return parts if isinstance(parts, list | tuple) else ()
    return shapely.get_parts(geometry) if getattr(geometry, "geom_type", "") == "GeometryCollection" else ()


def shape_of(geometry: Any) -> Any:
    """The shape of a mapping as in GeoJSON, checked before it is made."""
    check_nesting(geometry)
    todo = [geometry]
    while todo:
        each = todo.pop()
        if isinstance(each, Mapping):
            todo += [each.get("coordinates"), each.get("geometries")]
        elif isinstance(each, list | tuple):
            todo += each
        elif isinstance(each, bool):
            raise ShapeError(f"{str(each).lower()} where a coordinate should stand")
    return shapely.geometry.shape(geometry)


def shape_from_wkt(text: str) -> Any:
    """The shape of well-known text, checked before it is made."""
    check_wkt(text)
    return shapely.from_wkt(text)


def shapes_from_wkb(blobs: Iterable[bytes | None], *, on_invalid: Any = "raise") -> Any:
    """The shapes of well-known binary, checked before they are made; None where there is none."""
    array = np.array([*blobs, None], dtype=object)[:-1]
    for blob in array:
        if blob is not None:
            check_wkb(blob)
    return shapely.from_wkb(array, on_invalid=on_invalid)


def check_shp(stream: IO[bytes], size: int) -> None:
    """Walk through the records of a .shp file of ``size`` bytes; GDAL gives a row no shape where its counts are wrong.

    Raises ShapeError if a record is cut off, or shorter than its counts of parts and points say.

    Examples
    --------
    >>> import io
    >>> check_shp(io.BytesIO(bytes(100)), 100)
    """
    at, number = 100, 0
    stream.seek(at)
    while len(head := stream.read(8)) == 8:
        number += 1
        length = 2 * struct.unpack(">II", head)[1]
        at += 8 + length
        if at > size:
            raise ShapeError(f"shape {number} is cut off")
        held = stream.read(length)
        kind = int.from_bytes(held[:4], "little")
        parts, points, counts = 0, 0, 4
        if kind in _SHP_PARTS and length >= 44:
            (parts, points), counts = struct.unpack_from("<II", held, 36), 44
        elif kind in _SHP_POINTS and length >= 40:
            (points,), counts = struct.unpack_from("<I", held, 36), 40
        elif kind in _SHP_PARTS | _SHP_POINTS:
            counts = 44
        if counts + 4 * parts + 16 * points > length:
            raise ShapeError(f"shape {number} has fewer bytes than its counts say")


_SHP_PARTS, _SHP_POINTS = frozenset((3, 5, 13, 15, 23, 25, 31)), frozenset((8, 18, 28))
"""Kinds of shapes of a .shp file: with parts (lines, polygons), and of many points."""


def check_xml(stream: IO[bytes]) -> None:
    """Read XML through once: well formed, no entities of its own, no tower of elements. Raises ShapeError if it is not.

    Examples
    --------
    >>> import io
    >>> check_xml(io.BytesIO(b"<kml><Document/></kml>"))
    """
    from xml.parsers import expat

    depth = 0

    def opened(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_ELEMENTS_DEEP:
            raise ShapeError(f"elements more than {MAX_ELEMENTS_DEEP} deep inside one another")

    def closed(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: Any) -> None:
        raise ShapeError("it defines entities of its own, which are not read")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = opened, closed, entity
    try:
        while data := stream.read(1 << 20):
            parser.Parse(data, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ShapeError(f"no whole XML ({error})") from error
