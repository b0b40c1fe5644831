"""The report of Syrian incidents of 2014-2015 named to the Coalition: its numbers are what plain pandas counts."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

import geocasualty as gcas
from tests.cli.running import run
from tests.conftest import REAL_DATA
from tests.reporting.pages import Reader

pytestmark = pytest.mark.real_data

KM, DAYS = 10, 1


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    if not REAL_DATA.is_dir():
        pytest.skip("the folder of real records, ../shared/data, is absent")
    path = tmp_path_factory.mktemp("report") / "syria.html"
    done = run(
        "report", REAL_DATA / "airwars_syria_2014_2015.csv", REAL_DATA / "centcom_releases_2014_2015.csv",
        "--attributed-to", "Coalition", "--country", "SY", "--since", "2014-01-01", "--until", "2015-12-31",
        "--within-km", KM, "--within-days", DAYS, "--on-bad-rows", "skip", "-o", path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Reader(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def raw():
    table = pd.read_csv(REAL_DATA / "airwars_syria_2014_2015.csv", dtype=str)
    chosen = table["military"].str.contains("U.S.-led Coalition") & (table["date"] > "1970-01-02")
    return table[chosen]


@pytest.fixture(scope="module")
def frames(gaz, raw):
    incidents = gcas.read_incidents(REAL_DATA / "airwars_syria_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    strikes = gcas.read_strikes(REAL_DATA / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    return incidents[incidents["incident_id"].isin(raw["code"].str.split().str[0])].reset_index(drop=True), strikes


def passing(incidents, strikes):
    """Which incidents located to a point have a strike, located to one, that may be within both limits: every pair."""
    geod = Geod(ellps="WGS84")
    point = np.array([isinstance(shape, shapely.Point) for shape in strikes.geometry])
    them = strikes[point & strikes["belligerents"].eq("Coalition")]
    first, last = dates(them)
    found = set()
    for record in incidents.itertuples():
        if not isinstance(record.geometry, shapely.Point):
            continue
        x, y = np.full(len(them), record.geometry.x), np.full(len(them), record.geometry.y)
        metres = geod.inv(x, y, them.geometry.x, them.geometry.y)[2]
        near = metres - record.radius_m - them["radius_m"] <= KM * 1000
        begun, ended = (day.iloc[record.Index] for day in dates(incidents))
        soon = ((first - ended).dt.days <= DAYS) & ((begun - last).dt.days <= DAYS)
        if (near & soon).any():
            found.add(record.incident_id)
    return found


def dates(frame):
    """First and last local date of each record, in its own zone."""
    return [
        pd.Series([edge.tz_convert(zone).tz_localize(None).normalize()
                   for edge, zone in zip(edges, frame["timezone"], strict=True)], index=frame.index)
        for edges in (frame["start"], frame["end"] - pd.Timedelta(seconds=1))
    ]  # fmt: skip


def test_incidents_and_sums(seen, raw):
    assert f"{len(raw)} incidents are in this report" in seen.text
    assert f"incidents: {len(raw)} of 485 given" in seen.text
    low, high = (int(pd.to_numeric(raw[f"killed_{end}"]).sum()) for end in ("min", "max"))
    assert f"Killed: {low:,} to {high:,}" in seen.text


def test_every_finding_of_a_point_agrees_with_every_pair_tried(seen, frames):
    incidents, strikes = frames
    index = {row[2]: row[5] for row in seen.rows if len(row) == 7 and row[2] in set(incidents["incident_id"])}
    assert len(index) == len(incidents)
    areas = strikes[[not isinstance(shape, shapely.Point) for shape in strikes.geometry]]
    by_area = set(gcas.match(incidents, areas, within_km=KM, within_days=DAYS)["incident_id"])
    found = passing(incidents, strikes)
    assert len(found) > 50
    for record in incidents.itertuples():
        if isinstance(record.geometry, shapely.Point) and record.incident_id not in by_area:
            said = index[record.incident_id]
            if record.incident_id in found:
                assert said in ("cannot exclude", "strike reported nearby"), record.incident_id
            else:  # without a pair nothing is near, and what is in doubt is never said to be absent
                assert said in ("cannot exclude", "no coverage", "none in the records"), record.incident_id
                assert said != "none in the records" or not in_doubt(record, strikes), record.incident_id


def in_doubt(record, strikes):
    """Whether nothing may be said to be absent around an incident."""
    window = pd.Timedelta(days=DAYS + 1)
    soon = (strikes["start"] < record.end + window) & (record.start < strikes["end"] + window)
    lost = strikes.geometry.isna() & strikes["country"].isin([record.country, ""])
    flags = set(record.flags.split(";"))
    return bool((soon & lost).any() or flags & {"geometry-conflict", "looks-swapped", "outside-country"})


def test_counts_shares_and_rates_are_those_of_the_findings(seen, frames):
    findings = gcas.screen(*frames, within_km=KM, within_days=DAYS)
    rows = {row[0].replace(" ", "-"): row for row in seen.rows if len(row) == 5 and "%" in row[2]}
    rows["none-in-records"] = rows.pop("none-in-the-records")
    counts = findings["finding"].value_counts()
    for name, n in counts.items():
        assert rows[name][1:3] == [f"{n:,}", f"{n / len(findings):.0%}"]
        rates = findings.loc[findings["finding"] == name, "background_rate"].dropna()
        assert rows[name][3] == (f"{rates.mean():.0%} (of {len(rates)})" if len(rates) else "–")
    known = findings["background_rate"].dropna()
    assert f"mean background rate is {known.mean():.0%}, over the {len(known)} incidents" in seen.text


def test_observed_against_expected(seen, frames):
    """Of the incidents at covered times, those that pass; and the sum of the rates of the same test."""
    findings = gcas.screen(*frames, within_km=KM, within_days=DAYS)
    can = findings[(findings["finding"] != "unlocated") & (findings["coverage_share"] >= 1)]
    assert not (findings["finding"] == "strike-reported-nearby").any()  # so that every rate is one of "possible"
    passed = int((can["groups_possible"] > 0).sum())
    expected = can["background_rate"].sum()
    share = f"{passed / len(can):.0%}"
    assert f"{passed} of {len(can)} ({share}); expected by chance: {expected:,.1f}" in seen.text


def test_the_months_and_the_strikes(seen, raw, frames):
    syria = frames[1][frames[1]["country"].isin(["SY", ""])]
    syria = syria[(syria["start"] < pd.Timestamp("2016-01-01", tz="Asia/Damascus"))]
    total = int(syria["n_strikes"].sum())
    assert 500 < len(syria) < len(frames[1]) / 2
    assert f"Strike records that may be of its scope: {len(syria):,}; strikes that they report: {total:,}." in seen.text
    assert f"{len(frames[1]) - len(syria):,} further strike records" in seen.text
    months = raw["date"].str[:7].value_counts().sort_index()
    bars = re.search(r"Incidents in this report ([\d, ]+?) Strikes reported", seen.text)[1]
    assert [int(n.replace(",", "")) for n in bars.split()] == months.tolist()
