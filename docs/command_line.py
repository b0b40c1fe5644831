"""Which commands are there, and which arguments do they take? Read from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from geocasualty.cli import app
from geocasualty.cli._help import examples


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command that does something, with the words that call it."""
    if hasattr(command, "commands"):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], (*path, name))
    else:
        yield path, command


def write_commands(folder: Path) -> None:
    """Write one section a command: its help, and a table of its arguments."""
    folder.mkdir(parents=True, exist_ok=True)
    text = ""
    for path, command in commands(typer.main.get_command(app), ("geocasualty",)):
        said = " ".join((command.help or "").split())
        example = f"{' '.join(path)} {examples()[' '.join(path[1:])]}".rstrip()
        text += f"## `{' '.join(path)}`\n\n{said}\n\n    {example}\n\n"
        text += "| argument | needed | meaning |\n| --- | --- | --- |\n"
        for each in command.params:
            if each.name in {"install_completion", "show_completion"}:
                continue
            option = each.param_type_name == "option"
            name = ", ".join(each.opts + each.secondary_opts) if option else each.name.upper()
            meaning = " ".join((each.help or "").split()).replace("|", "\\|")
            if option and not each.required and isinstance(each.default, str | int | float | Path) and each.default:
                meaning += f" Default: {each.default}." if each.default is not True else ""
            text += f"| `{name}` | {'yes' if each.required else ''} | {meaning} |\n"
        text += "\n"
    (folder / "commands.md").write_text(text, encoding="utf-8")
