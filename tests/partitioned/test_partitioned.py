"""The join on Dask gives what the join in memory gives, whatever the partitions."""

import itertools
from pathlib import Path

import dask
import dask.dataframe as dd
import dask_geopandas
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError, OutputError
from geocasualty.matching._limits import limits_of
from geocasualty.partitioned import _joins, partition_records, read_partitions, write_pairs
from geocasualty.partitioned._extents import boxes_of, cuts, extents_of, keys_of, meeting
from geocasualty.partitioned._files import Reader
from geocasualty.partitioned._halves import half_of
from tests.matching.frames import EPOCH, records
from tests.matching.test_join import sites

SLOW = [HealthCheck.too_slow]


@pytest.fixture(autouse=True)
def one_thread():
    with dask.config.set(scheduler="synchronous"):
        yield


def cut(frame, every):
    """A Dask frame of partitions of so many rows, in the order given; the first one is empty."""
    parts = [frame.iloc[:0]] + [frame.iloc[n : n + every] for n in range(0, len(frame), every)]
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_delayed([dask.delayed(part) for part in parts], meta=frame.iloc[:0], verify_meta=False)


def assert_same(found, expected):
    """The same pairs; distances to what the compiled join promises."""
    assert list(found.columns) == list(expected.columns)
    order = ["incident_id", "strike_id"]
    found = found.sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-6, atol=1e-6)
    if len(expected):
        numbers = [column for column in expected.columns if column not in (*order, "relation")]
        assert (found.dtypes[numbers] == expected.dtypes[numbers]).all()
        assert found["relation"].dtype == expected["relation"].dtype


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(
    st.lists(sites(), max_size=6),
    st.lists(sites(), max_size=8),
    st.sampled_from([0, 1.0, 5]),
    st.sampled_from([0, 1, 3]),
    st.sampled_from(["both", "incidents", "strikes"]),
    st.integers(1, 3),
)
def test_any_partitions_on_either_side_give_the_same_pairs(ours, theirs, km, days, sides, every):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    expected = gcas.match(incidents, strikes, within_km=km, within_days=days, bounds=True)
    found = gcas.match(
        cut(incidents, every) if sides != "strikes" else incidents,
        cut(strikes, every) if sides != "incidents" else strikes,
        within_km=km,
        within_days=days,
        bounds=True,
    )
    assert isinstance(found, dd.DataFrame)
    assert_same(found.compute(), expected)


@settings(max_examples=40, deadline=None)
@given(st.lists(sites(), min_size=1, max_size=3), st.lists(sites(), min_size=1, max_size=3), st.sampled_from([0, 2, 9]))
def test_partitions_that_hold_a_pair_are_never_told_apart(ours, theirs, km):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    if len(gcas.match(incidents, strikes, within_km=km, within_days=1)):
        limits = limits_of(km, 1)
        a, b = (extents_of(boxes_of(frame)) for frame in (incidents, strikes))
        assert any(meeting(a, extent, limits).any() for extent in b)


def test_far_partitions_are_told_apart_in_space_and_in_time():
    here = extents_of(boxes_of(records("incident", [{"xy": (43, 35)}])))
    limits = limits_of(10, 1)
    for far in ({"xy": (43.2, 35)}, {"xy": (43, 35.2)}, {"xy": (43, 35), "day": 6}, {"xy": (-137, 35)}):
        assert not meeting(here, extents_of(boxes_of(records("strike", [far])))[0], limits).any()


def test_times_of_one_local_day_meet_however_far_the_zones_are_apart():
    hour = 1 / 24
    second = hour / 3_600
    first = {"xy": (43, 35), "day": -14 * hour, "days": second}  # of a day 14 hours ahead of UTC
    limits = limits_of(1, 0)
    for late, met in ((36 * hour - second, True), (36 * hour + second, False)):  # the last of it, 12 hours behind
        last = {"xy": (43, 35), "day": late, "days": second}
        a, b = (extents_of(boxes_of(records("strike", [row]))) for row in (first, last))
        assert meeting(a, b[0], limits).tolist() == meeting(b, a[0], limits).tolist() == [met]


