"""How do records stand in a file of shapes: GeoJSON, GeoPackage, GeoParquet, FlatGeobuf, KML?"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from geocasualty._geometry import check_xml, shape_of, shapes_from_wkb
from geocasualty._sqlite import check_layers
from geocasualty.errors import InputError, OutputError
from geocasualty.files import damage_said, open_bytes, read_text
from geocasualty.geodesy import WIDEST_M
from geocasualty.records._geopackage import open_geopackage, shapes_of
from geocasualty.records._layers import check_parquet, read_layer
from geocasualty.records._portable import (
    UTC_SECONDS,
    Column,
    Portable,
    checked_kinds,
    is_time,
    plain_numbers,
    to_text,
)
from geocasualty.records._styles import styles_table
from geocasualty.records._write_tables import label_of, named_and_kind
from geocasualty.records.polygons import regions_of

KEY = "geocasualty"

LAYER, REGIONS = "records", "uncertainty"

STAMP = "2000-01-01T00:00:00.000Z"
"""The format asks when a table last changed; a fixed answer keeps the bytes."""

_ROW_NUMBER = "_row_number"
_OPTIONS = {
    "GPKG": {"FID": _ROW_NUMBER, "GEOMETRY_NAME": "geometry"},
    "FlatGeobuf": {"SPATIAL_INDEX": "NO"},  # an index puts the rows in its own order
}
_OF_REGIONS = ("radius_m", "precision", "vicinity")
_BOXES = ("bbox", "geometry_bbox", "_bbox")
"""What the column of boxes of GeoParquet is called: the first name that no other column has."""

_EDGES = ("xmin", "ymin", "xmax", "ymax")
_KML = "{http://www.opengis.net/kml/2.2}"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _described(portable: Portable) -> str:
    """The types of the columns and the position of the shapes, as files keep them."""
    columns = [[column.name, column.kind] for column in portable.columns]
    return json.dumps({"columns": columns, "geometry": portable.position}, ensure_ascii=False)


def _description(name: str, text: Any) -> tuple[list[tuple[str, str]], int]:
    try:
        described = json.loads(text)
        columns = [(str(column), str(kind)) for column, kind in described["columns"]]
        position = max(0, int(described["geometry"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        columns, position = [("", "")], 0
    return checked_kinds(name, columns), position


def write_geojson(portable: Portable, path: Path) -> None:
    """Write one feature a line; the types stand in a foreign member, which other programs pass over."""
    names = [column.name for column in portable.columns]
    rows = zip(*(plain_numbers(column) for column in portable.columns), strict=True)
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
    """Write the records as a layer, whose description holds the types; where each may lie as another; styles."""
    held = {column.name: column for column in portable.columns}
    flat = (shapely.get_type_id(portable.shapes) <= 0) & ~shapely.has_z(portable.shapes)
    drawn = "radius_m" in held and bool({"incident_id", "strike_id"} & held.keys())
    styled = [(LAYER, False), *[(REGIONS, True)] * drawn] if "precision" in held else []
    counts = {LAYER: len(portable.shapes)}
    try:
        _write_layer(portable.columns, portable.shapes, path, "GPKG", kind="Point" if flat.all() else "Unknown")
        if drawn:
            regions = _regions(portable.shapes, held["radius_m"])
            rows = np.flatnonzero([region is not None for region in regions])
            columns = [held[name] for name in ("incident_id", "strike_id", *_OF_REGIONS) if name in held]
            taken = [column._replace(values=[column.values[at] for at in rows]) for column in columns]
            _write_layer(taken, regions[rows], path, "GPKG", layer=REGIONS, kind="MultiPolygon")
            counts[REGIONS] = len(rows)
        with closing(sqlite3.connect(path)) as tables:
            if styled:
                styles_table(tables, styled, STAMP)
            tables.execute("UPDATE gpkg_contents SET last_change = ?", (STAMP,))
            about = (_described(portable), LAYER)
            tables.execute("UPDATE gpkg_contents SET description = ? WHERE table_name = ?", about)
            tables.commit()
            tables.execute("VACUUM")
            check_layers(tables, counts)
    except (RuntimeError, sqlite3.Error, OSError) as error:  # pyogrio's errors are RuntimeErrors
        raise OutputError(f"cannot write {path.name!r}: {error}; is the disk full?") from error


def _regions(shapes: Any, radii: Column) -> Any:
    """Where each record may lie, for points on the Earth whose radius is known and drawn, and for areas."""
    metres = np.array([np.nan if value is None else float(value) for value in radii.values])
    west, south, east, north = shapely.bounds(shapes).T
    kinds = shapely.get_type_id(shapes)
    with np.errstate(invalid="ignore"):
        fit = (kinds == 0) & (metres <= WIDEST_M) & (np.abs([west, east]) <= 180).all(axis=0)
        fit &= (np.abs([south, north]) <= 90).all(axis=0)
    return regions_of(np.where(fit | np.isin(kinds, (3, 6)), shapes, None), metres)


def _write_layer(
    columns: list[Column],
    shapes: Any,
    path: Path | io.BytesIO,
    driver: str,
    *,
    layer: str = LAYER,
    kind: str = "Unknown",
    names: list[str] | None = None,
) -> None:
    from pyogrio.raw import write

    count = len(shapes)
    fields = [_field(column) for column in columns]
    names = names or [column.name for column in columns]
    if kind == "MultiPolygon":
        shapes = np.array([*map(_several, shapes), None], dtype=object)[:-1]
    write(
        path,
        shapely.to_wkb(shapes, flavor="iso") if count else np.array([], dtype=object),
        [values for values, _ in fields],
        np.array(names, dtype=object),
        field_mask=[mask for _, mask in fields],
        layer=layer,
        driver=driver,
        geometry_type=kind,
        crs="EPSG:4326",
        gdal_tz_offsets={
            name: np.full(count, 100) for name, column in zip(names, columns, strict=True) if column.kind == UTC_SECONDS
        },
        dataset_options={"VERSION": "1.2"} if driver == "GPKG" else {},
        layer_options=_OPTIONS[driver],
    )


def _several(shape: Any) -> Any:
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


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
    """Write GeoParquet 1.1 with well-known binary, and the box of each shape, by which readers pass rows over."""
    import pyarrow as pa
    import pyproj
    from pyarrow import parquet

    names = [column.name for column in portable.columns]
    arrays = [_arrow(pa, column) for column in portable.columns]
    blobs = shapely.to_wkb(portable.shapes, flavor="iso").tolist() if len(portable.shapes) else []
    names.insert(portable.position, "geometry")
    arrays.insert(portable.position, pa.array(blobs, pa.binary()))
    boxes = next(name for name in _BOXES if name not in names)
    held, said = boxed(portable.shapes, boxes)
    arrays.append(held)
    about = {"encoding": "WKB", "crs": pyproj.CRS("EPSG:4326").to_json_dict()} | said
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    table = pa.table(arrays, names=[*names, boxes])
    table = table.replace_schema_metadata({"geo": json.dumps(geo), KEY: _described(portable)})
    parquet.write_table(table, path, compression="zstd")


def boxed(shapes: Any, column: str) -> tuple[Any, dict[str, Any]]:
    """A column with the box of each shape, missing where there is none, and what GeoParquet 1.1 says of the shapes."""
    import pyarrow as pa

    bounds = shapely.bounds(shapes).reshape(-1, 4)
    edges = [pa.array(values) for values in bounds.T]
    held = pa.StructArray.from_arrays(edges, names=[*_EDGES], mask=pa.array(np.isnan(bounds).any(axis=1)))
    kinds = 2 * shapely.get_type_id(shapes) + shapely.has_z(shapes)
    some = [shapes[at] for at in np.unique(kinds, return_index=True)[1]]
    said: dict[str, Any] = {
        "geometry_types": sorted(shape.geom_type + " Z" * shape.has_z for shape in some if shape is not None),
        "covering": {"bbox": {edge: [column, edge] for edge in _EDGES}},
    }
    if not np.isnan(bounds).all():
        said["bbox"] = [*np.nanmin(bounds[:, :2], axis=0).tolist(), *np.nanmax(bounds[:, 2:], axis=0).tolist()]
    return held, said


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
        table = file.read(columns=[*(name for name, _ in columns), "geometry"])
        shapes = shapes_from_wkb(table["geometry"].to_pylist())
        held = [Column(name, kind, _plain(table[name], kind)) for name, kind in columns]
        return Portable(held, shapes, position)


def _plain(array: Any, kind: str) -> list[Any]:
    if not is_time(kind):
        return list(array.to_pylist())
    unit = array.type.unit
    whole = array.cast("int64").to_pylist()
    return [None if value is None else str(np.datetime64(value, unit)) for value in whole]


def _check_shapes(name: str, shapes: Any, *, deep: bool, why: str) -> None:
    """Refuse shapes that a format does not hold: empty ones, and those of three dimensions unless it is deep."""
    bad = shapely.is_empty(shapes) | (shapely.has_z(shapes) & (not deep))
    for at in np.flatnonzero(bad).tolist()[:1]:
        raise InputError.of_cell(name, at + 1, "geometry", shapes[at], f"{why}; write .gpkg")


def write_flatgeobuf(portable: Portable, path: Path) -> None:
    """Write FlatGeobuf in the order of the rows, so without an index; types stand in the names, as in CSV."""
    _check_shapes(path.name, portable.shapes, deep=False, why="FlatGeobuf holds no shape that is empty or has heights")
    labels = [label_of(column).removeprefix("'") for column in portable.columns]
    made = io.BytesIO()  # GDAL does not say when the disk is full
    _write_layer(portable.columns, portable.shapes, made, "FlatGeobuf", names=labels)
    path.write_bytes(made.getbuffer())


def read_flatgeobuf(path: Path) -> Portable:
    """Read what :func:`write_flatgeobuf` wrote; the shapes stand behind all columns."""
    table = read_layer(path, None)
    kinds = checked_kinds(path.name, [named_and_kind(label) for label in table.columns])
    columns = [
        Column(*kind, [each.isoformat() if isinstance(each, dt.datetime) else each for each in values])
        for kind, values in zip(kinds, table.columns.values(), strict=True)
    ]
    return Portable(columns, _array(table.geometry or []), len(columns))


def write_kml(portable: Portable, path: Path) -> None:
    """Write one placemark a row; the types stand in the document's own data, which other programs pass over."""
    _check_shapes(path.name, portable.shapes, deep=True, why="KML holds no empty shape")
    names = [column.name for column in portable.columns]
    columns = [
        [None if value is None else to_text(value, column.kind) for value in column.values]
        for column in portable.columns
    ]
    for name, texts in zip(names, columns, strict=True):
        for row, text in enumerate([name, *texts]):
            if text is not None and _NOT_XML.search(text):
                why = "KML holds no control characters; write .gpkg or .csv"
                raise InputError.of_cell(path.name, row, name, text, why)
    identifier = next((name for name in ("incident_id", "strike_id") if name in names), "")
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
        stream.write(f"<name>{LAYER}</name>{_data({KEY: _described(portable)})}\n")
        for number, shape in enumerate(portable.shapes):
            cells = {name: texts[number] for name, texts in zip(names, columns, strict=True)}
            named = f"<name>{_xml(cells[identifier] or '')}</name>" if identifier else ""
            drawn = "" if shape is None else _kml_of(shape)
            stream.write(f"<Placemark>{named}{_data(cells)}{drawn}</Placemark>\n")
        stream.write("</Document></kml>\n")


