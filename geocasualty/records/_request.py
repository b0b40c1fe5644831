"""From what a user asks for to its table: which file, which format, what it is merged with and what it covers."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import logging
import math
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import geopandas as gpd
import pandas as pd

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.files import open_bytes
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.records._columns import days_of_midnights, unread_columns
from geocasualty.records._inputs import read_cells, read_columns
from geocasualty.records._table import Origin, validated
from geocasualty.records.formats import FORMATS, Cells, find_format
from geocasualty.records.formats.table import spellings
from geocasualty.records.schema import Role, id_column
from geocasualty.theatre.countries import country_code, not_a_country
from geocasualty.times import DayOrder

__all__ = ["Request", "Source", "name_of", "validate"]

logger = logging.getLogger(__name__)

Source: TypeAlias = str | os.PathLike[str] | pd.DataFrame

SHOWN_COLUMNS = 30
"""Columns of a file that an error message names."""

COVERAGE_KEYS = ("belligerents", "countries", "start", "end", "complete")

Coverage: TypeAlias = Mapping[str, str | bool | dt.date | Sequence[str]]
"""What a caller says that a file holds: the keys of :data:`COVERAGE_KEYS`, and ``kinds`` if they are known."""


class Request(NamedTuple):
    """The arguments of the reading functions."""

    path: Source
    role: Role
    format: str | None = None
    gazetteer: Gazetteer | None = None
    column_map: Mapping[str, str] | None = None
    assessments: Source | None = None
    coverage: Coverage | None = None
    date_order: DayOrder | None = None
    layer: str | None = None
    timezone: str | None = None
    radius_m: float | None = None
    vicinity: bool | None = None
    ignore: Sequence[str] = ()


def name_of(source: Source) -> str:
    """What to call an input in a message."""
    return "the frame" if isinstance(source, pd.DataFrame) else Path(source).name


def validate(request: Request) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The accepted records and the rejected rows of an input.

    Raises
    ------
    geocasualty.errors.InputError
        If it cannot be read, is not of its format, or lacks a column.
    """
    gazetteer = request.gazetteer or load_gazetteer()
    with _no_collection():
        return _validate(request, gazetteer)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """No cyclic garbage collection: millions of new cells and points, none in a cycle, would be walked again and again.

    It takes two thirds of the time off a table of 1,000,000 rows.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _validate(request: Request, gazetteer: Gazetteer) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    name = name_of(request.path)
    cells = _mapped(_cells(request.path, request.format, request.layer), request.column_map, name)
    known = find_format(request.format, cells)
    logger.info("%s: read as %s/%s", name, known.name, known.version)
    if request.role not in known.roles:
        raise InputError(
            f"{name}: the format {known.name!r} holds {known.roles[0]}s; read it with gcas.read_{known.roles[0]}s"
        )
    if request.format is not None and not known.recognises(cells):
        raise InputError(f"{name}: not a file of format {known.name!r}; the file has {_shown(cells)}")
    if request.assessments is not None:
        if known.merge is None:
            raise InputError(f"{name}: assessments= goes with the format 'airwars', not with {known.name!r}")
        cells = known.merge(cells, read_cells(request.assessments))
    cells, midnights = days_of_midnights(cells, known)
    if not known.columnar:
        cells = {column: list(values) for column, values in cells.items()}
    if "rows" in cells:  # the rows that a record is merged from are a reader's to say
        cells["attribute_rows"] = cells.pop("rows")
    refused = known.refuses(cells, request.role) if known.refuses else []
    native = known.to_native(cells)
    if "geometry_wkt" in cells and "geometry_wkt" not in native:  # an area is a record's, whatever the format
        native["geometry_wkt"] = [cells["geometry_wkt"][int(row) - 1] for row in native["row"]]
    _check_native(native, request.role, name, _shown(cells))
    unread = unread_columns(name, cells, native, known, (request.column_map or {}).values(), request.ignore)
    del cells  # Typed takes the native ones apart as it goes, so that a large table is not held twice
    if request.coverage is not None:
        if request.role != "strike":
            raise InputError(f"{name}: coverage= says whose strikes a file holds; leave it out for incidents")
        native = native | _stated_coverage(request.coverage, len(next(iter(native.values()), ())))
    dataset = "frame" if isinstance(request.path, pd.DataFrame) else Path(request.path).name.split(".")[0]
    origin = Origin(dataset, f"{known.name}/{known.version}", known.measured, known.columnar)
    return validated(
        native,
        request.role,
        origin,
        gazetteer,
        refused=refused,
        date_order=request.date_order,
        timezone=request.timezone,
        radius_m=_metres(request.radius_m),
        vicinity=_yes_or_no(request.vicinity),
        midnights=midnights,
        unread=unread,
    )


def _cells(source: Source, format_name: str | None, layer: str | None) -> Cells:
    """The cells of an input; a file that is not UTF-8 in the encoding that its format is known to have."""
    try:
        return read_columns(source, layer=layer)
    except InputError as error:
        if "is not UTF-8" not in str(error) or isinstance(source, pd.DataFrame):
            raise
        for known in FORMATS.values():
            if known.encoding and format_name in (None, known.name):
                cells = _decoded(Path(source), known.encoding)
                if cells is not None and known.recognises(cells):
                    warnings.warn(
                        f"{name_of(source)}: not UTF-8; read as {known.encoding}, which files of format "
                        f"{known.name!r} use",
                        GeocasualtyWarning,
                        stacklevel=8,
                    )
                    return cells
        raise


def _decoded(path: Path, encoding: str) -> Cells | None:
    with open_bytes(path) as stream:
        data = stream.read()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name.removesuffix(".gz")
        copy.write_bytes(text.encode())
        return read_cells(copy)


def _mapped(cells: Cells, column_map: Mapping[str, str] | None, name: str) -> Cells:
    missing = [theirs for theirs in (column_map or {}).values() if theirs not in cells]
    if missing:
        raise InputError(
            f"{name}: column_map names {', '.join(map(repr, missing))}, which the file lacks; it has {_shown(cells)}"
        )
    chosen = {ours.strip().lower(): theirs for ours, theirs in (column_map or {}).items()}
    mapped: Cells = {}
    for column, values in cells.items():
        theirs = chosen.get(column.strip().lower())
        if theirs is None:
            mapped[column] = values
        elif theirs != column:  # the file's own column of that name, which is not the one meant
            mapped[f"attribute_{column}"] = values
    return mapped | {ours: cells[theirs] for ours, theirs in (column_map or {}).items()}


def _shown(cells: Cells) -> str:
    names = [column for column in cells if column not in ("row", "rows")]
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return ", ".join(repr(column[:60]) for column in names[:SHOWN_COLUMNS]) + more


def _metres(radius_m: object) -> float | None:
    if radius_m is None:
        return None
    if isinstance(radius_m, bool) or not isinstance(radius_m, int | float) or not 0 < radius_m < math.inf:
        raise InputError(f"radius_m is {radius_m!r}; expected metres above zero, such as 500", value=radius_m)
    return float(radius_m)


def _yes_or_no(vicinity: object) -> bool | None:
    if vicinity is not None and not isinstance(vicinity, bool):
        raise InputError(f"vicinity is {vicinity!r}; expected True or False", value=vicinity)
    return vicinity


def _stated_coverage(coverage: Coverage, count: int) -> Cells:
    if set(coverage) - {"kinds"} != set(COVERAGE_KEYS):
        raise InputError(
            f"coverage has {sorted(coverage)}; expected the keys {', '.join(COVERAGE_KEYS)}, and kinds if known"
        )
    if not isinstance(coverage["complete"], bool):
        raise InputError(f"coverage: complete is {coverage['complete']!r}; expected True or False")
    said = {key: _coverage_text(key, value) for key, value in coverage.items()}
    for name in filter(None, (part.strip() for part in said["countries"].split(";"))):
        if not country_code(name):
            raise InputError(
                f"coverage: countries has {name[:60]!r}; {not_a_country(name)}", column="countries", value=name
            )
    for key in ("belligerents", "countries", "start", "end"):
        if not said[key].strip(" ;"):
            raise InputError(f"coverage: {key} is {coverage[key]!r}; expected {_EXPECTED[key]}", column=key)
    return {f"covers_{key}": [text] * count for key, text in said.items()}


_EXPECTED = {
    "belligerents": "names joined by semicolons or a list of them",
    "countries": "countries such as 'IQ;SY' or a list of them",
    "start": "the first day, such as '2015-06-01'",
    "end": "the last day, such as '2015-06-30'",
    "kinds": "kinds of attack such as 'air;drone' or a list of them",
}


def _coverage_text(key: str, value: object) -> str:
    if key == "complete" or isinstance(value, str):
        return str(value)
    if key in ("start", "end") and isinstance(value, dt.date):
        midnight = isinstance(value, dt.datetime) and value.tzinfo is None and value.time() == dt.time()
        return (value.date() if midnight else value).isoformat()  # type: ignore[attr-defined]
    listed = [name for name in value if isinstance(name, str)] if isinstance(value, list | tuple | set) else []
    if key in ("start", "end") or not isinstance(value, list | tuple | set) or len(listed) < len(value):
        raise InputError(f"coverage: {key} is {value!r}; expected {_EXPECTED[key]}", column=key, value=value)
    return ";".join(sorted(listed) if isinstance(value, set) else listed)


def _check_native(cells: Cells, role: Role, name: str, stated: str) -> None:
    lacking = [spellings(column) for column in (id_column(role), "start") if column not in cells]
    located = {"place_text", "mgrs", "geometry_wkt"} & cells.keys() or {"latitude", "longitude"} <= cells.keys()
    if not located:
        degrees = f"{spellings('latitude')} and {spellings('longitude')}"
        lacking.append(f"{spellings('place_text')}, {spellings('mgrs')}, or {degrees}")
    if lacking:
        raise InputError(
            f"{name}: no column {'; nor '.join(lacking)}; the file has {stated}; rename them or pass column_map="
        )
