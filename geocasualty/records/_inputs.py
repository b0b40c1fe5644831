"""What text stands in each cell of an input, whatever the kind of file or frame?"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty._extras import need
from geocasualty._progress import progress
from geocasualty.errors import InputError
from geocasualty.files import FIRST_LINES, open_bytes, read_csv_cells, read_text
from geocasualty.records._cells import Table, cells_of
from geocasualty.records._columnar import read_columns
from geocasualty.records._geopackage import geopackage_layers, read_geopackage
from geocasualty.records._layers import placemark_layers, read_json, read_layer, read_parquet, read_placemarks
from geocasualty.records._shape import Grid, head_of, is_foot, tidied
from geocasualty.records._workbook import read_opendocument, read_workbook, sheets_of


def read_cells(
    source: str | os.PathLike[str] | pd.DataFrame | gpd.GeoDataFrame,
    *,
    layer: str | None = None,
    encoding: str | None = None,
) -> dict[str, list[str]]:
    r"""Read a file or frame as columns of text, one cell a row, in the order of the input.

    The kind of a file is told by its first bytes: workbooks, GeoJSON and other JSON, GeoPackage, shapefile, FlatGeobuf,
    Parquet, KML, KMZ and GPX, each also in a zip archive; what is none of these is delimited text, or the text of a
    release if its name ends in ``.txt``, which is one cell, in the column `text`. The index of a frame is ignored.

    Missing values are empty. Whole numbers have no decimal point, other numbers their shortest exact text, flags are
    ``true`` and ``false``, times are ISO 8601 (a column whose times are all midnight without a zone holds dates).
    Geometry becomes `latitude`, `longitude` and, where a shape is no point, `geometry_wkt`, in EPSG:4326; columns of
    the file that have these names already are kept as `attribute_latitude` and so on.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> table = pd.DataFrame({"id": [7, 8], "killed": [3, None], "day": pd.to_datetime(["2015-06-03", None])})
    >>> read_cells(table)
    {'id': ['7', '8'], 'killed': ['3', ''], 'day': ['2015-06-03', '']}
    >>> places = gpd.GeoDataFrame({"id": [7, 8]}, geometry=gpd.points_from_xy([43.8, 43.2], [35.3, 36.3]), crs=4326)
    >>> read_cells(places)["latitude"]
    ['35.3', '36.3']
    >>> read_cells(table.head(0))
    {'id': [], 'killed': [], 'day': []}
    """
    return {name: list(values) for name, values in read_grid(source, layer=layer, encoding=encoding).cells.items()}


def read_grid(
    source: str | os.PathLike[str] | pd.DataFrame, *, layer: str | None = None, encoding: str | None = None
) -> Grid:
    """As :func:`read_cells`, with what was passed over; columns of plain delimited text are pandas arrays."""
    if isinstance(source, pd.DataFrame):
        _no_layers(layer, "a frame")
        return Grid(cells_of(_table_of_frame(source)))
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"expected a path or a frame, got {type(source).__name__}; pass one of these")
    path = Path(source)
    kind = kind_of(path)
    return _read(path, kind, layer, encoding)._replace(kind=KINDS[kind])


def _read(path: Path, kind: str, layer: str | None, encoding: str | None) -> Grid:
    if encoding is not None and kind not in ("csv", "txt", "zip"):
        raise InputError(
            f"{path.name}: {KINDS[kind]} says its encoding itself, so encoding= means nothing; leave it out"
        )
    if kind in ("xlsx", "ods"):
        return (read_workbook if kind == "xlsx" else read_opendocument)(path, layer)
    if kind == "zip":
        return _unzipped(path, layer, encoding)
    if kind in _LAYERED:
        return Grid(cells_of(_LAYERED[kind](path, layer)))
    _no_layers(layer, path.name)
    if kind in ("json", "parquet"):
        return Grid(cells_of((read_json if kind == "json" else read_parquet)(path)))
    if kind == "txt":
        text = read_text(path, encoding=encoding)
        if "\x00" in text:
            raise InputError(f"{path.name}: a NUL byte; the file is damaged or not text")
        return Grid({"text": [text]})
    return _delimited(path, encoding)


def layers_of(path: Path, kind: str) -> list[str]:
    """The sheets of a workbook, or the layers of a file; empty for a kind that has none."""
    if kind in ("xlsx", "ods"):
        return sheets_of(path, kind)
    if kind in ("kml", "kmz", "gpx"):
        return placemark_layers(path)
    return geopackage_layers(path) if kind == "gpkg" else []


def _unzipped(path: Path, layer: str | None, encoding: str | None) -> Grid:
    from geocasualty.gazetteer.building._archives import unpacked

    with unpacked(path, _TABLES) as inner:
        if not inner.is_file() or inner == path:
            raise InputError(f"{path.name}: no table and no layer inside; unpack it and give the file")
        try:
            return read_grid(inner, layer=layer, encoding=encoding)
        except InputError as error:
            said = str(error).replace(inner.name, path.name)
            raise InputError(said, row=error.row, column=error.column, value=error.value) from error


_TABLES = (".csv", ".tsv", ".xlsx", ".ods", ".jsonl", ".parquet", ".kml", ".gpx")
"""What may stand in a zip archive beside layers."""


def _delimited(path: Path, encoding: str | None) -> Grid:
    notes: list[str] = [] if encoding is None else [f"read as {encoding}"]
    if encoding is None:
        with progress(path.name, "B") as bar:
            columns = read_columns(path, seen=bar.update)
        if columns is not None and len(columns) > 1 and not head_of(_first_rows(columns), [])[0]:
            return tidied(columns)._replace(above=1)
    above = 0

    def head(rows: list[list[str]]) -> tuple[int, list[str]]:
        nonlocal above
        at, names = head_of(rows, notes)
        above = at + 1
        return at, names

    with progress(path.name, " rows") as bar:
        cells = read_csv_cells(path, seen=bar.update, encoding=encoding, head=head, foot=is_foot)
    return tidied(cells, notes=notes)._replace(above=above, encoding=encoding)


def _first_rows(columns: dict[str, Any]) -> list[list[str]]:
    count = min(FIRST_LINES - 1, len(next(iter(columns.values()), ())))
    return [list(columns), *([str(values[row]) for values in columns.values()] for row in range(count))]


KINDS = {
    "xlsx": "a workbook", "ods": "a workbook of OpenDocument", "gpkg": "a GeoPackage", "shp": "a shapefile",
    "fgb": "FlatGeobuf", "json": "JSON", "parquet": "Parquet", "kml": "KML", "kmz": "KMZ", "gpx": "GPX",
    "zip": "a zip archive", "txt": "text", "csv": "delimited text",
}  # fmt: skip
"""What files may be, in words."""

_MAGIC = {
    b"SQLite format 3\x00": "gpkg", b"\x00\x00\x27\x0a": "shp", b"fgb\x03fgb": "fgb", b"PAR1": "parquet",
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip",
}  # fmt: skip
_FOREIGN = {
    b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "an old Office file such as .xls", b"{\\rtf": "a rich text",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive",
    b"<!DOCTYPE html": "a web page", b"<html": "a web page", b"<!doctype html": "a web page",
}  # fmt: skip
_NOT_READ = (".xls", ".xlsb", ".numbers", ".doc", ".docx", ".pdf")
_ENDINGS = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods", ".gpkg": "gpkg", ".shp": "shp", ".fgb": "fgb", ".geojson": "json",
    ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet", ".geoparquet": "parquet",
    ".pq": "parquet", ".kml": "kml", ".kmz": "kmz", ".gpx": "gpx", ".zip": "zip",
}  # fmt: skip
"""What a name promises: a file that is none of it is refused, rather than read as something else."""


def kind_of(path: Path) -> str:
    """What a file is, a key of :data:`KINDS`, by its first bytes; what is not as its name promises is refused."""
    if path.suffix.lower() in _NOT_READ:
        raise InputError(f"{path.name}: {path.suffix.lower()} files are not read; save it as .xlsx or .csv")
    with open_bytes(path) as stream:
        start = stream.read(HEAD)
    foreign = next((what for magic, what in _FOREIGN.items() if start.startswith(magic)), "")
    if foreign:
        raise InputError(f"{path.name}: it is {foreign}, which is not read; save it as .xlsx or .csv")
    found = next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")
    if found == "zip":
        return _zipped(path)
    text = start.decode("utf-8", "replace").removeprefix("\ufeff").lstrip()
    if not found and text.startswith("<"):
        found = next((name for name in ("kml", "gpx") if re.search(rf"<(?:\w+:)?{name}[\s>]", text)), "")
    if not found and re.match(r"\{\s*(?:\"|\}|$)|\[\s*(?:[\[{]|\]|$)", text):
        found = "json"
    promised = _ENDINGS.get(path.suffix.lower().removesuffix(".gz"), "")
    if promised == "xlsx":
        need("openpyxl")
    if promised and found != promised:
        said = f"it is {KINDS[found]}; give it the right ending" if found else "export it again"
        raise InputError(f"{path.name}: not a whole {KINDS[promised].removeprefix('a ')} file; {said}")
    return found or ("txt" if path.suffix.lower() in (".txt", ".text") else "csv")


HEAD = 4096
"""Bytes in which the kind of a file shows."""


def _zipped(path: Path) -> str:
    """Whether a zip archive is a workbook, KMZ or holds another file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        what = KINDS[_ENDINGS.get(path.suffix.lower(), "zip")].removeprefix("a ")
        raise InputError(f"{path.name}: not a whole {what} file ({error}); save it again") from error
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if {"content.xml", "mimetype"} <= {*names}:
        return "ods"
    if any(name.lower().endswith(".kml") for name in names):
        return "kmz"
    return "zip"


_LAYERED = {
    "gpkg": read_geopackage, "shp": read_layer, "fgb": read_layer, "kml": read_placemarks, "kmz": read_placemarks,
    "gpx": read_placemarks,
}  # fmt: skip


def _no_layers(layer: str | None, name: str) -> None:
    if layer is not None:
        raise InputError(f"{name} has no layers, so layer={layer!r} means nothing; leave it out")


def _table_of_frame(frame: pd.DataFrame) -> Table:
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise InputError(f"the frame names columns more than once: {', '.join(map(repr, twice[:20]))}; rename one")
    active = getattr(frame, "_geometry_column_name", None) if isinstance(frame, gpd.GeoDataFrame) else None
    columns: dict[str, Sequence[object]] = {}
    for position, name in enumerate(names):
        if frame.columns[position] != active or active is None:
            columns[name] = frame.iloc[:, position].astype(object).tolist()
    if active is None or active not in frame.columns:
        return Table("the frame", columns)
    return Table("the frame", columns, list(frame.geometry.array), frame.crs)
