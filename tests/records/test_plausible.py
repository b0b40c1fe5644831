"""What an analyst should know of a record: its flags, and coordinates that cannot be."""

import re

import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.records._moved import known_accuracy
from tests.records.samples import assert_conserved, write

GOOD = {"incident_id": "A", "date": "2015-06-03", "lat": "35.3", "lon": "43.8"}


@pytest.fixture
def validate(tmp_path, gaz):
    def read(*rows, **options):
        rows = [GOOD | {"incident_id": f"A{number}"} | row for number, row in enumerate(rows)]
        accepted, rejected = gcas.validate_incidents(write(tmp_path / "mine.csv", rows), gazetteer=gaz, **options)
        assert_conserved(accepted, rejected, len(rows))
        return accepted, rejected

    return read


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"lat": "0", "lon": "0"}, "latitude", "open sea"),
        ({"lat": "43.8", "lon": "35.3", "country": "IQ"}, "latitude", "look swapped"),
        ({"killed_max": "2", "children_max": "3"}, "children_max", "above killed_max"),
        ({"killed_max": "1e300"}, "killed_max", "a whole number"),
        ({"lat": "", "lon": "", "place": "0.0, 0.0"}, "place_text", "open sea"),
        ({"country": "XX"}, "country", "its ISO 3166-1 code"),
        ({"date": "1970-01-01"}, "start", "zero of computers' clocks"),
        ({"date": "2015-06-03", "date_end": "1436-08-20"}, "end", "Hijri"),
        ({"date": "2015-06-03", "date_end": "1970-01-01"}, "end", "zero of computers' clocks"),
        ({"date": "Thursday 3 June 2015"}, "start", "is Wednesday"),
    ],
)
def test_what_cannot_be_is_rejected(validate, cells, column, reason):
    accepted, rejected = validate(cells, {})
    assert accepted["incident_id"].tolist() == ["A1"]
    assert rejected["column"].tolist() == [column]
    assert reason in rejected["reason"].iloc[0]


@pytest.mark.parametrize(
    ("cells", "flags", "words"),
    [
        ({"country": "IQ"}, "", "stated"),
        ({"country": "IQ", "lat": "33.3", "lon": "38.7"}, "", ""),  # 20 km of a border are within what outlines show
        ({"country": "IQ", "lat": "36.2", "lon": "37.1"}, "outside-country", "outside IQ"),
        ({"lat": "43.8", "lon": "35.3"}, "looks-swapped;unknown-timezone", "it would lie in IQ"),
        ({"place": "Hawija"}, "", ""),
        ({"place": "Mosul"}, "geometry-conflict", "km from what the record names, Mosul"),
        ({"place": "Mosul", "radius_m": "200000"}, "", ""),
        ({"place": "Atlantis"}, "", ""),
        ({"place": "Hawija", "lat": "", "lon": "", "radius_m": "1"}, "accuracy-without-coordinate", ""),
        ({"place": "Hawija", "lat": "", "lon": ""}, "", ""),
        ({"mgrs": "38SLE 894 094", "lat": "36.3", "lon": "43.8"}, "geometry-conflict", "108.5 km from it"),
        ({"flags": "seen;by hand"}, "by hand;seen", ""),
        ({"lat": "", "lon": "", "place": "36.335, 43.119", "country": "IQ"}, "", ""),
        ({"lat": "", "lon": "", "place": "43.119, 36.335", "country": "IQ"}, "", "with longitude first in Iraq"),
        ({"lat": "", "lon": "", "place": "36.2, 37.1", "country": "IQ"}, "outside-country", "km outside IQ"),
        ({"lat": "", "lon": "", "place": "Raqqa", "country": "TR"}, "unused-words", "lies outside the stated country"),
    ],
)
def test_flags(validate, cells, flags, words):
    row = validate(cells)[0].iloc[0]
    assert known_accuracy(row["flags"]) == flags
    assert words in row["location_reason"]


def test_a_stated_accuracy_without_coordinates_changes_nothing(validate, gaz):
    place = gaz.resolve("Hawija")
    row = validate({"place": "Hawija", "lat": "", "lon": "", "radius_m": "1", "precision": "exact"})[0].iloc[0]
    assert (row["radius_m"], row["precision"]) == (place.radius_m, place.precision)


