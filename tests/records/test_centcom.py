"""Strike releases: every place and clause one record, in its country and its hours, whatever the style."""

import time
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyError, InputError
from geocasualty.records.formats import find_reader
from geocasualty.records.formats._centcom_hours import covered_hours, release_hours
from geocasualty.records.formats.centcom import TABLE, parse_release, refuses, to_native
from tests.records import releases


def told(text, released=None):
    return [(one.n_strikes, one.country, one.place_text, one.vicinity) for one in parse_release(text, released)]


def test_a_release_of_2014_in_sentences():
    assert told(releases.OCTOBER_2014) == [
        (4, "SY", "Kobani", True),
        (1, "SY", "east of Ar Raqqah", False),
        (1, "SY", "southeast of Hit", False),
        (1, "IQ", "south of the Bayji oil refinery", False),
        (2, "IQ", "northeast of Fallujah", False),
    ]
    first = parse_release(releases.OCTOBER_2014)[0]
    assert (first.start, first.end) == (
        datetime(2014, 10, 10, 21, tzinfo=UTC),
        datetime(2014, 10, 12, 21, tzinfo=UTC),
    )


def test_a_release_of_2015_in_a_list_with_its_hours():
    assert told(releases.JUNE_2015) == [
        (6, "SY", "Al Hasakah", True),
        (1, "IQ", "Al Huwayjah", True),
        (12, "IQ", "Hit in Al Anbar Province", True),
        (2, "IQ", "Mosul", True),
    ]
    clauses = parse_release(releases.JUNE_2015)
    assert {(one.start, one.end) for one in clauses} == {
        (datetime(2015, 6, 2, 5, tzinfo=UTC), datetime(2015, 6, 3, 5, tzinfo=UTC))
    }
    assert [one.inconclusive for one in clauses] == [False, False, True, False]
    assert clauses[0].text.endswith("destroying two fighting positions.")


@pytest.mark.parametrize("text", [releases.AUGUST_2017, " ".join(releases.AUGUST_2017.split())], ids=["lines", "one"])
def test_a_release_of_2017_with_headings_and_earlier_strikes(text):
    assert told(text) == [
        (1, "SY", "Abu Kamal", True),
        (22, "SY", "Raqqa", True),
        (1, "SY", "Raqqa", True),
        (1, "IQ", "Huwayjah", False),
        (12, "SY", "Dayr Az Zawr", True),
    ]
    clauses = parse_release(text)
    assert [one.start.date() for one in clauses] == [date(2017, 8, 20)] * 4 + [date(2017, 8, 17)]


def test_a_release_of_2018_day_by_day():
    assert told(releases.MARCH_2018) == [
        (1, "SY", "Abu Kamal", True),
        (2, "SY", "", False),
        (3, "IQ", "Qaim", True),
    ]
    assert [(one.end - pd.Timedelta(hours=12)).date().day for one in parse_release(releases.MARCH_2018)] == [21, 17, 19]


def test_a_release_of_2019_without_places_is_kept_unlocated():
    assert told(releases.JANUARY_2019) == [(645, "SY", "", False), (9, "IQ", "", False)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Near Kobani, 17 strikes hit a unit; one airstrike near Raqqah hit a tank.", [(17, "Kobani"), (1, "Raqqah")]),
        ("Another strike in Syria, north of Sinjar Mountain, damaged a tank.", [(1, "north of Sinjar Mountain")]),
        ("Three airstrikes in the vicinity of Ramadi hit a car.", [(3, "Ramadi")]),
        ("An airstrike 40 km southwest of Haditha destroyed two cars.", [(1, "40 km southwest of Haditha")]),
        ("Near Al Hasakah and Dayr Az Zawr, one strike hit cars.", [(1, "Al Hasakah and Dayr Az Zawr")]),
        ("Near Ar Rut bah, an airstike struck a car.", [(1, "Ar Rut bah")]),
        ("Near abu-Kamal, ninety-nine strikes struck a car.", [(99, "abu-Kamal")]),
        ("Near al-Qaim, on the Syrian border, several airstrikes hit forts.", [(None, "al-Qaim")]),
        ("Southeast of Fallujah, Iraq, coalition aircraft also struck a unit.", [(None, "southeast of Fallujah")]),
        (
            "A building was damaged near Dayr Az Zawr and another one was damaged near Ar Raqqah.",
            [(None, "Dayr Az Zawr"), (None, "Ar Raqqah")],
        ),
        ("An airstrike on a checkpoint southwest of Kirkuk struck a unit.", [(1, "southwest of Kirkuk")]),
        ("Near Fallujah, two strikes struck a unit. One strike is currently under investigation.", [(2, "Fallujah")]),
        ("Three airstrikes southeast and west of the Mosul Dam hit.", [(3, "southeast and west of the Mosul Dam")]),
        ("One airstrike near Mar’a destroyed a tank", [(1, "Mar’a")]),
        ("- Near Al Asad*, three airstrikes struck a unit.", [(3, "Al Asad")]),
        ("Additionally on Nov. 21, two strikes occurred in Syria that were previously unreported:", []),
        ("There were no airstrikes in Syria.", []),
        ("All aircraft departed the strike areas safely.", []),
        ("", []),
    ],
)
def test_clauses(sentence, expected):
    assert [(number, place) for number, _, place, _ in told(sentence)] == expected


