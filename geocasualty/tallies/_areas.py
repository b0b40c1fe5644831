"""In which country, governorate or district of the gazetteer does a record lie?"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty import taxonomy
from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer, Place
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.records._countries import BORDER_TOLERANCE_M, beyond_m
from geocasualty.taxonomy import PARENT_COLUMN, TAXONOMY

LEVELS = taxonomy.LEVELS[:3]

UNLOCATED = "unlocated"
"""No place is known."""

UNASSIGNED = "unassigned"
"""A place is known, and it is not in one area of the level: it is coarser, spans several, or lies outside all
or in another country than the record states."""

MOSTLY = 0.9
"""Share of a record's own polygon that lies in the one area it is counted in; nine in ten, as for ``radius_m``."""


class Areas:
    """Assigns records to areas of one gazetteer.

    A record counts where its place lies, as the gazetteer says, if the record is located by that place: if its
    shape is the place's area, or it is a point within the place's radius. Any other point counts in the area whose
    outline holds it: "20 nm west of Baghdad" is not in Baghdad. Of the governorates that Airwars states for its
    incidents of 2014-2015 in Syria, the place's is the stated one for 16 and the outline's for 2 where the two
    differ (outlines at 1:10 million are vague at borders); of those that the Dutch list states, the outline's for
    23 and the place's for 8, for that list says how far from the town each strike was.

    An area of another country than the record states gives way to the nearest one of that country, if that is at most
    20 km away: outlines are too coarse to tell two sides of a border. Else the record is ``unassigned``.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._known: dict[Any, Place | None] = {}

    def name(self, place_id: str) -> str:
        """The name of an area."""
        return self._gazetteer.place(place_id).name

    def country(self, place_id: str) -> str:
        """The ISO code of the country that an area is in."""
        return self._gazetteer.place(place_id).country

    def assign(self, frame: gpd.GeoDataFrame, level: str) -> list[str]:
        """The ``place_id`` of each record's area, or why there is none: ``unlocated`` or ``unassigned``.

        Raises InputError if the frame is not in EPSG:4326.
        """
        if len(frame) and (frame.crs is None or not frame.crs.equals("EPSG:4326", ignore_axis_order=True)):
            given = "no CRS" if frame.crs is None else frame.crs.to_string()
            raise InputError(f"records have {given}; areas need EPSG:4326: use frame.to_crs('EPSG:4326')")
        shapes = frame.geometry.to_numpy()
        missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        places = [self._place(value) for value in _column(frame, "place_id")]
        at_place = self._at_place(shapes, missing, places)
        rungs = _column(frame, "precision")
        held = np.full(len(frame), "", dtype=object)
        points = np.flatnonzero(~missing & (shapely.get_type_id(shapes) == 0))
        if len(points):
            x, y = shapely.get_x(shapes[points]), shapely.get_y(shapes[points])
            held[points] = self._gazetteer.areas_at(level, x, y)
        found = [
            self._one(level, None if gone else shape, place if here else None, rung, holding)
            for shape, gone, place, here, rung, holding in zip(
                shapes, missing, places, at_place, rungs, held, strict=True
            )
        ]
        stated = _column(frame, "country")
        return (
            found
            if level == "country"
            else [
                self._of_country(level, area, code.strip() if isinstance(code, str) else "", shape)
                for area, code, shape in zip(found, stated, shapes, strict=True)
            ]
        )

    def _of_country(self, level: str, area: str, country: str, shape: Any) -> str:
        """The area, if it is of the country that the record states; else the nearest one that is."""
        if not country or area in (UNLOCATED, UNASSIGNED) or self.country(area) in ("", country):
            return area
        if shape is None or shape.geom_type != "Point":
            return UNASSIGNED
        x, y = np.array([shape.x]), np.array([shape.y])
        away = [
            (float(beyond_m(outline, x, y)[0]), place_id)
            for place_id, outline in self._outlines[level]
            if self.country(place_id) == country
        ]
        metres, nearest = min(away, default=(np.inf, UNASSIGNED))
        return nearest if metres <= BORDER_TOLERANCE_M else UNASSIGNED

    def _place(self, place_id: Any) -> Place | None:
        if not isinstance(place_id, str) or not place_id:
            return None
        if place_id not in self._known:
            try:
                self._known[place_id] = self._gazetteer.place(place_id)
            except InputError:  # a place of another gazetteer
                self._known[place_id] = None
        return self._known[place_id]

    def _at_place(self, shapes: Any, missing: Any, places: list[Place | None]) -> Any:
        """Whether the place says where each record is."""
        named = np.array([place is not None for place in places], dtype=bool)
        point = ~missing & (shapely.get_type_id(shapes) == 0)
        at = np.flatnonzero(named & point)
        if len(at):
            own = [place for place in places if place is not None]
            towards = np.array([(p.lon, p.lat, p.radius_m) for p in own], dtype=float)[np.cumsum(named)[at] - 1]
            away = geodesic_distance_m(
                shapely.get_x(shapes[at]), shapely.get_y(shapes[at]), towards[:, 0], towards[:, 1]
            )
            named[at] = away <= towards[:, 2]
        return named

    def _one(self, level: str, shape: Any, place: Place | None, rung: Any, holding: str) -> str:
        if shape is None and place is None:
            return UNLOCATED
        if isinstance(rung, str) and rung in LEVELS and LEVELS.index(rung) < LEVELS.index(level):
            return UNASSIGNED
        is_point = shape is not None and shape.geom_type == "Point"
        if place is not None and not (is_point and TAXONOMY[place.kind].search == "area" and place.precision != rung):
            stated = self._around(place, level)
            if stated or not is_point:
                return stated or UNASSIGNED
        if is_point:
            return holding or UNASSIGNED
        return (self._mostly(shape, level) if shape is not None else "") or UNASSIGNED

    def _around(self, place: Place, level: str) -> str:
        if place.kind == level:
            return place.place_id
        if level == "country":
            return self._countries.get(place.country, "")
        return str(getattr(place, PARENT_COLUMN[level]))

    @cached_property
    def _countries(self) -> dict[str, str]:
        frame = self._gazetteer.countries
        return dict(zip(frame["country"], frame["place_id"], strict=True))

    @cached_property
    def _outlines(self) -> dict[str, list[tuple[str, Any]]]:
        places = self._gazetteer.places
        found: dict[str, list[tuple[str, Any]]] = {level: [] for level in LEVELS}
        for place_id, kind in sorted(zip(places["place_id"], places["kind"], strict=True)):
            outline = self._gazetteer.area(place_id) if kind in found else None
            if outline is not None:
                found[kind].append((place_id, outline))
        return found

    def _mostly(self, shape: Any, level: str) -> str:
        if not shape.area:
            return ""
        for place_id, outline in self._outlines[level]:
            if shapely.intersection(shapely.make_valid(shape), outline).area >= MOSTLY * shape.area:
                return place_id
        return ""


def _column(frame: pd.DataFrame, name: str) -> list[Any]:
    return frame[name].astype(object).tolist() if name in frame.columns else [None] * len(frame)
