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


@pytest.mark.real_data
def test_most_lines_of_all_resolve_and_none_is_lost(gaz, real_data):
    lines = pd.read_csv(real_data / "centcom_releases_2014_2015.csv")
    frame = gaz.resolve_many(lines["location"], country=lines["country"].map(CODES))
    assert len(frame) == len(lines) == 2_884
    assert (frame["status"] == "resolved").mean() >= 0.99
