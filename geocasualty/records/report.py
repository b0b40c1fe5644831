"""What was read of a file, in a few lines: rows, days, places, parties, and the columns that nobody used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from geocasualty._shown import html_table, shown
from geocasualty.errors import InputError
from geocasualty.records._columns import ANSWERING, meaning_of, names_of_persons
from geocasualty.records._provenance import provenance
from geocasualty.records.recorders import FIELDS
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS

__all__ = ["ReadReport", "read_report"]

READ = "read"
"""Key of ``frame.attrs`` under which the reading functions say of the file what no column says."""

SHOWN = 4
"""Values that a line names, the commonest first."""

_KNOWN = frozenset(
    {*INCIDENT_COLUMNS, *STRIKE_COLUMNS, "latitude", "longitude", "mgrs", "admin1", "corrected_by", "rows", *FIELDS}
)


class ReadReport(NamedTuple):
    """Lines of two parts: what about, and what is to be said; printed as text, in a notebook as a table."""

    lines: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.lines), default=0)
        return "\n".join(f"{label:<{width}}  {shown(said)}" for label, said in self.lines)

    def _repr_html_(self) -> str:
        return html_table("What was read", self.lines)


def read_report(frame: gpd.GeoDataFrame) -> ReadReport:
    r"""Say what a table of records holds, as it was read: the first thing to look at, before any finding.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents or strikes, as the reading functions return them. What they say of the file itself (its kind,
        its rows, those rejected, the order of day and month) is in ``frame.attrs`` and goes with a selection of its
        rows; all else is counted in the frame as it is now.

    Returns
    -------
    ReadReport
        Its ``lines``: file, records, days, zones, countries, places, parties, flags, and columns that have no meaning
        here, with the one that their names suggest.

    Raises
    ------
    geocasualty.errors.InputError
        If it is no table of records.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("incident_id,date,place,colour\nA1,2015-06-03,Hawija,red\nA2,2015-06-04,nowhere,\n")
    >>> print(gcas.read_report(gcas.read_incidents(path)))
    file       mine.csv: delimited text, read as csv/2; 2 rows
    records    2 of 2 rows
    days       2015-06-03 to 2015-06-04
    zones      Asia/Baghdad 1; UTC 1
    countries  IQ 1; none 1
    places     1 located: town 1; 1 not: no place has the name … 1
    parties    none named in 2
    unused     'colour' (of no known meaning)
    flags      unknown-timezone 1
    """
    if not {"start", "end", "location_reason", "flags"} <= set(frame.columns):
        raise InputError("expected a table as gcas.read_incidents or gcas.read_strikes returns it")
    return ReadReport(tuple(_lines(frame)))


def _lines(frame: gpd.GeoDataFrame) -> Iterator[tuple[str, str]]:
    said = frame.attrs.get(READ)
    if isinstance(said, str):
        yield "file", said
    rows = int(provenance(frame)["rows"].sum())
    yield "records", f"{len(frame):,} of {rows:,} row{'s' * (rows != 1)}"
    if not len(frame):
        return
    zones = frame["timezone"].astype(str)
    ends = frame["end"] - pd.Timedelta(seconds=1)
    at, till = int(frame["start"].to_numpy().argmin()), int(ends.to_numpy().argmax())
    first, last = frame["start"].iloc[at].tz_convert(zones.iloc[at]), ends.iloc[till].tz_convert(zones.iloc[till])
    yield "days", f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    yield "zones", _counted(zones)
    yield "countries", _counted(frame["country"].astype(str))
    located = ~(frame.geometry.isna() | frame.geometry.is_empty).to_numpy()
    parts = [
        f"{int(located.sum()):,} located"
        + (f": {_counted(frame.loc[located, 'precision'].astype(str))}" if located.any() else "")
    ]
    if not located.all():
        parts.append(
            f"{int((~located).sum()):,} not: {_counted(map(_why, frame.loc[~located, 'location_reason'].astype(str)))}"
        )
    yield "places", "; ".join(parts)
    parties = frame["belligerents"].astype(str)
    unnamed = int((parties == "").sum())
    named = [name for text in parties for name in text.split(";") if name]
    yield "parties", "; ".join(filter(None, (_counted(named), f"none named in {unnamed:,}" if unnamed else "")))
    others = [str(name) for name in frame.columns if name not in _KNOWN and not str(name).startswith("attribute_")]
    persons = names_of_persons(others)
    if persons:
        yield (
            "names",
            f"{', '.join(name[:40] for name in persons)}: of persons, it seems; not written unless names= asks",
        )
    others = [name for name in others if name not in persons]
    if others:
        yield from _others(others, any(text.startswith("csv/") for text in set(frame["reader"].astype(str))))
    flags = [flag for text in frame["flags"].astype(str) for flag in text.split(";") if flag]
    if flags:
        yield "flags", _counted(flags)


def _others(names: list[str], unread: bool) -> Iterator[tuple[str, str]]:
    """Columns beside those of a record: nobody reads those of a table of the user's own."""
    shown = sorted(((name, meaning_of(name)) for name in names), key=lambda each: each[1] not in ANSWERING)
    more = f" and {len(shown) - 2 * SHOWN} more" if len(shown) > 2 * SHOWN else ""
    said = [
        f"{name[:40]!r}" + (f" ({meaning or 'of no known meaning'})" if unread else "")
        for name, meaning in shown[: 2 * SHOWN]
    ]
    yield "unused" if unread else "kept", ", ".join(said) + more


def _counted(values: Iterable[str]) -> str:
    counts = sorted(Counter(value or "none" for value in values).items(), key=lambda each: (-each[1], each[0]))
    more = sum(count for _, count in counts[SHOWN:])
    shown = [f"{value} {count:,}" for value, count in counts[:SHOWN]]
    return "; ".join([*shown, f"{len(counts) - SHOWN} others {more:,}"] if more else shown)


def _why(reason: str) -> str:
    """The kind of a reason, without the names in it."""
    return re.sub(r"'[^']*'", "…", reason.removeprefix("unresolved: ")).split(";")[0][:90] or "no place stated"
