"""Reading and writing files: bounded reads, atomic writes."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import os
import re
import secrets
import shutil
import stat
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

from geocasualty.errors import InputError, OutputError

__all__ = [
    "atomic_path", "atomic_write", "check_cells", "csv_lines", "damage_said", "decoded", "folder_beside", "open_bytes",
    "proposed_encoding", "read_csv_cells", "read_text",
]  # fmt: skip

MAX_BYTES = 2_000_000_000
"""Largest file read whole, in bytes: about what a machine with 8 GB can hold as text cells."""

MAX_FIELD = 1_000_000
"""Longest single cell, in characters: a whole press release has fewer than 100,000."""

MAX_LINE = 64_000_000
"""Longest line of a table, in bytes; a record with the outline of a country has about 2,000,000."""

MAX_COLUMNS = 16_384
"""Most columns of a table: what a spreadsheet can hold."""

MAX_CELLS = 50_000_000
"""Most cells of a table: a million records of fifty columns, about 3 GB of memory."""

LEAST_WIDTH = 5
"""Cells that a row counts as at least: what is made of it has more, however few it has itself."""

CHUNK = 10_000

FIRST_LINES = 25
"""Lines, and rows, in which the delimiter and the names of the columns are looked for."""

DELIMITERS = ",;\t|"

Head: TypeAlias = Callable[[list[list[str]]], tuple[int, list[str]]]
"""Says of the first rows of a table which of them names the columns, and the names."""

STALE_S = 3_600.0
"""Seconds after which the folder of a run that was killed may be swept: far longer than it takes to lock a new one."""

_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)

SAVE = "save it as UTF-8, in Excel as “CSV UTF-8”"

SHOWN_BYTES = 20
"""Bytes of a faulty cell that an error shows before the fault, and after."""


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a path to write to; it takes the place of the old file when the block ends without an error.

    The folder is made if its parent exists. A link is followed, and who may read the file that it replaces may read the
    new one, and nobody else. Lent is a file of the same name in a new folder beside it, on the same disk. It does not
    exist yet, so that libraries that insist on making their file can; side files that they leave are thrown away. If
    the file cannot be written, the old one is left as it was, and nothing else.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> with atomic_path(target) as temporary:
    ...     _ = temporary.write_text("Hawijah")
    >>> target.read_text()
    'Hawijah'
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        # To replace a folder fails, and to replace a device or a pipe would take it from everybody.
        raise OutputError(f"cannot write {os.fspath(path)!r}: what has that name is no ordinary file; give another")
    try:
        target.parent.mkdir(exist_ok=True)
        with folder_beside(target) as folder:
            temporary = folder / target.name
            yield temporary
            with temporary.open("rb+") as stream:
                os.fsync(stream.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            os.replace(temporary, target)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"cannot write {os.fspath(path)!r}: {error.strerror or error}; choose a folder that you may write to"
        ) from error


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Lend a hidden folder on the disk of a file to be written; those of runs that were killed are swept.

    A running process holds a lock on its own, which ends with it, however it ends. Swept is what bears the name,
    belongs to the same user, is older than ``STALE_S`` and locked by nobody.
    """
    prefix = f".{target.name[:40]}.geocasualty-"
    with os.scandir(target.parent) as beside:
        old = [Path(entry) for entry in beside if entry.name.startswith(prefix) and _stale(entry)]
    for folder in old:
        with _locked(folder) as free:
            if free:
                shutil.rmtree(folder, ignore_errors=True)
    folder = target.parent / f"{prefix}{secrets.token_hex(8)}"
    try:  # it is named before it is made, so that no interrupt comes between
        folder.mkdir(0o700)
        with _locked(folder):
            yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except KeyboardInterrupt:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _stale(entry: os.DirEntry[str]) -> bool:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:  # another run has just thrown it away
        return False
    owner = os.getuid() if hasattr(os, "getuid") else about.st_uid
    return stat.S_ISDIR(about.st_mode) and about.st_uid == owner and time.time() - about.st_mtime > STALE_S


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold the lock on a folder; whether it could be had. Where there are no such locks it never can."""
    try:
        import fcntl

        number = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield False
        return
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except OSError:
            free = False
        yield free
    finally:
        os.close(number)


def atomic_write(path: str | os.PathLike[str], content: str | bytes) -> Path:
    r"""Write a file, text as UTF-8 with ``\n`` line ends, so that a crash leaves the old file or the new one.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> atomic_write(folder / "a.txt", "Hawijah").read_text()
    'Hawijah'
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return Path(path)


