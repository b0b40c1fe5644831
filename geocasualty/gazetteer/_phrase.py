"""What a place text says, as :func:`~geocasualty.gazetteer.phrases.parse_phrase` gives it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Relation = Literal["at", "between", "and", "road", "reference", "nothing"]


class Named(NamedTuple):
    """One name as it stands in a text.

    ``whole`` has its kind word ("Sadr City"), ``name`` has not ("Sadr"), ``kinds`` are those that the word asks for.
    ``forms`` are all readings, longest first ("eastern Mosul city", "Mosul city", "Mosul"): look them up in this order.
    """

    whole: str
    name: str
    kinds: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


class Phrase(NamedTuple):
    """A place text taken apart; see :func:`parse_phrase`.

    Attributes
    ----------
    text : str
        As given.
    clause : str
        The part of the text, between commas, that the anchor stands in: all of it may be a name.
    relation : str
        ``at`` one anchor; ``between`` two or more; ``and``: each of several places; ``road``: on the road that joins
        them; ``reference``: grid reference or coordinates; ``nothing``: no place is named.
    anchors, parents : tuple of Named
        The places named, and the areas named around them, the smallest first.
    within : Named or None
        The town of a neighbourhood, street or building; also the first parent.
    vicinity : bool
        The text says "near", "outskirts of" or the like.
    bearing_deg, distance_m : float or None
        The offset from the anchor. Either may stand alone: "north of X", "20 km from X".
    part : float or None
        Compass bearing of the half meant: "northern X", "X الشمالي". "North of X" is an offset, also of a province;
        Arabic شمال before a governorate or a country is a part.
    extent : str or None
        ``outskirts``, ``surroundings``, ``countryside``, ``desert``, ``suburbs``, ``area``, ``border``, ``mountains``,
        ``plain``, ``centre``, ``river``, ``farms``, ``villages``, ``island`` or ``road``.
    reference : str or None
        Grid reference, without a label such as "MGRS:", or coordinates; otherwise verbatim.
    coordinates : tuple of float or None
        Longitude, latitude and radius in metres by the digits given; None for a grid reference.
    alternatives : tuple of Named
        Names beside the anchor, for the same place or for another: "X/Y", "X or Y".
    either : bool
        The alternatives stand behind "or".
    notes : tuple of Named
        What stands in brackets: another name, the areas around it or a remark.
    listing : bool
        Anchor and parents are parted by semicolons alone: a list, or an area and what lies in it.
    also : Phrase or None
        A second statement of where the anchor lies: "X, 54 NM southwest of Y", "X near Y".
    apart : bool
        The second statement stands behind a comma, so that the anchor may be the area that it lies in.
    members : tuple of Phrase
        For ``and``: each place with its own offset and parents. Their anchors are ``anchors``.
    unread : tuple of str
        Words that nothing above came of and that may say that the place is another: "about X", "X or nearby".
    """

    text: str
    relation: Relation
    anchors: tuple[Named, ...] = ()
    parents: tuple[Named, ...] = ()
    within: Named | None = None
    vicinity: bool = False
    bearing_deg: float | None = None
    distance_m: float | None = None
    part: float | None = None
    extent: str | None = None
    reference: str | None = None
    coordinates: tuple[float, float, float] | None = None
    alternatives: tuple[Named, ...] = ()
    either: bool = False
    listing: bool = False
    notes: tuple[Named, ...] = ()
    also: Phrase | None = None
    apart: bool = False
    clause: str = ""
    members: tuple[Phrase, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """Of the first anchor; empty without one."""
        return self.anchors[0].whole if self.anchors else ""

    @property
    def name(self) -> str:
        """Of the first anchor; empty without one."""
        return self.anchors[0].name if self.anchors else ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of the first anchor; empty without one."""
        return self.anchors[0].kinds if self.anchors else ()
