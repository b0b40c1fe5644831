"""What is wrong with a cell of a file never makes a finding sure, nor turns one sure finding into the other."""

import pandas as pd
import pytest

import geocasualty as gcas

pytestmark = pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
SURE = {"strike-reported-nearby", "none-in-records"}
COVERS = {
    "belligerents": "Coalition;Russia", "countries": "IQ;SY", "start": "2015-05-01", "end": "2015-07-31",
    "complete": True, "kinds": "air",
}  # fmt: skip
CLAIM = {
    "incident_id": "A1", "date": "2015-06-03", "place": "Hawijah", "latitude": 35.3257, "longitude": 43.7726,
    "radius_m": 1_000, "vicinity": "no", "country": "IQ", "belligerents": "Coalition", "date_basis": "event",
    "attack_kinds": "air",
}  # fmt: skip
NEAR = {
    "strike_id": "s1", "date": "2015-06-03", "place": "Hawijah", "latitude": 35.3257, "longitude": 43.7726,
    "radius_m": 500, "vicinity": "no", "country": "IQ", "belligerents": "Coalition", "attack_kinds": "air",
}  # fmt: skip
MOSUL = NEAR | {"place": "Mosul", "latitude": 36.335, "longitude": 43.13}
OTHER = MOSUL | {"strike_id": "s2", "date": "2015-05-10"}


def finding(claim, strike):
    claims = gcas.read_incidents(pd.DataFrame([claim]).astype(object), on_bad_rows="skip")
    strikes = gcas.read_strikes(pd.DataFrame([strike, OTHER]).astype(object), coverage=COVERS, on_bad_rows="skip")
    found = gcas.screen(claims, strikes, within_km=10, within_days=0, background_days=0)["finding"].tolist()
    return found[0] if found else "no claim is left"


WORSE = {
    "date": ["soon", None, "2015-06", "2015-06-03T21:00Z"],
    "place": ["Mosul or Hawijah", "Mosul", "Hawjia", None],
    "latitude": [43.7726, None, 36.9, 3.53257],
    "radius_m": [None, 40_000],
    "vicinity": [None, "yes"],
    "country": ["SY", None, "Atlantis"],
    "belligerents": ["coaliton", None, "Rusia"],
    "attack_kinds": [None, "air;artillery"],
}
OF_CLAIM = {"date_basis": [None, "reported"]}


def cases():
    for side in ("claim", "strike"):
        for column, values in (WORSE | (OF_CLAIM if side == "claim" else {})).items():
            for value in values:
                yield pytest.param(side, column, value, id=f"{side}-{column}-{value}")


def test_as_they_are_both_findings_are_sure():
    assert [finding(CLAIM, strike) for strike in (NEAR, MOSUL)] == ["strike-reported-nearby", "none-in-records"]


@pytest.mark.parametrize("strike", [NEAR, MOSUL], ids=["near", "none"])
@pytest.mark.parametrize(("side", "column", "value"), list(cases()))
def test_a_worse_cell_never_makes_a_finding_sure(side, column, value, strike):
    before = "strike-reported-nearby" if strike is NEAR else "none-in-records"
    worse = {column: value} | ({"longitude": 35.3257} if column == "latitude" and value == 43.7726 else {})
    if column == "latitude" and value is None:
        worse["longitude"] = None
    after = finding(CLAIM | worse, strike) if side == "claim" else finding(CLAIM, strike | worse)
    exempt = (side, column, value) == ("claim", "belligerents", None) and after == "strike-reported-nearby"
    assert after not in SURE or after == before or exempt


@pytest.mark.parametrize("column", ["perpetrator", "actor"])
def test_a_column_that_nobody_read_forbids_sure_findings(column):
    assert finding(CLAIM, NEAR | {column: "Russia"}) == "cannot-exclude"
    assert finding(CLAIM, MOSUL | {column: "Russia"}) == "cannot-exclude"
    assert finding(CLAIM | {column: "Russia"}, MOSUL) not in SURE


def test_a_cut_frame_supports_no_absence():
    claims = gcas.read_incidents(pd.DataFrame([CLAIM]).astype(object))
    strikes = gcas.read_strikes(pd.DataFrame([MOSUL, OTHER]).astype(object), coverage=COVERS)
    limits = {"within_km": 10, "within_days": 0, "background_days": 0}
    assert gcas.screen(claims, strikes, **limits)["finding"].tolist() == ["none-in-records"]
    assert gcas.screen(claims, strikes.iloc[:1], **limits)["finding"].tolist() == ["no-coverage"]


def test_one_claim_in_one_line_obeys_too():
    strikes = gcas.read_strikes(pd.DataFrame([MOSUL, OTHER]).astype(object), coverage=COVERS)
    asked = {"within_km": 10, "within_days": 0, "belligerents": "Coalition"}
    assert gcas.check("Hawijah", "2015-06-03", strikes, attack_kinds="air", **asked)["finding"] == "none-in-records"
    for worse in ({"attack_kinds": ""}, {"belligerents": ""}, {"belligerents": "coaliton"}, {"country": "SY"}):
        claim = gcas.check("Hawijah", "2015-06-03", strikes, **{"attack_kinds": "air", **asked, **worse})
        assert claim["finding"] not in SURE
