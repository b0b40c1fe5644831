"""How an answer depends on the limits, as a picture: a cell for each pair of limits, with its number in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty._extras import need
from geocasualty.errors import InputError
from geocasualty.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_sensitivity"]

EMPTY = "#d9d9d9"
LIFT_SPAN = 2.0
"""The colours of a lift end at twice and at half, so that 1.05 times as many does not look like a find."""
FEW = 5.0
"""A ratio to a smaller expected count is noise: the usual least count of chi-square tests (W. G. Cochran, "Some methods
for strengthening the common chi-square tests", Biometrics 10, 1954)."""


class _Measure(NamedTuple):
    test: str
    beside: str
    kind: str


_MEASURES = {
    f"{start}{test}": _Measure(test, f"{beside}_{test}", kind)
    for start, beside, kind in (
        ("share_", "background", "share"), ("lift_", "expected", "lift"), ("", "expected", "count"),
    )
    for test in ("within", "possible")
}  # fmt: skip
Floats = npt.NDArray[np.float64]

_NUMBERS = ("within_km", "within_days", "incidents", "unlocated", "uncovered", "assessable")


def plot_sensitivity(
    table: pd.DataFrame, ax: Axes | None = None, *, measure: str = "share_possible", language: str = "en"
) -> Axes:
    """Draw the table of :func:`geocasualty.sensitivity` as a heatmap.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`geocasualty.sensitivity` returns it, or some of its rows.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Without one a figure of its own is made that no other plot shares; show it or save it as
        ``ax.figure``.
    measure : str
        A column: ``share_possible``, ``share_within`` (each cell also says the background: the mean share of other
        days on which the same test passes), ``lift_possible``, ``lift_within``, ``possible`` or ``within``.
    language : str, default "en"
        One of ``geocasualty.words.languages()``.

    Returns
    -------
    matplotlib.axes.Axes
        Limits in space (km) from left to right, in time (days) from the bottom to the top.

    Raises
    ------
    geocasualty.errors.InputError
        If the table lacks a column, has no rows, or has a pair of limits twice; if the measure is unknown.

    Notes
    -----
    The colours are matplotlib's *cividis* and, for a lift, ColorBrewer's *PuOr* from half to twice: both keep their
    order for the common forms of colour blindness. A number is black or white, whichever contrasts more with its cell:
    at least 4.5 to 1. A cell without a number is grey and says why; grey is also a lift where fewer than 5 were
    expected: such a ratio says nothing.

    Equal tables give equal PNG files with one version of matplotlib. An SVG or PDF file also holds a date and random
    ids: save it under ``matplotlib.rc_context({"svg.hashsalt": "geocasualty"})`` with ``metadata={"Date": None}`` (PDF:
    ``{"CreationDate": None}``).

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> table = gcas.sensitivity(book.incidents, book.strikes, within_km=[1, 10, 50], within_days=[0, 1])
    >>> ax = gcas.maps.plot_sensitivity(table)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('limit in space (km)', 'limit in time (days)')
    >>> gcas.maps.plot_sensitivity(table[:0])
    Traceback (most recent call last):
    ...
    geocasualty.errors.InputError: the table has no rows; gcas.sensitivity makes one with a row for each pair of limits
    """
    need("matplotlib")
    from matplotlib.figure import Figure

    words, chosen = Words(language), _measure(table, measure)
    km, days, (values, beside, tried) = _cells(table, [measure, chosen.beside, "incidents"])
    if ax is None:
        size = max(7.2, 1.2 + 1.2 * len(km)), max(3.4, 1.5 + 0.62 * len(days))
        ax = Figure(figsize=size, layout="constrained").add_subplot()
    faces = _faces(values, beside, chosen.kind)
    ax.imshow(faces, origin="lower", aspect="auto", interpolation="nearest")
    for row, column in np.ndindex(*values.shape):
        if np.isnan(tried[row, column]):
            continue
        text = _text(chosen.kind, float(values[row, column]), float(beside[row, column]), words)
        ink = _ink(faces[row, column])
        ax.text(column, row, text, ha="center", va="center", color=ink, fontsize=8, linespacing=1.35)
    ax.set_xticks(range(len(km)), [f"{value:g}" for value in km])
    ax.set_yticks(range(len(days)), [f"{value:g}" for value in days])
    ax.set_xticks(np.arange(len(km) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(days) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(words("heatmap.space"))
    ax.set_ylabel(words("heatmap.time"))
    title = words(f"heatmap.{chosen.kind}", what=words(f"heatmap.{chosen.test}"))
    ax.set_title(f"{title}\n{_of_whom(table, words)}", fontsize=9.5, loc=words.side, linespacing=1.4)
    return ax


def _measure(table: Any, measure: str) -> _Measure:
    """What is asked for, once the table is known to hold it."""
    if measure not in _MEASURES:
        raise InputError(f"measure is {measure!r}; expected one of {', '.join(sorted(_MEASURES))}")
    chosen = _MEASURES[measure]
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"the table is {type(table).__name__}; expected what gcas.sensitivity returns")
    missing = [name for name in (*_NUMBERS, measure, chosen.beside) if name not in table.columns]
    if missing:
        raise InputError(
            f"the table has no column {missing[0]!r}; expected what gcas.sensitivity returns", column=missing[0]
        )
    if not len(table):
        raise InputError("the table has no rows; gcas.sensitivity makes one with a row for each pair of limits")
    twice = table.duplicated(["within_km", "within_days"])
    if twice.any():
        km, days = table.loc[twice, ["within_km", "within_days"]].iloc[0]
        raise InputError(f"the table holds {km:g} km and {days:g} days twice; draw one set of incidents at a time")
    return chosen


def _cells(table: pd.DataFrame, columns: list[str]) -> tuple[list[float], list[float], list[Floats]]:
    """Both limits, and each column as an array with a row for each limit in time; NaN where nothing was tried."""
    wide = table.pivot(index="within_days", columns="within_km", values=columns).astype(float)
    parts = [wide[name].sort_index(axis=0).sort_index(axis=1) for name in columns]
    return list(parts[0].columns), list(parts[0].index), [part.to_numpy() for part in parts]


def _faces(values: Floats, beside: Floats, kind: str) -> Floats:
    """The colour of each cell."""
    from matplotlib import colormaps
    from matplotlib.colors import to_rgba

    unsure = np.isnan(values)
    if kind == "lift":
        unsure |= ~(beside >= FEW)
        with np.errstate(divide="ignore"):
            faces = colormaps["PuOr_r"](np.clip(0.5 + np.log(values) / np.log(LIFT_SPAN) / 2, 0, 1))
    else:
        top = 1.0 if kind == "share" else max([1.0, *values[np.isfinite(values)]])
        faces = colormaps["cividis"](np.clip(values / top, 0, 1))
    faces[unsure] = to_rgba(EMPTY)
    return np.asarray(faces, dtype=float)


def _text(kind: str, value: float, beside: float, words: Words) -> str:
    if kind == "share":
        if math.isnan(value):
            return words("heatmap.none")
        share, chance = (words.percent(each).replace("%", " %") for each in (value, beside))
        return words("heatmap.unknown" if math.isnan(beside) else "heatmap.chance", share=share, chance=chance)
    if math.isnan(value):
        return words("heatmap.nothing")
    shown = f"{value:,.0f}" if kind == "count" else "∞ ×" if math.isinf(value) else f"{value:.2f} ×"
    return words("heatmap.chance", share=shown, chance=f"{beside:,.1f}")


def _ink(face: Floats) -> str:
    """Black or white, whichever has the greater contrast by WCAG 2.2 (relative luminance, 1.4.3)."""
    channel = np.where(face[:3] <= 0.04045, face[:3] / 12.92, ((face[:3] + 0.055) / 1.055) ** 2.4)
    luminance = float(channel @ [0.2126, 0.7152, 0.0722])
    return "black" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "white"


def _of_whom(table: pd.DataFrame, words: Words) -> str:
    """Whom the numbers are of, in words."""
    every, lost, bare, asked = (int(table[name].iloc[0]) for name in _NUMBERS[2:])
    return words("heatmap.whom", asked=asked, every=every, lost=lost, bare=bare)
