"""The commands that draw, count and report."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty.cli._help import Command, Group
from geocasualty.cli._inputs import FileOf, Reading, asked, read_polygons, read_shapes, read_table, reads
from geocasualty.cli._matching import LATE, LIMITS, PAIRS, Incidents, Names, Review, Strikes, decisions, names_of
from geocasualty.cli._outputs import (
    PIPE,
    AsJson,
    HtmlFile,
    ReportFile,
    TableFile,
    emit,
    emit_bytes,
    findings_in_lines,
    say,
    write_html,
)
from geocasualty.errors import InputError

__all__ = ["demo", "explore", "export", "held", "map_app", "report", "tally"]

map_app = typer.Typer(
    cls=Group, rich_markup_mode=None, no_args_is_help=True, help="Write a map as one HTML file that needs no network."
)

AnyIncidents = Annotated[Path | None, typer.Argument(help=f"Incidents: {FileOf}.")]
Language = Annotated[str, typer.Option(help="en or ar, for all that is not data.")]

CHOICE = tuple(
    asked(name, Annotated[str | None, typer.Option(help=f"{text}.", rich_help_panel="Only incidents")], None)
    for name, text in (
        ("attributed_to", "That name this belligerent"),
        ("country", "Of this country, by name or code"),
        ("since", "Of this local day or month, as 2015-06-03, or later"),
        ("until", "Of this local day or month, as 2015-06, or earlier"),
    )
)
"""Which incidents a map or a report shows."""

DRAW = "What is drawn"


def _drawn(name: str, text: str, kind: Any = str | None, default: Any = None) -> Any:
    return asked(name, Annotated[kind, typer.Option(help=text, rich_help_panel=DRAW)], default)


DRAWN = (
    *CHOICE,
    _drawn("level", "Outlines: governorate or district.", str, "governorate"),
    _drawn("areas", "Polygons in their place: with a name each, or COD-AB's.", Path | None),
    _drawn("control", "Who held the ground: outlines with holder, from and to.", Path | None),
    _drawn("blur_km", "Displace positions by up to so many kilometres.", float | None),
    _drawn("blur_seed", "With it: 12 characters or more that stay your secret."),
    _drawn("title", "Title of the map."),
    _drawn("language", "en or ar, for all that is not data.", str, "en"),
)
"""What each map may show and how."""

NEAR = Annotated[
    float | None, typer.Option(help="Limit in space, in kilometres, for findings in the popups.", rich_help_panel=PAIRS)
]


@map_app.command("province", cls=Command)
@reads("incident", "strike", also=(asked("within_km", NEAR, None), *LATE, *DRAWN))
def map_province(
    incidents: Incidents,
    strikes: Strikes,
    output: HtmlFile,
    reading: Reading,
    measure: Annotated[str, typer.Option(help="incidents, killed_min, killed_max or strikes.")] = "strikes",
    **drawn: Any,
) -> None:
    """Write the map of governorates."""
    import geocasualty as gcas

    drawn["areas"] = None if drawn["areas"] is None else read_polygons(drawn["areas"])
    records = reading.records(incident=incidents, strike=strikes)
    write_html(gcas.province_map(*records, gazetteer=reading.gazetteer, measure=measure, **drawn), output)


@map_app.command("town", cls=Command)
@reads("incident", "strike", also=(*LIMITS, *DRAWN))
def map_town(
    place: Annotated[str, typer.Argument(help="A town's name or id in the gazetteer, or an incident's id.")],
    incidents: Incidents,
    strikes: Strikes,
    output: HtmlFile,
    reading: Reading,
    belligerents: Names = "overlap",
    review: Review = None,
    **drawn: Any,
) -> None:
    """Write the map of one town: what is reported within the limits around it."""
    import geocasualty as gcas

    drawn |= {"belligerents": names_of(belligerents), "review": decisions(reading, review)}
    drawn["areas"] = None if drawn["areas"] is None else read_polygons(drawn["areas"])
    records = reading.records(incident=incidents, strike=strikes)
    write_html(gcas.town_map(place, *records, gazetteer=reading.gazetteer, **drawn), output)


@reads("incident", "strike")
def explore(
    output: HtmlFile,
    reading: Reading,
    incidents: AnyIncidents = None,
    strikes: Annotated[Path | None, typer.Option(help="File of strikes, beside the incidents or alone.")] = None,
    shapes: Annotated[
        Path | None, typer.Option(help="Any file with shapes or coordinates, such as findings.geojson; the undermost.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="Whose values are the colours, in each file that has it.")] = None,
    scheme: Annotated[
        str | None, typer.Option(help="Classes of numbers: quantiles, one of mapclassify's, or upper ends as 1,10,99.")
    ] = None,
    k: Annotated[int, typer.Option("--classes", help="How many classes mapclassify makes.")] = 5,
    cmap: Annotated[str | None, typer.Option(help="Colours: a map of matplotlib's, or several as red,#0072b2.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the map.")] = None,
    language: Language = "en",
) -> None:
    """Draw what files hold, in colours by a column: incidents, strikes, or any other shapes."""
    import geocasualty as gcas
    from geocasualty.words import Words

    words = Words(language)
    files = {side: path for side, path in (("incident", incidents), ("strike", strikes)) if path is not None}
    frames = {} if shapes is None else {shapes.stem: read_shapes(reading.local(shapes))}
    if files:
        read = reading.records(**files)
        frames |= zip([words(f"kind.{side}s") for side in files], [read] if len(files) == 1 else read, strict=True)
    if not frames:
        raise InputError("nothing to draw; name a file of incidents, --strikes FILE or --shapes FILE")
    if column is not None and not any(column in frame for frame in frames.values()):
        known = dict.fromkeys(name for frame in frames.values() for name in frame.columns if name != "geometry")
        raise InputError(f"--column: {column!r} is no column; there are {', '.join(known)}")
    look: dict[str, Any] = {"k": k, "title": title, "language": language, "gazetteer": reading.gazetteer}
    look["cmap"] = cmap.split(",") if cmap and ("," in cmap or cmap.startswith("#")) else cmap
    look["scheme"] = scheme
    if scheme and scheme[0] in "-.0123456789":
        try:
            look["scheme"] = [float(each) for each in scheme.split(",")]
        except ValueError as error:
            raise InputError(f"--scheme: {scheme!r} are no numbers with commas between") from error
    map_ = None
    for name, frame in frames.items():
        own = column if column in frame else None
        map_ = gcas.explore(frame, own, m=map_, name=f"{name}: {own}" if own else name, **look)
    write_html(map_, output)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the two maps.")] = Path("demo"),
) -> None:
    """Run the bundled casebook from names to maps: 10 km, 1 day."""
    import geocasualty as gcas

    within_km, within_days = 10.0, 1.0
    gazetteer = gcas.load_gazetteer()
    book = gcas.load_casebook(gazetteer)
    result = gcas.assess(book.incidents, book.strikes, within_km=within_km, within_days=within_days)
    first = book.incidents.iloc[0]["place_text"]
    maps = {
        "province": result.map(gazetteer=gazetteer, measure="strikes"),
        re.sub(r"\W+", "-", first.lower()): result.town_map(first, gazetteer=gazetteer),
    }
    say(f"Casebook: {len(book.incidents)} incidents, {len(book.strikes)} strikes; limits {result.data.limits}.")
    say("")
    say(findings_in_lines(result.findings), keep="\n")
    for name, map_ in maps.items():
        write_html(map_, output / f"{name}.html")


@reads("incident", "strike", also=(*LIMITS, *CHOICE))
def report(
    incidents: Incidents,
    strikes: Strikes,
    output: ReportFile,
    reading: Reading,
    belligerents: Names = "overlap",
    review: Review = None,
    near_km: Annotated[
        float | None, typer.Option(help="Up to where a place that a release names is near; --within-km if not given.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Assessments with incident_id (or code) and mgrs: where belligerents looked.")
    ] = None,
    language: Language = "en",
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    dated: Annotated[str | None, typer.Option(help="Day to print on it; none is printed unless given.")] = None,
    **chosen: Any,
) -> None:
    """Write one HTML or PDF file that says what the records show of each incident, to read offline and to print."""
    import geocasualty as gcas

    names = names_of(belligerents)
    decided = decisions(reading, review)
    table = None if answers is None else read_table(reading, answers, "--answers", columns=("mgrs",))
    records = reading.records(incident=incidents, strike=strikes)
    looked = (
        None
        if table is None
        else gcas.assessed_places(reading.claimed(incidents, records[0]), table, gazetteer=reading.gazetteer)
    )
    with tempfile.TemporaryDirectory() as folder:
        written = gcas.report(
            *records,
            path=Path(folder) / "report.html" if output == PIPE else output,
            **chosen,
            belligerents=names,
            gazetteer=reading.gazetteer,
            near_km=near_km,
            review=decided,
            answers=looked,
            rejected=reading.rejected,
            inputs=reading.files,
            language=language,
            title=title,
            dated=dated,
        )
        if output == PIPE:
            emit_bytes([written.read_bytes()])
        else:
            say(f"wrote {output}")


Control = Annotated[Path, typer.Option(help="Outlines with holder, from and to, in any kind of file of shapes.")]


@reads("incident")
def held(
    control: Control,
    reading: Reading,
    incidents: AnyIncidents = None,
    place: Annotated[str | None, typer.Option(help="In place of incidents: the share of this place.")] = None,
    date: Annotated[str | None, typer.Option(help="With --place: the day, such as 2017-07-04, or month.")] = None,
    output: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Say who held the ground where each incident may lie, or what share of a place each held, as CSV."""
    import geocasualty as gcas

    outlines = gcas.control.read_control(reading.local(control))
    if (incidents is None) == (place is None) or (place is None) != (date is None):
        raise InputError("give a file of incidents, or --place and --date")
    if incidents is not None:
        table = gcas.who_held(reading.records(incident=incidents), outlines)
    else:
        table = gcas.share_held(place, str(date), control=outlines, gazetteer=reading.gazetteer)
    emit(table, output, as_json=as_json)


