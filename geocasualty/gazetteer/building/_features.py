"""Layers of places and areas that others publish: OCHA's, fieldmaps', geoBoundaries', Overture's, OpenStreetMap's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from geocasualty.errors import InputError
from geocasualty.gazetteer.building._footprint import clean_polygon
from geocasualty.gazetteer.building._layers import Feature, features, field_names
from geocasualty.gazetteer.building._record import (
    BadCellError,
    Parent,
    Record,
    Report,
    Source,
    language_of,
    population,
    settlement_kind,
    spot_of,
    tidy_name,
)
from geocasualty.taxonomy import INHABITED, LEVELS
from geocasualty.theatre.countries import country_code

_NAME = re.compile(r"adm(?P<level>[0-4])(?:_name(?P<number>[0-9]?)|(?:alt[0-9])?_?(?P<language>[a-z]{2,3}))")
_CODE = re.compile(r"adm(?P<level>[0-4])_pcode")
_FIELDMAPS = re.compile("^(adm[0-4]_)src$")
_NOT_LANGUAGES = ("ref", "pc", "typ", "id", "cod")

OSM_KIND = {
    "city": "city", "town": "town", "village": "village", "hamlet": "village", "isolated_dwelling": "village",
    "farm": "village", "suburb": "neighbourhood", "quarter": "neighbourhood", "neighbourhood": "neighbourhood",
    "borough": "neighbourhood", "city_block": "neighbourhood", "refugee_site": "camp",
}  # fmt: skip
"""``place=*`` to kind. Nobody lives in the others (``locality``, ``island``, ``sea``, ...)."""

_DIVISIONS = {
    "country": "country", "dependency": "country", "region": "governorate", "county": "district",
    "localadmin": "subdistrict", "macrohood": "neighbourhood", "neighborhood": "neighbourhood",
    "microhood": "neighbourhood",
}  # fmt: skip
"""Overture's ``subtype`` to kind; of a ``locality`` its class says more."""

_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|NULL)')
_TAGGED = re.compile(
    r"(?:alt_|old_|official_|short_|loc_|int_)?name(?:[:_](?P<language>[a-z]{2,3}(?:[-_][A-Za-z]+)?))?"
)


def _read(
    found: Iterable[Feature],
    report: Report,
    source: Source,
    record: Callable[[Source, Feature], Record],
    known: Callable[[Feature], Iterable[str]],
) -> Iterator[Record]:
    """One record for each feature; of one that is rejected the report has what is ``known``: identifier and name."""
    for feature in found:
        try:
            yield record(source, feature)
        except BadCellError as bad:
            record_id, name = known(feature)
            report.rejected(source.file, feature.row, bad, record_id=record_id, name=name)


def _placed(source: Source, feature: Feature, *, outlined: bool = True, **said: Any) -> Record:
    """The record of a feature, where it lies."""
    spot = spot_of(feature.geometry)
    polygon = clean_polygon(feature.geometry) if outlined else None
    return Record(source=source, row=feature.row, lon=spot.lon, lat=spot.lat, polygon=polygon, **said)


def _wikidata(values: dict[str, Any]) -> tuple[str, ...]:
    known = str(values.get("wikidata") or "")
    return (f"wd:{known}",) if re.fullmatch(r"Q[0-9]+", known) else ()


# -- OCHA's common operational datasets, administrative boundaries (COD-AB), and fieldmaps, which joins them ----------


def cod_level(path: Path) -> int:
    """The administrative level of a file: the deepest that it has p-codes for.

    Raises InputError if it has no column such as ``ADM1_PCODE``.
    """
    return _level(path.name, _as_cod(dict.fromkeys(map(str.lower, field_names(path)))))


def _as_cod(values: dict[str, Any]) -> dict[str, Any]:
    """The columns of COD-AB for those of fieldmaps, which has the source's own codes in ``adm1_src``."""
    if "adm0_src" not in values:
        return values
    renamed = {_FIELDMAPS.sub(r"\1pcode", re.sub("^src_lang", "lang", name)): value for name, value in values.items()}
    return renamed | {"adm0_pcode": country_code(str(values.get("iso_2") or values.get("iso_3") or ""))}


def _level(name: str, fields: Iterable[str]) -> int:
    found = [int(code["level"]) for field in fields if (code := _CODE.fullmatch(field.lower()))]
    if not found:
        raise InputError(f"{name}: no column ADM1_PCODE, ADM2_PCODE, ...; this is no COD-AB file, try --geoboundaries")
    return max(found)


