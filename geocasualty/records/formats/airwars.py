"""Airwars' incidents of civilian harm, joined to what each belligerent said of them.

An incident may carry the codes of two belligerents (``CS160 RS0325``): it stays one record, the first code is its
``incident_id`` and ``also_ids`` holds the others, so that nobody is counted twice.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from typing import NamedTuple

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.gazetteer.precision import RADIUS_M, accuracy_of
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs
from geocasualty.records.formats.protocol import Cells, Reader, Refusal, having, lowered, sample_of, stripped
from geocasualty.theatre.languages import unknown_words

__all__ = ["LONGEST_RANGE_DAYS", "READER"]

NEEDED = {"code", "date", "military", "geo_accuracy"}

LONGEST_RANGE_DAYS = 30
"""Days that an incident of type ``date_range`` without an end is taken to span; it is flagged ``unknown-end``.

A choice of this project on the wide side: the file does not say the end, and one day would be false."""

ZERO_DATE = "1970-01-01"
"""Zero of computers' clocks; in the file it stands for an unknown date."""

STATUS_GRADINGS = {"contested strike": "contested", "single source claim": "weak", "likely strike": "fair"}
"""Grading where ``evidence`` is empty and ``strike_status`` implies one."""

STRIKE_KINDS = {
    "airstrike": "air;drone", "drone": "drone", "artillery": "artillery", "naval": "other", "ground": "raid",
    "counter-terrorism": "raid",
}  # fmt: skip
"""Kinds of attack that a word of ``strike_type`` may mean. Whether an aircraft had a pilot no witness can say."""

ONLY_FROM_THE_AIR_BEFORE = 2017
"""Until then Airwars took up claims of harm by airstrikes, whatever ``strike_type`` says or leaves out: its methodology
of December 2015 and that of May 2017 name these alone, that of early 2018 artillery too (airwars.org/methodology)."""

_RENAMED = {
    "location_en": "place_text",
    "location_ar": "place_text_ar",
    "region": "admin1",
}
_KEPT = (
    "date_type", "local_time", "strike_type", "strike_status", "geo_accuracy", "assessment", "deaths_conceded_min",
    "deaths_conceded_max", "injuries_conceded_max", "assessed_mgrs", "children_min", "children_max", "place_text_ar",
    "killed_min", "killed_max", "injured_min", "injured_max",
)  # fmt: skip
_NOT_STATED = unknown_words() | {"", "false"}
_BELLIGERENTS = {"syrian_regime": "Syrian government", "russian_forces": "Russia"}


def merge(cells: Cells, assessments: Cells) -> Cells:
    """Join the assessments to their incidents by ``code``.

    Adds ``assessment`` (``Coalition: non_credible (no_coalition_strikes); ...``), ``suspects`` and ``known`` (whose
    strike it is suspected or known to be), the conceded deaths and injuries (the most that anybody conceded), and
    ``assessed_mgrs`` with ``assessed_accuracy``; an accuracy without a reference is dropped.
    """
    second = stripped(assessments)
    missing = [name for name in ("code", "belligerent") if name not in second]
    if missing:
        raise InputError(
            f"assessments: no column {', '.join(missing)}; pass the table that has them", column=missing[0]
        )
    by_code: dict[str, list[dict[str, str]]] = {}
    for values in zip(*second.values(), strict=True):
        row = dict(zip(second, values, strict=True))
        by_code.setdefault(row["code"], []).append(row)
    codes = stripped(cells)["code"]
    orphans = sorted(set(by_code) - set(codes))
    if orphans:
        count = sum(len(by_code[code]) for code in orphans)
        warnings.warn(
            f"{count} assessments have no incident, such as {orphans[0]!r}; they are left out",
            GeocasualtyWarning,
            stacklevel=7,
        )
    joined = [_joined(by_code.get(code, [])) for code in codes]
    return cells | {name: [row[name] for row in joined] for name in _joined([])}


