"""How well are events of two sources linked? On made events whose truth is known, and on real records.

    python -m benchmarks.linking made [--seeds 5] [--events 1500] [--days 365] [--bursts 0.2]
    python -m benchmarks.linking real [--look 15]
    python -m benchmarks.linking groups [--look 10]

``made``: events at places of the bundled gazetteer, a few of which see most of them, some in bursts of a few hours. Two
sources each report a share of them, in their own way: at the place's centre or at the spot, in the place, the next
one or the area; the right day or another; other counts, nobody's or the belligerent's. The errors are not drawn from
what the weights assume. Beside :func:`geocasualty.link` stand two rules that need no weights, each with the window that
suits it best in hindsight: the nearest in the window, and one as the R package meltt has it: categories must agree, at
their coarser level at least (what is missing agrees with all), the pair that agrees most is taken, one to one.
"""

from __future__ import annotations

import argparse
import itertools
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geocasualty as gcas
from geocasualty.geodesy import geodesic_distance_m, geodesic_offset

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"
EPOCH = pd.Timestamp("2015-01-01", tz="UTC")
WHOSE = ["Coalition", "Russia", "Syrian government", "ISIS"]
KINDS = ("village", "town", "city", "neighbourhood")
WINDOWS = list(itertools.product([2, 5, 10, 25, 50], [0, 1, 2, 3]))

Links = set[tuple[str, str]]


def events(rng: np.random.Generator, count: int, days: int, bursts: float) -> pd.DataFrame:
    """True events: place by a heavy-tailed share, day, number killed, belligerent; some follow another at once."""
    places = gcas.load_gazetteer().places
    places = places[places["kind"].isin(KINDS) & (places["country"] == "SY")].sort_values("place_id")
    share = 1 / np.arange(1, len(places) + 1) ** 0.9
    at = rng.permutation(len(places))[rng.choice(len(places), count, p=share / share.sum())]
    day = rng.uniform(0, days, count)
    whose = rng.choice(WHOSE, count, p=[0.35, 0.3, 0.25, 0.1])
    for n in np.flatnonzero(rng.random(count) < bursts):
        of = rng.integers(count)
        at[n], day[n], whose[n] = at[of], day[of] + rng.exponential(0.2), whose[of]
    place = places.iloc[at].reset_index(drop=True)
    turns, metres = rng.uniform(0, 360, count), 3_000 * np.sqrt(rng.random(count))
    spots = [geodesic_offset(*spot) for spot in zip(place["lon"], place["lat"], turns, metres, strict=True)]
    off = np.array(spots).T
    return pd.DataFrame(
        {
            "event": range(count), "place_id": place["place_id"], "lon": off[0], "lat": off[1], "day": day,
            "killed": np.floor(rng.lognormal(1.2, 1.0, count)).astype(int), "whose": whose,
        }
    )  # fmt: skip


