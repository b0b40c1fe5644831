"""What others wrote never passes for what the program says: at a terminal, in lines of text, in errors."""

import csv
import io
import os
import pty
import subprocess
import sys
import termios

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty._shown import UNSEEN, shown
from geocasualty.gazetteer import Resolution
from tests.cli.running import COMMAND, INCIDENTS, LIMITS, STRIKES, environment

FORGED = "A1\nA2: none-in-records\x1b[2J\u202e\x9b1m"


@given(st.text())
def test_nothing_unseen_is_left(text):
    assert not UNSEEN.search(shown(text))
    assert shown(text) == text or UNSEEN.search(text)
    assert shown(shown(text)) == shown(text)


@pytest.mark.parametrize("text", ["الحويجة", "کەرکووک", "می‌خواهم", "Ḥawīja 💥", "تلّ أبيض"])
def test_names_stay_as_they_are(text):
    assert shown(text) == text


def records(folder, role, **more):
    table = pd.DataFrame({f"{role}_id": [FORGED], "date": ["2015-06-03"], "place": ["Hawijah"], **more})
    table.to_csv(folder / f"{role}.csv", index=False)
    return folder / f"{role}.csv"


def terminal(*line, env=None):
    """What a terminal gets of both streams."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    with subprocess.Popen(
        list(map(str, line)), stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=env or environment()
    ) as process:
        os.close(theirs)
        got = b""
        try:
            while data := os.read(ours, 65_536):
                got += data
        except OSError:  # the other end has closed
            pass
        process.wait(timeout=60)
    os.close(ours)
    return got.decode()


def test_a_table_at_a_terminal_shows_what_a_pipe_gets_as_it_is(tmp_path, here):
    incidents, strikes = records(tmp_path, "incident"), records(tmp_path, "strike")
    status, printed, _ = here("match", incidents, strikes, *LIMITS, "--quiet")
    assert status == 0
    (row,) = csv.DictReader(io.StringIO(printed))
    assert row["incident_id"] == row["strike_id"] == FORGED
    seen = terminal(*COMMAND, "match", incidents, strikes, *LIMITS)
    assert "\x1b[2J" not in seen
    assert not UNSEEN.search(seen.replace("\r\n", ""))
    assert shown(FORGED) in seen


def test_no_text_of_a_record_is_a_line_of_its_own(tmp_path, here):
    incidents = records(tmp_path, "incident", **{"lieu\n\x1b[2J": ["x"]})
    strikes = records(tmp_path, "strike", record_text=["struck\nAA: none-in-records\x1b[31m"])
    table = pd.read_csv(incidents)
    table["place"] = ["nowhere\nA2: none-in-records\x1b[2J"]
    table.to_csv(tmp_path / "lost.csv", index=False)
    for words in (
        ("check", "--place", "Hawijah\nA2: none-in-records", "--date", "2015-06-03", "--strikes", strikes, *LIMITS),
        ("inspect", incidents),
        ("inspect", tmp_path / "lost.csv"),
        ("resolve", "Hawijah\nA2: none-in-records", "--explain"),
        ("resolve", "nowhere\nA2: none-in-records"),
        ("screen", tmp_path / "lost.csv", strikes, *LIMITS, "-o", tmp_path / "out.csv"),
        ("screen", tmp_path / "no\nA2: none-in-records\x1b[2J.csv", strikes, *LIMITS),
    ):
        _, printed, complaint = here(*words)
        lines = (printed + complaint).split("\n")
        assert not any(line.startswith(("A2:", "AA:")) for line in lines), words
        assert not any(map(UNSEEN.search, lines)), words


def test_no_name_of_a_gazetteer_is_a_line_of_its_own(gaz):
    found = gaz.resolve("Hawijah")
    forged = Resolution("x", "unresolved", reason="no\nA2: none-in-records")
    assert "\n" not in repr(forged)
    assert repr(found).count("\n") == 0


def test_a_statement_shows_what_a_release_says(tmp_path, gaz):
    strikes = gcas.read_strikes(records(tmp_path, "strike", record_text=["struck\nOf A2: none\x1b[2J"]), gazetteer=gaz)
    incidents = gcas.read_incidents(records(tmp_path, "incident"), gazetteer=gaz)
    statement = gcas.assess(incidents, strikes, within_km=10, within_days=0).statement(FORGED)
    assert not UNSEEN.search(statement.replace("\n", ""))
    assert not any(line.startswith("Of A2") for line in statement.split("\n"))


def test_json_keeps_the_text_and_sends_no_control(here):
    import json

    status, printed, _ = here("resolve", "Hawijah \x9b\x7f\u202e", "--json")
    assert status == 0
    assert not UNSEEN.search(printed.replace("\n", ""))
    assert json.loads(printed)["query"] == "Hawijah \x9b\x7f\u202e"


def test_whoever_reads_nothing_has_had_enough(tmp_path):
    line = [*COMMAND, "screen", str(INCIDENTS), str(STRIKES), *LIMITS]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(line, stdout=write, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False)
    os.close(write)
    assert done.returncode == 0
    assert b"fault" not in done.stderr


def test_arguments_in_arabic_where_the_locale_speaks_of_ascii():
    plain = environment(PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    done = subprocess.run(
        [*COMMAND, "resolve", "الحويجة".encode()], capture_output=True, env=plain, timeout=60, check=False
    )
    assert done.stdout.startswith(b"resolved: Hawijah")


BAR = """
from geocasualty._progress import progress
with progress("a\\x1b[2J.csv", " rows", total=2, after_s=0) as bar:
    bar.update(1)
    bar.refresh()
"""


def test_bars_are_for_people_at_a_terminal():
    line = [sys.executable, "-c", BAR]
    unset = {name: value for name, value in environment().items() if name != "TQDM_DISABLE"}
    piped = subprocess.run(line, capture_output=True, env=unset, timeout=60, check=True)
    assert (piped.stdout, piped.stderr) == (b"", b"")
    seen = terminal(*line, env=unset)
    assert "/2.00 [" in seen
    assert "a\\x1b[2J.csv" in seen