def test_what_has_no_place_meets_what_is_of_its_time_if_asked_to():
    lost = [{"geometry": None, "radius_m": float("nan"), "day": day} for day in (0, 90)]
    boxes = boxes_of(records("strike", lost))
    here = extents_of(boxes_of(records("incident", [{"xy": (43, 35)}])))
    assert meeting(boxes, here[0], limits_of(1, 0)).tolist() == [False, False]
    assert meeting(boxes, here[0], limits_of(1, 0), unplaced=True).tolist() == [True, False]
    assert meeting(here, extents_of(boxes)[0], limits_of(1, 0), unplaced=True).tolist() == [False]


def test_a_wide_record_widens_no_other():
    rows = [{"xy": (43, 35)}, {"xy": (44, 35), "radius_m": 200_000.0}, {"xy": (43.1, 35), "days": 400}]
    extents = extents_of(boxes_of(records("strike", rows)))
    assert len(extents) == 3
    assert sorted(extents[:, 4]) == [0, 0, 200_000]


@settings(max_examples=40, deadline=None)
@given(st.lists(sites(), max_size=30), st.integers(1, 9))
def test_cuts_hold_every_record_and_no_more_than_asked(rows, most):
    keys = np.sort(keys_of(boxes_of(records("strike", rows))))
    distinct, counts = np.unique(keys, return_counts=True)
    begins, parts = cuts(distinct, counts, most)
    assert (np.diff(begins) > 0).all()
    held = np.bincount(np.searchsorted(begins, keys, side="right") - 1, minlength=len(begins))
    assert held.sum() == len(keys)
    assert (held <= most * parts).all()
    assert (held > 0).all()


def many(role, count, seed):
    rng = np.random.default_rng(seed)
    rows = [
        {
            "xy": (43 + rng.normal(0, 0.3), 35 + rng.normal(0, 0.3)),
            "radius_m": float(rng.choice([0, 500, 2_000])),
            "day": int(rng.integers(0, 90)),
            "days": 1.0,
            "belligerents": str(rng.choice(["", "Coalition", "Russia"])),
        }
        for _ in range(count)
    ]
    rows[5] = {"geometry": None, "radius_m": float("nan")}
    rows[6] = {"geometry": shapely.box(42, 34, 44, 36), "radius_m": float("nan")}
    rows[7] |= {"radius_m": 30_000.0, "days": 200.0}
    return records(role, rows)


def test_a_layout_holds_each_record_once_and_joins_the_same(tmp_path):
    frames = {role: many(role, 90, seed) for seed, role in enumerate(("incident", "strike"))}
    opened = {}
    for role, frame in frames.items():
        frame.sample(frac=1, random_state=1).to_parquet(tmp_path / f"{role}.parquet")
        table = partition_records(tmp_path / f"{role}.parquet", tmp_path / role, rows=40)
        assert table["rows"].sum() == 90
        assert table["rows"].max() <= 40
        assert table["unlocated"].sum() == 1
        opened[role] = read_partitions(tmp_path / role)
        assert isinstance(opened[role], dask_geopandas.GeoDataFrame)
        back = opened[role].compute().sort_values(f"{role}_id")[frame.columns]
        expected = frame.sort_values(f"{role}_id")
        assert back[f"{role}_id"].tolist() == expected[f"{role}_id"].tolist()
        assert back.geometry.to_wkb().tolist() == expected.geometry.to_wkb().tolist()
        assert (back["start"].to_numpy() == expected["start"].to_numpy()).all()
    expected = gcas.match(*frames.values(), within_km=5, within_days=1, bounds=True)
    found = gcas.match(*opened.values(), within_km=5, within_days=1, bounds=True)
    assert found.npartitions < opened["incident"].npartitions * opened["strike"].npartitions
    assert_same(found.compute(), expected)
    assert_same(found.compute(scheduler="threads"), expected)
    filtered = opened["strike"][opened["strike"]["radius_m"] < 600]
    few = gcas.match(opened["incident"], filtered, within_km=5, within_days=1).compute()
    strikes = frames["strike"]
    assert_same(few, gcas.match(frames["incident"], strikes[strikes["radius_m"] < 600], within_km=5, within_days=1))


