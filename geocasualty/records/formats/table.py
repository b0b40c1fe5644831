"""Any delimited table whose columns have the native names, or names close to them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

from geocasualty.errors import InputError
from geocasualty.records.formats.protocol import Cells, Format, lowered
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS

__all__ = ["FORMAT", "spellings"]

ALIASES = {
    "id": ("incident_id", "strike_id"),
    "date": ("start",),
    "date_start": ("start",),
    "date_end": ("end",),
    "place": ("place_text",),
    "location": ("place_text",),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "lng": ("longitude",),
    "governorate": ("admin1",),
    "province": ("admin1",),
    "belligerent": ("belligerents",),
    "source": ("sources",),
    "killed": ("killed_min", "killed_max"),
    "injured": ("injured_min", "injured_max"),
    "wkt": ("geometry_wkt",),
    "geometry": ("geometry_wkt",),
}
"""Common names of columns, and the native ones that they stand for where those are absent."""

NATIVE = frozenset({
    *INCIDENT_COLUMNS, *STRIKE_COLUMNS, "latitude", "longitude", "mgrs", "admin1", "geometry_wkt", "row", "rows",
    "location_note", "local_time", "utc_time",
})  # fmt: skip
"""Names of columns that mean something in any table."""

PARTS = ("year", "month", "day")
"""Columns of which a date is made in a table that has none."""

PROVENANCE = frozenset({"reader", "flags", "location_reason", "gazetteer"})
"""Columns of a table that this package made: what its other columns say was judged when it was first read."""


def spellings(native: str) -> str:
    """A native column with the other names that it may have in a table.

    Examples
    --------
    >>> spellings("start"), spellings("mgrs")
    ("'start' (or 'date', 'date_start')", "'mgrs'")
    """
    others = [alias for alias, targets in ALIASES.items() if native in targets]
    return repr(native) + (f" (or {', '.join(map(repr, others))})" if others else "")


def recognises(columns: Iterable[str]) -> bool:
    """Any table will do."""
    return bool(list(columns))


def to_native(cells: Cells) -> Cells:
    """Rename aliases; other columns stay as they are, but for ``row``, which counts here: it is ``attribute_row``.

    Raises
    ------
    geocasualty.errors.InputError
        If two columns differ in case alone, or may both be one native column.

    Examples
    --------
    >>> to_native({"Date": ["2015-06-03"], "place": ["Hawijah"]})["place_text"]
    ['Hawijah']
    """
    table = lowered(cells)
    native = dict(table)
    taken: dict[str, str] = {}
    for alias, targets in ALIASES.items():
        for target in targets:
            if alias in table and target not in table:
                other = taken.setdefault(target, alias)
                if other != alias:
                    raise InputError(
                        f"columns {other!r} and {alias!r} may both be {target!r}; say which with column_map="
                    )
                native[target] = table[alias]
                native.pop(alias, None)
    if "start" not in native and "year" in table:
        native["start"] = _dates(table["year"], table.get("month"), table.get("day"))
    if "row" in native:
        native["attribute_row"] = native.pop("row")
    return native


def _dates(years: Iterable[str], months: Iterable[str] | None, days: Iterable[str] | None) -> list[str]:
    """Dates of which year, month and day stand in columns of their own, as far as they are said.

    Examples
    --------
    >>> _dates(["2015", "2015", "2015"], ["6", "June", ""], ["3", "", ""])
    ['2015-06-03', 'June 2015', '2015']
    """
    written = []
    for parts in zip(years, *(each if each is not None else repeat("") for each in (months, days)), strict=False):
        year, month, day = (part.strip() for part in parts)
        if month.isdecimal() or not month:
            written.append("-".join(filter(None, (year, month.zfill(2) * bool(month), day.zfill(2) * bool(day)))))
        else:
            written.append(" ".join(filter(None, (day, month, year))))
    return written


def known(columns: Iterable[str]) -> frozenset[str]:
    """The native names, and the others that stand for one that the table lacks; in this package's own tables all.

    Examples
    --------
    >>> sorted(known(["date", "place", "start", "perpetrator"]) & {"date", "place", "start", "perpetrator"})
    ['place', 'start']
    """
    names = frozenset(name.strip().lower() for name in columns)
    if names >= PROVENANCE:
        return names
    parts = set() if names & {"start", "date", "date_start"} or "year" not in names else set(PARTS)
    return NATIVE | parts | {alias for alias, targets in ALIASES.items() if not names & set(targets)}


FORMAT = Format(
    "csv",
    recognises,
    to_native,
    columnar=True,
    known=known,
    times=("start", "end", *(alias for alias, targets in ALIASES.items() if set(targets) <= {"start", "end"})),
)
