"""Which areas hold a point?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely


class AreaTree:
    """Polygons of one kind, each behind whose it is, asked for many points at once.

    A point on a border, or in two polygons, belongs to the smaller one, then to the first by identifier.
    """

    def __init__(self, areas: Iterable[tuple[str, shapely.Geometry]]) -> None:
        ranked = sorted(areas, key=lambda area: (area[1].area, area[0]))
        self._ids = [place_id for place_id, _ in ranked]
        polygons = np.array([polygon for _, polygon in ranked], dtype=object)
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
