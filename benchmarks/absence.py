"""How often is an absence said where there was a strike, and how many absences that researchers found are kept?

    python -m benchmarks.absence [DATA]

Every strike of the Dutch ministry's own list is a claim at its true place (2 km) and on its local day, tested against
the Coalition's releases at 10 km and 0 days: each ``none-in-records`` is false. Beside it stand the claims of which
researchers, with the same releases in hand, wrote that none was reported near, those for which they quoted a line, and
those that the Coalition itself called credible later: a denial of one of the last two is false as well.
The curve is over the widths of the gate: the share of true places that a radius holds, and the days on either side
that have to be empty. 95 % upper bounds are Clopper and Pearson's.
"""

from __future__ import annotations

import argparse
import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd

import geocasualty as gcas
from benchmarks.gazetteer_sets import REAL_DATA
from geocasualty.matching import absence

KM, DAYS, RADIUS_M = 10, 0, 2_000.0
SHARES, QUIET = (0.5, 0.8, 0.9, 0.95, 0.99), (0, 1, 2)


def dutch_claims(strikes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each located strike of the list as a claim of its place and its local day."""
    found = strikes[strikes.geometry.notna() & strikes["country"].isin(["IQ", "SY"])]
    days = pd.concat(
        [rows["start"].dt.tz_convert(zone).dt.normalize().dt.tz_localize(None) for zone, rows in
         found.groupby("timezone", sort=False)]
    ).loc[found.index]  # fmt: skip
    table = pd.DataFrame(
        {
            "incident_id": found["strike_id"], "date": days.dt.strftime("%Y-%m-%d"), "longitude": found.geometry.x,
            "latitude": found.geometry.y, "radius_m": RADIUS_M, "vicinity": "no", "country": found["country"],
            "belligerents": "Coalition", "date_basis": "event", "attack_kinds": "air",
        }
    )  # fmt: skip
    return gcas.read_incidents(table, on_bad_rows="skip")


@contextlib.contextmanager
def widths(share: float, days: int) -> Iterator[None]:
    """The gate at other widths than its own."""
    before = absence.SURE_OF, absence.LEAST_DAYS
    try:
        absence.SURE_OF, absence.LEAST_DAYS = share, days
        absence._of_vicinity.cache_clear()
        yield
    finally:
        absence.SURE_OF, absence.LEAST_DAYS = before
        absence._of_vicinity.cache_clear()


def upper(count: int, of: int) -> float:
    """The 95 % upper bound of a share."""
    from scipy.stats import beta

    return 1.0 if count == of else float(beta.ppf(0.95, count + 1, of - count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=REAL_DATA)
    data = parser.parse_args().data
    warnings.simplefilter("ignore")
    releases = gcas.read_strikes(data / "centcom_releases_2014_2015.csv", on_bad_rows="skip")
    dutch = dutch_claims(gcas.read_strikes(data / "dutch_mod_strikes_2014_2015.csv", on_bad_rows="skip"))
    claims = gcas.read_incidents(data / "airwars_syria_2014_2015.csv", on_bad_rows="skip")
    verdicts = pd.read_csv(data / "verdicts_2014_2015.csv").drop_duplicates("code").set_index("code")["verdict"]
    said = pd.read_csv(data / "airwars_syria_assessments_2014_2015.csv")
    credible = set(said.loc[(said["belligerent"] == "coalition") & (said["assessment"] == "credible"), "code"])
    conceded = claims["incident_id"].isin(credible)
    claims = claims[claims["incident_id"].isin(verdicts.index) | conceded].reset_index(drop=True)
    told, conceded = claims["incident_id"].map(verdicts), claims["incident_id"].isin(credible)
    year = dutch["start"].dt.year
    print(
        "share  days   2014: false of   2015: false of   upper   'none' kept of (covered)   'reported' denied of   "
        "conceded denied of (covered)"
    )
    for share in SHARES:
        for days in QUIET:
            with widths(share, days):
                false, kept = (
                    gcas.screen(each, releases, within_km=KM, within_days=DAYS, background_days=0)
                    for each in (dutch, claims)
                )
            none = (false["finding"] == "none-in-records").to_numpy()
            covered = (kept["complete_share"] == 1).to_numpy()
            absent = (kept["finding"] == "none-in-records").to_numpy()
            by_year = "".join(
                f"{int(none[year == each].sum()):9} {int((year == each).sum()):6}" for each in (2014, 2015)
            )
            counts = [(absent & (told == name)).sum() for name in ("none", "reported")]
            print(
                f"{share:5} {days:5} {by_year} {upper(int(none.sum()), len(none)):8.4f} {counts[0]:11} "
                f"{(told == 'none').sum()} ({(covered & (told == 'none')).sum()}) {counts[1]:15} "
                f"{(told == 'reported').sum()} {(absent & conceded).sum():9} {conceded.sum()} "
                f"({(covered & conceded).sum()})"
            )


if __name__ == "__main__":
    main()
