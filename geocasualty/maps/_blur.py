"""Where a record is drawn when its true position must not be told."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_distance_m, geodesic_offset
from geocasualty.words import Words

__all__ = ["Blur", "chosen_blur"]

KEPT = (
    *("radius_m", "precision", "vicinity", "country", "start", "end", "timezone", "belligerents", "dataset", "sources"),
    *("attack_kinds", "date_basis"),
    *("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max", "grading"),
    *(
        "n_strikes",
        "n_rows",
        "covers_belligerents",
        "covers_countries",
        "covers_start",
        "covers_end",
        "covers_complete",
        "covers_kinds",
        "covers_rows",
    ),
)
"""What a displaced record keeps. Place text and place_id tell where it truly was; any further column may."""

METRES_A_DEGREE = 111_700.0
"""No degree of latitude or, at the equator, of longitude is longer on WGS84."""

SHORTEST_SEED = 12

_COORDINATE = re.compile(
    r"\d{1,3}[.,]\d{3,}|\b\d{1,2}\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,5}\s?\d{2,5}\b", re.IGNORECASE
)
"""Decimal degrees or a reference of the military grid."""


@dataclass(frozen=True, slots=True)
class Blur:
    """Moves points by up to `km`, the same seed by the same way."""

    km: float
    seed: str

    def said(self, words: Words) -> str:
        """The short form, for the map itself."""
        return words("map.blurred", km=f"{self.km:,g}")

    def records(self, frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
        """The records as they may be shown: displaced, the displacement added to `radius_m`, telling texts left out.

        Points, and polygons smaller than the displacement, become points; larger polygons stay. All points of one
        cell of a grid of `km` / sqrt 2 become one point: the cell's middle, moved by up to `km` / 2. So neither the
        mean of many records at one place nor one whose place is known tells more than the cell.
        """
        ids = pd.Series([self.id(kind, value) for value in frame[f"{kind}_id"]], index=frame.index, dtype=object)
        shown = {f"{kind}_id": ids} | {name: frame[name] for name in KEPT if name in frame}
        shapes, extent = self._shapes(frame.geometry.to_numpy())
        out = gpd.GeoDataFrame(shown, geometry=gpd.GeoSeries(shapes, index=frame.index), crs="EPSG:4326")
        stated = frame["radius_m"] if "radius_m" in frame else pd.Series(np.nan, index=frame.index)
        radius = pd.to_numeric(stated, errors="coerce").astype(float)
        moved = ~np.isnan(extent)
        out["radius_m"] = np.where(moved, np.fmax(radius, extent) + self.km * 1000, radius)
        if "event_group" in frame:
            groups = frame["event_group"].astype(object)
            known = sorted({str(value) for value in groups[groups.notna() & (groups != "")]})
            names = {value: f"event {number}" for number, value in enumerate(known, start=1)}
            out["event_group"] = [names.get(str(value), "") for value in groups]
        if "sources" in out:
            out["sources"] = [_without_coordinates(value) for value in out["sources"].astype(object)]
        return out

    def id(self, kind: str, value: Any) -> Any:
        """An id that may be shown: a number made with the seed where the true one reads like coordinates."""
        if not _COORDINATE.search(str(value)):
            return value
        digest = hmac.new(self.seed.encode(), f"{kind} {value}".encode("utf-8", "replace"), hashlib.sha256).digest()
        return f"{kind}-{int.from_bytes(digest[:8], 'big') % 10**12:012}"

    def decisions(self, review: pd.DataFrame | None) -> pd.DataFrame | None:
        """An analyst's decisions, on the ids shown and without coordinates in their notes."""
        if review is None:
            return None
        kinds = {f"{kind}_id": kind for kind in ("incident", "strike")}
        shown = {
            name: [self.id(kind, value) for value in review[name]] for name, kind in kinds.items() if name in review
        }
        told = {
            name: [
                "(a text that holds coordinates)" if _COORDINATE.search(str(text)) else text for text in review[name]
            ]
            for name in review
            if name not in kinds
        }
        return review.assign(**shown, **told)

    def note(self, frames: dict[str, gpd.GeoDataFrame], words: Words) -> str:
        """What is displaced, and the ids that are not shown, in words."""
        hidden = {
            kind: sum(self.id(kind, value) != value for value in frame[f"{kind}_id"]) for kind, frame in frames.items()
        }
        note = words("map.blurred.town", blurred=self.said(words), km=f"{self.km:,g}")
        more = {f"{kind}s": n for kind, n in hidden.items()}
        return " ".join([note, *([words("map.blurred.ids", **more)] if any(hidden.values()) else [])])

    def _shapes(self, geometry: Any) -> tuple[Any, Any]:
        """The shapes shown, and the extent in metres of each that was moved (NaN where none was)."""
        shapes = geometry.astype(object).copy()
        extent = np.full(len(shapes), np.nan)
        moved: dict[bytes, tuple[Any, float] | None] = {}
        for row, shape in enumerate(shapes):
            if shape is None or shape.is_empty:
                continue
            if (key := shape.wkb) not in moved:
                moved[key] = self._moved(shape)
            if (new := moved[key]) is not None:
                shapes[row], extent[row] = new
        return shapes, extent

    def _moved(self, shape: Any) -> tuple[Any, float] | None:
        if isinstance(shape, shapely.Point):
            return shapely.Point(*self.point(shape.x, shape.y)), 0.0
        west, south, east, north = shape.bounds
        half = 0.5 * float(geodesic_distance_m(west, south, east, north))
        if half >= self.km * 1000:
            return None
        return shapely.Point(*self.point((west + east) / 2, (south + north) / 2)), half

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Where the point is shown: degrees, at most `km` away."""
        step = self.km * 1000 / math.sqrt(2) / METRES_A_DEGREE
        row = math.floor(lat / step)
        nearest = 0.0 if row in (-1, 0) else min(abs(row), abs(row + 1)) * step
        wide = min(step / max(math.cos(math.radians(min(nearest, 89.9))), 1e-3), 360.0)
        column = math.floor(lon / wide)
        middle = (column + 0.5) * wide, min(max((row + 0.5) * step, -90.0), 90.0)
        digest = hmac.new(self.seed.encode(), f"{self.km!r} {row} {column}".encode(), hashlib.sha256).digest()
        turn, far = (int.from_bytes(digest[k : k + 8], "big") / 2**64 for k in (0, 8))
        moved = geodesic_offset(*middle, 360.0 * turn, self.km * 500 * math.sqrt(far))
        return round(float(moved[0]), 5), round(float(moved[1]), 5)


def chosen_blur(blur_km: float | None, blur_seed: str | None) -> Blur | None:
    """The displacement asked for.

    Raises
    ------
    InputError
        Where the distance is no number above 0, or the seed is missing or short.
    """
    if blur_km is None:
        if blur_seed is not None:
            raise InputError("blur_seed= without blur_km=: say by how many kilometres positions are displaced at most")
        return None
    if isinstance(blur_km, bool) or not isinstance(blur_km, (int, float)) or not 0 < blur_km <= 200:
        raise InputError(f"blur_km={blur_km!r}: give kilometres, above 0 and up to 200")
    if not isinstance(blur_seed, str) or len(blur_seed) < SHORTEST_SEED:
        raise InputError(
            f"blur_km= needs blur_seed=, a text of {SHORTEST_SEED} characters or more that readers of the map do not "
            "know, such as secrets.token_hex(16): whoever has it can undo part of the displacement. Keep it to get the "
            "same map again"
        )
    return Blur(float(blur_km), blur_seed)


def _without_coordinates(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return ";".join("(a source that holds coordinates)" if _COORDINATE.search(p) else p for p in value.split(";"))
