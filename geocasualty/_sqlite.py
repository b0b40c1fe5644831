"""Questions to SQLite files of other people, which may hold a view without an end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from geocasualty.errors import InputError

__all__ = ["limit_work", "said_of_limit"]

STEP = 100_000
"""Instructions of SQLite between two looks at what was spent: a few thousandths of a second."""

LEAST, A_BYTE = 50_000_000, 50
"""Instructions that any file may spend (seconds), and more for each of its bytes: to read a cell takes a few."""


def limit_work(tables: sqlite3.Connection, size: int) -> None:
    """Let SQLite stop with "interrupted" after far more work than to read a file of ``size`` bytes."""
    left = (LEAST + A_BYTE * size) // STEP

    def spent() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    tables.set_progress_handler(spent, STEP)


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
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        raise InputError(says) from error
