"""What a report says of one incident."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import pandas as pd
import shapely

from geocasualty.maps._inline import Spot, inline_town
from geocasualty.maps._sheet import Sheet
from geocasualty.matching.findings import NEARBY
from geocasualty.records.evidence import parse_sources
from geocasualty.reporting._assessed import Told, texts
from geocasualty.times import format_local
from geocasualty.words import Words, cut, plain, stated

__all__ = ["Cards", "located"]

MOST_PAIRS, MOST_MISSES, MOST_SOURCES = 40, 5, 40
"""Rows of a card; more are counted."""


def located(shape: Any) -> bool:
    """Whether a record has a place."""
    return shape is not None and not shape.is_empty


class Cards:
    """One card an incident, as what its template needs: texts, and a map that is SVG."""

    def __init__(self, assessed: Told, words: Words, sheet: Sheet) -> None:
        self._assessed, self._words, self._sheet = assessed, words, sheet
        self._incidents = assessed.incidents.to_dict("records")
        self._findings = assessed.findings.to_dict("records")
        self._pairs, self._misses = _by_incident(assessed.pairs), _by_incident(assessed.misses)
        self._datasets = len({*texts(assessed.incidents, "dataset")})

    def __len__(self) -> int:
        return len(self._assessed.incidents)

    @cached_property
    def _strikes(self) -> dict[Any, dict[str, Any]]:
        every = self._assessed
        named = {*every.pairs["strike_id"], *every.misses["strike_id"], *every.findings["best_strike_id"].dropna()}
        frame = every.strikes[every.strikes["strike_id"].isin(named)]
        frame = frame.assign(wkb=shapely.to_wkb(frame.geometry.to_numpy()))
        return {row["strike_id"]: row for row in frame.to_dict("records")}

    def card(self, position: int) -> dict[str, Any]:
        """The card of one incident."""
        record, finding = self._incidents[position], self._findings[position]
        words, name = self._words, record["incident_id"]
        pairs = self._pairs.get(name, [])
        misses = self._missed(name, finding)
        split = min(len(pairs), MOST_PAIRS)
        beyond = [miss | {"relation": "none"} for miss in misses[:MOST_MISSES]]  # at the limits of this report
        shown = [*pairs[:MOST_PAIRS], *beyond]
        spots, numbers = self._spots(shown, split)
        statement = self._assessed.statements(position)
        rows = [self._pair(pair, number, record, statement) for pair, number in zip(shown, numbers, strict=True)]
        return {
            "number": position + 1,
            "id": cut(name),
            "place": cut(record.get("place_text")),
            "when": _when(record),
            "facts": [(words(f"fact.{key}"), text) for key, text in self._facts(record) if text],
            "record": str(self._assessed.official["official_record"].iloc[position]),
            "statement": statement,
            "ranked": self._assessed.ranked(position),
            "answers": self._assessed.answered.get(name, []),
            "finding": str(finding["finding"]),
            "reason": cut(words.tell(self._assessed.reasons(position)), 1500),
            "background": words.background(finding["background_passed"], finding["background_days"]),
            "background_of": "within" if finding["finding"] == NEARBY else "possible",
            "covered": words.percent(finding["coverage_share"]),
            "complete": words.percent(finding["complete_share"]),
            "groups": (int(finding["groups_within"]), int(finding["groups_possible"])),
            "pairs": rows[:split],
            "more_pairs": len(pairs) - split,
            "misses": rows[split:],
            "more_misses": max(len(misses) - MOST_MISSES, 0),
            "sources": parse_sources(stated(record.get("sources")))[:MOST_SOURCES],
            "decisions": self._decisions(name),
            "map": self._map(record, spots),
        }

    def _missed(self, name: Any, finding: dict[str, Any]) -> list[dict[str, Any]]:
        """The near misses; where there are neither pairs nor misses, the nearest strike however far."""
        rows = self._misses.get(name, [])
        best = finding["best_strike_id"]
        if rows or pd.isna(best) or finding["best_relation"] != "none":
            return rows
        keys = ("distance_km", "distance_min_km", "distance_max_km", "gap_days")
        alone = {"strike_id": best, "relation": "none", "decision": ""}
        return [alone | {key: finding[key] for key in keys}]

    def _facts(self, record: dict[str, Any]) -> list[tuple[str, str]]:
        words, shape = self._words, record["geometry"]
        where = words("place.none")
        if located(shape):
            where = words("place.area")
            if isinstance(shape, shapely.Point):
                radius = f"{record['radius_m'] / 1000:.1f}"
                where = words("place.point", lat=f"{shape.y:.4f}", lon=f"{shape.x:.4f}", radius=radius)
            near = words("place.near") if _true(record.get("vicinity")) else ""
            rung = words.code(record.get("precision"))
            where = f"{where}{near}" + (words("place.precision", rung=rung) if rung else "")
        figures = [
            f"{words(f'fact.{kind}')}: {text}"
            for kind in ("killed", "children", "injured")
            if (text := words.range(record.get(f"{kind}_min"), record.get(f"{kind}_max")))
        ]
        names = ["belligerents", "grading", "assessment", "location_reason", "flags", "corrected_by"]
        names += ["dataset"] if self._datasets > 1 else []  # else it stands among the inputs
        read = {"grading": words.code, "assessment": plain, "flags": words.flags}
        said = [(key, read.get(key, cut)(record.get(key))) for key in names]
        return [("harm", words("list").join(figures)), *said[:3], ("where", where), *said[3:]]

    def _pair(self, pair: dict[str, Any], number: str, incident: dict[str, Any], quoted: list[str]) -> dict[str, Any]:
        """A row of a table of strikes: country and zone where they are not the incident's, its text unless quoted."""
        strike, words = self._strikes[pair["strike_id"]], self._words
        country, text = stated(strike.get("country")), stated(strike.get("record_text"))
        return {
            "number": number,
            "id": cut(pair["strike_id"]),
            "place": cut(strike.get("place_text"), 120),
            "country": "" if country == stated(incident.get("country")) else country,
            "when": _when(strike, stated(incident.get("timezone"))),
            "belligerents": cut(strike.get("belligerents"), 120),
            "n_strikes": words.range(*[strike.get("n_strikes")] * 2),
            "km": _km(pair["distance_km"]),
            "least": _km(pair["distance_min_km"]),
            "greatest": _km(pair["distance_max_km"]),
            "gap": words.tell(self._assessed.limits.gap(pair["gap_days"])),
            "relation": "rejected" if pair["decision"] == "reject" else str(pair["relation"]),
            "decision": pair["decision"],
            "text": "" if any(text in said for said in quoted) else cut(text, 300),
            "sources": parse_sources(stated(strike.get("sources")))[:3],
        }

    def _spots(self, shown: list[dict[str, Any]], pairs: int) -> tuple[list[Spot], list[str]]:
        """The places of the strikes of a card, numbered, and the number of each row; the first ``pairs`` are pairs."""
        at: dict[bytes, Spot] = {}
        numbers = []
        for number, pair in enumerate(shown):
            strike = self._strikes[pair["strike_id"]]
            shape = strike["geometry"]
            if not located(shape):
                numbers.append("")
                continue
            relation = "" if number >= pairs or pair["decision"] == "reject" else str(pair["relation"])
            spot = at.setdefault(strike["wkb"], Spot(str(len(at) + 1), shape, relation, _true(strike.get("vicinity"))))
            numbers.append(spot.label)
        return list(at.values()), numbers

    def _map(self, record: dict[str, Any], spots: Sequence[Spot]) -> str:
        shape = record["geometry"]
        if not located(shape):
            return ""
        words = self._words
        radius = record["radius_m"]
        return inline_town(
            self._sheet,
            shape,
            0.0 if pd.isna(radius) else float(radius),
            _true(record.get("vicinity")),
            spots,
            km=self._assessed.limits.metres / 1000,
            unit=words("unit.km"),
            title=words("map.title", id=cut(record["incident_id"], 80)),
        )

    def _decisions(self, name: Any) -> list[dict[str, str]]:
        review = self._assessed.review
        if review is None:
            return []
        rows = review[review["incident_id"] == name].astype(object)
        texts = [
            {key: cut(row.get(key)) for key in ("strike_id", "decision", "analyst", "date", "note")}
            for row in rows.to_dict("records")
        ]
        return sorted(texts, key=lambda row: tuple(row.values()))


def _by_incident(pairs: pd.DataFrame) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in pairs.to_dict("records"):
        found.setdefault(row["incident_id"], []).append(row)
    return found


def _when(record: dict[str, Any], known: str = "") -> str:
    """A record's time in its own zone, which is named unless it is known."""
    zone = stated(record.get("timezone")) or "UTC"
    said = format_local(record["start"], record["end"], zone).replace(" to ", " – ")
    return said if zone == known else f"{said} ({zone})"


def _km(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.1f}"


def _true(value: Any) -> bool:
    return not pd.isna(value) and bool(value)
