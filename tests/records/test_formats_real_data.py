"""The real files: every row accounted for, and the facts that were measured on them."""

import warnings

import pytest

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs
from geocasualty.records._columns import unread_columns
from geocasualty.records._request import Request, grid_of
from geocasualty.records.formats import find_format
from tests.records.samples import assert_conserved

pytestmark = pytest.mark.real_data


def test_dutch_list(real_data, gaz):
    accepted, rejected = gcas.validate_strikes(real_data / "dutch_mod_strikes_2014_2015.csv", gazetteer=gaz)
    assert_conserved(accepted, rejected, 1268)
    assert (len(accepted), len(rejected), accepted["n_rows"].sum()) == (741, 0, 1268)
    for row in accepted.itertuples():
        cell = parse_mgrs(row.location_reason.removeprefix("MGRS cell ").split(";")[0])
        assert geodesic_distance_m(row.geometry.x, row.geometry.y, cell.lon, cell.lat) < 1
        corner = geodesic_distance_m(cell.lon, cell.lat, float(row.stated_longitude), float(row.stated_latitude))
        assert 70 < corner < 71
    hawijah = accepted[accepted["start"] == "2015-06-02T21:02Z"]
    assert hawijah[["n_rows", "n_strikes"]].to_numpy().tolist() == [[6, 1]]
    assert gcas.coverage(accepted)["country"].tolist() == ["IQ", "SY"]
    assert not accepted["flags"].str.contains("placeholder").any()


@pytest.mark.parametrize("joined", [False, True])
def test_airwars(real_data, gaz, joined):
    second = real_data / "airwars_syria_assessments_2014_2015.csv" if joined else None
    path = real_data / "airwars_syria_2014_2015.csv"
    accepted, rejected = gcas.validate_incidents(path, gazetteer=gaz, assessments=second)
    assert_conserved(accepted, rejected, 486)
    assert rejected[["row", "value"]].to_numpy().tolist() == [[486, "1970-01-01"]]
    assert (accepted["also_ids"] != "").sum() == 10
    assert accepted["flags"].str.contains("unknown-end").sum() == 4
    assert accepted["flags"].str.contains("accuracy-without-coordinate").sum() == 2
    assert accepted.loc[accepted["incident_id"].isin(["CS042", "CS132"]), "location_reason"].str.len().gt(0).all()
    if joined:
        shared = accepted[accepted["assessed_mgrs"] == "37SEV008785"]
        assert len(shared) == 10
        assert shared["flags"].str.contains("placeholder").all()
        assert shared["radius_m"].ge(gaz.resolve("Raqqa", country="SY").radius_m).all()


def test_ged(real_data, gaz):
    accepted, rejected = gcas.validate_incidents(real_data / "ucdp_ged_syria_2016.csv.gz", gazetteer=gaz)
    assert_conserved(accepted, rejected, 6170)
    assert (len(accepted), len(rejected)) == (6170, 0)
    assert accepted["killed_min"].sum() == accepted["deaths_civilians"].astype(int).sum()
    of_a_country = accepted[accepted["precision"] == "country"]
    assert (of_a_country["where_prec"] == "6").sum() == 102
    assert set(of_a_country["where_prec"]) == {"6"}
    # Points are those of the settlements named, by codebook: that they recur says nothing.
    shared = accepted["flags"].str.contains("placeholder")
    assert 0.2 < shared.mean() < 0.3  # rows at the middle of a city that they name
    assert not shared[accepted["place_text"] == "Hazrama town"].any()
    assert accepted.loc[shared & (accepted["where_prec"] == "1"), "radius_m"].max() <= 12_000
    assert accepted.loc[accepted["where_prec"] == "1", "radius_m"].max() <= 20_000
    assert accepted["dataset"].unique().tolist() == ["ucdp_ged_syria_2016"]


UNREAD = {
    "airwars_syria_2014_2015.csv": [],
    "centcom_releases_2014_2015.csv": [],
    "dutch_mod_strikes_2014_2015.csv": [],
    "ucdp_ged_syria_2016.csv.gz": [],
    "iraq_2007_2008_airstrikes.csv.gz": [],
    "other_wars/bangladesh_ucdp_hxl.csv": [],
    "other_wars/somalia_us_strikes.csv": ["Claimed by AFRICOM?"],
    "quoted_2017_2018.csv": ["location_en"],
    "quoted_release_pairs_2014_2015.csv": [
        "incident_date", "incident_location", "release_date", "day_offset_release_minus_incident", "location_raw",
    ],
    "crash_md/crash_data1.csv": ["enddate"],
}  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
def test_columns_that_nobody_reads_are_found_and_no_others(real_data, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)  # of the encoding of one of them
        cells = grid_of(Request(real_data / name, "strike")).cells
    known = find_format(None, cells)
    native = known.to_native({column: list(values) for column, values in cells.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        assert list(unread_columns(name, cells, native, known, (), ())) == UNREAD[name]
