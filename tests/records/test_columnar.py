"""Reading by the column gives what reading by the row gives, or leaves the file to it."""

import csv
from unittest import mock

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty import files
from geocasualty.errors import InputError
from geocasualty.files import read_csv_cells
from geocasualty.records import _inputs
from geocasualty.records._columnar import read_columns
from tests.records.test_reading import CELL, COLUMNS

TOUCHY = ["a", "é", "ح", "35.3", " ", ",", ";", "\t", '"', '""', "\n", "\r", "\r\n", "\ufeff", "\x1c", "\x85", "\u2028"]
BROKEN = [b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc3", b"'", b"\\"]
PIECES = st.one_of(*[st.just(piece.encode()) for piece in TOUCHY], st.sampled_from(BROKEN))
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def by_the_row(path):
    try:
        return read_csv_cells(path)
    except InputError as error:
        return str(error)


def lists(columns):
    return {name: list(texts) for name, texts in columns.items()}


@settings(max_examples=500, suppress_health_check=FIXTURES)
@given(
    header=st.sampled_from(
        [b"a,b\n", b"a\n", b"\xef\xbb\xbfa;b\r\n", b"\n\na,b\r", b"a,b,c\r\n", b"\n\xef\xbb\xbfa,b\n"]
    ),
    body=st.lists(PIECES, max_size=40).map(b"".join),
    block=st.sampled_from([2, 7, 30, 1 << 20]),
)
def test_any_bytes_mean_the_same_to_both_readers(tmp_path, header, body, block):
    path = tmp_path / "a.csv"
    path.write_bytes(header + body)
    columns = read_columns(path, block=block)
    if columns is not None:
        assert lists(columns) == by_the_row(path)


@pytest.mark.parametrize("block", range(2, 40))
def test_ends_of_lines_inside_quotes_survive_the_end_of_a_block(tmp_path, block):
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n"1\r\n2","\r\r\n"\r\n"\n\r","\r\n"\r\n"x\r","\r\n"\r\n')
    columns = read_columns(path, block=block)
    assert columns is None or lists(columns) == by_the_row(path)
    assert lists(read_columns(path)) == by_the_row(path)


@settings(max_examples=300, suppress_health_check=FIXTURES)
@given(
    rows=st.lists(st.tuples(*[st.text(st.sampled_from("".join(TOUCHY)), max_size=6)] * 3), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    everywhere=st.booleans(),
    block=st.sampled_from([64, 1 << 20]),
)
def test_every_table_in_order_is_read_by_the_column(tmp_path, rows, delimiter, end, everywhere, block):
    def cell(text):
        touchy = everywhere or any(mark in text for mark in '",;\t\r\n')
        return '"' + text.replace('"', '""') + '"' if touchy else text

    lines = [delimiter.join(map(cell, row)) for row in rows]
    path = tmp_path / "a.csv"
    path.write_text(delimiter.join("abc") + "\n" + "".join(line + end for line in lines), "utf-8", newline="")
    columns = read_columns(path, block=block)
    if block > 64:
        assert columns is not None
    if columns is not None:
        assert lists(columns) == by_the_row(path)
        assert list(zip(*lists(columns).values(), strict=True)) == rows


@pytest.mark.parametrize(
    "body",
    [
        b"A\n", b"A,B,C\n", b'A,"B\n', b'"A"x,B\n', b'A,x"B"\n', b"A,\x00\n", b"A,\xff\n", b"", b"\n\n",
        b"A," + b"x" * 1_000_001 + b"\n", b"A," + b"x" * 3_000_000 + b"\n",
    ],
)  # fmt: skip
def test_what_is_not_plainly_in_order_is_left_to_the_careful_reader(tmp_path, body):
    (tmp_path / "a.csv").write_bytes(b"id,place\n" + body)
    assert read_columns(tmp_path / "a.csv") is None


def test_a_table_of_too_many_cells_is_refused_before_it_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_CELLS", 1_000)
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,place\n" + b"A,B\n" * 25_000_000)
    read = []
    with pytest.raises(InputError, match=r"a\.csv: more than 200 rows of 2 columns \(1,000 cells\)"):
        read_columns(path, seen=read.append)
    assert sum(read) < 60_000_000  # of 100; Arrow reads some blocks ahead


def test_texts_that_recur_are_coded_until_they_do_not(tmp_path):
    path = tmp_path / "a.csv"
    same, other = "Hit,IQ\n" * 500, "".join(f"place {number},IQ\n" for number in range(500))
    path.write_text("place,country\n" + same + other)
    columns = read_columns(path, block=2_000)
    assert isinstance(columns["country"], pd.Categorical)
    assert not isinstance(columns["place"], pd.Categorical)
    assert lists(columns) == read_csv_cells(path)


ROW = st.fixed_dictionaries(
    {"incident_id": st.one_of(CELL, st.sampled_from(["A ", "B\u00a0", "C"]))},
    optional=dict.fromkeys([*COLUMNS, "flags", "dataset", "colour", "row", "rows"], CELL)
    | dict.fromkeys(["lat", "lon"], st.sampled_from(["35.3", "43", " 36", "+1", "1_0", "1e1", "0x1", "inf", ".5", ""])),
)


@pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")  # a column that looks like a date
@settings(max_examples=60, suppress_health_check=FIXTURES)
@given(rows=st.lists(ROW, max_size=8))
def test_both_ways_accept_and_reject_the_same_rows(tmp_path, gaz, rows):
    first = dict.fromkeys(["incident_id", "date", "place"], "A")
    columns = list(dict.fromkeys(column for row in [first, *rows] for column in row))
    path = tmp_path / "incidents.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([first, *rows])
    quick = gcas.validate_incidents(path, gazetteer=gaz)
    with mock.patch.object(_inputs, "read_columns", return_value=None):
        careful = gcas.validate_incidents(path, gazetteer=gaz)
    for one, other in zip(quick, careful, strict=True):
        pd.testing.assert_frame_equal(one, other)
    filled = [number for number, row in enumerate(rows, start=2) if any(text.strip() for text in row.values())]
    assert {*quick[0]["row"]} | {*quick[1]["row"]} == set(range(1, max(filled, default=1) + 1))
    assert {*quick[0]["row"]}.isdisjoint(quick[1]["row"])
