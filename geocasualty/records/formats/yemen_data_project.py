"""The air raids of the Yemen Data Project, one row a raid that was reported, all attributed to one side."""

from __future__ import annotations

from geocasualty.records.formats import table
from geocasualty.records.formats.protocol import Cells, Reader, having, lowered, others, sample_of

__all__ = ["READER"]

NEEDED = {"incident id", "date", "governorate", "district", "area", "target", "main category"}

PARTY = "Saudi-led coalition"
"""Whose raids the list holds, and no other's (yemendataproject.org, methodology: "Saudi-led coalition air war")."""

COUNTRY = "YE"

COUNTS = {"fatalities": "killed", "injured": "injured", "child fatalities": "children"}
"""Columns of civilians: their sum with the injured is the file's own "Civilian Casualties"."""

_TOLD = ("area", "date", "district", "governorate")
_READ = ("incident id", *_TOLD)

CODEBOOK = frozenset({
    *NEEDED, "sub-category", "min air raids", "max air raids", "civilian casualties", "fatalities", "woman fatalities",
    "child fatalities", "injured", "woman injured", "child injured", "confirmed time", "time of day",
})  # fmt: skip


def to_native(cells: Cells) -> Cells:
    """One record a row; ``n_strikes`` is the least number of raids, and the most stays under its own name.

    The place is the area in its district, the governorate stands by itself. "Capital" is the municipality of the
    capital, Amanat al-Asimah. The list holds what was reported, so that an absence from it shows nothing.
    """
    columns = lowered(cells, _key)
    native = table.to_native({"incident_id": columns["incident id"], **{name: columns[name] for name in _TOLD}})
    count = len(columns["date"])
    native |= {"strike_id": columns["incident id"], "country": [COUNTRY] * count, "belligerents": [PARTY] * count}
    native |= {"attack_kinds": ["air"] * count, "date_basis": ["event"] * count}
    if "min air raids" in columns:
        native["n_strikes"] = columns["min air raids"]
    for theirs, ours in COUNTS.items():
        if theirs in columns:
            native |= {f"{ours}_min": columns[theirs], f"{ours}_max": columns[theirs]}
    if "killed_max" in native and "children_max" in native:  # more children than dead: which is wrong is not known
        kept = [_no_more(*pair) for pair in zip(native["children_max"], native["killed_max"], strict=True)]
        native |= {"children_min": kept, "children_max": kept}
    return native | others(columns, native, _READ)


def _no_more(some: str, of: str) -> str:
    return "" if some.strip().isdecimal() and of.strip().isdecimal() and int(some) > int(of) else some


def _key(name: str) -> str:
    return " ".join(name.lower().split())


READER = Reader(
    "yemen-data-project",
    having(NEEDED, _key),
    to_native,
    version="2",
    encoding="windows-1252",
    known=lambda _: CODEBOOK,
    times=("date",),
    key=_key,
    help="Yemen Data Project: air raids of the Saudi-led coalition",
    licence="free to use with attribution",
    sample=sample_of("yemen-data-project"),
)
