"""A language is one file: what is read of it, and what is refused."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.taxonomy import TAXONOMY
from geocasualty.theatre.languages import FOLDER, METRES, PART_HOURS, languages, read_language
from geocasualty.theatre.scripts import FOLDER as SCRIPTS
from geocasualty.theatre.scripts import read_script
from geocasualty.theatre.theatre import FOLDER as THEATRE
from geocasualty.theatre.theatre import read_theatre, theatre

MADE_UP = r"""
name = "Made up"
script = "Latn"

[dates]
months = [["primo"], ["sekundo"], ["terzo"], ["kvarto"], ["kvinto"], ["seksto"], ["septo"], ["okto"], ["novo"],
    ["deko"], ["undeko"], ["duodeko"]]
weekdays = [["lundo"], ["mardo"], ["merkredo"], ["jhaudo"], ["vendo"], ["sabdo"], ["dimancho"]]
to = ["ghis"]
patterns = [{ pattern = '\b(\w+o)n\b', becomes = '\1', example = ["sekston", "seksto"] }]

[dates.parts]
night = ["nokte"]

[places]
of = ["de"]
vicinity = ["apude"]

[[places.patterns]]
pattern = '^(\w+)-den (\d+) milo norde$'
becomes = '\2 milo norde de \1'
example = ["Hit-den 5 milo norde", "5 milo norde de Hit"]

[places.directions]
N = ["norde"]

[places.units]
kilometre = ["milo"]

[places.kinds]
"village, town" = ["vilagho"]
"""


@pytest.fixture
def folder(tmp_path):
    for file in FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "xx.toml").write_text(MADE_UP, encoding="utf-8")
    return tmp_path


def test_a_language_is_added_by_one_file(folder):
    code = f"""
import pathlib, geocasualty.theatre.languages as languages
languages.FOLDER = pathlib.Path({str(folder)!r})
from geocasualty.errors import InputError
from geocasualty.gazetteer.phrases import parse_phrase
from geocasualty.times import parse_when
for text in ("3 seksto 2015", "mardo 2 ghis 3 seksto 2015", "3 seksto nokte 2015", "3 seksto 2015 nokte",
             "3 sekston 2015", "3 حزيران 2015"):
    try:
        print(parse_when(text, "UTC").start.isoformat()[:13])
    except InputError:
        print("refused")
for text in ("5 milo norde de Hit", "Hit-den 5 milo norde", "apude Hit", "vilagho de Hit", "5 km north of Hit"):
    found = parse_phrase(text)
    print(found.name, found.bearing_deg, found.distance_m, found.vicinity, *found.kinds)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "2015-06-03T00",
        "2015-06-02T00",
        "2015-06-02T18",
        "2015-06-02T18",
        "2015-06-03T00",
        "2015-06-03T00",
        "Hit 0.0 5000.0 False",
        "Hit 0.0 5000.0 False",
        "Hit None None True",
        "Hit None None False village town",
        "Hit 0.0 5000.0 False",
    ], done.stderr


