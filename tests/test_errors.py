"""An error about a cell says which: in words, and as attributes."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import BadRowsError, InputError
from geocasualty.matching import group_strikes
from geocasualty.tallies import allegations_by_month, compare_figures

CLAIMS = "incident_id,date,place\nA1,2015-06-03,Hit\n"
BOOK = gcas.load_casebook()
LIMITS = {"within_km": 10, "within_days": 0}
FIGURES = gcas.datasets.published_figures()
DECISION = {"incident_id": "hawijah-2015-06", "strike_id": "nl-2015-06-02-hawijah", "decision": "accept"}
MONTHS = pd.DataFrame({"month": ["2017-11", "2017-12"], "received": ["12", "a few"]})


def read(tmp_path, text):
    path = tmp_path / "claims.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return gcas.read_incidents(path)


def screened(**changes):
    return gcas.screen(BOOK.incidents, BOOK.strikes, **LIMITS, review=pd.DataFrame([DECISION | changes]))


CASES = {
    "a day that is none": (lambda at: read(at, CLAIMS + "A2,2015-06-31,Hit\n"), 2, "start", "2015-06-31"),
    "a missing column": (
        lambda at: gcas.match(BOOK.incidents.drop(columns="end"), BOOK.strikes, **LIMITS),
        None,
        "end",
        None,
    ),
    "a row too long": (lambda at: read(at, CLAIMS + "A2,2015-06-03,Hit,more\n"), 2, None, "A2,2015-06-03,Hit,more"),
    "another encoding": (lambda at: read(at, CLAIMS.encode() + b"A2,2015-06-03,Hit\xe9\n"), 2, "place", b"Hit\xe9"),
    "a decision on nothing": (lambda at: screened(incident_id="gone"), 1, "incident_id", "gone"),
    "no decision": (lambda at: screened(decision="perhaps"), 1, "decision", "perhaps"),
    "an id that stands twice": (
        lambda at: group_strikes(BOOK.strikes, BOOK.strikes),
        None,
        "strike_id",
        BOOK.strikes["strike_id"].iloc[0],
    ),
    "no id": (
        lambda at: gcas.match(BOOK.incidents.assign(incident_id=["a", None, "c", "d"]), BOOK.strikes, **LIMITS),
        2,
        "incident_id",
        None,
    ),
    "no number in the books": (lambda at: allegations_by_month(MONTHS), 2, "received", "a few"),
    "no number in the figures": (
        lambda at: compare_figures(figures=FIGURES.head(2).assign(min=["1", "x"])),
        2,
        "min",
        "x",
    ),
    "a count that is none": (
        lambda at: gcas.tally(BOOK.strikes.assign(n_strikes=[1, 2, -3, 4, 5])),
        3,
        "n_strikes",
        -3,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_error_about_a_cell_has_its_row_column_and_value(case, tmp_path):
    act, row, column, value = CASES[case]
    with pytest.raises(InputError) as caught:
        act(tmp_path)
    error = caught.value
    assert (error.row, error.column, error.value) == (row, column, value)
    assert row is None or re.search(rf"row {row}\b|_id '", str(error))  # a row of a frame by its identifier
    assert column is None or column in str(error)
    again = pickle.loads(pickle.dumps(error))  # from a worker
    assert (str(again), again.row, again.column) == (str(error), row, column)


def test_an_error_about_no_cell_has_none():
    with pytest.raises(InputError) as caught:
        gcas.match(BOOK.incidents, BOOK.strikes, within_km=-1, within_days=0)
    assert (caught.value.row, caught.value.column, caught.value.value) == (None, None, None)


def test_rows_that_fail_are_all_there_and_the_first_is_the_error_s(tmp_path):
    with pytest.raises(BadRowsError) as caught:
        read(tmp_path, CLAIMS + "A2,2015-06-31,Hit\nA3,soon,Hit\n")
    assert caught.value.rejected["row"].tolist() == [2, 3]
    assert (caught.value.row, np.isscalar(caught.value.value)) == (2, True)
