"""Who held the ground where a claim lies, on its days, by dated outlines that somebody drew?

One frame of outlines is one series of maps: rows with ``holder``, ``from`` and ``to``. A day that no row covers lies
between the last day before it and the first behind it that any row covers. On such a day ground has the holder that
both of these outlines give it, on the assumption that no ground changed hands and back between them; where they
differ it may be either's. Before the first day and behind the last nothing is known. Regions that were mapped on
other days are frames of their own.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geocasualty.errors import GeocasualtyWarning, InputError, UnknownPlaceError
from geocasualty.gazetteer import load_gazetteer
from geocasualty.geodesy import BUFFER_ERROR, EDGE_M, geodesic_discs
from geocasualty.matching._sides import side_of
from geocasualty.matching.absence import stretch_of
from geocasualty.records._areas import COLUMN, stated_shapes
from geocasualty.records._flags import DOUBTFUL, DOUBTFUL_TIME, GUESSED_DAY, UNMAPPED
from geocasualty.records._inputs import read_cells
from geocasualty.records._words import Words, coded
from geocasualty.times import is_local, parse_interval

__all__ = ["control_faults", "read_control", "share_held", "who_held"]

DOUBTS = {
    "no-location": "the record has no place",
    "own-record": "its own place or day is in doubt, or its date is not known to be that of the event",
    "outside-days": "some of its days lie before the first outline or behind the last",
    "unstated": "it may lie where no outline says who held the ground",
    "several": "it may lie on the ground of more than one",
    "between-outlines": "it lies between the days of two outlines that differ there",
    "contested": "outlines of two holders lie over one another there",
    "changed": "the holder changes within its days",
}
"""Why a holder is not sure, and what that means."""

SLIVER_KM2 = 0.01
"""The least overlap of two holders that is named: borders that were drawn twice differ by less."""

_EPOCH = dt.date(1970, 1, 1).toordinal()
_Rows = tuple[int, ...]


class _Span(NamedTuple):
    """Days, first and last, over which nothing changes: the rows in force, twice, or those before and those behind."""

    first: int
    last: int
    before: _Rows
    after: _Rows


def read_control(source: str | os.PathLike[str] | pd.DataFrame, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read outlines of who held the ground, and check them.

    Parameters
    ----------
    source : path or geopandas.GeoDataFrame
        Polygons with ``holder``, ``from`` and ``to``, days such as 2017-06-06, both counted in. Where ``to`` is blank
        an outline is of its one day, as a map of that day is; a map says nothing of the days behind it. Files may be
        of any kind that records are read from.
    layer : str, optional
        Of a file that has several.

    Returns
    -------
    geopandas.GeoDataFrame
        ``holder``, ``from``, ``to`` and ``geometry`` in EPSG:4326, in the order of the source.

    Raises
    ------
    geocasualty.errors.InputError
        If a column is missing, or a row has no holder, a day that is none, an end before its beginning, or a shape
        that is no valid polygon; the row is named.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        If outlines of two holders overlap on one day; :func:`geocasualty.control.control_faults` lists where.

    Examples
    --------
    >>> import geocasualty as gcas, geopandas as gpd, shapely
    >>> drawn = gpd.GeoDataFrame(
    ...     {"holder": ["A", "B"], "from": ["2017-06-06", "2017-06-06"], "to": [None, None]},
    ...     geometry=[shapely.box(38, 35, 39, 36), shapely.box(39, 35, 40, 36)], crs=4326,
    ... )
    >>> gcas.control.read_control(drawn)[["holder", "from", "to"]].iloc[0].tolist()
    ['A', '2017-06-06', '2017-06-06']
    """
    control = _Control.of(source, layer)
    faults = control.faults()
    overlaps = faults[faults["fault"] == "overlap"]
    if len(overlaps):
        first = overlaps.iloc[0]
        warnings.warn(
            f"control: {first['holders'].replace(';', ' and ')} both hold {first['km2']:,.2f} km2 on {first['first']} "
            f"(rows {first['rows']}), one of {len(overlaps)} such; that ground counts as neither's for sure",
            GeocasualtyWarning,
            stacklevel=2,
        )
    return control.frame


