"""Does the weight of a pair find the releases that researchers quoted, with fewer places than a buffer?

    python -m benchmarks.ranking [--picture docs/pictures/ranking.png]

Incidents of 2014-2015 for which researchers quoted lines of Coalition releases as reported nearby, against all the
releases of Syria: which places does a buffer return, which a weight, and is the heaviest a quoted one? What is quoted
is "reported nearby", not the same event: this measures ranking and nothing else.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import AIRWARS_RADIUS_M, REAL_DATA
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer.precision import RADIUS_M, VICINITY_RADIUS_M
from geocasualty.gazetteer.vicinity import VICINITY, Vicinity
from geocasualty.matching.evidence import (
    CLAIM_AND_STRIKE,
    OTHER_REASON,
    RADIUS_PER_SIGMA,
    Lag,
    Separation,
    log_space_density,
    log_time_density,
    shares_of,
    summed,
)

Floats = npt.NDArray[np.float64]

WITHIN_DAYS = 1
"""Releases from that of the day before to that of two days after: as far as any is quoted in this file."""
ANYWHERE_KM = 600.0
RECALL, RETURNED = 0.93, 2.2
SEED, RESAMPLES = 20261121, 2_000


def quoted_incidents(folder: Path = REAL_DATA) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The located incidents as a frame, and the quoted lines as ``incident_id``, ``released``, ``text``."""
    table = pd.read_csv(folder / "quoted_release_pairs_2014_2015.csv")
    table = table[table["lat"].notna()].rename(columns={"airwars_code": "incident_id"})
    one = table.drop_duplicates("incident_id").reset_index(drop=True)
    start = pd.to_datetime(one["incident_date"]).dt.tz_localize("Asia/Damascus")
    end = (pd.to_datetime(one["incident_date"]) + pd.Timedelta(days=1)).dt.tz_localize("Asia/Damascus")
    zoned = pd.DatetimeTZDtype("s", "UTC")
    incidents = gpd.GeoDataFrame(
        {
            "incident_id": one["incident_id"],
            "radius_m": one["geo_accuracy"].map(AIRWARS_RADIUS_M).fillna(RADIUS_M["village"]),
            "start": start.astype(zoned),
            "end": end.astype(zoned),
            "belligerents": "Coalition",
            "country": "SY",
        },
        geometry=gpd.points_from_xy(one["lon"], one["lat"], crs="EPSG:4326"),
    )
    lines = table[["incident_id"]].assign(
        released=pd.to_datetime(table["release_date"], format="%m/%d/%Y").dt.strftime("%Y-%m-%d"),
        text=table["location_raw"].str.strip(),
    )
    return incidents, lines


