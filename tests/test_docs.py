"""The documentation pages: every public name and column is in them; they build without a warning and load nothing."""

import importlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

import geocasualty as gcas
from tests.conftest import ROOT

DOCS = ROOT / "docs"
LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}


class Page(HTMLParser):
    """What a page loads, where it links to, and the anchors that it has."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.links, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        self.anchors |= {of.get("id"), of.get("name")}
        if tag == "a" and of.get("href"):
            self.links.append(of["href"])
        for name in ("src", "href", "data"):
            if (tag, name) in LOADED and of.get(name):
                self.loads.append(of[name])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The pages as `make docs` builds them, but for the cells: `test_notebooks.py` runs these."""
    folder = tmp_path_factory.mktemp("docs")
    words = ["-b", "html", "-W", "--keep-going", "-q", "-D", "nb_execution_mode=off", "-d", folder / "trees"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, DOCS, folder / "html"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    pages = {path: path.read_text(encoding="utf-8") for path in sorted((folder / "html").rglob("*.html"))}
    return {path: text for path, text in pages.items() if "_static" not in path.parts}  # a template of the theme


def test_every_public_name_is_listed_and_nothing_else():
    page = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    listed = {
        table[1]: re.findall(r"^   (\w+)$", table[2], re.MULTILINE)
        for table in re.finditer(r"currentmodule:: (\S+)\n(.*?)```", page, re.DOTALL)
    }
    modules = {name: importlib.import_module(name) for name in listed}
    below = {name.rpartition(".")[2] for name in listed} & {*gcas.__all__}
    assert sorted([*listed["geocasualty"], *below]) == gcas.__all__
    for name, module in modules.items():
        if name != "geocasualty":  # a name of the first table is not told twice
            assert {*listed[name]} == {*module.__all__} - {*gcas.__all__}, name


def test_every_column_has_a_meaning(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    import codebook

    books = codebook.codebooks()
    assert set(books) == set(codebook.TABLES)
    assert all(meaning.strip() for lines in books.values() for *_, meaning in lines)
    monkeypatch.setattr(codebook, "meanings", lambda: {table: {"gone": "x"} for table in codebook.TABLES})
    with pytest.raises(ValueError, match="gone"):
        codebook.codebooks()


def test_pages_load_nothing_from_elsewhere(built):
    assert len(built) > 50
    for path, text in built.items():
        for address in Page(text).loads:
            assert not urlsplit(address).netloc, f"{path.name} loads {address}"
        assert not re.search(r"@import|url\(\s*['\"]?https?:", text), path.name


def test_links_between_pages_lead_somewhere(built):
    pages = {path: Page(text) for path, text in built.items()}
    for path, page in pages.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path.name}: {link}"


def test_no_page_names_this_machine(built):
    for path, text in built.items():
        for place in (str(ROOT), str(path.parents[1]), sys.prefix):
            assert place not in text, f"{path.name} names {place}"


def test_the_limits_of_the_security_page_are_those_of_the_code():
    import importlib
    import re

    page = (ROOT / "docs" / "explanation" / "security.md").read_text("utf-8")
    limits = re.findall(r"^\| `([\w.]+)\.(\w+)` \| ([\d,]+) \|", page, re.MULTILINE)
    assert len(limits) > 10
    for module, name, said in limits:
        assert f"{getattr(importlib.import_module(module), name):,.0f}" == said, name
