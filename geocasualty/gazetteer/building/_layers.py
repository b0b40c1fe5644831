"""Streams the features of a layer, a GeoParquet or a workbook with coordinates, in longitude and latitude."""

from __future__ import annotations

import codecs
import json
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import shapely

from geocasualty._extras import need
from geocasualty._geometry import check_shp, shape_of
from geocasualty._sqlite import limit_work
from geocasualty.errors import InputError
from geocasualty.files import damage_said
from geocasualty.gazetteer.building._archives import CHUNK, check_zip, unpacked
from geocasualty.gazetteer.building._record import Report

TABLES = (".parquet", ".xlsx")
"""Files of tables that are read as layers."""

_LONGITUDE, _LATITUDE = ("lon", "longitude", "long", "lng", "x", "point_x"), ("lat", "latitude", "y", "point_y")

SQLITE = b"SQLite format 3\x00"


class Feature(NamedTuple):
    """Number from 1, attributes, and the geometry in EPSG:4326, or None."""

    row: int
    values: dict[str, Any]
    geometry: shapely.Geometry | None


def _driver(path: Path, name: str) -> str:
    """The driver by content, not by what the content asks for: a virtual layer could name any file or host."""
    if path.is_dir():
        if path.suffix.lower() == ".gdb":
            return "OpenFileGDB"
        raise InputError(f"{name}: a folder; give a .shp, .gdb, .gpkg or .geojson")
    with path.open("rb") as stream:
        head = stream.read(64)
    if not head:
        raise InputError(f"{name}: the file is empty")
    if head.startswith(SQLITE):
        _check_sqlite(path, name, head)
        return "GPKG"
    if head.startswith(b"\x00\x00\x27\x0a"):
        with damage_said(name, "export it again"), path.open("rb") as stream:
            check_shp(stream, path.stat().st_size)
        return "ESRI Shapefile"
    if head.startswith(b"fgb"):
        return "FlatGeobuf"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        _check_json(path, name)
        return "GeoJSON"
    raise InputError(f"{name}: neither GeoJSON, shapefile, GeoPackage, file geodatabase nor FlatGeobuf")


def _check_sqlite(path: Path, name: str, head: bytes) -> None:
    page = int.from_bytes(head[16:18], "big") if len(head) > 31 else 0
    expected = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    if path.stat().st_size < expected:
        raise InputError(
            f"{name}: {path.stat().st_size:,} bytes of {expected:,}; the GeoPackage is truncated, copy it again"
        )


def _check_json(path: Path, name: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    last, read = b"", 0
    with path.open("rb") as stream:
        while data := stream.read(CHUNK):
            if b"\x00" in data:
                raise InputError(f"{name}: a NUL byte at byte {read + data.index(0):,}; the file is damaged")
            try:
                decoder.decode(data)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name}: byte 0x{error.object[error.start]:02x} near byte {read + error.start:,} is not UTF-8; "
                    "save the file as UTF-8"
                ) from error
            last, read = data.rstrip() or last, read + len(data)
    if not last.endswith(b"}"):
        raise InputError(f"{name}: ends with {last[-20:]!r}; the GeoJSON is truncated, download it again")


def _layer_names(path: Path, driver: str, name: str) -> list[str | None]:
    import fiona

    if driver == "GPKG":
        try:
            with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as tables:
                limit_work(tables, path.stat().st_size)
                found = tables.execute(
                    "SELECT table_name, (SELECT type FROM sqlite_master WHERE name = table_name) FROM gpkg_contents "
                    "WHERE data_type = 'features' ORDER BY table_name"
                ).fetchall()
            tables.close()
        except sqlite3.Error as error:
            raise InputError(f"{name}: not a whole GeoPackage ({error}); copy it again") from error
        for layer, kind in found:
            if kind != "table":  # a view may have no end
                raise InputError(f"{name}: the layer {str(layer)[:60]!r} is no table; save it as a layer of its own")
        return [layer for layer, _ in found]
    if driver == "OpenFileGDB":
        return sorted(fiona.listlayers(path))
    return [None]


def field_names(path: Path) -> list[str]:
    """The attributes of every layer of a file."""
    if path.suffix.lower() in TABLES:
        with _damage_said(path, path.name):
            return [field for fields, _ in _tables(path) for field in fields]
    with unpacked(path) as file, _damage_said(file, path.name):
        return [field for opened in _opened(file, path.name) for field in opened.schema["properties"]]


@contextmanager
def _damage_said(path: Path, name: str) -> Iterator[None]:
    try:
        yield
    except (InputError, MemoryError):
        raise
    except FileNotFoundError as error:
        raise InputError(f"no such file: {name!r}; check the path") from error
    except Exception as error:  # GDAL, PROJ and GEOS raise classes of their own, with no common base
        said = " ".join(str(error).replace(str(path), name).split())[:200]
        raise InputError(f"{name}: cannot be read ({said}); is it whole?") from error


def _opened(path: Path, name: str) -> Iterator[Any]:
    import fiona

    driver = _driver(path, name)
    for layer in _layer_names(path, driver, name):
        keep = {} if layer is None else {"layer": layer}
        with fiona.open(path, driver=driver, **keep) as opened:
            yield opened


