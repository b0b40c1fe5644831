"""Why an incident has its finding is told in every language, by its catalogue alone."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.matching._limits import Window
from geocasualty.matching._reasons import when
from geocasualty.words import ENGLISH, Said, Words, languages, several
from tests.circled import ENGLISH as PLAIN
from tests.circled import add_circled
from tests.matching.frames import records

HERE, AREA = (44.0, 34.0), shapely.box(44.0, 34.0, 44.2, 34.2)
INCIDENTS = [
    {"xy": HERE},
    {"xy": HERE, "radius_m": 20_000.0},
    {"geometry": AREA},
    {"geometry": None},
    {"xy": HERE, "days": 3.0},
    {"xy": HERE, "flags": "unused-words"},
    {"xy": HERE, "country": "SY"},
    {"xy": HERE, "belligerents": "В"},
    {"xy": (44.0, 34.15), "belligerents": "Б"},
    {"xy": HERE, "day": 60.0, "belligerents": "Б"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "attack_kinds": "Ж"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "attack_kinds": ""},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "date_basis": "reported"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "date_basis": ""},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "flags": "geometry-conflict"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "flags": "unread-time"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "flags": "unmapped-column"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "flags": "assumed-accuracy", "radius_m": 2000.0},
    {"xy": HERE, "flags": "assumed-accuracy", "radius_m": 800.0},
    {"xy": HERE, "day": 62.0, "belligerents": "Б;В"},
    {"xy": HERE, "day": 62.0},
    {"xy": (41.0, 37.1), "day": 62.0, "belligerents": "Б", "country": "SY"},
    {"xy": HERE, "day": 20_000.0, "belligerents": "Б"},
    {"xy": HERE, "day": 30.0, "belligerents": "Б"},
    {"xy": HERE, "day": 150.0, "belligerents": "Б"},
    {"xy": HERE, "day": 5.0, "belligerents": "Б"},
    {"xy": HERE, "day": 15.0, "belligerents": "Б"},
    {"xy": HERE, "day": 300.0, "belligerents": "Б"},
    {"xy": HERE, "day": 250.0, "belligerents": "Б"},
    {"xy": HERE, "day": 196.0, "days": 8.0, "belligerents": "Б"},
    {"xy": HERE, "day": 196.0, "days": 60.0, "belligerents": "Б"},
    {"xy": HERE, "day": 62.0, "belligerents": "Б", "country": ""},
    {"xy": (45.45, 34.4), "day": 90.0, "belligerents": "Б"},
    {"xy": (48.9, 29.3), "day": 90.0, "belligerents": "Б"},
    {"xy": HERE, "day": 70.0, "belligerents": "Б"},
    {"xy": (46.0, 33.0), "day": 100.0, "belligerents": "Б"},
]
STRIKES = [
    {"xy": HERE, "belligerents": "Б"},
    {"xy": HERE, "day": 31.0, "belligerents": "В"},
    {"xy": (44.0, 34.4), "day": 61.0, "belligerents": "Б"},
    {"geometry": None, "day": 150.0, "belligerents": "Б"},
    {"xy": (46.0, 33.0), "day": 300.0, "belligerents": "Б", "flags": "looks-swapped"},
    {"xy": HERE, "day": 5.0},
    {"xy": HERE, "day": 15.0, "belligerents": "Б", "flags": "copied-release"},
    {"xy": (44.0, 34.4), "day": 70.0, "belligerents": "Б", "radius_m": 30_000.0},
    {"xy": (46.0, 33.0), "day": 100.0, "belligerents": "Б"},
]


def coverage():
    rows = [("IQ", 0, 200, True), ("SY", 0, 200, False), ("IQ", 230, 400, False)]
    epoch = pd.Timestamp("2015-06-01", tz="UTC")
    start, end = ([epoch + pd.Timedelta(days=row[k]) for row in rows] for k in (1, 2))
    return pd.DataFrame({
        "belligerent": "Б", "country": [row[0] for row in rows], "start": start, "end": end,
        "dataset": "Б", "complete": [row[3] for row in rows], "kinds": "air",
    })  # fmt: skip


def assessments():
    incidents, strikes = records("incident", INCIDENTS), records("strike", STRIKES)
    incidents["incident_id"] = [str(n) for n in range(len(incidents))]
    strikes["strike_id"] = [str(n) for n in range(len(strikes))]
    review = pd.DataFrame({
        "incident_id": ["8", "0", "35", "27"], "strike_id": list("0083"),
        "decision": ["accept", "reject", "reject", "accept"],
        "analyst": ["Ж", None, None, None], "date": ["2020-01-02", None, None, None], "note": [None, "Ж", None, None],
    })  # fmt: skip
    for limits in ({"within_km": 10, "within_days": 0}, {"within_km": 2, "within_hours": 6}):
        for some in (None, review):
            yield gcas.assess(incidents, strikes, **limits, review=some, coverage=coverage()).data


def keys_of(said):
    if not isinstance(said, Said):
        return set()
    return {said.key}.union(*(keys_of(value) for value in said.values.values()))


@pytest.fixture(scope="module")
def assessed():
    return list(assessments())


def test_tables_have_reasons_in_english(assessed):
    for each in assessed:
        assert each.findings["reason"].tolist() == [ENGLISH.tell(said, bare=True) for said in each.reasons]
        assert len(list(each.reasons)) == len(INCIDENTS)


def test_a_third_language_needs_one_file(assessed, tmp_path, monkeypatch):
    words, reached = Words(add_circled(tmp_path, monkeypatch)), set()
    for each in assessed:
        for said in each.reasons:
            assert not PLAIN.search(words.tell(said)), said
            reached |= keys_of(said)
    wanted = {
        key for key in ENGLISH.said("") if key.split(".")[0] in ("reason", "miss", "absence", "away", "decided")
    } - {"miss.title"}
    assert {key.removesuffix(".one") for key in wanted} - reached == set()


@pytest.mark.parametrize("language", languages())
def test_what_is_of_the_records_stands_apart_in_a_reason(language):
    words = Words(language)
    foreign = {"ltr": "ضربة", "rtl": "strike"}[words.direction]
    said = Said("decided.accept", {"strike": foreign})
    assert f"\u2068{foreign}\u2069" in words.tell(said)
    assert words.tell(said, bare=True).count(foreign) == 1
    assert "\u2068" not in words.tell(said, bare=True)


def test_numbers_have_the_form_of_the_language():
    dates, clock = Window(0.0, days=1), Window(0.0, seconds=3600)
    arabic = Words("ar")
    assert [arabic.tell(when(days * 86_400, dates)) for days in (-2, 3, 11, 100)] == [
        "قبلها: يومان", "بعدها: 3 أيام", "بعدها: 11 يومًا", "بعدها: 100 يوم",
    ]  # fmt: skip
    assert ENGLISH.tell(when(1_000 * 86_400, dates)) == "1,000 days after"
    assert [ENGLISH.tell(when(gap, clock)) for gap in (0, 3_600, -180_000)] == [
        "at the same time", "1.0 hours after", "2 days before",
    ]  # fmt: skip
    assert ENGLISH.tell(several("and", ["a", "b", "c"])) == "a and b and c"