def reported(
    rng: np.random.Generator, truth: pd.DataFrame, share: float, prefix: str, habits: dict
) -> gpd.GeoDataFrame:
    """What one source reports of them."""
    gazetteer = gcas.load_gazetteer()
    places = gazetteer.places.set_index("place_id")
    names = pd.read_csv(ROOT / "data/gazetteer/names.csv", dtype=str, keep_default_na=False)
    spellings = names.groupby("place_id")["name"].apply(sorted).to_dict()
    rows = []
    for event in truth[rng.random(len(truth)) < share].itertuples():
        place_id = event.place_id
        if rng.random() < habits["next_place"]:
            away = geodesic_distance_m(event.lon, event.lat, places["lon"].to_numpy(), places["lat"].to_numpy())
            close = np.flatnonzero((away < 15_000) & places["kind"].isin(KINDS).to_numpy())
            place_id = places.index[rng.choice(close)] if len(close) else place_id
        place = places.loc[place_id]
        text = rng.choice([place["name"], *spellings.get(place_id, [])])
        manner = rng.choice(["spot", "centre", "area", "none"], p=habits["located"])
        lon, lat, radius = place["lon"], place["lat"], max(float(place["radius_m"]), 2_000.0)
        if manner == "spot":
            lon, lat = geodesic_offset(event.lon, event.lat, rng.uniform(0, 360), rng.gamma(1.5, 500.0))
            radius = 1_000.0
        elif manner == "area":
            lon, lat = geodesic_offset(lon, lat, rng.uniform(0, 360), rng.uniform(0, 20_000))
            radius, text = 25_000.0, ""
        lag = rng.choice([0, 0, 0, 0, 0, 0, 0, 1, 1, -1, 2, 3]) if rng.random() < habits["misdated"] else 0
        low = max(0, event.killed + int(rng.normal(0, 0.25 * event.killed + 0.3)))
        counted = rng.random() >= habits["uncounted"]
        unnamed, other = rng.random() < habits["unnamed"], rng.random() < habits["other"]
        rows.append(
            {
                "incident_id": f"{prefix}{event.event}", "day": int(event.day) + lag, "place_text": text,
                "killed_min": low if counted else pd.NA,
                "killed_max": low + rng.poisson(0.2 * low) if counted else pd.NA,
                "belligerents": "" if unnamed else rng.choice(WHOSE) if other else event.whose,
                "radius_m": radius, "geometry": None if manner == "none" else shapely.Point(float(lon), float(lat)),
            }
        )  # fmt: skip
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
    frame["start"] = (EPOCH + pd.to_timedelta(frame["day"], "D")).dt.as_unit("s")
    frame["end"] = frame["start"] + pd.Timedelta(days=1)
    frame["killed_min"], frame["killed_max"] = frame["killed_min"].astype("Int64"), frame["killed_max"].astype("Int64")
    return frame.sample(frac=1, random_state=int(rng.integers(2**31))).reset_index(drop=True)


CAREFUL = {
    "located": [0.6, 0.35, 0.03, 0.02], "next_place": 0.05, "misdated": 0.3, "uncounted": 0.05, "unnamed": 0.1,
    "other": 0.03,
}  # fmt: skip
COARSE = {
    "located": [0.1, 0.7, 0.15, 0.05], "next_place": 0.15, "misdated": 0.6, "uncounted": 0.2, "unnamed": 0.3,
    "other": 0.1,
}  # fmt: skip


def of_status(table: pd.DataFrame, statuses: tuple[str, ...]) -> Links:
    chosen = table[(table["set"] == "a") & table["status"].isin(statuses) & table["candidate_id"].notna()]
    return set(zip(chosen["incident_id"], chosen["candidate_id"], strict=True))


def taken_in_turn(pairs: pd.DataFrame, order: list[str]) -> Links:
    """One to one, the best first."""
    links: Links = set()
    used: set[str] = set()
    for row in pairs.sort_values([*order, "incident_id", "strike_id"]).itertuples():
        if row.incident_id not in used and row.strike_id not in used:
            used |= {row.incident_id, row.strike_id}
            links.add((row.incident_id, row.strike_id))
    return links


