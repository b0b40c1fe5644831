"""What is each pair of a join worth? Its probability and its weight."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.matching._limits import DAY, Limits
from geocasualty.matching._probability import in_space, in_time
from geocasualty.matching._rates import Rates
from geocasualty.matching._sides import Side, side_of
from geocasualty.matching._spread import blocks, cells_of, spread_of
from geocasualty.matching._weight import in_bits, log_space_density, log_time_density
from geocasualty.records.schema import Role

__all__ = ["EXPLAINED", "Explanation", "rates_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EXPLAINED = ("vicinity", "n_strikes")
"""Columns that count where a frame has them."""
PART = 1_000_000
"""Pairs at a time."""


class Explanation:
    """Probabilities and weights of the pairs of one join.

    The probability is that of the true places lying within the limit in space and the true times within the limit in
    time and one day: the rule by which two records are ``within``. Each true place follows the distribution that its
    record stands for (:func:`geocasualty.matching._spread.spread_of`), each true time is uniform in its interval, all
    of them independent. The weight is explained in :mod:`geocasualty.matching._weight`; the rate of unrelated strikes
    is that of all located strikes around the incident's place and time, so that within one incident only separation
    and number rank. Columns ``vicinity`` and ``n_strikes`` count where a frame has them.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`.
    limits : Limits
        Of the test.
    rates : Rates, optional
        Of all strikes, where ``strikes`` are some of them.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`, and if ``vicinity`` holds anything but true and false, or ``n_strikes`` anything
        but numbers.
    """

    def __init__(
        self,
        incidents: gpd.GeoDataFrame,
        strikes: gpd.GeoDataFrame,
        limits: Limits,
        rates: Rates | None = None,
    ) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GeocasualtyWarning)  # the join says what it reprojects
            self._ours, self._theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
        self._spreads = (
            spread_of(self._ours.radius_m, _vicinity(incidents, "incident")),
            spread_of(self._theirs.radius_m, _vicinity(strikes, "strike")),
        )
        self._number = _number(strikes)
        self._limits = limits
        self._rates = rates if rates is not None else _rates(self._theirs, self._number)

    def of(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """The pairs of the join, in their order, with ``probability`` and ``match_weight``."""
        ours, theirs, limits = self._ours, self._theirs, self._limits
        i, j = _positions(ours, pairs["incident_id"]), _positions(theirs, pairs["strike_id"])
        rate = _rate(ours, self._rates)
        probability, weight = np.empty(len(pairs)), np.empty(len(pairs))
        distance = pairs["distance_km"].to_numpy(dtype=float) * 1000
        for first in range(0, len(pairs), PART):
            part = slice(first, first + PART)
            a, b = i[part], j[part]
            spans = (ours.start[a], ours.end[a]), (theirs.start[b], theirs.end[b])
            inside, close = np.empty(len(a)), np.empty(len(a))
            for block in blocks(ours, theirs, self._spreads, (a, b), distance[part]):
                inside[block.pairs] = in_space(block, limits.metres)
                close[block.pairs] = log_space_density(block)
            probability[part] = inside * in_time(*spans, limits.seconds + DAY)
            weight[part] = in_bits(close, log_time_density(*spans), self._number[b], rate[a])
        return pairs.assign(probability=probability, match_weight=weight)


def _positions(side: Side, ids: pd.Series[Any]) -> Ints:
    known = pd.Index(side.ids, dtype=object, tupleize_cols=False)
    return np.asarray(known.get_indexer(pd.Index(ids.to_numpy(dtype=object), dtype=object, tupleize_cols=False)))


def rates_of(strikes: gpd.GeoDataFrame) -> Rates:
    """Of the located strikes of a frame."""
    return _rates(side_of(strikes, "strike"), _number(strikes))


def _rates(theirs: Side, number: Floats) -> Rates:
    located = np.flatnonzero(theirs.located)
    lon, lat = theirs.lon.copy(), theirs.lat.copy()
    areal = np.flatnonzero(theirs.area >= 0)
    middles = shapely.point_on_surface([theirs.polygons[n] for n in theirs.area[areal]])
    lon[areal], lat[areal] = shapely.get_x(middles), shapely.get_y(middles)
    return Rates(lon[located], lat[located], (theirs.start + theirs.end)[located] // 2, number[located])


def _rate(ours: Side, rates: Rates) -> Floats:
    """The rate around each incident; an area's is the mean over it."""
    result = np.full(len(ours), np.nan)
    middle = (ours.start + ours.end) // 2
    points = np.flatnonzero(ours.located & (ours.area < 0))
    result[points] = rates.at(ours.lon[points], ours.lat[points], middle[points])
    for n, polygon in enumerate(ours.polygons):
        cells, whose = cells_of(polygon), np.flatnonzero(ours.area == n)
        lon, lat = np.tile(cells.lon, len(whose)), np.tile(cells.lat, len(whose))
        around = rates.at(lon, lat, np.repeat(middle[whose], len(cells.lon)))
        result[whose] = (around.reshape(len(whose), -1) * cells.share).sum(axis=1)
    return result


def _vicinity(frame: gpd.GeoDataFrame, role: Role) -> npt.NDArray[np.bool_]:
    if "vicinity" not in frame:
        return np.zeros(len(frame), dtype=bool)
    try:
        stated = pd.array(frame["vicinity"].to_numpy(dtype=object), dtype="boolean")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{role}s: column 'vicinity' is no column of true and false: {error}", column="vicinity"
        ) from error
    return np.asarray(stated.to_numpy(dtype=bool, na_value=False))


def _number(strikes: gpd.GeoDataFrame) -> Floats:
    """Strikes that each record tells of; one where it does not say, or says none."""
    if "n_strikes" not in strikes:
        return np.ones(len(strikes))
    stated = strikes["n_strikes"]
    if not pd.api.types.is_numeric_dtype(stated):
        raise InputError(
            f"strikes: column 'n_strikes' is {stated.dtype}; expected numbers, as pandas.to_numeric makes",
            column="n_strikes",
        )
    number = stated.to_numpy(dtype=float, na_value=np.nan)
    return np.where(number >= 1, number, 1.0)
