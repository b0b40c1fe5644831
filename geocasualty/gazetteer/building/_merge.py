"""Which records are one place, and in which areas does it lie? Joins them, or keeps them apart and says why."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from geocasualty.gazetteer._containment import AreaTree
from geocasualty.gazetteer.building._entry import Entry, entry_of
from geocasualty.gazetteer.building._footprint import overlap
from geocasualty.gazetteer.building._record import Parent, Record, Report
from geocasualty.gazetteer.names import fold_key
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.taxonomy import LEVELS, PARENT_COLUMN, TAXONOMY, merge_class

SAME_FOOTPRINT = 0.75
"""Share of the joint area above which two outlines of one kind are one area, whatever its name: Natural Earth's
outlines of Iraq's governorates share 0.8 and more with OCHA's, those of different areas next to nothing."""

SAME_SPOT_M = 1_000.0
"""A source that lists one name twice within a kilometre repeats itself; farther apart it means two places."""

TRUSTED = 3.0
"""How many times the distance for a name an identifier may bridge; beyond it the identifier is a mistake."""

KEPT_APART = 3.0
"""Up to how many times its distance a pair that was not merged is worth a line in the report."""

_METRES_PER_DEGREE = 111_320.0


class _Match(NamedTuple):
    entry: Entry
    reason: str
    distance_m: float


class Merger:
    """The places so far, whose identifiers stay; ``add`` gives each record to one of them, or begins another.

    The report is told of every record that did not simply become a place of its own.
    """

    def __init__(self, entries: list[Entry], report: Report) -> None:
        self.entries: dict[str, Entry] = {}
        self._report = report
        self._identified: dict[tuple[str, str], Entry] = {}
        self._named: dict[tuple[str, str], list[Entry]] = {}
        self._outlined: dict[str, list[Entry]] = {}
        for entry in entries:
            self._begin(entry)
            for name in entry.names:
                self._index(entry, name)

    def _begin(self, entry: Entry) -> None:
        self.entries[entry.place_id] = entry
        self._identified.setdefault((entry.kind_class, entry.place_id), entry)
        if entry.kind in LEVELS:
            self._outlined.setdefault(entry.kind, []).append(entry)

    def _index(self, entry: Entry, name: str) -> None:
        key = fold_key(name)
        if key:
            same = self._named.setdefault((entry.kind_class, key), [])
            if entry not in same[-1:] and entry not in same:
                same.append(entry)

    def add(self, record: Record, *, alone: bool = False) -> Entry:
        """Give a record its place; one that is ``alone`` can be no other's, and is not known by its names."""
        parents = self._parents(record)
        match = None
        if not alone:
            match = self._by_identifier(record) or self._by_name(record, parents) or self._by_footprint(record)
        if match is None:
            entry = entry_of(record, self._free_id(record))
            self._begin(entry)
            entry.take(record, "new", 0.0)
        else:
            entry = match.entry
            entry.take(record, match.reason, match.distance_m)
            self._report.about(
                "merged", record, match.reason, place_id=entry.place_id, distance_m=round(match.distance_m)
            )
        self._fill(entry, record, parents, alone)
        return entry

    def _free_id(self, record: Record) -> str:
        place_id, number = record.record_id, 1
        while place_id in self.entries:
            number += 1
            place_id = f"{record.record_id}-{number}"
        return place_id

    def _fill(self, entry: Entry, record: Record, parents: dict[str, str], alone: bool) -> None:
        kind_class = entry.kind_class
        for identifier in record.identifiers:
            self._identified.setdefault((kind_class, identifier), entry)
        for name, language in [*record.names, (record.name, "")]:
            if alone:
                entry.add_name(name, language, record.source.title)
            else:
                self.name(entry, name, language, record.source.title)
        for code in record.codes:
            entry.add_name(code, "", record.source.title)
            entry.codes.add(code)
        for kind, place_id in parents.items():
            column = PARENT_COLUMN[kind]
            if not getattr(entry, column):
                setattr(entry, column, place_id)
        if record.polygon is None:
            return
        if not entry.polygon_file:
            if entry.polygon is not None:
                self._report.about(
                    "polygon-replaced", record, f"finer than that of {entry.polygon_source}", place_id=entry.place_id
                )
            entry.take_polygon(record)
        else:
            self._report.about(
                "polygon-not-used", record, f"the outline of {entry.polygon_note} was there first",
                place_id=entry.place_id,
            )  # fmt: skip

    def name(self, entry: Entry, name: str, language: str, source: str) -> None:
        """Keep a name of a place, and know the place by it."""
        if entry.add_name(name, language, source):
            self._index(entry, name)

    def _parents(self, record: Record) -> dict[str, str]:
        """Kind to ``place_id`` of the areas that a record says it lies in, as far as they are known."""
        found: dict[str, str] = {}
        for parent in record.parents:
            entry = self._parent(parent, record.country, found)
            if entry is not None:
                found[parent.kind] = entry.place_id
                if entry.admin1:
                    found.setdefault("governorate", entry.admin1)
                if entry.admin2:
                    found.setdefault("district", entry.admin2)
        return found

    def _parent(self, parent: Parent, country: str, known: dict[str, str]) -> Entry | None:
        for identifier in parent.identifiers:
            if entry := self._identified.get((parent.kind, identifier)):
                return entry
        named = self._named.get((parent.kind, fold_key(parent.name)), ()) if parent.name else ()
        fits = [
            entry
            for entry in named
            if (not country or entry.country == country)
            and known.get("governorate", entry.admin1) in ("", entry.admin1, entry.place_id)
        ]
        return fits[0] if len(fits) == 1 else None

    def _by_identifier(self, record: Record) -> _Match | None:
        kind_class = merge_class(record.kind)
        for identifier in (record.record_id, *record.identifiers):
            entry = self._identified.get((kind_class, identifier))
            if entry is None and identifier == record.record_id:
                entry = self.entries.get(identifier)
            if entry is None:
                continue
            distance = _distance(record, entry)
            if entry.has_file(record.source.file) and distance > SAME_SPOT_M:
                self._apart(record, entry, distance, f"the same identifier {identifier} twice in one file")
            elif distance > TRUSTED * TAXONOMY[record.kind].merge_m and not _inside(record, entry):
                self._apart(record, entry, distance, f"the same identifier {identifier}, but too far away")
            else:
                return _Match(entry, f"same identifier {identifier}", distance)
        return None

    def _by_name(self, record: Record, parents: dict[str, str]) -> _Match | None:
        kind_class = merge_class(record.kind)
        keys = dict.fromkeys(fold_key(name) for name in (record.name, *(name for name, _ in record.names)))
        found: list[tuple[float, str, _Match]] = []
        refused: list[tuple[float, str, Entry, str]] = []
        for key in filter(None, keys):
            for entry in self._named.get((kind_class, key), ()):
                limit = min(TAXONOMY[record.kind].merge_m, TAXONOMY[entry.kind].merge_m)
                if abs(entry.lat - record.lat) * _METRES_PER_DEGREE > KEPT_APART * limit:
                    continue
                distance = _distance(record, entry)
                against = _against(record, entry, parents, distance, limit)
                if not against:
                    reason = f"same name, {distance / 1000:.1f} km apart"
                    found.append((distance, entry.place_id, _Match(entry, reason, distance)))
                elif distance <= KEPT_APART * limit:
                    refused.append((distance, entry.place_id, entry, against))
        if found:
            return min(found, key=lambda each: each[:2])[2]
        if refused:
            distance, _, entry, against = min(refused, key=lambda each: each[:2])
            self._apart(record, entry, distance, against)
        return None

    def _by_footprint(self, record: Record) -> _Match | None:
        if record.polygon is None or record.kind not in LEVELS:
            return None
        for entry in self._outlined.get(record.kind, ()):
            if entry.polygon is None or entry.has_file(record.source.file) or entry.country != record.country:
                continue
            share = overlap(record.polygon, entry.polygon)
            if share >= SAME_FOOTPRINT:
                return _Match(entry, f"same outline ({share:.0%} in common), other name", _distance(record, entry))
        return None

    def _apart(self, record: Record, entry: Entry, distance: float, reason: str) -> None:
        self._report.about("kept-apart", record, reason, place_id=entry.place_id, distance_m=round(distance))


