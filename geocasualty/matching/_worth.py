"""What is each pair of a join worth? Its probability, and its weight against the strikes that were there anyway."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.matching._limits import Window, countries_apart
from geocasualty.matching._sides import Side, side_of
from geocasualty.matching.evidence import (
    ASTRAY,
    METRES_PER_DEGREE,
    Placed,
    cells_of,
    in_space,
    in_time,
    log_space_density,
    log_time_density,
    measured,
)
from geocasualty.records.schema import Role

__all__ = ["EXPLAINED", "Rates", "number_of", "numbers", "rates_of", "vicinity_of", "worth_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EXPLAINED = ("vicinity", "n_strikes")
"""Columns that count where a frame has them."""
PART = 1_000_000
"""Pairs at a time."""
CELL_DEG = 0.5
"""Height of a cell; about 55 km, as far as half of what is reported "near X" lies at most. A choice of this project."""
MONTH_S = 30 * 86_400
"""Long enough for a rate, short enough that the front has not moved far. A choice of this project."""
PSEUDO = 1 / 12
"""Strikes added to each cell and month, as if every cell had one more a year: no rate is ever zero."""
SMOOTHING = ((-1, 0.25), (0, 0.5), (1, 0.25))
"""In each direction and in time: a cell or month, and what its neighbours lend to it."""

_ROWS = round(180 / CELL_DEG)
_CELL_KM2 = (CELL_DEG * METRES_PER_DEGREE / 1000) ** 2


def worth_of(
    pairs: pd.DataFrame,
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    window: Window,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """The pairs of a join, in their order, with ``probability`` and ``match_weight``.

    The probability is that of the true places lying within the limit in space and the true dates (or clock times)
    within that in time: the rule by which two records are ``within``; all places and times are independent, each of
    the dates of a record as likely as another. The weight is log2 of the likelihood of one event against that of any
    of the unrelated strikes at the rate of all located strikes around the incident's place and time, so that within
    one incident only separation and number rank, and that a record which states another country names another place
    than it should.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`geocasualty.match` gives it.
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`; the columns of :data:`EXPLAINED` count where a frame has them.
    window : Window
        Of the test.
    rates : Rates, optional
        Of all strikes, where ``strikes`` are some of them.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`, and if ``vicinity`` holds anything but true and false, or ``n_strikes`` anything
        but numbers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)  # the join says what it reprojects
        ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    places = Placed.of(ours, vicinity_of(incidents, "incident")), Placed.of(theirs, vicinity_of(strikes, "strike"))
    number = number_of(strikes)
    apart = countries_apart(ours.parties, theirs.parties)
    rate = _rate(ours, rates if rates is not None else _rates(theirs, number))
    i, j = _positions(ours, pairs["incident_id"]), _positions(theirs, pairs["strike_id"])
    probability, weight = np.empty(len(pairs)), np.empty(len(pairs))
    distance = pairs["distance_km"].to_numpy(dtype=float) * 1000
    for first in range(0, len(pairs), PART):
        part = slice(first, first + PART)
        a, b = i[part], j[part]
        spans = (ours.start[a], ours.end[a]), (theirs.start[b], theirs.end[b])
        dates = (ours.day0[a], ours.day1[a]), (theirs.day0[b], theirs.day1[b])
        inside, close = measured(
            *places, (a, b), distance[part], lambda apart: in_space(apart, window.metres), log_space_density
        )
        timely = in_time(*spans, window.reach_s) if window.days is None else in_days(*dates, window.days)
        probability[part] = inside * timely
        close += np.where(apart[ours.party[a], theirs.party[b]], np.log(ASTRAY), 0.0)
        weight[part] = (close + log_time_density(*spans) + np.log(number[b]) - np.log(rate[a])) / np.log(2)
    return pairs.assign(probability=probability, match_weight=weight)


def in_days(one: tuple[Ints, Ints], other: tuple[Ints, Ints], limit: int) -> Floats:
    """The probability that two true dates differ by at most a limit, each any day from a first to a last.

    Examples
    --------
    >>> day, days = (np.array([0]), np.array([0])), (np.array([0]), np.array([3]))
    >>> [in_days(day, days, limit).tolist() for limit in (0, 1, 3)]
    [[0.25], [0.5], [1.0]]
    """
    (first, last), (first_b, last_b) = one, other

    def upto(lag: int) -> Ints:
        """How many combinations have the second at most so many days behind the first; each corner cuts a triangle."""
        steps = (np.maximum(lag + 1 - corner, 0) for corner in (
            first_b - last, first_b - first + 1, last_b - last + 1, last_b - first + 2
        ))  # fmt: skip
        whole, no_first, no_last, neither = (each * (each + 1) // 2 for each in steps)
        return np.asarray(whole - no_first - no_last + neither)

    of = (last - first + 1) * (last_b - first_b + 1)
    return np.asarray((upto(limit) - upto(-limit - 1)) / of)


def _positions(side: Side, ids: pd.Series[Any]) -> Ints:
    known = pd.Index(side.ids, dtype=object, tupleize_cols=False)
    return np.asarray(known.get_indexer(pd.Index(ids.to_numpy(dtype=object), dtype=object, tupleize_cols=False)))


def rates_of(strikes: gpd.GeoDataFrame) -> Rates:
    """Of the located strikes of a frame."""
    return _rates(side_of(strikes, "strike"), number_of(strikes))


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


def vicinity_of(frame: gpd.GeoDataFrame, role: Role) -> Bools:
    """Which records say "near X"; one that says nothing does not."""
    if "vicinity" not in frame:
        return np.zeros(len(frame), dtype=bool)
    try:
        stated = pd.array(frame["vicinity"].to_numpy(dtype=object), dtype="boolean")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{role}s: column 'vicinity' is no column of true and false: {error}", column="vicinity"
        ) from error
    return np.asarray(stated.to_numpy(dtype=bool, na_value=False))


