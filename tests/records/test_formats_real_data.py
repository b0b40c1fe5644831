"""The real files: every row accounted for, and the facts that were measured on them."""

import warnings

import pytest

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning
from geocasualty.geodesy import geodesic_distance_m, parse_mgrs
from geocasualty.records._columns import unread_columns
from geocasualty.records._request import Request, grid_of
from geocasualty.records.formats import find_reader
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
    "quoted_2017_2018.csv": ["location_en", "geo_accuracy"],
    "quoted_release_pairs_2014_2015.csv": [
        "incident_location", "geo_accuracy", "release_date", "day_offset_release_minus_incident", "location_raw",
    ],
    "crash_md/crash_data1.csv": ["enddate"],
}  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
def test_columns_that_nobody_reads_are_found_and_no_others(real_data, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)  # of the encoding of one of them
        cells = grid_of(Request(real_data / name, "strike")).cells
    known = find_reader(None, cells)
    native = known.to_native({column: list(values) for column, values in cells.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        assert list(unread_columns(name, cells, native, known, (), ())) == UNREAD[name]


OTHER_WARS = {
    # file: role, what its owner states, reader, rows, rejected, countries, zone, first and last local day
    "somalia_us_strikes.csv": (
        "strike", {"country": "SO", "belligerents": "United States", "ignore": ["Claimed by AFRICOM?"]},
        "csv/2", 333, 0, {"SO": 333}, "Africa/Nairobi", ("2007-01-07", "2022-08-09"),
    ),
    "yemen_air_raids_cp1252.csv": (
        "strike", {}, "yemen-data-project/2", 3000, 0, {"YE": 3000}, "Asia/Riyadh", ("2015-03-26", "2015-08-25"),
    ),
    "yemen_us_strikes.xlsx": (
        "strike", {}, "bureau/1", 324, 0, {"YE": 324}, "Asia/Riyadh", ("2002-11-03", "2019-06-24"),
    ),
    "bangladesh_ucdp_hxl.csv": (
        "incident", {}, "ucdp-ged/2", 300, 0, {"BD": 300}, "Asia/Dhaka", ("1989-05-20", "2017-04-27"),
    ),
    "ukraine_civilian_harm.json": (
        "incident", {"country": "UA"}, "timemap/1", 500, 0, {"UA": 500}, "Europe/Kyiv", ("2022-02-24", "2022-04-15"),
    ),
    "ukraine_craters_2014.kml": (
        "strike", {"country": "UA", "column_map": {"start": "IMAGE_DATE", "strike_id": "SOURCE_ID"}},
        "csv/2", 116, 13, {"UA": 103}, "Europe/Kyiv", ("2014-07-16", "2015-08-08"),
    ),
    "attacks_on_health_hxl.xlsx": (
        "incident", {}, "insecurity-insight/1", 400, 0, {"PS": 327, "MM": 38, "UA": 20, "SD": 5, "ML": 3},
        "Asia/Hebron", ("2023-10-31", "2023-12-21"),
    ),
}  # fmt: skip


OUTSIDE = {"ukraine_civilian_harm.json": 1, "attacks_on_health_hxl.xlsx": 1}
"""Rows whose point lies in another country than they state: near Kursk in Russia, and at Tulkarm under Sudan."""


@pytest.mark.parametrize("name", OTHER_WARS)
def test_files_of_other_wars_are_read_as_their_owners_would(real_data, gaz, name):
    """Rows, countries and days were counted by hand in a spreadsheet, from the cells of each file."""
    role, stated, reader, rows, failed, countries, zone, days = OTHER_WARS[name]
    validate = gcas.validate_strikes if role == "strike" else gcas.validate_incidents
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        accepted, rejected = validate(real_data / "other_wars" / name, gazetteer=gaz, **stated)
    assert_rows = {*accepted["row"]} | {*rejected["row"]}
    assert (len(assert_rows), rejected["row"].nunique(), len(accepted)) == (rows, failed, rows - failed)
    assert accepted["reader"].unique().tolist() == [reader]
    assert accepted["country"].value_counts().head(5).to_dict() == countries
    assert accepted["timezone"].iloc[0] == zone
    local = [
        moment.tz_convert(own).strftime("%Y-%m-%d")
        for moment, own in zip(accepted["start"], accepted["timezone"], strict=True)
    ]
    assert (min(local), max(local)) == days
    assert not accepted["flags"].str.contains("looks-swapped").any()
    outside = accepted[accepted["flags"].str.contains("outside-country")]
    assert len(outside) == OUTSIDE.get(name, 0)


def test_counts_of_other_wars(real_data, gaz):
    """Sums of the files' own columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        raids = gcas.read_incidents(real_data / "other_wars/yemen_air_raids_cp1252.csv", gazetteer=gaz)
        drones = gcas.read_incidents(real_data / "other_wars/yemen_us_strikes.xlsx", gazetteer=gaz)
        strikes = gcas.read_strikes(real_data / "other_wars/yemen_us_strikes.xlsx", gazetteer=gaz)
        health = gcas.read_incidents(real_data / "other_wars/attacks_on_health_hxl.xlsx", gazetteer=gaz)
    assert raids[["killed_min", "killed_max", "injured_max"]].sum().tolist() == [2413, 2413, 3231]
    assert raids["children_max"].sum() == 311 - 3  # one row has three children and no dead: they stay in its own column
    assert drones[["killed_min", "killed_max", "children_min", "children_max"]].sum().tolist() == [207, 325, 51, 61]
    assert strikes["n_strikes"].sum() == 488
    assert health["killed_min"].sum() == 67
