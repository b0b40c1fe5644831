"""What releases of a claim's days name: facts, word for word, and never a surer one of a worse record."""

import csv
import re

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching import official as matching_official
from geocasualty.matching._rank import RANKED_DAYS, RANKED_KM
from geocasualty.matching.official import RECORDS
from geocasualty.matching.statement import Statements
from geocasualty.words import Words, languages
from tests.matching.frames import EPOCH, records

LIMITS = {"within_km": 10, "within_days": 0}
CLAIM = {"xy": (43, 35), "belligerents": "Coalition"}


def away(km, **more):
    """A line of a release on a place so many kilometres east of the claim."""
    place = {"place_text": f"{km} km", "place_id": f"x:{km}", "precision": "town", "vicinity": True, "record_text": ""}
    return (
        place
        | {"belligerents": "Coalition", "xy": geodesic_offset(43, 35, 90, km * 1000), "radius_m": 50_000.0, "day": 0}
        | more
    )


def told(claim, lines, near_km=None, **changes):
    """The official record of one claim and its statement."""
    incidents = with_columns("incident", [CLAIM | claim], ("place_text", "place_id", "precision", "flags"))
    strikes = with_columns("strike", lines, ("place_text", "place_id", "precision", "flags", "record_text", "sources"))
    days = [line.get("day", 0) for line in lines]
    strikes["covers_start"] = pd.Series([EPOCH + pd.Timedelta(days=day) for day in days], dtype="datetime64[s, UTC]")
    strikes["covers_end"] = strikes["covers_start"] + pd.Timedelta(days=1)
    strikes["covers_belligerents"], strikes["covers_countries"], strikes["dataset"] = "Coalition", "IQ", "releases"
    strikes["row"] = range(1, len(lines) + 1)
    strikes["covers_rows"] = [line.get("covers_rows", days.count(day)) for line, day in zip(lines, days, strict=True)]
    result = gcas.assess(incidents, strikes, **{**LIMITS, **changes})
    return result.official(near_km).iloc[0], result.statement("i0", near_km=near_km)


def with_columns(role, rows, names):
    frame = records(role, rows)
    for name in names:
        frame[name] = pd.Series([row.get(name, "") for row in rows], dtype=object)
    frame["vicinity"] = [row.get("vicinity", False) for row in rows]
    return frame


@pytest.mark.parametrize(
    ("claim", "lines", "record"),
    [
        ({}, [away(3), away(60)], "named-near"),
        ({}, [away(60), away(90)], "named-elsewhere"),
        ({}, [away(3, day=1)], "no-release"),
        ({}, [], "no-release"),
        ({}, [away(60, geometry=None, place_text="")], "none-named"),
        ({}, [away(60, geometry=None)], "undetermined"),
        ({}, [away(60), away(3, flags="geometry-conflict")], "undetermined"),
        ({}, [away(12)], "undetermined"),  # a town is not known better than to some kilometres
        ({"radius_m": 60_000.0}, [away(60)], "undetermined"),
        ({"geometry": None}, [away(3)], "undetermined"),
        ({"flags": "looks-swapped"}, [away(3)], "undetermined"),
        ({"radius_m": 60_000.0, "place_id": "x:60"}, [away(60)], "named-near"),  # the very place that the claim names
        ({"belligerents": "Russia"}, [away(3)], "no-release"),
        ({"belligerents": "Rusia", "flags": "unknown-belligerent"}, [away(3)], "undetermined"),
        ({}, [away(3, belligerents="Coaliton", flags="unknown-belligerent")], "undetermined"),
        ({}, [away(60, belligerents="Coaliton", flags="unknown-belligerent")], "named-elsewhere"),
        ({}, [away(60, covers_rows=2)], "undetermined"),  # a line of the release is gone
        ({}, [away(3, covers_rows=2), away(60, covers_rows=2)], "named-near"),
        ({}, [away(3, flags="copied-release")], "undetermined"),
        ({"flags": "guessed-timezone"}, [away(3)], "undetermined"),
        ({"flags": "unmapped-column"}, [away(3)], "undetermined"),
        ({"days": 2.0}, [away(3), away(60, day=1)], "undetermined"),  # on one of its days
        ({"days": 2.0}, [away(3), away(3, day=1)], "named-near"),
        ({"belligerents": ""}, [away(3)], "named-near"),
        ({"belligerents": ""}, [away(60)], "undetermined"),
        ({}, [away(3, belligerents="")], "undetermined"),
        ({}, [away(60, belligerents="")], "named-elsewhere"),
    ],
)
def test_each_record(claim, lines, record):
    row, said = told(claim, lines)
    assert row["official_record"] == record
    assert said


