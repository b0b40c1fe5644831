"""Which incidents does a report tell of?"""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records.belligerents import canonical_belligerents
from geocasualty.reporting._words import Words
from geocasualty.theatre.countries import country_code, not_a_country
from geocasualty.theatre.zones import timezone_of
from geocasualty.times import parse_when

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
        If a day cannot be read, ``since`` is after ``until``, a country is none, or no incident
        names a belligerent that was asked for.
    """
    if since is not None and until is not None and parse_when(since, "UTC").start >= parse_when(until, "UTC").end:
        raise InputError(f"since={since!r} is after until={until!r}; exchange them")
    kept = np.ones(len(incidents), dtype=bool)
    said = []
    if attributed_to is not None:
        names = set(filter(None, canonical_belligerents(attributed_to).split(";")))
        if not names:
            raise InputError(f"attributed_to is {attributed_to!r}; expected a belligerent such as 'Coalition'")
        given = incidents["belligerents"].fillna("") if "belligerents" in incidents else [""] * len(incidents)
        _stand(attributed_to, names, given)
        kept &= np.array([bool(names & set(str(text).split(";"))) for text in given], dtype=bool)
        said.append(words("select.attributed", names=", ".join(sorted(names))))
    if country is not None:
        country_said, country = country, country_code(country)
        if not country:
            raise InputError(f"country is {country_said!r}; {not_a_country(country_said)}")
        kept &= incidents["country"].fillna("").to_numpy() == country
        said.append(words("select.country", code=country))
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
    if len(incidents) and not len(chosen):
        choice = {"attributed_to": attributed_to, "country": country, "since": since, "until": until}
        asked = " and ".join(f"{name}={value!r}" for name, value in choice.items() if value is not None)
        warnings.warn(
            f"no incident of the {len(incidents):,} given fits {asked}: the report holds none",
            GeocasualtyWarning,
            stacklevel=3,
        )
    order = sorted(range(len(chosen)), key=lambda i: (chosen["start"].iloc[i], str(chosen["incident_id"].iloc[i])))
    return chosen.iloc[order].reset_index(drop=True), said


def _stand(asked: str, names: set[str], given: Any) -> None:
    """Refuse a belligerent that no incident names: a slip of the pen would else read as "no incident"."""
    found = {name for text in given for name in str(text).split(";") if name}
    missing = sorted(names - found)
    if not missing or not len(given):
        return
    have = ", ".join(repr(name[:60]) for name in sorted(found)[:20]) + (", …" if len(found) > 20 else "")
    said = f"they name {have}" if have else "they name no belligerent"
    raise InputError(f"attributed_to is {asked!r}: no incident names {', '.join(map(repr, missing))}; {said}")
