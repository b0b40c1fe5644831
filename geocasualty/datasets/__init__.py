"""The bundled casebook: a few well documented incidents and strikes, and the figures that were published.

Facts from the press and official releases, each with its source and the date of the report. It is for learning
and for tests; it is no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geocasualty._shown import html_table
from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.records import read_incidents, read_strikes

__all__ = ["Casebook", "load_casebook", "published_figures"]

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Casebook:
    """Incidents and strikes as :func:`geocasualty.read_incidents` and :func:`geocasualty.read_strikes` give them."""

    incidents: gpd.GeoDataFrame
    strikes: gpd.GeoDataFrame

    def _repr_html_(self) -> str:
        parts = []
        for kind, frame in (("incident", self.incidents), ("strike", self.strikes)):
            days = frame["start"].dt.strftime("%Y-%m-%d")
            names = ["place_text", "country", "precision", "belligerents"]
            rows = zip(frame[f"{kind}_id"], days, *(frame[name] for name in names), strict=True)
            parts.append(html_table(f"{len(frame)} {kind}s", rows, (f"{kind}_id", "begins (UTC)", *names)))
        return "".join(parts)


def load_casebook(gazetteer: Gazetteer | None = None) -> Casebook:
    """Read the bundled casebook.

    Parameters
    ----------
    gazetteer : Gazetteer, optional
        Resolves its places; the bundled one if not given.

    Returns
    -------
    Casebook

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> len(book.incidents), len(book.strikes)
    (4, 5)
    """
    gazetteer = gazetteer or load_gazetteer()
    return Casebook(
        read_incidents(_HERE / "incidents.csv", gazetteer=gazetteer, format="csv"),
        read_strikes(_HERE / "strikes.csv", gazetteer=gazetteer, format="csv"),
    )


def published_figures() -> pd.DataFrame:
    """Who counted what, as of when: figures that were published during the campaign.

    Returns
    -------
    pandas.DataFrame
        ``as_of`` (month), ``who_counts``, ``what``, ``by_whom`` (whose strikes), ``region``, ``period_start``,
        ``period_end``, ``min`` and ``max`` (whole numbers; NA where the source gives no bound), ``note``.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> figures = gcas.datasets.published_figures()
    >>> airwars = figures[(figures["who_counts"] == "Airwars") & (figures["as_of"] == "2015-08")]
    >>> int(airwars.loc[airwars["what"] == "civilians killed", "min"].iloc[0])
    459
    """
    figures = pd.read_csv(_HERE / "published_figures.csv", dtype=str, keep_default_na=False)
    for column in ("min", "max"):
        figures[column] = pd.to_numeric(figures[column].replace("", None)).astype("Int64")
    return figures
