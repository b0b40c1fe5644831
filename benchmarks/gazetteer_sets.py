"""The sets that the gazetteer is measured on, and what is measured; read in place from ../shared/data."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer._tables import Tables, bundled_folder
from geocasualty.gazetteer.place import Place
from geocasualty.gazetteer.precision import RADIUS_M
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

CODES = {"Iraq": "IQ", "Syria": "SY"}
AIRWARS_RADIUS_M = {
    "exact_location": 100.0,
    "within_100m": 100.0,
    "street": RADIUS_M["street"],
    "nearby_landmark": RADIUS_M["neighbourhood"],
    "neighbourhood_area": RADIUS_M["neighbourhood"],
    "village": RADIUS_M["village"],
    "town": RADIUS_M["town"],
    "city": RADIUS_M["city"],
    "subdistrict": RADIUS_M["subdistrict"],
}
"""What an accuracy level of Airwars says in metres, by this package's ladder."""
UCDP_RADIUS_M = {1: 2_000.0, 2: 25_000.0, 3: 30_000.0, 4: 100_000.0, 5: 50_000.0, 6: 500_000.0}
"""``where_prec`` of the UCDP GED codebook: 1 exact, 2 within 25 km, 3 district, 4 governorate, 5 line, 6 country."""

WRONG_M = 25_000.0


def releases(folder: Path = REAL_DATA) -> pd.DataFrame:
    """Place of each line of a Coalition release; there is no truth but a table checked by hand."""
    lines = pd.read_csv(folder / "centcom_releases_2014_2015.csv")
    return pd.DataFrame({"text": lines["location"], "country": lines["country"].map(CODES)})


def dutch(folder: Path = REAL_DATA) -> pd.DataFrame:
    """Free-text town and province of each Dutch strike, against its MGRS cell."""
    path = folder / "dutch_mod_strikes_2014_2015.csv"
    rows = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding_errors="replace")
    rows.columns = [name.split(" (")[0] for name in rows.columns]
    table = pd.DataFrame({"text": rows["Town"].str.strip(), "admin1": rows["Province"].str.strip(), "country": "IQ"})
    table["country"] = rows["Country"].str.strip().map(CODES)
    cells = [_cell(text) for text in rows["Position MGRS"]]
    table["lon"], table["lat"] = [cell[0] for cell in cells], [cell[1] for cell in cells]
    table["stated_m"] = 100.0
    return table


def _cell(text: str) -> tuple[float, float]:
    try:
        cell = parse_mgrs(text)
    except InputError:
        return float("nan"), float("nan")
    return cell.lon, cell.lat


def airwars(folder: Path = REAL_DATA, *, arabic: bool = False) -> pd.DataFrame:
    """Airwars' place names with the region, or the Arabic name alone, against its point."""
    rows = pd.read_csv(folder / "airwars_syria_2014_2015.csv")
    table = pd.DataFrame({"text": rows["location_ar" if arabic else "location_en"], "country": None, "admin1": None})
    if not arabic:
        table["country"], table["admin1"] = "SY", rows["region"]
    table["lon"], table["lat"] = rows["lon"], rows["lat"]
    table["stated_m"] = rows["geo_accuracy"].map(AIRWARS_RADIUS_M).fillna(RADIUS_M["village"])
    return table[table["text"].notna()]


def ucdp(folder: Path = REAL_DATA) -> pd.DataFrame:
    """UCDP GED's ``where_coordinates`` with its two levels of area, against its point."""
    rows = pd.read_csv(folder / "ucdp_ged_syria_2016.csv.gz")
    return pd.DataFrame(
        {
            "text": rows["where_coordinates"],
            "country": "SY",
            "admin1": rows["adm_1"],
            "admin2": rows["adm_2"],
            "lon": rows["longitude"],
            "lat": rows["latitude"],
            "stated_m": rows["where_prec"].map(UCDP_RADIUS_M),
        }
    )


