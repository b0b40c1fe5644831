"""How frames become the compact columns that a page carries."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError

if TYPE_CHECKING:
    from geocasualty.records.evidence import Evidence

__all__ = [
    "Strings",
    "area_number",
    "encode_line",
    "encode_shape",
    "number_column",
    "record_columns",
    "require",
    "round_or_none",
]

NUMBERS = {
    "incident": ("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max"),
    "strike": ("n_strikes", "n_rows"),
}
BOTH_TEXTS = ("precision", "belligerents", "dataset")
TEXTS = {"incident": ("grading",), "strike": ("event_group",)}


class Strings:
    """A table of distinct strings, so that each stands in the page once."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._index: dict[str, int] = {}

    def number(self, value: Any) -> int | None:
        """The number of a string; None for a missing one."""
        if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) or value == "":
            return None
        text = str(value)
        if text not in self._index:
            self._index[text] = len(self.values)
            self.values.append(text)
        return self._index[text]

    def column(self, values: Iterable[Any]) -> dict[str, Any]:
        """A column of strings."""
        numbers = [self.number(value) for value in values]
        if numbers and len(set(numbers)) == 1:
            return {"c": None if numbers[0] is None else self.values[numbers[0]]}
        return {"s": numbers}


def require(frame: Any, kind: str) -> gpd.GeoDataFrame:
    """The frame itself, once it is known to hold what a map needs."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{kind}s must be a GeoDataFrame, not {type(frame).__name__}; read_{kind}s makes one")
    needed = [f"{kind}_id", "geometry", "start", "end"]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise InputError(f"{kind}s lack the column {missing[0]!r}; a map needs {', '.join(needed)}", column=missing[0])
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
    if frame.crs is not None and not frame.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise InputError(
            f"{kind}s are in {frame.crs.to_string()}; a map needs EPSG:4326: use {kind}s.to_crs('EPSG:4326')"
        )
    for name in ("start", "end"):
        if len(frame) and not isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            raise InputError(
                f"{kind}s column {name!r} has no time zone (dtype {frame[name].dtype}); "
                "say which with .dt.tz_localize, then .dt.tz_convert('UTC')",
                column=name,
            )
    return frame


def round_or_none(value: Any, digits: int = 0) -> Any:
    """A number for JSON: rounded, whole where it is whole, None where missing."""
    if value is None or value is pd.NA or not np.isfinite(value):
        return None
    rounded = round(float(value), digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _collapse(values: list[Any]) -> dict[str, Any]:
    if values and all(value == values[0] for value in values):
        return {"c": values[0]}
    return {"v": values}


def number_column(values: Any, digits: int = 0) -> dict[str, Any]:
    """A column of numbers, each as `round_or_none` makes it."""
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    finite = np.isfinite(numbers)
    whole = bool((numbers[finite] == np.rint(numbers[finite])).all())
    if not whole or (np.abs(numbers[finite]) >= 2**53).any():
        return _collapse([round_or_none(value, digits) for value in numbers.tolist()])
    return _collapse(_or_none(np.where(finite, numbers, 0).astype("int64"), finite))


def _or_none(numbers: Any, known: Any) -> list[int | None]:
    """Numbers as Python's own, None where they are not known."""
    values = numbers.astype(object)
    values[~known] = None
    return cast("list[int | None]", values.tolist())


def _numbers(frame: pd.DataFrame, name: str, digits: int = 0) -> dict[str, Any]:
    return number_column(frame[name], digits) if name in frame else {"c": None}


def _texts(frame: pd.DataFrame, name: str, strings: Strings) -> dict[str, Any]:
    return strings.column(frame[name].astype(object)) if name in frame else {"c": None}


def _seconds(times: pd.Series) -> list[int | None]:
    """Whole seconds since 1970 in UTC."""
    stamps = pd.to_datetime(times, utc=True)
    values = stamps.dt.tz_localize(None).to_numpy("datetime64[s]")
    return _or_none(values.astype("int64"), ~np.isnat(values))


