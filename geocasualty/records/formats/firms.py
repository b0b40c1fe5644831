"""Fires and other heat that satellites saw, as NASA's FIRMS publishes them: detections, which are no strikes."""

from __future__ import annotations

from collections import Counter

from geocasualty.records.formats.protocol import Cells, Reader, having, sample_of, stripped

__all__ = ["READER"]

NEEDED = {"latitude", "longitude", "acq_date", "acq_time", "satellite", "frp"}

RADIUS_M = {"MODIS": 1000.0, "VIIRS": 375.0}
"""Metres of a pixel at nadir by instrument (NASA FIRMS, frequently asked questions): the fire is somewhere in it. At
the edge of the swath it is several times as large, as ``scan`` and ``track`` say in kilometres."""

KEPT = (
    "bright_ti4", "bright_ti5", "brightness", "bright_t31", "scan", "track", "satellite", "instrument", "confidence",
    "version", "frp", "daynight", "type",
)  # fmt: skip


def to_native(cells: Cells) -> Cells:
    """One detection a row, at the minute of the overpass in UTC; the radius is half the diagonal of its pixel."""
    columns = stripped(cells)
    count = len(columns["acq_date"])
    empty = [""] * count
    times = [text.zfill(4) for text in (each.replace(":", "") for each in columns["acq_time"])]
    starts = [f"{day}T{time[:2]}:{time[2:]}Z" for day, time in zip(columns["acq_date"], times, strict=True)]
    sizes = zip(columns.get("scan", empty), columns.get("track", empty), columns.get("instrument", empty), strict=True)
    native: Cells = {
        "strike_id": _named(starts, columns["latitude"], columns["longitude"], columns["satellite"]),
        "start": starts,
        "latitude": columns["latitude"],
        "longitude": columns["longitude"],
        "radius_m": [f"{_half_diagonal(*size):.0f}" for size in sizes],
    }
    return native | {name: columns[name] for name in KEPT if name in columns}


def _named(*columns: list[str]) -> list[str]:
    """Identifiers by time, place and satellite; those of a pixel that stands twice are numbered."""
    seen: Counter[str] = Counter()
    names = []
    for parts in zip(*columns, strict=True):
        name = " ".join(parts)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return names


def _half_diagonal(scan: str, track: str, instrument: str) -> float:
    try:
        width, height = float(scan) * 1000, float(track) * 1000
    except ValueError:
        width = height = RADIUS_M.get(instrument.upper(), max(RADIUS_M.values()))
    return float((width**2 + height**2) ** 0.5 / 2)


READER = Reader(
    "firms",
    having(NEEDED),
    to_native,
    version="1",
    roles=("detection",),
    measured=True,
    known=lambda _: {*NEEDED, *KEPT},
    times=("acq_date",),
    help="NASA FIRMS: fires and other heat seen from satellites; no strikes",
    licence="public domain (NASA), credit asked for",
    sample=sample_of("firms"),
)
