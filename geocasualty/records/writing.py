r"""Writes a table of records to a file, and reads it back as it was, nothing lost."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd

from geocasualty._extras import need
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.files import atomic_path
from geocasualty.records import _write_layers as layers
from geocasualty.records import _write_tables as tables
from geocasualty.records._columns import names_of_persons
from geocasualty.records._flags import spelt
from geocasualty.records._portable import Portable, from_portable, to_portable
from geocasualty.records._write_tables import PACKAGE, marked, unmarked

__all__ = ["FORMATS", "Format", "format_of", "marked", "read_records", "unmarked", "write_places", "write_records"]


class Format(NamedTuple):
    """A kind of file that records are written to, and what it cannot hold, in words."""

    write: Callable[[Portable, Path], None]
    read: Callable[[Path], Portable]
    lacks: str = ""


_XLSX = "of a cell at most 32,767 characters, as an outline soon has, and of rows 1,048,575"
_FLATGEOBUF = "no empty shape and no heights; the shapes come back as the last column"
_KML = "no empty shape and no control characters"
_PARQUET = Format(layers.write_geoparquet, layers.read_geoparquet)

FORMATS = {
    ".csv": Format(tables.write_csv, tables.read_csv),
    ".xlsx": Format(tables.write_xlsx, tables.read_xlsx, _XLSX),
    ".geojson": Format(layers.write_geojson, layers.read_geojson),
    ".gpkg": Format(layers.write_geopackage, layers.read_geopackage),
    ".parquet": _PARQUET,
    ".geoparquet": _PARQUET,
    ".fgb": Format(layers.write_flatgeobuf, layers.read_flatgeobuf, _FLATGEOBUF),
    ".kml": Format(layers.write_kml, layers.read_kml, _KML),
}
"""Kinds of file by the end of their names."""


def write_records(
    frame: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    hxl: bool = False,
    names: bool | str | os.PathLike[str] = False,
) -> Path:
    r"""Write incidents or strikes to a file; :func:`read_records` reads it back with nothing lost.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Records in EPSG:4326, with ``incident_id`` or ``strike_id``. The index and ``attrs`` are not written.
    path : str or path-like
        Ends in ``.csv``, ``.xlsx``, ``.geojson``, ``.gpkg``, ``.parquet`` or ``.geoparquet``, ``.fgb`` or ``.kml``; or
        is called ``datapackage.json``, which describes an ``incidents.csv`` or ``strikes.csv`` beside it, as a data
        package of Frictionless Data.
    hxl : bool
        Of CSV: write a row of tags of the Humanitarian Exchange Language under the names.
    names : bool, str or path-like
        Columns that look like names of persons are left out, with a warning, unless True, which keeps them; or the
        file to write them to, with the identifiers, of a kind that this function knows.

    Returns
    -------
    pathlib.Path
        The path written. A crash or a full disk leaves the old file or the new one, never a part. The same table
        gives the same bytes with the same versions of GDAL, SQLite, openpyxl and pyarrow.

    Raises
    ------
    geocasualty.errors.InputError
        If the ending is unknown, or the table holds what cannot be written exactly, naming row, column and value.
    geocasualty.errors.OutputError
        If the file cannot be written; nothing is left behind.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        Naming the columns that are left out.

    Notes
    -----
    In CSV and xlsx a point is `latitude` and `longitude`, any other shape `geometry_wkt`. Texts that a spreadsheet
    would run as formulas have an apostrophe before them in CSV, which reading takes away, and are marked as texts in
    xlsx; numbers are never touched. A column of another type than its name has in this package says so in its name,
    such as ``score:float64``, in CSV and FlatGeobuf; a workbook says all types in its sheet ``codebook``.

    A GeoPackage has a second layer, ``uncertainty``: where each record may lie, as :func:`geocasualty.uncertainty`
    has it, of radii up to 10,000 km; and styles of both by precision, which QGIS takes up as it opens them. GeoParquet
    states the box of each shape, by which readers pass rows over.

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
    return _write(frame, path, hxl=hxl, names=names)


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
    return _write(frame, path, hxl=False, names=True)


def _write(frame: Any, path: str | os.PathLike[str], *, hxl: bool, names: bool | str | os.PathLike[str]) -> Path:
    target = Path(path)
    write = format_of(target).write
    if hxl:
        if target.suffix.lower() != ".csv":
            raise InputError(f"{target.name}: hxl=True is of CSV; give a name that ends in .csv, or leave it out")
        write = partial(tables.write_csv, hxl=True)
    if names is not True and isinstance(frame, gpd.GeoDataFrame):
        frame = _without_names(frame, None if names is False else Path(names), target)
    portable = to_portable(frame)
    with atomic_path(target) as temporary:
        write(portable, temporary)
    return target


def _without_names(frame: gpd.GeoDataFrame, apart: Path | None, target: Path) -> gpd.GeoDataFrame:
    """The table without the columns of names of persons, which are written to a file of their own if there is one."""
    named = names_of_persons(frame.columns)
    if apart is not None:
        if apart.resolve() == target.resolve():
            raise InputError(f"names={apart.name!r} is the file of the records; give another name, or names=True")
        held = [name for name in ("incident_id", "strike_id") if name in frame.columns]
        _write(frame[[*held, *named, frame.geometry.name]].assign(geometry=None), apart, hxl=False, names=True)
    elif named:
        warnings.warn(
            f"{target.name}: {', '.join(map(repr, named))} may hold names of persons, and stays out of the file; "
            "pass names= a file for them, or names=True to publish them",
            GeocasualtyWarning,
            stacklevel=4,
        )
    return frame.drop(columns=named)


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
    read = format_of(source).read
    if not source.is_file():
        raise InputError(f"no such file: {str(path)!r}; check the path")
    frame = from_portable(source.name, read(source))
    if "flags" in frame.columns and frame["flags"].str.contains("_", regex=False).any():
        frame["flags"] = frame["flags"].map(spelt, na_action="ignore").astype(frame["flags"].dtype)
    return frame


def format_of(path: Path) -> Format:
    """The format that a name asks for."""
    if path.name.lower() == PACKAGE:
        return Format(lambda portable, written: tables.write_package(portable, written, path), tables.read_package)
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path.name}: expected a name that ends in {', '.join(FORMATS)}, or {PACKAGE}")
    if path.suffix.lower() == ".xlsx":
        need("openpyxl")
    return FORMATS[path.suffix.lower()]
