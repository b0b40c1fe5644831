"""Sources survive as text; corrections win, show, and are refused where they cannot be."""

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.records._provenance import provenance
from geocasualty.records.evidence import Evidence, apply_corrections, format_sources, is_link, parse_sources
from geocasualty.records.writing import read_records, write_records

words = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip) | st.sampled_from(
    ["a;b", "a|b", "a\\", "\\;", "\\\\", "https://example.org/x", "الحويجة", "a\nb", "2015"]
)
links = st.sampled_from(["", "https://example.org/a?b=c;d|e", "http://ar.example/الحويجة", "https://[::1]/x;y"])
days = st.sampled_from(["", "2015-06-03", "2015-06", "2015"])
evidence = st.builds(Evidence, words, links, links, days).filter(any)


@given(st.lists(evidence))
def test_sources_survive_as_text(sources):
    assert parse_sources(format_sources(sources)) == sources


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("a;|\\ "))
def test_any_text_is_read_and_nothing_but_links_are_links(text):
    sources = parse_sources(text)
    assert parse_sources(format_sources(sources)) == [source for source in sources if any(source)]
    assert all(not link or is_link(link) for source in sources for link in source[1:3])
    read = "".join(part for source in sources for part in source)
    assert set("".join(read.split())) >= set("".join(text.split())) - set(";|\\")


def test_cells_written_by_hand_are_read():
    assert parse_sources("Airwars: Cause; https://example.org") == [
        Evidence("Airwars: Cause"),
        Evidence(url="https://example.org"),
    ]
    assert parse_sources("A | https://e.org/1 | https://e.org/2 | 2021-04-10 | more") == [
        Evidence("A | more", "https://e.org/1", "https://e.org/2", "2021-04-10")
    ]


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "https://", "https://a b", "//e.org", "https://["]
)
def test_what_is_no_link(text):
    assert not is_link(text)
    with pytest.raises(InputError, match="expected an http or https link"):
        format_sources([Evidence("A", text)])


SIGNED = {"analyst": "A. Analyst", "date": "2021-04-10", "note": "seen in pictures"}


def corrections(**cells):
    return pd.DataFrame([{"incident_id": "hawijah-2015-06", **SIGNED, **cells}])


def test_a_correction_wins_shows_and_leaves_the_input_alone(book, tmp_path):
    before = book.incidents.copy()
    frame = book.incidents.set_index(pd.Index(list("wxyz"))).assign(flags="placeholder;unknown-end")
    path = tmp_path / "corrections.csv"
    corrections(latitude=35.3, longitude=43.8, radius_m=250, place_text="المصنع").to_csv(path, index=False)
    found = apply_corrections(frame, path)
    first = found.loc["w"]
    assert first.geometry.equals(shapely.Point(43.8, 35.3))
    assert (first.radius_m, first.precision, first.place_text, first.corrected_by) == (
        250,
        "street",
        "المصنع",
        "A. Analyst",
    )
    assert first.location_reason.startswith("corrected by A. Analyst on 2021-04-10: seen in pictures (before: name of")
    assert found["flags"].tolist() == ["unknown-end", *["placeholder;unknown-end"] * 3]
    assert found["corrected_by"].tolist()[1:] == ["", "", ""]
    assert found.index.tolist() == list("wxyz")
    pd.testing.assert_frame_equal(pd.DataFrame(found.dtypes[frame.columns]), pd.DataFrame(frame.dtypes))
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(book.incidents))
    again = read_records(write_records(found, tmp_path / "a.csv"))
    assert again["corrected_by"].tolist() == found["corrected_by"].tolist()
    assert provenance(again)["corrected"].tolist() == [1]


