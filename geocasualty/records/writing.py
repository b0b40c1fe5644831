r"""Writes a table of records to a file, and reads it back as it was, nothing lost."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geocasualty._geometry import shape_from_wkt, shape_of, shapes_from_wkb
from geocasualty.errors import InputError, OutputError
from geocasualty.files import atomic_path, damage_said, open_bytes, read_csv_cells, read_text
from geocasualty.records._cells import exact_wkt
from geocasualty.records._flags import spelt
from geocasualty.records._geopackage import open_geopackage, shapes_of
from geocasualty.records._layers import check_parquet
from geocasualty.records._portable import (
    KIND,
    UTC_SECONDS,
    Column,
    Portable,
    default_kind,
    from_portable,
    is_time,
    to_portable,
    to_text,
)

__all__ = ["marked", "read_records", "unmarked", "write_places", "write_records"]

MAX_OUTLINE = 100_000_000
"""Longest cell of a CSV file that :func:`read_records` reads, in characters: an outline of two million corners."""

MARK = "'"
"""Put before a text that a spreadsheet would run as a formula: spreadsheets then show it as text."""

MISSING = "'NA"
"""A text that is missing, which is not the empty text."""

_RUN = tuple("=+-@\t\r\n＝＋－＠'")
"""First characters that a spreadsheet may act on (OWASP, CSV Injection), their full-width forms, and the mark."""

_SHAPE = ("latitude", "longitude", "geometry_wkt")

KEY = "geocasualty"

LAYER = "records"

STAMP = "2000-01-01T00:00:00.000Z"
"""The format asks when a table last changed; a fixed answer keeps the bytes."""

_ROW_NUMBER = "_row_number"


def write_records(frame: gpd.GeoDataFrame, path: str | os.PathLike[str]) -> Path:
    r"""Write incidents or strikes to a file; :func:`read_records` reads it back with nothing lost.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Records in EPSG:4326, with ``incident_id`` or ``strike_id``. The index and ``attrs`` are not written.
    path : str or path-like
        Ends in ``.parquet`` or ``.geoparquet``, ``.gpkg``, ``.geojson`` or ``.csv``.

    Returns
    -------
    pathlib.Path
        The path written. A crash or a full disk leaves the old file or the new one, never a part. The same table
        gives the same bytes with the same versions of GDAL, SQLite and pyarrow.

    Raises
    ------
    geocasualty.errors.InputError
        If the ending is unknown, or the table holds what cannot be written exactly, naming row, column and value.
    geocasualty.errors.OutputError
        If the file cannot be written; nothing is left behind.

    Notes
    -----
    In CSV a point is `latitude` and `longitude`, any other shape `geometry_wkt`. Texts that a spreadsheet would run
    as formulas have an apostrophe before them, which reading takes away; numbers are never touched. A column of
    another type than its name has in this package says so in its name, such as ``score:float64``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> from geocasualty.records.writing import read_records, write_records
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> incidents = gcas.load_casebook().incidents
    >>> path = write_records(incidents, folder / "incidents.csv")
    >>> read_records(path).equals(incidents)
    True

    A table without rows keeps its columns and their types:

    >>> empty = write_records(incidents.head(0), folder / "empty.gpkg")
    >>> bool((read_records(empty).dtypes == incidents.dtypes).all())
    True
    """
    if isinstance(frame, gpd.GeoDataFrame) and not {"incident_id", "strike_id"} & set(frame.columns):
        raise InputError(
            f"no column 'incident_id' or 'strike_id' among {list(frame.columns)}; only tables of records are written"
        )
    return write_places(frame, path)


def write_places(frame: gpd.GeoDataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table of places that are no records, such as resolved names, as :func:`geocasualty.write_records` does.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> import pandas as pd
    >>> named = gcas.load_gazetteer().resolve_many(pd.Series(["Hawija"]))
    >>> gcas.records.write_places(named, pathlib.Path(tempfile.mkdtemp()) / "places.gpkg").name
    'places.gpkg'
    """
    target = Path(path)
    write, _ = _format(target)
    portable = to_portable(frame)
    with atomic_path(target) as temporary:
        write(portable, temporary)
    return target


def read_records(path: str | os.PathLike[str]) -> gpd.GeoDataFrame:
    """Read a file that :func:`write_records` wrote.

    Parameters
    ----------
    path : str or path-like
        The file; files of other origin are for :func:`geocasualty.read_incidents` and
        :func:`geocasualty.read_strikes`.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns, their order and types, and values as they were written; the index counts from 0. Only flags that
        0.1 spelt with underscores have hyphens.

    Raises
    ------
    geocasualty.errors.InputError
        If the file is missing, damaged or of other origin, or a value does not have its column's type.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> from geocasualty.records.writing import read_records, write_records
    >>> strikes = gcas.load_casebook().strikes
    >>> path = write_records(strikes, pathlib.Path(tempfile.mkdtemp()) / "strikes.geojson")
    >>> read_records(path)["start"].dtype
    datetime64[s, UTC]
    """
    source = Path(path)
    _, read = _format(source)
    if not source.is_file():
        raise InputError(f"no such file: {str(path)!r}; check the path")
    frame = from_portable(source.name, read(source))
    if "flags" in frame.columns and frame["flags"].str.contains("_", regex=False).any():
        frame["flags"] = frame["flags"].map(spelt, na_action="ignore").astype(frame["flags"].dtype)
    return frame