def test_a_conflict_is_never_fixed(validate):
    row = validate({"place": "Mosul"})[0].iloc[0]
    assert (row.geometry.x, row.geometry.y, row["radius_m"]) == (43.8, 35.3, 2000)


def test_a_point_that_three_days_share_stands_for_its_place(validate, gaz):
    raqqa = gaz.resolve("Raqqa", country="SY").best.place
    spot = {"lat": "35.95283", "lon": "39.00788", "precision": "exact", "country": "SY"}
    days = [spot | {"date": f"2015-06-0{day}", "place": "Raqqa"} for day in (1, 2, 3)]
    frame, _ = validate(*days, {})
    assert frame["flags"].tolist() == ["placeholder"] * 3 + ["blank-accuracy"]
    assert frame["radius_m"].tolist()[:3] == [raqqa.radius_m] * 3
    assert frame["precision"].iloc[0] != "exact"
    assert "3 events of different days share this very point" in frame["location_reason"].iloc[0]
    same_day = [spot | {"date": "2015-06-01"}] * 5
    assert set(validate(*same_day)[0]["flags"]) == {""}
    unnamed = [day | {"place": ""} for day in days]
    assert validate(*unnamed)[0]["radius_m"].gt(100).all()


def test_counts_in_arabic_figures_and_unknown_ones(validate):
    said = ["٣", "۳", "١٬٠٠٠", "NA", "NULL", "n/a", "?", "-", "", "nan", "unknown"]
    frame, rejected = validate(*({"killed_min": text} for text in said))
    assert (
        frame["killed_min"].astype(object).where(frame["killed_min"].notna(), None).tolist()
        == [3, 3, 1000] + [None] * 8
    )
    assert rejected.empty
    frame, rejected = validate(*({"killed_min": text} for text in ("1,000", "1٬00", "3,5", "٣٫٥", "none", "x")))
    assert frame.empty
    reason = "expected a whole number, or nothing where it is unknown; write 1000 for 1,000, which may be one"
    assert set(rejected["reason"]) == {reason}


def test_degrees_in_arabic_figures(validate):
    frame, _ = validate({"lat": "٣٥٫٣٢", "lon": "٤٣٫٧٨"}, {"lat": "35.32", "lon": "43.78"})
    assert frame.geometry.x.tolist() == [43.78, 43.78]
    assert frame.geometry.y.tolist() == [35.32, 35.32]


def test_decimal_commas_are_read_where_the_whole_column_has_them(tmp_path, gaz):
    def read(*rows):
        rows = [GOOD | {"incident_id": f"A{number}"} | row for number, row in enumerate(rows)]
        return gcas.validate_incidents(write(tmp_path / "mine.csv", rows, delimiter=";"), gazetteer=gaz)

    frame, rejected = read({"lat": "36,335", "lon": "43,119"}, {"lat": "36", "lon": "43,1", "radius_m": "70,5"})
    assert rejected.empty
    assert frame.geometry.y.tolist() == [36.335, 36.0]
    assert frame["radius_m"].tolist() == [2000, 70.5]
    for rows, bad in (
        ([{"lat": "36,335"}, {"lat": "36.1"}], [1]),
        ([{"lat": "36,335"}, {"lat": "361,1"}], [1, 2]),
        ([{"lat": "36,335,1"}, {"lat": "36"}], [1]),
        ([{"radius_m": "1,000"}, {"radius_m": "70,5"}], [1, 2]),
    ):
        rejected = read(*rows)[1]
        assert rejected["row"].tolist() == bad
        assert rejected["reason"].str.contains("decimal comma").all()


def test_a_place_of_another_country_than_the_stated_one_is_not_taken(validate):
    nowhere = {"lat": "", "lon": ""}
    frame, _ = validate(
        nowhere | {"place": "Mosul", "country": "SY"},
        nowhere | {"place": "Mosul", "country": "IQ"},
        nowhere | {"place": "36.335, 43.119"},
    )
    assert frame["country"].tolist() == ["SY", "IQ", "IQ"]
    assert frame["timezone"].tolist() == ["Asia/Damascus", "Asia/Baghdad", "Asia/Baghdad"]
    assert frame.geometry.isna().tolist() == [True, False, False]
    assert "Mosul (Nineveh, IQ), but that lies outside the stated country" in frame["location_reason"].iloc[0]