def test_probabilities_and_weights_are_those_of_memory(tmp_path):
    incidents = many("incident", 60, 1)
    strikes = many("strike", 90, 2).assign(
        n_strikes=[n % 5 or None for n in range(90)], vicinity=[n % 4 == 0 for n in range(90)]
    )
    for role, frame in (("incident", incidents), ("strike", strikes)):
        frame.to_parquet(tmp_path / f"{role}.parquet")
        partition_records(tmp_path / f"{role}.parquet", tmp_path / role, rows=30)
    expected = gcas.match(incidents, strikes, within_km=20, within_days=4, explain=True)
    assert expected["match_weight"].nunique() > 20
    plain = gcas.match(
        incidents, strikes.drop(columns=["n_strikes", "vicinity"]), within_km=20, within_days=4, explain=True
    )
    assert (plain["match_weight"] - expected["match_weight"]).abs().max() > 1
    laid_out = [read_partitions(tmp_path / role) for role in ("incident", "strike")]
    for a, b in (*both(incidents, strikes), laid_out):
        assert_same(gcas.match(a, b, within_km=20, within_days=4, explain=True).compute(), expected)
    none = gcas.match(incidents[:0], cut(strikes, 30), within_km=20, within_days=4, explain=True)
    assert list(none.compute().columns) == list(none.columns) == list(expected.columns)


def test_a_layout_as_it_stands_is_not_measured_again(tmp_path, monkeypatch):
    many("strike", 60, 1).to_parquet(tmp_path / "s.parquet")
    partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=20)
    strikes = read_partitions(tmp_path / "s")
    whole = half_of(strikes, "strike", None)
    measured = half_of(strikes[strikes["strike_id"] != ""], "strike", None)
    first = half_of(strikes.partitions[0], "strike", None)
    assert len(first.extents) == 1
    monkeypatch.setattr("geocasualty.partitioned._halves.surveyed", None)
    assert [len(each) for each in half_of(strikes, "strike", None).extents] == [len(each) for each in whole.extents]
    with pytest.raises(TypeError):
        half_of(strikes[strikes["strike_id"] != ""], "strike", None)
    located = [np.array(each) for each in whole.extents]
    for one, other in zip(located, measured.extents, strict=True):
        assert one == pytest.approx(other, nan_ok=True)


def test_a_layout_is_plain_geoparquet_whose_footers_say_where_it_lies(tmp_path):
    many("strike", 200, 3).to_parquet(tmp_path / "s.parquet")
    partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=30)
    laid_out = half_of(read_partitions(tmp_path / "s"), "strike", None)
    for file, extents in zip(sorted((tmp_path / "s").iterdir()), laid_out.extents, strict=True):
        frame = gpd.read_parquet(file)
        assert "bbox" not in frame.columns
        assert extents == pytest.approx(extents_of(boxes_of(frame)), nan_ok=True, abs=1e-9)
        box = tuple(extents[0, :4]) if frame.geometry.notna().any() else (-180, -90, 180, 90)
        assert len(gpd.read_parquet(file, bbox=box)) == frame.geometry.notna().sum()
        assert len(gpd.read_parquet(file, bbox=(100, 80, 101, 81))) == 0


def test_a_layout_lies_there_for_another_program_too(tmp_path):
    """Boxes in the source, as other programs write them, are not taken for a column of the records."""
    frame = many("strike", 60, 4)
    frame.to_parquet(tmp_path / "s.parquet", write_covering_bbox=True)
    partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=20)
    back = read_partitions(tmp_path / "s").compute()
    assert sorted(back.columns) == sorted(frame.columns)
    frame.assign(bbox=1).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="column 'bbox' is where boxes go"):
        partition_records(tmp_path / "t.parquet", tmp_path / "t")


