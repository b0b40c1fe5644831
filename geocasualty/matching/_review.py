"""What have analysts decided about pairs? Their decisions win over the test."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.decisions import SIGNED
from geocasualty.errors import InputError
from geocasualty.matching._limits import Window
from geocasualty.matching._regions import Regions
from geocasualty.matching._sides import Side
from geocasualty.matching._trees import Pairs, compared
from geocasualty.words import ENGLISH, Said

__all__ = ["Decisions", "decide", "refused"]


class Decisions:
    """A review table, checked against the records that it speaks of.

    Parameters
    ----------
    table : pandas.DataFrame or None
        ``incident_id``, ``strike_id``, ``decision``; ``analyst``, ``date`` and ``note`` are shown.
    incidents, strikes : Side
        The records.

    Attributes
    ----------
    accepted, rejected : numpy.ndarray of int
        Positions as ``i * len(strikes) + j``.
    said : dict
        The decisions on each incident, by position.
    """

    def __init__(self, table: pd.DataFrame | None, incidents: Side, strikes: Side) -> None:
        self.accepted = self.rejected = np.empty(0, dtype=np.int64)
        self.said: dict[int, list[Said]] = {}
        if table is None:
            return
        missing = [column for column in ("incident_id", "strike_id", "decision") if column not in table.columns]
        if missing:
            raise InputError(
                f"review: no column {', '.join(map(repr, missing))}; expected incident_id, strike_id, decision",
                column=missing[0],
            )
        known = {
            f"{role}_id": dict(zip(side.ids, range(len(side)), strict=True))
            for role, side in (("incident", incidents), ("strike", strikes))
        }
        keys: dict[str, set[int]] = {"accept": set(), "reject": set()}
        for number, row in enumerate(table.to_dict("records"), start=1):
            for column, ids in known.items():
                if row[column] not in ids:
                    raise refused(number, column, row[column], "no such record")
            if row["decision"] not in keys:
                raise refused(number, "decision", row["decision"], "expected 'accept' or 'reject'")
            i, j = (known[column][row[column]] for column in known)
            keys[row["decision"]].add(i * len(strikes) + j)
            self.said.setdefault(i, []).append(_said(row))
        both = keys["accept"] & keys["reject"]
        if both:
            i, j = divmod(min(both, key=lambda key: str(strikes.ids[key % len(strikes)])), len(strikes))
            raise InputError(
                f"review: incident_id {incidents.ids[i]!r}, strike_id {strikes.ids[j]!r} is both accepted and "
                "rejected; keep one",
                column="strike_id",
                value=strikes.ids[j],
            )
        self.accepted, self.rejected = (np.array(sorted(keys[name]), dtype=np.int64) for name in ("accept", "reject"))
        for said in self.said.values():
            said.sort(key=ENGLISH.tell)

    def text(self, n: int) -> str:
        """The decisions on one incident in English, as tables have them."""
        return "; ".join(ENGLISH.tell(said, bare=True) for said in self.said.get(n, []))


def decide(
    pairs: Pairs,
    decisions: Decisions,
    ours: Side,
    theirs: Side,
    regions: Regions,
    window: Window,
    allowed: npt.NDArray[np.int8],
) -> tuple[Pairs, npt.NDArray[np.bool_], Pairs]:
    """The pairs without those rejected, with those accepted, beyond the limits too; which are; and the rejected."""
    count = len(theirs)
    banned = np.isin(pairs.i * count + pairs.j, decisions.rejected)
    pairs, rejected = (pairs.take(~banned), pairs.take(banned)) if banned.any() else (pairs, Pairs.together([]))
    if not len(decisions.accepted):
        return pairs, np.zeros(len(pairs.i), dtype=bool), rejected
    i, j = np.divmod(np.setdiff1d(decisions.accepted, pairs.i * count + pairs.j), count)
    beyond = compared(ours, theirs, regions, i, j, window, allowed)._replace(within=np.zeros(len(i), dtype=bool))
    pairs = Pairs.together([pairs, beyond])
    return pairs, np.isin(pairs.i * count + pairs.j, decisions.accepted), rejected


def refused(number: int, column: str, value: Any, what: str) -> InputError:
    said = f"review: row {number}, column {column!r}, value {value!r}: {what}"
    return InputError(said, row=number, column=column, value=value)


def _said(row: dict[Any, Any]) -> Said:
    """What was decided of a strike, and by whom, when and why as far as it is stated."""
    said = Said(f"decided.{row['decision']}", {"strike": str(row["strike_id"])})
    for name in SIGNED:
        value = row.get(name)
        if text := "" if value is None or pd.isna(value) else str(value).strip():
            said = Said(f"decided.{name}", {"said": said, name: text})
    return said
