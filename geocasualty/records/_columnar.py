"""Delimited text read by the column, where that gives exactly the cells that reading by the row gives."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from geocasualty.files import MAX_COLUMNS, MAX_FIELD, check_cells, delimiter_of, open_bytes

BLOCK = 1 << 20
"""Bytes read at a time; a row longer than two blocks is left to the careful reader."""

QUOTE, NEWLINE, RETURN = b'"\n\r'
BLANK_LINES = 1_000
BOM = b"\xef\xbb\xbf"


class _DoubtError(Exception):
    """The file may not mean the same to both readers."""


def read_columns(
    path: str | os.PathLike[str], *, block: int = BLOCK, seen: Callable[[int], object] | None = None
) -> dict[str, Any] | None:
    r"""Read a delimited text file as :func:`~geocasualty.files.read_csv_cells` does; recurring texts are a categorical.

    None for any file that is not plainly in order (a ragged row, a quote inside a cell, a NUL, bytes that are not
    UTF-8): the careful reader then reads or refuses it, and says why. ``block`` are the bytes read at a time, at least
    2: byte by byte Arrow loses a row before one that ends in CR LF; ``seen`` is told them.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text('id,place\nA,"Hit, Anbar"\nB,Raqqa\n')
    >>> {name: list(texts) for name, texts in read_columns(path).items()}
    {'id': ['A', 'B'], 'place': ['Hit, Anbar', 'Raqqa']}
    >>> _ = path.write_text("id,place\nA\n")
    >>> read_columns(path) is None
    True
    """
    import pyarrow as pa

    try:
        with open_bytes(path) as stream:
            names, delimiter = _header(stream)
            checked = _Checked(stream, delimiter, seen)
            columns = _columns(Path(path).name, checked, len(names), delimiter, block)
            checked.ended()
        pa.default_memory_pool().release_unused()
    except (_DoubtError, pa.ArrowException, UnicodeError):
        return None
    return dict(zip(names, columns, strict=True))


def _header(stream: IO[bytes]) -> tuple[list[str], str]:
    """The names of the columns, and the delimiter."""
    line = stream.readline(BLOCK).removeprefix(BOM)
    for _ in range(BLANK_LINES):
        if line.strip():
            break
        line = stream.readline(BLOCK)
    text = line.decode("utf-8")
    if not text.strip() or not line.endswith(b"\n") or '"' in text or "\x00" in text:
        raise _DoubtError
    # A lone carriage return ends a row too: what stands after the first is data.
    head, _, rest = text.removesuffix("\n").removesuffix("\r").partition("\r")
    delimiter = delimiter_of(text)
    names = [name.strip() for name in head.split(delimiter)]
    plain = all(names) and len(set(names)) == len(names) <= MAX_COLUMNS
    if rest or not head or not plain:
        raise _DoubtError
    return names, delimiter


class _Checked:
    """A stream of rows that stops at the first byte which the two readers might take differently.

    A quote opens a cell only at its start and closes it only at its end; inside a cell it is doubled. Arrow's parser
    is lenient about all others.
    """

    closed = False

    def __init__(self, stream: IO[bytes], delimiter: str, seen: Callable[[int], object] | None = None) -> None:
        self._inner, self._seen = stream, seen
        self._first = b"\n"  # Arrow takes a mark of byte order off the start; after the header it belongs to a cell
        self._break = np.isin(np.arange(256), [ord(delimiter), NEWLINE, RETURN, QUOTE])
        self._before = NEWLINE
        self._inside = False
        self._held = b""

    def read(self, size: int) -> bytes:
        if self._first:
            data, self._first = self._first, b""
            return data
        data = self._whole_ends(size)
        if self._seen is not None:
            self._seen(len(data))
        if b"\x00" in data:
            raise _DoubtError
        if data:
            self._check_quotes(data)
        return data

    def _whole_ends(self, size: int) -> bytes:
        """The next bytes, without a CR at their end if more follow.

        Arrow drops an LF at the beginning of a block after it, also where the two stand inside quotes.
        """
        data, self._held = self._held + self._inner.read(size - len(self._held)), b""
        if data == b"\r":
            data += self._inner.read(1)
        if data.endswith(b"\r") and len(data) > 1:
            data, self._held = data[:-1], b"\r"
        return data

    def _check_quotes(self, data: bytes) -> None:
        if b'"' in data or self._before == QUOTE:
            marks = np.frombuffer(bytes([self._before]) + data, dtype=np.uint8)
            where = np.flatnonzero(marks == QUOTE)
            # A quote that ended the block before has been counted; only what follows it is still to be looked at.
            held = bool(len(where)) and where[0] == 0
            closes = (np.arange(len(where)) + self._inside - held) % 2 == 1
            opening, closing = where[~closes & (where > 0)], where[closes]
            closing = closing[closing + 1 < len(marks)]
            if not self._break[marks[opening - 1]].all() or not self._break[marks[closing + 1]].all():
                raise _DoubtError
            self._inside = bool((len(where) - held + self._inside) % 2)
        self._before = data[-1]

    def ended(self) -> None:
        """Refuse a file whose last quote never ends."""
        if self._inside:
            raise _DoubtError

    def close(self) -> None:
        pass


def _columns(name: str, stream: _Checked, count: int, delimiter: str, block: int) -> list[Any]:
    import pyarrow as pa
    from pyarrow import csv

    names = [str(number) for number in range(count)]
    reader = csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        read_options=csv.ReadOptions(column_names=names, block_size=block),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    columns = [_Column() for _ in names]
    rows = 0
    with contextlib.closing(reader):
        for batch in reader:
            rows += batch.num_rows
            check_cells(name, rows, count)  # the rows so far are in order, so the careful reader would say the same
            for column, values in zip(columns, batch.columns, strict=True):
                column.add(values)
    if not rows:
        raise _DoubtError
    return [column.array() for column in columns]


class _Column:
    """The blocks of a column: codes of their distinct texts while these recur, else the texts."""

    def __init__(self) -> None:
        self._parts: list[Any] = []
        self._coded = True

    def add(self, values: Any) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        if len(values) and pc.max(pc.binary_length(values)).as_py() > MAX_FIELD:
            raise _DoubtError
        if self._coded:
            codes = values.dictionary_encode()
            if 2 * len(codes.dictionary) <= len(codes):
                self._parts.append(codes)
                return
            self._coded = False
            self._parts = [part.cast(pa.large_string()) for part in self._parts]
        self._parts.append(values.cast(pa.large_string()))

    def array(self) -> Any:
        import pyarrow as pa

        if not self._coded:
            return pa.chunked_array(self._parts).to_pandas().array
        unified = pa.chunked_array(self._parts).unify_dictionaries()
        codes = np.concatenate([part.indices.to_numpy() for part in unified.chunks])
        return pd.Categorical.from_codes(codes, categories=unified.chunk(0).dictionary.to_pylist(), validate=False)
