"""Whose strike is it? Names of belligerents, one spelling each."""

from __future__ import annotations

import functools
import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from geocasualty.errors import GeocasualtyWarning
from geocasualty.records._parties import ALIASES, DOUBTS, MEANS, MEMBERS, UNKNOWN, key_of

if TYPE_CHECKING:
    from geocasualty.records._flags import Flags
    from geocasualty.records._typed import Typed
    from geocasualty.records._words import Words

__all__ = ["canonical_belligerents", "mark_belligerents", "names_in_no_table", "nearest_name", "overlap"]

COALITION = "Coalition"

OWN_LISTS = ("ucdp-ged", "acled")
"""Readers of sources that name local parties from lists of their own: such a name is no mistake."""

SHOWN = 3
"""Names that a warning shows."""

_KNOWN = frozenset(ALIASES.values())
_BETWEEN = re.compile(r"[,،؛/|&+]|\s(?:and/or|and|or)\s|\sو\s*(?=\S)", re.IGNORECASE)


def canonical_belligerents(text: str) -> str:
    """Sort and join the names in a cell; an unknown belligerent is the empty string.

    Parameters
    ----------
    text : str
        Names separated by ``;``. Also by a comma, ``/``, ``|``, ``&``, ``+``, "and", "or" or the Arabic "و", but there
        only where every part is a known name: any other name with a comma inside stays whole. Words that say with
        what ("airstrikes", "warplanes", "forces", "air force") or how surely ("suspected") are taken off a name.

    Returns
    -------
    str
        Distinct names, sorted, joined by ``;``. Names that are in no table are kept as typed; "unknown", "NA", "?" and
        the like are no names.

    Examples
    --------
    >>> canonical_belligerents("U.S.-led Coalition airstrikes; Netherlands")
    'Coalition;Netherlands'
    >>> canonical_belligerents("unclear"), canonical_belligerents("Battalion of Hit")
    ('', 'Battalion of Hit')
    >>> canonical_belligerents("Coalition, Russia"), canonical_belligerents("التحالف الدولي")
    ('Coalition;Russia', 'Coalition')
    """
    return ";".join(sorted({name for part in re.split("[;؛]", text) for name in _names(part)}))


def _names(part: str) -> list[str]:
    found = _known(part)
    if found is not None:
        return [found] if found else []
    parts = [_known(each) for each in _BETWEEN.split(part)]
    if len(parts) > 1 and None not in parts:
        return [name for name in parts if name]
    return [re.sub(r"\s+", " ", part).strip()]


def _known(name: str) -> str | None:
    """The one spelling of a name, empty for nobody; None for a name that is in no table."""
    key = key_of(name)
    while True:
        if key in UNKNOWN:
            return ""
        if key in ALIASES:
            return ALIASES[key]
        shorter = DOUBTS.sub("", key, count=1) if DOUBTS.match(key) else _without_means(key)
        if shorter == key:
            return None
        key = shorter


def _without_means(key: str) -> str:
    found = [each for each in MEANS.finditer(key) if each.end() == len(key)]
    return key[: found[0].start()] if found else key


def names_in_no_table(names: str) -> list[str]:
    """Those of the ``;``-joined names that no table here has.

    Examples
    --------
    >>> names_in_no_table("Coalition;coaliton")
    ['coaliton']
    """
    return [name for name in names.split(";") if name and name not in _KNOWN]


@functools.cache
def nearest_name(name: str) -> str:
    """The known name that a name may be a slip for, or that stands in it among others; empty if there is none.

    Examples
    --------
    >>> nearest_name("coaliton"), nearest_name("Ministry of Defence, Russia"), nearest_name("Battalion of Hit")
    ('Coalition', 'Russia', '')
    """
    from rapidfuzz.distance import OSA

    key = key_of(name)
    slips = [
        (away, ALIASES[alias])
        for alias in ALIASES
        if len(alias) >= 5 and (away := OSA.distance(key, alias, score_cutoff=2)) <= (1 if len(alias) < 9 else 2)
    ]
    if slips:
        return min(slips)[1]
    return next(filter(None, (_known(part) for part in _BETWEEN.split(name))), "")


