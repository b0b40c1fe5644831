"""Does a change of the code move an answer? Everything that the package says of the real records, kept and compared.

    python -m benchmarks.answers keep FOLDER [DATA]
    python -m benchmarks.answers compare FOLDER OTHER
    python -m benchmarks.answers moves FOLDER OTHER

``keep`` reads the real records of DATA (../shared/data by default), resolves every place text with every hint that the
files state, joins incidents to strikes at six limits, and writes what comes out (records, places, pairs, findings,
sensitivity, links, tallies, and the data and words of a map and a report) as tables into FOLDER, which no commit
holds. ``compare`` names each column in which two such folders differ, how many rows, and the first of them; it exits
with 1 where there is a difference. ``moves`` prints which findings became which, table by table, and the commonest
reasons that are given now; it exits with 1 where one became sure, or one sure finding the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA, SETS, answered

LIMITS = [(2, 0), (10, 0), (10, 1), (20, 2), (50, 1), (90, 3)]
SHOWN = 3
SURE = ("strike-reported-nearby", "none-in-records")


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell as text, a geometry as its WKB's digest: two versions of pandas write the same."""
    table = pd.DataFrame(index=range(len(frame)))
    for name in frame.columns:
        values = frame[name]
        if isinstance(values.dtype, gpd.array.GeometryDtype):
            shapes = shapely.to_wkb(shapely.set_precision(values.to_numpy(), 1e-9), hex=True)
            table[name] = ["" if shape is None else hashlib.sha256(shape.encode()).hexdigest()[:16] for shape in shapes]
        else:
            table[name] = [_text(value) for value in values.tolist()]
    return table


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.9g}"
    if isinstance(value, list | tuple):
        return json.dumps([_text(each) for each in value], ensure_ascii=False)
    return "" if value is None or value is pd.NaT or value is pd.NA else str(value)


