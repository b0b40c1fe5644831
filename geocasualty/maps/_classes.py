"""Into which classes a measure falls, and their colours.

Own quantiles, because importing mapclassify 2.10 (it loads numba, scikit-learn and networkx) takes 2.6 s in a process
that has drawn a map before, more than the map itself: median of three, 2026-11-21, two cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geocasualty.errors import InputError
from geocasualty.words import ENGLISH, Words

__all__ = ["PALETTES", "class_breaks"]

# ColorBrewer YlOrBr (Cynthia Brewer, Apache 2.0), safe for the common forms of colour blindness.
PALETTES = {
    1: ["#fe9929"],
    2: ["#fec44f", "#cc4c02"],
    3: ["#fee391", "#fe9929", "#b8450a"],
    4: ["#fee391", "#fe9929", "#d95f0e", "#993404"],
    5: ["#fff0b8", "#fed98e", "#fe9929", "#d95f0e", "#993404"],
}


FRACTIONS = ("share_nearby", "strikes_per_incident")
"""Measures that are no whole numbers."""

STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Rounded ends of classes, each at most half as much again as the one before. A choice of this project."""


def class_breaks(
    values: list[float | None], classes: str | Sequence[float], measure: str, words: Words = ENGLISH
) -> dict[str, Any]:
    """Upper ends, colours and names of the classes of values above zero."""
    above = np.array([value for value in values if value], dtype=float)
    if isinstance(classes, str):
        if classes != "quantiles":
            raise InputError(f"classes={classes!r} is unknown; give 'quantiles' or the classes' upper ends")
        upper = _quantiles(above, measure in FRACTIONS)
    else:
        upper = sorted({float(value) for value in classes})
        if not upper or upper[0] <= 0 or not np.isfinite(upper).all() or len(upper) > max(PALETTES):
            raise InputError(f"classes={list(classes)!r}: give one to {max(PALETTES)} upper ends above 0")
        if above.size and above.max() > upper[-1]:
            upper = [*upper[: max(PALETTES) - 1], float(above.max())]
    share = measure == "share_nearby"
    whole = measure not in FRACTIONS

    def text(value: float) -> str:
        if share:
            return f"{100 * value:.0f} %"
        return f"{value:,.0f}" if whole else f"{value:.1f}"

    names, low = [], 1.0 if whole else 0.0
    for end in upper:
        same = whole and low >= end
        names.append(text(end) if same else words("map.span", first=text(low), last=text(end)))
        low = end + 1 if whole else end
    return {"upper": upper, "colors": PALETTES.get(len(upper), []), "names": names}


def _quantiles(values: Any, fractions: bool) -> list[float]:
    """Ends of about equal classes, each rounded up to a number that people count by."""
    if not values.size:
        return []
    few = np.unique(values)
    ends = [_rounded(end) for end in (few if few.size <= 5 else np.quantile(values, np.linspace(0.2, 1, 5)))]
    return sorted(set(ends if fractions else [float(np.ceil(end)) for end in ends]))


def _rounded(value: float) -> float:
    """The least of `STEPS` times a power of ten that holds a value."""
    power = 10.0 ** np.floor(np.log10(value))
    step = next(step for step in STEPS if value <= step * power * (1 + 1e-9))
    return float(f"{step * power:.6g}")
