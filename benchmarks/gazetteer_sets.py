"""The sets that the gazetteer is measured on, and what is measured; read in place from ../shared/data."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
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
    "exact_location": RADIUS_M["exact"],
    "within_100m": RADIUS_M["exact"],
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


def ucdp(
    folder: Path = REAL_DATA, name: str = "ucdp_ged_syria_2016.csv.gz", country: str = "SY", tags: int = 0
) -> pd.DataFrame:
    """UCDP GED's ``where_coordinates`` with its two levels of area, against its point; ``tags`` rows are of HXL."""
    rows = pd.read_csv(folder / name, skiprows=range(1, 1 + tags))
    return pd.DataFrame(
        {
            "text": rows["where_coordinates"],
            "country": country,
            "admin1": rows["adm_1"],
            "admin2": rows["adm_2"],
            "lon": rows["longitude"],
            "lat": rows["latitude"],
            "stated_m": rows["where_prec"].map(UCDP_RADIUS_M),
        }
    )


def elsewhere(folder: Path = REAL_DATA) -> pd.DataFrame:
    """UCDP's distinct places, of ``where_prec`` 1 and 2, in a country that is not bundled."""
    rows = ucdp(folder, "other_wars/bangladesh_ucdp_hxl.csv", "BD", tags=1)
    return rows[rows["stated_m"] <= UCDP_RADIUS_M[2]].drop_duplicates(["text", "admin1", "admin2", "stated_m"])


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
    """The bundled tables without some places, and what one source gave: places, and names that it alone gave others."""

    def __init__(self, source: str, lost: Collection[str]) -> None:
        super().__init__(bundled_folder())
        self._source = source
        self._lost = frozenset(lost)

    @cached_property
    def places(self) -> dict[str, Place]:
        return {
            key: place
            for key, place in super().places.items()
            if not (self._source and place.source == self._source) and key not in self._lost
        }

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        return [
            (row["place_id"], row["name"], row["language"])
            for row in self._rows("names.csv")
            if not (self._source and row["source"] == self._source) and row["place_id"] in self.places
        ]


def without(source: str = "", places: Collection[str] = ()) -> Gazetteer:
    """The bundled gazetteer without what a source gave, to measure the source's own rows, or without some places."""
    return Gazetteer(_Without(source, places))


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


NOTATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "X, region": ("{x}, {g}", ()),
    "X (region)": ("{x} ({g})", ()),
    "region, X": ("{g}, {x}", ()),
    "region - X": ("{g} - {x}", ()),
    "X, region; country": ("{x}, {g}", ("country",)),
    "governorate and country": ("{x}", ("country", "governorate")),
    "country alone": ("{x}", ("country",)),
    "nothing": ("{x}", ()),
}
"""How a name and what is known around it reach the gazetteer: the text, and what is given as hints."""

OUTCOMES = ("resolved", "right", "inside", "wrong", "area-only", "area-only inside", "ambiguous", "unresolved")


def regions(gazetteer: Gazetteer, folder: Path = REAL_DATA) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Each set with its language: text, region and country of a row, and where it is known the point.

    UCDP's rows are those of ``where_prec`` 1 and 2, of which the text names a place. Regions in Arabic are the
    names of the governorates that hold the points. The releases state no region.
    """
    english = airwars(folder).rename(columns={"admin1": "region"})
    arabic = airwars(folder, arabic=True).rename(columns={"admin1": "region"})
    arabic["region"] = [_in_arabic(gazetteer, *point) for point in zip(arabic["lon"], arabic["lat"], strict=True)]
    arabic["country"] = "SY"
    detailed = pd.read_csv(folder / "ucdp_ged_syria_2016.csv.gz")["where_prec"] <= 2
    events = ucdp(folder)[detailed.to_numpy()].rename(columns={"admin1": "region"})
    events["region"] = events["region"].str.replace(r" governorate$", "", case=False, regex=True)
    towns = dutch(folder).rename(columns={"admin1": "region"})
    yield "releases", "English", releases(folder).assign(region=None)
    yield "dutch", "English", towns.replace({"region": {"": None}})
    yield "airwars-en", "English", english
    yield "airwars-ar", "Arabic", arabic
    yield "ucdp", "English", events


def _in_arabic(gazetteer: Gazetteer, lon: Any, lat: Any) -> str | None:
    """The Arabic name of the governorate whose outline holds a point: Airwars' "Damascus" is two of them."""
    found = gazetteer.containing(lon, lat).get("governorate") if pd.notna(lon) else None
    return (found.names.get("ar") or None) if found else None


def noted(gazetteer: Gazetteer, table: pd.DataFrame, notation: str) -> dict[str, float]:
    """The shares of a set in one notation, of all rows that have what the notation says.

    ``right`` and ``inside`` are of the resolved, ``area-only inside`` of the area-only, the others of all rows.
    """
    rows = table[table["text"].notna() & table["country"].notna()]
    if "region" in notation or "governorate" in notation:
        rows = rows[rows["region"].notna()]
    if "lon" in rows:
        rows = rows[rows["lon"].notna()]
    asked = rows[["text", "region", "country"]].astype(object)
    asked = asked.where(asked.notna(), "")
    keys = [tuple(str(part).strip() for part in key) for key in asked.itertuples(index=False, name=None)]
    found = {}
    written, given = NOTATIONS[notation]
    for text, region, country in dict.fromkeys(keys):
        hints = {"country": country, "governorate": region}
        found[text, region, country] = gazetteer.resolve(
            written.format(x=text, g=region), **{name: hints[name] for name in given}
        )
    return {"rows": len(rows)} | _outcomes([found[key] for key in keys], rows)


