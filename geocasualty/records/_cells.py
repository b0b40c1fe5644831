"""What text stands for a value or a shape, whatever it was read from?"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

from geocasualty._geometry import ShapeError, check_nesting
from geocasualty.errors import InputError
from geocasualty.files import MAX_COLUMNS, MAX_FIELD, check_cells

GEOMETRY_COLUMNS = ("latitude", "longitude", "geometry_wkt")
"""Cells that geometries become: degrees in EPSG:4326 for a point, well-known text for any other shape."""

_ALSO_SHAPES = ("geometry", "wkt")
"""What else a table without shapes may call a column of well-known text; beside shapes it is an attribute."""

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


class Table(NamedTuple):
    """What a file or frame holds before it becomes text: values of any type, and shapes with their system."""

    name: str
    columns: Mapping[str, Sequence[object]]
    geometry: Sequence[Any] | None = None
    crs: Any = None


def cells_of(table: Table) -> dict[str, list[str]]:
    """Turn the values of a table into text, its shapes into degrees or well-known text; see :func:`read_cells`."""
    names = [name.strip() for name in table.columns]
    if len(names) > MAX_COLUMNS:
        raise InputError(f"{table.name}: {len(names):,} columns; at most {MAX_COLUMNS:,} are read")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"{table.name}: columns named more than once: {', '.join(map(repr, twice[:20]))}; rename one")
    count = max([len(values) for values in table.columns.values()] + [len(table.geometry or ())])
    check_cells(table.name, count, len(names))
    cells = {name: _texts(table.name, name, values) for name, values in zip(names, table.columns.values(), strict=True)}
    if table.geometry is None:
        return cells
    for name in [name for name in cells if name.lower() in (*GEOMETRY_COLUMNS, *_ALSO_SHAPES)]:
        if f"attribute_{name}" in cells:
            raise InputError(f"{table.name}: columns {name!r} and 'attribute_{name}'; rename one")
        cells[f"attribute_{name}"] = cells.pop(name)
    return cells | _geometry_cells(table)


def _texts(table: str, column: str, values: Iterable[object]) -> list[str]:
    values = list(values)
    days = _only_midnights(values)
    texts = []
    for row, value in enumerate(values, start=1):
        try:
            text = value if isinstance(value, str) else _text(value, days=days)
        except (ValueError, OverflowError, RecursionError) as error:
            raise InputError(
                f"{table}: row {row}, column {column!r}: {error}; make it text or a number", row=row, column=column
            ) from error
        if text and (len(text) > MAX_FIELD or ((not text.isascii() or "\x00" in text) and _UNREADABLE.search(text))):
            fault = f"longer than {MAX_FIELD:,} characters" if len(text) > MAX_FIELD else "a NUL or half a character"
            raise InputError(
                f"{table}: row {row}, column {column!r}, value {text[:40]!r}: {fault}; correct the cell",
                row=row,
                column=column,
                value=text,
            )
        texts.append(str(text))
    return texts


def _only_midnights(values: Iterable[object]) -> bool:
    """Whether the times of a column are days: spreadsheets and pandas know no other way to write a day.

    Midnights in UTC stay times here, since the zone may be an export's and not the record's.
    """
    times = (value for value in values if isinstance(value, dt.datetime) and not _missing(value))
    return all(time.time() == dt.time() and (time.tzinfo is None or time.utcoffset()) for time in times)


def _text(value: Any, *, days: bool) -> str:
    if _missing(value):
        return ""
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _time(value, days=days)
    if type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    if hasattr(value, "exact_text"):
        return str(value.exact_text)
    if hasattr(value, "dtype"):
        value = value.item()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8")
    if isinstance(value, dict | list | tuple | set | frozenset):
        ordered = sorted(value) if isinstance(value, set | frozenset) else value
        return json.dumps(ordered, ensure_ascii=False, default=str)
    return str(value)


def _missing(value: Any) -> bool:
    """None, NA, NaT and NaN; by name, since pandas need not be loaded to read a file."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def _time(value: dt.date | dt.time | dt.timedelta, *, days: bool) -> str:
    if isinstance(value, dt.timedelta):
        seconds = value.total_seconds()
        return f"{int(seconds // 3600):02}:{int(seconds // 60 % 60):02}:{_number(round(seconds % 60, 6)):0>2}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if days else value.isoformat().replace("+00:00", "Z")
    return value.isoformat()


