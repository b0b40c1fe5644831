"""Bytes that are no UTF-8: read where they say what they are, else said so that they can be found."""

from __future__ import annotations

import codecs
import csv
import io
from typing import IO, Any, cast

from geocasualty.errors import InputError

__all__ = ["SAVE", "as_utf8", "delimiter_of", "line_not_utf8", "utf16_said"]

SAVE = "save it as UTF-8, in Excel as “CSV UTF-8”"

SHOWN_BYTES = 20
"""Bytes of a faulty cell that an error shows before the fault, and after."""


def utf16_said(start: bytes) -> bool:
    """Whether a file begins with the mark of UTF-16, as Excel's "Unicode text" does."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not start.startswith(codecs.BOM_UTF32_LE)


def as_utf8(name: str, stream: IO[bytes]) -> IO[bytes]:
    """The same text as UTF-8, whole or as it is read, where the first bytes say that it is UTF-16."""
    start = stream.read(4)
    rest = cast("IO[bytes]", io.BufferedReader(_Joined(start, stream)))
    return cast("IO[bytes]", io.BufferedReader(_FromUtf16(name, rest))) if utf16_said(start) else rest


class _Joined(io.RawIOBase):
    """What was read of a stream, and what follows."""

    def __init__(self, start: bytes, stream: IO[bytes]) -> None:
        self._start, self._stream = start, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data, self._start = self._start or self._stream.read(len(buffer)), b""
        buffer[: len(data)] = data
        return len(data)


class _FromUtf16(io.RawIOBase):
    """A stream of UTF-16 as one of UTF-8."""

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self._name, self._stream, self._left, self._read = name, stream, b"", 0
        self._decoder = codecs.getincrementaldecoder("utf-16")()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            raw = self._stream.read(len(buffer))
            try:
                self._left = self._decoder.decode(raw, final=not raw).encode()
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{self._name}: begins as UTF-16 and is none near byte {self._read + error.start:,}; {SAVE}"
                ) from error
            self._read += len(raw)
            if not raw:
                break
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def line_not_utf8(name: str, row: int, line: bytes, header: bytes, before: int) -> InputError:
    """Say which cell is not UTF-8; ``line`` holds the fault, ``header`` the names, ``before`` it lie so many bytes."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        start, end = error.start, error.end
    delimiter = delimiter_of(header.decode("latin-1"))
    names = _split(header.decode("utf-8", "replace").removeprefix("\ufeff"), delimiter)
    # In Latin-1 a byte is a character, so that a cell of the text gives the bytes of the file.
    ahead = _split(line[:start].decode("latin-1"), delimiter) or [""]
    cells = _split(line.decode("latin-1"), delimiter)
    label = names[len(ahead) - 1] if len(ahead) <= len(names) else "\ufffd"
    where = f"number {len(ahead)}" if "\ufffd" in label else repr(label)
    cell = cells[len(ahead) - 1] if len(ahead) <= len(cells) else line[start:end].decode("latin-1")
    inside = len(ahead[-1])
    shown = cell[max(0, inside - SHOWN_BYTES) : inside + SHOWN_BYTES].encode("latin-1")
    fault = " ".join(f"0x{byte:02x}" for byte in line[start:end])
    return InputError(
        f"{name}: row {row}, column {where}, value {shown!r}: {fault} is not UTF-8 (byte {before + start:,} of the "
        f"file); {SAVE}",
        row=row,
        column=len(ahead) if "\ufffd" in label else label,
        value=shown,
    )


def delimiter_of(header: str) -> str:
    """The commonest of comma, semicolon and tab."""
    return max(",;\t", key=header.count)


def _split(line: str, delimiter: str) -> list[str]:
    """The cells of a line that may be damaged."""
    try:
        return next(csv.reader([line.rstrip("\r\n").replace("\r", " ")], delimiter=delimiter), [])
    except csv.Error:  # a cell beyond the limit of the reader
        return []
