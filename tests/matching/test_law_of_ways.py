"""A worse record never gives a stronger finding, whichever way records come: in parts, joined, corrected, decided."""

import dask
import dask.dataframe as dd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.maps._counted import counted
from geocasualty.records.evidence import apply_corrections
from tests.matching.test_law import FIELDS, KEEPER, LIMITS, SURE, Case, cases, lawful, worse

pytestmark = pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
APART = pd.Timedelta(days=150)
"""Between two cases of one table: no declaration of one reaches another."""
TIMES = ("start", "end", "covers_start", "covers_end")
NOBODY = ("nobody", "claim")
QUICK = {"background_days": 2, **LIMITS}
ON_A_MAP = {
    "measure": "share_nearby", "classes": "quantiles", "areas": None, "level": "governorate", "blur": None,
    "within_km": None, "within_days": None, "within_hours": None,
}  # fmt: skip
SIGNED = {"analyst": "A. Analyst", "date": "2021-04-10", "note": "seen"}


def table(many):
    """Claims and strikes of several cases, each of days, names and a data set of its own, by the clocks of Baghdad."""
    sides = [], []
    for number, case in enumerate(many):
        for side, frame in zip(sides, case.frames(), strict=True):
            role = next(name for name in ("incident_id", "strike_id") if name in frame)
            later = number * APART - pd.Timedelta(hours=3)
            changed = {name: frame[name] + later for name in TIMES if name in frame}
            zone = frame["timezone"].replace("UTC", "Asia/Baghdad")
            side.append(
                frame.assign(**changed, **{role: f"{number} " + frame[role]}, timezone=zone, dataset=f"x{number}")
            )
    return tuple(pd.concat(side, ignore_index=True) for side in sides)


def in_memory(claims, strikes):
    return gcas.screen(claims, strikes, **QUICK)


def in_parts(claims, strikes):
    with dask.config.set({"dataframe.convert-string": False, "scheduler": "synchronous"}):
        halves = []
        for frame, every in ((claims, 2), (strikes, 5)):
            parts = [dask.delayed(frame.iloc[n : n + every]) for n in range(0, len(frame), every)]
            halves.append(dd.from_delayed(parts, meta=frame.iloc[:0], verify_meta=False))
        return gcas.screen(*halves, **QUICK).compute()


def decided(claims, strikes):
    """One strike of each case is accepted or rejected by hand, if it is there."""
    ids = set(strikes["strike_id"])
    said = [
        {"incident_id": claim, "strike_id": strike, "decision": decision}
        for number, claim in enumerate(claims["incident_id"])
        if (strike := f"{number} s{number % 3}") in ids
        for decision in [("accept", "reject", "reject")[number % 3]]
    ]  # fmt: skip
    return gcas.screen(
        claims, strikes, review=pd.DataFrame(said, columns=["incident_id", "strike_id", "decision"]), **QUICK
    )


def corrected(claims, strikes):
    """A person knows where the claim and one strike of each case were."""
    place = {"latitude": 35.33, "longitude": 43.77, "radius_m": 800} | SIGNED
    claims = apply_corrections(claims, pd.DataFrame([{"incident_id": name} | place for name in claims["incident_id"]]))
    there = [name for name in strikes["strike_id"] if name.endswith("s0")]
    if there:
        strikes = apply_corrections(strikes, pd.DataFrame([{"strike_id": name} | place for name in there]))
    return gcas.screen(claims, strikes, **QUICK)


def joined(claims, strikes):
    """Tables that were read, joined of two parts each, as those of two files are."""
    halves = []
    for frame in (claims, strikes):
        mine = frame.index % 2 == 1
        halves.append(pd.concat([frame[mine], frame[~mine]]).sort_index())
    return gcas.screen(*halves, **QUICK)


WAYS = [in_memory, in_parts, decided, corrected, joined]
MANY = 6
SEVERAL = st.lists(st.tuples(cases(), st.sampled_from(FIELDS)), min_size=MANY, max_size=MANY)
FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


def both(drawn, data):
    """The cases as they are, and each with one field degraded."""
    return [case for case, _ in drawn], [worse(case, *which, data.draw) for case, which in drawn]


@pytest.mark.parametrize("way", WAYS)
@FEW
@given(drawn=SEVERAL, data=st.data())
def test_degrading_never_makes_a_finding_sure(way, drawn, data):
    before, after = ([*way(*table(each))["finding"]] for each in both(drawn, data))
    for one, other, (_, which) in zip(before, after, drawn, strict=True):
        assert lawful(one, other, exempt=which == NOBODY), which


MADE = [
    "timezone", "country", "vicinity", "attack_kinds", "date_basis", "event_group", "covers_rows", "covers_kinds",
    "covers_complete",
]  # fmt: skip
"""What a frame made by hand may not have."""


@FEW
@given(st.lists(cases(), min_size=MANY, max_size=MANY), st.sets(st.sampled_from(MADE), min_size=1), st.booleans())
def test_nor_does_a_part_made_by_hand_that_says_less(drawn, unsaid, whole):
    """Nor does such a frame alone."""
    claims, strikes = table(drawn)
    before = in_memory(claims, strikes)["finding"].tolist()
    halves = []
    for frame in (claims, strikes):
        mine = frame.index % 2 >= 1 - whole
        bare = frame[mine].drop(columns=[name for name in unsaid if name in frame])
        halves.append(pd.concat([frame[~mine], bare]).sort_index() if not whole else bare)
    for one, other in zip(before, in_memory(*halves)["finding"], strict=True):
        assert lawful(one, other)


def sure_counts(claims, strikes):
    """How many claims have each sure finding, how many a map draws as nearby, and what tables of limits count."""
    told = gcas.assess(claims, strikes, **QUICK)
    counts = told.findings["finding"].value_counts()
    near = counted(told.data, None, gcas.load_gazetteer(), **ON_A_MAP).told["finding"] == "strike-reported-nearby"
    table = gcas.sensitivity(claims, strikes, within_km=[5, 10, 15], within_days=[0, 1], background_days=0)
    passing = table["within"] + table["uncovered_within"]
    return [*(int(counts[name]) for name in sorted(SURE)), sum(near), *passing, *table["pairs_within"]]


@FEW
@given(drawn=SEVERAL, data=st.data())
def test_nor_does_any_tally_count_more_sure_findings(drawn, data):
    drawn = [(case, ("flags", "claim") if which == NOBODY else which) for case, which in drawn]
    before, after = (sure_counts(*table(each)) for each in both(drawn, data))
    assert all(one >= other for one, other in zip(before, after, strict=True))


def test_each_way_reaches_both_sure_findings():
    """Else the law would hold of nothing."""
    claim = {"xy": (43.77, 35.33), "radius_m": 0.0, "belligerents": "Coalition", "day": 0, "days": 1}
    away = {"xy": (44.4, 33.3), "radius_m": 0.0, "day": 0, "days": 1, "belligerents": "Coalition"}
    none, near = (
        Case(claim, [KEEPER, *({"id": f"s{n}", **away, "xy": at} for n, at in enumerate((away["xy"], xy, xy)))])
        for xy in (away["xy"], claim["xy"])
    )
    for way in WAYS:
        assert [*way(*table([none, near, near]))["finding"]][1:] in (
            ["strike-reported-nearby"] * 2, ["none-in-records", "strike-reported-nearby"],
        ), way  # fmt: skip
        assert way(*table([none, none]))["finding"].iloc[1] in SURE, way
