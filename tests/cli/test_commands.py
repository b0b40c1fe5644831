"""What the commands print and write, and their exit status."""

import html
import io
import json
import re
import shlex
import subprocess
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import typer

import geocasualty as gcas
from geocasualty.cli import app
from geocasualty.cli._help import COMMANDS, examples
from geocasualty.cli._outputs import finding_in_lines
from tests.cli.running import COMMAND, INCIDENTS, LIMITS, STRIKES, environment, run


def test_resolve(here):
    status, printed, _ = here("resolve", "الحويجة")
    assert status == 0
    assert printed.startswith("resolved: Hawijah (Kirkuk, IQ): 35.32592, 43.77267")
    answer = json.loads(here("resolve", "Sinjar", "--json")[1])
    assert (answer["status"], answer["lon"], len(answer["candidates"]) >= 2) == ("ambiguous", None, True)


def test_check(here):
    words = ["check", "--place", "Hawijah", "--date", "2015-06-03", "--strikes", STRIKES, *LIMITS]
    status, printed, _ = here(*words)
    assert status == 0
    assert printed.startswith("Hawijah, 2015-06-03: strike-reported-nearby\n")
    assert "background rate:" in printed
    assert json.loads(here(*words, "--json")[1])["finding"] == "strike-reported-nearby"


def test_an_ambiguous_place_is_told_apart_by_the_options_of_the_command(here, tmp_path):
    words = ["check", "--place", "Sinjar", "--date", "2015-06-03", "--strikes", STRIKES, *LIMITS]
    for more in ([], ["--json"]):
        status, printed, _ = here(*words, *more)
        assert status == 0
        assert "give --country or --governorate" in printed
    assert "give --country, --governorate or --near" in here("resolve", "Sinjar")[1]
    assert "unlocated" not in here(*words, "--country", "SY")[1].splitlines()[0]
    out = tmp_path / "x.html"
    assert here("map", "town", "gn:164094", INCIDENTS, STRIKES, *LIMITS, "-o", out) == (0, f"wrote {out}\n", "")


def test_the_demo_prints_a_table_and_writes_the_same_bytes_each_time(tmp_path):
    printed, written = [], []
    for seed in ("0", "1"):
        done = run("demo", cwd=tmp_path, seed=seed)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        printed.append(done.stdout)
        written.append({path.name: path.read_bytes() for path in (tmp_path / "demo").iterdir()})
    assert printed[0] == printed[1]
    assert written[0] == written[1]
    assert sorted(written[0]) == ["hawijah.html", "province.html"]
    lines = printed[0].splitlines()
    for incident, finding in (
        ("hawijah-2015-06", "strike-reported-nearby"),
        ("idlib-2014-11", "no-coverage"),
        ("raqqa-2017-05-12", "cannot-exclude"),
        ("syria-2017-08-04", "unlocated"),
    ):
        assert any(line.startswith(incident) and finding in line for line in lines)
    assert sum("why:" in line for line in lines) == 4
    assert str(tmp_path) not in written[0]["hawijah.html"].decode()


