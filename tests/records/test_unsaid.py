"""What a file leaves unsaid, or says where nobody reads it, never makes a record surer."""

import warnings

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.records._columns import meaning_of
from geocasualty.records._flags import ASSUMED, DOUBTFUL_TIME, FLAGS, GUESSED_DAY, UNMAPPED
from tests.records.samples import ACLED, AIRWARS, DUTCH, UCDP, write

SPOT = {"incident_id": "A", "date": "2015-06-03", "lat": "35.3", "lon": "43.8"}


def rows_of(*rows):
    return pd.DataFrame([{**row, "incident_id": f"A{number}"} for number, row in enumerate(rows)]).fillna("")


def read(*rows, **options):
    return gcas.read_incidents(rows_of(*rows), format="csv", **options)


def flags_of(frame):
    return [set(filter(None, text.split(";"))) for text in frame["flags"]]


# Accuracy


@pytest.mark.parametrize(
    ("rows", "radius", "flag"),
    [
        ([{}], [2000], "assumed-accuracy"),
        ([{"radius_m": "20000"}, {"radius_m": ""}], [20_000, 20_000], "blank-accuracy"),
        ([{"radius_m": "100"}, {"radius_m": ""}], [100, 2000], "blank-accuracy"),
        ([{"precision": "town"}, {"precision": ""}], [4000, 4000], "blank-accuracy"),
        ([{"place": "Hawija", "precision": "district"}, {"lat": "35.31"}], [45_000, 45_000], "blank-accuracy"),
        ([{"radius_m": "9000"}, {"lat": "", "lon": "", "mgrs": "38SLE894094"}], [9000, 9000], "blank-accuracy"),
        ([{"lat": "", "lon": "", "mgrs": "38SLE894094"}], [70.7], "assumed-accuracy"),
        ([{"radius_m": "9000"}, {"lat": "", "lon": "", "place": "38SLE894094"}], [9000, 9000], "blank-accuracy"),
        ([{"radius_m": "9000"}, {"lat": "", "lon": "", "place": "35.3012, 43.8012"}], [9000, 9000], "blank-accuracy"),
        ([{"lat": "", "lon": "", "place": "35.3012, 43.8012"}], [2000], "assumed-accuracy"),
        ([{"lat": "", "lon": "", "place": "35.3012, 43.8012", "radius_m": "600"}], [600], ""),
    ],
)
def test_an_accuracy_that_is_not_stated_is_never_finer_than_those_of_the_file(rows, radius, flag):
    frame = read(*[SPOT | row for row in rows])
    assert frame["radius_m"].tolist() == pytest.approx(radius, abs=0.1)
    assert flags_of(frame)[-1] == {flag} - {""}
    assert all(not each for each in flags_of(frame)[:-1])


def test_an_accuracy_for_the_whole_file_is_stated_and_leaves_no_flag():
    frame = read(SPOT, SPOT | {"radius_m": "20000", "lat": "36"}, radius_m=500)
    assert frame["radius_m"].tolist() == [500, 20_000]
    assert frame["location_reason"].iloc[0] == "coordinates; accuracy of 0.5 km, stated for the whole file"
    assert flags_of(frame) == [set(), set()]
    for wrong in (0, -1, float("nan"), "500", True):
        with pytest.raises(InputError, match="expected metres above zero"):
            read(SPOT, radius_m=wrong)


def test_a_blank_vicinity_is_near_where_the_file_says_near_of_any():
    sure = {"radius_m": "500"}
    frame = read(SPOT | sure | {"vicinity": "yes"}, SPOT | sure | {"vicinity": ""}, SPOT | sure | {"vicinity": "no"})
    assert frame["vicinity"].tolist() == [True, True, False]
    assert flags_of(frame) == [set(), {"blank-accuracy"}, set()]
    frame = read(SPOT | sure | {"vicinity": "yes"}, SPOT | sure | {"vicinity": ""}, vicinity=False)
    assert (frame["vicinity"].tolist(), flags_of(frame)) == ([True, False], [set(), set()])
    assert read(SPOT | sure, vicinity=True)["vicinity"].tolist() == [True]
    with pytest.raises(InputError, match="expected True or False"):
        read(SPOT, vicinity="no")


