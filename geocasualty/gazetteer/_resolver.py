"""How does a place text become a geometry? Finds each name in it, then applies what the phrase says of it.

A text of several names is read by what lies in what: of its names that one is the place which all others hold, in
whatever order, brackets or marks they stand. What no reading explains makes the answer an area or none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.gazetteer import _shapes as shapes
from geocasualty.gazetteer._choice import Hints, choose, dwarfed, holds, metres_beyond, surely_holds, well_known
from geocasualty.gazetteer._index import NOTHING, PART, SLIP, Hits, NameIndex
from geocasualty.gazetteer._labels import Labels
from geocasualty.gazetteer._phrase_items import is_arabic
from geocasualty.gazetteer._phrase_words import DEMONYMS, DIRECTIONS, FUNCTION_WORDS
from geocasualty.gazetteer._references import FARTHEST_M, References, beside, refusal
from geocasualty.gazetteer._stated import Refused, Stated, country_of
from geocasualty.gazetteer.names import plain_key
from geocasualty.gazetteer.phrases import Named, Phrase, area_kinds, parse_phrase, without_kind
from geocasualty.gazetteer.place import Candidate, Place, Resolution, Status
from geocasualty.gazetteer.precision import VICINITY_RADIUS_M
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.taxonomy import LEVELS, SETTLEMENTS, TAXONOMY

PARTS = frozenset(kind for kind, each in TAXONOMY.items() if each.search in ("quarter", "camp", "site"))
"""Kinds that lie in a settlement, or belong to one."""

HOLDING = (*LEVELS[1:], "area")
"""Kinds that hold others, the largest first; a country is told by its code."""

SURE = 0.95
"""The score of a name that is known, in whatever spelling; a misspelling of one scores less."""

SHOWN = 8
"""Candidates that a resolution keeps."""

_MARKS = re.compile("[?؟？~≈≃∼±]")
_DOUBT = re.compile(r"[?؟？]|[~≈≃∼±](?!\s*\d)")
"""Marks by which a text doubts, or only about gives, its own place; before a number beside a name, its distance."""

BESIDE_M = 20_000.0
"""How far from a settlement what is named with it may lie: a quarter, an airfield, a hamlet."""

MANY = {"city": 5, "town": 5}
"""From so many known bearers of a name on it is nobody's alone, by the kind of the one that is known here; 2 for a
village and smaller."""

LISTED_M = 100_000.0
"""Two settlements that stand beside each other in a text are one region only if they are no farther apart."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """One name as it stands in a text, what that ``said`` of it (offset, half, extent, "near"), and what it may denote.

    ``places`` bear the name and are of its kinds, inside what the source states, ``outside`` beyond it; ``hits`` say
    how they were found; ``areas`` are those of that name, the largest first. ``asked`` are kinds that the text asks for
    and that the places are of; ``seat_of`` is the kind of the area for which these stand as its seat, else empty.
    """

    named: Named
    said: Phrase
    hits: Hits
    places: list[Place]
    areas: list[Place]
    outside: list[Place]
    asked: tuple[str, ...] = ()
    seat_of: str = ""

    @property
    def known(self) -> bool:
        """Whether the name is anything here."""
        return bool(self.places or self.areas)

    def shows(self, place: Place) -> bool:
        """Whether this name surely holds a place: by the gazetteer, an outline, or as the settlement of a quarter."""
        return any(surely_holds(area, place) for area in self.areas) or self.has_part(place)

    def has_part(self, place: Place) -> bool:
        """Whether a settlement of this name has a place beside it that may belong to it: a quarter, an airfield."""
        return any(
            bearer.kind in SETTLEMENTS
            and place.kind in (*PARTS, "village")
            and place.kind != bearer.kind
            and float(geodesic_distance_m(bearer.lon, bearer.lat, place.lon, place.lat)) <= bearer.radius_m + BESIDE_M
            for bearer in self.places
        )

    @property
    def partial(self) -> bool:
        """Whether the name's own words say that it is a part of a settlement."""
        return bool(self.named.kinds) and set(self.named.kinds) <= PARTS


