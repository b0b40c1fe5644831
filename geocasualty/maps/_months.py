"""How many records a month, as bars in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geocasualty.maps._sheet import marked

__all__ = ["inline_months"]

WIDTH, LEFT, HIGH, GAP = 960, 20, 150, 46
FEW_BARS, MOST_TICKS = 26, 14


def inline_months(months: Sequence[str], rows: Sequence[tuple[str, str, Sequence[float]]], *, title: str) -> str:
    """Bars of equal months, one row of bars above the other, each with a scale of its own.

    Parameters
    ----------
    months : sequence of str
        Such as "2015-06", without a gap.
    rows : sequence of (look, name, values)
        A class for colour, what is counted, and its number each month.
    title : str
        What the drawing shows.
    """
    height = len(rows) * (HIGH + GAP) + 30
    step = (WIDTH - 2 * LEFT) / max(len(months), 1)
    every = -(-len(months) // MOST_TICKS) or 1
    parts = []
    for number, (look, name, values) in enumerate(rows):
        floor = (number + 1) * (HIGH + GAP)
        most = max([1.0, *values])
        parts.append(marked("text", name, x=WIDTH / 2, y=floor - HIGH - 26, class_="t-name"))
        for position, value in enumerate(values):
            x, tall = LEFT + position * step, value / most * HIGH
            if value:
                bar: dict[str, Any] = {
                    "x": x + step * 0.08,
                    "y": floor - tall,
                    "width": step * 0.84,
                    "height": max(tall, 1.0),
                }
                parts.append(marked("rect", class_=f"t-bar {look}", **bar))
            if value and (len(months) <= FEW_BARS or value == most):
                parts.append(marked("text", f"{value:,.0f}", x=x + step / 2, y=floor - tall - 5, class_="t-value"))
        parts.append(marked("path", d=f"M{LEFT} {floor}h{WIDTH - 2 * LEFT}", class_="t-floor"))
    for position in range(0, len(months), every):
        x = LEFT + (position + 0.5) * step
        parts.append(marked("text", months[position], x=x, y=height - 8, class_="t-tick"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return f"{head}{marked('title', title)}{''.join(parts)}</svg>"