def test_places_and_radii_can_be_corrected_alone(book, gaz):
    found = apply_corrections(book.incidents, corrections(place_text="Mosul"), gazetteer=gaz).iloc[0]
    assert (found.place_id, found.precision) == (gaz.resolve("Mosul").best.place.place_id, "city")
    found = apply_corrections(book.incidents, corrections(radius_m=900)).iloc[0]
    assert (found.radius_m, found.precision) == (900, "neighbourhood")
    assert found.geometry.equals(book.incidents.geometry.iloc[0])
    found = apply_corrections(book.incidents, corrections(place_text="Ninewa governorate"), gazetteer=gaz).iloc[0]
    assert found.geometry.geom_type in ("Polygon", "MultiPolygon")
    assert pd.isna(found.radius_m)


def read(gaz, **cells):
    row = {"incident_id": "hawijah-2015-06", "date": "2015-01-03"} | cells
    return gcas.read_incidents(pd.DataFrame([row]), gazetteer=gaz)


@pytest.mark.parametrize("text", ["38S LE 894 094", "35.3222, 43.7838"])
def test_a_place_may_be_corrected_to_a_reference(gaz, text):
    before = read(gaz, place="Raqqa")
    found = apply_corrections(before, corrections(place_text=text), gazetteer=gaz).iloc[0]
    assert found.geometry.distance(shapely.Point(43.784, 35.322)) < 0.001
    assert (found.place_text, found.place_id, found.country, found.precision) == (text, "", "IQ", "exact")
    assert found.timezone == "Asia/Baghdad"
    wider = apply_corrections(before, corrections(place_text=text, radius_m=700), gazetteer=gaz).iloc[0]
    assert wider.radius_m == 700


@pytest.mark.parametrize("where", [{"latitude": 35.3, "longitude": 43.8, "radius_m": 9}, {"place_text": "Hawija"}])
@pytest.mark.parametrize("flag", ["placeholder", "geometry-conflict", "outside-country", "looks-swapped"])
def test_flags_of_the_old_place_are_lifted(gaz, where, flag):
    before = read(gaz, place="Mosul", flags=f"{flag};seen")
    assert apply_corrections(before, corrections(**where), gazetteer=gaz)["flags"].tolist() == ["seen"]


def test_whole_days_move_with_the_country(gaz):
    before = read(gaz, place="Abu Kamal", country="SY")  # in winter Syria is two hours before UTC, Iraq three
    after = apply_corrections(before, corrections(latitude=34.4, longitude=41.3, radius_m=900), gazetteer=gaz)
    assert before["start"].iloc[0].isoformat() == "2015-01-02T22:00:00+00:00"
    assert (after["start"].iloc[0].isoformat(), after["end"].iloc[0].isoformat()) == (
        "2015-01-02T21:00:00+00:00",
        "2015-01-03T21:00:00+00:00",
    )
    assert after.loc[0, ["country", "timezone"]].tolist() == ["IQ", "Asia/Baghdad"]
    assert "country IQ in place of SY; its days are now those of Asia/Baghdad" in after.loc[0, "location_reason"]
    assert after.dtypes["start"] == before.dtypes["start"]


def test_other_intervals_stay_where_they_are(gaz):
    before = read(gaz, place="Abu Kamal", country="SY", date="night of 2 January 2015")
    after = apply_corrections(before, corrections(latitude=35.3, longitude=43.8, radius_m=9), gazetteer=gaz)
    assert after[["start", "end"]].equals(before[["start", "end"]])
    assert after.loc[0, ["country", "timezone"]].tolist() == ["IQ", "Asia/Baghdad"]
    assert "its time is no whole days in Asia/Damascus and is left as it was" in after.loc[0, "location_reason"]


def test_a_zone_that_the_source_states_stays(gaz):
    before = read(gaz, place="Abu Kamal", country="SY", timezone="UTC")
    after = apply_corrections(before, corrections(latitude=35.3, longitude=43.8, radius_m=9), gazetteer=gaz)
    assert after.loc[0, ["start", "timezone"]].tolist() == before.loc[0, ["start", "timezone"]].tolist()
    assert after.loc[0, "country"] == "IQ"


