"""Other people's gazetteers become one: many files in, one GeoPackage and a report out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty._progress import progress
from geocasualty.errors import InputError, OutputError
from geocasualty.files import folder_beside
from geocasualty.gazetteer.building._entry import BUNDLED, bundled_entries
from geocasualty.gazetteer.building._geonames import NOT_LANGUAGES, alternate_names
from geocasualty.gazetteer.building._inputs import Inputs
from geocasualty.gazetteer.building._merge import Merger, locate
from geocasualty.gazetteer.building._record import Report, language_of, tidy_name
from geocasualty.gazetteer.building._write import SourceRow, write_geopackage

__all__ = ["Build", "build_gazetteer"]


class Build(NamedTuple):
    """What a build gave.

    Attributes
    ----------
    path, report : pathlib.Path
        The GeoPackage, and the table of what was merged, kept apart, dropped or rejected and why.
    n_places, n_names, n_areas : int
        What the gazetteer holds.
    actions : dict of str to int
        Rows of the report by action.
    remarks : list of str
        What was done to whole files, such as a reprojection.
    """

    path: Path
    report: Path
    n_places: int
    n_names: int
    n_areas: int
    actions: dict[str, int]
    remarks: list[str]


def build_gazetteer(
    output: str | os.PathLike[str],
    *,
    sources: Iterable[Any] = (),
    countries: Iterable[Any] = (),
    alternate_names: str | os.PathLike[str] | None = None,
    csv_map: Mapping[str, str] | None = None,
    with_bundled: bool = True,
    **kinds: Iterable[str | os.PathLike[str]],
) -> Build:
    r"""Build one gazetteer file out of others' gazetteers.

    Rows of several sources are one place if an identifier says so, or if their names agree and they are near for their
    kind; every name stays, with who gave it. Polygons give places their governorate, district and sub-district.

    Parameters
    ----------
    output : path-like
        The GeoPackage to write. It appears whole or not at all; the report lies beside it as ``<output>.report.csv``.
    sources : iterable of path-like
        Files, whose kind is told from the names of their columns; a pair says it, as ``("csv", "mine.csv")``.
    countries : iterable of str
        Countries by name or code: their towns and outlines, as :func:`geocasualty.load_gazetteer` has them.
    alternate_names : path-like, optional
        GeoNames' ``alternateNamesV2.zip``.
    csv_map : mapping of str to str, optional
        Field (``name``, ``lon``, ``lat``, ``kind``, ``country``, ``names``, ...) to column of those tables.
    with_bundled : bool
        Begin with the bundled places, whose identifiers then stay.
    **kinds : iterable of path-like
        Files by their kind: ``cod`` (OCHA COD-AB, one level each), ``fieldmaps``, ``geoboundaries``, ``opensyria``;
        ``geonames`` (country dumps), ``osm`` (layers of places), ``overture`` (divisions), ``ucdp`` (releases of GED:
        the names of ``where_prec`` 1 and 2), ``csv`` (your own, with at least a name, a longitude and a latitude).
        Layers may be zipped, or GeoParquet; a table may be a workbook.

    Returns
    -------
    Build

    Raises
    ------
    geocasualty.errors.InputError
        If a file is missing, damaged or of another format, or gives no place; nothing is written then.
    geocasualty.errors.OutputError
        If the output cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import geocasualty as gcas
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> table = folder / "mine.csv"
    >>> _ = table.write_text("name,lon,lat,kind,country\nTall Example,44.3,35.4,village,IQ\n")
    >>> built = build_gazetteer(folder / "mine.gpkg", csv=[table])
    >>> gcas.load_gazetteer(built.path).resolve("Tall Example").best.label
    'Tall Example (Kirkuk, IQ)'
    """
    target = Path(output)
    inputs = Inputs(
        kinds,
        sources=sources,
        countries=countries,
        alternate_names=alternate_names,
        csv_map=dict(csv_map or {}),
    )
    if not (any(inputs.files()) or inputs.countries):
        raise InputError("nothing to build from; give at least one file, such as geonames=['IQ.zip']")
    if target.suffix.lower() != ".gpkg":
        raise InputError(f"{target.name!r}: the gazetteer is a GeoPackage; name it with .gpkg")
    try:
        with folder_beside(target) as folder:
            return _build(target, folder, inputs, with_bundled)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"cannot write {target.name!r}: {error.strerror or error}; choose a folder that you may write to"
        ) from error


def _build(target: Path, folder: Path, inputs: Inputs, with_bundled: bool) -> Build:
    with Report(folder / "report.csv") as report:
        merger = Merger(bundled_entries() if with_bundled else [], report)
        for format_, path, _, read in inputs.passes():
            rows = progress(path.name, " places", items=read(report))
            count = 0
            for record in rows:
                merger.add(record)
                count += 1
            inputs.counts[format_, path] = inputs.counts.get((format_, path), 0) + count
        if inputs.alternate_names is not None:
            _add_alternate_names(Path(inputs.alternate_names), merger, inputs, report)
        sources = inputs.rows()
        if with_bundled:
            sources.insert(0, _bundled_source())
        locate(merger.entries, report)
        entries = [merger.entries[place_id] for place_id in sorted(merger.entries)]
        with progress(target.name, " rows", total=2 * len(entries)) as bar:
            write_geopackage(folder / "gazetteer.gpkg", entries, sources, bar.update)
    report_path = target.with_name(f"{target.name}.report.csv")
    _publish(folder / "report.csv", report_path)
    _publish(folder / "gazetteer.gpkg", target)
    return Build(
        path=target,
        report=report_path,
        n_places=len(entries),
        n_names=sum(len(entry.names) for entry in entries),
        n_areas=sum(entry.polygon is not None for entry in entries),
        actions=dict(sorted(report.counts.items())),
        remarks=report.remarks,
    )


def _bundled_source() -> SourceRow:
    from geocasualty.gazetteer._tables import Tables, bundled_folder

    tables = Tables(bundled_folder())
    licences = "; ".join(sorted({place.licence for place in tables.places.values()}))
    return SourceRow(BUNDLED, "bundled", "geocasualty", licences, len(tables.places), tables.version)


def _add_alternate_names(path: Path, merger: Merger, inputs: Inputs, report: Report) -> None:
    wanted: dict[bytes, list[Any]] = {}
    for entry in merger.entries.values():
        for part in entry.contributions:
            if part.record_id.startswith("gn:") and entry not in (
                known := wanted.setdefault(part.record_id[3:].encode(), [])
            ):
                known.append(entry)
    skipped: Counter[str] = Counter()
    count = 0
    with progress(path.name, " rows") as bar:
        for geonameid, given, language in alternate_names(path, wanted, bar.update):
            name = tidy_name(given)
            if language in NOT_LANGUAGES or not name:
                skipped[language] += 1
                continue
            count += 1
            for entry in wanted[geonameid.encode()]:
                merger.name(entry, name, language_of(name, language), "GeoNames")
    for language, number in sorted(skipped.items()):
        report.add(
            "skipped", path.name, f"{number} rows", "a code, a link or no name", count=number, column="isolanguage",
            value=language,
        )  # fmt: skip
    inputs.counts["alternate-names", path] = count


def _publish(made: Path, target: Path) -> None:
    """Move a finished file to its place, under the rights that a new file has here."""
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())
    umask = os.umask(0)
    os.umask(umask)
    made.chmod(0o666 & ~umask)
    os.replace(made, target)
