"""The books of allegations balance, or say by how much they do not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.tallies import allegations_by_month
from geocasualty.tallies._ledger import BOOKS

# CJTF-OIR's monthly civilian casualty reports for September, October and November 2017, as quoted by
# Kuwait News Agency, 27 October 2017, http://www.menafn.com/1095999298/Up-to-51-unintentional-civilian-deaths-from-Coalition-airstrikes--report
# Center for Civilians in Conflict, 5 December 2017, https://civiliansinconflict.org/blog/us-week-in-review-dec-5/
# Sputnik, 28 December 2017, https://sputnikglobe.com/20171228/iraq-syria-us-coalition-military-campaign-1060387151.html
# and, for what was carried over into November, https://en.muraselon.com/2017/12/least-817-civilians-unintentionally-killed-coalition-strikes-pentagon/
THREE_MONTHS = pd.DataFrame(
    {
        "month": ["2017-11", "2017-09", "2017-10"],
        "received": [1799, 1266, 1790],
        "credible": [208, 194, 199],
        "open": [603, None, 695],
        "carried_over": [695, 344, 519],
        "new": [9, 302, 240],
        "closed": [101, 127, 64],
    }
)


def test_november_2017_balances_with_october():
    books = allegations_by_month(THREE_MONTHS[THREE_MONTHS["month"] >= "2017-10"]).set_index("month")
    assert books["balance"].tolist() == ["balanced", "balanced"]
    november = books.loc["2017-11"]
    assert (november["received"], november["credible"], november["open"]) == (1799, 208, 603)
    assert november["closed_otherwise"] == 1799 - 208 - 603
    assert november["derived"] == "closed_otherwise"
    assert books["closed_otherwise"].diff().iloc[-1] == 101 - 9  # nine of the 101 that were closed were credible


def test_a_jump_that_no_new_report_explains_names_month_and_numbers():
    with pytest.raises(InputError) as error:
        allegations_by_month(THREE_MONTHS)
    assert str(error.value) == "2017-10: received 1,790 is not received before 1,266 + new 240 = 1,506"
    books = allegations_by_month(THREE_MONTHS, on_imbalance="mark")
    assert books["balance"].tolist() == ["unchecked", "imbalance", "balanced"]
    assert books.loc[1, "reason"] == str(error.value)
    assert books.loc[0, "open"] == 344 + 302 - 127 == 519
    assert books.loc[0, "derived"] == "closed_otherwise;open"


def test_the_casebook_says_1799_with_208_credible():
    figures = gcas.datasets.published_figures()
    told = figures[figures["what"].str.startswith("reports ")].assign(
        what=lambda rows: rows["what"].str.removeprefix("reports ").str.replace(" ", "_")
    )
    months = told.pivot(index="as_of", columns="what", values="min").rename_axis("month").reset_index()
    books = allegations_by_month(months, on_imbalance="mark").set_index("month")
    row = books.loc["2017-11"]
    assert (row["received"], row["credible"], row["balance"] != "imbalance") == (1799, 208, True)
    assert row["received"] == row["credible"] + row["closed_otherwise"] + row["open"]


def test_what_follows_is_below_zero():
    said = pd.DataFrame({"month": ["2017-11"], "received": [100], "credible": [80], "open": [30]})
    with pytest.raises(InputError, match="2017-11: closed_otherwise would have to be -10"):
        allegations_by_month(said)
    said = pd.DataFrame({"month": ["2017-01", "2017-06"], "received": [10, 9]})
    with pytest.raises(InputError, match="2017-06: received 9 is below the 10 of a month before"):
        allegations_by_month(said)


def test_a_gap_between_months_is_no_balance():
    said = pd.DataFrame({"month": ["2016-12", "2017-02"], "received": [10, 30], "new": [1, 5]})
    assert allegations_by_month(said)["balance"].tolist() == ["unchecked", "unchecked"]
    across = pd.DataFrame({"month": ["2016-12", "2017-01"], "received": [10, 30], "new": [1, 5]})
    assert allegations_by_month(across, on_imbalance="mark")["balance"].tolist() == [
        "unchecked",
        "imbalance",
    ]


ALLEGATIONS = pd.DataFrame(
    {
        "allegation_id": ["a", "b", "c", "d"],
        "received": ["2016-11-05", "2016-11", dt.date(2017, 1, 3), "2017-01-04"],
        "outcome": ["Credible", "non-credible", "duplicate", "open"],
        "closed": ["2017-01-02", "2016-11-20", "2017-01-03", None],
    }
)


def test_allegations_one_by_one():
    books = allegations_by_month(ALLEGATIONS)
    assert books["month"].tolist() == ["2016-11", "2016-12", "2017-01"]
    columns = ["received", "credible", "non_credible", "duplicate", "open", "carried_over", "new", "closed"]
    assert books[columns].to_numpy().tolist() == [
        [2, 0, 1, 0, 1, 0, 2, 1],
        [2, 0, 1, 0, 1, 1, 0, 0],
        [4, 1, 1, 1, 1, 1, 2, 2],
    ]
    assert set(books["balance"]) == {"balanced"}
    pd.testing.assert_frame_equal(allegations_by_month(ALLEGATIONS.iloc[::-1]), books)


DAYS = st.dates(dt.date(2015, 11, 1), dt.date(2016, 3, 31))


@given(
    st.lists(st.tuples(DAYS, st.integers(0, 90), st.sampled_from(["credible", "non-credible", "duplicate", "open"]))),
    st.data(),
)
def test_what_is_hidden_is_found_again_or_left_unknown(cases, data):
    """Hide figures of true books: what is filled in is the truth, and the books never turn out wrong."""
    allegations = pd.DataFrame(
        [
            (n, day.isoformat(), outcome, "" if outcome == "open" else (day + dt.timedelta(days=after)).isoformat())
            for n, (day, after, outcome) in enumerate(cases)
        ],
        columns=["allegation_id", "received", "outcome", "closed"],
    )
    truth = allegations_by_month(allegations)
    assert (truth["balance"] == "balanced").all()
    assert (truth["closed_otherwise"] == truth["non_credible"] + truth["duplicate"]).all()
    hidden = truth[["month", *BOOKS]].astype(object).copy()
    for row in range(len(hidden)):
        for name in data.draw(st.lists(st.sampled_from(BOOKS), unique=True)):
            hidden.loc[row, name] = None
    found = allegations_by_month(hidden)
    for name in BOOKS:
        known = found[name].notna()
        assert (found.loc[known, name] == truth.loc[known, name]).all()
        assert known[hidden[name].notna()].all()


def test_a_wrong_figure_in_full_books_is_always_found():
    books = allegations_by_month(ALLEGATIONS)[["month", *BOOKS]]
    for row in range(len(books)):
        for name in BOOKS:
            wrong = books.copy()
            wrong.loc[row, name] += 1
            with pytest.raises(InputError, match=r"is not|below"):
                allegations_by_month(wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcome": "maybe"}, "row 1, column 'outcome', value 'maybe': expected one of credible"),
        ({"outcome": None}, "value 'None': expected one of"),
        ({"received": ""}, "row 1, column 'received', value '': expected a date"),
        ({"received": "5 Nov 2016"}, "row 1, column 'received', value '5 Nov 2016': expected text such as"),
        ({"received": "2016-02-31"}, "value '2016-02-31'"),
        ({"received": pd.Timestamp("2016-11-05")}, "expected text such as"),
        ({"closed": ""}, "row 1, column 'closed', value '': expected a date"),
        ({"closed": "2016-11-01"}, "row 1, column 'closed', value '2016-11-01': before it was received on 2016-11-05"),
        ({"allegation_id": "b"}, "row 2, column 'allegation_id', value 'b': is missing or stands in another row"),
        ({"allegation_id": np.nan}, "row 1, column 'allegation_id', value 'nan': is missing"),
        ({"closed": "2017-01-02", "outcome": "open"}, "expected no date, for it is open"),
    ],
)
def test_bad_allegations_are_named(change, said):
    bad = ALLEGATIONS.astype(object).copy()
    for column, value in change.items():
        bad.loc[0, column] = value
    with pytest.raises(InputError) as error:
        allegations_by_month(bad)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "got NoneType"),
        (pd.DataFrame({"received": [1]}), "no column 'allegation_id'"),
        (pd.DataFrame({"allegation_id": ["a"]}), "allegations: no column 'received', 'outcome', 'closed'"),
        (pd.DataFrame({"month": ["2017-11"]}), "none of the columns received"),
        (pd.DataFrame({"month": ["2017-13"], "new": [1]}), "row 1, column 'month', value '2017-13'"),
        (pd.DataFrame({"month": ["2017-11-05"], "new": [1]}), "expected such as '2017-11'"),
        (
            pd.DataFrame({"month": ["2017-11"] * 2, "new": [1, 2]}),
            "column 'month', value '2017-11': stands in two rows",
        ),
        (pd.DataFrame({"month": ["2017-11"], "new": ["=1+1"]}), "row 1, column 'new', value '=1+1'"),
        (pd.DataFrame({"month": ["2017-11"], "new": [-1]}), "expected a whole number or nothing"),
        (pd.DataFrame({"month": ["2017-11"], "new": [1.5]}), "expected a whole number or nothing"),
        (pd.DataFrame({"month": ["2017-11"], "new": [np.inf]}), "expected a whole number or nothing"),
    ],
)
def test_bad_tables_are_named(table, said):
    with pytest.raises(InputError) as error:
        allegations_by_month(table)
    assert said in str(error.value)


def test_nothing_gives_nothing_and_modes_are_two():
    assert allegations_by_month(ALLEGATIONS.head(0)).empty
    assert allegations_by_month(pd.DataFrame({"month": ["2017-11"], "new": [None]})).loc[0, "balance"] == "unchecked"
    with pytest.raises(InputError, match="on_imbalance is 'ignore'"):
        allegations_by_month(ALLEGATIONS, on_imbalance="ignore")


def test_no_figure_is_filled_in_below_zero():
    said = pd.DataFrame({"month": ["2017-11"], "received": [100], "credible": [60], "open": [49]})
    books = allegations_by_month(said, on_imbalance="mark").iloc[0]
    assert pd.isna(books["closed_otherwise"])
    assert (books["derived"], books["balance"]) == ("", "imbalance")
    assert books["reason"] == ("2017-11: closed_otherwise would have to be -9; a figure that it follows from is wrong")
