"""Damaged files, kept from a fuzz of made-up shapes, are read or refused in a line, quickly and in little memory."""

import struct
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from benchmarks.fuzz_geometry import CONTAINERS, GROWTH_KB, Reader

KEPT = sorted(path for path in (Path(__file__).parent / "damaged").iterdir() if path.suffix in CONTAINERS)


@pytest.fixture(scope="module")
def reader():
    """Reads in a process of its own, with a limit of seconds and memory."""
    reader = Reader()
    yield reader
    reader.end()


def said_of(reader, path):
    said, growth = reader.read(path)
    assert not said.startswith(("CRASH", "HANG")), path.name
    assert "FOREIGN" not in said, (path.name, said)
    assert growth < GROWTH_KB, path.name
    return said


def test_every_container_is_among_what_is_kept():
    assert {path.suffix for path in KEPT} == set(CONTAINERS)
    assert sum(path.stat().st_size for path in KEPT) < 200_000


def test_what_is_kept_of_a_fuzz_is_read_or_refused(reader):
    assert {word for path in KEPT for word in said_of(reader, path).split(" / ")} == {"read", "refused"}


def test_a_tower_of_collections_in_flatgeobuf_is_no_record(reader, tmp_path):
    tower = shapely.Point(43, 35)
    for _ in range(20):  # GDAL writes none that is much deeper
        tower = shapely.GeometryCollection([tower])
    gpd.GeoDataFrame({"incident_id": ["a"]}, geometry=[tower], crs=4326).to_file(tmp_path / "a.fgb")
    assert said_of(reader, tmp_path / "a.fgb").startswith("refused / ")


@pytest.mark.parametrize("number", [0x7FFFFFFF, 0xFFFFFFFF, 1 << 20])
@pytest.mark.parametrize(("at", "what"), [(104, "length"), (144, "parts"), (148, "points")])
def test_counts_of_a_shapefile_that_its_bytes_cannot_hold_are_refused(reader, tmp_path, at, what, number):
    rows = gpd.GeoDataFrame({"start": ["2015-06-03"]}, geometry=[shapely.box(43, 35, 44, 36)], crs=4326)
    rows.to_file(tmp_path / "a.shp")
    path = tmp_path / "a.shp"
    held = path.read_bytes()
    path.write_bytes(held[:at] + struct.pack(">I" if what == "length" else "<I", number) + held[at + 4 :])
    said = said_of(reader, path)
    assert said == "refused / refused"
