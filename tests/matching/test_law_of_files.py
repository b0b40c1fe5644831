"""What is wrong with a cell of a file never makes a finding sure, nor turns one sure finding into the other."""

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.matching.absence import OPEN_DAYS
from tests.cli.running import run

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


SQUARE = "POLYGON ((43.5 35.1, 44 35.1, 44 35.6, 43.5 35.6, 43.5 35.1))"
NAMED = {"latitude": None, "longitude": None, "radius_m": None}
UNSURE = {
    "radius_m": ({"radius_m": 20_000}, {"radius_m": None}),
    "radius_m-beside-precision": ({"radius_m": 20_000, "precision": "exact"}, {"radius_m": None}),
    "radius_m-of-a-name": (NAMED | {"radius_m": 40_000}, {"radius_m": None}),
    "precision": ({"radius_m": None, "precision": "district"}, {"precision": None}),
    "precision-beside-mgrs": (
        {"radius_m": None, "mgrs": "38S LE 894 094", "precision": "district"},
        {"precision": None},
    ),
    "mgrs": ({"radius_m": None, "mgrs": "38S LE 8 0"}, {"mgrs": None}),
    "mgrs-beside-radius_m": ({"radius_m": 100, "mgrs": "38S LE 8 0"}, {"mgrs": None}),
    "mgrs-of-a-name": (NAMED | {"mgrs": "38S LE 8 0"}, {"mgrs": None}),
    "shape": ({"radius_m": None, "geometry_wkt": SQUARE}, {"geometry_wkt": None}),
    "shape-beside-radius_m": ({"radius_m": 100, "geometry_wkt": SQUARE}, {"geometry_wkt": None}),
    "shape-of-a-name": (NAMED | {"geometry_wkt": SQUARE}, {"geometry_wkt": None}),
    "coordinates": ({"radius_m": 40_000}, {"latitude": None, "longitude": None}),
    "vicinity": (NAMED | {"vicinity": "yes"}, {"vicinity": None}),
    "end": ({"date_end": "2015-06-09"}, {"date_end": None}),
    "end-after-begin": ({"date": "2015-05-30", "date_end": "2015-06-03"}, {"date_end": None}),
}
"""What makes a record unsure or wide, and the cells that say so taken away."""


@pytest.mark.parametrize("side", ["claim", "strike"])
@pytest.mark.parametrize("what", UNSURE)
def test_a_cell_taken_away_says_no_more_than_it_did(what, side):
    wide, blank = UNSURE[what]
    for place in (NEAR, MOSUL):
        records = {"claim": CLAIM, "strike": place}
        if side == "strike" and place is MOSUL:
            continue
        found = []
        for change in (wide, wide | blank):
            claim, strike = (records[name] | (change if side == name else {}) for name in records)
            found.append(finding(claim, strike))
        assert found[1] not in SURE or found[1] == found[0]


@pytest.mark.parametrize("column", ["accuracy_m", "error", "uncertainty", "buffer_m", "Rayon", "دقة", "near", "approx"])
def test_an_accuracy_under_another_name_forbids_sure_findings(column):
    for claim, strike in ((CLAIM, NEAR), (CLAIM, MOSUL)):
        assert finding(claim | {column: "40000"}, strike) not in SURE
        assert finding(claim, strike | {column: "40000"}) not in SURE


def test_a_file_without_a_column_for_it_is_assumed_to_be_right_and_says_so():
    """The one exemption: else coordinates alone could never be near anything."""
    bare = {name: value for name, value in CLAIM.items() if name not in ("radius_m", "vicinity")}
    assert finding(bare, NEAR) == "strike-reported-nearby"


def test_a_strike_without_an_end_may_have_gone_on():
    """Its day is in doubt besides, and a day on either side has to be empty: two more are not denied."""
    strike = NEAR | {"date_end": None}
    first = pd.Timestamp("2015-06-03")
    for days, denied in ((OPEN_DAYS + 2, False), (OPEN_DAYS + 3, True)):
        later = CLAIM | {"date": str((first + pd.Timedelta(days=days)).date())}
        ended = {"date_end": "2015-05-10"}
        claims = gcas.read_incidents(pd.DataFrame([later]).astype(object))
        strikes = gcas.read_strikes(pd.DataFrame([strike, OTHER | ended]).astype(object), coverage=COVERS)
        found = gcas.screen(claims, strikes, within_km=10, within_days=0, background_days=0)["finding"].tolist()
        assert (found == ["none-in-records"]) == denied


def test_so_it_is_at_the_end_of_the_pipe(tmp_path):
    """In the table and on the page that a shell writes."""
    whole = CLAIM | {"date_end": "2015-06-03"}
    worse = [{}, {"radius_m": ""}, {"vicinity": ""}, {"date_end": ""}, {"country": "SY"}, {"date": "2015-06"}]
    claims = [whole | {"incident_id": f"A{number}"} | cells for number, cells in enumerate(worse)]
    covers = {f"covers_{name}": value for name, value in COVERS.items()}
    pd.DataFrame(claims).to_csv(tmp_path / "claims.csv", index=False)
    pd.DataFrame([NEAR | covers, OTHER | covers]).to_csv(tmp_path / "strikes.csv", index=False)
    for what, path in (("screen", "found.csv"), ("report", "found.html")):
        words = [what, "claims.csv", "strikes.csv", "--within-km", "10", "--within-days", "0", "-o", path]
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    found = pd.read_csv(tmp_path / "found.csv")["finding"].tolist()
    assert found == ["strike-reported-nearby", *["cannot-exclude"] * (len(worse) - 1)]
    page = (tmp_path / "found.html").read_text("utf-8")
    assert page.count("its own place is in doubt") + page.count("blank-accuracy") >= 2
