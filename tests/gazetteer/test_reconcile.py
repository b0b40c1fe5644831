"""Corrections by hand: laid out in a table, fed back, and they win."""

import io

import pandas as pd
import pytest

from geocasualty.errors import GeocasualtyWarning, InputError

TEXTS = pd.Series(["Sinjar", "Hawija", "Sinjar", "Atlantis", None], index=[3, 1, 4, 1.5, 9])


def test_each_distinct_text_has_one_row_with_its_count(gaz):
    table = gaz.reconcile(TEXTS)
    assert table[["query", "rows", "status"]].to_numpy().tolist() == [
        ["Sinjar", 2, "ambiguous"],
        ["", 1, "unresolved"],
        ["Atlantis", 1, "unresolved"],
        ["Hawija", 1, "resolved"],
    ]
    assert table.loc[0, "runner_up"].startswith("Sinjar")
    assert (table["rows"].sum()) == len(TEXTS)


def through_a_spreadsheet(table):
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


def test_the_table_as_it_is_changes_nothing(gaz):
    table = through_a_spreadsheet(gaz.reconcile(TEXTS))
    plain, again = gaz.resolve_many(TEXTS), gaz.resolve_many(TEXTS, overrides=table)
    assert again["place_id"].tolist() == plain["place_id"].tolist()
    assert again["status"].tolist() == plain["status"].tolist()


def test_corrections_win_and_say_so(gaz):
    table = through_a_spreadsheet(gaz.reconcile(TEXTS)).set_index("query")
    table = table.astype(dict.fromkeys(("place_id", "note", "latitude", "longitude", "radius_m"), object))
    table.loc["Sinjar", "place_id"] = "gn:448149"
    table.loc["Sinjar", "note"] = "the source is Iraqi"
    table.loc["Atlantis", ["latitude", "longitude", "radius_m"]] = [35.5, 43.5, 1200]
    frame = gaz.resolve_many(TEXTS, overrides=table.reset_index())
    assert frame["status"].tolist() == ["resolved", "resolved", "resolved", "resolved", "unresolved"]
    assert frame["reason"].tolist()[0] == "given by hand: the source is Iraqi"
    assert (frame.geometry.iloc[3].x, frame.geometry.iloc[3].y, frame["radius_m"].iloc[3]) == (43.5, 35.5, 1200)


def test_a_correction_is_signed_as_every_decision(gaz):
    row = {"query": "Sinjar", "place_id": "gn:448149", "analyst": "A. Analyst", "date": "2021-04-10", "note": "Iraqi"}
    assert {*row} <= {*gaz.reconcile(TEXTS)}
    frame = gaz.resolve_many(TEXTS, overrides=pd.DataFrame([row]))
    assert frame["reason"].iloc[0] == "given by hand by A. Analyst on 2021-04-10: Iraqi"


def test_a_correction_may_be_for_one_country_only(gaz):
    overrides = pd.DataFrame({"query": ["Sinjar"], "country": ["SY"], "place_id": ["gn:390188"]})
    frame = gaz.resolve_many(pd.Series(["Sinjar", "Sinjar"]), country=pd.Series(["SY", "IQ"]), overrides=overrides)
    assert frame["place_id"].tolist() == ["gn:390188", "gn:448149"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"query": "Atlantsi"}, r"1 correction\(s\) are for no text given: 'Atlantsi' \(is 'Atlantis' meant\?\)"),
        ({"query": "Gotham"}, "are for no text given: 'Gotham'$"),
        ({"query": "Atlantis", "country": "SY"}, "'Atlantis' with country='SY'$"),
    ],
)
def test_a_correction_for_no_text_is_not_ignored_in_silence(gaz, row, says):
    overrides = pd.DataFrame([row | {"place_id": "gn:390188"}])
    with pytest.warns(GeocasualtyWarning, match=says):
        frame = gaz.resolve_many(TEXTS, overrides=overrides)
    assert frame["status"].tolist()[3] == "unresolved"
    with pytest.warns(GeocasualtyWarning, match=says):
        gaz.reconcile(TEXTS, overrides=overrides)


def test_many_corrections_for_no_text_are_counted(gaz):
    overrides = pd.DataFrame({"query": [f"Town {number}" for number in range(9)], "place_id": "gn:390188"})
    with pytest.warns(GeocasualtyWarning, match=r"9 correction\(s\).*'Town 4' and 4 more$"):
        gaz.resolve_many(pd.Series(["Hit"]), overrides=overrides)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"place_id": "gn:0"}, "row 1, query 'Hit', place_id 'gn:0': no such place"),
        ({"latitude": "north", "longitude": "43"}, "are no numbers"),
        ({"latitude": "91", "longitude": "43"}, "no place on Earth"),
        ({"latitude": "35", "longitude": "43", "radius_m": "-1"}, "no place on Earth"),
    ],
)
def test_bad_corrections_are_refused(gaz, row, says):
    with pytest.raises(InputError, match=says):
        gaz.resolve_many(pd.Series(["Hit"]), overrides=pd.DataFrame([{"query": "Hit"} | row]))
    with pytest.raises(InputError, match="no column 'query'"):
        gaz.resolve_many(pd.Series(["Hit"]), overrides=pd.DataFrame([row]))


def test_a_list_of_texts_is_a_column(gaz):
    column = gaz.resolve_many(pd.Series(["Sinjar", None, "Hit"]), country=pd.Series(["SY", "", "IQ"]))
    listed = gaz.resolve_many(["Sinjar", None, "Hit"], country=["SY", "", "IQ"])
    pd.testing.assert_frame_equal(listed, column)
    assert gaz.reconcile(["Hit", "Hit"])["rows"].tolist() == [2]
    assert gaz.resolve_many([]).empty
    with pytest.raises(InputError, match="use resolve for one text"):
        gaz.resolve_many("Hit")
    with pytest.raises(InputError, match="1 hints, 2 texts"):
        gaz.resolve_many(["Hit", "Sinjar"], country=["IQ"])
