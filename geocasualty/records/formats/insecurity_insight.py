"""Attacks on health care as Insecurity Insight publishes them, with tags of the exchange language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geocasualty.records.formats.protocol import Cells, Reader, having, others, sample_of, stripped

__all__ = ["READER"]

NEEDED = {"date", "country", "latitude", "longitude", "geo precision", "sind event id"}

LEVELS = {"1": "village", "2": "district", "3": "district", "4": "governorate", "5": "governorate", "6": "country"}
"""Rungs by the number in brackets; (5) is a road or a river, anywhere along it. Where the words name kilometres,
as those of (2) do, they are the radius."""

NOBODY = re.compile(r"(?:no information|unidentified|unknown|multiple|not applicable)\b", re.IGNORECASE)
"""Perpetrators that are not named."""

KINDS = {
    "aerial bomb: drone": "drone", "aerial bomb: missile": "air", "aerial bomb: plane": "air", "artillery": "artillery",
    "shelling": "artillery", "mortar": "artillery",
}  # fmt: skip
"""Kinds of attack by "Weapon Carried/Used"; any other is of no one kind."""

KILLED, INJURED = "health workers killed", "health workers injured"
"""Counts of some of the people hurt: the least that there were, and nothing of the most."""

_WITHIN = re.compile(r"(\d+(?:\.\d+)?)\s*km\b", re.IGNORECASE)
_CODE = re.compile(r"\s*\((\d)\)")


def to_native(cells: Cells) -> Cells:
    """One incident a row. The perpetrator is the one that was reported; the column "Location" is a kind of building.

    The coordinate stands for an area of the stated size. Counts are of health workers only.
    """
    columns = stripped(cells)
    count = len(columns["date"])
    empty = [""] * count
    levels = [_CODE.match(text) for text in columns["geo precision"]]
    native: Cells = {
        "incident_id": columns["sind event id"],
        "start": columns["date"],
        "latitude": columns["latitude"],
        "longitude": columns["longitude"],
        "country": columns.get("country iso", columns["country"]),
        "admin1": columns.get("admin 1", empty),
        "place_text": empty,
        "precision": [LEVELS.get(code[1], "country") if code else "country" for code in levels],
        "radius_m": [_metres(text) for text in columns["geo precision"]],
        "belligerents": [_party(text) for text in columns.get("reported perpetrator name", empty)],
        "attack_kinds": [KINDS.get(text.lower(), "") for text in columns.get("weapon carried/used", empty)],
        "killed_min": columns.get(KILLED, empty),
        "injured_min": columns.get(INJURED, empty),
    }
    taken = {"sind event id", "date", "latitude", "longitude", "country", "country iso", "admin 1"}
    return native | others(columns, native, taken)


def _metres(text: str) -> str:
    found = _WITHIN.search(text)
    return f"{float(found[1]) * 1000:g}" if found else ""


def _party(text: str) -> str:
    names = (name.strip() for name in text.split(","))
    return ";".join(name for name in names if name and not NOBODY.match(name))


def known(columns: Iterable[str]) -> frozenset[str]:
    """All columns: a name that the publisher adds says something of the same incident."""
    return frozenset(column.strip().lower() for column in columns)


READER = Reader(
    "insecurity-insight",
    having(NEEDED),
    to_native,
    version="1",
    roles=("incident",),
    known=known,
    times=("date",),
    help="Insecurity Insight: attacks on health care worldwide",
    licence="CC BY-NC-SA 4.0",
    sample=sample_of("insecurity-insight"),
)