def control_faults(control: Any) -> pd.DataFrame:
    """List where outlines of two holders overlap, and the days that no outline is of.

    Parameters
    ----------
    control : path or geopandas.GeoDataFrame
        As for :func:`geocasualty.control.read_control`.

    Returns
    -------
    pandas.DataFrame
        ``fault`` (``overlap``, ``gap``), ``first`` and ``last`` day, ``holders`` and ``rows`` joined by ``;``, ``km2``
        of an overlap.

    Examples
    --------
    >>> import geocasualty as gcas, geopandas as gpd, shapely
    >>> drawn = gpd.GeoDataFrame(
    ...     {"holder": ["A", "B"], "from": ["2017-06-06", "2017-06-09"], "to": [None, None]},
    ...     geometry=[shapely.box(38, 35, 39, 36)] * 2, crs=4326,
    ... )
    >>> gcas.control.control_faults(drawn)[["fault", "first", "last"]].values.tolist()
    [['gap', '2017-06-07', '2017-06-08']]
    """
    return _Control.of(control).faults()


def who_held(incidents: gpd.GeoDataFrame, control: Any) -> pd.DataFrame:
    """Say who held the ground where each incident may lie, on all days that it may be of.

    A holder is sure only where all that a radius may mean lies wholly inside that holder's outlines, on every day: a
    point with the radius that holds nearly all of its true places, as for an absence, and a day more on either side
    where the days of the record are a guess.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        As :func:`geocasualty.read_incidents` returns it.
    control : path or geopandas.GeoDataFrame
        As for :func:`geocasualty.control.read_control`.

    Returns
    -------
    pandas.DataFrame
        On the index of the incidents: ``incident_id``; ``holder``, empty where not sure; ``holders``, all that may be,
        joined by ``;``; ``doubt`` (as the guide lists them, joined alike), empty where sure; ``shares``, of the stated
        radius or area that each holds, least to most over its days; ``held``, the answer in words.

    Raises
    ------
    geocasualty.errors.InputError
        If the outlines cannot be used, as for :func:`geocasualty.control.read_control`, or the incidents, as for
        :func:`geocasualty.match`.

    Examples
    --------
    >>> import geocasualty as gcas, geopandas as gpd, shapely
    >>> drawn = gpd.GeoDataFrame(
    ...     {"holder": ["A", "B"], "from": ["2015-06-01", "2015-06-01"], "to": ["2015-06-30", "2015-06-30"]},
    ...     geometry=[shapely.box(43, 35, 44, 36), shapely.box(44, 35, 45, 36)], crs=4326,
    ... )
    >>> told = gcas.who_held(gcas.load_casebook().incidents, drawn)
    >>> told.loc[0, ["holder", "shares", "doubt"]].tolist()
    ['A', 'A 100 %', '']
    """
    known = _Control.of(control)
    side = side_of(incidents, "incident")
    guessed = side.flagged(GUESSED_DAY).astype(int)
    own = side.flagged(DOUBTFUL | UNMAPPED | (DOUBTFUL_TIME - GUESSED_DAY)) | (side.texts("date_basis") != "event")
    stretch = stretch_of(incidents)
    of_disc = functools.cache(known.of_disc)  # many records share a place and a day
    rows = []
    for n in range(len(side)):
        days = int(side.day0[n] - guessed[n]), int(side.day1[n] + guessed[n])
        if not side.located[n]:
            told = _Told((), ("no-location",), "")
        elif side.area[n] >= 0:
            told = known.of_area(side.polygons[int(side.area[n])], days)
        else:
            told = of_disc(*(float(each[n]) for each in (side.lon, side.lat, side.radius_m, stretch)), days)
        doubts = [*["own-record"] * bool(own[n]), *told.doubts]
        holder = told.holders[0] if not doubts else ""
        said = (" or ".join(told.holders) or "not known") + "".join(f"; {DOUBTS[doubt]}" for doubt in doubts)
        rows.append((side.ids[n], holder, ";".join(told.holders), ";".join(doubts), told.shares, said))
    names = ["incident_id", "holder", "holders", "doubt", "shares", "held"]
    return pd.DataFrame(rows, columns=names, index=incidents.index, dtype=object)


