"""How does an answer leave the command: as which kind of file, through a pipe, or in words at a terminal?"""

from __future__ import annotations

import itertools
import json
import math
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty._extras import need
from geocasualty._shown import UNSEEN, shown
from geocasualty.errors import InputError

__all__ = [
    "PIPE",
    "TABLES",
    "AsJson",
    "HtmlFile",
    "PlaceFile",
    "ReportFile",
    "TableFile",
    "as_options",
    "emit",
    "emit_bytes",
    "ending",
    "finding_in_lines",
    "findings_in_lines",
    "json_text",
    "plain_rows",
    "say",
    "write_html",
    "write_table",
]

PIPE = Path("-")
TABLES = (".csv", ".json", ".jsonl", ".parquet", ".xlsx")
LAYERS = (".gpkg", ".geojson", ".fgb", ".kml")
PLACES = (*TABLES, *LAYERS)
CHUNK = 20_000
"""Rows that become text at once."""


def ending(option: str, allowed: tuple[str, ...]) -> Callable[[Path | None], Path | None]:
    """Check the name that an option gives to a file before any work is done."""

    def check(path: Path | None) -> Path | None:
        if path is not None and path != PIPE and path.suffix.lower() not in allowed:
            raise InputError(f"{option}: {path.name!r}: expected a name that ends in {', '.join(allowed)}")
        if path is not None and (package := {".xlsx": "openpyxl", ".pdf": "pypdf"}.get(path.suffix.lower())):
            need(package)
        return path

    return check


def _table_option(allowed: tuple[str, ...]) -> Any:
    where = f"Write to this file, or through a pipe with -; the end of its name says how: {', '.join(allowed)}."
    return typer.Option("--output", "-o", callback=ending("--output", allowed), help=where)


TableFile = Annotated[Path | None, _table_option(TABLES)]
PlaceFile = Annotated[Path | None, _table_option(PLACES)]


def _page_option(what: str, *more: str) -> Any:
    return typer.Option("--output", "-o", callback=ending("--output", (".html", ".htm", *more)), help=what)


HtmlFile = Annotated[Path, _page_option("HTML file to write, or - for a pipe.")]
ReportFile = Annotated[
    Path, _page_option("File to write, .html or .pdf (by Chromium, if installed); - for a pipe.", ".pdf")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def emit(table: Any, output: Path | None, *, as_json: bool = False, shapes: Any = None) -> None:
    """Print a table as CSV or JSON, or write it as the ending of a name says.

    Parameters
    ----------
    table : pandas.DataFrame
        Plain columns.
    output : pathlib.Path or None
        Where; None and ``-`` are the screen or the pipe.
    as_json : bool
        Print JSON instead of CSV.
    shapes : array-like, optional
        Of the rows, for the kinds of file that hold shapes.
    """
    if output is None or output == PIPE:
        if sys.stdout.isatty():
            table = _on_screen(table)
        emit_bytes(_json(table) if as_json else _csv(table))
        return
    if as_json and output.suffix.lower() not in (".json", ".jsonl"):
        raise InputError(f"--json, and --output {output.name!r} is no .json file; give one of them")
    write_table(table, output, shapes=shapes, say=say)


def _on_screen(table: Any) -> Any:
    """The table as people see it; a file or a pipe gets the texts as they are."""
    out = table.rename(columns=shown)
    for name in out.columns:
        if out[name].dtype.kind not in "biufM":
            out[name] = [shown(value) if isinstance(value, str) else value for value in out[name].astype(object)]
    return out


def say(text: object, *, err: bool = False, keep: str = "") -> None:
    r"""Print a line, or with ``keep="\n"`` lines whose texts of others are shown already."""
    typer.echo(shown(text, keep), err=err)


def emit_bytes(parts: Iterable[bytes]) -> None:
    """Print bytes as they are: a pipe gets UTF-8 whatever the terminal speaks."""
    sys.stdout.flush()
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def write_table(table: Any, path: Path, *, shapes: Any = None, say: Callable[[str], Any]) -> None:
    """Write a table to a file, whole or not at all.

    Raises
    ------
    geocasualty.errors.InputError
        If this kind of file cannot hold it.
    geocasualty.errors.OutputError
        If the file cannot be written.
    """
    from geocasualty.files import atomic_path

    if path == PIPE:
        emit_bytes(_csv(table))
        return
    suffix = path.suffix.lower()
    if suffix in LAYERS:
        if shapes is None:
            raise InputError(f"{path.name!r}: these rows have no shapes; write .csv, .xlsx, .json or .parquet")
        _write_places(table, shapes, path)
    else:
        with atomic_path(path) as temporary:
            _WRITERS[suffix](table, temporary)
    say(f"wrote {path}: {len(table):,} row{'s' * (len(table) != 1)}")


def write_html(map_: Any, output: Path) -> None:
    """Write a map, or pass it on."""
    import tempfile

    import geocasualty as gcas

    if output != PIPE:
        gcas.save_html(map_, output)
        say(f"wrote {output}")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        gcas.save_html(map_, path)
        emit_bytes([path.read_bytes()])


def _plain(value: Any) -> Any:
    """A value that JSON and xlsx can hold."""
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool) else str(value)


