"""Files to tables: every row accepted, or rejected with column, value and reason."""

import csv
import inspect
import io
import warnings

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import BadRowsError, GeocasualtyWarning, InputError
from geocasualty.records.schema import INCIDENT_COLUMNS, STRIKE_COLUMNS
from geocasualty.records.writing import read_records, write_records

GOOD = {"incident_id": "A1", "date": "2015-06-03", "place": "Hawija", "killed_min": "1", "killed_max": "2"}


def table(tmp_path, *rows, name="incidents.csv"):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / name
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def test_the_columns_of_the_design_and_their_types(tmp_path, gaz):
    frame = gcas.read_incidents(table(tmp_path, GOOD), gazetteer=gaz)
    assert set(frame.columns) == {*INCIDENT_COLUMNS}
    assert frame.crs == "EPSG:4326"
    assert str(frame["start"].dtype) == str(frame["end"].dtype) == "datetime64[s, UTC]"
    assert str(frame["killed_min"].dtype) == "Int64"
    assert frame["precision"].cat.ordered
    row = frame.iloc[0]
    assert (row["timezone"], row["country"], row["dataset"], row["row"]) == (
        "Asia/Baghdad",
        "IQ",
        "incidents",
        1,
    )
    strikes = gcas.read_strikes(
        table(tmp_path, {"strike_id": "S", "date": "2015-06-03", "mgrs": "38SLE894094"}), gazetteer=gaz
    )
    assert set(strikes.columns) == {*STRIKE_COLUMNS, "mgrs"}
    assert strikes[["n_strikes", "n_rows"]].iloc[0].tolist() == [pd.NA, 1]


@pytest.mark.parametrize("kind", ["csv", "gpkg", "geojson", "parquet"])
def test_a_number_of_strikes_that_nobody_states_is_unknown_throughout(tmp_path, gaz, kind):
    rows = [{"strike_id": name, "date": "2015-06-03", "place": "Hawija", "n_strikes": n} for name, n in ("A ", "B2")]
    strikes = gcas.read_strikes(table(tmp_path, *rows), gazetteer=gaz)
    assert strikes["n_strikes"].tolist() == [pd.NA, 2]
    path = write_records(strikes, tmp_path / f"again.{kind}")
    assert read_records(path)["n_strikes"].tolist() == [pd.NA, 2]
    assert gcas.read_strikes(path, gazetteer=gaz)["n_strikes"].tolist() == [pd.NA, 2]
    counts = gcas.tally(strikes, by=["month"]).iloc[-1]
    assert (counts["strikes"], counts["strikes_unknown"], counts["strike_records"]) == (2, 1, 2)


def test_the_time_of_a_place_found_by_name_is_local_to_it(tmp_path, gaz):
    frame = gcas.read_incidents(table(tmp_path, GOOD), gazetteer=gaz)
    assert frame["start"].iloc[0] == pd.Timestamp("2015-06-02T21:00Z")
    frame = gcas.read_incidents(table(tmp_path, GOOD | {"timezone": "UTC"}), gazetteer=gaz)
    assert frame["start"].iloc[0] == pd.Timestamp("2015-06-03T00:00Z")


@pytest.mark.parametrize(
    ("cells", "radius", "precision", "reason"),
    [
        ({"mgrs": "38S LE 894 094"}, 70.7, "exact", "MGRS cell 38SLE894094"),
        ({"mgrs": "38S LE 89 09", "radius_m": "50"}, 707.1, "neighbourhood", "MGRS cell"),
        ({"mgrs": "38S LE 894 094", "radius_m": "5000"}, 5000, "exact", "MGRS cell"),
        ({"lat": "35.3", "lon": "43.8", "radius_m": "250"}, 250, "village", "stated coordinates"),
        ({"lat": "35.3", "lon": "43.8", "precision": "town"}, 4000, "town", "stated coordinates"),
        ({"lat": "35.3", "lon": "43.8"}, 2000, "village", "accuracy not stated, taken as 2 km"),
        ({"place": "Hawija", "vicinity": "yes"}, 50000, "town", "name of Hawijah"),
    ],
)
def test_radius_and_precision(tmp_path, gaz, cells, radius, precision, reason):
    row = gcas.read_incidents(table(tmp_path, {"incident_id": "A", "date": "2015-06-03", **cells}), gazetteer=gaz).iloc[
        0
    ]
    assert row["radius_m"] == pytest.approx(radius, abs=0.1)
    assert row["precision"] == precision
    assert reason in row["location_reason"]


