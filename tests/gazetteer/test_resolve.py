"""Names to places, or a refusal."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import InputError

HAWIJAH, KOBANI, RAQQA, MOSUL = "gn:390188", "gn:172256", "gn:172955", "gn:99072"


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        *((name, HAWIJAH) for name in ("Hawijah", "Hawija", "Al Huwayjah", "الحويجة", "al-Hawijah", "HAWIJA")),
        *((name, KOBANI) for name in ("Kobani", "Kobane", "Kobanê", "Ayn al-Arab", "Ain al Arab", "عين العرب")),
        *((name, RAQQA) for name in ("Raqqa", "Ar Raqqah", "ar-Raqqah", "الرقة")),
        *((name, MOSUL) for name in ("Mosul", "الموصل", "مووسڵ")),
        ("Idlib province", "ne:SY-ID"),
        ("Kirkuk province", "ne:IQ-KI"),
        ("محافظة كركوك", "ne:IQ-KI"),
        ("Iraq", "iso:IQ"),
        ("سوريا", "iso:SY"),
    ],
)
def test_the_names_of_the_mission(gaz, text, place_id):
    found = gaz.resolve(text)
    assert found.status == "resolved", found
    assert found.best.place.place_id == place_id


def test_a_town_stands_before_the_area_named_after_it(gaz):
    assert gaz.resolve("Idlib").best.place.kind == "city"
    assert gaz.resolve("Hawijah district").best.place.kind == "district"


def test_two_sinjars_are_ambiguous_until_the_country_is_known(gaz):
    found = gaz.resolve("Sinjar")
    assert (found.status, found.best, found.geometry) == ("ambiguous", None, None)
    assert {candidate.place.country for candidate in found.candidates} == {"IQ", "SY"}
    assert gaz.resolve("Sinjar", country="IQ").best.place.country == "IQ"
    assert gaz.resolve("Sinjar", country="Syria").best.place.country == "SY"
    assert gaz.resolve("Sinjar, Iraq").best.place.country == "IQ"
    assert gaz.resolve("Sinjar", governorate="Ninewa").best.place.country == "IQ"
    assert gaz.resolve("Sinjar", near=(41.9, 36.3)).best.place.country == "IQ"


@pytest.mark.parametrize("text", ["Paris", "", "   ", "...", "?", "x" * 5000, "province", "near", "Gotham province"])
def test_what_is_not_known_stays_unresolved(gaz, text):
    found = gaz.resolve(text)
    assert (found.status, found.best, found.geometry, found.point) == ("unresolved", None, None, None)
    assert found.reason


def test_al_baghdadi_is_not_baghdad(gaz):
    assert gaz.resolve("Al Baghdadi").best.place.name != gaz.resolve("Baghdad").best.place.name


def test_near_widens_and_drops_the_footprint(gaz):
    plain, near = gaz.resolve("Kirkuk province"), gaz.resolve("near Kirkuk")
    assert plain.geometry.geom_type in {"Polygon", "MultiPolygon"}
    assert near.vicinity
    assert near.polygon is None
    assert near.radius_m >= 50_000


def test_an_unknown_place_in_a_known_province_is_its_area_only(gaz):
    found = gaz.resolve("Qaryat Nowhere, Idlib province, Syria")
    assert found.status == "area-only"
    assert found.best.place.place_id == "ne:SY-ID"
    assert "no place has the name" in found.reason


def test_every_preferred_name_leads_home(gaz):
    """A name with its country and governorate finds its own place, or says that several share it."""
    wrong = []
    for place in gaz.places.itertuples():
        found = gaz.resolve(
            place.name,
            country=place.country,
            governorate=place.admin1 and gaz.place(place.admin1).name,
            kinds=[place.kind],
        )
        ids = {candidate.place.place_id for candidate in found.candidates}
        if place.place_id not in ids:
            wrong.append((place.name, place.place_id))
    assert wrong == []


def test_resolve_many_keeps_the_callers_index_and_every_row(gaz):
    texts = pd.Series(["Kobane", None, "Sinjar", "Kobane", "nowhere"], index=list("abcde"))
    table = gaz.resolve_many(texts, country=pd.Series(["SY", "SY", "IQ", None, "SY"], index=list("abcde")))
    assert table.index.tolist() == list("abcde")
    assert table["status"].tolist() == ["resolved", "unresolved", "resolved", "resolved", "unresolved"]
    assert table.crs == "EPSG:4326"
    with pytest.raises(InputError, match="index of the texts"):
        gaz.resolve_many(texts, country=pd.Series(["SY"]))


def test_only_strings_are_resolved(gaz):
    with pytest.raises(InputError, match="got float"):
        gaz.resolve(float("nan"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_has_an_answer_that_holds_together(gaz, text):
    found = gaz.resolve(text)
    assert found.status in {"resolved", "area-only", "ambiguous", "unresolved"}
    assert (found.best is None) == (found.status in {"ambiguous", "unresolved"})
    assert (found.point is None) == (found.best is None)
    assert found.reason
    assert found._repr_html_().startswith("<div>")


def test_the_table_of_a_resolution_escapes_what_was_asked(gaz):
    assert "<script>" not in gaz.resolve("<script>alert(1)</script>")._repr_html_()


def test_load_gazetteer_names_what_is_missing(tmp_path):
    with pytest.raises(InputError, match=r"places\.csv, names\.csv, areas\.geojson"):
        gcas.load_gazetteer(tmp_path)


def test_frames_of_places_and_governorates(gaz):
    assert gaz.places["place_id"].is_unique
    assert set(gaz.governorates["kind"]) == {"governorate"}
    assert gaz.governorates.geometry.notna().sum() >= 32
    assert gaz.countries["place_id"].tolist() == ["iso:IQ", "iso:SY"]


@pytest.mark.parametrize(
    ("text", "hints", "place"),
    [
        ("north of Sinjar", {"country": "SY"}, None),
        ("near Sinjar", {"country": "SY"}, None),
        ("Sinjar", {"country": "SY"}, "Idlib"),
        ("10 km west of Sinjar", {"country": "SY"}, "Idlib"),
        ("50 km west of Sinjar", {"country": "SY"}, None),
        ("50 km south of Sinjar", {"country": "SY"}, "Idlib"),
        ("north of Sinjar", {"country": "SY", "governorate": "Idlib"}, "Idlib"),
        ("north of Sinjar", {"country": "SY", "near": (37.0, 35.6)}, "Idlib"),
        ("north of Sinjar", {"country": "IQ"}, "Nineveh"),
        ("north of Hawija", {"country": "IQ"}, "Kirkuk"),
        ("near Mosul", {"country": "IQ"}, "Nineveh"),
    ],
)
def test_a_namesake_across_the_border_from_which_the_phrase_reaches_in_leaves_it_ambiguous(gaz, text, hints, place):
    found = gaz.resolve(text, **hints)
    assert (found.best.admin1_name if found.best else None) == place, found
    if place is None:
        assert found.status == "ambiguous"
        assert found.geometry is None
        assert "Sinjar (Idlib, SY) or Sinjar (Nineveh, IQ)" in found.reason


@pytest.mark.parametrize(
    "text",
    ["near the Syrian border", "Syrian", "the Iraqi army", "Turkish forces", "Syrian-Turkish border", "Kurdish forces",
     "Syrian Democratic Forces", "قرب الحدود السورية", "الحدود العراقية السورية"],
)  # fmt: skip
def test_a_demonym_is_no_name(gaz, text):
    found = gaz.resolve(text)
    assert (found.status, found.geometry) == ("unresolved", None), found
    assert "says whose something is and not where" in found.reason


def test_a_demonym_in_a_name_or_beside_one_does_no_harm(gaz):
    assert gaz.resolve("Syrian desert").best.place.name == "Syrian Desert"
    assert gaz.resolve("سورية").best.place.place_id == "iso:SY"
    assert gaz.resolve("Syrian border, Aleppo").best.place.name == "Aleppo"
    assert gaz.resolve("Iraqi forces near Mosul").best.place.name == "Mosul"


@pytest.mark.parametrize(
    ("text", "hints", "status", "said"),
    [
        ("Sinjar", {"governorate": "Xyzzy"}, "unresolved", "the stated governorate 'Xyzzy' is not known"),
        ("Hawija", {"country": "XX"}, "unresolved", "the stated country 'XX' is not known"),
        ("near Hawija", {"district": "Xyzzy"}, "resolved", "; the stated district 'Xyzzy' is not known"),
        ("Atlantis", {"country": "Atlantis"}, "unresolved", "the stated country 'Atlantis' is not known"),
        ("Hawija", {"country": "Yemen"}, "unresolved", "no places of YE in this gazetteer"),
        ("Hawija, Yemen", {}, "unresolved", "no places of YE in this gazetteer"),
        ("Hawija, Yemen", {"country": "IQ"}, "unresolved", "YE and IQ are stated, which are not one country"),
    ],
)
def test_a_stated_area_that_is_not_known_leaves_no_sure_place(gaz, text, hints, status, said):
    found = gaz.resolve(text, **hints)
    assert found.status == status
    assert said in found.reason


@pytest.mark.parametrize("country", ["IQ", "iq", "Iraq", "العراق", "Republic of Iraq", " Iraq "])
def test_a_country_may_be_stated_by_code_or_name(gaz, country):
    found = gaz.resolve("Sinjar", country=country)
    assert (found.status, found.best.place.country) == ("resolved", "IQ")
    assert "not known" not in found.reason


def test_a_blank_hint_is_none(gaz):
    assert gaz.resolve("Hawija", country=" ", governorate="").reason == gaz.resolve("Hawija").reason


def test_unknown_kinds_are_refused(gaz):
    with pytest.raises(InputError, match=r"kinds=\['nonsense'\]: no such kind of place; choose from .*town"):
        gaz.resolve("Hawija", kinds=["town", "nonsense"])
    assert gaz.resolve("Hawija", kinds="district").best.place.kind == "district"
    with pytest.raises(InputError, match="the stated country must be a string, got float"):
        gaz.resolve("Hawija", country=float("nan"))


def test_a_second_gazetteer_shares_what_was_indexed_and_no_frame():
    """A frame that its owner changes changes nobody else's answers."""
    one, other = gcas.load_gazetteer(), gcas.load_gazetteer()
    assert one._resolver is other._resolver is not gcas.load_gazetteer(vicinity_km=5)._resolver
    one.governorates["name"] = "changed"
    assert "changed" not in {*other.governorates["name"], *gcas.load_gazetteer().governorates["name"]}
