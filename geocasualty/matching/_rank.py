"""Which of the places that records name around a claim is the likeliest meant, and how likely is it none of them?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geocasualty.gazetteer import Gazetteer, load_gazetteer
from geocasualty.matching._join import match
from geocasualty.matching._screen import taken
from geocasualty.matching._sides import Side, side_of
from geocasualty.matching._worth import numbers, vicinity_of
from geocasualty.matching.evidence import none_of, shares_of, summed
from geocasualty.theatre.theatre import theatre

__all__ = ["NONE", "RANKED_DAYS", "RANKED_KM", "rank"]

RANKED_KM, RANKED_DAYS = 300, 1
"""As far, in kilometres and days, as any place lies that researchers quoted for a claim of 2014-2015; what is farther
is one of none."""
NONE = "none of these"
COLUMNS = (
    "incident_id", "rank", "place", "share", "bits_behind", "match_weight", "distance_km", "gap_days", "n_records",
    "n_strikes", "best_strike_id",
)  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def rank(
    incidents: gpd.GeoDataFrame,
    strikes: gpd.GeoDataFrame | None = None,
    *,
    within_km: float = RANKED_KM,
    within_days: int = RANKED_DAYS,
    belligerents: str | Iterable[str] = "overlap",
    practice: bool = False,
    gazetteer: Gazetteer | None = None,
) -> pd.DataFrame:
    """Rank the places that records name around each incident, and say how likely it is none of them.

    A weight ranks and proves nothing: an unrelated strike on the right day next door weighs as much. No finding is
    made of it.

    Parameters
    ----------
    incidents, strikes : geopandas.GeoDataFrame
        As for :func:`geocasualty.match`, in memory.
    within_km, within_days : float, int
        How far away a place, and how many local days away a record, is a candidate at all; no limits of a finding.
    belligerents : {"overlap", "any"} or iterable of str
        As for :func:`geocasualty.match`.
    practice : bool
        Add ``practice_score``.
    gazetteer : Gazetteer, optional
        Whose governorates ``practice_score`` compares; the bundled one if not given.

    Returns
    -------
    pandas.DataFrame
        A row for each incident and place, the likeliest first, and last one of "none of these". ``incident_id``;
        ``rank``, from 1 (NA for none of these); ``place``; ``share``, which sum to 1 for each incident (NaN where it
        has no place of its own); ``bits_behind`` the first place; ``match_weight``, in bits: the odds of all records
        that name the place, summed, each release by itself, so that a claim of many days gains nothing by its length;
        ``distance_km``, to the nearest of its points (NaN for an area); ``gap_days``, ``best_strike_id``: of the
        heaviest of its records; ``n_records``; ``n_strikes``, of those that say how many (NA if none does).

        With ``practice`` also ``practice_score``, from 0 to 1: how often researchers who read such a release as the
        heaviest record is of wrote of like claims that strikes were reported in the vicinity, by the nearest place that
        it names and whether it names one in the claim's governorate. It imitates a habit and is no evidence. It is
        missing where that record is of no release that names places as "near X".

    Raises
    ------
    geocasualty.errors.InputError
        As :func:`geocasualty.match`.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> ranked = gcas.rank(book.incidents, book.strikes)
    >>> ranked.loc[ranked["incident_id"] == "hawijah-2015-06", ["rank", "place", "share"]].round(2).values.tolist()
    [[1, 'Hawijah', 0.95], [<NA>, 'none of these', 0.05]]
    """
    asked: dict[str, Any] = {"belligerents": belligerents}
    incidents, strikes, asked, told = taken(incidents, strikes, **asked)
    pairs = match(incidents, strikes, within_km=within_km, within_days=within_days, explain=True, **asked)
    ours, theirs = side_of(incidents, "incident"), side_of(strikes, "strike")
    at = [pd.Index(side.ids, dtype=object, tupleize_cols=False).get_indexer(pairs[f"{role}_id"].astype(object))
          for side, role in ((ours, "incident"), (theirs, "strike"))]  # fmt: skip
    i, j = (np.asarray(each, dtype=np.int64) for each in at)
    if told is not None:  # an analyst's no is one
        kept = ~np.isin(i * len(theirs) + j, told.decisions.rejected)
        pairs, i, j = pairs[kept], i[kept], j[kept]
    places = _whole(theirs.texts("place_text"))
    pairs = pairs.assign(i=i, j=j, key=_whole(_places(theirs))[j], place=places[j])
    said = numbers(strikes["n_strikes"], "strike") if "n_strikes" in strikes else np.full(len(theirs), np.nan)
    pairs["n_strikes"] = pd.array(said[j], dtype="Float64")
    if practice:
        pairs["practice_score"] = _practice(pairs, ours, theirs, vicinity_of(strikes, "strike"), gazetteer)
    return _table(pairs, ours)


def _whole(texts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Texts that a column of texts can hold: halves of characters as their escapes."""
    return np.array([str(text).encode("utf-8", "backslashreplace").decode() for text in texts], dtype=object)


