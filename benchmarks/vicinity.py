"""How far from X is a strike that a release reports "near X"? Fits the distribution that ``gazetteer.vicinity`` holds.

    python -m benchmarks.vicinity

Each distinct strike of the Dutch list (to a 100 m cell and a minute) is set against the Coalition release that covers
its hour (8 a.m. to 8 a.m. local before the release's date). Three readings of which place of the release it belongs to:
the one that the Dutch text names as well, where it does; the nearest one; and, as a check that is not fitted, the
pairs of incident and release that researchers quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import CODES, REAL_DATA, dutch
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer.vicinity import VICINITY, Vicinity, densities, fit_vicinity
from geocasualty.geodesy import geodesic_distance_m

Floats = npt.NDArray[np.float64]

LIMITS_KM = (5, 10, 20, 30, 50, 60, 80)
METRES = np.array(LIMITS_KM) * 1000.0
SEED, RESAMPLES = 20261121, 500
LATER = "2015-07-01"


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


def distances(gazetteer: Gazetteer) -> pd.DataFrame:
    """Each Dutch strike with the release of its hour.

    Columns ``date`` (of the release), ``place_id`` and ``named_m`` (the place of the release that the strike's own text
    names too, and metres from it; missing where it names none), ``nearest_m`` (metres from the nearest place).
    """
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
    rows = []
    for row, date in zip(table.itertuples(), released, strict=True):
        if date not in places:
            continue
        day = places[date]
        away = geodesic_distance_m(row.lon, row.lat, day["lon"].to_numpy(), day["lat"].to_numpy())
        own = gazetteer.resolve(row.text, country="IQ", governorate=row.admin1 or None)
        named = own.best.place.place_id if own.best is not None and own.status == "resolved" else None
        same = (day["place_id"] == named).to_numpy()
        rows.append((date, named if same.any() else None, away[same].min() if same.any() else np.nan, away.min()))
    return pd.DataFrame(rows, columns=["date", "place_id", "named_m", "nearest_m"])


def quoted(gazetteer: Gazetteer) -> Floats:
    """Metres from the incident to the place of the release that researchers quoted for it."""
    pairs = pd.read_csv(REAL_DATA / "quoted_release_pairs_2014_2015.csv")
    found = gazetteer.resolve_many(pairs["location_raw"], country="SY")
    away = geodesic_distance_m(pairs["lon"], pairs["lat"], found.geometry.x, found.geometry.y)
    return away[np.isfinite(away)]


def fit(away: Floats, count: int = len(VICINITY.shares)) -> Vicinity:
    """The shape of distances in metres, all above zero."""
    return fit_vicinity(away / 1000, count=count)


def log_score(shape: Vicinity, away: Floats) -> Floats:
    """Natural log of the density of each strike's position."""
    density = np.array(shape.shares) * densities(np.square(away)[:, None], shape.sigmas_m)
    return np.asarray(np.log(density.sum(axis=1)))


def held_out(away: Floats, groups: npt.NDArray[Any], count: int) -> tuple[Floats, Floats]:
    """Log score of each strike, and the probability of each of :data:`LIMITS_KM`, by the fit to all other groups."""
    scores, inside = np.empty(len(away)), np.empty((len(away), len(LIMITS_KM)))
    for group in np.unique(groups):
        own = groups == group
        shape = fit(away[~own], count)
        scores[own], inside[own] = log_score(shape, away[own]), shape.within(METRES)
    return scores, inside


def resampled(groups: npt.NDArray[Any], rounds: int = RESAMPLES) -> Iterator[npt.NDArray[np.int64]]:
    """Positions of the members of resampled groups, seeded."""
    rng = np.random.default_rng(SEED)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    for _ in range(rounds):
        yield np.concatenate([members[n] for n in rng.integers(0, len(members), len(members))])


def interval(draws: Any, digits: int = 3) -> str:
    """The middle 95 %."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"[{low:.{digits}f}, {high:.{digits}f}]"


def measured(away: Floats, groups: npt.NDArray[Any], name: str) -> None:
    """Print how many Gaussians predict others best, and what three of them say beside what is true."""
    draws = list(resampled(groups))
    scores = {count: held_out(away, groups, count) for count in (1, 2, 3, 4)}
    for count, (score, _) in scores.items():
        gain = score - scores[2][0]
        spread = interval([gain[draw].mean() for draw in draws])
        print(f"  {count} Gaussians, each {name} held out: log score {gain.mean():+.3f} {spread} a strike beside two")
    inside = away[:, None] <= METRES
    shape, fits = fit(away), [fit(away[draw]) for draw in draws]
    for number, km in enumerate(LIMITS_KM):
        true = f"{inside[:, number].mean():.3f} {interval([inside[draw, number].mean() for draw in draws])}"
        said = f"{shape.within(METRES)[number]:.3f} {interval([each.within(METRES)[number] for each in fits])}"
        print(f"  {km} km: true {true}, fitted {said}, held out {scores[3][1][:, number].mean():.3f}")
    for what, unit in (("shares", 1), ("sigmas_m", 1000)):
        values = np.array([getattr(each, what) for each in fits]) / unit
        told = [f"{value / unit:.3f} {interval(values[:, n])}" for n, value in enumerate(getattr(shape, what))]
        print(f"  {what}: " + ", ".join(told))
    nine = interval([each.radius_m / 1000 for each in fits], 1)
    print(f"  nine in ten within {shape.radius_m / 1000:.1f} km {nine}")


def main() -> None:
    """Print the quantiles and the fits."""
    gazetteer = gcas.load_gazetteer()
    strikes = distances(gazetteer)
    known = strikes[strikes["named_m"].notna()]
    named, pairs = known["named_m"].to_numpy(), quoted(gazetteer)
    sets = {
        "place that the Dutch text names too": named,
        "nearest place of the release": strikes["nearest_m"].to_numpy(),
        "quoted pairs": pairs,
        "named and quoted": np.concatenate([named, pairs]),
    }
    for name, away in sets.items():
        kilometres = np.percentile(away / 1000, [50, 75, 90, 95]).round(1).tolist()
        shape = fit(away[away > 0])
        shares, sigmas = np.round(shape.shares, 3).tolist(), (np.array(shape.sigmas_m) / 1000).round(2).tolist()
        print(f"{name}: n={len(away)}; 50, 75, 90, 95 % within {kilometres} km; shares {shares}, sigmas {sigmas} km")
    print(f"place named, by place ({known['place_id'].nunique()}):")
    measured(named, known["place_id"].to_numpy(), "place")
    print(f"place named, by month ({known['date'].dt.to_period('M').nunique()}):")
    measured(named, known["date"].dt.to_period("M").astype(str).to_numpy(), "month")
    later = (known["date"] >= LATER).to_numpy()
    before = {count: fit(named[~later], count) for count in (2, 3)}
    gain = log_score(before[3], named[later]) - log_score(before[2], named[later])
    months = known.loc[later, "date"].dt.to_period("M").astype(str).to_numpy()
    spread = [gain[draw].mean() for draw in resampled(months)]
    print(f"fitted before {LATER}, {later.sum()} strikes after: three beside two {gain.mean():+.3f} {interval(spread)}")


if __name__ == "__main__":
    main()
