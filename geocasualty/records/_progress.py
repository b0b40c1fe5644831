"""Bars for what takes more than a moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["progress"]

AFTER_S = 2.0
"""Seconds before a bar appears."""


def progress(what: str, unit: str, *, total: int | None = None, items: Iterable[Any] | None = None) -> Any:
    """A bar that goes away at the end, over some items or to be told of its progress.

    Examples
    --------
    >>> with progress("incidents.csv", " rows") as bar:
    ...     _ = bar.update(10_000)
    """
    from tqdm.auto import tqdm

    return tqdm(items, desc=what, unit=unit, unit_scale=True, total=total, delay=AFTER_S, leave=False)
