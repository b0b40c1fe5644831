"""Lets commands fail at random moments: what they write is whole, old or absent, and what they say is one line.

    python -m benchmarks.soak [--minutes 30] [--seed 0]

Each round runs a command under one fault: killed or interrupted at a random moment, a disk that is full after so many
bytes, too little memory, or a second process that writes the same file. After it the file must be the old one or, byte
for byte, the one that a run without a fault writes; a run that was not killed leaves nothing beside it, and says in a
line what happened. Without memory the libraries below may abort the process, or wait for ever as they are loaded: then
only the promises on files hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import geocasualty as gcas

LIMITS = ["--within-km", "10", "--within-days", "0"]
OLD = b"what was there before"
FAULTS = ("kill", "interrupt", "full disk", "no memory", "two writers", "none")
PATIENCE_S = 90.0

RUN = """
import resource, signal, sys
from geocasualty.__main__ import main
size, memory, *words = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
if size != "-": resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
if memory != "-": resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
sys.argv = ["geocasualty", *words]
main()
"""


def commands(folder: Path) -> dict[str, list[str]]:
    """Of each file that is written: the command that writes it there."""
    incidents, strikes = folder / "incidents.gpkg", folder / "strikes.gpkg"
    book = gcas.load_casebook()
    gcas.write_records(book.incidents, incidents)
    gcas.write_records(book.strikes, strikes)
    places = folder / "places.csv"
    places.write_text("name,kind,country,lat,lon\nSomewhere,town,IQ,35,43\n", "utf-8")
    both = [str(incidents), str(strikes)]
    return {
        "screen.csv": ["screen", *both, *LIMITS, "-o"],
        "screen.gpkg": ["screen", *both, *LIMITS, "-o"],
        "match.parquet": ["match", *both, *LIMITS, "-o"],
        "report.html": ["report", *both, *LIMITS, "-o"],
        "map.html": ["map", "province", *both, "-o"],
        "gazetteer.gpkg": ["gazetteer", "build", "--csv", str(places), "--no-bundled", "-o"],
    }


def started(words: list[str], target: Path, size: str = "-", memory: str = "-") -> subprocess.Popen[bytes]:
    """The command, running: its disk full after ``size`` bytes of a file, and with ``memory`` bytes of addresses."""
    folder = target.parents[1]
    env = os.environ | {"TMPDIR": str(folder / "scratch"), "NUMBA_CACHE_DIR": str(folder / "numba")}
    command = [sys.executable, "-c", RUN, size, memory, *words, str(target)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)


def ended(running: subprocess.Popen[bytes]) -> tuple[int, list[str]]:
    """The exit status and the lines said; a warning has one of its own."""
    try:
        _, said = running.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()
        return 999, ["HANG"]
    return running.returncode, said.decode("utf-8", "replace").splitlines()


class Soak:
    """Rounds of faults, and what came of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.draw, self.counts, self.broken = random.Random(seed), Counter[tuple[str, str]](), 0
        self.target = folder / "out"
        self.target.mkdir()
        (folder / "scratch").mkdir()
        self.commands = commands(folder)
        self.whole: dict[str, bytes] = {}
        self.took: dict[str, float] = {}
        for name, words in self.commands.items():
            began = time.monotonic()
            status, said = ended(started(words, self.target / name))
            if status:
                raise SystemExit(f"{name}: without a fault exits with {status}: {said}")
            self.whole[name], self.took[name] = (self.target / name).read_bytes(), time.monotonic() - began
            self.clear()

    def clear(self) -> None:
        """Throw away what was written."""
        for path in self.target.iterdir():
            if path.is_dir():
                subprocess.run(["rm", "-r", str(path)], check=True)
            else:
                path.unlink()

    def round(self) -> None:
        """One command under one fault."""
        name, fault = self.draw.choice(list(self.commands)), self.draw.choice(FAULTS)
        target, words, whole = self.target / name, self.commands[name], self.whole[name]
        old = self.draw.choice([None, OLD])
        if old is not None:
            target.write_bytes(old)
        size = str(self.draw.randrange(max(len(whole), 2))) if fault == "full disk" else "-"
        memory = str(self.draw.randrange(300, 2_000) * 1_000_000) if fault == "no memory" else "-"
        running = [started(words, target, size, memory) for _ in range(1 + (fault == "two writers"))]
        if fault in ("kill", "interrupt"):
            time.sleep(self.draw.uniform(0, 1.1 * self.took[name]))
            running[0].send_signal(signal.SIGKILL if fault == "kill" else signal.SIGINT)
        ends = [ended(each) for each in running]
        found = target.read_bytes() if target.exists() else None
        state = "new" if found == whole else "old" if found == old else "PART"
        beside = [path.name for path in self.target.iterdir() if path.name.startswith(".")]
        faults = ["a part"] if state == "PART" else []
        starved = fault == "no memory"
        if beside and fault != "kill" and ends[0][0] >= 0 and not (starved and ends[0][0] == 999):
            faults.append(f"left {beside}")
        for status, said in ends:
            if status == 0 and state != "new":
                faults.append("said it was written")
            if starved:
                continue
            if status not in (0, 1, 2, 130, -signal.SIGKILL, -signal.SIGINT) or "Traceback" in " ".join(said):
                faults.append(f"exit {status}: {said[-1:] or 'nothing said'}")
            elif status > 0 and not said:
                faults.append(f"exit {status} without a word")
        self.counts[fault, f"exit {ends[0][0]}, {state}"] += 1
        for each in faults:
            self.broken += 1
            print(f"{name}, {fault} (size {size}, memory {memory}): {each}", flush=True)
        self.clear()


def main() -> None:
    """Run for the time given; print how each fault ended, and end with 1 where a promise was broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder), chosen.seed)
        end = time.monotonic() + 60 * chosen.minutes
        while time.monotonic() < end:
            soak.round()
    for fault in FAULTS:
        found = {said: number for (each, said), number in sorted(soak.counts.items()) if each == fault}
        print(f"{fault}: {sum(found.values()):,}: {', '.join(f'{said} {number}' for said, number in found.items())}")
    print(f"{sum(soak.counts.values()):,} runs, {soak.broken} broken promises")
    raise SystemExit(bool(soak.broken))


if __name__ == "__main__":
    main()
