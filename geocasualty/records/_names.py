"""Which places do the texts of a table name, and how far from them is a point?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._progress import progress
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.records._countries import BORDER_TOLERANCE_M, apart_m, beyond_m
from geocasualty.records._words import coded

if TYPE_CHECKING:
    import shapely

    from geocasualty.gazetteer import Gazetteer, Resolution

__all__ = ["NO_NAME", "Names"]

NO_NAME = -1

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Names:
    """The place texts of a table, each distinct one with its hints asked once.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``place_text``, ``country``, ``admin1``, ``vicinity``.
    gazetteer : Gazetteer
        Answers them.

    Attributes
    ----------
    which : numpy.ndarray of int
        For each row the position in ``answers``, or ``NO_NAME``.
    answers : list of Resolution or None
        None where the gazetteer refuses the text.
    """

    def __init__(self, frame: pd.DataFrame, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.which: Ints = np.full(len(frame), NO_NAME, dtype=np.int64)
        named = np.flatnonzero((frame["place_text"] != "").to_numpy(bool))
        hints = ["place_text", "country", "admin1", "vicinity"]
        few = frame.iloc[named][hints]
        pairs = np.zeros(len(few), dtype=np.int64)
        for column in hints:
            codes, distinct = coded(few[column].array)
            pairs = pairs * len(distinct) + codes
        self.which[named], _ = pd.factorize(pairs)
        firsts = ~pd.Series(pairs).duplicated().to_numpy()
        self._keys = list(few[firsts].itertuples(index=False, name=None))
        asked = progress("places", " places", items=self._keys)
        self.answers: list[Any] = [self._ask(key, None) for key in asked]
        self._near: dict[tuple[int, float, float], int] = {}

    def _ask(self, key: tuple[str, str, str, bool], near: tuple[float, float] | None) -> Resolution | None:
        text, country, admin1, vicinity = key
        try:
            return self._gazetteer.resolve(
                f"near {text}" if vicinity else text, country=country or None, governorate=admin1 or None, near=near
            )
        except InputError:
            return None

    def nearer(self, which: int, lon: float, lat: float) -> int:
        """The position of the answer for a text whose row lies near a point: of namesakes, the one there."""
        spot = (which, round(lon, 1), round(lat, 1))
        if spot not in self._near:
            self._near[spot] = len(self.answers)
            self.answers.append(self._ask(self._keys[which], spot[1:]))
        return self._near[spot]

    def away_m(self, which: Ints, lon: Floats, lat: Floats) -> Floats:
        """Metres from points to the point or area that each one's text names; NaN where it names none."""
        away = np.full(len(which), np.nan)
        if not len(which):
            return away
        order = np.argsort(which, kind="stable")
        distinct, starts = np.unique(which[order], return_index=True)
        for answer, rows in zip(distinct.tolist(), np.split(order, starts[1:]), strict=True):
            found = self.answers[answer]
            if found is None or found.geometry is None or found.best is None:
                continue
            if found.polygon is not None:
                away[rows] = beyond_m(found.polygon, lon[rows], lat[rows])
            else:
                away[rows] = geodesic_distance_m(found.point.x, found.point.y, lon[rows], lat[rows])
        return away

    def gap_m(self, which: Ints, lon: Floats, lat: Floats) -> Floats:
        """As :meth:`away_m`, less the radius of a named point or the tolerance of an outline."""
        slack = np.array([0.0, *(_slack(answer) for answer in self.answers)])
        return np.asarray(self.away_m(which, lon, lat) - slack[which + 1])

    def apart_from_m(self, which: int, shape: shapely.Geometry) -> float:
        """Metres from an area to what a text names, less the slack of that; NaN where it names nothing."""
        found = self.answers[which]
        if found is None or found.geometry is None or found.best is None:
            return float("nan")
        return float(apart_m(shape, np.array([found.geometry], dtype=object))[0]) - _slack(found)

    def place_ids(self) -> npt.NDArray[np.object_]:
        """Of each answer; empty where there is none."""
        return _objects([answer.best.place.place_id if answer and answer.best else "" for answer in self.answers])

    def countries(self) -> npt.NDArray[np.object_]:
        """Of each answer; empty where there is none."""
        return _objects([answer.best.place.country if answer and answer.best else "" for answer in self.answers])

    @staticmethod
    def label(answer: Resolution) -> str:
        """A place with its governorate and country, for a reason."""
        return answer.best.label if answer.best else answer.query


def _slack(answer: Resolution | None) -> float:
    if answer is None or answer.geometry is None:
        return 0.0
    return BORDER_TOLERANCE_M if answer.polygon is not None else answer.radius_m


def _objects(values: list[str]) -> npt.NDArray[np.object_]:
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result
