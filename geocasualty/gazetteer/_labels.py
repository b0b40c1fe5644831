"""What is a place called where one reads it, so that the words, given back, are that place and no other?"""

from __future__ import annotations

from collections.abc import Mapping

from geocasualty.gazetteer._index import NameIndex
from geocasualty.gazetteer.place import Place
from geocasualty.taxonomy import LEVELS


class Labels:
    """Names places, with no more said of them than tells them apart."""

    def __init__(self, places: Mapping[str, Place], index: NameIndex) -> None:
        self._places = places
        self._index = index
        self._known: dict[str, str] = {}

    def of(self, place: Place) -> str:
        """``Sinjar (Nineveh, IQ)``; with its kind, its district or its coordinates where others share the label."""
        known = self._known.get(place.place_id)
        if known is None:
            known = self._known[place.place_id] = self._made(place)
        return known

    def _made(self, place: Place) -> str:
        others = [
            other
            for place_id in self._index.exact(place.name).place_ids
            if (other := self._places[place_id]).place_id != place.place_id
            and other.country == place.country
            and (place.kind in LEVELS or place.admin1 in (other.admin1, other.place_id))
        ]
        if not others or (place.kind not in LEVELS and all(other.kind in LEVELS for other in others)):
            return self._within(place, place.name)
        named = place.name if place.name.lower().endswith(f" {place.kind}") else f"{place.name} {place.kind}"
        alike = [other for other in others if other.kind == place.kind and other.admin1 == place.admin1]
        if not alike:
            return self._within(place, named)
        district = self._places.get(place.admin2)
        if district is not None and all(other.admin2 not in ("", place.admin2) for other in alike):
            return self._within(place, named, district.name)
        return self._within(place, named, f"{place.lat:.3f} {place.lon:.3f}")

    def _within(self, place: Place, named: str, *more: str) -> str:
        inside = self._places.get(place.admin1)
        said = (*more, inside.name if inside else "", place.country)
        return f"{named} ({', '.join(part for part in said if part)})"

    def meant(self, text: str) -> Place | None:
        """The place that a text is the label of; None if it is none, or of several."""
        named, mark, _ = text.rpartition(" (")
        if not mark or not text.endswith(")"):
            return None
        found = {}
        for form in (named, named.rpartition(" ")[0]):
            for place_id in self._index.exact(form).place_ids if form else ():
                if self.of(self._places[place_id]) == text:
                    found[place_id] = self._places[place_id]
        return next(iter(found.values())) if len(found) == 1 else None
