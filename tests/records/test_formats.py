"""Files in the layouts of others: what each row becomes."""

import logging
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import BadRowsError, GeocasualtyError, GeocasualtyWarning, InputError
from geocasualty.geodesy import parse_mgrs
from geocasualty.records.formats import dutch_mod, readers
from tests.records.samples import ACLED, AIRWARS, ASSESSMENT, DUTCH, UCDP, assert_conserved, write


@pytest.fixture
def strikes(tmp_path, gaz):
    def read(*rows, delimiter=";", **options):
        return gcas.read_strikes(write(tmp_path / "theirs.csv", rows, delimiter), gazetteer=gaz, **options)

    return read


@pytest.fixture
def incidents(tmp_path, gaz):
    def read(*rows, **options):
        return gcas.read_incidents(write(tmp_path / "theirs.csv", rows), gazetteer=gaz, **options)

    return read


@pytest.mark.parametrize(
    ("sample", "reader"), [(DUTCH, "dutch-mod/2"), (AIRWARS, "airwars/2"), (UCDP, "ucdp-ged/2"), (ACLED, "acled/3")]
)
def test_a_file_is_recognised_and_says_as_what(tmp_path, gaz, caplog, sample, reader):
    read = gcas.read_strikes if sample is DUTCH else gcas.read_incidents
    with caplog.at_level(logging.INFO, logger="geocasualty"):
        frame = read(write(tmp_path / "theirs.csv", [sample]), gazetteer=gaz)
    row = frame.iloc[0]
    assert (row["reader"], row["gazetteer"], row["dataset"], row["row"]) == (reader, gaz.version, "theirs", 1)
    assert f"theirs.csv: read as {reader}" in caplog.text
    assert len(gcas.coverage(frame)) == (2 if sample is DUTCH else 0)


def test_a_format_that_does_not_fit_is_refused(strikes, incidents):
    with pytest.raises(InputError, match=r"holds strikes; read it with gcas\.read_strikes"):
        incidents(DUTCH, format="dutch-mod")
    with pytest.raises(InputError, match="not a file of format 'airwars'"):
        incidents(UCDP, format="airwars")
    with pytest.raises(InputError, match="goes with the format 'airwars'"):
        incidents(UCDP, assessments=pd.DataFrame([ASSESSMENT]))


# ---- dutch-mod


def test_identical_dutch_rows_are_one_strike_at_the_centre_of_its_cell(strikes):
    frame = strikes(*[DUTCH] * 6, DUTCH | {"Employment date (UNCLASS)": "18-Mar-16"})
    assert len(frame) == 2
    row = frame.iloc[0]
    cell = parse_mgrs("38SLE894094")
    assert (row["n_rows"], row["n_strikes"], row["row"], row["rows"]) == (6, 1, 1, "1;2;3;4;5;6")
    assert (row.geometry.x, row.geometry.y, row["radius_m"]) == (cell.lon, cell.lat, cell.radius_m)
    assert row["belligerents"] == "Coalition;Netherlands"
    assert row["start"] == pd.Timestamp("2015-06-02T21:02Z")
    assert (row["end"] - row["start"]).total_seconds() == 60 * dutch_mod.LONGEST_MIN
    assert (row["timezone"], row["flags"]) == ("Asia/Baghdad", "assumed-end")
    assert frame["start"].iloc[1] == pd.Timestamp("2016-03-18T21:02Z")
    covered = gcas.coverage(frame)
    assert covered[["belligerent", "country"]].to_numpy().tolist() == [["Netherlands", "IQ"], ["Netherlands", "SY"]]
    assert covered["start"].iloc[0] == pd.Timestamp("2015-06-02T00:00Z")
    assert covered["end"].iloc[0] == pd.Timestamp("2016-03-19T00:00Z")
    assert covered["complete"].tolist() == [True, True]