def features(path: Path, report: Report, *, needed: frozenset[str] = frozenset()) -> Iterator[Feature]:
    """Every feature of every layer that has one of the needed attributes (any layer if none is asked for).

    Raises InputError if the file cannot be read whole, has no such layer, or a layer without a coordinate reference
    system.
    """
    if path.suffix.lower() in TABLES:
        yield from _rows(path, report, needed)
        return
    with unpacked(path) as file, _damage_said(file, path.name):
        row, used = 0, False
        for opened in _opened(file, path.name):
            fields = {field.lower() for field in opened.schema["properties"]}
            if needed and not needed & fields:
                report.remark(path.name, f"layer {opened.name!r} has none of {', '.join(sorted(needed))}; not read")
                continue
            used = True
            project = _projection(opened, path.name, report)
            expected = _length(opened)
            before = row
            for feature in opened:
                row += 1
                yield Feature(row, dict(feature.properties), _shape(feature.geometry, project))
            if expected is not None and row - before < expected:
                raise InputError(
                    f"{path.name}: {row - before:,} of {expected:,} features could be read; the file is damaged"
                )
    if not used:
        raise InputError(f"{path.name}: no layer with a column {', '.join(sorted(needed))}")


def _rows(path: Path, report: Report, needed: frozenset[str]) -> Iterator[Feature]:
    """The rows of every table that has a needed column, as features."""
    number, used = 0, False
    with _damage_said(path, path.name):
        for fields, rows in _tables(path):
            if needed and not needed & {field.lower() for field in fields}:
                had, wanted = ", ".join(fields)[:80], ", ".join(sorted(needed))
                report.remark(path.name, f"a table with the columns {had} has none of {wanted}; not read")
                continue
            used = True
            for values in rows:
                number += 1
                yield Feature(number, values, _place_of(values))
    if not used:
        raise InputError(f"{path.name}: no table with a column {', '.join(sorted(needed))}")


def _place_of(values: dict[str, Any]) -> shapely.Geometry | None:
    """What a row says in WKB, or by its columns of degrees."""
    shape = values.pop("geometry", None)
    if isinstance(shape, bytes):
        return shapely.from_wkb(shape, on_invalid="ignore")
    lower = {column.lower(): value for column, value in values.items()}
    lon, lat = (next((lower[name] for name in names if name in lower), "") for names in (_LONGITUDE, _LATITUDE))
    try:
        return shapely.Point(float(lon), float(lat))
    except (TypeError, ValueError):
        return None


def _tables(path: Path) -> Iterator[tuple[list[str], Iterator[dict[str, Any]]]]:
    """The columns and rows of every table of a file."""
    if path.suffix.lower() == ".xlsx":
        for header, rows in sheets(path):
            yield header, (dict(zip(header, cells, strict=False)) for _, cells in rows)
        return
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        stated = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}")).get("columns", {})
        crs = (stated.get("geometry") or {}).get("crs")
        if crs and (crs.get("id") or {}).get("code") not in ("CRS84", 4326):
            raise InputError(f"{path.name}: its coordinates are of {crs.get('name')}; save it in EPSG:4326")
        batches = file.iter_batches(batch_size=1000)
        yield file.schema_arrow.names, (row for batch in batches for row in batch.to_pylist(maps_as_pydicts="lossy"))


def sheets(path: Path) -> Generator[tuple[list[str], Iterator[tuple[int, list[str]]]], None, None]:
    """The header of every sheet of a workbook that has one, and its rows as text, by their number from 1."""
    need("openpyxl")
    from openpyxl import load_workbook

    with _damage_said(path, path.name):
        check_zip(path)
        with closing(load_workbook(path, read_only=True, data_only=True)) as book:
            for sheet in book.worksheets:
                cells = (["" if cell is None else str(cell).strip() for cell in row] for row in sheet.values)
                header = next(filter(any, cells), [])
                if header:
                    width = max(place for place, name in enumerate(header, start=1) if name)
                    yield header[:width], enumerate((row[:width] for row in cells if any(row)), start=1)


def _length(opened: Any) -> int | None:
    try:
        return len(opened)
    except (TypeError, ValueError):
        return None


def _shape(geometry: Any, project: Any) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        shape = shape_of(geometry)
        return shape if project is None else shapely.transform(shape, project, interleaved=False)
    except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError):
        return None


def _projection(opened: Any, name: str, report: Report) -> Any:
    """A function from the layer's coordinates to longitude and latitude, or None where they are."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    if not opened.crs_wkt:
        raise InputError(
            f"{name}: no coordinate reference system; add the .prj file, or set it in QGIS and export again"
        )
    try:
        stated = CRS.from_wkt(opened.crs_wkt)
        if stated.equals(CRS.from_epsg(4326), ignore_axis_order=True):
            return None
        transformer = Transformer.from_crs(stated, 4326, always_xy=True)
    except ProjError as error:
        raise InputError(f"{name}: unknown coordinate reference system ({error}); export to EPSG:4326") from error
    report.remark(name, f"reprojected from {stated.name} to longitude and latitude (EPSG:4326)")
    return transformer.transform
