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
from geocasualty.matching._days import BACKGROUND_DAYS, Shifts, ratio
from geocasualty.matching._limits import SURE, Window, in_time, limits_of, whole_days, wholly_in_time
from geocasualty.matching._pairs import days_near, elsewhere, join
from geocasualty.matching._trees import next_to
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
    ours, many = sides.ours, len(metres)
    counting = [sides.held(window, background_days).covered for window in windows]
    assessable = [ours.located & covered[:, background_days] for covered in counting]
    for window, covered in zip(windows, counting, strict=True):
        covered &= Shifts.of(ours, window, background_days).apart()
    own = np.full((len(windows), len(TESTS), len(ours)), many)
    passed = np.zeros((len(windows), len(TESTS), len(ours), many), dtype=np.int64)
    for rows, found in days_near(
        ours, sides.theirs, metres, windows, sides.allowed, background_days, backend=sides.backend
    ):
        own[:, :, rows] = np.moveaxis(found[..., background_days], 0, 2)
        for number, days in enumerate(counting):
            levels = np.where(days[rows][:, None], found[:, number], many).reshape(len(rows) * len(TESTS), -1)
            levels += (many + 1) * np.arange(len(levels), dtype=np.int32)[:, None]
            each = np.bincount(levels.ravel(), minlength=len(levels) * (many + 1)).reshape(-1, len(TESTS), many + 1)
            passed[number][:, rows] = np.moveaxis(np.cumsum(each[:, :, :many], axis=2), 1, 0)
    paired = _paired(sides, metres, windows, widest)
    return [
        [
            _counts(
                ours.located, assessable[number], counting[number].sum(axis=1), own[number] <= level,
                passed[number, :, :, level], paired[number, :, :, level],
            )
            for level in range(many)
        ]
        for number in range(len(windows))
    ]  # fmt: skip


def _paired(sides: Compared, metres: Floats, windows: list[Window], widest: Window) -> Ints:
    """By window, test, and limit in space: how many pairs pass, and how many event groups of an incident."""
    pairs = join(sides.ours, sides.theirs, widest, sides.allowed, backend=sides.backend)
    groups = event_groups(sides.theirs)
    key = pairs.i * (int(groups.max(initial=0)) + 1) + groups[pairs.j]
    order = np.argsort(key)
    pairs, starts = pairs.take(order), np.flatnonzero(np.diff(key[order], prepend=-1))
    at = np.flatnonzero(next_to(pairs.least_m, metres) | next_to(pairs.greatest_m, metres))
    for column, exact in zip(pairs[2:5], sides.regions.of(pairs.i[at], pairs.j[at]), strict=True):
        column[at] = exact
    ours, theirs = ((side.start[at], side.end[at]) for side, at in ((sides.ours, pairs.i), (sides.theirs, pairs.j)))
    sure = sides.allowed[sides.ours.party[pairs.i], sides.theirs.party[pairs.j]] == SURE
    levels = [np.searchsorted(metres, distance, side="left") for distance in (pairs.least_m, pairs.greatest_m)]
    found = np.zeros((len(windows), len(TESTS), 2, len(metres)), dtype=np.int64)
    for number, window in enumerate(windows):
        near = in_time(*ours, *theirs, window)
        for test, timely in enumerate([near, near & sure & wholly_in_time(*ours, *theirs, window)]):
            level = np.where(timely, levels[test], len(metres))
            for what, each in enumerate((level, np.minimum.reduceat(level, starts) if len(starts) else level)):
                found[number, test, what] = np.cumsum(np.bincount(each, minlength=len(metres) + 1)[:-1])
    return found


def _several(name: str, values: Any, of: Callable[[Any], Any]) -> dict[float, Any]:
    """Distinct limits in their order, and what each means."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(f"{name} is {values!r}; expected several limits, such as [1, 2, 5]")
    found = {value: of(value) for value in values}
    if not found:
        raise InputError(f"{name} is empty; expected several limits, such as [1, 2, 5]")
    return {float(value): found[value] for value in sorted(found)}


def _counts(located: Bools, assessable: Bools, days: Ints, own: Bools, passed: Ints, paired: Ints) -> Counter[Any]:
    """What is counted at one pair of limits; a rate as days passed of days that count, and how many have it.

    ``days`` are those that count, ``own`` and ``passed`` say for each test whether an incident passes it on its own day
    and on how many others.
    """
    known = assessable & (days > 0)
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
    rates = {test: passed[number] for test, number in TESTS.items()}
    rates["stated"] = np.where(own[TESTS["within"]], rates["within"], rates["possible"])
    for test, number in TESTS.items():
        counts[test] = int((own[number] & assessable).sum())
        counts[f"known_{test}"] = int((own[number] & known).sum())
        counts[f"uncovered_{test}"] = int((own[number] & ~assessable).sum())
        counts[f"pairs_{test}"], counts[f"groups_{test}"] = paired[number].tolist()
    wide = int(days.max(initial=0)) + 1
    for test, each in rates.items():
        keys, many = np.unique(each[known] * wide + days[known], return_counts=True)
        for key, count in zip(keys.tolist(), many.tolist(), strict=True):
            counts[test, key // wide, key % wide] = count
    return counts


def _row(counts: Counter[Any]) -> dict[str, Any]:
    """The columns of one pair of limits."""
    names = ("incidents", "unlocated", "uncovered", "assessable", "no_background")
    row: dict[str, Any] = {name: counts[name] for name in names}
    rates: dict[str, list[float]] = {test: [] for test in (*TESTS, "stated")}
    for key, many in counts.items():
        if isinstance(key, tuple):
            rates[key[0]] += [key[1] / key[2]] * many
    expected = {test: math.fsum(each) for test, each in rates.items()}
    for test in TESTS:
        row |= {
            test: counts[test],
            f"uncovered_{test}": counts[f"uncovered_{test}"],
            f"share_{test}": ratio(counts[test], counts["assessable"]),
            f"background_{test}": ratio(expected[test], counts["known"]),
            f"expected_{test}": expected[test],
            f"lift_{test}": ratio(counts[f"known_{test}"], expected[test]),
            f"pairs_{test}": counts[f"pairs_{test}"],
            f"groups_{test}": counts[f"groups_{test}"],
        }
    return row | {"background_rate": ratio(expected["stated"], counts["known"])}
