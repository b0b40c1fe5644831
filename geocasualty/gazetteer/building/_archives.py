"""Reads files that anybody may have made: archives and text, with limits, never trusting a name inside."""

from __future__ import annotations

import io
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from geocasualty.errors import InputError
from geocasualty.files import open_bytes

MAX_BYTES = 6_000_000_000
"""Most that one archive may unpack to, in bytes; alternateNamesV2.txt and allCountries.txt have under 2 GB."""

MAX_RATIO = 250
FREE_BYTES = 20_000_000
"""Unpacked to packed size above which a member is a bomb, once it has more than FREE_BYTES; tables of names have
ratios of 3 to 20."""

MAX_MEMBERS = 10_000
MAX_LINE = 1_000_000
CHUNK = 1 << 20

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. \-]{0,120}")


class _Capped(io.RawIOBase):
    """A member of an archive as a stream that stops at a bomb."""

    def __init__(self, stream: BinaryIO, name: str, packed: int) -> None:
        self._inner, self._name = stream, name
        self._limit = min(MAX_BYTES, max(FREE_BYTES, packed * MAX_RATIO))
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        with _clear(self._name):
            data = self._inner.read(len(buffer))
        self._count += len(data)
        if self._count > self._limit:
            raise InputError(
                f"{self._name}: unpacks to more than {self._limit:,} bytes; this is no gazetteer but a zip bomb, "
                "or unpack it yourself and give the text file"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


@contextmanager
def _clear(name: str) -> Iterator[None]:
    """Turn what the standard library says of damaged archives into one line."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name}: not a whole zip archive ({error}); download it again") from error
    except FileNotFoundError as error:
        raise InputError(f"no such file: {name!r}; check the path") from error
    except OSError as error:
        raise InputError(f"cannot read {name!r}: {error.strerror or error}") from error


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    with _clear(path.name):
        archive = zipfile.ZipFile(path)
    with archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise InputError(f"{path.name}: {len(members):,} members; at most {MAX_MEMBERS:,} are read")
        for member in members:
            _refuse_path(path.name, member)
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise InputError(f"{path.name}: claims to unpack to more than {MAX_BYTES:,} bytes; a zip bomb")
        yield archive


def _refuse_path(archive: str, member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    parts = re.split(r"[\\/]", name)
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or "\x00" in name:
        raise InputError(f"{archive}: member {name[:80]!r} points outside the archive; do not trust this file")
    if member.flag_bits & 1:
        raise InputError(f"{archive}: member {name[:80]!r} is encrypted; unpack it and give the file")


def check_zip(path: Path) -> None:
    """Read an archive through once: every member whole, none a bomb. Raises InputError if it is not."""
    with _archive(path) as archive:
        for member in archive.infolist():
            with _member(archive, path.name, member) as stream:
                while stream.read(CHUNK):
                    pass


def _member(archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo) -> io.BufferedReader:
    with _clear(name):
        inner = archive.open(member)
    return io.BufferedReader(_Capped(inner, name, member.compress_size), CHUNK)  # type: ignore[arg-type]


def _text_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The table of an archive: the text file named like it, else the only one that is no readme."""
    tables = [
        member
        for member in archive.infolist()
        if member.filename.lower().endswith((".txt", ".csv", ".tsv"))
        and not Path(member.filename).name.lower().startswith(("readme", "iso-language"))
    ]
    like = [member for member in tables if Path(member.filename).stem.lower() == path.stem.lower()]
    found = like or tables
    if len(found) != 1:
        raise InputError(
            f"{path.name}: {len(found)} text files inside where one was expected; unpack it and give the file"
        )
    return found[0]


@contextmanager
def open_text(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a text file, gzipped or not, or of the one inside a zip archive."""
    if path.is_dir():
        raise InputError(f"{path.name!r} is a folder; name a file in it")
    if path.suffix.lower() == ".zip" or _magic(path).startswith(b"PK"):
        with _archive(path) as archive, _member(archive, path.name, _text_member(path, archive)) as stream:
            yield stream
        return
    if path.suffix.lower() == ".gz":
        with open_bytes(path, max_bytes=MAX_BYTES) as stream:
            yield cast("io.BufferedReader", stream)
        return
    with _clear(path.name):
        plain = path.open("rb")
    with plain:
        yield plain


def _magic(path: Path) -> bytes:
    with _clear(path.name), path.open("rb") as stream:
        return stream.read(16)


def text_rows(path: Path) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line that is not empty.

    Raises InputError for an empty file, a line that is not UTF-8, holds a NUL or is longer than a million bytes.
    """
    row = 0
    with open_text(path) as stream:
        while line := stream.readline(MAX_LINE + 1):
            row += 1
            if len(line) > MAX_LINE:
                raise InputError(f"{path.name}: row {row}: longer than {MAX_LINE:,} bytes; this is no table", row=row)
            text = decoded(path.name, row, line)
            if text:
                yield row, text
    if row == 0:
        raise InputError(f"{path.name}: the file is empty")


def decoded(name: str, row: int, line: bytes) -> str:
    """One line as text, without its end."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        column = line[: error.start].count(b"\t") + 1
        value = line[max(0, error.start - 20) : error.start + 20]
        raise InputError(
            f"{name}: row {row}, column {column}, value {value!r}: byte 0x{line[error.start]:02x} is not UTF-8; "
            "save the file as UTF-8",
            row=row,
            column=column,
            value=value,
        ) from error
    if "\x00" in text:
        raise InputError(f"{name}: row {row}: a NUL byte; the file is damaged or not text", row=row)
    if row == 1:
        text = text.removeprefix("\ufeff")
    return text.rstrip("\r\n")


@contextmanager
def unpacked(path: Path, also: tuple[str, ...] = ()) -> Iterator[Path]:
    """A zipped shapefile, file geodatabase or other layer, unpacked under names of our own into a temporary folder.

    Any other path is given back as it is. ``also`` are the endings of other files that may be what is meant.
    """
    if path.is_dir() or not _magic(path).startswith(b"PK"):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="geocasualty-") as folder, _archive(path) as archive:
        found = [
            _extract(path, archive, member, Path(folder), also) for member in archive.infolist() if not member.is_dir()
        ]
        layers = sorted({layer for layer in found if layer is not None})
        if len(layers) != 1:
            meant = ", ".join((".shp", ".gdb", ".gpkg", *also))
            raise InputError(
                f"{path.name}: {len(layers)} layers or tables inside ({meant}) where one was expected; unpack it and "
                "give the files one by one"
            )
        yield layers[0]


def _extract(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, also: tuple[str, ...]
) -> Path | None:
    """Write one member as ``layer.<suffix>``, or into ``layer.gdb``; the path if it is what is to be opened."""
    parts = re.split(r"[\\/]", member.filename)
    geodatabase = len(parts) > 1 and parts[-2].lower().endswith(".gdb")
    if geodatabase:
        if not _SAFE.fullmatch(parts[-1]):
            return None
        target = folder / "layer.gdb" / parts[-1]
        layer: Path | None = target.parent
    else:
        suffix = Path(parts[-1]).suffix.lower()
        layers = (".shp", ".gpkg", ".geojson", ".json", ".fgb", *also)
        if suffix not in (*layers, ".shx", ".dbf", ".prj", ".cpg"):
            return None
        target = folder / f"layer{suffix}"
        layer = target if suffix in layers else None
    if target.exists():
        raise InputError(f"{path.name}: two members would be {target.name}; unpack it and give the files one by one")
    os.makedirs(target.parent, exist_ok=True)
    with _member(archive, path.name, member) as stream, target.open("wb") as copy:
        while data := stream.read(CHUNK):
            copy.write(data)
    return layer
