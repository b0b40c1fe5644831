"""What is a record's evidence, and which of its places did a person correct?"""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd
import shapely

from geocasualty._renamed import renamed_columns
from geocasualty.decisions import SIGNED, signature
from geocasualty.errors import InputError
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.gazetteer.precision import PRECISIONS, RADIUS_M, precision_dtype, precision_of_radius
from geocasualty.geodesy import MAX_RADIUS_M
from geocasualty.records._inputs import read_cells
from geocasualty.records._moved import known_accuracy, moved

__all__ = ["Evidence", "apply_corrections", "format_sources", "hidden_host", "is_link", "parse_sources"]

_ESCAPED = re.compile(r"\\([\\;|])")
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_UNLINKED = re.compile(r"[\s\x00-\x20\x7f<>\"\\^`{}]")

CORRECTED = ("latitude", "longitude", "place_text", "radius_m", "precision")
"""What a correction may change."""


class Evidence(NamedTuple):
    """One source of a record; empty where it is not known.

    Attributes
    ----------
    title : str
        Who says what.
    url, archive_url : str
        Links, http or https.
    accessed : str
        The day, month or year on which it was read, as ISO 8601.
    """

    title: str = ""
    url: str = ""
    archive_url: str = ""
    accessed: str = ""


def is_link(text: str) -> bool:
    """Whether a text is a whole http or https address, and nothing that a page could run.

    Examples
    --------
    >>> is_link("https://airwars.org/a?b=c;d"), is_link("javascript:alert(1)"), is_link("")
    (True, False, False)
    """
    if _UNLINKED.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def hidden_host(text: str) -> str:
    """Where a link leads, in the letters by which a browser asks for it, if the eye may take it for another place.

    A name before ``@`` is no host, and letters of other alphabets look like those of a host that readers know.

    Examples
    --------
    >>> hidden_host("https://airwars.org@evil.example/a"), hidden_host("https://airwars.org/a@b")
    ('evil.example', '')
    >>> hidden_host("https://аirwars.org/"), hidden_host("https://xn--irwars-2nf.org/")
    ('xn--irwars-2nf.org', 'xn--irwars-2nf.org')
    """
    parts = urlsplit(text)
    host = parts.hostname or ""
    if "@" not in parts.netloc and host.isascii() and "xn--" not in host:
        return ""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode("ascii")


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def parse_sources(text: str | None) -> list[Evidence]:
    r"""Read the cell ``sources`` of a record.

    Parameters
    ----------
    text : str or None
        Sources joined by ``;``, each ``title | url | archive url | accessed``, of which any may be empty and the last
        ones absent. One part alone is a link if it is one, else a title. ``\;``, ``\|`` and ``\\`` stand for
        themselves.

    Returns
    -------
    list of Evidence
        In the order given; empty if the cell is. What stands in a link's place and is none, or in a day's, becomes
        part of the title, so that nothing is lost and nothing else is ever a link.

    Examples
    --------
    >>> parse_sources("Airwars: CS123 | https://airwars.org/cs123 | | 2021-04-09; https://example.org/a")[0]
    Evidence(title='Airwars: CS123', url='https://airwars.org/cs123', archive_url='', accessed='2021-04-09')
    >>> parse_sources("A note | javascript:alert(1)")
    [Evidence(title='A note | javascript:alert(1)', url='', archive_url='', accessed='')]
    >>> parse_sources(""), parse_sources(None)
    ([], [])
    """
    if text is None or not isinstance(text, str):
        return []
    return [_evidence(part) for part in _split(text, ";") if part.strip()]


def _split(text: str, mark: str) -> list[str]:
    """Cut at each mark that no backslash escapes."""
    cuts = [found.start() for found in re.finditer(rf"\\[\\;|]|[{mark}]", text) if found[0] == mark]
    return [text[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(text)], strict=True)]


def _evidence(part: str) -> Evidence:
    fields = [_ESCAPED.sub(r"\1", field.strip()).strip() for field in _split(part, "|")]
    if len(fields) == 1:
        return Evidence(url=fields[0]) if is_link(fields[0]) else Evidence(title=fields[0])
    title, *rest = fields
    kept = ["", "", ""]
    astray = []
    for position, field in enumerate(rest):
        if position < 3 and (not field or (_is_day(field) if position == 2 else is_link(field))):
            kept[position] = field
        else:
            astray.append(field)
    return Evidence(" | ".join(filter(None, [title, *astray])), *kept)


