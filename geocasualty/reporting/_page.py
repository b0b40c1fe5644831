"""The page around the cards: its parts as its template needs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib import resources
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from geocasualty._progress import progress
from geocasualty.errors import InputError
from geocasualty.maps._counted import Counted, coarse, counted
from geocasualty.maps._heatmap import FEW
from geocasualty.maps._inline import inline_months, inline_province
from geocasualty.maps._policy import clean, encode, policy
from geocasualty.maps._sheet import Sheet
from geocasualty.matching._answers import ELSEWHERE, STATUSES
from geocasualty.matching.findings import NO_COVERAGE, TABLE, UNLOCATED
from geocasualty.matching.official import RECORDS
from geocasualty.records._flags import FLAGS, spelt
from geocasualty.records._provenance import provenance
from geocasualty.records.evidence import hidden_host, is_link
from geocasualty.reporting._assessed import MISS_DAYS, MISS_KM, Told, texts
from geocasualty.reporting._cards import Cards, located
from geocasualty.reporting._finished import Finished
from geocasualty.tallies import tally
from geocasualty.theatre.theatre import theatre
from geocasualty.words import Words, cut, stated, whole_or

__all__ = ["Page"]

TITLES = (
    "published.title", "province.title", "months.title", "claims.title", "findings.title", "grid.title", "cards.title",
    "lost.title", "rejected.title", "method.title",
)  # fmt: skip
"""The parts of a report, in their order."""

MOST_ROWS, MOST_ELSEWHERE = 2000, 12
"""Rows of a list at the end of a report, and of the places that were assessed elsewhere; more are counted."""


class Page:
    """A report, ready to be written.

    Parameters
    ----------
    assessed : Told
        Its numbers.
    words : Words
        Its language.
    gazetteer : Gazetteer
        What lies under its maps.
    given : int
        How many incidents there were before any was left out.
    choice : sequence of str
        Which were chosen, in words.
    rejected : pandas.DataFrame or None
        Rows that were not read.
    inputs : sequence of (name, SHA-256)
        The files read.
    versions : dict
        Of the libraries.
    title, dated : str or None
        As the reader sees them.
    """

    def __init__(
        self,
        assessed: Told,
        words: Words,
        gazetteer: Any,
        *,
        given: int,
        choice: Sequence[str],
        rejected: pd.DataFrame | None,
        inputs: Sequence[tuple[str, str]],
        versions: dict[str, str],
        title: str | None,
        dated: str | None,
    ) -> None:
        self._assessed, self._words, self._gazetteer = assessed, words, gazetteer
        self._sheet = Sheet(gazetteer, local=words.language == theatre().local)
        self._said = {
            "given": given,
            "choice": choice,
            "inputs": inputs,
            "versions": versions,
            "title": cut(title, 200) or words("title"),
            "dated": cut(dated, 60),
            "rejected": _rejected(rejected),
            "rejected_stated": rejected is not None,
        }

    def render(self, finished: Finished) -> bytes:
        """The bytes of the page; cards that are finished are not made again."""
        cards = Cards(self._assessed, self._words, self._sheet)
        template = self._templates().get_template("card.html")

        def made(position: int) -> str:
            text = clean(template.render(card=cards.card(position), **self._shared))
            return encode(text).decode("utf-8")

        every = progress("report", " cards", total=len(cards), items=finished.cards(len(cards), made))
        drawn = [Markup(text) for text in every]  # noqa: S704 - made by a template that escapes
        whole, parts = self._templates().get_template("report.html"), self._parts() | self._shared
        page = clean(whole.render(cards=drawn, **parts))
        # cards hold neither scripts nor styles of their own: were one to slip in, it would not be allowed to run
        allowed = escape(policy(clean(whole.render(cards=[], **parts))))
        head = f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
        return encode(page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{head}', 1))

    @staticmethod
    @cache
    def _templates() -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(_template),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["svg"] = lambda text: Markup(text)  # noqa: S704 - drawn by us, every value escaped
        environment.tests["link"] = is_link
        environment.filters["hidden_host"] = hidden_host
        return environment

    @property
    def _shared(self) -> dict[str, Any]:
        return {
            "words": self._words,
            "limits": self._words.tell(self._assessed.limits.within()),
            "miss": {"km": f"{MISS_KM:g}", "days": self._words("unit.days", n=MISS_DAYS)},
        }

    def _parts(self) -> dict[str, Any]:
        every, words = self._assessed, self._words
        months = tally(every.incidents, by=["month"], strikes=every.counted)
        return self._said | {
            "style": Markup(_template("report.css") + _looks()),  # noqa: S704 - our own file
            "titles": {key.split(".")[0]: words(key) for key in TITLES},
            "n": len(every.incidents),
            "strikes": self._strikes_in_words(months),
            "killed": self._killed(months),
            "counts": [
                {
                    "finding": name,
                    "n": n,
                    "share": words.percent(n / max(len(every.incidents), 1)),
                    **_mean(words, rate, of),
                }
                for name, n, rate, of in every.counts()
            ],
            "groups": self._groups(),
            "parties": every.parties(),
            "records": RECORDS,
            "answers": self._answers(),
            "near": f"{every.near_km:,g}",
            "mean": _mean(words, *_all_rates(every)),
            "few": f"{FEW:g}",
            "observed": {test: self._observed(test) for test in ("possible", "within")},
            "assessable": {name: int(every.chosen[name]) for name in ("assessable", "unlocated", "uncovered")},
            "belligerents": self._rule(),
            "province": self._province(),
            "months": self._months(months),
            "grids": [(test, self._grid(test)) for test in ("possible", "within")],
            "lost": self._lost("incident", every.incidents),
            "lost_strikes": self._lost("strike", every.counted),
            "flags": self._flags(),
            "sources": [
                (kind, provenance(frame).to_dict("records"))
                for kind, frame in (("incidents", every.incidents), ("strikes", every.strikes))
            ],
            "gazetteer": cut(self._gazetteer.version, 80),
            "attribution": cut(self._gazetteer.attribution, 300),
        }

    def _rule(self) -> str:
        rule = self._assessed.belligerents
        if rule in ("overlap", "any"):
            return self._words(f"rule.{rule}")
        return self._words("rule.named", names=", ".join(sorted(rule)) if not isinstance(rule, str) else rule)

    def _strikes_in_words(self, months: pd.DataFrame) -> dict[str, Any]:
        """How many records there are and how many strikes they report, as far as they say."""
        total, records = months[months["is_total"].astype(bool)].iloc[0], len(self._assessed.counted)
        unknown = int(total["strikes_unknown"]) if records else 0
        if records and pd.isna(total["strikes"]):
            return {"records": records, "said": self._words("summary.unnumbered", n=records) + self._others()}
        said = self._words("summary.strikes", n=int(total["strikes"]) if records else 0, records=records)
        if unknown:
            said += " " + self._words("summary.some_unnumbered", n=unknown)
        return {"records": records, "said": said + self._others()}

    def _others(self) -> str:
        """How many strike records are compared and no part of the scope."""
        others = len(self._assessed.strikes) - len(self._assessed.counted)
        return " " + self._words("summary.others", n=others) if others else ""

    def _killed(self, months: pd.DataFrame) -> dict[str, str]:
        total = months[months["is_total"].astype(bool)].iloc[0]
        said = {}
        for kind in ("killed", "children", "injured"):
            low, high = total.get(f"{kind}_min"), total.get(f"{kind}_max")
            lacking = [int(total.get(f"{kind}_{end}_unknown", 0) or 0) for end in ("min", "max")]
            if not (pd.isna(low) and pd.isna(high)):
                said[kind] = self._words(
                    "summary.figures",
                    range=self._words.range(low, high),
                    low=lacking[0],
                    high=lacking[1],
                )
        return said

    def _observed(self, test: str) -> dict[str, Any]:
        row = self._assessed.chosen
        enough = math.isfinite(row[f"lift_{test}"]) and row[f"expected_{test}"] >= FEW
        return {
            "n": int(row[test]),
            "of": int(row["assessable"]),
            "share": self._words.percent(float(row[f"share_{test}"])),
            "expected": f"{row[f'expected_{test}']:,.1f}",
            "lift": f"{row[f'lift_{test}']:.2f}" if enough else "",
        }

    def _grid(self, test: str) -> dict[str, Any]:
        """The answer at every pair of limits: columns in space, rows in time."""
        table, words, stated = self._assessed.table, self._words, self._assessed.limits.stated()
        late = list(stated)[1]
        km = sorted(set(table["within_km"]))
        rows = []
        for time, cells in table.groupby(late, sort=True):
            shown = []
            for row in cells.sort_values("within_km").to_dict("records"):
                share, chance = float(row[f"share_{test}"]), float(row[f"background_{test}"])
                shown.append(
                    {
                        "share": words.percent(share),
                        "chance": words.percent(chance),
                        "n": f"{row[test]:,}",
                        "look": "none" if math.isnan(share) else str(min(int(share * 10), 9)),
                        "chosen": [row["within_km"], time] == list(stated.values()),
                    }
                )
            rows.append((words(late.replace("within_", "unit."), n=whole_or(time)), shown))
        return {"km": [f"{value:,g}" for value in km], "rows": rows}

    def _province(self) -> dict[str, Any]:
        every, words = self._assessed, self._words
        shown = counted(
            every.incidents,
            every.counted,
            self._gazetteer,
            measure="strikes",
            classes="quantiles",
            areas=None,
            level="governorate",
            within_km=None,
            blur=None,
            words=words,
        )
        svg = inline_province(self._sheet, shown, unit=words("unit.km"), title=words("province.title"))
        low, legend = 1, []
        for color, most in zip(shown.classes["colors"], shown.classes["upper"], strict=True):
            legend.append((color, f"{low:,}" if low >= most else f"{low:,}–{most:,.0f}"))
            low = int(most) + 1
        return {"svg": svg, "legend": legend, "notes": coarse(shown.tables, shown.areas, words), "towns": _most(shown)}

    def _months(self, months: pd.DataFrame) -> str:
        dated = months[~months["is_total"].astype(bool) & (months["month"] != "undated")].set_index("month")
        if not len(dated):
            return ""
        every = [str(month) for month in pd.period_range(dated.index.min(), dated.index.max(), freq="M")]
        rows = [
            (look, self._words(f"months.{name}"), dated[name].reindex(every).astype("Float64").fillna(0).tolist())
            for look, name in (("t-incidents", "incidents"), ("t-strikes", "strikes"))
            if dated[name].notna().any()
        ]
        return inline_months(every, rows, title=self._words("months.title"))

    def _groups(self) -> list[dict[str, Any]]:
        """The incidents by what the official record says of them, each with its number: that of its card."""
        every, words = self._assessed, self._words
        frames = (every.incidents, every.findings, every.official)
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in RECORDS}
        for number, (record, finding, said) in enumerate(
            zip(*(frame.to_dict("records") for frame in frames), strict=True), start=1
        ):
            rows[said["official_record"]].append(
                {
                    "number": number,
                    "id": cut(record["incident_id"], 80),
                    "place": cut(record.get("place_text"), 80),
                    "day": stated(finding["date"]),
                    "named": cut(said["record_place"], 60),
                    "km": words.number(said["record_km"]),
                    "finding": str(finding["finding"]),
                    "background": words.background(
                        finding["background_passed"], finding["background_days"], short=True
                    ),
                }
            )
        return [{"name": name, "rows": found} for name, found in rows.items()]

    def _answers(self) -> dict[str, Any] | None:
        """How the assessed places compare, and those that cannot be the claimed ones, the farthest first."""
        found, words = self._assessed.answers, self._words
        if found is None:
            return None
        numbers = {name: n for n, name in enumerate(self._assessed.incidents["incident_id"], start=1)}
        far = found[found["status"] == ELSEWHERE]
        rows = [
            {"number": numbers[row["incident_id"]], "id": cut(row["incident_id"], 80), **words.answer(row)}
            for row in far.head(MOST_ELSEWHERE).to_dict("records")
        ]
        counts = found["status"].value_counts()
        return {
            "n": len(found),
            "counts": [(name, int(counts[name])) for name in STATUSES if name == ELSEWHERE or counts.get(name, 0)],
            "rows": rows,
            "more": len(far) - len(rows),
        }

    def _flags(self) -> list[tuple[str, str]]:
        """The flags that cards show, with their meaning."""
        given = {flag for text in texts(self._assessed.incidents, "flags") for flag in spelt(text).split(";")}
        words = self._words
        return [(words(f"flag.{flag}"), words(f"flag.meaning.{flag}")) for flag in sorted(given & set(FLAGS))]

    def _lost(self, kind: str, frame: Any) -> dict[str, Any]:
        """Records without a place, and incidents that the records do not cover."""
        every = self._assessed
        nothing = pd.Series("", index=frame.index)
        places, reasons = (frame.get(name, nothing) for name in ("place_text", "location_reason"))
        rows = [
            (cut(name, 120), cut(place, 120), UNLOCATED, cut(why))
            for name, place, why, shape in zip(
                frame[f"{kind}_id"],
                places,
                reasons,
                frame.geometry,
                strict=True,
            )
            if not located(shape)
        ]
        if kind == "incident":
            bare = np.flatnonzero(every.findings["finding"] == NO_COVERAGE)
            rows += [
                (cut(name, 120), cut(place, 120), NO_COVERAGE, cut(self._words.tell(every.reasons(int(n)))))
                for n, name, place in zip(bare, frame["incident_id"].iloc[bare], places.iloc[bare], strict=True)
            ]
        return {"n": len(rows), "rows": rows[:MOST_ROWS], "more": max(len(rows) - MOST_ROWS, 0)}


def _mean(words: Words, rate: float, of: int) -> dict[str, Any]:
    return {"rate": words.percent(rate), "of": of}


def _all_rates(every: Told) -> tuple[float, int]:
    known = every.findings["background_rate"].dropna()
    return (float(known.mean()) if len(known) else math.nan), len(known)


def _most(shown: Counted) -> int:
    """The number of incidents of the largest circle."""
    return max((int(value) for value in shown.values("incidents", "town") if value), default=0)


def _rejected(rejected: pd.DataFrame | None) -> dict[str, Any]:
    if rejected is None:
        return {"n": 0, "rows": [], "more": 0, "files": False}
    lacking = [name for name in ("row", "column", "value", "reason") if name not in rejected.columns]
    if lacking:
        raise InputError(
            f"rejected: no column {', '.join(map(repr, lacking))}; see gcas.validate_incidents", column=lacking[0]
        )
    names = ["file", "row", "column", "value", "reason"] if "file" in rejected else ["row", "column", "value", "reason"]
    rows = [
        tuple(cut(value, 200) for value in row) for row in rejected[names].astype(object).head(MOST_ROWS).to_numpy()
    ]
    more = max(len(rejected) - MOST_ROWS, 0)
    return {"n": len(rejected), "rows": rows, "more": more, "files": "file" in rejected}


def _looks() -> str:
    """The badge of each finding."""
    return "".join(
        f".f-{finding.id} {{ background: {finding.look.ground}; border-color: {finding.look.edge}; "
        f"border-style: {finding.look.line}; color: {finding.look.ink}; }}\n"
        for finding in TABLE
    )


def _template(name: str) -> str:
    return resources.files("geocasualty.reporting").joinpath("templates", name).read_text("utf-8")