def share_held(place: Any, date: str | tuple[str, str], *, control: Any, gazetteer: Any = None) -> pd.DataFrame:
    """Say what share of a place each holder held: the least and the most that it can have been.

    On a day that an outline is of both are the same but for ground that two hold. Between two outlines the least is
    what both give a holder, and the most what either does: the truth lies between, if no ground changed hands and
    back in the meantime.

    Parameters
    ----------
    place : str, Place, Resolution or shapely geometry
        A name or place of the gazetteer, or a polygon in degrees. A place without an outline is the disc of its
        radius.
    date : str or tuple of str
        A local day, or days such as a month or a first and a last, of which all count.
    control : path or geopandas.GeoDataFrame
        As for :func:`geocasualty.control.read_control`.
    gazetteer : Gazetteer, optional
        The bundled one if not given.

    Returns
    -------
    pandas.DataFrame
        A row a holder, and a last one with an empty holder for ground that no outline is of: ``holder``, ``share_min``,
        ``share_max`` (of 1), ``km2_min``, ``km2_max``, ``basis`` (``outline`` or ``radius``).

    Raises
    ------
    geocasualty.errors.InputError
        If the outlines cannot be used, the date is no day, or no outline is of it or stands on either side of it.
    geocasualty.errors.UnknownPlaceError
        If the gazetteer does not know the place, or several.

    Examples
    --------
    >>> import geocasualty as gcas, geopandas as gpd, shapely
    >>> west, east = shapely.box(38.9, 35.9, 39, 36), shapely.box(39, 35.9, 39.1, 36)
    >>> drawn = gpd.GeoDataFrame(
    ...     {"holder": ["A", "A"], "from": ["2017-06-06", "2017-10-20"]},
    ...     geometry=[west, shapely.union_all([west, east])], crs=4326,
    ... )
    >>> city = shapely.box(38.9, 35.9, 39.1, 36)
    >>> held = gcas.share_held(city, "2017-07-04", control=drawn).round(2)
    >>> held[["holder", "share_min", "share_max"]].values.tolist()
    [['A', 0.5, 1.0], ['', 0.0, 0.5]]
    """
    known = _Control.of(control)
    shape, basis = _outline_of(place, gazetteer)
    first, last = (date, "") if isinstance(date, str) else date
    if not is_local(first, last):
        raise InputError(f"date is {date!r}; expected a local day such as '2017-07-04', or two", value=date)
    start, end = parse_interval(first, last, "UTC")
    days = start.toordinal() - _EPOCH, (end - dt.timedelta(seconds=1)).toordinal() - _EPOCH
    spans, whole = known.spans(*days)
    if not whole:
        raise InputError(
            f"date is {date!r}, and the outlines are of {_day(known.first)} to {_day(known.last)}; of other days "
            "nothing is known",
            value=date,
        )
    area = _km2(shape)
    rows = [(holder, *known.shares(shape, spans, holder)) for holder in (*known.holders, "")]
    return pd.DataFrame(
        [(holder, low, high, low * area, high * area, basis) for holder, low, high in rows],
        columns=["holder", "share_min", "share_max", "km2_min", "km2_max", "basis"],
    )


