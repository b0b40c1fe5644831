"""How far may the records of a partition reach, and may those of two partitions meet?"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._regions import holding_circles
from geocasualty.matching._sides import BARE, is_bare
from geocasualty.matching._trees import fourfold

__all__ = ["EXTENT", "boxes_of", "classes_of", "extents_of", "meeting", "reaching"]

EXTENT = ("west", "south", "east", "north", "reach_m", "start", "end")
"""Degrees, metres, seconds since 1970: a box that holds all points and areas, the greatest radius, and the time."""

WIDE_M = 10_000.0
"""Records up to this radius are one class; beyond, each class is four times as wide. A choice of this project: a town's
radius in the gazetteer is below it, a district's above."""
LONG_S = 31 * DAY
"""Records up to this duration are one class; beyond, each class is four times as long."""

ZONES_S = 3 * DAY
"""Two instants of one local date each, in whatever zones, are less than three days apart: dates are compared as they
are named, and those of the zones from UTC-12 to UTC+14 begin 26 hours apart."""

DEGREE_M = 110_000.0
"""Less than the shortest degree of latitude on WGS84, 110,574 m."""
SEMI_MINOR_M = 6_356_752.0
SLACK_M = 10.0
"""More than rounding and the error of the compiled distances can add to a reach."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def boxes_of(frame: Any) -> Floats:
    """A row of :data:`EXTENT` for each record of a frame; NaN where it is unlocated."""
    radius = frame["radius_m"].to_numpy(dtype=float)
    times = [frame[name].dt.as_unit("s").array.asi8.astype(float) for name in ("start", "end")]
    if is_bare(frame):
        return np.column_stack([*(frame[name] for name in (*BARE, *BARE)), radius, *times])
    geometry = np.asarray(frame.geometry.array)
    reach = np.where(shapely.get_type_id(geometry) == 0, radius, 0.0)
    return np.column_stack([shapely.bounds(geometry).reshape(-1, 4), reach, *times])


def classes_of(boxes: Floats) -> tuple[Ints, Ints]:
    """Class of reach and class of duration of each located record; an area reaches as far as a circle around it."""
    reach = boxes[:, 4].copy()
    areal = (boxes[:, 0] < boxes[:, 2]) | (boxes[:, 1] < boxes[:, 3])
    if areal.any():
        reach[areal] = holding_circles(list(shapely.box(*boxes[areal, :4].T)))[:, 2]
    return fourfold(reach, WIDE_M), fourfold(boxes[:, 6] - boxes[:, 5], LONG_S)


def extents_of(boxes: Floats) -> Floats:
    """One row of :data:`EXTENT` for each class of reach and duration among the located records, none without any."""
    located = boxes[~np.isnan(boxes[:, 0])]
    if not len(located):
        return np.empty((0, len(EXTENT)))
    reach, duration = classes_of(located)
    rows = []
    for kind in np.unique(reach * 100 + duration):
        part = located[reach * 100 + duration == kind]
        rows.append([*part[:, [0, 1]].min(axis=0), *part[:, 2:5].max(axis=0), part[:, 5].min(), part[:, 6].max()])
    return np.array(rows)


def reaching(boxes: Floats, others: Floats, limits: Window) -> Bools:
    """Which records may be within the limits of any of some extents; all are given the widest reach among them."""
    found = np.zeros(len(boxes), dtype=bool)
    widest = np.nanmax(boxes[:, 4], initial=0.0)
    for other in others:
        found |= _near(boxes, other, limits, widest)
    return found


def meeting(boxes: Floats, other: Floats, limits: Window) -> Bools:
    """Whether anything in each of some boxes may be within the limits of anything in another; never false if it is."""
    return _near(boxes, other, limits, boxes[:, 4])


def _near(boxes: Floats, other: Floats, limits: Window, own: Floats | float) -> Bools:
    """One reach for all boxes, or one for each.

    A geodesic of length d from latitude φ spans at most asin(sin(d / b) / cos φ) of longitude, b the smaller axis.
    """
    reach = np.asarray(limits.metres + SLACK_M + own + other[4])
    tall = reach / DEGREE_M
    with np.errstate(invalid="ignore"):  # what is unlocated meets nothing
        late = limits.reach_s + ZONES_S
        met: Bools = (boxes[:, 5] < other[6] + late) & (other[5] < boxes[:, 6] + late)
        met &= (boxes[:, 1] <= other[3] + tall) & (other[1] <= boxes[:, 3] + tall)
        poleward = np.maximum(np.abs(boxes[:, 1]), np.abs(boxes[:, 3]))
        poleward = np.minimum(
            poleward if reach.ndim else np.nanmax(poleward, initial=0.0), max(abs(other[1]), abs(other[3]))
        )
        arc = np.minimum(reach / SEMI_MINOR_M, np.pi / 2)
        sine = np.sin(arc) / np.maximum(np.cos(np.radians(poleward)), 1e-12)
        wide = np.where(
            (arc >= np.pi / 2) | (sine >= 1.0 - 1e-9), 360.0, np.degrees(np.arcsin(np.minimum(sine, 1.0))) + 1e-6
        )
        most = np.max(wide, initial=0.0)
        round_it = other[0] - most < -180 or other[2] + most > 180
        beside = np.zeros(len(boxes), dtype=bool)
        for turn in (-360.0, 0.0, 360.0) if round_it else (0.0,):
            beside |= (boxes[:, 0] + turn - other[2] <= wide) & (other[0] - boxes[:, 2] - turn <= wide)
        return met & beside
