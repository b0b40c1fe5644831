"""The command ``geocasualty`` from its first import to its end: whenever Ctrl-C comes, one line and exit status 130."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

AGAIN_S = 0.02


def _end(*_: object) -> NoReturn:
    """End at once: nothing is open yet, and modules half imported would tell of it in tracebacks."""
    os.write(2, b"interrupted\n")
    os._exit(130)


def _stop(_: int, frame: FrameType | None) -> None:
    """Raise, unless something is being imported: compiled modules turn what is raised in them into other errors."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return _once_more()
        frame = frame.f_back
    raise KeyboardInterrupt


def _once_more() -> None:
    from threading import Timer, main_thread

    Timer(AGAIN_S, signal.pthread_kill, [main_thread().ident, signal.SIGINT]).start()


def _unraised(lost: Any) -> None:
    """Where Python can raise nothing, as in callbacks of C, Ctrl-C would be printed and forgotten: it comes again."""
    if lost.exc_type is KeyboardInterrupt:
        _once_more()
    else:
        sys.__unraisablehook__(lost)


def main() -> None:
    """Run :func:`geocasualty.cli.main` as a program of its own."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # it is not behind `nohup`

    def answer(how: Any) -> None:
        if heard:
            signal.signal(signal.SIGINT, how)

    try:
        answer(_end)
        from geocasualty.cli import main as command

        sys.unraisablehook = _unraised
        answer(_stop)
        command()
    except KeyboardInterrupt:  # a second one, while `command` says that there was one
        _end()
    finally:
        answer(signal.SIG_IGN)  # what was to be done is done


if __name__ == "__main__":
    main()
