"""Who counted what? Published figures beside one's own records, on the same ground."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.datasets import published_figures
from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.records._words import TEXT
from geocasualty.records.schema import Role
from geocasualty.tallies._keys import UNDATED, Keys, local_labels
from geocasualty.tallies._tally import role_of, whole, whole_numbers

FIGURE_COLUMNS = (
    "as_of", "who_counts", "what", "by_whom", "region", "period_start", "period_end", "min", "max", "note",
)  # fmt: skip

OWN: dict[str, tuple[Role, str, str]] = {
    "civilians killed": ("incident", "killed_min", "killed_max"),
    "children killed": ("incident", "children_min", "children_max"),
    "civilians injured": ("incident", "injured_min", "injured_max"),
    "incidents flagged": ("incident", "", ""),
    "strikes": ("strike", "n_strikes", "n_strikes"),
}
"""What is counted to the records and columns that count the same; "" counts records."""

COMPARISONS = ("ranges overlap", "own is lower", "own is higher", "cannot say", "not counted")


def compare_figures(
    incidents: gpd.GeoDataFrame | None = None,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    figures: pd.DataFrame | None = None,
    gazetteer: Gazetteer | None = None,
) -> pd.DataFrame:
    """Lay own counts beside published figures, each on the ground of the published one.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame, optional
        Own records; without them the published figures stand alone.
    figures : pandas.DataFrame, optional
        In the columns of :func:`geocasualty.datasets.published_figures`, which it is if not given. Choose rows first to
        compare less.
    gazetteer : Gazetteer, optional
        Knows the countries that ``region`` names; the bundled one if not given.

    Returns
    -------
    pandas.DataFrame
        One row a published figure, by ``as_of``, ``what``, ``who_counts``; its columns, then ``own_min`` and
        ``own_max`` (the sums of the figures that are known; NA where none is), ``own_records`` (how many records
        count), ``own_unknown`` (of these, without one of the two figures), ``comparison``, ``left_out`` (why the
        other records do not count, in words) and ``remarks`` (how many of those that count are likely the same events
        as others, by ``event_group``: the sums hold each of them). Records count whose start lies in the period (local
        days, both inclusive), whose country the region names and one of whose belligerents ``by_whom`` names.

        ``comparison``: ``ranges overlap``; ``own is lower``, ``own is higher``; ``cannot say`` where an unknown
        figure could change the answer; ``not counted`` where the records hold no such figure, or none of them
        counts. A published figure without ``max`` is "at least", one without ``min`` "up to". Own records are all
        that was passed, no more: a lower count may only mean that fewer sources were read.

        Nothing is added up here. See :func:`geocasualty.tallies.sum_figures`.

    Raises
    ------
    geocasualty.errors.InputError
        If a column is missing, or a period, region or figure cannot be read.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> figures = gcas.datasets.published_figures()
    >>> table = gcas.tallies.compare_figures(book.incidents, figures=figures[figures["as_of"] == "2015-06"])
    >>> table[["what", "min", "own_min", "own_max", "own_records", "comparison"]]
                   what  min  own_min  own_max  own_records    comparison
    0   children killed   51        2        2            1  own is lower
    1  civilians killed  162        2        2            1  own is lower
    >>> table.loc[0, "left_out"]
    '2 outside the period; 1 outside the region'
    >>> len(gcas.tallies.compare_figures(figures=figures.head(0)))
    0
    """
    chosen = _checked(published_figures() if figures is None else figures)
    regions = _Regions(gazetteer)
    own: dict[Role, _Own] = {}
    for frame, role in ((incidents, "incident"), (strikes, "strike")):
        if frame is not None:
            if role_of(frame) != role:
                raise InputError(f"{role}s were expected and the frame holds others; swap the arguments")
            own[role_of(frame)] = _Own(frame, role_of(frame), regions.keys)
    rows = [_beside(figure, own, regions) for figure in chosen.to_dict("records")]
    counts = pd.DataFrame(rows, columns=list(_Beside._fields), index=chosen.index)
    kinds = dict.fromkeys(_Beside._fields[:4], "Int64") | dict.fromkeys(_Beside._fields[4:], TEXT)
    table = chosen.join(counts.astype(kinds))
    return table.sort_values(["as_of", "what", "who_counts", "by_whom", "region"], kind="stable").reset_index(drop=True)


def sum_figures(figures: pd.DataFrame) -> pd.DataFrame:
    """Add published figures of one source that count different ground; refuse any others.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of :func:`geocasualty.datasets.published_figures`.

    Returns
    -------
    pandas.DataFrame
        One row in the same columns; ``min`` or ``max`` is NA if it is for any row.

    Raises
    ------
    geocasualty.errors.InputError
        If the rows are of several sources (they count the same war, and the same dead, twice), count different
        things, are not as of one date, or overlap in region, period and belligerent.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> figures = gcas.datasets.published_figures()
    >>> of_june = figures[(figures["as_of"] == "2017-06") & (figures["what"] == "strikes")]
    >>> gcas.tallies.sum_figures(of_june)[["region", "min", "max"]]
               region    min    max
    0  Iraq and Syria  23020  23020
    >>> deaths = figures[(figures["as_of"] == "2017-08") & (figures["by_whom"] == "Coalition")]
    >>> gcas.tallies.sum_figures(deaths)
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: figures of Airwars and Coalition are not added: they count the same events ...
    """
    chosen = _checked(figures)
    if chosen.empty:
        raise InputError("no figure was given; choose rows of gcas.datasets.published_figures()")
    sources = sorted(set(chosen["who_counts"]))
    if len(sources) > 1:
        raise InputError(
            f"figures of {' and '.join(sources)} are not added: they count the same events from sources that overlap; "
            "lay them side by side with gcas.tallies.compare_figures"
        )
    for column, words in (("what", "count different things"), ("as_of", "are not as of one date")):
        values = sorted(set(chosen[column]))
        if len(values) > 1:
            raise InputError(f"the figures {words} ({', '.join(values)}); add those of one {column} only")
    rows = chosen.sort_values(["region", "by_whom", "period_start", "period_end"], kind="stable").to_dict("records")
    for one, other in combinations(rows, 2):
        if _overlap(one, other):
            ground = [f"{row['by_whom']}, {row['region']}, {_period(row)}" for row in (one, other)]
            raise InputError(f"two figures overlap: {ground[0]}; and {ground[1]}: the sum would count some twice")
    summed: dict[str, Any] = {column: rows[0][column] for column in FIGURE_COLUMNS}
    summed |= {column: " and ".join(sorted({name for row in rows for name in _names(row[column])}))
               for column in ("by_whom", "region")}  # fmt: skip
    summed |= {"period_start": min(row["period_start"] for row in rows)}
    summed |= {"period_end": max(row["period_end"] for row in rows)}
    for column in ("min", "max"):
        summed[column] = chosen[column].sum(skipna=False)
    summed["note"] = f"Sum of {len(rows)} figures"
    table = pd.DataFrame([summed], columns=list(FIGURE_COLUMNS))
    return table.astype({column: "Int64" if column in ("min", "max") else TEXT for column in FIGURE_COLUMNS})


def _checked(figures: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(figures, pd.DataFrame):
        raise InputError(f"expected a table like gcas.datasets.published_figures(), got {type(figures).__name__}")
    missing = [column for column in FIGURE_COLUMNS[:-1] if column not in figures.columns]
    if missing:
        raise InputError(
            f"figures: no column {', '.join(map(repr, missing))}; see gcas.datasets.published_figures()",
            column=missing[0],
        )
    table = figures.reset_index(drop=True).copy()
    if "note" not in table.columns:
        table["note"] = ""
    for column in set(FIGURE_COLUMNS) - {"min", "max"}:
        table[column] = table[column].astype(object).where(table[column].notna(), "").astype(str).astype(TEXT)
    for column in ("min", "max"):
        table[column] = _bounds(table[column])
    reversed_ = (table["min"] > table["max"]).fillna(False).to_numpy(dtype=bool)
    for row, figure in enumerate(table.to_dict("records"), start=1):
        if reversed_[row - 1]:
            said = f"min {figure['min']:,} is above max {figure['max']:,}; swap or correct them"
            raise _wrong(row, "min", figure["min"], said)
        try:
            first, last = _days(figure)
        except ValueError as error:
            said = f"the period {_period(figure)} has no days ({error})"
            raise _wrong(row, "period_start", figure["period_start"], said) from error
        if last < first:
            said = f"the period {_period(figure)} ends before it starts; swap them"
            raise _wrong(row, "period_end", figure["period_end"], said)
    return table[list(FIGURE_COLUMNS)]


def _wrong(row: int, column: str, value: Any, said: str) -> InputError:
    return InputError(f"figures, row {row}: {said}", row=row, column=column, value=value)


def _bounds(given: pd.Series[Any]) -> pd.Series[Any]:
    numbers, bad = whole(given)
    if bad is not None:
        value = given.iloc[bad]
        said = f"{given.name} is {str(value)[:60]!r}; expected a whole number or nothing"
        raise _wrong(bad + 1, str(given.name), value, said)
    return numbers.astype("Int64")


def _period(figure: dict[str, Any]) -> str:
    return f"{figure['period_start']} to {figure['period_end']}"


def _days(figure: dict[str, Any]) -> tuple[str, str]:
    """The first and the last day of a period whose ends are days or whole months, as text that sorts."""
    first, last = (pd.Period(figure[name], freq=_unit(figure[name])) for name in ("period_start", "period_end"))
    return f"{first.start_time:%Y-%m-%d}", f"{last.end_time:%Y-%m-%d}"


def _unit(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text):
        raise ValueError(f"{text[:60]!r} is neither a month such as '2015-08' nor a day such as '2014-08-08'")
    return "M" if len(text) == 7 else "D"


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(" and ") if part.strip())


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    (first, last), (begun, ended) = _days(one), _days(other)
    shared = all(_names(one[column]) & _names(other[column]) for column in ("region", "by_whom"))
    return shared and first <= ended and begun <= last


class _Regions:
    """The countries that a region names."""

    def __init__(self, gazetteer: Gazetteer | None) -> None:
        gazetteer = gazetteer if gazetteer is not None else load_gazetteer()
        self.keys = Keys(gazetteer)
        frame = gazetteer.countries
        self._codes = dict(zip(frame["name"], frame["country"], strict=True))

    def codes(self, region: str) -> frozenset[str]:
        unknown = sorted(_names(region) - set(self._codes)) if region else ["''"]
        if unknown:
            known = ", ".join(sorted(self._codes))
            raise InputError(f"region {region[:60]!r}: {unknown[0][:60]} is no country of the gazetteer ({known})")
        return frozenset(self._codes[name] for name in _names(region))


class _Own:
    """One's own records as labels and figures."""

    def __init__(self, frame: gpd.GeoDataFrame, role: Role, keys: Keys) -> None:
        self.frame, self.role = frame, role
        self.day = np.array(local_labels(frame, role, "day", "start"), dtype=object)
        self.country = np.array([labels[0] for labels in keys.labels(frame, role, "country")], dtype=object)
        whose = keys.labels(frame, role, "belligerent")
        self.whose = [frozenset(names) for names in whose]
        groups = frame["event_group"].astype(object) if "event_group" in frame.columns else [""] * len(frame)
        self.groups = [group if isinstance(group, str) else "" for group in groups]

    def twice(self, chosen: npt.NDArray[np.int64]) -> str:
        """How many of some records are of an event that another of them is of too, in words."""
        count = Counter(self.groups[at] for at in chosen.tolist() if self.groups[at])
        several = [size for size in count.values() if size > 1]
        if not several:
            return ""
        return (
            f"{sum(several)} of the {len(chosen)} records are likely {len(several)} event{'s' * (len(several) > 1)} "
            "(event_group), and each of them is in the sums"
        )


