"""Which plain values and which type stand for each column of a table of records, so that any file can hold them?"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, precision_dtype
from geocasualty.records.schema import COUNTS

UTC_SECONDS = "datetime64[s, UTC]"

_TIMES = ("start", "end", "covers_start", "covers_end")
_DEFAULTS = {
    **dict.fromkeys(_TIMES, UTC_SECONDS),
    **dict.fromkeys(("vicinity", "covers_complete"), "bool"),
    **{name: "Int64" for names in COUNTS.values() for name in names},
    "radius_m": "float64",
    "row": "int64",
    "precision": "precision",
}  # fmt: skip

KIND = re.compile(
    r"str|precision|bool|boolean|u?int(8|16|32|64)|U?Int(8|16|32|64)|[fF]loat(32|64)"
    r"|datetime64\[(s|ms|us|ns)(, [A-Za-z0-9_+\-/:]+)?\]"
)
"""What a type may be called in a file."""

_TEXT_FAULT = re.compile("[\x00\ud800-\udfff]")


class Column(NamedTuple):
    """A column as None, bool, int, float or text; times are ISO 8601 text, in UTC if they have a zone."""

    name: str
    kind: str
    values: list[Any]


class Portable(NamedTuple):
    """A table: columns in their order, and the shapes with the position of their column."""

    columns: list[Column]
    shapes: Any
    position: int


def default_kind(name: str) -> str:
    """The type of a column of this name in the tables that this package makes; text for any other."""
    return _DEFAULTS.get(name, "str")


def is_time(kind: str) -> bool:
    """Whether a type holds times."""
    return kind.startswith("datetime64")


def checked_kinds(name: str, columns: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names and types of columns as a file states them; none twice."""
    if len(dict(columns)) < len(columns) or not all(KIND.fullmatch(kind) for _, kind in columns):
        raise InputError(f"{name}: not written by write_records; read it with read_incidents or read_strikes")
    return columns


def plain_numbers(column: Column) -> list[Any]:
    """Values for a file whose numbers are floating-point ones, and finite: others are texts."""
    if not column.kind.lower().startswith(("float", "int", "uint")):
        return column.values
    return [str(value) if value is not None and not -(2**53) <= value <= 2**53 else value for value in column.values]


def to_portable(frame: gpd.GeoDataFrame) -> Portable:
    """Take a table of records apart."""
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            f"expected a GeoDataFrame of records, got {type(frame).__name__}; read it with gcas.read_incidents"
        )
    names = list(frame.columns)
    odd = [name for name in names if not isinstance(name, str) or not name.strip() or name != name.strip()]
    if odd or len({name.casefold() for name in names if isinstance(name, str)}) < len(names):
        raise InputError(f"column names {odd or names} must be text, differ, and have no blanks around; rename them")
    if frame._geometry_column_name != "geometry" or "geometry" not in names:
        raise InputError("the shapes must be in a column named 'geometry'; call frame.rename_geometry('geometry')")
    if frame.crs is None or not frame.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise InputError(f"the shapes are in {frame.crs}, expected EPSG:4326; call frame.to_crs('EPSG:4326')")
    columns = [_column(name, frame[name]) for name in names if name != "geometry"]
    return Portable(columns, np.asarray(frame.geometry.array, dtype=object), names.index("geometry"))


def _column(name: str, series: pd.Series[Any]) -> Column:
    dtype = series.dtype
    if name == "precision":
        return Column(name, "precision", _checked(name, "precision", series))
    if isinstance(dtype, pd.StringDtype) or str(dtype) == "object":
        return Column(name, "str", _checked(name, "str", series))
    kind = str(dtype)
    if not KIND.fullmatch(kind):
        raise InputError(
            f"column {name!r} is {kind}, which is not written exactly; make it text, as in "
            f"frame[{name!r}].astype(str), or numbers, or times",
            column=name,
        )
    if is_time(kind):
        return Column(name, kind, _time_texts(series))
    missing = series.isna().to_numpy()
    values = series.astype(object).tolist()
    plain: Callable[[Any], Any] = {"b": bool, "i": int, "u": int, "f": float}[kind[0].lower()]
    return Column(name, kind, [None if gone else plain(value) for value, gone in zip(values, missing, strict=True)])


