"""A report as PDF: a browser of the user's own prints it until the contents hold the numbers of its pages."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

from geocasualty._extras import need
from geocasualty._shown import shown
from geocasualty.errors import InputError, OutputError
from geocasualty.words import Words

__all__ = ["browser", "printed"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ON_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
NAMED_IN = "GEOCASUALTY_BROWSER"

ROUNDS = 6
"""Prints at most: the first shows where headings stand, the next whether they stay there with the numbers written."""
SECONDS = 1800
"""For one print; ten thousand cards take a few minutes."""

QUIET = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)  # fmt: skip
"""A browser that asks no network; headings become the bookmarks of the PDF, which is tagged."""

_LINK = re.compile(r'<a href="#([\w-]+)">')
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:[^()]*\)")


def browser() -> str:
    """The browser that is named in GEOCASUALTY_BROWSER, else one that is installed.

    Raises
    ------
    geocasualty.errors.InputError
        If there is none.
    """
    stated = os.environ.get(NAMED_IN)
    for name in [stated] if stated else [*BROWSERS, ON_MAC]:
        if path := shutil.which(name):
            return path
    lacks = f"{NAMED_IN} names {stated!r}, which is no program" if stated else "none was found"
    raise InputError(
        f"Chromium or Chrome prints a report as PDF, and {lacks}; install one, or name it in {NAMED_IN}, or write "
        "an .html file and print that"
    )


def printed(page: bytes, words: Words) -> bytes:
    """The page of a report as PDF, with the number of its page behind each link to a part of it.

    Parameters
    ----------
    page : bytes
        As it is written to a file.
    words : Words
        Its language.
    """
    need("pypdf")
    text = page.decode("utf-8")
    pages = dict.fromkeys(_LINK.findall(text), 1)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            paper = _print(browser(), _numbered(text, pages, words), Path(folder))
            found = _pages(paper, pages)
            if found == pages:
                return _DATES.sub(lambda date: b" " * len(date[0]), paper)
            pages = found
    raise OutputError("the numbers of pages do not come to rest; write an .html file and print that")


def _numbered(text: str, pages: dict[str, int], words: Words) -> str:
    """Links say on which page their end is: a bare number in the contents, in a sentence or table with a word."""
    head, end, rest = text.partition("</nav>")
    contents = _LINK.sub(lambda to: f'<a href="#{to[1]}" data-page="{pages[to[1]]}">', head)
    return (
        contents
        + end
        + _LINK.sub(lambda to: f'<a href="#{to[1]}" data-page="{escape(words("page.at", n=pages[to[1]]))}">', rest)
    )


def _print(program: str, text: str, folder: Path) -> bytes:
    page, paper = folder / "report.html", folder / "report.pdf"
    page.write_text(text, encoding="utf-8", newline="")
    paper.unlink(missing_ok=True)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    call = [program, *QUIET, *root, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={paper}", page.as_uri()]
    try:
        done = subprocess.run(call, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutputError(f"{Path(program).name!r} cannot print the report: {error}") from error
    if done.returncode or not paper.exists():
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise OutputError(f"{Path(program).name!r} printed no report: {shown(last)[:300] or done.returncode}")
    return paper.read_bytes()


def _pages(paper: bytes, names: dict[str, int]) -> dict[str, int]:
    """The page on which the end of each link stands."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(paper))
    ends = reader.named_destinations
    numbers = {page.indirect_reference: number for number, page in enumerate(reader.pages, start=1)}
    return {name: numbers[ends[f"/{name}"].page] for name in names}
