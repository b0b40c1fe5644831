"""Records that no memory holds, laid out in files that a join can tell apart; and the pairs, one file a partition."""

from __future__ import annotations

import functools
import itertools
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._extras import need
from geocasualty.errors import InputError, OutputError
from geocasualty.files import atomic_path, atomic_write, read_text
from geocasualty.matching._pairs import is_partitioned
from geocasualty.partitioned._extents import ROWS, cuts, keys_of
from geocasualty.partitioned._files import Part, Reader, Stored, frame_of, name_of, stored_in, token_of
from geocasualty.partitioned._halves import hashes_of, surveyed
from geocasualty.records import read_records, write_records
from geocasualty.records._write_layers import boxed
from geocasualty.records.schema import Role, id_column

Ints = npt.NDArray[np.int64]

COVERING = "bbox"
CONTENT = "_pairs.txt"


def partition_records(
    path_in: str | os.PathLike[str], path_out: str | os.PathLike[str], *, rows: int = ROWS
) -> pd.DataFrame:
    """Lay records out on disk by place and day, for a join that is larger than memory.

    The records are read twice, a group of rows at a time, and never held whole. They are cut every ``rows`` records
    along a curve through cells of 0.35 degrees (the Z-order of quarters within quarters of the globe), within a cell by
    day, and within a day by a hash of the identifier: one town with a third of all strikes becomes many partitions of
    ordinary size. Records of wide reach (radius, or half the diagonal of an area, above 10 km, 40 km,
    160 km, ...) or of long duration (above 31 days, 124 days, ...) go into partitions of their own class, and unlocated
    ones too, so that they widen the search of no other.

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
        If the input is in another CRS, has files of different columns, or holds what :func:`geocasualty.match`
        refuses; if Dask is not installed.
    geocasualty.errors.OutputError
        If the folder exists or cannot be written.

    Notes
    -----
    Runs on Dask, as the join does. Within a file records stand by identifier. Each file is GeoParquet 1.1 with the box
    of every record in a column ``bbox`` (its `covering`): where a file lies and what times it covers is what its footer
    says of its columns, for any program. The same records give the same bytes, in whatever order they come, as long as
    they come with the same columns. To find repeated identifiers 8 bytes a record are held.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> strikes = gcas.write_records(gcas.load_casebook().strikes, folder / "strikes.parquet")
    >>> gcas.partitioned.partition_records(strikes, folder / "laid-out", rows=3)
                              file  rows  unlocated
    0  part-00000-of-00002.parquet     2          0
    1  part-00001-of-00002.parquet     3          0
    """
    if isinstance(rows, bool) or not isinstance(rows, (int, np.integer)) or rows < 1:
        raise InputError(f"rows is {rows!r}; expected a whole number of one or more")
    need("dask", "dask_geopandas")
    target = Path(path_out)
    if target.exists():
        raise OutputError(f"{target.name!r} exists; a layout is written once: choose another folder, or remove it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write {target.name!r}: {error.strerror or error}") from error
    try:
        (room / "out").mkdir()
        table = _laid_out(*_source(Path(path_in), room), int(rows), room)
        os.replace(room / "out", target)
        return table
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"cannot write {target.name!r}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _source(path: Path, room: Path) -> tuple[Stored, Reader, list[Part]]:
    """What is to be laid out, a group of rows at a time."""
    if "\x00" in os.fspath(path) or not path.exists():
        raise InputError(f"no such file or folder: {str(path)!r}; check the path")
    if path.is_file() and path.suffix.lower() not in (".parquet", ".geoparquet"):
        path = write_records(read_records(path), room / "whole.parquet")
    endings = ("*.parquet", "*.geoparquet")
    files = [path] if path.is_file() else sorted(part for ending in endings for part in path.glob(ending))
    if not files:
        raise InputError(f"{path.name}: the folder holds no .parquet file")
    every = [stored_in(file) for file in files]
    for file, stored in zip(files, every, strict=True):
        if not stored.schema.equals(every[0].schema):
            raise InputError(f"{file.name}: other columns or types than in {files[0].name}; make them equal")
    if COVERING in every[0].columns:
        raise InputError(f"{path.name}: column {COVERING!r} is where boxes go; rename it", column=COVERING)
    parts = [
        Part(str(file), groups, 0, np.empty((0, 7)), points=False)
        for file, stored in zip(files, every, strict=True)
        for groups in [(number,) for number in range(stored.footer.num_row_groups)]
    ] or [Part(str(files[0]), (), 0, np.empty((0, 7)), points=False)]
    return every[0], Reader(every[0], token_of(files)), parts


def _laid_out(stored: Stored, reader: Reader, parts: list[Part], rows: int, room: Path) -> pd.DataFrame:
    """Count what goes where, sort the rows of each part by that, and write what goes together."""
    import dask

    read, needed = dask.delayed(reader), [id_column(stored.role), stored.geometry, "radius_m", "start", "end"]
    blocks = [read(part, [name for name in needed if name in stored.columns]) for part in parts]
    _, _, counted = surveyed(blocks, stored.role, functools.partial(_keyed, role=stored.role, room=room))
    keys, counts = (np.concatenate([each[n] for each in counted]) for n in (0, 1))
    distinct, place = np.unique(keys, return_inverse=True)
    begins, split = cuts(distinct, np.bincount(place, weights=counts, minlength=len(distinct)).astype(np.int64), rows)
    sort = dask.delayed(_sorted_out)
    batches: dict[int, list[tuple[int, int]]] = {}
    for number, held in enumerate(
        dask.compute(*[sort(reader, part, stored.columns, n, begins, split, room) for n, part in enumerate(parts)])
    ):
        for place_in, group in enumerate(held):
            batches.setdefault(group, []).append((number, place_in))
    finish = dask.delayed(_finished)
    every = [batches[group] for group in sorted(batches)] or [[(0, 0)]]
    written = [
        finish(each, name_of(number, len(every)), stored.role, stored.geometry, room)
        for number, each in enumerate(every)
    ]
    return pd.DataFrame(list(dask.compute(*written)), columns=["file", "rows", "unlocated"])


