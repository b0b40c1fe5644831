"""Are the probabilities of pairs what they say?

    python -m benchmarks.reliability [--picture docs/pictures/reliability.png]

Simulated: true places and times are drawn first, then what the records say of them, by the error models of the
package. Dutch strikes: the Dutch list says where and when a strike was, a release of the Coalition says "near X" of
it; the release stands as the record, the Dutch cell and minute as the truth, and seeded claims around X ask how far
it was. The shape of "near X" is fitted to the places X of the other folds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Geod

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from benchmarks.vicinity import fit, interval
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer.precision import VICINITY_RADIUS_M
from geocasualty.gazetteer.vicinity import VICINITY, Vicinity
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.matching import evidence

Floats = npt.NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
SEED, RESAMPLES = 20261121, 500
BINS = np.linspace(0, 1, 11)
DAY = 86_400
LIMITS_KM = (5, 10, 20, 50)
DAYS = (0, 1)
ZONE = "Asia/Baghdad"
FOLDS = 5
CLAIMS = 4
WEST, SOUTH, EAST, NORTH = 42.0, 34.0, 45.0, 36.5
MARGIN = 1.5
"""Degrees around that box from which records come too, so that none of those inside misses a neighbour."""
"""Claims around the place of each Dutch strike, for each limit."""


class Forecasts(NamedTuple):
    """Probabilities, what came true, and what each belongs to (for resampling)."""

    probability: Floats
    came_true: npt.NDArray[np.bool_]
    cluster: npt.NDArray[np.int64]

    def bins(self) -> pd.DataFrame:
        """By tenths of probability: how many, their mean, the share that came true."""
        number = np.clip(np.digitize(self.probability, BINS) - 1, 0, len(BINS) - 2)
        table = pd.DataFrame({"bin": number, "said": self.probability, "true": self.came_true})
        return table.groupby("bin").agg(n=("said", "size"), said=("said", "mean"), true=("true", "mean"))

    def calibration_error(self) -> float:
        """The expected calibration error: the mean distance of what was said from what came true."""
        table = self.bins()
        return float((table["n"] * (table["said"] - table["true"]).abs()).sum() / table["n"].sum())

    def skill(self) -> float:
        """The Brier skill over always saying the base rate."""
        truth = self.came_true.astype(float)
        return float(1 - np.mean((self.probability - truth) ** 2) / np.mean((truth.mean() - truth) ** 2))

    def slope(self) -> float:
        """By how much the log odds of what came true rise with those said; below 1 it was said too boldly."""
        said = np.clip(self.probability, 1e-4, 1 - 1e-4)
        terms = np.column_stack([np.ones(len(said)), np.log(said / (1 - said))])
        given = np.array([0.0, 1.0])
        for _ in range(25):  # Newton's steps of a logistic regression
            fitted = 1 / (1 + np.exp(-terms @ given))
            curvature = terms.T @ (terms * (fitted * (1 - fitted))[:, None])
            given = given + np.linalg.solve(curvature, terms.T @ (self.came_true - fitted))
        return float(given[1])

    def brier(self) -> float:
        """The mean squared error."""
        return float(np.mean((self.probability - self.came_true) ** 2))

    def __str__(self) -> str:
        rng = np.random.default_rng(SEED)
        codes = pd.factorize(self.cluster)[0]
        order = np.argsort(codes, kind="stable")
        members = np.split(order, np.cumsum(np.bincount(codes))[:-1])
        measures = {
            "calibration error": Forecasts.calibration_error, "calibration slope": Forecasts.slope,
            "Brier score": Forecasts.brier, "Brier skill": Forecasts.skill,
        }  # fmt: skip
        draws: dict[str, list[float]] = {name: [] for name in measures}
        for _ in range(RESAMPLES):
            chosen = np.concatenate([members[n] for n in rng.integers(0, len(members), len(members))])
            some = Forecasts(self.probability[chosen], self.came_true[chosen], self.cluster[chosen])
            for name, measure in measures.items():
                draws[name].append(measure(some))
        rate = self.came_true.mean()
        told = [f"{name} {measure(self):.3f} {interval(draws[name])}" for name, measure in measures.items()]
        return (
            f"{len(self.probability):,} pairs of {len(members):,}, base rate {rate:.3f} (Brier score of it "
            f"{rate * (1 - rate):.3f}); {', '.join(told)}"
        )


class Records(NamedTuple):
    """A frame of records with the truth behind each row."""

    frame: gpd.GeoDataFrame
    lon: Floats
    lat: Floats
    when: Floats


def displaced(lon: Floats, lat: Floats, sigma_m: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Places moved by a round Gaussian."""
    away = rng.rayleigh(size=len(lon)) * sigma_m
    x, y, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, len(lon)), away)
    return np.asarray(x), np.asarray(y)


