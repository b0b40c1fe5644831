"""The 2,884 scraped lines of 2014 and 2015: counts checked against the lines by hand."""

import re

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning
from geocasualty.records.formats.centcom import parse_release, to_native

pytestmark = pytest.mark.real_data

COUNTRY_ROWS = 74
"""Rows whose scraped location is a country; their text was read by hand, clause by clause."""


@pytest.fixture(scope="module")
def scraped(real_data):
    frame = pd.read_csv(real_data / "centcom_releases_2014_2015.csv", dtype=str, keep_default_na=False)
    return frame.set_index(frame.index + 1)


@pytest.fixture(scope="module")
def native(scraped):
    cells = pd.DataFrame(to_native({name: scraped[name].tolist() for name in scraped.columns}))
    return cells.assign(row=cells["row"].astype(int), number=pd.to_numeric(cells["n_strikes"]))


@pytest.fixture(scope="module")
def strikes(real_data, gaz):
    return gcas.validate_strikes(real_data / "centcom_releases_2014_2015.csv", gazetteer=gaz)


def test_every_row_is_accounted_for(scraped, strikes):
    accepted, rejected = strikes
    rows = {int(row) for cell in accepted["rows"] for row in cell.split(";")}
    assert rows | set(rejected["row"]) == set(range(1, 2885)) == set(scraped.index)
    assert len(rejected) <= 0.01 * len(scraped)
    assert accepted["strike_id"].is_unique
    assert accepted["reader"].str.startswith("centcom").all()


def test_three_rows_repeat_another_one(native):
    assert native.loc[native["n_rows"] != "1", "rows"].tolist() == ["110;111", "1180;1181", "1289;1290"]


def test_numbers_agree_but_where_the_scraper_took_the_first_of_several(scraped, native):
    told = native.groupby("row")["number"].sum()
    stated = scraped["number"].astype(int).loc[told.index]
    several = native.groupby("row").size().gt(1)
    assert told[told.eq(stated)].sum() == stated[told.eq(stated)].sum() == 6419
    assert set(told.index[told.ne(stated)]) == set(several.index[several])  # the line is right in all 68
    assert told.ne(stated).sum() == 68
    assert (stated.sum(), told.sum(), native["number"].isna().sum()) == (6768, 7173, 3)


def test_the_rows_named_after_a_country(scraped, native):
    named = scraped.index[scraped["location"].str.strip().isin(["Iraq", "Syria"])]
    assert len(named) == COUNTRY_ROWS
    parts = native[native["row"].isin(named)]
    assert parts["place_text"].ne("").all()
    assert not parts["place_text"].isin(["Iraq", "Syria"]).any()
    assert (len(parts), int(parts["number"].sum())) == (287, 801)
    november = parts[parts["row"] == 2835]
    assert november["place_text"].tolist() == ["Kobani", "east of Ar Raqqah", "east of Dayr Az Zawr", "west of Aleppo"]
    assert november["number"].tolist() == [17, 1, 1, 1]
    assert set(november["country"]) == {"SY"}


def test_no_record_sits_on_the_centroid_of_a_country(strikes, gaz):
    centres = {(round(place.x, 4), round(place.y, 4)) for place in gaz.countries.geometry.representative_point()}
    points = strikes[0].geometry.dropna()
    points = points[points.geom_type == "Point"]
    assert not {(round(point.x, 4), round(point.y, 4)) for point in points} & centres
    assert not strikes[0]["place_id"].isin(gaz.countries["place_id"]).any()


def test_raw_lines_agree_with_the_table(scraped, native):
    by_row = {row: list(zip(part["place_text"], part["n_strikes"], strict=True)) for row, part in native.groupby("row")}
    agree = 0
    for row, line in scraped["line"].items():
        told = [(one.place_text, "" if one.n_strikes is None else str(one.n_strikes)) for one in parse_release(line)]
        agree += by_row.get(row, told) == told
    assert agree / len(scraped) >= 0.995


