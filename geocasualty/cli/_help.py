"""How the help of a command reads: short, in groups, with an example; how files are read is told apart."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["READING", "Command", "Group", "HelpFiles", "examples"]

READING = "Reading the files"
"""The group of options that ``--help-files`` tells of."""

WIDTH = 100
"""Letters in a line at most, where the terminal has as many."""


@cache
def examples() -> dict[str, str]:
    """One example of each command, which the help and the pages print; places and countries are data."""
    return tomllib.loads(files("geocasualty.cli").joinpath("examples.toml").read_text(encoding="utf-8"))


COMMANDS = {
    "Places and files": ("inspect", "resolve", "gazetteer"),
    "What was reported nearby": ("check", "screen", "official", "rank", "answers", "match", "sensitivity", "link"),
    "Counts, files, maps and reports": ("tally", "held", "explore", "export", "map", "report", "demo"),
}


class Command(TyperCommand):
    """One command: its options by their groups, then an example."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """As typer does, with wider lines."""
        return super().make_context(*args, **{"max_content_width": WIDTH} | kwargs)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the groups; of how files are read how many options there are, unless asked."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            panel = "Arguments" if each.param_type_name == "argument" else getattr(each, "rich_help_panel", None)
            if record is not None:
                if panel == "Arguments":  # the usage says which are required
                    record = (record[0], record[1].replace("  [required]", ""))
                groups.setdefault(panel or "Options", []).append(record)
        apart = groups.pop(READING, [])
        if ctx.meta.get(READING):
            groups = {READING: apart}
        for title in sorted(groups, key=lambda title: title == "Options"):  # what every command has stands last
            with formatter.section(title):
                formatter.write_dl(groups[title], col_max=26)
        if apart and not ctx.meta.get(READING):
            with formatter.section(READING):
                formatter.write_text(f"--help-files lists {len(apart)} options more: format, columns, zones, bad rows.")

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the example, on one line to copy."""
        example = examples().get(ctx.command_path.partition(" ")[2])
        if example is not None and not ctx.meta.get(READING):
            formatter.write(f"\nExample:\n  {ctx.command_path} {example}".rstrip() + "\n")


class Group(TyperGroup):
    """Several commands, those of the whole program by what they are for."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """As typer does, with wider lines."""
        return super().make_context(*args, **{"max_content_width": WIDTH} | kwargs)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write what stands before a command, then the commands."""
        records = [each.get_help_record(ctx) for each in self.get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record is not None], col_max=26)
        names = self.list_commands(ctx)
        known = {title: [name for name in held if name in names] for title, held in COMMANDS.items()}
        known["Commands"] = [name for name in names if not any(name in held for held in known.values())]
        for title, held in known.items():
            if held:
                with formatter.section(title):
                    width = formatter.width - 6 - max(map(len, names))
                    formatter.write_dl([(name, self.commands[name].get_short_help_str(width)) for name in held])


def _tell(context: typer.Context, asked: bool) -> None:
    if asked:
        context.meta[READING] = True
        typer.echo(context.get_help(), color=context.color)
        raise typer.Exit


HelpFiles = Annotated[
    bool,
    typer.Option("--help-files", is_eager=True, callback=_tell, help="List the options of reading files, and exit."),
]
