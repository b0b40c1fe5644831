"""Nothing that a person reads has a number without its noun, a raw code, a hole or a slip of the pen."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.cli._outputs import finding_in_lines, findings_in_lines
from geocasualty.words import ENGLISH, Words
from tests.maps.conftest import make_incidents, make_strikes

NOUNS = "day|hour|incident|record|strike|pair|row|claim|place|time|event|strike record|release|card|area|governorate"
FAULTS = {
    "one of many": re.compile(rf"(?<![\d.,–-])1 (?:\w+ )?(?:{NOUNS})s\b(?! per)"),
    "many of one": re.compile(
        rf"(?<![.,\d-])(?:0|[2-9]|\d\d+|\d[\d,]+) (?:{NOUNS})\b(?! (?:record|group|nearby|limit))"
    ),
    "a code": re.compile(r"\b[a-z]+_[a-z_]+\b"),
    "a missing value": re.compile(r"(?<!“)\b(?:None(?! of\b)|nan|NaN|NaT)\b|<NA>"),
    "two spaces": re.compile(r"\S  +\S"),
    "two stops": re.compile(r"[.;:,][.;,]|\. \."),
    "a small letter": re.compile(r"[a-z0-9)”%]\. [a-z]"),
    "a sum": re.compile(r"\d \+ \d"),
    "thousands": re.compile(r"(?<![\d,.:/-])(?:1000|1011|2000|11000)(?![\d:/-])"),
    "blame": re.compile(r"(?<!“)responsible"),
    "a hole": re.compile(r"\(\s*\)|\{\w*\}|“”| ,| ;|\( "),
}
COUNTS = st.sampled_from([0, 1, 2, 11, 1000, None])
TEXTS = st.sampled_from(["Hawijah", "", None])


def faults(text):
    """What is wrong with a text, and where."""
    text = re.sub("[\u200e\u200f\u2066-\u2069]", "", text)
    return [(name, text[max(0, m.start() - 40) : m.end() + 40]) for name, p in FAULTS.items() for m in p.finditer(text)]


class Blocks(HTMLParser):
    """The texts of a page, block by block as a reader sees them."""

    INLINE = ("bdi", "b", "small", "span", "a", "strong", "i", "em")

    def __init__(self, page):
        super().__init__()
        self.blocks, self._skip = [""], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._skip = tag in ("style", "title", "script")
        if tag not in self.INLINE:
            self.blocks.append("")
        self.blocks += [value for name, value in attrs if name in ("aria-label", "data-label") and value] + [""] * (
            tag not in self.INLINE
        )

    def handle_endtag(self, tag):
        if tag in ("style", "title", "script"):
            self._skip = False
        if tag not in self.INLINE:
            self.blocks.append("")

    def handle_data(self, data):
        if not self._skip:
            self.blocks[-1] += data


def texts_of(page):
    return [" ".join(block.split()) for block in Blocks(page).blocks if block.strip()]


@st.composite
def assessments(draw):
    """Made-up records, with counts of nothing, one, two, a dozen, a thousand, and cells that are missing."""
    n, m = draw(st.sampled_from([0, 1, 2, 11])), draw(st.sampled_from([0, 1, 2, 11]))
    incidents, strikes = make_incidents(n), make_strikes(m)
    for frame in (incidents, strikes):
        frame["place_text"] = pd.Series([draw(TEXTS) for _ in frame.index], index=frame.index, dtype=object)
        frame["belligerents"] = [draw(st.sampled_from(["Coalition", "Coalition;Russia", ""])) for _ in frame.index]
        frame["radius_m"] = [draw(st.sampled_from([0.0, 1000.0, 11_000.0])) for _ in frame.index]
        frame["flags"] = [
            draw(st.sampled_from(["", "unused-words", "assumed-accuracy;unknown-end"])) for _ in frame.index
        ]
        frame["precision"] = [draw(st.sampled_from(["exact", "town", None])) for _ in frame.index]
        frame.geometry = [draw(st.sampled_from([HERE, NEAR, FAR, None, AREA])) for _ in frame.index]
        days = [draw(st.sampled_from([0, 1, 2, 11, 1000])) for _ in frame.index]
        frame["start"] = frame["start"] + pd.to_timedelta(days, unit="D")
        frame["end"] = frame["start"] + pd.Timedelta(days=draw(st.sampled_from([1, 2, 11])))
    for name in ("killed_min", "killed_max", "injured_min", "injured_max", "children_min", "children_max"):
        incidents[name] = pd.Series([draw(COUNTS) for _ in incidents.index], index=incidents.index, dtype="Float64")
    incidents["killed_max"] = incidents[["killed_min", "killed_max"]].max(axis=1)
    incidents["grading"] = [draw(st.sampled_from(["not_yet_assessed", "fair", None])) for _ in incidents.index]
    incidents["date_basis"] = [draw(st.sampled_from(["event", "reported", ""])) for _ in incidents.index]
    incidents["attack_kinds"] = [draw(st.sampled_from(["air", "air;drone", ""])) for _ in incidents.index]
    strikes["n_strikes"] = pd.Series([draw(COUNTS) for _ in strikes.index], index=strikes.index, dtype="Float64")
    start = pd.Timestamp("2015-06-01", tz="UTC")
    lasting = pd.Timedelta(days=draw(st.sampled_from([1, 2, 11, 1000])))
    coverage = pd.DataFrame({
        "belligerent": ["Coalition"], "country": ["IQ"], "start": [start], "end": [start + lasting],
        "dataset": ["A list"], "complete": [draw(st.booleans())], "kinds": ["air"],
    })  # fmt: skip
    km, late = draw(st.sampled_from([0, 1, 2, 11, 1000])), draw(st.sampled_from([0, 1, 2, 11]))
    limits = {"within_km": km, draw(st.sampled_from(["within_days", "within_hours"])): late}
    return incidents, strikes, coverage, limits


HERE, NEAR, FAR = shapely.Point(43.77, 35.32), shapely.Point(43.78, 35.32), shapely.Point(43.0, 36.3)
AREA = shapely.box(43.7, 35.3, 43.9, 35.4)
SLOW = settings(max_examples=30, suppress_health_check=list(HealthCheck))


@given(assessments())
@SLOW
def test_tables_statements_and_the_screen_read_well(made):
    incidents, strikes, coverage, limits = made
    told = gcas.assess(incidents, strikes, coverage=coverage, **limits)
    said = [ENGLISH.tell(reason) for reason in told.data.reasons]
    said += [line for text in told.statements() for line in text.split("\n")]
    screen = findings_in_lines(told.findings).split("\n")
    said += [re.sub(" {2,}", " | ", line.strip()) for line in screen]
    said += [line for row in told.findings.to_dict("records") for line in finding_in_lines(row_of(row)).split("\n")]
    assert [fault for text in said for fault in faults(text.strip())] == []


def row_of(row):
    return pd.Series({name: value for name, value in row.items() if name != "geometry"})


@given(assessments())
@SLOW
def test_a_report_reads_well(tmp_path_factory, made):
    incidents, strikes, coverage, limits = made
    path = tmp_path_factory.mktemp("report") / "report.html"
    review = None
    if len(incidents) and len(strikes):
        review = pd.DataFrame({"incident_id": ["i0"], "strike_id": ["s0"], "decision": ["accept"]})
    gcas.report(incidents, strikes, path=path, coverage=coverage, review=review, dated="1 May 2020", **limits)
    assert [fault for text in texts_of(path.read_text("utf-8")) for fault in faults(text)] == []


@given(assessments(), st.sampled_from(["strikes", "killed_max", "incidents"]))
@settings(SLOW, max_examples=8)
def test_figures_and_what_a_page_is_given_read_well(made, measure):
    incidents, strikes, coverage, limits = made
    town = gcas.plot_town((43.77, 35.32), incidents, strikes, coverage=coverage, **limits)
    said = []
    for ax in (town, gcas.plot_province(incidents, strikes, measure=measure)):
        said += [ax.get_title(loc="left"), *ax.get_xlabel().split("\n"), *(text.get_text() for text in ax.texts)]
        said += [text.get_text().replace("\n", " ").strip() for text in ax.get_legend().get_texts()]
    page = gcas.town_map((43.77, 35.32), incidents, strikes, coverage=coverage, **limits).payload
    said += [page["title"], *page["notes"], *page["subtitle"]]
    assert [fault for text in said for fault in faults(text) if "Baghdad" not in text] == []


def test_a_number_that_may_be_one_is_the_one_whose_form_a_sentence_takes():
    texts = Words("en").said("")
    counted = re.compile(rf"\{{(\w+)\}} (?:\w+ )?(?:{NOUNS})s\b")
    bare = {
        (key, found[1]) for key, text in texts.items() for found in counted.finditer(text)
        if not key.endswith(".one") and not (found[1] == "n" and f"{key}.one" in texts)
    }  # fmt: skip
    # a share, a party and a constant are no numbers of the things behind them
    names = {"covered", "complete", "share", "whose", "lift", "days", "incidents", "strikes", "bare"}
    several = {("statement.comparable", "of")}  # has a sentence of its own for one
    assert {(key, name) for key, name in bare if name not in names} - several == set()


def test_no_sentence_of_the_catalogue_is_at_fault():
    words = Words("en")
    for key, text in words.said("").items():
        if "{n}" in text and not key.startswith("plural."):
            for n in (0, 1, 2, 11, 1000):
                values = dict.fromkeys(re.findall(r"\{(\w+)\}", text), "Х") | {"n": n}
                stem = key.removesuffix(".one")
                assert faults(words(stem, **values)) == [], key
    assert np.all([faults("1 days"), faults("2 strike"), faults("so. it"), faults("1000 x"), faults("a_b")])