def dated_ground(control: Any) -> Iterator[tuple[int, int, bool, dict[str, tuple[Any, Any]]]]:
    """For each span of days (since 1970-01-01) what each holder surely has, and what it may have besides.

    The third is whether an outline is of those days; else they lie between two.
    """
    known = _Control.of(control)
    for span in known.timeline:
        held = {}
        for holder in known.holders:
            sure = shapely.intersection(*(known.sure(rows, holder) for rows in span[2:]))
            may = shapely.union_all([known.union(rows, holder) for rows in span[2:]])
            held[holder] = sure, shapely.difference(may, sure)
        yield span.first, span.last, span.before == span.after, held


class _Told(NamedTuple):
    holders: tuple[str, ...]
    doubts: tuple[str, ...]
    shares: str


@dataclass(frozen=True, eq=False)
class _Control:
    """Checked outlines, and what they say of a shape on some days."""

    frame: gpd.GeoDataFrame
    from_: tuple[int, ...]
    to: tuple[int, ...]

    @classmethod
    def of(cls, source: Any, layer: str | None = None) -> _Control:
        """Read and check, as :func:`geocasualty.control.read_control`."""
        if isinstance(source, cls):
            return source
        cells = {name.lower(): values for name, values in read_cells(source, layer=layer).items()}
        for name in ("holder", "from", COLUMN):
            if name not in cells:
                what = "polygons" if name == COLUMN else f"column {name!r}"
                raise InputError(f"control: no {what}; expected polygons with holder, from and to", column=name)
        cells = {"to": [""] * len(cells["from"])} | cells
        shapes = stated_shapes(Words(*coded(cells[COLUMN])))
        for position, column, value, reason in shapes.failures:
            raise _refused(position, column, value, reason)
        bounds: list[list[int]] = [[], []]
        for at, (holder, shape) in enumerate(zip(cells["holder"], shapes.shapes, strict=True)):
            if not holder.strip() or ";" in holder:
                raise _refused(at, "holder", holder, "expected one name without a semicolon")
            if shape is None or shape.geom_type == "Point":
                raise _refused(at, COLUMN, cells[COLUMN][at], "expected a polygon")
            begin = _day_of(at, "from", cells["from"][at])
            end = _day_of(at, "to", cells["to"][at]) if cells["to"][at].strip() else begin
            if end < begin:
                raise _refused(at, "to", cells["to"][at], f"before its beginning, {_day(begin)}")
            bounds[0].append(begin)
            bounds[1].append(end)
        columns = {
            "holder": [holder.strip() for holder in cells["holder"]],
            **{name: list(map(_day, days)) for name, days in zip(("from", "to"), bounds, strict=True)},
        }
        frame = gpd.GeoDataFrame(columns, geometry=list(shapes.shapes), crs="EPSG:4326")
        return cls(frame, tuple(bounds[0]), tuple(bounds[1]))

    @property
    def first(self) -> int:
        """The first day that an outline is of."""
        return min(self.from_)

    @property
    def last(self) -> int:
        """The last day that an outline is of."""
        return max(self.to)

    @functools.cached_property
    def holders(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(sorted(set(self.frame["holder"])))

    @functools.cached_property
    def timeline(self) -> tuple[_Span, ...]:
        """All days from the first to the last."""
        edges = sorted({*self.from_, *(day + 1 for day in self.to)})
        force = [
            tuple(n for n, both in enumerate(zip(self.from_, self.to, strict=True)) if both[0] <= day <= both[1])
            for day in edges
        ]
        return tuple(
            _Span(day, behind - 1, force[n] or force[n - 1], force[n] or force[n + 1])
            for n, (day, behind) in enumerate(pairwise(edges))
        )

    def spans(self, day0: int, day1: int) -> tuple[list[_Span], bool]:
        """Those that have any of some days, and whether these are all known."""
        found = [span for span in self.timeline if span.first <= day1 and span.last >= day0]
        return found, self.first <= day0 and day1 <= self.last

    @functools.cached_property
    def union(self) -> Callable[[_Rows, str], shapely.Geometry]:
        """All that some rows give a holder, or with an empty name all holders."""
        names, shapes = self.frame["holder"].to_numpy(), self.frame.geometry.to_numpy()

        @functools.cache
        def union(rows: _Rows, holder: str) -> shapely.Geometry:
            whole = shapely.union_all([shapes[n] for n in rows if names[n] == holder or not holder])
            shapely.prepare(whole)
            return whole

        return union

    @functools.cached_property
    def sure(self) -> Callable[[_Rows, str], shapely.Geometry]:
        """What some rows give a holder and nobody else."""

        @functools.cache
        def sure(rows: _Rows, holder: str) -> shapely.Geometry:
            others = [self.union(rows, other) for other in self.holders if other != holder]
            return shapely.difference(self.union(rows, holder), shapely.union_all(others))

        return sure

    def shares(self, shape: shapely.Geometry, spans: list[_Span], holder: str) -> tuple[float, float]:
        """The least and the most of a shape that a holder has over some days; with an empty name, that nobody has."""
        if not holder:
            found = [
                [self._part(shape, *(self.union(rows, "") for rows in (span.before, span.after)), both=both)
                 for span in spans]
                for both in (False, True)
            ]  # fmt: skip
            return max(0.0, 1 - max(found[0])), max(0.0, 1 - min(found[1]))
        low = min(self._part(shape, *(self.sure(rows, holder) for rows in span[2:]), both=True) for span in spans)
        high = max(self._part(shape, *(self.union(rows, holder) for rows in span[2:]), both=False) for span in spans)
        return low, high

    def _part(self, shape: shapely.Geometry, one: Any, other: Any, *, both: bool) -> float:
        """The share of a shape in both of two, or in either."""
        inside = shapely.intersection(shape, one)
        if other is not one:
            again = shapely.intersection(inside if both else shape, other)
            inside = again if both else shapely.union(inside, again)
        return min(1.0, _km2(inside) / _km2(shape))

    def of_disc(self, lon: float, lat: float, radius_m: float, stretch: float, days: tuple[int, int]) -> _Told:
        """What is known of a point and the radius around it."""
        least = 1.0  # a place is no mathematical point
        reach = max(radius_m * stretch, least) / (1 - BUFFER_ERROR)  # so that it holds the circle
        wide = geodesic_discs([lon], [lat], [reach])[0]
        return self._tell(wide, lambda: geodesic_discs([lon], [lat], [max(radius_m, least)])[0], days)

    def of_area(self, shape: shapely.Geometry, days: tuple[int, int]) -> _Told:
        """What is known of an area."""
        return self._tell(shape, lambda: shape, days)

    def _tell(self, wide: shapely.Geometry, stated: Callable[[], shapely.Geometry], days: tuple[int, int]) -> _Told:
        spans, whole = self.spans(*days)
        if wide.bounds[2] - wide.bounds[0] > 180:  # it goes round the Earth
            return _Told(self.holders, ("several",), "")
        doubts = set() if whole else {"outside-days"}
        sets, stated_sets = [], set()
        for span in spans:
            before, after = (
                frozenset(holder for holder in self.holders if self.union(rows, holder).intersects(wide))
                for rows in span[2:]
            )
            sets += [before, after]
            stated_sets |= {before} if span.before == span.after else set()
            doubts |= {"between-outlines"} if before != after else set()
            for rows, found in {span.before: before, span.after: after}.items():
                doubts |= {"several"} if len(found) > 1 else set()
                doubts |= set() if self.union(rows, "").covers(wide) else {"unstated"}
                doubts |= {"contested"} if len(found) > 1 and self._contested(rows, wide) else set()
        doubts |= {"changed"} if len(stated_sets) > 1 else set()
        holders = tuple(sorted(set().union(*sets)))
        if not doubts:
            return _Told(holders, (), f"{holders[0]} 100 %")
        shares = [(holder, *self.shares(stated(), spans, holder)) for holder in holders]
        said = "; ".join(f"{holder} {_percent(low, high)}" for holder, low, high in shares)
        return _Told(holders, tuple(doubt for doubt in DOUBTS if doubt in doubts), said)

    def _contested(self, rows: _Rows, shape: shapely.Geometry) -> bool:
        """Whether outlines of two holders lie over one another in a shape."""
        parts = [shapely.intersection(shape, self.union(rows, holder)) for holder in self.holders]
        together = shapely.union_all(parts)
        return bool(shapely.area(parts).sum() > together.area * (1 + 1e-9))

    def faults(self) -> pd.DataFrame:
        """As :func:`geocasualty.control.control_faults`."""
        found = [
            ("gap", _day(span.first), _day(span.last), "", "", math.nan)
            for span in self.timeline
            if span.before != span.after
        ]
        names, shapes = self.frame["holder"].tolist(), self.frame.geometry.to_numpy()
        for one, other in zip(*shapely.STRtree(shapes).query(shapes, predicate="intersects"), strict=True):
            first, last = max(self.from_[one], self.from_[other]), min(self.to[one], self.to[other])
            if one >= other or names[one] == names[other] or first > last:
                continue
            km2 = _km2(shapely.intersection(shapes[one], shapes[other]))
            if km2 >= SLIVER_KM2:
                holders = ";".join(sorted({names[one], names[other]}))
                found.append(("overlap", _day(first), _day(last), holders, f"{one + 1};{other + 1}", km2))
        columns = ["fault", "first", "last", "holders", "rows", "km2"]
        return pd.DataFrame(sorted(found, key=lambda row: row[1:5]), columns=columns)


def _day(number: int) -> str:
    return dt.date.fromordinal(number + _EPOCH).isoformat()


def _refused(at: int, column: str, value: str, reason: str) -> InputError:
    return InputError.of_cell("control", at + 1, column, value, reason)


def _day_of(at: int, column: str, text: str) -> int:
    try:
        return dt.date.fromisoformat(text.strip()).toordinal() - _EPOCH
    except ValueError:
        raise _refused(at, column, text, "expected a day such as 2017-06-06") from None


@functools.cache
def _equal_area() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)