def test_a_measured_list_needs_no_accuracy(tmp_path, gaz):
    rows = [DUTCH, DUTCH | {"Position MGRS (UNCLASS)": "", "Time begin (Z) (UNCLASS)": "20:00"}]
    frame = gcas.read_strikes(write(tmp_path / "nl.csv", rows, ";"), gazetteer=gaz)
    assert frame["radius_m"].tolist() == pytest.approx([70.7, 150], abs=0.1)


def test_a_stated_accuracy_ends_the_assumption(gaz):
    frame = read(SPOT)
    table = {"incident_id": ["A0"], "radius_m": [300], "analyst": ["N."], "date": ["2021-04-10"], "note": ["seen"]}
    assert flags_of(gcas.records.apply_corrections(frame, pd.DataFrame(table), gazetteer=gaz)) == [set()]


CELLS = st.fixed_dictionaries(
    {
        "accuracy": st.sampled_from([{}, {"radius_m": "50"}, {"radius_m": "9000"}, {"precision": "district"}]),
        "vicinity": st.sampled_from(["", "yes", "no"]),
        "place": st.sampled_from(["", "Hawija", "35.3012, 43.8012"]),
        "mgrs": st.sampled_from(["", "38SLE894094"]),
        "belligerents": st.sampled_from(["", "Coalition", "coaliton"]),
    }
).map(lambda cells: {"radius_m": "", "precision": "", **cells.pop("accuracy"), **cells})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, min_size=1, max_size=4), data=st.data())
def test_blanking_what_is_said_of_a_place_never_makes_it_finer_unflagged(gaz, rows, data):
    """Nor does it take away what was flagged of a record before, but for the very cell that is gone."""
    number = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(["radius_m", "precision", "vicinity"]))
    less = [row | ({column: ""} if n == number else {}) for n, row in enumerate(rows)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        before, after = (
            gcas.validate_incidents(rows_of(*[SPOT | row for row in each]), format="csv", gazetteer=gaz)[0]
            for each in (rows, less)
        )
    assert len(before) == len(after)
    for was, now in zip(before.itertuples(), after.itertuples(), strict=True):
        said = set(now.flags.split(";"))
        finer = now.radius_m < was.radius_m or (was.vicinity and not now.vicinity)
        assert not finer or said & ASSUMED or (was.vicinity and not any(row["vicinity"] == "yes" for row in less))
        assert set(was.flags.split(";")) - ASSUMED <= said | {""} | {"geometry-conflict", "accuracy-without-coordinate"}


# Midnights


@pytest.mark.parametrize("midnight", ["T00:00:00Z", "T00:00:00.000Z", " 00:00:00+00:00", "T00:00Z", "T00:00:00+0000"])
def test_a_column_of_midnights_in_utc_holds_days(midnight):
    frame = read(SPOT | {"date": f"2015-06-03{midnight}"}, SPOT | {"date": f"2015-06-05{midnight}", "lat": "36"})
    plain = read(SPOT | {"date": "2015-06-03"}, SPOT | {"date": "2015-06-05", "lat": "36"})
    assert frame[["start", "end"]].equals(plain[["start", "end"]])
    assert all("midnight-utc" in each for each in flags_of(frame))


@pytest.mark.parametrize(
    "other", ["2015-06-05T13:00:00Z", "2015-06-05T00:00:01Z", "2-Jun-15 2102Z", "8 a.m. 3 June 2015, local time"]
)
def test_a_midnight_among_other_times_of_day_is_one(other):
    frame = read(SPOT | {"date": "2015-06-03T00:00:00Z"}, SPOT | {"date": other, "lat": "36"})
    assert (frame["end"] - frame["start"]).iloc[0] <= pd.Timedelta(minutes=1)
    assert not any("midnight-utc" in each for each in flags_of(frame))


def test_begin_and_end_are_judged_together():
    span = {"date": "2015-06-03T00:00:00Z", "date_end": "2015-06-03T13:00:00Z"}
    assert read(SPOT | span)["end"].tolist() == [pd.Timestamp("2015-06-03T13:00Z")]
    span["date_end"] = "2015-06-04T00:00:00Z"
    frame = read(SPOT | span)
    assert frame[["start", "end"]].iloc[0].tolist() == [
        pd.Timestamp("2015-06-02T21:00Z"),
        pd.Timestamp("2015-06-04T21:00Z"),
    ]


def test_midnights_of_frames_and_of_other_readers_are_days_too(tmp_path, gaz):
    frame = rows_of(SPOT).assign(date=pd.to_datetime(["2015-06-03"], utc=True))
    assert flags_of(gcas.read_incidents(frame, gazetteer=gaz))[0] >= {"midnight-utc"}
    local = rows_of(SPOT).assign(date=pd.to_datetime(["2015-06-03"]).tz_localize("Asia/Baghdad"))
    found = gcas.read_incidents(local, gazetteer=gaz)
    assert (found["end"] - found["start"]).tolist() == [pd.Timedelta(days=1)]
    assert not flags_of(found)[0] & GUESSED_DAY
    point = gpd.GeoDataFrame(frame.drop(columns=["lat", "lon"]), geometry=[shapely.Point(43.8, 35.3)], crs=4326)
    point.to_file(tmp_path / "a.geojson")
    assert flags_of(gcas.read_incidents(tmp_path / "a.geojson", gazetteer=gaz))[0] >= {"midnight-utc"}
    day = "2016-01-01T00:00:00Z"
    ged = gcas.read_incidents(
        write(tmp_path / "ged.csv", [UCDP | {"date_start": day, "date_end": day, "date_prec": "2"}])
    )
    assert flags_of(ged) == [{"midnight-utc"}]
    assert (ged["end"] - ged["start"]).tolist() == [pd.Timedelta(days=11)]  # five days on either side
    airwars = gcas.read_incidents(write(tmp_path / "aw.csv", [AIRWARS | {"date": "2015-06-03T00:00:00Z"}]))
    assert (airwars["end"] - airwars["start"]).tolist() == [pd.Timedelta(days=1)]


TIMES = st.sampled_from(["2015-06-03", "2015-06-03T00:00:00Z", "2015-06-04 00:00:00+00:00", "2015-06-04T13:00Z", ""])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(TIMES, min_size=1, max_size=4))
def test_only_times_that_are_all_midnight_change_and_nothing_else_of_the_record(gaz, days):
    rows = rows_of(*[SPOT | {"date": day, "radius_m": "500"} for day in days])
    rows["lat"] = [f"{35.3 + number}" for number in range(len(rows))]
    plain = rows.assign(date=rows["date"].str[:10].replace("", "none"))
    found, whole = (gcas.validate_incidents(each, format="csv", gazetteer=gaz)[0] for each in (rows, plain))
    export = any("00:00" in day for day in days) and not any("13:00" in day for day in days)
    same = ["incident_id", "radius_m", "timezone", "country", "location_reason"]
    assert found[same].equals(whole[same])
    assert [("midnight-utc" in each) for each in flags_of(found)] == [export and "00:00" in day for day in days if day]
    if export:
        assert found[["start", "end"]].equals(whole[["start", "end"]])


