"""How often does the chance test call two sets linked that have nothing in common but their rhythm?

    python -m benchmarks.chance [COUNT]

Simulated fronts, seeded: at each front strikes and claims are drawn by themselves from one rate that moves over weeks
and has a rhythm of weekdays; COUNT draws (200 if not given) of each design. Beside the test stands what it replaces:
the rank of the count among those of all shifts by up to 45 days. Then the power, with claims that strikes cause.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

import geocasualty as gcas
from geocasualty.matching._days import BACKGROUND_DAYS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DAYS, MARGIN, SEED = 456, 60, 20261126
FIRST = pd.Timestamp("2014-08-08", tz="UTC")


class Design(NamedTuple):
    """What is drawn.

    Attributes
    ----------
    fronts : int
        Places, each with a rate of its own.
    claims, strikes : float
        A front's mean of a day.
    moving : float
        Standard deviation of the logarithm of the rate as it moves over weeks.
    rough : bool
        Whether it moves as a random walk that is drawn back, instead of smoothly.
    weekly : float
        Standard deviation of the logarithm of the rate by weekday.
    caused : float
        Claims of the same day that a strike brings with it.
    """

    fronts: int = 5
    claims: float = 0.06
    strikes: float = 0.3
    moving: float = 0.8
    rough: bool = False
    weekly: float = 0.4
    caused: float = 0.0


UNLINKED = {
    "steady": Design(moving=0.0, weekly=0.0),
    "moving over weeks": Design(weekly=0.0),
    "moving over weeks, weekly rhythm": Design(),
    "moving roughly, weekly rhythm": Design(rough=True),
    "one front, struck daily": Design(fronts=1, claims=0.2, strikes=1.0),
    "many fronts, few claims": Design(fronts=20, claims=0.01),
}
LINKED = {
    "one claim in five brought by a strike": Design(caused=0.05),
    "one claim in three": Design(caused=0.1),
    "every other claim": Design(caused=0.2),
}


def rate(design: Design, rng: np.random.Generator) -> Floats:
    """Of each day, around a mean of 1, with a margin before and after."""
    days = np.arange(DAYS + 2 * MARGIN)
    noise = rng.normal(size=len(days) + 120)
    width = np.arange(-60, 61)
    kernel = np.exp(-np.abs(width) / 28) * (width >= 0) if design.rough else np.exp(-np.square(width) / (2 * 14**2))
    slow = np.convolve(noise, kernel / np.sqrt(np.square(kernel).sum()), "valid")
    weekday = rng.normal(0, design.weekly, 7)
    level = np.exp(design.moving * slow + (weekday - weekday.mean())[days % 7])
    return np.asarray(level / level.mean())


def drawn(design: Design, count: int, seed: int = SEED) -> Iterator[tuple[Ints, Ints]]:
    """Claims and strikes by front (rows) and day (columns, with the margin), ``count`` times."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        level = np.array([rate(design, rng) for _ in range(design.fronts)])
        strikes = rng.poisson(design.strikes * level)
        claims = rng.poisson(design.claims * level) + rng.poisson(design.caused * strikes)
        claims[:, :MARGIN] = claims[:, -MARGIN:] = 0
        yield claims, strikes


def records(role: str, numbers: Ints) -> gpd.GeoDataFrame:
    """As many records of each front and day, at the front's point."""
    front, day = (np.repeat(each, numbers[numbers > 0]) for each in np.nonzero(numbers))
    start = (FIRST + pd.to_timedelta(day - MARGIN, unit="D")).as_unit("s")
    columns = {
        f"{role}_id": [f"{role[0]}{n:06d}" for n in range(len(day))], "radius_m": 0.0, "start": start,
        "end": start + pd.Timedelta(days=1), "belligerents": "Coalition", "country": "IQ", "timezone": "UTC",
    }  # fmt: skip
    points = gpd.points_from_xy(np.full(len(day), 43.0), 32.0 + front * 0.2, crs="EPSG:4326")
    return gpd.GeoDataFrame(columns, geometry=points)


COVERAGE = pd.DataFrame(
    {
        "dataset": "made", "belligerent": "Coalition", "country": "IQ", "complete": True,
        "start": [FIRST - pd.Timedelta(days=MARGIN)], "end": [FIRST + pd.Timedelta(days=DAYS + MARGIN)],
    }
)  # fmt: skip


def tested(claims: Ints, strikes: Ints) -> pd.Series:
    """The test's row of incidents that may have been near a strike."""
    table = gcas.matching.chance_test(
        records("incident", claims), records("strike", strikes), within_km=5, within_days=0, coverage=COVERAGE
    )
    return table[(table["relation"] == "possible") & (table["counted"] == "incidents")].iloc[0]


def rank_among_all_shifts(claims: Ints, strikes: Ints) -> float:
    """The share of the shifts by up to 45 days under which as many claims meet a strike as on their own days."""
    front, day = np.nonzero(claims)
    moves = np.arange(-BACKGROUND_DAYS, BACKGROUND_DAYS + 1)
    met = (claims[front, day, None] * (strikes[front[:, None], day[:, None] + moves] > 0)).sum(axis=0)
    return float((met >= met[BACKGROUND_DAYS]).mean())


def main(count: str = "200") -> None:
    """Print how often p is below 0.05."""
    for title, designs in (("no link", UNLINKED), ("planted link", LINKED)):
        print(f"{title}: p below 0.05 in; odds ratio in the median; by the rank among all shifts")
        for name, design in designs.items():
            rows, ranks, many = [], [], []
            for claims, strikes in drawn(design, int(count)):
                rows.append(tested(claims, strikes))
                ranks.append(rank_among_all_shifts(claims, strikes))
                many.append(claims.sum())
            table = pd.DataFrame(rows)
            inside = ((table["odds_low"] <= 1) & (table["odds_high"] >= 1)).mean()
            print(
                f"  {name} ({np.median(many):.0f} claims): {(table['p'] < 0.05).mean():.3f}; "
                f"{table['odds_ratio'].median():.2f}, one inside the interval in {inside:.3f}, "
                f"ratio {table['ratio'].median():.2f}, of the long window {table['ratio_long'].median():.2f}; "
                f"{np.mean(np.array(ranks) < 0.05):.3f}"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
