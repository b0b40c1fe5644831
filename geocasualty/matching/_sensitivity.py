"""How much does the answer depend on the limits that were chosen?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._days import BACKGROUND_DAYS, Shifts
from geocasualty.matching._limits import SURE, Window, in_time, limits_of, whole_days, wholly_in_time
from geocasualty.matching._pairs import days_near, elsewhere, join
from geocasualty.matching._trees import BAND_M, Pairs
from geocasualty.matching.assessed import Compared, compared_sides, event_groups

__all__ = ["sensitivity"]

TESTS = {"within": 1, "possible": 0}

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def sensitivity(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: Iterable[float],
    within_days: Iterable[float] | None = None,
    within_hours: Iterable[float] | None = None,
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
    within_km, within_days, within_hours : iterable of float
        The limits to try, such as ``[1, 2, 5, 10, 20, 50]`` and ``[0, 1, 2, 3]``; either days or hours.
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
    0        1.0          0.0          4          1           0             0
    1        1.0          1.0          4          1           0             0
    2       10.0          0.0          4          1           0             0
    3       10.0          1.0          4          1           0             1
    >>> gcas.sensitivity(book.incidents[:0], book.strikes, within_km=[10], within_days=[0])["share_within"].tolist()
    [nan]
    """
    km = _several("within_km", within_km, lambda value: limits_of(value, 0).metres)
    metres = np.array(list(km.values()))
    name, times = ("within_hours", within_hours) if within_days is None else ("within_days", within_days)
    if within_days is not None and within_hours is not None:
        limits_of(0, 0, 0)  # says that one of the two is expected
    windows = _several(name, times, lambda value: limits_of(0, **{"within_days": None, name: value}))
    if whole_days("background_days", background_days) < 0:
        raise InputError(f"background_days is {background_days}; expected zero or more")
    asked = metres, list(windows.values()), belligerents, int(background_days)
    if (partitioned := elsewhere(incidents, strikes)) is not None:
        widest = max(windows.values(), key=lambda window: window.reach_s)
        reach = widest.of(metres.max()).later(int(background_days))
        parts = partitioned.summed(incidents, strikes, reach, coverage, _counted, *asked)
    else:
        parts = [_counted(incidents, strikes, coverage, *asked)]
    rows = []
    for level, at_km in enumerate(km):
        for number, at_time in enumerate(windows):
            counts: Counter[Any] = sum((part[number][level] for part in parts), Counter())
            rows.append({"within_km": at_km, name: at_time, **_row(counts)})
    return pd.DataFrame(rows)


def _counted(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    coverage: pd.DataFrame | None,
    metres: Floats,
    windows: list[Window],
    belligerents: str | Iterable[str],
    background_days: int,
) -> list[list[Counter[Any]]]:
    """Counts at each limit in time and in space; those of several parts of the incidents add up."""
    widest = max(windows, key=lambda window: window.reach_s).of(metres.max())
    sides = compared_sides(incidents, strikes, belligerents, coverage, widest)
    pairs = join(sides.ours, sides.theirs, widest, sides.allowed, backend=sides.backend)
    close = [np.abs(bound[:, None] - metres).min(axis=1) <= BAND_M for bound in (pairs.least_m, pairs.greatest_m)]
    at = np.flatnonzero(close[0] | close[1])
    for column, exact in zip(pairs[2:5], sides.regions.of(pairs.i[at], pairs.j[at]), strict=True):
        column[at] = exact
    tallies = [_Tally(sides, pairs, metres, window, background_days) for window in windows]
    return [[tally.counts(level) for level in range(len(metres))] for tally in tallies]


def _several(name: str, values: Any, of: Callable[[Any], Any]) -> dict[float, Any]:
    """Distinct limits in their order, and what each means."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(f"{name} is {values!r}; expected several limits, such as [1, 2, 5]")
    found = {value: of(value) for value in values}
    if not found:
        raise InputError(f"{name} is empty; expected several limits, such as [1, 2, 5]")
    return {float(value): found[value] for value in sorted(found)}


class _Tally:
    """What passes at one limit in time and, as the number of a level, at every limit in space."""

    def __init__(self, sides: Compared, pairs: Pairs, metres: Floats, window: Window, span: int) -> None:
        self._located = sides.ours.located
        covered = sides.held(window, span).covered
        self._assessable = self._located & covered[:, span]
        counting = covered & Shifts.of(sides.ours, window, span).apart()
        self._days = counting.sum(axis=1)
        shape = 2, len(sides.ours), len(metres)
        self._own, self._passed = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=np.int64)
        self._pairs = np.zeros((2, len(metres)), dtype=np.int64)
        self._groups = [np.zeros(len(metres), dtype=np.int64)] * 2
        for rows, counts in days_near(
            sides.ours, sides.theirs, metres, window, sides.allowed, span, backend=sides.backend
        ):
            for test, found in enumerate(np.moveaxis(counts, 3, 0)):
                self._own[test, rows] = found[:, :, span] > 0
                self._pairs[test] += found[:, :, span].sum(axis=0)
                self._passed[test, rows] = ((found > 0) & counting[rows][:, None]).sum(axis=2)
        ours, theirs = ((side.start[at], side.end[at]) for side, at in ((sides.ours, pairs.i), (sides.theirs, pairs.j)))
        near = in_time(*ours, *theirs, window)
        sure = sides.allowed[sides.ours.party[pairs.i], sides.theirs.party[pairs.j]] == SURE
        groups = event_groups(sides.theirs)[pairs.j]
        for test, (timely, distance) in enumerate(
            [(near, pairs.least_m), (near & sure & wholly_in_time(*ours, *theirs, window), pairs.greatest_m)]
        ):
            level = np.searchsorted(metres, distance, side="left")
            now = timely & (level < len(metres))
            both = pd.DataFrame({"owner": pairs.i[now], "group": groups[now], "level": level[now]})
            least = both.groupby(["owner", "group"])["level"].min().to_numpy()
            self._groups[test] = np.cumsum(np.bincount(least, minlength=len(metres)))

    def counts(self, level: int) -> Counter[Any]:
        """What is counted at one limit in space; a rate as days passed of days that count, and how many have it."""
        assessable, located = self._assessable, self._located
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
        passed = {test: self._passed[number, :, level] for test, number in TESTS.items()}
        for test, number in TESTS.items():
            own = self._own[number, :, level]
            counts[test] = int((own & assessable).sum())
            counts[f"known_{test}"] = int((own & known).sum())
            counts[f"uncovered_{test}"] = int((own & ~assessable).sum())
            counts[f"pairs_{test}"] = int(self._pairs[number, level])
            counts[f"groups_{test}"] = int(self._groups[number][level])
        passed["stated"] = np.where(self._own[TESTS["within"], :, level], passed["within"], passed["possible"])
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


def _ratio(count: float, of: float) -> float:
    if of:
        return count / of
    return math.inf if count else math.nan
