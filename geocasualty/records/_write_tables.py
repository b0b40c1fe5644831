"""How do records stand in a table of cells: delimited text, a workbook, a data package?"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geocasualty._geometry import shape_from_wkt
from geocasualty.errors import InputError
from geocasualty.files import atomic_path, damage_said, read_csv_cells, read_text
from geocasualty.gazetteer.precision import PRECISIONS
from geocasualty.records._cells import GEOMETRY_COLUMNS as _SHAPE
from geocasualty.records._cells import exact_wkt
from geocasualty.records._portable import (
    KIND,
    UTC_SECONDS,
    Column,
    Portable,
    checked_kinds,
    default_kind,
    is_time,
    plain_numbers,
    to_text,
)
from geocasualty.records._workbook import MAX_ROWS, escaped, sheet_rows
from geocasualty.records.formats.table import HXL
from geocasualty.records.recorders import FIELDS

MAX_OUTLINE = 100_000_000
"""Longest cell of a CSV file that :func:`read_records` reads, in characters: an outline of two million corners."""

MARK = "'"
"""Put before a text that a spreadsheet would run as a formula: spreadsheets then show it as text."""

MISSING = "'NA"
"""A text that is missing, which is not the empty text."""

_RUN = tuple("=+-@\t\r\n＝＋－＠'")
"""First characters that a spreadsheet may act on (OWASP, CSV Injection), their full-width forms, and the mark."""

RECORDS, CODEBOOK = "records", "codebook"
"""The sheets of a workbook."""

MAX_CELL = 32_767
"""The most characters that a cell of xlsx holds."""

BLANKS = {"missing": "missing", "empty": "an empty text", "marked": f"an empty text; {MISSING} is missing"}
"""What a blank cell of a column of texts is."""

PACKAGE = "datapackage.json"
"""The name that Frictionless Data gives to the file that describes a data package."""


def write_csv(portable: Portable, path: Path, *, hxl: bool = False) -> None:
    """Write delimited text, under the names a row of tags if asked."""
    _check_names(portable)
    header = _with_shapes(portable, [label_of(column) for column in portable.columns], list(_SHAPE))
    cells = [[_cell(value, column.kind) for value in column.values] for column in portable.columns]
    shapes = [[repr(value) if isinstance(value, float) else value or "" for value in each] for each in _split(portable)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        # The writer quotes lone carriage returns only where they could end a line.
        writer = csv.writer(_UnixLines(stream), lineterminator="\r\n")
        writer.writerow(header)
        if hxl:
            writer.writerow(_with_shapes(portable, *([_tag(name) for name in names] for names in _names(portable))))
        writer.writerows(zip(*_with_shapes(portable, cells, shapes), strict=True))


def _check_names(portable: Portable) -> None:
    taken = [column.name for column in portable.columns if column.name in _SHAPE]
    if taken:
        raise InputError(f"columns {', '.join(map(repr, taken))} would stand beside the shapes' own; rename them")


def _names(portable: Portable) -> tuple[list[str], tuple[str, ...]]:
    return [column.name for column in portable.columns], _SHAPE


def _with_shapes(portable: Portable, columns: list[Any], shapes: Iterable[Any]) -> list[Any]:
    """Columns in their order, those of the shapes among them."""
    return [*columns[: portable.position], *shapes, *columns[portable.position :]]


def _tag(name: str) -> str:
    """The tag of the Humanitarian Exchange Language that says most of a column; empty where there is none."""
    return HXL.get(name, ("",))[0]


class _UnixLines:
    r"""Passes lines on with ``\n`` for their end."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        return int(self._stream.write(line.removesuffix("\r\n") + "\n"))


def label_of(column: Column) -> str:
    """The name of a column, with its type where the name alone does not tell it, as files without types have it."""
    named = column.name.rpartition(":")
    plain = column.kind == default_kind(column.name) and not (named[0] and KIND.fullmatch(named[2]))
    return marked(column.name if plain else f"{column.name}:{column.kind}")


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return MISSING if kind == "str" else ""
    return marked(value) if kind == "str" else to_text(value, kind)


