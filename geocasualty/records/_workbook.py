"""What stands in the cells of a spreadsheet?"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from geocasualty._extras import need
from geocasualty._geometry import check_xml
from geocasualty.errors import InputError
from geocasualty.files import FIRST_LINES, MAX_CELLS, damage_said, open_bytes
from geocasualty.records._cells import Table, cells_of
from geocasualty.records._columns import meaning_of
from geocasualty.records._shape import Grid, head_of, holds_records, tidied

MAX_UNPACKED = 1_000_000_000
"""Most that a workbook may unpack to, in bytes: a million rows of twenty columns."""

MAX_RATIO = 250
FREE_BYTES = 20_000_000
"""Unpacked to packed size above which a part is a bomb, once it has more than FREE_BYTES; real sheets have 5 to 30."""

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""The limits of the format."""

_UNHELD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
"""Characters that XML does not hold, and how the format writes them."""

_CLOCK = re.compile(r"[hs]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def read_workbook(path: Path, layer: str | None) -> Grid:
    """Read one sheet: the one named, or the only one that holds a table of records, or the only one with data.

    A formula whose value was not saved is refused, as are damaged files and zip bombs.
    """
    with _opened(path, computed=False) as book:
        heads = {sheet.title: _first_rows(path.name, sheet) for sheet in book.worksheets}
        sheet = book[_chosen(path.name, heads, layer)]
        epoch = book.epoch
        rows, formulas = _rows(path.name, sheet)
        below = _filled_down(rows, formulas)
        for number in below:
            del rows[number], formulas[number]
        if formulas:
            with _opened(path, computed=True) as saved:
                _fill(path.name, rows, formulas, saved[sheet.title])
    notes = [f"{len(below):,} rows below the table hold formulas alone, and are passed over"] if below else []
    return _grid(path.name, rows, notes, epoch)


def read_opendocument(path: Path, layer: str | None) -> Grid:
    """Read one sheet of a workbook of LibreOffice and others, as :func:`read_workbook` does."""
    import pyogrio

    titles = sheets_of(path, "ods")
    with damage_said(path.name, "save it again"):
        before = {name: pyogrio.get_gdal_config_option(name) for name in _AS_TEXT}
        pyogrio.set_gdal_config_options(_AS_TEXT)
        try:
            read = {title: pyogrio.raw.read(path, layer=title)[3] for title in titles}
        finally:
            pyogrio.set_gdal_config_options(before)
    sheets = {title: [list(row) for row in zip(*columns, strict=True)] for title, columns in read.items()}
    heads = {title: [row for row in rows if any(row)][:FIRST_LINES] for title, rows in sheets.items()}
    rows = sheets[_chosen(path.name, heads, layer)]
    return _grid(path.name, {number: row for number, row in enumerate(rows, 1) if any(row)}, [])


_AS_TEXT = {"OGR_ODS_HEADERS": "DISABLE", "OGR_ODS_FIELD_TYPES": "STRING"}
"""So that GDAL takes no row for names and no text for a number."""


def sheets_of(path: Path, kind: str = "xlsx") -> list[str]:
    """The names of the sheets of a workbook that may be anybody's."""
    if kind == "ods":
        import pyogrio

        with open_bytes(path) as stream, damage_said(path.name, "save it again"):
            _refuse_bomb(path.name, stream)
            with zipfile.ZipFile(stream) as archive, archive.open("content.xml") as content:
                check_xml(content)
            return [str(title) for title, _ in pyogrio.list_layers(path)]
    with _opened(path, computed=False) as book:
        return [str(name) for name in book.sheetnames]


def sheet_rows(path: Path, sheets: tuple[str, ...]) -> dict[str, list[list[object]]]:
    """The values in the rows of some sheets, each as it is stored; blank rows are left out."""
    with _opened(path, computed=True) as book:
        titles: dict[str, list[list[object]]] = {title: [] for title in book.sheetnames}
        chosen = {name: book[_chosen(path.name, titles, name)] for name in sheets}
        return {
            name: [[_text(cell.value) for cell in cells] for _, cells in _stored(path.name, sheet)]
            for name, sheet in chosen.items()
        }


def escaped(text: str) -> str:
    r"""A text as the format writes it: characters that XML does not hold as ``_x0007_``.

    Examples
    --------
    >>> escaped("a\x07b_x0041_"), escaped("Hit")
    ('a_x0007_b_x005F_x0041_', 'Hit')
    """
    return _UNHELD.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _text(value: object) -> object:
    if isinstance(value, str) and "_x" in value:
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return value


@contextmanager
def _opened(path: Path, *, computed: bool) -> Iterator[Any]:
    """A workbook with its formulas, or with what they were computed to; what the library says of damage is one line."""
    need("openpyxl")
    import openpyxl

    name = path.name
    try:
        with open_bytes(path) as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that are not read, such as styles and validations
            _refuse_bomb(name, stream)
            yield openpyxl.load_workbook(stream, read_only=True, data_only=computed, keep_links=False)
    except (InputError, MemoryError):
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(f"{name}: not a whole .xlsx file ({error}); save it again") from error
    except Exception as error:  # openpyxl raises whatever its parser met
        said = f"{type(error).__name__}: {error}"[:200]
        raise InputError(f"{name}: a damaged workbook ({said}); save it again as .xlsx or .csv") from error


def _refuse_bomb(name: str, stream: Any) -> None:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    total = sum(member.file_size for member in members)
    for member in members:
        if member.flag_bits & 1:
            raise InputError(f"{name}: encrypted; save it without a password")
        if member.file_size > max(FREE_BYTES, member.compress_size * MAX_RATIO):
            raise InputError(f"{name}: {member.filename[:80]!r} unpacks to {member.file_size:,} bytes; a zip bomb")
    if total > MAX_UNPACKED or len(members) > 10_000:
        raise InputError(
            f"{name}: unpacks to {total:,} bytes, at most {MAX_UNPACKED:,} are read; split it, or save it as .csv"
        )
    stream.seek(0)


def _chosen(name: str, heads: dict[str, list[list[object]]], layer: str | None) -> str:
    """The sheet that is meant, by the first rows of each."""
    if layer is not None:
        if layer not in heads:
            raise InputError(f"{name}: no sheet {layer!r}; it has {', '.join(map(repr, heads))}")
        return layer
    filled = [title for title, rows in heads.items() if rows]
    meant = [title for title in filled if holds_records(heads[title])] if len(filled) > 1 else filled
    if len(meant) == 1:
        return meant[0]
    if not filled:
        raise InputError(f"{name}: the workbook is empty; a header row was expected")
    found = ", ".join(map(repr, filled))
    raise InputError(f"{name}: {len(filled)} sheets hold data: {found}; name one with layer=")


def _first_rows(name: str, sheet: Any) -> list[list[object]]:
    return [[cell.value for cell in cells] for _, cells in itertools.islice(_stored(name, sheet), FIRST_LINES)]


def _stored(name: str, sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Number and cells of each row that is not blank; the size that a sheet states of itself is not believed."""
    sheet.reset_dimensions()
    count = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS or len(row) > MAX_COLUMNS:
            raise InputError(f"{name}: sheet {sheet.title!r} is larger than {MAX_ROWS:,} rows of {MAX_COLUMNS:,}")
        cells = list(row)
        while cells and (cells[-1].value is None or cells[-1].value == ""):
            cells.pop()
        count += len(cells)
        if count > MAX_CELLS:
            raise InputError(f"{name}: more than {MAX_CELLS:,} cells; split the file")
        if cells:
            yield number, cells


def _rows(name: str, sheet: Any) -> tuple[dict[int, list[object]], dict[int, set[int]]]:
    """Values by row of the sheet, and where formulas stand."""
    rows: dict[int, list[object]] = {}
    formulas: dict[int, set[int]] = {}
    for number, cells in _stored(name, sheet):
        rows[number] = [_value(cell) for cell in cells]
        found = {position for position, cell in enumerate(cells) if getattr(cell, "data_type", "") == "f"}
        if found:
            formulas[number] = found
    return rows, formulas


def _filled_down(rows: dict[int, list[object]], formulas: dict[int, set[int]]) -> list[int]:
    """Rows below the last one that somebody typed in, under the names, which hold formulas that were filled down."""
    typed = [
        number
        for number, values in rows.items()
        if any(value not in (None, "") for at, value in enumerate(values) if at not in formulas.get(number, ()))
    ]
    return [number for number in formulas if len(typed) > 1 and number > max(typed)]


def _value(cell: Any) -> object:
    """A cell's value; a time that is shown as a day is a day."""
    value = cell.value
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        shown = _QUOTED.sub("", cell.number_format or "")
        if not _CLOCK.search(shown):
            return value.date()
    return _text(value)


def _fill(name: str, rows: dict[int, list[object]], formulas: dict[int, set[int]], sheet: Any) -> None:
    """Put the values that were saved with the formulas in their place."""
    saved = dict(_stored(name, sheet))
    for number, positions in formulas.items():
        cells = saved.get(number, [])
        for position in positions:
            cell = cells[position] if position < len(cells) else None
            if cell is None or cell.value is None:
                raise InputError(
                    f"{name}: sheet {sheet.title!r}, row {number}, column {position + 1}, "
                    f"value {str(rows[number][position])[:80]!r}: a formula without a saved value; "
                    "open the file in a spreadsheet and save it, or paste it as values",
                    row=number,
                    column=position + 1,
                    value=rows[number][position],
                )
            rows[number][position] = _value(cell)


def _is_day(value: object) -> bool:
    """Whether a cell of a column of days is one, a number of one since 1954, or blank."""
    return value in (None, "") or isinstance(value, dt.date) or (type(value) is int and value in DAYS)


DAYS = range(20_000, 70_000)
"""Numbers that are days in a column of days: no years, and not days written together, such as 20150603."""


def _day(value: object, epoch: dt.datetime) -> object:
    from openpyxl.utils.datetime import from_excel

    return from_excel(value, epoch).date() if isinstance(value, int) else value


def _grid(name: str, rows: dict[int, list[object]], notes: list[str], epoch: dt.datetime | None = None) -> Grid:
    """The table on a sheet: its columns as texts, and the number of each row below that of the names."""
    numbers = sorted(rows)
    width = max(map(len, rows.values()), default=0)
    full = [rows[number] + [None] * (width - len(rows[number])) for number in numbers]
    at, names = head_of(full[:FIRST_LINES], notes)
    columns = {label: [row[position] for row in full[at + 1 :]] for position, label in enumerate(names)}
    for label in names:
        if epoch is not None and meaning_of(label) == "date" and all(_is_day(value) for value in columns[label]):
            numbered = [isinstance(value, int) for value in columns[label]]
            columns[label] = [_day(value, epoch) for value in columns[label]]
            notes += [f"{label[:40]!r} has days as numbers, in the calendar of the workbook"] * any(numbered)
    places = np.array(numbers[at + 1 :], dtype=np.int64) - numbers[at]
    return tidied(cells_of(Table(name, columns)), notes=notes, places=places)._replace(above=numbers[at])