def sigmas(radius_m: Floats, vicinity: npt.NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Draws of the standard deviation of each record's error."""
    near = rng.choice(VICINITY.sigmas_m, len(radius_m), p=VICINITY.shares) * radius_m / VICINITY_RADIUS_M
    return np.where(vicinity, near, radius_m / np.sqrt(2 * np.log(10)))


def frame_of(role: str, columns: dict[str, Any], start: Floats, end: Floats, timezone: str = "UTC") -> gpd.GeoDataFrame:
    """Records whose times are seconds since 1970, and whose days are those of a zone."""
    zoned = pd.DatetimeTZDtype("s", "UTC")
    lon, lat = columns.pop("lon"), columns.pop("lat")
    times = {
        name: pd.Series(pd.to_datetime(np.asarray(values, dtype=np.int64), unit="s", utc=True)).astype(zoned)
        for name, values in (("start", start), ("end", end))
    }
    ids = {f"{role}_id": [f"{role[0]}{n:06d}" for n in range(len(lon))]}
    times["timezone"] = pd.Series(timezone, index=range(len(lon)))
    return gpd.GeoDataFrame(ids | columns | times, geometry=gpd.points_from_xy(lon, lat, crs="EPSG:4326"))


def simulated(role: str, count: int, towns: bool, rng: np.random.Generator) -> Records:
    """Truth over northern Iraq, evenly or crowded around 250 towns, and records of it by the error models."""
    low, high = [WEST - MARGIN, SOUTH - MARGIN], [EAST + MARGIN, NORTH + MARGIN]
    if towns:
        centres = np.random.default_rng(SEED).uniform(low, high, (250, 2))
        chosen = centres[rng.integers(0, 250, count)]
        lon, lat = displaced(chosen[:, 0], chosen[:, 1], np.full(count, 5_000.0), rng)
    else:
        lon, lat = rng.uniform(low, high, (count, 2)).T
    when = rng.uniform(0, 30 * DAY, count)
    vicinity = rng.random(count) < 0.5
    radius = np.where(vicinity, 50_000.0, rng.choice([70.7, 2_000.0, 4_000.0, 15_000.0], count))
    x, y = displaced(lon, lat, sigmas(radius, vicinity, rng), rng)
    length = rng.choice([60.0, DAY, 3 * DAY], count)
    start = np.floor(when - rng.random(count) * length)
    columns = {"lon": x, "lat": y, "radius_m": radius, "vicinity": vicinity}
    return Records(frame_of(role, columns, start, start + length), lon, lat, when)


def forecasts(ours: Records, theirs: Records, km: float, days: float) -> pd.DataFrame:
    """The pairs with their probability and whether the truth is within both limits."""
    pairs = gcas.match(ours.frame, theirs.frame, within_km=km, within_days=days, explain=True)
    i = pairs["incident_id"].str.slice(1).astype(int).to_numpy()
    j = pairs["strike_id"].str.slice(1).astype(int).to_numpy()
    away = geodesic_distance_m(ours.lon[i], ours.lat[i], theirs.lon[j], theirs.lat[j])
    apart = np.abs(local_days(ours)[i] - local_days(theirs)[j])
    return pairs.assign(i=i, j=j, came_true=(away <= km * 1000) & (apart <= days))


def local_days(records: Records) -> npt.NDArray[np.int64]:
    """The local date of each truth, in the zone of its record, counted from 1970."""
    times = pd.to_datetime(records.when, unit="s", utc=True).tz_convert(records.frame["timezone"].iloc[0])
    return np.asarray(times.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64))


