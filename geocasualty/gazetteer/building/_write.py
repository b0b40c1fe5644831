"""Writes a gazetteer as one GeoPackage that QGIS opens, with the same bytes for the same content."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import shapely

from geocasualty._sqlite import check_layers
from geocasualty.errors import OutputError
from geocasualty.gazetteer._geopackage import FORMAT, KEY_COLUMNS, PLACE_COLUMNS, content_version, keys_version
from geocasualty.gazetteer._tables import KEYS, NAME_COLUMNS, NOT_BEARERS, Tables, bearers_of, bundled_folder
from geocasualty.gazetteer.building._entry import Entry, joined
from geocasualty.gazetteer.names import script_of
from geocasualty.theatre.languages import local_language

STAMP = "2000-01-01T00:00:00.000Z"
"""The format asks when a table last changed; a fixed answer keeps the bytes."""

BLOCK = 10_000
"""Places of which the names are folded at once: fast, and little to keep in memory."""

AREA_COLUMNS = {
    "place_id": "str", "name": "str", "kind": "str", "approximate": "bool", "note": "str", "source": "str",
    "licence": "str",
}  # fmt: skip

_ATTRIBUTES = {
    "names": f"""place_id TEXT NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL DEFAULT '',
        script TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '', {" TEXT, ".join(KEY_COLUMNS)} TEXT""",
    "provenance": """place_id TEXT NOT NULL, file TEXT NOT NULL, row INTEGER NOT NULL, record_id TEXT NOT NULL,
        reason TEXT NOT NULL, distance_m REAL NOT NULL""",
    "sources": """file TEXT NOT NULL, format TEXT NOT NULL, title TEXT NOT NULL, licence TEXT NOT NULL,
        records INTEGER NOT NULL, sha256 TEXT NOT NULL""",
    "bearers": "key TEXT NOT NULL UNIQUE, places INTEGER NOT NULL",
    "gazetteer": "key TEXT NOT NULL UNIQUE, value TEXT NOT NULL",
}

_TRIGGERS = """
CREATE TRIGGER names_renamed AFTER UPDATE OF name ON names
BEGIN UPDATE names SET KEYS WHERE fid = NEW.fid; END;
CREATE TRIGGER places_renamed AFTER UPDATE OF name ON places WHEN NEW.name IS NOT NULL
BEGIN INSERT INTO names (place_id, name, source) VALUES (NEW.place_id, NEW.name, 'edited'); END;
CREATE TRIGGER places_removed AFTER DELETE ON places
BEGIN DELETE FROM names WHERE place_id = OLD.place_id; END;
CREATE TRIGGER places_added AFTER INSERT ON places WHEN NEW.name IS NOT NULL
BEGIN INSERT INTO names (place_id, name, source) VALUES (NEW.place_id, NEW.name, 'edited'); END;
"""
"""Names edited in QGIS lose their keys, which are made anew when the file is loaded."""


class SourceRow(NamedTuple):
    """A file that the gazetteer is built from."""

    file: str
    format: str
    title: str
    licence: str
    records: int
    sha256: str


def write_geopackage(
    path: Path, entries: Sequence[Entry], sources: Iterable[SourceRow], progress: Callable[[int], object]
) -> None:
    """Write all tables to a file that does not exist yet; ``entries`` are sorted by ``place_id``.

    Raises OutputError if they cannot be written whole.
    """
    from fiona._err import CPLE_BaseError
    from fiona.errors import FionaError

    log = logging.getLogger("fiona")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        _write(path, entries, sources, progress)
    except (RuntimeError, FionaError, CPLE_BaseError, sqlite3.Error) as error:  # none of them an OSError
        raise OutputError(f"cannot write {path.name!r}: {error}; is the disk full?") from error
    finally:
        log.setLevel(level)


def _write(
    path: Path, entries: Sequence[Entry], sources: Iterable[SourceRow], progress: Callable[[int], object]
) -> None:
    import fiona

    with fiona.Env(OGR_CURRENT_DATE=STAMP):
        _layer(path, "places", "Point", PLACE_COLUMNS, map(_place_feature, _counted(entries, progress)))
        outlined = [entry for entry in entries if entry.polygon is not None]
        _layer(path, "areas", "MultiPolygon", AREA_COLUMNS, map(_area_feature, outlined))
    tables = sqlite3.connect(path)
    try:
        _attribute_tables(tables, entries, sources, progress)
        tables.execute("VACUUM")
        check_layers(tables, {"places": len(entries), "areas": len(outlined)})
    finally:
        tables.close()


def _counted(entries: Iterable[Entry], progress: Callable[[int], object]) -> Iterator[Entry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if not number % 1000:
            progress(1000)


def _layer(path: Path, name: str, geometry: str, columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> None:
    import fiona

    schema = {"geometry": geometry, "properties": columns}
    with fiona.open(path, "w", driver="GPKG", layer=name, schema=schema, crs="EPSG:4326") as layer:
        layer.writerecords(rows)


def _place_feature(entry: Entry) -> dict[str, Any]:
    values = {column: getattr(entry, column, None) for column in PLACE_COLUMNS}
    values |= {column: entry.local_names.get(language, "") for column, language in NAME_COLUMNS.items()}
    values["source"], values["licence"] = joined(entry.sources), joined(entry.licences)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": (entry.lon, entry.lat)},
        "properties": values,
    }


def _area_feature(entry: Entry) -> dict[str, Any]:
    assert entry.polygon is not None  # noqa: S101
    parts = shapely.get_parts(entry.polygon)
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shapely.MultiPolygon(list(parts))),
        "properties": {
            column: getattr(entry, f"polygon_{column}" if column in ("note", "source", "licence") else column)
            for column in AREA_COLUMNS
        },
    }


def _attribute_tables(
    tables: sqlite3.Connection,
    entries: Sequence[Entry],
    sources: Iterable[SourceRow],
    progress: Callable[[int], object],
) -> None:
    for name, columns in _ATTRIBUTES.items():
        tables.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {columns})")
        tables.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, 'attributes', ?, ?)",
            (name, name, STAMP),
        )
    _insert(tables, "names", _name_rows(_counted(entries, progress)))
    _insert(tables, "provenance", ((entry.place_id, *part) for entry in entries for part in entry.contributions))
    _insert(tables, "sources", sources)
    _insert(tables, "bearers", _bearers(entries).items())
    tables.execute("CREATE INDEX names_place_id ON names (place_id)")
    for column in KEY_COLUMNS:
        tables.execute(f"CREATE INDEX names_{column} ON names ({column}, place_id)")
    tables.execute("CREATE INDEX provenance_place_id ON provenance (place_id)")
    tables.execute("CREATE UNIQUE INDEX places_place_id ON places (place_id)")
    tables.executescript(_TRIGGERS.replace("KEYS", ", ".join(f"{column} = NULL" for column in KEY_COLUMNS)))
    tables.execute("UPDATE gpkg_contents SET last_change = ?", (STAMP,))
    tables.commit()
    _describe(tables)
    tables.commit()


def _insert(tables: sqlite3.Connection, name: str, rows: Iterable[Sequence[Any]]) -> None:
    columns = [column.split()[0] for column in _ATTRIBUTES[name].split(",")]
    marks = ", ".join("?" * len(columns))
    tables.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608


def _named(entry: Entry) -> Iterator[tuple[Entry, str, str, list[str]]]:
    """The names of a place with their languages and sources, first the one that maps of its country write second."""
    local = local_language(entry.country)
    preferred = entry.local_names.get(local.code, "") if local else ""
    for name in sorted(entry.names, key=lambda name: (name != preferred, name)):
        language, sources = entry.names[name]
        yield entry, name, local.code if local and name == preferred else language, sources


def _name_rows(entries: Iterator[Entry]) -> Iterator[tuple[str, ...]]:
    while block := list(islice(entries, BLOCK)):
        named = [each for entry in block for each in _named(entry)]
        keys = zip(*(fold([name for _, name, _, _ in named]) for fold in KEYS.values()), strict=True)
        for (entry, name, language, sources), folded in zip(named, keys, strict=True):
            script = "Latn" if name in entry.codes else script_of(name)
            yield entry.place_id, name, language, script, joined(sources), *folded


def _bearers(entries: Iterable[Entry]) -> dict[str, int]:
    """How many places bear a name, here or by the bundled count, which knows places of other sources."""
    own = bearers_of(
        (name, entry.lon, entry.lat)
        for entry in entries
        if entry.kind not in NOT_BEARERS
        for name in entry.names
        if name not in entry.codes
    )
    counted = Tables(bundled_folder()).bearers if any(entry.bundled for entry in entries) else {}
    return {key: max(own.get(key, 1), counted.get(key, 1)) for key in sorted({*own, *counted})}


def _describe(tables: sqlite3.Connection) -> None:
    described = {"format": FORMAT, "version": content_version(tables), "keys_version": keys_version()}
    _insert(tables, "gazetteer", sorted(described.items()))
