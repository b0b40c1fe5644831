"""The commands that write maps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from geocasualty.cli._inputs import Reading, reads
from geocasualty.cli._matching import Incidents, Names, Review, Strikes, WithinDays, WithinKm, decisions, names_of
from geocasualty.cli._outputs import HtmlFile, write_html

__all__ = ["demo", "map_app"]

map_app = typer.Typer(no_args_is_help=True, help="Write a map as one HTML file that needs no network.")

Title = Annotated[str | None, typer.Option(help="Title of the map.")]


Level = Annotated[str, typer.Option(help="Outlines of the gazetteer: governorate or district.")]
BlurKm = Annotated[float | None, typer.Option(help="Displace positions by up to so many kilometres, for publication.")]
BlurSeed = Annotated[
    str | None, typer.Option(help="With --blur-km: a secret of 12 characters or more; the same gives the same map.")
]


@map_app.command("province")
@reads("incident", "strike")
def map_province(
    incidents: Incidents,
    strikes: Strikes,
    output: HtmlFile,
    reading: Reading,
    measure: Annotated[str, typer.Option(help="incidents, killed_min, killed_max or strikes.")] = "strikes",
    within_km: Annotated[
        float | None, typer.Option(help="Limit in space, for incidents with strikes near them.")
    ] = None,
    within_days: Annotated[float | None, typer.Option(help="Limit in time, in days, with --within-km.")] = None,
    level: Level = "governorate",
    blur_km: BlurKm = None,
    blur_seed: BlurSeed = None,
    title: Title = None,
) -> None:
    """Write the map of governorates."""
    import geocasualty as gcas

    records = reading.records(incident=incidents, strike=strikes)
    map_ = gcas.province_map(
        *records,
        gazetteer=reading.gazetteer,
        measure=measure,
        within_km=within_km,
        within_days=within_days,
        level=level,
        blur_km=blur_km,
        blur_seed=blur_seed,
        title=title,
    )
    write_html(map_, output)


@map_app.command("town")
@reads("incident", "strike")
def map_town(
    place: Annotated[
        str, typer.Argument(help="The town, as anybody writes it; its id in the gazetteer; or the id of an incident.")
    ],
    incidents: Incidents,
    strikes: Strikes,
    output: HtmlFile,
    within_km: WithinKm,
    within_days: WithinDays,
    reading: Reading,
    belligerents: Names = "overlap",
    review: Review = None,
    level: Level = "governorate",
    blur_km: BlurKm = None,
    blur_seed: BlurSeed = None,
    title: Title = None,
) -> None:
    """Write the map of one town: what is reported within the limits around it."""
    import geocasualty as gcas

    names, decided = names_of(belligerents), decisions(reading, review)
    records = reading.records(incident=incidents, strike=strikes)
    map_ = gcas.town_map(
        place,
        *records,
        gazetteer=reading.gazetteer,
        within_km=within_km,
        within_days=within_days,
        belligerents=names,
        review=decided,
        level=level,
        blur_km=blur_km,
        blur_seed=blur_seed,
        title=title,
    )
    write_html(map_, output)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the two maps.")] = Path("demo"),
) -> None:
    """Run the bundled casebook from names to maps: 10 km, 0 days."""
    import geocasualty as gcas
    from geocasualty.cli._words import table

    within_km, within_days = 10.0, 0.0
    gazetteer = gcas.load_gazetteer()
    book = gcas.load_casebook(gazetteer)
    findings = gcas.screen(book.incidents, book.strikes, within_km=within_km, within_days=within_days)
    first = book.incidents.iloc[0]["place_text"]
    maps = {
        "province": gcas.province_map(book.incidents, book.strikes, gazetteer=gazetteer),
        re.sub(r"\W+", "-", first.lower()): gcas.town_map(
            first,
            book.incidents,
            book.strikes,
            gazetteer=gazetteer,
            within_km=within_km,
            within_days=within_days,
        ),
    }
    typer.echo(
        f"Casebook: {len(book.incidents)} incidents, {len(book.strikes)} strikes; "
        f"limits {within_km:g} km and {within_days:g} days.\n"
    )
    typer.echo(table(findings))
    for name, map_ in maps.items():
        write_html(map_, output / f"{name}.html")