def of_simulation(towns: bool, count: int = 800) -> Forecasts:
    """All limits, each on a draw of its own; incidents recorded inside the box."""
    rng = np.random.default_rng(SEED)
    parts: list[pd.DataFrame] = []
    for km in LIMITS_KM:
        for days in DAYS:
            ours, theirs = simulated("incident", count, towns, rng), simulated("strike", 3 * count, towns, rng)
            found = forecasts(ours, theirs, km, days)
            points = ours.frame.geometry.iloc[found["i"]]
            found = found[(points.x.between(WEST, EAST) & points.y.between(SOUTH, NORTH)).to_numpy()]
            parts.append(found.assign(cluster=found["i"] + count * len(parts)))
    table = pd.concat(parts)
    return Forecasts(*(table[name].to_numpy() for name in ("probability", "came_true", "cluster")))


def dutch_strikes(gazetteer: Gazetteer, folder: Path = REAL_DATA) -> pd.DataFrame:
    """Each Dutch strike with the record of the release that covers its hour: the place its text names, and the nearest.

    Columns ``named`` and ``nearest`` are rows of ``releases`` (-1 for none) at ``named_m`` and ``nearest_m``.
    """
    releases = located_releases(gazetteer, folder)
    strikes = gcas.read_strikes(folder / "dutch_mod_strikes_2014_2015.csv", gazetteer=gazetteer, on_bad_rows="skip")
    strikes = strikes.drop_duplicates("event_group").sort_values("strike_id")
    starts, ends = releases["start"].to_numpy(), releases["end"].to_numpy()
    rows = []
    for strike in strikes.itertuples():
        when = strike.start.tz_convert(None).to_datetime64()
        covering = np.flatnonzero((starts <= when) & (when < ends))
        if not len(covering):
            continue
        there = releases.geometry.iloc[covering]
        away = geodesic_distance_m(strike.geometry.x, strike.geometry.y, there.x, there.y)
        own = gazetteer.resolve(strike.place_text, country=strike.country or None)
        place = own.best.place.place_id if own.best is not None and own.status == "resolved" else None
        same = (releases["place_id"].iloc[covering] == place).to_numpy()
        rows.append(
            {
                "lon": strike.geometry.x,
                "lat": strike.geometry.y,
                "when": strike.start.timestamp(),
                "nearest": covering[away.argmin()],
                "nearest_m": away.min(),
                "named": covering[same][away[same].argmin()] if same.any() else -1,
                "named_m": away[same].min() if same.any() else np.nan,
            }
        )
    return pd.DataFrame(rows)


def located_releases(gazetteer: Gazetteer, folder: Path = REAL_DATA) -> gpd.GeoDataFrame:
    """Records of releases that say "near X"; times without a zone, for comparison."""
    frame = gcas.read_strikes(folder / "centcom_releases_2014_2015.csv", gazetteer=gazetteer, on_bad_rows="skip")
    frame = frame[frame.geometry.notna() & frame["vicinity"]].sort_values("strike_id", ignore_index=True)
    for name in ("start", "end"):
        frame[name] = frame[name].dt.tz_convert(None)
    return frame


@contextmanager
def shaped(vicinity: Vicinity) -> Iterator[None]:
    """The package with another shape of "near X"."""
    before = evidence.VICINITY
    evidence.VICINITY = vicinity
    try:
        yield
    finally:
        evidence.VICINITY = before


def claims_around(releases: gpd.GeoDataFrame, rng: np.random.Generator) -> Records:
    """A claim somewhere around each release's place, on a day at its hours, and where it truly was."""
    count = len(releases)
    away = rng.uniform(0, 60_000, count)
    x, y, _ = GEOD.fwd(releases.geometry.x, releases.geometry.y, rng.uniform(0, 360, count), away)
    radius = rng.choice([70.7, 2_000.0, 4_000.0, 15_000.0], count)
    lon, lat = displaced(np.asarray(x), np.asarray(y), radius / np.sqrt(2 * np.log(10)), rng)
    midnight = np.floor(seconds(releases["end"]) / DAY) * DAY - 3 * 3600 - DAY * rng.integers(0, 2, count)
    when = midnight + rng.uniform(0, DAY, count)
    columns = {"lon": x, "lat": y, "radius_m": radius}
    return Records(frame_of("incident", columns, midnight, midnight + DAY, ZONE), lon, lat, when)


