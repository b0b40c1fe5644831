"""What records does a file that is to be laid out hold, a batch at a time, and can they be joined?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.records import read_records, write_records
from geocasualty.records.schema import Role, id_column

__all__ = ["Source", "hashed", "points_of"]

BATCH = 131_072

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Source:
    """The input as batches of columns, however often they are asked for."""

    def __init__(self, path: Path, room: Path) -> None:
        from pyarrow import parquet

        self.name = path.name
        if "\x00" in os.fspath(path) or not path.exists():
            raise InputError(f"no such file or folder: {str(path)!r}; check the path")
        if path.is_file() and path.suffix.lower() not in (".parquet", ".geoparquet"):
            path = write_records(read_records(path), room / "whole.parquet")
        self._files = (
            [path]
            if path.is_file()
            else sorted(part for ending in ("*.parquet", "*.geoparquet") for part in path.glob(ending))
        )
        if not self._files:
            raise InputError(f"{path.name}: the folder holds no .parquet file")
        try:
            schemas = [parquet.read_schema(file) for file in self._files]
        except (OSError, ValueError) as error:
            raise InputError(f"{path.name}: no Parquet, or damaged: {error}; write it again") from error
        self.schema = _without_index(schemas[0])
        for file, schema in zip(self._files, schemas, strict=True):
            if not schema.equals(schemas[0]):
                raise InputError(f"{file.name}: other columns or types than in {self._files[0].name}; make them equal")
        self.role: Role = self._role()
        self.geometry = self._geometry()

    def _role(self) -> Role:
        roles: list[Role] = [role for role in ("incident", "strike") if id_column(role) in self.schema.names]
        needed = ("radius_m", "start", "end")
        missing = [column for column in needed if column not in self.schema.names]
        if len(roles) != 1 or missing:
            said = "incident_id or strike_id" if len(roles) != 1 else ", ".join(map(repr, missing))
            raise InputError(f"{self.name}: no column {said} (one of them); see gcas.read_incidents")
        import pyarrow as pa

        for column in ("start", "end"):
            kind = self.schema.field(column).type
            if not pa.types.is_timestamp(kind) or kind.tz is None:
                raise InputError(
                    f"{self.name}: column {column!r} is {kind}, without a zone; expected times with one", column=column
                )
        return roles[0]

    def _geometry(self) -> str:
        try:
            geo = json.loads((self.schema.metadata or {})[b"geo"])
            column = str(geo["primary_column"])
            about = geo["columns"][column]
            encoding, crs = about["encoding"], about.get("crs", "OGC:CRS84")
        except (KeyError, ValueError, TypeError) as error:
            raise InputError(f"{self.name}: no GeoParquet; write it with GeoDataFrame.to_parquet") from error
        if encoding != "WKB" or column not in self.schema.names:
            raise InputError(f"{self.name}: shapes as {encoding}; expected well-known binary (WKB)")
        import pyproj

        try:
            known = crs is not None and pyproj.CRS(crs).equals(pyproj.CRS("EPSG:4326"), ignore_axis_order=True)
        except pyproj.exceptions.CRSError:
            known = False
        if not known:
            raise InputError(
                f"{self.name}: in another CRS or none; expected longitude and latitude: .to_crs('EPSG:4326')"
            )
        return column

    def batches(self, columns: list[str] | None = None) -> Iterator[Any]:
        """Record batches in the order of the files."""
        from pyarrow import parquet

        for file in self._files:
            try:
                with parquet.ParquetFile(file) as opened:
                    yield from opened.iter_batches(BATCH, columns=columns or self.schema.names)
            except (OSError, ValueError) as error:
                if isinstance(error, InputError):
                    raise
                raise InputError(f"{file.name}: damaged: {error}; write it again") from error

    def boxes(self, batch: Any) -> Floats:
        """As :func:`geocasualty.matching._extent.boxes_of`, with what cannot be joined refused in words."""
        ids = batch.column(id_column(self.role))
        radius = batch.column("radius_m").cast("float64").to_numpy(zero_copy_only=False)
        start, end = (_seconds(batch.column(name)) for name in ("start", "end"))
        bounds, point, strange = self._bounds(batch.column(self.geometry))
        nowhere = np.isnan(bounds[:, 0])
        with np.errstate(invalid="ignore"):
            self._refuse(~(end > start), ids, "no start, no end, or an end that is not after the start")
            self._refuse(strange, ids, "neither a point nor an area")
            self._refuse(
                point & ~((radius >= 0) & np.isfinite(radius)), ids, "a point without radius_m of zero or more"
            )
            away = (np.abs(bounds) > [180, 90, 180, 90]).any(axis=1) | ~np.isfinite(bounds).all(axis=1)
            self._refuse(~nowhere & away, ids, "coordinates that are no degrees")
        return np.column_stack([bounds, np.where(point, radius, 0.0), start, end])

    def _bounds(self, column: Any) -> tuple[Floats, Bools, Bools]:
        """Of each shape its box (NaN where there is none), whether it is a point, and whether it is of no use."""
        xy = points_of(column)
        if xy is not None:
            return np.hstack([xy, xy]), ~np.isnan(xy[:, 0]), np.zeros(len(xy), dtype=bool)
        try:
            shapes = shapely.from_wkb(np.asarray(column.to_numpy(zero_copy_only=False), dtype=object))
        except shapely.errors.ShapelyError as error:
            raise InputError(
                f"{self.name}: column {self.geometry!r}: {error}; write it again", column=self.geometry
            ) from error
        kinds = shapely.get_type_id(shapes)
        some = (kinds >= 0) & ~shapely.is_empty(shapes)
        bounds = np.where(some[:, None], shapely.bounds(shapes).reshape(-1, 4), np.nan)
        return bounds, some & (kinds == 0), some & ~np.isin(kinds, (0, 3, 6))

    def _refuse(self, bad: Any, ids: Any, what: str) -> None:
        if bad.any():
            shown = str(ids[int(np.flatnonzero(bad)[0])].as_py())[:80]
            raise InputError(
                f"{self.name}: {id_column(self.role)} {shown!r}: {what}; correct it",
                column=id_column(self.role),
                value=shown,
            )


def _without_index(schema: Any) -> Any:
    """Columns that pandas wrote for an index, which is free, are left out."""
    metadata = dict(schema.metadata or {})
    if b"pandas" in metadata:
        about = json.loads(metadata[b"pandas"])
        index = {name for name in about.get("index_columns", []) if isinstance(name, str)}
        index = {name for name in index if name.startswith("__index_level_")}
        about["index_columns"] = []
        about["columns"] = [each for each in about["columns"] if each["field_name"] not in index]
        metadata[b"pandas"] = json.dumps(about).encode()
        for name in sorted(index & set(schema.names)):
            schema = schema.remove(schema.get_field_index(name))
    return schema.with_metadata(metadata)


def points_of(column: Any) -> Floats | None:
    """Longitude and latitude where all shapes are plain points, which take 21 bytes each; None elsewhere."""
    if column.null_count or str(column.type) != "binary" or not len(column):
        return None
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    if (np.diff(ends) != 21).any():
        return None
    rows = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]].reshape(-1, 21)
    if (rows[:, :5] != [1, 1, 0, 0, 0]).any():
        return None
    return np.ascontiguousarray(rows[:, 5:]).view("<f8").reshape(-1, 2)


def _seconds(times: Any) -> Floats:
    import pyarrow as pa

    whole = times.cast(pa.timestamp("s", "UTC"), safe=False).cast("int64")
    return np.asarray(whole.to_numpy(zero_copy_only=False), dtype=float)


def hashed(ids: Any) -> npt.NDArray[np.uint64]:
    """A number for each identifier, the same in every run."""
    values = ids.to_pandas()
    if values.isna().any():
        raise InputError(
            f"an identifier is missing (row {int(np.flatnonzero(values.isna())[0])} of a batch); give it one"
        )
    return np.asarray(
        pd.util.hash_array(values.to_numpy(dtype=object if values.dtype == "str" else None), categorize=False)
    )
