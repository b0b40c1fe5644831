"""What a page may load: the hash of what it holds, the hosts that its layers name, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from branca.element import Element

__all__ = ["clean", "element_urls", "encode", "external", "policy"]

_URL_ATTRIBUTES = ("tiles", "url", "embed_link", "icon_url")


def element_urls(element: Element) -> Iterator[str]:
    """The addresses in an element's own options (tiles, images, data by link)."""
    for name in _URL_ATTRIBUTES:
        value = getattr(element, name, None)
        if isinstance(value, str) and re.match(r"(?i)(https?:)?//", value):
            options = getattr(element, "options", {}) or {}
            subdomains = options.get("subdomains") or "abc" if "{s}" in value else [""]
            yield from (value.replace("{s}", part) for part in subdomains)


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
    return _external(_resources(page))


def _external(parser: _Resources) -> list[tuple[str, str]]:
    styles = "".join(parser.inline["style"])
    linked = re.findall(r"""url\(\s*['"]?((?:https?:)?//[^'")\s]+)""", styles)
    return parser.external + [("style-image", url) for url in linked]


def policy(page: str, urls: list[str], foreign: bool) -> str:
    """The Content-Security-Policy of a page."""
    parser = _resources(page)
    allowed: dict[str, list[str]] = {
        f"{kind}-src": sorted({f"'sha256-{_sha256(text)}'" for text in texts}) for kind, texts in parser.inline.items()
    }
    allowed["img-src"] = ["data:"]
    kinds = {"script": "script-src", "link": "style-src", "iframe": "frame-src"}
    for tag, url in _external(parser):
        allowed.setdefault(kinds.get(tag, "img-src"), []).append(_host(url))
        if tag == "link":
            allowed.setdefault("font-src", []).append(_host(url))
    allowed["img-src"] += [_host(url) for url in urls]
    if foreign:  # popups written by hand style themselves with attributes
        allowed["style-src-attr"] = ["'unsafe-inline'"]
    parts = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    parts += [f"{name} {' '.join(dict.fromkeys(values))}" for name, values in allowed.items() if values]
    return "; ".join(parts)


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(encode(text)).digest()).decode()


def _host(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"https:{url}")
    return f"{parts.scheme}://{parts.netloc}"
