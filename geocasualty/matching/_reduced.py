"""What do partitions of strikes say about partitions of incidents? Findings and tables of limits on Dask.

Each partition of incidents is met by those strikes alone that its findings can depend on, and the function for memory
does the rest; what the parts say then adds up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._limits import Window
from geocasualty.matching._pairs import capped
from geocasualty.matching._partitioned import Half, chosen_rows, each_part, half_of, joinable, pairs_of_halves
from geocasualty.matching._sides import NEEDED, side_of
from geocasualty.matching.assessed import assessed
from geocasualty.records._coverage import DECLARED, coverage_of, declared
from geocasualty.records.schema import Role, id_column

__all__ = ["screen_partitions", "summed"]

REVIEWED = ("incident_id", "strike_id", "decision")
INCIDENTS = (*NEEDED, "belligerents", "country", "timezone", "flags", "location_reason", "place_text")
STRIKES = (*NEEDED, "belligerents", "country", "timezone", "flags", "event_group", *DECLARED)


def whole_coverage(strikes: Any, coverage: pd.DataFrame | None) -> pd.DataFrame:
    """The coverage that is stated, else what all partitions of the strikes declare together."""
    if coverage is not None:
        return coverage
    return coverage_of(each_part(strikes, "strike", (*NEEDED, *DECLARED), _declared))


def _declared(strikes: gpd.GeoDataFrame, role: Role) -> pd.DataFrame:  # noqa: ARG001  (of strikes)
    return declared(strikes)


def gathered(
    ours: Half, theirs: Half, reach: Window, each: Callable[..., Any], *args: Any, besides: Any = ()
) -> list[Any]:
    """For each partition of incidents ``each(incidents, strikes, *args)`` with the strikes within reach of it.

    ``besides`` are frames of strikes that all of them may need.
    """
    import dask

    choose, join = dask.delayed(chosen_rows, pure=True), dask.delayed(_together, pure=True)
    met: dict[int, list[Any]] = {i: list(besides) for i in range(len(ours.blocks))}
    for i, j in pairs_of_halves(ours, theirs, reach):
        met[i].append(choose(theirs.blocks[j], "strike", ours.extents[i], reach))
    return [join(ours.blocks[i], theirs.meta, met[i], each, args) for i in met]


def _together(
    incidents: gpd.GeoDataFrame, meta: gpd.GeoDataFrame, strikes: list[Any], each: Callable[..., Any], args: Any
) -> Any:
    filled = [part for part in strikes if len(part)]
    every = pd.concat(filled).drop_duplicates("strike_id") if filled else joinable(meta, "strike")
    return each(joinable(incidents, "incident"), gpd.GeoDataFrame(every), *args)


def screen_partitions(
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
    import dask
    import dask.dataframe as dd

    covered = whole_coverage(strikes, coverage)
    ours, theirs = half_of(incidents, "incident", INCIDENTS), half_of(strikes, "strike", STRIKES)
    _check_review(review, ours, theirs)
    options = {**asked, "limits": limits, "coverage": covered, "background_days": background_days}
    named = list(review["strike_id"]) if review is not None and "strike_id" in review else []
    cap = capped(limits)
    reach = max(cap, limits.of(cap.metres).later(background_days), key=lambda window: window.reach_s)
    apart = dask.delayed(_apart, pure=True)
    besides = [apart(strike, named) for strike in theirs.blocks]
    parts = gathered(ours, theirs, reach, _screened, review, options, besides=besides)
    meta = assessed(ours.meta, theirs.meta, review=None, **options).findings
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_delayed(parts, meta=meta, verify_meta=False, prefix="screen")


def summed(
    incidents: Any, strikes: Any, reach: Window, coverage: pd.DataFrame | None, count: Callable[..., Any], *args: Any
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


def _apart(strikes: gpd.GeoDataFrame, named: list[Any]) -> gpd.GeoDataFrame:
    """The strikes of a partition that may count though they are near nothing: without a place, or by a decision."""
    strikes = joinable(strikes, "strike")
    return strikes[~side_of(strikes, "strike").located | strikes["strike_id"].isin(named).to_numpy()]


def _screened(
    incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, review: pd.DataFrame | None, options: dict[str, Any]
) -> pd.DataFrame:
    return assessed(incidents, strikes, review=_of_these(review, incidents), **options).findings
