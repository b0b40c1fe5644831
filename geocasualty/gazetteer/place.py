"""What a gazetteer holds and what it answers: places, candidates, resolutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Literal

import shapely

from geocasualty._shown import html_table, shown
from geocasualty.taxonomy import TAXONOMY
from geocasualty.theatre.languages import local_language
from geocasualty.theatre.theatre import theatre

__all__ = ["Candidate", "Place", "Resolution", "Status"]

Status = Literal["resolved", "area-only", "ambiguous", "unresolved"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A gazetteer entry.

    Attributes
    ----------
    place_id, name, kind, country : str
        Identifier, preferred name, kind (``city``, ``governorate``, ...) and ISO 3166-1 alpha-2 country.
    lon, lat : float
        Degrees, WGS84.
    radius_m : float
        The true position lies within this many metres of the point in 9 of 10 cases.
    radius_source : str
        Where the radius comes from: ``polygon`` or the rule that estimated it.
    admin1, admin2 : str
        ``place_id`` of the governorate and district; empty where unknown.
    population : int or None
        As the source gives it.
    polygon : shapely.Geometry or None
        The footprint, where one is known.
    names : mapping of str to str
        The preferred name in other languages, by their ISO 639 code; those not known are missing.
    source, licence, note : str
        Provenance.
    admin3 : str
        ``place_id`` of the sub-district; empty where unknown.
    """

    place_id: str
    name: str
    kind: str
    country: str
    lon: float
    lat: float
    radius_m: float
    radius_source: str = ""
    admin1: str = ""
    admin2: str = ""
    population: int | None = None
    polygon: shapely.Geometry | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    licence: str = ""
    note: str = ""
    admin3: str = ""

    @property
    def point(self) -> shapely.Point:
        """The point of the place (longitude, latitude)."""
        return shapely.Point(self.lon, self.lat)

    @property
    def precision(self) -> str:
        """How well a record is located that names this place."""
        return TAXONOMY[self.kind].precision

    @property
    def local_name(self) -> str:
        """The name in the language of its country; empty where none is known."""
        language = local_language(self.country)
        return self.names.get(language.code, "") if language else ""

    def _repr_html_(self) -> str:
        """What is known of it, in a notebook."""
        rows = {
            "kind": self.kind,
            "country": self.country,
            "latitude, longitude": f"{self.lat:.5f}, {self.lon:.5f}",
            "radius": f"{self.radius_m / 1000:.1f} km" + (f" ({self.radius_source})" if self.radius_source else ""),
            "names": ", ".join(f"{name} ({code})" for code, name in sorted(self.names.items())),
            "population": "" if self.population is None else f"{self.population:,}",
            "source": f"{self.source} {self.licence}".strip(),
            "note": self.note,
        }
        return html_table(f"{self.name}, {self.place_id}", [row for row in rows.items() if row[1]])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a text may mean, with the score (0 to 1), the reason, and its label.

    The label has name, governorate and country, as in ``Sinjar (Nineveh, IQ)``, and the kind where another place there
    has that name, as in ``Hit district (Anbar, IQ)``; given back to the gazetteer it is this place.
    """

    place: Place
    score: float
    reason: str
    admin1_name: str = ""
    label: str = ""

    def __repr__(self) -> str:
        return shown(
            f"<Candidate {self.label} {self.place.kind} {self.place.place_id} score={self.score:.2f}: {self.reason}>"
        )


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer to one text: a geometry with its uncertainty, or a refusal with its reason.

    Attributes
    ----------
    query : str
        The text as asked.
    status : {"resolved", "area-only", "ambiguous", "unresolved"}
        ``area-only``: the place is unknown, the area named with it is known.
    candidates : tuple of Candidate
        Ranked, best first.
    point : shapely.Point or None
        Of the phrase, not only of the place; None where ambiguous or unresolved.
    polygon : shapely.Geometry or None
        The footprint of an area.
    radius_m : float
        The truth lies within this many metres of the point in 9 of 10 cases; NaN where there is none.
    precision : str or None
        A rung of the ladder.
    vicinity : bool
        True where the text says "near X".
    reason : str
        Why this answer, in words.
    unused : tuple of str
        Names of the text that explain nothing of the answer, or lie outside what is stated, as they stand there, and a
        question mark; an answer with any is not "resolved".
    elsewhere : tuple of str
        ISO codes of the country that the text states, of which the gazetteer holds no place; of several the text may
        mean either.
    """

    query: str
    status: Status
    candidates: tuple[Candidate, ...] = ()
    point: shapely.Point | None = None
    polygon: shapely.Geometry | None = None
    radius_m: float = float("nan")
    precision: str | None = None
    vicinity: bool = False
    reason: str = ""
    unused: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    _best: Candidate | None = field(default=None, repr=False)

    @property
    def best(self) -> Candidate | None:
        """The candidate that was chosen; None where ambiguous or unresolved, never a guess."""
        return self._best

    @property
    def geometry(self) -> shapely.Geometry | None:
        """The polygon of an area, else the point, else None."""
        return self.polygon if self.polygon is not None else self.point

    def __repr__(self) -> str:
        where = f" {self.best.label}" if self.best else ""
        radius = f" ± {self.radius_m / 1000:.1f} km" if self.radius_m == self.radius_m else ""
        return shown(f"<Resolution {self.query!r}: {self.status}{where}{radius}; {self.reason}>")

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td dir="auto" style="text-align:start">{escape(text)}</td>'
                for text in (
                    ("→ " if candidate is self.best else "") + candidate.place.name,
                    candidate.place.local_name,
                    candidate.place.kind,
                    candidate.admin1_name,
                    candidate.place.country,
                    f"{candidate.place.radius_m / 1000:.1f}",
                    f"{candidate.score:.2f}",
                    candidate.reason,
                )
            )
            + "</tr>"
            for candidate in self.candidates[:10]
        )
        head = "".join(
            f"<th>{title}</th>"
            for title in (
                "place",
                theatre().local_language,
                "kind",
                "governorate",
                "country",
                "radius, km",
                "score",
                "why",
            )
        )
        caption = f"<b dir='auto'>{escape(self.query)}</b>: {escape(self.status)}; {escape(self.reason)}"
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        return f"<div>{caption}{table}</div>"
