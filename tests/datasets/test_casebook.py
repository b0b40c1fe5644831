"""The casebook and the published figures hold what they say."""

import pandas as pd

import geocasualty as gcas


def test_every_place_resolves_or_is_not_named(book):
    named = book.incidents["place_text"] != ""
    assert book.incidents.loc[named].geometry.notna().all()
    assert book.incidents.loc[~named].geometry.isna().all()
    assert book.strikes.geometry.notna().all()


def test_the_dutch_record_and_the_release_of_3_june_are_one_event(book):
    groups = book.strikes.set_index("strike_id")["event_group"]
    assert groups["nl-2015-06-02-hawijah"] == groups["cjtf-2015-06-03-huwayjah"] != ""
    assert groups["cjtf-2015-06-02-huwayjah"] == ""
    assert book.strikes.set_index("strike_id").loc["nl-2015-06-02-hawijah", "n_rows"] == 6


def test_every_row_has_its_source_and_the_date_of_the_report(book):
    for frame in (book.incidents, book.strikes):
        assert (frame["sources"] != "").all()
        assert (frame["source_date"] != "").all()


def test_ranges_and_balances_of_the_published_figures():
    figures = gcas.datasets.published_figures()
    assert ((figures["min"] <= figures["max"]) | figures["min"].isna() | figures["max"].isna()).all()
    assert figures[["min", "max"]].notna().any(axis=1).all()

    def value(who, what, as_of, column="min", **where):
        rows = figures[(figures["who_counts"] == who) & (figures["what"] == what) & (figures["as_of"] == as_of)]
        for name, wanted in where.items():
            rows = rows[rows[name] == wanted]
        assert len(rows) == 1
        return rows[column].iloc[0]

    iraq = value("Coalition", "strikes", "2017-06", region="Iraq")
    assert iraq + value("Coalition", "strikes", "2017-06", region="Syria") == 23_020
    flagged = value("Airwars", "incidents flagged", "2015-08")
    assert value("Airwars", "incidents of significant concern", "2015-08") < flagged == 118
    credible, still_open = (value("Coalition", f"reports {what}", "2017-11") for what in ("credible", "open"))
    assert credible + still_open <= value("Coalition", "reports received", "2017-11") == 1799
    assert isinstance(figures["min"].dtype, pd.Int64Dtype)