def categories(frame: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Two taxonomies, each fine, coarse, and whether it is missing: whose it was (or a state's), how many died."""
    whose = frame["belligerents"]
    killed = frame["killed_max"].astype("Float64").fillna(-1).astype(float)
    fine = pd.cut(killed, [-2, -0.5, 0.5, 2.5, 5.5, 10.5, 1e9], labels=False)
    coarse = pd.cut(killed, [-2, -0.5, 2.5, 1e9], labels=False)
    state = whose.map(lambda name: "ISIS" if name == "ISIS" else "state")
    return [
        (whose.to_numpy(), state.to_numpy(), (whose == "").to_numpy()),
        (fine.to_numpy(), coarse.to_numpy(), (killed < 0).to_numpy()),
    ]


def rules(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame, km: float, days: float) -> dict[str, Links]:
    """The two rules in one window, which knows nothing of radii."""
    points = [frame.assign(radius_m=0.0) for frame in (a, b)]
    points[1] = points[1].rename(columns={"incident_id": "strike_id"})
    pairs = gcas.match(*points, within_km=km, within_days=days, belligerents="any")
    pairs["gap"] = pairs["gap_days"].abs()
    score, kept = np.zeros(len(pairs)), np.ones(len(pairs), dtype=bool)
    i = pd.Index(a["incident_id"]).get_indexer(pairs["incident_id"])
    j = pd.Index(b["incident_id"]).get_indexer(pairs["strike_id"])
    for ours, theirs in zip(categories(a), categories(b), strict=True):
        fine, coarse = (ours[level][i] == theirs[level][j] for level in (0, 1))
        kept &= fine | coarse | ours[2][i] | theirs[2][j]
        score += ~fine
    pairs["score"] = score
    return {
        "nearest in the window": taken_in_turn(pairs, ["distance_km", "gap"]),
        "window and categories": taken_in_turn(pairs[kept], ["score", "distance_km", "gap"]),
    }


def scores(found: Links, true: Links) -> tuple[float, float, float]:
    right = len(found & true)
    precision, recall = right / max(len(found), 1), right / max(len(true), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def made(seeds: int, count: int, days: int, bursts: float) -> None:
    lines: dict[str, list[tuple[float, float, float]]] = {}
    shares = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        truth = events(rng, count, days, bursts)
        a = reported(rng, truth, 0.6, "a", CAREFUL)
        b = reported(rng, truth, 0.6, "b", COARSE)
        both = {name[1:] for name in a["incident_id"]} & {name[1:] for name in b["incident_id"]}
        true = {(f"a{event}", f"b{event}") for event in both}
        table = gcas.link(a, b, within_km=25, within_days=3)
        shares.append(table["status"].value_counts(normalize=True))
        for name, statuses in {"link: linked": ("linked",), "link: linked or review": ("linked", "review")}.items():
            lines.setdefault(name, []).append(scores(of_status(table, statuses), true))
        decided = gcas.link(a, b, within_km=25, within_days=3, margin_bits=1e-9)
        lines.setdefault("link: without a margin", []).append(scores(of_status(decided, ("linked",)), true))
        for km, window in WINDOWS:
            for name, found in rules(a, b, km, window).items():
                lines.setdefault(f"{name}, {km} km, {window} days", []).append(scores(found, true))
    means = {name: np.mean(values, axis=0) for name, values in lines.items()}
    print(f"{count} events in {days} days, {bursts:.0%} in bursts, means over seeds 0 to {seeds - 1}\n")
    print("| | precision | recall | F1 |\n|---|---|---|---|")
    ours = ("link: linked", "link: linked or review", "link: without a margin")
    for rule in (*ours, "nearest in the window", "window and categories"):
        mine = {name: value for name, value in means.items() if name.startswith(rule) and name.split(",")[0] == rule}
        name = max(mine, key=lambda key: mine[key][2])
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in mine[name]) + " |")
        if len(mine) > 1:
            name = max(mine, key=lambda key: mine[key][0])
            print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in mine[name]) + " |")
    share = pd.concat(shares, axis=1).mean(axis=1)
    print("\nOf all records: " + ", ".join(f"{share[status]:.1%} {status}" for status in share.index))


def counted(table: pd.DataFrame) -> str:
    first = table[table["set"] == "a"]["status"].value_counts()
    return ", ".join(f"{first[status]} {status}" for status in ("linked", "review", "unlinked"))


def shown(table: pd.DataFrame, status: str, look: int, *frames: gpd.GeoDataFrame) -> None:
    records = pd.concat(frames).set_index("incident_id")
    rows = table[(table["set"] == "a") & (table["status"] == status)].sort_values("weight", ascending=False)
    rows = rows.drop_duplicates("link_id") if status == "linked" else rows
    for row in rows.sample(min(look, len(rows)), random_state=0).sort_index().itertuples():
        print(f"\n{status}: {row.reason}")
        for name in (row.incident_id, row.candidate_id):
            said = records.loc[name]
            print(
                f"  {name}: {said.start:%Y-%m-%d} to {said.end:%Y-%m-%d}, {said.place_text}, {said.radius_m:.0f} m, "
                f"killed {said.killed_min}-{said.killed_max}, {said.belligerents}"
            )


