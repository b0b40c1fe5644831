"""Which strikes of several sources are likely one event, and are to be counted once?"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._assignment import parts
from geocasualty.matching._limits import Window, allowed_names
from geocasualty.matching._pairs import backend_of, join
from geocasualty.matching._sides import side_of
from geocasualty.matching._worth import number_of, vicinity_of
from geocasualty.matching.evidence import Placed, log_space_density, measured
from geocasualty.theatre.theatre import theatre

__all__ = ["group_strikes"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REACH_KM = 100.0
"""Other places reported at the time count as alternatives this far beyond the uncertainty of both."""


class _Choice(NamedTuple):
    """What a record chooses of another source: positions, its share, and the runner-up with its own."""

    record: int
    best: int
    share: float
    distance_km: float
    second: int
    second_share: float
    allowed: bool
    equal: bool


def group_strikes(*frames: gpd.GeoDataFrame, share: float = 0.9) -> gpd.GeoDataFrame:
    """Put strikes of several sources into one table, with one ``event_group`` for what is likely one event.

    A record chooses, of each other source, the record that likely tells of the same event: one that overlaps it in
    time, whose belligerents are compatible, and in whose uncertainty it may lie. Each such record weighs as its
    number of strikes times the density of its place there; all that were reported at the time weigh against each
    other, and against one strike that nobody reported, anywhere in an area as large as
    a country of the theatre. Where the best has
    ``share`` of the whole, the better located record of the two joins the group of the other; of equally well
    located ones each must choose the other. What is ambiguous stays alone, and says so.

    Two rows of one source never join directly. A release of "12 strikes near Raqqa" may hold several records of
    nations: they then are one group with it, and ``n_strikes`` says how many strikes it speaks of.

    Parameters
    ----------
    *frames : geopandas.GeoDataFrame
        As :func:`geocasualty.read_strikes` returns them; ``dataset`` says which source a row is of (the frame itself,
        where there is none). Identifiers are unique over all.
    share : float
        How much of the whole the best record must have, above 0.5 and below 1.

    Returns
    -------
    geopandas.GeoDataFrame
        All rows of all frames, in the order given, on a new index. ``event_group`` is filled for what was grouped and
        stays as it was elsewhere; ``event_group_reason`` says why, or between what it is ambiguous.

    Raises
    ------
    geocasualty.errors.InputError
        If a frame cannot be matched, an identifier repeats, or ``share`` is out of range.

    Notes
    -----
    It says which rows to count once; it does not prove that they are one event. Of 741 Dutch records of 2014-2015,
    ``python -m benchmarks.linking groups`` prints how many find the release line of their day, and how often that is
    the line whose place the Dutch text names too.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> strikes = gcas.load_casebook().strikes.assign(event_group="")
    >>> national = strikes["strike_id"].str.startswith("nl-")
    >>> both = gcas.matching.group_strikes(strikes[national], strikes[~national])
    >>> both.loc[both["strike_id"] == "nl-2015-06-02-hawijah", "event_group"].item()
    'cjtf-2015-06-03-huwayjah'
    >>> len(gcas.matching.group_strikes(strikes[:0]))
    0
    """
    if not isinstance(share, (int, float)) or not 0.5 < share < 1:
        raise InputError(f"share is {share!r}; expected a number above 0.5 and below 1")
    every, source = _together(frames)
    names = sorted(set(source))
    choices = [
        choice
        for one, other in itertools.combinations(names, 2)
        for choice in _choices(every, np.flatnonzero(source == one), np.flatnonzero(source == other))
    ]
    joined = _joined(choices, share)
    return _grouped(every, source, choices, joined, share)


def _together(frames: tuple[gpd.GeoDataFrame, ...]) -> tuple[gpd.GeoDataFrame, npt.NDArray[np.str_]]:
    if not frames:
        raise InputError("group_strikes needs at least one table of strikes; read one with gcas.read_strikes")
    sources: list[str] = []
    parts = []
    for number, frame in enumerate(frames, start=1):
        side_of(frame, "strike")  # says what is wrong
        stated = frame["dataset"].to_numpy(dtype=object) if "dataset" in frame else [""] * len(frame)
        sources += [f"frame {number}" if pd.isna(name) or not str(name) else str(name) for name in stated]
        parts.append(frame.to_crs("EPSG:4326") if frame.crs is not None else frame)
    filled = [part for part in parts if len(part)] or parts[:1]
    every = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), geometry="geometry", crs="EPSG:4326")
    repeated = every["strike_id"].duplicated()
    if repeated.any():
        first = every.loc[repeated, "strike_id"].iloc[0]
        raise InputError(
            f"strikes: strike_id {first!r} stands in more than one frame or row; make it unique",
            column="strike_id",
            value=first,
        )
    return every, np.array(sources, dtype=str)


def _choices(every: gpd.GeoDataFrame, ours: Ints, theirs: Ints) -> list[_Choice]:
    """What the records of two sources choose of each other."""
    one, other = (side_of(every.iloc[rows], "strike") for rows in (ours, theirs))
    window, allowed = Window(REACH_KM * 1000, seconds=0), allowed_names(one.parties, other.parties, "overlap")
    pairs = join(one, other, window, allowed, backend=backend_of(one, other))
    pairs = pairs.take(np.lexsort((other.rank[pairs.j], one.rank[pairs.i])))
    i, j = ours[pairs.i], theirs[pairs.j]
    places = Placed.of(side_of(every, "strike"), vicinity_of(every, "strike"))
    radius = places.side.radius_m
    km = pairs.between_m / 1000
    (log_density,) = measured(places, places, (i, j), pairs.between_m, log_space_density)
    density = np.exp(log_density)
    inside = pairs.least_m <= 0
    coarse = np.where(np.isnan(radius), np.inf, radius)
    same = coarse[i] == coarse[j]
    number = number_of(every)
    ids = every["strike_id"].to_numpy(dtype=object)
    return [
        *_best(i, j, density * number[j], inside & (coarse[i] <= coarse[j]), same, km, ids),
        *_best(j, i, density * number[i], inside & (coarse[j] <= coarse[i]), same, km, ids),
    ]


def _best(record: Ints, other: Ints, weight: Floats, allowed: Any, same: Any, km: Floats, ids: Any) -> list[_Choice]:
    """The best and the second of each record; ties by identifier, so that the order of rows does not matter."""
    found = []
    order = np.lexsort((ids[other].astype(str), -weight, record))
    starts = np.flatnonzero(np.diff(record[order], prepend=-1))
    for part in np.split(order, starts[1:]):
        if not len(part):
            continue
        whole = weight[part].sum() + 1 / theatre().area_km2
        best, second = part[0], part[1] if len(part) > 1 else -1
        found.append(
            _Choice(
                int(record[best]), int(other[best]), float(weight[best] / whole), float(km[best]),
                int(other[second]) if second >= 0 else -1,
                float(weight[second] / whole) if second >= 0 else 0.0, bool(allowed[best]), bool(same[best]),
            )
        )  # fmt: skip
    return found


def _joined(choices: list[_Choice], share: float) -> list[_Choice]:
    """Choices that are sure and go from the better located record to the other; of equals, both ways."""
    sure = {(choice.record, choice.best) for choice in choices if choice.share >= share and choice.allowed}
    return [
        choice
        for choice in choices
        if (choice.record, choice.best) in sure and (not choice.equal or (choice.best, choice.record) in sure)
    ]


def _components(every: gpd.GeoDataFrame, source: Any, joined: list[_Choice]) -> tuple[Ints, dict[int, str], set[int]]:
    """The component of each row, the name of each that was joined, and those that hold two rivals of one source.

    What had one ``event_group`` before is one unit. A unit that joins no other is the root of its component: two
    roots of one source are two events that a third record ties together, and are left as they were.
    """
    ids = [str(value) for value in every["strike_id"]]
    before = _stated_groups(every)
    units = pd.factorize(
        np.array([f"g{group}" if group else f"s{name}" for group, name in zip(before, ids, strict=True)])
    )[0]
    up = [
        (choice.record, choice.best) for choice in joined if not choice.equal or ids[choice.record] > ids[choice.best]
    ]
    edges = np.array([(units[one], units[other]) for one, other in up], dtype=np.int64).reshape(-1, 2)
    of_unit = parts(int(units.max(initial=-1)) + 1, edges[:, 0], edges[:, 1])
    touched, below = set(edges.ravel().tolist()), set(edges[:, 0].tolist())
    roots: dict[int, dict[tuple[str, int], str]] = {}
    for row, unit in enumerate(units.tolist()):
        if unit in touched and unit not in below:
            name = before[row] or ids[row]
            roots.setdefault(int(of_unit[unit]), {})[str(source[row]), unit] = name
    names = {component: min(found.values()) for component, found in roots.items()}
    rivals = {component for component, found in roots.items() if len({whose for whose, _ in found}) < len(found)}
    return np.asarray(of_unit)[units], names, rivals


def _stated_groups(every: gpd.GeoDataFrame) -> list[str]:
    if "event_group" not in every:
        return [""] * len(every)
    return ["" if pd.isna(group) else str(group) for group in every["event_group"].to_numpy(dtype=object)]


def _grouped(
    every: gpd.GeoDataFrame, source: Any, choices: list[_Choice], joined: list[_Choice], share: float
) -> gpd.GeoDataFrame:
    component, names, rivals = _components(every, source, joined)
    groups = _stated_groups(every)
    ids = [str(value) for value in every["strike_id"]]
    notes: dict[int, list[str]] = {}
    for choice in joined:
        name = ids[choice.best]
        said = notes.setdefault(choice.record, [])
        if int(component[choice.record]) in rivals:
            said.append(f"{name} would tie two records of one source together; left apart")
            continue
        said.append(f"with {name}: {_why(choice, ids)}")
        if not choice.equal:
            notes.setdefault(choice.best, []).append(f"holds {ids[choice.record]}")
    taken = {choice.record for choice in joined}
    for choice in choices:
        if choice.allowed and choice.record not in taken and choice.share > 1 - share:
            notes.setdefault(choice.record, []).append(f"ambiguous, {ids[choice.best]}: {_why(choice, ids)}")
    for row, which in enumerate(component.tolist()):
        if which in names and which not in rivals:
            groups[row] = names[which]
    every["event_group"] = pd.Series(groups, dtype=str)
    every["event_group_reason"] = pd.Series(
        ["; ".join(sorted(notes.get(row, []))) for row in range(len(every))], dtype=str
    )
    return every


def _why(choice: _Choice, ids: list[str]) -> str:
    apart = "an area" if np.isnan(choice.distance_km) else f"{choice.distance_km:.1f} km"
    other = f", {ids[choice.second]} {_percent(choice.second_share)}" if choice.second >= 0 else ""
    return f"{apart}, overlapping in time, {_percent(choice.share)} of what it may be{other}"


def _percent(share: float) -> str:
    return ">99%" if share > 0.99 else "<1%" if share < 0.01 else f"{share:.0%}"
