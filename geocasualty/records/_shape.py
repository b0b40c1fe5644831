"""Where in a grid of cells does the table stand: which row names the columns, and what is around it?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.errors import InputError
from geocasualty.records._columns import meaning_of
from geocasualty.records._words import arrow_texts, coded
from geocasualty.records.formats import readers
from geocasualty.records.formats.protocol import LONGEST_NAME
from geocasualty.records.formats.table import NATIVE, fields_of
from geocasualty.theatre.languages import languages

NEEDED_NAMES = 2
"""Names that a row must have for it to be the one that names the columns, where the first row has fewer."""

_TAG = re.compile(r"#\s*[A-Za-z]\w*(?:\s*\+\s*[A-Za-z]\w*)*", re.ASCII)


class Grid(NamedTuple):
    """The cells of a table, and what was passed over to find them.

    ``places`` gives of each row its number below the row that names the columns, from 1; None where none was passed
    over. ``tags`` are those of the Humanitarian Exchange Language by column, blanks taken out. ``above`` counts the
    rows of the file that are not blank, or of the sheet, as far as the one that names the columns; None where a file
    has no lines.
    """

    cells: dict[str, Any]
    places: npt.NDArray[np.int64] | None = None
    tags: dict[str, str] = {}  # noqa: RUF012 - never changed
    notes: tuple[str, ...] = ()
    above: int | None = None
    kind: str = "a frame"
    encoding: str | None = None


def known_names(cells: Iterable[object]) -> int:
    """How many cells of a row could name a column of records.

    Examples
    --------
    >>> known_names(["Strike ID", "Date", "", "Province"]), known_names(["US drone strikes in Yemen", "", ""])
    (3, 0)
    """
    texts = {str(cell).strip() for cell in cells if cell is not None} - {""}
    short = [text for text in texts if len(text) <= LONGEST_NAME]
    return sum(text.lower() in NATIVE or bool(fields_of([text])) or bool(meaning_of(text)) for text in short)


def header_row(rows: Sequence[Sequence[object]]) -> int:
    """Which of the first rows names the columns: the first, unless it names fewer than two and a later one more.

    Examples
    --------
    >>> header_row([["id", "date", "place"], ["1", "2015-06-03", "Hawija"]])
    0
    >>> header_row([["Strikes of June", "", ""], ["id", "date", "place"], ["1", "2015-06-03", "Hawija"]])
    1
    """
    if not rows:
        return 0
    known = [known_names(row) if _only_words(row) else 0 for row in rows]
    recognised = any(each.recognises(_texts(rows[0])) for each in readers().values() if each.name != "csv")
    if known[0] >= NEEDED_NAMES or recognised:
        upper, lower = (_fields(row) if _only_words(row) else set() for row in (*rows, ())[:2])
        return int(not recognised and "start" in lower - upper and len(lower) > len(upper))
    filled = [sum(bool(text) for text in _texts(row)) for row in rows]
    fits = [
        number
        for number, count in enumerate(known)
        if count >= NEEDED_NAMES and 2 * filled[number] >= max(filled) > filled[0]
    ]
    return fits[0] if fits else 0


def head_of(rows: Sequence[Sequence[object]], notes: list[str]) -> tuple[int, list[str]]:
    """Which of the first rows names the columns, and how they are called; what to say goes to ``notes``."""
    at = header_row(rows)
    names = _texts(rows[at]) if rows else []
    both = _under_groups(names, _texts(rows[at + 1])) if len(rows) > at + 1 and _only_words(rows[at + 1]) else []
    if len(_fields(both)) > len(_fields(names)):
        notes.append("the names of the columns stand in two rows")
        at, names = at + 1, both
    elif at:
        shown = "; ".join(" ".join(filter(None, _texts(row)))[:60] for row in rows[:at])
        notes.append(f"{at} row{'s' * (at != 1)} above the names of the columns passed over: {shown[:200]!r}")
    names, said = named(names)
    notes += said
    return at, names


def _fields(names: Sequence[object]) -> set[str]:
    return {*fields_of(_texts(names))}


def _under_groups(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The names of columns of which some stand in a second row, below that of their group.

    Examples
    --------
    >>> _under_groups(["Date", "Killed", "", "Where"], ["", "Min", "Max", "Town"])
    ['Date', 'Killed Min', 'Killed Max', 'Town']
    """
    names, group = [], ""
    for above, below in itertools.zip_longest(upper, lower, fillvalue=""):
        group = above or group
        names.append(below if not group or fields_of([below]) else f"{group} {below}" if below else above)
    return names


