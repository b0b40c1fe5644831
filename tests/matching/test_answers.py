"""Where belligerents looked when they answered a claim."""

import numpy as np
import pandas as pd
import pytest
import shapely

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.geodesy import geodesic_offset
from geocasualty.matching._answers import SHARED, STATUSES, answer_lines
from geocasualty.words import Words, languages
from tests.grids import format_mgrs
from tests.matching.frames import records

HERE = (43.78, 35.32)
GRID = format_mgrs(*HERE, digits=4)


def answered(claims, grids, **columns):
    rows = [{"xy": HERE, "radius_m": 100.0, "id": f"i{n}"} | claim for n, claim in enumerate(claims)]
    incidents = records("incident", rows)
    for name in ("flags", "place_text"):
        incidents[name] = pd.Series([row.get(name, "") for row in rows], dtype=object)
    table = pd.DataFrame({"incident_id": [f"i{n}" for n in range(len(grids))], "mgrs": grids}, dtype=object)
    return gcas.assessed_places(incidents, table.assign(**columns))


def grid(km, digits=4):
    return format_mgrs(*geodesic_offset(*HERE, 0, km * 1000), digits=digits)


@pytest.mark.parametrize(
    ("claim", "stated", "status"),
    [
        ({}, GRID, "may-be-one"),
        ({}, grid(43), "assessed-elsewhere"),
        ({"radius_m": 50_000.0}, grid(43), "may-be-one"),
        ({}, grid(43, digits=1), "assessed-elsewhere"),
        ({}, grid(5, digits=1), "may-be-one"),  # a cell of 10 km holds the place
        ({"geometry": None}, grid(43), "claim-unlocated"),
        ({"flags": "geometry-conflict"}, grid(43), "claim-in-doubt"),
        ({}, "38S LE", "malformed-grid"),
        ({}, "18S UJ 234 064", "malformed-grid"),  # Washington
        ({"country": ""}, "18S UJ 234 064", "assessed-elsewhere"),
        ({"geometry": shapely.Point(HERE).buffer(0.5)}, grid(43), "may-be-one"),
        ({"geometry": shapely.Point(HERE).buffer(0.1)}, grid(43), "assessed-elsewhere"),
    ],
)
def test_status(claim, stated, status):
    table = answered([claim], [stated])
    assert table["status"].tolist() == [status]
    assert (table.geometry.iloc[0] is None) == (status == "claim-unlocated" or stated == "38S LE")


def test_a_radius_is_taken_to_hold_99_in_100_before_the_places_are_two():
    wide = {"radius_m": 1_000.0}
    assert answered([wide, wide], [grid(1.38), grid(1.46)])["status"].tolist() == ["assessed-elsewhere", "may-be-one"]
    near = answered([wide | {"vicinity": True}] * 2, [grid(2.5), grid(2.8)])
    assert near["status"].tolist() == ["assessed-elsewhere", "may-be-one"]


def test_a_slip_of_the_zone_names_the_country():
    note = answered([{}], ["18S UJ 234 064"])["note"].iloc[0]
    assert note.endswith("the claim says IQ")


def test_a_cell_of_many_claims_stands_for_a_city():
    several = [{"day": float(n), "xy": geodesic_offset(*HERE, 90, 9_000)} for n in range(SHARED)]
    assert set(answered(several, [GRID] * SHARED)["status"]) == {"shared-cell"}
    fewer = answered(several[1:], [GRID] * (SHARED - 1))
    assert set(fewer["status"]) == {"assessed-elsewhere"}
    same_day = [{"xy": geodesic_offset(*HERE, 90, 9_000)} for _ in range(SHARED)]
    assert set(answered(same_day, [GRID] * SHARED)["status"]) == {"assessed-elsewhere"}
    far = [claim | {"xy": geodesic_offset(*HERE, 90, 60_000)} for claim in several]
    assert set(answered(far, [GRID] * SHARED)["status"]) == {"assessed-elsewhere"}


def test_rows_without_a_reference_are_no_answers_and_what_is_said_is_kept():
    table = answered([{}, {}, {}], ["", None, grid(43)], reason_nc="no_strikes", belligerent="Coalition")
    assert table["incident_id"].tolist() == ["i2"]
    assert table[["reason", "belligerent", "claims_of_cell"]].values.tolist() == [["no_strikes", "Coalition", 1]]
    assert table["distance_km"].iloc[0] == pytest.approx(43, abs=0.1)
    assert table["distance_min_km"].iloc[0] == pytest.approx(43 - 0.1 - 0.007, abs=0.1)


def test_the_farthest_come_first_whatever_the_order():
    grids = [grid(43), GRID, grid(90)]
    table = answered([{}] * 3, grids)
    assert table["incident_id"].tolist() == ["i2", "i0", "i1"]