class Resolver:
    """Answers single texts for a gazetteer; ``near_m`` is how far "near X" reaches, if not as far as was measured."""

    def __init__(self, places: Mapping[str, Place], index: NameIndex, near_m: float | None = None) -> None:
        self._places = places
        self._near_m = near_m
        self._index = index
        self._stated = Stated(places, index)
        self._references = References(places)
        self.labels = Labels(places, index)

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
        if admin1 and len(either := self._stated.either(admin1)) > 1:
            return self._shared(
                text, either, [self.resolve(text, country, each, admin2, near, kinds) for each in either]
            )
        labelled = self.labels.meant(text)
        phrase = parse_phrase(text) if any(map(str.isdigit, text)) else None  # no reference is without a number
        if phrase is not None and phrase.relation == "reference" and labelled is None:
            return self._referred(text, phrase, country, (admin1, admin2))
        left: tuple[str, ...] = ()
        try:
            hints, unchecked = self._stated.hints(country, admin1, admin2, near, kinds)
            whole = self._index.exact(text).place_ids
            if labelled is not None or whole:
                towns = labelled is None and all(place.kind in SETTLEMENTS for place in self._all(whole))
                named = Named(text, text, area_kinds(text) if towns else (), (text,))  # "Idlib District" of a town
                one = self._mention(named, Phrase(text, "at", (named,)), hints)
                if labelled is not None:
                    hits, fits = Hits((labelled.place_id,), 1.0, "name"), not hints.outside(labelled)
                    one = replace(one, hits=hits, places=[labelled][:fits], outside=[labelled][fits:])
                found = self._alone(text, one, hints if labelled is None else replace(hints, kinds=()))
            else:
                phrase = phrase or parse_phrase(text)
                found, left = self._evaluated(text, phrase, hints), phrase.unread
                if found.point is not None or found.candidates:
                    self._stated.not_abroad(text)
        except Refused as why:
            return Resolution(text, "unresolved", reason=str(why), elsewhere=why.countries)
        left += tuple(_DOUBT.findall(text)[:1]) if labelled is None else ()
        found = _unexplained(found, left) if left and found.point is not None else found
        return replace(found, reason="; ".join((found.reason, *unchecked))) if unchecked else found

    def _referred(
        self, text: str, phrase: Phrase, country: str | float | None, stated: Sequence[str | None]
    ) -> Resolution:
        """A reference, which the areas stated with it may contradict."""
        found = self._evaluated(text, phrase, Hints())
        for name, level in zip(stated, LEVELS[1:], strict=False):
            if name and found.point is not None:
                found = _beside(found, self.resolve(name, country, None, None, None, (level,)), name)
        left = (*phrase.unread, *_MARKS.findall(text)[:1])
        return _unexplained(found, left) if left and found.point is not None else found

    def _shared(self, text: str, either: Mapping[str, tuple[Place, ...]], found: list[Resolution]) -> Resolution:
        """What is true whichever governorate of those stated is meant: one answer, a well known place, or all."""
        if len({(each.status, each.point) for each in found}) == 1:
            return found[0]
        sure = [each for each in found if each.status == "resolved"]
        if len(sure) == 1 and (sure[0].best is None or well_known(sure[0].best.place)):  # None: coordinates
            return sure[0]
        areas = list({area.place_id: area for areas in either.values() for area in areas}.values())
        others = tuple(dict.fromkeys(other for each in found for other in each.candidates))[:SHOWN]
        return self._area(text, areas, "the stated governorate leaves open which; it is", others)

    def _all(self, place_ids: Iterable[str]) -> list[Place]:
        return [self._places[place_id] for place_id in place_ids]

    def _evaluated(self, text: str, phrase: Phrase, hints: Hints) -> Resolution:
        """What a phrase amounts to, under what the source states."""
        if phrase.relation == "reference":
            found = self._references.resolve(text, phrase)
            also = phrase.also
            if also is None or not (also.anchors or also.relation == "reference"):
                return found
            return _beside(found, self._evaluated(also.text, also, hints), also.text)
        whole = phrase.clause or phrase.text
        if phrase.relation != "at" and self._index.exact(whole).place_ids:  # a name that holds "and"
            anchor = Named(whole, whole, (), (whole,))
            phrase = Phrase(phrase.text, "at", (anchor,), phrase.parents, notes=phrase.notes)
        if phrase.relation == "nothing" or not phrase.anchors:
            return self._area_of_hints(text, hints, "no place named")
        if phrase.relation == "at" and len(phrase.anchors) == 1:
            return self._read(text, phrase, hints)
        return self._several(text, phrase, hints)

    # -- one place, and what it lies in ---------------------------------------------------------------------------

    def _read(self, text: str, phrase: Phrase, hints: Hints) -> Resolution:
        """Which of the names is the place, and which say where it lies? By containment alone."""
        turned = self._turned(text, phrase, hints)
        if turned is not None:
            return turned
        there, hints = self._second_statement(text, phrase, hints)
        beside = (phrase.anchors[0], *phrase.alternatives, *(phrase.parents if phrase.listing else ()))
        around = (*(() if phrase.listing else phrase.parents), *phrase.notes)
        said = {name: _clause_of(name, phrase) for name in (*beside, *around)}
        whole = {name: self._in_whole(name, clause) for name, clause in said.items()}
        countries = [named.whole for named, _ in whole.values() if self._is_country(named)]
        if len(countries) < len(whole):
            whole = {name: each for name, each in whole.items() if not self._is_country(each[0])}
            parted = {name: self._without_country(named) for name, (named, _) in whole.items()}
            countries += [country for _, country in parted.values() if country]
            whole = {name: (parted[name][0], clause) for name, (_, clause) in whole.items()}
            hints = replace(hints, countries=self._stated.within(hints.countries, countries))
        known = {name: self._mention(*each, hints, areas=len(whole) > 1) for name, each in whole.items()}
        group = [known[name] for name in dict.fromkeys(beside) if name in known]
        rest = [known[name] for name in dict.fromkeys(around) if name in known and name not in beside]
        found = self._side_by_side(text, phrase, group, rest, hints) if len(group) > 1 else None
        found = found or self._in_each_other(text, [*group, *rest], hints)
        return _agreeing(text, phrase, found, there)

    def _in_whole(self, named: Named, clause: Phrase) -> tuple[Named, Phrase]:
        """The name with the words around it, where these belong to a name of the table too, as in "Green Zone"."""
        text = clause.clause or clause.text
        if text in ("", named.whole) or named.whole not in text:
            return named, clause
        if country_of(text) and not country_of(named.whole):  # "Central African Republic"
            named = Named(text, text, (), (text,))
            return named, Phrase(text, "at", (named,))
        for name in dict.fromkeys((text, without_kind(text))):
            if name not in named.forms and self._index.exact(name).place_ids:
                kinds = named.kinds if name != text else ()
                found = Named(name, name, kinds, (name,))
                return found, Phrase(name, "at", (found,))
        return named, clause

    def _is_country(self, named: Named) -> bool:
        """Whether a name is a country's and no other place's here."""
        if not (country_of(named.whole) or country_of(named.name)):
            return False
        return all(self._places[place_id].kind == "country" for place_id in self._index.exact(named.whole).written)

    def _without_country(self, named: Named) -> tuple[Named, str]:
        """A name that is in no table without the country that ends it: "Mosul Syria"."""
        words = named.whole.split()
        if len(words) < 2 or any(self._index.exact(form).place_ids for form in named.forms or (named.whole,)):
            return named, ""
        for at in range(max(1, len(words) - 4), len(words)):
            country = " ".join(words[at:])
            if country_of(country) and not country_of(named.whole):
                shorter = parse_phrase(" ".join(words[:at])).anchors
                return (shorter[0] if shorter else named), country
        return named, ""

    def _second_statement(self, text: str, phrase: Phrase, hints: Hints) -> tuple[Resolution | None, Hints]:
        """Where the text says a second time that the place lies ("X, 54 NM southwest of Y"); it ranks namesakes."""
        also = phrase.also
        if also is None or (also.anchors and also.anchors[0] in (*phrase.parents, phrase.anchors[0])):
            return None, hints
        there = self._evaluated(text, also, hints)
        if there.point is None or hints.near is not None:
            return there, hints
        return there, replace(hints, near=(there.point.x, there.point.y))

    def _turned(self, text: str, phrase: Phrase, hints: Hints) -> Resolution | None:
        """Such as "Idlib, on the road between Ariha and Saraqib": the name in front is the area of what follows."""
        also = phrase.also
        if not phrase.apart or also is None or not also.anchors or not self._areas_named(phrase.anchors[0]):
            return None
        inner = also._replace(parents=(*also.parents, phrase.anchors[0], *phrase.parents), notes=phrase.notes)
        found = self._evaluated(text, inner, hints)
        return found if found.status == "resolved" else None

    def _side_by_side(
        self, text: str, phrase: Phrase, group: list[_Mention], rest: list[_Mention], hints: Hints
    ) -> Resolution | None:
        """Names parted by a slash, a semicolon or "or": one place, several, or (None) one in the other."""
        parts = [self._in_each_other(text, [one, *rest], hints) for one in group]
        sure = [part for part in parts if part.status == "resolved"]
        if len(sure) == len(parts) and _apart_m(sure) <= min(part.radius_m for part in sure):
            return min(sure, key=lambda part: part.radius_m)
        if phrase.either:
            every = tuple(dict.fromkeys(each for part in parts for each in part.candidates))
            said = " or ".join(part.best.label if part.best else repr(one.named.whole[:80])
                               for part, one in zip(parts, group, strict=True))  # fmt: skip
            return Resolution(text, "ambiguous", every[:SHOWN], reason=f"the text leaves open which: {said}")
        settled = all(part.best is not None and part.best.place.kind not in LEVELS for part in sure)
        return shapes.spanned(text, "and", sure) if len(sure) == len(parts) and settled else None

    def _in_each_other(self, text: str, mentions: list[_Mention], hints: Hints) -> Resolution:
        """The place that all other names hold or are names of; else the area that is left."""
        if len(mentions) == 1:
            return self._alone(text, mentions[0], hints)
        known = [one for one in mentions if one.known]
        unknown = [one for one in mentions if not one.known]
        if not known:
            return self._unused(self._alone(text, mentions[0], hints), mentions[1:])
        readings = []
        for order, one in enumerate(known):
            others = [other for other in known if other is not one]
            fitting = [place for place in one.places if all(_explains(other, place) for other in others)]
            if fitting:
                shown = max((_shown(other, place) for other in others for place in fitting), default=0)
                plain = _plain(one.said)
                size = min(TAXONOMY[place.kind].size for place in fitting)
                first = min(place.place_id for place in fitting)
                readings.append((-shown, min(map(_level, fitting)), size, plain, first, order, one, fitting, others))
        if not readings:
            return self._contradicted(text, mentions, known, hints)
        *_, one, fitting, others = min(readings, key=lambda reading: reading[:6])
        if unknown:
            return self._unknown_in(text, unknown, one, fitting, others, hints)
        if one.said.extent == "road" and any(_level(place) == 0 for other in others for place in other.places):
            reason = f"{one.named.whole!r} may be a road of {others[0].named.whole!r}, or lead there"
            return self._of_areas(text, others[0], reason, one)
        moved = [other for other in others if other.said.bearing_deg is not None or other.said.distance_m is not None]
        found = self._chosen(text, one, fitting, hints, second=True)
        if moved and one.said.bearing_deg is None:
            return self._unused(found, moved)
        near = any(other.said.vicinity for other in others)
        return self._shaped(text, one.said._replace(vicinity=one.said.vicinity or near), found, hints)

    def _unknown_in(
        self, text: str, unknown: list[_Mention], one: _Mention, fitting: list[Place], others: list[_Mention],
        hints: Hints,
    ) -> Resolution:  # fmt: skip
        """Names that are in no table beside names that are: inside those, in another spelling, or somewhere in them."""
        areas = [area for area in one.areas if all(_explains(other, area) for other in others)]
        areas = [] if set(one.asked) & SETTLEMENTS else areas
        reason = _no_place(unknown[0].named)
        if len(unknown) == 1 and not unknown[0].partial:
            within = self._loosely(unknown[0], hints, replace(one, areas=areas).shows)
            if within is not None and not within.hits.weak:
                found = self._chosen(text, within, within.places, hints, second=True)
                return self._shaped(text, within.said, found, hints)
        town = self._chosen(text, one, fitting, hints, second=True)
        if unknown[0].partial and town.best is not None and _level(town.best.place) == 0:
            return self._unused(
                replace(town, query=text, status="area-only", reason=f"{reason}; in {town.best.label}"), unknown
            )
        if areas:
            return self._unused(self._of_areas(text, replace(one, areas=areas), reason, *unknown), unknown)
        if town.status != "resolved":
            return self._unused(replace(self._area_of_hints(text, hints, reason), candidates=town.candidates), unknown)
        if town.polygon is not None:
            return self._unused(replace(town, query=text, status="area-only", reason=reason), unknown)
        return self._unused(shapes.area_around(text, [town], reason), unknown)

    def _contradicted(self, text: str, mentions: list[_Mention], known: list[_Mention], hints: Hints) -> Resolution:
        """Names of which none lies in the others: the largest area named is what is left, if it is one."""
        holding = sorted((one for one in known if one.areas), key=lambda one: HOLDING.index(one.areas[0].kind))
        if len(mentions) == 2:
            within = [(self._loosely(other, hints, holder.shows), holder) for holder in holding
                      for other in mentions if other is not holder]  # fmt: skip
            found = [one for one, _ in within if one is not None and not one.hits.weak]
            if len(found) == 1:
                answer = self._chosen(text, found[0], found[0].places, hints, second=True)
                return self._shaped(text, found[0].said, answer, hints)
        largest = [one for one in holding if one.areas[0].kind == holding[0].areas[0].kind]
        if len(largest) == 1 and largest[0].areas[0].kind == "governorate":
            others = [one for one in mentions if one is not largest[0]]
            named = next((place for one in others for place in one.places), None)
            away = f"{self._candidate(named, NAMED).label} does not lie in it" if named else _no_place(others[0].named)
            return self._unused(self._of_areas(text, largest[0], away, *others), others)
        parts = [self._alone(text, one, hints) for one in mentions]
        sure = [part for part in parts if part.status == "resolved"]
        if len(sure) == len(parts) and _apart_m(sure) <= LISTED_M:
            return replace(shapes.spanned(text, "and", sure), status="area-only")
        candidates = tuple(dict.fromkeys(each for part in parts for each in part.candidates))[:SHOWN]
        labels = " and ".join(repr(one.named.whole[:80]) for one in mentions)
        return Resolution(text, "ambiguous", candidates, reason=f"none of {labels} lies in the other")

    def _alone(self, text: str, one: _Mention, hints: Hints) -> Resolution:
        """A name beside which the text says nothing."""
        others = tuple(self._candidate(place, one.hits, 1) for place in one.outside[:SHOWN])
        if one.places:
            found = self._chosen(text, one, one.places, hints, second=hints.narrow)
            if found.best is None:
                found = replace(found, candidates=(*found.candidates, *others))
            return self._shaped(text, one.said, found, hints)
        split = self._split(text, one, hints)
        if split is not None:
            return split
        if self._is_country(one.named):
            self._stated.within(hints.countries, [one.named.whole])
        if _whose(one.named):
            reason = f"no place has the name {one.named.name[:80]!r}, which says whose something is and not where"
            return self._area_of_hints(text, hints, reason)
        abroad = self._abroad(one, hints)
        within = self._loosely(one, hints, lambda _: True)
        if within is not None:
            found = self._chosen(text, within, within.places, hints, second=hints.narrow)
            if found.status == "resolved":
                said = f"; {abroad.replace(', but', ' too, but')}" if abroad else ""
                return self._shaped(text, within.said, replace(found, reason=found.reason + said), hints)
            return self._area_of_hints(text, hints, found.reason, (*found.candidates, *others), found.status)
        owner = self._owner(text, one, hints) if one.partial else None
        if owner is not None:
            return shapes.area_around(text, [owner], _no_place(one.named))
        found = self._area_of_hints(text, hints, abroad or _no_place(one.named), others)
        return replace(found, unused=(one.named.whole,)) if abroad else found

    def _abroad(self, one: _Mention, hints: Hints) -> str:
        """Who bears the name outside what is stated, in words; empty if nobody does."""
        if not one.outside:
            return ""
        where = " and ".join(hints.outside(one.outside[0]))
        return f"{one.hits.how} of {self.labels.of(one.outside[0])}, but that lies outside {where}"

    def _owner(self, text: str, one: _Mention, hints: Hints) -> Resolution | None:
        """The settlement that a camp, airfield, plant or quarter which is in no table is called after."""
        hits = self._index.exact(one.named.name)
        places = [
            place for place in self._all(hits.place_ids) if place.kind in SETTLEMENTS and not hints.outside(place)
        ]
        if not places:
            return None
        found = self._chosen(text, replace(one, hits=hits, asked=()), places, hints, second=hints.narrow)
        return found if found.status == "resolved" else None

    def _split(self, text: str, one: _Mention, hints: Hints) -> Resolution | None:
        """A name that holds another without a mark between ("Raqqa Syria", "Hit Anbar"): both must be names in full."""
        words = one.named.whole.split()
        for at in range(1, len(words)):
            phrases = [parse_phrase(" ".join(part)) for part in (words[:at], words[at:])]
            if not all(part.relation == "at" and len(part.anchors) == 1 for part in phrases):
                continue
            named = [part.anchors[0] for part in phrases]
            country = any(map(self._is_country, named))
            known = [bool(self._index.exact(name.whole).place_ids) for name in named]
            part = not known[0] and known[1] and bool(named[0].kinds) and set(named[0].kinds) <= PARTS
            if not (country or all(known) or part):
                continue
            head = named[0].whole
            phrase = one.said._replace(text=head, clause=head, anchors=(named[0],), parents=(named[1],))
            found = self._read(text, phrase, hints)
            if country or part or found.status == "resolved":
                return found
        return None

    def _mention(self, named: Named, said: Phrase, hints: Hints, *, areas: bool = False) -> _Mention:
        """What a name may denote, with the kinds that its own words ask for, where the source says that it is."""
        hits, places, asked, seat_of = self._bearers(named)
        inside = [place for place in places if not hints.outside(place)]
        if inside and hits.written and not {place.place_id for place in inside} & set(hits.written):
            hits = self._index.alike(named.name)  # none of those left has the name as it is written
        outside = sorted((place for place in places if hints.outside(place)), key=lambda place: hints.rank(place))
        held = [area for area in self._areas_named(named) if not hints.outside(area)] if areas else []
        return _Mention(named, said, hits, inside, [] if said.extent == "road" else held, outside, asked, seat_of)

    def _bearers(self, named: Named) -> tuple[Hits, list[Place], tuple[str, ...], str]:
        """Who bears this very name, of the kinds that it asks for; and of which area a seat stands for it."""
        for form in named.forms or (named.whole,):
            hits = self._index.exact(form)
            if form != named.name and hits.place_ids:
                return hits, self._all(hits.place_ids), (), ""
        hits = self._index.exact(named.name)
        if not hits.place_ids and not _whose(named):
            hits = self._index.alike(named.name)
        places = self._all(hits.place_ids)
        fit = [place for place in places if place.kind in named.kinds]
        if fit or not named.kinds:
            return hits, fit or places, named.kinds if fit else (), ""
        if set(named.kinds) & set(LEVELS):
            seats = [place for place in places if place.kind not in LEVELS]
            if "governorate" in named.kinds or not seats:
                return hits, [], (), ""
            return hits, seats, (), named.kinds[0]
        if set(named.kinds) & {*SETTLEMENTS, "area"}:
            return hits, places, (), ""
        return hits, [], (), ""

    def _areas_named(self, named: Named) -> list[Place]:
        """The areas that a name may denote as what holds another, the largest first."""
        wanted = tuple(kind for kind in named.kinds if kind in HOLDING)
        if named.kinds and not wanted:
            return []
        found: dict[str, Place] = {}
        for form in dict.fromkeys((*named.forms, named.name)):
            for hits in (self._index.exact(form), self._index.alike(form), self._index.spelt_otherwise(form)):
                for place in self._all(hits.place_ids):
                    if place.kind in (wanted or HOLDING):
                        found.setdefault(place.place_id, place)
                if found:
                    break
        if not found and not self._index.exact(named.name).place_ids and "governorate" in (wanted or ("governorate",)):
            found = {place.place_id: place for place in self._stated.areas(named.whole, ("governorate",))}
        return sorted(found.values(), key=lambda place: (HOLDING.index(place.kind), place.place_id))

    def _loosely(self, one: _Mention, hints: Hints, inside: Callable[[Place], bool]) -> _Mention | None:
        """Who bears a name like this one, or one that says more, inside what is stated."""
        held = {place.place_id for place in (*one.places, *one.outside)}
        kinds = one.named.kinds

        def wanted(place_id: str) -> bool:
            place = self._places[place_id]
            fits = not kinds or place.kind in kinds or bool(set(kinds) & SETTLEMENTS and place.kind in SETTLEMENTS)
            return (
                fits and place_id not in held and place.kind != "country" and not hints.outside(place) and inside(place)
            )

        if _whose(one.named) or self._is_country(one.named):
            return None
        if set(plain_key(one.named.name).split()) <= FUNCTION_WORDS:
            return None
        searches = (self._index.find_among, self._index.in_full)
        hits = next((found for search in searches if (found := search(one.named.name, wanted)).place_ids), NOTHING)
        if hits.score < SURE and hints.countries and not hints.narrow:
            known = self._index.slip(one.named.name, wanted)
            hits = known if known.place_ids else hits
        if not hits.place_ids:
            return None
        works = any(self._places[place_id].kind in ("facility", "airbase") for place_id in hits.place_ids)
        if hits.how == PART and works:
            return None  # a dam or an airfield is not the village that it is called after
        places = self._all(hits.place_ids)
        asked = kinds if all(place.kind in kinds for place in places) else ()
        return replace(one, hits=hits, places=places, asked=asked)

    # -- several places -------------------------------------------------------------------------------------------

    def _several(self, text: str, phrase: Phrase, hints: Hints) -> Resolution:
        """Places joined by "and" or "between", or by a road."""
        ends: list[Phrase] = []
        if phrase.relation == "and" and phrase.members:
            parts = [self._evaluated(text, member, hints) for member in phrase.members]
        else:
            ends = [Phrase(anchor.whole, "at", (anchor,), phrase.parents) for anchor in phrase.anchors]
            parts = [self._read(text, end, hints) for end in ends]
        sure = [part for part in parts if part.status == "resolved"]
        if len(sure) == len(parts):
            one, *more = sure
            return shapes.spanned(text, phrase.relation, sure) if more else self._shaped(text, phrase, one, hints)
        lost = next(part for part in parts if part.status != "resolved")
        sure = [part for part in sure if part.best is not None and part.best.place.kind != LEVELS[0]]
        if sure:
            whole = phrase.members if phrase.relation == "and" and phrase.members else ends
            left = [one.anchors[0].whole for one, part in zip(whole, parts, strict=True) if part not in sure]
            return _unexplained(shapes.area_around(text, sure, lost.reason), tuple(left))
        if phrase.also is not None:
            there = self._evaluated(text, phrase.also, hints)
            if there.status == "resolved":
                return shapes.area_around(text, [there], lost.reason)
        return lost

    # -- one of several bearers of a name ---------------------------------------------------------------------------

    def _chosen(self, text: str, one: _Mention, places: list[Place], hints: Hints, *, second: bool) -> Resolution:
        """Choose among the places of one name, or refuse. ``second``: more speaks for them than name and country."""
        hits = one.hits
        ranked, reason = choose(places, replace(hints, kinds=hints.kinds or one.asked), hits.written,
                                sure=hits.score >= SURE)  # fmt: skip
        candidates = tuple(self._candidate(place, hits, position) for position, place in enumerate(ranked[:SHOWN]))
        if not reason:
            labels = " or ".join(candidate.label for candidate in candidates[:4])
            return Resolution(text, "ambiguous", candidates, reason=f"{labels}; give country=, governorate= or near=")
        doubt = "" if second else self._doubt(one, ranked[0])
        if doubt:
            return Resolution(
                text, "unresolved", candidates, reason=f"{doubt}; give governorate= or near= if it is meant"
            )
        place = ranked[0]
        found = Resolution(
            query=text,
            status="resolved",
            candidates=candidates,
            point=place.point,
            polygon=place.polygon,
            radius_m=place.radius_m,
            precision=place.precision,
            reason=f"{hits.how} of {candidates[0].label}{reason}"
            + "".join(f", not {each.label}" for each in candidates[1:4]),
            _best=candidates[0],
        )
        return shapes.widened_to_kind(found, one.seat_of) if one.seat_of else found

    def _doubt(self, one: _Mention, best: Place) -> str:
        """Why a name alone, or with no more than a country, is no answer; empty where it is one."""
        label, hits = self.labels.of(best), one.hits
        if one.named.kinds and best.kind not in one.named.kinds and not one.seat_of and one.said.extent is None:
            return f"{label} is no {one.named.kinds[0]}"
        if best.kind == "neighbourhood" and not self._says_where(one.named, best):
            return f"{label} is a quarter, and others may have its name"
        if hits.score < 1.0 and not (well_known(best) and hits.how in FOR_WELL_KNOWN):
            return f"the nearest name is {label}"
        bearers = self._index.bearers(one.named.name)
        if bearers >= MANY.get(best.kind, 2) and not well_known(best) and best.kind not in LEVELS:
            return f"{bearers} places or more have this name, {label} among them"
        return ""

    def _says_where(self, named: Named, quarter: Place) -> bool:
        """Whether the name of a quarter names its town or governorate too."""
        area = self._places.get(quarter.admin1)
        words = plain_key(area.name).split() if area else []
        return "," in named.whole or not set(words).isdisjoint(plain_key(named.whole).split())

    def _candidate(self, place: Place, hits: Hits, position: int = 0) -> Candidate:
        score = round(hits.score - 0.1 * position, 3) if position else round(hits.score, 3)
        inside = self._places.get(place.admin1)
        label = self.labels.of(place)
        return Candidate(place, max(score, 0.0), hits.how, inside.name if inside else "", label)

    # -- areas in place of what is not known ------------------------------------------------------------------------

    def _area_of_hints(
        self, text: str, hints: Hints, reason: str, others: tuple[Candidate, ...] = (), status: Status = "unresolved"
    ) -> Resolution:
        """The smallest area that the source states, where the place itself is not known; a country is no answer."""
        for areas in filter(None, (hints.admin2, hints.admin1)):
            return self._area(text, areas, f"{reason}; the area stated with it is", others)
        return Resolution(text, status, others, reason=reason)

    def _of_areas(self, text: str, holder: _Mention, reason: str, *inside: _Mention) -> Resolution:
        """The largest area of a name, where what lies in it is not known."""
        areas = [area for area in holder.areas if area.kind == holder.areas[0].kind] if holder.areas else []
        others = tuple(self._candidate(place, one.hits, 1) for one in inside for place in one.places[:SHOWN])
        if not areas:
            return Resolution(text, "unresolved", others, reason=reason)
        return self._area(text, areas, f"{reason}; the area named with it is", others)

    def _area(self, text: str, areas: Sequence[Place], reason: str, others: tuple[Candidate, ...]) -> Resolution:
        stated = tuple(self._candidate(area, NAMED) for area in areas)
        point, polygon, radius_m = shapes.union(areas)
        return Resolution(
            query=text,
            status="area-only",
            candidates=(*stated, *others),
            point=point,
            polygon=polygon,
            radius_m=radius_m,
            precision=areas[0].precision,
            reason=f"{reason} {' or '.join(each.label for each in stated)}",
            _best=stated[0],
        )

    @staticmethod
    def _unused(found: Resolution, left: Sequence[_Mention]) -> Resolution:
        """An answer to a text of which something is not explained is not sure of a place."""
        return _unexplained(found, tuple(one.named.whole for one in left))

    # -- what the text says of a place ------------------------------------------------------------------------------

    def _shaped(self, text: str, phrase: Phrase, found: Resolution, hints: Hints) -> Resolution:
        if found.status != "resolved" or found.best is None:
            return found
        first = phrase.anchors[0]
        directed = [form for form in first.forms if not DIRECTIONS.keys().isdisjoint(plain_key(form).split())]
        if any(
            self._index.exact(form).place_ids for form in dict.fromkeys((first.whole, *directed)) if form != first.name
        ):
            phrase = phrase._replace(part=None, extent=None)  # "Eastern Ghouta" is a name, not a half of another
        if phrase.distance_m is not None and phrase.distance_m > FARTHEST_M:
            why = f"{phrase.distance_m / 1000:,.0f} km is farther than anything is told from a place"
            return Resolution(text, "unresolved", found.candidates, reason=f"{found.reason}; {why}")
        place = found.best.place
        whole = self._governorate_of_the_name(text, place) if place.kind not in LEVELS else None
        if whole is not None and phrase.extent == "countryside":
            return self._applied(text, phrase, whole)
        of_its_own = f"{found.reason}, but {text[:80]!r} may be a name of its own"
        adjective = phrase.part is not None and phrase.extent is None and _ends_in_adjective(first.whole)
        if adjective and whole is None:
            return self._area_of_hints(text, hints, of_its_own, found.candidates)
        if whole is not None and phrase.part is not None and phrase.extent is None and not phrase.kinds:
            both = shapes.area_and_town(self._applied(text, phrase, whole), found)
            return replace(both, status="area-only") if adjective else both
        if phrase.part is not None and not well_known(place) and (phrase.kinds or found.best.score < 1.0):
            return self._area_of_hints(text, hints, of_its_own, found.candidates)
        shaped = self._applied(text, phrase, found)
        if shaped.radius_m > found.radius_m:
            shaped = self._within_country(shaped, place)
        abroad = self._reaching_in(text, phrase, found, hints) if shaped.radius_m > found.radius_m else []
        if abroad:
            labels = " or ".join(candidate.label for candidate in (found.candidates[0], *abroad))
            why = f"{labels}: {text[:80]!r} reaches into the stated country from abroad too; give governorate= or near="
            return Resolution(text, "ambiguous", (*found.candidates, *abroad), reason=why)
        return shaped

    def _applied(self, text: str, phrase: Phrase, found: Resolution) -> Resolution:
        return shapes.applied(text, phrase, found, self._near_m or VICINITY_RADIUS_M)

    def _within_country(self, shaped: Resolution, place: Place) -> Resolution:
        """A radius that reaches no farther than the part of the country that the place is in: of a narrow strip."""
        country = self._places.get(f"iso:{place.country}")
        if country is None or country.polygon is None or shaped.point is None:
            return shaped
        parts, corners = _parts(country)
        nearest = int(shapely.distance(parts, shaped.point).argmin()) if len(parts) > 1 else 0
        if float(geodesic_distance_m(shaped.point.x, shaped.point.y, *corners[nearest].T).max()) >= shaped.radius_m:
            return shaped
        reach = shapes.reach_m(parts[nearest], shaped.point)
        return replace(shaped, radius_m=min(shaped.radius_m, max(reach, place.radius_m)))

    def _governorate_of_the_name(self, text: str, seat: Place) -> Resolution | None:
        """The governorate that a place lies in, if it has the same name: Hama's is Hama."""
        hits = self._index.exact(seat.name)
        areas = [area for area in self._all(hits.place_ids) if area.place_id == seat.admin1]
        if not areas:
            return None
        named = Named(seat.name, seat.name)
        one = _Mention(named, Phrase(text, "at", (named,)), hits, areas, areas, [])
        return self._chosen(text, one, areas, Hints(), second=True)

    def _reaching_in(self, text: str, phrase: Phrase, found: Resolution, hints: Hints) -> list[Candidate]:
        """Namesakes outside the stated country from which the phrase reaches into it.

        "In Syria, north of Sinjar" may be said of Iraq's Sinjar, 40 km from the border, as well as of Syria's.
        """
        best = found.best
        if not hints.countries or hints.narrow or best is None:
            return []
        outlines = [
            area.polygon
            for code in hints.countries
            if (area := self._places.get(f"iso:{code}")) is not None and area.polygon is not None
        ]
        reaching = []
        for place in self._all(self._index.exact(best.place.name).place_ids):
            if place.kind not in SETTLEMENTS or hints.outside(place) != ["the stated country"]:
                continue
            other = self._candidate(place, NAMED)
            there = Resolution(
                text, "resolved", (other,), point=place.point, radius_m=place.radius_m, precision=place.precision
            )
            region = self._applied(text, phrase, there)
            touches = any(metres_beyond(outline, region.point) <= region.radius_m for outline in outlines)
            if touches and not dwarfed(place, best.place):
                reaching.append(other)
        return reaching


