"""Which findings are there, in which order, what does each say, and how does it look? One table, read by all.

A further finding is one row, and its words in each catalogue: tables, maps, reports, codebook and pages of the
documentation take it from here. The rule by which an incident has one of them stands where they are decided.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ABSENT", "FINDINGS", "NEARBY", "NO_COVERAGE", "TABLE", "UNLOCATED", "Finding", "Look"]


class Look(NamedTuple):
    """Colours and kinds of line: of a badge in a report (ground, edge, ink) and of the mark in a map's popup."""

    ground: str
    edge: str
    ink: str
    mark: str
    line: str = "solid"
    mark_line: str = "solid"


class Finding(NamedTuple):
    """One finding.

    Attributes
    ----------
    id : str
        As in the column ``finding``; what it is called and what it says stands under it in the catalogues of
        :mod:`geocasualty.words`.
    look : Look
        How it is drawn.
    """

    id: str
    look: Look


NEARBY, ABSENT, NO_COVERAGE, UNLOCATED = "strike-reported-nearby", "none-in-records", "no-coverage", "unlocated"

TABLE = (
    Finding(NEARBY, Look("#8f2f04", "#8f2f04", "#fff", "#b8420a")),
    Finding("cannot-exclude", Look("#fdeadd", "#b8420a", "#7c2c05", "#c98a00", mark_line="dashed")),
    Finding(ABSENT, Look("#e6eff7", "#0b5fa5", "#0a446f", "#0b5fa5", mark_line="double")),
    Finding(NO_COVERAGE, Look("#eceff1", "#77838d", "#39444d", "#77838d")),
    Finding(UNLOCATED, Look("#fff", "#77838d", "#39444d", "#77838d", line="dashed")),
)
"""From the strongest to the one that says least."""

FINDINGS = tuple(finding.id for finding in TABLE)
"""Their identifiers in that order."""
