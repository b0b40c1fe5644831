"""Whose strikes, in which countries and on which days, does a data set hold, and does it say that it holds them all?"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.theatre.countries import country_code

__all__ = ["COVERAGE_COLUMNS", "coverage"]

COVERAGE_COLUMNS = ("dataset", "belligerent", "country", "start", "end", "complete")

_DECLARED = (
    "dataset", "covers_belligerents", "covers_countries", "covers_start", "covers_end", "covers_complete",
)  # fmt: skip


def coverage(strikes: gpd.GeoDataFrame) -> pd.DataFrame:
    """What the rows of a table of strikes declare that their sources cover.

    Each row carries it in ``covers_belligerents``, ``covers_countries``, ``covers_start``, ``covers_end`` and
    ``covers_complete``: a daily release covers strikes of the Coalition in its hours; a ministry's list only its own.

    Parameters
    ----------
    strikes : geopandas.GeoDataFrame
        As :func:`geocasualty.read_strikes` returns it.

    Returns
    -------
    pandas.DataFrame
        ``dataset``, ``belligerent``, ``country``, ``start``, ``end`` (UTC, half-open) and ``complete``, sorted,
        distinct. Empty if nothing is declared: such records never support "none in the records".

    Raises
    ------
    geocasualty.errors.InputError
        If ``covers_complete`` holds anything but true, false and missing values, or a row declares from when its
        source covers strikes and not until when.

    Notes
    -----
    ``complete`` is the word of the source, not a finding about it: true where it says that it lists every strike of
    that belligerent there and then, false where it says that it leaves some out, where it is known to, or where
    nothing is said. The readers declare:

    - the Dutch list: true, for the Netherlands alone. The ministry called it "the complete list" of more than 2,100
      weapon deployments of 2014-2016 and 2018 (defensie.nl, news of 30 March 2023). A file cut out of it by place
      is not: state that with ``coverage=``.
    - Coalition releases dated before 2017: true. "Every single time we do an air strike, it gets listed on our daily
      air strike release" (spokesman, 28 October 2015; so too on 11 March 2016, "we've missed one or two", and on 27
      May 2016; quoted by M. Zenko, Foreign Policy, 7 February 2017). That of 23 November 2015 adds two strikes of the
      21st that were "previously unreported". Artillery fire in support of troops is no strike in these releases.
    - Coalition releases dated 2017 and later: false. They report strikes of past days when these "closed", such as 26
      of 11-12 August in that of 14 August 2017, and from 2018 on sums of a week, then of two weeks.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> covered = gcas.coverage(gcas.load_casebook().strikes)
    >>> sorted(set(covered["belligerent"])), covered["complete"].all()
    (['Coalition', 'Netherlands'], np.True_)
    """
    zoned = pd.DatetimeTZDtype("s", "UTC")
    found = set()
    if {"covers_belligerents", "covers_countries", "covers_start", "covers_end"} <= set(strikes.columns):
        columns = [name for name in _DECLARED if name in strikes.columns]
        declared = pd.DataFrame(strikes[columns])[strikes["covers_start"].notna()].drop_duplicates()
        for row in declared.to_dict("records"):
            dataset, whose, where = (_text(row.get(name)) for name in _DECLARED[:3])
            start, end, said = row["covers_start"], row["covers_end"], _said(row.get("covers_complete", False))
            for belligerent in filter(None, (name.strip() for name in whose.split(";"))):
                for country in filter(None, (country_code(name) or name.strip().upper() for name in where.split(";"))):
                    if pd.isna(end):
                        raise _no_end(strikes)
                    found.add((dataset, belligerent, country, start, end, said))
    table = pd.DataFrame(sorted(found), columns=list(COVERAGE_COLUMNS))
    kinds = {"dataset": str, "belligerent": str, "country": str, "start": zoned, "end": zoned, "complete": bool}
    return table.astype(kinds)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _no_end(strikes: gpd.GeoDataFrame) -> InputError:
    """The first row that declares a start of its coverage and no end."""
    row = int((strikes["covers_start"].notna() & strikes["covers_end"].isna()).to_numpy().argmax())
    return InputError(
        f"strikes: row {row + 1}, column 'covers_end', value NaT: expected a time, since covers_start is "
        f"{strikes['covers_start'].iloc[row].isoformat()}; fill it in, or empty covers_start",
        row=row + 1,
        column="covers_end",
    )


def _said(value: Any) -> bool:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if pd.isna(value):
        return False
    raise InputError(
        f"strikes: column 'covers_complete', value {str(value)[:60]!r}: expected True or False",
        column="covers_complete",
        value=value,
    )
