"""What a module for a file format provides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from geocasualty.errors import InputError

__all__ = ["Cells", "Format", "Refusal", "lowered"]

Cells = dict[str, Any]
"""Column name to cells, all of one length: lists of texts, or pandas arrays of them where the format is columnar."""


def _lower(name: str) -> str:
    return name.strip().lower()


def lowered(cells: Cells, key: Callable[[str], str] = _lower) -> Cells:
    """Columns by their names in lower case, or by another key of them.

    Raises
    ------
    geocasualty.errors.InputError
        If two columns become one, naming both.

    Examples
    --------
    >>> lowered({"Place": ["Hit"]})
    {'place': ['Hit']}
    >>> lowered({"Place": ["Hit"], "place": ["Raqqa"]})
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: columns 'Place' and 'place' are both read as 'place'; rename or remove one
    """
    names: dict[str, str] = {}
    for name in cells:
        other = names.setdefault(key(name), name)
        if other != name:
            raise InputError(f"columns {other!r} and {name!r} are both read as {key(name)!r}; rename or remove one")
    return {new: cells[name] for new, name in names.items()}


class Refusal(NamedTuple):
    """A row that a format cannot make a record of, with the cell and the reason."""

    row: int
    column: str
    value: str
    reason: str


class Format(NamedTuple):
    """A file format: its name, whether it recognises a set of column names, and its way to the native columns.

    ``to_native`` returns the cells under the native names, with the number of the input row of each under ``row``
    (the first row below the header is 1); without it each row is the one of its place in the table. Several native
    rows may share one number. One native row may stand for
    several input rows: then ``row`` is the first of them, ``rows`` lists them all, joined by ``;``, and ``n_rows``
    counts them. ``flags`` may hold flags that only the reader can know, ``location_note`` words for the reason.

    Attributes
    ----------
    name, version : str
        Both stand in the ``reader`` column; the version changes with the records that a file gives.
    recognises : callable
        Whether a set of column names is of this format.
    to_native : callable
        Cells of the file to native cells.
    roles : tuple of str
        What it holds.
    encoding : str
        Of files that are not UTF-8; empty where such a file is refused.
    merge : callable or None
        Joins the cells of a second table, such as Airwars' assessments, to those of the first.
    refuses : callable or None
        Rows that are no record of the role asked for.
    measured : bool
        Whether positions were measured, as those of a target list: then a cell that recurs is a target struck again,
        no stand-in for a place.
    known : callable
        Of the names of a file's columns, by their keys, those that it reads or that its codebook explains. What any
        other says, nobody reads.
    times : tuple of str
        Keys of columns that hold the days or times of a record.
    key : callable
        The name by which it knows a column of a file.
    columnar : bool
        Whether ``to_native`` takes columns of any kind, since it moves them as they are; else it gets lists of texts. A
        cell that is blank in such a column is one that the file leaves blank.
    """

    name: str
    recognises: Callable[[Iterable[str]], bool]
    to_native: Callable[[Cells], Cells]
    version: str = "2"
    roles: tuple[Literal["incident", "strike"], ...] = ("incident", "strike")
    encoding: str = ""
    merge: Callable[[Cells, Cells], Cells] | None = None
    refuses: Callable[[Cells, str], list[Refusal]] | None = None
    measured: bool = False
    columnar: bool = False
    known: Callable[[Iterable[str]], Iterable[str]] = tuple
    times: tuple[str, ...] = ()
    key: Callable[[str], str] = _lower
