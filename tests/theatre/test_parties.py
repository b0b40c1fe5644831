"""Parties, alliances and the words of theatres: what the tables hold, and what is made of them."""

import random

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.cli import main
from geocasualty.errors import InputError
from geocasualty.matching._covered import WHOLE, Covered
from geocasualty.records.belligerents import canonical_belligerents, overlap
from geocasualty.theatre.parties import (
    KINDS,
    Parties,
    add_parties,
    day_number,
    key_of,
    parties_in_force,
    table,
)

PARTIES = parties_in_force()
THEATRES = sorted({row["theatre"] for row in table("theatres")})
WORDS = sorted({alias for row in table("parties") for alias in row["aliases"].split(";")})
NAMES = sorted(PARTIES.names)
texts = st.lists(st.sampled_from([*WORDS, *NAMES, "Hit Brigade", "unknown", "the", ""]), max_size=4).flatmap(
    lambda words: st.sampled_from([";", " and ", ", ", " / ", " "]).map(lambda between: between.join(words))
)


@given(texts, st.sampled_from(["", *THEATRES]))
@settings(max_examples=150, deadline=None)
def test_names_written_once_stay_as_they_are(text, theatre):
    names = canonical_belligerents(text, theatre)
    assert canonical_belligerents(names, theatre) == names


@given(st.lists(st.sampled_from([*WORDS, "Hit Brigade"]), max_size=5), st.randoms(), st.sampled_from(["", *THEATRES]))
@settings(max_examples=100, deadline=None)
def test_the_order_of_names_makes_no_difference(words, chance, theatre):
    moved = chance.sample(words, len(words))
    assert canonical_belligerents(";".join(words), theatre) == canonical_belligerents(";".join(moved), theatre)


days = st.dates(pd.Timestamp("1980-01-01").date(), pd.Timestamp("2030-01-01").date())
sides = st.lists(st.sampled_from([*NAMES, "Hit Brigade"]), max_size=3).map(";".join)


@given(sides, sides, st.none() | days)
@settings(max_examples=200, deadline=None)
def test_overlap_is_symmetric(one, other, day):
    assert overlap(one, other, day) is overlap(other, one, day)
    assert overlap(one, one, day)


@pytest.mark.parametrize("row", table("alliances"), ids=lambda row: f"{row['alliance']}-{row['member']}")
def test_a_member_is_one_from_its_first_day_to_its_last(row):
    first, last = (pd.Timestamp(row[column]) if row[column] else None for column in ("from", "until"))
    day = pd.Timedelta(days=1)
    others = [each for each in table("alliances") if each["alliance"] == row["alliance"] and each is not row]
    assert all(each["member"] != row["member"] for each in others)
    for at, held in ((first, True), (last, True), (first and first - day, False), (last and last + day, False)):
        if at is not None:
            assert overlap(row["member"], row["alliance"], at.date()) is held
    assert overlap(row["member"], row["alliance"])


def test_tables_are_valid():
    countries = {}
    for row in table("parties"):
        assert row["source"], row
        assert row["aliases"], row
        assert row["kind"] in KINDS
        assert row["form"] in ("name", "adjective")
        assert row["language"] in ("en", "ar")
        assert set(filter(None, row["theatre"].split(";"))) <= set(THEATRES), row
        assert countries.setdefault(row["party"], (row["kind"], row["country"])) == (row["kind"], row["country"])
        assert (row["kind"] == "state") <= bool(row["country"])
    for row in table("alliances"):
        assert row["source"]
        assert {row["alliance"], row["member"]} <= set(countries), row
        assert all(day_number(row[edge]) for edge in ("from", "until") if row[edge]), row
        assert not row["until"] or row["from"] <= row["until"]
    for name in NAMES:
        assert canonical_belligerents(name) == canonical_belligerents(name.upper(), None) == name