def test_a_named_place_is_taken_as_a_place_and_not_as_what_near_may_mean():
    near, _ = told({}, [away(3)])
    assert (near["official_record"], near["record_place"]) == ("named-near", "3 km")
    assert near["record_km"] == pytest.approx(3)
    exact, _ = told({}, [away(9.95, precision="exact", radius_m=100.0, vicinity=False)])
    assert exact["official_record"] == "undetermined"
    assert told({}, [away(14)], near_km=30)[0]["official_record"] == "named-near"
    for km, record in ((9.995, "named-near"), (10.005, "named-elsewhere")):  # within_km, unless chosen
        exact = away(km, precision="exact", radius_m=0.0, vicinity=False)
        assert told({}, [exact])[0]["official_record"] == record


def test_days_without_a_release_are_said():
    _, said = told({"days": 3.0}, [away(3), away(3, day=2)], within_days=1)
    assert "hold no release that covers 2015-06-02, 2015-06-04, 2015-06-06." in said
    _, said = told({}, [away(3, day=5)])
    assert said == "These records hold no release of Coalition for 2015-06-03."


def test_hours_without_a_release_are_a_hole_as_days_are():
    lines = [away(60, day=day) for day in (-1, 0, 1)]
    shifted = {"day": 1 / 3}  # the releases run from midnight to midnight, the claim from eight to eight
    assert told(shifted, lines)[0]["official_record"] == "named-elsewhere"
    early = [line | {"day": line["day"] - 1 / 3} for line in lines]  # the last ends eight hours before the claim's day
    row, said = told({"day": 1.0}, early)
    assert row["official_record"] == "no-release"
    assert "no release of Coalition for 2015-06-04 16:00 to 2015-06-05 00:00." in said
    assert told({"day": 1.0}, [*early, away(60, day=5 / 3)])[0]["official_record"] == "named-elsewhere"


def test_lines_are_quoted_word_for_word_the_nearest_first_and_once():
    words = ["Near A, “two” strikes  struck\tan ISIL unit.", "Near B, one strike.", "Near B, one strike."]
    lines = [away(3, record_text=words[0]), away(50, record_text=words[1]), away(60, record_text=words[2]), away(300)]
    _, said = told({}, lines)
    assert said.index(words[0]) < said.index(words[1])
    assert said.count(words[1]) == 1
    assert "also named: 60 km (60 km away), 300 km (300 km away)" in said
    assert "(3 km, 3.0 km away; releases, row 1)" in said


def test_a_release_says_where_and_when_it_was_read():
    source = "Release 7 | https://example.org/7 | https://archive.example.org/7 | 2016-01-02"
    _, said = told({}, [away(3, sources=source)])
    assert (
        "Release 7, https://example.org/7, archived at https://archive.example.org/7, read on 2016-01-02 (2015-06-03"
        in said
    )


def test_a_place_across_the_border_is_said_to_be():
    line = away(20, country="SY", record_text="Near D, one strike.")
    assert "(20 km (SY), 20 km away; releases, row 1)" in told({}, [line])[1]
    assert "(SY)" not in told({"country": "SY"}, [line])[1]
    assert "(SY)" not in told({"country": ""}, [line])[1]


