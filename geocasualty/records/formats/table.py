"""Any delimited table whose columns have the native names, or names that say as much in one of the languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import repeat
from typing import Any

from geocasualty.errors import InputError
from geocasualty.records.formats.protocol import Cells, Reader, folded_words, lowered, sample_of
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS
from geocasualty.theatre.countries import country_code
from geocasualty.theatre.languages import languages

__all__ = ["HXL", "READER", "fields_of", "spellings", "tagged", "to_native"]

ALIASES = {
    "belligerent": ("belligerents",),
    "wkt": ("geometry_wkt",),
    "geometry": ("geometry_wkt",),
}
"""Other names of columns that are of no language."""

NATIVE = frozenset({
    *INCIDENT_COLUMNS, *STRIKE_COLUMNS, "latitude", "longitude", "mgrs", "admin1", "geometry_wkt", "row", "rows",
    "location_note", "local_time", "utc_time",
})  # fmt: skip
"""Names of columns that mean something in any table."""

PARTS = ("year", "month", "day")
"""Columns of which a date is made in a table that has none."""

PROVENANCE = frozenset({"reader", "flags", "location_reason", "gazetteer"})
"""Columns of a table that this package made: what its other columns say was judged when it was first read."""

IDENTIFIERS = ("incident_id", "strike_id")

ON_PLANE = {"longitude": "x", "latitude": "y"}
"""What programs for maps call the two in a table that names neither."""

AGREEING = frozenset({"start", "end", "latitude", "longitude", "mgrs", "country"})
"""Native columns of which two columns of a table may not say different things."""

JOINED = {"place_text": ", ", "sources": ";"}
"""Native columns in which all columns of a table that may be them are joined, and by what."""

_HOW = re.compile(r"\s*\((?:[dmy]{1,4}[ ./-]?){3}\)|\s*\((?:number|english|en)\)", re.IGNORECASE)
"""Behind the name of a column, how its cells are written."""

COUNTED = ("killed", "injured", "children")
"""Counts of people of which a record has the least and the most."""

HXL = {
    "start": ("#date+start", "#date+occurred", "#date"), "end": ("#date+end",), "latitude": ("#geo+lat", "#lat"),
    "longitude": ("#geo+lon", "#lon", "#long"), "place_text": ("#loc+name", "#loc"),
    "admin1": ("#adm1+name", "#admin1", "#adm1"), "country": ("#country+code", "#country+iso", "#country+name",
                "#country"),
    "killed_min": ("#affected+killed+min", "#affected+civilians+killed+min"),
    "killed_max": ("#affected+killed+max", "#affected+civilians+killed+max"),
    "incident_id": ("#event+id", "#meta+id"), "strike_id": ("#event+id", "#meta+id"),
    "sources": ("#meta+source", "#meta+url"),
}  # fmt: skip
"""Tags of the Humanitarian Exchange Language by the native column that they make of theirs (hxlstandard.org, 1.1)."""


def spellings(native: str) -> str:
    """A native column with some of the other names that it may have in a table.

    Examples
    --------
    >>> spellings("start"), spellings("mgrs")
    ("'start' (or 'date', 'start date')", "'mgrs' (or 'mgrs grid', 'grid reference')")
    """
    field = "identifier" if native in IDENTIFIERS else native
    others = [name for name in languages()[0].fields.get(field, ()) if name != native.replace("_", " ")][:2]
    return repr(native) + (f" (or {', '.join(map(repr, others))})" if others else "")


@cache
def _names() -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Fields by the words of a column's name, with its place among those of the field, of two languages the later."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for language in languages():
        for field, names in language.fields.items():
            for place, name in enumerate(names):
                fields = found.setdefault(tuple(folded_words(name)), {})
                fields[field] = max(place, fields.get(field, 0))
    return {words: list(fields.items()) for words, fields in found.items()}


@cache
def _count_words() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for language in languages():
        for meaning, words in language.casualties.items():
            for word in words:
                found.setdefault(" ".join(folded_words(word)), set()).add(meaning)
    return found


def _counted(column: str) -> set[str]:
    """What the words of a column of casualties mean; empty if one of them is another."""
    words = " ".join(folded_words(column)).replace("non combatant", "noncombatant").split()
    found = [_count_words().get(word, set()) for word in words]
    return set().union(*found) if all(found) else set()


def counts_of(column: str) -> tuple[str, ...]:
    """The native counts that a column of casualties gives, by the words of its name; empty if it is none.

    A column of civilians killed, or of killed of whom nothing else is said, is that of the killed; one of people,
    women or fighters is none.

    Examples
    --------
    >>> counts_of("Minimum civilians reported killed"), counts_of("Killed"), counts_of("Max children killed")
    (('killed_min',), ('killed_min', 'killed_max'), ('children_max',))
    >>> counts_of("Minimum people killed"), counts_of("Children"), counts_of("عدد القتلى")
    ((), (), ('killed_min', 'killed_max'))
    """
    said = _counted(column)
    if "children" in said and "killed" in said and "injured" not in said:
        what = "children"
    elif ("killed" in said) != ("injured" in said) and "children" not in said:
        what = "killed" if "killed" in said else "injured"
    else:
        return ()
    bounds = [bound for bound, word in (("min", "least"), ("max", "most")) if word in said]
    return tuple(f"{what}_{bound}" for bound in (bounds if len(bounds) == 1 else ("min", "max")))


def fields_of(columns: Iterable[str]) -> dict[str, list[str]]:
    """Which columns of a table may be which native one, the likeliest first.

    Examples
    --------
    >>> fields_of(["Strike ID", "Date", "Area", "District", "Governorate", "Min Air Raids"])
    {'strike_id': ['Strike ID'], 'start': ['Date'], 'place_text': ['Area'], \
'district': ['District'], 'admin1': ['Governorate'], 'n_strikes': ['Min Air Raids']}
    """
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    columns = list(columns)
    for at, column in enumerate(columns):
        words = tuple(folded_words(_HOW.sub("", column)))
        for field, place in _names().get(words, ()):
            for native in _identified(words) if field == "identifier" else (field,):
                ranked.setdefault(native, []).append((place, at, column))
        for native in counts_of(column):
            ranked.setdefault(native, []).append(("civilians" not in _counted(column), at, column))
        for native in ALIASES.get(column.strip().lower(), ()):
            ranked.setdefault(native, []).append((0, at, column))
    return {native: list(dict.fromkeys(column for _, _, column in sorted(found))) for native, found in ranked.items()}


def tagged(tags: Mapping[str, str]) -> dict[str, str]:
    """Native columns by the tags of the Humanitarian Exchange Language: the first column of the most telling tag.

    Examples
    --------
    >>> tagged({"Day": "#date", "Admin 1": "#admin1", "Lon": "#long", "Victims": "#affected"})
    {'start': 'Day', 'longitude': 'Lon', 'admin1': 'Admin 1'}
    """
    found = {}
    for native, meant in HXL.items():
        columns = [column for wanted in meant for column, tag in tags.items() if tag == wanted]
        if columns:
            found[native] = columns[0]
    return found


def _identified(words: tuple[str, ...]) -> tuple[str, ...]:
    """Whose identifier a column is: one of strikes is none of incidents, so that two files are not exchanged."""
    own = tuple(name for name in IDENTIFIERS if name.split("_")[0] in words)
    return own or IDENTIFIERS


def recognises(columns: Iterable[str]) -> bool:
    """Any table will do."""
    return bool(list(columns))


def to_native(cells: Cells) -> Cells:
    """Columns under their native names; others stay as they are, but for ``row``, which counts here.

    Where several columns may be one native column, those of the place and of the sources are joined, those that say
    when and where in figures must agree, and of all others the likeliest is taken and the rest are kept.

    Examples
    --------
    >>> to_native({"Date": ["2015-06-03"], "place": ["Hawijah"]})["place_text"]
    ['Hawijah']
    >>> to_native({"Area": ["Al-Rahabah"], "District": ["Bani Al-Harith"], "Governorate": ["Capital"]})["place_text"]
    ['Al-Rahabah, Bani Al-Harith']
    """
    table = lowered(cells)
    native = dict(table)
    if "start" not in native and "year" in table and not any(name in table for name in _times()):
        native["start"] = _dates(table["year"], table.get("month"), table.get("day"))
    used = {} if table.keys() >= PROVENANCE else columns_used(table)
    for field, columns in used.items():
        cells_of = {column: table[column] for column in columns}
        if field in AGREEING:
            native[field] = _agreed(field, cells_of)
        elif field in JOINED:
            native[field] = _joined(list(cells_of.values()), JOINED[field])
        else:
            native[field] = table[columns[0]]
    if "coordinates" in used:
        pairs = [coordinates_of(text) for text in native.pop("coordinates")]
        native |= {field: [pair[at] for pair in pairs] for at, field in enumerate(("latitude", "longitude"))}
    for column in {column for columns in used.values() for column in columns} - used.keys():
        native.pop(column, None)
    if "row" in native:
        native["attribute_row"] = native.pop("row")
    return native


def columns_used(names: Iterable[str]) -> dict[str, list[str]]:
    """Which columns of a table are read as which native one that it lacks, in the order in which they are.

    Examples
    --------
    >>> columns_used(["event_id", "id", "url", "source", "region", "governorate"])
    {'incident_id': ['id'], 'strike_id': ['id'], 'admin1': ['governorate'], 'sources': ['source', 'url']}
    """
    names = set(names)
    found = fields_of(sorted(names))
    if not {"latitude", "longitude"} & {*found, *names}:
        found |= {field: [name] for field, name in ON_PLANE.items() if names >= {*ON_PLANE.values()}}
    if {"latitude", "longitude"} & {*found, *names}:
        found.pop("coordinates", None)
    parts = [column for field in ("place_text", "district") for column in found.pop(field, ())]
    used = {}
    for field, columns in ({"place_text": list(dict.fromkeys(parts))} | found).items():
        own = [column for column in columns if column not in NATIVE or column in ALIASES]
        if own and field == "place_text":
            used[field] = ["place_text"] * (field in names) + own
        elif own and (field not in names or field == "coordinates"):
            used[field] = own if field in AGREEING or field in JOINED else own[:1]
    return used


def coordinates_of(text: str) -> tuple[str, str]:
    """Latitude and longitude that stand in one cell, in this order (ISO 6709); the whole text twice if it is none.

    Examples
    --------
    >>> coordinates_of("33.3, 44.4"), coordinates_of("33°20'N 44°23'E"), coordinates_of("Hit")
    (('33.3', '44.4'), ("33°20'N", "44°23'E"), ('Hit', 'Hit'))
    """
    bare = re.sub(r"^\((.*)\)$", r"\1", text.strip())
    found = re.fullmatch(r"(.+[NS])\s*[,;/]?\s*([^NS]+[EW])", bare, re.IGNORECASE)
    pairs = (said for mark in (";", ",", "/", None) if len(said := bare.split(mark)) == len(ON_PLANE))
    parts = next(pairs, (text, text))
    one, other = (part.strip() for part in (found.groups() if found else parts))
    return one, other


def _joined(parts: list[Any], mark: str) -> list[str]:
    """What several columns say, in their order, each text once; a dash says nothing."""
    if len(parts) == 1:
        return parts[0]  # type: ignore[no-any-return]
    rows = ([str(text).strip() for text in row] for row in zip(*parts, strict=True))
    return [mark.join(dict.fromkeys(text for text in row if re.search(r"\w", text))) for row in rows]


def _agreed(field: str, columns: dict[str, Any]) -> Any:
    """The cells of the one column that a native one is; a blank cell is what another column says."""
    names = list(columns)
    first = columns[names[0]]
    for name in names[1:]:
        merged = []
        for row, (one, other) in enumerate(zip(first, columns[name], strict=True), start=1):
            if one.strip() and other.strip() and _meant(field, one) != _meant(field, other):
                raise InputError(
                    f"columns {names[0]!r} and {name!r} may both be {field!r}, and differ in row {row} "
                    f"({one[:40]!r}, {other[:40]!r}); say which with column_map=",
                    row=row,
                    column=name,
                    value=other,
                )
            merged.append(one if one.strip() else other)
        first = merged
    return first


def _meant(field: str, text: str) -> str:
    return (field == "country" and country_code(text)) or re.sub(r"\s+", " ", text.strip().lower())


def _dates(years: Iterable[str], months: Iterable[str] | None, days: Iterable[str] | None) -> list[str]:
    """Dates of which year, month and day stand in columns of their own, as far as they are said.

    Examples
    --------
    >>> _dates(["2015", "2015", "2015"], ["6", "June", ""], ["3", "", ""])
    ['2015-06-03', 'June 2015', '2015']
    """
    written = []
    for parts in zip(years, *(each if each is not None else repeat("") for each in (months, days)), strict=False):
        year, month, day = (part.strip() for part in parts)
        if month.isdecimal() or not month:
            written.append("-".join(filter(None, (year, month.zfill(2) * bool(month), day.zfill(2) * bool(day)))))
        else:
            written.append(" ".join(filter(None, (day, month, year))))
    return written


def known(columns: Iterable[str]) -> frozenset[str]:
    """The native names, and the others that are read for one that the table lacks; in this package's own tables all.

    Examples
    --------
    >>> sorted(known(["date", "place", "start", "perpetrator"]) & {"date", "place", "start", "perpetrator"})
    ['place', 'start']
    """
    names = frozenset(name.strip().lower() for name in columns)
    if names >= PROVENANCE:
        return names
    parts = set() if names & set(_times()) or "year" not in names else set(PARTS)
    return NATIVE | parts | {column for columns in columns_used(names).values() for column in columns}


def _times() -> tuple[str, ...]:
    fields = {name for language in languages() for field in ("start", "end") for name in language.fields.get(field, ())}
    return tuple(sorted({*fields, *(name.replace(" ", "_") for name in fields)}))


READER = Reader(
    "csv",
    recognises,
    to_native,
    columnar=True,
    known=known,
    times=_times(),
    help="Any table whose columns have the native names, or names that say as much",
    licence="your own",
    sample=sample_of("csv"),
)
