"""What do partitions of two sides say of each other? Pairs, findings and counts on Dask.

Every partition is met by those records of the other side alone that its answer can depend on, and the function for
memory does the rest; what the parts say then adds up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching._limits import Window, named_sides
from geocasualty.matching._pairs import backend_of, capped, pair_table, table_of
from geocasualty.matching._review import refused
from geocasualty.matching._sides import NEEDED, is_bare, shaped, side_of
from geocasualty.matching._trees import Pairs
from geocasualty.matching._worth import EXPLAINED, Rates, rates_of, worth_of
from geocasualty.matching.absence import anywhere, widest_stretch
from geocasualty.matching.assessed import assessed
from geocasualty.partitioned._extents import ROWS, boxes_of, extents_of, reaching
from geocasualty.partitioned._halves import Half, chosen_rows, half_of, joinable, pairs_of_halves
from geocasualty.records._coverage import DECLARED, coverage_of, declared
from geocasualty.records._words import TEXT
from geocasualty.records.schema import Role, id_column

Floats = npt.NDArray[np.float64]

HELD = 8 * ROWS
"""Strikes of files that are held while incidents are compared with some of them: about 150 MB."""

JOINED = (*NEEDED, "belligerents", "timezone", "country", "flags")
REVIEWED = ("incident_id", "strike_id", "decision")
INCIDENTS = (*JOINED, "location_reason", "place_text", "vicinity", "attack_kinds", "date_basis")
STRIKES = (*JOINED, "event_group", "vicinity", "attack_kinds")


def each_part(
    frame: Any, role: Role, columns: Iterable[str] | None, count: Callable[..., Any], *args: Any, bare: bool = False
) -> list[Any]:
    """What a function ``count(part, role, *args)`` says of each partition; the records stay where they are."""
    return _each(half_of(frame, role, columns, bare=bare), count, *args)


def _each(half: Half, count: Callable[..., Any], *args: Any, some: Sequence[int] | None = None) -> list[Any]:
    import dask

    counted = dask.delayed(_counted_part, pure=True)
    blocks = half.blocks if some is None else [half.blocks[number] for number in some]
    return list(dask.compute(*[counted(block, count, half.role, args) for block in blocks]))


def _counted_part(frame: gpd.GeoDataFrame, count: Callable[..., Any], role: Role, args: tuple[Any, ...]) -> Any:
    return count(joinable(frame, role), role, *args)


def match(
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
    named = belligerents if isinstance(belligerents, str) else sorted(belligerents)
    named = named if isinstance(named, str) else list(named)
    named_sides(named)  # says what is wrong
    read = (*JOINED, *EXPLAINED) if explain else JOINED
    ours, theirs = half_of(incidents, "incident", read, bare=True), half_of(strikes, "strike", read, bare=True)
    import dask
    import dask.dataframe as dd
    from dask.base import tokenize

    token = tokenize(ours.token, theirs.token, str(limits), named, bounds, explain, max_pairs)
    meta = _meta(ours, theirs, bounds, explain)
    rates = _all_rates(theirs) if explain else None
    join = dask.delayed(_joined, pure=True)
    parts = [
        join(
            [ours.blocks[i] for i in some], theirs.blocks[j],
            (np.concatenate([ours.extents[i] for i in some]), theirs.extents[j]),
            limits, named, bounds, max_pairs, meta, rates, dask_key_name=f"match-{token}-{number}",
        )
        for number, (some, j) in enumerate(_joins_of(ours, theirs, limits))
    ] or [dask.delayed(meta, name=f"match-{token}-none")]  # fmt: skip
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_delayed(parts, meta=meta, verify_meta=False, prefix=f"match-{token}")


def _joins_of(ours: Half, theirs: Half, limits: Window) -> list[tuple[list[int], int]]:
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
    a = _as_one([chosen_rows(part, "incident", extents[1], limits) for part in incidents])
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


def _as_one(parts: list[Any]) -> Any:
    """Some partitions as one frame: points as numbers where all came so."""
    if len(parts) == 1:
        return parts[0]
    return pd.concat(parts if all(map(is_bare, parts)) else map(shaped, parts), ignore_index=True)


def screen(
    incidents: Any,
    strikes: Any,
    limits: Window,
    *,
    review: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    background_days: int,
    **asked: Any,
) -> Any:
    """The table of :func:`geocasualty.screen` as a Dask frame, one partition for each of the incidents."""
    ours, theirs, covered = _halves(incidents, strikes, coverage)
    import dask
    import dask.dataframe as dd

    decided = review is not None and all(column in review for column in REVIEWED)
    named, holding = _named(review, ours, theirs) if decided else ([], [])
    options = {**asked, "limits": limits, "coverage": covered, "background_days": background_days}
    cap = capped(limits)
    # an absence looks as far as radii reach that hold nearly all, and at strikes that may be anywhere
    widest = [max((each[:, 4].max(initial=0.0) for each in map(np.nan_to_num, half.extents)), default=0.0)
              for half in (ours, theirs)]  # fmt: skip
    far = cap.metres + (widest_stretch() - 1) * sum(widest)
    reach = max(cap, limits.later(background_days), key=lambda window: window.reach_s).of(far)
    apart = dask.delayed(_apart, pure=True)
    doubtful = zip(theirs.flagged, _each(theirs, _in_doubt, some=theirs.flagged), strict=True)
    holding = sorted({*holding, *(number for number, any_ in doubtful if any_)})
    besides = [apart(theirs.blocks[j], named) for j in holding]
    order = dask.delayed(_in_order, pure=True)
    parts = [order(said) for said in _gathered(ours, theirs, reach, _screened, review, options, besides=besides)]
    meta = assessed(ours.meta, theirs.meta, review=None, **options).findings
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_delayed(parts, meta=meta, verify_meta=False, prefix="screen")


def summed(
    incidents: Any, strikes: Any, reach: Window, coverage: pd.DataFrame | None, count: Callable[..., Any], *args: Any
) -> list[Any]:
    """What ``count(incidents, strikes, coverage, *args)`` says of all incidents, some at a time."""
    ours, theirs, covered = _halves(incidents, strikes, coverage)
    import dask

    parts = dask.compute(*_gathered(ours, theirs, reach, count, covered, *args))
    return [counts for said in parts for _, counts in said]


def _halves(incidents: Any, strikes: Any, coverage: pd.DataFrame | None) -> tuple[Half, Half, pd.DataFrame]:
    """Both sides, and the coverage that is stated, else what all partitions of the strikes declare together."""
    ours, theirs = half_of(incidents, "incident", INCIDENTS), half_of(strikes, "strike", STRIKES, bare=True)
    if coverage is not None:
        return ours, theirs, coverage
    if not set(DECLARED) & set(getattr(strikes, "_meta", strikes).columns):
        return ours, theirs, coverage_of([])
    return ours, theirs, coverage_of(each_part(strikes, "strike", (*NEEDED, *DECLARED), _declared, bare=True))


def _declared(strikes: gpd.GeoDataFrame, role: Role) -> pd.DataFrame:  # noqa: ARG001  (of strikes)
    return declared(strikes)


def _gathered(
    ours: Half, theirs: Half, reach: Window, each: Callable[..., Any], *args: Any, besides: Any = ()
) -> list[Any]:
    """For each partition of incidents what :func:`_together` says of it and the strikes within reach of it.

    Those of its time that have no place may be near it too; ``besides`` are frames of strikes that all may need. Files
    are read anew for each partition of incidents: what each needs of them, held for all at once, fills the workers.
    """
    import dask

    choose, join = dask.delayed(chosen_rows, pure=True), dask.delayed(_together, pure=True)
    met: dict[int, list[Any]] = {i: [] for i in range(len(ours.blocks))}
    passes = dict.fromkeys(met, 1.0)
    for i, j in pairs_of_halves(ours, theirs, reach, unplaced=True):
        chosen = None if theirs.reads else choose(theirs.blocks[j], "strike", ours.extents[i], reach, unplaced=True)
        met[i].append((theirs.reads[j] if chosen is None else chosen, theirs.extents[j]))
        passes[i] += theirs.rows[j] / HELD if theirs.reads else 0
    none = joinable(theirs.meta, "strike")
    return [join(ours.blocks[i], none, met[i], int(passes[i]), besides, reach, each, args) for i in met]


def _together(
    incidents: gpd.GeoDataFrame,
    none: gpd.GeoDataFrame,
    strikes: list[tuple[Any, Floats]],
    passes: int,
    besides: list[Any],
    reach: Window,
    each: Callable[..., Any],
    args: Any,
) -> list[tuple[Any, Any]]:
    """Positions of some incidents, and ``each(incidents, strikes, *args)``; as many times as strikes fill partitions.

    Incidents of one time meet the strikes of that time alone: to compare takes ten times the memory of a record, and
    files that fill the memory are read in several passes.
    """
    incidents = joinable(incidents, "incident")

    def met(parts: list[tuple[Any, Floats]], some: gpd.GeoDataFrame) -> list[tuple[Any, Floats]]:
        extents = extents_of(boxes_of(some))
        near = [(part, lies) for part, lies in parts if reaching(lies, extents, reach, unplaced=True).any()]
        read = ((part() if callable(part) else part, lies) for part, lies in near)
        return [(chosen_rows(part, "strike", extents, reach, unplaced=True), lies) for part, lies in read]

    said = []
    for wide in np.array_split(np.argsort(incidents["start"].to_numpy(), kind="stable"), passes):
        held = met(strikes, incidents.iloc[wide])
        for rows in np.array_split(wide, 1 + sum(len(part) for part, _ in held) // ROWS):
            some = incidents.iloc[np.sort(rows)]
            filled = [part for part in (*besides, *(part for part, _ in met(held, some))) if len(part)]
            every = _as_one(filled) if filled else none
            every = every.drop_duplicates("strike_id") if len(besides) else every
            said.append((np.sort(rows), each(some, every, *args)))
    return said


def _in_order(said: list[tuple[Any, pd.DataFrame]]) -> pd.DataFrame:
    """Tables of some incidents as one, in the order of all of them."""
    if len(said) == 1:
        return said[0][1]
    order = np.argsort(np.concatenate([rows for rows, _ in said]))
    return pd.concat([table for _, table in said]).iloc[order].reset_index(drop=True)


def _named(review: pd.DataFrame, ours: Half, theirs: Half) -> tuple[list[Any], list[int]]:
    """Strikes that decisions name, and the partitions that hold any; a decision on a record of none is refused."""
    holding = []
    for half in (ours, theirs):
        name = id_column(half.role)
        parts = _each(half, _held, list(review[name]))
        found = set().union(*parts)
        for number, value in enumerate(review[name], start=1):
            if value not in found:
                raise refused(number, name, value, "no such record")
        holding = [number for number, part in enumerate(parts) if part]
    return list(review["strike_id"]), holding


def _held(frame: gpd.GeoDataFrame, role: Role, ids: list[Any]) -> set[Any]:
    return set(ids) & set(frame[id_column(role)])


def _apart(strikes: gpd.GeoDataFrame, named: list[Any]) -> gpd.GeoDataFrame:
    """The strikes of a partition that count though they may be near nothing: by a decision, or as may be anywhere."""
    strikes = joinable(strikes, "strike")
    return strikes[strikes["strike_id"].isin(named).to_numpy() | anywhere(side_of(strikes, "strike"))]


def _in_doubt(strikes: gpd.GeoDataFrame, role: Role) -> bool:
    return bool(anywhere(side_of(strikes, role)).any())


def _screened(
    incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, review: pd.DataFrame | None, options: dict[str, Any]
) -> pd.DataFrame:
    if review is not None and all(column in review for column in REVIEWED):
        review = review[review["incident_id"].isin(list(incidents["incident_id"]))]
    return assessed(incidents, strikes, review=review, **options).findings
