"""How many incidents, dead, injured and strikes, by month, place, belligerent and more?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer
from geocasualty.matching import is_partitioned
from geocasualty.partitioned import each_part
from geocasualty.records._words import TEXT
from geocasualty.records.schema import Role, check_columns, id_column
from geocasualty.tallies._areas import UNASSIGNED, UNLOCATED
from geocasualty.tallies._keys import COUNTED, PERIODS, SEVERAL, Keys, local_labels, rank_of, targets_of, ways_of

FIGURES = ("killed_min", "killed_max", "children_min", "children_max", "injured_min", "injured_max")
TOTAL = "total"
MOST = 2**53
"""No count of people or strikes is beyond it, and floating-point numbers are not exact there."""

Group = tuple[str, ...]


def tally(
    frame: gpd.GeoDataFrame,
    by: str | Iterable[str] = ("month",),
    *,
    strikes: gpd.GeoDataFrame | None = None,
    gazetteer: Gazetteer | None = None,
) -> pd.DataFrame:
    """Count incidents, strikes, or both side by side.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents or strikes, as :func:`geocasualty.read_incidents` and :func:`geocasualty.read_strikes` return them.
        A frame of Dask is counted partition by partition, and only the counts and the names of the event groups meet.
    by : str or iterable of str
        Any of ``month``, ``week`` (of ISO 8601), ``day``, ``country``, ``governorate``, ``district``,
        ``belligerent``, ``grading``, ``source`` (each of a record's sources), ``dataset``, ``target`` (each kind of
        thing that a source says was hit, where it says so), and what recorders say of victims: ``victim_status``,
        ``sex``, ``age_group``, ``death_type``, ``weapon``, ``standard_of_proof`` and ``infrastructure``. None at all
        gives the total alone.
    strikes : geopandas.GeoDataFrame, optional
        Strikes to count beside incidents.
    gazetteer : Gazetteer, optional
        Whose governorates and districts; the bundled one, which has outlines of governorates and not of districts,
        if not given.

    Returns
    -------
    pandas.DataFrame
        One row a group that holds records, sorted, and one row for all records last, which alone has ``is_total``.
        No record is left out: ``undated``, ``unlocated``, ``unassigned`` (to no one area of the level: the record is
        coarser, its shape spans several, or it lies outside all), ``unknown`` (belligerent), ``ungraded`` and
        ``unstated`` are rows. ``governorate`` and ``district`` come with ``governorate_id`` and ``district_id``.

        - ``incidents``, and the sums ``killed_min``, ``killed_max``, ``children_min``, ``children_max``,
          ``injured_min``, ``injured_max`` of the figures that are known; ``killed_min_unknown`` and so on count the
          incidents without that figure. A sum is NA where there are incidents and no figure: unknown is not zero.
          Where figures are unknown, ``killed_max`` is no upper bound.
        - ``strike_records``; ``strikes``, the sum of the numbers reported, with ``strikes_unknown`` records without
          one; ``event_groups``, which counts the records of one likely event once. ``strikes`` counts an event as
          often as the records do.
        - ``targets``, if strikes are counted by target: how many things of the kind were hit, at the least, as the
          source has it; ``targets_unknown`` records that give no number. ``people`` in the same way, if incidents are
          counted by one of the recorders' fields.
        - ``strikes_per_incident``, if both are given; NaN where there is no incident or no number of strikes. It says
          something only where the strikes are those of the belligerent, place and time of the incidents.
        - ``incidents_shared`` and ``strike_records_shared``, if by belligerent, source, target or what recorders
          say: how many of the row stand in other rows too. An incident with competing belligerents counts once under
          each and once in the total, so the rows may add up to more than the total.
        - ``incidents_spanning`` and ``strike_records_spanning``, if by a period: how many of the row end in a later
          one. A record counts in the period in which it starts, in its own time zone: a release that covers
          8 a.m. on 31 May to 8 a.m. on 1 June counts in May.

        An area is that of the record's place if the record lies within the place's radius, else the one whose
        outline holds its point; "near X" counts where X is. Of a shape of its own, nine tenths must lie in one area.

    Raises
    ------
    geocasualty.errors.InputError
        If ``by`` is unknown or not applicable, a column is missing, times have no zone, identifiers repeat, or a
        figure is no whole number.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> table = gcas.tally(book.incidents, by=["country", "governorate"], strikes=book.strikes)
    >>> table[["country", "governorate", "incidents", "killed_max", "killed_max_unknown", "strikes"]]
      country governorate  incidents  killed_max  killed_max_unknown  strikes
    0      IQ      Kirkuk          1          70                   0        3
    1      SY      Aleppo          0           0                   0        1
    2      SY       Idlib          1           2                   0        0
    3      SY       Raqqa          1          10                   0        1
    4      SY   unlocated          1          21                   0        0
    5   total       total          4         103                   0        5
    >>> gcas.tally(book.incidents.head(0), by="month")[["month", "is_total", "incidents"]]
       month  is_total  incidents
    0  total      True          0
    """
    ways = ways_of(by)
    role = role_of(frame)
    parts: list[tuple[gpd.GeoDataFrame, Role]] = [(frame, role)]
    if strikes is not None:
        if role == "strike":
            raise InputError("strikes= goes beside incidents, and the frame holds strikes; tally one of them")
        if "grading" in ways:
            raise InputError("strikes have no grading; tally them apart, or take 'grading' out of by=")
        if role_of(strikes) != "strike":
            raise InputError("strikes= holds incidents; swap or correct the arguments")
        parts.append((strikes, "strike"))
    elif role == "strike" and "grading" in ways:
        raise InputError("strikes have no grading; take 'grading' out of by=")
    keys = Keys(gazetteer)
    counted = [_counted(part, which, ways, keys) for part, which in parts]
    groups = sorted(set().union(*(each.keys() for each in counted)) - {()}, key=_order(ways, keys))
    total = ["" if column.endswith("_id") else TOTAL for column in _key_columns(ways)]
    rows = [*(_named(group, ways, keys) for group in groups), total]
    table = pd.DataFrame(rows, columns=_key_columns(ways)).astype(dict.fromkeys(_key_columns(ways), TEXT))
    table["is_total"] = [False] * len(groups) + [True]
    for each, (_, which) in zip(counted, parts, strict=True):
        for column in _columns(which, ways):
            none = dict.fromkeys(_columns(which, ways), 0)
            values = [each.get(group, none)[column] for group in [*groups, ()]]
            table[column] = pd.array(values, dtype="Int64")
    if len(parts) == 2:
        reported = table["strikes"].astype("Float64").to_numpy(float, na_value=np.nan)
        cases = table["incidents"].to_numpy(float)
        table["strikes_per_incident"] = reported / np.where(cases > 0, cases, np.nan)
    return table


def role_of(frame: Any) -> Role:
    """Whether a frame holds incidents or strikes.

    Raises InputError if it is no GeoDataFrame, holds neither or both, or an identifier is missing or repeats.
    """
    columns = getattr(frame, "columns", ())
    found: list[Role] = [role for role in ("incident", "strike") if id_column(role) in columns]
    if len(found) != 1:
        kind = type(frame).__name__
        raise InputError(
            f"expected a table with incident_id or strike_id, got {kind}"
            + (" with both" if found else f" with {', '.join(map(repr, list(columns)[:8])) or 'no columns'}")
        )
    role = found[0]
    if is_partitioned(frame):
        check_columns(frame._meta, role, ())
        return role  # identifiers are looked at with the partitions
    check_columns(frame, role, ())
    ids = frame[id_column(role)]
    bad = ids.isna() | ids.duplicated()
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise InputError(
            f"{role}s: {id_column(role)} {ids.iloc[at]!r} in row {at + 1} is missing or stands in another row too; "
            "give each record its own, or it is counted twice",
            row=at + 1,
            column=id_column(role),
            value=ids.iloc[at],
        )
    return role


def whole_numbers(frame: pd.DataFrame, role: Role, column: str) -> list[int | None]:
    """The figures of a column, None where unknown; a column that is absent is unknown throughout.

    Raises InputError if a value is no whole number of zero or more.
    """
    if column not in frame.columns:
        return [None] * len(frame)
    numbers, bad = whole(frame[column])
    if bad is not None:
        name, value = id_column(role), frame[column].iloc[bad]
        raise InputError(
            f"{role}s: {name} {frame[name].iloc[bad]!r}: {column} is {str(value)[:60]!r}; "
            "expected a whole number of zero or more, or nothing where it is unknown",
            row=bad + 1,
            column=column,
            value=value,
        )
    return [int(number) if here else None for number, here in zip(numbers, frame[column].notna(), strict=True)]


def whole(given: pd.Series[Any]) -> tuple[pd.Series[Any], int | None]:
    """Figures as numbers, and the position of the first that is no whole number of zero or more."""
    numbers = pd.to_numeric(given.astype(object).where(given.notna(), None), errors="coerce").astype(float)
    fine = np.isfinite(numbers) & (numbers >= 0) & (numbers <= MOST) & (np.mod(numbers.fillna(0.5), 1) == 0)
    bad = np.flatnonzero(given.notna() & ~fine)
    return numbers, int(bad[0]) if len(bad) else None


def _counted_way(role: Role, ways: list[str]) -> str:
    """The way whose cells give numbers of things or people, if one of them is asked for."""
    found = [way for way in ways if way in COUNTED and (way == "target") == (role == "strike")]
    return found[0] if len(found) == 1 else ""


def _columns(role: Role, ways: list[str]) -> list[str]:
    if role == "incident":
        noun, columns = "incidents", [each for name in FIGURES for each in (name, f"{name}_unknown")]
        columns += ["people", "people_unknown"] if _counted_way(role, ways) else []
    else:
        noun, columns = "strike_records", ["strikes", "strikes_unknown", "event_groups"]
        columns += ["targets", "targets_unknown"] if _counted_way(role, ways) else []
    shared = [f"{noun}_shared"] if set(ways) & set(SEVERAL) else []
    spanning = [f"{noun}_spanning"] if set(ways) & set(PERIODS) else []
    return [noun, *columns, *shared, *spanning]


@dataclass
class _Counts:
    """What is known of the records of one group; two of them add up to that of both."""

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    alone: int = 0
    shared: int = 0
    spanning: int = 0

    def add(self, other: _Counts) -> None:
        self.rows += other.rows
        for mine, theirs in ((self.sums, other.sums), (self.known, other.known)):
            for name, value in theirs.items():
                mine[name] = mine.get(name, 0) + value
        self.events |= other.events
        self.alone += other.alone
        self.shared += other.shared
        self.spanning += other.spanning

    def row(self, role: Role) -> dict[str, Any]:
        """The columns of the group."""
        noun = "incidents" if role == "incident" else "strike_records"
        counts: dict[str, Any] = {noun: self.rows}
        for name, total in self.sums.items():
            label = "strikes" if name == "n_strikes" else name
            counts[label] = total if self.known[name] or not self.rows else pd.NA
            counts[f"{label}_unknown"] = self.rows - self.known[name]
        counts["event_groups"] = len(self.events) + self.alone
        counts[f"{noun}_shared"], counts[f"{noun}_spanning"] = self.shared, self.spanning
        return counts


def _counted(frame: Any, role: Role, ways: list[str], keys: Keys) -> dict[Group, dict[str, Any]]:
    """Group to counts; the empty group holds all records, each once."""
    if not is_partitioned(frame):
        every = _of_part(frame, role, ways, keys)
    else:
        every = {(): _Counts()}
        for part in each_part(frame, role, None, _of_part, ways, keys):
            for group, counts in part.items():
                every.setdefault(group, _Counts()).add(counts)
    return {group: counts.row(role) for group, counts in every.items()}


def _of_part(frame: gpd.GeoDataFrame, role: Role, ways: list[str], keys: Keys) -> dict[Group, _Counts]:
    """Group to what is known of its records in a part of a table."""
    labels = [keys.labels(frame, role, way) for way in ways]
    members: dict[Group, list[int]] = {(): list(range(len(frame)))}
    shared = np.zeros(len(frame), dtype=np.int64)
    if ways:
        for position, each in enumerate(zip(*labels, strict=True)):
            groups = list(product(*each))
            shared[position] = len(groups) > 1
            for group in groups:
                members.setdefault(group, []).append(position)
    figures = {name: whole_numbers(frame, role, name) for name in (FIGURES if role == "incident" else ("n_strikes",))}
    spanning = _spanning(frame, role, ways)
    events = frame["event_group"].astype(object).tolist() if "event_group" in frame.columns else [""] * len(frame)
    hit = None
    way, noun = _counted_way(role, ways), "targets" if role == "strike" else "people"
    if way:
        column = COUNTED[way]
        texts = frame[column].astype(object) if column in frame.columns else [None] * len(frame)
        hit = [targets_of(text) if isinstance(text, str) else {} for text in texts]
    counted = {}
    for group, rows in members.items():
        known = {name: [value for at in rows if (value := values[at]) is not None] for name, values in figures.items()}
        if hit is not None:
            kind = group[ways.index(way)] if group else None
            known[noun] = [number for at in rows if (number := _of_kind(hit[at], kind)) is not None]
        named = [event for at in rows if isinstance(event := events[at], str) and event]
        counted[group] = _Counts(
            rows=len(rows),
            sums={name: sum(values) for name, values in known.items()},
            known={name: len(values) for name, values in known.items()},
            events=set(named),
            alone=len(rows) - len(named),
            shared=int(shared[rows].sum()),
            spanning=int(spanning[rows].sum()),
        )
    return counted


def _of_kind(hit: dict[str, int | None], kind: str | None) -> int | None:
    """How many things of a kind, or of all kinds, a record says were hit; None where it gives no number."""
    numbers = [number for each, number in hit.items() if kind in (None, each) and number is not None]
    return sum(numbers) if numbers else None


def _spanning(frame: gpd.GeoDataFrame, role: Role, ways: list[str]) -> npt.NDArray[np.int64]:
    """Whether each record ends in a later period than it starts in, by the finest of the periods."""
    finest = [way for way in PERIODS if way in ways][-1:]
    if not finest:
        return np.zeros(len(frame), dtype=np.int64)
    begun, ended = (local_labels(frame, role, finest[0], column) for column in ("start", "end"))
    dated: npt.NDArray[np.bool_] = (frame["start"].notna() & frame["end"].notna()).to_numpy(dtype=bool)
    later = np.array([a != b for a, b in zip(begun, ended, strict=True)], dtype=bool)
    return np.asarray(later & dated, dtype=np.int64)


def _key_columns(ways: list[str]) -> list[str]:
    return [each for way in ways for each in ((way, f"{way}_id") if way in ("governorate", "district") else (way,))]


def _named(group: Group, ways: list[str], keys: Keys) -> list[str]:
    row = []
    for way, label in zip(ways, group, strict=True):
        if way not in ("governorate", "district"):
            row.append(label)
        elif label in (UNASSIGNED, UNLOCATED):
            row += [label, ""]
        else:
            row += [keys.areas.name(label), label]
    return row


def _order(ways: list[str], keys: Keys) -> Any:
    areas = {"governorate", "district"}

    def rank(group: Group) -> list[tuple[int, int, str, str]]:
        named = [
            keys.areas.name(label) if way in areas and label not in (UNASSIGNED, UNLOCATED) else label
            for way, label in zip(ways, group, strict=True)
        ]
        return [rank_of(*each) for each in zip(ways, group, named, strict=True)]

    return rank