def test_bad_tables():
    assert answered([{"id": "other"}], [GRID])["status"].tolist() == ["claim-missing"]
    assert answered([{}, {"id": "other"}], [GRID] * 2)["status"].tolist() == ["may-be-one", "claim-missing"]
    incidents = records("incident", [{"xy": HERE}])
    with pytest.raises(InputError, match="no column 'mgrs'"):
        gcas.assessed_places(incidents, pd.DataFrame({"code": ["i0"]}))
    with pytest.raises(InputError, match="no column 'incident_id'"):
        gcas.assessed_places(incidents, pd.DataFrame({"mgrs": [GRID]}))
    assert len(gcas.assessed_places(incidents, pd.DataFrame({"code": [], "mgrs": []}))) == 0


def test_no_place_and_cell_that_are_one_are_called_two():
    """Ten thousand true places, each stated by a claim and by a cell within what these are unsure of."""
    rng = np.random.default_rng(5)
    count = 10_000
    places = np.column_stack([rng.uniform(42, 45, count), rng.uniform(33, 36, count)])
    radius = rng.choice([100.0, 1_000.0, 2_000.0, 15_000.0], count)
    turns, shares = rng.uniform(0, 360, count), np.sqrt(rng.uniform(0, 1, count))
    away = [geodesic_offset(*place, turn, share * metres)
            for place, turn, share, metres in zip(places, turns, shares, radius, strict=True)]  # fmt: skip
    claims = [{"id": f"i{n}", "xy": xy, "radius_m": float(metres), "country": ""} for n, (xy, metres) in
              enumerate(zip(away, radius, strict=True))]  # fmt: skip
    digits = rng.choice([2, 3, 4, 5], count)
    grids = [format_mgrs(lon, lat, digits=int(n)) for (lon, lat), n in zip(places, digits, strict=True)]
    table = gcas.assessed_places(
        records("incident", claims), pd.DataFrame({"incident_id": [f"i{n}" for n in range(count)], "mgrs": grids})
    )
    assert (table["status"] == "assessed-elsewhere").sum() == 0


@pytest.mark.real_data
def test_the_list_on_real_answers(real_data):
    incidents = gcas.read_incidents(real_data / "airwars_syria_2014_2015.csv", on_bad_rows="skip")
    answers = pd.read_csv(real_data / "airwars_syria_assessments_2014_2015.csv")
    table = gcas.assessed_places(incidents, answers[answers["code"].isin(incidents["incident_id"])])
    far = table[(table["status"] == "assessed-elsewhere") & (table["distance_min_km"] > 20)]
    assert {"CS023", "CS136"} <= set(far["incident_id"])
    assert table.set_index("incident_id").loc["CS130", "status"] == "claim-in-doubt"  # 43 km from the place it names


@pytest.mark.parametrize("language", languages())
def test_every_status_is_said_and_no_sentence_judges(language):
    assert {key.partition(".")[0] for key in Words(language).said("answer.at.")} == set(STATUSES)
    claims = [{}, {}, {"geometry": None}, {"flags": "geometry-conflict"}, {}]
    table = answered(claims, [grid(43), GRID, grid(43), grid(43), "38S LE"])
    lines = answer_lines(table, language)
    assert {len(lines[name]) for name in table["incident_id"]} == {1}
    assert "43" in lines["i0"][0]
    said = " ".join(Words(language).said("answer.").values())
    assert not any(word in said for word in ("wrong", "dismiss", "false", "خطأ"))


def test_an_answer_that_looked_elsewhere_is_said_and_drawn():
    table = answered(
        [{}, {}], [grid(43), GRID], belligerent="<b>Coalition", assessment="Non-credible", date="2016-01-02"
    )
    line = answer_lines(table)["i0"][0]
    assert line.startswith("<b>Coalition answered on 2016-01-02: Non-credible; it looked at ")
    assert "a place 43 km from the claimed one (43 to 43 km for all that is known of both)" in line
    page = gcas.maps.answers_map(table).get_root().render()
    assert "the cell that was assessed" in page
    assert "GeoNames" in page
    assert page == gcas.maps.answers_map(table).get_root().render()
    assert "&lt;b&gt;Coalition" in page
    assert "<b>Coalition" not in page
    assert page.count("L.circleMarker(") == 3  # two places, and what holds the label
    assert "i1:" not in page
    assert gcas.maps.answers_map(table.iloc[:0]).get_root().render().count("L.circleMarker(") == 0
    with pytest.raises(InputError, match="status is 'near'"):
        gcas.maps.answers_map(table, status="near")


def test_cells_that_were_joined_to_claims_are_not_compared_with_themselves():
    joined = gcas.load_casebook().incidents.assign(assessed_mgrs="38S LE 294 094")
    answers = pd.DataFrame({"incident_id": ["hawijah-2015-06"], "mgrs": ["38S LE 294 094"]})
    with pytest.raises(InputError, match="read them without"):
        gcas.assessed_places(joined, answers)
