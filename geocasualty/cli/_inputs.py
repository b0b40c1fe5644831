"""Which files does a command read, how, and what becomes of the rows that fail?"""

from __future__ import annotations

import functools
import inspect
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from geocasualty.cli._help import READING, HelpFiles
from geocasualty.cli._outputs import TABLES, ending, say, write_table
from geocasualty.errors import BadRowsError, InputError

__all__ = ["GAZETTEER_HELP", "FileOf", "Reading", "asked", "column_map", "named_gazetteer", "read_table", "reads"]

GAZETTEER_HELP = "A gazetteer that was built, or countries, as UA,PL; the bundled one if not given."
FileOf = "CSV, xlsx, GeoJSON, GeoPackage, shapefile, GeoParquet; - is a pipe"
"""What the help says of files of records."""

PIPE = Path("-")
WRITTEN = ("output", "rejected", "plot", "names")
"""Options that name a file to write."""

TEXTS = ("format", "layer", "date_order", "encoding", "country", "belligerents")
"""Options of a side that are handed on as they are."""

ROLES = {"incident": "incident", "other": "incident", "strike": "strike"}
"""The prefix of a side's options, and what its file holds."""


def _option(
    name: str, annotation: Any, default: Any, text: str, *flags: str, check: Callable[..., Any] | None = None
) -> inspect.Parameter:
    option = typer.Option(*flags, help=text, rich_help_panel=READING, callback=check)
    return asked(name, Annotated[annotation, option], default)