def _outcomes(answers: list[Any], truth: pd.DataFrame) -> dict[str, float]:
    if not answers:
        return {}
    status = np.array([answer.status for answer in answers])
    shares = {name: float((status == name).mean()) for name in ("resolved", "area-only", "ambiguous", "unresolved")}
    if "lon" not in truth:
        return shares
    x = np.array([answer.point.x if answer.point else np.nan for answer in answers])
    y = np.array([answer.point.y if answer.point else np.nan for answer in answers])
    away = np.asarray(geodesic_distance_m(x, y, truth["lon"].to_numpy(), truth["lat"].to_numpy()))
    inside = away <= np.array([answer.radius_m for answer in answers])
    resolved, area = status == "resolved", status == "area-only"
    near = away <= np.maximum(10_000.0, truth["stated_m"].to_numpy())
    shares["right"] = float(near[resolved].mean()) if resolved.any() else float("nan")
    shares["inside"] = float(inside[resolved].mean()) if resolved.any() else float("nan")
    shares["wrong"] = float((resolved & (away > WRONG_M) & ~inside).mean())
    shares["area-only inside"] = float(inside[area].mean()) if area.any() else float("nan")
    return {name: shares[name] for name in OUTCOMES}


TOWN_NOTATIONS = (
    "{x}, {g}", "{g}, {x}", "{x} ({g})", "{g} ({x})", "{x} - {g}", "{g} - {x}", "{g} / {x}", "{g} > {x}", "{g}، {x}",
    "{x} {g}", "{x} in {g}",
)  # fmt: skip
"""How a town and its governorate may be written."""


def towns_noted(gazetteer: Gazetteer) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Language, notation and outcomes of every bundled city and town with its governorate.

    ``right`` is the town or its very spot, ``around`` a wider resolved region that holds it, ``wrong`` any other.
    """
    towns = [place for place_id in gazetteer.places["place_id"]
             if (place := gazetteer.place(place_id)).kind in ("city", "town") and place.admin1]  # fmt: skip
    for language in ("en", "ar"):
        for note in TOWN_NOTATIONS:
            counts = dict.fromkeys(("right", "around", "wrong", "area-only", "ambiguous", "unresolved"), 0)
            for town in towns:
                x, g = (place.name if language == "en" else place.names.get("ar", "")
                        for place in (town, gazetteer.place(town.admin1)))  # fmt: skip
                if not x or not g:
                    continue
                found = gazetteer.resolve(note.format(x=x, g=g))
                outcome: str = found.status
                if outcome == "resolved":
                    away = float(geodesic_distance_m(found.point.x, found.point.y, town.lon, town.lat))
                    same = found.best.place.place_id == town.place_id or away <= min(found.radius_m, town.radius_m)
                    outcome = "right" if same else "around" if away <= found.radius_m else "wrong"
                counts[outcome] += 1
            yield language, note, counts


HELD_OUT_KINDS = ("town", "village", "neighbourhood", "camp")
HELD_OUT_PARTS = 20


def held_out_places(gazetteer: Gazetteer) -> dict[tuple[str, str, str], dict[str, float]]:
    """Ask for places that the gazetteer does not have: any place in their stead is wrong, an area that holds them not.

    The bundled places of :data:`HELD_OUT_KINDS` are taken out of it a twentieth at a time, with all their names, and
    asked for by the preferred name and two others. Another bearer of the name within its own radius of the
    place is no wrong answer. By hint, kind and country: names asked, answers that are sure (resolved or area-only),
    and of those the share that leaves the truth outside.
    """
    places = [gazetteer.place(place_id) for place_id in gazetteer.places["place_id"]]
    held = [place for place in places if place.kind in HELD_OUT_KINDS and place.admin1]
    random.Random(0).shuffle(held)
    counts: dict[tuple[str, str, str], list[int]] = {}
    for part in range(HELD_OUT_PARTS):
        out = held[part::HELD_OUT_PARTS]
        poorer = without(places=[place.place_id for place in out])
        for place in out:
            governorate = gazetteer.place(place.admin1).name
            hinted = {
                "country alone": {"country": place.country},
                "country and governorate": {"country": place.country, "governorate": governorate},
            }
            for hint, hints in hinted.items():
                for name in gazetteer.names(place.place_id)[:3]:
                    found = poorer.resolve(name, **hints)
                    for kind in (place.kind, "all"):
                        tally = counts.setdefault((hint, kind, place.country if kind != "all" else ""), [0, 0, 0, 0])
                        tally[0] += 1
                        if found.point is None:
                            continue
                        away = float(geodesic_distance_m(found.point.x, found.point.y, place.lon, place.lat))
                        outside = away > found.radius_m
                        tally[1] += 1
                        tally[2] += outside
                        tally[3] += found.status == "resolved" and outside
    return {key: {"names": asked, "answered": sure / asked, "outside, of the answered": out / max(1, sure),
                  "resolved and outside, of all": wrong / asked}
            for key, (asked, sure, out, wrong) in sorted(counts.items())}  # fmt: skip
