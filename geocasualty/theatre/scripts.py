"""How are the letters of a script folded? The tables in ``scripts/``, one file a script, named by ISO 15924."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.errors import InputError

__all__ = ["FOLDER", "Rule", "Script", "in_order", "read_rules", "read_script", "read_table", "scripts"]

FOLDER = Path(__file__).parent / "scripts"


class Rule(NamedTuple):
    """One habit of writing: a regular expression, what it becomes, and two spellings that it makes one."""

    pattern: str
    becomes: str
    example: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """What a file of ``scripts/`` says; everything but the name may be missing.

    Attributes
    ----------
    code, name : str
        ISO 15924, and in English.
    characters : str
        A regular expression of one character, by which a text in the script is told; empty for Latin.
    letters, roman, final, alike : mapping of str to str
        Forms of letters as they are compared; letters in Latin ones; the last letter of a name, where it stands for
        another; letters that names write the one for the other.
    plain, bare, words, rules, sounds : tuple of Rule
        What is not spelling; what may stand or not; whole words that are one; other rules for whole names; rules for
        each word, in this order.
    articles : mapping of str to str
        Each article and the letters that must follow.
    likely, possible : tuple of Rule
        Letters that stand for others in some spellings only.
    """

    code: str
    name: str
    characters: str
    letters: Mapping[str, str]
    roman: Mapping[str, str]
    final: Mapping[str, str]
    alike: Mapping[str, str]
    plain: tuple[Rule, ...]
    bare: tuple[Rule, ...]
    words: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    sounds: tuple[Rule, ...]
    articles: Mapping[str, str]
    likely: tuple[Rule, ...]
    possible: tuple[Rule, ...]


def read_table(path: Path) -> dict[str, Any]:
    """A TOML file.

    Raises
    ------
    geocasualty.errors.InputError
        If it is none.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: not a TOML file in UTF-8 ({error})") from error


def read_rules(rows: Sequence[Any], where: str) -> tuple[Rule, ...]:
    """Rows of ``pattern``, ``becomes`` and ``example``, checked.

    Raises
    ------
    geocasualty.errors.InputError
        If a row lacks one of them, has another, or its pattern is no regular expression.

    Examples
    --------
    >>> read_rules([{"pattern": "kh", "becomes": "h", "example": ["Khamam", "Hamam"]}], "Latn.toml")[0].becomes
    'h'
    """
    rules = []
    for row in rows:
        if set(row) != {"pattern", "becomes", "example"} or len(row["example"]) != 2:
            raise InputError(f"{where}: {row!r}: a rule has pattern, becomes and an example of two spellings")
        try:
            re.sub(row["pattern"], row["becomes"], row["example"][0])
        except (re.error, TypeError) as error:
            raise InputError(f"{where}: {row['pattern']!r} is no regular expression ({error})") from error
        rules.append(Rule(row["pattern"], row["becomes"], tuple(row["example"])))
    return tuple(rules)


def _letters(table: Mapping[str, str], where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for becomes, letters in table.items():
        for letter in letters:
            if letter in found:
                raise InputError(f"{where}: {letter!r} stands for {found[letter]!r} and for {becomes!r}")
            found[letter] = becomes
    return found


def read_script(path: Path) -> Script:
    """The script that a file describes.

    Raises
    ------
    geocasualty.errors.InputError
        If it says something that is not read, or is no valid rule.

    Examples
    --------
    >>> read_script(FOLDER / "Arab.toml").roman["ب"]
    'b'
    """
    table, where = read_table(path), path.name
    fold, other = table.pop("fold", {}), table.pop("other", {})
    found = Script(
        code=path.stem,
        name=table.pop("name", ""),
        characters=table.pop("characters", ""),
        letters=_letters(table.pop("letters", {}), where),
        roman=_letters(table.pop("roman", {}), where),
        final=_letters(table.pop("final", {}), where),
        alike=_letters(fold.pop("alike", {}), where),
        plain=read_rules(table.pop("plain", ()), where),
        bare=read_rules(table.pop("bare", ()), where),
        words=read_rules(fold.pop("words", ()), where),
        rules=read_rules(fold.pop("rules", ()), where),
        sounds=read_rules(fold.pop("sounds", ()), where),
        articles={word: letters for letters, words in table.pop("articles", {}).items() for word in words},
        likely=read_rules(other.pop("likely", ()), where),
        possible=read_rules(other.pop("possible", ()), where),
    )
    if unknown := [*table, *fold, *other]:
        raise InputError(f"{where}: {', '.join(unknown)}: nothing reads this; see the other files")
    if not found.name or (found.code != "Latn" and len(re.sub(r"\[.*\]", "", found.characters))):
        raise InputError(f"{where}: a script has a name and its characters, such as '[\\u0400-\\u04ff]'")
    return found


def in_order(folder: Path, first: str) -> list[Path]:
    """The tables of a folder, ``first`` before the others."""
    return sorted(folder.glob("*.toml"), key=lambda path: (path.stem != first, path.stem))


@cache
def scripts() -> tuple[Script, ...]:
    """All scripts, Latin first.

    Examples
    --------
    >>> [script.code for script in scripts()]
    ['Latn', 'Arab']
    """
    return tuple(read_script(path) for path in in_order(FOLDER, "Latn"))
