"""Reading and writing files: bounded reads, atomic writes."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path

from geocasualty.errors import InputError, OutputError

__all__ = ["atomic_write", "read_csv_cells", "read_text"]

MAX_BYTES = 2_000_000_000
"""Largest file read whole, in bytes: about what a machine with 8 GB can hold as text cells."""

MAX_FIELD = 1_000_000
"""Longest single cell, in characters: a whole press release has fewer than 100,000."""


def atomic_write(path: str | os.PathLike[str], content: str | bytes) -> Path:
    r"""Write a file so that a crash leaves the old file or the new one, never a part.

    Parameters
    ----------
    path : str or path-like
        Where to write. The folder is made if its parent exists.
    content : str or bytes
        Text is written as UTF-8 with ``\n`` line ends.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    geocasualty.errors.OutputError
        If the file cannot be written; nothing is left behind.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> atomic_write(folder / "a.txt", "Hawijah").read_text()
    'Hawijah'
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = ""
    try:
        target.parent.mkdir(exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {target.name!r}: {error.strerror or error}; choose a folder that you may write to"
        ) from error
    return target


def read_text(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> str:
    """Read a UTF-8 text file whole, with or without a byte-order mark.

    Parameters
    ----------
    path : str or path-like
        The file.
    max_bytes : int
        Larger files are refused before they are read.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    geocasualty.errors.InputError
        If the file is missing, too large or not UTF-8 (with the line and the bytes).
    """
    source = Path(path)
    try:
        size = source.stat().st_size
        if size > max_bytes:
            raise InputError(
                f"{source.name}: {size:,} bytes, more than the {max_bytes:,} that are read; split the file"
            )
        data = source.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"no such file: {str(path)!r}; check the path") from error
    except IsADirectoryError as error:
        raise InputError(f"{str(path)!r} is a folder; name a file in it") from error
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_start = data.rfind(b"\n", 0, error.start) + 1
        line_end = data.find(b"\n", error.start)
        before = data[line_start : error.start].decode("utf-8", "replace")
        column = next(csv.reader([before]), [""])
        names = data.split(b"\n", 1)[0].decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r")
        header = next(csv.reader([names]), [])
        where = header[len(column) - 1] if 0 < len(column) <= len(header) else f"number {len(column)}"
        value = data[line_start : line_end if line_end >= 0 else None][:200]
        cell = value[max(0, error.start - line_start - 20) : error.start - line_start + 20]
        row = data.count(b"\n", 0, error.start)
        raise InputError(
            f"{source.name}: row {row}, column {where!r}, value {cell!r}: "
            f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from error


def read_csv_cells(path: str | os.PathLike[str], *, delimiter: str | None = None) -> dict[str, list[str]]:
    """Read a delimited text file as columns of untouched strings.

    Unlike a lenient parser it refuses rows with too few or too many cells, so that none is padded or cut.

    Parameters
    ----------
    path : str or path-like
        A UTF-8 file whose first row names the columns.
    delimiter : str, optional
        Guessed from the header (the commonest of comma, semicolon and tab) if not given.

    Returns
    -------
    dict of str to list of str
        Column name to cells; all lists have one length. Names are stripped of blanks.

    Raises
    ------
    geocasualty.errors.InputError
        If the file is missing, empty, not UTF-8, has duplicate column names or a ragged row.
    """
    name = Path(path).name
    text = read_text(path)
    if not text.strip():
        raise InputError(f"{name}: the file is empty; a header row was expected")
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00"))
        raise InputError(f"{name}: row {row}: a NUL byte; the file is damaged or not text")
    if delimiter is None:
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        header = [cell.strip() for cell in next(reader)]
        for number, cells in enumerate(reader, start=1):
            if not cells:
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"{name}: row {number}: {len(cells)} cells where the header names {len(header)} columns; "
                    f"value {delimiter.join(cells)[:80]!r}; quote cells that hold the delimiter {delimiter!r}"
                )
            rows.append(cells)
    except csv.Error as error:
        raise InputError(f"{name}: row {len(rows) + 1}: {error}; quote the cell properly") from error
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError(f"{name}: columns named more than once: {', '.join(map(repr, twice))}; rename one")
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return {column: list(values) for column, values in zip(header, columns, strict=True)}