def _checked(name: str, kind: str, series: pd.Series[Any]) -> list[str | None]:
    values: list[str | None] = series.astype(object).where(series.notna(), None).tolist()
    for row, value in enumerate(values, start=1):
        if value is None:
            continue
        bad = "expected text" if not isinstance(value, str) else ""
        if not bad and (not value.isascii() or "\x00" in value) and _TEXT_FAULT.search(value):
            bad = "a NUL or half a character"
        if not bad and kind == "precision" and value not in PRECISIONS:
            bad = f"expected one of {', '.join(PRECISIONS)}"
        if bad:
            raise InputError.of_cell("", row, name, value, f"{bad}; correct it")
    return values


def _time_texts(series: pd.Series[Any]) -> list[str | None]:
    zoned = isinstance(series.dtype, pd.DatetimeTZDtype)
    plain = (series.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else series).to_numpy()
    end = "Z" if zoned else ""
    texts = np.datetime_as_string(plain)
    return [None if text == "NaT" else f"{text}{end}" for text in texts.tolist()]


def from_portable(name: str, portable: Portable) -> gpd.GeoDataFrame:
    """Put a table together again; a value that does not have its column's type is refused."""
    table = {column.name: _restored(name, column) for column in portable.columns}
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(_shared(portable.shapes), crs="EPSG:4326"))
    names = [column.name for column in portable.columns]
    names.insert(min(portable.position, len(names)), "geometry")
    return frame[names]


def _shared(shapes: Any) -> Any:
    """Equal outlines as one object: joins and maps take each of them once."""
    outline = ~np.isin(shapely.get_type_id(shapes), (-1, 0))
    known: dict[bytes, Any] = {}
    blobs = shapely.to_wkb(shapes[outline])
    shapes[outline] = [known.setdefault(blob, shape) for blob, shape in zip(blobs, shapes[outline], strict=True)]
    return shapes


def _restored(name: str, column: Column) -> pd.Series[Any]:
    kind = column.kind
    convert = _converter(kind)
    values: list[Any] = []
    for row, value in enumerate(column.values, start=1):
        try:
            values.append(None if value is None else convert(value))
        except (ValueError, TypeError, OverflowError) as error:
            why = f"expected {kind}; restore the file as it was written"
            raise InputError.of_cell(name, row, column.name, value, why) from error
    try:
        return _series(kind, values)
    except (ValueError, TypeError, OverflowError, KeyError, AttributeError) as error:
        raise InputError(
            f"{name}: column {column.name!r}: not {kind} ({str(error)[:120]}); write it again", column=column.name
        ) from error


def _converter(kind: str) -> Callable[[Any], Any]:
    if kind == "str":
        return _exactly_text
    if kind == "precision":
        return _rung
    if kind in ("bool", "boolean"):
        return _flag
    if is_time(kind):
        return _instant
    return float if kind.lower().startswith("float") else _whole


def _exactly_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _rung(value: Any) -> str:
    if value not in PRECISIONS:
        raise ValueError
    return str(value)


def _flag(value: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "True": True, "False": False}
    if value not in known:
        raise ValueError
    return known[value]


def _whole(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _instant(value: Any) -> str:
    text = str(value).removesuffix("Z").removesuffix("+00:00")
    if not text[:4].lstrip("-").isdigit() or " " in text.strip() or "+" in text:
        raise ValueError
    return text


def _series(kind: str, values: Sequence[Any]) -> pd.Series[Any]:
    if kind == "str":
        return pd.Series(list(values), dtype=str) if None not in values else _texts_with_gaps(values)
    if kind == "precision":
        return pd.Series(pd.Categorical(list(values), dtype=precision_dtype()))
    if is_time(kind):
        unit, _, zone = kind.removeprefix("datetime64[").removesuffix("]").partition(", ")
        plain = np.array(["NaT" if value is None else value for value in values], dtype=f"datetime64[{unit}]")
        series = pd.Series(pd.DatetimeIndex(plain))
        return series.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else series
    if kind.startswith("float"):
        return pd.Series([math.nan if value is None else value for value in values], dtype=kind)
    if None in values and not kind[0].isupper() and kind != "boolean":
        raise ValueError("an empty cell")
    return pd.Series(pd.array(list(values), dtype=kind))


def _texts_with_gaps(values: Sequence[Any]) -> pd.Series[Any]:
    series = pd.Series(list(values), dtype=object)
    missing = series.isna()
    return series.where(~missing, "").astype(str).mask(missing)


def to_text(value: Any, kind: str) -> str:
    """A value that is there as the text that stands for it in a file without types."""
    if kind in ("bool", "boolean"):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
