"""What partitions does a layout hold, and where do they lie?"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any, NamedTuple, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geocasualty._extras import need
from geocasualty.errors import InputError
from geocasualty.matching._layout import META
from geocasualty.matching._sides import BARE
from geocasualty.matching._source import points_of
from geocasualty.records.schema import Role

__all__ = ["Part", "PartReader", "parts_of", "read_partitions"]

Floats = npt.NDArray[np.float64]


class Part(NamedTuple):
    """One file of a layout."""

    path: str
    role: Role
    rows: int
    extents: Floats
    digest: str


def parts_of(folder: str | os.PathLike[str]) -> list[Part]:
    """What the files of a layout say of themselves.

    Raises
    ------
    geocasualty.errors.InputError
        If it is no layout, or a file of it is missing or damaged.
    """
    from pyarrow import parquet

    root = Path(folder)
    found = []
    files = sorted(root.glob("part-*.parquet")) if root.is_dir() else []
    if not files:
        raise InputError(f"{root.name!r} holds no partitions; make them with gcas.matching.partition_records")
    for number, file in enumerate(files):
        try:
            about = json.loads((parquet.read_schema(file).metadata or {})[META])
            extents = np.array(about["extents"], dtype=float).reshape(-1, 7)
            part = Part(str(file), cast("Role", about["role"]), int(about["rows"]), extents, str(about["digest"]))
            whole = about["part"] == number and about["parts"] == len(files) and part.role in ("incident", "strike")
        except (KeyError, ValueError, TypeError, OSError) as error:
            raise InputError(f"{file.name}: no partition, or damaged; lay the records out again") from error
        if not whole:
            raise InputError(f"{root.name!r}: {file.name} is not where it belongs; a file is missing or from elsewhere")
        found.append(part)
    return found


class PartReader:
    """Reads one file of a layout; the join knows by it that a frame is a layout just as it stands on disk."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def __dask_tokenize__(self) -> tuple[str, str]:
        return "geocasualty-part", self.digest

    def __call__(self, part: Part, columns: list[str] | None = None, *, bare: bool = False) -> Any:
        """The records, or some columns of them, for which Dask asks.

        With ``bare``, points come as two columns of numbers where there is nothing else: to make shapes of them takes
        longer than to join them.
        """
        from pyarrow import parquet

        table = parquet.read_table(part.path, columns=columns)
        geo = json.loads(table.schema.metadata[b"geo"])
        shaped = [name for name in table.column_names if name in geo["columns"]]
        if not shaped:
            return table.to_pandas()
        found = points_of(table[shaped[0]].combine_chunks()) if len(shaped) == 1 and len(table) else None
        if found is None:
            return gpd.read_parquet(part.path, columns=columns)
        records = table.drop_columns(shaped).to_pandas()
        if bare:
            return records.assign(**dict(zip(BARE, found.T, strict=True)))
        crs = _crs(json.dumps(geo["columns"][shaped[0]].get("crs", "OGC:CRS84")))
        shapes = gpd.GeoSeries(shapely.points(found), index=records.index, crs=crs)
        records.insert(table.column_names.index(shaped[0]), shaped[0], shapes)
        return gpd.GeoDataFrame(records, geometry=shaped[0])


@functools.cache
def _crs(text: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(json.loads(text))


def read_partitions(folder: str | os.PathLike[str]) -> Any:
    """Open what :func:`geocasualty.matching.partition_records` laid out as a Dask frame; only metadata are read yet.

    Parameters
    ----------
    folder : str or path-like
        The layout.

    Returns
    -------
    dask_geopandas.GeoDataFrame
        One partition a file. Where it goes into a join just so, the files' own boxes and times decide what is read;
        after a filter or another change they are measured again.

    Raises
    ------
    geocasualty.errors.InputError
        If it is no layout, or a file of it is missing; if Dask is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> strikes = gcas.write_records(gcas.load_casebook().strikes, folder / "strikes.parquet")
    >>> _ = gcas.matching.partition_records(strikes, folder / "laid-out", rows=3)
    >>> frame = gcas.matching.read_partitions(folder / "laid-out")
    >>> frame.npartitions, len(frame)
    (2, 5)
    """
    need("dask", "dask_geopandas")  # partitions with shapes become frames of the latter
    import dask
    import dask.dataframe as dd

    parts = parts_of(folder)
    reader = PartReader(parts[-1].digest)
    meta = reader(parts[0]).iloc[:0]
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_map(reader, parts, meta=meta, enforce_metadata=False)
