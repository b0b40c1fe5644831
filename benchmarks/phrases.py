"""How fast does the gazetteer resolve texts that it has not met? No two are alike, so that nothing remembered helps.

python -m benchmarks.phrases [--count 2000] [--seed 0] [--rounds 3]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import geocasualty as gcas

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
COLUMNS = {
    "airwars_syria_2014_2015.csv": ["location_en", "location_ar"],
    "centcom_releases_2014_2015.csv": ["location"],
    "dutch_mod_strikes_2014_2015.csv": ["Town (UNCLASS)"],
    "quoted_2017_2018.csv": ["location_en"],
    "ucdp_ged_syria_2016.csv.gz": ["where_coordinates"],
}
WAYS = (
    "{one}", "{one}, {other}", "near {one}", "{number} km north-east of {one}", "between {one} and {other}",
    "{one} ({other})", "the road from {one} to {other}", "{one} village, {other} district",
)  # fmt: skip
LENGTHS = (1_000, 10_000, 100_000)


def real_texts(folder: Path) -> list[str]:
    """The distinct place texts of the records there."""
    found: set[str] = set()
    for name, columns in COLUMNS.items():
        table = pd.read_csv(folder / name, sep=";" if name.startswith("dutch") else ",", dtype=str)
        for column in columns:
            found.update(table[column].dropna().str.strip())
    return sorted(found - {""})


def varied(texts: list[str], count: int, seed: int) -> Iterator[str]:
    """Distinct texts made of real ones: in another phrase, half of them with a letter exchanged."""
    chance, told = random.Random(seed), set(texts)
    while count:
        one, other = chance.sample(texts, 2)
        if chance.random() < 0.5:
            at = chance.randrange(len(one))
            one = one[:at] + chance.choice("aeioubdkmrstz") + one[at + 1 :]
        made = chance.choice(WAYS).format(one=one, other=other, number=chance.randint(1, 999) / 10)
        if made not in told:
            told.add(made)
            count -= 1
            yield made


def main() -> None:
    """Print texts a second, and milliseconds for a long text of each length."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--data", type=Path, default=DATA)
    chosen = options.parse_args()
    gazetteer = gcas.load_gazetteer()
    texts = real_texts(chosen.data)
    for text in texts[:50]:
        gazetteer.resolve(text)
    rates = []
    for place in range(chosen.rounds):
        asked = list(varied(texts, chosen.count, chosen.seed + place))
        begun = time.perf_counter()
        for text in asked:
            gazetteer.resolve(text)
        rates.append(len(asked) / (time.perf_counter() - begun))
    print(f"{len(texts)} real texts; distinct ones a second: {statistics.median(rates):.0f} (median of {rates})")
    for length in LENGTHS:
        made = ", ".join(varied(texts, length // 10, chosen.seed))[:length]
        begun = time.perf_counter()
        gazetteer.resolve(made)
        print(f"{length} characters: {(time.perf_counter() - begun) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
