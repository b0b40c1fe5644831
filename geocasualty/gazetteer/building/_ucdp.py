"""The place names of UCDP GED: what its rows name, where they put it, and how many rows do."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from geocasualty.errors import InputError
from geocasualty.gazetteer.building._csv import table_rows
from geocasualty.gazetteer.building._record import (
    BadCellError,
    Parent,
    Record,
    Report,
    Source,
    Spot,
    coordinates,
    language_of,
    tidy_name,
)
from geocasualty.gazetteer.names import fold_key
from geocasualty.taxonomy import TAXONOMY

NEEDED = ("where_prec", "where_coordinates", "adm_1", "adm_2", "latitude", "longitude", "country_id")
"""Columns that every version since GED 5.0 has; some write other columns in capitals or with other identifiers."""

NEAR_M = 25_000.0
"""Reach of ``where_prec`` 2 (GED codebook: "within ca. 25 km around a known point"); rows of one name farther apart
than this mean two places."""

_KINDS = {
    "city": "city", "town": "town", "village": "village", "hamlet": "village", "suburb": "neighbourhood",
    "neighbourhood": "neighbourhood", "neighborhood": "neighbourhood", "quarter": "neighbourhood",
    "refugee camp": "camp", "idp camp": "camp", "camp": "camp", "air base": "airbase", "airbase": "airbase",
    "military airbase": "airbase", "military airport": "airbase", "airport": "facility", "heliport": "facility",
    "army base": "facility", "military base": "facility", "base": "facility", "dam": "facility", "castle": "facility",
    "gas field": "facility", "oil field": "facility", "oilfield": "facility", "checkpoint": "facility",
    "border crossing": "facility", "crossing": "facility",
}  # fmt: skip
"""Kind words that stand behind a name (or, with "of", before it) to kind."""

_SITES = {"airbase", "facility"}
"""Kinds whose word stays a part of the name: the plain name is the town's."""

_WORDS = "|".join(sorted(_KINDS, key=len, reverse=True))
_BEHIND = re.compile(rf"^(?P<name>.+?)\s+(?P<kind>{_WORDS})$", re.IGNORECASE)
_BEFORE = re.compile(rf"^(?:the\s+)?(?P<kind>{_WORDS})\s+of\s+(?P<name>.+)$", re.IGNORECASE)
_NOT_ONE = re.compile(
    r"\b(?:between|near|around|towards?|from|and|or|area|areas|road|roads|highway|street|border|countryside|outskirts|"
    r"region|district|sub-?district|province|governorate|division|county|municipality|state|department|commune|ward|"
    r"township|nahiya|jabal|jebel|tulul|reservoir|mountains?|hills?|valley|desert|forest|lake|river|island|islands|coast|farms?|front|km|"
    r"north(?:ern)?|south(?:ern)?|east(?:ern)?|west(?:ern)?|unknown|several|various)\b|[,;:?&]|\d{3}",
    re.IGNORECASE,
)
"""What makes a text no name of one settlement or site: it relates, joins, names an area or a direction."""

_ADMIN = re.compile(
    r"\s+(?:governorate|province|region|division|state|district|department|county|municipality|oblast|prefecture)$",
    re.IGNORECASE,
)

