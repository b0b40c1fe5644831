"""Downloads GeoNames' dumps: resumed, retried, checked and kept. Nothing else in the package uses a network."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocasualty._progress import progress
from geocasualty.errors import InputError, OutputError
from geocasualty.gazetteer.building._archives import check_zip
from geocasualty.theatre.countries import country_code

BASE_URL = "https://download.geonames.org/export/dump/"
"""GeoNames' public export; a mirror with the same file names does as well."""

ALTERNATE_NAMES = "alternateNamesV2.zip"

ATTEMPTS, MOST_ATTEMPTS = 6, 100
"""Failures in a row without progress, and in all, before a download is given up."""

MAX_BYTES = 3_000_000_000
"""Largest download, in bytes; alternateNamesV2.zip has about 200 MB."""

TIMEOUT_S = 30.0
PATIENCE_S, LEAST_BYTES = 60.0, 60_000
"""A server that sends less in this time is given up: at a kilobyte a second a country takes half an hour."""
CHUNK = 1 << 18


@dataclass(frozen=True)
class Fetched:
    """Where the files lie now, and which of them were there before."""

    geonames: list[Path]
    alternate_names: Path | None
    cached: list[str]


class _AgainError(Exception):
    """A failure that may pass."""


class _UnreachableError(InputError):
    """A failure that did not pass."""


