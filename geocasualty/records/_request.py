"""From what a user asks for to its table: which file, which format, what it is merged with and what it covers."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import itertools
import logging
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypedDict

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.files import SAVE, csv_lines, open_bytes, proposed_encoding
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.geodesy import is_radius
from geocasualty.records._columns import days_of_midnights, unread_columns
from geocasualty.records._inputs import read_cells, read_grid
from geocasualty.records._shape import Grid
from geocasualty.records._table import Origin, validated
from geocasualty.records._typed import Asked
from geocasualty.records._words import coded, parts_of
from geocasualty.records.formats import Cells, Reader, Refusal, find_reader, readers
from geocasualty.records.formats.table import HXL, fields_of, spellings, tagged
from geocasualty.records.recorders import recognised
from geocasualty.records.schema import Role, id_column
from geocasualty.theatre.countries import country_code, not_a_country
from geocasualty.times import DayOrder

logger = logging.getLogger(__name__)

Source: TypeAlias = str | os.PathLike[str] | pd.DataFrame

SHOWN_COLUMNS = 30
"""Columns of a file that an error message names."""

Places: TypeAlias = npt.NDArray[np.int64]

COVERAGE_KEYS = ("belligerents", "countries", "start", "end", "complete")

Coverage: TypeAlias = Mapping[str, str | bool | dt.date | Sequence[str]]
"""What a caller says that a file holds: the keys of :data:`COVERAGE_KEYS`, and ``kinds`` if they are known."""


class Options(TypedDict, total=False):
    """What may be said of a file to any of the reading functions; their default is None, of ``ignore`` nothing."""

    format: str | Reader | None
    gazetteer: Gazetteer | None
    column_map: Mapping[str, str] | None
    assessments: Source | None
    coverage: Coverage | None
    date_order: DayOrder | None
    layer: str | None
    timezone: str | None
    radius_m: float | None
    vicinity: bool | None
    ignore: Sequence[str]
    encoding: str | None
    country: str | None
    belligerents: str | Sequence[str] | None


class Request(NamedTuple):
    """What a reading function is asked."""

    path: Source
    role: Role
    options: Options = {}  # noqa: RUF012 - never changed
    detections: bool = False


def name_of(source: Source) -> str:
    """What to call an input in a message."""
    return "the frame" if isinstance(source, pd.DataFrame) else Path(source).name


def validate(request: Request) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The accepted records and the rejected rows of an input."""
    gazetteer = request.options.get("gazetteer") or load_gazetteer()
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
    grid = grid_of(request)
    cells, mapped = _by_tags(_mapped(grid.cells, request.options.get("column_map"), name), grid.tags, request, name)
    known = _format_of(cells, request, name)
    if (assessments := request.options.get("assessments")) is not None:
        if known.merge is None:
            raise InputError(f"{name}: assessments= goes with the format 'airwars', not with {known.name!r}")
        cells = known.merge(cells, read_cells(assessments))
    cells, midnights = days_of_midnights(cells, known)
    if not known.columnar:
        cells = {column: list(values) for column, values in cells.items()}
    if "rows" in cells:  # the rows that a record is merged from are a reader's to say
        cells["attribute_rows"] = cells.pop("rows")
    refused = known.refuses(cells, request.role) if known.refuses else []
    native = known.to_native(cells)
    if "geometry_wkt" in cells and "geometry_wkt" not in native:  # an area is a record's, whatever the format
        rows = native.get("row", range(1, len(cells["geometry_wkt"]) + 1))
        native["geometry_wkt"] = [cells["geometry_wkt"][int(row) - 1] for row in rows]
    native, refused = _in_places(native, refused, grid.places)
    native = _of_whole_file(native, request, name)
    native = recognised(native, request.role)
    _check_native(native, name, _shown(cells))
    if id_column(request.role) not in native:
        _refuse_exchanged(native, request.role, name)
        native[id_column(request.role)] = _numbered(native, request.role, name)
    unread = unread_columns(name, cells, native, known, mapped, request.options.get("ignore", ()))
    if midnights is not None and grid.places is not None:
        midnights = np.isin(np.arange(1, grid.places.max(initial=0) + 1), grid.places[midnights])
    identifiers, lines = native[id_column(request.role)], native.get("rows", native.get("row"))
    columns = list(cells)
    del cells  # Typed takes the native ones apart as it goes, so that a large table is not held twice
    if (coverage := request.options.get("coverage")) is not None:
        if request.role != "strike":
            raise InputError(f"{name}: coverage= says whose strikes a file holds; leave it out for incidents")
        native = native | _stated_coverage(coverage, len(next(iter(native.values()), ())))
    dataset = "frame" if isinstance(request.path, pd.DataFrame) else Path(request.path).name.split(".")[0]
    said = "; ".join((f"{name}: {grid.kind}, read as {known.name}/{known.version}", *grid.notes))
    origin = Origin(dataset, f"{known.name}/{known.version}", known.measured, known.columnar, said)
    asked = _asked(request.options)
    accepted, rejected = validated(
        native, request.role, origin, gazetteer, asked, refused=refused, midnights=midnights, unread=unread
    )
    numbers = map(str, range(1, len(identifiers) + 1)) if lines is None else lines
    headers = (_headers(known, columns) if len(rejected) else {}) | dict(request.options.get("column_map") or {})
    rejected["record"] = _identified(rejected["row"], numbers, identifiers)
    rejected["header"] = [headers.get(column, column if column in columns else "") for column in rejected["column"]]
    rejected["line"] = _lines_of(request, grid, rejected["row"].tolist())
    return accepted, rejected


