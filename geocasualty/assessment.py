"""What do the records say about each incident, and how is it shown? One pass, and its renderings."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty._shown import html_table
from geocasualty.errors import InputError
from geocasualty.maps import explore, province_map
from geocasualty.maps import town_map as town
from geocasualty.matching import FINDINGS, Assessed, is_partitioned, rank
from geocasualty.matching import assess as data
from geocasualty.matching._days import BACKGROUND_DAYS
from geocasualty.matching.official import Official
from geocasualty.matching.statement import Statements
from geocasualty.reporting import report as written

__all__ = ["Assessment", "assess"]


class Assessment:
    """Incidents, strikes, and what the one says about the other; :func:`assess` makes it.

    Attributes
    ----------
    data : geocasualty.matching.assessed.Assessed
        The arrays behind the tables.
    """

    def __init__(self, data: Assessed) -> None:
        self.data = data

    @property
    def findings(self) -> gpd.GeoDataFrame:
        """As :func:`geocasualty.screen` returns them."""
        return self.data.findings

    @property
    def pairs(self) -> pd.DataFrame:
        """As :func:`geocasualty.match` with bounds, without those that an analyst rejected and with those accepted."""
        return self.data.pair_table

    @property
    def misses(self) -> pd.DataFrame:
        """The nearest miss of each located incident without a pair, where one is within 100 km and 45 days."""
        return self.data.miss_table

    def official(self, near_km: float | None = None) -> pd.DataFrame:
        """What the releases of each claim's days name: a row an incident, as the findings have them.

        Parameters
        ----------
        near_km : float, optional
            Up to where a named place is near; ``within_km`` unless given.

        Returns
        -------
        pandas.DataFrame
            ``incident_id``; ``official_record`` (``named-near``, ``named-elsewhere``, ``none-named``, ``no-release``,
            ``undetermined``: :mod:`geocasualty.matching.official`); ``record_place``, ``record_km``: the nearest place
            that they name, and how far it lies from the claimed point; ``record_days``: the local days tested.
        """
        table = Official(self.data, near_km).table(np.arange(len(self)))
        table.insert(0, "incident_id", self.findings["incident_id"].to_numpy())
        return table

    def statement(self, incident_id: Any, language: str = "en", near_km: float | None = None) -> str:
        """What the official record says of one claim: releases quoted word for word, the nearest place first.

        Parameters
        ----------
        incident_id : object
            As in the findings.
        language : {"en", "ar"}
            Of all that is not quoted.
        near_km : float, optional
            As for :meth:`official`.

        Returns
        -------
        str
            A sentence or a release a line. It says what was published, never that no strike took place.

        Raises
        ------
        geocasualty.errors.InputError
            If there is no such incident, or no such language.
        """
        found = np.flatnonzero((self.findings["incident_id"] == incident_id).to_numpy())
        if not len(found):
            raise InputError(f"incident_id {str(incident_id)[:60]!r}: no such incident", value=incident_id)
        return "\n".join(Statements(self.data, near_km, language).of(int(found[0])))

    def statements(self, language: str = "en", near_km: float | None = None) -> list[str]:
        """The :meth:`statement` of every claim, in the order of the findings."""
        told = Statements(self.data, near_km, language)
        return ["\n".join(told.of(n)) for n in range(len(self))]

    @functools.cached_property
    def ranked(self) -> pd.DataFrame:
        """The places that records name around each incident, as :func:`geocasualty.rank`; no finding is made of it."""
        return rank(self.data)

    def map(self, **options: Any) -> Any:
        """The incidents by governorate, as :func:`geocasualty.province_map`, which says what the options are."""
        return province_map(self.data, **{"measure": "share_nearby", **options})

    def explore(self, column: str | None = "finding", *, of: str = "findings", **options: Any) -> Any:
        """Its findings, or ``pairs`` or ``misses`` as lines, as :func:`geocasualty.explore`, which says the options."""
        if of not in ("findings", "pairs", "misses"):
            raise InputError(f"of is {of!r}; expected findings, pairs or misses")
        sides = (self.data.sides.ours.frame, self.data.sides.theirs.frame)
        table = getattr(self, of)
        column = "relation" if column == "finding" and of == "pairs" else column
        return explore(table, column if column in table else None, **{"records": sides, "name": of, **options})

    def town_map(self, place: Any, **options: Any) -> Any:
        """One incident by its id, or one place, as :func:`geocasualty.town_map`, which says what the options are."""
        return town(place, self.data, **options)

    def report(self, path: str | PathLike[str], **options: Any) -> Path:
        """Everything as one HTML file, as :func:`geocasualty.report`, which says what the options are."""
        return written(self.data, path=path, **options)

    def __len__(self) -> int:
        return len(self.data.findings)

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {count:,}" for name, count in self._counts().items())
        return f"<Assessment of {len(self):,} incidents, {self._limits()}: {said}>"

    def _repr_html_(self) -> str:
        said = f"{len(self):,} incidents, {len(self.data.sides.theirs):,} strikes; {self._limits()}"
        counts = [(name, f"{count:,}") for name, count in self._counts().items()]
        names = ["incident_id", "date", "place_text", "finding", "reason"]
        rows = self.findings[names].astype(object).itertuples(index=False)
        return html_table(said, counts, ("finding", "incidents")) + html_table("Incidents", rows, names)

    def _counts(self) -> dict[str, int]:
        counts = self.data.findings["finding"].value_counts()
        return {name: int(counts.get(name, 0)) for name in FINDINGS}

    def _limits(self) -> str:
        return f"limits {self.data.limits}"


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
        ``town_map(id)`` and ``report(path)``; ``statement(id)`` and ``official()``, what releases of its days name.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.screen`; for frames of Dask, which :func:`geocasualty.screen` takes.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> result = gcas.assess(book.incidents, book.strikes, within_km=10, within_days=1)
    >>> result
    <Assessment of 4 incidents, limits 10 km, 1 day: strike-reported-nearby 1, cannot-exclude 1, none-in-records 0, \
no-coverage 1, unlocated 1>
    >>> result.findings.loc[0, ["date", "finding"]].tolist()
    ['2015-06-02', 'strike-reported-nearby']
    >>> "nl-2015-06-02-hawijah" in set(result.pairs["strike_id"]), len(result.misses)
    (True, 0)
    >>> len(gcas.assess(book.incidents[:0], book.strikes, within_km=10, within_days=0))
    0
    """
    if is_partitioned(incidents, strikes):
        raise InputError("assess takes frames in memory; for frames of Dask use gcas.screen and gcas.match")
    return Assessment(
        data(
            incidents,
            strikes,
            within_km=within_km,
            within_days=within_days,
            within_hours=within_hours,
            belligerents=belligerents,
            review=review,
            coverage=coverage,
            background_days=background_days,
        )
    )