def _km2(shape: shapely.Geometry) -> float:
    """Square kilometres of a shape whose edges are straight in degrees."""
    fine = shapely.segmentize(shape, EDGE_M / 111_320)
    flat = shapely.transform(fine, lambda xy: np.column_stack(_equal_area().transform(xy[:, 0], xy[:, 1])))
    return float(shapely.area(flat)) / 1e6


def _percent(low: float, high: float) -> str:
    """Rounded outwards, so that nothing is said too closely."""
    least, most = math.floor(100 * low + 1e-6), math.ceil(100 * high - 1e-6)
    return f"{least} %" if least == most else f"{least} to {most} %"


def _outline_of(place: Any, gazetteer: Any) -> tuple[shapely.Geometry, str]:
    """The outline of a place, or the disc of its radius, and which of them it is."""
    if isinstance(place, shapely.Geometry):
        if place.geom_type not in ("Polygon", "MultiPolygon") or not place.is_valid or place.is_empty:
            raise InputError(f"place is a {place.geom_type} that is no valid polygon; give one, or a place's name")
        return place, "outline"
    if isinstance(place, str):
        place = (gazetteer or load_gazetteer()).resolve(place)
    if hasattr(place, "candidates") and place.best is None:
        raise UnknownPlaceError(f"{place.query[:80]!r} is {place.status}: {place.reason}; name its governorate too")
    if not hasattr(place, "radius_m"):
        raise InputError(f"place={str(place)[:80]!r}: expected a name, a Place, a Resolution or a polygon")
    if place.polygon is not None:
        return place.polygon, "outline"
    return geodesic_discs([place.point.x], [place.point.y], [place.radius_m])[0], "radius"
