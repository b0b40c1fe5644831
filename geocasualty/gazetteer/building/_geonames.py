"""GeoNames country dumps (19 tab-separated columns) and its table of alternate names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from geocasualty.errors import InputError
from geocasualty.gazetteer.building._archives import decoded, open_text, text_rows
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
from geocasualty.gazetteer.names import script_of
from geocasualty.taxonomy import LEVELS

GEONAMES = ("GeoNames", "CC BY 4.0")
"""As everybody must credit it."""

COLUMNS = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature class", "feature code",
    "country code", "cc2", "admin1 code", "admin2 code", "admin3 code", "admin4 code", "population", "elevation",
    "dem", "timezone", "modification date",
)  # fmt: skip

ALTERNATE_COLUMNS = (10, 8)
"""Of alternateNamesV2.txt, and of the older alternateNames.txt."""

NOT_LANGUAGES = frozenset(
    ("link", "post", "iata", "icao", "faac", "unlc", "wkdt", "tcid", "phon", "piny", "abbr", "uicn", "nuts", "lauc")
)
"""What GeoNames keeps in the language column that is no language: links, postal and airport codes, pronunciations."""


SKIPPED = {"PPLH": "no longer exists", "PPLQ": "abandoned", "PPLCH": "a capital of the past"}

_KINDS = {
    "PCLI": "country", "ADM1": "governorate", "ADM2": "district", "ADM3": "subdistrict", "AIRB": "airbase",
    "AIRF": "facility", "AIRP": "facility", "MILB": "facility", "INSM": "facility", "OILR": "facility",
    "DAM": "facility", "CMPRF": "camp", "DSRT": "area", "MTS": "area",
}  # fmt: skip

_ARTICLE = re.compile(r"^(?:al|el|an|ar|as|ash|at|ath|az|ad|adh|ez|uz|ul|[iʿ‘`']l)[-=' ‑]", re.IGNORECASE)


_AREA_WORDS = re.compile(
    r"^(?:N[aā][hḩ][iī]y(?:at|ah?)|Qa[dḑ][aā]['’`]?|Mu[hḩ][aā]faz[̧̄]?at|Min[tţ]aqat|محافظة|قضاء|ناحية|منطقة)\s+"
    r"|\s+(?:Sub-?District|District|Governorate|Province|Nahiyah|Qadaa)$",
    re.IGNORECASE,
)
"""GeoNames writes the kind of an area into its name ("Nāḩiyat Aş Şūrah", "Hīt District"); people do not."""


def why_junk(name: str) -> str:
    """Why an alias without a language is none; empty where it is one.

    GeoNames carries romanisations made by machine (``alhwyjt``, ``ba ge da``): they begin with a lower-case letter,
    which a name does only behind an article (``al-Hillah``).
    """
    script = script_of(name)
    if script == "mixed":
        return "mixed scripts: a romanisation made by machine"
    if len(name) == 3 and name.isascii() and name.isalpha() and name.isupper():
        return "an airport's code"
    if script == "Latn":
        rest = _ARTICLE.sub("", name)
        first = next((each for each in rest if each.isalpha() and unicodedata.category(each) != "Lm"), "")
        if first.islower():
            return "a romanisation made by machine"
    return ""


def kind_of(feature_class: str, feature_code: str, population: int) -> str:
    """Kind of a GeoNames row; empty for what is no place of this gazetteer (streams, hills, wells)."""
    if feature_code in SKIPPED:
        return ""
    if feature_code in _KINDS:
        return _KINDS[feature_code]
    return settlement_kind(feature_code, population) if feature_class == "P" else ""


def geonames_records(path: Path, report: Report, source: Source, *, areas: bool) -> Iterator[Record]:
    """Places of a dump: its areas, or (in a second pass, so that codes are known) everything else.

    Raises InputError for a row that does not have 19 columns.
    """
    skipped = Counter[tuple[str, str]]()
    for row, line in text_rows(path):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise InputError(
                f"{path.name}: row {row}: {len(cells)} columns where a GeoNames dump has {len(COLUMNS)}; "
                f"value {line[:60]!r}; give a country dump such as IQ.zip",
                row=row,
                value=line,
            )
        kind = kind_of(cells[6], cells[7], population(cells[14]) or 0)
        if not kind:
            skipped[cells[6], cells[7]] += 1
        elif (kind in LEVELS) == areas:
            try:
                yield _record(source, row, cells, kind, report)
            except BadCellError as bad:
                report.rejected(path.name, row, bad, record_id=f"gn:{cells[0]}", name=cells[1])
    if areas:
        for (feature_class, code), count in sorted(skipped.items()):
            reason = SKIPPED.get(code, "no kind of place that this gazetteer holds")
            report.add(
                "skipped", path.name, f"{count} rows", reason, count=count, column="feature code",
                value=f"{feature_class}.{code}",
            )  # fmt: skip


def _record(source: Source, row: int, cells: list[str], kind: str, report: Report) -> Record:
    if not re.fullmatch(r"[0-9]{1,12}", cells[0]):
        raise BadCellError("geonameid", cells[0], "not a number")
    country = cells[8].strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise BadCellError("country code", cells[8], "not two letters")
    spot = coordinates(cells[5], cells[4])
    given = tidy_name(cells[1])
    name = tidy_name(cells[2]).lstrip("`' ") or given
    if not name:
        raise BadCellError("name", cells[1], "no name")
    if kind in LEVELS:
        name = _AREA_WORDS.sub("", name) or name
    place_id = f"gn:{cells[0]}"
    names = [(given or name, "")]
    for text in filter(None, cells[3].split(",")):
        alias = tidy_name(text)
        junk = why_junk(alias) if alias else "no name, or longer than 200 characters"
        if junk:
            report.add(
                "dropped-name", source.file, row, junk, record_id=place_id, name=name, column="alternatenames",
                value=text,
            )  # fmt: skip
        else:
            names.append((alias, language_of(alias)))
    if kind in LEVELS:
        bare = [(_AREA_WORDS.sub("", each), language) for each, language in names]
        names += [(each, language) for each, language in bare if tidy_name(each)]
    codes = [cells[10], cells[11], cells[12]]
    return Record(
        source=source,
        row=row,
        record_id=f"iso:{country}" if kind == "country" else place_id,
        name=name,
        kind=kind,
        lon=spot.lon,
        lat=spot.lat,
        country=country,
        names=names,
        identifiers=(place_id, *_own_code(kind, country, codes)),
        parents=_parents(kind, country, codes),
        population=population(cells[14]),
        feature_code=cells[7],
    )


def _code(country: str, codes: list[str], level: int) -> str:
    known = codes[: level + 1]
    return f"gnadm:{country}.{'.'.join(known)}" if all(known) and known[0] != "00" else ""


def _own_code(kind: str, country: str, codes: list[str]) -> tuple[str, ...]:
    code = _code(country, codes, LEVELS.index(kind) - 1) if kind in LEVELS[1:] else ""
    return (code,) if code else ()


def _parents(kind: str, country: str, codes: list[str]) -> tuple[Parent, ...]:
    if kind == "country":
        return ()
    levels = LEVELS[1 : LEVELS.index(kind)] if kind in LEVELS else LEVELS[1:]
    found = ((each, _code(country, codes, level)) for level, each in enumerate(levels))
    return tuple(Parent(each, (code,)) for each, code in found if code)


def alternate_names(
    path: Path, wanted: Container[bytes], progress: Callable[[int], object]
) -> Iterator[tuple[str, str, str]]:
    """Names of the wanted places (``geonameid`` as bytes) out of the world's: ``geonameid``, name, language.

    Raises InputError for a row of the wanted places that does not have 10 (or 8) columns, and for a table that is
    another.
    """
    row = 0
    with open_text(path) as stream:
        for line in stream:
            row += 1
            if not row % 100_000:
                progress(100_000)
            head = line.split(b"\t", 2)
            if len(head) < 3 or not head[1].isdigit():
                raise InputError(
                    f"{path.name}: row {row}: not a row of alternate names; value {line[:60]!r}; "
                    "give alternateNamesV2.zip",
                    row=row,
                    value=line,
                )
            if head[1] not in wanted:
                continue
            cells = decoded(path.name, row, line).split("\t")
            if len(cells) not in ALTERNATE_COLUMNS:
                raise InputError(
                    f"{path.name}: row {row}: {len(cells)} columns where {ALTERNATE_COLUMNS[0]} were expected; "
                    "give alternateNamesV2.zip",
                    row=row,
                )
            yield cells[1], cells[3], cells[2]
    if not row:
        raise InputError(f"{path.name}: the file is empty")