def test_a_layout_is_the_same_bytes_whatever_the_order_of_the_rows(tmp_path):
    frame = many("strike", 200, 3)
    for name, seed in (("a", 1), ("b", 2)):
        frame.sample(frac=1, random_state=seed).reset_index(drop=True).to_parquet(tmp_path / f"{name}.parquet")
        partition_records(tmp_path / f"{name}.parquet", tmp_path / name, rows=30)
    files = [sorted((tmp_path / name).iterdir()) for name in "ab"]
    assert [file.name for file in files[0]] == [file.name for file in files[1]]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(*files, strict=True))
    with pytest.raises(OutputError, match="exists"):
        partition_records(tmp_path / "a.parquet", tmp_path / "a")


def test_one_day_of_one_town_is_cut_too(tmp_path):
    frame = records("strike", [{"xy": (43, 35)} for _ in range(500)])
    frame.to_parquet(tmp_path / "s.parquet")
    table = partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=100)
    assert len(table) == 5
    assert table["rows"].max() < 150
    incidents = records("incident", [{"xy": (43, 35)}])
    assert len(gcas.match(incidents, read_partitions(tmp_path / "s"), within_km=1, within_days=0)) == 500


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg", ".parquet"])
def test_every_format_of_write_records_is_laid_out(tmp_path, suffix):
    book = gcas.load_casebook()
    path = gcas.write_records(book.incidents, tmp_path / f"incidents{suffix}")
    partition_records(path, tmp_path / "out", rows=2)
    found = gcas.match(read_partitions(tmp_path / "out"), book.strikes, within_km=10, within_days=0)
    assert_same(found.compute(), gcas.match(book.incidents, book.strikes, within_km=10, within_days=0))
    whole = pd.concat([gcas.read_records(file) for file in sorted((tmp_path / "out").iterdir())])
    assert sorted(whole["incident_id"]) == sorted(book.incidents["incident_id"])


def test_an_empty_file_is_laid_out(tmp_path):
    records("strike", [{"xy": (0, 0)}]).iloc[:0].to_parquet(tmp_path / "s.parquet")
    assert partition_records(tmp_path / "s.parquet", tmp_path / "s")["rows"].tolist() == [0]
    strikes = read_partitions(tmp_path / "s")
    assert len(gcas.match(records("incident", [{"xy": (0, 0)}]), strikes, within_km=1, within_days=0)) == 0


def bad_files():
    good = records("strike", [{"xy": (43, 35)}, {"xy": (44, 35)}])
    yield "stands in more than one row", good.assign(strike_id="one")
    yield "row 2 of 2: no strike_id", good.assign(strike_id=["a", None])
    yield "the end is not after the start", good.assign(end=good["start"])
    yield "radius_m is nan for a point", good.assign(radius_m=np.nan)
    yield "no column 'radius_m'", good.drop(columns="radius_m")
    yield "no column incident_id or strike_id", good.drop(columns="strike_id")
    yield "without a zone", good.assign(start=good["start"].dt.tz_localize(None))
    yield "another CRS", good.to_crs("EPSG:32638")
    yield "no degrees", good.set_geometry([shapely.Point(181, 0), shapely.Point(0, 0)], crs=4326)
    yield (
        "is a LineString; expected a point or an area",
        good.set_geometry([shapely.LineString([(0, 0), (1, 1)])] * 2, crs=4326),
    )
    yield "no GeoParquet", pd.DataFrame(good.drop(columns="geometry"))


