"""What casualty recorders say of victims is recognised, checked and counted; what nobody knows stays as it is."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.records.recorders import FIELDS, KNOWN_SHARE, recognised, terms

ROWS = {
    "incident_id": ["A1", "A2", "A3"], "date": "2015-06-03", "place": "Hit", "killed_min": [3, 1, 2],
    "Gender": ["2 women, 1 man", "F", "alien"], "Age": ["adult:2;child:1", "adult", ""],
    "Status": ["Civilians", "combatant", "unknown"], "Weapon type": ["airstrike", "UXO", "Small arms"],
    "Type of death": ["direct", "direct", "indirect"], "Standard of proof": ["Reasonable grounds to believe"] * 3,
    "Infrastructure": ["hospital/school", "", "none"],
}  # fmt: skip


@pytest.fixture
def incidents():
    return gcas.read_incidents(pd.DataFrame(ROWS))


def test_fields_stand_in_terms_and_unknown_words_as_written(incidents):
    assert incidents["sex"].tolist() == ["man:1;woman:2", "woman", "alien"]
    assert incidents["age_group"].tolist() == ["adult:2;child:1", "adult", ""]
    assert incidents["victim_status"].tolist() == [
        "civilian", "person directly participating in hostilities", "unknown",
    ]  # fmt: skip
    assert incidents["weapon"].tolist() == [
        "heavy weapons and explosive munitions", "planted explosives and unexploded ordnance",
        "small arms and light weapons",
    ]  # fmt: skip
    assert incidents["infrastructure"].tolist() == ["education;health", "", "none"]
    assert incidents["flags"].str.contains("unknown-term").tolist() == [False, False, True]
    assert set(FIELDS) <= {*incidents.columns}
    assert not {"gender", "age", "status"} & {*incidents.columns}


def test_they_are_tallied_with_the_people_that_are_counted(incidents):
    table = gcas.tally(incidents, by="sex")
    cells = table[["sex", "incidents", "people", "people_unknown", "incidents_shared"]].astype(object).values.tolist()
    assert cells[1:] == [["man", 1, 1, 0, 1], ["woman", 2, 2, 1, 1], ["total", 3, 3, 2, 1]]
    assert cells[0][:2] == ["alien", 1]
    both = gcas.tally(incidents, by=["sex", "age_group"])
    assert "people" not in both.columns
    without = gcas.tally(gcas.load_casebook().incidents, by="weapon")
    assert without["weapon"].tolist() == ["unstated", "total"]


def test_a_column_that_shares_a_name_is_left_alone():
    for status in (["closed", "open", "civilian"], ["", "", ""]):
        found = gcas.read_incidents(pd.DataFrame(ROWS | {"Status": status}))
        assert "victim_status" not in found.columns
        assert found["status"].fillna("").tolist() == status
    assert KNOWN_SHARE == 0.5
    half = gcas.read_incidents(pd.DataFrame(ROWS | {"Status": ["closed", "civilian", ""]}))
    assert half["victim_status"].tolist() == ["closed", "civilian", ""]


def test_no_finding_hangs_on_them(incidents):
    strikes = gcas.load_casebook().strikes
    plain = gcas.read_incidents(pd.DataFrame({name: ROWS[name] for name in ("incident_id", "date", "place")}))
    one, other = (gcas.screen(each, strikes, within_km=10, within_days=0)["finding"] for each in (incidents, plain))
    assert one.tolist() == other.tolist()


@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_terms_of_a_cell_are_read_again_as_they_are(field, data):
    known = sorted({*terms()[field].values()})
    chosen = data.draw(st.lists(st.sampled_from(known), unique=True, min_size=1))
    numbers = data.draw(st.lists(st.none() | st.integers(1, 999), min_size=len(chosen), max_size=len(chosen)))
    cell = ";".join(term if n is None else f"{term}:{n}" for term, n in zip(chosen, numbers, strict=True))
    once = recognised({field: [cell]})[field][0]
    assert sorted(once.split(";")) == sorted(cell.split(";"))
    assert recognised({field: [once]})[field] == [once]
