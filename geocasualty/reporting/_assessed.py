"""Every number that a report states, from the records alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching import FINDINGS, Assessed, sensitivity

__all__ = ["MISS_DAYS", "MISS_KM", "Told", "told_of"]

TRIED_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
TRIED_DAYS = (0.0, 1.0, 2.0, 3.0)
"""Limits tried beside the chosen ones."""

MISS_KM, MISS_DAYS = 10.0, 2.0
"""A near miss is no pair, but would be one with limits wider by this much. A choice of this project."""


@dataclass(frozen=True, eq=False)
class Told:
    """Incidents (by time and id) with their findings in the same order, strikes (by id), and the tables behind them.

    ``pairs`` and ``misses`` are as `match` returns them, with ``decision`` ("accept", "reject" or "").
    """

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    asked: Any
    findings: pd.DataFrame
    pairs: pd.DataFrame
    misses: pd.DataFrame
    table: pd.DataFrame

    @property
    def chosen(self) -> pd.Series[Any]:
        """The row of the sensitivity table for the limits chosen."""
        at = (self.table["within_km"] == self.asked.within_km) & (self.table["within_days"] == self.asked.within_days)
        return self.table[at].iloc[0]

    def counts(self) -> list[tuple[str, int, float, int]]:
        """Per finding: how many, the mean of their background rates (NaN if none is known), and of how many."""
        found = []
        for name in FINDINGS:
            rates = self.findings.loc[self.findings["finding"] == name, "background_rate"]
            known = rates.dropna()
            found.append((name, len(rates), float(known.mean()) if len(known) else float("nan"), len(known)))
        return found


def told_of(assessed: Assessed, rows: npt.NDArray[np.int64]) -> Told:
    """What an assessment tells of some of its incidents, and of them at other limits."""
    asked, sides = assessed.asked, assessed.sides
    by_name = np.argsort(sides.theirs.name_rank, kind="stable")
    incidents, strikes = (
        frame.iloc[some].reset_index(drop=True)
        for frame, some in ((sides.ours.frame, rows), (sides.theirs.frame, by_name))
    )
    table = sensitivity(
        incidents,
        strikes,
        within_km={*TRIED_KM, asked.within_km},
        within_days={*TRIED_DAYS, asked.within_days},
        belligerents=asked.belligerents,
        coverage=asked.coverage,
    )
    decided = _decisions(asked.review)
    wider = assessed.limits.of((asked.within_km + MISS_KM) * 1000).later(int(MISS_DAYS))
    findings = assessed.findings.iloc[rows].drop(columns="geometry").reset_index(drop=True)
    pairs, rejected = (
        each[each["incident_id"].isin(findings["incident_id"])]
        for each in (assessed.pair_table, assessed.rejected_table)
    )
    every = pd.concat([pairs.astype({"relation": object}), rejected.astype({"relation": object})], ignore_index=True)
    misses = assessed.beyond_table(wider, rows)
    return Told(incidents, strikes, asked, findings, _with(decided, every), _with(decided, misses), table)


def _decisions(review: pd.DataFrame | None) -> dict[tuple[Any, Any], str]:
    if review is None:
        return {}
    return dict(
        zip(zip(review["incident_id"], review["strike_id"], strict=True), map(str, review["decision"]), strict=True)
    )


def _with(decided: dict[tuple[Any, Any], str], pairs: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order in which a reader wants them, the firmest first."""
    said = [decided.get(key, "") for key in zip(pairs["incident_id"], pairs["strike_id"], strict=True)]
    rank = pd.Series(said, index=pairs.index).map({"accept": 0, "": 1, "reject": 2}).to_numpy(float)
    order = np.lexsort(
        (
            pairs["strike_id"].astype(str).to_numpy(dtype="U"),
            pairs["distance_max_km"].to_numpy(),
            pairs["gap_days"].abs().to_numpy(),
            (pairs["relation"].astype(object) != "within").to_numpy(),
            rank,
        )
    )
    return pairs.assign(decision=said).iloc[order].reset_index(drop=True)
