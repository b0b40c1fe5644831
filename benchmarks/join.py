"""How long does the space-time join take, beside its peers, on the same data and with the same meaning?

    python benchmarks/join.py [--repeat 3] [--skip NAME ...] [--large] [--growth]

Seeded clustered points in Iraq and Syria, with radius 0 and intervals of a day, so that every contender can say what is
meant: geodesic distance at most 5 km, and intervals that overlap when one is widened by two days. A second table is of
dense clusters: 12 towns of 10 km, records of one to three days, and parties. Every contender goes
from the same GeoDataFrames to a labelled DataFrame of both ids. All run in one process, one after another; peak
memory is that of the process over its size before, sampled every 2 ms. Missed and extra pairs are against ours, which
the tests hold to pyproj pair by pair.

``--large`` joins 1 million incidents with 10 million strikes; ``--growth`` draws docs/pictures/join-growth.png.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import shapely

import geocasualty as gcas
from geocasualty.geodesy import geodesic_distance_m

KM, DAYS = 5.0, 2
DAY = 86_400
TOWNS = 400


def made(
    role: str, count: int, seed: int, *, radii: str = "none", days: int = 1_460, spread: float = 0.026,
    many: int = TOWNS,
):  # fmt: skip
    """Points around towns of very different weight, each on one day of four years."""
    towns = np.random.default_rng(1)
    centres = np.column_stack([towns.uniform(36, 48, many), towns.uniform(31, 37, many)])
    weight = towns.pareto(1.2, many) + 0.1
    rng = np.random.default_rng(seed)
    xy = centres[rng.choice(many, count, p=weight / weight.sum())] + rng.normal(0, spread, (count, 2))
    start = np.datetime64("2014-08-01", "s") + rng.integers(0, days, count) * np.timedelta64(DAY, "s")
    zoned = pd.Series(start).dt.tz_localize("UTC")
    # 90th percentile 15 km, median 2 km: sigma = ln(7.5) / 1.2816
    radius = np.zeros(count) if radii == "none" else rng.lognormal(np.log(2_000), np.log(7.5) / 1.2816, count)
    return gpd.GeoDataFrame(
        {
            f"{role}_id": pd.Series([f"{role[0]}{n:07d}" for n in range(count)], dtype="str"),
            "radius_m": radius,
            "start": zoned,
            "end": zoned + pd.Timedelta(days=1),
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs="EPSG:4326",
    )


def dense(role: str, count: int, seed: int):
    """Points around 12 towns, nearly all within 10 km of the middle, of one to three days, and of two parties."""
    frame = made(role, count, seed, spread=0.045, many=12)
    rng = np.random.default_rng(seed + 100)
    longer = pd.to_timedelta(rng.integers(0, 3, count), unit="D")
    parties = pd.Series(rng.choice(["Coalition", "Russia", ""], count, p=[0.6, 0.3, 0.1]), dtype="str")
    return frame.assign(end=frame["end"] + longer, belligerents=parties)


def xy_of(frame):
    points = frame.geometry.to_numpy()
    return shapely.get_x(points), shapely.get_y(points)


def seconds_of(frame):
    return (frame[name].to_numpy(dtype="datetime64[s]").astype(np.int64) for name in ("start", "end"))


def labelled(a, b, i, j):
    return pd.DataFrame({"incident_id": a["incident_id"].array.take(i), "strike_id": b["strike_id"].array.take(j)})


def finished(a, b, i, j):
    """Candidates near in space that are near in time, and at most 5 km apart."""
    (a_start, a_end), (b_start, b_end) = seconds_of(a), seconds_of(b)
    near = (b_start[j] < a_end[i] + DAYS * DAY) & (a_start[i] < b_end[j] + DAYS * DAY)
    if "belligerents" in a:
        one, other = (
            pd.Categorical(frame["belligerents"], ["", "Coalition", "Russia"]).codes[at]
            for frame, at in ((a, i), (b, j))
        )
        near &= (one == other) | (one == 0) | (other == 0)
    i, j = i[near], j[near]
    (ax, ay), (bx, by) = xy_of(a), xy_of(b)
    near = geodesic_distance_m(ax[i], ay[i], bx[j], by[j]) <= KM * 1000
    return labelled(a, b, i[near], j[near])


def ours(a, b):
    return gcas.match(a, b, within_km=KM, within_days=DAYS)


def ours_bounds(a, b):
    return gcas.match(a, b, within_km=KM, within_days=DAYS, bounds=True)


DEGREES = KM / 111.0 / np.cos(np.radians(37.2)) * 1.001
"""A reach in degrees of longitude that covers 5 km everywhere in the data, for what knows only planes."""


def by_geopandas(a, b):
    joined = gpd.sjoin(a, b, predicate="dwithin", distance=DEGREES, how="inner")
    return finished(a, b, joined.index.to_numpy(), joined["index_right"].to_numpy())


def by_strtree_bins(a, b):
    """An STRtree in longitude, latitude and binned days: one tree for each three days, each asked for its windows."""
    (a_start, a_end), (b_start, b_end) = seconds_of(a), seconds_of(b)
    width = (DAYS + 1) * DAY
    first, last = (a_start - DAYS * DAY - (b_end - b_start).max()) // width, (a_end + DAYS * DAY) // width
    bins = b_start // width
    order = np.argsort(bins, kind="stable")
    cuts = np.flatnonzero(np.diff(bins[order])) + 1
    ag, bg = a.geometry.to_numpy(), b.geometry.to_numpy()
    i, j = [], []
    for members in np.split(order, cuts):
        number = bins[members[0]]
        asked = np.flatnonzero((first <= number) & (number <= last))
        found = shapely.STRtree(bg[members]).query(ag[asked], predicate="dwithin", distance=DEGREES)
        i.append(asked[found[0]])
        j.append(members[found[1]])
    return finished(a, b, np.concatenate(i), np.concatenate(j))


def by_ckdtree(a, b):
    from pyproj import Transformer
    from scipy.spatial import cKDTree

    from geocasualty.geodesy import WGS84  # noqa: F401  (the same ellipsoid)

    to = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    points = [np.column_stack(to.transform(*xy_of(frame), np.zeros(len(frame)))) for frame in (a, b)]
    lists = cKDTree(points[1]).query_ball_point(points[0], KM * 1000)
    i = np.repeat(np.arange(len(a)), list(map(len, lists)))
    return finished(a, b, i, np.concatenate(lists).astype(np.int64))


def by_balltree(a, b):
    from sklearn.neighbors import BallTree

    points = [np.radians(np.column_stack(xy_of(frame)[::-1])) for frame in (a, b)]
    reach = KM / 6_335.0  # the least radius of curvature: too far rather than not far enough
    lists = BallTree(points[1], metric="haversine").query_radius(points[0], reach)
    i = np.repeat(np.arange(len(a)), list(map(len, lists)))
    return finished(a, b, i, np.concatenate(lists))


def tables(a, b):
    """Coordinates and seconds as plain frames."""
    for frame in (a, b):
        (x, y), (start, end) = xy_of(frame), seconds_of(frame)
        yield pd.DataFrame({"n": np.arange(len(frame)), "x": x, "y": y, "a": start, "b": end})


HAVERSINE = (
    "12742017.6 * asin(sqrt(pow(sin(radians(s.y - i.y) / 2), 2) + cos(radians(i.y)) * cos(radians(s.y)) "
    "* pow(sin(radians(s.x - i.x) / 2), 2)))"
)
IN_TIME = f"s.a < i.b + {DAYS * DAY} and i.a < s.b + {DAYS * DAY}"


def duckdb_connection(threads: int):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"set threads = {threads}")
    connection.execute("set enable_progress_bar = false")
    return connection


def by_duckdb(a, b):
    """Plain SQL: equal cells of space and time, the incidents repeated into the neighbouring ones; then a haversine."""
    incidents, strikes = tables(a, b)
    connection = duckdb_connection(1)
    connection.register("incidents", incidents)
    connection.register("strikes", strikes)
    width, longest = (DAYS + 1) * DAY, (strikes["b"] - strikes["a"]).max()
    i, j = connection.execute(
        f"""
        with i as (
            select i.*, floor(x / {DEGREES})::int + dx as cx, floor(y / {DEGREES})::int + dy as cy, t as ct
            from incidents i, unnest([-1, 0, 1]) as u(dx), unnest([-1, 0, 1]) as v(dy),
            unnest(range((a - {DAYS * DAY + longest}) // {width}, (b + {DAYS * DAY}) // {width} + 1)) as w(t)
        ), s as (
            select s.*, floor(x / {DEGREES})::int as cx, floor(y / {DEGREES})::int as cy, a // {width} as ct
            from strikes s
        )
        select i.n as i, s.n as j from i join s using (cx, cy, ct)
        where {IN_TIME} and {HAVERSINE} <= {KM * 1000 * 1.006}
        """
    ).fetchnumpy().values()  # fmt: skip
    return finished(a, b, np.asarray(i), np.asarray(j))


def by_duckdb_spatial(a, b):
    incidents, strikes = tables(a, b)
    connection = duckdb_connection(1)
    load_spatial(connection)
    connection.register("incidents", incidents)
    connection.register("strikes", strikes)
    i, j = connection.execute(
        f"""
        with i as (select *, st_point(x, y) as g from incidents), s as (select *, st_point(x, y) as g from strikes)
        select i.n, s.n from i join s on st_dwithin(i.g, s.g, {DEGREES}) where {IN_TIME}
        """
    ).fetchnumpy().values()  # fmt: skip
    return finished(a, b, np.asarray(i), np.asarray(j))


def load_spatial(connection) -> None:
    """The extension that PyPI carries, with no download from elsewhere."""
    import duckdb_extension_spatial

    folder = Path(duckdb_extension_spatial.__file__).parent
    connection.load_extension(str(next(folder.rglob("*.duckdb_extension"))))


def by_sedona(a, b):
    import sedonadb

    session = sedonadb.connect()
    for name, frame in (("incidents", a), ("strikes", b)):
        start, end = seconds_of(frame)
        flat = gpd.GeoDataFrame({"n": np.arange(len(frame)), "a": start, "b": end}, geometry=frame.geometry.array)
        session.create_data_frame(flat.set_crs(None, allow_override=True)).to_view(name, overwrite=True)
    found = session.sql(
        f"""select i.n as i, s.n as j from incidents i join strikes s
        on st_dwithin(i.geometry, s.geometry, {DEGREES}) where {IN_TIME}"""
    ).to_pandas()  # fmt: skip
    return finished(a, b, found["i"].to_numpy(), found["j"].to_numpy())


CONTENDERS: dict[str, tuple[Callable, str]] = {
    "geocasualty": (ours, "2 threads"),
    "geocasualty, bounds=True": (ours_bounds, "2 threads"),
    "time-binned STRtree": (by_strtree_bins, "1"),
    "DuckDB, plain": (by_duckdb, "1"),
    "DuckDB, spatial": (by_duckdb_spatial, "1"),
    "SedonaDB": (by_sedona, "2 threads"),
    "scipy cKDTree": (by_ckdtree, "1"),
    "scikit-learn BallTree": (by_balltree, "1"),
    "geopandas sjoin": (by_geopandas, "1"),
}


class Peak:
    """The most memory that the process holds while it runs, over what it held before, in MB."""

    def __enter__(self):
        gc.collect()
        self._process = psutil.Process()
        self._before = self._most = self._process.memory_info().rss
        self._on = True
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self):
        while self._on:
            self._most = max(self._most, self._process.memory_info().rss)
            time.sleep(0.002)

    def __exit__(self, *_):
        self._on = False
        self._thread.join()
        self.mb = (self._most - self._before) / 1e6


def timed(function, *frames, repeat: int):
    """Medians of seconds on the wall and of all threads, and the last answer."""
    times = []
    for _ in range(repeat):
        gc.collect()
        began, cpu = time.perf_counter(), time.process_time()
        answer = function(*frames)
        times.append((time.perf_counter() - began, time.process_time() - cpu))
    return *map(statistics.median, zip(*times, strict=True)), answer


def pairs_of(answer) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(answer[["incident_id", "strike_id"]].astype(str))


ALL_NEAR = ["scipy", "scikit-learn", "geopandas"]
"""These hold all pairs that are near in space, at any time: too many in dense clusters."""


def peers(repeat: int, skip: list[str], records: Callable) -> None:
    a, b = records("incident", 20_000, 5), records("strike", 200_000, 6)
    ours(a, b)  # the compiled code is read from disk
    print(
        f"\n{records.__name__}: 20,000 x 200,000, {KM:g} km, {DAYS} days; median of {repeat}; load {os.getloadavg()}\n"
    )
    print("| | threads | s | CPU s | / ours | / ours with bounds | peak MB | pairs | missed | extra |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    took: dict[str, float] = {}
    reference = None
    for name, (function, threads) in CONTENDERS.items():
        if any(word in name for word in skip):
            continue
        try:
            with Peak() as peak:
                took[name], cpu, answer = timed(function, a, b, repeat=1)
            turns = max(repeat, 7) if took[name] < 1 else repeat if took[name] < 5 else 0
            if turns:  # those that take longer are timed once
                took[name], cpu, _ = timed(function, a, b, repeat=turns)
        except (ImportError, StopIteration) as error:
            print(f"| {name} | | not installed: {error} |")
            continue
        pairs = pairs_of(answer)
        reference = pairs if reference is None else reference
        missed, extra = len(reference.difference(pairs)), len(pairs.difference(reference))
        ratios = " | ".join(
            f"{took[name] / took[base]:.1f}" if base in took else ""
            for base in ("geocasualty", "geocasualty, bounds=True")
        )
        print(
            f"| {name} | {threads} | {took[name]:.3f} | {cpu:.2f} | {ratios} "
            f"| {peak.mb:.0f} | {len(pairs):,} | {missed} | {extra} |",
            flush=True,
        )


def skewed(repeat: int) -> None:
    """What own radii and one long record cost; timed by turns."""
    a, b = made("incident", 20_000, 5), made("strike", 200_000, 6)
    own_a, own_b = made("incident", 20_000, 5, radii="own"), made("strike", 200_000, 6, radii="own")
    long = b.copy()
    long.loc[100, "end"] = long.loc[100, "start"] + pd.Timedelta(days=365)

    def run(one, other, km=KM):
        return gcas.match(one, other, within_km=km, within_days=DAYS)

    answer, theirs = run(a, b), run(own_a, own_b)
    low, high = KM, 400.0
    while high - low > 0.05:  # the constant limit with as many pairs
        middle = (low + high) / 2
        low, high = (middle, high) if len(run(a, b, middle)) < len(theirs) else (low, middle)
    equal = len(run(a, b, high))
    calls = {"base": (a, b), "year": (a, long), "own": (own_a, own_b), "same": (a, b, high)}
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(max(repeat, 11)):
        for name, asked in calls.items():
            took[name].append(timed(run, *asked, repeat=1)[0])
    base, year, own, same = map(statistics.median, took.values())
    print(f"\none year-long strike among day-long ones: {year:.3f} s, {year / base:.2f} x without it ({base:.3f} s)")
    print(
        f"own radii: {own:.3f} s, {own / same:.2f} x a constant limit of {high:.1f} km "
        f"({same:.3f} s; {len(theirs):,} and {equal:,} pairs)"
    )
    print(f"pairs at 5 km: {len(answer):,}")


FIRST = """
import time, sys
import geocasualty as gcas, geopandas
gcas.match
sys.path.insert(0, sys.argv[1])
from benchmarks.join import made
a, b = made("incident", 20_000, 5), made("strike", 200_000, 6)
began = time.perf_counter()
gcas.match(a, b, within_km=5, within_days=2)
print(time.perf_counter() - began)
"""


def first_call() -> None:
    root = str(Path(__file__).resolve().parents[1])
    done = [
        float(subprocess.run([sys.executable, "-c", FIRST, root], check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    ]
    print(f"\nfirst call in a new process, compiled code on disk: {statistics.median(done):.2f} s over import")


def large() -> None:
    a = made("incident", 1_000_000, 5, days=2_400)
    b = made("strike", 10_000_000, 6, days=2_400)
    gcas.match(a.head(5_000), b.head(5_000), within_km=2, within_days=1)
    for _ in range(2):
        with Peak() as peak:
            began = time.perf_counter()
            answer = gcas.match(a, b, within_km=2, within_days=1, max_pairs=100_000_000)
            took = time.perf_counter() - began
        size = int(answer.memory_usage(index=True).sum()) / 1e6
        print(
            f"1,000,000 x 10,000,000, 2 km, 1 day: {took:.1f} s, {len(answer):,} pairs, output {size:,.0f} MB, "
            f"peak {peak.mb:,.0f} MB over the inputs ({peak.mb / size:.2f} x)",
            flush=True,
        )
        del answer


def growth() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    a, b = made("incident", 100_000, 5), made("strike", 10_000_000, 6)
    rows = []
    for count in (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000):
        some = b.head(count)
        took, _, answer = timed(
            lambda some=some: gcas.match(a, some, within_km=2, within_days=1, max_pairs=10**9), repeat=3
        )
        rows.append((count, len(answer), took))
        print(f"100,000 x {count:,}: {took:.3f} s, {len(answer):,} pairs", flush=True)
    total = [count + found + len(a) for count, found, _ in rows]
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    axes.loglog(total, [took for *_, took in rows], "o-", label="measured")
    axes.loglog(total, [rows[-1][2] * n / total[-1] for n in total], "--", label="linear")
    axes.set_xlabel("records and pairs")
    axes.set_ylabel("seconds")
    axes.legend()
    figure.savefig(Path(__file__).resolve().parents[1] / "docs" / "pictures" / "join-growth.png", dpi=120, metadata={})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--growth", action="store_true")
    asked = parser.parse_args()
    if asked.large:
        large()
    elif asked.growth:
        growth()
    else:
        peers(asked.repeat, asked.skip, made)
        peers(asked.repeat, [*asked.skip, *ALL_NEAR], dense)
        skewed(asked.repeat)
        first_call()