def _joined(rows: list[dict[str, str]]) -> dict[str, str]:
    rows = sorted(rows, key=lambda row: sorted(row.items()))

    def whose(kind: str) -> str:
        return ";".join(_belligerent(row["belligerent"]) for row in rows if row.get("btype", "suspected") == kind)

    def most(column: str) -> str:
        numbers = [row[column] for row in rows if re.fullmatch(r"[0-9]{1,9}", row.get(column, ""))]
        return max(numbers, key=int, default="")

    said = [
        f"{_belligerent(row['belligerent'])}: {row['assessment']}"
        + (f" ({_spelt(row['reason_nc'])})" if row.get("reason_nc") else "")
        for row in rows
        if row.get("assessment")
    ]
    cell = next((row for row in rows if row.get("mgrs", "").lower() not in _NOT_STATED), {})
    return {
        "assessment": "; ".join(said),
        "suspects": whose("suspected"),
        "known": whose("known"),
        "deaths_conceded_min": most("deaths_conceded_min"),
        "deaths_conceded_max": most("deaths_conceded_max"),
        "injuries_conceded_max": most("injuries_conceded_max"),
        "assessed_mgrs": cell.get("mgrs", ""),
        "assessed_accuracy": cell.get("mgrs_accuracy", ""),
    }


def _spelt(reason: str) -> str:
    """A reason that the export wrote as a list of PHP, each letter apart (``a;:;1;:;{``), as its words."""
    return ", ".join(re.findall('"(.*?)"', reason[::2])) if re.match("a;:;[0-9]", reason) else reason


def _belligerent(text: str) -> str:
    plain = text.strip().lower()
    return _BELLIGERENTS.get(plain, text.strip().capitalize())


def refuses(cells: Cells, role: str) -> list[Refusal]:  # noqa: ARG001 - the protocol of a format
    """Rows without a date: the zero of computers' clocks is none."""
    reason = f"{ZERO_DATE} is zero of computers' clocks and no date; correct it"
    return [
        Refusal(row, "start", text, reason)
        for row, text in enumerate(lowered(cells).get("date", []), start=1)
        if text.strip().startswith(ZERO_DATE)
    ]


def to_native(cells: Cells) -> Cells:
    """One record a row, dated by the day of the event.

    Whose strike: the belligerent that is known, else all that are suspected or named in ``military``. Where: the
    centre of the MGRS cell of an assessment while it agrees with Airwars' own coordinates (they are its corner, or
    the point of the place in both), else those coordinates, flagged ``geometry-conflict``; the radius is the larger of
    the cell's and of the accuracy stated.
    """
    table = stripped(cells)
    count = len(table["code"])
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    native: Cells = {"row": [str(number) for number in range(1, count + 1)]}
    codes = [row["code"].split() or [""] for row in rows]
    native["incident_id"] = [every[0] for every in codes]
    native["also_ids"] = [";".join(every[1:]) for every in codes]
    native["country"] = [row.get("country", "") or _country(every) for row, every in zip(rows, codes, strict=True)]
    spans = [_span(row) for row in rows]
    native |= {"start": [span[0] for span in spans], "end": [span[1] for span in spans]}
    native["date_basis"] = ["event" if row["date"] else "" for row in rows]
    native["attack_kinds"] = [_kinds(row) for row in rows]
    native["belligerents"] = [_whose(row) for row in rows]
    native["suspected_belligerents"] = [row.get("suspects", "") for row in rows]
    native["grading"] = [
        row.get("evidence", "") or STATUS_GRADINGS.get(row.get("strike_status", "").lower(), "") for row in rows
    ]
    positions = [_position(row) for row in rows]
    for name in Position._fields:
        native[name] = [getattr(position, name) for position in positions]
    native["flags"] = [
        ";".join(filter(None, (position.flags, span[2]))) for position, span in zip(positions, spans, strict=True)
    ]
    native["sources"] = ["Airwars: " + ", ".join(filter(None, every)) for every in codes]
    for theirs, ours in _RENAMED.items():
        if theirs in table:
            native[ours] = [row[theirs] for row in rows]
    if "local_time" in table:  # clock times as witnesses gave them
        native["local_time"] = [re.sub(r"^(?=\d)", "around ", row["local_time"]) for row in rows]
    native |= {name: [row[name] for row in rows] for name in _KEPT if name in table and name not in native}
    taken = {*NEEDED, *_RENAMED, "date_end", "lat", "lon", "evidence", "suspects", "known", "assessed_accuracy"}
    native |= {name: [row[name] for row in rows] for name in table if name not in native and name not in taken}
    return native


def _country(codes: list[str]) -> str:
    """Airwars' codes for Syria are CS (Coalition), RS (Russia), TS (Turkey); for Iraq CI."""
    found = re.match(r"[A-Z]{1,2}([IS])[0-9]", codes[0])
    return {"I": "IQ", "S": "SY"}[found[1]] if found else ""


