"""The Bureau of Investigative Journalism's sheets of strikes by the United States, one a country."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geocasualty.records.formats import table
from geocasualty.records.formats.protocol import Cells, Reader, folded_words, sample_of, stripped
from geocasualty.theatre.languages import unknown_words

__all__ = ["READER"]

NEEDED = {"strike id", "date", "minimum people killed", "maximum people killed"}
ALSO_NEEDED = {"minimum total people killed", "maximum total people killed"}

PARTY = "United States"
"""Whose strikes the sheets hold (thebureauinvestigates.com, Drone Warfare)."""

COUNTRIES = {"yem": "YE", "som": "SO", "afg": "AF", "pak": "PK"}
"""Countries by the letters that begin an identifier; the sheet of Pakistan numbers its strikes by president."""

PRESIDENTS = re.compile(r"(?:ob|b|tr)\d+[a-z]?", re.IGNORECASE)
"""Identifiers of the sheet of Pakistan, such as B1 and Ob330."""

SURE = "confirmed"
"""What the column of doubt says where a strike was one of the United States; anything else leaves it open."""

KINDS = {"drone": "drone", "airstrike": "air", "air": "air", "cruise": "air", "missile": "air", "naval": "artillery",
         "ground": "raid", "raid": "raid"}  # fmt: skip
"""Kinds of attack by the words of "Type of attack"."""


def _key(name: str) -> str:
    return " ".join(folded_words(name))


def recognises(columns: Iterable[str]) -> bool:
    """Whether the identifier, the date and both counts of people killed are there under the Bureau's names."""
    names = {_key(column) for column in columns}
    return names >= NEEDED or names >= (NEEDED - {"minimum people killed", "maximum people killed"}) | ALSO_NEEDED


def to_native(cells: Cells) -> Cells:
    """One record a row; counts are those of civilians, where the sheet has them.

    A strike that is only a possible one of the United States has no party. ``n_strikes`` is the least number of
    strikes. The sheets hold what was reported: an absence from them shows nothing.
    """
    columns = stripped(cells, _key)
    identifiers = columns["strike id"]
    native = table.to_native(columns)
    native |= {"strike_id": identifiers, "incident_id": identifiers}
    if "country" not in columns:
        native["country"] = [_country(text) for text in identifiers]
    doubts = next((values for name, values in columns.items() if "confirmed" in name and "possible" in name), [])
    native["belligerents"] = [PARTY if text.lower() == SURE else "" for text in doubts] or [PARTY] * len(identifiers)
    native["attack_kinds"] = [_kinds(text) for text in columns.get("type of attack", [""] * len(identifiers))]
    for name in {"place_text", "admin1"} & native.keys():
        native[name] = ["" if text.casefold() in unknown_words() else text for text in native[name]]
    if "admin1" in native:
        text = native.get("place_text", [""] * len(identifiers))
        native["place_text"] = [place or area for place, area in zip(text, native["admin1"], strict=True)]
    return native


def _country(identifier: str) -> str:
    if PRESIDENTS.fullmatch(identifier):
        return COUNTRIES["pak"]
    return COUNTRIES.get(identifier[:3].lower(), "")


def _kinds(text: str) -> str:
    return ";".join(sorted({KINDS[word] for word in re.findall("[a-z]+", text.lower()) if word in KINDS}))


def known(columns: Iterable[str]) -> frozenset[str]:
    """What the table's reader knows, and the Bureau's own columns."""
    names = [_key(column) for column in columns]
    own = {
        name for name in names if re.search(r"confirmed|operation|drone strike|people|type of attack|timestamp", name)
    }
    return frozenset({*table.known(names), *own, *NEEDED, *ALSO_NEEDED})


READER = Reader(
    "bureau",
    recognises,
    to_native,
    version="1",
    known=known,
    times=("date",),
    key=_key,
    help="Bureau of Investigative Journalism: sheets of US strikes by country",
    licence="CC BY-NC-SA 4.0",
    sample=sample_of("bureau"),
)
