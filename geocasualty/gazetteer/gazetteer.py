"""Which place does a text mean? Resolves names to geometries, or refuses with a reason."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geocasualty.errors import InputError
from geocasualty.gazetteer._choice import Hints, choose
from geocasualty.gazetteer._tables import Tables, bundled_folder
from geocasualty.gazetteer.names import fold_key, plain_key
from geocasualty.gazetteer.phrases import Phrase, parse_phrase
from geocasualty.gazetteer.place import Candidate, Place, Resolution
from geocasualty.gazetteer.precision import VICINITY_RADIUS_M, precision_dtype

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import shapely

__all__ = ["Gazetteer", "load_gazetteer"]


def load_gazetteer(path: str | os.PathLike[str] | None = None) -> Gazetteer:
    """Load the bundled gazetteer of Iraq and Syria, or one of your own.

    Parameters
    ----------
    path : str or path-like, optional
        A folder with ``places.csv``, ``names.csv`` and ``areas.geojson`` in the layout of the bundled one.

    Returns
    -------
    Gazetteer

    Raises
    ------
    geocasualty.errors.InputError
        If the folder or one of its tables is missing.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> gcas.load_gazetteer().resolve("Hawija").best.label
    'Hawijah (Kirkuk, IQ)'
    """
    return Gazetteer(Tables(bundled_folder() if path is None else path))


class Gazetteer:
    """Places by every name that is known of them; made by :func:`load_gazetteer`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __repr__(self) -> str:
        return f"<Gazetteer of {len(self._places):,} places, version {self.version}>"

    @property
    def version(self) -> str:
        """A digest of the tables, for provenance."""
        return self._tables.version

    @property
    def attribution(self) -> str:
        """The credit line that the sources' licences ask for, in one sentence."""
        return "Places: GeoNames (CC BY 4.0), airportsdata and geocasualty; boundaries: Natural Earth"

    @property
    def _places(self) -> dict[str, Place]:
        return self._tables.places

    def place(self, place_id: str) -> Place:
        """The place with this identifier.

        Raises
        ------
        geocasualty.errors.InputError
            If there is none.
        """
        try:
            return self._places[place_id]
        except KeyError:
            raise InputError(
                f"no place {place_id!r} in this gazetteer; see the place_id column of gaz.places"
            ) from None

    def area(self, place_id: str) -> shapely.Geometry | None:
        """The polygon of a place, or None."""
        found = self._tables.areas.get(place_id)
        return None if found is None else found[0]

    def names(self, place_id: str) -> list[str]:
        """Every name of a place, the preferred one first."""
        others = sorted({name for known, name, _ in self._tables.names if known == place_id})
        preferred = self.place(place_id).name
        return [preferred, *(name for name in others if name != preferred)]

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """All places as points, one row each, in EPSG:4326."""
        return self._frame(list(self._places.values()), points=True)

    @cached_property
    def governorates(self) -> gpd.GeoDataFrame:
        """Governorates with their polygons, whether these are approximate, and the note on them."""
        return self._frame([place for place in self._places.values() if place.kind == "governorate"], points=False)

    @cached_property
    def countries(self) -> gpd.GeoDataFrame:
        """Countries with their polygons."""
        return self._frame([place for place in self._places.values() if place.kind == "country"], points=False)

    def _frame(self, places: Sequence[Place], *, points: bool) -> gpd.GeoDataFrame:
        import geopandas as gpd
        import pandas as pd

        columns = (
            "place_id", "name", "name_ar", "kind", "country", "admin1", "admin2", "lon", "lat", "radius_m",
            "radius_source", "source", "licence", "note",
        )  # fmt: skip
        data: dict[str, Any] = {column: [getattr(place, column) for place in places] for column in columns}
        data["population"] = pd.array([place.population for place in places], dtype="Int64")
        if points:
            geometry: Any = gpd.points_from_xy(data["lon"], data["lat"])
        else:
            geometry = [place.polygon for place in places]
            known = self._tables.areas
            data["approximate"] = [known[place.place_id][1] if place.place_id in known else False for place in places]
            data["note"] = [known[place.place_id][2] if place.place_id in known else place.note for place in places]
        return gpd.GeoDataFrame(data, geometry=geometry, crs="EPSG:4326")

    @cached_property
    def _plain(self) -> dict[str, list[str]]:
        return self._tables.index("plain")

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        return self._tables.index("fold")

    def _lookup(self, name: str) -> tuple[list[Place], float, str]:
        found = self._plain.get(plain_key(name))
        if found:
            return [self._places[place_id] for place_id in found], 1.0, "name"
        found = self._folded.get(fold_key(name))
        if found:
            return [self._places[place_id] for place_id in found], 0.95, "spelling variant of a name"
        return [], 0.0, ""

    def _parents(self, text: str | None, kinds: tuple[str, ...]) -> frozenset[str]:
        """The place_ids that a hint names, of the given kinds."""
        if not text:
            return frozenset()
        if "country" in kinds and f"iso:{text.upper()}" in self._places:
            return frozenset({f"iso:{text.upper()}"})
        phrase = parse_phrase(text)
        return frozenset(place.place_id for place in self._lookup(phrase.name)[0] if place.kind in kinds)

    def resolve(
        self,
        text: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        near: tuple[float, float] | None = None,
        kinds: Iterable[str] | None = None,
    ) -> Resolution:
        """Resolve one place text.

        Parameters
        ----------
        text : str
            A name in Latin, Arabic or Kurdish script, with or without words such as ``province`` or ``near``.
        country, admin1 : str, optional
            Country (code or name) and governorate that the source states. They rank; they never exclude a unique
            match of the name.
        near : tuple of float, optional
            Longitude and latitude that the place should be near to.
        kinds : iterable of str, optional
            Kinds preferred where a name has several, such as ``["town", "city"]``.

        Returns
        -------
        Resolution
            ``ambiguous`` where two places fit, ``unresolved`` rather than a guess.

        Raises
        ------
        geocasualty.errors.InputError
            If ``text`` is not a string.

        Examples
        --------
        >>> import geocasualty as gcas
        >>> gaz = gcas.load_gazetteer()
        >>> gaz.resolve("الموصل").best.place.name
        'Mosul'
        >>> gaz.resolve("Sinjar").status, gaz.resolve("Sinjar", country="IQ").status
        ('ambiguous', 'resolved')
        >>> gaz.resolve("Paris").status, gaz.resolve("").status
        ('unresolved', 'unresolved')
        """
        if not isinstance(text, str):
            raise InputError(f"a place text must be a string, got {type(text).__name__}; use resolve_many for a column")
        phrase = parse_phrase(text)
        if not plain_key(phrase.name):
            return Resolution(text, "unresolved", reason="no place named")
        hints = Hints(
            country=self._parents(country, ("country",)) | self._of_phrase(phrase, ("country",)),
            admin1=self._parents(admin1, ("governorate",)) | self._of_phrase(phrase, ("governorate",)),
            near=near,
            kinds=tuple(kinds or ()),
        )
        places, score, how = self._lookup(phrase.whole)
        if phrase.kinds and score < 1.0:
            places, score, how = self._lookup(phrase.name)
            places = [place for place in places if place.kind in phrase.kinds]
        if not places:
            return self._area_only(text, phrase)
        ranked, reason = choose(places, hints)
        candidates = tuple(
            Candidate(place, round(score - 0.1 * position, 3) if position else score, how, self._admin1_name(place))
            for position, place in enumerate(ranked)
        )
        if reason == "":
            labels = " or ".join(candidate.label for candidate in candidates[:4])
            return Resolution(text, "ambiguous", candidates, reason=f"{labels}; give country= or admin1=")
        return self._resolved(text, candidates, phrase, f"{how} of {candidates[0].label}{reason}")

    def _of_phrase(self, phrase: Phrase, kinds: tuple[str, ...]) -> frozenset[str]:
        return frozenset().union(*(self._parents(parent, kinds) for parent in phrase.parents))

    def _admin1_name(self, place: Place) -> str:
        return self._places[place.admin1].name if place.admin1 in self._places else ""

    def _resolved(self, text: str, candidates: tuple[Candidate, ...], phrase: Phrase, reason: str) -> Resolution:
        place = candidates[0].place
        radius = max(place.radius_m, VICINITY_RADIUS_M) if phrase.vicinity else place.radius_m
        return Resolution(
            query=text,
            status="resolved",
            candidates=candidates,
            point=place.point,
            polygon=None if phrase.vicinity else place.polygon,
            radius_m=radius,
            precision=place.precision,
            vicinity=phrase.vicinity,
            reason=reason,
            _best=candidates[0],
        )

    def _area_only(self, text: str, phrase: Phrase) -> Resolution:
        for parent in phrase.parents:
            inside = self.resolve(parent)
            if inside.status == "resolved" and inside.best is not None:
                reason = f"{phrase.name!r} is in no table; the area named with it is {inside.best.label}"
                return Resolution(
                    text, "area-only", inside.candidates, inside.point, inside.polygon, inside.radius_m,
                    inside.precision, phrase.vicinity, reason, inside.best,
                )  # fmt: skip
        what = f" of kind {' or '.join(phrase.kinds)}" if phrase.kinds else ""
        return Resolution(text, "unresolved", reason=f"no place{what} has the name {phrase.name[:80]!r}")

    def resolve_many(self, texts: pd.Series, *, country: Any = None, admin1: Any = None) -> gpd.GeoDataFrame:
        """Resolve a column of place texts; each distinct one is worked on once.

        Parameters
        ----------
        texts : pandas.Series of str
            Missing values are unresolved.
        country, admin1 : str or pandas.Series, optional
            One hint for all, or a column on the same index.

        Returns
        -------
        geopandas.GeoDataFrame
            On the caller's index: geometry (point or None), radius_m, precision, vicinity, place_id, place_name,
            status, score, reason, query.

        Examples
        --------
        >>> import geocasualty as gcas, pandas as pd
        >>> gaz = gcas.load_gazetteer()
        >>> gaz.resolve_many(pd.Series(["Kobane", None, "Sinjar"], index=[7, 8, 9]))["status"].to_dict()
        {7: 'resolved', 8: 'unresolved', 9: 'ambiguous'}
        >>> len(gaz.resolve_many(pd.Series([], dtype=str)))
        0
        """
        import geopandas as gpd
        import pandas as pd

        def column(value: Any) -> list[str | None]:
            if isinstance(value, pd.Series):
                if not value.index.equals(texts.index):
                    raise InputError("a hint column must have the index of the texts; align it first")
                return [None if pd.isna(item) else str(item) for item in value]
            return [value] * len(texts)

        asked = list(zip(column(texts), column(country), column(admin1), strict=True))
        known = {key: self.resolve(key[0] or "", country=key[1], admin1=key[2]) for key in dict.fromkeys(asked)}
        answers = [known[key] for key in asked]
        return gpd.GeoDataFrame(
            {
                "radius_m": [answer.radius_m for answer in answers],
                "precision": pd.Categorical([answer.precision for answer in answers], dtype=precision_dtype()),
                "vicinity": [answer.vicinity for answer in answers],
                "place_id": [answer.best.place.place_id if answer.best else None for answer in answers],
                "place_name": [answer.best.place.name if answer.best else None for answer in answers],
                "status": [answer.status for answer in answers],
                "score": [answer.best.score if answer.best else float("nan") for answer in answers],
                "reason": [answer.reason for answer in answers],
                "query": [key[0] for key in asked],
            },
            geometry=[answer.point for answer in answers],
            index=texts.index,
            crs="EPSG:4326",
        )
