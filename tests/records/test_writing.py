"""What is written is read back as it was, whatever it is; and a failed write leaves the old file."""

import contextlib
import datetime as dt
import multiprocessing
import os
import resource
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError, OutputError
from geocasualty.gazetteer.precision import PRECISIONS, precision_dtype
from geocasualty.records.writing import read_records, write_records

SUFFIXES = ("csv", "xlsx", "geojson", "gpkg", "parquet", "fgb", "kml")
every_format = pytest.mark.parametrize("suffix", SUFFIXES)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
hostile = st.sampled_from(
    ["", "'", "'NA", "NA", "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n", " =1", "＝1", "''", "a,b"]
)
words = texts | hostile | st.sampled_from(["الحويجة", "Deir ez-Zor", 'say "x"', "a\r\nb", "\ufeff=1"])
degrees = st.floats(-89, 89)
instants = st.integers(-(10**9), 4 * 10**9).map(lambda second: pd.Timestamp(second, unit="s", tz="UTC"))
counts = st.none() | st.integers(0, 2**63 - 1)
points = st.builds(shapely.Point, degrees, degrees)
boxes = st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), degrees, degrees, st.just(0.1), st.floats(0.1, 1))
several = st.lists(boxes, min_size=1, max_size=3).map(shapely.MultiPolygon)
empty = st.sampled_from([shapely.Point(), shapely.Polygon(), shapely.MultiPolygon(), None])


def frame_of(rows):
    ids, shapes, radii, precisions, flags, names, starts, killed, extras, gaps = (
        zip(*rows, strict=True) if rows else [()] * 10
    )
    table = {
        "incident_id": pd.Series(ids, dtype=str),
        "radius_m": pd.Series(radii, dtype=float),
        "precision": pd.Categorical(precisions, dtype=precision_dtype()),
        "vicinity": pd.Series(flags, dtype=bool),
        "place_text": pd.Series(names, dtype=str),
        "start": pd.Series(starts, dtype=pd.DatetimeTZDtype("s", "UTC")),
        "killed_min": pd.Series(pd.array(killed, dtype="Int64")),
        "score": pd.Series(extras, dtype="float32"),
        "note": pd.Series(gaps, dtype=str),
    }
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs="EPSG:4326"))


row = st.tuples(
    words, points | boxes | several | empty, st.floats(allow_infinity=True), st.none() | st.sampled_from(PRECISIONS),
    st.booleans(), words, instants | st.just(pd.NaT), counts, st.floats(width=32), st.none() | words,
)  # fmt: skip


def same(one, other):
    assert list(one.columns) == list(other.columns)
    assert one.crs == other.crs
    plain = [column for column in one.columns if column != "geometry"]
    pd.testing.assert_frame_equal(pd.DataFrame(one[plain]), pd.DataFrame(other[plain]), check_exact=True)
    for left, right in zip(one.geometry.array, other.geometry.array, strict=True):
        assert (left is None) == (right is None)
        assert left is None or (left.geom_type == right.geom_type and left.equals_exact(right, 0))


def lacked(frame, suffix):
    """Why a kind of file cannot hold a table, by the table alone; empty if it can."""
    shapes = [shape for shape in frame.geometry.array if shape is not None]
    if suffix in ("fgb", "kml") and any(shape.is_empty for shape in shapes):
        return "no shape that is empty|no empty shape"
    cells = frame.select_dtypes(include=["str", "object"]).to_numpy().ravel()
    controls = {*map(chr, range(32))} - {*"\t\n\r"} | {"\ufffe", "\uffff"}
    return "no control characters" if suffix == "kml" and any(controls & {*str(cell)} for cell in cells) else ""


def ordered(frame, suffix):
    """The table with its columns as a kind of file gives them back."""
    if suffix != "fgb":
        return frame
    return frame[[*(name for name in frame.columns if name != "geometry"), "geometry"]]


@every_format
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, max_size=5))
def test_a_round_trip_loses_nothing(tmp_path, suffix, rows):
    frame = frame_of(rows)
    path = tmp_path / f"records.{suffix}"
    if why := lacked(frame, suffix):
        path.unlink(missing_ok=True)
        with pytest.raises(InputError, match=why):
            write_records(frame, path)
        assert not path.exists()
    else:
        same(read_records(write_records(frame, path)), ordered(frame, suffix))


@every_format
def test_the_casebook_survives_and_its_bytes_repeat(tmp_path, book, suffix):
    for frame in (book.incidents, book.strikes, book.strikes.head(0)):
        path = write_records(frame, tmp_path / f"a.{suffix}")
        first = path.read_bytes()
        same(read_records(path), frame)
        other = write_records(frame, tmp_path / f"b.{suffix}")
        assert other.read_bytes() == first
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [f"a.{suffix}", f"b.{suffix}"]


