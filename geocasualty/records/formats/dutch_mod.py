"""The Netherlands Ministry of Defence's list of its own strikes against ISIS, as released on 30 March 2023.

A row is one weapon release: date, begin and end in Zulu time, the 100 m MGRS cell of the target, the town in words.
LAT and LONG are the south-west corner of that cell, so that the cell's centre is the better point: over the 1,268 rows
of 2014-2015 they lie 70.67 to 70.74 m apart, half the cell's diagonal.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import cache

from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs
from geocasualty.records.formats.protocol import Cells, Reader, having, lowered, sample_of
from geocasualty.times import day_said

__all__ = ["READER"]

COLUMNS = {
    "employment date": "date",
    "time begin": "begin",
    "time end": "finish",
    "position mgrs": "mgrs",
    "position lat": "lat",
    "position long": "long",
    "mission": "mission",
    "town": "place_text",
    "province": "admin1",
    "country": "country",
    "weather": "weather",
    "terrain": "terrain",
    "possible cde issue": "possible_cde_issue",
    "comment": "comment",
}
NEEDED = {"date", "begin", "mgrs"}

DUTCH = {"mrt": "mar", "mei": "may", "okt": "oct"}
"""Months that are called otherwise; the file changes between ``4-jul-15`` and ``18-Mar-16``."""

CORNER_SLACK_M = 2.0
"""How much farther than the cell's diagonal a stated corner may lie before the two positions contradict each other."""

SOURCE = "Netherlands Ministry of Defence: release of its own strikes"

KINDS = "air"
"""The list is of weapons that Dutch F-16s released; the Netherlands had no armed drones in that war."""

LONGEST_MIN = 120
"""Minutes within which a strike has ended whose end is blank: of the 44 of 2014-2015 that state one none took longer
than 64."""

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):?([0-5][0-9])(:[0-5][0-9])?")


def _key(column: str) -> str:
    """A column's name without its classification: ``Time begin (Z) (UNCLASS)`` is ``time begin``."""
    return " ".join(re.sub(r"\([^)]*\)", " ", column).lower().split())


def _native_name(column: str) -> str:
    return COLUMNS.get(_key(column), _key(column))


def to_native(cells: Cells) -> Cells:
    """One record for each distinct row, which is one strike; rows that repeat it are counted in ``n_rows``.

    The list holds all strikes of the Netherlands, by the ministry's word, and nobody else's, over both countries, from
    the first day in it to the last: that is the coverage declared. Rows of one time and cell are one ``event_group``.
    """
    columns = lowered(cells, _native_name)
    names = list(columns)
    rows: dict[tuple[str, ...], list[int]] = {}
    for number, line in enumerate(zip(*columns.values(), strict=True), start=1):
        rows.setdefault(tuple(" ".join(value.split()) for value in line), []).append(number)
    records = [dict(zip(names, values, strict=True)) for values in rows]
    groups = [_group(record) for record in records]
    native: Cells = {
        "row": [str(numbers[0]) for numbers in rows.values()],
        "rows": [";".join(map(str, numbers)) for numbers in rows.values()],
        "n_rows": [str(len(numbers)) for numbers in rows.values()],
        "strike_id": _identifiers(groups, list(rows)),
        "event_group": groups,
        "n_strikes": ["1"] * len(records),
        "belligerents": ["Coalition;Netherlands"] * len(records),
        "sources": [SOURCE] * len(records),
        "attack_kinds": [KINDS] * len(records),
    }
    spans = [_span(record) for record in records]
    native |= {"start": [start for start, _ in spans], "end": [end for _, end in spans]}
    positions = [_position(record) for record in records]
    native |= {key: [position[key] for position in positions] for key in POSITION}
    native["flags"] = [
        ";".join(filter(None, (flags, "assumed-end" * bool(record["begin"] and not record.get("finish")))))
        for flags, record in zip(native["flags"], records, strict=True)
    ]
    used = {*native, "date", "begin", "finish", "lat", "long"}
    native |= {name: [record[name] for record in records] for name in names if name not in used}
    return native | _coverage(records)


@cache
def _day(text: str) -> dt.date | None:
    return day_said(re.sub("|".join(DUTCH), lambda found: DUTCH[found[0]], text.lower()))


def _clock(text: str) -> dt.time | None:
    found = _CLOCK.fullmatch(text.upper().removesuffix("Z").strip())
    return dt.time(int(found[1]), int(found[2])) if found else None


