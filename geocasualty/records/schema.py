"""Which columns, types and values make a table of incidents or strikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import precision_dtype
from geocasualty.geodesy import is_radius
from geocasualty.theatre.countries import countries
from geocasualty.theatre.languages import BASES

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ATTACK_KINDS",
    "COMMON_COLUMNS",
    "DATE_BASES",
    "GRADINGS",
    "INCIDENT_COLUMNS",
    "STRIKE_COLUMNS",
    "UNKNOWN_GRADINGS",
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
INCIDENT_COLUMNS = (
    "incident_id", *COMMON_COLUMNS, "killed_min", "killed_max", "injured_min", "injured_max", "children_min",
    "children_max", "grading", "date_basis",
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

UNKNOWN_GRADINGS = frozenset({"", "unknown", "ungraded", "not graded", "none", "n/a"})
"""Ways to say that nobody graded the evidence; stored as the empty string, which no grade outranks."""

_RANGES = (("killed_min", "killed_max"), ("injured_min", "injured_max"), ("children_min", "children_max"))


def id_column(role: Role) -> str:
    """``incident_id`` or ``strike_id``."""
    return f"{role}_id"


def check_columns(frame: Any, role: Role, needed: tuple[str, ...]) -> None:
    """Refuse a frame that lacks needed columns or has one twice, is no GeoDataFrame, or has naive times.

    ``geometry`` is the active geometry, whatever its name.
    """
    import geopandas as gpd
    import pandas as pd

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


def _pandera_schema(role: Role, *, unique: bool) -> Any:
    import pandera.pandas as pa

    def count(label: str) -> pa.Column:
        return pa.Column("Int64", pa.Check.ge(0, error=f"{label} of zero or more"), nullable=True)

    radius = pa.Check(lambda metres: (metres > 0) & is_radius(metres), error="a radius above zero metres, on Earth")
    columns = {
        id_column(role): pa.Column(
            str, [pa.Check.str_length(min_value=1, error="an identifier")], nullable=False, unique=unique
        ),
        "radius_m": pa.Column(float, radius, nullable=True),
        "precision": pa.Column(precision_dtype(), nullable=True),
        "latitude": pa.Column(float, pa.Check.in_range(-90, 90, error="degrees from -90 to 90"), nullable=True),
        "longitude": pa.Column(float, pa.Check.in_range(-180, 180, error="degrees from -180 to 180"), nullable=True),
        "country": pa.Column(checks=pa.Check.isin(["", *countries()], error="an ISO 3166-1 alpha-2 code such as 'IQ'")),
    }
    checks = []
    if role == "incident":
        columns |= {name: count("a whole number") for pair in _RANGES for name in pair}
        columns["grading"] = pa.Column(checks=pa.Check.isin(["", *GRADINGS], error=f"one of {', '.join(GRADINGS)}"))
        for low, high in _RANGES:
            checks.append(_not_above(pa, low, high))
        checks += [_not_above(pa, "children_min", "killed_max"), _not_above(pa, "children_max", "killed_max")]
    else:
        columns |= {name: count("a whole number") for name in ("n_strikes", "n_rows", "covers_rows")}
    return pa.DataFrameSchema(columns, checks=checks)


def _not_above(pa: Any, low: str, high: str) -> Any:
    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        return ~(frame[low] > frame[high]).fillna(False).astype(bool)

    return pa.Check(holds, name=f"{low}|{high}", ignore_na=False)


def violations(frame: pd.DataFrame, role: Role) -> pd.DataFrame:
    """Check the values of a typed table, whose index holds row numbers; a row may appear more than once."""
    import pandas as pd
    import pandera.errors

    identifiers = frame[id_column(role)].array
    rising = bool((identifiers[1:] > identifiers[:-1]).all())  # then none recurs, and no table of them need be made
    try:
        _pandera_schema(role, unique=not rising).validate(frame, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return pd.DataFrame({"row": [], "column": [], "value": [], "reason": []}, dtype=object)
    found: dict[tuple[int, str], tuple[int, str, str, str]] = {}
    for case in cases.itertuples(index=False):
        row, column, value, check = case.index, str(case.column), case.failure_case, str(case.check)
        if "|" in check:
            column, high = check.split("|")
            value, reason = (
                frame.at[row, column],
                f"above {high}, which is {frame.at[row, high]}; expected at most that",
            )
        elif check == "field_uniqueness" and not value:
            continue  # what it lacks is said
        elif check == "field_uniqueness":
            reason = "an identifier that another row has too; make it unique"
        else:
            reason = f"expected {check}"
        found.setdefault((int(row), column), (int(row), column, str(value), reason))
    return pd.DataFrame(sorted(found.values()), columns=["row", "column", "value", "reason"], dtype=object)
