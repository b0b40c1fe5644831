"""Strikes of several sources that are likely one event: counted once, never guessed."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching import group_strikes
from tests.matching.frames import records

HERE = (43.0, 35.0)


def strikes(dataset, rows):
    frame = records(
        "strike", [{"id": f"{dataset}{n}", "belligerents": "Coalition", **row} for n, row in enumerate(rows)]
    )
    frame["dataset"] = dataset
    frame["n_strikes"] = pd.array([row.get("n_strikes", 1) for row in rows], dtype="Int64")
    frame["vicinity"] = [row.get("vicinity", False) for row in rows]
    return frame


def near(km, bearing=90.0, **more):
    return {"xy": geodesic_offset(*HERE, bearing, km * 1000), "radius_m": 50_000.0, "vicinity": True, **more}


def exact(km, bearing=90.0, **more):
    return {"xy": geodesic_offset(*HERE, bearing, km * 1000), "radius_m": 71.0, "days": 0.001, "day": 0.5, **more}


def groups(*frames, **changes):
    table = group_strikes(*frames, **changes)
    return dict(zip(table["strike_id"], table["event_group"], strict=True))


def test_national_records_join_the_release_that_names_their_place():
    release = strikes("R", [near(0, n_strikes=12), near(80)])
    national = strikes("N", [exact(3), exact(5), exact(60, 270)])
    table = group_strikes(national, release).set_index("strike_id")
    assert table["event_group"].to_dict() == {"N0": "R0", "N1": "R0", "N2": "", "R0": "R0", "R1": ""}
    assert "with R0: 3.0 km" in table.loc["N0", "event_group_reason"]
    assert table.loc["R0", "event_group_reason"] == "holds N0; holds N1"


def test_between_two_places_it_stays_alone_and_says_so():
    table = group_strikes(strikes("N", [exact(0)]), strikes("R", [near(12), near(12, 270)])).set_index("strike_id")
    assert (table["event_group"] == "").all()
    assert "ambiguous, R0" in table.loc["N0", "event_group_reason"]
    assert "R1 4" in table.loc["N0", "event_group_reason"]


def test_two_rows_of_one_source_never_join():
    assert set(groups(strikes("N", [exact(0), exact(0)])).values()) == {""}
    assert set(groups(strikes("N", [exact(0)]), strikes("N", [exact(0, id="other")])).values()) == {""}


def test_another_belligerent_another_day_and_a_place_out_of_reach_do_not_join():
    release = strikes("R", [near(0)])
    for other in ({"belligerents": "Russia"}, {"day": 1.2}, {"xy": geodesic_offset(*HERE, 0, 51_000)}):
        assert set(groups(strikes("N", [exact(1) | other]), release).values()) == {""}
    assert groups(strikes("N", [exact(1, belligerents="Coalition;Netherlands")]), release)["N0"] == "R0"


def test_equally_well_located_records_join_if_each_chooses_the_other():
    assert set(groups(strikes("N", [exact(0)]), strikes("M", [exact(0.05)])).values()) == {"M0"}
    # M0 may be either of two
    rivals = groups(strikes("N", [exact(0), exact(0)]), strikes("M", [exact(0.05)]))
    assert set(rivals.values()) == {""}


def test_a_record_that_would_tie_two_of_one_source_together_joins_neither():
    one = strikes("R", [near(0), near(120)])
    national = strikes("N", [exact(1, event_group="g"), exact(119, event_group="g")])
    table = group_strikes(one, national)
    assert table["event_group"].tolist() == ["", "", "g", "g"]
    assert table["event_group_reason"].str.contains("would tie").sum() == 2


def test_groups_stated_before_are_kept():
    table = groups(strikes("R", [near(0, event_group="known")]), strikes("N", [exact(1), exact(70, event_group="own")]))
    assert table == {"R0": "known", "N0": "known", "N1": "own"}


def test_findings_count_the_event_once():
    incident = records("incident", [{"xy": HERE, "radius_m": 100.0, "belligerents": "Coalition"}])
    frames = strikes("N", [exact(1)]), strikes("R", [near(0)])
    coverage = pd.DataFrame(columns=["dataset", "belligerent", "country", "start", "end", "complete"])

    def counted(table):
        row = gcas.screen(incident, table, within_km=10, within_days=0, coverage=coverage).iloc[0]
        return row["groups_within"], row["groups_possible"]

    assert counted(pd.concat(frames, ignore_index=True)) == (1, 1)
    assert counted(group_strikes(*frames)) == (1, 0)


place = st.sampled_from([0, 0, 4, 15, 60])
row = st.one_of(
    st.builds(near, place, st.sampled_from([0, 90]), day=st.integers(0, 2), n_strikes=st.sampled_from([None, 1, 12])),
    st.builds(exact, place, st.sampled_from([0, 90]), day=st.floats(0, 3), event_group=st.sampled_from(["", "", "x"])),
    st.just({"geometry": None, "radius_m": np.nan}),
    st.just({"geometry": shapely.box(42.8, 34.8, 43.2, 35.2), "radius_m": np.nan}),
)


@given(
    st.lists(row, max_size=5), st.lists(row, max_size=5), st.lists(row, max_size=3), st.randoms(use_true_random=False)
)
@settings(max_examples=30)
def test_no_order_changes_the_groups_and_no_row_is_lost(r, n, m, random):
    frames = [strikes("R", r), strikes("N", n), strikes("M", m)]
    table = group_strikes(*frames)
    assert table["strike_id"].tolist() == [name for frame in frames for name in frame["strike_id"]]
    shuffled = [frame.iloc[random.sample(range(len(frame)), len(frame))] for frame in random.sample(frames, 3)]
    again = group_strikes(*shuffled).set_index("strike_id").loc[table["strike_id"]]
    for column in ("event_group", "event_group_reason"):
        assert again[column].tolist() == table[column].tolist()
    twice = group_strikes(table).set_index("strike_id")
    assert set(table["strike_id"]) == set(twice.index)


def test_bad_input_is_refused_in_words():
    frame = strikes("R", [near(0)])
    with pytest.raises(InputError, match="at least one"):
        group_strikes()
    with pytest.raises(InputError, match="strike_id 'R0' stands in more than one frame"):
        group_strikes(frame, frame)
    with pytest.raises(InputError, match="no column 'strike_id'"):
        group_strikes(records("incident", [{"xy": HERE}]))
    for share in (0.5, 1.0, float("nan"), "most", True):
        with pytest.raises(InputError, match="share"):
            group_strikes(frame, share=share)
    with pytest.raises(InputError, match="column 'n_strikes', value 'a few'"):
        group_strikes(frame.assign(n_strikes="a few"), strikes("N", [exact(1)]))
    assert len(group_strikes(frame[:0], frame[:0])) == 0
    bare = [frame[["strike_id", "geometry", "radius_m", "start", "end"]] for frame in (frame, strikes("N", [exact(1)]))]
    assert len(group_strikes(*bare)) == 2


@pytest.mark.real_data
def test_the_dutch_record_of_hawijah_and_the_release_of_3_june_are_one_event(real_data):
    dutch = gcas.read_strikes(real_data / "dutch_mod_strikes_2014_2015.csv", on_bad_rows="skip")
    releases = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", on_bad_rows="skip")
    table = group_strikes(dutch, releases).set_index("strike_id")
    assert len(table) == len(dutch) + len(releases)
    group = table.loc["nl-2015-06-02T2102Z-38SLE894094", "event_group"]
    assert group == "centcom-2015-06-03-IQ-al-huwayjah-1"
    assert sorted(table.index[table["event_group"] == group]) == [group, "nl-2015-06-02T2102Z-38SLE894094"]
    assert table.loc["centcom-2015-06-02-IQ-al-huwayjah-1", "event_group"] == ""
    joined = table.loc[dutch["strike_id"], "event_group"].isin(releases["strike_id"])
    assert joined.sum() >= 370  # benchmarks/linking.py prints 388
