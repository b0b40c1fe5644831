"""Native cells to the table of accepted records and the table of rejected rows; no row is in neither."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer.precision import precision_dtype
from geocasualty.records._flags import Flags
from geocasualty.records._locate import Located, locate
from geocasualty.records._names import PROGRESS_AFTER_S
from geocasualty.records._plausible import check_countries, mark_placeholders
from geocasualty.records._typed import Typed
from geocasualty.records.formats import Cells, Refusal
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS, Role, violations
from geocasualty.times import DayOrder

__all__ = ["Origin", "validated"]

REJECTED = ["row", "column", "value", "reason"]
_READER_ONLY = {"flags", "location_note", "latitude", "longitude", "incident_id", "strike_id"}


class Origin(NamedTuple):
    """What a table came from, for its provenance columns."""

    dataset: str
    reader: str
    measured: bool = False


def validated(
    native: Cells,
    role: Role,
    origin: Origin,
    gazetteer: Gazetteer,
    *,
    refused: Iterable[Refusal] = (),
    date_order: DayOrder | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Type, locate and check native cells.

    Parameters
    ----------
    native : dict of str to list of str
        As a format's ``to_native`` gives them.
    role : {"incident", "strike"}
        Which table it is.
    origin : Origin
        Where it came from.
    gazetteer : Gazetteer
        Locates rows.
    refused : iterable of Refusal
        Input rows that the format itself refuses.
    date_order : {"mdy", "dmy", "ymd"}, optional
        Of dates in figures alone; decided from the whole table if not given.

    Returns
    -------
    accepted : geopandas.GeoDataFrame
        One row a record.
    rejected : pandas.DataFrame
        ``row``, ``column``, ``value``, ``reason``. An input row that fails takes all its records with it.
    """
    countries = {
        alias.lower(): place.country
        for place in map(gazetteer.place, gazetteer.countries["place_id"])
        for alias in gazetteer.names(place.place_id)
    }
    progress = _Progress(origin.dataset)
    typed = Typed(native, role, countries, date_order)
    progress.done("values read")
    flags = Flags(len(typed.rows))
    flags.add_stated(typed.text("flags"))
    found = locate(typed.frame, gazetteer, flags)
    progress.done("located")
    check_countries(found, gazetteer, flags)
    typed.add_times(found.country)
    progress.done("dated")
    if not origin.measured:
        mark_placeholders(found, typed.frame["start"], gazetteer, flags)
    _add_notes(found, typed.text("location_note"))
    failures = [*typed.failures, *found.failures]
    already = {(position, column) for position, column, _, _ in failures}
    cases = violations(typed.frame, role).itertuples(index=False, name=None)
    failures += [case for case in cases if case[:2] not in already]
    progress.done("checked")
    rejected = _rejected(typed, failures, list(refused))
    bad = np.isin(typed.rows, rejected["row"].to_numpy(np.int64))
    accepted = _frame(typed, found, flags, role, origin, gazetteer, ~bad)
    progress.close()
    return accepted, rejected


class _Progress:
    """A bar of the steps of a table, shown where they take more than two seconds."""

    def __init__(self, name: str) -> None:
        from tqdm.auto import tqdm

        self._bar = tqdm(total=5, desc=name, unit="step", delay=PROGRESS_AFTER_S, leave=False)

    def done(self, step: str) -> None:
        self._bar.set_postfix_str(step, refresh=False)
        self._bar.update()

    def close(self) -> None:
        self._bar.update()
        self._bar.close()


def _add_notes(found: Located, notes: npt.NDArray[np.object_]) -> None:
    for position in np.flatnonzero(notes != "").tolist():
        found.say(position, notes[position])


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


def _frame(
    typed: Typed,
    found: Located,
    flags: Flags,
    role: Role,
    origin: Origin,
    gazetteer: Gazetteer,
    keep: npt.NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    every = bool(keep.all())

    def kept(values: Any) -> Any:
        return values if every else values[keep]

    count = int(keep.sum())
    table = typed.frame if every else typed.frame[keep].reset_index(drop=True)

    def words(values: npt.NDArray[np.object_]) -> pd.Series[Any]:
        codes, distinct = pd.factorize(kept(values))
        return pd.Series(pd.array(distinct, dtype=str).take(codes))

    stated = typed.text("dataset")
    stated[stated == ""] = origin.dataset
    columns: dict[str, Any] = {str(name): table[name] for name in table.columns}
    columns["dataset"] = words(stated)
    columns["row"] = kept(typed.rows)
    columns["radius_m"] = kept(found.radius_m)
    columns["precision"] = pd.Categorical.from_codes(kept(found.precision), dtype=precision_dtype())
    columns["vicinity"] = kept(found.vicinity)
    columns["place_id"], columns["country"] = words(found.place_id), words(found.country)
    columns["location_reason"], columns["flags"] = words(found.reason), words(flags.column())
    for name, value in (("reader", origin.reader), ("gazetteer", gazetteer.version)):
        columns[name] = words(np.full(len(keep), value, dtype=object))
    if role == "strike":
        for name in ("n_strikes", "n_rows"):
            columns[name] = columns[name].fillna(1)
    wanted = [name for name in (INCIDENT_COLUMNS if role == "incident" else STRIKE_COLUMNS) if name != "geometry"]
    others = [name for name in typed.stated if name not in {*wanted, *_READER_ONLY, "geometry"}]
    extra = {name: words(typed.stated_text(name)) for name in others}
    geometry = gpd.GeoSeries(kept(found.geometry), crs="EPSG:4326")
    frame = pd.DataFrame({name: columns[name] for name in wanted} | extra, index=pd.RangeIndex(count))
    return gpd.GeoDataFrame(frame, geometry=geometry)
