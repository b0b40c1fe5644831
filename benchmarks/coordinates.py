"""How long does `province_map` take where strikes are known by their coordinates alone?

    python -m benchmarks.coordinates [COUNT]

COUNT strikes (30,000 if not given), made and seeded, each at a point of its own some kilometres from a settlement of
the bundled gazetteer and without a place; the map has to find the town that each lies in. Time of the second map: the
first loads what is needed.
"""

from __future__ import annotations

import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd

import geocasualty as gcas
from geocasualty.taxonomy import SETTLEMENTS


def made(count: int, seed: int = 7) -> gpd.GeoDataFrame:
    """Strikes around settlements, by coordinates."""
    rng = np.random.default_rng(seed)
    places = gcas.load_gazetteer().places
    places = places[places["kind"].isin(SETTLEMENTS)].sort_values("place_id")
    at = rng.integers(0, len(places), count)
    lon, lat = (
        (places[name].to_numpy()[at] + rng.normal(0, width, count)).round(4)
        for name, width in (("lon", 0.08), ("lat", 0.07))
    )
    start = pd.Timestamp("2014-08-07", tz="UTC") + pd.to_timedelta(rng.integers(0, 1460, count), unit="D")
    columns = {
        "strike_id": [f"s{n:06d}" for n in range(count)], "radius_m": 100.0, "precision": "exact",
        "country": places["country"].to_numpy()[at], "n_strikes": 1.0, "belligerents": "Coalition",
        "start": start.as_unit("s"), "end": (start + pd.Timedelta(days=1)).as_unit("s"),
    }  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lon, lat, crs="EPSG:4326"))


def main(count: str = "30000") -> None:
    gazetteer = gcas.load_gazetteer()
    incidents, strikes = gcas.load_casebook().incidents, made(int(count))
    gcas.province_map(incidents, strikes.head(50), gazetteer=gazetteer)
    start, work = time.perf_counter(), time.process_time()
    towns = len(gcas.province_map(incidents, strikes, gazetteer=gazetteer).payload["towns"])
    took, worked = time.perf_counter() - start, time.process_time() - work
    print(
        f"province_map of {len(strikes):,} strikes by coordinates: {took:.1f} s ({worked:.1f} s of processor), ", end=""
    )
    print(f"{towns:,} towns and points")


if __name__ == "__main__":
    main(*sys.argv[1:])