# Gleditsch and Ward's numbers of states, which GED calls country_id. 666 is left out: its events lie in two countries.
_PAIRS = """
2US 20CA 31BS 40CU 41HT 42DO 51JM 52TT 53BB 54DM 55GD 56LC 57VC 58AG 60KN 70MX 80BZ 90GT 91HN 92SV 93NI 94CR 95PA
100CO 101VE 110GY 115SR 130EC 135PE 140BR 145BO 150PY 155CL 160AR 165UY 200GB 205IE 210NL 211BE 212LU 220FR 221MC
223LI 225CH 230ES 232AD 235PT 260DE 290PL 305AT 310HU 316CZ 317SK 325IT 331SM 338MT 339AL 340RS 341ME 343MK 344HR
345RS 346BA 347XK 349SI 350GR 352CY 355BG 359MD 360RO 365RU 366EE 367LV 368LT 369UA 370BY 371AM 372GE 373AZ 375FI
380SE 385NO 390DK 395IS 402CV 403ST 404GW 411GQ 420GM 432ML 433SN 434BJ 435MR 436NE 437CI 438GN 439BF 450LR 451SL
452GH 461TG 471CM 475NG 481GA 482CF 483TD 484CG 490CD 500UG 501KE 510TZ 516BI 517RW 520SO 522DJ 530ET 531ER 540AO
541MZ 551ZM 552ZW 553MW 560ZA 565NA 570LS 571BW 572SZ 580MG 581KM 590MU 591SC 600MA 615DZ 616TN 620LY 625SD 626SS
630IR 640TR 645IQ 651EG 652SY 660LB 663JO 670SA 678YE 680YE 690KW 692BH 694QA 696AE 698OM 700AF 701TM 702TJ 703KG
704UZ 705KZ 710CN 712MN 713TW 731KP 732KR 740JP 750IN 760BT 770PK 771BD 775MM 780LK 781MV 790NP 800TH 811KH 812LA
816VN 817VN 820MY 830SG 835BN 840PH 850ID 860TL 900AU 910PG 920NZ 935VU 940SB 950FJ 970KI 971NR 972TO 973TV 983MH
986PW 987FM 990WS
"""
_COUNTRY = {pair[:-2]: pair[-2:] for pair in _PAIRS.split()}


_Key = tuple[str, str, str, str]
"""Country, first-level and second-level area, folded name."""


class _Row(NamedTuple):
    number: int
    precision: int
    spot: Spot
    names: list[str]
    kind: str


@dataclass(slots=True)
class NamedSpot:
    """A name of GED within one second-level area: where its rows put it and how many name it.

    ``precision`` is the best ``where_prec`` among them; position and radius follow from the rows that have it.
    """

    names: list[str]
    kind: str
    country: str
    admin1: str
    admin2: str
    lon: float
    lat: float
    radius_m: float
    precision: int
    rows: int
    first: int


def clean(text: str) -> tuple[list[str], str]:
    """The names of a ``where_coordinates`` without words of kinds, and the kind; no names where it is not one place.

    Examples
    --------
    >>> clean("Tadmur/Palmyra town"), clean("Tishrin Dam"), clean("Kafr Hamrah")
    ((['Tadmur', 'Palmyra'], 'town'), (['Tishrin Dam'], 'facility'), (['Kafr Hamrah'], 'village'))
    >>> clean("Road between Ariha and Jisr ash Shughur"), clean("Eastern Ghouta"), clean("")
    (([], ''), ([], ''), ([], ''))
    """
    text = tidy_name(text)
    bracketed = re.findall(r"\(([^()]*)\)", text)
    plain = " ".join(re.sub(r"\([^()]*\)", " ", text).split())
    found = _BEHIND.match(plain) or _BEFORE.match(plain)
    kind = _KINDS[found["kind"].lower()] if found else "village"
    bare = plain if found is None or kind in _SITES else found["name"]
    names = [tidy_name(part) for part in (*bare.split("/"), *bracketed)]
    if not names[0] or any(_NOT_ONE.search(name) for name in names[: 1 + bare.count("/")]):
        return [], ""
    others = [name for name in names[1:] if name and not _NOT_ONE.search(name)]
    return list(dict.fromkeys([names[0], *others])), kind


def named_spots(path: Path, report: Report) -> list[NamedSpot]:
    """Each name of precision 1 or 2 of a release, by country, areas and name.

    Raises InputError if a column is missing or a row has another number of cells than the header.
    """
    groups: dict[_Key, list[_Row]] = defaultdict(list)
    for key, row in _rows(path, report):
        groups[key].append(row)
    found = []
    for key, group in sorted(groups.items()):
        spot = _spot(key, group)
        if spot is not None:
            found.append(spot)
            continue
        report.add(
            "rejected", path.name, group[0].number, "rows of one name and area lie more than 25 km apart",
            name=group[0].names[0], count=len(group),
        )  # fmt: skip
    return found