def _offsets(times: pd.Series, zones: pd.Series) -> list[int]:
    """Minutes by which local clocks run ahead of UTC."""
    stamps = pd.to_datetime(times, utc=True)
    result = pd.Series(0, index=stamps.index, dtype="int64")
    for zone, group in stamps.dropna().groupby(zones, sort=True):
        try:
            local = group.dt.tz_convert(zone)
        except (KeyError, ValueError) as error:
            raise InputError(
                f"column 'timezone', value {str(zone)[:60]!r}: not an IANA time zone", column="timezone", value=zone
            ) from error
        ahead = local.dt.tz_localize(None) - group.dt.tz_localize(None)
        result.loc[group.index] = (ahead.dt.total_seconds() // 60).astype("int64")
    return cast("list[int]", result.to_numpy().tolist())


def time_columns(frame: pd.DataFrame, strings: Strings) -> dict[str, Any]:
    """When each record was, in UTC, with what local clocks add."""
    frame = frame.reset_index(drop=True)
    zones = frame["timezone"].astype(object) if "timezone" in frame else pd.Series("UTC", index=frame.index)
    zones = zones.where(zones.notna(), "UTC")
    start, end = _seconds(frame["start"]), _seconds(frame["end"])
    return {
        "start": _collapse(start),
        "span": _collapse(
            [None if one is None or other is None else other - one for one, other in zip(start, end, strict=True)]
        ),
        "off": _collapse(_offsets(frame["start"], zones)),
        "offEnd": _collapse(_offsets(frame["end"], zones)),
        "tz": strings.column(zones),
    }


def record_columns(frame: gpd.GeoDataFrame, kind: str, strings: Strings, areas: list[Any]) -> dict[str, Any]:
    """Everything that a popup shows of each record. Polygons go to `areas`, each once."""
    geometry = frame.geometry.to_numpy()
    point = shapely.get_type_id(geometry) == 0
    vicinity = frame["vicinity"] if "vicinity" in frame else pd.Series(False, index=frame.index)
    columns: dict[str, Any] = {
        "n": len(frame),
        "id": strings.column(frame[f"{kind}_id"]),
        "lat": number_column(np.where(point, shapely.get_y(geometry), np.nan), 5),
        "lon": number_column(np.where(point, shapely.get_x(geometry), np.nan), 5),
        "radius": _numbers(frame, "radius_m"),
        "area": _collapse([area_number(shape, areas) for shape in geometry]),
        "vicinity": _collapse([bool(v) if v is not pd.NA else False for v in vicinity.fillna(False)]),
        "place": _texts(frame, "place_text", strings),
        **{name: _texts(frame, name, strings) for name in (*BOTH_TEXTS, *TEXTS[kind])},
        **{name: _numbers(frame, name) for name in NUMBERS[kind]},
        **time_columns(frame, strings),
        "sources": {"m": [[strings.number(part) for part in parts] for parts in _sources(frame)]},
    }
    return columns


def _sources(frame: pd.DataFrame) -> list[list[str]]:
    if "sources" not in frame:
        return [[] for _ in range(len(frame))]
    from geocasualty.records.evidence import parse_sources

    texts = frame["sources"].astype(object).where(frame["sources"].notna(), "")
    said = {text: [part for source in parse_sources(str(text)) for part in _said(source)] for text in set(texts)}
    return [said[text] for text in texts]


def _said(source: Evidence) -> list[str]:
    """The parts of a source that a page shows, each link by itself so that it can be followed."""
    read = f" (read {source.accessed})" if source.accessed else ""
    return list(filter(None, [f"{source.title}{read}".strip(), source.url, source.archive_url]))


def area_number(shape: Any, areas: list[Any]) -> int | None:
    """The number of a polygon among those of the page."""
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    for number, known in enumerate(areas):
        if known is shape or known.equals_exact(shape, 0):
            return number
    areas.append(shape)
    return len(areas) - 1


def encode_shape(shape: Any) -> list[list[list[int]]]:
    """Polygons as rings of whole 1/10,000 degrees, each vertex as the step from the one before."""
    if shape is None or shape.is_empty:
        return []
    result = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        rings = [_encode_ring(ring) for ring in (polygon.exterior, *polygon.interiors)]
        if rings[0]:
            result.append([ring for ring in rings if ring])
    return result


def encode_line(line: Any) -> list[list[int]]:
    """Lines in the same way as rings."""
    parts = [part for part in shapely.get_parts(line) if part.geom_type == "LineString"]
    return [steps for part in parts if (steps := _encode_steps(shapely.get_coordinates(part), 2))]


def _encode_ring(ring: Any) -> list[int]:
    return _encode_steps(shapely.get_coordinates(ring)[:-1], 3)


def _encode_steps(coordinates: Any, least: int) -> list[int]:
    steps = np.rint(coordinates * 1e4).astype(int)
    keep = np.ones(len(steps), dtype=bool)
    keep[1:] = (np.diff(steps, axis=0) != 0).any(axis=1)
    steps = steps[keep]
    if len(steps) < least:
        return []
    steps[1:] = np.diff(steps, axis=0)
    return [int(value) for value in steps.ravel()]