@pytest.mark.parametrize(
    ("begin", "finish", "start", "end"),
    [
        ("06:20", "06:35", "2015-06-02T06:20Z", "2015-06-02T06:35Z"),
        ("23:50", "00:10", "2015-06-02T23:50Z", "2015-06-03T00:10Z"),
        ("2102", "", "2015-06-02T21:02Z", "2015-06-02T23:02Z"),
        ("", "", "2015-06-02T00:00Z", "2015-06-03T00:00Z"),
    ],
)
def test_dutch_times_are_zulu(strikes, begin, finish, start, end):
    row = strikes(DUTCH | {"Time begin (Z) (UNCLASS)": begin, "Time end (Z) (UNCLASS)": finish}).iloc[0]
    assert (row["start"], row["end"]) == (pd.Timestamp(start), pd.Timestamp(end))


@pytest.mark.parametrize(
    ("column", "value", "where"),
    [
        ("Position MGRS (UNCLASS)", "377SFU805225", "mgrs"),
        ("Employment date (UNCLASS)", "31-jun-15", "start"),
        ("Time begin (Z) (UNCLASS)", "25:00", "start"),
        ("Time end (Z) (UNCLASS)", "late", "end"),
    ],
)
def test_bad_dutch_cells_are_rejected_with_every_row_that_they_stand_for(tmp_path, gaz, column, value, where):
    bad = DUTCH | {column: value}
    accepted, rejected = gcas.validate_strikes(write(tmp_path / "d.csv", [bad, DUTCH, bad], ";"), gazetteer=gaz)
    assert_conserved(accepted, rejected, 3)
    assert rejected[["row", "column"]].to_numpy().tolist() == [[1, where], [3, where]]


def test_distinct_rows_of_one_time_and_cell_get_the_same_names_in_any_order(strikes):
    rows = [DUTCH | {"Comment (UNCLASS)": word} for word in ("b", "a", "c")]
    ids = [strikes(*order).set_index("comment")["strike_id"].to_dict() for order in (rows, rows[::-1])]
    assert ids[0] == ids[1]
    assert len(set(ids[0].values())) == 3


def test_a_dutch_corner_that_is_not_the_cells_is_flagged(strikes):
    row = strikes(DUTCH | {"Position LAT (UNCLASS)": "36,32171462"}).iloc[0]
    assert row["flags"] == "assumed-end;geometry-conflict"
    assert "110.9 km" in row["location_reason"]
    assert row.geometry.y == parse_mgrs("38SLE894094").lat


def test_a_file_in_another_encoding_is_read_and_said(tmp_path, gaz):
    path = write(tmp_path / "d.csv", [DUTCH | {"Comment (UNCLASS)": "300’ AGL"}], ";", encoding="cp1252")
    with pytest.warns(GeocasualtyWarning, match=r"d\.csv: not UTF-8; read as cp1252"):
        frame = gcas.read_strikes(path, gazetteer=gaz)
    assert frame["comment"].tolist() == ["300’ AGL"]
    other = write(tmp_path / "o.csv", [{"incident_id": "é", "date": "2015-06-03", "place": "x"}], encoding="cp1252")
    with pytest.raises(InputError, match="not UTF-8"):
        gcas.read_incidents(other, gazetteer=gaz)


# ---- airwars


def test_combined_codes_are_one_record_with_several_ids(incidents):
    row = incidents(AIRWARS | {"code": "CS160 RS0325", "military": "Russian Military, U.S.-led Coalition"}).iloc[0]
    assert (row["incident_id"], row["also_ids"]) == ("CS160", "RS0325")
    assert row["belligerents"] == "Coalition;Russia"
    assert (row["country"], row["grading"], row["precision"]) == ("SY", "fair", "city")


def test_a_range_without_an_end_is_flagged_and_never_a_day(incidents):
    frame = incidents(
        AIRWARS | {"date_type": "date_range"},
        AIRWARS | {"code": "CS2", "date_type": "date_range", "date_end": "2015-06-05"},
        AIRWARS | {"code": "CS3", "date_type": ""},
    )
    assert frame["flags"].tolist() == ["unknown-end", "", ""]
    assert [(row.end - row.start).days for row in frame.itertuples()] == [30, 3, 1]


@pytest.mark.parametrize(
    ("evidence", "status", "grading"),
    [("Confirmed", "", "confirmed"), ("", "Contested strike", "contested"), ("", "", ""), ("Unknown", "", "")],
)
def test_gradings(incidents, evidence, status, grading):
    assert incidents(AIRWARS | {"evidence": evidence, "strike_status": status})["grading"].tolist() == [grading]


