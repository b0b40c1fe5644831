"""How many strikes were there around a place and a time anyway? A histogram by cell and month, smoothed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

__all__ = ["Rates"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CELL_DEG = 0.5
"""Height of a cell; about 55 km, as far as half of what is reported "near X" lies at most. A choice of this project."""
MONTH_S = 30 * 86_400
"""Long enough for a rate, short enough that the front has not moved far. A choice of this project."""
PSEUDO = 1 / 12
"""Strikes added to each cell and month, as if every cell had one more a year: no rate is ever zero."""
SMOOTHING = ((-1, 0.25), (0, 0.5), (1, 0.25))
"""In each direction and in time: a cell or month, and what its neighbours lend to it."""

_ROWS = round(180 / CELL_DEG)
_CELL_KM2 = (CELL_DEG * 111.195) ** 2


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
