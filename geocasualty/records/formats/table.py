"""Any delimited table whose columns have the native names, or names close to them."""

from __future__ import annotations

from collections.abc import Iterable

from geocasualty.records.formats.protocol import Cells, Format

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
    "wkt": ("geometry_wkt",),
    "geometry": ("geometry_wkt",),
}
"""Common names of columns, and the native ones that they stand for where those are absent."""


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

    Examples
    --------
    >>> to_native({"Date": ["2015-06-03"], "place": ["Hawijah"]})["place_text"]
    ['Hawijah']
    """
    lowered = {name.strip().lower(): values for name, values in cells.items()}
    native = dict(lowered)
    for alias, targets in ALIASES.items():
        for target in targets:
            if alias in lowered and target not in lowered:
                native[target] = lowered[alias]
                native.pop(alias, None)
    if "row" in native:
        native["attribute_row"] = native.pop("row")
    return native


FORMAT = Format("csv", recognises, to_native, columnar=True)
