"""Any frame on a map in one call: its shapes, coloured by a column, its cells as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocasualty._extras import need
from geocasualty.errors import InputError
from geocasualty.gazetteer import load_gazetteer
from geocasualty.maps._areas import chosen_areas
from geocasualty.maps._basemap import Window, encode_ground, ground
from geocasualty.maps._classes import PALETTES, class_breaks
from geocasualty.maps._data import Strings, area_number, encode_line, encode_shape, number_column
from geocasualty.maps._page import OfflineMap, html_tables
from geocasualty.taxonomy import LEVELS
from geocasualty.words import Words

if TYPE_CHECKING:
    import folium

__all__ = ["explore"]

TOLERANCE = 0.004
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#5b4a9e", "#7f3b08", "#4d4d4d", "#8a9a00")
"""Of categories, after Okabe and Ito: told apart with the common forms of colour blindness."""
MISSING = "#9aa4ad"
IDS = ("incident_id", "strike_id")
MOST_FIELDS, MOST_CLASSES, MOST_ROWS = 40, 10, 500
_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-z]{3,30}")


def explore(
    frame: Any,
    column: str | None = None,
    *,
    scheme: str | Sequence[float] | None = None,
    k: int = 5,
    cmap: str | Sequence[str] | None = None,
    color: str = COLORS[0],
    m: folium.Map | None = None,
    name: str | None = None,
    fields: Sequence[str] | None = None,
    records: Any = (),
    gazetteer: Any = None,
    title: str | None = None,
    language: str = "en",
) -> folium.Map:
    """Draw a frame: incidents, strikes, findings, pairs, tallies by area, outlines, or any other with shapes.

    As geopandas' ``explore``, but the page asks no network, cells are text whatever they hold, records at one point are
    one marker that lists them all, and a stated radius is drawn.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Without shapes it needs ``incident_id`` or ``strike_id``, drawn where ``records`` are (with both, as a line), or
        areas by ``governorate_id``, ``district_id`` or ``country``, as :func:`geocasualty.tally` gives them.
    column : str, optional
        Whose values are the colours: classes of numbers, else categories.
    scheme : str or sequence of float, optional
        Of classes: "quantiles", as on the map of governorates, unless given; the upper ends of classes; or any of
        mapclassify's, such as "FisherJenks", into ``k`` classes.
    k : int, default 5
        Number of classes of mapclassify.
    cmap : str or sequence of str, optional
        A colour map of matplotlib, or colours.
    color : str, optional
        Of all, without a column.
    m : folium.Map, optional
        Draw onto this map of :func:`geocasualty.town_map`, :func:`geocasualty.province_map` or of this function.
    name : str, optional
        Of the layer.
    fields : sequence of str, optional
        Columns that a popup shows; the first 40 unless given.
    records : geopandas.GeoDataFrame or sequence of them, optional
        Where the records are that ``frame`` names by their ids.
    gazetteer : Gazetteer, optional
        Of the ground and the areas; the bundled one unless given.
    title : str, optional
        Of a new map.
    language : str, default "en"
        Of what a new map itself says, as for :func:`town_map`.

    Returns
    -------
    folium.Map
        ``m``, or a new one; save it with :func:`geocasualty.save_html`.

    Raises
    ------
    geocasualty.errors.InputError
        If the frame has nothing that can be drawn, or an option cannot be met.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> m = gcas.explore(book.incidents, "killed_max")
    >>> [entry["name"] for entry in m.payload["frames"][0]["legend"]]
    ['1 to 2', '3 to 10', '11 to 80']
    >>> m = gcas.explore(book.strikes, "precision", m=m, name="Strikes")
    >>> [layer["name"] for layer in m.payload["frames"]]
    ['killed_max', 'Strikes']
    """
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"frame is a {type(frame).__name__}; expected a frame, such as gcas.read_incidents returns")
    if column is not None and column not in frame.columns:
        raise InputError(f"column is {column!r}; the frame has {', '.join(map(repr, list(frame.columns)[:40]))}")
    if m is not None and not (isinstance(m, OfflineMap) and m.app):
        raise InputError("m= is no map of town_map, province_map or explore; of other maps use geopandas' own explore")
    gazetteer = gazetteer or load_gazetteer()
    words = m.words if m is not None else Words(language)
    shapes = _shapes(frame, records, gazetteer)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    layer, said = _layer(frame[drawn], shapes[drawn], column, (scheme, k, cmap, color, words), fields)
    layer["name"] = name or column or words("map.layer.records")
    lost = int((~drawn).sum())
    notes = [words("map.note.rows", name=layer["name"], n=lost, all=len(frame))] if lost else []
    if m is None:
        m = _new(title or layer["name"], shapes[drawn], gazetteer, words)
    payload = cast(dict[str, Any], m.payload)
    payload["frames"] = [*payload.get("frames", []), layer]
    payload["notes"] = [*payload["notes"], *notes]
    m.fallback += html_tables(layer["name"], notes, [(layer["name"], list(said), _rows(said))])
    return m


def _new(title: str, shapes: Any, gazetteer: Any, words: Words) -> OfflineMap:
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else gazetteer.governorates.total_bounds
    pad = max(0.5, 0.8 * max(east - west, north - south))  # the window of a screen is wider or higher than the data
    window: Window = tuple(np.clip((west - pad, south - pad, east + pad, north + pad), *_EARTH).round(2).tolist())
    divided = chosen_areas(gazetteer)
    base, strings = ground(gazetteer, divided, window=window, tolerance=TOLERANCE, words=words), Strings()
    payload = {
        "title": title,
        "subtitle": [],
        "base": encode_ground(base, strings, words),
        "fit": [[float(south), float(west)], [float(north), float(east)]],
        "notes": base.notes,
        "attribution": [*base.attribution, "Leaflet"],
        "strings": strings.values,
    }
    middle = ((south + north) / 2, (west + east) / 2)
    return OfflineMap(app="explore", payload=payload, title=title, language=words.language, location=middle)


_EARTH = (-180.0, -85.0, -180.0, -85.0), (180.0, 85.0, 180.0, 85.0)


def _shapes(frame: pd.DataFrame, records: Any, gazetteer: Any) -> Any:
    """The shape of each row in degrees: its own, that of the records or the area that it names."""
    if isinstance(frame, gpd.GeoDataFrame):
        return _degrees(frame).to_numpy()
    known = {}
    for each in [records] if isinstance(records, pd.DataFrame) else records:
        for name in IDS:
            if name in each.columns:
                known[name] = dict(zip(each[name], _degrees(each), strict=True))
    named = [name for name in IDS if name in frame.columns]
    if named and set(named) <= set(known):
        ends = [[known[name].get(value) for value in frame[name]] for name in named]
        return _array(ends[0] if len(ends) == 1 else map(_line, *ends))
    for level in reversed(LEVELS[:3]):
        places = frame.get(f"{level}_id", frame.get(level) if level == "country" else None)
        if places is not None:
            codes = dict(zip(gazetteer.countries["country"], gazetteer.countries.geometry, strict=True))
            return _array(codes.get(each) if level == "country" else _area(gazetteer, each) for each in places)
    raise InputError("the frame has no shapes; it needs governorate_id, or ids of records=, the frames that hold them")


def _array(shapes: Any) -> Any:
    return np.array([*shapes, None], dtype=object)[:-1]


def _area(gazetteer: Any, place_id: Any) -> Any:
    try:
        return gazetteer.area(place_id) if isinstance(place_id, str) and place_id else None
    except InputError:  # "unlocated" and the like, or of another gazetteer
        return None


def _line(one: Any, other: Any) -> Any:
    if one is None or other is None or one.is_empty or other.is_empty:
        return None
    begin, end = shapely.point_on_surface(one), shapely.point_on_surface(other)
    return begin if begin.equals(end) else shapely.LineString([begin, end])


def _degrees(frame: Any) -> gpd.GeoSeries:
    if len(frame) and frame.crs is None:
        raise InputError("the frame has no CRS; say which it is, as in frame.set_crs('EPSG:4326')")
    return frame.geometry if frame.crs is None else frame.geometry.to_crs("EPSG:4326")


def _layer(
    frame: pd.DataFrame, shapes: Any, column: str | None, look: tuple[Any, ...], fields: Sequence[str] | None
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What a page draws of a frame, and what its rows say."""
    own = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    named = [name for name in frame.columns if name != own][:MOST_FIELDS] if fields is None else list(fields)
    unknown = [name for name in named if name not in frame.columns]
    if unknown:
        raise InputError(f"fields names {unknown[0]!r}, which is no column of the frame")
    said = {str(name): _texts(frame, name) for name in named}
    codes, legend = _classes(frame, column, *look)
    point, kinds = shapely.get_type_id(shapes) == 0, shapely.get_dimensions(shapes)
    areas, strings = list[Any](), Strings()
    first = next((name for name in IDS if name in said), next(iter(said), ""))
    return {
        "n": len(frame),
        "columns": {
            "n": len(frame),
            "lat": number_column(np.where(point, shapely.get_y(shapes), np.nan), 5),
            "lon": number_column(np.where(point, shapely.get_x(shapes), np.nan), 5),
            "radius": number_column(frame["radius_m"]) if "radius_m" in frame else {"c": None},
            "area": {"v": [area_number(shape, areas) for shape in shapes]},
            "line": {"v": [encode_line(each) if kind == 1 else None for each, kind in zip(shapes, kinds, strict=True)]},
            "code": {"v": codes},
        },
        "fields": [[name, strings.column(texts)] for name, texts in said.items()],
        "head": list(dict.fromkeys(filter(None, [first, column and str(column)]))),
        "areas": [encode_shape(shape) for shape in areas],
        "legend": legend,
        "strings": strings.values,
    }, said  # fmt: skip


