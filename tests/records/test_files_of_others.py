"""Files as other projects give them out, made up in their layouts: each is read as its owner would, in one step."""

import json

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.records import read_detections
from tests.records.shapes import said

ACLED_FIRST = (
    "GWNO,EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,ALLY_ACTOR_1,INTER1,ACTOR2,"
    "ALLY_ACTOR_2,INTER2,INTERACTION,COUNTRY,ADMIN1,ADMIN2,ADMIN3,LOCATION,LATITUDE,LONGITUDE,GEO_PRECISION,SOURCE,"
    "NOTES,FATALITIES\n"
    "652,1SYR,1,18/04/2015,2015,1,Violence against civilians,Military Forces of Syria (2000-2024),Hezbollah,1,"
    "Civilians (Syria),,7,17,Syria,Idleb,,,Idlib,35.93062,36.63393,1,SOHR,,4\n"
    "652,2SYR,2,03/06/2015,2015,2,Remote violence,Unidentified Armed Group,,3,Civilians (Syria),,7,37,Syria,Aleppo,,,"
    "Aleppo,36.2,37.16,2,SOHR,,2\n"
)
ACLED_ROW = {
    "event_id_cnty": "SYR1", "event_date": "2015-06-03", "year": 2015, "time_precision": 1,
    "disorder_type": "Political", "event_type": "Explosions/Remote violence", "sub_event_type": "Air/drone strike",
    "actor1": "Military Forces of Russia", "assoc_actor_1": "", "inter1": "External", "actor2": "Civilians (Syria)",
    "assoc_actor_2": "", "inter2": "Civilians",
    "civilian_targeting": "", "iso": 760, "region": "Middle East", "admin1": "Idleb", "admin2": "", "admin3": "",
    "location": "Idlib", "latitude": "35.9306", "longitude": "36.6339", "geo_precision": 1, "source": "SOHR",
    "source_scale": "Other", "notes": "", "fatalities": 4, "tags": "", "timestamp": 1700000000,
}  # fmt: skip
UCDP_ROW = {
    "id": 7, "relid": "SYR-2016-1", "year": 2016, "active_year": True, "code_status": "Clear", "type_of_violence": 3,
    "side_a": "IS", "side_b": "Civilians", "number_of_sources": -1, "where_prec": 1, "where_coordinates": "Aleppo town",
    "adm_1": "Aleppo governorate", "latitude": 36.2012, "longitude": 37.1611, "country": "Syria", "country_id": 652,
    "event_clarity": 1, "date_prec": 1, "date_start": "2016-01-01T00:00:00", "date_end": "2016-01-01T00:00:00",
    "deaths_a": 0, "deaths_b": 0, "deaths_civilians": 3, "deaths_unknown": 2, "best": 5, "high": 6, "low": 3,
}  # fmt: skip
HXL_TAGS = (
    "#date,#event+id,#date+precision,#event+type,#event+subtype,#org+actor1,#org+actor2,#adm1+name,#loc+name,"
    "#country+name,#geo+lat,#geo+lon,#geo+precision,#affected+killed"
)
HXL_NAMES = (
    "event_date,event_id_cnty,time_precision,event_type,sub_event_type,actor1,actor2,admin1,location,country,latitude,"
    "longitude,geo_precision,fatalities"
)
FILES = {
    # name and text of the file, role, reader, records in words, parties of the first
    "ACLED, the first releases": (
        "acled.csv", ACLED_FIRST, "incident", "acled/3",
        "1SYR 2015-04-18 Idlib 4; 2SYR 2015-05-28/2015-06-09 Aleppo 0-2", "Hezbollah;Syrian government",
    ),
    "ACLED, its interface": (
        "acled.json", json.dumps({"status": 200, "success": True, "count": 1, "messages": [], "data": [ACLED_ROW]}),
        "strike", "acled/3", "SYR1 2015-06-03 Idlib", "Russia",
    ),
    "ACLED, as the exchange gives it": (
        "acled.csv", f"{HXL_NAMES}\n{HXL_TAGS}\n"
        "03 June 2015,SYR1,1,Violence against civilians,Attack,IS,Civilians (Syria),"
        "Idleb,Idlib,Syria,35.93,36.63,1,2\n", "incident", "acled/3", "SYR1 2015-06-03 Idlib 2", "ISIS",
    ),
    "UCDP, its interface": (
        "gedevents.json", json.dumps({"TotalCount": 1, "TotalPages": 1, "NextPageUrl": "", "Result": [UCDP_ROW]}),
        "incident", "ucdp-ged/2", "7 2016-01-01 Aleppo town 3-5", "ISIS",
    ),
    "UCDP, the first releases": (
        "ged.csv", "id;year;side_a;side_b;where_prec;where_coordinates;latitude;longitude;country;date_start;date_end;"
        "deaths_civilians;deaths_unknown;best_est;high_est;low_est\n9;2012;IS;Civilians;6;Syria;35,0;38,0;Syria;"
        "2012-03-04;2012-03-06;1;0;1;1;1\n", "incident", "ucdp-ged/2", "9 2012-03-04/2012-03-06 Syria 1", "ISIS",
    ),
    "the Bureau, Pakistan": (
        "pak.csv", "Strike ID,Date,Location,Area,Minimum total people killed,Maximum total people killed,"
        "Minimum civilians reported killed,Maximum civilians reported killed\n"
        "B1,17/06/2004,Wana,South Waziristan,6,8,2,2\n", "incident", "bureau/1",
        "B1 2004-06-17 Wana, South Waziristan 2", "United States",
    ),
    "the Bureau, Somalia": (
        "som.csv", "Strike ID,Date,Location,Type of attack,Confirmed/possible US attack?,Minimum number of strikes,"
        "Minimum people killed,Maximum people killed\nSOM001,2007-01-07,Ras Kamboni,Airstrike,Confirmed,1,8,10\n",
        "strike", "bureau/1", "SOM001 2007-01-07 Ras Kamboni", "United States",
    ),
    "Airwars, its whole table": (
        "incidents.csv", "post_id,code,date,date_type,date_end,location_name,country_name,latitude,longitude,"
        "civilian_non_combatants_killed_min,civilian_non_combatants_killed_max,belligerents_killed_min\n"
        "5,CS1,2015-06-03,date,,Hawija,Iraq,35.32,43.77,70,100,3\n", "incident", "csv/2",
        "row 1 2015-06-03 Hawija 70-100", "",
    ),
    "attacks on schools, as the exchange gives them": (
        "schools.csv", "Date,Event Description,Country,Country ISO,Admin 1,Latitude,Longitude,Geo Precision,"
        "Location of event,Reported Perpetrator,SiND Event ID\n"
        "#date,#description,#country,#country+code,#adm1,#geo+lat,#geo+lon,#geo+precision,#loc+type,#group,#event+id\n"
        '2023-11-02,,Sudan,SDN,Khartoum,15.6,32.5,"(1) exact",School,RSF,77\n',
        "incident", "insecurity-insight/1", "77 2023-11-02 15.60,32.50 ?", None,
    ),
    "a monitor of Ukraine": (
        "ua.csv", "№;Дата;Область;Населений пункт;Широта;Довгота;Загиблі;Поранені;Джерело\n"
        "1;24 лютого 2022;Харківська область;Чугуїв;49,8353;36,6867;1;15;https://example.org/1\n",
        "incident", "csv/2", "1 2022-02-24 Чугуїв 1", "",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::geocasualty.errors.GeocasualtyWarning")
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_others_is_read_in_one_step(tmp_path, gaz, name):
    file, text, role, reader, words, parties = FILES[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    validate = gcas.validate_strikes if role == "strike" else gcas.validate_incidents
    country = "UA" if file == "ua.csv" else None  # what its own title says, and none of its rows
    accepted, rejected = validate(tmp_path / file, gazetteer=gaz, country=country)
    assert not len(rejected), rejected.to_string()
    frame = accepted.rename(columns={"strike_id": "incident_id"})
    if role == "strike":
        words, frame = f"{words} ?", frame.assign(killed_min=None, killed_max=None)
    assert said(frame) == (words or said(frame))
    assert accepted["reader"].iloc[0] == (reader or accepted["reader"].iloc[0])
    assert parties is None or accepted["belligerents"].iloc[0] == parties
    assert accepted["country"].iloc[0]


def test_fires_of_both_instruments_are_detections(gaz):
    modis = {
        "latitude": "35.32", "longitude": "43.78", "brightness": "330.1", "scan": "1.0", "track": "1.0",
        "acq_date": "2015-06-02", "acq_time": "2206", "satellite": "Terra", "instrument": "MODIS", "confidence": "80",
        "version": "6.1", "bright_t31": "295.0", "frp": "5.1", "daynight": "N", "type": "0",
    }  # fmt: skip
    seen = read_detections(pd.DataFrame([modis]), gazetteer=gaz)
    assert (seen["radius_m"].tolist(), seen["start"].dt.strftime("%H:%M").tolist()) == ([707.0], ["22:06"])


@pytest.mark.parametrize(("date", "precision"), [("03/06/2015", "2"), ("03/06/2015", "3"), ("June?", "2")])
def test_a_day_that_cannot_be_widened_is_no_day(gaz, date, precision):
    rows = pd.DataFrame([ACLED_ROW | {"event_date": date, "time_precision": precision}])
    assert gcas.validate_incidents(rows, gazetteer=gaz)[1]["column"].tolist() == ["start"]
