"""The commands that compare incidents with strikes, or with other incidents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty._extras import need
from geocasualty.cli._inputs import FileOf, Reading, asked, read_table, reads
from geocasualty.cli._outputs import (
    AsJson,
    PlaceFile,
    TableFile,
    as_options,
    emit,
    ending,
    finding_in_lines,
    json_text,
    plain_rows,
    say,
)
from geocasualty.errors import InputError

__all__ = [
    "LATE", "LIMITS", "Incidents", "Names", "Review", "Strikes", "check", "decisions", "link", "match", "names_of",
    "screen", "sensitivity",
]  # fmt: skip

PAIRS = "Which pairs"
"""The group of options of limits and decisions."""

WithinKm = Annotated[float, typer.Option(help="Limit in space, in kilometres.", rich_help_panel=PAIRS)]
DAYS_HELP = "Limit in whole days between local dates; 0: same day."
LATE = (
    asked("within_days", Annotated[float | None, typer.Option(help=DAYS_HELP, rich_help_panel=PAIRS)], None),
    asked(
        "within_hours",
        Annotated[float | None, typer.Option(help="Or in hours between clock times.", rich_help_panel=PAIRS)],
        None,
    ),
)
LIMITS = (asked("within_km", WithinKm), *LATE)
"""Both limits of a pair, for each command that has one pair of them."""

Incidents = Annotated[Path, typer.Argument(help=f"Incidents: {FileOf}.")]
Strikes = Annotated[Path, typer.Argument(help="Strikes: likewise, or a pasted release as .txt.")]
Names = Annotated[
    str,
    typer.Option(
        "--belligerents",
        help="Whose strikes: overlap (with the incident's), any, or names with ; between.",
        rich_help_panel=PAIRS,
    ),
]
Kilometres = Annotated[str, typer.Option("--within-km", help="Limits in space, in kilometres, as 1,2,5,10,20,50.")]
Days = Annotated[str, typer.Option("--within-days", help="Limits in time, in days, as 0,1,2,3.")]
Review = Annotated[
    Path | None,
    typer.Option(
        help="Decisions: incident_id, strike_id, decision, analyst, date, note.",
        rich_help_panel=PAIRS,
    ),
]


def names_of(text: str) -> str | list[str]:
    """``overlap``, ``any``, or the names that a list holds."""
    if text in ("overlap", "any"):
        return text
    names = [name.strip() for name in text.split(";") if name.strip()]
    if not names:
        raise InputError("--belligerents is empty; expected overlap, any, or names joined by semicolons")
    return names


def decisions(reading: Reading, path: Path | None) -> Any:
    """The table of ``--review``, or None."""
    if path is None:
        return None
    return read_table(reading, path, "--review", columns=("incident_id", "strike_id", "decision"))


@reads("strike", also=LIMITS)
def check(
    place: Annotated[str, typer.Option(help="Place that the claim names.")],
    date: Annotated[str, typer.Option(help="Local date of the claim: 2015-06-03, or a month, 2014-11.")],
    strikes: Annotated[Path, typer.Option(help=f"File of strikes: {FileOf}; a pasted release as .txt.")],
    reading: Reading,
    date_end: Annotated[str | None, typer.Option(help="The last day, where the claim names a span of days.")] = None,
    country: Annotated[str | None, typer.Option(help="Country that the claim states.")] = None,
    governorate: Annotated[
        str | None, typer.Option("--governorate", "--admin1", help="Governorate that the claim states.")
    ] = None,
    belligerents: Annotated[
        str, typer.Option(help="To whom the claim attributes the harm; unknown if not given, which overlaps any.")
    ] = "",
    as_json: AsJson = False,
    **limits: Any,
) -> None:
    """Check one claim: were strikes reported near this place on this day?

    The exit status says whether the check was made, not what it found.
    """
    import geocasualty as gcas

    found = gcas.check(
        place,
        date if date_end is None else (date, date_end),
        reading.records(strike=strikes),
        **limits,
        country=country,
        governorate=governorate,
        belligerents=belligerents,
        gazetteer=reading.gazetteer,
    )
    found["reason"] = as_options(str(found["reason"]), near=False)
    say(json_text(next(plain_rows(found.to_frame().T))) if as_json else finding_in_lines(found), keep="\n")


@reads("incident", "strike", also=LIMITS)
def match(
    incidents: Incidents,
    strikes: Strikes,
    reading: Reading,
    belligerents: Names = "overlap",
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Add the probability of being within both limits, and a weight that ranks."),
    ] = False,
    output: TableFile = None,
    as_json: AsJson = False,
    **limits: Any,
) -> None:
    """Print the pairs of incidents and strikes that are, or may be, within both limits, as CSV."""
    import geocasualty as gcas

    names = names_of(belligerents)
    records = reading.records(incident=incidents, strike=strikes)
    pairs = gcas.match(*records, **limits, belligerents=names, bounds=True, explain=explain)
    emit(pairs, output, as_json=as_json)


@reads("incident", "strike", also=LIMITS)
def screen(
    incidents: Incidents,
    strikes: Strikes,
    reading: Reading,
    belligerents: Names = "overlap",
    review: Review = None,
    official: Annotated[
        bool, typer.Option("--official/--no-official", help="Add what the releases of its days name; the slower part.")
    ] = True,
    output: PlaceFile = None,
    as_json: AsJson = False,
    **limits: Any,
) -> None:
    """Print one finding for each incident, with its reason and its background rate, as CSV."""
    import geocasualty as gcas

    names = names_of(belligerents)
    decided = decisions(reading, review)
    ours, theirs = reading.records(incident=incidents, strike=strikes)
    findings = gcas.screen(ours, theirs, **limits, belligerents=names, review=decided, official=official)
    emit(findings.drop(columns="geometry"), output, as_json=as_json, shapes=findings.geometry)


@reads("incident", "strike")
def sensitivity(
    incidents: Incidents,
    strikes: Strikes,
    within_km: Kilometres,
    within_days: Days,
    reading: Reading,
    belligerents: Names = "overlap",
    plot: Annotated[
        Path | None,
        typer.Option(callback=ending("--plot", (".png", ".svg")), help="Draw the table too: a .png or .svg file."),
    ] = None,
    measure: Annotated[str, typer.Option(help="What to draw, such as share_possible or lift_within.")] = (
        "share_possible"
    ),
    output: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Count findings at every pair of limits, beside how often each test passes on other days, as CSV."""
    import geocasualty as gcas

    if plot is not None:
        need("matplotlib")
    km, days = _numbers("--within-km", within_km), _numbers("--within-days", within_days)
    names = names_of(belligerents)
    ours, theirs = reading.records(incident=incidents, strike=strikes)
    table = gcas.sensitivity(ours, theirs, within_km=km, within_days=days, belligerents=names)
    drawn = None if plot is None else gcas.maps.plot_sensitivity(table, measure=measure)
    emit(table, output, as_json=as_json)
    if plot is not None:
        _draw(drawn, plot)


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"{option} is {text!r}; expected numbers with commas between, as 1,2,5") from None


