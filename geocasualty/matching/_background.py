"""How often would the same test have passed at the same spot on other days?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geocasualty.matching._neighbours import Limits
from geocasualty.matching._shifted import Shifted

__all__ = ["BACKGROUND_DAYS", "Background", "background"]

BACKGROUND_DAYS = 45
"""Days before and after the incident that count: long enough for a rate, short enough that the front has not moved
far. A choice of this project."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Background(NamedTuple):
    """Days on which the test would have passed, and days that count."""

    passed: int
    days: int

    @property
    def rate(self) -> float:
        """Their ratio; NaN where no day counts."""
        return self.passed / self.days if self.days else float("nan")


def background(
    moved: Shifted, strikes: tuple[Ints, Ints], limits: Limits, *, wholly: bool, covered: Bools
) -> Background:
    """Shift an incident by whole days and count those on which some strike passes the same test in time.

    For each strike the shifts that pass form one interval; their union is counted exactly.

    Parameters
    ----------
    moved : Shifted
        The incident, in one row.
    strikes : tuple of numpy.ndarray
        Start and end, in seconds, of the strikes that pass the test in space.
    limits : Limits
        Of the test.
    wholly : bool
        Test for ``within``, else for ``possible``.
    covered : numpy.ndarray of bool
        Under which shifts the records wholly cover the time that is tested; a day that they do not cover does not
        count.

    Returns
    -------
    Background
        The shifts under which the incident still touches its own window do not count.

    Examples
    --------
    >>> from geocasualty.matching._shifted import shifted
    >>> starts, day = np.array([0, 864_000]), 86_400
    >>> moved = shifted(starts[:1], starts[:1] + day, ["UTC"], 10)
    >>> background(moved, (starts, starts + day), Limits(0, 0), wholly=False, covered=np.ones(21, dtype=bool))
    Background(passed=1, days=20)
    """
    counts = moved.apart(limits.seconds)[0] & covered
    first, last = moved.passing(np.zeros(len(strikes[0]), dtype=np.int64), *strikes, limits.seconds, wholly=wholly)
    some = first <= last
    steps = np.zeros(len(moved.shifts) + 1, dtype=np.int64)
    np.add.at(steps, first[some] + moved.days, 1)
    np.add.at(steps, last[some] + moved.days + 1, -1)
    passed = np.cumsum(steps)[:-1] > 0
    return Background(int((passed & counts).sum()), int(counts.sum()))