def _span(row: dict[str, str]) -> tuple[str, str, str]:
    """First day, last day, flag."""
    first, last = row["date"], row.get("date_end", "")
    if last or row.get("date_type", "") != "date_range":
        return first, last, ""
    try:
        end = dt.date.fromisoformat(first) + dt.timedelta(days=LONGEST_RANGE_DAYS - 1)
    except (ValueError, OverflowError):
        return first, "", "unknown-end"
    return first, end.isoformat(), "unknown-end"


def _kinds(row: dict[str, str]) -> str:
    """The kinds of attack that it may have been; empty where a word is not known.

    Examples
    --------
    >>> _kinds({"strike_type": "Airstrike, Artillery", "date": "2018-01-05"})
    'air;drone;artillery'
    >>> _kinds({"strike_type": "", "date": "2015-06-03"}), _kinds({"strike_type": "", "date": "2018-01-05"})
    ('air;drone', '')
    """
    words = [
        part for part in re.split(r"\s*(?:[,;/]|\band/or\b|\band\b)\s*", row.get("strike_type", "").lower()) if part
    ]
    if not words:
        early = re.match(r"(20\d\d)-", row["date"])
        return STRIKE_KINDS["airstrike"] if early and int(early[1]) < ONLY_FROM_THE_AIR_BEFORE else ""
    known = [next((kinds for start, kinds in STRIKE_KINDS.items() if word.startswith(start)), "") for word in words]
    return ";".join(dict.fromkeys(known)) if all(known) else ""


def _whose(row: dict[str, str]) -> str:
    if row.get("known"):
        return row["known"]
    named = [part.strip() for part in row["military"].split(",")]
    suspects = row.get("suspects", "").split(";")
    return ";".join(filter(None, [*named, *suspects]))


class Position(NamedTuple):
    """The native cells of a row's position."""

    latitude: str = ""
    longitude: str = ""
    mgrs: str = ""
    precision: str = ""
    radius_m: str = ""
    flags: str = ""
    location_note: str = ""


def _position(row: dict[str, str]) -> Position:
    lat, lon, level, text = (row.get(key, "") for key in ("lat", "lon", "geo_accuracy", "assessed_mgrs"))
    precision, radius = _accuracy(level)
    here = Position(lat, lon, "", precision, f"{radius:g}" if radius else "")
    if not text:
        return here
    try:
        cell = parse_mgrs(text)
    except InputError:
        note = f"the MGRS reference {text[:40]!r} of an assessment denotes no cell and is ignored"
        return here._replace(flags="malformed-mgrs", location_note=note)
    stated = max(radius, _accuracy(row.get("assessed_accuracy", ""))[1])
    at_cell = Position("", "", text, precision, f"{stated:g}" if stated else "")
    try:
        away = float(geodesic_distance_m(cell.lon, cell.lat, float(lon), float(lat)))
    except ValueError:
        return at_cell if not lat and not lon else here
    reach = max(radius or RADIUS_M["village"], cell.radius_m) + 2 * cell.radius_m
    if abs(float(lat)) <= 90 and away > reach:
        note = f"{away / 1000:.1f} km from the MGRS cell {cell.reference} of an assessment"
        return here._replace(flags="geometry-conflict", location_note=note)
    return at_cell


def _accuracy(level: str) -> tuple[str, float]:
    """Rung and metres of a level; a level that is not known is handed on as it is, to be rejected."""
    if level.lower() in _NOT_STATED:
        return "", 0.0
    try:
        found = accuracy_of("airwars", level)
    except InputError:
        return level, 0.0
    return found.precision, found.radius_m


KNOWN = frozenset({
    *NEEDED, *_RENAMED, *_KEPT, "date_end", "lat", "lon", "evidence", "suspects", "known", "assessed_accuracy",
    "country",
})  # fmt: skip

READER = Reader(
    "airwars",
    having(NEEDED),
    to_native,
    roles=("incident",),
    merge=merge,
    refuses=refuses,
    known=lambda _: KNOWN,
    times=("date", "date_end"),
    help="Airwars: published table of incidents of civilian harm",
    licence="CC BY-NC-SA 4.0",
    sample=sample_of("airwars"),
)
