"""Reads a gazetteer that ``geocasualty gazetteer build`` wrote, fast enough for a hundred thousand places."""

from __future__ import annotations

import hashlib
import math
import os
import sqlite3
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path

import shapely

from geocasualty._geometry import shapes_from_wkb
from geocasualty._sqlite import limit_work
from geocasualty.errors import InputError
from geocasualty.gazetteer import names
from geocasualty.gazetteer._tables import (
    BUNDLED_CREDIT,
    FIGURES,
    KEYS,
    NAME_COLUMNS,
    Key,
    Tables,
    is_place,
    no_place,
    prepared,
    without_collecting,
)
from geocasualty.gazetteer.place import Place
from geocasualty.theatre._tables import in_order
from geocasualty.theatre.languages import local_language
from geocasualty.theatre.scripts import FOLDER as SCRIPTS

FORMAT = "geocasualty-gazetteer 1"

PLACE_COLUMNS = {
    "place_id": "str", "name": "str", "name_ar": "str", "kind": "str", "country": "str", "admin1": "str",
    "admin2": "str", "admin3": "str", "radius_m": "float", "radius_source": "str", "population": "int64",
    "feature_code": "str", "source": "str", "licence": "str", "note": "str",
}  # fmt: skip

KEY_COLUMNS = tuple(f"key_{key}" for key in KEYS)
"""The folded names of each name, so that a large gazetteer need not fold them when it is loaded."""

TABLES = ("places", "areas", "names", "provenance", "sources", "gazetteer")

_ENVELOPES = (0, 32, 48, 48, 64)
"""Bytes of a GeoPackage geometry's envelope by the code in its flags."""

_LITTLE, _BIG = struct.Struct("<dd").unpack_from, struct.Struct(">dd").unpack_from

_PLACES = f"SELECT {', '.join(PLACE_COLUMNS)}, geom FROM places ORDER BY place_id"  # noqa: S608

_DIGESTED = (
    _PLACES,
    "SELECT place_id, approximate, note, source, geom FROM areas ORDER BY place_id, fid",
    "SELECT place_id, name, language FROM names ORDER BY place_id, name, fid",
)


@cache
def keys_version() -> str:
    """A digest of the rules by which names are folded; keys that were made under others are made anew."""
    digest = hashlib.sha256(f"{unicodedata.unidata_version} {','.join(KEYS)} ".encode())
    for file in (Path(names.__file__), *in_order(SCRIPTS, "Latn")):
        if not file.is_file():
            return ""
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def content_version(tables: sqlite3.Connection) -> str:
    """A digest of places, outlines and names: the same content has the same version in any file."""
    digest = hashlib.sha256()
    for query in _DIGESTED:
        for row in tables.execute(query):
            digest.update(repr(row).encode())
    return digest.hexdigest()[:12]


