"""Reads the reviewable tables of a gazetteer: places, names, areas."""

from __future__ import annotations

import csv
import gc
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import shapely

from geocasualty.errors import InputError
from geocasualty.gazetteer.names import bare_keys, fold_keys, plain_keys
from geocasualty.gazetteer.place import Place
from geocasualty.geodesy import is_radius, on_earth, shapes_on_earth
from geocasualty.taxonomy import LEVELS, TAXONOMY

Key = Literal["plain", "fold"]

NAME_COLUMNS = {"name_ar": "ar"}
"""Columns of a place's name in other languages, with the language."""

KEYS: dict[Key, Callable[[Iterable[str]], list[str]]] = {"plain": plain_keys, "fold": fold_keys}
"""How coarsely names are compared, finest first."""

FILES = ("places.csv", "names.csv", "areas.geojson")
FIGURES = ("lon", "lat", "radius_m")
BEARERS = "bearers.csv"
"""A folder may do without this one."""

BUNDLED_CREDIT = "Places: GeoNames and UCDP GED (CC BY 4.0), airportsdata and geocasualty; boundaries: Natural Earth"
"""What the licences of the bundled tables' sources ask for (``data/gazetteer/SOURCES.md``)."""


APART_M = 5_000.0
"""Two points of one name nearer than this are one place: a village and its second record."""

NOT_BEARERS = frozenset(LEVELS)
"""Kinds that do not count: an area named after its seat is no second place."""


def bundled_folder() -> Path:
    """The folder of the bundled gazetteer: beside this module in a wheel, at the top of a checkout.

    Raises InputError if neither holds the tables, as after a broken installation.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "data", here.parents[1] / "data" / "gazetteer"):
        if all((folder / name).is_file() for name in FILES):
            return folder
    raise InputError("the bundled gazetteer is missing from this installation; reinstall geocasualty")


def local_names(row: Mapping[str, str | None]) -> dict[str, str]:
    """The names that a row gives in other languages, by language."""
    return {language: name for column, language in NAME_COLUMNS.items() if (name := row.get(column))}


@contextmanager
def without_collecting() -> Iterator[None]:
    """Reading makes objects by the hundred thousand and no cycles; looking for some takes half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def is_place(place_id: str, name: str, kind: str, lon: float, lat: float, radius_m: float) -> bool:
    """Whether what a gazetteer's file says of a place can be one."""
    return bool(place_id and name and kind in TAXONOMY and on_earth(lon, lat) and radius_m and is_radius(radius_m))


def no_place(row: Mapping[str, Any]) -> str:
    """What a file says of a place that can be none."""
    told = (f"{name} {str(row.get(name))[:80]!r}" for name in ("place_id", "name", "kind", *FIGURES))
    return f"{', '.join(told)}: each place needs these and a point on Earth; correct it"