def numbers(column: pd.Series[Any], role: Role) -> Floats:
    """Numbers of a column; NaN where one is missing.

    Raises
    ------
    geocasualty.errors.InputError
        If a value is no number.

    Examples
    --------
    >>> numbers(pd.Series([3, None, "4"], name="killed_min"), "incident").tolist()
    [3.0, nan, 4.0]
    """
    found = pd.to_numeric(column, errors="coerce").astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    bad = (np.isnan(found) & column.notna().to_numpy(dtype=bool)) | np.isinf(found)
    if bad.any():
        value = column.to_numpy(dtype=object)[bad][0]
        raise InputError(
            f"{role}s: column {column.name!r}, value {value!r}: expected a whole number or nothing",
            column=column.name,
            value=value,
        )
    return np.asarray(found, dtype=float)


def number_of(strikes: gpd.GeoDataFrame) -> Floats:
    """Strikes that each record tells of; one where it does not say, or says none."""
    if "n_strikes" not in strikes:
        return np.ones(len(strikes))
    return np.asarray(np.fmax(numbers(strikes["n_strikes"], "strike"), 1.0), dtype=float)


class Rates:
    """Strikes for each square kilometre and day, by place and time.

    Every strike counts once into the cell of its point and the month of the middle of its interval, as often as it
    tells of strikes. Nothing is looked up by neighbours; the order of the strikes does not matter.

    Parameters
    ----------
    lon, lat : numpy.ndarray
        Points in degrees.
    middle_s : numpy.ndarray
        Middles of intervals, in seconds.
    number : numpy.ndarray
        Strikes that each record tells of.

    Examples
    --------
    >>> rates = Rates(np.array([43.8]), np.array([35.3]), np.array([0]), np.array([9.0]))
    >>> (rates.at(np.array([43.8, -70.0]), np.array([35.3, 10.0]), np.array([0, 0])) * 1e6).round(2).tolist()
    [13.03, 0.9]
    """

    def __init__(self, lon: Floats, lat: Floats, middle_s: Ints, number: Floats) -> None:
        keys, cells = np.unique(_key(_row(lat), lon, _month(middle_s)), return_inverse=True)
        self._keys = keys
        # sorted first: a sum of floats depends on their order
        order = np.lexsort((number, cells.ravel()))
        self._counts = np.bincount(cells.ravel()[order], weights=number[order], minlength=len(keys))

    @classmethod
    def added(cls, parts: Iterable[Rates]) -> Rates:
        """The histogram of all strikes from those of some parts of them."""
        none = np.empty(0)
        total = cls(none, none, none.astype(np.int64), none)
        every = list(parts)
        keys = np.concatenate([total._keys, *(part._keys for part in every)])
        counts = np.concatenate([total._counts, *(part._counts for part in every)])
        total._keys, cells = np.unique(keys, return_inverse=True)
        order = np.lexsort((counts, cells.ravel()))
        total._counts = np.bincount(cells.ravel()[order], weights=counts[order], minlength=len(total._keys))
        return total

    def at(self, lon: Floats, lat: Floats, when_s: Ints) -> Floats:
        """The rate at some places and times (degrees, seconds), in strikes for each square kilometre and day."""
        row, month = _row(lat), _month(when_s)
        total = np.full(len(row), PSEUDO)
        if not len(self._keys):
            return total / (_CELL_KM2 * MONTH_S / 86_400)
        for north, in_row in SMOOTHING:
            where = np.clip(row + north, 0, _ROWS - 1)
            step = 360.0 / _columns(where)
            for east, in_column in SMOOTHING:
                for later, in_month in SMOOTHING:
                    key = _key(where, lon + east * step, month + later)
                    found = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
                    count = np.where(self._keys[found] == key, self._counts[found], 0.0)
                    total += in_row * in_column * in_month * count
        return total / (_CELL_KM2 * MONTH_S / 86_400)


def _row(lat: Floats) -> Ints:
    return np.clip(np.floor((lat + 90.0) / CELL_DEG), 0, _ROWS - 1).astype(np.int64)


def _columns(row: Ints) -> Ints:
    """Cells in a row of latitude, so that all are about as large."""
    middle = np.radians((row + 0.5) * CELL_DEG - 90.0)
    return np.asarray(np.maximum(1, np.rint(360.0 / CELL_DEG * np.cos(middle))), dtype=np.int64)


def _month(seconds: Ints) -> Ints:
    return np.asarray(np.floor_divide(seconds, MONTH_S), dtype=np.int64)


def _key(row: Ints, lon: Floats, month: Ints) -> Ints:
    """One number for a cell and a month, round the antimeridian."""
    columns = _columns(row)
    column = np.minimum(np.floor(np.mod(lon + 180.0, 360.0) / 360.0 * columns), columns - 1).astype(np.int64)
    return (month * _ROWS + row) * round(360 / CELL_DEG) + column
