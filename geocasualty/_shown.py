"""How does a text that somebody else wrote stand on a screen, so that it cannot pass for what this package says?"""

from __future__ import annotations

import re

__all__ = ["UNSEEN", "shown"]

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