def test_where_all_are_far_the_nearest_is_quoted():
    _, said = told({}, [away(400, record_text="Near D, one strike."), away(300, record_text="Near C, one strike.")])
    assert "“Near C, one strike.” (300 km, 300 km away; releases, row 2); also named: 400 km" in said
    assert "the nearest that they name is 300 km, 300 km away" in said


def test_how_often_the_place_is_named_on_comparable_days():
    lines = [away(3), *(away(3, day=day) for day in (2, 4, 45)), *(away(60, day=day) for day in (3, -45, 46, -46))]
    _, said = told({}, lines)
    assert "3 km is named in 3 of the 5 other releases of the 45 days before and after." in said


def test_what_near_can_mean_is_said_where_a_line_says_near():
    assert "72% lay within 30 km, 90% lay within 50 km, 95% lay within 80 km" in told({}, [away(3)])[1]
    assert "72%" not in told({}, [away(3, vicinity=False)])[1]


def test_the_likeliest_of_the_places_named_and_none_of_them_in_a_sentence(book):
    told_ = Statements(gcas.assess(book.incidents, book.strikes, **LIMITS).data)
    said = told_.ranked(0)
    assert f"up to {RANKED_KM} km away (dates ± {RANKED_DAYS})" in said
    assert "Hawijah 95%; of none of these 5%. A rank is no evidence." in said
    assert [bool(told_.ranked(n)) for n in range(len(book.incidents))] == [True, False, True, False]
    checked = gcas.check("Hawijah", "2015-06-03", book.strikes, **LIMITS)
    assert checked["ranked"].endswith("A rank is no evidence.")


def test_findings_have_the_record_where_it_is_asked_for(book):
    frames = book.incidents, book.strikes
    findings = gcas.screen(*frames, **LIMITS, official=True)
    official = gcas.assess(*frames, **LIMITS).official()
    pd.testing.assert_frame_equal(pd.DataFrame(findings[official.columns]), official, check_dtype=False)
    assert "official_record" not in gcas.screen(*frames, **LIMITS)
    empty = gcas.screen(book.incidents[:0], book.strikes, **LIMITS, official=True)
    assert len(empty) == 0
    assert set(official.columns) < set(empty.columns)


def test_a_table_is_the_same_in_parts(book, monkeypatch):
    whole = gcas.assess(book.incidents, book.strikes, **LIMITS).official()
    monkeypatch.setattr(matching_official, "PART", 1)
    pd.testing.assert_frame_equal(gcas.assess(book.incidents, book.strikes, **LIMITS).official(), whole)


def test_bad_requests(book):
    result = gcas.assess(book.incidents, book.strikes, **LIMITS)
    with pytest.raises(InputError, match="no such incident"):
        result.statement("nobody")
    with pytest.raises(InputError, match="language is 'xx'"):
        result.statement("hawijah-2015-06", "xx")
    for bad in (-1, True, "10", float("inf")):
        with pytest.raises(InputError, match="near_km is"):
            result.official(bad)


def test_records_without_coverage_are_of_no_release(book):
    strikes = book.strikes.drop(columns=["covers_start", "covers_end"])
    result = gcas.assess(book.incidents, strikes, **LIMITS, coverage=gcas.coverage(book.strikes))
    assert set(result.official()["official_record"]) <= {"no-release", "undetermined"}


@pytest.mark.parametrize("language", languages())
def test_no_sentence_denies_or_accuses(language):
    said = " ".join(Words(language).said("statement.").values()).casefold()
    for word in ("responsib", "no strike", "did not", "wrong", "false", "لم تقع", "مسؤول"):
        assert word not in said


