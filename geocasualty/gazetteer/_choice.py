"""Which of the places of one name is meant? Ranks by what else the source says, or leaves it open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import shapely

from geocasualty.gazetteer.place import Place
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.taxonomy import INHABITED, KINDS, LEVELS, TAXONOMY

__all__ = ["BORDER_M", "Hints", "choose", "dwarfed", "metres_beyond", "well_known"]

DOMINANT_POPULATION = 100_000
DOMINANCE = 20
"""A name shared by several places means the one with 100,000 or more people if every other has less than a
twentieth of it: "Baghdad" is not the hamlet of that name. A choice of this project; below it a shared name stays
ambiguous, as "Sinjar" does."""

COVERING = 2.0
"""An area without an outline is taken to reach as far as this many times its radius, which holds 90 % of it on
average: its corners lie beyond. With 1.5, 90 % of the UCDP points of which only the area is known lay inside, with 2,
97 % (OpenSyria's districts loaded)."""

STRAY_M = 40_000.0
"""A village or small town farther than this from the governorate or district that its source states is a namesake of
the one that is meant. Nearer ones may lie there: the Dutch list puts Hawijah into the next
governorate, 34 km from its border."""

STRAY_KNOWN_M = 150_000.0
"""The same for a well known place: sources put it into a wrong governorate rather than mean another."""

BORDER_M = 20_000.0
"""Outlines are generalised: a place this near to the stated country is taken as of its border, not as abroad."""

_OF_MANY_NAMESAKES = INHABITED.intersection(KINDS[: KINDS.index("town")])
"""Kinds of which no gazetteer holds all: one abroad says little of where the one meant is."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the source says besides the name: places that should contain it, a point near it, kinds preferred."""

    country: tuple[Place, ...] = ()
    admin1: tuple[Place, ...] = ()
    admin2: tuple[Place, ...] = ()
    near: tuple[float, float] | None = None
    kinds: tuple[str, ...] = ()

    def outside(self, place: Place) -> list[str]:
        """The stated areas that a place lies outside of, in words."""
        said = []
        if self.country and all(place.country != area.country for area in self.country):
            said.append("the stated country")
        if self.admin1 and not any(_inside(place, area) for area in self.admin1):
            said.append("the stated governorate")
        if self.admin2 and not any(_inside(place, area) for area in self.admin2):
            said.append("the stated district")
        return said

    def abroad(self, place: Place) -> bool:
        """Whether a place lies outside the stated country, and not just beyond its border."""
        if not self.country or any(place.country == area.country for area in self.country):
            return False
        return min(_metres_outside(place, area) for area in self.country) > BORDER_M

    def contradicted(self, place: Place) -> tuple[str, ...]:
        """Which of country, governorate and district a place lies outside of; a country not just beyond its border."""
        return (
            *(("country",) if self.abroad(place) else ()),
            *(("governorate",) if self.admin1 and not any(_inside(place, area) for area in self.admin1) else ()),
            *(("district",) if self.admin2 and not any(_inside(place, area) for area in self.admin2) else ()),
        )

    def stray(self, place: Place) -> bool:
        """Whether a place is so far from the stated areas that another of its name must be meant."""
        limit = STRAY_KNOWN_M if well_known(place) else STRAY_M
        stated = [areas for areas in (self.admin1, self.admin2) if areas]
        return any(min(_metres_outside(place, area) for area in areas) > limit for areas in stated)

    def namesake(self, place: Place) -> bool:
        """Whether a place far outside the stated country is of a kind whose names are borne by others unknown."""
        known = place.kind not in _OF_MANY_NAMESAKES or well_known(place) or not self.abroad(place)
        return not known and min(_metres_outside(place, area) for area in self.country) > STRAY_M

    def rank(self, place: Place, written: Collection[str] = ()) -> tuple[float, ...]:
        """Order of preference: agreement, kind, settlements before areas, nearness, the very name, people."""
        apart = float(geodesic_distance_m(*self.near, place.lon, place.lat)) if self.near else 0.0
        return (
            len(self.outside(place)),
            float(bool(self.kinds) and place.kind not in self.kinds),
            float(len(LEVELS) - LEVELS.index(place.kind) if place.kind in LEVELS else 0),
            apart,
            float(bool(written) and place.place_id not in written),
            -prominence(place),
        )


def well_known(place: Place) -> bool:
    """Whether a source that puts the place elsewhere is more likely wrong than speaking of a namesake."""
    return place.kind in ("governorate", "country") or (place.population or 0) >= DOMINANT_POPULATION


def prominence(place: Place) -> int:
    """The population, or what is assumed for the kind."""
    return place.population or TAXONOMY[place.kind].people


def _inside(place: Place, area: Place) -> bool:
    if area.place_id in (place.place_id, place.admin1, place.admin2):
        return True
    if area.kind == "governorate":
        return not place.admin1 and _metres_outside(place, area) == 0.0
    return (not place.admin1 or place.admin1 == area.admin1) and _metres_outside(place, area) == 0.0


def _metres_outside(place: Place, area: Place) -> float:
    """How far a place lies outside an area: of its polygon, else of its radius; zero inside."""
    if area.place_id in (place.place_id, place.admin1, place.admin2):
        return 0.0
    if area.polygon is None:
        return max(0.0, float(geodesic_distance_m(place.lon, place.lat, area.lon, area.lat)) - COVERING * area.radius_m)
    return metres_beyond(area.polygon, place.point)


def metres_beyond(polygon: shapely.Geometry, point: shapely.Point) -> float:
    """How far a point lies outside a polygon; zero inside."""
    nearest = shapely.shortest_line(polygon, point)
    (lon, lat), _ = shapely.get_coordinates(nearest)
    return float(geodesic_distance_m(point.x, point.y, lon, lat))


def choose(
    places: list[Place], hints: Hints, written: Collection[str] = (), *, sure: bool = True
) -> tuple[list[Place], str]:
    """Rank the places of one name; the reason is empty where two fit equally.

    Those that have the name as it is ``written`` come first among equals. That alone decides nothing but
    between a town and an area elsewhere ("Mar'a" is not the district of Al-Ma'ra). Size decides
    only where the name is ``sure``: a misspelling may well be of the smaller one.
    """
    ranked = sorted(places, key=lambda place: (*hints.rank(place, written), place.place_id))
    best = ranked[0]
    unlike = hints.outside(best)
    said = f"; it lies outside {' and '.join(unlike)}" if unlike else ""
    if len(ranked) == 1:
        return ranked, f", the only one{said}"
    alike = {place.place_id for place in places} - set(written) if best.place_id in written else set()
    rivals = [
        place
        for place in ranked[1:]
        if not _gives_way(place, best, hints)
        and not (place.place_id in alike and place.kind in LEVELS and best.kind not in LEVELS)
    ]
    if not rivals:
        return ranked, f", chosen among {len(ranked)}{said}"
    if sure and not unlike and all(dwarfed(place, best) for place in rivals):
        return ranked, f", by far the largest of {len(ranked)}{said}"
    return ranked, ""


def dwarfed(place: Place, best: Place) -> bool:
    """Whether a name means another place by far, whatever else has it."""
    return prominence(best) >= DOMINANT_POPULATION and prominence(place) * DOMINANCE < prominence(best)


def _gives_way(place: Place, best: Place, hints: Hints) -> bool:
    """Whether a rival yields: the hints speak against it, it is the area around the best, or it is the same spot."""
    if len(hints.outside(place)) > len(hints.outside(best)):
        return True
    if hints.kinds and best.kind in hints.kinds and place.kind not in hints.kinds:
        return True
    apart = float(geodesic_distance_m(place.lon, place.lat, best.lon, best.lat))
    if place.kind in LEVELS and place.kind != best.kind and place.country == best.country:
        parent = place.place_id in (best.admin1, best.admin2, f"iso:{best.country}")
        return parent or apart <= place.radius_m
    if hints.near is not None:
        near_best = float(geodesic_distance_m(*hints.near, best.lon, best.lat))
        near_place = float(geodesic_distance_m(*hints.near, place.lon, place.lat))
        if near_place > 2 * near_best + best.radius_m:
            return True
    return apart <= max(best.radius_m, place.radius_m) and (place.kind in LEVELS) == (best.kind in LEVELS)
