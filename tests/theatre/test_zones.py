"""The zone of each country, and what is said where it has several."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.theatre.countries import countries
from geocasualty.theatre.zones import guessed_zone, timezone_of, zones_of
from tests.cli.running import run_here
from tests.theatre.test_countries import iso3166, made_with

FIRST = {
    "AQ": "Antarctica/", "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Lagos", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "FM": "Pacific/", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty",
    "MH": "Pacific/Tarawa", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "MY": "Asia/Singapore",
    "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "TF": "Indian/Maldives", "UA": "Europe/Kyiv",
    "UM": "Pacific/", "US": "America/New_York", "UZ": "Asia/Tashkent", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip
"""Of each country with several zones the one that is taken; the beginning of it where no city decides."""


def zone1970() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            codes, _, zone = line.split("\t")[:3]
            for code in codes.split(","):
                found.setdefault(code, set()).add(zone)
    return found


@pytest.mark.parametrize("code", sorted(iso3166()))
def test_each_country_has_its_zones_of_the_tz_database(code):
    if not made_with("tzdata"):
        pytest.skip("another version of the tz database")
    wanted = zone1970().get(code, set())
    assert set(zones_of(code)) == wanted
    assert len(zones_of(code)) == len(wanted)
    if len(wanted) > 1:
        assert zones_of(code)[0].startswith(FIRST[code])
    assert timezone_of(code) == (zones_of(code)[0] if wanted else "UTC")
    ZoneInfo(timezone_of(code))


def test_only_two_islands_where_nobody_lives_have_no_zone():
    assert [code for code in countries() if not zones_of(code)] == ["BV", "HM"]
    assert {code for code in countries() if len(zones_of(code)) > 1} == set(FIRST)
    assert zones_of("XK") == ("Europe/Belgrade",)
    assert zones_of(None) == zones_of("ZZ") == ()


@pytest.mark.parametrize("code", sorted(FIRST))
@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_a_zone_is_guessed_where_another_would_give_other_days(code, month):
    """Against the days as every zone of the country counts them."""
    day = dt.datetime(2022, month, 3)
    ends = day, day + dt.timedelta(1)
    spans = {tuple(at.replace(tzinfo=ZoneInfo(zone)).timestamp() for at in ends) for zone in zones_of(code)}
    start, end = (at.replace(tzinfo=ZoneInfo(timezone_of(code))).astimezone(dt.UTC) for at in ends)
    assert bool(guessed_zone(code, start, end)) == (len(spans) > 1)


def read(**columns):
    count = max(len(values) for values in columns.values())
    return pd.DataFrame({"incident_id": [f"i{n}" for n in range(count)], "place": [""] * count, **columns})


def test_records_of_a_country_with_several_zones_say_so_where_it_matters():
    when = ["2022-06-03", "2022-12-03", "2022-12-03T10:00Z", "2022-12", "2022-12-03"]
    frame = read(country=["UA"] * 5, date=when, timezone=["", "", "", "", "Europe/Simferopol"])
    found = gcas.read_incidents(frame)
    assert found["flags"].tolist() == ["", "guessed-timezone", "", "guessed-timezone", ""]
    said = found["location_reason"].str.contains("days of Europe/Kyiv, one of 2 time zones of UA that differ")
    assert said.tolist() == [False, True, False, True, False]
    assert found["timezone"].tolist() == ["Europe/Kyiv"] * 4 + ["Europe/Simferopol"]
    assert found.loc[1, "start"].isoformat() == "2022-12-02T22:00:00+00:00"


def test_one_zone_for_a_whole_file():
    frame = read(country=["UA", "YE", "", "UA"], date=["2022-12-03"] * 4, timezone=["", "", "", "UTC"])
    for validate in (gcas.read_incidents, lambda *a, **k: gcas.validate_incidents(*a, **k)[0]):
        found = validate(frame, timezone="Europe/Simferopol")
        assert found["timezone"].tolist() == ["Europe/Simferopol"] * 3 + ["UTC"]
        assert found["flags"].tolist() == [""] * 4
        assert found.loc[0, "start"].isoformat() == "2022-12-02T21:00:00+00:00"
    strikes = frame.rename(columns={"incident_id": "strike_id"})
    for found in (
        gcas.read_strikes(strikes, timezone="Europe/Simferopol"),
        gcas.validate_strikes(strikes, timezone="Europe/Simferopol")[0],
    ):
        assert found["timezone"].tolist() == ["Europe/Simferopol"] * 3 + ["UTC"]


@pytest.mark.parametrize("zone", ["Atlantis", "", "../etc/passwd", "europe"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(InputError, match="unknown timezone"):
        gcas.read_incidents(read(country=["UA"], date=["2022-12-03"]), timezone=zone)


def test_a_claim_says_which_zone_was_taken():
    strikes = gcas.load_casebook().strikes
    claim = gcas.check("33.0, 44.0", "2015-06-03", strikes, within_km=10, within_days=0, country="Iraq")
    assert "time zone" not in claim["reason"]


@pytest.mark.parametrize(("zone", "status"), [("Europe/Simferopol", 0), ("Atlantis", 2)])
def test_the_command_line_takes_a_zone_for_its_files(capfd, monkeypatch, tmp_path, zone, status):
    table = tmp_path / "incidents.csv"
    read(country=["UA"], date=["2022-12-03"]).to_csv(table, index=False)
    found, _, said = run_here(capfd, monkeypatch, "tally", table, "--by", "month", "--timezone", zone)
    assert found == status, said
    assert ("unknown timezone 'Atlantis'" in said) == (status == 2)
