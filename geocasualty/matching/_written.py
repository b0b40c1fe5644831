"""Where do the pairs go that no memory holds? One file a partition, and an interrupted run goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from geocasualty.errors import InputError, OutputError
from geocasualty.files import atomic_path, atomic_write, read_text
from geocasualty.matching._pairs import is_partitioned

__all__ = ["write_pairs"]

CONTENT = "_pairs.txt"


def write_pairs(pairs: Any, folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Write a Dask frame of pairs as Parquet, one file a partition; whatever is finished already stays.

    Each file is written by the task that made it, under another name until it is whole, and no table of all pairs is
    ever held. After a crash the same call goes on where it stopped.

    Parameters
    ----------
    pairs : dask.dataframe.DataFrame
        What :func:`geocasualty.match` returns for frames of Dask, or made from it.
    folder : str or path-like
        Where; made if its parent exists. Workers on other machines must see the same folder.

    Returns
    -------
    pandas.DataFrame
        ``file`` and ``pairs``, the number of its rows, in order.

    Raises
    ------
    geocasualty.errors.InputError
        If ``pairs`` is no frame of Dask.
    geocasualty.errors.OutputError
        If the folder holds anything but parts of these same pairs, or cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import dask_geopandas
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> strikes = dask_geopandas.from_geopandas(book.strikes, npartitions=2)
    >>> pairs = gcas.match(book.incidents, strikes, within_km=10, within_days=0)
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "pairs"
    >>> int(gcas.matching.write_pairs(pairs, folder)["pairs"].sum()) == len(pairs)
    True
    """
    if not is_partitioned(pairs):
        raise InputError(f"pairs are a {type(pairs).__name__}; expected a frame of Dask, as match returns for one")
    import dask

    root = Path(folder)
    try:
        root.mkdir(exist_ok=True)
        there = sorted(path.name for path in root.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise OutputError(f"cannot write {root.name!r}: {error.strerror or error}") from error
    asked = f"{pairs._name} in {pairs.npartitions} parts\n"
    if there and (CONTENT not in there or read_text(root / CONTENT) != asked):
        raise OutputError(f"{root.name!r} holds other files, or parts of other pairs; choose an empty folder")
    atomic_write(root / CONTENT, asked)
    files = [root / f"pairs-{number:05d}.parquet" for number in range(pairs.npartitions)]
    write: Callable[..., Any] = dask.delayed(_write_part, pure=True)
    blocks = zip(files, pairs.to_delayed(), strict=True)
    dask.compute(*[write(block, str(file)) for file, block in blocks if not file.exists()])
    import pyarrow.parquet

    counts = [pyarrow.parquet.read_metadata(file).num_rows for file in files]
    return pd.DataFrame({"file": [file.name for file in files], "pairs": counts})


def _write_part(pairs: pd.DataFrame, file: str) -> int:
    with atomic_path(file) as temporary:
        pairs.to_parquet(temporary, index=False, compression="zstd")
    return len(pairs)