def is_foot(cells: Sequence[str]) -> bool:
    """Whether a row below a table says where it is from, or sums it up, and so is no record.

    Examples
    --------
    >>> is_foot(["Source: reports", "", ""]), is_foot(["Total", "", "15"]), is_foot(["C", "", ""])
    (True, True, False)
    """
    first, *rest = [text for text in _texts(cells) if text] or [""]
    begun = re.match(r"([^\W\d_]+)\s*:", first)
    if begun and not rest:
        return meaning_of(begun[1]) in ("source", "remark", "record")
    return first.lower().rstrip(": ") in _totals() and all(re.fullmatch(r"[\d.,\s]+", cell) for cell in rest)


@cache
def _totals() -> frozenset[str]:
    return frozenset(word for language in languages() for word in language.counts["total"])


def _foot(cells: dict[str, Any], blank: npt.NDArray[np.bool_]) -> tuple[int, list[str]]:
    """How many rows stand above the blank ones and the feet below them, and what the feet say."""
    end, said = len(blank), []
    while end:
        texts = [] if blank[end - 1] else [str(values[end - 1]) for values in cells.values()]
        if texts and not is_foot(texts):
            break
        said += [" ".join(filter(None, texts))] * bool(texts)
        end -= 1
    return end, said[::-1]


