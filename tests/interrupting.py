"""Runs commands and sends Ctrl-C at chosen moments: when they import, open, make, rename or throw away something.

    python -m tests.interrupting MOMENTS FOLDER < commands.json

A command runs once in this process, so that all is loaded and compiled, then in forks of it. Of each fork a line of
JSON is printed: what is written, which event from its renaming on, exit status, error output, how the file is then, and
what is left beside it.
"""

import io
import json
import os
import shutil
import signal
import sys
from hashlib import sha256
from pathlib import Path

EVENTS = ("import", "open", "os.mkdir", "os.rename", "os.rmdir")


def strike(at: int) -> list[str]:
    """Send the signal at the event of this number, 1 being the first; gives the list to which events are added."""
    seen: list[str] = []

    def heard(event, about):
        if event in EVENTS:
            seen.append(event)
            if len(seen) == at:
                os.kill(os.getpid(), signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.addaudithook(heard)
    return seen


def fork(words: list[str], at: int) -> tuple[int, str, list[str]]:
    """The command in a fork of this process: exit status, error output, events."""
    from geocasualty.__main__ import main

    said, told = Path("said.tmp"), Path("told.tmp")
    child = os.fork()
    if not child:
        error = os.open(said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(error, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        sys.argv[1:] = words
        seen = strike(at)
        status = 99
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
        finally:
            told.write_text(json.dumps(list(seen)))
            sys.stderr.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, said.read_text(), json.loads(told.read_text()) if status != 130 and told.exists() else []


def digest(path: Path) -> str | None:
    return sha256(path.read_bytes()).hexdigest() if path.exists() else None


def run() -> None:
    moments, folder = int(sys.argv[1]), Path(sys.argv[2])
    os.chdir(folder)
    os.environ["TMPDIR"] = str(folder)
    from geocasualty.cli import main

    for words in json.load(sys.stdin):
        target = Path(words[-1])
        out, sys.stdout = sys.stdout, io.StringIO()
        try:
            main(words)
        except SystemExit as ended:
            if ended.code:
                raise
        sys.stdout = out
        whole = digest(target)
        target.unlink()
        status, said, events = fork(words, 0)
        assert (status, digest(target)) == (0, whole), said
        (renamed,) = [place for place, event in enumerate(events, 1) if event == "os.rename"][-1:]
        spread = {1 + n * (len(events) - 1) // moments for n in range(moments + 1)}
        for at in sorted(spread | {renamed, renamed + 1}):
            target.write_text("before")
            before = digest(target)
            status, said, _ = fork(words, at)
            state = {before: "before", whole: "whole"}.get(digest(target), "a part")
            beside = [path.name for path in folder.iterdir() if path.name.startswith(".")]
            print(json.dumps([words[-1], at - renamed, status, said, state, beside]), flush=True)
            for left in [*folder.glob(".*"), *folder.glob("*.partial")]:  # a report goes on from its parts
                shutil.rmtree(left)
        target.unlink()


if __name__ == "__main__":
    run()
