"""What does a person at a terminal read of findings?"""

from __future__ import annotations

import textwrap
from typing import Any

__all__ = ["block", "table"]

WIDTH = 110


def _nearest(row: Any) -> str:
    if row.best_strike_id is None or row.best_strike_id != row.best_strike_id:
        return "-"
    if row.distance_min_km != row.distance_min_km:
        return f"{row.best_strike_id}: not located"
    away = f"{row.distance_min_km:.0f} to {row.distance_max_km:.0f} km"
    if row.distance_km == row.distance_km:
        away = f"{row.distance_km:.1f} km ({away})"
    return f"{row.best_strike_id}: {away}, {row.gap_days:+.0f} days".replace(" +0 days", " 0 days")


def _background(row: Any) -> str:
    from geocasualty.matching import background_in_words

    return background_in_words(row.background_passed, row.background_days)


def table(findings: Any) -> str:
    """Findings one under the other, each with its reason."""
    head = ("incident", "finding", "nearest strike", "background rate")
    rows = [(str(row.incident_id), str(row.finding), _nearest(row), _background(row)) for row in findings.itertuples()]
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True)).rstrip()]
    lines.append("  ".join("-" * width for width in widths))
    for row, reason in zip(rows, findings["reason"], strict=True):
        lines.append("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        lines.extend(textwrap.wrap(f"why: {reason}", WIDTH, initial_indent="    ", subsequent_indent="         "))
    return "\n".join(lines) + "\n"


def block(row: Any) -> str:
    """One finding."""
    lines = [f"{row['incident_id']}: {row['finding']}", f"  why: {row['reason']}"]
    lines.append(f"  nearest strike: {_nearest(row)}")
    lines.append(f"  background rate: {_background(row)}")
    lines.append(f"  limits: {row['within_km']:g} km, {row['within_days']:g} days")
    return "\n".join(lines)
