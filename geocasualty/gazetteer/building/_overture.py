"""Overture Maps' divisions (GeoParquet): settlements and areas, with names in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from geocasualty.gazetteer.building._footprint import clean_polygon
from geocasualty.gazetteer.building._kinds import OSM_KIND, settlement_kind
from geocasualty.gazetteer.building._layers import Feature, features
from geocasualty.gazetteer.building._record import Parent, Record, Report, Source, language_of, tidy_name
from geocasualty.gazetteer.building._values import BadCellError, population, spot_of
from geocasualty.taxonomy import LEVELS
from geocasualty.theatre.countries import country_code

__all__ = ["overture_records"]

_KINDS = {
    "country": "country", "dependency": "country", "region": "governorate", "county": "district",
    "localadmin": "subdistrict", "macrohood": "neighbourhood", "neighborhood": "neighbourhood",
    "microhood": "neighbourhood",
}  # fmt: skip
"""``subtype`` to kind; of a ``locality`` its class says more."""


def source_of(path: Path) -> Source:
    """Overture, and OpenStreetMap, from which it has nearly all of them."""
    return Source("Overture Maps Foundation, OpenStreetMap contributors", "ODbL 1.0", path.name)


def overture_records(path: Path, report: Report) -> Iterator[Record]:
    """One record for each division or area of one."""
    source = source_of(path)
    for feature in features(path, report, needed=frozenset({"subtype"})):
        try:
            yield _record(source, feature)
        except BadCellError as bad:
            report.add(
                "rejected", path.name, feature.row, bad.reason, record_id=str(feature.values.get("id") or ""),
                column=bad.column, value=bad.value,
            )  # fmt: skip


def _record(source: Source, feature: Feature) -> Record:
    values = feature.values
    subtype, stated = str(values.get("subtype") or ""), str(values.get("class") or "")
    people = population(values.get("population"))
    if stated == "maritime":
        raise BadCellError("class", stated, "an area with its sea; its land is a row of its own")
    kind = _KINDS.get(subtype, "")
    if subtype == "locality":
        kind = OSM_KIND.get(stated.removeprefix("mega")) or settlement_kind("PPL", people or 0)
    if not kind:
        raise BadCellError("subtype", subtype, "no kind of place that this gazetteer holds")
    given = values.get("names") or {}
    primary = tidy_name(given.get("primary"))
    common = {str(language): tidy_name(name) for language, name in (given.get("common") or {}).items()}
    name = common.get("en") or primary
    if not name:
        raise BadCellError("names", "", "no name")
    names = [(primary, language_of(primary)), *((each, language_of(each, code)) for code, each in common.items())]
    spot, country = spot_of(feature.geometry), country_code(str(values.get("country") or ""))
    identifier, region = str(values.get("division_id") or values.get("id") or ""), str(values.get("region") or "")
    wikidata = str(values.get("wikidata") or "")
    own = (f"ne:{region}",) if kind == "governorate" and region else ()
    return Record(
        source=source,
        row=feature.row,
        record_id=f"iso:{country}" if kind == LEVELS[0] else f"overture:{identifier or feature.row}",
        name=name,
        kind=kind,
        lon=spot.lon,
        lat=spot.lat,
        country=country,
        names=sorted({each for each in names if each[0]}),
        identifiers=(
            f"overture:{identifier}", *own, *((f"wd:{wikidata}",) if re.fullmatch("Q[0-9]+", wikidata) else ()),
        ),
        parents=(Parent("governorate", (f"ne:{region}",)),) if region and not own and kind != LEVELS[0] else (),
        population=people,
        polygon=clean_polygon(feature.geometry),
        feature_code=f"{subtype}.{stated}".strip("."),
    )  # fmt: skip