def test_members_of_the_coalition_and_the_dates_of_alliances_are_these():
    coalition = ["Australia", "Bahrain", "Belgium", "CENTCOM", "Canada", "Denmark", "France", "Jordan", "Netherlands"]
    coalition += ["Saudi Arabia", "United Arab Emirates", "United Kingdom", "United States"]
    assert sorted(PARTIES.members_on("Coalition")) == coalition
    assert sorted(PARTIES.members_on("Coalition", (day_number("2014-08-09"),) * 2)) == ["CENTCOM", "United States"]
    yemen = ["Bahrain", "Egypt", "Jordan", "Kuwait", "Morocco", "Qatar", "Saudi Arabia", "Sudanese Armed Forces"]
    assert sorted(PARTIES.members_on("Saudi-led coalition")) == [*yemen, "United Arab Emirates"]
    dates = {(row["from"], row["until"]) for row in table("alliances") if row["alliance"] == "Saudi-led coalition"}
    assert dates == {("2015-03-26", ""), ("2015-03-26", "2017-06-05"), ("2015-03-26", "2019-02-07")}
    libya = {(row["from"], row["until"]) for row in table("alliances") if row["alliance"] == "NATO in Libya"}
    assert libya == {("2011-03-31", "2011-10-31"), ("2011-03-31", "2011-08-01")}


def test_the_order_of_rows_makes_no_difference():
    names = ("parties", "alliances", "theatres", "party_forms")
    mixed = [random.Random(7).sample(table(name), len(table(name))) for name in names]
    made = Parties(*mixed)
    assert (made._meant, made._shown, made.members, made.general) == (
        PARTIES._meant, PARTIES._shown, PARTIES.members, PARTIES.general,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "theatre", "name"),
    [
        ("the coalition", "", "the coalition"),
        ("the coalition", "iraq-syria", "Coalition"),
        ("the coalition", "yemen", "Saudi-led coalition"),
        ("US-led coalition", "yemen", "anti-ISIS Coalition"),
        ("regime", "iraq-syria", "Syrian government"),
        ("regime", "yemen", "regime"),
        ("IS", "", "IS"),
        ("IS", "ucdp", "ISIS"),
        ("IS", "iraq-syria", "ISIS"),
        ("NATO air strikes", "libya", "NATO in Libya"),
        ("rebels", "yemen", "Houthis"),
        ("Ansar Allah", "", "Houthis"),
        ("IDF", "", "Israel"),
        ("Coalition", "", "Coalition"),
        ("coalition", None, "Coalition"),
    ],
)
def test_a_word_means_a_party_where_its_theatre_says_so(text, theatre, name):
    assert canonical_belligerents(text, theatre) == name


def read(country, name, **more):
    row = {"incident_id": "A", "date": "2016-06-03", "lat": 12.0, "lon": 12.0, "country": country, "belligerents": name}
    return gcas.read_incidents(pd.DataFrame([row | more])).iloc[0]


def test_the_theatre_of_a_record_is_that_of_its_country():
    assert read("YE", "the coalition")["belligerents"] == "Saudi-led coalition"
    assert "unknown-belligerent" not in read("YE", "the coalition")["flags"]
    assert read("IQ", "regime", lat=35.3, lon=43.8)["belligerents"] == "Syrian government"
    nowhere = read("NG", "the coalition")
    assert (nowhere["belligerents"], "unknown-belligerent" in nowhere["flags"]) == ("the coalition", True)


def records(role, *rows):
    zone = pd.DatetimeTZDtype("s", "UTC")
    frame = pd.DataFrame(
        [{f"{role}_id": f"{role}{n}", "radius_m": 0.0, "country": "YE"} | row for n, row in enumerate(rows)]
    )
    frame["start"] = pd.to_datetime(frame.pop("day")).dt.tz_localize("UTC").astype(zone)
    frame["end"] = frame["start"] + pd.Timedelta(days=1)
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy([44.2] * len(rows), [15.3] * len(rows)), crs=4326)


def test_the_join_knows_who_was_a_member_when():
    incidents = records("incident", *({"day": day, "belligerents": "Qatar"} for day in ("2016-06-03", "2018-06-03")))
    strikes = records(
        "strike", *({"day": day, "belligerents": "Saudi-led coalition"} for day in ("2016-06-03", "2018-06-03"))
    )
    found = gcas.match(incidents, strikes, within_km=1, within_days=0)
    assert found["incident_id"].tolist() == ["incident0"]
    assert len(gcas.match(strikes.rename(columns={"strike_id": "incident_id"}), incidents.rename(
        columns={"incident_id": "strike_id"}), within_km=1, within_days=0)) == 1  # fmt: skip