def on_three_days(**cells):
    return [cells | {"date": f"2015-06-0{day}"} for day in (1, 2, 3)]


def test_a_village_struck_often_is_no_placeholder(validate):
    frame, _ = validate(
        *on_three_days(lat="33.51", lon="36.53", country="SY", precision="village", place="Kafr Nowhere")
    )
    assert (set(frame["flags"]), set(frame["radius_m"])) == ({""}, {3000.0})


def test_a_shared_point_is_never_widened_to_an_area_elsewhere(validate, gaz):
    area = gaz.resolve("Rif Dimashq", country="SY").best.place
    spot = {"lat": "33.51", "lon": "36.53", "country": "SY", "precision": "exact"}
    for named in ({"place": "Nowhere-at-all", "governorate": "Rif Dimashq"}, {"place": "Rif Dimashq"}):
        frame, _ = validate(*on_three_days(**spot, **named))
        assert set(frame["flags"]) == {"placeholder"}  # to a block at most, three times
        assert (frame["radius_m"] <= 15_000).all()
    own = {"lat": str(area.lat), "lon": str(area.lon), "place": "Rif Dimashq", "country": "SY", "precision": "exact"}
    frame, _ = validate(*on_three_days(**own))
    assert set(frame["radius_m"]) == {area.radius_m}


def test_a_shared_point_is_never_widened_to_a_town_that_the_rows_do_not_name(validate, gaz):
    raqqa = gaz.resolve("Raqqa", country="SY").best.place
    near = {"lat": str(raqqa.lat + 0.02), "lon": str(raqqa.lon), "country": "SY", "precision": "exact"}
    frame, _ = validate(*on_three_days(**near))
    assert (set(frame["flags"]), set(frame["radius_m"])) == ({"placeholder"}, {150.0})
    frame, _ = validate(*on_three_days(**near, place="Raqqa"))
    assert set(frame["radius_m"]) == {raqqa.radius_m}
    frame, _ = validate(*on_three_days(**near, place="Raqqa"), near)
    assert set(frame["radius_m"]) == {raqqa.radius_m}  # the last names nothing, and shares the point of those that do


def test_a_stated_rung_is_the_most_that_a_shared_point_is_widened_to(validate, gaz):
    aleppo = gaz.resolve("Aleppo", country="SY", kinds=["city"]).best.place
    spot = {"lat": str(aleppo.lat), "lon": str(aleppo.lon), "country": "SY"}
    frame, _ = validate(*on_three_days(**spot, precision="village", radius_m="50"))
    assert (set(frame["flags"]), set(frame["radius_m"])) == ({"placeholder"}, {3000.0})
    frame, _ = validate(*on_three_days(**spot, precision="town"))
    assert (set(frame["flags"]), set(frame["radius_m"])) == ({""}, {4000.0})
    frame, _ = validate(*on_three_days(**spot, precision="town", place="Aleppo"))
    assert (set(frame["flags"]), set(frame["radius_m"])) == ({"placeholder"}, {aleppo.radius_m})
    frame, _ = validate(*on_three_days(**spot))
    assert (set(frame["flags"]), set(frame["radius_m"])) == ({"assumed-accuracy;placeholder"}, {aleppo.radius_m})


def test_the_country_of_coordinates_gives_the_zone(validate):
    frame, _ = validate({}, {"lat": "35.9", "lon": "39.0"}, {"lat": "51.5", "lon": "0.1"}, {"lat": "10", "lon": "-40"})
    assert frame["country"].tolist() == ["IQ", "SY", "GB", ""]
    assert frame["timezone"].tolist() == ["Asia/Baghdad", "Asia/Damascus", "Europe/London", "UTC"]


def test_dates_in_figures_are_decided_for_the_whole_file(validate):
    frame, _ = validate({"date": "6/3/2015"}, {"date": "6/30/2015"})
    assert frame["start"].dt.tz_convert("Asia/Baghdad").dt.strftime("%d %b").tolist() == ["03 Jun", "30 Jun"]
    frame, rejected = validate({"date": "6/3/2015"}, {"date": "2015-06-03"})
    assert rejected["row"].tolist() == [1]
    assert "date_order=" in rejected["reason"].iloc[0]
    frame, _ = validate({"date": "6/3/2015"}, date_order="dmy")
    assert frame["start"].dt.tz_convert("Asia/Baghdad").dt.strftime("%d %b").tolist() == ["06 Mar"]