def test_bad_rows_may_be_left_out_and_are_said(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("incident_id,date,place\nA,2015-06-03,Hit\nB,2015-06-31,Hit\n")
    done = run("screen", path, STRIKES, *LIMITS, "--on-bad-rows", "warn")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.startswith("warning: mine.csv: row 2, column 'start', value '2015-06-31'")
    assert run("screen", path, STRIKES, *LIMITS, "--on-bad-rows", "shrug").returncode == 2


def test_debug_shows_the_traceback(tmp_path):
    done = run("--debug", "screen", tmp_path / "absent.csv", STRIKES, *LIMITS)
    assert "Traceback" in done.stderr


def test_help_is_short_in_groups_and_holds_an_example(here, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    status, root, _ = here("--help")
    assert status == 0
    assert "Exit status 0: done." in " ".join(root.split())
    assert len(root.splitlines()) <= 45
    for name, example in examples().items():
        assert name.split()[0] in root
        status, text, complaint = here(*name.split(), "--help")
        assert (status, complaint) == (0, "")
        assert "Usage:" in text
        assert f"  geocasualty {name} {example}".rstrip() in text.splitlines()
        assert len(text.splitlines()) <= 50
        assert not set("│╭╰") & set(text)


def test_the_help_of_a_map_tells_its_options_in_groups_with_units_and_defaults(here, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = here("map", "town", "--help")[1]
    assert len(text.splitlines()) <= 46
    groups = [line for line in text.splitlines() if re.fullmatch(r"[A-Z][a-z ]+:", line)]
    assert groups[:-2] == ["Arguments:", "Which pairs:", "Only incidents:", "What is drawn:", "Options:"]
    said = " ".join(text.split())
    for option in ("--within-km <float> Limit in space, in kilometres. [required]", "[default: overlap]"):
        assert option in said
    assert "in whole days" in said
    assert "or district. [default: governorate]" in said
    assert "<path> Incidents: CSV" in said


def test_explore_draws_what_any_file_holds(here, tmp_path):
    points = tmp_path / "points.csv"
    points.write_text("name,latitude,longitude,n\na,35,43,1\nb,36,44,20\nc,,,300\n")
    findings, out = tmp_path / "findings.geojson", tmp_path / "out.html"
    assert here("screen", INCIDENTS, STRIKES, *LIMITS, "-o", findings)[0] == 0
    words = {
        (INCIDENTS, "--strikes", STRIKES, "--column", "killed_max"): ["incidents: killed_max", "strikes", "11 to 80"],
        ("--shapes", findings, "--column", "finding"): ["findings: finding", "cannot-exclude"],
        ("--shapes", points, "--column", "n", "--scheme", "5,10,99", "--cmap", "red,#0072b2"): ["5 to 10", "1 of 3"],
        ("--shapes", points, "--strikes", STRIKES, "--column", "precision"): ["strikes: precision", "points"],
    }
    for given, texts in words.items():
        assert here("explore", *given, "-o", out) == (0, f"wrote {out}\n", "")
        page = html.unescape(out.read_text("utf-8"))
        assert [text for text in texts if text not in page] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "nothing to draw; name a file of incidents, --strikes FILE or --shapes FILE"),
        (["--shapes", INCIDENTS], "--shapes: incidents.csv: neither shapes nor columns latitude and longitude"),
        ([INCIDENTS, "--column", "n"], "--column: 'n' is no column; there are incident_id"),
        ([INCIDENTS, "--column", "killed_max", "--scheme", "1,x"], "--scheme: '1,x' are no numbers"),
        ([INCIDENTS, "--column", "killed_max", "--scheme", "Best"], "--scheme is 'Best'; expected quantiles"),
        ([INCIDENTS, "--column", "killed_max", "--scheme", "UserDefined"], "'UserDefined' makes no 5 classes"),
        ([INCIDENTS, "--column", "killed_max", "--scheme", "FisherJenks", "--classes", "0"], "makes no 0 classes"),
        ([INCIDENTS, "--column", "killed_max", "--cmap", "best"], "--cmap is 'best'"),
    ],
)
def test_what_explore_cannot_draw_is_one_line(here, tmp_path, given, said):
    status, printed, complaint = here("explore", *given, "-o", tmp_path / "out.html")
    assert (status, printed) == (2, "")
    assert said in complaint
    assert list(tmp_path.iterdir()) == []


def commands():
    """Each command by the words that call it."""
    found = {}
    for name, each in typer.main.get_command(app).commands.items():
        inside = getattr(each, "commands", None)
        found |= {name: each} if inside is None else {f"{name} {one}": other for one, other in inside.items()}
    return found


def test_every_command_has_an_example_and_stands_in_a_group():
    names = commands()
    assert sorted(examples()) == sorted(names)
    assert {name.split()[0] for name in names} == {name for held in COMMANDS.values() for name in held}


def test_options_of_reading_are_told_apart(here):
    text, files = here("screen", "--help")[1], here("screen", "--help-files")[1]
    assert "--strike-date-order" not in text
    assert "--within-km" in text
    assert "--within-km" not in files.partition("Reading the files")[2]
    listed = sum(line.lstrip().startswith("-") for line in files.splitlines())
    assert f" {listed} options more" in " ".join(text.split())