def table(*rows):
    return dict(zip(TABLE, map(list, zip(*rows, strict=True)), strict=True))


LINE = ("6/3/2015", "Iraq", "Hit", "2", "", "- Near Hit, two strikes struck a unit.")


def test_rows_alike_are_one_record_and_identifiers_do_not_depend_on_the_order():
    rows = [
        LINE,
        LINE,
        ("6/13/2015", *LINE[1:]),
        (*LINE[:5], "- Near Hit, two strikes hit a car; one strike near Hit."),
    ]
    native, turned = to_native(table(*rows)), to_native(table(*reversed(rows)))
    assert native["rows"] == ["1;2", "3", "4", "4"][: len(native["rows"])]
    assert native["n_rows"][0] == "2"
    assert len(set(native["strike_id"])) == len(native["strike_id"])
    assert set(zip(native["strike_id"], native["record_text"], strict=True)) == set(
        zip(turned["strike_id"], turned["record_text"], strict=True)
    )


def test_the_line_wins_over_the_scrapers_number_and_the_remark_says_so():
    native = to_native(table((*LINE[:3], "17", "", LINE[5])))
    assert (native["n_strikes"], native["remark"]) == (["2"], ["the table says 17, the line 2"])
    native = to_native(table((*LINE[:5], "no sentence of a release")))
    assert (native["n_strikes"], native["place_text"]) == (["2"], ["Hit"])
    assert "could not" in native["remark"][0] or "could be read" in native["remark"][0]
    assert to_native(table((LINE[0], "Unknown", "Syria", "1", "", "?")))["place_text"] == [""]


def test_the_order_of_day_and_month_is_the_files():
    assert to_native(table(LINE))["strike_id"] == ["centcom-2015-06-03-IQ-hit-1"]
    both = to_native(table(LINE, ("30/6/2015", *LINE[1:])))
    assert both["strike_id"] == ["centcom-2015-03-06-IQ-hit-1", "centcom-2015-06-30-IQ-hit-1"]
    assert [one.value for one in refuses(table(LINE, ("31/31/2015", *LINE[1:])), "strike")] == ["31/31/2015"]


@pytest.mark.parametrize(
    ("day", "start", "end", "assumed"),
    [
        (date(2014, 11, 3), (11, 1, 21), (11, 3, 21), True),  # a Monday, before the schedule
        (date(2014, 11, 5), (11, 2, 21), (11, 5, 21), False),  # a Wednesday: Monday to Wednesday
        (date(2014, 11, 10), (11, 6, 21), (11, 10, 21), False),  # a Monday: Friday to Monday
        (date(2014, 11, 11), (11, 9, 21), (11, 11, 21), True),  # a Tuesday, off the schedule
        (date(2014, 12, 19), (12, 16, 21), (12, 19, 21), False),  # the last Friday
        (date(2014, 12, 22), (12, 20, 21), (12, 22, 21), True),
        (date(2015, 1, 1), (12, 31, 5), (1, 1, 5), False),
        (date(2015, 12, 31), (12, 30, 5), (12, 31, 5), False),
        (date(2016, 1, 1), (12, 30, 21), (1, 1, 21), True),
    ],
)
def test_the_hours_of_a_release_that_states_none_are_those_of_its_schedule(day, start, end, assumed):
    hours = release_hours(day)
    found = [(moment.month, moment.day, moment.hour) for moment in hours[:2]]
    assert (found, hours.assumed) == ([start, end], assumed)
    with pytest.raises(InputError):
        release_hours(date.min)