def marked(text: str) -> str:
    """A text as a cell of CSV: with an apostrophe before it where a spreadsheet would run it as a formula.

    Examples
    --------
    >>> marked("=HYPERLINK(1)"), marked("Hawijah")
    ("'=HYPERLINK(1)", 'Hawijah')
    """
    return MARK + text if text.lstrip().lstrip("\ufeff\u200b").startswith(_RUN) or text[:1] in _RUN else text


def unmarked(text: str) -> str:
    """The text that :func:`marked` made a cell of; any other as it is.

    Examples
    --------
    >>> unmarked(marked("=HYPERLINK(1)")), unmarked("Hawijah"), unmarked("'Ayn")
    ('=HYPERLINK(1)', 'Hawijah', "'Ayn")
    """
    plain = text.removeprefix(MARK)
    return plain if marked(plain) == text else text


def _split(portable: Portable) -> tuple[list[Any], list[Any], list[Any]]:
    """Latitude and longitude of points, and well-known text of all other shapes; None where there is none."""
    shapes = portable.shapes
    point = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes) & ~shapely.has_z(shapes)
    points = np.where(point, shapes, None)
    lats, lons = (
        [value if value == value else None for value in of(points).tolist()] for of in (shapely.get_y, shapely.get_x)
    )
    known: dict[int, str] = {}  # records of one area share its outline
    texts = []
    for shape, single in zip(shapes, point, strict=True):
        if shape is not None and not single and id(shape) not in known:
            known[id(shape)] = exact_wkt(shape)
        texts.append(known.get(id(shape)))
    return lats, lons, texts


def read_csv(path: Path) -> Portable:
    """Read what :func:`write_csv` wrote."""
    cells = read_csv_cells(path, delimiter=",", max_field=MAX_OUTLINE)
    names = [label.removeprefix(MARK) for label in cells]
    missing = [name for name in _SHAPE if name not in names]
    if missing or not {"incident_id", "strike_id"} & set(names):
        raise InputError(
            f"{path.name}: no column {', '.join(missing) or 'incident_id or strike_id'}; "
            "it was not written by write_records; read it with read_incidents or read_strikes"
        )
    tagged = cells["latitude"][:1] == [_tag("latitude")]
    held = {name: values[tagged:] for name, values in zip(names, cells.values(), strict=True)}
    columns = [_parsed(name, values) for name, values in held.items() if name not in _SHAPE]
    return Portable(columns, _joined(path.name, held), names.index("latitude"))


def _parsed(label: str, cells: list[str]) -> Column:
    name, kind = named_and_kind(label)
    if kind == "str":
        return Column(name, kind, [None if cell == MISSING else cell.removeprefix(MARK) for cell in cells])
    return Column(name, kind, [cell or None for cell in cells])


def named_and_kind(label: str) -> tuple[str, str]:
    """The name and the type that :func:`label_of` made a label of."""
    name, _, kind = label.rpartition(":")
    return (name, kind) if name and KIND.fullmatch(kind) else (label, default_kind(label))


def _joined(name: str, held: Mapping[str, list[Any]]) -> Any:
    texts = [["" if value is None else str(value) for value in held[each]] for each in _SHAPE]
    return np.array([*_shapes(name, *texts), None], dtype=object)[:-1]


def _shapes(name: str, latitudes: list[str], longitudes: list[str], texts: list[str]) -> Iterator[Any]:
    for row, (latitude, longitude, text) in enumerate(zip(latitudes, longitudes, texts, strict=True), start=1):
        try:
            if text:
                yield shape_from_wkt(text)
            else:
                yield shapely.Point(float(longitude), float(latitude)) if latitude or longitude else None
        except (ValueError, shapely.errors.ShapelyError) as error:
            column, value = ("geometry_wkt", text) if text else ("latitude", f"{latitude}, {longitude}")
            why = "expected a shape; restore the file as it was written"
            raise InputError.of_cell(name, row, column, value, why) from error


@cache
def meanings() -> dict[str, dict[str, str]]:
    """Table to column to meaning, from the codebook; that of ``records`` holds for incidents and for strikes."""
    found: dict[str, dict[str, str]] = {}
    path = Path(__file__).parents[1] / "codebook.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            for table in ("incidents", "strikes") if line["table"] == "records" else (line["table"],):
                found.setdefault(table, {})[line["column"]] = line["meaning"]
    return found


