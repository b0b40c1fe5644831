"""Whose strike a record names, however it spells it."""

import pytest

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning
from geocasualty.records import belligerents
from geocasualty.records.belligerents import canonical_belligerents, names_in_no_table, nearest_name, overlap
from geocasualty.theatre.parties import UNKNOWN, parties_in_force
from tests.records.samples import ACLED, AIRWARS, UCDP, write

WHERE = {"radius_m": "2000", "date": "2015-06-03", "lat": "35.3", "lon": "43.8", "country": "IQ"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("التحالف الدولي", "Coalition"),
        ("طيران التحالف", "Coalition"),
        ("التحالفُ الدوليّ", "Coalition"),
        ("روسيا", "Russia"),
        ("الطيران الروسي", "Russia"),
        ("النظام السوري", "Syrian government"),
        ("الجيش السوري", "Syrian government"),
        ("تركيا", "Turkey"),
        ("داعش", "ISIS"),
        ("قوات سوريا الديمقراطية", "SDF"),
        ("US-led coalition airstrikes", "Coalition"),
        ("coalition air strikes", "Coalition"),
        ("U.S. and partner nation forces", "Coalition"),
        ("Russian warplanes", "Russia"),
        ("Russian Air Force", "Russia"),
        ("Syrian air force", "Syrian government"),
        ("Turkish fighter jets", "Turkey"),
        ("suspected Coalition", "Coalition"),
        ("Coalition?", "Coalition"),
        ("Coalition, Russia", "Coalition;Russia"),
        ("Coalition / Russia", "Coalition;Russia"),
        ("Coalition and Russia", "Coalition;Russia"),
        ("Coalition & Russia | Turkey", "Coalition;Russia;Turkey"),
        ("التحالف وروسيا", "Coalition;Russia"),
        ("روسيا و النظام السوري", "Russia;Syrian government"),
        ("Coalition, unknown", "Coalition"),
        ("Islamic State of Iraq and Syria", "ISIS"),
        *((text, "") for text in ("NA", "N/A", "?", "-", "—", "none", "unclear", "Unknown", "unidentified jets", "")),
        ("مجهول", ""),
    ],
)
def test_usual_wordings_are_known(text, names):
    assert canonical_belligerents(text, "iraq-syria") == names
    assert not names_in_no_table(names)


@pytest.mark.parametrize(
    "text", ["Ministry of Defence, Russia", "coaliton", "Syrian National Coalition", "air force",
             "Syrian forces", "Wa'ad and Hit Brigade"],
)  # fmt: skip
def test_other_names_stay_whole(text):
    assert canonical_belligerents(text) == text
    assert names_in_no_table(text) == [text]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("coaliton", "Coalition"),
        ("colaition", "Coalition"),
        ("Rusia", "Russia"),
        ("Coalition, Hit Brigade", "Coalition"),
        ("Hit Brigade", ""),
    ],
)
def test_a_slip_has_a_nearest_name_and_a_party_of_its_own_has_none(name, near):
    assert nearest_name(name) == near


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("United States", "Coalition", True),
        ("United Kingdom", "Coalition;Iraqi government", True),
        ("Netherlands", "Coalition;Netherlands", True),
        ("Netherlands", "Coalition;United Kingdom", False),
        ("France", "Netherlands", False),
        ("Coalition;Russia", "France", True),
        ("Turkey", "Coalition", False),
        ("Russia", "Coalition", False),
        ("", "Coalition", True),
        ("uk", "Coalition", True),
    ],
)
def test_members_of_the_coalition(one, other, may_be):
    assert overlap(one, other) is may_be
    assert overlap(other, one) is may_be


def read(tmp_path, gaz, *names, **more):
    rows = [{"incident_id": f"A{n}", **WHERE, "belligerents": name} | more for n, name in enumerate(names)]
    return gcas.read_incidents(write(tmp_path / "mine.csv", rows, delimiter="\t"), gazetteer=gaz)


