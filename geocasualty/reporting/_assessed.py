"""Every number that a report states, from the records alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching import FINDINGS, Assessed, answer_lines, sensitivity
from geocasualty.matching._limits import Window
from geocasualty.matching.official import RECORDS
from geocasualty.matching.statement import Statements

__all__ = ["MISS_DAYS", "MISS_KM", "Told", "told_of"]

TRIED_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
TRIED_DAYS, TRIED_HOURS = (0.0, 1.0, 2.0, 3.0), (0.0, 6.0, 24.0, 72.0)
"""Limits tried beside the chosen ones."""

TRIED = {"within_km": TRIED_KM, "within_days": TRIED_DAYS, "within_hours": TRIED_HOURS}

MISS_KM, MISS_DAYS = 10.0, 2
"""A near miss is no pair, but would be one with limits wider by this much. A choice of this project."""


@dataclass(frozen=True, eq=False)
class Told:
    """Incidents (by time and id) with their findings in the same order, strikes (by id), and the tables behind them.

    ``pairs`` and ``misses`` are as `match` returns them, with ``decision`` ("accept", "reject" or "").
    """

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    limits: Window
    belligerents: Any
    review: pd.DataFrame | None
    findings: pd.DataFrame
    pairs: pd.DataFrame
    misses: pd.DataFrame
    table: pd.DataFrame
    statements: Callable[[int], list[str]]
    ranked: Callable[[int], str]
    answers: dict[Any, list[str]]
    official: pd.DataFrame
    near_km: float

    @property
    def chosen(self) -> pd.Series[Any]:
        """The row of the sensitivity table for the limits chosen."""
        at = [self.table[name] == value for name, value in self.limits.stated().items()]
        return self.table[at[0] & at[1]].iloc[0]

    def records(self) -> list[tuple[str, int]]:
        """Per official record: how many."""
        counts = self.official["official_record"].value_counts()
        return [(name, int(counts.get(name, 0))) for name in RECORDS]

    def counts(self) -> list[tuple[str, int, float, int]]:
        """Per finding: how many, the mean of their background rates (NaN if none is known), and of how many."""
        found = []
        for name in FINDINGS:
            rates = self.findings.loc[self.findings["finding"] == name, "background_rate"]
            known = rates.dropna()
            found.append((name, len(rates), float(known.mean()) if len(known) else float("nan"), len(known)))
        return found


def told_of(
    assessed: Assessed,
    rows: npt.NDArray[np.int64],
    near_km: float | None,
    language: str,
    answers: pd.DataFrame | None = None,
) -> Told:
    """What an assessment tells of some of its incidents, of them at other limits, and of the official record."""
    chosen, sides, stated = assessed.chosen, assessed.sides, assessed.limits.stated()
    by_name = np.argsort(sides.theirs.name_rank, kind="stable")
    incidents, strikes = (
        frame.iloc[some].reset_index(drop=True)
        for frame, some in ((sides.ours.frame, rows), (sides.theirs.frame, by_name))
    )
    tried: Any = {name: {*TRIED[name], value} for name, value in stated.items()}
    table = sensitivity(
        incidents,
        strikes,
        belligerents=chosen["belligerents"],
        coverage=chosen["coverage"],
        **tried,
    )
    decided = _decisions(chosen["review"])
    wider = assessed.limits.of(assessed.limits.metres + MISS_KM * 1000).later(MISS_DAYS)
    findings = assessed.findings.iloc[rows].drop(columns="geometry").reset_index(drop=True)
    pairs, rejected = (
        each[each["incident_id"].isin(findings["incident_id"])]
        for each in (assessed.pair_table, assessed.rejected_table)
    )
    every = pd.concat([pairs.astype({"relation": object}), rejected.astype({"relation": object})], ignore_index=True)
    misses = assessed.beyond_table(wider, rows)
    statements = Statements(assessed, near_km, language)
    return Told(
        incidents,
        strikes,
        assessed.limits,
        chosen["belligerents"],
        chosen["review"],
        findings,
        _with(decided, every),
        _with(decided, misses),
        table,
        lambda position: statements.of(int(rows[position])),
        lambda position: statements.ranked(int(rows[position])),
        {} if answers is None else answer_lines(answers, language),
        statements.official.table(rows),
        statements.official.near_m / 1000,
    )


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
