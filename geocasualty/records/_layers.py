"""What stands in the cells, and which shapes stand in the rows, of a file that GIS programs read?"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import logging
import reprlib
import zipfile
from pathlib import Path
from typing import Any

from geocasualty._geometry import check_shp, check_xml, shape_of, shapes_from_wkb
from geocasualty.errors import InputError
from geocasualty.files import MAX_BYTES, MAX_COLUMNS, check_cells, damage_said, open_bytes, read_text
from geocasualty.records._cells import Table
from geocasualty.records._shape import NEEDED_NAMES, known_names, layer_meant

MAX_GEOJSON = 500_000_000
"""Largest GeoJSON file, in bytes; parsed, it takes about ten times as much memory."""

MAX_PLACEMARKS = 100_000_000
"""Largest KML or GPX file, in bytes, unpacked: GDAL makes a tree of it, of many times the size."""

_MAGIC = {b"\x00\x00\x27\x0a": "ESRI Shapefile", b"fgb\x03fgb": "FlatGeobuf"}
"""The first bytes that a file must have, so that GDAL never guesses at what it is, and the driver that reads it."""


class _Exact(float):
    """A number that remembers how it was written."""

    exact_text: str

    def __new__(cls, text: str) -> _Exact:
        number = super().__new__(cls, text)
        number.exact_text = text
        return number


def read_json(path: Path) -> Table:
    """Read a FeatureCollection, features or records in a list or one a line, a table by its columns, or names and rows.

    They may stand under keys, if only one of these leads to some. Numbers stay as they are written. A feature's ``id``
    is a column if no property is; a record inside a record becomes columns named ``outer.inner``.
    """
    content = _parsed(path.name, read_text(path, max_bytes=MAX_GEOJSON))
    if isinstance(content, dict) and "features" in content:
        return _features(path.name, content)
    tables = _tables(content, "", DEEPEST)
    tables = {where: rows for where, rows in tables.items() if rows} or tables
    if len(tables) != 1:
        found = f"lists of records under {', '.join(map(repr, list(tables)[:9]))}" if tables else "no list of records"
        raise InputError(f"{path.name}: {found}; export one list, a FeatureCollection, or a table")
    (rows,) = tables.values()
    if rows and all(row.get("type") == "Feature" and "geometry" in row for row in rows):
        return _features(path.name, {"features": rows})
    return Table(path.name, _gathered(path.name, [_flat(record) for record in rows]))


DEEPEST = 3
"""Keys below which the list of records is looked for."""


def _tables(content: Any, where: str, deepest: int) -> dict[str, list[dict[str, object]]]:
    """The lists of records in parsed JSON, by the keys that lead to each."""
    rows = _rows_of(content)
    if rows is not None:
        return {where or "the file": rows}
    found: dict[str, list[dict[str, object]]] = {}
    if isinstance(content, dict) and deepest:
        for key, value in content.items():
            found |= _tables(value, f"{where}.{key}".lstrip("."), deepest - 1)
    return found


def _rows_of(content: Any) -> list[dict[str, object]] | None:
    """Records that are a list, or a table by its columns, by rows under names, or by identifiers; else None."""
    if isinstance(content, list):
        if all(isinstance(record, dict) for record in content):
            return content
        if all(isinstance(row, list) for row in content) and all(isinstance(name, str) for name in content[0]):
            return _under(content[0], content[1:])
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("columns"), list) and isinstance(content.get("data"), list):
        return _under(content["columns"], content["data"])
    values = list(content.values())
    if known_names(itertools.islice(content, MAX_COLUMNS)) >= NEEDED_NAMES:
        columns = [list(value.values()) if isinstance(value, dict) else value for value in values]
        alike = all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns)
        return _under(list(content), list(zip(*columns, strict=True))) if alike else None
    if values and all(isinstance(value, dict) for value in values) and known_names(values[0]) >= NEEDED_NAMES:
        return [value if "id" in value else {"id": key} | value for key, value in content.items()]
    return None


def _under(names: list[Any], rows: list[Any]) -> list[dict[str, object]] | None:
    if any(not isinstance(row, list | tuple) or len(row) != len(names) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text, parse_float=_Exact)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1 and lines[0].lstrip().startswith("{"):
                return [json.loads(line, parse_float=_Exact) for line in lines]
        except (ValueError, RecursionError):
            pass
        raise InputError(f"{name}: damaged JSON ({error}); export it again") from error


def _flat(record: dict[str, Any]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and f"{key}.{next(iter(value))}" not in record:
            flat |= {f"{key}.{inner}": held for inner, held in value.items()}
        else:
            flat[key] = value
    return flat


def _features(name: str, content: dict[str, Any]) -> Table:
    features = content["features"]
    if not isinstance(features, list):
        raise InputError(f"{name}: no FeatureCollection; export the layer as GeoJSON")
    named = content.get("crs")
    with damage_said(name, "export it again"):
        crs = "OGC:CRS84" if named is None else named["properties"]["name"]
    rows: list[dict[str, object]] = []
    shapes: list[Any] = []
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else feature
        if not isinstance(properties, dict | None) or not isinstance(feature, dict):
            raise InputError(
                f"{name}: row {number}, value {str(feature)[:80]!r}: no feature; export it again",
                row=number,
                value=feature,
            )
        row = _flat(properties or {})
        if "id" in feature:
            row.setdefault("id", feature["id"])
        rows.append(row)
        shapes.append(_shape(name, number, feature.get("geometry")))
    return Table(name, _gathered(name, rows), shapes, crs)


def read_placemarks(path: Path, layer: str | None) -> Table:
    """Read the placemarks of KML or KMZ, or the waypoints or tracks of GPX: all folders, one record a placemark.

    Columns in which nothing stands, and those that say how a placemark is drawn, are left out.
    """
    import pyogrio

    known = placemark_layers(path)
    with damage_said(path.name, "export it again"):
        rows: list[dict[str, object]] = []
        shapes: list[Any] = []
        for name in known if layer is None else [layer_meant(path.name, known, layer)]:
            meta, _, geometry, fields = pyogrio.raw.read(path, layer=name, datetime_as_string=True)
            names = [str(label) for label in meta["fields"]]
            kept = [number for number, label in enumerate(names) if label not in _DRAWN]
            rows += [{names[at]: fields[at][row] for at in kept} for row in range(len(geometry))]
            shapes += list(shapes_from_wkb(geometry, on_invalid="ignore"))
    columns = _gathered(path.name, rows)
    filled = {label: values for label, values in columns.items() if any(value not in (None, "") for value in values)}
    return Table(path.name, filled or columns, shapes, "OGC:CRS84")


def placemark_layers(path: Path) -> list[str]:
    """The layers of KML, KMZ or GPX, which is looked through before GDAL sees it."""
    import pyogrio

    from geocasualty.gazetteer.building._archives import check_zip

    with damage_said(path.name, "export it again"):
        if zipfile.is_zipfile(path):
            check_zip(path)
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    if member.lower().endswith(".kml"):
                        check_xml(archive.open(member))
        else:
            with open_bytes(path, max_bytes=MAX_PLACEMARKS) as stream:
                check_xml(stream)
        return [str(name) for name, _ in pyogrio.list_layers(path)]


_DRAWN = frozenset({
    "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet", "styleUrl",
})  # fmt: skip
"""Fields of a placemark that say how it is drawn."""


def _shape(name: str, number: int, geometry: Any) -> Any:
    if geometry is None:
        return None
    try:
        return shape_of(geometry)
    except Exception as error:  # whatever shapely met in a hostile mapping
        said, value = f"{type(error).__name__}: {error}"[:120], reprlib.repr(geometry)[:80]
        raise InputError(
            f"{name}: row {number}, column 'geometry', value {value!r}: no shape ({said}); correct it",
            row=number,
            column="geometry",
            value=geometry,
        ) from error


def _gathered(name: str, rows: list[dict[str, object]]) -> dict[str, list[object]]:
    """Rows to columns; a row that lacks a column has nothing in it."""
    names: dict[str, None] = {}
    for row in rows:
        if not row.keys() <= names.keys():
            names |= dict.fromkeys(row)
            if len(names) > MAX_COLUMNS:
                raise InputError(f"{name}: more than {MAX_COLUMNS:,} columns")
    check_cells(name, len(rows), len(names))
    return {column: [row.get(column) for row in rows] for column in names}


def read_layer(path: Path, layer: str | None) -> Table:
    """Read a shapefile or FlatGeobuf."""
    import fiona

    name = path.name
    with open_bytes(path) as stream:
        start = stream.read(16)
    driver = next((driver for magic, driver in _MAGIC.items() if start.startswith(magic)), "")
    if not driver:
        raise InputError(f"{name}: not a whole layer file; export it again")
    log = logging.getLogger("fiona")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with damage_said(name, "export it again"):
            if driver == "ESRI Shapefile":
                with open_bytes(path) as stream:
                    check_shp(stream, path.stat().st_size)
            layers = fiona.listlayers(path)
            chosen = layer_meant(name, layers, layer)
            with fiona.open(path, layer=chosen, driver=driver, encoding=_encoding(path)) as collection:
                return _collected(name, collection)
    finally:
        log.setLevel(level)


def _encoding(path: Path) -> str | None:
    """UTF-8 for a shapefile that says nothing of its encoding, since GDAL would take it as Latin letters."""
    table = next((path.with_suffix(suffix) for suffix in (".dbf", ".DBF") if path.with_suffix(suffix).is_file()), None)
    if path.suffix.lower() != ".shp" or any(path.with_suffix(suffix).is_file() for suffix in (".cpg", ".CPG")):
        return None
    if table is None:
        raise InputError(f"{path.name}: the .dbf file beside it is missing; copy all files of the shapefile")
    with open_bytes(table) as stream:
        header = stream.read(32)
    return "utf-8" if header[29:30] == b"\x00" else None


def _collected(name: str, collection: Any) -> Table:
    columns: dict[str, list[object]] = {column: [] for column in collection.schema["properties"]}
    times = {column for column, kind in collection.schema["properties"].items() if kind == "datetime"}
    shapes: list[Any] = []
    if len(columns) > MAX_COLUMNS:
        raise InputError(f"{name}: {len(columns):,} columns; at most {MAX_COLUMNS:,} are read")
    for number, feature in enumerate(collection, start=1):
        for column, values in columns.items():
            value = feature.properties.get(column)
            values.append(dt.datetime.fromisoformat(value) if value and column in times else value)
        geometry = feature.geometry
        shapes.append(_shape(name, number, None if geometry is None else geometry.__geo_interface__))
        check_cells(name, number, len(columns))
    with contextlib.suppress(TypeError):  # a FlatGeobuf file without rows does not count them
        if len(shapes) < len(collection):
            raise InputError(f"{name}: {len(shapes)} rows where the file names {len(collection)}; it is cut off")
    geometry_less = collection.schema.get("geometry") in (None, "None")
    return Table(name, columns, None if geometry_less else shapes, collection.crs_wkt or None)


def read_parquet(path: Path) -> Table:
    """Read Parquet, with its shapes if it is GeoParquet with well-known binary."""
    from pyarrow import parquet

    with open_bytes(path) as stream, damage_said(path.name, "export it again"):
        file = parquet.ParquetFile(stream)
        check_parquet(path.name, file, stream)
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
        names = file.schema_arrow.names
        if len(set(names)) < len(names):
            raise InputError(f"{path.name}: columns named more than once; rename one")
        columns: dict[str, list[Any]] = {column: [] for column in names}
        for batch in file.iter_batches(batch_size=1024):
            for column, array in zip(names, batch.columns, strict=True):
                columns[column].extend(array.to_pylist())
        return _with_shapes(path.name, columns, geo)


def check_parquet(name: str, file: Any, stream: Any) -> None:
    """Refuse what unpacks to too much, before it is unpacked: a text that recurs is stored once."""
    from pyarrow import parquet

    about, leaves = file.metadata, file.schema
    check_cells(name, about.num_rows, about.num_columns)
    groups = range(about.num_row_groups)
    texts = [leaves[at].path for at in range(len(leaves)) if leaves[at].physical_type == "BYTE_ARRAY"]
    for at in range(len(leaves)):  # in a list a row has many values
        check_cells(name, sum(about.row_group(group).column(at).num_values for group in groups), 1)
    unpacked = 0
    with parquet.ParquetFile(stream, read_dictionary=texts) as once:
        for batch in once.iter_batches(batch_size=65_536):
            unpacked += sum(map(_unpacked, batch.columns))
            if unpacked > MAX_BYTES:
                raise InputError(f"{name}: unpacks to more than {MAX_BYTES:,} bytes; split the file")


def _unpacked(array: Any) -> int:
    """The bytes of a column once each row has its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        length = pc.binary_length(array.dictionary).fill_null(0)
        return int(pc.sum(length.take(array.indices.drop_null())).as_py() or 0)
    if pa.types.is_struct(array.type):
        return sum(map(_unpacked, array.flatten()))
    if hasattr(array, "values") and hasattr(array, "flatten"):  # a list
        return _unpacked(array.flatten())
    return int(array.nbytes)


def _with_shapes(name: str, columns: dict[str, list[Any]], geo: Any) -> Table:
    if geo is None:
        return Table(name, columns)
    primary = geo["primary_column"]
    for path in (geo["columns"][primary].get("covering") or {}).get("bbox", {}).values():
        columns.pop(path[0], None)  # boxes around the shapes, for readers that pass rows over
    for column, about in geo["columns"].items():
        if about.get("encoding") != "WKB":
            raise InputError(
                f"{name}: column {column!r} is encoded as {about.get('encoding')!r}; write it as WKB", column=column
            )
        columns[column] = list(shapes_from_wkb(columns[column]))
    crs = geo["columns"][primary].get("crs", "OGC:CRS84")
    return Table(name, {key: values for key, values in columns.items() if key != primary}, columns[primary], crs)
