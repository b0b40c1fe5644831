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
from geocasualty.gazetteer.building import _cod, _csv, _geoboundaries, _geonames, _opensyria, _osm, _overture, _ucdp
from geocasualty.gazetteer.building._archives import text_rows
from geocasualty.gazetteer.building._layers import TABLES, field_names
from geocasualty.gazetteer.building._record import Record, Report, Source
from geocasualty.gazetteer.building._world import OUTLINES, world_codes, world_records, world_sources
from geocasualty.gazetteer.building._write import SourceRow

__all__ = ["TYPES", "Inputs", "SourceType", "sha256_of", "type_of"]

Paths = Iterable[str | os.PathLike[str]]
WORLD = Path("towns of the world")
Pass = tuple[str, Path, Source, Callable[[Report], Iterator[Record]]]


def sha256_of(path: Path) -> str:
    """Digest of a file, or of the files of a folder in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
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
    """A kind of file that a gazetteer is built from.

    Parameters
    ----------
    source_of : callable
        The source of a file.
    records : callable
        What a file says, of a path, the report, and the columns that the user named.
    step : callable
        When a file is read: areas from the largest to the smallest first.
    fits : callable
        Whether a file looks like one, by the words of its columns.
    """

    source_of: Callable[[Path], Source]
    records: Callable[[Path, Report, Mapping[str, str]], Iterator[Record]]
    step: Callable[[Path], int]
    fits: Callable[[frozenset[str]], bool]


TYPES = {
    "cod": SourceType(
        _cod.source_of, lambda path, report, _: _cod.cod_records(path, report, _cod.source_of(path)), _cod.cod_level,
        lambda words: any(re.fullmatch("adm[0-4]_pcode", word) for word in words),
    ),
    "fieldmaps": SourceType(
        _cod.fieldmaps_source, lambda path, report, _: _cod.cod_records(path, report, _cod.fieldmaps_source(path)),
        _cod.cod_level, lambda words: {"adm0_src", "adm1_src"} <= words,
    ),
    "overture": SourceType(
        _overture.source_of, lambda path, report, _: _overture.overture_records(path, report), lambda _: 5,
        lambda words: {"subtype", "names"} <= words,
    ),
    "opensyria": SourceType(
        _opensyria.source_of, lambda path, report, _: _opensyria.opensyria_records(path, report),
        _opensyria.opensyria_level, lambda words: {"id", "name", "centroid"} <= words,
    ),
    "geoboundaries": SourceType(
        _geoboundaries.source_of, lambda path, report, _: _geoboundaries.geoboundaries_records(path, report),
        lambda _: 4, lambda words: "shapename" in words,
    ),
    "geonames": SourceType(
        _geonames.source_of, lambda path, report, _: _geonames.geonames_records(path, report, areas=False),
        lambda _: 6, lambda words: "19 columns" in words,
    ),
    "osm": SourceType(
        _osm.source_of, lambda path, report, _: _osm.osm_records(path, report), lambda _: 7,
        lambda words: bool({"place", "other_tags"} & words),
    ),
    "ucdp": SourceType(
        _ucdp.source_of, lambda path, report, _: _ucdp.ucdp_records(path, report), lambda _: 9,
        lambda words: "where_prec" in words,
    ),
    "csv": SourceType(
        lambda path: Source(path.stem, "as its owner says", path.name), _csv.csv_records, lambda _: 8,
        lambda words: "name" in words,
    ),
}  # fmt: skip
"""The kinds of files, in the order in which one is looked for that a file fits."""


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
    """The kind of a file, by the names of its columns.

    Raises
    ------
    geocasualty.errors.InputError
        If it is none that is known.
    """
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
                yield name, Path(path), each.source_of(Path(path))

    def passes(self) -> Iterator[Pass]:
        """What to read, so that an area is known before what lies in it."""
        if self.countries:
            yield "world", WORLD, OUTLINES, partial(world_records, self.countries)
        steps: list[tuple[int, Pass]] = []
        for name, path, source in self.files():
            if name == "geonames":
                steps.append((5, (name, path, source, partial(_geonames.geonames_records, path, areas=True))))
            read = partial(self._read, TYPES[name], path)
            steps.append((TYPES[name].step(path), (name, path, source, read)))
        for _, each in sorted(steps, key=lambda step: step[0]):
            yield each

    def _read(self, kind: SourceType, path: Path, report: Report) -> Iterator[Record]:
        return kind.records(path, report, self.csv_map)

    def rows(self) -> list[SourceRow]:
        """What became of each file, for the tables of the gazetteer.

        Raises
        ------
        geocasualty.errors.InputError
            If a file gave no place at all.
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
            found.append(SourceRow(path.name, "alternate-names", "GeoNames", "CC BY 4.0", count, sha256_of(path)))
        return found
