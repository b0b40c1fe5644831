"""How far from X is a strike that a release reports "near X"? Fits the distribution that ``gazetteer.vicinity`` holds.

    python -m benchmarks.vicinity

Each distinct strike of the Dutch list (to a 100 m cell and a minute) is set against the Coalition release that covers
its hour (8 a.m. to 8 a.m. local before the release's date). Three readings of which place of the release it belongs to:
the one that the Dutch text names as well, where it does; the nearest one; and, as a check that is not fitted, the
pairs of incident and release that researchers quoted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import CODES, REAL_DATA, dutch
from geocasualty.gazetteer import Gazetteer
from geocasualty.geodesy import geodesic_distance_m

Floats = npt.NDArray[np.float64]


def release_places(gazetteer: Gazetteer) -> pd.DataFrame:
    """Date and place of each line of a release that resolves to less than a country."""
    lines = pd.read_csv(REAL_DATA / "centcom_releases_2014_2015.csv")
    found = gazetteer.resolve_many(lines["location"], country=lines["country"].map(CODES))
    kept = (found["status"] == "resolved") & (found["precision"] != "country")
    return pd.DataFrame(
        {
            "date": pd.to_datetime(lines["date"], format="%m/%d/%Y")[kept],
            "place_id": found["place_id"][kept],
            "lon": found.geometry.x[kept],
            "lat": found.geometry.y[kept],
        }
    )


def distances(gazetteer: Gazetteer) -> tuple[Floats, Floats]:
    """Metres from each Dutch strike to the place of the release that its own text names, and to the nearest one."""
    raw = pd.read_csv(REAL_DATA / "dutch_mod_strikes_2014_2015.csv", sep=";", dtype=str, encoding_errors="replace")
    raw.columns = [name.split(" (")[0] for name in raw.columns]
    table = dutch().assign(date=raw["Employment date"], begin=raw["Time begin"])
    table = table.drop_duplicates(["date", "begin", "lon", "lat", "text"])
    zulu = pd.to_datetime(
        table["date"].str.strip() + " " + table["begin"].str.strip(), format="%d-%b-%y %H:%M", errors="coerce"
    )
    table = table[zulu.notna() & table["lon"].notna()]
    local = zulu[zulu.notna()].reindex(table.index) + pd.Timedelta(hours=3)
    released = (local - pd.Timedelta(hours=8)).dt.normalize() + pd.Timedelta(days=1)
    places = dict(iter(release_places(gazetteer).groupby("date")))
    named, nearest = [], []
    for row, date in zip(table.itertuples(), released, strict=True):
        if date not in places:
            continue
        day = places[date]
        away = geodesic_distance_m(row.lon, row.lat, day["lon"].to_numpy(), day["lat"].to_numpy())
        nearest.append(away.min())
        own = gazetteer.resolve(row.text, country="IQ", governorate=row.admin1 or None)
        if own.best is not None and own.status == "resolved":
            same = (day["place_id"] == own.best.place.place_id).to_numpy()
            if same.any():
                named.append(away[same].min())
    return np.array(named), np.array(nearest)


def quoted(gazetteer: Gazetteer) -> Floats:
    """Metres from the incident to the place of the release that researchers quoted for it."""
    pairs = pd.read_csv(REAL_DATA / "quoted_release_pairs_2014_2015.csv")
    found = gazetteer.resolve_many(pairs["location_raw"], country="SY")
    away = geodesic_distance_m(pairs["lon"], pairs["lat"], found.geometry.x, found.geometry.y)
    return away[np.isfinite(away)]


def fit(away: Floats, rounds: int = 500) -> tuple[float, float, float]:
    """Two round Gaussians around the place (two Rayleigh distributions of distance), by expectation-maximisation.

    Returns
    -------
    tuple of float
        The share of the narrow one, and the two standard deviations in metres along each axis.
    """
    squared = away**2
    share, narrow, wide = 0.5, np.median(away) / 3, np.median(away) * 2
    for _ in range(rounds):
        a = share * np.exp(-squared / (2 * narrow**2)) / narrow**2
        b = (1 - share) * np.exp(-squared / (2 * wide**2)) / wide**2
        weight = a / (a + b)
        share = float(weight.mean())
        narrow = float(np.sqrt((weight * squared).sum() / (2 * weight.sum())))
        wide = float(np.sqrt(((1 - weight) * squared).sum() / (2 * (1 - weight).sum())))
    return share, narrow, wide


def main() -> None:
    """Print the quantiles and the fits."""
    gazetteer = gcas.load_gazetteer()
    named, nearest = distances(gazetteer)
    pairs = quoted(gazetteer)
    sets = {
        "place that the Dutch text names too": named,
        "nearest place of the release": nearest,
        "quoted pairs": pairs,
        "named and quoted": np.concatenate([named, pairs]),
    }
    for name, away in sets.items():
        kilometres = np.percentile(away / 1000, [50, 75, 90, 95]).round(1).tolist()
        share, narrow, wide = fit(away[away > 0])
        print(
            f"{name}: n={len(away)}; 50, 75, 90, 95 % within {kilometres} km; "
            f"share {share:.3f}, sigma {narrow / 1000:.2f} and {wide / 1000:.2f} km"
        )


if __name__ == "__main__":
    main()