SETS = {
    "releases": releases,
    "dutch": dutch,
    "airwars-en": airwars,
    "airwars-ar": lambda folder=REAL_DATA: airwars(folder, arabic=True),
    "ucdp": ucdp,
}


OWN_SOURCE = {"ucdp": "UCDP GED"}
"""Sets whose own rows gave names to the bundled gazetteer: they are asked of a gazetteer without these."""


class _Without(Tables):
    """The bundled tables without what one source gave: its places, and the names that it alone gave to others."""

    def __init__(self, source: str) -> None:
        super().__init__(bundled_folder())
        self._source = source

    @cached_property
    def places(self) -> dict[str, Place]:
        return {key: place for key, place in super().places.items() if place.source != self._source}

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        return [
            (row["place_id"], row["name"], row["language"])
            for row in self._rows("names.csv")
            if row["source"] != self._source and row["place_id"] in self.places
        ]


def without(source: str) -> Gazetteer:
    """The bundled gazetteer without what a source gave, to measure the source's own rows."""
    return Gazetteer(_Without(source))


def answered(gazetteer: Gazetteer, table: pd.DataFrame) -> pd.DataFrame:
    """Resolve a set; ``away_m`` is the distance from the answer to the truth."""
    table = table.copy()
    named = {"country": "country", "admin1": "governorate", "admin2": "district"}
    columns = [name for name in named if name in table]
    keys = table[["text", *columns]].astype(object)
    keys = keys.where(keys.notna(), None)
    found: dict[tuple[Any, ...], Any] = {}
    for key in keys.itertuples(index=False, name=None):
        if key not in found:
            hints = {named[name]: value or None for name, value in zip(columns, key[1:], strict=True)}
            found[key] = gazetteer.resolve(key[0] or "", **hints)
    answers = [found[key] for key in keys.itertuples(index=False, name=None)]
    table["status"] = [answer.status for answer in answers]
    table["reason"] = [answer.reason for answer in answers]
    table["precision"] = [answer.precision for answer in answers]
    table["radius_m"] = [answer.radius_m for answer in answers]
    table["place"] = [answer.best.label if answer.best else "" for answer in answers]
    if "lon" in table:
        x = np.array([answer.point.x if answer.point else np.nan for answer in answers])
        y = np.array([answer.point.y if answer.point else np.nan for answer in answers])
        table["away_m"] = geodesic_distance_m(x, y, table["lon"], table["lat"])
        table["inside"] = table["away_m"] <= table["radius_m"]
        table["right"] = table["away_m"] <= np.maximum(10_000.0, table["stated_m"])
        table["wrong"] = (table["status"] == "resolved") & (table["away_m"] > WRONG_M) & ~table["inside"]
    return table


def figures(table: pd.DataFrame) -> dict[str, float]:
    """The shares that are reported of a set."""
    status = table["status"].value_counts(normalize=True)
    shares = {name: float(status.get(name, 0.0)) for name in ("resolved", "area-only", "ambiguous", "unresolved")}
    if "away_m" not in table:
        return shares
    known = table[table["away_m"].notna()]
    resolved, area = known[known["status"] == "resolved"], known[known["status"] == "area-only"]
    plain = resolved[~resolved["reason"].str.contains(r"; |both|between", regex=True)].drop_duplicates("text")
    relative = resolved[resolved["reason"].str.contains(" km towards")]
    return shares | {
        "right": float(resolved["right"].mean()),
        "inside": float(resolved["inside"].mean()),
        "inside area-only": float(area["inside"].mean()),
        "wrong": float(known["wrong"].mean()),
        "median km": float(resolved["away_m"].median() / 1000),
        "median km, relative": float(relative["away_m"].median() / 1000),
        "radius km, city": float(plain.loc[plain["precision"] == "city", "radius_m"].median() / 1000),
        "radius km, village": float(plain.loc[plain["precision"] == "village", "radius_m"].median() / 1000),
    }
