"""Which files go into a gazetteer, in which order, and what became of each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geocasualty.errors import InputError
from geocasualty.gazetteer.building import _cod, _csv, _geoboundaries, _geonames, _opensyria, _osm, _ucdp
from geocasualty.gazetteer.building._record import Record, Report, Source
from geocasualty.gazetteer.building._write import SourceRow

__all__ = ["Inputs", "sha256_of"]

Paths = Iterable[str | os.PathLike[str]]
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


@dataclass
class Inputs:
    """Files by format; ``passes`` gives what to read of them, areas from the largest to the smallest first."""

    geonames: Paths = ()
    cod: Paths = ()
    osm: Paths = ()
    geoboundaries: Paths = ()
    opensyria: Paths = ()
    csv: Paths = ()
    ucdp: Paths = ()
    alternate_names: str | os.PathLike[str] | None = None
    csv_map: Mapping[str, str] = field(default_factory=dict)
    counts: dict[tuple[str, Path], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("geonames", "cod", "osm", "geoboundaries", "opensyria", "csv", "ucdp"):
            setattr(self, name, _checked(getattr(self, name)))
        names = [path.name for _, path, _ in self.files()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"two files are named {twice[0]!r}; rename one, so that the report can tell them apart")
        if self.alternate_names is not None:
            if not Path(self.alternate_names).is_file():
                raise InputError(f"no such file: {str(self.alternate_names)!r}; check the path")
            if not self.geonames:
                raise InputError("alternate names belong to GeoNames dumps; give the dumps too (--geonames IQ.zip)")

    def files(self) -> Iterator[tuple[str, Path, Source]]:
        """Format, path and source of every file, in the order in which they are read."""
        sources: dict[str, Callable[[Path], Source]] = {
            "cod": _cod.source_of,
            "opensyria": _opensyria.source_of,
            "geoboundaries": _geoboundaries.source_of,
            "geonames": _geonames.source_of,
            "osm": _osm.source_of,
            "csv": lambda path: Source(path.stem, "as its owner says", path.name),
            "ucdp": _ucdp.source_of,
        }
        for format_, source_of in sources.items():
            for path in getattr(self, format_):
                yield format_, path, source_of(path)

    def passes(self) -> Iterator[Pass]:
        """What to read, so that an area is known before what lies in it."""
        levels = {path: _cod.cod_level(path) for path in self.cod if isinstance(path, Path)}
        levels |= {path: _opensyria.opensyria_level(path) for path in self.opensyria if isinstance(path, Path)}
        steps: list[tuple[int, Pass]] = []
        for format_, path, source in self.files():
            if format_ == "geonames":
                areas, others = self._geonames(path)
                steps += [(5, (format_, path, source, areas)), (6, (format_, path, source, others))]
            else:
                step = levels.get(path, {"geoboundaries": 4, "osm": 7, "csv": 8, "ucdp": 9}.get(format_, 0))
                steps.append((step, (format_, path, source, self._reader(format_, path))))
        for _, each in sorted(steps, key=lambda step: step[0]):
            yield each

    def _geonames(self, path: Path) -> tuple[Callable[[Report], Iterator[Record]], ...]:
        return (
            lambda report: _geonames.geonames_records(path, report, areas=True),
            lambda report: _geonames.geonames_records(path, report, areas=False),
        )

    def _reader(self, format_: str, path: Path) -> Callable[[Report], Iterator[Record]]:
        if format_ == "csv":
            return lambda report: _csv.csv_records(path, report, self.csv_map)
        reader = {
            "cod": _cod.cod_records,
            "opensyria": _opensyria.opensyria_records,
            "geoboundaries": _geoboundaries.geoboundaries_records,
            "osm": _osm.osm_records,
            "ucdp": _ucdp.ucdp_records,
        }[format_]
        return lambda report: reader(path, report)

    def rows(self) -> list[SourceRow]:
        """What became of each file, for the tables of the gazetteer.

        Raises
        ------
        geocasualty.errors.InputError
            If a file gave no place at all.
        """
        found = []
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
