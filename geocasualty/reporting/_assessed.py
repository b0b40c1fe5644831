"""Every number that a report states, from the records alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.matching import FINDINGS, Assessed, answer_lines, sensitivity
from geocasualty.matching._limits import Window
from geocasualty.matching.official import RECORDS
from geocasualty.matching.statement import Statements
from geocasualty.scope import texts
from geocasualty.theatre.parties import parties_in_force
from geocasualty.theatre.theatre import theatre
from geocasualty.theatre.zones import timezone_of
from geocasualty.words import Said, isolated

__all__ = ["MISS_DAYS", "MISS_KM", "Listed", "Told", "texts", "told_of"]

TRIED_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
TRIED_DAYS, TRIED_HOURS = (0.0, 1.0, 2.0, 3.0), (0.0, 6.0, 24.0, 72.0)
"""Limits tried beside the chosen ones."""

TRIED = {"within_km": TRIED_KM, "within_days": TRIED_DAYS, "within_hours": TRIED_HOURS}

MISS_KM, MISS_DAYS = 10.0, 2
"""A near miss is no pair, but would be one with limits wider by this much. A choice of this project."""


class Listed(NamedTuple):
    """What these records hold of one party, and what the official record says of the incidents that name it.

    Attributes
    ----------
    party : str
        Empty for incidents that name nobody.
    incidents, lines : int
        How many incidents, and how many strike records of the scope, name it.
    publishes, holder : str
        Itself, or the alliance whose list of strikes is its too: of whom a list is known to be published, and of whom
        one is here. Empty for neither.
    first, last : str
        Local days of that list.
    days, of : int
        How many days it covers, of those from the first to the last.
    complete : str
        Whether it says that it holds every strike: ``all``, ``some`` (of its days) or ``none``.
    kinds : tuple of str
        Kinds of attack that all of it holds.
    records : dict
        Incidents by their official record.
    """

    party: str
    incidents: int
    lines: int
    publishes: str
    holder: str
    first: str
    last: str
    days: int
    of: int
    complete: str
    kinds: tuple[str, ...]
    records: dict[str, int]


@dataclass(frozen=True, eq=False)
class Told:
    """Incidents with their findings in the same order, strikes (by id), and the tables behind them.

    Incidents stand by their official record, then by time and id. ``pairs`` and ``misses`` are as `match` returns
    them, with ``decision`` ("accept", "reject" or ""). ``scope`` is which strikes are counted; all are compared.
    ``coverage`` is what the strikes of the scope cover; ``answers`` as :func:`geocasualty.assessed_places` has them.
    """

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame
    scope: npt.NDArray[np.bool_]
    limits: Window
    belligerents: Any
    review: pd.DataFrame | None
    findings: pd.DataFrame
    pairs: pd.DataFrame
    misses: pd.DataFrame
    table: pd.DataFrame
    reasons: Callable[[int], Said]
    statements: Callable[[int], list[str]]
    ranked: Callable[[int], str]
    answered: dict[Any, list[str]]
    official: pd.DataFrame
    near_km: float
    coverage: pd.DataFrame
    answers: pd.DataFrame | None

    @cached_property
    def counted(self) -> gpd.GeoDataFrame:
        """The strikes of the scope."""
        return self.strikes[self.scope].reset_index(drop=True)

    def parties(self) -> list[Listed]:
        """The parties that incidents name or lists are of: those of most incidents first, nobody last."""
        named = [set(text.split(";")) for text in texts(self.incidents, "belligerents")]
        lines = [set(text.split(";")) for text in texts(self.counted, "belligerents")]
        every = set().union(*named, self.coverage["belligerent"])
        said = self.official["official_record"].astype(str).tolist()
        found = []
        for party in every:
            records = [name for name, names in zip(said, named, strict=True) if party in names]
            wholes = [party, *sorted({each.alliance for each in parties_in_force().alliances.get(party, ())})]
            holder = next((name for name in wholes if name in set(self.coverage["belligerent"])), "")
            found.append(
                Listed(
                    party,
                    len(records),
                    sum(party in names for names in lines),
                    next((name for name in wholes if name == holder or name in theatre().publishes), ""),
                    holder,
                    *_list_of(self.coverage[self.coverage["belligerent"] == holder]),
                    {name: records.count(name) for name in RECORDS},
                )
            )
        return sorted(found, key=lambda each: (not each.party, -each.incidents, each.party))

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
    scope: npt.NDArray[np.bool_],
    near_km: float | None,
    language: str,
    country: str | None,
    answers: pd.DataFrame | None,
) -> Told:
    """What an assessment tells of some of its incidents, of them at other limits, and of the official record.

    ``scope`` is which strikes are counted, ``country`` of which country alone.
    """
    chosen, sides, stated = assessed.chosen, assessed.sides, assessed.limits.stated()
    statements = Statements(assessed, near_km, language, isolated)
    official = statements.official.table(rows)
    grouped = np.argsort(official["official_record"].cat.codes.to_numpy(), kind="stable")
    rows, official = rows[grouped], official.iloc[grouped].reset_index(drop=True)
    coverage = sides.covered.table
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
        coverage=coverage,
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
    return Told(
        incidents,
        strikes,
        scope[by_name],
        assessed.limits,
        chosen["belligerents"],
        chosen["review"],
        findings,
        _with(decided, every),
        _with(decided, misses),
        table,
        lambda position: assessed.reasons[int(rows[position])],
        lambda position: statements.of(int(rows[position])),
        lambda position: statements.ranked(int(rows[position])),
        {} if answers is None else answer_lines(answers, language),
        official,
        statements.official.near_m / 1000,
        coverage if country is None else coverage[coverage["country"] == country],
        answers,
    )


def _list_of(rows: pd.DataFrame) -> tuple[str, str, int, int, str, tuple[str, ...]]:
    """The first and the last local day of some rows of coverage, how many days they cover and of how many, and more."""
    if not len(rows):
        return "", "", 0, 0, "none", ()
    rows = rows.sort_values(["start", "end"])
    known = rows["end"].cummax().shift()
    held = (rows["end"] - rows["start"].where(~(known > rows["start"]), known)).clip(lower=pd.Timedelta(0)).sum()
    zones = [timezone_of(country) for country in rows["country"]]
    first = min(f"{at.tz_convert(zone):%Y-%m-%d}" for at, zone in zip(rows["start"], zones, strict=True))
    ends = rows["end"] - pd.Timedelta(seconds=1)
    last = max(f"{at.tz_convert(zone):%Y-%m-%d}" for at, zone in zip(ends, zones, strict=True))
    whole = (rows["end"].max() - rows["start"].min()).total_seconds() / 86_400
    complete = "all" if rows["complete"].all() else "some" if rows["complete"].any() else "none"
    kinds = set.intersection(*({*text.split(";")} for text in texts(rows, "kinds"))) if "kinds" in rows else set()
    return first, last, round(held.total_seconds() / 86_400), round(whole), complete, tuple(sorted(kinds - {""}))


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
