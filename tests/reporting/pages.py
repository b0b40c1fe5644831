"""A report as a reader sees it: its text, its tables, its links."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geocasualty as gcas
from tests.maps.conftest import make_incidents, make_strikes

LIMITS: dict[str, Any] = {"within_km": 10, "within_days": 0}


class Reader(HTMLParser):
    """Text without marks of direction, table rows as lists of texts, and the addresses of links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.inside: dict[str, list[str]] = {}
        """Rows and cards by the identifier of the heading that they stand under."""
        self.rows: list[list[str]] = []
        self._texts: list[str] = []
        self._skip = self._cell = False
        self.feed(page)
        self.text = " ".join(re.sub("[\u2066-\u2069]", "", " ".join(self._texts)).split())
        self.rows = [[" ".join(re.sub("[\u2066-\u2069]", "", cell).split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._skip = tag in ("style", "title")
        if named := dict(attrs).get("id"):
            self.ids.append(named)
            if tag in ("h2", "h3"):
                self.inside[named] = []
            elif tag in ("tr", "article"):
                self.inside[next(reversed(self.inside))].append(named)
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title"):
            self._skip = False
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        self._texts.append(data)
        if self._cell:
            self.rows[-1][-1] += f" {data}"


def written(folder: Path, incidents: Any = None, strikes: Any = None, **options: Any) -> str:
    """The page of a report, as text."""
    incidents = make_incidents(3) if incidents is None else incidents
    strikes = make_strikes(2) if strikes is None else strikes
    path = gcas.report(incidents, strikes, path=folder / "report.html", **(LIMITS | options))
    return path.read_bytes().decode("utf-8")


def read(*args: Any, **options: Any) -> Reader:
    return Reader(written(*args, **options))
