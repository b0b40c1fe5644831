"""In which time zone are the days of a country, and does it matter where in it?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geocasualty.theatre.countries import countries

__all__ = ["guessed_zone", "timezone_of", "zones_of"]


def zones_of(country: str | None) -> tuple[str, ...]:
    """The IANA zones of a country, that of most people first; none where nobody lives, and none for no country.

    Zones of ``zone1970.tab`` of the tz database: places whose clocks have agreed since 1970 share one, so that Kuwait
    and Yemen have that of Riyadh. First is the zone in which most people of the country's cities live (GeoNames).

    Examples
    --------
    >>> zones_of("YE"), zones_of("UA"), zones_of(""), zones_of("BV")
    (('Asia/Riyadh',), ('Europe/Kyiv', 'Europe/Simferopol'), (), ())
    """
    known = countries().get(country or "")
    return known.zones if known else ()


def timezone_of(country: str | None) -> str:
    """The IANA zone of a country, of several that of most people; ``UTC`` for a country without one and for none.

    Examples
    --------
    >>> timezone_of("SY"), timezone_of("CD"), timezone_of(None)
    ('Asia/Damascus', 'Africa/Lagos', 'UTC')
    """
    return next(iter(zones_of(country)), "UTC")


def guessed_zone(country: str, start: datetime, end: datetime) -> str:
    """Say which of a country's zones was taken for a time, if another one would have given another time.

    Empty where all zones of the country are equally far from UTC at both ends: its days are then the same.

    Examples
    --------
    >>> from datetime import UTC
    >>> guessed_zone("UA", datetime(2022, 3, 1, 22, tzinfo=UTC), datetime(2022, 3, 2, 22, tzinfo=UTC))
    'days of Europe/Kyiv, one of 2 time zones of UA that differ on that day'
    >>> guessed_zone("UA", datetime(2022, 6, 1, 21, tzinfo=UTC), datetime(2022, 6, 2, 21, tzinfo=UTC))
    ''
    """
    zones = zones_of(country)
    offsets = {at for zone in zones if (at := _offsets(zone, start, end))}
    if len(offsets) < 2:
        return ""
    return f"days of {zones[0]}, one of {len(zones)} time zones of {country} that differ on that day"


def _offsets(zone: str, start: datetime, end: datetime) -> tuple[object, object] | None:
    """How far a zone is from UTC at two instants; None for a zone newer than the tz database of this machine."""
    try:
        known = ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return None
    return start.astimezone(known).utcoffset(), end.astimezone(known).utcoffset()
