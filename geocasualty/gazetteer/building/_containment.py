"""Gives each place the areas that it lies in, by the outlines that the sources brought."""

from __future__ import annotations

from collections.abc import Iterable

from geocasualty.gazetteer._containment import Area, AreaTree
from geocasualty.gazetteer.building._entry import Entry
from geocasualty.gazetteer.building._record import Report
from geocasualty.taxonomy import LEVELS, PARENT_COLUMN

__all__ = ["locate"]


def locate(entries: dict[str, Entry], report: Report) -> None:
    """Fill in missing parents; report where an outline and a source disagree, and believe the source."""
    everything = list(entries.values())
    _from_parents(entries, everything)
    for level, kind in enumerate(LEVELS):
        tree = AreaTree(
            Area(entry.place_id, entry.polygon)
            for entry in everything
            if entry.kind == kind and entry.polygon is not None
        )
        below = [entry for entry in everything if not (entry.kind in LEVELS and LEVELS.index(entry.kind) <= level)]
        found = tree.find([entry.lon for entry in below], [entry.lat for entry in below])
        for entry, place_id in zip(below, found, strict=True):
            if place_id:
                _give(entry, entries[place_id], kind, entries, report)
    _from_parents(entries, everything)


def _give(entry: Entry, area: Entry, kind: str, entries: dict[str, Entry], report: Report) -> None:
    column = PARENT_COLUMN[kind]
    stated = getattr(entry, column)
    value = area.country if kind == "country" else area.place_id
    if stated == value or entry.kind == "area":
        return
    against = stated or _contradicted(entry, area)
    if not against:
        setattr(entry, column, value)
        return
    known = entries.get(against)
    report.add(
        "parent-differs", "", "", f"the outline puts it in {area.name} ({value})", place_id=entry.place_id,
        name=entry.name, column=column, value=known.name if known else against,
    )  # fmt: skip


def _contradicted(entry: Entry, area: Entry) -> str:
    """The country or parent that a place has and that is not the area's."""
    pairs = ((entry.country, area.country), (entry.admin1, area.admin1), (entry.admin2, area.admin2))
    return next((ours for ours, theirs in pairs if ours and theirs and ours != theirs), "")


def _from_parents(entries: dict[str, Entry], everything: Iterable[Entry]) -> None:
    """A sub-district's district and a district's governorate are those of what lies in it."""
    for entry in everything:
        for column in ("admin3", "admin2", "admin1"):
            parent = entries.get(getattr(entry, column))
            if parent is None:
                setattr(entry, column, "")
                continue
            entry.admin2 = entry.admin2 or parent.admin2
            entry.admin1 = entry.admin1 or parent.admin1
            entry.country = entry.country or parent.country