def _format(path: Path) -> tuple[Callable[[Portable, Path], None], Callable[[Path], Portable]]:
    formats = {
        ".csv": (_write_csv, _read_csv),
        ".geojson": (write_geojson, read_geojson),
        ".gpkg": (write_geopackage, read_geopackage),
        ".parquet": (write_geoparquet, read_geoparquet),
        ".geoparquet": (write_geoparquet, read_geoparquet),
    }
    if path.suffix.lower() not in formats:
        raise InputError(f"{path.name}: expected a name that ends in {', '.join(formats)}")
    return formats[path.suffix.lower()]


def _write_csv(portable: Portable, path: Path) -> None:
    taken = [column.name for column in portable.columns if column.name in _SHAPE]
    if taken:
        raise InputError(f"columns {', '.join(map(repr, taken))} would stand beside the shapes' own; rename them")
    header = [_label(column) for column in portable.columns]
    columns: list[list[str]] = [[_cell(value, column.kind) for value in column.values] for column in portable.columns]
    header[portable.position : portable.position] = _SHAPE
    columns[portable.position : portable.position] = _shape_cells(portable.shapes)
    with path.open("w", encoding="utf-8", newline="") as stream:
        # The writer quotes lone carriage returns only where they could end a line.
        writer = csv.writer(_UnixLines(stream), lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


class _UnixLines:
    r"""Passes lines on with ``\n`` for their end."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        return int(self._stream.write(line.removesuffix("\r\n") + "\n"))


def _label(column: Column) -> str:
    named = column.name.rpartition(":")
    plain = column.kind == default_kind(column.name) and not (named[0] and KIND.fullmatch(named[2]))
    return marked(column.name if plain else f"{column.name}:{column.kind}")


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return MISSING if kind == "str" else ""
    return marked(value) if kind == "str" else to_text(value, kind)


def marked(text: str) -> str:
    """A text as a cell of CSV: with an apostrophe before it where a spreadsheet would run it as a formula.

    Examples
    --------
    >>> marked("=HYPERLINK(1)"), marked("Hawijah")
    ("'=HYPERLINK(1)", 'Hawijah')
    """
    return MARK + text if text.lstrip().lstrip("\ufeff\u200b").startswith(_RUN) or text[:1] in _RUN else text


def unmarked(text: str) -> str:
    """The text that :func:`marked` made a cell of; any other as it is.

    Examples
    --------
    >>> unmarked(marked("=HYPERLINK(1)")), unmarked("Hawijah"), unmarked("'Ayn")
    ('=HYPERLINK(1)', 'Hawijah', "'Ayn")
    """
    plain = text.removeprefix(MARK)
    return plain if marked(plain) == text else text


def _shape_cells(shapes: Any) -> list[list[str]]:
    point = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes) & ~shapely.has_z(shapes)
    points = np.where(point, shapes, None)
    cells = [
        [repr(value) if value == value else "" for value in of(points).tolist()]
        for of in (shapely.get_y, shapely.get_x)
    ]
    known: dict[int, str] = {}  # records of one area share its outline
    texts = []
    for shape, single in zip(shapes, point, strict=True):
        if shape is not None and not single and id(shape) not in known:
            known[id(shape)] = exact_wkt(shape)
        texts.append(known.get(id(shape), ""))
    cells.append(texts)
    return cells


def _read_csv(path: Path) -> Portable:
    cells = read_csv_cells(path, delimiter=",", max_field=MAX_OUTLINE)
    names = [label.removeprefix(MARK) for label in cells]
    missing = [name for name in _SHAPE if name not in names]
    if missing or not {"incident_id", "strike_id"} & set(names):
        raise InputError(
            f"{path.name}: no column {', '.join(missing) or 'incident_id or strike_id'}; "
            "it was not written by write_records; read it with read_incidents or read_strikes"
        )
    columns = [_parsed(name, values) for name, values in zip(names, cells.values(), strict=True) if name not in _SHAPE]
    shapes = np.array([*_shapes(path.name, *(cells[name] for name in _SHAPE)), None], dtype=object)[:-1]
    return Portable(columns, shapes, names.index("latitude"))


def _parsed(label: str, cells: list[str]) -> Column:
    name, _, kind = label.rpartition(":")
    if not name or not KIND.fullmatch(kind):
        name, kind = label, default_kind(label)
    if kind == "str":
        return Column(name, kind, [None if cell == MISSING else cell.removeprefix(MARK) for cell in cells])
    return Column(name, kind, [cell or None for cell in cells])


def _shapes(name: str, latitudes: list[str], longitudes: list[str], texts: list[str]) -> Iterator[Any]:
    for row, (latitude, longitude, text) in enumerate(zip(latitudes, longitudes, texts, strict=True), start=1):
        try:
            if text:
                yield shape_from_wkt(text)
            else:
                yield shapely.Point(float(longitude), float(latitude)) if latitude or longitude else None
        except (ValueError, shapely.errors.ShapelyError) as error:
            value = text[:80] or f"{latitude}, {longitude}"
            raise InputError(
                f"{name}: row {row}, column {'geometry_wkt' if text else 'latitude'!r}, value {value!r}: "
                "expected a shape; restore the file as it was written",
                row=row,
                column="geometry_wkt" if text else "latitude",
                value=value,
            ) from error


def _described(portable: Portable) -> str:
    """The types of the columns and the position of the shapes, as files keep them."""
    columns = [[column.name, column.kind] for column in portable.columns]
    return json.dumps({"columns": columns, "geometry": portable.position}, ensure_ascii=False)


def _description(name: str, text: Any) -> tuple[list[tuple[str, str]], int]:
    try:
        described = json.loads(text)
        columns = [(str(column), str(kind)) for column, kind in described["columns"]]
        if len(dict(columns)) == len(columns) and all(KIND.fullmatch(kind) for _, kind in columns):
            return columns, max(0, int(described["geometry"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise InputError(f"{name}: not written by write_records; read it with read_incidents or read_strikes")


def write_geojson(portable: Portable, path: Path) -> None:
    """Write one feature a line; the types stand in a foreign member, which other programs pass over."""
    names = [column.name for column in portable.columns]
    rows = zip(*(_json_values(column) for column in portable.columns), strict=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write('{"type": "FeatureCollection", ')
        stream.write(f'"{KEY}": {_described(portable)}, "features": [')
        for number, (row, shape) in enumerate(zip(rows, portable.shapes, strict=True)):
            feature = {
                "type": "Feature",
                "properties": dict(zip(names, row, strict=True)),
                "geometry": None if shape is None else shapely.geometry.mapping(shape),
            }
            stream.write(",\n" if number else "\n")
            stream.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
        stream.write("\n]}\n")


def _json_values(column: Column) -> list[Any]:
    """JSON has no infinity, and readers take whole numbers beyond 2**53 as floats: both are text."""
    if not column.kind.lower().startswith(("float", "int", "uint")):
        return column.values
    return [str(value) if value is not None and not -(2**53) <= value <= 2**53 else value for value in column.values]


def read_geojson(path: Path) -> Portable:
    """Read what :func:`write_geojson` wrote."""
    text = read_text(path)
    with damage_said(path.name, "write it again"):
        content = json.loads(text)
        columns, position = _description(path.name, json.dumps(content.get(KEY)))
        features = content["features"]
        shapes = _array(None if feature["geometry"] is None else shape_of(feature["geometry"]) for feature in features)
        rows = [feature["properties"] for feature in features]
        return Portable([Column(name, kind, [row[name] for row in rows]) for name, kind in columns], shapes, position)


def _array(values: Any) -> Any:
    return np.array([*values, None], dtype=object)[:-1]


def write_geopackage(portable: Portable, path: Path) -> None:
    """Write one layer, whose description holds the types."""
    from pyogrio.raw import write

    count = len(portable.shapes)
    fields = [_field(column) for column in portable.columns]
    blobs = shapely.to_wkb(portable.shapes, flavor="iso") if count else np.array([], dtype=object)
    try:
        write(
            path,
            blobs,
            [values for values, _ in fields],
            np.array([column.name for column in portable.columns], dtype=object),
            field_mask=[mask for _, mask in fields],
            layer=LAYER,
            driver="GPKG",
            geometry_type="Unknown",
            crs="EPSG:4326",
            gdal_tz_offsets={
                column.name: np.full(count, 100) for column in portable.columns if column.kind == UTC_SECONDS
            },
            layer_options={"FID": _ROW_NUMBER, "GEOMETRY_NAME": "geometry"},
        )
        with closing(sqlite3.connect(path)) as tables:
            tables.execute("UPDATE gpkg_contents SET last_change = ?, description = ?", (STAMP, _described(portable)))
            tables.commit()
            tables.execute("VACUUM")
            (written,) = tables.execute(f"SELECT count(*) FROM {LAYER}").fetchone()  # noqa: S608
        if written != count:
            raise OSError(f"{written} of {count} rows were written")
    except (RuntimeError, sqlite3.Error, OSError) as error:  # pyogrio's errors are RuntimeErrors
        raise OutputError(f"cannot write {path.name!r}: {error}; is the disk full?") from error


def _field(column: Column) -> tuple[Any, Any]:
    """An array for GDAL, and which of its values are missing."""
    mask = np.array([value is None for value in column.values], dtype=bool)
    kind = column.kind.lower()
    if column.kind == UTC_SECONDS:
        texts = ["NaT" if value is None else value.removesuffix("Z") for value in column.values]
        return np.array(texts, dtype="datetime64[ms]"), mask
    if kind.startswith("float"):
        return np.array([np.nan if value is None else value for value in column.values], dtype=float), mask
    if kind.startswith(("int", "uint")) and "uint64" not in kind:
        return np.array([0 if value is None else value for value in column.values], dtype=np.int64), mask
    if kind.startswith("bool"):
        return np.array([bool(value) for value in column.values], dtype=bool), mask
    return _array(None if value is None else str(value) for value in column.values), None


def read_geopackage(path: Path) -> Portable:
    """Read what :func:`write_geopackage` wrote; with SQLite, which gives every value exactly."""
    with damage_said(path.name, "write it again"), closing(open_geopackage(path)) as tables:
        found = tables.execute("SELECT description FROM gpkg_contents WHERE table_name = ?", (LAYER,)).fetchone()
        columns, position = _description(path.name, found[0] if found else None)
        named = ", ".join('"' + name.replace('"', '""') + '"' for name, _ in columns)
        rows = tables.execute(f"SELECT {named}, geometry FROM {LAYER} ORDER BY {_ROW_NUMBER}").fetchall()  # noqa: S608
        values = list(zip(*rows, strict=True)) or [()] * (len(columns) + 1)
        shapes = shapes_of(list(values[-1]))
        held = [
            Column(name, kind, [_seconds(value) if kind == UTC_SECONDS else value for value in cells])
            for (name, kind), cells in zip(columns, values, strict=False)
        ]
        return Portable(held, shapes, position)


def _seconds(value: str | None) -> str | None:
    return None if value is None else value.replace(".000Z", "Z")


def write_geoparquet(portable: Portable, path: Path) -> None:
    """Write GeoParquet 1.1 with well-known binary."""
    import pyarrow as pa
    import pyproj
    from pyarrow import parquet

    names = [column.name for column in portable.columns]
    arrays = [_arrow(pa, column) for column in portable.columns]
    blobs = shapely.to_wkb(portable.shapes, flavor="iso").tolist() if len(portable.shapes) else []
    names.insert(portable.position, "geometry")
    arrays.insert(portable.position, pa.array(blobs, pa.binary()))
    kinds = {shape.geom_type + " Z" * shape.has_z for shape in portable.shapes if shape is not None}
    about = {"encoding": "WKB", "geometry_types": sorted(kinds), "crs": pyproj.CRS("EPSG:4326").to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    table = pa.table(arrays, names=names).replace_schema_metadata({"geo": json.dumps(geo), KEY: _described(portable)})
    parquet.write_table(table, path, compression="zstd")


def _arrow(pa: Any, column: Column) -> Any:
    kind = column.kind
    if is_time(kind):
        unit, _, zone = kind.removeprefix("datetime64[").removesuffix("]").partition(", ")
        texts = ["NaT" if value is None else value.removesuffix("Z") for value in column.values]
        stored = "ms" if unit == "s" else unit
        return pa.array(np.array(texts, dtype=f"datetime64[{stored}]"), pa.timestamp(stored, "UTC" if zone else None))
    simple = {"str": pa.string(), "precision": pa.string(), "bool": pa.bool_(), "boolean": pa.bool_()}
    return pa.array(column.values, simple.get(kind) or getattr(pa, kind.lower())())


def read_geoparquet(path: Path) -> Portable:
    """Read what :func:`write_geoparquet` wrote."""
    from pyarrow import parquet

    with open_bytes(path) as stream, damage_said(path.name, "write it again"):
        file = parquet.ParquetFile(stream)
        check_parquet(path.name, file, stream)
        columns, position = _description(path.name, (file.schema_arrow.metadata or {}).get(KEY.encode(), b"null"))
        table = file.read()
        shapes = shapes_from_wkb(table["geometry"].to_pylist())
        held = [Column(name, kind, _plain(table[name], kind)) for name, kind in columns]
        return Portable(held, shapes, position)


def _plain(array: Any, kind: str) -> list[Any]:
    if not is_time(kind):
        return list(array.to_pylist())
    unit = array.type.unit
    whole = array.cast("int64").to_pylist()
    return [None if value is None else str(np.datetime64(value, unit)) for value in whole]
