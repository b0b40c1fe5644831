"""Damages shapes in every container and reads them: no crash, nothing slower than 10 s or larger than 1 GB.

    python -m benchmarks.fuzz_geometry [--minutes 20] [--seed 0] [--keep FOLDER]

Each input is read as records and as a layer of a gazetteer, in a process of its own until it dies or has grown.
What breaks a promise is kept in the folder, and so is the first input of each kind of answer.
"""

from __future__ import annotations

import argparse
import random
import re
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import shapely
from pyarrow import parquet

SECONDS, GROWTH_KB, ADDRESSES = 10.0, 1_000_000, 6_000_000_000
EXTREMES = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 20, 7, 16)

SHAPES = (
    shapely.Point(43.8, 35.3), shapely.LineString([(43, 35), (44, 36)]), shapely.box(43, 35, 44, 36),
    shapely.Polygon(shapely.box(43, 35, 44, 36).exterior, [shapely.box(43.4, 35.4, 43.6, 35.6).exterior]),
    shapely.MultiPolygon([shapely.box(43, 35, 44, 36), shapely.box(45, 35, 46, 36)]),
    shapely.MultiPoint([(43, 35), (44, 36)]), shapely.Point(43, 35, 5),
)  # fmt: skip

WORKER = """
import os, sys, warnings, resource, pathlib
warnings.simplefilter("ignore")
import geocasualty as gcas
from geocasualty.errors import GeocasualtyError
from geocasualty.gazetteer.building._layers import features
from geocasualty.gazetteer.building._record import Report
report = Report(pathlib.Path(os.devnull))
gazetteer = gcas.load_gazetteer()
gazetteer.resolve("Mosul")
for line in sys.stdin:
    path, said = pathlib.Path(line.strip()), []
    for read in (lambda: gcas.validate_incidents(path, gazetteer=gazetteer), lambda: list(features(path, report))):
        try:
            read()
            said.append("read")
        except GeocasualtyError as error:
            said.append("refused" if "\\n" not in str(error) and len(str(error)) < 1000 else "FOREIGN refusal")
        except Exception as error:
            said.append(f"FOREIGN {type(error).__name__}: {error}"[:200].replace("\\n", " "))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, " / ".join(said), flush=True)
"""


def blob(draw: random.Random, depth: int = 0) -> bytes:
    """Well-known binary that is nearly right."""
    kind = draw.choice([1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 15, 17, 1001, 3003, 0x20000001, 99])
    many = draw.choice([0, 1, 2, 3, 0xFFFFFFFF]) if draw.random() < 0.2 else draw.randrange(4)
    points = struct.pack("<8d", *[draw.uniform(-200, 200) for _ in range(8)])
    order = draw.choice([0, 1, 1, 1])
    head = bytes([order]) + struct.pack(">I" if order == 0 else "<I", kind)
    if kind == 7 and depth < 3:
        parts = [blob(draw, depth + 1) for _ in range(min(many, 4))]
        return head + struct.pack("<I", many) + b"".join(parts)
    return head + (b"" if kind == 1 else struct.pack("<I", many)) + points


def tower(draw: random.Random) -> bytes:
    """Collections in collections."""
    deep = draw.choice([10, 17, 100, 5_000, 20_000])
    return struct.pack("<BII", 1, 7, 1) * deep + shapely.to_wkb(SHAPES[0])


def wkt_tower(draw: random.Random) -> str:
    deep = draw.choice([10, 17, 1_000, 50_000])
    opened = draw.choice(["GEOMETRYCOLLECTION(", "MULTIPOLYGON(", "(", "[", "POLYGON(("])
    return opened * deep + "POINT(43 35)" + ")" * draw.choice([0, deep])


def damaged(held: bytes, draw: random.Random) -> bytes:
    """Bytes with one to four changes: overwritten, cut, doubled, or with a number at its extreme."""
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(held) + 1)
        change = draw.randrange(5)
        if change == 0:
            held = held[:at] + bytes([draw.randrange(256)]) + held[at + 1 :]
        elif change == 1:
            held = held[:at]
        elif change == 2:
            upto = min(len(held), at + draw.choice([1, 4, 64, 4096]))
            held = held[:upto] + held[at:upto] * draw.choice([1, 2, 50]) + held[upto:]
        else:
            number = struct.pack(draw.choice("<>") + "I", draw.choice(EXTREMES))
            held = held[:at] + number + held[at + 4 :]
    return held