def _span(record: dict[str, str]) -> tuple[str, str]:
    """Begin and end in Zulu time.

    An end before the begin is past midnight; without an end it is :data:`LONGEST_MIN` after the begin, which is flagged
    ``assumed-end``, and without either the whole Zulu day. What cannot be read is handed on, to be rejected.

    Examples
    --------
    >>> _span({"date": "2-jun-15", "begin": "21:02", "finish": ""})
    ('2015-06-02T21:02Z', '2015-06-02T23:02Z')
    >>> _span({"date": "18-Mar-16", "begin": "23:50", "finish": "00:10"})
    ('2016-03-18T23:50Z', '2016-03-19T00:10Z')
    """
    day, begin, finish = _day(record["date"]), record["begin"], record.get("finish", "")
    if day is None:
        return record["date"] or "no date", ""
    if not begin and not finish:
        return f"{day}T00:00Z", f"{day + dt.timedelta(days=1)}T00:00Z"
    first, last = _clock(begin), _clock(finish)
    if first is None:
        return f"{day}T{begin or 'no time'}Z", ""
    start = f"{day}T{first:%H:%M}Z"
    if not finish:
        return start, f"{dt.datetime.combine(day, first) + dt.timedelta(minutes=LONGEST_MIN):%Y-%m-%dT%H:%M}Z"
    if last is None:
        return start, f"{day}T{finish}Z"
    return start, f"{day + dt.timedelta(days=int(last < first))}T{last:%H:%M}Z"


def _group(record: dict[str, str]) -> str:
    """Names the event: time and cell."""
    start = _span(record)[0].replace(":", "")
    return f"nl-{start}-{record['mgrs'].replace(' ', '')}"[:120]


def _identifiers(groups: list[str], contents: list[tuple[str, ...]]) -> list[str]:
    """The group's name, numbered where distinct rows share it; whatever the order of the rows."""
    names, sizes, met = list(groups), Counter(groups), Counter[str]()
    for at in sorted(range(len(groups)), key=contents.__getitem__):
        met[groups[at]] += 1
        names[at] += f"-{met[groups[at]]}" * (sizes[groups[at]] > 1)
    return names


POSITION = (
    "mgrs", "latitude", "longitude", "radius_m", "flags", "location_note", "stated_latitude", "stated_longitude",
)  # fmt: skip


def _position(record: dict[str, str]) -> dict[str, str]:
    """The cell, or the stated corner where there is no cell; a corner that is not the cell's is flagged."""
    lat, lon = (record.get(key, "").replace(",", ".") for key in ("lat", "long"))
    found = dict.fromkeys(POSITION, "") | {"mgrs": record["mgrs"], "stated_latitude": lat, "stated_longitude": lon}
    if not record["mgrs"]:
        return found | {"latitude": lat, "longitude": lon, "radius_m": "150" if lat and lon else ""}
    try:
        cell = parse_mgrs(record["mgrs"])
        away = float(geodesic_distance_m(cell.lon, cell.lat, float(lon), float(lat)))
    except (InputError, ValueError):
        return found
    if abs(float(lat)) <= 90 and away > 2 * cell.radius_m + CORNER_SLACK_M:
        note = f"the stated coordinates lie {away / 1000:.1f} km from the cell"
        found |= {"flags": "geometry-conflict", "location_note": note}
    return found


def _coverage(records: list[dict[str, str]]) -> Cells:
    days = sorted(day for day in (_day(record["date"]) for record in records) if day is not None)
    if not days:
        return {}
    stated = {
        "covers_belligerents": "Netherlands",
        "covers_countries": "IQ;SY",
        "covers_complete": "yes",
        "covers_kinds": KINDS,
        "covers_start": f"{days[0]}T00:00Z",
        "covers_end": f"{days[-1] + dt.timedelta(days=1)}T00:00Z",
    }
    return {column: [text] * len(records) for column, text in stated.items()}


READER = Reader(
    "dutch-mod",
    having(NEEDED, _native_name),
    to_native,
    roles=("strike",),
    encoding="cp1252",
    measured=True,
    known=lambda _: COLUMNS,
    times=("employment date",),
    key=_key,
    help="Dutch Ministry of Defence: weapon deployments over Iraq and Syria",
    licence="open data of the Dutch government",
    sample=sample_of("dutch-mod"),
)
