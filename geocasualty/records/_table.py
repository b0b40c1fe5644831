"""Native cells to the table of accepted records and the table of rejected rows; no row is in neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._progress import progress
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer.precision import precision_dtype
from geocasualty.records._areas import COLUMN, stated_shapes
from geocasualty.records._coverage import KEY, rows_as_read
from geocasualty.records._flags import Flags
from geocasualty.records._locate import SAYING, Located, locate
from geocasualty.records._plausible import check_countries, mark_belligerents, mark_placeholders
from geocasualty.records._typed import Asked, Typed
from geocasualty.records._words import Words, coded
from geocasualty.records.formats import Cells, Refusal
from geocasualty.records.report import READ
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS, Role, violations

REJECTED = ["row", "column", "value", "reason"]
_READER_ONLY = {"flags", "location_note", "latitude", "longitude", COLUMN, "incident_id", "strike_id"}


class Origin(NamedTuple):
    """What a table came from: two of its columns, whether positions were measured, and whether columns are the file's.

    A reader makes its own columns: a blank in one of them is not one in the file.
    """

    dataset: str
    reader: str
    measured: bool = False
    as_written: bool = False
    said: str = ""
    """Of the file, for the report of what was read."""


def validated(
    native: Cells,
    role: Role,
    origin: Origin,
    gazetteer: Gazetteer,
    asked: Asked,
    *,
    refused: Iterable[Refusal] = (),
    midnights: npt.NDArray[np.bool_] | None = None,
    unread: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Type, locate and check native cells; an input row that fails takes all its records with it.

    ``refused`` are rows that the format itself refuses, ``midnights`` those of the input whose days were written as
    midnights in UTC, ``unread`` columns that nobody reads, by what they look like.
    """
    steps = progress(origin.dataset, " steps", total=5)  # shown where they take more than two seconds
    written = frozenset(native) if origin.as_written else frozenset()
    typed = Typed(native, role, asked, says_vicinity="vicinity" in written)
    _done(steps, "values read")
    flags = Flags(len(typed.rows))
    flags.add_stated(typed.words("flags"))
    flags.add("blank-accuracy", typed.blank_vicinity)
    shapes = stated_shapes(typed.words(COLUMN))
    found = locate(
        typed.frame,
        gazetteer,
        flags,
        shapes,
        radius_m=asked.radius_m,
        measured=origin.measured,
        columns=SAYING & written,
    )
    _done(steps, "located")
    check_countries(found, typed.frame["place_text"], gazetteer, flags)
    typed.name_parties(found.country, origin.reader)
    _add_zones(typed, found, flags)
    _done(steps, "dated")
    if not origin.measured:
        mark_placeholders(found, typed.frame, gazetteer, flags)
    notes = typed.words("location_note")
    for position in np.flatnonzero(~notes.holds("")).tolist():
        found.say(position, notes[position])
    if midnights is not None:
        flags.add("midnight-utc", midnights[typed.rows - 1])
    if "end" in written:
        flags.add("unknown-end", typed.words("end").holds(""))
    flags.add("blank-hours", typed.blank_hours(written))
    if unread:
        flags.add("unmapped-column", np.ones(len(typed.rows), dtype=bool))
    mark_belligerents(typed, found.reason, origin.reader, flags)
    failures = [*typed.failures, *found.failures]
    already = {(position, column) for position, column, _, _ in failures}
    cases = violations(typed.frame, role).itertuples(index=False, name=None)
    failures += [case for case in cases if case[:2] not in already]
    _done(steps, "checked")
    rejected = _rejected(typed, failures, list(refused))
    if role == "strike" and "covers_rows" not in typed.stated:
        _count_rows(typed, origin.dataset, rejected)
    keep = ~np.isin(typed.rows, rejected["row"].to_numpy(np.int64)) if len(rejected) else None
    accepted = _frame(typed, found, flags, role, origin, gazetteer, keep)
    steps.update()
    steps.close()
    accepted.attrs[READ] = _said(origin, typed, rejected)
    return accepted, rejected


def _said(origin: Origin, typed: Typed, rejected: pd.DataFrame) -> str:
    """What no column of the records says of the file that they come from."""
    members = _members(typed)
    rows = [row for some in members for row in some] if members else typed.rows
    count = len(pd.unique(np.concatenate([np.asarray(rows, np.int64), rejected["row"].to_numpy(np.int64)])))
    failed = set(rejected["row"].tolist())
    parts = [origin.said, f"{count:,} row{'s' * (count != 1)}"]
    if failed:
        reasons = rejected.drop_duplicates("row")["column"].value_counts().sort_index()
        parts.append(f"{len(failed):,} rejected ({', '.join(f'{name} {count:,}' for name, count in reasons.items())})")
    if typed.order in _ORDERS:
        parts.append(f"dates in figures as {_ORDERS[typed.order]}")
    return "; ".join(filter(None, parts))


