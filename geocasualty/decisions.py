"""Who decided, when and why? The columns that every table of human decisions has."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping

__all__ = ["SIGNED", "renamed", "signature"]

SIGNED = ("analyst", "date", "note")
"""By whom, on which day, and why. Before them stands what is decided about: ``incident_id``, ``strike_id`` or both, or
``query``; and what is decided: ``decision``, or the corrected columns."""

_BEFORE = {"by": "analyst", "when": "date", "why": "note", "admin1": "governorate", "admin2": "district"}
"""Names of these columns in 0.1; they are read for one version."""


def renamed(table: str, columns: Iterable[str]) -> Mapping[str, str]:
    """Old names of columns to those that they have now, with a warning.

    Parameters
    ----------
    table : str
        What to call the table.
    columns : iterable of str
        Its columns. An old name beside the new one is another column, and stays.

    Examples
    --------
    >>> renamed("corrections", ["strike_id", "analyst", "date", "note"])
    {}
    """
    names = list(columns)
    found = {old: new for old, new in _BEFORE.items() if old in names and new not in names}
    if found:
        said = ", ".join(f"{old!r} is {new!r}" for old, new in found.items())
        warnings.warn(f"{table}: {said} now; rename the columns", FutureWarning, stacklevel=4)
    return found


def signature(cell: Callable[[str], str]) -> str:
    """By whom, when and why, in words that follow what was done; empty where nothing of it is known.

    Examples
    --------
    >>> "rejected" + signature({"analyst": "A. Analyst", "date": "2021-04-10", "note": "other bank"}.__getitem__)
    'rejected by A. Analyst on 2021-04-10: other bank'
    >>> "rejected" + signature({"analyst": "", "date": "", "note": "other bank"}.__getitem__)
    'rejected: other bank'
    """
    analyst, date, note = (cell(name) for name in SIGNED)
    return (f" by {analyst}" if analyst else "") + (f" on {date}" if date else "") + (f": {note}" if note else "")
