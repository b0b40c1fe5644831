"""Whose strikes, in which countries and on which days, does a data set hold?"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

__all__ = ["COVERAGE_COLUMNS", "coverage"]

COVERAGE_COLUMNS = ("dataset", "belligerent", "country", "start", "end")


def coverage(strikes: gpd.GeoDataFrame) -> pd.DataFrame:
    """What the rows of a table of strikes declare that their sources cover.

    Each row carries it in ``covers_belligerents``, ``covers_countries``, ``covers_start`` and ``covers_end``: a
    daily release covers all strikes of the Coalition in its hours; a ministry's list only its own.

    Parameters
    ----------
    strikes : geopandas.GeoDataFrame
        As :func:`geocasualty.read_strikes` returns it.

    Returns
    -------
    pandas.DataFrame
        ``dataset``, ``belligerent``, ``country``, ``start``, ``end`` (UTC, half-open), sorted, distinct. Empty if
        nothing is declared: such records never support "none in the records".

    Examples
    --------
    >>> import geocasualty as gcas
    >>> covered = gcas.coverage(gcas.load_casebook().strikes)
    >>> sorted(set(covered["belligerent"]))
    ['Coalition', 'Netherlands']
    """
    zoned = pd.DatetimeTZDtype("s", "UTC")
    found = set()
    if {"covers_belligerents", "covers_countries", "covers_start", "covers_end"} <= set(strikes.columns):
        for row in strikes[strikes["covers_start"].notna()].itertuples():
            for belligerent in filter(None, row.covers_belligerents.split(";")):
                for country in filter(None, (code.strip().upper() for code in row.covers_countries.split(";"))):
                    found.add((row.dataset, belligerent, country, row.covers_start, row.covers_end))
    table = pd.DataFrame(sorted(found), columns=list(COVERAGE_COLUMNS))
    return table.astype({"dataset": str, "belligerent": str, "country": str, "start": zoned, "end": zoned})
