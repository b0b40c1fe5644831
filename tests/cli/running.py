"""Runs the command line, in a process of its own or in this one."""

import io
import os
import re
import subprocess
import sys

from geocasualty.cli import main
from tests.conftest import ROOT

INCIDENTS = ROOT / "geocasualty" / "datasets" / "incidents.csv"
STRIKES = ROOT / "geocasualty" / "datasets" / "strikes.csv"
LIMITS = ("--within-km", "10", "--within-days", "0")
COMMAND = (sys.executable, "-m", "geocasualty")


def environment(seed="0", **more):
    return os.environ | {"PYTHONHASHSEED": seed, "COLUMNS": "200", "PYTHONPATH": str(ROOT), "TERM": "dumb"} | more


def complaints(err):
    """What stands on the error output beside what was read of each file."""
    return re.sub(r"^file +\S.*?\n\n", "", err, flags=re.MULTILINE | re.DOTALL)


def run(*words, cwd=None, seed="0", text=True, **more):
    """In a process of its own, as a shell does; its error output without what was read."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd, env=environment(seed), capture_output=True, text=text, check=False, timeout=120, **more,
    )  # fmt: skip
    done.stderr = complaints(done.stderr) if text else complaints(done.stderr.decode()).encode()
    return done


def run_here(capfd, monkeypatch, *words, stdin=b""):
    """In this process, which is faster: exit status, what was printed, and what was complained of."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    monkeypatch.setenv("TQDM_DISABLE", "1")
    monkeypatch.setattr("warnings.showwarning", lambda *_, **__: None)
    capfd.readouterr()
    try:
        main([str(word) for word in words])
    except SystemExit as ended:
        status = ended.code
    printed = capfd.readouterr()
    return status, printed.out, complaints(printed.err)
