"""One HTML file that says what the records show of each incident, and what they do not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib import metadata
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geocasualty._extras import need
from geocasualty.errors import InputError
from geocasualty.files import atomic_write
from geocasualty.gazetteer import load_gazetteer
from geocasualty.matching import Assessed, assess, taken
from geocasualty.reporting._assessed import told_of
from geocasualty.reporting._finished import Finished, digest
from geocasualty.reporting._page import Page
from geocasualty.reporting._printed import browser, printed
from geocasualty.scope import Choice
from geocasualty.words import Words

__all__ = ["report"]

LIBRARIES = ("geocasualty", "geopandas", "numpy", "pandas", "pyproj", "shapely")


def report(
    incidents: gpd.GeoDataFrame | Assessed,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    path: str | PathLike[str],
    within_km: float | None = None,
    within_days: float | None = None,
    within_hours: float | None = None,
    gazetteer: Any = None,
    belligerents: str | Iterable[str] = "overlap",
    near_km: float | None = None,
    attributed_to: str | None = None,
    country: str | None = None,
    since: str | None = None,
    until: str | None = None,
    review: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    rejected: pd.DataFrame | None = None,
    inputs: Sequence[str | PathLike[str]] = (),
    language: str = "en",
    title: str | None = None,
    dated: str | None = None,
) -> Path:
    """Write what the records show of each incident as one HTML or PDF file, to be read, printed and kept.

    The page needs no network and runs no script: a browser shows the same that a printer prints. It holds the
    parameters and a summary in plain words, a map of governorates, the records by month, the answer at other limits,
    a card an incident (map, finding with reason and background rate, pairs, near misses, sources, decisions of
    analysts), what could not be located or assessed, rejected rows, and the method with its limits. Every number
    in it is counted from the records.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As :func:`geocasualty.read_incidents` and :func:`geocasualty.read_strikes` return them. In their place stands
        the ``data`` of an assessment that is made (:func:`geocasualty.assess`), which has its limits, review and
        coverage too.
    path : str or path-like
        The HTML file, or one that ends in ``.pdf``, which an installed Chromium prints, with a contents page, numbers
        of pages and bookmarks. It is written whole or not at all. Finished cards wait in ``<path>.partial`` until then,
        so that an interrupted report of the same input goes on where it stopped.
    within_km, within_days, within_hours, belligerents, review, coverage
        As for :func:`geocasualty.screen`. A decision on an incident that is not selected is left out.
    gazetteer : Gazetteer, optional
        For what lies under the maps; the bundled one if not given.
    near_km : float, optional
        Up to where a place that a release names is near, for the statement of the official record; ``within_km`` if not
        given.
    answers : pandas.DataFrame, optional
        Where belligerents looked (:func:`geocasualty.assessed_places`), a line each on the claim's card.
    attributed_to : str, optional
        Only incidents that name this belligerent, or one of several joined by ``;``. A name that none of them holds
        is refused.
    country : str, optional
        Only incidents of this country, by name or code.
    since, until : str, optional
        Only incidents of which any time may lie in these local days, such as ``2014-09-23``, or months. These four
        choose which strikes the report counts, too: those that may be of that belligerent, country and time. All are
        compared, so that a strike across a border is not lost; on a card it stands with its country.
    answers : pandas.DataFrame, optional
        Where belligerents looked, as :func:`geocasualty.assessed_places` returns it for all of the incidents given.
    rejected : pandas.DataFrame, optional
        Rows that were not read: ``row``, ``column``, ``value``, ``reason``, and ``file`` where there are several; as
        :func:`geocasualty.validate_incidents` returns them.
    inputs : sequence of path-like
        The files read. The report names them, without their folders, with the SHA-256 of each.
    language : {"en", "ar"}
        Of all that is not data.
    title : str, optional
        Of the report.
    dated : str, optional
        The day to print on it. No clock is read, so that the same input gives the same bytes.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.screen`; if a day, a country, the language or a file of ``inputs`` cannot be read, no
        incident names the belligerent asked for, or ``since`` is after ``until``; for a PDF, if there is no Chromium.
    geocasualty.errors.OutputError
        If the file cannot be written; nothing is left behind.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        If none of the incidents given is selected.

    Examples
    --------
    >>> import geocasualty as gcas, pathlib, tempfile
    >>> book = gcas.load_casebook()
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> page = gcas.report(book.incidents, book.strikes, path=path, within_km=10, within_days=0).read_text("utf-8")
    >>> "hawijah-2015-06" in page, "<script" in page
    (True, False)

    Without incidents there is a report that says so.

    >>> none = gcas.report(book.incidents[:0], book.strikes, path=path, within_km=10, within_days=0)
    >>> "0 incidents are in this report" in none.read_text("utf-8")
    True
    """
    words, target = Words(language), Path(path)
    on_paper = target.suffix.lower() == ".pdf"
    if on_paper:  # said before the work, not after it
        need("pypdf")
        browser()
    hashes = [_hashed(Path(file)) for file in inputs]
    gazetteer = gazetteer or load_gazetteer()
    incidents, strikes, asked, told = taken(
        incidents,
        strikes,
        within_km=within_km,
        within_days=within_days,
        within_hours=within_hours,
        belligerents=belligerents,
        review=review,
        coverage=coverage,
    )
    choice = Choice.of(attributed_to, country, since, until)
    rows = choice.incidents(incidents)
    chosen = incidents.iloc[rows]
    if told is None:
        _known(review, incidents)
        if review is not None:
            asked["review"] = review[review["incident_id"].isin(chosen["incident_id"])]
        told, rows = assess(chosen, strikes, **asked), np.arange(len(rows))
    scope = choice.holds(told.sides.theirs.frame, unknown=True)
    if answers is not None:
        answers = answers[answers["incident_id"].isin(chosen["incident_id"])].reset_index(drop=True)
    every = told_of(told, rows, scope, near_km, language, choice.country, answers)
    versions = {name: metadata.version(name) for name in LIBRARIES}
    said = {"title": title, "dated": dated, "language": language}
    page = Page(
        every,
        words,
        gazetteer,
        given=len(incidents),
        choice=choice.said(words),
        rejected=rejected,
        inputs=hashes,
        versions=versions,
        title=title,
        dated=dated,
    )
    limits = [str(told.limits), near_km, told.chosen["belligerents"]]
    frames = [frame for frame in (told.chosen["review"], told.chosen["coverage"], answers) if frame is not None]
    key = digest(said, limits, choice, versions, str(gazetteer.version), every.incidents, every.strikes, *frames)
    finished = Finished(target, key)
    try:
        content = page.render(finished)
        atomic_write(target, printed(content, words) if on_paper else content)
    except Exception:
        finished.clear()
        raise
    finished.clear()  # an interruption is no such exception: what is finished stays
    return target


def _known(review: pd.DataFrame | None, incidents: gpd.GeoDataFrame) -> None:
    """Refuse a decision on an incident that was never given; one on an incident that is left out is no error."""
    if review is None:
        return
    for column in ("incident_id", "strike_id", "decision"):
        if column not in review.columns:
            raise InputError(f"review: no column {column!r}; expected incident_id, strike_id, decision", column=column)
    unknown = review[~review["incident_id"].isin(incidents["incident_id"])]
    if len(unknown):
        number = review.index.get_loc(unknown.index[0]) + 1
        value = unknown["incident_id"].iloc[0]
        raise InputError(
            f"review: row {number}, column 'incident_id', value {value!r}: no such record",
            row=number,
            column="incident_id",
            value=value,
        )


def _hashed(file: Path) -> tuple[str, str]:
    """A file's name and the SHA-256 of its bytes."""
    try:
        with file.open("rb") as stream:
            return file.name, hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"inputs: cannot read {file.name!r}: {error.strerror or error}") from error