class _Beside(NamedTuple):
    """The columns that stand beside a published figure."""

    own_min: Any = pd.NA
    own_max: Any = pd.NA
    own_records: Any = pd.NA
    own_unknown: Any = pd.NA
    comparison: str = "not counted"
    left_out: str = ""
    remarks: str = ""


def _beside(figure: dict[str, Any], own: dict[Role, _Own], regions: _Regions) -> _Beside:
    codes = regions.codes(figure["region"])
    counted = OWN.get(figure["what"])
    if counted is None:
        return _Beside(left_out="records do not say this")
    role, low, high = counted
    if role not in own:
        return _Beside(left_out=f"no {role}s were given")
    records = own[role]
    first, last = _days(figure)
    dated = records.day != UNDATED
    tests: list[tuple[str, npt.NDArray[np.bool_]]] = [
        ("without a date", dated),
        ("outside the period", (records.day >= first) & (records.day <= last)),
        ("outside the region", np.array([country in codes for country in records.country], dtype=bool)),
        ("of another belligerent or none named",
         np.array([bool(names & _names(figure["by_whom"])) for names in records.whose], dtype=bool)),
    ]  # fmt: skip
    left = np.ones(len(records.day), dtype=bool)
    words = []
    for why, passed in tests:
        out = int((left & ~passed).sum())
        words += [f"{out} {why}"] if out else []
        left &= passed
    chosen = np.flatnonzero(left)
    if not len(chosen):
        return _Beside(own_records=0, own_unknown=0, left_out="; ".join(words))
    if low:
        columns = [whole_numbers(records.frame, role, name) for name in (low, high)]
        values = [[column[at] for at in chosen] for column in columns]
    else:
        values = [[1] * len(chosen)] * 2
    known = [[value for value in column if value is not None] for column in values]
    sums = [sum(column) if column else pd.NA for column in known]
    unknown = sum(None in pair for pair in zip(*values, strict=True))
    comparison = _compare(figure, [*sums], bounded=len(known[1]) == len(chosen), certain=not unknown)
    return _Beside(sums[0], sums[1], len(chosen), unknown, comparison, "; ".join(words), records.twice(chosen))


def _compare(figure: dict[str, Any], own: list[Any], *, bounded: bool, certain: bool) -> str:
    """Ranges beside each other; the sum of the least figures is a lower bound even where some are unknown."""
    low, high = figure["min"], figure["max"]
    if not pd.isna(high) and not pd.isna(own[0]) and own[0] > high:
        return "own is higher"
    if bounded and not pd.isna(low) and own[1] < low:
        return "own is lower"
    return "ranges overlap" if certain else "cannot say"
