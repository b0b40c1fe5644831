"""Which records go into one file, so that a join need only compare files that can meet?"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError, OutputError
from geocasualty.matching._extent import classes_of, extents_of
from geocasualty.matching._source import Source, hashed
from geocasualty.matching._worth import EXPLAINED
from geocasualty.records.schema import id_column

__all__ = ["META", "ROWS", "cuts", "keys_of", "partition_records"]

ROWS = 250_000
"""Rows of a partition: about 100 MB in memory while it is joined."""
SPILL = 2_000_000
"""Rows that are held before they are sorted into the files of their partitions."""

META = b"geocasualty_part"
LEVELS = 10
"""Halvings of the globe on either axis: the finest cell is 0.35 degrees of longitude and 0.18 of latitude."""
UNLOCATED = 63
"""The class of what is nowhere."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def partition_records(
    path_in: str | os.PathLike[str], path_out: str | os.PathLike[str], *, rows: int = ROWS
) -> pd.DataFrame:
    """Lay records out on disk by place and month, for a join that is larger than memory.

    The records are read twice, a batch at a time, and never held whole. Quarters of the globe are quartered until one
    holds at most ``rows`` records; a cell of the finest size that still holds more is cut by month, such a month by
    day, and such a day by a hash of the identifier: one town with a third of all strikes becomes many partitions of
    ordinary size. Records of wide reach (radius, or half the diagonal of an area, above 10 km, 40 km, 160 km, ...) or
    of long duration (above 31 days, 124 days, ...) go into partitions of their own class, and unlocated ones too, so
    that they widen the search of no other.

    Parameters
    ----------
    path_in : str or path-like
        A GeoParquet file (well-known binary, longitude and latitude) or a folder of them, with the columns that
        :func:`geocasualty.match` needs; or a CSV, GeoJSON or GeoPackage file of :func:`geocasualty.write_records`,
        which is read whole and may hold as much as that function reads.
    path_out : str or path-like
        The folder to make. It must not exist: a layout is written once, and appears when it is whole.
    rows : int
        The most rows of a partition.

    Returns
    -------
    pandas.DataFrame
        One row a file, in order: ``file``, ``rows``, ``unlocated``.

    Raises
    ------
    geocasualty.errors.InputError
        If the input lacks a column, is in another CRS, a record has no time, a point has no radius, or an identifier
        repeats.
    geocasualty.errors.OutputError
        If the folder exists or cannot be written.

    Notes
    -----
    Needs pyarrow. Within a file records stand by identifier. Each file carries its bounding box as GeoParquet
    says, and the boxes, reach and time range of its classes. The same records give the same bytes, in whatever order
    they come, as long as they come with the same columns. To find repeated identifiers 8 bytes a record are held.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> strikes = gcas.write_records(gcas.load_casebook().strikes, folder / "strikes.parquet")
    >>> gcas.matching.partition_records(strikes, folder / "laid-out", rows=3)
                     file  rows  unlocated
    0  part-00000.parquet     2          0
    1  part-00001.parquet     3          0
    """
    if isinstance(rows, bool) or not isinstance(rows, (int, np.integer)) or rows < 1:
        raise InputError(f"rows is {rows!r}; expected a whole number of one or more")
    target = Path(path_out)
    if target.exists():
        raise OutputError(f"{target.name!r} exists; a layout is written once: choose another folder, or remove it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write {target.name!r}: {error.strerror or error}") from error
    try:
        (folder / "out").mkdir()
        table = _Layout(Source(Path(path_in), folder), int(rows), folder).written()
        os.replace(folder / "out", target)
        return table
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"cannot write {target.name!r}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keys_of(boxes: Floats) -> Ints:
    """One sortable number a record: class (12 bits), cell along the Z-order curve (20), month (16), day (5)."""
    count = len(boxes)
    located = ~np.isnan(boxes[:, 0])
    kinds, cells = np.full(count, UNLOCATED << 6, dtype=np.int64), np.zeros(count, dtype=np.int64)
    if located.any():
        box = boxes[located]
        reach, duration = (np.minimum(each, UNLOCATED - 1) for each in classes_of(box))
        kinds[located] = (reach << 6) | duration
        size = 1 << LEVELS
        column = np.clip(((box[:, 0] + box[:, 2]) / 2 + 180) / 360 * size, 0, size - 1).astype(np.int64)
        row = np.clip(((box[:, 1] + box[:, 3]) / 2 + 90) / 180 * size, 0, size - 1).astype(np.int64)
        cell = np.zeros(len(box), dtype=np.int64)
        for bit in range(LEVELS):
            cell |= (((column >> bit) & 1) << (2 * bit)) | (((row >> bit) & 1) << (2 * bit + 1))
        coarse = 2 * np.minimum(reach, LEVELS)  # a class four times as wide need not be told apart as finely
        cells[located] = (cell >> coarse) << coarse
    day = boxes[:, 5].astype("datetime64[s]").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    months = np.clip(month.astype(np.int64) + 32_768, 0, 65_535)
    keys: Ints = (kinds << 41) | (cells << 21) | (months << 5) | (day - month).astype(np.int64)
    return keys


