"""Which areas hold a point?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.taxonomy import LEVELS

if TYPE_CHECKING:
    from geocasualty.gazetteer._tables import Tables
    from geocasualty.gazetteer.place import Place

__all__ = ["Area", "AreaTree", "area_tree", "containing"]


class Area(NamedTuple):
    """A polygon and whose it is."""

    place_id: str
    polygon: shapely.Geometry


class AreaTree:
    """Polygons of one kind, asked for many points at once.

    A point on a border, or in two polygons, belongs to the smaller one, then to the first by identifier.
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        ranked = sorted(areas, key=lambda area: (area.polygon.area, area.place_id))
        self._ids = [area.place_id for area in ranked]
        polygons = np.array([area.polygon for area in ranked], dtype=object)
        shapely.prepare(polygons)
        self._tree = shapely.STRtree(polygons)

    def find(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> list[str]:
        """The ``place_id`` for each point; empty where none of the areas holds it."""
        points = shapely.points(
            np.atleast_1d(np.asarray(lon, dtype=float)), np.atleast_1d(np.asarray(lat, dtype=float))
        )
        first = np.full(len(points), len(self._ids))
        asked, held = self._tree.query(points, predicate="intersects")
        np.minimum.at(first, asked, held)
        known = [*self._ids, ""]
        return [known[position] for position in first]


def area_tree(tables: Tables, trees: dict[str, AreaTree], kind: str) -> AreaTree:
    """The tree of one level; ``trees`` keeps what was built."""
    if kind not in trees:
        found = [(key, area[0]) for key, area in tables.areas.items() if tables.places[key].kind == kind]
        trees[kind] = AreaTree(Area(*each) for each in found)
    return trees[kind]


def containing(tables: Tables, trees: dict[str, AreaTree], lon: float, lat: float) -> dict[str, Place]:
    """Kind to place for each level whose area holds the point."""
    answers = {kind: area_tree(tables, trees, kind).find(lon, lat)[0] for kind in LEVELS}
    return {kind: tables.places[place_id] for kind, place_id in answers.items() if place_id}