def _texts(frame: pd.DataFrame, name: Any) -> list[str]:
    """Cells as a reader expects them: nothing for what is missing, local times where a zone is known."""
    zones = frame["timezone"].astype(object).tolist() if "timezone" in frame else [None] * len(frame)
    texts = []
    for value, zone in zip(frame[name].astype(object).tolist(), zones, strict=True):
        if isinstance(value, pd.Timestamp) and value.tzinfo is not None and isinstance(zone, str) and zone:
            value = value.tz_convert(zone)
        missing = value is None or (pd.api.types.is_scalar(value) and pd.isna(value))
        texts.append("" if missing else f"{value:.6g}" if isinstance(value, float) else str(value))
    return texts


def _classes(frame: pd.DataFrame, column: str | None, scheme: Any, k: int, cmap: Any, color: str, words: Words) -> Any:
    """The class of each row, and what its colours mean."""
    if column is None:
        return [0] * len(frame), [{"name": "", "color": _checked(color)}]
    values = frame[column]
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
        known = np.isfinite(numbers)
        upper, names, colors = _breaks(numbers[known], scheme, k, words)
        codes = np.where(known, np.searchsorted(upper, np.where(known, numbers, 0) - 1e-12), len(upper)).tolist()
    else:
        texts, others = _texts(frame, column), words("map.others")
        ordered = values.cat.categories.astype(str).tolist() if isinstance(values.dtype, pd.CategoricalDtype) else []
        names = [name for name in ordered or sorted(set(texts)) if name in set(texts) - {""}]
        if len(names) > MOST_CLASSES:  # the commonest keep colours of their own
            counts = Counter(texts)
            kept = set(sorted(names, key=lambda name: (-counts[name], name))[: MOST_CLASSES - 1])
            names = [name for name in names if name in kept]
            texts = [text if text in kept or not text else others for text in texts]
            names.append(others)
        colors = _of_findings(names) or [COLORS[n % len(COLORS)] for n in range(len(names))]
        codes = [names.index(text) if text else len(names) for text in texts]
    if cmap is not None:
        colors = _mapped(cmap, len(names))
    legend = [{"name": each, "color": _checked(color)} for each, color in zip(names, colors, strict=True)]
    return codes, [*legend, *[{"name": words("map.nothing"), "color": MISSING}] * (len(names) in codes)]