def _identified(rows: Iterable[int], numbers: Iterable[str], identifiers: Iterable[str]) -> list[str]:
    """Of each rejected row the identifier of the record that it is, or is one of the rows of."""
    called = dict.fromkeys(map(str, rows), "")
    for text, record in zip(numbers, identifiers, strict=True) if called else ():
        called |= {row: str(record) for row in text.split(";") if row in called}
    return [called[str(row)] for row in rows]


def _headers(known: Reader, columns: list[str]) -> dict[str, str]:
    """Which columns of a file each native one is made of, as the reader tells with a mark in one of them at a time."""
    marks = {name: f"mark{at}mark" for at, name in enumerate(columns)}
    try:
        native = known.to_native({name: [marks[name] if name == each else "" for each in columns] for name in columns})
    except Exception:  # a reader may stop at cells that no file has; then nothing is said
        return {}
    made = {field: " ".join(map(str, cells)) for field, cells in native.items()}
    found = {field: [name for name, mark in marks.items() if mark in text] for field, text in made.items()}
    return {field: " + ".join(names) for field, names in found.items() if names}


def _lines_of(request: Request, grid: Grid, rows: list[int]) -> Any:
    """The lines of a text, or rows of a sheet, on which rejected rows begin; unknown where a file has no lines."""
    numbers: list[int | None] = [None] * len(rows)
    if grid.above is not None and "workbook" in grid.kind:
        numbers = [grid.above + row for row in rows]
    elif rows and grid.above is not None and "delimited" in grid.kind:
        begun = list(itertools.islice(csv_lines(request.path, encoding=grid.encoding), grid.above + max(rows)))
        numbers = [begun[grid.above + row - 1] if grid.above + row <= len(begun) else None for row in rows]
    return pd.array(numbers, dtype="Int64")


def _by_tags(cells: Cells, tags: Mapping[str, str], request: Request, name: str) -> tuple[Cells, list[str]]:
    """Columns that no name but a tag explains, under their native names; and all columns that are mapped."""
    mapped = list((request.options.get("column_map") or {}).values())
    if not tags or find_reader(request.options.get("format"), cells).name != "csv":
        return cells, mapped
    named = {*fields_of(cells), *cells}
    meant = {
        field: column
        for field, column in tagged(tags).items()
        if field not in named and column in cells and column not in mapped and column.strip().lower() not in HXL
    }
    found = _mapped(cells, meant, name)
    return {column: found[column] for column in found if column not in meant.values()}, [*mapped, *meant.values()]


def _format_of(cells: Cells, request: Request, name: str) -> Reader:
    known = find_reader(request.options.get("format"), cells)
    logger.info("%s: read as %s/%s", name, known.name, known.version)
    if "detection" in known.roles and not request.detections:
        raise InputError(
            f"{name}: the format {known.name!r} holds detections, and a fire is no strike; read it with "
            "gcas.records.read_detections"
        )
    if request.role not in known.roles and not request.detections:
        raise InputError(
            f"{name}: the format {known.name!r} holds {known.roles[0]}s; read it with gcas.read_{known.roles[0]}s"
        )
    if request.options.get("format") is not None and not known.recognises(cells):
        raise InputError(f"{name}: not a file of format {known.name!r}; the file has {_shown(cells)}")
    return known


def grid_of(request: Request) -> Grid:
    """The cells of an input; a file that is not UTF-8 in the encoding that its format is known to have."""
    name = name_of(request.path)
    layer, wanted = request.options.get("layer"), request.options.get("format")
    try:
        return read_grid(request.path, layer=layer, encoding=request.options.get("encoding"))
    except InputError as error:
        if "is not UTF-8" not in str(error) or isinstance(request.path, pd.DataFrame):
            raise
        for encoding in sorted({known.encoding for known in readers().values() if wanted in (None, known.name)} - {""}):
            with contextlib.suppress(InputError):
                grid = read_grid(request.path, layer=layer, encoding=encoding)
                known = find_reader(wanted, grid.cells)
                if known.encoding == encoding:
                    warnings.warn(
                        f"{name}: not UTF-8; read as {encoding}, which files of format {known.name!r} use",
                        GeocasualtyWarning,
                        stacklevel=8,
                    )
                    return grid
        with open_bytes(request.path) as stream:
            proposed = proposed_encoding(stream.read(PROPOSED_FROM))
        if not proposed:
            raise
        said = str(error).replace(f"; {SAVE}", f"; it may be encoding={proposed}: state it, or {SAVE}")
        raise InputError(said, row=error.row, column=error.column, value=error.value) from error


