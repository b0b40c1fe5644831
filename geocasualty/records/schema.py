"""Which columns, types and values make a table of incidents or strikes."""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.geodesy import is_radius
from geocasualty.theatre.countries import countries
from geocasualty.theatre.languages import BASES, unknown_words

__all__ = [
    "ATTACK_KINDS",
    "COMMON_COLUMNS",
    "COUNTS",
    "DATE_BASES",
    "GRADINGS",
    "INCIDENT_COLUMNS",
    "STRIKE_COLUMNS",
    "UNGRADED",
    "Role",
    "check_columns",
    "id_column",
    "violations",
]

Role = Literal["incident", "strike"]

COMMON_COLUMNS = (
    "geometry", "radius_m", "precision", "vicinity", "place_text", "place_id", "country", "start", "end", "timezone",
    "belligerents", "attack_kinds", "dataset", "row", "sources", "location_reason", "flags", "reader", "gazetteer",
)  # fmt: skip
COUNTS = {
    "incident": ("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max"),
    "strike": ("n_strikes", "n_rows", "covers_rows"),
}
"""Columns of whole numbers."""

INCIDENT_COLUMNS = (
    "incident_id", *COMMON_COLUMNS, *COUNTS["incident"], "grading", "date_basis",
)  # fmt: skip
STRIKE_COLUMNS = (
    "strike_id", *COMMON_COLUMNS, "n_strikes", "n_rows", "event_group", "covers_belligerents", "covers_countries",
    "covers_start", "covers_end", "covers_complete", "covers_kinds", "covers_rows",
)  # fmt: skip

ATTACK_KINDS = ("air", "artillery", "drone", "other", "raid")
"""Kinds of attack that a record may be of and a list may hold; empty where nobody says."""

DATE_BASES = BASES
"""What a claim's date is of: the attack itself, the first report, a death, the recovery of a body; empty where nobody
says."""

GRADINGS = ("confirmed", "fair", "weak", "contested", "discounted")
"""Airwars' grades of evidence, strongest first (airwars.org/about/methodology), in lower case."""

UNGRADED = unknown_words() | {"", "ungraded", "not graded"}
"""Ways to say that nobody graded the evidence; stored as the empty string, which no grade outranks."""

_NOT_ABOVE = (
    ("killed_min", "killed_max"), ("injured_min", "injured_max"), ("children_min", "children_max"),
    ("children_min", "killed_max"), ("children_max", "killed_max"),
)  # fmt: skip


def id_column(role: Role) -> str:
    """``incident_id`` or ``strike_id``."""
    return f"{role}_id"


def check_columns(frame: Any, role: Role, needed: tuple[str, ...]) -> None:
    """Refuse a frame that lacks needed columns or has one twice, is no GeoDataFrame, or has naive times.

    ``geometry`` is the active geometry, whatever its name.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            f"{role}s must be a geopandas.GeoDataFrame, got {type(frame).__name__}; read them with gcas.read_{role}s"
        )
    names = [frame.active_geometry_name if name == "geometry" else name for name in (id_column(role), *needed)]
    for column in names:
        if list(frame.columns).count(column) > 1:
            raise InputError(f"{role}s: column {column!r} stands more than once; keep one of them", column=column)
    missing = [name or "geometry" for name in names if name not in frame.columns]
    if missing:
        other: Role = "strike" if role == "incident" else "incident"
        swapped = "; these look like " + other + "s: swap the arguments" if id_column(other) in frame.columns else ""
        raise InputError(
            f"{role}s: no column {', '.join(map(repr, missing))}{swapped or '; see gcas.read_' + role + 's'}",
            column=missing[0],
        )
    for column in ("start", "end"):
        if column in needed and not isinstance(frame[column].dtype, pd.DatetimeTZDtype):
            raise InputError(
                f"{role}s: column {column!r} is {frame[column].dtype}, without a zone; "
                f"say which it is, as in frame[{column!r}].dt.tz_localize('Asia/Baghdad').dt.tz_convert('UTC')",
                column=column,
            )


def violations(frame: pd.DataFrame, role: Role) -> pd.DataFrame:
    """Check the values of a typed table, whose index holds row numbers; a row may appear more than once."""
    name = id_column(role)
    metres, whole = frame["radius_m"], "a whole number of zero or more"
    held = [
        (name, frame[name] != "", "an identifier"),
        ("radius_m", metres.isna() | ((metres > 0) & is_radius(metres)), "a radius above zero metres, on Earth"),
        ("latitude", ~(frame["latitude"].abs() > 90), "degrees from -90 to 90"),
        ("longitude", ~(frame["longitude"].abs() > 180), "degrees from -180 to 180"),
        ("country", frame["country"].isin(["", *countries()]), "an ISO 3166-1 alpha-2 code such as 'IQ'"),
        *((count, ~(frame[count] < 0).fillna(False).astype(bool), whole) for count in COUNTS[role]),
    ]
    if role == "incident":
        held.append(("grading", frame["grading"].isin(["", *GRADINGS]), f"one of {', '.join(GRADINGS)}"))
    cases: list[tuple[Any, ...]] = []
    for low, high in _NOT_ABOVE if role == "incident" else ():
        above = frame.loc[(frame[low] > frame[high]).fillna(False).to_numpy(bool), [low, high]]
        cases += [
            (row, low, value, f"above {high}, which is {most}; expected at most that")
            for row, value, most in above.itertuples(name=None)
        ]
    for column, kept, words in held:
        cases += [(row, column, value, f"expected {words}") for row, value in frame.loc[~kept, column].items()]
    identifiers = frame[name].array
    if not (identifiers[1:] > identifiers[:-1]).all():  # else none recurs, and no table of them need be made
        again = "an identifier that another row has too; make it unique"
        twice = frame[name].duplicated(keep=False) & (frame[name] != "")
        cases += [(row, name, value, again) for row, value in frame.loc[twice, name].items()]
    found = {(row, column): (int(row), column, str(value), reason) for row, column, value, reason in reversed(cases)}
    return pd.DataFrame(sorted(found.values()), columns=["row", "column", "value", "reason"], dtype=object)