def _draw(axes: Any, path: Path) -> None:
    """Save a picture without the clock, so that the same table gives the same bytes."""
    import matplotlib as mpl

    from geocasualty.files import atomic_path

    said = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
    with atomic_path(path) as temporary, mpl.rc_context({"svg.hashsalt": "geocasualty"}):
        axes.figure.savefig(temporary, metadata=said)
    say(f"wrote {path}", err=True)


@reads("incident", "other")
def link(
    incidents: Incidents,
    within_km: WithinKm,
    within_days: Annotated[float, typer.Option(help=DAYS_HELP, rich_help_panel=PAIRS)],
    reading: Reading,
    other: Annotated[
        Path | None, typer.Argument(help="The other file of incidents; without it, duplicates within the first.")
    ] = None,
    belligerents: Annotated[
        str,
        typer.Option(help="Which pairs are candidates: any, overlap (a name is shared, or unknown), or names with ;."),
    ] = "any",
    one_to_one: Annotated[
        bool, typer.Option(help="A record tells of the same event as at most one record of the other file.")
    ] = True,
    output: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Find the same event in two files of incidents, or twice in one, with weights in bits, as CSV."""
    import geocasualty as gcas

    names = names_of(belligerents)
    if other is None:
        ours, theirs = reading.records(incident=incidents), None
    else:
        ours, theirs = reading.records(incident=incidents, other=other)
    links = gcas.link(
        ours, theirs, within_km=within_km, within_days=within_days, belligerents=names, one_to_one=one_to_one
    )
    emit(links, output, as_json=as_json)