def _described(portable: Portable) -> list[tuple[str, str, str]]:
    """Name, type and meaning of each column as a table of cells has it."""
    role = _role(portable)
    known = meanings()[role] | FIELDS
    fields = [(column.name, column.kind, known.get(column.name, "as the source has it")) for column in portable.columns]
    shapes = [
        ("latitude", "float64", "degrees north of the point, in WGS84; blank for an area and where there is no place"),
        ("longitude", "float64", "degrees east of the point, in WGS84"),
        ("geometry_wkt", "wkt", "well-known text of a shape that is no point, longitude before latitude, in WGS84"),
    ]
    return _with_shapes(portable, fields, shapes)


def _role(portable: Portable) -> str:
    return "strikes" if any(column.name == "strike_id" for column in portable.columns) else "incidents"


def write_xlsx(portable: Portable, path: Path) -> None:
    """Write a workbook: a sheet of records, and one that says what each of its columns means."""
    _check_names(portable)
    blanks = [_blank_of(column) for column in portable.columns]
    columns = [_texts_of(column, blank) for column, blank in zip(portable.columns, blanks, strict=True)]
    names = _with_shapes(portable, *_names(portable))
    cells = zip(*_with_shapes(portable, columns, _split(portable)), strict=True)
    said = [BLANKS[blank] for blank in blanks]
    book = zip(_described(portable), _with_shapes(portable, said, [BLANKS["missing"]] * 3), strict=True)
    sheets = {
        RECORDS: _chained(names, _filled(path.name, names, cells)),
        CODEBOOK: _chained(
            ["column", "type", "a blank cell is", "meaning"], ([*line[:2], blank, line[2]] for line, blank in book)
        ),
    }
    write_workbook(path, sheets)


def _chained(header: list[str], rows: Iterable[Iterable[Any]]) -> Iterator[list[Any]]:
    yield header
    yield from map(list, rows)


