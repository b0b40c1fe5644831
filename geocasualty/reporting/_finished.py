"""Cards that are finished stay on disk while a report is made, so that one that was stopped goes on where it was."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty.errors import OutputError
from geocasualty.files import atomic_write

__all__ = ["TOGETHER", "Finished", "digest"]

TOGETHER = 100
"""Cards in one file: half a second of work, and few enough files that waiting for the disk costs little."""


def digest(*parts: Any) -> str:
    """One SHA-256 of frames and of whatever has a JSON text, for this process and any other."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, gpd.GeoDataFrame):
            text = pd.DataFrame(part.to_wkb(hex=True)).to_csv(index=False)
        elif isinstance(part, pd.DataFrame):
            text = part.to_csv(index=False)
        else:
            text = json.dumps(part, sort_keys=True, default=str)
        total.update(hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest())
    return total.hexdigest()


class Finished:
    """Finished cards beside the report that they are for, in a folder ``<name>.partial``.

    Parameters
    ----------
    path : Path
        Of the report.
    key : str
        Of all that the cards depend on; cards of another key are not used.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self.folder = path.with_name(f"{path.name}.partial")
        self._key = key[:24]

    def cards(self, count: int, make: Callable[[int], str]) -> Iterator[str]:
        """Each of ``count`` cards, from before or made now; what is made is kept, some at a time."""
        for first in range(0, count, TOGETHER):
            numbers = range(first, min(first + TOGETHER, count))
            file = self.folder / f"{self._key}-{first}.json"
            known = self._known(file)
            if len(known) == len(numbers):
                yield from known
                continue
            made = []
            for number in numbers:
                made.append(make(number))
                yield made[-1]
            try:
                atomic_write(file, json.dumps(made))
            except OutputError as error:  # nobody has heard of this file: what was to be written is the report
                raise OutputError(str(error).replace(repr(str(file)), repr(str(self._path)))) from error

    def _known(self, file: Path) -> list[str]:
        try:
            cards: list[str] = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return cards

    def clear(self) -> None:
        """Remove the cards, and the folder if nothing else lies in it."""
        with contextlib.suppress(OSError):
            for file in self.folder.glob("*-*.json"):
                file.unlink()
            self.folder.rmdir()