@reads("incident", "strike")
def tally(
    reading: Reading,
    incidents: AnyIncidents = None,
    strikes: Annotated[
        Path | None, typer.Option(help="File of strikes, to count beside the incidents or alone.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            help="What makes a row, with commas between: month, week, day, country, governorate, district, "
            "belligerent, grading, source, dataset, target, victim_status, sex, age_group, death_type, weapon, "
            "standard_of_proof, infrastructure; total counts all in one row."
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


@reads("incident", "strike")
def export(
    reading: Reading,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="File to write; its ending says how: .csv, .xlsx, .geojson, .gpkg, .parquet, .fgb or .kml; or "
            "datapackage.json, which describes a CSV file beside it.",
        ),
    ],
    incidents: AnyIncidents = None,
    strikes: Annotated[Path | None, typer.Option(help="File of strikes, in place of incidents.")] = None,
    hxl: Annotated[
        bool, typer.Option("--hxl", help="Of CSV: a row of tags of the Humanitarian Exchange Language under the names.")
    ] = False,
    names: Annotated[
        Path | None, typer.Option(help="Write names of persons, which stay out of the output, to this file.")
    ] = None,
    buffer_km: Annotated[
        float | None, typer.Option(help="Write polygons: all within so many kilometres of each record.")
    ] = None,
    uncertainty: Annotated[
        bool, typer.Option("--uncertainty", help="Write polygons: where each record may lie by its own word.")
    ] = False,
) -> None:
    """Write incidents or strikes, as they are read, to a file for other programs; or polygons around them."""
    import geocasualty as gcas
    from geocasualty.records.writing import format_of

    files = {side: path for side, path in (("incident", incidents), ("strike", strikes)) if path is not None}
    if len(files) != 1:
        raise InputError("name a file of incidents, or --strikes FILE: one of them")
    if uncertainty and buffer_km is not None:
        raise InputError("--buffer-km and --uncertainty are two kinds of polygons; give one of them")
    format_of(output)
    frame = reading.records(**files)
    if uncertainty:
        frame = gcas.uncertainty(frame)
    if buffer_km is not None:
        frame = gcas.buffers(frame, km=buffer_km)
    gcas.write_records(frame, output, hxl=hxl, names=names or False)
    say(f"wrote {output}: {len(frame):,} row{'s' * (len(frame) != 1)}")
