"""What was called otherwise in the version before? Old names work for one version, with a warning."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import ParamSpec, TypeVar

__all__ = ["renamed_columns", "renamed_parameters"]

P = ParamSpec("P")
R = TypeVar("R")

_AREAS = {"admin1": "governorate", "admin2": "district"}
_COLUMNS = _AREAS | {"by": "analyst", "when": "date", "why": "note"}


def renamed_columns(table: str, columns: Iterable[str]) -> Mapping[str, str]:
    """Old names among the columns of a table of decisions to those that they have now.

    Parameters
    ----------
    table : str
        What to call the table.
    columns : iterable of str
        Its columns. An old name beside the new one is another column, and stays.

    Examples
    --------
    >>> renamed_columns("corrections", ["strike_id", "analyst", "date", "note"])
    {}
    """
    names = list(columns)
    found = {old: new for old, new in _COLUMNS.items() if old in names and new not in names}
    if found:
        said = ", ".join(f"{old!r} is {new!r}" for old, new in found.items())
        warnings.warn(f"{table}: {said} now; rename the columns", FutureWarning, stacklevel=4)
    return found


def renamed_parameters(function: Callable[P, R]) -> Callable[P, R]:
    """Take ``admin1=`` for ``governorate=`` and ``admin2=`` for ``district=``, with a warning."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        for old, new in _AREAS.items():
            if old in kwargs:
                warnings.warn(f"{old}= is {new}= now", DeprecationWarning, stacklevel=2)
                kwargs[new] = kwargs.pop(old)
        return function(*args, **kwargs)

    return called
