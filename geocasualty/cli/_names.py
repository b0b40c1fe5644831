"""The commands that say what a place name or a file is."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty.cli._inputs import GAZETTEER_HELP, Reading, named_gazetteer, read_table
from geocasualty.cli._outputs import AsJson, PlaceFile, as_options, emit, json_text, say
from geocasualty.errors import InputError
from geocasualty.files import read_text
from geocasualty.taxonomy import LEVELS

__all__ = ["inspect", "resolve"]

PIPE = Path("-")
CALLED = ("place_text", "place", "location", "name", "query")
"""What the column of names may be called."""

HINTS = LEVELS[:3]


def inspect(
    file: Annotated[Path, typer.Argument(help="Any file.")],
    role: Annotated[
        str | None, typer.Option(help="What its rows are: incident or strike; guessed if not given.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer or sheet, where it has several.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text that is not UTF-8, such as windows-1252.")] = None,
    country: Annotated[str | None, typer.Option(help="Of rows that state none, such as UA.")] = None,
    belligerents: Annotated[str | None, typer.Option(help="Of rows that name none, joined by semicolons.")] = None,
    gazetteer: Annotated[Path | None, typer.Option("--gazetteer", "-g", help=GAZETTEER_HELP)] = None,
) -> None:
    """Say what a file is, how it would be read, what fails, and which command reads it."""
    import geocasualty as gcas

    if role not in (None, "incident", "strike"):
        raise InputError(f"--role is {role!r}; expected incident or strike")
    held = named_gazetteer(gazetteer)
    said = gcas.inspect(
        file,
        role=role,  # type: ignore[arg-type]
        layer=layer,
        encoding=encoding,
        country=country,
        belligerents=belligerents,
        gazetteer=held,
    )
    say(said, keep="\n")


def resolve(
    text: Annotated[
        str | None, typer.Argument(help="A place name or phrase, in Latin, Arabic or Kurdish script; - reads names.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Many names: a .txt file with one a line, or a table; - reads them from a pipe.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help=f"Column of names in a table; {', '.join(CALLED)} if not given.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Country that the source states.")] = None,
    governorate: Annotated[
        str | None, typer.Option("--governorate", "--admin1", help="Governorate that the source states.")
    ] = None,
    near: Annotated[
        str | None, typer.Option(help="Longitude and latitude that the place should be near to, as 43.1,36.3.")
    ] = None,
    overrides: Annotated[
        Path | None, typer.Option(help="The table that --reconcile gave, corrected by hand: its answers win.")
    ] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Lay out each distinct name once, for correction in a spreadsheet.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="List the candidates, and why each ranks where.")] = False,
    stdin_as: Annotated[
        str, typer.Option(help="What - brings: txt (one name a line), csv, xlsx, geojson, gpkg or parquet.")
    ] = "txt",
    gazetteer: Annotated[Path | None, typer.Option("--gazetteer", "-g", help=GAZETTEER_HELP)] = None,
    output: PlaceFile = None,
    as_json: AsJson = False,
) -> None:
    """Resolve a place name to a point and a radius, or say why not; or many names, to CSV.

    A table may have columns country, governorate and district beside the names. Every name is a row of the answer,
    in its order; an ambiguous one has no point.
    """
    if (text is None) == (file is None):
        raise InputError("give one name, or --file with many, or - for many through a pipe")
    with Reading({"gazetteer": gazetteer, "stdin_as": stdin_as}) as reading:
        if file is None and text != "-":
            if output is not None or reconcile or overrides is not None or column is not None:
                raise InputError("--output, --column, --reconcile and --overrides are for many names; give --file")
            found = reading.gazetteer.resolve(text, country=country, governorate=governorate, near=_spot(near))
            _one(found, as_json=as_json, explain=explain)
            return
        if explain or near is not None:
            raise InputError("--explain and --near are for one name; --reconcile lays out many, with their runners-up")
        _many(reading, file or PIPE, column, {"country": country, "governorate": governorate}, overrides, output,
              reconcile=reconcile, as_json=as_json)  # fmt: skip


def _spot(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        lon = lat = math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(f"--near is {text!r}; expected longitude and latitude in degrees, as 43.1,36.3")
    return lon, lat


def _one(found: Any, *, as_json: bool, explain: bool) -> None:
    if as_json:
        candidates = [
            {"place_id": each.place.place_id, "label": each.label, "score": each.score, "reason": each.reason}
            for each in found.candidates
        ]
        answer = {
            "query": found.query,
            "status": found.status,
            "reason": found.reason,
            "place_id": found.best.place.place_id if found.best else None,
            "name": found.best.place.name if found.best else None,
            "lon": found.point.x if found.point else None,
            "lat": found.point.y if found.point else None,
            "radius_m": found.radius_m if found.point else None,
            "precision": found.precision,
            "candidates": candidates,
        }
        say(json_text(answer))
        return
    if found.point is None:
        say(f"{found.status}: " + as_options(found.reason))
    else:
        spot = f"{found.point.y:.5f}, {found.point.x:.5f} (latitude, longitude) ± {found.radius_m / 1000:.1f} km"
        say(f"{found.status}: {found.best.label if found.best else ''}: {spot}; {found.reason}")
    if explain:
        for each in found.candidates:
            say(f"  {each.score:.2f}  {each.label}  {each.place.place_id}  {each.place.kind}: {each.reason}")


def _many(
    reading: Reading,
    path: Path,
    column: str | None,
    hints: dict[str, str | None],
    overrides: Path | None,
    output: Path | None,
    *,
    reconcile: bool,
    as_json: bool,
) -> None:
    table = _names(reading, path, column)
    corrected = None if overrides is None else read_table(reading, overrides, "--overrides", columns=("query",))
    asked: dict[str, Any] = {name: _hint(table, name, hints.get(name)) for name in HINTS}
    work = reading.gazetteer.reconcile if reconcile else reading.gazetteer.resolve_many
    found = functools.partial(work, table["query"], overrides=corrected)(**asked)
    if reconcile:
        emit(found, output, as_json=as_json)
        return
    shapes = found.geometry
    answer = found.drop(columns="geometry")
    answer.insert(0, "query", answer.pop("query"))
    answer.insert(1, "status", answer.pop("status"))
    answer.insert(2, "longitude", shapes.x)
    answer.insert(3, "latitude", shapes.y)
    emit(answer, output, as_json=as_json, shapes=shapes)


def _hint(table: Any, name: str, stated: str | None) -> Any:
    """The column of hints, empty cells filled with what the option states for all."""
    if name not in table:
        return stated
    return table[name].where(table[name] != "", stated or "")


def _names(reading: Reading, path: Path, column: str | None) -> Any:
    """The names as the column ``query``, with the hints beside them."""
    import pandas as pd

    local = reading.local(path)
    if local.suffix.lower() in (".txt", ".text"):
        lines = read_text(local).split("\n")
        if lines[-1] == "":
            del lines[-1]
        if not lines:
            raise InputError(f"{local.name}: the file is empty; expected one name a line")
        return pd.DataFrame({"query": [line.strip() for line in lines]}, dtype=object)
    table = read_table(reading, local, "--file")
    named = [column] if column else [name for name in CALLED if name in table]
    if not column and len(named) != 1:
        have = ", ".join(map(repr, list(table)[:20]))
        raise InputError(f"{local.name}: which column holds the names? give --column; the file has {have}")
    if named[0] not in table:
        raise InputError(
            f"--column: {local.name} has no column {named[0]!r}; it has {', '.join(map(repr, table))}", column=named[0]
        )
    spelt = {old: new for old, new in (("admin1", "governorate"), ("admin2", "district")) if new not in table}
    table = table.rename(columns={**spelt, named[0]: "query"})
    return table[["query", *(name for name in HINTS if name in table)]]