def test_coverage_may_be_stated(tmp_path, gaz):
    path = write(tmp_path / "s.csv", [{"strike_id": "S", "date": "2015-06-03", "place": "Hawija"}])
    stated = {"belligerents": "France", "countries": "IQ;SY", "start": "2015-06-01", "end": "2015-06-30"}
    for complete in (True, False):
        frame = gcas.read_strikes(path, gazetteer=gaz, coverage=stated | {"complete": complete})
        assert gcas.coverage(frame)["complete"].tolist() == [complete, complete]
    with pytest.raises(InputError, match="expected the keys belligerents, countries, start, end, complete"):
        gcas.read_strikes(path, gazetteer=gaz, coverage=stated)
    with pytest.raises(InputError, match="complete is 'yes'; expected True or False"):
        gcas.read_strikes(path, gazetteer=gaz, coverage=stated | {"complete": "yes"})


def test_coverage_in_columns_is_complete_only_where_all_rows_say_so(tmp_path, gaz):
    span = {"covers_belligerents": "France", "covers_countries": "IQ", "covers_start": "2015-06-01"}
    rows = [
        {"strike_id": f"S{number}", "date": "2015-06-03", "place": "Hawija", **span, "covers_complete": said}
        for number, said in enumerate(["yes", "", "no", "near"])
    ]
    accepted, rejected = gcas.validate_strikes(write(tmp_path / "s.csv", rows), gazetteer=gaz)
    assert accepted["covers_complete"].tolist() == [True, False, False]
    assert rejected[["row", "column", "value"]].to_numpy().tolist() == [[4, "covers_complete", "near"]]
    assert gcas.coverage(accepted)["complete"].tolist() == [False]
    whole = gcas.read_strikes(write(tmp_path / "all.csv", rows[:1]), gazetteer=gaz)
    assert gcas.coverage(whole)["complete"].tolist() == [True]
    assert gcas.coverage(accepted.drop(columns="covers_complete"))["complete"].tolist() == [False]
    texts = accepted.astype({"covers_complete": object}).assign(covers_complete="yes")
    with pytest.raises(InputError, match="column 'covers_complete', value 'yes'"):
        gcas.coverage(texts)
    path = tmp_path / "again.csv"
    gcas.write_records(accepted, path)
    assert gcas.read_records(path)["covers_complete"].tolist() == [True, False, False]


def test_columns_named_as_those_of_readers_stay_the_files_own(tmp_path, gaz):
    path = write(tmp_path / "i.csv", [{"id": "A", "date": "2015-06-03", "place": "Hit", "row": "seven", "rows": "1;x"}])
    frame = gcas.read_incidents(path, gazetteer=gaz)
    assert frame[["row", "attribute_row", "attribute_rows"]].iloc[0].tolist() == [1, "seven", "1;x"]
    assert gcas.records.provenance(frame)["rows"].tolist() == [1]


def test_a_missing_column_is_named_with_all_its_spellings(tmp_path, gaz):
    path = write(tmp_path / "i.csv", [{"code": "A", "when": "2015-06-03", "lat": "35"}])
    says = (
        "no column 'start' (or 'date', 'start date'); nor 'place_text' (or 'place', 'location'), 'mgrs' (or "
        "'mgrs grid', 'grid reference'), or 'latitude' (or 'lat') and 'longitude' (or 'lon', 'lng'); the file has "
        "'code', 'when', 'lat'"
    )
    with pytest.raises(InputError, match=re.escape(says)):
        gcas.read_incidents(path, gazetteer=gaz)