def seconds(times: pd.Series[Any]) -> Floats:
    """Seconds since 1970 of times without a zone."""
    return times.to_numpy().astype("datetime64[s]").astype(float)


def of_dutch(
    strikes: pd.DataFrame, releases: gpd.GeoDataFrame, reading: str, *, held_out: bool = True, claims: int = CLAIMS
) -> Forecasts:
    """Claims around the places of releases, by folds of places; the truth of each release is its Dutch strike."""
    known = strikes[strikes[reading] >= 0].reset_index(drop=True)
    rows = releases.iloc[known[reading]].reset_index(drop=True)
    fold = pd.factorize(rows["place_id"], sort=True)[0] % FOLDS
    rng = np.random.default_rng(SEED)
    parts = []
    for number in range(FOLDS):
        own = fold == number
        others = known.loc[~own, f"{reading}_m"].to_numpy()
        shape = fit(others[others > 0]) if held_out else VICINITY
        record, truth = rows[own], known[own]
        columns = {
            "lon": record.geometry.x.to_numpy(),
            "lat": record.geometry.y.to_numpy(),
            "radius_m": record["radius_m"].to_numpy(),
            "vicinity": True,
        }
        frame = frame_of("strike", columns, seconds(record["start"]), seconds(record["end"]), ZONE)
        theirs = Records(frame, *(truth[name].to_numpy() for name in ("lon", "lat", "when")))
        place = pd.factorize(rows["place_id"], sort=True)[0][own]
        for km in LIMITS_KM:
            for days in DAYS:
                for _ in range(claims):
                    with shaped(shape):
                        found = forecasts(claims_around(record, rng), theirs, km, days)
                    found = found[found["i"] == found["j"]]
                    parts.append(found.assign(cluster=place[found["j"]]))
    table = pd.concat(parts)
    return Forecasts(*(table[name].to_numpy() for name in ("probability", "came_true", "cluster")))


def main() -> None:
    """Print calibration and skill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    gazetteer = gcas.load_gazetteer()
    strikes, releases = dutch_strikes(gazetteer), located_releases(gazetteer)
    for reading in ("named", "nearest"):
        away = strikes.loc[strikes[reading] >= 0, f"{reading}_m"].to_numpy()
        radius = releases["radius_m"].to_numpy()[strikes.loc[strikes[reading] >= 0, reading]]
        print(f"Dutch strikes inside the radius of the {reading} place: {np.mean(away <= radius):.3f} of {len(away)}")
    results = {
        "simulated, even": of_simulation(towns=False),
        "simulated, around towns": of_simulation(towns=True),
        "Dutch strikes, place named": of_dutch(strikes, releases, "named"),
        "Dutch strikes, nearest place": of_dutch(strikes, releases, "nearest"),
        "Dutch strikes, place named, shape of the package": of_dutch(strikes, releases, "named", held_out=False),
    }
    for name, found in results.items():
        print(f"{name}: {found}")
        table = found.bins().round(3)
        print(
            "  " + "; ".join(f"{row.said:.2f} said, {row.true:.2f} true (n={row.n:.0f})" for row in table.itertuples())
        )
    if arguments.picture:
        draw(dict(list(results.items())[:4]), arguments.picture)


def draw(results: dict[str, Forecasts], path: Path) -> None:
    """A reliability diagram for each set."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 3.0), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, found) in zip(figure.subplots(1, len(results), sharey=True), results.items(), strict=True):
        table = found.bins()
        axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.8)
        axes.plot(table["said"], table["true"], "-", linewidth=1)
        axes.scatter(table["said"], table["true"], s=np.sqrt(table["n"]) / 2 + 6)
        axes.set_title(f"{name}\nerror {found.calibration_error():.3f}, skill {found.skill():.2f}", fontsize=8)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability said", aspect="equal")
    figure.axes[0].set_ylabel("share that came true")
    figure.savefig(path, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
