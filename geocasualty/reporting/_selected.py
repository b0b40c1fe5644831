"""Which incidents does a report tell of?"""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geocasualty.errors import InputError
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.reporting._words import Words
from geocasualty.times import parse_when, timezone_of

__all__ = ["selected"]


def selected(
    incidents: gpd.GeoDataFrame,
    words: Words,
    *,
    attributed_to: str | None,
    country: str | None,
    since: str | None,
    until: str | None,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The incidents asked for, by time and id, and the choice in words.

    An incident is of a time if any of its own time may be, by its local days; it is attributed to a belligerent if
    that is one of those it names.

    Raises
    ------
    geocasualty.errors.InputError
        If a day cannot be read or a country is no code of two letters.
    """
    kept = np.ones(len(incidents), dtype=bool)
    said = []
    if attributed_to is not None:
        names = set(filter(None, canonical_belligerents(attributed_to).split(";")))
        if not names:
            raise InputError(f"attributed_to is {attributed_to!r}; expected a belligerent such as 'Coalition'")
        given = incidents["belligerents"].fillna("") if "belligerents" in incidents else [""] * len(incidents)
        kept &= np.array([bool(names & set(str(text).split(";"))) for text in given], dtype=bool)
        said.append(words("select.attributed", names=", ".join(sorted(names))))
    if country is not None:
        code = country.strip().upper()
        if len(code) != 2 or not code.isalpha():
            raise InputError(f"country is {country!r}; expected a code of two letters, such as 'SY'")
        kept &= incidents["country"].fillna("").to_numpy() == code
        said.append(words("select.country", code=code))
    zones = incidents["timezone"].fillna("UTC").tolist() if "timezone" in incidents else ["UTC"] * len(incidents)
    known = {*zones, timezone_of(country)}  # so that a day is read, and refused, even where there is no incident
    if since is not None:
        first = {zone: parse_when(since, zone).start for zone in known}
        kept &= np.array([end > first[zone] for end, zone in zip(incidents["end"], zones, strict=True)], dtype=bool)
        said.append(words("select.since", day=since))
    if until is not None:
        last = {zone: parse_when(until, zone).end for zone in known}
        kept &= np.array([at < last[zone] for at, zone in zip(incidents["start"], zones, strict=True)], dtype=bool)
        said.append(words("select.until", day=until))
    chosen = incidents[kept]
    order = sorted(range(len(chosen)), key=lambda i: (chosen["start"].iloc[i], str(chosen["incident_id"].iloc[i])))
    return chosen.iloc[order].reset_index(drop=True), said