def test_assessments_are_joined(incidents):
    conceded = {"btype": "known", "assessment": "credible", "deaths_conceded_min": "1", "deaths_conceded_max": "2"}
    said = pd.DataFrame([ASSESSMENT | conceded, ASSESSMENT | {"belligerent": "russia", "assessment": "", "mgrs": ""}])
    row = incidents(AIRWARS | {"military": "U.S.-led Coalition, Russian Military"}, assessments=said).iloc[0]
    assert row["belligerents"] == "Coalition"
    assert row["suspected_belligerents"] == "Russia"
    assert (row["assessment"], row["deaths_conceded_max"]) == ("Coalition: credible", "2")
    assert (row.geometry.x, row["radius_m"]) == (39.00788, 15_000)  # "1 m" without a reference says nothing


@pytest.mark.parametrize(
    ("cells", "radius", "flag"),
    [
        ({"mgrs": "37SEV007790"}, 15_000, ""),
        ({"mgrs": "37SEV007790", "geo_accuracy": "within_100m"}, 150, ""),
        ({"mgrs": "37SEV0073179028", "mgrs_accuracy": "1 m", "geo_accuracy": ""}, 7.07, ""),
        ({"mgrs": "37SFU805225"}, 15_000, "geometry-conflict"),
        ({"mgrs": "377SFU805225"}, 15_000, "malformed-mgrs"),
        ({"mgrs": "37SEV007790", "lat": "", "lon": "", "geo_accuracy": ""}, 150, ""),
    ],
)
def test_the_radius_is_the_larger_of_cell_and_accuracy(incidents, cells, radius, flag):
    place = {"lat": str(parse_mgrs("37SEV007790").lat), "lon": str(parse_mgrs("37SEV007790").lon)}
    incident = AIRWARS | place | {name: cells[name] for name in cells if name in AIRWARS}
    said = ASSESSMENT | {"mgrs_accuracy": "100 m"} | {name: cells[name] for name in cells if name in ASSESSMENT}
    row = incidents(incident, assessments=pd.DataFrame([said])).iloc[0]
    if len(cells["mgrs"]) == 15:
        radius = max(1.0, parse_mgrs(cells["mgrs"]).radius_m)
    assert row["radius_m"] == pytest.approx(radius)
    assert row["flags"] == flag


def test_a_reason_that_the_export_wrote_letter_by_letter_is_read(incidents):
    listed = 'a;:;1;:;{;i;:;0;;;s;:;5;:;";o;t;h;e;r;";;;}'
    rows = [ASSESSMENT | {"assessment": "non_credible", "reason_nc": reason} for reason in (listed, "a;:;plain")]
    read = [incidents(AIRWARS, assessments=pd.DataFrame([row])).iloc[0]["assessment"] for row in rows]
    assert [text.partition(": ")[2] for text in read] == ["non_credible (other)", "non_credible (a;:;plain)"]


def test_assessments_of_nothing_are_told(incidents):
    with pytest.warns(GeocasualtyWarning, match="1 assessments have no incident, such as 'CS9'"):
        incidents(AIRWARS, assessments=pd.DataFrame([ASSESSMENT | {"code": "CS9"}]))
    with pytest.raises(InputError, match="assessments: no column belligerent"):
        incidents(AIRWARS, assessments=pd.DataFrame({"code": ["CS001"]}))


def test_a_zero_date_is_no_date(incidents):
    with pytest.raises(BadRowsError, match="zero of computers' clocks"):
        incidents(AIRWARS | {"date": "1970-01-01"})


# ---- ucdp-ged


def test_a_ged_row(incidents):
    row = incidents(UCDP).iloc[0]
    assert (row["incident_id"], row["killed_min"], row["killed_max"]) == ("1", 3, 5)
    assert (row["belligerents"], row["precision"], row["country"]) == ("ISIS", "town", "SY")
    assert (row["start"], row["end"]) == (pd.Timestamp("2015-12-31T22:00Z"), pd.Timestamp("2016-01-01T22:00Z"))
    assert row["best"] == "5"


