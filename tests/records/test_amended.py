"""Versions of one release: each is kept and told, and nothing is counted twice."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas

HEAD = "June 3, 2015. Coalition forces attacked between 8 a.m. June 2 and 8 a.m. June 3, local time.\nIraq\n"
FIRST = HEAD + "- Near Hit, one airstrike struck a unit.\n- Near Mosul, three airstrikes struck a unit."
CORRECTED = (
    "CORRECTED: " + HEAD + "- Near Hit, one airstrike struck a unit.\n- Near Mosul, two airstrikes struck a unit."
)


def read(*texts):
    return gcas.read_strikes(pd.DataFrame({"text": list(texts)}), format="centcom")


def told(frame):
    columns = frame[["place_text", "n_strikes", "flags", "n_rows", "record_text"]].astype(object)
    return sorted(map(tuple, columns.where(columns.notna(), None).values.tolist()), key=str)


def test_versions_are_both_quoted_and_counted_once():
    frame = read(FIRST, CORRECTED)
    assert told(frame) == [
        ("Hit", 1, "", 2, "Near Hit, one airstrike struck a unit."),
        ("Mosul", 2, "amended-release", 1, "Near Mosul, two airstrikes struck a unit."),
        ("Mosul", None, "amended-release", 1, "Near Mosul, three airstrikes struck a unit."),
    ]
    assert frame["rows"].tolist().count("1;2") == 1
    assert gcas.tally(frame, by=())["strikes"].tolist() == [3]
    assert "this one says 3" in ";".join(frame["remark"])
    assert gcas.coverage(frame)["complete"].all()


def test_without_its_hours_only_what_says_so_is_a_version():
    bare = (
        "June 3, 2015.\nIraq\n- Near Hit, two airstrikes struck a unit.\n- Near Mosul, three airstrikes struck a unit."
    )
    assert read(FIRST, "CORRECTION. " + bare)["n_strikes"].sum() == 5
    assert read(FIRST, bare)["n_strikes"].sum() == 9


def test_a_line_that_one_version_leaves_out_is_kept_and_flagged():
    frame = read(FIRST, CORRECTED.split("- Near Mosul")[0])
    assert [each[:3] for each in told(frame)] == [("Hit", 1, ""), ("Mosul", 3, "amended-release")]


def test_the_same_text_twice_is_one_release():
    assert told(read(FIRST, FIRST)) == [(*each[:3], 2, *each[4:]) for each in told(read(FIRST))]


@pytest.mark.parametrize(
    "other",
    [
        HEAD.replace("June 3,", "June 4,").replace("June 3", "June 4").replace("June 2", "June 3")
        + "- Near Hit, a strike hit a unit.",
        HEAD + "- Near Raqqa, two airstrikes struck a unit.\n- Near Kobani, one airstrike struck a unit.",
        HEAD.replace("8 a.m. June 2", "2 p.m. June 2") + "- Near Hit, two airstrikes struck a unit.",
    ],
)
def test_other_releases_are_no_versions(other):
    frame = read(FIRST, other)
    assert not frame["flags"].str.contains("amended").any()
    assert len(frame) == len(read(FIRST)) + len(read(other))
    assert frame["n_strikes"].sum() == read(FIRST)["n_strikes"].sum() + read(other)["n_strikes"].sum()


LINES = [
    f"- Near {place}, {number} airstrikes struck a unit."
    for place in ("Hit", "Mosul", "Kirkuk")
    for number in ("two", "three")
]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=4, unique=True), st.data())
def test_nothing_is_lost_or_counted_twice_in_any_order(lines, data):
    kept = data.draw(st.lists(st.sampled_from(lines), min_size=1, unique=True))
    texts = [HEAD + "\n".join(lines), "UPDATED: " + HEAD + "\n".join(kept)]
    found = [told(read(*order)) for order in itertools.permutations(texts)]
    assert found[0] == found[1]
    assert {each[4] for each in found[0]} == {line.removeprefix("- ") for line in lines}
    assert len(found[0]) == len(lines)