@every_format
def test_other_types_survive(tmp_path, book, suffix):
    frame = book.incidents[["incident_id", "geometry"]].copy()
    count = len(frame)
    frame["whole"] = np.arange(count, dtype="int16")
    frame["huge"] = np.array([2**64 - 1] * count, dtype="uint64")
    frame["maybe"] = pd.array([True, None, False, None], dtype="boolean")
    frame["naive"] = pd.Series(["2015-06-03 01:02:03.123456789"] * count, dtype="datetime64[ns]")
    frame["local"] = pd.Series(pd.to_datetime(["2015-06-03T01:02:03.5+03:00"] * count)).dt.tz_convert("Asia/Baghdad")
    frame["odd:float64"] = "text"
    frame["=cmd"] = "-1"
    same(read_records(write_records(frame, tmp_path / f"a.{suffix}")), ordered(frame, suffix))


@every_format
def test_other_programs_read_it(tmp_path, book, suffix):
    path = write_records(book.strikes, tmp_path / f"a.{suffix}")
    read = {
        "csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": gpd.read_parquet,
        "gpkg": lambda path: gpd.read_file(path, layer="records"),
    }.get(suffix, gpd.read_file)  # fmt: skip
    assert read(path)["strike_id"].tolist() == book.strikes["strike_id"].tolist()


def test_formulas_are_texts_and_numbers_are_numbers(tmp_path, book):
    frame = book.incidents.head(1).assign(place_text='=HYPERLINK("http://evil","x")', note="-12", radius_m=-1.5)
    text = write_records(frame, tmp_path / "a.csv").read_text()
    assert '"\'=HYPERLINK(""http://evil"",""x"")"' in text
    assert ",'-12," in text
    assert ",-1.5," in text


