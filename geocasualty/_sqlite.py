"""Questions to SQLite files: those of others may hold a view without an end, our own may lack what was not written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from geocasualty.errors import InputError

__all__ = ["check_layers", "limit_work", "said_of_limit"]

STEP = 100_000
"""Instructions of SQLite between two looks at what was spent: a few thousandths of a second."""

LEAST, A_BYTE = 10_000_000, 50
"""Instructions that any file may spend (a second), and more for each of its bytes: to read a cell takes a few."""

LEAST_VALUE = 100_000
"""Longest value of any file, in bytes; of a larger one its own size, since what is stored in it cannot be longer."""


def limit_work(tables: sqlite3.Connection, size: int) -> None:
    """Let SQLite read what is stored in a file of ``size`` bytes, and make nothing of it.

    It stops with "interrupted" after far more work than to read it, and refuses values longer than the file, functions
    in a view, recursion, columns that are computed, and views of views: each could take minutes and gigabytes.

    Raises
    ------
    sqlite3.DatabaseError
        If there is a computed column, or a view of a view.
    """
    left = (LEAST + A_BYTE * size) // STEP

    def spent() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def allowed(action: int, *about: str | None) -> int:
        in_view = about[3] is not None
        computes = action == sqlite3.SQLITE_RECURSIVE or (action == sqlite3.SQLITE_FUNCTION and in_view)
        return sqlite3.SQLITE_DENY if computes else sqlite3.SQLITE_OK

    tables.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(size, LEAST_VALUE))
    tables.set_progress_handler(spent, STEP)
    tables.set_authorizer(allowed)
    computed = tables.execute(
        "SELECT held.name, of.name FROM sqlite_master AS held, pragma_table_xinfo(held.name) AS of "
        "WHERE held.type = 'table' AND held.sql NOT LIKE 'CREATE VIRTUAL%' AND of.hidden IN (2, 3)"
    ).fetchone()
    nested = tables.execute(
        "SELECT outer.name FROM sqlite_master AS outer, sqlite_master AS inner WHERE outer.type = 'view' "
        "AND inner.type = 'view' AND instr(replace(lower(outer.sql), '\"\"', '\"'), lower(inner.name)) > 0 "
        "AND outer.name <> inner.name"
    ).fetchone()
    if nested is not None:
        raise sqlite3.DatabaseError("{!r} is a view of a view".format(*nested))
    if computed is not None:
        raise sqlite3.DatabaseError("the column {1!r} of {0!r} is computed, not stored".format(*computed))


STOPPED = ("interrupted", "not authorized", "too big")
"""What SQLite says where it was stopped."""


@contextmanager
def said_of_limit(says: str) -> Iterator[None]:
    """Turn what `limit_work` stopped into an error of this package.

    Raises
    ------
    geocasualty.errors.InputError
        With the text ``says``.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if not any(word in str(error) for word in STOPPED):
            raise
        raise InputError(says) from error


def check_layers(tables: sqlite3.Connection, counts: Mapping[str, int]) -> None:
    """Look whether layers of a GeoPackage have all their rows and their index: GDAL may drop either on a full disk.

    Raises
    ------
    sqlite3.DatabaseError
        If a layer, rows of it or its index lack.
    """
    for layer, count in counts.items():
        (written,) = tables.execute(f'SELECT count(*) FROM "{layer}"').fetchone()  # noqa: S608
        if written != count:
            raise sqlite3.DatabaseError(f"{written} of {count} rows of {layer!r} were written")
    indexed = {
        name
        for (name,) in tables.execute(
            "SELECT table_name FROM gpkg_geometry_columns WHERE 'rtree_' || table_name || '_' || column_name "
            "IN (SELECT name FROM sqlite_master)"
        )
    }
    if lacking := sorted(counts.keys() - indexed):
        raise sqlite3.DatabaseError(f"the spatial index of {lacking[0]!r} was not written")
