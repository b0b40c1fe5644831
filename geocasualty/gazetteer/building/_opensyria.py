"""OpenSyria releases: governorates, districts, sub-districts and localities of Syria as JSON arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geocasualty.errors import InputError
from geocasualty.files import read_text
from geocasualty.gazetteer.building._record import (
    BadCellError,
    Parent,
    Record,
    Report,
    Source,
    coordinates,
    language_of,
    population,
    settlement_kind,
    tidy_name,
)
from geocasualty.taxonomy import LEVELS, radius_of

MAX_BYTES = 500_000_000
"""Largest release read, in bytes; the localities of the whole country have under 20 MB."""

REFERENCES = {f"{kind}Id": kind for kind in LEVELS[1:]}
_TYPES = {"city": "city", "town": "town", "village": "village", "neighborhood": "neighbourhood", "camp": "camp"}
_TYPES |= {"neighbourhood": "neighbourhood", "hamlet": "village"}


AREA_RADIUS_FACTOR = 1.25
"""Radius around the middle of an area, in radii of the disc of the same size: with it 90 % of the area lies within
(mean of 395 districts and sub-districts of OCHA's COD-AB Iraq, 2019: 0.900)."""


def opensyria_level(path: Path) -> int:
    """1 for a file of governorates to 4 for localities, by the parents that its first entry names."""
    entries = _entries(path)
    return 1 + sum(reference in entries[0] for reference in REFERENCES)


def _entries(path: Path) -> list[dict[str, Any]]:
    text = read_text(path, max_bytes=MAX_BYTES)
    if not text.strip():
        raise InputError(f"{path.name}: the file is empty")
    try:
        entries = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path.name}: not whole JSON ({error}); download it again") from error
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{path.name}: not an OpenSyria release; expected an array of objects with id, name, centroid")
    return entries


def opensyria_records(path: Path, report: Report, source: Source) -> Iterator[Record]:
    """One record for each entry."""
    for row, entry in enumerate(_entries(path), start=1):
        try:
            yield _record(source, row, entry)
        except BadCellError as bad:
            report.rejected(path.name, row, bad, record_id=str(entry.get("id") or ""))


def _part(entry: dict[str, Any], key: str) -> dict[str, Any]:
    found = entry.get(key)
    return found if isinstance(found, dict) else {}


def _names(entry: dict[str, Any]) -> list[tuple[str, str]]:
    given = [(value, language) for language, value in _part(entry, "name").items()]
    listed = entry.get("aliases")
    aliases = [alias for alias in listed if isinstance(alias, dict)] if isinstance(listed, list) else []
    given += [(alias.get("value"), str(alias.get("language") or "")) for alias in aliases]
    named = [(tidy_name(value), language) for value, language in given]
    return list(dict.fromkeys((name, language_of(name, language)) for name, language in named if name))


def _record(source: Source, row: int, entry: dict[str, Any]) -> Record:
    own = tidy_name(entry.get("id"))
    if not own:
        raise BadCellError("id", entry.get("id"), "no identifier")
    names = _names(entry)
    name = tidy_name(_part(entry, "name").get("en")) or (names[0][0] if names else "")
    if not name:
        raise BadCellError("name", entry.get("name"), "no name")
    centroid = _part(entry, "centroid")
    spot = coordinates(centroid.get("longitude"), centroid.get("latitude"), ("centroid.longitude", "centroid.latitude"))
    external = {key: tidy_name(value) for key, value in _part(entry, "externalIds").items()}
    people = population(_part(entry, "population").get("value"))
    kind = _kind(entry, people)
    code, known = external.get("ochaPcode", ""), (("geonames", "gn"), ("wikidata", "wd"), ("geoboundaries", "gb"))
    identifiers = [f"os:{own}", *(f"{prefix}:{external[key]}" for key, prefix in known if external.get(key))]
    if code:
        identifiers.append(f"pcode:{code.upper()}")
    radius, radius_source = _radius(entry, kind, people)
    return Record(
        source=source,
        row=row,
        record_id=f"os:{own}",
        name=name,
        kind=kind,
        lon=spot.lon,
        lat=spot.lat,
        country="SY",
        names=names,
        identifiers=tuple(identifiers),
        codes=(code,) if code else (),
        parents=_parents(entry),
        radius_m=radius,
        radius_source=radius_source,
        population=people,
        note=tidy_name(entry.get("notes")),
    )


def _kind(entry: dict[str, Any], people: int | None) -> str:
    level = sum(reference in entry for reference in REFERENCES)
    if level < len(REFERENCES):
        return LEVELS[level + 1]
    stated = str(entry.get("type") or entry.get("class") or entry.get("kind") or "").lower()
    return _TYPES.get(stated) or settlement_kind("PPL", people or 0)


def _radius(entry: dict[str, Any], kind: str, people: int | None) -> tuple[float, str]:
    area = _part(entry, "area")
    km2 = area.get("value")
    if isinstance(km2, (int, float)) and 0 < km2 < 1e7 and area.get("unit") == "km2" and kind in REFERENCES.values():
        return area_radius(float(km2)), "estimate:area"
    return radius_of(kind, people)


def area_radius(km2: float) -> float:
    """Radius in metres around the middle of an area of this size that holds 90 % of it, for want of its outline.

    Examples
    --------
    >>> area_radius(2508.9)
    36000.0
    """
    return float(math.ceil(AREA_RADIUS_FACTOR * math.sqrt(km2 / math.pi)) * 1000)


def _parents(entry: dict[str, Any]) -> tuple[Parent, ...]:
    """The areas it lies in; a governorate's identifier is its name, for want of the file of governorates."""
    found = []
    for reference, kind in REFERENCES.items():
        known = tidy_name(entry.get(reference))
        if known:
            name = known.removeprefix("sy-").replace("-", " ") if kind == "governorate" else ""
            found.append(Parent(kind, (f"os:{known}",), name))
    return tuple(found)
