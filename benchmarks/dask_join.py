"""Does the join on Dask finish where memory does not, and does it say the same as the join in memory?

    python -m benchmarks.dask_join FOLDER [--millions 50] [--only STEP ...]

Strikes are clustered around 400 towns, a third of them around one; each record has one day of 2,400 and a radius, one
in a thousand of up to 60 km. They are written as GeoParquet, a million a file, under FOLDER, laid out by
``partition_records`` and joined by two worker processes that Dask limits to 1.5 GB each. What is in FOLDER already is
kept. ``kernel`` compares the answer of ``full``, by its count and by the sum and the exclusive or of a hash of every
pair, with that of the join in memory of all incidents with one tenth of the strikes after the other; ``tenth``
compares the sorted pairs themselves on a tenth of both sides, once more with a worker killed in mid-run. ``screen``
and ``screen-tenth`` do the same with findings; ``layouts`` compares two ways to read the same files.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import signal
import statistics
import threading
import time
import warnings
from pathlib import Path

import dask
import geopandas as gpd
import numpy as np
import pandas as pd
import psutil

import geocasualty as gcas
from geocasualty.partitioned import partition_records, read_partitions, write_pairs

KM, DAYS = 1.0, 1
MILLION = 1_000_000


def made(role: str, count: int, seed: int) -> gpd.GeoDataFrame:
    """A third around one town, the others around 400 of very different weight."""
    towns = np.random.default_rng(1)
    centres = np.column_stack([towns.uniform(36, 48, 400), towns.uniform(31, 37, 400)])
    weight = towns.pareto(1.2, 400) + 0.1
    rng = np.random.default_rng([seed, role == "strike"])
    which = rng.choice(400, count, p=weight / weight.sum())
    which[rng.random(count) < 1 / 3] = 7
    xy = centres[which] + rng.normal(0, 0.12, (count, 2))
    start = np.datetime64("2014-08-01", "s") + rng.integers(0, 2_400, count) * np.timedelta64(86_400, "s")
    zoned = pd.Series(start).dt.tz_localize("UTC")
    radius = np.where(rng.random(count) < 0.001, rng.uniform(5_000, 60_000, count), rng.uniform(10, 300, count))
    return gpd.GeoDataFrame(
        {
            f"{role}_id": pd.Series([f"{role[0]}{seed:03d}{n:07d}" for n in range(count)], dtype="str"),
            "radius_m": radius,
            "start": zoned,
            "end": zoned + pd.Timedelta(days=1),
            "country": pd.Series(["IQ"] * count, dtype="str"),
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs="EPSG:4326",
    )


def source(folder: Path, role: str, millions: int) -> Path:
    """Files of a million records each, made where they are missing."""
    path = folder / f"{role}s-{millions}"
    path.mkdir(exist_ok=True)
    for number in range(millions):
        file = path / f"{number:03d}.parquet"
        if not file.exists():
            made(role, MILLION, number).to_parquet(file.with_suffix(".part"))
            file.with_suffix(".part").rename(file)
    return path


def laid_out(folder: Path, role: str, millions: int, rows: int = 250_000) -> Path:
    path = folder / f"laid-{role}s-{millions}-{rows}"
    if not path.exists():
        began, peak = time.perf_counter(), Peak(lambda: [os.getpid()])
        with peak:
            table = partition_records(source(folder, role, millions), path, rows=rows)
        took = time.perf_counter() - began
        print(
            f"partition_records, {millions} million {role}s: {took:.0f} s, {len(table)} files, at most "
            f"{table['rows'].max():,} rows, peak of the process {peak.most / 1e6:,.0f} MB"
        )
    return path


def tenth_of_incidents(folder: Path, rows: int = 250_000) -> tuple[Path, Path]:
    """Every tenth incident, as a file and laid out."""
    few, laid = folder / "tenth-incidents", folder / f"laid-tenth-incidents-{rows}"
    if not few.exists():
        few.mkdir()
        gpd.read_parquet(source(folder, "incident", 1) / "000.parquet").iloc[::10].to_parquet(few / "0.parquet")
    if not laid.exists():
        partition_records(few, laid, rows=rows)
    return few, laid


class Peak:
    """The most memory of some processes, sampled ten times a second."""

    def __init__(self, processes) -> None:
        self._processes, self.most, self.each = processes, 0, {}

    def __enter__(self):
        self._on = True
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self):
        while self._on:
            for pid in self._processes():
                try:
                    held = psutil.Process(pid).memory_info().rss
                except psutil.Error:
                    continue
                self.each[pid] = max(self.each.get(pid, 0), held)
                self.most = max(self.most, held)
            time.sleep(0.1)

    def __exit__(self, *_):
        self._on = False
        self._thread.join()


def hashed(pairs: pd.DataFrame) -> np.ndarray:
    """A number for each pair and its relation."""
    one, other = (pd.util.hash_array(pairs[name].to_numpy(dtype=object)) for name in ("incident_id", "strike_id"))
    within = (pairs["relation"] == "within").to_numpy(dtype=np.uint64)
    mixed = (one * np.uint64(0x9E3779B97F4A7C15)) ^ (other + (other << np.uint64(6)) + within)
    return mixed * np.uint64(0xD6E8FEB86659FD93)


class Summed:
    """Count, sum and exclusive or of the hashes: the same in whatever order the pairs come."""

    def __init__(self) -> None:
        self.count, self.total, self.odd = 0, 0, 0

    def add(self, pairs: pd.DataFrame) -> None:
        """Count some more pairs."""
        values = hashed(pairs)
        self.count += len(values)
        self.total = (self.total + int(values.sum(dtype=np.uint64))) % 2**64
        self.odd ^= int(np.bitwise_xor.reduce(values)) if len(values) else 0

    def __str__(self) -> str:
        return f"{self.count:,} pairs, sum {self.total:016x}, difference {self.odd:016x}"


def written(folder: Path) -> Summed:
    summed = Summed()
    for file in sorted(folder.glob("*.parquet")):
        summed.add(pd.read_parquet(file, columns=["incident_id", "strike_id", "relation"]))
    return summed


def cluster():
    from distributed import Client, LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a port that is taken
        local = LocalCluster(n_workers=2, threads_per_worker=1, memory_limit="1.5GB", dashboard_address=None)
    return local, Client(local)


def pids(local):
    return [
        worker.process.pid for worker in local.workers.values() if worker.process is not None and worker.process.pid
    ]


def joined(folder: Path, incidents: Path, strikes: Path, name: str, *, kill_after: int | None = None) -> Summed:
    """Join two layouts on two workers; with ``kill_after``, end one of them once so many parts are written."""
    local, client = cluster()
    spilled, ended = [0], []
    out = folder / name
    with local, client:
        pairs = gcas.match(
            read_partitions(incidents),
            read_partitions(strikes),
            within_km=KM,
            within_days=DAYS,
        )

        def watch():
            while watch.on:
                try:
                    info = client.scheduler_info(n_workers=-1)["workers"].values()
                    spilled[0] = max(
                        spilled[0], sum(each["metrics"].get("spilled_bytes", {}).get("disk", 0) for each in info)
                    )
                except (OSError, KeyError, AttributeError):
                    pass
                if kill_after is not None and not ended and len(list(out.glob("*.parquet"))) >= kill_after:
                    ended.append(pids(local)[0])
                    os.kill(ended[0], signal.SIGKILL)
                time.sleep(0.3)

        watch.on = True
        thread = threading.Thread(target=watch, daemon=True)
        with Peak(lambda: pids(local)) as peak:
            thread.start()
            began = time.perf_counter()
            table = write_pairs(pairs, out)
            took = time.perf_counter() - began
        watch.on = False
        thread.join()
    print(
        f"| {name} | {took:.0f} | {pairs.npartitions} | {int(table['pairs'].max()):,} | "
        + " and ".join(f"{held / 1e6:,.0f}" for held in peak.each.values())
        + f" | {spilled[0] / 1e6:,.0f} | {len(ended)} |"
    )
    return written(out)


TABLE = (
    "| run | s | join tasks | most pairs of one | peak MB of each worker process | spilled MB | workers killed |\n"
    "|---|---|---|---|---|---|---|"
)


COVERED = pd.DataFrame(
    {
        "dataset": ["made"],
        "belligerent": ["Coalition"],
        "country": ["IQ"],
        "start": [pd.Timestamp("2014-01-01", tz="UTC")],
        "end": [pd.Timestamp("2022-01-01", tz="UTC")],
        "complete": [True],
    }
).astype({"start": "datetime64[s, UTC]", "end": "datetime64[s, UTC]"})
SCREENED = 25_000
"""Incidents of a partition that is screened: each meets all strikes of 45 days and 100 km around it."""


def screened(incidents: Path, strikes: Path, name: str) -> pd.DataFrame:
    """The findings of two layouts on two workers, without their shapes."""
    limits = {"within_km": KM, "within_days": DAYS, "coverage": COVERED}
    local, client = cluster()
    with local, client:
        found = gcas.screen(read_partitions(incidents), read_partitions(strikes), **limits)
        plain = [dask.delayed(plainly)(block) for block in found.to_delayed()]
        tasks = len(dask.delayed(list)(plain).__dask_graph__())
        with Peak(lambda: pids(local)) as peak:
            began = time.perf_counter()
            table = pd.concat(dask.compute(*plain), ignore_index=True)
            took = time.perf_counter() - began
    held = " and ".join(f"{most / 1e6:,.0f}" for most in peak.each.values())
    said = ", ".join(f"{key} {count:,}" for key, count in table["finding"].value_counts().items() if count)
    print(
        f"| {name} | {took:.0f} s | {found.npartitions} partitions, {tasks:,} tasks | {held} MB | {said} |", flush=True
    )
    return table


def plainly(findings: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(findings.drop(columns="geometry"))


def findings_hash(findings: pd.DataFrame) -> str:
    """All columns of all findings, by incident."""
    lines = findings.sort_values("incident_id").astype({"finding": str}).round(9).to_csv(index=False)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def screen_tenth(folder: Path, millions: int) -> None:
    """A tenth of both sides, on Dask and in memory."""
    few, laid = tenth_of_incidents(folder, SCREENED)
    found = screened(laid, laid_out(folder, "strike", millions // 10), "a tenth")
    a, b = read(few), read(source(folder, "strike", millions // 10))
    began = time.perf_counter()
    expected = plainly(gcas.screen(a, b, within_km=KM, within_days=DAYS, coverage=COVERED))
    took = time.perf_counter() - began
    hashes = [findings_hash(table) for table in (found, expected)]
    print(f"in memory {took:.0f} s; sha256 {hashes[0]} on Dask, {hashes[1]} in memory, equal: {len({*hashes}) == 1}")


def screen_full(folder: Path, millions: int) -> None:
    a, b = laid_out(folder, "incident", 1, SCREENED), laid_out(folder, "strike", millions)
    screened(a, b, f"1 million x {millions} million")


def read(folder: Path) -> gpd.GeoDataFrame:
    return pd.concat([gpd.read_parquet(file) for file in sorted(folder.iterdir())], ignore_index=True)


def kernel(a: gpd.GeoDataFrame, folder: Path) -> tuple[Summed, float]:
    """The same answer in memory, from one tenth of the strikes after the other."""
    summed, took = Summed(), 0.0
    files = sorted(folder.glob("*.parquet"))
    tenth = max(1, len(files) // 10)
    for first in range(0, len(files), tenth):
        b = pd.concat([gpd.read_parquet(file) for file in files[first : first + tenth]], ignore_index=True)
        began = time.perf_counter()
        pairs = gcas.match(a, b, within_km=KM, within_days=DAYS, max_pairs=10**9)
        took += time.perf_counter() - began
        for at in range(0, len(pairs), 4_000_000):
            summed.add(pairs.iloc[at : at + 4_000_000])
        del pairs, b
        gc.collect()
    return summed, took


def full(folder: Path, millions: int) -> None:
    a, b = laid_out(folder, "incident", 1), laid_out(folder, "strike", millions)
    print(TABLE)
    found = joined(folder, a, b, f"full-{millions}")
    print(f"Dask, 1 x {millions} million: {found}")
    (folder / f"full-{millions}.json").write_text(json.dumps(str(found)))


def checked(folder: Path, millions: int) -> None:
    a = gpd.read_parquet(source(folder, "incident", 1) / "000.parquet")
    found, took = kernel(a, source(folder, "strike", millions))
    print(f"in memory, by tenths of the strikes: {found}; {took:.0f} s of joining alone")
    answer = folder / f"full-{millions}.json"
    if answer.exists():
        print(f"equal: {json.loads(answer.read_text()) == str(found)}")


def tenth(folder: Path, millions: int) -> None:
    """A tenth of both sides: the sorted pairs themselves, and a worker killed."""
    few, laid = tenth_of_incidents(folder)
    b = laid_out(folder, "strike", millions // 10)
    a = gpd.read_parquet(few / "0.parquet")
    strikes = read(source(folder, "strike", millions // 10))
    pairs = gcas.match(a, strikes, within_km=KM, within_days=DAYS)
    expected = sorted_hash(pairs)
    print(f"in memory, a tenth of both: {len(pairs):,} pairs, sha256 {expected}")
    del strikes
    print(TABLE)
    for name, kill_after in (("tenth", None), ("tenth-killed", 3)):
        joined(folder, laid, b, name, kill_after=kill_after)
        parts = [pd.read_parquet(file) for file in sorted((folder / name).glob("*.parquet"))]
        every = pd.concat(parts).sort_values(["incident_id", "strike_id"], ignore_index=True)
        got = sorted_hash(every)
        print(f"{name}: {len(every):,} pairs, sha256 {got}, equal: {got == expected}")


def sorted_hash(pairs: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for name in ("incident_id", "strike_id", "relation"):
        digest.update("\n".join(pairs[name].astype(str)).encode())
    digest.update(pairs["distance_km"].round(6).to_numpy().tobytes() + pairs["gap_days"].to_numpy().tobytes())
    return digest.hexdigest()[:16]


def overhead(folder: Path, millions: int) -> None:
    """The same two threads with and without Dask, from frames in memory, on a tenth of both sides."""
    few, incidents = tenth_of_incidents(folder)
    a = read(few)
    b = read(source(folder, "strike", millions // 10))
    layouts = [read_partitions(each) for each in (incidents, laid_out(folder, "strike", millions // 10))]
    with dask.config.set(scheduler="threads", num_workers=2):
        held = [frame.persist() for frame in layouts]
        from_memory = gcas.match(*held, within_km=KM, within_days=DAYS)
        from_disk = gcas.match(*layouts, within_km=KM, within_days=DAYS)
        runs = {
            "kernel": lambda: gcas.match(a, b, within_km=KM, within_days=DAYS),
            "Dask, from memory": from_memory.compute,
            "Dask, from GeoParquet": from_disk.compute,
            "kernel, from GeoParquet": lambda: gcas.match(
                *[frame.compute() for frame in layouts], within_km=KM, within_days=DAYS
            ),
        }
        took: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(6):
            for name, run in runs.items():
                gc.collect()
                began = time.perf_counter()
                count = len(run())
                if turn:
                    took[name].append(time.perf_counter() - began)
    median = {name: statistics.median(times) for name, times in took.items()}
    print(f"{len(a):,} x {len(b):,}, {count:,} pairs, {from_memory.npartitions} tasks, two threads, median of 5:")
    for name, seconds in median.items():
        base = median["kernel, from GeoParquet" if name.endswith("Parquet") else "kernel"]
        print(f"| {name} | {seconds:.2f} s | {seconds / base:.2f} x |")


def layouts(folder: Path, millions: int) -> None:
    """The same files by their boxes, and as dask-geopandas reads any file: shapes made and measured."""
    laid = [laid_out(folder, "incident", 1), laid_out(folder, "strike", millions)]
    runs = {"by boxes": read_partitions, "as any file": opened}
    took: dict[str, list[float]] = {name: [] for name in runs}
    with dask.config.set(scheduler="threads", num_workers=2):
        for turn in range(4):
            for name, reading in runs.items():
                began = time.perf_counter(), time.process_time()
                count = len(gcas.match(*map(reading, laid), within_km=KM, within_days=DAYS))
                if turn:  # the first loads what is compiled
                    took[name].append(time.perf_counter() - began[0])
                    print(f"{name}: {took[name][-1]:.1f} s, {time.process_time() - began[1]:.1f} s of processors")
    median = {name: statistics.median(times) for name, times in took.items()}
    ratio = median["as any file"] / median["by boxes"]
    print(f"1 x {millions} million, {count:,} pairs, median of 3: {median}; {ratio:.2f} x")


def timely(found: pd.DataFrame) -> pd.DataFrame:
    """The filter by date."""
    day = np.timedelta64(DAYS, "D")
    times = {name: found[name].to_numpy(dtype="datetime64[s]") for name in ("start_left", "end_left")}
    times |= {name: found[name].to_numpy(dtype="datetime64[s]") for name in ("start_right", "end_right")}
    near = times["start_right"] < times["end_left"] + day
    return found[near & (times["start_left"] < times["end_right"] + day)]


def opened(folder: Path):
    """Files as dask-geopandas reads them, without the attributes at which its join fails under pandas 3."""
    import dask_geopandas

    frame = dask_geopandas.read_parquet(folder)
    meta = frame._meta.copy()
    meta.attrs = {}
    plain = frame.map_partitions(without_attributes, meta=meta)
    plain.spatial_partitions = frame.spatial_partitions
    return plain


def without_attributes(part: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    part.attrs = {}
    return part


def peer(folder: Path, millions: int) -> None:
    """dask-geopandas' own spatial join and a filter by date, on a tenth of both sides, from the same files.

    It knows no radius that differs by record: it gets circles of the limit alone, which is less work.
    """
    import dask_geopandas

    laid = tenth_of_incidents(folder)[1], laid_out(folder, "strike", millions // 10)
    reach = KM / 111.0 / np.cos(np.radians(37.5)) * 1.001

    def mine() -> pd.DataFrame:
        frames = [read_partitions(each) for each in laid]
        return gcas.match(*frames, within_km=KM, within_days=DAYS).compute()

    def theirs() -> pd.DataFrame:
        left, right = (opened(each) for each in laid)
        grown = left.set_geometry(left.geometry.buffer(reach))
        grown.spatial_partitions = left.spatial_partitions.buffer(reach)  # so that partitions are told apart
        found = dask_geopandas.sjoin(grown, right, predicate="intersects")
        found = found.map_partitions(timely, meta=found._meta)
        return found[["incident_id", "strike_id"]].compute()

    with dask.config.set(scheduler="threads", num_workers=2):
        mine()  # loads what is compiled
        took = []
        for run in (mine, theirs):
            began = time.perf_counter()
            pairs = run()
            took.append(time.perf_counter() - began)
            print(f"| {run.__name__} | {took[-1]:.1f} s | {len(pairs):,} pairs |")
    print(f"{took[1] / took[0]:.1f} x")


STEPS = ["made", "tenth", "overhead", "peer", "full", "kernel", "layouts", "screen-tenth", "screen"]

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--millions", type=int, default=50)
    parser.add_argument("--only", nargs="*", default=STEPS, choices=STEPS)
    asked = parser.parse_args()
    asked.folder.mkdir(exist_ok=True)
    for step in asked.only:
        if step == "made":
            laid_out(asked.folder, "incident", 1)
            laid_out(asked.folder, "strike", asked.millions)
        elif step == "full":
            full(asked.folder, asked.millions)
        elif step == "kernel":
            checked(asked.folder, asked.millions)
        elif step == "tenth":
            tenth(asked.folder, asked.millions)
        elif step == "overhead":
            overhead(asked.folder, asked.millions)
        elif step == "layouts":
            layouts(asked.folder, asked.millions)
        elif step == "screen-tenth":
            screen_tenth(asked.folder, asked.millions)
        elif step == "screen":
            screen_full(asked.folder, asked.millions)
        elif step == "peer":
            peer(asked.folder, asked.millions)