@pytest.mark.parametrize(
    ("precision", "first", "last", "days"),
    [("1", "2016-02-10", "2016-02-10", 1), ("2", "2016-02-10", "2016-02-12", 3), ("2", "2016-02-10", "2016-02-10", 11),
     ("3", "2016-02-10", "2016-02-10", 13), ("4", "2016-02-10", "2016-02-10", 29), ("5", "2016-02-10", "", 366)],
)  # fmt: skip
def test_date_prec_is_an_interval(incidents, precision, first, last, days):
    row = incidents(UCDP | {"date_prec": precision, "date_start": first, "date_end": last}).iloc[0]
    assert row["end"] - row["start"] == pd.Timedelta(days=days)


def test_an_unknown_where_prec_is_rejected(incidents):
    with pytest.raises(BadRowsError, match="column 'precision', value '9'"):
        incidents(UCDP | {"where_prec": "9"})


# ---- acled


def test_an_acled_row_as_incident_and_as_strike(incidents, strikes):
    row = incidents(ACLED).iloc[0]
    assert (row["killed_min"], row["killed_max"], row["belligerents"]) == (0, 4, "Syrian government")
    assert row["start"] == pd.Timestamp("2015-06-02T21:00Z")
    assert incidents(ACLED | {"event_type": "Violence against civilians"})["killed_min"].tolist() == [4]
    frame = strikes(ACLED, delimiter=",")
    assert frame["strike_id"].tolist() == ["SYR1"]


def test_what_is_no_strike_is_rejected_as_one(tmp_path, gaz):
    rows = [ACLED, ACLED | {"event_id_cnty": "SYR2", "sub_event_type": "Armed clash"}]
    accepted, rejected = gcas.validate_strikes(write(tmp_path / "a.csv", rows), gazetteer=gaz)
    assert_conserved(accepted, rejected, 2)
    assert rejected[["row", "column", "value"]].to_numpy().tolist() == [[2, "sub_event_type", "Armed clash"]]


@pytest.mark.parametrize(("precision", "days"), [("1", 1), ("2", 13), ("3", 30)])
@pytest.mark.parametrize("date", ["03 June 2015", "2015-06-03"])
def test_time_precision_is_an_interval(incidents, precision, days, date):
    row = incidents(ACLED | {"event_date": date, "time_precision": precision}).iloc[0]
    assert row["end"] - row["start"] == pd.Timedelta(days=days)


# ---- all of them

CELL = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1e400", "nan", "2015-06-03", "9999-12-31", "0001-01-01", "31-feb-15", "2-jun-15", "24:00",
         "21:02", "38SLE 894 094", "377SFU805225", "4239,0", "35.3", "date_range", "CS1 RS2", "Aleppo", "Syria",
         "Iraq", "exact", "7", "9", "1970-01-01", "\ufeffx", ";", "a;b", "known", "1 m", "03 June 2015"]
    ),
    st.text(st.characters(exclude_characters="\x00\r\n", exclude_categories=["Cs"]), max_size=8),
)  # fmt: skip


