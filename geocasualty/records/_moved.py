"""What else of a record changes when a person moves it: its country, its flags, and the days that it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geocasualty.gazetteer import Gazetteer
from geocasualty.records._countries import BORDER_TOLERANCE_M, Countries, apart_m
from geocasualty.records._flags import ASSUMED, OF_THE_PLACE, spelt
from geocasualty.records._words import text_of
from geocasualty.theatre.zones import guessed_zone, timezone_of, zones_of
from geocasualty.times import Interval, local_days


def moved(record: dict[str, Any], shape: shapely.Geometry, place_country: str, gazetteer: Gazetteer) -> dict[str, Any]:
    """The columns of a record that a new place changes, and ``said``, the words for its reason.

    ``place_country`` is that of the gazetteer's place that it was located to; empty where it has none.
    """
    before = text_of(record.get("country"))
    countries = Countries(gazetteer)
    country, taken = (place_country, "") if place_country else countries.of(shape)
    said = [taken] if taken else []
    flags = {flag for flag in spelt(text_of(record.get("flags"))).split(";") if flag} - OF_THE_PLACE
    if not country:
        country = before
        outline = countries.outlines.get(before)
        away = 0.0 if outline is None else float(apart_m(outline, np.array([shape], dtype=object))[0])
        if away > BORDER_TOLERANCE_M:
            flags.add("outside-country")
            said.append(f"{away / 1000:,.0f} km outside {before}")
    if before and country != before:
        said.append(f"country {country} in place of {before}")
    changed: dict[str, Any] = {"country": country}
    old, new = text_of(record.get("timezone")), timezone_of(country)
    if zones_of(country) and old == timezone_of(before) and old != new:
        changed["timezone"] = new
        span = days_elsewhere(record.get("start"), record.get("end"), old, new)
        if span is None:
            said.append(f"its time is no whole days in {old} and is left as it was")
        else:
            said.append(f"its days are now those of {new}, no longer of {old}")
            changed |= {"start": pd.Timestamp(span.start), "end": pd.Timestamp(span.end)}
            flags -= {"unknown-timezone", "guessed-timezone"}
            if guessed := guessed_zone(country, span.start, span.end):
                flags.add("guessed-timezone")
                said.append(guessed)
    return changed | {"flags": ";".join(sorted(flags)), "said": "; ".join(said)}


def known_accuracy(flags: Any) -> str:
    """The flags of a record whose accuracy somebody states: it is assumed no more.

    Examples
    --------
    >>> known_accuracy("assumed-accuracy;placeholder")
    'placeholder'
    """
    return ";".join(flag for flag in spelt(text_of(flags)).split(";") if flag not in ASSUMED)


def days_elsewhere(start: Any, end: Any, old: str, new: str) -> Interval | None:
    """Whole local days of one zone as the same days of another; None where an interval is anything else.

    Examples
    --------
    >>> days = pd.Timestamp("2015-01-03T00:00Z"), pd.Timestamp("2015-01-04T00:00Z")
    >>> days_elsewhere(*days, "UTC", "Asia/Baghdad").start.isoformat()
    '2015-01-02T21:00:00+00:00'
    >>> days_elsewhere(*days, "Asia/Damascus", "Asia/Baghdad") is None
    True
    """
    if pd.isna(start) or pd.isna(end) or not start < end:
        return None
    first = start.tz_convert(old).date()
    last = (end - dt.timedelta(seconds=1)).tz_convert(old).date()
    return local_days(first, last, new) if local_days(first, last, old) == (start, end) else None