def test_the_how_to_alone_makes_a_language(folder):
    page = (Path(__file__).parents[2] / "docs/how-to/languages.md").read_text(encoding="utf-8")
    file, text = re.search(r"`(\w+\.toml)`:\n\n```toml\n(.*?)```", page, re.DOTALL).groups()
    (folder / file).write_text(text, encoding="utf-8")
    commands = [line.strip() for line in page.splitlines() if line.startswith("    geocasualty resolve ")]
    code = f"""
import pathlib, shlex, geocasualty.theatre.languages as languages
languages.FOLDER = pathlib.Path({str(folder)!r})
from typer.testing import CliRunner
from geocasualty.cli import app
from geocasualty.times import parse_when
for text in ("24 de março de 2021", "início de abril de 2021", "24 de março de 2021 à noite",
             "24 a 26 de março de 2021"):
    when = parse_when(text, "UTC")
    print(when.start.isoformat()[:13], when.end.isoformat()[:13])
for command in {commands!r}:
    print(CliRunner().invoke(app, shlex.split(command)[1:]).stdout.strip())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    *times, north, town, near = done.stdout.splitlines()
    assert times == [
        "2021-03-24T00 2021-03-25T00", "2021-04-01T00 2021-04-11T00", "2021-03-23T18 2021-03-25T06",
        "2021-03-24T00 2021-03-27T00",
    ], done.stderr  # fmt: skip
    assert re.match(r"resolved: Pemba \(.*5\.0 km towards 0°", north)
    assert town.startswith("resolved: Mueda (Cabo Delgado, MZ)")
    assert re.match(r"resolved: Mocimboa da Praia \(.*± 50\.0 km", near), near


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ('name = "Made up"', "", "xx.toml, name: not given; expected str"),
        ('script = "Latn"', "script = 3", "script: 3; expected str"),
        ('["duodeko"]]', "]", "months: 11 rows; expected 12"),
        ('["sekundo"]', '["primo"]', "months: 'primo' stands twice"),
        ('of = ["de"]', 'off = ["de"]', "xx.toml, places: 'off': nothing reads this"),
        ('of = ["de"]', 'of = "de"', "is no list of words"),
        ('of = ["de"]', 'of = ["de", "de"]', "'de' stands twice"),
        ('of = ["de"]', 'of = [" de"]', "is no list of words"),
        ('N = ["norde"]', 'Q = ["norde"]', "directions: 'Q': nothing reads this"),
        ('N = ["norde"]', 'N = ["norde"]\nS = ["norde"]', "'norde' stands twice"),
        ("kilometre =", "league =", "'league': nothing reads this; expected nautical_mile"),
        ("night =", "siesta =", "'siesta': nothing reads this"),
        ("(\\w+o)n", "(\\w+on", "is no regular expression"),
        ('["sekston", "seksto"]', '["seksto", "sekst"]', "does not make 'sekst' of 'seksto'"),
        ('["sekston", "seksto"]', '["sekston"]', "an example of two spellings"),
        ("[dates]", "[dates", "not a TOML file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(folder, was, becomes, message):
    path = folder / "xx.toml"
    read_language(path)
    assert MADE_UP.count(was) == 1
    path.write_text(MADE_UP.replace(was, becomes), encoding="utf-8")
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        read_language(path)


def test_the_tables_of_the_package_say_only_what_the_package_knows():
    codes = [language.code for language in languages()]
    assert codes == ["en", "ar", "de", "fa", "fr", "he", "ku", "ru", "tr", "uk"]
    texts = [each for each in languages() if each.dates["months"] or each.places["directions"]]
    known = {file.stem for file in SCRIPTS.glob("*.toml")}
    assert {language.script for language in texts} - known == set()
    assert all(language.columns["party"] and language.columns["date"] for language in languages())
    for language in languages():
        for kinds in language.places["kinds"]:
            assert set(kinds.split(", ")) <= TAXONOMY.keys(), kinds
    assert set(languages()[0].dates["parts"]) == set(PART_HOURS)
    assert all(-6 <= begin < end <= 30 for begin, end in PART_HOURS.values())


def test_units_and_hours_are_these():
    assert METRES == {
        "nautical_mile": 1852.0,
        "kilometre": 1000.0,
        "mile": 1609.344,
        "metre": 1.0,
        "foot": 0.3048,
        "yard": 0.9144,
    }
    assert [PART_HOURS[part] for part in ("dawn", "morning", "noon", "evening", "night")] == [
        (3, 8),
        (5, 12),
        (11, 14),
        (17, 23),
        (-6, 30),
    ]


def test_a_script_is_checked(tmp_path):
    path = tmp_path / "Arab.toml"
    whole = (SCRIPTS / "Arab.toml").read_text(encoding="utf-8")
    for was, becomes, message in (
        ('name = "Arabic"', 'title = "Arabic"', "'title': nothing reads this"),
        ('b = "ب"', 'b = "با"', "'ا' stands twice"),
        ('becomes = "ه"', 'became = "ه"', "a rule has pattern, becomes and an example"),
    ):
        assert was in whole
        path.write_text(whole.replace(was, becomes), encoding="utf-8")
        with pytest.raises(InputError, match=message):
            read_script(path)


def test_the_theatre_is_these_countries_and_this_window(tmp_path):
    known = theatre()
    assert (known.countries, known.local, known.local_language) == (("IQ", "SY"), "ar", "Arabic")
    assert (known.map["centre"], known.map["zoom"], known.area_km2) == ([33.9, 41.5], 6, 185_000.0)
    whole = (THEATRE / "theatre.toml").read_text(encoding="utf-8")
    for was, becomes, message in (
        ('"ku"]', '"xx"]', "expected two or more that have a table"),
        ("zoom = 6", "", "theatre.toml, map, zoom: not given"),
    ):
        (tmp_path / "theatre.toml").write_text(whole.replace(was, becomes), encoding="utf-8")
        with pytest.raises(InputError, match=message):
            read_theatre(tmp_path / "theatre.toml")


def test_a_place_has_its_names_by_language(gaz):
    place = gaz.resolve("Mosul").best.place
    assert place.names == {"ar": place.local_name}
    assert place.local_name == "الموصل"
    assert gaz.places.set_index("place_id").loc[place.place_id, "name_ar"] == "الموصل"
    assert gcas.gazetteer.Place("x", "X", "town", "IQ", 43.0, 36.0, 1000.0).names == {}
