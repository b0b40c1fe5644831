"""Under which shifts by whole days would each incident have passed the test? One join serves all limits and shifts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty._progress import progress
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.matching._covered import Covered
from geocasualty.matching._findings import _column
from geocasualty.matching._join import match
from geocasualty.matching._neighbours import DAY, named_sides
from geocasualty.matching._shifted import shifted
from geocasualty.matching._sides import Side, side_of
from geocasualty.records import coverage as declared_coverage
from geocasualty.records.schema import Role

__all__ = ["Block", "Moved"]

COMBINATIONS = 5_000_000
"""Combinations of one block. A pair takes 80 bytes in the join: 0.4 GB where all of them are near."""
CLOSE_M = 1.0
"""The compiled join is exact to 0.1 mm per km; points this near to a limit are measured again."""

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Block(NamedTuple):
    """Some located incidents, and all that may be near them in space at any shift.

    ``incidents`` are positions; the other arrays are as long as there are pairs: the place of the incident in
    ``incidents``, the position of the strike, and bounds on their distance in metres.
    """

    incidents: Ints
    owner: Ints
    strike: Ints
    least_m: Floats
    greatest_m: Floats

    def distance_m(self, *, wholly: bool) -> Floats:
        """What the test compares with its limit."""
        return self.greatest_m if wholly else self.least_m


class Moved:
    """Incidents that are moved by up to ``days`` local days either way, against strikes that stay.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`.
    belligerents : {"overlap", "any"} or iterable of str
        As for :func:`geocasualty.match`.
    coverage : pandas.DataFrame or None
        As for :func:`geocasualty.screen`.
    days : int
        The greatest shift.
    """

    def __init__(
        self,
        incidents: gpd.GeoDataFrame,
        strikes: gpd.GeoDataFrame,
        belligerents: str | Iterable[str],
        coverage: pd.DataFrame | None,
        days: int,
    ) -> None:
        self.ours, self.theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
        self.days = days
        self._moved = shifted(self.ours.start, self.ours.end, _column(incidents, "timezone"), days)
        self._belligerents = belligerents if isinstance(belligerents, str) else list(belligerents)
        self._named = named_sides(self._belligerents)
        self._countries = _column(incidents, "country")
        self._spans = Covered(declared_coverage(strikes) if coverage is None else coverage)
        self._covered: dict[int, Bools] = {}

    def covered(self, seconds: int) -> Bools:
        """Whether the records wholly cover what is tested of each incident (rows) under each shift (columns)."""
        if seconds not in self._covered:
            starts, ends = self._moved.starts() - seconds, self._moved.ends() + seconds
            covered = np.zeros(starts.shape, dtype=bool)
            for position, country in enumerate(self._countries):
                start, end = int(starts[position, self.days]), int(ends[position, self.days])
                named = self._named or self.ours.belligerents[position]
                whose = self._spans.whose(named, country, start, end)
                covered[position] = self._spans.wholly(whose, country, starts[position], ends[position])
            self._covered[seconds] = covered
        return self._covered[seconds]

    def assessable(self, seconds: int) -> Bools:
        """Located, and the records cover all of the time: only then does not passing say something."""
        return self.ours.located & self.covered(seconds)[:, self.days]

    def counting(self, seconds: int) -> Bools:
        """Under which shifts (columns) each incident no longer touches its own window and is covered."""
        return self.covered(seconds) & self._moved.apart(seconds)

    def passing(self, block: Block, chosen: Ints, seconds: int, *, wholly: bool) -> tuple[Ints, Ints]:
        """Which of the chosen pairs of a block pass in time under which shifts.

        Returns
        -------
        tuple of numpy.ndarray
            The pair, once for every shift under which it passes, and the shift plus ``days``.
        """
        strike, owner = block.strike[chosen], block.incidents[block.owner[chosen]]
        times = self.theirs.start[strike], self.theirs.end[strike]
        first, last = self._moved.passing(owner, *times, seconds, wholly=wholly)
        many = np.maximum(last - first + 1, 0)
        which = np.repeat(np.arange(len(chosen)), many)
        shift = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many) + first[which] + self.days
        return chosen[which], shift

    def blocks(self, metres: Floats, seconds: int) -> Iterator[Block]:
        """Join block by block at the greatest of the limits; distances are exact at every one of them."""
        located = np.flatnonzero(self.ours.located)
        size = max(1, COMBINATIONS // max(1, len(self.theirs)))
        starts = range(0, max(1, len(located)), size)
        strikes = _plain(self.theirs, "strike", np.arange(len(self.theirs)))
        for first in _watched(starts):
            yield self._block(located[first : first + size], strikes, metres, seconds)

    def _block(self, chosen: Ints, strikes: gpd.GeoDataFrame, metres: Floats, seconds: int) -> Block:
        ours, theirs = self.ours, self.theirs
        pairs = match(
            _plain(ours, "incident", chosen),
            strikes,
            within_km=(float(metres.max()) + CLOSE_M) / 1000,
            within_days=self.days + 1 + seconds / DAY,  # a day more than its clocks can turn
            belligerents=self._belligerents,
            bounds=True,
            max_pairs=len(chosen) * len(theirs),
        )
        i = pairs["incident_id"].to_numpy(dtype=np.int64)
        j = pairs["strike_id"].to_numpy(dtype=np.int64)
        least, greatest = (pairs[name].to_numpy(dtype=float) * 1000 for name in ("distance_min_km", "distance_max_km"))
        near = [np.abs(bound[:, None] - metres).min(axis=1, initial=np.inf) <= CLOSE_M for bound in (least, greatest)]
        close = np.flatnonzero((near[0] | near[1]) & (ours.area[i] < 0) & (theirs.area[j] < 0))
        a, b = i[close], j[close]
        between = geodesic_distance_m(ours.lon[a], ours.lat[a], theirs.lon[b], theirs.lat[b])
        reach = ours.radius_m[a] + theirs.radius_m[b]
        least[close], greatest[close] = np.maximum(0.0, between - reach), between + reach
        return Block(
            incidents=chosen,
            owner=np.searchsorted(chosen, i),
            strike=j,
            least_m=least,
            greatest_m=greatest,
        )


def _plain(side: Side, role: Role, chosen: Ints) -> gpd.GeoDataFrame:
    """A checked side as a frame whose ids are its positions."""
    geometry: Any = shapely.points(side.lon[chosen], side.lat[chosen])
    areas = np.array([*side.polygons, None], dtype=object)[side.area[chosen]]
    geometry = np.where(side.area[chosen] >= 0, areas, np.where(side.located[chosen], geometry, None))
    times = {
        name: pd.Series(pd.to_datetime(values[chosen], unit="s", utc=True))
        for name, values in (("start", side.start), ("end", side.end))
    }
    return gpd.GeoDataFrame(
        {f"{role}_id": chosen, "radius_m": side.radius_m[chosen], "belligerents": side.belligerents[chosen], **times},
        geometry=gpd.GeoSeries(geometry, crs="EPSG:4326"),
    )


def _watched(blocks: range) -> Iterable[int]:
    if len(blocks) < 2:
        return blocks
    return cast(Iterable[int], progress("incidents moved", " blocks", items=blocks))
