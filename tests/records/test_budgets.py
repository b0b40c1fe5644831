"""A few kilobytes that unpack to gigabytes, or to minutes: refused in one line, soon, in bounded memory."""

import contextlib
import resource
import sqlite3
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

import geocasualty as gcas
from geocasualty import _sqlite, files
from geocasualty._sqlite import LEAST_VALUE, limit_work
from geocasualty.errors import InputError
from geocasualty.files import LEAST_WIDTH, MAX_CELLS, check_cells
from geocasualty.records._inputs import read_cells
from tests.conftest import ROOT

READ = """
import sys, resource
from geocasualty.errors import InputError
from geocasualty.records._inputs import layers_of, read_cells
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
for path in sys.argv[1:]:
    try:
        print(path, "read", len(read_cells(path)))
    except InputError as error:
        print(path, "refused", error)
"""


def recurring(count):
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array(["x" * 1_000_000]))


def layer(path, change):
    frame = gpd.GeoDataFrame({"id": ["A"]}, geometry=gpd.points_from_xy([43.8], [35.3]), crs=4326)
    frame.to_file(path, layer="a")
    with contextlib.closing(sqlite3.connect(path)) as tables:
        tables.execute("PRAGMA legacy_alter_table = ON")
        for statement in change:
            tables.execute(statement)
        tables.commit()
    return path


def bombs(folder):
    many = recurring(200_000)
    listed = pa.ListArray.from_arrays(pa.array([0, len(many)], pa.int32()), many)
    made = pa.StructArray.from_arrays([many], ["inner"])
    for name, array in {"text": many, "list": listed, "struct": made}.items():
        parquet.write_table(pa.table({"id": array}), folder / f"{name}.parquet", compression="zstd")
        yield folder / f"{name}.parquet"
    rows = pa.table({"id": pa.array(np.zeros(40_000_000, dtype=np.int8))})
    parquet.write_table(rows, folder / "rows.parquet", compression="zstd")
    yield folder / "rows.parquet"
    blob = "hex(zeroblob(400000000))"
    moved = "ALTER TABLE gpkg_contents RENAME TO kept"
    view = f"CREATE VIEW gpkg_contents AS SELECT {blob} AS table_name, data_type FROM kept"
    yield layer(folder / "view.gpkg", [moved, view])
    yield layer(folder / "column.gpkg", [f"ALTER TABLE a ADD COLUMN z TEXT GENERATED ALWAYS AS ({blob})"])
    doubled = "CREATE VIEW v0 AS SELECT table_name || table_name AS x FROM kept"
    more = [f"CREATE VIEW v{n + 1} AS SELECT x || x AS x FROM v{n}" for n in range(28)]
    last = "CREATE VIEW gpkg_contents AS SELECT x AS table_name, 'features' AS data_type FROM v28"
    yield layer(folder / "doubled.gpkg", [moved, doubled, *more, last])


def test_what_unpacks_to_gigabytes_is_refused(tmp_path):
    """In a process of its own, in 4 GB of addresses, of which libraries take one."""
    paths = list(map(str, bombs(tmp_path)))
    done = subprocess.run(
        [sys.executable, "-c", READ, *paths], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    said = done.stdout.splitlines()
    assert done.returncode == 0, (said[-1:], done.stderr[-500:])
    assert [line.split(" ")[:2] for line in said] == [[path, "refused"] for path in paths]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2_000_000


def test_texts_that_recur_are_read_where_they_are_few(tmp_path):
    parquet.write_table(pa.table({"id": recurring(3), "n": [1, 2, 3]}), tmp_path / "a.parquet")
    assert [len(text) for text in read_cells(tmp_path / "a.parquet")["id"]] == [1_000_000] * 3


def test_what_was_written_is_bounded_as_well(tmp_path, gaz, monkeypatch):
    book = gcas.load_casebook(gaz)
    path = gcas.write_records(book.incidents, tmp_path / "a.parquet")
    assert len(gcas.read_records(path)) == len(book.incidents)
    monkeypatch.setattr("geocasualty.records._layers.MAX_BYTES", 100)
    with pytest.raises(InputError, match="unpacks to more than 100 bytes"):
        gcas.read_records(path)


def test_a_table_is_bounded_by_rows_and_by_cells():
    check_cells("a", MAX_CELLS // LEAST_WIDTH, 1)
    check_cells("a", MAX_CELLS // 50, 50)
    for rows, columns in ((MAX_CELLS // LEAST_WIDTH + 1, 0), (MAX_CELLS // 50 + 1, 50)):
        with pytest.raises(InputError, match=r"^a: more than .* cells\); split the file$"):
            check_cells("a", rows, columns)


@pytest.mark.parametrize("kind", ["csv", "geojson", "gpkg", "parquet", "fgb"])
def test_every_kind_of_file_is_counted(tmp_path, monkeypatch, kind):
    frame = gpd.GeoDataFrame({"id": list("ABC")}, geometry=[shapely.Point(43.8, 35.3)] * 3, crs=4326)
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        path.write_text("id\nA\nB\nC\n")
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    assert len(read_cells(path)["id"]) == 3
    monkeypatch.setattr(files, "MAX_CELLS", 2 * LEAST_WIDTH)
    with pytest.raises(InputError, match="more than 2 rows"):
        read_cells(path)


def test_sqlite_gives_what_is_stored_and_makes_nothing():
    tables = sqlite3.connect(":memory:")
    tables.execute("CREATE TABLE kept AS SELECT zeroblob(100000) AS x")
    tables.execute("CREATE VIEW seen AS SELECT x FROM kept")
    tables.execute("CREATE VIEW made AS SELECT hex(x) AS x FROM kept")
    limit_work(tables, 0)
    assert len(tables.execute("SELECT x FROM seen").fetchone()[0]) == LEAST_VALUE
    assert tables.execute("SELECT count(*) FROM kept").fetchone() == (1,)
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        tables.execute("SELECT x FROM made")
    with pytest.raises(sqlite3.DatabaseError, match="too big"):
        tables.execute("SELECT x || x FROM kept").fetchall()
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        tables.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n")
    with pytest.raises(InputError, match="too long"), _sqlite.said_of_limit("too long"):
        tables.execute("SELECT x || x FROM kept").fetchall()
