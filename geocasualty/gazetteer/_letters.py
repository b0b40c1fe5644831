"""Which letters may stand for others, where folding cannot make them one?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from geocasualty.gazetteer.names import plain_key
from geocasualty.theatre.scripts import Rule, scripts

__all__ = ["G_FOR_J", "OTHER_LETTERS", "other_letters"]

G_FOR_J = [rule for script in scripts() for rule in script.other["likely"]]
"""The Egyptian j. Folding cannot make the two one, since a g is as often a q: "Gayyarah" is Qayyarah."""

OTHER_LETTERS = [*G_FOR_J, *(rule for script in scripts() for rule in script.other["possible"])]
"""Letters that stand for others in some spellings, for themselves in most: tried where a name is not known, and
good enough only where the source says more than the name."""


def other_letters(name: str, rules: Iterable[Rule]) -> list[str]:
    """A name as it would be written without one of these habits, for each that it may show.

    Examples
    --------
    >>> other_letters("Hawiga", G_FOR_J), other_letters("Baghdad", G_FOR_J)
    (['hawija'], [])
    """
    key = plain_key(name)
    written = (re.sub(rule.pattern, rule.becomes, key) for rule in rules)
    return [other for other in written if other != key]
