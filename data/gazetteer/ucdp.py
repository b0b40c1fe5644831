"""Make ucdp_syria_2016.csv: the clean names of precision 1 in UCDP GED's rows of Syria in 2016.

    python ucdp.py GED.csv.gz           write the table from the release (its rows of Syria in 2016)
    python ucdp.py GED.csv.gz --check   make it in memory; exit 1 where it differs

Left out: air bases, fields and the like (the airfields and the supplement have them), names with figures or words of
works. `build.py` merges the table with the other places by the rules of `geocasualty gazetteer build`.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from geocasualty.gazetteer.building._record import Report
from geocasualty.gazetteer.building._ucdp import NamedSpot, named_spots

TABLE = Path(__file__).resolve().parent / "ucdp_syria_2016.csv"
COLUMNS = ["name", "names", "kind", "admin1", "admin2", "lon", "lat", "radius_m", "rows"]
CLEAN = re.compile(r"[^\W\d_][\w .'’\-]{2,}")
LEFT_OUT = {"Industrial", "Brigade", "Company", "Hospital", "Prison", "College", "Institute", "School", "Square"}
"""Words of buildings and works; a name with one is that of a site in a town."""


def rows(release: Path) -> list[dict[str, object]]:
    """Rows of the table, sorted by areas and name."""
    with Report(Path(os.devnull)) as report:
        found = named_spots(release, report)
    return [_row(spot) for spot in found if spot.country == "SY" and spot.precision == 1 and _clean(spot)]


def spots(table: Iterable[Mapping[str, str]]) -> list[NamedSpot]:
    """Rows of the table as they are merged into the gazetteer."""
    return [
        NamedSpot(
            names=[row["name"], *filter(None, row["names"].split("|"))],
            kind=row["kind"],
            country="SY",
            admin1=row["admin1"],
            admin2=row["admin2"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            radius_m=float(row["radius_m"]),
            precision=1,
            rows=int(row["rows"]),
            first=number,
        )
        for number, row in enumerate(table, start=1)
    ]


def _clean(spot: NamedSpot) -> bool:
    words = set(re.findall(r"\w+", spot.names[0]))
    settled = spot.kind not in {"airbase", "facility"}
    return settled and bool(CLEAN.fullmatch(spot.names[0])) and not words & LEFT_OUT


def _row(spot: NamedSpot) -> dict[str, object]:
    others = [name for name in spot.names[1:] if CLEAN.fullmatch(name)]
    return {
        "name": spot.names[0],
        "names": "|".join(others),
        "kind": spot.kind,
        "admin1": spot.admin1,
        "admin2": spot.admin2,
        "lon": f"{spot.lon:.5f}",
        "lat": f"{spot.lat:.5f}",
        "radius_m": f"{spot.radius_m:.0f}",
        "rows": spot.rows,
    }


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path, help="CSV of UCDP GED with the rows of Syria in 2016, gzipped or not")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the table differs")
    options = parser.parse_args()
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(options.release))
    if options.check:
        same = TABLE.read_text(encoding="utf-8") == buffer.getvalue()
        print("the table agrees with the release" if same else "ucdp_syria_2016.csv differs from the release")
        return 0 if same else 1
    TABLE.write_text(buffer.getvalue(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
