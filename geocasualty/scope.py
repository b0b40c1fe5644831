"""Which records is a report or a map of? Belligerents, a country, days: asked once, checked, and said."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records.belligerents import canonical_belligerents, overlap
from geocasualty.theatre.countries import countries, country_code, not_a_country
from geocasualty.theatre.zones import timezone_of
from geocasualty.times import parse_when
from geocasualty.words import Words, stated

__all__ = ["EVERYTHING", "Choice", "texts"]


class Choice(NamedTuple):
    """The scope of a report or a map: belligerents, the code of a country, the first and the last day, as asked.

    A record is of a time if any of its own may be, by its local days.
    """

    attributed_to: str | None
    names: tuple[str, ...]
    country: str | None
    since: str | None
    until: str | None

    @classmethod
    def of(cls, attributed_to: str | None, country: str | None, since: str | None, until: str | None) -> Choice:
        """Check what was asked.

        Raises
        ------
        geocasualty.errors.InputError
            If a day cannot be read, ``since`` is after ``until``, a country is none, or a belligerent nobody.
        """
        if since is not None and until is not None and parse_when(since, "UTC").start >= parse_when(until, "UTC").end:
            raise InputError(f"since={since!r} is after until={until!r}; exchange them")
        names = tuple(filter(None, canonical_belligerents(attributed_to or "", None).split(";")))
        if attributed_to is not None and not names:
            raise InputError(f"attributed_to is {attributed_to!r}; expected the name of a belligerent")
        code = country_code(country) if country is not None else None
        if code == "":
            raise InputError(f"country is {country!r}; {not_a_country(country)}")
        return cls(attributed_to, names, code, since, until)

    def said(self, words: Words) -> list[str]:
        """The scope in words."""
        named = words("select.attributed", names=", ".join(self.names)) if self.names else ""
        country = f"{countries()[self.country].name} ({self.country})" if self.country else ""
        where = words("select.country", code=country) if country else ""
        since, until = (
            words(f"select.{name}", day=day) if day is not None else ""
            for name, day in (("since", self.since), ("until", self.until))
        )
        return list(filter(None, (named, where, since, until)))

    def holds(self, frame: gpd.GeoDataFrame, *, unknown: bool) -> npt.NDArray[np.bool_]:
        """Which records are of it; with ``unknown``, which may be: also those of no known country or party."""
        kept = np.ones(len(frame), dtype=bool)
        if self.names:
            asked, names = set(self.names), ";".join(self.names)
            given = texts(frame, "belligerents")
            fits = {text: overlap(names, text) if unknown else bool(asked & {*text.split(";")}) for text in set(given)}
            kept &= np.array([fits[text] for text in given], dtype=bool)
        if self.country:
            codes = (self.country, "") if unknown else (self.country,)
            kept &= frame["country"].fillna("").isin(codes).to_numpy(bool) if "country" in frame else unknown
        zones = frame["timezone"].fillna("UTC").tolist() if "timezone" in frame else ["UTC"] * len(frame)
        known = {*zones, timezone_of(self.country)}  # so that a day is read, and refused, even where there is no record
        if self.since is not None:
            first = {zone: parse_when(self.since, zone).start for zone in known}
            kept &= np.array([end > first[zone] for end, zone in zip(frame["end"], zones, strict=True)], dtype=bool)
        if self.until is not None:
            last = {zone: parse_when(self.until, zone).end for zone in known}
            kept &= np.array([at < last[zone] for at, zone in zip(frame["start"], zones, strict=True)], dtype=bool)
        return kept

    def incidents(self, incidents: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
        """The rows of the incidents of it, by time and id.

        Raises
        ------
        geocasualty.errors.InputError
            If no incident names a belligerent that was asked for.
        """
        if self.attributed_to is not None:
            _stand(self.attributed_to, {*self.names}, texts(incidents, "belligerents"))
        kept = self.holds(incidents, unknown=False)
        chosen = incidents[kept]
        if len(incidents) and not len(chosen):
            asked = {"attributed_to": self.attributed_to, "country": self.country, "since": self.since,
                     "until": self.until}  # fmt: skip
            said = " and ".join(f"{name}={value!r}" for name, value in asked.items() if value is not None)
            warnings.warn(
                f"no incident of the {len(incidents):,} given fits {said}: none is shown",
                GeocasualtyWarning,
                stacklevel=3,
            )
        starts, ids = chosen["start"].tolist(), [str(each) for each in chosen["incident_id"]]
        order = sorted(range(len(chosen)), key=lambda i: (starts[i], ids[i]))
        return np.flatnonzero(kept)[order]


EVERYTHING = Choice(None, (), None, None, None)


def _stand(asked: str, names: set[str], given: Any) -> None:
    """Refuse a belligerent that no incident names: a slip of the pen would else read as "no incident"."""
    found = {name for text in given for name in str(text).split(";") if name}
    missing = sorted(names - found)
    if not missing or not len(given):
        return
    have = ", ".join(repr(name[:60]) for name in sorted(found)[:20]) + (", …" if len(found) > 20 else "")
    said = f"they name {have}" if have else "they name no belligerent"
    raise InputError(f"attributed_to is {asked!r}: no incident names {', '.join(map(repr, missing))}; {said}")


def texts(frame: pd.DataFrame, name: str) -> list[str]:
    """A column as texts, those that are missing empty; all of them where there is no such column."""
    return [stated(value) for value in frame[name].tolist()] if name in frame else [""] * len(frame)
