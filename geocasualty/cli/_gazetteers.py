"""The commands that build, describe and fetch gazetteers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty.cli._help import Command, Group
from geocasualty.cli._inputs import column_map
from geocasualty.cli._outputs import say

__all__ = ["gazetteer_app"]

gazetteer_app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Build a gazetteer from other people's, or describe one.",
)

Paths = list[Path] | None
Bundled = Annotated[bool, typer.Option("--with-bundled/--no-bundled", help="Begin with the bundled places.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="GeoPackage to write; the report lies beside it.")]

WORDS = {
    "merged": "rows joined to a place that was known",
    "kept-apart": "rows of a known name kept as places of their own",
    "rejected": "rows rejected",
    "skipped": "rows of no kind that is held",
    "dropped-name": "aliases dropped",
    "polygon-replaced": "outlines replaced by finer ones",
    "polygon-not-used": "outlines not used",
    "parent-differs": "places whose stated area is not where the outlines put them",
    "remark": "remarks on files",
}


@gazetteer_app.command(cls=Command)
def build(
    output: Output,
    sources: Annotated[Paths, typer.Argument(help="Files of any kind below, told from their columns.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Country whose towns and outlines to take.")] = None,
    geonames: Annotated[Paths, typer.Option(help="GeoNames country dump (IQ.zip); may be given again.")] = None,
    alternate_names: Annotated[Path | None, typer.Option(help="GeoNames' alternateNamesV2.zip.")] = None,
    cod: Annotated[Paths, typer.Option(help="OCHA COD-AB file of one level; may be given again.")] = None,
    osm: Annotated[Paths, typer.Option(help="Layer of OpenStreetMap places; may be given again.")] = None,
    geoboundaries: Annotated[Paths, typer.Option(help="geoBoundaries file; may be given again.")] = None,
    fieldmaps: Annotated[Paths, typer.Option(help="fieldmaps file of one level; may be given again.")] = None,
    overture: Annotated[Paths, typer.Option(help="Overture divisions, GeoParquet; may be given again.")] = None,
    opensyria: Annotated[Paths, typer.Option(help="OpenSyria JSON file; may be given again.")] = None,
    csv: Annotated[Paths, typer.Option(help="Table of your own; may be given again.")] = None,
    ucdp: Annotated[Paths, typer.Option(help="UCDP GED release, for its place names; may be given again.")] = None,
    csv_map: Annotated[
        str, typer.Option(help="Columns of the tables: name=town,lat=Y,lon=X,kind=class, and so on.")
    ] = "",
    with_bundled: Bundled = True,
) -> None:
    """Build one GeoPackage from many sources; nothing is refused without a line in the report."""
    from geocasualty.gazetteer.building import build_gazetteer

    built = build_gazetteer(
        output,
        sources=sources or (),
        countries=country or (),
        geonames=geonames or (),
        alternate_names=alternate_names,
        cod=cod or (),
        fieldmaps=fieldmaps or (),
        overture=overture or (),
        osm=osm or (),
        geoboundaries=geoboundaries or (),
        opensyria=opensyria or (),
        csv=csv or (),
        ucdp=ucdp or (),
        csv_map=column_map("--csv-map", csv_map),
        with_bundled=with_bundled,
    )
    _say(built)


def _say(built: Any) -> None:
    for remark in built.remarks:
        say(f"note: {remark}", err=True)
    say(f"{built.n_places:,} places, {built.n_names:,} names, {built.n_areas:,} outlines")
    for action, count in built.actions.items():
        say(f"  {count:>9,} {WORDS.get(action, action)}")
    say(f"wrote {built.path} and {built.report}")


@gazetteer_app.command(cls=Command)
def info(
    path: Annotated[Path | None, typer.Argument(help="GeoPackage or folder; the bundled gazetteer if none.")] = None,
) -> None:
    """Say what a gazetteer holds: places by kind and country, sources, licences, version."""
    from geocasualty.gazetteer._geopackage import GeoPackageTables
    from geocasualty.gazetteer._tables import Tables, bundled_folder

    if path is not None and not path.is_dir():
        tables: Tables = GeoPackageTables(path)
    else:
        tables = Tables(path or bundled_folder())
    built = tables.about if isinstance(tables, GeoPackageTables) else {}
    edited = " (edited since it was built)" if built and built.get("version") != tables.version else ""
    say(f"{path.name if path else 'bundled gazetteer'}: version {tables.version}{edited}")
    say(f"{len(tables.places):,} places, {len(tables.names):,} names, {len(tables.areas):,} outlines")
    for title, attribute in (("kind", "kind"), ("country", "country"), ("licence", "licence"), ("source", "source")):
        say(f"by {title}:")
        for value, count in _counted(getattr(place, attribute) for place in tables.places.values()):
            say(f"  {count:>9,} {value or 'unknown'}")
    if isinstance(tables, GeoPackageTables):
        say("built from:")
        for file, format_, source, licence, records in tables.sources():
            say(f"  {file} ({format_}): {records:,} records; {source}, {licence}")


def _counted(values: Any) -> list[tuple[str, int]]:
    from collections import Counter

    return sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))[:20]


@gazetteer_app.command(cls=Command)
def fetch(
    countries: Annotated[list[str], typer.Argument(help="ISO 3166-1 codes of two letters, such as IQ SY.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="GeoPackage to write.")] = Path("gazetteer.gpkg"),
    base_url: Annotated[
        str | None, typer.Option(help="Where the dumps lie; GeoNames' own server if not given.")
    ] = None,
    cache_dir: Annotated[Path | None, typer.Option(help="Where downloads are kept.")] = None,
    alternate_names: Annotated[bool, typer.Option(help="Get the names in other languages too (200 MB).")] = True,
    refresh: Annotated[bool, typer.Option(help="Download again what is in the cache.")] = False,
    with_bundled: Bundled = True,
) -> None:
    """Download GeoNames' dumps and build from them: the only command that uses a network."""
    from geocasualty.gazetteer.building import build_gazetteer
    from geocasualty.gazetteer.building._fetch import BASE_URL, fetch_geonames

    found = fetch_geonames(
        countries, base_url=base_url or BASE_URL, cache=cache_dir, with_alternate_names=alternate_names, refresh=refresh
    )
    if found.cached:
        say(f"from the cache: {', '.join(found.cached)} (--refresh downloads again)")
    _say(
        build_gazetteer(
            output, geonames=found.geonames, alternate_names=found.alternate_names, with_bundled=with_bundled
        )
    )
