"""Which files go into a gazetteer, in which order, and what became of each."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.errors import InputError
from geocasualty.gazetteer.building import _csv, _features, _opensyria, _ucdp
from geocasualty.gazetteer.building._archives import text_rows
from geocasualty.gazetteer.building._geonames import GEONAMES, geonames_records
from geocasualty.gazetteer.building._layers import TABLES, field_names
from geocasualty.gazetteer.building._record import Record, Report, Source
from geocasualty.gazetteer.building._world import OUTLINES, world_codes, world_records, world_sources
from geocasualty.gazetteer.building._write import SourceRow

Paths = Iterable[str | os.PathLike[str]]
WORLD = Path("towns of the world")
Pass = tuple[str, Path, Source, Callable[[Report], Iterator[Record]]]


def sha256_of(path: Path) -> str:
    """Digest of a file, or of the files of a folder in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        with file.open("rb") as stream:
            hashlib.file_digest(stream, lambda: digest)
    return digest.hexdigest()


def _checked(paths: Paths) -> list[Path]:
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    found = [Path(path) for path in paths]
    for path in found:
        if not path.exists():
            raise InputError(f"no such file: {str(path)!r}; check the path")
    return sorted(set(found), key=lambda path: (path.name, str(path)))


class SourceType(NamedTuple):
    """A kind of file that a gazetteer is built from; without a title the source has the name of its file.

    ``records`` are what a file says, of a path, the report and the source; ``step`` is when it is read: areas from the
    largest to the smallest first; ``fits`` says by the words of its columns whether a file looks like one.
    """

    title: str
    licence: str
    records: Callable[..., Iterator[Record]]
    step: int | Callable[[Path], int]
    fits: Callable[[frozenset[str]], bool]


TYPES = {
    "cod": SourceType(
        "OCHA COD-AB", "CC BY-IGO 3.0", _features.cod_records, _features.cod_level,
        lambda words: any(re.fullmatch("adm[0-4]_pcode", word) for word in words),
    ),
    "fieldmaps": SourceType(
        "fieldmaps.io, OCHA COD-AB or geoBoundaries", "as its column src_lic says", _features.cod_records,
        _features.cod_level, lambda words: {"adm0_src", "adm1_src"} <= words,
    ),
    "overture": SourceType(
        "Overture Maps Foundation, OpenStreetMap contributors", "ODbL 1.0", _features.overture_records, 5,
        lambda words: {"subtype", "names"} <= words,
    ),
    "opensyria": SourceType(
        "OpenSyria", "CC BY 4.0", _opensyria.opensyria_records, _opensyria.opensyria_level,
        lambda words: {"id", "name", "centroid"} <= words,
    ),
    "geoboundaries": SourceType(
        "geoBoundaries", "CC BY 4.0", _features.geoboundaries_records, 4, lambda words: "shapename" in words
    ),
    "geonames": SourceType(*GEONAMES, geonames_records, 6, lambda words: "19 columns" in words),
    "osm": SourceType(
        "OpenStreetMap contributors", "ODbL 1.0", _features.osm_records, 7,
        lambda words: bool({"place", "other_tags"} & words),
    ),
    "ucdp": SourceType("UCDP GED", "CC BY 4.0", _ucdp.ucdp_records, 9, lambda words: "where_prec" in words),
    "csv": SourceType("", "as its owner says", _csv.csv_records, 8, lambda words: "name" in words),
}  # fmt: skip
"""The kinds of files, in the order in which one is looked for that a file fits.

The files of a source may state another licence, outside themselves or in single rows."""


def _words(path: Path) -> frozenset[str]:
    """The names of a file's columns, in lower case; of a table without a header of 19 columns, "19 columns"."""
    if path.is_dir() or path.suffix.lower() in (*TABLES, ".geojson", ".gpkg", ".shp", ".gdb", ".fgb", ".kml"):
        return frozenset(field.lower() for field in field_names(path))
    if path.suffix.lower() == ".json":
        try:
            return frozenset(str(field).lower() for field in _opensyria._entries(path)[0])
        except InputError:
            return frozenset(field.lower() for field in field_names(path))
    try:
        line = next((line for _, line in text_rows(path)), "")
    except InputError:
        return frozenset(field.lower() for field in field_names(path))
    cells = next(csv.reader([line], delimiter=max(",;\t", key=line.count)), [])
    return frozenset({cell.strip().lower() for cell in cells} | {f"{len(cells)} columns"})


