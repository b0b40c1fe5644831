"""Which records of two sets, or of one, tell of the same event?"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.matching._agreement import Records, weigh
from geocasualty.matching._days import BACKGROUND_DAYS
from geocasualty.matching._decided import by_clusters, by_pairs, linked_table
from geocasualty.matching._limits import allowed_names, limits_of
from geocasualty.matching._pairs import backend_of, join
from geocasualty.matching._sides import side_of

__all__ = ["link"]

TEN_TO_ONE = float(np.log2(10))
"""Bits."""

COUNTERPARTS, DUPLICATES = 0.5, 0.01
"""Of the records of one set, how many have a counterpart in another set, or another record in their own. Choices of
this project: even odds, and that who keeps a set of records keeps it clean."""


def link(
    a: gpd.GeoDataFrame,
    b: gpd.GeoDataFrame | None = None,
    *,
    within_km: float,
    within_days: float,
    belligerents: str | Iterable[str] = "any",
    one_to_one: bool = True,
    expected_share: float | None = None,
    margin_bits: float = TEN_TO_ONE,
    background_days: int = BACKGROUND_DAYS,
    max_pairs: int = 5_000_000,
) -> pd.DataFrame:
    """Find records of two sets of incidents that tell of the same event, or duplicates within one set.

    Candidates are the pairs that :func:`geocasualty.match` finds possible. Each has a weight in bits, the logarithm
    (base 2) of how much likelier what the two records say is if they tell of one event than if the second is one of
    the unrelated records that this place and time have anyway. A link stands if the best assignment that holds it is
    ``margin_bits`` better than the best that does not. It ranks; it proves nothing. Ranges of casualties of linked
    records are two accounts of one event: never add them.

    Parameters
    ----------
    a, b : geopandas.GeoDataFrame
        As :func:`geocasualty.read_incidents` returns them; ``killed_min`` and ``killed_max`` (else injured),
        ``place_text``, ``place_id``, ``belligerents`` and ``vicinity`` count where they are given. Without ``b``,
        duplicates within ``a``.
    within_km, within_days : float, int
        The limits of a candidate: kilometres, and days between local dates.
    belligerents : {"any", "overlap"} or iterable of str
        Which pairs may be candidates at all, as for :func:`geocasualty.match`. By default any: two sources seldom name
        belligerents on the same principle, and the weight counts what they say.
    one_to_one : bool
        A record of one set tells of the same event as at most one of the other. If false, and always within one set,
        linked records form clusters; a cluster with two records that do not look like one event is for review.
    expected_share : float, optional
        Of the records of one set, how many have a counterpart before anything is compared; 0.5 for two sets, 0.01
        within one, if not given. At 0.5 a weight of 0 is even.
    margin_bits : float
        How much better, in bits, the assignment with a link has to be; ten to one (3.32) if not given.
    background_days : int
        Days before and after the limits over which the rate of unrelated records is taken.
    max_pairs : int
        Refuse to compare more pairs than this, a record taking part with all those of ``background_days`` around it.

    Returns
    -------
    pandas.DataFrame
        One row a record, those of ``a`` in their order, then those of ``b``. ``set`` (``a`` or ``b``),
        ``incident_id``; ``status``: ``linked``, ``review`` (some assignment within the margin decides otherwise) or
        ``unlinked``; ``link_id`` (of linked records, their identifiers); ``candidate_id``: the linked record, else the
        best candidate; ``runner_up_id``, ``runner_up_weight``; ``n_candidates``; ``margin_bits``: between the best
        assignment and the best that decides otherwise about this record; ``weight`` of the candidate and its parts
        ``bits_distance``, ``bits_time``, ``bits_rate`` (never above zero: what unrelated records at this place and
        time take off), ``bits_casualties``, ``bits_names``, ``bits_belligerents`` (0 where either side says nothing);
        ``distance_km``, ``gap_days`` (candidate minus record); ``reason`` in words; the limits repeated.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`; if a share or a margin is out of range; if there are too many pairs.

    Notes
    -----
    The weight is that of Fellegi and Sunter (1969, "A theory for record linkage", Journal of the American Statistical
    Association 64), with densities where a comparison is a number. Distance and time are those of the one model that
    stands behind probability and match weight too (:mod:`geocasualty.matching.evidence`). Against them
    stands the rate of the other set's records around this place, weighed by the same density, over
    ``background_days`` before and after the limits; and one record more anywhere in an area as large as a country of
    the theatre, so that an empty neighbourhood does not prove anything. Casualties, names and belligerents: how often
    events agree so (constants of :mod:`geocasualty.matching._agreement`), against how often the records around this
    place do, whatever their date: that a place is shared is not counted twice. Each is taken from both sides and
    averaged, so that ``link(a, b)`` and ``link(b, a)`` say the same.

    Distinct events at one place within hours look like one, most of all within one set: read the names and the counts
    of a link before using it. More than 1,500 records that all contest each other are all for review.
    ``docs/benchmarks-linking.md`` says how often links are right, by ``python -m benchmarks.linking``.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> incidents = gcas.load_casebook().incidents
    >>> other = incidents.assign(incident_id="other-" + incidents["incident_id"])
    >>> links = gcas.link(incidents, other, within_km=10, within_days=1)
    >>> links.loc[0, ["status", "candidate_id"]].tolist()
    ['linked', 'other-hawijah-2015-06']
    >>> len(links) == len(incidents) + len(other)
    True
    >>> len(gcas.link(incidents[:0], within_km=10, within_days=1))
    0
    """
    limits = limits_of(within_km, within_days)
    prior = _prior(expected_share, within_one=b is None)
    _check(margin_bits, background_days)
    sides = [side_of(a, "incident")] if b is None else [side_of(a, "incident"), side_of(b, "incident")]
    wide = limits.later(int(background_days))
    allowed = allowed_names(sides[0].parties, sides[-1].parties, belligerents)
    near = join(
        sides[0].by(wide), sides[-1].by(wide), wide, allowed, backend=backend_of(sides[0], sides[-1]),
        max_pairs=max_pairs,
    )  # fmt: skip
    near = near.take(np.lexsort((sides[-1].rank[near.j], sides[0].rank[near.i])))
    records = Records.of([a] if b is None else [a, b], sides)
    if b is None:
        near = near.take(records.rank[near.i] < records.rank[near.j])
    weighed = weigh(records, near, limits, int(background_days))
    decide = by_clusters if b is None or not one_to_one else by_pairs
    decided = decide(records.which, weighed.one, weighed.other, weighed.weight - prior, float(margin_bits))
    table = linked_table(records, weighed, decided, prior)
    table["within_km"], table["within_days"] = float(within_km), float(within_days)
    return table


def _prior(expected_share: float | None, *, within_one: bool) -> float:
    """Bits against a link before anything is compared."""
    share = (DUPLICATES if within_one else COUNTERPARTS) if expected_share is None else expected_share
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share < 1:
        raise InputError(f"expected_share is {expected_share!r}; expected a number between 0 and 1, neither included")
    return float(np.log2((1 - share) / share))


def _check(margin_bits: float, background_days: int) -> None:
    if isinstance(margin_bits, bool) or not isinstance(margin_bits, (int, float)) or not 0 < margin_bits < 1000:
        raise InputError(f"margin_bits is {margin_bits!r}; expected bits above zero, such as 3.32 for ten to one")
    whole = isinstance(background_days, (int, np.integer)) and not isinstance(background_days, bool)
    if not whole or background_days < 1:
        raise InputError(f"background_days is {background_days!r}; expected a whole number of one or more")
