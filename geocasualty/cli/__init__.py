"""The same answers from a shell. Errors take one line and exit status 2; nothing is left half-written."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from geocasualty._shown import shown
from geocasualty.cli._gazetteers import gazetteer_app
from geocasualty.cli._help import Command, Group
from geocasualty.cli._matching import check, link, match, screen, sensitivity
from geocasualty.cli._names import inspect, resolve
from geocasualty.cli._official import answers, official, rank
from geocasualty.cli._outputs import as_options
from geocasualty.cli._renderings import demo, explore, export, held, map_app, report, tally
from geocasualty.errors import GeocasualtyError
from geocasualty.theatre.parties import add_parties

__all__ = ["app", "main"]

EPILOG = (
    "Exit status 0: done. 2: an input, an option or an output cannot be used; one line says why. "
    "130: interrupted. 1: a fault of this program."
)

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    epilog=EPILOG,
    help="Resolve place names, and check whether strikes were reported near a claim of civilian harm.",
)
for command in (
    inspect, resolve, check, screen, official, rank, answers, match, sensitivity, link, tally, held, explore, export,
    report, demo,
):  # fmt: skip
    app.command(command.__name__, cls=Command)(command)
app.add_typer(map_app, name="map")
app.add_typer(gazetteer_app, name="gazetteer")

Refused = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException")
"""What typer raises at options that it cannot use; some of its versions hold a copy of click of their own."""


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"geocasualty {version('geocasualty')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Say which version this is.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; may stand anywhere.")] = False,
    parties: Annotated[
        list[Path] | None,
        typer.Option(
            "--parties",
            exists=True,
            dir_okay=False,
            help="A CSV with parties, other names of them, or members of alliances; stands before the command.",
        ),
    ] = None,
    *,
    context: typer.Context,
) -> None:
    del version, debug  # the first has answered already, the second is taken by main
    for path in parties or ():
        context.with_resource(add_parties(path))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    Exit status 0: done. 2: an input, an option or an output cannot be used; one line says why. 130: interrupted.
    1: a fault of this program. Whoever closes the pipe that it writes into, as ``head`` does, has had enough: 0.
    """
    words = list(map(_as_typed, sys.argv[1:])) if arguments is None else list(arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    warnings.showwarning = _one_line
    if sys.stdout is None:  # whoever starts a program may close it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    try:
        status = app(words, prog_name="geocasualty", standalone_mode=False) or 0
        sys.stdout.flush()
    except Exception as error:
        if debug and not isinstance(error, Refused):
            raise
        status = _status(error)
    except KeyboardInterrupt:
        status = 130
    except SystemExit as ended:  # click ends so where the pipe was closed, and typer where it was told to
        status = 0 if _closed(ended.__context__) else ended.code
    if status == 130:
        _say("interrupted")
    _end_output()
    sys.exit(status)


def _as_typed(word: str) -> str:
    """An argument in UTF-8 where the shell's locale speaks of ASCII; a file keeps the name by which it is opened."""
    if word.isprintable() or os.path.exists(word):
        return word
    return os.fsencode(word).decode("utf-8", "surrogateescape")


def _status(error: Exception) -> int:
    """Say in one line what went wrong, and whose fault it is."""
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, GeocasualtyError):
        _say(f"error: {as_options(str(error))}")
        return 2
    if _closed(error):
        return 0
    if isinstance(error, OSError):
        what = f" {os.path.basename(error.filename)!r}" if isinstance(error.filename, str) else ""
        _say(f"error: cannot read or write{what}: {error.strerror or error}; what was printed is not whole")
        return 2
    if isinstance(error, MemoryError):
        _say("error: not enough memory for this input; split it")
        return 2
    if isinstance(error, typer.Abort):
        return 130
    _say(f"error: a fault of geocasualty: {type(error).__name__}: {error}; --debug shows where; please report it")
    return 1


def _closed(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _refused(error: Any) -> int:
    context = error.ctx
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(context.get_help())
        return 2
    path = context.command_path if context is not None else "geocasualty"
    _say(f"error: {error.format_message()} See '{path} --help'.")
    return 2


def _end_output() -> None:
    """What cannot be written any more is dropped, or the interpreter would try again as it ends, and complain."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    typer.echo(shown(" ".join(text.split())), err=True)


def _one_line(message: Any, category: Any, *_: Any, **__: Any) -> None:
    del category
    _say(f"warning: {as_options(str(message))}")
