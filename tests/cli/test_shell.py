"""Pipes, signals, full disks and terminals: what a shell does to a command."""

import os
import resource
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, INCIDENTS, LIMITS, STRIKES, complaints, environment, run

SHELL = " ".join(shlex.quote(word) for word in COMMAND)


def shell(line, cwd, **more):
    done = subprocess.run(
        ["bash", "-c", f'geocasualty() {{ {SHELL} "$@"; }}; {line}'],
        cwd=cwd, env=environment(**more), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    done.stderr = complaints(done.stderr)
    return done


def test_commands_in_a_pipe(tmp_path):
    line = f"cat {INCIDENTS} | geocasualty screen - {STRIKES} --within-km 10 --within-days 1 -o - | cut -d, -f1,2"
    done = shell(line, tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines()[1] == "hawijah-2015-06,strike-reported-nearby"
    release = "Release date: June 3, 2015\n\nIraq\n\n* Near Hawijah, two airstrikes struck an ISIL factory.\n"
    done = run(
        "check", "--place", "Hawijah", "--date", "2015-06-02", "--strikes", "-", "--stdin-as", "txt", *LIMITS,
        input=release,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Hawijah, 2015-06-02: cannot-exclude\n")


def test_a_closed_pipe_is_quiet(tmp_path):
    mine = "incident_id,date,place\n" + "".join(f"A{n},2015-06-03,Hit\n" for n in range(3000))
    (tmp_path / "many.csv").write_text(mine)
    for line in (
        f"geocasualty tally {tmp_path / 'many.csv'} --by source | true; echo ${{PIPESTATUS[0]}}",
        "geocasualty resolve --file many.csv --column place | head -n 2; echo ${PIPESTATUS[0]}",
        "geocasualty --help | head -n 1; echo ${PIPESTATUS[0]}",
    ):
        done = shell(line, tmp_path)
        assert done.stderr == "", line
        assert done.stdout.splitlines()[-1] in ("0", "1"), line
    done = shell("geocasualty resolve --file many.csv --column place >&-", tmp_path)
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_the_pipe(tmp_path):
    for words in (
        f"screen {INCIDENTS} {STRIKES} --within-km 10 --within-days 0",
        f"screen {INCIDENTS} {STRIKES} --within-km 10 --within-days 0 --json",
        f"map province {INCIDENTS} {STRIKES} -o -",
        "resolve Hit",
    ):
        done = shell(f"geocasualty {words} > /dev/full", tmp_path)
        assert done.returncode == 2, words
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert "No space left on device" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["screen", INCIDENTS, STRIKES, *LIMITS, "-o", "out.csv"],
        ["screen", INCIDENTS, STRIKES, *LIMITS, "-o", "out.xlsx"],
        ["screen", INCIDENTS, STRIKES, *LIMITS, "-o", "out.geojson"],
        ["map", "province", INCIDENTS, STRIKES, "-o", "out.html"],
    ],
)
def test_a_disk_that_fills_while_a_file_is_written_leaves_the_old_file(tmp_path, words):
    (tmp_path / words[-1]).write_text("before")
    done = run(*words, cwd=tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)))
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("error: cannot write")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {words[-1]: "before"}


def test_a_device_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "fifo.csv")
    done = run("screen", INCIDENTS, STRIKES, *LIMITS, "-o", tmp_path / "fifo.csv")
    assert done.returncode == 2
    assert "no ordinary file" in done.stderr
    assert (tmp_path / "fifo.csv").is_fifo()
    assert list(tmp_path.iterdir()) == [tmp_path / "fifo.csv"]


def test_ctrl_c_exits_with_130_and_leaves_nothing(tmp_path):
    words = ["screen", "-", STRIKES, *LIMITS, "-o", tmp_path / "out.csv", "--rejected", tmp_path / "rejected.csv"]
    running = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(TMPDIR=str(tmp_path)),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where tests run in the background
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("*/stdin.csv")) and time.monotonic() < deadline:
        time.sleep(0.05)  # until it waits for the pipe
    running.send_signal(signal.SIGINT)
    printed, complaint = running.communicate(timeout=60)
    assert (running.returncode, printed, complaint) == (130, b"", b"interrupted\n")
    assert [path.name for path in tmp_path.iterdir() if "numba" not in path.name] == []


def test_completion(tmp_path):
    done = shell("geocasualty --show-completion", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "complete -o default -F _geocasualty_completion geocasualty" in done.stdout
    offered = shell(
        "geocasualty", tmp_path, COMP_WORDS="geocasualty map t", COMP_CWORD="2", _GEOCASUALTY_COMPLETE="complete_bash"
    )
    assert offered.stdout.split() == ["town"]
    offered = shell(
        "geocasualty", tmp_path, COMP_WORDS="geocasualty screen --incident-f", COMP_CWORD="2",
        _GEOCASUALTY_COMPLETE="complete_bash",
    )  # fmt: skip
    assert offered.stdout.split() == ["--incident-format"]


def test_output_is_utf8_whatever_the_locale(tmp_path):
    (tmp_path / "names.txt").write_text("الحويجة\n", encoding="utf-8")
    line = "geocasualty resolve --file names.txt; geocasualty resolve الحويجة"
    for locale in ({"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:backslashreplace"}):
        done = shell(line, tmp_path, **locale)
        assert (done.returncode, done.stderr) == (0, "")
        assert "الحويجة" in done.stdout