def test_a_large_join_and_a_small_one_agree_on_members():
    from geocasualty.matching._limits import Window
    from geocasualty.matching._pairs import table_of
    from geocasualty.matching._sides import side_of

    chance = random.Random(3)
    days = ["2014-08-20", "2014-10-01", "2016-06-03", "2017-06-05", "2017-06-06", "2019-02-08"]
    some = ["Qatar", "Saudi-led coalition", "Coalition", "France", "Coalition;France", "AFRICOM", "United States", ""]
    ours, theirs = (
        records(role, *({"day": chance.choice(days), "belligerents": chance.choice(some)} for _ in range(60)))
        for role in ("incident", "strike")
    )
    limits, both = Window(1_000.0, days=400), (side_of(ours, "incident"), side_of(theirs, "strike"))
    exact, fast = (
        table_of(*both, limits, "overlap", bounds=False, max_pairs=10**6, backend=backend)
        for backend in ("numpy", "numba")
    )
    columns = ["incident_id", "strike_id"]
    assert exact[columns].values.tolist() == fast[columns].values.tolist()
    assert len(exact) < 3_600


def test_records_of_an_alliance_cover_a_member_while_it_is_one():
    stated = {"belligerent": "Saudi-led coalition", "country": "YE", "complete": True}
    edges = {"start": pd.Timestamp("2017-01-01", tz="UTC"), "end": pd.Timestamp("2018-01-01", tz="UTC")}
    covered = Covered(pd.DataFrame([{"belligerent": "", "dataset": "", **stated, **edges}]).assign(**stated))
    year = tuple(int(edge.timestamp()) for edge in edges.values())
    assert covered.seconds("Kuwait", "YE", *year, WHOLE) == 365 * 86_400
    assert covered.seconds("Qatar", "YE", *year, WHOLE) == 156 * 86_400  # 1 January to 5 June
    assert covered.seconds("Oman", "YE", *year, WHOLE) == 0


def test_rows_of_a_user_hold_while_they_are_there_and_in_any_order():
    mine = [
        {"party": "Joint Force", "aliases": "joint force of hit;قوة مشتركة"},
        {"party": "Hit Council", "aliases": ""},
    ]
    with add_parties(mine), add_parties(pd.DataFrame(mine[::-1])):
        with add_parties([{"alliance": "Hit Council", "member": "Joint Force", "from": "2020-01-01"}]):
            assert canonical_belligerents("قوة مشتركة") == "Joint Force"
            assert [overlap("Joint Force", "Hit Council", day) for day in ("2019-12-31", "2020-01-01")] == [False, True]
        assert not overlap("Joint Force", "Hit Council")
    assert canonical_belligerents("joint force of hit") == "joint force of hit"
    assert parties_in_force() is PARTIES


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"party": "Other", "aliases": "daesh"}], "'daesh': means ISIS and Other"),
        ([{"name": "Other"}], "expected those of parties"),
        ([{"party": "A;B", "aliases": "x"}], "column 'party', value 'A;B'"),
        ([{"party": "A", "kind": "club"}], "column 'kind', value 'club'"),
        ([{"alliance": "Coalition", "member": "Nobody"}], "'Nobody': is no party"),
        ([{"alliance": "Coalition", "member": "Turkey", "from": "3 June"}], "column 'from', value '3 June'"),
        ([{"alliance": "NATO", "member": "Turkey", "from": "2020-01-02", "until": "2020-01-01"}], "is before from"),
    ],
)
def test_rows_that_cannot_be_used_are_refused_and_nothing_is_added(rows, said):
    with pytest.raises(InputError, match=said):
        add_parties(rows)
    assert parties_in_force() is PARTIES


def test_the_command_line_takes_a_file_of_parties(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("party,aliases\nOther,daesh\n")
    with pytest.raises(SystemExit):
        main(["--parties", str(path), "resolve", "Hawija"])
    assert "'daesh': means ISIS and Other" in capsys.readouterr().err
    path.write_text("party,aliases\nJoint Force,joint force of hit\n")
    with pytest.raises(SystemExit) as done:
        main(["--parties", str(path), "resolve", "Hawija"])
    assert done.value.code == 0
    assert parties_in_force() is PARTIES


def test_a_key_is_its_own_key():
    assert all(key_of(key_of(word)) == key_of(word) for word in WORDS)