def _decimal(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def prepared(file: str, outlines: Any) -> None:
    """Make outlines of a gazetteer ready for many questions, after they have been looked at."""
    if not shapes_on_earth(outlines).all():
        raise InputError(f"{file}: an outline of an area lies beyond the degrees of the Earth, or is empty; correct it")
    shapely.prepare(outlines)


class Tables:
    """The tables of a gazetteer folder (``places.csv``, ``names.csv``, ``areas.geojson``), each read on first use."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        missing = [name for name in FILES if not (self.folder / name).is_file()]
        if missing:
            raise InputError(f"{self.folder.name}: no {', '.join(missing)} in this folder; expected {', '.join(FILES)}")

    @property
    def attribution(self) -> str:
        """The credit line that the sources' licences ask for."""
        return BUNDLED_CREDIT

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    @cached_property
    def version(self) -> str:
        """A digest of the tables: the same tables have the same version anywhere."""
        digest = hashlib.sha256()
        for name in FILES + (BEARERS,) * self._counted:
            digest.update((self.folder / name).read_bytes().replace(b"\r\n", b"\n"))
        return digest.hexdigest()[:12]

    @cached_property
    def areas(self) -> dict[str, tuple[shapely.Geometry, bool, str]]:
        """``place_id`` to polygon, whether it is approximate, and the note on it."""
        features = json.loads((self.folder / "areas.geojson").read_text(encoding="utf-8"))["features"]
        polygons = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
        prepared(self.folder.name, polygons)
        return {
            feature["properties"]["place_id"]: (
                polygon,
                bool(feature["properties"]["approximate"]),
                feature["properties"]["note"] or "",
            )
            for feature, polygon in zip(features, polygons, strict=True)
        }

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        """Every alternate name: ``place_id``, name, language."""
        return [(row["place_id"], row["name"], row["language"]) for row in self._rows("names.csv")]

    @without_collecting()
    def index(self, key: Key) -> dict[str, list[str]]:
        """Folded name to the ``place_id`` of each place that has it, sorted; preferred names count as names."""
        named = list(self.named())
        found: dict[str, dict[str, None]] = {}
        for folded, (place_id, _) in zip(KEYS[key](name for _, name in named), named, strict=True):
            if folded:
                found.setdefault(folded, {})[place_id] = None
        return {folded: sorted(ids) for folded, ids in found.items()}

    def named(self) -> Iterable[tuple[str, str]]:
        """``place_id`` and name for every name, the preferred ones too, in any order."""
        yield from ((place.place_id, place.name) for place in self.places.values())
        yield from ((place_id, name) for place_id, name, _ in self.names)

    @cached_property
    def bearers(self) -> dict[str, int]:
        """How many places bear a name, by its ``bare_key``; a name that is missing has one.

        From ``bearers.csv`` where the folder has it, which counts places of other sources too; else from its own names.
        """
        if self._counted:
            return {row["key"]: int(row["places"]) for row in self._rows(BEARERS)}
        return self._own_bearers()

    @property
    def _counted(self) -> bool:
        return (self.folder / BEARERS).is_file()

    def _own_bearers(self) -> dict[str, int]:
        found = ((self.places[place_id], name) for place_id, name in self.named() if place_id in self.places)
        return bearers_of((name, place.lon, place.lat) for place, name in found if place.kind not in NOT_BEARERS)

    @cached_property
    def places(self) -> dict[str, Place]:
        """``place_id`` to place, in the order of the table."""
        areas, rows = self.areas, self._rows("places.csv")
        for number, row in enumerate(rows, start=1):
            if not is_place(row["place_id"], row["name"], row["kind"], *map(_decimal, map(row.get, FIGURES))):
                raise InputError(f"{self.folder.name}: places.csv: row {number}: {no_place(row)}")
        return {
            row["place_id"]: Place(
                place_id=row["place_id"],
                name=row["name"],
                kind=row["kind"],
                country=row["country"],
                lon=float(row["lon"]),
                lat=float(row["lat"]),
                radius_m=float(row["radius_m"]),
                radius_source=row["radius_source"],
                admin1=row["admin1"],
                admin2=row["admin2"],
                population=int(row["population"]) if row["population"] else None,
                polygon=areas[row["place_id"]][0] if row["place_id"] in areas else None,
                names=local_names(row),
                source=row["source"],
                licence=row["licence"],
                note=row["note"],
            )
            for row in rows
        }


def bearers_of(named: Iterable[tuple[str, float, float]]) -> dict[str, int]:
    """Number of places, farther apart than ``APART_M``, by the ``bare_key`` of their names, if it is above one.

    Given are name, longitude and latitude, of a place once for each of its names.

    Examples
    --------
    >>> bearers_of([("Sinjar", 41.88, 36.32), ("Sinjār", 41.87, 36.33), ("Sinjar", 37.0, 35.59), ("Hit", 42.83, 33.64)])
    {'sinjar': 2}
    >>> bearers_of([])
    {}
    """
    rows = list(named)
    spots: dict[str, list[tuple[float, float]]] = {}
    for key, (_, lon, lat) in zip(bare_keys(plain_keys(name for name, _, _ in rows)), rows, strict=True):
        if key:
            known = spots.setdefault(key, [])
            if all(_apart(lon, lat, *other) for other in known):
                known.append((lon, lat))
    return {key: len(known) for key, known in sorted(spots.items()) if len(known) > 1}


def _apart(lon: float, lat: float, other_lon: float, other_lat: float) -> bool:
    east = (lon - other_lon) * math.cos(math.radians(lat))
    return math.hypot(east, lat - other_lat) * 111_320.0 > APART_M
