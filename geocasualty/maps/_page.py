"""How a folium map becomes one self-contained HTML page: no request, repeatable bytes, a strict policy."""

from __future__ import annotations

import base64
import html
import json
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, cast

import folium
import geopandas as gpd
import pandas as pd
import shapely
from branca.element import Element, Figure, Link, MacroElement
from folium.template import Template

from geocasualty.errors import InputError
from geocasualty.files import atomic_write
from geocasualty.maps._policy import clean, element_links, element_urls, encode, external, policy, template_scripts
from geocasualty.words import Words

__all__ = ["OfflineMap", "html_tables", "plain_rows", "save_html"]

# The scripts of every page in the order in which they load; that of its kind of map comes last.
_COMMON_SCRIPTS = "geodesy dom labels outlines tiles base records fan control explore time filters tools"
_NOT_WALKED = ("_parent", "payload", "data", "accepted")
_GENERATED_ID = re.compile(r"[0-9a-f]{32}")
_BREAKS = re.compile(r"(?i)</script|<!--")


class OfflineMap(folium.Map):
    """A `folium.Map` whose page carries everything it needs and asks no network.

    Leaflet comes from the XStatic-Leaflet package and stands inside the page. Every generated id is replaced
    by a sequential one, so the same map gives the same bytes. Data travel as JSON and become text.
    A Content-Security-Policy with the hash of each script and style forbids everything else.

    Layers and plugins of folium can be added as to any map. What they load from a network is allowed by the
    policy and named in a warning by `save_html`. A script runs only where a template of folium or of this package
    wrote it, or one that you `accept`; of what records say in a popup or a tooltip nothing runs.

    Parameters
    ----------
    app : str, optional
        The script in ``assets/`` that draws the map ("province" or "town"), without its ending.
    payload : dict, optional
        What that script draws.
    fallback : str, optional
        HTML, already escaped, shown where scripts do not run.
    title : str, optional
        The title of the page, as plain text.
    language : str, default "en"
        Of what the page itself says: one of ``geocasualty.words.languages()``.
    **kwargs
        Passed on to `folium.Map`. ``tiles`` is None unless given.

    Examples
    --------
    >>> import folium
    >>> m = OfflineMap(title="Two towns", location=(35.3, 43.8), zoom_start=8)
    >>> folium.CircleMarker((35.33, 43.77)).add_to(m)  # doctest: +ELLIPSIS
    <folium.vector_layers.CircleMarker object at ...>
    >>> page = m.get_root().render()
    >>> "https://" in page.split("<body>")[1], page == m.get_root().render()
    (False, True)
    """

    default_js = []  # noqa: RUF012
    default_css = []  # noqa: RUF012

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        {% if this.app %}<div class="gc-shell"><header class="gc-head"></header>
        <main class="gc-stage">{% endif %}<div class="folium-map" dir="ltr" id={{ this.get_name()|tojson }}></div>
        {%- if this.app %}</main>
        <section class="gc-foot" aria-label="{{ this.words("map.time") }}"></section>
        <aside class="gc-side" aria-label="{{ this.words("map.side") }}"></aside></div>{% endif %}
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
        });
        {%- if this.app %}
        geocasualty.start({{ this.get_name() }}, {{ this.app|tojson }}, {{ this.data_id|tojson }});
        {%- endif %}
        {%- if this.objects_to_stay_in_front %}
        {{ this.get_name() }}.on("overlayadd", function () {
            {%- for obj in this.objects_to_stay_in_front %}{{ obj.get_name() }}.bringToFront();{% endfor %}
        });
        {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(
        self,
        *,
        app: str | None = None,
        payload: dict[str, Any] | None = None,
        fallback: str = "",
        title: str | None = None,
        language: str = "en",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("tiles", None)
        kwargs.setdefault("zoom_snap", 0.5)  # tiles have whole levels only; borders drawn as lines have any
        super().__init__(**kwargs)
        self.app = app
        self.words = Words(language)
        self.payload = payload and payload | {"words": self.words.page()}
        self.fallback = fallback
        self.title = title or "Map"
        _OfflineFigure().add_child(self)
        self.data_id = "geocasualty-data"
        self.accepted: list[Any] = []

    def accept(self, *elements: Any) -> OfflineMap:
        """Let the scripts of elements run that are neither folium's nor this package's.

        Parameters
        ----------
        *elements : branca.element.Element or type
            Elements of your own, or the classes of a plugin whose authors you trust.

        Returns
        -------
        OfflineMap
            This map.

        Examples
        --------
        >>> m = OfflineMap(location=(35.3, 43.8))
        >>> code = folium.Element(f"{m.get_name()}.setZoom(3);")
        >>> m.get_root().script.add_child(code)  # doctest: +ELLIPSIS
        <branca.element.Element object at ...>
        >>> "setZoom(3)" in m.accept(code).get_root().render()
        True
        """
        self.accepted.extend(elements)
        return self

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Write this map's parts into its figure, which is what folium calls `render`."""
        figure = cast(Figure, self.get_root())
        own = isinstance(figure, _OfflineFigure)
        scripts = [_leaflet("leaflet.js")]
        styles = [_css_with_images(_leaflet("leaflet.css"), _leaflet_image), _asset("page.css") + _looks()]
        if self.app:
            scripts += [
                _asset(name) for name in [*(f"{name}.js" for name in _COMMON_SCRIPTS.split()), f"{self.app}.js"]
            ]
        if _has_foreign(self):
            scripts.append(_foreign_script())
        head = [
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{html.escape(clean(self.title))}</title>" if own else "",
            *(f"<style>{text}</style>" for text in styles),
            *(f"<script>{text}</script>" for text in scripts),
        ]
        figure.header.add_child(_Raw("\n".join(part for part in head if part), scripts), name="geocasualty")
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        if self.payload is not None:
            data = f'<script type="application/json" id="{self.data_id}">{to_json(self.payload)}</script>'
            figure.html.add_child(_Raw(data), name=self.data_id)
        if self.fallback:
            figure.html.add_child(_Raw(f"<noscript>{clean(self.fallback)}</noscript>"), name="fallback")

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> None:
        """Write the page to a path (whole or not at all) or to an open binary file."""
        if isinstance(outfile, (str, bytes, Path)):
            path = Path(outfile.decode() if isinstance(outfile, bytes) else outfile)
            atomic_write(path, encode(self.get_root().render(**kwargs)))
            return
        outfile.write(encode(self.get_root().render(**kwargs)))
        if close_file:
            outfile.close()

    def _repr_html_(self, **kwargs: Any) -> str:
        """Show the page in a notebook, inside a frame of its own."""
        page = html.escape(self.get_root().render(**kwargs))
        return (
            f'<iframe srcdoc="{page}" title="{html.escape(clean(self.title))}" width="100%" height="620" '
            'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" '
            'style="border:1px solid #c8ced3" allowfullscreen></iframe>'
        )


def save_html(map_: folium.Map, path: str | Path, *, offline: bool = True) -> Path:
    """Write a map as one HTML file; the same map gives the same bytes.

    Parameters
    ----------
    map_ : folium.Map
        A map of this package, with or without layers of your own.
    path : str or Path
        Where to write. The file is replaced whole, or left as it was.
    offline : bool, default True
        Warn of each address that the page would still ask for, such as those of online tiles or of a plugin.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    InputError
        Where `map_` is a plain `folium.Map`, whose page is not self-contained.
    OutputError
        Where the path cannot be written.

    Examples
    --------
    >>> import geocasualty as gcas, tempfile, pathlib
    >>> book = gcas.load_casebook()
    >>> m = gcas.province_map(book.incidents, book.strikes)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gcas.save_html(m, pathlib.Path(folder) / "province.html").name
    'province.html'
    """
    if not isinstance(map_, OfflineMap):
        raise InputError(
            f"save_html got a {type(map_).__name__}; it saves maps of province_map, town_map or OfflineMap. "
            "A plain folium.Map loads its scripts from four hosts: use its own .save() for that."
        )
    page = map_.get_root().render()
    if offline:
        for url in remaining_urls(map_, page):
            warnings.warn(
                f"the page still asks the network for {url}; without a network that part stays blank. "
                "Remove the layer, or pass offline=False to say that this is meant.",
                UserWarning,
                stacklevel=2,
            )
    target = Path(path)
    atomic_write(target, encode(page))
    return target


def remaining_urls(map_: folium.Map, page: str) -> list[str]:
    """Every address that the page would ask for when opened, sorted."""
    found = {url for _, url in external(page)}
    for element in _walk(map_.get_root()):
        found.update(element_urls(element))
    return sorted(found)


def to_json(payload: Any) -> str:
    """JSON that no HTML parser can mistake for markup, with non-Latin text left readable."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class _Raw(Element):
    """Text that goes into the page as it is: Jinja never sees it."""

    def __init__(self, text: str, scripts: Sequence[str] = ()) -> None:
        super().__init__()
        self.text, self.scripts = text, scripts

    def render(self, **_: Any) -> str:
        return self.text


class _OfflineFigure(Figure):
    """The page around a map. It leaves the tree as it found it, so that it can be rendered again."""

    def __init__(self) -> None:
        super().__init__()
        self.header._children.clear()

    def render(self, **kwargs: Any) -> str:
        page, scripts, links, images = self.parts(**kwargs)
        words = next((map_.words for map_ in self._children.values() if isinstance(map_, OfflineMap)), Words("en"))
        allowed = policy(page, scripts, links, images, _has_foreign(self))
        return with_policy(page, allowed, words.language, words.direction)

    def parts(self, **kwargs: Any) -> tuple[str, set[str], list[tuple[str, str]], list[str]]:
        """The page without its policy; the scripts that may run in it; what scripts, styles and pictures it loads."""
        parts = (self.header, self.html, self.script)
        before = [part._children.copy() for part in parts]
        known = {element: element._id for element in _walk(self)}
        names: dict[str, str] = {}
        for number, (element, old) in enumerate(known.items(), start=1):
            element._id = names[old] = str(number)
        given = set(parts[2]._children.values())
        texts = list(_literal_texts(known))
        try:
            for element, name, _, safe in texts:
                setattr(element, name, safe)
            for child in self._children.values():
                child.render(**kwargs)
            every = list(_walk(self))
            for element in every:  # made while rendering
                names.setdefault(element._id, str(len(names) + 1)) if element not in known else None
            trusted = self._trusted(every, given)
            head, body = (part.render(**kwargs) for part in parts[:2])
            script = "\n".join(_unbroken(name, child.render(**kwargs)) for name, child in trusted)
            links = [link for element in every for link in element_links(element)]
            images = [url for element in known if not isinstance(element, Link) for url in element_urls(element)]
        finally:
            for element, name, old, _ in texts:
                setattr(element, name, old)
            for element, old in known.items():
                element._id = old
            for part, children in zip(parts, before, strict=True):
                part._children = children
        script = f"\n{script}\n"
        page = f"{head}\n</head>\n<body>\n{body}\n<script>{script}</script>\n</body>\n</html>\n"
        scripts = {script, *(text for raw in every if isinstance(raw, _Raw) for text in raw.scripts)}
        templates = {element._template: None for element in every if self._known(element)}
        scripts.update(text for template in templates for text in template_scripts(template))
        if len(known) > 5:  # names of elements may stand in scripts of the user's own
            page, *rest = (_GENERATED_ID.sub(lambda m: names.get(m[0], m[0]), text) for text in (page, *scripts))
            scripts = set(rest)
        return clean(page), scripts, links, images

    def _known(self, element: Element) -> bool:
        """Whether what the template of an element writes may run: folium's, ours, or accepted by the user."""
        accepted = [item for map_ in self._children.values() for item in getattr(map_, "accepted", ())]
        if any(element is item or (isinstance(item, type) and isinstance(element, item)) for item in accepted):
            return True
        owner = next(kind for kind in (element, *type(element).__mro__) if "_template" in vars(kind))
        return owner is not element and owner.__module__.split(".")[0] in ("branca", "folium", "geocasualty")

    def _trusted(self, every: Sequence[Element], given: set[Element]) -> list[tuple[str, Element]]:
        """What goes into the script of the page: not what strangers wrote, whom a warning names."""
        made = [element for element in every if element in given or isinstance(element, MacroElement)]
        strangers = {key: type(item) for item in made if not self._known(item) for key in (item, item.get_name())}
        kept, left = [], set()
        for name, child in self.script._children.items():
            stranger = strangers.get(name) or strangers.get(child)
            left.add(stranger.__name__) if stranger else kept.append((name, child))
        if left:
            warnings.warn(
                f"scripts of {', '.join(sorted(left))} are left out of the page: they are neither folium's nor this "
                "package's. Where you trust who wrote them, say map.accept(...) of the element or of its class.",
                UserWarning,
                stacklevel=2,
            )
        return kept


def with_policy(page: str, allowed: str, language: str, direction: str) -> str:
    """A whole page: the policy stands before all that it is of."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(allowed)}">\n{page}'
    )


class _Literal(Element):
    """What a popup shows, as its template puts it between backticks."""

    def __init__(self, shown: Element) -> None:
        super().__init__()
        self._id, self._name, self.shown = shown._id, shown._name, shown

    def render(self, **kwargs: Any) -> str:
        return _literal(self.shown.render(**kwargs))


def _literal(text: str) -> str:
    """Text that ends neither its template literal nor the script, and computes nothing in it."""
    text = re.sub(r"\\`|\\|`|\$\{", lambda found: found[0] if found[0] == "\\`" else f"\\{found[0]}", text)
    return _BREAKS.sub(lambda found: f"<\\{found[0][1:]}", text)


def _literal_texts(elements: Iterable[Element]) -> Iterator[tuple[Element, str, Any, Any]]:
    """The attributes that folium's templates insert as they are: element, name, value, and what is safe instead."""
    for element in elements:
        if isinstance(element, folium.Popup):
            children = element.html._children
            yield element.html, "_children", children, {name: _Literal(child) for name, child in children.items()}
        elif isinstance(element, folium.Tooltip):
            yield element, "text", element.text, _literal(element.text)


def _unbroken(name: str, script: str) -> str:
    """A piece of the page's script, refused where it would end the script or change how its end is found."""
    if found := _BREAKS.search(script):
        layer = name.rsplit("_", 1)[0]
        raise InputError(
            f"the layer {layer} holds {found[0]!r}, which would end the script of the page: write &lt; for <"
        )
    return script


def _walk(root: Element) -> Iterator[Element]:
    """Every element reachable from `root`, each once, in an order that does not depend on ids."""
    seen: set[int] = set()
    queue: list[Any] = [root]
    while queue:
        item = queue.pop()
        if isinstance(item, Element):
            if id(item) in seen:
                continue
            seen.add(id(item))
            yield item
            queue.extend(value for key, value in reversed(vars(item).items()) if key not in _NOT_WALKED)
        elif isinstance(item, dict):
            queue.extend(reversed(list(item.values())))
        elif isinstance(item, (list, tuple)) and len(item) and not isinstance(item[0], (int, float, str)):
            queue.extend(reversed(item))


def _has_foreign(root: Element) -> bool:
    """Whether the user added elements of their own."""
    plain = (OfflineMap, _OfflineFigure, _Raw, folium.folium.GlobalSwitches, folium.TileLayer)
    for element in _walk(root):
        own = isinstance(element, plain)
        if type(element) is Element:  # the three parts of a figure are such, and so is what folium's users add to them
            own = element._parent is None or isinstance(element._parent, Figure)
        if not own:
            return True
    return False


def _asset(name: str) -> str:
    return resources.files("geocasualty.maps").joinpath("assets", name).read_text("utf-8")


def _looks() -> str:
    """How each finding is marked in a popup."""
    from geocasualty.matching.findings import TABLE

    return "".join(
        f".gc-f-{finding.id} {{ border-color: {finding.look.mark}; "
        f"border-inline-start-style: {finding.look.mark_line}; }}\n"
        for finding in TABLE
    )


def _leaflet_path(name: str) -> Path:
    from xstatic.pkg import leaflet

    return Path(cast(str, leaflet.BASE_DIR)) / name


def _leaflet(name: str) -> str:
    text = _leaflet_path(name).read_text("utf-8")
    return re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "", text)


def _leaflet_image(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode(_leaflet_path(name).read_bytes()).decode()


def _css_with_images(text: str, image: Any) -> str:
    return re.sub(r"url\((images/[^)]+)\)", lambda m: f"url({image(m[1])})", text)


def _foreign_script() -> str:
    """What folium's own layers expect to find: a little of jQuery, the marker's image, its coloured pins."""
    icons = {"iconUrl": "marker-icon", "iconRetinaUrl": "marker-icon-2x", "shadowUrl": "marker-shadow"}
    data = {key: _leaflet_image(f"images/{name}.png") for key, name in icons.items()}
    return _asset("folium.js").replace("__ICONS__", json.dumps(data))


def plain_rows(
    frame: gpd.GeoDataFrame, kind: str, columns: Sequence[str], words: Words, most: int = 500
) -> list[list[str]]:
    """Rows of text for those who read the page without scripts."""
    rows = []
    for record in frame.head(most).to_dict("records"):
        zone = str(record.get("timezone") or "UTC")
        shape = record.get("geometry")
        where = (
            f"{shape.y:.4f}, {shape.x:.4f}"
            if isinstance(shape, shapely.Point)
            else words("map.table.area" if shape else "map.table.unlocated")
        )
        row = [str(record[f"{kind}_id"]), _text(record.get("place_text")), where]
        for name in ("start", "end"):
            stamp = record[name]
            row.append(
                words("map.table.unknown") if pd.isna(stamp) else f"{stamp.tz_convert(zone):%Y-%m-%d %H:%M} {zone}"
            )
        rows.append(row + [_text(record.get(name)) for name in columns])
    return rows


def _text(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def html_tables(title: str, lines: list[str], tables: list[tuple[str, list[str], list[list[str]]]]) -> str:
    """Headed tables as HTML, every text escaped."""
    parts = ["<style>.gc-shell{display:none}</style>", f'<div class="gc-noscript"><h1 dir="auto">{escape(title)}</h1>']
    parts += [f'<p dir="auto">{escape(line)}</p>' for line in lines]
    for caption, head, rows in tables:
        parts.append(f"<table><caption>{escape(caption)}</caption><thead><tr>")
        parts += [f'<th scope="col">{escape(cell)}</th>' for cell in head]
        parts.append("</tr></thead><tbody>")
        for row in rows:
            parts.append("<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>")
        parts.append("</tbody></table>")
    return "".join([*parts, "</div>"])
