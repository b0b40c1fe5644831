"""Every record is counted once in the total, and in the rows where it belongs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.tallies._keys import WAYS
from tests.maps.hostile import HOSTILE
from tests.tallies.frames import COUNTS, ZONED, records

KIRKUK, MOSUL, SEA = (43.77, 35.33), (43.13, 36.34), (30.0, 34.5)


def cells(table, *columns):
    return table[list(columns)].astype(object).where(table[list(columns)].notna(), None).to_numpy().tolist()


def test_a_local_month_is_that_of_the_zone():
    frame = records(
        "incident",
        [
            {"start": "2015-05-31T20:59Z", "end": "2015-05-31T21:00Z"},
            {"start": "2015-05-31T21:00Z", "end": "2015-05-31T21:01Z"},
            {"start": "2015-05-31T21:00Z", "end": "2015-05-31T21:01Z", "timezone": "America/New_York"},
        ],
    )
    assert cells(gcas.tally(frame, "month"), "month", "incidents") == [["2015-05", 2], ["2015-06", 1], ["total", 3]]


def test_a_release_over_the_turn_of_a_month_counts_where_it_starts_and_is_said():
    release = {"start": "2015-05-31T05:00Z", "end": "2015-06-01T05:00Z", "n_strikes": 7}
    whole_day = {"start": "2015-05-30T21:00Z", "end": "2015-05-31T21:00Z", "n_strikes": 2}
    table = gcas.tally(records("strike", [release, whole_day]), "month")
    columns = ("month", "strikes", "strike_records_spanning")
    assert cells(table, *columns) == [["2015-05", 9, 1], ["total", 9, 1]]
    by_day = gcas.tally(records("strike", [release, whole_day]), ["month", "day"])
    assert cells(by_day, "day", *columns[1:]) == [["2015-05-31", 9, 1], ["total", 9, 1]]


def test_weeks_are_those_of_iso():
    frame = records("incident", [{"start": "2014-12-29T00:00Z"}, {"start": "2015-01-04T20:59Z"}])
    assert gcas.tally(frame, "week")["week"].tolist() == ["2015-W01", "total"]


def test_unknown_figures_are_no_zeros():
    frame = records("incident", [{"killed_min": 3, "killed_max": 9}, {"killed_max": 4}, {"country": "SY"}])
    table = gcas.tally(frame, "country")
    assert cells(table, "country", "killed_min", "killed_min_unknown", "killed_max", "killed_max_unknown") == [
        ["IQ", 3, 1, 13, 0],
        ["SY", None, 1, None, 1],
        ["total", 3, 2, 13, 1],
    ]
    assert table["injured_min"].isna().all()


def test_a_column_that_is_absent_is_unknown_throughout():
    frame = records("incident", [{}, {}]).drop(columns=["children_min"])
    assert gcas.tally(frame, ())[["children_min", "children_min_unknown"]].to_numpy().tolist() == [[pd.NA, 2]]


def test_competing_belligerents_count_under_each_and_once_in_the_total():
    frame = records(
        "incident",
        [
            {"belligerents": "Coalition;Russia", "killed_max": 5},
            {"belligerents": "Russia", "killed_max": 2},
            {"belligerents": "", "killed_max": 1},
            {"belligerents": None, "killed_max": 1},
        ],
    )
    wanted = [["Coalition", 1, 5, 1], ["Russia", 2, 7, 1], ["unknown", 2, 2, 0], ["total", 4, 9, 1]]
    assert (
        cells(gcas.tally(frame, "belligerents"), "belligerent", "incidents", "killed_max", "incidents_shared") == wanted
    )
    twice = records("incident", [{"belligerents": "Russia; Russia ;"}])
    assert cells(gcas.tally(twice, "belligerent"), "incidents", "incidents_shared") == [[1, 0], [1, 0]]


def test_the_dutch_record_and_the_release_are_two_records_of_one_event(book):
    table = gcas.tally(book.strikes, "country")
    assert cells(table, "country", "strike_records", "strikes", "event_groups") == [
        ["IQ", 3, 3, 2],
        ["SY", 2, 2, 2],
        ["total", 5, 5, 4],
    ]


def test_strikes_per_incident():
    incidents = records("incident", [{"country": "IQ"}, {"country": "IQ"}, {"country": "TR"}])
    strikes = records(
        "strike", [{"country": "IQ", "n_strikes": 5}, {"country": "SY", "n_strikes": 1}, {"country": "TR"}]
    )
    table = gcas.tally(incidents, "country", strikes=strikes)
    assert cells(table, "country", "incidents", "strikes", "strikes_unknown", "strikes_per_incident") == [
        ["IQ", 2, 5, 0, 2.5],
        ["SY", 0, 1, 0, None],
        ["TR", 1, None, 1, None],
        ["total", 3, 6, 1, 2.0],
    ]


def test_a_governorate_is_of_the_country_that_the_record_states(gaz):
    border, deep = (41.2818146, 36.2752788), (37.1613, 36.2012)
    incidents = records(
        "incident",
        [
            {"xy": border, "country": "SY"},
            {"xy": border, "country": "IQ"},
            {"xy": border, "country": ""},
            {"xy": deep, "country": "IQ"},
            {"geometry": shapely.Point(deep).buffer(0.01), "country": "IQ"},
        ],
    )
    each = [gcas.tally(incidents.iloc[[n]], ["governorate", "country"], gazetteer=gaz).iloc[0] for n in range(5)]
    assert [(row["governorate"], row["country"]) for row in each] == [
        ("Hasakah", "SY"), ("Nineveh", "IQ"), ("Nineveh", "IQ"), ("unassigned", "IQ"), ("unassigned", "IQ"),
    ]  # fmt: skip


def test_where_a_record_counts(gaz):
    ninewa, kirkuk = (gaz.area(gaz.containing(*at)["governorate"].place_id) for at in (MOSUL, KIRKUK))
    both = shapely.union(ninewa, kirkuk)
    mosul = gaz.resolve("Mosul").best.place
    rows = {
        "point": {"xy": KIRKUK},
        "polygon": {"geometry": shapely.Point(KIRKUK).buffer(0.05)},
        "several": {"geometry": both},
        "sea": {"xy": SEA},
        "country": {"xy": KIRKUK, "precision": "country"},
        "nowhere": {},
        "empty": {"geometry": shapely.Point()},
        "place": {"place_id": mosul.place_id},
        "at the place": {"place_id": mosul.place_id, "xy": (mosul.lon, mosul.lat)},
        "far from the place": {"place_id": mosul.place_id, "xy": KIRKUK},
        "foreign place": {"place_id": "mine:1", "xy": KIRKUK},
        "governorate": {"place_id": mosul.admin1, "xy": (mosul.lon, mosul.lat), "precision": "governorate"},
        "text says the governorate": {"place_id": mosul.admin1, "xy": KIRKUK, "precision": "exact"},
    }
    frame = records("incident", [{"id": name, **row} for name, row in rows.items()])
    each = {name: gcas.tally(frame[frame["incident_id"] == name], "governorate", gazetteer=gaz) for name in rows}
    found = {name: table["governorate"].iloc[0] for name, table in each.items()}
    name = gaz.place(mosul.admin1).name
    assert found == {
        "point": "Kirkuk", "polygon": "Kirkuk", "several": "unassigned", "sea": "unassigned", "country": "unassigned",
        "nowhere": "unlocated", "empty": "unlocated", "place": name, "at the place": name,
        "far from the place": "Kirkuk", "foreign place": "Kirkuk", "governorate": name,
        "text says the governorate": "Kirkuk",
    }  # fmt: skip
    assert each["sea"]["governorate_id"].tolist() == ["", ""]
    district = gcas.tally(frame[frame["incident_id"] == "governorate"], "district", gazetteer=gaz)
    assert district["district"].tolist() == ["unassigned", "total"]


def test_the_country_is_the_stated_one_or_that_of_the_place(gaz):
    rows = [{"country": "SY", "xy": KIRKUK}, {"country": "", "xy": KIRKUK}, {"country": ""}, {"country": "", "xy": SEA}]
    table = gcas.tally(records("incident", rows), "country", gazetteer=gaz)
    assert table["country"].tolist() == ["IQ", "SY", "unassigned", "unlocated", "total"]


def test_the_map_and_the_tally_count_alike(book, gaz):
    payload = gcas.province_map(book.incidents, book.strikes, gazetteer=gaz).payload
    names = [entry["name"] for entry in payload["base"]["governorates"]]
    drawn = pd.Series([names[at] for at in payload["strikes"]["gov"]["v"] if at is not None]).value_counts()
    table = gcas.tally(book.strikes, "governorate", gazetteer=gaz)
    counted = table[~table["is_total"] & (table["governorate_id"] != "")]
    assert drawn.sort_index().to_dict() == dict(zip(counted["governorate"], counted["strike_records"], strict=True))


def test_gradings_stand_from_the_strongest_and_sources_each_count():
    rows = [
        {"grading": "weak", "sources": "A; B | https://b.org"},
        {"grading": "confirmed", "sources": ""},
        {"grading": ""},
    ]
    frame = records("incident", rows)
    assert gcas.tally(frame, "grading")["grading"].tolist() == ["confirmed", "weak", "ungraded", "total"]
    table = gcas.tally(frame, "source")
    assert cells(table, "source", "incidents", "incidents_shared") == [
        ["A", 1, 1],
        ["A report", 1, 0],
        ["B", 1, 1],
        ["unstated", 1, 0],
        ["total", 3, 1],
    ]


def test_the_undated_are_a_row():
    frame = records("incident", [{}, {}])
    frame["start"] = pd.Series([pd.NaT, frame["start"].iloc[1]], dtype=ZONED)
    assert cells(gcas.tally(frame, "day"), "day", "incidents", "incidents_spanning") == [
        ["2015-06-03", 1, 0],
        ["undated", 1, 0],
        ["total", 2, 0],
    ]


ROW = st.fixed_dictionaries(
    {
        "start": st.datetimes(pd.Timestamp("2014-12-25"), pd.Timestamp("2015-02-05")).map(
            lambda t: f"{t:%Y-%m-%dT%H:%M}Z"
        ),
        "belligerents": st.sampled_from(["", "Coalition", "Coalition;Russia", "A;B;C", *HOSTILE[:6]]),
        "country": st.sampled_from(["IQ", "SY", ""]),
        "grading": st.sampled_from(["", "fair", "weak", "total"]),
        "sources": st.sampled_from(["", "A", "A;B", *HOSTILE[6:12]]),
        "timezone": st.sampled_from(["Asia/Baghdad", "Asia/Damascus", "UTC"]),
        "killed_min": st.sampled_from([pd.NA, 0, 3]),
        "killed_max": st.sampled_from([pd.NA, 3, 50]),
    },
    optional={"xy": st.sampled_from([KIRKUK, MOSUL, SEA])},
)


@given(
    rows=st.lists(ROW, max_size=9), by=st.lists(st.sampled_from(WAYS), unique=True, max_size=3), seed=st.integers(0, 99)
)
def test_sums_are_conserved_whatever_is_asked(gaz, rows, by, seed):
    frame = records("incident", rows)
    before = frame.copy()
    table = gcas.tally(frame, by, gazetteer=gaz)
    pd.testing.assert_frame_equal(frame, before)
    shuffled = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]
    pd.testing.assert_frame_equal(gcas.tally(shuffled, by, gazetteer=gaz), table)
    assert table["is_total"].tolist() == [False] * (len(table) - 1) + [True]
    parts, total = table[~table["is_total"]], table.iloc[-1]
    assert total["incidents"] == len(rows)
    assert (parts["incidents"] > 0).all()
    for name in COUNTS:
        known = [row[name] for row in rows if row.get(name, pd.NA) is not pd.NA]
        assert total[f"{name}_unknown"] == len(rows) - len(known)
        assert total[name] is pd.NA if rows and not known else total[name] == sum(known)
    weights = [
        (len(set(filter(None, row["belligerents"].split(";")))) or 1 if "belligerent" in by else 1)
        * (len(gcas.records.parse_sources(row["sources"])) or 1 if "source" in by else 1)
        for row in rows
    ]
    if by:
        assert parts["incidents"].sum() == sum(weights)
        killed = [row["killed_max"] for row in rows]
        expected = sum(0 if n is pd.NA else n * weight for n, weight in zip(killed, weights, strict=True))
        assert parts["killed_max"].sum() == expected
        keys = list(parts.columns[: list(parts.columns).index("is_total")])
        assert not parts[keys].duplicated().any()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_labels_and_no_more(text):
    frame = records("incident", [{"belligerents": text, "grading": text, "dataset": text, "sources": text}])
    for way in ("belligerent", "grading", "dataset", "source"):
        table = gcas.tally(frame, way)
        assert table["is_total"].tolist()[-1]
        assert table["incidents"].iloc[-1] == 1


@pytest.mark.parametrize("role", ["incident", "strike"])
def test_an_empty_frame_has_a_total_of_nothing(role, gaz):
    for way in WAYS:
        if role == "strike" and way == "grading":
            continue
        table = gcas.tally(records(role, [{}]).head(0), way, gazetteer=gaz)
        assert len(table) == 1
        assert table.select_dtypes("Int64").to_numpy().sum() == 0


def test_bad_arguments_are_named(gaz):
    incidents, strikes = records("incident", [{"xy": KIRKUK}]), records("strike", [{}])
    for arguments, said in [
        ((incidents, "year"), "by='year' is unknown; choose any of month"),
        ((incidents, ["month", "month"]), "names one way twice"),
        ((incidents, [3]), "by=3 is unknown"),
        ((strikes, "grading"), "strikes have no grading"),
        ((incidents.drop(columns="incident_id"), "month"), "incident_id or strike_id"),
        ((None, "month"), "got NoneType"),
        ((pd.DataFrame(incidents.drop(columns="geometry")), "month"), "must be a geopandas.GeoDataFrame"),
        ((incidents.drop(columns="start"), "month"), "no column 'start'"),
        ((incidents.drop(columns="timezone"), "month"), "no column 'timezone'"),
        ((incidents.drop(columns="grading"), "grading"), "no column 'grading'"),
        ((incidents.assign(start=pd.Timestamp("2015-06-03")), "month"), "without a zone"),
        ((incidents.assign(timezone="Mars/Base"), "day"), "incident_id 'incident0': timezone 'Mars/Base' is no IANA"),
        ((incidents.assign(timezone=None), "day"), "is no IANA zone"),
        ((pd.concat([incidents, incidents]), "month"), "stands in another row"),
        ((incidents.assign(incident_id=None), "month"), "is missing or"),
        ((incidents.to_crs(32638), "governorate"), "areas need EPSG:4326"),
        ((incidents.assign(killed_max=-1), "month"), "killed_max is '-1'; expected a whole number"),
        ((incidents.assign(killed_max=1.5), "month"), "killed_max is '1.5'"),
        ((incidents.assign(killed_max="many"), "month"), "killed_max is 'many'"),
        ((incidents.assign(killed_max=np.inf), "month"), "killed_max is 'inf'"),
    ]:
        with pytest.raises(InputError) as error:
            gcas.tally(*arguments, gazetteer=gaz)
        assert said in str(error.value)
    with pytest.raises(InputError, match="tally one of them"):
        gcas.tally(strikes, "month", strikes=strikes)
    with pytest.raises(InputError, match="strikes= holds incidents"):
        gcas.tally(incidents, "month", strikes=incidents)
    with pytest.raises(InputError, match="strikes have no grading"):
        gcas.tally(incidents, "grading", strikes=strikes)