# Columns that nobody reads


@pytest.mark.parametrize(
    ("column", "cell", "meaning"),
    [
        ("perpetrator", "Russia", "party"),
        ("Perpetrator (alleged)", "", "party"),
        ("actor1", "", ""),
        ("Actor 1", "", "party"),
        ("الجهة", "روسيا", "party"),
        ("виновник", "Россия", "party"),
        ("винуватець", "", "party"),
        ("belligérants", "", "party"),
        ("x7", "Russia", "party"),
        ("dateOfEvent", "", "date"),
        ("enddate", "2015-06-05", "date"),
        ("location_en", "Mosul", "place"),
        ("موقع النازحين", "", "place"),
        ("geo_precision", "2", "accuracy"),
        ("error_m", "40000", "accuracy"),
        ("x8", "POLYGON ((43 35, 44 35, 44 36, 43 35))", "place"),
        ("source_date", "2015-06-05", ""),
        ("notes", "Russia did it", ""),
        ("weapon", "bomb", ""),
    ],
)
def test_a_column_that_nobody_reads_flags_every_row_until_it_is_mapped_or_dismissed(column, cell, meaning):
    sure = SPOT | {"radius_m": "500"}
    rows = rows_of(sure, sure | {"lat": "36"}).assign(**{column: [cell, ""]})
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        frame = gcas.read_incidents(rows)
    assert flags_of(frame) == [set(UNMAPPED) if meaning else set()] * 2
    assert [f"{column!r} (looks like a {meaning})" in str(each.message) for each in said] == [True] * bool(meaning)
    dismissed = gcas.read_incidents(rows, ignore=[column.upper()])
    assert flags_of(dismissed) == [set(), set()]
    assert column.lower() in {name.lower() for name in dismissed.columns}


