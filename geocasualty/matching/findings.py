"""Which findings are there, in which order, what does each say, and how does it look? One table, read by all.

A further finding is one row: tables, maps, reports, codebook and pages of the documentation take it from here. The
rule by which an incident has one of them stands where they are decided.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FINDINGS", "NEARBY", "NO_COVERAGE", "TABLE", "UNLOCATED", "Finding", "Look"]


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
        As in the column ``finding``.
    title : str
        On an English map.
    name, sentence : dict of str to str
        By language: as a report calls it, and what it says.
    look : Look
        How it is drawn.
    """

    id: str
    title: str
    name: dict[str, str]
    sentence: dict[str, str]
    look: Look


NEARBY, NO_COVERAGE, UNLOCATED = "strike-reported-nearby", "no-coverage", "unlocated"

TABLE = (
    Finding(
        NEARBY,
        "Strike reported nearby",
        {"en": "strike reported nearby", "ar": "ضربة مُعلن عنها في الجوار"},
        {
            "en": "A strike is reported wholly within both limits, or an analyst accepted one. It does not say that "
            "this strike caused the harm.",
            "ar": "أُعلن عن ضربة ضمن الحدين كليًا، أو قَبِل محلل ضربةً. ولا يعني ذلك أن هذه الضربة سببت الضرر.",
        },
        Look("#8f2f04", "#8f2f04", "#fff", "#b8420a"),
    ),
    Finding(
        "cannot-exclude",
        "A strike nearby cannot be excluded",
        {"en": "cannot exclude", "ar": "لا يمكن الاستبعاد"},
        {
            "en": "The records cannot tell: a strike is reported that may be within both limits, or one that counts "
            "has no place, or what the record says of its own place does not agree. The reason says which.",
            "ar": "لا تكفي السجلات للحسم: أُعلن عن ضربة قد تكون ضمن الحدين، أو إحدى الضربات المعنية بلا مكان، أو ما "
            "يقوله السجل عن مكانه لا يتفق مع نفسه. ويبيّن السبب أيها.",
        },
        Look("#fdeadd", "#b8420a", "#7c2c05", "#c98a00", mark_line="dashed"),
    ),
    Finding(
        "none-in-records",
        "No strike nearby in the records",
        {"en": "none in the records", "ar": "لا شيء في السجلات"},
        {
            "en": "Records that say they hold every strike of that time hold none that may be within both limits.",
            "ar": "السجلات التي تقول إنها تضم كل ضربات ذلك الوقت لا تضم ضربة قد تكون ضمن الحدين.",
        },
        Look("#e6eff7", "#0b5fa5", "#0a446f", "#0b5fa5", mark_line="double"),
    ),
    Finding(
        NO_COVERAGE,
        "No complete records for this belligerent, country and day",
        {"en": "no coverage", "ar": "لا تغطية"},
        {
            "en": "No strike is found, and the records do not hold every strike of that time: its absence shows "
            "nothing.",
            "ar": "لم توجد ضربة، والسجلات لا تضم كل ضربات ذلك الوقت: فغيابها لا يدل على شيء.",
        },
        Look("#eceff1", "#77838d", "#39444d", "#77838d"),
    ),
    Finding(
        UNLOCATED,
        "Not located: cannot be tested",
        {"en": "unlocated", "ar": "بلا مكان محدد"},
        {
            "en": "The incident has no place that could be compared.",
            "ar": "ليس للواقعة مكان يمكن مقارنته.",
        },
        Look("#fff", "#77838d", "#39444d", "#77838d", line="dashed"),
    ),
)
"""From the strongest to the one that says least."""

FINDINGS = tuple(finding.id for finding in TABLE)
"""Their identifiers in that order."""
