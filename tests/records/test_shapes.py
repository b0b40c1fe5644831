"""Tables as people keep them: titles above, helpers beside, tags below the names, files under other names."""

import gzip
import json
import re
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.files import ENCODINGS
from geocasualty.records._inputs import kind_of, read_cells, read_grid
from geocasualty.records._shape import head_of, named
from geocasualty.records.formats.table import coordinates_of, counts_of, fields_of
from tests.records.shapes import SHAPES, lines, outcome, packed, verdict

TABLE = [["id", "date", "place"], ["A", "2015-06-03", "Hawija"], ["B", "2015-06-04", "Hit"]]
PLACES = ["Hawija", "Hit"]


def book(path, *rows, title="Sheet"):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


ALL = {f"{group}: {name}": shape for group, shapes in SHAPES.items() for name, shape in shapes.items()}
TEXTS = {
    name: shape
    for name, shape in ALL.items()
    if isinstance(shape.data, str) and shape.file == "mine.csv" and shape.read.startswith("A 2")
}
PAGE = Path(__file__).parents[2] / "docs/reference/shapes.md"


@pytest.mark.parametrize("name", ALL)
def test_a_shape_is_read_or_refused_as_the_page_says(tmp_path, gaz, name):
    shape = ALL[name]
    found = verdict(shape, *outcome(shape, tmp_path, gaz))
    assert found == ("read" if re.match(r"(?:A|row 1) 2", shape.read) else found)
    assert found in ("read", "refused, and what would do is said", "rejected, and what would do is said")
    group, label = name.split(": ", 1)
    section = PAGE.read_text(encoding="utf-8").split(f"## {group}\n")[1].split("\n## ")[0]
    (row,) = [line for line in section.splitlines() if line.startswith(f"| {label} |")]
    assert row.endswith(f"| {found} |")