def test_days_of_no_known_zone_get_one(gaz):
    before = read(gaz, place="Atlantis")
    assert before["flags"].tolist() == ["unknown-timezone"]
    after = apply_corrections(before, corrections(latitude=35.3, longitude=43.8, radius_m=9), gazetteer=gaz)
    assert after.loc[0, ["country", "timezone", "flags"]].tolist() == ["IQ", "Asia/Baghdad", ""]
    assert after.loc[0, "start"].isoformat() == "2015-01-02T21:00:00+00:00"
    night = read(gaz, place="Atlantis", date="night of 2 January 2015")
    after = apply_corrections(night, corrections(place_text="Hawija"), gazetteer=gaz)
    assert after.loc[0, "start"] == night.loc[0, "start"]
    assert after.loc[0, "flags"] == "unknown-timezone"
    assert "no whole days in UTC and is left as it was" in after.loc[0, "location_reason"]


def test_a_correction_takes_a_record_to_its_country_and_one_at_sea_is_flagged(gaz):
    before = read(gaz, place="Mosul")
    after = apply_corrections(before, corrections(latitude=39, longitude=30, radius_m=9), gazetteer=gaz)
    assert after.loc[0, ["country", "flags"]].tolist() == ["TR", ""]
    after = apply_corrections(before, corrections(latitude=33, longitude=29, radius_m=9), gazetteer=gaz)
    assert after.loc[0, ["country", "flags"]].tolist() == ["IQ", "outside-country"]
    assert "km outside IQ" in after.loc[0, "location_reason"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"incident_id": "nobody", "radius_m": 5}, "column 'incident_id', value 'nobody': no such"),
        ({"analyst": "", "radius_m": 5}, "column 'analyst'"),
        ({"date": "10/4/2021", "radius_m": 5}, "column 'date', value '10/4/2021'"),
        ({"note": None, "radius_m": 5}, "column 'note'"),
        ({"radius_m": ""}, "nothing is corrected"),
        ({"radius_m": -5}, "column 'radius_m', value '-5'"),
        ({"radius_m": "nan"}, "column 'radius_m'"),
        ({"precision": "roof"}, "column 'precision', value 'roof'"),
        ({"latitude": 35, "radius_m": 5}, "column 'longitude', value ''"),
        ({"latitude": 95, "longitude": 43, "radius_m": 5}, "column 'latitude', value '95'"),
        ({"latitude": 0, "longitude": 0, "radius_m": 5}, "Atlantic"),
        ({"latitude": 35, "longitude": 43}, "how far off"),
        ({"place_text": "qqqqzzzz"}, "column 'place_text', value 'qqqqzzzz'"),
    ],
)
def test_corrections_that_cannot_be_are_refused(book, cells, says):
    with pytest.raises(InputError, match=f"row 1.*{says}"):
        apply_corrections(book.incidents, corrections(**cells))


def test_tables_of_corrections_that_cannot_be_are_refused(book):
    with pytest.raises(InputError, match=r"row 2.*row 1 corrects it too"):
        apply_corrections(book.incidents, pd.concat([corrections(radius_m=5)] * 2))
    with pytest.raises(InputError, match="no column 'analyst', 'date', 'note'"):
        apply_corrections(book.incidents, pd.DataFrame({"incident_id": ["x"], "radius_m": [1]}))
    with pytest.raises(InputError, match="that is corrected"):
        apply_corrections(book.incidents, corrections())
    areas = book.incidents.set_geometry([shapely.box(43, 35, 44, 36)] * 4, crs=4326)
    with pytest.raises(InputError, match="an area, not a point"):
        apply_corrections(areas, corrections(radius_m=5))


def test_columns_of_the_version_before_are_read_with_a_warning(gaz):
    incidents = gcas.load_casebook(gaz).incidents
    new = pd.DataFrame([{"incident_id": incidents["incident_id"].iloc[0], "radius_m": 300} | SIGNED])
    old = new.rename(columns={"analyst": "by", "date": "when", "note": "why"})
    with pytest.warns(FutureWarning, match="corrections: 'by' is 'analyst', 'when' is 'date', 'why' is 'note' now"):
        found = apply_corrections(incidents, old)
    pd.testing.assert_frame_equal(found, apply_corrections(incidents, new))
