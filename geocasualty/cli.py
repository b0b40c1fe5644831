"""The same answers from a shell. Errors take one line and exit status 2; nothing is left half-written."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty.cli_gazetteer import gazetteer_app
from geocasualty.errors import GeocasualtyError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Resolve place names, and check whether strikes were reported near a claim of civilian harm.",
)
map_app = typer.Typer(no_args_is_help=True, help="Write a map as one HTML file that needs no network.")
app.add_typer(map_app, name="map")
app.add_typer(gazetteer_app, name="gazetteer")

WIDTH = 110

WithinKm = Annotated[float, typer.Option(help="Limit in space, in kilometres.")]
WithinDays = Annotated[float, typer.Option(help="Limit in time, in days; 0 is the same day.")]
Incidents = Annotated[Path, typer.Argument(help="File of incidents: CSV, xlsx, GeoJSON, GeoPackage ...")]
Strikes = Annotated[Path, typer.Argument(help="File of strikes: CSV, a pasted release as .txt, xlsx, GeoJSON ...")]
GazetteerPath = Annotated[
    Path | None, typer.Option("--gazetteer", "-g", help="A gazetteer that was built; the bundled one if not given.")
]
OnBadRows = Annotated[str, typer.Option(help="What to do with rows that fail: error, warn or skip.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of the screen.")]


def _emit(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    from geocasualty.files import atomic_write

    typer.echo(f"wrote {atomic_write(output, text)}")


def _records(incidents: Path, strikes: Path, gazetteer: Any, on_bad_rows: Any) -> tuple[Any, Any]:
    import geocasualty as gcas

    return (
        gcas.read_incidents(incidents, gazetteer=gazetteer, on_bad_rows=on_bad_rows),
        gcas.read_strikes(strikes, gazetteer=gazetteer, on_bad_rows=on_bad_rows),
    )


def _load(path: Path | None) -> Any:
    from geocasualty.gazetteer import load_gazetteer

    return load_gazetteer(path)


@app.command()
def resolve(
    text: Annotated[str, typer.Argument(help="A place name, in Latin, Arabic or Kurdish script.")],
    country: Annotated[str | None, typer.Option(help="Country that the source states.")] = None,
    admin1: Annotated[str | None, typer.Option(help="Governorate that the source states.")] = None,
    gazetteer: GazetteerPath = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Resolve one place name to a point and a radius, or say why not."""
    found = _load(gazetteer).resolve(text, country=country, admin1=admin1)
    if as_json:
        answer: dict[str, Any] = {
            "query": found.query,
            "status": found.status,
            "reason": found.reason,
            "place_id": found.best.place.place_id if found.best else None,
            "name": found.best.place.name if found.best else None,
            "lon": found.point.x if found.point else None,
            "lat": found.point.y if found.point else None,
            "radius_m": found.radius_m if found.point else None,
            "precision": found.precision,
            "candidates": [{"place_id": each.place.place_id, "label": each.label} for each in found.candidates],
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    elif found.point is None:
        typer.echo(f"{found.status}: {found.reason}")
    else:
        spot = f"{found.point.y:.5f}, {found.point.x:.5f} (latitude, longitude) ± {found.radius_m / 1000:.1f} km"
        typer.echo(f"{found.status}: {found.best.label if found.best else ''}: {spot}; {found.reason}")


@app.command()
def check(
    place: Annotated[str, typer.Option(help="Place that the claim names.")],
    date: Annotated[str, typer.Option(help="Local date of the claim, such as 2015-06-03.")],
    strikes: Annotated[Path, typer.Option(help="File of strikes: CSV, a pasted release as .txt, xlsx, GeoJSON ...")],
    within_km: WithinKm,
    within_days: WithinDays,
    country: Annotated[str | None, typer.Option(help="Country that the claim states.")] = None,
    belligerents: Annotated[str, typer.Option(help="To whom the claim attributes the harm.")] = "",
    gazetteer: GazetteerPath = None,
    on_bad_rows: OnBadRows = "error",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check one claim: were strikes reported near this place on this day?"""
    import geocasualty as gcas

    places = _load(gazetteer)
    found = gcas.check(
        place,
        date,
        gcas.read_strikes(strikes, gazetteer=places, on_bad_rows=on_bad_rows),  # type: ignore[arg-type]
        within_km=within_km,
        within_days=within_days,
        country=country,
        belligerents=belligerents,
        gazetteer=places,
    )
    if as_json:
        typer.echo(found.to_frame().T.to_json(orient="records", lines=True, force_ascii=False).strip())
    else:
        typer.echo(_block(found))


@app.command()
def match(
    incidents: Incidents,
    strikes: Strikes,
    within_km: WithinKm,
    within_days: WithinDays,
    gazetteer: GazetteerPath = None,
    on_bad_rows: OnBadRows = "error",
    output: Output = None,
) -> None:
    """Print the pairs of incidents and strikes within both limits, as CSV."""
    import geocasualty as gcas

    pairs = gcas.match(
        *_records(incidents, strikes, _load(gazetteer), on_bad_rows),
        within_km=within_km,
        within_days=within_days,
        bounds=True,
    )
    _emit(pairs.to_csv(index=False, lineterminator="\n"), output)


@app.command()
def screen(
    incidents: Incidents,
    strikes: Strikes,
    within_km: WithinKm,
    within_days: WithinDays,
    gazetteer: GazetteerPath = None,
    on_bad_rows: OnBadRows = "error",
    output: Output = None,
) -> None:
    """Print one finding for each incident, as CSV."""
    import geocasualty as gcas

    findings = gcas.screen(
        *_records(incidents, strikes, _load(gazetteer), on_bad_rows), within_km=within_km, within_days=within_days
    )
    _emit(findings.to_csv(index=False, lineterminator="\n"), output)


@map_app.command("province")
def map_province(
    incidents: Incidents,
    strikes: Strikes,
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")],
    measure: Annotated[str, typer.Option(help="incidents, killed_min, killed_max or strikes.")] = "strikes",
    gazetteer: GazetteerPath = None,
    on_bad_rows: OnBadRows = "error",
) -> None:
    """Write the map of governorates."""
    import geocasualty as gcas

    places = _load(gazetteer)
    map_ = gcas.province_map(*_records(incidents, strikes, places, on_bad_rows), gazetteer=places, measure=measure)
    gcas.save_html(map_, output)
    typer.echo(f"wrote {output}")


@map_app.command("town")
def map_town(
    place: Annotated[str, typer.Argument(help="The town, as anybody writes it.")],
    incidents: Incidents,
    strikes: Strikes,
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")],
    within_km: WithinKm,
    within_days: WithinDays,
    gazetteer: GazetteerPath = None,
    on_bad_rows: OnBadRows = "error",
) -> None:
    """Write the map of one town."""
    import geocasualty as gcas

    places = _load(gazetteer)
    records = _records(incidents, strikes, places, on_bad_rows)
    map_ = gcas.town_map(place, *records, gazetteer=places, within_km=within_km, within_days=within_days)
    gcas.save_html(map_, output)
    typer.echo(f"wrote {output}")


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the two maps.")] = Path("demo"),
) -> None:
    """Run the bundled casebook from names to maps: 10 km, 0 days."""
    import geocasualty as gcas

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
    typer.echo(_table(findings))
    for name, map_ in maps.items():
        gcas.save_html(map_, output / f"{name}.html")
        typer.echo(f"wrote {output / f'{name}.html'}")


def _nearest(row: Any) -> str:
    if row.best_strike_id is None or row.best_strike_id != row.best_strike_id:
        return "-"
    away = f"{row.distance_min_km:.0f} to {row.distance_max_km:.0f} km"
    if row.distance_km == row.distance_km:
        away = f"{row.distance_km:.1f} km ({away})"
    return f"{row.best_strike_id}: {away}, {row.gap_days:+.0f} days".replace(" +0 days", " 0 days")


def _background(row: Any) -> str:
    from geocasualty.matching import background_in_words

    return background_in_words(row.background_passed, row.background_days)


def _table(findings: Any) -> str:
    head = ("incident", "finding", "nearest strike", "background rate")
    rows = [(str(row.incident_id), str(row.finding), _nearest(row), _background(row)) for row in findings.itertuples()]
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True)).rstrip()]
    lines.append("  ".join("-" * width for width in widths))
    for row, reason in zip(rows, findings["reason"], strict=True):
        lines.append("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        lines.extend(textwrap.wrap(f"why: {reason}", WIDTH, initial_indent="    ", subsequent_indent="         "))
    return "\n".join(lines) + "\n"


def _block(row: Any) -> str:
    lines = [f"{row['incident_id']}: {row['finding']}", f"  why: {row['reason']}"]
    lines.append(f"  background rate: {_background(row)}")
    lines.append(f"  limits: {row['within_km']:g} km, {row['within_days']:g} days")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    Exit status 0: done. 2: the input, an option or the output cannot be used; one line says why. 130: interrupted.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    warnings.showwarning = _one_line
    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")  # progress bars are for people at a terminal
    run: Callable[..., Any] = app
    try:
        run(words, prog_name="geocasualty", standalone_mode=True)
    except GeocasualtyError as error:
        if debug:
            raise
        typer.echo(f"error: {' '.join(str(error).split())}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(2)


def _one_line(message: Any, category: Any, *_: Any, **__: Any) -> None:
    del category
    typer.echo(f"warning: {' '.join(str(message).split())}", err=True)