def test_areas_share_one_polygon_object(tmp_path, gaz):
    rows = [GOOD | {"incident_id": str(n), "place": "Anbar province"} for n in range(3)]
    geometries = gcas.read_incidents(table(tmp_path, *rows), gazetteer=gaz).geometry
    assert geometries.iloc[0].geom_type in {"Polygon", "MultiPolygon"}
    assert geometries.iloc[0] is geometries.iloc[1] is geometries.iloc[2]


def test_unlocated_rows_are_kept_with_the_reason(tmp_path, gaz):
    rows = [GOOD | {"incident_id": name, "place": name} for name in ("", "Atlantis", "Sinjar")]
    rows[0]["incident_id"] = "none"
    frame = gcas.read_incidents(table(tmp_path, *rows), gazetteer=gaz)
    assert frame.geometry.isna().all()
    assert [reason.split(":")[0] for reason in frame["location_reason"]] == [
        "no place and no coordinates given",
        "unresolved",
        "ambiguous",
    ]


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        ({"lat": "4239.0", "lon": "43.8"}, "latitude", "4239.0", "from -90 to 90"),
        ({"lat": "35", "lon": "-181"}, "longitude", "-181.0", "from -180 to 180"),
        ({"lat": "thirty", "lon": "43.8"}, "latitude", "thirty", "degrees such as"),
        ({"lat": "nan", "lon": "43.8"}, "latitude", "", "since longitude is"),
        ({"lat": "", "lon": "43.8"}, "latitude", "", "since longitude is '43.8'"),
        ({"date": "2015-06-03", "date_end": "2015-06-01"}, "end", "2015-06-01", "not after the start"),
        ({"date": "3 June"}, "start", "3 June", "cannot read"),
        ({"date": ""}, "start", "", "cannot read"),
        ({"date": "2015-06-03T10:00"}, "start", "2015-06-03T10:00", "has no zone"),
        ({"timezone": "Asia/Hawijah"}, "start", "2015-06-03", "unknown timezone 'Asia/Hawijah'"),
        ({"killed_min": "5", "killed_max": "2"}, "killed_min", "5", "above killed_max, which is 2"),
        ({"children_min": "5"}, "children_min", "5", "above killed_max"),
        ({"killed_min": "-1"}, "killed_min", "-1", "zero or more"),
        ({"killed_max": "2.5"}, "killed_max", "2.5", "a whole number"),
        ({"incident_id": ""}, "incident_id", "", "an identifier"),
        ({"grading": "sure"}, "grading", "sure", "one of confirmed"),
        ({"precision": "roughly"}, "precision", "roughly", "one of exact"),
        ({"radius_m": "0"}, "radius_m", "0.0", "above zero"),
        ({"country": "Iraqistan"}, "country", "Iraqistan", "ISO 3166-1"),
        ({"mgrs": "377SFU805225"}, "mgrs", "377SFU805225", "not an MGRS reference"),
        ({"vicinity": "perhaps"}, "vicinity", "perhaps", "yes or no"),
    ],
)
def test_a_bad_value_is_named_with_row_column_and_reason(tmp_path, gaz, cells, column, value, reason):
    path = table(tmp_path, GOOD, GOOD | {"incident_id": "A2"} | cells)
    accepted, rejected = gcas.validate_incidents(path, gazetteer=gaz)
    assert accepted["incident_id"].tolist() == ["A1"]
    assert rejected[["row", "column", "value"]].to_numpy().tolist() == [[2, column, value]]
    assert reason in rejected["reason"].iloc[0]
    with pytest.raises(BadRowsError, match=rf"incidents\.csv: row 2, column '{column}'"):
        gcas.read_incidents(path, gazetteer=gaz)
    with pytest.warns(GeocasualtyWarning, match="row 2"):
        assert len(gcas.read_incidents(path, gazetteer=gaz, on_bad_rows="warn")) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error", GeocasualtyWarning)
        assert len(gcas.read_incidents(path, gazetteer=gaz, on_bad_rows="skip")) == 1


def test_repeated_identifiers_are_refused(tmp_path, gaz):
    accepted, rejected = gcas.validate_incidents(
        table(tmp_path, GOOD, GOOD, GOOD | {"incident_id": "B"}), gazetteer=gaz
    )
    assert accepted["incident_id"].tolist() == ["B"]
    assert rejected["row"].tolist() == [1, 2]


