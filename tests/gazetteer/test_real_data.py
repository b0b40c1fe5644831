"""The Coalition's releases of 2014-2015: their commonest places resolve to the right towns."""

import pandas as pd
import pytest

from geocasualty.geodesy import geodesic_distance_m

COMMONEST = {
    ("Iraq", "Mosul"): (43.13, 36.34, 2),
    ("Iraq", "Sinjar"): (41.87, 36.32, 2),
    ("Iraq", "Ramadi"): (43.30, 33.42, 2),
    ("Iraq", "Tal Afar"): (42.45, 36.38, 2),
    ("Syria", "Kobani"): (38.35, 36.89, 2),
    ("Iraq", "Bayji"): (43.49, 34.93, 2),
    ("Syria", "Al Hasakah"): (40.75, 36.50, 2),
    ("Iraq", "Fallujah"): (43.78, 33.35, 2),
    ("Syria", "Ar Raqqah"): (39.01, 35.95, 2),
    ("Iraq", "Kirkuk"): (44.39, 35.47, 2),
    ("Iraq", "Al Huwayjah"): (43.77, 35.33, 2),
    ("Iraq", "Makhmur"): (43.58, 35.78, 2),
    ("Iraq", "Al Asad"): (42.44, 33.79, 2),
    ("Iraq", "Habbaniyah"): (43.57, 33.37, 5),
    ("Iraq", "Kisik"): (42.7, 36.5, 15),
    ("Iraq", "Al Qaim"): (41.09, 34.37, 12),
    ("Syria", "Mar’a"): (37.19, 36.48, 2),
    ("Iraq", "Haditha"): (42.38, 34.14, 2),
    ("Iraq", "Sultan Abdallah"): (43.4, 36.0, 15),
    ("Syria", "Dayr Az Zawr"): (40.14, 35.34, 2),
}
"""The 20 commonest, each with the longitude and latitude of the right town and how many kilometres that is good for:
set down by hand from general maps, not taken from the files."""

CODES = {"Iraq": "IQ", "Syria": "SY"}


@pytest.mark.real_data
def test_every_line_whose_place_is_one_of_the_20_commonest(gaz, real_data):
    lines = pd.read_csv(real_data / "centcom_releases_2014_2015.csv")
    lines["key"] = list(zip(lines["country"], lines["location"].str.strip(), strict=True))
    located = lines[~lines["location"].isin(["Syria", "Iraq"])]
    assert set(located["key"].value_counts().index[:20]) == set(COMMONEST)
    frame = gaz.resolve_many(located["location"], country=located["country"].map(CODES))
    checked = 0
    for key, (lon, lat, km) in COMMONEST.items():
        found = frame[located["key"] == key]
        assert set(found["status"]) == {"resolved"}, key
        assert geodesic_distance_m(lon, lat, found.geometry.x, found.geometry.y).max() < km * 1000, key
        checked += len(found)
    assert checked == located["key"].isin(COMMONEST).sum() > 2_000


SPELLINGS = {
    "Al Asad Air Base": "Al Asad|al Asad",
    "Al-Bab": "Al Bab",
    "Al-Baghdadi": "Al Baghdadi|Baghdadi",
    "Al-Bukamal": "Abu Kamal|Al Bukamal",
    "Al-Hawl": "Al Hawl",
    "Al-Qaim": "Al Qaim",
    "Al-Waleed crossing": "Waleed",
    "Albu Hayat": "Albu Hayat",
    "Aleppo": "Aleppo",
    "Ayn Issa": "Ayn Isa",
    "Baghdad": "Baghdad",
    "Baiji": "Bayji",
    "Baqubah": "Baqubah",
    "Deir ez-Zor": "Dayr Az Zawr|Dayr az Zawr|Dawr az Zawr|Dayr Ar Zawr|Dayr as Zawr|Dayz ar Zawr|Day az Zawr",
    "Erbil": "Erbil",
    "Fallujah": "Fallujah",
    "Habbaniyah": "Habbaniyah|Habbaniya",
    "Haditha": "Haditha",
    "Hasakah": "Al Hasakah|Hasakah|Al Hasakah and Dayr Az Zawr",
    "Hawijah": "Al Huwayjah|Al Hawayjah|Al Hawijah|Huwayjah",
    "Hit": "Hit|Hit in Al Anbar Province",
    "Idlib": "Idlib",
    "Iraq": "Iraq",
    "Kirkuk": "Kirkuk",
    "Kisik": "Kisik",
    "Kobani": "Kobani",
    "Makhmur": "Makhmur|Mahkmur",
    "Manbij": "Manbij",
    "Marea": "Mar'a|Mar’a",
    "Mosul": "Mosul",
    "Palmyra": "Palmyra|Tadmur",
    "Qayyarah": "Qayyarah",
    "Ramadi": "Ramadi",
    "Raqqa": "Ar Raqqah|Al Raqqah",
    "Rawah": "Rawah",
    "Rutbah": "Ar Rutbah|Al Rutbah|Ar Rut bah",
    "Samarra": "Samarra",
    "Sinjar": "Sinjar",
    "Sultan Abdullah": "Sultan Abdallah",
    "Syria": "Syria",
    "Taji": "Taji",
    "Tal Abyad": "Tal Abyad",
    "Tal Afar": "Tal Afar",
    "Tal Hamis": "Tal Hamis|Tal Harris",
    "Tall Jabin": "Tal Jibbin",
    "Tikrit": "Tikrit",
    "Tuz Khurmatu": "Tuz",
    "Washiyah": "Washiyah|Washiya",
}
"""What each spelling of 2014-2015 means, checked by hand; a misprint may stay unresolved, but never mean another."""


@pytest.mark.real_data
def test_nearly_every_line_resolves_and_none_wrongly(gaz, real_data):
    lines = pd.read_csv(real_data / "centcom_releases_2014_2015.csv")
    frame = gaz.resolve_many(lines["location"], country=lines["country"].map(CODES))
    assert len(frame) == len(lines) == 2_884
    resolved = frame[frame["status"] == "resolved"]
    assert len(resolved) / len(frame) >= 0.99
    meant = {spelling: place for place, spellings in SPELLINGS.items() for spelling in spellings.split("|")}
    wrong = resolved[resolved["place_name"] != resolved["query"].str.strip().map(meant)]
    assert wrong[["query", "place_name"]].drop_duplicates().to_numpy().tolist() == []