NOT_RUN = ("gazetteer build", "gazetteer fetch")
"""One wants a file of some megabytes, the other a network."""


@pytest.mark.parametrize("name", [name for name in examples() if name not in NOT_RUN])
def test_the_example_of_the_help_runs(here, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "incidents.csv").write_bytes(INCIDENTS.read_bytes())
    (tmp_path / "strikes.csv").write_bytes(STRIKES.read_bytes())
    (tmp_path / "assessments.csv").write_text("incident_id,belligerent,mgrs\nhawijah-2015-06,Coalition,38SLE894094\n")
    shape = {"type": "Polygon", "coordinates": [[[43, 35], [44, 35], [44, 36], [43, 36], [43, 35]]]}
    row = {
        "type": "Feature",
        "properties": {"holder": "A", "from": "2015-01-01", "to": "2016-01-01"},
        "geometry": shape,
    }
    (tmp_path / "control.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    words = shlex.split(examples()[name])
    status, text, complaint = here(*name.split(), *words)
    assert (status, complaint) == (0, "")
    if "-o" in words:
        assert (tmp_path / words[words.index("-o") + 1]).exists()
    else:
        assert text


def test_the_options_of_the_other_examples_are_there():
    found = commands()
    for name in NOT_RUN:
        known = {option for each in found[name].params for option in each.opts}
        assert {word for word in shlex.split(examples()[name]) if word.startswith("-")} <= known


def test_districts_without_outlines_name_the_option_that_draws_ones_own(here, tmp_path):
    words = ("map", "province", INCIDENTS, STRIKES, "-o", tmp_path / "districts.html")
    status, _, complaint = here(*words, "--level", "district")
    assert status == 2
    assert "--areas" in complaint
    shape = {"type": "Polygon", "coordinates": [[[43.5, 35], [44, 35], [44, 35.6], [43.5, 35.6], [43.5, 35]]]}
    row = {"type": "Feature", "properties": {"name": "Hawija district"}, "geometry": shape}
    own = tmp_path / "own.geojson"
    own.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    status, _, complaint = here(*words, "--areas", own)
    assert (status, complaint) == (0, "")
    assert "Hawija district" in (tmp_path / "districts.html").read_text("utf-8")


def test_version(here):
    assert here("--version")[1].startswith("geocasualty ")


ANSWERS = {
    "screen": ["screen", INCIDENTS, STRIKES, *LIMITS],
    "match": ["match", INCIDENTS, STRIKES, *LIMITS],
    "sensitivity": ["sensitivity", INCIDENTS, STRIKES, "--within-km", "1,10", "--within-days", "0,1"],
    "link": ["link", INCIDENTS, *LIMITS],
    "tally": ["tally", INCIDENTS, "--strikes", STRIKES, "--by", "country,governorate"],
    "resolve": ["resolve", "--file", INCIDENTS, "--column", "place_text"],
}
ROWS = {"screen": 4, "match": 4, "sensitivity": 4, "link": 4, "tally": 6, "resolve": 4}


def _in_a_sheet(value):
    """Sixteen digits, and no empty text."""
    return pytest.approx(value, rel=1e-14) if isinstance(value, float) else None if value == "" else value


@pytest.mark.parametrize("name", ANSWERS)
def test_every_kind_of_output_holds_the_same_rows(here, tmp_path, name):
    status, printed, complaint = here(*ANSWERS[name])
    assert (status, complaint) == (0, "")
    (tmp_path / "printed.csv").write_text(printed)
    table = pd.read_csv(tmp_path / "printed.csv")
    assert len(table) == ROWS[name]
    assert here(*ANSWERS[name], "-o", "-")[1] == printed
    listed = json.loads(here(*ANSWERS[name], "--json")[1])
    for ending in (".csv", ".json", ".jsonl", ".parquet", ".xlsx"):
        path = tmp_path / f"out{ending}"
        status, said, complaint = here(*ANSWERS[name], "-o", path)
        assert (status, complaint) == (0, ""), ending
        assert said == f"wrote {path}: {len(table)} rows\n"
    assert (tmp_path / "out.csv").read_text() == printed
    assert json.loads((tmp_path / "out.json").read_text()) == listed
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()] == listed
    cells = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.values)
    for row, said in zip(cells[1:], listed, strict=True):
        assert row == tuple(_in_a_sheet(value) for value in said.values())
    parquet = pd.read_parquet(tmp_path / "out.parquet")
    assert list(parquet.columns) == list(listed[0]) == list(table.columns)
    assert len(parquet) == len(table)


