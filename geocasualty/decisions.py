"""Who decided, when and why? The columns that every table of human decisions has."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["SIGNED", "signature"]

SIGNED = ("analyst", "date", "note")
"""By whom, on which day, and why. Before them stands what is decided about: ``incident_id``, ``strike_id`` or both, or
``query``; and what is decided: ``decision``, or the corrected columns."""


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