def type_of(path: Path) -> str:
    """The kind of a file, by the names of its columns. Raises InputError if it is none that is known."""
    words = _words(path)
    found = next((name for name, each in TYPES.items() if each.fits(words)), "")
    if not found:
        raise InputError(f"{path.name}: of none of the kinds {', '.join(TYPES)}; say which, as sources=[('csv', path)]")
    return found


def _known(kind: str) -> str:
    if kind not in TYPES:
        raise InputError(f"sources: {kind!r}: no such kind of file; choose from {', '.join(TYPES)}")
    return kind


@dataclass
class Inputs:
    """Files by kind; ``passes`` gives what to read of them, areas from the largest to the smallest first."""

    given: Mapping[str, Paths]
    sources: Iterable[Any] = ()
    countries: Iterable[Any] = ()
    alternate_names: str | os.PathLike[str] | None = None
    csv_map: Mapping[str, str] = field(default_factory=dict)
    counts: dict[tuple[str, Path], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in self.given:
            _known(kind)
        self.given = {name: _checked(paths) for name, paths in self.given.items()}
        for each in [self.sources] if isinstance(self.sources, (str, os.PathLike)) else self.sources:
            kind, path = each if isinstance(each, tuple) else ("", each)
            (file,) = _checked([path])
            kind = _known(kind or type_of(file))
            self.given = {**self.given, kind: _checked([*self.given.get(kind, ()), file])}
        self.countries = world_codes(self.countries) if self.countries else ()
        names = [path.name for _, path, _ in self.files()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"two files are named {twice[0]!r}; rename one, so that the report can tell them apart")
        if self.alternate_names is not None:
            if not Path(self.alternate_names).is_file():
                raise InputError(f"no such file: {str(self.alternate_names)!r}; check the path")
            if not self.given.get("geonames"):
                raise InputError("alternate names belong to GeoNames dumps; give the dumps too (--geonames IQ.zip)")

    def files(self) -> Iterator[tuple[str, Path, Source]]:
        """Kind, path and source of every file, in the order in which they are read."""
        for name, each in TYPES.items():
            for path in self.given.get(name, ()):
                file = Path(path)
                yield name, file, Source(each.title or file.stem, each.licence, file.name)

    def passes(self) -> Iterator[Pass]:
        """What to read, so that an area is known before what lies in it."""
        if self.countries:
            yield "world", WORLD, OUTLINES, partial(world_records, self.countries)
        options: dict[str, list[dict[str, Any]]] = {
            "geonames": [{"areas": True}, {"areas": False}],
            "csv": [{"column_map": self.csv_map}],
        }
        steps: list[tuple[int, Pass]] = []
        for name, path, source in self.files():
            records, step = TYPES[name].records, TYPES[name].step
            for each in options.get(name, [{}]):
                first = 5 if each.get("areas") else step if isinstance(step, int) else step(path)
                steps.append((first, (name, path, source, partial(records, path, source=source, **each))))
        for _, read in sorted(steps, key=lambda step: step[0]):
            yield read

    def rows(self) -> list[SourceRow]:
        """What became of each file, for the tables of the gazetteer.

        Raises InputError if a file gave no place at all.
        """
        found = []
        if self.countries:
            kind, count = f"world {','.join(self.countries)}", self.counts["world", WORLD]
            found += [SourceRow(each.file, kind, each.title, each.licence, count, "") for each in world_sources()]
        for format_, path, source in self.files():
            count = self.counts.get((format_, path), 0)
            if not count:
                raise InputError(f"{path.name}: no usable place in it as {format_}; is it another format?")
            found.append(SourceRow(path.name, format_, source.title, source.licence, count, sha256_of(path)))
        if self.alternate_names is not None:
            path = Path(self.alternate_names)
            count = self.counts.get(("alternate-names", path), 0)
            found.append(SourceRow(path.name, "alternate-names", *GEONAMES, count, sha256_of(path)))
        return found
