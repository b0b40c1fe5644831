"""Damages files of every format at random and reads them: only errors of this package may come out.

    python -m benchmarks.fuzz_records [--minutes 10] [--seed 0]

Each round takes a few rows of one of the real files, changes bytes, cells, rows or columns, and reads the result.
"""

from __future__ import annotations

import argparse
import gzip
import random
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from geocasualty.errors import GeocasualtyError

FILES = {
    "centcom": ("centcom_releases_2014_2015.csv", gcas.validate_strikes),
    "dutch-mod": ("dutch_mod_strikes_2014_2015.csv", gcas.validate_strikes),
    "airwars": ("airwars_syria_2014_2015.csv", gcas.validate_incidents),
    "ucdp-ged": ("ucdp_ged_syria_2016.csv.gz", gcas.validate_incidents),
}
HOSTILE = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\n", b"\r", b";", b",", b"\t", b"=1+1", b"nan", b"1e999", b"-0",
    b"9" * 400, b"2015-02-30", b"0000-00-00", b"31/12/9999", "٣ حزيران ٢٠١٥".encode(), b"38SLE", b"Between 8 a.m. and",
    b"ninety-nine", b"\xd8\x00", b"{{7*7}}", b"../../x", b"x" * 5000,
]  # fmt: skip


def damaged(lines: list[bytes], draw: random.Random) -> bytes:
    """A few rows under the header with one to five changes."""
    rows = [lines[0], *draw.sample(lines[1:], draw.randint(0, 12))]
    for _ in range(draw.randint(1, 5)):
        at = draw.randrange(len(rows))
        row = rows[at]
        spot = draw.randrange(len(row) + 1)
        kind = draw.randrange(6)
        if kind == 0:
            rows[at] = row[:spot] + draw.choice(HOSTILE) + row[spot:]
        elif kind == 1:
            rows[at] = row[:spot] + bytes([draw.randrange(256)]) + row[spot + 1 :]
        elif kind == 2:
            rows[at] = row[:spot]
        elif kind == 3:
            rows.insert(at, row)
        elif kind == 4:
            cells = row.split(b",")
            cells[draw.randrange(len(cells))] = draw.choice(HOSTILE)
            rows[at] = b",".join(cells)
        else:
            rows[at] = row.replace(draw.choice([b"0", b"1", b",", b"-", b" "]), draw.choice(HOSTILE), 1)
    return b"\n".join(rows)


def main() -> None:
    """Run for the time given and print what came out; a foreign exception stops it with the file that caused it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    gazetteer = gcas.load_gazetteer()
    texts = {}
    for name, (file, _) in FILES.items():
        raw = (REAL_DATA / file).read_bytes()
        texts[name] = (gzip.decompress(raw) if file.endswith("gz") else raw).split(b"\n")
    draw = random.Random(chosen.seed)
    counts: Counter[str] = Counter()
    slowest = 0.0
    end = time.monotonic() + 60 * chosen.minutes
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.csv"
        while time.monotonic() < end:
            name = draw.choice(sorted(FILES))
            path.write_bytes(damaged(texts[name], draw))
            begun = time.monotonic()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    FILES[name][1](path, format=draw.choice([name, None, "csv"]), gazetteer=gazetteer)
                counts["read"] += 1
            except GeocasualtyError:
                counts["refused"] += 1
            except Exception:
                kept = Path(tempfile.gettempdir()) / f"fuzz-{name}-{sum(counts.values())}.csv"
                kept.write_bytes(path.read_bytes())
                print(f"a foreign exception; the file is kept as {kept.name}")
                raise
            slowest = max(slowest, time.monotonic() - begun)
    print(dict(counts), f"slowest {slowest:.2f} s")


if __name__ == "__main__":
    main()
