"""What a page may load: the hash of what it holds, the hosts that its layers name, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from types import CodeType
from urllib.parse import quote, urlsplit

from branca.element import CssLink, Element, JavascriptLink
from jinja2 import Template

from geocasualty._shown import shown
from geocasualty.errors import InputError

__all__ = ["clean", "element_links", "element_urls", "encode", "external", "policy", "template_scripts"]

_URL_ATTRIBUTES = ("tiles", "url", "embed_link", "icon_url")


def element_urls(element: Element) -> Iterator[str]:
    """The addresses in an element's own options (tiles, images, data by link)."""
    for name in _URL_ATTRIBUTES:
        value = getattr(element, name, None)
        if isinstance(value, str) and re.match(r"(?i)(https?:)?//", value):
            options = getattr(element, "options", {}) or {}
            subdomains = options.get("subdomains") or "abc" if "{s}" in value else [""]
            yield from (value.replace("{s}", part) for part in subdomains)


def element_links(element: Element) -> Iterator[tuple[str, str]]:
    """The scripts and styles that an element loads: kind of element and address."""
    if isinstance(element, (JavascriptLink, CssLink)) and re.match(r"(?i)(https?:)?//", element.url):
        yield "script" if isinstance(element, JavascriptLink) else "link", element.url


def clean(text: str) -> str:
    """Text as an HTML parser will see it, so that hashes agree."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


class _Resources(HTMLParser):
    """What a page holds inline and what it asks for."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self.external: list[tuple[str, str]] = []
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        url = html.unescape(values.get("src") or (values.get("href", "") if tag == "link" else ""))
        if re.match(r"(?i)\s*(https?:)?//", url):
            self.external.append((tag, url.strip()))
        elif tag in self.inline and "json" not in values.get("type", ""):
            self._open = tag
            self.inline[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inline[self._open][-1] += data


def _resources(page: str) -> _Resources:
    parser = _Resources()
    parser.feed(page)
    parser.close()
    return parser


def external(page: str) -> list[tuple[str, str]]:
    """What a page asks for when it is opened: kind of element and address."""
    parser = _resources(page)
    styles = "".join(parser.inline["style"])
    linked = re.findall(r"""url\(\s*['"]?((?:https?:)?//[^'")\s]+)""", styles)
    return parser.external + [("style-image", url) for url in linked]


def policy(
    page: str,
    scripts: Iterable[str] = (),
    links: Iterable[tuple[str, str]] = (),
    images: Iterable[str] = (),
    foreign: bool = False,
) -> str:
    """The Content-Security-Policy of a page.

    A script in the page runs only where its text is among ``scripts``; what a page asks for is allowed only where an
    element names it in ``links`` or ``images``. What stands in the text of the page alone is not allowed.
    """
    styles = _resources(page).inline["style"]
    allowed = {"script-src": _hashes(map(clean, scripts)), "style-src": _hashes(styles), "img-src": ["data:"]}
    for tag, url in links:
        if tag == "script":
            allowed["script-src"].append(_host(url) + quote(urlsplit(url).path, safe="/%@:+=~!$&*()"))
        else:
            allowed["style-src"].append(_host(url))
            allowed.setdefault("font-src", []).append(_host(url))
    allowed["img-src"] += [_host(url) for url in images]
    if foreign:  # popups written by hand style themselves with attributes
        allowed["style-src-attr"] = ["'unsafe-inline'"]
    parts = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    parts += [f"{name} {' '.join(dict.fromkeys(values))}" for name, values in allowed.items() if values]
    return "; ".join(parts)


def _hashes(texts: Iterable[str]) -> list[str]:
    digests = {base64.b64encode(hashlib.sha256(encode(text)).digest()).decode() for text in texts}
    return sorted(f"'sha256-{digest}'" for digest in digests)


def _host(url: str) -> str:
    """The scheme and host of an address, in letters that cannot end a directive of the policy."""
    try:
        parts = urlsplit(url if "://" in url else f"https:{url}")
        name = (parts.hostname or "").encode("idna").decode() + (f":{parts.port}" if parts.port else "")
    except ValueError:  # of UnicodeError too
        name = ""
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?(:\d+)?", name) or parts.scheme not in ("http", "https"):
        raise InputError(f"the address {shown(url[:200])} of a layer has no host that a page could be allowed to ask")
    return f"{parts.scheme}://{name}"


def template_scripts(template: Template) -> Iterator[str]:
    """The scripts that stand word for word in a template, before anything is inserted."""
    todo = [template.root_render_func.__code__]
    while todo:
        for constant in todo.pop().co_consts:
            if isinstance(constant, CodeType):
                todo.append(constant)
            elif isinstance(constant, str) and "<script" in constant:
                yield from filter(str.strip, _resources(constant).inline["script"])