def test_every_column_of_the_file_is_kept(tmp_path, gaz):
    row = {"date": "2015-06-03", "place": "Hawija", "province": "Kirkuk", "MGRS": " 38SLE894094 ", "note": "a b"}
    covers = {"covers_belligerents": "x", "covers_complete": "perhaps", "event_group": "g", "n_strikes": "many"}
    path = write(tmp_path / "i.csv", [{"incident_id": "A", **row, **covers}])
    frame = gcas.read_incidents(path, gazetteer=gaz)
    kept = ["admin1", "mgrs", "note", *covers]
    assert frame[kept].iloc[0].tolist() == ["Kirkuk", "38SLE894094", "a b", "x", "perhaps", "g", "many"]
    assert list(frame.columns).index("admin1") > list(frame.columns).index("grading")
    frame = gcas.read_strikes(write(tmp_path / "s.csv", [{"strike_id": "A", **row}]), gazetteer=gaz)
    assert frame[["admin1", "mgrs", "note"]].iloc[0].tolist() == ["Kirkuk", "38SLE894094", "a b"]


@pytest.mark.parametrize(
    "data",
    [
        b"incident_id,date,place\nA,2015-06-03,Ha\x00wija\n",
        b"incident_id,date,place\nA,2015-06-03," + b"x" * 3_000_000 + b"\n",
        b"incident_id,date,place\nA,2015-06-03,Hawij\xe9\nB,2015-06-03,\xd9\x85\n",
        b",".join(b"c%d" % number for number in range(1_000_000)) + b"\n",
        b"incident_id,date,place\n" + b'"' + b"A,2015-06-03,Hit\n" * 1000,
        b"\xff\xfei\x00n\x00c\x00",
        b"",
    ],
    ids=["NUL", "huge field", "mixed encodings", "a million columns", "open quote", "UTF-16", "empty"],
)
def test_hostile_files_are_refused_in_words(tmp_path, gaz, data):
    path = tmp_path / "hostile.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        gcas.read_incidents(path, gazetteer=gaz)
    assert len(str(caught.value)) < 5_000


def test_a_mark_in_the_middle_of_a_file_loses_no_row(tmp_path, gaz):
    path = tmp_path / "joined.csv"
    once = "\ufeffincident_id,date,place\nA,2015-06-03,Hawija\n"
    path.write_text(once + once.replace("A,", "B,"), encoding="utf-8")
    accepted, rejected = gcas.validate_incidents(path, gazetteer=gaz)
    assert_conserved(accepted, rejected, 3)
    assert rejected["row"].tolist() == [2]


@pytest.mark.parametrize(
    ("cells", "country", "words"),
    [
        ({"place": "38S LE 894 094"}, "IQ", "MGRS cell 38SLE894094"),
        ({"place": "35.3222, 43.7838"}, "IQ", "coordinates"),
        ({"place": "36.8912, 38.3536"}, "SY", "country taken as SY, whose generalised border is 0.5 km away"),
        ({"lat": "36.8912", "lon": "38.3536"}, "SY", "country taken as SY, whose generalised border is 0.5 km away"),
        ({"lat": "36.6975", "lon": "38.9567"}, "SY", ""),
    ],
)
def test_a_day_is_local_wherever_a_record_is_located(validate, cells, country, words):
    row = validate({"lat": "", "lon": ""} | cells)[0].iloc[0]
    assert (row["country"], known_accuracy(row["flags"])) == (country, "")
    assert row["start"].isoformat() == "2015-06-02T21:00:00+00:00"
    assert words in row["location_reason"]


@pytest.mark.parametrize(
    ("cells", "flags"),
    [
        ({"lat": "", "lon": "", "place": "Atlantis"}, "unknown-timezone"),
        ({"lat": "39.0", "lon": "30.0"}, ""),
        ({"lat": "34.0", "lon": "30.0"}, "unknown-timezone"),
        ({"country": "BV", "lat": "-54.4", "lon": "3.4"}, "unknown-timezone"),
        ({"country": "LY", "lat": "32.9", "lon": "13.2"}, ""),
        ({"country": "TR", "lat": "38.0", "lon": "35.0"}, ""),
        ({"lat": "", "lon": "", "place": "Atlantis", "timezone": "Europe/Amsterdam"}, ""),
        ({"lat": "", "lon": "", "place": "Atlantis", "date": "2015-06-03T12:00Z"}, ""),
    ],
)
def test_a_day_of_no_known_zone_is_flagged(validate, cells, flags):
    assert known_accuracy(validate(cells)[0].iloc[0]["flags"]) == flags
