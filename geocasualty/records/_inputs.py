"""What text stands in each cell of an input, whatever the kind of file or frame?"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geocasualty._progress import progress
from geocasualty.errors import InputError
from geocasualty.files import MAX_CELLS, MAX_COLUMNS, MAX_FIELD, read_csv_cells, read_text
from geocasualty.records._columnar import read_columns as read_delimited
from geocasualty.records._wkt import exact_wkt

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["GEOMETRY_COLUMNS", "Table", "cells_of", "read_cells", "read_columns"]

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


def read_cells(
    source: str | os.PathLike[str] | pd.DataFrame | gpd.GeoDataFrame, *, layer: str | None = None
) -> dict[str, list[str]]:
    r"""Read a file or frame as columns of text, one cell a row, in the order of the input.

    Parameters
    ----------
    source : path or pandas.DataFrame or geopandas.GeoDataFrame
        The kind of a file is told by the end of its name: ``.xlsx`` and ``.xlsm``, ``.geojson`` and ``.json``,
        ``.gpkg``, ``.shp`` (also zipped), ``.parquet`` and ``.geoparquet``, ``.txt``; anything else is read as
        delimited text, also ``.csv.gz``. The index of a frame is ignored.
    layer : str, optional
        Which layer of a GeoPackage or sheet of a workbook; needed where there are several.

    Returns
    -------
    dict of str to list of str
        Column name to cells; all lists have one length. Missing values are empty. Whole numbers have no decimal
        point, other numbers their shortest exact text, flags are ``true`` and ``false``, times are ISO 8601 (a column
        whose times are all midnight without a zone holds dates). Geometry becomes `latitude`, `longitude` and,
        where a shape is no point, `geometry_wkt`, in EPSG:4326; columns of the file that have these names already
        are kept as `attribute_latitude` and so on. A ``.txt`` file is one cell, in the column `text`.

    Raises
    ------
    geocasualty.errors.InputError
        If the input is missing, damaged, has shapes without a coordinate reference system, or is larger than any
        table of records.

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
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        _no_layers(layer, "a frame")
        return cells_of(_table_of_frame(source))
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"expected a path or a frame, got {type(source).__name__}; pass one of these")
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix == ".zip" or suffix in _LAYERED:
        return cells_of(_reader(suffix)(path, layer))
    _no_layers(layer, path.name)
    if suffix in _TEXT:
        text = read_text(path)
        if "\x00" in text:
            raise InputError(f"{path.name}: a NUL byte; the file is damaged or not text")
        return {"text": [text]}
    if suffix in _SINGLE:
        return cells_of(_reader(suffix)(path, None))
    if suffix in _FOREIGN:
        raise InputError(f"{path.name}: {suffix} files are not read; save it as .xlsx or .csv")
    with progress(path.name, " rows") as bar:
        return read_csv_cells(path, seen=bar.update)


def read_columns(source: str | os.PathLike[str] | pd.DataFrame, *, layer: str | None = None) -> dict[str, Any]:
    """As :func:`read_cells`, the columns of plain delimited text as pandas arrays, which large tables need."""
    if isinstance(source, str | os.PathLike) and layer is None and _is_delimited(Path(source)):
        with progress(Path(source).name, "B") as bar:
            columns = read_delimited(source, seen=bar.update)
        if columns is not None:
            return columns
    return read_cells(source, layer=layer)


def _is_delimited(path: Path) -> bool:
    return path.suffix.lower() not in (*_LAYERED, *_SINGLE, *_TEXT, *_FOREIGN, ".zip")


_LAYERED = (".xlsx", ".xlsm", ".gpkg", ".shp")
_SINGLE = (".geojson", ".json", ".parquet", ".geoparquet", ".pq")
_TEXT = (".txt", ".text")
_FOREIGN = (".xls", ".ods", ".xlsb", ".numbers", ".doc", ".docx", ".pdf")


def _reader(suffix: str) -> Callable[[Path, str | None], Table]:
    """The function for a kind of file; its module, and the libraries that it needs, load now."""
    if suffix in (".xlsx", ".xlsm"):
        from geocasualty.records._workbook import read_workbook

        return read_workbook
    if suffix == ".gpkg":
        from geocasualty.records._geopackage import read_geopackage

        return read_geopackage
    from geocasualty.records import _layers

    if suffix in (".geojson", ".json"):
        return _layers.read_geojson
    if suffix in (".parquet", ".geoparquet", ".pq"):
        return _layers.read_parquet
    return _layers.read_layer


def _no_layers(layer: str | None, name: str) -> None:
    if layer is not None:
        raise InputError(f"{name} has no layers, so layer={layer!r} means nothing; leave it out")


def _table_of_frame(frame: pd.DataFrame) -> Table:
    import geopandas as gpd

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


def cells_of(table: Table) -> dict[str, list[str]]:
    """Turn the values of a table into text, its shapes into degrees or well-known text; see :func:`read_cells`."""
    names = [name.strip() for name in table.columns]
    if len(names) > MAX_COLUMNS:
        raise InputError(f"{table.name}: {len(names):,} columns; at most {MAX_COLUMNS:,} are read")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"{table.name}: columns named more than once: {', '.join(map(repr, twice[:20]))}; rename one")
    count = max([len(values) for values in table.columns.values()] + [len(table.geometry or ())])
    if count * max(1, len(names)) > MAX_CELLS:
        raise InputError(f"{table.name}: more than {MAX_CELLS:,} cells; split it")
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
    """Whether the times of a column are days: spreadsheets and pandas know no other way to write a day."""
    times = (value for value in values if isinstance(value, dt.datetime) and not _missing(value))
    return all(time.tzinfo is None and time.time() == dt.time() for time in times)


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
    import numpy as np
    import shapely

    shapes = np.array([*(table.geometry or ()), None], dtype=object)[:-1]
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
    import shapely

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
