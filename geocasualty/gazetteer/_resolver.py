"""How does a place text become a geometry? Finds each name in it, then applies what the phrase says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from geocasualty.gazetteer import _shapes as shapes
from geocasualty.gazetteer._choice import Hints, choose, dwarfed, metres_beyond, well_known
from geocasualty.gazetteer._index import NOTHING, PART, Hits, NameIndex
from geocasualty.gazetteer._phrase_words import DEMONYMS
from geocasualty.gazetteer._references import FARTHEST_M, References, beside, refusal
from geocasualty.gazetteer._stated import Stated
from geocasualty.gazetteer.names import plain_key
from geocasualty.gazetteer.phrases import Named, Phrase, parse_phrase
from geocasualty.gazetteer.place import Candidate, Place, Resolution
from geocasualty.taxonomy import LEVELS, SETTLEMENTS

__all__ = ["Resolver"]


SURE = 0.95
"""The score of a name that is known, in whatever spelling; a misspelling of one scores less."""

SHOWN = 8
"""Candidates that a resolution keeps."""


class Resolver:
    """Answers single texts for a gazetteer.

    Parameters
    ----------
    places : mapping of str to Place
        By ``place_id``.
    index : NameIndex
        Their names.
    """

    def __init__(self, places: Mapping[str, Place], index: NameIndex) -> None:
        self._places = places
        self._index = index
        self._stated = Stated(places, index)
        self._references = References(places)

    def _of(self, hits: Hits, kinds: tuple[str, ...]) -> list[Place]:
        return [self._places[place_id] for place_id in hits.place_ids if self._places[place_id].kind in kinds]

    def resolve(
        self,
        text: str,
        country: str | float | None,
        admin1: str | None,
        admin2: str | None,
        near: tuple[float, float] | None,
        kinds: tuple[str, ...],
    ) -> Resolution:
        """Resolve one text; see :meth:`geocasualty.gazetteer.Gazetteer.resolve`."""
        refused = refusal(text)
        if refused:
            return Resolution(text, "unresolved", reason=refused)
        hints, unknown = self._stated.hints(country, admin1, admin2, near, kinds)
        elsewhere = self._stated.elsewhere(country)
        if elsewhere and parse_phrase(text).relation != "reference":
            return Resolution(text, "unresolved", reason=elsewhere)
        whole = self._index.exact(text)
        if whole.place_ids:
            found = self._chosen(text, text, whole, self._all(whole), hints)
        else:
            found = self._evaluated(text, parse_phrase(text), hints)
        return replace(found, reason="; ".join((found.reason, *unknown))) if unknown else found

    def _all(self, hits: Hits) -> list[Place]:
        return [self._places[place_id] for place_id in hits.place_ids]

    def _evaluated(self, text: str, phrase: Phrase, hints: Hints) -> Resolution:
        """What a phrase amounts to, under the hints of the caller and the areas that it names itself."""
        if phrase.relation == "reference":
            found = self._references.resolve(text, phrase)
            named = self._evaluated(text, phrase.also, hints) if phrase.also and phrase.also.anchors else None
            return beside(found, named) if named else found
        hints = self._stated.within_parents(hints, phrase)
        if phrase.relation == "nothing" or not phrase.anchors:
            return self._stated_area(text, hints, "no place named")
        first = phrase.anchors[0]
        if first.whole != first.name and self._index.exact(first.whole).place_ids:
            phrase = replace(phrase, part=None, extent=None)  # "Eastern Ghouta" is a name, not a half of another
        if phrase.relation == "and" and phrase.members:
            parts = [self._evaluated(text, member, hints) for member in phrase.members]
        else:
            parts = [self._named(text, anchor, hints) for anchor in phrase.anchors]
        known = [part for part in parts if part.status == "resolved"]
        if len(known) == len(parts):
            return self._shaped(text, phrase, known, hints)
        lost = next(part for part in parts if part.status != "resolved")
        if known:
            return shapes.area_around(text, known, lost.reason)
        return self._otherwise(text, phrase, hints, lost)

    def _otherwise(self, text: str, phrase: Phrase, hints: Hints, lost: Resolution) -> Resolution:
        """Where the anchor is not known: its other names, its second statement, the town around it, the stated area."""
        for other in phrase.alternatives:
            found = self._named(text, other, hints)
            if found.status == "resolved":
                return self._shaped(text, phrase, [found], hints)
        if phrase.also is not None:
            found = self._evaluated(text, phrase.also, hints)
            if found.status == "resolved":
                return shapes.area_around(text, [found], lost.reason)
        for town in (phrase.within, *phrase.notes, *phrase.parents):
            found = self._named(text, town, hints) if town else lost
            if found.status == "resolved" and found.candidates[0].place.kind in SETTLEMENTS:
                return shapes.area_around(text, [found], lost.reason)
        if lost.status in ("ambiguous", "area-only"):
            return lost
        area = self._stated_area(text, hints, lost.reason)
        return replace(area, candidates=(*area.candidates, *lost.candidates))

    def _named(self, text: str, named: Named, hints: Hints) -> Resolution:
        """Resolve one name with the kinds that its own words ask for."""
        for form in named.forms or (named.whole,):
            whole = self._index.exact(form) if form != named.name else Hits((), 0.0, "")
            if whole.place_ids:
                return self._chosen(text, form, whole, self._all(whole), hints)
        hits = self._index.exact(named.name)
        if not hits.place_ids and not DEMONYMS.isdisjoint(plain_key(named.name).split()):
            reason = f"no place has the name {named.name[:80]!r}, which says whose something is and not where"
            return Resolution(text, "unresolved", reason=reason)
        hits = hits if hits.place_ids else self._index.find(named.name)
        places = self._all(hits)
        fit = [place for place in places if place.kind in named.kinds]
        if named.kinds and not fit and set(named.kinds) & set(LEVELS):
            if "governorate" in named.kinds or hits.score < 1.0:
                places = []
            seats = [place for place in places if place.kind not in LEVELS]
            if seats:
                seat = self._chosen(text, named.name, hits, seats, hints)
                return shapes.widened_to_kind(seat, named.kinds[0]) if seat.status == "resolved" else seat
        elif fit:
            places = fit
        elif named.kinds and not set(named.kinds) & {*SETTLEMENTS, "area"}:
            return self._part_of(text, named, hits, places, hints)
        if not places:
            what = f" of kind {' or '.join(named.kinds)}" if named.kinds else ""
            return Resolution(text, "unresolved", reason=f"no place{what} has the name {named.name[:80]!r}")
        return self._chosen(text, named.name, hits, places, hints, named.kinds if fit else ())

    def _part_of(self, text: str, named: Named, hits: Hits, places: list[Place], hints: Hints) -> Resolution:
        """A camp, airfield, plant or quarter that is in no table, named after a place that is: that place's area."""
        what = f"no {' or '.join(named.kinds)} has the name {named.name[:80]!r}"
        after = [place for place in places if place.kind in SETTLEMENTS]
        town = self._chosen(text, named.name, hits, after, hints) if after else None
        if town is None or town.status != "resolved":
            return Resolution(text, "unresolved", reason=what)
        return shapes.area_around(text, [town], what)

    def _chosen(
        self, text: str, name: str, hits: Hits, places: list[Place], hints: Hints, kinds: tuple[str, ...] = ()
    ) -> Resolution:
        """Choose among the places of one name, or refuse."""
        inside = self._inside(name, places, hints, kinds) if hits.score >= SURE else NOTHING
        if inside.place_ids:
            return self._brought_home(text, hits, places, inside, hints)
        if hits.weak and not (hints.country or hints.admin1 or hints.admin2 or hints.near):
            offered = tuple(self._candidate(place, hits, 1) for place in places[:SHOWN])
            reason = f"the nearest name is {offered[0].label}; give country= or governorate= if that is meant"
            return Resolution(text, "unresolved", offered, reason=reason)
        return self._ranked(text, hits, places, hints)

    def _inside(self, name: str, places: list[Place], hints: Hints, kinds: tuple[str, ...]) -> Hits:
        """Who bears a name less exactly, inside what the source states, where all who bear it lie outside."""
        if not places or not all(hints.outside(place) for place in places):
            return NOTHING
        held = {place.place_id for place in places}

        def fits(place: Place) -> bool:
            return place.place_id not in held and (not kinds or place.kind in kinds) and place.kind != "country"

        def agrees(place_id: str) -> bool:
            return fits(self._places[place_id]) and not hints.outside(self._places[place_id])

        def at_home(place_id: str) -> bool:
            place = self._places[place_id]
            return fits(place) and hints.outside(place)[:1] != ["the stated country"] and not hints.stray(place)

        wanted = [agrees, at_home] if hints.country and all(map(hints.abroad, places)) else [agrees]
        asked = ((search, each) for each in wanted for search in (self._index.find_among, self._index.in_full))
        found = next((found for search, each in asked if (found := search(name, each)).place_ids), NOTHING)
        works = any(self._places[place_id].kind in ("facility", "airbase") for place_id in found.place_ids)
        if found.how == PART and works and (hints.admin1 or hints.admin2):
            return NOTHING  # a dam or an airfield is not the village that it is called after
        return found

    def _brought_home(self, text: str, hits: Hits, places: list[Place], inside: Hits, hints: Hints) -> Resolution:
        """Prefer a less exact name inside the stated areas to the very name outside, where that may be done."""
        best = min(places, key=lambda place: (*hints.rank(place), place.place_id))
        abroad = self._candidate(best, hits, 1)
        where = " and ".join(hints.outside(best))
        found = self._ranked(text, inside, self._all(inside), hints)
        said = f"{hits.how} of {abroad.label} too, but that lies outside {where}"
        vague = inside.how == PART and not (hints.admin1 or hints.admin2)
        if not (vague or (well_known(best) and not hints.stray(best))) or not found.candidates:
            return replace(found, candidates=(*found.candidates, abroad), reason=f"{found.reason}; {said}")
        labels = " or ".join(_told_apart((*found.candidates[:3], abroad)))
        reason = f"{labels}; {abroad.label} lies outside {where}; give governorate= or near="
        return Resolution(text, "ambiguous", (*found.candidates, abroad), reason=reason)

    def _ranked(self, text: str, hits: Hits, places: list[Place], hints: Hints) -> Resolution:
        near = [place for place in places if not hints.stray(place)]
        if all(map(hints.namesake, near)):
            near = []
        if hits.score < 1.0:
            near = [place for place in near if not hints.outside(place)]
        if not near:
            best = min(places, key=lambda place: (*hints.rank(place), place.place_id))
            where = " and ".join(hints.outside(best))
            reason = f"{hits.how} of {self._candidate(best, hits, 0).label}, but that lies outside {where}"
            return self._stated_area(text, hints, reason, places, hits)
        ranked, reason = choose(near, hints, hits.written, sure=hits.score >= SURE)
        candidates = tuple(self._candidate(place, hits, position) for position, place in enumerate(ranked[:SHOWN]))
        if not reason:
            fitting = [each for each in candidates if len(hints.outside(each.place)) <= len(hints.outside(ranked[0]))]
            labels = " or ".join(_told_apart(fitting[:4]))
            return Resolution(text, "ambiguous", candidates, reason=f"{labels}; give country=, governorate= or near=")
        place = ranked[0]
        return Resolution(
            query=text,
            status="resolved",
            candidates=candidates,
            point=place.point,
            polygon=place.polygon,
            radius_m=place.radius_m,
            precision=place.precision,
            reason=f"{hits.how} of {candidates[0].label}{reason}",
            outside=hints.contradicted(place),
            _best=candidates[0],
        )

    def _candidate(self, place: Place, hits: Hits, position: int) -> Candidate:
        score = round(hits.score - 0.1 * position, 3) if position else round(hits.score, 3)
        inside = self._places.get(place.admin1)
        return Candidate(place, max(score, 0.0), hits.how, inside.name if inside else "")

    def _stated_area(
        self, text: str, hints: Hints, reason: str, places: list[Place] | None = None, hits: Hits | None = None
    ) -> Resolution:
        """The smallest area that the source states, where the place itself is not known; a country is no answer."""
        others = tuple(self._candidate(place, hits, 1) for place in (places or [])[:SHOWN]) if hits else ()
        for areas in filter(None, (hints.admin2, hints.admin1)):
            stated = tuple(self._candidate(area, Hits((), 0.5, "the area stated"), 0) for area in areas)
            point, polygon, radius_m = shapes.union(areas)
            return Resolution(
                query=text,
                status="area-only",
                candidates=(*stated, *others),
                point=point,
                polygon=polygon,
                radius_m=radius_m,
                precision=areas[0].precision,
                reason=f"{reason}; the area stated with it is {' or '.join(each.label for each in stated)}",
                _best=stated[0],
            )
        return Resolution(text, "unresolved", others, reason=reason)

    def _shaped(self, text: str, phrase: Phrase, known: list[Resolution], hints: Hints) -> Resolution:
        if len(known) > 1:
            return shapes.spanned(text, phrase.relation, known)
        found = known[0]
        if phrase.distance_m is not None and phrase.distance_m > FARTHEST_M:
            why = f"{phrase.distance_m / 1000:,.0f} km is farther than anything is told from a place"
            return Resolution(text, "unresolved", found.candidates, reason=f"{found.reason}; {why}")
        place = found.candidates[0].place
        whole = self._governorate_of_the_name(text, place) if place.kind not in LEVELS else None
        if whole is not None and phrase.extent == "countryside":
            found = replace(whole, outside=found.outside)
        elif whole is not None and phrase.part is not None and phrase.extent is None and not phrase.kinds:
            whole = replace(whole, outside=found.outside)
            return shapes.area_and_town(shapes.applied(text, phrase, whole), found)
        if phrase.part is not None and place.kind in ("town", "village") and not self._sure(found, hints):
            return self._stated_area(text, hints, f"{found.reason}, but {text[:80]!r} may be a name of its own")
        shaped = shapes.applied(text, phrase, found)
        abroad = self._reaching_in(text, phrase, found, hints) if shaped.radius_m > found.radius_m else []
        if abroad:
            labels = " or ".join(candidate.label for candidate in (found.candidates[0], *abroad))
            why = f"{labels}: {text[:80]!r} reaches into the stated country from abroad too; give governorate= or near="
            return Resolution(text, "ambiguous", found.candidates, reason=why)
        return shaped

    def _governorate_of_the_name(self, text: str, seat: Place) -> Resolution | None:
        """The governorate that a place lies in, if it has the same name: Hama's is Hama."""
        named = self._index.exact(seat.name)
        areas = [area for area in self._of(named, ("governorate",)) if area.place_id == seat.admin1]
        return self._chosen(text, seat.name, named, areas, Hints()) if areas else None

    @staticmethod
    def _reaching_in(text: str, phrase: Phrase, found: Resolution, hints: Hints) -> list[Candidate]:
        """Namesakes outside the stated country from which the phrase reaches into it.

        "In Syria, north of Sinjar" may be said of Iraq's Sinjar, 40 km from the border, as well as of Syria's.
        """
        best, *others = found.candidates
        if not hints.country or hints.near is not None or hints.outside(best.place):
            return []
        outlines = [area.polygon for area in hints.country if area.polygon is not None]
        reaching = []
        for other in others:
            place = other.place
            if place.kind not in SETTLEMENTS or hints.outside(place) != ["the stated country"]:
                continue
            there = Resolution(
                text, "resolved", (other,), point=place.point, radius_m=place.radius_m, precision=place.precision
            )
            region = shapes.applied(text, phrase, there)
            touches = any(metres_beyond(outline, region.point) <= region.radius_m for outline in outlines)
            if touches and not dwarfed(place, best.place):
                reaching.append(other)
        return reaching

    @staticmethod
    def _sure(found: Resolution, hints: Hints) -> bool:
        """Whether a name was found as it is written, where the source says that it is."""
        best = found.candidates[0]
        return best.score == 1.0 and not hints.outside(best.place)


def _told_apart(candidates: Sequence[Candidate]) -> list[str]:
    """The labels of candidates, with the kind where two are the same."""
    labels = [candidate.label for candidate in candidates]
    return [
        f"the {candidate.place.kind} {label}" if labels.count(label) > 1 else label
        for candidate, label in zip(candidates, labels, strict=True)
    ]
