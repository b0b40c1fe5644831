"""What have analysts decided about pairs? Their decisions win over the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from geocasualty.decisions import signature
from geocasualty.errors import InputError
from geocasualty.matching._sides import Side

__all__ = ["Decided", "Decisions"]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions on one incident: strike ids, and the decisions in words."""

    accepted: frozenset[Any] = frozenset()
    rejected: frozenset[Any] = frozenset()
    words: str = ""


class Decisions:
    """A review table, checked against the records that it speaks of.

    Parameters
    ----------
    table : pandas.DataFrame or None
        ``incident_id``, ``strike_id``, ``decision``; ``analyst``, ``date`` and ``note`` are shown.
    incidents, strikes : Side
        The records.
    """

    def __init__(self, table: pd.DataFrame | None, incidents: Side, strikes: Side) -> None:
        self._of: dict[Any, Decided] = {}
        if table is None:
            return
        missing = [column for column in ("incident_id", "strike_id", "decision") if column not in table.columns]
        if missing:
            raise InputError(
                f"review: no column {', '.join(map(repr, missing))}; expected incident_id, strike_id, decision",
                column=missing[0],
            )
        known = {"incident_id": set(incidents.ids), "strike_id": set(strikes.ids)}
        for number, row in enumerate(table.to_dict("records"), start=1):
            for column, ids in known.items():
                if row[column] not in ids:
                    raise InputError(
                        f"review: row {number}, column {column!r}, value {row[column]!r}: no such record",
                        row=number,
                        column=column,
                        value=row[column],
                    )
            if row["decision"] not in ("accept", "reject"):
                raise InputError(
                    f"review: row {number}, column 'decision', value {row['decision']!r}: expected 'accept' or "
                    "'reject'",
                    row=number,
                    column="decision",
                    value=row["decision"],
                )
        for incident_id, rows in table.groupby("incident_id", sort=True):
            sides = {
                decision: frozenset(rows.loc[rows["decision"] == decision, "strike_id"])
                for decision in ("accept", "reject")
            }
            both = sides["accept"] & sides["reject"]
            if both:
                pair = f"incident_id {incident_id!r}, strike_id {min(both)!r}"
                raise InputError(
                    f"review: {pair} is both accepted and rejected; keep one", column="strike_id", value=min(both)
                )
            words = "; ".join(sorted(_in_words(row) for row in rows.to_dict("records")))
            self._of[incident_id] = Decided(sides["accept"], sides["reject"], words)

    def of(self, incident_id: Any) -> Decided:
        """The decisions on one incident."""
        return self._of.get(incident_id, Decided())


def _in_words(row: dict[Any, Any]) -> str:
    def said(column: str) -> str:
        value = row.get(column)
        return "" if value is None or pd.isna(value) else str(value).strip()

    return f"{row['strike_id']} {row['decision']}ed{signature(said)}"
