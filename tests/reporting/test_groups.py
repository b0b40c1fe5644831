"""A report by what was published: its parties, its groups, its scope, and what was assessed elsewhere."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.matching.official import RECORDS
from geocasualty.theatre.parties import parties_in_force
from geocasualty.theatre.theatre import theatre
from tests.maps.conftest import make_incidents, make_strikes
from tests.reporting.pages import LIMITS, Reader, read, written

DAY = pd.Timestamp("2015-06-02 21:00", tz="UTC")


def released(strikes: gpd.GeoDataFrame, whose: str = "Coalition", **columns: object) -> gpd.GeoDataFrame:
    """Strikes that are all of one release of the day of the incidents."""
    covers = {"covers_belligerents": whose, "covers_countries": "IQ;SY", "covers_start": DAY,
              "covers_end": DAY + pd.Timedelta(days=1), "covers_complete": True, "covers_kinds": "air;drone",
              "covers_rows": len(strikes), "belligerents": whose}  # fmt: skip
    return strikes.assign(**(covers | columns))


@pytest.fixture(scope="module")
def mixed() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Incidents of several official records and parties at an edge of Iraq, and strikes on both sides of it."""
    incidents = make_incidents(6, radius_m=100.0)
    incidents.geometry = [shapely.Point(41.0 + 0.5 * (k % 2), 34.4) for k in range(5)] + [None]
    incidents["belligerents"] = ["Coalition", "Coalition;Russia", "Russia", "", "Coalition", "Coalition"]
    later = incidents["start"].where(incidents.index != 4, DAY + pd.Timedelta(days=30))
    incidents = incidents.assign(start=later, end=later + pd.Timedelta(days=1))
    strikes = released(make_strikes(4, radius_m=100.0))
    strikes.geometry = [shapely.Point(x, 34.4) for x in (41.001, 40.95, 41.002, 40.97)]
    strikes["country"] = ["IQ", "SY", "IQ", ""]
    strikes["place_text"] = ["Here", "Across", "Beside", "Somewhere"]
    return incidents, strikes


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_incident_stands_once_in_a_group_and_once_in_the_annex(tmp_path, mixed, language):
    seen = read(tmp_path, *mixed, language=language)
    official = gcas.assess(*mixed, **LIMITS).official().set_index("incident_id")["official_record"]
    assert official.nunique() >= 3
    groups = {name: seen.inside[f"g-{name}"] for name in RECORDS}
    rows = [row for some in groups.values() for row in some]
    assert rows == [f"r{n}" for n in range(1, 7)]
    assert seen.inside["cards"] == [f"i{n}" for n in range(1, 7)]
    listed = {row[0]: row for row in seen.rows if len(row) == 7 and row[0].isdigit()}
    for name, some in groups.items():
        assert [listed[row[1:]][2] for row in some] == sorted(official.index[official == name])
    assert all(row[1] in ("2015-06-03", "2015-07-03") for row in listed.values())


def test_inside_a_group_incidents_stand_by_date_whatever_their_finding(tmp_path):
    incidents = make_incidents(5)
    starts = [DAY + pd.Timedelta(days=n) for n in (3, 0, 4, 1, 2)]
    incidents = incidents.assign(start=starts, end=[at + pd.Timedelta(days=1) for at in starts])
    strikes = make_strikes(1).assign(start=starts[2], end=starts[2] + pd.Timedelta(days=1))
    seen = read(tmp_path, incidents, strikes)
    rows = [row for row in seen.rows if len(row) == 7 and row[0].isdigit()]
    assert [row[2] for row in rows] == ["i1", "i3", "i4", "i0", "i2"]
    assert [row[5] for row in rows][-1] == "strike reported nearby"


