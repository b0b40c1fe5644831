"""What the words of a cell leave open, a place, a party, a day or an hour, supports no sure finding."""

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.records.belligerents import canonical_belligerents, in_doubt
from tests.matching.test_law_of_files import CLAIM, COVERS, MOSUL, NEAR, OTHER, SURE

pytestmark = pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
BARE = ("latitude", "longitude", "radius_m", "vicinity")
BY_NAME, MOSUL_BY_NAME, CLAIM_BY_NAME = (
    {name: value for name, value in record.items() if name not in BARE} for record in (NEAR, MOSUL, CLAIM)
)
LIMITS = {"within_km": 10, "within_days": 0, "background_days": 0}
APART = pd.Timedelta(days=9)
"""Between two cases of one table: none is of the days of another."""
WIDE = COVERS | {"start": "2015-01-01", "end": "2017-12-31"}


def findings(cases, **changes):
    """Of claims and a strike each, all in two tables, each case on days of its own."""
    rows = [], []
    for number, case in enumerate(cases):
        day = pd.Timestamp("2015-06-03") + number * APART
        for side, record in zip(rows, case, strict=True):
            name = "incident_id" if "incident_id" in record else "strike_id"
            said = record["date"].replace("2015-06-03", str(day.date()))
            side.append(record | {name: f"{name[0]}{number:02}", "date": said})
    claims = gcas.read_incidents(pd.DataFrame(rows[0]).astype(object))
    strikes = gcas.read_strikes(pd.DataFrame(rows[1]).astype(object), coverage=WIDE)
    return gcas.screen(claims, strikes, **LIMITS | changes)["finding"].tolist()


def surely(cases, **changes):
    """The cases with a sure finding."""
    return [case for case, found in zip(cases, findings(cases, **changes), strict=True) if found in SURE]


def test_as_they_are_both_findings_are_sure():
    both = ["strike-reported-nearby", "none-in-records"]
    assert findings([(CLAIM, NEAR), (CLAIM, MOSUL)]) == both
    assert findings([(CLAIM, BY_NAME | {"place": "Hawijah, Kirkuk"}), (CLAIM, MOSUL_BY_NAME)]) == both
    assert findings([(CLAIM_BY_NAME, NEAR), (CLAIM_BY_NAME, MOSUL)]) == both


PLACES = [
    "Hawijah, Ninewa", "Ninewa, Hawijah", "Hawijah (Ninewa)", "Mosul or Hawijah", "Hawijah (Mosul)", "Hawijah, Qwertz",
    "Qwertz, Ninewa", "الحويجة أو الموصل", "Hawijah?", "Hawijah, Kirkuk (?)", "الحويجة؟",
]  # fmt: skip


def test_a_place_of_which_something_is_not_explained_is_nowhere_for_sure():
    for place in PLACES:  # each alone: a strike that may be anywhere is so for all claims of its days
        assert not surely([(CLAIM, BY_NAME | {"place": place})])
    for change in ({"governorate": "Ninewa"}, {"country": "SY"}):
        assert not surely([(CLAIM, BY_NAME | change)])
    worse = [CLAIM_BY_NAME | {"place": place} for place in PLACES] + [
        CLAIM_BY_NAME | {"governorate": "Qwertz"},
        CLAIM_BY_NAME | {"governorate": "Ninewa"},
        CLAIM_BY_NAME | {"country": "SY"},
    ]
    assert not surely([(claim, strike) for claim in worse for strike in (NEAR, MOSUL)])


DOUBTED = [
    ("Coalition or unknown", "Coalition"), ("Coalition;unknown", "Coalition"), ("Coalition; ?", "Coalition"),
    ("Coalition?", "Coalition"), ("possibly Coalition", "Coalition"), ("Coalition (unconfirmed)", "Coalition"),
    ("alleged US-led coalition airstrike", "Coalition"), ("either Coalition or Russia", "Coalition;Russia"),
    ("Coalition / maybe Russia", "Coalition;Russia"), ("Coalition or Russia", "Coalition;Russia"),
    ("التحالف أو روسيا", "Coalition;Russia"), ("ربما التحالف", "Coalition"), ("التحالف؟", "Coalition"),
    ("التحالف أو مجهول", "Coalition"), ("peut-être Coalition", "Coalition"), ("возможно Coalition", "Coalition"),
    ("можливо Coalition", "Coalition"),
]  # fmt: skip


def test_a_party_that_is_told_with_a_doubt_keeps_it():
    for party, names in DOUBTED:
        assert canonical_belligerents(party, "iraq-syria") == names
        assert in_doubt(party)
    found = findings([(CLAIM, NEAR | {"belligerents": party}) for party, _ in DOUBTED])
    assert found == ["cannot-exclude"] * len(DOUBTED)
    doubted = [CLAIM | {"belligerents": party} for party, _ in DOUBTED]
    assert not surely([(claim, strike) for claim in doubted for strike in (NEAR, MOSUL)])


@pytest.mark.parametrize(
    "party", ["Coalition", "Coalition;Russia", "Coalition and Russia", "the Coalition", "", "unknown", "?"]
)
def test_what_is_told_plainly_or_not_at_all_has_no_doubt(party):
    assert not in_doubt(party)


def test_a_strike_perhaps_of_another_party_is_not_left_out():
    doubted = ["Russia", "Russia?", "Russia or unknown", "probably Russia", "روسيا أو مجهول"]
    found = findings([(CLAIM, NEAR | {"belligerents": party}) for party in doubted])
    assert found == ["none-in-records", *["cannot-exclude"] * 4]