def format_sources(sources: Iterable[Evidence]) -> str:
    r"""Write sources as the cell that :func:`parse_sources` reads.

    Parameters
    ----------
    sources : iterable of Evidence
        Those without anything in them are left out.

    Returns
    -------
    str
        One line a cell can hold; blanks around each part are dropped.

    Raises
    ------
    geocasualty.errors.InputError
        If an address is no http or https link, or a day is not ISO 8601.

    Examples
    --------
    >>> format_sources([Evidence("Reuters; Baghdad", "https://example.org/a", accessed="2015-06-04"), Evidence("Note")])
    'Reuters\\; Baghdad | https://example.org/a |  | 2015-06-04; Note'
    >>> format_sources([])
    ''
    """
    cells = []
    for source in sources:
        fields = [field.strip() for field in source]
        for column, field in zip(("url", "archive_url"), fields[1:3], strict=True):
            if field and not is_link(field):
                raise InputError(
                    f"column {column!r}, value {field[:80]!r}: expected an http or https link",
                    column=column,
                    value=field,
                )
        if fields[3] and not _is_day(fields[3]):
            raise InputError(
                f"column 'accessed', value {fields[3][:80]!r}: expected a day such as '2015-06-04'",
                column="accessed",
                value=fields[3],
            )
        if any(fields):
            cells.append(_cell(fields))
    return "; ".join(cells)


def _cell(fields: list[str]) -> str:
    if not any((fields[0], fields[2], fields[3])):
        return _escaped(fields[1])
    while not fields[-1]:
        fields.pop()
    text = " | ".join(map(_escaped, fields)).strip()
    return f"{text} |" if len(fields) == 1 and is_link(fields[0]) else text


def _escaped(text: str) -> str:
    return re.sub(r"[\\;|]", r"\\\g<0>", text)