def cod_records(path: Path, report: Report, source: Source) -> Iterator[Record]:
    """Areas, and settlements of the fourth level: at the deepest level that a file has."""

    def known(feature: Feature) -> tuple[str, str]:
        level = _level(path.name, feature.values)
        return feature.values.get(f"adm{level}_pcode") or "", feature.values.get(f"adm{level}_en") or ""

    needed = frozenset(f"adm{level}_{code}" for level in range(5) for code in ("pcode", "src"))
    found = (
        each._replace(values=_as_cod({column.lower(): value for column, value in each.values.items()}))
        for each in features(path, report, needed=needed)
    )
    yield from _read(found, report, source, _of_cod, known)


def _of_cod(source: Source, feature: Feature) -> Record:
    values, level = feature.values, _level(source.file, feature.values)
    code = tidy_name(values.get(f"adm{level}_pcode"))
    if not code:
        raise BadCellError(f"ADM{level}_PCODE", values.get(f"adm{level}_pcode"), "no p-code")
    names = _cod_names(values, level)
    if not names:
        raise BadCellError(f"ADM{level}_EN", "", "no name in any language")
    country = (tidy_name(values.get("adm0_pcode")) or code)[:2].upper()
    stated = str(values.get("class") or "").lower()
    parents = []
    for above in range(1, min(level, 4)):
        pcode, named = tidy_name(values.get(f"adm{above}_pcode")), _cod_names(values, above)
        if pcode or named:
            refs = (f"pcode:{pcode.upper()}",) if pcode else ()
            parents.append(Parent(LEVELS[above], refs, named[0][0] if named else ""))
    english = [name for name, language in names if language == "en"]
    return _placed(
        source,
        feature,
        record_id=f"iso:{country}" if level == 0 else f"cod:{code}",
        name=(english or [names[0][0]])[0],
        kind=LEVELS[level] if level < len(LEVELS) else stated if stated in INHABITED else "village",
        country=country,
        names=names,
        identifiers=(f"pcode:{code.upper()}",),
        codes=() if level == 0 else (code,),
        parents=tuple(parents),
        feature_code=f"ADM{level}",
    )


def _cod_names(values: dict[str, Any], level: int) -> list[tuple[str, str]]:
    """Name and language of each column that names this level; English first."""
    found = []
    for column, value in values.items():
        match = _NAME.fullmatch(column)
        name = tidy_name(value)
        if match is None or not name or int(match["level"]) != level or match["language"] in _NOT_LANGUAGES:
            continue
        given = match["language"] or str(values.get(f"lang{match['number'] or ''}") or "")
        found.append((name, language_of(name, given)))
    return sorted(dict.fromkeys(found), key=lambda pair: pair[1] != "en")


# -- geoBoundaries: one level of one country in a file ----------------------------------------------------------------


def geoboundaries_records(path: Path, report: Report, source: Source) -> Iterator[Record]:
    """One area for each feature."""
    found = features(path, report, needed=frozenset({"shapename"}))
    known = ("shapeID", "shapeName")
    return _read(found, report, source, _of_geoboundaries, lambda each: (each.values.get(name) or "" for name in known))


def _of_geoboundaries(source: Source, feature: Feature) -> Record:
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
    shape_id, iso = values.get("shapeid", ""), values.get("shapeiso", "")
    identifiers = [f"gb:{shape_id}"] if shape_id else []
    if level[1] == "1" and re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", iso):
        identifiers.append(f"ne:{iso}")
    return _placed(
        source,
        feature,
        record_id=f"iso:{country}" if level[1] == "0" else f"gb:{shape_id or f'{source.file}:{feature.row}'}",
        name=name,
        kind=[*LEVELS, "village"][int(level[1])],
        country=country,
        names=[(name, language_of(name))],
        identifiers=tuple(identifiers),
        feature_code=f"ADM{level[1]}",
    )


# -- Overture Maps' divisions (GeoParquet): settlements and areas, with names in many languages -----------------------


def overture_records(path: Path, report: Report, source: Source) -> Iterator[Record]:
    """One record for each division or area of one."""
    found = features(path, report, needed=frozenset({"subtype"}))
    return _read(found, report, source, _of_overture, lambda each: (str(each.values.get("id") or ""), ""))


