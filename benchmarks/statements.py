"""Does the statement of the official record quote what researchers quoted who read the same releases?

    python -m benchmarks.statements [--near-km 30] [--within-days 1] [DATA]

For each claim of verdicts_2014_2015.csv in DATA (../shared/data by default) whose text quotes lines of releases, the
quoted lines are looked for among the lines as read; a quotation of a line that the file does not hold is counted apart.
Printed, with intervals by resampling claims: the share of quoted places that the statement names at all; of the
releases quoted, in how many the nearest place that it names is a quoted one (precision, recall); how often the release
of a quoted line is one of those that the statement covers; and the official record beside the researchers' verdict.
"""

from __future__ import annotations

import argparse
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from geocasualty.matching.official import Official

QUOTED = re.compile('[“"]([^“”"]{25,}?)[”“"]')
SHORTEST = 40
"""Letters of a sentence that tell one line from another."""
RESAMPLED = 2_000


def plain(text: str) -> str:
    """Letters and digits alone: quotation marks, dashes and spaces differ from copy to copy."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def quoted_lines(statement: str, lines: list[str], away: Any) -> tuple[list[int], int]:
    """Which lines a text quotes, of those as read, and how many quotations are of none.

    Of lines that repeat word for word in several releases those of the release that is the least ``away`` in time.
    """
    found: list[int] = []
    missed = 0
    for quotation in QUOTED.findall(statement):
        for sentence in re.split(r"(?<=[.;])\s+(?=Near|In |One|Two|Separately|[A-Z])", quotation):
            words = plain(sentence)
            if len(words) < SHORTEST:
                continue
            at = [n for n, line in enumerate(lines) if words in line or (len(line) >= SHORTEST and line in words)]
            found += [n for n in at if away[n] == min(away[n] for n in at)]
            missed += not at
    return sorted(set(found)), missed


def interval(values: list[tuple[float, float]]) -> str:
    """The ratio of sums with its interval of 95 %, claims resampled."""
    pairs = np.array(values, dtype=float).reshape(-1, 2)
    if not pairs[:, 1].sum():
        return "none"
    drawn = np.random.default_rng(0).integers(0, len(pairs), (RESAMPLED, len(pairs)))
    sums = pairs[drawn].sum(axis=1)
    low, high = np.nanquantile(sums[:, 0] / np.where(sums[:, 1] > 0, sums[:, 1], np.nan), [0.025, 0.975])
    found, of = pairs.sum(axis=0)
    return f"{found / of:.3f} [{low:.3f}, {high:.3f}] ({found:.0f} of {of:.0f})"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=REAL_DATA)
    parser.add_argument("--near-km", type=float, default=30)
    parser.add_argument("--within-days", type=int, default=1)
    asked = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strikes = gcas.read_strikes(asked.data / "centcom_releases_2014_2015.csv", on_bad_rows="skip")
        incidents = gcas.read_incidents(asked.data / "airwars_syria_2014_2015.csv", on_bad_rows="skip")
        verdicts = pd.read_csv(asked.data / "verdicts_2014_2015.csv").set_index("code")
    incidents = incidents[incidents["incident_id"].isin(verdicts.index)].reset_index(drop=True)
    result = gcas.assess(incidents, strikes, within_km=10, within_days=asked.within_days)
    official = Official(result.data, asked.near_km)
    texts = [plain(text) for text in strikes["record_text"].astype(str)]
    dates = strikes["covers_end"].dt.tz_localize(None).to_numpy("datetime64[s]").astype("int64")
    places, country = (strikes[name].astype(str).to_numpy() for name in ("place_id", "country"))
    score: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("named", "release", "precision", "recall", "inside")
    }
    missed, claims, absent = 0, 0, []
    for n, row in incidents.iterrows():
        verdict = verdicts.loc[row["incident_id"]]
        if verdict["verdict"] != "reported":
            continue
        day = pd.Timestamp(row["start"])
        around = np.flatnonzero(np.abs((strikes["covers_end"] - day).dt.days) <= 10)
        away = np.abs((strikes["covers_end"].iloc[around] - day - pd.Timedelta(days=1)).dt.total_seconds().to_numpy())
        at, none = quoted_lines(str(verdict["statement"]), [texts[k] for k in around], away)
        quoted = around[at]
        missed += none
        if not len(quoted):
            continue
        claims += 1
        record = official.record(int(n))
        lines = [line.strike for release in record.releases for line in release.lines]
        ends = {release.end for release in record.releases}
        told = {(int(dates[k]), places[k]) for k in lines}
        wanted = {(int(dates[k]), places[k]) for k in quoted}
        score["named"].append((len(wanted & told), len(wanted)))
        score["release"].append((len({d for d, _ in wanted} & ends), len({d for d, _ in wanted})))
        absent += [(row["incident_id"], *each) for each in sorted(wanted - told)]
        days = {day for day, _ in wanted}
        named = [release for release in record.releases if release.lines and release.end in days]
        nearest = {(release.end, places[release.lines[0].strike]) for release in named}
        inside = [[line for line in release.lines if country[line.strike] in ("", row["country"])] for release in named]
        within = {(each.end, places[lines[0].strike]) for each, lines in zip(named, inside, strict=True) if lines}
        score["inside"].append((len(within & wanted), len(within)))
        score["precision"].append((len(nearest & wanted), len(nearest)))
        score["recall"].append((len(nearest & wanted), len(wanted)))
    print(f"{claims} claims of verdict 'reported' quote lines that the file holds; {missed} quotations are not in it")
    told_of = {
        "named": "quoted places that the statement names",
        "release": "releases quoted that it covers",
        "precision": "nearest place of a quoted release is quoted",
        "recall": "quoted places that are the nearest of their release",
        "inside": "nearest place in the claim's country of a quoted release is quoted",
    }
    for name, said in told_of.items():
        print(f"{said}: {interval(score[name])}")
    print(
        "not named:",
        *(f"{name} {pd.Timestamp(day, unit='s'):%Y-%m-%d} {place}" for name, day, place in absent),
        sep="\n  ",
    )
    table = official.table(np.arange(len(incidents)))
    verdict = verdicts.loc[incidents["incident_id"], "verdict"].to_numpy()
    print(pd.crosstab(table["official_record"], pd.Series(verdict, name="verdict"), dropna=False).to_string())


if __name__ == "__main__":
    main()
