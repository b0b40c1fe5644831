"""Which incidents and strikes may be near each other in space and time?"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._limits import limits_of
from geocasualty.matching._pairs import backend_of, elsewhere, table_of
from geocasualty.matching._sides import side_of

__all__ = ["match"]


def match(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: float,
    within_days: float | None = None,
    within_hours: float | None = None,
    belligerents: str | Iterable[str] = "overlap",
    bounds: bool = False,
    explain: bool = False,
    max_pairs: int = 50_000_000,
) -> pd.DataFrame:
    """Pair incidents with strikes that are, or may be, within both limits.

    Both sides are uncertain. With ``d`` the geodesic distance between two points of radii ``r_i`` and ``r_j``, the
    true distance lies between ``max(0, d - r_i - r_j)`` and ``d + r_i + r_j``; an area uses its own shape. In time
    local dates are compared, each of the record's own zone: 0 days is the same day. A pair is ``within`` if the
    greatest distance is at most ``within_km`` and every day of the one is within ``within_days`` of every day of the
    other; it is ``possible`` if the least distance is at most ``within_km`` and some day of the one is within
    ``within_days`` of some day of the other. Both say the same from either side. No pair is ``within`` that anything
    else puts in doubt: flags of its place or day, two countries stated, or, where the incident names a party, whose
    strike it is.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        With ``incident_id`` or ``strike_id``, geometry, ``radius_m`` (metres), ``start`` and ``end`` (zoned,
        half-open), and ``belligerents`` where known. Unlocated rows pair with nothing. Either may be a frame of Dask;
        see the notes.
    within_km : float
        The limit in space. Neither limit has a default: they are the analyst's choice.
    within_days : int
        The limit between local dates, a whole number; a time that ends at local midnight has no part in the next day.
    within_hours : float
        In its place a limit between clock times: some moment of the one within it of some moment of the other, or for
        ``within`` every moment.
    belligerents : {"overlap", "any"} or iterable of str
        Pair only where a name is shared (an unknown one overlaps any), pair whatever the names, or only strikes of
        the named belligerents.
    bounds : bool
        Add ``distance_min_km``, ``distance_max_km``, ``gap_min_days`` and ``gap_max_days``.
    explain : bool
        Add ``probability``, that the true places are within ``within_km`` and the true dates within ``within_days``,
        and ``match_weight``, in bits: the likelihood of one event against that of unrelated strikes at
        the rate around the incident's place and time. The weight ranks the strikes near an incident; it proves
        nothing.
    max_pairs : int
        Refuse a longer answer before it is made: a pair takes about 50 bytes, 80 with bounds.

    Returns
    -------
    pandas.DataFrame
        ``incident_id``, ``strike_id``, ``distance_km`` (between the points; NaN where one is an area), ``gap_days``
        (date of the strike minus that of the incident: 0 on the same day, 1 on the next; with ``within_hours`` between
        clock times, 0 where they overlap), ``relation``; sorted by the two ids.

    Raises
    ------
    geocasualty.errors.InputError
        If a frame lacks a column, has naive times, no CRS, repeated ids or a point without radius; if there are
        more than ``max_pairs``.

    Notes
    -----
    Up to 2,000 incidents and 20,000,000 combinations strikes are looked up in trees; beyond, the join is compiled
    (once; kept on disk where that can be written) and runs on all cores. Both give the same answer; the compiled one
    gives distances up to 400 km from the chord, to 0.1 mm per km.

    Which release dates a limit in days admits follows from the hours that a release covers and from the incident's
    local day; the second example below lists them. The date of a release is no day of its strikes: one that covers
    hours from 8 a.m. to 8 a.m. touches two dates, so that at 0 days it is never ``within``.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> pairs = gcas.match(book.incidents, book.strikes, within_km=10, within_days=1)  # a night touches two dates
    >>> pairs.loc[pairs["relation"] == "within", "strike_id"].tolist()
    ['nl-2015-06-02-hawijah']
    >>> len(gcas.match(book.incidents[:0], book.strikes, within_km=10, within_days=0))
    0

    >>> import pandas as pd
    >>> def admitted(released, place, country, day, within_days):
    ...     line = [f"Near {place}, one strike hit car {n}." for n in range(len(released))]  # no copies
    ...     table = pd.DataFrame({"date": released}).assign(country=country, location=place, number="1", line=line)
    ...     claim = pd.DataFrame({"incident_id": ["A"], "date": [day], "place": [place]})
    ...     strikes = gcas.read_strikes(table, format="centcom")
    ...     pairs = gcas.match(gcas.read_incidents(claim), strikes, within_km=500, within_days=within_days)
    ...     return " ".join(f"{strike[16:18]}{'!' * (how == 'within')}" for strike, how in zip(pairs["strike_id"],
    ...         pairs["relation"], strict=True))
    >>> daily = [f"2015-06-{day:02}" for day in range(5, 16)]  # "!" marks those within
    >>> for limit in (0, 1, 2):
    ...     print(f"{limit} days:", admitted(daily, "Hit", "Iraq", "2015-06-10", limit))
    0 days: 10 11
    1 days: 09 10! 11! 12
    2 days: 08 09! 10! 11! 12! 13
    >>> with_holes = ["2015-06-05", "2015-06-08", "2015-06-10", "2015-06-12", "2015-06-15"]
    >>> for limit in (0, 1, 2):
    ...     print(f"{limit} days:", admitted(with_holes, "Hit", "Iraq", "2015-06-09", limit))
    0 days: 10
    1 days: 08 10!
    2 days: 08! 10! 12
    """
    limits = limits_of(within_km, within_days, within_hours)
    if isinstance(max_pairs, bool) or not isinstance(max_pairs, (int, np.integer)) or max_pairs < 0:
        raise InputError(f"max_pairs is {max_pairs!r}; expected a whole number of zero or more")
    if (partitioned := elsewhere(incidents, strikes)) is not None:
        table: pd.DataFrame = partitioned.match(
            incidents, strikes, limits, belligerents, bounds=bounds, explain=explain, max_pairs=int(max_pairs)
        )
        return table
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    table = table_of(
        ours, theirs, limits, belligerents, bounds=bounds, max_pairs=int(max_pairs), backend=backend_of(ours, theirs)
    )
    if not explain:
        return table
    from geocasualty.matching._worth import worth_of

    return worth_of(table, incidents, strikes, limits)
