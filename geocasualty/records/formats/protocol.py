"""What a module for a file format provides."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import accuracy_of

__all__ = [
    "Cells", "Reader", "Refusal", "accuracies", "folded_words", "having", "lowered", "others", "sample_of", "stripped",
]  # fmt: skip

Cells = dict[str, Any]
"""Column name to cells, all of one length: lists of texts, or pandas arrays of them where the format is columnar."""


SAMPLES = Path(__file__).parent / "samples"
"""A table of two rows or more for each reader, made up in the layout of its source."""


def sample_of(name: str) -> tuple[dict[str, str], ...]:
    """The rows of the sample of a reader of this package."""
    with (SAMPLES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@cache
def folded_words(text: str) -> tuple[str, ...]:
    """The words of a column's name in lower case, without marks on letters.

    Examples
    --------
    >>> folded_words("eventDate"), folded_words("Localité_précise"), folded_words("geo_precision")
    (('event', 'date'), ('localite', 'precise'), ('geo', 'precision'))
    """
    marks = unicodedata.normalize("NFKD", _HUMP.sub(" ", text[:LONGEST_NAME]).lower()).lower()
    return tuple(_WORD.findall("".join(mark for mark in marks if not unicodedata.combining(mark))))


LONGEST_NAME = 200
"""Characters of a column's name that are read; what is longer is a sentence."""


def _lower(name: str) -> str:
    return name.strip().lower()


def lowered(cells: Cells, key: Callable[[str], str] = _lower) -> Cells:
    """Columns by their names in lower case, or by another key of them; two that become one are refused.

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


def stripped(cells: Cells, key: Callable[[str], str] = _lower) -> dict[str, list[str]]:
    """As :func:`lowered`, the cells as texts without blanks around them."""
    return {name: [str(text).strip() for text in values] for name, values in lowered(cells, key).items()}


def having(needed: Collection[str], key: Callable[[str], str] = _lower) -> Callable[[Iterable[str]], bool]:
    """Recognises files by the columns that a record needs, under the names of their source; others may be missing."""
    return lambda columns: {key(column) for column in columns}.issuperset(needed)


def others(columns: Cells, native: Cells, taken: Collection[str]) -> Cells:
    """The columns of a file that are none of those native ones, and were not taken for one."""
    return {name: values for name, values in columns.items() if name not in native and name not in taken}


def accuracies(scheme: str, codes: list[str], blank: str) -> Cells:
    """Rung and metres of a source's codes; a code that it does not have is handed on, to be rejected."""
    found: dict[str, tuple[str, str]] = {}
    for code in set(codes):
        try:
            known = accuracy_of(scheme, code)
            found[code] = known.precision, f"{known.radius_m:g}"
        except InputError:
            found[code] = code or blank, ""
    return {name: [found[code][at] for code in codes] for at, name in enumerate(("precision", "radius_m"))}


class Refusal(NamedTuple):
    """A row that a format cannot make a record of, with the cell and the reason."""

    row: int
    column: str
    value: str
    reason: str


class Reader(NamedTuple):
    """One source of files: its name, whether it recognises a set of column names, and its way to the native columns.

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
        What it holds: ``incident``, ``strike`` or both; or ``detection``, which is neither, read as a strike is and
        never compared with claims.
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
    own_parties : bool
        Whether the source names parties from a list of its own: a name that no table here has is then no slip.
    help : str
        One line: what its files are.
    licence : str
        Under which such files are published, as their publisher says; "not stated" where nobody says.
    sample : tuple of dict
        Two rows or more of a small file of its kind, made up, with which it is tested.
    """

    name: str
    recognises: Callable[[Iterable[str]], bool]
    to_native: Callable[[Cells], Cells]
    version: str = "2"
    roles: tuple[Literal["incident", "strike", "detection"], ...] = ("incident", "strike")
    encoding: str = ""
    merge: Callable[[Cells, Cells], Cells] | None = None
    refuses: Callable[[Cells, str], list[Refusal]] | None = None
    measured: bool = False
    columnar: bool = False
    known: Callable[[Iterable[str]], Iterable[str]] = tuple
    times: tuple[str, ...] = ()
    key: Callable[[str], str] = _lower
    own_parties: bool = False
    help: str = ""
    licence: str = ""
    sample: tuple[dict[str, str], ...] = ()