def _of_overture(source: Source, feature: Feature) -> Record:
    values = feature.values
    subtype, stated = str(values.get("subtype") or ""), str(values.get("class") or "")
    people = population(values.get("population"))
    if stated == "maritime":
        raise BadCellError("class", stated, "an area with its sea; its land is a row of its own")
    kind = _DIVISIONS.get(subtype, "")
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
    country = country_code(str(values.get("country") or ""))
    identifier, region = str(values.get("division_id") or values.get("id") or ""), str(values.get("region") or "")
    own = (f"ne:{region}",) if kind == "governorate" and region else ()
    return _placed(
        source,
        feature,
        record_id=f"iso:{country}" if kind == LEVELS[0] else f"overture:{identifier or feature.row}",
        name=name,
        kind=kind,
        country=country,
        names=sorted({each for each in names if each[0]}),
        identifiers=(f"overture:{identifier}", *own, *_wikidata(values)),
        parents=(Parent("governorate", (f"ne:{region}",)),) if region and not own and kind != LEVELS[0] else (),
        population=people,
        feature_code=f"{subtype}.{stated}".strip("."),
    )


# -- OpenStreetMap: whatever has ``place=*``, as ogr2ogr, osmium, Geofabrik or Overpass export it ---------------------


def hstore(text: str) -> dict[str, str]:
    r"""Tags from GDAL's ``other_tags`` column.

    Examples
    --------
    >>> hstore('"name:ar"=>"هيت","note"=>"a \\"b\\""')
    {'name:ar': 'هيت', 'note': 'a "b"'}
    """
    return {re.sub(r"\\(.)", r"\1", key): re.sub(r"\\(.)", r"\1", value) for key, value in _PAIR.findall(text) if value}


def osm_records(path: Path, report: Report, source: Source) -> Iterator[Record]:
    """One record for each named place."""
    found = _tagged(path, report)
    return _read(found, report, source, _of_osm, lambda each: (_osm_id(source, each), each.values.get("name", "")))


def _tagged(path: Path, report: Report) -> Iterator[Feature]:
    """Each feature that has a place, with its tags."""
    without = 0
    for feature in features(path, report, needed=frozenset({"place", "other_tags", "tags"})):
        tags = {column: value for column, value in feature.values.items() if value not in (None, "")}
        for packed in ("other_tags", "tags"):
            if isinstance(tags.get(packed), str):
                tags = hstore(tags.pop(packed)) | tags
        if "place" in tags:
            yield feature._replace(values=tags)
        else:
            without += 1
    if without:
        report.add("skipped", path.name, f"{without} rows", "no place=* tag", count=without)


def _osm_id(source: Source, feature: Feature) -> str:
    for column in ("@id", "full_id", "osm_id", "osm_way_id", "id"):
        known = re.fullmatch(r"(?:(node|way|relation)/|([nwr]))?(-?[0-9]{1,18})", str(feature.values.get(column, "")))
        if known:
            type_ = known[1] or {"n": "node", "w": "way", "r": "relation"}.get(known[2] or "", "")
            type_ = type_ or ("way" if column == "osm_way_id" else "node")
            return f"osm:{type_}/{known[3]}"
    return f"osm:{source.file}:{feature.row}"


def _of_osm(source: Source, feature: Feature) -> Record:
    tags = feature.values
    kind = OSM_KIND.get(str(tags["place"]))
    if kind is None:
        raise BadCellError("place", tags["place"], "no kind of place that this gazetteer holds")
    names: list[tuple[str, str]] = []
    for key, value in tags.items():
        match = _TAGGED.fullmatch(key)
        if match and isinstance(value, str):
            given = (match["language"] or "").replace("_", "-")
            names += [(name, language_of(name, given)) for part in value.split(";") if (name := tidy_name(part))]
    english = [name for name, language in names if language == "en"]
    name = next(iter(english), "") or tidy_name(tags.get("name")) or (names[0][0] if names else "")
    if not name:
        raise BadCellError("name", tags.get("name", ""), "no name")
    identifier = _osm_id(source, feature)
    return _placed(
        source,
        feature,
        outlined=False,
        record_id=identifier,
        name=name,
        kind=kind,
        country=country_code(str(tags.get("is_in:country_code") or tags.get("addr:country") or "")),
        names=sorted(dict.fromkeys(names)),
        identifiers=(identifier, *_wikidata(tags)),
        population=population(str(tags.get("population", "")).replace(",", "").replace(" ", "")),
        feature_code=f"place={tags['place']}",
    )
