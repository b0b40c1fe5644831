"""Every exception and warning that the package raises."""

from __future__ import annotations

from typing import Any, SupportsInt

__all__ = [
    "BadRowsError",
    "GeocasualtyError",
    "GeocasualtyWarning",
    "InputError",
    "OutputError",
    "UnknownPlaceError",
]


class GeocasualtyError(Exception):
    """Anything that this package refuses to do, with what to do about it."""


class InputError(GeocasualtyError, ValueError):
    """A file, frame or argument that cannot be used as it is.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do about it.
    row, column, value : optional
        The cell that it is about, as the message names it.

    Attributes
    ----------
    row : int or None
        The first row below the header is 1.
    column : str or None
        The column, or the first that is missing.
    value : object
        What stands there, not shortened.
    """

    def __init__(
        self, message: str, *, row: SupportsInt | None = None, column: object = None, value: object = None
    ) -> None:
        super().__init__(message)
        self.row = None if row is None else int(row)
        self.column = None if column is None else str(column)
        self.value = value

    @classmethod
    def of_cell(cls, where: str, row: SupportsInt, column: str, value: object, why: str) -> InputError:
        """That a cell cannot be used, in one line: where, in which row and column, what stands there, and why."""
        said = f"row {row}, column {column!r}, value {str(value)[:80]!r}: {why}"
        return cls(f"{where}: {said}" if where else said, row=row, column=column, value=value)


class BadRowsError(InputError):
    """Rows that fail validation.

    Parameters
    ----------
    message : str
        The first failures in words.
    rejected : pandas.DataFrame
        The table of all failures: ``row``, ``column``, ``value``, ``reason``. The first three of its first row are
        the attributes of those names.
    """

    def __init__(self, message: str, rejected: Any = None) -> None:
        first = {} if rejected is None or not len(rejected) else rejected.iloc[0]
        super().__init__(message, **{name: first[name] for name in ("row", "column", "value") if name in first})
        self.rejected = rejected


class UnknownPlaceError(InputError):
    """A place that the gazetteer does not hold, or holds more than once."""


class OutputError(GeocasualtyError, OSError):
    """A file that cannot be written."""


class GeocasualtyWarning(UserWarning):
    """Something that changes what a result means, though it is no error."""
