"""How long does a table of 1,000,000 incidents with coordinates take to read and check, against pandas alone?

Run: ``python -m benchmarks.records [rows]``. Each reading runs in a process of its own; memory is the largest
resident set less that of the process after its imports.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 1_000_000
TIME_LIMIT = 2.5
MEMORY_LIMIT = 1.5


def write_table(path: Path, rows: int) -> None:
    """Incidents spread over Iraq, 2014 to 2017, with distinct coordinates."""
    random = np.random.default_rng(1)
    day = np.datetime64("2014-06-01") + random.integers(0, 1300, rows).astype("timedelta64[D]")
    killed = random.integers(0, 30, rows)
    pd.DataFrame(
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
    ).to_csv(path, index=False)


def peak_mb() -> float:
    """Of this process alone: ``ru_maxrss`` would count the parent's, which it inherits."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def baseline(path: Path) -> dict[str, float]:
    """What any reader must do: parse the file and make the points."""
    import geopandas as gpd

    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([0], [0]), crs=4326)
    before, begun = peak_mb(), time.perf_counter()
    table = pd.read_csv(path)
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["longitude"], table["latitude"]), crs=4326)
    return {"rows": len(frame), "seconds": time.perf_counter() - begun, "mb": peak_mb() - before}


def ours(path: Path) -> dict[str, float]:
    import geocasualty as gcas

    gazetteer = gcas.load_gazetteer()
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        small.write_text("incident_id,date,place\nA,2015-06-03,Hawija\n")
        gcas.read_incidents(small, gazetteer=gazetteer)  # imports and gazetteer, which a session pays once
    before, begun = peak_mb(), time.perf_counter()
    frame = gcas.read_incidents(path, gazetteer=gazetteer)
    return {"rows": len(frame), "seconds": time.perf_counter() - begun, "mb": peak_mb() - before}


def measured(which: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.records", which, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "incidents.csv"
        write_table(path, rows)
        results = {which: measured(which, path) for which in ("baseline", "ours")}
        size = path.stat().st_size / 1e6
    print(f"{rows:,} rows, {size:.0f} MB")
    for which, result in results.items():
        print(f"{which:9} {result['seconds']:6.2f} s  {result['mb']:7.0f} MB  {result['rows']:,} rows")
    base, own = results["baseline"], results["ours"]
    print(f"time   {own['seconds'] / base['seconds']:.2f} x (wanted: at most {TIME_LIMIT})")
    print(f"memory {own['mb'] / base['mb']:.2f} x (wanted: at most {MEMORY_LIMIT})")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps({"baseline": baseline, "ours": ours}[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) == 2 else ROWS)
