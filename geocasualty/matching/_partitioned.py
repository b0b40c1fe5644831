"""Which partitions of two sides can meet, and what pairs do they hold? The join on Dask."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._extent import boxes_of, extents_of, meeting, reaching
from geocasualty.matching._layout import ROWS, cuts, keys_of
from geocasualty.matching._limits import Window, named_sides
from geocasualty.matching._pairs import backend_of, is_partitioned, pair_table, table_of
from geocasualty.matching._parts import PartReader
from geocasualty.matching._sides import NEEDED, degrees, is_bare, shaped, side_of
from geocasualty.matching._trees import Pairs
from geocasualty.matching._worth import EXPLAINED, Rates, rates_of, worth_of
from geocasualty.records._words import TEXT
from geocasualty.records.schema import Role, check_columns, id_column

__all__ = [
    "Half",
    "chosen_rows",
    "each_part",
    "half_of",
    "joinable",
    "match_partitions",
    "pairs_of_halves",
]

Floats = npt.NDArray[np.float64]

JOINED = (*NEEDED, "belligerents", "timezone", "country", "flags")
BUCKETS = 32
"""Partitions for each task that looks for repeated identifiers."""


class Half(NamedTuple):
    """One side of a join in partitions.

    Attributes
    ----------
    role : {"incident", "strike"}
        Which side.
    blocks : list
        What makes each partition: Dask's delayed frames.
    extents : list of numpy.ndarray
        Of each partition, what :func:`geocasualty.matching._extent.extents_of` says.
    rows : list of int
        Records of each partition.
    meta : geopandas.GeoDataFrame
        A frame without rows that has the columns.
    token : str
        Names the content.
    """

    role: Role
    blocks: list[Any]
    extents: list[Floats]
    rows: list[int]
    meta: gpd.GeoDataFrame
    token: str


def half_of(frame: Any, role: Role, columns: Iterable[str] | None, *, bare: bool = False) -> Half:
    """Take a side apart, and measure its partitions unless their files say what they hold.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame or dask_geopandas.GeoDataFrame
        Incidents or strikes.
    role : {"incident", "strike"}
        Which.
    columns : iterable of str or None
        What is needed besides the identifier, where it is there; everything, if None.
    bare : bool
        Whether a layout may give points as numbers.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`, and if an identifier repeats in any partition.
    """
    if not is_partitioned(frame):
        return _of_memory(frame, role, columns)
    meta = frame._meta
    check_columns(meta, role, NEEDED)
    kept = _kept(meta, role, columns)
    meta = meta[kept]
    found = _laid_out(frame)
    if found is not None:
        import dask

        reader, parts = found
        named = hashlib.sha256(repr((reader.digest, kept, bare)).encode()).hexdigest()[:16]
        blocks = [
            dask.delayed(reader, pure=True)(part, kept, bare=bare, dask_key_name=f"read-{named}-{number}")
            for number, part in enumerate(parts)
        ]
        return Half(role, blocks, [part.extents for part in parts], [part.rows for part in parts], meta, reader.digest)
    chosen = frame[kept]
    blocks = list(chosen.to_delayed())
    return Half(role, blocks, *_surveyed(blocks, role), meta, str(chosen._name))


def _kept(frame: gpd.GeoDataFrame, role: Role, columns: Iterable[str] | None) -> list[str]:
    if columns is None:
        return [str(name) for name in frame.columns]
    wanted = {id_column(role), frame.geometry.name, *columns}
    return [name for name in frame.columns if name in wanted]


def _laid_out(frame: Any) -> tuple[PartReader, list[Any]] | None:
    """The files behind a frame that :func:`geocasualty.matching.read_partitions` made and nobody changed."""
    expression = frame.expr
    reader = expression.func if type(expression).__name__.startswith("FromMap") else None
    if not isinstance(reader, PartReader) or expression.operand("_partitions") is not None:
        return None
    return reader, list(expression.iterables[0])


def _of_memory(frame: Any, role: Role, columns: Iterable[str] | None) -> Half:
    """Lay a frame in memory out as its file would be."""
    import dask

    side_of(frame, role)  # says what is wrong
    if frame.crs is not None and frame.crs != degrees():
        frame = frame.to_crs("EPSG:4326")
    frame = frame[_kept(frame, role, columns)]
    boxes = boxes_of(frame)
    keys = keys_of(boxes)
    begins, _ = cuts(*np.unique(keys, return_counts=True), ROWS)
    group = np.searchsorted(begins, keys, side="right") - 1
    chosen = [np.flatnonzero(group == number) for number in range(len(begins))] or [np.arange(0)]
    token = _content(frame)
    blocks = [dask.delayed(frame.iloc[rows], name=f"{role}s-{token}-{number}") for number, rows in enumerate(chosen)]
    extents = [extents_of(boxes[rows]) for rows in chosen]
    return Half(role, blocks, extents, [len(rows) for rows in chosen], frame.iloc[:0], token)


def _content(frame: gpd.GeoDataFrame) -> str:
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name)).assign(
        geometry=frame.geometry.to_wkb().astype(object)
    )
    digest = hashlib.sha256(repr(list(plain.columns)).encode())
    for name in plain.columns:
        values = plain[name].map(repr) if name != "geometry" else plain[name].map(lambda shape: (shape or b"").hex())
        digest.update(pd.util.hash_array(values.to_numpy(dtype=object)).tobytes())
    return digest.hexdigest()[:16]


def _surveyed(blocks: list[Any], role: Role) -> tuple[list[Floats], list[int]]:
    """Measure the partitions of a frame, and refuse identifiers that stand in two of them: one pass over all."""
    import dask

    survey = dask.delayed(_survey, pure=True, nout=3)
    many = 1 + len(blocks) // BUCKETS
    surveys = [survey(block, role, many) for block in blocks]
    hashed = [[one[2][bucket] for one in surveys] for bucket in range(many)]
    again = [dask.delayed(_repeated, pure=True)(bucket) for bucket in hashed]
    extents, rows, repeats = dask.compute([one[0] for one in surveys], [one[1] for one in surveys], again)
    repeated = np.concatenate(repeats)
    if len(repeated):
        names = dask.compute(*[dask.delayed(_with_hash, pure=True)(block, role, repeated) for block in blocks])
        seen: set[Any] = set()
        for name in (name for each in names for name in each):
            if name in seen:
                raise InputError(
                    f"{role}s: {id_column(role)} {name!r} stands in more than one row; make it unique",
                    column=id_column(role),
                    value=name,
                )
            seen.add(name)
    return list(extents), list(rows)


def _survey(frame: gpd.GeoDataFrame, role: Role, many: int) -> tuple[Floats, int, list[npt.NDArray[np.uint64]]]:
    frame = joinable(frame, role)
    side_of(frame, role)  # says what is wrong
    hashes = _hashes(frame, role)
    buckets = [hashes[hashes % np.uint64(many) == bucket] for bucket in range(many)]
    return extents_of(boxes_of(frame)), len(frame), buckets


def _hashes(frame: gpd.GeoDataFrame, role: Role) -> npt.NDArray[np.uint64]:
    ids = frame[id_column(role)].to_numpy(dtype=object)
    return np.asarray(pd.util.hash_array(np.array([f"{type(name).__name__} {name}" for name in ids], dtype=object)))


def _repeated(hashes: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    every = np.sort(np.concatenate(hashes))
    return np.unique(every[1:][every[1:] == every[:-1]])


def _with_hash(frame: gpd.GeoDataFrame, role: Role, hashes: npt.NDArray[np.uint64]) -> list[Any]:
    return list(frame[id_column(role)].to_numpy(dtype=object)[np.isin(_hashes(frame, role), hashes)])


def joinable(frame: gpd.GeoDataFrame, role: Role) -> gpd.GeoDataFrame:
    """A partition in degrees, its identifiers in pandas' own strings where they are Dask's."""
    if not is_bare(frame) and frame.crs is not None and frame.crs != degrees():
        frame = frame.to_crs("EPSG:4326")
    name = id_column(role)
    return frame.assign(**{name: frame[name].astype(TEXT)}) if frame[name].dtype == "string" else frame


def chosen_rows(frame: gpd.GeoDataFrame, role: Role, others: Floats, limits: Window) -> gpd.GeoDataFrame:
    """The records that may be within the limits of anything in some extents."""
    frame = joinable(frame, role)
    near = reaching(boxes_of(frame), others, limits)
    return frame if near.all() else frame[near]


def each_part(
    frame: Any, role: Role, columns: Iterable[str] | None, count: Callable[..., Any], *args: Any
) -> list[Any]:
    """What a function ``count(part, role, *args)`` says of each partition; the records stay where they are."""
    import dask

    half = half_of(frame, role, columns)
    counted = dask.delayed(_counted_part, pure=True)
    return list(dask.compute(*[counted(block, count, role, args) for block in half.blocks]))


def _counted_part(frame: gpd.GeoDataFrame, count: Callable[..., Any], role: Role, args: tuple[Any, ...]) -> Any:
    return count(joinable(frame, role), role, *args)


def pairs_of_halves(ours: Half, theirs: Half, limits: Window) -> list[tuple[int, int]]:
    """The partitions that can meet, by number; those of the strikes one after another."""
    owner = np.repeat(np.arange(len(theirs.extents)), [len(each) for each in theirs.extents])
    every = np.concatenate([*theirs.extents, np.empty((0, 7))])
    found = [
        (i, int(j))
        for i, mine in enumerate(ours.extents)
        for j in np.unique(np.concatenate([owner[meeting(every, extent, limits)] for extent in mine] or [owner[:0]]))
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def joins_of(ours: Half, theirs: Half, limits: Window) -> list[tuple[list[int], int]]:
    """For each partition of strikes those of incidents that it can meet, as many at once as make a full partition.

    Every partition of strikes is measured and sorted into its grid once a task, whatever the incidents are.
    """
    joins: list[tuple[list[int], int]] = []
    held = 0
    for i, j in pairs_of_halves(ours, theirs, limits):
        held += ours.rows[i]
        if joins and joins[-1][1] == j and held <= ROWS:
            joins[-1][0].append(i)
        else:
            joins.append(([i], j))
            held = ours.rows[i]
    return joins


def match_partitions(
    incidents: Any,
    strikes: Any,
    limits: Window,
    belligerents: str | Iterable[str],
    *,
    bounds: bool,
    explain: bool,
    max_pairs: int,
) -> Any:
    """The table of :func:`geocasualty.match` as a Dask frame, one or a few partitions for each of the strikes."""
    import dask
    import dask.dataframe as dd

    named = belligerents if isinstance(belligerents, str) else sorted(belligerents)
    named = named if isinstance(named, str) else list(named)
    named_sides(named)  # says what is wrong
    read = (*JOINED, *EXPLAINED) if explain else JOINED
    ours, theirs = half_of(incidents, "incident", read, bare=True), half_of(strikes, "strike", read, bare=True)
    asked = (ours.token, theirs.token, limits, named, bounds, explain, max_pairs)
    token = hashlib.sha256(repr(asked).encode()).hexdigest()[:16]
    meta = _meta(ours, theirs, bounds, explain)
    rates = _all_rates(theirs) if explain else None
    join = dask.delayed(_joined, pure=True)
    parts = [
        join(
            [ours.blocks[i] for i in some], theirs.blocks[j],
            (np.concatenate([ours.extents[i] for i in some]), theirs.extents[j]),
            limits, named, bounds, max_pairs, meta, rates, dask_key_name=f"match-{token}-{number}",
        )
        for number, (some, j) in enumerate(joins_of(ours, theirs, limits))
    ] or [dask.delayed(meta, name=f"match-{token}-none")]  # fmt: skip
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_delayed(parts, meta=meta, verify_meta=False, prefix=f"match-{token}")


def _all_rates(strikes: Half) -> Any:
    """The histogram of all strikes, as a task: one of each partition first, then their sum."""
    import dask

    each, add = dask.delayed(_rates_of_part, pure=True), dask.delayed(Rates.added, pure=True)
    return add([each(block) for block in strikes.blocks])


def _rates_of_part(strikes: gpd.GeoDataFrame) -> Rates:
    return rates_of(shaped(joinable(strikes, "strike")))


def _meta(ours: Half, theirs: Half, bounds: bool, explain: bool) -> pd.DataFrame:
    one, other = (side_of(joinable(half.meta, half.role), half.role) for half in (ours, theirs))
    table = pair_table(Pairs.together([]), one, other, bounds=bounds)
    if explain:
        table = table.assign(probability=np.empty(0), match_weight=np.empty(0))
    for half in (ours, theirs):
        name = id_column(half.role)
        text = half.meta[name].dtype in ("str", "string")
        table[name] = table[name].astype(TEXT if text else object)
    return table


def _joined(
    incidents: list[gpd.GeoDataFrame],
    strikes: gpd.GeoDataFrame,
    extents: tuple[Floats, Floats],
    limits: Window,
    belligerents: str | list[str],
    bounds: bool,
    max_pairs: int,
    meta: pd.DataFrame,
    rates: Rates | None,
) -> pd.DataFrame:
    """The pairs of a partition of strikes: the same kernel on the records of either side that can meet the other."""
    every = [chosen_rows(part, "incident", extents[1], limits) for part in incidents]
    bare = all(map(is_bare, every))
    a = every[0] if len(every) == 1 else pd.concat(every if bare else map(shaped, every), ignore_index=True)
    b = chosen_rows(strikes, "strike", extents[0], limits) if len(a) else strikes.iloc[:0]
    if not (len(a) and len(b)):
        return meta
    one, other = side_of(a, "incident"), side_of(b, "strike")
    pairs = table_of(
        one, other, limits, belligerents, bounds=bounds, max_pairs=max_pairs, backend=backend_of(one, other), threads=1
    )
    if rates is not None:
        pairs = worth_of(pairs, shaped(a), shaped(b), limits, rates)
    return pairs.astype({name: meta[name].dtype for name in ("incident_id", "strike_id")})