_ORDERS = {"mdy": "month/day/year", "dmy": "day/month/year"}


def _add_zones(typed: Typed, found: Located, flags: Flags) -> None:
    """Count the days of each row in its zone, and say where that is a guess."""
    unknown, guessed = typed.add_times(found.country)
    for flag, where in typed.told.items():
        flags.add(flag, where)
    flags.add("unknown-timezone", unknown)
    for words, rows in guessed.items():
        flags.add("guessed-timezone", rows)
        found.reason.append(np.array(rows), f" {words}")


def _done(steps: Any, step: str) -> None:
    steps.set_postfix_str(step, refresh=False)
    steps.update()


def _members(typed: Typed) -> list[list[int]] | None:
    """The input rows of each native row, where one stands for several."""
    stated = typed.cells.get("rows")
    if stated is None:
        return None
    return [
        [int(part) for part in text.split(";")] if text else [int(row)]
        for text, row in zip(stated, typed.rows, strict=True)
    ]


def _rejected(typed: Typed, failures: list[tuple[int, str, str, str]], refused: list[Refusal]) -> pd.DataFrame:
    members = _members(typed)
    lines: set[Any] = {
        (row, column, value, reason)
        for position, column, value, reason in failures
        for row in (members[position] if members else [int(typed.rows[position])])
    }
    lines |= {tuple(each) for each in refused}
    # A row that a refused or failed one is merged with goes with it: a record is accepted whole or not at all.
    if members and lines:
        lines |= _companions(members, lines)
    table = pd.DataFrame(sorted(lines), columns=REJECTED, dtype=object)
    return table.astype({"row": np.int64})


def _companions(members: list[list[int]], lines: set[Any]) -> set[Any]:
    failed = {line[0]: line for line in sorted(lines, reverse=True)}
    added = set()
    for rows in members:
        cause = next((failed[row] for row in rows if row in failed), None)
        if cause is not None:
            added |= {(row, *cause[1:]) for row in rows if row not in failed}
    return added


def _count_rows(typed: Typed, dataset: str, rejected: pd.DataFrame) -> None:
    """Fill in how many records the source gives for each declaration of coverage, whether accepted or not."""
    covers = [name for name in KEY if name != "dataset"]
    keys = typed.frame[covers].assign(dataset=_dataset(typed, dataset).array())
    unknown = np.zeros(len(typed.rows), dtype=bool)
    unknown[[position for position, column, _, _ in typed.failures if column in covers]] = True
    members = _members(typed)
    made = {row for rows in members for row in rows} if members else set(typed.rows.tolist())
    typed.frame["covers_rows"] = rows_as_read(keys, unknown, len(set(rejected["row"]) - made))


def _dataset(typed: Typed, name: str) -> Words:
    stated = typed.words("dataset")
    stated[stated.holds("")] = name
    return stated


def _frame(
    typed: Typed,
    found: Located,
    flags: Flags,
    role: Role,
    origin: Origin,
    gazetteer: Gazetteer,
    keep: npt.NDArray[np.bool_] | None,
) -> gpd.GeoDataFrame:
    """The rows to keep, or all, with the columns of the design and those that have no meaning here."""
    count = len(typed.rows)
    columns: dict[str, Any] = {str(name): values.array for name, values in typed.frame.items()}
    columns |= {
        "dataset": _dataset(typed, origin.dataset),
        "row": typed.rows,
        "radius_m": found.radius_m,
        "vicinity": found.vicinity,
    }
    columns["precision"] = pd.Categorical.from_codes(found.precision, dtype=precision_dtype())
    columns |= {"place_id": found.place_id, "country": found.country, "location_reason": found.reason}
    columns |= {"flags": flags.column(), "reader": Words.repeated(origin.reader, count)}
    columns["gazetteer"] = Words.repeated(gazetteer.version, count)
    if role == "strike":
        columns["n_rows"] = columns["n_rows"].fillna(1)
    wanted = [name for name in (INCIDENT_COLUMNS if role == "incident" else STRIKE_COLUMNS) if name != "geometry"]
    others = [name for name in typed.stated if name not in {*wanted, *_READER_ONLY, "geometry"}]
    columns |= {name: typed.stated_text(name) for name in others}
    kept = {name: _kept(columns[name], keep) for name in [*wanted, *others]}
    geometry = gpd.GeoSeries(_kept(found.geometry, keep), crs="EPSG:4326")
    frame = pd.DataFrame(kept, index=geometry.index, copy=False)
    return gpd.GeoDataFrame(frame, geometry=geometry, copy=False)


def _kept(values: Any, keep: npt.NDArray[np.bool_] | None) -> Any:
    """The rows to keep of a column; texts as a pandas array of type ``str``."""
    if isinstance(values, list) or (isinstance(values, pd.Categorical) and not values.ordered):
        values = Words(*coded(values))
    if isinstance(values, Words):
        return values.array(keep)
    return values if keep is None else values[keep]
