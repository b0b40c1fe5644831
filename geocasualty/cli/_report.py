"""The command that writes a report."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from geocasualty.cli._inputs import Reading, reads
from geocasualty.cli._matching import Incidents, Names, Review, Strikes, WithinDays, WithinKm, decisions, names_of
from geocasualty.cli._outputs import PIPE, HtmlFile, emit_bytes

__all__ = ["report"]


@reads("incident", "strike")
def report(
    incidents: Incidents,
    strikes: Strikes,
    output: HtmlFile,
    within_km: WithinKm,
    within_days: WithinDays,
    reading: Reading,
    belligerents: Names = "overlap",
    review: Review = None,
    attributed_to: Annotated[str | None, typer.Option(help="Only incidents that name this belligerent.")] = None,
    country: Annotated[str | None, typer.Option(help="Only incidents of this country, such as SY or Syria.")] = None,
    since: Annotated[str | None, typer.Option(help="Only incidents of this local day or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only incidents of this local day or earlier.")] = None,
    language: Annotated[str, typer.Option(help="en or ar, for all that is not data.")] = "en",
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    dated: Annotated[str | None, typer.Option(help="Day to print on it; none is printed unless given.")] = None,
) -> None:
    """Write one HTML file that says what the records show of each incident, to read offline and to print."""
    import geocasualty as gcas

    names = names_of(belligerents)
    decided = decisions(reading, review)
    records = reading.records(incident=incidents, strike=strikes)
    with tempfile.TemporaryDirectory() as folder:
        written = gcas.report(
            *records,
            path=Path(folder) / "report.html" if output == PIPE else output,
            within_km=within_km,
            within_days=within_days,
            belligerents=names,
            gazetteer=reading.gazetteer,
            attributed_to=attributed_to,
            country=country,
            since=since,
            until=until,
            review=decided,
            rejected=reading.rejected,
            inputs=reading.files,
            language=language,
            title=title,
            dated=dated,
        )
        if output == PIPE:
            emit_bytes([written.read_bytes()])
        else:
            typer.echo(f"wrote {output}")
