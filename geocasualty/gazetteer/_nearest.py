"""Which of many words are within a few slips of the pen of one?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["Spellings"]

CLASSES = 32
"""Into so many classes the letters fall; of each a signature says whether a word has one of it, and two."""


class Spellings:
    """Words that others are compared with by the letters missing, added, wrong or exchanged with the next.

    A slip takes one letter of a word, adds one, or does both: signatures of words so many slips apart differ in no
    more than twice as many bits. That rules out most of a hundred thousand words before any is compared.

    Parameters
    ----------
    words : iterable of str

    Examples
    --------
    >>> Spellings(["hauija", "hadita", "hit"]).within("huaija", 1)
    [('hauija', 1)]
    >>> Spellings([]).within("hauija", 1)
    []
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(sorted(set(words)), key=len)
        self._signatures = _signatures(self._words)
        self._lengths = np.array([len(word) for word in self._words], dtype=np.int64)

    def within(self, word: str, slips: int, longer: int | None = None) -> list[tuple[str, int]]:
        """The words at most so many slips from one, and how many each is.

        Parameters
        ----------
        word : str
        slips : int
        longer : int, optional
            By how many letters a word may be longer or shorter; by as many as there are slips if not given.
        """
        apart = slips if longer is None else min(longer, slips)
        first, last = np.searchsorted(self._lengths, (len(word) - apart, len(word) + apart + 1))
        if first == last:
            return []
        differing = np.bitwise_count(self._signatures[first:last] ^ _signatures([word])[0])
        alike = [self._words[place] for place in (np.flatnonzero(differing <= 2 * slips) + first).tolist()]
        if not alike:
            return []
        found = process.cdist([word], alike, scorer=OSA.distance, score_cutoff=slips, dtype=np.int32)[0].tolist()
        return [(other, away) for other, away in zip(alike, found, strict=True) if away <= slips]


def _signatures(words: list[str]) -> npt.NDArray[np.uint64]:
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    lengths = [len(word) for word in words]
    cells = np.repeat(np.arange(len(words)) * CLASSES, lengths) + letters % CLASSES
    counts = np.bincount(cells, minlength=len(words) * CLASSES).reshape(-1, CLASSES)
    bits = np.packbits(np.concatenate([counts >= 1, counts >= 2], axis=1), axis=1)
    return np.ascontiguousarray(bits).view(np.uint64).reshape(-1)
