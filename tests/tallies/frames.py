"""Small frames of records with all that a tally reads."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

ZONED = pd.DatetimeTZDtype("s", "UTC")
COUNTS = ("killed_min", "killed_max", "children_min", "children_max", "injured_min", "injured_max")


def records(role: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Rows with ``start``, ``end``, ``xy`` or ``geometry``, and any other column; what is not given is unknown."""
    starts = [pd.Timestamp(row.get("start", "2015-06-02T21:00Z")) for row in rows]
    ends = [
        pd.Timestamp(row["end"]) if "end" in row else start + pd.Timedelta(hours=24)
        for row, start in zip(rows, starts, strict=True)
    ]
    shapes = [row.get("geometry", shapely.Point(row["xy"]) if "xy" in row else None) for row in rows]
    texts = {"country": "IQ", "belligerents": "Coalition", "sources": "A report", "dataset": "test", "place_id": ""}
    texts |= {"timezone": "Asia/Baghdad", "grading": "fair"} if role == "incident" else {"timezone": "Asia/Baghdad"}
    data: dict[str, Any] = {f"{role}_id": [row.get("id", f"{role}{n}") for n, row in enumerate(rows)]}
    data |= {name: pd.Series([row.get(name, usual) for row in rows], dtype=object) for name, usual in texts.items()}
    data["precision"] = [row.get("precision") for row in rows]
    data |= {"start": pd.Series(starts, dtype=ZONED), "end": pd.Series(ends, dtype=ZONED)}
    for name in COUNTS if role == "incident" else ("n_strikes",):
        data[name] = pd.array([row.get(name, pd.NA) for row in rows], dtype="Int64")
    if role == "strike":
        data["event_group"] = [row.get("event_group", "") for row in rows]
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"))
