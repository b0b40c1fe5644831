"""What a source says of one place, cell by cell, and the report of what became of it."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import shapely

from geocasualty.gazetteer.names import script_of

MAX_NAME = 200
"""Longest name, in characters: the longest of GeoNames' has 200."""

REPORT_COLUMNS = (
    "action", "file", "row", "record_id", "name", "place_id", "distance_m", "column", "value", "reason",
)  # fmt: skip


_SORANI = set("ەێۆڵڕڤ")


class Source(NamedTuple):
    """A file and where its content comes from."""

    title: str
    licence: str
    file: str


class Parent(NamedTuple):
    """An area that a record says it lies in: kind, identifiers that the source uses, and a name."""

    kind: str
    identifiers: tuple[str, ...] = ()
    name: str = ""


@dataclass(slots=True)
class Record:
    """One row of one source, in the gazetteer's own words.

    ``identifiers`` are all under which other rows may mean this place; ``codes`` are those of them that people write.
    """

    source: Source
    row: int
    record_id: str
    name: str
    kind: str
    lon: float
    lat: float
    country: str = ""
    names: list[tuple[str, str]] = field(default_factory=list)
    identifiers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()
    radius_m: float = 0.0
    radius_source: str = ""
    population: int | None = None
    polygon: shapely.Geometry | None = None
    feature_code: str = ""
    note: str = ""


def tidy_name(text: Any) -> str:
    """The name with single blanks; empty if the cell holds none that could be a name."""
    if not isinstance(text, str):
        return ""
    name = " ".join(text.split())
    if len(name) > MAX_NAME or not (
        name.isprintable() or all(unicodedata.category(letter) not in ("Cc", "Cs", "Co") for letter in name)
    ):
        return ""
    return name if any(letter.isalnum() for letter in name) else ""


def language_of(name: str, given: str = "") -> str:
    """BCP 47 tag: the given one, with Kurdish in Arabic letters as Sorani; without one, what the letters say."""
    code = given.strip().lower()
    if script_of(name) == "Arab":
        if code in ("ku", "kur", "kurdish") or (not code and set(name) & _SORANI):
            return "ckb"
        return code or ("ar" if not set(name) & set("یکگپچژہ") else "")
    return {"kurdish": "ku", "kur": "ku", "english": "en"}.get(code, code)


class BadCellError(Exception):
    """A cell that makes its row unusable; the row is rejected and reported."""

    def __init__(self, column: str, value: Any, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


class Spot(NamedTuple):
    """Longitude and latitude."""

    lon: float
    lat: float


def coordinates(lon: Any, lat: Any, columns: tuple[str, str] = ("longitude", "latitude")) -> Spot:
    """Degrees from two cells. Raises BadCellError if one is no number or outside the globe, or both are 0."""
    values = []
    for cell, column, limit in ((lon, columns[0], 180.0), (lat, columns[1], 90.0)):
        try:
            value = float(cell)
        except (TypeError, ValueError):
            raise BadCellError(column, cell, "not a number of degrees") from None
        if not math.isfinite(value) or abs(value) > limit:
            raise BadCellError(column, cell, f"not between -{limit:g} and {limit:g} degrees")
        values.append(value)
    if values == [0.0, 0.0]:
        raise BadCellError(columns[0], lon, "0, 0 is where missing coordinates go")
    return Spot(*values)


def spot_of(geometry: shapely.Geometry | None) -> Spot:
    """The point of a geometry of any type, in degrees.

    Raises BadCellError if there is none, or it is outside the globe.
    """
    if geometry is None or geometry.is_empty:
        raise BadCellError("geometry", "", "no geometry")
    west, south, east, north = geometry.bounds
    coordinates(west, south, ("geometry", "geometry"))
    coordinates(east, north, ("geometry", "geometry"))
    point = geometry if geometry.geom_type == "Point" else geometry.centroid
    return Spot(float(point.x), float(point.y))


def population(cell: Any) -> int | None:
    """Number of people; None where the cell holds none, zero or nonsense."""
    try:
        people = int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return None
    return people if 0 < people < 100_000_000 else None


def settlement_kind(feature_code: str, population: int) -> str:
    """Kind of a populated place by GeoNames' feature code and its population.

    PPLX is a section of a populated place. A governorate's seat (PPLA, PPLC) or 100,000 people make a city;
    a district's or subdistrict's seat (PPLA2, PPLA3) or 5,000 people make a town; the rest are villages.
    100,000 is OpenStreetMap's convention for ``place=city``; its 10,000 for a town would make villages of
    towns whose only figure is that of an old census.

    Examples
    --------
    >>> settlement_kind("PPL", 120_000), settlement_kind("PPLA3", 0), settlement_kind("PPL", 0)
    ('city', 'town', 'village')
    """
    if feature_code == "PPLX":
        return "neighbourhood"
    if feature_code in ("PPLA", "PPLC") or population >= 100_000:
        return "city"
    if feature_code in ("PPLA2", "PPLA3") or population >= 5_000:
        return "town"
    return "village"


class Report:
    """A table on disk of what was merged, kept apart, dropped or rejected; written row by row."""

    def __init__(self, path: Path) -> None:
        self.counts: Counter[str] = Counter()
        self.remarks: list[str] = []
        self._stream = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._stream, lineterminator="\n")
        self._writer.writerow(REPORT_COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, action: str, file: str, row: int | str, reason: str, *, count: int = 1, **cells: Any) -> None:
        """Write one row; ``cells`` are named as the columns of the report."""
        self.counts[action] += count
        known = {"action": action, "file": file, "row": row, "reason": reason, **cells}
        self._writer.writerow([str(known.get(column, ""))[:300] for column in REPORT_COLUMNS])

    def about(self, action: str, record: Record, reason: str, **cells: Any) -> None:
        """Write one row about a record."""
        self.add(
            action,
            record.source.file,
            record.row,
            reason,
            record_id=record.record_id,
            name=record.name,
            **cells,
        )

    def rejected(self, file: str, row: int, bad: BadCellError, **cells: Any) -> None:
        """Write one row about a row that cannot be used."""
        self.add("rejected", file, row, bad.reason, **{"column": bad.column, **cells}, value=bad.value)

    def remark(self, file: str, text: str) -> None:
        """Something about a whole file, for the screen and the report."""
        self.remarks.append(f"{file}: {text}")
        self.add("remark", file, "", text)