@lru_cache(maxsize=256)
def _parts(country: Place) -> tuple[npt.NDArray[Any], list[npt.NDArray[np.float64]]]:
    """The parts of a country, and of each the vertices farthest to the west, south, east and north."""
    parts = shapely.get_parts(country.polygon)
    vertices = list(map(shapely.get_coordinates, parts))
    return parts, [each[[*each.argmin(axis=0), *each.argmax(axis=0)]] for each in vertices]


NAMED = Hits((), 0.5, "the area stated")

FOR_WELL_KNOWN = ("but for its article or ending a name", "spelling variant of a name", SLIP)
"""Looser matches of a name that are an answer without a second sign where the place is well known."""


def _clause_of(name: Named, phrase: Phrase) -> Phrase:
    """What the text says of one of its names."""
    if name == phrase.anchors[0] or name in phrase.alternatives:
        return phrase._replace(anchors=(name,), parents=(), notes=(), also=None, alternatives=(), within=None)
    also = phrase.also
    while also is not None:
        if also.anchors[:1] == (name,):
            return also._replace(parents=(), notes=(), also=None, alternatives=(), within=None)
        also = also.also
    return Phrase(name.whole, "at", (name,))


def _plain(said: Phrase) -> bool:
    """Whether the text says no more of a name than the name."""
    return not said.vicinity and {said.bearing_deg, said.distance_m, said.part, said.extent} == {None}


