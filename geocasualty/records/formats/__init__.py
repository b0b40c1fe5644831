"""One module per file format: each turns the cells of its files into the native columns."""

from __future__ import annotations

from collections.abc import Iterable

from geocasualty.errors import InputError
from geocasualty.records.formats import (
    acled,
    airwars,
    bureau,
    centcom,
    dutch_mod,
    insecurity_insight,
    table,
    timemap,
    ucdp_ged,
    yemen_data_project,
)
from geocasualty.records.formats.protocol import Cells, Format, Refusal

__all__ = ["FORMATS", "Cells", "Format", "Refusal", "find_format"]

FORMATS = {
    known.name: known
    for known in (
        centcom.FORMAT,
        dutch_mod.FORMAT,
        airwars.FORMAT,
        ucdp_ged.FORMAT,
        acled.FORMAT,
        yemen_data_project.FORMAT,
        bureau.FORMAT,
        timemap.FORMAT,
        insecurity_insight.FORMAT,
        table.FORMAT,
    )
}
"""By name, in the order in which they are tried."""


def find_format(name: str | None, columns: Iterable[str]) -> Format:
    """The format of this name, or the first that recognises the columns.

    Raises
    ------
    geocasualty.errors.InputError
        If there is none of that name.
    """
    if name is None:
        columns = list(columns)
        return next((known for known in FORMATS.values() if known.recognises(columns)), table.FORMAT)
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}; expected one of {', '.join(map(repr, sorted(FORMATS)))}")
    return FORMATS[name]