SHIFTS = (41, *range(39, 20, -2), 5, 0)
"""What of a key is looked at: the class, ever smaller cells, the month, the day."""


def cuts(keys: Ints, counts: Ints, rows: int) -> tuple[Ints, Ints]:
    """Cut sorted distinct keys into groups of at most ``rows`` records.

    Returns
    -------
    tuple of numpy.ndarray
        The first key of each group, and into how many parts it has to be cut by other means, since one key alone
        stands for more records.
    """
    begins: list[int] = []
    parts: list[int] = []

    def cut(first: int, last: int, level: int) -> None:
        prefix = keys[first:last] >> SHIFTS[level]
        edges = [*(first + np.flatnonzero(np.diff(prefix, prepend=prefix[0] - 1))).tolist(), last]
        held = 0
        for low, high in itertools.pairwise(edges):
            count = int(counts[low:high].sum())
            fresh = level == 0 or held == 0 or held + count > rows
            if count <= rows or level == len(SHIFTS) - 1:
                if fresh:
                    begins.append(int(keys[low]))
                    parts.append(max(1, -(-count // rows)))
                held = 0 if count > rows or level == 0 else (count if fresh else held + count)
            else:
                cut(low, high, level + 1)
                held = 0

    if len(keys):
        cut(0, len(keys), 0)
    return np.array(begins, dtype=np.int64), np.array(parts, dtype=np.int64)


class _Layout:
    """Reads a source twice: to count, and to sort its rows into files."""

    def __init__(self, source: Source, rows: int, room: Path) -> None:
        self._source, self._rows, self._room = source, rows, room
        self._id = id_column(source.role)

    def written(self) -> pd.DataFrame:
        keys, counts = self._counted()
        self._begins, parts = cuts(keys, counts, self._rows)
        self._parts = parts
        self._first = np.cumsum(parts) - parts
        self._spilled()
        files = [path for number in range(int(parts.sum())) if (path := self._spill(number)).exists()]
        if not files:
            files = [self._room / "none"]
        digest = hashlib.sha256()
        tables = []
        for number, path in enumerate(files):
            tables.append(self._finished(path, number, len(files), digest))
        return pd.DataFrame(tables, columns=["file", "rows", "unlocated"])

    def _counted(self) -> tuple[Ints, Ints]:
        found: list[tuple[Ints, Ints]] = []
        held = 0
        hashes = []
        source = self._source
        for batch in source.batches([self._id, source.geometry, "radius_m", "start", "end"]):
            found.append(np.unique(keys_of(source.boxes(batch)), return_counts=True))
            hashes.append(hashed(batch.column(self._id)))
            held += len(found[-1][0])
            if held > SPILL:
                found = [_merged(found)]
                held = 0
        self._once(hashes)
        return _merged(found)

    def _once(self, hashes: list[npt.NDArray[np.uint64]]) -> None:
        """Refuse a missing identifier or one that repeats; equal hashes are looked at again."""
        every = np.concatenate([*hashes, np.empty(0, dtype=np.uint64)])
        every.sort()
        again = np.unique(every[1:][every[1:] == every[:-1]])
        seen = set()
        for batch in self._source.batches([self._id]) if len(again) else ():
            ids = batch.column(self._id)
            for at in np.flatnonzero(np.isin(hashed(ids), again)):
                name = ids[int(at)].as_py()
                if name in seen:
                    raise InputError(
                        f"{self._source.name}: {self._id} {str(name)[:80]!r} stands in more than one row",
                        column=self._id,
                        value=name,
                    )
                seen.add(name)

    def _spill(self, number: int) -> Path:
        return self._room / f"{number}.arrow"

    def _spilled(self) -> None:
        import pyarrow as pa

        held: list[Any] = []
        for batch in self._source.batches():
            held.append(batch)
            if sum(map(len, held)) >= SPILL:
                self._sort_out(pa.Table.from_batches(held))
                held = []
        if held:
            self._sort_out(pa.Table.from_batches(held))

    def _sort_out(self, table: Any) -> None:
        import pyarrow as pa

        batch = table.combine_chunks().to_batches()[0] if len(table) else None
        if batch is None:
            return
        group = np.searchsorted(self._begins, keys_of(self._source.boxes(batch)), side="right") - 1
        number = self._first[group]
        if (self._parts > 1).any():
            number = number + (hashed(batch.column(self._id)) % self._parts[group].astype(np.uint64)).astype(int)
        order = np.argsort(number, kind="stable")
        edges = np.flatnonzero(np.diff(number[order], prepend=-1, append=-2))
        for low, high in itertools.pairwise(edges):
            part = batch.take(pa.array(order[low:high]))
            with (
                self._spill(int(number[order[low]])).open("ab") as sink,
                pa.ipc.new_stream(sink, part.schema) as stream,
            ):
                stream.write_batch(part)

    def _finished(self, path: Path, number: int, of: int, digest: Any) -> tuple[str, int, int]:
        """Put the rows of one partition by identifier, and write them with what is known of them."""
        import pyarrow as pa
        import pyarrow.compute

        source = self._source
        batches = list(_streams(path)) if path.exists() else []
        table = pa.Table.from_batches(batches, schema=source.schema).combine_chunks()
        table = table.take(pa.compute.sort_indices(table[self._id])) if len(table) else table
        whole = table.to_batches()[0] if len(table) else None
        boxes = source.boxes(whole) if whole is not None else np.empty((0, 7))
        extents = extents_of(boxes)
        unlocated = int(np.isnan(boxes[:, 0]).sum())
        for name in (self._id, "belligerents", *EXPLAINED):
            if name in table.column_names:
                digest.update("\n".join(map(str, table[name].to_pylist())).encode("utf-8", "backslashreplace"))
        digest.update(boxes.tobytes())
        about = {
            "role": source.role,
            "part": number,
            "parts": of,
            "rows": len(boxes),
            "unlocated": unlocated,
            "extents": extents.tolist(),
            "digest": digest.hexdigest(),
        }
        geo = json.loads(source.schema.metadata[b"geo"])
        column = geo["columns"][source.geometry]
        column.pop("bbox", None)
        if len(extents):
            column["bbox"] = [*extents[:, :2].min(axis=0).tolist(), *extents[:, 2:4].max(axis=0).tolist()]
        column["geometry_types"] = []
        metadata = {**source.schema.metadata, b"geo": json.dumps(geo).encode(), META: json.dumps(about).encode()}
        name = f"part-{number:05d}.parquet"
        from pyarrow import parquet

        parquet.write_table(
            table.replace_schema_metadata(metadata),
            self._room / "out" / name,
            compression="zstd",
            row_group_size=len(table) or 1,
        )
        path.unlink(missing_ok=True)
        return name, len(boxes), unlocated


def _merged(found: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Distinct keys, sorted, and how many records have each."""
    keys = np.concatenate([each for each, _ in found] or [np.empty(0, dtype=np.int64)])
    counts = np.concatenate([each for _, each in found] or [np.empty(0, dtype=np.int64)])
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(place, weights=counts, minlength=len(distinct)).astype(np.int64)


def _streams(path: Path) -> Iterator[Any]:
    """The batches of streams that stand one behind another in a file."""
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        while file.tell() < file.size():
            yield from pa.ipc.open_stream(file)
