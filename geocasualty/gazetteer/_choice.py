"""Which of the places of one name is meant? Ranks by what else the source says, or leaves it open."""

from __future__ import annotations

from geocasualty.gazetteer.place import Place
from geocasualty.geodesy import geodesic_distance_m

__all__ = ["Hints", "choose"]

AREAS = ("subdistrict", "district", "governorate", "country")

DOMINANT_POPULATION = 100_000
DOMINANCE = 20
"""A name shared by several places means the one with 100,000 or more people if every other has less than a
twentieth of it: "Baghdad" is not the hamlet of that name. A choice of this project; below it a shared name stays
ambiguous, as "Sinjar" does."""

_ASSUMED_POPULATION = {"country": 10_000_000, "governorate": 1_000_000, "city": 100_000, "district": 100_000}
_UNKNOWN_POPULATION = 5_000


class Hints:
    """What the source says besides the name."""

    def __init__(
        self,
        country: frozenset[str],
        admin1: frozenset[str],
        near: tuple[float, float] | None,
        kinds: tuple[str, ...],
    ) -> None:
        self.country = country
        self.admin1 = admin1
        self.near = near
        self.kinds = kinds

    def disagree(self, place: Place) -> list[str]:
        said = []
        if self.country and f"iso:{place.country}" not in self.country:
            said.append("the stated country")
        if self.admin1 and place.admin1 not in self.admin1 and place.place_id not in self.admin1:
            said.append("the stated governorate")
        return said

    def rank(self, place: Place) -> tuple[float, ...]:
        distance = float(geodesic_distance_m(*self.near, place.lon, place.lat)) if self.near else 0.0
        return (
            len(self.disagree(place)),
            float(bool(self.kinds) and place.kind not in self.kinds),
            float(AREAS.index(place.kind) + 1 if place.kind in AREAS else 0),
            distance,
            -_prominence(place),
        )


def _prominence(place: Place) -> int:
    return place.population or _ASSUMED_POPULATION.get(place.kind, _UNKNOWN_POPULATION)


def choose(places: list[Place], hints: Hints) -> tuple[list[Place], str]:
    """Rank the places of one name; the reason is empty where two fit equally."""
    ranked = sorted(places, key=lambda place: (*hints.rank(place), place.place_id))
    best = ranked[0]
    unlike = hints.disagree(best)
    said = f"; it lies outside {' and '.join(unlike)}" if unlike else ""
    if len(ranked) == 1:
        return ranked, f", the only one{said}"
    rivals = [place for place in ranked[1:] if not _gives_way(place, best, hints)]
    if not rivals:
        return ranked, f", chosen among {len(ranked)}{said}"
    if (
        _prominence(best) >= DOMINANT_POPULATION
        and not unlike
        and all(_prominence(place) * DOMINANCE < _prominence(best) for place in rivals)
    ):
        return ranked, f", by far the largest of {len(ranked)}{said}"
    return ranked, ""


def _gives_way(place: Place, best: Place, hints: Hints) -> bool:
    """Whether a rival yields: the hints speak against it, it is the area around the best, or it is the same spot."""
    if len(hints.disagree(place)) > len(hints.disagree(best)):
        return True
    if hints.kinds and best.kind in hints.kinds and place.kind not in hints.kinds:
        return True
    apart = float(geodesic_distance_m(place.lon, place.lat, best.lon, best.lat))
    if place.kind in AREAS and (place.kind != best.kind) and place.country == best.country:
        parent = place.place_id in (best.admin1, best.admin2, f"iso:{best.country}")
        return parent or apart <= place.radius_m
    if hints.near is not None:
        near_best = float(geodesic_distance_m(*hints.near, best.lon, best.lat))
        near_place = float(geodesic_distance_m(*hints.near, place.lon, place.lat))
        if near_place > 2 * near_best + best.radius_m:
            return True
    return apart <= max(best.radius_m, place.radius_m) and (place.kind in AREAS) == (best.kind in AREAS)
