"""Whose strike is it? Names of belligerents, one spelling each."""

from __future__ import annotations

import re

__all__ = ["canonical_belligerents", "overlap"]

_ALIASES = {
    "Coalition": (
        "coalition", "us-led coalition", "u.s.-led coalition", "international coalition", "cjtf-oir", "cjtf oir",
        "inherent resolve", "operation inherent resolve", "global coalition", "the coalition", "coalition forces",
        "global coalition against daesh", "operation inherent resolve coalition", "us-led coalition forces",
    ),
    "United States": ("united states", "us", "u.s.", "usa", "united states of america", "us forces", "us military",
        "government of united states of america", "government of the united states", "government of united states"),
    "Netherlands": ("netherlands", "the netherlands", "dutch", "rnlaf", "government of netherlands"),
    "United Kingdom": ("united kingdom", "uk", "u.k.", "raf", "government of united kingdom"),
    "France": ("france", "french military", "government of france"),
    "Russia": ("russia", "russian military", "russian federation", "russian armed forces", "russian forces",
        "government of russia", "government of russia (soviet union)"),
    "Syrian government": ("syrian government", "syrian regime", "syrian_regime", "syrian military", "syrian army",
        "government of syria"),
    "Iraqi government": ("iraqi government", "iraqi military", "iraqi forces", "iraqi security forces",
        "government of iraq"),
    "Turkey": ("turkey", "türkiye", "turkiye", "turkish military", "turkish armed forces", "government of turkey",
        "government of turkiye"),
    "ISIS": ("isis", "isil", "is", "islamic state", "daesh", "da'esh", "islamic state (iraq and syria)",
        "islamic state (syria)", "islamic state (iraq)"),
}  # fmt: skip
_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_UNKNOWN = {"", "unknown", "unidentified", "n/a", "not stated"}


def canonical_belligerents(text: str) -> str:
    """Sort and join the names in a cell; an unknown belligerent is the empty string.

    Parameters
    ----------
    text : str
        Names separated by ``;``. Names that are in no table are kept as typed.

    Returns
    -------
    str
        Distinct names, sorted, joined by ``;``.

    Examples
    --------
    >>> canonical_belligerents("U.S.-led Coalition; Netherlands")
    'Coalition;Netherlands'
    >>> canonical_belligerents("unknown"), canonical_belligerents("Peshmerga")
    ('', 'Peshmerga')
    """
    names = set()
    for part in text.split(";"):
        name = re.sub(r"\s+", " ", part).strip()
        if name.lower() not in _UNKNOWN:
            names.add(_CANONICAL.get(name.lower(), name))
    return ";".join(sorted(names))


def overlap(one: str, other: str) -> bool:
    """Whether two sets of belligerents share a name; an unknown one overlaps any.

    Examples
    --------
    >>> overlap("Coalition", "Coalition;Netherlands"), overlap("Russia", "Coalition"), overlap("", "Russia")
    (True, False, True)
    """
    return not one or not other or not set(one.split(";")).isdisjoint(other.split(";"))
