"""Does a stated rung of the ladder hold nine in ten of what happened there?

    python -m benchmarks.rungs

A claim that Airwars locates to a village (a town, a city) has the point that stands for it; other claims of the same
place name are located to 100 m or better. How far those lie from the point of the rung is how far an event lies from
such a point. Of the finest rung the truth is a cell of an assessment: the coordinates of claims "within 100 m" are the
south-west corner of the 100 m cell that the military conceded, and the strike is anywhere in that cell.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.gazetteer_sets import REAL_DATA
from benchmarks.vicinity import interval, resampled
from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import RADIUS_M
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs

FINE = ("exact_location", "within_100m", "within_1m", "exact_location_other", "exact_location_coalition")
TRIED_M = (100, 150, 300, 600, 1_000, 2_000, 2_500, 3_000, 4_000, 6_000, 15_000)
FILES = ("airwars_syria_2014_2015.csv", "quoted_2017_2018.csv")
ARTICLES = r"\b(?:al|the|village|town|city|of|in|near)\b"


def finer(rung: str, folder: Path = REAL_DATA) -> pd.DataFrame:
    """Finely located claims of a name, each with the point of one of the rung."""
    claims = pd.concat([pd.read_csv(folder / name) for name in FILES]).drop_duplicates("code")
    claims = claims.dropna(subset=["lat", "lon", "location_en"])
    letters = claims["location_en"].str.lower().str.replace(r"[^a-z ]", "", regex=True)
    claims["name"] = letters.str.replace(ARTICLES, "", regex=True).str.split().str.join(" ")
    points = claims[claims["geo_accuracy"] == rung].drop_duplicates(["name", "lat", "lon"])
    fine = claims[claims["geo_accuracy"].isin(FINE)]
    pairs = fine.merge(points, on="name", suffixes=("", "_point"))
    away = geodesic_distance_m(pairs["lon"], pairs["lat"], pairs["lon_point"], pairs["lat_point"])
    return pairs.assign(metres=away)[["name", "code", "metres"]]


def inside(pairs: pd.DataFrame, metres: float) -> float:
    """The share of finely located claims within a distance; one that meets several points counts once, in parts."""
    return float((pairs["metres"] <= metres).groupby(pairs["code"]).mean().mean())


def corners(folder: Path = REAL_DATA, draws: int = 10_000) -> tuple[npt.NDArray[np.float64], pd.Series]:
    """Metres between points stated as exact and the place in the assessed cell, drawn evenly; and their levels."""
    claims = pd.read_csv(folder / FILES[0])
    answers = pd.read_csv(folder / "airwars_syria_assessments_2014_2015.csv").dropna(subset=["mgrs"])
    both = answers.merge(claims, on="code")
    both = both[both["geo_accuracy"].isin(FINE) & both["lat"].notna()]
    rng = np.random.default_rng(20261126)
    found, levels = [], []
    for row in both.itertuples():
        try:
            cell = parse_mgrs(str(row.mgrs))
        except InputError:
            continue
        half = cell.radius_m / np.sqrt(2)
        north, east = rng.uniform(-half, half, (2, draws))
        lat = cell.lat + north / 111_195.0
        lon = cell.lon + east / (111_195.0 * np.cos(np.radians(cell.lat)))
        found.append(geodesic_distance_m(np.full(draws, row.lon), np.full(draws, row.lat), lon, lat))
        levels.append(row.geo_accuracy)
    return np.array(found), pd.Series(levels)


def main() -> None:
    """Print shares inside, with intervals over places."""
    for rung in ("village", "town", "city"):
        pairs = finer(rung)
        names = pairs["name"].to_numpy()
        print(f"{rung}: {pairs['code'].nunique()} finely located claims of {pairs['name'].nunique()} names")
        draws = [pairs.iloc[chosen] for chosen in resampled(names)]
        for metres in TRIED_M:
            spread = interval([inside(draw, metres) for draw in draws], 2)
            print(f"  within {metres / 1000:g} km: {inside(pairs, metres):.2f} {spread}")
    metres, levels = corners()
    print(f"cells of assessments of points stated as exact: {levels.value_counts().to_dict()}")
    for level in (*levels.unique(), "all"):
        chosen = metres[(levels == level).to_numpy() | (level == "all")]
        shares = ", ".join(f"{limit} m {(chosen <= limit).mean():.2f}" for limit in (100, 112, 142, 150))
        print(f"  {level}: inside {shares}; nine in ten within {np.quantile(chosen, 0.9):.0f} m")
    print("rungs of the ladder, km:", {rung: RADIUS_M[rung] / 1000 for rung in RADIUS_M})


if __name__ == "__main__":
    main()
