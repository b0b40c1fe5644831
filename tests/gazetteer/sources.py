"""Small files in the shapes of other people's gazetteers, for the tests of building."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def geonames_row(geonameid: int, name: str, lon: float, lat: float, **other: Any) -> str:
    cells = {
        "asciiname": name, "aliases": "", "class": "P", "code": "PPL", "country": "IQ", "admin1": "", "admin2": "",
        "population": 0,
    } | other  # fmt: skip
    return "\t".join(
        map(
            str,
            [
                geonameid, name, cells["asciiname"], cells["aliases"], lat, lon, cells["class"], cells["code"],
                cells["country"], "", cells["admin1"], cells["admin2"], "", "", cells["population"], "", 100,
                "Asia/Baghdad", "2024-01-01",
            ],
        )
    )  # fmt: skip


def write_zip(path: Path, member: str, text: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "GeoNames")
        archive.writestr(member, text)
    return path


def geonames_zip(folder: Path, rows: Iterable[str], name: str = "IQ") -> Path:
    return write_zip(folder / f"{name}.zip", f"{name}.txt", "\n".join(rows) + "\n")


def square(lon: float, lat: float, half: float) -> dict[str, Any]:
    ring = [[lon - half, lat - half], [lon + half, lat - half], [lon + half, lat + half], [lon - half, lat + half]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def geojson(path: Path, features: Iterable[tuple[dict[str, Any], Any]], crs: str | None = None) -> Path:
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features
        ],
    }
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


def report(path: Path) -> list[dict[str, str]]:
    with Path(f"{path}.report.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def cod(folder: Path) -> list[Path]:
    """One governorate that the bundled gazetteer knows, with a finer outline, a district and two sub-districts."""
    kirkuk = {"ADM1_EN": "Kirkuk", "ADM1_AR": "كركوك", "ADM1_PCODE": "IQG13", "ADM0_PCODE": "IQ"}
    district = kirkuk | {"ADM2_EN": "Al-Hawiga", "ADM2_AR": "الحويجة", "ADM2_KU": "حەویجە", "ADM2_PCODE": "IQG13Q01"}
    north = district | {"ADM3_EN": "Zebbar", "ADM3_AR": "زبار", "ADM3_PCODE": "IQG13Q01N01"}
    south = district | {"ADM3_EN": "Zebbar South", "ADM3_AR": None, "ADM3_PCODE": "IQG13Q01N02"}
    return [
        geojson(folder / "adm3.geojson", [(north, square(43.8, 35.45, 0.1)), (south, square(43.8, 35.25, 0.1))]),
        geojson(folder / "adm2.geojson", [(district, square(43.8, 35.35, 0.2))]),
        geojson(folder / "adm1.geojson", [(kirkuk, square(44.1, 35.4, 0.7))]),
    ]
