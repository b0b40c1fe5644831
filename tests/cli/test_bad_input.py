"""Bad input of every kind, to every command: one line, exit status 2, nothing written, nothing printed."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from tests.cli.running import INCIDENTS, LIMITS, STRIKES

COMMANDS = {
    "screen": ["screen", "BAD", STRIKES, *LIMITS, "-o", "OUT.csv"],
    "screen, strikes": ["screen", INCIDENTS, "BAD", *LIMITS, "-o", "OUT.xlsx"],
    "screen, review": ["screen", INCIDENTS, STRIKES, *LIMITS, "--review", "BAD", "-o", "OUT.csv"],
    "match": ["match", "BAD", STRIKES, *LIMITS, "-o", "OUT.json"],
    "sensitivity": [
        "sensitivity", "BAD", STRIKES, "--within-km", "1,2", "--within-days", "0", "-o", "OUT.csv",
        "--plot", "OUT.png",
    ],
    "link": ["link", INCIDENTS, "BAD", *LIMITS, "-o", "OUT.jsonl"],
    "tally": ["tally", "BAD", "-o", "OUT.parquet"],
    "check": ["check", "--place", "Hit", "--date", "2015-06-03", "--strikes", "BAD", *LIMITS],
    "map province": ["map", "province", "BAD", STRIKES, "-o", "OUT.html"],
    "map town": ["map", "town", "Hawijah", INCIDENTS, "BAD", *LIMITS, "-o", "OUT.html"],
    "explore": ["explore", "BAD", "-o", "OUT.html"],
    "explore, shapes": ["explore", "--shapes", "BAD", "-o", "OUT.html"],
    "report": ["report", "BAD", STRIKES, *LIMITS, "-o", "OUT.html"],
    "report, review": ["report", INCIDENTS, STRIKES, *LIMITS, "--review", "BAD", "-o", "OUT.html"],
    "resolve": ["resolve", "--file", "BAD", "-o", "OUT.csv"],
    "resolve, overrides": ["resolve", "--file", INCIDENTS, "--overrides", "BAD", "-o", "OUT.csv"],
    "gazetteer": ["screen", INCIDENTS, STRIKES, *LIMITS, "--gazetteer", "BAD", "-o", "OUT.csv"],
    "gazetteer info": ["gazetteer", "info", "BAD"],
}  # fmt: skip


def whole_files(folder, book):
    """Good files of kinds that can be cut."""
    for ending in (".gpkg", ".geojson", ".parquet"):
        yield gcas.write_records(book.incidents, folder / f"whole{ending}")
    path = folder / "whole.xlsx"
    book.incidents[["incident_id", "place_text"]].assign(start="2015-06-03").to_excel(path, index=False)
    yield path


def bad_files(folder, book):
    yield folder / "absent.csv"
    (folder / "folder").mkdir()
    yield folder / "folder"
    for name, content in {
        "empty.csv": b"",
        "blank.csv": b"\n\n\n",
        "header.csv": b"a,b\n",
        "binary.csv": bytes(range(256)) * 40,
        "nul.csv": b"incident_id,date,place\nA\x00,2015-06-03,Hit\n",
        "ragged.csv": b"incident_id,strike_id,date,place\nA,B,2015-06-03\n",
        "cut.csv": b'incident_id,strike_id,date,place\nA,B,2015-06-03,"Hi',
        "binary.xlsx": b"PK\x03\x04" + bytes(range(256)),
        "text.gpkg": b"incident_id,date,place\n",
        "text.parquet": b"incident_id,date,place\n",
        "list.geojson": b"[1, 2]",
        "empty.shp": b"",
        "old.xls": b"\xd0\xcf\x11\xe0",
    }.items():
        (folder / name).write_bytes(content)
        yield folder / name
    for path in [*whole_files(folder, book)]:
        cut = path.with_stem("cut")
        cut.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
        yield cut
    os.mkfifo(folder / "fifo.csv")
    yield folder / "fifo.csv"
    yield Path("/dev/zero")
    if Path("/proc/self/mem").exists():
        yield Path("/proc/self/mem")  # there is nobody who may read it from its beginning, root included


def is_one_line(complaint):
    lines = complaint.splitlines()
    return len(lines) == 1 and lines[0].startswith("error: ") and "Traceback" not in complaint


@pytest.mark.parametrize("name", COMMANDS)
def test_no_bad_file_gets_further_than_one_line(here, tmp_path, book, name):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    for path in bad_files(folder, book):
        words = [path if word == "BAD" else str(word).replace("OUT", str(out / "o")) for word in COMMANDS[name]]
        status, printed, complaint = here(*words)
        assert (status, printed) == (2, ""), (path.name, complaint)
        assert is_one_line(complaint), (path.name, complaint)
        assert "fault of geocasualty" not in complaint, (path.name, complaint)
        assert list(out.iterdir()) == [], path.name


@pytest.mark.parametrize("kind", ["csv", "txt", "geojson", "xlsx", "gpkg", "parquet", "../x", "nonsense"])
def test_rubbish_through_a_pipe(here, kind):
    for rubbish in (b"", b"\n", bytes(range(256)), b"incident_id", b"{", b"PK\x03\x04"):
        for words in (["screen", "-", STRIKES, *LIMITS], ["screen", INCIDENTS, "-", *LIMITS]):
            status, printed, complaint = here(*words, "--stdin-as", kind, stdin=rubbish)
            assert (status, printed) == (2, ""), (rubbish, complaint)
            assert is_one_line(complaint), complaint
            assert "fault of geocasualty" not in complaint


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80), st.sampled_from([b"", b"incident_id,date,place\n", b"incident_id;date;lat;lon\nA;"]))
def test_any_bytes_through_a_pipe_are_answered_or_refused(here, content, before):
    status, printed, complaint = here("screen", "-", STRIKES, *LIMITS, stdin=before + content)
    assert status in (0, 2), complaint
    assert (printed == "") == (status == 2)
    assert is_one_line(complaint) if status else complaint == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["map", "town", "Gotham", INCIDENTS, STRIKES, *LIMITS, "-o", "x.html"], "Gotham"),
        (["map", "town", "Hawijah", INCIDENTS, STRIKES, *LIMITS, "-o", "no/such/x.html"], "cannot write"),
        (["map", "town", "Hawijah", INCIDENTS, STRIKES, *LIMITS, "-o", "x.pdf"], "ends in .html"),
        (["map", "province", INCIDENTS, STRIKES, "-o", "x.html", "--measure", "colour"], "colour"),
        (["map", "province", INCIDENTS, STRIKES], "Missing option '--output'"),
        (["check", "--place", "Hit", "--date", "3/6/15", "--strikes", STRIKES, *LIMITS], "cannot read '3/6/15'"),
        (
            ["check", "--place", "Hit", "--date", "03/06/2015", "--strikes", STRIKES, *LIMITS],
            "as day or month may stand first; write it as 2015-06-03 (year, month, day)\n",
        ),
        (["map", "town", "Sinjar", INCIDENTS, STRIKES, *LIMITS, "-o", "x.html"], "or give its id, as 'gn:448149'"),
        (["map", "province", INCIDENTS, STRIKES, "-o", "x.html", "--blur-km", "5"], "--blur-km needs --blur-seed, a"),
        (["gazetteer", "build", "-o", "x.gpkg"], "such as --geonames IQ.zip\n"),
        (["match", INCIDENTS, STRIKES, "--within-km", "-1", "--within-days", "0"], "--within-km is -1.0"),
        (["match", INCIDENTS, STRIKES, "--within-km", "nan", "--within-days", "0"], "--within-km is nan"),
        (["match", INCIDENTS, STRIKES, "--within-km", "ten", "--within-days", "0"], "Invalid value for '--within-km'"),
        (["match", INCIDENTS, STRIKES], "--within-km"),
        (["match", INCIDENTS], "Missing argument"),
        (["match", "-", "-", *LIMITS], "there is one pipe"),
        (["match", INCIDENTS, STRIKES, *LIMITS, "--belligerents", " ; "], "--belligerents is empty"),
        (["match", INCIDENTS, STRIKES, *LIMITS, "-o", "x.doc"], "ends in .csv, .json"),
        (["match", INCIDENTS, STRIKES, *LIMITS, "-o", "x.csv", "--json"], "give one of them"),
        (["match", INCIDENTS, STRIKES, *LIMITS, "-o", "no/such/x.csv"], "cannot write 'no/such/x.csv'"),
        (["match", INCIDENTS, STRIKES, *LIMITS, "--rejected", "x.txt"], "ends in .csv"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--incident-format", "airwars"], "not a file of format 'airwars'"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--incident-format", "nosuch"], "unknown format 'nosuch'"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--strike-format", "ucdp-ged"], "holds incidents"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--incident-map", "start"], "--incident-map: 'start' is not NAME"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--incident-map", "start=a,start=b"], "stands in it twice"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--incident-map", "start=Datum"], "'Datum', which the file lacks"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--incident-layer", "cases"], "has no layers"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--strike-date-order", "ydm"], "--strike-date-order is 'ydm'"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--assessments", STRIKES], "--assessments goes with"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--strike-coverage", "countries=IQ"], "expected the keys"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--strike-coverage", "complete=maybe"], "expected yes or no"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--on-bad-rows", "shrug"], "'shrug'"),
        (["screen", STRIKES, INCIDENTS, *LIMITS], "no column 'incident_id'"),
        (["sensitivity", INCIDENTS, STRIKES, "--within-km", "1;2", "--within-days", "0"], "--within-km is '1;2'"),
        (["sensitivity", INCIDENTS, STRIKES, "--within-km", "1", "--within-days", "0", "--plot", "x.bmp"], ".png"),
        (
            ["sensitivity", INCIDENTS, STRIKES, "--within-km", "1", "--within-days", "0", "--plot", "x.png",
             "--measure", "beauty"],
            "beauty",
        ),
        (["tally", INCIDENTS, "--by", "colour"], "colour"),
        (["tally", "--strikes", STRIKES, "--by", "grading"], "no grading"),
        (["tally"], "nothing to count"),
        (["resolve"], "give one name"),
        (["resolve", "Hit", "--file", INCIDENTS], "give one name"),
        (["resolve", "Hit", "-o", "x.csv"], "are for many names"),
        (["resolve", "--file", INCIDENTS, "--explain"], "--explain"),
        (["resolve", "--file", INCIDENTS, "--column", "town"], "no column 'town'"),
        (["resolve", "--file", STRIKES, "--country", "IQ", "--overrides", STRIKES], "no column 'query'"),
        (["gazetteer", "build", "--csv-map", "name", "-o", "x.gpkg"], "--csv-map: 'name'"),
        (["frob"], "No such command 'frob'"),
        (["screen", INCIDENTS, STRIKES, *LIMITS, "--frob"], "--frob"),
    ],
)  # fmt: skip
def test_bad_options(here, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    status, printed, complaint = here(*words)
    assert (status, printed) == (2, ""), complaint
    assert is_one_line(complaint), complaint
    assert says in complaint
    assert list(tmp_path.iterdir()) == []


def bad_rows(folder: Path):
    good = "incident_id,date,place,lat,lon,killed_min,killed_max,date_end\n"
    for name, content, says in (
        ("missing column", b"incident_id,place\nA,Hit\n", "no column 'start'"),
        ("latitude", f"{good}A,2015-06-03,,4239.0,43.8,,,\n".encode(), "row 1, column 'latitude', value '4239.0'"),
        ("reversed", f"{good}A,2015-06-03,Hit,,,,,2015-06-01\n".encode(), "row 1, column 'end', value '2015-06-01'"),
        ("counts", f"{good}A,2015-06-03,Hit,,,5,2,\n".encode(), "row 1, column 'killed_min', value '5'"),
        ("latin-1", good.encode() + "A,2015-06-03,Mossoul é,,,,,\n".encode("latin-1"), "row 1, column 'place', value"),
        ("ragged", f"{good}A,2015-06-03\n".encode(), "row 1: 2 cells"),
        (
            "order",
            f"{good}A,3/6/2015,Hit,,,,,\n".encode(),
            "'3/6/2015': cannot tell the day from the month: '3/6/2015' are dates as mdy and as dmy; say which in "
            "--incident-date-order or --strike-date-order (line 2",
        ),
        ("twice", f"{good}{'A,2015-06-03,Hit,,,,,' + chr(10)}{'A,2015-06-04,Hit,,,,,' + chr(10)}".encode(), "'A'"),
    ):
        path = folder / f"{name.replace(' ', '-')}.csv"
        path.write_bytes(content)
        yield name, path, says


def test_bad_rows_are_named(here, tmp_path):
    for name, path, says in bad_rows(tmp_path):
        out = tmp_path / "out" / "findings.csv"
        status, printed, complaint = here("screen", path, STRIKES, *LIMITS, "-o", out)
        assert (status, printed) == (2, ""), name
        assert says in complaint, name
        assert is_one_line(complaint), name
        assert not out.parent.exists(), name


def test_a_fault_of_the_program_says_so(here, monkeypatch):
    monkeypatch.setattr(gcas, "tally", lambda *_, **__: 1 / 0)
    status, _, complaint = here("tally", INCIDENTS)
    assert status == 1
    assert complaint.startswith("error: a fault of geocasualty: ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        here("--debug", "tally", INCIDENTS)