def full_disk(folder, suffix):
    """Runs in a process of its own: no file may grow beyond 2,000 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
    try:
        write_records(many(), Path(folder) / f"a.{suffix}")
    except OutputError as error:
        os._exit(7 if f"a.{suffix}" in str(error) else 8)
    os._exit(9)


def many():
    ids = [f"record-{number:x}-{number * 7919 % 104729:x}" for number in range(2_000)]
    return gpd.GeoDataFrame(
        {"strike_id": pd.Series(ids, dtype=str)}, geometry=[shapely.Point(43, 35)] * 2_000, crs=4326
    )


@every_format
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process with a limit of its own")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, book, suffix):
    path = write_records(book.incidents, tmp_path / f"a.{suffix}")
    old = path.read_bytes()
    process = multiprocessing.get_context("spawn").Process(target=full_disk, args=(str(tmp_path), suffix))
    process.start()
    process.join()
    assert process.exitcode == 7
    assert path.read_bytes() == old
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@every_format
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_crash_leaves_the_old_file_and_nothing_else(tmp_path, book, monkeypatch, suffix, error):
    path = write_records(book.incidents, tmp_path / f"a.{suffix}")
    old = path.read_bytes()

    def fails(*_):
        raise error

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        write_records(book.strikes, path)
    assert path.read_bytes() == old
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@every_format
def test_damaged_files_are_input_errors(tmp_path, book, suffix):
    path = write_records(book.incidents, tmp_path / f"a.{suffix}")
    whole = path.read_bytes()
    for size in (0, 1, 20, len(whole) // 2):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match=rf"a\.{suffix}"):
            read_records(path)
    with pytest.raises(InputError, match="no such file"):
        read_records(tmp_path / f"absent.{suffix}")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(suffix=st.sampled_from(SUFFIXES), cut=st.integers(0, 10**6), noise=st.binary(min_size=1, max_size=8))
def test_noise_in_a_file_never_crashes(tmp_path, suffix, cut, noise):
    path = write_records(many().head(3), tmp_path / f"a.{suffix}")
    whole = path.read_bytes()
    cut %= len(whole)
    path.write_bytes(whole[:cut] + noise + whole[cut + len(noise) :])
    with contextlib.suppress(InputError):
        read_records(path)


def test_an_edited_cell_is_named(tmp_path, book):
    path = write_records(book.incidents, tmp_path / "a.csv")
    path.write_text(path.read_text().replace(",70,", ",seventy,", 1))
    with pytest.raises(InputError, match=r"a\.csv: row 1, column 'killed_max', value 'seventy': expected Int64"):
        read_records(path)


def test_files_of_other_origin_are_refused(tmp_path, book):
    (tmp_path / "a.csv").write_text("incident_id,date\nA,2015-06-03\n")
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(tmp_path / "a.gpkg")
    sqlite3.connect(tmp_path / "b.gpkg").execute("CREATE TABLE t (a)").connection.close()
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    for name in ("a.csv", "a.gpkg", "b.gpkg", "a.geojson"):
        with pytest.raises(InputError, match=r"written by write_records|damaged"):
            read_records(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda frame: pd.DataFrame(frame), "GeoDataFrame"),
        (lambda frame: frame.set_crs(3857, allow_override=True), "to_crs"),
        (lambda frame: frame.rename_geometry("shape"), "rename_geometry"),
        (lambda frame: frame.drop(columns="incident_id"), "no column 'incident_id'"),
        (lambda frame: frame.assign(Note="x"), "differ"),
        (lambda frame: frame.assign(note=["a", "b\x00", "c", "d"]), r"row 2, column 'note', value 'b\\x00'"),
        (
            lambda frame: frame.assign(note=pd.Series(["a", 5, None, "d"], dtype=object)),
            "row 2, column 'note', value '5'",
        ),
        (lambda frame: frame.assign(kind=pd.Categorical(["a"] * 4)), "astype"),
        (lambda frame: frame.assign(span=dt.timedelta(1)), "'span' is timedelta"),
    ],
)
def test_what_cannot_be_written_exactly_is_refused(tmp_path, book, change, says):
    with pytest.raises(InputError, match=says):
        write_records(change(book.incidents), tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


def test_an_unknown_ending_names_the_known_ones(tmp_path, book):
    with pytest.raises(InputError, match=r"\.csv, \.xlsx, \.geojson, \.gpkg, \.parquet, .* or datapackage\.json"):
        write_records(book.incidents, tmp_path / "a.xls")


@every_format
def test_records_of_one_area_share_its_outline(tmp_path, book, suffix):
    shape = shapely.box(43, 35, 44, 36)
    frame = book.incidents.set_geometry(gpd.GeoSeries([shape, None, shape, shapely.Point(1, 2)], crs=4326))
    found = read_records(write_records(frame, tmp_path / f"a.{suffix}")).geometry.array
    assert found[0] is found[2]


def test_flags_of_the_version_before_are_read_as_they_are_spelt_now(tmp_path):
    incidents = gcas.load_casebook().incidents.assign(
        flags=["looks_swapped;placeholder", "", "mine_own", "unknown_end"]
    )
    found = read_records(write_records(incidents, tmp_path / "a.csv"))
    assert found["flags"].tolist() == ["looks-swapped;placeholder", "", "mine_own", "unknown-end"]
    table = pd.DataFrame(
        {"incident_id": ["A"], "date": "2015-06-03", "place": "Hit", "flags": "shape_ignored; unknown_end"}
    )
    assert gcas.read_incidents(table, format="csv")["flags"].tolist() == ["shape-ignored;unknown-end"]


def test_a_finding_heeds_flags_in_either_spelling():
    book = gcas.load_casebook()
    limits = {"within_km": 10, "within_days": 0}
    old, new = (
        gcas.screen(book.incidents.assign(flags=flag), book.strikes, **limits)
        for flag in ("looks_swapped", "looks-swapped")
    )
    pd.testing.assert_frame_equal(old, new)
    assert "looks-swapped" in "".join(new["reason"])


def _written_in(room: int, frame, path: Path) -> str:
    """What writing says in a process in which a file has so much room, as on a disk that is full."""

    def write(said) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        try:
            write_records(frame, path)
        except OutputError as error:
            said.put(str(error))
        else:
            said.put("written")

    forks = multiprocessing.get_context("fork")
    said = forks.SimpleQueue()
    process = forks.Process(target=write, args=(said,))
    process.start()
    process.join(60)
    return said.get()


def test_a_geopackage_on_a_full_disk_is_whole_or_refused(tmp_path, book):
    """Between the size of the rows and that of all, GDAL leaves the spatial index out and says nothing."""
    whole, path = tmp_path / "whole.gpkg", tmp_path / "records.gpkg"
    write_records(book.incidents, whole)
    answers = set()
    for room in range(20_000, whole.stat().st_size + 12_000, 4096):
        path.write_bytes(b"before")
        answer = _written_in(room, book.incidents, path)
        answers.add(answer.split(":")[0])
        assert path.read_bytes() == (whole.read_bytes() if answer == "written" else b"before"), (room, answer)
    assert answers == {"written", "cannot write 'records.gpkg'"}
