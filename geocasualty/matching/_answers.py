"""What did a belligerent answer to a claim, and at which place did it look?"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.geodesy import MgrsCell, parse_mgrs
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import side_of
from geocasualty.matching.absence import stretch_of
from geocasualty.records._countries import Countries
from geocasualty.records._flags import DOUBTFUL
from geocasualty.taxonomy import TAXONOMY
from geocasualty.words import Words

__all__ = ["STATUSES", "answer_lines", "assessed_places"]

ELSEWHERE, MAYBE, CITY, DOUBTED, UNLOCATED, MALFORMED, MISSING = STATUSES = (
    "assessed-elsewhere", "may-be-one", "shared-cell", "claim-in-doubt", "claim-unlocated", "malformed-grid",
    "claim-missing",
)  # fmt: skip
"""From the one that people look for to what cannot be compared."""

IDS = ("incident_id", "code")
SHARED = 3
"""A cell that answers so many claims of different days stands for a whole city, as a point that so many records share
does (:data:`geocasualty.records._plausible.PLACEHOLDER_EVENTS`)."""
CITY_M = TAXONOMY["city"].radius_m
"""How far around its middle such a cell is taken to reach: the radius of a city."""


def assessed_places(
    incidents: gpd.GeoDataFrame, assessments: pd.DataFrame, *, gazetteer: Gazetteer | None = None
) -> gpd.GeoDataFrame:
    """Compare where belligerents looked, by the grid references of their assessments, with the places of the claims.

    It says that a claim was assessed at a place so far away, never that it was wrongly dismissed: the claim's own place
    may be at fault, and how well it is known stands beside it.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        As :func:`geocasualty.read_incidents` returns it.
    assessments : pandas.DataFrame
        ``incident_id`` (or ``code``) and ``mgrs``; ``belligerent``, ``assessment``, ``reason`` (or ``reason_nc``),
        ``date``, ``deaths_conceded_min`` and ``deaths_conceded_max`` are repeated where they are there.
    gazetteer : Gazetteer, optional
        Whose outlines say in which country a cell lies; the bundled one if not given.

    Returns
    -------
    geopandas.GeoDataFrame
        A row for each assessment that states a reference, those farthest apart first; geometry is the line from the
        claim to the middle of the cell. ``incident_id``, ``belligerent``, ``assessment``, ``reason``, ``date``,
        ``deaths_conceded_min``, ``deaths_conceded_max``, ``place_text``, ``precision``, ``radius_m`` (of the claim),
        ``mgrs``, ``cell_lon``, ``cell_lat``, ``cell_radius_m``, ``cell_country``, ``distance_km`` (between points),
        ``distance_min_km`` and ``distance_max_km`` (by both uncertainties), ``claims_of_cell``, ``note`` and
        ``status``:

        ``assessed-elsewhere``
            The cell and the claimed place cannot be one within what both are unsure of, the claim's radius widened to
            hold 99 in 100 places, as for an absence.
        ``may-be-one``
            They can be.
        ``shared-cell``
            Three or more claims of different days have this very cell, so that it stands for a city, and within a
            city's radius of it the two can be one.
        ``claim-in-doubt``, ``claim-unlocated``
            The claim's place contradicts itself, or is not known.
        ``malformed-grid``
            The reference denotes no cell, or one in another country than the claim: a slip of zone or square is
            likelier than a look across the border, and ``note`` says which.
        ``claim-missing``
            No incident has this identifier, as where its row could not be read.

    Raises
    ------
    geocasualty.errors.InputError
        If a column is missing.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> answers = pd.DataFrame({"incident_id": ["hawijah-2015-06"] * 2, "mgrs": ["38S LE 894 094", "38S LE 294 094"]})
    >>> gcas.assessed_places(book.incidents, answers)[["mgrs", "status"]].values.tolist()
    [['38S LE 294 094', 'assessed-elsewhere'], ['38S LE 894 094', 'may-be-one']]
    """
    known = gazetteer or load_gazetteer()
    id_column = _first(assessments, IDS)
    if "mgrs" not in assessments:
        raise InputError("assessments: no column 'mgrs'; it needs incident_id (or code) and mgrs", column="mgrs")
    if "assessed_mgrs" in incidents and (incidents["assessed_mgrs"].fillna("") != "").any():
        raise InputError(
            "incidents were read with assessments=, so that cells of the answers place some of them, or put their own "
            "places in doubt; read them without, to compare the two",
            column="assessed_mgrs",
        )
    table = _stated(incidents, assessments, id_column)
    cells = [_cell(text) for text in table["mgrs"]]
    side = side_of(incidents, "incident")
    at = {name: n for n, name in enumerate(side.ids)}
    rows = np.array([at.get(name, -1) for name in table["incident_id"]], dtype=np.int64)
    missing, rows = rows < 0, np.maximum(rows, 0)
    if missing.all():
        return gpd.GeoDataFrame(_lacking(table), geometry=[None] * len(table), crs="EPSG:4326")
    table["claims_of_cell"] = _claims(table["mgrs"], np.where(missing, -1, side.day0[rows]))
    shared = (table["claims_of_cell"] >= SHARED).to_numpy()
    good = np.array([isinstance(cell, MgrsCell) for cell in cells], dtype=bool) & ~missing
    frame = _frame_of(cells, incidents, rows, shared)
    there = side_of(frame, "strike")
    every = np.flatnonzero(good)
    measured = np.full((3, len(table)), np.nan)
    for column, values in zip(measured, Regions(side, there).of(rows[every], every), strict=True):
        column[every] = values / 1000
    beyond = np.nan_to_num((stretch_of(side.frame) - 1) * side.radius_m)[rows]  # one in ten lies beyond a stated radius
    countries = Countries(known)
    table["cell_lon"], table["cell_lat"], table["cell_radius_m"] = there.lon, there.lat, there.radius_m
    table["cell_country"] = ["" if shape is None else countries.of(shape)[0] for shape in frame.geometry]
    table["distance_km"], table["distance_min_km"], table["distance_max_km"] = measured
    told = [
        ("no incident has this identifier", MISSING)
        if lost
        else _told(cell, where, stated, doubtful=doubt, located=located, apart=apart, shared=many)
        for lost, cell, where, stated, doubt, located, apart, many in zip(
            missing,
            cells, table["cell_country"], side.texts("country")[rows], side.flagged(DOUBTFUL)[rows], side.located[rows],
            measured[1] * 1000 > beyond, shared, strict=True,
        )
    ]  # fmt: skip
    table["note"], table["status"] = [note for note, _ in told], pd.Categorical([s for _, s in told], list(STATUSES))
    lines = [
        _line(shape, cell) for shape, cell in zip(incidents.geometry.to_numpy()[rows], frame.geometry, strict=True)
    ]
    out = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(lines, index=table.index, crs="EPSG:4326"))
    far = out["distance_min_km"].fillna(-1.0)
    order = np.lexsort((out["mgrs"], out["incident_id"].astype(str), -far, out["status"].cat.codes))
    return out.iloc[order].reset_index(drop=True)


def answer_lines(answers: pd.DataFrame, language: str = "en") -> dict[Any, list[str]]:
    """A sentence for each answer of a table of :func:`assessed_places`, by claim, in the order of the table.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> given = {"incident_id": "hawijah-2015-06", "mgrs": "38S LE 294 094", "belligerent": "Coalition", "reason": "no"}
    >>> lines = answer_lines(gcas.assessed_places(book.incidents, pd.DataFrame([given])))
    >>> print(lines["hawijah-2015-06"][0])  # doctest: +ELLIPSIS
    Coalition answered: no; it looked at 38S LE 294 094, a place 59 km from the claimed one (55 to 63 km for ...
    """
    words, found = Words(language), dict[Any, list[str]]()
    for row in answers.drop(columns="geometry", errors="ignore").to_dict("records"):
        figures = {
            key: f"{row[name]:,.{int(row[name] < 10)}f}"  # metres count next door
            for key, name in (("far", "distance_km"), ("low", "distance_min_km"), ("high", "distance_max_km"))
        }
        if np.isnan(row["distance_km"]):  # a claim that is an area
            figures["far"] = f"{figures['low']}–{figures['high']}"
        what = words(f"answer.at.{row['status']}", **figures, n=int(row["claims_of_cell"]), note=_note(words, row))
        answered = "; ".join(words.code(row[name]) for name in ("assessment", "reason") if row[name])
        told = {"who": row["belligerent"] or words("answer.nobody"), "said": answered or words("answer.unsaid")}
        told |= {"mgrs": row["mgrs"], "what": what}
        line = words("answer.said.dated", date=row["date"], **told) if row["date"] else words("answer.said", **told)
        found.setdefault(row["incident_id"], []).append(line)
    return found


def _note(words: Words, row: dict[Any, Any]) -> str:
    """Why a reference is no place to compare."""
    if np.isnan(row["cell_lon"]):
        return words("answer.note.no-cell")
    return words("answer.note.abroad", country=row["cell_country"] or words("answer.note.nowhere"))


def _first(table: pd.DataFrame, names: tuple[str, ...]) -> str:
    for name in names:
        if name in table:
            return name
    raise InputError(f"assessments: no column {names[0]!r} (or {names[1]!r}); it says of which claim", column=names[0])


def _stated(incidents: gpd.GeoDataFrame, assessments: pd.DataFrame, id_column: str) -> pd.DataFrame:
    """The assessments that state a reference, with what the claims say of their places."""
    texts = assessments["mgrs"].astype(object).where(assessments["mgrs"].notna(), "").astype(str).str.strip()
    stated = ~texts.str.lower().isin(("", "none", "unknown", "n/a", "false", "nan"))
    ids = assessments[id_column]
    some = assessments[stated.to_numpy()]

    def column(*names: str) -> pd.Series[Any]:
        name = next((name for name in names if name in some), None)
        given = pd.Series("", index=some.index, dtype=object) if name is None else some[name].astype(object)
        return given.where(given.notna(), "").reset_index(drop=True)

    table = pd.DataFrame({"incident_id": ids[stated.to_numpy()].reset_index(drop=True)})
    for name, others in (("belligerent", ()), ("assessment", ()), ("reason", ("reason_nc",)), ("date", ()),
                         ("deaths_conceded_min", ()), ("deaths_conceded_max", ())):  # fmt: skip
        table[name] = column(name, *others)
    claims = incidents.set_index("incident_id").reindex(table["incident_id"])
    for name in ("place_text", "precision", "radius_m"):
        given = claims[name] if name in claims else pd.Series(None, index=claims.index, dtype=object)
        table[name] = given.astype(float if name == "radius_m" else object).to_numpy()
    table["mgrs"] = texts[stated].to_numpy()
    return table


def _lacking(table: pd.DataFrame) -> pd.DataFrame:
    """The table of answers to claims of which none is there."""
    numbers = ("cell_lon", "cell_lat", "cell_radius_m", "distance_km", "distance_min_km", "distance_max_km")
    status = pd.Categorical([MISSING] * len(table), list(STATUSES))
    return table.assign(claims_of_cell=0, **dict.fromkeys(numbers, np.nan), cell_country="", note="", status=status)


def _cell(text: str) -> MgrsCell | str:
    """The cell, or why the text denotes none."""
    try:
        return parse_mgrs(text)
    except InputError as error:
        return str(error)


def _claims(grids: pd.Series[str], days: Any) -> pd.Series[int]:
    """How many claims of different days state each reference."""
    plain = grids.str.replace(r"\s", "", regex=True).str.upper()
    return pd.DataFrame({"grid": plain, "day": days}).groupby("grid")["day"].transform("nunique").astype(int)


def _frame_of(cells: list[MgrsCell | str], incidents: gpd.GeoDataFrame, rows: Any, shared: Any) -> gpd.GeoDataFrame:
    """The cells as records, at the times of their claims; one that stands for a city reaches as far as one."""
    points = [shapely.Point(cell.lon, cell.lat) if isinstance(cell, MgrsCell) else None for cell in cells]
    radii = [cell.radius_m if isinstance(cell, MgrsCell) else np.nan for cell in cells]
    return gpd.GeoDataFrame(
        {
            "strike_id": [f"cell-{n}" for n in range(len(cells))],
            "radius_m": np.where(shared, np.fmax(radii, CITY_M), radii),
            "start": incidents["start"].iloc[rows].reset_index(drop=True),
            "end": incidents["end"].iloc[rows].reset_index(drop=True),
        },
        geometry=gpd.GeoSeries(points, crs="EPSG:4326"),
    )


def _told(
    cell: MgrsCell | str, where: str, stated: str, *, doubtful: bool, located: bool, apart: bool, shared: bool
) -> tuple[str, str]:
    """A note and the status of one assessment."""
    if isinstance(cell, str):
        return cell, MALFORMED
    if stated and where != stated:
        return f"the cell lies in {where or 'no known country'}, the claim says {stated}", MALFORMED
    if not located:
        return "", UNLOCATED
    if doubtful:
        return "what the claim says of its own place does not agree", DOUBTED
    if apart:
        return "", ELSEWHERE
    return ("several claims of different days have this very cell", CITY) if shared else ("", MAYBE)


def _line(shape: Any, cell: Any) -> Any:
    if shape is None or shape.is_empty or cell is None:
        return None
    return shapely.LineString([shapely.point_on_surface(shape), cell])
