"""What do partitions of strikes say about partitions of incidents? Findings and tables of limits on Dask.

Each partition of incidents is met by those strikes alone that its findings can depend on, and the function for memory
does the rest; what the parts say then adds up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._findings import findings_of
from geocasualty.matching._neighbours import DAY, Limits, Neighbours, nearest
from geocasualty.matching._partitioned import Half, chosen_rows, each_part, half_of, joinable, pairs_of_halves
from geocasualty.matching._sides import NEEDED, side_of
from geocasualty.records import coverage as declared_coverage
from geocasualty.records._coverage import _DECLARED, COVERAGE_COLUMNS
from geocasualty.records.schema import Role, id_column

__all__ = ["screen_partitions", "summed"]

REVIEWED = ("incident_id", "strike_id", "decision")
INCIDENTS = (*NEEDED, "belligerents", "country", "timezone", "flags", "location_reason")
STRIKES = (*NEEDED, "belligerents", "country", "event_group", *_DECLARED)


def whole_coverage(strikes: Any, coverage: pd.DataFrame | None) -> pd.DataFrame:
    """The coverage that is stated, else what all partitions of the strikes declare together."""
    if coverage is not None:
        return coverage
    parts = each_part(strikes, "strike", (*NEEDED, *_DECLARED), _declared)
    table = pd.concat([part for part in parts if len(part)] or parts[:1])
    return table.drop_duplicates().sort_values(list(COVERAGE_COLUMNS), ignore_index=True)


def _declared(strikes: gpd.GeoDataFrame, role: Role) -> pd.DataFrame:  # noqa: ARG001  (of strikes)
    return declared_coverage(strikes)


def gathered(ours: Half, theirs: Half, reach: Limits, each: Callable[..., Any], *args: Any) -> list[Any]:
    """For each partition of incidents ``each(incidents, strikes, *args)`` with the strikes within reach of it."""
    import dask

    choose, join = dask.delayed(chosen_rows, pure=True), dask.delayed(_together, pure=True)
    met: dict[int, list[Any]] = {i: [] for i in range(len(ours.blocks))}
    for i, j in pairs_of_halves(ours, theirs, reach):
        met[i].append(choose(theirs.blocks[j], "strike", ours.extents[i], reach))
    return [join(ours.blocks[i], theirs.meta, met[i], each, args) for i in met]


def _together(
    incidents: gpd.GeoDataFrame, meta: gpd.GeoDataFrame, strikes: list[Any], each: Callable[..., Any], args: Any
) -> Any:
    filled = [part for part in strikes if len(part)]
    every = pd.concat(filled) if filled else joinable(meta, "strike")
    return each(joinable(incidents, "incident"), gpd.GeoDataFrame(every), *args)


def screen_partitions(
    incidents: Any,
    strikes: Any,
    limits: Limits,
    *,
    review: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    background_days: int,
    **asked: Any,
) -> Any:
    """The table of :func:`geocasualty.screen` as a Dask frame, one partition for each of the incidents."""
    import dask
    import dask.dataframe as dd

    covered = whole_coverage(strikes, coverage)
    ours, theirs = half_of(incidents, "incident", INCIDENTS), half_of(strikes, "strike", STRIKES)
    _check_review(review, ours, theirs)
    tell, find = dask.delayed(_telling, pure=True), dask.delayed(_found, pure=True)
    options = {**asked, "limits": limits, "coverage": covered, "background_days": background_days}
    parts = []
    for block in ours.blocks:
        told = [tell(block, strike, limits, asked["belligerents"], review, background_days) for strike in theirs.blocks]
        parts.append(find(block, theirs.meta, told, review, options))
    meta = findings_of(ours.meta, theirs.meta, review=None, **options)
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_delayed(parts, meta=meta, verify_meta=False, prefix="screen")


def summed(
    incidents: Any, strikes: Any, reach: Limits, coverage: pd.DataFrame | None, count: Callable[..., Any], *args: Any
) -> list[Any]:
    """What ``count(incidents, strikes, coverage, *args)`` says of each partition of incidents."""
    import dask

    covered = whole_coverage(strikes, coverage)
    ours, theirs = half_of(incidents, "incident", INCIDENTS), half_of(strikes, "strike", STRIKES)
    return list(dask.compute(*gathered(ours, theirs, reach, count, covered, *args)))


def _check_review(review: pd.DataFrame | None, ours: Half, theirs: Half) -> None:
    """Refuse a decision on a record that no partition holds."""
    if review is None or any(column not in review for column in REVIEWED):
        return
    import dask

    for half in (ours, theirs):
        name = id_column(half.role)
        held = dask.delayed(_held, pure=True)
        found = set().union(*dask.compute(*[held(block, half.role, list(review[name])) for block in half.blocks]))
        for number, value in enumerate(review[name], start=1):
            if value not in found:
                raise InputError(
                    f"review: row {number}, column {name!r}, value {value!r}: no such record",
                    row=number,
                    column=name,
                    value=value,
                )


def _held(frame: gpd.GeoDataFrame, role: Role, ids: list[Any]) -> set[Any]:
    return set(ids) & set(frame[id_column(role)])


def _of_these(review: pd.DataFrame | None, incidents: gpd.GeoDataFrame) -> pd.DataFrame | None:
    if review is None or any(column not in review for column in REVIEWED):
        return review
    return review[review["incident_id"].isin(list(incidents["incident_id"]))]


def _telling(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    limits: Limits,
    belligerents: str | Iterable[str],
    review: pd.DataFrame | None,
    background_days: int,
) -> gpd.GeoDataFrame:
    """The strikes of a partition that a finding, its background rate or the nearest miss can depend on."""
    incidents, strikes = joinable(incidents, "incident"), joinable(strikes, "strike")
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    decided = _of_these(review, incidents)
    kept = np.zeros(len(strikes), dtype=bool)
    if decided is not None and "strike_id" in decided:
        kept |= strikes["strike_id"].isin(list(decided["strike_id"])).to_numpy()
    near = Neighbours(ours, theirs, limits, belligerents)
    window = background_days * DAY + limits.seconds
    for position in np.flatnonzero(ours.located):
        kept[near.unplaced(int(position))] = True
        if not theirs.located.any():
            continue
        found = near.telling(int(position))
        kept[found.strikes[found.in_space & (np.abs(found.gap_s) <= window + DAY)]] = True
        every = np.ones(len(found.strikes), dtype=bool)
        for chosen, by_time in ((found.in_time, False), (found.in_space, True), (every, True)):
            best = nearest(found, theirs, chosen, by_time=by_time)
            if best is not None:
                kept[found.strikes[best]] = True
    return strikes[kept]


def _found(
    incidents: gpd.GeoDataFrame,
    meta: gpd.GeoDataFrame,
    strikes: list[Any],
    review: pd.DataFrame | None,
    options: dict[str, Any],
) -> pd.DataFrame:
    incidents = joinable(incidents, "incident")
    each = functools.partial(_screened, review=_of_these(review, incidents), options=options)
    table: pd.DataFrame = _together(incidents, meta, strikes, each, ())
    return table


def _screened(
    incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, review: pd.DataFrame | None, options: dict[str, Any]
) -> pd.DataFrame:
    return findings_of(incidents, strikes, review=review, **options)