def test_nor_is_it_in_a_frame_that_no_reader_made():
    claims = gcas.read_incidents(pd.DataFrame([CLAIM]).astype(object))
    strikes = gcas.read_strikes(pd.DataFrame([NEAR, OTHER]).astype(object), coverage=COVERS)
    for doubted in ("Coalition?", "Russia?"):
        changed = strikes.assign(belligerents=[doubted, "Coalition"])
        assert gcas.screen(claims, changed, **LIMITS)["finding"].tolist() == ["cannot-exclude"]
    assert gcas.screen(claims.assign(belligerents="Coalition?"), strikes, **LIMITS)["finding"].iloc[0] not in SURE


def test_whose_strikes_are_tested_may_be_chosen_whatever_the_claim_doubts():
    claim = CLAIM | {"belligerents": "possibly Coalition"}
    found = findings([(claim, NEAR), (claim, MOSUL)], belligerents={"Coalition"})
    assert found == ["strike-reported-nearby", "none-in-records"]


def test_records_that_perhaps_cover_a_party_do_not():
    claims = gcas.read_incidents(pd.DataFrame([CLAIM]).astype(object))
    covers = {f"covers_{name}": value for name, value in COVERS.items()}
    for party, sure in (("Coalition", True), ("Coalition?", False), ("Coalition or Russia", False)):
        told = [record | covers | {"covers_belligerents": party} for record in (MOSUL, OTHER)]
        strikes = gcas.read_strikes(pd.DataFrame(told).astype(object))
        assert (gcas.screen(claims, strikes, **LIMITS)["finding"].iloc[0] == "none-in-records") == sure


def test_days_that_are_told_with_a_doubt_are_no_day():
    dates = ["{0} or {1}", "{0} or {2}", "around {0}", "{0}?"]
    day = pd.Timestamp("2015-06-03")
    for date in dates:
        said = date.format(*(f"{day + pd.Timedelta(days=days):%d %B %Y}" for days in range(3)))
        assert not surely([(CLAIM, NEAR | {"date": said})])
        assert not surely([(CLAIM | {"date": said}, NEAR)])


def test_a_blank_hour_in_a_file_that_tells_hours_says_no_more_than_a_night():
    """The night of a day is the one before or behind it, so that a strike two days later is not denied."""
    for days, nearby in ((0, False), (2, False), (3, True)):
        later = NEAR | {"date": str((pd.Timestamp("2015-06-03") + pd.Timedelta(days=days)).date())}
        for hours in ({"local_time": "night"}, {"local_time": None}):
            rows = [CLAIM | hours, CLAIM | {"incident_id": "i9", "local_time": "14:00"}]
            claims = gcas.read_incidents(pd.DataFrame(rows).astype(object))
            strikes = gcas.read_strikes(pd.DataFrame([later, OTHER]).astype(object), coverage=COVERS)
            found = [gcas.screen(claims, strikes, **LIMITS)["finding"].iloc[0]]
            rows = [later | hours, OTHER | {"local_time": "14:00"}]
            claims = gcas.read_incidents(pd.DataFrame([CLAIM]).astype(object))
            strikes = gcas.read_strikes(pd.DataFrame(rows).astype(object), coverage=COVERS)
            found.append(gcas.screen(claims, strikes, **LIMITS)["finding"].iloc[0])
            assert [each in SURE for each in found] == [nearby, nearby]


def test_where_nobody_tells_hours_a_day_is_a_day():
    assert findings([(CLAIM | {"local_time": None}, NEAR)]) == ["strike-reported-nearby"]
    rows = [CLAIM | {"local_time": None}, CLAIM | {"incident_id": "A2", "local_time": "14:00"}]
    assert gcas.read_incidents(pd.DataFrame(rows).astype(object))["flags"].tolist() == ["blank-hours", ""]


def test_one_claim_in_one_line_keeps_its_doubts():
    asked = {"place": "Hawijah", "date": "2015-06-03", "belligerents": "Coalition", "attack_kinds": "air"}
    doubts = {"place": "Hawijah, Ninewa"}, {"date": "around 3 June 2015"}, {"belligerents": "possibly Coalition"}
    for record in (NEAR, MOSUL):
        strikes = gcas.read_strikes(pd.DataFrame([record, OTHER]).astype(object), coverage=COVERS)
        found = [
            gcas.check(strikes=strikes, within_km=10, within_days=0, **asked | worse)["finding"] in SURE
            for worse in ({}, *doubts)
        ]
        assert found == [True, False, False, False]


GERMAN = {
    "date": "Datum", "place": "Ort", "latitude": "Breitengrad", "longitude": "Längengrad", "country": "Land",
    "belligerents": "Täter", "radius_m": "Genauigkeit",
}  # fmt: skip


def test_names_of_columns_in_another_language_are_read_or_forbid_what_they_might_change():
    for side, record in (("claim", CLAIM), ("strike", NEAR)):
        for column, german in GERMAN.items():
            renamed = {german if name == column else name: value for name, value in record.items()}
            frame = pd.DataFrame([renamed, renamed | {next(iter(renamed)): "x9"}]).astype(object)
            read = gcas.read_incidents(frame) if side == "claim" else gcas.read_strikes(frame)
            unread = "unmapped-column" in read["flags"].iloc[0]
            assert unread == (column in ("belligerents", "radius_m")), (side, german)
