"""What text stands in each cell of an input, whatever the kind of file or frame?"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocasualty._progress import progress
from geocasualty.errors import InputError
from geocasualty.files import read_csv_cells, read_text
from geocasualty.records._cells import Table, cells_of
from geocasualty.records._columnar import read_columns as read_delimited

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["read_cells", "read_columns"]


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
