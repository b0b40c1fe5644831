"""How long does an assessment take, and how much memory, as the records grow?

    python -m benchmarks.assess [--sizes 20000x200000 ...] [--repeat 3] [--backend numba] [--radii real small]
                                [--limits] [--plot FILE] [DATA]

Seeded records in Iraq and Syria, each on one day of three years, around towns of very different weight. ``real`` draws
radii and whether a place is "near X" from the real releases and incidents in DATA (../shared/data by default): of the
release lines most are near a town, which stands for some 50 km. ``small`` gives every record 1 km. The records are
assessed at 10 km and 0 days; wall and processor seconds are the median, memory the peak of the process. ``--limits``
times a table of 24 limits beside it; ``--plot`` draws the seconds against the incidents, and prints the exponent by
which they grow from each size to the next.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import resource
import statistics
import time
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from benchmarks.join import made
from geocasualty.matching import assessed

KM, DAYS = 10, 0
TRIED_KM, TRIED_DAYS = [1, 2, 5, 10, 20, 50], [0, 1, 2, 3]
SPAN = 1_096
"""Days of the records: three years, as long as the daily releases."""


def real_radii(data: Path) -> dict[str, pd.DataFrame]:
    """Radius and vicinity of every located point among the real records."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = {
            "strike": gcas.read_strikes(data / "centcom_releases_2014_2015.csv", on_bad_rows="skip"),
            "incident": gcas.read_incidents(data / "airwars_syria_2014_2015.csv", on_bad_rows="skip"),
        }
    return {role: frame.loc[frame["radius_m"].notna(), ["radius_m", "vicinity"]] for role, frame in frames.items()}


def records(role: str, count: int, seed: int, radii: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Records of one role, with parties, countries, zones, and what the strikes cover."""
    rng = np.random.default_rng(seed)
    frame = made(role, count, seed, days=SPAN)
    if radii is None:
        frame["radius_m"], frame["vicinity"] = 1_000.0, False
    else:
        drawn = radii.iloc[rng.integers(0, len(radii), count)]
        frame["radius_m"], frame["vicinity"] = drawn["radius_m"].to_numpy(), drawn["vicinity"].to_numpy()
    country = np.where(frame.geometry.x > 41.5, "IQ", "SY")
    parties = ["Coalition", "Russia", ""] if role == "incident" else ["Coalition", "Coalition", "Russia"]
    return frame.assign(
        country=pd.Series(country, dtype="str"),
        timezone=pd.Series(np.where(country == "IQ", "Asia/Baghdad", "Asia/Damascus"), dtype="str"),
        belligerents=pd.Series(rng.choice(parties, count), dtype="str"),
        date_basis="event",
        attack_kinds="air",
    )


def coverage() -> pd.DataFrame:
    """The Coalition's records hold all of its strikes, those of Russia a part, for all the time."""
    start = pd.Timestamp("2014-06-01", tz="UTC")
    rows = [("Coalition", "IQ", True), ("Coalition", "SY", True), ("Russia", "SY", False)]
    return pd.DataFrame(rows, columns=["belligerent", "country", "complete"]).assign(
        dataset="made", kinds="air", start=start, end=start + pd.Timedelta(days=SPAN + 180)
    )


def main() -> None:
    """Print a row for each size and kind of radii."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=REAL_DATA)
    parser.add_argument("--sizes", nargs="+", default=["20000x200000"])
    parser.add_argument("--radii", nargs="+", default=["real", "small"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--backend", choices=["numba", "numpy"], default="numba")
    asked = parser.parse_args()
    assessed.backend_of = lambda *_: asked.backend
    drawn = real_radii(asked.data) if "real" in asked.radii else {}
    gcas.screen(
        records("incident", 50, 1, None), records("strike", 50, 2, None), within_km=KM, within_days=DAYS,
        coverage=coverage(),
    )  # compiles  # fmt: skip
    cost: dict[str, dict[int, float]] = {kind: {} for kind in asked.radii}
    for size in asked.sizes:
        for kind in asked.radii:
            counts = dict(zip(("incident", "strike"), map(int, size.split("x")), strict=True))
            frames = [records(role, count, len(role), drawn.get(role)) if kind == "real" else
                      records(role, count, len(role), None) for role, count in counts.items()]  # fmt: skip
            walls, cpus = [], []
            for _ in range(asked.repeat):
                wall, cpu = time.perf_counter(), time.process_time()
                found = gcas.screen(*frames, within_km=KM, within_days=DAYS, coverage=coverage())
                walls.append(time.perf_counter() - wall)
                cpus.append(time.process_time() - cpu)
            gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            shares = found["finding"].value_counts(normalize=True).round(2).to_dict()
            print(
                f"{asked.backend} {size} {kind}: {statistics.median(walls):.2f} s wall, "
                f"{statistics.median(cpus):.2f} s CPU, peak {gb:.2f} GB, load {os.getloadavg()[0]:.1f}; {shares}",
                flush=True,
            )
            cost[kind][counts["incident"]] = statistics.median(cpus)
            if asked.limits:
                wall, cpu = time.perf_counter(), time.process_time()
                gcas.sensitivity(*frames, within_km=TRIED_KM, within_days=TRIED_DAYS, coverage=coverage())
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                ratio = cpu / cost[kind][counts["incident"]]
                print(f"  24 limits: {wall:.2f} s wall, {cpu:.2f} s CPU, {ratio:.1f} times one screen", flush=True)
    if asked.plot:
        drawn_growth(cost, asked.plot)


def drawn_growth(cost: dict[str, dict[int, float]], path: Path) -> None:
    """Seconds of processor against incidents, ten strikes for each, and the exponent from each size to the next."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), dpi=120, layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="Incidents, with ten strikes for each")
    axes.set_ylabel("Seconds of processor")
    for kind, seconds in cost.items():
        sizes = sorted(seconds)
        axes.plot(sizes, [seconds[size] for size in sizes], marker="o", label=f"{kind} radii")
        for low, high in itertools.pairwise(sizes):
            power = math.log(seconds[high] / seconds[low]) / math.log(high / low)
            print(f"{kind} radii, {low:,} to {high:,} incidents: seconds grow by the power {power:.2f}")
    first = min(min(seconds) for seconds in cost.values())
    last = max(max(seconds) for seconds in cost.values())
    least = min(min(seconds.values()) for seconds in cost.values())
    axes.plot([first, last], [least, least * last / first], color="#999", linestyle="dotted", label="in proportion")
    axes.legend()
    figure.savefig(path)


if __name__ == "__main__":
    main()