def _level(place: Place) -> int:
    """How large a thing a place is: 0 what is no area."""
    return len(LEVELS) - LEVELS.index(place.kind) if place.kind in LEVELS else 0


def _explains(other: _Mention, place: Place) -> bool:
    """Whether a further name of the text says where a place lies, or is another name for it."""
    if any(area.place_id != place.place_id and holds(area, place) for area in other.areas):
        return True
    for bearer in other.places:
        apart = float(geodesic_distance_m(bearer.lon, bearer.lat, place.lon, place.lat))
        if bearer.place_id == place.place_id:
            return True
        if _level(bearer) == _level(place) == 0 and apart <= min(bearer.radius_m, place.radius_m):
            return True
    return other.has_part(place)


def _shown(other: _Mention, place: Place) -> int:
    """How large an area of a name the gazetteer or an outline shows to hold a place; 0 where only a radius says so."""
    held = [area for area in other.areas if area.place_id != place.place_id and surely_holds(area, place)]
    return max(map(_level, held), default=0)


def _apart_m(parts: Sequence[Resolution]) -> float:
    """The greatest distance between the points of answers."""
    return max(
        float(geodesic_distance_m(one.point.x, one.point.y, other.point.x, other.point.y))
        for one, other in product(parts, parts)
        if one.point is not None and other.point is not None
    )


