"""What casualty recorders say of victims beyond their number: who they were, what killed them, and how sure that is.

Sources of the terms in ``recorders.csv``: ``sdg``, the least disaggregation of SDG indicator 16.1.2 (OHCHR, as Every
Casualty reported it in May 2019), which asks for sex, age group, cause and status; ``ohchr``, the Guidance on Casualty
Recording (OHCHR, 2019); ``proof``, standards that inquiries state (S. Wilkinson, Standards of Proof in International
Humanitarian and Human Rights Fact-Finding and Inquiry Missions, Geneva Academy); ``own``, a list of this project.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from geocasualty.records._words import coded
from geocasualty.records.formats.protocol import Cells, folded_words
from geocasualty.records.schema import Role

__all__ = ["FIELDS", "UNKNOWN_TERM", "recognised", "terms"]

FIELDS = {
    "victim_status": "civilians and others among those killed, as the recorder judged it",
    "sex": "of those killed",
    "age_group": "of those killed: an adult is 18 or older",
    "death_type": "direct, by violence, or indirect, of what violence took away",
    "weapon": "what killed, by the categories of SDG indicator 16.1.2",
    "standard_of_proof": "how sure the recorder asks to be before a death counts",
    "infrastructure": "of which kind what was hit is, where it served civilians",
}
"""Fields and their meanings; cells are terms joined by ``;``, with the number of people where told (``man:2``)."""

_CALLED = {
    "victim status": "victim_status", "status of victim": "victim_status", "status of victims": "victim_status",
    "civilian status": "victim_status", "combat status": "victim_status", "status": "victim_status", "gender": "sex",
    "sex gender": "sex", "victim sex": "sex", "age": "age_group", "ages": "age_group", "type of death": "death_type",
    "weapon type": "weapon", "type of weapon": "weapon", "weapons": "weapon", "weapon used": "weapon",
    "cause of death": "weapon", "proof": "standard_of_proof", "infrastructure type": "infrastructure",
    "type of infrastructure": "infrastructure", "infrastructure hit": "infrastructure",
}  # fmt: skip
"""Other names of their columns."""

KNOWN_SHARE = 0.5
"""Of the words of a column at least so many must be known for it to be taken as such a field: others share its name."""

UNKNOWN_TERM = "unknown-term"

_PART = re.compile(r"\s*(?:(?P<before>\d{1,6})\s+)?(?P<word>.*?)(?:\s*[:x=]\s*(?P<behind>\d{1,6}))?\s*", re.DOTALL)


@cache
def terms() -> dict[str, dict[str, str]]:
    """Field to the words that a cell may use, each with its term.

    Examples
    --------
    >>> terms()["sex"]["female"], terms()["weapon"]["uxo"]
    ('woman', 'planted explosives and unexploded ordnance')
    """
    found: dict[str, dict[str, str]] = {field: {} for field in FIELDS}
    with Path(__file__).with_name("recorders.csv").open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            for word in (line["term"], *filter(None, line["words"].split(";"))):
                found[line["field"]][_folded(word)] = line["term"]
    return found


def _folded(word: str) -> str:
    return " ".join(folded_words(word)) + "+" * word.rstrip().endswith("+")


def recognised(native: Cells, role: Role = "incident") -> Cells:
    """The cells of incidents with the recorders' fields under their names, in their terms; strikes as they are.

    A cell with a word that no table knows stays as it is written, and its row gets the flag ``unknown-term``.

    Examples
    --------
    >>> found = recognised({"gender": ["2 women, 1 man", "F", "alien"], "colour": ["", "", ""]})
    >>> found["sex"], found["flags"]
    (['man:1;woman:2', 'woman', 'alien'], ['', '', 'unknown-term'])
    """
    made: dict[str, Any] = {}
    doubted: set[int] = set()
    for column in list(native) if role == "incident" else ():
        name = " ".join(folded_words(column))
        field = _CALLED.get(name) or name.replace(" ", "_") * (name.replace(" ", "_") in FIELDS)
        if not field or field in made or (field != column and field in native):
            continue
        codes, distinct = coded(native[column])
        said = {text: _in_terms(str(text), terms()[field]) for text in distinct.tolist()}
        known = [term for text, term in said.items() if str(text).strip()]
        if not known or sum(term is not None for term in known) < KNOWN_SHARE * len(known):
            continue
        texts = np.array([str(text) if said[text] is None else said[text] for text in distinct.tolist()], dtype=object)
        made[field] = texts[codes].tolist()
        bad = np.flatnonzero(np.array([said[text] is None for text in distinct.tolist()])[codes])
        doubted |= set(bad.tolist())
        native = {key: values for key, values in native.items() if key != column}
    if not made:
        return native
    native = dict(native) | made
    if doubted:
        flags = [str(text) for text in native.get("flags", [""] * len(next(iter(made.values()))))]
        native["flags"] = [
            ";".join(filter(None, (text, UNKNOWN_TERM * (row in doubted)))) for row, text in enumerate(flags)
        ]
    return native


def _in_terms(cell: str, words: Mapping[str, str]) -> str | None:
    """A cell in terms, sorted, with their numbers; None if a word of it is not known."""
    found: dict[str, int | None] = {}
    for part in _parts(cell, words):
        said = _PART.fullmatch(part)
        alone = words.get(_folded(part))
        term = alone or (words.get(_folded(said["word"])) if said else None)
        if term is None or said is None:
            return None
        number = None if alone else said["before"] or said["behind"]
        before = found.get(term, 0 if number else None)
        found[term] = None if number is None or before is None else before + int(number)
    return ";".join(f"{term}:{number}" if number is not None else term for term, number in sorted(found.items()))


def _parts(cell: str, words: Mapping[str, str]) -> Iterator[str]:
    """What stands between the marks of a cell, and around "and" where the whole is no term."""
    for part in filter(str.strip, re.split("[;,/|]", cell)):
        said = _PART.fullmatch(part)
        whole = said is not None and (_folded(part) in words or _folded(said["word"]) in words)
        yield from [part] if whole else filter(str.strip, re.split(r"\band\b", part))
