"""A place while the gazetteer is being built: everything that every source said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import shapely

from geocasualty.gazetteer._tables import Tables, bundled_folder
from geocasualty.gazetteer.building._footprint import covering_radius, middle
from geocasualty.gazetteer.building._record import Record
from geocasualty.taxonomy import KINDS, merge_class, radius_of

BUNDLED = "bundled gazetteer"
SHARED = (
    "place_id", "name", "kind", "country", "lon", "lat", "radius_m", "radius_source", "admin1", "admin2", "admin3",
    "population", "polygon", "note",
)  # fmt: skip
"""What a place has, in the making and made."""

_RANK = [kind for kind in KINDS if merge_class(kind) == "settlement"]


class Contribution(NamedTuple):
    """One row of one source that says something of a place, and why it was taken for this place."""

    file: str
    row: int
    record_id: str
    reason: str
    distance_m: float


@dataclass(slots=True, eq=False)
class Entry:
    """A place in the making. ``names`` maps each name to its language and the titles of its sources."""

    place_id: str
    name: str
    kind: str
    country: str
    lon: float
    lat: float
    radius_m: float
    radius_source: str
    admin1: str = ""
    admin2: str = ""
    admin3: str = ""
    population: int | None = None
    feature_code: str = ""
    sources: list[str] = field(default_factory=list)
    licences: list[str] = field(default_factory=list)
    note: str = ""
    local_names: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    contributions: list[Contribution] = field(default_factory=list)
    polygon: shapely.Geometry | None = None
    polygon_source: str = ""
    polygon_licence: str = ""
    polygon_note: str = ""
    polygon_file: str = ""
    approximate: bool = False
    bundled: bool = False

    @property
    def kind_class(self) -> str:
        """Only places of one class can be one place."""
        return merge_class(self.kind)

    def has_file(self, file: str) -> bool:
        """Whether a row of this file is part of the place already."""
        return any(part.file == file for part in self.contributions)

    def add_name(self, name: str, language: str, source: str) -> bool:
        """Keep a name and who gave it; whether it is new."""
        known = self.names.get(name)
        if known is None:
            self.names[name] = (language, [source])
        elif source not in known[1]:
            self.names[name] = (known[0] or language, [*known[1], source])
        elif language and not known[0]:
            self.names[name] = (language, known[1])
        if language:
            self.local_names.setdefault(language, name)
        return known is None

    def take(self, record: Record, reason: str, distance_m: float) -> None:
        """Add what a record says and the place does not have yet."""
        self.contributions.append(Contribution(record.source.file, record.row, record.record_id, reason, distance_m))
        for known, new in ((self.sources, record.source.title), (self.licences, record.source.licence)):
            if new not in known:
                known.append(new)
        self.country = self.country or record.country
        self.population = self.population or record.population
        if record.note and record.note not in self.note:
            self.note = joined([self.note, record.note])
        settled = self.kind in _RANK and record.kind in _RANK
        if settled and not self.bundled and _RANK.index(record.kind) > _RANK.index(self.kind):
            self.kind = record.kind
            self.radius_m, self.radius_source = radius_of(self.kind, self.population)

    def take_polygon(self, record: Record) -> None:
        """Let a record's outline be the place's, with the point and the radius that follow from it."""
        self.polygon, self.approximate = record.polygon, False
        self.polygon_source, self.polygon_licence = record.source.title, record.source.licence
        self.polygon_file = record.source.file
        self.polygon_note = f"{record.source.title}, {record.source.file}"
        self.lon, self.lat = middle(record.polygon)
        self.radius_m, self.radius_source = covering_radius(record.polygon, self.lon, self.lat), "polygon"


def joined(parts: list[str]) -> str:
    """Parts in words of one cell, none twice."""
    return "; ".join(dict.fromkeys(part for part in parts if part))


def entry_of(record: Record, place_id: str) -> Entry:
    """A place that a record begins, without names and parents."""
    radius, radius_source = record.radius_m, record.radius_source
    if not radius:
        radius, radius_source = radius_of(record.kind, record.population)
    return Entry(
        place_id=place_id,
        name=record.name,
        kind=record.kind,
        country=record.country,
        lon=round(record.lon, 6),
        lat=round(record.lat, 6),
        radius_m=radius,
        radius_source=radius_source,
        feature_code=record.feature_code,
    )


def bundled_entries() -> list[Entry]:
    """The bundled gazetteer's places, with their names and who gave them."""
    tables = Tables(bundled_folder())
    found: dict[str, Entry] = {}
    for place in tables.places.values():
        entry = found[place.place_id] = Entry(
            **{name: getattr(place, name) for name in SHARED},
            sources=[place.source],
            licences=[place.licence],
            local_names=dict(place.names),
            bundled=True,
        )
        if place.place_id in tables.areas:
            _, entry.approximate, entry.polygon_note = tables.areas[place.place_id]
            entry.polygon_source, entry.polygon_licence = place.source, place.licence
    for row in tables._rows("names.csv"):
        found[row["place_id"]].add_name(row["name"], row["language"], row["source"])
    for entry in found.values():
        entry.add_name(entry.name, "", BUNDLED)
    return list(found.values())