def real(look: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        airwars = gcas.read_incidents(REAL_DATA / "airwars_syria_2014_2015.csv", on_bad_rows="skip")
        ucdp = gcas.read_incidents(REAL_DATA / "ucdp_ged_syria_2016.csv.gz", on_bad_rows="skip")
    table = gcas.link(airwars, ucdp, within_km=25, within_days=3)
    print(f"Airwars {airwars['start'].min():%Y-%m-%d} to {airwars['end'].max():%Y-%m-%d}, {len(airwars)} incidents; "
          f"UCDP {ucdp['start'].min():%Y-%m-%d} to {ucdp['end'].max():%Y-%m-%d}, {len(ucdp)}")  # fmt: skip
    print(f"Airwars x UCDP, 25 km, 3 days: {counted(table)}; candidates {int((table['n_candidates'] > 0).sum())}")
    for days in range(-366, -60, 30):
        shifted = ucdp.assign(start=ucdp["start"] + pd.Timedelta(days=days), end=ucdp["end"] + pd.Timedelta(days=days))
        table = gcas.link(airwars, shifted, within_km=25, within_days=3)
        located = airwars["start"].between(shifted["start"].min(), shifted["end"].max()) & airwars.geometry.notna()
        print(f"UCDP moved by {days} days, so that no link is true: {counted(table)}; {located.sum()} in its time")
    for name, frame in (("Airwars", airwars), ("UCDP", ucdp)):
        table = gcas.link(frame, within_km=10, within_days=1)
        links = table.loc[table["status"] == "linked", "link_id"].nunique()
        print(f"\nWithin {name}, 10 km, 1 day: {counted(table)}; {links} clusters")
        for status in ("linked", "review"):
            shown(table, status, look, frame)


def groups(look: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dutch = gcas.read_strikes(REAL_DATA / "dutch_mod_strikes_2014_2015.csv", on_bad_rows="skip")
        releases = gcas.read_strikes(REAL_DATA / "centcom_releases_2014_2015.csv", on_bad_rows="skip")
    table = gcas.matching.group_strikes(dutch, releases).set_index("strike_id")
    ours = table[table["dataset"] == dutch["dataset"].iloc[0]]
    found = ours[ours["event_group"].isin(releases["strike_id"])]
    unsure = ours["event_group_reason"].str.contains("ambiguous|tie two")
    print(f"{len(ours)} Dutch records, {len(found)} in the group of a release line, {unsure.sum()} ambiguous, "
          f"{len(ours) - len(found) - unsure.sum()} without one; {found['event_group'].nunique()} groups")  # fmt: skip
    pairs = gcas.match(
        dutch.rename(columns={"strike_id": "incident_id"}), releases, within_km=0, within_days=0, belligerents="overlap"
    )
    named = pairs[
        (table.loc[pairs["incident_id"], "place_id"].to_numpy() == table.loc[pairs["strike_id"], "place_id"].to_numpy())
        & (table.loc[pairs["incident_id"], "place_id"] != "").to_numpy()
    ]
    check = found[found.index.isin(named["incident_id"])]
    right = set(zip(named["incident_id"], named["strike_id"], strict=True))
    same = sum(pair in right for pair in zip(check.index, check["event_group"], strict=True))
    print(f"Of {len(check)} whose own text names the place of a line of that time, {same} ({same / len(check):.1%}) "
          "are in the group of such a line; the text is not used")  # fmt: skip
    sizes = found.groupby("event_group").size()
    stated = table.loc[sizes.index, "n_strikes"].fillna(1).to_numpy(float)
    print(f"{(sizes > stated).sum()} groups hold more Dutch records than "
          "the release counts strikes")  # fmt: skip
    for row in found.sample(look, random_state=0).sort_values("start").itertuples():
        release = table.loc[row.event_group]
        print(f"\n{row.start:%Y-%m-%d %H:%M}Z {row.place_text} ({row.Index})\n  {row.event_group}, "
              f"{release.start:%Y-%m-%d %H:%M}Z to {release.end:%Y-%m-%d %H:%M}Z: {release.record_text}\n"
              f"  {row.event_group_reason}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["made", "real", "groups"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--events", type=int, default=1500)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--bursts", type=float, default=0.2)
    parser.add_argument("--look", type=int, default=15)
    chosen = parser.parse_args()
    if chosen.part == "made":
        made(chosen.seeds, chosen.events, chosen.days, chosen.bursts)
    else:
        {"real": real, "groups": groups}[chosen.part](chosen.look)


if __name__ == "__main__":
    main()
