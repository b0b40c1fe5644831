"""What a claim says of its place decides which strikes it can meet: from the words of a file to the finding."""

import pandas as pd
import pytest

import geocasualty as gcas

DAY = "2016-01-12"
LIMITS = {"within_km": 10, "within_days": 0}
PLACES = {
    "al-bab": (37.5156, 36.3705),
    "aleppo": (37.1611, 36.2021),
    "aden-nineveh": (42.96, 36.50),
    "mosul": (43.13, 36.335),
}
"""Longitude and latitude of the strikes; the third is near the village Aden in Nineveh."""


@pytest.fixture(scope="module")
def strikes(gaz):
    aden = gaz.resolve("Aden", governorate="Nineveh")
    here = PLACES | ({"aden-nineveh": (aden.point.x, aden.point.y)} if aden.status == "resolved" else {})
    rows = {
        "strike_id": list(here),
        "date": DAY,
        "longitude": [lon for lon, _ in here.values()],
        "latitude": [lat for _, lat in here.values()],
        "radius_m": 500,
        "belligerents": "US-led Coalition",
        "country": ["SY", "SY", "IQ", "IQ"],
    }
    return gcas.read_strikes(pd.DataFrame(rows))


def claims(**columns):
    rows = {"incident_id": [f"c{n}" for n in range(len(columns["place"]))], "date": DAY, **columns}
    return gcas.read_incidents(pd.DataFrame(rows))


MEANT = ["Aleppo, al-Bab", "al-Bab, Aleppo", "al-Bab (Aleppo)", "Aleppo - al-Bab", "حلب، الباب", "الباب، حلب"]


@pytest.mark.parametrize("place", MEANT)
def test_a_claim_is_of_the_town_in_whatever_order_it_is_said(strikes, place):
    claim = gcas.check(place, DAY, strikes, **LIMITS)
    assert (claim["finding"], claim["best_strike_id"]) == ("strike-reported-nearby", "al-bab")


def test_a_file_of_claims_finds_the_town_too(strikes):
    found = gcas.screen(claims(place=MEANT), strikes, **LIMITS)
    assert found["finding"].tolist() == ["strike-reported-nearby"] * len(MEANT)
    assert set(found["best_strike_id"]) == {"al-bab"}


ELSEWHERE = [
    ("الباب الغربي، هيت", ""), ("الباب الغربي، هيت", "IQ"), ("Aden, Yemen", ""), ("Aden (Yemen)", ""),
    ("Yemen, Aden", ""),
    ("Aden Yemen", ""), ("Aden", "YE"), ("Aden", "Yemen"), ("عدن، اليمن", ""), ("Mosul", "UA"), ("Mosul, Ukraine", ""),
    ("Al-Bab", "LY"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "country"), ELSEWHERE)
def test_a_claim_of_another_place_never_meets_a_strike_at_a_namesake(strikes, place, country):
    claim = gcas.check(place, DAY, strikes, country=country or None, **LIMITS)
    assert claim["groups_within"] == claim["groups_possible"] == 0, claim
    assert claim["finding"] not in ("strike-reported-nearby", "cannot-exclude") or not claim["best_strike_id"]


def test_a_file_of_such_claims_meets_none_either(strikes):
    read = claims(place=[place for place, _ in ELSEWHERE], country=[country for _, country in ELSEWHERE])
    found = gcas.screen(read, strikes, **LIMITS)
    assert found["groups_within"].sum() == found["groups_possible"].sum() == 0, found[["finding", "reason"]].to_dict()
    stated = read["country"].tolist()
    assert [stated[n] for n, (_, country) in enumerate(ELSEWHERE) if country in ("YE", "Yemen")] == ["YE", "YE"]
    assert [stated[n] for n, (_, country) in enumerate(ELSEWHERE) if country == "UA"] == ["UA"]


def test_a_place_of_a_country_that_no_gazetteer_has_is_unlocated_and_keeps_its_country(strikes):
    read = claims(place=["Aden"], country=["YE"])
    row = read.iloc[0]
    assert row["country"] == "YE"
    assert row.geometry is None
    assert gcas.screen(read, strikes, **LIMITS)["finding"].tolist() == ["unlocated"]


POSITIONS = {
    "columns": {"latitude": 36.34, "longitude": 43.13, "radius_m": 500},
    "one cell": {"coordinates": "36.34, 43.13", "radius_m": 500},
    "a grid reference": {"mgrs": "38SLF3224", "radius_m": 500},
    "the text": {"place": "36.34, 43.13", "radius_m": 500},
}
OF_ANOTHER_PLACE = {
    "governorate": {"governorate": "Anbar"},
    "another governorate": {"governorate": "محافظة حلب"},
    "district": {"district": "Fallujah"},
    "town": {"place": "Fallujah"},
    "town of an area": {"place": "Fallujah, Anbar"},
    "unknown village of an area": {"place": "Xyzzy, Anbar"},
    "near a town": {"place": "near Raqqa"},
    "one of two": {"place": "Raqqa or Fallujah"},
    "two namesakes": {"place": "Sinjar"},
    "coordinates": {"place": "33.35, 43.78"},
    "a grid reference": {"place": "38SLB8790"},
}


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("said", OF_ANOTHER_PLACE)
def test_a_position_that_what_is_said_beside_contradicts_gives_nothing_sure(strikes, position, said):
    stated, other = dict(POSITIONS[position]), dict(OF_ANOTHER_PLACE[said])
    if "place" in stated and "place" in other:
        stated["place"] = f"{other.pop('place')} ({stated['place']})"
    row = {key: [value] for key, value in {**stated, **other}.items()}
    read = claims(**{"place": [""], **row})
    found = gcas.screen(read, strikes, **LIMITS)
    assert found["finding"].iloc[0] not in ("strike-reported-nearby", "none-in-records"), found["reason"].iloc[0]


@pytest.mark.parametrize("position", POSITIONS)
def test_the_same_position_alone_or_with_its_own_governorate_is_sure(strikes, position):
    for more in ({}, {"governorate": "Nineveh"}):
        row = {key: [value] for key, value in {**POSITIONS[position], **more}.items()}
        found = gcas.screen(claims(**{"place": [""], **row}), strikes, **LIMITS)
        assert found["finding"].iloc[0] == "strike-reported-nearby", found["reason"].iloc[0]