PROPOSED_FROM = 1_000_000
"""Bytes of a file from which its encoding is proposed."""


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


def _refuse_exchanged(native: Cells, role: Role, name: str) -> None:
    other: Role = "strike" if role == "incident" else "incident"
    if id_column(other) in native:
        raise InputError(
            f"{name}: no column {spellings(id_column(role))}, and one {id_column(other)!r}: are incidents and strikes "
            f"exchanged? If its rows are {role}s, say so with column_map={{{id_column(role)!r}: ...}}",
            column=id_column(role),
        )


def _numbered(native: Cells, role: Role, name: str) -> list[str]:
    """Identifiers for a file that has none: the numbers of its rows."""
    count = len(next(iter(native.values()), ()))
    warnings.warn(
        f"{name}: no column {spellings(id_column(role))}: records are named by the numbers of their rows, which change "
        "when rows do; name a column with column_map=",
        GeocasualtyWarning,
        stacklevel=6,
    )
    return [f"row {row}" for row in native.get("row", range(1, count + 1))]


def _in_places(native: Cells, refused: list[Refusal], places: Places | None) -> tuple[Cells, list[Refusal]]:
    """Rows by their numbers in the file, where some of it was passed over."""
    if places is None:
        return native, refused
    native = dict(native)
    native["row"] = [str(places[int(row) - 1]) for row in native.get("row", range(1, len(places) + 1))]
    if "rows" in native:
        native["rows"] = [
            ";".join(str(places[int(row) - 1]) for row in text.split(";")) if text else "" for text in native["rows"]
        ]
    return native, [case._replace(row=int(places[case.row - 1])) for case in refused]


def _of_whole_file(native: Cells, request: Request, name: str) -> Cells:
    """The country and the parties that the caller states of a file that says nothing of them.

    A blank cell among others that say something stays one: what stood there may have been another.
    """
    country = request.options.get("country")
    if country is not None and not country_code(country):
        raise InputError(f"{name}: country is {country!r}; {not_a_country(country)}")
    stated = {"country": country, "belligerents": request.options.get("belligerents")}
    for column, value in stated.items():
        if value is None:
            continue
        text = value if isinstance(value, str) else ";".join(value)
        count = len(next(iter(native.values()), ()))
        own = native.get(column)
        if own is None or not any(each.strip() for each in coded(own)[1]):
            native = native | {column: [text] * count}
    return native


def _shown(cells: Cells) -> str:
    names = [column for column in cells if column not in ("row", "rows")]
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return ", ".join(repr(column[:60]) for column in names[:SHOWN_COLUMNS]) + more


def _asked(options: Options) -> Asked:
    metres: object = options.get("radius_m")
    number = isinstance(metres, int | float) and not isinstance(metres, bool)
    if metres is not None and not (number and metres and is_radius(metres)):
        raise InputError(f"radius_m is {metres!r}; expected metres above zero, such as 500", value=metres)
    near: object = options.get("vicinity")
    if near is not None and not isinstance(near, bool):
        raise InputError(f"vicinity is {near!r}; expected True or False", value=near)
    radius_m = None if metres is None else float(metres)  # type: ignore[arg-type]
    return Asked(options.get("date_order"), options.get("timezone"), radius_m, near)


def _stated_coverage(coverage: Coverage, count: int) -> Cells:
    if set(coverage) - {"kinds"} != set(COVERAGE_KEYS):
        raise InputError(
            f"coverage has {sorted(coverage)}; expected the keys {', '.join(COVERAGE_KEYS)}, and kinds if known"
        )
    if not isinstance(coverage["complete"], bool):
        raise InputError(f"coverage: complete is {coverage['complete']!r}; expected True or False")
    said = {key: _coverage_text(key, value) for key, value in coverage.items()}
    for name in parts_of(said["countries"]):
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


def _check_native(cells: Cells, name: str, stated: str) -> None:
    lacking = [] if "start" in cells else [spellings("start")]
    located = {"place_text", "mgrs", "geometry_wkt"} & cells.keys() or {"latitude", "longitude"} <= cells.keys()
    if not located:
        degrees = f"{spellings('latitude')} and {spellings('longitude')}"
        lacking.append(f"{spellings('place_text')}, {spellings('mgrs')}, or {degrees}")
    if lacking:
        raise InputError(
            f"{name}: no column {'; nor '.join(lacking)}; the file has {stated}; rename them or pass column_map="
        )
