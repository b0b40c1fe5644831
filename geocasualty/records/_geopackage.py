"""What stands in the cells and shapes of a GeoPackage? Read with SQLite: GDAL 3.9 crashes on some damaged ones."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from geocasualty._geometry import shapes_from_wkb
from geocasualty._sqlite import limit_work, said_of_limit
from geocasualty.errors import InputError
from geocasualty.files import MAX_COLUMNS, check_cells, damage_said, open_bytes
from geocasualty.records._cells import Table
from geocasualty.records._shape import holds_records, layer_meant

_ENVELOPES = (0, 32, 48, 48, 64)
"""Bytes of a GeoPackage geometry's envelope by the code in its flags."""


def open_geopackage(path: Path) -> sqlite3.Connection:
    """Open for reading only; a question that takes far too much work is interrupted."""
    with open_bytes(path) as stream:
        if not stream.read(16).startswith(b"SQLite format 3\x00"):
            raise InputError(f"{path.name}: not a GeoPackage")
    tables = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    limit_work(tables, path.stat().st_size)
    return tables


def shapes_of(blobs: list[bytes | None]) -> Any:
    """The shapes in a column of geometries, None where there is none."""
    inner = [None if blob is None else blob[8 + _ENVELOPES[blob[3] >> 1 & 7] :] for blob in blobs]
    return shapes_from_wkb(inner)


def read_geopackage(path: Path, layer: str | None) -> Table:
    """Read one layer or table; the number that it gives its rows is no column."""
    with _asked(path) as tables:
        return _read(path.name, tables, layer)


def geopackage_layers(path: Path) -> list[str]:
    """The layers and tables of a GeoPackage, in its order."""
    with _asked(path) as tables:
        return _layers(tables)


@contextmanager
def _asked(path: Path) -> Iterator[sqlite3.Connection]:
    endless = f"{path.name}: its layers take too long to read, as a view without an end does; export them as tables"
    with damage_said(path.name, "export it again"), closing(open_geopackage(path)) as tables, said_of_limit(endless):
        yield tables


def _layers(tables: sqlite3.Connection) -> list[str]:
    listed = (
        "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes') "
        "AND table_name <> 'layer_styles' ORDER BY rowid"
    )
    return [str(row[0]) for row in tables.execute(listed).fetchmany(MAX_COLUMNS)]


def _read(name: str, tables: sqlite3.Connection, layer: str | None) -> Table:
    layers = _layers(tables)
    if layer is None and len(layers) > 1:
        columns = {each: tables.execute("SELECT name FROM pragma_table_info(?)", (each,)).fetchall() for each in layers}
        meant = [each for each, names in columns.items() if holds_records([[label for (label,) in names], [""]])]
        layers = meant if len(meant) == 1 else layers
    chosen = layer_meant(name, layers, layer)
    stored = tables.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND name = ?", (chosen,))
    if stored.fetchone() is None:
        raise InputError(f"{name}: the layer {chosen!r} is no table, perhaps a view; export it as a table")
    held_in = tables.execute("SELECT name, type, pk FROM pragma_table_info(?)", (chosen,)).fetchall()
    geometry, crs = _system(tables, chosen)
    wanted_columns = [(str(label), str(kind).upper()) for label, kind, key in held_in if not key]
    quoted = [_quoted(label) for label, _ in wanted_columns]
    (count,) = tables.execute(f"SELECT count(*) FROM {_quoted(chosen)}").fetchone()  # noqa: S608
    if len(quoted) > MAX_COLUMNS:
        raise InputError(f"{name}: {len(quoted):,} columns; at most {MAX_COLUMNS:,} are read")
    check_cells(name, count, len(quoted))
    rows = tables.execute(f"SELECT {', '.join(quoted)} FROM {_quoted(chosen)}").fetchall()  # noqa: S608
    held = list(zip(*rows, strict=True)) or [()] * len(quoted)
    values = {
        label: [_value(value, kind) for value in cells]
        for (label, kind), cells in zip(wanted_columns, held, strict=True)
        if label != geometry
    }
    if geometry is None:
        return Table(name, values)
    position = [label for label, _ in wanted_columns].index(geometry)
    return Table(name, values, list(shapes_of(list(held[position]))), crs)


def _system(tables: sqlite3.Connection, layer: str) -> tuple[str | None, str | None]:
    """The column of shapes, and the definition of its coordinate reference system."""
    row = tables.execute(
        "SELECT column_name, organization, organization_coordsys_id, definition, srs_id "
        "FROM gpkg_geometry_columns LEFT JOIN gpkg_spatial_ref_sys USING (srs_id) WHERE table_name = ?",
        (layer,),
    ).fetchone()
    if row is None:
        return None, None
    column, authority, code, definition, number = row
    if number in (-1, 0, None):
        return column, None
    return column, f"EPSG:{code}" if str(authority).upper() == "EPSG" else definition


def _quoted(label: str) -> str:
    return '"' + label.replace('"', '""') + '"'


def _value(value: Any, kind: str) -> object:
    if value is not None and kind.startswith("BOOL"):
        return bool(value)
    if isinstance(value, str) and kind.startswith("DATETIME"):
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
