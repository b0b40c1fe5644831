"""Tallies of the real records equal what plain pandas counts in the files themselves, or in the frames."""

from __future__ import annotations

import pandas as pd
import pytest
from pyproj import Geod

import geocasualty as gcas

pytestmark = pytest.mark.real_data


def counts(table, *columns):
    parts = table[~table["is_total"]]
    keys = list(parts.columns[: list(parts.columns).index("is_total")])
    return parts.set_index(keys)[list(columns)].astype(int)


def test_airwars_by_month_and_belligerent(real_data, gaz):
    path = real_data / "airwars_syria_2014_2015.csv"
    incidents = gcas.read_incidents(path, gazetteer=gaz, on_bad_rows="skip")
    raw = pd.read_csv(path, dtype=str)
    raw = raw[raw["date"] > "1970-01-02"]
    raw = raw.assign(
        month=raw["date"].str[:7], **{name: pd.to_numeric(raw[name]) for name in ("killed_min", "killed_max")}
    )
    months = raw.groupby("month").agg(n=("code", "size"), low=("killed_min", "sum"), high=("killed_max", "sum"))
    months["unknown"] = raw["killed_min"].isna().groupby(raw["month"]).sum()
    table = gcas.tally(incidents, "month")
    found = counts(table, "incidents", "killed_min", "killed_max", "killed_min_unknown")
    assert found.index.tolist() == months.index.tolist()
    assert found.to_numpy().tolist() == months.to_numpy(int).tolist()
    assert table["incidents"].iloc[-1] == len(raw) == 485
    whose = (
        raw["military"].str.split(", ").explode().map({"U.S.-led Coalition": "Coalition", "Russian Military": "Russia"})
    )
    by_whom = gcas.tally(incidents, "belligerent").set_index("belligerent")
    for name in ("Coalition", "Russia"):
        assert by_whom.loc[name, "incidents"] == (whose == name).sum()
    assert by_whom["incidents"].iloc[:-1].sum() == len(raw) + by_whom.loc["total", "incidents_shared"]


def test_dutch_strikes_by_month_and_province(real_data, gaz):
    path = real_data / "dutch_mod_strikes_2014_2015.csv"
    strikes = gcas.read_strikes(path, gazetteer=gaz)
    local = strikes["start"].dt.tz_convert("Asia/Baghdad")
    table = gcas.tally(strikes, ["month", "governorate"], gazetteer=gaz)
    held = [
        gaz.containing(point.x, point.y)["governorate"].name if place == "" or pd.isna(place) else None
        for point, place in zip(strikes.geometry, strikes["place_id"], strict=True)
    ]
    months = strikes.groupby(local.dt.strftime("%Y-%m"))["n_strikes"].sum()
    assert counts(table, "strikes").groupby("month")["strikes"].sum().to_dict() == months.to_dict()
    assert table["strikes"].iloc[-1] == strikes["n_strikes"].sum()
    alone = strikes[[name is not None for name in held]]
    mine = pd.Series([name for name in held if name is not None]).value_counts()
    again = gcas.tally(alone, "governorate", gazetteer=gaz)
    assert counts(again, "strike_records")["strike_records"].groupby("governorate").sum().to_dict() == mine.to_dict()


def test_coalition_releases_by_month_and_governorate(real_data, gaz):
    strikes = gcas.read_strikes(real_data / "centcom_releases_2014_2015.csv", gazetteer=gaz, on_bad_rows="skip")
    places = gaz.places.set_index("place_id")
    names = dict(zip(gaz.governorates["place_id"], gaz.governorates["name"], strict=True))
    geod = Geod(ellps="WGS84")

    def where(record):
        if record.geometry is None:
            return "unlocated"
        place, point = places.loc[record.place_id], record.geometry
        if record.precision == "country":
            return "unassigned"
        if record.country != place["country"]:
            assert (place["name"], record.country) == ("Al-Qaim", "SY")  # listed under Syria, beside the border
            return "Deir ez-Zor"
        if geod.inv(point.x, point.y, place["lon"], place["lat"])[2] <= place["radius_m"]:
            return names[record.place_id if place["kind"] == "governorate" else place["admin1"]]
        around = gaz.containing(point.x, point.y)
        return around["governorate"].name if "governorate" in around else "unassigned"

    plain = pd.DataFrame(
        {
            "month": [row.start.tz_convert(row.timezone).strftime("%Y-%m") for row in strikes.itertuples()],
            "where": [where(row) for row in strikes.itertuples()],
            "n": strikes["n_strikes"].to_numpy(),
        }
    )
    expected = plain.groupby(["month", "where"])["n"].agg(["size", "sum"])
    table = gcas.tally(strikes, ["month", "governorate"], gazetteer=gaz)
    found = counts(table, "strike_records", "strikes").droplevel("governorate_id")
    assert found.to_numpy().tolist() == expected.loc[found.index].to_numpy().tolist()
    assert len(found) == len(expected)
    assert found["strikes"].sum() == table["strikes"].iloc[-1] == strikes["n_strikes"].sum()
    assert {"unlocated", "unassigned"} <= set(table["governorate"])
