"""The command that writes a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["write_report"]


def write_report(
    incidents: Annotated[Path, typer.Argument(help="File of incidents: CSV, xlsx, GeoJSON, GeoPackage ...")],
    strikes: Annotated[Path, typer.Argument(help="File of strikes: CSV, a pasted release as .txt, xlsx, GeoJSON ...")],
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")],
    within_km: Annotated[float, typer.Option(help="Limit in space, in kilometres.")],
    within_days: Annotated[float, typer.Option(help="Limit in time, in days; 0 is the same day.")],
    attributed_to: Annotated[str | None, typer.Option(help="Only incidents that name this belligerent.")] = None,
    country: Annotated[str | None, typer.Option(help="Only incidents of this country, such as SY.")] = None,
    since: Annotated[str | None, typer.Option(help="Only incidents of this local day or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only incidents of this local day or earlier.")] = None,
    assessments: Annotated[Path | None, typer.Option(help="Airwars' table of assessments of the incidents.")] = None,
    review: Annotated[
        Path | None, typer.Option(help="Table of decisions: incident_id, strike_id, decision, analyst, date, note.")
    ] = None,
    language: Annotated[str, typer.Option(help="en or ar, for all that is not data.")] = "en",
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    dated: Annotated[str | None, typer.Option(help="Day to print on it; none is printed unless given.")] = None,
    gazetteer: Annotated[
        Path | None, typer.Option("--gazetteer", "-g", help="A gazetteer that was built; the bundled one if not given.")
    ] = None,
    on_bad_rows: Annotated[str, typer.Option(help="What to do with rows that fail: error, warn or skip.")] = "error",
) -> None:
    """Write one HTML file that says what the records show of each incident, to read offline and to print."""
    import geocasualty as gcas

    places = gcas.load_gazetteer(gazetteer)
    tables, rejected = [], []
    for role, path in (("incidents", incidents), ("strikes", strikes)):
        more = {"assessments": assessments} if role == "incidents" else {}
        accepted, failed = _read(role, path, on_bad_rows, gazetteer=places, **more)
        tables.append(accepted)
        rejected.append(failed.assign(file=path.name))
    files = [path for path in (incidents, strikes, assessments, review, gazetteer) if path is not None]
    written = gcas.report(
        *tables,
        path=output,
        within_km=within_km,
        within_days=within_days,
        gazetteer=places,
        attributed_to=attributed_to,
        country=country,
        since=since,
        until=until,
        review=None if review is None else _decisions(review),
        rejected=_joined(rejected),
        inputs=files,
        language=language,
        title=title,
        dated=dated,
    )
    typer.echo(f"wrote {written}")


def _read(role: str, path: Path, on_bad_rows: str, **options: Any) -> tuple[Any, Any]:
    """The records of a file, and the rows that it rejects where these are to be skipped."""
    import geocasualty as gcas

    validate: Any = getattr(gcas, f"validate_{role}")
    if on_bad_rows == "skip":
        accepted, failed = validate(path, **options)
        return accepted, failed
    read: Any = getattr(gcas, f"read_{role}")
    accepted = read(path, on_bad_rows=on_bad_rows, **options)
    return accepted, validate(path, **options)[1] if on_bad_rows == "warn" else _none()


def _none() -> Any:
    import pandas as pd

    return pd.DataFrame({name: [] for name in ("row", "column", "value", "reason")})


def _joined(tables: list[Any]) -> Any:
    import pandas as pd

    return pd.concat(tables, ignore_index=True)


def _decisions(path: Path) -> Any:
    """A table of decisions as text, so that identifiers stay as they are written."""
    import pandas as pd

    from geocasualty.records._inputs import read_cells

    return pd.DataFrame(read_cells(path)).drop(columns="row", errors="ignore")