def _of_findings(names: list[str]) -> list[str]:
    from geocasualty.matching.findings import TABLE

    known = {finding.id: finding.look.mark for finding in TABLE}
    return [known[name] for name in names] if set(names) <= set(known) else []


def _breaks(numbers: Any, scheme: Any, k: int, words: Words) -> tuple[list[float], list[str], list[str]]:
    """Upper ends, names and colours of classes."""
    if not len(numbers):
        return [], [], []
    if isinstance(scheme, str) and scheme.lower() != "quantiles":
        need("mapclassify")
        import mapclassify

        known = {each.lower(): each for each in mapclassify.CLASSIFIERS}
        if scheme.lower() not in known:
            raise InputError(f"scheme is {scheme!r}; expected quantiles, {', '.join(sorted(known.values()))}, or ends")
        try:
            upper = [float(each) for each in mapclassify.classify(numbers, scheme, k=k if k > 0 else None).bins]
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise InputError(f"scheme {scheme!r} makes no {k} classes of these numbers: {error}") from error
    elif scheme is None or isinstance(scheme, str):
        whole = bool((numbers == np.rint(numbers)).all())
        none = [0.0] if (numbers <= 0).any() else []
        if not (numbers < 0).any():
            found = class_breaks(numbers.tolist(), "quantiles", "" if whole else "strikes_per_incident", words)
            names = [*["0"] * len(none), *found["names"]]
            return [*none, *found["upper"]], names, [*["#ffffff"] * len(none), *found["colors"]]
        upper = sorted(set(np.quantile(numbers, np.linspace(0.2, 1, 5)).tolist()))
    else:
        upper = sorted(map(float, scheme))
        upper += [float(numbers.max())] * bool(not upper or upper[-1] < numbers.max())
    lows = [min(float(numbers.min()), upper[0]), *upper[:-1]]
    names = [words("map.span", first=f"{low:.4g}", last=f"{high:.4g}") for low, high in zip(lows, upper, strict=True)]
    return upper, names, PALETTES[len(upper)] if len(upper) in PALETTES else _mapped("YlOrBr", len(upper))


def _mapped(cmap: Any, count: int) -> list[str]:
    """So many colours of a map of matplotlib, or of those given, which begin again where they are too few."""
    if not isinstance(cmap, str):
        return [cmap[n % len(cmap)] for n in range(count)] if len(cmap) else []
    need("matplotlib")
    import matplotlib as mpl
    from matplotlib.colors import to_hex

    if cmap not in mpl.colormaps:
        raise InputError(
            f"cmap is {cmap!r}, which matplotlib does not know; expected a name such as 'viridis', or colours"
        )
    return [to_hex(mpl.colormaps[cmap](share)) for share in np.linspace(0.1, 0.95, max(count, 1))[:count]]


def _checked(color: Any) -> str:
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise InputError(f"{str(color)[:40]!r} is no colour; expected one such as '#0072b2' or 'navy'")
    return color


def _rows(said: dict[str, list[str]]) -> list[list[str]]:
    """For those who read the page without scripts."""

    def rows() -> Iterator[list[str]]:
        for row in zip(*said.values(), strict=True):
            yield [text[:200] for text in row]

    return [row for _, row in zip(range(MOST_ROWS), rows(), strict=False)]