def test_the_printed_answers_are_those_of_the_functions(here, book):
    findings = gcas.screen(book.incidents, book.strikes, within_km=10, within_days=0)
    listed = json.loads(here(*ANSWERS["screen"], "--json")[1])
    assert [row["incident_id"] for row in listed] == findings["incident_id"].tolist()
    assert [row["background_rate"] for row in listed] == [
        None if rate != rate else rate for rate in findings["background_rate"].tolist()
    ]
    links = gcas.link(book.incidents, within_km=10, within_days=0)
    assert [row["weight"] for row in json.loads(here(*ANSWERS["link"], "--json")[1])] == [
        None if weight != weight else weight for weight in links["weight"].tolist()
    ]


def test_places_are_ranked(here, book):
    status, out, _ = here("rank", INCIDENTS, STRIKES)
    assert status == 0
    table = pd.read_csv(io.StringIO(out))
    made = gcas.rank(book.incidents, book.strikes, practice=True)
    assert table.columns.tolist() == made.columns.tolist()
    assert table["share"].tolist() == pytest.approx(made["share"].tolist(), nan_ok=True)
    assert here("rank", INCIDENTS, STRIKES, "--within-km", "-1")[0] == 2


def test_where_belligerents_looked_is_printed_drawn_and_reported(here, tmp_path):
    table = tmp_path / "answers.csv"
    table.write_text("code,belligerent,assessment,mgrs\nhawijah-2015-06,Coalition,Non-credible,38S LE 294 094\n")
    map_, report = tmp_path / "map.html", tmp_path / "report.html"
    status, out, _ = here("answers", INCIDENTS, table, "--map", map_)
    assert status == 0
    assert "assessed-elsewhere" in out
    assert "59 km from the claimed one" in map_.read_text("utf-8")
    assert here("report", INCIDENTS, STRIKES, *LIMITS, "--answers", table, "-o", report)[0] == 0
    assert "59 km from the claimed one" in report.read_text("utf-8")


def test_the_record_stands_in_the_printed_findings_unless_it_is_left_out(here):
    for more, there in ((), True), (("--no-official",), False):
        status, out, _ = here("screen", INCIDENTS, STRIKES, *LIMITS, *more)
        assert status == 0
        assert ("official_record" in out.splitlines()[0]) is there


def test_findings_and_names_as_shapes(here, tmp_path, book):
    for ending in (".gpkg", ".geojson"):
        assert here(*ANSWERS["screen"], "-o", tmp_path / f"findings{ending}")[0] == 0
        assert here(*ANSWERS["resolve"], "-o", tmp_path / f"places{ending}")[0] == 0
        findings = gpd.read_file(tmp_path / f"findings{ending}")
        assert findings["finding"].tolist()[0] == "cannot-exclude"
        assert findings.geometry.isna().tolist() == book.incidents.geometry.isna().tolist()
        assert (
            gpd.read_file(tmp_path / f"places{ending}", layer="records" if ending == ".gpkg" else None)
            .geometry.notna()
            .sum()
            == 3
        )
    status, _, complaint = here(*ANSWERS["tally"], "-o", tmp_path / "tally.gpkg")
    assert status == 2
    assert "'tally.gpkg': expected a name that ends in .csv" in complaint


