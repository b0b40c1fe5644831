"""What a report holds, that it repeats byte for byte, and that a stopped one goes on."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError, OutputError
from geocasualty.reporting import _report
from geocasualty.reporting._cards import MOST_PAIRS, Cards
from geocasualty.reporting._finished import TOGETHER, Finished
from geocasualty.words import Words
from tests.conftest import ROOT
from tests.maps.conftest import make_incidents, make_strikes
from tests.reporting.pages import LIMITS, read, written


def test_the_parts_stand_in_their_order_and_nothing_runs(tmp_path, book):
    page = written(tmp_path, book.incidents, book.strikes, title="A <title> & more")
    heads = re.findall(r'<h2 id="\w+">(.*?) <a ', page)
    assert heads == [
        "What was published, and for how many incidents", "Strikes and incidents by governorate",
        "Incidents and strikes by month", "The incidents, by what the official record says",
        "Findings, and what chance alone would give", "How the answer depends on the limits",
        "Annex A: incident by incident", "Annex B: what could not be located or assessed", "Annex C: rejected rows",
        "Annex D: method, limits, parameters and inputs",
    ]  # fmt: skip
    assert "<script" not in page
    assert "style=" not in page
    assert "A &lt;title&gt; &amp; more" in page
    allowed = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src &#x27;none&#x27;" in allowed
    assert "script-src" not in allowed
    assert "http" not in allowed


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ([pd.NA, pd.NA], "Of the 2 strike records that may be of its scope none states a number of strikes."),
        (
            [pd.NA, 3],
            "of its scope: 2; strikes that they report: 3. 1 further record states no number and is not in that sum.",
        ),
        ([2, 3], "Strike records that may be of its scope: 2; strikes that they report: 5."),
    ],
)
def test_numbers_of_strikes_that_nobody_states_are_said(tmp_path, numbers, says):
    strikes = make_strikes(2).assign(n_strikes=pd.array(numbers, dtype="Int64"))
    assert says in read(tmp_path, strikes=strikes).text
    assert written(tmp_path, strikes=strikes, language="ar")


def test_each_finding_stands_with_its_background_rate(tmp_path, book):
    findings = gcas.screen(book.incidents, book.strikes, **LIMITS)
    seen = read(tmp_path, book.incidents, book.strikes)
    index = {row[2]: row for row in seen.rows if len(row) == 7 and row[2] in set(findings["incident_id"])}
    assert len(index) == len(findings)
    for row in findings.itertuples():
        shown = index[row.incident_id]
        assert shown[5].replace(" ", "-") == {"none-in-records": "none-in-the-records"}.get(row.finding, row.finding)
        assert shown[6].startswith(f"{row.background_rate:.0%}" if row.background_days else "unknown")
        assert row.reason in seen.text


def test_the_same_bytes_whatever_the_order_of_rows_and_in_every_process(tmp_path, book):
    page = written(tmp_path, book.incidents, book.strikes)
    turned = written(tmp_path, book.incidents[::-1].reset_index(drop=True), book.strikes[::-1])
    assert turned == page
    code = (
        "import sys, geocasualty as gcas; book = gcas.load_casebook();"
        "gcas.report(book.incidents, book.strikes, path=sys.argv[1], within_km=10, within_days=0)"
    )
    for seed in ("1", "2"):
        other = tmp_path / f"{seed}.html"
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", code, str(other)], check=True, env=environment, timeout=120)
        assert other.read_bytes().decode() == page
    assert str(tmp_path) not in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_without_incidents_strikes_or_places_there_is_still_a_report(tmp_path, language):
    nowhere = make_incidents(2, location_reason="unresolved: no such place")
    nowhere["geometry"] = gpd.GeoSeries([None, shapely.Point()], crs="EPSG:4326")
    for incidents, strikes in (
        (make_incidents(2)[:0], make_strikes(1)[:0]),
        (make_incidents(2)[:0], make_strikes(1)),
        (make_incidents(2), make_strikes(1)[:0]),
        (nowhere, make_strikes(1)),
    ):
        page = written(tmp_path, incidents, strikes, language=language)
        assert page.count('<article class="card"') == len(incidents)
    assert page.count("unresolved: no such place") >= 2


def test_incidents_are_chosen_by_belligerent_country_and_local_day(tmp_path):
    incidents = make_incidents(4)
    incidents["belligerents"] = ["Coalition", "Coalition;Russia", "Russia", ""]
    incidents["country"] = ["IQ", "SY", "SY", "IQ"]
    chosen = read(tmp_path, incidents, attributed_to="coalition")
    assert "2 incidents are in this report" in chosen.text
    assert "incidents: 2 of 4 given" in chosen.text
    assert "attributed to Coalition" in chosen.text
    assert "1 incident is in this report" in read(tmp_path, incidents, attributed_to="Coalition", country="sy").text
    # all of the local day 3 June 2015
    for since, until, n in (
        ("2015-06-03", None, 4), (None, "2015-06-03", 4), ("2015-06", "2015-06", 4), ("2015-06-03", "2015-06-03", 4),
    ):  # fmt: skip
        assert f"incidents: {n} of 4 given" in read(tmp_path, incidents, since=since, until=until).text


@pytest.mark.parametrize("choice", [{"since": "2015-06-04"}, {"until": "2015-06-02"}, {"country": "FR"}])
def test_a_choice_that_leaves_nothing_is_said_aloud(tmp_path, choice):
    with pytest.warns(GeocasualtyWarning, match=f"no incident of the 4 given fits {next(iter(choice))}="):
        seen = read(tmp_path, make_incidents(4), **choice)
    assert "incidents: 0 of 4 given" in seen.text
    assert "incidents: 0 of 0 given" in read(tmp_path, make_incidents(1)[:0], attributed_to="Russia", **choice).text


def test_what_cannot_be_chosen_is_refused(tmp_path):
    for option, says in (
        ({"attributed_to": " "}, "attributed_to is ' '"),
        ({"attributed_to": "Coaliton"}, "no incident names 'Coaliton'; they name 'Coalition'"),
        ({"attributed_to": "Coalition;Martians"}, "no incident names 'Martians'"),
        ({"since": "2016-01-01", "until": "2015-01-01"}, "since='2016-01-01' is after until='2015-01-01'"),
        ({"since": "2015-06-04", "until": "2015-06-03"}, "is after until="),
        ({"country": "Atlantis"}, "country is 'Atlantis'"),
        ({"since": "soon"}, "soon"),
        ({"language": "fr"}, "language is 'fr'"),
        ({"within_km": -1}, "within_km is -1"),
        ({"rejected": pd.DataFrame({"row": [1]})}, "rejected: no column 'column', 'value', 'reason'"),
        ({"review": pd.DataFrame({"incident_id": ["i0"]})}, "review: no column 'strike_id'"),
        ({"inputs": [tmp_path / "absent.csv"]}, "cannot read 'absent.csv'"),
    ):
        with pytest.raises(InputError, match=re.escape(says)):
            written(tmp_path, **option)
    with pytest.raises(InputError, match="nobody"):
        written(tmp_path, review=pd.DataFrame({"incident_id": ["nobody"], "strike_id": ["s0"], "decision": ["accept"]}))
    assert list(tmp_path.iterdir()) == []


def test_decisions_of_analysts_are_shown_and_win(tmp_path):
    strikes = make_strikes(3)
    strikes.geometry = [shapely.Point(43.77, 35.32), shapely.Point(43.78, 35.32), shapely.Point(40.0, 36.0)]
    review = pd.DataFrame(
        {
            "incident_id": ["i0", "i0", "i1"],
            "strike_id": ["s0", "s2", "s0"],
            "decision": ["reject", "accept", "reject"],
            "analyst": ["A. B.", "C. D.", "E. F."],
            "date": ["2021-01-02"] * 3,
            "note": ["another town", "same video", "not shown"],
        }
    )
    seen = read(tmp_path, make_incidents(1, country="IQ"), strikes, review=review.head(2))
    by_strike = {row[1].split()[0]: row for row in seen.rows if len(row) == 9 and row[1].startswith("s")}
    assert by_strike["s0"][-1] == "rejected by an analyst"
    assert by_strike["s1"][-1] == "within"
    assert by_strike["s2"][-1] == "beyond the limits accepted by an analyst"
    assert float(by_strike["s2"][5]) > 300
    assert ["s2", "accepted by an analyst", "C. D.", "2021-01-02", "same video"] in seen.rows
    left_out = make_incidents(2)
    left_out["country"] = ["IQ", "SY"]
    assert "not shown" not in read(tmp_path, left_out, strikes, review=review, country="IQ").text


def test_a_card_says_where_a_belligerent_looked_and_which_place_is_likeliest_meant(tmp_path, book):
    given = pd.DataFrame({"incident_id": ["hawijah-2015-06"], "mgrs": ["38S LE 294 094"], "belligerent": ["Coalition"]})
    answers = gcas.assessed_places(book.incidents, given)
    limits = {"path": tmp_path / "r.html", "within_km": 10, "within_days": 0}
    page = gcas.report(book.incidents, book.strikes, **limits, answers=answers).read_text("utf-8")
    assert "a place 59 km from the claimed one (55 to 63 km" in page
    assert "\N{FIRST STRONG ISOLATE}Hawijah\N{POP DIRECTIONAL ISOLATE} 95%; of none of these 5%." in page
    assert "59 km from" not in gcas.report(book.incidents, book.strikes, **limits).read_text("utf-8")


def test_near_misses_are_no_pairs(tmp_path):
    strikes = make_strikes(3)
    strikes.geometry = [shapely.Point(43.77 + east, 35.32) for east in (0.0, 0.15, 1.0)]
    seen = read(tmp_path, make_incidents(1), strikes)
    relation = {row[1].split()[0]: row[-1] for row in seen.rows if len(row) == 9 and row[1].startswith("s")}
    assert relation == {"s0": "within", "s1": "no pair"}
    alone = read(tmp_path, make_incidents(1), strikes[2:])
    assert [row[-1] for row in alone.rows if len(row) == 9 and row[1].startswith("s2")] == ["no pair"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_cannot_be_excluded_need_not_be_a_pair(tmp_path, monkeypatch, language):
    """As where a strike of that day has no place: no pair, no distance, and yet not "none"."""
    assess = _report.assess
    reason = "1 strike of that day and country has no place"

    def unsure(*args, **options):
        told = assess(*args, **options)
        none = {"best_strike_id": "s1", "best_relation": "none", "groups_within": 0, "groups_possible": 0}
        far = dict.fromkeys(("distance_km", "distance_min_km", "distance_max_km", "gap_days"), np.nan)
        found = told.findings.assign(finding="cannot-exclude", **none, **far)
        return dataclasses.replace(told, findings=found, reasons=[reason])

    monkeypatch.setattr(_report, "assess", unsure)
    strikes = make_strikes(2)
    strikes.geometry = gpd.GeoSeries([shapely.Point(48.0, 31.0), None], crs="EPSG:4326")
    page = written(tmp_path, make_incidents(1), strikes, language=language)
    assert "nan" not in re.sub("<[^>]*>", " ", page)
    seen = read(tmp_path, make_incidents(1), strikes, language=language)
    assert reason in seen.text
    if language == "en":
        assert "No strike record is paired with this incident at 10 km and 0 days; why a strike cannot be" in seen.text
        assert "or one that counts has no place" in seen.text
        assert "is, or may be, within" not in seen.text
        assert [row[6:] for row in seen.rows if len(row) == 9 and row[1].startswith("s1")] == [["–", "", "no pair"]]


def test_more_pairs_than_a_card_holds_are_counted(tmp_path):
    strikes = make_strikes(MOST_PAIRS + 7)
    strikes.geometry = [shapely.Point(43.77, 35.32)] * len(strikes)
    seen = read(tmp_path, make_incidents(1), strikes)
    assert "More pairs that are not shown: 7." in seen.text


def test_rejected_rows_and_the_hashes_of_files(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("incident_id,date,place\nA,2015-06-03,Hit\nB,2015-06-31,<b>Hit</b>\n")
    accepted, rejected = gcas.validate_incidents(path)
    seen = read(tmp_path, accepted, rejected=rejected.assign(file=path.name), inputs=[path])
    assert ["mine.csv", "2", "start", "2015-06-31", *[rejected["reason"].iloc[0]]] in seen.rows
    assert ["mine.csv", hashlib.sha256(path.read_bytes()).hexdigest()] in seen.rows
    assert str(tmp_path) not in written(tmp_path, accepted, inputs=[path])
    assert "No row was rejected" in read(tmp_path, accepted, rejected=rejected[:0]).text
    assert "were not passed" in read(tmp_path, accepted).text


def test_a_stopped_report_goes_on_where_it_was(tmp_path, monkeypatch):
    n = TOGETHER + 3
    whole = written(tmp_path, make_incidents(n))
    (tmp_path / "report.html").unlink()
    made: list[int] = []
    card = Cards.card

    def stopping(self, position):
        if position == n - 1 and -1 not in made:
            raise KeyboardInterrupt
        made.append(position)
        return card(self, position)

    monkeypatch.setattr(Cards, "card", stopping)
    with pytest.raises(KeyboardInterrupt):
        written(tmp_path, make_incidents(n))
    assert [path.name for path in tmp_path.iterdir()] == ["report.html.partial"]
    assert len(list((tmp_path / "report.html.partial").iterdir())) == 1
    made.append(-1)
    assert written(tmp_path, make_incidents(n)) == whole
    assert made[made.index(-1) + 1 :] == [*range(TOGETHER, n)]
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_finished_cards_of_another_input_or_damaged_ones_are_not_used(tmp_path):
    path = tmp_path / "report.html"
    key = "a" * 64
    made = [str(n) for n in range(TOGETHER + 1)]
    assert list(Finished(path, key).cards(len(made), lambda n: made[n])) == made
    assert list(Finished(path, key).cards(len(made), lambda n: "again")) == made
    assert list(Finished(path, "b" * 64).cards(2, lambda n: "other")) == ["other"] * 2
    for damage in ("", "[", "[]"):
        (tmp_path / "report.html.partial" / f"{key[:24]}-{TOGETHER}.json").write_text(damage)
        assert list(Finished(path, key).cards(len(made), lambda n: "new"))[-1] == "new"
    Finished(path, key).clear()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_leaves_the_old_report_and_nothing_else(tmp_path, monkeypatch, after):
    before = written(tmp_path, make_incidents(3))
    write, count = Path.write_bytes, iter(range(100))

    def full(self, data):
        if next(count) >= after:
            write(self, data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        written(tmp_path, make_incidents(3, killed_max=9.0))
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text("utf-8") == before


def test_what_lies_in_the_folder_of_finished_cards_and_is_not_ours_stays(tmp_path):
    folder = tmp_path / "report.html.partial"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    written(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_numbers_of_the_summary_are_those_of_screen_and_sensitivity(tmp_path, book):
    findings = gcas.screen(book.incidents, book.strikes, **LIMITS)
    table = gcas.sensitivity(book.incidents, book.strikes, within_km=[10], within_days=[0]).iloc[0]
    seen = read(tmp_path, book.incidents, book.strikes)
    rows = {row[0]: row for row in seen.rows if len(row) == 5}
    for finding, name in (("strike-reported-nearby", "strike reported nearby"), ("unlocated", "unlocated")):
        assert rows[name][1] == str((findings["finding"] == finding).sum())
    known = findings["background_rate"].dropna()
    assert not len(known)  # of none all days of a test are covered
    assert Words("en")("summary.nobackground") in seen.text
    assert f"{table['possible']:.0f} of {table['assessable']:.0f} (" in seen.text
    assert f"expected by chance: {table['expected_possible']:,.1f}" in seen.text


def test_inputs_are_not_changed(tmp_path):
    incidents, strikes = make_incidents(2), make_strikes(2)
    before = incidents.copy(), strikes.copy()
    written(tmp_path, incidents, strikes)
    pd.testing.assert_frame_equal(pd.DataFrame(incidents), pd.DataFrame(before[0]))
    pd.testing.assert_frame_equal(pd.DataFrame(strikes), pd.DataFrame(before[1]))


def test_areas_vicinities_and_missing_columns(tmp_path):
    incidents = make_incidents(2, vicinity=True).drop(columns=["place_text", "sources", "grading", "precision"])
    incidents.geometry = [shapely.box(43.6, 35.2, 43.9, 35.5), shapely.Point(43.77, 35.32)]
    incidents["radius_m"] = [np.nan, 20_000.0]
    strikes = make_strikes(2, radius_m=np.nan).drop(columns=["place_text", "sources", "n_rows"])
    strikes.geometry = [shapely.box(43.0, 35.0, 44.0, 36.0)] * 2
    page = written(tmp_path, incidents, strikes)
    assert "m-area" in page
    assert "m-spotarea" in page
    assert "m-vicinity" in page


def test_links_that_hide_their_host_are_marked(tmp_path: Path) -> None:
    sources = "https://airwars.org@evil.invalid/a;https://аirwars.org/b;https://airwars.org/c@d"
    gcas.report(make_incidents(1, sources=sources), make_strikes(1), path=tmp_path / "r.html", **LIMITS)
    page = (tmp_path / "r.html").read_text("utf-8")
    for address in sources.split(";"):
        assert f">{address}</a>" in page
    assert re.findall("⚠ → ([^<]*)", page) == ["evil.invalid", "xn--irwars-2nf.org"]
