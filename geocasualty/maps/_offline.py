"""Any folium map as one file: what its page would ask a network for stands in it, or is named."""

from __future__ import annotations

import base64
import html
import importlib
import mimetypes
import os
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import folium
from branca.element import Figure

from geocasualty._shown import shown
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.files import atomic_write, open_bytes
from geocasualty.maps._page import OfflineMap, _foreign_script, _OfflineFigure, _walk, with_policy
from geocasualty.maps._policy import clean, encode, external, policy

__all__ = ["offline"]

MAX_ASSET = 20_000_000
_SCRIPT = re.compile(r"<script[^>]*\bsrc\s*=\s*[\"']([^\"']+)[\"'][^>]*>\s*</script>", re.IGNORECASE)
_STYLE = re.compile(r"<link[^>]*\bhref\s*=\s*[\"']([^\"']+)[\"'][^>]*>", re.IGNORECASE)
_IN_CSS = re.compile(r"url\(\s*([\"']?)(?!data:|#)([^\"')]+)\1\s*\)|@import\s+[\"']([^\"']+)[\"']\s*;?", re.IGNORECASE)
_PACKED = re.compile(r"(?:/npm|/ajax/libs|/gh/[^/]+)?/((?:@[^/]+/)?[^/@]+)(?:@[^/]+|/[0-9][^/]*)?/(.+)")
_MAKES_CODE = re.compile(r"\bnew Function\(|\beval\(")
_MAKES_STYLES = re.compile(r"createElement\(\s*[\"']style[\"']\s*\)")
_VIEWPORT = re.compile(r"<meta name=\"viewport\"[^>]*>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_FONTS = (".woff2", ".woff", ".ttf", ".otf", ".eot", ".svg")
_STANDS_IN = re.compile(r"/jquery[-.\d]*(min\.)?js$|awesome-markers\.js$")
"""What a small script of this package stands in for, where it is found nowhere: popups, pins without their pictures."""
_ONLY_WHERE = (
    (re.compile(r"fontawesome|font-awesome"), re.compile(r"\"fa[srb]?\"|\bfa-(?!rotate)")),
    (re.compile(r"glyphicons"), re.compile(r"glyphicon|AwesomeMarkers")),
    (re.compile(r"awesome.rotate"), re.compile(r"fa-rotate-[1-9]")),
    (re.compile(r"awesome-markers"), re.compile(r"AwesomeMarkers")),
)
"""What every page of folium asks for, and what a map says that needs it: three megabytes of fonts that few do."""
_SELDOM = re.compile(r"/bootstrap@|/jquery[-.\d]*(min\.)?js$"), re.compile(r"\$\(|jQuery|bootstrap|data-bs-|\bbtn\b")
"""What is not missed where a map says nothing of it."""


def offline(
    map_: folium.Map,
    path: str | os.PathLike[str],
    *,
    assets: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    missing: Literal["drop", "leave", "error"] = "drop",
    title: str | None = None,
    language: str = "en",
) -> Path:
    """Write any folium map, with its plugins, as one file that asks no network.

    Scripts, styles, fonts and pictures are taken from installed packages (XStatic's, and what is in folium itself) and
    from ``assets``; what is found nowhere is named. The page states a policy that allows what stands in it and nothing
    else. Maps of this package come out as by :func:`geocasualty.save_html`, their plugins inside.

    Parameters
    ----------
    map_ : folium.Map
        With any plugins.
    path : path
        Where to write. The file is replaced whole, or left as it was.
    assets : path or sequence of them, optional
        Folders with the files of plugins: as ``npm install`` lays them out, as a mirror lays them out by host and path,
        or in any other way by their names.
    missing : {"drop", "leave", "error"}
        What becomes of what is found nowhere, and of tiles and pictures by address: forbidden; left to the network; or
        an error. In each case it is named.
    title : str, optional
        Of the page, unless the map is of this package; that of its figure, or the name of the file, unless given.
    language : str, default "en"
        Of the page, unless the map is of this package; voices read it so.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    geocasualty.errors.InputError
        If ``missing="error"`` and something is found nowhere, or an option cannot be met.
    geocasualty.errors.OutputError
        If the path cannot be written.

    Warns
    -----
    geocasualty.errors.GeocasualtyWarning
        Of what the page does not hold; and of plugins whose own scripts run in it, and show what they are given as they
        like: give them no text that strangers wrote.

    Examples
    --------
    >>> import folium, geocasualty as gcas, pathlib, tempfile, warnings
    >>> m = folium.Map((35.3, 43.8), zoom_start=8, tiles=None)
    >>> _ = folium.Marker((35.33, 43.77), popup="A town").add_to(m)
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     page = gcas.offline(m, pathlib.Path(folder) / "m.html").read_text(encoding="utf-8")
    >>> "<script src=" in page, "<link" in page, "connect-src" in page
    (False, False, False)
    """
    if not isinstance(map_, folium.Map):
        raise InputError(f"offline got a {type(map_).__name__}; it writes a folium.Map")
    if missing not in ("drop", "leave", "error"):
        raise InputError(f"missing is {missing!r}; expected drop, leave or error")
    if not _LANGUAGE.fullmatch(str(language)):
        raise InputError(f"language is {shown(language)}; expected a tag such as 'en' or 'ar-SY'")
    shelf = _Shelf([*_folders(assets), *_packaged()])
    figure = _figure_of(map_)
    page, scripts, _, urls = figure.parts()
    urls = list(dict.fromkeys(urls))
    body = _Inlining(shelf, keep=missing == "leave", own=isinstance(map_, OfflineMap))
    page = body.page(page)
    lacking = [*body.lacking, *urls]
    if lacking and missing == "error":
        raise InputError(f"not in any package or folder of assets=: {_listed(lacking)}")
    target = Path(path)
    if lacking:
        what = "it still asks the network for" if missing == "leave" else "it lacks, and shows nothing of"
        _warn(f"{target.name}: {what} {_listed(lacking)}")
    if body.makers:
        _warn(
            f"{target.name}: {_listed(body.makers)} may make code of text, which the page forbids: see whether it works"
        )
    foreign = sorted({type(each).__name__ for each in _walk(map_) if _is_foreign(each)})
    if foreign:
        _warn(f"{target.name}: {', '.join(foreign)} run scripts of their own: text given to them may become markup")
    asked = external(page.partition("</head>")[0]) if missing == "leave" else []
    links = [(tag, url) for tag, url in asked if tag in ("script", "link")]
    allowed = policy(page, {*scripts, *body.scripts}, links, urls if missing == "leave" else [], foreign=True)
    allowed = _of_plugins(allowed, page, body.styles)
    direction = "ltr"  # Leaflet lays out a map from the left in any language
    if isinstance(map_, OfflineMap):
        language, direction = map_.words.language, map_.words.direction
    page = _readable(page, title or figure.title or target.stem)
    atomic_write(target, encode(with_policy(page, allowed, language, direction)))
    return target


def _readable(page: str, title: str) -> str:
    """A page with a title, which readers may enlarge: folium forbids it."""
    page = _VIEWPORT.sub('<meta name="viewport" content="width=device-width, initial-scale=1">', page, count=1)
    return page if "<title>" in page.partition("</head>")[0] else f"<title>{html.escape(clean(title))}</title>\n{page}"


def _of_plugins(allowed: str, page: str, styles: bool) -> str:
    """A policy that lets plugins style the page, and fonts that it holds show."""
    if styles:  # a plugin puts styles into the page; hashes would forbid them
        allowed = re.sub(r"style-src [^;]*", "style-src 'unsafe-inline'", allowed)
    if "data:font" in page or "data:application/font" in page:
        fonts = "font-src data:"
        allowed = allowed.replace("font-src", fonts) if "font-src" in allowed else f"{allowed}; {fonts}"
    return allowed


def _warn(text: str) -> None:
    warnings.warn(text, GeocasualtyWarning, stacklevel=3)


def _listed(texts: Sequence[str]) -> str:
    known = list(dict.fromkeys(texts))
    return ", ".join(known[:30]) + (f" and {len(known) - 30} more" if len(known) > 30 else "")


def _figure_of(map_: folium.Map) -> _OfflineFigure:
    """The figure of a map, as one that lets only the scripts of known templates run."""
    root = map_.get_root()
    if isinstance(root, _OfflineFigure):
        return root
    if not isinstance(root, Figure):
        raise InputError("the map is no part of a figure; call offline on the map itself")
    figure = _OfflineFigure()
    figure._children, figure.header, figure.html, figure.script = root._children, root.header, root.html, root.script
    figure.title = root.title
    return figure


def _is_foreign(element: Any) -> bool:
    """Whether an element is of a plugin, whose script this package does not know."""
    module = type(element).__module__
    return module.startswith("folium.plugins") or not module.startswith(("folium.", "branca.", "geocasualty."))


def _folders(assets: Any) -> Iterator[Path]:
    for folder in [assets] if isinstance(assets, str | os.PathLike) else assets:
        if not Path(folder).is_dir():
            raise InputError(f"assets: {Path(folder).name!r} is no folder")
        yield Path(folder)


def _packaged() -> Iterator[Path]:
    """Folders of installed packages that hold scripts: XStatic's, and folium's own."""
    try:
        import xstatic.pkg as packages

        names = sorted(each.name for each in pkgutil.iter_modules(packages.__path__))
    except ImportError:
        names = []
    for name in names:
        yield Path(importlib.import_module(f"xstatic.pkg.{name}").BASE_DIR)
    yield Path(folium.__file__).parent / "templates"


class _Shelf:
    """The files that addresses may stand for."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = folders

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for folder in self.folders:
            for parent, inner, files in os.walk(folder):
                inner.sort()
                for name in sorted(files):
                    found.setdefault(name.lower(), []).append(Path(parent, name))
        return found

    def find(self, url: str) -> Path | None:
        """The file that an address stands for: at its own path, in the package that it names, or of its name."""
        parts = urlsplit(url if "//" in url else f"//{url}")
        path = unquote(parts.path)
        packed = _PACKED.fullmatch(path)
        inside = [f"{parts.netloc}{path}"]
        if packed:
            inside += [f"{packed[1]}/{packed[2]}", f"node_modules/{packed[1]}/{packed[2]}"]
        for folder in self.folders:
            for each in inside:
                if ".." not in each.split("/") and (folder / each).is_file():
                    return folder / each
        name = re.sub(r"-\d+(\.\d+)+(?=[.-])", "", path.rpartition("/")[2].lower())  # jquery-3.7.1.min.js
        small = re.sub(r"(?<!\.min)\.(js|css)$", r".min.\1", name)
        for each in dict.fromkeys([name, name.replace(".min.", "."), small]):
            for file in self._by_name.get(each, ()):
                package = _plain(packed[1]) if packed else ""
                if package in _plain(str(file)) or _plain(each.split(".")[0]) in package:
                    return file
        return None

    @staticmethod
    def read(file: Path) -> bytes:
        """What a file holds."""
        with open_bytes(file, max_bytes=MAX_ASSET) as stream:
            return stream.read()


def _held(tag: str, text: str) -> str:
    """A script or style that cannot end its element."""
    return clean(re.sub(f"</(?={tag})", r"<\\/", text, flags=re.IGNORECASE))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


class _Inlining:
    """Puts files into a page, and keeps what is lacking."""

    def __init__(self, shelf: _Shelf, *, keep: bool, own: bool) -> None:
        self._shelf = shelf
        self._keep = keep
        self.lacking: list[str] = []
        self.makers: list[str] = []
        self.scripts: list[str] = []
        self.styles = False
        self._rest = ""
        self._own = own

    def page(self, text: str) -> str:
        """A page with what it asks for inside."""
        head, end, self._rest = text.partition("</head>")  # folium asks for all there; behind it are data
        head = _SCRIPT.sub(lambda found: self._file(found, self._script), head)
        head = _STYLE.sub(lambda found: self._file(found, self._style) if "stylesheet" in found[0] else "", head)
        head += "" if self._own else self._run(_foreign_script())
        text = head + end + self._rest
        if not self._keep:
            self.lacking += [url for _, url in external(text)]
        return text

    def _file(self, found: re.Match[str], made: Callable[[Path, str], str]) -> str:
        url = html.unescape(found[1])
        if any(some.search(url.lower()) and not said.search(self._rest) for some, said in _ONLY_WHERE):
            return ""
        file = self._shelf.find(url)
        if file is not None:
            return made(file, url)
        if _SELDOM[0].search(url.lower()) and not _SELDOM[1].search(self._rest):
            return ""
        if _STANDS_IN.search(url.lower()):
            self.lacking.append(f"{url} (a small script of this package stands in for it)")
            return ""
        self.lacking.append(url)
        return found[0] if self._keep else ""

    def _script(self, file: Path, url: str) -> str:
        text = self._shelf.read(file).decode("utf-8", "replace")
        if _MAKES_CODE.search(text):
            self.makers.append(url.rpartition("/")[2])
        self.styles = self.styles or bool(_MAKES_STYLES.search(text))
        text = re.sub(r"\n?//[#@] sourceMappingURL=\S+\s*$", "", text)
        return self._run(text)

    def _run(self, text: str) -> str:
        self.scripts.append(_held("script", text))
        return f"<script>{self.scripts[-1]}</script>"

    def _style(self, file: Path, url: str) -> str:
        return f"<style>{_held('style', self._css(file, url, 0))}</style>"

    def _css(self, file: Path, url: str, deep: int) -> str:
        text = self._shelf.read(file).decode("utf-8", "replace")
        text = re.sub(r"/\*[#@] sourceMappingURL=.*?\*/", "", text)

        woff = ".woff2" in text

        def inside(found: re.Match[str]) -> str:
            named = (found[2] or found[3]).strip()
            inner = self._beside(file, url, named)
            if found[2] and woff and named.split("?")[0].split("#")[0].endswith(_FONTS[1:5]):
                return 'local("-")'  # the same font again, in a form for older browsers
            if inner is None:
                self.lacking.append(f"{named} in {file.name}")
                empty = 'local("-")' if re.split(r"[?#]", named)[0].endswith(_FONTS) else "url(data:,)"
                return "" if found[3] else empty
            if found[3]:
                return self._css(inner, named, deep + 1) if deep < 4 else ""
            kind = mimetypes.guess_type(inner.name)[0] or "application/octet-stream"
            return f"url(data:{kind};base64,{base64.b64encode(self._shelf.read(inner)).decode()})"

        return _IN_CSS.sub(inside, text)

    def _beside(self, file: Path, url: str, named: str) -> Path | None:
        """The file that a style names: beside it, else as an address."""
        plain = re.split(r"[?#]", named)[0]
        if re.match(r"(?i)(https?:)?//", plain):
            return self._shelf.find(plain)
        inner = Path(os.path.normpath(file.parent / unquote(plain)))
        if inner.is_file() and any(folder in inner.parents for folder in self._shelf.folders):
            return inner
        return self._shelf.find(os.path.normpath(f"{url.rpartition('/')[0]}/{plain}").replace(":/", "://", 1))
