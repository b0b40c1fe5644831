"""One claim in one line: were strikes reported near this place on this day?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd

from geocasualty._renamed import renamed_parameters
from geocasualty._shown import html_table
from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer, Resolution, load_gazetteer
from geocasualty.matching._screen import assess
from geocasualty.matching.statement import Statements
from geocasualty.records._countries import Countries
from geocasualty.records.belligerents import canonical_belligerents, in_doubt
from geocasualty.theatre.countries import country_code, not_a_country
from geocasualty.theatre.parties import parties_in_force
from geocasualty.theatre.zones import guessed_zone, timezone_of, zones_of
from geocasualty.times import is_local, parse_interval, told_of

__all__ = ["check"]


class Claim(pd.Series):  # type: ignore[misc]
    """The answer to one claim: a row that a notebook shows as a table."""

    @property
    def _constructor(self) -> Any:
        return pd.Series

    def _repr_html_(self) -> str:
        told = ("finding", "reason", "best_strike_id", "distance_km", "background_rate", "official_record")
        lines = str(self.get("statement", "")).split("\n")[:3]
        rows = [(name, self[name]) for name in told if name in self and not pd.isna(self[name]) and self[name] != ""]
        return html_table(self.get("incident_id", ""), [*rows, *[("statement", line) for line in lines if line]])


@renamed_parameters
def check(
    place: str | Resolution,
    date: str | tuple[str, str],
    strikes: gpd.GeoDataFrame,
    *,
    within_km: float,
    within_days: float | None = None,
    within_hours: float | None = None,
    country: str | None = None,
    governorate: str | None = None,
    belligerents: str | Iterable[str] = "",
    attack_kinds: str = "",
    gazetteer: Gazetteer | None = None,
    coverage: pd.DataFrame | None = None,
) -> pd.Series[Any]:
    """Check one claim against strikes.

    Parameters
    ----------
    place : str or Resolution
        As the claim names it.
    date : str or tuple of str
        A local date (``2015-06-03``), a month (``2014-11``), a zoned time, or the first and the last of a span.
    strikes : geopandas.GeoDataFrame
        As :func:`geocasualty.read_strikes` returns it.
    within_km, within_days, within_hours : float
        The limits, as for :func:`geocasualty.match`.
    country, governorate : str, optional
        What the claim says of country (a name or a code) and governorate. Without a country, that of the place, or
        the one in whose outline it lies: it decides which 24 hours a day is.
    belligerents : str or iterable of str
        To whom the claim attributes the harm; unknown by default, which overlaps any.
    attack_kinds : str
        By which kinds of attack the claim says it was (``air``, ``drone``, ``artillery``, ``raid``), joined by ``;``.
        Unknown by default: only records that hold every kind then show that there was none.
    gazetteer : Gazetteer, optional
        The bundled one if not given.
    coverage : pandas.DataFrame, optional
        As for :func:`geocasualty.screen`.

    Returns
    -------
    pandas.Series
        The row of :func:`geocasualty.screen`; ``incident_id`` is the claim in words. ``official_record`` and
        ``statement`` say what the releases of those days name, quoted word for word, where a named place within
        ``within_km`` is near; ``ranked``, which of the places named is the likeliest meant (:func:`geocasualty.rank`).

    Raises
    ------
    geocasualty.errors.InputError
        If the date cannot be read, or the country is neither a name nor a code of one. A place that is not known gives
        the finding ``unlocated`` instead.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> strikes = gcas.load_casebook().strikes
    >>> claim = gcas.check("Hawijah", "2015-06-03", strikes, within_km=10, within_days=0)
    >>> claim["finding"], claim["best_strike_id"], f"{claim['distance_km']:.1f} km"
    ('strike-reported-nearby', 'nl-2015-06-02-hawijah', '1.1 km')
    >>> gcas.check("nowhere", "2015-06-03", strikes, within_km=10, within_days=0)["finding"]
    'unlocated'
    """
    known = gazetteer or load_gazetteer()
    stated = country_code(country)
    if country and not stated:
        raise InputError(f"country is {country!r}; {not_a_country(country)}")
    found = (
        place
        if isinstance(place, Resolution)
        else known.resolve(place, country=stated or None, governorate=governorate)
    )
    first, last = (date, "") if isinstance(date, str) else _span(date)
    where = found.best.place.country if found.best else stated
    notes, flags = [], []
    if not where and found.geometry is not None:
        where, taken = Countries(known).of(found.geometry)
        notes.append(taken)
    span = parse_interval(first, last, timezone_of(where))
    if found.geometry is not None and is_local(first, last):
        unknown = "the days are those of UTC, since the time zone of the place is not known; pass country="
        guess = guessed_zone(where, *span) if zones_of(where) else unknown
        notes.append(guess)
        flags += ["guessed-timezone" if zones_of(where) else "unknown-timezone"] if guess else []
    (said, basis), (besides, _) = told_of(first), told_of(last)
    flags += [*said, *besides, *["unused-words"] * bool(found.unused)]
    names = belligerents if isinstance(belligerents, str) else ";".join(belligerents)
    flags += ["doubtful-belligerent"] * in_doubt(names)
    zoned = pd.DatetimeTZDtype("s", "UTC")
    claim = gpd.GeoDataFrame(
        {
            "incident_id": [f"{found.query}, {first}{' to ' + last if last else ''}"],
            "radius_m": [found.radius_m if found.polygon is None else float("nan")],
            "start": pd.Series([span.start], dtype=zoned),
            "end": pd.Series([span.end], dtype=zoned),
            "country": [where],
            "timezone": [timezone_of(where)],
            "flags": [";".join(sorted(set(flags)))],
            "vicinity": [found.vicinity],
            "place_id": [found.best.place.place_id if found.best else ""],
            "place_text": [found.query],
            "date_basis": [basis or "event"],
            "attack_kinds": [attack_kinds],
            "belligerents": [canonical_belligerents(names, parties_in_force().theatre_of(where) or None)],
            "location_reason": [f"{found.status}: {found.reason}"],
        },
        geometry=gpd.GeoSeries([found.geometry], crs="EPSG:4326"),
    )
    told = assess(
        claim, strikes, within_km=within_km, within_days=within_days, within_hours=within_hours, coverage=coverage
    )
    row = told.findings.drop(columns=["place_text", "date", "geometry"]).astype({"finding": object}).iloc[0]
    row["reason"] = "; ".join(filter(None, [row["reason"], *notes]))
    statements = Statements(told)
    row["official_record"], row["statement"] = statements.official.record(0).name, "\n".join(statements.of(0))
    row["ranked"] = statements.ranked(0)
    return Claim(row.rename("claim"))


def _span(date: Any) -> tuple[str, str]:
    if not (isinstance(date, tuple) and len(date) == 2 and all(isinstance(part, str) for part in date)):
        raise InputError(f"date is {date!r}; expected '2015-06-03', '2014-11' or ('2014-11-01', '2014-11-30')")
    return date[0], date[1]