def test_links_resolve_and_every_part_is_in_the_contents(tmp_path, mixed):
    answers = pd.DataFrame({"incident_id": ["i0"], "mgrs": ["38SLE894094"]})
    page = written(tmp_path, *mixed, answers=gcas.assessed_places(mixed[0], answers))
    seen = Reader(page)
    assert len(seen.ids) == len(set(seen.ids))
    inner = [link[1:] for link in seen.links if link.startswith("#")]
    assert set(inner) <= set(seen.ids)
    contents = Reader(re.search(r'<nav id="contents">(.*?)</nav>', page, re.DOTALL)[1]).links
    assert [link[1:] for link in contents if not link.startswith("#g-")] == re.findall(r'<h2 id="(\w+)"', page)
    assert [link[3:] for link in contents if link.startswith("#g-")] == list(RECORDS)
    heads = len(re.findall("<h2 id=|<h3 id=", page))
    assert inner.count("contents") == heads
    assert [link for link in inner if re.fullmatch(r"r\d+", link)] == [f"r{n}" for n in range(1, 7)]


def parties(seen: Reader) -> dict[str, list[str]]:
    at = next(n for n, row in enumerate(seen.rows) if row and row[0] == "Party named")
    rows = {}
    for row in seen.rows[at + 1 :]:
        if row[0] == "The official record":
            return rows
        rows[row[0]] = row[1:]
    raise AssertionError


def test_the_table_of_parties_says_whose_list_was_consulted_and_what_it_holds(tmp_path, mixed):
    seen = parties(read(tmp_path, *mixed))
    official = gcas.assess(*mixed, **LIMITS).official()
    named = mixed[0]["belligerents"].str.split(";").apply(lambda names: "Coalition" in names).to_numpy()
    counts = official["official_record"][named].value_counts()
    assert list(seen) == ["Coalition", "Russia", "nobody named"]
    assert seen["Coalition"] == [
        "4", "yes",
        "yes 2015-06-03 to 2015-06-03, days covered: 1 of 1; by its own word, every strike strike records: 4",
        "air; drone", *[str(counts[name]) for name in RECORDS],
    ]  # fmt: skip
    assert seen["Russia"] == ["2", "not known", "none", "–", "nothing was tested"]
    assert [seen["nobody named"][n] for n in (0, 1, 2, 3)] == ["1", "–", "–", "–"]
    assert len(seen["nobody named"]) == 4 + len(RECORDS)


def test_a_member_has_the_list_of_its_alliance_and_a_list_that_says_little_says_so(tmp_path):
    incidents = make_incidents(2)
    incidents["belligerents"] = ["France", "Netherlands"]
    strikes = released(make_strikes(2), covers_kinds="", covers_complete=[True, False])
    strikes["covers_start"] = [DAY, DAY + pd.Timedelta(days=2)]
    strikes["covers_end"] = strikes["covers_start"] + pd.Timedelta(days=1)
    strikes["covers_rows"] = 1
    seen = parties(read(tmp_path, incidents, strikes))
    assert seen["Coalition"][:4] == [
        "0", "yes",
        "yes 2015-06-03 to 2015-06-05, days covered: 2 of 3; by its own word, every strike of some of them "
        "strike records: 2",
        "not said",
    ]  # fmt: skip
    assert seen["France"][1:4] == ["as a member of Coalition", "that of Coalition", "–"]
    assert seen["Netherlands"][1:4] == ["yes", "that of Coalition", "–"]  # its own is published, and is not here


def test_whoever_publishes_is_a_party():
    assert set(theatre().publishes) <= parties_in_force().names


