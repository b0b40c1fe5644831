"""Bars for what takes more than a moment."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from typing import Any

from geocasualty._shown import shown

__all__ = ["AFTER_S", "progress"]

AFTER_S = 2.0
"""Seconds before a bar appears."""


def progress(
    what: str,
    unit: str,
    *,
    total: int | None = None,
    done: int = 0,
    items: Iterable[Any] | None = None,
    after_s: float = AFTER_S,
) -> Any:
    """A bar that goes away at the end, over some items or to be told of its progress.

    Where nobody looks, as in a file that messages are written to, there is none. A notebook that lacks ipywidgets gets
    the bar as text, without a warning that it is only that.

    Examples
    --------
    >>> with progress("incidents.csv", " rows") as bar:
    ...     _ = bar.update(10_000)
    """
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm

    watched = "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())
    hidden: dict[str, Any] = {} if watched else {"disable": True}
    return tqdm(
        items,
        desc=shown(what),
        unit=unit,
        unit_scale=True,
        total=total,
        initial=done,
        delay=after_s,
        leave=False,
        **hidden,
    )