def test_what_keeps_a_record_undetermined_is_said():
    for line, said in (
        (away(60, geometry=None, place_text="Walweed"), "it is not sure where Walweed lies"),
        (away(12), "the nearest that they name is 12 km, 12 km away, or for all that is known of both places"),
        (away(3, flags="copied-release"), "is named in a line whose day or party is in doubt"),
    ):
        row, statement = told({}, [line])
        assert row["official_record"] == "undetermined"
        assert said in statement.splitlines()[0]


def test_order_of_rows_never_matters(book):
    result = gcas.assess(book.incidents, book.strikes, **LIMITS)
    other = gcas.assess(book.incidents, book.strikes.iloc[::-1].reset_index(drop=True), **LIMITS)
    for name in book.incidents["incident_id"]:
        assert result.statement(name) == other.statement(name)
    pd.testing.assert_frame_equal(result.official(), other.official())


SURE = {"named-near", "named-elsewhere", "none-named"}
WORSE = st.sampled_from(
    [
        "blur the claim",
        "lose the claim",
        "doubt the claim",
        "lose a line",
        "doubt a line",
        "blur a line",
        "empty",
        "widen the date",
        "lose its party",
        "misspell its party",
        "lose a party",
        "misspell a party",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([1, 5, 12, 40, 90, 300]), min_size=1, max_size=4), WORSE, st.integers(0, 3),
       st.floats(1.5, 200), st.sampled_from([1, 60]))  # fmt: skip
def test_a_worse_record_never_says_more(distances, worse, which, times, near):
    lines = [away(km) for km in distances]
    lines += [away(km, day=day, record_text=f"{day}") for day, km in ((-1, near), (1, 300))]  # on the days beside
    before = told({}, lines)[0]["official_record"]
    line = lines[which % len(distances)]
    of_claim = {
        "blur the claim": {"radius_m": 500.0 * times},
        "lose the claim": {"geometry": None},
        "doubt the claim": {"flags": "outside-country"},
        "widen the date": {"day": -1.0, "days": 3.0},
        "lose its party": {"belligerents": ""},
        "misspell its party": {"belligerents": "Coaliton", "flags": "unknown-belligerent"},
        "empty": {"place_text": "", "place_id": ""},
    }
    of_line = {
        "lose a line": {"geometry": None},
        "doubt a line": {"flags": "geometry-conflict"},
        "blur a line": {"precision": "governorate", "geometry": shapely.Point(line["xy"]).buffer(times / 20)},
        "lose a party": {"belligerents": ""},
        "misspell a party": {"belligerents": "Coaliton", "flags": "unknown-belligerent"},
    }
    line |= of_line.get(worse, {})
    after = told(of_claim.get(worse, {}), lines)[0]["official_record"]
    assert after == before or after not in SURE


@pytest.mark.real_data
def test_quotations_are_those_of_the_file_letter_for_letter(real_data):
    strikes = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", on_bad_rows="skip")
    incidents = gcas.read_incidents(real_data / "airwars_syria_2014_2015.csv", on_bad_rows="skip")
    incidents = incidents[incidents["belligerents"].str.contains("Coalition")].iloc[::6].reset_index(drop=True)
    with (real_data / "centcom_releases_2014_2015.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row["line"] for row in csv.DictReader(file)]
    result = gcas.assess(incidents, strikes, within_km=10, within_days=1)
    counts = result.official(30)["official_record"].value_counts()
    assert counts.sum() == len(incidents)
    assert set(counts.index) <= set(RECORDS)
    quoted = [
        (text, rows[int(row) - 1])
        for said in result.statements(near_km=30)
        for text, row in re.findall(r"“([^“”]+)” \([^()]*; centcom_releases_2014_2015, row (\d+)\)", said)
    ]
    assert len(quoted) > 100
    assert [pair for pair in quoted if pair[0] not in pair[1]] == []
    assert any("  " in text for text, _ in quoted)  # gaps of the file are kept
    assert np.isfinite(result.official(30)["record_km"]).mean() > 0.5