def test_a_mapped_column_is_read_and_a_shadowed_one_is_not():
    rows = rows_of(SPOT | {"radius_m": "500", "perpetrator": "Russia"})
    mapped = gcas.read_incidents(rows, column_map={"belligerents": "perpetrator"})
    assert (mapped["belligerents"].tolist(), flags_of(mapped)) == (["Russia"], [set()])
    with pytest.warns(GeocasualtyWarning, match=r"'date' \(looks like a date\)"):
        both = gcas.read_incidents(rows.drop(columns="perpetrator").assign(start="2015-06-09"))
    assert flags_of(both) == [set(UNMAPPED)]


@pytest.mark.parametrize(
    ("row", "kind"),
    [(AIRWARS, "incidents"), (UCDP, "incidents"), (ACLED, "incidents"), (ACLED, "strikes"), (DUTCH, "strikes")],
)
def test_a_reader_knows_the_columns_of_its_codebook_and_no_other(tmp_path, gaz, row, kind):
    path = write(tmp_path / "plain.csv", [row])
    plain = getattr(gcas, f"read_{kind}")(path, gazetteer=gaz)
    assert not flags_of(plain)[0] & UNMAPPED
    with pytest.warns(GeocasualtyWarning, match="'perpetrator'"):
        more = getattr(gcas, f"read_{kind}")(
            write(tmp_path / "more.csv", [row | {"perpetrator": "Russia"}]), gazetteer=gaz
        )
    assert flags_of(more)[0] >= UNMAPPED
    again = gcas.write_records(plain, tmp_path / "again.csv")
    assert not flags_of(getattr(gcas, f"read_{kind}")(again, gazetteer=gaz, format="csv"))[0] & UNMAPPED


def test_a_column_to_ignore_must_be_there():
    with pytest.raises(InputError, match="ignore names 'perpetrater', which the file lacks"):
        read(SPOT | {"perpetrator": "x"}, ignore=["perpetrater"])
    with pytest.raises(InputError, match="expected a list of names"):
        read(SPOT, ignore="date")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.sampled_from(["", "Russia", "Rusia", "x", "2015-06-05"]), min_size=2, max_size=2))
def test_no_cell_of_an_unread_party_takes_the_flag_away(gaz, cells):
    rows = rows_of(SPOT, SPOT | {"lat": "36"}).assign(perpetrator=cells)
    with pytest.warns(GeocasualtyWarning, match="perpetrator"):
        frame = gcas.read_incidents(rows, gazetteer=gaz)
    assert all(each >= UNMAPPED for each in flags_of(frame))


def test_every_flag_that_matching_reads_has_a_meaning():
    assert set(FLAGS) >= ASSUMED | DOUBTFUL_TIME | UNMAPPED
    assert meaning_of("") == ""


# "Unknown"

SAID_UNKNOWN = {
    "radius_m": "500", "precision": "town", "vicinity": "no", "country": "IQ", "governorate": "Kirkuk", "mgrs": "",
    "end": "2015-06-03", "timezone": "Asia/Baghdad", "attack_kinds": "air", "date_basis": "event",
    "grading": "confirmed", "killed_min": "3", "belligerents": "US-led Coalition",
}  # fmt: skip


@pytest.mark.parametrize("column", SAID_UNKNOWN)
@pytest.mark.parametrize("word", ["unknown", "N/A", "—", "?", "غير معروف", "невідомо", "tbc", "NaN", "."])
def test_a_cell_that_says_unknown_is_a_blank_one(column, word):
    row = SPOT | {"place": "Hawijah"} | SAID_UNKNOWN
    said, blank = (read(row | {column: cell}, row).drop(columns=["row"], errors="ignore") for cell in (word, ""))
    assert len(said) == 2
    for name in ("start", "end", "country", "radius_m", "flags", "attack_kinds", "date_basis", "grading", "killed_min"):
        assert said[name].astype(str).tolist() == blank[name].astype(str).tolist(), name


def test_na_is_a_country():
    assert read({**SPOT, "lat": "-22.5", "lon": "17.1", "country": "NA"})["country"].tolist() == ["NA"]


def test_both_coordinates_unknown_leave_the_place():
    row = SPOT | {"place": "Hawijah", "lat": "unknown", "lon": "unknown"}
    assert read(row)["location_reason"].str.startswith("name of Hawijah").all()
