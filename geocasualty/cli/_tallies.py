"""The command that counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geocasualty.cli._inputs import FileOf, Reading, reads
from geocasualty.cli._outputs import AsJson, TableFile, emit
from geocasualty.errors import InputError

__all__ = ["tally"]


@reads("incident", "strike")
def tally(
    reading: Reading,
    incidents: Annotated[Path | None, typer.Argument(help=f"File of incidents: {FileOf}.")] = None,
    strikes: Annotated[
        Path | None, typer.Option(help="File of strikes, to count beside the incidents or alone.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            help="What makes a row, with commas between: month, week, day, country, governorate, district, "
            "belligerent, grading, source, dataset; total counts all in one row."
        ),
    ] = "month",
    output: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Count incidents, killed, injured and strikes by time, place, belligerent and more, as CSV.

    Unlocated and unassigned records are rows of their own; a sum of unknown figures is empty, not zero.
    """
    import geocasualty as gcas

    ways = [] if by.strip() == "total" else [way.strip() for way in by.split(",")]
    files = {side: path for side, path in (("incident", incidents), ("strike", strikes)) if path is not None}
    if not files:
        raise InputError("nothing to count; name a file of incidents, or --strikes FILE, or both")
    read = reading.records(**files)
    frame, beside = read if len(files) == 2 else (read, None)
    emit(gcas.tally(frame, ways, strikes=beside, gazetteer=reading.gazetteer), output, as_json=as_json)