def _number(value: float) -> str:
    """The shortest exact text; a whole number has no decimal point, since frames with gaps hold counts as floats."""
    if math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return str(int(value))
    return repr(float(value))


def _geometry_cells(table: Table) -> dict[str, list[str]]:
    shapes = np.array([*(table.geometry or ()), None], dtype=object)[:-1]
    for row in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION):
        try:
            check_nesting(shapes[row])
        except ShapeError as error:
            raise InputError(f"{table.name}: row {row + 1}: {error}", row=row + 1) from error
    filled = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if filled.any():
        shapes = _in_degrees(shapes, table)
    single = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    point = filled & (shapely.get_type_id(shapes) == 0)
    other = filled & ~point
    cells = {}
    for name, of in (("latitude", shapely.get_y), ("longitude", shapely.get_x)):
        degrees = of(np.where(point, shapes, np.array(None, dtype=object))).tolist()
        cells[name] = [_number(value) if stands else "" for value, stands in zip(degrees, point, strict=True)]
    if other.any():
        flat = shapely.force_2d(shapes)
        cells["geometry_wkt"] = [exact_wkt(shape) if stands else "" for shape, stands in zip(flat, other, strict=True)]
    return cells


def _in_degrees(shapes: Any, table: Table) -> Any:
    """The shapes in EPSG:4326; what cannot be carried over has infinite coordinates, which validation rejects."""
    import pyproj

    if table.crs is None:
        raise InputError(
            f"{table.name}: shapes without a coordinate reference system; say which it is, as in "
            "frame.set_crs('EPSG:4326'), or add the .prj file"
        )
    try:
        crs = pyproj.CRS.from_user_input(table.crs)
        degrees = pyproj.CRS("EPSG:4326")
        if crs.equals(degrees, ignore_axis_order=True):
            return shapes.copy()
        turn = pyproj.Transformer.from_crs(crs, degrees, always_xy=True)
        return shapely.transform(shapes, turn.transform, interleaved=False)
    except (pyproj.exceptions.ProjError, shapely.errors.ShapelyError, ValueError) as error:
        raise InputError(f"{table.name}: shapes cannot be carried over to EPSG:4326 ({error})") from error


def exact_wkt(shape: shapely.Geometry) -> str:
    """The text that reads back as the very same shape.

    Examples
    --------
    >>> exact_wkt(shapely.box(43, 35.33624375465657, 44, 36))
    'POLYGON ((44 35.33624375465657, 44 36, 43 36, 43 35.33624375465657, 44 35.33624375465657))'
    >>> exact_wkt(shapely.Polygon())
    'POLYGON EMPTY'
    """
    if shape.is_empty:
        return str(shape.wkt)
    name = shape.geom_type.upper() + (" Z" if shape.has_z else "")
    if hasattr(shape, "geoms") and shape.geom_type == "GeometryCollection":
        return f"{name} ({', '.join(map(exact_wkt, shape.geoms))})"
    coordinates = shapely.geometry.mapping(shape)["coordinates"]
    text = _nested(coordinates)
    return f"{name} ({text})" if shape.geom_type == "Point" else f"{name} {text}"


def _nested(coordinates: Any) -> str:
    if not coordinates:
        return "EMPTY"
    if isinstance(coordinates[0], float):
        return " ".join(repr(value).removesuffix(".0") for value in coordinates)
    return f"({', '.join(map(_nested, coordinates))})"
