"""A column of texts, few of them distinct: each row holds the number of its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.integer[Any]]
Texts = npt.NDArray[np.object_]

TEXT = pd.Series([], dtype=str).dtype
"""The type of every column of texts: ``str`` in pandas 3, ``object`` in pandas 2; the texts are the same."""

SHARED_ROWS = 10_000
"""Rows of one text that a constant column holds once; it repeats them without copying."""


def coded(values: Any) -> tuple[Codes, Texts]:
    """Cells as positions in their distinct texts.

    Examples
    --------
    >>> [part.tolist() for part in coded(["Hit", "Raqqa", "Hit"])]
    [[0, 1, 0], ['Hit', 'Raqqa']]
    """
    if isinstance(values, pd.Categorical):
        return values.codes, np.asarray(values.categories, dtype=object)
    # as a series, which shares the cells: pandas 2.2 warns of its own arrays of objects
    codes, distinct = pd.factorize(pd.Series(values, dtype=getattr(values, "dtype", object), copy=False))
    return codes, np.asarray(distinct, dtype=object)


def combined(*columns: tuple[Codes, Sequence[Any] | Texts]) -> tuple[Codes, list[tuple[Any, ...]]]:
    """Rows by the distinct combinations of several coded columns, and what each combination is of.

    Examples
    --------
    >>> which, pairs = combined(coded(["Hit", "Hit", "Raqqa"]), coded(["IQ", "IQ", "SY"]))
    >>> which.tolist(), pairs
    ([0, 0, 1], [('Hit', 'IQ'), ('Raqqa', 'SY')])
    """
    keys = np.zeros(len(columns[0][0]), dtype=np.int64)
    for codes, distinct in columns:
        keys = keys * max(len(distinct), 1) + codes
    which, keys = pd.factorize(keys)
    parts = []
    for _, distinct in reversed(columns):
        keys, at = np.divmod(keys, max(len(distinct), 1))
        parts.append([distinct[slot] for slot in at.tolist()])
    return which, list(zip(*reversed(parts), strict=True))


def parts_of(text: str) -> list[str]:
    """What stands between the semicolons of a cell."""
    return [part for part in map(str.strip, text.split(";")) if part]


def text_of(value: object) -> str:
    """A text as it is; empty for what is none."""
    return value if isinstance(value, str) else ""


def text_array(codes: Codes, distinct: Texts) -> Any:
    """The texts as an array of :data:`TEXT`; a constant one takes the room of a few rows.

    Examples
    --------
    >>> text_array(np.array([0, 1, 0]), np.array(["Hit", "Raqqa"], dtype=object)).tolist()
    ['Hit', 'Raqqa', 'Hit']
    >>> len(text_array(np.zeros(25_001, dtype=np.int8), np.array(["Hit"], dtype=object)))
    25001
    """
    texts = pd.array(distinct, dtype=TEXT)
    if len(distinct) == 1 and len(codes) > SHARED_ROWS and hasattr(texts, "__arrow_array__"):
        import pyarrow as pa

        whole, rest = divmod(len(codes), SHARED_ROWS)
        (block,) = arrow_texts(texts.take(np.zeros(SHARED_ROWS, dtype=np.int64))).chunks
        return texts.dtype.__from_arrow__(pa.chunked_array([block] * whole + [block.slice(0, rest)]))
    return texts.take(codes)


def arrow_texts(values: Any) -> Any:
    """The chunks of Arrow texts behind a pandas array that has them."""
    import pyarrow as pa

    texts = pa.array(values)
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])


class Words:
    """Texts over the rows of a table that change one by one or by the mask: for each row the position of its text.

    Examples
    --------
    >>> words = Words.repeated("Hit", 3)
    >>> words[1] = "Raqqa"
    >>> words.array().tolist(), words.holds("Hit").tolist()
    (['Hit', 'Raqqa', 'Hit'], [True, False, True])
    """

    def __init__(self, codes: Codes, texts: Any) -> None:
        self.codes = codes.astype(np.int32)
        self.texts: list[str] = list(texts)
        self._known = {text: code for code, text in enumerate(self.texts)}

    @classmethod
    def repeated(cls, text: str, count: int) -> Words:
        """One text in all rows."""
        return cls(np.zeros(count, dtype=np.int32), [text])

    def _code(self, text: str) -> int:
        code = self._known.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code

    def __getitem__(self, position: int) -> str:
        return self.texts[int(self.codes[position])]

    def __setitem__(self, where: Any, text: str) -> None:
        self.codes[where] = self._code(text)

    def put(self, where: Any, texts: Texts) -> None:
        """Set rows to texts of their own."""
        codes, distinct = coded(texts)
        self.codes[where] = np.array([self._code(text) for text in distinct], dtype=np.int32)[codes]

    def taken(self, rows: Any) -> Texts:
        """The texts of some rows."""
        return np.asarray(np.array(self.texts, dtype=object)[self.codes[rows]])

    def holds(self, text: str) -> npt.NDArray[np.bool_]:
        """The rows that have this text."""
        return np.asarray(self.codes == self._known.get(text, -1))

    def append(self, where: npt.NDArray[Any], word: str) -> None:
        """Add a word to the ``;``-joined ones of some rows."""
        codes, rows = np.unique(self.codes[where], return_inverse=True)
        longer = [self._code(f"{self.texts[code]};{word}" if self.texts[code] else word) for code in codes.tolist()]
        self.codes[where] = np.array(longer, dtype=np.int32)[rows]

    def array(self, keep: npt.NDArray[np.bool_] | None = None) -> Any:
        """The texts of all or the kept rows as an array of :data:`TEXT`."""
        codes = self.codes if keep is None else self.codes[keep]
        used = np.flatnonzero(np.bincount(codes, minlength=len(self.texts)))
        shifted = np.zeros(len(self.texts), dtype=np.int32)
        shifted[used] = np.arange(len(used))
        return text_array(shifted[codes], np.array(self.texts, dtype=object)[used])
