"""By what are records counted? Each way gives a record one label or several, and never none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.records import parse_sources
from geocasualty.records.recorders import FIELDS
from geocasualty.records.schema import GRADINGS, Role, check_columns, id_column
from geocasualty.tallies._areas import UNASSIGNED, UNLOCATED, Areas

PERIODS = ("month", "week", "day")
"""From the coarsest; a week is that of ISO 8601, Monday to Sunday, such as ``2015-W23``."""

COUNTED = {"target": "targets", **{field: field for field in FIELDS}}
"""Ways whose cells are kinds with numbers, in columns that only some sources have."""

SEVERAL = ("belligerent", "source", *COUNTED)
"""Ways in which one record may stand in several rows."""

WAYS = (*PERIODS, "country", "governorate", "district", "belligerent", "grading", "source", "dataset", *COUNTED)

UNDATED, UNKNOWN, UNGRADED, UNSTATED = "undated", "unknown", "ungraded", "unstated"
LAST = (UNDATED, UNKNOWN, UNGRADED, UNSTATED, UNASSIGNED, UNLOCATED)
"""Labels of records of which the key is not known; their rows come after all others, in this order."""

Labels = list[tuple[str, ...]]


def ways_of(by: str | Iterable[str]) -> list[str]:
    """The ways asked for; ``belligerents``, as the column of a frame is called, is ``belligerent``.

    Raises InputError if one is unknown or asked for twice.
    """
    asked = [by] if isinstance(by, str) else list(by)
    ways = ["belligerent" if way == "belligerents" else way for way in asked]
    for way in ways:
        if way not in WAYS:
            raise InputError(f"by={way!r} is unknown; choose any of {', '.join(WAYS)}")
    if len(set(ways)) < len(ways):
        raise InputError(f"by={asked!r} names one way twice; name each once")
    return ways


class Keys:
    """Labels of the records of a frame, way by way."""

    def __init__(self, gazetteer: Gazetteer | None) -> None:
        self._given = gazetteer
        self._areas: Areas | None = None

    @property
    def areas(self) -> Areas:
        """The areas of the gazetteer, loaded when first needed."""
        if self._areas is None:
            self._areas = Areas(self._given if self._given is not None else load_gazetteer())
        return self._areas

    def labels(self, frame: gpd.GeoDataFrame, role: Role, way: str) -> Labels:
        """One or more labels a record, in the order of the frame."""
        if way in PERIODS:
            return [(label,) for label in local_labels(frame, role, way, "start")]
        if way == "country":
            return self._countries(frame, role)
        if way in ("governorate", "district"):
            check_columns(frame, role, ("geometry",))
            return [(label,) for label in self.areas.assign(frame, way)]
        column = {"belligerent": "belligerents", "source": "sources"}.get(way) or COUNTED.get(way, way)
        if column not in frame.columns and way in COUNTED:
            return [(UNSTATED,)] * len(frame)
        if column not in frame.columns:
            raise InputError(
                f"{role}s: no column {column!r}, which by={way!r} needs; see gcas.read_{role}s", column=column
            )
        texts = [_encodable(value) if isinstance(value, str) else "" for value in frame[column].astype(object)]
        if way == "belligerent":
            names = {text: tuple(sorted({part.strip() for part in text.split(";")} - {""})) for text in set(texts)}
            return [names[text] or (UNKNOWN,) for text in texts]
        if way == "source":
            found = {text: tuple(sorted({each.title or each.url for each in parse_sources(text)})) for text in texts}
            return [found[text] or (UNSTATED,) for text in texts]
        if way in COUNTED:
            return [tuple(targets_of(text)) or (UNSTATED,) for text in texts]
        return [(text.strip() or (UNGRADED if way == "grading" else UNSTATED),) for text in texts]

    def _countries(self, frame: gpd.GeoDataFrame, role: Role) -> Labels:
        """The record's own country; where it states none, the one it lies in."""
        stated = frame["country"].astype(object).tolist() if "country" in frame.columns else [None] * len(frame)
        labels = [code.strip() if isinstance(code, str) else "" for code in stated]
        silent = [position for position, code in enumerate(labels) if not code]
        if silent:
            check_columns(frame, role, ("geometry",))
            found = self.areas.assign(frame.iloc[silent], "country")
            for position, area in zip(silent, found, strict=True):
                labels[position] = self.areas.country(area) if area not in (UNASSIGNED, UNLOCATED) else area
        return [(label,) for label in labels]


def targets_of(text: str) -> dict[str, int | None]:
    """How many things or people of each kind a cell names, at least; None where it gives no number.

    Examples
    --------
    >>> targets_of("positions:2;vehicles:3+;weapons"), targets_of("")
    ({'positions': 2, 'vehicles': 3, 'weapons': None}, {})
    """
    found: dict[str, int | None] = {}
    for part in sorted(filter(None, (part.strip() for part in text.split(";")))):
        kind, _, number = part.partition(":")
        count = number.strip().removesuffix("+")
        found[kind.strip()] = int(count) if count.isdecimal() else None
    return found


def _encodable(text: str) -> str:
    """The text; what no encoding can write (half a character) as its number."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def local_labels(frame: gpd.GeoDataFrame, role: Role, way: str, column: str) -> list[str]:
    """The local month, week or day of each record's ``start``, or of the last second before its ``end``.

    Raises InputError if a time has no zone, or ``timezone`` is missing or no zone.
    """
    check_columns(frame, role, ("start", "end", "timezone"))
    times = frame[column].reset_index(drop=True)
    if column == "end":
        times = times - pd.Timedelta(seconds=1)
    zones = frame["timezone"].astype(object).reset_index(drop=True)
    labels = pd.Series(UNDATED, index=times.index, dtype=object)
    for zone, group in times[times.notna()].groupby(zones, sort=True, dropna=False):
        try:
            if not isinstance(zone, str):
                raise TypeError("no text")
            local = group.dt.tz_convert(zone)
        except (KeyError, ValueError, TypeError, OSError) as error:
            name = id_column(role)
            raise InputError(
                f"{role}s: {name} {frame[name].iloc[group.index[0]]!r}: timezone {str(zone)[:60]!r} is no IANA zone; "
                "expected one such as 'Asia/Baghdad'"
            ) from error
        labels.loc[group.index] = _written(local, way)
    return [str(label) for label in labels]


def _written(local: pd.Series[Any], way: str) -> list[str]:
    if way == "week":
        weeks = local.dt.isocalendar()
        return [f"{year:04d}-W{week:02d}" for year, week in zip(weeks["year"], weeks["week"], strict=True)]
    return [str(text) for text in local.dt.strftime("%Y-%m" if way == "month" else "%Y-%m-%d")]


def rank_of(way: str, label: str, name: str) -> tuple[int, int, str, str]:
    """By what rows are sorted: known labels first, gradings from the strongest, all else by name."""
    if label in LAST:
        return 1, LAST.index(label), "", ""
    rank = GRADINGS.index(label) if way == "grading" and label in GRADINGS else len(GRADINGS)
    return 0, rank, name, label
