"""The commands that say what was published of a claim, and what was answered to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty.cli._inputs import FileOf, Reading, read_table, reads
from geocasualty.cli._matching import LIMITS, Incidents, Names, Strikes, names_of
from geocasualty.cli._outputs import AsJson, PlaceFile, TableFile, emit, ending, say

__all__ = ["answers", "official", "rank"]


@reads("incident", "strike", also=LIMITS)
def official(
    incidents: Incidents,
    strikes: Strikes,
    reading: Reading,
    near_km: Annotated[
        float | None, typer.Option(help="Up to where a place that a release names is near; --within-km if not given.")
    ] = None,
    belligerents: Names = "overlap",
    language: Annotated[str, typer.Option(help="en or ar, for all that is not quoted.")] = "en",
    output: TableFile = None,
    as_json: AsJson = False,
    **limits: Any,
) -> None:
    """Print what the releases of each claim's days name, with a statement that quotes them word for word, as CSV."""
    import geocasualty as gcas

    names = names_of(belligerents)
    ours, theirs = reading.records(incident=incidents, strike=strikes)
    result = gcas.assess(ours, theirs, **limits, belligerents=names)
    table = result.official(near_km)
    table["statement"] = result.statements(language, near_km)
    emit(table, output, as_json=as_json)


@reads("incident", "strike")
def rank(
    incidents: Incidents,
    strikes: Strikes,
    reading: Reading,
    within_km: Annotated[float, typer.Option(help="How far away a named place is a candidate.")] = 300,
    within_days: Annotated[int, typer.Option(help="How many local days away a record is.")] = 1,
    belligerents: Names = "overlap",
    output: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Rank the places that records name around each claim, and say how likely it is none of them, as CSV.

    A rank is no evidence. practice_score imitates how researchers wrote who read such releases; it is none either.
    """
    import geocasualty as gcas

    ours, theirs = reading.records(incident=incidents, strike=strikes)
    options: dict[str, Any] = {
        "within_km": within_km,
        "within_days": within_days,
        "belligerents": names_of(belligerents),
    }
    emit(gcas.rank(ours, theirs, **options, practice=True, gazetteer=reading.gazetteer), output, as_json=as_json)


@reads("incident")
def answers(
    incidents: Incidents,
    table: Annotated[
        Path,
        typer.Argument(
            metavar="ASSESSMENTS", help=f"File of assessments, with incident_id (or code) and mgrs: {FileOf}."
        ),
    ],
    reading: Reading,
    drawn: Annotated[
        Path | None,
        typer.Option(
            "--map", callback=ending("--map", (".html",)), help="Draw those assessed elsewhere: a .html file."
        ),
    ] = None,
    output: PlaceFile = None,
    as_json: AsJson = False,
) -> None:
    """Print how far from each claimed place a belligerent looked, by the grids of its assessments, as CSV."""
    import geocasualty as gcas

    stated = read_table(reading, table, "ASSESSMENTS", columns=("mgrs",))
    found = gcas.assessed_places(
        reading.claimed(incidents, reading.records(incident=incidents)), stated, gazetteer=reading.gazetteer
    )
    emit(found.drop(columns="geometry"), output, as_json=as_json, shapes=found.geometry)
    if drawn is not None:
        gcas.save_html(gcas.maps.answers_map(found, gazetteer=reading.gazetteer), drawn)
        say(f"wrote {drawn}", err=True)
