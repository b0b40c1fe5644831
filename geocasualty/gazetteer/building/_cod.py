"""OCHA's common operational datasets, administrative boundaries (COD-AB), and fieldmaps, which joins them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from geocasualty.errors import InputError
from geocasualty.gazetteer.building._footprint import clean_polygon
from geocasualty.gazetteer.building._layers import Feature, features, field_names
from geocasualty.gazetteer.building._record import Parent, Record, Report, Source, language_of, tidy_name
from geocasualty.gazetteer.building._values import BadCellError, spot_of
from geocasualty.taxonomy import INHABITED, LEVELS
from geocasualty.theatre.countries import country_code

__all__ = ["cod_level", "cod_records", "fieldmaps_source"]

_NAME = re.compile(r"adm(?P<level>[0-4])(?:_name(?P<number>[0-9]?)|(?:alt[0-9])?_?(?P<language>[a-z]{2,3}))")
_CODE = re.compile(r"adm(?P<level>[0-4])_pcode")
_FIELDMAPS = re.compile("^(adm[0-4]_)src$")
_NOT_LANGUAGES = ("ref", "pc", "typ", "id", "cod")


def source_of(path: Path) -> Source:
    """OCHA COD-AB; its files state the licence outside themselves, nearly always this one."""
    return Source("OCHA COD-AB", "CC BY-IGO 3.0", path.name)


def fieldmaps_source(path: Path) -> Source:
    """Fieldmaps; each of its rows is under the licence of its own source, which ``src_lic`` names."""
    return Source("fieldmaps.io, OCHA COD-AB or geoBoundaries", "as its column src_lic says", path.name)


def cod_level(path: Path) -> int:
    """The administrative level of a file: the deepest that it has p-codes for.

    Raises
    ------
    geocasualty.errors.InputError
        If it has no column such as ``ADM1_PCODE``.
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
    """One record for each feature, at the deepest level that the file has."""
    needed = frozenset(f"adm{level}_{code}" for level in range(5) for code in ("pcode", "src"))
    for feature in features(path, report, needed=needed):
        values = _as_cod({column.lower(): value for column, value in feature.values.items()})
        level = _level(path.name, values)
        try:
            yield _record(source, feature, values, level)
        except BadCellError as bad:
            report.add(
                "rejected", path.name, feature.row, bad.reason, record_id=values.get(f"adm{level}_pcode") or "",
                name=values.get(f"adm{level}_en") or "", column=bad.column, value=bad.value,
            )  # fmt: skip


def _record(source: Source, feature: Feature, values: dict[str, Any], level: int) -> Record:
    code = tidy_name(values.get(f"adm{level}_pcode"))
    if not code:
        raise BadCellError(f"ADM{level}_PCODE", values.get(f"adm{level}_pcode"), "no p-code")
    names = _names(values, level)
    if not names:
        raise BadCellError(f"ADM{level}_EN", "", "no name in any language")
    spot = spot_of(feature.geometry)
    polygon = clean_polygon(feature.geometry)
    country = (tidy_name(values.get("adm0_pcode")) or code)[:2].upper()
    stated = str(values.get("class") or "").lower()
    kind = LEVELS[level] if level < len(LEVELS) else stated if stated in INHABITED else "village"
    parents = []
    for above in range(1, min(level, 4)):
        pcode, named = tidy_name(values.get(f"adm{above}_pcode")), _names(values, above)
        if pcode or named:
            refs = (f"pcode:{pcode.upper()}",) if pcode else ()
            parents.append(Parent(LEVELS[above], refs, named[0][0] if named else ""))
    english = [name for name, language in names if language == "en"]
    return Record(
        source=source,
        row=feature.row,
        record_id=f"iso:{country}" if level == 0 else f"cod:{code}",
        name=(english or [names[0][0]])[0],
        kind=kind,
        lon=spot.lon,
        lat=spot.lat,
        country=country,
        names=names,
        identifiers=(f"pcode:{code.upper()}",),
        codes=() if level == 0 else (code,),
        parents=tuple(parents),
        polygon=polygon,
        feature_code=f"ADM{level}",
    )


def _names(values: dict[str, Any], level: int) -> list[tuple[str, str]]:
    """Name and language of each column that names this level; English first."""
    found = []
    for column, value in values.items():
        match = _NAME.fullmatch(column)
        name = tidy_name(value)
        if match is None or not name or int(match["level"]) != level or match["language"] in _NOT_LANGUAGES:
            continue
        if match["language"] is None:
            given = str(values.get(f"lang{match['number'] or ''}") or "")
        else:
            given = match["language"]
        found.append((name, language_of(name, given)))
    return sorted(dict.fromkeys(found), key=lambda pair: pair[1] != "en")