def apply_corrections(
    frame: gpd.GeoDataFrame,
    corrections: pd.DataFrame | str | os.PathLike[str],
    *,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    r"""Put a person's corrections of places above what was read; they win, and they show.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents or strikes; not modified.
    corrections : path or pandas.DataFrame
        One row a record: ``incident_id`` or ``strike_id``; ``analyst``, ``date`` (ISO) and ``note``, all
        needed; and at least one of ``latitude`` with ``longitude``, ``place_text``, ``radius_m`` and
        ``precision``. Empty cells change nothing. Coordinates need ``radius_m`` or ``precision``: how far off
        may they be? A place without coordinates goes through the gazetteer, and may be an MGRS reference or
        coordinates as text.
    gazetteer : Gazetteer, optional
        Locates corrected places and knows the countries; the bundled one if not given.

    Returns
    -------
    geopandas.GeoDataFrame
        On the caller's index, with the column ``corrected_by`` (empty where nobody did); ``location_reason`` says
        by whom, when and why, what else changed with it, and what stood there before. A corrected place or corrected
        coordinates lift the flags of the old place (such as ``placeholder`` and ``geometry-conflict``) and give the
        country in which the record now lies; far outside every known one, the old country stays, with the flag
        ``outside-country``. Where that changes the time zone, whole local days become the same days of the new zone;
        any other interval is left as it was, and the reason says so. A time zone that the source states stays.

    Raises
    ------
    geocasualty.errors.InputError
        For an unknown or repeated identifier, a value that cannot be, or an unsigned correction, naming row, column
        and value.

    Examples
    --------
    >>> import geocasualty as gcas, pandas as pd
    >>> from geocasualty.records.evidence import apply_corrections
    >>> incidents = gcas.load_casebook().incidents
    >>> table = pd.DataFrame({"incident_id": ["hawijah-2015-06"], "latitude": [35.325], "longitude": [43.775],
    ...     "radius_m": [300], "analyst": ["A. Analyst"], "date": ["2021-04-10"],
    ...     "note": ["seen in satellite pictures"]})
    >>> corrected = apply_corrections(incidents, table)
    >>> corrected.loc[0, "corrected_by"], float(corrected.loc[0, "radius_m"]), corrected.loc[0, "precision"]
    ('A. Analyst', 300.0, 'street')
    >>> apply_corrections(incidents, table.head(0))["corrected_by"].unique().tolist()
    ['']
    """
    identifier = next((name for name in ("incident_id", "strike_id") if name in frame.columns), None)
    if identifier is None:
        raise InputError("no column 'incident_id' or 'strike_id'; corrections are for tables of records")
    cells = read_cells(corrections)
    names = {"place": "place_text", "lat": "latitude", "lon": "longitude", **renamed_columns("corrections", cells)}
    cells = {names.get(name, name): values for name, values in cells.items()}
    missing = [name for name in (identifier, *SIGNED) if name not in cells]
    if missing or not set(CORRECTED) & cells.keys():
        wanted = ", ".join(map(repr, missing)) or f"that is corrected ({', '.join(CORRECTED)})"
        raise InputError(
            f"corrections: no column {wanted}; they have {', '.join(map(repr, cells))}",
            column=missing[0] if missing else None,
        )
    result = _prepared(frame)
    positions = {str(key): number for number, key in enumerate(result[identifier])}
    seen: dict[str, int] = {}
    for number in range(len(cells[identifier])):
        row = _Row(number + 1, {name: values[number].strip() for name, values in cells.items()})
        key = row.cells[identifier]
        if key not in positions:
            raise row.error(identifier, f"no such {identifier} among the {len(result)} records; correct it")
        if key in seen:
            raise row.error(identifier, f"row {seen[key]} corrects it too; keep the one that holds")
        seen[key] = row.number
        row.check()
        gazetteer = gazetteer or load_gazetteer()
        _apply(result, positions[key], row, gazetteer)
    return result


class _Row:
    """One correction, as text."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        self.number, self.cells = number, cells

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def error(self, column: str, reason: str) -> InputError:
        return InputError.of_cell("corrections", self.number, column, self.get(column), reason)

    def check(self) -> None:
        for column in SIGNED:
            if not self.get(column):
                raise self.error(column, "a correction says by whom, when and why; fill it in")
        if len(self.get("date")) < 10 or not _is_day(self.get("date")):
            raise self.error("date", "expected a day such as '2021-04-10'")
        if not any(map(self.get, CORRECTED)):
            raise self.error("latitude", f"nothing is corrected; fill in one of {', '.join(CORRECTED)}")
        if self.get("precision") and self.get("precision") not in PRECISIONS:
            raise self.error("precision", f"expected one of {', '.join(PRECISIONS)}")

    def metres(self) -> float | None:
        """The radius stated, or that of the precision stated."""
        if self.get("radius_m"):
            return self.number_in("radius_m", 0.0, MAX_RADIUS_M, open_below=True)
        return RADIUS_M[self.get("precision")] if self.get("precision") else None

    def number_in(self, column: str, low: float, high: float, *, open_below: bool = False) -> float:
        try:
            value = float(self.get(column))
        except ValueError:
            value = math.nan
        if not low <= value <= high or (open_below and value == low):
            raise self.error(column, f"expected a number {'above' if open_below else 'from'} {low:g} to {high:g}")
        return value

    def point(self) -> shapely.Point | None:
        if not self.get("latitude") and not self.get("longitude"):
            return None
        latitude = self.number_in("latitude", -90, 90)
        longitude = self.number_in("longitude", -180, 180)
        if latitude == longitude == 0:
            raise self.error("latitude", "(0, 0) lies in the Atlantic; leave both empty if the place is not known")
        if self.metres() is None:
            raise self.error("radius_m", "coordinates need radius_m or precision: how far off may they be?")
        return shapely.Point(longitude, latitude)


def _prepared(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    result = frame.copy()
    for column in ("corrected_by", "location_reason"):
        if column not in result.columns:
            result[column] = pd.Series([""] * len(result), index=result.index, dtype=str)
    return result


def _apply(frame: gpd.GeoDataFrame, position: int, row: _Row, gazetteer: Gazetteer) -> None:
    place, point, radius = row.get("place_text"), row.point(), row.metres()
    changed: dict[str, Any] = {}
    country = ""
    if point is not None and radius is not None:
        changed |= {"geometry": point, "radius_m": radius, "vicinity": False}
        changed["precision"] = row.get("precision") or precision_of_radius(radius)
        changed |= {"place_id": ""} if place else {}
    elif place:
        located, country = _located(frame, position, row, radius, gazetteer)
        changed |= located
    elif radius is not None:
        shape = frame.geometry.iloc[position]
        if shape is None or shape.geom_type != "Point":
            kind = "unlocated" if shape is None else "an area, not a point"
            raise row.error("radius_m", f"the record is {kind}; give its coordinates or place too")
        changed |= {"radius_m": radius, "precision": row.get("precision") or precision_of_radius(radius)}
        changed["flags"] = known_accuracy(frame.iloc[position].to_dict().get("flags"))
    said = ""
    if "geometry" in changed:
        changed |= moved(frame.iloc[position].to_dict(), changed["geometry"], country, gazetteer)
        said = changed.pop("said")
    if place:
        changed["place_text"] = place
    at = frame.columns.get_loc
    before = frame.iat[position, at("location_reason")]
    signed = f"corrected{signature(row.get)}"
    signed = f"{signed}; {said}" if said else signed
    changed["location_reason"] = f"{signed} (before: {before})" if isinstance(before, str) and before else signed
    changed["corrected_by"] = row.get("analyst")
    for column, value in changed.items():
        if column in frame.columns:
            frame.iloc[position, at(column)] = value


def _located(
    frame: gpd.GeoDataFrame, position: int, row: _Row, radius: float | None, gazetteer: Gazetteer
) -> tuple[dict[str, Any], str]:
    """What a place text changes, and the country of its place; empty for a reference or coordinates."""
    country = frame["country"].iloc[position] if "country" in frame.columns else None
    found = gazetteer.resolve(row.get("place_text"), country=country or None)
    if found.geometry is None:
        raise row.error("place_text", f"{found.status}: {found.reason}; give its coordinates and radius_m")
    area = found.polygon is not None and radius is None
    rung = row.get("precision") or found.precision or precision_of_radius(found.radius_m)
    place = found.best.place if found.best else None
    middle = place.point if place and found.polygon is not None else found.point
    return {
        "geometry": found.geometry if area else middle,
        "radius_m": math.nan if area else max(found.radius_m, radius or 0.0),
        "precision": pd.Series([rung], dtype=precision_dtype()).iloc[0],
        "vicinity": found.vicinity,
        "place_id": place.place_id if place else "",
    }, place.country if place else ""
