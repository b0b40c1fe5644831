"""Where do records lie, may those of two partitions meet, and which belong into one partition?"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geocasualty.matching._limits import DAY, Window
from geocasualty.matching._regions import holding_circles
from geocasualty.matching._sides import BARE, is_bare
from geocasualty.matching._trees import classes_of

EXTENT = ("west", "south", "east", "north", "reach_m", "start", "end")
"""Degrees, metres, seconds since 1970: a box that holds all points and areas, the greatest radius, and the time."""

ROWS = 250_000
"""Rows of a partition: about 100 MB in memory while it is joined."""

WIDE_M = 10_000.0
"""Records up to this radius are one class; beyond, each class is four times as wide. A choice of this project: a town's
radius in the gazetteer is below it, a district's above."""
LONG_S = 31 * DAY
"""Records up to this duration are one class; beyond, each class is four times as long."""

DEGREE_M = 110_000.0
"""Less than the shortest degree of latitude on WGS84, 110,574 m."""
SEMI_MINOR_M = 6_356_752.0
SLACK_M = 10.0
"""More than rounding and the error of the compiled distances can add to a reach."""
SLACK_S = 50 * 3_600
"""How far apart two times of one date may be: the 24 hours of a day, and zones from 12 hours behind UTC to 14 ahead.
Extents hold times of UTC, and days are those of each record's own zone."""

LEVELS = 10
"""Halvings of the globe on either axis: the finest cell is 0.35 degrees of longitude and 0.18 of latitude."""
UNLOCATED = 63
"""The class of what is nowhere."""
CLASS_SHIFT = 41
"""Bits of a key below its class."""

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


def _classes(boxes: Floats) -> Ints:
    """Class of reach (6 bits) and of duration (6 bits) of each record; an area reaches as far as a circle around it."""
    classes = np.full(len(boxes), UNLOCATED << 6, dtype=np.int64)
    located = ~np.isnan(boxes[:, 0])
    box = boxes[located]
    reach = box[:, 4].copy()
    areal = (box[:, 0] < box[:, 2]) | (box[:, 1] < box[:, 3])
    if areal.any():
        reach[areal] = holding_circles(list(shapely.box(*box[areal, :4].T)))[:, 2]
    wide, long = (
        np.minimum(classes_of(values, unit), UNLOCATED - 1)
        for values, unit in ((reach, WIDE_M), (box[:, 6] - box[:, 5], LONG_S))
    )
    classes[located] = (wide << 6) | long
    return classes


def extents_of(boxes: Floats) -> Floats:
    """One row of :data:`EXTENT` for each class of reach and duration, and one, NaN for a box, for what is unlocated."""
    classes = _classes(boxes)
    rows = [np.empty((0, len(EXTENT)))]
    for kind in np.unique(classes):
        part = boxes[classes == kind]
        low, high = part.min(axis=0), part.max(axis=0)
        rows.append(np.array([[*low[:2], *high[2:5], low[5], high[6]]]))
    return np.concatenate(rows)


def reaching(boxes: Floats, others: Floats, limits: Window, *, unplaced: bool = False) -> Bools:
    """Which records may be within the limits of any of some extents; all are given the widest reach among them."""
    found = np.zeros(len(boxes), dtype=bool)
    widest = np.nanmax(boxes[:, 4], initial=0.0)
    for other in others:
        found |= _near(boxes, other, limits, widest, unplaced)
    return found


def meeting(boxes: Floats, other: Floats, limits: Window, *, unplaced: bool = False) -> Bools:
    """Whether anything in each of some boxes may be within the limits of anything in another; never false if it is.

    With ``unplaced``, what has no place meets what is of its time.
    """
    return _near(boxes, other, limits, boxes[:, 4], unplaced)


def _near(boxes: Floats, other: Floats, limits: Window, own: Floats | float, unplaced: bool) -> Bools:
    """One reach for all boxes, or one for each.

    A geodesic of length d from latitude φ spans at most asin(sin(d / b) / cos φ) of longitude, b the smaller axis.
    """
    if np.isnan(other[0]):  # what is unlocated meets nothing
        return np.zeros(len(boxes), dtype=bool)
    reach = np.nan_to_num(np.asarray(limits.metres + SLACK_M + own + other[4]))
    late = limits.reach_s + SLACK_S
    tall = reach / DEGREE_M
    timely: Bools = (boxes[:, 5] < other[6] + late) & (other[5] < boxes[:, 6] + late)
    nowhere = np.isnan(boxes[:, 0])
    poleward = np.where(nowhere, 0.0, np.maximum(np.abs(boxes[:, 1]), np.abs(boxes[:, 3])))
    poleward = np.minimum(poleward if reach.ndim else np.max(poleward, initial=0.0), max(abs(other[1]), abs(other[3])))
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
    beside &= (boxes[:, 1] <= other[3] + tall) & (other[1] <= boxes[:, 3] + tall)
    return timely & (beside | (nowhere & unplaced))


def keys_of(boxes: Floats) -> Ints:
    """One sortable number a record: class (12 bits), cell along the Z-order curve (20), month (16), day (5)."""
    kinds = _classes(boxes)
    cells = np.zeros(len(boxes), dtype=np.int64)
    located = ~np.isnan(boxes[:, 0])
    box = boxes[located]
    size = 1 << LEVELS
    column = np.clip(((box[:, 0] + box[:, 2]) / 2 + 180) / 360 * size, 0, size - 1).astype(np.int64)
    row = np.clip(((box[:, 1] + box[:, 3]) / 2 + 90) / 180 * size, 0, size - 1).astype(np.int64)
    cell = np.zeros(len(box), dtype=np.int64)
    for bit in range(LEVELS):
        cell |= (((column >> bit) & 1) << (2 * bit)) | (((row >> bit) & 1) << (2 * bit + 1))
    coarse = 2 * np.minimum(kinds[located] >> 6, LEVELS)  # a class four times as wide need not be told apart as finely
    cells[located] = (cell >> coarse) << coarse
    day = boxes[:, 5].astype("datetime64[s]").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    months = np.clip(month.astype(np.int64) + 32_768, 0, 65_535)
    keys: Ints = (kinds << CLASS_SHIFT) | (cells << 21) | (months << 5) | (day - month).astype(np.int64)
    return keys


def cuts(keys: Ints, counts: Ints, rows: int) -> tuple[Ints, Ints]:
    """Cut sorted distinct keys into groups of at most ``rows`` records, none of two classes.

    Gives the first key of each group, and into how many parts it has to be cut by other means, since one key alone
    stands for more records.
    """
    total = np.append(0, np.cumsum(counts))
    begins, parts = [], []
    for low, high in itertools.pairwise([*np.flatnonzero(np.diff(keys >> CLASS_SHIFT, prepend=-1)), len(keys)]):
        while low < high:
            full = int(np.searchsorted(total, total[low] + rows, side="right")) - 1
            stop = max(low + 1, min(full, high))
            begins.append(keys[low])
            parts.append(-(-(total[stop] - total[low]) // rows))
            low = stop
    return np.array(begins, dtype=np.int64), np.array(parts, dtype=np.int64)