class GeoPackageTables(Tables):
    """The tables of a file that ``geocasualty gazetteer build`` wrote, each read on first use.

    It may have been edited since, as in QGIS. Raises InputError if it is no such file, or damaged.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.folder = Path(path)
        self._name = self.folder.name
        with self._open() as tables:
            held = {name for (name,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            missing = [name for name in TABLES if name not in held]
            if missing:
                raise InputError(
                    f"{self._name}: no table {', '.join(missing)}; load a file that `geocasualty gazetteer build` wrote"
                )
            self.about: dict[str, str] = dict(tables.execute("SELECT key, value FROM gazetteer"))
        if self.about.get("format") != FORMAT:
            raise InputError(
                f"{self._name}: format {self.about.get('format')!r}, this version reads {FORMAT!r}; build it again"
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.folder.is_file():
            raise InputError(f"no such file: {str(self.folder)!r}; check the path")
        with self.folder.open("rb") as stream:
            if not stream.read(16).startswith(b"SQLite format 3\x00"):
                raise InputError(f"{self._name}: not a GeoPackage")
        tables = None
        try:
            tables = sqlite3.connect(f"{self.folder.resolve().as_uri()}?mode=ro", uri=True)
            limit_work(tables, self.folder.stat().st_size)
            with without_collecting():
                yield tables
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise InputError(f"{self._name}: a damaged GeoPackage ({error}); copy or build it again") from error
        finally:
            if tables is not None:
                tables.close()

    @cached_property
    def version(self) -> str:
        """A digest of the content, made anew, so that an edited file has another version than the one built."""
        with self._open() as tables:
            return content_version(tables)

    @cached_property
    def attribution(self) -> str:
        """The credit line that the licences of its sources ask for, those of the bundled places first."""
        sources = self.sources()
        bundled = any(form == "bundled" for _, form, *_ in sources)
        added = dict.fromkeys(f"{title} ({licence})" for _, form, title, licence, _ in sources if form != "bundled")
        return "; also: ".join(filter(None, (BUNDLED_CREDIT if bundled else "", ", ".join(added))))

    @cached_property
    def areas(self) -> dict[str, tuple[shapely.Geometry, bool, str]]:
        """``place_id`` to polygon, whether it is approximate, and the note on it."""
        with self._open() as tables:
            rows = tables.execute(
                "SELECT place_id, approximate, note, geom FROM areas WHERE geom IS NOT NULL ORDER BY place_id, fid"
            ).fetchall()
        try:
            polygons = shapes_from_wkb(_wkb(row[3]) for row in rows)
        except (shapely.errors.ShapelyError, TypeError, IndexError, ValueError) as error:
            raise InputError(f"{self._name}: table areas: a geometry that cannot be read ({error})") from error
        whole = [_single(polygon) for polygon in polygons]
        prepared(self._name, whole)
        return {str(row[0]): (polygon, bool(row[1]), row[2] or "") for row, polygon in zip(rows, whole, strict=True)}

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        """Every alternate name: ``place_id``, name, language."""
        with self._open() as tables:
            return tables.execute("SELECT place_id, name, language FROM names ORDER BY place_id, name").fetchall()

    def index(self, key: Key) -> dict[str, list[str]]:
        """Folded name to the ``place_id`` of each place that has it, sorted.

        Read from the file; made anew where the rules of folding have changed since it was built, or a name was edited.
        """
        if not self.about.get("keys_version") == keys_version() != "":
            return super().index(key)
        known, column = self.places, f"key_{key}"
        found: dict[str, list[str]] = {}
        last, ids = "", [""]
        with self._open() as tables:
            edited = tables.execute(f"SELECT name, place_id FROM names WHERE {column} IS NULL").fetchall()  # noqa: S608
            rows = tables.execute(
                f"SELECT {column}, place_id FROM names WHERE {column} <> '' ORDER BY {column}, place_id"  # noqa: S608
            ).fetchall()
            if not known.keys() >= {place_id for _, place_id in rows}:
                rows = [row for row in rows if row[1] in known]
            for folded, place_id in rows:
                if folded != last:
                    found[folded] = ids = [place_id]
                    last = folded
                elif place_id != ids[-1]:
                    ids.append(place_id)
        for folded, (_, place_id) in zip(KEYS[key](name for name, _ in edited), edited, strict=True):
            if folded and place_id in known:
                found[folded] = sorted({*found.get(folded, ()), place_id})
        return found

    def named(self) -> Iterator[tuple[str, str]]:
        """``place_id`` and name for every name, the preferred ones too, in any order."""
        yield from ((place.place_id, place.name) for place in self.places.values())
        with self._open() as tables:
            yield from tables.execute("SELECT place_id, name FROM names")

    @cached_property
    def bearers(self) -> dict[str, int]:
        """How many places bear a name, by its ``bare_key``, as counted when the file was built; else from its names."""
        with self._open() as tables:
            if not tables.execute("SELECT 1 FROM sqlite_master WHERE name = 'bearers'").fetchone():
                return self._own_bearers()
            return dict(tables.execute("SELECT key, places FROM bearers ORDER BY key"))

    @cached_property
    def places(self) -> dict[str, Place]:
        """``place_id`` to place, in the order of the identifiers."""
        columns = ", ".join(column for column in PLACE_COLUMNS if column != "feature_code")
        areas, language = self.areas, NAME_COLUMNS["name_ar"]
        with self._open() as tables:
            rows = tables.execute(f"SELECT {columns}, geom FROM places ORDER BY place_id").fetchall()  # noqa: S608
            local = self._local_names(tables)
            found: dict[str, Place] = {}
            for (
                place_id, name, name_ar, kind, country, admin1, admin2, admin3, radius_m, radius_source, population,
                source, licence, note, blob,
            ) in rows:  # fmt: skip
                try:
                    lon, lat = _point(blob)
                    usable = is_place(place_id, name, kind, lon, lat, radius_m)
                except (struct.error, TypeError, KeyError, IndexError):
                    lon, lat, usable = math.nan, math.nan, False
                if not usable:
                    told = (place_id, name, kind, lon, lat, radius_m)
                    row = dict(zip(("place_id", "name", "kind", *FIGURES), told, strict=True))
                    raise InputError(f"{self._name}: table places: {no_place(row)} in QGIS")
                found[place_id] = Place(  # by position, which takes a third less of the time
                    place_id, name, kind, country or "", lon, lat, radius_m, radius_source or "", admin1 or "",
                    admin2 or "", population, areas[place_id][0] if place_id in areas else None,
                    local.get(place_id, {}) | ({language: name_ar} if name_ar else {}), source or "", licence or "",
                    note or "", admin3 or "",
                )  # fmt: skip
        if len(found) < len(rows):
            (place_id, _), *_ = Counter(row[0] for row in rows).most_common(1)
            raise InputError(f"{self._name}: table places: place_id {place_id!r} stands twice")
        return found

    def _local_names(self, tables: sqlite3.Connection) -> dict[str, dict[str, str]]:
        """Each place's name in the language of a country held here, if it has no column; the first is preferred."""
        held = (local_language(country or "") for (country,) in tables.execute("SELECT DISTINCT country FROM places"))
        codes = sorted({language.code for language in held if language} - set(NAME_COLUMNS.values()))
        marks = ", ".join("?" * len(codes))
        found: dict[str, dict[str, str]] = {}
        rows = tables.execute(
            f"SELECT place_id, language, name FROM names WHERE language IN ({marks}) ORDER BY fid DESC",  # noqa: S608
            codes,
        )
        for place_id, language, name in rows:
            found.setdefault(place_id, {})[language] = name
        return found

    def counts(self) -> dict[str, Counter[str]]:
        """Places by kind and by country, for a summary."""
        places = self.places.values()
        return {
            "kind": Counter(place.kind for place in places),
            "country": Counter(place.country or "unknown" for place in places),
        }

    def sources(self) -> list[tuple[str, str, str, str, int]]:
        """Each file that the gazetteer was built from: name, format, title, licence, records."""
        with self._open() as tables:
            return tables.execute("SELECT file, format, title, licence, records FROM sources ORDER BY fid").fetchall()


def _wkb(blob: bytes) -> bytes:
    """The geometry of a GeoPackage blob without its header."""
    return blob[8 + _ENVELOPES[blob[3] >> 1 & 7] :]


def _point(blob: bytes) -> tuple[float, float]:
    wkb = 8 + _ENVELOPES[blob[3] >> 1 & 7]
    return (_LITTLE if blob[wkb] else _BIG)(blob, wkb + 5)


def _single(polygon: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(polygon)
    return parts[0] if len(parts) == 1 else polygon