BLOBS: list[Callable[[random.Random], bytes]] = [
    tower,
    blob,
    lambda draw: damaged(shapely.to_wkb(SHAPES[3]), draw),
]


def frame(draw: random.Random) -> gpd.GeoDataFrame:
    kinds = [each for each in SHAPES if not each.has_z or draw.random() < 0.1]
    shapes = [draw.choice(kinds) for _ in range(draw.randint(1, 4))]
    if draw.random() < 0.7:  # some containers hold one kind alone
        shapes = [shapes[0]] * len(shapes)
    ids = [f"a{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"incident_id": ids, "start": "2015-06-03"}, geometry=shapes, crs=4326)


def csv(path: Path, draw: random.Random) -> None:
    texts = [wkt_tower(draw) if draw.random() < 0.5 else shape.wkt for shape in frame(draw).geometry]
    if draw.random() < 0.3:
        texts[0] = draw.choice([tower, blob])(draw).hex()
    rows = "".join(f'a{number},2015-06-03,"{text}"\n' for number, text in enumerate(texts))
    path.write_bytes(damaged(f"incident_id,start,geometry_wkt\n{rows}".encode(), draw))


def geojson(path: Path, draw: random.Random) -> None:
    text = frame(draw).to_json(drop_id=True)
    if draw.random() < 0.3:
        deep = draw.choice([17, 900, 100_000])
        nested = '{"type":"GeometryCollection","geometries":[' * deep + "]}" * deep
        text = re.sub(r'\{"type": "(Point|Polygon)", "coordinates": ', lambda _: nested + ',"x":', text, count=1)
    if draw.random() < 0.2:
        text = text.replace("43.0", draw.choice(["true", "null", "1e999", '"43"', "[" * 2_000, "NaN"]))
    path.write_bytes(damaged(text.encode(), draw) if draw.random() < 0.8 else text.encode())


def kml(path: Path, draw: random.Random) -> None:
    deep = draw.choice([1, 3, 60, 5_000])
    point = "<Point><coordinates>43,35</coordinates></Point>"
    inner = "<MultiGeometry>" * deep + point + "</MultiGeometry>" * deep
    text = f"<kml><Document><Placemark><name>a</name>{inner}</Placemark></Document></kml>"
    path.write_bytes(damaged(text.encode(), draw))


def gpx(path: Path, draw: random.Random) -> None:
    text = '<gpx version="1.1" creator="x">' + '<wpt lat="35" lon="43"><name>a</name></wpt>' * draw.randint(1, 5)
    path.write_bytes(damaged((text + "</gpx>").encode(), draw))


def gpkg(path: Path, draw: random.Random) -> None:
    frame(draw).to_file(path, layer="a")
    if draw.random() < 0.6:
        with sqlite3.connect(path) as tables:
            for (trigger,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                tables.execute(f'DROP TRIGGER "{trigger}"')
            header = draw.choice([b"GP\x00\x01\xe6\x10\x00\x00", b"GP\x00\x0f\xe6\x10\x00\x00", b"GP"])
            shape = draw.choice(BLOBS)(draw)
            tables.execute("UPDATE a SET geom = ?", (header + shape,))
        tables.close()
    else:
        path.write_bytes(damaged(path.read_bytes(), draw))


def geoparquet(path: Path, draw: random.Random) -> None:
    frame(draw).to_parquet(path)
    table = parquet.read_table(path)
    if draw.random() < 0.6:
        shapes = [draw.choice(BLOBS)(draw) for _ in range(len(table))]
        at = table.schema.get_field_index("geometry")
        parquet.write_table(table.set_column(at, "geometry", pa.array(shapes, pa.binary())), path)
    else:
        path.write_bytes(damaged(path.read_bytes(), draw))


def shapefile(path: Path, draw: random.Random) -> None:
    kept = frame(draw)
    kept.geometry = [kept.geometry.iloc[0]] * len(kept)
    kept.to_file(path)
    victim = path.with_suffix(draw.choice([".shp", ".shp", ".shx", ".dbf", ".prj", ".cpg"]))
    victim.write_bytes(damaged(victim.read_bytes(), draw))


def flatgeobuf(path: Path, draw: random.Random) -> None:
    frame(draw).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX=draw.choice(["YES", "NO"]))
    path.write_bytes(damaged(path.read_bytes(), draw))


def zipped(path: Path, draw: random.Random) -> None:
    inner = path.with_suffix(".geojson")
    geojson(inner, draw)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, inner.name)
    path.write_bytes(damaged(path.read_bytes(), draw) if draw.random() < 0.7 else path.read_bytes())


