"""How are the letters of a script folded? The tables in ``scripts/``, one file a script, named by ISO 15924."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.theatre._tables import LETTERS, Rule, in_order, read_table

__all__ = ["FOLDER", "Rule", "Script", "read_script", "scripts"]

FOLDER = Path(__file__).parent / "scripts"

_SHAPE = {
    "name": str, "characters": str, "plain": Rule, "bare": Rule, "letters": LETTERS, "roman": LETTERS, "final": LETTERS,
    "articles": LETTERS, "fold": {"words": Rule, "rules": Rule, "sounds": Rule, "alike": LETTERS},
    "other": {"likely": Rule, "possible": Rule},
}  # fmt: skip


class Script(NamedTuple):
    """What a file of ``scripts/`` says: its comments explain each table. Mappings are of letters to what they become.

    ``characters`` is a regular expression of one character, by which a text in the script is told; Latin is what is
    left. ``fold`` has ``words``, ``rules``, ``sounds`` and ``alike``; ``other`` letters that stand for others in some
    spellings only, ``likely`` and ``possible``.
    """

    code: str
    name: str
    characters: str
    plain: tuple[Rule, ...]
    bare: tuple[Rule, ...]
    letters: dict[str, str]
    roman: dict[str, str]
    final: dict[str, str]
    articles: dict[str, str]
    fold: dict[str, Any]
    other: dict[str, tuple[Rule, ...]]


def read_script(path: Path) -> Script:
    """The script that a file describes. Raises InputError if it says something that is not read, or is no valid rule.

    Examples
    --------
    >>> read_script(FOLDER / "Arab.toml").roman["ب"]
    'b'
    """
    return Script(code=path.stem, **read_table(path, _SHAPE))


@cache
def scripts() -> tuple[Script, ...]:
    """All scripts, Latin first.

    Examples
    --------
    >>> [script.code for script in scripts()]
    ['Latn', 'Arab', 'Cyrl', 'Hebr']
    """
    return tuple(map(read_script, in_order(FOLDER, "Latn")))