def covered_days(*days, copies=()):
    covered = covered_hours({day: release_hours(day) for day in days}, copies)
    return [(f"{span.start:%m-%d %H}", f"{span.end:%m-%d %H}") for _, span in sorted(covered.items())]


def test_a_release_that_is_missing_is_a_hole():
    assert covered_days(date(2015, 5, 25), date(2015, 5, 28)) == [("05-24 05", "05-25 05"), ("05-27 05", "05-28 05")]
    days = [date(2014, 12, 1), date(2014, 12, 3), date(2014, 12, 10), date(2014, 12, 12)]
    assert covered_days(*days) == [  # of a day on which one closed and the next began both must be there
        ("11-28 21", "12-01 21"), ("11-30 21", "12-02 21"), ("12-08 21", "12-10 21"), ("12-09 21", "12-11 21"),
    ]  # fmt: skip
    assert covered_days(date(2014, 10, 6), date(2014, 10, 8)) == []
    assert covered_days(date(2014, 10, 6), date(2014, 10, 7)) == [("10-05 21", "10-06 21"), ("10-05 21", "10-06 21")]
    assert covered_days(date(2014, 11, 5), date(2014, 11, 7), copies=[date(2014, 11, 5)])[1] == ("11-05 21", "11-06 21")


def test_no_release_covers_more_where_another_one_is_missing():
    days = [date.fromordinal(date(2014, 9, 1).toordinal() + number) for number in range(200)]
    whole = covered_hours({day: release_hours(day) for day in days})
    for gone in days[::7]:
        less = covered_hours({day: release_hours(day) for day in days if day != gone})
        assert gone not in less
        assert all(span.start >= whole[day].start and span.end <= whole[day].end for day, span in less.items())


def test_a_copy_under_another_date_is_flagged_and_complete_on_neither(gaz):
    rows = [LINE, ("6/5/2015", *LINE[1:]), ("6/6/2015", *LINE[1:5], "- Near Hit, three strikes struck a unit.")]
    rows.insert(2, ("6/5/2015", "Syria", "Kobani", "1", "", "- Near Kobani, one strike struck a unit."))
    native = to_native(table(*rows))
    assert native["flags"] == [""] * 4  # a line that recurs is no copy of a release
    native = to_native(table(*rows[:2], rows[3]))
    assert native["flags"] == ["copied-release", "copied-release", ""]
    assert native["covers_complete"] == ["no", "no", "yes"]
    text = "{}, 2015. Coalition forces attacked.\n- Near Hit, one airstrike struck a unit."
    native = to_native({"text": [text.format("June 3"), text.format("June 5")]})
    assert native["flags"] == ["copied-release", "copied-release"]


def test_hours_that_nobody_states_are_flagged(gaz):
    native = to_native(table(("10/6/2014", *LINE[1:]), ("11/5/2014", *LINE[1:5], "- Near Hit, one strike hit a car.")))
    assert native["flags"] == ["assumed-hours", ""]
    stated = "Release date: Oct. 6, 2014. On Oct. 5, coalition forces conducted two strikes near Hit."
    assert to_native({"text": [stated]})["flags"] == [""]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("There were no airstrikes in Iraq or Syria.", 1),
        ("Coalition forces did not conduct any airstrikes.", 1),
        ("There were no airstrikes in Syria.", 0),
        ("No strikes were conducted. Near Hit an attack was seen.", 0),
        ("Nothing happened.", 0),
    ],
)
def test_a_release_of_no_strikes_is_one_record_of_none_and_covers_its_hours(gaz, text, records):
    cells = pd.DataFrame({"text": [f"June 3, 2015. {text}"]})
    accepted, rejected = gcas.validate_strikes(cells, format="centcom", gazetteer=gaz)
    assert (len(accepted), len(rejected)) == (records, 1 - records)
    if records:
        assert accepted[["n_strikes", "covers_rows"]].values.tolist() == [[0, 1]]
        assert accepted.geometry.isna().all()
        covered = gcas.coverage(accepted)
        assert covered["complete"].all()
        assert covered["start"].map(str).tolist() == ["2015-06-02 05:00:00+00:00"] * 2
    lines = to_native(table(("6/3/2015", "Iraq", "Hit", "2", "", text)))
    assert lines["n_strikes"] == ["0" if records else "2"]


