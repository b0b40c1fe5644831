"""A worse record never gives a stronger finding: degrading any field of any record makes none sure, nor turns one sure
finding into the other."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.geodesy import geodesic_offset
from tests.matching.frames import EPOCH, records

pytestmark = pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")

SURE = {"strike-reported-nearby", "none-in-records"}
LIMITS = {"within_km": 10, "within_days": 0}
FLAGS = [
    "blank-accuracy", "geometry-conflict", "looks-swapped", "outside-country", "guessed-timezone", "unknown-timezone",
    "unknown-end", "copied-release", "assumed-hours", "midnight-utc", "unmapped-column", "unknown-belligerent",
]  # fmt: skip
TZ = pd.DatetimeTZDtype("s", "UTC")


@dataclass
class Case:
    """A claim and strikes that declare what they cover."""

    claim: dict
    strikes: list

    def frames(self):
        claims, strikes = _frame("incident", [self.claim]), _frame("strike", self.strikes)
        known = strikes["covers_kinds"] if len(strikes) else pd.Series([], dtype=str)
        return claims, strikes.assign(
            dataset="x", covers_belligerents="Coalition;Russia;Netherlands", covers_countries="IQ;SY",
            covers_start=pd.Series([EPOCH - pd.Timedelta(days=60)] * len(strikes), dtype=TZ),
            covers_end=pd.Series([EPOCH + pd.Timedelta(days=60)] * len(strikes), dtype=TZ), covers_kinds=known,
            covers_rows=pd.array([STRIKES + 1] * len(strikes), dtype="Int64"),
        )  # fmt: skip

    def finding(self, **changes):
        claims, strikes = self.frames()
        return gcas.screen(claims, strikes, background_days=2, **{**LIMITS, **changes})["finding"].iloc[0]


def _frame(role, rows):
    frame = records(role, rows)
    for name, other in (("timezone", "UTC"), ("covers_kinds", "air"), ("covers_complete", True)):
        frame[name] = pd.Series([row.get(name, other) for row in rows], dtype=bool if other is True else str)
    vicinity = [row.get("vicinity", False) for row in rows]
    return frame.assign(vicinity=pd.array(vicinity, dtype="boolean"))


STRIKES = 3
KEEPER = {"id": "far", "xy": (44.2, 33.3), "day": -50, "belligerents": "Russia"}
"""A strike that is near nothing: it keeps the declaration when others go."""


@st.composite
def cases(draw, near=None):
    claim = {
        "xy": (43.77, 35.33), "radius_m": draw(st.sampled_from([0.0, 2_000.0])), "belligerents":
        draw(st.sampled_from(["Coalition", "Coalition", "Russia", "Netherlands", ""])),
        "day": draw(st.sampled_from([0, 0.1])), "days": draw(st.sampled_from([1, 0.05])),
    }  # fmt: skip
    strikes = [KEEPER]
    for n in range(STRIKES):
        metres = draw(st.sampled_from([0, 4_000, 11_500, 60_000]))
        strikes.append(
            {
                "id": f"s{n}", "xy": geodesic_offset(*claim["xy"], draw(st.sampled_from([0, 120])), metres),
                "radius_m": draw(st.sampled_from([0.0, 500.0, 3_000.0])),
                "day": draw(st.sampled_from([0, 0.2, 1, -1, 2, 5])), "days": draw(st.sampled_from([1, 0.05])),
                "belligerents": draw(st.sampled_from(["Coalition", "Russia", "Netherlands"])),
            }
        )  # fmt: skip
    return Case(claim, strikes)


def blurred(row, draw):
    return {"radius_m": row["radius_m"] + draw(st.sampled_from([100.0, 3_000.0, 40_000.0]))}


def area(row, draw):
    lon, lat = row["xy"]
    wide = 0.06 + draw(st.sampled_from([0.0, 0.3]))  # about 5 km, beyond every radius
    return {"geometry": shapely.box(lon - wide, lat - wide, lon + wide, lat + wide), "radius_m": np.nan}


def longer(row, draw):
    before, after = draw(st.sampled_from([(0.5, 0), (0, 1), (3, 3)]))
    return {"day": row["day"] - before, "days": row["days"] + before + after}


def flagged(row, draw):
    return {"flags": draw(st.sampled_from(FLAGS))}


def moved(row, draw):
    """Coordinates that contradict the text, with the flag that reading gives them."""
    flag = draw(st.sampled_from(["geometry-conflict", "looks-swapped", "outside-country"]))
    return {"xy": draw(st.sampled_from([(43.77, 35.33), (44.4, 33.3), (35.33, 43.77)])), "flags": flag}


def zoneless(row, draw):
    """The zone removed: its days are guessed, at most one off, and flagged."""
    flag = draw(st.sampled_from(["guessed-timezone", "unknown-timezone"]))
    return {"timezone": "", "day": row["day"] + draw(st.sampled_from([-0.125, 0, 0.125, 0.4])), "flags": flag}


def misspelt(row, draw):
    return {"belligerents": "Rusia" if "Russia" in row["belligerents"] else "coaliton", "flags": "unknown-belligerent"}


BOTH = {
    "geometry": lambda row, draw: {"geometry": None, "radius_m": np.nan},
    "radius_m": blurred,
    "area": area,
    "coordinates": moved,
    "vicinity": lambda row, draw: {"vicinity": draw(st.sampled_from([True, None]))},
    "country": lambda row, draw: {"country": draw(st.sampled_from(["", "SY"]))},
    "timezone": zoneless,
    "time": longer,
    "end": lambda row, draw: {"days": 1 / 1440, "flags": "unknown-end"},
    "misspelt": misspelt,
    "flags": flagged,
    "attack_kinds": lambda row, draw: {"attack_kinds": draw(st.sampled_from(["", "air;artillery"]))},
}
OF_CLAIM = {
    "date_basis": lambda row, draw: {"date_basis": draw(st.sampled_from(["", "reported", "death"]))},
    "nobody": lambda row, draw: {"belligerents": ""},
}
OF_STRIKE = {
    "nobody": lambda row, draw: {"belligerents": ""},
    "alliance": lambda row, draw: {"belligerents": "Coalition" if row["belligerents"] == "Netherlands" else ""},
    "covers_kinds": lambda row, draw: {"covers_kinds": draw(st.sampled_from(["", "artillery"]))},
    "covers_complete": lambda row, draw: {"covers_complete": False},
    "skipped": lambda row, draw: None,
}


def worse(case, field, side, draw):
    """A case with one field of one record degraded."""
    if side == "claim":
        return Case(case.claim | (BOTH | OF_CLAIM)[field](case.claim, draw), case.strikes)
    at = draw(st.integers(1, STRIKES))
    changed = (BOTH | OF_STRIKE)[field](case.strikes[at], draw)
    strikes = list(case.strikes)
    strikes[at : at + 1] = [] if changed is None else [case.strikes[at] | changed]
    return Case(case.claim, strikes)


def twice(case, fields, data):
    for field, side in fields:
        case = worse(case, field, side, data.draw)
    return case


def lawful(before, after, exempt=False):
    return after not in SURE or after == before or (exempt and after == "strike-reported-nearby")


FIELDS = [(field, "claim") for field in BOTH | OF_CLAIM] + [(field, "strike") for field in BOTH | OF_STRIKE]


@pytest.mark.parametrize(("field", "side"), FIELDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.data())
def test_degrading_a_field_never_makes_a_finding_sure(field, side, case, data):
    before = case.finding()
    after = worse(case, field, side, data.draw).finding()
    assert lawful(before, after, exempt=(field, side) == ("nobody", "claim"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.lists(st.sampled_from(FIELDS), min_size=2, max_size=3, unique=True), st.data())
def test_nor_does_degrading_several(case, fields, data):
    assume(("skipped", "strike") not in fields)
    before = case.finding()
    after = twice(case, fields, data).finding()
    assert lawful(before, after, exempt=("nobody", "claim") in fields)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.sampled_from(FIELDS), st.data(), st.sampled_from([0, 1]))
def test_no_pair_is_surer_and_no_table_of_limits_counts_more_sure_ones(case, which, data, days):
    field, side = which
    assume((field, side) != ("nobody", "claim"))
    worsened = worse(case, field, side, data.draw)
    found = []
    for each in (case, worsened):
        pairs = gcas.match(*each.frames(), within_km=10, within_days=days)
        table = gcas.sensitivity(*each.frames(), within_km=[5, 10], within_days=[days], background_days=0)
        within = set(pairs.loc[pairs["relation"] == "within", "strike_id"])
        found.append((within, table["pairs_within"].tolist()))
    assert found[1][0] <= found[0][0]
    assert all(after <= before for before, after in zip(found[0][1], found[1][1], strict=True))


def test_the_cases_reach_every_finding():
    """Else the law would hold of nothing."""
    claim = {"xy": (43.77, 35.33), "radius_m": 0.0, "belligerents": "Coalition", "day": 0, "days": 1}
    away = {"id": "s0", "xy": (44.4, 33.3), "radius_m": 0.0, "day": 0, "days": 1, "belligerents": "Coalition"}
    rest = [away | {"id": "s1"}, away | {"id": "s2"}]
    assert Case(claim, [KEEPER, away, *rest]).finding() == "none-in-records"
    assert Case(claim, [KEEPER, away | {"xy": claim["xy"]}, *rest]).finding() == "strike-reported-nearby"
    assert Case(claim, [KEEPER, *rest]).finding() == "no-coverage"  # a row was skipped
