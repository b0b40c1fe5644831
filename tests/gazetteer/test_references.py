"""Coordinates in a text, beside a name or turned round; distances that say nothing."""

import pytest

from geocasualty.geodesy import geodesic_distance_m


@pytest.mark.parametrize("text", ["-5 km north of Raqqa", "–5 km north of Raqqa", "Raqqa -5 km", "Raqqa, -3nm east"])
def test_a_negative_distance_is_refused(gaz, text):
    found = gaz.resolve(text)
    assert (found.status, found.geometry) == ("unresolved", None)
    assert "a distance cannot be negative" in found.reason


@pytest.mark.parametrize("text", ["- 5 km north of Raqqa", "5-10 km north of Raqqa", "5 -10 km north of Raqqa"])
def test_a_bullet_and_a_range_are_no_minus(gaz, text):
    assert gaz.resolve(text).best.place.name == "Raqqa"


def test_a_plus_before_a_distance_is_nothing_more(gaz):
    assert gaz.resolve("Raqqa +10 km").radius_m == gaz.resolve("Raqqa, 10 km").radius_m > 15_000
    assert "towards 0" in gaz.resolve("Raqqa +10 km north").reason
    assert "both" in gaz.resolve("Hit + Haditha").reason


def test_an_offset_farther_than_any_is_refused(gaz):
    found = gaz.resolve("1000 km east of Raqqa")
    assert (found.status, found.geometry) == ("unresolved", None)
    assert "1,000 km is farther than anything is told from a place" in found.reason
    assert found.candidates[0].place.name == "Raqqa"
    assert gaz.resolve("Approximately 100nm west of Mosul").status == "resolved"  # the farthest in the Dutch list


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("91.0, 44.4", "no coordinates on Earth; latitude stands first"),
        ("135.2, 243.1", "no coordinates on Earth"),
        ("Mosul 91.05, 43.12", "no coordinates on Earth"),
        ("44.4, 33.3", "with longitude first in Iraq; write N and E behind the numbers"),
        ("39.01, 35.95", "with longitude first in Syria"),
    ],
)
def test_coordinates_are_never_turned_round(gaz, text, said):
    found = gaz.resolve(text)
    assert (found.status, found.geometry) == ("unresolved", None)
    assert said in found.reason


@pytest.mark.parametrize("text", ["33.3, 44.4", "lon 44.4 lat 33.3", "33.3N 44.4E", "44.4E, 33.3N"])
def test_coordinates_that_say_which_is_which_or_have_latitude_first(gaz, text):
    point = gaz.resolve(text).point
    assert (point.x, point.y) == (44.4, 33.3)


def test_a_pair_far_from_everything_either_way_is_taken_as_it_stands(gaz):
    assert gaz.resolve("48.85, 2.35").point.y == 48.85
    assert gaz.resolve("44.4N, 33.3E").point.y == 44.4


@pytest.mark.parametrize(
    "text",
    ["Mosul 36.335, 43.119", "Mosul, 36.335 43.119", "Mosul (36.335, 43.119)", "Mosul at 36.335, 43.119",
     "Mosul: 36.335N 43.119E"],
)  # fmt: skip
def test_coordinates_beside_a_name_are_taken_and_the_name_is_said(gaz, text):
    found = gaz.resolve(text)
    assert found.status == "resolved"
    assert float(geodesic_distance_m(found.point.x, found.point.y, 43.119, 36.335)) < 1
    assert found.radius_m < 100
    assert "km from Mosul (Nineveh, IQ), which is stated too" in found.reason
    assert "disagree" not in found.reason


def test_coordinates_that_disagree_with_the_name_say_so(gaz):
    assert (
        "372.2 km from Mosul (Nineveh, IQ), which is stated too: the two disagree"
        in gaz.resolve("near Mosul 35.95, 39.01").reason
    )
    assert "no place has the name 'Atlantis'" in gaz.resolve("Atlantis 36.335, 43.119").reason
    assert "1.1 km from Hawijah" in gaz.resolve("Hawijah, 38SLE 894 094").reason


def test_names_found_wanting(gaz):
    assert gaz.resolve("الهول").best.label == "Al-Hawl (Hasakah, SY)"
    assert gaz.resolve("Dayr Ar Zawr", country="SY").best.place.name == "Deir ez-Zor"
