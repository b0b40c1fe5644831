"""How much of a coarse test's answer is chance? The 90 km, -1 to +2 days test on real releases, and ours beside it.

    python benchmarks/background.py DATA [--picture]

DATA is a folder with ``airwars_syria_2014_2015.csv`` and ``centcom_releases_2014_2015.csv``. Prints the share of
located incidents attributed to the Coalition that pass the plain test (the distance between the two points at most
90 km, the release dated one day before to two days after the incident), and of the same incidents moved by one to four
weeks; then what ``sensitivity`` and ``chance_test`` say of the same records, and what they cost beside one ``screen``
for each pair of limits. ``--picture`` draws docs/pictures/sensitivity.png.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "sensitivity.png"
KM, DAYS = [1, 2, 5, 10, 20, 50, 90], [0, 1, 2, 3]
WEEKS = [7 * n for n in range(-4, 5) if n]


def records_in(folder: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Incidents attributed to the Coalition, alone or with others, and the releases."""
    gazetteer = gcas.load_gazetteer()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        incidents = gcas.read_incidents(folder / "airwars_syria_2014_2015.csv", gazetteer=gazetteer, on_bad_rows="skip")
        strikes = gcas.read_strikes(folder / "centcom_releases_2014_2015.csv", gazetteer=gazetteer, on_bad_rows="skip")
    return incidents[incidents["belligerents"].str.contains("Coalition")], strikes


def points_of(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The records as points without radius, areas as a point inside them."""
    inside = shapely.point_on_surface(frame.geometry.to_numpy())
    return frame.assign(radius_m=0.0).set_geometry(gpd.GeoSeries(inside, index=frame.index, crs=frame.crs))


def plain_test(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame, folder: Path) -> None:
    released = pd.to_datetime(pd.read_csv(folder / "centcom_releases_2014_2015.csv")["date"], format="%m/%d/%Y")
    day = released.to_numpy()[strikes["row"].to_numpy() - 1]
    day = pd.Series(day, index=strikes.index).dt.tz_localize("UTC")
    # a release of day d passes for incidents of the days d - 2 to d + 1
    theirs = points_of(strikes).assign(start=day - pd.Timedelta(days=2), end=day + pd.Timedelta(days=2))
    located = points_of(incidents[incidents.geometry.notna()])
    first = located["start"].dt.tz_convert("Asia/Damascus").dt.tz_localize(None).dt.floor("D").dt.tz_localize("UTC")
    length = (located["end"] - located["start"]).dt.round("D")  # a day of 25 hours is one day
    located = located.assign(start=first, end=first + length)
    print(f"{len(located)} located incidents; the plain test passes for:")
    for places, rows in (("all releases", theirs), ("those of strikes in Syria", theirs[theirs["country"] == "SY"])):
        shares, beside = {}, {}
        for shift in (0, *WEEKS):
            step = pd.Timedelta(days=shift)
            moved = located.assign(start=located["start"] + step, end=located["end"] + step)
            passed = gcas.match(moved, rows, within_km=90, within_days=0)["incident_id"].nunique()
            any_at_all = gcas.match(moved, rows, within_km=20_100, within_days=0)["incident_id"].nunique()
            shares[shift], beside[shift] = passed / len(located), passed / any_at_all
        mean, of_covered = (float(np.mean([share[shift] for shift in WEEKS])) for share in (shares, beside))
        print(f"  {places}: {shares[0]:.1%} at their own time, {mean:.1%} moved by one to four weeks either way;")
        print(f"    of those with any release in the window: {beside[0]:.1%}, {of_covered:.1%}")
        print("    by shift: " + ", ".join(f"{shift:+d} {share:.1%}" for shift, share in shares.items() if shift))


def ours(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> pd.DataFrame:
    table = gcas.sensitivity(incidents, strikes, within_km=KM, within_days=DAYS)
    names = ["incidents", "assessable", "unlocated", "uncovered"]
    every, asked, lost, bare = table.loc[0, names].astype(int)
    print(f"{every} incidents: {asked} assessed, {lost} unlocated, {bare} at times that the releases do not cover")
    for km, days in ((10, 0), (10, 1), (50, 1), (90, 1), (90, 2)):
        row = table[(table["within_km"] == km) & (table["within_days"] == days)].iloc[0]
        tests = (
            f"{test} {row[f'share_{test}']:.0%} ({row[f'background_{test}']:.0%} by chance, "
            f"{row[f'lift_{test}']:.2f} x)"
            for test in ("within", "possible")
        )
        print(f"  {km} km, {days} days: {'; '.join(tests)}")
    limits = [(10, 0), (90, 1)]
    columns = [
        "relation", "counted", "observed", "expected", "ratio", "odds_ratio", "odds_low", "odds_high", "p",
        "expected_long", "ratio_long",
    ]  # fmt: skip
    for km, days in limits:
        found = gcas.matching.chance_test(incidents, strikes, within_km=km, within_days=days)
        print(
            f"chance_test, {km} km, {days} days: {found.loc[0, 'shifts']} shifts, {found.loc[0, 'assessed']} assessed"
        )
        print(found[columns].round(3).to_string(index=False))
        curve = gcas.matching.chance_test(incidents, strikes, within_km=km, within_days=days, by_shift=True)
        curve = curve[(curve["relation"] == "possible") & (curve["counted"] == "incidents")]
        counts = zip(curve["shift"], curve["count"], strict=True)
        print("  incidents by days moved: " + ", ".join(f"{shift}: {count:.1f}" for shift, count in counts))
    found = gcas.screen(incidents, strikes, within_km=10, within_days=0)
    rates = [found[f"background_rate{name}"].mean() for name in ("", "_stratified")]
    print(f"background rate at 10 km, 0 days: {rates[0]:.3f} in the mean, of the days 3 to 14 off {rates[1]:.3f}")
    return table


def median_s(work, repeat: int = 3) -> float:
    took = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def costs(incidents: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> None:
    table = median_s(lambda: gcas.sensitivity(incidents, strikes, within_km=KM, within_days=DAYS))
    one = median_s(lambda: gcas.screen(incidents, strikes, within_km=10, within_days=1))
    test = median_s(lambda: gcas.matching.chance_test(incidents, strikes, within_km=10, within_days=1))
    cells = len(KM) * len(DAYS)
    print(f"seconds: sensitivity of {cells} pairs of limits {table:.2f}, screen {one:.2f}, chance_test {test:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--picture", action="store_true")
    asked = parser.parse_args()
    incidents, strikes = records_in(asked.data)
    plain_test(incidents, strikes, asked.data)
    table = ours(incidents, strikes)
    costs(incidents, strikes)
    if asked.picture:
        gcas.maps.plot_sensitivity(table).figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
