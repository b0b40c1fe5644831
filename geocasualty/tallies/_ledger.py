"""Allegations received, judged and open, month by month: do the books balance?"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from geocasualty.errors import InputError
from geocasualty.records._words import TEXT

OUTCOMES = ("credible", "non_credible", "duplicate", "open")
"""What became of a report, in the words of the Coalition's monthly civilian casualty reports of 2017."""

BOOKS = (
    "received", "credible", "non_credible", "duplicate", "closed_otherwise", "open",
    "carried_over", "new", "closed",
)  # fmt: skip
"""The first six are totals at the end of a month since the beginning; the last three are of the month."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-\d{2})?")

_SUMS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("closed_otherwise",), ("non_credible", "duplicate")),
    (("received",), ("credible", "closed_otherwise", "open")),
    (("carried_over", "new"), ("closed", "open")),
    (("carried_over",), ("open before",)),
    (("received",), ("received before", "new")),
)
"""What must equal what; ``before`` is the month before, where the ledger holds it."""


def allegations_by_month(reports: pd.DataFrame, *, on_imbalance: Literal["error", "mark"] = "error") -> pd.DataFrame:
    """Keep the books of allegations, and check them.

    Parameters
    ----------
    reports : pandas.DataFrame
        Either one row an allegation: ``allegation_id``, ``received``, ``outcome`` (``credible``, ``non_credible``,
        ``duplicate`` or ``open``) and ``closed`` (empty while open), both dates as ``2017-11-05`` or ``2017-11``;
        or one row a month as somebody published it: ``month`` (``2017-11``) and any of ``received``, ``credible``,
        ``non_credible``, ``duplicate``, ``closed_otherwise`` (non-credible and duplicate together), ``open``
        (totals at the end of the month), ``carried_over``, ``new``, ``closed`` (of the month). Empty is unknown.
    on_imbalance : {"error", "mark"}
        Whether figures that contradict each other are an error, or a row marked as such.

    Returns
    -------
    pandas.DataFrame
        One row a month, in order: ``month``; the nine columns above, with what follows from the others filled in;
        ``derived`` (the columns filled in, joined by ``;``); ``balance``: ``balanced`` where a sum could be checked
        and all agree, ``unchecked`` where none could, ``imbalance``; ``reason``. Of allegations every month from the
        first to the last has a row.

        The sums: received = credible + non-credible + duplicate + open; carried over + new = closed + open; carried
        over = open a month before; received = received a month before + new. A figure that would have to be below
        zero stays unknown, and its month is an imbalance, as is one in which received falls.

    Raises
    ------
    geocasualty.errors.InputError
        If a column or value is unusable, or figures contradict each other; the message names month and numbers.

    Examples
    --------
    >>> import geocasualty as gcas, pandas as pd
    >>> said = pd.DataFrame({"month": ["2017-11"], "received": [1799], "credible": [208], "open": [603], "new": [9]})
    >>> books = gcas.tallies.allegations_by_month(said)
    >>> books[["month", "received", "credible", "closed_otherwise", "derived"]]
         month  received  credible  closed_otherwise           derived
    0  2017-11      1799       208               988  closed_otherwise
    >>> gcas.tallies.allegations_by_month(said.assign(closed_otherwise=900))
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: 2017-11: received 1,799 is not credible 208 + closed_otherwise 900 + open 603 = 1,711
    >>> gcas.tallies.allegations_by_month(said.head(0))["month"].tolist()
    []
    """
    if on_imbalance not in ("error", "mark"):
        raise InputError(f"on_imbalance is {on_imbalance!r}; expected 'error' or 'mark'")
    if not isinstance(reports, pd.DataFrame):
        raise InputError(f"expected a table of allegations or of months, got {type(reports).__name__}")
    reports = reports.reset_index(drop=True)
    if "allegation_id" in reports.columns:
        stated = _from_allegations(reports)
    elif "month" in reports.columns:
        stated = _from_months(reports)
    else:
        raise InputError(
            "no column 'allegation_id' (one row an allegation) and none 'month' (one row a month)",
            column="allegation_id",
        )
    months = sorted(stated)
    books = {month: dict(stated[month]) for month in months}
    faults: dict[str, list[str]] = {month: [] for month in months}
    checked = {month: _check(books, month, faults) for month in months}
    _derive(books, faults)
    for month in months:
        if not faults[month]:
            checked[month] |= _check(books, month, faults, stated)
    failed = [fault for month in months for fault in faults[month]]
    if failed and on_imbalance == "error":
        raise InputError("; ".join(failed[:5]) + (f"; and {len(failed) - 5} more" if len(failed) > 5 else ""))
    rows = []
    for month in months:
        derived = [name for name in BOOKS if books[month][name] is not None and stated[month][name] is None]
        balance = "imbalance" if faults[month] else "balanced" if checked[month] else "unchecked"
        reason = "; ".join(faults[month]) or ("" if checked[month] else "too few figures to check any sum")
        rows.append([month, *(books[month][name] for name in BOOKS), ";".join(derived), balance, reason])
    table = pd.DataFrame(rows, columns=["month", *BOOKS, "derived", "balance", "reason"], dtype=object)
    kinds = dict.fromkeys(BOOKS, "Int64") | dict.fromkeys(("month", "derived", "balance", "reason"), TEXT)
    return table.astype(kinds)


Books = dict[str, dict[str, int | None]]


def _before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


def _value(books: Books, month: str, name: str) -> int | None:
    if name.endswith(" before"):
        return books.get(_before(month), {}).get(name.removesuffix(" before"))
    return books[month][name]


def _check(books: Books, month: str, faults: dict[str, list[str]], stated: Books | None = None) -> bool:
    """Whether a sum of figures could be checked; what fails goes into ``faults``. With ``stated``, of derived ones."""
    any_checked = False
    for left, right in _SUMS:
        values = {name: _value(books, month, name) for name in (*left, *right)}
        if any(value is None for value in values.values()):
            continue
        any_checked |= stated is None
        sums = [sum(values[name] or 0 for name in side) for side in (left, right)]
        if sums[0] != sums[1]:
            said = [" + ".join(f"{name} {values[name]:,}" for name in side) for side in (left, right)]
            ends = [f" = {total:,}" if len(side) > 1 else "" for side, total in zip((left, right), sums, strict=True)]
            faults[month].append(f"{month}: {said[0]}{ends[0]} is not {said[1]}{ends[1]}")
    earlier = [books[each]["received"] for each in sorted(books) if each < month]
    most = max((value for value in earlier if value is not None), default=0)
    received = books[month]["received"]
    if stated is None and received is not None and received < most:
        faults[month].append(f"{month}: received {received:,} is below the {most:,} of a month before; totals grow")
    return any_checked


def _derive(books: Books, faults: dict[str, list[str]]) -> None:
    """Fill in each figure that is the only unknown one of a sum, until nothing more follows; none below zero."""
    found, refused = True, set()
    while found:
        found = False
        for month in sorted(books):
            for left, right in _SUMS:
                signed = [(name, 1) for name in left] + [(name, -1) for name in right]
                unknown = [each for each in signed if _value(books, month, each[0]) is None]
                if len(unknown) != 1:
                    continue
                name, sign = unknown[0]
                holder = _before(month) if name.endswith(" before") else month
                if holder not in books or (holder, name.removesuffix(" before")) in refused:
                    continue
                rest = sum(way * (_value(books, month, other) or 0) for other, way in signed if other != name)
                name, value = name.removesuffix(" before"), -sign * rest
                if value < 0:
                    refused.add((holder, name))
                    words = f"{holder}: {name} would have to be {value:,}; a figure that it follows from is wrong"
                    faults[holder].append(words)
                    continue
                books[holder][name] = value
                found = True


def _from_months(reports: pd.DataFrame) -> Books:
    known = {"month", *BOOKS}
    if not known - {"month"} & set(reports.columns):
        raise InputError(f"none of the columns {', '.join(BOOKS)}; name the figures so")
    stated: Books = {}
    for position, row in enumerate(reports.to_dict("records"), start=1):
        month = row["month"]
        found = _MONTH.fullmatch(month) if isinstance(month, str) else None
        if found is None or found[3]:
            raise InputError.of_cell("", position, "month", month, "expected such as '2017-11'")
        if month in stated:
            raise InputError.of_cell("", position, "month", month, "stands in two rows; a ledger has one of each")
        stated[month] = {name: _count(row.get(name), position, name) for name in BOOKS}
    return stated


def _count(value: Any, row: int, column: str) -> int | None:
    if value is None or value is pd.NA or value != value or value == "":
        return None
    try:
        number = float(value)
        if number >= 0 and number == int(number) and number < 2**53:
            return int(number)
    except (TypeError, ValueError, OverflowError):
        pass
    raise InputError.of_cell("", row, column, value, "expected a whole number or nothing")


def _from_allegations(reports: pd.DataFrame) -> Books:
    needed = ("allegation_id", "received", "outcome", "closed")
    missing = [name for name in needed if name not in reports.columns]
    if missing:
        raise InputError(
            f"allegations: no column {', '.join(map(repr, missing))}; expected {', '.join(needed)}", column=missing[0]
        )
    seen: set[Any] = set()
    new: Counter[str] = Counter()
    ended: Counter[tuple[str, str]] = Counter()
    for position, row in enumerate(reports[list(needed)].to_dict("records"), start=1):
        name = row["allegation_id"]
        if pd.isna(name) or name == "" or name in seen:
            raise InputError.of_cell("", position, "allegation_id", name, "is missing or stands in another row too")
        seen.add(name)
        outcome = row["outcome"].strip().lower().replace("-", "_") if isinstance(row["outcome"], str) else None
        if outcome not in OUTCOMES:
            raise InputError.of_cell("", position, "outcome", row["outcome"], f"expected one of {', '.join(OUTCOMES)}")
        received, closed = (_day(row[column], position, column) for column in ("received", "closed"))
        if not received or (outcome == "open") == bool(closed):
            wanted = "a date" if not received or not closed else "no date, for it is open"
            column = "closed" if received else "received"
            raise InputError.of_cell("", position, column, row[column], f"expected {wanted}")
        if closed and closed[: len(received)] < received[: len(closed)]:
            raise InputError.of_cell("", position, "closed", closed, f"before it was received on {received}")
        new[received[:7]] += 1
        if closed:
            ended[closed[:7], outcome] += 1
    return _kept(new, ended)


def _kept(new: Counter[str], ended: Counter[tuple[str, str]]) -> Books:
    stated: Books = {}
    month, last = min(new, default=""), max([*new, *(month for month, _ in ended)], default="")
    totals = dict.fromkeys(OUTCOMES, 0)
    while month and month <= last:
        closed = {outcome: ended[month, outcome] for outcome in OUTCOMES[:3]}
        carried, totals["open"] = totals["open"], totals["open"] + new[month] - sum(closed.values())
        totals |= {outcome: totals[outcome] + closed[outcome] for outcome in closed}
        stated[month] = {
            **totals,
            "received": sum(totals.values()),
            "closed_otherwise": totals["non_credible"] + totals["duplicate"],
            "carried_over": carried,
            "new": new[month],
            "closed": sum(closed.values()),
        }
        month = f"{int(month[:4]) + (month[5:] == '12'):04d}-{int(month[5:]) % 12 + 1:02d}"
    return stated


def _day(value: Any, row: int, column: str) -> str:
    if value is None or value is pd.NaT or value is pd.NA or value != value or value == "":
        return ""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    found = _MONTH.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if found:
            date.fromisoformat(found[0] if found[3] else f"{found[0]}-01")
            return found[0]
    except ValueError:
        pass
    raise InputError.of_cell("", row, column, value, "expected text such as '2017-11-05' or '2017-11'")
