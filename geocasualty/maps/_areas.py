"""Which areas a map divides the land into: governorates, districts of the gazetteer, or the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.theatre.theatre import theatre
from geocasualty.words import Words

__all__ = ["LEVELS", "LOCAL", "Division", "chosen_areas"]

LEVELS = dict(list(theatre().levels.items())[:2])
"""Each level with its words, one and many."""

LOCAL = "name_local"
"""The column of a gazetteer's frame with the names in the language of the country."""

OWN = ("area", "areas")
COLUMNS = ["place_id", "name", "name_local", "country", "approximate", "note", "geometry"]
_COD_LEVEL = re.compile(r"ADM([1-4])_(EN|PCODE|REF)", re.IGNORECASE)
_COD_WORDS = dict(enumerate(theatre().levels.values(), start=1))


@dataclass(frozen=True, eq=False)
class Division:
    """Polygons with names, the words for one and for many, and what must be said of them."""

    frame: gpd.GeoDataFrame
    words: tuple[str, str]
    level: str = ""
    lacking: tuple[int, int] = (0, 0)

    def said(self, words: Words) -> list[str]:
        """How many areas have no outline, if any."""
        n, of = self.lacking
        return [words("map.note.outline_lacking", many=words.levels(self.words)[1], n=n, all=of)] if n else []


def chosen_areas(gazetteer: Any, areas: gpd.GeoDataFrame | None = None, level: str = "governorate") -> Division:
    """The areas asked for, sorted by id, whatever the order of the rows.

    Parameters
    ----------
    gazetteer : Gazetteer
        Its governorates, or its districts where it has their polygons.
    areas : geopandas.GeoDataFrame, optional
        The user's own polygons instead. Names are in ``name`` (``name_ar``), or as COD-AB (``ADM2_EN``, ``ADM2_AR``,
        ``ADM2_PCODE``) and geoBoundaries (``shapeName``, ``shapeID``) have them. ``approximate`` (true or false) and
        ``note`` may say that a boundary is not exact.
    level : str
        "governorate" or "district", of the gazetteer.

    Raises
    ------
    InputError
        Where the level has no polygons, or a frame has none that can be drawn, no names, or another CRS.
    """
    if areas is not None:
        if level != "governorate":
            raise InputError(f"level={level!r} names areas of the gazetteer, areas= brings your own: give one of them")
        return _own(areas)
    if level not in LEVELS:
        raise InputError(f"level={level!r} is unknown; choose one of {', '.join(LEVELS)}")
    if level == "governorate":
        frame = gazetteer.governorates
        return Division(_clean(frame, "the gazetteer's governorates"), LEVELS[level], level)
    return _of_level(gazetteer, level)


def _of_level(gazetteer: Any, level: str) -> Division:
    known = gazetteer.places[gazetteer.places["kind"] == level]
    shapes = [gazetteer.area(place_id) for place_id in known["place_id"]]
    frame = gpd.GeoDataFrame(known.drop(columns="geometry"), geometry=shapes, crs="EPSG:4326")
    frame = frame[frame.geometry.notna()]
    if not len(frame):
        raise InputError(
            f"level={level!r}: this gazetteer has the outline of none of its {len(known):,} {LEVELS[level][1]}; pass "
            "areas= with their polygons (COD-AB has them), or a gazetteer built with them"
        )
    lacking = len(known) - len(frame)
    return Division(_clean(frame, f"the gazetteer's {LEVELS[level][1]}"), LEVELS[level], level, (lacking, len(known)))


