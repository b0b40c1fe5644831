"""What a place text says besides the name. The grammar knows no places: the examples need no gazetteer."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geocasualty.gazetteer import _phrase_words as words
from geocasualty.gazetteer import phrases
from geocasualty.gazetteer._phrase_tokens import Token, ends, starts
from geocasualty.gazetteer.phrases import LONGEST, Named, Phrase, parse_phrase

NM = 1852.0


def said(text):
    """Everything that a text says, without what it does not say; names instead of Named."""
    phrase = parse_phrase(text)
    found = {"anchors": [anchor.name for anchor in phrase.anchors]}
    if phrase.relation != "at":
        found["relation"] = phrase.relation
    if phrase.parents:
        found["parents"] = [parent.name for parent in phrase.parents]
    if phrase.within:
        found["within"] = phrase.within.name
    for field in ("vicinity", "bearing_deg", "distance_m", "part", "extent", "reference"):
        value = getattr(phrase, field)
        if value is not None and value is not False:
            found[field] = value
    for field in ("alternatives", "notes"):
        if getattr(phrase, field):
            found[field] = [named.name for named in getattr(phrase, field)]
    return found


@pytest.mark.parametrize(
    ("text", "name", "more"),
    [
        ("Hawijah", "Hawijah", {}),
        ("  near\tHawijah ", "Hawijah", {"vicinity": True}),
        ("In the vincinity of Hit", "Hit", {"vicinity": True, "extent": "surroundings"}),
        ("close to Hit", "Hit", {"vicinity": True}),
        ("IVO Hit", "Hit", {"vicinity": True}),
        ("Tall Abyad and surrounding villages", "Tall Abyad", {"vicinity": True, "extent": "surroundings"}),
        ("outskirts of Mosul", "Mosul", {"vicinity": True, "extent": "outskirts"}),
        ("on the eastern outskirts of Mosul", "Mosul", {"vicinity": True, "extent": "outskirts", "part": 90.0}),
        ("al Baghouz Desert", "al Baghouz", {"extent": "desert"}),
        ("northern Homs countryside", "Homs", {"extent": "countryside", "part": 0.0}),
        ("eastern countryside of Aleppo", "Aleppo", {"extent": "countryside", "part": 90.0}),
        ("Raqqa's northern countryside", "Raqqa", {"extent": "countryside", "part": 0.0}),
        ("Wadi Barada area", "Wadi Barada", {"extent": "area"}),
        ("Mount Sinjar", "Sinjar", {"extent": "mountains"}),
        ("قرب الموصل", "الموصل", {"vicinity": True}),
        ("بالقرب من مدينة الموصل", "الموصل", {"vicinity": True}),
        ("محيط مدينة الرقة", "الرقة", {"vicinity": True, "extent": "surroundings"}),
        ("ريف حلب الشمالي", "حلب", {"extent": "countryside", "part": 0.0}),
        ("بريف حمص الشمالي الشرقي", "حمص", {"extent": "countryside", "part": 45.0}),
        ("بادية حمص", "حمص", {"extent": "desert"}),
    ],
)
def test_vicinity_and_extent(text, name, more):
    assert said(text) == {"anchors": [name], **more}


@pytest.mark.parametrize(
    ("text", "bearing", "metres"),
    [
        ("Approximately 5nm north of Mosul", 0.0, 5 * NM),
        ("Approximatelty 5nm north of Mosul", 0.0, 5 * NM),
        ("Aproximately15nm west of Mosul", 270.0, 15 * NM),
        ("approx. 18 NM WNW of Mosul", 292.5, 18 * NM),
        ("3 KM South East of MOSUL", 135.0, 3000.0),
        ("5 NM NNW Mosul", 337.5, 5 * NM),
        ("5 nm north-north west of Mosul", 337.5, 5 * NM),
        ("10Nm south- east of Mosul", 135.0, 10 * NM),
        ("12 km W.N.W. of Mosul", 292.5, 12_000.0),
        ("36nm W/NW of Mosul", 292.5, 36 * NM),
        ("19nm NWW of Mosul", 292.5, 19 * NM),
        ("1,5NM west of the village of Mosul", 270.0, 1.5 * NM),
        ("1,500 m east of Mosul", 90.0, 1500.0),
        ("10 miles SW of Mosul", 225.0, 16_093.44),
        ("two kilometres south of Mosul", 180.0, 2000.0),
        ("half a mile west of Mosul", 270.0, 804.672),
        ("5-10 km north of Mosul", 0.0, 7500.0),
        ("around 5 kilometers to the north-east of Mosul", 45.0, 5000.0),
        ("270 degrees 12 km from Mosul", 270.0, 12_000.0),
        ("Mosul, 5 km to the north", 0.0, 5000.0),
        ("Mosul 10 NM NE", 45.0, 10 * NM),
        ("north of Mosul by 5 km", 0.0, 5000.0),
        ("south of Mosul", 180.0, None),
        ("20 km from Mosul", None, 20_000.0),
        ("500 metres outside Mosul", None, 500.0),
        ("2km. south of Mosul", 180.0, 2000.0),
    ],
)
def test_offsets_in_any_order(text, bearing, metres):
    phrase = parse_phrase(text)
    assert phrase.name.capitalize() == "Mosul"
    assert (phrase.relation, phrase.bearing_deg, phrase.part) == ("at", bearing, None)
    assert phrase.distance_m == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    ("text", "bearing", "metres"),
    [
        ("شمال الموصل", 0.0, None),
        ("جنوبي الموصل", 180.0, None),
        ("جنوب شرق الموصل", 135.0, None),
        ("على بعد 5 كم شمال غرب الموصل", 315.0, 5000.0),
        ("١٠ كيلومترات شرق الموصل", 90.0, 10_000.0),
    ],
)
def test_offsets_in_arabic(text, bearing, metres):
    phrase = parse_phrase(text)
    assert (phrase.name, phrase.bearing_deg, phrase.distance_m) == ("الموصل", bearing, metres)


@pytest.mark.parametrize(
    ("text", "part", "bearing"),
    [
        ("northern Kirkuk province", 0.0, None),
        ("in the north of Kirkuk province", 0.0, None),
        ("north of Kirkuk province", None, 0.0),
        ("East Aleppo", 90.0, None),
        ("On the west side of Mosul city", 270.0, None),
        ("NW part of Sinjar", 315.0, None),
        ("NE of Mosul", None, 45.0),
        ("Qayyarah Air Base West", 270.0, None),
        ("شمال محافظة حلب", 0.0, None),
        ("شمالي سوريا", 0.0, None),
        ("شرق مدينة الموصل", None, 90.0),
        ("north", None, 0.0),
    ],
)
def test_a_part_is_no_offset(text, part, bearing):
    phrase = parse_phrase(text)
    assert (phrase.part, phrase.bearing_deg) == (part, bearing)


def test_a_direction_may_belong_to_the_name():
    assert parse_phrase("Western Ghouta, Syria").anchors[0].forms == ("Western Ghouta", "Ghouta")
    assert parse_phrase("near North Manbij village").anchors[0].forms == (
        "North Manbij village",
        "North Manbij",
        "Manbij village",
        "Manbij",
    )
    assert parse_phrase("حلب الشمالية").anchors[0].forms == ("حلب الشمالية", "حلب")


@pytest.mark.parametrize(
    ("text", "whole", "name", "kind"),
    [
        ("Idlib province", "Idlib province", "Idlib", "governorate"),
        ("Homs Governorate", "Homs Governorate", "Homs", "governorate"),
        ("Sadr City", "Sadr City", "Sadr", "city"),
        ("town of Hit", "town of Hit", "Hit", "town"),
        ("the village Sahiliya", "village Sahiliya", "Sahiliya", "village"),
        ("Teir Maaleh villge", "Teir Maaleh villge", "Teir Maaleh", "village"),
        ("Mintaqat Azaz district", "Mintaqat Azaz district", "Azaz", "district"),
        ("Nahiyat Sereen", "Nahiyat Sereen", "Sereen", "subdistrict"),
        ("Mansoura Sub-district", "Mansoura Sub-district", "Mansoura", "subdistrict"),
        ("Camp Speicher", "Camp Speicher", "Speicher", "camp"),
        ("Abedeen camp for IDPs", "Abedeen camp for IDPs", "Abedeen", "camp"),
        ("Al Asad AB", "Al Asad AB", "Al Asad", "airbase"),
        ("Qwaris Military Air Base", "Qwaris Military Air Base", "Qwaris", "airbase"),
        ("Tishrin Dam", "Tishrin Dam", "Tishrin", "facility"),
        ("Baiji Oil Refinery", "Baiji Oil Refinery", "Baiji", "facility"),
        ("University of Mosul", "University of Mosul", "Mosul", "facility"),
        ("Zuhur neighborhood", "Zuhur neighborhood", "Zuhur", "neighbourhood"),
        ("Lake Habbaniyah", "Lake Habbaniyah", "Habbaniyah", "area"),
        ("محافظة كركوك", "محافظة كركوك", "كركوك", "governorate"),
        ("مدينة الموصل", "مدينة الموصل", "الموصل", "city"),
        ("بلدة هجين", "بلدة هجين", "هجين", "town"),
        ("قرية الباغوز", "قرية الباغوز", "الباغوز", "village"),
        ("حي السكري", "حي السكري", "السكري", "neighbourhood"),
        ("ناحية القيارة", "ناحية القيارة", "القيارة", "subdistrict"),
        ("مخيم عابدين للنازحين", "مخيم عابدين للنازحين", "عابدين", "camp"),
    ],
)
def test_kinds_stand_before_or_behind_the_name(text, whole, name, kind):
    phrase = parse_phrase(text)
    assert (phrase.whole, phrase.name, phrase.kinds[0]) == (whole, name, kind)


@pytest.mark.parametrize(
    "text",
    [
        "Deir ez-Zor", "Mosul al-Jadida", "Tall al Hawa", "Saba’a wa Arba’een", "At Tamani'ah", "Umm al-Rusas",
        "Khan Shaykhun", "Rif al-Muhandisin 1", "Tall 900", "As San", "An Nasiriyah", "X", "وادي بردى", "تل وردان",
        "خان شيخون", "كۆبانی", "Kobanî", "47",
    ],
)  # fmt: skip
def test_names_stay_whole(text):
    phrase = parse_phrase(text)
    assert said(text) == {"anchors": [text]}
    assert phrase.anchors[0].forms == (text,)


@pytest.mark.parametrize(
    ("text", "relation", "names", "more"),
    [
        ("between Hit and Haditha", "between", ["Hit", "Haditha"], {}),
        ("Between the towns of Hit and Haditha, Anbar, Iraq", "between", ["Hit", "Haditha"],
         {"parents": ["Anbar", "Iraq"]}),
        ("between Hit, Haditha and Ramadi", "between", ["Hit", "Haditha", "Ramadi"], {}),
        ("area between Hit and Haditha in Anbar", "between", ["Hit", "Haditha"],
         {"parents": ["Anbar"], "extent": "area"}),
        ("بين هيت وحديثة", "between", ["هيت", "حديثة"], {}),
        ("Iraq-Syria border", "between", ["Iraq", "Syria"], {"extent": "border"}),
        ("on the border of Ninewa & Dahuk", "between", ["Ninewa", "Dahuk"], {"extent": "border"}),
        ("Ithriya-Tabqa-Resafa Junction", "between", ["Ithriya", "Tabqa", "Resafa"], {}),
        ("Hit and Haditha", "and", ["Hit", "Haditha"], {}),
        ("Al Hasakah and Dayr Az Zawr", "and", ["Al Hasakah", "Dayr Az Zawr"], {}),
        ("Hit, Haditha and Ramadi", "and", ["Hit", "Haditha", "Ramadi"], {}),
        ("near Hit and Haditha", "and", ["Hit", "Haditha"], {"vicinity": True}),
        ("الرقة والحسكة", "and", ["الرقة", "الحسكة"], {}),
        ("Hit - Haditha road", "road", ["Hit", "Haditha"], {"extent": "road"}),
        ("Hit – Deir ez-Zor road", "road", ["Hit", "Deir ez-Zor"], {"extent": "road"}),
        ("Aleppo-Damascus highway", "road", ["Aleppo", "Damascus"], {"extent": "road"}),
        ("road between Hit and Haditha", "road", ["Hit", "Haditha"], {"extent": "road"}),
        ("Road M-5 from Hit to Haditha", "road", ["Hit", "Haditha"], {"extent": "road"}),
        ("طريق حلب - دمشق", "road", ["حلب", "دمشق"], {"extent": "road"}),
    ],
)  # fmt: skip
def test_relations_of_several_places(text, relation, names, more):
    assert said(text) == {"anchors": names, "relation": relation, **more}


@pytest.mark.parametrize(
    ("text", "name", "parents", "within"),
    [
        ("Hit in Al Anbar Province, Iraq", "Hit", ["Al Anbar", "Iraq"], None),
        ("X, Y district, Z province, Syria", "X", ["Y", "Z", "Syria"], None),
        ("Syria / Aleppo / Manbij", "Manbij", ["Aleppo", "Syria"], None),
        ("Iraq - Ninewa - Mosul", "Mosul", ["Ninewa", "Iraq"], None),
        ("Syria, Z governorate, Y district, X", "X", ["Y", "Z", "Syria"], None),
        ("Anbar province, Hit", "Hit", ["Anbar"], None),
        ("Hit district, Anbar", "Hit", ["Anbar"], None),
        ("Bustan al-Qasr neighbourhood, Aleppo city", "Bustan al-Qasr", ["Aleppo"], "Aleppo"),
        ("Aleppo, Bustan al-Qasr neighbourhood", "Bustan al-Qasr", ["Aleppo"], "Aleppo"),
        ("Zuhur quarter in Mosul, Iraq", "Zuhur", ["Mosul", "Iraq"], "Mosul"),
        ("Old City of Mosul", "Old City", ["Mosul"], "Mosul"),
        ("Deir ez-Zor: Ziban street", "Ziban", ["Deir ez-Zor"], "Deir ez-Zor"),
        ("Aisha Hospital, Abu Kamal", "Aisha", ["Abu Kamal"], "Abu Kamal"),
        ("Zuhur neighbourhood, Idlib province", "Zuhur", ["Idlib"], None),
        ("حي السكري، حلب", "السكري", ["حلب"], "حلب"),
        ("حي السكري في مدينة حلب", "السكري", ["حلب"], "حلب"),
        ("مدينة الموصل، محافظة نينوى، العراق", "الموصل", ["نينوى", "العراق"], None),
        ("قرية الباغوز بريف دير الزور الشرقي", "الباغوز", ["دير الزور"], None),
    ],
)
def test_hierarchies_are_smallest_first_however_written(text, name, parents, within):
    phrase = parse_phrase(text)
    assert phrase.relation == "at"
    assert [phrase.name, *(parent.name for parent in phrase.parents)] == [name, *parents]
    assert (phrase.within.name if phrase.within else None) == within
    assert phrase.within is None or phrase.within == phrase.parents[0]


def test_slashes_between_names_are_alternatives_and_brackets_are_notes():
    assert said("Kobane/Ayn al Arab town") == {"anchors": ["Kobane"], "alternatives": ["Ayn al Arab"]}
    assert parse_phrase("Kobane/Ayn al Arab town").kinds == parse_phrase("Kobane town").kinds
    assert said("Hit or Haditha") == {"anchors": ["Hit"], "alternatives": ["Haditha"]}
    assert said("Deir ez-Zor (Dayr az Zawr)") == {"anchors": ["Deir ez-Zor"], "notes": ["Dayr az Zawr"]}
    assert said("Aaliyah (Qurujah) village") == {"anchors": ["Aaliyah"], "notes": ["Qurujah"]}
    assert said("(near Mosul)") == {"anchors": ["Mosul"], "vicinity": True}


def test_several_offsets_are_members():
    def offsets(text):
        return [(one.name, one.bearing_deg, one.distance_m) for one in parse_phrase(text).members]

    assert offsets("10nm north and 20nm northwest of Mosul") == [("Mosul", 0.0, 10 * NM), ("Mosul", 315.0, 20 * NM)]
    assert offsets("1,5NM W & SW of Sadah") == [("Sadah", 270.0, 1.5 * NM), ("Sadah", 225.0, 1.5 * NM)]
    assert offsets("North and West of Hit") == [("Hit", 0.0, None), ("Hit", 270.0, None)]
    assert offsets("Hit and 6 NM east of Haditha") == [("Hit", None, None), ("Haditha", 90.0, 6 * NM)]
    assert offsets("12nm NW of Hit, 25nm W Hit, 47nm W Hit") == [
        ("Hit", bearing, miles * NM) for bearing, miles in ((315.0, 12), (270.0, 25), (270.0, 47))
    ]
    assert [one.part for one in parse_phrase("northern and eastern Mosul").members] == [0.0, 90.0]
    assert parse_phrase("10nm north and 20nm northwest of Mosul").anchors == (Named("Mosul", "Mosul", (), ("Mosul",)),)


def test_a_second_statement_is_kept_apart():
    phrase = parse_phrase("Bayji, 54NM southwest of Kirkuk")
    assert (phrase.name, phrase.bearing_deg, phrase.parents) == ("Bayji", None, ())
    assert (phrase.also.name, phrase.also.bearing_deg, phrase.also.distance_m) == ("Kirkuk", 225.0, 54 * NM)
    phrase = parse_phrase("Road 6, near Khaneez village, north of Raqqah")
    assert (phrase.also.name, phrase.also.vicinity, phrase.also.also.name) == ("Khaneez", True, "Raqqah")
    phrase = parse_phrase("Marmarita in the northern countryside of Aleppo")
    assert [parent.name for parent in phrase.parents] == ["Aleppo"]
    assert (phrase.also.part, phrase.also.extent) == (0.0, "countryside")


def test_what_has_no_name_of_its_own_gives_way_to_the_place_behind_it():
    assert said("Silos east of Palmyra") == {"anchors": ["Palmyra"], "bearing_deg": 90.0}
    assert said("A village near Hit") == {"anchors": ["Hit"], "vicinity": True}


@pytest.mark.parametrize(
    "text",
    [
        "38SLE 894 094", "38S LE 894 094", "38sle894094", "37S FU 774 280", "37SFU", "38S LE 89400 09400",
        "377SFU805225", "37FSU774280", "37SEV.35739", "MGRS: 38S LE 894 094", "38 S LE 894-094",
    ],
)  # fmt: skip
def test_grid_references_well_formed_or_not_are_no_names(text):
    phrase = parse_phrase(text)
    assert (phrase.relation, phrase.reference, phrase.anchors, phrase.coordinates) == (
        "reference", text.removeprefix("MGRS: "), (), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["15NM northwest of Hit", "5NM 10KM", "100 m", "Road 47", "T4", "128th Brigade", "47 area"]
)
def test_numbers_are_no_grid_references(text):
    assert parse_phrase(text).relation != "reference"


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("35.32, 43.77", 43.77, 35.32),
        ("35,32; 43,77", 43.77, 35.32),
        ("(35.32 43.77)", 43.77, 35.32),
        ("35.32N 43.77E", 43.77, 35.32),
        ("43.77E, 35.32N", 43.77, 35.32),
        ("N35.32 E43.77", 43.77, 35.32),
        ("lat: 35.32, lon: 43.77", 43.77, 35.32),
        ("lon 43.77 lat 35.32", 43.77, 35.32),
        ("35°19'12\"N 43°46'12\"E", 43.77, 35.32),
        ("35 19 12 N 43 46 12 E", 43.77, 35.32),
        ("35°19.2'N, 43°46.2'E", 43.77, 35.32),
        ("-35.32, 143.77", 143.77, -35.32),
        ("35.32S 43.77W", -43.77, -35.32),
    ],
)
def test_coordinates(text, lon, lat):
    phrase = parse_phrase(text)
    assert phrase.relation == "reference"
    assert phrase.reference == text
    assert phrase.coordinates[:2] == pytest.approx((lon, lat), abs=1e-6)


def test_the_radius_of_coordinates_is_half_the_diagonal_of_their_last_digit():
    coarse, fine = parse_phrase("35.3, 43.7").coordinates[2], parse_phrase("35.3000, 43.7000").coordinates[2]
    assert coarse == pytest.approx(0.05 * 111_320 * (1 + 0.816**2) ** 0.5, rel=1e-3)
    assert coarse == pytest.approx(1000 * fine, rel=1e-4)
    assert parse_phrase("35°19'N 43°46'E").coordinates[2] == pytest.approx(1197, rel=1e-2)


@pytest.mark.parametrize("text", ["135.2, 243.1", "95.0N 43.0E", "35°79'N 43°46'E"])
def test_coordinates_off_the_earth_are_a_reference_to_refuse(text):
    phrase = parse_phrase(text)
    assert (phrase.relation, phrase.coordinates) == ("reference", None)


def test_a_reference_beside_a_name_keeps_the_name():
    assert parse_phrase("Hawijah, 38SLE894094").also.name == "Hawijah"
    phrase = parse_phrase("Hawijah (35.32, 43.77)")
    assert (phrase.reference, phrase.also.name) == ("35.32, 43.77", "Hawijah")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "...",
        "?",
        "near",
        "north of",
        "in the",
        "5nm",
        "and",
        ",,,",
        "(((",
        "- / -",
        "unknown",
        "N/A",
        "\u200f",
    ],
)
def test_nothing_is_said_of_nothing(text):
    phrase = parse_phrase(text)
    assert (phrase.relation, phrase.anchors, phrase.reference) == ("nothing", (), None)
    assert (phrase.whole, phrase.name, phrase.kinds) == ("", "", ())


def test_a_paragraph_is_no_place():
    assert parse_phrase("x" * LONGEST).relation == "at"
    assert parse_phrase("x" * (LONGEST + 1)).relation == "nothing"
    assert parse_phrase("a b " * 100).relation == "nothing"


@pytest.mark.parametrize(
    "wrap", [str.upper, str.lower, lambda text: text.replace(" ", "  "), lambda text: f"\u200e{text} .", "“{}”".format]
)
def test_case_blanks_and_invisible_characters_say_nothing(wrap):
    phrase = parse_phrase(wrap("approximately 5 nm north-west of hit, iraq"))
    assert (phrase.bearing_deg, phrase.distance_m, phrase.name.lower()) == (315.0, 5 * NM, "hit")


PIECES = st.sampled_from(
    [
        "near",
        "of",
        "the",
        "in",
        "and",
        "between",
        "-",
        "/",
        ",",
        ".",
        "(",
        ")",
        ":",
        "north",
        "NNW",
        "5",
        "nm",
        "5km",
        "Hit",
        "Mosul",
        "al-Bab",
        "ez-Zor",
        "road",
        "highway",
        "border",
        "city",
        "village",
        "province",
        "Iraq",
        "و",
        "بين",
        "ريف",
        "بريف",
        "شمال",
        "الموصل",
        "حي",
        "5-10",
        "W/NW",
        "or",
        "&",
        "38S",
        "LE",
        "894",
        "35.32",
        "N",
        "°",
        "'",
        '"',
        "desert",
        "area",
        "to",
        "from",
        "Mosul's",
        "وحديثة",
        "junction",
        "A-B-C",
        "half",
        "a",
        "two",
        "270",
        "degrees",
        "outside",
        "old",
        "for",
        "at",
        "by",
        "''",
        ";",
    ]
)
PHRASES = st.lists(PIECES, max_size=16).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words)]))


def assert_holds_together(phrase, text):
    assert phrase.text == text
    assert all(named.whole in named.forms[:2] and named.name == named.forms[-1] for named in phrase.anchors)
    assert all(named.whole.strip() for named in (*phrase.anchors, *phrase.parents, *phrase.alternatives))
    assert (len(phrase.anchors) == 1) >= (phrase.relation == "at")
    assert (phrase.anchors == ()) == (phrase.relation in {"reference", "nothing"})
    assert phrase.relation not in {"between", "road"} or len(phrase.anchors) >= 2
    assert (phrase.reference is not None) == (phrase.relation == "reference")
    assert len(phrase.members) != 1
    assert (len(phrase.members) > 1) == (phrase.relation == "and")
    assert all(one.relation in {"at", "between", "road"} for one in phrase.members)
    assert phrase.within is None or phrase.within == phrase.parents[0]
    for degrees in (phrase.bearing_deg, phrase.part):
        assert degrees is None or 0 <= degrees < 360
    assert phrase.distance_m is None or 0 <= phrase.distance_m <= 2e6
    if phrase.coordinates:
        assert -180 <= phrase.coordinates[0] <= 180
        assert -90 <= phrase.coordinates[1] <= 90
        assert phrase.coordinates[2] > 0
    if phrase.also is not None:
        assert_holds_together(phrase.also, phrase.also.text)
    for one in phrase.members:
        assert_holds_together(one, one.text)


@settings(max_examples=600, deadline=None)
@given(text=PHRASES)
@example("1 W\x1f of Hit")
def test_any_order_of_the_words_has_an_answer_that_holds_together(text):
    assert_holds_together(parse_phrase(text), text)


@settings(max_examples=400, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_has_an_answer_that_holds_together(text):
    phrase = parse_phrase(text)
    assert_holds_together(phrase, text)
    assert phrase == parse_phrase(text)
    assert hash(phrase) == hash(parse_phrase(text))


def test_phrases_are_values():
    phrase = parse_phrase("near Hit")
    assert isinstance(phrase, Phrase)
    with pytest.raises(AttributeError):
        phrase.vicinity = False
    assert not hasattr(phrase, "__dict__")


@pytest.mark.parametrize(
    "piece",
    [
        "in ", "N ", "N", "W/NW", "5km ", "5 ", "1,", "35.3 ", "9", "-", "- ", "/", "(", "((a))", ",", ":", "و", "حي ",
        "of ", "near X ", "X and ", "X or ", "X in ", "X: ", "X, ", "between A and B ", "village of ", "A-", "ab-cd-",
        "'", "° ", "road ", "north of X ", "\u200e", "\x00", "é",
    ],
)  # fmt: skip
@pytest.mark.parametrize("length", [LONGEST, 200_000])
def test_hostile_texts_take_no_time(piece, length):
    text = (piece * length)[:length]
    began = time.perf_counter()
    parse_phrase(text)
    assert time.perf_counter() - began < 1.0


def test_a_figure_behind_a_number_in_words_is_no_range():
    assert parse_phrase("a 5 km north of Hit").distance_m == 5000
    assert parse_phrase("one to 5 km north of Hit").distance_m == 3000


TABLES = {name: table for name in words.__all__ if isinstance(table := getattr(words, name), frozenset | dict)}
SAID = sorted(set().union(*TABLES.values()))
FRAGMENTS = st.sampled_from(["Hawijah", "Deir ez-Zor", "Tal'afar", "وادي", "الموصل", "St.", "-", ",", "47", *SAID])


@settings(max_examples=400, deadline=None)
@given(pieces=st.lists(FRAGMENTS, min_size=1, max_size=4))
def test_a_name_and_no_more_is_what_the_grammar_makes_of_it(pieces):
    text = " ".join(pieces)
    short = parse_phrase(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phrases, "says_nothing", lambda key: False)
        assert parse_phrase(text) == short


@pytest.mark.parametrize("name", sorted(TABLES.keys() - {"OPENINGS", "CLOSINGS"}))
def test_entries_of_several_words_are_found_at_either_end(name):
    for entry in TABLES[name]:
        tokens = tuple(Token(word, word, "word", True) for word in entry.split())
        other = (Token("xx", "xx", "word", True),)
        assert starts((*tokens, *other), TABLES[name], len(tokens)) == len(tokens)
        assert ends((*other, *tokens), TABLES[name], len(tokens)) == len(tokens)


@settings(max_examples=200, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from([
            "Mopti", "au nord de ", "à l'est d'", "près de ", "у Бахмута", "к северу от ", "південніше від ", "+5",
            "Mosul'un 5 km kuzeyinde", "Halep yakınında", "בסמוך ל", 'ק"מ', "north of", "Commune du ", " ", "km",
        ]),
        max_size=5,
    )
)  # fmt: skip
def test_a_text_is_rewritten_by_all_patterns_or_by_none(pieces):
    text = " ".join(pieces)
    line = text
    for pattern, becomes in words.PATTERNS:
        line = pattern.sub(becomes, line)
    assert words.rewritten(text) == line


def test_patterns_can_be_sought_all_at_once():
    assert not [each.pattern for each, _ in words.PATTERNS if re.search(r"\\[1-9]|\(\?P", each.pattern)]
