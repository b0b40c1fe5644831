"""Holds a portable table in GeoJSON, a GeoPackage or GeoParquet, with the types of its columns."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geocasualty.errors import InputError, OutputError
from geocasualty.files import MAX_BYTES, damage_said, open_bytes, read_text
from geocasualty.records._geopackage import open_geopackage, shapes_of
from geocasualty.records._portable import KIND, UTC_SECONDS, Column, Portable, is_time

__all__ = [
    "read_geojson",
    "read_geopackage",
    "read_geoparquet",
    "write_geojson",
    "write_geopackage",
    "write_geoparquet",
]

KEY = "geocasualty"
LAYER = "records"

STAMP = "2000-01-01T00:00:00.000Z"
"""The format asks when a table last changed; a fixed answer keeps the bytes."""

_ROW_NUMBER = "_row_number"


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
        shapes = _array(
            None if feature["geometry"] is None else shapely.geometry.shape(feature["geometry"]) for feature in features
        )
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
        unpacked = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
        if unpacked > MAX_BYTES:
            raise InputError(f"{path.name}: unpacks to {unpacked:,} bytes, at most {MAX_BYTES:,} are read")
        columns, position = _description(path.name, (file.schema_arrow.metadata or {}).get(KEY.encode(), b"null"))
        table = file.read()
        shapes = shapely.from_wkb(_array(table["geometry"].to_pylist())) if table.num_rows else _array(())
        held = [Column(name, kind, _plain(table[name], kind)) for name, kind in columns]
        return Portable(held, shapes, position)


def _plain(array: Any, kind: str) -> list[Any]:
    if not is_time(kind):
        return list(array.to_pylist())
    unit = array.type.unit
    whole = array.cast("int64").to_pylist()
    return [None if value is None else str(np.datetime64(value, unit)) for value in whole]