@pytest.mark.parametrize("name", ["التحالف الدولي", "Coalition, Russia", "coalition airstrikes", "NA"])
def test_a_strike_is_found_however_its_party_is_spelt(tmp_path, gaz, name):
    strikes = gcas.read_strikes(
        write(tmp_path / "s.csv", [{"strike_id": "S", **WHERE, "belligerents": "US-led Coalition"}]), gazetteer=gaz
    )
    frame = read(tmp_path, gaz, name)
    assert frame["flags"].tolist() == [""]
    assert gcas.screen(frame, strikes, within_km=10, within_days=0)["finding"].tolist() == ["strike-reported-nearby"]


def test_a_strike_of_an_alliance_may_be_that_of_a_member(tmp_path, gaz):
    strikes = gcas.read_strikes(
        write(tmp_path / "s.csv", [{"strike_id": "S", **WHERE, "belligerents": "US-led Coalition"}]), gazetteer=gaz
    )
    found = gcas.screen(read(tmp_path, gaz, "United States"), strikes, within_km=10, within_days=0)
    assert found["finding"].tolist() == ["cannot-exclude"]
    assert "whose strike it is, is not sure" in found["reason"].iloc[0]


def test_a_name_in_no_table_is_flagged_and_kept(tmp_path, gaz):
    with pytest.warns(GeocasualtyWarning, match=r"'coaliton' for Coalition \(2 rows\).*correct them"):
        frame = read(tmp_path, gaz, "coaliton", "Coalition", "Hit Brigade", "coaliton")
    assert frame["belligerents"].tolist() == ["coaliton", "Coalition", "Hit Brigade", "coaliton"]
    assert frame["flags"].tolist() == ["unknown-belligerent", "", "unknown-belligerent", "unknown-belligerent"]
    reasons = frame["location_reason"].tolist()
    assert reasons[0].endswith("; belligerents: 'coaliton' is in no table of names, and may mean Coalition")
    assert reasons[2].endswith("; belligerents: 'Hit Brigade' is in no table of names")
    assert "table of names" not in reasons[1]


def test_a_slip_in_what_a_list_covers_is_flagged(tmp_path, gaz):
    covers = {"covers_belligerents": "Rusia", "covers_countries": "IQ", "covers_start": "2015-06-01"}
    path = write(tmp_path / "s.csv", [{"strike_id": "S", **WHERE, **covers}])
    with pytest.warns(GeocasualtyWarning, match="'Rusia' for Russia"):
        frame = gcas.read_strikes(path, gazetteer=gaz)
    assert frame["flags"].tolist() == ["unknown-belligerent"]


def test_lists_with_parties_of_their_own_are_not_flagged(tmp_path, gaz):
    for row in (UCDP | {"side_a": "Hit Brigade"}, ACLED | {"actor1": "Hit Brigade"}):
        frame = gcas.read_incidents(write(tmp_path / "u.csv", [row]), gazetteer=gaz)
        assert (frame["belligerents"].tolist(), frame["flags"].tolist()) == (["Hit Brigade"], [""])
    frame = gcas.read_incidents(write(tmp_path / "a.csv", [AIRWARS | {"military": "Hit Brigade"}]), gazetteer=gaz)
    assert frame["flags"].tolist() == ["unknown-belligerent"]


def test_words_around_a_name_are_taken_off_however_many_they_are():
    for text in (
        "suspected " * 9_000 + "Russia",
        "Russia" + " airstrikes" * 9_000,
        "the possibly " * 999 + "Russia jets",
    ):
        assert canonical_belligerents(text) == "Russia"
    long = "Battalion of Hit " * 999
    assert canonical_belligerents(f"suspected {long}").startswith("suspected Battalion of Hit")


@pytest.mark.parametrize("unit", ["suspected ", "airstrikes ", "x ", "the "])
def test_the_work_on_a_cell_grows_as_the_cell(unit, monkeypatch):
    seen = []
    around = belligerents._around
    monkeypatch.setattr(belligerents, "_around", lambda key: seen.append(len(key)) or around(key))

    def work(count):
        seen.clear()
        canonical_belligerents("Somebody " + unit * count)
        return sum(seen)

    assert work(4_000) <= 2.1 * work(2_000)


def test_no_name_in_the_tables_is_as_long_as_the_longest():
    parties = parties_in_force()
    assert max(map(len, [*parties.general, *parties.names, *UNKNOWN])) < belligerents.LONGEST / 2
