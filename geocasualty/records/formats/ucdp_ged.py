"""The Georeferenced Event Dataset of the Uppsala Conflict Data Program, versions 17 to 25, or some of its columns."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from geocasualty.records.formats.protocol import Cells, Reader, accuracies, having, others, sample_of, stripped

__all__ = ["READER"]

NEEDED = {"id", "where_prec", "date_start", "side_a", "side_b", "latitude", "longitude"}

CIVILIANS = {"civilians", ""}

_COUNTRIES = {"Congo": "CG"}
"""Of the two that a name may mean elsewhere GED calls only one so; the other is its "DR Congo (Zaire)"."""

SPREAD_DAYS = {"2": 5, "3": 6}
"""``date_prec`` 2 is a range of two to six days, 3 a week. Where the file nevertheless gives one day for both ends, the
event lies at most so many days before or after it."""


def to_native(cells: Cells) -> Cells:
    """One incident a row.

    Killed counts civilians: at least ``deaths_civilians``, at most these and ``deaths_unknown`` (the dead of whom it
    is not known whether they fought); ``best``, ``low`` and ``high`` count fighters too and are kept as they are. The
    time is ``date_start`` to ``date_end``, which are the first and last possible days, and wider where ``date_prec``
    says so of a single day: they are days of the event. The place text is ``where_coordinates``; belligerents are
    both sides, without civilians: of a battle those who fought it, whichever killed the civilians, so that a tally
    counts these under both. It declares no coverage: GED holds events with at least one death that its sources
    reported, so an absence from it shows nothing.
    """
    table = stripped(cells)
    count = len(table["id"])
    empty = [""] * count
    native: Cells = {
        "row": [str(number) for number in range(1, count + 1)],
        "incident_id": table["id"],
        "date_basis": ["event"] * count,
        "latitude": table["latitude"],
        "longitude": table["longitude"],
        "place_text": table.get("where_coordinates", empty),
        "admin1": table.get("adm_1", empty),
        "country": [_COUNTRIES.get(name, name) for name in table.get("country", empty)],
        "sources": ["UCDP GED" + (f": {text}" if text else "") for text in table.get("source_article", empty)],
    }
    spans = [
        _span(*row)
        for row in zip(table["date_start"], table.get("date_end", empty), table.get("date_prec", empty), strict=True)
    ]
    native |= {"start": [first for first, _ in spans], "end": [last for _, last in spans]}
    native |= accuracies("ucdp", table["where_prec"], "no where_prec")
    native["belligerents"] = [_sides(*sides) for sides in zip(table["side_a"], table["side_b"], strict=True)]
    if "deaths_civilians" in table:
        native["killed_min"] = table["deaths_civilians"]
        unknown = table.get("deaths_unknown", ["0"] * count)
        native["killed_max"] = [_sum(*pair) for pair in zip(table["deaths_civilians"], unknown, strict=True)]
    return native | others(table, native, ("id", "date_start", "where_coordinates", "adm_1"))


def _sides(one: str, other: str) -> str:
    """Both sides; GED joins the groups of one side by commas."""
    names = [part.strip() for side in (one, other) for part in side.split(", ")]
    return ";".join(name for name in names if name.lower() not in CIVILIANS)


def _sum(one: str, other: str) -> str:
    numbers = [text or "0" for text in (one, other)]
    if all(re.fullmatch(r"[0-9]{1,9}(\.0+)?", text) for text in numbers) and one:
        return str(sum(int(float(text)) for text in numbers))
    return one


def _date(text: str) -> str:
    """Without the midnight that some versions append: ``2016-01-01 00:00:00.000``."""
    return re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", text)


def _span(first: str, last: str, precision: str) -> tuple[str, str]:
    """First and last possible day.

    Examples
    --------
    >>> _span("2016-01-01 00:00:00.000", "2016-01-03 00:00:00.000", "2")
    ('2016-01-01', '2016-01-03')
    >>> _span("2016-02-10", "2016-02-10", "4")
    ('2016-02-01', '2016-02-29')
    """
    first, last = _date(first), _date(last)
    if last not in ("", first) or precision in ("", "1"):
        return first, last
    try:
        day = dt.date.fromisoformat(first)
        if precision in SPREAD_DAYS:
            spread = dt.timedelta(days=SPREAD_DAYS[precision])
            return f"{day - spread}", f"{day + spread}"
        if precision == "4":
            length = calendar.monthrange(day.year, day.month)[1]
            return f"{day.replace(day=1)}", f"{day.replace(day=length)}"
        if precision == "5":
            return f"{day.year:04d}-01-01", f"{day.year:04d}-12-31"
    except (ValueError, OverflowError):
        pass
    return first, last


CODEBOOK = frozenset({
    *NEEDED, "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_b_dset_id",
    "side_b_new_id", "number_of_sources", "source_article", "source_office", "source_date", "source_headline",
    "source_original", "where_coordinates", "where_description", "adm_1", "adm_2", "geom_wkt", "priogrid_gid",
    "country", "country_id", "iso3", "region", "event_clarity", "date_prec", "date_end", "deaths_a", "deaths_b",
    "deaths_civilians", "deaths_unknown", "best", "high", "low", "best_est", "high_est", "low_est", "gwnoa", "gwnob",
})  # fmt: skip
"""Columns of the releases that this reader knows."""

READER = Reader(
    "ucdp-ged",
    having(NEEDED),
    to_native,
    roles=("incident",),
    known=lambda _: CODEBOOK,
    times=("date_start", "date_end"),
    help="Uppsala Conflict Data Program: events with deaths (GED), versions 5 to 25",
    licence="CC BY 4.0",
    sample=sample_of("ucdp-ged"),
    own_parties=True,
)