def mark_belligerents(typed: Typed, reason: Words, reader: str, flags: Flags) -> None:
    """Flag rows whose belligerents are in no table, and say the nearest known name; nothing is corrected.

    Parameters
    ----------
    typed : Typed
        Its belligerents and those that it covers.
    reason : Words
        Of the location of each row; what is said of a name is appended.
    reader : str
        Name and version. A source with a list of parties of its own (UCDP, ACLED) is taken at its word.
    flags : Flags
        ``unknown-belligerent`` is added.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        If a name looks like a slip for a known one.
    """
    if reader.split("/")[0] in OWN_LISTS:
        return
    slips: dict[str, int] = {}
    for column in ("belligerents", "covers_belligerents"):
        values = typed.frame[column].cat
        codes = values.codes.to_numpy()
        order = np.argsort(codes, kind="stable")
        edges = np.searchsorted(codes[order], np.arange(len(values.categories) + 1))
        strange = np.zeros(len(codes), dtype=bool)
        for code, text in enumerate(values.categories):
            rows = order[edges[code] : edges[code + 1]]
            for name in names_in_no_table(text):
                near = nearest_name(name)
                strange[rows] = True
                hint = f", and may mean {near}" if near else ""
                reason.append(rows, f" {column}: {name[:60]!r} is in no table of names{hint}")
                if near:
                    said = f"{name[:60]!r} for {near}"
                    slips[said] = slips.get(said, 0) + len(rows)
        if strange.any():
            flags.add("unknown-belligerent", strange)
    if slips:
        shown = ", ".join(f"{said} ({count} rows)" for said, count in sorted(slips.items())[:SHOWN])
        more = f" and {len(slips) - SHOWN} more" if len(slips) > SHOWN else ""
        warnings.warn(
            f"belligerents that are in no table and may be slips: {shown}{more}; they are kept as parties of their "
            "own, which no strike of the other matches: correct them, and separate names by ';'",
            GeocasualtyWarning,
            stacklevel=7,
        )


@functools.lru_cache(maxsize=65_536)
def _parties(names: str) -> frozenset[str]:
    return frozenset(filter(None, canonical_belligerents(names).split(";")))


def overlap(one: str, other: str) -> bool:
    """Whether two sets of belligerents may be of one strike: they share a name, or either is unknown.

    The Coalition's releases report the strikes of its members and do not say whose each was. So a member (United
    States, United Kingdom, France, Netherlands, Belgium, Denmark, Australia, Canada, Jordan, Saudi Arabia, United Arab
    Emirates, Bahrain) overlaps a side that names the Coalition and none of its members, and the other way round. It
    overlaps no side that names the Coalition with other members only. Turkey is no member here: most of its strikes in
    Syria were not the Coalition's.

    Parameters
    ----------
    one, other : str
        Names joined by ``;``, in any spelling that :func:`canonical_belligerents` reads.

    Examples
    --------
    >>> overlap("Coalition", "Coalition;Netherlands"), overlap("Russia", "Coalition"), overlap("", "Russia")
    (True, False, True)
    >>> overlap("United States", "Coalition"), overlap("Coalition", "France"), overlap("Turkey", "Coalition")
    (True, True, False)
    >>> overlap("Netherlands", "Coalition;United Kingdom"), overlap("France", "Netherlands")
    (False, False)
    """
    ours, theirs = _parties(one), _parties(other)
    if not ours or not theirs or ours & theirs:
        return True
    return _as_member(ours, theirs) or _as_member(theirs, ours)


def _as_member(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether some name a member of the Coalition, and others it as a whole."""
    return COALITION in others and bool(some & MEMBERS) and not others & MEMBERS
