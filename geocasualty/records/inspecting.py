"""What is in a file, before it is read as records: its kind, sheets, columns, and the words that would read it."""

from __future__ import annotations

import os
import shlex
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records._columns import meaning_of, meaning_of_cells
from geocasualty.records._inputs import KINDS, kind_of, layers_of
from geocasualty.records._request import Options, Request, grid_of, validate
from geocasualty.records.formats import find_reader
from geocasualty.records.formats.table import columns_used, fields_of, tagged
from geocasualty.records.report import ReadReport, read_report
from geocasualty.records.schema import Role

__all__ = ["inspect"]

SHOWN = 30
"""Columns that a line names."""

FIELDS = ("start", "place_text", "latitude", "longitude")
"""What a file must say somewhere for its records to be read, days first."""


def inspect(
    path: str | os.PathLike[str],
    *,
    role: Role | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    country: str | None = None,
    belligerents: str | Sequence[str] | None = None,
    gazetteer: Any = None,
) -> ReadReport:
    r"""Say what a file is and how it would be read, and print a command that reads it.

    Parameters
    ----------
    path : str or path-like
        Any file.
    role : {"incident", "strike"}, optional
        What its rows are; if not given, strikes where it has strikes or its format says so, else incidents.
    layer, encoding, country, belligerents
        As for :func:`geocasualty.read_incidents`.
    gazetteer : Gazetteer, optional
        Locates its rows; the bundled one if not given.

    Returns
    -------
    ReadReport
        Its lines: kind, sheets or layers, columns with the field that each is read as, what reading gives, a command.

    Raises
    ------
    geocasualty.errors.InputError
        If it cannot be opened at all; why a file that opens cannot be read is one of the lines.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "raids.csv"
    >>> _ = path.write_text("Raid ID,Date,Town,Actor\n1,2015-06-03,Hawija,Coalition\n")
    >>> print(gcas.inspect(path))
    kind       delimited text
    columns    'Raid ID' = incident_id, strike_id; 'Date' = start; 'Town' = place_text
    not read   'Actor' (looks like a party)
    file       raids.csv: delimited text, read as csv/2; 1 row
    records    1 of 1 row
    days       2015-06-03 to 2015-06-03
    zones      Asia/Baghdad 1
    countries  IQ 1
    places     1 located: town 1
    parties    none named in 1
    unused     'actor' (party)
    flags      unmapped-column 1
    next       geocasualty tally raids.csv --incident-map belligerents=Actor
    """
    said: Options = {"layer": layer, "encoding": encoding, "country": country, "belligerents": belligerents}
    request = Request(path, role or "incident", said | {"gazetteer": gazetteer})
    return ReadReport(tuple(_lines(request, role)))


def _lines(request: Request, role: Role | None) -> Iterator[tuple[str, str]]:
    path = Path(request.path)
    kind = kind_of(path)
    yield "kind", KINDS[kind]
    layers = layers_of(path, kind)
    if len(layers) > 1:
        yield "sheets" if kind == "xlsx" else "layers", ", ".join(map(repr, layers[:SHOWN]))
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always", GeocasualtyWarning)
        try:
            grid = grid_of(request)
        except InputError as error:
            yield "not read", str(error)
            return
        known = find_reader(None, grid.cells)
        yield from _columns(grid, known)
        as_role: Role = role or _role(grid, known)
        try:
            accepted, rejected = validate(request._replace(role=as_role))
        except InputError as error:
            yield "refused", str(error)
            yield "next", _command(request, as_role, _mapping(grid))
            return
    yield from read_report(accepted).lines
    for row in rejected.head(3).itertuples():
        yield "rejected", f"row {row.row}, column {row.column!r}, value {str(row.value)[:60]!r}: {row.reason}"
    for text in dict.fromkeys(str(each.message) for each in met if "nobody reads" not in str(each.message)):
        yield "note", text.removeprefix(f"{path.name}: ")
    yield "next", _command(request, as_role, _parties(grid, known))


def _columns(grid: Any, known: Any) -> Iterator[tuple[str, str]]:
    if known.name != "csv":
        yield "format", f"{known.name}, whose columns are known: {len(grid.cells)}"
        return
    fields: dict[str, list[str]] = {}
    called = {name.strip().lower(): name for name in grid.cells}
    for field, columns in columns_used(called).items():
        for column in columns:
            fields.setdefault(called[column], []).append(field)
    for field, column in tagged(grid.tags).items():
        fields.setdefault(column, []).append(field)
    read = [f"{name!r} = {', '.join(dict.fromkeys(fields[name]))}" for name in grid.cells if name in fields]
    yield "columns", "; ".join(read[:SHOWN]) or "none has a name that is known"
    rest = [
        (name, meaning_of(name))
        for name in grid.cells
        if name not in fields and name.lower() not in known.known([name])
    ]
    if rest:
        yield (
            "not read",
            ", ".join(
                f"{name!r}" + (f" (looks like a {meaning})" if meaning else "") for name, meaning in rest[:SHOWN]
            ),
        )


def _role(grid: Any, known: Any) -> Role:
    if len(known.roles) == 1:
        role: Role = "incident" if known.roles[0] == "incident" else "strike"
        return role
    names = " ".join(grid.cells).lower()
    return (
        "strike" if any(word in names for word in ("strike_id", "strike id", "n_strikes", "n strikes")) else "incident"
    )


def _mapping(grid: Any) -> dict[str, str]:
    """Columns for the fields that none is read as, by what their names look like."""
    found = fields_of(grid.cells)
    mapping = {}
    for field, meaning in (("start", "date"), ("place_text", "place"), ("belligerents", "party")):
        if field in found or (field == "place_text" and {"latitude", "longitude"} <= {*found, *grid.cells}):
            continue
        like = [name for name in grid.cells if meaning_of(name) == meaning]
        if meaning == "party":  # "claimed by X?" with yes and no names nobody
            like = [name for name in like if meaning_of_cells(grid.cells[name]) == meaning]
        if like:
            mapping[field] = like[0]
    return mapping


def _parties(grid: Any, known: Any) -> dict[str, str]:
    return {} if known.name != "csv" else {key: name for key, name in _mapping(grid).items() if key == "belligerents"}


def _command(request: Request, role: Role, mapping: dict[str, str]) -> str:
    path = Path(request.path)
    words = ["geocasualty"]
    words += (
        ["tally", path.name]
        if role == "incident"
        else ["screen", "INCIDENTS", path.name, "--within-km", "KM", "--within-days", "DAYS"]
    )
    options = request.options
    parties = options.get("belligerents") or ""
    said = {"layer": options.get("layer"), "encoding": options.get("encoding"), "country": options.get("country")}
    said["belligerents"] = parties if isinstance(parties, str) else ";".join(parties)
    if mapping:
        said["map"] = ",".join(f"{field}={column}" for field, column in mapping.items())
    for name, value in said.items():
        words += [f"--{role}-{name}", value] if value else []
    return shlex.join(words)
