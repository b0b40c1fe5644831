"""OpenStreetMap extracts: whatever has ``place=*``, as ogr2ogr, osmium, Geofabrik or Overpass export it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geocasualty.gazetteer.building._kinds import OSM_KIND
from geocasualty.gazetteer.building._layers import Feature, features
from geocasualty.gazetteer.building._record import Record, Report, Source, language_of, tidy_name
from geocasualty.gazetteer.building._values import BadCellError, population, spot_of
from geocasualty.theatre.countries import country_code

__all__ = ["hstore", "osm_records"]

_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|NULL)')
_NAMES = re.compile(r"(?:alt_|old_|official_|short_|loc_|int_)?name(?:[:_](?P<language>[a-z]{2,3}(?:[-_][A-Za-z]+)?))?")


def source_of(path: Path) -> Source:
    """OpenStreetMap, as its licence asks to be named."""
    return Source("OpenStreetMap contributors", "ODbL 1.0", path.name)


def hstore(text: str) -> dict[str, str]:
    r"""Tags from GDAL's ``other_tags`` column.

    Examples
    --------
    >>> hstore('"name:ar"=>"هيت","note"=>"a \\"b\\""')
    {'name:ar': 'هيت', 'note': 'a "b"'}
    """
    return {re.sub(r"\\(.)", r"\1", key): re.sub(r"\\(.)", r"\1", value) for key, value in _PAIR.findall(text) if value}


def osm_records(path: Path, report: Report) -> Iterator[Record]:
    """One record for each named place."""
    source, without = source_of(path), 0
    for feature in features(path, report, needed=frozenset({"place", "other_tags", "tags"})):
        tags = {column: value for column, value in feature.values.items() if value not in (None, "")}
        for packed in ("other_tags", "tags"):
            if isinstance(tags.get(packed), str):
                tags = hstore(tags.pop(packed)) | tags
        if "place" not in tags:
            without += 1
            continue
        try:
            yield _record(source, feature, tags)
        except BadCellError as bad:
            report.add(
                "rejected", path.name, feature.row, bad.reason, record_id=_osm_id(source, feature.row, tags),
                name=tags.get("name", ""), column=bad.column, value=bad.value,
            )  # fmt: skip
    if without:
        report.add("skipped", path.name, f"{without} rows", "no place=* tag", count=without)


def _osm_id(source: Source, row: int, tags: dict[str, Any]) -> str:
    for column in ("@id", "full_id", "osm_id", "osm_way_id", "id"):
        known = re.fullmatch(r"(?:(node|way|relation)/|([nwr]))?(-?[0-9]{1,18})", str(tags.get(column, "")))
        if known:
            type_ = known[1] or {"n": "node", "w": "way", "r": "relation"}.get(known[2] or "", "")
            type_ = type_ or ("way" if column == "osm_way_id" else "node")
            return f"osm:{type_}/{known[3]}"
    return f"osm:{source.file}:{row}"


def _record(source: Source, feature: Feature, tags: dict[str, Any]) -> Record:
    kind = OSM_KIND.get(str(tags["place"]))
    if kind is None:
        raise BadCellError("place", tags["place"], "no kind of place that this gazetteer holds")
    names: list[tuple[str, str]] = []
    for key, value in tags.items():
        match = _NAMES.fullmatch(key)
        if match and isinstance(value, str):
            given = (match["language"] or "").replace("_", "-")
            names += [(name, language_of(name, given)) for part in value.split(";") if (name := tidy_name(part))]
    english = [name for name, language in names if language == "en"]
    plain = tidy_name(tags.get("name"))
    name = next(iter(english), "") or plain or (names[0][0] if names else "")
    if not name:
        raise BadCellError("name", tags.get("name", ""), "no name")
    spot = spot_of(feature.geometry)
    country = country_code(str(tags.get("is_in:country_code") or tags.get("addr:country") or ""))
    identifier = _osm_id(source, feature.row, tags)
    wikidata = str(tags.get("wikidata") or "")
    return Record(
        source=source,
        row=feature.row,
        record_id=identifier,
        name=name,
        kind=kind,
        lon=spot.lon,
        lat=spot.lat,
        country=country,
        names=sorted(dict.fromkeys(names)),
        identifiers=(identifier, *((f"wd:{wikidata}",) if re.fullmatch(r"Q[0-9]+", wikidata) else ())),
        population=population(str(tags.get("population", "")).replace(",", "").replace(" ", "")),
        feature_code=f"place={tags['place']}",
    )