def _rows(path: Path, report: Report) -> Iterator[tuple[_Key, _Row]]:
    """The rows that name one place to 25 km; the others are counted in the report."""
    rows = table_rows(path, "download it again")
    header = [cell.strip().lower() for cell in next(rows)[1]]
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise InputError(f"{path.name}: no column {', '.join(missing)}; is it a CSV release of UCDP GED?")
    skipped: Counter[str] = Counter()
    for number, cells in rows:
        values = {column: cells[header.index(column)].strip() for column in NEEDED}
        names, kind = clean(values["where_coordinates"])
        precision = values["where_prec"].removesuffix(".0")
        if precision not in ("1", "2"):
            skipped["where_prec is not 1 or 2"] += 1
        elif not names:
            skipped["not the name of one place"] += 1
        else:
            try:
                spot = coordinates(values["longitude"], values["latitude"])
            except BadCellError as bad:
                report.rejected(path.name, number, bad, name=names[0])
                continue
            country = _COUNTRY.get(values["country_id"].removesuffix(".0"), "")
            admin1, admin2 = (_ADMIN.sub("", tidy_name(values[column])) for column in ("adm_1", "adm_2"))
            yield (country, admin1, admin2, fold_key(names[0])), _Row(number, int(precision), spot, names, kind)
    for reason, count in sorted(skipped.items()):
        report.add("skipped", path.name, f"{count} rows", reason, count=count)


def _spot(key: _Key, group: list[_Row]) -> NamedSpot | None:
    """Where the best rows of a name put it; None if they lie too far apart to be one place."""
    best = min(row.precision for row in group)
    used = [row.spot for row in group if row.precision == best]
    lon, lat = median(spot.lon for spot in used), median(spot.lat for spot in used)
    spread = max(_metres(lon, lat, spot) for spot in used)
    if spread > NEAR_M:
        return None
    names = list(dict.fromkeys(name for row in group for name in row.names))
    kinds = [row.kind for row in group]
    # The commonest kind word; of two the larger settlement, since a row may call a town a village.
    kind = max(sorted(set(kinds)), key=lambda each: (kinds.count(each), TAXONOMY[each].radius_m))
    at_least = TAXONOMY["village" if kind == "neighbourhood" else kind].radius_m if best == 1 else NEAR_M
    radius = max(float(at_least), math.ceil(spread / 100) * 100.0)
    country, admin1, admin2, _ = key
    return NamedSpot(
        names, kind, country, admin1, admin2, round(lon, 5), round(lat, 5), radius, best, len(group), group[0].number
    )


def _metres(lon: float, lat: float, spot: Spot) -> float:
    east = (spot.lon - lon) * math.cos(math.radians(lat))
    return math.hypot(east, spot.lat - lat) * 111_320.0


def records_of(spots: Iterable[NamedSpot], source: Source) -> Iterator[Record]:
    """One record for each name; where it lies twice in one governorate its district tells the two apart."""
    for spot in spots:
        areas = (("governorate", spot.admin1), ("district", spot.admin2))
        yield Record(
            source=source,
            row=spot.first,
            record_id="ucdp:" + "-".join(
                re.sub(r"\W+", "-", part.lower()) for part in (spot.country, spot.admin1, spot.admin2, spot.names[0])
            ),
            name=spot.names[0],
            kind=spot.kind,
            lon=spot.lon,
            lat=spot.lat,
            country=spot.country,
            names=[(name, language_of(name)) for name in spot.names],
            parents=tuple(Parent(kind, name=name) for kind, name in areas if name),
            radius_m=spot.radius_m,
            radius_source=f"where_prec {spot.precision}",
            note=f"UCDP GED: {spot.rows} {'row' if spot.rows == 1 else 'rows'}",
        )  # fmt: skip


def ucdp_records(path: Path, report: Report, source: Source) -> Iterator[Record]:
    """One record for each name of a release."""
    return records_of(named_spots(path, report), source)