def _filled(name: str, names: list[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows, start=1):
        if all(value in (None, "") for value in row):
            why = "xlsx holds no row in which nothing stands; leave it out"
            raise InputError.of_cell(name, number, names[0], row[0], why)
        yield row


def _blank_of(column: Column) -> str:
    if column.kind != "str" or "" not in column.values:
        return "missing"
    return "marked" if None in column.values else "empty"


def _texts_of(column: Column, blank: str) -> list[Any]:
    values = plain_numbers(column)
    if blank != "marked":
        return values
    return [MISSING if value is None else MARK + value if value.startswith(MARK) else value for value in values]


def read_xlsx(path: Path) -> Portable:
    """Read what :func:`write_xlsx` wrote."""
    sheets = sheet_rows(path, (RECORDS, CODEBOOK))
    with damage_said(path.name, "write it again"):
        header, *rows = sheets[RECORDS]
        lines = {str(line[0]): (str(line[1]), str(line[2])) for line in sheets[CODEBOOK][1:]}
        names = [str(name) for name in header if name is not None]
        if [*lines] != names or [name for name in names if name in _SHAPE] != [*_SHAPE]:
            raise InputError(f"{path.name}: not written by write_records; read it with read_incidents or read_strikes")
        width = len(names)
        held = dict(zip(names, zip(*(([*row] + [None] * width)[:width] for row in rows), strict=True), strict=False))
        cells = {name: list(held.get(name, ())) for name in names}
        kinds = checked_kinds(path.name, [(name, lines[name][0]) for name in names if name not in _SHAPE])
        columns = [Column(name, kind, _read_texts(cells[name], kind, lines[name][1])) for name, kind in kinds]
        return Portable(columns, _joined(path.name, cells), names.index("latitude"))


def _read_texts(values: list[Any], kind: str, blank: str) -> list[Any]:
    if kind != "str" or blank == BLANKS["missing"]:
        return values
    texts = ["" if value is None else value for value in values]
    if blank == BLANKS["empty"]:
        return texts
    return [None if text == MISSING else text.removeprefix(MARK) for text in texts]


def write_workbook(path: Path, sheets: Mapping[str, Iterable[list[Any]]]) -> None:
    """Write sheets of rows, the names of the columns first; without the clock, so that equal rows give equal bytes.

    Texts are texts and never formulas, also once somebody edits and leaves the cell.
    """
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    try:
        for title, rows in sheets.items():
            _fill(path.name, book.create_sheet(title), rows)
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()
        raise
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in sorted(old.namelist()):
            content = old.read(member)
            if member == "docProps/core.xml":
                content = re.sub(rb">\d{4}-\d\d-\d\dT[\d:]+Z<", b">2000-01-01T00:00:00Z<", content)
            new.writestr(zipfile.ZipInfo(member, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _fill(name: str, sheet: Any, rows: Iterable[list[Any]]) -> None:
    sheet.freeze_panes = "A2"
    names: list[Any] = []
    for number, row in enumerate(rows):
        names = names or row
        if number >= MAX_ROWS:
            raise InputError(
                f"{name}: more than {MAX_ROWS - 1:,} rows, the most of a sheet of xlsx; write .csv or .gpkg"
            )
        sheet.append([_cell_of(name, sheet, number, label, value) for label, value in zip(names, row, strict=True)])


def _cell_of(name: str, sheet: Any, row: int, column: str, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, float) and float(f"{value:.16g}") != value:  # what the library makes of numbers
        cell = WriteOnlyCell(sheet, repr(value))
        cell.data_type = "n"
        return cell
    if not isinstance(value, str):
        return value
    text = escaped(value)
    if len(text) > MAX_CELL:
        why = f"longer than the {MAX_CELL:,} characters of a cell of xlsx; write .gpkg or .csv"
        raise InputError.of_cell(name, row, column, value, why)
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if marked(value) != value:
        cell.quotePrefix = True
    return cell


def write_package(portable: Portable, path: Path, target: Path) -> None:
    """Write a CSV file beside the description of it, which will be at ``target``; others that this names stay in it."""
    name = _role(portable)
    kept = [each for each in _resources(target) if each.get("path") != f"{name}.csv"] if target.is_file() else []
    with atomic_path(target.parent / f"{name}.csv") as beside:
        write_csv(portable, beside)
    fields = [_field(label, line) for label, line in zip(_labels(portable), _described(portable), strict=True)]
    schema = {
        "fields": fields, "missingValues": ["", MISSING], "primaryKey": f"{name.removesuffix('s')}_id",
    }  # fmt: skip
    resource = {
        "name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "format": "csv", "encoding": "utf-8",
        "mediatype": "text/csv", "schema": schema,
    }  # fmt: skip
    package = {
        "name": "geocasualty-records", "profile": "tabular-data-package",
        "resources": sorted([*kept, resource], key=lambda each: str(each.get("name"))),
    }  # fmt: skip
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _labels(portable: Portable) -> list[str]:
    return _with_shapes(portable, [label_of(column) for column in portable.columns], _SHAPE)


def _field(label: str, line: tuple[str, str, str]) -> dict[str, Any]:
    _, kind, meaning = line
    plain = {"str": "string", "precision": "string", "wkt": "string", "bool": "boolean", "boolean": "boolean"}
    number = "number" if kind.lower().startswith("float") else "integer"
    said = "datetime" if kind == UTC_SECONDS else "string" if is_time(kind) else plain.get(kind, number)
    limits = {"constraints": {"enum": list(PRECISIONS)}} if kind == "precision" else {}
    return {"name": label, "type": said, "description": meaning} | limits


def _resources(path: Path) -> list[dict[str, Any]]:
    with damage_said(path.name, "move it away, or write into another folder"):
        return [dict(each) for each in json.loads(read_text(path))["resources"]]


def read_package(path: Path) -> Portable:
    """Read the one file that :func:`write_package` described."""
    named = [each.get("path") for each in _resources(path)]
    held = [name for name in ("incidents.csv", "strikes.csv") if name in named]
    if len(held) != 1:
        raise InputError(f"{path.name}: it describes {', '.join(map(repr, named)) or 'nothing'}; name the file to read")
    return read_csv(path.with_name(held[0]))