def test_raw_lines_agree_with_the_scrapers_own_parse_of_single_places(scraped):
    """The scraper's columns are independent of this package: places and numbers of all lines with one clause."""
    single = wrong = 0
    for row in scraped.itertuples():
        told = parse_release(row.line)
        if len(told) == 1 and row.location.strip() not in ("Iraq", "Syria"):
            single += 1
            same = re.sub(r"\s+", " ", row.location.strip()) == told[0].place_text
            wrong += not same or str(told[0].n_strikes) != row.number
    assert (single, wrong) == (2809, 0)


def test_the_blank_week_is_covered_only_by_the_rule_of_three_days(strikes):
    covered = gcas.coverage(strikes[0]).query("country == 'SY'")
    around = covered[
        (covered["end"] > pd.Timestamp("2015-09-16T00Z")) & (covered["start"] < pd.Timestamp("2015-09-25T00Z"))
    ]
    assert [(str(row.start), str(row.end)) for row in around.itertuples()] == [
        ("2015-09-15 05:00:00+00:00", "2015-09-16 05:00:00+00:00"),
        ("2015-09-23 05:00:00+00:00", "2015-09-24 05:00:00+00:00"),
        ("2015-09-24 05:00:00+00:00", "2015-09-25 05:00:00+00:00"),
    ]


def test_the_hawijah_strike_is_in_the_hours_of_its_release_and_the_decoy_is_not(strikes):
    hit = pd.Timestamp("2015-06-02T21:02Z")
    near = strikes[0][strikes[0]["place_text"].str.contains("Huwayjah")]
    within = near[(near["start"] <= hit) & (hit < near["end"])]
    assert within["strike_id"].tolist() == ["centcom-2015-06-03-IQ-al-huwayjah-1"]
    assert within["n_strikes"].tolist() == [1]


def test_no_result_depends_on_the_order_of_the_rows(scraped, native):
    turned = scraped.iloc[::-1]
    other = pd.DataFrame(to_native({name: turned[name].tolist() for name in turned.columns}))
    columns = ["strike_id", "record_text", "n_strikes", "start", "end", "covers_start"]
    one, two = (frame[columns].sort_values(columns).reset_index(drop=True) for frame in (native, other))
    pd.testing.assert_frame_equal(one, two)


def test_missing_releases_are_holes_and_copies_are_complete_on_no_date(strikes):
    frame = strikes[0]
    covered = gcas.coverage(frame).query("country == 'IQ'")
    times = pd.date_range("2015-05-24T05:00Z", "2015-05-28T04:00Z", freq="h")
    held = [bool(((covered["start"] <= time) & (time < covered["end"])).any()) for time in times]
    assert held == [True] * 24 + [False] * 48 + [True] * 24  # those of the 25th and the 28th
    days = frame["strike_id"].str[8:18]
    copied = frame["flags"].str.contains("copied-release")
    assert set(days[copied]) == {f"2015-{day}" for day in ("05-08", "05-09", "07-15", "07-18", "07-25", "07-26")}
    assert set(frame.loc[copied, "covers_complete"]) == {False}
    assumed = days[frame["flags"].str.contains("assumed-hours")]
    assert (assumed.min(), assumed.max(), assumed.nunique()) == ("2014-10-02", "2014-12-31", 41)
    assert not assumed.between("2014-11-04", "2014-12-19").any()


def test_the_whole_file_is_complete_and_a_part_of_it_is_not(strikes):
    frame = strikes[0]
    whole = gcas.coverage(frame)
    assert (len(whole), int((~whole["complete"]).sum())) == (2 * 352, 12)
    with pytest.warns(GeocasualtyWarning, match="declarations of coverage are not complete"):
        part = gcas.coverage(frame[frame["place_text"].str.contains("Raqqah")])
    assert not part["complete"].any()
    late = frame[frame["covers_start"] >= pd.Timestamp("2015-06-01T00Z")]
    pd.testing.assert_frame_equal(
        gcas.coverage(late), whole[whole["start"] >= pd.Timestamp("2015-06-01T00Z")].reset_index(drop=True)
    )