def candidates(
    gazetteer: Gazetteer, within_days: int = WITHIN_DAYS, folder: Path = REAL_DATA
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every pair of a quoted incident with a release around its day, anywhere in Syria; and the quoted lines."""
    incidents, lines = quoted_incidents(folder)
    strikes = gcas.read_strikes(folder / "centcom_releases_2014_2015.csv", gazetteer=gazetteer, on_bad_rows="skip")
    strikes = strikes[(strikes["country"] == "SY") & strikes["vicinity"]]  # the designs below are of "near X" alone
    pairs = gcas.match(incidents, strikes, within_km=ANYWHERE_KM, within_days=within_days, explain=True)
    told = strikes[["strike_id", "place_id", "place_text", "n_strikes", "radius_m", "vicinity", "start", "end"]]
    pairs = pairs.merge(told, on="strike_id").merge(
        incidents[["incident_id", "radius_m", "start", "end"]], on="incident_id", suffixes=("", "_incident")
    )
    pairs["released"] = pairs["strike_id"].str.slice(8, 18)
    keys = set(lines.itertuples(index=False, name=None))
    found = pairs[["incident_id", "released", "place_text"]].itertuples(index=False, name=None)
    pairs["line"] = [key if key in keys else None for key in found]
    return pairs.sort_values(["incident_id", "strike_id"], ignore_index=True), lines


class Places(NamedTuple):
    """Places reported around each incident, a row for each; and how many lines are quoted for each incident."""

    table: pd.DataFrame
    lines: pd.Series[int]

    def each(self, rows: pd.Series[Any]) -> Floats:
        """A sum over the rows of each incident."""
        return np.asarray(rows.groupby(self.table["incident_id"]).sum().reindex(self.lines.index, fill_value=0), float)


def places_of(pairs: pd.DataFrame, lines: pd.DataFrame, weight: Floats) -> Places:
    """Sum the odds of the records of one place: any of them may be the event."""
    grouped = pairs.groupby(["incident_id", "place_id"], sort=True)
    places = grouped.agg(distance_km=("distance_km", "min"), hits=("line", "nunique"))
    places["weight"] = summed(weight, grouped.ngroup().to_numpy(), len(places))
    places = places.reset_index()
    places["behind"] = places["weight"] - places.groupby("incident_id")["weight"].transform("max")
    counts = lines.drop_duplicates().groupby("incident_id").size()
    return Places(places, counts)


class Reached(NamedTuple):
    """For each incident: quoted lines among what is returned, places returned, lines quoted."""

    hits: Floats
    returned: Floats
    lines: Floats

    def figures(self) -> tuple[float, float]:
        """Recall of the quoted lines, and places returned for each incident."""
        return self.hits.sum() / self.lines.sum(), self.returned.mean()

    def __str__(self) -> str:
        recall, returned = self.figures()
        draws = resampled(len(self.lines))
        recalls = self.hits[draws].sum(axis=1) / self.lines[draws].sum(axis=1)
        return (
            f"recall {recall:.3f} {interval(recalls)}, returned {returned:.2f} {interval(self.returned[draws].mean(1))}"
        )


def resampled(count: int) -> npt.NDArray[np.int64]:
    """Positions of resampled incidents."""
    return np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))


def interval(draws: Floats) -> str:
    """The middle 95 %."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"[{low:.2f}, {high:.2f}]"


def reached(places: Places, kept: pd.Series[bool]) -> Reached:
    """What a choice of places returns."""
    hits = places.each(places.table["hits"].where(kept, 0))
    return Reached(hits, places.each(kept), places.lines.to_numpy(float))


def top(places: Places, by: str = "weight", *, ascending: bool = False) -> Floats:
    """For each incident whether its first place is a quoted one."""
    order = places.table.sort_values([by, "place_id"], ascending=[ascending, True])
    first = order.drop_duplicates("incident_id").set_index("incident_id")["hits"]
    return np.asarray(first.reindex(places.lines.index, fill_value=0) > 0, dtype=float)


def among(ranked: pd.DataFrame, places: Places, first: int, by: str = "rank") -> Floats:
    """For each incident whether one of its first places, as :func:`geocasualty.rank` has them, is a quoted one."""
    quoted = places.table.loc[places.table["hits"] > 0, ["incident_id", "place_id"]]
    order = ranked[ranked["rank"].notna()].sort_values([by, "rank"], kind="stable").groupby("incident_id").head(first)
    found = order.merge(quoted, on=["incident_id", "place_id"])["incident_id"]
    return np.asarray(places.lines.index.isin(found), dtype=float)


def transferred(places: Places, by: str = "behind") -> tuple[Floats, Floats]:
    """The recall of a threshold in the half of the incidents that set it, and in the other; many halves, drawn."""
    random, codes = np.random.default_rng(SEED), np.array(places.lines.index)
    own, other = [], []
    for _ in range(RESAMPLES // 4):
        half = random.permutation(len(codes)) < len(codes) // 2
        parts = [part_of(places, codes[some]) for some in (half, ~half)]
        limit = threshold(parts[0], by)
        for part, recalls in zip(parts, (own, other), strict=True):
            recalls.append(reached(part, part.table[by] >= limit).figures()[0])
    return np.array(own), np.array(other)


def part_of(places: Places, codes: npt.NDArray[Any]) -> Places:
    """Those of some incidents."""
    return Places(places.table[places.table["incident_id"].isin(codes)], places.lines[places.lines.index.isin(codes)])


def ranked_of(gazetteer: Gazetteer, folder: Path = REAL_DATA, country: str = "") -> pd.DataFrame:
    """The quoted incidents as :func:`geocasualty.rank` ranks what releases name (in one country), with ``place_id``."""
    incidents, _ = quoted_incidents(folder)
    strikes = gcas.read_strikes(folder / "centcom_releases_2014_2015.csv", gazetteer=gazetteer, on_bad_rows="skip")
    strikes = strikes[strikes["country"] == country] if country else strikes
    ranked = gcas.rank(incidents, strikes)
    return ranked.merge(strikes[["strike_id", "place_id"]], left_on="best_strike_id", right_on="strike_id", how="left")


def report_rank(places: Places, gazetteer: Gazetteer) -> None:
    """Print how often what is quoted stands among the first, and how a threshold fares elsewhere."""
    draws = resampled(len(places.lines))
    every = (("first", 1, "rank"), ("among the first two", 2, "rank"), ("nearest", 1, "distance_km"))
    for said, country in (("its country", "SY"), ("any country", "")):
        ranked = ranked_of(gazetteer, country=country)
        for which, first, by in every:
            found = among(ranked, places, first, by)
            interval_ = interval(found[draws].mean(axis=1))
            print(f"rank, releases of {said}: a quoted place is {which} for {found.mean():.3f} {interval_}")
    own, other = transferred(places)
    print(f"bits behind set on half the incidents: recall {own.mean():.3f} there, {other.mean():.3f} in the other half "
          f"{interval(other)}, of 500 halves")  # fmt: skip


def threshold(places: Places, by: str, without: str = "") -> float:
    """The greatest threshold that reaches the recall wanted over all incidents, or all but one."""
    order = places.table[places.table["incident_id"] != without].sort_values(by, ascending=False)
    lines = places.lines.drop(without, errors="ignore").sum()
    enough = order["hits"].cumsum() >= RECALL * lines - 1e-9
    return float(order.loc[enough.idxmax(), by]) if enough.any() else float("-inf")


def left_out(places: Places, by: str) -> Reached:
    """What is returned where each incident has the threshold that all the others set."""
    limits = {code: threshold(places, by, without=code) for code in places.lines.index}
    return reached(places, places.table[by] >= places.table["incident_id"].map(limits))


class Design(NamedTuple):
    """What a second ranking sets differently from the package."""

    vicinity: Vicinity = VICINITY
    lag: Lag = CLAIM_AND_STRIKE
    number: float = 1.0


def weigh(pairs: pd.DataFrame, design: Design) -> Floats:
    """The weight under another design, at the rate of the package's own."""
    return np.asarray(pairs["match_weight"] + _likelihood(pairs, design) - _likelihood(pairs, Design()))


def _likelihood(pairs: pd.DataFrame, design: Design) -> Floats:
    own = pairs["radius_m_incident"].to_numpy()[:, None] / RADIUS_PER_SIGMA
    wide = np.outer(pairs["radius_m"].to_numpy() / VICINITY_RADIUS_M, design.vicinity.sigmas_m)
    share = np.array([design.vicinity.shares])
    away = pairs["distance_km"].to_numpy()[:, None] * 1000
    separation = Separation(share, away, np.hypot(own, wide))
    spans = [(_seconds(pairs[f"start{side}"]), _seconds(pairs[f"end{side}"])) for side in ("_incident", "")]
    log = log_space_density(separation) + log_time_density(spans[0], spans[1], design.lag)
    return np.asarray((log + design.number * np.log(pairs["n_strikes"].fillna(1).to_numpy(float))) / np.log(2))


DESIGNS = {
    "number left out": Design(number=0.0),
    "square root of the number": Design(number=0.5),
    "no mean lag": Design(lag=CLAIM_AND_STRIKE._replace(mean_s=0.0)),
    "scales of the quoted pairs": Design(Vicinity((0.294, 0.569, 0.137), (1_780.0, 20_450.0, 75_490.0))),
}


def _seconds(times: pd.Series[Any]) -> Any:
    return times.dt.as_unit("s").astype("int64").to_numpy()


def fitted(pairs: pd.DataFrame) -> Design:
    """The scale around X, the mean lag and the power of the number under which what is quoted is likeliest."""
    from scipy.optimize import minimize

    inside = pairs[pairs.groupby("incident_id")["line"].transform("count") > 0]
    codes = pd.factorize(inside["incident_id"])[0]
    quoted = inside["line"].notna().to_numpy()

    def design(given: Floats) -> Design:
        narrow, *around = VICINITY.sigmas_m
        scaled = VICINITY._replace(sigmas_m=(narrow, *(float(np.exp(given[0])) * sigma for sigma in around)))
        return Design(scaled, CLAIM_AND_STRIKE._replace(mean_s=float(given[1]) * 3600.0), float(given[2]))

    def loss(given: Floats) -> float:
        odds = np.exp2(np.clip(_likelihood(inside, design(given)), -300, 300))
        every = np.bincount(codes, weights=odds)
        return -float(np.log2(np.bincount(codes, weights=odds * quoted) / every).sum())

    first = np.array([0.1, CLAIM_AND_STRIKE.mean_s / 3600.0, 1.0])
    return design(minimize(loss, first, method="Nelder-Mead", options={"xatol": 1e-2, "fatol": 1e-2}).x)


def fitted_elsewhere(pairs: pd.DataFrame) -> Floats:
    """Weights of each incident under the design fitted to all the others."""
    weight = np.empty(len(pairs))
    for code in pairs["incident_id"].unique():
        own = (pairs["incident_id"] == code).to_numpy()
        weight[own] = weigh(pairs[own], fitted(pairs[~own]))
    return weight


def report(name: str, places: Places) -> None:
    """Print what a ranking reaches, with intervals."""
    first = top(places)
    draws = first[resampled(len(first))].mean(axis=1)
    print(f"{name}: the heaviest place is a quoted one for {first.mean():.3f} {interval(draws)}")
    for by, words in (("weight", "bits or more"), ("behind", "bits behind the heaviest")):
        limit = threshold(places, by)
        print(f"  {limit if by == 'weight' else -limit:.1f} {words}: {reached(places, places.table[by] >= limit)}")
        print(f"    with the threshold that the others set: {left_out(places, by)}")


FLOORS = np.linspace(0.001, 0.4, 400)


def shares(places: Places) -> Floats:
    """The share of each place among those reported around its incident."""
    return shares_of(places.table["weight"].to_numpy(), pd.factorize(places.table["incident_id"])[0])


def floors(places: Places) -> Floats:
    """Mean log of the share of what is quoted, for each floor that is tried (rows) and each incident (columns)."""
    owner = pd.factorize(places.table["incident_id"])[0]
    part = 1 / np.bincount(owner)[owner]
    plain = (shares(places) - OTHER_REASON * part) / (1 - OTHER_REASON)
    quoted = (places.table["hits"] > 0).to_numpy()
    logs = np.log((1 - FLOORS[:, None]) * plain + FLOORS[:, None] * part)[:, quoted]
    return np.array([np.bincount(owner[quoted], row) for row in logs]) / np.bincount(owner[quoted])


def best_floors(scores: Floats) -> tuple[float, Floats, Floats]:
    """The likeliest floor: of all incidents, of all but each in turn, and of resamples of them."""
    whole = scores.sum(axis=1)
    without = FLOORS[(whole[:, None] - scores).argmax(axis=0)]
    drawn = FLOORS[[scores[:, draw].sum(axis=1).argmax() for draw in resampled(scores.shape[1])[: RESAMPLES // 4]]]
    return float(FLOORS[whole.argmax()]), without, drawn


def report_floor(places: Places) -> None:
    """Print how small a share still was the quoted one, and which floor makes what is quoted likeliest."""
    scores = floors(places)
    best, without, drawn = best_floors(scores)
    print(f"floor of shares: likeliest {best:.3f}, each left out {without.min():.3f} to {without.max():.3f}, "
          f"resampled {interval(drawn)}")  # fmt: skip
    chosen = scores[np.searchsorted(FLOORS, without), np.arange(scores.shape[1])].mean()
    at = {
        floor: scores[np.abs(FLOORS - floor).argmin()].mean() for floor in (0.001, 0.01, 0.03, OTHER_REASON, 0.1, 0.2)
    }
    told = ", ".join(f"{score:.3f} at {floor:g}" for floor, score in at.items())
    print(f"  log share of what is quoted: {chosen:.3f} with the floor that the others set; {told}")
    share, quoted = shares(places), (places.table["hits"] > 0).to_numpy()
    for low, high in ((0, 0.01), (0.01, 0.03), (0.03, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 1.01)):
        of = (share >= low) & (share < high)
        said, true = share[of].mean(), quoted[of].mean()
        print(f"  share {low:g} to {min(high, 1):g}: {of.sum()} places, said {said:.3f}, quoted {true:.3f}")


def main() -> None:
    """Print buffers, weights and designs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    gazetteer = gcas.load_gazetteer()
    pairs, lines = candidates(gazetteer)
    places = places_of(pairs, lines, pairs["match_weight"].to_numpy())
    print(f"{len(places.lines)} incidents, {places.lines.sum()} quoted lines, {len(places.table)} places around them")
    print(f"located and in the window: {places.table['hits'].sum()} lines")
    for km in (10, 25, 50, 100, 130, 150, 170):
        print(f"buffer of {km} km: {reached(places, places.table['distance_km'] <= km)}")
    nearest = top(places, "distance_km", ascending=True)
    draws = nearest[resampled(len(nearest))].mean(axis=1)
    print(f"the nearest place is a quoted one for {nearest.mean():.3f} {interval(draws)}")
    report("match_weight", places)
    report_floor(places)
    report_rank(places, gazetteer)
    for reach in (50, 100, 150, 200, 300):
        near = places.table["distance_km"] <= reach
        cells = [reached(places, near & (places.table["behind"] >= -bits)).figures() for bits in (1, 2, 4, 8, 12, 16)]
        print(f"  reach {reach} km, 1, 2, 4, 8, 12, 16 bits: " + ", ".join(f"{r:.3f} at {n:.2f}" for r, n in cells))
    heaviest = places.table.sort_values("weight").drop_duplicates("incident_id", keep="last")
    print("heaviest is not quoted:", ", ".join(sorted(heaviest.loc[heaviest["hits"] == 0, "incident_id"])))
    touching, _ = candidates(gazetteer, within_days=0)
    report("hours that overlap", places_of(touching, lines, touching["match_weight"].to_numpy()))
    scales = "scales of the quoted pairs"
    report(f"hours that overlap, {scales}", places_of(touching, lines, weigh(touching, DESIGNS[scales])))
    for name, design in DESIGNS.items():
        report(name, places_of(pairs, lines, weigh(pairs, design)))
    report("fitted to the other incidents", places_of(pairs, lines, fitted_elsewhere(pairs)))
    print("fitted to all:", fitted(pairs))
    if arguments.picture:
        draw(places, arguments.picture)


def draw(places: Places, path: Path) -> None:
    """Recall against places returned."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    labels = {"distance_km": "plain buffer", "weight": "bits", "behind": "bits behind the heaviest"}
    for by, label in labels.items():
        ties = places.table.groupby(by)["hits"].agg(["size", "sum"]).sort_index(ascending=by == "distance_km")
        axes.plot(ties["size"].cumsum() / len(places.lines), ties["sum"].cumsum() / places.lines.sum(), label=label)
    for km in (10, 25, 50, 100):
        recall, returned = reached(places, places.table["distance_km"] <= km).figures()
        axes.annotate(f"{km} km", (returned, recall), (4, -10), textcoords="offset points", fontsize=8)
        axes.plot(returned, recall, "k.", markersize=5)
    axes.axhline(RECALL, color="0.6", linewidth=0.8, linestyle=":")
    axes.axvline(RETURNED, color="0.6", linewidth=0.8, linestyle=":")
    axes.set(xlim=(0, 5), ylim=(0, 1), xlabel="places returned for each incident", ylabel="quoted lines among them")
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
