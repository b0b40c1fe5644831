"""Small frames of incidents and strikes for tests."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

EPOCH = pd.Timestamp("2015-06-03", tz="UTC")


def seconds(days: float) -> pd.Timedelta:
    """Days in whole seconds; of NumPy's, as pandas 2.2 holds numbers of seconds in nanoseconds, which end in 2262."""
    return pd.Timedelta(np.timedelta64(round(days * 86_400), "s"))


def records(role: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Rows with ``xy`` or ``geometry``, ``radius_m``, ``day`` and ``days`` (from the epoch), ``belligerents``.

    They say all that an absence asks for, unless they say something else.
    """
    start = [EPOCH + seconds(row.get("day", 0.0)) for row in rows]
    length = [seconds(row.get("days", 1.0)) for row in rows]
    zoned = pd.DatetimeTZDtype("s", "UTC")
    geometry = [row["geometry"] if "geometry" in row else shapely.Point(row["xy"]) for row in rows]
    return gpd.GeoDataFrame(
        {
            f"{role}_id": pd.Series([row.get("id", f"{role[0]}{n}") for n, row in enumerate(rows)], dtype=object),
            "radius_m": pd.Series([row.get("radius_m", 0.0) for row in rows], dtype=float),
            "start": pd.Series(start, dtype=zoned),
            "end": pd.Series([a + b for a, b in zip(start, length, strict=True)], dtype=zoned),
            "belligerents": pd.Series([row.get("belligerents", "") for row in rows], dtype=str),
            "timezone": pd.Series([row.get("timezone", "UTC") for row in rows], dtype=str),
            "country": pd.Series([row.get("country", "IQ") for row in rows], dtype=str),
            "flags": pd.Series([row.get("flags", "") for row in rows], dtype=str),
            "vicinity": pd.Series([row.get("vicinity", False) for row in rows], dtype=bool),
            "attack_kinds": pd.Series([row.get("attack_kinds", "air") for row in rows], dtype=str),
            "date_basis": pd.Series([row.get("date_basis", "event") for row in rows], dtype=str),
            "event_group": pd.Series([row.get("event_group", "") for row in rows], dtype=str),
        },
        geometry=gpd.GeoSeries(geometry, crs="EPSG:4326"),
    )
