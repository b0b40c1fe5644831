"""How long does a table of 1,000,000 incidents with coordinates take to read and check, against pandas alone?

Run: ``python -m benchmarks.records [rows]``. Each reading runs in a process of its own, by turns, five times; medians
are printed. Seconds are of the clock and of the processor, which other work on the machine disturbs less. Memory is
the largest resident set less that of the process after its imports. Two baselines do what any reader must, parse the
file and make the points: ``pandas.read_csv`` with ``points_from_xy``, and ``geopandas.read_file``. The limits are held
against the faster and the smaller of the two. The second table is in no order and has quoted sources, a different one
in each row.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 1_000_000
ROUNDS = 5
TIME_LIMIT = 2.5
MEMORY_LIMIT = 1.5


def write_table(path: Path, rows: int, *, busy: bool) -> None:
    """Incidents spread over Iraq, 2014 to 2017, with distinct coordinates; if busy, shuffled and with sources."""
    random = np.random.default_rng(1)
    day = np.datetime64("2014-06-01") + random.integers(0, 1300, rows).astype("timedelta64[D]")
    killed = random.integers(0, 30, rows)
    table = pd.DataFrame(
        {
            "incident_id": [f"I{number:07d}" for number in range(rows)],
            "date": day.astype(str),
            "latitude": random.uniform(32.0, 36.0, rows).round(6),
            "longitude": random.uniform(42.5, 45.0, rows).round(6),
            "country": "IQ",
            "belligerents": random.choice(["Coalition", "Iraqi government", "unknown"], rows),
            "killed_min": killed,
            "killed_max": killed + random.integers(0, 10, rows),
            "grading": random.choice(["fair", "weak", "confirmed"], rows),
        }
    )
    if busy:
        table["sources"] = [f"Report no. {number}, page {number % 40}" for number in range(rows)]
        table = table.sample(frac=1, random_state=1)
    table.to_csv(path, index=False)


def peak_mb() -> float:
    """Of this process alone: ``ru_maxrss`` would count the parent's, which it inherits."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(begun: tuple[float, float]) -> dict[str, float]:
    return dict(zip(("seconds", "cpu"), (now - then for now, then in zip(clocks(), begun, strict=True)), strict=True))


def with_pandas(path: Path) -> dict[str, float]:
    import geopandas as gpd

    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([0], [0]), crs=4326)
    before, begun = peak_mb(), clocks()
    table = pd.read_csv(path)
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["longitude"], table["latitude"]), crs=4326)
    return {"rows": len(frame), **since(begun), "mb": peak_mb() - before}


def with_geopandas(path: Path) -> dict[str, float]:
    import geopandas as gpd

    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        small.write_text("longitude,latitude\n43.8,35.3\n")
        gpd.read_file(small, **POINTS)
    before, begun = peak_mb(), clocks()
    frame = gpd.read_file(path, **POINTS)
    return {"rows": len(frame), **since(begun), "mb": peak_mb() - before}


def ours(path: Path) -> dict[str, float]:
    import geocasualty as gcas

    gazetteer = gcas.load_gazetteer()
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        small.write_text("incident_id,date,place\nA,2015-06-03,Hawija\n")
        gcas.read_incidents(small, gazetteer=gazetteer)  # imports and gazetteer, which a session pays once
    before, begun = peak_mb(), clocks()
    frame = gcas.read_incidents(path, gazetteer=gazetteer)
    return {"rows": len(frame), **since(begun), "mb": peak_mb() - before}


READERS = {"pandas.read_csv + points": with_pandas, "geopandas.read_file": with_geopandas, "read_incidents": ours}
POINTS = {"X_POSSIBLE_NAMES": "longitude", "Y_POSSIBLE_NAMES": "latitude"}


def measured(which: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.records", which, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(path: Path) -> None:
    found: dict[str, list[dict[str, float]]] = {which: [] for which in READERS}
    for _ in range(ROUNDS):
        for which, results in found.items():
            results.append(measured(which, path))
    medians = {
        which: {key: statistics.median(result[key] for result in results) for key in results[0]}
        for which, results in found.items()
    }
    for which, result in medians.items():
        times = f"{result['seconds']:6.2f} s  {result['cpu']:6.2f} s of CPU"
        print(f"  {which:26} {times}  {result['mb']:6.0f} MB  {result['rows']:,.0f} rows")
    own = medians.pop("read_incidents")
    for key, limit in (("seconds", TIME_LIMIT), ("cpu", TIME_LIMIT), ("mb", MEMORY_LIMIT)):
        least = min(result[key] for result in medians.values())
        print(f"  {key}: {own[key] / least:.2f} x the least of the others (wanted: at most {limit})")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for busy in (False, True):
            path = Path(folder) / "incidents.csv"
            write_table(path, rows, busy=busy)
            words = "shuffled, with quoted sources" if busy else "in order, without quotes"
            print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, {words}")
            compare(path)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(READERS[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) == 2 else ROWS)
