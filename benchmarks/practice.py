"""How did researchers who read a release write of claims, by what it names? The fit behind ``practice_score``.

    python -m benchmarks.practice [DATA]

A release is one that a claim of verdicts_2014_2015.csv in DATA (../shared/data by default) quotes as reported in the
vicinity, or one whose hours touch the days of a claim of which they wrote that none was. Log odds are fitted to the log
of the distance to the nearest place that the release names, plus 3 km, and to whether it names one in the
claim's governorate. Printed: the coefficients, the area under the curve with each claim left out and with the constants
of the package, its interval by resampling claims, and the share of claims on whose days, as they are, shifted by weeks
(placebo), and widened, some release reaches one half, the mean score of each release, and how likely
``geocasualty.rank`` takes it that none of the places named is meant.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from benchmarks.statements import plain, quoted_lines
from geocasualty.matching._rank import practice_of, read_of
from geocasualty.matching._sides import side_of
from geocasualty.theatre.theatre import theatre

Floats = npt.NDArray[np.float64]

FAR_KM, PLUS_KM = 1_000.0, 3.0
"""No place of either country lies farther; the log stays finite where the claimed place itself is named."""
SEED, RESAMPLED = 20261127, 2_000
SHIFTS = (-28, -21, -14, -7, 7, 14, 21, 28)


def read(folder: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """The located claims that a verdict is known of, the releases, and the verdicts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strikes = gcas.read_strikes(folder / "centcom_releases_2014_2015.csv", on_bad_rows="skip")
        incidents = gcas.read_incidents(folder / "airwars_syria_2014_2015.csv", on_bad_rows="skip")
    verdicts = pd.read_csv(folder / "verdicts_2014_2015.csv").set_index("code")
    located = incidents["incident_id"].isin(verdicts.index) & incidents.geometry.notna()
    return incidents[located].reset_index(drop=True), strikes, verdicts


def releases(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, within_days: int = 0) -> pd.DataFrame:
    """Each release whose hours touch the days of a claim: ``incident_id``, ``release``, what it names, its strikes."""
    pairs = gcas.match(incidents, strikes, within_km=FAR_KM, within_days=within_days)
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    pairs["i"], pairs["j"] = (pd.Index(side.ids).get_indexer(pairs[name]) for side, name in
                              ((ours, "incident_id"), (theirs, "strike_id")))  # fmt: skip
    read = read_of(pairs, ours, theirs, strikes["vicinity"].fillna(False).to_numpy(dtype=bool), None)
    grouped = read.groupby(["incident_id", "release"])
    table = grouped[["nearest_km", "same"]].first()
    return table.assign(strikes=grouped["j"].agg(list)).dropna(subset="nearest_km").reset_index()