def asked(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    """An option that several commands have, stated once."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _side_options(side: str) -> list[inspect.Parameter]:
    role = ROLES[side]
    theirs = f"the file of {role}s" if side == role else "the other file"
    text = str | None
    options = [
        _option(
            f"{side}_format",
            text,
            None,
            f"Format of {theirs}, as geocasualty inspect names it; told by its columns if not given.",
        ),
        _option(f"{side}_map", text, None, f"Columns of {theirs}, as start=Date,place_text=Town."),
        _option(f"{side}_layer", text, None, f"Layer or sheet of {theirs}, where it has several."),
        _option(
            f"{side}_date_order",
            text,
            None,
            f"Of dates such as 6/3/2015 in {theirs}: mdy, dmy or ymd; excel-1900, excel-1904.",
        ),
        _option(
            f"{side}_radius_m", float | None, None, f"Accuracy of positions that state none in {theirs}, in metres."
        ),
        _option(
            f"{side}_vicinity",
            bool | None,
            None,
            f"Whether places in {theirs} are only near, where it does not say so.",
            f"--{side}-vicinity/--no-{side}-vicinity",
        ),
        _option(f"{side}_encoding", text, None, f"Of {theirs} if it is not UTF-8, such as windows-1252."),
        _option(f"{side}_country", text, None, f"Country of {theirs} if no row states one, such as UA."),
        _option(f"{side}_belligerents", text, None, f"Parties of {theirs} if no row names one, joined by semicolons."),
        _option(f"{side}_ignore", text, None, f"Columns of {theirs} that nobody need read, joined by commas."),
    ]
    if side == "incident":
        said = "With --incident-format airwars: the table of what each belligerent said."
        options.append(_option("assessments", Path | None, None, said))
    if side == "strike":
        said = (
            "Whose strikes the file holds, where it does not say so: belligerents, countries, start, end and "
            "complete (yes or no), as countries=IQ;SY,complete=yes and so on; kinds=air;drone where known."
        )
        options.append(_option("strike_coverage", text, None, said))
        said = (
            "Only strikes that hit one of these, by their source's words, with commas between: vehicles, oil and so on."
        )
        options.append(_option("target", text, None, said, "--target"))
    return options


def _shared_options() -> list[inspect.Parameter]:
    return [
        _option("stdin_as", str, "csv", "What - brings: csv, txt (a pasted release), geojson, xlsx, gpkg, parquet."),
        _option("gazetteer", Path | None, None, GAZETTEER_HELP, "--gazetteer", "-g"),
        _option(
            "timezone",
            str | None,
            None,
            "Of days in the files whose rows state none, such as Asia/Aden; else their country's.",
        ),
        _option("report_read", bool, True, "Say on stderr what was read of each file.", "--report-read/--quiet"),
        _option("on_bad_rows", str, "error", "What to do with rows that fail: error, warn or skip."),
        _option(
            "rejected",
            Path | None,
            None,
            "Write the rows that fail, each with column, value and reason: " + ", ".join(TABLES) + ".",
            check=ending("--rejected", TABLES),
        ),
    ]


def reads(
    *sides: str, also: tuple[inspect.Parameter, ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of reading files, bundled as its argument ``reading``.

    Parameters
    ----------
    *sides : {"incident", "strike", "other"}
        Which files it may read; the names of the options begin with them.
    also : tuple of inspect.Parameter
        Options that other commands have too, which the command takes as ``**keywords``.
    """
    added = [option for side in sides for option in _side_options(side)] + _shared_options()

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        parameters = [
            each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for each in own.parameters.values()
            if each.name != "reading" and each.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        parameters += [*also, *added, asked("help_files", HelpFiles, False)]

        @functools.wraps(command)
        def run(**given: Any) -> None:
            given.pop("help_files")  # it has answered already
            _keep_apart(given)
            options = {each.name: given.pop(each.name) for each in added}
            with Reading(options) as reading:
                command(reading=reading, **given)
                reading.keep_rejected()
                reading.say_what_was_read()

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": None}
        return run

    return decorate


def named_gazetteer(asked: Path | None) -> Any:
    """The gazetteer of a path, or of countries by their names or codes, with commas between; else the bundled one.

    Examples
    --------
    >>> named_gazetteer(Path("Yemen")).resolve("Taiz city").status
    'resolved'
    """
    import geocasualty as gcas
    from geocasualty.theatre.countries import country_code

    names = [name.strip() for name in str(asked or "").split(",")]
    if asked is None or asked.exists() or not all(map(country_code, names)):
        return gcas.load_gazetteer(asked)
    return gcas.load_gazetteer(countries=names)


def _keep_apart(given: dict[str, Any]) -> None:
    """No output takes the place of an input or of another output."""
    paths = {name: value for name, value in given.items() if isinstance(value, Path) and value != PIPE}
    for written in WRITTEN:
        for other, path in paths.items():
            if written in paths and other != written and paths[written].resolve() == path.resolve():
                raise InputError(f"--{written}: {path.name!r} is also {_said(other)}; give another name")


def _said(name: str) -> str:
    return f"--{name}" if name in WRITTEN else "an input"


def column_map(option: str, text: str | None) -> dict[str, str]:
    """Take ``name=column,name=column`` apart.

    Raises
    ------
    geocasualty.errors.InputError
        If a part is not of that form, naming the option.

    Examples
    --------
    >>> column_map("--strike-map", "strike_id=nr, start=Date")
    {'strike_id': 'nr', 'start': 'Date'}
    >>> column_map("--strike-map", None)
    {}
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        field, separator, column = (each.strip() for each in part.partition("="))
        if not separator or not field or not column:
            raise InputError(f"{option}: {part!r} is not NAME=VALUE; write NAME=VALUE,NAME=VALUE")
        if field in found:
            raise InputError(f"{option}: {field!r} stands in it twice; give it once")
        found[field] = column
    return found


class Reading:
    """Reads the files of one command; the rows that fail are kept until it ends."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self.rejected: Any = None
        """The rows that fail, once the records are read."""
        self.files: list[Path] = []
        """Every file that was read, in order; what came through a pipe as the one it was kept in."""
        self._read: list[Any] = []
        self._stack = ExitStack()
        self._pipe_read = False

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @functools.cached_property
    def gazetteer(self) -> Any:
        """The gazetteer that the user named, else the bundled one."""
        asked = self._options["gazetteer"]
        self.files += [asked] if asked is not None and asked.exists() else []
        return named_gazetteer(asked)

    def local(self, path: Path) -> Path:
        """The file to read; what comes through a pipe is kept in one first.

        Raises
        ------
        geocasualty.errors.InputError
            If two inputs are to come through the one pipe, or what it brings has no known kind.
        """
        if path != PIPE:
            self.files.append(path)
            return path
        if self._pipe_read:
            raise _one_pipe()
        self._pipe_read = True
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.files.append(_spooled(Path(folder), self._options.get("stdin_as") or "csv"))
        return self.files[-1]

    def records(self, **paths: Path) -> Any:
        """The records of each side's file: one frame, or a tuple of them.

        Raises
        ------
        geocasualty.errors.BadRowsError
            If rows fail and the user did not say that they may be left out.
        """
        import pandas as pd

        from geocasualty.records.reading import settle

        policy = self._options["on_bad_rows"]
        settle("", None, policy)
        if list(paths.values()).count(PIPE) > 1:
            raise _one_pipe()
        frames, tables = [], []
        for side, path in paths.items():
            accepted, rejected = self._validated(side, path)
            accepted = _hitting(accepted, self._options["target"]) if side == "strike" else accepted
            frames.append(accepted)
            tables.append((path, rejected))
        self.rejected = pd.concat(
            [rejected.assign(file=_name(path))[["file", *rejected.columns]] for path, rejected in tables]
        )
        for path, rejected in tables:
            self._settle(path, rejected, policy)
        return frames[0] if len(frames) == 1 else tuple(frames)

    def _validated(self, side: str, path: Path) -> tuple[Any, Any]:
        import geocasualty as gcas
        from geocasualty.times import DayOrder

        role = ROLES[side]
        asked = {name: self._options[f"{side}_{name}"] for name in TEXTS}
        if asked["date_order"] not in (None, *get_args(DayOrder)):
            expected = ", ".join(get_args(DayOrder))
            raise InputError(f"--{side}-date-order is {asked['date_order']!r}; expected one of {expected}")
        asked |= {name: self._options[f"{side}_{name}"] for name in ("radius_m", "vicinity")}
        asked["ignore"] = [name.strip() for name in (self._options[f"{side}_ignore"] or "").split(",") if name.strip()]
        asked["column_map"] = column_map(f"--{side}-map", self._options[f"{side}_map"]) or None
        if side == "incident":
            asked["assessments"] = self._options["assessments"]
            self.files += [asked["assessments"]] if asked["assessments"] else []
        if side == "strike":
            asked["coverage"] = _coverage(self._options["strike_coverage"])
        asked["timezone"] = self._options["timezone"]
        validate = gcas.validate_incidents if role == "incident" else gcas.validate_strikes
        accepted, rejected = validate(self.local(path), gazetteer=self.gazetteer, **asked)
        self._read.append(accepted)
        return accepted, rejected

    def claimed(self, path: Path, incidents: Any) -> Any:
        """The incidents as their own source places them, without the answers that were joined to them."""
        if self._options["assessments"] is None:
            return incidents
        held = path if path != PIPE else next(file for file in self.files if file.name.startswith("stdin."))
        with Reading(self._options | {"assessments": None}) as plain:
            return plain._validated("incident", held)[0]

    def _settle(self, path: Path, rejected: Any, policy: str) -> None:
        """Say what fails, or stop at it."""
        from geocasualty.records.reading import settle

        if len(rejected) and policy == "skip":
            count = rejected["row"].nunique()
            say(f"note: {_name(path)}: {count:,} row{'s' * (count != 1)} left out", err=True)
        try:
            settle(_name(path), rejected, policy)  # type: ignore[arg-type]
        except BadRowsError:
            self.keep_rejected()
            raise

    def say_what_was_read(self) -> None:
        """Tell of each file what its rows became, unless the user wants it quiet; after the answer."""
        import geocasualty as gcas

        for frame in self._read if self._options["report_read"] else ():
            say(f"{gcas.read_report(frame)}\n", err=True, keep="\n")

    def keep_rejected(self) -> None:
        """Write the rows that failed, where the user asked for them; a table without rows if none did."""
        if self._options["rejected"] is not None and self.rejected is not None:
            write_table(self.rejected, self._options["rejected"], say=lambda text: say(text, err=True))


def _hitting(strikes: Any, target: str | None) -> Any:
    """The strikes of which the source says that something of these kinds was hit."""
    if target is None:
        return strikes
    if "targets" not in strikes.columns:
        raise InputError("--target: the file of strikes has no column 'targets', which says what was hit")
    from geocasualty.tallies._keys import targets_of

    hit = [set(targets_of(text)) for text in strikes["targets"]]
    wanted = {kind.strip().lower() for kind in target.split(",")} - {""}
    if not wanted or wanted - set().union(*hit):
        known = ", ".join(sorted(set().union(*hit))) or "none"
        raise InputError(f"--target is {target!r}; the strikes say of: {known}")
    return strikes[[bool(wanted & kinds) for kinds in hit]]


def _one_pipe() -> InputError:
    return InputError("two inputs are '-', and there is one pipe; name a file for the other")


def _name(path: Path) -> str:
    return "stdin" if path == PIPE else path.name


def _coverage(text: str | None) -> dict[str, str | bool] | None:
    if text is None:
        return None
    stated: dict[str, str | bool] = dict(column_map("--strike-coverage", text))
    complete = stated.get("complete")
    if complete is not None:
        if complete not in ("yes", "no"):
            raise InputError(f"--strike-coverage: complete is {complete!r}; expected yes or no")
        stated["complete"] = complete == "yes"
    return stated


def _spooled(folder: Path, kind: str) -> Path:
    from geocasualty.files import MAX_BYTES

    if not kind.isalnum():
        raise InputError(f"--stdin-as is {kind!r}; expected csv, txt, geojson, xlsx, gpkg or parquet")
    if sys.stdin is None:
        raise InputError("'-' reads from a pipe, and there is none; name a file")
    left, path = MAX_BYTES, folder / f"stdin.{kind}"
    with path.open("wb") as stream:
        while part := sys.stdin.buffer.read(1 << 20):
            left -= len(part)
            if left < 0:
                raise InputError(f"stdin: more than the {MAX_BYTES:,} bytes that are read; split it")
            stream.write(part)
    return path


def read_polygons(path: Path) -> Any:
    """Polygons with what their file says of each, in degrees; whatever file holds them.

    Raises
    ------
    geocasualty.errors.InputError
        If it cannot be read or holds no shapes.
    """
    import geopandas as gpd

    from geocasualty.records._inputs import read_cells

    cells = read_cells(path)
    shapes = cells.pop("geometry_wkt", None)
    if shapes is None:
        raise InputError(
            f"--areas: {_name(path)}: no polygons; expected GeoJSON, GeoPackage, KML or a shapefile of them"
        )
    if "approximate" in cells:
        cells["approximate"] = [value.lower() in ("true", "1") for value in cells["approximate"]]  # type: ignore[misc]
    return gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries.from_wkt([each or None for each in shapes]), crs="EPSG:4326")


def read_shapes(path: Path) -> Any:
    """Shapes of any kind with the columns of their file, numbers as such; coordinates of a table are points.

    Raises
    ------
    geocasualty.errors.InputError
        If it cannot be read or holds neither shapes nor columns latitude and longitude.
    """
    import geopandas as gpd
    import pandas as pd

    from geocasualty.records._inputs import read_cells

    table = pd.DataFrame(read_cells(path), dtype=object).replace("", None)
    if not {"geometry_wkt", "latitude"} & {*table.columns}:
        raise InputError(f"--shapes: {_name(path)}: neither shapes nor columns latitude and longitude")
    numbers = table.apply(pd.to_numeric, errors="coerce")
    numeric = [name for name in table.columns if 0 < table[name].count() == numbers[name].count()]
    at = [numbers.get(name, pd.Series(float("nan"), table.index)) for name in ("longitude", "latitude")]
    points = gpd.GeoSeries(gpd.points_from_xy(*at), index=table.index).where(at[0].notna() & at[1].notna(), None)
    shapes = gpd.GeoSeries.from_wkt(table.get("geometry_wkt", pd.Series(None, table.index, dtype=object)))
    table[numeric] = numbers[numeric]
    shapes = shapes.where(shapes.notna(), points)
    return gpd.GeoDataFrame(table.drop(columns="geometry_wkt", errors="ignore"), geometry=shapes, crs="EPSG:4326")


def read_table(reading: Reading, path: Path, option: str, *, columns: tuple[str, ...] = ()) -> Any:
    """A small table that an analyst keeps, such as a review, as text; missing cells are empty.

    Raises
    ------
    geocasualty.errors.InputError
        If it cannot be read or lacks a column, naming the option.
    """
    import pandas as pd

    from geocasualty.records._inputs import read_cells
    from geocasualty.records.writing import unmarked

    cells = read_cells(reading.local(path))
    missing = [name for name in columns if name not in cells]
    if missing:
        raise InputError(
            f"{option}: {_name(path)}: no column {', '.join(map(repr, missing))}; add it", column=missing[0]
        )
    return pd.DataFrame({name: [unmarked(value) for value in values] for name, values in cells.items()}, dtype=object)
