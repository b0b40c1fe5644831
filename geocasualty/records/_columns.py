"""What do the columns of a file say that nobody asked for: days written as midnights, and columns that nobody reads?"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records._words import coded
from geocasualty.records.belligerents import names_in_no_table
from geocasualty.records.formats import Cells, Reader
from geocasualty.records.formats.protocol import folded_words
from geocasualty.records.formats.table import NATIVE
from geocasualty.theatre.languages import COLUMN_MEANINGS, languages

logger = logging.getLogger(__name__)

ANSWERING = ("party", "date", "place", "accuracy")
"""Meanings of a column that may change every answer."""

LOOKED_AT = 1_000
"""Distinct cells of a column of which all must be names of parties, or days, for it to look like one; beyond that many
it is neither."""

SHOWN = 8
"""Columns that a warning names."""

_MIDNIGHT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ]00:?00(?::?00(?:[.,]0+)?)?\s*([Zz]|UTC|GMT|[+-]00(?::?00)?)?", re.ASCII
)
_CLOCK = re.compile(r":|\d{4}\s?[zZ]|[ap]\.?\s?m\b", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", re.ASCII)
_SHAPE = re.compile(r"(?:SRID=\d+;)?\s*(?:MULTI)?(?:POLYGON|POINT)\s*Z?\s*\(|\{\s*\"type\"", re.IGNORECASE)

Mask = npt.NDArray[np.bool_]


def days_of_midnights(cells: Cells, known: Reader) -> tuple[Cells, Mask | None]:
    """Take times of a record that are all midnight in UTC as the days that they were written for.

    R, JavaScript and programs for maps know no day: they write the third of June as its first instant in UTC, which is
    three in the morning in Iraq. Databases write it as midnight without a zone. A midnight among other times of day is
    one, and stays. With the cells go the rows that had one in UTC; None if no column had a midnight.
    """
    columns = {name: coded(cells[name]) for name in cells if known.key(name) in known.times}
    texts = [text.strip() for _, distinct in columns.values() for text in distinct]
    if any(_CLOCK.search(text) and not _MIDNIGHT.fullmatch(text) for text in texts) or not any(
        _MIDNIGHT.fullmatch(text) for text in texts
    ):
        return cells, None
    rows: Mask = np.zeros(len(next(iter(columns.values()))[0]), dtype=bool)
    days = {}
    for name, (codes, distinct) in columns.items():
        found = [_MIDNIGHT.fullmatch(text.strip()) for text in distinct]
        rows |= np.array([bool(each and each[2]) for each in found])[codes]
        plain = [each[1] if each else text for each, text in zip(found, distinct, strict=True)]
        days[name] = np.array(plain, dtype=object)[codes].tolist()
    return cells | days, rows


def unread_columns(
    name: str, cells: Cells, native: Cells, known: Reader, mapped: Iterable[str], ignore: Sequence[str]
) -> dict[str, str]:
    """Columns of a file that nobody reads and that look like one of :data:`ANSWERING`, by which; with a warning.

    ``native`` is what the reader made of the cells, ``mapped`` are columns that the caller mapped to native ones.
    """
    names = [column for column in cells if not column.startswith("attribute_")]
    dismissed = _dismissed(name, names, ignore) | set(mapped)
    read = set(known.known(names))
    found, others = {}, []
    for column in names:
        key = known.key(column)
        if column in dismissed or key in read or (key in NATIVE and _passed_on(cells[column], native.get(key))):
            continue
        meaning = meaning_of(column) or meaning_of_cells(cells[column])
        if meaning in ANSWERING:
            found[column] = meaning
        else:
            others.append(f"{column[:60]!r} ({meaning or 'of no known meaning'})")
    if others:
        logger.info("%s: kept as they are, and not read: %s", name, ", ".join(others))
    if found:
        shown = ", ".join(
            f"{column[:60]!r} (looks like a {meaning})" for column, meaning in list(found.items())[:SHOWN]
        )
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        warnings.warn(
            f"{name}: nobody reads the columns {shown}{more}; what they say may change every answer, so that each row "
            "is flagged unmapped-column: map them with column_map=, or dismiss them with ignore=",
            GeocasualtyWarning,
            stacklevel=7,
        )
    return found


def _dismissed(name: str, columns: list[str], ignore: Sequence[str]) -> set[str]:
    if isinstance(ignore, str) or not all(isinstance(each, str) for each in ignore):
        raise InputError(f"ignore is {ignore!r}; expected a list of names of columns", value=ignore)
    wanted = {each.strip().lower() for each in ignore}
    found = {column for column in columns if column.strip().lower() in wanted}
    missing = sorted(wanted - {column.strip().lower() for column in found})
    if missing:
        raise InputError(f"{name}: ignore names {', '.join(map(repr, missing))}, which the file lacks")
    return found


def _passed_on(values: Any, native: Any) -> bool:
    """Whether a reader that does not know a column hands it on under its native name."""
    return native is values or (native is not None and [*map(_bare, native)] == [*map(_bare, values)])


def _bare(text: object) -> str:
    return str(text).strip()


def meaning_of(column: str) -> str:
    """What a column looks like by its name, in any of the languages; empty if like nothing known.

    Examples
    --------
    >>> [meaning_of(name) for name in ("Perpetrator (alleged)", "eventDate", "geo_precision", "source_date")]
    ['party', 'date', 'accuracy', 'record']
    >>> meaning_of("الجهة"), meaning_of("виновник"), meaning_of("gouvernorat"), meaning_of("colour")
    ('party', 'party', 'place', '')
    """
    words = list(folded_words(column))
    found = {meaning for start in range(len(words)) for meaning in _starting(words, start)}
    if "party" in found:
        return "party"
    order = ("place", "person") if {"place", "person"} <= found else ("person", "record", "accuracy", "date", "place")
    return next((meaning for meaning in (*order, *COLUMN_MEANINGS) if meaning in found), "")


def names_of_persons(columns: Iterable[str]) -> list[str]:
    """The columns that look like names of persons, by their own names, in any of the languages.

    Examples
    --------
    >>> names_of_persons(["incident_id", "Victim names", "place name", "name", "أسماء الضحايا"])
    ['Victim names', 'أسماء الضحايا']
    """
    return [column for column in columns if meaning_of(column) == "person"]


def _starting(words: list[str], start: int) -> Iterator[str]:
    for phrase, meaning in _phrases().get(words[start], ()):
        if words[start : start + len(phrase)] == phrase:
            yield meaning


@cache
def _phrases() -> dict[str, list[tuple[list[str], str]]]:
    """Words of columns in all languages by their first word."""
    found: dict[str, list[tuple[list[str], str]]] = {}
    for language in languages():
        for meaning, texts in language.columns.items():
            for text in texts:
                words = list(folded_words(text))
                found.setdefault(words[0], []).append((words, meaning))
    return found


def meaning_of_cells(values: Any) -> str:
    """What a column without a telling name looks like by its cells."""
    first = {text.strip() for text in coded(values[: 10 * LOOKED_AT])[1].tolist()} - {""}
    if first and all(_SHAPE.match(text) for text in first):
        return "place"
    if len(first) > LOOKED_AT:  # most columns of a large table end here
        return ""
    texts = {text.strip() for text in coded(values)[1].tolist()} - {""}
    if not texts or len(texts) > LOOKED_AT:
        return ""
    if all(_DAY.fullmatch(text) for text in texts):
        return "date"
    return "party" if all(re.search(r"[^\W\d]{2}", text) and not names_in_no_table(text) for text in texts) else ""
