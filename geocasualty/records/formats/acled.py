"""The export of the Armed Conflict Location and Event Data project, as incidents, or as strikes from the air."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable

from geocasualty.errors import InputError
from geocasualty.records.formats.protocol import Cells, Reader, Refusal, accuracies, others, sample_of, stripped
from geocasualty.times import DayOrder, day_order, day_said

__all__ = ["READER"]

NEEDED = {"event_date", "event_type", "actor1", "latitude", "longitude", "geo_precision"}
IDENTIFIERS = ("event_id_cnty", "data_id")

STRIKES = {"air/drone strike"}
"""``sub_event_type`` that is a strike from the air."""

KINDS = {
    "air/drone strike": "air;drone",
    "shelling/artillery/missile attack": "artillery",
    "remote explosive/landmine/ied": "other",
    "suicide bomb": "other",
    "grenade": "other",
}
"""``sub_event_type`` to kinds of attack; any other is of no one kind."""

WEEK_DAYS = 6
"""``time_precision`` 2 is "in that week"; which of its days is coded is not said, so the event lies within six days."""

ALLIES = {"ally_actor_1": "assoc_actor_1", "ally_actor_2": "assoc_actor_2"}
"""Columns of the first releases, by what they are called since."""

COUNTRY = ("country", "iso3", "iso")
"""Columns that say the country, the plainest first."""

_UNKNOWN = re.compile(r"^(unidentified|civilians|protesters|rioters)\b", re.IGNORECASE)


def _lowered(cells: Cells) -> Cells:
    return {ALLIES.get(name, name): values for name, values in stripped(cells).items()}


def recognises(columns: Iterable[str]) -> bool:
    """Whether the columns that a record needs are there; others of the export may be missing."""
    names = {column.strip().lower() for column in columns}
    return names >= NEEDED and not names.isdisjoint(IDENTIFIERS)


def refuses(cells: Cells, role: str) -> list[Refusal]:
    """As strikes, every event that is not one from the air."""
    if role != "strike":
        return []
    kinds = _lowered(cells).get("sub_event_type", [""] * len(next(iter(cells.values()), [])))
    reason = "not an air or drone strike; read_incidents takes it, on_bad_rows='skip' leaves it out"
    return [
        Refusal(row, "sub_event_type", kind, reason)
        for row, kind in enumerate(kinds, start=1)
        if kind.lower() not in STRIKES
    ]


def to_native(cells: Cells) -> Cells:
    """One record a row, under both identifiers.

    ``fatalities`` counts all dead, so it is only the most of the civilians killed; it is the least too where
    civilians were the only target (``event_type`` "Violence against civilians"). ACLED writes 0 also where no source
    gives a number. Belligerents are both actors and those associated with them, without civilians and unidentified
    ones. It declares no coverage: an event that no source reported is missing.
    """
    table = _lowered(cells)
    count = len(table["event_date"])
    empty = [""] * count
    identifiers = next(table[name] for name in IDENTIFIERS if name in table)
    native: Cells = {
        "row": [str(number) for number in range(1, count + 1)],
        "incident_id": identifiers,
        "strike_id": identifiers,
        "latitude": table["latitude"],
        "longitude": table["longitude"],
        "place_text": table.get("location", empty),
        "admin1": table.get("admin1", empty),
        "country": next((table[name] for name in COUNTRY if name in table), empty),
        "date_basis": ["event"] * count,
        "attack_kinds": [KINDS.get(kind.lower(), "") for kind in table.get("sub_event_type", empty)],
        "sources": table.get("source", empty),
    }
    days, precisions = _days(table["event_date"]), table.get("time_precision", empty)
    spans = [
        _span(text, days[text], precision) for text, precision in zip(table["event_date"], precisions, strict=True)
    ]
    native |= {"start": [first for first, _ in spans], "end": [last for _, last in spans]}
    native |= accuracies("acled", table["geo_precision"], "no geo_precision")
    actors = [table.get(name, empty) for name in ("actor1", "assoc_actor_1", "actor2", "assoc_actor_2")]
    native["belligerents"] = [_whose(row) for row in zip(*actors, strict=True)]
    if "fatalities" in table:
        only = [kind.lower() == "violence against civilians" for kind in table["event_type"]]
        native["killed_max"] = table["fatalities"]
        native["killed_min"] = [
            dead if sure else ("0" if dead else "") for dead, sure in zip(table["fatalities"], only, strict=True)
        ]
    return native | others(table, native, ("location", "source"))


def _whose(actors: Iterable[str]) -> str:
    names = (part.strip() for actor in actors for part in actor.split(";"))
    return ";".join(_actor(name) for name in names if name and not _UNKNOWN.match(name))


def _actor(name: str) -> str:
    """An actor without its years in office and branch of service.

    Examples
    --------
    >>> _actor("Military Forces of Syria (2000-2024) Air Force"), _actor("Global Coalition Against Daesh")
    ('Government of Syria', 'Global Coalition Against Daesh')
    """
    plain = re.sub(r"\s*\(\d{4}-(\d{4})?\).*", "", name)
    found = re.match(r"(?:Military|Police) Forces of (?:the )?(.+)", plain)
    return f"Government of {found[1]}" if found else plain


def _days(texts: list[str]) -> dict[str, dt.date | None]:
    """The days of a column, those in figures too, as the first releases have them, if it tells their order.

    Examples
    --------
    >>> [str(day) for day in _days(["18/04/2001", "3/06/2001", "3 June 2015"]).values()], _days(["03/06/2001"])
    (['2001-04-18', '2001-06-03', '2015-06-03'], {'03/06/2001': None})
    """
    try:
        order: DayOrder | None = day_order(texts)
    except InputError:
        order = None
    return {text: day_said(text, order) for text in dict.fromkeys(texts)}


def _span(text: str, day: dt.date | None, precision: str) -> tuple[str, str]:
    """First and last possible day.

    Examples
    --------
    >>> _span("03 June 2015", dt.date(2015, 6, 3), "1"), _span("2015-06-03", dt.date(2015, 6, 3), "3")
    (('2015-06-03', ''), ('2015-06-01', '2015-06-30'))
    """
    if day is None:  # one that is wider than its day and cannot be widened is no day
        return (f"{text} (time_precision {precision})" if precision in ("2", "3") and text else text), ""
    if precision == "2":
        spread = dt.timedelta(days=WEEK_DAYS)
        return f"{day - spread}", f"{day + spread}"
    if precision == "3":
        length = calendar.monthrange(day.year, day.month)[1]
        return f"{day.replace(day=1)}", f"{day.replace(day=length)}"
    return f"{day}", ""


CODEBOOK = frozenset({
    *NEEDED, *IDENTIFIERS, "iso", "iso3", "event_id_no_cnty", "gwno", *ALLIES, "year", "time_precision",
    "disorder_type", "sub_event_type", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction",
    "civilian_targeting", "region", "country", "admin1", "admin2", "admin3", "location", "source", "source_scale",
    "notes", "fatalities", "tags", "timestamp", "population_1km", "population_2km", "population_5km", "population_best",
})  # fmt: skip
"""Columns of the export."""

READER = Reader(
    "acled",
    recognises,
    to_native,
    version="3",
    refuses=refuses,
    known=lambda _: CODEBOOK,
    times=("event_date",),
    help="Armed Conflict Location and Event Data: exports of events",
    licence="ACLED terms of use: attribution, no redistribution of the data",
    sample=sample_of("acled"),
    own_parties=True,
)