def test_columns_are_checked_before_values(tmp_path, gaz):
    path = table(tmp_path, {"killed_min": "x"})
    with pytest.raises(InputError, match=r"no column 'start' .*'place_text' .*has 'killed_min'"):
        gcas.read_incidents(path, gazetteer=gaz)
    with pytest.raises(InputError, match="column_map names 'code', which the file lacks"):
        gcas.read_incidents(table(tmp_path, GOOD), gazetteer=gaz, column_map={"incident_id": "code"})
    with pytest.raises(InputError, match="unknown format 'xml'"):
        gcas.read_incidents(table(tmp_path, GOOD), gazetteer=gaz, format="xml")
    with pytest.raises(InputError, match="on_bad_rows"):
        gcas.read_incidents(table(tmp_path, GOOD), gazetteer=gaz, on_bad_rows="ignore")


def test_columns_of_ones_own_and_extra_ones(tmp_path, gaz):
    row = {"code": "A1", "when": "2015-06-03", "place": "Hit", "colour": "red"}
    frame = gcas.read_incidents(
        table(tmp_path, row), gazetteer=gaz, column_map={"incident_id": "code", "start": "when"}
    )
    assert frame["incident_id"].tolist() == ["A1"]
    assert frame["colour"].tolist() == ["red"]


def test_a_file_with_a_header_alone_is_an_empty_table(tmp_path, gaz):
    path = tmp_path / "none.csv"
    path.write_text("incident_id,date,place\n")
    frame = gcas.read_incidents(path, gazetteer=gaz)
    assert len(frame) == 0
    assert str(frame["start"].dtype) == "datetime64[s, UTC]"


def test_coverage_is_what_the_rows_declare(book):
    covered = gcas.coverage(book.strikes)
    assert set(covered["belligerent"]) == {"Coalition", "Netherlands"}
    assert (covered["end"] > covered["start"]).all()
    assert len(gcas.coverage(book.strikes.drop(columns="covers_start"))) == 0
    assert len(gcas.coverage(book.strikes[:0])) == 0


CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "A",
            "Hawija",
            "Atlantis",
            "2015-06-03",
            "2015-02-30",
            "35.3",
            "4239",
            "-1",
            "nan",
            "1e400",
            "yes",
            "Iraq",
        ]
    ),
    st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), max_size=12),
)
COLUMNS = [
    "date",
    "date_end",
    "place",
    "lat",
    "lon",
    "mgrs",
    "killed_min",
    "killed_max",
    "children_max",
    "grading",
    "radius_m",
    "country",
]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(st.fixed_dictionaries({"incident_id": CELL}, optional=dict.fromkeys(COLUMNS, CELL)), max_size=6))
def test_rows_in_are_rows_accepted_and_rejected(tmp_path, gaz, rows):
    path = table(tmp_path, dict.fromkeys(["incident_id", "date", "place"], "A"), *rows)
    accepted, rejected = gcas.validate_incidents(path, gazetteer=gaz)
    filled = [number for number, row in enumerate(rows, start=2) if any(text.strip() for text in row.values())]
    assert {*accepted["row"]} | {*rejected["row"]} == set(range(1, max(filled, default=1) + 1))
    assert {*accepted["row"]} & {*rejected["row"]} == set()
    assert rejected["reason"].astype(str).str.len().gt(0).all()
    gcas.screen(accepted, gcas.load_casebook(gaz).strikes, within_km=10, within_days=0)


def test_coverage_takes_frames_that_declare_it_in_part(gaz):
    strikes = gcas.load_casebook(gaz).strikes
    whole = gcas.coverage(strikes)
    partly = gpd.GeoDataFrame(
        pd.concat([strikes, strikes.assign(covers_belligerents=None, covers_countries=float("nan"))])
    )
    pd.testing.assert_frame_equal(gcas.coverage(partly), whole)
    without = gcas.coverage(strikes.drop(columns="dataset"))
    assert set(without["dataset"]) == {""}
    assert len(without) <= len(whole)
    incidents = gcas.load_casebook(gaz).incidents
    found = gcas.screen(incidents, strikes.drop(columns="dataset"), within_km=10, within_days=0)
    assert found["finding"].tolist() == gcas.screen(incidents, strikes, within_km=10, within_days=0)["finding"].tolist()


def test_coverage_without_an_end_is_refused(gaz):
    strikes = gcas.load_casebook(gaz).strikes
    strikes.loc[1, "covers_end"] = pd.NaT
    with pytest.raises(InputError, match="row 2, column 'covers_end', value NaT: expected a time"):
        gcas.coverage(strikes)