def _xml(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _data(row: dict[str, str | None]) -> str:
    parts = [
        f"<Data name={quoteattr(name)}><value>{_xml(text)}</value></Data>"
        for name, text in row.items()
        if text is not None
    ]
    return f"<ExtendedData>{''.join(parts)}</ExtendedData>" if parts else ""


def _kml_of(shape: Any) -> str:
    kind = shape.geom_type
    if kind in ("Point", "LineString"):
        return f"<{kind}>{_coordinates(shape)}</{kind}>"
    if kind == "Polygon":
        rings = [("outerBoundaryIs", shape.exterior), *(("innerBoundaryIs", ring) for ring in shape.interiors)]
        inside = (f"<{edge}><LinearRing>{_coordinates(ring)}</LinearRing></{edge}>" for edge, ring in rings)
        return f"<Polygon>{''.join(inside)}</Polygon>"
    return f"<MultiGeometry>{''.join(map(_kml_of, shape.geoms))}</MultiGeometry>"


def _coordinates(shape: Any) -> str:
    points = shapely.get_coordinates(shape, include_z=shape.has_z).tolist()
    return f"<coordinates>{' '.join(','.join(map(repr, point)) for point in points)}</coordinates>"


def read_kml(path: Path) -> Portable:
    """Read what :func:`write_kml` wrote."""
    with damage_said(path.name, "write it again"):
        with open_bytes(path) as stream:
            check_xml(stream)
        with open_bytes(path) as stream:
            document = ET.parse(stream).getroot().find(f"{_KML}Document")  # noqa: S314 - looked through above
        columns, position = _description(path.name, _of_data(document).get(KEY) if document is not None else None)
        placemarks = document.findall(f"{_KML}Placemark") if document is not None else []
        rows = [_of_data(placemark) for placemark in placemarks]
        shapes = _array(next(_shapes_in(placemark), None) for placemark in placemarks)
        return Portable(
            [Column(name, kind, [row.get(name) for row in rows]) for name, kind in columns], shapes, position
        )


def _of_data(element: Any) -> dict[str, str]:
    return {
        each.get("name", ""): each.findtext(f"{_KML}value") or ""
        for each in element.iterfind(f"{_KML}ExtendedData/{_KML}Data")
    }


def _shapes_in(element: Any) -> Iterator[Any]:
    for part in element:
        kind = part.tag.removeprefix(_KML)
        if kind in ("Point", "LineString"):
            yield getattr(shapely, kind)(_points(part))
        elif kind == "Polygon":
            outer, *holes = map(_points, part.iter(f"{_KML}LinearRing"))
            yield shapely.Polygon(outer, holes)
        elif kind == "MultiGeometry":
            parts = [*_shapes_in(part)]
            kinds = {each.geom_type for each in parts}
            whole = f"Multi{kinds.pop()}" if len(kinds) == 1 else "GeometryCollection"
            yield getattr(shapely, whole, shapely.GeometryCollection)(parts)


def _points(element: Any) -> list[list[float]]:
    text = element.findtext(f"{_KML}coordinates") or ""
    return [[*map(float, point.split(","))] for point in text.split()]
