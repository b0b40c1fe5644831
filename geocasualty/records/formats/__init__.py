"""One module for each source of files: it turns the cells of its files into the native columns.

A reader of this package is a module of this folder with a ``READER``; one of another package is named by an entry point
of the group ``geocasualty.readers``, whose object is a :class:`Reader`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module, metadata

from geocasualty.errors import InputError
from geocasualty.records.formats import table
from geocasualty.records.formats.protocol import Cells, Reader, Refusal

__all__ = ["GROUP", "Cells", "Reader", "Refusal", "find_reader", "readers"]

GROUP = "geocasualty.readers"
"""Of the entry points by which other packages bring readers."""


@cache
def readers() -> dict[str, Reader]:
    """All readers by name: the package's, then those of other packages, last the one that takes any table.

    Returns
    -------
    dict of str to Reader

    Raises
    ------
    geocasualty.errors.InputError
        If an entry point is no reader, or brings a name that there is already.

    Examples
    --------
    >>> from geocasualty.records import readers
    >>> list(readers())[0], list(readers())[-1], readers()["ucdp-ged"].roles
    ('acled', 'csv', ('incident',))
    """
    found: dict[str, Reader] = {}
    names = [each.name for each in pkgutil.iter_modules(__path__) if each.name not in ("protocol", "table")]
    for name in sorted(name for name in names if not name.startswith("_")):
        reader = import_module(f"{__name__}.{name}").READER
        found[reader.name] = reader
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda each: each.name):
        reader = point.load()
        if not isinstance(reader, Reader) or reader.name in (*found, table.READER.name):
            raise InputError(
                f"entry point {point.name!r} of {GROUP}: expected a geocasualty.records.Reader with a name of its own; "
                "remove the package that brings it, or correct it"
            )
        found[reader.name] = reader
    return found | {table.READER.name: table.READER}


def find_reader(reader: str | Reader | None, columns: Iterable[str]) -> Reader:
    """The reader of this name, or the first that recognises the columns."""
    if isinstance(reader, Reader):
        return reader
    known = readers()
    if reader is None:
        columns = list(columns)
        return next((each for each in known.values() if each.recognises(columns)), table.READER)
    if reader not in known:
        raise InputError(f"unknown format {reader!r}; expected one of {', '.join(map(repr, sorted(known)))}")
    return known[reader]
