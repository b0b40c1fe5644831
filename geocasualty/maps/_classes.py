"""Into which classes a measure falls, and their colours.

Own quantiles, because importing mapclassify 2.10 (it loads numba, scikit-learn and networkx) takes 2.6 s in a process
that has drawn a map before, more than the map itself: median of three, 2026-11-21, two cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geocasualty.errors import InputError

__all__ = ["PALETTES", "class_breaks"]

# ColorBrewer YlOrBr (Cynthia Brewer, Apache 2.0), safe for the common forms of colour blindness.
PALETTES = {
    1: ["#fe9929"],
    2: ["#fec44f", "#cc4c02"],
    3: ["#fee391", "#fe9929", "#b8450a"],
    4: ["#fee391", "#fe9929", "#d95f0e", "#993404"],
    5: ["#fff0b8", "#fed98e", "#fe9929", "#d95f0e", "#993404"],
}


def class_breaks(values: list[float | None], classes: str | Sequence[float], measure: str) -> dict[str, Any]:
    """Upper ends, colours and names of the classes of values above zero."""
    above = np.array(sorted({value for value in values if value}), dtype=float)
    if isinstance(classes, str):
        if classes != "quantiles":
            raise InputError(f"classes={classes!r} is unknown; give 'quantiles' or the classes' upper ends")
        upper = _quantiles(np.array([value for value in values if value]), above)
    else:
        upper = sorted({float(value) for value in classes})
        if not upper or upper[0] <= 0 or not np.isfinite(upper).all() or len(upper) > max(PALETTES):
            raise InputError(f"classes={list(classes)!r}: give one to {max(PALETTES)} upper ends above 0")
        if above.size and above[-1] > upper[-1]:
            upper = [*upper[: max(PALETTES) - 1], float(above[-1])]
    share = measure == "share_nearby"
    whole = measure not in ("share_nearby", "strikes_per_incident")

    def text(value: float) -> str:
        if share:
            return f"{100 * value:.0f} %"
        return f"{value:,.0f}".replace(",", "\u202f") if whole else f"{value:.1f}"

    names, low = [], 1.0 if whole else 0.0
    for end in upper:
        same = whole and low >= end
        names.append(text(end) if same else f"{text(low)} to {text(end)}")
        low = end + 1 if whole else end
    return {"upper": upper, "colors": PALETTES.get(len(upper), []), "names": names}


def _quantiles(values: Any, above: Any) -> list[float]:
    if above.size <= 5:
        return [float(value) for value in above]
    ends = np.quantile(values, np.linspace(0.2, 1, 5))
    return sorted({float(np.ceil(value) if value > 1 else value) for value in ends})
