"""How does a text that somebody else wrote stand on a screen, so that it cannot pass for what this package says?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["UNSEEN", "html_table", "shown"]

UNSEEN = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f"  # controls but the tab: line feeds, and the ESC that clears the screen
    "\u2028\u2029"  # ends of lines and paragraphs
    "\u202a-\u202e\u2066-\u2069"  # they reverse what stands beside them
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # never drawn
    "\ud800-\udfff]"  # halves of characters
)


def shown(text: object, keep: str = "") -> str:
    r"""A text with each character that cannot be seen, or moves what stands beside it, as its escape.

    Parameters
    ----------
    text : object
        Taken as text.
    keep : str
        Characters to leave, such as the line feeds of what is laid out in lines already.

    Examples
    --------
    >>> print(shown("A1\nB2: none-in-records\x1b[2J"))
    A1\nB2: none-in-records\x1b[2J
    >>> print(shown("الحويجة"))
    الحويجة
    """
    return UNSEEN.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), str(text))


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


MOST_ROWS, MOST_CELL = 10, 160
"""Of a table in a notebook: rows, and characters that a cell shows."""


def html_table(caption: object, rows: Iterable[Sequence[object]], head: Sequence[str] = ()) -> str:
    """A small table for a notebook: every cell as text in its own direction, long ones cut, without a script.

    Examples
    --------
    >>> html_table("<b>", [("name", "Hit")]).count("&lt;b&gt;")
    1
    """
    every = list(rows)
    body = "".join(f"<tr>{''.join(_cell(each) for each in row)}</tr>" for row in every[:MOST_ROWS])
    if len(every) > MOST_ROWS:
        body += f"<tr><td colspan='9' style='text-align:start'>and {len(every) - MOST_ROWS:,} more</td></tr>"
    names = "".join(f"<th style='text-align:start'>{escape(name)}</th>" for name in head)
    top = f"<thead><tr>{names}</tr></thead>" if head else ""
    said = f"<caption style='text-align:start' dir='auto'>{escape(_cut(caption))}</caption>"
    return f"<table>{said}{top}<tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    return f"<td style='text-align:start' dir='auto'>{escape(_cut(value))}</td>"


def _cut(value: object) -> str:
    text = shown(f"{value:.4g}" if isinstance(value, float) else value)
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 1]}…"
