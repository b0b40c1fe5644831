"""Files to validated tables: every row is accepted, or rejected with column, value and reason."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any, Literal, TypeVar, Unpack

import geopandas as gpd
import pandas as pd

from geocasualty.errors import BadRowsError, GeocasualtyWarning, InputError
from geocasualty.gazetteer import Gazetteer
from geocasualty.records._request import Options, Request, Source, name_of, validate
from geocasualty.records.formats import readers
from geocasualty.records.schema import COMMON_COLUMNS, STRIKE_COLUMNS, Role

__all__ = ["read_detections", "read_incidents", "read_strikes", "settle", "validate_incidents", "validate_strikes"]

OnBadRows = Literal["error", "warn", "skip"]

SHOWN = 5
"""Rejected rows that an error message names; the table holds them all."""


Function = TypeVar("Function", bound=Callable[..., Any])


def _with_options(function: Function) -> Function:
    """Show what :class:`Options` are where Python is asked what a function takes."""
    own = inspect.signature(function)
    *first, _ = own.parameters.values()
    asked = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=() if name == "ignore" else None)
        for name in Options.__annotations__
    ]
    function.__signature__ = own.replace(parameters=[*first, *asked])  # type: ignore[attr-defined]
    return function


def _request(path: Source, role: Role, options: Options) -> Request:
    strange = sorted(options.keys() - Options.__annotations__.keys())
    if strange:
        raise TypeError(
            f"unexpected keyword argument {strange[0]!r}; expected some of {', '.join(Options.__annotations__)}"
        )
    return Request(path, role, options)


@_with_options
def read_incidents(path: Source, *, on_bad_rows: OnBadRows = "error", **options: Unpack[Options]) -> gpd.GeoDataFrame:
    r"""Read incidents from a file or frame.

    Parameters
    ----------
    path : str, path-like or pandas.DataFrame
        A table with at least ``incident_id``, ``start`` (or ``date``) and one of ``place_text``, ``mgrs``, or
        ``latitude`` with ``longitude``; or a file of one of the known formats.
    format : str or Reader, optional
        One of :func:`geocasualty.records.readers`, such as ``"airwars"``, ``"ucdp-ged"`` or ``"csv"``, or your own.
        Recognised by the columns if not given; the column ``reader`` and the log say which it was.
    gazetteer : Gazetteer, optional
        Locates rows that have no coordinates; the bundled one if not given.
    column_map : mapping, optional
        Native column name to the file's, such as ``{"incident_id": "code"}``.
    on_bad_rows : {"error", "warn", "skip"}
        What to do with rows that fail, as pandas' ``on_bad_lines``.
    assessments : str, path-like or pandas.DataFrame, optional
        Of incidents with ``format="airwars"`` alone: the table of what each belligerent said of the incidents.
    coverage : mapping, optional
        Of strikes alone: whose the file holds, where and when, in place of what its reader declares: ``belligerents``
        and ``countries``, as lists or joined by ``;``, ``start``, ``end`` (both days inclusive, local in each of the
        countries), ``complete``: True if it holds all of them, False if only a part; and ``kinds``, which of air,
        drone, artillery, raid and other, where that is known; see :func:`geocasualty.coverage`.
    date_order : {"mdy", "dmy", "ymd", "excel-1900", "excel-1904"}, optional
        Of dates such as 6/3/2015; if not given, the one order in which all dates of the file are dates. Of days as a
        spreadsheet numbers them, such as 42158, the calendar of the workbook.
    layer : str, optional
        Of a GeoPackage, or the sheet of a workbook, that has several.
    timezone : str, optional
        IANA zone of the days of all rows that state none themselves; if not given, that of each row's country. Where
        a country has several that differ on that day the first is taken, and the row flagged ``guessed-timezone``.
    radius_m : float, optional
        Accuracy, in metres, of all positions of which the file states none. If not given, it is 2 km in a file without
        a column for it (flag ``assumed-accuracy``), else the widest that the file states (``blank-accuracy``), and the
        row gives no sure finding.
    vicinity : bool, optional
        Of all rows that do not say whether the place is only near. If not given, it is true in a file with a column
        for it (flag ``blank-accuracy``), else false.
    ignore : sequence of str
        Names of columns that nobody need read. A column without a meaning here that looks like a party, a date, a
        place or an accuracy may change every answer: each row is flagged ``unmapped-column`` until it is mapped with
        ``column_map`` or dismissed here.
    encoding : str, optional
        Of a text file that is not UTF-8, such as ``"windows-1252"``; the error that refuses such a file proposes one.
    country : str, optional
        Of a file no row of which states one, by a name or code.
    belligerents : str or sequence of str, optional
        Of a file no row of which names one: it says in its title alone whose attacks it lists. Where some rows name
        theirs, a blank cell stays one.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326, one row an accepted record, unlocated ones with geometry None. ``flags`` names what to know of
        a record before using it (``frame["flags"]``; ``frame.flags`` is pandas' own). ``belligerents`` of UCDP's and
        ACLED's battles are both sides of the fight, not those to whom the dead are attributed. Columns of the file
        that have no meaning here, and its ``admin1`` and ``mgrs``, are kept at the end as text; its own ``row`` and
        ``rows`` as ``attribute_row`` and ``attribute_rows``.

    Raises
    ------
    geocasualty.errors.BadRowsError
        If rows fail and ``on_bad_rows`` is ``"error"``; its ``rejected`` is the table of all of them.
    geocasualty.errors.InputError
        If the file cannot be read or lacks a column.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("incident_id,date,place\nA1,2015-06-03,Hawija\nA2,2015-06-03,nowhere\n")
    >>> gcas.read_incidents(path)[["incident_id", "place_id", "precision", "reader"]]
      incident_id   place_id precision reader
    0          A1  gn:390188      town  csv/2
    1          A2                  NaN  csv/2
    """
    return _read(_request(path, "incident", options), on_bad_rows)


@_with_options
def read_strikes(path: Source, *, on_bad_rows: OnBadRows = "error", **options: Unpack[Options]) -> gpd.GeoDataFrame:
    r"""Read strikes from a file or frame; as :func:`read_incidents`, with ``strike_id``.

    Parameters
    ----------
    path, on_bad_rows, **options
        As for :func:`read_incidents`, whose table of parameters is that of all four reading functions.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "strikes.csv"
    >>> _ = path.write_text("strike_id,date,place,n_strikes\nS1,2015-06-03,Hawija,2\n")
    >>> mine = {"belligerents": "Netherlands", "countries": "IQ", "start": "2015-06-01", "end": "2015-06-30"}
    >>> strikes = gcas.read_strikes(path, coverage=mine | {"complete": True})
    >>> float(strikes["n_strikes"].sum()), len(gcas.coverage(strikes))
    (2.0, 1)
    """
    return _read(_request(path, "strike", options), on_bad_rows)


@_with_options
def validate_incidents(path: Source, **options: Unpack[Options]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    r"""Read incidents and return the accepted rows and the table of the rejected ones.

    Parameters
    ----------
    path, **options
        As for :func:`read_incidents`.

    Returns
    -------
    accepted : geopandas.GeoDataFrame
        As :func:`read_incidents` returns it.
    rejected : pandas.DataFrame
        ``row`` (the first row below the header is 1), ``column``, ``value``, ``reason``; a row that fails twice
        stands in it twice. ``record`` is its identifier, ``header`` what the file calls the column, and ``line`` the
        line of a text or the row of a sheet.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("incident_id,date,lat,lon\nA1,2015-06-03,4239.0,43.8\n")
    >>> accepted, rejected = gcas.validate_incidents(path)
    >>> len(accepted), rejected.loc[0, "reason"]
    (0, 'expected degrees from -90 to 90')
    """
    return validate(_request(path, "incident", options))


@_with_options
def validate_strikes(path: Source, **options: Unpack[Options]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    r"""Read strikes and return the accepted rows and the table of the rejected ones; as :func:`validate_incidents`.

    Parameters
    ----------
    path, **options
        As for :func:`read_incidents`.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "strikes.csv"
    >>> _ = path.write_text("strike_id,date,place\nS1,2015-06-31,Hawija\n")
    >>> gcas.validate_strikes(path)[1]["column"].tolist()
    ['start']
    """
    return validate(_request(path, "strike", options))


def read_detections(path: Source, *, gazetteer: Gazetteer | None = None) -> gpd.GeoDataFrame:
    r"""Read what satellites or sensors saw, such as NASA's FIRMS: to be drawn and written, never compared with claims.

    Parameters
    ----------
    path : str, path-like or pandas.DataFrame
        A file whose reader holds detections.
    gazetteer : Gazetteer, optional
        Says in which country each lies; the bundled one if not given.

    Returns
    -------
    geopandas.GeoDataFrame
        ``detection_id``, geometry, ``radius_m``, ``precision``, ``country``, ``start``, ``end``, ``timezone`` and the
        columns of the source. ``match``, ``assess`` and ``check`` refuse it: it has no ``strike_id``, since a fire is
        no strike. ``gcas.records.write_places`` writes it.

    Raises
    ------
    geocasualty.errors.InputError
        If it cannot be read, or its reader does not hold detections.
    geocasualty.errors.BadRowsError
        If a row cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> from geocasualty.records import read_detections, readers
    >>> seen = read_detections(pd.DataFrame(list(readers()["firms"].sample)))
    >>> seen[["detection_id", "radius_m", "country", "frp"]].values.tolist()
    [['2015-06-02T22:06Z 35.32 43.78 N', 283.0, 'IQ', '5.1'], ['2015-06-03T00:54Z 36.34 43.13 N', 354.0, 'IQ', '7.4']]
    """
    accepted, rejected = validate(Request(path, "strike", {"gazetteer": gazetteer}, detections=True))
    if (
        not accepted["reader"]
        .isin([f"{each.name}/{each.version}" for each in readers().values() if "detection" in each.roles])
        .all()
    ):
        raise InputError(f"{name_of(path)}: holds no detections; read it with gcas.read_strikes")
    settle(name_of(path), rejected, "error", stacklevel=3)
    left = [name for name in STRIKE_COLUMNS if name not in COMMON_COLUMNS and name != "strike_id"]
    named = accepted.drop(columns=[*left, "belligerents", "attack_kinds", "place_text", "vicinity"])
    return named.rename(columns={"strike_id": "detection_id"})


def _read(request: Request, on_bad_rows: OnBadRows) -> gpd.GeoDataFrame:
    settle("", None, on_bad_rows)
    accepted, rejected = validate(request)
    settle(name_of(request.path), rejected, on_bad_rows, stacklevel=4)
    return accepted


def settle(name: str, rejected: pd.DataFrame | None, on_bad_rows: OnBadRows, *, stacklevel: int = 2) -> None:
    """Raise or warn of rows that failed, as the caller asked."""
    if on_bad_rows not in ("error", "warn", "skip"):
        raise InputError(f"on_bad_rows is {on_bad_rows!r}; expected 'error', 'warn' or 'skip'")
    if rejected is None or not len(rejected) or on_bad_rows == "skip":
        return
    message = _in_words(name, rejected)
    if on_bad_rows == "error":
        raise BadRowsError(message, rejected)
    warnings.warn(message, GeocasualtyWarning, stacklevel=stacklevel)


def _in_words(name: str, rejected: pd.DataFrame) -> str:
    lines = [
        f"row {case.row}, column {case.column!r}, value {str(case.value)[:80]!r}: {case.reason}{_where(case)}"
        for case in rejected.head(SHOWN).itertuples()
    ]
    more = len(rejected) - len(lines)
    rest = f"; and {more} more failures" if more else ""
    return f"{name}: " + "; ".join(lines) + rest + "; correct them, or pass on_bad_rows='skip'"


def _where(case: Any) -> str:
    """Where else to look for a rejected row: its line, the name of the column in the file, the record."""
    said = [
        f"line {case.line}" if pd.notna(getattr(case, "line", None)) else "",
        f"in {case.header[:60]!r}" if getattr(case, "header", "") not in ("", case.column) else "",
        f"record {case.record[:60]!r}" if getattr(case, "record", "") else "",
    ]
    return f" ({', '.join(filter(None, said))})" if any(said) else ""