def _changed(sample):
    return st.lists(
        st.dictionaries(st.sampled_from(list(sample)), CELL, max_size=4).map(lambda c: sample | c), max_size=5
    )


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
@pytest.mark.parametrize(
    ("name", "sample"), [("dutch-mod", DUTCH), ("airwars", AIRWARS), ("ucdp-ged", UCDP), ("acled", ACLED)]
)
def test_whatever_the_cells_no_row_is_lost(tmp_path, gaz, name, sample, data):
    rows = [sample, *data.draw(_changed(sample))]
    path = write(tmp_path / "theirs.csv", rows, ";" if sample is DUTCH else ",")
    options = {}
    if sample is AIRWARS:
        said = [ASSESSMENT, *data.draw(_changed(ASSESSMENT))]
        codes = {row["code"].strip() for row in rows}
        options["assessments"] = pd.DataFrame([row for row in said if row["code"].strip() in codes] or said[:1])
        if not {row.strip() for row in options["assessments"]["code"]} <= codes:
            return
    kinds = {"dutch-mod": ["strikes"], "acled": ["strikes", "incidents"]}.get(name, ["incidents"])
    for kind in kinds:
        try:
            accepted, rejected = getattr(gcas, f"validate_{kind}")(path, format=name, gazetteer=gaz, **options)
        except GeocasualtyError:
            continue
        assert_conserved(accepted, rejected, len(rows))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GeocasualtyWarning)  # of a list with rejected rows
            gcas.coverage(accepted)


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({"id": "A", "date": "2015-06-03", "place": "Hit", "Place": "Mosul"}, "'place' and 'Place'"),
        ({"id": "A", "date": "2015-06-03", "lat": "35", "lon": "43", "lng": "44"}, "'lon' and 'lng'"),
        (
            {"id": "A", "date": "2015-06-03", "start date": "2015-06-04", "lat": "35", "lon": "43"},
            "'date' and 'start date'",
        ),
        (AIRWARS | {"Code": "CS002"}, "'code' and 'Code'"),
        (UCDP | {"ID": "2"}, "'id' and 'ID'"),
        (ACLED | {"Latitude": "1"}, "'latitude' and 'Latitude'"),
    ],
)
def test_columns_that_differ_in_case_alone_are_refused(tmp_path, gaz, row, names):
    with pytest.raises(InputError, match=f"columns {names}"):
        gcas.read_incidents(write(tmp_path / "twice.csv", [row]), gazetteer=gaz)


def test_columns_of_one_place_are_read_together(tmp_path, gaz):
    """A neighbourhood with its town, and its governorate; two places that contradict each other are none."""
    rows = [
        {"id": "A", "date": "2015-06-03", "District": "Al-Hawiga", "Town": "Hawija", "Governorate": "Kirkuk"},
        {"id": "B", "date": "2015-06-03", "District": "Mosul", "Town": "Hit", "Governorate": ""},
    ]
    found = gcas.read_incidents(write(tmp_path / "parts.csv", rows), gazetteer=gaz)
    assert found["place_text"].tolist() == ["Hawija, Al-Hawiga", "Hit, Mosul"]
    assert found["place_id"].tolist()[0] == "gn:390188"
    assert found.geometry.isna().tolist() == [False, True]


def test_columns_of_the_dutch_list_are_refused_too(tmp_path, gaz):
    with pytest.raises(InputError, match=r"columns 'Town \(UNCLASS\)' and 'TOWN'"):
        gcas.read_strikes(write(tmp_path / "twice.csv", [DUTCH | {"TOWN": "Mosul"}]), gazetteer=gaz)


@pytest.mark.parametrize("theirs", ["Latitude", "y"])
def test_a_column_map_says_which_column_is_meant(tmp_path, gaz, theirs):
    row = {"id": "A", "date": "2015-06-03", "Latitude": "35.3", "y": "35.3", "lon": "43.8"}
    path = write(tmp_path / "mapped.csv", [row])
    found = gcas.read_incidents(path, gazetteer=gaz, column_map={"latitude": theirs})
    assert found.geometry.iloc[0].y == 35.3
    assert ("attribute_latitude" in found) == (theirs == "y")


def test_dutch_strikes_without_an_end_last_as_long_as_any_that_states_one(tmp_path, gaz):
    rows = [DUTCH, DUTCH | {"Time begin (Z) (UNCLASS)": "22:02", "Time end (Z) (UNCLASS)": "22:10"}]
    frame = gcas.read_strikes(write(tmp_path / "dutch.csv", rows), gazetteer=gaz)
    assert frame["flags"].tolist() == ["assumed-end", ""]
    assert (frame["end"] - frame["start"]).dt.total_seconds().tolist() == [7200, 480]


def test_a_dash_for_an_area_is_no_part_of_the_place(gaz):
    rows = [dict(row) | {"Area": "-"} for row in readers()["yemen-data-project"].sample]
    with pytest.warns(GeocasualtyWarning, match="no places"):
        places = gcas.read_strikes(pd.DataFrame(rows), gazetteer=gaz)["place_text"]
    assert places.tolist() == ["Bani Al-Harith", "Kitaf"]