def _own(areas: Any) -> Division:
    if not isinstance(areas, gpd.GeoDataFrame):
        raise InputError(f"areas must be a GeoDataFrame of polygons, not {type(areas).__name__}; geopandas.read_file")
    if areas.crs is not None and not areas.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise InputError(f"areas are in {areas.crs.to_string()}; a map needs EPSG:4326: use areas.to_crs('EPSG:4326')")
    by_lower = {str(column).lower(): column for column in areas.columns}
    found = [int(match[1]) for column in areas.columns if (match := _COD_LEVEL.fullmatch(str(column)))]
    finest = max(found, default=None)
    cod = f"adm{finest}" if finest else "no"

    def column(*names: str) -> list[Any]:
        for name in names:
            if name in by_lower:
                return [None if missing else value for value, missing in _cells(areas[by_lower[name]])]
        return [None] * len(areas)

    def texts(*names: str) -> list[str]:
        return ["" if value is None else str(value) for value in column(*names)]

    names = column("name", f"{cod}_en", f"{cod}_ref", "shapename")
    if len(areas) and not any(names):
        seen = ", ".join(repr(str(name)[:30]) for name in areas.columns if name != areas.geometry.name)
        raise InputError(
            f"areas have no column 'name' with names (columns: {seen or 'none'}); rename the one that holds them"
        )
    own = gpd.GeoDataFrame(
        {
            "place_id": column("place_id", f"{cod}_pcode", "shapeid"),
            "name": ["" if value is None else str(value) for value in names],
            "name_local": texts(LOCAL, f"name_{theatre().local}", f"{cod}_{theatre().local}"),
            "country": column("country", "adm0_pcode"),
            "approximate": [_true(value) for value in column("approximate")],
            "note": texts("note"),
        },
        geometry=areas.geometry.to_numpy(),
        crs="EPSG:4326",
    )
    if own["place_id"].isna().any() or own["place_id"].duplicated().any():
        own["place_id"] = None
    return Division(_clean(own, "areas"), _COD_WORDS.get(finest or 0, OWN))


def _cells(column: pd.Series) -> list[tuple[Any, bool]]:
    return list(zip(column.astype(object), column.isna(), strict=True))


def _true(value: Any) -> bool:
    """Whether a cell says yes; files keep truth as 1 or as text."""
    return str(value).strip().lower() in ("true", "1", "1.0", "yes")


def _clean(frame: gpd.GeoDataFrame, what: str) -> gpd.GeoDataFrame:
    """Valid polygons only, in an order that does not depend on that of the rows."""
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    shapes = frame.geometry.to_numpy()
    kinds = sorted({shape.geom_type for shape in shapes} - {"Polygon", "MultiPolygon"})
    if kinds:
        raise InputError(f"{what}: geometry is {', '.join(kinds)}; expected Polygon or MultiPolygon")
    west, south, east, north = frame.total_bounds if len(frame) else (0, 0, 0, 0)
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise InputError(f"{what}: coordinates reach from ({west:g}, {south:g}) to ({east:g}, {north:g}); give degrees")
    wanted = {name: frame.get(name) for name in COLUMNS[:-1]}
    out = gpd.GeoDataFrame(wanted, geometry=_polygonal(shapes), index=frame.index, crs="EPSG:4326")
    out = out[~out.geometry.is_empty]
    out["approximate"] = [_true(value) for value in out["approximate"]]
    if out["place_id"].isna().any():
        out = out.assign(_shape=out.geometry.to_wkb(hex=True)).sort_values(["name", "_shape"], kind="stable")
        out["place_id"] = [f"area-{number}" for number in range(1, len(out) + 1)]
    return out.sort_values("place_id", kind="stable")[COLUMNS].reset_index(drop=True)


def _polygonal(shapes: Any) -> Any:
    """Each shape made valid, its lines and points left out."""
    out = np.empty(len(shapes), dtype=object)
    for number, shape in enumerate(shapely.make_valid(shapes)):
        parts = [part for part in _parts(shape) if part.geom_type == "Polygon"]
        out[number] = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return out


def _parts(shape: Any) -> list[Any]:
    if shape.geom_type in ("MultiPolygon", "GeometryCollection"):
        return [part for inner in shape.geoms for part in _parts(inner)]
    return [shape]
