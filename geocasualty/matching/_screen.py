"""What do the records say about each incident, in frames of memory or of Dask?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._days import BACKGROUND_DAYS
from geocasualty.matching._limits import Window, limits_of, whole_days
from geocasualty.matching._pairs import elsewhere
from geocasualty.matching.assessed import Assessed, assessed
from geocasualty.matching.official import Official

__all__ = ["assess", "screen", "taken"]


def screen(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame,
    *,
    within_km: float,
    within_days: float | None = None,
    within_hours: float | None = None,
    belligerents: str | Iterable[str] = "overlap",
    review: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    background_days: int = BACKGROUND_DAYS,
    official: bool = False,
) -> gpd.GeoDataFrame:
    """Find, for each incident, what is reported near it. No incident is dropped.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`.
    within_km, within_days, within_hours : float
        The limits, as for :func:`geocasualty.match`, repeated in the result.
    belligerents : {"overlap", "any"} or iterable of str
        As for :func:`geocasualty.match`.
    review : pandas.DataFrame, optional
        ``incident_id``, ``strike_id``, ``decision`` (``accept`` or ``reject``), ``analyst``, ``date``, ``note``: an
        analyst's decision on a pair wins over the test, and shows in the reason.
    coverage : pandas.DataFrame, optional
        What the strikes' sources cover, if not as the rows declare; see :func:`geocasualty.coverage`.
    background_days : int
        Days before and after each incident that its background rate is taken over.
    official : bool
        Add what the releases of each claim's days name, as ``official()`` of an assessment has it:
        ``official_record``, ``record_place``, ``record_km``, ``record_days``. Frames in memory only. It measures the
        distance to every line of those days: about a millisecond for each incident and 500 lines.

    Returns
    -------
    geopandas.GeoDataFrame
        One row an incident, in the order given, with its shape: ``incident_id``; ``place_text``; ``date``, its first
        local day; ``finding`` (ordered categorical); ``reason``;
        ``within_km``, ``within_days``; ``groups_within``, ``groups_possible`` (event groups, not rows);
        ``best_strike_id`` (the best pair, else the nearest miss that no analyst rejected, else None), ``best_relation``
        (``within``, ``possible``, ``accepted`` by an analyst, ``none``), ``distance_km`` between the points and its
        bounds ``distance_min_km`` and ``distance_max_km``, ``gap_days``; ``background_rate`` (share of the other days
        on which the same test would have passed at the same spot, for ``within`` where that was found, else for
        ``possible``), ``background_passed``, ``background_days``, and the same of the days 3 to 14 before and after
        alone (``background_rate_stratified`` and so on); ``coverage_share`` and ``complete_share`` (of the time that
        is tested, the incident's own widened by ``within_days``: by records of that belligerent and country, and by
        such as say that they hold every strike); ``review``.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`, and if a decision names an unknown record.

    Notes
    -----
    A worse record never gives a stronger finding: whatever is blurred, removed, misspelt or contradicted in it makes no
    finding sure, and turns neither of the two sure ones (``strike-reported-nearby``, ``none-in-records``) into the
    other. Only a claim that names nobody may be near a strike of anybody.

    ``none-in-records`` needs all of this, else the reason names the first that fails: the claim names somebody, or
    ``belligerents`` says whose strikes are tested; records say that they hold every strike of theirs
    (``covers_complete``, ``covers_rows``; see :func:`geocasualty.coverage`) and of the kind that the claim states
    (``attack_kinds`` and ``covers_kinds``; a claim that states none may be of any) on all its local days and on
    ``within_days``, at least one, before and after, one more where its time zone was guessed; also of every country
    within reach; its date is that of the event (``date_basis``); none of its ``flags`` puts its place or its day in
    doubt; and no strike is left that may be near for all one knows: radii here hold 99 in 100 places, those of "near X"
    2.6 times what is stated, days are one wider where a strike's own is in doubt or zones differ and clock times are
    given, and a party may be misspelt or of the same alliance. Where the records fall short the finding is
    ``no-coverage``, and ``cannot-exclude`` where something is in doubt. A frame that lacks these columns supports no
    absence. With ``belligerents`` a set of names it is their records that must cover, whomever the claim names.

    ``strike-reported-nearby`` needs a pair that is ``within``: besides places and dates nothing may be in doubt by the
    ``flags`` of either, both may not state two countries, and where the claim names a party the strike has to be its. A
    record without a ``timezone`` has its days in doubt, as if its flags said so: they are those of UTC.

    The background rate moves an incident by whole local days of its ``timezone`` (of UTC without one). Its days are
    those that any records of that belligerent and country cover, complete or not: a pass in records is compared with
    passes in the same records.

    Frames of Dask, either or both, give a frame of Dask, one partition for each of the incidents, in their order. From
    each partition of strikes come those alone that may be near within the background's days or be a near miss, those
    of that time without a place, and those that a decision names; a layout of
    :func:`geocasualty.partitioned.partition_records` is not read where it holds none of them.

    A near miss, where there is no pair, is one at the time and nearest in space, else one near in space and nearest in
    time, else the nearest in time; it is sought within 100 km and 45 days, or the limits where these are wider.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> findings = gcas.screen(book.incidents, book.strikes, within_km=10, within_days=1)  # a night: two dates
    >>> findings.set_index("incident_id")["finding"].astype(str).to_dict()["hawijah-2015-06"]
    'strike-reported-nearby'
    >>> len(gcas.screen(book.incidents[:0], book.strikes, within_km=10, within_days=0))
    0
    """
    asked: dict[str, Any] = {
        "within_km": within_km,
        "within_days": within_days,
        "within_hours": within_hours,
        "belligerents": belligerents,
        "review": review,
        "coverage": coverage,
        "background_days": background_days,
    }
    if (partitioned := elsewhere(incidents, strikes)) is not None:
        if official:
            raise InputError("official=True takes frames in memory, not those of Dask")
        limits, options = _checked(asked)
        table: gpd.GeoDataFrame = partitioned.screen(incidents, strikes, limits, **options)
        return table
    told = assess(incidents, strikes, **asked)
    if not official:
        return told.findings
    record = Official(told).table(np.arange(len(told.findings)))
    return told.findings.assign(**{name: record[name] for name in record})


UNASKED: dict[str, Any] = {
    "within_km": None, "within_days": None, "within_hours": None, "belligerents": "overlap", "review": None,
    "coverage": None,
}  # fmt: skip
"""What is asked where nothing is said."""


def assess(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, **asked: Any) -> Assessed:
    """All that :func:`screen` asks of frames in memory, and what it is made of."""
    limits, options = _checked(UNASKED | {"background_days": BACKGROUND_DAYS} | asked)
    return assessed(incidents, strikes, limits, **options)


def taken(incidents: Any, strikes: Any, **asked: Any) -> tuple[Any, Any, dict[str, Any], Assessed | None]:
    """Frames, what is asked of them, and what was told of them, where an assessment stands in place of incidents.

    Raises
    ------
    geocasualty.errors.InputError
        If anything that an assessment has decided is given beside it.
    """
    if not isinstance(incidents, Assessed):
        return incidents, strikes, asked, None
    also = [
        name
        for name, value in asked.items()
        if not (value is UNASKED[name] or (isinstance(value, str) and value == UNASKED[name]))
    ]
    also += ["strikes"] if strikes is not None else []
    if also:
        raise InputError(f"an assessment was given, and {also[0]}= beside it; it was made with its own: leave that out")
    told, sides = incidents, incidents.sides
    made = told.chosen | {"within_days": None, "within_hours": None} | told.limits.stated()
    return sides.ours.frame, sides.theirs.frame, {name: made[name] for name in asked}, told


def _checked(asked: dict[str, Any]) -> tuple[Window, dict[str, Any]]:
    """The limits, and what else is asked."""
    names = ("within_km", "within_days", "within_hours")
    limits, days = limits_of(*(asked[name] for name in names)), asked["background_days"]
    if whole_days("background_days", days) < 0:
        raise InputError(f"background_days is {days}; expected zero or more")
    options = {name: value for name, value in asked.items() if name not in names}
    if not isinstance(asked["belligerents"], str):
        options["belligerents"] = sorted(asked["belligerents"])
    return limits, options
