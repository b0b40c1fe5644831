"""Anybody's table of places: a CSV file, or the first sheet of a workbook, whose columns a mapping names."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from geocasualty.errors import InputError
from geocasualty.gazetteer.building._archives import text_rows
from geocasualty.gazetteer.building._layers import sheets
from geocasualty.gazetteer.building._record import (
    BadCellError,
    Parent,
    Record,
    Report,
    Source,
    coordinates,
    language_of,
    population,
    tidy_name,
)
from geocasualty.taxonomy import TAXONOMY, radius_of
from geocasualty.theatre.countries import country_code, not_a_country

FIELDS = {
    "name": "the name; required",
    "lon": "longitude in degrees; required",
    "lat": "latitude in degrees; required",
    "id": "an identifier of its own",
    "kind": "city, town, village, district, ...; village if not given",
    "country": "a name or a code of ISO 3166-1",
    "admin1": "the governorate's name or p-code",
    "admin2": "the district's name or p-code",
    "admin3": "the sub-district's name or p-code",
    "names": "further names, separated by |",
    "name_en": "an English name",
    "name_ar": "an Arabic name",
    "name_ku": "a Kurdish name",
    "code": "a p-code or the like",
    "population": "number of people",
    "radius_m": "metres that hold the true position in 9 of 10 cases",
    "source": "where the row is from",
    "licence": "its licence",
    "note": "anything",
}
"""What a column may be mapped to. Columns that already have these names need no mapping."""

_USUAL = {"lon": ("longitude", "long", "lng", "x"), "lat": ("latitude", "y"), "admin1": ("governorate", "province")}
_USUAL |= {"admin2": ("district",), "admin3": ("subdistrict",), "code": ("pcode",), "licence": ("license",)}


def csv_records(path: Path, report: Report, source: Source, *, column_map: Mapping[str, str]) -> Iterator[Record]:
    """One record for each row.

    Raises InputError if a mapped column is missing, or a row has another number of cells than the header.
    """
    rows = table_rows(path, "quote cells that hold the delimiter")
    header = [cell.strip() for cell in next(rows)[1]]
    columns = _columns(path.name, header, column_map)
    for number, cells in rows:
        values = {field: cells[position].strip() for field, position in columns.items()}
        try:
            yield _record(source, path, number, values)
        except BadCellError as bad:
            bad.column = header[columns[bad.column]] if bad.column in columns else bad.column
            report.rejected(path.name, number, bad, record_id=values.get("id", ""), name=values["name"])


def table_rows(path: Path, remedy: str) -> Iterator[tuple[int, list[str]]]:
    """Row number (0 for the header) and as many cells as the header has.

    Raises InputError if a row has more or fewer, with what to do about it.
    """
    rows = _rows(path)
    number, header = next(rows)
    yield number, header
    for number, cells in rows:
        if len(cells) != len(header):
            raise InputError(
                f"{path.name}: row {number}: {len(cells)} cells where the header names {len(header)} columns; "
                f"value {' | '.join(cells)[:80]!r}; {remedy}",
                row=number,
                value=" | ".join(cells),
            )
        yield number, cells


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The delimiter is the header's commonest of comma, semicolon and tab."""
    if path.suffix.lower() == ".xlsx":
        with closing(sheets(path)) as found:
            header, rows = next(found, ([], iter(())))
            yield 0, header
            yield from rows
        return
    lines = text_rows(path)
    first = next(lines, (0, ""))[1]
    if not first:
        raise InputError(f"{path.name}: the file is empty; a header row was expected")
    delimiter = max(",;\t", key=first.count)
    yield 0, next(csv.reader([first], delimiter=delimiter))
    reader = csv.reader((f"{line}\n" for _, line in lines), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        raise InputError(f"{path.name}: row {number + 1}: {error}; quote the cell properly", row=number + 1) from error


def _columns(name: str, header: list[str], column_map: Mapping[str, str]) -> dict[str, int]:
    unknown = sorted(set(column_map) - set(FIELDS))
    if unknown:
        raise InputError(f"{name}: no field {', '.join(map(repr, unknown))} to map to; known: {', '.join(FIELDS)}")
    lower = [column.lower() for column in header]
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError(f"{name}: columns named more than once: {', '.join(map(repr, twice))}; rename one")
    found = {}
    for field in FIELDS:
        if field in column_map:
            if column_map[field] not in header:
                raise InputError(
                    f"{name}: no column {column_map[field]!r} (for {field}); it has {', '.join(header)}",
                    column=column_map[field],
                )
            found[field] = header.index(column_map[field])
            continue
        for usual in (field, *_USUAL.get(field, ())):
            if usual in lower:
                found[field] = lower.index(usual)
                break
    missing = [field for field in ("name", "lon", "lat") if field not in found]
    if missing:
        raise InputError(
            f"{name}: no column for {', '.join(missing)}; map one, as in --csv-map {missing[0]}=COLUMN; "
            f"it has {', '.join(header)}"
        )
    return found


def _record(source: Source, path: Path, number: int, values: dict[str, str]) -> Record:
    name = tidy_name(values["name"])
    if not name:
        raise BadCellError("name", values["name"], "no name, or longer than 200 characters")
    spot = coordinates(values["lon"], values["lat"], ("lon", "lat"))
    kind = values.get("kind", "").lower() or "village"
    if kind not in TAXONOMY:
        raise BadCellError("kind", values["kind"], f"not one of {', '.join(sorted(TAXONOMY))}")
    stated = values.get("country", "").strip()
    country = country_code(stated)
    if stated and not country:
        raise BadCellError("country", values["country"], not_a_country(stated))
    names = [(name, language_of(name))]
    for field, language in (("names", ""), ("name_en", "en"), ("name_ar", "ar"), ("name_ku", "ku")):
        parts = values.get(field, "").split("|") if field == "names" else [values.get(field, "")]
        names += [(part, language_of(part, language)) for part in map(tidy_name, parts) if part]
    code, own = tidy_name(values.get("code", "")), tidy_name(values.get("id", ""))
    radius, radius_source = _radius(values.get("radius_m", ""), kind, population(values.get("population")))
    parents = []
    for field, above in (("admin1", "governorate"), ("admin2", "district"), ("admin3", "subdistrict")):
        if stated := tidy_name(values.get(field, "")):
            parents.append(Parent(above, (f"pcode:{stated.upper()}",), stated))
    return Record(
        source=Source(values.get("source") or source.title, values.get("licence") or source.licence, source.file),
        row=number,
        record_id=f"csv:{own or f'{path.stem}:{number}'}",
        name=name,
        kind=kind,
        lon=spot.lon,
        lat=spot.lat,
        country=country,
        names=list(dict.fromkeys(names)),
        identifiers=(f"pcode:{code.upper()}",) if code else (),
        codes=(code,) if code else (),
        parents=tuple(parents),
        radius_m=radius,
        radius_source=radius_source,
        population=population(values.get("population")),
        note=values.get("note", ""),
    )


def _radius(cell: str, kind: str, people: int | None) -> tuple[float, str]:
    if not cell:
        return radius_of(kind, people)
    try:
        radius = float(cell)
    except ValueError:
        raise BadCellError("radius_m", cell, "not a number of metres") from None
    if not 0 < radius <= 2_000_000:
        raise BadCellError("radius_m", cell, "not between 0 and 2,000,000 metres")
    return radius, "stated"
