"""geoBoundaries releases: one level of one country in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from geocasualty.gazetteer.building._footprint import clean_polygon
from geocasualty.gazetteer.building._layers import Feature, features
from geocasualty.gazetteer.building._record import Record, Report, Source, language_of, tidy_name
from geocasualty.gazetteer.building._values import BadCellError, spot_of
from geocasualty.taxonomy import LEVELS
from geocasualty.theatre.countries import country_code

__all__ = ["geoboundaries_records"]


def source_of(path: Path) -> Source:
    """GeoBoundaries under the licence of its open release; single files may state another."""
    return Source("geoBoundaries", "CC BY 4.0", path.name)


def geoboundaries_records(path: Path, report: Report) -> Iterator[Record]:
    """One record for each feature."""
    source = source_of(path)
    for feature in features(path, report, needed=frozenset({"shapename"})):
        try:
            yield _record(source, feature)
        except BadCellError as bad:
            report.add(
                "rejected", path.name, feature.row, bad.reason, record_id=feature.values.get("shapeID") or "",
                name=feature.values.get("shapeName") or "", column=bad.column, value=bad.value,
            )  # fmt: skip


def _record(source: Source, feature: Feature) -> Record:
    values = {column.lower(): tidy_name(value) for column, value in feature.values.items()}
    level = re.fullmatch(r"ADM([0-4])", values.get("shapetype", "").upper())
    if level is None:
        raise BadCellError("shapeType", feature.values.get("shapeType"), "not ADM0 to ADM4")
    country = country_code(values.get("shapegroup", ""))
    if not country:
        raise BadCellError("shapeGroup", feature.values.get("shapeGroup"), "not an ISO 3166-1 code of three letters")
    name = values.get("shapename", "")
    if not name:
        raise BadCellError("shapeName", feature.values.get("shapeName"), "no name")
    spot = spot_of(feature.geometry)
    shape_id, iso = values.get("shapeid", ""), values.get("shapeiso", "")
    identifiers = [f"gb:{shape_id}"] if shape_id else []
    if level[1] == "1" and re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", iso):
        identifiers.append(f"ne:{iso}")
    return Record(
        source=source,
        row=feature.row,
        record_id=f"iso:{country}" if level[1] == "0" else f"gb:{shape_id or f'{source.file}:{feature.row}'}",
        name=name,
        kind=[*LEVELS, "village"][int(level[1])],
        lon=spot.lon,
        lat=spot.lat,
        country=country,
        names=[(name, language_of(name))],
        identifiers=tuple(identifiers),
        polygon=clean_polygon(feature.geometry),
        feature_code=f"ADM{level[1]}",
    )