def test_the_page_has_no_other_shapes():
    rows = re.findall(r"^\| (?!-|shape)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(ALL) >= 45


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("wrapped", [".gz", ".zip", "utf-16"])
def test_so_is_a_table_that_is_packed_or_encoded(tmp_path, gaz, name, wrapped):
    shape = TEXTS[name]
    data = shape.data.lstrip("\ufeff").encode("utf-16" if wrapped == "utf-16" else "utf-8")
    if wrapped == ".gz":
        shape = shape._replace(file="mine.csv.gz", data=gzip.compress(data))
    elif wrapped == ".zip":
        shape = shape._replace(file="mine.zip", data=packed("inside.csv", data))
    else:
        shape = shape._replace(data=data)
    assert outcome(shape, tmp_path, gaz) == ("read", shape.read)


@pytest.mark.parametrize(
    "rows",
    [
        [["Strikes of June"], [], *TABLE],
        [["Strikes of June", None, "https://example.org"], *TABLE],
        [[*TABLE[0], None], [*TABLE[1], "https://example.org/"], TABLE[2]],
        [*TABLE, [None, None, ""], [" "]],
        [TABLE[0], ["#event+id", "#date", "#loc"], *TABLE[1:]],
        [["ID", "Date\n(local)", "Location "], *TABLE[1:]],
    ],
    ids=["title", "title with a link", "helper cell", "blank rows", "tags", "line feed in a name"],
)
def test_so_is_one_on_a_sheet(tmp_path, gaz, rows):
    path = book(tmp_path / "mine.xlsx", *rows)
    mapped = {"start": "Date\n(local)"} if rows[0][0] == "ID" else None
    accepted, rejected = gcas.validate_incidents(path, gazetteer=gaz, column_map=mapped)
    assert accepted["incident_id"].tolist() == ["A", "B"]
    assert accepted["place_text"].tolist() == PLACES
    assert not len(rejected)


def test_the_sheet_that_holds_records_is_read_among_others(tmp_path, gaz):
    workbook = openpyxl.load_workbook(book(tmp_path / "mine.xlsx", ["How this was made"], ["By hand"], title="Notes"))
    for title, rows in {"Per year": [["Year", "Strikes"], [2015, 2]], "Strikes": TABLE}.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(tmp_path / "mine.xlsx")
    assert gcas.read_incidents(tmp_path / "mine.xlsx", gazetteer=gaz)["place_text"].tolist() == PLACES
    assert "'Notes', 'Per year', 'Strikes'" in str(gcas.inspect(tmp_path / "mine.xlsx", gazetteer=gaz))
    workbook.copy_worksheet(workbook["Strikes"])
    workbook.save(tmp_path / "mine.xlsx")
    with pytest.raises(InputError, match="name one with layer="):
        gcas.read_incidents(tmp_path / "mine.xlsx", gazetteer=gaz)


def test_rows_keep_their_numbers_below_the_names(tmp_path, gaz):
    rows = [TABLE[0], ["#event+id", "#date", "#loc"], TABLE[1], ["C", "never", "Hit"]]
    accepted, rejected = gcas.validate_incidents(book(tmp_path / "mine.xlsx", ["Title"], *rows), gazetteer=gaz)
    assert (accepted["row"].tolist(), rejected["row"].tolist()) == ([2], [3])
    csv = tmp_path / "mine.csv"
    csv.write_text(lines(rows))
    assert gcas.validate_incidents(csv, gazetteer=gaz)[1]["row"].tolist() == [3]


def test_a_blank_row_inside_a_table_is_a_record_that_was_lost(tmp_path, gaz):
    path = tmp_path / "mine.csv"
    path.write_text(lines([TABLE[0], ["", "", ""], TABLE[1]]))
    accepted, rejected = gcas.validate_strikes(path, gazetteer=gaz)
    assert (accepted["row"].tolist(), {*rejected["row"]}) == ([2], {1})


def test_containers_are_told_by_their_bytes(tmp_path, gaz):
    frame = gpd.GeoDataFrame(
        {"id": ["A"], "date": ["2015-06-03"]}, geometry=gpd.points_from_xy([43.8], [35.3]), crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "a.fgb", driver="FlatGeobuf")
    frame.to_file(tmp_path / "a.gpkg")
    frame.to_file(tmp_path / "a.geojson")
    frame.to_parquet(tmp_path / "a.parquet")
    kinds = {"fgb": "fgb", "gpkg": "gpkg", "geojson": "json", "parquet": "parquet"}
    for ending, kind in kinds.items():
        found = gcas.read_incidents(tmp_path / f"a.{ending}", gazetteer=gaz)
        assert (found["incident_id"].tolist(), round(found.geometry.iloc[0].x, 3)) == (["A"], 43.8), ending
        plain = tmp_path / f"{ending}.dat"
        plain.write_bytes((tmp_path / f"a.{ending}").read_bytes())
        assert kind_of(plain) == kind
        wrong = tmp_path / f"{ending}.xlsx"
        wrong.write_bytes(plain.read_bytes())
        with pytest.raises(InputError, match="give it the right ending"):
            gcas.read_incidents(wrong, gazetteer=gaz)


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>one</name><Placemark>
<name>A</name><ExtendedData><Data name="date"><value>2015-06-03</value></Data></ExtendedData>
<Point><coordinates>43.8,35.3</coordinates></Point></Placemark></Folder><Folder><name>two</name><Placemark><name>B</name>
<ExtendedData><Data name="date"><value>2015-06-04</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing>
<coordinates>43,35 44,35 44,36 43,35</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>
</Document></kml>"""


@pytest.mark.parametrize("ending", [".kml", ".kmz", ".xml"])
def test_placemarks_of_all_folders_are_records(tmp_path, gaz, ending):
    path = tmp_path / f"mine{ending}"
    if ending == ".kmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", KML)
    else:
        path.write_text(KML)
    found = gcas.read_incidents(path, gazetteer=gaz, column_map={"incident_id": "Name"})
    assert found["incident_id"].tolist() == ["A", "B"]
    assert found.geometry.geom_type.tolist() == ["Point", "Polygon"]


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Office"),
        (b"<!DOCTYPE html><p>", "web page"),
        (b"Rar!\x1a", "RAR"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, start, what):
    path = tmp_path / "mine.csv"
    path.write_bytes(start + b" " * 100)
    with pytest.raises(InputError, match=f"it is .*{what}.*save it as"):
        read_cells(path)


@pytest.mark.parametrize(
    "encoding", [name for name in ENCODINGS if name.startswith("windows-125") and name[-1] in "216"]
)
def test_an_encoding_is_proposed_and_taken(tmp_path, gaz, encoding):
    place = {
        "windows-1252": "Qala’at al Mudiq naïve",
        "windows-1256": "الحويجة قرب كركوك والموصل",
        "windows-1251": "Хавиджа рядом с Киркуком",
    }[encoding]
    path = tmp_path / "mine.csv"
    path.write_bytes(("id,date,place\n" + f"A,2015-06-03,{place}\n" * 3).encode(encoding))
    with pytest.raises(InputError, match=f"it may be encoding='{encoding}'"):
        gcas.read_incidents(path, gazetteer=gaz)
    found = gcas.validate_incidents(path, gazetteer=gaz, encoding=encoding)[0]
    assert set(found["place_text"]) <= {place}
    with pytest.raises(InputError, match="none that Python knows"):
        gcas.read_incidents(path, gazetteer=gaz, encoding="windows-9999")


def test_a_file_says_in_words_alone_whose_it_is(tmp_path, gaz):
    path = tmp_path / "mine.csv"
    path.write_text("id,date,place,belligerents,country\nA,2015-06-03,Bakhmut,,\n")
    with pytest.warns(GeocasualtyWarning, match="no places"):
        found = gcas.read_strikes(path, gazetteer=gaz, country="Ukraine", belligerents=["United States"])
    assert found["country"].tolist() == ["UA"]
    assert found["timezone"].tolist() == ["Europe/Kyiv"]
    assert found["belligerents"].tolist() == ["United States"]
    path.write_text("id,date,place,belligerents,country\nA,2015-06-03,Hit,,\nB,2015-06-03,Raqqa,Russia,SY\n")
    mixed = gcas.read_strikes(path, gazetteer=gaz, country="Syria", belligerents=["United States"])
    assert mixed["country"].tolist() == ["IQ", "SY"]  # what was blanked is not what the user says of the rest
    assert mixed["belligerents"].tolist() == ["", "Russia"]
    with pytest.raises(InputError, match="country is 'Atlantis'"):
        gcas.read_strikes(path, gazetteer=gaz, country="Atlantis")


def test_the_country_that_a_text_names_is_kept_where_its_places_are_not_known(tmp_path, gaz):
    path = tmp_path / "mine.csv"
    path.write_text('id,date,place\nA,2022-08-09,"near Beledweyne, Hiiraan, Somalia"\n')
    with pytest.warns(GeocasualtyWarning, match="SO 1"):
        found = gcas.read_strikes(path, gazetteer=gaz)
    assert (found["country"].tolist(), found["timezone"].tolist()) == (["SO"], ["Africa/Nairobi"])
    assert found.geometry.isna().all()


def test_records_without_identifiers_are_named_by_their_rows(tmp_path, gaz):
    path = tmp_path / "mine.csv"
    path.write_text("date,place\n2015-06-03,Hit\n2015-06-03,Hit\n")
    with pytest.warns(GeocasualtyWarning, match="named by the numbers of their rows"):
        assert gcas.read_incidents(path, gazetteer=gaz)["incident_id"].tolist() == ["row 1", "row 2"]


@settings(max_examples=200, deadline=None)
@given(header=st.lists(st.sampled_from(["", "id", "date", "place", "note"]), max_size=40))
def test_all_columns_have_names_and_all_names_differ(header):
    names, _ = named(header)
    assert len(names) == len(set(names)) == len(header)
    assert all(names)
    assert [name for name in names if header.count(name) == 1] == [
        name for name in header if name and header.count(name) == 1
    ]


def test_a_row_of_data_is_never_taken_for_names():
    assert head_of([["a", "b", "c"], ["1", "2015-06-03", "Hit"]], [])[0] == 0
    assert head_of([["a", "", ""], ["1", "date", "place"]], [])[0] == 0
    assert head_of([["a", "", ""], ["id", "date", "place"]], [])[0] == 1


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        ("Fatalities", ("killed_min", "killed_max")),
        ("Min. killed", ("killed_min",)),
        ("Maximum civilian deaths", ("killed_max",)),
        ("Civilians injured", ("injured_min", "injured_max")),
        ("children_killed", ("children_min", "children_max")),
        ("Women killed", ()),
        ("Militants killed", ()),
        ("Killed or injured", ()),
        ("Total", ()),
    ],
)
def test_columns_of_casualties_are_told_by_their_words(column, counts):
    assert counts_of(column) == counts


def test_civilians_go_before_all_killed():
    found = fields_of(["Killed min", "Minimum civilians killed"])
    assert found["killed_min"] == ["Minimum civilians killed", "Killed min"]


def test_two_columns_of_one_field_must_agree(tmp_path, gaz):
    path = tmp_path / "mine.csv"
    path.write_text("id,date,place,country name,country code\nA,2015-06-03,Hit,Iraq,IRQ\nB,2015-06-03,Hit,Syria,IQ\n")
    with pytest.raises(InputError, match=r"'country code' and 'country name' .*differ in row 2"):
        gcas.read_incidents(path, gazetteer=gaz)


COLUMNS_BESIDE = {
    "sources": ({"source": "BBC", "url": "https://example.org"}, "sources", "BBC;https://example.org"),
    "sources, other order": ({"url": "https://example.org", "source": "BBC"}, "sources", "BBC;https://example.org"),
    "identifiers": ({"event_id": "7", "case number": "8"}, "incident_id", "A"),
    "civilians before all": ({"killed": "9", "civilians killed": "4"}, "killed_max", 4),
    "civilians before all, Arabic": ({"القتلى": "9", "القتلى المدنيون": "4"}, "killed_max", 4),
    "governorate before region": ({"region": "North", "governorate": "Kirkuk"}, "admin1", "Kirkuk"),
}


@pytest.mark.parametrize("beside", COLUMNS_BESIDE)
def test_columns_that_may_be_one_field_do_not_stop_a_file(tmp_path, gaz, beside):
    more, column, value = COLUMNS_BESIDE[beside]
    path = tmp_path / "mine.csv"
    row = {"id": "A", "date": "2015-06-03", "place": "Hawija"} | more
    path.write_text(lines([list(row), list(row.values())]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeocasualtyWarning)
        found = gcas.read_incidents(path, gazetteer=gaz)
    assert found[column].tolist() == [value]
    assert ("unmapped-column" in found["flags"].iloc[0]) is ("region" in more)  # the other may be another place


@pytest.mark.parametrize("column", ["event date", "date of incident", "تاريخ الحادث", "дата"])
def test_two_days_of_one_record_are_refused(tmp_path, gaz, column):
    path = tmp_path / "mine.csv"
    path.write_text(f"id,date,place,{column}\nA,2015-06-03,Hit,2015-06-04\n")
    with pytest.raises(InputError, match="may both be 'start', and differ in row 1"):
        gcas.read_incidents(path, gazetteer=gaz)


@pytest.mark.parametrize(
    "count", ["12 injured", "12 (5 militants)", "12 (including 5)", "(12)", "12 women", "killed 12", "12 (5 injured)"]
)
def test_a_count_of_others_is_none_of_the_killed(gaz, count):
    table = pd.DataFrame(
        [dict(zip(["id", "date", "place", "killed"], [*"A", "2015-06-03", "Hit", count], strict=True))]
    )
    assert set(gcas.validate_incidents(table, gazetteer=gaz)[1]["column"]) == {"killed_min", "killed_max"}


@pytest.mark.parametrize(
    ("cell", "pair"),
    [
        ("(33.3, 44.4)", ("33.3", "44.4")),
        ("33.3 44.4", ("33.3", "44.4")),
        ("33,3; 44,4", ("33,3", "44,4")),
        ("33°20'N, 44°23'E", ("33°20'N", "44°23'E")),
        ("[44.4, 33.3]", ("[44.4", "33.3]")),
        ("33,3, 44,4", ("33,3,", "44,4")),
        ("", ("", "")),
    ],
)
def test_two_coordinates_of_a_cell_are_two_or_no_number(cell, pair):
    assert coordinates_of(cell) == pair


def test_longitude_first_in_one_cell_is_refused_where_it_shows(tmp_path, gaz):
    path = tmp_path / "mine.csv"
    path.write_text('id,date,coordinates\nA,2015-06-03,"[44.4, 33.3]"\nB,2015-06-03,"144.4, 33.3"\n')
    accepted, rejected = gcas.validate_incidents(path, gazetteer=gaz)
    assert (len(accepted), {*rejected["row"]}) == (0, {1, 2})


@pytest.mark.parametrize(("number", "read"), [(19_999, False), (20_000, True), (69_999, True), (70_000, False)])
def test_numbers_are_days_within_these_years(tmp_path, number, read):
    path = book(tmp_path / "mine.xlsx", ["id", "day", "place"], ["A", number, "Hit"])
    assert ("'day' has days as numbers, in the calendar of the workbook" in read_grid(path).notes) is read


@pytest.mark.parametrize(("deep", "read"), [(3, True), (4, False)])
def test_records_are_looked_for_three_keys_down(tmp_path, gaz, deep, read):
    held = [{"id": "A", "date": "2015-06-03", "place": "Hit"}]
    for key in "abcd"[:deep]:
        held = {key: held}
    (tmp_path / "mine.json").write_text(json.dumps(held))
    if read:
        assert len(gcas.read_incidents(tmp_path / "mine.json", gazetteer=gaz)) == 1
        return
    with pytest.raises(InputError, match="no list of records; export one list"):
        gcas.read_incidents(tmp_path / "mine.json", gazetteer=gaz)


@pytest.mark.parametrize("foot", ["C,,,", "Total,2015-06-03,,3", "Note,,Hit,", "D: x,2015-06-05,,"])
def test_a_record_that_was_cut_is_not_passed_over(tmp_path, gaz, foot):
    path = tmp_path / "mine.csv"
    path.write_text(lines([[*TABLE[0], "killed"], *([*row, "1"] for row in TABLE[1:])]) + foot + "\n")
    accepted, rejected = gcas.validate_strikes(path, gazetteer=gaz)
    assert {*accepted["row"], *rejected["row"]} == {1, 2, 3}