def read_text(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, encoding: str | None = None) -> str:
    """Read a UTF-8 text file whole, with or without a byte-order mark; or one of UTF-16 that begins with its mark."""
    name = Path(path).name
    with open_bytes(path, max_bytes=max_bytes) as stream:
        data = stream.read()
    if encoding is not None:
        return decoded(name, data, encoding)
    try:
        return data.decode("utf-16" if utf16_said(data) else "utf-8-sig")
    except UnicodeDecodeError as error:
        if utf16_said(data):
            raise InputError(f"{name}: begins as UTF-16 and is none at byte {error.start:,}; {SAVE}") from error
        mark = len(data) - len(data.removeprefix(codecs.BOM_UTF8))  # which the decoder does not count
        at = error.start + mark
        fault = " ".join(f"0x{byte:02x}" for byte in data[at : error.end + mark])
        line = data.count(b"\n", 0, at) + 1
        raise InputError(f"{name}: line {line:,}: {fault} is not UTF-8 (byte {at:,} of the file); {SAVE}") from error


@contextmanager
def open_bytes(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Iterator[IO[bytes]]:
    """Open a file to be read as bytes; one that ends in ``.gz`` is unpacked on the way.

    Larger ones are refused before they are read, and packed ones when they unpack to more.
    """
    if "\x00" in os.fspath(path):
        raise InputError(f"a NUL in the path {os.fspath(path)[:80]!r}; check the path")
    source = Path(path)
    large = f"more than the {max_bytes:,} bytes that are read; split the file"
    try:
        if source.exists() and not source.is_dir() and not source.is_file():
            raise InputError(f"{str(path)!r} is no ordinary file; name a file")
        size = source.stat().st_size
        if size > max_bytes:
            raise InputError(f"{source.name}: {size:,} bytes, {large}")
        with source.open("rb") as stream:
            if source.suffix.lower() == ".gz":
                with gzip.GzipFile(fileobj=stream) as unpacked:
                    yield cast("IO[bytes]", io.BufferedReader(_Capped(unpacked, f"{source.name}: {large}", max_bytes)))
            else:
                yield stream
    except FileNotFoundError as error:
        raise InputError(f"no such file: {str(path)!r}; check the path") from error
    except IsADirectoryError as error:
        raise InputError(f"{str(path)!r} is a folder; name a file in it") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{source.name}: not a whole gzip file ({error}); download it again") from error
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def check_cells(name: str, rows: int, columns: int) -> None:
    """Refuse a table of more cells (``MAX_CELLS``) than any table of records, and one of endless empty rows.

    Examples
    --------
    >>> check_cells("a.csv", rows=1_000_000, columns=50)
    """
    most = MAX_CELLS // max(columns, LEAST_WIDTH)
    if rows > most:
        raise InputError(
            f"{name}: more than {most:,} rows of {columns:,} columns ({MAX_CELLS:,} cells); split the file",
            row=most + 1,
        )


@contextmanager
def damage_said(name: str, remedy: str) -> Iterator[None]:
    """Turn whatever a library raises of a file into one line that names the file and says what to do."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:  # GDAL, GEOS, SQLite and Arrow raise classes of their own, with no common base
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(f"{name}: a damaged file ({said}); {remedy}") from error


class _Capped(io.RawIOBase):
    """A stream that stops once it has given more than it may."""

    def __init__(self, stream: gzip.GzipFile, says: str, limit: int) -> None:
        self._inner, self._says, self._left = stream, says, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise InputError(self._says)
        buffer[: len(data)] = data
        return len(data)


def _lines(name: str, stream: IO[bytes]) -> Iterator[str]:
    """The lines of a text, each with its end, checked one by one so that memory stays bounded."""
    header = b""
    row = -1
    read = 0
    if utf16_said(cast("io.BufferedReader", stream).peek(4)):
        stream = cast("IO[bytes]", io.BufferedReader(_FromUtf16(name, stream)))
    while line := stream.readline(MAX_LINE + 1):
        row += 1
        if len(line) > MAX_LINE:
            raise InputError(f"{name}: row {row}: a line longer than {MAX_LINE:,} bytes; this is no table", row=row)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise line_not_utf8(name, row, line, header or line, read) from error
        if "\x00" in text:
            raise InputError(
                f"{name}: row {row}: a NUL byte; the file is damaged, not text, or UTF-16 without its mark", row=row
            )
        read += len(line)
        if row == 0:
            header, text = line, text.removeprefix("\ufeff")
        if "\r" in text:
            yield from io.StringIO(text, newline="")
        else:
            yield text


def read_csv_cells(
    path: str | os.PathLike[str],
    *,
    delimiter: str | None = None,
    max_field: int = MAX_FIELD,
    seen: Callable[[int], object] | None = None,
    encoding: str | None = None,
    head: Head | None = None,
    foot: Callable[[list[str]], bool] | None = None,
) -> dict[str, list[str]]:
    """Read a delimited text file, gzipped if its name ends in ``.gz``, as columns of untouched strings.

    Unlike a lenient parser it refuses rows with too few or too many filled cells, so that none is padded or cut. It is
    of UTF-8, or of UTF-16 that begins with its mark, as Excel's "Unicode text", or of ``encoding``.

    ``delimiter`` is, if not given, what a first line ``sep=;`` says, else the commonest of comma, semicolon, tab and
    upright bar in the first lines. ``head`` says of the first rows which names the columns, and how they are called,
    all differently; if not given, the first names them, and each only once. ``foot`` says whether a line of another
    width, as one cell, is no row that was cut but a remark: it is kept as that cell. ``seen`` is told the number of
    rows read, some thousands at a time.
    """
    name = Path(path).name
    with open_bytes(path) as stream:
        lines = _lines(name, stream if encoding is None else _recoded(name, stream, encoding))
        # Blank lines before the header are passed over; the first that is not gives the delimiter.
        first = next((line for line in lines if line.strip()), None)
        if first is None:
            raise InputError(f"{name}: the file is empty; a header row was expected")
        said = _SEPARATOR.fullmatch(first)
        ahead = [] if said else [first]
        if delimiter is None:
            delimiter = said[1] if said else ""
        if not delimiter:
            ahead += itertools.islice(lines, FIRST_LINES if head else 0)
        csv.field_size_limit(max_field)
        options = _dialect(ahead, delimiter)
        delimiter = str(options["delimiter"])
        reader = csv.reader(itertools.chain(ahead, lines), strict=True, **options)
        return _columns(name, reader, delimiter, seen or int, head or _strict_head(name), foot)


def _dialect(first: list[str], delimiter: str = "") -> dict[str, Any]:
    """How the first lines are divided, by the first of them unless it is not, and whether a quote stands off."""
    divided = first[:1] if first and any(mark in first[0] for mark in DELIMITERS) else first
    delimiter = delimiter or delimiter_of("".join(divided))
    return {"delimiter": delimiter, "skipinitialspace": any(f'{delimiter} "' in line for line in first)}


def csv_lines(path: str | os.PathLike[str], *, encoding: str | None = None) -> Iterator[int]:
    r"""The lines on which the rows of a delimited text file begin, those of blank rows and of ``sep=`` left out.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text('id,place\nA,"Hit,\nAnbar"\n\nB,Raqqa\n')
    >>> list(csv_lines(path))
    [1, 2, 5]
    """
    name = Path(path).name
    with open_bytes(path) as stream:
        lines = _lines(name, stream if encoding is None else _recoded(name, stream, encoding))
        first = list(itertools.islice(lines, FIRST_LINES))
        head = [line for line in first if line.strip()]
        said = _SEPARATOR.fullmatch(head[0]) if head else None
        options = _dialect(head[1:] if said else head, said[1] if said else "")
        csv.field_size_limit(MAX_FIELD)
        reader = csv.reader(itertools.chain(first, lines), **options)
        begun = 1
        for number, cells in enumerate(reader):
            if cells and (number or not said):
                yield begun
            begun = reader.line_num + 1


def _strict_head(name: str) -> Head:
    def head(rows: list[list[str]]) -> tuple[int, list[str]]:
        header = [cell.strip() for cell in rows[0]] if rows else []
        twice = sorted(column for column, count in Counter(header).items() if count > 1)
        if twice:
            shown = ", ".join(map(repr, twice[:20]))
            raise InputError(f"{name}: columns named more than once: {shown}; rename one")
        return 0, header

    return head


def _columns(
    name: str,
    reader: Iterator[list[str]],
    delimiter: str,
    seen: Callable[[int], object],
    head: Head,
    foot: Callable[[list[str]], bool] | None,
) -> dict[str, list[str]]:
    number = 0
    try:
        first = list(itertools.islice(filter(None, reader), FIRST_LINES))
        above, header = head(first)
        if len(header) > MAX_COLUMNS:
            raise InputError(f"{name}: {len(header):,} columns; at most {MAX_COLUMNS:,} are read")
        columns: list[list[str]] = [[] for _ in header]
        chunk: list[list[str]] = []
        for cells in filter(None, itertools.chain(first[above + 1 :], reader)):
            number += 1
            if len(cells) != len(header):
                if foot is not None and foot([delimiter.join(cells)]):
                    cells = [delimiter.join(cells)]
                elif any(cell.strip() for cell in cells[len(header) :]) or (len(cells) < len(header) and any(cells)):
                    raise InputError(
                        f"{name}: row {number}: {len(cells)} cells where the header names {len(header)} columns; "
                        f"value {delimiter.join(cells)[:80]!r}; quote cells that hold the delimiter {delimiter!r}",
                        row=number,
                        value=delimiter.join(cells),
                    )
                cells = (cells + [""] * len(header))[: len(header)]
            chunk.append(cells)
            if len(chunk) == CHUNK:
                _append(columns, chunk)
                seen(CHUNK)
            check_cells(name, number, len(header))
        _append(columns, chunk)
    except csv.Error as error:
        raise InputError(f"{name}: row {number + 1}: {error}; quote the cell properly", row=number + 1) from error
    return dict(zip(header, columns, strict=True))


def _append(columns: list[list[str]], chunk: list[list[str]]) -> None:
    """Move rows to the ends of their columns; by the thousand, since cell by cell takes twice as long."""
    if chunk:
        for column, values in zip(columns, zip(*chunk, strict=True), strict=True):
            column.extend(values)
        chunk.clear()


def utf16_said(start: bytes) -> bool:
    """Whether a file begins with the mark of UTF-16, as Excel's "Unicode text" does."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not start.startswith(codecs.BOM_UTF32_LE)


def _recoded(name: str, stream: IO[bytes], encoding: str) -> IO[bytes]:
    """The text of a file in an encoding that the user names, as UTF-8."""
    data = stream.read()
    return cast("IO[bytes]", io.BufferedReader(io.BytesIO(decoded(name, data, encoding).encode("utf-8"))))


def decoded(name: str, data: bytes, encoding: str) -> str:
    r"""The text of bytes in an encoding that the user names.

    Examples
    --------
    >>> decoded("a.csv", b"Ta\x92izz", "windows-1252")
    'Ta’izz'
    """
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError
        return data.decode(encoding)
    except LookupError as error:
        raise InputError(
            f"{name}: encoding is {encoding!r}, which is none that Python knows; expected one such as windows-1252, "
            "cp1256 or utf-8",
            value=encoding,
        ) from error
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        raise InputError(f"{name}: not {encoding} at byte {at:,}; leave encoding out to have one proposed") from error


def proposed_encoding(start: bytes) -> str:
    r"""What text that is not UTF-8 may be encoded as, by its first part, and how it then reads; empty if nothing fits.

    Examples
    --------
    >>> proposed_encoding(b"id,place;1,Ta\x92izz;2,Bani Sa\x92ad")
    "'windows-1252', in which it reads 'id,place;1,Ta’izz;2,Bani Sa’'"
    """
    import charset_normalizer

    found = list(charset_normalizer.from_bytes(start, cp_isolation=list(ENCODINGS), threshold=0.3))
    least = min((each.chaos for each in found), default=1.0)
    fits = {
        name.replace("cp125", "windows-125")
        for each in found
        if each.chaos == least
        for name in each.could_be_from_charset
    }
    name = next((known for known in ENCODINGS if known in fits), "")
    if not name:
        return ""
    text = start.decode(name, "replace")
    beyond = next((at for at, mark in enumerate(text) if ord(mark) > 127), 0)
    return f"{name!r}, in which it reads {text[max(0, beyond - 15) : beyond + 15]!r}"


ENCODINGS = (
    "windows-1252", "windows-1256", "windows-1251", "windows-1254", "windows-1255", "windows-1250", "iso8859_6",
    "iso8859_5", "iso8859_8", "mac_roman",
)  # fmt: skip
"""Encodings of one byte a letter that are proposed, the commoner first where several read the same."""


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
    """The commonest of :data:`DELIMITERS`."""
    return max(DELIMITERS, key=header.count)


def _split(line: str, delimiter: str) -> list[str]:
    """The cells of a line that may be damaged."""
    try:
        return next(csv.reader([line.rstrip("\r\n").replace("\r", " ")], delimiter=delimiter), [])
    except csv.Error:  # a cell beyond the limit of the reader
        return []
