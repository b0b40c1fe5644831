"""What a release says was hit: read by tables of words, counted by kind, and told where the tables do not know it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.records.formats._centcom_targets import NOT_IN_TABLE, PLURAL, targets_in
from geocasualty.records.formats.centcom import parse_release
from geocasualty.tallies._keys import targets_of
from geocasualty.theatre.theatre import target_words
from tests.tallies.frames import records


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Near Hit, one strike struck an ISIL tactical unit and destroyed two ISIL vehicles.", "units:1;vehicles:2"),
        ("Near Hit, one strike destroyed an ISIL mortar position and an ISIL mortar tube.", "positions:1;weapons:1"),
        ("Near Hit, a strike hit one large and two small ISIL units, destroying a building.", "buildings:1;units:3"),
        ("Near Hit, one strike destroyed a VBIED facility and a vehicle borne improvised explosive device (VBIED).",
         "buildings:1;weapons:1"),
        ("Near Hit, one strike destroyed an ISIL command and control node near a checkpoint.", "buildings:1"),
        ("Near Hit, two strikes destroyed ISIL vehicles and two teapots.", "other:2;vehicles:2+"),
        ("Near Hit, one strike destroyed a tank and damaged two others.", "vehicles:3"),
        ("Near Hit, one strike destroyed an ISIL headquarters.", "buildings:1"),
        ("Near Hit, one strike struck a crude oil collection point.", "oil:1"),
        ("Near Hit, one strike destroyed an ISIL-used bridge and cratered an ISIL-used road.", "routes:2"),
        ("Near Hit, one strike had inconclusive results.", ""),
        ("A building was damaged near Hit.", "buildings:1"),
    ],
)  # fmt: skip
def test_things_are_counted_by_kind(text, targets):
    assert [found.targets for found in parse_release(text)] == [targets]


def test_each_clause_tells_of_its_own():
    text = (
        "An airstrike southwest of Hit destroyed a vehicle; two airstrikes southeast of Hit struck three checkpoints."
    )
    assert [found.targets for found in parse_release(text)] == ["vehicles:1", "checkpoints:3"]


WORDS = [(kind, word) for kind, words in target_words().items() if kind != "none" for word in words]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(2, 99)), min_size=1, max_size=5))
def test_every_word_of_the_table_is_read_with_its_number(named):
    text = "strikes destroyed " + ", ".join(f"{number} ISIL {word}" for (_, word), number in named) + "."
    expected = {}
    for (kind, _), number in named:
        expected[kind] = expected.get(kind, 0) + number
    assert targets_of(targets_in(text)) == expected
    assert "+" not in targets_in(text)


@given(st.sampled_from(WORDS))
def test_a_plural_without_a_number_is_a_least_number(of):
    kind, word = of
    found = targets_in(f"strikes destroyed {word}.")
    assert found in (f"{kind}:1", f"{kind}:{PLURAL}+")
    assert (found[-1] == "+") == (word[-1] == "s" and word[-2:] != "ss" and word != "headquarters")


@given(st.text(max_size=80))
def test_any_text_gives_known_kinds(text):
    assert set(targets_of(targets_in(text))) <= {*target_words(), NOT_IN_TABLE} - {"none"}


STRIKES = [{"targets": "positions:2;vehicles:1"}, {"targets": "vehicles:3+"}, {"targets": "oil"}, {"targets": ""}]


def test_strikes_are_tallied_by_what_they_hit():
    frame = records("strike", [{"n_strikes": 1}] * 4).assign(targets=[row["targets"] for row in STRIKES])
    table = gcas.tally(frame, by="target")
    rows = table[["target", "strike_records", "targets", "targets_unknown", "strike_records_shared"]].astype(object)
    assert rows.where(rows.notna(), None).values.tolist() == [
        ["oil", 1, None, 1, 0], ["positions", 1, 2, 0, 1], ["vehicles", 2, 4, 0, 1], ["unstated", 1, None, 1, 0],
        ["total", 4, 6, 2, 1],
    ]  # fmt: skip


def test_records_without_the_column_say_nothing_of_targets():
    for role in ("incident", "strike"):
        assert gcas.tally(records(role, [{}]), by="target")["target"].tolist() == ["unstated", "total"]
