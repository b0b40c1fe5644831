"""Whose strikes, in which countries and on which days, does a data set hold, and does it say that it holds them all?"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records._moved import days_elsewhere
from geocasualty.records._words import parts_of, text_of
from geocasualty.theatre.countries import country_code, not_a_country
from geocasualty.theatre.zones import timezone_of

COVERAGE_COLUMNS = ("dataset", "belligerent", "country", "start", "end", "complete")
"""What a table of coverage needs; :func:`coverage` adds ``kinds``."""

KEY = ("dataset", "covers_belligerents", "covers_countries", "covers_start", "covers_end")
"""What the rows of one declaration have in common: their source holds them all, or says that it does not."""

DECLARED = (*KEY, "covers_complete", "covers_kinds", "covers_rows")


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
        ``dataset``, ``belligerent``, ``country``, ``start``, ``end`` (UTC, half-open), ``complete`` and ``kinds`` (of
        attack that are held, joined by ``;``), sorted, distinct. Empty if nothing is declared: such records never
        support "none in the records".

    Raises
    ------
    geocasualty.errors.InputError
        If ``covers_complete`` holds anything but true, false and missing values, or a row declares from when its
        source covers strikes and not until when.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        If sources that say they hold all strikes are not complete here, since rows of them are missing.

    Notes
    -----
    Completeness belongs to a source as it was read. Each row carries in ``covers_rows`` how many records the source
    gave for the same declaration, those included that were rejected or skipped; where the table now holds another
    number of them, or nobody says how many there were, ``complete`` is false. A table that was cut by place, country
    or party, sampled, or read with ``on_bad_rows="skip"`` past bad rows, therefore supports no absence. Whole releases
    may be left out: then their days are not covered.

    Otherwise ``complete`` is the word of the source, not a finding about it: true where it says that it lists every
    strike of that belligerent there and then, false where it says that it leaves some out, where it is known to, or
    where nothing is said. The readers declare:

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
    >>> sorted(set(covered["belligerent"])), covered["complete"].all(), sorted(set(covered["kinds"]))
    (['Coalition', 'Netherlands'], np.True_, ['air', 'air;drone'])
    """
    return coverage_of([declared(strikes)], stacklevel=3)


def declared(strikes: gpd.GeoDataFrame) -> pd.DataFrame:
    """A row for each declaration: what it says, its records as they were read (``rows``) and those held now (``held``).

    Tables of several parts of one set of strikes are put together by :func:`coverage_of`.
    """
    if not {"covers_belligerents", "covers_countries", "covers_start", "covers_end"} <= set(strikes.columns):
        return pd.DataFrame({name: [] for name in (*KEY, "complete", "kinds", "rows", "held")})
    said = strikes["covers_start"].notna().to_numpy()
    rows = pd.DataFrame({name: strikes[name].array if name in strikes.columns else "" for name in KEY})[said]
    if rows["covers_end"].isna().any():
        raise _no_end(strikes)
    rows["complete"] = _yes(strikes, said)
    rows["kinds"] = _column(strikes, "covers_kinds", said, "")
    rows["rows"] = _column(strikes, "covers_rows", said, pd.NA)
    which, distinct = _numbered(rows, [*KEY, "complete", "kinds", "rows"])
    table = rows.iloc[distinct].reset_index(drop=True)
    table["held"] = _held(strikes, said, which, len(table))
    return table


def _numbered(rows: pd.DataFrame, columns: list[str]) -> tuple[Any, Any]:
    """For each row the number of its distinct content, and the first row of each."""
    which = np.zeros(len(rows), dtype=np.int64)
    for column in columns:
        codes, texts = pd.factorize(rows[column], use_na_sentinel=False)
        which, _ = pd.factorize(which * max(len(texts), 1) + codes)
    return which, np.unique(which, return_index=True)[1]


def _held(strikes: gpd.GeoDataFrame, said: Any, which: Any, count: int) -> Any:
    """How many distinct records each declaration has."""
    if "strike_id" in strikes.columns:
        ids = strikes["strike_id"][said]
        if not ids.is_unique:
            first = ~pd.DataFrame({"which": which, "id": ids.array}).duplicated().to_numpy()
            which = which[first]
    return np.bincount(which, minlength=count)


def _column(strikes: gpd.GeoDataFrame, name: str, said: Any, missing: Any) -> Any:
    if name not in strikes.columns:
        return missing
    values = strikes[name][said].astype(object)
    return values.where(values.notna(), missing).to_numpy()


def _yes(strikes: gpd.GeoDataFrame, said: Any) -> Any:
    if "covers_complete" not in strikes.columns:
        return False
    values = strikes["covers_complete"][said]
    return values.to_numpy(bool) if values.dtype == bool else np.array([_said(value) for value in values], dtype=bool)