def _agreeing(text: str, phrase: Phrase, found: Resolution, there: Resolution | None) -> Resolution:
    """An answer beside the second statement of the text."""
    if there is None:
        return found
    if there.point is None:
        words = (phrase.also.whole or phrase.also.text,) if phrase.also else ()
        if phrase.also is not None and phrase.also.text.lower().startswith("by "):
            reason = f"{found.reason}; {phrase.also.text[:80]!r} is not explained"
            return Resolution(text, "unresolved", found.candidates, reason=reason, unused=words)
        return _unexplained(found, words) if found.point is not None else found
    if found.point is None or found.status == "area-only":
        return shapes.area_around(text, [there], found.reason) if there.status == "resolved" else found
    if _apart_m([found, there]) <= found.radius_m + there.radius_m + BESIDE_M:
        return found
    candidates = tuple(dict.fromkeys((*found.candidates, *there.candidates)))[:SHOWN]
    reason = f"{found.reason}; the text says a second place, {_apart_m([found, there]) / 1000:.0f} km from it"
    return Resolution(text, "ambiguous", candidates, reason=reason)


def _beside(reference: Resolution, named: Resolution, name: str) -> Resolution:
    """A reference beside a place that is named too; where the two disagree either may be the wrong one."""
    found, agree = beside(reference, named)
    return found if agree else _unexplained(found, (name,))


def _unexplained(found: Resolution, words: tuple[str, ...]) -> Resolution:
    """The same as an area, wide enough for what its text says besides."""
    said = ", ".join(repr(word[:80]) for word in words)
    reason = found.reason if all(repr(word[:80]) in found.reason for word in words) else (
        f"{found.reason}; {said} {'is' if len(words) == 1 else 'are'} not explained")  # fmt: skip
    found = replace(found, unused=(*found.unused, *words), reason=reason)
    if found.status != "resolved":
        return found
    wide = found.radius_m if found.polygon is not None else found.radius_m + BESIDE_M
    return replace(found, status="area-only", radius_m=wide)


def _whose(named: Named) -> bool:
    return not DEMONYMS.isdisjoint(plain_key(named.name).split())


def _ends_in_adjective(name: str) -> bool:
    """Whether an Arabic direction with its article ends a name: "the western Bab" is a place of its own."""
    words = plain_key(name).split()
    return len(words) > 1 and words[-1] in DIRECTIONS and is_arabic(words[-1]) and words[-1].startswith("ال")


def _no_place(named: Named) -> str:
    what = f" of kind {' or '.join(named.kinds)}" if named.kinds else ""
    return f"no place{what} has the name {named.name[:80]!r}"
