"""What a place text says besides the name: "near", kinds of area, "in ... Province"."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Phrase", "parse_phrase"]


class Phrase(NamedTuple):
    """A place text taken apart.

    The name with and without a word for its kind, the kinds that this word asks for, whether the text says "near",
    and the areas that it lies in.
    """

    whole: str
    name: str
    kinds: tuple[str, ...]
    vicinity: bool
    parents: tuple[str, ...]


_NEAR = re.compile(
    r"^(?:in the (?:vicinity|area|outskirts) of|in the outskirts of|(?:on|at) the outskirts of|outskirts of|"
    r"near(?:\s+to)?|close to|around|قرب|بالقرب من|في محيط|محيط)\s+",
    re.IGNORECASE,
)
_KINDS: dict[str, tuple[str, ...]] = {
    "province": ("governorate",),
    "governorate": ("governorate",),
    "muhafazah": ("governorate",),
    "محافظة": ("governorate",),
    "پارێزگای": ("governorate",),
    "district": ("district",),
    "qadaa": ("district",),
    "qada": ("district",),
    "قضاء": ("district",),
    "منطقة": ("district",),
    "subdistrict": ("subdistrict",),
    "sub-district": ("subdistrict",),
    "nahiyah": ("subdistrict",),
    "ناحية": ("subdistrict",),
    "city": ("city", "town"),
    "town": ("town", "city", "village"),
    "village": ("village", "town"),
    "مدينة": ("city", "town"),
    "بلدة": ("town", "city", "village"),
    "قرية": ("village", "town"),
}
_WORD = "|".join(re.escape(word) for word in _KINDS)
_KIND_AFTER = re.compile(rf"^(?P<name>.+?)\s+(?P<kind>{_WORD})$", re.IGNORECASE)
_KIND_BEFORE = re.compile(rf"^(?:the\s+)?(?P<kind>{_WORD})\s+(?:of\s+)?(?P<name>.+)$", re.IGNORECASE)
_INSIDE = re.compile(r"^(?P<name>[^,]+?)(?:\s*[,،]\s*|\s+in\s+)(?P<parent>.+)$", re.IGNORECASE)


def parse_phrase(text: str) -> Phrase:
    """Take a place text apart.

    Parameters
    ----------
    text : str
        ``near Hawijah``, ``Idlib province``, ``Hit in Al Anbar Province``, ``محافظة كركوك``.

    Returns
    -------
    Phrase
        With the names of parents, nearest first, as written.

    Examples
    --------
    >>> parse_phrase("near Hit in Al Anbar Province, Iraq")
    Phrase(whole='Hit', name='Hit', kinds=(), vicinity=True, parents=('Al Anbar Province', 'Iraq'))
    >>> parse_phrase("Idlib province").kinds
    ('governorate',)
    """
    rest = " ".join(text.split())
    found = _NEAR.match(rest)
    vicinity = found is not None
    if found:
        rest = rest[found.end() :]
    parents: list[str] = []
    while inside := _INSIDE.match(rest):
        rest = inside["name"].strip()
        parents = [part.strip() for part in re.split(r"[,،]", inside["parent"]) if part.strip()]
    whole = rest
    kinds: tuple[str, ...] = ()
    kind = _KIND_AFTER.match(rest) or _KIND_BEFORE.match(rest)
    if kind:
        rest, kinds = kind["name"].strip(), _KINDS[kind["kind"].lower()]
    return Phrase(whole, rest, kinds, vicinity, tuple(parents))
