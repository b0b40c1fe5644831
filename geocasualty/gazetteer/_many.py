"""A column of place texts: each distinct one once, corrected by hand where an analyst did."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import shapely

from geocasualty._progress import progress
from geocasualty._renamed import renamed_columns
from geocasualty.decisions import SIGNED, signature
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.gazetteer.place import Candidate, Place, Resolution
from geocasualty.gazetteer.precision import RADIUS_M, precision_dtype, precision_of_radius
from geocasualty.geodesy import is_radius, on_earth
from geocasualty.taxonomy import LEVELS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_TOLD = 5
"""Corrections in vain that one warning names."""

HINTS = LEVELS[:3]

Key = tuple[str, str, str, str]
"""A text and its three hints; empty where there is none."""


def as_column(texts: Any) -> pd.Series:
    """The texts as a column; a list is one whose rows are numbered. Raises InputError if they are one text."""
    import pandas as pd

    if not pd.api.types.is_list_like(texts, allow_sets=False):
        raise InputError(f"texts: expected a column or a list, got {type(texts).__name__}; use resolve for one text")
    return texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=object)


def distinct(texts: pd.Series, hints: tuple[Any, ...]) -> list[Key]:
    """The text and hints of each row.

    Raises InputError if a hint is a column on another index, or a list of another length.
    """
    import pandas as pd

    def column(value: Any) -> Iterable[str]:
        if not pd.api.types.is_list_like(value, allow_sets=False):
            return [value or ""] * len(texts)
        if not isinstance(value, pd.Series):
            if len(value) != len(texts):
                raise InputError(f"a hint list must be as long as the texts: {len(value)} hints, {len(texts)} texts")
            value = pd.Series(list(value), index=texts.index, dtype=object)
        if not value.index.equals(texts.index):
            raise InputError("a hint column must have the index of the texts; align it first")
        return ["" if pd.isna(item) else str(item) for item in value]

    return list(zip(column(texts), *map(column, hints), strict=True))


def answers(keys: list[Key], resolve: Callable[[Key], Resolution]) -> dict[Key, Resolution]:
    """Resolve each distinct text once, with a progress bar where that takes more than two seconds."""
    return {key: resolve(key) for key in progress("places", " places", items=dict.fromkeys(keys))}


def frame_of(texts: pd.Series, keys: list[Key], known: dict[Key, Resolution]) -> gpd.GeoDataFrame:
    """The table of :meth:`geocasualty.gazetteer.Gazetteer.resolve_many`."""
    import geopandas as gpd
    import pandas as pd

    found = [known[key] for key in keys]
    best = [answer.best for answer in found]
    return gpd.GeoDataFrame(
        {
            "radius_m": pd.Series([answer.radius_m for answer in found], dtype=float, index=texts.index),
            "precision": pd.Categorical([answer.precision for answer in found], dtype=precision_dtype()),
            "vicinity": pd.Series([answer.vicinity for answer in found], dtype=bool, index=texts.index),
            "place_id": [each.place.place_id if each else None for each in best],
            "place_name": [each.place.name if each else None for each in best],
            "status": [answer.status for answer in found],
            "score": pd.Series([each.score if each else float("nan") for each in best], dtype=float, index=texts.index),
            "reason": [answer.reason for answer in found],
            "query": [key[0] for key in keys],
        },
        geometry=[answer.point for answer in found],
        index=texts.index,
        crs="EPSG:4326",
    )


def reconciled(keys: list[Key], known: dict[Key, Resolution]) -> pd.DataFrame:
    """One row a distinct text, for an analyst to correct: see :meth:`geocasualty.gazetteer.Gazetteer.reconcile`."""
    import pandas as pd

    counts: dict[Key, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    rows = []
    for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        answer = known[key]
        others = [each for each in answer.candidates if each is not answer.best]
        rows.append(
            {
                "query": key[0],
                **dict(zip(HINTS, key[1:], strict=True)),
                "rows": count,
                "status": answer.status,
                "chosen": answer.best.label if answer.best else "",
                "place_id": answer.best.place.place_id if answer.best and answer.status == "resolved" else "",
                "latitude": "",
                "longitude": "",
                "radius_m": "",
                "runner_up": others[0].label if others else "",
                "runner_up_id": others[0].place.place_id if others else "",
                "score": answer.best.score if answer.best else float("nan"),
                "reason": answer.reason,
                **dict.fromkeys(SIGNED, ""),
            }
        )
    columns = (
        "query", *HINTS, "rows", "status", "chosen", "place_id", "latitude", "longitude", "radius_m", "runner_up",
        "runner_up_id", "score", "reason", *SIGNED,
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


class Overrides:
    """Answers that an analyst gave by hand; they win over the resolver's.

    The table has ``query`` and the place as ``place_id``, or as ``latitude``, ``longitude`` and ``radius_m``; hints in
    ``country``, ``governorate``, ``district`` where the answer is for these alone; ``analyst``, ``date``, ``note``. A
    row that gives neither is left to the resolver.
    """

    def __init__(self, table: pd.DataFrame, places: dict[str, Place], label: Callable[[Place], str]) -> None:
        import pandas as pd

        table = table.rename(columns=renamed_columns("overrides", table.columns))
        if "query" not in table.columns:
            raise InputError("overrides: no column 'query'; start from the table of gaz.reconcile", column="query")
        self._exact: dict[Key, Resolution] = {}
        self._any: dict[str, Resolution] = {}
        for number, row in enumerate(table.to_dict("records"), start=1):
            cells = {str(name): "" if pd.isna(value) else str(value).strip() for name, value in row.items()}
            answer = _given(number, cells, places, label)
            if answer is None:
                continue
            hints = [cells.get(name, "") for name in HINTS]
            if any(hints):
                self._exact[cells["query"], hints[0], hints[1], hints[2]] = answer
            else:
                self._any[cells["query"]] = answer

    def of(self, key: Key) -> Resolution | None:
        """The answer given for a text with its hints, else for the text whatever its hints."""
        return self._exact.get((key[0].strip(), *key[1:])) or self._any.get(key[0].strip())

    def unused(self, keys: Iterable[Key]) -> list[str]:
        """The corrections, in words, that are for no text; most are misspelt or have other hints."""
        asked = {(key[0].strip(), *key[1:]) for key in keys}
        texts = {key[0] for key in asked}
        lost = [query for query in self._any if query not in texts]
        said = [repr(query) + _meant(query, texts) for query in lost]
        for key in self._exact:
            if key not in asked:
                stated = ", ".join(f"{name}={hint!r}" for name, hint in zip(HINTS, key[1:], strict=True) if hint)
                said.append(f"{key[0]!r} with {stated}" + ("" if key[0] in texts else _meant(key[0], texts)))
        return said


def _meant(query: str, texts: Iterable[str]) -> str:
    """The text that a misspelt query may have meant."""
    near = difflib.get_close_matches(query, sorted(texts), n=1, cutoff=0.8)
    return f" (is {near[0]!r} meant?)" if near else ""


def warn_unused(given: Overrides, keys: Iterable[Key]) -> None:
    """Warn of corrections that change nothing, since no text is the one that they are for."""
    said = given.unused(keys)
    if said:
        more = f" and {len(said) - _TOLD} more" if len(said) > _TOLD else ""
        message = f"overrides: {len(said)} correction(s) are for no text given: {'; '.join(said[:_TOLD])}{more}"
        warnings.warn(message, GeocasualtyWarning, stacklevel=4)


def _given(
    number: int, cells: dict[str, str], places: dict[str, Place], label: Callable[[Place], str]
) -> Resolution | None:
    query = cells["query"]
    why = f"given by hand{signature(lambda name: cells.get(name, ''))}"
    lon, lat = cells.get("longitude", ""), cells.get("latitude", "")
    if lon or lat:
        radius = cells.get("radius_m", "") or str(RADIUS_M["village"])
        try:
            x, y, r = float(lon), float(lat), float(radius)
        except ValueError:
            raise InputError(
                f"overrides: row {number}, query {query!r}: {lat!r}, {lon!r}, {radius!r} are no numbers",
                row=number,
                value=(lat, lon, radius),
            ) from None
        if not (on_earth(x, y) and r and is_radius(r)):
            raise InputError(
                f"overrides: row {number}, query {query!r}: {lat}, {lon}, {radius} are no place on Earth",
                row=number,
                value=(lat, lon, radius),
            )
        return Resolution(query, "resolved", (), shapely.Point(x, y), None, r, precision_of_radius(r), reason=why)
    place_id = cells.get("place_id", "")
    if not place_id:
        return None
    if place_id not in places:
        raise InputError(
            f"overrides: row {number}, query {query!r}, place_id {place_id!r}: no such place",
            row=number,
            column="place_id",
            value=place_id,
        )
    place = places[place_id]
    inside = places[place.admin1].name if place.admin1 in places else ""
    best = Candidate(place, 1.0, why, inside, label(place))
    return Resolution(
        query, "resolved", (best,), place.point, place.polygon, place.radius_m, place.precision, reason=why, _best=best
    )
