"""What an analyst should know of a record before using it, one word each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from geocasualty.records._words import Words

FLAGS = (
    "accuracy-without-coordinate", "amended-release", "approximate-date", "assumed-accuracy", "assumed-end",
    "assumed-hours", "blank-accuracy", "blank-hours", "copied-release", "doubtful-belligerent", "geometry-conflict",
    "guessed-timezone", "inexact-count", "looks-swapped", "malformed-mgrs", "midnight-utc", "outside-country",
    "placeholder", "several-days", "shape-ignored", "unknown-belligerent", "unknown-end", "unknown-term",
    "unknown-timezone", "unmapped-column", "unread-time", "unused-words",
)  # fmt: skip
"""What a record may be flagged with; what each means stands in the catalogues of :mod:`geocasualty.words`."""

DOUBTFUL = frozenset({"blank-accuracy", "geometry-conflict", "looks-swapped", "outside-country", "unused-words"})
"""Flags of a record whose place contradicts itself or is told in part: it gives no sure finding."""

GUESSED_DAY = frozenset({"blank-hours", "guessed-timezone", "midnight-utc", "unknown-timezone"})
"""Flags of a record whose days may be off by one, since their zone or the hours are not known."""

DOUBTFUL_TIME = GUESSED_DAY | {
    "approximate-date", "assumed-hours", "copied-release", "unknown-end", "unread-time",
}  # fmt: skip
"""Flags of a record whose days are not sure."""

GUESSED_PARTY = frozenset({"doubtful-belligerent"})
"""Flags of a record that may be of none of the parties that it names."""

DOUBTFUL_PARTY = GUESSED_PARTY | {"unknown-belligerent"}
"""Flags of a record of which some party may be another than it says."""

ASSUMED = frozenset({"assumed-accuracy", "blank-accuracy"})
"""Flags of a record whose radius is an assumption: a sure finding that hangs on it says so."""

UNMAPPED = frozenset({"unmapped-column"})
"""Flags of a record of which something is said that nobody read: it gives no sure finding."""

OF_THE_PLACE = DOUBTFUL | ASSUMED | {"accuracy-without-coordinate", "placeholder", "shape-ignored"}
"""Flags that speak of where a record lies, and no longer hold when it is moved."""

_BEFORE = {flag.replace("-", "_"): flag for flag in FLAGS}


def spelt(flags: str) -> str:
    """Flags joined by ``;`` as they are spelt now; files of 0.1 have underscores.

    Examples
    --------
    >>> spelt("geometry_conflict;placeholder;mine_own"), spelt("")
    ('geometry-conflict;placeholder;mine_own', '')
    """
    return ";".join(_BEFORE.get(flag, flag) for flag in flags.split(";"))


Mask = npt.NDArray[np.bool_]


class Flags:
    """Masks over the rows of one table, joined into a column at the end."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._masks: defaultdict[str, Mask] = defaultdict(lambda: np.zeros(count, dtype=bool))

    def add(self, flag: str, where: Any) -> None:
        """Set a flag on the rows of a mask, or on those of some positions."""
        self._masks[flag][where] = True

    def where(self, flag: str) -> Mask:
        """The rows that have a flag."""
        return self._masks.get(flag, np.zeros(self._count, dtype=bool))

    def add_stated(self, words: Words) -> None:
        """Set the flags that a column of ``;``-joined words states."""
        for text in words.texts:
            for flag in filter(None, (spelt(part.strip()) for part in text.split(";"))):
                self.add(flag, words.holds(text))

    def column(self) -> Words:
        """Sorted flags joined by ``;``, for each row.

        Examples
        --------
        >>> flags = Flags(2)
        >>> flags.add("placeholder", np.array([True, False]))
        >>> flags.add("geometry-conflict", np.array([True, False]))
        >>> flags.column().array().tolist()
        ['geometry-conflict;placeholder', '']
        """
        result = Words.repeated("", self._count)
        for flag in sorted(self._masks):
            result.append(self._masks[flag], flag)
        return result