CONTAINERS: dict[str, Callable[[Path, random.Random], None]] = {
    ".csv": csv, ".geojson": geojson, ".kml": kml, ".gpx": gpx, ".gpkg": gpkg, ".parquet": geoparquet,
    ".shp": shapefile, ".fgb": flatgeobuf, ".zip": zipped,
}  # fmt: skip


class Reader:
    """A process that reads what it is told to, until it dies."""

    def __init__(self) -> None:
        begin = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({ADDRESSES}, {ADDRESSES}))\n{WORKER}"
        command, quiet = [sys.executable, "-c", begin], subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=quiet, text=True)
        self.first = 0

    def read(self, path: Path) -> tuple[str, int]:
        """What came of a file, and by how many kB the process has grown since its first."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("no pipes")
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        patience = SECONDS if self.first else 120.0
        if not select.select([self.process.stdout], [], [], patience)[0]:
            self.end()
            return "HANG", 0
        line = self.process.stdout.readline()
        if not line:
            return f"CRASH {self.process.wait()}", 0
        size, said = line.rstrip("\n").split(" ", 1)
        self.first = self.first or int(size)
        return said, int(size) - self.first

    def end(self) -> None:
        """Stop it."""
        self.process.kill()
        self.process.communicate()


def main() -> None:
    """Run for the time given; print what came out of each container, and end with 1 where a promise was broken."""
    options = argparse.ArgumentParser(description=__doc__)
    warnings.simplefilter("ignore")  # of what writes the inputs
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--keep", type=Path, default=Path("fuzz-seeds"))
    chosen = options.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    draw, counts, broken = random.Random(chosen.seed), Counter[tuple[str, str]](), 0
    slowest, largest, reader, end = 0.0, 0, Reader(), time.monotonic() + 60 * chosen.minutes
    while time.monotonic() < end:
        suffix = draw.choice(list(CONTAINERS))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"damaged{suffix}"
            try:
                CONTAINERS[suffix](path, draw)
            except Exception as error:  # what cannot be written is no input
                counts[suffix, f"not made ({type(error).__name__})"] += 1
                continue
            began = time.monotonic()
            warm = bool(reader.first)
            said, growth = reader.read(path)
            taken = time.monotonic() - began
            slowest, largest = max(slowest, taken * warm), max(largest, growth)
            bad = growth > GROWTH_KB or said.startswith(("CRASH", "HANG")) or "FOREIGN" in said
            if bad or (suffix, said) not in counts:
                broken += bad
                label = f"{'bad' if bad else 'seed'}-{len(counts)}-{broken}"
                for file in Path(folder).iterdir():
                    shutil.copy(file, chosen.keep / f"{label}{file.suffix}")
                if bad:
                    print(f"{suffix}: {said}, {growth:,} kB, {taken:.1f} s, kept as {label}", flush=True)
            counts[suffix, said] += 1
            if bad or growth > GROWTH_KB // 2:
                reader.end()
                reader = Reader()
    reader.end()
    for suffix in CONTAINERS:
        found = {said: number for (each, said), number in sorted(counts.items()) if each == suffix}
        print(f"{suffix}: {sum(found.values()):,}: {', '.join(f'{said} {number:,}' for said, number in found.items())}")
    print(f"{sum(counts.values()):,} inputs, {broken} broken promises, slowest {slowest:.1f} s, most {largest:,} kB")
    raise SystemExit(bool(broken))


if __name__ == "__main__":
    main()
