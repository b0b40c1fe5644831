"""What does each column of each table mean?

The columns, their order and their types are those of the tables that the package makes of its casebook; the meanings
stand in ``geocasualty/codebook.csv``. A column without a meaning, or a meaning without a column, stops the build.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import box

import geocasualty as gcas
from geocasualty.gazetteer.precision import PRECISIONS, RADIUS_M
from geocasualty.matching.findings import TABLE
from geocasualty.records._flags import FLAGS
from geocasualty.records._write_tables import meanings
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS
from geocasualty.words import Words

TABLES = {
    "incidents": (
        "Incidents",
        "As `read_incidents` returns them. Further columns of a file are kept at the end, as text.",
    ),
    "strikes": ("Strikes", "As `read_strikes` returns them. Further columns of a file are kept at the end, as text."),
    "rejected": (
        "Rejected rows",
        "The second table of `validate_incidents` and `validate_strikes`, and `error.rejected`.",
    ),
    "pairs": ("Pairs", "As `match` returns them; the last columns only with `bounds=True` and `explain=True`."),
    "findings": ("Findings", "As `screen` returns them, and `check` for one claim."),
    "sensitivity": ("Sensitivity", "As `sensitivity` returns it: a row for each pair of limits."),
    "chance_test": ("Test against chance", "As `matching.chance_test` returns it: four rows."),
    "ranked": (
        "Ranked places",
        "As `rank` returns them: a row for each incident and place named, and one of none of these.",
    ),
    "links": ("Links", "As `link` returns them: a row for each record of both sets."),
    "coverage": ("Coverage", "As `coverage` returns it, and as `coverage=` takes it."),
    "provenance": ("Provenance", "As `provenance` returns it: a row for each data set."),
    "resolved": ("Resolved places", "As `Gazetteer.resolve_many` returns them, on the caller's index."),
    "reconciled": ("Places to correct", "As `Gazetteer.reconcile` returns them, and as `overrides=` takes them back."),
    "tally": ("Tallies", 'As `tally` returns them, here `by=["month", "governorate", "belligerent"]` with strikes.'),
    "figures": ("Published figures", "As `published_figures` returns them."),
    "held": ("Who held the ground", "As `who_held` returns it, and `geocasualty held`: a row for each incident."),
    "shares": ("Shares of a place held", "As `share_held` returns it: a row for each holder."),
}


def examples() -> dict[str, pd.DataFrame]:
    """One table of each kind, made from the casebook."""
    gaz = gcas.load_gazetteer()
    incidents, strikes = gcas.load_casebook(gaz).incidents, gcas.load_casebook(gaz).strikes
    limits = {"within_km": 10, "within_days": 0}
    other = incidents.assign(incident_id="other-" + incidents["incident_id"])
    broken = pd.DataFrame({"incident_id": ["A1"], "date": ["2015-06-31"], "place": ["Hit"]})
    ground = gpd.GeoDataFrame(
        {"holder": ["A"], "from": ["2015-01-01"], "to": ["2015-12-31"]}, geometry=[box(43, 35, 44, 36)], crs="EPSG:4326"
    )
    return {
        "incidents": incidents[[*INCIDENT_COLUMNS]],
        "strikes": strikes[[*STRIKE_COLUMNS]],
        "rejected": gcas.validate_incidents(broken)[1],
        "pairs": gcas.match(incidents, strikes, **limits, bounds=True, explain=True),
        "findings": gcas.screen(incidents, strikes, **limits, official=True),
        "sensitivity": gcas.sensitivity(incidents, strikes, within_km=[10], within_days=[0]),
        "chance_test": gcas.matching.chance_test(incidents, strikes, **limits),
        "ranked": gcas.rank(incidents, strikes, practice=True),
        "links": gcas.link(incidents, other, **limits),
        "coverage": gcas.coverage(strikes),
        "provenance": gcas.records.provenance(strikes),
        "resolved": gaz.resolve_many(incidents["place_text"]),
        "reconciled": gaz.reconcile(incidents["place_text"]),
        "tally": gcas.tally(incidents, by=["month", "governorate", "belligerent"], strikes=strikes),
        "figures": gcas.datasets.published_figures(),
        "held": gcas.who_held(incidents, ground),
        "shares": gcas.share_held("Hawijah", "2015-06-03", control=ground, gazetteer=gaz),
    }


def codebooks() -> dict[str, list[tuple[str, str, str]]]:
    """Column, type and meaning, for each table.

    Raises
    ------
    ValueError
        If a column has no meaning, or a meaning no column.
    """
    known, books = meanings(), {}
    for name, table in examples().items():
        lost = set(table.columns) ^ set(known[name])
        if lost:
            raise ValueError(f"codebook.csv, table {name}: meaning or column is missing for {', '.join(sorted(lost))}")
        books[name] = [(column, _type(table[column]), known[name][column]) for column in table.columns]
    return books


def _type(column: Any) -> str:
    kind = str(column.dtype)
    if kind in {"object", "str", "string"}:
        return "text"
    names = {
        "category": "ordered category",
        "geometry": "geometry",
        "bool": "true or false",
        "boolean": "true or false",
    }
    if kind in names:
        return names[kind]
    return "time" if kind.startswith("datetime") else "whole number" if kind.lower().startswith("int") else "number"


def _rows(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    lines = [list(head), ["---" for _ in head], *lines]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def write_codebooks(folder: Path) -> None:
    """Write each table of columns, and those of flags, findings and precision, as Markdown to include."""
    folder.mkdir(parents=True)
    text = ""
    for name, lines in codebooks().items():
        title, said = TABLES[name]
        cells = [(f"`{column}`", kind, meaning) for column, kind, meaning in lines]
        text += f"## {title}\n\n{said}\n\n{_rows(('column', 'type', 'meaning'), cells)}\n"
    (folder / "columns.md").write_text(text, encoding="utf-8")
    flags = _rows(("flag", "meaning"), [(f"`{flag}`", Words("en")(f"flag.meaning.{flag}")) for flag in FLAGS])
    (folder / "flags.md").write_text(flags, encoding="utf-8")
    findings = [(f"`{finding.id}`", Words("en")(f"meaning.{finding.id}")) for finding in TABLE]
    (folder / "findings.md").write_text(_rows(("finding", "what it says"), findings), encoding="utf-8")
    ladder = _rows(("precision", "metres"), [(f"`{rung}`", f"{RADIUS_M[rung]:,.0f}") for rung in PRECISIONS])
    (folder / "precision.md").write_text(ladder, encoding="utf-8")