def letters_of(position: int) -> str:
    """What a spreadsheet calls a column.

    Examples
    --------
    >>> letters_of(0), letters_of(25), letters_of(26), letters_of(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def holds_records(rows: Sequence[Sequence[object]]) -> bool:
    """Whether the first rows of a sheet name columns of records: a day, and a place or a coordinate."""
    if not rows:
        return False
    at = header_row(rows)
    names = _texts(rows[at])
    if any(each.recognises(names) for each in readers().values() if each.name != "csv"):
        return True
    meanings = {meaning_of(text) for text in names if len(text) <= LONGEST_NAME}
    return {"date", "place"} <= meanings and len(rows) > at + 1


def layer_meant(name: str, layers: Sequence[str], layer: str | None) -> str:
    """The layer of a file that is named, or the only one."""
    if layer in layers or (layer is None and len(layers) == 1):
        return layer or layers[0]
    wanted = "name one with layer=" if layer is None else f"none is {layer!r}"
    raise InputError(f"{name}: {len(layers)} layers: {', '.join(map(repr, layers[:50]))}; {wanted}")


def _texts(row: Sequence[object]) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in row]


def _only_words(row: Sequence[object]) -> bool:
    """Whether no cell of a row is a number or a day, which no column is called, and some cell is no tag."""
    texts = [text for text in _texts(row) if text]
    return not any(text[0].isdigit() for text in texts) and not all(_TAG.fullmatch(text) for text in texts)


def named(header: Sequence[object]) -> tuple[list[str], list[str]]:
    """Names for all columns of a table: those without one, and those of which there are several, by their letters too.

    Examples
    --------
    >>> named(["id", "", "date", "date"])
    (['id', 'column B', 'date (column C)', 'date (column D)'], ["3 columns have 'date' (C, D) or no name (B)"])
    """
    texts = _texts(header)
    counts: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        counts.setdefault(text, []).append(position)
    taken = set(texts)
    names = []
    for position, text in enumerate(texts):
        name = text
        if not text or len(counts[text]) > 1:
            name = f"{text} (column {letters_of(position)})" if text else f"column {letters_of(position)}"
            while name in taken:
                name += "'"
            taken.add(name)
        names.append(name)
    several = {text: places for text, places in counts.items() if text and len(places) > 1}
    said = [f"{text[:40]!r} ({', '.join(map(letters_of, places))})" for text, places in several.items()]
    if "" in counts:
        said.append(f"no name ({', '.join(map(letters_of, counts['']))})")
    count = sum(len(places) for text, places in counts.items() if not text or len(places) > 1)
    return names, [f"{count} column{'s' * (count != 1)} {'have' if count != 1 else 'has'} {' or '.join(said)}"] * bool(
        said
    )


def tidied(cells: dict[str, Any], *, notes: Iterable[str] = (), places: Any = None) -> Grid:
    """A table without the blank rows below it, its blank nameless columns, and the row of tags under its names.

    ``notes`` and ``places`` (numbers of the rows) are what is known already, where some rows were passed over.

    Examples
    --------
    >>> table = {"Day": ["#date", "2015-06-03", ""], "Town": ["#loc +name", "Hawija", ""]}
    >>> grid = tidied(table)
    >>> grid.cells, grid.places.tolist(), grid.tags
    ({'Day': ['2015-06-03'], 'Town': ['Hawija']}, [2], {'Day': '#date', 'Town': '#loc+name'})
    """
    said = list(notes)
    count = len(next(iter(cells.values()), ()))
    kept = np.ones(count, dtype=bool)
    tags = _tags(cells)
    if tags:
        kept[0] = False
        said.append(f"the row of tags ({len(tags)} columns have one) is no record")
    end, feet = _foot(cells, _all_hold(cells, dict.fromkeys(cells, "")))
    again = _all_hold(cells, {name: name for name in cells})
    again[end:] = False
    passed = {"blank {} below the table": count - end - len(feet), "{} that name the columns again": int(again.sum())}
    said += [
        f"{number:,} {what.format('row' + 's' * (number != 1))} passed over"
        for what, number in passed.items()
        if number
    ]
    said += [f"below the table passed over: {'; '.join(feet)[:200]!r}"] * bool(feet)
    kept[end:] = False
    kept &= ~again
    cells = {
        name: values for name, values in cells.items() if not (name.startswith("column ") and _holds(values, "").all())
    }
    if kept.all():
        return Grid(cells, None if places is None else np.asarray(places, np.int64), tags, tuple(said))
    numbers = np.arange(1, count + 1) if places is None else np.asarray(places, np.int64)
    which = np.flatnonzero(kept)
    cut = {
        name: [values[row] for row in which.tolist()] if isinstance(values, list) else values[kept]
        for name, values in cells.items()
    }
    return Grid(cut, numbers[kept], tags, tuple(said))


def _tags(cells: dict[str, Any]) -> dict[str, str]:
    """The tags in the first row, if all that stands in it are tags, and they are at least two."""
    found = {}
    for name, values in cells.items():
        first = str(values[0]).strip() if len(values) else ""
        if first and not _TAG.fullmatch(first):
            return {}
        if first:
            found[name] = re.sub(r"\s", "", first).lower()
    return found if len(found) >= NEEDED_NAMES else {}


def _all_hold(cells: dict[str, Any], texts: dict[str, str]) -> npt.NDArray[np.bool_]:
    """The rows of which each cell is the text of its column."""
    held: npt.NDArray[np.bool_] = np.ones(len(next(iter(cells.values()), ())), dtype=bool)
    for name, values in cells.items():
        held &= _holds(values, texts[name])
        if not held.any():
            break
    return held


def _holds(values: Any, text: str) -> npt.NDArray[np.bool_]:
    if isinstance(values, list):
        return np.array([cell.strip() == text for cell in values], dtype=bool)
    if hasattr(values, "__arrow_array__"):
        import pyarrow.compute as pc

        return np.asarray(pc.equal(pc.utf8_trim_whitespace(arrow_texts(values)), text).to_numpy())
    codes, distinct = coded(values)
    return np.array([cell.strip() == text for cell in distinct], dtype=bool)[codes]
