"""Which file, reader and gazetteer does each record come from, and how many of them are located?"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.records._words import TEXT, text_of

PROVENANCE_COLUMNS = (
    "dataset", "reader", "gazetteer", "rows", "accepted", "located", "unlocated", "corrected",
)  # fmt: skip


def provenance(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Say for each data set of a table where its records come from.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents or strikes. Of the columns ``dataset``, ``row``, ``rows``, ``reader``, ``gazetteer`` and
        ``corrected_by`` those that are absent count as empty.

    Returns
    -------
    pandas.DataFrame
        Sorted by ``dataset``; ``reader`` and ``gazetteer`` (with their versions; several are joined by ``;``);
        ``rows`` (distinct input rows behind the records, those that ``rows`` lists where several were merged into one:
        six identical rows make one record, and a row that names four places makes four), ``accepted`` (records), of
        which ``located``, ``unlocated`` (no shape, or an empty one) and ``corrected`` (by
        a person).

    Raises
    ------
    geocasualty.errors.InputError
        If it is no GeoDataFrame.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> from geocasualty.records._provenance import provenance
    >>> table = provenance(gcas.load_casebook().strikes)
    >>> int(table["accepted"].sum()), int(table["located"].sum())
    (5, 5)
    >>> len(provenance(gcas.load_casebook().strikes.head(0)))
    0
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"expected a geopandas.GeoDataFrame of records, got {type(frame).__name__}")
    texts = {name: _texts(frame, name) for name in ("dataset", "reader", "gazetteer", "corrected_by")}
    located = ~(frame.geometry.isna() | frame.geometry.is_empty)
    table = pd.DataFrame(
        {
            "dataset": texts["dataset"],
            "reader": texts["reader"],
            "gazetteer": texts["gazetteer"],
            "rows": rows_behind(frame),
            "located": located.to_numpy(),
            "corrected": [bool(text) for text in texts["corrected_by"]],
        }
    )
    found = table.groupby("dataset", sort=True).agg(
        reader=("reader", _distinct),
        gazetteer=("gazetteer", _distinct),
        rows=("rows", lambda rows: len(set().union(*rows))),
        accepted=("located", "size"),
        located=("located", "sum"),
        unlocated=("located", lambda here: int((~here).sum())),
        corrected=("corrected", "sum"),
    )
    kinds = dict.fromkeys(PROVENANCE_COLUMNS[:3], TEXT) | dict.fromkeys(PROVENANCE_COLUMNS[3:], "int64")
    return found.reset_index()[list(PROVENANCE_COLUMNS)].astype(kinds)


def _distinct(texts: pd.Series[Any]) -> str:
    return ";".join(sorted({*texts} - {""}))


def rows_behind(frame: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    """The input rows behind each record."""
    first = frame["row"].tolist() if "row" in frame.columns else range(len(frame))
    merged = _texts(frame, "rows")
    return [tuple(text.split(";")) if text else (str(row),) for text, row in zip(merged, first, strict=True)]


def _texts(frame: gpd.GeoDataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * len(frame)
    return [text_of(value) for value in frame[name].astype(object)]
