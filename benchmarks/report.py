"""How long a report of many incidents takes, and how large it is; and what a card's map costs, drawn in two ways.

    python -m benchmarks.report INCIDENTS STRIKES [COUNT]

takes the incidents of a file again and again, each time a week later, until there are COUNT (500 if not given).
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd

import geocasualty as gcas

LIMITS = {"within_km": 10, "within_days": 1}
AGAIN = 5


def many(incidents: gpd.GeoDataFrame, count: int) -> gpd.GeoDataFrame:
    parts = []
    for turn in range(-(-count // len(incidents))):
        later = incidents.copy()
        later["incident_id"] = [f"{name}-{turn}" for name in incidents["incident_id"]]
        for edge in ("start", "end"):
            later[edge] += pd.Timedelta(days=7 * turn)
        parts.append(later)
    return pd.concat(parts, ignore_index=True).head(count)


def timed(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, path: Path, gazetteer: gcas.gazetteer.Gazetteer):
    """Seconds on the wall and of the processor."""
    start, work = time.perf_counter(), time.process_time()
    gcas.report(incidents, strikes, path=path, gazetteer=gazetteer, **LIMITS)
    return time.perf_counter() - start, time.process_time() - work


def main(incidents_file: str, strikes_file: str, count: str = "500") -> None:
    gazetteer = gcas.load_gazetteer()
    strikes = gcas.read_strikes(strikes_file, gazetteer=gazetteer, on_bad_rows="skip")
    read = gcas.read_incidents(incidents_file, gazetteer=gazetteer, on_bad_rows="skip")
    incidents = many(read[read["belligerents"].str.contains("Coalition")], int(count))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        took, worked = zip(*(timed(incidents, strikes, path, gazetteer) for _ in range(AGAIN + 1)), strict=True)
        size = path.stat().st_size
        whole = path.read_text("utf-8")
    maps = [len(part.split("</svg>")[0].encode()) for part in whole.split("<figure><svg")[1:]]
    print(f"report of {len(incidents)} incidents and {len(strikes)} strike records, {size / 1e6:.1f} MB: ", end="")
    print(f"{took[0]:.1f} s ({worked[0]:.1f} s of processor) the first time in a process, then ", end="")
    print(f"{statistics.median(took[1:]):.1f} s ({statistics.median(worked[1:]):.1f} s), load {os.getloadavg()[0]:.0f}")
    print(f"map of a card: median {statistics.median(maps) / 1e3:.1f} KB, largest {max(maps) / 1e3:.1f} KB")
    times, sizes = [], []
    for name in incidents["incident_id"][incidents.geometry.notna()].head(10):
        start = time.process_time()
        ax = gcas.plot_town(name, incidents, strikes, gazetteer=gazetteer, **LIMITS)
        ax.figure.savefig(file := io.BytesIO(), format="svg")
        times.append(time.process_time() - start)
        sizes.append(len(file.getvalue()))
    print(f"the same by plot_town, SVG, ten incidents: median {statistics.median(times):.2f} s of processor, ", end="")
    print(f"{statistics.median(sizes) / 1e3:.0f} KB")


if __name__ == "__main__":
    main(*sys.argv[1:])