def _places(theirs: Side) -> npt.NDArray[np.object_]:
    """What tells one place from another: the gazetteer's, else what the record says, else the record."""
    place, text = theirs.texts("place_id"), theirs.texts("place_text")
    return np.where(place != "", place, np.where(text != "", text, theirs.ids.astype(str)))


def _table(pairs: pd.DataFrame, ours: Side) -> pd.DataFrame:
    """A row for each place of each claim, and one of none of them."""
    order = [pairs["strike_id"].astype(str), -pairs["match_weight"], pairs["key"], pairs["i"]]
    pairs = pairs.iloc[np.lexsort(order)]
    groups = pairs.groupby(["i", "key"], sort=False)
    found = groups.head(1).reset_index(drop=True).rename(columns={"strike_id": "best_strike_id"})
    found["match_weight"] = summed(pairs["match_weight"].to_numpy(), groups.ngroup().to_numpy(), len(found))
    found["distance_km"], found["n_records"] = groups["distance_km"].min().to_numpy(), groups.size().to_numpy()
    found["n_strikes"] = groups["n_strikes"].sum(min_count=1).array
    i, weight = found["i"].to_numpy(), found["match_weight"].to_numpy()
    none = np.where(ours.located, none_of(summed(weight, i, len(ours))), np.nan)
    found["share"] = shares_of(weight, i) * (1 - none[i])
    found["bits_behind"] = found.groupby("i")["match_weight"].transform("max") - weight
    found = found.iloc[np.lexsort((found["key"], -weight, i))]
    found["rank"] = (found.groupby("i").cumcount() + 1).astype("Int64")
    lost = pd.DataFrame({"i": np.arange(len(ours)), "place": pd.Series(NONE, range(len(ours)), dtype=object),
                         "share": none, "n_records": 0})  # fmt: skip
    found = pd.concat([found, lost]).sort_values("i", kind="stable", ignore_index=True)
    if (found["n_strikes"].dropna() % 1 == 0).all():
        found["n_strikes"] = found["n_strikes"].astype("Int64")
    found["incident_id"] = pd.Series(ours.ids[found["i"].to_numpy()], dtype=object)
    return found[[*COLUMNS, *found.columns.intersection(["practice_score"])]]


def _practice(
    pairs: pd.DataFrame, ours: Side, theirs: Side, near: npt.NDArray[np.bool_], gazetteer: Gazetteer | None
) -> Floats:
    """For each pair how researchers wrote of such claims who read the release that the strike stands in."""
    read = read_of(pairs, ours, theirs, near, gazetteer)
    score = practice_of(read["nearest_km"].to_numpy(float), read["same"].to_numpy(float))
    return np.asarray(pd.Series(score, read.index).reindex(pairs.index), dtype=float)


def read_of(
    pairs: pd.DataFrame, ours: Side, theirs: Side, near: npt.NDArray[np.bool_], gazetteer: Gazetteer | None
) -> pd.DataFrame:
    """Of pairs (``i``, ``j``, ``distance_km``) whose strike is of a release that says "near X": which ``release``.

    ``nearest_km`` is how far the nearest place lies that it names, ``same`` whether it names one in the governorate of
    the claim.
    """
    frame = theirs.frame
    if not {"covers_start", "covers_end"} <= set(frame.columns):
        return pd.DataFrame({"release": [], "nearest_km": [], "same": []})
    known = frame["covers_start"].notna().to_numpy() & frame["covers_end"].notna().to_numpy()
    keys = pd.MultiIndex.from_arrays([theirs.texts("dataset"), frame["covers_start"], frame["covers_end"]])
    release = np.where(known, pd.factorize(keys)[0], -1)
    formal = np.isin(release, release[near & known])
    some = pairs[formal[pairs["j"]]]
    areas = gazetteer or load_gazetteer()
    of = [
        pd.Series(areas.areas_at("governorate", side.lon[at], side.lat[at]), index=at, dtype=object)
        for side, at in ((ours, pd.unique(some["i"])), (theirs, pd.unique(some["j"])))
    ]
    own, named = (each.reindex(some[name]).to_numpy() for each, name in zip(of, "ij", strict=True))
    some = some.assign(release=release[some["j"]], same=(own == named) & (own != ""))
    together = some.groupby(["i", "release"])
    return some.assign(nearest_km=together["distance_km"].transform("min"), same=together["same"].transform("any"))


def practice_of(nearest_km: Any, same: Any) -> Any:
    """The score of releases, by their nearest named places and whether they name one in the claim's governorate.

    Examples
    --------
    >>> practice_of(np.array([0.0, 200.0]), np.array([True, False])).round(2).tolist()
    [0.98, 0.11]
    """
    at = theatre().measured["practice"]
    odds: Any = at["intercept"] + at["log_km"] * np.log(nearest_km + at["plus_km"]) + at["same"] * same
    return 1 / (1 + np.exp(-odds))
