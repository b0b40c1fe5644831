"""How long does a gazetteer of 200,000 places take to build, to load, and to answer?

    python benchmarks/gazetteer_scale.py [--places 200000] [--texts 100000] [--keep FOLDER] [--gazetteer FILE]

Makes a seeded GeoNames dump (19 columns, names in Latin and Arabic letters), builds it on top of the bundled gazetteer
in a process of its own (for its peak memory), loads it, resolves names, and prints one table. With ``--gazetteer`` a
file that was built before is only loaded. All times but that of the build are of the processor.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

SYLLABLES = [
    ("al ", "ال"),
    ("ha", "حا"), ("wi", "وي"), ("ja", "جا"), ("sin", "سن"), ("tal ", "تل "), ("ba", "با"), ("ri", "ري"),
    ("qa", "قا"),
    ("dis", "دس"), ("ya", "يا"), ("mu", "مو"), ("sul", "سل"), ("zu", "زو"), ("ba'", "بع"), ("shir", "شر"),
    ("kha", "خا"),
    ("lid", "لد"), ("na", "نا"), ("sar", "صر"), ("du", "دو"), ("ghar", "غر"), ("fa", "فا"), ("tim", "تم"),
]  # fmt: skip

BUILD = """
import json, resource, sys, time
began = time.perf_counter()
from geocasualty.gazetteer.building import build_gazetteer
built = build_gazetteer(sys.argv[2], geonames=[sys.argv[1]])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"s": time.perf_counter() - began, "mb": peak, "places": built.n_places, "names": built.n_names}))
"""

LOAD = """
import json, random, resource, statistics, sys, time, warnings
import geocasualty as gcas
import pandas as pd
from geocasualty.gazetteer import load_gazetteer
clock = time.process_time
def spent(ask, *given, **more):
    began = clock()
    ask(*given, **more)
    return clock() - began
gaz = load_gazetteer(sys.argv[1])
figures = {"first": spent(gaz.resolve, "Hawija")}
figures["unknown"] = spent(gaz.resolve, "Hawijjja", country="IQ")
figures["version"] = spent(lambda: gaz.version)
figures["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
draw = random.Random(5)
names = sorted({name for _, name, _ in gaz._tables.names if len(name) > 5})
def misspelt(name):
    at, letter, kind = draw.randrange(1, len(name) - 1), draw.choice("abdefghiklmnorstuz"), draw.randrange(4)
    return name[:at] + ("", letter, letter + name[at], name[at + 1] + name[at])[kind] + name[at + 1 + (kind == 3):]
def text():
    name, share = draw.choice(names), draw.random()
    if share < 0.7:
        return name
    if share < 0.9:
        return misspelt(name) if share < 0.8 else f"{name}, Iraq"
    return f"{draw.randrange(1, 30)} km north of {name}" if share < 0.95 else misspelt(misspelt(misspelt(name)))
def median(texts, **stated):
    return statistics.median(spent(gaz.resolve, each, **stated) for each in texts) * 1e6
for each in [misspelt(name) for name in draw.sample(names, 300)]:
    gaz.resolve(each, country="IQ")
known = draw.sample(names, 1000)
wrong = [misspelt(name) for name in draw.sample(names, 1000)]
figures |= {"exact": median(known), "misspelt": median(wrong), "misspelt_in": median(wrong, country="IQ")}
texts = pd.Series([text() for _ in range(int(sys.argv[2]))])
figures["texts"] = spent(gaz.resolve_many, texts)
figures["texts_in"] = spent(gaz.resolve_many, texts, country="IQ")
print(json.dumps(figures))
"""


def synthetic_dump(path: Path, places: int, seed: int = 20260101) -> None:
    """Write a zipped country dump of invented places in Iraq."""
    draw = random.Random(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(f"{path.stem}.txt", "w") as stream:
        for number in range(places):
            parts = [draw.choice(SYLLABLES) for _ in range(draw.randint(2, 5))]
            latin = " ".join("".join(part[0] for part in parts).split()).title()
            arabic = "".join(part[1] for part in parts).strip()
            aliases = [arabic, latin.replace("q", "k").replace("ha", "hah"), latin.replace(" ", "-").replace("i", "ee")]
            lon, lat = draw.uniform(39.5, 47.5), draw.uniform(30.5, 36.9)
            people = draw.choice([0, 0, 0, 0, 800, 6_000, 30_000])
            cells = [
                50_000_000 + number, latin, latin, ",".join(aliases), f"{lat:.5f}", f"{lon:.5f}", "P", "PPL", "IQ", "",
                "", "", "", "", people, "", 100, "Asia/Baghdad", "2024-01-01",
            ]  # fmt: skip
            stream.write(("\t".join(map(str, cells)) + "\n").encode())


def timed(script: str, *arguments: object) -> dict[str, float]:
    """Run a script in a fresh process; the figures that it prints."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=200_000)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="leave the files in this folder")
    parser.add_argument("--gazetteer", type=Path, help="load this one and build none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.keep or Path(made)
        folder.mkdir(exist_ok=True)
        gazetteer, rows = options.gazetteer, []
        if gazetteer is None:
            dump, gazetteer = folder / "XX.zip", folder / "synthetic.gpkg"
            synthetic_dump(dump, options.places)
            built = timed(BUILD, dump, gazetteer)
            print(f"{built['places']:,} places, {built['names']:,} names, {gazetteer.stat().st_size / 1e6:.0f} MB")
            rows = [("build, wall clock", f"{built['s']:.0f} s", ""), ("build, memory", f"{built['mb']:.0f} MB", "")]
        took = timed(LOAD, gazetteer, options.texts)
    rows += [
        ("first answer, loading included", f"{took['first']:.2f} s", "<= 3 s"),
        ("first answer to a name that is not known, after that", f"{took['unknown']:.2f} s", ""),
        ("version (digest of the content)", f"{took['version']:.2f} s", ""),
        ("memory then", f"{took['mb']:.0f} MB", ""),
        ("name as it is known, median", f"{took['exact']:.0f} µs", "<= 60 µs"),
        ("misspelt name, median", f"{took['misspelt']:.0f} µs", "<= 1,500 µs"),
        ("misspelt name with its country, median", f"{took['misspelt_in']:.0f} µs", "<= 1,500 µs"),
        (f"{options.texts:,} texts", f"{took['texts']:.1f} s", "<= 15 s"),
        (f"{options.texts:,} texts with their country", f"{took['texts_in']:.1f} s", ""),
    ]
    print(f"date: {time.strftime('%Y-%m-%d')}\n\n| step | measured | target |\n|---|---|---|")
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


if __name__ == "__main__":
    main()
