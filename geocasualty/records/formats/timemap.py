"""Events as Bellingcat's timemap publishes them: a JSON list with lists of sources and of filters inside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from geocasualty.records.formats import table
from geocasualty.records.formats.protocol import Cells, Reader, having, lowered, others, sample_of

__all__ = ["READER"]

NEEDED = {"id", "date", "latitude", "longitude", "location", "sources", "filters"}

CODEBOOK = frozenset({*NEEDED, "description", "associations", "time"})


def to_native(cells: Cells) -> Cells:
    """One record a row; each key of the filters is a column of its own, sources are their addresses."""
    columns = lowered(cells)
    native = table.to_native(others(columns, {}, ("sources", "filters")))
    native["sources"] = [";".join(_texts(text, ("path", "url", "id"))) for text in columns["sources"]]
    filters: dict[str, list[str]] = {}
    for row, text in enumerate(columns["filters"]):
        for item in _listed(text):
            name, value = (str(item.get(key, "")).strip() for key in ("key", "value"))
            if name and name.lower() not in native:
                told = filters.setdefault(name.lower(), [""] * len(columns["filters"]))
                told[row] = f"{told[row]};{value}" if told[row] else value
    return native | filters


def _listed(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _texts(text: str, keys: Iterable[str]) -> list[str]:
    """Of each source its address, or what stands for one; a text that is no list is one itself."""
    listed = _listed(text)
    if not listed:
        return [text.strip()] * (bool(text.strip()) and text.strip() != "[]")
    said = [next((str(item[key]) for key in keys if item.get(key)), "") for item in listed]
    return [address.replace(";", "%3B") for address in said if address]


READER = Reader(
    "timemap",
    having(NEEDED),
    to_native,
    version="1",
    known=lambda _: CODEBOOK,
    times=("date",),
    help="Timemaps, such as Bellingcat's of civilian harm in Ukraine: their JSON list",
    licence="as the map states",
    sample=sample_of("timemap"),
)
