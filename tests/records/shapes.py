"""One small table as people keep it: the same two or more records in as many shapes as files have."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

import geocasualty as gcas
from geocasualty.errors import GeocasualtyError

HEADER = ["id", "date", "place", "killed"]
ROWS = [["A", "2015-06-03", "Hawija", "12"], ["B", "2015-06-04", "Hit", "3"]]
TABLE = [HEADER, *ROWS]
READ = "A 2015-06-03 Hawija 12; B 2015-06-04 Hit 3"
POINTS = "A 2015-06-03 35.32,43.77 12; B 2015-06-04 33.64,42.83 3"


class Shape(NamedTuple):
    """A file, what is stated of it, and what is read: records in words, or words of the refusal."""

    file: str
    data: bytes | str | Callable[[Path], object]
    read: str = READ
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed


def lines(rows: Sequence[Sequence[str]], mark: str = ",", end: str = "\n") -> str:
    return "".join(mark.join(row) + end for row in rows)


def column(
    name: str, *cells: str, of: Sequence[str] = HEADER, rows: Sequence[Sequence[str]] = ROWS, mark: str = ","
) -> str:
    """The table with other cells in one of its columns, or one more."""
    names = [*of] if name in of else [*of, name]
    at = names.index(name)
    return lines([names, *([*row[:at], cell, *row[at + 1 :]] for row, cell in zip(rows, cells, strict=True))], mark)


def points(one: str, other: str, names: Sequence[str] = ("lat", "lon"), mark: str = ",") -> str:
    """The table with coordinates in place of places; each may be several cells."""
    head = ["id", "date", *names, "killed"]
    return lines([head, *([*row[:2], said, row[3]] for row, said in zip(ROWS, (one, other), strict=True))], mark)


def book(
    *sheets: tuple[str, Sequence[Sequence[Any]]], then: Callable[[Any], object] | None = None
) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets:
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        if then is not None:
            then(workbook)
        workbook.save(path)

    return write


def sheet(*rows: Sequence[Any], then: Callable[[Any], object] | None = None) -> Callable[[Path], object]:
    return book(("Strikes", rows), then=then)


def packed(inside: str, text: str | bytes) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, text)

    return write


def ods(*rows: Sequence[str]) -> Callable[[Path], object]:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Strikes">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", content)
            archive.writestr("META-INF/manifest.xml", MANIFEST)

    return write


MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def records() -> list[dict[str, str]]:
    return [dict(zip(HEADER, row, strict=True)) for row in ROWS]


def feature(row: Sequence[str], lon: float, lat: float, **more: Any) -> dict[str, Any]:
    properties = {"id": row[0], "date": row[1], "killed": row[3]} | more
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def features(*more: dict[str, Any]) -> str:
    made = [
        feature(row, *at, **each) for row, at, each in zip(ROWS, ((43.77, 35.32), (42.83, 33.64)), more, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": made})


def _merge(workbook: Any) -> None:
    workbook["Strikes"].merge_cells("A1:D1")


def _hide(workbook: Any) -> None:
    workbook["Strikes"].row_dimensions[3].hidden = True


def _epoch(workbook: Any) -> None:
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


def _formula(workbook: Any) -> None:
    workbook["Strikes"]["D3"] = "=1+2"


def _note(workbook: Any) -> None:
    workbook["Strikes"]["D2"].comment = openpyxl.comments.Comment("checked", "me")


ARABIC = [
    ["رقم الحادث", "التاريخ", "المكان", "عدد القتلى"],
    ["A", "٢٠١٥-٠٦-٠٣", "الحويجة", "١٢"],
    ["B", "٤ حزيران ٢٠١٥", "هيت", "٣"],
]
IN_ARABIC = "A 2015-06-03 الحويجة 12; B 2015-06-04 هيت 3"
RUSSIAN = [
    ["номер", "дата", "место", "погибшие"],
    ["A", "3 июня 2015", "Хавиджа", "12"],
    ["B", "4 июня 2015", "Хит", "3"],
]
IN_RUSSIAN = "A 2015-06-03 Хавиджа 12; B 2015-06-04 Хит 3"
DAYS = [dt.date(2015, 6, 3), dt.date(2015, 6, 4)]
NUMBERED = [[row[0], day, row[2], int(row[3])] for row, day in zip(ROWS, DAYS, strict=True)]

TEXTS = {
    "commas": Shape("mine.csv", lines(TABLE)),
    "semicolons": Shape("mine.csv", lines(TABLE, ";")),
    "tabs": Shape("mine.tsv", lines(TABLE, "\t")),
    "upright bars": Shape("mine.csv", lines(TABLE, "|")),
    "a first line sep=;": Shape("mine.csv", "sep=;\n" + lines(TABLE, ";")),
    "a blank behind each comma, quotes behind it": Shape(
        "mine.csv", 'id, date, place, killed\nA, 2015-06-03, "Hawija", 12\nB, 2015-06-04, "Hit", 3\n'
    ),
    "all cells quoted": Shape("mine.csv", lines([[f'"{cell}"' for cell in row] for row in TABLE])),
    "the delimiter at the end of each row": Shape("mine.csv", lines([[*row, ""] for row in TABLE])),
    "CRLF and a mark of byte order": Shape("mine.csv", "\ufeff" + lines(TABLE, end="\r\n")),
    "line ends of old Macs": Shape("mine.csv", lines(TABLE, end="\r")),
    "no end of the last line": Shape("mine.csv", lines(TABLE).rstrip("\n")),
    "a line feed inside a cell": Shape("mine.csv", column("note", '"seen\nby two"', '"seen\r\nby one"')),
    "UTF-16": Shape("mine.csv", lines(TABLE, "\t").encode("utf-16")),
    "Arabic in cp1256": Shape("mine.csv", lines(ARABIC).encode("cp1256", "replace"), r"encoding='windows-1256'"),
    "the same, stated": Shape(
        "mine.csv",
        lines([ARABIC[0], ["A", "2015-06-03", "الحويجة", "12"], ["B", "4 حزيران 2015", "هيت", "3"]]).encode("cp1256"),
        IN_ARABIC,
        {"encoding": "cp1256"},
    ),
    "Russian in cp1251": Shape("mine.csv", lines(RUSSIAN).encode("cp1251"), r"encoding='windows-1251'"),
    "the same in its encoding": Shape("mine.csv", lines(RUSSIAN).encode("cp1251"), IN_RUSSIAN, {"encoding": "cp1251"}),
    "gzip": Shape("mine.csv.gz", gzip.compress(lines(TABLE).encode(), mtime=0)),
    "zip": Shape("mine.zip", packed("inside.csv", lines(TABLE))),
}
ROUND_THE_TABLE = {
    "a title above": Shape("mine.csv", "Strikes of June,,,\n" + lines(TABLE)),
    "a title with a link": Shape("mine.csv", "Strikes of June,,https://example.org,\n" + lines(TABLE)),
    "a title, a blank line, the names in row 3": Shape("mine.csv", "Strikes of June\n\n" + lines(TABLE)),
    "lines with # above": Shape("mine.csv", "# exported by hand\n# 2015\n" + lines(TABLE)),
    "two rows of names": Shape("mine.csv", "Event,,Location,Casualties\n" + lines(TABLE)),
    "two rows of names, the upper merged": Shape(
        "mine.xlsx",
        sheet(
            ["Event", None, "Location", "Casualties"], *TABLE, then=lambda each: each["Strikes"].merge_cells("A1:B1")
        ),
    ),
    "a merged title": Shape("mine.xlsx", sheet(["Strikes of June"], [], *TABLE, then=_merge)),
    "a row of HXL tags": Shape(
        "mine.csv", lines([HEADER, ["#event+id", "#date", "#loc+name", "#affected+killed"], *ROWS])
    ),
    "HXL tags under names that say nothing": Shape(
        "mine.csv", lines([["c", "x", "y", "killed"], ["#event+id", "#date", "#loc+name", ""], *ROWS])
    ),
    "a source below": Shape("mine.csv", lines(TABLE) + "Source: reports,,,\n"),
    "a source below, in one cell": Shape("mine.csv", lines(TABLE) + "\nSource: reports, and our own\n"),
    "a total below": Shape("mine.csv", lines(TABLE) + "Total,,,15\n"),
    "a total below, named in the second column": Shape("mine.csv", lines(TABLE) + ",Total,,15\n"),
    "blank rows below": Shape("mine.csv", lines(TABLE) + ",,,\n,,,\n"),
    "blank lines between": Shape("mine.csv", lines(TABLE).replace("\n", "\n\n")),
    "the names again between the rows": Shape("mine.csv", lines([HEADER, ROWS[0], HEADER, ROWS[1]])),
    "a stray cell beside the table": Shape("mine.csv", lines([[*HEADER, ""], [*ROWS[0], "check!"], [*ROWS[1], ""]])),
    "longer rows that end blank": Shape("mine.csv", lines([HEADER, [*ROWS[0], "", ""], ROWS[1]])),
    "a column without a name": Shape("mine.csv", lines([["", *HEADER], ["0", *ROWS[0]], ["1", *ROWS[1]]])),
    "two columns of one name": Shape(
        "mine.csv", lines([[*HEADER, "note", "note"], [*ROWS[0], "", "x"], [*ROWS[1], "y", ""]])
    ),
    "several sheets": Shape(
        "mine.xlsx", book(("Read me", [["By hand"]]), ("Strikes", TABLE), ("By year", [["Year", "n"], [2015, 2]]))
    ),
    "two sheets that may be meant": Shape("mine.xlsx", book(("2014", TABLE), ("2015", TABLE)), r"name one with layer="),
    "a hidden row": Shape("mine.xlsx", sheet(*TABLE, then=_hide)),
    "the table in the middle of a sheet": Shape("mine.xlsx", sheet([], [], *([None, None, *row] for row in TABLE))),
    "a comment on a cell": Shape("mine.xlsx", sheet(*TABLE, then=_note)),
    "a formula that was never computed": Shape(
        "mine.xlsx", sheet(*TABLE, then=_formula), r"open the file in a spreadsheet and save it"
    ),
    "rows that stand where columns should": Shape(
        "mine.csv", lines([list(row) for row in zip(*TABLE, strict=True)]), r"no column 'start'.*column_map"
    ),
}
CONTAINERS = {
    "a workbook": Shape("mine.xlsx", sheet(HEADER, *NUMBERED)),
    "a workbook of LibreOffice": Shape("mine.ods", ods(*TABLE)),
    "an old workbook": Shape(
        "mine.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"save it as \.xlsx or \.csv"
    ),
    "a workbook under another name": Shape("mine.csv", sheet(*TABLE)),
    "a web page under the name of a workbook": Shape(
        "mine.xls", "<html><table></table></html>", r"save it as \.xlsx or \.csv"
    ),
    "JSON, a list of records": Shape("mine.json", json.dumps(records())),
    "JSON, records under a key": Shape("mine.json", json.dumps({"status": 200, "data": records()})),
    "JSON, records two keys down": Shape("mine.json", json.dumps({"response": {"docs": records()}})),
    "JSON, records by their identifiers": Shape("mine.json", json.dumps({row["id"]: row for row in records()})),
    "JSON, by columns": Shape(
        "mine.json",
        json.dumps({name: list(cells) for name, cells in zip(HEADER, zip(*ROWS, strict=True), strict=True)}),
    ),
    "JSON, by columns and rows": Shape(
        "mine.json",
        json.dumps({name: dict(enumerate(cells)) for name, cells in zip(HEADER, zip(*ROWS, strict=True), strict=True)}),
    ),
    "JSON, names apart from rows": Shape("mine.json", json.dumps({"columns": HEADER, "data": ROWS})),
    "JSON, a list of rows": Shape("mine.json", json.dumps(TABLE)),
    "JSON, one record a line": Shape("mine.jsonl", "".join(json.dumps(each) + "\n" for each in records())),
    "JSON, records inside records": Shape(
        "mine.json", json.dumps([each | {"by": {"name": "x"}} for each in records()])
    ),
    "GeoJSON": Shape("mine.geojson", features({}, {}), POINTS),
    "GeoJSON, properties inside properties": Shape(
        "mine.geojson", features({"source": {"name": "x", "url": "https://example.org"}}, {"source": None}), POINTS
    ),
    "GeoJSON, one feature a line": Shape(
        "mine.geojsonl", "".join(json.dumps(each) + "\n" for each in json.loads(features({}, {}))["features"]), POINTS
    ),
    "GeoJSON below a key": Shape("mine.json", json.dumps({"data": json.loads(features({}, {}))["features"]}), POINTS),
    "GeoJSON under the name of JSON": Shape("mine.json", features({}, {}), POINTS),
}
COORDINATES = {
    "lat and lng": Shape("mine.csv", points("35.32,43.77", "33.64,42.83", ("lat", "lng")), POINTS),
    "x and y": Shape("mine.csv", points("43.77,35.32", "42.83,33.64", ("x", "y")), POINTS),
    "decimal commas": Shape("mine.csv", points("35,32;43,77", "33,64;42,83", mark=";"), POINTS),
    "both in one cell": Shape("mine.csv", points('"35.32, 43.77"', '"33.64, 42.83"', ["coordinates"]), POINTS),
    "both in one cell, degrees and minutes": Shape(
        "mine.csv", points("35°19.2'N 43°46.2'E", "33°38.4'N 42°49.8'E", ["coordinates"]), POINTS
    ),
    "degrees, minutes and seconds": Shape(
        "mine.csv", points("35°19'12\"N,43°46'12\"E", "33°38'24\"N,42°49'48\"E"), POINTS
    ),
    "the hemisphere behind": Shape("mine.csv", points("35.32 N,43.77 E", "33.64 N,42.83 E"), POINTS),
    "a sign of degrees behind": Shape("mine.csv", points("35.32°,43.77°", "33.64°,42.83°"), POINTS),
    "Arabic figures": Shape("mine.csv", points("٣٥٫٣٢,٤٣٫٧٧", "٣٣٫٦٤,٤٢٫٨٣"), POINTS),
    "well-known text": Shape("mine.csv", points("POINT (43.77 35.32)", "POINT (42.83 33.64)", ["wkt"]), POINTS),
    "metres of a zone": Shape(
        "mine.csv", points("388000,3909000", "298000,3724000", ("easting", "northing")), r"no column"
    ),
    "latitude and longitude exchanged": Shape(
        "mine.csv", points("143.77,35.32", "142.83,33.64"), r"degrees from -90 to 90"
    ),
}
DATES = {
    "03/06/2015 and 25/06/2015": Shape(
        "mine.csv", column("date", "03/06/2015", "25/06/2015"), "A 2015-06-03 Hawija 12; B 2015-06-25 Hit 3"
    ),
    "03/06/2015, which may be either": Shape("mine.csv", column("date", "03/06/2015", "04/06/2015"), r"date_order="),
    "3-Jun-15": Shape("mine.csv", column("date", "3-Jun-15", "4-Jun-15")),
    "Jun 3, 2015": Shape("mine.csv", column("date", '"Jun 3, 2015"', '"Thursday, June 4, 2015"')),
    "20150603": Shape("mine.csv", column("date", "20150603", "20150604")),
    "20150603 as a number": Shape(
        "mine.xlsx", sheet(["id", "date", "place", "killed"], ["A", 20150603, "Hawija", 12], ["B", 20150604, "Hit", 3])
    ),
    "2015-06-03T00:00:00Z": Shape("mine.csv", column("date", "2015-06-03T00:00:00Z", "2015-06-04T00:00:00.000Z")),
    "2015-06-03 00:00:00": Shape("mine.csv", column("date", "2015-06-03 00:00:00", "2015-06-04 00:00:00")),
    "03.06.2015 and 25.06.2015": Shape(
        "mine.csv", column("date", "03.06.2015", "25.06.2015"), "A 2015-06-03 Hawija 12; B 2015-06-25 Hit 3"
    ),
    "3 juin 2015": Shape("mine.csv", column("date", "3 juin 2015", "4 juin 2015")),
    "3 июня 2015 г.": Shape("mine.csv", column("date", "3 июня 2015 г.", "4 июня 2015 года")),
    "٣ حزيران ٢٠١٥": Shape("mine.csv", column("date", "٣ حزيران ٢٠١٥", "4 يونيو 2015")),
    "2015/06/03": Shape("mine.csv", column("date", "2015/06/03", "2015/6/4")),
    "milliseconds since 1970": Shape(
        "mine.csv", column("date", "1433289600000", "1433376000000"), r"expected '2015-06-03'"
    ),
    "days of a workbook": Shape("mine.xlsx", sheet(HEADER, *NUMBERED)),
    "days of a workbook as text": Shape("mine.xlsx", sheet(*TABLE)),
    "days of a workbook as numbers": Shape(
        "mine.xlsx", sheet(HEADER, ["A", 42158, "Hawija", 12], ["B", 42159, "Hit", 3])
    ),
    "days of a workbook from 1904": Shape("mine.xlsx", sheet(HEADER, *NUMBERED, then=_epoch)),
    "days of a workbook as numbers, from 1904": Shape(
        "mine.xlsx", sheet(HEADER, ["A", 40696, "Hawija", 12], ["B", 40697, "Hit", 3], then=_epoch)
    ),
    "the same in delimited text": Shape("mine.csv", column("date", "42158", "42159"), r"date_order="),
    "day, month and year in three columns": Shape(
        "mine.csv",
        lines(
            [
                ["id", "year", "month", "day", "place", "killed"],
                ["A", "2015", "6", "3", "Hawija", "12"],
                ["B", "2015", "6", "4", "Hit", "3"],
            ]
        ),
    ),
    "a day and a time beside it": Shape("mine.csv", column("time", "14:30", "23:50")),
}
COUNTS = {
    "12 (5 children)": Shape("mine.csv", column("killed", "12 (5 children)", "3")),
    "12 (including 5 children)": Shape("mine.csv", column("killed", "12 (including 5 children)", "3")),
    "10-15": Shape("mine.csv", column("killed", "10-15", "3"), "A 2015-06-03 Hawija 10-15; B 2015-06-04 Hit 3"),
    "dozens": Shape("mine.csv", column("killed", "dozens", "3"), "A 2015-06-03 Hawija 24-?; B 2015-06-04 Hit 3"),
    "12+": Shape("mine.csv", column("killed", "12+", "3"), "A 2015-06-03 Hawija 12-?; B 2015-06-04 Hit 3"),
    "12 killed": Shape("mine.csv", column("killed", "12 killed", "3 civilians")),
    "1,200": Shape("mine.csv", column("killed", '"1,200"', "3"), "A 2015-06-03 Hawija 1200; B 2015-06-04 Hit 3"),
    "1 200": Shape("mine.csv", column("killed", "1 200", "3"), "A 2015-06-03 Hawija 1200; B 2015-06-04 Hit 3"),
    "1.200": Shape("mine.csv", column("killed", "1.200", "3"), r"expected a whole number"),
    "1,000, which may be one": Shape("mine.csv", column("killed", '"1,000"', "3"), r"write 1000"),
    "12.0": Shape("mine.csv", column("killed", "12.0", "3.0")),
    "twelve": Shape("mine.csv", column("killed", "twelve", "three")),
    "unknown": Shape("mine.csv", column("killed", "unknown", "N/A"), "A 2015-06-03 Hawija ?; B 2015-06-04 Hit ?"),
    "none": Shape("mine.csv", column("killed", "none", "3"), r"expected a whole number"),
}
NAMES = {
    "other words": Shape("mine.csv", lines([["Event ID", "Date of incident", "Location name", "Fatalities"], *ROWS])),
    "capitals and blanks": Shape("mine.csv", lines([[" ID", "DATE ", " Place ", "Killed "], *ROWS])),
    "line feeds in names": Shape("mine.xlsx", sheet(["ID", "Date\n(local)", "Place\n", "Killed"], *ROWS)),
    "units in brackets": Shape(
        "mine.csv", lines([["ID", "Date (dd/mm/yyyy)", "Place (English)", "Killed (number)"], *ROWS])
    ),
    "Arabic": Shape("mine.csv", lines(ARABIC), IN_ARABIC),
    "Russian": Shape("mine.csv", lines(RUSSIAN), IN_RUSSIAN),
    "Ukrainian": Shape("mine.csv", lines([["номер", "дата", "місце", "загиблі"], *ROWS])),
    "French": Shape("mine.csv", lines([["numéro", "date", "lieu", "morts"], *ROWS])),
    "no identifiers": Shape(
        "mine.csv",
        lines([HEADER[1:], *(row[1:] for row in ROWS)]),
        READ.replace("A 2", "row 1 2").replace("B 2", "row 2 2"),
    ),
    "an identifier twice": Shape("mine.csv", column("id", "A", "A"), r"another row has too"),
    "no identifier in one row": Shape("mine.csv", column("id", "A", ""), r"identifier"),
}
SHAPES = {
    "Text": TEXTS, "Round the table": ROUND_THE_TABLE, "Containers": CONTAINERS, "Names of columns": NAMES,
    "Coordinates": COORDINATES, "Dates": DATES, "Counts": COUNTS,
}  # fmt: skip


def write(shape: Shape, folder: Path) -> Path:
    path = folder / shape.file
    if callable(shape.data):
        shape.data(path)
    else:
        path.write_bytes(shape.data if isinstance(shape.data, bytes) else shape.data.encode())
    return path


def said(frame: Any) -> str:
    """The records in words: identifier, local days, place or point, killed."""
    words = []
    for row in frame.itertuples():
        first = row.start.tz_convert(row.timezone)
        last = (row.end - dt.timedelta(seconds=1)).tz_convert(row.timezone)
        days = str(first.date()) if first.date() == last.date() else f"{first.date()}/{last.date()}"
        point = row.geometry
        where = row.place_text or (f"{point.y:.2f},{point.x:.2f}" if point is not None else "nowhere")
        least, most = (
            "?" if str(each) in ("<NA>", "nan", "None") else str(each) for each in (row.killed_min, row.killed_max)
        )
        words.append(f"{row.incident_id} {days} {where} {least if least == most else f'{least}-{most}'}")
    return "; ".join(words)


def outcome(shape: Shape, folder: Path, gazetteer: Any) -> tuple[str, str]:
    """What becomes of a shape: ``read``, ``rejected``, ``refused`` or ``crash``, and the records or the words of it."""
    path = write(shape, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            accepted, rejected = gcas.validate_incidents(path, gazetteer=gazetteer, **shape.options)
        except GeocasualtyError as error:
            return "refused", str(error)
        except Exception as error:
            return "crash", f"{type(error).__name__}: {error}"
    if len(rejected):
        return "rejected", "; ".join(rejected["reason"])
    return "read", said(accepted)


def verdict(shape: Shape, kind: str, words: str) -> str:
    """One word or two for the table of shapes."""
    expected = shape.read
    if kind == "read":
        return "read" if words == expected else "read wrongly"
    if kind == "crash":
        return "crash"
    if re.search(expected, words):
        return f"{kind}, and what would do is said"
    return kind