def test_a_number_that_the_release_does_not_state_is_unknown(gaz):
    cells = [["6/3/2015"], ["Iraq"], ["Hit"], [""], [""], ["- Near Hit, strikes struck a unit."]]
    strikes = gcas.read_strikes(pd.DataFrame(dict(zip(TABLE, cells, strict=True))), format="centcom", gazetteer=gaz)
    assert strikes["n_strikes"].isna().tolist() == [True]
    assert strikes.loc[0, "remark"].startswith("number not stated; ")


def test_a_text_file_is_read(tmp_path, gaz):
    path = tmp_path / "release.txt"
    path.write_text(releases.JUNE_2015, encoding="utf-8")
    frame = gcas.read_strikes(path, format="centcom", gazetteer=gaz)
    assert frame["n_strikes"].tolist() == [6, 1, 12, 2]
    assert frame["belligerents"].eq("Coalition").all()
    assert set(gcas.coverage(frame)["country"]) == {"IQ", "SY"}
    assert gcas.coverage(frame)["complete"].all()
    assert frame["start"].eq(pd.Timestamp("2015-06-02T05:00Z")).all()


@pytest.mark.parametrize(
    ("released", "complete"), [(date(2016, 12, 31), "yes"), (date(2017, 1, 1), "no"), (date(2018, 3, 23), "no")]
)
def test_releases_of_2017_and_later_hold_only_a_part(released, complete):
    line = "Near Hit, two strikes hit a car."
    dates = [f"{released - pd.Timedelta(days=1):%m/%d/%Y}", f"{released:%m/%d/%Y}"]
    lines = [line, line.replace("two", "three")]
    table = to_native({"date": dates, "location": ["Hit"] * 2, "number": ["2"] * 2, "line": lines})
    assert table["covers_complete"][1] == complete


def test_a_text_without_a_date_or_without_strikes_is_refused_with_the_reason():
    assert find_reader(None, ["text"]).name == "centcom"
    assert [one.row for one in refuses({"text": ["Near Hit, two strikes hit.", "June 3, 2015. None."]}, "strike")] == [
        1,
        2,
    ]
    assert to_native({"text": ["Near Hit, two strikes hit."]})["row"] == []
    assert to_native({"text": ["June 3, 2015. Near Hit, two strikes hit a car."]})["covers_start"] == [""]
    with pytest.raises(InputError, match="half a million"):
        parse_release("x" * 500_001)
    with pytest.raises(InputError, match="string"):
        parse_release(None)


WORDS = st.sampled_from(
    [
        "Near", "near", "In", "Syria", "Iraq", "one", "two", "17", "strike", "strikes", "airstrike", "airstrikes",
        "struck", "of", "north", "and", "while", ";", ",", ":", ".", "Hit", "Al", "Hasakah", "the", "U.S.",
        "between", "8",
        "a.m.", "June", "2", "2015", "yesterday", "--", "\n", "conducted", "southwest", "km", "40", "a",
        "another", "On",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)))
def test_any_text_is_read_or_refused(text):
    text = f"Release date: June 3, 2015\n{text}"
    try:
        clauses = parse_release(text)
    except GeocasualtyError:
        return
    for one in clauses:
        assert one.start is None or one.start < one.end
        assert len(one.place_text) <= 200
    cells = to_native({"text": [text]})
    assert len(set(cells["strike_id"])) == len(clauses) == len(cells["row"])


@pytest.mark.parametrize(
    "piece",
    [
        "a ", "near ", "one strike ", "near Near ", "one strike near A ", "north and ", ", ", "Near A, ", "twenty ",
        "June 2 ", "between 8 a.m. June 2 and ", "conducted 2 strikes in Syria. ", "- ", "\n", "U.S. ", "the the ",
        "Al-", "was struck ", "1,", "south of ", "On June 2, conducted 2 strikes in Iraq. ", "’", "(", "8 a.m. ",
        "a building was hit near X ", " ", "\t\n", "Near A\n", "-", "strikes in Syria ", "\u0661 strikes ",
    ],
)  # fmt: skip
def test_hostile_texts_are_read_in_time(piece):
    begun = time.perf_counter()
    parse_release((piece * 100_000)[:100_000], date(2015, 6, 3))
    assert time.perf_counter() - begun < 5
