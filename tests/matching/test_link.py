"""Linking: every record kept, the same whatever the order or the side, weights that say why, hostile input."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching._assignment import contests
from tests.matching.frames import records

LIMITS = {"within_km": 25, "within_days": 3}
HERE = (43.0, 35.0)


def incidents(rows, prefix="i"):
    frame = records("incident", [{"id": f"{prefix}{n}", **row} for n, row in enumerate(rows)])
    for column in ("killed_min", "killed_max", "injured_min", "injured_max"):
        frame[column] = pd.array([row.get(column) for row in rows], dtype="Int64")
    for column in ("place_text", "place_id"):
        frame[column] = pd.Series([row.get(column, "") for row in rows], dtype=str)
    frame["vicinity"] = [row.get("vicinity", False) for row in rows]
    return frame


def away(km, bearing=90.0):
    return {"xy": geodesic_offset(*HERE, bearing, km * 1000), "radius_m": 2_000.0}


def status(table):
    return dict(zip(table["incident_id"], table["status"].astype(str), strict=True))


spot = st.one_of(
    st.builds(lambda km, bearing: away(km, bearing), st.sampled_from([0, 0, 1, 3, 8, 30]), st.sampled_from([0, 90])),
    st.just({"geometry": None, "radius_m": float("nan")}),
    st.just({"geometry": shapely.box(42.9, 34.9, 43.1, 35.1), "radius_m": float("nan")}),
)
row = st.builds(
    lambda place, **said: place | said,
    spot,
    day=st.integers(0, 5),
    days=st.sampled_from([0.01, 1.0, 3.0]),
    killed_min=st.sampled_from([None, 0, 2, 40]),
    place_text=st.sampled_from(["", "Hawijah", "Al-Hawija", "Mosul", "…", "=1+1", "الحويجة"]),
    belligerents=st.sampled_from(["", "Coalition", "Russia", "Coalition;Netherlands"]),
    vicinity=st.booleans(),
)
table_of_rows = st.lists(row, max_size=7)


@given(table_of_rows, table_of_rows, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=40)
def test_no_order_and_no_side_changes_the_answer_and_no_record_is_lost(ours, theirs, random, one_to_one):
    a, b = incidents(ours, "a"), incidents(theirs, "b")
    got = gcas.link(a, b, **LIMITS, one_to_one=one_to_one)
    assert got["incident_id"].tolist() == [*a["incident_id"], *b["incident_id"]]
    assert got["set"].tolist() == ["a"] * len(a) + ["b"] * len(b)
    shuffled = [frame.iloc[random.sample(range(len(frame)), len(frame))] for frame in (a, b)]
    again = gcas.link(*shuffled, **LIMITS, one_to_one=one_to_one)
    key = ["set", "incident_id"]
    pd.testing.assert_frame_equal(
        got.sort_values(key, ignore_index=True), again.sort_values(key, ignore_index=True), check_exact=True
    )
    turned = gcas.link(b, a, **LIMITS, one_to_one=one_to_one).set_index("incident_id").loc[got["incident_id"]]
    for column in ("status", "candidate_id", "weight", "margin_bits", "runner_up_id", "n_candidates", "reason"):
        pd.testing.assert_series_equal(
            got.set_index("incident_id")[column], turned[column], check_exact=True, check_names=False
        )


@given(table_of_rows)
@settings(max_examples=25)
def test_links_are_mutual_and_share_a_name(rows):
    a, b = incidents(rows, "a"), incidents(rows, "b")
    for table in (gcas.link(a, b, **LIMITS), gcas.link(a, **LIMITS)):
        linked = table[table["status"] == "linked"]
        assert (table["link_id"] != "").equals(table["status"] == "linked")
        for _, members in linked.groupby("link_id"):
            assert len(members) >= 2
            assert set(members["candidate_id"]) <= set(members["incident_id"])
            if "b" in set(table["set"]):
                assert sorted(members["set"]) == ["a", "b"]
        parts = table.filter(like="bits_").drop(columns="margin_bits", errors="ignore")
        found = table["weight"].notna()
        assert np.allclose(parts[found].sum(axis=1), table.loc[found, "weight"])


pair = st.tuples(st.integers(0, 3), st.integers(4, 7), st.integers(-6, 20))


@given(st.lists(pair, max_size=9, unique_by=lambda each: each[:2]))
def test_what_is_forced_costs_what_trying_every_assignment_says(pairs):
    one, other, gain = (np.array([each[n] for each in pairs], dtype=float) for n in range(3))
    found = contests(8, one.astype(int), other.astype(int), gain)
    every = []
    for size in range(len(pairs) + 1):
        for chosen in itertools.combinations(range(len(pairs)), size):
            used = [record for n in chosen for record in pairs[n][:2]]
            if len(set(used)) == len(used):
                every.append((sum(pairs[n][2] for n in chosen), set(chosen), set(used)))
    best = max(total for total, _, _ in every)
    for n in range(len(pairs)):
        assert found.pair[n] == best - max(total for total, chosen, _ in every if n in chosen)
    for record in range(8):
        assert found.alone[record] == best - max(total for total, _, used in every if record not in used)


def test_a_tie_is_for_review_and_a_clear_pair_is_linked():
    a = incidents([away(0) | {"killed_min": 9}], "a")
    assert set(status(gcas.link(a, incidents([away(0) | {"killed_min": 9}], "b"), **LIMITS)).values()) == {"linked"}
    twins = incidents([away(0), away(0)], "b")
    table = gcas.link(a, twins, **LIMITS)
    assert status(table) == {"a0": "review", "b0": "review", "b1": "review"}
    assert table.loc[0, ["candidate_id", "runner_up_id", "margin_bits"]].tolist() == ["b0", "b1", 0.0]
    assert "contested, b0" in table.loc[0, "reason"]
    assert "then b1" in table.loc[0, "reason"]


def test_what_agrees_speaks_for_a_pair_and_what_is_missing_says_nothing():
    crowd = [away(n % 7, 15.0 * n) | {"day": 10 + n, "killed_min": n % 5, "belligerents": "Russia"} for n in range(30)]
    said = {"killed_min": 4, "place_text": "Hawijah", "belligerents": "Coalition"}

    def bits(**changes):
        other = incidents([away(1) | said | changes, *crowd], "b")
        return gcas.link(incidents([away(0) | said], "a"), other, **LIMITS).iloc[0]

    agreeing = bits()
    assert agreeing["bits_casualties"] > 0 < agreeing["bits_belligerents"]
    assert bits(place_text="Al-Hawija")["bits_names"] == agreeing["bits_names"] > bits(place_text="Mosul")["bits_names"]
    assert bits(killed_min=5)["bits_casualties"] < agreeing["bits_casualties"]
    assert bits(killed_min=90)["bits_casualties"] < 0 > bits(belligerents="Russia")["bits_belligerents"]
    for column, part in (("killed_min", "casualties"), ("place_text", "names"), ("belligerents", "belligerents")):
        assert bits(**{column: None if column == "killed_min" else ""})[f"bits_{part}"] == 0
    assert bits(**away(9))["bits_distance"] < agreeing["bits_distance"]
    assert bits(day=2)["bits_time"] < agreeing["bits_time"]


def test_a_place_where_much_happens_anyway_says_less():
    a = incidents([away(0)], "a")
    alone = gcas.link(a, incidents([away(1)], "b"), **LIMITS).iloc[0]
    busy = incidents([away(1), *(away(n % 5, 40.0 * n) | {"day": 10 + n % 30} for n in range(60))], "b")
    crowded = gcas.link(a, busy, **LIMITS).iloc[0]
    assert alone["bits_rate"] == 0 > crowded["bits_rate"]
    assert alone["weight"] > crowded["weight"] + 5


def test_within_one_set_duplicates_form_clusters_and_chains_are_for_review():
    rows = [away(0, 0) | {"killed_min": 30, "place_text": "Hawijah"} for _ in range(3)]
    table = gcas.link(incidents([*rows, away(200) | {"day": 90}]), **LIMITS)
    assert status(table) == {"i0": "linked", "i1": "linked", "i2": "linked", "i3": "unlinked"}
    assert set(table["link_id"]) == {"i0 = i1 = i2", ""}
    # the middle one is like both ends, which are not like each other
    chain = [away(km) | {"radius_m": 3_000.0} for km in (0, 6, 12)]
    table = gcas.link(incidents(chain), **LIMITS, expected_share=0.5)
    assert set(status(table).values()) == {"review"}


def test_a_knot_too_large_to_untie_is_for_review(monkeypatch):
    monkeypatch.setattr("geocasualty.matching._assignment.LARGEST", 3)
    frames = [incidents([away(0), away(0)], prefix) for prefix in "ab"]
    assert set(status(gcas.link(*frames, **LIMITS)).values()) == {"review"}


def test_one_record_may_stand_for_two_only_where_that_is_asked_for():
    a = incidents([away(0) | {"killed_min": 9}], "a")
    b = incidents([away(0) | {"killed_min": 9}, away(0) | {"killed_min": 9}], "b")
    assert set(status(gcas.link(a, b, **LIMITS, one_to_one=False)).values()) == {"linked"}


def test_the_same_table_twice_is_linked_row_by_row():
    rows = [away(60 * n) | {"day": 9 * n, "killed_min": n} for n in range(8)]
    frame = incidents(rows)
    table = gcas.link(frame, frame, **LIMITS)
    assert (table["status"] == "linked").all()
    assert (table["incident_id"] == table["candidate_id"]).all()


def test_empty_and_unlocated_tables_are_answered():
    none = incidents([])
    assert len(gcas.link(none, **LIMITS)) == len(gcas.link(none, none, **LIMITS)) == 0
    lost = incidents([{"geometry": None, "radius_m": np.nan}] * 3)
    for table in (gcas.link(lost, **LIMITS), gcas.link(lost, incidents([away(0)], "b"), **LIMITS)):
        assert set(table["status"].astype(str)) == {"unlinked"}
        assert (table["reason"][:3] == "not located: nothing to compare").all()
    assert gcas.link(incidents([away(0)]), lost, **LIMITS).loc[0, "reason"] == "no other record within the limits"


def test_bad_input_is_refused_in_words():
    frame = incidents([away(0), away(1)])
    with pytest.raises(InputError, match=r"incident_id 'i0' stands in more than one row"):
        gcas.link(frame, pd.concat([frame, frame]), **LIMITS)
    with pytest.raises(InputError, match="incidents: no column 'incident_id'"):
        gcas.link(frame, records("strike", [away(0)]), **LIMITS)
    with pytest.raises(InputError, match="GeoDataFrame"):
        gcas.link(pd.DataFrame(frame), **LIMITS)
    with pytest.raises(InputError, match="max_pairs=3"):
        gcas.link(frame, frame, **LIMITS, max_pairs=3)
    with pytest.raises(InputError, match="column 'killed_min', value 'many'"):
        gcas.link(frame.assign(killed_min=["many", 1]), **LIMITS)
    for wrong in (
        {"expected_share": 0}, {"expected_share": 1.0}, {"expected_share": "half"}, {"margin_bits": 0},
        {"margin_bits": float("nan")}, {"background_days": 0}, {"background_days": 1.5}, {"within_km": -1},
    ):  # fmt: skip
        with pytest.raises(InputError, match=next(iter(wrong))):
            gcas.link(frame, frame, **{**LIMITS, **wrong})


def test_identifiers_of_any_kind_are_kept():
    frame = incidents([away(0), away(100)])
    for ids in ([7, 10], [10.5, 2.5], [(1, 2), (0, 3)]):
        table = gcas.link(frame.assign(incident_id=pd.Series(ids, dtype=object)), frame, **LIMITS)
        assert table["incident_id"].tolist()[:2] == ids
        assert (table["status"] == "linked").all()


def test_another_crs_is_said_and_gives_the_same_links():
    a, b = incidents([away(0), away(100)], "a"), incidents([away(1), away(101)], "b")
    with pytest.warns(GeocasualtyWarning, match="reprojected"):
        projected = gcas.link(a.to_crs("EPSG:32638"), b, **LIMITS)
    assert status(projected) == status(gcas.link(a, b, **LIMITS))


def test_only_the_columns_of_a_place_and_a_time_are_needed():
    frame = records("incident", [away(0)]).drop(columns=["belligerents", "country", "event_group"])
    table = gcas.link(frame, frame, **LIMITS)
    assert (table["status"] == "linked").all()
    assert (table[["bits_casualties", "bits_names", "bits_belligerents"]] == 0).all(axis=None)


@pytest.mark.real_data
def test_records_of_other_years_are_hardly_ever_linked(real_data):
    def read(name):
        return gcas.read_incidents(real_data / name, on_bad_rows="skip")

    airwars, ucdp = read("airwars_syria_2014_2015.csv"), read("ucdp_ged_syria_2016.csv.gz")
    assert not (gcas.link(airwars, ucdp, **LIMITS)["status"] == "linked").any()
    back = pd.Timedelta(days=-366)
    moved = ucdp.assign(start=ucdp["start"] + back, end=ucdp["end"] + back)
    table = gcas.link(airwars, moved, **LIMITS)
    assert len(table) == len(airwars) + len(ucdp)
    assert (table.loc[table["set"] == "a", "status"] == "linked").mean() <= 0.01
    assert isinstance(table, pd.DataFrame)
    assert not isinstance(table, gpd.GeoDataFrame)
