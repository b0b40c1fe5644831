"""Numbers as files write them: in Arabic figures, with a decimal comma, or as a word for "unknown"."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["DEGREES", "UNKNOWN_COUNTS", "numbers_of"]

DEGREES = {"latitude": 90.0, "longitude": 180.0}
"""Columns of degrees, and the most that they can be."""

UNKNOWN_COUNTS = frozenset({
    "na", "n/a", "n.a.", "n/k", "nan", "null", "?", "??", "-", "--", "–", "—", "unknown", "not known", "not stated",
    "unclear", "غير معروف",
})  # fmt: skip
"""Ways to say in a cell that a count is not known. "None" is not among them: it may mean zero."""

_PLAIN = str.maketrans({"٫": ".", "،": ",", "−": "-"})
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:٬[0-9]{3})+")


def numbers_of(texts: npt.NDArray[Any], column: str, *, whole: bool) -> tuple[npt.NDArray[np.float64], str]:
    """The numbers of a column's distinct texts, NaN for any that is none, and what is expected of those.

    A comma is a decimal one if no value of the column has a point, none has two commas, and with it all are possible:
    as degrees, if they are some; else none may look like thousands. In whole numbers it is never read.

    Parameters
    ----------
    texts : numpy.ndarray of str
        Stripped.
    column : str
        Whose they are.
    whole : bool
        Whether they are counts.

    Examples
    --------
    >>> numbers_of(np.array(["٣٥٫٣٢", "36.5", "1,000"], dtype=object), "radius_m", whole=False)[0].tolist()
    [35.32, 36.5, nan]
    >>> numbers_of(np.array(["36,335", "36,1"], dtype=object), "latitude", whole=False)[0].tolist()
    [36.335, 36.1]
    """
    plain = [_plain(text) for text in texts]
    expected = "expected a whole number, or nothing where it is unknown" if whole else "expected a number"
    if not whole and any("," in text for text in plain):
        if _are_decimal(plain, column):
            plain = [text.replace(",", ".") for text in plain]
        else:
            expected += (
                " with a point; a decimal comma is read only where no value of the column has a point, and none could "
                "be thousands or lies out of range"
            )
    values = pd.to_numeric(pd.Series(plain, dtype=object).replace("", np.nan), errors="coerce").astype(float)
    return values.to_numpy(float, copy=True), expected


def _plain(text: str) -> str:
    if text.isascii():
        return text
    figures = "".join(str(unicodedata.digit(mark)) if unicodedata.category(mark) == "Nd" else mark for mark in text)
    if _GROUPED.fullmatch(figures):
        return figures.replace("٬", "")
    return figures.translate(_PLAIN)


def _are_decimal(texts: list[str], column: str) -> bool:
    if any("." in text for text in texts):
        return False
    commas = [text for text in texts if "," in text]
    if not all(_COMMA.fullmatch(text) for text in commas):
        return False
    if column not in DEGREES:
        return not any(_THOUSANDS.fullmatch(text) for text in commas)
    return all(abs(float(text.replace(",", "."))) <= DEGREES[column] for text in commas)
