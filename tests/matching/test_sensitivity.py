"""The sensitivity table: every row equals ``match`` and ``screen`` at its limits, on drawn and on real records."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.matching import _trees
from geocasualty.matching.absence import LEAST_DAYS
from tests.matching.frames import EPOCH, records
from tests.matching.test_join import bad_frames, sites

KM, DAYS = [0, 1.0, 2.5, 5], [0, 1, 2, 3]


def coverage(*spans, belligerents=("Coalition", "Russia"), country="IQ", complete=True):
    """Spans of days from the epoch that are covered for each belligerent."""
    rows = [("x", name, country, *span, complete) for name in belligerents for span in spans]
    table = pd.DataFrame(rows, columns=["dataset", "belligerent", "country", "start", "end", "complete"])
    for edge in ("start", "end"):
        table[edge] = EPOCH + pd.to_timedelta(table[edge].astype(float), unit="D")
    return table


def assert_row_is_screen_and_match(row, incidents, strikes, covered, background_days):
    limits = {"within_km": row["within_km"], "within_days": row["within_days"]}
    pairs = gcas.match(incidents, strikes, **limits)
    found = gcas.screen(incidents, strikes, **limits, coverage=covered, background_days=background_days)
    assert row["pairs_within"] == (pairs["relation"] == "within").sum()
    assert row["pairs_possible"] == len(pairs)
    assert row["groups_within"] == found["groups_within"].sum()
    assert row["groups_possible"] == (found["groups_within"] + found["groups_possible"]).sum()
    unlocated = found["finding"] == "unlocated"
    if row["within_days"] < LEAST_DAYS:  # screen says what is covered of the days on either side too
        return
    uncovered = ~unlocated & (found["coverage_share"] < 1)
    asked = ~unlocated & ~uncovered
    assert row["incidents"] == len(incidents)
    assert [row[name] for name in ("unlocated", "uncovered", "assessable")] == [
        part.sum() for part in (unlocated, uncovered, asked)
    ]
    passed = {"within": found["groups_within"] > 0, "possible": found["groups_within"] + found["groups_possible"] > 0}
    for test, which in passed.items():
        assert row[test] == (which & asked).sum()
        assert row[f"uncovered_{test}"] == (which & uncovered).sum()
        share = row[f"share_{test}"]
        assert share == (which & asked).sum() / asked.sum() if asked.any() else math.isnan(share)
    known = asked & (found["background_days"] > 0)
    assert row["no_background"] == (asked & ~known).sum()
    rates = found.loc[known, "background_rate"]
    assert row["background_rate"] == pytest.approx(rates.mean(), nan_ok=True, rel=1e-12)
    if not (passed["within"] & known).any():  # then every rate that screen states is that of ``possible``
        assert row["background_possible"] == pytest.approx(rates.mean(), nan_ok=True, rel=1e-12)
        assert row["expected_possible"] == pytest.approx(rates.sum(), rel=1e-12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(sites(), max_size=5),
    st.lists(sites(), max_size=6),
    st.lists(st.sampled_from(["", "", "A", "B"]), min_size=6, max_size=6),
    st.sampled_from(
        [coverage(), coverage((-90, 90)), coverage((-20, 1), (3, 15), complete=False), coverage((-9, 9), country="SY")]
    ),
    st.sampled_from([0, 7, 20]),
)
def test_every_row_is_what_match_and_screen_say_at_its_limits(ours, theirs, groups, covered, background_days):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    strikes["event_group"] = pd.Series(groups[: len(strikes)], dtype=str)
    table = gcas.sensitivity(
        incidents, strikes, within_km=KM, within_days=DAYS, coverage=covered, background_days=background_days
    )
    assert list(zip(table["within_km"], table["within_days"], strict=True)) == [(k, d) for k in KM for d in DAYS]
    for row in table.to_dict("records"):
        assert_row_is_screen_and_match(row, incidents, strikes, covered, background_days)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(sites(), max_size=5), st.lists(sites(), max_size=5), st.randoms())
def test_neither_the_order_of_rows_nor_of_limits_matters(ours, theirs, random):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    a, b, km = list(range(len(ours))), list(range(len(theirs))), [*KM, 2.5]
    for order in (a, b, km):
        random.shuffle(order)
    covered = coverage((-60, 60))
    first = gcas.sensitivity(incidents, strikes, within_km=KM, within_days=DAYS, coverage=covered)
    second = gcas.sensitivity(
        incidents.iloc[a], strikes.iloc[b], within_km=km, within_days=DAYS[::-1], coverage=covered
    )
    pd.testing.assert_frame_equal(first, second, check_exact=True)


HERE = {"xy": (43, 35), "belligerents": "Coalition"}


def test_the_rate_of_within_and_that_of_possible_are_told_apart():
    incidents = records("incident", [HERE])
    strikes = records(
        "strike", [{**HERE, "day": day, "radius_m": radius} for day, radius in ((0, 0.0), (4, 0.0), (7, 5_000.0))]
    )
    row = gcas.sensitivity(
        incidents, strikes, within_km=[1], within_days=[0], coverage=coverage((-60, 60)), background_days=10
    ).iloc[0]
    assert (row["within"], row["possible"]) == (1, 1)
    assert (row["background_within"], row["background_possible"]) == (1 / 20, 2 / 20)
    assert (row["lift_within"], row["lift_possible"]) == (20, 10)
    assert row["background_rate"] == 1 / 20


def test_nobody_is_dropped_and_no_share_is_made_of_the_unassessable():
    incidents = records("incident", [HERE, {"geometry": None}, HERE | {"day": 30}, HERE | {"belligerents": "Russia"}])
    strikes = records("strike", [HERE | {"belligerents": "Coalition;Russia"}])
    covered = coverage((-60, 10), belligerents=["Coalition"])
    row = gcas.sensitivity(incidents, strikes, within_km=[1], within_days=[0], coverage=covered).iloc[0]
    assert row[["incidents", "unlocated", "uncovered", "assessable"]].tolist() == [4, 1, 2, 1]
    assert row[["within", "uncovered_within", "share_within", "pairs_within"]].tolist() == [1, 1, 1, 2]
    nowhere = gcas.sensitivity(incidents, strikes, within_km=[1], within_days=[0]).iloc[0]
    assert row["pairs_within"] == nowhere["pairs_within"]
    assert nowhere["uncovered_within"] == 2
    assert np.isnan(nowhere[["share_within", "background_within", "lift_within", "background_rate"]].tolist()).all()


def test_a_distance_on_the_limit_is_within_it_on_every_path(monkeypatch):
    from geocasualty.geodesy import geodesic_distance_m, geodesic_offset

    far = [geodesic_offset(43, 35, 77 * n, 3_000 + 10_000 * n) for n in range(1, 20)]
    km = [geodesic_distance_m(43, 35, *xy).item() / 1000 for xy in far]
    incidents, strikes = records("incident", [HERE]), records("strike", [HERE | {"xy": xy} for xy in far])
    for combinations in (10**6, 0):  # all tried, or the compiled join
        monkeypatch.setattr("geocasualty.matching._pairs.MANY_COMBINATIONS", combinations)
        table = gcas.sensitivity(incidents, strikes, within_km=km, within_days=[0])
        expected = [len(gcas.match(incidents, strikes, within_km=k, within_days=0)) for k in sorted(km)]
        assert table["pairs_possible"].tolist() == expected


def test_blocks_of_incidents_add_up(monkeypatch):
    rows = [HERE | {"xy": (43 + n / 500, 35), "day": n % 5, "event_group": "AB"[n % 2]} for n in range(12)]
    frames = records("incident", rows), records("strike", rows)
    limits = {"within_km": [0.3, 1], "within_days": [0, 2], "coverage": coverage((-60, 60))}
    whole = gcas.sensitivity(*frames, **limits)
    monkeypatch.setattr(_trees, "ROWS", 3)
    pd.testing.assert_frame_equal(gcas.sensitivity(*frames, **limits), whole, check_exact=True)
    assert whole["groups_possible"].max() > 12


def test_another_crs_is_said_once():
    incidents = records("incident", [HERE]).to_crs("EPSG:32638")
    with pytest.warns(gcas.errors.GeocasualtyWarning, match="reprojected") as caught:
        gcas.sensitivity(incidents, records("strike", [HERE]), within_km=[1], within_days=[0])
    assert [warning.category for warning in caught].count(gcas.errors.GeocasualtyWarning) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"within_km": []}, "within_km is empty"),
        ({"within_km": 5}, "within_km is 5; expected several"),
        ({"within_km": "12"}, "within_km is '12'"),
        ({"within_days": [1, -1]}, "within_days is -1; expected a number of zero or more"),
        ({"within_km": [float("nan")]}, "within_km is nan"),
        ({"background_days": -1}, "background_days is -1"),
        ({"background_days": 4.5}, "background_days is 4.5; expected a whole number"),
        ({"belligerents": "Coalition"}, "expected 'overlap', 'any' or a set"),
    ],
)
def test_bad_limits_are_refused(changes, says):
    for count in (1, 0):
        frames = records("incident", [HERE] * count), records("strike", [HERE] * count)
        with pytest.raises(InputError, match=says):
            gcas.sensitivity(*frames, **{"within_km": [1], "within_days": [0], **changes})


@pytest.mark.parametrize(
    ("says", "frame"), list(bad_frames()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_bad_frames_are_refused_in_words(says, frame):
    with pytest.raises(InputError, match=says):
        gcas.sensitivity(frame, records("strike", [HERE]), within_km=[1], within_days=[0])


@pytest.fixture(scope="module")
def coalition(real_data, gaz):
    """Incidents attributed to the Coalition, and the releases."""
    incidents = gcas.read_incidents(real_data / "airwars_syria_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    strikes = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    return incidents[incidents["belligerents"].str.contains("Coalition")], strikes


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
def test_on_real_releases_every_row_is_what_match_and_screen_say(coalition):
    incidents, strikes = coalition
    table = gcas.sensitivity(incidents, strikes, within_km=[5, 20, 90], within_days=[0, 1, 2])
    assert table["assessable"].min() > 50
    assert table["background_possible"].between(0.3, 1).all()
    for row in table.to_dict("records"):
        assert_row_is_screen_and_match(row, incidents, strikes, None, 45)