def test_no_strike_of_another_country_is_counted_drawn_or_listed(tmp_path, mixed):
    incidents, strikes = mixed
    incidents = incidents.assign(country=["IQ", "IQ", "SY", "IQ", "IQ", "IQ"])
    far = strikes.assign(strike_id=[f"f{n}" for n in range(4)], country="SY", place_text="Elsewhere", n_strikes=100.0)
    far["covers_start"] = pd.Series(pd.NaT, index=far.index, dtype=far["covers_start"].dtype)
    far.geometry = [shapely.Point(38.0, 36.2)] * 3 + [None]
    page = written(tmp_path, incidents, pd.concat([strikes, far]), country="IQ")
    alone = written(tmp_path, incidents, strikes, country="IQ")
    cut = [each[each.index('id="province"') : each.index('id="claims"')] for each in (page, alone)]
    assert cut[0] == cut[1]  # map and bars
    seen = Reader(page)
    assert "Strike records that may be of its scope: 3; strikes that they report: 6." in seen.text
    assert "5 further strike records, of other parties, countries or times, are compared too" in seen.text
    assert "Elsewhere" not in re.sub("<[^>]*>", "", page[: page.index('<article class="card"')])
    assert "Strike records without a place: 0" in seen.text
    across = [row for row in seen.rows if len(row) == 9 and row[1].startswith("s1")]
    assert across
    assert all(row[2].startswith("Across ( SY )") for row in across)
    assert all("( IQ )" not in row[2] for row in seen.rows if len(row) == 9)


def test_a_scope_of_a_report_never_changes_a_finding_nor_an_official_record(tmp_path, mixed):
    incidents = mixed[0].assign(country=["IQ", "IQ", "SY", "IQ", "IQ", "IQ"])
    result = gcas.assess(incidents, mixed[1], **LIMITS)
    official = result.official().set_index("incident_id")["official_record"]
    for choice in ({"country": "IQ"}, {"attributed_to": "Coalition"}, {"since": "2015-06-03", "until": "2015-06-03"}):
        seen = read(tmp_path, incidents, mixed[1], **choice)
        rows = {row[2]: row for row in seen.rows if len(row) == 7 and row[0].isdigit()}
        assert 0 < len(rows) < len(incidents)
        for name in RECORDS:
            ids = [row[2] for row in rows.values() if f"r{row[0]}" in seen.inside[f"g-{name}"]]
            assert all(official[each] == name for each in ids)
        findings = result.findings.set_index("incident_id")["finding"]
        assert all(findings[each].replace("-", " ") in row[5].replace("the ", "") for each, row in rows.items())


@pytest.mark.parametrize(
    ("choice", "n"),
    [
        ({"attributed_to": "Russia"}, 2),  # one of nobody known may be Russia's
        ({"attributed_to": "Netherlands"}, 2),  # a member of the Coalition
        ({"since": "2015-06-04"}, 1),
        ({"until": "2015-06-03"}, 2),
        ({"country": "SY"}, 2),  # one of no known country may lie there
        ({}, 3),
    ],
)
def test_strikes_are_counted_by_the_one_scope(tmp_path, choice, n):
    incidents = make_incidents(3, country="SY", belligerents="Russia;Netherlands;Coalition")
    incidents = incidents.assign(end=incidents["end"] + pd.Timedelta(days=3))
    strikes = make_strikes(3)
    strikes["belligerents"], strikes["country"] = ["Coalition", "Russia", ""], ["SY", "IQ", ""]
    if "attributed_to" in choice:
        strikes["country"] = "SY"
    strikes["start"] = [DAY, DAY, DAY + pd.Timedelta(days=5)]
    strikes["end"] = strikes["start"] + pd.Timedelta(days=1)
    assert f"strike records counted: {n}" in read(tmp_path, incidents, strikes, **choice).text


