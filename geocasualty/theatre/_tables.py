"""How is a table of a language, a script or a theatre read, and what in it is a mistake?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from geocasualty.errors import InputError

Words = tuple[str, ...]
WORDS, LETTERS, HELD = "words", "letters", "held"
"""Shapes: a list of words; letters by what they stand for; rules, each of which alone makes its example."""


class Rule(NamedTuple):
    """One habit of writing: a regular expression, what it becomes, and two spellings that it makes one."""

    pattern: str
    becomes: str
    example: tuple[str, str]


def read_table(path: Path, shape: Mapping[str, Any]) -> dict[str, Any]:
    """A TOML file of this shape; what it lacks is empty, but texts and numbers must be there.

    A shape is a mapping of keys to shapes, a type, a number of rows of words, a regular expression of the keys under
    which words stand, :class:`Rule`, or one of the constants of this module.

    Raises InputError with the file, the table and the word, if it has another shape, or a key that nothing reads.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: not a TOML file in UTF-8 ({error})") from error
    checked: dict[str, Any] = _checked(table, shape, path.name)
    return checked


def in_order(folder: Path, first: str) -> list[Path]:
    """The tables of a folder, ``first`` before the others."""
    return sorted(folder.glob("*.toml"), key=lambda path: (path.stem != first, path.stem))


def _checked(value: Any, shape: Any, where: str) -> Any:
    if isinstance(shape, type) and shape is not Rule:
        if not isinstance(value, shape) or not value:
            raise InputError(f"{where}: {'not given' if value is None else repr(value)}; expected {shape.__name__}")
        return value
    if shape == WORDS:
        return _words(value or [], where)
    if isinstance(shape, int):
        if len(value or ()) not in (0, shape):
            raise InputError(f"{where}: {len(value)} rows; expected {shape}")
        rows = [_words(row, where) for row in value or ()]
        _once((word for row in rows for word in row), where)
        return tuple(rows)
    if shape in (Rule, HELD):
        return tuple(_rule(row, shape == HELD, where) for row in value or ())
    return _keyed({} if value is None else value, shape, where)


def _keyed(value: Any, shape: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected a table")
    known = shape.fullmatch if isinstance(shape, re.Pattern) else str if shape == LETTERS else shape.__contains__
    if unknown := [key for key in value if key and not known(key)]:
        expected = shape.pattern.replace("|", ", ") if isinstance(shape, re.Pattern) else ", ".join(shape)
        raise InputError(f"{where}: {unknown[0]!r}: nothing reads this; expected {expected}")
    if shape == LETTERS:
        _once((letter for letters in value.values() for letter in letters), where)
        return {letter: becomes for becomes, letters in value.items() for letter in letters}
    if isinstance(shape, re.Pattern):
        found = {key: _words(words, f"{where}, {key}") for key, words in value.items()}
        _once((word for words in found.values() for word in words), where)
        return found
    return {key: _checked(value.get(key), each, f"{where}, {key}") for key, each in shape.items()}


def _words(words: Any, where: str) -> Words:
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() == word != "" for word in words):
        raise InputError(f"{where}: {words!r} is no list of words")
    _once(words, where)
    return tuple(words)


def _once(words: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise InputError(f"{where}: {word!r} stands twice")
        seen.add(word)


def _rule(row: Any, held: bool, where: str) -> Rule:
    if set(row) != {"pattern", "becomes", "example"} or len(row["example"]) != 2:
        raise InputError(f"{where}: {row!r}: a rule has pattern, becomes and an example of two spellings")
    one, other = row["example"]
    try:
        made = re.sub(row["pattern"], row["becomes"], one)
    except (re.error, TypeError) as error:
        raise InputError(f"{where}: {row['pattern']!r} is no regular expression ({error})") from error
    if held and made != other:
        raise InputError(f"{where}: {row['pattern']!r} does not make {other!r} of {one!r}")
    return Rule(row["pattern"], row["becomes"], (one, other))
