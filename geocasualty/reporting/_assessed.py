"""Every number that a report states, from the records alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.matching import FINDINGS, match, screen, sensitivity

__all__ = ["Assessed", "Options", "assess"]

TRIED_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
TRIED_DAYS = (0.0, 1.0, 2.0, 3.0)
"""Limits tried beside the chosen ones."""

MISS_KM, MISS_DAYS = 10.0, 2.0
"""A near miss is no pair, but would be one with limits wider by this much. A choice of this project."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the records are compared."""

    within_km: float
    within_days: float
    belligerents: Any
    review: pd.DataFrame | None
    coverage: pd.DataFrame | None

    def limits(self, more_km: float = 0.0, more_days: float = 0.0) -> dict[str, Any]:
        """As the arguments of a join."""
        return {
            "within_km": self.within_km + more_km,
            "within_days": self.within_days + more_days,
            "belligerents": self.belligerents,
        }


@dataclass(frozen=True, eq=False)
class Assessed:
    """Incidents (by time and id) with their findings in the same order, and the tables behind them.

    ``pairs`` and ``misses`` are as `match` returns them, with ``decision`` ("accept", "reject" or "").
    """

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    options: Options
    findings: pd.DataFrame
    pairs: pd.DataFrame
    misses: pd.DataFrame
    table: pd.DataFrame

    @property
    def chosen(self) -> pd.Series[Any]:
        """The row of the sensitivity table for the limits chosen."""
        at = (self.table["within_km"] == self.options.within_km) & (
            self.table["within_days"] == self.options.within_days
        )
        return self.table[at].iloc[0]

    def counts(self) -> list[tuple[str, int, float, int]]:
        """Per finding: how many, the mean of their background rates (NaN if none is known), and of how many."""
        found = []
        for name in FINDINGS:
            rates = self.findings.loc[self.findings["finding"] == name, "background_rate"]
            known = rates.dropna()
            found.append((name, len(rates), float(known.mean()) if len(known) else float("nan"), len(known)))
        return found


def assess(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, options: Options) -> Assessed:
    """Screen, pair and vary the limits."""
    review = _review_of(options.review, incidents)
    findings = screen(incidents, strikes, **options.limits(), review=review, coverage=options.coverage)
    findings = findings.drop(columns="geometry")
    pairs = match(incidents, strikes, **options.limits(), bounds=True)
    wider = match(incidents, strikes, **options.limits(MISS_KM, MISS_DAYS), bounds=True)
    pairs = pd.concat([pairs, _accepted(incidents, strikes, review, pairs)], ignore_index=True)
    table = sensitivity(
        incidents,
        strikes,
        within_km={*TRIED_KM, options.within_km},
        within_days={*TRIED_DAYS, options.within_days},
        belligerents=options.belligerents,
        coverage=options.coverage,
    )
    decided = _decisions(review)
    keys = ["incident_id", "strike_id"]
    missed = ~pd.MultiIndex.from_frame(wider[keys]).isin(pd.MultiIndex.from_frame(pairs[keys]))
    return Assessed(
        incidents, strikes, options, findings, _with(decided, pairs), _with(decided, wider[missed]), table
    )  # fmt: skip


def _review_of(review: pd.DataFrame | None, incidents: gpd.GeoDataFrame) -> pd.DataFrame | None:
    return None if review is None else review[review["incident_id"].isin(incidents["incident_id"])]


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


def _accepted(
    incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, review: pd.DataFrame | None, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Pairs that an analyst accepted though they are beyond the limits, with their distances."""
    known = set(zip(pairs["incident_id"], pairs["strike_id"], strict=True))
    beyond: Iterable[tuple[Any, Any]] = [
        key for key, decision in _decisions(review).items() if decision == "accept" and key not in known
    ]
    parts = [
        match(
            incidents[incidents["incident_id"] == incident],
            strikes[strikes["strike_id"] == strike],
            within_km=21_000,  # farther than any two points of the earth
            within_days=100_000,
            belligerents="any",
            bounds=True,
        ).assign(relation="accepted")
        for incident, strike in beyond
    ]
    return pd.concat(parts, ignore_index=True) if parts else pairs.head(0)