def test_the_same_bytes_whatever_the_order_of_rows_with_answers_and_a_scope(tmp_path, mixed):
    answers = pd.DataFrame({"incident_id": ["i0", "i1", "i3"], "mgrs": ["38SLE894094", "37SGU0000", "nowhere"],
                            "belligerent": "Coalition", "assessment": "non_credible"})  # fmt: skip
    choice = {"country": "IQ", "attributed_to": "Coalition"}
    page = written(tmp_path, *mixed, answers=gcas.assessed_places(mixed[0], answers), **choice)
    turned = [frame[::-1].reset_index(drop=True) for frame in (*mixed, answers)]
    assert written(tmp_path, *turned[:2], answers=gcas.assessed_places(turned[0], turned[2]), **choice) == page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_places_that_were_assessed_elsewhere_are_listed_first_and_on_their_card(tmp_path, language):
    incidents = make_incidents(3, belligerents="Coalition")
    answers = pd.DataFrame(
        {
            "incident_id": ["i0", "i1", "i9"],
            "mgrs": ["38S LE 294 094", "38S LE 894 094", "38S LE 294 094"],
            "belligerent": "Coalition",
            "assessment": ["non_credible", "not_yet_assessed", "credible"],
        }
    )
    places = gcas.assessed_places(incidents, answers)
    seen = read(tmp_path, incidents, answers=places, language=language)
    places = places.set_index("incident_id")
    assert places.loc["i0", "status"] == "assessed-elsewhere"
    row = next(row for row in seen.rows if len(row) == 5 and row[0] == "i0")
    km, least = places.loc["i0", ["distance_km", "distance_min_km"]]
    assert f"{km:,.0f}" in row[3]
    assert f"{least:,.0f}" in row[3]
    assert row[4] == "Coalition, non credible"
    assert not [row for row in seen.rows if len(row) == 5 and row[0] in ("i1", "i9")]
    assert seen.text.index("38S LE 294 094") < seen.text.index("i1")
    assert seen.text.count("38S LE 294 094") == 2  # in the list and on its card
    assert seen.text.count("38S LE 894 094") == 1
    assert "_assessed" not in seen.text
    if language == "en":
        assert "to these incidents: 2." in seen.text
        assert "another place was assessed: 1; the two may be one place: 1." in seen.text
        assert "wrong" not in seen.text.split("Strikes and incidents by governorate")[0]


def test_of_many_places_assessed_elsewhere_the_farthest_are_listed_and_the_others_counted(tmp_path):
    incidents = make_incidents(14)
    answers = pd.DataFrame({"incident_id": incidents["incident_id"], "mgrs": [f"38SLE{29 + n}4094" for n in range(14)]})
    places = gcas.assessed_places(incidents, answers)
    assert (places["status"] == "assessed-elsewhere").all()
    seen = read(tmp_path, incidents, answers=places)
    listed = [row[0] for row in seen.rows if len(row) == 5 and row[2].startswith("38SLE")]
    assert listed == places["incident_id"].head(12).tolist()
    assert "More rows that are not shown: 2." in seen.text


def test_on_the_first_page_nothing_ranks(tmp_path, mixed):
    page = written(tmp_path, *mixed)
    first = Reader(page[: page.index('id="province"')])
    assert "These groups are no ranking" in first.text
    for word in ("support", "likely", "score", "true strike"):
        assert word not in first.text.replace("likelier to be true than", "")
    assert 'class="finding' not in page[: page.index('id="findings"')]


def test_a_text_that_the_statement_quotes_is_not_told_twice_on_a_card(tmp_path):
    strikes = released(make_strikes(2), record_text=["Near Hawijah, one strike.", "Near Hawijah, two strikes."])
    strikes = strikes.assign(covers_start=[DAY, pd.NaT], covers_rows=1)
    page = written(tmp_path, make_incidents(1), strikes)
    assert page.count("Near Hawijah, one strike.") == 1
    assert page.count("Near Hawijah, two strikes.") == 1


def test_what_is_to_be_known_of_records_is_explained(tmp_path):
    seen = read(tmp_path, make_incidents(2, flags=["geometry-conflict;mine", ""]), title="t")
    assert "geometry-conflict" in seen.text
    assert seen.text.count("are further apart than both accuracies allow") == 1
    assert "copied-release" not in seen.text


def test_a_long_incident_of_no_date_in_order_has_no_nan(tmp_path):
    strikes = released(make_strikes(1))
    strikes.geometry = [shapely.box(43.0, 35.0, 44.0, 36.0)]
    strikes["radius_m"] = np.nan
    page = written(tmp_path, make_incidents(1), strikes)
    assert "nan" not in re.sub("<[^>]*>", " ", page.split("</style>")[1])