def _keyed(number: int, frame: Any, boxes: Any, *, role: Role, room: Path) -> tuple[Ints, Ints]:
    """The key and the hash of each record, kept for later; how many have each key."""
    keys = keys_of(boxes)
    np.save(room / f"{number}.npy", np.column_stack([keys, hashes_of(frame, role).view(np.int64)]))
    distinct, counts = np.unique(keys, return_counts=True)
    return distinct, counts.astype(np.int64)


def _sorted_out(
    reader: Reader, part: Part, columns: list[str], number: int, begins: Ints, split: Ints, room: Path
) -> list[int]:
    """Write the rows of a part again, those that go together one behind another; says where each batch goes."""
    import pyarrow as pa

    keys, hashes = np.load(room / f"{number}.npy").T
    group = np.searchsorted(begins, keys, side="right") - 1
    target = (np.cumsum(split) - split)[group] + (hashes.view(np.uint64) % split[group].astype(np.uint64)).astype(int)
    order = np.argsort(target, kind="stable")
    edges = np.flatnonzero(np.diff(target[order], prepend=-1, append=-2))
    table = reader.table(part, columns).take(order).combine_chunks()
    with pa.ipc.new_file(str(room / f"{number}.arrow"), table.schema) as stream:
        for low, high in itertools.pairwise(edges):
            stream.write_table(table.slice(low, high - low), max_chunksize=max(1, len(table)))
        if not len(table):
            stream.write_batch(pa.RecordBatch.from_pylist([], table.schema))
    return [int(target[order[low]]) for low in edges[:-1]]


def _finished(batches: list[tuple[int, int]], name: str, role: Role, geometry: str, room: Path) -> tuple[str, int, int]:
    """Put the rows of one file by identifier, and write them with their boxes."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    held = []
    for number, at in batches:
        with pa.ipc.open_file(str(room / f"{number}.arrow")) as opened:
            held.append(opened.get_batch(at))
    table = pa.Table.from_batches(held)
    table = table.take(compute.sort_indices(table[id_column(role)]))
    box, said = boxed(frame_of(table.select([geometry])).geometry.to_numpy(), COVERING)
    geo = json.loads(table.schema.metadata[b"geo"]) | {"version": "1.1.0"}
    geo["columns"][geometry].pop("bbox", None)
    geo["columns"][geometry] |= said
    table = table.append_column(COVERING, box).replace_schema_metadata(
        {**table.schema.metadata, b"geo": json.dumps(geo).encode()}
    )
    parquet.write_table(table, room / "out" / name, compression="zstd", row_group_size=len(table) or 1)
    return name, len(table), box.null_count


def write_pairs(pairs: Any, folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Write a Dask frame of pairs as Parquet, one file a partition; whatever is finished already stays.

    Each file is written by the task that made it, under another name until it is whole, and no table of all pairs is
    ever held. After a crash the same call goes on where it stopped.

    Parameters
    ----------
    pairs : dask.dataframe.DataFrame
        What :func:`geocasualty.match` returns for frames of Dask, or made from it.
    folder : str or path-like
        Where; made if its parent exists. Workers on other machines must see the same folder.

    Returns
    -------
    pandas.DataFrame
        ``file`` and ``pairs``, the number of its rows, in order.

    Raises
    ------
    geocasualty.errors.InputError
        If ``pairs`` is no frame of Dask.
    geocasualty.errors.OutputError
        If the folder holds anything but parts of these same pairs, or cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import dask_geopandas
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> strikes = dask_geopandas.from_geopandas(book.strikes, npartitions=2)
    >>> pairs = gcas.match(book.incidents, strikes, within_km=10, within_days=0)
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "pairs"
    >>> int(gcas.partitioned.write_pairs(pairs, folder)["pairs"].sum()) == len(pairs)
    True
    """
    if not is_partitioned(pairs):
        raise InputError(f"pairs are a {type(pairs).__name__}; expected a frame of Dask, as match returns for one")
    import dask
    from pyarrow import parquet

    root = Path(folder)
    try:
        root.mkdir(exist_ok=True)
        there = sorted(path.name for path in root.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise OutputError(f"cannot write {root.name!r}: {error.strerror or error}") from error
    asked = f"{pairs._name} in {pairs.npartitions} parts\n"
    if there and (CONTENT not in there or read_text(root / CONTENT) != asked):
        raise OutputError(f"{root.name!r} holds other files, or parts of other pairs; choose an empty folder")
    atomic_write(root / CONTENT, asked)
    files = [root / f"pairs-{number:05d}.parquet" for number in range(pairs.npartitions)]
    write = dask.delayed(_write_part, pure=True)
    blocks = zip(files, pairs.to_delayed(), strict=True)
    dask.compute(*[write(block, str(file)) for file, block in blocks if not file.exists()])
    counts = [parquet.read_metadata(file).num_rows for file in files]
    return pd.DataFrame({"file": [file.name for file in files], "pairs": counts})


def _write_part(pairs: pd.DataFrame, file: str) -> int:
    with atomic_path(file) as temporary:
        pairs.to_parquet(temporary, index=False, compression="zstd")
    return len(pairs)
