"""What do the records say about each incident, and how is it shown? One pass, and its renderings."""

from __future__ import annotations

import functools
import html
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.maps import province_map
from geocasualty.maps import town_map as town
from geocasualty.matching import FINDINGS, is_partitioned
from geocasualty.matching._days import BACKGROUND_DAYS
from geocasualty.matching._limits import limits_of, whole_days
from geocasualty.matching._pairs import pair_table
from geocasualty.matching._trees import Pairs
from geocasualty.matching.assessed import Assessed, assessed
from geocasualty.reporting import report as written

__all__ = ["Assessment", "assess"]

PAIR_KINDS = ("within", "possible", "accepted")


class Assessment:
    """Incidents, strikes, and what the one says about the other; :func:`assess` makes it.

    Attributes
    ----------
    data : geocasualty.matching.assessed.Assessed
        The arrays behind the tables.
    """

    def __init__(
        self, incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, data: Assessed, asked: dict[str, Any]
    ) -> None:
        self._incidents, self._strikes, self._asked = incidents, strikes, asked
        self.data = data

    @property
    def findings(self) -> gpd.GeoDataFrame:
        """As :func:`geocasualty.screen` returns them."""
        return self.data.findings

    @functools.cached_property
    def pairs(self) -> pd.DataFrame:
        """As :func:`geocasualty.match` with bounds, without those that an analyst rejected and with those accepted."""
        return self._table(self.data.pairs, self.data.accepted & ~self.data.pairs.within)

    @functools.cached_property
    def misses(self) -> pd.DataFrame:
        """The nearest miss of each located incident without a pair, where one is within 100 km and 45 days."""
        return self._table(self.data.misses, None).drop(columns="relation")

    def map(self, **options: Any) -> Any:
        """The incidents by governorate, as :func:`geocasualty.province_map`, which says what the options are."""
        limits = {name: self._asked[name] for name in ("within_km", "within_days")}
        return province_map(self._incidents, self._strikes, **{"measure": "share_nearby", **limits, **options})

    def town_map(self, place: Any, **options: Any) -> Any:
        """One incident by its id, or one place, as :func:`geocasualty.town_map`, which says what the options are."""
        return town(place, self._incidents, self._strikes, **self._rendered(), **options)

    def report(self, path: str | PathLike[str], **options: Any) -> Path:
        """Everything as one HTML file, as :func:`geocasualty.report`, which says what the options are."""
        return written(self._incidents, self._strikes, path=path, **self._rendered(), **options)

    def __len__(self) -> int:
        return len(self.data.findings)

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {count:,}" for name, count in self._counts().items())
        return f"<Assessment of {len(self):,} incidents, {self._limits()}: {said}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{count:,}</td></tr>" for name, count in self._counts().items()
        )
        said = f"{len(self):,} incidents, {len(self._strikes):,} strikes; {self._limits()}"
        return f"<table><caption>{html.escape(said)}</caption>{rows}</table>"

    def _counts(self) -> dict[str, int]:
        counts = self.data.findings["finding"].value_counts()
        return {name: int(counts.get(name, 0)) for name in FINDINGS}

    def _limits(self) -> str:
        return f"limits {self.data.limits}"

    def _rendered(self) -> dict[str, Any]:
        return {name: value for name, value in self._asked.items() if value is not None and name != "background_days"}

    def _table(self, pairs: Pairs, by_hand: Any) -> pd.DataFrame:
        sides = self.data.sides
        table = pair_table(pairs, sides.ours, sides.theirs, bounds=True)
        table["relation"] = table["relation"].cat.set_categories(list(PAIR_KINDS))
        if by_hand is not None and by_hand.any():
            chosen = pair_table(pairs.take(by_hand), sides.ours, sides.theirs, bounds=False)
            keys = ["incident_id", "strike_id"]
            also = pd.MultiIndex.from_frame(table[keys]).isin(pd.MultiIndex.from_frame(chosen[keys]))
            table.loc[also, "relation"] = "accepted"
        return table


def assess(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: float,
    within_days: float | None = None,
    within_hours: float | None = None,
    belligerents: str | Iterable[str] = "overlap",
    review: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    background_days: int = BACKGROUND_DAYS,
) -> Assessment:
    """Compare incidents with strikes, once; findings, pairs, maps and report are made of it.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`, in memory.
    within_km, within_days, within_hours, belligerents, review, coverage, background_days
        As for :func:`geocasualty.screen`.

    Returns
    -------
    Assessment
        ``findings``, a row an incident; ``pairs``; ``misses``, what was nearest where there is no pair; ``map()``,
        ``town_map(id)`` and ``report(path)``.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.screen`; for frames of Dask, which :func:`geocasualty.screen` takes.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> result = gcas.assess(book.incidents, book.strikes, within_km=10, within_days=0)
    >>> result
    <Assessment of 4 incidents, limits 10 km, 0 days: strike-reported-nearby 1, cannot-exclude 1, none-in-records 0, \
no-coverage 1, unlocated 1>
    >>> result.findings.loc[0, ["date", "finding"]].tolist()
    ['2015-06-02', 'strike-reported-nearby']
    >>> "nl-2015-06-02-hawijah" in set(result.pairs["strike_id"]), len(result.misses)
    (True, 0)
    >>> len(gcas.assess(book.incidents[:0], book.strikes, within_km=10, within_days=0))
    0
    """
    limits = limits_of(within_km, within_days, within_hours)
    if whole_days("background_days", background_days) < 0:
        raise InputError(f"background_days is {background_days}; expected zero or more")
    if is_partitioned(incidents, strikes):
        raise InputError("assess takes frames in memory; for frames of Dask use gcas.screen and gcas.match")
    asked: dict[str, Any] = {
        "belligerents": belligerents if isinstance(belligerents, str) else list(belligerents),
        "review": review,
        "coverage": coverage,
        "background_days": background_days,
    }
    made = assessed(incidents, strikes, limits, **asked)
    chosen = {"within_km": within_km, "within_days": within_days, "within_hours": within_hours}
    return Assessment(incidents, strikes, made, {**chosen, **asked})
