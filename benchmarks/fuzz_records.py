"""Damages files of every format and container at random and reads them: only errors of this package may come out.

    python -m benchmarks.fuzz_records [--minutes 10] [--seed 0]

Each round takes a few rows of one of the real files, or a sample of a reader, changes bytes, cells, rows or columns,
and reads the result: rows in are rows accepted and rows rejected. Every third round changes nothing of what a file
says, but its order of rows, its encoding, its container, the case of its header or what stands around its table: the
same rows are accepted. A file at which it stops is kept with the seed and the number of the round.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from geocasualty.errors import GeocasualtyError
from geocasualty.records import readers

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
    rows = [lines[0], *draw.sample(lines[1:], min(draw.randint(0, 12), len(lines) - 1))]
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


Rows = list[list[str]]


def as_text(rows: Rows, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def as_workbook(rows: Rows) -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_000] or None for cell in row])
        for cell in book.active[book.active.max_row]:
            cell.data_type = "n" if cell.value is None else "s"
    book.save(out)
    return out.getvalue()


def zipped(inner: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(inner, data)
    return out.getvalue()


def records(rows: Rows) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


SAME: dict[str, Callable[[Rows, random.Random], tuple[str, bytes]]] = {
    "order of rows": lambda rows, draw: ("a.csv", as_text([rows[0], *draw.sample(rows[1:], len(rows) - 1)]).encode()),
    "UTF-16": lambda rows, _: ("a.csv", as_text(rows, "\t").encode("utf-16")),
    "semicolons": lambda rows, _: ("a.csv", as_text(rows, ";").encode()),
    "gzip": lambda rows, _: ("a.csv.gz", gzip.compress(as_text(rows).encode())),
    "zip": lambda rows, _: ("a.zip", zipped("in.csv", as_text(rows).encode())),
    "a title": lambda rows, _: ("a.csv", ("About this table\n\n" + as_text(rows)).encode()),
    "rows below": lambda rows, _: ("a.csv", (as_text(rows) + "," * (len(rows[0]) - 1) + "\n").encode()),
    "blanks round names": lambda rows, _: ("a.csv", as_text([[f" {name} " for name in rows[0]], *rows[1:]]).encode()),
    "JSON": lambda rows, _: ("a.json", json.dumps(records(rows)).encode()),
    "JSON lines": lambda rows, _: ("a.jsonl", "".join(json.dumps(each) + "\n" for each in records(rows)).encode()),
    "JSON by columns": lambda rows, _: ("a.json", json.dumps({"columns": rows[0], "data": rows[1:]}).encode()),
    "a workbook": lambda rows, _: ("a.xlsx", as_workbook(rows)),
}
"""Files that say the same."""


def outcome(frames: tuple[Any, Any]) -> tuple[list[str], list[str]]:
    """What a file says, whatever the order of its rows: identifiers accepted and rejected."""
    accepted, rejected = frames
    name = "strike_id" if "strike_id" in accepted.columns else "incident_id"
    kept = [f"{row[name]} {row['start']} {row['end']} {row['belligerents']}" for _, row in accepted.iterrows()]
    return sorted(kept), sorted({f"{row.record} {row.reason}" for row in rejected.itertuples()})


def conserved(frames: tuple[Any, Any], count: int) -> bool:
    """Whether every row is accepted or rejected, and none both."""
    accepted, rejected = frames
    members = accepted["rows"] if "rows" in accepted.columns else accepted["row"].astype(str)
    kept = {
        int(row) for text, row in zip(members, accepted["row"], strict=True) for row in (text or str(row)).split(";")
    }
    failed = set(rejected["row"].tolist())
    return not kept & failed and kept | failed <= set(range(1, count + 1))


def read(name: str, path: Path, reader: str | None, gazetteer: Any) -> tuple[Any, Any]:
    role = FILES[name][1] if name in FILES else None
    if role is None:
        role = gcas.validate_incidents if "incident" in readers()[name].roles else gcas.validate_strikes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return role(path, format=reader, gazetteer=gazetteer)


def main() -> None:
    """Run for the time given and print what came out; a foreign exception or another reading stops it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    gazetteer = gcas.load_gazetteer()
    texts = {}
    for name, (file, _) in FILES.items():
        raw = (REAL_DATA / file).read_bytes()
        texts[name] = (gzip.decompress(raw) if file.endswith("gz") else raw).split(b"\n")
    for name, reader in readers().items():
        if name not in texts and "detection" not in reader.roles:
            rows = [list(reader.sample[0]), *(list(row.values()) for row in reader.sample)]
            texts[name] = as_text(rows).encode().split(b"\n")[:-1]
    counts: Counter[str] = Counter()
    slowest = 0.0
    end = time.monotonic() + 60 * chosen.minutes
    with tempfile.TemporaryDirectory() as folder:
        number = 0
        while time.monotonic() < end:
            number += 1
            draw = random.Random(f"{chosen.seed} {number}")
            name = draw.choice(sorted(texts))
            same = draw.choice(sorted(SAME)) if number % 3 == 0 else ""
            lines = texts[name]
            path = Path(folder) / "damaged.csv"
            begun = time.monotonic()
            try:
                if same:
                    counts[tried_same(name, same, lines, path, draw, gazetteer)] += 1
                else:
                    path.write_bytes(damaged(lines, draw))
                    read(name, path, draw.choice([name, None, "csv"]), gazetteer)
                    counts["read"] += 1
            except GeocasualtyError:
                counts["refused"] += 1
            except Exception:
                path = max(Path(folder).iterdir(), key=lambda each: each.stat().st_mtime_ns, default=path)
                kept = Path(tempfile.gettempdir()) / f"fuzz-{name}-{chosen.seed}-{number}{path.suffix}"
                kept.write_bytes(path.read_bytes() if path.exists() else b"")
                print(f"stopped in round {number} of seed {chosen.seed}, {same or 'damage'}; {kept.name} is kept")
                raise
            slowest = max(slowest, time.monotonic() - begun)
    print(dict(counts), f"slowest {slowest:.2f} s")


def tried_same(name: str, same: str, lines: list[bytes], path: Path, draw: random.Random, gazetteer: Any) -> str:
    """Read a few sound rows, and the same in another file."""
    delimiter = ";" if lines[0].count(b";") > lines[0].count(b",") else ","
    few = b"\n".join([lines[0], *draw.sample(lines[1:], min(len(lines) - 1, draw.randint(1, 8)))])
    rows = [row for row in csv.reader(io.StringIO(few.decode("utf-8-sig", "replace")), delimiter=delimiter) if row]
    rows = [row for row in rows if len(row) == len(rows[0]) and not any("\n" in cell or "\r" in cell for cell in row)]
    path.write_text(as_text(rows), encoding="utf-8")
    try:
        first = read(name, path, name, gazetteer)
    except GeocasualtyError:
        return "refused"
    assert conserved(first, len(rows) - 1), "a row is lost, or accepted and rejected"
    file, data = SAME[same](rows, draw)
    other = path.parent / file
    other.write_bytes(data)
    second = read(name, other, name, gazetteer)
    assert outcome(first) == outcome(second), f"{same}: {outcome(first)} became {outcome(second)}"[:3000]
    return "read alike"


if __name__ == "__main__":
    main()
