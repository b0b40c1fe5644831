"""How much does the answer depend on the limits that were chosen?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._backends import is_partitioned
from geocasualty.matching._background import BACKGROUND_DAYS
from geocasualty.matching._findings import _groups
from geocasualty.matching._moved import Block, Moved
from geocasualty.matching._neighbours import DAY, Limits, limits_of
from geocasualty.matching._shifted import whole_days

__all__ = ["sensitivity"]

TESTS = ("within", "possible")

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def sensitivity(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: Iterable[float],
    within_days: Iterable[float],
    belligerents: str | Iterable[str] = "overlap",
    coverage: pd.DataFrame | None = None,
    background_days: int = BACKGROUND_DAYS,
) -> pd.DataFrame:
    """Test the same incidents at every pair of limits, beside how often each test passes on other days.

    One join at the greatest limits serves the whole table; each row is what :func:`geocasualty.match` and
    :func:`geocasualty.screen` say at its limits, without review. Frames of Dask are counted one partition of incidents
    at a time, with the strikes that are in reach of it on any of the days, and only the counts meet.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`.
    within_km, within_days : iterable of float
        The limits to try, such as ``[1, 2, 5, 10, 20, 50]`` and ``[0, 1, 2, 3]``.
    belligerents : {"overlap", "any"} or iterable of str
        As for :func:`geocasualty.match`.
    coverage : pandas.DataFrame, optional
        As for :func:`geocasualty.screen`.
    background_days : int
        As for :func:`geocasualty.screen`.

    Returns
    -------
    pandas.DataFrame
        A row for each pair of limits, by ``within_km`` and ``within_days``. Every incident is in one of
        ``unlocated``, ``uncovered`` (located, but the records do not cover all of its time, widened by ``within_days``)
        and ``assessable``, which sum to ``incidents``. With ``x`` for ``within`` and for ``possible`` (at least: it
        includes ``within``):

        ``x``, ``share_x``
            Assessable incidents that pass, and their share.
        ``uncovered_x``
            Uncovered ones that pass all the same; they are in no share.
        ``pairs_x``, ``groups_x``
            Pairs of an incident with a strike, and with an event group, of all located incidents.
        ``background_x``
            The mean over the assessable incidents of the share of days on which the same test would have passed at
            the same spot; those with no such day that counts are in ``no_background`` and in no mean.
        ``expected_x``, ``lift_x``
            The sum of these shares: how many would pass by chance; and how often as many did. NaN where none was
            expected and none passed, infinite where none was expected.

        ``background_rate`` is the mean of the rates that ``screen`` states for the assessable incidents: that of
        ``within`` for one found within, else that of ``possible``.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`; if there are no limits, or ``background_days`` is no whole number of zero or
        more.

    See Also
    --------
    geocasualty.maps.plot_sensitivity : The table as a picture.
    geocasualty.matching.chance_test : Whether more incidents pass than chance explains.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> table = gcas.sensitivity(book.incidents, book.strikes, within_km=[1, 10], within_days=[0, 1])
    >>> table[["within_km", "within_days", "incidents", "unlocated", "assessable", "pairs_within"]]
       within_km  within_days  incidents  unlocated  assessable  pairs_within
    0        1.0          0.0          4          1           1             0
    1        1.0          1.0          4          1           0             0
    2       10.0          0.0          4          1           1             1
    3       10.0          1.0          4          1           0             1
    >>> gcas.sensitivity(book.incidents[:0], book.strikes, within_km=[10], within_days=[0])["share_within"].tolist()
    [nan]
    """
    km, days = _limits("within_km", within_km), _limits("within_days", within_days)
    metres = np.array([limits_of(value, 0).metres for value in km])
    seconds = [limits_of(0, value).seconds for value in days]
    if whole_days("background_days", background_days) < 0:
        raise InputError(f"background_days is {background_days}; expected zero or more")
    asked = metres, seconds, belligerents, int(background_days)
    if is_partitioned(incidents, strikes):
        from geocasualty.matching._reduced import summed

        reach = Limits(float(metres.max()), (int(background_days) + 1) * DAY + max(seconds))  # clocks turn by less
        parts = summed(incidents, strikes, reach, coverage, _counted, *asked)
    else:
        parts = [_counted(incidents, strikes, coverage, *asked)]
    rows = []
    for level, at_km in enumerate(km):
        for number, at_days in enumerate(days):
            counts: Counter[Any] = sum((part[number][level] for part in parts), Counter())
            rows.append({"within_km": at_km, "within_days": at_days, **_row(counts)})
    return pd.DataFrame(rows)


def _counted(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    coverage: pd.DataFrame | None,
    metres: Floats,
    seconds: list[int],
    belligerents: str | Iterable[str],
    background_days: int,
) -> list[list[Counter[Any]]]:
    """Counts at each limit in time and in space; those of several parts of the incidents add up."""
    moved = Moved(incidents, strikes, belligerents, coverage, background_days)
    groups = pd.factorize(pd.Series(_groups(strikes, moved.theirs), dtype=object))[0]
    tallies = [_Tally(moved, metres, limit) for limit in seconds]
    for block in moved.blocks(metres, max(seconds)):
        for tally in tallies:
            tally.add(block, groups)
    return [[tally.counts(level) for level in range(len(metres))] for tally in tallies]


def _limits(name: str, values: Iterable[float]) -> list[float]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(f"{name} is {values!r}; expected several limits, such as [1, 2, 5]")
    given = list(values)
    if not given:
        raise InputError(f"{name} is empty; expected several limits, such as [1, 2, 5]")
    for value in given:
        limits_of(*((value, 0) if name == "within_km" else (0, value)))
    return sorted({float(value) for value in given})


class _Tally:
    """What passes at one limit in time and, as the number of a level, at every limit in space."""

    def __init__(self, moved: Moved, metres: Floats, seconds: int) -> None:
        self._moved, self._metres, self._seconds = moved, metres, seconds
        self._counting = moved.counting(seconds)
        self._days = self._counting.sum(axis=1)
        shape = len(moved.ours), len(metres)
        self._own: dict[str, Bools] = {test: np.zeros(shape, dtype=bool) for test in TESTS}
        self._passed: dict[str, Ints] = {test: np.zeros(shape, dtype=np.int64) for test in TESTS}
        self._pairs: dict[str, Ints] = {test: np.zeros(len(metres), dtype=np.int64) for test in TESTS}
        self._groups: dict[str, Ints] = {test: np.zeros(len(metres), dtype=np.int64) for test in TESTS}

    def add(self, block: Block, groups: Ints) -> None:
        """Count a block; ``groups`` numbers the event group of each strike."""
        levels, days = np.arange(len(self._metres)), self._moved.days
        for test in TESTS:
            wholly = test == "within"
            level = np.searchsorted(self._metres, block.distance_m(wholly=wholly), side="left")
            near = np.flatnonzero(level < len(levels))
            pair, shift = self._moved.passing(block, near, self._seconds, wholly=wholly)
            lowest = np.full((len(block.incidents), 2 * days + 1), len(levels))
            np.minimum.at(lowest, (block.owner[pair], shift), level[pair])
            self._own[test][block.incidents] = lowest[:, days, None] <= levels
            lowest[~self._counting[block.incidents]] = len(levels)
            for number in levels:
                self._passed[test][block.incidents, number] = (lowest <= number).sum(axis=1)
            now = pair[shift == days]
            self._pairs[test] += _up_to(level[now], levels)
            both = pd.DataFrame({"owner": block.owner[now], "group": groups[block.strike[now]], "level": level[now]})
            self._groups[test] += _up_to(both.groupby(["owner", "group"])["level"].min().to_numpy(), levels)

    def counts(self, level: int) -> Counter[Any]:
        """What is counted at one limit in space; a rate as days passed of days that count, and how many have it."""
        assessable, located = self._moved.assessable(self._seconds), self._moved.ours.located
        known = assessable & (self._days > 0)
        counts: Counter[Any] = Counter(
            {
                "incidents": len(located),
                "unlocated": int((~located).sum()),
                "uncovered": int((located & ~assessable).sum()),
                "assessable": int(assessable.sum()),
                "no_background": int((assessable & ~known).sum()),
                "known": int(known.sum()),
            }
        )
        passed = {test: self._passed[test][:, level] for test in TESTS}
        for test in TESTS:
            own = self._own[test][:, level]
            counts[test] = int((own & assessable).sum())
            counts[f"known_{test}"] = int((own & known).sum())
            counts[f"uncovered_{test}"] = int((own & ~assessable).sum())
            counts[f"pairs_{test}"] = int(self._pairs[test][level])
            counts[f"groups_{test}"] = int(self._groups[test][level])
        passed["stated"] = np.where(self._own["within"][:, level], passed["within"], passed["possible"])
        for test, days in passed.items():
            counts.update((test, *rate) for rate in zip(days[known].tolist(), self._days[known].tolist(), strict=True))
        return counts


def _row(counts: Counter[Any]) -> dict[str, Any]:
    """The columns of one pair of limits."""
    names = ("incidents", "unlocated", "uncovered", "assessable", "no_background")
    row: dict[str, Any] = {name: counts[name] for name in names}
    rates: dict[str, list[float]] = {test: [] for test in (*TESTS, "stated")}
    for key, many in counts.items():
        if isinstance(key, tuple):
            rates[key[0]] += [key[1] / key[2]] * many
    for test in TESTS:
        expected = math.fsum(rates[test])
        row[test] = counts[test]
        row[f"uncovered_{test}"] = counts[f"uncovered_{test}"]
        row[f"share_{test}"] = _ratio(row[test], row["assessable"])
        row[f"background_{test}"] = _ratio(expected, counts["known"])
        row[f"expected_{test}"] = expected
        row[f"lift_{test}"] = _ratio(counts[f"known_{test}"], expected)
        row[f"pairs_{test}"] = counts[f"pairs_{test}"]
        row[f"groups_{test}"] = counts[f"groups_{test}"]
    row["background_rate"] = _ratio(math.fsum(rates["stated"]), counts["known"])
    return row


def _up_to(found: Ints, levels: Ints) -> Ints:
    """How many are at each level or below."""
    return np.cumsum(np.bincount(found, minlength=len(levels)))


def _ratio(count: float, of: float) -> float:
    if of:
        return count / of
    return math.inf if count else math.nan