def _distance(record: Record, entry: Entry) -> float:
    """Metres; by the sphere where they are few, so that a hundred thousand cost little."""
    lat = math.radians((record.lat + entry.lat) / 2)
    east = (record.lon - entry.lon + 180) % 360 - 180
    metres = math.hypot(east * math.cos(lat), record.lat - entry.lat) * _METRES_PER_DEGREE
    if metres < 100_000:
        return metres
    return float(geodesic_distance_m(record.lon, record.lat, entry.lon, entry.lat))


def _inside(record: Record, entry: Entry) -> bool:
    """Whether one's outline holds the other's point."""
    import shapely

    holds = record.polygon is not None and shapely.contains_xy(record.polygon, entry.lon, entry.lat)
    held = entry.polygon is not None and shapely.contains_xy(entry.polygon, record.lon, record.lat)
    return bool(holds or held)


def _against(record: Record, entry: Entry, parents: dict[str, str], distance: float, limit: float) -> str:
    """Why two records of one name are not one place; empty where they are."""
    if record.country and entry.country and record.country != entry.country:
        return "same name in another country"
    if entry.has_file(record.source.file) and (distance > SAME_SPOT_M or record.kind in LEVELS):
        return "the source lists both"
    if {record.kind, entry.kind} in ({"neighbourhood", "town"}, {"neighbourhood", "city"}):
        return "a quarter is not the town that it is named like"
    if record.kind in LEVELS:
        for kind, column in list(PARENT_COLUMN.items())[1:]:
            ours, theirs = parents.get(kind, ""), getattr(entry, column)
            if ours and theirs and ours != theirs:
                return f"same name in another {kind}"
    if distance > limit and not (record.kind in LEVELS and _inside(record, entry)):
        return f"same name, but {distance / 1000:.1f} km apart; at most {limit / 1000:g} km for its kind"
    return ""


def locate(entries: dict[str, Entry], report: Report) -> None:
    """Give each place the areas that it lies in by the outlines; where these and a source disagree, believe that."""
    everything = list(entries.values())
    _from_parents(entries, everything)
    for level, kind in enumerate(LEVELS):
        tree = AreaTree(
            (entry.place_id, entry.polygon) for entry in everything if entry.kind == kind and entry.polygon is not None
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