@pytest.mark.parametrize(("says", "frame"), list(bad_files()), ids=lambda each: each if isinstance(each, str) else "")
def test_bad_files_are_refused_in_words_and_leave_nothing(tmp_path, says, frame):
    frame.to_parquet(tmp_path / "s.parquet")
    with pytest.raises(InputError, match=says):
        partition_records(tmp_path / "s.parquet", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["s.parquet"]


def test_damaged_and_missing_input_is_refused(tmp_path):
    (tmp_path / "s.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="no Parquet, or damaged"):
        partition_records(tmp_path / "s.parquet", tmp_path / "out")
    with pytest.raises(InputError, match="no such file"):
        partition_records(tmp_path / "none.parquet", tmp_path / "out")
    with pytest.raises(InputError, match="rows is 0"):
        partition_records(tmp_path / "s.parquet", tmp_path / "out", rows=0)
    with pytest.raises(InputError, match="holds no partitions"):
        read_partitions(tmp_path)


def test_a_layout_that_lacks_a_file_is_refused(tmp_path):
    many("strike", 100, 1).to_parquet(tmp_path / "s.parquet")
    partition_records(tmp_path / "s.parquet", tmp_path / "out", rows=20)
    sorted((tmp_path / "out").iterdir())[1].unlink()
    with pytest.raises(InputError, match="a file is missing"):
        read_partitions(tmp_path / "out")


@pytest.mark.parametrize(
    "written",
    [
        lambda frame, file: frame.to_parquet(file),
        lambda frame, file: frame.assign(more=1).to_parquet(file, write_covering_bbox=True),
        lambda frame, file: frame.to_parquet(file, write_covering_bbox=True, write_statistics=False),
    ],
    ids=["no boxes", "other columns", "a footer without figures"],
)
def test_a_file_of_a_layout_that_another_takes_the_place_of_is_refused(tmp_path, written):
    frame = many("strike", 100, 1)
    frame.to_parquet(tmp_path / "s.parquet")
    partition_records(tmp_path / "s.parquet", tmp_path / "out", rows=20)
    file = sorted((tmp_path / "out").iterdir())[1]
    written(frame, file)
    with pytest.raises(InputError, match="no partition of this layout"):
        read_partitions(tmp_path / "out")


def test_an_identifier_in_two_partitions_is_refused():
    incidents = records("incident", [{"xy": (43, 35), "id": "A"}, {"xy": (44, 35), "id": "A"}])
    with pytest.raises(InputError, match="incident_id 'A' stands in more than one row"):
        gcas.match(cut(incidents, 1), records("strike", []), within_km=1, within_days=0)


def test_bad_partitions_and_limits_are_refused_before_anything_is_joined():
    strikes = records("strike", [{"xy": (43, 35)}])
    incidents = records("incident", [{"xy": (43, 35)}])
    for says, frame in (
        ("no column 'radius_m'", cut(incidents.drop(columns="radius_m"), 1)),
        ("radius_m is nan", cut(incidents.assign(radius_m=np.nan), 1)),
        ("swap the arguments", cut(strikes, 1)),
        ("must be a geopandas", dd.from_pandas(pd.DataFrame({"a": [1]}), npartitions=1)),
    ):
        with pytest.raises(InputError, match=says):
            gcas.match(frame, strikes, within_km=1, within_days=0)
    with pytest.raises(InputError, match="expected 'overlap', 'any' or a set"):
        gcas.match(cut(incidents, 1), strikes, within_km=1, within_days=0, belligerents="Coalition")


def test_max_pairs_holds_for_each_partition():
    incidents = records("incident", [{"xy": (43, 35)} for _ in range(3)])
    strikes = cut(records("strike", [{"xy": (43, 35)} for _ in range(4)]), 2)
    assert len(gcas.match(incidents, strikes, within_km=1, within_days=0, max_pairs=6)) == 12
    with pytest.raises(InputError, match="more than max_pairs=5"):
        gcas.match(incidents, strikes, within_km=1, within_days=0, max_pairs=5).compute()


@pytest.mark.parametrize("dtype", ["str", "int64", object, "string"])
def test_identifiers_of_any_type(dtype):
    rows = [{"xy": (43, 35), "id": str(n) if dtype in ("str", "string") else n} for n in range(5)]
    incidents, strikes = records("incident", rows), records("strike", rows)
    incidents["incident_id"] = incidents["incident_id"].astype(dtype)
    strikes["strike_id"] = strikes["strike_id"].astype(dtype)
    found = gcas.match(cut(incidents, 2), cut(strikes, 3), within_km=1, within_days=0)
    computed = found.compute()
    assert len(computed) == 25
    assert (found.dtypes == computed.dtypes).all()
    assert set(computed["strike_id"]) == set(strikes["strike_id"])


def test_another_crs_is_reprojected():
    incidents = records("incident", [{"xy": (43, 35)}]).to_crs("EPSG:32638")
    strikes = records("strike", [{"xy": (43, 35)}])
    assert len(gcas.match(cut(incidents, 1), strikes, within_km=0.001, within_days=0)) == 1
    with pytest.warns(GeocasualtyWarning, match="reprojected"):
        assert len(gcas.match(incidents, cut(strikes, 1), within_km=0.001, within_days=0)) == 1


def test_partitions_of_incidents_are_compared_together_up_to_a_full_one(monkeypatch):
    incidents = cut(records("incident", [{"xy": (43, 35)} for _ in range(6)]), 2)
    strikes = cut(records("strike", [{"xy": (43, 35)} for _ in range(4)]), 2)
    for rows, tasks in ((1, 6), (4, 4), (6, 2)):
        monkeypatch.setattr("geocasualty.partitioned._joins.ROWS", rows)
        pairs = gcas.match(incidents, strikes, within_km=1, within_days=0)
        assert (pairs.npartitions, len(pairs)) == (tasks, 24)


def test_written_pairs_are_kept_and_a_run_goes_on_where_it_stopped(tmp_path):
    incidents, strikes = many("incident", 60, 1), many("strike", 60, 2)
    strikes.to_parquet(tmp_path / "s.parquet")
    partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=20)
    laid_out = read_partitions(tmp_path / "s")
    pairs = gcas.match(incidents, laid_out, within_km=20, within_days=2)
    table = write_pairs(pairs, tmp_path / "pairs")
    expected = gcas.match(incidents, strikes, within_km=20, within_days=2)
    files = sorted((tmp_path / "pairs").glob("*.parquet"))
    assert table["pairs"].sum() == len(expected)
    found = pd.concat([pd.read_parquet(file) for file in files])
    assert_same(found.astype({"relation": expected["relation"].dtype}), expected)
    before = {file: file.stat().st_mtime_ns for file in files}
    files[2].unlink()
    again = gcas.match(incidents, laid_out, within_km=20, within_days=2)
    pd.testing.assert_frame_equal(write_pairs(again, tmp_path / "pairs"), table)
    after = {file: file.stat().st_mtime_ns for file in files}
    assert [file for file in files if before[file] != after[file]] == [files[2]]
    other = gcas.match(incidents, laid_out, within_km=30, within_days=2)
    with pytest.raises(OutputError, match="parts of other pairs"):
        write_pairs(other, tmp_path / "pairs")
    with pytest.raises(InputError, match="expected a frame of Dask"):
        write_pairs(expected, tmp_path / "pairs")


def covered(count, seed):
    """Strikes whose source covers half of the time, some of them in groups."""
    strikes = many("strike", count, seed)
    start = pd.Timestamp("2015-06-20", tz="UTC")
    return strikes.assign(
        dataset="d",
        covers_belligerents="Coalition",
        covers_countries="IQ",
        covers_start=pd.Series([start] * count).astype("datetime64[s, UTC]"),
        covers_end=pd.Series([start + pd.Timedelta(days=60)] * count).astype("datetime64[s, UTC]"),
        covers_complete=[n % 2 == 0 for n in range(count)],
        event_group=[f"g{n // 3}" if n % 2 else "" for n in range(count)],
    )


def both(incidents, strikes):
    """The same frames on Dask, one side or both."""
    yield cut(incidents, len(incidents) // 2), cut(strikes, len(strikes) // 2)
    yield incidents, cut(strikes, len(strikes) // 2)
    yield cut(incidents, len(incidents) // 2), strikes


def test_findings_are_those_of_memory():
    incidents, strikes = many("incident", 24, 1), covered(40, 2)
    review = pd.DataFrame(
        {
            "incident_id": ["i3", "i5", "i8"],
            "strike_id": ["s1", "s30", "s20"],
            "decision": ["accept", "accept", "reject"],
        }
    )
    frames = both(incidents, strikes)
    for asked in (None, review, None):
        expected = gcas.screen(incidents, strikes, within_km=5, within_days=1, review=asked)
        assert expected["finding"].nunique() >= 3
        for a, b in itertools.islice(frames, 1):
            found = gcas.screen(a, b, within_km=5, within_days=1, review=asked).compute()
            order = pd.Index(found["incident_id"]).get_indexer(expected["incident_id"])
            pd.testing.assert_frame_equal(found.iloc[order].reset_index(drop=True), expected)
    unknown = review.assign(strike_id="s99")
    with pytest.raises(InputError, match="'s99': no such record"):
        gcas.screen(incidents, cut(strikes, 40), within_km=5, within_days=1, review=unknown)


def test_incidents_are_compared_some_at_a_time_to_the_same_findings(monkeypatch):
    rows = [{"xy": (43 + n % 7 / 50, 35), "day": n * 1_237 % 2_000, "radius_m": 500.0} for n in range(120)]
    incidents, strikes = records("incident", rows[::3]), records("strike", rows)
    limits = {"within_km": 5, "within_days": 1, "background_days": 3}
    expected = gcas.screen(incidents, strikes, **limits)
    table = {"within_km": [1, 20], "within_days": [0, 3], "background_days": 3}
    counts = gcas.sensitivity(incidents, strikes, **table)
    monkeypatch.setattr("geocasualty.partitioned._joins.ROWS", 30)
    counted, said = [], _joins.assessed

    def seen(incidents, strikes, *args, **asked):
        counted.append(len(strikes))
        return said(incidents, strikes, *args, **asked)

    monkeypatch.setattr(_joins, "assessed", seen)
    found = gcas.screen(incidents, cut(strikes, 50), **limits).compute()
    assert len(counted) > 4
    assert max(counted) < 60
    pd.testing.assert_frame_equal(
        found.set_index("incident_id"), expected.set_index("incident_id").loc[found["incident_id"]]
    )
    pd.testing.assert_frame_equal(gcas.sensitivity(incidents, cut(strikes, 50), **table), counts)


def test_files_are_read_in_several_passes_where_their_strikes_would_fill_the_memory(tmp_path, monkeypatch):
    rows = [{"xy": (43 + n % 7 / 50, 35), "day": n * 1_237 % 2_000, "radius_m": 500.0} for n in range(120)]
    incidents, strikes = records("incident", rows[::3]), records("strike", rows)
    strikes.to_parquet(tmp_path / "s.parquet")
    partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=20)
    expected = gcas.screen(incidents, strikes, within_km=5, within_days=1).set_index("incident_id")
    read, table = [], Reader.table
    monkeypatch.setattr(Reader, "table", lambda self, part, columns: read.append(part) or table(self, part, columns))
    for held, often in ((1_000, False), (30, True)):
        monkeypatch.setattr("geocasualty.partitioned._joins.HELD", held)
        laid_out = read_partitions(tmp_path / "s")
        read.clear()
        found = gcas.screen(incidents, laid_out, within_km=5, within_days=1).compute()
        pd.testing.assert_frame_equal(found.set_index("incident_id"), expected.loc[found["incident_id"]])
        assert (len(read) > laid_out.npartitions) == often


def test_findings_read_no_partition_that_is_too_far_away_or_too_late(tmp_path, monkeypatch):
    places = {
        "near": {"xy": (43.05, 35)},
        "miss": {"xy": (43, 35.85)},
        "another": {"xy": (43, 35), "day": 55},
        "far": {"xy": (43, 36.2)},
        "late": {"xy": (43, 35), "day": 105},
        "lost": {"geometry": None, "radius_m": float("nan")},
        "lost-late": {"geometry": None, "radius_m": float("nan"), "day": 105},
    }
    strikes = records("strike", [row | {"id": f"{name}{n:02}"} for name, row in places.items() for n in range(20)])
    strikes.to_parquet(tmp_path / "s.parquet")
    assert len(partition_records(tmp_path / "s.parquet", tmp_path / "s", rows=20)) == len(places)
    holds = {file.name: gpd.read_parquet(file)["strike_id"].iloc[0][:-2] for file in (tmp_path / "s").iterdir()}
    incidents = records("incident", [{"xy": (43, 35)}, {"xy": (43, 35.1)}, {"geometry": None, "radius_m": np.nan}])
    laid_out, read, table = read_partitions(tmp_path / "s"), set(), Reader.table

    def seen(self, part, columns):
        read.add(holds[Path(part.path).name])
        return table(self, part, columns)

    monkeypatch.setattr(Reader, "table", seen)
    for coverage in (None, gcas.coverage(strikes)):
        limits = {"within_km": 10, "within_days": 0, "coverage": coverage}
        found = gcas.screen(incidents, laid_out, **limits).compute()
        expected = gcas.screen(incidents, strikes, **limits).set_index("incident_id").loc[found["incident_id"]]
        pd.testing.assert_frame_equal(found.set_index("incident_id"), expected)
        assert read == {"near", "miss", "lost"}
        read.clear()
    gcas.screen(incidents, laid_out, background_days=60, **limits).compute()
    assert read == {"near", "miss", "another", "lost"}
    read.clear()
    review = pd.DataFrame({"incident_id": ["i0"], "strike_id": ["late03"], "decision": ["accept"]})
    found = gcas.screen(incidents, laid_out, review=review, **limits)
    assert read == set(places)  # where is what the decisions name?
    read.clear()
    found = found.compute().set_index("incident_id")
    expected = gcas.screen(incidents, strikes, review=review, **limits).set_index("incident_id").loc[found.index]
    pd.testing.assert_frame_equal(found, expected)
    assert read == {"near", "miss", "lost", "late"}


def test_the_table_of_limits_is_that_of_memory():
    incidents, strikes = many("incident", 30, 3), covered(50, 4)
    limits = {"within_km": [1, 20, 60], "within_days": [0, 3], "background_days": 20}
    expected = gcas.sensitivity(incidents, strikes, **limits)
    assert expected["possible"].max() > expected["possible"].min()
    for a, b in both(incidents, strikes):
        pd.testing.assert_frame_equal(gcas.sensitivity(a, b, **limits), expected)


def test_tallies_are_those_of_memory():
    book = gcas.load_casebook()
    for by, (a, b) in zip(
        (["month"], ["country", "belligerent"], "governorate"), both(book.incidents, book.strikes), strict=True
    ):
        expected = gcas.tally(book.incidents, by=by, strikes=book.strikes)
        pd.testing.assert_frame_equal(gcas.tally(a, by=by, strikes=b), expected)
    strikes = covered(40, 5).assign(n_strikes=[n % 4 or None for n in range(40)], timezone="Asia/Baghdad")
    expected = gcas.tally(strikes, by="week")
    pd.testing.assert_frame_equal(gcas.tally(cut(strikes, 3), by="week"), expected)
    with pytest.raises(InputError, match="stands in more than one row"):
        gcas.tally(cut(strikes.assign(strike_id="one"), 10))


def test_what_is_in_doubt_decides_absences_wherever_it_lies(tmp_path):
    claims = records("incident", [{"xy": (43 + n / 10, 35), "belligerents": "Coalition"} for n in range(3)])
    rows = [
        {"xy": (44 + n / 50, 33), "day": n % 9 - 4, "belligerents": "Coalition", "radius_m": 500.0} for n in range(60)
    ]
    held = pd.DataFrame(
        {"dataset": ["x"], "belligerent": ["Coalition"], "country": ["IQ"], "complete": [True], "kinds": ["air"],
         "start": [EPOCH - pd.Timedelta(days=60)], "end": [EPOCH + pd.Timedelta(days=60)]}
    )  # fmt: skip
    for doubt, name in (("", "none-in-records"), ("geometry-conflict", "cannot-exclude")):
        strikes = records("strike", [*rows, rows[0] | {"id": "odd", "xy": (45.5, 31), "day": 0, "flags": doubt}])
        strikes.to_parquet(tmp_path / f"s-{doubt}.parquet")
        partition_records(tmp_path / f"s-{doubt}.parquet", tmp_path / f"s{doubt}", rows=10)
        limits = {"within_km": 10, "within_days": 0, "coverage": held}
        expected = gcas.screen(claims, strikes, **limits)
        assert expected["finding"].tolist() == [name] * 3
        for frame in (read_partitions(tmp_path / f"s{doubt}"), cut(strikes, 7)):
            found = gcas.screen(claims, frame, **limits).compute().set_index("incident_id").loc[claims["incident_id"]]
            assert found["reason"].tolist() == expected["reason"].tolist()
