"""Which place does a text mean? Resolves names to geometries, or refuses with a reason."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from geocasualty._renamed import renamed_parameters
from geocasualty.errors import InputError
from geocasualty.gazetteer import _many
from geocasualty.gazetteer._index import NameIndex
from geocasualty.gazetteer._resolver import Resolver
from geocasualty.gazetteer._tables import NAME_COLUMNS, Tables, bundled_folder
from geocasualty.gazetteer.place import Place, Resolution
from geocasualty.taxonomy import KINDS, LEVELS

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd
    import shapely

    from geocasualty.gazetteer._containment import AreaTree

__all__ = ["Gazetteer", "load_gazetteer"]


def load_gazetteer(
    path: str | os.PathLike[str] | None = None,
    *,
    countries: Iterable[Any] | None = None,
    vicinity_km: float | None = None,
) -> Gazetteer:
    """Load the bundled gazetteer of Iraq and Syria, one of any other countries, or one of your own.

    Parameters
    ----------
    path : str or path-like, optional
        A GeoPackage that ``geocasualty gazetteer build`` wrote, or a folder with ``places.csv``, ``names.csv`` and
        ``areas.geojson`` in the layout of the bundled one.
    countries : iterable of str, optional
        In place of a path: countries by name or ISO 3166-1 code. Their places are the towns of the world of the extra
        ``geocasualty[world]`` (GeoNames, 500 people or more) and the outlines of their first level (Natural Earth); of
        Iraq and Syria the bundled ones. No network is used.
    vicinity_km : float, optional
        How far "near X" reaches, such as :func:`geocasualty.gazetteer.fit_vicinity` finds. If not given, 50 km, as
        it was measured in Iraq and Syria. It never reaches beyond the country.

    Returns
    -------
    Gazetteer

    Raises
    ------
    geocasualty.errors.InputError
        If the folder or one of its tables is missing, a country is none, or the extra is not installed.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> gcas.load_gazetteer().resolve("Hawija").best.label
    'Hawijah (Kirkuk, IQ)'
    >>> gcas.load_gazetteer(countries=["Yemen"]).resolve("Mokha").best.label
    "Mocha (Ta'izz, YE)"
    """
    if vicinity_km is not None and not 0 < vicinity_km < 1000:
        raise InputError(f"vicinity_km={vicinity_km!r}: expected kilometres above 0, such as 25")
    if countries is not None:
        from geocasualty.gazetteer.building._world import WorldTables, world_codes

        if path is not None:
            raise InputError("give a path or countries=, not both; gcas.build_gazetteer joins a table and countries")
        return Gazetteer(WorldTables(world_codes(countries)), vicinity_km)
    if path is not None and not os.path.isdir(path):
        from geocasualty.gazetteer._geopackage import GeoPackageTables

        return Gazetteer(GeoPackageTables(path), vicinity_km)
    if path is not None:
        return Gazetteer(Tables(path), vicinity_km)
    bundled = _bundled(bundled_folder())
    return Gazetteer(bundled._tables, vicinity_km, bundled if vicinity_km is None else None)


@cache
def _bundled(folder: Path) -> Gazetteer:
    """Read and indexed once in a process; never handed out, so that nobody's frames are another's."""
    return Gazetteer(Tables(folder))


class Gazetteer:
    """Places by every name that is known of them; made by :func:`geocasualty.load_gazetteer`."""

    def __init__(self, tables: Tables, vicinity_km: float | None = None, origin: Gazetteer | None = None) -> None:
        self._tables = tables
        self._origin = origin
        self._near_m = None if vicinity_km is None else 1000.0 * vicinity_km

    def __repr__(self) -> str:
        return f"<Gazetteer of {len(self._places):,} places, version {self.version}>"

    @property
    def version(self) -> str:
        """A digest of the tables, for provenance."""
        return self._tables.version

    @property
    def attribution(self) -> str:
        """The credit line that the sources' licences ask for, in one sentence."""
        return self._tables.attribution

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

    def containing(self, lon: float, lat: float) -> dict[str, Place]:
        """The country, governorate, district and sub-district whose outlines hold a point, by kind.

        A level is missing where the gazetteer has no outline of it there.

        Examples
        --------
        >>> import geocasualty as gcas
        >>> found = gcas.load_gazetteer().containing(43.77, 35.33)
        >>> {kind: place.name for kind, place in found.items()}
        {'country': 'Iraq', 'governorate': 'Kirkuk'}
        >>> gcas.load_gazetteer().containing(0.0, 0.0)
        {}
        """
        answers = {kind: self.areas_at(kind, lon, lat)[0] for kind in LEVELS}
        return {kind: self._places[place_id] for kind, place_id in answers.items() if place_id}

    def areas_at(self, kind: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> list[str]:
        """For many points at once, the ``place_id`` of the area of one kind that holds each.

        Parameters
        ----------
        kind : {"country", "governorate", "district", "subdistrict"}
            The level.
        lon, lat : array-like of float
            Degrees, of one length.

        Returns
        -------
        list of str
            Empty where none does. A point on a border belongs to the smaller area.

        Raises
        ------
        geocasualty.errors.InputError
            If the kind is no level.

        Examples
        --------
        >>> import geocasualty as gcas
        >>> gcas.load_gazetteer().areas_at("governorate", [43.77, 0.0], [35.33, 0.0])
        ['ne:IQ-KI', '']
        >>> gcas.load_gazetteer().areas_at("governorate", [], [])
        []
        """
        from geocasualty.gazetteer._containment import AreaTree

        if kind not in LEVELS:
            raise InputError(f"kind={kind!r} has no outlines; choose one of {', '.join(LEVELS)}")
        if kind not in self._area_trees:
            held = ((key, area[0]) for key, area in self._tables.areas.items() if self._places[key].kind == kind)
            self._area_trees[kind] = AreaTree(held)
        return self._area_trees[kind].find(lon, lat)

    @cached_property
    def _area_trees(self) -> dict[str, AreaTree]:
        return {} if self._origin is None else self._origin._area_trees

    def covers(self, country: str) -> bool:
        """Whether this gazetteer has, or may have, a place of a country, by ISO code; one of no country may be of any.

        Examples
        --------
        >>> import geocasualty as gcas
        >>> gcas.load_gazetteer().covers("SY"), gcas.load_gazetteer().covers("YE")
        (True, False)
        """
        return bool({country, ""} & self._held)

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(place.country for place in self._places.values())

    def label(self, place_id: str) -> str:
        """A place in words that :meth:`resolve` takes for it and for no other.

        Examples
        --------
        >>> import geocasualty as gcas
        >>> gaz = gcas.load_gazetteer()
        >>> gaz.label("gn:95788"), gaz.label("ne:SY-RA")
        ('Hit (Anbar, IQ)', 'Raqqa governorate (SY)')
        """
        return self._resolver.labels.of(self.place(place_id))

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
            "place_id", "name", *NAME_COLUMNS, "kind", "country", "admin1", "admin2", "lon", "lat", "radius_m",
            "radius_source", "source", "licence", "note",
        )  # fmt: skip
        data: dict[str, Any] = {
            column: [place.names.get(NAME_COLUMNS[column], "") for place in places]
            if column in NAME_COLUMNS
            else [getattr(place, column) for place in places]
            for column in columns
        }
        data["name_local"] = [place.local_name for place in places]
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
    def _resolver(self) -> Resolver:
        if self._origin is not None:
            return self._origin._resolver
        return Resolver(self._places, NameIndex(self._tables), self._near_m)

    @renamed_parameters
    def resolve(
        self,
        text: str,
        *,
        country: str | float | None = None,
        governorate: str | None = None,
        district: str | None = None,
        near: tuple[float, float] | None = None,
        kinds: Iterable[str] | None = None,
    ) -> Resolution:
        """Resolve one place text.

        Parameters
        ----------
        text : str
            A name in Latin, Arabic or Kurdish script, or a phrase: ``5 nm north of Mosul``, ``between Hit and
            Haditha``, ``X, Idlib province``, ``38S LE 894 094``. Of several names that one is the place which the
            others hold, in whatever order they stand: ``al-Bab, Aleppo``, ``Aleppo - al-Bab`` and ``al-Bab (Aleppo)``
            are one. Names of a list (``and``, ``;``, ``/``) are one region, of ``or`` they are ambiguous. A word that
            explains nothing makes the answer an area, or none; ``unused`` of the result has it.
        country, governorate, district : str, optional
            Country (a name, or an ISO 3166-1 code or number), governorate and district that the source states. They
            are never overruled: no place outside them is an answer. Where the name is not known inside them, the
            smallest governorate or district stated is, as ``area-only``; where only the country is stated, or one of
            which the gazetteer has no place, or an area that is not known, there is none. Coordinates and grid
            references are taken as they stand. A loose match (another spelling, a misspelling, another article) is an
            answer only with a governorate, a district or ``near``, or for a city that is well known; without these it
            is among the candidates.
        near : tuple of float, optional
            Longitude and latitude that the place should be near to.
        kinds : iterable of str, optional
            Kinds preferred where a name has several, such as ``["town", "city"]``, of those in ``gaz.places``.

        Returns
        -------
        Resolution
            ``ambiguous`` where two places fit, ``unresolved`` rather than a guess.

        Raises
        ------
        geocasualty.errors.InputError
            If ``text`` or a stated area is not a string, or a kind is none.

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
        wanted = (kinds,) if isinstance(kinds, str) else tuple(kinds or ())
        if unknown := [kind for kind in wanted if kind not in KINDS]:
            raise InputError(f"kinds={unknown!r}: no such kind of place; choose from {', '.join(KINDS)}")
        return self._resolver.resolve(text, country, governorate, district, near, wanted)

    @renamed_parameters
    def resolve_many(
        self,
        texts: pd.Series | Sequence[str | None],
        *,
        country: Any = None,
        governorate: Any = None,
        district: Any = None,
        overrides: pd.DataFrame | None = None,
    ) -> gpd.GeoDataFrame:
        """Resolve a column of place texts; each distinct one is worked on once.

        Parameters
        ----------
        texts : pandas.Series or list of str
            Missing values are unresolved.
        country, governorate, district : str, pandas.Series or list, optional
            One hint for all, a column on the same index, or a list of the same length.
        overrides : pandas.DataFrame, optional
            The table of :meth:`reconcile` with ``place_id``, or ``latitude``, ``longitude`` and ``radius_m``,
            corrected by hand; these answers win. One whose query is none of the texts changes nothing, of which a
            :class:`~geocasualty.errors.GeocasualtyWarning` tells.

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
        texts = _many.as_column(texts)
        keys = _many.distinct(texts, (country, governorate, district))
        return _many.frame_of(texts, keys, self._answers(keys, overrides))

    @renamed_parameters
    def reconcile(
        self,
        texts: pd.Series | Sequence[str | None],
        *,
        country: Any = None,
        governorate: Any = None,
        district: Any = None,
        overrides: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Lay out how each distinct text resolves, for correction in a spreadsheet.

        Parameters
        ----------
        texts, country, governorate, district, overrides
            As for :meth:`resolve_many`.

        Returns
        -------
        pandas.DataFrame
            One row a distinct text with its hints, the commonest first: query, country, governorate,
            district, rows, status, chosen, place_id, latitude, longitude, radius_m (these three empty, to
            be filled in), runner_up, runner_up_id, score, reason, analyst, date, note. Correct ``place_id``
            or fill in coordinates, and pass the table back as ``overrides``.

        Examples
        --------
        >>> import geocasualty as gcas, pandas as pd
        >>> gaz = gcas.load_gazetteer()
        >>> table = gaz.reconcile(pd.Series(["Sinjar", "Sinjar", "Hit"]))
        >>> table[["query", "rows", "status", "place_id"]].values.tolist()
        [['Sinjar', 2, 'ambiguous', ''], ['Hit', 1, 'resolved', 'gn:95788']]
        >>> table.loc[0, "place_id"] = "gn:448149"
        >>> gaz.resolve_many(pd.Series(["Sinjar", "Hit"]), overrides=table)["reason"].tolist()
        ['given by hand', 'given by hand']
        """
        texts = _many.as_column(texts)
        keys = _many.distinct(texts, (country, governorate, district))
        return _many.reconciled(keys, self._answers(keys, overrides))

    def _answers(self, keys: list[_many.Key], overrides: pd.DataFrame | None) -> dict[_many.Key, Resolution]:
        given = None if overrides is None else _many.Overrides(overrides, self._places, self._resolver.labels.of)
        if given is not None:
            _many.warn_unused(given, keys)

        def answer(key: _many.Key) -> Resolution:
            stated: dict[str, Any] = {name: hint or None for name, hint in zip(_many.HINTS, key[1:], strict=True)}
            return (given.of(key) if given else None) or self.resolve(key[0], **stated)

        return _many.answers(keys, answer)
