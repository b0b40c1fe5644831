"""What do GeoParquet files say of themselves, and how are they read?"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geocasualty._extras import need
from geocasualty._geometry import ShapeError, shapes_from_wkb
from geocasualty.errors import InputError
from geocasualty.matching._sides import BARE, degrees
from geocasualty.partitioned._extents import EXTENT
from geocasualty.records.schema import Role, id_column

Floats = npt.NDArray[np.float64]


class Stored(NamedTuple):
    """A GeoParquet file of records in degrees: its columns, its footer, and what it says of its shapes."""

    role: Role
    schema: Any
    footer: Any
    geometry: str
    about: dict[str, Any]

    @property
    def covering(self) -> str:
        """The column with the box of each shape; empty where there is none."""
        return str(self.about.get("covering", {}).get("bbox", {}).get("xmin", [""])[0])

    @property
    def columns(self) -> list[str]:
        """All columns but that."""
        return [name for name in self.schema.names if name != self.covering]


def stored_in(file: Path) -> Stored:
    """Read the footer of a file.

    Raises InputError if it is no GeoParquet of points and areas in longitude and latitude, or of no role.
    """
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as opened:
            schema, footer = opened.schema_arrow, opened.metadata
    except (OSError, ValueError) as error:
        raise InputError(f"{file.name}: no Parquet, or damaged: {error}; write it again") from error
    try:
        geo = json.loads((schema.metadata or {})[b"geo"])
        geometry = str(geo["primary_column"])
        about = dict(geo["columns"][geometry])
        encoding = about["encoding"]
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{file.name}: no GeoParquet; write it with GeoDataFrame.to_parquet") from error
    if encoding != "WKB" or geometry not in schema.names:
        raise InputError(f"{file.name}: shapes as {encoding}; expected well-known binary (WKB)")
    if _crs(json.dumps(about.get("crs", "OGC:CRS84"))) != degrees():
        raise InputError(f"{file.name}: in another CRS or none; expected longitude and latitude: .to_crs('EPSG:4326')")
    roles: list[Role] = [role for role in ("incident", "strike") if id_column(role) in schema.names]
    if len(roles) != 1:
        raise InputError(f"{file.name}: no column incident_id or strike_id (one of them); see gcas.read_incidents")
    return Stored(roles[0], schema, footer, geometry, about)


@functools.cache
def _crs(text: str) -> pyproj.CRS | None:
    """A CRS as a file states it; degrees whatever the order of their axes, since shapes have longitude first."""
    try:
        known = pyproj.CRS.from_user_input(json.loads(text))
    except pyproj.exceptions.CRSError:
        return None
    return degrees() if known.equals(degrees(), ignore_axis_order=True) else known


class Part(NamedTuple):
    """Some groups of rows of a file, and of how many records.

    ``extents`` are of each group what :func:`geocasualty.partitioned._extents.extents_of` says, by the footer; nothing
    where it states none. With ``points`` the boxes tell all of its shapes: there are points only, and records without
    a place. ``flagged``: any record may have a flag, for all that the footer states.
    """

    path: str
    groups: tuple[int, ...]
    rows: int
    extents: Floats
    points: bool
    flagged: bool = True

    @classmethod
    def of(cls, file: Path, stored: Stored, groups: tuple[int, ...]) -> Part:
        """Take it from a footer."""
        held = [stored.footer.row_group(number) for number in groups]
        boxes = [_extent(group, stored.covering) for group in held if group.num_rows] if stored.covering else []
        points = bool(stored.covering) and set(stored.about.get("geometry_types", ["?"])) <= {"Point"}
        rows = sum(group.num_rows for group in held)
        extents = np.array(boxes, dtype=float).reshape(-1, len(EXTENT))
        return cls(str(file), groups, rows, extents, points, any(map(_flagged, held)))


def _flagged(group: Any) -> bool:
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == "flags":
            said = column.statistics
            return said is None or (said.max != "" if said.has_min_max else said.null_count < group.num_rows)
    return False


def _extent(group: Any, covering: str) -> list[float]:
    columns = [group.column(number) for number in range(group.num_columns)]
    known = {column.path_in_schema: column.statistics for column in columns}
    low, high = (
        {name: getattr(each, side) for name, each in known.items() if each is not None and each.has_min_max}
        for side in ("min", "max")
    )
    box = [*(low.get(f"{covering}.{name}") for name in ("xmin", "ymin"))]
    box += [high.get(f"{covering}.{name}") for name in ("xmax", "ymax")]
    times = (pd.Timestamp(each).timestamp() for each in (low["start"], high["end"]))
    return [*(np.nan if each is None else each for each in box), high.get("radius_m") or 0.0, *times]


class Reader:
    """Reads parts of files that have the same columns; the join knows by it that a frame is a layout as it stands."""

    def __init__(self, stored: Stored, token: str) -> None:
        self._geometry, self._covering, self._columns = stored.geometry, stored.covering, stored.columns
        self.token = token

    def __dask_tokenize__(self) -> tuple[str, str]:
        return "geocasualty-part", self.token

    def table(self, part: Part, columns: list[str]) -> Any:
        """Some columns, shapes as they are stored."""
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(part.path) as opened:
                return opened.read_row_groups(list(part.groups), columns=columns)
        except (OSError, ValueError) as error:
            raise InputError(f"{Path(part.path).name}: damaged: {error}; write it again") from error

    def __call__(self, part: Part, columns: list[str] | None = None, *, bare: bool = False) -> Any:
        """The records, or some columns of them, for which Dask asks.

        With ``bare``, points come as two columns of numbers where there is nothing else: to make shapes of them takes
        longer than to join them.
        """
        names = list(columns or self._columns)
        if not (bare and part.points and self._geometry in names):
            return frame_of(self.table(part, names))
        names.remove(self._geometry)
        table = self.table(part, [*names, f"{self._covering}.xmin", f"{self._covering}.ymin"])
        xy = table[self._covering].combine_chunks().flatten()
        records = table.drop_columns([self._covering]).to_pandas()
        return records.assign(**{name: np.asarray(each) for name, each in zip(BARE, xy, strict=True)})


def frame_of(table: Any) -> Any:
    """The records of a table of Arrow; a plain frame, if there are no shapes among its columns."""
    geo = json.loads(table.schema.metadata[b"geo"])
    shaped = [name for name in table.column_names if name in geo["columns"]]
    records = table.drop_columns(shaped).to_pandas().reset_index(drop=True)
    for name in shaped:
        try:
            shapes = shapes_from_wkb(table[name].to_numpy())
        except (shapely.errors.ShapelyError, ShapeError) as error:
            raise InputError(f"column {name!r}: {error}; write it again", column=name) from error
        known = _crs(json.dumps(geo["columns"][name].get("crs", "OGC:CRS84")))
        records.insert(table.column_names.index(name), name, gpd.GeoSeries(shapes, crs=known))
    if not shaped:
        return records
    return gpd.GeoDataFrame(records, geometry=geo["primary_column"] if geo["primary_column"] in shaped else shaped[0])


def token_of(files: list[Path]) -> str:
    """Names what stands in some files, by their names, sizes and times of change."""
    from dask.base import tokenize

    return str(tokenize([(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]))


def name_of(number: int, of: int) -> str:
    """The name of a file of a layout, which says how many there are."""
    return f"part-{number:05d}-of-{of:05d}.parquet"


def read_partitions(folder: str | os.PathLike[str]) -> Any:
    """Open what :func:`geocasualty.partitioned.partition_records` laid out as a Dask frame; only footers are read yet.

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
        If it is no layout, or a file of it is missing or damaged; if Dask is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import geocasualty as gcas
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> strikes = gcas.write_records(gcas.load_casebook().strikes, folder / "strikes.parquet")
    >>> _ = gcas.partitioned.partition_records(strikes, folder / "laid-out", rows=3)
    >>> frame = gcas.partitioned.read_partitions(folder / "laid-out")
    >>> frame.npartitions, len(frame)
    (2, 5)
    """
    need("dask", "dask_geopandas")  # partitions with shapes become frames of the latter
    import dask
    import dask.dataframe as dd

    root = Path(folder)
    files = sorted(root.glob("part-*.parquet")) if root.is_dir() else []
    if not files:
        raise InputError(f"{root.name!r} holds no partitions; make them with gcas.partitioned.partition_records")
    expected = [name_of(number, len(files)) for number in range(len(files))]
    if strange := [file.name for file, name in zip(files, expected, strict=True) if file.name != name]:
        raise InputError(f"{root.name!r}: {strange[0]} is not where it belongs; a file is missing or from elsewhere")
    every = [stored_in(file) for file in files]
    parts = []
    for file, stored in zip(files, every, strict=True):
        try:
            same = stored.columns == every[0].columns and stored.covering
            part = Part.of(file, stored, tuple(range(stored.footer.num_row_groups))) if same else None
        except KeyError:  # a footer that says nothing of times
            part = None
        if part is None:
            raise InputError(f"{file.name}: no partition of this layout; lay the records out again")
        parts.append(part)
    reader = Reader(every[0], token_of(files))
    meta = reader(parts[0]).iloc[:0]
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_map(reader, parts, meta=meta, enforce_metadata=False)
