"""Which of the places of one name is meant? Ranks by what else the source says, or leaves it open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import shapely

from geocasualty.gazetteer.place import Place
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.taxonomy import LEVELS, TAXONOMY

DOMINANT_POPULATION = 100_000
DOMINANCE = 20
"""A name shared by several places means the one with 100,000 or more people if every other has less than a
twentieth of it: "Baghdad" is not the hamlet of that name. A choice of this project; below it a shared name stays
ambiguous, as "Sinjar" does."""

COVERING = 2.0
"""An area without an outline is taken to reach as far as this many times its radius, which holds 90 % of it on
average: its corners lie beyond. With 1.5, 90 % of the UCDP points of which only the area is known lay inside, with 2,
97 % (OpenSyria's districts loaded)."""

BORDER_M = 20_000.0
"""Outlines are generalised: coordinates this near to a country are taken as of its border, not as abroad."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the source says besides the name: what must hold the place, a point near it, kinds preferred.

    Any of the ``countries`` (ISO codes) may hold it, and any of the governorates and districts of the name stated;
    ``around`` is what a district that is in no table may reach, around the towns of its name: no answer itself.
    """

    countries: tuple[str, ...] = ()
    admin1: tuple[Place, ...] = ()
    admin2: tuple[Place, ...] = ()
    around: tuple[Place, ...] = ()
    near: tuple[float, float] | None = None
    kinds: tuple[str, ...] = ()

    def outside(self, place: Place) -> list[str]:
        """The stated areas that a place lies outside of, in words. What is stated is never overruled."""
        said = []
        if self.countries and place.country and place.country not in self.countries:
            said.append("the stated country")
        if self.admin1 and not any(holds(area, place) for area in self.admin1):
            said.append("the stated governorate")
        districts = self.admin2 or self.around
        if districts and not any(holds(area, place) for area in districts):
            said.append("the stated district")
        return said

    @property
    def narrow(self) -> bool:
        """Whether more is stated than a country: a second sign, which a loose match of a name needs."""
        return bool(self.admin1 or self.admin2 or self.near is not None)

    def rank(self, place: Place, written: Collection[str] = ()) -> tuple[float, ...]:
        """Order of preference: kind, settlements before areas, nearness, the very name, people."""
        apart = float(geodesic_distance_m(*self.near, place.lon, place.lat)) if self.near else 0.0
        return (
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


def holds(area: Place, place: Place) -> bool:
    """Whether an area holds a place: by what the gazetteer says of the place, else by the area's outline or radius."""
    return surely_holds(area, place) or _may_hold(area, place)


def surely_holds(area: Place, place: Place) -> bool:
    """Whether the gazetteer says that an area holds a place, or its outline shows it."""
    if area.place_id == place.place_id or (area.kind == "country" and area.country == place.country):
        return True
    if area.place_id in (place.admin1, place.admin2, place.admin3):
        return True
    if area.polygon is None or area.country != place.country or not _larger(area, place):
        return False
    return metres_beyond(area.polygon, place.point) == 0.0


def _larger(area: Place, place: Place) -> bool:
    """Whether an area may hold a place by their kinds."""
    return place.kind not in LEVELS or (area.kind in LEVELS and LEVELS.index(area.kind) < LEVELS.index(place.kind))


def _may_hold(area: Place, place: Place) -> bool:
    """Whether an area without an outline reaches a place of which no such area is known."""
    if area.polygon is not None or area.country != place.country or not _larger(area, place):
        return False
    if (place.admin1 and area.admin1 and place.admin1 != area.admin1) or (area.kind == LEVELS[2] and place.admin2):
        return False
    apart = float(geodesic_distance_m(place.lon, place.lat, area.lon, area.lat))
    return apart <= COVERING * area.radius_m


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
    if len(ranked) == 1:
        return ranked, ", the only one known"
    alike = {place.place_id for place in places} - set(written) if best.place_id in written else set()
    rivals = [
        place
        for place in ranked[1:]
        if not _gives_way(place, best, hints)
        and not (place.place_id in alike and place.kind in LEVELS and best.kind not in LEVELS)
    ]
    if not rivals:
        return ranked, f", chosen among {len(ranked)}"
    if sure and all(dwarfed(place, best) for place in rivals):
        return ranked, f", by far the largest of {len(ranked)}"
    return ranked, ""


def dwarfed(place: Place, best: Place) -> bool:
    """Whether a name means another place by far, whatever else has it."""
    return prominence(best) >= DOMINANT_POPULATION and prominence(place) * DOMINANCE < prominence(best)


def _gives_way(place: Place, best: Place, hints: Hints) -> bool:
    """Whether a rival yields: the hints speak against it, it is the area around the best, or it is the same spot."""
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