def plain_rows(table: Any) -> Iterator[dict[str, Any]]:
    """The rows of a table as plain values, None where one is missing."""
    for start in range(0, len(table), CHUNK):
        part = table.iloc[start : start + CHUNK]
        columns = [[_plain(value) for value in part[name].astype(object).tolist()] for name in table.columns]
        for values in zip(*columns, strict=True):
            yield dict(zip(table.columns, values, strict=True))


def json_text(value: Any) -> str:
    """One line of JSON, in the script that names are written in, what cannot be seen as escapes."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f"), text)


def _json(table: Any) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(plain_rows(table)):
        yield (",\n" if number else "\n").encode() + json_text(row).encode("utf-8", "backslashreplace")
    yield b"\n]\n"


def _json_lines(table: Any) -> Iterator[bytes]:
    for row in plain_rows(table):
        yield json_text(row).encode("utf-8", "backslashreplace") + b"\n"


def _csv(table: Any) -> Iterator[bytes]:
    """CSV in which no text is a formula to a spreadsheet."""
    from geocasualty.records.writing import marked

    for start in range(0, max(1, len(table)), CHUNK):
        part = table.iloc[start : start + CHUNK].copy()
        for name in part.columns:
            if part[name].dtype.kind not in "biufM":
                part[name] = [marked(value) if isinstance(value, str) else value for value in part[name].astype(object)]
        text = part.to_csv(index=False, header=start == 0, lineterminator="\n")
        yield text.encode("utf-8", "backslashreplace")


def _write(make: Callable[[Any], Iterable[bytes]]) -> Callable[[Any, Path], None]:
    def write(table: Any, path: Path) -> None:
        with path.open("wb") as stream:
            stream.writelines(make(table))

    return write


def _write_parquet(table: Any, path: Path) -> None:
    from geocasualty.records._words import TEXT

    table.astype({name: TEXT for name in table.columns if str(table[name].dtype) == "category"}).to_parquet(
        path, index=False
    )


def _write_xlsx(table: Any, path: Path) -> None:
    from geocasualty.records._write_tables import write_workbook

    names = [str(name) for name in table.columns]
    rows = ([*row.values()] for row in plain_rows(table))
    write_workbook(path, {"geocasualty": itertools.chain([names], rows)})


def _write_places(table: Any, shapes: Any, path: Path) -> None:
    import geopandas as gpd

    from geocasualty.records.writing import write_places

    texts = {name: object for name in table.columns if str(table[name].dtype) == "category" and name != "precision"}
    frame = gpd.GeoDataFrame(
        table.astype(texts), geometry=gpd.GeoSeries(list(shapes), index=table.index, crs="EPSG:4326")
    )
    write_places(frame, path)


_WRITERS: dict[str, Callable[[Any, Path], None]] = {
    ".csv": _write(_csv),
    ".json": _write(_json),
    ".jsonl": _write(_json_lines),
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
}


WIDTH = 110


def _nearest(row: Any) -> str:
    if row.best_strike_id is None or row.best_strike_id != row.best_strike_id:
        return "-"
    best = shown(row.best_strike_id)
    if row.distance_min_km != row.distance_min_km:
        return f"{best}: not located"
    away = f"{row.distance_min_km:.0f} to {row.distance_max_km:.0f} km"
    if row.distance_km == row.distance_km:
        away = f"{row.distance_km:.1f} km ({away})"
    if "within_hours" in row:
        return f"{best}: {away}, {row.gap_days * 24:+.1f} hours"
    days = {0: "same day", 1: "next day", -1: "day before"}.get(row.gap_days, f"{row.gap_days:+.0f} days")
    return f"{best}: {away}, {days}"


def findings_in_lines(findings: Any) -> str:
    """Findings one under the other, each with its reason."""
    from geocasualty.words import ENGLISH

    head = ("incident", "finding", "nearest strike", "background rate")
    rates = map(ENGLISH.background, findings["background_passed"], findings["background_days"])
    each = zip(findings.itertuples(), rates, strict=True)
    rows = [(shown(row.incident_id), str(row.finding), _nearest(row), rate) for row, rate in each]
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True)).rstrip()]
    lines.append("  ".join("-" * width for width in widths))
    for row, reason in zip(rows, findings["reason"], strict=True):
        lines.append("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        lines.extend(
            textwrap.wrap(f"why: {shown(reason)}", WIDTH, initial_indent="    ", subsequent_indent="         ")
        )
    return "\n".join(lines) + "\n"


def finding_in_lines(row: Any) -> str:
    """One finding."""
    from geocasualty.matching._limits import limits_of
    from geocasualty.words import ENGLISH

    lines = [f"{shown(row['incident_id'])}: {row['finding']}", f"  why: {shown(row['reason'])}"]
    lines.append(f"  nearest strike: {_nearest(row)}")
    lines.append(f"  background rate: {ENGLISH.background(row.background_passed, row.background_days)}")
    limits = limits_of(row["within_km"], row.get("within_days"), row.get("within_hours"))
    lines.append(f"  limits: {limits}")
    record = [shown(line) for line in str(row.get("statement", "")).split("\n") if line]
    lines += [f"  official record: {line}" for line in record[:1]]
    lines += [f"    {line}" for line in record[1:]]
    lines += [f"  ranked: {shown(row['ranked'])}"] if row.get("ranked") else []
    return "\n".join(lines)


_OPTIONS = {
    "column_map": "--incident-map or --strike-map",
    "date_order": "--incident-date-order or --strike-date-order",
    "layer": "--incident-layer or --strike-layer",
    "coverage": "--strike-coverage",
    "ignore": "--incident-ignore or --strike-ignore",
} | {
    name: "--" + name.replace("_", "-")
    for name in [
        *("assessments", "within_km", "within_days", "within_hours", "belligerents", "attributed_to", "country"),
        *(
            "governorate",
            "near",
            "timezone",
            "near_km",
            "since",
            "until",
            "language",
            "by",
            "measure",
            "level",
            "areas",
        ),
        *("control", "blur_km", "blur_seed", "on_bad_rows", "geonames", "cod", "osm", "geoboundaries", "opensyria"),
        *("csv", "csv_map", "scheme", "cmap", "alternate_names", "ucdp"),
    ]
}
"""What the arguments of the functions are here."""

_NAMES = "|".join(sorted(_OPTIONS, key=len, reverse=True))
_ALONE = re.compile(rf"\b({_NAMES})=(?=[\s,:;.)]|$)")
_LISTED = re.compile(rf"\b({_NAMES})=\['([^']*)'\]")
_GIVEN = re.compile(rf"\b({_NAMES})=(?=\S)")
_FIRST = re.compile(
    r"^(within_km|within_days|within_hours|near_km|attributed_to|country|since|until|language|measure|scheme|cmap) is "
)

_ONLY_IN_PYTHON = (
    (re.compile(r"; expected '2015-06-03', or order='dmy' .* column$"), "; write it as 2015-06-03 (year, month, day)"),
    (re.compile(r", such as secrets\.token_hex\(16\)"), ""),
    (re.compile(r",? or pass \(lon, lat\)"), ""),
    (re.compile(r"; pass names= a file for them, or names=True to publish them"), "; --names FILE writes them apart"),
    (re.compile(r"\bhxl=True\b"), "--hxl"),
    (re.compile(r"^km is"), "--buffer-km is"),
    (re.compile(r"\bon_bad_rows='(\w+)'"), r"--on-bad-rows \1"),
)
"""What has no meaning in a shell."""


def as_options(text: str, *, near: bool = True) -> str:
    """The arguments that a text names as the options that they are here.

    Parameters
    ----------
    text : str
        What a function said.
    near : bool
        Whether the command has an option --near.

    Examples
    --------
    >>> as_options("give country=, governorate= or near=", near=False)
    'give --country or --governorate'
    >>> as_options("nothing to build from; give at least one file, such as geonames=['IQ.zip']")
    'nothing to build from; give at least one file, such as --geonames IQ.zip'
    """
    if not near:
        text = text.replace("country=, governorate= or near=", "country= or governorate=")
    for pattern, said in _ONLY_IN_PYTHON:
        text = pattern.sub(said, text)
    text = _FIRST.sub(lambda found: f"{_OPTIONS[found[1]]} is ", text)
    text = _LISTED.sub(lambda found: f"{_OPTIONS[found[1]]} {found[2]}", text)
    text = _ALONE.sub(lambda found: _OPTIONS[found[1]], text)
    return _GIVEN.sub(lambda found: f"{_OPTIONS[found[1]]} ", text)
