"""The command: one line to a report, one line for an error, and nothing half written."""

from __future__ import annotations

import pytest

from tests.cli.running import INCIDENTS, LIMITS, STRIKES, run
from tests.reporting.pages import Reader


def test_one_command_writes_a_report_with_its_inputs_and_decisions(tmp_path):
    review = tmp_path / "review.csv"
    review.write_text(
        "incident_id,strike_id,decision,analyst,date,note\n"
        "hawijah-2015-06,nl-2015-06-02-hawijah,accept,A. B.,2021-05-04,the ministry says so\n"
    )
    out = tmp_path / "report.html"
    done = run("report", INCIDENTS, STRIKES, *LIMITS, "--review", review, "--dated", "2026-11-21", "-o", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"wrote {out}\n"
    seen = Reader(out.read_text("utf-8"))
    assert "the ministry says so" in seen.text
    assert "Made on 2026-11-21" in seen.text
    assert [row[0] for row in seen.rows if len(row) == 2 and len(row[1]) == 64] == [
        "review.csv", "incidents.csv", "strikes.csv",
    ]  # fmt: skip
    assert run("report", INCIDENTS, STRIKES, *LIMITS, "--language", "ar", "-o", out).returncode == 0
    assert 'dir="rtl"' in out.read_text("utf-8")


def test_rows_that_fail_stand_in_the_report(tmp_path):
    path, out = tmp_path / "mine.csv", tmp_path / "report.html"
    path.write_text("incident_id,date,place\nA,2015-06-03,Hit\nB,2015-06-31,Hit\n")
    for how in ("skip", "warn"):
        assert run("report", path, STRIKES, *LIMITS, "--on-bad-rows", how, "-o", out).returncode == 0
        rows = [
            row for row in Reader(out.read_text("utf-8")).rows if row[:4] == ["mine.csv", "2", "start", "2015-06-31"]
        ]
        assert len(rows) == 1
    assert run("report", path, STRIKES, *LIMITS, "-o", tmp_path / "no.html").returncode == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--country", "Atlantis"], "error: --country is 'Atlantis'"),
        (["--attributed-to", "Martians"], "error: --attributed-to is 'Martians': no incident names 'Martians'"),
        (["--attributed-to", "Martians"], "they name 'Coalition'"),
        (["--since", "2016-01-01", "--until", "2015-01-01"], "--since '2016-01-01' is after --until '2015-01-01'"),
        (["--since", "soon"], "soon"),
        (["--language", "fr"], "language is 'fr'"),
        (["--review", "absent.csv"], "absent.csv"),
        (["-o", "no/such/report.html"], "cannot write 'no/such/report.html': No such file or directory"),
        (["-o", "/dev/full/report.html"], "cannot write '/dev/full/report.html'"),
    ],
)
def test_other_errors_exit_with_2_too(tmp_path, words, says):
    done = run("report", INCIDENTS, STRIKES, *LIMITS, "-o", "x.html", *words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_choice_that_leaves_nothing_is_warned_of(tmp_path):
    done = run("report", INCIDENTS, STRIKES, *LIMITS, "-o", "x.html", "--since", "2018-01-01", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == "warning: no incident of the 4 given fits --since '2018-01-01': none is shown\n"
