"""Files to validated tables: every row is accepted, or rejected with column, value and reason."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import BadRowsError, GeocasualtyWarning, InputError
from geocasualty.files import read_csv_cells
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.gazetteer.precision import precision_dtype
from geocasualty.records._locate import Located, Stated, locate
from geocasualty.records._typed import Typed
from geocasualty.records.formats import Cells, find_format
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS, Role, id_column, violations

__all__ = ["read_incidents", "read_strikes", "validate_incidents", "validate_strikes"]

OnBadRows = Literal["error", "warn", "skip"]
PathLike = str | os.PathLike[str]

SHOWN = 5
"""Rejected rows that an error message names; the table holds them all."""


def read_incidents(
    path: PathLike,
    *,
    format: str | None = None,  # noqa: A002 - the public name of the design
    gazetteer: Gazetteer | None = None,
    column_map: Mapping[str, str] | None = None,
    on_bad_rows: OnBadRows = "error",
) -> gpd.GeoDataFrame:
    r"""Read incidents from a file.

    Parameters
    ----------
    path : str or path-like
        A CSV file with at least ``incident_id``, ``start`` (or ``date``) and one of ``place_text``, ``mgrs``, or
        ``latitude`` with ``longitude``.
    format : str, optional
        Recognised by the columns if not given.
    gazetteer : Gazetteer, optional
        Locates rows that have no coordinates; the bundled one if not given.
    column_map : mapping, optional
        Native column name to the file's, such as ``{"incident_id": "code"}``.
    on_bad_rows : {"error", "warn", "skip"}
        What to do with rows that fail, as pandas' ``on_bad_lines``.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326, one row an accepted input row, unlocated ones with geometry None. Columns of the file that
        have no meaning here are kept at the end as text.

    Raises
    ------
    geocasualty.errors.BadRowsError
        If rows fail and ``on_bad_rows`` is ``"error"``; its ``rejected`` is the table of all of them.
    geocasualty.errors.InputError
        If the file cannot be read or lacks a column.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("incident_id,date,place\nA1,2015-06-03,Hawija\nA2,2015-06-03,nowhere\n")
    >>> gcas.read_incidents(path)[["incident_id", "place_id", "precision"]]
      incident_id   place_id precision
    0          A1  gn:390188      town
    1          A2                  NaN
    """
    return _read(path, "incident", format, gazetteer, column_map, on_bad_rows)


def read_strikes(
    path: PathLike,
    *,
    format: str | None = None,  # noqa: A002
    gazetteer: Gazetteer | None = None,
    column_map: Mapping[str, str] | None = None,
    on_bad_rows: OnBadRows = "error",
) -> gpd.GeoDataFrame:
    r"""Read strikes from a file; as :func:`read_incidents`, with ``strike_id``.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "strikes.csv"
    >>> _ = path.write_text("strike_id,date,place,vicinity\nS1,2015-06-03,Hawija,yes\n")
    >>> float(gcas.read_strikes(path)["n_strikes"].sum())
    1.0
    """
    return _read(path, "strike", format, gazetteer, column_map, on_bad_rows)


def validate_incidents(
    path: PathLike,
    *,
    format: str | None = None,  # noqa: A002
    gazetteer: Gazetteer | None = None,
    column_map: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    r"""Read incidents and return the accepted rows and the table of the rejected ones.

    Returns
    -------
    accepted : geopandas.GeoDataFrame
        As :func:`read_incidents` returns it.
    rejected : pandas.DataFrame
        ``row`` (the first row below the header is 1), ``column``, ``value``, ``reason``; a row that fails twice
        stands in it twice.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("incident_id,date,lat,lon\nA1,2015-06-03,4239.0,43.8\n")
    >>> accepted, rejected = gcas.validate_incidents(path)
    >>> len(accepted), rejected.loc[0, "reason"]
    (0, 'expected degrees from -90 to 90')
    """
    return _validate(path, "incident", format, gazetteer, column_map)


def validate_strikes(
    path: PathLike,
    *,
    format: str | None = None,  # noqa: A002
    gazetteer: Gazetteer | None = None,
    column_map: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    r"""Read strikes and return the accepted rows and the table of the rejected ones; see :func:`validate_incidents`.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "strikes.csv"
    >>> _ = path.write_text("strike_id,date,place\nS1,2015-06-31,Hawija\n")
    >>> gcas.validate_strikes(path)[1]["column"].tolist()
    ['start']
    """
    return _validate(path, "strike", format, gazetteer, column_map)


def _read(
    path: PathLike,
    role: Role,
    name: str | None,
    gazetteer: Gazetteer | None,
    column_map: Mapping[str, str] | None,
    on_bad_rows: OnBadRows,
) -> gpd.GeoDataFrame:
    if on_bad_rows not in ("error", "warn", "skip"):
        raise InputError(f"on_bad_rows is {on_bad_rows!r}; expected 'error', 'warn' or 'skip'")
    accepted, rejected = _validate(path, role, name, gazetteer, column_map)
    if len(rejected) and on_bad_rows != "skip":
        message = _in_words(Path(path).name, rejected)
        if on_bad_rows == "error":
            raise BadRowsError(message, rejected)
        warnings.warn(message, GeocasualtyWarning, stacklevel=3)
    return accepted


def _in_words(name: str, rejected: pd.DataFrame) -> str:
    lines = [
        f"row {case.row}, column {case.column!r}, value {str(case.value)[:80]!r}: {case.reason}"
        for case in rejected.head(SHOWN).itertuples()
    ]
    more = len(rejected) - len(lines)
    rest = f"; and {more} more failures" if more else ""
    return f"{name}: " + "; ".join(lines) + rest + "; correct them, or pass on_bad_rows='skip'"


def _validate(
    path: PathLike,
    role: Role,
    name: str | None,
    gazetteer: Gazetteer | None,
    column_map: Mapping[str, str] | None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    gazetteer = gazetteer or load_gazetteer()
    file_name = Path(path).name
    cells = _mapped(read_csv_cells(path), column_map, file_name)
    native = find_format(name, cells).to_native(cells)
    _check_native(native, role, file_name)
    countries = {
        alias.lower(): place.country
        for place in map(gazetteer.place, gazetteer.countries["place_id"])
        for alias in gazetteer.names(place.place_id)
    }
    typed = Typed(native, role, countries)
    places = _locate_rows(typed, gazetteer)
    typed.add_times(["" if place is None else place.country for place in places])
    failures = typed.failures
    already = {(row, column) for row, column, _, _ in failures}
    for case in violations(typed.frame, role).itertuples(index=False):
        row = int(typed.rows[case.row])
        if (row, case.column) not in already:
            failures.append((row, case.column, case.value, case.reason))
    keep = ~np.isin(typed.rows, [row for row, *_ in failures])
    accepted = _frame(typed, places, role, Path(path).stem, keep)
    rejected = pd.DataFrame(sorted(failures), columns=["row", "column", "value", "reason"], dtype=object)
    return accepted, rejected


def _mapped(cells: Cells, column_map: Mapping[str, str] | None, name: str) -> Cells:
    missing = [theirs for theirs in (column_map or {}).values() if theirs not in cells]
    if missing:
        has = ", ".join(map(repr, cells))
        raise InputError(
            f"{name}: column_map names {', '.join(map(repr, missing))}, which the file lacks; it has {has}"
        )
    return cells | {ours: cells[theirs] for ours, theirs in (column_map or {}).items()}


def _check_native(cells: Cells, role: Role, name: str) -> None:
    lacking = [column for column in (id_column(role), "start") if column not in cells]
    located = "place_text" in cells or "mgrs" in cells or {"latitude", "longitude"} <= cells.keys()
    if not located:
        lacking.append("place_text (or mgrs, or latitude and longitude)")
    if lacking:
        has = ", ".join(repr(column) for column in cells if column != "row")
        raise InputError(f"{name}: no column {', '.join(lacking)}; the file has {has}; rename them or pass column_map=")


def _locate_rows(typed: Typed, gazetteer: Gazetteer) -> list[Located | None]:
    frame = typed.frame
    known: dict[Stated, Located | str] = {}
    places: list[Located | None] = []
    optional = (
        frame[["longitude", "latitude", "radius_m"]]
        .astype(object)
        .where(frame[["longitude", "latitude", "radius_m"]].notna(), None)
    )
    precisions = frame["precision"].astype(object).where(frame["precision"].notna(), "")
    rows = zip(
        optional["longitude"], optional["latitude"], frame["mgrs"], optional["radius_m"], precisions, frame["vicinity"],
        frame["place_text"], frame["country"], frame["admin1"], strict=True,
    )  # fmt: skip
    for position, row in enumerate(rows):
        stated = Stated(*row)
        if stated not in known:
            try:
                known[stated] = locate(stated, gazetteer)
            except InputError as error:
                known[stated] = str(error)
        found = known[stated]
        if isinstance(found, str):
            typed.failures.append((int(typed.rows[position]), "mgrs", stated.mgrs, found))
        places.append(None if isinstance(found, str) else found)
    return places


def _frame(
    typed: Typed, places: list[Located | None], role: Role, dataset: str, keep: npt.NDArray[np.bool_]
) -> gpd.GeoDataFrame:
    table = typed.frame[keep].reset_index(drop=True)
    found = cast("list[Located]", [place for place, kept in zip(places, keep, strict=True) if kept])
    stated_dataset = typed.cells.get("dataset")
    table["dataset"] = (
        pd.Series([dataset] * len(table), dtype=str)
        if stated_dataset is None
        else pd.Series(
            [text.strip() or dataset for text, kept in zip(stated_dataset, keep, strict=True) if kept],
            dtype=str,
        )
    )
    table["row"] = typed.rows[keep]
    table["radius_m"] = pd.Series([place.radius_m for place in found], dtype=float)
    table["precision"] = pd.Categorical([place.precision for place in found], dtype=precision_dtype())
    table["vicinity"] = pd.Series([place.vicinity for place in found], dtype=bool)
    for column in ("place_id", "country", "reason"):
        name = "location_reason" if column == "reason" else column
        table[name] = pd.Series([getattr(place, column) for place in found], dtype=str)
    if role == "strike":
        for column in ("n_strikes", "n_rows"):
            table[column] = table[column].fillna(1)
    columns = [
        column for column in (INCIDENT_COLUMNS if role == "incident" else STRIKE_COLUMNS) if column != "geometry"
    ]
    others = [column for column in typed.cells if column not in {*typed.frame.columns, *columns}]
    extra = {column: pd.Series(typed.cells[column], dtype=str)[keep].reset_index(drop=True) for column in others}
    geometry = gpd.GeoSeries([place.geometry for place in found], crs="EPSG:4326")
    return gpd.GeoDataFrame(table[columns].assign(**extra), geometry=geometry)
