"""What a page says where scripts do not run: plain tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

__all__ = ["html_tables", "plain_rows"]


def plain_rows(frame: gpd.GeoDataFrame, kind: str, columns: Sequence[str], most: int = 500) -> list[list[str]]:
    """Rows of text for those who read the page without scripts."""
    rows = []
    for record in frame.head(most).to_dict("records"):
        zone = str(record.get("timezone") or "UTC")
        shape = record.get("geometry")
        where = (
            f"{shape.y:.4f}, {shape.x:.4f}" if isinstance(shape, shapely.Point) else "area" if shape else "unlocated"
        )
        row = [str(record[f"{kind}_id"]), _text(record.get("place_text")), where]
        for name in ("start", "end"):
            stamp = record[name]
            row.append("not known" if pd.isna(stamp) else f"{stamp.tz_convert(zone):%Y-%m-%d %H:%M} {zone}")
        rows.append(row + [_text(record.get(name)) for name in columns])
    return rows


def _text(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def html_tables(title: str, lines: list[str], tables: list[tuple[str, list[str], list[list[str]]]]) -> str:
    """Headed tables as HTML, every text escaped."""
    parts = [
        "<style>.gc-shell{display:none}</style>",
        f'<div class="gc-noscript"><h1 dir="auto">{escape(title)}</h1>',
    ]
    parts += [f'<p dir="auto">{escape(line)}</p>' for line in lines]
    for caption, head, rows in tables:
        parts.append(f"<table><caption>{escape(caption)}</caption><thead><tr>")
        parts += [f'<th scope="col">{escape(cell)}</th>' for cell in head]
        parts.append("</tr></thead><tbody>")
        for row in rows:
            parts.append("<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>")
        parts.append("</tbody></table>")
    return "".join([*parts, "</div>"])
