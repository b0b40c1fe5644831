"""Does a reader keep the promises that all readers make? For those who write one."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records._provenance import rows_behind
from geocasualty.records._request import Request, validate
from geocasualty.records.formats.protocol import Cells, Reader
from geocasualty.records.schema import Role, id_column

__all__ = ["failed_promises"]

LONGEST_HELP = 120
"""Characters of a line of help."""


def failed_promises(reader: Reader, rows: Sequence[dict[str, str]] | None = None) -> list[str]:
    """Put a reader through the checks that every reader of the package passes.

    Parameters
    ----------
    reader : Reader
        As it would be registered.
    rows : sequence of dict, optional
        Rows of a file of its kind, column name to cell; its own ``sample`` if not given. Two rows or more, all of them
        readable, and different.

    Returns
    -------
    list of str
        What it does not keep, in words; empty if it keeps all.

    Examples
    --------
    >>> from geocasualty.records import readers
    >>> from geocasualty.records.conformance import failed_promises
    >>> failed_promises(readers()["timemap"])
    []
    """
    held = list(reader.sample if rows is None else rows)
    if len(held) < 2:
        return ["sample: fewer than two rows"]
    return [
        f"{check.__name__[1:].replace('_', ' ')}: {said}" for check in _CHECKS for said in _met(check, reader, held)
    ]


Rows = list[dict[str, str]]
Check = Callable[[Reader, Rows], Iterator[str]]


def _met(check: Check, reader: Reader, rows: Rows) -> list[str]:
    try:
        return list(check(reader, [dict(row) for row in rows]))
    except Exception as error:  # a reader may raise anything, and the answer is what it was
        return [f"raises {type(error).__name__}: {error}"[:200]]


def _cells(rows: Rows) -> Cells:
    return {column: [row.get(column, "") for row in rows] for column in rows[0]}


def _roles(reader: Reader) -> tuple[Role, ...]:
    """As what its records are read: detections as strikes are."""
    return tuple("strike" if role == "detection" else role for role in reader.roles)


def _read(reader: Reader, rows: Rows, role: Role) -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        request = Request(
            pd.DataFrame(rows, dtype=object), role, {"format": reader}, detections="detection" in reader.roles
        )
        return validate(request)


def _name(reader: Reader, _: Rows) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", reader.name):
        yield f"{reader.name!r} is not of small letters, figures and hyphens"
    if not re.fullmatch(r"\d+", reader.version):
        yield f"version {reader.version!r} is no number"


def _words(reader: Reader, _: Rows) -> Iterator[str]:
    if not 0 < len(reader.help) <= LONGEST_HELP or "\n" in reader.help:
        yield f"help is to be one line of at most {LONGEST_HELP} characters"
    if not reader.licence:
        yield "the licence of such files is not stated"


def _recognition(reader: Reader, rows: Rows) -> Iterator[str]:
    columns = list(rows[0])
    for said, tried, expected in (
        ("its own columns", columns, True),
        ("its columns in another order", columns[::-1], True),
        ("its columns in capitals and with blanks", [f" {column.upper()} " for column in columns], True),
        ("its columns and one more", [*columns, "a column of mine"], True),
        ("no columns", [], False),
        ("the package's own columns", ["incident_id", "strike_id", "start", "end", "latitude", "longitude"], False),
    ):
        if bool(reader.recognises(tried)) is not expected:
            yield f"it {'does not recognise' if expected else 'recognises'} {said}"


def _native_columns(reader: Reader, rows: Rows) -> Iterator[str]:
    cells = _cells(rows)
    before = {column: list(values) for column, values in cells.items()}
    native = reader.to_native(cells)
    if {column: list(values) for column, values in cells.items()} != before:
        yield "to_native changes what it is given"
    lengths = {len(values) for values in native.values()}
    if len(lengths) != 1:
        yield f"columns of {sorted(lengths)} cells"
    strange = sorted(name for name, values in native.items() if not all(isinstance(value, str) for value in values))
    if strange:
        yield f"cells that are no text in {', '.join(strange)}"
    numbers = {int(row) for row in native.get("row", ())}
    if not numbers <= set(range(1, len(rows) + 1)):
        yield "numbers of rows that the file has not"
    for role in _roles(reader):
        lacking = [column for column in (id_column(role), "start") if column not in native]
        if lacking:
            yield f"no {' and no '.join(lacking)}"
    if not ({"place_text", "mgrs", "geometry_wkt"} & native.keys() or {"latitude", "longitude"} <= native.keys()):
        yield "nothing that says where"
    if reader.to_native(_cells(rows)) != native:
        yield "the same file gives other cells the second time"


def _records(reader: Reader, rows: Rows) -> Iterator[str]:
    for role in _roles(reader):
        accepted, rejected = _read(reader, rows, role)
        if len(rejected):
            yield f"as {role}s it rejects a row of the sample: {rejected['reason'].iloc[0]}"
        if "unmapped-column" in set(";".join(accepted["flags"].astype(str)).split(";")):
            yield f"as {role}s a column of the sample is not among those that it knows"
        if not accepted[id_column(role)].is_unique:
            yield f"as {role}s identifiers recur"


def _order_of_rows(reader: Reader, rows: Rows) -> Iterator[str]:
    for role in _roles(reader):
        one, other = (_read(reader, some, role)[0] for some in (rows, rows[::-1]))
        key = id_column(role)
        same = [
            part.drop(columns=["row", "rows"], errors="ignore").sort_values(key, ignore_index=True).astype(str)
            for part in (one, other)
        ]
        if not same[0].equals(same[1]):
            yield f"as {role}s the order of the rows matters"


def _a_column_more(reader: Reader, rows: Rows) -> Iterator[str]:
    for role in _roles(reader):
        one = _read(reader, rows, role)[0]
        other = _read(reader, [row | {"zzz remark": "x"} for row in rows], role)[0]
        shared = [column for column in one.columns if column in other.columns and column != "covers_rows"]
        if not one[shared].astype(str).equals(other[shared].astype(str)):
            yield f"as {role}s a column that it does not know changes a record"


def _damage(reader: Reader, rows: Rows) -> Iterator[str]:
    """Any one cell blank or rubbish, any column gone: a row is kept or rejected, or the file refused in words."""
    for role in _roles(reader):
        for value in ("", "?", "x" * 300, "2015-13-45", "-1", "\u202e"):
            damaged = [rows[0] | {column: value} for column in rows[0]]
            yield from _conserved(reader, [*rows, *damaged], role, f"{value[:12]!r} in each column in turn")
        for column in rows[0]:
            less = [{name: cell for name, cell in row.items() if name != column} for row in rows]
            if reader.recognises(less[0]):
                yield from _conserved(reader, less, role, f"no column {column!r}")


def _conserved(reader: Reader, rows: Rows, role: Role, said: str) -> Iterator[str]:
    try:
        accepted, rejected = _read(reader, rows, role)
    except InputError:
        return
    except Exception as error:  # what a reader may not raise is what is asked
        yield f"as {role}s, {said}: raises {type(error).__name__}: {error}"[:200]
        return
    found = {row for some in rows_behind(accepted) for row in some} | set(rejected["row"].astype(str))
    if found != {str(row) for row in range(1, len(rows) + 1)}:
        yield f"as {role}s, {said}: rows are lost"


_CHECKS = (_name, _words, _recognition, _native_columns, _records, _order_of_rows, _a_column_more, _damage)