def test_the_same_bytes_at_another_time(here, tmp_path, monkeypatch):
    words = {
        **{ending: ["screen", INCIDENTS, STRIKES, *LIMITS, "-o"] for ending in (".xlsx", ".parquet", ".gpkg")},
        **{ending: [*ANSWERS["sensitivity"], "-o", tmp_path / "t.csv", "--plot"] for ending in (".png", ".svg")},
    }
    written = []
    for clock in (1.5e9, 1.6e9):
        monkeypatch.setattr("time.time", lambda: clock)  # noqa: B023 - called within the turn
        for ending, command in words.items():
            assert here(*command, tmp_path / f"{clock}{ending}")[0] == 0
        written.append({ending: (tmp_path / f"{clock}{ending}").read_bytes() for ending in words})
    assert written[0] == written[1]


def test_no_text_becomes_a_formula(here, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('incident_id,date,place\n"=HYPERLINK(""x"")",2015-06-03,Hit\n@A,2015-06-03,Hit\n')
    words = ["screen", path, STRIKES, *LIMITS]
    printed = here(*words)[1].splitlines()
    assert printed[1].startswith("\"'=HYPERLINK")
    assert printed[2].startswith("'@A,")
    assert here(*words, "-o", tmp_path / "f.xlsx")[0] == 0
    cell = openpyxl.load_workbook(tmp_path / "f.xlsx").active["A2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("x")')


def test_decisions_come_back_from_what_was_printed(here, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("incident_id,date,place\n@A,2015-06-03,Hawijah\n")
    (tmp_path / "findings.csv").write_text(here("screen", path, STRIKES, *LIMITS)[1])
    review = pd.read_csv(tmp_path / "findings.csv")[["incident_id", "best_strike_id"]]
    review.columns = ["incident_id", "strike_id"]
    review.assign(decision="reject", analyst="me").to_csv(tmp_path / "review.csv", index=False)
    listed = json.loads(here("screen", path, STRIKES, *LIMITS, "--review", tmp_path / "review.csv", "--json")[1])
    assert listed[0]["review"] == "nl-2015-06-02-hawijah rejected by me"


@pytest.mark.parametrize(("names", "pairs"), [("overlap", 4), ("any", 4), ("Coalition;Netherlands", 4), ("Russia", 0)])
def test_belligerents(here, names, pairs):
    assert len(here(*ANSWERS["match"], "--belligerents", names)[1].splitlines()) == pairs + 1


def test_options_of_the_readers(here, tmp_path):
    path = tmp_path / "mine.xlsx"
    mine = pd.DataFrame({"nr": ["A"], "day": ["3/6/2015"], "town": ["Hawija"]})
    with pd.ExcelWriter(path) as book:
        mine.to_excel(book, sheet_name="cases", index=False)
        mine.to_excel(book, sheet_name="old", index=False)
    options = ["--incident-map", "incident_id=nr,start=day,place_text=town", "--incident-layer", "cases"]
    words = ["screen", path, STRIKES, *LIMITS, "--json"]
    assert here(*words, *options)[0] == 2
    status, printed, complaint = here(*words, *options, "--incident-date-order", "dmy")
    assert (status, complaint) == (0, "")
    assert json.loads(printed)[0]["finding"] == "strike-reported-nearby"
    strikes = tmp_path / "strikes.csv"
    strikes.write_text("strike_id,date,place\nS,2015-06-05,Hit\n")
    cover = "belligerents=Coalition,countries=IQ,start=2015-05-01,end=2015-06-30,complete=yes"
    claim = ["check", "--place", "Hawijah", "--date", "2015-06-03", "--strikes", strikes, *LIMITS, "--json"]
    assert json.loads(here(*claim)[1])["finding"] == "no-coverage"
    claim += ["--belligerents", "Coalition", "--strike-coverage", cover]
    found = json.loads(here(*claim)[1])
    assert (found["finding"], found["coverage_share"]) == ("no-coverage", 1.0)
    assert "covers_rows" in found["reason"] or "hold" in found["reason"]


def test_rejected_rows_are_kept_where_asked(here, tmp_path):
    path, kept = tmp_path / "mine.csv", tmp_path / "rejected.csv"
    path.write_text("incident_id,date,place\nA,2015-06-03,Hit\nB,2015-06-31,Hit\n")
    status, printed, complaint = here("screen", path, STRIKES, *LIMITS, "--rejected", kept, "--on-bad-rows", "skip")
    assert (status, len(printed.splitlines())) == (0, 2)
    assert complaint.startswith("note: mine.csv: 1 row left out\n")
    rejected = pd.read_csv(kept)
    assert rejected[["file", "row", "column", "value"]].to_numpy().tolist() == [["mine.csv", 2, "start", "2015-06-31"]]
    kept.unlink()
    status, printed, complaint = here("screen", path, STRIKES, *LIMITS, "--rejected", kept)
    assert (status, printed) == (2, "")
    assert "correct them, or pass --on-bad-rows skip" in complaint
    assert pd.read_csv(kept).equals(rejected)
    assert here("screen", INCIDENTS, STRIKES, *LIMITS, "--rejected", kept)[0] == 0
    assert pd.read_csv(kept).empty


def test_many_names(here, tmp_path):
    lines = "Hawija\n\nSinjar\nالموصل\nnowhere at all\n"
    status, printed, _ = here("resolve", "-", stdin=lines.encode())
    assert status == 0
    (tmp_path / "answer.csv").write_text(printed)
    answer = pd.read_csv(tmp_path / "answer.csv", keep_default_na=False)
    assert answer["query"].tolist() == lines.split("\n")[:-1]
    assert answer["status"].tolist() == ["resolved", "unresolved", "ambiguous", "resolved", "unresolved"]
    (tmp_path / "names.txt").write_text(lines)
    assert here("resolve", "--file", tmp_path / "names.txt")[1] == printed
    table = tmp_path / "names.csv"
    table.write_text("place,country\nSinjar,IQ\nSinjar,\n")
    statuses = [row["status"] for row in json.loads(here("resolve", "--file", table, "--json")[1])]
    assert statuses == ["resolved", "ambiguous"]
    assert here("resolve", "--file", table, "--reconcile", "-o", tmp_path / "fix.csv")[0] == 0
    fixed = pd.read_csv(tmp_path / "fix.csv", dtype=str, keep_default_na=False)
    fixed.loc[fixed["country"] == "", "place_id"] = "gn:448149"
    fixed.to_csv(tmp_path / "fix.csv", index=False)
    corrected = json.loads(here("resolve", "--file", table, "--overrides", tmp_path / "fix.csv", "--json")[1])
    assert [row["place_id"] for row in corrected] == ["gn:448149", "gn:448149"]


def test_a_name_explained_and_helped(here):
    assert here("resolve", "Sinjar", "--explain")[1].count("gn:") == 3
    assert here("resolve", "Sinjar", "--near", "41.9,36.3")[1].startswith("resolved: Sinjar (Nineveh, IQ)")
    for near in ("41.9", "a,b", "300,36", "nan,nan"):
        assert here("resolve", "Sinjar", "--near", near)[0] == 2


def test_a_month_and_a_span_of_days(here):
    words = ["check", "--place", "Hawijah", "--strikes", STRIKES, *LIMITS, "--json"]
    for more in (["--date", "2015-06"], ["--date", "2015-06-01", "--date-end", "2015-06-04"]):
        assert json.loads(here(*words, *more)[1])["finding"] == "cannot-exclude"


def test_strikes_by_what_they_hit(here, tmp_path):
    text = "June 3, 2015.\n- Near Hit, one airstrike destroyed two vehicles.\n- Near Mosul, one airstrike hit a unit."
    (tmp_path / "r.txt").write_text(text, encoding="utf-8")
    strikes = ["tally", "--strikes", tmp_path / "r.txt", "--by", "target", "--json"]
    assert [row["target"] for row in json.loads(here(*strikes)[1])] == ["units", "vehicles", "total"]
    vehicles = json.loads(here(*strikes, "--target", "vehicles")[1])
    assert [(row["target"], row["strike_records"], row["targets"]) for row in vehicles] == [
        ("vehicles", 1, 2),
        ("total", 1, 2),
    ]
    status, _, complaint = here(*strikes, "--target", "ships")
    assert status == 2
    assert "--target is 'ships'; the strikes say of: units, vehicles" in complaint
    assert "no column 'targets'" in here("tally", "--strikes", STRIKES, "--target", "oil")[2]


def test_tally_of_strikes_alone_and_in_one_row(here):
    listed = json.loads(here("tally", "--strikes", STRIKES, "--by", "total", "--json")[1])
    assert [row["strike_records"] for row in listed] == [5]
    assert here("tally")[0] == 2


def test_maps_through_a_pipe_and_to_a_file(here, tmp_path):
    for words in (["province", INCIDENTS, STRIKES], ["town", "Hawijah", INCIDENTS, STRIKES, *LIMITS]):
        path = tmp_path / "map.html"
        assert here("map", *words, "-o", path)[0] == 0
        assert here("map", *words, "-o", "-")[1] == Path(path).read_text()


def test_no_output_takes_the_place_of_an_input(here, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("incident_id,date,place\nA,2015-06-03,Hit\n")
    before = path.read_bytes()
    for option in ("-o", "--rejected"):
        status, _, complaint = here("screen", path, STRIKES, *LIMITS, option, tmp_path / "." / "mine.csv")
        assert (status, "is also an input" in complaint) == (2, True)
        assert path.read_bytes() == before


def test_pairs_explained(here):
    listed = json.loads(here(*ANSWERS["match"], "--explain", "--json")[1])
    assert all(0 <= row["probability"] <= 1 for row in listed)
    assert {"match_weight"} <= set(listed[0])


def test_maps_displaced_and_reviewed(here, tmp_path):
    words = ["map", "town", "Hawijah", INCIDENTS, STRIKES, *LIMITS, "-o", "-"]
    plain = here(*words)[1]
    seeded = [here(*words, "--blur-km", "5", "--blur-seed", seed)[1] for seed in ("a" * 12, "a" * 12, "b" * 12)]
    assert plain != seeded[0] == seeded[1] != seeded[2]
    review = tmp_path / "review.csv"
    review.write_text(
        "incident_id,strike_id,decision,analyst\nhawijah-2015-06,nl-2015-06-02-hawijah,reject,A. Nalyst\n"
    )
    assert "A. Nalyst" in here(*words, "--review", review)[1]


def test_a_finding_whose_strike_has_no_place_is_printed_without_a_distance():
    row = pd.Series(
        {"incident_id": "A", "finding": "cannot-exclude", "reason": "no place", "best_strike_id": "S"}
        | dict.fromkeys(("distance_km", "distance_min_km", "distance_max_km", "gap_days"), float("nan"))
        | {"background_passed": 0, "background_days": 0, "within_km": 10.0, "within_days": 0.0}
    )
    assert "nearest strike: S: not located\n" in finding_in_lines(row)


def test_a_command_says_what_it_read_after_its_answer():
    words = ["match", INCIDENTS, STRIKES, *LIMITS]
    options = {"env": environment(), "capture_output": True, "text": True, "check": False, "timeout": 120}
    done = subprocess.run([*COMMAND, *map(str, words)], **options)
    assert "file       incidents.csv: delimited text, read as csv/2; 4 rows\nrecords    4 of 4 rows\n" in done.stderr
    assert "file       strikes.csv" in done.stderr
    quiet = subprocess.run([*COMMAND, *map(str, words), "--quiet"], **options)
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")


def test_inspect_prints_a_command_that_reads_the_file(here, tmp_path):
    path = tmp_path / "raids.csv"
    path.write_text("Raid ID,Date,Town,Actor\n1,2015-06-03,Hawija,Coalition\n")
    status, printed, _ = here("inspect", path)
    assert status == 0
    assert "next       geocasualty tally raids.csv --incident-map belligerents=Actor" in printed
    status, printed, _ = here("tally", path, "--incident-map", "belligerents=Actor", "--by", "belligerents")
    assert (status, "Coalition" in printed) == (0, True)
    assert here("inspect", tmp_path / "absent.csv")[0] == 2
    path.write_text("Raid ID,Date,Town,Claimed by AFRICOM?\n1,2015-06-03,Hawija,Yes\n")
    assert "--incident-map" not in here("inspect", path)[1]


def test_a_map_of_a_scope_in_polygons_of_ones_own(here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    square = {"type": "Polygon", "coordinates": [[[43, 35], [45, 35], [45, 36], [43, 36], [43, 35]]]}
    feature = {"type": "Feature", "properties": {"name": "Al-Rashad", "approximate": "false"}, "geometry": square}
    Path("own.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    scope = ["--country", "Iraq", "--since", "2015-01-01", "--until", "2015-12-31", "--attributed-to", "Coalition"]
    drawn = ["--areas", "own.geojson", "-o", "map.html"]
    assert here("map", "province", INCIDENTS, STRIKES, *scope, *drawn) == (0, "wrote map.html\n", "")
    page = Path("map.html").read_text("utf-8")
    assert "Al-Rashad" in page
    assert "until 2015-12-31" in page
    Path("none.csv").write_text("name\nAl-Rashad\n")
    code, out, err = here("map", "province", INCIDENTS, STRIKES, "--areas", "none.csv", "-o", "none.html")
    assert (code, out) == (2, "")
    assert "--areas: none.csv: no polygons" in err
    assert not Path("none.html").exists()


def test_export_writes_what_was_read_for_other_programs(here, tmp_path, book):
    for name in ("a.gpkg", "a.xlsx", "a.csv", "a.kml", "a.fgb", "a.parquet", "a.geojson", "datapackage.json"):
        status, printed, _ = here("export", INCIDENTS, "-o", tmp_path / name)
        assert (status, printed) == (0, f"wrote {tmp_path / name}: 4 rows\n")
        assert gcas.read_records(tmp_path / name)["incident_id"].tolist() == book.incidents["incident_id"].tolist()
    assert here("export", "--strikes", STRIKES, "-o", tmp_path / "s.csv", "--hxl")[0] == 0
    assert (tmp_path / "s.csv").read_text().splitlines()[1].startswith("#event+id,")
    for words, frame in (
        (["--buffer-km", "5"], gcas.buffers(book.incidents, km=5)),
        (["--uncertainty"], gcas.uncertainty(book.incidents)),
    ):
        assert here("export", INCIDENTS, "-o", tmp_path / "p.gpkg", *words)[0] == 0
        found = gcas.read_records(tmp_path / "p.gpkg")
        assert found.geometry.geom_equals_exact(frame.geometry, 1e-9)[frame.geometry.notna()].all()


def test_export_keeps_names_of_persons_apart(here, tmp_path):
    source = tmp_path / "mine.csv"
    source.write_text("incident_id,date,place,victim names\nA1,2015-06-03,Hawija,x\n")
    done = run("export", source, "-o", tmp_path / "a.csv")
    assert done.returncode == 0
    assert (
        "'victim names' may hold names of persons, and stays out of the file; --names FILE writes them" in done.stderr
    )
    assert here("export", source, "-o", tmp_path / "a.csv", "--names", tmp_path / "n.csv")[0] == 0
    assert "victim names" not in (tmp_path / "a.csv").read_text()
    assert gcas.read_records(tmp_path / "n.csv")["victim names"].tolist() == ["x"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "OUT.csv"], "name a file of incidents, or --strikes FILE"),
        ([INCIDENTS, "-o", "OUT.doc"], "expected a name that ends in .csv, .xlsx"),
        ([INCIDENTS, "-o", "OUT.gpkg", "--hxl"], "--hxl is of CSV"),
        ([INCIDENTS, "-o", "OUT.gpkg", "--buffer-km", "0"], "--buffer-km is 0.0; expected more than 0"),
        ([INCIDENTS, "-o", "OUT.gpkg", "--buffer-km", "1", "--uncertainty"], "two kinds of polygons"),
        ([INCIDENTS, "-o", "OUT.csv", "--names", "OUT.csv"], "--output: 'OUT.csv' is also --names"),
    ],
)
def test_export_refuses_in_one_line(here, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    status, _, complaint = here("export", *words)
    assert status == 2
    assert says in complaint
    assert not list(tmp_path.iterdir())