def coverage_of(parts: Iterable[pd.DataFrame], *, stacklevel: int = 2) -> pd.DataFrame:
    """The table of coverage that declarations make together, with a warning of those that rows are missing of.

    A declaration is complete if all of its rows say so and none is missing; it holds the kinds of attack that all of
    its rows name.
    """
    found: set[tuple[Any, ...]] = set()
    cut: list[str] = []
    for key, rows in _by_key(parts).items():
        dataset, whose, where, start, end = key
        said = all(row["complete"] for row in rows)
        lacking = _lacking(rows) if said else ""
        if lacking:
            cut.append(f"{dataset or 'a data set'}, {whose}, {start:%Y-%m-%d} to {end:%Y-%m-%d}: {lacking}")
        kinds = set.intersection(*({*text_of(row["kinds"]).split(";")} - {""} for row in rows))
        countries = [_country(name) for name in parts_of(where)]
        for belligerent in parts_of(whose):
            for country in countries:
                first, last = _days_there(start, end, country, countries)
                found.add((dataset, belligerent, country, first, last, said and not lacking, ";".join(sorted(kinds))))
    table = pd.DataFrame(sorted(found), columns=[*COVERAGE_COLUMNS, "kinds"])
    zoned = pd.DatetimeTZDtype("s", "UTC")
    types = {"dataset": str, "belligerent": str, "country": str, "start": zoned, "end": zoned, "complete": bool}
    if cut:
        warnings.warn(_in_words(cut), GeocasualtyWarning, stacklevel=stacklevel)
    return table.astype(types | {"kinds": str})


def cut_declarations(strikes: gpd.GeoDataFrame) -> set[tuple[str, str, Any, Any]]:
    """Declarations (dataset, belligerents, start, end) of which records that were read are missing, or may be."""
    return {(key[0], key[1], key[3], key[4]) for key, rows in _by_key([declared(strikes)]).items() if _lacking(rows)}


def rows_declared(strikes: gpd.GeoDataFrame) -> dict[tuple[str, str, int, int], Any]:
    """The rows that declare one span of one data set for the same belligerents.

    By time: ``dataset``, ``covers_belligerents``, start and end in seconds since 1970 UTC.
    """
    whose, edges = KEY[:2], KEY[3:]
    if not {*edges} <= set(strikes.columns):
        return {}
    known = np.flatnonzero(strikes[[*edges]].notna().all(axis=1))
    rows = strikes.iloc[known]
    spans = [rows[name].dt.tz_convert(None).to_numpy("datetime64[s]").astype(int) for name in edges]
    texts = [map(text_of, rows[name]) if name in rows else [""] * len(rows) for name in whose]
    found: dict[tuple[int, int, str, str], list[int]] = {}
    for row, *key in zip(known.tolist(), *(span.tolist() for span in spans), *texts, strict=True):
        found.setdefault(tuple(key), []).append(row)
    return {(dataset, name, start, end): np.array(found[start, end, dataset, name], dtype=np.int64)
            for start, end, dataset, name in sorted(found)}  # fmt: skip


def _country(name: str) -> str:
    code = country_code(name)
    if not code:
        raise InputError(
            f"strikes: column 'covers_countries', value {name[:60]!r}: {not_a_country(name)}",
            column="covers_countries",
            value=name,
        )
    return code


def _days_there(start: Any, end: Any, country: str, countries: list[str]) -> tuple[Any, Any]:
    """A declaration in whole days of one of its countries is one of the same local days in each of them."""
    for other in countries:
        days = days_elsewhere(start, end, timezone_of(other), timezone_of(country))
        if days is not None:
            return pd.Timestamp(days.start).as_unit("s"), pd.Timestamp(days.end).as_unit("s")
    return start, end


def _by_key(parts: Iterable[pd.DataFrame]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    keys: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for part in parts:
        for row in part.to_dict("records"):
            dataset, whose, where = (text_of(row[name]) for name in KEY[:3])
            keys.setdefault((dataset, whose, where, row["covers_start"], row["covers_end"]), []).append(row)
    return keys


def _lacking(rows: list[dict[str, Any]]) -> str:
    """Why the rows of a declaration are not those that were read; empty where they are."""
    read = {None if pd.isna(row["rows"]) else int(row["rows"]) for row in rows}
    held = sum(int(row["held"]) for row in rows)
    if read == {held}:
        return ""
    if None in read:
        return "nobody says how many records its source holds (covers_rows)"
    return f"{held:,} of {' or '.join(f'{count:,}' for count in sorted(read))} records"  # type: ignore[type-var]


def _in_words(cut: list[str]) -> str:
    return (
        f"strikes: {len(cut):,} declarations of coverage are not complete here, since records that were read for them "
        f"are missing or were rejected, or others were added ({sorted(cut)[0]}); they support no absence. Pass the "
        "records as they were read, or leave out whole releases"
    )


def rows_as_read(frame: pd.DataFrame, unknown: Any, lost: int) -> Any:
    """How many records a source gives for the declaration of each row; missing where a row declares nothing.

    The frame has the columns of :data:`KEY` for all records, rejected ones too. Rows that are ``unknown`` have a
    declaration that cannot be read, and may belong to any; of ``lost`` further rows of the input no record was made.
    """
    says = frame["covers_start"].notna().to_numpy() & ~unknown
    which, _ = _numbered(frame[list(KEY)][says], list(KEY))
    counts = np.zeros(len(frame), dtype=np.int64)
    if len(which):
        counts[says] = np.bincount(which)[which] + int(unknown.sum()) + lost
    return pd.arrays.IntegerArray(counts, ~says)


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
