"""The command line: what it prints, its exit status, and that bad input leaves nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

INCIDENTS = ROOT / "geocasualty" / "datasets" / "incidents.csv"
STRIKES = ROOT / "geocasualty" / "datasets" / "strikes.csv"
LIMITS = ("--within-km", "10", "--within-days", "0")


def run(*words, cwd=None, seed="0", **more):
    code = "from geocasualty.cli import main; main()"
    environment = os.environ | {"PYTHONHASHSEED": seed, "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120, **more,
    )  # fmt: skip


def test_resolve():
    done = run("resolve", "الحويجة")
    assert done.returncode == 0
    assert done.stdout.startswith("resolved: Hawijah (Kirkuk, IQ): 35.32592, 43.77267")
    answer = json.loads(run("resolve", "Sinjar", "--json").stdout)
    assert (answer["status"], answer["lon"], len(answer["candidates"]) >= 2) == ("ambiguous", None, True)


def test_check():
    done = run("check", "--place", "Hawijah", "--date", "2015-06-03", "--strikes", STRIKES, *LIMITS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Hawijah, 2015-06-03: strike-reported-nearby\n")
    assert "background rate:" in done.stdout
    as_json = run("check", "--place", "Hawijah", "--date", "2015-06-03", "--strikes", STRIKES, *LIMITS, "--json")
    assert json.loads(as_json.stdout)["finding"] == "strike-reported-nearby"


def test_match_and_screen_print_or_write_the_same_csv(tmp_path):
    for command, rows in (("match", 3), ("screen", 4)):
        printed = run(command, INCIDENTS, STRIKES, *LIMITS)
        assert printed.returncode == 0, printed.stderr
        assert len(printed.stdout.splitlines()) == rows + 1
        assert run(command, INCIDENTS, STRIKES, *LIMITS, "-o", tmp_path / "out.csv").returncode == 0
        assert (tmp_path / "out.csv").read_text() == printed.stdout


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


def bad_files(folder: Path):
    good = "incident_id,date,place,lat,lon,killed_min,killed_max,date_end\n"
    yield "missing file", folder / "absent.csv", "no such file"
    for name, content, says in (
        ("missing column", b"incident_id,place\nA,Hit\n", "no column 'start'"),
        ("empty file", b"", "the file is empty"),
        (
            "latitude",
            f"{good}A,2015-06-03,,4239.0,43.8,,,\n".encode(),
            "row 1, column 'latitude', value '4239.0'",
        ),
        (
            "reversed",
            f"{good}A,2015-06-03,Hit,,,,,2015-06-01\n".encode(),
            "row 1, column 'end', value '2015-06-01'",
        ),
        ("counts", f"{good}A,2015-06-03,Hit,,,5,2,\n".encode(), "row 1, column 'killed_min', value '5'"),
        (
            "latin-1",
            good.encode() + "A,2015-06-03,Mossoul é,,,,,\n".encode("latin-1"),
            "row 1, column 'place', value",
        ),
        ("ragged", f"{good}A,2015-06-03\n".encode(), "row 1: 2 cells"),
    ):
        path = folder / f"{name.replace(' ', '-')}.csv"
        path.write_bytes(content)
        yield name, path, says


def test_bad_input_gives_one_line_exit_status_2_and_no_file(tmp_path):
    for name, path, says in bad_files(tmp_path):
        out = tmp_path / "out" / "findings.csv"
        done = run("screen", path, STRIKES, *LIMITS, "-o", out)
        assert done.returncode == 2, name
        assert says in done.stderr, name
        assert len(done.stderr.strip().splitlines()) == 1, name
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        assert not out.parent.exists(), name


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["map", "town", "Gotham", INCIDENTS, STRIKES, *LIMITS, "-o", "x.html"], "Gotham"),
        (["map", "town", "Hawijah", INCIDENTS, STRIKES, *LIMITS, "-o", "no/such/x.html"], "cannot write"),
        (["map", "province", INCIDENTS, STRIKES, "-o", "x.html", "--measure", "colour"], "colour"),
        (
            ["check", "--place", "Hit", "--date", "3/6/15", "--strikes", STRIKES, *LIMITS],
            "cannot read '3/6/15'",
        ),
        (["match", INCIDENTS, STRIKES, "--within-km", "-1", "--within-days", "0"], "within_km is -1.0"),
        (["match", INCIDENTS, STRIKES], "--within-km"),
    ],
)
def test_other_errors_exit_with_2_too(tmp_path, words, says):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


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