def every_table(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and contents of each table of answers."""
    gaz = gcas.load_gazetteer()
    for name, read in SETS.items():
        yield f"places-{name}", answered(gaz, read(folder))
    bare = pd.concat([read(folder)[["text"]] for read in SETS.values()]).dropna().drop_duplicates()
    yield "places-without-hints", answered(gaz, bare.reset_index(drop=True))
    many = SETS["ucdp"](folder)
    yield "places-many", gaz.resolve_many(many["text"], country="SY", governorate=many["admin1"]).reset_index()

    incidents = {
        "airwars": gcas.read_incidents(folder / "airwars_syria_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip"),
        "ucdp": gcas.read_incidents(folder / "ucdp_ged_syria_2016.csv.gz", gazetteer=gaz, on_bad_rows="skip"),
    }
    strikes = {
        "centcom": gcas.read_strikes(folder / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip"),
        "dutch": gcas.read_strikes(folder / "dutch_mod_strikes_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip"),
    }
    for name, frame in (incidents | strikes).items():
        yield f"records-{name}", frame
        yield f"coverage-{name}", gcas.coverage(frame) if name in strikes else pd.DataFrame()
    for km, days in LIMITS:
        for name, frame in strikes.items():
            limits = {"within_km": km, "within_days": days}
            pairs = gcas.match(incidents["airwars"], frame, bounds=True, explain=True, **limits)
            yield f"pairs-airwars-{name}-{km}-{days}", pairs
            yield f"findings-airwars-{name}-{km}-{days}", gcas.screen(incidents["airwars"], frame, **limits)
    yield (
        "sensitivity",
        gcas.sensitivity(incidents["airwars"], strikes["centcom"], within_km=[2, 10, 50], within_days=[0, 1, 3]),
    )
    yield "grouped", gcas.matching.group_strikes(strikes["dutch"], strikes["centcom"])
    half = incidents["airwars"].index % 2 == 0
    yield "links", gcas.link(incidents["airwars"][half], incidents["airwars"][~half], within_km=20, within_days=1)
    for by in (["month"], ["governorate"], ["belligerent"], ["month", "governorate", "belligerent"], ["grading"]):
        yield f"tally-airwars-{'-'.join(by)}", gcas.tally(incidents["airwars"], by, gazetteer=gaz)
    yield "tally-dutch", gcas.tally(strikes["dutch"], ["month", "governorate"], gazetteer=gaz)
    yield "tally-centcom", gcas.tally(strikes["centcom"], ["month", "governorate"], gazetteer=gaz)
    yield from _pages(gaz, incidents["airwars"], strikes["centcom"])


def _pages(gaz: Any, incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    import tempfile

    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "page.html"
        chosen = incidents[incidents["belligerents"].str.contains("Coalition")]
        gcas.save_html(gcas.province_map(incidents, strikes, gazetteer=gaz), path)
        yield "page-province", _lines(path)
        gcas.save_html(gcas.town_map("Kobani", incidents, strikes, gazetteer=gaz, within_km=10, within_days=1), path)
        yield "page-town", _lines(path)
        gcas.report(chosen, strikes, gazetteer=gaz, path=path, within_km=10, within_days=1)
        yield "page-report", _lines(path)


def _lines(path: Path) -> pd.DataFrame:
    """Data and words of a page, without its styles, scripts and policy: they change with the look."""
    page = path.read_text("utf-8")
    data = re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    body = re.sub(r"<(script|style|svg)\b.*?</\1>|<meta[^>]*>|data:[^\"' )]*", " ", page, flags=re.DOTALL)
    words = [line.strip() for line in re.sub(r"<[^>]*>", "\n", body).split("\n") if line.strip()]
    return pd.DataFrame({"line": [*data, *words]})


def keep(folder: Path, data: Path) -> None:
    """Write every table of answers into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, frame in every_table(data):
            plain(frame).to_csv(folder / f"{name}.csv", index=False)
            print(f"{name}: {len(frame):,} rows", flush=True)


def compare(one: Path, other: Path) -> int:
    """Print in what two folders of answers differ; the number of tables that do."""
    names = sorted({path.name for folder in (one, other) for path in folder.glob("*.csv")})
    differing = 0
    for name in names:
        sides = [folder / name for folder in (one, other)]
        if not all(path.exists() for path in sides):
            print(f"{name}: only in {next(path.parent for path in sides if path.exists())}")
            differing += 1
            continue
        if sides[0].read_bytes() != sides[1].read_bytes():
            differing += 1
            print(f"{name}: " + "; ".join(_differences(*(_table(path) for path in sides))))
    print(f"{len(names)} tables compared, {differing} differ")
    return differing


def moves(one: Path, other: Path) -> int:
    """Print which findings moved between two folders and why; how many became sure."""
    reasons: dict[tuple[str, str], Counter[str]] = {}
    for path in sorted(one.glob("findings-*.csv")):
        before, after = (_table(folder / path.name).set_index("incident_id") for folder in (one, other))
        now = after[["finding", "reason"]].rename(columns={"finding": "finding_now"})
        both = before[["finding"]].join(now, how="inner")
        moved = both[both["finding"] != both["finding_now"]]
        counts = moved.groupby(["finding", "finding_now"]).size()
        told = ", ".join(f"{was} -> {now} {count}" for (was, now), count in counts.items())
        print(f"{path.stem}: {len(both):,} incidents; {told or 'no moves'}")
        for row in moved.itertuples():
            words = re.sub(r"[A-Za-z]*-?\d[\w\-.,:]*", "#", row.reason)[:110]
            reasons.setdefault((row.finding, row.finding_now), Counter())[words] += 1
    for (was, now), words in sorted(reasons.items()):
        print(f"{was} -> {now}: {words.total():,}")
        for text, count in words.most_common(SHOWN):
            print(f"  {count:6,} {text}")
    return sum(words.total() for (_, now), words in reasons.items() if now in SURE)


def _table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()


def _differences(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    for title, names in (
        ("gone", before.columns.difference(after.columns)),
        ("new", after.columns.difference(before.columns)),
    ):
        if len(names):
            yield f"columns {title}: {', '.join(names)}"
    if len(before) != len(after):
        yield f"{len(before):,} rows before, {len(after):,} after"
        return
    for name in before.columns.intersection(after.columns):
        rows = np.flatnonzero(before[name].to_numpy() != after[name].to_numpy())
        if len(rows):
            first = ", ".join(
                f"row {row}: {before[name].iloc[row][:70]!r} -> {after[name].iloc[row][:70]!r}" for row in rows[:SHOWN]
            )
            yield f"{name}: {len(rows):,} of {len(before):,} ({first})"


def main() -> int:
    """Keep, compare or count moves, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["keep", "compare", "moves"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("other", type=Path, nargs="?")
    asked = parser.parse_args()
    if asked.what == "keep":
        keep(asked.folder, asked.other or REAL_DATA)
        return 0
    if asked.other is None:
        parser.error(f"{asked.what} needs two folders")
    return 1 if (compare if asked.what == "compare" else moves)(asked.folder, asked.other) else 0


if __name__ == "__main__":
    sys.exit(main())
