"""What a module for a file format provides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

__all__ = ["Cells", "Format"]

Cells = dict[str, list[str]]
"""Column name to cells, all of one length."""


class Format(NamedTuple):
    """A file format: its name, whether it recognises a set of column names, and its way to the native columns.

    ``to_native`` returns the cells under the native names, with the number of the input row of each under ``row``.
    """

    name: str
    recognises: Callable[[Iterable[str]], bool]
    to_native: Callable[[Cells], Cells]
