"""Small files of our own in the layouts of others; helpers that check that no row is lost."""

from __future__ import annotations

import csv
import io

DUTCH = {
    "Employment date (UNCLASS)": "2-jun-15",
    "Time begin (Z) (UNCLASS)": "21:02",
    "Time end (Z) (UNCLASS)": "",
    "Position MGRS (UNCLASS)": "38SLE 894 094",
    "Position LAT (UNCLASS)": "35,32171462",
    "Position LONG (UNCLASS)": "43,78321601",
    "Mission (UNCLASS)": "AI",
    "Town (UNCLASS)": "Hawija",
    "Province (UNCLASS)": "Kirkuk",
    "Country (UNCLASS)": "Iraq",
    "Comment (UNCLASS)": "",
}

AIRWARS = {
    "code": "CS001", "date": "2015-06-03", "date_type": "date", "date_end": "", "location_en": "Ar Raqqah",
    "location_ar": "الرقة", "region": "Raqqa", "lat": "35.95283", "lon": "39.00788", "geo_accuracy": "city",
    "military": "U.S.-led Coalition", "strike_status": "", "evidence": "Fair", "killed_min": "1", "killed_max": "2",
    "injured_min": "", "injured_max": "",
}  # fmt: skip

ASSESSMENT = {
    "code": "CS001", "belligerent": "coalition", "btype": "suspected", "assessment": "non_credible",
    "deaths_conceded_min": "", "deaths_conceded_max": "", "injuries_conceded_max": "", "mgrs": "",
    "mgrs_accuracy": "1 m", "reason_nc": "",
}  # fmt: skip

UCDP = {
    "id": "1", "relid": "SYR-2016-1", "year": "2016", "type_of_violence": "3", "dyad_name": "IS - Civilians",
    "side_a": "IS", "side_b": "Civilians", "where_prec": "1", "where_coordinates": "Aleppo town",
    "adm_1": "Aleppo Governorate", "latitude": "36.201241", "longitude": "37.161173", "country": "Syria",
    "date_prec": "1", "date_start": "2016-01-01 00:00:00.000", "date_end": "2016-01-01 00:00:00.000",
    "deaths_a": "0", "deaths_b": "0", "deaths_civilians": "3", "deaths_unknown": "2", "best": "5", "low": "3",
    "high": "6",
}  # fmt: skip

ACLED = {
    "event_id_cnty": "SYR1", "event_date": "03 June 2015", "time_precision": "1",
    "event_type": "Explosions/Remote violence", "sub_event_type": "Air/drone strike",
    "actor1": "Military Forces of Syria (2000-2024) Air Force", "assoc_actor_1": "", "actor2": "Civilians (Syria)",
    "admin1": "Idleb", "location": "Idlib", "country": "Syria", "latitude": "35.93062", "longitude": "36.63393",
    "geo_precision": "1", "fatalities": "4", "source": "SOHR", "notes": "",
}  # fmt: skip


def write(path, rows, delimiter=",", encoding="utf-8"):
    """A file with one line a row."""
    out = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def accepted_rows(accepted):
    """The input rows that stand in a table, merged ones too."""
    if "rows" in accepted:
        return [int(row) for rows in accepted["rows"] for row in rows.split(";")]
    return accepted["row"].tolist()


def assert_conserved(accepted, rejected, count):
    """Every input row is accepted, or rejected with a reason, and none is both."""
    kept, lost = set(accepted_rows(accepted)), set(rejected["row"])
    assert kept | lost == set(range(1, count + 1))
    assert not kept & lost
    assert rejected["reason"].astype(str).str.len().gt(0).all()