def cache_folder() -> Path:
    """The user's cache folder of this package: XDG's, or what the platform has instead."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "geocasualty"


def fetch_geonames(
    countries: Iterable[str],
    *,
    base_url: str = BASE_URL,
    cache: str | os.PathLike[str] | None = None,
    with_alternate_names: bool = True,
    refresh: bool = False,
    sleep: Callable[[float], object] = time.sleep,
) -> Fetched:
    """Get the country dumps and the alternate names, from the cache where they are whole.

    Raises InputError if a code is none, the server does not have the file, or cannot be reached; the message says what
    to do without a network.
    """
    asked = {str(name).strip(): country_code(name) for name in countries}
    codes = list(dict.fromkeys(asked.values()))
    wrong = [name for name, code in asked.items() if not code]
    if wrong or not codes:
        raise InputError(f"not a country: {wrong or codes}; give ISO 3166-1 codes or names, such as IQ SY")
    if urllib.parse.urlsplit(base_url).scheme not in ("http", "https"):
        raise InputError(f"base URL {base_url!r}: only http and https")
    folder = Path(cache) if cache is not None else cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the cache folder {folder.name!r}: {error.strerror or error}; give --cache-dir"
        ) from error
    names = [f"{code}.zip" for code in codes] + ([ALTERNATE_NAMES] if with_alternate_names else [])
    cached = []
    for name in names:
        target = folder / name
        if target.is_file() and not refresh and _whole(target):
            cached.append(name)
            continue
        try:
            _download(urllib.parse.urljoin(base_url.rstrip("/") + "/", name), target, sleep)
        except _UnreachableError as error:
            raise InputError(f"{error}. {_without_network(codes, base_url, folder)}") from error
    return Fetched(
        [folder / f"{code}.zip" for code in codes], folder / ALTERNATE_NAMES if with_alternate_names else None, cached
    )


def _without_network(codes: list[str], base_url: str, folder: Path) -> str:
    files = ", ".join([f"{code}.zip" for code in codes] + [ALTERNATE_NAMES])
    options = " ".join(f"--geonames {code}.zip" for code in codes)
    return (
        f"Without a network: get {files} from {base_url} on another machine, then either put them into {str(folder)!r} "
        f"and run this again, or run: geocasualty gazetteer build {options} --alternate-names {ALTERNATE_NAMES} "
        "-o gazetteer.gpkg"
    )


def _whole(path: Path) -> bool:
    try:
        check_zip(path)
    except InputError:
        return False
    return True


def _download(url: str, target: Path, sleep: Callable[[float], object]) -> None:
    """Bring a file whole into its place; what arrived of it stays as ``<name>.part`` for the next time."""
    part = target.with_name(f"{target.name}.part")
    failures, attempts, best, spoilt = 0, 0, _size(part), 0
    with progress(target.name, "B", done=best) as bar:
        while True:
            attempts += 1
            try:
                _receive(url, part, bar)
                if _whole(part):
                    break
                part.unlink()
                spoilt += 1
                raise _AgainError("what arrived is not a whole zip archive")
            except _AgainError as error:
                failures = 1 if _size(part) > best else failures + 1
                best = max(best, _size(part))
                if failures >= ATTEMPTS or spoilt >= ATTEMPTS // 2 or attempts >= MOST_ATTEMPTS:
                    raise _UnreachableError(f"{url}: {error}, after {attempts} attempts") from error
                sleep(min(0.5 * 2**failures, 30.0))
    _notes(part).unlink(missing_ok=True)
    os.replace(part, target)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _notes(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _validator(part: Path) -> str:
    """What the server called the version that the part is of; empty where it named none."""
    try:
        return str(json.loads(_notes(part).read_text(encoding="utf-8"))["validator"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _receive(url: str, part: Path, bar: Any) -> None:
    """One attempt: ask for what is missing, add it to the part."""
    have, validator = _size(part), _validator(part)
    if have and not validator:
        part.unlink()
        have = 0
    headers = {"User-Agent": "geocasualty", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_S) as answer:
            _store(answer, part, have, bar)
    except urllib.error.HTTPError as error:
        with error:
            _refused(url, part, error)
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            said = error.reason.verify_message
            raise _UnreachableError(f"{url}: the certificate of the server is not trusted ({said})") from error
        raise _AgainError(f"cannot be reached ({error.reason})") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _AgainError(f"cannot be reached ({error})") from error
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {part.name!r}: {error.strerror or error}; give --cache-dir") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere, but never from an encrypted address to one that anybody on the way can change."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        before, after = (urllib.parse.urlsplit(url).scheme for url in (req.full_url, newurl))
        if after != "https" and (before == "https" or after != "http"):
            raise _UnreachableError(f"{req.full_url}: the server sends on to {newurl[:200]!r}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refused(url: str, part: Path, error: urllib.error.HTTPError) -> None:
    if error.code == 416:
        part.unlink(missing_ok=True)
        raise _AgainError("the server has no more than the part that is here; beginning anew") from error
    if error.code in (408, 425, 429) or error.code >= 500:
        raise _AgainError(f"the server answers {error.code} {error.reason}") from error
    raise InputError(f"{url}: the server answers {error.code} {error.reason}; check the country code") from error


def _store(answer: Any, part: Path, have: int, bar: Any) -> None:
    expected = _expected(answer, have)
    if answer.status != 206:
        have = 0
    if expected is not None and expected > MAX_BYTES:
        raise InputError(f"the server announces {expected:,} bytes; at most {MAX_BYTES:,} are taken")
    if expected is not None and shutil.disk_usage(part.parent).free < expected - have:
        raise OutputError(f"{expected:,} bytes do not fit on the disk of the cache; give --cache-dir")
    validator = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    _notes(part).write_text(json.dumps({"validator": "" if validator.startswith("W/") else validator}))
    bar.total = expected
    bar.n = have
    with part.open("r+b" if have else "wb") as stream:
        stream.seek(have)
        stream.truncate()
        began, before = time.monotonic(), have
        while data := answer.read1(CHUNK):  # what has come, however little
            have += len(data)
            if time.monotonic() - began > PATIENCE_S:
                if have - before < LEAST_BYTES:
                    said = f"the server sends less than {LEAST_BYTES:,} bytes in {PATIENCE_S:g} s"
                    raise _UnreachableError(f"{answer.url}: {said}; try again later")
                began, before = time.monotonic(), have
            if have > MAX_BYTES:
                raise InputError(f"the server sends more than {MAX_BYTES:,} bytes")
            stream.write(data)
            bar.update(len(data))
    if expected is not None and have != expected:
        raise _AgainError(f"the connection ended after {have:,} of {expected:,} bytes")


def _expected(answer: Any, have: int) -> int | None:
    """Size of the whole file as the server states it."""
    if answer.status == 206:
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if span is None or int(span[1]) != have:
            raise _AgainError("the server answers with another part than was asked for")
        return int(span[2]) + 1 if span[3] == "*" else int(span[3])
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None
