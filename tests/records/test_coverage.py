"""Does a table of strikes still hold what its source declares, however it was cut, joined, written or read?"""

import datetime as dt
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records._coverage import coverage_of, declared
from geocasualty.records.writing import read_records, write_records

SAID = {
    "belligerents": "Coalition",
    "countries": ["IQ", "SY"],
    "start": "2015-01-01",
    "end": "2015-01-31",
    "complete": True,
}
ROWS = [
    {"strike_id": "S1", "date": "2015-01-03", "place": "Hawija", "country": "IQ"},
    {"strike_id": "S2", "date": "2015-01-04", "place": "Raqqa", "country": "SY"},
    {"strike_id": "S3", "date": "2015-01-04", "place": "Mosul", "country": "IQ"},
]


@pytest.fixture(scope="module")
def strikes(gaz):
    return gcas.read_strikes(pd.DataFrame(ROWS), gazetteer=gaz, coverage=SAID)


def test_each_row_says_how_many_records_its_source_holds(strikes):
    assert strikes["covers_rows"].tolist() == [3, 3, 3]
    assert gcas.coverage(strikes)["complete"].tolist() == [True, True]
    assert gcas.coverage(strikes)["kinds"].tolist() == ["", ""]


@pytest.mark.parametrize(
    "cut",
    [
        lambda frame: frame[frame["country"] == "IQ"],
        lambda frame: frame[frame["place_text"].str.contains("Raqqa")],
        lambda frame: frame.sample(2, random_state=1),
        lambda frame: frame.drop_duplicates("dataset"),
        lambda frame: pd.concat([frame, frame.assign(strike_id="more-" + frame["strike_id"])]),
        lambda frame: frame.drop(columns="covers_rows"),
        lambda frame: frame.assign(covers_rows=frame["covers_rows"].mask(frame["strike_id"] == "S1")),
        lambda frame: frame.assign(covers_rows=frame["covers_rows"].where(frame["strike_id"] == "S1", 4)),
        lambda frame: frame.assign(covers_complete=frame["strike_id"] != "S1"),
    ],
)
def test_a_table_that_was_cut_or_grew_is_complete_no_more(strikes, cut):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert gcas.coverage(cut(strikes))["complete"].tolist() == [False, False]
    assert len(said) == (0 if not cut(strikes)["covers_complete"].all() else 1)


def test_the_warning_names_what_is_missing(strikes):
    with pytest.warns(GeocasualtyWarning, match=r"1 declaration.* Coalition, .*: 2 of 3 records") as said:
        gcas.coverage(strikes[strikes["country"] == "IQ"])
    assert said[0].filename == __file__


@pytest.mark.parametrize("kind", ["csv", "gpkg", "parquet", "geojson"])
def test_joined_twice_renumbered_or_written_it_stays_complete(strikes, tmp_path, kind):
    whole = gcas.coverage(strikes)
    twice = pd.concat([strikes, strikes]).reset_index(drop=True).sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(gcas.coverage(twice), whole)
    again = read_records(write_records(strikes, tmp_path / f"again.{kind}"))
    pd.testing.assert_frame_equal(gcas.coverage(again), whole)


def test_a_table_cut_after_it_was_written_is_complete_no_more(strikes, tmp_path, gaz):
    path = write_records(strikes, tmp_path / "all.csv")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.warns(GeocasualtyWarning, match="2 of 3 records"):
        assert not gcas.coverage(gcas.read_strikes(path, gazetteer=gaz, format="csv"))["complete"].any()


def test_rejected_rows_are_missing(gaz):
    rows = [*ROWS, {"strike_id": "S4", "date": "2015-01-44", "place": "Tikrit"}]
    found = gcas.read_strikes(pd.DataFrame(rows).fillna(""), gazetteer=gaz, coverage=SAID, on_bad_rows="skip")
    assert found["covers_rows"].tolist() == [4, 4, 4]
    with pytest.warns(GeocasualtyWarning, match="3 of 4 records"):
        assert not gcas.coverage(found)["complete"].any()


def test_a_row_of_which_nobody_knows_the_declaration_may_be_of_any(gaz):
    one, other = (
        {"covers_belligerents": "Coalition", "covers_countries": "IQ", "covers_start": day, "covers_complete": "yes"}
        for day in ("2015-01-03", "2015-01-04")
    )
    rows = [ROWS[0] | one, ROWS[2] | other, ROWS[1] | other | {"covers_start": "2015-01-99"}]
    found = gcas.read_strikes(pd.DataFrame(rows), gazetteer=gaz, on_bad_rows="skip")
    assert found["covers_rows"].tolist() == [2, 2]