def test_reading_and_validating_take_the_same_parameters_in_the_same_order():
    """Whoever knows one call knows all four; what a validation returns is never an error, so it has no on_bad_rows."""
    signatures = {
        name: {
            key: (each.kind, each.default) for key, each in inspect.signature(getattr(gcas, name)).parameters.items()
        }
        for name in ("read_incidents", "read_strikes", "validate_incidents", "validate_strikes")
    }
    assert list(signatures["read_incidents"].items()) == list(signatures["read_strikes"].items())
    assert list(signatures["validate_incidents"].items()) == list(signatures["validate_strikes"].items())
    without = {key: each for key, each in signatures["read_incidents"].items() if key != "on_bad_rows"}
    assert list(without.items()) == list(signatures["validate_incidents"].items())
    assert [each[0].name for each in without.values()] == [
        "POSITIONAL_OR_KEYWORD",
        *["KEYWORD_ONLY"] * (len(without) - 1),
    ]
    assert next(iter(inspect.signature(gcas.read_records).parameters)) == "path"  # all else is in the file


@pytest.mark.parametrize("strange", ["role", "detections", "colum_map"])
def test_an_option_that_there_is_not_is_refused(strange):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{strange}'; expected some of format, "):
        gcas.read_incidents(pd.DataFrame({"id": ["A"]}), **{strange: "strike"})


def test_what_is_of_the_other_role_is_refused():
    frame = pd.DataFrame({"incident_id": ["A1"], "strike_id": ["S1"], "date": ["2015-06-03"], "place": ["Hit"]})
    said = {
        "belligerents": "Coalition",
        "countries": "IQ",
        "start": "2015-06-01",
        "end": "2015-06-30",
        "complete": True,
    }
    with pytest.raises(InputError, match="coverage= says whose strikes"):
        gcas.read_incidents(frame, coverage=said)
    with pytest.raises(InputError, match="assessments= goes with the format 'airwars'"):
        gcas.read_strikes(frame, assessments=frame)


NAMES = "Case no.,Date of event,town\n"
REJECTED = {
    "text": ("a.csv", NAMES + 'A,2015-06-03,"Hit,\nAnbar"\n\nB,2015-06-31,Hit\n', {}, 5),
    "title and tags": ("a.csv", "Raids,,\n" + NAMES + "#event+id,#date,#loc\nB,2015-06-31,Hit\n", {}, 4),
    "sep=": ("a.csv", ("sep=;\n" + NAMES + "\n\nB,2015-06-31,Hit\n").replace(",", ";"), {}, 5),
    "one title, bars": ("a.csv", ("Raids\n\n" + NAMES + "B,2015-06-31,Hit\n").replace(",", "|"), {}, 4),
    "quotes that stand off": ("a.csv", NAMES + 'A, 2015-06-03, "a\nb"\nB, 2015-06-31, Hit\n', {}, 4),
    "cp1252": ("a.csv", (NAMES + "B,2015-06-31,Ta\x92izz\n").encode("latin-1"), {"encoding": "cp1252"}, 2),
    "no lines": ("a.json", '[{"Case no.": "B", "Date of event": "2015-06-31", "town": "Hit"}]', {}, None),
}


@pytest.mark.parametrize("kind", REJECTED)
def test_a_rejected_row_says_where_it_stands_in_the_file(tmp_path, gaz, kind):
    name, data, options, line = REJECTED[kind]
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    options = options | {"column_map": {"incident_id": "Case no."}}
    rejected = gcas.validate_incidents(tmp_path / name, gazetteer=gaz, **options)[1]
    found = rejected[["column", "record", "header"]].values.tolist()
    assert found == [["start", "B", "Date of event"]]
    assert rejected["line"].astype(object).where(rejected["line"].notna(), None).tolist() == [line]
    with pytest.raises(BadRowsError, match=f"{f'line {line}, ' if line else ''}in 'Date of event', record 'B'\\)"):
        gcas.read_incidents(tmp_path / name, gazetteer=gaz, **options)


def test_a_row_of_a_sheet_is_found_by_its_number_there(tmp_path, gaz):
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    for row in (["Raids"], [], ["id", "date", "place"], ["A", "2015-06-03", "Hit"], [], ["B", "never", "Hit"]):
        workbook.active.append(row)
    workbook.save(tmp_path / "a.xlsx")
    rejected = gcas.validate_incidents(tmp_path / "a.xlsx", gazetteer=gaz)[1]
    assert rejected[["row", "line", "record", "header"]].values.tolist() == [[3, 6, "B", "date"]]


def test_rows_without_an_identifier_lack_one_and_share_none(gaz):
    frame = pd.DataFrame({"id": ["", "", "A", "A"], "date": "2015-06-03", "place": "Hit"})
    rejected = gcas.validate_incidents(frame, gazetteer=gaz)[1]
    assert (
        rejected["reason"].tolist()
        == ["expected an identifier"] * 2 + ["an identifier that another row has too; make it unique"] * 2
    )