def judged(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Releases that were quoted (``said``), and those of the days of claims of which none was reported."""
    table = releases(incidents, strikes, within_days=2)
    touching = releases(incidents, strikes)
    key = ["incident_id", "release"]
    table["touches"] = pd.MultiIndex.from_frame(table[key]).isin(pd.MultiIndex.from_frame(touching[key]))
    texts = [plain(text) for text in strikes["record_text"].astype(str)]
    start = incidents.set_index("incident_id")["start"]
    ends = strikes["covers_end"]
    verdict = verdicts["verdict"].reindex(table["incident_id"]).to_numpy()
    said = np.zeros(len(table), dtype=bool)
    for name, of in table.groupby("incident_id"):
        at = sorted({n for each in of["strikes"] for n in each})
        away = np.abs((ends.iloc[at] - start[name] - pd.Timedelta(days=1)).dt.total_seconds().to_numpy())
        quoted = {at[n] for n in quoted_lines(str(verdicts["statement"].get(name)), [texts[n] for n in at], away)[0]}
        said[of.index] = [bool(quoted & set(each)) for each in of["strikes"]]
    kept = ((verdict == "reported") & said) | (np.isin(verdict, ["none", "elsewhere"]) & table["touches"])
    return table.assign(said=said & (verdict == "reported"))[kept].reset_index(drop=True)


def fitted(table: pd.DataFrame) -> dict[str, float]:
    """Coefficients of the likeliest log odds, weakly held to zero (a standard deviation of 5)."""
    from scipy.optimize import minimize

    columns = [np.ones(len(table)), np.log(table["nearest_km"] + PLUS_KM), table["same"]]
    of, sign = np.column_stack(columns).astype(float), np.where(table["said"], 1.0, -1.0)

    def loss(given: Floats) -> float:
        return float(np.logaddexp(0, -sign * (of @ given)).sum() + np.square(given).sum() / 50)

    intercept, log_km, same = map(float, minimize(loss, np.zeros(3)).x)
    return {"intercept": intercept, "log_km": log_km, "plus_km": PLUS_KM, "same": same}


def scored(table: pd.DataFrame, at: dict[str, float]) -> Floats:
    """The score of each release under some coefficients."""
    known = theatre().measured
    before = known["practice"]
    known["practice"] = at
    try:
        return np.asarray(practice_of(table["nearest_km"].to_numpy(float), table["same"].to_numpy(float)))
    finally:
        known["practice"] = before


def area(score: Floats, said: Any) -> float:
    """The area under the curve: how often a release that was quoted scores above one that was not."""
    yes, no = score[said], score[~said]
    return float(np.mean((yes[:, None] > no) + 0.5 * (yes[:, None] == no))) if len(yes) and len(no) else np.nan


def with_interval(table: pd.DataFrame, score: Floats) -> str:
    """The area with the middle 95 % of resamples of the claims."""
    said = table["said"].to_numpy()
    rows = [of.index.to_numpy() for _, of in table.groupby("incident_id")]
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLED):
        at = np.concatenate([rows[n] for n in random.integers(0, len(rows), len(rows))])
        drawn.append(area(score[at], said[at]))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return f"{area(score, said):.3f} [{low:.3f}, {high:.3f}]"


def moved(incidents: gpd.GeoDataFrame, before: int, after: int) -> gpd.GeoDataFrame:
    """Claims whose days begin and end some days later."""
    start, end = (incidents[name] + pd.Timedelta(days=days) for name, days in (("start", before), ("end", after)))
    return incidents.assign(start=start, end=end)


def passing(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> tuple[float, float]:
    """The share of claims of whose days a release reaches one half, and the mean score of a release."""
    table = releases(incidents, strikes)
    score = practice_of(table["nearest_km"], table["same"])
    return table.loc[score >= 0.5, "incident_id"].nunique() / len(incidents), float(score.mean())


def none_shares(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> pd.Series[float]:
    """How likely it is, for each claim, that none of the places named is meant, by :func:`geocasualty.rank`."""
    ranked = gcas.rank(incidents, strikes)
    return ranked[ranked["rank"].isna()].set_index("incident_id")["share"]


def main() -> None:
    """Print the fit and what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=REAL_DATA)
    asked = parser.parse_args()
    incidents, strikes, verdicts = read(asked.data)
    table = judged(incidents, strikes, verdicts)
    told = table.groupby("said")["incident_id"].agg(["size", "nunique"])
    print(f"releases, claims: quoted {told.loc[True].tolist()}, of claims without any {told.loc[False].tolist()}")
    print("fitted:", {name: round(value, 3) for name, value in fitted(table).items()})
    held = np.empty(len(table))
    for name, of in table.groupby("incident_id"):
        held[of.index] = scored(of, fitted(table[table["incident_id"] != name]))
    print("area, each claim scored by the fit to the others:", with_interval(table, held))
    print("area, constants of the package:", with_interval(table, scored(table, theatre().measured["practice"])))
    print("area, distance alone:", with_interval(table, -table["nearest_km"].to_numpy(float)))
    whole, mean = passing(incidents, strikes)
    print(f"claims with a release of one half or more: {whole:.3f}; mean of a release {mean:.3f}")
    placebo = np.array([passing(moved(incidents, days, days), strikes) for days in SHIFTS])
    print(f"the same on days {SHIFTS} later: {placebo[:, 0].mean():.3f}; mean of a release {placebo[:, 1].mean():.3f}")
    none = none_shares(incidents, strikes)
    by_verdict = none.groupby(verdicts["verdict"].reindex(none.index)).mean().round(2).to_dict()
    shifted = [none_shares(moved(incidents, days, days), strikes).mean() for days in SHIFTS]
    print(f"share of none of these: {by_verdict}; on shifted days {min(shifted):.2f} to {max(shifted):.2f}")
    for wider in (1, 3, 7):
        some, each = passing(moved(incidents, -wider, wider), strikes)
        print(f"days widened by {wider} on either side: {some:.3f}; mean of a release {each:.3f}")


if __name__ == "__main__":
    main()