def test_whole_releases_may_be_left_out(gaz):
    texts = [
        f"June {day}, 2015. They attacked between 8 a.m. June {day - 1} and 8 a.m. June {day}, local time.\n"
        f"- Near Hit, one airstrike struck a unit.\n- Near Mosul, {day} airstrikes struck a unit."
        for day in (3, 4)
    ]
    found = gcas.read_strikes(pd.DataFrame({"text": texts}), gazetteer=gaz)
    assert found["covers_rows"].tolist() == [2, 2, 2, 2]
    assert gcas.coverage(found.iloc[:2])["complete"].tolist() == [True, True]
    with pytest.warns(GeocasualtyWarning, match="1 declaration"):
        covered = gcas.coverage(found.iloc[:3])
    assert covered.groupby("start")["complete"].all().tolist() == [True, False]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keep=st.lists(st.booleans(), min_size=3, max_size=3), parts=st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_complete_only_where_every_record_is_there_in_whatever_parts(strikes, keep, parts):
    held = strikes[keep]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        whole = gcas.coverage(held)
        apart = coverage_of([declared(held[[number == part for number, on in zip(parts, keep) if on]]) for part in range(3)])  # fmt: skip # noqa: B905, E501
    assert whole["complete"].all() == all(keep) or not any(keep)
    pd.testing.assert_frame_equal(apart, whole)


def test_lists_and_days_are_taken(gaz, strikes):
    said = SAID | {"belligerents": ["Coalition"], "start": dt.date(2015, 1, 1), "end": pd.Timestamp("2015-01-31")}
    found = gcas.read_strikes(pd.DataFrame(ROWS), gazetteer=gaz, coverage=said | {"kinds": ["drone", "air"]})
    assert found["covers_countries"].tolist() == ["IQ;SY"] * 3
    assert found["covers_kinds"].tolist() == ["air;drone"] * 3
    pd.testing.assert_frame_equal(
        gcas.coverage(found).drop(columns="kinds"), gcas.coverage(strikes).drop(columns="kinds")
    )


def test_the_days_covered_are_local_days_of_each_country(strikes):
    covered = gcas.coverage(strikes).set_index("country")
    assert covered["start"].map(str).to_dict() == {"IQ": "2014-12-31 21:00:00+00:00", "SY": "2014-12-31 22:00:00+00:00"}
    assert covered["end"].map(str).to_dict() == {"IQ": "2015-01-31 21:00:00+00:00", "SY": "2015-01-31 22:00:00+00:00"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"countries": ["IQ", "Atlantis"]}, "countries has 'Atlantis'"),
        ({"countries": []}, "countries is .*expected countries such as"),
        ({"countries": ["IQ", 7]}, "countries is .*expected countries such as"),
        ({"belligerents": " ; "}, "belligerents is ' ; '; expected names"),
        ({"start": ["2015-01-01"]}, "start is .*expected the first day"),
        ({"start": ""}, "start is ''; expected the first day"),
        ({"complete": "yes"}, "complete is 'yes'; expected True or False"),
        ({"whole": True}, "expected the keys"),
    ],
)
def test_what_is_no_coverage_is_refused(gaz, change, words):
    with pytest.raises(InputError, match=words):
        gcas.read_strikes(pd.DataFrame(ROWS), gazetteer=gaz, coverage=SAID | change)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("covers_countries", "IQ;Atlantis", "'Atlantis': "),
        ("covers_countries", "['IQ', 'SY']", "\"['IQ', 'SY']\": "),
        ("covers_kinds", "air;bombs", "expected some of air, artillery, drone, other, raid"),
        ("attack_kinds", "airstrike", "expected some of air, artillery, drone, other, raid"),
        ("covers_rows", "-1", "expected a whole number of zero or more"),
    ],
)
def test_a_row_that_declares_nonsense_is_rejected_with_its_column_and_value(gaz, column, value, words):
    rows = [
        row | {"covers_belligerents": "Coalition", "covers_countries": "IQ", "covers_start": "2015-01-01"}
        for row in ROWS
    ]
    rows[1][column] = value
    rejected = gcas.validate_strikes(pd.DataFrame(rows).fillna(""), gazetteer=gaz)[1]
    assert rejected[["row", "column", "value"]].values.tolist() == [[2, column, value]]
    assert words in rejected.loc[0, "reason"]


def test_countries_of_a_frame_made_by_hand_are_checked_too(strikes):
    with pytest.raises(InputError, match="column 'covers_countries', value 'Atlantis'"):
        gcas.coverage(strikes.assign(covers_countries="IQ;Atlantis"))


@pytest.mark.parametrize(("basis", "stored"), [("event", "event"), ("Reported", "reported"), ("", "")])
def test_a_claim_says_what_its_date_is_of(gaz, basis, stored):
    rows = pd.DataFrame([{"incident_id": "A1", "date": "2015-06-03", "place": "Hit", "date_basis": basis}])
    assert gcas.read_incidents(rows, gazetteer=gaz)["date_basis"].tolist() == [stored]
    rejected = gcas.validate_incidents(rows.assign(date_basis="posted"), gazetteer=gaz)[1]
    assert rejected["reason"].tolist() == ["expected one of event, reported, death, recovery, or nothing"]


def test_kinds_of_attack_are_sorted_and_told_once(gaz):
    rows = pd.DataFrame(
        [{"incident_id": "A1", "date": "2015-06-03", "place": "Hit", "attack_kinds": "Drone, air;drone"}]
    )
    assert gcas.read_incidents(rows, gazetteer=gaz)["attack_kinds"].tolist() == ["air;drone"]
