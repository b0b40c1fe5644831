"""One side of a join in partitions: what makes each, where it lies, and which of two sides can meet."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._extras import need
from geocasualty.errors import InputError
from geocasualty.matching._limits import Window
from geocasualty.matching._pairs import is_partitioned
from geocasualty.matching._sides import NEEDED, degrees, is_bare, side_of
from geocasualty.partitioned._extents import ROWS, boxes_of, cuts, extents_of, keys_of, meeting, reaching
from geocasualty.partitioned._files import Reader
from geocasualty.records._words import TEXT
from geocasualty.records.schema import Role, check_columns, id_column

Floats = npt.NDArray[np.float64]

BUCKETS = 32
"""Partitions for each task that looks for repeated identifiers."""


class Half(NamedTuple):
    """One side of a join in partitions.

    ``blocks`` are Dask's delayed frames, one a partition; ``extents`` what :func:`extents_of` says of each, ``rows``
    how many records it has; ``meta`` a frame without rows; ``token`` names the content. ``reads`` read a partition
    where it is needed, if files say what they hold; ``flagged`` are those in which a record may have a flag.
    """

    role: Role
    blocks: list[Any]
    extents: list[Floats]
    rows: list[int]
    meta: gpd.GeoDataFrame
    token: str
    reads: Sequence[Callable[[], gpd.GeoDataFrame]] = ()
    flagged: Sequence[int] = ()


def half_of(frame: Any, role: Role, columns: Iterable[str] | None, *, bare: bool = False) -> Half:
    """Take a side apart, and measure its partitions unless their files say what they hold.

    Kept are the columns that are there, or all if None is given, and the identifier; with ``bare`` a layout may give
    points as numbers. Raises InputError as :func:`geocasualty.match`, and if an identifier repeats in any partition.
    """
    need("dask", "dask_geopandas")
    import dask
    from dask.base import tokenize

    meta = frame._meta if is_partitioned(frame) else frame
    check_columns(meta, role, NEEDED)
    wanted = None if columns is None else {id_column(role), meta.geometry.name, *columns}
    kept = [name for name in meta.columns if wanted is None or name in wanted]
    meta = meta[kept].iloc[:0]
    if not is_partitioned(frame):
        return _of_memory(frame, role, kept)
    expression = frame.expr
    reader = expression.func if type(expression).__name__.startswith("FromMap") else None
    if isinstance(reader, Reader) and expression.operand("_partitions") is None:  # as it stands on disk
        parts = list(expression.iterables[0])
        named = tokenize(reader, kept, bare)
        reads = [functools.partial(reader, part, kept, bare=bare) for part in parts]
        blocks = [
            dask.delayed(read, pure=True)(dask_key_name=f"read-{named}-{number}") for number, read in enumerate(reads)
        ]
        extents, rows = [part.extents for part in parts], [part.rows for part in parts]
        flagged: Sequence[int] = [number for number, part in enumerate(parts) if part.flagged]
        return Half(role, blocks, extents, rows, meta, reader.token, reads, flagged)
    chosen = frame[kept]
    blocks = list(chosen.to_delayed())
    extents, rows, _ = surveyed(blocks, role)
    flagged = range(len(blocks)) if "flags" in meta else ()
    return Half(role, blocks, extents, rows, meta, str(chosen._name), flagged=flagged)


def _of_memory(frame: gpd.GeoDataFrame, role: Role, kept: list[str]) -> Half:
    """Lay a frame in memory out as its file would be."""
    import dask
    from dask.base import tokenize

    side_of(frame, role)  # says what is wrong
    frame = joinable(frame[kept], role)
    boxes = boxes_of(frame)
    keys = keys_of(boxes)
    begins, _ = cuts(*np.unique(keys, return_counts=True), ROWS)
    group = np.searchsorted(begins, keys, side="right") - 1
    chosen = [np.flatnonzero(group == number) for number in range(len(begins))] or [np.arange(0)]
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    token = tokenize(plain, frame.geometry.to_wkb().to_numpy(dtype=object))
    blocks = [dask.delayed(frame.iloc[rows], name=f"{role}s-{token}-{number}") for number, rows in enumerate(chosen)]
    extents = [extents_of(boxes[rows]) for rows in chosen]
    flagged = range(len(blocks)) if "flags" in frame else ()
    return Half(role, blocks, extents, [len(rows) for rows in chosen], frame.iloc[:0], token, flagged=flagged)


def surveyed(
    blocks: list[Any], role: Role, also: Callable[..., Any] | None = None
) -> tuple[list[Floats], list[int], list[Any]]:
    """Measure partitions, and refuse what cannot be joined and identifiers that stand in two; one pass over all.

    Gives extents, numbers of records, and what ``also(number, frame, boxes)`` takes, of each.
    """
    import dask

    survey = dask.delayed(_survey, nout=4)
    many = 1 + len(blocks) // BUCKETS
    surveys = [survey(number, block, role, many, also) for number, block in enumerate(blocks)]
    hashed = [[one[3][bucket] for one in surveys] for bucket in range(many)]
    again = [dask.delayed(_repeated)(bucket) for bucket in hashed]
    extents, rows, taken, repeats = dask.compute(*([one[n] for one in surveys] for n in range(3)), again)
    repeated = np.concatenate(repeats)
    if len(repeated):
        names = dask.compute(*[dask.delayed(_with_hash)(block, role, repeated) for block in blocks])
        seen: set[Any] = set()
        for name in (name for each in names for name in each):
            if name in seen:
                raise InputError(
                    f"{role}s: {id_column(role)} {name!r} stands in more than one row; make it unique",
                    column=id_column(role),
                    value=name,
                )
            seen.add(name)
    return extents, rows, taken


def _survey(
    number: int, frame: gpd.GeoDataFrame, role: Role, many: int, also: Callable[..., Any] | None
) -> tuple[Floats, int, Any, list[npt.NDArray[np.uint64]]]:
    frame = joinable(frame, role)
    side_of(frame, role)  # says what is wrong
    hashes, boxes = hashes_of(frame, role), boxes_of(frame)
    buckets = [hashes[hashes % np.uint64(many) == bucket] for bucket in range(many)]
    return extents_of(boxes), len(frame), also(number, frame, boxes) if also else None, buckets


def hashes_of(frame: gpd.GeoDataFrame, role: Role) -> npt.NDArray[np.uint64]:
    """A number for each identifier, the same in every run."""
    ids = frame[id_column(role)].to_numpy(dtype=object)
    if frame[id_column(role)].dtype != "str":
        ids = np.array([f"{type(name).__name__} {name}" for name in ids], dtype=object)
    return np.asarray(pd.util.hash_array(ids, categorize=False))


def _repeated(hashes: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    every = np.sort(np.concatenate(hashes))
    return np.unique(every[1:][every[1:] == every[:-1]])


def _with_hash(frame: gpd.GeoDataFrame, role: Role, hashes: npt.NDArray[np.uint64]) -> list[Any]:
    return list(frame[id_column(role)].to_numpy(dtype=object)[np.isin(hashes_of(frame, role), hashes)])


def joinable(frame: gpd.GeoDataFrame, role: Role) -> gpd.GeoDataFrame:
    """A partition in degrees, its identifiers in pandas' own strings where they are Dask's."""
    if not is_bare(frame) and frame.crs is not None and frame.crs != degrees():
        frame = frame.to_crs("EPSG:4326")
    name = id_column(role)
    return frame.assign(**{name: frame[name].astype(TEXT)}) if frame[name].dtype == "string" else frame


def chosen_rows(
    frame: gpd.GeoDataFrame, role: Role, others: Floats, limits: Window, *, unplaced: bool = False
) -> gpd.GeoDataFrame:
    """The records that may be within the limits of anything in some extents, by time alone those without a place."""
    frame = joinable(frame, role)
    near = reaching(boxes_of(frame), others, limits, unplaced=unplaced)
    return frame if near.all() else frame[near]


def pairs_of_halves(ours: Half, theirs: Half, limits: Window, *, unplaced: bool = False) -> list[tuple[int, int]]:
    """The partitions that can meet, by number; those of the strikes one after another.

    With ``unplaced``, also those that hold strikes of the time without a place.
    """
    owner = np.repeat(np.arange(len(theirs.extents)), [len(each) for each in theirs.extents])
    every = np.concatenate([*theirs.extents, np.empty((0, 7))])
    met = (
        (i, np.unique(owner[meeting(every, extent, limits, unplaced=unplaced)]))
        for i, mine in enumerate(ours.extents)
        for extent in mine
    )
    return sorted({(i, int(j)) for i, found in met for j in found}, key=lambda pair: (pair[1], pair[0]))
